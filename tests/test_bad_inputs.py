"""Every kind of bad input at every place of the calculator's public face: refused in one sentence, never a traceback.

The table is a product: what can be wrong about a number, a text, a list, times the places where one is asked for.
"""

import math
from decimal import Decimal

import numpy as np
import pytest

from osteolab import Course, InputError, Person, Plan, Scenario, evidence, risk, simulate
from osteolab.data import parameters
from osteolab.levels import catalogue
from osteolab.quantities import FRACTURES, scanned_sites, sites, units
from osteolab.treatments import conditions, controls, treatments

ANNA, BEN = Person("female", 52, 50), Person("male", 70)
LIFE, MAN, YOUNG = simulate(ANNA, until=70), simulate(BEN, until=80), simulate(ANNA, ageing=False)
HELD = Course("estradiol", 40, "pg/mL", 52)
PLAN = Plan("gel", ANNA, [HELD])
SCENARIO = Scenario((PLAN,))
HUGE = 10**400


class Rude:
    """A thing that nobody expects, with a name of two lines."""

    def __repr__(self):
        return "two\nlines"


NO_NUMBER = [None, "50", "", "NaN", b"50", True, [50], (50,), {}, {50}, 50j, Decimal(50), np.array([50.0]), Rude(), len]
NOT_FINITE = [math.nan, math.inf, -math.inf, np.float64("nan"), HUGE, -HUGE]
NO_AGE = [*NO_NUMBER, *NOT_FINITE, -5, 0, 19.999999999, 100.0000001, 1e300]
NO_TEXT = [None, 5, 0, math.nan, True, b"bmd", [], ["bmd"], {}, np.array(["a", "b"]), Rude(), "a" * 121, "\ud800"]
NO_NAME = [*NO_TEXT, "", "bones", "BMD ", "<b>"]  # not the name of anything
NO_LIST = [5, 0, math.nan, True, Rude(), len, np.array(5.0)]

