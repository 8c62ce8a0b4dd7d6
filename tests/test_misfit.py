"""The ± keeps its word: kinds of change, distance from studies that were not seen, errors of lives."""

import math

import pandas as pd
import pytest

from osteolab import Course, InputError, Person, crossvalidate, data, evidence, misfit, simulate
from osteolab.treatments import treatments

INSIDE = 1.96
WOMAN, GIRL, MAN = Person("female", 65, 50), Person("female", 30, 51), Person("male", 70)
ALENDRONATE = Course("alendronate", 10, "mg/day", 65, 70)
CALCIUM = Course("calcium_vitamin_d", 1, "on", 65)


def denosumab(start, stop=None):
    return Course("denosumab", 60, "mg/6month", start, stop)


def zoledronate(start):
    return Course("zoledronate", 5, "mg/year", start, start + 1)


def androgen(level, start, stop=None):
    return Course("testosterone", level, "ng/dL", start, stop)


def estradiol(level):
    return Course("estradiol", level, "pg/mL", 70)


# The kind of a change


@pytest.mark.parametrize(
    ("person", "courses", "age", "since", "kind"),
    [
        (WOMAN, [], 68, 65, "loss"),
        (WOMAN, [], 80, 50, "between_people"),
        (WOMAN, [CALCIUM], 68, 65, "loss"),
        (WOMAN, [CALCIUM, ALENDRONATE], 67, 65, "early_gain"),
        (WOMAN, [CALCIUM, ALENDRONATE], 67.1, 65, "long_gain"),
        (WOMAN, [ALENDRONATE], 70, 67, "long_gain"),
        (WOMAN, [ALENDRONATE], 70.1, 65, "after"),
        (WOMAN, [ALENDRONATE], 65, 60, "loss"),
        (WOMAN, [zoledronate(65), zoledronate(66)], 66.9, 65, "early_gain"),
        (WOMAN, [zoledronate(65), zoledronate(66), zoledronate(67)], 67.9, 65, "long_gain"),
        (MAN, [Course("aromatase_deficiency", 1, "on", 30), estradiol(25)], 71, 70, "early_gain"),
        (WOMAN, [ALENDRONATE, denosumab(70)], 71, 70, "after"),
        (WOMAN, [ALENDRONATE, denosumab(66)], 67, 65, "after"),
        (WOMAN, [Course("prednisone", 10, "mg/day", 65)], 66, 65, "loss"),
        (WOMAN, [Course("prednisone", 10, "mg/day", 60), ALENDRONATE], 66, 65, "early_gain"),
        (WOMAN, [Course("gnrh_agonist", 1, "on", 64, 65)], 66, 65, "after"),
        (WOMAN, [Course("type2_diabetes", 1, "on", 55)], 66, 65, "loss"),
        (WOMAN, [Course("estradiol", 60, "pg/mL", 65)], 66, 65, "early_gain"),
        (GIRL, [Course("estradiol", 20, "pg/mL", 30)], 31, 30, "loss"),
        (WOMAN, [Course("il6", 12, "pg/mL", 60, 65), Course("il6", 3, "pg/mL", 65)], 66, 65, "early_gain"),
        # A low level that was measured before is no treatment; the higher one that follows is.
        (MAN, [androgen(200, 60, 70), androgen(450, 70)], 71, 70, "early_gain"),
        (MAN, [androgen(200, 60)], 71, 70, "loss"),
        # A dose and the level that it reaches are one treatment.
        (MAN, [Course("testosterone_gel", 50, "mg/day", 70), estradiol(35)], 71, 70, "early_gain"),
        # An aromatase inhibitor raises one form of the hormone and lowers the other.
        (MAN, [Course("anastrozole", 1, "mg/day", 70), androgen(700, 70), estradiol(10)], 71, 70, "loss"),
    ],
)
def test_the_kind_of_a_change_follows_from_the_courses(person, courses, age, since, kind):
    assert misfit.kind_of(person, courses, age, since) == kind


def studied_dose(what, sex="female"):
    return misfit.studied()[what, sex]


def test_what_no_study_reached_is_outside():
    seen = studied_dose("denosumab")
    age = seen.youngest + 1
    inside = denosumab(age - 1)
    assert not misfit.beyond(WOMAN, [inside], age)
    assert misfit.beyond(WOMAN, [denosumab(30)], 31)
    assert misfit.beyond(WOMAN, [inside], age + 2 * seen.years)
    assert misfit.beyond(WOMAN, [Course("denosumab", 120, "mg/6month", age - 1)], age) == (seen.high * 1.2 < 120)
    assert not misfit.beyond(WOMAN, [Course("calcium_vitamin_d", 1, "on", 20)], 95)


