"""A drawn prediction after the commit: your line dashed, the gap to the model's tinted, its widest point named."""

from __future__ import annotations

from typing import Any

from osteolab.interpolation import linear
from osteolab.lab.palette import FONT, colours, tint
from osteolab.lab.pictures.curves import Curves
from osteolab.lab.pictures.figure import points
from osteolab.lab.pictures.panel_layout import Look
from osteolab.lab.pictures.picture import Screen
from osteolab.lab.shown import Shown

DENSITY_AXES = ("x2", "y3")
DRAWN = {"your_gap": DENSITY_AXES, "your_line": DENSITY_AXES, "your_widest": DENSITY_AXES}


def drawn_traces(screen: Screen, shown: Shown, now: Curves, look: Look) -> dict[str, dict]:
    """Return the traces of the drawn line; empty where the picture is not about it."""
    nothing = {name: points([], []) for name in DRAWN} | {"your_line": points([], [], [], [])}
    about_it = screen.answer and screen.at_home and shown.scenario.site == screen.home_site
    if not about_it:
        return nothing
    xs, ys = screen.asked.line(screen.answer, shown.result, shown.scenario.site)
    between = now.part(xs[0], xs[-1])
    ages = sorted({*between.ages, *xs})
    mine, model = [linear(xs, ys, age) for age in ages], [now.at("bmd", age) for age in ages]
    widest = max(range(len(ages)), key=lambda i: abs(mine[i] - model[i]))
    text = [""] * (len(xs) - 1) + ["<b>your line</b>"]
    up = ys[-1] >= model[-1]
    return {
        "your_gap": points([*ages, *reversed(ages)], [*mine, *reversed(model)]),
        "your_line": points(xs, ys, text, ["top center" if up else "bottom center"] * len(xs)),
        "your_widest": points([ages[widest]] * 2, [mine[widest], model[widest]]),
    }


def look_of(name: str, look: Look) -> dict[str, Any]:
    """Return the look of one of these traces."""
    ink, k = colours(look.dark), look.k
    if name == "your_gap":
        return {"line": {"width": 0}, "fillcolor": tint(ink["accent"], 0.16), "fill": "toself"}
    if name == "your_widest":
        return {"line": {"color": ink["accent"], "width": 1.6 * k}}
    return {
        "mode": "lines+markers+text",
        "line": {"color": ink["accent"], "width": 2 * k, "dash": "4px,3px"},
        "marker": {"size": 8 * k, "color": ink["accent"], "line": {"color": ink["surface"], "width": 1.4 * k}},
        "textfont": {"color": ink["accent"], "size": 13 * k, "family": FONT},
    }
