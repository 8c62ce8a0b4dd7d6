"""What a lab is set up with: checked once, before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from osteolab.errors import InputError, choice, listed, number, shown, text, yes_or_no
from osteolab.lab.edit import People, first_age
from osteolab.lab.predict import Predict, PredictDrawn, PredictTable
from osteolab.lab.sliders import MIX, spec
from osteolab.person import Person
from osteolab.plan import Plan
from osteolab.quantities import scanned_sites

SITES = ("lumbar_spine", "total_hip", "femoral_neck")
LONGEST_TITLE = 200  # characters
INSIDE = "what is moved begins inside the picture"


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
        self._check_kinds()
        self.listed = People(self.person, self.people)
        self.until = number(self.until, "until", "years of age", 21, 100, "the calculator follows adults up to 100")
        if self.start is not None:
            self.start = number(self.start, "start", "years of age", 20, self.until - 1, INSIDE)
        if self.stop is not None:
            self.stop = number(self.stop, "stop", "years of age", 20, 100)
        left = first_age(self.start, self.listed) if self.since is None else self.since
        why = "the picture needs five years of room"
        self.left = number(left, "since", "years of age", 20, self.until - 5, why)
        if self.scan_age is not None:
            self.scan_age = number(
                self.scan_age, "scan age", "years", self.left, self.until, "the scan lies inside the picture"
            )
        self.sites = tuple(choice(site, "site", scanned_sites()) for site in self.sites)
        if not self.sites:
            raise InputError(f"sites is empty; a lab shows at least one of {', '.join(scanned_sites())}")

    def _check_kinds(self) -> None:
        """Refuse what is not of the kind that an argument needs."""
        text(self.title, "title", LONGEST_TITLE)
        text(self.number, "number", LONGEST_TITLE)
        for name in ("ageing", "compare"):
            yes_or_no(getattr(self, name), name)
        for name in ("people", "plans", "sliders", "sites"):
            setattr(self, name, tuple(listed(getattr(self, name), name, name)))
        for name in ("presets", "reveal", "settings", "groups"):
            setattr(self, name, _named(getattr(self, name) or {}, name))
        self.presets = {name: _named(one, f"the preset {shown(name)}") for name, one in self.presets.items()}
        self.groups = {
            name: tuple(listed(one, f"the group {shown(name)}", "sliders")) for name, one in (self.groups or {}).items()
        } or None
        if self.pinned is not None and not isinstance(self.pinned, bool):
            self.pinned = _named(self.pinned, "pinned", "True, or ")
        if self.predict is not None and not isinstance(self.predict, Predict | PredictTable | PredictDrawn):
            raise InputError(f"predict is {shown(self.predict)}; a Predict, a PredictTable or a PredictDrawn is needed")

    def specs(self, own: Sequence[Any]) -> list[Any]:
        """Return the sliders: those of the picture, those asked for, and those of the groups, each once."""
        names = [*self.sliders, *(name for group in (self.groups or {}).values() for name in group)]
        named = {slider.name: slider for slider in map(spec, names)}
        found = [*own, *named.values()]
        if not found:
            raise InputError("a lab needs at least one slider")
        return found

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of all arguments."""
        return tuple(one.name for one in fields(cls))


def _named(given: Any, name: str, also: str = "") -> dict[str, Any]:
    """Return a mapping of names to values as a dict."""
    if not isinstance(given, Mapping):
        raise InputError(f"{name} is {shown(given)}; {also}names with values are needed, such as {{'estradiol': 40}}")
    return {text(key, f"a name in {name}", LONGEST_TITLE): value for key, value in given.items()}


def turnover_of(specs: Sequence[Any]) -> str:
    """Return what turnover means: the pace at the site where a hand lies on the crew, else the markers in blood."""
    return "pace" if any(one.kind == MIX or one.name.endswith("_pace") for one in specs) else "markers"
