"""Links between systems: what sex hormones, growth hormone and prednisone do to visceral fat and to other hormones.

All of them are off unless asked for (`simulate(..., links=True)`). Each changes the level a person would have by
herself; a level that is held, or set by a disease, stays as it is set.

Order of evaluation, at each moment and in one direction, so that nothing can run away:
sex hormones and IGF-1, then visceral fat, then insulin resistance and interleukin-6; prednisone, then own cortisol.
Nothing that comes later acts back on anything before it.

Equations
---------
push         d(x) = (1 - x) / (1 + x), x = level / her own untreated level: 1 at nothing, 0 at usual, never below -1
visceral     fat = steroids * growth;  steroids = 1 + a * d(E2 in women, T in men);  growth = 1 + g * d(IGF-1)
insulin      HOMA-IR = usual * steroids**c * (1 + b * d(E2))          the second factor in women only
IL-6         IL-6 = usual * (1 + s * (fat - 1))
own cortisol usual / (1 + (prednisone / half dose)**n)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from osteolab.data import Parameters
from osteolab.errors import InputError, choice, shown
from osteolab.values import Value

LINKS = {
    "sex_hormones_to_visceral_fat": "Estradiol in women and testosterone in men lower visceral fat a little",
    "growth_hormone_to_visceral_fat": "Growth hormone, shown by IGF-1, lowers visceral fat",
    "visceral_fat_to_homa_ir": "Visceral fat that follows sex hormones raises insulin resistance",
    "estradiol_to_homa_ir": "Estradiol lowers insulin resistance in women, beyond what fat explains",
    "visceral_fat_to_il6": "Visceral fat makes interleukin-6",
    "prednisone_to_own_cortisol": "Prednisone switches the body's own cortisol off",
}


def chosen(links: bool | str | Iterable[str]) -> frozenset[str]:
    """Return the names of the links that act.

    Parameters
    ----------
    links : bool, str or sequence of str
        True for all, False for none, or names of LINKS.

    Raises
    ------
    InputError
        If a name is not one of LINKS (they are listed), or `links` is nothing of that kind.
    """
    if isinstance(links, bool):
        return frozenset(LINKS) if links else frozenset()
    if isinstance(links, str):
        links = (links,)
    if not isinstance(links, Iterable) or getattr(links, "shape", None) == ():
        raise InputError(f"links is {shown(links)}; True, False or names are needed: {', '.join(LINKS)}")
    names = tuple(links)
    for name in names:
        choice(name, "link", LINKS)
    return frozenset(names)


class Ratios(NamedTuple):
    """Levels as a ratio to her own without treatment; a sex hormone that does not count for her sex is None."""

    estradiol: Value | None
    testosterone: Value | None
    igf1: Value


class Pushed(NamedTuple):
    """What the links make of visceral fat and of the levels she would have by herself, each as a ratio to usual."""

    visceral_fat: Value = 1.0
    homa_ir: Value = 1.0
    il6: Value = 1.0
    cortisol: Value = 1.0


def push(ratio: Value) -> Value:
    """Return how far a level is from usual: 1 at nothing, 0 at usual, towards -1 far above (floats or arrays)."""
    return (1 - ratio) / (1 + ratio)


def pushed(links: frozenset[str], ratios: Ratios, prednisone: Value, p: Parameters) -> Pushed:
    """Return what the chosen links do.

    Parameters
    ----------
    links : frozenset of str
        Names of LINKS.
    ratios : Ratios
        Estradiol (women), testosterone (men) and IGF-1 over usual.
    prednisone : float or array
        Dose, mg/day.
    p : Parameters
        Those whose name begins with `link_` are read; their sources and grades stand in data/parameters.csv.

    Returns
    -------
    Pushed
        Ratios to usual; without a link exactly 1.
    """
    steroids = growth = homa_ir = il6 = cortisol = 1.0
    if "sex_hormones_to_visceral_fat" in links:
        steroids = _by_steroids(ratios, p)
    if "growth_hormone_to_visceral_fat" in links:
        growth = 1 + p.link_igf1_visceral_fat * push(ratios.igf1)
    if "visceral_fat_to_homa_ir" in links:
        # Fat lost on growth hormone is left out: growth hormone itself opposes insulin, and HOMA-IR did not fall.
        homa_ir = steroids**p.link_visceral_fat_homa_ir
    if "estradiol_to_homa_ir" in links and ratios.estradiol is not None:
        homa_ir = homa_ir * (1 + p.link_estradiol_homa_ir * push(ratios.estradiol))
    if "visceral_fat_to_il6" in links:
        il6 = 1 + p.link_visceral_fat_il6 * (steroids * growth - 1)
    if "prednisone_to_own_cortisol" in links:
        cortisol = 1 / (1 + (prednisone / p.link_prednisone_half_dose) ** p.link_prednisone_steepness)
    return Pushed(steroids * growth, homa_ir, il6, cortisol)


def _by_steroids(ratios: Ratios, p: Parameters) -> Value:
    if ratios.estradiol is not None:
        return 1 + p.link_estradiol_visceral_fat * push(ratios.estradiol)
    return 1 + p.link_testosterone_visceral_fat * push(ratios.testosterone)
