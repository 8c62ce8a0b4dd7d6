"""Published results: what `predict` returns, how it refuses bad tables, and how well the calculator agrees."""

import math

import pandas as pd
import pytest

from osteolab import Course, InputError, Person, data, evidence, simulate

DENSITY = ("bmd", "vbmd")
MARKERS = ("ctx", "p1np", "resorption_marker", "formation_marker")
LEVELS = ("estradiol", "testosterone", "igf1")
INSIDE = 1.96  # standard errors

# How well the calculator agrees with the published results, so that no change makes it worse unseen. What is aimed at
# stands beside it in docs/model/fit.md, met or not.
BARS = {
    "density inside 1.96 se, share": 0.89,
    "density, RMS z": 1.25,
    "density, median error in points": 0.81,
    "density of every topic inside, share": 0.80,
    "markers inside, share": 0.90,
    "fracture ratios inside, share": 0.88,
    "hormone levels inside, share": 1.0,
}
# Topics that stay below their bar, with the share they reach (docs/model/fit.md says what does not fit).
WORSE = {"glucocorticoid": 0.66, "premenopausal_low_estradiol": 0.60}

# A table of two arms, small enough to compute by hand

ARMS = pd.DataFrame(
    [
        {"arm": "patch", "study": "made_up", "sex": "female", "age_years": 56.0, "menopause_age_years": 51.0},
        {"arm": "none", "study": "made_up", "sex": "female", "age_years": 56.0, "menopause_age_years": 51.0},
        {"arm": "gel", "study": "made_up", "sex": "male", "age_years": 70.0, "menopause_age_years": math.nan},
    ]
)
COURSES = pd.DataFrame(
    [
        {
            "arm": "patch",
            "what": "transdermal_estradiol",
            "level": 50.0,
            "unit": "ug/day",
            "from_month": 0.0,
            "to_month": 24.0,
        },
        {
            "arm": "gel",
            "what": "testosterone_gel",
            "level": 50.0,
            "unit": "mg/day",
            "from_month": 0.0,
            "to_month": math.nan,
        },
    ]
)
ROW = {
    "id": "row_1",
    "arm": "patch",
    "minus_arm": math.nan,
    "from_month": 0.0,
    "month": 24.0,
    "site": "lumbar_spine",
    "quantity": "bmd",
    "value": 4.0,
    "unit": "percent_change",
    "se": 1.0,
}


def table(*changes):
    """Return outcomes: one row for each dict of changes to ROW."""
    return pd.DataFrame([ROW | change for change in changes])


def predicted(*changes):
    return list(evidence.predict(ARMS, COURSES, table(*changes))["predicted"])


@pytest.fixture(scope="module")
def lives():
    woman, man = Person("female", 56, 51), Person("male", 70)
    patch = Course("transdermal_estradiol", 50, "ug/day", start=56, stop=58)
    gel = Course("testosterone_gel", 50, "mg/day", start=70)
    return {
        "patch": simulate(woman, [patch], until=60),
        "none": simulate(woman, until=60),
        "gel": simulate(man, [gel], until=75),
    }


def change(life, quantity, start, stop, site=None):
    return 100 * (life.value(quantity, stop, site) / life.value(quantity, start, site) - 1)


CLOSE = {"rel": 2e-3, "abs": 2e-3}  # the grids of two lives that end at different ages differ a little


def test_predict_adds_three_columns_and_keeps_rows_order_and_index():
    outcomes = table({"id": "b", "month": 12.0}, {"id": "a"}, {"id": "c", "site": "total_hip"})
    outcomes.index = [7, 3, 5]
    result = evidence.predict(ARMS, COURSES, outcomes)
    assert list(result.columns) == [*outcomes.columns, "predicted", "z", "predicted_sd"]
    assert list(result["id"]) == ["b", "a", "c"] and list(result.index) == [7, 3, 5]
    assert "predicted" not in outcomes.columns
    pd.testing.assert_frame_equal(result[list(outcomes.columns)], outcomes)


def test_predict_works_on_one_row_and_says_how_far_it_is_off(lives):
    result = evidence.predict(ARMS, COURSES, table({})).iloc[0]
    assert result["predicted"] == pytest.approx(change(lives["patch"], "bmd_reading", 56, 58), **CLOSE)
    assert result["z"] == pytest.approx(result["predicted"] - 4.0)


def test_percent_per_year_divides_by_the_time(lives):
    found = predicted({"unit": "percent_per_year", "from_month": 6.0})
    assert found[0] == pytest.approx(change(lives["patch"], "bmd_reading", 56.5, 58) / 1.5, **CLOSE)


def test_percentage_points_subtract_the_change_of_the_other_arm(lives):
    found = predicted({"unit": "percentage_points", "minus_arm": "none"})
    by_hand = change(lives["patch"], "bmd_reading", 56, 58) - change(lives["none"], "bmd_reading", 56, 58)
    assert found[0] == pytest.approx(by_hand, **CLOSE)


