"""From a scenario to the lives it leads to: each computed once, the last ones remembered."""

from __future__ import annotations

from typing import Any

from osteolab.kept import Kept
from osteolab.lab.edit import PlanEditor
from osteolab.lab.shown import Result, Shown
from osteolab.life import Life
from osteolab.person import Person
from osteolab.plan import Plan, Scenario
from osteolab.simulate import simulate
from osteolab.treatments import Course

KEPT_LIVES = 24


class Lives:
    """The lives of a lab.

    Parameters
    ----------
    editor : PlanEditor
        Says what of a plan was moved.
    picture : osteolab.lab.pictures.picture.Shows
        Prepares what it needs beyond a life.
    ageing : bool
    turnover : {"markers", "pace"}

    Attributes
    ----------
    made : int
        How many lives were computed for a change.
    """

    def __init__(self, editor: PlanEditor, picture: Any, ageing: bool, turnover: str) -> None:
        self.editor, self.picture, self.ageing, self.turnover = editor, picture, ageing, turnover
        self._kept: Kept[Life] = Kept(KEPT_LIVES)
        self._drawn: Kept[dict[Any, Any]] = Kept(KEPT_LIVES)
        self.made = 0

    def shown(self, scenario: Scenario, veiled: bool) -> Shown:
        """Return what a scenario leads to; it may take as long as its plans take to compute, and it may raise."""
        results = tuple(self._result(scenario, plan) for plan in scenario.plans)
        pinned = None if scenario.pinned is None else self._result(scenario, scenario.pinned)
        edit = self.editor
        return Shown(scenario, results, pinned, edit.specs, edit.since, edit.until, self.turnover, veiled)

    def _result(self, scenario: Scenario, plan: Plan) -> Result:
        base, span = self.editor.people.base(plan.person), self.editor.span(scenario, plan)
        life, natural = self.life(plan.person, plan.courses), self.life(base)
        moved, extra = self.editor.moved(scenario, plan), self.picture.prepare(plan, life)
        drawn = self._drawn.get((plan.person, plan.courses, span.start, span.stop), dict)
        return Result(plan, base, life, natural, span.start, span.stop, moved, extra, drawn)

    def life(self, person: Person, courses: tuple[Course, ...] = ()) -> Life:
        """Return the life of a person under some courses."""

        def make() -> Life:
            self.made += 1
            return simulate(person, courses, self.editor.until, ageing=self.ageing)

        return self._kept.get((person, courses), make)

    def close(self) -> None:
        """Forget every life."""
        self._kept.clear()
        self._drawn.clear()

    def expected(self) -> list[Life]:
        """Return the lives that a picture should have room for: every person and every preset."""
        count = self.made
        lives = [self.life(person) for person in self.editor.people.values()]
        lives += [self.life(plan.person, plan.courses) for one in self.editor.presets.values() for plan in one.plans]
        self.made = count
        return lives
