"""Bad questions, tasks, cards and pictures are refused in one sentence, as the lab and the calculator refuse theirs."""

import itertools
import math
import random

import pytest

from osteolab import Course, Plan, Scenario, evidence
from osteolab.lab import CrewAnimation, LatticeLab, Quiz, RemodelingLab, ScanReport, Task, Tasks, lesson
from osteolab.lab.exercises import Choice, Question
from osteolab.lab.predict import Predict, PredictChoice, PredictDrawn, PredictTable, TableRow, TableTime
from test_bad_inputs import ANNA, HUGE, LIFE, NO_LIST, NO_NUMBER, NOT_FINITE, Rude, is_a_sentence, kinds, refusal
from test_bad_tables import ARMS, COURSES, TABLES

Q, TWO = "What next?", ("more", "less")
ROW, TIME = TableRow("bmd", "Density", "spine", "What does that do?"), TableTime("after a year", 1)
NUMBERS = [*NO_NUMBER[1:], *NOT_FINITE]
TEXTS = [None, 5, math.nan, True, b"text", [], ["text"], {}, Rude(), "a" * 2_001]
LISTS = [*NO_LIST, None, "ab", {"a": 1}]
LAB = RemodelingLab(people=(), until=60)

# place: (what is called with the bad value, the bad values)
PLACES = {
    "choice": (PredictChoice, TEXTS),
    "level of a choice": (lambda bad: PredictChoice("more", bad), NUMBERS),
    "between of a choice": (
        lambda bad: PredictChoice("more", None, bad),
        [*NO_LIST, "ab", (1,), (1, 2, 3), (2, 1), *((1, one) for one in NUMBERS)],
    ),
    "question": (lambda bad: Predict(bad, TWO), TEXTS),
    "choices": (lambda bad: Predict(Q, bad), [*LISTS, (), ("more",), [None, "less"], "abcdef"]),
    "after": (lambda bad: Predict(Q, TWO, bad), TEXTS),
    "row": (lambda bad: TableRow(bad, "a", "b", "c"), [*TEXTS, "bones", ""]),
    "label of a row": (lambda bad: TableRow("bmd", bad, "b", "c"), TEXTS),
    "why of a row": (lambda bad: TableRow("bmd", "a", "b", bad), TEXTS),
    "years of a time": (lambda bad: TableTime("later", bad), [None, *NUMBERS, -1, 81]),
    "since of a time": (lambda bad: TableTime("later", 1, bad), [*TEXTS, "never"]),
    "rows of a table": (lambda bad: PredictTable(Q, bad, (TIME,), "hint"), [*LISTS, (), [ROW] * 5, ["bmd"], [None]]),
    "times of a table": (lambda bad: PredictTable(Q, (ROW,), bad, "hint"), [*LISTS, (), [TIME] * 4, [1.0], [None]]),
    "hint of a table": (lambda bad: PredictTable(Q, (ROW,), (TIME,), bad), TEXTS),
    "ages of a line": (
        lambda bad: PredictDrawn(Q, bad, ((100, "why"),)),
        [*LISTS, (), (60,), (60, 55), *((55, one) for one in [None, *NUMBERS, 101])],
    ),
    "causes of a line": (
        lambda bad: PredictDrawn(Q, (55, 60), bad),
        [*LISTS, (), [5], [(100,)], *([(one, "why")] for one in [None, *NUMBERS]), *([(99, one)] for one in TEXTS)],
    ),
    "quiz": (Quiz, [*LISTS, (), [None], ["What?"]]),
    "question of a quiz": (lambda bad: Question(bad, (Choice("a", True), Choice("b"))), TEXTS),
    "choices of a quiz": (lambda bad: Question(Q, bad), [*LISTS, (), ["a", "b"], [Choice("a", True)], [None, None]]),
    "lab of a task": (lambda bad: Task(bad, 1, "Hold it."), [None, 5, "lab", [], {}, Rude(), LIFE]),
    "goal of a task": (lambda bad: Task(LAB, 1, bad), TEXTS),
    "reads of a task": (lambda bad: Task(LAB, 1, "Hold it.", bad), [*LISTS, [5], [None]]),
    "check of a task": (
        lambda bad: Task(LAB, 1, "Hold it.", (), bad),
        [*LISTS, [5], [None], ["bmd"], [{}], [{"read": "bmd", "op": "~", "value": 1}], [{"read": 5, "op": "<"}]],
    ),
    "tasks": (lambda bad: Tasks(LAB, bad), [*LISTS, [5], [None], ["Hold it."]]),
    "lesson": (lesson, [None, "x", "", "../00", "99", -1, 0.5, True, [], math.nan, math.inf, HUGE, b"00", Rude()]),
    "scan report": (ScanReport, [None, 5, "anna", [], ANNA]),
    "age of a scan report": (lambda bad: ScanReport(LIFE, bad), [*NUMBERS, 5, 101, 70.1]),
    "crew": (CrewAnimation, [5, "anna", [], ANNA]),
    "age of a crew": (lambda bad: CrewAnimation(LIFE, bad), [*NUMBERS, 5, 101, 70.1]),
    "site of a crew": (lambda bad: CrewAnimation(LIFE, 50, site=bad), [5, "skull", [], HUGE]),
    "pace of a crew": (lambda bad: CrewAnimation(resorption=bad), [None, *NUMBERS, -1, 1e6]),
    "delay of a crew": (lambda bad: CrewAnimation(delay=bad), [None, *NUMBERS, -1, 1e6]),
    "seed of a crew": (lambda bad: CrewAnimation(seed=bad), [None, *NUMBERS, -1]),
    "crew.set": (lambda bad: CrewAnimation().set(bad), [*NUMBERS, -1]),
    "names of twins": (
        lambda bad: LatticeLab(names=bad),
        [*LISTS[:-2], "abc", (), ("Ada",), (5, 6), ("Ada", "b" * 999)],
    ),
    "rescues of twins": (lambda bad: LatticeLab(rescue=bad), [*LISTS[:-2], (), (52,), (HUGE, 62), ("52", 62)]),
    "rescued with": (lambda bad: LatticeLab(rescue_with=bad), [*LISTS[:-2], (), ("brake",), (5, 6), ("luck", "brake")]),
    "id of an outcome": (
        lambda bad: evidence.predict(ARMS, COURSES, TABLES["outcomes"].astype({"id": object}).assign(id=[bad])),
        [None, "", math.nan, 1.5, True, ("row", 1), Rude()],
    ),
}


