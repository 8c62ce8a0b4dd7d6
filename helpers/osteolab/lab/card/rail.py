"""The left column of the lab: one row per slider or switch, in groups that fold."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import ipywidgets as w

from osteolab.lab.card.parts import classed, html, put, set_class, toggle_buttons
from osteolab.lab.words.markup import joined, tag
from osteolab.lab.words.numbers import lower_first

OPEN_ROWS = 6  # more than this many sliders, and the rest starts folded
LONG_NAME, LONGER_NAME = 16, 18  # characters at which a name is set closer
BUILT = 3.0  # s after which a page that is being built has reported where its handles stand


class Slides(Protocol):
    """What a row needs of a slider as data."""

    name: str
    label: str
    group: str
    minimum: float
    maximum: float
    step: float
    live: bool

    def on_track(self, value: float) -> float:
        """Return the nearest place of the handle."""

    def boxed(self, value: float, si: bool) -> float:
        """Return a value as the box shows it."""

    def unboxed(self, shown: float, si: bool) -> float:
        """Return what was typed in the conventional unit."""


@dataclass(frozen=True)
class Description:
    """The words of a slider for the person it is about: unit, three lines of its tooltip, and what the page is told."""

    unit: str
    lines: tuple[str, str, str]
    spoken: Mapping[str, Any]


class SliderRow(w.VBox):
    """One slider: name, dot that explains, number box, unit, and the track with its marks."""

    def __init__(self, spec: Slides, up: bool) -> None:
        self.spec = spec
        self.name = html("ol-name")
        self.box = classed(w.FloatText(continuous_update=False), "ol-number")
        self.unit = html("ol-unit")
        self.slider = w.FloatSlider(
            min=spec.minimum,
            max=spec.maximum,
            step=spec.step,
            value=spec.minimum,
            readout=False,
            continuous_update=spec.live,
        )
        head = classed(w.HBox([self.name, self.box, self.unit]), "ol-head")
        super().__init__([head, self.slider])
        classed(self, "ol-row", f"ol-s-{spec.name}", *(["ol-up"] if up else []))
        self._shown: Description | None = None
        self.handle = spec.minimum
        self._left, self._left_at, self._heard = spec.minimum, 0.0, False

    def was_dragged(self) -> bool:
        """Whether the handle stands elsewhere than the lab put it.

        The page may report a rounding of its own; and while it is being built, the place it was built with, although
        the lab has moved the handle meanwhile.
        """
        near = 1e-6 * self.spec.step
        first, self._heard = not self._heard, True
        if first and abs(self.slider.value - self._left) <= near and time.monotonic() - self._left_at < BUILT:
            self.slider.value = self.handle
        return bool(abs(self.slider.value - self.handle) > near)

    def show(self, value: float, si: bool, frozen: bool) -> None:
        """Move handle and box to a value in the conventional unit."""
        spec = self.spec
        self.handle = spec.on_track(value)
        if abs(self.slider.value - self.handle) > 1e-3 * spec.step:  # else it would jump back under the hand
            self._left, self._left_at = self.slider.value, time.monotonic()
            self.slider.value = self.handle
        boxed = spec.boxed(value, si)
        self.box.value = int(boxed) if boxed == int(boxed) else boxed
        self.slider.disabled = self.box.disabled = frozen
        set_class(self, "ol-bad", False)

    def describe(self, said: Description) -> None:
        """Write name, unit and tooltip."""
        if said == self._shown:
            return
        self._shown, label = said, self.spec.label
        what, usual, source = said.lines
        long = " ol-long" if len(label) > LONG_NAME else ""
        long = " ol-longer" if len(label) > LONGER_NAME else long
        dot = tag("button", "i", type="button", class_="ol-dot", aria_label=f"About {lower_first(label)}")
        small = [tag("small", line) for line in (usual, source) if line]
        tip = tag("span", f"{what}.", joined(small), class_="ol-tip", role="tooltip")
        put(self.name, tag("span", label, " ", dot, tip, class_=f"ol-name-line{long}"))
        put(self.unit, said.unit)


class SwitchRow(w.HBox):
    """One switch: words and a row of buttons of which one is pressed."""

    def __init__(self, name: str, label: str, options: Sequence[tuple[str, str]]) -> None:
        self.name = name
        self.buttons = toggle_buttons(options, f"ol-w-{name}")
        super().__init__([html("ol-label", label), self.buttons] if label else [self.buttons])
        classed(self, "ol-switch")

    def show(self, value: str, frozen: bool) -> None:
        """Press the button of a value."""
        self.buttons.value, self.buttons.disabled = value, frozen


class Section(w.VBox):
    """A group of rows under a heading that folds it."""

    def __init__(self, title: str, rows: Sequence[SliderRow | SwitchRow], folded: bool) -> None:
        self.rows = tuple(rows)
        self.header = classed(w.Button(description=title), "ol-group")
        self.body = classed(w.VBox(rows), "ol-rows")
        super().__init__([self.header, self.body])
        self.add_class("ol-section")
        self.folded = False
        self.fold(folded)
        self.header.on_click(lambda _: self.fold(not self.folded))

    def fold(self, folded: bool) -> None:
        """Fold or unfold the group."""
        self.folded = folded
        set_class(self.body, "ol-hide", folded)
        set_class(self.header, "ol-folded", folded)


def sections(specs: Sequence[Any], groups: Mapping[str, Sequence[str]] | None = None) -> list[Section]:
    """Return the groups of the rail: as given, or by the group of each row; those past six sliders are folded.

    A spec with `options` becomes a switch, any other a slider.
    """
    by_name = {spec.name: spec for spec in specs}
    named: dict[str, tuple[str, ...]] = {title: tuple(names) for title, names in groups.items()} if groups else {}
    if groups is None:
        for spec in specs:
            named[spec.group] = (*named.get(spec.group, ()), spec.name)
    found, open_rows, place = [], 0, 0
    for title, names in named.items():
        rows = []
        for name in names:
            rows.append(_row(by_name[name], up=place >= 3))
            place += 1
        folded = open_rows > 0 and open_rows + len(rows) > OPEN_ROWS
        open_rows += 0 if folded else len(rows)
        found.append(Section(title, rows, folded))
    return found


def _row(spec, up):
    if hasattr(spec, "options"):
        return SwitchRow(spec.name, spec.label, spec.options)
    return SliderRow(spec, up)
