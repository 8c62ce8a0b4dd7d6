"""Short ways to the two labs that most notebooks show; each is a `Lab` with its picture."""

from __future__ import annotations

from typing import Any

from osteolab.lab.lab import Lab


def RemodelingLab(person: Any = "anna", sliders: Any = ("estradiol",), **arguments: Any) -> Lab:
    """Return a lab of three linked panels: turnover, balance, bone density.

    Parameters
    ----------
    person, sliders
        As in `osteolab.lab.Lab`.
    **arguments
        The other arguments of `Lab`, and `ranges` of the panels.

    Returns
    -------
    Lab
    """
    return Lab("panels", person=person, sliders=sliders, **_without_picture(arguments))


def LatticeLab(**arguments: Any) -> Lab:
    """Return a lab of two pieces of trabecular bone side by side: the same bone, two rescues.

    Parameters
    ----------
    **arguments
        Those of `osteolab.lab.pictures.lattice.Shows`, and `title`, `predict`, `reveal`, `number` of `Lab`.

    Returns
    -------
    Lab
    """
    return Lab("lattice", **_without_picture(arguments))


def _without_picture(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return arguments without the picture, which a lesson names too."""
    return {name: value for name, value in arguments.items() if name != "picture"}
