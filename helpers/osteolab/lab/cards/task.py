"""Task cards: a goal for the lab above, a check in words, hints, and a folded solution."""

from __future__ import annotations

import hashlib
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets as w

from osteolab.errors import InputError, shown
from osteolab.errors import listed as listed_values
from osteolab.errors import text as plain_text
from osteolab.lab import sliders
from osteolab.lab.card.parts import button, classed, html, put
from osteolab.lab.cards.card import Card, head, heading, row, text, verdict, verdict_html
from osteolab.lab.exercises import Check, TaskSpec, as_check
from osteolab.lab.predict import LONGEST_WORDS
from osteolab.lab.words.markup import joined, tag
from osteolab.lab.words.numbers import listed, lower_first, printed, shown_unit, spoken_quantity
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
    "only": "only",
}


PINNED = "pinned_"  # before the name of a slider: where it stands in the curve that is pinned
TWINS = ("a", "b")  # of the lattice lab
KEPT = "osteolab:task:"  # what the names begin with under which a page keeps that a task was solved
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
        if not hasattr(lab, "revision") or not hasattr(lab, "observe"):
            raise InputError(f"the task was given {shown(lab)}; a lab is needed")
        plain_text(goal, "goal of a task", LONGEST_WORDS)
        reads, check = listed_values(reads, "reads", "names"), listed_values(check, "check", "conditions")
        reads = [plain_text(name, "what a task reads", LONGEST_WORDS) for name in reads]
        self.lab, self.number, self.goal, self.reads = lab, number, goal, tuple(reads)
        self.conditions = tuple(as_check(c, f"task {number}, condition {i}") for i, c in enumerate(check, 1))
        self.hints, self.solution, self.praise = tuple(hints), solution, praise
        self.feedback, self.tries, self.hints_given = "", 0, 0
        self._open = False
        self._checked: tuple[Check | None, str, Mapping[str, Any], Mapping[str, Any]] | None = None
        self._now, self._said, self._told, self._tried, self._ask = (
            html(f"ol-{name}box") for name in ("now", "said", "told", "tried", "ask")
        )
        self._count = f"Task {number} of {of}" if of else f"Task {number}"
        self._top = html("ol-headbox", head(self._count, "uses the lab above"))
        ask_check = classed(button("Check", "ol-fill", self.check), "ol-check")
        to_lab = classed(w.Button(description="To the lab"), "ol-line", "ol-to-lab")  # page/parts/goal.js
        check_row = classed(row(self._now, to_lab, ask_check), "ol-apart")
        self._hint_button = button("", "ol-link", self.hint)
        self._solution_button = button("Show the solution", "ol-link", self.toggle_solution)
        links = row(self._hint_button, self._solution_button, self._tried)
        parts = [self._top, self._ask, check_row, self._said, self._told, links]
        super().__init__(parts, f"{self._count}: {goal}", "task")
        self.chrome.keep = kept_name(lab, goal)
        self.chrome.on_msg(self._heard)
        lab.observe(self._refresh, names="revision")
        self._shown_si: bool | None = None
        self._refresh()

    def close(self) -> None:
        """Close the card, and follow the lab no more."""
        if self.comm is not None:
            self.lab.unobserve(self._refresh, names="revision")
        super().close()

    def check(self) -> bool:
        """Compare the lab with the goal; the answer in words is in ``feedback``."""
        if self._closed():
            self.feedback = verdict(False, OPEN_FIRST)
            put(self._said, verdict_html(False, self.feedback))
            self.chrome.announce = self.feedback
            return False
        self.tries += 1
        missed, (reading, settings) = self.missed(), self._state()
        self._checked = missed, self.now(), reading, settings
        if missed is None:
            self._mark("✓ solved")
            self.chrome.send({"do": "keep"})
        self._show_verdict()
        put(self._tried, tag("span", f"{self.tries} {'try' if self.tries == 1 else 'tries'}", class_="ol-now"))
        self.chrome.announce = self.feedback
        return missed is None

    def _heard(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """Hear from the page that the task was solved before the page was loaded again."""
        if isinstance(message, Mapping) and message.get("do") == "kept":
            self._mark("✓ solved before")

    def _mark(self, words: str) -> None:
        put(self._top, head(self._count, words))

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
        self.chrome.announce = self._in_units(self.hints[self.hints_given - 1])
        return self.chrome.announce

    def toggle_solution(self) -> None:
        """Unfold the solution, or fold it again."""
        self._open = not self._open
        self._show_help()
        if self._open:
            self.chrome.announce = self._in_units(self.solution)

    def now(self) -> str:
        """Return what the lab reads now, in words: ``estradiol 40 pg/mL and T −0.9 at 65``."""
        return f"{listed(self._shown())}{self._at()}" if self._shown() else ""

    def _shown(self) -> list[str]:
        """Return each reading of the task in words; none while one of them is not there."""
        reading, settings = self._state()
        values = {name: reading.get(name, settings.get(name)) for name in self.reads}
        return [] if None in values.values() else [words(name, value, self._si) for name, value in values.items()]

    def _at(self) -> str:
        """Return the age at which the lab is read, where a reading is shown and the age is not."""
        settings = self._state()[1]
        age = settings.get("scan_age", settings.get("age"))
        is_scan = any(name not in sliders.catalogue() and reading_called(name) for name in self.reads)
        return f" at {printed(age)}" if is_scan and age is not None and not {"scan_age", "age"} & {*self.reads} else ""

    def _state(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        return dict(self.lab.reading or {}), dict(self.lab.settings() or {}) | self._of_pinned()

    def _of_pinned(self) -> dict[str, float | None]:
        """Return where the sliders of the task stand in the curve that is pinned; None where none is."""
        asked = [c.name for c in self.conditions if c.name.startswith(PINNED)]
        pinned = getattr(getattr(self.lab, "shown", None), "pinned", None)
        return {name: pinned.moved.get(name.removeprefix(PINNED)) if pinned else None for name in asked}

    @property
    def _si(self) -> bool:
        return in_si(self._state()[1])

    def _in_units(self, said: str) -> str:
        """Return a text of the lesson with the amounts of its levels in the units of the lab."""
        names = [*self.reads, *(condition.name for condition in self.conditions)]
        return in_units(said, names, self._si)

    def _show_verdict(self) -> None:
        if self._checked is None:
            return
        missed, now, reading, settings = self._checked
        if missed is None:
            self.feedback = verdict(True, self._in_units(self.praise or f"The lab reads {now}."))
        else:
            self.feedback = verdict(False, self._words(missed, reading, settings))
        put(self._said, verdict_html(missed is None, self.feedback))

    def _words(self, missed: Check, reading: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
        units = {"units": "SI" if self._si else "US"}
        value = (reading if missed.kind == "read" else settings).get(missed.name)
        if missed.op == "only":
            value = [name for name in value or [] if name not in missed.value]
        shown = words(missed.name, value, self._si) if value is not None else "nothing yet"
        goal = f"{IN_WORDS[missed.op]} {plain(missed, reading, {**settings, **units})}".strip()
        message = missed.message or f"The lab reads {shown}; the goal is {goal}."
        return self._in_units(message).replace("{value}", shown)

    def _refresh(self, _change=None) -> None:
        if self._shown_si != self._si:
            self._shown_si = self._si
            self._show_words()
        listed = [tag("b", text(one)) for one in self._shown()]
        if not listed:
            put(self._now, tag("span", OPEN_FIRST, class_="ol-now"))
            return
        between = [", "] * (len(listed) - 2) + [" and "] * (len(listed) > 1) + [self._at()]
        said = [part for pair in zip(listed, between, strict=True) for part in pair]
        put(self._now, tag("span", "The lab now reads ", *said, class_="ol-now"))

    def _show_words(self) -> None:
        """Show all that holds an amount, in the units of the lab."""
        put(self._ask, heading(self._in_units(self.goal)))
        self._show_verdict()
        self._show_help()

    def _show_help(self) -> None:
        told = [f"Hint {i}. {self._in_units(hint)}" for i, hint in enumerate(self.hints[: self.hints_given], 1)]
        shown = joined(verdict_html(None, hint) for hint in told)
        solution = verdict_html(None, f"Solution. {self._in_units(self.solution)}")
        put(self._told, shown + solution if self._open else shown)
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
        specs = listed_values(getattr(lesson, "tasks", lesson), "the tasks", "tasks")
        for spec in specs:
            if not isinstance(spec, TaskSpec):
                raise InputError(f"one of the tasks is {shown(spec)}; a TaskSpec is needed")
        self.tasks = tuple(task_from(lab, spec, i, len(specs)) for i, spec in enumerate(specs, 1))
        super().__init__(list(self.tasks), f"{len(self.tasks)} tasks", "tasks")
        self.remove_class("ol-card")

    def __getitem__(self, index: int) -> Task:
        return self.tasks[index]

    def __len__(self) -> int:
        return len(self.tasks)

    def __repr__(self) -> str:
        return "\n".join(repr(task) for task in self.tasks)


def kept_name(lab: Any, goal: str) -> str:
    """Return the name under which a page keeps that a task was solved; nothing for a lab of no notebook."""
    number = getattr(lab, "number", "")
    return f"{KEPT}{number}:{hashlib.sha256(goal.encode()).hexdigest()[:10]}" if number else ""


def task_from(lab: Any, spec: TaskSpec, number: int, of: int | None = None) -> Task:
    """Return the card of one task given as data."""
    return Task(lab, number, spec.goal, spec.reads, spec.check, spec.hints, spec.solution, of, spec.praise)


def holds(rule: Check, reading: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Say whether a condition is met, comparing numbers as they are shown (a T-score to one decimal)."""
    source = reading if rule.kind == "read" else settings
    if rule.name not in source:
        known = ", ".join(sorted(map(str, source))) or "none"
        raise InputError(f"the task asks for {rule.kind} {rule.name!r}; the lab has {known}")
    left = shown_value(rule.name, source[rule.name], in_si(settings))
    right = target(rule, reading, settings)
    if left is None or right is None:
        return False
    if rule.op == "only":
        return set(left) <= set(right)
    if rule.op == "between":
        return right[0] <= left <= right[1]
    if rule.op == "in":
        return left in right
    return COMPARE[rule.op](left, right)


def target(rule: Check, reading: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
    """Return what a condition compares with: a value, or another reading or setting of the lab."""
    si = in_si(settings)
    if isinstance(rule.value, dict):
        kind, name = next(iter(rule.value.items()))
        return shown_value(name, (reading if kind == "read" else settings).get(name), si)
    if not si or slider_called(rule.name) is None:
        return rule.value
    # A goal of 100 ng/dL reads 3.5 nmol/L, and whoever types 3.5 has reached it.
    many = isinstance(rule.value, list)
    return [shown_value(rule.name, end, si) for end in rule.value] if many else shown_value(rule.name, rule.value, si)


def in_si(settings: Mapping[str, Any]) -> bool:
    """Return whether a lab shows levels in SI units."""
    return settings.get("units") == "SI"


def in_units(said: str, names: Sequence[str], si: bool) -> str:
    """Return a text with each amount of the named levels in the units in force.

    Parameters
    ----------
    said : str
        A text with conventional units; "20 or 25 pg/mL" are two amounts.
    names : sequence of str
        Which levels it is about; other names are passed over.
    si : bool

    Examples
    --------
    >>> in_units("Raise it to 120 pg/mL.", ["estradiol"], si=True)
    'Raise it to 441 pmol/L.'
    """
    for slider in {found.name: found for name in names if si and (found := slider_called(name))}.values():
        if slider.unit == slider.si_unit:
            continue
        unit = re.escape(shown_unit(slider.unit))
        amounts = rf"(\d+(?:\.\d+)?)(?: (to|or) (\d+(?:\.\d+)?))? {unit}"

        def converted(found: re.Match[str], slider: sliders.SliderSpec = slider) -> str:
            first, between, last = found.groups()
            ends = [slider.boxed(float(end), True) for end in (first, last) if end]
            numbers = [printed(end, slider.decimals_in(True)) for end in ends]
            return f"{f' {between} '.join(numbers)} {shown_unit(slider.si_unit)}"

        said = re.sub(amounts, converted, said)
    return said


def slider_called(name: str) -> sliders.SliderSpec | None:
    """Return the slider of a setting, also of one that is pinned; None if it has none."""
    return sliders.catalogue().get(name.removeprefix(PINNED))


def shown_value(name: str, value: Any, si: bool = False) -> Any:
    """Round a number as it is displayed; leave anything else alone."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    slider = slider_called(name)
    return slider.boxed(value, si) if slider is not None else round(value, _decimals(name)) + 0.0


def words(name: str, value: Any, si: bool = False) -> str:
    """Return a reading or setting as it is displayed, with its unit: ``estradiol 40 pg/mL``, ``T −0.9``, ``spine``."""
    if value is None or isinstance(value, str):
        return sites()[value].label if value in sites() else str(value or "")
    if isinstance(value, list):
        found_by_name = [(one, slider_called(one)) for one in value]
        return listed(lower_first(found.label) if found else one for one, found in found_by_name) or "nothing"
    slider, found = slider_called(name), reading_called(name)
    if slider is not None:
        pinned = "pinned " if name.startswith(PINNED) else ""
        return f"{pinned}{lower_first(slider.label)} {slider.text(value, si)}".strip()
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
    found = reading_called(name)
    return found.decimals if found is not None else 2


def plain(rule: Check, reading: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """Return the target of a condition in words."""
    right = target(rule, reading, settings)
    if isinstance(right, list):
        return (" to " if rule.op == "between" else ", ").join(
            _shown_words(rule.name, item, settings) for item in right
        )
    return _shown_words(rule.name, right, settings)


def _shown_words(name: str, value: Any, settings: Mapping[str, Any]) -> str:
    """Return words of a number that is in the units of the lab already."""
    slider = slider_called(name)
    if slider is not None and in_si(settings) and isinstance(value, int | float):
        value = slider.unboxed(value, True)
    return words(name, value, in_si(settings))
