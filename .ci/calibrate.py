"""Fit the calculator to the published results, write data/ and the report docs/model/fit.md with its plot.

Run by `python -m nox -s calibrate`. With `-- --report` nothing is fitted: only the report is written.
"""

from __future__ import annotations

import csv
import math
import sys
import time
from pathlib import Path

from osteolab import calibrate, data, evidence

ROOT = Path(__file__).resolve().parents[1]
REPORT, PLOT = ROOT / "docs/model/fit.md", ROOT / "docs/model/fit.svg"
WITHIN = 1.96
# What a fit is to reach: a share inside 1.96 se, except where another measure is named.
AIMS = (
    ("density", "inside", 0.92),
    ("density", "RMS z", 1.10),
    ("density", "median error", 0.70),
    ("marker", "inside", 0.90),
    ("fracture", "inside", 0.88),
)


def kind(row) -> str:
    """Return the kind of an outcome: density, marker, fracture, level or structure."""
    if row["unit"] == "ratio":
        return "fracture"
    if row["quantity"] in ("bmd", "vbmd"):
        return "density"
    if row["quantity"] in evidence.MARKERS:
        return "marker"
    return "level" if row["site"] == "serum" else "structure"


def judged():
    """Return the published results with prediction, z, kind and topic."""
    arms, courses, outcomes = (evidence.published(name) for name in ("arms", "courses", "outcomes"))
    table = evidence.predict(arms, courses, outcomes)
    topics = {row["study"]: row["topic"] for row in data.rows("published_topics")}
    study = dict(zip(arms["arm"], arms["study"], strict=True))
    table["kind"] = [kind(row) for row in table.to_dict("records")]
    table["topic"] = table["arm"].map(study).map(topics)
    return table


def summary(table, by):
    """Return rows, share within 1.96 se, RMS z and median error of each group."""
    rows = []
    for name, part in table.groupby(by):
        rows.append((name, len(part), (part["z"].abs() <= WITHIN).mean(), (part["z"] ** 2).mean() ** 0.5,
                     median_error(part)))  # fmt: skip
    return rows


def median_error(part):
    """Return the median error of results in percent or points; of ratios where there is nothing else."""
    percent = part["unit"].str.startswith("percent")
    rows = part[percent if percent.any() else part["unit"] == "ratio"]
    return (rows["predicted"] - rows["value"]).abs().median()


def number(value) -> str:
    """Return a number of the report, or a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:.2f}"


def aims(table):
    """Return what was aimed at and what is reached, and the topics of density of which less than 0.80 lie inside."""
    by_kind = {name: {"inside": i, "RMS z": r, "median error": m} for name, _, i, r, m in summary(table, "kind")}
    rows = []
    for name, measure, aim in AIMS:
        reached = round(by_kind[name][measure], 2)
        met = reached >= aim if measure == "inside" else reached <= aim
        rows.append((name, measure, f"{aim:.2f}", f"{reached:.2f}", "yes" if met else "**no**"))
    density = table[table["kind"] == "density"]
    low = [name for name, _, share, _, _ in summary(density, "topic") if share < 0.8]
    return rows, low


def markdown(header, rows) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def plot(table):
    """Draw predicted against published changes of density and markers."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "osteolab"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4.6))
    for axis, name, unit in ((axes[0], "density", "percent"), (axes[1], "marker", "percent")):
        part = table[(table["kind"] == name) & (table["unit"] != "g/cm2")]
        ends = [part[["value", "predicted"]].min().min() - 3, part[["value", "predicted"]].max().max() + 3]
        axis.plot(ends, ends, color="#767F8C", lw=1)
        style = {"fmt": "o", "ms": 4, "color": "#1F5FA8", "ecolor": "#C9CFD7"}
        axis.errorbar(part["value"], part["predicted"], xerr=part["se"], **style)
        axis.set(xlabel=f"published change, {unit}", ylabel=f"predicted change, {unit}")
        axis.set_title(f"{name} ({len(part)} results)")
    figure.tight_layout()
    figure.savefig(PLOT, metadata={"Date": None})


