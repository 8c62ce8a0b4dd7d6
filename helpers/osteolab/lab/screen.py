"""The widgets of the lab: a rail of controls, a stage with figure and words. They know nothing of bone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as w

from osteolab.lab import words
from osteolab.lab.rail import Section, SliderRow, sections
from osteolab.lab.sliders import SliderSpec

LETTERS = "ABCDE"
CLOSED = "Sliders open after you commit."
SHORT_SITE = {"lumbar_spine": "Spine", "total_hip": "Hip", "femoral_neck": "Neck", "trabecular_spine": "Inner"}
MENU = ("Picture (PNG)", "Table (CSV)", "Settings as text", "Larger text")


@dataclass(frozen=True)
class Actions:
    """What the lab does when a control is used. Each is called without arguments, but for those named.

    `move(name, value)` takes a slider and a value in its conventional unit, `menu(text)` an entry of MENU.
    """

    move: Callable[[str, float], Any]
    units: Callable[[bool], Any]
    site: Callable[[str], Any]
    scan: Callable[[float], Any]
    person: Callable[[str], Any]
    pin: Callable[[], Any]
    reset: Callable[[], Any]
    table: Callable[[], Any]
    menu: Callable[[str], Any]
    choose: Callable[[str], Any]
    commit: Callable[[], Any]
    unveil: Callable[[], Any]


class Screen:
    """Every widget of the card, and what they show.

    Parameters
    ----------
    specs, groups
        The sliders and, optionally, their headings.
    sites : sequence of str
    span : tuple of float
        Ages of the scan slider, years.
    figure : widget
        The figure.
    people : sequence of (label, key)
    question, choices
        The prediction, empty if there is none.
    actions : Actions
    on_error : callable
        Called with an exception and the widget it came from.
    """

    def __init__(
        self,
        specs: Sequence[SliderSpec],
        groups: Mapping[str, tuple[str, ...]] | None,
        sites: Sequence[str],
        span: tuple[float, float],
        figure: w.Widget,
        people: Sequence[tuple[str, str]],
        question: str,
        choices: Sequence[str],
        actions: Actions,
        on_error: Callable[[Exception, w.Widget | None], None],
    ) -> None:
        self.specs, self.sites, self.actions, self.on_error = tuple(specs), tuple(sites), actions, on_error
        self.quiet, self.si, self.table_open = 0, False, False
        self.sections: list[Section] = sections(list(specs), dict(groups) if groups else None)
        self.rows: dict[str, SliderRow] = {row.spec.name: row for part in self.sections for row in part.rows}
        self.card = w.HBox([self._rail(people), self._stage(span, figure, question, choices)])
        self.card.add_class("ol-lab")
        self._wire()

    # building

    def _rail(self, people):
        self.units = _toggle_buttons([("US units", False), ("SI", True)], "ol-units")
        _toggle(self.units, "ol-hide", all(spec.si_unit == spec.unit for spec in self.specs))
        self.person = _classed(w.Dropdown(options=people), "ol-person")
        top = _classed(w.HBox([html("ol-label", "Person"), self.units]), "ol-rail-top")
        groups = _classed(w.VBox(self.sections), "ol-groups")
        self.key = html("ol-key")
        self.closed = html("ol-closed", CLOSED)
        return _classed(w.VBox([top, self.person, groups, self.key, self.closed, self._buttons()]), "ol-rail")

    def _buttons(self):
        act = self.actions
        self.pin = self.button("Pin curve", "ol-fill", act.pin)
        self.reset = self.button("Reset", "ol-plain", act.reset)
        self.table_button = self.button("Table", "ol-plain", act.table)
        save = self.button("Save", "ol-save-button", self._toggle_menu)
        menu = _classed(w.VBox([self.button(text, "ol-item", self._menu_action(text)) for text in MENU]), "ol-menu")
        self.save = _classed(w.Box([save, menu]), "ol-save")
        self.buttons = _classed(w.HBox([self.pin, self.reset, self.table_button, self.save]), "ol-buttons")
        return self.buttons

    def _menu_action(self, text):
        def run():
            self.save.remove_class("ol-open")
            self.actions.menu(text)

        return run

    def _toggle_menu(self):
        _toggle(self.save, "ol-open", "ol-open" not in self.save._dom_classes)

    def _stage(self, span, figure, question, choices):
        self.site = _toggle_buttons(self._site_options(False), "ol-sites")
        self.scan_slider = w.FloatSlider(min=span[0], max=span[1], step=1, value=span[0], readout=False)
        self.scan_slider.add_class("ol-scan-slider")
        self.scan_box = _classed(w.FloatText(continuous_update=False), "ol-number")
        label = html("ol-label", "Scan at age")
        self.scan = _classed(w.HBox([label, self.scan_slider, self.scan_box]), "ol-scan", "ol-s-scan_age")
        self.upto = html("ol-upto")
        top = _classed(w.HBox([self.site, self.upto, self.scan]), "ol-top")
        self.figure = _classed(w.Box([figure]), "ol-figure")
        self.table = html("ol-table ol-hide")
        self.readout = html("ol-readout")
        self.ask = self._question(question, choices)
        return _classed(w.VBox([top, self.figure, self.table, self.readout, self.ask]), "ol-stage")

    def _question(self, question, choices):
        options = [f"{letter}\u2003{text}" for letter, text in zip(LETTERS, choices, strict=False)]
        self.choices = _classed(w.RadioButtons(options=options, value=None), "ol-choices")
        self.commit = self.button("Commit my prediction", "ol-fill", self.actions.commit)
        self.commit.disabled = True
        unveil = self.button("Teacher: unveil", "ol-link", self.actions.unveil)
        last = _classed(
            w.HBox([self.commit, html("ol-note", "You can change it until you commit."), unveil]), "ol-commit"
        )
        return _classed(w.VBox([html("ol-question", f"Predict: {question}"), self.choices, last]), "ol-ask", "ol-hide")

    def _site_options(self, short):
        return [((SHORT_SITE if short else words.SITE_BUTTON)[site], site) for site in self.sites]

    def button(self, text: str, kind: str, action: Callable[[], Any]) -> w.Button:
        """Return a button of a kind that runs `action`."""
        widget = _classed(w.Button(description=text), kind)
        widget.on_click(self.guarded(action))
        return widget

    # from the page

    def _wire(self):
        act = self.actions
        for row in self.rows.values():
            row.slider.observe(self.guarded(self._dragged(row), row), names="value")
            row.box.observe(self.guarded(self._typed(row), row), names="value")
        self.units.observe(self.guarded(lambda: act.units(self.units.value)), names="value")
        self.site.observe(self.guarded(lambda: act.site(self.site.value)), names="value")
        self.scan_slider.observe(self.guarded(lambda: act.scan(self.scan_slider.value)), names="value")
        self.scan_box.observe(self.guarded(lambda: act.scan(self.scan_box.value), self.scan), names="value")
        self.person.observe(self.guarded(lambda: act.person(self.person.value)), names="value")
        self.choices.observe(self.guarded(self._chosen), names="value")

    def _dragged(self, row):
        def run():
            if row.was_dragged():
                self.actions.move(row.spec.name, row.slider.value)

        return run

    def _typed(self, row):
        return lambda: self.actions.move(row.spec.name, row.spec.unboxed(row.box.value, self.si))

    def _chosen(self):
        if self.choices.value is not None:
            self.commit.disabled = False
            self.actions.choose(self.choices.value[0])

    def guarded(self, action: Callable[[], Any], row: w.Widget | None = None) -> Callable:
        """Return a callback that rests while the lab itself moves a handle, and hands on every error."""

        def run(*_):
            if self.quiet:
                return
            try:
                action()
            except Exception as error:  # a page has no console: the words must stand where the reader looks
                self.on_error(error, row)

        return run

    def __enter__(self):
        """Begin a time in which handles moved by the lab start nothing."""
        self.quiet += 1
        return self

    def __exit__(self, *_):
        self.quiet -= 1

    # to the page

    def show_people(self, people: Sequence[tuple[str, str]], chosen: str) -> None:
        """Show the list of people and presets."""
        with self:
            if tuple(self.person.options) != tuple(people):
                self.person.options = people
            self.person.value = chosen

    def show_sliders(self, values: Mapping[str, float], person, age: float, si: bool, frozen: bool) -> dict[str, dict]:
        """Move every handle and box, and return what the page needs to name them."""
        self.si, names = si, {}
        with self:
            for name, value in values.items():
                row = self.rows[name]
                row.show(value, si)
                row.describe(person, age, si)
                names[name] = row.names(person, age, si)
                _toggle(row, "ol-hide", name == "menopause_age" and person.sex == "male")
                row.slider.disabled = row.box.disabled = frozen
            self.units.value = si
        band = "<i></i>usual at this age" if any(n["low"] is not None for n in names.values()) else ""
        young = "<b></b>young adult" if any(n["young"] is not None for n in names.values()) else ""
        self.key.value = band + young
        return names

    def show_scan(self, site: str, age: float) -> None:
        """Show site and age of the scan."""
        with self:
            self.site.value, self.scan_box.value = site, age
            if abs(self.scan_slider.value - age) > 1e-3:  # else it would jump back under the hand
                self.scan_slider.value = float(age)
        _toggle(self.scan, "ol-bad", False)

    def show_veil(self, veiled: bool, upto: str) -> None:
        """Show the question in place of the readings, or the readings."""
        self.upto.value = upto
        for widget in (self.buttons, self.scan, self.readout):
            _toggle(widget, "ol-hide", veiled)
        for widget in (self.closed, self.upto, self.ask):
            _toggle(widget, "ol-hide", not veiled)
        self.person.disabled = veiled

    def show_table(self, content: str) -> None:
        """Show the table instead of the figure, or the figure again for an empty table."""
        self.table_open = bool(content)
        self.table.value = content
        self.table_button.description = "Chart" if self.table_open else "Table"
        _toggle(self.table, "ol-hide", not self.table_open)
        _toggle(self.figure, "ol-hide", self.table_open)

    def fit(self, narrow: bool, low: bool) -> None:
        """Shorten the names of the sites, and fold all groups but the first in a low window."""
        options = self._site_options(narrow)
        if tuple(options) != tuple(self.site.options):
            with self:
                chosen = self.site.value
                self.site.options = options
                self.site.value = chosen
        if low:
            for section in self.sections[1:]:
                section.fold(True)


def html(classes: str, content: str = "") -> w.HTML:
    """Return an HTML widget with classes."""
    return _classed(w.HTML(content), *classes.split())


def _toggle_buttons(options, kind):
    widget = _classed(w.ToggleButtons(options=options), kind)
    widget.style.button_width = "auto"
    return widget


def _classed(widget, *kinds):
    for kind in kinds:
        widget.add_class(kind)
    return widget


def _toggle(widget, kind, on):
    if (kind in widget._dom_classes) != on:
        (widget.add_class if on else widget.remove_class)(kind)
