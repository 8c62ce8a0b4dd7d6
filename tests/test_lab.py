"""The lab without a browser: set a slider, read the figure and the sentence."""

import csv
import io
import json
import re
import subprocess
import sys
from html import escape

import pytest

from osteolab import InputError, Person
from osteolab.lab import RemodelingLab
from osteolab.lab.cards.scan_report import ScanReport
from osteolab.lab.page import HERE, tokens
from osteolab.lab.palette import DARK, LIGHT
from osteolab.lab.pictures.panel_layout import limits
from osteolab.lab.predict import Predict, PredictChoice
from osteolab.lab.sliders import catalogue

SIX = ("estradiol", "testosterone", "igf1", "cortisol", "homa_ir", "il6")


@pytest.fixture
def lab():
    presets = {"Estradiol 40": {"estradiol": 40, "scan_age": 70}}
    return RemodelingLab(sliders=SIX, people=("anna", "ben"), presets=presets)


def row(lab, name):
    return lab.desk.frame.rows[name]


def messages(lab, act):
    """Return the figure's messages of change while `act` runs."""
    sent = []

    def seen(change):
        if change["new"]:
            sent.append(change["new"])

    names = ["_py2js_update", "_py2js_restyle", "_py2js_relayout", "_py2js_addTraces", "_py2js_deleteTraces"]
    lab.figure.observe(seen, names=names)
    act()
    lab.figure.unobserve(seen, names=names)
    return sent


def test_a_slider_moves_the_curve_and_the_sentence(lab):
    before = lab.trace("bmd").y[-1]
    row(lab, "estradiol").slider.value = 40
    assert lab.trace("bmd").y[-1] > before + 0.02
    assert lab.sentence.startswith("Estradiol held at 40 pg/mL from age 52")
    assert lab.reading["bmd"] == round(lab.life.value("bmd", 65), 3)
    assert row(lab, "estradiol").box.value == 40


def test_the_box_moves_the_handle(lab):
    row(lab, "estradiol").box.value = 60
    assert row(lab, "estradiol").slider.value == 60
    assert lab.settings()["estradiol"] == 60


def test_a_value_beyond_the_track_is_taken_and_the_handle_stays_at_its_end(lab):
    row(lab, "estradiol").box.value = 300
    assert lab.settings()["estradiol"] == 300
    assert row(lab, "estradiol").slider.value == catalogue()["estradiol"].maximum


def test_one_recompute_and_one_message_per_change(lab):
    count = lab.recomputes
    sent = messages(lab, lambda: setattr(row(lab, "estradiol").slider, "value", 41))
    assert lab.recomputes == count + 1
    assert len(sent) == 1
    assert sent[0]["layout_data"] in ({}, None), "a slider moves no layout"


def test_a_preset_moves_many_and_recomputes_once(lab):
    lab.set(estradiol=55, igf1=200)
    count, revision = lab.recomputes, lab.revision
    sent = messages(lab, lambda: setattr(lab.desk.frame.person, "value", "preset:Estradiol 40"))
    assert lab.recomputes <= count + 1 and lab.revision == revision + 1
    assert len(sent) == 1
    assert (lab.settings()["estradiol"], lab.settings()["scan_age"]) == (40, 70)


def test_the_scan_age_needs_no_recompute(lab):
    count = lab.recomputes
    lab.desk.frame.scan_slider.value = 70
    assert lab.recomputes == count
    assert lab.reading["age"] == 70
    assert "scan at 70" in " ".join(lab.trace("scan_3").text)


def test_panels_stay_small(lab):
    lab.set(estradiol=40).pin()
    assert len(lab.figure.data) <= 24
    assert all(len(trace.x or ()) <= 120 for trace in lab.figure.data)


def test_untouched_handles_follow_nature():
    lab = RemodelingLab("ben", ("testosterone", "estradiol", "aromatase_activity"), people=("ben",))
    natural = lab.settings()["estradiol"]
    lab.set(testosterone=200)
    assert lab.settings()["estradiol"] < natural
    assert lab.settings()["moved"] == ["testosterone"]
    lab.reset()
    assert lab.settings()["estradiol"] == natural
    assert lab.settings()["moved"] == []


