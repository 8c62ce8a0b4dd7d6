"""The fit: parameters of data/ that make the calculator agree best with the published results.

Bounded nonlinear least squares (scipy) with a robust loss and weak priors at the literature values.
The sensitivities come from one run of each arm with arrays as parameters: one column for each
parameter, moved by a small step. Every parameter with a range is fitted on a logarithmic scale.
"""

from __future__ import annotations

import csv
import math
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

from osteolab import data, evidence

STEP = 1e-3
LOSS_SCALE = 3.0  # standard errors from where on a result pulls with less than the square of its distance
LOSS = "soft_l1"
MARKER_PULL = 1.4  # markers are few; without their pull densities alone let estrogen act mainly on formation
PRIOR_WIDTHS = 4.0  # the range of a parameter spans this many standard deviations of its prior


class Bounds(NamedTuple):
    """Between which values a parameter may move, on the scale of the fit."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How far they are apart."""
        return self.high - self.low


class Share(NamedTuple):
    """The outcomes that one worker predicts, and their places in the table of all."""

    arms: Any
    courses: Any
    outcomes: Any
    places: Any


class Evaluation(NamedTuple):
    """What the fit is at a point: residuals, and their derivatives by the parameters."""

    residuals: Any
    jacobian: Any


@dataclass(frozen=True)
class Free:
    """A parameter that is fitted: a name of data/parameters.csv or a (signal, handle) of the matrix."""

    key: str | tuple[str, str]
    value: float
    prior: float
    low: float
    high: float

    @property
    def sign(self) -> float:
        """The sign that the parameter keeps."""
        return -1.0 if self.high <= 0 else 1.0

    def coordinate(self, value: float) -> float:
        """Return the value on the scale of the fit."""
        return math.log(abs(value))

    @property
    def bounds(self) -> Bounds:
        """The bounds on the scale of the fit."""
        low, high = sorted((abs(self.low), abs(self.high)))
        return Bounds(math.log(max(low, high * 1e-3)), math.log(high))


def free_parameters() -> list[Free]:
    """Return the parameters that are fitted: the rows of data/ with a prior."""
    rows: list[tuple] = [(row["name"], row["value"], row) for row in data.rows("parameters")]
    rows += [((row["signal"], row["handle"]), row["weight"], row) for row in data.rows("signal_matrix")]
    return [
        Free(key, float(v), float(r["prior"]), float(r["low"]), float(r["high"])) for key, v, r in rows if r["prior"]
    ]


def with_values(free, values, base=None):
    """Return Parameters with `values` (one per free parameter: floats or arrays)."""
    base = data.parameters() if base is None else base
    single = {f.key: v for f, v in zip(free, values, strict=True) if isinstance(f.key, str)}
    weights = {f.key: v for f, v in zip(free, values, strict=True) if not isinstance(f.key, str)}
    return base.replace(**single, weights=weights)


def _matrix(free, x):
    """Return for each parameter the array of its values: the point itself, then each one moved."""
    import numpy as np

    n = len(free)
    table = np.tile(np.asarray(x, float)[:, None], (1, n + 1))
    table[np.arange(n), np.arange(n) + 1] += STEP
    signs = np.array([f.sign for f in free])[:, None]
    return signs * np.exp(table)


def _predicted(job):
    """Predict some outcomes at a point and at each moved point: rows x (1 + parameters)."""
    import numpy as np

    free, x, arms, courses, outcomes = job
    values = list(_matrix(free, x))
    lives = evidence.ArmLives(arms, courses, outcomes, with_values(free, values))
    return np.array([np.broadcast_to(lives.predict(row), len(free) + 1) for row in outcomes.to_dict("records")])


