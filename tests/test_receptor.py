"""Pulses keep a receptor listening; a constant level makes it deaf."""

import pytest
from scipy.integrate import solve_ivp

from osteolab import Course, Person, data, simulate
from osteolab.receptor import constant_response, gnrh_left_by_agonist, pulsed_response

RATES = {"deafening": 0.08, "recovery": 1 / 60}


def test_periodic_solution_agrees_with_an_ode_solver():
    o, minutes, period = 0.9, 8.0, 90.0

    def change(time, x):
        now = o if time % period < minutes else 0.0
        r = x[0]
        return [RATES["recovery"] * (1 - now) * (1 - r) - RATES["deafening"] * now * r, now * r]

    result = solve_ivp(change, (0, 20 * period), [1.0, 0.0], max_step=0.25, dense_output=True)
    last = result.sol(20 * period)[1] - result.sol(19 * period)[1]
    assert pulsed_response(o, minutes, period, **RATES) == pytest.approx(last / period, rel=0.01)


def test_pulses_without_a_pause_are_a_constant_level():
    assert pulsed_response(0.7, 60.0, 60.0, **RATES) == pytest.approx(constant_response(0.7, **RATES), rel=1e-6)


def test_there_is_a_best_rhythm():
    responses = [pulsed_response(0.95, 5.0, period, **RATES) for period in (6, 15, 30, 90, 300, 1000)]
    best = responses.index(max(responses))
    assert 0 < best < len(responses) - 1


def test_a_constant_agonist_leaves_about_a_twentieth_of_the_response():
    assert 0.02 < gnrh_left_by_agonist(data.parameters()) < 0.08


def test_agonist_castrates_and_pulses_restore_what_an_axis_lacks_but_not_what_testes_lack():
    sick, depot = Course("hypogonadism", 1, "on", 40), Course("testosterone_enanthate", 200, "mg/2wk", 40)
    pulses = Course("gonadorelin_pulsatile", 1, "on", 41)
    level = {
        name: simulate(Person("male", 40), courses, until=45).value("testosterone", 42)
        for name, courses in {
            "usual": [],
            "agonist": [Course("gnrh_agonist", 1, "on", 41)],
            "hypogonadism": [sick],
            "hypogonadism and pulses": [sick, pulses],
            "depot": [depot],
            "depot and pulses": [depot, pulses],
        }.items()
    }
    given = 0.72 * 200 / 14 / 1050 * 1e5
    assert level["agonist"] < 0.08 * level["usual"]
    assert level["hypogonadism"] < 0.6 * level["usual"]
    assert level["hypogonadism and pulses"] == pytest.approx(level["hypogonadism"], rel=1e-9)
    assert level["depot"] - given < 0.1 * level["usual"]
    assert level["depot and pulses"] - given == pytest.approx(level["usual"], rel=1e-9)
