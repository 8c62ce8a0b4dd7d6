"""Random settings: what must hold in every one, which way bone goes, and that the checks would notice."""

from dataclasses import replace
from random import Random

import pytest

from osteolab import Course, Person, simulate
from osteolab.random_settings import CHECKS, Setting, admissible, balance, checked, parts, setting
from osteolab.which_way import WAYS, asked

MANY, ALONE = 60, 3  # settings of all checks, and of each way without other courses; nox -s settings runs 20,000
ANNA = Person("female", 65, 50)


def test_what_must_hold_holds_in_every_setting():
    made, wrong = set(), []
    for number in range(MANY):
        due, found = checked(number)
        made |= set(due)
        # Doses can be stacked beyond any body, and nothing holds the risk of a bone of glass; the page counts them.
        wrong += [violation for violation in found if violation.check != "beyond"]
    assert wrong == []
    assert made == set(CHECKS)


@pytest.mark.parametrize("name", WAYS)
def test_bone_goes_the_way_that_physiology_has(name):
    answers = [asked(WAYS[name], number, most=0) for number in range(ALONE)]
    assert [answer.wrong for answer in answers if answer.wrong] == []


def test_every_way_moves_something():
    still = [name for name, way in WAYS.items() if not any(asked(way, number, 0).moved for number in range(8))]
    assert still == []


def test_everything_that_can_be_moved_has_a_way():
    assert {one.what for one in admissible()} <= set(WAYS)


def test_a_setting_is_its_number():
    assert setting(7) == setting(7) != setting(8)
    assert {each.person.sex for each in map(setting, range(20))} == {"female", "male"}
    assert {each.links for each in map(setting, range(20))} == {True, False}


def test_a_way_that_is_turned_around_is_noticed():
    way = WAYS["estradiol"]
    turned = replace(way, reads=tuple(read._replace(way=-read.way) for read in way.reads))
    assert asked(turned, 0, most=0).wrong is not None


def test_bone_that_comes_from_nowhere_is_noticed():
    given = Setting(ANNA, (Course("estradiol", 40, "pg/mL", 60),), False)
    assert [*balance(given, given.life(), Random(0)), *parts(given, given.life(), Random(0))] == []
    life = given.life()
    for i, state in enumerate(life._columns.states):
        life._columns.states[i] = state._replace(trabecular=state.trabecular + 0.0002 * i)
    assert list(balance(given, life, Random(0))) != []


# What the list calls exceptions


@pytest.mark.parametrize(
    ("sooner", "given", "years"),
    [
        (-1, [Course("growth_hormone", 1, "mg/day", 60)], 0.2),
        (-1, [Course("igf1", 1.5, "ratio_to_age_normal", 60)], 0.2),
        (1, [Course("gh_deficiency", 1, "on", 60)], 0.2),
    ],
    ids=["growth hormone", "IGF-1", "deficiency"],
)
def test_density_goes_the_other_way_first_when_igf1_moves(sooner, given, years):
    plain, moved = simulate(ANNA, until=71), simulate(ANNA, given, until=71)
    assert sooner * (moved.value("bmd", 60 + years) - plain.value("bmd", 60 + years)) > 0
    assert sooner * (moved.value("bmd", 70) - plain.value("bmd", 70)) < 0


def test_late_builders_gain_where_demolition_falls():
    slow, late = Course("resorption_pace", 40, "percent", 60), Course("formation_delay", 200, "days", 60)
    plain, moved = simulate(ANNA, [slow], until=62), simulate(ANNA, [slow, late], until=62)
    assert moved.value("bmd", 61) > plain.value("bmd", 61)


def test_osteoclasts_are_more_than_without_it_after_the_last_dose_of_denosumab():
    plain, given = simulate(ANNA, until=70), simulate(ANNA, [Course("denosumab", 60, "mg/6month", 65, 67)], until=70)
    assert max(given.series("osteoclasts", ages=[67 + i / 12 for i in range(24)])) > 1.2 * plain.value(
        "osteoclasts", 68
    )


# What the first runs found


def test_denosumab_is_in_blood_at_the_last_age_of_a_life():
    course = [Course("denosumab", 60, "mg/6month", 65)]
    short, long = simulate(ANNA, course, until=75.25), simulate(ANNA, course, until=80)
    for name in ("rankl", "ctx", "p1np"):
        assert short.value(name, 75.25) == pytest.approx(long.value(name, 75.25), rel=1e-12)
        assert short.value(name, 74) == pytest.approx(long.value(name, 74), rel=1e-9)


ENDS = (60, 60.01, 60.1, 60.25, 60.5, 60.51, 60.9, 61, 61.3, 64.99)  # around the dates of doses


@pytest.mark.parametrize(
    "course",
    [
        Course("denosumab", 60, "mg/6month", 60),
        Course("denosumab", 60, "mg/6month", 55, 60.5),
        Course("zoledronate", 5, "mg/year", 60),
        Course("romosozumab", 210, "mg/month", 60),
        Course("teriparatide", 20, "ug/day", 60, 61),
        Course("estradiol", 5, "pg/mL", 60, 61),
    ],
    ids=lambda course: course.what,
)
def test_what_a_life_shows_at_its_end_does_not_depend_on_where_that_is(course):
    long = simulate(ANNA, [course], until=65)
    for end in ENDS:
        short = simulate(ANNA, [course], until=end)
        for name in ("ctx", "p1np", "rankl", "bmd", "bmd_sd", "estradiol"):
            assert short.value(name, end) == pytest.approx(long.value(name, end), rel=1e-12)


@pytest.mark.parametrize("one", [one for one in admissible() if one.switch], ids=lambda one: one.what)
def test_a_switch_that_is_off_changes_nothing(one):
    off = simulate(Person("male", 50), [Course(one.what, 0, "on", 50)], until=60)
    assert off.series("bmd") == simulate(Person("male", 50), until=60).series("bmd")


def test_a_blocker_of_tnf_raises_no_il6():
    calm, blocked = [Course("il6", 0.5, "pg/mL", 50)], Course("infliximab", 1, "on", 50)
    one, other = (simulate(ANNA, given, until=60).value("il6", 55) for given in (calm, [*calm, blocked]))
    assert one == other == 0.5
    ill = Course("rheumatoid_arthritis", 1, "on", 50)
    one, other = (simulate(ANNA, given, until=60).value("il6", 55) for given in ([ill], [ill, blocked]))
    assert other < one


def test_an_agonist_does_not_wake_testes_that_testosterone_has_silenced():
    patch, agonist = Course("testosterone_patch", 14, "mg/day", 50), Course("gnrh_agonist", 1, "on", 51)
    alone, both = (simulate(Person("male", 50), given, until=55) for given in ([patch], [patch, agonist]))
    for name in ("testosterone", "lh"):  # LH, a steep answer, is solved to a millionth
        assert both.value(name, 53) <= alone.value(name, 53) * (1 + 1e-5)
    assert both.value("testosterone", 53) == pytest.approx(alone.value("testosterone", 53), rel=1e-3)
