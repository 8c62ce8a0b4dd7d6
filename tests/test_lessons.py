import copy
import json
import re

import pytest

from osteolab import Course, data
from osteolab.lab import Lab, LatticeLab, Quiz, RemodelingLab, Tasks, lesson
from osteolab.lab.cards.task import task_from
from osteolab.lab.exercises import LessonError
from osteolab.lab.lessons import parse
from osteolab.lab.predict import Predict, PredictChoice
from osteolab.lab.sliders import spec

FILES = sorted(data.path("lessons").glob("*.json"))
NUMBERS = [file.stem for file in FILES]
GOOD = json.loads(data.path("lessons/01.json").read_text(encoding="utf-8"))
TASKS = [(number, i) for number in NUMBERS for i in range(len(lesson(number).tasks))]
BANNED = ("—", " should ", "cure", "guarantee", "!")


@pytest.mark.parametrize("number", NUMBERS)
def test_every_lesson_is_whole(number):
    this = lesson(number)
    assert this.number == number
    assert 2 <= len(this.tasks) <= 3
    assert len(this.quiz) == 3
    assert this.predict is not None and this.predict.after
    for question in this.quiz:
        said = [choice.feedback for choice in question.choices]
        assert all(len(words) > 20 for words in said)
        assert len(set(said)) == len(said), "every choice has its own feedback"
        assert sum(choice.right for choice in question.choices) == 1
    for task in this.tasks:
        assert task.hints and task.solution and task.praise and task.settings


@pytest.mark.parametrize("file", FILES, ids=NUMBERS)
def test_plain_words_and_no_advice(file):
    text = file.read_text(encoding="utf-8").replace('"!="', "")
    for word in BANNED:
        assert word not in text, word


@pytest.mark.parametrize("number", NUMBERS)
def test_right_answers_do_not_always_stand_at_the_same_place(number):
    places = [[choice.right for choice in question.choices].index(True) for question in lesson(number).quiz]
    assert len(set(places)) > 1


@pytest.mark.parametrize(("number", "index"), TASKS)
def test_a_task_is_open_at_first_and_its_solution_solves_it(number, index):
    this = lesson(number)
    lab = this.lab()
    lab.unveil().reset()
    task = task_from(lab, this.tasks[index], index + 1)
    assert task.check() is False, "the untouched lab must not meet the goal"
    assert task.feedback.startswith("✕ Not yet. ")
    assert task.now(), "every reading the task shows exists"
    go(lab, this.tasks[index])
    assert task.check() is True, task.feedback


def go(lab, route):
    """Set a lab to a solution or a wrong route, with what it pins first."""
    if route.pinned is not None:
        lab.set(**route.pinned).pin()
        lab.reset()
    lab.set(**route.settings)


WRONG = [(number, i, j) for number, i in TASKS for j in range(len(lesson(number).tasks[i].wrong))]


@pytest.mark.parametrize(("number", "index", "which"), WRONG)
def test_a_wrong_route_to_a_task_is_not_praised_and_says_what_is_wrong(number, index, which):
    this = lesson(number)
    lab = this.lab()
    lab.unveil().reset()
    route = this.tasks[index].wrong[which]
    task = task_from(lab, this.tasks[index], index + 1)
    go(lab, route)
    assert task.check() is False, route
    assert route.says in task.feedback


@pytest.mark.parametrize(("number", "index"), TASKS)
def test_every_task_has_wrong_routes(number, index):
    assert len(lesson(number).tasks[index].wrong) >= 2


WITH_UNITS = [(number, i) for number, i in TASKS if lesson(number).picture == "panels"]


@pytest.mark.parametrize(("number", "index"), WITH_UNITS)
def test_in_si_units_a_task_names_no_other_unit_and_its_solution_holds(number, index):
    this = lesson(number)
    lab = this.lab()
    lab.unveil().reset().set(units="SI")
    task = task_from(lab, this.tasks[index], index + 1)
    for route in this.tasks[index].wrong:
        lab.reset()
        go(lab, route)
        task.check()
        assert not US.search(task.feedback)
    while task.hint():
        pass
    task.toggle_solution()
    lab.unpin().reset()
    go(lab, this.tasks[index])
    assert task.check() is True
    shown = " ".join(box.value for box in (task._ask, task._told, task._now, task._said))
    assert not US.search(shown)


US = re.compile(r"pg/mL|ng/dL|ng/mL")
AMOUNT = re.compile(r"([\d.]+) (pmol/L|nmol/L)")


@pytest.mark.parametrize(
    ("number", "index", "name"), [("00", 1, "estradiol"), ("02", 0, "testosterone"), ("00", 2, "estradiol")]
)
def test_who_types_the_si_number_of_a_task_is_not_sent_back_to_it(number, index, name):
    this = lesson(number)
    lab = this.lab()
    lab.unveil().reset().set(units="SI")
    task = task_from(lab, this.tasks[index], index + 1)
    go(lab, this.tasks[index])
    said = task._in_units(" ".join([task.goal, *(c.message for c in task.conditions if c.name == name)]))
    typed = float(AMOUNT.findall(said)[-1][0])
    lab.set(**{name: spec(name).unboxed(typed, si=True)})
    assert task.check() is True, task.feedback


