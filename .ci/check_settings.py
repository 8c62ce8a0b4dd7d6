"""Run random settings of the calculator, ask which way bone goes, and write docs/model/settings.md.

Run by `python -m nox -s settings`; a number after `--` is how many settings (20,000 if left out).
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from string import Template

from osteolab import which_way
from osteolab.levels import catalogue
from osteolab.quantities import quantity
from osteolab.random_settings import CHECKS, LEAP, Violation, checked
from osteolab.treatments import conditions, controls, treatments
from osteolab.which_way import WAYS, Read, Way

PAGE = Path(__file__).resolve().parents[1] / "docs/model/settings.md"
PROCESSES, USUAL, SHARE = 2, 20_000, 20
WHOM = {"female": "women", "male": "men", "": "women, men"}
OF_A_PERSON = {"menopause_age": "age at the last period", "peak_bone_mass_sd": "peak bone mass"}
MEANT = {
    "range": "every quantity of a life, at every age, is a finite number where bodies can be; connections never grow",
    "balance": "formation less resorption, added up, is the change of volume",
    "parts": "the parts of `life.gain` add up to the change of density",
    "end": "what is read at an age does not depend on where the life ends",
    "order": "nor on the order in which the courses are listed",
    "smooth": f"a slider moved by 1 % moves density, markers and strength by less than {100 * LEAP:g} %",
    "errors": "every ± is finite and not below the usual distance from published group means",
    "beyond": "levels stay within what may be held; the fracture risk is one that a person can have (see below)",
}
TEXT = """# Any setting: what holds, and which way bone goes

Written by `python -m nox -s settings`; do not edit by hand.

$settings random settings: persons of both sexes with any age at the last period and any peak, one to four courses
over every level, condition, treatment and teaching control, half of the values anywhere between their limits and half
on a limit, half of the settings with links between systems. A setting has a number, and the number is its seed.

These are checks of the calculator against itself and against textbook directions. They say nothing about how large an
effect is in people; [fit.md](fit.md) does.

## Which way bone goes

Each row compares two lives that differ in one thing; sex, age, peak, up to two other courses and links are drawn at
random. An arrow means that the quantity goes that way or stays; in brackets, in how many settings what is named last
really moved. Where nothing moved, something else held it: a level held by hand, a deaf receptor, a hand on the cells.

$ways

## What holds in every setting

$checks

The age at the last period is a date, and 1 % of its slider is a quarter of a year, in which markers truly rise by more
than $leap %; there a tenth of the move has to make less than a fifth of the leap. Starts and stops of courses are dates
as well and are not moved.

*Beyond* is not a fault of a step but an edge of the model. Doses can be stacked until a level is higher than anyone may
hold by hand, 60 mg prednisone counts as a cortisol beyond that of any patient, and the fracture risk is a power of
density without a ceiling, whose number means nothing more where bone is nearly gone.

## Violations ($violations)

