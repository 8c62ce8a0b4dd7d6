"""The state of a lab: a scenario that can be shown, undone, saved, linked, veiled; plans A to D; what is refused."""

import gc
import itertools
import json
import re

import pytest

from osteolab import Course, InputError, Life, Person, Plan, Scenario, simulate
from osteolab.lab import Lab, LatticeLab, Predict, RemodelingLab, lesson
from osteolab.lab.card import menu

SIX = ("estradiol", "testosterone", "igf1", "cortisol", "homa_ir", "il6")
ANNA = Person.preset("anna")
PATCH = Course("transdermal_estradiol", 50, "ug/day", 52, 62)


@pytest.fixture
def lab():
    return RemodelingLab(sliders=SIX, people=("anna", "ben"))


def heard(lab, **message):
    """Let the page say something to the lab."""
    lab.desk._heard(None, message, [])


def asked(lab, act):
    """Return what the page is asked to do while `act` runs."""
    sent = []
    lab.desk.host.send = lambda message: sent.append(message)
    act()
    return sent


# the scenario is the state


def test_the_scenario_is_the_state(lab):
    lab.set(estradiol=40, scan_age=70, site="total_hip", units="SI")
    kept, text = lab.scenario, repr(lab)
    assert kept.plan == Plan("", ANNA, (Course("estradiol", 40, "pg/mL", 52),))
    lab.reset()
    assert repr(lab.show(kept)) == text and lab.scenario == kept
    other = RemodelingLab(sliders=SIX, people=("anna", "ben")).show(Scenario.from_link(kept.to_link()))
    assert repr(other) == text and other.settings() == lab.settings()


def test_what_is_shown_is_what_the_calculator_says_of_the_plan(lab):
    lab.set(estradiol=40)
    life = simulate(lab.scenario.plan, until=80)
    assert lab.reading["bmd"] == round(life.value("bmd", 65), 3)


def test_a_scenario_from_elsewhere_is_shown_with_words_for_what_no_slider_moves(lab):
    mary = Person("female", 55, 49, "Mary")
    lab.show(Scenario((Plan("", mary, [Course("alendronate", 10, "mg/day", 56, 60), PATCH]),)))
    assert "alendronate 10 mg/day" in repr(lab).lower() and "Nothing has been changed" not in repr(lab)
    assert lab.settings()["person"] == "mary"
    assert "person:mary" in [key for _, key in lab.desk.frame.person.options]


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario((Plan("", ANNA),), site="trabecular_spine"),
        Scenario((Plan("", ANNA),), scan_age=99),
        Scenario((Plan("", ANNA, [Course("estradiol", 40, "pg/mL", 85)]),)),
        "estradiol=40",
    ],
)
def test_a_scenario_that_this_lab_cannot_show_is_refused_and_loses_nothing(lab, scenario):
    before, text = lab.scenario, repr(lab.set(estradiol=40))
    before = lab.scenario
    with pytest.raises(InputError):
        lab.show(scenario)
    assert lab.scenario == before and repr(lab) == text
    assert lab.set(estradiol=50).settings()["estradiol"] == 50


def test_a_refused_move_leaves_the_lab_as_it_was():
    lab = RemodelingLab(sliders=("estradiol", "start_age", "stop_age"), people=("anna",)).set(estradiol=40, stop_age=60)
    text, scenario = repr(lab), lab.scenario
    for refused in ({"start_age": 89}, {"start_age": 70}, {"stop_age": 50}, {"start_age": float("nan")}):
        with pytest.raises(InputError):
            lab.set(**refused)
        assert (repr(lab), lab.scenario) == (text, scenario)
    lab.desk.frame.rows["start_age"].box.value = 89
    assert "89" in lab.status and 'role="alert"' in lab.desk.frame.readout.value
    assert lab.set(start_age=55).life.courses[0].start == 55 and lab.status == ""


def test_a_wrong_reveal_or_preset_is_refused_at_once():
    asks = Predict("What next?", ("more", "less"))
    for wrong in ({"reveal": {"estradiol": 5000}, "predict": asks}, {"presets": {"Far": {"scan_age": 300}}}):
        with pytest.raises(InputError):
            RemodelingLab(**wrong)
    with pytest.raises(InputError, match="estradiole"):
        RemodelingLab(sliders=("estradiole",))
    with pytest.raises(InputError, match="sliderz"):
        RemodelingLab(sliderz=("estradiol",))


