"""From slider positions to a scenario and back: what it means to move a slider, to free it, to choose a person.

The plan is the state. A level, a control or a treatment that was moved is a course of the plan; a slider about the
person changes its person; a slider of timing moves the span of the courses that the rail holds. A span set while the
plan has no course yet waits in the scenario's settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from osteolab.endocrine import usual as usual_level
from osteolab.errors import InputError, choice, number
from osteolab.errors import shown as quoted
from osteolab.lab.shown import Result
from osteolab.lab.sliders import CONTROL, LEVEL, MIX, PERSON, TIMING, TREATMENT, SliderSpec
from osteolab.lab.words.readings import JUST_AFTER
from osteolab.person import Person
from osteolab.person import presets as ready_made_people
from osteolab.plan import Plan, Scenario
from osteolab.treatments import Course

ABOUT_THE_PERSON = ("age", "menopause_age", "peak_bone_mass_sd")
LASTS = ("imbalance_years", "treatment_years")
USUAL_LAST_PERIOD = 51.0  # where the handle stands for a woman who still has periods
HANDS_OF_IMBALANCE = ("resorption_pace", "formation_pace")
WAITING = ("start_age", "stop_age")  # settings that hold a span until there is a course


@dataclass(frozen=True)
class Span:
    """Start and stop of what the rail moves, years of age; without a stop it goes on."""

    start: float
    stop: float | None = None

    def __post_init__(self) -> None:
        if self.stop is not None and self.stop <= self.start:
            raise InputError(
                f"the stop is at {self.stop:g} but the start at {self.start:g} years of age; "
                "the stop must be later than the start"
            )


class People:
    """The people of a lab by key; a key is a name in small letters."""

    def __init__(self, first: str | Person, others: Iterable[str | Person] = ()) -> None:
        self._people: dict[str, Person] = {}
        for person in (first, *others):
            self.add(person)

    def add(self, person: str | Person) -> str:
        """Add somebody, a name of data/people.csv or a Person, and return the key."""
        if not isinstance(person, Person):
            name = choice(person, "person", ready_made_people(), "or give a Person")
            person = Person.preset(name)
        key = key_of(person)
        if self._people.setdefault(key, person) != person:
            who = f"somebody called {person.name}" if person.name else "somebody without a name"
            raise InputError(f"{who} is in this lab already; give each person a name of their own")
        return key

    @contextmanager
    def as_they_were(self) -> Iterator[None]:
        """Let those who are added go again if the change they came with is refused."""
        before = dict(self._people)
        try:
            yield
        except BaseException:
            self._people = before
            raise

    def base(self, person: Person) -> Person:
        """Return how somebody is listed, before any slider about her was moved."""
        return self._people.get(key_of(person), person)

    def __getitem__(self, key: str) -> Person:
        return self._people[choice(key, "person", self._people)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._people)

    def items(self) -> Iterable[tuple[str, Person]]:
        """Return the pairs of key and person, the first one first."""
        return self._people.items()

    def values(self) -> Iterable[Person]:
        """Return the people, the first one first."""
        return self._people.values()


def key_of(person: Person) -> str:
    """Return the key of a person in a list of people."""
    return person.name.lower() or "person"


class PlanEditor:
    """How the sliders of a rail move the chosen plan.

    Parameters
    ----------
    specs : sequence of SliderSpec
        The sliders, in the order of the rail.
    people : People
    sites : sequence of str
        Sites of the scan.
    start, stop : float, optional
        When what is moved begins (by default today) and ends (by default never), years of age.
    since, until : float
        The edges of the picture, years.

    Attributes
    ----------
    presets : dict of str to Scenario
        Named states; the lab fills them.
    """

    def __init__(
        self,
        specs: Sequence[SliderSpec],
        people: People,
        sites: Sequence[str],
        start: float | None,
        stop: float | None,
        since: float,
        until: float,
    ) -> None:
        self.specs, self.people, self.sites = tuple(specs), people, tuple(sites)
        self.start, self.stop, self.since, self.until = start, stop, since, until
        self.presets: dict[str, Scenario] = {}
        self._by_name = {spec.name: spec for spec in self.specs}
        courses = [spec.name for spec in self.specs if spec.kind in (LEVEL, CONTROL, TREATMENT)]
        self._mixed = any(spec.kind == MIX for spec in self.specs) and not {*courses} & {*HANDS_OF_IMBALANCE}
        self.held = tuple(courses) + (HANDS_OF_IMBALANCE if self._mixed else ())

    # reading a plan

    def usual_span(self, person: Person) -> Span:
        """Return when what is moved begins and ends if no slider of timing was moved."""
        return Span(self.start if self.start is not None else person.age, self.stop)

    def span(self, scenario: Scenario, plan: Plan) -> Span:
        """Return the span of what the rail holds in a plan."""
        held = plan.of(*self.held) or plan.courses
        if held:
            stops = [course.stop for course in held]
            last = None if None in stops else max(stop for stop in stops if stop is not None)
            return Span(min(course.start for course in held), last)
        usual = self.usual_span(plan.person)
        if plan.person.name != scenario.plan.person.name:  # the ages that wait are those of whom the rail moves
            return usual
        start = scenario.setting("start_age", usual.start)
        return Span(start, scenario.setting("stop_age", usual.stop))

    def moved(self, scenario: Scenario, plan: Plan) -> dict[str, float]:
        """Return the moved sliders of a plan by name, in the order of the rail, conventional units."""
        base, span = self.people.base(plan.person), self.span(scenario, plan)
        found = {spec.name: self._moved(spec, plan, base, span) for spec in self.specs}
        return {name: value for name, value in found.items() if value is not None}

    def _moved(self, spec, plan, base, span):
        if spec.kind in (LEVEL, CONTROL, TREATMENT):
            return next((_amount(course, base.sex) for course in plan.of(spec.name)), None)
        if spec.kind == MIX:
            built = plan.of("formation_pace") if self._mixed else ()
            return 100 - built[0].level if built else None
        if spec.kind == PERSON:
            value = getattr(plan.person, spec.name)
            return None if value == getattr(base, spec.name) else value
        return self._moved_timing(spec.name, span, self.usual_span(plan.person))

    def _moved_timing(self, name, span, usual):
        if name == "start_age":
            return None if span.start == usual.start else span.start
        if span.stop is None or span.stop == usual.stop:
            return None
        return span.stop if name == "stop_age" else span.stop - span.start

    def values(self, scenario: Scenario, result: Result) -> dict[str, float]:
        """Return where each handle stands: moved, or following nature and whatever else was moved.

        Construction follows demolition by itself, so its untouched handle shows how far it gets at the scan age.
        """
        moved = result.moved
        values = {spec.name: moved.get(spec.name, _untouched(spec, result, result.life)) for spec in self.specs}
        if "formation_pace" in values and "formation_pace" not in moved and "resorption_pace" in moved:
            values["formation_pace"] = result.life.value("formation", scenario.scan_age, scenario.site)
        return values

    def natural_values(self, result: Result) -> dict[str, float]:
        """Return where each handle stands when nothing has been moved."""
        return {spec.name: _untouched(spec, result, result.natural) for spec in self.specs}

    def settings(self, scenario: Scenario, results: Sequence[Result]) -> dict[str, Any]:
        """Return every setting by the name that `changed` takes."""
        result = results[scenario.chosen]
        values = {name: round(value, 4) + 0.0 for name, value in self.values(scenario, result).items()}
        return {
            "person": key_of(result.base),
            "site": scenario.site,
            "scan_age": scenario.scan_age,
            "units": scenario.units,
            **values,
            "moved": list(result.moved),
        }

    # changing it

    def accepted(self, scenario: Scenario) -> Scenario:
        """Return a scenario that came from outside, if this lab can show it."""
        choice(scenario.site, "site", self.sites)
        for plan in scenario.plans if scenario.pinned is None else (*scenario.plans, scenario.pinned):
            for course in plan.courses:
                why = "the picture ends there"
                number(course.start, f"start of {course.what}", "years of age", high=self.until - 0.1, why=why)
        self._scan_age(scenario.scan_age)
        for name in WAITING:
            if scenario.setting(name) is not None:
                number(scenario.setting(name), name.replace("_", " "), "years of age", 20, 100)
        for plan in scenario.plans:
            if key_of(plan.person) not in self.people:
                self.people.add(plan.person)
        return scenario

    def changed(self, scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
        """Return the scenario with some settings changed.

        Parameters
        ----------
        scenario : Scenario
        changes : mapping
            Slider names (conventional units; None frees a slider), `person`, `preset`, `site`, `scan_age`, `units`,
            `chosen` (a plan, from 0), `moved` (the slider names that count as moved; the others are freed).

        Raises
        ------
        InputError
            For anything else; nothing has changed then.
        """
        values = dict(changes)
        if "preset" in values:
            scenario = self._preset(scenario, values.pop("preset"))
        if "chosen" in values:
            scenario = replace(scenario, chosen=values.pop("chosen"))
        if "person" in values:
            scenario = self._for_person(scenario, values.pop("person"))
        if "units" in values:
            scenario = replace(scenario, units=choice(values.pop("units"), "units", ("US", "SI")))
        if "site" in values:
            scenario = replace(scenario, site=choice(values.pop("site"), "site", self.sites))
        if "scan_age" in values:
            scenario = replace(scenario, scan_age=self._scan_age(values.pop("scan_age")))
        return self._moved_by(scenario, values)

    def _preset(self, scenario, name):
        return replace(self.presets[choice(name, "preset", self.presets)], units=scenario.units, pinned=scenario.pinned)

    def _scan_age(self, age):
        why = "the scan lies inside the picture"
        return number(age, "scan age", "years", self.since, self.until, why)

    def _for_person(self, scenario, person):
        key = self.people.add(person) if isinstance(person, Person) else choice(person, "person", list(self.people))
        if key == key_of(scenario.plan.person) and not isinstance(person, Person):
            return scenario
        chosen = scenario.with_plan(Plan("", self.people[key])).with_settings(**dict.fromkeys(WAITING))
        return replace(chosen, scan_age=self.scan_age_for(self.people[key], scenario.scan_age))

    def scan_age_for(self, person: Person, wanted: float | None) -> float:
        """Return the scan age asked for, or one after the start where there is something to see."""
        start = self.start if self.start is not None else person.age
        if wanted is not None and wanted > start:
            return float(wanted)
        return float(min(65 if 45 <= start <= 60 else int(start) + 10, int(self.until)))

    def _moved_by(self, scenario, values):
        only = values.pop("moved", None)
        if only is not None and (isinstance(only, str) or not isinstance(only, Iterable)):
            raise InputError(f"moved is {quoted(only)}; the names of the sliders that count as moved are needed")
        for name in values:
            known = [*self._by_name, "person", "preset", "site", "scan_age", "units", "chosen"]
            choice(name, "slider of this lab", known)
        checked = {name: self._checked(name, value) for name, value in values.items()}
        if only is not None:
            wanted = [choice(name, "slider of this lab", self._by_name) for name in only]
            scenario = self._freed(scenario)
            checked = {name: value for name, value in checked.items() if name in wanted}
        if not checked:
            return scenario
        scenario = self._with_person(scenario, checked)
        scenario = self._with_timing(scenario, checked)
        return self._with_courses(scenario, checked)

    def _checked(self, name, value):
        return None if value is None else self._by_name[name].check(value)

    def _freed(self, scenario):
        """Return the scenario with every slider of the chosen plan free."""
        plan = scenario.plan.without(*self.held)
        base = self.people.base(plan.person)
        return scenario.with_plan(replace(plan, label="", person=base)).with_settings(**dict.fromkeys(WAITING))

    def _with_person(self, scenario, values):
        about = {name: values[name] for name in ABOUT_THE_PERSON if name in values}
        if scenario.plan.person.sex == "male":
            about.pop("menopause_age", None)
        if not about:
            return scenario
        plan, base = scenario.plan, self.people.base(scenario.plan.person)
        before, span = self.usual_span(plan.person), self.span(scenario, plan)
        about = {name: getattr(base, name) if value is None else value for name, value in about.items()}
        person = replace(plan.person, **about)
        new = scenario.with_plan(replace(plan, label="", person=person))
        if span.start != before.start:
            return new
        # What begins today goes on beginning today.
        start = self.usual_span(person).start
        return self._respan(new, span, Span(start, self._lasting(span, start)))

    def _lasting(self, span, start):
        """Return the stop that goes with another start: as much later if the rail says how long, else the same."""
        if span.stop is None or not any(name in self._by_name for name in LASTS):
            return span.stop
        return start + span.stop - span.start

    def _with_timing(self, scenario, values):
        timing = {name: values[name] for name, spec in self._by_name.items() if spec.kind == TIMING and name in values}
        if not timing:
            return scenario
        span, usual = self.span(scenario, scenario.plan), self.usual_span(scenario.plan.person)
        start, stop = span.start, span.stop
        if "start_age" in timing:
            start = usual.start if timing["start_age"] is None else timing["start_age"]
            stop = self._lasting(span, start)
        if "stop_age" in timing:
            stop = usual.stop if timing["stop_age"] is None else timing["stop_age"]
        for name in LASTS:
            if name in timing:
                stop = usual.stop if timing[name] is None else start + timing[name]
        why = "what is moved begins inside the picture"
        number(start, "start", "years of age", high=self.until - 1, why=why)
        return self._respan(scenario, span, Span(start, stop))

    def _respan(self, scenario, old, new):
        """Return the scenario with the span of the rail's courses moved; without a course it waits in the settings."""
        plan, moved = scenario.plan, []
        for course in plan.courses:
            if course.what in self.held:
                start = new.start if course.start == old.start else course.start
                stop = new.stop if course.stop == old.stop else course.stop
                course = replace(course, start=start, stop=stop)
            moved.append(course)
        scenario = scenario.with_plan(replace(plan, label="", courses=tuple(moved)))
        return self._waiting(scenario, new)

    def _waiting(self, scenario, span):
        usual = self.usual_span(scenario.plan.person)
        start = None if span.start == usual.start else span.start
        stop = None if span.stop == usual.stop else span.stop
        return scenario.with_settings(start_age=start, stop_age=stop)

    def _with_courses(self, scenario, values):
        plan, span = scenario.plan, self.span(scenario, scenario.plan)
        courses = plan.courses
        for name, value in values.items():
            spec = self._by_name[name]
            if spec.kind == MIX:
                paces = (None, None) if value is None else (100.0, 100.0 - value)
                for hand, pace in zip(HANDS_OF_IMBALANCE, paces, strict=True):
                    courses = _with_level(courses, hand, pace, "percent", span)
            elif spec.kind in (LEVEL, CONTROL, TREATMENT):
                none = value is None or (spec.kind == TREATMENT and value == 0)
                courses = _with_level(courses, name, None if none else value, spec.unit, span)
        if courses == plan.courses:
            return scenario
        order = {name: place for place, name in enumerate(self.held)}
        ordered = sorted(courses, key=lambda course: order.get(course.what, len(order)))
        scenario = scenario.with_plan(replace(plan, label="", courses=tuple(ordered)))
        return self._waiting(scenario, span)


