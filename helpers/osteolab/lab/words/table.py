"""The table of every curve by age: as rows with units in their names, as HTML, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from osteolab.lab.shown import LETTERS, Shown
from osteolab.lab.words import numbers, readings
from osteolab.lab.words.facts import unmeasured
from osteolab.lab.words.markup import Html, joined, tag
from osteolab.lab.words.numbers import printed
from osteolab.lab.words.tiles import NO_TRIAL
from osteolab.quantities import quantity

AFTER_TURNOVER = ("bone_balance", "bmd", "t_score", "strength", "people_sd")
AS_TEXT = ("age", "ctx", "p1np", "bone_balance", "bmd", "t_score", "strength")
OF_A_ROW = {"people_sd": "between_people_sd"}  # keys of a row that the table of quantities calls otherwise


def rows_of(shown: Shown, place: int | None = None, every: int = 5) -> list[dict[str, float]]:
    """Return the rows of the chosen plan, of a place from 0, or (-1) of what is pinned; only the past if veiled."""
    result = shown.pinned if place == -1 else shown.results[shown.scenario.chosen if place is None else place]
    assert result is not None
    last = result.start if shown.veiled else shown.until
    ages = readings.table_ages(shown.since, last, every)
    return readings.table(result.life, ages, shown.scenario.site, shown.since)


def beside(shown: Shown) -> list[tuple[str, int]]:
    """Return what stands beside the chosen plan in a table: (name, place for `rows_of`)."""
    others = [(f"plan {LETTERS[i]}", i) for i in range(len(shown.results)) if i != shown.scenario.chosen]
    return others + ([("pinned", -1)] if shown.pinned else [])


def named_rows(shown: Shown, every: int = 5) -> list[dict[str, Any]]:
    """Return the table as a list of dicts with units in the names, other plans and what is pinned beside it."""
    site = shown.scenario.site
    found = [_named(row, site) for row in rows_of(shown, every=every)]
    for name, place in beside(shown):
        for row, other in zip(found, rows_of(shown, place, every), strict=True):
            start = f"{name.replace(' ', '_').lower()}_"
            row.update({f"{start}{key}": value for key, value in _named(other, site, "age").items()})
    return found


def _named(row, site, without=""):
    return {_quantity(name, site).column: value for name, value in row.items() if name != without}


def _quantity(name, site):
    return quantity(OF_A_ROW.get(name, name), site)


def table_html(shown: Shown) -> Html:
    """Return the table of every curve by age, other plans and the pinned values beside each."""
    site, names = shown.scenario.site, (*readings.TURNOVER[shown.turnover], *AFTER_TURNOVER)
    others = [(name, rows_of(shown, place)) for name, place in beside(shown)]
    heads = [tag("th", "Age", scope="col")]
    for name in names:
        heads.append(tag("th", _title(name, site), scope="col"))
        heads += [tag("th", other, scope="col", class_="ol-then") for other, _ in others if name != "people_sd"]
    body = [_row(shown, i, row, names, others) for i, row in enumerate(rows_of(shown))]
    whole = tag("table", tag("thead", tag("tr", joined(heads))), tag("tbody", joined(body)))
    return tag("div", whole, class_="ol-scroll", tabindex="0", role="region", aria_label="Table of every curve by age")


def _title(name, site):
    found = _quantity(name, site)
    if name == "bmd":
        return f"{found.label}, {found.shown_unit}"
    label = found.short_label if found.kind == "marker" else found.label
    return f"{label}, %" if found.shown_unit == "%" else label


def _row(shown, i, row, names, others):
    untried = not shown.veiled and unmeasured(shown.result) and row["age"] > shown.result.start
    cells = [tag("th", numbers.age(row["age"]), scope="row")]
    for name in names:
        cells.append(tag("td", _cell(row, name, shown.scenario.site, untried)))
        if name != "people_sd":  # a spread of people, not of this life
            cells += [tag("td", _cell(rows[i], name, shown.scenario.site), class_="ol-then") for _, rows in others]
    return tag("tr", joined(cells), class_="ol-now" if row["age"] == shown.scenario.scan_age else None)


def _cell(row, name, site, untried=None):
    """Return a number as printed; `untried` None leaves out the ± of the density."""
    decimals = _quantity(name, site).decimals
    shown = printed(row[name], decimals)
    if name != "bmd" or untried is None:
        return shown
    return f"{shown} {NO_TRIAL}" if untried else f"{shown} ± {printed(row['bmd_high'] - row['bmd'], decimals)}"


def table_text(rows: Sequence[dict], site: str) -> list[str]:
    """Return a table as lines of text with aligned columns."""
    found = {name: _quantity(name, site) for name in AS_TEXT}
    titles = [_text_title(name, one) for name, one in found.items()]
    head = "  ".join(f"{title:>10}" for title in titles)
    body = ["  ".join(f"{printed(row[name], one.decimals):>10}" for name, one in found.items()) for row in rows]
    return [head, *body]


def _text_title(name, found):
    if name == "t_score":
        return found.label
    return f"{found.short_label} %" if found.shown_unit == "%" else found.short_label
