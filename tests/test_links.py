"""Links between systems: off by default, one direction, published sizes, each with its own switch."""

import numpy as np
import pytest

from osteolab import Course, InputError, Person, Plan, Scenario, data, sbml, simulate
from osteolab.links import LINKS, Pushed, Ratios, chosen, push, pushed

ALL = frozenset(LINKS)
WOMAN, MAN = Person("female", 57, 51), Person("male", 70)
PATCH = Course("transdermal_estradiol", 50, "ug/day", 57)
DEPRIVED = Course("gnrh_agonist", 1, "on", 70)
TESAMORELIN = Course("tesamorelin", 2, "mg/day", 70)
GIVEN = {
    "patch": (WOMAN, PATCH),
    "deprivation": (MAN, DEPRIVED),
    "tesamorelin": (MAN, TESAMORELIN),
    "prednisone": (MAN, Course("prednisone", 10, "mg/day", 70)),
}
READ = ("visceral_fat", "homa_ir", "il6", "cortisol")


def percent(quantity, name, links=True):
    """Percent by which links change a quantity three years after the start."""
    person, course = GIVEN[name]
    with_links, without = (simulate(person, course, until=75, links=on) for on in (links, False))
    age = person.age + 3
    return 100 * (with_links.value(quantity, age) / without.value(quantity, age) - 1)


# Switches


@pytest.mark.parametrize("name", GIVEN)
def test_without_links_visceral_fat_is_usual_and_nothing_differs_from_no_links_by_name(name):
    person, course = GIVEN[name]
    life, none = simulate(person, course, until=75), simulate(person, course, until=75, links=())
    assert life.links == frozenset() and set(life.series("visceral_fat")) == {1.0}
    assert life.series("bmd") == none.series("bmd")


@pytest.mark.parametrize("person", [WOMAN, MAN])
def test_links_change_nothing_in_a_life_without_treatment(person):
    linked, plain = simulate(person, until=90, links=True), simulate(person, until=90)
    for quantity in (*READ, "bmd", "ctx", "connectivity"):
        assert linked.series(quantity) == plain.series(quantity)


@pytest.mark.parametrize(
    ("link", "name", "quantity"),
    [
        ("sex_hormones_to_visceral_fat", "patch", "visceral_fat"),
        ("growth_hormone_to_visceral_fat", "tesamorelin", "visceral_fat"),
        ("estradiol_to_homa_ir", "patch", "homa_ir"),
        ("prednisone_to_own_cortisol", "prednisone", "cortisol"),
    ],
)
def test_each_link_acts_alone_and_is_missed_when_it_is_left_out(link, name, quantity):
    assert abs(percent(quantity, name, (link,))) > 1 and percent(quantity, name, link) != 0
    others = ALL - {link}
    assert abs(percent(quantity, name, others)) < abs(percent(quantity, name))


@pytest.mark.parametrize("link", ["visceral_fat_to_homa_ir", "visceral_fat_to_il6"])
def test_a_link_from_visceral_fat_needs_something_that_moves_the_fat(link):
    quantity = link.removeprefix("visceral_fat_to_")
    assert percent(quantity, "deprivation", link) == 0
    assert percent(quantity, "deprivation", (link, "sex_hormones_to_visceral_fat")) > 1


@pytest.mark.parametrize("wrong", ["sleep_to_cortisol", ("visceral_fat_to_il6", "sleep_to_cortisol")])
def test_an_unknown_link_is_refused_with_the_list_of_those_there_are(wrong):
    with pytest.raises(InputError, match="sleep_to_cortisol") as refused:
        simulate(MAN, links=wrong)
    assert all(name in str(refused.value) for name in LINKS)


@pytest.mark.parametrize("wrong", [1, 0.5, None])
def test_what_is_no_choice_of_links_is_refused(wrong):
    with pytest.raises(InputError, match="True, False or names"):
        chosen(wrong)


def test_true_is_all_false_is_none_and_one_name_may_stand_alone():
    assert chosen(True) == ALL and chosen(False) == frozenset() == chosen([])
    assert chosen("visceral_fat_to_il6") == {"visceral_fat_to_il6"}


def test_a_plan_holds_no_links_so_files_and_addresses_stay_as_they_are():
    plan = Plan("patch", WOMAN, [PATCH])
    assert set(plan.to_dict()) == {"label", "person", "courses"}
    assert "links" not in Scenario((plan,)).to_dict()
    assert simulate(plan, until=75, links=True).at(65) == simulate(WOMAN, PATCH, until=75, links=True).at(65)


# Published sizes


@pytest.mark.parametrize(
    ("quantity", "name", "low", "high"),
    [
        ("visceral_fat", "patch", -11.8, -1.9),  # Salpeter 2006, abdominal fat
        ("homa_ir", "patch", -17.1, -8.6),  # Salpeter 2006
        ("visceral_fat", "deprivation", 0, 22),  # Cheung 2015 and Hamilton 2011
        ("homa_ir", "deprivation", 0, 12),  # Hamilton 2011
        ("visceral_fat", "tesamorelin", -19.2, -15),  # two phase 3 trials
        ("homa_ir", "tesamorelin", -1e-9, 1e-9),  # no difference in glycaemia: Falutz 2007
        ("il6", "patch", -4, 0),
    ],
)
def test_links_have_the_size_that_was_published(quantity, name, low, high):
    assert low <= percent(quantity, name) <= high


@pytest.mark.parametrize(("dose", "low", "high"), [(2.5, 0.75, 0.90), (5, 0.60, 0.70), (10, 0.25, 0.30)])
def test_prednisone_leaves_so_much_of_the_bodys_own_cortisol(dose, low, high):
    p = data.parameters()
    left = pushed(ALL, Ratios(1.0, None, 1.0), dose, p).cortisol
    assert low <= left <= high
    assert simulate(MAN, Course("prednisone", dose, "mg/day", 70), until=75, links=True).value(
        "cortisol", 72
    ) == pytest.approx(8 * left + p.prednisone_as_cortisol * dose)


