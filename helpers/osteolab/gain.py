"""What a change of density is made of: pits refilled, mineral ripened, bone built.

Equations (for each tissue; volumes in young volumes, 1 = a young adult's bone)
---------
space        S = O + U                                                bone that is missing for the moment
pits         dO/dt = R - O/t_O                                        resorbed, waiting for builders (reversal)
refilling    dU/dt = O/t_O - U/t_U                                    builders at work
times        t_O = preosteoblast_time * delay,  t_U = osteoblast_life * survival * delay
filled       H = V + S                                                the volume if every pit were closed
mineral      c = mass / V
mass         V * c = (H - S) * c;  its change, with means of both ends (which average both orders of change):
             mean(c) * dH  +  -mean(c) * dS  +  mean(V) * dc          bone, refilled, mineral; no rest

The space is read off the resorption of a life. It drives nothing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from osteolab import readouts
from osteolab.crew import DAYS, Drive
from osteolab.data import Parameters
from osteolab.equations import Both
from osteolab.integrate import relax
from osteolab.interpolation import linear
from osteolab.readouts import Columns
from osteolab.values import Value


class Pits(NamedTuple):
    """Bone missing for the moment in a tissue, young volumes: in pits that wait, and in pits being refilled."""

    waiting: Value
    refilling: Value


class Contents(NamedTuple):
    """What a tissue holds: volume and open space (young volumes), and the mass of its mineral (1 at the first age)."""

    volume: Value
    space: Value
    mass: Value

    @property
    def mineral(self) -> Value:
        """Mineral for a volume."""
        return self.mass / self.volume


class Parts(NamedTuple):
    """A change of mineral mass in its three parts."""

    refilled: Value
    mineral: Value
    bone: Value


def pit_rates(drive: Drive, p: Parameters) -> Pits:
    """Return how fast pits leave reversal and how fast they are closed, per year."""
    # Construction held by hand goes on without regard to how builders fare, as in crew.osteoblast_terms.
    survival = drive.handles.survival if drive.formation_pace is None else 1.0
    return Pits(DAYS / (p.preosteoblast_time * drive.delay), DAYS / (p.osteoblast_life * survival * drive.delay))


def open_space(life: Columns) -> list[Both[Value]]:
    """Return the remodelling space of both tissues at each age, share of young volume.

    Bone that was resorbed and is not yet replaced: it stays open for the time of reversal and for the working life
    of a team of osteoblasts. A life begins at rest.
    """
    flows = life.column(readouts.tissue_flows)
    rates = [pit_rates(drive, life.parameters) for drive in life.track.drives]
    trabecular = _space([flow.trabecular.resorption for flow in flows], rates, life.ages)
    cortical = _space([flow.cortical.resorption for flow in flows], rates, life.ages)
    return [Both(t, c) for t, c in zip(trabecular, cortical, strict=True)]


def _space(resorbed: list[Value], rates: list[Pits], ages: list[float]) -> list[Value]:
    pits = Pits(resorbed[0] / rates[0].waiting, resorbed[0] / rates[0].refilling)
    found = [pits.waiting + pits.refilling]
    for i, (before, after) in enumerate(pairwise(rates)):
        step = ages[i + 1] - ages[i]
        dug = (resorbed[i], before.waiting), (resorbed[i + 1], after.waiting)
        waiting = relax(pits.waiting, *dug, step)
        turned = (pits.waiting * before.waiting, before.refilling), (waiting * after.waiting, after.refilling)
        pits = Pits(waiting, relax(pits.refilling, *turned, step))
        found.append(pits.waiting + pits.refilling)
    return found


def parts_of_gain(life: Columns, ages: tuple[float, float], site: str) -> dict[str, Value]:
    """Return the change of density between two ages in its parts, percent of the density at the first.

    Returns
    -------
    dict
        `refilled`, `mineral` and `bone`, and `total`, which is their sum.
    """
    share = readouts.trabecular_share(life, site)
    trabecular, cortical = ([_contents(life, name, age) for age in ages] for name in Both._fields)
    before = share * trabecular[0].mass + (1 - share) * cortical[0].mass
    pairs = zip(split(*trabecular), split(*cortical), strict=True)
    percent = Parts(*(100 * (share * t + (1 - share) * c) / before + 0.0 for t, c in pairs))  # never minus zero
    return {**percent._asdict(), "total": percent.refilled + percent.mineral + percent.bone}


def split(before: Contents, after: Contents) -> Parts:
    """Return the change of the mineral mass of a tissue in its parts, in units of its mass at the first age.

    Mass is (filled - space) * mineral. Each part is the mean over both orders in which volume and mineral can change,
    so that the parts add up to the change, and turn their sign when the two ends are exchanged.
    """
    mineral, volume = (before.mineral + after.mineral) / 2, (before.volume + after.volume) / 2
    opened = after.space - before.space
    filled = after.volume - before.volume + opened
    return Parts(-mineral * opened, volume * (after.mineral - before.mineral), mineral * filled)


def _contents(life: Columns, name: str, age: float) -> Contents:
    # Volume and mass are read between points of the grid on straight lines, as density is; so the sum is the density.
    mass = life.column(readouts.trabecular_mass if name == "trabecular" else readouts.cortical_mass)
    space = [getattr(both, name) for both in life.column(open_space)]
    volume = [getattr(state, name) for state in life.states]
    return Contents(*(linear(life.ages, column, age) for column in (volume, space, mass)))
