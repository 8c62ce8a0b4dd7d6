"""Plan and Scenario: who lives how, and what is being compared; as values, as JSON and as a link.

A plan is a person and any number of courses, each with its own start and stop: a pinned curve, a preset, an arm of
a trial and a line of a case are all plans. A scenario is one to four plans and how they are looked at; it is the
state of a lab, its settings file and its link.

A link is `1.` and base64url(zlib(JSON)). What comes from outside is bounded before and after it is unpacked.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias, TypeVar

from osteolab.errors import InputError, choice, listed, number, shown, text
from osteolab.person import Person, adult_age
from osteolab.quantities import scanned_sites
from osteolab.treatments import Course

FORMAT, VERSION = "osteolab-scenario", 1
MOST_PLANS, MOST_COURSES, LONGEST_LABEL, LARGEST = 4, 100, 120, 1e15
UNITS = ("US", "SI")
LINK_START = "1."
IN_ADDRESS = "osteolab="  # what stands before the link in an address
LONGEST_LINK, LONGEST_TEXT = 8_000, 200_000  # characters accepted, packed and unpacked
TOO_LONG = f"the settings file is too long; one of OsteoLab has less than {LONGEST_TEXT} characters"
DAMAGED = "the link or settings file is damaged; copy it again from the lab it came from"

Plain: TypeAlias = str | bool | int | float | None
Made = TypeVar("Made", Person, Course)


@dataclass(frozen=True)
class Plan:
    """A person and what she is given, when.

    Parameters
    ----------
    label : str
        What it is called (at most 120 characters); may be empty.
    person : Person
        Who.
    courses : sequence of Course
        Levels held, treatments and teaching controls, in any order, each with its own start and stop.

    Raises
    ------
    InputError
        If the label is not a short text, the person no Person, or a course no Course.
    """

    label: str
    person: Person
    courses: tuple[Course, ...] = ()

    def __post_init__(self) -> None:
        text(self.label, "the label of a plan", LONGEST_LABEL)
        person: Any = self.person
        if not isinstance(person, Person):
            wanted = "a Person is needed, such as Person(sex='female', age=52)"
            raise InputError(f"the person of a plan is {shown(person)}; {wanted}")
        courses = checked_courses(self.courses)
        if len(courses) > MOST_COURSES:
            raise InputError(f"the plan has {len(courses)} courses; a plan holds at most {MOST_COURSES}")
        object.__setattr__(self, "courses", courses)

    def of(self, *names: str) -> tuple[Course, ...]:
        """Return the courses of these names."""
        return tuple(course for course in self.courses if course.what in names)

    def without(self, *names: str) -> Plan:
        """Return the plan without the courses of these names."""
        return replace(self, courses=tuple(course for course in self.courses if course.what not in names))

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        courses = [_plain(course) for course in self.courses]
        return {"label": self.label, "person": _plain(self.person), "courses": courses}

    @classmethod
    def from_dict(cls, raw: Any) -> Plan:
        """Return the plan of `to_dict`, or raise `InputError`; a person may be a name of data/people.csv."""
        _object(raw, "a plan", ("label", "person", "courses"))
        courses = _listed(raw.get("courses", []), "the courses of a plan", MOST_COURSES)
        made = tuple(_made(Course, course, "a course") for course in courses)
        person = raw.get("person")
        who = Person.preset(person) if isinstance(person, str) else _made(Person, person, "a person")
        return cls(raw.get("label", ""), who, made)


@dataclass(frozen=True)
class Scenario:
    """One to four plans and how they are looked at: the whole state of a lab.

    Parameters
    ----------
    plans : sequence of Plan
        One to four.
    chosen : int
        Which of them the sliders move and the words speak of, from 0.
    scan_age : float
        Age at the scan line, years (20 to 100).
    site : str
        Site of the scan, one of `osteolab.quantities.scanned_sites()`.
    units : {"US", "SI"}
        Units that levels are shown in.
    pinned : Plan, optional
        A plan kept as a ghost.
    veiled : bool, optional
        Whether the future waits for a prediction; None leaves that to the lab. Scenarios that differ in nothing else
        show the same lives, and are equal.
    settings : mapping of str to number, text, bool or None
        What the picture itself remembers.

    Raises
    ------
    InputError
        In one sentence, for anything else.
    """

    plans: tuple[Plan, ...]
    chosen: int = 0
    scan_age: float = 65.0
    site: str = "lumbar_spine"
    units: str = "US"
    pinned: Plan | None = None
    veiled: bool | None = field(default=None, compare=False)
    settings: tuple[tuple[str, Plain], ...] = ()

    def __post_init__(self) -> None:
        self._set("plans", self._checked_plans())
        most = len(self.plans) - 1
        if isinstance(self.chosen, bool) or not isinstance(self.chosen, int) or not 0 <= self.chosen <= most:
            raise InputError(f"the chosen plan is {shown(self.chosen)}; the plans are numbered 0 to {most}")
        self._set("scan_age", adult_age(self.scan_age, "scan age"))
        choice(self.site, "site", scanned_sites())
        choice(self.units, "units", UNITS)
        if self.pinned is not None and not isinstance(self.pinned, Plan):
            raise InputError(f"the pinned plan is {shown(self.pinned)}; a Plan or None is needed")
        if self.veiled is not None and not isinstance(self.veiled, bool):
            raise InputError(f"veiled is {shown(self.veiled)}; True, False or None is needed")
        self._set("settings", _checked_settings(self.settings))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _checked_plans(self) -> tuple[Plan, ...]:
        plans = (self.plans,) if isinstance(self.plans, Plan) else tuple(listed(self.plans, "plans", "Plans"))
        if not 1 <= len(plans) <= MOST_PLANS or not all(isinstance(plan, Plan) for plan in plans):
            raise InputError(f"the plans are {shown(self.plans)}; one to {MOST_PLANS} Plans are needed")
        return plans

    @property
    def plan(self) -> Plan:
        """The chosen plan."""
        return self.plans[self.chosen]

    def setting(self, name: str, usual: Any = None) -> Any:
        """Return one of the picture's own settings."""
        return dict(self.settings).get(text(name, "the name of a setting", LONGEST_LABEL), usual)

    def with_plan(self, plan: Plan, place: int | None = None) -> Scenario:
        """Return the scenario with one plan exchanged: the chosen one, or the one at a place from 0."""
        at = self.chosen if place is None else place
        if isinstance(at, bool) or not isinstance(at, int) or not 0 <= at <= len(self.plans):
            last = len(self.plans)
            raise InputError(f"place is {shown(at)}; the plans stand at 0 to {last - 1}, and {last} adds one")
        return replace(self, plans=(*self.plans[:at], plan, *self.plans[at + 1 :]))

    def with_settings(self, **changes: Plain) -> Scenario:
        """Return the scenario with some of the picture's own settings changed; None drops one."""
        kept = {name: value for name, value in (dict(self.settings) | changes).items() if value is not None}
        return replace(self, settings=tuple(kept.items()))

    def to_dict(self) -> dict[str, Any]:
        """Return the scenario as plain values, its format and version included."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "plans": [plan.to_dict() for plan in self.plans],
            "chosen": self.chosen,
            "scan_age": self.scan_age,
            "site": self.site,
            "units": self.units,
            "pinned": None if self.pinned is None else self.pinned.to_dict(),
            "veiled": self.veiled,
            "settings": dict(self.settings),
        }

    @classmethod
    def from_dict(cls, raw: Any) -> Scenario:
        """Return the scenario of `to_dict`; what is missing gets its default."""
        names = tuple(field.name for field in fields(cls))
        _object(raw, "a scenario", ("format", "version", *names))
        if raw.get("format", FORMAT) != FORMAT:
            raise InputError(f"the format is {shown(raw['format'])}; settings of OsteoLab say {FORMAT!r}")
        version = raw.get("version", VERSION)
        if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= VERSION:
            raise InputError(f"the settings have version {shown(version)}; this OsteoLab reads version {VERSION}")
        values = {name: raw[name] for name in names if name in raw}
        plans = _listed(values.get("plans", []), "the plans of a scenario", MOST_PLANS)
        values["plans"] = tuple(Plan.from_dict(plan) for plan in plans)
        if values.get("pinned") is not None:
            values["pinned"] = Plan.from_dict(values["pinned"])
        return cls(**values)

    def to_json(self) -> str:
        """Return the scenario as JSON text, for a settings file."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Scenario:
        """Return the scenario of a settings file.

        Raises
        ------
        InputError
            In one sentence, if the text is too long, no JSON, or no scenario.
        """
        _refuse_no_text(text, "settings file")
        if len(text) > LONGEST_TEXT:
            raise InputError(TOO_LONG)
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError):
            raise InputError(DAMAGED) from None
        return cls.from_dict(raw)

    def to_link(self) -> str:
        """Return the scenario packed into characters that an address may hold."""
        plain = json.dumps(_short(self.to_dict()), ensure_ascii=False, separators=(",", ":"))
        packed = base64.urlsafe_b64encode(zlib.compress(plain.encode(), 9))
        link = LINK_START + packed.decode("ascii").rstrip("=")
        if len(link) > LONGEST_LINK:
            raise InputError("these plans are too much for a link; save the settings as a file instead")
        return link

    @classmethod
    def from_link(cls, text: str) -> Scenario:
        """Return the scenario of a link, or of an address that ends with one.

        Raises
        ------
        InputError
            In one sentence, if the link is too long, damaged, or of a later version.
        """
        _refuse_no_text(text, "link")
        if len(text) > LONGEST_LINK:
            raise InputError(f"the link is too long; a link of OsteoLab has less than {LONGEST_LINK} characters")
        code = text.rpartition(IN_ADDRESS)[2].partition("&")[0].strip()
        if not code.startswith(LINK_START):
            raise InputError(DAMAGED)
        return cls.from_json(_unpacked(code.removeprefix(LINK_START)))


