"""What no trial measured is hatched, named and said, whatever is moved."""

import re

import pytest

from osteolab import Person
from osteolab.lab import RemodelingLab
from osteolab.lab.cards.scan_report import ScanReport
from osteolab.lab.palette import DARK, LIGHT
from osteolab.lab.predict import Predict, PredictChoice
from osteolab.lab.sliders import catalogue, evidence_missing
from test_lab import SIX, messages


def ben(**changes):
    names = ("igf1", "tesamorelin", "growth_hormone", "testosterone")
    return RemodelingLab("ben", names, people=("ben",)).set(**changes)


UNTRIED = [{"tesamorelin": 2}, {"igf1": 300}]
TRIED = [{}, {"tesamorelin": 0}, {"igf1": 200}, {"growth_hormone": 1}, {"testosterone": 900}]


@pytest.mark.parametrize("moves", [*UNTRIED, {"sermorelin": 200}, {"cjc1295_ipamorelin": 100, "estradiol": 20}])
def test_moves_that_no_trial_has_measured(moves):
    assert evidence_missing(moves, Person.preset("ben"), 55)


@pytest.mark.parametrize("moves", TRIED)
def test_moves_that_trials_have_measured(moves):
    assert not evidence_missing(moves, Person.preset("ben"), 55)


def test_above_usual_means_above_the_range_of_that_age():
    young = catalogue()["igf1"].usual(Person.preset("ben"), 25).high
    assert not evidence_missing({"igf1": young}, Person.preset("ben"), 25)
    assert evidence_missing({"igf1": young}, Person.preset("ben"), 65)


@pytest.mark.parametrize("moves", UNTRIED)
@pytest.mark.parametrize("dark", [False, True])
def test_no_evidence_is_hatched_named_and_said(moves, dark):
    lab = ben(**moves)
    lab.desk.host.dark = dark
    band, start = lab.trace("bmd_high"), lab.life.courses[0].start
    assert band.fillpattern.shape == "\\"
    assert band.fillpattern.fgcolor == (DARK if dark else LIGHT)["uncertainty"]
    assert min(band.x) == min(lab.trace("bmd_low").x) == start, "the past was measured"
    assert "not measured in people" in " ".join(lab.trace("scan_3").text)
    assert "(no trial)" in lab.trace("bmd").customdata[-1] and "–" in lab.trace("bmd").customdata[0]
    assert lab.sentence.endswith("no adequate trial has measured this.") and len(lab.sentence) <= 210
    assert lab.desk.frame.readout.value.count("<span>no trial</span>") == 4
    assert lab.desk.frame.readout.value.count("ol-untried") == 4, "each of them is hatched, fracture risk too"
    assert repr(lab).count("no trial") == 4 and "± " in repr(lab), "the markers keep their error"
    assert lab.unmeasured and "no trial" in ScanReport(lab)._page.value


@pytest.mark.parametrize("moves", TRIED)
def test_with_evidence_nothing_is_hatched(moves):
    lab = ben(**moves)
    assert lab.trace("bmd_high").fillpattern.shape == ""
    assert list(lab.trace("bmd_high").x) == list(lab.trace("bmd").x)
    assert "no trial" not in repr(lab) + lab.desk.frame.readout.value + ScanReport(lab)._page.value
    assert "not measured" not in " ".join(lab.trace("scan_3").text)


@pytest.mark.parametrize("moves", [{"testosterone": 600}, {"testosterone_enanthate": 200}])
def test_a_mans_testosterone_in_a_woman_is_never_called_normal(moves):
    lab = RemodelingLab("maria", ("testosterone", "testosterone_enanthate"), people=("maria",))
    words = repr(lab) + lab.desk.frame.readout.value
    assert "harms" not in words and "no trial" not in words
    lab.set(**moves, scan_age=51)
    words = repr(lab) + lab.desk.frame.readout.value
    assert "harms a woman" in lab.sentence and "no trial" in words and len(lab.sentence) <= 210
    assert "normal" not in words and "class not used" not in words


def test_hatching_is_sent_only_when_the_state_changes():
    lab = ben()
    first, second, back = (messages(lab, lambda a=a: lab.set(tesamorelin=a)) for a in (1, 2, None))
    assert len(first) == len(second) == len(back) == 1
    assert any("fillpattern" in key for key in first[0]["style_data"])
    assert not any("fillpattern" in key for key in second[0]["style_data"]), "a drag stays data alone"
    assert any("fillpattern" in key for key in back[0]["style_data"])
    assert lab.trace("bmd_high").fillpattern.shape == ""


def test_the_past_keeps_its_error():
    lab = ben(tesamorelin=2, scan_age=50)
    assert not lab.unmeasured and "no trial" not in lab.desk.frame.readout.value
    lab.desk.frame.table_button.click()
    table = lab.desk.frame.table.value
    assert re.search(r'<th scope="row">50</th>.*?</tr>', table).group().count("no trial") == 0
    assert re.search(r'<th scope="row">75</th>.*?</tr>', table).group().count("no trial") == 1


def test_the_name_of_two_lines_has_room_above_the_hatching():
    lab = ben(tesamorelin=2).pin().set(tesamorelin=None, igf1=400)
    view, names = lab.picture._look_before, lab.trace("scan_3")
    low, high = view.ranges.density
    share = {text: (y - low) / (high - low) for text, y in zip(names.text, names.y, strict=True) if text}
    name = next(text for text in share if "not measured in people" in text)
    two_lines = 36 / (view.height * 0.9)
    assert share[name] + two_lines < next(place for text, place in share.items() if "scan at" in text)


def test_a_veiled_lab_shows_no_hatching_yet():
    choices = PredictChoice("lower"), PredictChoice("higher")
    asked = Predict("Tesamorelin from 55. At 70 the density will be …", choices)
    lab = RemodelingLab("ben", ("tesamorelin",), people=("ben",), predict=asked, reveal={"tesamorelin": 2})
    assert lab.trace("bmd_high").fillpattern.shape == "" and not lab.unmeasured
    assert lab.commit("A").trace("bmd_high").fillpattern.shape == "\\"
    assert lab.sentence.endswith("no adequate trial has measured this.")


@pytest.mark.parametrize("scan_age", [52, 58, 65, 80])
@pytest.mark.parametrize("names", [SIX[2:3], SIX, ("tesamorelin", "sermorelin", "igf1", "testosterone")])
def test_the_reservation_fits_every_sentence(names, scan_age):
    lab = RemodelingLab("ben", names, people=("ben", "anna"))
    for person in ("ben", "anna"):
        for value in (300, 500):
            moves = {name: catalogue()[name].maximum for name in names} | {"igf1": value}
            lab.set(person=person, scan_age=scan_age, **moves)
            assert lab.sentence.endswith("no adequate trial has measured this.") and len(lab.sentence) <= 210
