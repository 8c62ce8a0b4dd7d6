"""Predict every published result from the studies of other people, and write how well that went.

Run by `python -m nox -s crossvalidate`; it writes data/unseen.csv, data/misfit.csv and docs/model/unseen.md.
With `-- --report` nothing is fitted: the kinds, the misfit and the report are computed anew from data/unseen.csv.
With `-- --studies 6 --evaluations 2 --refreshes 0` a few studies are tried; with `--folder` all is written there.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from pathlib import Path

from calibrate import WITHIN, judged, kind, markdown, number, summary

from osteolab import crossvalidate, data, evidence, misfit

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("id", "fold", "predicted", "z", "measure", "kind", "years", "outside", "percent", "scale", "parameter_sd")
HEADER = ("results", "within 1.96 se", "RMS z", "median error")
POOR_HEADER = ("topic", "results", "within 1.96 se", "RMS z left out", "RMS z in the fit")
POOR_SHARE, POOR_RMS, POOR_ROWS = 0.75, 2.0, 3  # a topic that could not be predicted from the others
UNITS = dict.fromkeys((*misfit.KINDS, "marker", "structure", "level"), "percent")
WORDS = {
    "early_gain": "Misfit of a density on treatment for up to two years, when a year or more has passed",
    "long_gain": "The same on treatment for longer than two years",
    "loss": "The same where bone is lost: by age, by lack of a hormone, by a glucocorticoid",
    "after": "The same after the end of a treatment, or with two in turn or at once",
    "between_people": "The same between people at one time, or over more years than anybody was followed",
    "growth": "Share of the change itself that is added to it, by squares; 0 = the data do not ask for it",
    "trabecular": "How many times as large it is in trabecular bone by QCT; at least 1",
    "outside": "How many times as large it is at a dose, an age or after years that no other study reached; at least 1",
    "marker": "Misfit of a marker in blood after a change, percent of the level reached",
    "fracture": "Misfit of the logarithm of a ratio of fractures",
    "structure": "Misfit of what a biopsy shows",
    "level": "Misfit of a level in blood, percent of the level",
}


def options():
    """Return what was asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--report", action="store_true", help="fit nothing, compute the rest anew")
    parser.add_argument("--folds", type=int, default=crossvalidate.FOLDS)
    parser.add_argument("--evaluations", type=int, default=crossvalidate.EVALUATIONS)
    parser.add_argument("--refreshes", type=int, default=crossvalidate.REFRESHES)
    parser.add_argument("--studies", type=int, help="only so many studies; then --folder is needed to write")
    parser.add_argument("--folder", type=Path, help="write the three files here")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def stored():
    """Return the published outcomes with what data/unseen.csv says of each."""
    known = data.frame("unseen")[["id", "fold", "predicted", "z"]]
    return evidence.published("outcomes").merge(known, on="id", validate="one_to_one")


