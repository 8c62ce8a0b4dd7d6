"""Task cards: a goal for the lab above, a check in words, hints, and a folded solution."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from osteolab.errors import InputError
from osteolab.lab import sliders
from osteolab.lab.card.parts import button, html, put
from osteolab.lab.cards.card import Card, head, heading, row, text, verdict, verdict_html
from osteolab.lab.exercises import Check, TaskSpec, as_check
from osteolab.lab.words.markup import joined, tag
from osteolab.lab.words.numbers import amount, listed, lower_first, printed, spoken_quantity
from osteolab.quantities import Quantity, catalogue, sites

COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
IN_WORDS = {
    ">=": "at least",
    "<=": "at most",
    ">": "above",
    "<": "below",
    "==": "exactly",
    "!=": "other than",
    "between": "",
    "in": "",
}


TWINS = ("a", "b")  # of the lattice lab
OPEN_FIRST = "Open the lab above first: make your prediction."


class Task(Card):
    """A goal to reach with the lab.

    Parameters
    ----------
    lab : Lab or alike
        Anything with ``reading`` (dict of results), ``settings()`` (dict of sliders, scan age, site, person) and an
        observable ``revision``.
    number : int
        Position among the tasks of the notebook.
    goal : str
    reads : sequence of str
        Readings or settings shown under the goal.
    check : sequence of Check or dict
        All must hold. The first that does not gives the feedback.
    hints : sequence of str
    solution : str
    of : int, optional
        How many tasks there are.
    praise : str
        Said when the goal is reached.
    """

    def __init__(
        self,
        lab: Any,
        number: int,
        goal: str,
        reads: Sequence[str] = (),
        check: Sequence[Any] = (),
        hints: Sequence[str] = (),
        solution: str = "",
        of: int | None = None,
        praise: str = "",
    ) -> None:
        self.lab, self.number, self.goal, self.reads = lab, number, goal, tuple(reads)
        self.conditions = tuple(as_check(c, f"task {number}, condition {i}") for i, c in enumerate(check, 1))
        self.hints, self.solution, self.praise = tuple(hints), solution, praise
        self.feedback, self.tries, self.hints_given = "", 0, 0
        self._open = False
        self._now, self._said, self._told, self._tried = (
            html(f"ol-{name}box") for name in ("now", "said", "told", "tried")
        )
        count = f"Task {number} of {of}" if of else f"Task {number}"
        top = html("ol-headbox", head(count, "uses the lab above"))
        ask = html("ol-askbox", heading(goal))
        check_row = row(self._now, button("Check", "ol-fill", self.check))
        check_row.add_class("ol-apart")
        self._hint_button = button("", "ol-link", self.hint)
        self._solution_button = button("Show the solution", "ol-link", self.toggle_solution)
        links = row(self._hint_button, self._solution_button, self._tried)
        super().__init__([top, ask, check_row, self._said, self._told, links], f"{count}: {goal}", "task")
        lab.observe(self._refresh, names="revision")
        self._refresh()
        self._show_help()

    def check(self) -> bool:
        """Compare the lab with the goal; the answer in words is in ``feedback``."""
        if self._closed():
            self.feedback = verdict(False, OPEN_FIRST)
            put(self._said, verdict_html(False, self.feedback))
            self.chrome.announce = self.feedback
            return False
        self.tries += 1
        missed = self.missed()
        if missed is None:
            self.feedback = verdict(True, self.praise or f"The lab reads {self.now()}.")
        else:
            self.feedback = verdict(False, self._words(missed))
        put(self._said, verdict_html(missed is None, self.feedback))
        put(self._tried, tag("span", f"{self.tries} {'try' if self.tries == 1 else 'tries'}", class_="ol-now"))
        self.chrome.announce = self.feedback
        return missed is None

    def _closed(self) -> bool:
        """Say whether the lab shows nothing yet, because it waits for a prediction."""
        return not self._state()[0]

    def missed(self) -> Check | None:
        """Return the first condition the lab does not meet, or None if the goal is reached."""
        reading, settings = self._state()
        return next((c for c in self.conditions if not holds(c, reading, settings)), None)

    def hint(self) -> str:
        """Give the next hint and return it; an empty text when there are no more."""
        if self.hints_given == len(self.hints):
            return ""
        self.hints_given += 1
        self._show_help()
        self.chrome.announce = self.hints[self.hints_given - 1]
        return self.hints[self.hints_given - 1]

    def toggle_solution(self) -> None:
        """Unfold the solution, or fold it again."""
        self._open = not self._open
        self._show_help()
        if self._open:
            self.chrome.announce = self.solution

    def now(self) -> str:
        """Return what the lab reads now, in words: ``estradiol 40 pg/mL and T −0.9 at 65``."""
        return f"{listed(self._shown())}{self._at()}" if self._shown() else ""

    def _shown(self) -> list[str]:
        """Return each reading of the task in words; none while one of them is not there."""
        reading, settings = self._state()
        values = {name: reading.get(name, settings.get(name)) for name in self.reads}
        return [] if None in values.values() else [words(name, value) for name, value in values.items()]

    def _at(self) -> str:
        """Return the age at which the lab is read, where a reading is shown and the age is not."""
        settings = self._state()[1]
        age = settings.get("scan_age", settings.get("age"))
        is_scan = any(name not in sliders.catalogue() and reading_called(name) for name in self.reads)
        return f" at {printed(age)}" if is_scan and age is not None and not {"scan_age", "age"} & {*self.reads} else ""

    def _state(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        return dict(self.lab.reading or {}), dict(self.lab.settings() or {})

    def _words(self, missed: Check) -> str:
        reading, settings = self._state()
        value = (reading if missed.kind == "read" else settings).get(missed.name)
        shown = words(missed.name, value) if value is not None else "nothing yet"
        goal = f"{IN_WORDS[missed.op]} {plain(missed, reading, settings)}".strip()
        message = missed.message or f"The lab reads {shown}; the goal is {goal}."
        return message.replace("{value}", shown)

    def _refresh(self, _change=None) -> None:
        listed = [tag("b", text(one)) for one in self._shown()]
        if not listed:
            put(self._now, tag("span", OPEN_FIRST, class_="ol-now"))
            return
        between = [", "] * (len(listed) - 2) + [" and "] * (len(listed) > 1) + [self._at()]
        said = [part for pair in zip(listed, between, strict=True) for part in pair]
        put(self._now, tag("span", "The lab now reads ", *said, class_="ol-now"))

    def _show_help(self) -> None:
        told = [f"Hint {i}. {hint}" for i, hint in enumerate(self.hints[: self.hints_given], 1)]
        shown = joined(verdict_html(None, hint) for hint in told)
        put(self._told, shown + verdict_html(None, f"Solution. {self.solution}") if self._open else shown)
        left = self.hints_given < len(self.hints)
        self._hint_button.description = f"Hint {self.hints_given + 1} of {len(self.hints)}" if left else "No more hints"
        self._hint_button.disabled = not left
        self._solution_button.description = "Hide the solution" if self._open else "Show the solution"

    def __repr__(self) -> str:
        return f"Task {self.number}: {self.goal}"


class Tasks(Card):
    """The tasks of a lesson, one card below the other.

    Parameters
    ----------
    lab : Lab or alike
    lesson : Lesson or sequence of TaskSpec
        A lesson, or its tasks.
    """

    def __init__(self, lab: Any, lesson: Any) -> None:
        specs: Sequence[TaskSpec] = tuple(getattr(lesson, "tasks", lesson))
        self.tasks = tuple(task_from(lab, spec, i, len(specs)) for i, spec in enumerate(specs, 1))
        super().__init__(list(self.tasks), f"{len(self.tasks)} tasks", "tasks")
        self.remove_class("ol-card")

    def __getitem__(self, index: int) -> Task:
        return self.tasks[index]

    def __len__(self) -> int:
        return len(self.tasks)

    def __repr__(self) -> str:
        return "\n".join(repr(task) for task in self.tasks)


def task_from(lab: Any, spec: TaskSpec, number: int, of: int | None = None) -> Task:
    """Return the card of one task given as data."""
    return Task(lab, number, spec.goal, spec.reads, spec.check, spec.hints, spec.solution, of, spec.praise)


def holds(rule: Check, reading: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Say whether a condition is met, comparing numbers as they are shown (a T-score to one decimal)."""
    source = reading if rule.kind == "read" else settings
    if rule.name not in source:
        known = ", ".join(sorted(map(str, source))) or "none"
        raise InputError(f"the task asks for {rule.kind} {rule.name!r}; the lab has {known}")
    left, right = shown_value(rule.name, source[rule.name]), target(rule, reading, settings)
    if left is None or right is None:
        return False
    if rule.op == "between":
        return right[0] <= left <= right[1]
    if rule.op == "in":
        return left in right
    return COMPARE[rule.op](left, right)