class Fit:
    """The residuals of the published results and of the priors, with their derivatives."""

    def __init__(self, arms, courses, outcomes, free, workers=2):
        self.free, self.outcomes = free, outcomes
        self.shares = _shares(arms, courses, outcomes, workers)
        self.pool = ProcessPoolExecutor(workers) if workers > 1 else None
        self._at: Any = None
        self._last: Evaluation | None = None

    def evaluate(self, x) -> Evaluation:
        """Return residuals and their derivatives at a point (coordinates of the fit)."""
        import numpy as np

        if self._last is not None and np.array_equal(self._at, x):
            return self._last
        jobs = [(self.free, x, share.arms, share.courses, share.outcomes) for share in self.shares]
        parts = list(self.pool.map(_predicted, jobs)) if self.pool else list(map(_predicted, jobs))
        table = np.empty((len(self.outcomes), len(self.free) + 1))
        for share, part in zip(self.shares, parts, strict=True):
            table[share.places] = part
        residuals = self.distances(table)
        prior, widths = self.prior(x)
        jacobian = np.vstack([(residuals[:, 1:] - residuals[:, :1]) / STEP, np.diag(1 / widths)])
        self._at, self._last = np.array(x), Evaluation(np.concatenate([residuals[:, 0], prior]), jacobian)
        return self._last

    def residuals(self, x):
        """Return the residuals at a point."""
        return self.evaluate(x).residuals

    def jacobian(self, x):
        """Return the derivatives of the residuals at a point."""
        return self.evaluate(x).jacobian

    def distances(self, table):
        """Return how far predictions (rows x points) are from the published results, in standard errors times pull."""
        import numpy as np

        pull = np.where(self.outcomes["quantity"].isin(list(evidence.MARKERS)), MARKER_PULL, 1.0)[:, None]
        value, se = (self.outcomes[name].to_numpy()[:, None] for name in ("value", "se"))
        ratio = (self.outcomes["unit"] == "ratio").to_numpy()[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = (np.log(np.abs(table)) - np.log(np.abs(value))) / se
        return pull * np.where(ratio, logs, (table - value) / se)

    def prior(self, x):
        """Return how far a point is from the priors, in their widths, and the widths."""
        import numpy as np

        starts = np.array([f.coordinate(f.prior) for f in self.free])
        widths = np.array([f.bounds.width / PRIOR_WIDTHS * 2 for f in self.free])
        return (np.asarray(x) - starts) / widths, widths


def _shares(arms, courses, outcomes, workers):
    """Divide the outcomes among workers so that the arms of one study stay together."""
    import numpy as np

    study = dict(zip(arms["arm"], arms["study"], strict=True))
    names = list(dict.fromkeys(outcomes["arm"].map(study)))
    groups = [names[i :: max(workers * 3, 1)] for i in range(max(workers * 3, 1))]
    found = []
    for group in groups:
        mask = outcomes["arm"].map(study).isin(group).to_numpy()
        if mask.any():
            found.append(Share(arms, courses, outcomes[mask], np.flatnonzero(mask)))
    return found


def off_the_bounds(free, x):
    """Return a point with every coordinate moved a little off its bounds, where a fit can begin."""
    import numpy as np

    low, high = np.array([f.bounds for f in free]).T
    return np.clip(np.asarray(x), low + 0.03 * (high - low), high - 0.03 * (high - low))


def fit(problem, start, most=25, verbose=0, tolerance=1e-4):
    """Fit from a start and return scipy's result; `result.x` are the coordinates, see `Free`."""
    import numpy as np
    from scipy.optimize import least_squares

    low, high = np.array([f.bounds for f in problem.free]).T
    return least_squares(
        problem.residuals,
        off_the_bounds(problem.free, start),
        jac=problem.jacobian,
        bounds=(low, high),
        loss=LOSS,
        f_scale=LOSS_SCALE,
        max_nfev=most,
        x_scale=1.0,
        ftol=tolerance,
        xtol=tolerance,
        verbose=verbose,
    )


def values_of(free, x) -> list[float]:
    """Return the parameter values at coordinates x."""
    return [f.sign * math.exp(c) for f, c in zip(free, x, strict=True)]


def write_values(free, values, status="fitted"):
    """Write fitted values into data/parameters.csv and data/signal_matrix.csv."""
    found = {f.key: v for f, v in zip(free, values, strict=True)}
    for table, column in (("parameters", "value"), ("signal_matrix", "weight")):
        rows = [dict(row) for row in data.rows(table)]
        for row in rows:
            key = row["name"] if table == "parameters" else (row["signal"], row["handle"])
            if key in found:
                row[column], row["status"] = f"{found[key]:.4g}", status
        with data.path(f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


@dataclass(frozen=True)
class Calibration:
    """A finished fit: values, their uncertainty and the starts it was reached from."""

    free: list
    values: list
    factors: list  # one-sigma factor of each value: the interval is value / factor**1.96 to value * factor**1.96
    correlation: object
    costs: list  # final cost of each start, the best first
    informed: list  # share of the prior's spread that the data removed, 0 to 1
    shifts: object  # log shifts of the parameters (rows) one standard error away in a few directions (columns)


def run(starts=2, seed=1, workers=2, most=12, verbose=0) -> Calibration:
    """Fit the published results of the data package from several starts and return the best fit.

    Parameters
    ----------
    starts : int
        The first start is what the data package holds, the second the prior; the others are drawn around the prior.
    seed : int
        Of the draws; the result is the same each time.
    workers, most, verbose : int
        Processes, most evaluations a start, and how much is printed.
    """
    import numpy as np

    arms, courses, outcomes = (evidence.published(name) for name in ("arms", "courses", "outcomes"))
    free, draw = free_parameters(), np.random.default_rng(seed)
    prior = np.array([f.coordinate(f.prior) for f in free])
    spread = np.array([f.bounds.width / PRIOR_WIDTHS for f in free])
    held = np.array([f.coordinate(f.value) for f in free])
    drawn = [prior + 0.3 * spread * draw.standard_normal(len(free)) for _ in range(starts - 2)]
    points = [held, prior, *drawn][:starts]
    problem = Fit(arms, courses, outcomes, free, workers)
    results = [fit(problem, x, most, verbose) for x in points]
    results.sort(key=lambda r: r.cost)
    return _summary(problem, results)


def _summary(problem, results):
    import numpy as np

    best, free = results[0], problem.free
    covariance = np.linalg.inv(best.jac.T @ best.jac)
    sigma = np.sqrt(np.diag(covariance))
    widths = np.array([f.bounds.width / PRIOR_WIDTHS * 2 for f in free])
    inside = [f.bounds.low + 0.02 < x < f.bounds.high - 0.02 for f, x in zip(free, best.x, strict=True)]
    return Calibration(
        free,
        values_of(free, best.x),
        [float(np.exp(s)) if free_to_move else None for s, free_to_move in zip(sigma, inside, strict=True)],
        covariance / np.outer(sigma, sigma),
        [float(r.cost) for r in results],
        [float(max(0.0, 1 - s / w)) for s, w in zip(sigma, widths, strict=True)],
        directions(problem, best.x, covariance),
    )


def directions(problem, x, covariance, number=4):
    """Return the directions of the parameters in which predicted densities are least certain.

    With the covariance C = L L' and the derivatives P of the predicted densities, the singular vectors of
    P L are the directions; they are stretched so that together they carry the whole variance.

    Returns
    -------
    array, shape (parameters, number)
        Log shifts, one standard error long, cut at the bounds.
    """
    import numpy as np

    outcomes = problem.outcomes
    density = (outcomes["quantity"].isin(["bmd", "vbmd"]) & (outcomes["unit"] != "g/cm2")).to_numpy()
    sensitivity = problem.evaluate(x).jacobian[: len(outcomes)][density] * outcomes["se"].to_numpy()[density][:, None]
    root = np.linalg.cholesky(covariance)
    _, size, vectors = np.linalg.svd(sensitivity @ root)
    stretch = np.sqrt(np.sum(size**2) / np.sum(size[:number] ** 2))
    low, high = np.array([f.bounds for f in problem.free]).T[:, :, None]
    return np.clip(root @ vectors[:number].T * stretch, low - x[:, None], high - x[:, None])
