"""Layer 4, the skeleton: two tissues with three ages of mineral, and sites as mixtures of the two.

Equations (per year; V bone volume, 1 = young adult; j = trabecular, cortical)
---------
formation     F = k_j * B * activity * (V / H**c_j)**-m_j * ageing_j   thin bone is loaded more
habit         dH/dt = (V - H) / t_H                                osteocytes get used to the load they feel
resorption    R = k_j * C * V**s                                    less bone has less surface
volume        dV/dt = F - R
young         dY/dt = F - (R/V + 1/t1) * Y                          three ages of bone: Y + M + old = V
maturing      dM/dt = Y/t1 - (R/V + 1/t2) * M
mineral       mass = mY*Y + mM*M + (V - Y - M)
connections   dN/dt = -k_p * k_trabecular * [C*Th**-q - 1]+ * N       struts cut are lost for good
thickness     Th = V / N**(1/3), as in the plate model of Parfitt (BV/TV = Tb.N * Tb.Th)
glycation     dG/dt = R/(k*V) * (sugar - G) / t_G                    new bone carries the sugar of its time

Without habit (c = 0) volume feedback pulls bone back within a few years to what the hormones of the day ask for; with
it a part of every deficit becomes the new usual: cellular accommodation, Turner 1999 Calcif Tissue Int 65:466-471 and
Schriefer 2005 J Biomech 38:1838-1845.
"""

from __future__ import annotations

from math import e as EULER
from typing import NamedTuple

from osteolab.data import Parameters
from osteolab.values import Terms, Value, at_least

LEAST_RENEWED = 1e-3  # what is bound to bone comes off a little even where no cell digs


class Tissue(NamedTuple):
    """A tissue at one moment, by the age of its mineral; 1 = the volume of a young adult.

    `habit` is the volume that its osteocytes are used to.
    """

    volume: Value
    young: Value
    maturing: Value
    habit: Value


class Flow(NamedTuple):
    """What flows into and out of a tissue, share of young volume per year."""

    formation: Value
    resorption: Value


class Renewal(NamedTuple):
    """How a tissue is renewed.

    Share of its volume per year, how strongly thinness calls for formation, and which share of that call habit mutes.
    """

    turnover: Value
    feedback: Value
    habit_share: Value


def formation(working: Value, volume: Value, habit: Value, ageing: Value, renewal: Renewal) -> Value:
    """Return the bone formed in a tissue, share of young volume per year (working = osteoblasts * activity)."""
    muted = habit ** (renewal.feedback * renewal.habit_share)
    return renewal.turnover * working * volume**-renewal.feedback * muted * ageing


def resorption(osteoclasts: Value, volume: Value, renewal: Renewal, p: Parameters) -> Value:
    """Return the bone resorbed in a tissue, share of young volume per year."""
    return renewal.turnover * osteoclasts * volume**p.resorption_feedback


def renewed(osteoclasts: Value, volume: Value, p: Parameters) -> Value:
    """Return the share of trabecular bone that is resorbed in a year, ratio to a young adult, never quite nothing."""
    return at_least(osteoclasts * volume ** (p.resorption_feedback - 1), LEAST_RENEWED)


def young_terms(formed: Value, resorbed: Value, volume: Value, p: Parameters) -> Terms:
    """Return (source, loss) of young bone, per year."""
    return formed, resorbed / volume + 1 / p.young_time


def maturing_terms(young: Value, resorbed: Value, volume: Value, p: Parameters) -> Terms:
    """Return (source, loss) of maturing bone, per year."""
    return young / p.young_time, resorbed / volume + 1 / p.maturing_time


def habit_terms(volume: Value, p: Parameters) -> Terms:
    """Return (source, loss) of the volume that osteocytes are used to, per year."""
    return volume / p.habit_time, 1 / p.habit_time


def young_tissue(renewal: Renewal, p: Parameters) -> Tissue:
    """Return a tissue of a healthy young adult, at rest."""
    young = renewal.turnover / (renewal.turnover + 1 / p.young_time)
    return Tissue(1.0, young, young / p.young_time / (renewal.turnover + 1 / p.maturing_time), 1.0)


def mineral_mass(volume: Value, young: Value, maturing: Value, p: Parameters) -> Value:
    """Return the mineral of a tissue, in units of fully mineralised young volume."""
    return p.young_mineral * young + p.maturing_mineral * maturing + (volume - young - maturing)


def trabecular_number(connections: Value) -> Value:
    """Return the number of trabeculae along a line (connections per volume scale with its cube)."""
    return connections ** (1 / 3)


def perforation_loss(osteoclasts: Value, volume: Value, connections: Value, p: Parameters) -> Value:
    """Return the rate at which connections are lost, per year (never negative)."""
    thickness = volume / trabecular_number(connections)
    pressure = osteoclasts * thickness**-p.perforation_thinness - 1
    return p.perforation_rate * p.turnover_trabecular * (pressure + abs(pressure)) / 2


def glycation_terms(handle: Value, resorbed: Value, volume: Value, p: Parameters) -> Terms:
    """Return (source, loss) of the sugar in trabecular matrix, per year: it is replaced as bone is renewed."""
    rate = resorbed / (p.turnover_trabecular * volume) / p.glycation_time
    return rate * handle, rate


def ageing(age: float, p: Parameters, from_age: float = 20.0) -> tuple[Value, Value]:
    """Return what is left of formation at an age in (trabecular, cortical) bone (1 at 20)."""
    early, late = min(age, 45.0) - from_age, max(age - 45.0, 0.0)
    trabecular = EULER ** (-p.ageing_trabecular * (age - from_age))
    return trabecular, EULER ** (-p.ageing_cortical_early * early - p.ageing_cortical_late * late)
