"""The card of a lab: a rail of controls at the left, a stage with picture and words at the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

import ipywidgets as w

from osteolab.lab.card.menu import AGAIN, SaveMenu
from osteolab.lab.card.parts import button, classed, close_all, hide, html, put, set_class, toggle_buttons
from osteolab.lab.card.plans import PlansStrip
from osteolab.lab.card.question import Asked
from osteolab.lab.card.rail import Description, Section, SliderRow, SwitchRow, sections
from osteolab.lab.words.markup import joined, tag

CLOSED = "Sliders open after you commit."


@dataclass(frozen=True)
class Actions:
    """What the lab does when a control is used. Each is called without arguments, but for those named.

    `move(name, value)` takes a slider and a value in its conventional unit, or a switch and the value of its button;
    `menu(text)` an entry of the menu, `plans(what, place)` what was done to which plan.
    """

    move: Callable[[str, Any], Any]
    units: Callable[[bool], Any]
    site: Callable[[str], Any]
    scan: Callable[[float], Any]
    person: Callable[[str], Any]
    plans: Callable[[str, int], Any]
    pin: Callable[[], Any]
    undo: Callable[[], Any]
    reset: Callable[[], Any]
    table: Callable[[], Any]
    menu: Callable[[str], Any]
    choose: Callable[[], Any]
    commit: Callable[[], Any]
    unveil: Callable[[], Any]


@dataclass(frozen=True)
class Fittings:
    """What a card is made of.

    Attributes
    ----------
    rows : sequence
        Sliders and switches as data; those with `options` are switches.
    groups : mapping, optional
        Heading to the names of its rows.
    sites : sequence of (name, words, short words)
        Empty if the picture has no sites.
    span : tuple of float
        Ages of the scan slider, years.
    picture : sequence of widget
        What stands on the stage.
    who : str
        A note in place of the list of people; empty for the list.
    closed : str
        Why some control cannot be moved, if so.
    units : bool
        Whether there is a choice of units.
    pins, tells : bool
        Whether there is a pin, and whether sentence and tiles stand under the picture.
    asked : Asked or None
        The prediction.
    left_out : sequence of str
        Entries that the menu does not have.
    """

    rows: Sequence[Any]
    groups: Mapping[str, Sequence[str]] | None = None
    sites: Sequence[tuple[str, str, str]] = ()
    span: tuple[float, float] = (20.0, 100.0)
    picture: Sequence[w.Widget] = ()
    who: str = ""
    closed: str = ""
    units: bool = True
    pins: bool = True
    tells: bool = True
    asked: Asked | None = None
    left_out: Sequence[str] = ()


class Frame:
    """Every widget of the card, and what they show.

    Parameters
    ----------
    fittings : Fittings
    actions : Actions
    on_error : callable
        Called with an exception and the widget it came from.
    """

    def __init__(
        self, fittings: Fittings, actions: Actions, on_error: Callable[[Exception, w.Widget | None], None]
    ) -> None:
        self.fittings, self.actions, self.on_error = fittings, actions, on_error
        self.quiet, self.si, self.table_open = 0, False, False
        self.lock = RLock()  # JupyterLab lets messages of the page come in another thread than the cells
        self.sections: list[Section] = sections(fittings.rows, fittings.groups)
        found = [row for part in self.sections for row in part.rows]
        self.rows: dict[str, SliderRow] = {row.spec.name: row for row in found if isinstance(row, SliderRow)}
        self.switches: dict[str, SwitchRow] = {row.name: row for row in found if isinstance(row, SwitchRow)}
        self.card = classed(w.HBox([self._rail(), self._stage()]), "ol-lab")
        self._wire()

    # building

    def _rail(self):
        fit, act = self.fittings, self.actions
        self.units = toggle_buttons([("US units", False), ("SI", True)], "ol-units")
        hide([self.units], not fit.units)
        self.person = classed(w.Dropdown(options=[]), "ol-person")
        self.plans = PlansStrip(self.guarded(act.plans))
        groups = classed(w.VBox(self.sections), "ol-groups")
        self.key, self.why, self.closed = html("ol-key"), html("ol-why", fit.closed), html("ol-closed", CLOSED)
        hide([self.why], not fit.closed)
        self.undo = button("Undo", "ol-link", self.guarded(act.undo))
        self.undo.add_class("ol-undo")
        foot = classed(w.HBox([self.key, self.undo]), "ol-foot")
        top = [html("ol-who", fit.who)] if fit.who else self._people()
        return classed(
            w.VBox([*top, self.plans, groups, foot, self.why, self.closed, self._buttons(fit.left_out)]), "ol-rail"
        )

    def _people(self):
        return [classed(w.HBox([html("ol-label", "Person"), self.units]), "ol-rail-top"), self.person]

    def _buttons(self, left_out):
        act = self.actions
        self.pin = button("Pin curve", "ol-fill", self.guarded(act.pin))
        self.reset = button("Reset", "ol-plain", self.guarded(act.reset))
        self.table_button = button("Table", "ol-plain", self.guarded(act.table))
        self.save = SaveMenu(lambda words: self.guarded(lambda: act.menu(words))(), left_out)
        shown = [self.pin] if self.fittings.pins else []
        self.buttons = classed(w.HBox([*shown, self.reset, self.table_button, self.save]), "ol-buttons")
        return self.buttons

    def _stage(self):
        fit = self.fittings
        self.site = toggle_buttons([(words, name) for name, words, _ in fit.sites], "ol-sites")
        self.scan_slider = w.FloatSlider(min=fit.span[0], max=fit.span[1], step=1, value=fit.span[0], readout=False)
        self.scan_slider.add_class("ol-scan-slider")
        self.scan_box = classed(w.FloatText(continuous_update=False), "ol-number")
        label = html("ol-label", "Scan at age")
        self.scan = classed(w.HBox([label, self.scan_slider, self.scan_box]), "ol-scan", "ol-s-scan_age")
        self.upto = html("ol-upto")
        top = [classed(w.HBox([self.site, self.upto, self.scan]), "ol-top")] if fit.sites else []
        self.table, self.readout = html("ol-table ol-hide"), html("ol-readout")
        hide([self.readout], not fit.tells)
        asked = [fit.asked.box] if fit.asked else []
        return classed(w.VBox([*top, *fit.picture, self.table, self.readout, *asked]), "ol-stage")

    # from the page

    def _wire(self):
        act = self.actions
        for row in self.rows.values():
            row.slider.observe(self.guarded(self._dragged(row), row), names="value")
            row.box.observe(self.guarded(self._typed(row), row), names="value")
        for switch in self.switches.values():
            switch.buttons.observe(self.guarded(self._pressed(switch)), names="value")
        self.units.observe(self.guarded(lambda: act.units(self.units.value)), names="value")
        self.site.observe(self.guarded(lambda: act.site(self.site.value)), names="value")
        self.scan_slider.observe(self.guarded(lambda: act.scan(self.scan_slider.value)), names="value")
        self.scan_box.observe(self.guarded(lambda: act.scan(self.scan_box.value), self.scan), names="value")
        self.person.observe(self.guarded(lambda: act.person(self.person.value)), names="value")
        if self.fittings.asked:
            self.fittings.asked.wire(self.guarded(act.choose), self.guarded(act.commit), self.guarded(act.unveil))

    def _dragged(self, row):
        def run():
            if row.was_dragged():
                self.actions.move(row.spec.name, row.slider.value)

        return run

    def _typed(self, row):
        return lambda: self.actions.move(row.spec.name, row.spec.unboxed(row.box.value, self.si))

    def _pressed(self, switch):
        return lambda: self.actions.move(switch.name, switch.buttons.value)

    def guarded(self, action: Callable[..., Any], row: w.Widget | None = None) -> Callable[..., None]:
        """Return a callback that rests while the lab itself moves a handle, and hands on every error.

        What traitlets says of a change is dropped; what a widget of this card says is handed on.
        """

        def run(*said):
            with self.lock:
                if self.quiet:
                    return
                try:
                    action(*(one for one in said if not isinstance(one, Mapping) or "owner" not in one))
                except Exception as error:  # a page has no console: the words must stand where the reader looks
                    self.on_error(error, row)

        return run

    def __enter__(self):
        """Begin a time in which handles moved by the lab start nothing."""
        self.lock.acquire()
        self.quiet += 1
        return self

    def __exit__(self, *_):
        self.quiet -= 1
        self.lock.release()

    def close(self) -> None:
        """Close every widget of the card, also those that this card does not show."""
        close_all(self.card, *(part for part in vars(self).values() if isinstance(part, w.Widget)))

    # to the page

    def show_people(self, people: Sequence[tuple[str, str]], chosen: str) -> None:
        """Show the list of people and presets: (words, key)."""
        with self:
            if tuple(self.person.options) != tuple(people):
                self.person.options = people
            self.person.value = chosen

    def show_rows(
        self,
        values: Mapping[str, Any],
        said: Mapping[str, Description],
        si: bool,
        frozen: bool,
        hidden: Sequence[str] = (),
    ) -> None:
        """Move every handle, box and switch.

        Parameters
        ----------
        values : mapping
            Name of a slider or switch to its value.
        said : mapping
            Name of a slider to its words.
        si, frozen : bool
            Units in force; whether nothing can be moved.
        hidden : sequence of str
            Rows that are not shown.
        """
        self.si = si
        with self:
            for name, row in self.rows.items():
                row.show(values[name], si, frozen)
                row.describe(said[name])
                set_class(row, "ol-hide", name in hidden)
            for name, switch in self.switches.items():
                switch.show(values[name], frozen)
            self.units.value = si
        marks = [one.spoken for one in said.values()]
        band = [tag("i"), "usual, not “enough”"] if any(one["low"] is not None for one in marks) else []
        young = [tag("b"), "young adult"] if any(one["young"] is not None for one in marks) else []
        put(self.key, joined([*band, *young]))

    def show_plans(self, strip: Mapping[str, Any], shown: bool) -> None:
        """Show the strip of plans."""
        self.plans.spec = dict(strip)
        set_class(self.plans, "ol-hide", not shown)

    def show_scan(self, site: str, age: float) -> None:
        """Show site and age of the scan."""
        if not self.fittings.sites:
            return
        with self:
            self.site.value, self.scan_box.value = site, age
            if abs(self.scan_slider.value - age) > 1e-3:  # else it would jump back under the hand
                self.scan_slider.value = float(age)
        set_class(self.scan, "ol-bad", False)

    def show_veil(self, veiled: bool, upto: str) -> None:
        """Show the question in place of the readings, or the readings."""
        put(self.upto, upto)
        asked = [self.fittings.asked.box] if self.fittings.asked else []
        tells = [self.readout] if self.fittings.tells else []
        hide([self.buttons, self.scan, *tells], veiled)
        hide([self.closed, self.upto, *asked], not veiled)
        self.save.offer(AGAIN, bool(asked) and not veiled)
        self.person.disabled = veiled

    def show_undo(self, possible: bool) -> None:
        """Offer to go back to the last state, or not."""
        set_class(self.undo, "ol-hide", not possible)

    def show_readout(self, content: object) -> None:
        """Show the sentence and the tiles."""
        put(self.readout, content)

    def show_table(self, content: object) -> None:
        """Show the table instead of the picture, or the picture again for an empty table."""
        self.table_open = bool(content)
        put(self.table, content)
        self.table_button.description = "Chart" if self.table_open else "Table"
        set_class(self.table, "ol-hide", not self.table_open)
        for part in self.fittings.picture:
            if "ol-figure" in part._dom_classes:
                set_class(part, "ol-hide", self.table_open)

    def fit(self, narrow: bool, low: bool) -> None:
        """Shorten the names of the sites, and fold all groups but the first in a low window."""
        options = [(short if narrow else words, name) for name, words, short in self.fittings.sites]
        if tuple(options) != tuple(self.site.options):
            with self:
                chosen = self.site.value
                self.site.options = options
                self.site.value = chosen
        if low:
            for section in self.sections[1:]:
                section.fold(True)
