"""Prediction of studies that were left out of the fit, and the misfit that this shows.

Every study is in one fold with all that share its people (data/published_topics.csv). A fold is fitted again without
its results, from the full fit, with the loss, bounds and priors of `calibrate`. Derivatives with arrays as parameters
are dear, so all folds begin with the same ones and improve them by what their own steps show (Broyden 1965 Math Comput
19:577-593); residuals alone are cheap.
"""

from __future__ import annotations

import math
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

from osteolab import calibrate, data, evidence, misfit

FOLDS = 10
EVALUATIONS = 20  # of a fold, at most, from one set of derivatives
REFRESHES = 2  # how often a fold computes its derivatives anew
TOLERANCE = 1e-5  # what only the left-out study told is nearly flat without it, and has far to go back to its prior

DENSITIES = ("density", "trabecular")
FACTOR = 2.0  # what trabecular bone and a reach beyond the studies cost, if no result said otherwise
WORTH = 2.0  # by how much the logarithm of the likelihood has to rise for one number more
SIZE_LIMITS = (0.01, 100.0)
LIMITS = {"trabecular": (1.0, 10.0), "outside": (1.0, 5.0), "growth": (1e-3, 1.0)}
WITHIN, SHARES = 1.96, (0.93, 0.97)
STRETCHES = [1.02**k for k in range(-60, 61)]


class Start(NamedTuple):
    """Where every fold begins: the full fit, its predictions of all results and their derivatives."""

    x: Any
    predicted: Any
    residuals: Any
    jacobian: Any


class Job(NamedTuple):
    """One fold to be fitted: which results are kept, and from where."""

    arms: Any
    courses: Any
    outcomes: Any
    free: list
    kept: Any
    start: Start
    evaluations: int
    refreshes: int


class Found(NamedTuple):
    """A fold that was fitted: predictions of what was left out, cost, how far from flat it is, evaluations used."""

    predicted: Any
    cost: float
    slope: float
    evaluations: int


# Folds


def people_of_studies() -> dict[str, str]:
    """Return for each study the name of the people it shares with others, its own name if with none."""
    return {row["study"]: row["people"] or row["study"] for row in data.rows("published_topics")}


def folds(arms, outcomes, number=FOLDS):
    """Divide results among folds, people together and topics spread evenly.

    Groups of people are dealt out from the largest of each topic on, each to the fold that has least of the topic,
    and of those to the one that has least of all. No chance is in it.

    Returns
    -------
    list of int
        The fold of each outcome, from 1.
    """
    study = dict(zip(arms["arm"], arms["study"], strict=True))
    people, topic = people_of_studies(), {row["study"]: row["topic"] for row in data.rows("published_topics")}
    studies = [study[arm] for arm in outcomes["arm"]]
    groups: dict[str, Counter] = {}
    for name in studies:
        groups.setdefault(people[name], Counter())[topic[name]] += 1
    order = sorted(groups, key=lambda name: (groups[name].most_common(1)[0][0], -groups[name].total(), name))
    load: list[Counter[str]] = [Counter() for _ in range(number)]
    place = {}
    for name in order:
        main = groups[name].most_common(1)[0][0]
        best = min(range(number), key=lambda i: (load[i][main], load[i].total(), i))
        load[best] += groups[name]
        place[name] = best + 1
    return [place[people[name]] for name in studies]


# The fit of a fold


class Fold:
    """The residuals of the results that are kept, as `calibrate.fit` asks for them."""

    def __init__(self, job):
        self.job, self.free = job, job.free
        self._rows = job.outcomes[job.kept]
        self._problem = calibrate.Fit(job.arms, job.courses, self._rows, job.free, workers=1)
        self._known: dict[tuple, Any] = {}
        self.begin(job.start.x, self._cut(job.start.residuals), self._cut(job.start.jacobian))

    def _cut(self, table):
        """Return the rows of a table of all results and priors that belong to this fold."""
        import numpy as np

        return table[np.concatenate([self.job.kept, np.ones(len(self.free), bool)])]

    def begin(self, x, residuals, jacobian):
        """Take a point with its derivatives as the one from which steps are counted."""
        self._known[tuple(x)] = residuals
        self._base, self._jacobian = x, jacobian

    def refresh(self, x):
        """Compute the derivatives at a point anew, from one run with arrays as parameters."""
        at = self._problem.evaluate(x)
        self.begin(x, at.residuals, at.jacobian)

    def residuals(self, x):
        """Return the residuals at a point, from one run with plain numbers."""
        import numpy as np

        if tuple(x) not in self._known:
            table = predictions(self.job, x, self._rows)[:, None]
            self._known[tuple(x)] = np.concatenate([self._problem.distances(table)[:, 0], self._problem.prior(x)[0]])
        return self._known[tuple(x)]

    def jacobian(self, x):
        """Return the derivatives last computed, corrected along the steps taken since (Broyden's rule)."""
        import numpy as np

        step = x - self._base
        if step.any():
            change = self.residuals(x) - self.residuals(self._base)
            self._jacobian = self._jacobian + np.outer(change - self._jacobian @ step, step) / (step @ step)
            self._base = np.array(x)
        return self._jacobian

    @property
    def evaluations(self):
        """How many points were run."""
        return len(self._known) - 1


