"""The words of two pieces of bone: titles, the sentence, the table, from computed numbers only."""

from __future__ import annotations

from typing import Any

from osteolab import data
from osteolab.lab.words.markup import Html, joined, tag
from osteolab.lab.words.numbers import lower_first, percent, printed, shown_unit
from osteolab.lab.words.sentence import Sentence
from osteolab.quantities import named, quantity
from osteolab.rescue import (
    BRAKE,
    BRAKES,
    BUILDER,
    BUILDER_DOSE,
    BUILDER_YEARS,
    NOTHING,
    Bone,
    Fate,
    Rescue,
)

SAME_SCAN, SAME_BONE = 3.0, 5.0  # percentage points: less is not told apart on a scan, in bone
BUTTONS = {NOTHING: "nothing", BRAKE: "a brake", BUILDER: "a builder"}
REFERENCE = "lattice_reference"
NOT_OF_A_TWIN = ("rescue", "density_gap", "strength_gap")
READINGS = tuple(name for name in named("lattice") if name not in NOT_OF_A_TWIN)
BARS = ("density", "connections", "strength")
# What the table says of a measure beside its row in the table of quantities: unit, decimals, factor.
IN_THE_TABLE = {
    "stiffness": ("% of the bone at 20", 0, 100),
    "perforated": ("since {since}", 0, 1),
    "snapped": ("since {since}", 0, 1),
}
MEASURES = ("bv_tv", "tb_th", "tb_n", "tb_sp", "conn_d", "stiffness", "perforated", "snapped")
FINER = {"density": 1, "connections": 1, "strength": 1, "bv_tv": 2, "stiffness": 1}  # decimals of a file


def value_of(row: dict[str, float], name: str) -> float:
    """Return a measure of a record in the unit of the table of quantities."""
    if name == "bv_tv":
        return 100 * row[name]
    return row[name] if name in row else row[quantity(name, "lattice").column]


def drug(name: str, level: float, unit: str) -> str:
    """Return a drug with its dose and trial: ``alendronate 10 mg/day, as in Liberman (1995)``."""
    row = next(row for row in data.rows("treatments") if row["name"] == name)
    trial = row["source"].split(";")[0].split(" 1", 1)[0].split(" 2", 1)[0]
    year = next((word for word in row["source"].replace(";", " ").split() if word.isdigit() and len(word) == 4), "")
    return f"{lower_first(row['label'])} {level:g} {shown_unit(unit)}, as in {trial} ({year})"


def brake_words(bone: Bone) -> str:
    """Return what the brake is."""
    return drug(bone.brake, *BRAKES[bone.brake])


def rescue_words(bone: Bone) -> str:
    """Return the explanation of the rescue for a tooltip."""
    builder = drug(*BUILDER_DOSE)
    return (
        f"Age at which the drug begins, in a thought experiment. A brake: {brake_words(bone)}. "
        f"A builder: {builder}, for {BUILDER_YEARS} years, then the brake, as is done after it"
    )


def title(rescue: Rescue) -> str:
    """Return a rescue in three or four words."""
    words = {NOTHING: "no drug", BRAKE: f"a brake from {rescue.age}", BUILDER: f"a builder from {rescue.age}"}
    return words[rescue.kind]


def first_rescue(bone: Bone, rescues: tuple[Rescue, Rescue]) -> int:
    """Return the age up to which both twins have the same bone: the last record before the rescues part."""
    if rescues[0].kind == rescues[1].kind == NOTHING or rescues[0] == rescues[1]:
        return bone.until
    return min(rescue.age for rescue in rescues if rescue.kind != NOTHING)


def sentence(
    bone: Bone, names: tuple[str, str], rescues: tuple[Rescue, Rescue], tracks: tuple[Fate, Fate], age: float
) -> Sentence:
    """Return what has happened by an age, and why."""
    a, b = (track.reading(age) for track in tracks)
    who = " and ".join(names)
    if age <= bone.since:
        return Sentence("Twins, and so far one bone.", f" {who} are {bone.since}. Press Play to age both.")
    if age <= first_rescue(bone, rescues):
        return _together(bone, who, rescues, a, age)
    scan = abs(a["density"] - b["density"])
    apart = max(abs(a[name] - b[name]) for name in ("strength", "connections"))
    if scan < SAME_SCAN:
        lead = "Same density, different bone." if apart >= SAME_BONE else "Same density, nearly the same bone."
    else:
        lead = "The densities differ."
    weak = 0 if a["strength"] < b["strength"] else 1
    rest = (
        f" At {printed(age)} {who} have {percent(a['density'])} and {percent(b['density'])} of their "
        f"density at {bone.since}, {percent(a['strength'])} and {percent(b['strength'])} of their strength. "
        f"Plates holed: {printed(a['perforated'])} and {printed(b['perforated'])}; "
        f"rods cut: {printed(a['snapped'])} and {printed(b['snapped'])}. "
    )
    return Sentence(lead, rest + _verdict(rescues[weak], age, (a, b)[weak]))


