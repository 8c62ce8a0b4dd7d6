"""One call: a person and her courses become a Life.

The fast integrator uses that every cell obeys dx/dt = source - loss*x: it solves each of these
exactly over a step for a source that is linear in time (an exponential integrator of second order,
Cox and Matthews 2002 J Comput Phys 176:430-455), in the order of the causal chain, so that steps
of weeks are stable. `rates` gives the same equations to an independent solver.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from math import e as EULER
from typing import Any, NamedTuple

from osteolab import crew, data, skeleton
from osteolab.endocrine import Endocrine, kinks
from osteolab.errors import InputError, number
from osteolab.person import OLDEST, YOUNGEST, Person
from osteolab.signals import Signals
from osteolab.treatments import Course

FIRST_STEP, STEP_GROWTH = 1 / crew.DAYS, 1.15
CALM_STEP, MENOPAUSE_STEP = 180 / crew.DAYS, 25 / crew.DAYS
MENOPAUSE_SPAN = (4.0, 2.0)


class State(NamedTuple):
    """The crew and the skeleton at one moment, 1 = healthy young adult (mineral ages: share of young volume)."""

    precursors: Any
    osteoclasts: Any
    preosteoblasts: Any
    osteoblasts: Any
    sclerostin: Any
    trabecular: Any
    trabecular_young: Any
    trabecular_maturing: Any
    cortical: Any
    cortical_young: Any
    cortical_maturing: Any
    connections: Any
    glycation: Any


def young_state(p) -> State:
    """Return the steady state of a healthy young adult."""
    trabecular = skeleton.steady_ages(p.turnover_trabecular, p)
    cortical = skeleton.steady_ages(p.turnover_cortical, p)
    return State(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, *trabecular, 1.0, *cortical, 1.0, 1.0)


class Driver:
    """Turns an age and the active courses into levels and a Drive."""

    def __init__(self, person, parameters, ageing=True):
        self.p, self.ageing = parameters, ageing
        self.endocrine = Endocrine(person, parameters, ageing)
        self.signals = Signals(person.sex, parameters)

    def __call__(self, age, active=()):
        """Return the Levels and the Drive at `age` (years)."""
        levels = self.endocrine.levels(age, active)
        handles = self.signals.handles(levels)
        left = skeleton.ageing(age, self.p) if self.ageing else (1.0, 1.0)
        held = {c.what: c.level for c in active if c.what in _HANDS}
        if not held:
            return levels, crew.Drive(handles, *left)
        pace, built = held.get("resorption_pace"), held.get("formation_pace")
        usual_delay = self.p.preosteoblast_time + self.p.osteoblast_life
        return levels, crew.Drive(
            handles,
            *left,
            None if pace is None else pace / 100,
            None if built is None else built / 100,
            held.get("formation_delay", usual_delay) / usual_delay,
        )


_HANDS = ("resorption_pace", "formation_pace", "formation_delay")


def rates(state: State, drive: crew.Drive, p) -> State:
    """Return d(state)/dt per year: the equations as they stand, for any solver."""
    x = state
    linear = [
        (crew.precursor_terms(drive, p), x.precursors),
        (crew.osteoclast_terms(x.precursors, drive, p), x.osteoclasts),
        (crew.preosteoblast_terms(x.osteoclasts, x.sclerostin, drive, p), x.preosteoblasts),
        (crew.osteoblast_terms(x.preosteoblasts, drive, p), x.osteoblasts),
        (crew.sclerostin_terms(drive, p), x.sclerostin),
    ]
    cells = [source - loss * value for (source, loss), value in linear]
    flow = flows(x, drive, p)
    trabecular, cortical = _tissue_rates(x[5:8], flow[0], p), _tissue_rates(x[8:11], flow[1], p)
    lost = -skeleton.perforation_loss(x.osteoclasts, x.trabecular, x.connections, p) * x.connections
    source, loss = skeleton.glycation_terms(drive.handles.glycation, flow[0][1], x.trabecular, p)
    return State(*cells, *trabecular, *cortical, lost, source - loss * x.glycation)


def tissues(p):
    """Return (turnover, formation feedback) of trabecular and of cortical bone."""
    return (
        (p.turnover_trabecular, p.formation_feedback_trabecular),
        (p.turnover_cortical, p.formation_feedback_cortical),
    )


def flows(x: State, drive, p):
    """Return ((formation, resorption) of trabecular, of cortical bone), share of young volume per year."""
    working, left = x.osteoblasts * crew.activity(drive), (drive.ageing_trabecular, drive.ageing_cortical)
    return tuple(
        (
            skeleton.formation(working, volume, ageing, turnover, feedback),
            skeleton.resorption(x.osteoclasts, volume, turnover, p),
        )
        for volume, ageing, (turnover, feedback) in zip((x.trabecular, x.cortical), left, tissues(p), strict=True)
    )


def _tissue_rates(tissue_state, flow, p):
    volume, young, maturing = tissue_state
    formed, resorbed = flow
    y_source, y_loss = skeleton.young_terms(formed, resorbed, volume, p)
    m_source, m_loss = skeleton.maturing_terms(young, resorbed, volume, p)
    return formed - resorbed, y_source - y_loss * young, m_source - m_loss * maturing


def relax(value, before, after, step):
    """Advance dx/dt = source - loss*x over a step, exactly for a linear source and the mean loss.

    `before` and `after` are (source, loss) at both ends. Returns the new value and the mean over the step.
    """
    loss = (before[1] + after[1]) / 2
    z = loss * step
    left = EULER**-z
    phi1 = (1 - left) / z
    phi2 = (1 - phi1) / z
    new = value * left + step * (before[0] * phi1 + (after[0] - before[0]) * phi2)
    return new, ((before[0] + after[0]) / 2 - (new - value) / step) / loss


def settle(value, source, loss, step):
    """Advance dx/dt = source - loss*x over a step with constant source and loss."""
    left = EULER ** (-loss * step)
    return value * left + source / loss * (1 - left)


def advance(x: State, d0: crew.Drive, d1: crew.Drive, step: float, p) -> State:
    """Advance the state over one step (years) from drive d0 to drive d1, along the causal chain."""
    c = crew
    q, _ = relax(x.precursors, c.precursor_terms(d0, p), c.precursor_terms(d1, p), step)
    called = c.osteoclast_terms(x.precursors, d0, p), c.osteoclast_terms(q, d1, p)
    oc, eating = relax(x.osteoclasts, *called, step)
    scl, _ = relax(x.sclerostin, c.sclerostin_terms(d0, p), c.sclerostin_terms(d1, p), step)
    called = c.preosteoblast_terms(x.osteoclasts, x.sclerostin, d0, p), c.preosteoblast_terms(oc, scl, d1, p)
    pre, _ = relax(x.preosteoblasts, *called, step)
    called = c.osteoblast_terms(x.preosteoblasts, d0, p), c.osteoblast_terms(pre, d1, p)
    ob, building = relax(x.osteoblasts, *called, step)
    working = building * (c.activity(d0) + c.activity(d1)) / 2
    of_trabecular, of_cortical = tissues(p)
    ageing = d0.ageing_trabecular, d1.ageing_trabecular
    trabecular, resorbed, mean_volume = _advance_tissue(x[5:8], eating, working, ageing, of_trabecular, step, p)
    ageing = d0.ageing_cortical, d1.ageing_cortical
    cortical, _, _ = _advance_tissue(x[8:11], eating, working, ageing, of_cortical, step, p)
    connections = _advance_connections(x, oc, trabecular[0], step, p)
    glycated = (d0.handles.glycation + d1.handles.glycation) / 2
    glycation = settle(x.glycation, *skeleton.glycation_terms(glycated, resorbed, mean_volume, p), step)
    return State(q, oc, pre, ob, scl, *trabecular, *cortical, connections, glycation)


def _advance_tissue(tissue_state, eating, working, ageing, tissue, step, p):
    """Advance volume and mineral ages with the mean crew of the step.

    With W = V**(m+1) the volume obeys dW/dt = (m+1)*V**m*(F - R), which is nearly linear in W: its source
    is (m+1) times the formation at volume 1 and its loss (m+1)*R/V hardly depends on V. Two passes refine it.
    """
    volume, young, maturing = tissue_state
    turnover, feedback = tissue
    n, mean = feedback + 1, volume
    before = n * skeleton.formation(working, 1.0, ageing[0], turnover, feedback)
    after = n * skeleton.formation(working, 1.0, ageing[1], turnover, feedback)
    for _ in range(2):
        loss = n * skeleton.resorption(eating, mean, turnover, p) / mean
        new = relax(volume**n, (before, loss), (after, loss), step)[0] ** (1 / n)
        mean = (volume + new) / 2
    resorbed = skeleton.resorption(eating, mean, turnover, p)
    formed = resorbed + (new - volume) / step
    new_young = settle(young, *skeleton.young_terms(formed, resorbed, mean, p), step)
    terms = skeleton.maturing_terms((young + new_young) / 2, resorbed, mean, p)
    return (new, new_young, settle(maturing, *terms, step)), resorbed, mean


def _advance_connections(x, osteoclasts, volume, step, p):
    loss0 = skeleton.perforation_loss(x.osteoclasts, x.trabecular, x.connections, p)
    loss1 = skeleton.perforation_loss(osteoclasts, volume, x.connections * EULER ** (-loss0 * step), p)
    return x.connections * EULER ** (-(loss0 + loss1) / 2 * step)


@lru_cache(maxsize=256)
def time_grid(menopause_age, courses: tuple[Course, ...], until: float):
    """Return the time grid as segments of (ages, active courses); a segment has no jump inside.

    Steps are short after a jump and around menopause and grow to half a year elsewhere.
    """
    jumps = {c.start for c in courses} | {c.stop for c in courses if c.stop is not None}
    corners = set(kinks())
    if menopause_age is not None:
        corners |= {menopause_age - MENOPAUSE_SPAN[0], menopause_age + MENOPAUSE_SPAN[1]}
    segments, at, step = [], YOUNGEST, CALM_STEP
    for stop in sorted({a for a in jumps | corners if YOUNGEST < a < until} | {until}):
        longest = MENOPAUSE_STEP if _near_menopause(at, menopause_age) else CALM_STEP
        ages, step = _steps(at, stop, FIRST_STEP if at in jumps else min(step, longest), longest)
        segments.append((ages, tuple(c for c in courses if c.active(at))))
        at = stop
    return tuple(segments)


def _near_menopause(age, menopause_age):
    if menopause_age is None:
        return False
    return menopause_age - MENOPAUSE_SPAN[0] <= age < menopause_age + MENOPAUSE_SPAN[1]


def _steps(start, stop, step, longest):
    ages = [start]
    while stop - ages[-1] > 1.5 * step:
        ages.append(ages[-1] + step)
        step = min(step * STEP_GROWTH, longest)
    return (*ages, stop), step


def simulate(person: Person, courses=(), until: float = 80, *, ageing: bool = True, parameters=None):
    """Run the calculator for one person from age 20 and return her Life.

    Parameters
    ----------
    person : Person
        Who.
    courses : sequence of Course
        Levels held, treatments and teaching controls, in any order.
    until : float
        Last age, years (up to 100).
    ageing : bool
        False switches off menopause, the drift of levels with age and the ageing of the crew.
    parameters : Parameters, optional
        Other parameter values than those of data/parameters.csv. Values may be arrays of one shape;
        every series of the Life is then an array of that shape at each age.

    Returns
    -------
    Life

    Raises
    ------
    InputError
        If anything is not a person, a course or an age the calculator accepts.
    """
    if not isinstance(person, Person):
        raise InputError(f"person is {person!r}; a Person is needed, such as Person(sex='female', age=52)")
    until = number(until, "until", "years of age", YOUNGEST + 1, OLDEST, "the calculator follows adults up to 100")
    courses = _checked_courses(courses)
    p = data.parameters() if parameters is None else parameters
    return _run(person, courses, until, ageing, p)


def _checked_courses(courses):
    if isinstance(courses, Course):
        courses = (courses,)
    courses = tuple(courses)
    for course in courses:
        if not isinstance(course, Course):
            raise InputError(
                f"a course is {course!r}; a Course is needed, such as Course('estradiol', 40, 'pg/mL', start=52)"
            )
    return courses


def _run(person, courses, until, ageing, p):
    from osteolab.readouts import Life

    driver, state = Driver(person, p, ageing), young_state(p)
    columns = [], [], [], []
    for grid, active in time_grid(person.menopause_age if ageing else None, courses, until):
        levels, drive = driver(grid[0], active)
        if not columns[0]:
            _record(columns, grid[0], state, levels, drive)
        for before, age in itertools.pairwise(grid):
            levels, now = driver(age, active)
            state = advance(state, drive, now, age - before, p)
            drive = now
            _record(columns, age, state, levels, drive)
    return Life(person, courses, until, ageing, p, *columns)


def _record(columns, *values):
    for column, value in zip(columns, values, strict=True):
        column.append(value)
