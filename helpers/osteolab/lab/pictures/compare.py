"""Up to four plans in the three panels: net turnover, balance and density, one line a plan, letters at the edge.

The common past is drawn once, in plan A; every other plan is drawn from where it departs. Only the chosen plan has its
uncertainty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from osteolab.lab.palette import FONT, PLANS, UNCERTAINTY_TINT, colours, tint
from osteolab.lab.pictures.curves import Curves
from osteolab.lab.pictures.figure import apart, points, verticals
from osteolab.lab.pictures.panel_layout import FAR, Look, px, years_per_px
from osteolab.lab.pictures.panel_traces import GAP, NOT_MEASURED, hatching, hover
from osteolab.lab.shown import LETTERS, Result, Shown
from osteolab.lab.words import numbers
from osteolab.plan import MOST_PLANS

PANELS = (("net", ("x", "y")), ("balance", ("x", "y2")), ("bmd", ("x2", "y3")))
AXES = dict(PANELS)
NAMES = LETTERS[:MOST_PLANS].lower()
TRACES = (
    {"bmd_low": AXES["bmd"], "bmd_high": AXES["bmd"]}
    | {f"pinned_{panel}": axes for panel, axes in PANELS}
    | {f"{panel}_{name}": axes for panel, axes in PANELS for name in NAMES}
    | {f"{what}_{i}": axes for what in ("course", "scan") for i, (_, axes) in enumerate(PANELS, 1)}
    | {"letters": AXES["bmd"]}
)
APART = 17  # px between the letters at the right edge
LABELLED = 4  # starts and stops that are named
MARKERS = 5  # of a line


def picture(
    shown: Shown, lines: Sequence[Curves], pinned: Curves | None, look: Look, unmeasured: bool
) -> dict[str, dict[str, Any]]:
    """Return the data of every trace of TRACES."""
    data: dict[str, dict[str, Any]] = {}
    for place, name in enumerate(NAMES):
        for panel, _ in PANELS:
            data[f"{panel}_{name}"] = points([], [])
        if place < len(lines):
            part = lines[place].part(departs(shown.results[0], shown.results[place], shown.since), shown.until)
            for panel, _ in PANELS:
                data[f"{panel}_{name}"] = points(part.ages, getattr(part, panel))
            data[f"bmd_{name}"]["customdata"] = hover(part, look.site)
    chosen = lines[shown.scenario.chosen]
    data["bmd_low"] = points(chosen.ages, chosen.bmd_low)
    data["bmd_high"] = points(chosen.ages, chosen.bmd_high) | {"fillpattern": hatching(unmeasured, look)}
    for panel, _ in PANELS:
        data[f"pinned_{panel}"] = points(pinned.ages, getattr(pinned, panel)) if pinned else points([], [])
    turns = _turns(shown, look)
    for i, (panel, _) in enumerate(PANELS, 1):
        data[f"course_{i}"] = verticals([age for age, _ in turns], FAR)
        data[f"scan_{i}"] = _scan(shown, lines, panel)
    data["scan_3"] = _with_words(data["scan_3"], shown, turns, look, unmeasured)
    data["letters"] = _letters(lines, look)
    return data


def departs(first: Result, other: Result, since: float) -> float:
    """Return the age (years) from which another plan differs from the first one; `since` where the people differ."""
    if first is other or first.person != other.person:
        return since
    mine, theirs = set(first.plan.courses), set(other.plan.courses)
    return min((course.start for course in mine ^ theirs), default=1e3)


def _turns(shown, look):
    """Return (age, words) where a plan starts or stops something: "B, D start"."""
    found: dict[float, dict[str, list[str]]] = {}
    for letter, result in zip(LETTERS, shown.results, strict=False):
        for course in result.plan.courses:
            for age, what in ((course.start, "start"), (course.stop, "stop")):
                if age is not None and shown.since < age < shown.until:
                    letters = found.setdefault(age, {}).setdefault(what, [])
                    letters += [] if letter in letters else [letter]
    between = f",<br>{GAP}" if look.form == "column" else ", "
    return [(age, _turn_words(found[age], between)) for age in sorted(found)]


def _turn_words(whats, between):
    parts = [f"{', '.join(letters)} {what}{'s' if len(letters) == 1 else ''}" for what, letters in whats.items()]
    return between.join(parts)


def _scan(shown, lines, panel):
    """Return the scan line with a dot on every plan."""
    age = shown.scenario.scan_age
    dots = [curves.at(panel, age) for curves in lines]
    dots += [None] * (MOST_PLANS - len(dots))
    return points([age, age, None] + [age] * MOST_PLANS, [-FAR, FAR, None, *dots], [""] * 7, ["top left"] * 7)


def _letters(lines, look):
    """Return the letters of the plans at the right edge, moved apart."""
    ends = apart([curves.bmd[-1] for curves in lines], px(look, "density", APART))
    gone = [None] * (MOST_PLANS - len(lines))
    texts = [f"{GAP}<b>{letter}</b>" for letter in LETTERS[: len(lines)]] + [""] * len(gone)
    return points([look.until] * MOST_PLANS, [*ends, *gone], texts, ["middle right"] * MOST_PLANS)


def _with_words(scan, shown, turns, look, unmeasured):
    """Return the scan line of the density with its age, with what begins or ends, and with what is not known."""
    (low, high), age = look.ranges.density, shown.scenario.scan_age
    named = turns[:LABELLED] + [(None, "")] * (LABELLED - len(turns[:LABELLED]))
    rows = [low + px(look, "density", 12 + 17 * (i % 2)) if turn else None for i, (turn, _) in enumerate(named)]
    words = [f"{GAP}{text}{GAP}" if text else "" for _, text in named]
    untried = f"{GAP}{LETTERS[shown.scenario.chosen]}: {NOT_MEASURED}" if unmeasured else ""
    # A gap before each word, so that no line runs from one to the next.
    placed = [(age, high - px(look, "density", 11), f"{GAP}scan at {numbers.age(age)}{GAP}", _side(age, look, 0.72))]
    placed += [
        (turn, row, word, _side(turn, look, 0.62, word))
        for (turn, _), row, word in zip(named, rows, words, strict=True)
    ]
    placed += [(look.since, high - px(look, "density", 28), untried, "middle right")]
    found = {name: list(values) for name, values in scan.items()}
    for x, y, word, side in placed:
        found["x"] += [None, x]
        found["y"] += [None, y]
        found["text"] += ["", word]
        found["textposition"] += [side, side]
    return found


def _side(age, look, share, words=""):
    """Return on which side of an age its label has room: the right one up to a share of the years, if it fits there."""
    if not age:
        return "middle right"
    room = (look.until - age) / years_per_px(look, "density")
    late = age > look.since + share * (look.until - look.since) or room < 6.5 * look.k * max(
        map(len, words.split("<br>"))
    )
    return "middle left" if late else "middle right"


# look


def style(name: str, axes: tuple[str, str] | None, look: Look) -> dict[str, Any]:
    """Return the look of a trace; with axes also what never changes."""
    found = _look(name, look)
    if axes is None:
        return found
    fixed = {
        "type": "scatter", "name": name, "xaxis": axes[0], "yaxis": axes[1], "x": [], "y": [], "showlegend": False,
        "hoverinfo": "skip", "mode": "text" if name == "letters" else "lines", "cliponaxis": name != "letters",
    }  # fmt: skip
    if name == "bmd_high":
        fixed["fill"] = "tonexty"
    if name[:-2] in AXES:
        said = _HOVER[name[:-2]].format(name[-1].upper())
        fixed |= {"mode": "lines+markers", "hovertemplate": said, "hoverinfo": "all"}
    return fixed | ({"mode": "lines+markers+text"} if name.startswith("scan") else {}) | found


_HOVER = {
    "net": "{} · age %{{x:.1f}} · %{{y:.0f}} points<extra></extra>",
    "balance": "{} · age %{{x:.1f}} · balance %{{y:.1f}}\u202f%<extra></extra>",
    "bmd": "{} · age %{{x:.1f}} · %{{customdata}}<extra></extra>",
}


def _look(name, look):
    ink, k = colours(look.dark), look.k
    if name.startswith("scan"):
        return _scan_look(name, ink, k)
    if name == "letters":
        return {"textfont": {"color": [ink[role] for role, _, _ in PLANS], "size": 15 * k, "family": FONT}}
    if name.startswith("course"):
        return {"line": {"color": ink["ink2"], "width": 1 * k, "dash": "1px,3px"}}
    if name.startswith("pinned"):
        return {"line": {"color": ink["pinned"], "width": 1.8 * k, "dash": "6px,4px"}}
    if name == "bmd_low":
        return {"line": {"color": ink["edge"], "width": 0.8 * k}}
    if name == "bmd_high":
        fill = tint(ink["uncertainty"], UNCERTAINTY_TINT[look.dark])
        return {"line": {"color": ink["edge"], "width": 0.8 * k}, "fillcolor": fill}
    role, dash, marker = PLANS[NAMES.index(name[-1])]
    width = 2.6 if name.startswith("bmd") else 2.0
    rim = {"color": ink["surface"], "width": 1 * k}
    return {
        "line": {"color": ink[role], "width": width * k, "dash": dash},
        "marker": {"size": 7 * k, "symbol": marker, "color": ink[role], "maxdisplayed": MARKERS, "line": rim},
    }


def _scan_look(name, ink, k):
    """Return the look of a scan line: a dot in the colour and shape of each plan."""
    line, n = 3, 3 + MOST_PLANS + (2 * (LABELLED + 2) if name == "scan_3" else 0)
    size, colour, symbol = [0.0] * n, [ink["bmd"]] * n, ["circle"] * n
    for i, (role, _, marker) in enumerate(PLANS):
        size[line + i], colour[line + i], symbol[line + i] = 9.5 * k, ink[role], marker
    opacity = [1.0 if one else 0.0 for one in size]
    rim = {"color": ink["surface"], "width": 1.4 * k}
    return {
        "line": {"color": ink["control"], "width": 1.2 * k},
        "marker": {"size": size, "opacity": opacity, "color": colour, "symbol": symbol, "line": rim},
        "textfont": {"color": ink["ink2"], "size": 13 * k, "family": FONT},
    }