# place: (what is called with the bad value, the bad values)
PLACES = {
    "Person sex": (lambda bad: Person(bad, 50), NO_NAME),
    "Person age": (lambda bad: Person("female", bad), NO_AGE),
    "Person menopause_age": (
        lambda bad: Person("female", 50, bad),
        [*NO_AGE[1:], 34.999999, 62.0000001],
    ),
    "Person menopause_age of a man": (lambda bad: Person("male", 50, bad), [50, "50", True, False, [], NO_NUMBER[-3]]),
    "Person name": (lambda bad: Person("female", 50, 50, bad), NO_TEXT),
    "Person peak_bone_mass_sd": (
        lambda bad: Person("female", 50, 50, "", bad),
        [*NO_NUMBER, *NOT_FINITE, -3.0000001, 9],
    ),
    "Person.preset": (Person.preset, NO_NAME),
    "Course what": (lambda bad: Course(bad, 40, "pg/mL", 52), [*NO_NAME, "lumbar_spine"]),
    "Course level": (
        lambda bad: Course("estradiol", bad, "pg/mL", 52),
        [*NO_NUMBER, *NOT_FINITE, -1e-9, 1000.0000001],
    ),
    "Course level in SI": (lambda bad: Course("estradiol", bad, "pmol/L", 52), [*NO_NUMBER, *NOT_FINITE, -1, 3672]),
    "Course dose": (lambda bad: Course("prednisone", bad, "mg/day", 52), [*NO_NUMBER, *NOT_FINITE, -1, 60.0000001]),
    "Course hand": (
        lambda bad: Course("resorption_pace", bad, "percent", 52),
        [*NO_NUMBER, *NOT_FINITE, -1, 1e6],
    ),
    "Course ratio": (
        lambda bad: Course("igf1", bad, "ratio_to_age_normal", 52),
        [*NO_NUMBER, *NOT_FINITE, 0, 6.0000001],
    ),
    "Course unit": (lambda bad: Course("estradiol", 40, bad, 52), [*NO_NAME, "mg/day", "on", "ratio_to_age_normal"]),
    "Course start": (lambda bad: Course("estradiol", 40, "pg/mL", bad), NO_AGE),
    "Course stop": (lambda bad: Course("estradiol", 40, "pg/mL", 52, bad), [*NO_AGE[1:], 52, 51.999]),
    "simulate person": (simulate, [*NO_NUMBER, "anna", HELD, [ANNA], LIFE]),
    "simulate courses": (
        lambda bad: simulate(ANNA, bad),
        [*NO_LIST, None, "estradiol", [None], [5], [[HELD]], {"a": 1}, [Course], ANNA, [PLAN]],
    ),
    "simulate courses beside a plan": (lambda bad: simulate(PLAN, bad), [[HELD], HELD, (HELD, HELD)]),
    "simulate until": (lambda bad: simulate(ANNA, until=bad), [*NO_AGE, 20, 20.9]),
    "simulate ageing": (lambda bad: simulate(ANNA, ageing=bad), [None, 0, 1, "no", "", [], math.nan, Rude()]),
    "simulate parameters": (
        lambda bad: simulate(ANNA, parameters=bad),
        [5, 0, "x", {}, {"a": 1}, [], True, Rude(), vars(parameters())],
    ),
    "simulate links": (
        lambda bad: simulate(ANNA, links=bad),
        [None, 5, 0, math.nan, "", "links", [1], [None], [[]], {"a": 1}, Rude(), np.array(1)],
    ),
    "Life.series quantity": (LIFE.series, [*NO_NAME, "lh", "glycation_"]),
    "Life.series site": (lambda bad: LIFE.series("bmd", bad), [*NO_NAME[1:], "skull", "iliac_crest", "hip_fracture"]),
    "Life.series site of a z-score": (lambda bad: LIFE.series("z_score", bad), ["distal_radius", "iliac_crest"]),
    "Life.series site of a risk": (lambda bad: LIFE.series("fracture_risk", bad), ["distal_radius", "iliac_crest"]),
    "Life.series site of a rate": (lambda bad: LIFE.series("fracture_rate", bad), [*NO_NAME[1:], "lumbar_spine"]),
    "Life.series site of blood": (lambda bad: LIFE.series("estradiol", bad), [*NO_NAME[1:], "skull"]),
    "Life.series ages": (
        lambda bad: LIFE.series("bmd", ages=bad),
        [*NO_LIST, "50", b"50", {50: 1}, *([age] for age in NO_AGE), [70.0000001], [50, math.nan]],
    ),
    "Life.table ages": (LIFE.table, [*NO_LIST, "50", *([age] for age in NO_AGE), [70.0000001]]),
    "Life.value quantity": (lambda bad: LIFE.value(bad, 50), NO_NAME),
    "Life.value age": (lambda bad: LIFE.value("bmd", bad), [*NO_AGE, 70.0000001]),
    "Life.value site": (lambda bad: LIFE.value("bmd", 50, bad), [*NO_NAME[1:], False, "iliac_crest"]),
    "Life.at age": (LIFE.at, [*NO_AGE, 70.0000001]),
    "Life.at site": (lambda bad: LIFE.at(50, bad), [*NO_NAME, "distal_radius", "iliac_crest"]),
    "Life.gain from_age": (lambda bad: LIFE.gain(bad, 60), [*NO_AGE, 70.0000001]),
    "Life.gain to_age": (lambda bad: LIFE.gain(50, bad), [*NO_AGE, 70.0000001]),
    "Life.gain site": (lambda bad: LIFE.gain(50, 60, bad), NO_NAME),
    "Life.misfit site": (LIFE.misfit, [*NO_NAME, "iliac_crest"]),
    "Life.unit quantity": (LIFE.unit, NO_NAME),
    "Life.unit site": (lambda bad: LIFE.unit("bmd", bad), [*NO_NAME[1:], "skull"]),
    "Life.who_class_applies": (LIFE.who_class_applies, [*NO_AGE, 70.0000001]),
    "risk life": (lambda bad: risk.absolute_risk(bad, 60, 5), [*NO_NUMBER, ANNA, YOUNG]),
    "risk age": (lambda bad: risk.absolute_risk(LIFE, bad, 5), [*NO_AGE, 49.9, 65.1]),
    "risk years": (lambda bad: risk.absolute_risk(LIFE, 60, bad), [*NO_NUMBER, *NOT_FINITE, 0, -1, 0.99, 10.00001]),
    "risk outcome": (lambda bad: risk.absolute_risk(LIFE, 60, 5, bad), [*NO_NAME, "any_fracture"]),
    "risk ratios": (lambda bad: risk.risk_ratios(LIFE, bad, "hip_fracture"), [*NO_LIST, None, "60", [90], [math.nan]]),
    "risk ratios, outcome": (lambda bad: risk.risk_ratios(LIFE, [60], bad), NO_NAME),
    "risk average": (risk.average_life, [*NO_NUMBER, ANNA]),
    "risk compare": (lambda bad: risk.compare(LIFE, bad, 60, 5), [*NO_NUMBER, MAN, YOUNG]),
    "published rate": (lambda bad: risk.published_rate("hip_fracture", "female", bad), [*NO_AGE, 49.9]),
    "published rate, sex": (lambda bad: risk.published_rate("hip_fracture", bad, 60), NO_NAME),
    "published rate, outcome": (lambda bad: risk.published_rate(bad, "female", 60), NO_NAME),
    "Plan label": (lambda bad: Plan(bad, ANNA), NO_TEXT),
    "Plan person": (lambda bad: Plan("", bad), [*NO_NUMBER, "anna", PLAN]),
    "Plan courses": (lambda bad: Plan("", ANNA, bad), [*NO_LIST, None, "ab", [None], {"a": 1}, [[HELD]]]),
    "Plan.from_dict": (
        Plan.from_dict,
        [
            *NO_NUMBER[:13],
            {"label": "no person"},
            {"person": "nobody"},
            {"person": {"sex": "female"}},
            {"person": {"sex": "female", "age": HUGE}},
            {"person": "anna", "courses": None},
            {"person": "anna", "courses": [{}]},
            {"person": "anna", "courses": [{"what": "estradiol"}]},
            {"person": "anna", "colour": "blue"},
            {1: 2},
        ],
    ),
    "Scenario plans": (Scenario, [*NO_LIST, None, "ab", (), [None], [PLAN] * 5, {"a": PLAN}]),
    "Scenario chosen": (lambda bad: Scenario((PLAN,), bad), [None, "0", True, 1, -1, 0.0, math.nan, HUGE, []]),
    "Scenario scan_age": (lambda bad: Scenario((PLAN,), scan_age=bad), NO_AGE),
    "Scenario site": (lambda bad: Scenario((PLAN,), site=bad), [*NO_NAME, "distal_radius", "iliac_crest"]),
    "Scenario units": (lambda bad: Scenario((PLAN,), units=bad), [*NO_NAME, "us"]),
    "Scenario pinned": (lambda bad: Scenario((PLAN,), pinned=bad), [5, "gel", [PLAN], ANNA, True]),
    "Scenario veiled": (lambda bad: Scenario((PLAN,), veiled=bad), [0, 1, "yes", [], math.nan]),
    "Scenario settings": (
        lambda bad: Scenario((PLAN,), settings=bad),
        [None, 5, "ab", {1: 1}, {"a": math.nan}, {"a": HUGE}, {"a": []}, {"a": "b" * 121}, [["a"]], [([], 1)]],
    ),
    "Scenario.with_plan": (lambda bad: SCENARIO.with_plan(PLAN, bad), [-1, 5, "0", 0.0, True, math.nan, [], HUGE]),
    "Scenario.setting": (SCENARIO.setting, [None, 5, [], {}]),
    "Scenario.from_dict": (
        Scenario.from_dict,
        [*NO_NUMBER[:13], {}, {"plans": 5}, {"plans": [], "version": 2}, {1: 2}],
    ),
    "Scenario.from_json": (
        Scenario.from_json,
        [None, 5, b"{}", "", "x", "[]", "null", "{", "[" * 100_000, '{"plans": []}', '{"plans": [{"person": NaN}]}'],
    ),
    "Scenario.from_link": (Scenario.from_link, [None, 5, b"1.", "", "x", "1.", "1.x", "1." + "A" * 99, "9" * 9_000]),
    "evidence.published": (evidence.published, [*NO_NAME, "../levels"]),
}


