"""The words of a notebook (prediction, tasks, quiz) as data: one JSON file per notebook in ``data/lessons``.

The format is described in ``docs/lessons.md``. Reading a file checks it, and a mistake is reported with the file,
the place and what is expected there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from osteolab import data
from osteolab.errors import InputError

OPERATORS = (">=", "<=", ">", "<", "==", "!=", "between", "in")
WIDGETS = ("RemodelingLab", "LatticeLab")  # the first one if a lesson says nothing


class LessonError(InputError):
    """A lesson file says something the widgets cannot show."""


class PredictChoice(str):
    """One choice of a prediction: plain text, with an optional `level` to mark in the picture.

    Parameters
    ----------
    text : str
        The words on the row.
    level : float, optional
        Bone density in g/cm2 at the scan age, where a lettered circle is drawn.
    """

    level: float | None

    def __new__(cls, text: str, level: float | None = None) -> PredictChoice:
        """Make the text and hang the level on it."""
        choice = super().__new__(cls, text)
        choice.level = level
        return choice

    @property
    def text(self) -> str:
        """The words on the row."""
        return str(self)


@dataclass(frozen=True)
class Predict:
    """A question asked before the lab opens.

    Parameters
    ----------
    question : str
    choices : sequence of str or PredictChoice
        Two to five.
    after : str
        What is said once the reader has committed; the curve, not a mark, is the answer.
    """

    question: str
    choices: tuple[PredictChoice, ...]
    after: str = ""

    def __post_init__(self) -> None:
        choices = tuple(c if isinstance(c, PredictChoice) else PredictChoice(c) for c in self.choices)
        if not 2 <= len(choices) <= 5:
            raise LessonError(f"the prediction has {len(choices)} choices; it needs 2 to 5")
        object.__setattr__(self, "choices", choices)


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
class Condition:
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
    check: tuple[Condition, ...] = ()
    hints: tuple[str, ...] = ()
    solution: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    praise: str = ""


@dataclass(frozen=True)
class Lesson:
    """Everything one notebook asks its reader, and the settings of its lab.

    `lab` holds keyword arguments of the lab, the prediction among them: ``RemodelingLab(**lesson("02").lab)``.
    `widget` is the name of that lab in `osteolab.lab`.
    """

    number: str
    title: str
    lab: dict[str, Any] = field(default_factory=dict)
    predict: Predict | None = None
    tasks: tuple[TaskSpec, ...] = ()
    quiz: tuple[Question, ...] = ()
    widget: str = WIDGETS[0]


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
    optional = {"widget": str, "lab": dict, "predict": dict, "tasks": list, "quiz": list}
    _fields(raw, where, {"number": str, "title": str}, optional)
    widget = raw.get("widget", WIDGETS[0])
    if widget not in WIDGETS:
        raise LessonError(f"{where}: widget is {widget!r}; it is one of {', '.join(WIDGETS)}")
    predict = _predict(raw["predict"], f"{where}, predict") if "predict" in raw else None
    tasks = tuple(_task(t, f"{where}, task {i}") for i, t in enumerate(raw.get("tasks", []), 1))
    quiz = tuple(_question(q, f"{where}, quiz question {i}") for i, q in enumerate(raw.get("quiz", []), 1))
    lab = dict(raw.get("lab", {})) | ({"predict": predict} if predict else {})
    return Lesson(raw["number"], raw["title"], lab, predict, tasks, quiz, widget)


def _predict(raw: dict, where: str) -> Predict:
    _fields(raw, where, {"question": str, "choices": list, "explain": str})
    choices = []
    for i, choice in enumerate(raw["choices"], 1):
        _fields(choice, f"{where}, choice {i}", {"text": str}, {"level": (int, float)})
        choices.append(PredictChoice(choice["text"], choice.get("level")))
    return _located(where, Predict, raw["question"], tuple(choices), raw["explain"])


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


def condition(raw: Condition | dict, where: str = "check") -> Condition:
    """Accept a `Condition`, or a dict such as ``{"read": "t_score", "op": ">=", "value": -1}``."""
    return raw if isinstance(raw, Condition) else _condition(raw, where)


def _condition(raw: dict, where: str) -> Condition:
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
    return Condition(kinds[0], raw[kinds[0]], raw["op"], raw["value"], raw.get("message", ""))


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
    except LessonError as error:
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
