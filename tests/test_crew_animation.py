import json

import pytest

from fake_lab import FakeLab
from osteolab import Person, bmu, simulate
from osteolab.errors import InputError
from osteolab.lab.page import HERE
from osteolab.lab.pictures.crew import HORIZON_DAYS, CrewAnimation

SCRIPT = (HERE / "crew.js").read_text(encoding="utf-8")
STYLE = (HERE / "crew.css").read_text(encoding="utf-8")


def test_a_young_crew_comes_back_to_where_it_was():
    crew = CrewAnimation()
    assert (crew.resorption, crew.formation, crew.refill) == (100, 100, 1)
    assert "refills what it dug" in crew.sentence
    assert crew.level(HORIZON_DAYS) > -12


def test_the_page_gets_plain_data():
    plan = CrewAnimation().calendar
    assert json.loads(json.dumps(plan)) == plan
    assert len(json.dumps(plan)) < 20_000
    assert len(plan["level"]) == HORIZON_DAYS // plan["chartStep"] + 1
    assert plan["digCurve"][0] == plan["fillCurve"][0] == 0
    assert plan["digCurve"][-1] == plan["fillCurve"][-1] == 1
    assert plan["pit"][0] == plan["pit"][-1] == 0


def test_more_demolition_opens_more_sites_and_less_refilling_lowers_the_surface():
    young, old = CrewAnimation(), CrewAnimation(resorption=165, formation=140)
    assert len(old.events) > 1.4 * len(young.events)
    assert old.refill == pytest.approx(140 / 165)
    assert old.level(HORIZON_DAYS) < young.level(HORIZON_DAYS) - 10
    assert "1.6 times as many sites" in old.sentence
    assert "leaves it 8 µm lower" in old.sentence


def test_a_life_sets_the_paces():
    anna = simulate(Person.preset("anna"), until=70)
    before, after = CrewAnimation(anna, age=40), CrewAnimation(anna, age=51)
    assert after.resorption == pytest.approx(anna.value("resorption", 51, "lumbar_spine"))
    assert after.resorption > before.resorption
    assert after.refill < before.refill


def test_a_lab_changes_the_crew_at_once():
    lab = FakeLab()
    crew = CrewAnimation(lab)
    seen = []
    crew.observe(lambda change: seen.append(change["name"]), names=["calendar", "sentence"])
    lab.set(resorption_pace=200, formation_pace=150)
    assert crew.resorption == pytest.approx(200, rel=0.02)
    assert crew.refill == pytest.approx(0.75, rel=0.02)
    assert seen.count("calendar") == 1
    lab.revision += 1
    assert seen.count("calendar") == 1, "nothing new, nothing sent"


def test_a_veiled_lab_gives_nothing_away():
    crew = CrewAnimation(FakeLab(veiled=True, estradiol=5))
    assert (crew.resorption, crew.formation) == (100, 100)


def test_a_change_in_the_middle_keeps_the_past():
    crew = CrewAnimation()
    crew.day = 400.0
    past = [e for e in crew.events if e.end <= 400]
    crew.set(resorption=250, formation=150)
    assert [e for e in crew.events if e.end <= 400] == past


def test_start_again_makes_a_fresh_surface():
    crew = CrewAnimation()
    crew.day = 400.0
    crew.set(resorption=250, formation=150)
    crew._heard(crew, {"kind": "again"}, [])
    assert crew.day == 0
    assert crew.events == CrewAnimation(resorption=250, formation=150).events


def test_a_long_delay_leaves_pits_open():
    usual, late = CrewAnimation(), CrewAnimation(delay=200)
    assert late.events[0].reversal_days == pytest.approx(usual.events[0].reversal_days + 124)
    assert late.level(900) < usual.level(900)


@pytest.mark.parametrize(("resorption", "formation"), [(400, 10), (5, 400), (0, 100), (100, 0)])
def test_every_slider_setting_can_be_drawn(resorption, formation):
    crew = CrewAnimation(resorption=resorption, formation=formation)
    assert bmu.REFILL_LIMITS[0] <= crew.refill <= bmu.REFILL_LIMITS[1]
    assert min(crew.calendar["level"]) >= -bmu.constants()["strut_thickness"]


def test_text_form_is_stable_and_states_the_result():
    crew = CrewAnimation(resorption=165, formation=140)
    assert repr(crew) == repr(CrewAnimation(resorption=165, formation=140))
    assert repr(crew).startswith("The crew at work: demolition 165\u202f% · construction 140\u202f% of young adult")


def test_anything_else_is_refused():
    with pytest.raises(InputError, match="takes a lab, a life or nothing"):
        CrewAnimation("anna")


def test_motion_is_slow_and_never_starts_by_itself():
    assert "FRAME_MS = 100" in SCRIPT, "ten frames a second"
    assert "prefers-reduced-motion" in SCRIPT
    assert "http" not in SCRIPT.replace("http://www.w3.org/2000/svg", ""), "nothing is fetched"


def test_every_rule_of_the_style_stands_under_a_class_of_our_own():
    for name in ("crew.css", "cards.css"):
        css = (HERE / name).read_text(encoding="utf-8")
        for line in css.splitlines():
            if "{" in line and not line.lstrip().startswith(("@", "/*", "--")):
                assert line.lstrip().startswith(".ol-"), line


def test_a_delay_alone_opens_no_pits_that_the_lab_does_not_know():
    usual, alone = CrewAnimation(FakeLab()), CrewAnimation(FakeLab(formation_delay=300.0))
    assert alone.events == usual.events
    paced = [
        FakeLab(resorption_pace=200.0, formation_pace=200.0, **delay) for delay in ({}, {"formation_delay": 300.0})
    ]
    assert CrewAnimation(paced[0]).events != CrewAnimation(paced[1]).events