def test_what_the_page_rounds_is_not_taken_for_a_move(lab):
    handle = row(lab, "igf1").slider
    handle.value = handle.value + 1e-9
    assert lab.settings()["moved"] == []


def test_bad_input_keeps_the_last_picture(lab):
    lab.set(estradiol=40)
    picture, revision = tuple(lab.trace("bmd").y), lab.revision
    row(lab, "estradiol").box.value = 5000
    assert "5000" in lab.status and "1000" in lab.status
    assert 'role="alert"' in lab.desk.frame.readout.value
    assert "ol-bad" in row(lab, "estradiol")._dom_classes
    assert row(lab, "estradiol").box.value == 5000, "the box keeps what was typed"
    assert (tuple(lab.trace("bmd").y), lab.revision) == (picture, revision)
    lab.set(estradiol=50)
    assert lab.status == "" and "ol-bad" not in row(lab, "estradiol")._dom_classes


@pytest.mark.parametrize(
    "bad",
    [{"estradiol": 5000}, {"estradiol": "much"}, {"site": "skull"}, {"scan_age": 12}, {"units": "metric"},
     {"progesterone": 1}, {"person": "nobody"}, {"estradiol": float("nan")}],
)  # fmt: skip
def test_code_gets_the_error(lab, bad):
    before = repr(lab)
    with pytest.raises(InputError):
        lab.set(**bad)
    assert repr(lab) == before


def test_an_unexpected_error_is_shown_too(lab, monkeypatch):
    monkeypatch.setattr("osteolab.lab.lives.simulate", lambda *_, **__: 1 / 0)
    row(lab, "estradiol").slider.value = 41
    assert "ZeroDivisionError" in lab.status


def test_units_change_the_box_and_not_the_handle(lab):
    lab.set(estradiol=40)
    bmd = tuple(lab.trace("bmd").y)
    lab.desk.frame.units.value = True
    assert row(lab, "estradiol").box.value == 147
    assert row(lab, "estradiol").slider.value == 40
    assert "pmol/L" in row(lab, "estradiol").unit.value
    assert "147 pmol/L" in lab.sentence
    assert tuple(lab.trace("bmd").y) == bmd
    row(lab, "estradiol").box.value = 184
    assert lab.settings()["estradiol"] == pytest.approx(184 / 3.671, abs=1e-3)


def test_pin_and_unpin(lab):
    lab.pin().set(estradiol=40)
    assert len(lab.trace("pinned_bmd").y) > 50
    assert lab.trace("pinned_bmd").y[-1] < lab.trace("bmd").y[-1]
    assert "of the pinned risk" in lab.desk.frame.readout.value
    assert "Pinned" in repr(lab)
    assert lab.desk.frame.pin.description == "Unpin"
    lab.unpin()
    assert not lab.trace("pinned_bmd").y


def test_reset_frees_every_slider(lab):
    start = repr(lab)
    lab.set(estradiol=40, igf1=250, site="total_hip", scan_age=72, person="anna")
    lab.reset()
    assert repr(lab) == start


def test_settings_give_the_same_picture_again(lab):
    lab.set(estradiol=40, scan_age=70, site="total_hip")
    other = RemodelingLab(sliders=SIX, people=("anna", "ben"))
    other.set(**lab.settings())
    assert other.reading == lab.reading


def test_table_and_csv(lab):
    lab.pin().set(estradiol=40)
    table = lab.table()
    assert list(table["age_years"]) == [45, 50, 55, 60, 65, 70, 75, 80]
    assert {"bmd_g_cm2", "pinned_bmd_g_cm2"} <= set(table.columns)
    assert table.set_index("age_years").loc[65, "bmd_g_cm2"] == lab.reading["bmd"]
    rows = list(csv.DictReader(io.StringIO(lab.csv())))
    assert float(rows[4]["bmd_g_cm2"]) == lab.reading["bmd"]
    lab.desk.frame.table_button.click()
    assert f"{lab.reading['bmd']:.3f}" in lab.desk.frame.table.value


