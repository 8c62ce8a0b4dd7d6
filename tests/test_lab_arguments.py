"""What a lab refuses: one sentence for each, and the lab is as it was."""

import re

import pytest

from osteolab import InputError, Person, Plan
from osteolab.lab import Lab, Predict, RemodelingLab
from osteolab.plan import Scenario

NAN, INF = float("nan"), float("inf")
OTHER_ANNA = Person("female", 60, 50, "Anna")
ODD = [5, "much", None, True, [1], {"a": 1}, NAN]  # of many kinds; each is right somewhere

# Argument of a lab, and words that its refusal holds.
ARGUMENTS = [
    *[("start", bad, "start") for bad in (300, "52", NAN, True, 79.5)],
    *[("stop", bad, "stop") for bad in (NAN, INF, "52", 300, True)],
    *[("scan_age", bad, "scan age") for bad in (NAN, "65", 12, 99, True)],
    *[("until", bad, "until") for bad in (NAN, "80", 20, 100.1, None)],
    *[("since", bad, "since") for bad in (NAN, "45", 79)],
    *[("sites", bad, "site") for bad in ((), None, 5, "lumbar_spine", ["skull"], [["lumbar_spine"]])],
    *[("sliders", bad, "slider") for bad in ((), None, 5, "estradiol", [None], [["estradiol"]])],
    *[("groups", bad, "group") for bad in (5, {"Crew": 5}, {"Crew": "estradiol"}, {5: ["estradiol"]})],
    ("groups", {"Crew": ["nothing"]}, "slider"),
    *[("people", bad, "people") for bad in (5, None, "anna")],
    *[("people", bad, "person") for bad in ([5], [None], ["nobody"])],
    ("people", [OTHER_ANNA], "Anna is in this lab already"),
    *[("person", bad, "person") for bad in (5, None, ["anna"], "nobody")],
    *[("plans", bad, "plans") for bad in (5, None, [5], Plan("", OTHER_ANNA))],
    *[("title", bad, "title") for bad in (5, None, "x" * 1000)],
    *[("number", bad, "number") for bad in (5, None)],
    *[("presets", bad, "presets") for bad in (5, [1], {5: {}})],
    ("presets", {"Patch": 5}, "Patch"),
    ("presets", {"Patch": {"nothing": 1}}, "slider"),
    *[("reveal", bad, "reveal") for bad in (5, "x", [1])],
    ("reveal", {"nothing": 1}, "slider"),
    ("reveal", {"estradiol": 5000}, "5000"),
    ("reveal", {"scan_age": 300}, "300"),
    *[("predict", bad, "predict") for bad in (5, "Up?", ["Up?"])],
    *[("pinned", bad, "pinned") for bad in (5, "x", [1])],
    ("pinned", {"nothing": 1}, "slider"),
    *[("settings", bad, "setting") for bad in (5, "x", {"a": [1]})],
    *[("settings", {"start_age": bad}, "start age") for bad in ("x", 300, True)],
    *[("ageing", bad, "ageing") for bad in (None, "no", 1)],
    *[("compare", bad, "compare") for bad in (None, "no", 1)],
    *[("ranges", bad, "range") for bad in (5, "x", {"length": (0, 1)}, {"turnover": (1,)}, {"balance": (NAN, 2)})],
    *[("ranges", {"density": bad}, "range") for bad in ({"skull": (0, 1)}, (1, 0.7), "x")],
    *[("picture", bad, "picture") for bad in (5, None, "portrait")],
    ("sliderz", ("estradiol",), "sliderz"),
]