def test_percent_difference_compares_two_arms_at_one_time(lives):
    found = predicted({"unit": "percent_difference", "minus_arm": "none", "from_month": math.nan})
    ratio = lives["patch"].value("bmd_reading", 58) / lives["none"].value("bmd_reading", 58)
    assert found[0] == pytest.approx(100 * (ratio - 1), **CLOSE)


def test_grams_are_the_difference_of_two_differences(lives):
    found = predicted({"unit": "g/cm2", "minus_arm": "none", "site": "total_hip"})
    gains = [
        lives[arm].value("bmd", 58, "total_hip") - lives[arm].value("bmd", 56, "total_hip") for arm in ("patch", "none")
    ]
    assert found[0] == pytest.approx(gains[0] - gains[1], rel=5e-3)


def test_levels_are_read_at_their_month(lives):
    rows = (
        {"unit": "pg/mL", "site": "serum", "quantity": "estradiol", "from_month": math.nan, "month": 12.0},
        {"unit": "ng/dL", "site": "serum", "quantity": "testosterone", "from_month": math.nan, "arm": "gel"},
    )
    found = predicted(*rows)
    assert found[0] == pytest.approx(lives["patch"].value("estradiol", 57), **CLOSE)
    assert found[1] == pytest.approx(lives["gel"].value("testosterone", 72), **CLOSE)


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [("ctx", "ctx"), ("resorption_marker", "ctx"), ("p1np", "p1np"), ("formation_marker", "p1np")],
)
def test_any_marker_of_a_side_follows_that_side(lives, quantity, shown):
    found = predicted({"site": "serum", "quantity": quantity, "month": 6.0})
    assert found[0] == pytest.approx(change(lives["patch"], shown, 56, 56.5), **CLOSE)


def test_a_ratio_compares_mean_risks_and_its_error_is_that_of_the_logarithm(lives):
    rows = table(
        {
            "unit": "ratio",
            "minus_arm": "none",
            "site": "vertebral_fracture",
            "quantity": "fracture_relative_risk",
            "from_month": math.nan,
            "value": 0.7,
            "se": 0.2,
        }
    )
    found = evidence.predict(ARMS, COURSES, rows).iloc[0]
    ages = [56 + (i + 0.5) / 12 for i in range(24)]
    risks = [sum(lives[arm].series("fracture_rate", "vertebral_fracture", ages)) for arm in ("patch", "none")]
    assert found["predicted"] == pytest.approx(risks[0] / risks[1], **CLOSE)
    assert found["z"] == pytest.approx((math.log(found["predicted"]) - math.log(0.7)) / 0.2)


def test_month_0_is_just_before_treatment_begins(lives):
    found = predicted({"site": "serum", "quantity": "estradiol", "month": 1.0})
    usual = lives["none"].value("estradiol", 56)
    assert found[0] == pytest.approx(100 * (lives["patch"].value("estradiol", 56 + 1 / 12) / usual - 1), rel=1e-2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"arm": "pach"}, ["row_1", "'pach'"]),
        ({"unit": "percentage_points", "minus_arm": "placebo"}, ["row_1", "'placebo'"]),
        ({"unit": "percentage_points"}, ["row_1", "nan"]),
        ({"unit": "percents"}, ["row_1", "'percents'", "percent_change"]),
        ({"site": "skull"}, ["row_1", "'skull'", "'bmd'"]),
        ({"quantity": "bone"}, ["row_1", "'bone'"]),
        ({"quantity": "strength", "site": "serum"}, ["row_1", "'strength'", "'serum'"]),
        ({"unit": "ratio", "minus_arm": "none", "site": "lumbar_spine"}, ["row_1", "lumbar_spine", "hip_fracture"]),
    ],
)
def test_a_row_that_cannot_be_predicted_is_named(change, words):
    with pytest.raises(InputError) as caught:
        predicted(change)
    text = str(caught.value)
    assert "\n" not in text and all(word in text for word in words), text


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("what", "estrogen", ["'patch'", "'estrogen'", "estradiol"]),
        ("unit", "mg/day", ["'patch'", "transdermal_estradiol", "'mg/day'", "ug/day"]),
        ("level", 5000.0, ["'patch'", "transdermal_estradiol", "5000", "200"]),
        ("level", -5.0, ["'patch'", "-5"]),
    ],
)
def test_a_course_that_cannot_be_followed_is_named_with_its_arm(column, value, words):
    courses = COURSES.copy()
    courses.loc[0, column] = value
    with pytest.raises(InputError) as caught:
        evidence.predict(ARMS, courses, table({}))
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(
    ("column", "value"),
    [("age_years", -5.0), ("age_years", 12.0), ("age_years", 130.0), ("sex", "girl"), ("menopause_age_years", 12.0)],
)
def test_a_person_out_of_range_is_named_by_arm(column, value):
    arms = ARMS.copy()
    arms.loc[0, column] = value
    with pytest.raises(InputError, match="'patch'"):
        evidence.predict(arms, COURSES, table({}))


