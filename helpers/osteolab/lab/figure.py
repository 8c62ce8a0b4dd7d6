"""The figure of the lab: three panels in one FigureWidget, redrawn in place.

Everything that moves is trace data and goes to the page in one message. Titles, T-score bands and axes are
layout: they change only with the site, the theme, the width of the page, or when a range has to grow.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from math import ceil, floor
from pathlib import Path

import plotly
import plotly.graph_objects as go
import traitlets as t

from osteolab import data
from osteolab.lab import words
from osteolab.lab.palette import UNCERTAINTY_TINT, colours, tint
from osteolab.lab.reading import Curves

FONT = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
FAR = 1e4  # a vertical line drawn this far up and down always spans its panel
# Where the panels lie in the drawing area, by form of the card: x of 1 and 2, x of 3, y of 1, 2 and 3.
DOMAINS = {
    "wide": ((0, 0.42), (0.50, 1), (0.51, 0.915), (0, 0.345), (0, 0.915)),
    "column": ((0, 1), (0, 1), (0.285, 0.475), (0, 0.19), (0.58, 0.955)),
}
# Height of the figure by form, px at k = 1; the margins left, right, top, bottom.
HEIGHTS = {"wide": 350, "narrow": 334, "short": 290, "column": 680}
VEILED_HEIGHTS = {"wide": 326, "narrow": 318, "short": 262, "column": 680}
LINE_OF_QUESTION = 90  # characters of a question that fit one line
MARGIN = (34, 88, 2, 26)
GAP = "\u00a0"  # keeps a label off the line it belongs to
# The ranges a lab starts from; they grow to hold every person and preset of the lab.
DENSITY = {
    "lumbar_spine": (0.70, 1.14),
    "total_hip": (0.60, 1.10),
    "femoral_neck": (0.50, 1.00),
    "trabecular_spine": (40, 200),
}
TURNOVER, BALANCE = (72, 180), (-24, 8)
GROW = {"turnover": 20, "balance": 5, "density": 0.05}

TURNOVER_AXES, BALANCE_AXES, DENSITY_AXES = ("x", "y"), ("x", "y2"), ("x2", "y3")
TRACES = {
    "pinned_resorption": TURNOVER_AXES,
    "pinned_formation": TURNOVER_AXES,
    "lower": TURNOVER_AXES,
    "formation": TURNOVER_AXES,
    "upper": TURNOVER_AXES,
    "resorption": TURNOVER_AXES,
    "course_1": TURNOVER_AXES,
    "scan_1": TURNOVER_AXES,
    "loss": BALANCE_AXES,
    "gain": BALANCE_AXES,
    "pinned_balance": BALANCE_AXES,
    "balance": BALANCE_AXES,
    "course_2": BALANCE_AXES,
    "scan_2": BALANCE_AXES,
    "bmd_low": DENSITY_AXES,
    "bmd_high": DENSITY_AXES,
    "pinned_bmd": DENSITY_AXES,
    "bmd": DENSITY_AXES,
    "course_3": DENSITY_AXES,
    "scan_3": DENSITY_AXES,
}
VEIL = {"veil_1": TURNOVER_AXES, "veil_2": BALANCE_AXES, "veil_3": DENSITY_AXES}
CHOICES = {"choices": DENSITY_AXES}
NOT_MEASURED = "not measured in people"
NAME_OF_TWO_LINES = 0.22  # share of panel 3 that such a name and the scan age above it take
# Points of the scan traces that carry a dot; the others are ends of the line, gaps and places of labels.
DOTS = {"scan_1": (3, 5), "scan_2": (3, 5), "scan_3": (3, 5)}
SLOTS = {"scan_1": 10, "scan_2": 6, "scan_3": 14}


@dataclass(frozen=True)
class Ranges:
    """The y ranges of the three panels: percent, percent, density of the site."""

    turnover: tuple[float, float]
    balance: tuple[float, float]
    density: tuple[float, float]

    def holding(self, curves: Curves, density_step: float) -> Ranges:
        """Return ranges that hold the curves: these, or grown by whole steps."""
        flows = curves.resorption + curves.formation
        return Ranges(
            _grown(self.turnover, flows, GROW["turnover"]),
            _grown(self.balance, curves.balance, GROW["balance"]),
            _grown(self.density, curves.bmd, density_step),
        )

    def with_room(self, curves: Curves, density_step: float) -> Ranges:
        """Return ranges with room above the band of the density for a name of two lines and the scan age."""
        (low, high), top = self.density, max(curves.bmd_high)
        short = (top - NAME_OF_TWO_LINES * low) / (1 - NAME_OF_TWO_LINES) - high
        return replace(self, density=(low, round(high + density_step * max(0, ceil(short / density_step)), 4)))


def veiled_height(form: str, question: int, choices: int) -> float:
    """Return the height of the figure (px at k = 1) above a question of so many characters and choices."""
    if form == "column":
        return VEILED_HEIGHTS[form]
    rows, long = (choices + 1) // 2, question > LINE_OF_QUESTION
    return VEILED_HEIGHTS[form] - 38 * max(0, rows - 2) - 10 * long


def density_step(site: str) -> float:
    """Return by how much a density range grows: g/cm2, or mg/cm3 for QCT."""
    return 10 if site == "trabecular_spine" else GROW["density"]


def _grown(span, values, step):
    low, high = span
    least, most = min(values), max(values)
    margin = 0.02 * (high - low)
    if least < low + margin:
        low -= step * ceil((low + margin - least) / step)
    if most > high - margin:
        high += step * ceil((most + margin - high) / step)
    return round(low, 4), round(high, 4)


@dataclass(frozen=True)
class View:
    """How the figure is shown: site, theme, scale, form of the card, and the ages it spans."""

    site: str
    since: float
    until: float
    ranges: Ranges
    dark: bool = False
    k: float = 1.0
    form: str = "wide"
    width: float = 848.0
    height: float = 350.0


@dataclass(frozen=True)
class Marks:
    """What is written into the panels: scan age, start and stop of the course, names of the curves.

    `unmeasured`: no adequate human trial measured what the course does; from its start on the uncertainty is hatched.
    """

    scan_age: float
    start: float | None
    stop: float | None
    course: str
    curve: str
    pinned: str = ""
    unmeasured: bool = False


@dataclass(frozen=True)
class Veiled:
    """A prediction before it is made: nothing after `today` is drawn; levels are lettered circles."""

    today: float
    levels: tuple[tuple[str, float], ...] = ()
    chosen: str = ""


@cache
def _plotly_bundle() -> str:
    return (Path(plotly.__file__).parent / "package_data" / "widgetbundle.js").read_text(encoding="utf-8")


class PanelFigure(go.FigureWidget):
    """A FigureWidget whose page side starts at once and loads plotly's code when it is first shown.

    See static/figure.js for the reason.
    """

    _esm = Path(__file__).parent / "static" / "figure.js"
    _bundle = t.Unicode().tag(sync=True)

    @t.default("_bundle")
    def _default_bundle(self):
        return _plotly_bundle()

    def settle(self) -> None:
        """Make the whole present state the one a page starts from."""
        self._widget_layout = deepcopy(self._layout_obj._props)
        self._widget_data = deepcopy(self._data)


class LabFigure:
    """The FigureWidget and what was last sent to it.

    Attributes
    ----------
    widget : plotly.graph_objects.FigureWidget
    updates : int
        How many messages of change were sent; one per change of the lab.
    """

    def __init__(self, view: View, veiled: bool) -> None:
        names = VEIL | TRACES | CHOICES if veiled else TRACES
        self._index = {name: i for i, name in enumerate(names)}
        self._sent: dict[str, dict] = {}
        self.view, self.updates = view, 0
        traces = [_style(name, axes, view) for name, axes in names.items()]
        self.widget = PanelFigure({"data": traces, "layout": layout(view)})
        self.widget._config = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}
        self.widget.add_class("ol-fig")

    def trace(self, name: str):
        """Return a trace of the widget by name; see TRACES."""
        return self.widget.data[self._index[name]]

    def draw(self, data: dict[str, dict], view: View) -> None:
        """Send what differs from the last drawing in one message.

        Parameters
        ----------
        data : dict
            Trace name to its new properties, from `picture`.
        view : View
        """
        changed = {name: self._changes(name, new) for name, new in data.items() if name in self._index}
        restyle = (view.dark, view.k) != (self.view.dark, self.view.k)
        relayout = view != self.view
        if not (relayout or any(changed.values())):
            return
        with self.widget.batch_update():
            for name, new in changed.items():
                if restyle:
                    new = _style(name, None, view) | new
                if new:
                    self.trace(name).update(new)
            if relayout:
                self.widget.layout.update(layout(view))
        self.view = view
        self.updates += 1

    def _changes(self, name, new):
        old = self._sent.get(name, {})
        self._sent[name] = old | new
        return {key: value for key, value in new.items() if old.get(key, _NOTHING) != value}


_NOTHING = object()


# trace data


def picture(now: Curves, pinned: Curves | None, marks: Marks, view: View) -> dict[str, dict]:
    """Return the data of every trace of TRACES for a life, a pinned life and the marks."""
    lower = [min(r, f) for r, f in zip(now.resorption, now.formation, strict=True)]
    upper = [max(r, f) for r, f in zip(now.resorption, now.formation, strict=True)]
    since = marks.start if marks.unmeasured else None
    data = {
        "lower": _xy(now.ages, lower),
        "formation": _xy(now.ages, now.formation),
        "upper": _xy(now.ages, upper),
        "resorption": _xy(now.ages, now.resorption),
        "loss": _xy(now.ages, [min(b, 0.0) for b in now.balance]),
        "gain": _xy(now.ages, [max(b, 0.0) for b in now.balance]),
        "balance": _xy(now.ages, now.balance),
        "bmd_low": _from(since, now.ages, now.bmd_low),
        "bmd_high": _from(since, now.ages, now.bmd_high) | {"fillpattern": _hatching(marks.unmeasured, view)},
        "bmd": _xy(now.ages, now.bmd) | {"customdata": _hover(now, since)},
    }
    for name in ("resorption", "formation", "balance", "bmd"):
        data[f"pinned_{name}"] = _xy(pinned.ages, getattr(pinned, name)) if pinned else _xy([], [])
    data |= {f"course_{i}": _verticals(marks.start, marks.stop) for i in (1, 2, 3)}
    data["scan_1"] = _scan_of_turnover(now, marks, view)
    data["scan_2"] = _scan_of_balance(now, pinned, marks)
    data["scan_3"] = _scan_of_density(now, pinned, marks, view)
    return data


def picture_of_the_past(now: Curves, veiled: Veiled, view: View, scan_age: float) -> dict[str, dict]:
    """Return the traces with everything after today left out: the future is not sent."""
    past = cut(now, veiled.today)
    data = picture(past, None, Marks(veiled.today, veiled.today, None, "", ""), view)
    gone = [None] * 4
    data["scan_2"] = _points([veiled.today] * 2 + gone, gone + [None] * 2, [""] * 6, ["top left"] * 6)
    data["scan_3"] = _today(past, veiled, view, scan_age)
    texts = [""] * 7 + [f"{GAP}<b>Resorption</b>", "", f"{GAP}<b>Formation</b>"]
    resorption, formation = _apart(past.resorption[-1], past.formation[-1], _px(view, "turnover", 16))
    ys = [None] * 7 + [resorption, None, formation]
    data["scan_1"] = _points([veiled.today] * 10, ys, texts, ["middle right"] * 10)
    for name, panel in (("veil_1", "turnover"), ("veil_2", "balance"), ("veil_3", "density")):
        low, high = getattr(view.ranges, panel)
        data[name] = _xy([veiled.today, view.until, view.until, veiled.today], [low, low, high, high])
    data["choices"] = choices(veiled, scan_age, view)
    return data


def _apart(one, other, least):
    """Move two labels apart, each to its own side, until they are `least` from each other."""
    if abs(one - other) >= least:
        return one, other
    up, middle = (1 if one >= other else -1), (one + other) / 2
    return middle + up * least / 2, middle - up * least / 2


def cut(curves: Curves, age: float) -> Curves:
    """Return the curves up to an age."""
    n = sum(1 for a in curves.ages if a <= age)
    names = [name for name in curves.__dataclass_fields__ if name != "ages"]
    return replace(curves, ages=curves.ages[:n], **{name: getattr(curves, name)[:n] for name in names})


def choices(veiled: Veiled, scan_age: float, view: View) -> dict:
    """Return the lettered circles of a prediction; the chosen one is filled."""
    ink = colours(view.dark)
    letters = [letter for letter, _ in veiled.levels]
    chosen = [letter == veiled.chosen for letter in letters]
    return {
        "x": [scan_age] * len(letters),
        "y": [level for _, level in veiled.levels],
        "text": [f"<b>{letter}</b>" if c else letter for letter, c in zip(letters, chosen, strict=True)],
        "marker_color": [ink["accent"] if c else ink["surface"] for c in chosen],
        "marker_line_color": [ink["accent"] if c else ink["control"] for c in chosen],
        "textfont_color": [ink["on-accent"] if c else ink["ink2"] for c in chosen],
    }


def unveiled(chosen: tuple[str, float] | None, scan_age: float, view: View) -> dict[str, dict]:
    """Return the veil traces after the prediction: no veil, and the filled circle that was chosen."""
    data = {f"veil_{i}": _xy([], []) for i in (1, 2, 3)}
    kept = Veiled(scan_age, (chosen,), chosen[0]) if chosen else Veiled(scan_age)
    return data | {"choices": choices(kept, scan_age, view)}


def _xy(x, y):
    return {"x": x, "y": y}


def _points(x, y, text, position):
    return {"x": x, "y": y, "text": text, "textposition": position}


def _from(start, x, y):
    """Return the points from an age on, all of them without one: what went before was not hatched."""
    n = 0 if start is None else sum(1 for age in x if age < start)
    return _xy(x[n:], y[n:])


def _hatching(on, view):
    """Return the fill of the uncertainty: lines for what no trial has measured, else plain; a pattern, not a shade."""
    if not on:
        return {"shape": ""}
    ink = colours(view.dark)
    return {
        "shape": "\\", "size": 7 * view.k, "solidity": 0.22,
        "fgcolor": ink["uncertainty"], "bgcolor": tint(ink["uncertainty"], 0.06),
    }  # fmt: skip


def _hover(c, unmeasured_from=None):
    rows = zip(c.ages, c.bmd_low, c.bmd_high, c.t_score, strict=True)
    return [
        f"{f'{low:.3f}–{high:.3f}' if unmeasured_from is None or age < unmeasured_from else 'no trial'})"
        f" · T {words.figure(t, 1)}"
        for age, low, high, t in rows
    ]


def _verticals(start, stop):
    x: list[float | None] = []
    for age in (start, stop):
        if age is not None:
            x += [age, age, None]
    return _xy(x, [FAR, -FAR, None][: len(x)] * (len(x) // 3) if x else [])


def _at(curves, name, age):
    """Value of a curve at an age, linear between points."""
    ages, values = curves.ages, getattr(curves, name)
    for i in range(1, len(ages)):
        if ages[i] >= age:
            share = (age - ages[i - 1]) / (ages[i] - ages[i - 1])
            return values[i - 1] + share * (values[i] - values[i - 1])
    return values[-1]


def _scan_of_turnover(now, marks, view):
    age, end = marks.scan_age, now.ages[-1]
    res, form = _at(now, "resorption", age), _at(now, "formation", age)
    on_top = now.resorption[-1] >= now.formation[-1]
    over, under = ("resorption", "formation") if on_top else ("formation", "resorption")
    width = 74 * view.k
    high = max(_extreme(now, name, view, width, max) for name in (over, under)) + _px(view, "turnover", 3)
    low = min(_extreme(now, name, view, width, min) for name in (over, under)) - _px(view, "turnover", 3)
    ys = {over: high, under: low}
    places = {over: "top left", under: "bottom left"}
    x = [age, age, None, age, None, age, None, end, None, end]
    y = [-FAR, FAR, None, res, None, form, None, ys["resorption"], None, ys["formation"]]
    text = [""] * 7 + ["<b>Resorption</b>", "", "<b>Formation</b>"]
    return _points(x, y, text, ["middle center"] * 7 + [places["resorption"], "top left", places["formation"]])


def _scan_of_balance(now, pinned, marks):
    age = marks.scan_age
    other = _at(pinned, "balance", age) if pinned else None
    x = [age, age, None, age, None, age]
    return _points(x, [-FAR, FAR, None, _at(now, "balance", age), None, other], [""] * 6, ["top left"] * 6)


def _scan_of_density(now, pinned, marks, view):
    age, end = marks.scan_age, view.until
    other = _at(pinned, "bmd", age) if pinned else None
    curve_y, curve_place, pinned_y, pinned_place = _density_labels(now, pinned, marks, view)
    low, high = view.ranges.density
    late = age > view.since + 0.72 * (view.until - view.since)
    start = marks.start if marks.course else None
    start_late = start is not None and start > view.since + 0.6 * (view.until - view.since)
    x = [age, age, None, age, None, age, None, end, None, end if pinned else None, None, age, None, start]
    y = [-FAR, FAR, None, _at(now, "bmd", age), None, other, None, curve_y, None, pinned_y, None]
    y += [high - _px(view, "density", 11), None, low + _px(view, "density", 12)]
    text = [""] * 7 + [
        f"<b>{marks.curve}</b>" + (f"<br>{NOT_MEASURED}" if marks.unmeasured else ""),
        "",
        marks.pinned,
        "",
        f"{GAP}scan at {words.age(age)}{GAP}",
        "",
        f"{GAP}{marks.course}{GAP}",
    ]
    places = ["middle center"] * 7 + [curve_place, "", pinned_place, "", "middle left" if late else "middle right"]
    places += ["", "middle left" if start_late else "middle right"]
    return _points(x, y, text, [p or "top left" for p in places])


def _density_labels(now, pinned, marks, view):
    """Return where the names of the two density curves stand: the upper one above its curve, the lower below."""
    width, other_width = 7.6 * view.k * max(len(marks.curve), 6), 7.0 * view.k * len(marks.pinned)
    gap, lines = _px(view, "density", 4), 1
    if marks.unmeasured:
        width, lines = max(width, 7.0 * view.k * len(NOT_MEASURED)), 2
    if not pinned:
        y = _extreme(now, "bmd_high", view, width, max) + gap
        return *_off_the_limits(y, "top", view, lines), None, "top left"
    on_top = now.bmd[-1] >= pinned.bmd[-1]
    if not on_top:
        y = _extreme(now, "bmd_low", view, width, min) - gap
        other = _extreme(pinned, "bmd", view, other_width, max) + gap
        return *_off_the_limits(y, "bottom", view, lines), *_off_the_limits(other, "top", view)
    y = _extreme(now, "bmd_high", view, width, max) + gap
    other = _extreme(pinned, "bmd", view, other_width, max) + gap / 2
    if _extreme(now, "bmd_low", view, other_width, min) - other < _px(view, "density", 18):
        below = _extreme(pinned, "bmd", view, other_width, min) - gap
        return *_off_the_limits(y, "top", view, lines), *_off_the_limits(below, "bottom", view)
    return *_off_the_limits(y, "top", view, lines), *_off_the_limits(other, "top", view)


def _off_the_limits(y, side, view, lines=1):
    """Move a label of so many lines that a dotted limit would run through to its far side; return its place."""
    up = 1 if side == "top" else -1
    half, near, clear = (_px(view, "density", px) for px in (9 * lines, 9 * lines + 1, 2))
    for limit in limits(view.site):
        if abs(y + up * half - limit) < near:
            y = limit + up * clear
    return y, f"{side} left"


def _today(past, veiled, view, scan_age):
    """Return the end of the past in panel 3, with the word for it and the prediction beside its circle."""
    x, y, text = [None] * 14, [None] * 14, [""] * 14
    x[11], y[11] = veiled.today, past.bmd_low[-1] - _px(view, "density", 12)
    text[11] = f"{GAP}today, {words.age(veiled.today)}"
    level = dict(veiled.levels).get(veiled.chosen)
    if level is not None:
        x[7], y[7], text[7] = scan_age, level, f"{GAP * 4}<b>your prediction at {words.age(scan_age)}</b>"
    return _points(x, y, text, ["middle right"] * 14)


def _extreme(curves, name, view, width_px, pick):
    """Highest or lowest value of a curve under a label of a width that ends at the right edge."""
    first = view.until - width_px * _years_per_px(view, name)
    values = [v for a, v in zip(curves.ages, getattr(curves, name), strict=True) if a >= first]
    return pick(values or getattr(curves, name)[-1:])


def _years_per_px(view, name):
    left, right = DOMAINS["column" if view.form == "column" else "wide"][1 if name.startswith("bmd") else 0]
    inner = (view.width - (MARGIN[0] + MARGIN[1]) * view.k) * (right - left)
    return (view.until - view.since) / max(inner, 100)


def _px(view, panel, px):
    """Return the height of `px` pixels (at k = 1) in the unit of a panel."""
    index = {"turnover": 2, "balance": 3, "density": 4}[panel]
    low, high = DOMAINS["column" if view.form == "column" else "wide"][index]
    span = getattr(view.ranges, panel)
    inner = (view.height - MARGIN[2] - MARGIN[3]) * (high - low)
    return px * (span[1] - span[0]) / inner


# style


def _style(name, axes, view):
    """Return the look of a trace; with axes also what never changes."""
    ink = colours(view.dark)
    look = _look(name, ink, view)
    if axes is None:
        return look
    hover = _HOVER.get(name)
    fixed = {
        "type": "scatter", "name": name, "xaxis": axes[0], "yaxis": axes[1], "x": [], "y": [], "showlegend": False,
        "hoverinfo": None if hover else "skip", "hovertemplate": hover, "mode": "lines",
    }  # fmt: skip
    return {
        k: v
        for k, v in (fixed | _FIXED.get(name.split("_")[0], {}) | _FIXED.get(name, {}) | look).items()
        if v is not None
    }


_HOVER = {
    "resorption": "age %{x:.1f} · resorption %{y:.0f}\u202f%<extra></extra>",
    "formation": "age %{x:.1f} · formation %{y:.0f}\u202f%<extra></extra>",
    "balance": "age %{x:.1f} · balance %{y:.1f}\u202f%<extra></extra>",
    "bmd": "age %{x:.1f} · %{y:.3f} g/cm² (%{customdata}<extra></extra>",
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


def _look(name, ink, view):
    k = view.k
    if name in DOTS:
        return _scan_look(name, ink, view)
    if name.startswith("course_"):
        return {"line": {"color": ink["ink2"], "width": 1 * k, "dash": "1px,3px"}}
    if name.startswith("veil_"):
        pattern = {"shape": "/", "size": 10, "solidity": 0.09, "fgcolor": ink["line"], "bgcolor": ink["well"]}
        return {"line": {"color": ink["control"], "width": 0}, "fillpattern": pattern, "fillcolor": ink["well"]}
    if name == "choices":
        return {"marker": {"size": 19 * k, "line": {"width": 1.4 * k}}, "textfont": {"size": 12.5 * k, "family": FONT}}
    if name.startswith("pinned_"):
        colour = {"pinned_resorption": ink["resorption"], "pinned_formation": ink["formation"]}.get(name, ink["pinned"])
        width = {"pinned_balance": 1.8, "pinned_bmd": 2.0}.get(name, 1.25)
        opacity = 0.75 if name in ("pinned_resorption", "pinned_formation") else 1
        return {"line": {"color": colour, "width": width * k, "dash": "6px,4px"}, "opacity": opacity}
    return _curve_look(name, ink, view)


def _curve_look(name, ink, view):
    k = view.k
    looks = {
        "lower": (ink["formation"], 0, None),
        "formation": (ink["formation"], 2.6, tint(ink["formation"], 0.18)),
        "upper": (ink["resorption"], 0, tint(ink["resorption"], 0.16)),
        "resorption": (ink["resorption"], 2.6, None),
        "loss": (ink["resorption"], 0, tint(ink["resorption"], 0.13)),
        "gain": (ink["formation"], 0, tint(ink["formation"], 0.13)),
        "balance": (ink["bmd"], 2.4, None),
        "bmd_low": (ink["edge"], 0.8, None),
        "bmd_high": (ink["edge"], 0.8, tint(ink["uncertainty"], UNCERTAINTY_TINT[view.dark])),
        "bmd": (ink["bmd"], 3, None),
    }
    colour, width, fill = looks[name]
    look = {"line": {"color": colour, "width": width * k}}
    return look | ({"fillcolor": fill} if fill else {})


def _scan_look(name, ink, view):
    k, n, (first, second) = view.k, SLOTS[name], DOTS[name]
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


# layout


def layout(view: View) -> dict:
    """Return the whole layout of a view: axes, titles, T-score bands, margins, fonts."""
    ink, k = colours(view.dark), view.k
    left, right, top, bottom = (round(m * k) for m in MARGIN)
    return {
        "template": {},
        "autosize": True,
        "height": round(view.height * k),
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13 * k, "color": ink["ink2"]},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": ink["surface"], "bordercolor": ink["control"], "font": _font(13 * k, ink["ink"])},
        "shapes": _shapes(view, ink),
        "annotations": _titles(view, ink) + _band_names(view, ink),
        **_axes(view, ink),
    }  # fmt: skip


def _font(size, colour):
    return {"size": size, "color": colour, "family": FONT}


def _axes(view, ink):
    k = view.k
    x1, x3, y1, y2, y3 = DOMAINS["column" if view.form == "column" else "wide"]
    ticks = [a for a in range(10 * ceil(view.since / 10), int(view.until) + 1, 10) if a > view.since + 1]
    names = [f"age {a}" if a == ticks[-1] else str(a) for a in ticks]
    font = _font(13 * k, ink["ink2"])
    plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickfont": font}
    x = plain | {
        "range": [view.since, view.until], "tickmode": "array", "tickvals": ticks, "ticktext": names,
        "ticks": "outside",
        "ticklen": 5 * k, "tickcolor": ink["control"], "showline": True, "linecolor": ink["control"], "linewidth": 1,
    }  # fmt: skip
    y = plain | {"showline": False, "ticks": "", "tickmode": "array"}
    return {
        "xaxis": x | {"domain": x1, "anchor": "y2"},
        "xaxis2": x | {"domain": x3, "anchor": "y3"},
        "yaxis": y | _y_axis(y1, view.ranges.turnover, "x", 0),
        "yaxis2": y | _y_axis(y2, view.ranges.balance, "x", 0),
        "yaxis3": y | _y_axis(y3, view.ranges.density, "x2", 0 if view.site == "trabecular_spine" else 1),
    }


def _y_axis(domain, span, anchor, decimals):
    ticks = nice_ticks(span[0], span[1], 5 if anchor == "x2" else 3.5)
    texts = [words.figure(t, decimals) for t in ticks]
    return {"domain": domain, "range": list(span), "anchor": anchor, "tickvals": ticks, "ticktext": texts}


def nice_ticks(low: float, high: float, most: float = 3.5) -> list[float]:
    """Return round ticks inside a range, at most about `most` steps of them."""
    for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500):
        if (high - low) / step <= most:
            return [round(i * step, 3) for i in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
    return [low, high]


def limits(site: str) -> tuple[float, float]:
    """Return the densities at T −1 and T −2.5 of the WHO classes at a site (data/bmd_reference.csv)."""
    for row in data.rows("bmd_reference"):
        if row["site"] == site and row["use"] == "t_score":
            mean, sd = float(row["mean"]), float(row["sd"])
            return mean - sd, mean - 2.5 * sd
    raise KeyError(site)


def _shapes(view, ink):
    one, two = limits(view.site)
    band = {"type": "rect", "xref": "x2 domain", "yref": "y3", "x0": 0, "x1": 1, "layer": "below", "line": {"width": 0}}
    rule = {"type": "line", "xref": "x2 domain", "x0": 0, "x1": 1, "yref": "y3", "layer": "below"}
    dotted = {"color": ink["limit"], "width": 1.1 * view.k, "dash": "2px,3px"}
    across = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "layer": "below"}
    return [
        band | {"y0": two, "y1": one, "fillcolor": ink["low"]},
        band | {"y0": -FAR, "y1": two, "fillcolor": ink["osteoporosis"]},
        rule | {"y0": one, "y1": one, "line": dotted},
        rule | {"y0": two, "y1": two, "line": dotted},
        across | {"yref": "y", "y0": 100, "y1": 100, "line": {"color": ink["control"], "width": 1, "dash": "2px,3px"}},
        across | {"yref": "y2", "y0": 0, "y1": 0, "line": {"color": ink["control"], "width": 1}},
    ]


def _titles(view, ink):
    x1, x3, y1, y2, y3 = DOMAINS["column" if view.form == "column" else "wide"]
    unit = "mg/cm³" if view.site == "trabecular_spine" else "g/cm²"
    texts = [
        ("1 Turnover", "% of young adult", x1[0], y1[1]),
        ("2 Balance", f"% of bone since {words.age(view.since)}", x1[0], y2[1]),
        ("3 Bone density", f"{words.SITE[view.site]}, {unit}", x3[0], y3[1]),
    ]
    return [
        {
            "text": f'<b>{name}</b> <span style="color:{ink["ink2"]}">{rest}</span>', "xref": "paper", "yref": "paper",
            "x": x, "y": y, "xanchor": "left", "yanchor": "bottom", "yshift": 5 * view.k, "xshift": 1,
            "showarrow": False, "align": "left", "font": _font(14 * view.k, ink["ink"]),
        }
        for name, rest, x, y in texts
    ]  # fmt: skip


def _band_names(view, ink):
    one, two = limits(view.site)
    low, high = view.ranges.density
    places = [
        ("normal", (max(one, low) + high) / 2, one < high),
        ("low bone<br>mass", (max(two, low) + min(one, high)) / 2, low < one and two < high),
        ("osteoporosis", (low + min(two, high)) / 2, low < two),
        (f"<b>T {words.figure(-1)}</b>", one, low < one < high),
        (f"<b>T {words.figure(-2.5, 1)}</b>", two, low < two < high),
    ]
    return [
        {
            "text": text if shown else "", "xref": "paper", "x": 1, "xanchor": "left", "xshift": 6 * view.k,
            "yref": "y3", "y": y if shown else (low + high) / 2, "yanchor": "middle",
            "showarrow": False, "align": "left", "font": _font(13 * view.k, ink["ink2"]),
        }
        for text, y, shown in places
    ]  # fmt: skip
