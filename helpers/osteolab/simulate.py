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

from osteolab import crew, data, drugs, skeleton
from osteolab.endocrine import Endocrine, kinks
from osteolab.errors import InputError, number
from osteolab.person import OLDEST, YOUNGEST, Person
from osteolab.signals import Signals
from osteolab.treatments import Course

FIRST_STEP, STEP_GROWTH = 1 / crew.DAYS, 1.15
CALM_STEP, MENOPAUSE_STEP = 180 / crew.DAYS, 25 / crew.DAYS
MENOPAUSE_SPAN = (4.0, 2.0)
DRUG_STEP, DRUG_TAIL, AFTER_DRUG_STEP = 12 / crew.DAYS, 1.5, 40 / crew.DAYS


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
    compensation: Any = 1.0
    romosozumab: Any = 0.0
    teriparatide_fast: Any = 0.0
    teriparatide_slow: Any = 0.0
    bisphosphonate: Any = 0.0
    buried: Any = 0.0


def young_state(p) -> State:
    """Return the steady state of a healthy young adult."""
    trabecular = skeleton.steady_ages(p.turnover_trabecular, p)
    cortical = skeleton.steady_ages(p.turnover_cortical, p)
    return State(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, *trabecular, 1.0, *cortical, 1.0, 1.0)


class Driver:
    """Turns an age and the active courses into levels and a Drive."""

    def __init__(self, person, parameters, ageing=True, courses=(), until=100.0):
        self.p, self.ageing = parameters, ageing
        self.endocrine = Endocrine(person, parameters, ageing)
        self.signals = Signals(person.sex, parameters)
        self.denosumab = None
        doses = tuple(dose for dose in drugs.injections(courses) if dose[0] < until)
        if doses:
            self.denosumab = drugs.denosumab_curve(doses, until, _denosumab_constants(parameters))
        self.any_drug = any(c.what in drugs.NAMES for c in courses)

    def __call__(self, age, active=()):
        """Return the Levels and the Drive at `age` (years)."""
        levels = self.endocrine.levels(age, active)
        handles = self.signals.handles(levels)
        left = skeleton.ageing(age, self.p) if self.ageing else (1.0, 1.0)
        if not active and not self.any_drug:
            return levels, crew.Drive(handles, *left)
        given = drugs.NONE
        if self.any_drug:
            given = drugs.given(active, drugs.level_at(self.denosumab, age) if self.denosumab else 0.0, self.p)
        held = {c.what: c.level for c in active if c.what in _HANDS}
        pace, built = held.get("resorption_pace"), held.get("formation_pace")
        usual_delay = self.p.preosteoblast_time + self.p.osteoblast_life
        return levels, crew.Drive(
            handles,
            *left,
            None if pace is None else pace / 100,
            None if built is None else built / 100,
            held.get("formation_delay", usual_delay) / usual_delay,
            given,
        )


def _denosumab_constants(p):
    names = ("uptake", "clearance", "volume", "vmax", "km", "weight")
    return tuple(getattr(p, f"denosumab_{name}") for name in names)


_HANDS = ("resorption_pace", "formation_pace", "formation_delay")


def rates(state: State, drive: crew.Drive, p) -> State:
    """Return d(state)/dt per year: the equations as they stand, for any solver."""
    x = state
    rankl = crew.rankl(x.sclerostin, x.compensation, x.teriparatide_slow, drive, p)
    fast, slow = drugs.teriparatide_terms(drive.drugs, p)
    flow = flows(x, drive, p)
    trabecular, cortical = _tissue_rates(x[5:8], flow[0], p), _tissue_rates(x[8:11], flow[1], p)
    lost = -skeleton.perforation_loss(x.osteoclasts, x.trabecular, x.connections, p) * x.connections
    linear = {
        "precursors": crew.precursor_terms(rankl, drive, p),
        "osteoclasts": crew.osteoclast_terms(x.precursors, rankl, x.bisphosphonate, drive, p),
        "preosteoblasts": crew.preosteoblast_terms(x.osteoclasts, x.teriparatide_fast, drive, p),
        "osteoblasts": crew.osteoblast_terms(x.preosteoblasts, drive, p),
        "sclerostin": crew.sclerostin_terms(x.romosozumab, drive, p),
        "glycation": skeleton.glycation_terms(drive.handles.glycation, flow[0][1], x.trabecular, p),
        "compensation": crew.compensation_terms(x.sclerostin, p),
        "romosozumab": drugs.romosozumab_terms(drive.drugs, p),
        "teriparatide_fast": fast,
        "teriparatide_slow": slow,
        "bisphosphonate": drugs.bisphosphonate_terms(x.buried, drive.drugs, p),
        "buried": drugs.buried_terms(x.bisphosphonate, p),
    }
    changes = {name: source - loss * getattr(x, name) for name, (source, loss) in linear.items()}
    tissue_names = State._fields[5:11]
    return State(**changes, **dict(zip(tissue_names, (*trabecular, *cortical), strict=True)), connections=lost)


