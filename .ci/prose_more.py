"""Numbers of the prose that are no quantity of one life: a few functions, named by lines of tests/prose/."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from osteolab import Course, Person, data, evidence, simulate
from osteolab.gh_day import gh_day
from osteolab.interpolation import linear
from osteolab.lab import lesson
from osteolab.levels import Levels
from osteolab.life import Life
from osteolab.risk import absolute_risk
from osteolab.signals import Signals

REFERENCE_AGE, REFERENCE_MENOPAUSE = 65, 51


def cuts_of_berta(age: float) -> float:
    """Return the plates holed and rods cut in the second twin of notebook 09 since the first age."""
    lab = lesson("09").lab().unveil().set(age=age)
    return lab.reading["perforated_b"] + lab.reading["snapped_b"]


def lost_by_berta_for_each_of_anna() -> float:
    """Return how many times as many connections the second twin of notebook 09 has lost."""
    lab = lesson("09").lab().unveil()
    return (100 - lab.reading["connections_b"]) / (100 - lab.reading["connections_a"])


def reference_woman(name: str) -> float:
    """Return what the untreated woman has whom `fracture_risk` compares with: ctx, connections or hormones."""
    life = simulate(Person("female", REFERENCE_AGE, REFERENCE_MENOPAUSE), until=REFERENCE_AGE + 1)
    if name == "hormones":
        return linear(life.ages, [drive.handles.fracture for drive in life._columns.track.drives], REFERENCE_AGE)
    found = life.value({"ctx": "ctx", "connections": "connectivity"}[name], REFERENCE_AGE)
    return found / 100 if name == "connections" else found


def growth_hormone(read: str, age: float, given: dict[str, Any] | None = None, against: str = "") -> float:
    """Return a number of `gh_day`, or its ratio to that of the usual day."""
    found = getattr(gh_day(age, **(given or {})), read)
    return found / getattr(gh_day(age), read) if against else found


@cache
def _average(sex: str) -> Life:
    return simulate(Person(sex, 65), until=100)


def hip_risk(sex: str, age: float, years: float, read: str) -> float:
    """Return hip fractures of 1,000 average people: `per_1000`, its `low` and `high`, or the `population`."""
    return getattr(absolute_risk(_average(sex), age, years), read)


@cache
def _traverse(treated: bool) -> Life:
    now = Course("testosterone", 370 if treated else 227, "ng/dL", 63)
    return simulate(Person("male", 63), [Course("testosterone", 227, "ng/dL", 58, 63), now], until=68)


def traverse_fractures(kind: str) -> float:
    """Return the fracture ratio of the man of docs/model/cannot-know.md over 38 months."""
    ages = [63 + (i + 0.5) / 12 for i in range(38)]
    treated, untreated = (sum(_traverse(on).series("fracture_rate", kind, ages)) for on in (True, False))
    return treated / untreated


def traverse_density(site: str) -> float:
    """Return by how many percent his density is higher after two years."""
    return 100 * (_traverse(True).value("bmd", 65, site) / _traverse(False).value("bmd", 65, site) - 1)


def rho_after_menopause() -> float:
    """Return by how many percent ρ of the equations rises from 42 to 52 in a woman with her last period at 50."""
    life = simulate(Person("female", 65, 50), until=70)
    columns = list(zip(*life._columns.track.levels, strict=True))
    signals = Signals("female", life.parameters)
    before, after = (signals.signals(Levels(*(linear(life.ages, c, age) for c in columns)))[0] for age in (42, 52))
    beyond = life.parameters.rankl_estrogen_lack - life.parameters.weights["estrogen_lack", "rankl"]
    risen = life.value("rankl", 52) / life.value("rankl", 42)
    return 100 * (risen / math.exp(beyond * (after - before)) - 1)


def rows_of(table: str) -> int:
    """Return how many rows a table of data/ has."""
    return len(data.rows(table))


def moved_numbers(status: str | None = None) -> int:
    """Return how many numbers of the calculator there are, or how many of them have a status."""
    rows = (*data.rows("parameters"), *data.rows("signal_matrix"))
    return sum(status in (None, row["status"]) for row in rows)


@cache
def predicted_of(name: str) -> tuple[float, float]:
    """Return (published, predicted) of a published result."""
    arms, courses, outcomes = (evidence.published(table) for table in ("arms", "courses", "outcomes"))
    row = evidence.predict(arms, courses, outcomes[outcomes["id"] == name]).iloc[0]
    return float(row["value"]), float(row["predicted"])


def too_low(name: str) -> float:
    """Return by how much the calculator is below a published result, in the unit of that."""
    published, predicted = predicted_of(name)
    return published - predicted


def share_predicted(name: str) -> float:
    """Return what the calculator predicts as a share of what was published."""
    published, predicted = predicted_of(name)
    return predicted / published
