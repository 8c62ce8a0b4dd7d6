"""Fit the law of lost connections to the voxel lattice; write its two constants to data/parameters.csv and the page.

    python .ci/fit_perforation.py [--seeds 8] [--size 64] [--runs runs.json] [--dry]

For a handful of people and plans, lattices of several seeds are remodelled from 20 on. A lattice loses some of its
trabeculae even in a healthy adult who does not age, which the calculator by design does not. So the trabecular number
of each plan is taken relative to that of the same lattice without ageing, averaged over the seeds and compared with
the calculator's; `perforation_rate` and `perforation_thinness` are moved until they agree best (bounded least
squares). One published fact is held beside the lattices: a woman's number falls by 13 to 20 % from 20 to 90 (Khosla
2006); outside that range each point of percent counts like three lattices' points. The lattices do not
depend on the two constants: bone volume and resorption do not. --runs keeps the lattices' numbers for another fit.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from page_rows import exchange
from scipy.optimize import least_squares

from osteolab import Course, Person, data, simulate

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "data" / "parameters.csv"
NAMES = ("perforation_rate", "perforation_thinness")
AGES = (20, 30, 40, 50, 55, 60, 65, 70, 75, 80)
CONTROL = "healthy, without ageing"
FALL_OF_A_WOMAN, WEIGHT = (0.80, 0.87), 3.0
WOMAN, MAN = Person("female", 52, 51), Person("male", 52)
PLANS: dict[str, tuple] = {
    CONTROL: (WOMAN, (), False),
    "menopause at 51": (WOMAN, ()),
    "menopause at 45": (Person("female", 52, 45), ()),
    "a man": (MAN, ()),
    "estradiol patch from 52": (WOMAN, (Course("transdermal_estradiol", 50, "ug/day", 52),)),
    "alendronate from 60": (WOMAN, (Course("alendronate", 10, "mg/day", 60),)),
    "teriparatide at 65 to 67": (WOMAN, (Course("teriparatide", 20, "ug/day", 65, 67),)),
}
SOURCE = (
    "Fitted to the voxel lattice (.ci/fit_perforation.py, docs/model/lattice.md), "
    "with the fall of trabecular number in women of Khosla 2006 J Bone Miner Res 21:124-131 beside it"
)


def lived(person, courses, ageing=True, parameters=None):
    """Return the life of a plan."""
    return simulate(person, courses, AGES[-1], ageing=ageing, parameters=parameters)


def lattice_numbers(seeds: int, size: int) -> dict[str, list[list[float]]]:
    """Return for each plan and seed the trabecular number at AGES as a share of that at 20."""
    from osteolab.lattice import Lattice
    from osteolab.lattice.microarchitecture import measure

    found = {}
    for name, plan in PLANS.items():
        life = lived(*plan)
        found[name] = []
        for seed in range(1, seeds + 1):
            bone = Lattice.young_vertebra(size, seed)
            history = bone.remodel(life, AGES[-1] - 20, 20, every=60)
            numbers = [measure(history.voxels(age), bone.voxel_um, True)["tb_n_per_mm"] for age in AGES]
            found[name].append([number / numbers[0] for number in numbers])
        print(name, np.round(np.mean(found[name], 0), 3), flush=True)
    return found


def calculated(values) -> dict[str, list[float]]:
    """Return the same from the calculator with other values of the two constants."""
    p = data.parameters().replace(**dict(zip(NAMES, map(float, values), strict=True)))
    lives = {name: lived(*plan, parameters=p) for name, plan in PLANS.items()}
    return {n: [x / 100 for x in life.series("trabecular_number", ages=AGES)] for n, life in lives.items()}


def limits() -> tuple[list[float], list[float]]:
    """Return the plausible ranges of the two constants."""
    rows = {row["name"]: row for row in data.rows("parameters")}
    return [float(rows[n]["low"]) for n in NAMES], [float(rows[n]["high"]) for n in NAMES]


def relative(found) -> dict[str, np.ndarray]:
    """Return for each plan the number relative to the same seed's lattice without ageing: (seeds, ages)."""
    return {n: np.divide(rows, found[CONTROL]) for n, rows in found.items() if n != CONTROL}


def outside(values) -> float:
    """Return how far the calculated number of a woman of 90 lies outside the published range."""
    p = data.parameters().replace(**dict(zip(NAMES, map(float, values), strict=True)))
    number = simulate(WOMAN, until=90, parameters=p).value("trabecular_number", 90) / 100
    low, high = FALL_OF_A_WOMAN
    return max(0.0, number - high) - max(0.0, low - number)


def fit(found) -> tuple[np.ndarray, dict[str, float]]:
    """Return the two constants and, for each plan, the root mean square misfit of Tb.N in percentage points."""
    means = {name: rows.mean(0) for name, rows in relative(found).items()}

    def misfit(values):
        own = calculated(values)
        return np.concatenate([*(np.subtract(own[n], mean) for n, mean in means.items()), [WEIGHT * outside(values)]])

    low, high = limits()
    start = [np.sqrt(a * b) for a, b in zip(low, high, strict=True)]
    best = least_squares(misfit, start, bounds=(low, high), x_scale=start)
    own = calculated(best.x)
    left = {n: float(100 * np.sqrt(np.mean(np.subtract(own[n], mean) ** 2))) for n, mean in means.items()}
    return best.x, left


def write(values) -> None:
    """Write the constants into data/parameters.csv, everything else untouched."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["name"] in NAMES:
            row["value"] = f"{values[NAMES.index(row['name'])]:.3g}"
            row["source"], row["grade"] = SOURCE, "computed"
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def page_rows(rows, own, left):
    """Yield for each plan its name on the page, and its row: misfit, the lattices at the last age, the calculator."""
    for i, (name, numbers) in enumerate(rows.items()):
        error = np.std(numbers[:, -1], ddof=1) / len(numbers) ** 0.5 if len(numbers) > 1 else 0.0
        said, points, percent = name.replace("menopause", "last period"), *((" points", " %") if i == 0 else ("", ""))
        lattice = f"{100 * np.mean(numbers[:, -1]):.1f} ± {100 * error:.1f}{percent}"
        yield said, f"| {said} | {left[name]:.1f}{points} | {lattice} | {100 * own[name][-1]:.1f}{percent} |"


def main() -> None:
    """Remodel, fit, print, write."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=6)
    options.add_argument("--size", type=int, default=64)
    options.add_argument("--runs", type=Path, help="read the lattices' numbers from this file, or write them there")
    options.add_argument("--dry", action="store_true", help="print, do not write data/")
    chosen = options.parse_args()
    if chosen.runs and chosen.runs.exists():
        found = json.loads(chosen.runs.read_text(encoding="utf-8"))
    else:
        found = lattice_numbers(chosen.seeds, chosen.size)
        if chosen.runs:
            chosen.runs.write_text(json.dumps(found), encoding="utf-8")
    values, left = fit(found)
    own = calculated(values)
    for name, value in zip(NAMES, values, strict=True):
        print(f"{name} = {value:.4g}")
    woman = data.parameters().replace(**dict(zip(NAMES, map(float, values), strict=True)))
    number = simulate(WOMAN, until=90, parameters=woman).value("trabecular_number", 90)
    print(f"a woman of 90: {number:.1f} % of young (published 80 to 87)")
    lines = dict(page_rows(relative(found), own, left))
    print("\n".join(lines.values()))
    if not chosen.dry:
        write(values)
        exchange("## The calculator's law", lines)


if __name__ == "__main__":
    main()