def tissues(p):
    """Return (turnover, formation feedback) of trabecular and of cortical bone."""
    return (
        (p.turnover_trabecular, p.formation_feedback_trabecular),
        (p.turnover_cortical, p.formation_feedback_cortical),
    )


def flows(x: State, drive, p):
    """Return ((formation, resorption) of trabecular, of cortical bone), share of young volume per year."""
    active = crew.activity(x.sclerostin, x.compensation, x.teriparatide_fast, drive, p)
    left = drive.ageing_trabecular, drive.ageing_cortical
    parts = zip((x.trabecular, x.cortical), active, left, tissues(p), strict=True)
    return tuple(
        (
            skeleton.formation(x.osteoblasts * work, volume, ageing, turnover, feedback),
            skeleton.resorption(x.osteoclasts, volume, turnover, p),
        )
        for volume, work, ageing, (turnover, feedback) in parts
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


def advance(x: State, d0: crew.Drive, d1: crew.Drive, step: float, p, any_drug=True) -> State:
    """Advance the state over one step (years) from drive d0 to drive d1, along the causal chain."""
    c = crew
    new = _advance_drugs(x, d0, d1, step, p) if any_drug else {}
    fast = new.get("teriparatide_fast", x.teriparatide_fast)
    called = c.sclerostin_terms(x.romosozumab, d0, p), c.sclerostin_terms(new.get("romosozumab", 0.0), d1, p)
    scl, _ = relax(x.sclerostin, *called, step)
    used = c.compensation_terms(x.sclerostin, p), c.compensation_terms(scl, p)
    compensation, _ = relax(x.compensation, *used, step)
    rankl0 = c.rankl(x.sclerostin, x.compensation, x.teriparatide_slow, d0, p)
    rankl1 = c.rankl(scl, compensation, new.get("teriparatide_slow", 0.0), d1, p)
    q, _ = relax(x.precursors, c.precursor_terms(rankl0, d0, p), c.precursor_terms(rankl1, d1, p), step)
    called = (
        c.osteoclast_terms(x.precursors, rankl0, x.bisphosphonate, d0, p),
        c.osteoclast_terms(q, rankl1, new.get("bisphosphonate", 0.0), d1, p),
    )
    oc, eating = relax(x.osteoclasts, *called, step)
    called = (
        c.preosteoblast_terms(x.osteoclasts, x.teriparatide_fast, d0, p),
        c.preosteoblast_terms(oc, fast, d1, p),
    )
    pre, _ = relax(x.preosteoblasts, *called, step)
    called = c.osteoblast_terms(x.preosteoblasts, d0, p), c.osteoblast_terms(pre, d1, p)
    ob, building = relax(x.osteoblasts, *called, step)
    act0 = c.activity(x.sclerostin, x.compensation, x.teriparatide_fast, d0, p)
    act1 = c.activity(scl, compensation, fast, d1, p)
    of_trabecular, of_cortical = tissues(p)
    ends = (act0[0] * d0.ageing_trabecular, act1[0] * d1.ageing_trabecular)
    trabecular, resorbed, mean_volume = _advance_tissue(x[5:8], eating, building, ends, of_trabecular, step, p)
    ends = (act0[1] * d0.ageing_cortical, act1[1] * d1.ageing_cortical)
    cortical, _, _ = _advance_tissue(x[8:11], eating, building, ends, of_cortical, step, p)
    connections = _advance_connections(x, oc, trabecular[0], step, p)
    glycated = (d0.handles.glycation + d1.handles.glycation) / 2
    glycation = settle(x.glycation, *skeleton.glycation_terms(glycated, resorbed, mean_volume, p), step)
    return State(q, oc, pre, ob, scl, *trabecular, *cortical, connections, glycation, compensation, **new)


def _advance_drugs(x, d0, d1, step, p):
    fast0, slow0 = drugs.teriparatide_terms(d0.drugs, p)
    fast1, slow1 = drugs.teriparatide_terms(d1.drugs, p)
    romo = drugs.romosozumab_terms(d0.drugs, p), drugs.romosozumab_terms(d1.drugs, p)
    terms = drugs.bisphosphonate_terms(x.buried, d0.drugs, p)
    bisphosphonate, mean = relax(x.bisphosphonate, terms, terms, step)
    return {
        "romosozumab": relax(x.romosozumab, *romo, step)[0],
        "teriparatide_fast": relax(x.teriparatide_fast, fast0, fast1, step)[0],
        "teriparatide_slow": relax(x.teriparatide_slow, slow0, slow1, step)[0],
        "bisphosphonate": bisphosphonate,
        "buried": settle(x.buried, *drugs.buried_terms(mean, p), step),
    }


def _advance_tissue(tissue_state, eating, working, ageing, tissue, step, p):
    """Advance volume and mineral ages with the mean crew of the step.

    With W = V**(m+s) the volume obeys dW/dt = (m+s) * V**(s-1) * (F1 - R1*W), F1 and R1 being formation and
    resorption at volume 1: it relaxes to F1/R1 at a rate that hardly depends on V. Two passes refine that rate.
    """
    volume, young, maturing = tissue_state
    turnover, feedback = tissue
    s = p.resorption_feedback
    n, mean = feedback + s, volume
    before = skeleton.formation(working, 1.0, ageing[0], turnover, feedback)
    after = skeleton.formation(working, 1.0, ageing[1], turnover, feedback)
    loss = skeleton.resorption(eating, 1.0, turnover, p)
    for _ in range(2):
        pace = n * mean ** (s - 1)
        new = relax(volume**n, (pace * before, pace * loss), (pace * after, pace * loss), step)[0] ** (1 / n)
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
def time_grid(menopause_age, courses: tuple[Course, ...], until: float, stretch: float = 1.0):
    """Return the time grid as segments of (ages, active courses); a segment has no jump inside.

    Steps are short after a jump and around menopause and grow to half a year elsewhere; `stretch` makes all of
    them longer.
    """
    jumps = {c.start for c in courses} | {c.stop for c in courses if c.stop is not None}
    jumps |= set(drugs.infusions(courses)) | {age for age, _ in drugs.injections(courses)}
    on_drugs = [c for c in courses if c.what in drugs.NAMES]
    corners = set(kinks()) | {c.stop + DRUG_TAIL for c in on_drugs if c.stop is not None}
    if menopause_age is not None:
        corners |= {menopause_age - MENOPAUSE_SPAN[0], menopause_age + MENOPAUSE_SPAN[1]}
    segments, at, step = [], YOUNGEST, CALM_STEP * stretch
    for stop in sorted({a for a in jumps | corners if YOUNGEST < a < until} | {until}):
        longest = MENOPAUSE_STEP if _near_menopause(at, menopause_age) else CALM_STEP
        if any(c.start <= at and (c.stop is None or at < c.stop + DRUG_TAIL) for c in on_drugs):
            longest = min(longest, DRUG_STEP)
        elif any(c.start <= at for c in on_drugs):
            longest = min(longest, AFTER_DRUG_STEP)
        longest = longest * stretch
        first = FIRST_STEP * stretch if at in jumps else min(step, longest)
        ages, step = _steps(at, stop, first, longest, STEP_GROWTH**stretch)
        segments.append((ages, tuple(c for c in courses if c.active(at))))
        at = stop
    return tuple(segments)


def _near_menopause(age, menopause_age):
    if menopause_age is None:
        return False
    return menopause_age - MENOPAUSE_SPAN[0] <= age < menopause_age + MENOPAUSE_SPAN[1]


def _steps(start, stop, step, longest, growth):
    ages = [start]
    while stop - ages[-1] > 1.5 * step:
        ages.append(ages[-1] + step)
        step = min(step * growth, longest)
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
    if parameters is not None:
        return _run(person, courses, until, ageing, parameters)
    return _run(person, courses, until, ageing, data.variant(0), 0)


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


def _run(person, courses, until, ageing, p, variant=None, stretch=1.0):
    from osteolab.readouts import Life

    segments = time_grid(person.menopause_age if ageing else None, courses, until, stretch)
    free = next((i for i, (_, active) in enumerate(segments) if active), len(segments))
    if variant is None:
        columns, state = _lived(person, ageing, p, segments[:free])
    else:
        columns, state = _remembered(person, ageing, variant, segments[:free])
    columns = tuple(list(column) for column in columns)
    driver = Driver(person, p, ageing, courses, until)
    _march(columns, state, segments[free:], driver, drugs.infusions(courses))
    ages, states, levels, drives = columns
    return Life(person, courses, until, ageing, p, ages, states, levels, drives, variant)


@lru_cache(maxsize=64)
def _remembered(person, ageing, variant, segments):
    """Return `_lived` for the parameters of the data package, so that lives with a common past share it."""
    return _lived(person, ageing, data.variant(variant), segments)


def _lived(person, ageing, p, segments):
    """Return the life before anything is changed: (ages, states, levels, drives) and the last state."""
    columns: tuple[list, ...] = ([], [], [], [])
    return columns, _march(columns, young_state(p), segments, Driver(person, p, ageing), {})


def _march(columns, state, segments, driver, infused):
    """Advance through the segments, record every point, and return the last state."""
    for grid, active in segments:
        levels, drive = driver(grid[0], active)
        if grid[0] in infused:
            state = state._replace(bisphosphonate=state.bisphosphonate + infused[grid[0]])
        if not columns[0]:
            _record(columns, grid[0], state, levels, drive)
        for before, age in itertools.pairwise(grid):
            levels, now = driver(age, active)
            state = advance(state, drive, now, age - before, driver.p, driver.any_drug)
            drive = now
            _record(columns, age, state, levels, drive)
    return state


def _record(columns, *values):
    for column, value in zip(columns, values, strict=True):
        column.append(value)