def shown(value) -> str:
    """Return a number as a table holds it."""
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def write(path, header, rows):
    """Write a table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def misfit_rows(found):
    """Return the rows of data/misfit.csv."""
    least = 2 * crossvalidate.SIZE_LIMITS[0]
    rows = []
    for name, words in WORDS.items():
        value, count = found[name]
        rows.append((name, f"{value:.3g}" if value > least else "0", UNITS.get(name, "1"), count, words))
    return rows


def judge(table, size):
    """Add topic, kind of report, and whether a result lies inside the standard error of both."""
    arms = evidence.published("arms")
    topics = {row["study"]: row["topic"] for row in data.rows("published_topics")}
    table = table.copy()
    rows = table.to_dict("records")
    table["topic"] = table["arm"].map(dict(zip(arms["arm"], arms["study"], strict=True))).map(topics)
    table["of"] = [kind(row) for row in rows]
    table["predicted_sd"] = [crossvalidate.standard_error(row, size) for row in rows]
    wide = [math.hypot(row["se"], sd) for row, sd in zip(rows, table["predicted_sd"], strict=True)]
    table["inside"] = [abs(crossvalidate.left_over(row)) <= WITHIN * w for row, w in zip(rows, wide, strict=True)]
    return table


def grouped(table, by):
    """Return one row for each group: results, share inside 1.96 se, RMS z, median error, share inside with the ±."""
    inside = table.groupby(by)["inside"].mean()
    return [
        (name, count, *map(number, (share, rms, median, inside[name])))
        for name, count, share, rms, median in summary(table, by)
    ]


def unpredicted(table, fitted):
    """Return topics that are missed when left out: results, share inside and RMS z left out, RMS z in the fit."""
    seen = {name: rms for name, _, _, rms, _ in summary(fitted, "topic")}
    return [
        (name, count, *map(number, (share, rms, seen[name])))
        for name, count, share, rms, _ in summary(table, "topic")
        if count >= POOR_ROWS and (share < POOR_SHARE or rms > POOR_RMS)
    ]


def report(table, found, minutes=None) -> str:
    """Return the report as Markdown."""
    fitted = judged()
    fitted = fitted[fitted["id"].isin(table["id"])]
    density, seen = table[table["of"] == "density"], fitted[fitted["kind"] == "density"]
    worst = table.assign(size=table["z"].abs()).sort_values("size", ascending=False).head(10)
    poor = unpredicted(table, fitted)
    head = (*HEADER, "within 1.96 × both")
    took = f" It took {minutes:.0f} minutes." if minutes else ""
    parts = [
        "# Studies that the fit has not seen", "",
        "Written by `python -m nox -s crossvalidate`; do not edit by hand.", "",
        "A fit that agrees with the results it was made from has not yet shown that it can predict. So the studies "
        f"were dealt into {table['fold'].nunique()} folds, those that share people always into one, the topics spread. "
        "For each fold all parameters were fitted again without its studies, and then the calculator predicted them. "
        "What follows is the error of these predictions: what to expect of a study that nobody has entered yet."
        + took, "",
        f"In density, {share(seen)} of {len(seen)} results lie within 1.96 standard errors of the fit, and "
        f"{share(density)} when they are left out; the RMS z is {rms(seen):.2f} and {rms(density):.2f}. An error "
        "larger than the standard errors of the trials is called misfit. It is estimated below by kind of change, and "
        "every ± of the calculator holds it together with the uncertainty of the fitted numbers. The last column of a "
        "table says how many left-out results lie within 1.96 times both standard errors, that of the trial and that "
        f"of the calculator: {density['inside'].mean():.0%} in density.", "",
        "z is (predicted − published) / standard error of the trial; for ratios on the logarithmic scale. A treatment "
        "that only one study has used is predicted here from the literature values of its parameters alone.", "",
        "## By kind", "", markdown(("kind", *head), grouped(table, "of")), "",
        "## By topic (all kinds)", "", markdown(("topic", *head), grouped(table, "topic")), "",
        "## By topic (density)", "", markdown(("topic", *head), grouped(density, "topic")), "",
        "## By site", "", markdown(("site", *head), grouped(table, "site")), "",
        "## What nobody could predict from the others", "",
        f"Topics with {POOR_ROWS} or more results of which less than {POOR_SHARE:.0%} lie within 1.96 se when left "
        f"out, or whose RMS z is above {POOR_RMS:g}. Where the fit agrees with them, it does so because it "
        "has seen them.", "",
        markdown(POOR_HEADER, poor) if poor else "None.", "",
        "## The ten worst", "",
        markdown(("result", "published", "se", "predicted when left out", "z", "± of the calculator"),
                 [(f"`{r.id}`", r.value, r.se, f"{r.predicted:.2f}", f"{r.z:.2f}", f"{r.predicted_sd:.2f}")
                  for r in worst.itertuples()]), "",
        "## The misfit", "",
        "Maximum likelihood: the left-out errors are taken as normal, with the squares of the trial's standard error, "
        "of the uncertainty of the parameters and of the misfit added. For a rate per year it is the misfit of the "
        "change over the whole time, divided by its years. Kinds with few results are drawn weakly to the others, and "
        f"the two factors to {crossvalidate.FACTOR:g}. Whether a result is outside is asked of the studies of other "
        "people, which is what it was predicted from. At last the sizes of a measure are stretched where fewer than "
        f"{crossvalidate.SHARES[0]:.0%} or more than {crossvalidate.SHARES[1]:.0%} of its results lie inside.", "",
        markdown(("name", "size", "unit", "results", "meaning"),
                 [(f"`{name}`", *rest) for name, *rest in misfit_rows(found)]), "",
    ]  # fmt: skip
    return "\n".join(parts).rstrip() + "\n"


def share(table) -> str:
    """Return the share of results inside 1.96 standard errors as text."""
    return f"{(table['z'].abs() <= WITHIN).mean():.0%}"


def rms(table) -> float:
    """Return the root mean square of z."""
    return float((table["z"] ** 2).mean() ** 0.5)


def main():
    """Predict what is left out unless asked for the report only; then estimate the misfit and write."""
    asked, began = options(), time.time()
    if asked.report:
        table, minutes = stored(), None
    else:
        table = crossvalidate.run(
            asked.folds, asked.evaluations, asked.refreshes, asked.studies, asked.workers,
            say=lambda fold: print(f"{time.time() - began:.0f} s: {fold.evaluations} runs, cost {fold.cost:.2f}"),
        )  # fmt: skip
        minutes = (time.time() - began) / 60
    table = crossvalidate.as_seen(table)
    found = crossvalidate.estimate(table)
    rows = misfit_rows(found)
    text = report(judge(table, {name: float(value) for name, value, *_ in rows}), found, minutes)
    if asked.folder or not asked.studies:
        tables, page = (asked.folder, asked.folder) if asked.folder else (data.path(), ROOT / "docs/model")
        tables.mkdir(parents=True, exist_ok=True)
        write(tables / "unseen.csv", COLUMNS, [[shown(row[c]) for c in COLUMNS] for row in table.to_dict("records")])
        write(tables / "misfit.csv", ("name", "value", "unit", "n", "sentence"), rows)
        (page / "unseen.md").write_text(text, encoding="utf-8")
    print(text[:3000])


if __name__ == "__main__":
    main()
