"""Tasks and quiz questions as data, and the check of what a lesson file says about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from osteolab.errors import InputError, listed, shown, text
from osteolab.lab.predict import LONGEST_WORDS

OPERATORS = (">=", "<=", ">", "<", "==", "!=", "between", "in", "only")


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
        text(self.text, "a question", LONGEST_WORDS)
        object.__setattr__(self, "choices", tuple(listed(self.choices, "choices", "Choices")))
        if not all(isinstance(one, Choice) for one in self.choices):
            raise LessonError(f"the choices of “{self.text}” are {shown(self.choices)}; Choices are needed")
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
        One of ``>= <= > < == != between in only``; ``only`` says of a list (`moved`) that nothing else is in it.
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
class WrongRoute:
    """Settings that look like a way to the goal and are none, and a piece of what the task says to them.

    `pinned` are the settings of the curve that is pinned first; none is where it is None.
    """

    settings: dict[str, Any]
    says: str
    pinned: dict[str, Any] | None = None


@dataclass(frozen=True)
class TaskSpec:
    """A task as data: goal, what to show, conditions, hints, solution, settings that solve it, and routes that do not.

    `pinned` are the settings of the curve that the solution pins first; none is where it is None.
    """

    goal: str
    reads: tuple[str, ...] = ()
    check: tuple[Check, ...] = ()
    hints: tuple[str, ...] = ()
    solution: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    praise: str = ""
    wrong: tuple[WrongRoute, ...] = ()
    pinned: dict[str, Any] | None = None


def as_check(raw: Check | dict, where: str = "check") -> Check:
    """Accept a `Check`, or a dict such as ``{"read": "t_score", "op": ">=", "value": -1}``."""
    if isinstance(raw, Check):
        return raw
    if not isinstance(raw, dict):
        raise LessonError(f"{where} is {shown(raw)}; a Check or a dict is needed")
    return read_check(raw, where)


def read_check(raw: dict, where: str) -> Check:
    """Return the condition that a dict describes, or say what is wrong with it."""
    kinds = [kind for kind in ("read", "setting") if kind in raw]
    if len(kinds) != 1:
        raise LessonError(f"{where}: needs exactly one of “read” and “setting”")
    check_fields(raw, where, {kinds[0]: str, "op": str, "value": object}, {"message": str})
    if raw["op"] not in OPERATORS:
        raise LessonError(f"{where}: op is {raw['op']!r}; allowed are {' '.join(OPERATORS)}")
    if raw["op"] == "between" and not (isinstance(raw["value"], list) and len(raw["value"]) == 2):
        raise LessonError(f"{where}: “between” needs a list of two numbers, the ends")
    if raw["op"] in ("in", "only") and not isinstance(raw["value"], list):
        raise LessonError(f"{where}: “{raw['op']}” needs a list")
    return Check(kinds[0], raw[kinds[0]], raw["op"], raw["value"], raw.get("message", ""))


def check_fields(raw: Any, where: str, needed: dict[str, Any], optional: dict[str, Any] | None = None) -> None:
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
