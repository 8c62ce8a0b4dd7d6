"""The layers put together: the state of a skeleton, what drives it, and its rates of change.

    d(state)/dt = rates(state, drive)        one line for each state; see crew, drugs and skeleton
    (levels, drive) = driver(age, courses)   endocrine, signals and ageing at one moment

The equations take floats or arrays. `osteolab.integrate` moves a state through time; any other solver can use `rates`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from osteolab import crew, drugs, skeleton
from osteolab.data import Parameters
from osteolab.endocrine import Endocrine
from osteolab.levels import Levels
from osteolab.person import Person
from osteolab.signals import Signals
from osteolab.skeleton import Flow, Renewal, Tissue
from osteolab.treatments import Course
from osteolab.values import Value

Part = TypeVar("Part")


class Both(NamedTuple, Generic[Part]):
    """The same thing in each of the two tissues."""

    trabecular: Part
    cortical: Part


class State(NamedTuple):
    """The crew and the skeleton at one moment, 1 = healthy young adult (mineral ages: share of young volume)."""

    precursors: Value
    osteoclasts: Value
    preosteoblasts: Value
    osteoblasts: Value
    sclerostin: Value
    trabecular: Value
    trabecular_young: Value
    trabecular_maturing: Value
    trabecular_habit: Value
    cortical: Value
    cortical_young: Value
    cortical_maturing: Value
    cortical_habit: Value
    connections: Value
    glycation: Value
    compensation: Value = 1.0
    romosozumab: Value = 0.0
    teriparatide_fast: Value = 0.0
    teriparatide_slow: Value = 0.0
    bisphosphonate: Value = 0.0
    buried: Value = 0.0

    @property
    def trabecular_bone(self) -> Tissue:
        """Trabecular bone by the age of its mineral."""
        return Tissue(self.trabecular, self.trabecular_young, self.trabecular_maturing, self.trabecular_habit)

    @property
    def cortical_bone(self) -> Tissue:
        """Cortical bone by the age of its mineral."""
        return Tissue(self.cortical, self.cortical_young, self.cortical_maturing, self.cortical_habit)


class Track(NamedTuple):
    """A life on its time grid: one entry for each age (years) in every column."""

    ages: list[float]
    states: list[State]
    levels: list[Levels]
    drives: list[crew.Drive]

    def record(self, age: float, state: State, levels: Levels, drive: crew.Drive) -> None:
        """Add one moment."""
        self.ages.append(age)
        self.states.append(state)
        self.levels.append(levels)
        self.drives.append(drive)

    def copy(self) -> Track:
        """Return a track that can go on by itself."""
        return Track(list(self.ages), list(self.states), list(self.levels), list(self.drives))


def tissues(p: Parameters) -> Both[Renewal]:
    """Return how trabecular and cortical bone are renewed."""
    return Both(
        Renewal(p.turnover_trabecular, p.formation_feedback_trabecular, p.habit_share_trabecular),
        Renewal(p.turnover_cortical, p.formation_feedback_cortical, p.habit_share_cortical),
    )


def tissue_fields(trabecular: Tissue, cortical: Tissue) -> dict[str, Value]:
    """Return the fields of a `State` that hold two tissues (or their rates of change)."""
    return {
        "trabecular": trabecular.volume,
        "trabecular_young": trabecular.young,
        "trabecular_maturing": trabecular.maturing,
        "trabecular_habit": trabecular.habit,
        "cortical": cortical.volume,
        "cortical_young": cortical.young,
        "cortical_maturing": cortical.maturing,
        "cortical_habit": cortical.habit,
    }


def young_state(p: Parameters) -> State:
    """Return the steady state of a healthy young adult."""
    renewal = tissues(p)
    young = (skeleton.young_tissue(each, p) for each in renewal)
    return State(
        precursors=1.0,
        osteoclasts=1.0,
        preosteoblasts=1.0,
        osteoblasts=1.0,
        sclerostin=1.0,
        **tissue_fields(*young),
        connections=1.0,
        glycation=1.0,
    )


HANDS = ("resorption_pace", "formation_pace", "formation_delay")  # a learner's hands on the crew


class Driver:
    """Turns an age and the active courses into levels and a Drive."""

    def __init__(
        self,
        person: Person,
        parameters: Parameters,
        ageing: bool = True,
        courses: Iterable[Course] = (),
        until: float = 100.0,
        links: frozenset[str] = frozenset(),
    ) -> None:
        self.p, self.ageing = parameters, ageing
        self.endocrine = Endocrine(person, parameters, ageing, links)
        self.signals = Signals(person.sex, parameters)
        self.denosumab: drugs.Curve | None = None
        doses = drugs.injections(courses)
        before = sum(dose.age < until for dose in doses)
        if before:
            # With the dose after the end: a curve that stopped there would be that of a shorter course.
            self.denosumab = drugs.denosumab_curve(doses[: before + 1], drugs.denosumab_kinetics(parameters))
        self.any_drug = any(c.what in drugs.NAMES for c in courses)

    def __call__(self, age: float, active: Sequence[Course] = ()) -> tuple[Levels, crew.Drive]:
        """Return the Levels and the Drive at `age` (years)."""
        levels = self.endocrine.levels(age, active)
        handles = self.signals.handles(levels)
        trabecular, cortical = skeleton.ageing(age, self.p) if self.ageing else (1.0, 1.0)
        if not active and not self.any_drug:
            return levels, crew.Drive(handles, trabecular, cortical)
        given = drugs.NONE
        if self.any_drug:
            given = drugs.given(active, drugs.level_at(self.denosumab, age) if self.denosumab else 0.0, self.p)
        held = {c.what: c.level for c in active if c.what in HANDS}
        if not held:
            return levels, crew.Drive(handles, trabecular, cortical, drugs=given)
        pace, built = held.get("resorption_pace"), held.get("formation_pace")
        usual_delay = self.p.preosteoblast_time + self.p.osteoblast_life
        return levels, crew.Drive(
            handles,
            trabecular,
            cortical,
            None if pace is None else pace / 100,
            None if built is None else built / 100,
            held.get("formation_delay", usual_delay) / usual_delay,
            given,
        )


def rates(state: State, drive: crew.Drive, p: Parameters) -> State:
    """Return d(state)/dt per year: the equations as they stand, for any solver."""
    x = state
    rankl = crew.rankl(x.sclerostin, x.compensation, x.teriparatide_slow, drive, p)
    fast, slow = drugs.teriparatide_terms(drive.drugs, p)
    flow = flows(x, drive, p, tissues(p))
    trabecular = _tissue_rates(x.trabecular_bone, flow.trabecular, p)
    cortical = _tissue_rates(x.cortical_bone, flow.cortical, p)
    renewed = skeleton.renewed(x.osteoclasts, x.trabecular, p)
    lost = -skeleton.perforation_loss(x.osteoclasts, x.trabecular, x.connections, p) * x.connections
    linear = {
        "precursors": crew.precursor_terms(rankl, drive, p),
        "osteoclasts": crew.osteoclast_terms(x.precursors, rankl, x.bisphosphonate, drive, p),
        "preosteoblasts": crew.preosteoblast_terms(x.osteoclasts, x.teriparatide_fast, drive, p),
        "osteoblasts": crew.osteoblast_terms(x.preosteoblasts, drive, p),
        "sclerostin": crew.sclerostin_terms(x.romosozumab, drive, p),
        "glycation": skeleton.glycation_terms(drive.handles.glycation, flow.trabecular.resorption, x.trabecular, p),
        "compensation": crew.compensation_terms(x.sclerostin, p),
        "romosozumab": drugs.romosozumab_terms(drive.drugs, p),
        "teriparatide_fast": fast,
        "teriparatide_slow": slow,
        "bisphosphonate": drugs.bisphosphonate_terms(x.buried, drive.drugs, renewed, p),
        "buried": drugs.buried_terms(x.bisphosphonate, renewed, p),
    }
    changes = {name: source - loss * getattr(x, name) for name, (source, loss) in linear.items()}
    return State(
        **changes,
        **tissue_fields(trabecular, cortical),
        connections=lost,
    )


def flows(x: State, drive: crew.Drive, p: Parameters, renewal: Both[Renewal]) -> Both[Flow]:
    """Return formation and resorption of both tissues, share of young volume per year."""
    trabecular, cortical = crew.activity(x.sclerostin, x.compensation, x.teriparatide_fast, drive, p)
    return Both(
        _flow(x, x.trabecular_bone, trabecular, drive.ageing_trabecular, renewal.trabecular, p),
        _flow(x, x.cortical_bone, cortical, drive.ageing_cortical, renewal.cortical, p),
    )


def _flow(x: State, tissue: Tissue, activity: Value, ageing: Value, renewal: Renewal, p: Parameters) -> Flow:
    formed = skeleton.formation(x.osteoblasts * activity, tissue.volume, tissue.habit, ageing, renewal)
    return Flow(formed, skeleton.resorption(x.osteoclasts, tissue.volume, renewal, p))


def _tissue_rates(tissue: Tissue, flow: Flow, p: Parameters) -> Tissue:
    formed, resorbed = flow
    y_source, y_loss = skeleton.young_terms(formed, resorbed, tissue.volume, p)
    m_source, m_loss = skeleton.maturing_terms(tissue.young, resorbed, tissue.volume, p)
    h_source, h_loss = skeleton.habit_terms(tissue.volume, p)
    return Tissue(
        formed - resorbed,
        y_source - y_loss * tissue.young,
        m_source - m_loss * tissue.maturing,
        h_source - h_loss * tissue.habit,
    )
