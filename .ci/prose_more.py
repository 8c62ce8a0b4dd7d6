"""Numbers of the prose that are no quantity of one life: a few functions, named by lines of tests/prose/."""

from __future__ import annotations

from osteolab.lab import lesson


def cuts_of_berta(age: float) -> float:
    """Return the plates holed and rods cut in the second twin of notebook 09 since the first age."""
    lab = lesson("09").lab().unveil().set(age=age)
    return lab.reading["perforated_b"] + lab.reading["snapped_b"]


def lost_by_berta_for_each_of_anna() -> float:
    """Return how many times as many connections the second twin of notebook 09 has lost."""
    lab = lesson("09").lab().unveil()
    return (100 - lab.reading["connections_b"]) / (100 - lab.reading["connections_a"])