def test_repr_is_stable_rounded_and_short(lab):
    lab.set(estradiol=40)
    again = RemodelingLab(sliders=SIX, people=("anna", "ben")).set(estradiol=40)
    text = repr(lab)
    assert text == repr(again)
    assert "0x" not in text and len(text.splitlines()) <= 7
    assert "Anna, 52, last period at 50" in text and "estradiol 40 pg/mL" in text and lab.sentence in text
    assert lab._repr_mimebundle_()["text/plain"] == text


def test_where_the_widget_cannot_stand_the_lab_is_a_text_that_says_how_to_start_it(lab):
    lab = RemodelingLab(Person("female", 52, 50, name="<b>Anna</b>"))
    html = lab._repr_mimebundle_()["text/html"]
    assert "Run this notebook" in html and "Run All Cells" in html
    assert "&lt;b&gt;Anna" in html and "<b>Anna" not in html


def test_class_is_not_used_before_menopause():
    lab = RemodelingLab("maria", ("estradiol",), people=("maria", "tom"))
    assert "class not used at this age" in lab.desk.frame.readout.value
    assert lab.set(person="tom").reading["who_class"] == ""


def test_a_person_of_ones_own():
    clara = Person("female", 60, 48, "Clara", -1)
    lab = RemodelingLab(clara, ("menopause_age", "peak_bone_mass_sd"), people=("anna",))
    assert lab.sentence.startswith("Clara is 60; her last period was at 48.")
    lower = lab.reading["bmd"]
    lab.set(peak_bone_mass_sd=1)
    assert lab.reading["bmd"] > lower


def test_years_of_imbalance():
    lab = RemodelingLab("maria", ("imbalance", "imbalance_years"), people=("maria",), ageing=False, until=60)
    lab.set(imbalance=10, imbalance_years=5)
    short = lab.reading["bmd"]
    lab.set(imbalance_years=9)
    assert lab.reading["bmd"] < short
    assert lab.life.courses[0].stop == 39


def test_construction_follows_demolition_until_it_is_touched():
    lab = RemodelingLab("maria", ("resorption_pace", "formation_pace"), people=("maria",), ageing=False, until=60)
    lab.set(resorption_pace=150)
    assert 120 < lab.settings()["formation_pace"] < 150
    assert lab.settings()["moved"] == ["resorption_pace"]
    lab.set(formation_pace=100)
    assert lab.settings()["formation_pace"] == 100
    assert "demolition outran construction" in lab.sentence
    lab.set(formation_pace=150)
    assert "they still match" in lab.sentence


def test_ranges_grow_in_steps_and_shrink_only_with_reset(lab):
    first = lab.picture._look_before.ranges
    lab.set(il6=40)
    lab.set(estradiol=0)
    grown = lab.picture._look_before.ranges
    assert grown.density[0] <= first.density[0]
    lab.set(moved=[])
    assert lab.picture._look_before.ranges == grown
    lab.reset()
    assert lab.picture._look_before.ranges == first


def test_the_theme_recolours_in_one_message(lab):
    sent = messages(lab, lambda: setattr(lab.desk.host, "dark", True))
    assert len(sent) == 1
    assert lab.trace("resorption").line.color == DARK["resorption"]


def test_the_page_takes_its_colours_from_the_palette():
    light, dark = tokens().split(".ol-dark")[0], tokens().split(".ol-dark", 1)[1]
    for palette, text in ((LIGHT, light), (DARK, dark)):
        assert dict(re.findall(r"--ol-([\w-]+): (#[0-9A-F]{6})", text)) == palette


