"""Layer 3, the crew: osteoclasts, osteoblasts and what couples them. Shared by all sites, 1 = healthy young adult.

Equations (rates per year; each state x obeys dx/dt = source - loss * x)
---------
precursors      dQ/dt = [q*(1 + phi) - (phi*rho + 1)*Q] / tau_Q          rho = RANKL/OPG signal
osteoclasts     dC/dt = [rho*Q - C] / tau_C
preosteoblasts  dP/dt = [pi(C)*recruitment*S**-k - P] / tau_P             reversal
osteoblasts     dB/dt = [P - B] / tau_B
sclerostin      dS/dt = [sigma/load - S] / tau_S
coupling        pi(C) = (C + f0*Cs)/(C + Cs) * (1 + Cs)/(1 + f0*Cs)       Lemaire 2004, normalised to pi(1) = 1

The loss of precursors that are never used (the 1 beside phi*rho) keeps turnover raised after
menopause; without it osteoclasts adapt perfectly (Joerg 2022).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from osteolab.signals import Handles

DAYS = 365.25


class Drive(NamedTuple):
    """All that acts on the crew and the skeleton at one moment."""

    handles: Handles
    ageing_trabecular: Any  # formation left after ageing, 1 at 20
    ageing_cortical: Any
    resorption_pace: Any = None  # hand on the slider: ratio to a healthy young adult, or None
    formation_pace: Any = None
    delay: Any = 1.0  # ratio to the usual delay of construction


def precursor_terms(drive, p):
    """Return (source, loss) of the osteoclast precursors, per year."""
    h, rate = drive.handles, DAYS / p.precursor_time
    return rate * h.precursors * (1 + p.precursor_use), rate * (p.precursor_use * h.rankl + 1)


def osteoclast_terms(precursors, drive, p):
    """Return (source, loss) of the osteoclasts, per year."""
    rate = DAYS / p.osteoclast_life
    if drive.resorption_pace is not None:
        return rate * drive.resorption_pace, rate
    return rate * drive.handles.rankl * precursors, rate


def sclerostin_terms(drive, p):
    """Return (source, loss) of free sclerostin, per year."""
    rate = DAYS / p.sclerostin_time
    return rate * drive.handles.sclerostin / drive.handles.load, rate


def coupling(osteoclasts, p):
    """Return the call for osteoblasts that resorption sends out, 1 at the young number of osteoclasts."""
    floor, half = p.coupling_floor, p.coupling_half
    return (osteoclasts + floor * half) / (osteoclasts + half) * (1 + half) / (1 + floor * half)


def preosteoblast_terms(osteoclasts, sclerostin, drive, p):
    """Return (source, loss) of the pre-osteoblasts, per year."""
    rate = DAYS / (p.preosteoblast_time * drive.delay)
    if drive.formation_pace is not None:
        return rate * drive.formation_pace, rate
    recruited = coupling(osteoclasts, p) * drive.handles.recruitment * sclerostin**-p.sclerostin_effect
    return rate * recruited, rate


def osteoblast_terms(preosteoblasts, drive, p):
    """Return (source, loss) of the osteoblasts, per year."""
    rate = DAYS / (p.osteoblast_life * drive.delay)
    return rate * preosteoblasts, rate


def activity(drive):
    """Return how much one osteoblast builds, 1 = healthy young adult (acts at once)."""
    return 1.0 if drive.formation_pace is not None else drive.handles.activity
