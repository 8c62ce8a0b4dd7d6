"""Time the voxel lattice: thirty years in monthly steps, by size, and where the time goes.

    python bench/lattice.py [--sizes 24 32 48 64 80] [--out FILE]

Prints processor seconds on one core after a warm-up, so that other work on the computer does not count, the peak memory
of a process that does nothing else, and the share of each stage.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from life import machine

SIZES = (24, 32, 48, 64, 80)
YEARS, START = 30, 50
STAGES = {"_open": "open sites", "_dig": "dig", "_floors": "floors", "_fill": "fill", "_close": "close"}
BARS = {"seconds_64": 5.0, "seconds_32": 0.5, "memory_MB": 500}


def one(size: int) -> dict:
    """Run one size in this process and return its figures."""
    from osteolab import Person, simulate
    from osteolab.lattice import Lattice
    from osteolab.lattice.worker import Worker

    spent: dict[str, float] = defaultdict(float)
    for name, label in STAGES.items():
        setattr(Worker, name, timed(getattr(Worker, name), spent, label))
    life = simulate(Person("female", 52, 51), until=START + YEARS)
    warm = Lattice.young_vertebra(24).remodel(simulate(Person("male", 52), until=30), 1, 29)
    warm.table()
    begin = time.process_time()
    bone = Lattice.young_vertebra(size)
    made = time.process_time()
    bone.remodel(life, 1 / 12, START)
    past = time.process_time()
    spent.clear()
    history = bone.remodel(life, YEARS, START)
    done = time.process_time()
    history._measured()
    measured = time.process_time()
    history._solved()
    solved = time.process_time()
    return {
        "size": size,
        "voxel_um": bone.voxel_um,
        "young": made - begin,
        "past": past - made,
        "history": done - past,
        "measures": measured - done,
        "stiffness": solved - measured,
        "stages": {label: spent[label] / (done - past) for label in STAGES.values()},
        "memory_MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def timed(method, spent, label):
    """Return the method with its time added up under a label."""

    @functools.wraps(method)
    def run(*args):
        start = time.process_time()
        result = method(*args)
        spent[label] += time.process_time() - start
        return result

    return run


def print_table(rows: list[dict]) -> None:
    """Print the rows and whether the bars are met."""
    print(f"{YEARS} years from {START} in monthly steps, {YEARS + 1} records; {machine()}\n")
    heads = ("size", "voxel um", "30 years", "measures", "together", "stiffness", "young", "past", "MB")
    print(("{:>10}" * len(heads)).format(*heads) + "   share of the 30 years")
    for r in rows:
        together = r["history"] + r["measures"]
        times = (r["history"], r["measures"], together, r["stiffness"], r["young"], r["past"])
        line = (
            f"{r['size']:>10}{r['voxel_um']:>10g}" + "".join(f"{t:>9.2f}s" for t in times) + f"{r['memory_MB']:>10.0f}"
        )
        print(line + "   " + ", ".join(f"{name} {100 * share:.0f} %" for name, share in r["stages"].items()))
    found = {r["size"]: r for r in rows}
    print()
    for size in (64, 32):
        if size in found:
            bar, took = BARS[f"seconds_{size}"], found[size]["history"] + found[size]["measures"]
            print(f"{size} voxels: {took:.2f} s with its measures; the bar is {bar:g} s")
    print(f"largest memory: {max(r['memory_MB'] for r in rows):.0f} MB; the bar is {BARS['memory_MB']:g} MB")


def main() -> None:
    """Measure each size in a process of its own, print, and write the figures where --out says."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--out", type=Path, help="also write the figures to this JSON file")
    options.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one)))
        return
    rows = []
    for size in chosen.sizes:
        call = [sys.executable, __file__, "--one", str(size)]
        done = subprocess.run(
            call, capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
        rows.append(json.loads(done.stdout))
    print_table(rows)
    if chosen.out:
        chosen.out.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
