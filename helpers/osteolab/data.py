"""The described data package: every number of the calculator, with unit, source and grade.

The core reads the tables with the csv module, so that it runs where pandas is not installed.
"""

from __future__ import annotations

import csv
from functools import cache
from math import e as EULER
from pathlib import Path
from types import SimpleNamespace

from osteolab.errors import InputError, need, shown

_INSTALLED = Path(__file__).resolve().parent / "data"
_CHECKOUT = Path(__file__).resolve().parents[2] / "data"


def path(name: str = "") -> Path:
    """Return the path of a file of the data package (the folder itself for an empty name)."""
    folder = _INSTALLED if (_INSTALLED / "levels.csv").exists() else _CHECKOUT
    return folder / name


@cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    """Return a table of the data package as a tuple of dicts of text, in the order of the file."""
    with path(f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def frame(table: str):
    """Return a table of the data package as a pandas DataFrame."""
    pd = need("pandas", "a table of the data package")
    return pd.read_csv(path(f"{table}.csv"))


@cache
def _parameter_values() -> tuple[tuple[str, float], ...]:
    return tuple((row["name"], float(row["value"])) for row in rows("parameters"))


@cache
def _weight_values() -> tuple[tuple[tuple[str, str], float], ...]:
    return tuple(((row["signal"], row["handle"]), float(row["weight"])) for row in rows("signal_matrix"))


class Parameters(SimpleNamespace):
    """Every parameter of the equations by name, and `weights[signal, handle]` of the signal matrix.

    A value may be a float or a numpy array: with arrays the same equations run many variants at once.
    """

    def replace(self, **changes) -> Parameters:
        """Return a copy with some parameters changed; `weights` may be a dict of the weights to change."""
        known = vars(self)
        unknown = sorted(set(changes) - set(known))
        if unknown:
            raise InputError(f"{unknown[0]!r} is not a parameter of the calculator; see data/parameters.csv")
        weights = dict(self.weights) | dict(changes.pop("weights", {}))
        return Parameters(**{**known, **changes, "weights": weights})


def checked_parameters(given: object) -> Parameters:
    """Return `given` if it is Parameters, or raise `InputError`."""
    if not isinstance(given, Parameters):
        wanted = "Parameters are needed, such as osteolab.data.parameters().replace(estrogen_half_effect=20)"
        raise InputError(f"parameters is {shown(given)}; {wanted}")
    return given


def parameters() -> Parameters:
    """Return the parameters of data/parameters.csv and data/signal_matrix.csv."""
    return Parameters(**dict(_parameter_values()), weights=dict(_weight_values()))


@cache
def _directions() -> tuple[dict, ...]:
    """Return, for each direction of data/uncertainty.csv, the log shifts of the parameters and weights."""
    found: dict[str, dict] = {}
    for row in rows("uncertainty"):
        key = tuple(row["name"].split(" > ")) if " > " in row["name"] else row["name"]
        found.setdefault(row["direction"], {})[key] = float(row["log_shift"])
    return tuple(found.values())


def directions() -> int:
    """Return the number of directions in which the parameters are uncertain."""
    return len(_directions())


@cache
def variant(number: int) -> Parameters:
    """Return the parameters (0), or the parameters one standard error away in a direction (1, 2, ...)."""
    p = parameters()
    if number == 0:
        return p
    shifts = _directions()[number - 1]
    single = {k: getattr(p, k) * EULER**v for k, v in shifts.items() if isinstance(k, str)}
    weights = {k: p.weights[k] * EULER**v for k, v in shifts.items() if not isinstance(k, str)}
    return p.replace(**single, weights=weights)