# sliders and plans


def test_a_slider_of_timing_moves_the_courses_and_waits_where_there_are_none():
    lab = RemodelingLab(sliders=("transdermal_estradiol", "start_age", "treatment_years"), people=("anna",))
    lab.set(treatment_years=5)
    assert lab.scenario.plan.courses == () and lab.settings()["moved"] == ["treatment_years"]
    lab.set(transdermal_estradiol=50)
    assert lab.scenario.plan.courses == (Course("transdermal_estradiol", 50, "ug/day", 52, 57),)
    lab.set(start_age=60)
    assert lab.scenario.plan.courses == (Course("transdermal_estradiol", 50, "ug/day", 60, 65),)
    lab.set(transdermal_estradiol=0).set(transdermal_estradiol=25)
    assert lab.scenario.plan.courses == (Course("transdermal_estradiol", 25, "ug/day", 60, 65),)


def test_a_dose_moves_every_stretch_of_a_sequence_and_keeps_its_ages(lab):
    lab = RemodelingLab(sliders=("alendronate",), people=("anna",))
    courses = [Course("alendronate", 10, "mg/day", 55, 58), Course("alendronate", 10, "mg/day", 60, 65)]
    lab.show(Scenario((Plan("", ANNA, courses),))).set(alendronate=5)
    assert [(c.level, c.start, c.stop) for c in lab.scenario.plan.courses] == [(5, 55, 58), (5, 60, 65)]


def test_a_slider_moved_to_where_nature_has_it_is_not_moved():
    lab = RemodelingLab(sliders=("menopause_age",), people=("anna",)).set(menopause_age=45)
    assert lab.settings()["moved"] == ["menopause_age"]
    assert lab.set(menopause_age=50).settings()["moved"] == []
    assert "Nothing has been changed" in lab.sentence


def test_the_order_in_which_sliders_are_moved_does_not_matter(lab):
    one = lab.set(estradiol=40).set(igf1=150).scenario
    lab.reset()
    assert lab.set(igf1=150).set(estradiol=40).scenario == one


def test_age_moves_what_begins_today():
    lab = RemodelingLab(sliders=("estradiol", "age"), people=("anna",)).set(estradiol=40, age=56)
    assert lab.scenario.plan.courses[0].start == 56


# undo


def test_undo_goes_back_one_state_at_a_time(lab):
    states = [lab.scenario]
    for changes in ({"estradiol": 40}, {"scan_age": 70}, {"site": "total_hip"}, {"person": "ben"}):
        states.append(lab.set(**changes).scenario)
    states.append(lab.pin().scenario)
    while len(states) > 1:
        states.pop()
        assert lab.undo().scenario == states[-1]
    assert not lab.can_undo and lab.undo().scenario == states[0]
    assert "ol-hide" in lab.desk.frame.undo._dom_classes