def _refuse_no_text(given: Any, what: str) -> None:
    if not isinstance(given, str):
        raise InputError(f"the {what} is {shown(given)}; a text is needed, as a lab of OsteoLab writes it")


def _unpacked(code: str) -> str:
    """Return the text in a link; a small link cannot become a large text."""
    try:
        packed = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        unpack = zlib.decompressobj()
        plain = unpack.decompress(packed, LONGEST_TEXT + 1)
        if not unpack.eof or unpack.unused_data:
            raise InputError(DAMAGED)
        return plain.decode("utf-8")
    except (binascii.Error, zlib.error, ValueError) as error:
        raise InputError(DAMAGED) from error


def checked_courses(courses: Any) -> tuple[Course, ...]:
    """Return courses as a tuple, or raise `InputError` naming what is not a Course."""
    if isinstance(courses, Course):
        return (courses,)
    found = tuple(listed(courses, "courses", "Courses"))
    for course in found:
        if not isinstance(course, Course):
            raise InputError(
                f"a course is {shown(course)}; a Course is needed, such as Course('estradiol', 40, 'pg/mL', start=52)"
            )
    _refuse_two_hands(found)
    return found


def _refuse_two_hands(courses: Iterable[Course]) -> None:
    """Raise `InputError` if a level is held at two values from one age to one age: neither counts more."""
    held: dict[tuple[str, float, float | None], Course] = {}
    for course in courses:
        other = held.setdefault((course.holds, course.start, course.stop), course)
        if course.holds and (other.level, other.unit) != (course.level, course.unit):
            both = f"{other.level:g} {other.unit} and at {course.level:g} {course.unit} from the same age"
            raise InputError(f"{course.what} is held at {both} to the same age; hold it at one of them")