def test_a_level_where_people_have_it_anyway_is_not_outside():
    assert not misfit.beyond(GIRL, [Course("estradiol", 100, "pg/mL", 25)], 40)
    assert misfit.beyond(WOMAN, [Course("estradiol", 500, "pg/mL", 55)], 60)
    assert misfit.beyond(WOMAN, [Course("igf1", 1, "ratio_to_age_normal", 64)], 65, {})  # a ratio has no usual range


def test_a_study_left_out_no_longer_counts():
    with_all = misfit.studied()
    arms = {row["arm"]: row["study"] for row in data.rows("published_arms")}
    for row in data.rows("published_courses"):
        without = misfit.studied(frozenset({arms[row["arm"]]}))
        assert set(without) <= set(with_all)
    studies = frozenset(arms.values())
    assert misfit.studied(studies) == {}


# Published rows ask the same function

ARMS = pd.DataFrame(
    [
        {"arm": arm, "study": "made_up", "sex": "female", "age_years": 65.0, "menopause_age_years": 50.0}
        for arm in ("drug", "none")
    ]
)
COURSES = pd.DataFrame(
    [{"arm": "drug", "what": "alendronate", "level": 10.0, "unit": "mg/day", "from_month": 0.0, "to_month": 48.0}]
)
ROW = {
    "id": "row", "arm": "drug", "minus_arm": math.nan, "from_month": 0.0, "month": 36.0, "site": "total_hip",
    "quantity": "bmd", "value": 4.0, "unit": "percent_change", "se": 1.0,
}  # fmt: skip


def rows(*changes):
    return pd.DataFrame([ROW | change for change in changes])


def of_rows(*changes):
    """Return predictions with the misfit alone: with parameters of one's own no others are run."""
    return evidence.predict(ARMS, COURSES, rows(*changes), data.parameters())


def kind(**change):
    table = rows(change)
    return evidence.ArmLives(ARMS, COURSES, table).seen(table.to_dict("records")[0], 5.0).change.kind


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, "long_gain"),
        ({"month": 24.0}, "early_gain"),
        ({"from_month": 48.0, "month": 60.0}, "after"),
        ({"arm": "none"}, "loss"),
        ({"arm": "none", "minus_arm": "drug", "unit": "percentage_points"}, "long_gain"),
        ({"minus_arm": "none", "from_month": math.nan, "unit": "percent_difference"}, "between_people"),
    ],
)
def test_a_row_has_the_kind_of_its_courses(change, wanted):
    assert kind(**change) == wanted


def test_a_rate_has_the_misfit_of_the_change_over_its_years():
    change, rate = of_rows({}, {"unit": "percent_per_year"})["predicted_sd"]
    assert rate == pytest.approx(change / 3)


def test_grams_have_the_misfit_of_the_percent():
    points, grams = of_rows(
        {"unit": "percentage_points", "minus_arm": "none"}, {"unit": "g/cm2", "minus_arm": "none"}
    ).itertuples()
    assert grams.predicted_sd == pytest.approx(points.predicted_sd * grams.predicted / points.predicted, rel=0.02)


def test_a_ratio_has_the_misfit_of_its_logarithm():
    ratio = {"unit": "ratio", "minus_arm": "none", "site": "hip_fracture", "quantity": "fracture_relative_risk"}
    size = misfit.sizes()
    assert set(of_rows(ratio)["predicted_sd"]) <= {size["fracture"], size["fracture"] * size["outside"]}


def test_a_prediction_adds_parameters_and_misfit():
    table = rows({}, {"month": 12.0}, {"site": "serum", "quantity": "ctx", "month": 6.0})
    whole = evidence.predict(ARMS, COURSES, table)
    moved = evidence.parameter_sd(ARMS, COURSES, table)
    own = of_rows({}, {"month": 12.0}, {"site": "serum", "quantity": "ctx", "month": 6.0})["predicted_sd"]
    assert all(sd > 0 for sd in moved)
    assert list(whole["predicted_sd"]) == pytest.approx([math.hypot(a, b) for a, b in zip(moved, own, strict=True)])


# Sizes


def test_sizes_are_named_and_every_kind_has_one():
    assert set(misfit.sizes()) == {
        *misfit.KINDS, "trabecular", "outside", "growth", "marker", "fracture", "structure", "level"
    }  # fmt: skip
    assert misfit.sizes()["trabecular"] >= 1 and misfit.sizes()["outside"] >= 1


