"""What a change of density is made of: three parts without a rest, and which of them a treatment moves."""

import random
import re
from pathlib import Path

import numpy as np
import pytest

from osteolab import Course, InputError, Person, data, simulate
from osteolab.equations import Both
from osteolab.gain import Contents, open_space, split
from osteolab.interpolation import linear
from osteolab.quantities import scanned_sites, sites

PARTS = ("refilled", "mineral", "bone")
ANNA = Person("female", 65, menopause_age=50)
COURSES = (
    (),
    (("zoledronate", 5, "mg/year", 55),),
    (("alendronate", 10, "mg/day", 62, 67),),
    (("denosumab", 60, "mg/6month", 60, 64),),
    (("teriparatide", 20, "ug/day", 60, 62), ("denosumab", 60, "mg/6month", 62)),
    (("romosozumab", 210, "mg/month", 65, 66),),
    (("estradiol", 40, "pg/mL", 52, 60),),
    (("prednisone", 20, "mg/day", 50, 53), ("testosterone", 200, "ng/dL", 50)),
    (("resorption_pace", 200, "percent", 30, 33), ("formation_delay", 200, "days", 30, 36)),
    (("formation_pace", 150, "percent", 40, 45),),
)


def treated(*courses, until=70.0):
    return simulate(ANNA, [Course(*course) for course in courses], until=until)


def density_change(life, start, stop, site):
    return 100 * (life.value("bmd", stop, site) / life.value("bmd", start, site) - 1)


@pytest.fixture(scope="module")
def lives():
    people = Person("female", 50, 50), Person("female", 40, None), Person("male", 60), ANNA
    chosen = random.Random(1)
    return [simulate(chosen.choice(people), [Course(*c) for c in courses], until=75) for courses in COURSES]


def test_the_parts_add_up_to_the_change_of_density_of_any_life_age_and_site(lives):
    chosen = random.Random(2)
    for _ in range(200):
        life, site = chosen.choice(lives), chosen.choice(scanned_sites())
        start, stop = chosen.uniform(20, 75), chosen.uniform(20, 75)
        found = life.gain(start, stop, site)
        assert list(found) == [*PARTS, "total"]
        assert sum(found[part] for part in PARTS) == pytest.approx(found["total"], abs=1e-9)
        assert found["total"] == pytest.approx(density_change(life, start, stop, site), abs=1e-9)


def test_the_same_age_twice_changes_nothing(lives):
    for life in lives:
        found = life.gain(61.3, 61.3, "total_hip")
        assert found == dict.fromkeys((*PARTS, "total"), 0) and "-" not in str(found)


def test_going_back_is_the_same_bone_with_its_sign_turned(lives):
    for life in lives:
        there, back = life.gain(50, 66), life.gain(66, 50)
        ratio = life.value("bmd", 50) / life.value("bmd", 66)
        assert {p: -ratio * x for p, x in there.items()} == pytest.approx(back, abs=1e-9)


@pytest.mark.parametrize(
    "course",
    [("alendronate", 10, "mg/day", 65), ("zoledronate", 5, "mg/year", 65), ("denosumab", 60, "mg/6month", 65)],
    ids=lambda course: course[0],
)
def test_the_first_year_of_an_antiresorptive_is_mostly_refilled_space_and_the_later_ones_are_not(course):
    life = treated(course)
    first, later = life.gain(65, 66), life.gain(66, 70)
    assert first["refilled"] + first["mineral"] > 0.85 * first["total"] > 3
    # More than half, which is what mostly says. No scan can tell how much more: mineral ripens in the first year too.
    assert first["refilled"] > 0.5 * first["total"] and first["refilled"] > 2 * first["mineral"]
    assert later["refilled"] < 0.15 * later["total"] and later["mineral"] > first["mineral"] > 0


@pytest.mark.parametrize(
    ("course", "years"),
    [(("teriparatide", 20, "ug/day", 65, 67), 2), (("romosozumab", 210, "mg/month", 65, 66), 1)],
    ids=["teriparatide", "romosozumab"],
)
def test_a_builder_builds_bone(course, years):
    found = treated(course).gain(65, 65 + years)
    assert found["bone"] > 0.9 * found["total"] > 5
    assert abs(found["mineral"]) < 0.1 * found["bone"]


def test_teriparatide_opens_space_that_closes_again_when_it_stops():
    """Heaney 1997: the transient is as large as the change of turnover, times how long a pit stays open."""
    life, brake = treated(("teriparatide", 20, "ug/day", 65, 67)), treated(("denosumab", 60, "mg/6month", 65))
    opened, closed = (life.gain(*ages)["refilled"] for ages in ((65, 67), (67, 69)))
    # One percent is the precision of a spine scan: less could be seen in nobody.
    assert opened < -1 < 1 < closed
    assert closed == pytest.approx(-opened, rel=0.2)

    def rise(one, age):
        return one.value("resorption", age, "trabecular_spine") - one.value("resorption", 65, "trabecular_spine")

    part = rise(life, 67) / rise(brake, 65.4)
    assert opened / brake.gain(65, 65.4)["refilled"] == pytest.approx(part, rel=0.25)


def test_menopause_opens_space_dilutes_mineral_and_takes_bone():
    found = treated().gain(49, 53)
    assert found["refilled"] < 0 and found["mineral"] < 0
    assert found["bone"] < 0.6 * found["total"] < 0


