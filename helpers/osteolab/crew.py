"""Layer 3, the crew: osteoclasts, osteoblasts and what couples them. Shared by all sites, 1 = healthy young adult.

Equations (rates per year; each state x obeys dx/dt = source - loss * x)
---------
precursors      dQ/dt = [q*(1 + phi) - (phi*rho + 1)*Q] / tau_Q
RANKL           rho = signal * (1 - denosumab) * (S * K**-c)**u * exp(v*Z)   Z slow effect of teriparatide
osteoclasts     dC/dt = [rho*Q - ((1 - denosumab)**-d + bisphosphonate)*C] / tau_C    RANKL also keeps them alive
preosteoblasts  dP/dt = [pi(C)*recruitment*exp(r*X) - P] / tau_P          reversal; X fast effect of teriparatide
osteoblasts     dB/dt = [P - B/survival] / tau_B
sclerostin      dS/dt = [sigma - (1 + antibody)*S] / tau_S
compensation    dK/dt = [S - K] / tau_K                                   the skeleton gets used to low sclerostin
activity        a = signal * (S**-w * K**(w*c) * exp(x*X))**reach           reach 1 in trabecular bone
coupling        pi(C) = (C + f0*Cs)/(C + Cs) * (1 + Cs)/(1 + f0*Cs)       Lemaire 2004, normalised to pi(1) = 1

The loss of precursors that are never used (the 1 beside phi*rho) keeps turnover raised after
menopause; without it osteoclasts adapt perfectly (Joerg 2022).
"""

from __future__ import annotations

from math import e as EULER
from typing import NamedTuple

from osteolab.data import Parameters
from osteolab.drugs import NONE, Drugs
from osteolab.signals import Handles
from osteolab.values import Terms, Value

DAYS = 365.25


class Drive(NamedTuple):
    """All that acts on the crew and the skeleton at one moment."""

    handles: Handles
    ageing_trabecular: Value  # formation left after ageing, 1 at 20
    ageing_cortical: Value
    resorption_pace: Value = None  # hand on the slider: ratio to a healthy young adult, or None
    formation_pace: Value = None
    delay: Value = 1.0  # ratio to the usual delay of construction
    drugs: Drugs = NONE


def precursor_terms(rankl: Value, drive: Drive, p: Parameters) -> Terms:
    """Return (source, loss) of the osteoclast precursors, per year."""
    rate = DAYS / p.precursor_time
    return rate * drive.handles.precursors * (1 + p.precursor_use), rate * (p.precursor_use * rankl + 1)


def rankl_bound(drive: Drive, p: Parameters) -> Value:
    """Return the share of RANKL that denosumab binds."""
    return p.denosumab_most * drive.drugs.denosumab / (drive.drugs.denosumab + p.denosumab_half_effect)


def rankl(sclerostin: Value, compensation: Value, teriparatide_slow: Value, drive: Drive, p: Parameters) -> Value:
    """Return RANKL against its decoys, 1 in a healthy young adult."""
    bound = rankl_bound(drive, p)
    unused = sclerostin * compensation**-p.compensation_share
    pushed = unused**p.sclerostin_rankl * EULER ** (p.teriparatide_rankl * teriparatide_slow)
    return drive.handles.rankl * (1 - bound) * pushed


def osteoclast_terms(precursors: Value, rankl: Value, bisphosphonate: Value, drive: Drive, p: Parameters) -> Terms:
    """Return (source, loss) of the osteoclasts, per year."""
    rate = DAYS / p.osteoclast_life
    if drive.resorption_pace is not None:
        return rate * drive.resorption_pace, rate
    poisoned = p.bisphosphonate_most * bisphosphonate / (bisphosphonate + p.bisphosphonate_half_effect)
    starved = (1 - rankl_bound(drive, p)) ** -p.rankl_survival
    return rate * rankl * precursors, rate * (starved + poisoned)


def sclerostin_terms(romosozumab: Value, drive: Drive, p: Parameters) -> Terms:
    """Return (source, loss) of free sclerostin, per year."""
    rate = DAYS / p.sclerostin_time
    return rate * drive.handles.sclerostin, rate * (1 + p.romosozumab_potency * romosozumab)


def compensation_terms(sclerostin: Value, p: Parameters) -> Terms:
    """Return (source, loss) of the compensation for sclerostin, per year."""
    rate = DAYS / p.compensation_time
    return rate * sclerostin, rate


def coupling(osteoclasts: Value, p: Parameters) -> Value:
    """Return the call for osteoblasts that resorption sends out, 1 at the young number of osteoclasts."""
    floor, half = p.coupling_floor, p.coupling_half
    return (osteoclasts + floor * half) / (osteoclasts + half) * (1 + half) / (1 + floor * half)


def preosteoblast_terms(osteoclasts: Value, teriparatide_fast: Value, drive: Drive, p: Parameters) -> Terms:
    """Return (source, loss) of the pre-osteoblasts, per year."""
    rate = DAYS / (p.preosteoblast_time * drive.delay)
    if drive.formation_pace is not None:
        return rate * drive.formation_pace, rate
    called = EULER ** (p.teriparatide_recruitment * teriparatide_fast)
    return rate * coupling(osteoclasts, p) * drive.handles.recruitment * called, rate


def osteoblast_terms(preosteoblasts: Value, drive: Drive, p: Parameters) -> Terms:
    """Return (source, loss) of the osteoblasts, per year."""
    rate = DAYS / (p.osteoblast_life * drive.delay)
    if drive.formation_pace is not None:
        return rate * preosteoblasts, rate
    return rate * preosteoblasts, rate / drive.handles.survival


def activity(
    sclerostin: Value, compensation: Value, teriparatide_fast: Value, drive: Drive, p: Parameters
) -> tuple[Value, Value]:
    """Return how much one osteoblast builds in (trabecular, cortical) bone, 1 = healthy young adult."""
    if drive.formation_pace is not None:
        return 1.0, 1.0
    w = p.sclerostin_effect
    signal = drive.handles.activity
    anabolic = sclerostin**-w * compensation ** (w * p.compensation_share)
    anabolic = anabolic * EULER ** (p.teriparatide_activity * teriparatide_fast)
    return signal * anabolic, signal * anabolic**p.anabolic_reach_cortical