def test_testosterone_restored_in_a_deficient_man_changes_fat_by_a_few_percent_only():
    low, restored = Course("testosterone", 250, "ng/dL", 60, 70), Course("testosterone", 500, "ng/dL", 70)
    life = simulate(MAN, (low, restored), until=75, links=True)
    assert -6 < 100 * (life.value("visceral_fat", 72) / life.value("visceral_fat", 69) - 1) < 0
    assert -4 < 100 * (life.value("homa_ir", 72) / life.value("homa_ir", 69) - 1) < 0


@pytest.mark.parametrize("name", GIVEN)
def test_what_links_do_to_density_in_ten_years_is_small(name):
    person, course = GIVEN[name]
    linked, plain = (simulate(person, course, until=80, links=on) for on in (True, False))
    assert abs(linked.value("bmd", person.age + 10) / plain.value("bmd", person.age + 10) - 1) < 0.02


# Directions and bounds

LADDER = (0.0, 0.05, 0.5, 1.0, 2.0, 10.0, 1000.0)


def rising(values):
    return list(values) == sorted(values)


def test_more_of_a_hormone_never_means_more_fat_and_effects_stay_bounded():
    p = data.parameters()
    women = [pushed(ALL, Ratios(x, None, 1.0), 0.0, p) for x in LADDER]
    men = [pushed(ALL, Ratios(None, x, 1.0), 0.0, p) for x in LADDER]
    growth = [pushed(ALL, Ratios(None, 1.0, x), 0.0, p) for x in LADDER]
    for found, most in ((women, 0.09), (men, 0.12), (growth, 0.54)):
        for quantity in ("visceral_fat", "il6", "homa_ir"):
            assert rising([getattr(one, quantity) for one in reversed(found)]), quantity
        assert all(abs(one.visceral_fat - 1) < most and abs(one.il6 - 1) < most for one in found)
    assert all(0.8 < one.homa_ir < 1.2 for one in (*women, *men))
    assert women[3] == men[3] == growth[3] == Pushed()


def test_more_prednisone_means_less_own_cortisol_and_more_in_all():
    p = data.parameters()
    doses = [0, 1, 2.5, 5, 7.5, 10, 20, 60]
    own = [pushed(ALL, Ratios(None, 1.0, 1.0), dose, p).cortisol for dose in doses]
    assert rising(own[::-1]) and own[0] == 1 and 0 < own[-1] < 0.02
    assert rising([8 * share + p.prednisone_as_cortisol * dose for share, dose in zip(own, doses, strict=True)])


def test_push_is_one_at_nothing_none_at_usual_and_bounded():
    assert push(0.0) == 1 and push(1.0) == 0 and -1 < push(1e6) < 0


# A hand or a disease wins


@pytest.mark.parametrize(
    ("held", "quantity"),
    [
        (Course("homa_ir", 2.0, "HOMA-IR", 57), "homa_ir"),
        (Course("il6", 4.0, "pg/mL", 57), "il6"),
        (Course("type2_diabetes", 1, "on", 57), "homa_ir"),
        (Course("rheumatoid_arthritis", 1, "on", 57), "il6"),
        (Course("cushing", 1, "on", 57), "cortisol"),
        (Course("cortisol", 12, "ug/dL", 57), "cortisol"),
    ],
)
def test_a_hand_or_a_disease_on_a_level_wins_over_every_link(held, quantity):
    courses = (PATCH, Course("prednisone", 5, "mg/day", 57), held)
    linked, plain = (simulate(WOMAN, courses, until=70, links=on) for on in (True, False))
    assert linked.value(quantity, 60) == plain.value(quantity, 60)


def test_a_hand_on_estradiol_is_a_cause_like_any_other():
    """A level held where the patch brings it leaves the same fat as the patch."""
    given = simulate(WOMAN, PATCH, until=70, links=True)
    reached = given.value("estradiol", 60)
    held = simulate(WOMAN, Course("estradiol", reached, "pg/mL", 57), until=70, links=True)
    assert held.value("visceral_fat", 60) == pytest.approx(given.value("visceral_fat", 60), rel=1e-6)
    assert held.value("visceral_fat", 60) < 1


# Elsewhere


def test_links_run_on_arrays_of_parameters():
    p = data.parameters()
    sizes = np.array([0.0, p.link_estradiol_visceral_fat])
    many = simulate(WOMAN, PATCH, until=62, parameters=p.replace(link_estradiol_visceral_fat=sizes), links=True)
    one = simulate(WOMAN, PATCH, until=62, links=True)
    assert list(many.value("visceral_fat", 60)) == pytest.approx([1.0, one.value("visceral_fat", 60)])


def test_the_error_of_a_linked_life_is_that_of_linked_lives():
    linked, plain = (simulate(MAN, GIVEN["prednisone"][1], until=75, links=on) for on in (True, False))
    assert linked.value("bmd_sd", 72) == pytest.approx(plain.value("bmd_sd", 72), rel=0.2)
    assert linked.value("bmd_sd", 72) != plain.value("bmd_sd", 72)


def test_the_export_holds_the_levels_as_links_left_them_and_no_line_for_fat():
    course = GIVEN["prednisone"][1]
    linked, plain = (sbml.to_antimony(simulate(MAN, course, until=75, links=on)) for on in (True, False))
    assert linked != plain and "visceral_fat" not in linked + plain
    assert plain == sbml.to_antimony(MAN, course, until=75)