def kinds(places):
    """Return (place, number of the value) of everything that must be refused."""
    return [(place, number) for place, (_, values) in places.items() for number in range(len(values))]


REFUSED = kinds(PLACES)


def refusal(call, *given):
    """Return the sentence with which something is refused; whatever else is raised goes through."""
    with pytest.raises(InputError) as caught:
        call(*given)
    return str(caught.value)


def is_a_sentence(text):
    return 20 < len(text) < 1_000 and "\n" not in text


@pytest.mark.parametrize(("place", "number"), REFUSED)
def test_bad_input_is_refused_in_one_sentence_and_never_with_a_traceback(place, number):
    call, values = PLACES[place]
    said = refusal(call, values[number])
    assert is_a_sentence(said), said


def test_the_table_holds_some_hundred_kinds():
    assert len(REFUSED) > 600


def test_what_is_good_at_each_place_is_accepted():
    """Without this a place that refuses everything would pass."""
    assert Person("female", np.float64(52), 50) == ANNA
    for quantity in units():
        if quantity != "lh":
            assert len(LIFE.series(quantity, ages=np.array([20.0, 52.0, 70.0]))) == 3
    assert all(LIFE.at(20, site).site == site for site in scanned_sites())
    assert all(LIFE.value("fracture_rate", 70, kind) > 0 for kind in FRACTURES)
    assert all(LIFE.value("bone_volume", 70, site) > 0 and LIFE.gain(52, 70, site) for site in sites())
    assert set(LIFE.table([50]).age_years) == {50}
    assert risk.risk_ratios(LIFE, (60, 70), "hip_fracture")[0] > 0
    assert simulate(PLAN).at(60) == simulate(ANNA, iter([HELD])).at(60)


