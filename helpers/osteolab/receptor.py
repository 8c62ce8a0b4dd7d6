"""A pulse-sensitive receptor: why pulses of GnRH drive the gonads and a constant level shuts them down.

A two-state receptor (in the manner of Li and Goldbeter 1989 Biophys J 55:125-145): the hormone that
activates a receptor also makes it deaf, and a deaf receptor recovers only when the hormone is gone.

Equations
---------
occupied     o = L / (L + K), the share of receptors that hold hormone
listening    dr/dt = recovery * (1 - o) * (1 - r) - deafening * o * r
response     mean of o * r over time; pulses are square, between them o = 0
"""

from __future__ import annotations

from math import e as EULER


def pulsed_response(occupied, minutes, period, deafening, recovery):
    """Return the mean response to square pulses, once they have gone on for long.

    Parameters
    ----------
    occupied : float
        Share of receptors that hold hormone during a pulse, 0 to 1.
    minutes, period : float
        Length of a pulse, and time from one pulse to the next, minutes.
    deafening, recovery : float
        Rates of the receptor, per minute.
    """
    loss = deafening * occupied + recovery * (1 - occupied)
    settled = recovery * (1 - occupied) / loss
    kept, forgotten = EULER ** (-loss * minutes), EULER ** (-recovery * (period - minutes))
    start = (1 - forgotten + forgotten * settled * (1 - kept)) / (1 - forgotten * kept)
    listening = settled * minutes + (start - settled) * (1 - kept) / loss
    return occupied * listening / period


def constant_response(occupied, deafening, recovery):
    """Return the response to a level that never falls (`occupied` of the receptors hold hormone)."""
    listening = recovery * (1 - occupied) / (deafening * occupied + recovery * (1 - occupied))
    return occupied * listening


def gnrh_left_by_agonist(p):
    """Return the response of the pituitary to a constant GnRH agonist, as a ratio to its natural pulses."""
    natural = pulsed_response(
        p.gnrh_pulse_occupied, p.gnrh_pulse_minutes, p.gnrh_pulse_period, p.gnrh_deafening, p.gnrh_recovery
    )
    return constant_response(p.gnrh_agonist_occupied, p.gnrh_deafening, p.gnrh_recovery) / natural
