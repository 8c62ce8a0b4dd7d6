"""Bad tables of published results are refused in one sentence that names the table, the row and the column."""

import math

import numpy as np
import pandas as pd
import pytest

from osteolab import evidence
from test_bad_inputs import HUGE, NO_NUMBER, is_a_sentence, refusal

ARMS = pd.DataFrame(
    [
        {"arm": "patch", "sex": "female", "age_years": 56.0, "menopause_age_years": 51.0},
        {"arm": "none", "sex": "female", "age_years": 56.0, "menopause_age_years": 51.0},
    ]
)
COURSES = pd.DataFrame(
    [
        {
            "arm": "patch",
            "what": "transdermal_estradiol",
            "level": 50.0,
            "unit": "ug/day",
            "from_month": 0,
            "to_month": 24,
        }
    ]
)
POINTS = {
    "id": "row_1",
    "arm": "patch",
    "minus_arm": "none",
    "from_month": 0.0,
    "month": 24.0,
    "site": "lumbar_spine",
    "quantity": "bmd",
    "value": 4.0,
    "unit": "percentage_points",
    "se": 1.0,
}
RATIO = {"unit": "ratio", "site": "hip_fracture", "quantity": "fracture_relative_risk", "value": 0.7}
TABLES = {"arms": ARMS, "courses": COURSES, "outcomes": pd.DataFrame([POINTS])}
NO_MONTH = [*NO_NUMBER[:7], math.nan, math.inf, -math.inf, HUGE, -1e9, 1e9, pd.NA]
BAD_CELLS = {
    ("arms", "arm"): [None, 5, "", math.nan, ["patch"], "none"],
    ("arms", "sex"): [None, 5, "girl", math.nan, []],
    ("arms", "age_years"): [*NO_MONTH, -5, 0, 14.9, 100.1],
    ("arms", "menopause_age_years"): ["51", True, math.inf, 12, -5, []],
    ("courses", "arm"): [None, 5, "zzz", math.nan, []],
    ("courses", "what"): [None, 5, "", "estrogen", math.nan, []],
    ("courses", "level"): [*NO_NUMBER[:7], math.nan, math.inf, -1, 5_000],
    ("courses", "unit"): [None, 5, "", "mg/day", math.nan],
    ("courses", "from_month"): [*NO_NUMBER[:7], math.nan, math.inf, -math.inf, 24, 30],
    ("courses", "to_month"): ["24", True, [], math.inf, -math.inf, 0, -1],
    ("outcomes", "arm"): [None, 5, "zzz", math.nan, ["patch"]],
    ("outcomes", "minus_arm"): [None, 5, "zzz", math.nan, ["none"]],
    ("outcomes", "from_month"): [*NO_MONTH, 24, 30],
    ("outcomes", "month"): [*NO_MONTH, 0, -1],
    ("outcomes", "site"): [None, 5, "", "skull", "serum", math.nan, []],
    ("outcomes", "quantity"): [None, 5, "", "bones", "lh", "ctx", "fracture_relative_risk", math.nan, []],
    ("outcomes", "value"): [*NO_NUMBER[:7], math.nan, math.inf, HUGE],
    ("outcomes", "unit"): [None, 5, "", "percent", "pg/mL", "ratio", math.nan, []],
    ("outcomes", "se"): [*NO_NUMBER[:7], math.nan, math.inf, 0, -1],
}
CELLS = [(*cell, number) for cell, values in BAD_CELLS.items() for number in range(len(values))]


def with_cell(table, column, value):
    changed = TABLES[table].astype({column: object})
    changed.at[0, column] = value
    return {**TABLES, table: changed}


def test_the_tables_are_good_before_anything_is_changed():
    for changes in ({}, RATIO, {"unit": "percent_change", "minus_arm": math.nan}):
        outcomes = TABLES["outcomes"].assign(**changes)
        assert np.isfinite(evidence.predict(ARMS, COURSES, outcomes)[["predicted", "z", "predicted_sd"]].iloc[0]).all()


@pytest.mark.parametrize(("table", "column", "number"), CELLS)
def test_a_bad_cell_of_a_published_table_is_refused_in_one_sentence(table, column, number):
    said = refusal(lambda: evidence.predict(**with_cell(table, column, BAD_CELLS[table, column][number])))
    assert is_a_sentence(said), said


@pytest.mark.parametrize(("table", "column"), [(table, column) for table in TABLES for column in TABLES[table]])
def test_a_missing_column_is_named_with_its_table(table, column):
    said = refusal(lambda: evidence.predict(**{**TABLES, table: TABLES[table].drop(columns=column)}))
    assert table in said and f"'{column}'" in said


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("given", [None, 5, "arms", [], {}, [{"arm": "patch"}], pd.DataFrame(), pd.Series([1.0])])
def test_what_is_no_table_is_refused(table, given):
    assert table in refusal(lambda: evidence.predict(**{**TABLES, table: given}))


def test_an_arm_described_twice_is_refused():
    twice = pd.concat([ARMS, ARMS.iloc[:1].assign(age_years=60.0)])
    assert "'patch' stands twice" in refusal(evidence.predict, twice, COURSES, TABLES["outcomes"])


@pytest.mark.parametrize(
    "changes",
    [
        {**RATIO, "value": 0.0},
        {**RATIO, "value": -1.0},
        {**RATIO, "month": 0.0},
        {**RATIO, "quantity": "bmd"},
        {**RATIO, "site": "lumbar_spine"},
        {**RATIO, "minus_arm": math.nan},
        {"unit": "g/cm2", "site": "serum", "quantity": "estradiol"},
        {"unit": "ng/dL", "site": "serum", "quantity": "estradiol"},
        {"unit": "pg/mL", "site": "lumbar_spine", "quantity": "estradiol"},
        {"unit": "percent_difference", "minus_arm": math.nan},
    ],
)
def test_a_unit_that_does_not_fit_its_row_is_refused(changes):
    said = refusal(evidence.predict, ARMS, COURSES, TABLES["outcomes"].assign(**changes))
    assert "row_1" in said and is_a_sentence(said), said