def test_a_drag_is_one_step_of_undo_and_a_later_one_another(lab, monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr("osteolab.lab.lab.time.monotonic", lambda: 0.1 * next(clock))
    start, slider = lab.scenario, lab.desk.frame.rows["estradiol"].slider
    for value in range(20, 30):
        slider.value = float(value)
    first = lab.scenario
    for _ in range(10):
        next(clock)
    for value in range(40, 50):
        slider.value = float(value)
    lab.desk.frame.undo.click()
    assert lab.scenario == first
    lab.desk.frame.undo.click()
    assert lab.scenario == start


# plans A to D


def strip(lab, what, place=0):
    lab.desk.frame.plans._handle_custom_msg({"do": what, "place": place}, [])


def test_up_to_four_plans_are_edited_and_compared(lab):
    for level in (20, 40, 60):
        strip(lab, "add", len(lab.scenario.plans))
        lab.set(estradiol=level)
    assert [plan.courses[0].level if plan.courses else None for plan in lab.scenario.plans] == [None, 20, 40, 60]
    assert len(lab.figure.data) <= 24 and all(len(trace.x or ()) <= 120 for trace in lab.figure.data)
    for name, life in zip("abcd", lab.lives, strict=True):
        drawn = lab.trace(f"bmd_{name}")
        assert drawn.y[-1] == pytest.approx(life.value("bmd", 80), abs=1e-4)
        assert drawn.x[0] == (45 if name == "a" else 52), "a plan is drawn from where it departs"
    net = lab.lives[3].value("p1np", 75) - lab.lives[3].value("ctx", 75)
    place = min(range(len(lab.trace("net_d").x)), key=lambda i: abs(lab.trace("net_d").x[i] - 75))
    assert lab.trace("net_d").y[place] == pytest.approx(net, abs=0.5)
    strip(lab, "choose", 1)
    first = lab.lives[0].at(lab.scenario.scan_age)
    t_score = f"{first.t_score:.1f}".replace("-", "−")
    assert lab.settings()["estradiol"] == 20 and f"instead of {t_score} in plan A" in lab.sentence
    assert f"plan A {first.bmd:.3f}" in lab.desk.frame.readout.value and "Plan D (estradiol 60)" in repr(lab)
    strip(lab, "add", 4)
    assert "4 plans" in lab.status and len(lab.scenario.plans) == 4


def test_letters_at_the_edge_stand_apart_in_the_order_of_the_curves(lab):
    for level in (38, 40, 42):
        lab.add_plan().set(estradiol=level)
    letters = lab.trace("letters").y
    low, high = lab.figure.layout.yaxis3.range
    height = lab.figure.layout.height * 0.915
    places = sorted(letters)
    assert all((b - a) / (high - low) * height >= 15 for a, b in itertools.pairwise(places))
    assert sorted(range(4), key=lambda i: letters[i]) == sorted(range(4), key=lambda i: lab.lives[i].value("bmd", 80))


def test_a_plan_is_emptied_and_undo_brings_it_back(lab):
    lab.add_plan().set(estradiol=40)
    two = lab.scenario
    strip(lab, "empty", 1)
    assert len(lab.scenario.plans) == 1 and lab.trace("bmd").x is not None
    assert lab.undo().scenario == two
    lab.drop_plan(0)
    assert lab.scenario.plans == (two.plans[1],)
    strip(lab, "empty", 0)
    assert "only plan" in lab.status and len(lab.scenario.plans) == 1


def test_the_table_holds_every_plan_and_what_is_pinned(lab):
    lab.pin().add_plan().set(estradiol=40)
    row = lab.table().set_index("age_years").loc[65]
    assert row["bmd_g_cm2"] == lab.reading["bmd"]
    assert row["plan_a_bmd_g_cm2"] == row["pinned_bmd_g_cm2"] == round(lab.lives[0].value("bmd", 65), 3)
    lab.desk.frame.table_button.click()
    assert "plan A" in lab.desk.frame.table.value and "pinned" in lab.desk.frame.table.value


def test_a_pinned_plan_is_a_copy_that_later_moves_leave_alone(lab):
    lab.set(estradiol=40).pin().set(estradiol=80)
    assert lab.scenario.pinned == Plan("estradiol 40", ANNA, (Course("estradiol", 40, "pg/mL", 52),))
    assert Scenario.from_link(lab.scenario.to_link()).pinned == lab.scenario.pinned


@pytest.mark.parametrize("plans", [1, 2])
def test_after_unpin_the_picture_is_that_of_a_lab_in_which_nothing_was_pinned(lab, plans):
    for _ in range(plans - 1):
        lab.add_plan()
    lab.set(estradiol=80).set(estradiol=40)  # the panels grow once, and only Reset takes that back

    def picture():
        lab.figure.settle()  # what a page starts from
        return json.loads(lab.figure.to_json()), json.loads(
            json.dumps([lab.figure._widget_data, lab.figure._widget_layout])
        )

    alone, said = picture(), repr(lab)
    lab.pin().set(estradiol=80)
    assert picture() != alone and lab.desk.frame.pin.description == "Unpin"
    lab.desk.frame.pin.click()
    lab.set(estradiol=40)
    assert picture() == alone and repr(lab) == said and lab.desk.frame.pin.description == "Pin curve"


# menu, links, files


def choose(lab, entry):
    return asked(lab, lambda: lab.desk.frame.save.entries[entry].click())


@pytest.mark.parametrize("part", ["all", "settings", "a line"])
def test_everything_as_text_can_be_pasted_back(lab, part):
    lab.set(person="ben", estradiol=12, igf1=150, scan_age=70, site="total_hip", units="SI")
    [saved] = choose(lab, menu.TEXT)
    text, kept, shown = saved["text"], lab.scenario, repr(lab)
    assert "  moved = estradiol, igf1\n" in text
    if part == "settings":
        text = text[text.index("Settings") :].split("\n\n")[0].removeprefix("Settings")
    if part == "a line":
        lab.set(estradiol=90)
        text = "estradiol = 12"
    else:
        lab.set(person="anna", estradiol=90)
    assert lab.set_text(text).scenario == kept and repr(lab) == shown
    if part == "all":
        heard(lab.reset(), do="settings", text=text)
        assert lab.scenario == kept and lab.status == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("estrogen = 40", "slider of this lab is 'estrogen'; the calculator knows estradiol"),
        ("estradiol = 40\nestradiol = 50", "'estradiol' stands twice"),
        ("estradiol = forty", "a number"),
        ("estradiol = nan", "finite"),
        ("estradiol = 1e999", "finite"),
        ("estradiol = " + "9" * 400, "smaller number"),
        ("estradiol 40", "is no setting"),
        ("person = nobody", "anna, ben"),
        ("moved = estrogen", "slider of this lab"),
        ("scan_age = 300", "inside the picture"),
        ("", "holds no settings"),
        (None, "a text of at most"),
        ("a" * 300_000, "a text of at most"),
    ],
)
def test_a_text_that_holds_no_such_settings_is_said_in_one_sentence(lab, text, said):
    before = lab.scenario
    with pytest.raises(InputError, match=re.escape(said)) as refused:
        lab.set_text(text)
    assert len(str(refused.value)) < 400 and lab.scenario == before