def _together(bone, who, rescues, a, age):
    same_rescue = rescues[0] == rescues[1] and rescues[0].kind != NOTHING and age > rescues[0].age
    lead = (
        f"At {printed(age)} still one bone." if rescues[0] != rescues[1] else f"At {printed(age)} two twins, one plan."
    )
    rest = (
        f" {who} have {percent(a['density'])} of their density at {bone.since} and {percent(a['strength'])} of their "
        f"strength. Plates holed: {printed(a['perforated'])}; rods cut: {printed(a['snapped'])}. "
    )
    return Sentence(lead, rest + _verdict(rescues[0] if same_rescue else Rescue(), age, a))


def _verdict(rescue, age, now):
    if rescue.kind == NOTHING or age <= rescue.age:
        return f"Bone removal: {percent(now['resorption'])} of a young adult's."
    return "A brake fills pits, not holes." if rescue.kind == BRAKE else "A builder adds to what is left."


def bars_title(bone: Bone) -> str:
    """Return what the bars are shares of."""
    return f"% of age {bone.since}"


# The table


def reference() -> dict[str, dict[str, str]]:
    """Return published values of young and old vertebrae by measure; empty where the table is not there."""
    if not data.path(f"{REFERENCE}.csv").exists():
        return {}
    return {row["measure"]: row for row in data.rows(REFERENCE)}


def table_rows(bone: Bone, tracks: tuple[Fate, Fate], age: float) -> list[list[str]]:
    """Return the table as text: measure, unit, published young, published old, first age, twin A, twin B."""
    records = tracks[0].reading(bone.since), *(track.reading(age) for track in tracks)
    known, found = reference(), []
    for name in MEASURES:
        of = quantity(name, "lattice")
        unit, decimals, factor = IN_THE_TABLE.get(name, (of.shown_unit, of.decimals, 1))
        there = known.get(name) or known.get(of.column) or {}
        shown = [printed(value_of(row, name) * factor, decimals) for row in records]
        found.append([of.label, unit.format(since=bone.since), there.get("young", ""), there.get("old", ""), *shown])
    return found


def table_html(bone: Bone, names: tuple[str, str], tracks: tuple[Fate, Fate], age: float) -> Html:
    """Return the table of measures, published values beside them, with their sources."""
    heads = ["Measure", "Unit", "Published young", "Published old", f"Both at {bone.since}"]
    heads += [f"{name} at {printed(age)}" for name in names]
    head = tag("tr", *(tag("th", words, scope="col") for words in heads))
    body = [
        tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell or "–") for cell in row[1:]))
        for row in table_rows(bone, tracks, age)
    ]
    whole = tag("table", tag("thead", head), tag("tbody", joined(body)))
    return tag(
        "div", whole, _sources(), class_="ol-scroll", tabindex="0", role="region", aria_label="Table of measures"
    )


def _sources():
    said = [f"{row['population']}: {row['source']}" for row in reference().values()]
    listed = "; ".join(dict.fromkeys(said))
    return tag("p", f"Published: {listed}.", class_="ol-source") if listed else ""


def csv_rows(tracks: tuple[Fate, Fate]) -> list[dict[str, Any]]:
    """Return one row for each twin and age, units in the names."""
    found = []
    for letter, track in zip("AB", tracks, strict=True):
        for age in track.ages:
            read, row = track.reading(age), {"plan": letter, "age_years": age}
            for name in READINGS:
                value = value_of(read, name) * (100 if name == "stiffness" else 1)
                row[quantity(name, "lattice").column] = round(value, FINER[name]) if name in FINER else value
            found.append(row)
    return found