@pytest.mark.parametrize("number", [number for number in NUMBERS if lesson(number).picture == "panels"])
def test_the_marked_levels_lie_in_the_picture(number):
    this = lesson(number)
    lab = this.lab()
    marked = [choice.level for choice in this.predict.choices if choice.level is not None]
    low, high = lab.figure.layout.yaxis3.range
    assert all(low <= level <= high for level in marked)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_lesson_makes_its_lab_and_its_cards_and_can_be_read_as_data(number):
    here = lesson(number)
    made = LatticeLab if here.picture == "lattice" else RemodelingLab
    lab = here.lab()
    assert isinstance(lab, Lab) and repr(lab) == repr(made(**here.lab))
    assert repr(here.tasks(lab)) == repr(Tasks(lab, here)) and repr(here.quiz()) == repr(Quiz(here.quiz))
    assert len(here.tasks) == len(here.tasks(lab)) and here.lab["predict"] is here.predict


def test_number_or_text():
    assert lesson(1) == lesson("01") == lesson("1")


def test_a_missing_lesson_says_where_lessons_live():
    with pytest.raises(LessonError, match=r"data/lessons/NN\.json"):
        lesson("99")


def spoil(path, value):
    """Return the good lesson with one place changed; the value `...` removes it."""
    raw = copy.deepcopy(GOOD)
    at = raw
    for step in path[:-1]:
        at = at[step]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("title",), ..., "lesson: “title” is missing"),
        (("extra",), 1, "“extra” is not known here"),
        (("tasks", 1, "goal"), "", "task 2: “goal” is empty"),
        (("tasks", 0, "check"), [], "task 1: nothing is checked"),
        (("tasks", 0, "check", 0, "op"), "=", "task 1, condition 1: op is '='"),
        (("quiz", 2, "choices", 1, "feedback"), ..., "quiz question 3, choice 2: “feedback” is missing"),
        (("quiz", 0, "choices", 0, "right"), False, "quiz question 1: question .* has no right choice"),
        (("quiz", 0, "choices"), [], "quiz question 1: question .* has 0 choices"),
        (("predict", "choices"), [{"text": "a"}], "predict: the prediction has 1 choices"),
        (("predict", "choices", 0), "a", "predict, choice 1: expected an object"),
        (("quiz",), {}, "“quiz” is dict; expected list"),
        (("picture",), "latice", "picture is 'latice'; the calculator knows lattice, panels"),
    ],
)
def test_a_mistake_is_reported_with_its_place(path, value, said):
    with pytest.raises(LessonError, match=said):
        parse(spoil(path, value))


def test_a_prediction_takes_plain_text():
    asked = Predict("What will it be?", ("more", "less"), "It fell.")
    assert asked.choices == ("more", "less")
    assert asked.choices[0].level is None
    assert PredictChoice("more", 0.9).level == 0.9


PATCH = {"what": "transdermal_estradiol", "level": 50, "unit": "ug/day", "start": 52}
PLANS = [{"label": "nothing", "person": "anna"}, {"label": "patch", "person": "anna", "courses": [PATCH]}]


def test_a_lesson_gives_its_plans_as_data():
    raw = {"number": "04", "title": "A title", "lab": {"sliders": ["transdermal_estradiol"], "plans": PLANS}}
    lab = parse(raw).lab()
    assert [plan.label for plan in lab.scenario.plans] == ["nothing", "patch"]
    assert lab.scenario.plans[1].courses == (Course("transdermal_estradiol", 50, "ug/day", 52),)
    without, with_patch = (life.value("bmd", 65, "lumbar_spine") for life in lab.lives)
    assert with_patch > without


@pytest.mark.parametrize(
    ("plans", "said"),
    [
        ("patch", "plans: expected a list of plans, found str"),
        ([PLANS[0] | {"person": "annna"}], "plan 1: preset is 'annna'"),
        ([PLANS[0], PLANS[1] | {"courses": [PATCH | {"what": "patch"}]}], "plan 2: "),
        ([PLANS[0] | {"drug": "patch"}], "plan 1: a field of a plan is 'drug'"),
    ],
)
def test_a_mistake_in_a_plan_is_reported_with_its_place(plans, said):
    with pytest.raises(LessonError) as caught:
        parse({"number": "04", "title": "A title", "lab": {"plans": plans}}, "lessons/04.json")
    assert f"lessons/04.json, {said}" in str(caught.value)


@pytest.mark.parametrize("number", [number for number in NUMBERS if lesson(number).picture == "panels"])
def test_a_notebook_sends_nobody_to_a_person_who_is_not_in_its_list(number):
    path = next((data.path("lessons").parents[1] / "notebooks").glob(f"{number}_*.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = " ".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    mentioned = {row["name"] for row in data.rows("people") if re.search(rf"\b{row['name']}\b", text, re.IGNORECASE)}
    assert mentioned <= set(lesson(number).lab["people"])
