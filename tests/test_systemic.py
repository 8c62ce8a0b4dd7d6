"""The table of systemic factors (hormones, cortisol, insulin, inflammation), each cell computed."""

import pytest

from osteolab import Course, Person, data, simulate
from osteolab.systemic import FACTORS, systemic_table


@pytest.fixture(scope="module", params=[Person("female", 56, 51), Person("male", 70)], ids=["woman", "man"])
def systemic(request):
    return {row.factor: row for row in systemic_table(request.param)}


def test_the_table_has_the_factors_of_the_course(systemic):
    assert list(systemic) == list(FACTORS) and all(row.label for row in systemic.values())


def test_optimal_hormones_wake_builders_brake_demolition_and_gain_bone(systemic):
    """Formation is read at equal demolition: markers of formation fall later, because rebuilding follows demolition."""
    row = systemic["optimal_hormones"]
    assert row.builders_early > 1 and row.resorption_early < -1 and row.resorption_late < -1
    assert row.bone > 0.5 and row.density > 0.5


def test_chronic_cortisol_slows_builders_speeds_demolition_and_loses_bone(systemic):
    row = systemic["chronic_cortisol"]
    assert row.builders_early < -3 and row.formation_early < -3 and row.formation_late < 0
    assert row.resorption_early > 0.5
    assert row.bone < -1 and row.density < -1


def test_insulin_resistance_impairs_formation_without_raising_demolition(systemic):
    row = systemic["insulin_resistance"]
    assert row.builders_early < 0 and row.formation_late < -1
    assert row.resorption_early < 1 and row.resorption_late < 1
    assert row.density > -0.5


def test_diabetes_lowers_both_markers_by_about_a_quarter():
    person = Person("female", 65, menopause_age=50)
    with_it, without = (
        simulate(person, courses, until=66) for courses in ([Course("type2_diabetes", 1, "on", 50)], [])
    )
    for marker in ("ctx", "p1np"):  # Hygum 2017: CTX -0.10 of some 0.4 ng/mL, P1NP -10.8 of some 45 ng/mL
        assert 0.65 < with_it.value(marker, 65) / without.value(marker, 65) < 0.8


def test_insulin_resistance_impairs_quality(systemic):
    assert systemic["insulin_resistance"].quality < -2


def test_chronic_inflammation_speeds_demolition_beyond_formation_and_loses_bone(systemic):
    row = systemic["chronic_inflammation"]
    assert row.resorption_early > 5 and row.resorption_late > 2
    assert row.formation_early < row.resorption_early - 3 and row.builders_early < 0
    assert row.bone < -1 and row.density < -1


def test_the_table_follows_the_parameters():
    calm = data.parameters()
    calm = calm.replace(weights={key: 0.0 for key in calm.weights if key[0] == "inflammation"})
    row = systemic_table(Person("male", 70), parameters=calm)[-1]
    assert row.factor == "chronic_inflammation" and abs(row.bone) < 1e-3
