"""A notebook as data: its lab, prediction, tasks and quiz, one JSON file per notebook in ``data/lessons``.

The format is described in ``docs/lessons.md``. Reading a file checks it, and a mistake is reported with the file,
the place and what is expected there.

>>> here = lesson("02")
>>> lab = here.lab()
>>> cards = here.tasks(lab), here.quiz()
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from osteolab import data
from osteolab.errors import InputError, shown
from osteolab.lab.exercises import Choice, LessonError, Question, TaskSpec, WrongRoute, check_fields, read_check
from osteolab.lab.pictures import named
from osteolab.lab.predict import Predict, PredictChoice, PredictDrawn, PredictTable, TableRow, TableTime
from osteolab.plan import Plan

MOST_DIGITS = 3  # of the number of a lesson


class LabSettings(dict[str, Any]):
    """The arguments of a lab; called, the lab itself: ``lesson("02").lab()``."""

    def __call__(self) -> Any:
        """Return the lab."""
        from osteolab.lab.lab import Lab

        return Lab(**self)


class TaskList(tuple[TaskSpec, ...]):
    """The tasks of a lesson; called with a lab, their cards."""

    __slots__ = ()

    def __call__(self, lab: Any) -> Any:
        """Return the cards of the tasks."""
        from osteolab.lab.cards.task import Tasks

        return Tasks(lab, self)


class QuestionList(tuple[Question, ...]):
    """The quiz questions of a lesson; called, the card of the quiz."""

    __slots__ = ()

    def __call__(self) -> Any:
        """Return the card of the quiz."""
        from osteolab.lab.cards.quiz import Quiz

        return Quiz(self)


@dataclass(frozen=True)
class Lesson:
    """Everything one notebook asks its reader, and the settings of its lab.

    `lab`, `tasks` and `quiz` can be read as data, and called they make what the notebook shows.
    """

    number: str
    title: str
    lab: LabSettings = field(default_factory=LabSettings)
    predict: Predict | PredictTable | PredictDrawn | None = None
    tasks: TaskList = field(default_factory=TaskList)
    quiz: QuestionList = field(default_factory=QuestionList)
    picture: str = "panels"


def lesson(number: str | int) -> Lesson:
    """Read the lesson of one notebook.

    Parameters
    ----------
    number : str or int
        ``"01"`` or ``1``.

    Raises
    ------
    LessonError
        If there is no such file, or if the file does not follow ``docs/lessons.md``.
    """
    digits = str(number) if isinstance(number, str | int) and not isinstance(number, bool) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise LessonError(f"there is no lesson {shown(number)}; lessons are the files data/lessons/NN.json")
    name = f"{int(digits):02d}"
    try:
        text = data.path(f"lessons/{name}.json").read_text(encoding="utf-8")
    except (FileNotFoundError, InputError):
        raise LessonError(f"there is no lesson {name!r}; lessons are the files data/lessons/NN.json") from None
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise LessonError(f"lessons/{name}.json, line {error.lineno}: not valid JSON ({error.msg})") from None
    return parse(raw, f"lessons/{name}.json")


def parse(raw: dict, where: str = "lesson") -> Lesson:
    """Turn the content of a lesson file into a `Lesson`, or say what is wrong with it."""
    optional = {"picture": str, "lab": dict, "predict": dict, "tasks": list, "quiz": list}
    check_fields(raw, where, {"number": str, "title": str}, optional)
    picture = raw.get("picture", "panels")
    try:
        named(picture)
    except InputError as error:
        raise LessonError(f"{where}: {error}") from None
    predict = _predict(raw["predict"], f"{where}, predict") if "predict" in raw else None
    tasks = TaskList(_task(t, f"{where}, task {i}") for i, t in enumerate(raw.get("tasks", []), 1))
    quiz = QuestionList(_question(q, f"{where}, quiz question {i}") for i, q in enumerate(raw.get("quiz", []), 1))
    lab = LabSettings(picture=picture, number=raw["number"]) | dict(raw.get("lab", {}))
    lab |= {"plans": _plans(lab["plans"], f"{where}, plan")} if "plans" in lab else {}
    lab |= {"predict": predict} if predict else {}
    return Lesson(raw["number"], raw["title"], LabSettings(lab), predict, tasks, quiz, picture)


def _plans(raw: Any, where: str) -> list[Plan]:
    if not isinstance(raw, list):
        raise LessonError(f"{where}s: expected a list of plans, found {type(raw).__name__}")
    return [_located(f"{where} {i}", Plan.from_dict, plan) for i, plan in enumerate(raw, 1)]


def _predict(raw: dict, where: str) -> Predict | PredictTable | PredictDrawn:
    kinds: dict[str, Callable[[dict, str], Predict | PredictTable | PredictDrawn]]
    kinds = {"choices": _choices, "table": _table, "drawn": _drawn}
    kind = raw.get("kind", "choices") if isinstance(raw, dict) else "choices"
    if kind not in kinds:
        raise LessonError(f"{where}: kind is {kind!r}; it is one of {', '.join(kinds)}")
    return kinds[kind](raw, where)


def _choices(raw: dict, where: str) -> Predict:
    check_fields(raw, where, {"question": str, "choices": list, "explain": str}, {"kind": str, "measure": str})
    choices = []
    for i, choice in enumerate(raw["choices"], 1):
        check_fields(choice, f"{where}, choice {i}", {"text": str}, {"level": (int, float), "between": list})
        limits = choice.get("between")
        if limits is not None and (len(limits) != 2 or not all(isinstance(end, int | float) for end in limits)):
            raise LessonError(f"{where}, choice {i}: between is {limits!r}; two numbers are needed, the lower first")
        parts = choice["text"], choice.get("level"), limits
        choices.append(_located(f"{where}, choice {i}", PredictChoice, *parts))
    return _located(where, Predict, raw["question"], tuple(choices), raw["explain"], raw.get("measure", ""))


def _table(raw: dict, where: str) -> PredictTable:
    needed = {"kind": str, "question": str, "rows": list, "times": list, "hint": str, "explain": str}
    check_fields(raw, where, needed, {"beside": str})
    rows, times = [], []
    for i, row in enumerate(raw["rows"], 1):
        check_fields(row, f"{where}, row {i}", {"quantity": str, "label": str, "why": str}, {"note": str})
        parts = row["quantity"], row["label"], row.get("note", ""), row["why"]
        rows.append(_located(f"{where}, row {i}", TableRow, *parts))
    for i, time in enumerate(raw["times"], 1):
        check_fields(time, f"{where}, time {i}", {"label": str, "years": (int, float)}, {"since": str})
        when = time["label"], time["years"], time.get("since", "start")
        times.append(_located(f"{where}, time {i}", TableTime, *when))
    beside = raw.get("beside", PredictTable.beside)
    return _located(
        where, PredictTable, raw["question"], tuple(rows), tuple(times), raw["hint"], beside, raw["explain"]
    )


def _drawn(raw: dict, where: str) -> PredictDrawn:
    check_fields(raw, where, {"kind": str, "question": str, "ages": list, "causes": list, "explain": str})
    causes = []
    for i, cause in enumerate(raw["causes"], 1):
        check_fields(cause, f"{where}, cause {i}", {"until": (int, float), "text": str})
        causes.append((cause["until"], cause["text"]))
    return _located(where, PredictDrawn, raw["question"], tuple(raw["ages"]), tuple(causes), raw["explain"])


def _task(raw: dict, where: str) -> TaskSpec:
    check_fields(
        raw,
        where,
        {"goal": str, "reads": list, "check": list, "hints": list, "solution": str},
        {"settings": dict, "praise": str, "wrong": list, "pinned": dict},
    )
    wrong = tuple(_wrong_route(route, f"{where}, wrong route {i}") for i, route in enumerate(raw.get("wrong", []), 1))
    check = tuple(read_check(c, f"{where}, condition {i}") for i, c in enumerate(raw["check"], 1))
    if not check:
        raise LessonError(f"{where}: nothing is checked; give at least one condition")
    return TaskSpec(
        raw["goal"],
        tuple(raw["reads"]),
        check,
        tuple(raw["hints"]),
        raw["solution"],
        dict(raw.get("settings", {})),
        raw.get("praise", ""),
        wrong,
        raw.get("pinned"),
    )


def _wrong_route(raw: dict, where: str) -> WrongRoute:
    check_fields(raw, where, {"settings": dict, "says": str}, {"pinned": dict})
    return WrongRoute(raw["settings"], raw["says"], raw.get("pinned"))


def _question(raw: dict, where: str) -> Question:
    check_fields(raw, where, {"question": str, "choices": list})
    choices = []
    for i, choice in enumerate(raw["choices"], 1):
        check_fields(choice, f"{where}, choice {i}", {"text": str, "feedback": str}, {"right": bool})
        choices.append(Choice(choice["text"], choice.get("right", False), choice["feedback"]))
    return _located(where, Question, raw["question"], tuple(choices))


def _located(where: str, build, *values):
    """Build an object and put the place in the file before its complaint, if it has one."""
    try:
        return build(*values)
    except InputError as error:
        raise LessonError(f"{where}: {error}") from None
