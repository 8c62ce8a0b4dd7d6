"""Bad input gets one sentence that says what was given and what is allowed; units convert both ways."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteolab import Course, InputError, Person, Plan, simulate
from osteolab.levels import catalogue, conventional

ANNA = Person("female", 52, 50)
SCREEN = ("plotly", "ipywidgets", "IPython", "anywidget")
TABLES = ("numpy", "pandas", "scipy")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Course("estradiol", -5, "pg/mL", 52), ["-5 pg/mL", "0 to 1000"]),
        (lambda: Course("estradiol", 5000, "pg/mL", 52), ["5000 pg/mL", "0 to 1000", "pregnancy"]),
        (lambda: Course("estradiol", math.nan, "pg/mL", 52), ["nan", "finite"]),
        (lambda: Course("estradiol", math.inf, "pg/mL", 52), ["inf", "finite"]),
        (lambda: Course("estradiol", "40", "pg/mL", 52), ["'40'", "number"]),
        (lambda: Course("estradiol", True, "pg/mL", 52), ["True", "number"]),
        (lambda: Course("estradiol", 40, "mg/dL", 52), ["'mg/dL'", "pg/mL or pmol/L"]),
        (lambda: Course("estrogen", 40, "pg/mL", 52), ["'estrogen'", "estradiol"]),
        (lambda: Course("anastrozole", 1, "ug/day", 52), ["'ug/day'", "mg/day"]),
        (lambda: Course("anastrozole", 100, "mg/day", 52), ["100 mg/day", "0 to 10"]),
        (lambda: Course("estradiol", 40, "pg/mL", 52, 50), ["50", "52", "later"]),
        (lambda: Course("estradiol", 40, "pg/mL", 52, 52), ["later"]),
        (lambda: Course("estradiol", 40, "pg/mL", 300), ["300", "20 to 100"]),
        (lambda: Course("igf1", 50, "ratio_to_age_normal", 50), ["50", "0.05 to 6"]),
        (lambda: Person("female", 300), ["300", "20 to 100"]),
        (lambda: Person("female", "old"), ["'old'", "number"]),
        (lambda: Person("girl", 30), ["'girl'", "female, male"]),
        (lambda: Person("male", 30, 50), ["50", "man"]),
        (lambda: Person("female", 30, 20), ["20", "35 to 62"]),
        (lambda: Person("female", 30, peak_bone_mass_sd=9), ["9 SD", "-3 to 3"]),
        (lambda: Person.preset("annna"), ["'annna'", "anna"]),
        (lambda: simulate("anna"), ["'anna'", "Person"]),
        (lambda: simulate(ANNA, ["estradiol"]), ["'estradiol'", "Course"]),
        (lambda: simulate(ANNA, 60), ["60", "Courses"]),
        (lambda: simulate(Plan("gel", ANNA), [Course("estradiol", 40, "pg/mL", 52)]), ["estradiol", "'gel'", "add it"]),
        (lambda: simulate(ANNA, until=150), ["150", "100"]),
        (lambda: simulate(ANNA, until=60).value("bmd", 70), ["70", "20 to 60"]),
        (lambda: simulate(ANNA, until=60).at(30, "skull"), ["'skull'", "lumbar_spine"]),
        (lambda: simulate(ANNA, until=60).series("bones"), ["'bones'", "bmd"]),
    ],
)
def test_bad_input_is_refused_in_one_sentence_that_names_it(make, words):
    with pytest.raises(InputError) as caught:
        make()
    text = str(caught.value)
    assert "\n" not in text and all(word in text for word in words), text


@given(st.sampled_from(sorted(catalogue())), st.floats(0, 1))
def test_levels_convert_to_si_and_back(name, share):
    level = catalogue()[name]
    value = level.minimum + share * (level.maximum - level.minimum)
    assert conventional(name, value * level.si_factor, level.si_unit) == pytest.approx(value, abs=1e-9)


def test_a_course_in_si_units_is_the_same_course():
    conventional_life = simulate(ANNA, [Course("estradiol", 40, "pg/mL", 52)], until=60)
    si_life = simulate(ANNA, [Course("estradiol", 40 * 3.671, "pmol/L", 52)], until=60)
    assert si_life.value("bmd", 60) == pytest.approx(conventional_life.value("bmd", 60), rel=1e-12)


def test_micro_sign_and_u_mean_the_same_unit():
    assert Course("cortisol", 10, "µg/dL", 52) == Course("cortisol", 10, "ug/dL", 52)


def test_the_core_runs_on_bare_python():
    """The browser edition has no numpy, pandas or scipy; importing osteolab may not open a screen either."""
    code = (
        "import sys\n"
        f"for name in {SCREEN + TABLES}: sys.modules[name] = None\n"
        "from osteolab import Person, Course, simulate\n"
        "life = simulate(Person.preset('anna'), [Course('estradiol', 40, 'pg/mL', start=52)], until=80)\n"
        "print(round(life.at(65).t_score, 1))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert -1.5 < float(result.stdout) < -0.5


def test_importing_the_package_stays_light():
    code = f"import sys, osteolab; print([m for m in {SCREEN + TABLES} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