def _amount(course, sex):
    """Return the level of a course in the unit of its slider; a ratio is one to the usual level at the start."""
    if course.unit == "ratio_to_age_normal":
        return course.level * usual_level(course.what, sex, course.start)
    return course.amount


def _with_level(courses, what, level, unit, span):
    """Return courses with one level exchanged in all its stretches, added over a span, or dropped for None."""
    others = tuple(course for course in courses if course.what != what)
    if level is None:
        return others
    stretches = tuple(course for course in courses if course.what == what)
    if not stretches:
        return (*others, Course(what, level, unit, span.start, span.stop))
    return tuple(Course(what, level, unit, c.start, c.stop) if c.what == what else c for c in courses)


def _untouched(spec, result, life):
    """Return where a handle stands that nobody has moved."""
    if spec.kind == LEVEL:
        return life.value(spec.name, min(result.start + JUST_AFTER, life.until))
    person, end = result.base, life.until if result.stop is None else result.stop
    follows = {
        "age": person.age,
        "menopause_age": person.menopause_age or USUAL_LAST_PERIOD,
        "peak_bone_mass_sd": person.peak_bone_mass_sd,
        "start_age": result.start,
        "stop_age": end,
        "imbalance_years": end - result.start,
        "treatment_years": end - result.start,
    }
    return follows.get(spec.name, spec.minimum if spec.default is None else spec.default)


def first_age(start: float | None, people: People) -> float:
    """Return the left edge of a picture: 45, or a round age before the first start (years)."""
    first = start if start is not None else min(person.age for person in people.values())
    return 45.0 if first >= 47 else max(20.0, 5.0 * int((first - 5) / 5))
