"""What the word on a tile means, in the sentences of data/glossary.csv."""

from __future__ import annotations

from functools import cache

from osteolab import data
from osteolab.lab.words.numbers import capital

# The terms of the glossary behind a tile: its own first, then one that its sentence leans on.
TERMS = {
    "bmd": ("bone mineral density",),
    "t_score": ("T-score", "standard deviation"),
    "ctx": ("CTX",),
    "p1np": ("P1NP",),
    "resorption": ("bone resorption", "CTX"),
    "formation": ("bone formation", "P1NP"),
    "strength": ("strength index",),
    "fracture_risk": ("fracture risk", "relative risk"),
}


@cache
def explained(name: str) -> str:
    """Return in one or two plain sentences what a quantity is, such as "Fracture risk: the chance of ..."."""
    plain = {row["term"]: row["plain"] for row in data.rows("glossary")}
    return " ".join(f"{capital(term)}: {plain[term][:1].lower()}{plain[term][1:]}" for term in TERMS[name])
