"""What the equations are made of: values that are floats or arrays, and pairs of terms."""

from __future__ import annotations

from typing import Any, TypeAlias

# A float, or a numpy array of one shape: the same lines run one person and a hundred thousand.
Value: TypeAlias = Any
# (source, loss) of dx/dt = source - loss * x, per year.
Terms: TypeAlias = tuple[Value, Value]


def at_least(value: Value, floor: Value) -> Value:
    """Return the larger of two values (floats and arrays alike)."""
    return (value + floor + abs(value - floor)) / 2


def at_most(value: Value, ceiling: Value) -> Value:
    """Return the smaller of two values (floats and arrays alike)."""
    return (value + ceiling - abs(value - ceiling)) / 2
