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
from osteolab.errors import InputError
from osteolab.lab.pictures import named
from osteolab.lab.predict import Predict, PredictChoice, PredictDrawn, PredictTable, TableRow, TableTime

OPERATORS = (">=", "<=", ">", "<", "==", "!=", "between", "in")


class LessonError(InputError):
    """A lesson file says something the widgets cannot show."""


@dataclass(frozen=True)
class Choice:
    """One choice of a quiz question, with its own feedback."""

    text: str
    right: bool = False
    feedback: str = ""


@dataclass(frozen=True)
class Question:
    """A quiz question with two to five choices, at least one of them right."""

    text: str
    choices: tuple[Choice, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "choices", tuple(self.choices))
        if not 2 <= len(self.choices) <= 5:
            raise LessonError(f"question “{self.text}” has {len(self.choices)} choices; it needs 2 to 5")
        if not any(choice.right for choice in self.choices):
            raise LessonError(f"question “{self.text}” has no right choice; mark at least one with right=True")


@dataclass(frozen=True)
class Check:
    """One thing a task checks: a reading or a setting of the lab, a comparison, and what to say if it fails.

    Parameters
    ----------
    kind : str
        ``read`` (a result of the lab) or ``setting`` (a slider, the scan age, the site, the person).
    name : str
        For instance ``t_score`` or ``estradiol``.
    op : str
        One of ``>= <= > < == != between in``.
    value : number, str, list, or dict
        What it is compared with; ``{"read": "formation"}`` compares with another reading.
    message : str
        Said when the condition is not met; ``{value}`` stands for what the lab shows.
    """

    kind: str
    name: str
    op: str
    value: Any
    message: str = ""


@dataclass(frozen=True)
class TaskSpec:
    """A task as data: goal, what to show, conditions, hints, solution, and settings that solve it."""

    goal: str
    reads: tuple[str, ...] = ()
    check: tuple[Check, ...] = ()
    hints: tuple[str, ...] = ()
    solution: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    praise: str = ""


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
    name = f"{int(number):02d}"
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
    _fields(raw, where, {"number": str, "title": str}, optional)
    picture = raw.get("picture", "panels")
    try:
        named(picture)
    except InputError as error:
        raise LessonError(f"{where}: {error}") from None
    predict = _predict(raw["predict"], f"{where}, predict") if "predict" in raw else None
    tasks = TaskList(_task(t, f"{where}, task {i}") for i, t in enumerate(raw.get("tasks", []), 1))
    quiz = QuestionList(_question(q, f"{where}, quiz question {i}") for i, q in enumerate(raw.get("quiz", []), 1))
    lab = LabSettings(picture=picture, number=raw["number"]) | dict(raw.get("lab", {}))
    lab |= {"predict": predict} if predict else {}
    return Lesson(raw["number"], raw["title"], LabSettings(lab), predict, tasks, quiz, picture)


def _predict(raw: dict, where: str) -> Predict | PredictTable | PredictDrawn:
    kinds: dict[str, Callable[[dict, str], Predict | PredictTable | PredictDrawn]]
    kinds = {"choices": _choices, "table": _table, "drawn": _drawn}
    kind = raw.get("kind", "choices") if isinstance(raw, dict) else "choices"
    if kind not in kinds:
        raise LessonError(f"{where}: kind is {kind!r}; it is one of {', '.join(kinds)}")
    return kinds[kind](raw, where)


def _choices(raw: dict, where: str) -> Predict:
    _fields(raw, where, {"question": str, "choices": list, "explain": str}, {"kind": str})
    choices = []
    for i, choice in enumerate(raw["choices"], 1):
        _fields(choice, f"{where}, choice {i}", {"text": str}, {"level": (int, float)})
        choices.append(PredictChoice(choice["text"], choice.get("level")))
    return _located(where, Predict, raw["question"], tuple(choices), raw["explain"])