@pytest.mark.parametrize(("place", "number"), kinds(PLACES))
def test_a_bad_question_card_or_picture_is_refused_in_one_sentence(place, number):
    call, values = PLACES[place]
    said = refusal(call, values[number])
    assert is_a_sentence(said), said


def test_what_is_good_at_each_place_is_taken():
    asked = Predict(Q, [PredictChoice("more", 1, (0, 2)), PredictChoice("less", 2.0, [2, 3])], "so", "bmd_change")
    assert asked.choices[1].between == (2.0, 3.0)
    assert PredictTable(Q, [ROW], [TIME], "hint").rows == (ROW,)
    assert PredictDrawn(Q, [55, 60], [(100, "why")]).causes == ((100.0, "why"),)
    assert lesson(0).number == lesson("00").number == lesson("0").number == "00"
    assert ScanReport(LIFE, 60).age == 60 and CrewAnimation(LIFE, 60).refill < 1
    assert CrewAnimation().set(resorption=200) is None


def test_two_outcomes_of_one_name_are_two_rows():
    twice = TABLES["outcomes"].iloc[[0, 0]]
    found = evidence.predict(ARMS, COURSES, twice)
    assert list(found.id) == ["row_1", "row_1"] and found.predicted.nunique() == 1
    assert len(evidence.predict(ARMS, COURSES, twice.assign(id=["row_1", 2]))) == 2


def test_a_plan_holds_as_many_courses_as_its_file_and_what_is_too_much_for_a_link_says_so():
    rng = random.Random(1)

    def plan(count):
        ages = [52 + i / 9 for i in range(count + 1)]
        spans = itertools.pairwise(ages)
        return Plan("", ANNA, [Course("estradiol", rng.uniform(1, 99), "pg/mL", *span) for span in spans])

    most = plan(100)
    assert Plan.from_dict(most.to_dict()) == most
    assert "101 courses" in refusal(plan, 101) and "at most 100" in refusal(plan, 101)
    assert Scenario.from_link(Scenario((most,)).to_link()).plan == most
    full = Scenario(tuple(plan(100) for _ in range(4)))
    assert Scenario.from_json(full.to_json()) == full
    assert "save the settings as a file" in refusal(full.to_link)


def test_a_link_with_something_behind_it_is_a_link():
    scenario = Scenario((Plan("gel", ANNA),))
    assert Scenario.from_link(f"http://here/02.ipynb#osteolab={scenario.to_link()}&teacher=off") == scenario