def target(rule: Check, reading: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
    """Return what a condition compares with: a value, or another reading or setting of the lab."""
    if not isinstance(rule.value, dict):
        return rule.value
    kind, name = next(iter(rule.value.items()))
    found = (reading if kind == "read" else settings).get(name)
    return shown_value(name, found)


def shown_value(name: str, value: Any) -> Any:
    """Round a number as it is displayed; leave anything else alone."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return round(value, _decimals(name)) + 0.0


def words(name: str, value: Any) -> str:
    """Return a reading or setting as it is displayed, with its unit: ``estradiol 40 pg/mL``, ``T −0.9``, ``spine``."""
    if value is None or isinstance(value, str):
        return sites()[value].label if value in sites() else str(value or "")
    slider, found = sliders.catalogue().get(name), reading_called(name)
    if slider is not None:
        return f"{lower_first(slider.label)} {amount(value, slider.decimals, slider.unit)}".strip()
    if found is not None:
        return spoken_quantity(found, value)
    return f"{name.replace('_', ' ')} {printed(value, 2)}"


def reading_called(name: str) -> Quantity | None:
    """Return the quantity of a reading, or of one of two twins (``strength_b``); None if there is none."""
    found = catalogue().get((name, "")) or catalogue().get((name, "lattice"))
    stem, _, twin = name.rpartition("_")
    if found is None and twin in TWINS and (stem, "lattice") in catalogue():
        found = catalogue()[stem, "lattice"]
        found = replace(found, name=name, short_label=f"{found.short_label} {twin.upper()}")
    return found


def _decimals(name: str) -> int:
    slider, found = sliders.catalogue().get(name), reading_called(name)
    return slider.decimals if slider is not None else found.decimals if found is not None else 2


def plain(rule: Check, reading: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """Return the target of a condition in words."""
    right = target(rule, reading, settings)
    if isinstance(right, list):
        return (" to " if rule.op == "between" else ", ").join(words(rule.name, item) for item in right)
    return words(rule.name, right)