def test_healthy_hormones_without_ageing_leave_all_parts_at_nothing():
    life = simulate(Person("female", 30), until=60, ageing=False)
    for site in sites():
        assert life.gain(20, 60, site) == pytest.approx(dict.fromkeys((*PARTS, "total"), 0), abs=1e-7)


def test_the_space_of_a_young_adult_is_turnover_times_the_time_a_pit_is_open():
    life, p = simulate(Person("female", 30), until=40), data.parameters()
    open_for = (p.preosteoblast_time + p.osteoblast_life) / 365.25
    first = life._columns.column(open_space)[0]
    assert first.trabecular == pytest.approx(p.turnover_trabecular * open_for, rel=1e-12)
    assert first.cortical == pytest.approx(p.turnover_cortical * open_for, rel=1e-12)


def test_the_space_is_what_an_ode_solver_finds():
    """The two stages of the docstring, driven by the printed resorption of spongy bone."""
    from scipy.integrate import solve_ivp

    life = treated(("alendronate", 10, "mg/day", 65), until=68)
    p, columns = life.parameters, life._columns
    survival = [drive.handles.survival for drive in columns.track.drives]

    def change(age, x):
        pits, teams = x
        dug = p.turnover_trabecular * life.value("resorption", age, "trabecular_spine") / 100
        turned = pits * 365.25 / p.preosteoblast_time
        return [dug - turned, turned - teams * 365.25 / p.osteoblast_life / linear(life.ages, survival, age)]

    start = [p.turnover_trabecular * t / 365.25 for t in (p.preosteoblast_time, p.osteoblast_life)]
    solved = solve_ivp(change, (20, 68), start, "LSODA", [46, 53, 65, 65.25, 66, 68], rtol=1e-7, max_step=0.05)
    space = columns.column(open_space)
    for age, now in zip(solved.t, solved.y.T, strict=True):
        assert linear(life.ages, [both.trabecular for both in space], age) == pytest.approx(sum(now), rel=5e-3)


def test_a_split_averages_both_orders_of_change():
    before, after = Contents(1.0, 0.1, 0.9), Contents(1.2, 0.05, 1.2)
    filled, mineral = 1.2 + 0.05 - 1.0 - 0.1, (0.9, 1.0)
    parts = split(before, after)
    assert parts.refilled == pytest.approx((0.05 * mineral[0] + 0.05 * mineral[1]) / 2)
    assert parts.bone == pytest.approx((filled * mineral[0] + filled * mineral[1]) / 2)
    assert parts.mineral == pytest.approx((1.0 * 0.1 + 1.2 * 0.1) / 2)
    assert sum(parts) == pytest.approx(0.3, abs=1e-12)


def test_arrays_of_parameters_give_the_numbers_of_each_alone():
    times = np.array([40.0, 69.71])
    together = simulate(ANNA, until=60, parameters=data.parameters().replace(osteoblast_life=times)).gain(48, 55)
    for i, time in enumerate(times):
        alone = simulate(ANNA, until=60, parameters=data.parameters().replace(osteoblast_life=float(time)))
        assert {part: x[i] for part, x in together.items()} == pytest.approx(alone.gain(48, 55), rel=1e-9)


@pytest.mark.parametrize(
    ("ages", "words"),
    [
        ((19, 60), ["from_age is 19 years", "20 to 70", "the life that was computed"]),
        ((60, 71), ["to_age is 71 years", "20 to 70"]),
        ((60, "70"), ["to_age is '70'", "a number in years"]),
        ((float("nan"), 60), ["from_age is nan"]),
    ],
)
def test_ages_outside_the_life_are_refused_in_one_sentence(ages, words):
    with pytest.raises(InputError) as caught:
        treated().gain(*ages)
    assert all(word in str(caught.value) for word in words)


def test_the_page_of_equations_shows_what_is_computed():
    page = (Path(__file__).resolve().parents[1] / "docs/model/equations.md").read_text(encoding="utf-8")
    zoledronate = ("zoledronate", 5, "mg/year", 65)
    for words, courses, ages in (
        ("untreated, a year", (), (65, 66)),
        ("zoledronate, first year", (zoledronate,), (65, 66)),
        ("zoledronate, from the first year to the fifth", (zoledronate,), (66, 70)),
        ("denosumab, first year", (("denosumab", 60, "mg/6month", 65),), (65, 66)),
        ("teriparatide, two years", (("teriparatide", 20, "ug/day", 65, 67),), (65, 67)),
        ("romosozumab, a year", (("romosozumab", 210, "mg/month", 65, 66),), (65, 66)),
        ("around the last period, 49 to 53", (), (49, 53)),
    ):
        line = next(line for line in page.splitlines() if line.startswith(f"| {words} |"))
        shown = [float(cell) for cell in re.findall(r"[+-]?\d+\.\d", line.replace("−", "-"))]
        assert list(treated(*courses).gain(*ages).values()) == pytest.approx(shown, abs=0.06), words


def test_an_unknown_site_is_refused():
    with pytest.raises(InputError, match=r"'skull'.*lumbar_spine"):
        treated().gain(60, 61, "skull")


def test_the_parts_are_of_both_tissues():
    assert Both._fields == ("trabecular", "cortical")