$shown
"""


class Count:
    """What was found: how often each check was made, each way asked and moved, and every violation."""

    def __init__(self):
        self.made, self.moved, self.wrong, self.violations = Counter(), Counter(), Counter(), []

    def add(self, name, violation, moved=False):
        """Count one check or question."""
        self.made[name] += 1
        self.moved[name] += moved
        if violation is not None:
            self.wrong[name] += 1
            self.violations.append(violation)


def some(numbers: range) -> Count:
    """Check some settings and put one way to each, in turn."""
    count, ways = Count(), list(WAYS.values())
    for number in numbers:
        due, found = checked(number)
        wrong = {violation.check: violation for violation in found}
        for name in due:
            count.add(name, wrong.get(name))
        way = ways[number % len(ways)]
        answer = which_way.asked(way, number)
        count.add(way.what, answer.wrong, answer.moved)
    return count


def together(settings: int) -> Count:
    """Check all settings, on two processes."""
    shares = [range(first, min(first + SHARE, settings)) for first in range(0, settings, SHARE)]
    total = Count()
    with ProcessPoolExecutor(PROCESSES) as pool:
        for done, count in enumerate(pool.map(some, shares), 1):
            for name in ("made", "moved", "wrong"):
                getattr(total, name).update(getattr(count, name))
            total.violations += count.violations
            if done % 25 == 0:
                print(f"{done * SHARE} settings, {sum(total.wrong.values())} violations", flush=True)
    return total


def table(header, rows) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def moved(way: Way) -> str:
    """Return what is moved, in words."""
    if way.what in OF_A_PERSON:
        return f"{OF_A_PERSON[way.what]}, higher"
    row = treatments().get(way.what) or conditions().get(way.what) or controls().get(way.what)
    if row is None:
        return f"{catalogue()[way.what].label}, higher"
    label = row["label"] + "".join(f", beside {label_of(what)} {level:g} {unit}" for what, level, unit in way.beside)
    return f"{label}, on" if row["unit"] == "on" else f"{label}, more"


def label_of(what: str) -> str:
    """Return what a course is called within a sentence."""
    label = (treatments().get(what) or conditions().get(what) or controls()[what])["label"]
    return label[:1].lower() + label[1:]


def went(read: Read, at_an_age: bool) -> str:
    """Return which way a quantity goes, and when, in words."""
    arrow = "↑" if read.way > 0 else "↓"
    weeks = (
        f"{52 * read.years:.0f} weeks" if read.years < 1 else f"{read.years:g} years" if read.years > 1 else "a year"
    )
    when = f"at {read.years:g}" if at_an_age else f"after {weeks}"
    return f"{quantity(read.quantity).label} {arrow} {when}"


def example(violation: Violation) -> str:
    """Return a violation as one item: what was found, and the code that shows it."""
    given = violation.setting
    courses = ", ".join(map(repr, given.courses))
    code = f"simulate({given.person!r}, [{courses}], 100, links={given.links})"
    return f"- **{violation.check}**: {violation.found}.\n  `{code}`"


def page(count: Count, settings: int) -> str:
    """Return the page as Markdown."""
    checks = [(name, MEANT[name], f"{count.made[name]:,}", count.wrong[name]) for name in CHECKS]
    ways = [
        (moved(way), "; ".join(went(read, way.what in OF_A_PERSON) for read in way.reads), WHOM[way.whom], way.why,
         f"{count.made[name]} ({count.moved[name]})", count.wrong[name] or "none", way.but)
        for name, way in WAYS.items()
    ]  # fmt: skip
    shown = "Of each kind one or two, in the smallest setting that shows it." if count.violations else "None was found."
    filled = {
        "settings": f"{settings:,}",
        "ways": table(("moved", "bone", "in", "why", "settings (moved)", "against", "exceptions"), ways),
        "checks": table(("check", "what it means", "settings", "violations"), checks),
        "leap": f"{100 * LEAP:g}",
        "violations": f"{sum(count.wrong.values()):,}",
        "shown": "\n".join([shown, "", *map(example, first_of_each(count.violations))]),
    }
    return Template(TEXT).substitute(filled).rstrip() + "\n"


def first_of_each(violations: list[Violation], most: int = 2) -> list[Violation]:
    """Return the smallest violations of each check and quantity."""
    seen: Counter = Counter()
    chosen = []
    for violation in sorted(violations, key=lambda v: (v.check, len(v.setting.courses))):
        kind = violation.check, violation.found.split()[0]
        seen[kind] += 1
        if seen[kind] <= most:
            chosen.append(violation)
    return chosen


def main():
    """Check the settings and write the page."""
    settings = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else USUAL
    began = time.time()
    count = together(settings)
    PAGE.write_text(page(count, settings), encoding="utf-8")
    print(f"{settings:,} settings in {(time.time() - began) / 60:.1f} minutes on {PROCESSES} processes")
    print(dict(count.wrong))


if __name__ == "__main__":
    main()
