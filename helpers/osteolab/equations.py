"""The layers put together: the state of a skeleton, what drives it, and its rates of change.

    d(state)/dt = rates(state, drive)        one line for each state; see crew, drugs and skeleton
    (levels, drive) = driver(age, courses)   endocrine, signals and ageing at one moment

The equations take floats or arrays. `osteolab.integrate` moves a state through time; any other solver can use `rates`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from osteolab import crew, drugs, skeleton
from osteolab.endocrine import Endocrine
from osteolab.signals import Signals


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


class Track(NamedTuple):
    """A life on its time grid: one entry for each age (years) in every column."""

    ages: list
    states: list
    levels: list
    drives: list

    def record(self, age, state, levels, drive) -> None:
        """Add one moment."""
        self.ages.append(age)
        self.states.append(state)
        self.levels.append(levels)
        self.drives.append(drive)

    def copy(self) -> Track:
        """Return a track that can go on by itself."""
        return Track(*(list(column) for column in self))


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