def test_the_lattice_as_text_can_be_pasted_back():
    lab = lesson("09").lab().unveil()
    lab.set(rescue_a=62, with_b="builder", age=60)
    text, shown = lab.to_text(), repr(lab)
    assert repr(lab.reset().set_text(text)) == shown


def test_what_is_pinned_says_whose_life_it_is_where_that_is_somebody_else():
    lab = RemodelingLab("ben", SIX, people=("ben", "anna")).pin()

    def words():
        names = " ".join(map(str, lab.trace("scan_3").text))
        line = next(one for one in repr(lab).splitlines() if one.startswith("Pinned"))
        assert "pinned: " in names
        return names, line

    assert lab.set(estradiol=12) and "Ben" not in "".join(words()) and "pinned: no change" in words()[0]
    assert "Pinned (no change)" in words()[1]
    lab.set(person="anna")
    assert "pinned: Ben, no change" in words()[0] and "Pinned (Ben, no change)" in words()[1]
    lab.pin().set(person="ben")
    assert "pinned: Anna, no change" in words()[0] and "Pinned (Anna, no change)" in words()[1]


def test_a_copied_link_and_a_settings_file_open_the_same_state(lab):
    lab.set(estradiol=40, scan_age=70).add_plan().set(estradiol=60).pin()
    kept, text = lab.scenario, repr(lab)
    [copied] = choose(lab, menu.COPY_LINK)
    [saved] = choose(lab, menu.SETTINGS)
    for message in ({"do": "link", "text": copied["link"]}, {"do": "settings", "text": saved["text"]}):
        lab.reset().unpin()
        heard(lab, **message)
        assert repr(lab) == text and lab.scenario == kept
    assert saved["name"].endswith(".json") and json.loads(saved["text"])["format"] == "osteolab-scenario"


@pytest.mark.parametrize("text", ["", "1.####", None, "nonsense", 5, "x" * 10_000])
def test_a_damaged_link_or_file_is_said_in_one_sentence_and_changes_nothing(lab, text):
    before = repr(lab)
    for what in ("link", "settings"):
        heard(lab, do=what, text=text)
        assert lab.status.endswith(".") and "\n" not in lab.status and repr(lab) == before


