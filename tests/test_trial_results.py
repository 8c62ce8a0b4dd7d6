"""Benefits and harms of every treatment: counted per 1,000, sourced, and never one without the other."""

import math

import pytest

from osteolab import Course, InputError, Person, data, simulate
from osteolab.trial_results import (
    balance,
    density_shares,
    fracture_gradients,
    known_treatments,
    trial_results,
    trial_says,
)

RESULTS = trial_results()
IDS = [result.id for result in RESULTS]


def shares():
    return {(share.study, share.outcome): share for share in density_shares()}


@pytest.mark.parametrize("result", RESULTS, ids=IDS)
def test_intervals_are_ordered_and_hold_their_number(result):
    for low, middle, high in (
        (result.low, result.difference, result.high),
        (result.ratio_low, result.ratio, result.ratio_high),
    ):
        assert (low is None) == (high is None)
        assert low is None or low <= middle <= high
    assert (result.low is None) == (result.interval == "none")


@pytest.mark.parametrize("result", RESULTS, ids=IDS)
def test_the_difference_is_that_of_the_two_numbers(result):
    if None not in (result.without, result.with_, result.difference):
        assert result.difference == pytest.approx(result.with_ - result.without, abs=0.02)


@pytest.mark.parametrize("result", RESULTS, ids=IDS)
def test_a_ratio_never_stands_without_how_many_of_1000(result):
    assert result.ratio is None or result.difference is not None
    if result.kind == "unmeasured":
        assert result.note and result.difference is None and result.with_ is None
    else:
        assert result.difference is not None or result.with_ is not None


@pytest.mark.parametrize("result", RESULTS, ids=IDS)
def test_a_benefit_is_fewer_and_a_harm_more(result):
    if result.kind == "benefit":
        assert result.difference < 0 and (result.ratio or 0) < 1
    if result.kind == "harm" and result.difference is not None:
        assert result.difference > 0 and (result.ratio or 2) > 1
    if result.kind == "neither":
        assert result.low < 0 < result.high


@pytest.mark.parametrize("result", RESULTS, ids=IDS)
def test_high_certainty_is_never_an_interval_that_includes_no_effect(result):
    if result.certainty == "high" and result.kind != "neither" and result.low is not None:
        assert result.low > 0 or result.high < 0


def test_every_treatment_of_the_calculator_is_in_the_table():
    assert {row["name"] for row in data.rows("treatments")} <= set(known_treatments())


@pytest.mark.parametrize("treatment", known_treatments())
def test_no_benefit_without_a_harm_or_the_word_that_none_was_measured(treatment):
    found = balance(treatment)
    assert not found.benefits or found.harms or found.unmeasured
    assert found.harms or found.unmeasured


def test_nearest_trials_belong_to_known_treatments():
    assert {name for result in RESULTS for name in result.nearest_for} <= set(known_treatments())


def test_the_fracture_trial_of_testosterone_contradicts_density():
    (trial,) = trial_says("testosterone_gel", "any_fracture")
    assert trial.contradicts and trial.kind == "harm"
    assert (trial.ratio, trial.ratio_low, trial.ratio_high) == (1.43, 1.04, 1.97)
    assert [result.id for result in RESULTS if result.contradicts] == [trial.id]


def test_the_calculator_lies_outside_the_interval_that_contradicts_it():
    (trial,) = trial_says("testosterone_gel", "any_fracture")
    man, before = Person("male", 63), Course("testosterone", 227, "ng/dL", 58, 63)
    treated = simulate(man, [before, Course("testosterone", 370, "ng/dL", 63)], until=68)
    untreated = simulate(man, [before, Course("testosterone", 227, "ng/dL", 63)], until=68)
    ages = [63 + (i + 0.5) / 12 for i in range(38)]
    one, other = (sum(life.series("fracture_rate", "any_fracture", ages)) for life in (treated, untreated))
    assert one / other < trial.ratio_low


def test_a_treatment_without_a_trial_is_answered_by_the_nearest():
    own, nearest = trial_says("testosterone_patch", "any_fracture")
    assert own.kind == "unmeasured" and nearest.treatment == "testosterone_gel" and nearest.contradicts


def test_what_nobody_counted_is_an_empty_answer():
    assert trial_says("denosumab", "stroke") == ()


@pytest.mark.parametrize(("treatment", "outcome"), [("aspirin", "stroke"), ("denosumab", "happiness")])
def test_an_unknown_name_is_refused_with_those_there_are(treatment, outcome):
    with pytest.raises(InputError, match="the calculator knows"):
        trial_says(treatment, outcome)
    with pytest.raises(InputError, match="denosumab"):
        balance("aspirin")


@pytest.mark.parametrize("result", RESULTS, ids=IDS)
def test_each_result_is_said_in_one_sentence_with_its_numbers(result):
    assert result.words.endswith(".") and "None" not in result.words
    if result.difference is not None:
        assert f"{abs(result.difference):.3g}" in result.words and "of 1,000" in result.words
    if result.ratio is not None:
        assert f"ratio {result.ratio:g}" in result.words


def test_the_gradients_are_those_of_the_table_of_facts():
    facts = {(f["quantity"], f["population"].split("; ")[-1]): f for f in data.rows("reference_facts")}
    for sex, words in (("female", "women 65 y"), ("male", "men 65 y")):
        fact = facts["hip fracture risk ratio per SD per SD lower FN BMD", words]
        found = fracture_gradients()["hip_fracture", sex]
        assert found.gradient == float(fact["value"])
        assert f"{found.low:.2f}-{found.high:.2f}" == fact["spread"]


def test_fewer_is_said_with_its_ends_the_right_way_round():
    assert "5.6 fewer (3.7 to 7.5) of 1,000 in a year" in RESULTS[0].words
    spanning = next(result for result in RESULTS if result.id == "cee_breast_cancer")
    assert "0.6 fewer (1.29 fewer to 0.14 more) of 1,000" in spanning.words


# How much of a trial's effect is density


def test_trials_of_density_and_fractures_equal_the_published_results():
    outcomes = {(row["arm"].split("_")[0], row["site"], row["value"]) for row in data.rows("published_outcomes")}
    for trial in ("wells", "neer", "pft"):
        mine = {"wells": "wells2002", "neer": "neer2001", "pft": "black2007"}[trial]
        for share in density_shares():
            if share.study == mine:
                assert (trial, share.site, f"{share.density_points:g}") in outcomes
                assert (trial, share.outcome, f"{share.ratio:g}") in outcomes


def test_density_and_the_rest_add_up():
    for share in density_shares():
        if share.share is not None:
            assert share.share + share.rest == pytest.approx(1)
            assert share.share == pytest.approx(math.log(share.density_ratio) / math.log(share.ratio))
            assert share.low < share.share < share.high


def test_a_trial_without_a_clear_effect_has_nothing_to_share_out():
    share = shares()["wells2002", "nonvertebral_fracture"]
    assert share.ratio_low < 1 < share.ratio_high
    assert share.share is None and share.rest is None and "nothing to share out" in share.words


def test_density_explains_the_minority_of_the_effect_on_vertebrae():
    """Published: 35 % of denosumab's vertebral and 84 % of its other effect, by another method (Austin 2012)."""
    found = shares()
    for study in ("black2007", "cummings2009", "neer2001"):
        assert 0.2 < found[study, "vertebral_fracture"].share < 0.75
    denosumab = found["cummings2009", "vertebral_fracture"], found["cummings2009", "nonvertebral_fracture"]
    assert denosumab[0].share < denosumab[1].share
    assert "the rest is not density" in denosumab[0].words