def report(table, fitted=None, minutes=None) -> str:
    """Return the report as Markdown."""
    density = table[table["kind"] == "density"]
    worst = table.assign(size=table["z"].abs()).sort_values("size", ascending=False).head(10)
    parts = [
        "# The fit", "",
        "Written by `python -m nox -s calibrate`; do not edit by hand.", "",
        f"{len(calibrate.free_parameters())} parameters fitted to {len(table)} published results "
        "(`published_outcomes.csv`). z is (predicted − published) / standard error; "
        "for ratios on the logarithmic scale. "
        f"Median error of density: {median_error(density):.2f} points. Medians are those of results in percent or "
        "points (for fractures, of ratios).", "",
        "## Aims", "",
        markdown(("kind", "measure", "aim", "reached", "met"), aims(table)[0]), "",
        "Topics of density of which less than 0.80 lie inside: " + (", ".join(aims(table)[1]) or "none") + ".", "",
        "![Predicted against published changes; most points lie near the diagonal](fit.svg)", "",
        "## By kind", "",
        markdown(("kind", "results", "within 1.96 se", "RMS z", "median error"),
                 [(n, k, number(i), number(r), number(m)) for n, k, i, r, m in summary(table, "kind")]), "",
        "## By topic (all kinds)", "",
        markdown(("topic", "results", "within 1.96 se", "RMS z", "median error"),
                 [(n, k, number(i), number(r), number(m)) for n, k, i, r, m in summary(table, "topic")]), "",
        "## By topic (density)", "",
        markdown(("topic", "results", "within 1.96 se", "RMS z", "median error"),
                 [(n, k, number(i), number(r), number(m)) for n, k, i, r, m in summary(density, "topic")]), "",
        "## The ten worst", "",
        markdown(("result", "published", "se", "predicted", "z"),
                 [(f"`{r.id}`", r.value, r.se, number(r.predicted), number(r.z)) for r in worst.itertuples()]), "",
    ]  # fmt: skip
    if fitted is not None:
        parts += identifiability(fitted, minutes)
    elif REPORT.exists() and "## What the data can tell" in REPORT.read_text(encoding="utf-8"):
        parts.append(
            REPORT.read_text(encoding="utf-8")[REPORT.read_text(encoding="utf-8").index("## What the data can tell") :]
        )
    return "\n".join(parts).rstrip() + "\n"


def identifiability(fitted, minutes):
    """Return the part of the report on what the data can and cannot tell."""
    names = [f.key if isinstance(f.key, str) else " → ".join(f.key) for f in fitted.free]
    pairs = sorted(
        ((fitted.correlation[i, j], names[i], names[j]) for i in range(len(names)) for j in range(i)),
        key=lambda pair: -abs(pair[0]),
    )
    rows = []
    for f, name, value, factor, told in zip(
        fitted.free, names, fitted.values, fitted.factors, fitted.informed, strict=True
    ):
        interval = "at its bound" if factor is None else f"× or ÷ {factor:.2f}"
        rows.append((f"`{name}`", f"{value:.4g}", interval, f"{f.low:g} to {f.high:g}", f"{100 * told:.0f} %"))
    starts = ", ".join(f"{cost:.2f}" for cost in fitted.costs)
    return [
        "## What the data can tell", "",
        f"Final cost from {len(fitted.costs)} starts: {starts}. Time: {minutes:.1f} minutes.", "",
        "One standard error as a factor (from the Jacobian, weak priors included), and the share of the prior's "
        "spread that the data removed. Below about 20 % the data hardly inform the parameter.", "",
        markdown(("parameter", "value", "one se", "bounds", "informed by the data"), rows), "",
        "Pairs that the data cannot tell apart (correlation above 0.8):", "",
        markdown(("correlation", "one", "other"),
                 [(f"{c:.2f}", f"`{a}`", f"`{b}`") for c, a, b in pairs if abs(c) > 0.8] or [("none", "", "")]), "",
    ]  # fmt: skip


def write_intervals(fitted):
    """Write value and 95 % interval of every fitted parameter into data/."""
    calibrate.write_values(fitted.free, fitted.values)
    found = {f.key: (v, k) for f, v, k in zip(fitted.free, fitted.values, fitted.factors, strict=True)}
    for table in ("parameters", "signal_matrix"):
        path = data.path(f"{table}.csv")
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            key = row["name"] if table == "parameters" else (row["signal"], row["handle"])
            value, factor = found.get(key, (None, None))
            ends = ("", "")
            if factor is not None:
                ends = sorted((value / factor**WITHIN, value * factor**WITHIN))
                ends = [f"{min(max(end, float(row['low'])), float(row['high'])):.4g}" for end in ends]
            row["interval_low"], row["interval_high"] = ends
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def write_directions(fitted):
    """Write data/uncertainty.csv: the log shifts of the parameters in the directions of least certainty."""
    with data.path("uncertainty.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["direction", "name", "log_shift"])
        for k, shifts in enumerate(fitted.shifts.T, 1):
            for f, shift in zip(fitted.free, shifts, strict=True):
                if abs(shift) > 1e-4:
                    writer.writerow([k, f.key if isinstance(f.key, str) else " > ".join(f.key), f"{shift:.5f}"])


def main():
    """Fit unless asked for the report only, then write the report."""
    fitted, minutes = None, None
    if "--report" not in sys.argv:
        began = time.time()
        fitted = calibrate.run(verbose=2)
        minutes = (time.time() - began) / 60
        write_intervals(fitted)
        write_directions(fitted)
        data.rows.cache_clear()
        data._parameter_values.cache_clear()
        data._weight_values.cache_clear()
        data.variant.cache_clear()
    table = judged()
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    plot(table)
    REPORT.write_text(report(table, fitted, minutes), encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8")[:3000])


if __name__ == "__main__":
    main()
