"""The fast integrator against an independent solver, and floats against arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from osteolab import Course, Person, data, endocrine, simulate
from osteolab.equations import Driver, State, Track, rates, tissues, young_state
from osteolab.integrate import advance, end, time_grid
from osteolab.life import Life
from osteolab.links import chosen
from osteolab.quantities import scanned_sites

LIVES = {
    "menopause": (Person("female", 52, 50), ()),
    "estrogen for eight years": (Person("female", 52, 50), (Course("estradiol", 40, "pg/mL", 52, 60),)),
    "late patch": (Person("female", 70, 48), (Course("transdermal_estradiol", 100, "ug/day", 70),)),
    "old man without testosterone": (Person("male", 60), (Course("testosterone", 20, "ng/dL", 60, 70),)),
    "cortisol and inflammation": (
        Person("female", 50, 50),
        (Course("cortisol", 40, "ug/dL", 49, 70), Course("il6", 30, "pg/mL", 49.01, 71)),
    ),
    "hands on the crew": (
        Person("female", 30),
        (Course("resorption_pace", 200, "percent", 30), Course("formation_pace", 150, "percent", 30)),
    ),
}


def solved_by_lsoda(person, courses, until, links=frozenset()):
    """The same equations through scipy's LSODA, as a Life on the same time grid."""
    p = data.parameters()
    driver, state = Driver(person, p, links=links), np.array(young_state(p))
    track = Track([], [], [], [])
    track.record(20.0, State(*state), *driver(20.0))
    for grid, active in time_grid(person.menopause_age, courses, until):

        def change(age, x, active=active):
            return rates(State(*x), driver(age, active)[1], p)

        result = solve_ivp(change, (grid[0], grid[-1]), state, "LSODA", grid, rtol=1e-8, atol=1e-10, max_step=0.3)
        assert result.success
        for age, x in zip(grid[1:], result.y.T[1:], strict=True):
            track.record(age, State(*x), *driver(age, active))
        state = result.y[:, -1]
    return Life(person, courses, until, True, p, track)


@pytest.mark.parametrize("name", LIVES)
def test_fast_integrator_agrees_with_lsoda_to_one_part_in_ten_thousand_of_density(name):
    person, courses = LIVES[name]
    fast, exact = simulate(person, courses, until=80), solved_by_lsoda(person, courses, 80)
    for site in scanned_sites():
        assert fast.series("bmd", site) == pytest.approx(exact.series("bmd", site), rel=1e-4)
    assert fast.series("connectivity") == pytest.approx(exact.series("connectivity"), rel=1e-4)
    for name in ("rankl", "opg"):
        assert fast.series(name) == pytest.approx(exact.series(name), rel=1e-4)


def test_the_end_of_a_step_is_what_the_next_one_would_compute():
    p, courses = data.parameters(), (Course("teriparatide", 20, "ug/day", 65), Course("zoledronate", 5, "mg/year", 65))
    driver = Driver(Person("female", 65, 50), p, courses=courses)
    state, start = young_state(p), driver(64.9)[1]
    for age in (65, 65.02, 65.1):
        drive = driver(age, courses)[1]
        state, here = advance(state, end(state, start, p), drive, 0.02, p, tissues(p))
        assert np.array(here[1:], object).tolist() == np.array(end(state, drive, p)[1:], object).tolist()
        start = drive


def test_fast_integrator_agrees_with_lsoda_where_links_act():
    person = Person("female", 60, 50)
    courses = (Course("transdermal_estradiol", 50, "ug/day", 60, 66), Course("prednisone", 7.5, "mg/day", 61))
    fast, exact = simulate(person, courses, until=70, links=True), solved_by_lsoda(person, courses, 70, chosen(True))
    for site in scanned_sites():
        assert fast.series("bmd", site) == pytest.approx(exact.series("bmd", site), rel=1e-4)
    assert fast.value("bmd", 70) != simulate(person, courses, until=70).value("bmd", 70)


def test_equations_written_once_run_on_arrays_and_give_the_same_numbers():
    person, courses = LIVES["estrogen for eight years"]
    p = data.parameters()
    halves = np.array([12.0, 19.0, 30.0])
    together = simulate(person, courses, until=70, parameters=p.replace(estrogen_half_effect=halves))
    for i, half in enumerate(halves):
        alone = simulate(person, courses, until=70, parameters=p.replace(estrogen_half_effect=float(half)))
        assert together.series("bmd")[-1][i] == pytest.approx(alone.series("bmd")[-1], rel=1e-12)
        assert together.value("ctx", 60)[i] == pytest.approx(alone.value("ctx", 60), rel=1e-12)


def test_an_array_of_men_with_a_closed_axis_equals_each_man_alone():
    p, tom = data.parameters(), Person("male", 40)
    course = [Course("anastrozole", 1, "mg/day", start=40)]
    gains = np.array([2.5, 5.6])
    together = simulate(tom, course, until=45, parameters=p.replace(feedback_gain=gains))
    alone = simulate(tom, course, until=45, parameters=p.replace(feedback_gain=5.6))
    assert together.value("testosterone", 42)[1] == pytest.approx(alone.value("testosterone", 42), rel=1e-12)


@given(st.floats(0, 8), st.floats(0, 2), st.floats(0, 5))
def test_the_feedback_of_a_mans_axis_is_solved(given_testosterone, aromatase, estrogen):
    p = data.parameters()
    ratio = endocrine.testosterone_ratio(given_testosterone, aromatase, estrogen, p)
    w, most = p.feedback_estradiol, p.testes_reserve
    brake = w * (aromatase * ratio + estrogen) + (1 - w) * ratio
    assert ratio == pytest.approx(given_testosterone + most / (1 + (most - 1) * brake**p.feedback_gain), rel=1e-6)
