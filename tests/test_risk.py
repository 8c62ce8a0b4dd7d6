"""Absolute risk: true to the published rates at average density, moved by a life, and silent where it cannot know."""

import math
from dataclasses import FrozenInstanceError
from itertools import pairwise

import pytest

from osteolab import Course, InputError, Person, data, simulate
from osteolab.risk import (
    absolute_risk,
    average_life,
    compare,
    fracture_rates,
    published_rate,
    risk_outcomes,
    risk_ratios,
    spread,
)
from osteolab.trial_results import fracture_gradients

HIP = "hip_fracture"
GROUPS = sorted({(rate.outcome, rate.sex) for rate in fracture_rates()})


@pytest.fixture(scope="module")
def woman():
    return simulate(Person("female", 65), until=100)


@pytest.fixture(scope="module")
def treated():
    return simulate(Person("female", 65), [Course("denosumab", 60, "mg/6month", 70)], until=90)


# The published rates


@pytest.mark.parametrize(("outcome", "sex"), GROUPS)
def test_bands_of_ages_meet_without_gap_and_begin_at_50(outcome, sex):
    bands = [rate for rate in fracture_rates() if (rate.outcome, rate.sex) == (outcome, sex)]
    assert bands[0].age_from == 50
    assert all(one.age_to == two.age_from for one, two in pairwise(bands))
    assert (outcome, sex) in fracture_gradients()


@pytest.mark.parametrize("sex", ["female", "male"])
def test_hip_fractures_double_every_six_years(sex):
    rates = [published_rate(HIP, sex, age).rate for age in range(50, 90, 5)]
    assert all(one < two for one, two in pairwise(rates))
    assert math.log(rates[-1] / rates[2], 2) == pytest.approx(25 / 6, rel=0.25)


@pytest.mark.parametrize(("age", "rate"), [(65, 2.03), (69.9, 2.03), (75, 7.93), (85, 26.05), (100, 26.05)])
def test_a_rate_holds_for_its_whole_band(age, rate):
    assert published_rate(HIP, "female", age).rate == rate


def test_rates_derived_from_ten_years_give_back_the_ten_years():
    """Kanis 2008: 3.5, 6.0, 11 and 17 % of women, 2.8, 3.9, 5.7 and 7.2 % of men at 50, 60, 70 and 80."""
    published = {"female": (35, 60, 110, 170), "male": (28, 39, 57, 72)}
    for sex, risks in published.items():
        for age, expected in zip((50, 60, 70, 80), risks, strict=True):
            rate = published_rate("major_osteoporotic_fracture", sex, age)
            assert 1000 * (1 - math.exp(-rate.rate / 100)) == pytest.approx(expected, abs=0.1)
            assert rate.grade == "recalled-low" and "derived" in rate.note


# At average density


@pytest.mark.parametrize(("age", "rate"), [(65, 2.03), (75, 7.93), (85, 26.05)])
def test_the_average_woman_has_the_published_rate_less_what_the_thin_add_to_it(woman, age, rate):
    risk = absolute_risk(woman, age, 1)
    assert risk.population == pytest.approx(1000 * (1 - math.exp(-rate / 1000)))
    between = spread(fracture_gradients()[HIP, "female"], age + 0.5)
    assert 1.4 < between < 1.8
    assert risk.per_1000 == pytest.approx(rate / between, rel=0.02)
    assert risk.per_1000 == pytest.approx(risk.average)


def test_a_population_of_all_densities_has_the_published_risk():
    """Mean of gradient**-z over normal densities is the spread: the published rate comes back."""
    gradient = fracture_gradients()[HIP, "female"]
    sd = 0.106 / 0.12  # of the neck at 75, in young SD
    steps = [i / 50 for i in range(-400, 401)]
    weights = [math.exp(-(z**2) / 2) for z in steps]
    mean = sum(w * gradient.gradient ** (-z * sd) for z, w in zip(steps, weights, strict=True)) / sum(weights)
    assert spread(gradient, 75) == pytest.approx(mean, rel=1e-3)