def test_no_colour_and_no_outside_address_stands_in_the_page():
    for file in [*HERE.rglob("*.js"), *HERE.rglob("*.css")]:
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text and "https:" not in text, file.name
        assert not re.search(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?\b(?!-)", text), file.name


def test_every_slider_is_described():
    for spec in catalogue().values():
        assert spec.tooltip and spec.source and spec.minimum < spec.maximum and spec.step > 0, spec.name


# prediction


def veiled_lab():
    choices = (
        PredictChoice("lower than today", 0.85),
        PredictChoice("about the same as today", 0.92),
        PredictChoice("higher"),
    )
    asked = Predict("Estradiol goes back to 40 pg/mL at 52. At 65 her spine density will be …", choices)
    return RemodelingLab(sliders=SIX, predict=asked, reveal={"estradiol": 40})


def sent_to_the_page(lab):
    lab.figure.settle()
    return json.dumps(lab.figure._widget_data)


def test_the_veil_sends_no_future():
    lab = veiled_lab()
    names = ("resorption", "formation", "balance", "bmd", "bmd_low", "bmd_high", "lower", "upper", "loss", "gain")
    for name in names:
        assert max(lab.trace(name).x) <= 52, name
    future = f"{lab.life.value('bmd', 65):.4f}"
    assert future not in sent_to_the_page(lab)
    assert lab.desk.frame.readout.value == "" and lab.desk.frame.table.value == ""
    assert lab.reading == {}
    assert lab.rows()[-1]["age_years"] <= 52
    assert "T −" not in repr(lab)
    assert row(lab, "estradiol").slider.disabled


def test_commit_keeps_the_chosen_circle_and_says_it():
    lab = veiled_lab()
    lab.answer.box.answering.value = lab.answer.box.answering.options[1]
    lab.answer.box.commit.click()
    assert lab.sentence.startswith("You said B, about the same as today. Estradiol held at 40 pg/mL")
    assert list(lab.trace("choices").y) == [0.92]
    assert max(lab.trace("bmd").x) == 80
    assert not row(lab, "estradiol").slider.disabled
    assert lab.reading["t_score"] == round(lab.life.value("t_score", 65), 1)


def test_the_teacher_unveils():
    lab = veiled_lab()
    lab.unveil()
    assert lab.sentence.startswith("Estradiol held at 40")
    assert list(lab.trace("choices").y or ()) == []


def test_a_prediction_must_be_one_of_the_choices():
    with pytest.raises(InputError):
        veiled_lab().commit("Z")


# where the lab runs


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_the_lab_needs_no_numpy_and_no_pandas():
    code = (
        "import sys\n"
        "for name in ('numpy', 'pandas', 'scipy'): sys.modules[name] = None\n"
        "from osteolab.lab import RemodelingLab\n"
        "lab = RemodelingLab().set(estradiol=40)\n"
        "assert isinstance(lab.table(), list)\n"
        "print(lab.reading['t_score'], len(lab.csv()) > 100)"
    )
    done = run(code)
    assert done.returncode == 0, done.stderr
    assert "True" in done.stdout


def test_import_of_the_calculator_stays_light():
    done = run(
        "import osteolab, osteolab.lab, sys\n"
        "print([m for m in ('plotly', 'ipywidgets', 'numpy', 'pandas') if m in sys.modules])"
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_density_bands_are_those_of_the_reference():
    one, two = limits("lumbar_spine")
    life = RemodelingLab().life
    assert (one - two) / 1.5 == pytest.approx((life.value("bmd", 60) - one) / (life.value("t_score", 60) + 1), rel=1e-6)


# how people differ


def test_the_spread_between_people_stands_beside_the_error(lab):
    scan = lab.life.at(65)
    own, people = f"{scan.bmd_sd:.3f}", f"{scan.between_people_sd:.3f}"
    said = f"± {own} is the calculator's own error; people of this age and sex differ by ± {people}"
    assert scan.between_people_sd > scan.bmd_sd and lab.reading["people_sd"] == float(people)
    assert lab.desk.frame.readout.value.count(escape(said)) == 2, "tooltip and description"
    assert f"{said}." in lab.to_text() and said not in repr(lab)
    assert "differ" not in re.sub(r"<[^>]*>", "", lab.desk.frame.readout.value), "the card shows no more than before"
    assert f"people of this age and sex differ by ± {people} at the lumbar spine" in repr(ScanReport(lab))
    assert f"± {people} at the lumbar spine" in ScanReport(lab)._page.value


def test_the_spread_between_people_is_a_column(lab):
    lab.pin().set(estradiol=40)
    rows = list(csv.DictReader(io.StringIO(lab.csv())))
    assert float(rows[4]["people_sd_g_cm2"]) == lab.reading["people_sd"]
    lab.desk.frame.table_button.click()
    assert lab.desk.frame.table.value.count("People’s BMD ±") == 1
    assert f"<td>{lab.reading['people_sd']:.3f}</td>" in lab.desk.frame.table.value