def predictions(job, x, rows):
    """Return what the calculator predicts for some results at a point."""
    import numpy as np

    parameters = calibrate.with_values(job.free, calibrate.values_of(job.free, x))
    lives = evidence.ArmLives(job.arms, job.courses, rows, parameters)
    return np.array([float(lives.predict(row)) for row in rows.to_dict("records")])


def fit_fold(job) -> Found:
    """Fit one fold and predict what was left out of it."""
    fold, x = Fold(job), job.start.x
    result = calibrate.fit(fold, x, job.evaluations, tolerance=TOLERANCE)
    for _ in range(job.refreshes):
        x = calibrate.off_the_bounds(job.free, result.x)
        fold.refresh(x)
        result = calibrate.fit(fold, x, job.evaluations, tolerance=TOLERANCE)
    return Found(
        predictions(job, result.x, job.outcomes[~job.kept]),
        float(result.cost),
        float(result.optimality),
        fold.evaluations,
    )


def full_fit(arms, courses, outcomes, free, workers=2) -> Start:
    """Return the fit of all results as data/ holds it, a little off the bounds, with its derivatives."""
    problem = calibrate.Fit(arms, courses, outcomes, free, workers)
    x = calibrate.off_the_bounds(free, [f.coordinate(f.value) for f in free])
    at = problem.evaluate(x)
    job = Job(arms, courses, outcomes, free, None, None, 0, 0)  # type: ignore[arg-type]
    return Start(x, predictions(job, x, outcomes), at.residuals, at.jacobian)


def run(number=FOLDS, evaluations=EVALUATIONS, refreshes=REFRESHES, studies=None, workers=2, say=None):
    """Predict every published result from a fit without it and all that share its people.

    Parameters
    ----------
    number, evaluations, refreshes : int
        Folds; in each, most evaluations from one set of derivatives, and how often these are computed anew.
    studies : int, optional
        Only so many studies, the first of the table: for a trial of the command.
    workers : int
        Processes.
    say : callable, optional
        Told of each fold, see `Found`.

    Returns
    -------
    DataFrame
        The published outcomes with `fold`, `predicted` when left out, and `z`.
    """
    import numpy as np

    arms, courses, outcomes = (evidence.published(name) for name in ("arms", "courses", "outcomes"))
    if studies:
        few = set(list(dict.fromkeys(arms["study"]))[:studies])
        outcomes = outcomes[outcomes["arm"].isin(arms.loc[arms["study"].isin(few), "arm"])].reset_index(drop=True)
    free, table = calibrate.free_parameters(), outcomes.copy()
    table["fold"] = folds(arms, outcomes, number)
    start = full_fit(arms, courses, outcomes, free, workers)
    fold = table["fold"].to_numpy()
    jobs = [Job(arms, courses, outcomes, free, fold != k, start, evaluations, refreshes) for k in range(1, number + 1)]
    jobs = [job for job in jobs if not job.kept.all()]
    predicted = np.empty(len(outcomes))
    with ProcessPoolExecutor(workers) as pool:
        for job, found in zip(jobs, pool.map(fit_fold, jobs), strict=True):
            predicted[~job.kept] = found.predicted
            if say:
                say(found)
    table["predicted"] = predicted
    rows = table.to_dict("records")
    table["z"] = [evidence.z_score(row["unit"], row["predicted"], row["value"], row["se"]) for row in rows]
    return table


# The misfit


def as_seen(table):
    """Return left-out results with what the misfit needs to know of each.

    Whether a result lies outside what was studied is asked of the studies of other people: that is what it was
    predicted from.

    Returns
    -------
    DataFrame
        `table` with `measure`, `kind`, `years`, `outside` (0 or 1), `percent`, `scale` (see `evidence.Seen`) and
        `parameter_sd`, the part of the standard error that comes from the fitted parameters.
    """
    arms, courses = evidence.published("arms"), evidence.published("courses")
    lives = evidence.ArmLives(arms, courses, table, data.parameters())
    study, people = dict(zip(arms["arm"], arms["study"], strict=True)), people_of_studies()
    found = []
    for row in table.to_dict("records"):
        own = people[study[row["arm"]]]
        reach = misfit.studied(frozenset(name for name, shared in people.items() if shared == own))
        found.append(lives.seen(row, row["predicted"], reach))
    result = table.copy()
    result["measure"] = [seen.measure for seen in found]
    result["kind"] = [seen.change.kind for seen in found]
    result["years"] = [seen.change.years for seen in found]
    result["outside"] = [int(seen.change.outside) for seen in found]
    result["percent"] = [seen.percent for seen in found]
    result["scale"] = [seen.scale for seen in found]
    result["parameter_sd"] = evidence.parameter_sd(arms, courses, table)
    return result