MOVES = [
    *[("set", {"moved": bad}, "moved") for bad in (5, "estradiol", True)],
    *[("set", {"moved": bad}, "slider") for bad in ([5], ["nothing"], [["estradiol"]])],
    *[("set", {"estradiol": bad}, "estradiol") for bad in [*ODD, 5000, 10**400] if bad not in (None, 5)],
    *[("set", {"scan_age": bad}, "scan age") for bad in (None, "x", NAN, 12)],
    *[("set", {"person": bad}, "person") for bad in (None, 5, [1], "nobody")],
    ("set", {"person": OTHER_ANNA}, "Anna is in this lab already"),
    ("set", {"person": Person("male", 50, name="Tom"), "estradiol": 5000}, "5000"),
    *[("set", {"preset": bad}, "preset") for bad in (None, 5, [1])],
    *[("set", {"site": bad}, "site") for bad in (None, 5, [1], "skull")],
    *[("set", {"units": bad}, "units") for bad in (None, 5, [1], "metric")],
    *[("set", {"chosen": bad}, "plan") for bad in (None, "x", 1, True)],
    *[("set", {"<b>": bad}, "slider") for bad in ODD],
    *[("table", {"every": bad}, "every") for bad in (0, -1, "x", NAN, INF, True, 2.5, 10**400, None)],
    *[("drop_plan", {"place": bad}, "plan") for bad in (None, "x", 1.5, 4, -1, True)],
    *[("show", {"scenario": bad}, "scenario") for bad in ODD],
    ("show", {"scenario": Scenario((Plan("", Person("male", 50, name="Tom")),), scan_age=99)}, "scan age"),
    *[("trace", {"name": bad}, "trace") for bad in ("x", 5, None)],
    *[("commit", {"answer": bad}, "prediction") for bad in ODD],
    ("veil", {}, "prediction"),
]


def one_sentence(error):
    text = str(error.value)
    return "\n" not in text and "Traceback" not in text and not re.search(r"\. [A-Z]", text)


@pytest.mark.parametrize(("name", "bad", "word"), ARGUMENTS)
def test_a_wrong_argument_is_refused_in_one_sentence_that_names_it(name, bad, word):
    with pytest.raises(InputError, match=word) as error:
        Lab(**{name: bad})
    assert one_sentence(error)


@pytest.fixture(scope="module")
def lab():
    return RemodelingLab(sites=("lumbar_spine", "total_hip")).add_plan().set(estradiol=40)


@pytest.fixture(scope="module")
def alone(lab):
    return [lab.scenario, repr(lab), lab.settings(), tuple(lab.editor.people), lab.can_undo]


@pytest.mark.parametrize(("does", "given", "word"), MOVES)
def test_a_wrong_move_is_refused_in_one_sentence_and_leaves_the_lab_as_it_was(lab, alone, does, given, word):
    given = {"chosen": 2} if given == {"chosen": 1} else given  # there are two plans
    with pytest.raises(InputError, match=word) as error:
        getattr(lab, does)(**given)
    assert one_sentence(error)
    assert [lab.scenario, repr(lab), lab.settings(), tuple(lab.editor.people), lab.can_undo] == alone


def test_the_lab_still_moves_after_every_refusal(lab, alone):
    assert lab.set(estradiol=50).settings()["estradiol"] == 50


def test_right_arguments_of_every_kind_are_taken():
    lab = Lab(
        start=55, stop=65, scan_age=70.0, sites=["total_hip"], sliders=["estradiol", "estradiol"], people=["ben"],
        groups={"Blood": ["estradiol"]}, ranges={"balance": [-20, 8], "density": {"total_hip": (0.5, 1.1)}},
        presets={"Patch": {"estradiol": 50}}, pinned={"estradiol": 20}, ageing=False, compare=True,
    )  # fmt: skip
    assert lab.set(estradiol=40).life.courses[0].stop == 65 and list(lab.editor.people) == ["anna", "ben"]
    lab.set(person=Person("male", 50, name="Tom")).set(person=Person("male", 50, name="Tom"))
    assert list(lab.editor.people) == ["anna", "ben", "tom"]


@pytest.mark.parametrize("does", ["reset", "veil"])
def test_what_fails_on_the_way_changes_nothing(monkeypatch, does):
    asks = Predict("What next?", ("more", "less"))
    lab = RemodelingLab(people=("anna",), predict=asks, sites=("lumbar_spine",)).commit("A").set(estradiol=40)
    lab.set(estradiol=300)
    before = lab.scenario, repr(lab), lab.answer.given, lab.can_undo, dict(lab.picture._ranges)
    monkeypatch.setattr(type(lab.picture), "compose", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        getattr(lab, does)()
    assert (lab.scenario, repr(lab), lab.answer.given, lab.can_undo, dict(lab.picture._ranges)) == before
