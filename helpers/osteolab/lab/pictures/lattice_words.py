"""The words of the lattice lab: titles, the sentence, the table, from computed numbers only."""

from __future__ import annotations

from html import escape
from typing import Any

from osteolab import data
from osteolab.lab.lattice_plans import BRAKE, BRAKES, BUILDER, BUILDER_DOSE, BUILDER_YEARS, NOTHING, Bone, Plan, Track
from osteolab.lab.sentence import Sentence
from osteolab.lab.words import figure, lower_first, percent, shown_unit

SAME_SCAN, SAME_BONE = 3.0, 5.0  # percentage points: less is not told apart on a scan, in strength
BUTTONS = {NOTHING: "nothing", BRAKE: "a brake", BUILDER: "a builder"}
REFERENCE = "lattice_reference"
# Measure: name in the rows, words, unit, decimals, factor.
MEASURES = (
    ("bv_tv", "Bone volume, BV/TV", "%", 1, 100),
    ("tb_th_um", "Thickness, Tb.Th", "µm", 0, 1),
    ("tb_n_per_mm", "Number, Tb.N", "1/mm", 2, 1),
    ("tb_sp_um", "Spacing, Tb.Sp", "µm", 0, 1),
    ("conn_d_per_mm3", "Rings, Conn.D", "1/mm³", 1, 1),
    ("stiffness", "Stiffness", "% of the bone at 20", 0, 100),
    ("perforated", "Plates holed", "since {since}", 0, 1),
    ("snapped", "Rods cut", "since {since}", 0, 1),
)


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
        f"Age at which the rescue begins. A brake: {brake_words(bone)}. "
        f"A builder: {builder}, for {BUILDER_YEARS} years, then the brake, as is done after it"
    )


def title(plan: Plan) -> str:
    """Return a plan in three or four words."""
    return {NOTHING: "no rescue", BRAKE: f"a brake from {plan.rescue}", BUILDER: f"a builder from {plan.rescue}"}[
        plan.kind
    ]


def first_rescue(bone: Bone, plans: tuple[Plan, Plan]) -> int:
    """Return the age up to which both twins have the same bone: the last record before the plans part."""
    if plans[0].kind == plans[1].kind == NOTHING or plans[0] == plans[1]:
        return bone.until
    return min(plan.rescue for plan in plans if plan.kind != NOTHING)


def sentence(
    bone: Bone, names: tuple[str, str], plans: tuple[Plan, Plan], tracks: tuple[Track, Track], age: float
) -> Sentence:
    """Return what has happened by an age, and why."""
    a, b = (track.reading(age) for track in tracks)
    who = " and ".join(names)
    if age <= bone.since:
        return Sentence("Twins, and so far one bone.", f" {who} are {bone.since}. Press Play to age both.")
    if age <= first_rescue(bone, plans):
        return _together(bone, who, plans, tracks, age, a)
    scan, strong = abs(a["density"] - b["density"]), abs(a["strength"] - b["strength"])
    if scan < SAME_SCAN:
        lead = "Same density, different bone." if strong >= SAME_BONE else "Same density, nearly the same bone."
    else:
        lead = "The densities differ."
    weak = 0 if a["strength"] < b["strength"] else 1
    rest = (
        f" At {figure(age)} {who} have {percent(a['density'])} and {percent(b['density'])} of their "
        f"density at {bone.since}, {percent(a['strength'])} and {percent(b['strength'])} of their strength. "
        f"Plates holed: {figure(a['perforated'])} and {figure(b['perforated'])}; "
        f"rods cut: {figure(a['snapped'])} and {figure(b['snapped'])}. "
    )
    return Sentence(lead, rest + _verdict(plans[weak], age, (a, b)[weak]))


def _together(bone, who, plans, tracks, age, a):
    same_rescue = plans[0] == plans[1] and plans[0].kind != NOTHING and age > plans[0].rescue
    lead = f"At {figure(age)} still one bone." if plans[0] != plans[1] else f"At {figure(age)} two twins, one plan."
    rest = (
        f" {who} have {percent(a['density'])} of their density at {bone.since} and {percent(a['strength'])} of their "
        f"strength. Plates holed: {figure(a['perforated'])}; rods cut: {figure(a['snapped'])}. "
    )
    return Sentence(lead, rest + _verdict(plans[0] if same_rescue else Plan(), age, a))


def _verdict(plan, age, now):
    if plan.kind == NOTHING or age <= plan.rescue:
        return f"Bone removal: {percent(now['resorption'])} of a young adult's."
    return "A brake fills pits, not holes." if plan.kind == BRAKE else "A builder adds to what is left."


def bars_title(bone: Bone) -> str:
    """Return what the bars are shares of."""
    return f"% of age {bone.since}"


# The table


def reference() -> dict[str, dict[str, str]]:
    """Return published values of young and old vertebrae by measure; empty where the table is not there."""
    if not data.path(f"{REFERENCE}.csv").exists():
        return {}
    return {row["measure"]: row for row in data.rows(REFERENCE)}


def table_rows(bone: Bone, names: tuple[str, str], tracks: tuple[Track, Track], age: float) -> list[list[str]]:
    """Return the table as text: measure, unit, published young, published old, first age, twin A, twin B."""
    first, a, b = tracks[0].reading(bone.since), tracks[0].reading(age), tracks[1].reading(age)
    known, found = reference(), []
    for name, words, unit, digits, factor in MEASURES:
        there = known.get(name, {})
        shown = [figure(row[name] * factor, digits) for row in (first, a, b)]
        found.append([words, unit.format(since=bone.since), there.get("young", ""), there.get("old", ""), *shown])
    return found


def table_html(bone: Bone, names: tuple[str, str], tracks: tuple[Track, Track], age: float) -> str:
    """Return the table of measures, published values beside them, with their sources."""
    heads = ["Measure", "Unit", "Published young", "Published old", f"Both at {bone.since}"]
    heads += [f"{name} at {figure(age)}" for name in names]
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = ""
    for row in table_rows(bone, names, tracks, age):
        cells = "".join(f"<td>{escape(cell) or '–'}</td>" for cell in row[1:])
        body += f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'
    return (
        '<div class="ol-scroll" tabindex="0" role="region" aria-label="Table of measures"><table><thead><tr>'
        f"{head}</tr></thead><tbody>{body}</tbody></table>{_sources()}</div>"
    )


def _sources():
    said = [f"{row['population']}: {row['source']}" for row in reference().values()]
    listed = "; ".join(dict.fromkeys(said))
    return f'<p class="ol-source">Published: {escape(listed)}.</p>' if listed else ""


def csv_rows(tracks: tuple[Track, Track]) -> list[dict[str, Any]]:
    """Return one row for each twin and age, units in the names."""
    found = []
    for letter, track in zip("AB", tracks, strict=True):
        for age in track.ages:
            r = track.reading(age)
            found.append({
                "plan": letter, "age_years": age, "density_percent_of_first": round(r["density"], 1),
                "connections_percent_of_first": round(r["connections"], 1),
                "strength_percent_of_first": round(r["strength"], 1),
                "bv_tv_percent": round(100 * r["bv_tv"], 2), "tb_th_um": r["tb_th_um"],
                "tb_n_per_mm": r["tb_n_per_mm"], "tb_sp_um": r["tb_sp_um"], "conn_d_per_mm3": r["conn_d_per_mm3"],
                "stiffness_percent_of_young": round(100 * r["stiffness"], 1), "plates_perforated": r["perforated"],
                "struts_snapped": r["snapped"], "resorption_percent": r["resorption"],
                "formation_percent": r["formation"],
            })  # fmt: skip
    return found
