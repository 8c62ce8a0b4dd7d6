"""Predictions: a table of signs and a drawn line, locked on commit, held against the model in causal order."""

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from osteolab import Course, InputError, Person, Scenario, simulate
from osteolab.lab import Lab, PredictDrawn, PredictTable, lesson
from osteolab.lab.answer import KEPT
from osteolab.lab.card.question import SignTable
from osteolab.lab.exercises import LessonError
from osteolab.lab.lessons import parse
from osteolab.lab.predict import NEAR, Predict, TableRow, TableTime

ROOT = Path(__file__).parents[1]
BEN = Person.preset("ben")
TABLE = PredictTable(
    "Ben takes anastrozole from 65 to 68. It blocks aromatase. Higher, the same, or lower?",
    (
        TableRow("testosterone", "Testosterone", "in blood", "What does the pituitary do?"),
        TableRow("estradiol", "Estradiol", "in blood", "Aromatase makes it from testosterone; what if it is blocked?"),
        TableRow(
            "ctx", "Demolition", "CTX", "Estradiol is the brake on the osteoclasts; with less of it, what do they do?"
        ),
        TableRow("bmd", "Bone density", "spine", "Demolition is higher; what does that do to density?"),
    ),
    (TableTime("after 3 months", 0.25), TableTime("after 3 years", 3), TableTime("a year after stopping", 1, "stop")),
    "start with what aromatase makes.",
    after="Less estradiol, more demolition, less bone.",
)
DRAWN = PredictDrawn(
    "Draw Anna's spine from 52 to 75: a patch until 62, then nothing.",
    (55, 62, 65, 75),
    ((62, "while the patch lasts, demolition is held."), (100, "what the patch held is lost within a few years.")),
    "That is what the model has.",
)


def man():
    moved = {"anastrozole": 1, "treatment_years": 3}
    return Lab(person="ben", people=(), sliders=tuple(moved), predict=TABLE, reveal=moved, number="05")


def woman():
    moved = {"transdermal_estradiol": 50, "treatment_years": 10}
    return Lab(person="anna", people=(), sliders=tuple(moved), predict=DRAWN, reveal=moved, number="04")


def signs_by_hand():
    """The signs as the calculator gives them, computed here without the lab."""
    life, without = simulate(BEN, [Course("anastrozole", 1, "mg/day", 65, 68)], until=80), simulate(BEN, until=80)

    def sign(quantity, age, least):
        change = 100 * (life.value(quantity, age) / without.value(quantity, age) - 1)
        return "0" if abs(change) < least else "+" if change > 0 else "-"

    rows = (("testosterone", 5), ("estradiol", 5), ("ctx", 5), ("bmd", 0.3))
    return ["".join(sign(name, age, least) for age in (65.25, 68, 69)) for name, least in rows]


def below(lab):
    """Return the widgets under the card: the marked table if there is one, and the words."""
    [card] = lab.desk.below.children
    *_, words = card.children
    return card.children, re.sub("<[^>]*>", "", words.value)


def test_the_signs_of_the_model_are_those_of_the_calculator():
    lab = man().commit(signs_by_hand())
    widgets, words = below(lab)
    assert list(widgets[1].marks) == list(widgets[1].signs) == signs_by_hand()
    assert words.startswith("✓ Right. Less estradiol") and "12 of 12 as the model has it" in words
    assert signs_by_hand()[1][0] == "-" and signs_by_hand()[2][1] == "+" and signs_by_hand()[3][1] == "-"


@pytest.mark.parametrize("wrong", [0, 1, 2, 3])
def test_the_first_wrong_row_in_causal_order_is_named_and_nothing_else(wrong):
    right = signs_by_hand()
    flipped = [
        row if i < wrong else "".join("+" if sign != "+" else "-" for sign in row) for i, row in enumerate(right)
    ]
    _, words = below(man().commit(flipped))
    row = TABLE.rows[wrong]
    assert words.startswith(f"✕ Not yet: {row.label.lower()}.") and row.why in words
    assert all(other.why not in words for other in TABLE.rows if other is not row)
    assert (f"You had {TABLE.rows[wrong - 1].label.lower()} right." in words) == (wrong > 0)
    assert f"{3 * wrong} of 12 as the model has it" in words
    assert "less than 5 % (testosterone, estradiol and demolition) or 0.3 % (bone density)" in words