@pytest.mark.parametrize("outcome", risk_outcomes())
def test_the_average_person_has_a_ratio_of_one(woman, outcome):
    assert risk_ratios(woman, [52, 60, 69], outcome) == pytest.approx([1, 1, 1])
    assert average_life(woman).person.peak_bone_mass_sd == 0


def test_the_ratio_at_the_hip_is_that_of_the_fracture_risk_shown(woman):
    thin = simulate(Person("female", 65, peak_bone_mass_sd=-1), until=90)
    shown = thin.value("fracture_risk", 75, "femoral_neck") / woman.value("fracture_risk", 75, "femoral_neck")
    assert risk_ratios(thin, [75], HIP) == pytest.approx([shown])
    assert 2 < shown < 3


# Over years and along a life


@pytest.mark.parametrize("outcome", risk_outcomes())
def test_more_years_are_more_risk_and_the_range_holds_it(woman, outcome):
    risks = [absolute_risk(woman, 55, years, outcome) for years in (1, 5, 10)]
    assert all(one.per_1000 < two.per_1000 for one, two in pairwise(risks))
    assert all(0 < risk.low < risk.per_1000 < risk.high < 1000 for risk in risks)


def test_the_risk_of_ten_years_is_that_of_its_years_one_after_the_other(woman):
    spared = 1.0
    for age in range(65, 75):
        spared *= 1 - absolute_risk(woman, age, 1).per_1000 / 1000
    assert 1000 * (1 - spared) == pytest.approx(absolute_risk(woman, 65, 10).per_1000, rel=1e-6)


def test_a_man_breaks_his_hip_less_often_than_a_woman(woman):
    man = simulate(Person("male", 65), until=90)
    assert absolute_risk(man, 75, 5).per_1000 < absolute_risk(woman, 75, 5).per_1000


def test_the_risk_does_not_depend_on_where_the_life_ends(treated):
    longer = simulate(treated.person, treated.courses, until=95)
    assert absolute_risk(longer, 72, 5).per_1000 == pytest.approx(absolute_risk(treated, 72, 5).per_1000)


def test_the_ratio_follows_the_years_of_a_treatment(treated):
    before, early, late = risk_ratios(treated, [69, 71, 75], HIP)
    assert before == pytest.approx(1) and late < early < before


def test_own_parameters_are_compared_with_an_average_life_under_them():
    parameters = data.parameters().replace(fracture_turnover_exponent=0.3)
    life = simulate(Person("female", 65), until=80, parameters=parameters)
    risk = absolute_risk(life, 65, 5)
    assert risk.per_1000 == pytest.approx(risk.average) and risk.low < risk.per_1000


# Two lives


def test_a_treatment_is_compared_in_people_of_1000_and_in_people_treated(woman, treated):
    found = compare(treated, woman, 70, 10)
    assert found.low < found.difference < found.high < 0
    assert found.difference == pytest.approx(found.life.per_1000 - found.other.per_1000)
    assert found.number == pytest.approx(-1000 / found.difference)
    assert found.number_low < found.number < found.number_high
    assert "fewer" in found.words and "prevents one" in found.words and found.trials == ()


def test_fractures_spared_come_with_the_harms_that_trials_counted(woman, treated):
    (found,) = compare(treated, woman, 70, 10).balances
    assert found.treatment == "denosumab"
    assert {harm.outcome for harm in found.harms} >= {"vertebral_fracture", "multiple_vertebral_fractures"}
    assert compare(woman, treated, 70, 10).balances == ()


def test_a_harm_is_counted_in_people_treated_for_one_more():
    woman, course = Person("female", 60), Course("prednisone", 10, "mg/day", 60)
    found = compare(simulate(woman, [course], until=80), simulate(woman, until=80), 60, 10)
    assert 0 < found.low < found.high and "costs one" in found.words


