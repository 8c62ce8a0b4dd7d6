"""A man's LH: how loudly his pituitary calls, and that only testes that work can answer."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteolab import Course, InputError, Person, data, simulate
from osteolab.receptor import gnrh_left_by_agonist

FAILING = ("hypogonadism", 1, "on", 60)
GEL = ("testosterone_gel", 50, "mg/day", 60)
PULSES = ("gonadorelin_pulsatile", 1, "on", 60)
ANASTROZOLE = ("anastrozole", 1, "mg/day", 60)
AGONIST = ("gnrh_agonist", 1, "on", 60)
GIVEN_BY_GEL = 0.1 * 50 / 1050 * 1e5  # ng/dL: absorbed share * dose / clearance
PARAMETERS = data.parameters()
NATURAL = simulate(Person("male", 60), until=62).value("testosterone", 61)


def man(*courses, until=62.0):
    return simulate(Person("male", 60), [Course(*course) for course in courses], until=until)


def lh(*courses, age=61.0):
    return man(*courses).value("lh", age)


def made(*courses):
    return man(*courses).value("testosterone", 61)


def test_an_untouched_man_has_his_usual_lh_at_every_age():
    assert man().series("lh") == pytest.approx([1] * len(man().ages), abs=1e-12)
    assert simulate(Person("male", 30), until=60, ageing=False).value("lh", 55) == pytest.approx(1, abs=1e-12)


def test_testosterone_from_outside_lowers_lh_the_more_the_more_is_given():
    doses = [lh(("testosterone_enanthate", dose, "mg/2wk", 60)) for dose in (50, 100, 200, 400)]
    assert doses == sorted(doses, reverse=True)
    assert doses[0] < 1 and doses[-1] < 0.05  # 5 % on 200 mg a week: Coviello 2005


def test_anastrozole_raises_lh_about_as_much_as_testosterone():
    """Leder 2004: LH 5.1 to 7.9 U/L (1.55 times), testosterone 343 to 572 ng/dL (1.67 times)."""
    assert 1.3 < lh(ANASTROZOLE) < 1.8
    assert lh(ANASTROZOLE) == pytest.approx(made(ANASTROZOLE) / NATURAL, rel=1e-6)


def test_pulses_raise_the_lh_that_testosterone_silenced():
    silenced = lh(("testosterone_enanthate", 200, "mg/2wk", 60))
    assert silenced < 0.1 < 1 == pytest.approx(lh(("testosterone_enanthate", 200, "mg/2wk", 60), PULSES))


def test_an_agonist_silences_lh():
    assert lh(AGONIST) == pytest.approx(gnrh_left_by_agonist(PARAMETERS))
    assert lh(AGONIST) < 0.1
    assert lh(AGONIST, PULSES) == lh(AGONIST)


def test_a_man_whose_testes_hardly_work_has_a_high_lh_that_testosterone_lowers():
    assert lh(FAILING) > 2
    assert lh(FAILING, GEL) < 1 < lh(FAILING)


def test_what_the_testes_make_is_their_working_share_of_what_lh_calls_for():
    for courses in ((FAILING,), (FAILING, GEL), (FAILING, ANASTROZOLE), (FAILING, GEL, PULSES), (GEL,), (GEL, PULSES)):
        working = PARAMETERS.hypogonadism_left if FAILING in courses else 1.0
        own = made(*courses) - GIVEN_BY_GEL * (GEL in courses)
        assert own == pytest.approx(working * lh(*courses) * NATURAL, rel=1e-6), courses


def test_pulses_beside_testosterone_do_not_wake_testes_that_hardly_work():
    with_pulses, without = made(FAILING, GEL, PULSES), made(FAILING, GEL)
    assert without < with_pulses < 600
    assert with_pulses - GIVEN_BY_GEL == pytest.approx(PARAMETERS.hypogonadism_left * NATURAL, rel=1e-6)


@pytest.mark.parametrize(
    "others", [(FAILING,), (ANASTROZOLE,), (FAILING, GEL), (FAILING, GEL, ANASTROZOLE), (GEL,), ()]
)
def test_pulses_never_lower_testosterone(others):
    assert made(*others, PULSES) >= made(*others) * (1 - 1e-9)


@given(st.floats(20, 1500))
def test_a_held_testosterone_brakes_lh_between_silence_and_the_most(level):
    found = lh(("testosterone", level, "ng/dL", 60))
    assert 0 < found <= PARAMETERS.testes_reserve
    assert (found < 1) == (level > NATURAL) or level == pytest.approx(NATURAL)


def test_a_held_estradiol_brakes_lh():
    assert lh(("estradiol", 60, "pg/mL", 60)) < 0.1 < 1 < lh(("estradiol", 5, "pg/mL", 60))


def test_a_start_and_a_stop_are_read_just_before_they_act():
    life = man(("testosterone_gel", 50, "mg/day", 60, 61))
    assert life.value("lh", 60) == pytest.approx(1)
    assert life.value("lh", 60.1) == pytest.approx(life.value("lh", 61), rel=0.01)
    assert life.value("lh", 61) < 0.5
    assert life.value("lh", 61.1) == pytest.approx(1)
    from_twenty = simulate(Person("male", 30), [Course("gnrh_agonist", 1, "on", 20)], until=30)
    assert max(from_twenty.series("lh")) < 0.1


def test_a_life_that_was_stored_still_knows_its_lh():
    again = pickle.loads(pickle.dumps(man(GEL)))
    assert again.value("lh", 61) == lh(GEL)


def test_an_array_of_men_equals_each_man_alone():
    gains = np.array([2.5, 5.6])
    course = [Course(*GEL)]
    together = simulate(Person("male", 60), course, until=62, parameters=PARAMETERS.replace(feedback_gain=gains))
    assert together.value("lh", 61)[1] == pytest.approx(lh(GEL), rel=1e-9)


def test_lh_is_not_defined_for_a_woman():
    with pytest.raises(InputError, match=r"lh is asked of a woman; the calculator knows it for men"):
        simulate(Person("female", 52, 50), until=60).value("lh", 55)