def test_nothing_of_the_answer_is_there_before_it_is_committed():
    lab = man()
    table = lab.answer.box.answering
    assert list(table.marks) == [] and lab.reading == {} and lab.desk.below.children == ()
    assert max(lab.trace("bmd").x) <= 65
    assert all(row.why not in str(table.spec) for row in TABLE.rows)


def test_the_table_can_be_committed_only_when_it_is_full():
    lab = man()
    table, button = lab.answer.box.answering, lab.answer.box.commit
    assert (
        button.disabled
        and "12 cells are empty. One hint: start with what aromatase makes." in lab.answer.box.note.value
    )
    table.signs = ["+++", "---", "++ ", "0--"]
    assert button.disabled and "1 cell is empty." in lab.answer.box.note.value
    table.signs = ["+++", "---", "++0", "0--"]
    assert not button.disabled
    button.click()
    assert not lab.answer.veiled and lab.answer.given == ("+++", "---", "++0", "0--")


def test_a_committed_table_is_locked_and_comes_back():
    lab = man().commit(["+++", "---", "++0", "0--"])
    with_marks = below(lab)[0][1]
    assert with_marks.marks and list(with_marks.signs) == ["+++", "---", "++0", "0--"]
    lab.desk._heard(None, {"do": "kept", "answer": signs_by_hand()}, [])
    assert lab.answer.given == ("+++", "---", "++0", "0--")
    again = man()
    again.desk._heard(None, {"do": "kept", "answer": ["+++", "---", "++0", "0--"]}, [])
    assert repr(again) == repr(lab) and below(again)[1] == below(lab)[1]
    again.veil()
    assert again.reading == {} and again.desk.below.children == () and again.answer.box.answering.empty == 12


@pytest.mark.parametrize(
    "bad", [None, "+", [], ["+++"] * 3, ["++"] * 4, ["+*+"] * 4, ["+++", "---", 5, "000"], {"a": 1}, [["+"] * 3] * 4]
)
def test_a_table_that_is_no_answer_is_refused(bad):
    lab = man()
    with pytest.raises(InputError):
        lab.commit(bad)
    assert lab.answer.veiled and lab.reading == {}


def test_a_true_minus_is_a_minus():
    assert man().commit(["+++", "−−−", "++0", "0−−"]).answer.given == ("+++", "---", "++0", "0--")


# a choice


def answer_of(lab):
    """Return whether the answer to a choice is unfolded, and its words."""
    [after] = lab.desk.below.children
    html = after.children[0].value
    return 'open="open"' in html, unescape(re.sub("<[^>]*>", " ", html)).replace("  ", " ")


@pytest.mark.parametrize("number", ["00", "01", "02", "03", "09"])
def test_every_prediction_of_the_course_is_answered_with_what_the_model_says_how_far_off_and_why(number):
    here = lesson(number)
    for letter in "ABCD"[: len(here.predict.choices)]:
        lab = here.lab()
        assert here.predict.after not in str([lab.desk.below.children, lab.desk.frame.readout.value])
        lab.commit(letter)
        unfolded, words = answer_of(lab)
        assert unfolded and here.predict.question in words and here.predict.after in words
        right = here.predict.models(lab.picture.found(here.predict, lab.about()).value)
        assert ("✓ Right." in words) == (letter == right) and ("✕ The model says otherwise." in words) != (
            letter == right
        )
        assert (f"That is {right}, {here.predict.text_of(right)}." in words) == (letter != right)
        assert f"You said {letter}, {here.predict.text_of(letter)}" in words


def test_the_distance_of_a_prediction_is_that_between_its_density_and_the_models():
    lab = lesson("00").lab().commit("A")
    level, model = lab.predict.choices[0].level, round(lab.life.value("bmd", 72, "lumbar_spine"), 3)
    assert f"{level - model:.3f} g/cm² above it" in answer_of(lab)[1]
    assert f"At 72 the model has {model:.3f} g/cm²." in answer_of(lab)[1]