@pytest.mark.parametrize("measure", ["density", "trabecular", "marker", "fracture"])
def test_outside_is_as_much_wider_as_the_table_says(measure):
    near, far = (misfit.of_change(measure, misfit.Change("loss", 2.0, outside), -5.0) for outside in (False, True))
    assert far == pytest.approx(near * misfit.sizes()["outside"])


def test_sizes_are_found_again_in_errors_drawn_with_them():
    import numpy as np

    true = {"early_gain": 1.5, "long_gain": 0.6, "loss": 0.9, "after": 2.5, "between_people": 3.0, "growth": 0.1,
            "trabecular": 2.0, "outside": 1.5, "marker": 12.0, "fracture": 0.3,
            "structure": 8.0, "level": 10.0}  # fmt: skip
    measures = ("density", "density", "density", "trabecular", "marker", "fracture", "structure", "level")
    draw, table = np.random.default_rng(5), []
    for i in range(1200):
        measure = measures[i % 8]
        ratio, widest = measure == "fracture", 100 if measure == "marker" else 20
        row = {
            "measure": measure, "kind": misfit.KINDS[(i // 8) % 5], "years": 2.0, "outside": int((i // 40) % 3 == 0),
            "percent": float(draw.uniform(-widest, widest)), "scale": 1.0, "parameter_sd": 0.05 if ratio else 0.3,
            "se": 0.1 if ratio else 0.5, "unit": "ratio" if ratio else "percent_change",
        }  # fmt: skip
        error = draw.normal() * math.hypot(row["se"], crossvalidate.standard_error(row, true))
        row |= {"value": 1.0, "predicted": math.exp(error) if ratio else 1.0 + error}
        table.append(row)
    found = crossvalidate.estimate(pd.DataFrame(table))
    for name, size in true.items():
        assert found[name][0] == pytest.approx(size, rel=0.3), name


# The bar: of results left out, about 95 of 100 inside


@pytest.fixture(scope="module")
def left_out():
    """Return the results that were predicted without their study, with their standard errors from the tables alone."""
    table = evidence.published("outcomes").merge(data.frame("unseen"), on="id", validate="one_to_one")
    records = table.to_dict("records")
    table["error"] = [abs(crossvalidate.left_over(row)) for row in records]
    table["sd"] = [crossvalidate.standard_error(row) for row in records]
    return table


def test_every_result_was_left_out_once(left_out):
    assert sorted(data.frame("unseen")["id"]) == sorted(evidence.published("outcomes")["id"])
    for row in left_out.to_dict("records"):
        z = evidence.z_score(row["unit"], row["predicted"], row["value"], row["se"])
        assert row["z"] == pytest.approx(z, abs=1e-3 * max(1, abs(z)) + 1e-2 * abs(row["predicted"] / row["se"]) * 1e-2)


@pytest.mark.parametrize("measures", [("density", "trabecular"), ("marker",), ("fracture",)])
def test_of_results_left_out_about_95_in_100_lie_inside(left_out, measures):
    part = left_out[left_out["measure"].isin(measures)].to_dict("records")
    inside, (least, most) = crossvalidate.inside(part, misfit.sizes()), crossvalidate.enough(len(part))
    assert least >= 0.93 * len(part) - 1 and most <= 0.97 * len(part) + 1
    far = [row["id"] for row in part if row["error"] > INSIDE * math.hypot(row["se"], row["sd"])]
    assert inside == len(part) - len(far) >= least, far
    # More may lie inside only where the standard errors of the trials and the parameters reach so far without a misfit.
    bare = sum(row["error"] <= INSIDE * math.hypot(row["se"], row["parameter_sd"]) for row in part)
    assert inside <= max(most, bare), f"{inside} of {len(part)}"


# Folds


def test_studies_of_the_same_people_are_in_one_fold():
    people = crossvalidate.people_of_studies()
    for one, other in (
        ("liberman1995", "devogelaer1996"), ("liberman1995", "bone2004"), ("liberman1995", "tonino2000"),
        ("black2007", "eastell2010"), ("riggs2004", "riggs2008"), ("wells2002", "pepi1996"), ("wells2002", "weiss1999"),
        ("neer2001", "jiang2003"), ("greendale2012", "finkelstein2008"), ("cummings2009", "papapoulos2012"),
    ):  # fmt: skip
        assert people[one] == people[other]
    arms, outcomes = evidence.published("arms"), evidence.published("outcomes")
    study = dict(zip(arms["arm"], arms["study"], strict=True))
    place: dict[str, set] = {}
    for arm, fold in zip(outcomes["arm"], crossvalidate.folds(arms, outcomes), strict=True):
        place.setdefault(people[study[arm]], set()).add(fold)
    assert all(len(folds) == 1 for folds in place.values())
    both = outcomes["minus_arm"].notna()
    pairs = zip(outcomes.loc[both, "arm"], outcomes.loc[both, "minus_arm"], strict=True)
    assert all(people[study[a]] == people[study[b]] for a, b in pairs)


def test_folds_are_the_same_each_time_and_topics_are_spread():
    arms, outcomes = evidence.published("arms"), evidence.published("outcomes")
    folds = crossvalidate.folds(arms, outcomes)
    assert folds == crossvalidate.folds(arms, outcomes)
    assert set(folds) == set(range(1, crossvalidate.FOLDS + 1))
    assert list(data.frame("unseen").set_index("id").loc[outcomes["id"], "fold"]) == folds
    people, topics = crossvalidate.people_of_studies(), {r["study"]: r["topic"] for r in data.rows("published_topics")}
    study = dict(zip(arms["arm"], arms["study"], strict=True))
    found = pd.DataFrame({"fold": folds, "study": outcomes["arm"].map(study)})
    found["people"], found["topic"] = found["study"].map(people), found["study"].map(topics)
    for topic, part in found.groupby("topic"):
        wanted = min(part["people"].nunique(), crossvalidate.FOLDS)
        assert part["fold"].nunique() >= wanted - 1, topic


def test_a_few_studies_are_left_out_in_seconds():
    table = crossvalidate.run(number=2, evaluations=2, refreshes=0, studies=5, workers=1)
    full = evidence.predict(evidence.published("arms"), evidence.published("courses"), table, data.parameters())
    assert set(table["fold"]) == {1, 2} and table["predicted"].notna().all()
    assert (table["predicted"] - full["predicted"]).abs().max() > 0
    seen = crossvalidate.as_seen(table)
    assert seen["measure"].isin(["density", "trabecular", "marker", "structure", "level", "fracture"]).all()
    assert (seen["parameter_sd"] >= 0).all()


# Lives


def test_a_life_asks_the_same_function_and_its_error_grows_with_what_is_done():
    plain, treated = simulate(WOMAN, until=80), simulate(WOMAN, [ALENDRONATE], until=80)
    assert all(part.since == 0 for part in plain.misfit())
    parts = list(zip(treated.ages, treated.misfit(), strict=True))
    assert all((part.since > 0) == (age > 65) for age, part in parts)
    assert treated.value("bmd_sd", 64) == pytest.approx(plain.value("bmd_sd", 64), rel=0.02)
    assert all(part.whole == pytest.approx(math.hypot(part.before, part.since)) for _, part in parts)


def test_a_dose_that_no_study_gave_has_a_wider_error():
    courses = [
        Course(name, float(row["maximum"]), row["unit"], 65)
        for name, row in treatments().items()
        if (name, "female") in misfit.studied()
        and studied_dose(name).high * misfit.SHARE_BEYOND < float(row["maximum"])
    ]
    most = courses[0]  # a treatment whose slider goes beyond its trials
    life = simulate(WOMAN, [most], until=67)
    last = life.ages[-2]  # the end of a life is read between two points of the grid
    start, end = life.value("bmd", 65), life.value("bmd", last)
    kind = misfit.kind_of(WOMAN, [most], 67, 65)
    assert misfit.beyond(WOMAN, [most], 67)
    wide = misfit.of_change("density", misfit.Change(kind, last - 65, True), 100 * (end / start - 1))
    assert life.misfit()[-2].since == pytest.approx(start / 100 * wide)


def test_strength_and_t_score_have_the_misfit_of_their_density():
    p = data.parameters()
    life = simulate(WOMAN, [ALENDRONATE], until=70, parameters=p)
    share = life.value("bmd_sd", 67) / life.value("bmd", 67)
    assert life.value("strength_sd", 67) == pytest.approx(
        p.strength_density_exponent * share * life.value("strength", 67), rel=1e-3
    )


def test_an_unknown_site_has_no_misfit():
    with pytest.raises(InputError, match="skull"):
        simulate(WOMAN, until=70).misfit("skull")


@pytest.mark.parametrize(
    ("courses", "before"),
    [((), 34.9), ((Course("resorption_pace", 120, "percent", 30),), 44.9)],
    ids=["by age", "done"],
)
def test_the_band_of_a_life_has_no_step_when_fifteen_years_have_passed(courses, before):
    life = simulate(Person("female", 30), courses, until=60)
    one, other = (life.value("bmd_sd", age) / life.value("bmd", age) for age in (before, before + 0.3))
    assert other == pytest.approx(one, rel=0.03)