def test_every_entry_of_the_menu_asks_the_page_for_something(lab):
    for entry, what in {
        menu.COPY_LINK: "copy", menu.PICTURE: "picture", menu.TABLE: "download", menu.TEXT: "download",
        menu.SETTINGS: "download", menu.OPEN: "choose_file",
    }.items():  # fmt: skip
        assert [one["do"] for one in choose(lab, entry)] == [what], entry
    choose(lab, menu.LARGER)
    assert lab.desk.host.larger and menu.AGAIN not in lab.desk.frame.save.entries


# veiled or open


def veiled_lab():
    asks = Predict("Estradiol goes to 40 at 52. At 65 …", ("lower", "the same", "higher"))
    return RemodelingLab(sliders=("estradiol",), people=("anna",), predict=asks, reveal={"estradiol": 40}, number="02")


def test_a_scenario_opens_veiled_or_open_as_it_says():
    lab = veiled_lab()
    assert lab.scenario.veiled is True
    open_one = Scenario((Plan("", ANNA, (Course("estradiol", 60, "pg/mL", 52),)),), veiled=False)
    lab.show(open_one)
    assert lab.scenario == open_one and lab.reading["bmd"] > 0.9
    lab.show(Scenario((Plan("", ANNA),), veiled=True))
    assert lab.reading == {} and max(lab.trace("bmd").x) <= 52
    lab.commit("B")
    assert lab.settings()["estradiol"] == 40, "the question is about what it reveals"


def test_a_kept_prediction_is_taken_up_once_and_a_bad_one_is_dropped():
    lab = veiled_lab()
    assert lab.desk.host.keep.startswith("osteolab:prediction:02:")
    assert asked(lab, lambda: heard(lab, do="kept", answer="Z")) == [{"do": "forget"}] and lab.reading == {}
    heard(lab, do="kept", answer="C")
    assert lab.sentence.startswith("You said C, higher.")
    heard(lab, do="kept", answer="A")
    assert lab.sentence.startswith("You said C"), "a committed prediction stays"


def test_the_page_is_told_to_keep_what_was_committed_and_to_forget_it():
    lab = veiled_lab()
    lab.answer.box.answering.value = lab.answer.box.answering.options[0]
    assert asked(lab, lab.answer.box.commit.click) == [{"do": "keep", "answer": "A"}, {"do": "answered"}]
    assert {"do": "forget"} in choose(lab, menu.AGAIN)
    assert lab.reading == {} and lab.answer.box.commit.disabled and lab.scenario.veiled is True


# what comes from a person


def test_text_of_a_person_is_never_html():
    evil = "<img src=x onerror=alert(1)>"
    asks = Predict(f"{evil}?", (evil, "less"))
    lab = Lab("panels", person=Person("female", 52, 50, evil), people=(), predict=asks, title=evil)
    lab.show(Scenario((Plan(evil, Person("female", 52, 50, evil)),), pinned=Plan(evil, ANNA), veiled=True))
    shown = [lab.desk.frame.upto.value, lab.answer.box.box.children[0].value]
    lab.commit("A").pin().add_plan()
    shown += [lab.desk.frame.readout.value, lab.table_html(), *map(str, lab.trace("letters").text)]
    lab.drop_plan(1)
    shown += [str(trace.text) for trace in lab.figure.data]
    heard(lab, do="settings", text=json.dumps({"plans": [], "site": evil}))
    shown += [lab.desk.frame.readout.value]
    assert all("<img" not in text for text in shown) and sum("&lt;img" in text for text in shown) >= 4
    twins = LatticeLab(names=(evil, "Berta"))
    assert "<img" not in twins.desk.frame.card.children[0].children[0].value


def lives_in_memory():
    gc.collect()
    return sum(isinstance(one, Life) for one in gc.get_objects())


def test_moves_of_a_slider_about_the_person_do_not_pile_up_lives():
    lab = lesson("03").lab().unveil()
    counts = []
    for round_ in range(3):
        for i in range(30):
            lab.set(peak_bone_mass_sd=round(-2 + 4 * (30 * round_ + i) / 90, 3))
        counts.append(lives_in_memory())
    assert counts[2] <= counts[1], counts