@pytest.mark.parametrize("later", [{"estradiol": 40}, {"scan_age": 60}, {"site": "total_hip"}, {"person": "ruth"}])
def test_a_prediction_is_let_go_when_the_lab_shows_something_else(later):
    lab = Lab(
        people=("anna", "ruth"), sliders=("estradiol",), scan_age=72, predict=lesson("00").predict, number="00"
    ).commit("B")
    told = answer_of(lab)
    assert lab.sentence.startswith("You said B") and told[0] and lab.trace("choices").y
    lab.set(**later)
    assert "You said" not in lab.sentence and "You said" not in lab.desk.frame.readout.value
    assert answer_of(lab) == (False, told[1]), "the answer stays the one to that question"
    lab.undo()
    assert lab.sentence.startswith("You said B") and answer_of(lab)[0]
    lab.set(estradiol=60)
    assert not lab.trace("choices").y
    lab.veil()
    assert lab.desk.below.children == ()


# a drawn line


def test_the_widest_gap_is_named_with_its_age_its_size_and_its_cause():
    lab = woman().commit([0.965, 0.955, 0.95, 0.915])
    _, words = below(lab)
    life = lab.life
    assert life.courses == (Course("transdermal_estradiol", 50, "ug/day", 52, 62),)
    drawn = lambda age: 0.95 + (age - 65) / 10 * (0.915 - 0.95)  # noqa: E731
    gaps = {age: drawn(age) - life.value("bmd", age) for age in range(65, 76)}
    widest = max(gaps, key=gaps.get)
    assert f"You drew {drawn(widest):.3f} at {widest}; the model has {life.value('bmd', widest):.3f}." in words
    assert f"widest at {widest}, {gaps[widest]:.3f} g/cm²: what the patch held is lost" in words
    line = lab.trace("your_line")
    assert list(line.x) == [52, 55, 62, 65, 75] and list(line.y)[1:] == [0.965, 0.955, 0.95, 0.915]
    assert line.y[0] == pytest.approx(life.value("bmd", 52)) and line.text[-1] == "<b>your line</b>"
    assert list(lab.trace("your_widest").x) == [widest] * 2 and len(lab.trace("your_gap").x) > 50
    assert len(lab.figure.data) <= 27 and all(len(trace.x or ()) <= 240 for trace in lab.figure.data)


def test_a_line_near_the_models_is_right():
    life = woman().unveil().life
    lab = woman().commit([life.value("bmd", age) for age in DRAWN.ages])
    _, words = below(lab)
    shown = re.search(r"within ([0-9.]+) g/cm²", words)
    assert words.startswith("✓ Right. That is what the model has.") and float(shown[1]) <= NEAR


def test_your_line_goes_where_the_picture_is_about_something_else_and_comes_back():
    lab = woman().commit([0.965, 0.955, 0.95, 0.915])
    lab.set(site="total_hip")
    assert not lab.trace("your_line").x
    lab.set(site="lumbar_spine")
    assert lab.trace("your_line").x
    lab.set(transdermal_estradiol=100)
    assert not lab.trace("your_line").x
    lab.undo()
    assert lab.trace("your_line").x


def test_before_the_commit_the_page_knows_today_and_nothing_later():
    lab = woman()
    spec = lab.answer.box.answering.spec
    today = round(simulate(Person.preset("anna"), until=80).value("bmd", 52), 3)
    assert spec["start"] == [52, today] and spec["ages"] == [55, 62, 65, 75] and spec["low"] < today < spec["high"]
    assert all("lost within a few years" not in str(value) for value in spec.values())
    assert lab.answer.box.commit.disabled
    lab.answer.box.answering.values, lab.answer.box.answering.touched = [0.9] * 4, True
    assert not lab.answer.box.commit.disabled
    lab.answer.box.commit.click()
    assert lab.answer.given == (0.9, 0.9, 0.9, 0.9)


@pytest.mark.parametrize("bad", [None, [0.9] * 3, [0.9, 0.9, 0.9, "x"], [0.9, 0.9, 0.9, float("nan")], "0.9", [-1] * 4])
def test_a_line_that_is_no_answer_is_refused(bad):
    with pytest.raises(InputError):
        woman().commit(bad)


# as a lesson


def lesson_with(predict):
    return {"number": "04", "title": "A title", "lab": {"person": "anna", "sliders": ["estradiol"]}, "predict": predict}


