"""Straight lines between points: the one place where a table or a curve is read between its knots."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from osteolab.values import Value


def linear(xs: Sequence[float], ys: Sequence[Value], x: float) -> Value:
    """Return the value at `x` on the straight lines between the points (xs, ys); flat beyond both ends.

    Parameters
    ----------
    xs : sequence of float
        Rising.
    ys : sequence of float, of arrays or of tuples of float
        The values at `xs`; tuples are read entry by entry.
    x : float
    """
    i = bisect_right(xs, x)
    if i == 0:
        return ys[0]
    if i == len(xs):
        return ys[-1]
    share = (x - xs[i - 1]) / (xs[i] - xs[i - 1])
    before, after = ys[i - 1], ys[i]
    if isinstance(before, tuple):
        return tuple(a + share * (b - a) for a, b in zip(before, after, strict=True))
    return before + share * (after - before)
