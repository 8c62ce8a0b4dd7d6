"""One call: a person and her courses, or a plan, become a Life."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from osteolab import data, drugs
from osteolab.data import Parameters
from osteolab.equations import Driver, State, Track, young_state
from osteolab.errors import InputError, number, shown, yes_or_no
from osteolab.integrate import Segment, march, time_grid
from osteolab.life import Life
from osteolab.links import chosen
from osteolab.person import OLDEST, YOUNGEST, Person
from osteolab.plan import Plan, checked_courses
from osteolab.treatments import Course

LONG_STEPS = 2.5  # times the usual steps, where only the difference of two lives is wanted


def simulate(
    person: Person | Plan,
    courses: Iterable[Course] = (),
    until: float = 80,
    *,
    ageing: bool = True,
    parameters: Parameters | None = None,
    links: bool | str | Iterable[str] = False,
) -> Life:
    """Run the calculator for one person from age 20 and return her Life.

    Parameters
    ----------
    person : Person or Plan
        Who. A Plan brings its courses along.
    courses : sequence of Course
        Levels held, treatments and teaching controls, in any order; nothing beside a Plan. Of a level held twice
        the course begun later counts while it lasts; of two begun together, the one that ends first.
    until : float
        Last age, years (up to 100).
    ageing : bool
        False switches off menopause, the drift of levels with age and the ageing of the crew.
    parameters : Parameters, optional
        Other parameter values than those of data/parameters.csv. Values may be arrays of one shape;
        every series of the Life is then an array of that shape at each age.
    links : bool, str or sequence of str
        Links between systems, such as sex hormones on visceral fat: True for all, or names of
        `osteolab.links.LINKS`. They say how the calculator runs, as `ageing` does, so a Plan does not hold them.

    Returns
    -------
    Life

    Raises
    ------
    InputError
        If anything is not a person, a course, an age or a link the calculator accepts, or if courses stand beside
        a plan.

    Examples
    --------
    >>> from osteolab import Course, Person, Plan, simulate
    >>> anna, patch = Person("female", 52, 50), Course("transdermal_estradiol", 50, "ug/day", start=52, stop=57)
    >>> simulate(Plan("patch", anna, [patch])).at(65) == simulate(anna, [patch]).at(65)
    True
    """
    if not isinstance(person, Person | Plan):
        raise InputError(f"person is {shown(person)}; a Person or a Plan is needed, such as Person('female', 52)")
    until = number(until, "until", "years of age", YOUNGEST + 1, OLDEST, "the calculator follows adults up to 100")
    courses, acting, ageing = checked_courses(courses), chosen(links), yes_or_no(ageing, "ageing")
    if isinstance(person, Plan):
        if courses:
            beside = ", ".join(dict.fromkeys(course.what for course in courses))
            plan = shown(person.label)
            raise InputError(f"{beside} is given beside the plan {plan}; a plan brings its courses, add it to them")
        courses = person.courses
        person = person.person
    if parameters is not None:
        return _life(person, courses, until, ageing, data.checked_parameters(parameters), links=acting)
    moved = partial(variants, person, courses, ageing=ageing, links=acting)
    return _life(person, courses, until, ageing, variants=moved, links=acting)


def variants(
    person: Person, courses: tuple[Course, ...], until: float, *, ageing: bool, links: frozenset[str] = frozenset()
) -> list[Life]:
    """Return a life and the same with the parameters one standard error away in each direction.

    All of them are on one grid of longer steps: only their differences are used.
    """
    numbers = range(data.directions() + 1)
    return [_life(person, courses, until, ageing, number=k, stretch=LONG_STEPS, links=links) for k in numbers]


def _life(
    person: Person,
    courses: tuple[Course, ...],
    until: float,
    ageing: bool,
    parameters: Parameters | None = None,
    *,
    number: int = 0,
    stretch: float = 1.0,
    variants: Callable[..., list[Life]] | None = None,
    links: frozenset[str] = frozenset(),
) -> Life:
    """Return a life with the parameters given, or with a variant of those of the data package."""
    segments = time_grid(person.menopause_age if ageing else None, courses, until, stretch)
    free = next((i for i, (_, active) in enumerate(segments) if active), len(segments))
    if parameters is None:
        parameters = data.variant(number)
        past, state = _remembered(person, ageing, number, segments[:free])
    else:
        past, state = _lived(person, ageing, parameters, segments[:free])
    track = past.copy()
    driver = Driver(person, parameters, ageing, courses, until, links)
    march(track, state, segments[free:], driver, drugs.infusions(courses))
    moved = variants and partial(variants, until=track.ages[-1])  # to the end of the grid
    return Life(person, courses, until, ageing, parameters, track, moved, links)


@lru_cache(maxsize=64)
def _remembered(person: Person, ageing: bool, number: int, segments: tuple[Segment, ...]) -> tuple[Track, State]:
    """Return `_lived` for the parameters of the data package, so that lives with a common past share it."""
    return _lived(person, ageing, data.variant(number), segments)


def _lived(person: Person, ageing: bool, parameters: Parameters, segments: tuple[Segment, ...]) -> tuple[Track, State]:
    """Return the life before anything is changed, and its last state; links change nothing in it."""
    track = Track([], [], [], [])
    return track, march(track, young_state(parameters), segments, Driver(person, parameters, ageing), {})
