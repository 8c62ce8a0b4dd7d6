"""The fast integrator: a state moves through the years of a life.

Every cell obeys dx/dt = source - loss*x. The integrator solves each of these exactly over a step for a source that is
linear in time (an exponential integrator of second order, Cox and Matthews 2002 J Comput Phys 176:430-455), in the
order of the causal chain, so that steps of weeks are stable.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import e as EULER
from typing import NamedTuple

from osteolab import crew, drugs, skeleton
from osteolab.data import Parameters
from osteolab.endocrine import kinks
from osteolab.equations import Both, Driver, State, Track, tissues
from osteolab.person import OLDEST, YOUNGEST
from osteolab.skeleton import Renewal, Tissue
from osteolab.treatments import Course, in_force
from osteolab.values import Terms, Value

FIRST_STEP, STEP_GROWTH = 3 / crew.DAYS, 1.11
CALM_STEP, MENOPAUSE_STEP = 150 / crew.DAYS, 25 / crew.DAYS
BEFORE_MENOPAUSE, AFTER_MENOPAUSE = 4.0, 2.0  # years with short steps
DRUG_STEP, DRUG_TAIL, AFTER_DRUG_STEP = 12 / crew.DAYS, 1.5, 20 / crew.DAYS


def relax(value: Value, before: Terms, after: Terms, step: float) -> Value:
    """Advance dx/dt = source - loss*x over a step, exactly for a linear source and the mean loss.

    `before` and `after` are (source, loss) at both ends.
    """
    (source0, loss0), (source1, loss1) = before, after
    z = (loss0 + loss1) / 2 * step
    left = EULER**-z
    phi1 = (1 - left) / z
    phi2 = (1 - phi1) / z
    return value * left + step * (source0 * phi1 + (source1 - source0) * phi2)


def mean_of(value: Value, new: Value, before: Terms, after: Terms, step: float) -> Value:
    """Return the mean of x over a step from `value` to `new`, see `relax`."""
    (source0, loss0), (source1, loss1) = before, after
    return ((source0 + source1) / 2 - (new - value) / step) / ((loss0 + loss1) / 2)


def settle(value: Value, terms: Terms, step: float) -> Value:
    """Advance dx/dt = source - loss*x over a step with constant source and loss."""
    source, loss = terms
    left = EULER ** (-loss * step)
    return value * left + source / loss * (1 - left)


class End(NamedTuple):
    """What acts on the crew at one end of a step: the drive, and (source, loss) of each cell, per year."""

    drive: crew.Drive
    sclerostin: Terms
    compensation: Terms
    precursors: Terms
    osteoclasts: Terms
    preosteoblasts: Terms
    osteoblasts: Terms
    work: tuple[Value, Value]  # of one osteoblast in (trabecular, cortical) bone, 1 in a young adult


def end(x: State, drive: crew.Drive, p: Parameters) -> End:
    """Return what acts on the crew in a state."""
    rankl = crew.rankl(x.sclerostin, x.compensation, x.teriparatide_slow, drive, p)
    return End(
        drive,
        crew.sclerostin_terms(x.romosozumab, drive, p),
        crew.compensation_terms(x.sclerostin, p),
        crew.precursor_terms(rankl, drive, p),
        crew.osteoclast_terms(x.precursors, rankl, x.bisphosphonate, drive, p),
        crew.preosteoblast_terms(x.osteoclasts, x.teriparatide_fast, drive, p),
        crew.osteoblast_terms(x.preosteoblasts, drive, p),
        _work(x.sclerostin, x.compensation, x.teriparatide_fast, drive, p),
    )


def _work(sclerostin: Value, compensation: Value, fast: Value, drive: crew.Drive, p: Parameters) -> tuple[Value, Value]:
    core, shell = crew.activity(sclerostin, compensation, fast, drive, p)
    return core * drive.ageing_trabecular, shell * drive.ageing_cortical


def advance(
    x: State, start: End, d1: crew.Drive, step: float, p: Parameters, renewal: Both[Renewal], any_drug: bool = True
) -> tuple[State, End]:
    """Advance the state over one step (years) to the drive d1, along the causal chain; return it and its end.

    The end is `end(state, d1, p)`, and the start of the next step: only a jump of the drive makes another one.
    """
    c, d0 = crew, start.drive
    new = _advance_drugs(x, d0, d1, step, p) if any_drug else {}
    fast = new.get("teriparatide_fast", x.teriparatide_fast)
    cleared = c.sclerostin_terms(new.get("romosozumab", 0.0), d1, p)
    scl = relax(x.sclerostin, start.sclerostin, cleared, step)
    used = c.compensation_terms(scl, p)
    compensation = relax(x.compensation, start.compensation, used, step)
    rankl = c.rankl(scl, compensation, new.get("teriparatide_slow", 0.0), d1, p)
    waiting = c.precursor_terms(rankl, d1, p)
    q = relax(x.precursors, start.precursors, waiting, step)
    digging = c.osteoclast_terms(q, rankl, new.get("bisphosphonate", 0.0), d1, p)
    oc = relax(x.osteoclasts, start.osteoclasts, digging, step)
    eating = mean_of(x.osteoclasts, oc, start.osteoclasts, digging, step)
    called = c.preosteoblast_terms(oc, fast, d1, p)
    pre = relax(x.preosteoblasts, start.preosteoblasts, called, step)
    matured = c.osteoblast_terms(pre, d1, p)
    ob = relax(x.osteoblasts, start.osteoblasts, matured, step)
    building = mean_of(x.osteoblasts, ob, start.osteoblasts, matured, step)
    core, shell = work = _work(scl, compensation, fast, d1, p)
    works = (start.work[0], core), (start.work[1], shell)
    tissue = x.trabecular_bone
    trabecular, resorbed, mean = _advance_tissue(tissue, eating, building, works[0], renewal.trabecular, step, p)
    cortical, _, _ = _advance_tissue(x.cortical_bone, eating, building, works[1], renewal.cortical, step, p)
    glycated = (d0.handles.glycation + d1.handles.glycation) / 2
    state = State(
        q,
        oc,
        pre,
        ob,
        scl,
        *trabecular,
        *cortical,
        _advance_connections(x, oc, trabecular.volume, step, p),
        settle(x.glycation, skeleton.glycation_terms(glycated, resorbed, mean, p), step),
        compensation,
        **new,
    )
    return state, End(d1, cleared, used, waiting, digging, called, matured, work)


def _advance_drugs(x: State, d0: crew.Drive, d1: crew.Drive, step: float, p: Parameters) -> dict[str, Value]:
    fast0, slow0 = drugs.teriparatide_terms(d0.drugs, p)
    fast1, slow1 = drugs.teriparatide_terms(d1.drugs, p)
    romosozumab = drugs.romosozumab_terms(d0.drugs, p), drugs.romosozumab_terms(d1.drugs, p)
    renewed = skeleton.renewed(x.osteoclasts, x.trabecular, p)
    terms = drugs.bisphosphonate_terms(x.buried, d0.drugs, renewed, p)
    bisphosphonate = relax(x.bisphosphonate, terms, terms, step)
    active = mean_of(x.bisphosphonate, bisphosphonate, terms, terms, step)
    return {
        "romosozumab": relax(x.romosozumab, *romosozumab, step),
        "teriparatide_fast": relax(x.teriparatide_fast, fast0, fast1, step),
        "teriparatide_slow": relax(x.teriparatide_slow, slow0, slow1, step),
        "bisphosphonate": bisphosphonate,
        "buried": settle(x.buried, drugs.buried_terms(active, renewed, p), step),
    }


def _advance_tissue(
    tissue: Tissue,
    eating: Value,
    building: Value,
    work: tuple[Value, Value],
    renewal: Renewal,
    step: float,
    p: Parameters,
) -> tuple[Tissue, Value, Value]:
    """Return a tissue after a step with the mean crew of the step, the bone resorbed per year and the mean volume.

    `work` is what one osteoblast does at both ends of the step, 1 in a young adult. With W = V**(m+s) the volume
    obeys dW/dt = (m+s) * V**(s-1) * (F1 - R1*W), F1 and R1 being formation and resorption at volume 1: it relaxes
    to F1/R1 at a rate that hardly depends on V. Two passes refine that rate.
    """
    volume = mean = tissue.volume
    s = p.resorption_feedback
    n = renewal.feedback + s
    first, last = work
    habit = tissue.habit
    before = skeleton.formation(building, 1.0, habit, first, renewal)
    loss = skeleton.resorption(eating, 1.0, renewal, p)
    for _ in range(2):
        after = skeleton.formation(building, 1.0, habit, last, renewal)
        pace = n * mean ** (s - 1)
        new = relax(volume**n, (pace * before, pace * loss), (pace * after, pace * loss), step) ** (1 / n)
        mean = (volume + new) / 2
        habit = settle(tissue.habit, skeleton.habit_terms(mean, p), step)
    resorbed = skeleton.resorption(eating, mean, renewal, p)
    formed = resorbed + (new - volume) / step
    young = settle(tissue.young, skeleton.young_terms(formed, resorbed, mean, p), step)
    terms = skeleton.maturing_terms((tissue.young + young) / 2, resorbed, mean, p)
    return Tissue(new, young, settle(tissue.maturing, terms, step), habit), resorbed, mean


def _advance_connections(x: State, osteoclasts: Value, volume: Value, step: float, p: Parameters) -> Value:
    loss0 = skeleton.perforation_loss(x.osteoclasts, x.trabecular, x.connections, p)
    loss1 = skeleton.perforation_loss(osteoclasts, volume, x.connections * EULER ** (-loss0 * step), p)
    return x.connections * EULER ** (-(loss0 + loss1) / 2 * step)


class Segment(NamedTuple):
    """A stretch of the time grid without a jump inside: its ages (years), both ends included, and what is active."""

    ages: tuple[float, ...]
    active: tuple[Course, ...]


@lru_cache(maxsize=256)
def time_grid(
    menopause_age: float | None, courses: tuple[Course, ...], until: float, stretch: float = 1.0
) -> tuple[Segment, ...]:
    """Return the time grid of a life, to its first age from `until` on.

    No age depends on `until`: what a life shows is the same wherever it ends. Steps are short after a jump and
    around menopause and grow to five months elsewhere; `stretch` makes all of them longer.
    """
    courses = tuple(c for c in courses if not c.off)
    jumps = {c.start for c in courses} | {c.stop for c in courses if c.stop is not None}
    jumps |= set(drugs.infusions(courses)) | {dose.age for dose in drugs.injections(courses)}
    on_drugs = [c for c in courses if c.what in drugs.NAMES]
    corners = set(kinks()) | {c.stop + DRUG_TAIL for c in on_drugs if c.stop is not None}
    if menopause_age is not None:
        corners |= {menopause_age - BEFORE_MENOPAUSE, menopause_age + AFTER_MENOPAUSE}
    segments: list[Segment] = []
    ordered = in_force(courses)
    at, step = YOUNGEST, CALM_STEP * stretch
    for stop in sorted({a for a in jumps | corners if YOUNGEST < a < OLDEST} | {OLDEST}):
        longest = MENOPAUSE_STEP if _near_menopause(at, menopause_age) else CALM_STEP
        if any(c.start <= at and (c.stop is None or at < c.stop + DRUG_TAIL) for c in on_drugs):
            longest = min(longest, DRUG_STEP)
        elif any(c.start <= at for c in on_drugs):
            longest = min(longest, AFTER_DRUG_STEP)
        longest = longest * stretch
        first = FIRST_STEP * stretch if at in jumps else min(step, longest)
        ages, step = _steps(at, stop, first, longest, STEP_GROWTH**stretch)
        segments.append(Segment(ages[: bisect_left(ages, until) + 1], tuple(c for c in ordered if c.active(at))))
        if until <= stop:
            break
        at = stop
    return tuple(segments)


def _near_menopause(age: float, menopause_age: float | None) -> bool:
    if menopause_age is None:
        return False
    return menopause_age - BEFORE_MENOPAUSE <= age < menopause_age + AFTER_MENOPAUSE


def _steps(start: float, stop: float, step: float, longest: float, growth: float) -> tuple[tuple[float, ...], float]:
    """Return the ages from start to stop by growing steps, and the step to go on with."""
    ages = [start]
    while stop - ages[-1] > 1.5 * step:
        ages.append(ages[-1] + step)
        step = min(step * growth, longest)
    return (*ages, stop), step


def march(
    track: Track, state: State, segments: Iterable[Segment], driver: Driver, infused: Mapping[float, float]
) -> State:
    """Advance through the segments, record every point on the track, and return the last state.

    `infused` is {age: mg} of zoledronate; an infusion acts from the first point of its segment on.
    """
    p, renewal = driver.p, tissues(driver.p)
    for grid, active in segments:
        start = grid[0]
        levels, drive = driver(start, active)
        if start in infused:
            renewed = skeleton.renewed(state.osteoclasts, state.trabecular, p)
            bound = drugs.bound_of_infusion(infused[start], renewed, p)
            state = state._replace(bisphosphonate=state.bisphosphonate + bound)
        if not track.ages:
            track.record(start, state, levels, drive)
        here = end(state, drive, p)
        for before, age in itertools.pairwise(grid):
            levels, drive = driver(age, active)
            state, here = advance(state, here, drive, age - before, p, renewal, driver.any_drug)
            track.record(age, state, levels, drive)
    return state