def _table(raw: dict, where: str) -> PredictTable:
    needed = {"kind": str, "question": str, "rows": list, "times": list, "hint": str, "explain": str}
    _fields(raw, where, needed, {"beside": str})
    rows, times = [], []
    for i, row in enumerate(raw["rows"], 1):
        _fields(row, f"{where}, row {i}", {"quantity": str, "label": str, "why": str}, {"note": str})
        rows.append(TableRow(row["quantity"], row["label"], row.get("note", ""), row["why"]))
    for i, time in enumerate(raw["times"], 1):
        _fields(time, f"{where}, time {i}", {"label": str, "years": (int, float)}, {"since": str})
        times.append(TableTime(time["label"], float(time["years"]), time.get("since", "start")))
    beside = raw.get("beside", PredictTable.beside)
    return _located(
        where, PredictTable, raw["question"], tuple(rows), tuple(times), raw["hint"], beside, raw["explain"]
    )


def _drawn(raw: dict, where: str) -> PredictDrawn:
    _fields(raw, where, {"kind": str, "question": str, "ages": list, "causes": list, "explain": str})
    causes = []
    for i, cause in enumerate(raw["causes"], 1):
        _fields(cause, f"{where}, cause {i}", {"until": (int, float), "text": str})
        causes.append((float(cause["until"]), cause["text"]))
    return _located(where, PredictDrawn, raw["question"], tuple(raw["ages"]), tuple(causes), raw["explain"])


def _task(raw: dict, where: str) -> TaskSpec:
    _fields(
        raw,
        where,
        {"goal": str, "reads": list, "check": list, "hints": list, "solution": str},
        {"settings": dict, "praise": str},
    )
    check = tuple(_condition(c, f"{where}, condition {i}") for i, c in enumerate(raw["check"], 1))
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
    )


def as_check(raw: Check | dict, where: str = "check") -> Check:
    """Accept a `Check`, or a dict such as ``{"read": "t_score", "op": ">=", "value": -1}``."""
    return raw if isinstance(raw, Check) else _condition(raw, where)


def _condition(raw: dict, where: str) -> Check:
    kinds = [kind for kind in ("read", "setting") if kind in raw]
    if len(kinds) != 1:
        raise LessonError(f"{where}: needs exactly one of “read” and “setting”")
    _fields(raw, where, {kinds[0]: str, "op": str, "value": object}, {"message": str})
    if raw["op"] not in OPERATORS:
        raise LessonError(f"{where}: op is {raw['op']!r}; allowed are {' '.join(OPERATORS)}")
    if raw["op"] == "between" and not (isinstance(raw["value"], list) and len(raw["value"]) == 2):
        raise LessonError(f"{where}: “between” needs a list of two numbers, the ends")
    if raw["op"] == "in" and not isinstance(raw["value"], list):
        raise LessonError(f"{where}: “in” needs a list")
    return Check(kinds[0], raw[kinds[0]], raw["op"], raw["value"], raw.get("message", ""))


def _question(raw: dict, where: str) -> Question:
    _fields(raw, where, {"question": str, "choices": list})
    choices = []
    for i, choice in enumerate(raw["choices"], 1):
        _fields(choice, f"{where}, choice {i}", {"text": str, "feedback": str}, {"right": bool})
        choices.append(Choice(choice["text"], choice.get("right", False), choice["feedback"]))
    return _located(where, Question, raw["question"], tuple(choices))


def _located(where: str, build, *values):
    """Build an object and put the place in the file before its complaint, if it has one."""
    try:
        return build(*values)
    except InputError as error:
        raise LessonError(f"{where}: {error}") from None


def _fields(raw: Any, where: str, needed: dict[str, Any], optional: dict[str, Any] | None = None) -> None:
    """Check that `raw` is an object with the needed fields, of the right kind, and no unknown ones."""
    if not isinstance(raw, dict):
        raise LessonError(f"{where}: expected an object in braces, found {type(raw).__name__}")
    known = {**needed, **(optional or {})}
    for name in needed:
        if name not in raw:
            raise LessonError(f"{where}: “{name}” is missing")
    for name, value in raw.items():
        if name not in known:
            raise LessonError(f"{where}: “{name}” is not known here; known are {', '.join(known)}")
        if not isinstance(value, known[name]):
            raise LessonError(f"{where}: “{name}” is {type(value).__name__}; expected {_kind(known[name])}")
        if known[name] is str and not value.strip():
            raise LessonError(f"{where}: “{name}” is empty")


def _kind(kind: Any) -> str:
    return " or ".join(k.__name__ for k in kind) if isinstance(kind, tuple) else kind.__name__
