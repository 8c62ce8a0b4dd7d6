"""Task cards: a goal for the lab above, a check in words, hints, and a folded solution."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

from osteolab.errors import InputError
from osteolab.lab import lessons, sliders
from osteolab.lab.cards import Card, block, button, row, text, verdict, verdict_html
from osteolab.lab.lessons import Condition, Lesson, TaskSpec, condition
from osteolab.lab.words import SITE, amount, figure, lower_first

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
# Reading: words before the number, decimals, unit. First those of the lattice lab, one for each twin, then those of the
# other labs: what a scanner or a laboratory would print.
OF_A_TWIN: dict[str, tuple[str, int, str]] = {
    "density": ("density", 0, "percent"),
    "connections": ("connections", 0, "percent"),
    "strength": ("strength", 0, "percent"),
    "stiffness": ("stiffness", 2, ""),
    "bv_tv": ("BV/TV", 1, "percent"),
    "tb_th": ("Tb.Th", 0, "µm"),
    "tb_n": ("Tb.N", 2, "1/mm"),
    "tb_sp": ("Tb.Sp", 0, "µm"),
    "conn_d": ("Conn.D", 1, "1/mm³"),
    "perforated": ("plates holed", 0, ""),
    "snapped": ("rods cut", 0, ""),
    "resorption": ("resorption", 0, "percent"),
    "formation": ("formation", 0, "percent"),
    "rescue": ("rescue", 0, "years"),
}
READINGS: dict[str, tuple[str, int, str]] = {
    **{f"{name}_{x}": (f"{form[0]} {x.upper()}", form[1], form[2]) for x in "ab" for name, form in OF_A_TWIN.items()},
    "bmd": ("", 3, "g/cm2"),
    "t_score": ("T", 1, ""),
    "t_score_own_sex": ("own-sex T", 1, ""),
    "z_score": ("Z", 1, ""),
    "ctx": ("CTX", 0, "percent"),
    "p1np": ("P1NP", 0, "percent"),
    "resorption": ("resorption", 0, "percent"),
    "formation": ("formation", 0, "percent"),
    "bone_balance": ("balance", 0, "percent"),
    "strength": ("strength", 0, "percent"),
    "connectivity": ("connections", 0, "percent"),
    "thickness": ("thickness", 0, "percent"),
    "mineral": ("mineral", 0, "percent"),
    "fracture_risk": ("fracture risk ×", 1, ""),
    "scan_age": ("scan at", 0, ""),
    "density_gap": ("density A minus B", 0, "points"),
    "strength_gap": ("strength A minus B", 0, "points"),
}


class Task(Card):
    """A goal to reach with the lab.

    Parameters
    ----------
    lab : RemodelingLab or alike
        Anything with ``reading`` (dict of results), ``settings()`` (dict of sliders, scan age, site, person) and an
        observable ``revision``.
    number : int
        Position among the tasks of the notebook.
    goal : str
    reads : sequence of str
        Readings or settings shown under the goal.
    check : sequence of Condition or dict
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
        self.conditions = tuple(condition(c, f"task {number}, condition {i}") for i, c in enumerate(check, 1))
        self.hints, self.solution, self.praise = tuple(hints), solution, praise
        self.feedback, self.tries, self.hints_given = "", 0, 0
        self._open = False
        self._now, self._said, self._told, self._tried = (
            block(f"ol-{name}box") for name in ("now", "said", "told", "tried")
        )
        count = f"Task {number} of {of}" if of else f"Task {number}"
        head = block("ol-headbox", f'<div class="ol-head"><b>{count}</b><span>uses the lab above</span></div>')
        ask = block("ol-askbox", f'<div class="ol-ask" role="heading" aria-level="3">{text(goal)}</div>')
        check_row = row(self._now, button("Check", "ol-fill", self.check))
        check_row.add_class("ol-apart")
        self._hint_button = button("", "ol-link", self.hint)
        self._solution_button = button("Show the solution", "ol-link", self.toggle_solution)
        links = row(self._hint_button, self._solution_button, self._tried)
        super().__init__([head, ask, check_row, self._said, self._told, links], f"{count}: {goal}", "task")
        lab.observe(self._refresh, names="revision")
        self._refresh()
        self._show_help()

    def check(self) -> bool:
        """Compare the lab with the goal; the answer in words is in ``feedback``."""
        self.tries += 1
        missed = self.missed()
        if missed is None:
            self.feedback = verdict(True, self.praise or f"The lab reads {self.now()}.")
        else:
            self.feedback = verdict(False, self._words(missed))
        self._said.value = verdict_html(missed is None, self.feedback)
        self._tried.value = f"<span class='ol-now'>{self.tries} {'try' if self.tries == 1 else 'tries'}</span>"
        self.chrome.announce = self.feedback
        return missed is None

    def missed(self) -> Condition | None:
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
        return self._now_text(lambda words: words)

    def _now_text(self, mark) -> str:
        reading, settings = self._state()
        shown = [mark(words(name, reading.get(name, settings.get(name)))) for name in self.reads]
        if not shown or any(reading.get(n, settings.get(n)) is None for n in self.reads):
            return ""
        listed = " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
        age = settings.get("scan_age", settings.get("age"))
        is_scan = any(name in READINGS for name in self.reads) and not {"scan_age", "age"} & {*self.reads}
        return f"{listed} at {figure(age)}" if is_scan and age is not None else listed

    def _state(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        return dict(self.lab.reading or {}), dict(self.lab.settings() or {})

    def _words(self, missed: Condition) -> str:
        reading, settings = self._state()
        value = (reading if missed.kind == "read" else settings).get(missed.name)
        shown = words(missed.name, value) if value is not None else "nothing yet"
        goal = f"{IN_WORDS[missed.op]} {plain(missed, reading, settings)}".strip()
        message = missed.message or f"The lab reads {shown}; the goal is {goal}."
        return message.replace("{value}", shown)

    def _refresh(self, _change=None) -> None:
        listed = self._now_text(lambda words: f"<b>{text(words)}</b>")
        shown = f"The lab now reads {listed}" if listed else "Open the lab above first: make your prediction."
        self._now.value = f"<span class='ol-now'>{shown}</span>"

    def _show_help(self) -> None:
        told = [f"Hint {i}. {hint}" for i, hint in enumerate(self.hints[: self.hints_given], 1)]
        shown = "".join(verdict_html(None, hint) for hint in told)
        if self._open:
            shown += verdict_html(None, f"Solution. {self.solution}")
        self._told.value = shown
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
    lab : RemodelingLab or alike
    lesson : Lesson, str or int
        A lesson, or its number.
    """

    def __init__(self, lab: Any, lesson: Lesson | str | int) -> None:
        found = lesson if isinstance(lesson, Lesson) else lessons.lesson(lesson)
        self.tasks = tuple(task_from(lab, spec, i, len(found.tasks)) for i, spec in enumerate(found.tasks, 1))
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


def holds(rule: Condition, reading: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
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


def target(rule: Condition, reading: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
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
    return round(value, _form(name)[1]) + 0.0


def words(name: str, value: Any) -> str:
    """Return a reading or setting as it is displayed, with its unit: ``estradiol 40 pg/mL``, ``T −0.9``, ``spine``."""
    if value is None or isinstance(value, str):
        return SITE.get(str(value), str(value or ""))
    label, decimals, unit = _form(name)
    return f"{label} {amount(value, decimals, unit)}".strip()


def plain(rule: Condition, reading: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """Return the target of a condition in words."""
    right = target(rule, reading, settings)
    if isinstance(right, list):
        return (" to " if rule.op == "between" else ", ").join(words(rule.name, item) for item in right)
    return words(rule.name, right)


def _form(name: str) -> tuple[str, int, str]:
    """Words before the number, decimals and unit of a reading or setting."""
    if name in READINGS:
        return READINGS[name]
    spec = sliders.catalogue().get(name)
    if spec is None:
        return name.replace("_", " "), 2, ""
    return lower_first(spec.label), spec.decimals, spec.unit