def standard_error(row, size=None) -> float:
    """Return one standard error of the calculator for a left-out result (a dict), in its unit (ln of a ratio)."""
    change = misfit.Change(row["kind"], float(row["years"]), bool(int(row["outside"])))
    seen = evidence.Seen(row["measure"], change, float(row["percent"]), float(row["scale"]))
    return math.hypot(float(row["parameter_sd"]), seen.misfit(size))


def left_over(row) -> float:
    """Return how far a left-out prediction is off, on the scale of its standard error."""
    if row["unit"] == "ratio":
        return math.log(row["predicted"] / row["value"])
    return row["predicted"] - row["value"]


def surprise(rows, size) -> float:
    """Return minus the logarithm of how likely the left-out errors are with these sizes of the misfit."""
    total = 0.0
    for row in rows:
        variance = row["se"] ** 2 + standard_error(row, size) ** 2
        total += (math.log(variance) + left_over(row) ** 2 / variance) / 2
    return total


def pull(size) -> float:
    """Return how far kinds are from each other and factors from two, against a width of a factor of two."""
    logs = [math.log(max(size[kind], SIZE_LIMITS[0])) for kind in misfit.KINDS]
    mean = sum(logs) / len(logs)
    far = [log - mean for log in logs] + [math.log(size[name] / FACTOR) for name in ("trabecular", "outside")]
    return sum(x**2 for x in far) / (2 * math.log(2) ** 2)


def likeliest(rows, size, names, limits=None):
    """Return the sizes with those named set to their most likely values, and `surprise` with `pull` there."""
    import numpy as np
    from scipy.optimize import minimize

    if not rows:
        return size, 0.0
    limits = LIMITS | (limits or {})

    def at(logs):
        return size | dict(zip(names, map(math.exp, logs), strict=True))

    ends = [tuple(map(math.log, limits.get(name, SIZE_LIMITS))) for name in names]
    start = np.clip([math.log(size[name]) for name in names], *np.array(ends).T)
    best = minimize(lambda logs: surprise(rows, at(logs)) + pull(at(logs)), start, bounds=ends)
    return at(best.x), float(best.fun)


def estimate(table):
    """Estimate the sizes of data/misfit.csv from left-out results (see `as_seen`).

    The errors are taken as normal with the variance se**2 + predicted_sd**2; the sizes are those under which they are
    most likely. Kinds with few results are drawn weakly to the others, the two factors to two. A growth with the
    change is kept where it makes the errors more likely than a number more should. At last the sizes of a measure are
    stretched, where it is needed, until about 95 of 100 results lie inside (`stretched`).

    Returns
    -------
    dict of str to (float, int)
        Value and number of results for each size.
    """
    rows = table.to_dict("records")
    density = [row for row in rows if row["measure"] in DENSITIES]
    of = {
        name: [row for row in rows if row["measure"] == name] for name in ("marker", "fracture", "structure", "level")
    }
    size = dict.fromkeys((*misfit.KINDS, "fracture"), 1.0) | dict.fromkeys(("trabecular", "outside"), FACTOR)
    size |= dict.fromkeys(("marker", "structure", "level"), 10.0) | {"growth": 0.0}
    size = _grown(density, size)
    size = stretched(density, size, (*misfit.KINDS, "growth"))
    for name, own in of.items():
        size = stretched(own, likeliest(own, size, [name])[0], (name,))
    number = Counter(row["kind"] for row in density) + Counter(row["measure"] for row in rows)
    number["growth"] = len(density)
    number["outside"] = sum(row["outside"] for row in density)
    return {name: (value, number[name]) for name, value in size.items()}


def _grown(rows, size):
    """Return the likeliest sizes, with a growth where the data ask for it; small changes keep a misfit all the same."""
    names = [*misfit.KINDS, "trabecular", "outside"]
    plain, without = likeliest(rows, size, names)
    least = {name: (plain[name] / 2, SIZE_LIMITS[1]) for name in names if name not in LIMITS}
    grown, within = likeliest(rows, plain | {"growth": 0.05}, [*names, "growth"], least)
    return grown if without - within > WORTH else plain


def inside(rows, size) -> int:
    """Return how many left-out errors lie within 1.96 of both standard errors, that of the trial and that of here."""
    both = (math.hypot(row["se"], standard_error(row, size)) for row in rows)
    return sum(abs(left_over(row)) <= WITHIN * error for row, error in zip(rows, both, strict=True))


def enough(number) -> tuple[int, int]:
    """Return how many of a number of results should lie inside: 93 to 97 in 100, or the whole results around that."""
    least, most = math.ceil(SHARES[0] * number), math.floor(SHARES[1] * number)
    return (least, most) if least <= most else (most, least)


def stretched(rows, size, names):
    """Return the sizes with those named times the factor nearest to 1 that brings `enough` results inside.

    Errors with a longer tail than the normal one need more, those with a shorter one less. Where the standard errors of
    the trials alone reach too far, no factor helps and the likeliest sizes stay.
    """
    least, most = enough(len(rows))
    for factor in sorted(STRETCHES, key=lambda f: abs(math.log(f))):
        wider = size | {name: size[name] * factor for name in names}
        if least <= inside(rows, wider) <= most:
            return wider
    return size
