"""Tables of published results from outside: every row is looked at before anything is computed.

The schema is described in docs/data.md. What is wrong is named with its table, its row and its column.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any

from osteolab.errors import InputError, choice, need, number, shown
from osteolab.levels import catalogue
from osteolab.person import OLDEST
from osteolab.quantities import FRACTURES

BY_DXA = ("lumbar_spine", "femoral_neck", "total_hip", "distal_radius")
CHANGES = ("percent_change", "percent_per_year", "percentage_points", "g/cm2")
LEVEL_UNITS = ("pg/mL", "ng/dL", "ng/mL")
UNITS = (*CHANGES, "percent_difference", *LEVEL_UNITS, "ratio")
AGAINST_ANOTHER = ("percentage_points", "g/cm2", "percent_difference", "ratio")  # units that need two arms
COLUMNS = {
    "arms": ("arm", "sex", "age_years", "menopause_age_years"),
    "courses": ("arm", "what", "level", "unit", "from_month", "to_month"),
    "outcomes": ("id", "arm", "minus_arm", "from_month", "month", "site", "quantity", "value", "unit", "se"),
}
YOUNGEST_ARM = 15.0  # years; the calculator begins at 20 and reads a study of 17-year-olds there
WHY_AGE = "adults, and young people whose bones have nearly stopped growing"
MONTHS = 12.0


def check_tables(arms: Any, courses: Any, outcomes: Any) -> None:
    """Look at three tables of published results.

    Raises
    ------
    InputError
        In one sentence: no DataFrame, a missing or doubled column, an arm described twice or not at all, a text in
        the place of a number, an age, month or standard error that cannot be, a unit that does not fit its quantity.
    """
    for name, table in (("arms", arms), ("courses", courses), ("outcomes", outcomes)):
        _check_columns(name, table)
    ages: dict[str, float] = {}
    for row in arms.to_dict("records"):
        _check_arm(row, ages)
    for row in courses.to_dict("records"):
        _check_course(row, ages)
    for row in outcomes.to_dict("records"):
        _check_id(row["id"])
        _check_outcome(row, ages)


def _check_columns(name: str, table: Any) -> None:
    if not isinstance(table, need("pandas", "a table of published results").DataFrame):
        raise InputError(f"{name} is {shown(table)}; a pandas DataFrame with {', '.join(COLUMNS[name])} is needed")
    for column in COLUMNS[name]:
        found = list(table.columns).count(column)
        if found != 1:
            much = "no column" if found == 0 else f"{found} columns"
            raise InputError(
                f"the table of {name} has {much} {column!r}; it needs one each of {', '.join(COLUMNS[name])}"
            )


def _check_arm(row: dict[str, Any], ages: dict[str, float]) -> None:
    arm = _name(row["arm"], "the name of an arm")
    where = f"arm {arm!r}"
    if arm in ages:
        raise InputError(f"{where} stands twice in the table of arms; one row describes it")
    choice(row["sex"], f"{where}: sex", ("female", "male"))
    ages[arm] = number(row["age_years"], f"{where}: age_years", "years", YOUNGEST_ARM, OLDEST, WHY_AGE)
    if not _blank(row["menopause_age_years"]):
        number(row["menopause_age_years"], f"{where}: menopause_age_years", "years")


def _check_course(row: dict[str, Any], ages: dict[str, float]) -> None:
    arm = _known_arm(row["arm"], "a course", ages)
    where = f"arm {arm!r}: {_name(row['what'], f'arm {arm!r}: the name of a course')}"
    start = number(row["from_month"], f"{where}: from_month", "months")
    if _blank(row["to_month"]):
        return
    stop = number(row["to_month"], f"{where}: to_month", "months")
    if stop <= start:
        raise InputError(f"{where} runs from month {start:g} to month {stop:g}; the end must be later than the start")


def _check_id(given: Any) -> None:
    """Look whether an outcome has a name, a text or a whole number; two of one name are read apart, row by row."""
    if isinstance(given, bool) or not isinstance(given, str | Integral) or given == "":
        raise InputError(f"the id of an outcome is {shown(given)}; a text or a whole number is needed")


def _check_outcome(row: dict[str, Any], ages: dict[str, float]) -> None:
    where = f"outcome {shown(row['id'])}"
    arms = [_known_arm(row["arm"], where, ages)]
    unit = choice(row["unit"], f"{where}: unit", UNITS)
    if unit in AGAINST_ANOTHER or not _blank(row["minus_arm"]):
        arms.append(_known_arm(row["minus_arm"], f"{where}, unit {unit!r}, minus_arm", ages))
    month = number(row["month"], f"{where}: month", "months")
    months = [month]
    if unit in CHANGES:
        months.append(number(row["from_month"], f"{where}: from_month", "months"))
        if months[1] >= month:
            raise InputError(f"{where} runs from month {months[1]:g} to month {month:g}; a change needs time between")
    if unit == "ratio" and month <= 0:
        raise InputError(f"{where}: month is {month:g}; a ratio of fractures counts from month 0 to a later month")
    for arm in arms:
        for each in months:
            _check_reached(where, ages[arm], each)
    _check_fit(where, row)
    _check_positive(row["se"], f"{where}: se", "a standard error")
    if unit == "ratio":
        _check_positive(row["value"], f"{where}: value", "a ratio")
    else:
        number(row["value"], f"{where}: value")


def _check_reached(where: str, age: float, month: float) -> None:
    reached = age + month / MONTHS
    if not YOUNGEST_ARM <= reached <= OLDEST:
        why = f"the calculator reads {YOUNGEST_ARM:g} to {OLDEST:g} years"
        raise InputError(f"{where}: month {month:g} is at age {reached:g}; {why}")


def _check_fit(where: str, row: dict[str, Any]) -> None:
    """Look whether quantity, site and unit can go together; evidence.py says which quantity is read at which site."""
    quantity, site, unit = (
        _name(row["quantity"], f"{where}: quantity"),
        _name(row["site"], f"{where}: site"),
        row["unit"],
    )
    if unit == "ratio":
        choice(site, f"{where}: site", FRACTURES, "these have fractures")
        choice(quantity, f"{where}: quantity", ("fracture_relative_risk",), "that is what has the unit 'ratio'")
    if quantity == "fracture_relative_risk":
        choice(unit, f"{where}: unit", ("ratio",), "that is the unit of a relative risk")
    if unit in LEVEL_UNITS:
        levels = {name: level.unit for name, level in catalogue().items() if level.unit in LEVEL_UNITS}
        choice(quantity, f"{where}: quantity", levels, f"only levels in blood have the unit {unit!r}")
        choice(unit, f"{where}: unit", (levels[quantity],), f"that is the unit of {quantity}")
    if unit == "g/cm2":
        choice(quantity, f"{where}: quantity", ("bmd",), "that is what has the unit 'g/cm2'")
        choice(site, f"{where}: site", BY_DXA, "these are scanned by DXA")


def _check_positive(value: Any, name: str, what: str) -> None:
    if number(value, name, low=0, why=f"{what} is above 0") == 0:
        raise InputError(f"{name} is 0; {what} is above 0")


def _known_arm(arm: Any, where: str, ages: Iterable[str]) -> str:
    if not isinstance(arm, str) or arm not in ages:
        raise InputError(f"{where}: arm {shown(arm)} is not in the table of arms")
    return arm


def _name(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise InputError(f"{what} is {shown(value)}; a text is needed")
    return value


def _blank(value: Any) -> bool:
    pandas = need("pandas", "a table of published results")
    return bool(pandas.api.types.is_scalar(value) and pandas.isna(value))
