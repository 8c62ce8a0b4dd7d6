"""The look of every trace of the panels: colour, width, dash, fill, marks."""

from __future__ import annotations

from typing import Any

from osteolab.lab.palette import FONT, UNCERTAINTY_TINT, colours, tint
from osteolab.lab.pictures.drawn import look_of
from osteolab.lab.pictures.panel_layout import Look

# Points of the scan traces that carry a dot; the others are ends of the line, gaps and places of labels.
DOTS = {"scan_1": (3, 5), "scan_2": (3, 5), "scan_3": (3, 5)}
SLOTS = {"scan_1": 10, "scan_2": 6, "scan_3": 14}


def style(name: str, axes: tuple[str, str] | None, look: Look) -> dict[str, Any]:
    """Return the look of a trace; with axes also what never changes."""
    ink = colours(look.dark)
    found = _look(name, ink, look)
    if axes is None:
        return found
    hover = _HOVER.get(name)
    fixed = {
        "type": "scatter", "name": name, "xaxis": axes[0], "yaxis": axes[1], "x": [], "y": [], "showlegend": False,
        "hoverinfo": None if hover else "skip", "hovertemplate": hover, "mode": "lines",
    }  # fmt: skip
    return {
        k: v
        for k, v in (fixed | _FIXED.get(name.split("_")[0], {}) | _FIXED.get(name, {}) | found).items()
        if v is not None
    }


_HOVER = {
    "resorption": "age %{x:.1f} · resorption %{y:.0f}\u202f%<extra></extra>",
    "formation": "age %{x:.1f} · formation %{y:.0f}\u202f%<extra></extra>",
    "balance": "age %{x:.1f} · balance %{y:.1f}\u202f%<extra></extra>",
    "bmd": "age %{x:.1f} · %{customdata}<extra></extra>",
}
_FIXED = {
    "formation": {"fill": "tonexty"},
    "upper": {"fill": "tonexty"},
    "loss": {"fill": "tozeroy"},
    "gain": {"fill": "tozeroy"},
    "bmd_high": {"fill": "tonexty"},
    "scan": {"mode": "lines+markers+text"},
    "veil": {"fill": "toself"},
    "choices": {"mode": "markers+text", "textposition": "middle center"},
}


def _look(name, ink, look):
    k = look.k
    if name in DOTS:
        return _scan_look(name, ink, look)
    if name.startswith("course_"):
        return {"line": {"color": ink["ink2"], "width": 1 * k, "dash": "1px,3px"}}
    if name.startswith("veil_"):
        pattern = {"shape": "/", "size": 10, "solidity": 0.09, "fgcolor": ink["line"], "bgcolor": ink["well"]}
        return {"line": {"color": ink["control"], "width": 0}, "fillpattern": pattern, "fillcolor": ink["well"]}
    if name == "choices":
        return {"marker": {"size": 19 * k, "line": {"width": 1.4 * k}}, "textfont": {"size": 12.5 * k, "family": FONT}}
    if name.startswith("your_"):
        return look_of(name, look)
    if name.startswith("pinned_"):
        colour = {"pinned_resorption": ink["resorption"], "pinned_formation": ink["formation"]}.get(name, ink["pinned"])
        width = {"pinned_balance": 1.8, "pinned_bmd": 2.0}.get(name, 1.25)
        opacity = 0.75 if name in ("pinned_resorption", "pinned_formation") else 1
        return {"line": {"color": colour, "width": width * k, "dash": "6px,4px"}, "opacity": opacity}
    return _curve_look(name, ink, look)


def _curve_look(name, ink, look):
    k = look.k
    looks = {
        "lower": (ink["formation"], 0, None),
        "formation": (ink["formation"], 2.6, tint(ink["formation"], 0.18)),
        "upper": (ink["resorption"], 0, tint(ink["resorption"], 0.16)),
        "resorption": (ink["resorption"], 2.6, None),
        "loss": (ink["resorption"], 0, tint(ink["resorption"], 0.13)),
        "gain": (ink["formation"], 0, tint(ink["formation"], 0.13)),
        "balance": (ink["bmd"], 2.4, None),
        "bmd_low": (ink["edge"], 0.8, None),
        "bmd_high": (ink["edge"], 0.8, tint(ink["uncertainty"], UNCERTAINTY_TINT[look.dark])),
        "bmd": (ink["bmd"], 3, None),
    }
    colour, width, fill = looks[name]
    look = {"line": {"color": colour, "width": width * k}}
    return look | ({"fillcolor": fill} if fill else {})


def _scan_look(name, ink, look):
    k, n, (first, second) = look.k, SLOTS[name], DOTS[name]
    fill = {
        "scan_1": (ink["resorption"], ink["formation"]),
        "scan_2": (ink["bmd"], ink["pinned"]),
        "scan_3": (ink["bmd"], ink["pinned"]),
    }[name]
    size, opacity, colour = [0.0] * n, [0.0] * n, [ink["bmd"]] * n
    for slot, this in zip((first, second), fill, strict=True):
        size[slot], opacity[slot], colour[slot] = 9.5 * k, 1.0, this
    rim = {"color": ink["surface"], "width": 1.6 * k}
    text_size = [13 * k if name == "scan_3" and i != 7 else 13.5 * k for i in range(n)]
    text_colour = [ink["ink2"]] * n
    if name == "scan_1":
        text_colour[7], text_colour[9] = ink["resorption"], ink["formation"]
    if name == "scan_3":
        text_colour[7] = ink["ink"]
    return {
        "line": {"color": ink["control"], "width": 1.2 * k},
        "marker": {"size": size, "opacity": opacity, "color": colour, "line": rim},
        "textfont": {"color": text_colour, "size": text_size, "family": FONT},
    }  # fmt: skip
