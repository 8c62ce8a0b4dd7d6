"""What a lab is set up with: checked once, before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from osteolab.errors import InputError, choice, number
from osteolab.lab.edit import People, first_age
from osteolab.lab.sliders import MIX, spec
from osteolab.person import Person
from osteolab.plan import Plan
from osteolab.quantities import scanned_sites

SITES = ("lumbar_spine", "total_hip", "femoral_neck")


@dataclass
class Setup:
    """The arguments of a `Lab`; see there.

    Raises
    ------
    InputError
        For a name, an age or a site that no lab can take.
    """

    title: str = ""
    person: str | Person = "anna"
    people: Sequence[str | Person] = ("anna", "ben")
    plans: Sequence[Plan] = ()
    sliders: Sequence[Any] = ("estradiol",)
    groups: Mapping[str, Sequence[str]] | None = None
    sites: Sequence[str] = SITES
    start: float | None = None
    stop: float | None = None
    until: float = 80.0
    since: float | None = None
    scan_age: float | None = None
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ageing: bool = True
    predict: Any = None
    reveal: Mapping[str, Any] = field(default_factory=dict)
    pinned: bool | Mapping[str, Any] | None = None
    compare: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    number: str = ""

    def __post_init__(self) -> None:
        self.presets, self.reveal = dict(self.presets or {}), dict(self.reveal or {})
        self.listed = People(self.person, self.people)
        self.until = number(self.until, "until", "years of age", 21, 100, "the calculator follows adults up to 100")
        left = first_age(self.start, self.listed) if self.since is None else self.since
        why = "the picture needs five years of room"
        self.left = number(left, "since", "years of age", 20, self.until - 5, why)
        self.sites = tuple(choice(site, "site", scanned_sites()) for site in self.sites)
        if not self.sites:
            raise InputError(f"sites is empty; a lab shows at least one of {', '.join(scanned_sites())}")

    def specs(self, own: Sequence[Any]) -> list[Any]:
        """Return the sliders: those of the picture, those asked for, and those of the groups, each once."""
        names = [*self.sliders, *(name for group in (self.groups or {}).values() for name in group)]
        found = [*own, *map(spec, dict.fromkeys(names))]
        if not found:
            raise InputError("a lab needs at least one slider")
        return found

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of all arguments."""
        return tuple(one.name for one in fields(cls))


def turnover_of(specs: Sequence[Any]) -> str:
    """Return what turnover means: the pace at the site where a hand lies on the crew, else the markers in blood."""
    return "pace" if any(one.kind == MIX or one.name.endswith("_pace") for one in specs) else "markers"
