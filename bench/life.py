"""Time one adult life at four sites: the fast integrator against SciPy's LSODA on the same equations.

    python bench/life.py [--out FILE]

Prints milliseconds (the shortest of several warm runs), ratios, and the largest error of density against a strict
solution. A slider that moves from 52 on keeps the years before: only the others are computed again.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import time
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp

import osteolab
from osteolab import Course, Person, data, simulate
from osteolab.equations import Driver, State, Track, rates, young_state
from osteolab.integrate import time_grid
from osteolab.life import Life
from osteolab.quantities import scanned_sites

ANNA = Person("female", 52, 50, "Anna")
COURSES = (Course("estradiol", 40, "pg/mL", 52, 60),)
UNTIL = 80
AGES = [float(age) for age in range(20, UNTIL + 1)]
PEOPLE = 1000
AS_EXACT = 1e-4  # with this tolerance LSODA errs about as much as the fast integrator
LSODA_PEOPLE = 10  # a thousand lives through LSODA take minutes; they are independent, so ten are scaled up


def lsoda(parameters, rtol: float) -> Life:
    """Return the life solved by LSODA on the time grid of the fast integrator."""
    p = parameters
    driver, state = Driver(ANNA, p), np.array(young_state(p))
    track = Track([], [], [], [])
    track.record(20.0, State(*state), *driver(20.0))
    for grid, active in time_grid(ANNA.menopause_age, COURSES, UNTIL):

        def change(age, x, active=active):
            return rates(State(*x), driver(age, active)[1], p)

        limits = {"rtol": rtol, "atol": rtol / 100}
        solved = solve_ivp(change, (grid[0], grid[-1]), state, "LSODA", grid, **limits)
        if not solved.success:
            raise RuntimeError(solved.message)
        for age, x in zip(grid[1:], solved.y.T[1:], strict=True):
            track.record(age, State(*x), *driver(age, active))
        state = solved.y[:, -1]
    return Life(ANNA, COURSES, UNTIL, True, p, track)


def density(life: Life) -> np.ndarray:
    """Return the density of each site at each birthday, which is what a picture or a table asks for."""
    return np.array([life.series("bmd", site, AGES) for site in scanned_sites()])


def milliseconds(call, runs: int) -> float:
    """Return the shortest time of a call after one warm-up: what the computer needs when nothing else disturbs it."""
    call()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(1e3 * (time.perf_counter() - start))
    return min(times)


def varied(people: int) -> np.ndarray:
    """Return one value of a parameter for each person, so that no two lives are alike."""
    middle = data.parameters().estrogen_half_effect
    return middle * np.random.default_rng(1).uniform(0.7, 1.4, people)


def measure() -> list[dict]:
    """Run every comparison and return one row for each."""
    p, halves = data.parameters(), varied(PEOPLE)
    together = p.replace(estrogen_half_effect=halves)
    few = [p.replace(estrogen_half_effect=float(half)) for half in halves[:LSODA_PEOPLE]]
    strict = density(lsoda(p, 1e-10))

    def row(what, people, ms, result):
        wrong = None if result is None else float(np.max(np.abs(result / strict - 1)))
        return {"what": what, "people": people, "ms": round(ms, 2), "largest_error": wrong}

    def own(parameters):
        return density(simulate(ANNA, COURSES, UNTIL, parameters=parameters))

    levels = itertools.count(40, 0.1)

    def moved():
        return simulate(ANNA, (Course("estradiol", next(levels), "pg/mL", 52),), UNTIL)

    rows = [row("osteolab", 1, milliseconds(lambda: own(p), 50), own(p))]
    rows.append(row("osteolab, a slider moved from 52 on", 1, milliseconds(moved, 50), None))
    for rtol in (AS_EXACT, 1e-8):
        ms = milliseconds(lambda rtol=rtol: density(lsoda(p, rtol)), 10)
        rows.append(row(f"LSODA, rtol {rtol:.0e}", 1, ms, density(lsoda(p, rtol))))
    rows.append(row("osteolab", PEOPLE, milliseconds(lambda: own(together), 5), None))
    ms = milliseconds(lambda: [density(lsoda(one, AS_EXACT)) for one in few], 2) * PEOPLE / LSODA_PEOPLE
    rows.append(row(f"LSODA, rtol {AS_EXACT:.0e}, scaled up from {LSODA_PEOPLE}", PEOPLE, ms, None))
    return rows


def print_table(rows: list[dict]) -> None:
    """Print the rows, each with its ratio to the fast integrator for as many people."""
    own = {row["people"]: row["ms"] for row in rows if row["what"] == "osteolab"}
    print(f"One life from 20 to {UNTIL}, density at {len(scanned_sites())} sites; {machine()}\n")
    print(f"{'solver':<38}{'people':>8}{'ms':>12}{'ratio':>9}{'largest error':>16}")
    for row in rows:
        wrong = "" if row["largest_error"] is None else f"{row['largest_error']:.0e}"
        ratio = row["ms"] / own[row["people"]]
        print(f"{row['what']:<38}{row['people']:>8}{row['ms']:>12.1f}{ratio:>8.1f}×{wrong:>16}")


def machine() -> str:
    """Return what a reader needs to compare the figures with others."""
    return f"Python {platform.python_version()}, {os.cpu_count()} cores"


def main() -> None:
    """Measure, print, and write the figures where --out says."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=Path, help="also write the figures to this JSON file")
    out = options.parse_args().out
    rows = measure()
    print_table(rows)
    if out:
        facts = {"machine": machine(), "version": osteolab.__version__, "rows": rows}
        out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
