"""Write docs/model/provenance.md: where each number of the calculator comes from, layer by layer.

Run `python .ci/make_provenance.py` after a change of data/parameters.csv or data/signal_matrix.csv.
"""

from __future__ import annotations

import csv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/model/provenance.md"

INTRODUCTION = """\
# Where each number comes from

Written by `.ci/make_provenance.py` from `data/parameters.csv` and `data/signal_matrix.csv`; do not edit by hand.

**Fitted** values were moved by the fit to the published results ([fit.md](fit.md)) inside the range given; the 95 %
interval is that of the fit, blank where the value stands at an end of its range or was not fitted. **Fixed** values
were taken from the source and left alone. The grade says how well the statement is supported
([what the grades mean](../data.md#grades)). Unit 1 is a pure number; `ln` is an effect on a natural logarithm.
"""

# A parameter belongs to the first layer one of whose beginnings its name has.
LAYERS = {
    "Endocrine: what is in the blood": (
        "menopause_ estradiol_ testosterone_ gel_ enanthate_ feedback_ testes_ anastrozole_ conjugated_ oral_ "
        "transdermal_ prednisone_ cortisol_cushing hypogonadism_ gnrh_ igf1_gh_ growth_hormone_ tesamorelin_ "
        "cjc1295_ sermorelin_ infliximab_"
    ),
    "Links between systems": "link_",
    "Growth hormone over a day": "gh_",
    "Signals: from levels to handles": (
        "estrogen_ bone_ androgen_ igf1_half cortisol_ homa_ il6_ calcium_"
    ),
    "Crew: the cells": (
        "precursor_ osteoclast_ preosteoblast_ osteoblast_ sclerostin_ coupling_ compensation_ anabolic_ rankl_survival"
    ),
    "Bone drugs": "romosozumab_ teriparatide_ bisphosphonate_ alendronate_ denosumab_",
    "Skeleton: the two tissues": (
        "turnover_ formation_feedback_ habit_ resorption_feedback young_ maturing_ ageing_ perforation_ glycation_"
    ),
    "Readouts: what is shown": (
        "rankl_ opg_ share_ ctx_ p1np_ degeneration_ strength_ fracture_"
    ),
}  # fmt: skip
HEADER = ("value", "unit", "95 % interval", "range", "status", "source", "grade", "what it does")


def layer_of(name: str) -> str:
    """Return the layer a parameter belongs to, or raise KeyError."""
    for layer, beginnings in LAYERS.items():
        if name.startswith(tuple(beginnings.split())):
            return layer
    raise KeyError(f"{name} belongs to no layer of .ci/make_provenance.py")


def rows(table: str):
    """Return a table of data/ as a list of dicts."""
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def interval(low, high):
    """Return an interval as text, or nothing."""
    return f"{low} to {high}" if low and high else ""


def cells(row, value):
    """Return the cells that both tables share."""
    fitted = interval(row.get("interval_low"), row.get("interval_high"))
    span = interval(row["low"], row["high"]) if row["low"] != row["high"] else ""
    unit = row.get("unit", "ln")
    return [value, unit, fitted, span, row["status"], row["source"], row["grade"], row["sentence"]]


def table(names, lines) -> str:
    """Return a Markdown table."""
    texts = [[str(cell).replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in [names, ["---"] * len(names), *texts])


def page() -> str:
    """Return the whole page."""
    parameters, weights = rows("parameters"), rows("signal_matrix")
    fitted = sum(row["status"] == "fitted" for row in [*parameters, *weights])
    count = (
        f"{len(parameters) + len(weights)} numbers: {fitted} fitted, {len(parameters) + len(weights) - fitted} fixed."
    )
    parts = [INTRODUCTION + "\n" + count]
    for layer in LAYERS:
        mine = [row for row in parameters if layer_of(row["name"]) == layer]
        lines = [[f"`{row['name']}`", *cells(row, row["value"])] for row in mine]
        parts.append(f"## {layer}\n\n{table(('parameter', *HEADER), lines)}")
        if layer.startswith("Signals"):
            lines = [[row["signal"], row["handle"], *cells(row, row["weight"])] for row in weights]
            names = ("signal", "handle", *HEADER)
            about = "The matrix: each weight is the effect on the logarithm of the handle when the signal is 1."
            parts.append(f"### The signal matrix\n\n{about}\n\n{table(names, lines)}")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