def _checked_settings(given: Any) -> tuple[tuple[str, Plain], ...]:
    try:
        pairs = dict(given)
    except (TypeError, ValueError):
        raise InputError(f"the settings are {shown(given)}; names with values are needed") from None
    for name, value in pairs.items():
        text(name, "the name of a setting", LONGEST_LABEL)
        if isinstance(value, str):
            text(value, f"the setting {shown(name)}", LONGEST_LABEL)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            number(value, f"the setting {shown(name)}", low=-LARGEST, high=LARGEST)
        elif value is not None and not isinstance(value, bool):
            wanted = "a number, a text, True, False or None is needed"
            raise InputError(f"the setting {shown(name)} is {shown(value)}; {wanted}")
    return tuple(sorted(pairs.items()))


def _plain(value: Person | Course) -> dict[str, Any]:
    """Return the fields of a person or a course that differ from their defaults."""
    named = {field.name: (getattr(value, field.name), field.default) for field in fields(value)}
    return {name: given for name, (given, usual) in named.items() if given != usual or name == "menopause_age"}


def _made(kind: type[Made], raw: Any, what: str) -> Made:
    """Return a Person or a Course of its fields."""
    _object(raw, what, tuple(field.name for field in fields(kind)))
    try:
        return kind(**raw)
    except TypeError:
        needed = ", ".join(field.name for field in fields(kind))
        raise InputError(f"{what} is {shown(raw)}; it needs {needed}") from None


def _short(raw: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario as plain values without what is empty, for a link."""
    return {name: value for name, value in raw.items() if value not in (None, {}, [])}


def _object(raw: Any, what: str, known: tuple[str, ...]) -> None:
    if not isinstance(raw, dict):
        raise InputError(f"{what} is {shown(raw)}; an object with {', '.join(known)} is needed")
    for name in raw:
        choice(name, f"a field of {what}", known)


def _listed(raw: Any, what: str, most: int) -> list[Any]:
    if not isinstance(raw, list) or len(raw) > most:
        raise InputError(f"{what} are {shown(raw)}; a list of at most {most} is needed")
    return raw