def test_there_is_no_number_needed_to_treat_where_the_interval_includes_no_difference(woman):
    found = compare(woman, woman, 70, 10)
    assert found.difference == found.low == found.high == 0, "one plan twice"
    assert (found.number, found.number_low, found.number_high) == (None, None, None)
    assert "no number needed to treat" in found.words


def test_the_trial_stands_instead_of_the_calculator_where_it_contradicts():
    man = Person("male", 63)
    gel = simulate(man, [Course("testosterone_gel", 50, "mg/day", 63)], until=80)
    found = compare(gel, simulate(man, until=80), 63, 5)
    assert found.number is None and found.trials[0].contradicts
    assert "1.43 (1.04 to 1.97)" in found.words and "stands instead" in found.words
    patch = simulate(man, [Course("testosterone_patch", 5, "mg/day", 63)], until=80)
    assert compare(patch, gel, 63, 5).trials, "the trial of the gel is the nearest"
    assert compare(gel, gel, 63, 5).trials == (), "both take it"


def test_the_trial_of_men_says_nothing_of_women():
    woman = Person("female", 60)
    gel = simulate(woman, [Course("testosterone_gel", 5, "mg/day", 60)], until=80)
    assert compare(gel, simulate(woman, until=80), 60, 5).trials == ()


def test_the_effect_of_denosumab_on_the_hip_is_that_of_the_trial(woman, treated):
    """FREEDOM: 0.60 of the hip fractures over three years (Cummings 2009)."""
    found = compare(treated, woman, 70, 3)
    assert found.life.per_1000 / found.other.per_1000 == pytest.approx(0.60, abs=0.12)


# What is refused, in one sentence


@pytest.mark.parametrize(
    ("age", "years", "outcome", "words"),
    [
        (65, 0.5, HIP, "years is 0.5 years; the calculator accepts 1 to 10"),
        (65, 11, HIP, "beyond ten years death weighs more"),
        (49, 5, HIP, "age is 49 years; the calculator accepts 50 to 95"),
        (65, 10, "clinical_vertebral_fracture", "run from 50 to 70, and the 10 years must lie inside"),
        (65, 5, "wrist_fracture", "the calculator knows hip_fracture"),
        (math.nan, 5, HIP, "a finite number"),
        ("65", 5, HIP, "a number in years is needed"),
    ],
)
def test_what_has_no_published_rate_is_refused(woman, age, years, outcome, words):
    with pytest.raises(InputError, match=words) as error:
        absolute_risk(woman, age, years, outcome)
    assert "\n" not in str(error.value)


def test_a_life_that_is_too_short_or_does_not_age_is_refused(woman):
    with pytest.raises(InputError, match="that is where the life ends"):
        absolute_risk(simulate(Person("female", 65), until=70), 65, 10)
    with pytest.raises(InputError, match="ageing switched off"):
        absolute_risk(simulate(Person("female", 65), until=80, ageing=False), 65, 10)
    with pytest.raises(InputError, match="a Life is needed"):
        absolute_risk("Anna", 65, 10)


def test_arrays_of_parameters_are_refused():
    np = pytest.importorskip("numpy")
    parameters = data.parameters().replace(fracture_turnover_exponent=np.array([0.1, 0.2]))
    parameters = parameters.replace(ageing_trabecular=parameters.ageing_trabecular * np.array([1.0, 1.1]))
    with pytest.raises(InputError, match="arrays of parameters"):
        absolute_risk(simulate(Person("female", 65), until=80, parameters=parameters), 65, 5)


def test_a_sex_without_rates_and_two_sexes_are_refused(woman):
    man = simulate(Person("male", 65), until=90)
    with pytest.raises(InputError, match="found for the other sex only"):
        absolute_risk(man, 55, 5, "clinical_vertebral_fracture")
    with pytest.raises(InputError, match="one sex is needed"):
        compare(man, woman, 65, 5)


def test_results_are_frozen(woman):
    with pytest.raises(FrozenInstanceError):
        absolute_risk(woman, 65, 5).per_1000 = 0