# What a sentence says


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: simulate(ANNA, until=100.0000001), ["100.0000001", "21 to 100"]),
        (lambda: Person("female", HUGE), ["1000000", "smaller", "20 to 100"]),
        (lambda: Course("estradiol", -HUGE, "pg/mL", 52), ["-1000000", "0 to 1000"]),
        (lambda: LIFE.series("bmd", ages=[90]), ["age is 90", "20 to 70", "the life that was computed"]),
        (lambda: LIFE.at(60, "distal_radius"), ["distal_radius", "lumbar_spine, total_hip"]),
        (lambda: LIFE.value("z_score", 60, "distal_radius"), ["density of people by age", "lumbar_spine"]),
        (lambda: LIFE.value("bmd", 60, "iliac_crest"), ["density of young adults", "distal_radius"]),
        (lambda: LIFE.value("fracture_risk", 60, "distal_radius"), ["fracture risk", "total_hip"]),
        (lambda: simulate(ANNA, None), ["None", "list of Courses"]),
        (lambda: simulate(ANNA, ageing="no"), ["'no'", "True or False"]),
        (lambda: simulate(ANNA, parameters={}), ["{}", "Parameters"]),
        (lambda: Scenario.from_json(None), ["None", "text"]),
    ],
)
def test_the_sentence_says_what_was_given_and_what_is_allowed(call, words):
    said = refusal(call)
    assert all(word in said for word in words), said


# Switches


SWITCHES = [
    name for table in (conditions(), treatments(), controls()) for name, row in table.items() if row["unit"] == "on"
]


@pytest.mark.parametrize("what", SWITCHES)
def test_a_switch_is_on_or_off_and_nothing_between(what):
    assert "switch" in refusal(Course, what, 0.5, "on", 52)
    assert Course(what, 0, "on", 52).level == 0 and Course(what, 1, "on", 52).level == 1


# Two holds of one level


HOLDS = {
    "estradiol": (40, 80, "pg/mL"),
    "testosterone": (20, 60, "ng/dL"),
    "igf1": (0.5, 2, "ratio_to_age_normal"),
    "cortisol": (10, 30, "ug/dL"),
    "homa_ir": (1, 5, "HOMA-IR"),
    "il6": (1, 20, "pg/mL"),
    "resorption_pace": (50, 200, "percent"),
    "formation_pace": (50, 200, "percent"),
    "formation_delay": (100, 300, "days"),
    "aromatase_activity": (50, 150, "percent"),
}


def test_everything_that_can_be_held_twice_is_tried():
    assert set(HOLDS) == set(catalogue()) | set(controls())


@pytest.mark.parametrize("what", HOLDS)
def test_two_holds_of_one_level_say_the_same_in_any_order(what):
    low, high, unit = HOLDS[what]
    first, second = Course(what, low, unit, 52), Course(what, high, unit, 55, 58)
    lives = [simulate(BEN, courses, until=62) for courses in ((first, second), (second, first))]
    for quantity in ("bmd", "ctx", "estradiol", "testosterone", "igf1"):
        assert lives[0].series(quantity) == lives[1].series(quantity)
    alone, other = simulate(BEN, [first], until=62), simulate(BEN, [Course(what, high, unit, 55)], until=62)
    moved = "il6" if what == "il6" else "homa_ir" if what == "homa_ir" else "osteoblasts"
    if what in catalogue():
        moved = what
        assert lives[0].value(what, 57) == pytest.approx(other.value(what, 57), rel=1e-3)
        assert lives[0].value(what, 60) == pytest.approx(alone.value(what, 60), rel=1e-3)
    assert lives[0].value(moved, 57) != alone.value(moved, 57)


def test_of_two_holds_begun_together_the_one_that_ends_first_counts_while_it_lasts():
    short, long = Course("estradiol", 80, "pg/mL", 52, 55), Course("estradiol", 40, "pg/mL", 52)
    for courses in ((short, long), (long, short)):
        life = simulate(ANNA, courses, until=60)
        assert (life.value("estradiol", 54), life.value("estradiol", 57)) == (80, 40)


def test_igf1_held_in_two_units_is_one_level_held_twice():
    ratio, level = Course("igf1", 0.5, "ratio_to_age_normal", 52), Course("igf1", 300, "ng/mL", 55)
    for courses in ((ratio, level), (level, ratio)):
        life = simulate(ANNA, courses, until=60)
        assert life.value("igf1", 57) == 300 > 2 * life.value("igf1", 54)


def test_a_level_held_at_two_values_over_the_same_years_is_refused():
    other = Course("estradiol", 80, "pg/mL", 52)
    for given in ([HELD, other], [other, HELD]):
        for call in (simulate, lambda who, courses: Plan("", who, courses)):
            said = refusal(call, ANNA, given)
            assert "40 pg/mL" in said and "80 pg/mL" in said and is_a_sentence(said)
    assert simulate(ANNA, [HELD, HELD], until=60).value("estradiol", 57) == HELD.level
