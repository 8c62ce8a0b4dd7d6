"""Run the two plans of notebook 09 in several pieces of bone, and write the table of docs/model/lattice.md.

Takes ten to twenty seconds a piece: `python .ci/lattice_seeds.py [seed ...]`; with seeds named it only prints.
"""

from __future__ import annotations

import sys

from page_rows import exchange

from osteolab.rescue import BRAKE, RESCUES, Rescue, compute, usual_bone

AGE = 72
NAMES = ("density", "connections", "strength")


def main() -> None:
    """Print a row for each piece and the mean, and write them where they are those of the page."""
    print("| piece (seed) | density, % of 46 | connections | strength |\n|---|---|---|---|")
    rows, written = [], {}
    for seed in map(int, sys.argv[1:] or range(1, 7)):
        bone = usual_bone(seed=seed, until=AGE)
        pair = [compute(bone, Rescue(BRAKE, rescue)).reading(AGE) for rescue in RESCUES]
        rows.append([[one[name] for one in pair] for name in NAMES])
        written[str(seed)] = row(str(seed), rows[-1])
        print(written[str(seed)], flush=True)
    mean = [[sum(r[i][j] for r in rows) / len(rows) for j in (0, 1)] for i in range(len(NAMES))]
    written["mean"] = row("mean", mean)
    print(written["mean"])
    if not sys.argv[1:]:
        exchange("## Early and late rescue", written)


def row(name: str, pairs: list[list[float]]) -> str:
    """Return one row of the table: rescued at 52, then at 62."""
    return f"| {name} | " + " | ".join(f"{a:.0f} and {b:.0f}" for a, b in pairs) + " |"


if __name__ == "__main__":
    main()