def test_a_study_of_people_of_17_is_read_at_20():
    months = [table({"arm": "gel", "from_month": first, "month": first + 24}) for first in (36.0, 0.0)]
    young, adult = (
        evidence.predict(ARMS.assign(age_years=age), COURSES.iloc[:0], rows)["predicted"].item()
        for age, rows in zip((17.0, 20.0), months, strict=True)
    )
    assert young == pytest.approx(adult, **CLOSE)


def test_a_change_without_a_first_month_is_refused():
    with pytest.raises(InputError, match="row_1"):
        predicted({"from_month": math.nan})


def test_a_month_beyond_the_life_is_refused_and_named():
    with pytest.raises(InputError, match="row_1"):
        predicted({"month": 1200.0})


def test_a_person_follows_her_usual_hormones_outside_a_course(lives):
    courses = COURSES.iloc[1:]
    found = evidence.predict(ARMS, courses, table({}))["predicted"].item()
    assert found == pytest.approx(change(lives["none"], "bmd_reading", 56, 58), **CLOSE)


def test_other_parameters_give_other_predictions():
    p = data.parameters()
    usual = evidence.predict(ARMS, COURSES, table({}))["predicted"].item()
    other = evidence.predict(ARMS, COURSES, table({}), p.replace(transdermal_estradiol_effect=0.3))["predicted"].item()
    assert other < usual


# The calibration: how well the published results are reproduced


@pytest.fixture(scope="module")
def whole_table():
    tables = [evidence.published(name) for name in ("arms", "courses", "outcomes")]
    result = evidence.predict(*tables)
    topics = {row["study"]: row["topic"] for row in data.rows("published_topics")}
    study = dict(zip(tables[0]["arm"], tables[0]["study"], strict=True))
    result["topic"] = result["arm"].map(study).map(topics)
    return result


@pytest.fixture(scope="module")
def density(whole_table):
    return whole_table[whole_table["quantity"].isin(DENSITY)]


def inside(rows):
    """Return the share of rows within 1.96 standard errors, and the rows outside for the message."""
    return (rows["z"].abs() <= INSIDE).mean(), rows.loc[
        rows["z"].abs() > INSIDE, ["id", "value", "predicted", "z"]
    ].to_string()


def test_every_row_of_the_table_is_predicted(whole_table):
    assert whole_table["predicted"].notna().all()


def test_every_row_has_a_known_unit_and_a_finite_distance(whole_table):
    assert set(whole_table["unit"]) <= set(evidence.UNITS)
    assert ((whole_table["unit"] == "ratio") == (whole_table["quantity"] == "fracture_relative_risk")).all()
    assert whole_table["z"].map(math.isfinite).all()


def topics_with_density():
    """Return the topics that have a result of density."""
    topics = {row["study"]: row["topic"] for row in data.rows("published_topics")}
    study = {row["arm"]: row["study"] for row in data.rows("published_arms")}
    measured = {row["arm"] for row in data.rows("published_outcomes") if row["quantity"] in DENSITY}
    return sorted({topics[study[arm]] for arm in measured})


def test_density_agrees_with_the_published_results(density):
    share, outside = inside(density)
    assert share >= BARS["density inside 1.96 se, share"], outside


def test_density_is_off_by_about_its_standard_errors(density):
    assert (density["z"] ** 2).mean() ** 0.5 <= BARS["density, RMS z"]


def test_half_of_the_density_rows_are_close(density):
    in_percent = density[density["unit"].str.startswith("percent")]
    error = (in_percent["predicted"] - in_percent["value"]).abs().median()
    assert error <= BARS["density, median error in points"]


@pytest.mark.parametrize("topic", topics_with_density())
def test_every_topic_agrees_in_density(density, topic):
    share, outside = inside(density[density["topic"] == topic])
    assert share >= WORSE.get(topic, BARS["density of every topic inside, share"]), outside


def test_markers_agree_with_the_published_results(whole_table):
    share, outside = inside(whole_table[whole_table["quantity"].isin(MARKERS)])
    assert share >= BARS["markers inside, share"], outside


def test_fracture_ratios_agree_with_the_published_results(whole_table):
    share, outside = inside(whole_table[whole_table["unit"] == "ratio"])
    assert share >= BARS["fracture ratios inside, share"], outside


def test_hormone_levels_all_agree(whole_table):
    share, outside = inside(whole_table[whole_table["quantity"].isin(LEVELS)])
    assert share >= BARS["hormone levels inside, share"], outside


def test_fitted_parameters_stay_inside_their_ranges_and_are_not_too_many():
    rows = [*data.rows("parameters"), *data.rows("signal_matrix")]
    assert sum(row["status"] == "fitted" for row in rows) <= 75
    for row in rows:
        assert float(row["low"]) <= float(row.get("value", row.get("weight"))) <= float(row["high"])
