"""What a lab shows: a scenario, the lives that were computed for it, and who they are compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from osteolab.lab.sliders import SliderSpec
from osteolab.life import Life
from osteolab.person import Person
from osteolab.plan import Plan, Scenario

LETTERS = "ABCDE"  # of plans and of choices


@dataclass
class Result:
    """What was computed for one plan.

    Attributes
    ----------
    plan : Plan
    base : Person
        As listed, before the sliders about her were moved.
    life, natural : Life
        Of the plan, and of `base` with nothing changed.
    start, stop : float, float or None
        Span of what was moved, years of age.
    moved : dict
        The moved sliders by name, conventional units.
    extra : object
        What the picture prepared beyond the life.
    drawn : dict
        What the picture remembers of it, by what it has drawn; kept for as long as the life is.
    """

    plan: Plan
    base: Person
    life: Life
    natural: Life
    start: float
    stop: float | None
    moved: dict[str, float]
    extra: Any = None
    drawn: dict[Any, Any] = field(default_factory=dict)

    @property
    def person(self) -> Person:
        """Who lives this life."""
        return self.plan.person


@dataclass(frozen=True)
class Shown:
    """One state of a lab, ready to be drawn and told.

    Attributes
    ----------
    scenario : Scenario
    results : tuple of Result
        One for each plan.
    pinned : Result or None
    specs : tuple of SliderSpec
        Sliders of the lab.
    since, until : float
        Left and right edge of the picture, years; the balance counts from `since`.
    turnover : {"markers", "pace"}
        What turnover means in this lab.
    veiled : bool
        Whether the future waits for a prediction.
    """

    scenario: Scenario
    results: tuple[Result, ...]
    pinned: Result | None
    specs: tuple[SliderSpec, ...]
    since: float
    until: float
    turnover: str = "markers"
    veiled: bool = False

    @property
    def result(self) -> Result:
        """The result of the chosen plan."""
        return self.results[self.scenario.chosen]

    @property
    def si(self) -> bool:
        """Whether levels are shown in SI units."""
        return self.scenario.units == "SI"

    @property
    def other(self) -> Result | None:
        """What the words compare with: what is pinned, else another plan (plan A if there is one), else nothing."""
        if self.pinned is not None or len(self.results) == 1:
            return self.pinned
        return self.results[1 if self.scenario.chosen == 0 else 0]

    @property
    def other_name(self) -> str:
        """The name of what the words compare with, empty for the same person with nothing changed."""
        if self.pinned is not None:
            return "pinned"
        if len(self.results) == 1:
            return ""
        return f"plan {LETTERS[1 if self.scenario.chosen == 0 else 0]}"
