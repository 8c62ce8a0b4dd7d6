"""Compute the numbers that the prose of the course prints: one function for each kind of a line in tests/prose/."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import prose_more

from osteolab import InputError, data, simulate
from osteolab.lab import lesson
from osteolab.life import Life
from osteolab.plan import Plan
from osteolab.quantities import quantity

ROOT = Path(__file__).resolve().parents[1]
OLDEST = 90  # years, the end of a life if a line says nothing else
Line = Mapping[str, Any]


class WrongLineError(ValueError):
    """A line of tests/prose/ that cannot be computed."""


def computed(line: Line, plans: Mapping[str, Any]) -> float:
    """Return the number that a line asks for, unrounded."""
    kind = line.get("kind", "value")
    if kind not in KINDS:
        raise WrongLineError(f"kind is {kind!r}; it is one of {', '.join(sorted(KINDS))}")
    try:
        found = KINDS[kind](line, plans)
    except KeyError as error:
        raise WrongLineError(f"{kind}: {error} is missing") from error
    except InputError as error:
        raise WrongLineError(str(error)) from error
    return line.get("plus", 0) + line.get("times", 1) * found


def the_life(line: Line, plans: Mapping[str, Any], name: str = "plan") -> Life:
    """Return the life of the plan that a line names, or describes as `Plan.from_dict` reads it."""
    named = line[name]
    raw = plans[named] if isinstance(named, str) else named
    links = line.get("links", False) if name == "plan" else line.get("minus_links", line.get("links", False))
    return _life(json.dumps(raw, sort_keys=True), line.get("until", OLDEST), line.get("ageing", True), links)


@cache
def _life(raw: str, until: float, ageing: bool, links: bool) -> Life:
    return simulate(Plan.from_dict(json.loads(raw)), until=until, ageing=ageing, links=links)


def at(life: Life, line: Line, age: float | None = None) -> float:
    """Return the quantity of a line in a life, at the age of the line or another."""
    when = line["age"] if age is None else age
    name, site = line["quantity"], line.get("site")
    if name == "bone_balance":
        since = life.value("bone_volume", line["since"], site)
        return 100 * (life.value("bone_volume", when, site) / since - 1)
    return float(life.value(name, when, site))


def value(line: Line, plans: Mapping[str, Any]) -> float:
    """Return a quantity at an age."""
    return at(the_life(line, plans), line)


def change(line: Line, plans: Mapping[str, Any], name: str = "plan") -> float:
    """Return the change of a quantity from one age to another, in percent."""
    life = the_life(line, plans, name)
    return 100 * (at(life, line) / at(life, line, line["since"]) - 1)


def points(line: Line, plans: Mapping[str, Any]) -> float:
    """Return the change in one plan minus the change in another, in points of percent."""
    return change(line, plans) - change(line, plans, "minus")


def difference(line: Line, plans: Mapping[str, Any]) -> float:
    """Return a quantity of one plan minus that of another at one age."""
    return at(the_life(line, plans), line) - at(the_life(line, plans, "minus"), line)


def ratio(line: Line, plans: Mapping[str, Any]) -> float:
    """Return a quantity of one plan over that of another at one age."""
    return at(the_life(line, plans), line) / at(the_life(line, plans, "minus"), line)


def percent_difference(line: Line, plans: Mapping[str, Any]) -> float:
    """Return by how many percent one plan differs from another at one age."""
    return 100 * (ratio(line, plans) - 1)


@cache
def _lab(number: str) -> Any:
    return lesson(number).lab()


def reading(number: str, settings: Mapping[str, Any], name: str) -> float:
    """Return what the lab of a lesson reads in one state: rounded, as its tiles show it."""
    lab = _lab(number)
    lab.unveil().reset()
    lab.set(**settings)
    return float(lab.reading[name] if name in lab.reading else lab.settings()[name])


def lab(line: Line, plans: Mapping[str, Any]) -> float:
    """Return a reading of the lab of a lesson, or the reading in one state minus that in another."""
    found = reading(line["lesson"], line.get("set", {}), line["read"])
    return found - reading(line["lesson"], line["minus_set"], line["read"]) if "minus_set" in line else found


def setting(line: Line, plans: Mapping[str, Any]) -> float:
    """Return the first position of a slider at which a reading reaches a goal, on the way from one end to the other."""
    (first, last), step = line["over"], line["by"]
    way = [first + i * step for i in range(round((last - first) / step) + 1)]

    def read(position: float) -> float:
        return reading(line["lesson"], {**line.get("set", {}), line["move"]: position}, line["read"])

    up = read(way[-1]) > read(way[0])
    met = bisect_left(way, True, key=lambda x: read(x) >= line["reaches"] if up else read(x) <= line["reaches"])
    if met == len(way):
        raise WrongLineError(f"{line['read']} does not reach {line['reaches']} for {line['move']} up to {last}")
    return way[met]


def parameter(line: Line, plans: Mapping[str, Any]) -> float:
    """Return a parameter of the calculator."""
    return float(getattr(data.parameters(), line["name"]))


def cell(line: Line, plans: Mapping[str, Any]) -> float:
    """Return a cell of a table in data/: the one row in which the columns of `where` have these texts."""
    rows = [row for row in data.rows(line["table"]) if all(row[k] == v for k, v in line["where"].items())]
    if len(rows) != 1:
        raise WrongLineError(f"{line['table']}: {len(rows)} rows have {dict(line['where'])}")
    return float(rows[0][line["column"]])


def page(line: Line, plans: Mapping[str, Any]) -> float:
    """Return a number in a table of a page under docs/, which a script wrote there, or it minus another of the cell."""
    lines = (ROOT / line["page"]).read_text(encoding="utf-8").splitlines()
    row = next((row for row in lines if row.startswith(f"| {line['row']} |")), "")
    cells = [cell.strip() for cell in row.strip("| ").split("|")]
    if not row:
        raise WrongLineError(f"{line['page']} has no row {line['row']!r}")
    found = [float(x) for x in re.findall(r"\d+(?:\.\d+)?", cells[line["column"]])]
    return found[line.get("number", 0)] - (found[line["less"]] if "less" in line else 0)


def own(line: Line, plans: Mapping[str, Any]) -> float:
    """Return what a function of .ci/prose_more.py computes."""
    return float(getattr(prose_more, line["name"])(*line.get("given", ())))


KINDS: dict[str, Callable[[Line, Mapping[str, Any]], float]] = {
    function.__name__: function
    for function in (value, change, points, difference, ratio, percent_difference, lab, setting, parameter, cell)
} | {"page": page, "own": own}


def decimals(line: Line) -> int | None:
    """Return the decimals a quantity is printed with, where a line names one of a life."""
    return quantity(line["quantity"], line.get("site", "")).decimals if "quantity" in line else None