ROW = {"quantity": "ctx", "label": "Demolition", "why": "Why?"}
TIME = {"label": "after a year", "years": 1}
AS_TABLE = {"kind": "table", "question": "What?", "rows": [ROW], "times": [TIME], "hint": "look.", "explain": "So."}
AS_LINE = {
    "kind": "drawn",
    "question": "Draw.",
    "ages": [55, 60],
    "causes": [{"until": 60, "text": "it is."}],
    "explain": "So.",
}


def test_a_lesson_can_ask_for_a_table_or_a_line():
    table, line = (parse(lesson_with(raw)).predict for raw in (AS_TABLE, AS_LINE))
    assert table.rows[0].quantity == "ctx" and table.times[0].since == "start" and table.after == "So."
    assert line.ages == (55, 60) and line.causes == ((60, "it is."),)
    assert isinstance(parse(lesson_with(AS_TABLE)).lab().answer.box.answering, SignTable)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (AS_TABLE | {"kind": "tabel"}, "kind is 'tabel'; it is one of choices, table, drawn"),
        (AS_TABLE | {"rows": [ROW | {"quantity": "ctxx"}]}, "quantity is 'ctxx'"),
        (AS_TABLE | {"rows": [ROW] * 5}, "5 rows"),
        (AS_TABLE | {"times": [TIME | {"since": "birth"}]}, "since is 'birth'"),
        (AS_TABLE | {"times": []}, "0 times"),
        (AS_LINE | {"ages": [60, 55]}, "rising ages"),
        (AS_LINE | {"causes": []}, "no causes"),
    ],
)
def test_a_mistake_in_a_prediction_is_reported_with_its_place(raw, said):
    with pytest.raises(LessonError, match="predict") as caught:
        parse(lesson_with(raw))
    assert said in str(caught.value)


def test_reset_on_the_site_forgets_what_a_lab_keeps_of_a_prediction():
    copies = (ROOT / "helpers/site/copies.js").read_text(encoding="utf-8")
    forgotten = re.search(r"const KEPT = (\[.+\]);", copies)
    assert forgotten and KEPT in json.loads(forgotten[1])
    assert parse(lesson_with(AS_TABLE)).lab().answer.keep.startswith(f"{KEPT}04:")


def ben_is_asked():
    ask = Predict("Where is Ben's spine at 75?", ("Higher", "The same"))
    return Lab(person="ben", people=("ben", "anna"), sliders=("estradiol",), predict=ask, reveal={"estradiol": 5})


def test_a_question_about_ben_never_stands_over_anna():
    lab = ben_is_asked()
    before, anna = repr(lab), Lab(person="anna", people=("anna", "ben"), sliders=("estradiol",)).scenario
    assert "Ben" in before
    for choose in (
        lambda: lab.set(person="anna"),
        lambda: lab.show(anna),
        lambda: lab.show(replace(anna, veiled=True)),
    ):
        with pytest.raises(InputError, match=r"^the question is about Ben; commit a prediction first"):
            choose()
    assert repr(lab) == before and lab.answer.veiled
    lab.desk.frame.guarded(lambda: lab.set(person="anna"))()
    assert "question is about Ben" in lab.status
    assert "ol-hide" not in lab.desk.frame.readout._dom_classes and "about Ben" in lab.desk.frame.readout.value
    assert lab.unveil().set(person="anna").settings()["moved"] == []
    assert lab.sentence.startswith("Anna") and "Ben" not in lab.sentence


def test_unveiling_shows_the_question_and_moves_no_slider_of_another_state():
    assert ben_is_asked().unveil().settings()["estradiol"] == 5
    lab = ben_is_asked().set(estradiol=30).unveil()
    assert (lab.settings()["person"], lab.settings()["estradiol"]) == ("ben", 30)
    shown = Lab(person="anna", people=("anna", "ben"), sliders=("estradiol",)).set(estradiol=60).scenario
    lab = ben_is_asked().show(replace(shown, veiled=False)).unveil()
    assert (lab.settings()["person"], lab.settings()["estradiol"]) == ("anna", 60)


def test_a_link_or_file_of_another_person_made_after_the_prediction_opens_the_lab():
    made = ben_is_asked().unveil().set(person="anna", estradiol=60)
    lab = ben_is_asked().show(Scenario.from_link(made.scenario.to_link()))
    assert (lab.reading, lab.answer.veiled) == (made.reading, False)
