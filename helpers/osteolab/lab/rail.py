"""The left column of the lab: one row per slider, in groups that fold."""

from __future__ import annotations

from html import escape

import ipywidgets as w

from osteolab import Person
from osteolab.lab import words
from osteolab.lab.sliders import SliderSpec, Usual

OPEN_ROWS = 6  # more than this many sliders, and the rest starts folded
LONG_NAME, LONGER_NAME = 16, 18  # characters at which a name is set closer


class SliderRow(w.VBox):
    """One slider: name, dot that explains, number box, unit, and the track with its marks."""

    def __init__(self, spec: SliderSpec, up: bool) -> None:
        self.spec = spec
        self.name = w.HTML()
        self.box = w.FloatText(continuous_update=False)
        self.unit = w.HTML()
        self.slider = w.FloatSlider(
            min=spec.minimum,
            max=spec.maximum,
            step=spec.step,
            value=spec.minimum,
            readout=False,
            continuous_update=True,
        )
        for widget, kind in ((self.name, "ol-name"), (self.box, "ol-number"), (self.unit, "ol-unit")):
            widget.add_class(kind)
        head = w.HBox([self.name, self.box, self.unit])
        head.add_class("ol-head")
        super().__init__([head, self.slider])
        for kind in ("ol-row", f"ol-s-{spec.name}", *(["ol-up"] if up else [])):
            self.add_class(kind)
        self._shown: tuple = ()
        self.handle = spec.minimum

    def was_dragged(self) -> bool:
        """Whether the handle stands elsewhere than the lab put it; the page may report a rounding of its own."""
        return abs(self.slider.value - self.handle) > 1e-6 * self.spec.step

    def show(self, value: float, si: bool) -> None:
        """Move handle and box to a value in the conventional unit."""
        spec = self.spec
        self.handle = spec.on_track(value)
        if abs(self.slider.value - self.handle) > 1e-3 * spec.step:  # else it would jump back under the hand
            self.slider.value = self.handle
        boxed = spec.boxed(value, si)
        self.box.value = int(boxed) if boxed == int(boxed) else boxed
        self.remove_class("ol-bad")

    def describe(self, person: Person, age: float, si: bool) -> None:
        """Write name, unit and tooltip for a person at an age."""
        shown = (person, age, si)
        if shown == self._shown:
            return
        self._shown, spec = shown, self.spec
        what, usual, source = (escape(x) for x in spec.about(person, age, si))
        small = f"<small>{usual}</small>" if usual else ""
        long = " ol-long" if len(spec.label) > LONG_NAME else ""
        long = " ol-longer" if len(spec.label) > LONGER_NAME else long
        self.name.value = (
            f'<span class="ol-name-line{long}">{escape(spec.label)} <button type="button" class="ol-dot" '
            f'aria-label="About {escape(words.lower_first(spec.label))}">i</button>'
            f'<span class="ol-tip" role="tooltip">{what}.{small}<small>{source}</small></span></span>'
        )
        self.unit.value = escape(words.shown_unit(spec.unit_in(si)))

    def names(self, person: Person, age: float, si: bool) -> dict:
        """Return what the page needs to name the handle and to mark the track."""
        spec, usual = self.spec, self.spec.usual(person, age)
        young = usual.young if usual else (spec.default if spec.kind in ("control", "mix") else None)
        return {
            "label": spec.label,
            "spoken": words.spoken_unit(spec.unit_in(si)),
            "unit": words.shown_unit(spec.unit_in(si)),
            "about": ". ".join(x for x in spec.about(person, age, si) if x),
            "min": spec.minimum,
            "max": spec.maximum,
            "factor": spec.si_factor if si else 1.0,
            "decimals": spec.decimals_in(si),
            "young": young,
            **_band(usual),
        }


def _band(usual: Usual | None) -> dict[str, float | None]:
    return {"low": usual.low if usual else None, "high": usual.high if usual else None}


class Section(w.VBox):
    """A group of rows under a heading that folds it."""

    def __init__(self, title: str, rows: list[SliderRow], folded: bool) -> None:
        self.rows = rows
        self.header = w.Button(description=title)
        self.body = w.VBox(rows)
        self.header.add_class("ol-group")
        self.body.add_class("ol-rows")
        super().__init__([self.header, self.body])
        self.add_class("ol-section")
        self.folded = False
        self.fold(folded)
        self.header.on_click(lambda _: self.fold(not self.folded))

    def fold(self, folded: bool) -> None:
        """Fold or unfold the group."""
        self.folded = folded
        for widget, kind in ((self.body, "ol-hide"), (self.header, "ol-folded")):
            (widget.add_class if folded else widget.remove_class)(kind)


def sections(specs: list[SliderSpec], groups: dict[str, tuple[str, ...]] | None) -> list[Section]:
    """Return the groups of the rail: as given, or by the group of each slider; those past six sliders folded."""
    by_name = {spec.name: spec for spec in specs}
    if groups is None:
        groups = {}
        for spec in specs:
            groups[spec.group] = (*groups.get(spec.group, ()), spec.name)
    found, open_rows, place = [], 0, 0
    for title, names in groups.items():
        rows = []
        for name in names:
            rows.append(SliderRow(by_name[name], up=place >= 3))
            place += 1
        folded = open_rows > 0 and open_rows + len(rows) > OPEN_ROWS
        open_rows += 0 if folded else len(rows)
        found.append(Section(title, rows, folded))
    return found
