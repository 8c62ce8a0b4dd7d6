"""Three linked panels: turnover, balance, bone density; with several plans, net turnover and a line a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ipywidgets as w

from osteolab.errors import InputError, choice, number
from osteolab.errors import shown as quoted
from osteolab.lab.card.parts import classed, close_all
from osteolab.lab.pictures import compare, panel_traces
from osteolab.lab.pictures.curves import Curves, curves, grid
from osteolab.lab.pictures.drawn import DRAWN, drawn_traces
from osteolab.lab.pictures.figure import Drawing
from osteolab.lab.pictures.panel_layout import (
    BALANCE,
    DENSITY,
    HEIGHTS,
    TURNOVER,
    Look,
    Ranges,
    density_step,
    layout,
)
from osteolab.lab.pictures.panel_style import style
from osteolab.lab.pictures.panel_traces import CHOICES, TRACES, VEIL, Marks, Veiled
from osteolab.lab.pictures.picture import Screen, Told
from osteolab.lab.pictures.picture import Shows as Picture
from osteolab.lab.shown import LETTERS, Result, Shown
from osteolab.lab.words import facts
from osteolab.quantities import quantity, scanned_sites

LARGE = 1.3  # scale of everything on a projector
VEILED_HEIGHTS = {"wide": 326, "narrow": 318, "short": 262, "column": 680}
LINE_OF_QUESTION = 90  # characters of a question that fit one line
AXES_OF_DENSITY = ("xaxis2", "yaxis3")


class Shows(Picture):
    """The three panels.

    Parameters
    ----------
    ranges : dict, optional
        `{"turnover": (72, 180), "balance": (-24, 8), "density": {"lumbar_spine": (0.65, 1.14)}}`, each optional;
        without it the ranges hold every person and preset of the lab.
    """

    own = ("ranges",)

    def __init__(self, ranges: Mapping[str, Any] | None = None) -> None:
        self._given = _checked_ranges(ranges or {})
        self._ranges: dict[str, Ranges] = {}
        self._drawings: dict[str, Drawing] = {}
        self.box = classed(w.Box(), "ol-figure")
        self.widgets = (self.box,)

    @property
    def drawing(self) -> Drawing:
        """The figure on the stage."""
        return self._drawings[self._now]

    # one state

    def compose(self, shown: Shown, screen: Screen, said: str) -> Told:
        """Return the data of every trace, the layout, sentence and tiles."""
        several = len(shown.results) > 1 and not shown.veiled
        look = self._look(shown, screen, several)
        data = self._compared(shown, look) if several else self._alone(shown, screen, look)
        drawing = {"which": "plans" if several else "one", "data": data, "look": look, "asked": screen.asked}
        return Told(drawing, self.words(shown, said))

    def send(self, told: Told) -> None:
        """Draw one plan, or several, in the figure that is made for it."""
        which, data, look = (told.drawing[name] for name in ("which", "data", "look"))
        self._ranges[look.site] = look.ranges
        drawing, fresh = self._drawing(which, look, told.drawing["asked"]), which != getattr(self, "_now", "")
        before, self._look_before = getattr(self, "_look_before", look), look
        restyled = (look.dark, look.k) != (before.dark, before.k) or fresh
        looks = {name: self._style(which, name, look) for name in data} if restyled else {}
        drawing.draw(data, layout(look), looks)
        if fresh:
            self._now = which
            self.box.children = [drawing.widget]

    def _drawing(self, which, look, asked):
        if which not in self._drawings:
            names = compare.TRACES
            if which == "one":
                kind = asked.kind if asked else ""
                names = TRACES if not asked else VEIL | TRACES | CHOICES | (DRAWN if kind == "drawn" else {})
            traces = {name: self._style(which, name, look, axes) for name, axes in names.items()}
            self._drawings[which] = Drawing(traces, layout(look))
        return self._drawings[which]

    def _style(self, which, name, look, axes=None):
        return compare.style(name, axes, look) if which == "plans" else style(name, axes, look)

    def _alone(self, shown, screen, look):
        now = self._curves(shown, shown.result)
        if shown.veiled:
            veiled = Veiled(shown.result.start, self._levels(shown, screen), self._letter(screen))
            return panel_traces.picture_of_the_past(now, veiled, look, screen.home_scan_age)
        pinned = self._curves(shown, shown.pinned) if shown.pinned else None
        level = dict(self._levels(shown, screen)).get(self._letter(screen)) if screen.at_home else None
        circle = None if level is None else (screen.home_scan_age, level)
        data = panel_traces.picture(now, pinned, self._marks(shown, circle), look)
        if screen.asked:
            chosen = None if level is None else (screen.answer, level)
            data |= panel_traces.unveiled(chosen, screen.home_scan_age, look)
            if screen.asked.kind == "drawn":
                data |= drawn_traces(screen, shown, now, look)
        return data

    def _letter(self, screen):
        return screen.answer if screen.asked and screen.asked.kind == "choices" and screen.answer else ""

    def _compared(self, shown, look):
        all_curves = [self._curves(shown, result) for result in shown.results]
        pinned = self._curves(shown, shown.pinned) if shown.pinned else None
        return compare.picture(shown, all_curves, pinned, look, facts.unmeasured(shown.result))

    def _levels(self, shown, screen):
        """Return (letter, density) of the choices, where the prediction is about the site shown."""
        if screen.asked is None or screen.asked.kind != "choices" or shown.scenario.site != screen.home_site:
            return ()
        pairs = zip(LETTERS, screen.asked.choices, strict=False)
        return tuple((letter, one.level) for letter, one in pairs if one.level is not None)

    def _marks(self, shown, circle):
        result = shown.result
        held = bool(result.life.courses)
        return Marks(
            shown.scenario.scan_age,
            result.start if held else None,
            result.stop if held else None,
            facts.course_words(shown),
            self.label(shown, result) or result.base.name or "now",
            f"pinned: {facts.pinned_words(shown)}" if shown.pinned else "",
            facts.unmeasured(result),
            circle,
        )

    # curves and ranges

    def _curves(self, shown: Shown, result: Result) -> Curves:
        key = f"{shown.scenario.site} {'veiled' if shown.veiled else ''}"
        if key not in result.drawn:
            jumps = (result.start, result.stop) if result.life.courses or shown.veiled else ()
            ages = grid(shown.since, shown.until, jumps)
            result.drawn[key] = curves(result.life, ages, shown.scenario.site, shown.since, shown.turnover)
        return result.drawn[key]

    def _look(self, shown, screen, several):
        k = LARGE if screen.large or screen.larger else 1.0
        form = "column" if screen.form == "column" else "wide"
        kind = "short" if screen.short and form == "wide" else screen.form
        height = veiled_height(kind, screen.asked) if shown.veiled else HEIGHTS[kind]
        site, since, until = shown.scenario.site, shown.since, shown.until
        ranges = self._grown_ranges(shown, several)
        return Look(site, since, until, ranges, screen.dark, k, form, screen.width, height, several)

    def _grown_ranges(self, shown, several):
        """Ranges that hold what is shown; they grow in steps and shrink only with Reset."""
        site = shown.scenario.site
        step = density_step(site)
        ranges = self._ranges.get(site) or self._first_ranges(shown)
        for result in shown.results if several else (shown.result,):
            now = self._curves(shown, result)
            ranges = ranges.holding(now.part(0, result.start) if shown.veiled else now, step)
            ranges = ranges.holding_net(now) if several else ranges
        if shown.pinned and not shown.veiled:
            ranges = ranges.holding(self._curves(shown, shown.pinned), step)
        if not shown.veiled and not several and facts.unmeasured(shown.result):
            ranges = ranges.with_room(self._curves(shown, shown.result), step)
        return ranges

    def _first_ranges(self, shown):
        """Ranges that hold every person and preset of the lab, so that nothing rescales under the hand."""
        site, given = shown.scenario.site, self._given.get("density")
        density = given.get(site) if isinstance(given, Mapping) else given
        ranges = Ranges(
            tuple(self._given.get("turnover", TURNOVER)),
            tuple(self._given.get("balance", BALANCE)),
            tuple(density or DENSITY[site]),
        )
        ages = grid(shown.since, shown.until)
        for life in self.expected():
            ranges = ranges.holding(curves(life, ages, site, shown.since, shown.turnover), density_step(site))
        return ranges

    @contextmanager
    def afresh(self) -> Iterator[None]:
        """Let the ranges shrink again, unless what is done meanwhile fails."""
        before, self._ranges = self._ranges, {}
        try:
            yield
        except BaseException:
            self._ranges = before
            raise

    def close(self) -> None:
        """Close both figures, the one on the stage and the other."""
        super().close()
        close_all(*(drawing.widget for drawing in self._drawings.values()))
        self._drawings.clear()

    def settle(self) -> None:
        """Make the present state of the figure the one that a page starts from."""
        self.drawing.widget.settle()

    # a line to draw

    def line_spec(self, shown: Shown, asked: Any) -> dict[str, Any]:
        """Return what the page needs to draw a line into the panel of density."""
        site, today = shown.scenario.site, shown.result.start
        found = quantity("bmd", site)
        low, high = self._grown_ranges(shown, False).density
        step = 0.005 if found.decimals else 1.0
        start = [today, found.rounded(shown.result.life.value("bmd", today, site))]
        return {
            "ages": list(asked.ages), "start": start, "low": low, "high": high, "step": step,
            "decimals": found.decimals, "unit": found.shown_unit, "axes": list(AXES_OF_DENSITY), "name": found.label,
        }  # fmt: skip


def _checked_ranges(ranges: Any) -> dict[str, Any]:
    """Return the ranges of the panels, or raise `InputError`."""
    if not isinstance(ranges, Mapping):
        raise InputError(f"ranges is {quoted(ranges)}; names with limits are needed, such as {{'balance': (-24, 8)}}")
    for name, given in ranges.items():
        choice(name, "range", ("turnover", "balance", "density"))
        sited = isinstance(given, Mapping) and name == "density"
        for site, pair in given.items() if sited else ((None, given),):
            if site is not None:
                choice(site, "site of a range", scanned_sites())
            _check_limits(pair, f"the range of {name}")
    return dict(ranges)


def _check_limits(pair: Any, what: str) -> None:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise InputError(f"{what} is {quoted(pair)}; two limits are needed, such as (-24, 8)")
    low, high = (number(one, f"a limit of {what}", low=-1e6, high=1e6) for one in pair)
    if low >= high:
        raise InputError(f"{what} goes from {low:g} to {high:g}; the second limit must be higher than the first")


def veiled_height(form: str, asked: Any) -> float:
    """Return the height of the figure (px at k = 1) above a question."""
    if form == "column":
        return VEILED_HEIGHTS[form]
    long = 10 * (len(asked.question) > LINE_OF_QUESTION)
    taken = {
        "choices": lambda: 38 * max(0, (len(asked.choices) + 1) // 2 - 2),
        "table": lambda: 32 * len(asked.rows) - 52,
        "drawn": lambda: -24,
    }[asked.kind]()
    return VEILED_HEIGHTS[form] - taken - long
