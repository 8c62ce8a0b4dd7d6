"""Follow eight pieces of bone of a woman from 20 to 80 and write the table of ages into docs/model/lattice.md.

Takes about half a minute a piece: `python .ci/lattice_ages.py [--seeds 8] [--dry]`. The rows "loss after menopause"
and "Tb.N" of the table below it are printed: their numbers stand among published ones and are put in by hand.
"""

from __future__ import annotations

import argparse

import numpy as np
from page_rows import exchange

from osteolab import Person, simulate
from osteolab.lattice import Lattice
from osteolab.lattice.microarchitecture import structure_model_index

WOMAN, MAN = Person("female", 52, 51), Person("male", 52)
AGES, SIZE = (20, 50, 65, 80), 64
DECIMALS = {"tb_th_um": 0, "tb_n_per_mm": 2, "tb_sp_um": 0, "conn_d_per_mm3": 1, "smi": 1}


def aged(person: Person, seed: int) -> list[dict[str, float]]:
    """Return the measures of one piece at AGES."""
    history = Lattice.young_vertebra(SIZE, seed).remodel(simulate(person), AGES[-1] - AGES[0], AGES[0], every=180)
    smi = [structure_model_index(history.voxels(age), True) for age in AGES]
    rows = {row["age_years"]: row for row in history.rows()}
    return [rows[age] | {"smi": one} for age, one in zip(AGES, smi, strict=True)]


def lost(seed: int) -> list[float]:
    """Return what holes, cut rods and fragments take in the 15 years after the last period, mm3."""
    life, last_period = simulate(WOMAN), int(WOMAN.menopause_age or 0)
    before = Lattice.young_vertebra(SIZE, seed).remodel(life, last_period - AGES[0], AGES[0], every=12)
    return list(before.lattice(last_period).remodel(life, 15, last_period).loss_volumes().values())


def row(age: int, pieces: list[dict[str, float]]) -> str:
    """Return the row of one age: mean ± SD between pieces, and the mean alone for volume."""

    def mean(name: str, places: int) -> str:
        values = [piece[name] for piece in pieces]
        if not np.std(values):
            return f"{values[0]:.0f}" if float(values[0]).is_integer() else f"{values[0]:.{places}f}"
        return f"{np.mean(values):.{places}f} ± {np.std(values, ddof=1):.{places}f}"

    cells = [mean(name, places) for name, places in DECIMALS.items()]
    counts = [mean(name, 0) for name in ("perforations", "snapped_struts")]
    volume = np.mean([piece["bv_tv"] for piece in pieces])
    return f"| {age} | {volume:.3f} | " + " | ".join([*cells, *counts, mean("relative_stiffness", 2)]) + " |"


def main() -> None:
    """Follow the pieces, print, write."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=8)
    options.add_argument("--dry", action="store_true", help="print, do not write the page")
    chosen = options.parse_args()
    seeds = range(1, chosen.seeds + 1)
    women = [aged(WOMAN, seed) for seed in seeds]
    rows = {str(age): row(age, [piece[i] for piece in women]) for i, age in enumerate(AGES)}
    print("\n".join(rows.values()), flush=True)
    for name, pieces in (("women", women), ("men", [aged(MAN, seed) for seed in seeds])):
        number = [np.mean([piece[i]["tb_n_per_mm"] for piece in pieces]) for i in (0, -1)]
        print(f"Tb.N, {name}: {100 * number[1] / number[0] - 100:.0f} % at {AGES[-1]}", flush=True)
    volumes = np.array([lost(seed) for seed in seeds])
    shares = 100 * volumes.sum(0) / volumes.sum()
    ordered = sum(list(one) == sorted(one, reverse=True) for one in volumes)
    print("loss after menopause:", ", ".join(f"{x:.0f}" for x in shares), f"%; in order in {ordered} of {len(volumes)}")
    if not chosen.dry:
        exchange("Eight seeds", rows)


if __name__ == "__main__":
    main()
