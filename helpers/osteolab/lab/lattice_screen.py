"""The widgets of the lattice lab: the rail of two plans, the stage with view switch, figure and table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as w

from osteolab.lab.lattice_plans import WITH
from osteolab.lab.lattice_words import BUTTONS
from osteolab.lab.rail import Section, SliderRow
from osteolab.lab.screen import Actions, Screen, _classed, _toggle, _toggle_buttons, html
from osteolab.lab.sliders import SliderSpec

PLAN_HEADS = ("Plan A", "Plan B")
VIEW_BUTTONS = [("Surface", "surface"), ("Cross-section", "section")]


class LatticeScreen(Screen):
    """Every widget of the card; the parts it shares with the other labs are those of `Screen`.

    Parameters
    ----------
    specs : sequence of SliderSpec
        Demolition, rescue of A, rescue of B.
    names : tuple of str
        The twins.
    who, closed : str
        The note on the person, and why something cannot be moved (or nothing).
    figure, view : widget
    question, choices, actions, on_error
        As in `Screen`.
    """

    def __init__(
        self,
        specs: Sequence[SliderSpec],
        names: tuple[str, str],
        who: str,
        closed: str,
        figure: w.Widget,
        view: w.Widget,
        question: str,
        choices: Sequence[str],
        actions: Actions,
        on_error: Any,
    ) -> None:
        self.names, self.who, self.why_closed, self.view_widget = names, who, closed, view
        super().__init__(specs, None, (), (0.0, 1.0), figure, (), question, choices, actions, on_error)

    def _rail(self, people):
        parts, self.with_ = [], {}
        for place, spec in enumerate(self.specs):
            row = SliderRow(spec, up=place > 0)
            row.slider.continuous_update = False  # a plan takes seconds, so it is computed when the hand lets go
            heading = "Bone" if not place else f"{PLAN_HEADS[place - 1]}: {self.names[place - 1]}"
            part = Section(heading, [row], False)
            if place:
                letter = "ab"[place - 1]
                self.with_[letter] = _toggle_buttons([(BUTTONS[k], k) for k in WITH], f"ol-with-{letter}")
                line = _classed(w.HBox([html("ol-label", "with"), self.with_[letter]]), "ol-with")
                part.body.children = [*part.body.children, line]
            parts.append(part)
        self.sections = parts
        self.rows = {row.spec.name: row for part in parts for row in part.rows}
        groups = _classed(w.VBox(parts), "ol-groups")
        self.key = html("ol-key")
        self.closed = html("ol-closed", "Sliders open after you commit.")
        self.why = html("ol-why", self.why_closed)
        _toggle(self.why, "ol-hide", not self.why_closed)
        buttons = self._buttons()
        buttons.children = [child for child in buttons.children if child is not self.pin]
        top = html("ol-who", self.who)
        return _classed(w.VBox([top, groups, self.key, self.why, self.closed, buttons]), "ol-rail")

    def _stage(self, span, figure, question, choices):
        self.views = _toggle_buttons(VIEW_BUTTONS, "ol-views")
        self.figure = _classed(w.Box([figure]), "ol-figure")
        self.table = html("ol-table ol-hide")
        self.ask = self._question(question, choices)
        self.view_widget.add_class("ol-latview")
        return _classed(w.VBox([self.view_widget, self.views, self.figure, self.table, self.ask]), "ol-stage")

    def _wire(self):
        for row in self.rows.values():
            row.slider.observe(self.guarded(self._dragged(row), row), names="value")
            row.box.observe(self.guarded(self._typed(row), row), names="value")
        for letter, buttons in self.with_.items():
            buttons.observe(self.guarded(self._pressed(f"with_{letter}", buttons)), names="value")
        self.views.observe(self.guarded(self._pressed("view", self.views)), names="value")
        self.choices.observe(self.guarded(self._chosen), names="value")

    def _pressed(self, name, buttons):
        return lambda: self.actions.move(name, buttons.value)

    def show(self, values: Mapping[str, float], settings: Any, person: Any, frozen: bool) -> dict[str, dict]:
        """Move every handle and switch, and return what the page needs to name them."""
        names = {}
        with self:
            for name, value in values.items():
                row = self.rows[name]
                row.show(value, False)
                row.describe(person, person.age, False)
                names[name] = row.names(person, person.age, False)
                shut = bool(self.why_closed) and name == "resorption_pace"
                row.slider.disabled = row.box.disabled = frozen or shut
            for letter, plan in zip("ab", settings.plans, strict=True):
                self.with_[letter].value, self.with_[letter].disabled = plan.kind, frozen
            self.views.value = settings.view
        self.key.value = "<b></b>young adult"
        for widget, hidden in ((self.buttons, frozen), (self.closed, not frozen), (self.ask, not frozen)):
            _toggle(widget, "ol-hide", hidden)
        return names

    def fit(self, narrow: bool, low: bool) -> None:
        """Keep all groups open: each plan is one of them."""
