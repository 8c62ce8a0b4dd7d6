import pytest

from fake_lab import FakeLab
from osteolab.errors import InputError
from osteolab.lab import lesson
from osteolab.lab.cards.task import Task, holds, kept_name, words
from osteolab.lab.exercises import Check, LessonError

GOAL = "Bring the spine to T −1.4 or better with at most 60 pg/mL."
CHECK = (
    {"read": "t_score", "op": ">=", "value": -1.4, "message": "You have {value}; go on."},
    {"setting": "estradiol", "op": "<=", "value": 60},
)


@pytest.fixture
def lab():
    return FakeLab(estradiol=7)


@pytest.fixture
def task(lab):
    return Task(lab, 1, GOAL, ("estradiol", "t_score"), CHECK, ("first", "second"), "40 does it.", of=3)


def test_the_reading_follows_the_lab(lab, task):
    assert task.now().startswith("estradiol 7 pg/mL and T −2.")
    lab.set(estradiol=40)
    assert task.now().startswith("estradiol 40 pg/mL and T −1.")
    assert task.now().endswith(" at 65")
    assert "40 pg/mL" in task._now.value


def test_check_says_what_is_missing_and_counts_tries(lab, task):
    assert task.check() is False
    assert task.feedback.startswith("✕ Not yet. You have T −2.")
    assert "1 try" in task._tried.value
    lab.set(estradiol=100)
    assert task.check() is False
    assert task.feedback == "✕ Not yet. The lab reads estradiol 100 pg/mL; the goal is at most estradiol 60 pg/mL."
    lab.set(estradiol=40)
    assert task.check() is True
    assert task.feedback.startswith("✓ Right. The lab reads estradiol 40 pg/mL")
    assert task.tries == 3


def test_hints_come_one_by_one_and_the_solution_unfolds(task):
    assert "40 does it." not in task._told.value
    assert [task.hint(), task.hint(), task.hint()] == ["first", "second", ""]
    assert task._hint_button.disabled
    task.toggle_solution()
    assert "40 does it." in task._told.value
    task.toggle_solution()
    assert "40 does it." not in task._told.value


def test_a_veiled_lab_gives_nothing_away():
    task = Task(FakeLab(veiled=True, estradiol=7), 1, GOAL, ("t_score",), ())
    assert "make your prediction" in task._now.value
    assert "T −" not in task._now.value


def test_the_text_form_is_the_goal(lab, task):
    before = repr(task)
    assert before == f"Task 1: {GOAL}"
    lab.set(estradiol=40)
    task.check()
    assert repr(task) == before


@pytest.mark.parametrize(
    ("op", "value", "met"),
    [(">=", 1, True), ("<=", 1, True), (">", 1, False), ("<", 1.1, True), ("==", 1.0, True), ("!=", 1, False),
     ("between", [0, 1], True), ("between", [2, 3], False), ("in", [1, 2], True), ("in", [2], False)],
)  # fmt: skip
def test_comparisons(op, value, met):
    assert holds(Check("read", "t_score", op, value), {"t_score": 1.0}, {}) is met


def test_numbers_are_compared_as_they_are_shown():
    rule = Check("read", "t_score", ">=", -1.0)
    assert holds(rule, {"t_score": -1.04}, {})
    assert not holds(rule, {"t_score": -1.06}, {})


def test_a_reading_can_be_compared_with_another():
    rule = Check("read", "resorption", "<=", {"read": "formation"})
    assert holds(rule, {"resorption": 99.6, "formation": 100.2}, {})
    assert not holds(rule, {"resorption": 110, "formation": 100}, {})


def test_check_before_the_prediction_says_what_comes_first_and_is_no_try():
    veiled = FakeLab(veiled=True)
    task = Task(veiled, 1, GOAL, ("t_score",), ({"read": "t_score", "op": ">=", "value": -1},))
    assert task.check() is False and task.tries == 0
    assert task.feedback == "✕ Not yet. Open the lab above first: make your prediction."
    assert "make your prediction" in task._said.value and task.chrome.announce == task.feedback
    veiled.veiled = False
    veiled.set(estradiol=60)
    task.check()
    assert task.tries == 1 and "make your prediction" not in task.feedback


def test_an_unknown_name_says_what_the_lab_has(lab):
    task = Task(lab, 1, GOAL, (), ({"read": "bone_age", "op": ">", "value": 1},))
    with pytest.raises(InputError, match=r"bone_age.*t_score"):
        task.check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"op": ">", "value": 1},
        {"read": "a", "setting": "b", "op": ">", "value": 1},
        {"read": "a", "op": "=>", "value": 1},
        {"read": "a", "op": "between", "value": 3},
        {"read": "a", "op": ">"},
        {"read": "a", "op": ">", "value": 1, "x": 1},
    ],
)
def test_a_wrong_condition_is_refused(lab, wrong):
    with pytest.raises(LessonError, match="task 1, condition 1"):
        Task(lab, 1, GOAL, (), (wrong,))


def test_words_carry_units():
    assert words("estradiol", 40) == "estradiol 40 pg/mL"
    assert words("t_score", -0.96) == "T −1.0"
    assert words("bmd", 0.9714) == "0.971 g/cm²"
    assert words("site", "lumbar_spine") == "spine"
    assert words("resorption", 109.4) == "resorption 109\u202f%"


def test_tasks_of_a_lesson_stack(lab):
    tasks = lesson("00").tasks(lab)
    assert len(tasks) == len(repr(tasks).splitlines()) >= 2
    assert tasks[0].check() is False


def test_a_solved_task_is_kept_by_the_page_and_said_when_it_is_opened_again(lab, task, monkeypatch):
    said = []
    monkeypatch.setattr(task.chrome, "send", said.append)
    task.check()
    assert said == [] and "solved" not in task._top.value
    lab.set(estradiol=40)
    task.check()
    assert said == [{"do": "keep"}] and "✓ solved" in task._top.value
    again = Task(lab, 1, GOAL, ("estradiol", "t_score"), CHECK, ("first",), "40 does it.")
    again.chrome._handle_custom_msg({"do": "kept"}, [])
    assert "✓ solved before" in again._top.value


def test_what_is_kept_of_a_task_bears_the_number_of_its_notebook_and_changes_with_its_goal(lab):
    assert kept_name(lab, GOAL) == "", "a lab of no notebook keeps nothing"
    lab.number = "02"
    assert kept_name(lab, GOAL).startswith("osteolab:task:02:")
    assert kept_name(lab, GOAL) != kept_name(lab, GOAL.replace("60", "50"))
    tasks = lesson("02").tasks(lesson("02").lab())
    assert len({one.chrome.keep for one in tasks.tasks}) == len(tasks)
    assert all(one.chrome.keep.startswith("osteolab:task:02:") for one in tasks.tasks)
