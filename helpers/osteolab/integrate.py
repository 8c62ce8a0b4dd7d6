"""The fast integrator: a state moves through the years of a life.

Every cell obeys dx/dt = source - loss*x. The integrator solves each of these exactly over a step for a source that is
linear in time (an exponential integrator of second order, Cox and Matthews 2002 J Comput Phys 176:430-455), in the
order of the causal chain, so that steps of weeks are stable.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from math import e as EULER

from osteolab import crew, drugs, skeleton
from osteolab.endocrine import kinks
from osteolab.equations import State, Track, tissues
from osteolab.person import YOUNGEST
from osteolab.treatments import Course

FIRST_STEP, STEP_GROWTH = 1 / crew.DAYS, 1.15
CALM_STEP, MENOPAUSE_STEP = 180 / crew.DAYS, 25 / crew.DAYS
MENOPAUSE_SPAN = (4.0, 2.0)
DRUG_STEP, DRUG_TAIL, AFTER_DRUG_STEP = 12 / crew.DAYS, 1.5, 40 / crew.DAYS


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


def march(track: Track, state: State, segments, driver, infused) -> State:
    """Advance through the segments, record every point on the track, and return the last state.

    `infused` is {age: mg} of zoledronate; an infusion acts from the first point of its segment on.
    """
    for grid, active in segments:
        levels, drive = driver(grid[0], active)
        if grid[0] in infused:
            state = state._replace(bisphosphonate=state.bisphosphonate + infused[grid[0]])
        if not track.ages:
            track.record(grid[0], state, levels, drive)
        for before, age in itertools.pairwise(grid):
            levels, now = driver(age, active)
            state = advance(state, drive, now, age - before, driver.p, driver.any_drug)
            drive = now
            track.record(age, state, levels, drive)
    return state
