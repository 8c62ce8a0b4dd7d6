"""Between the page and the lab: what a control means, and what each control shows.

Everything that comes from the page passes here; it ends in a call of the lab that a notebook could have made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets as w

from osteolab.errors import InputError
from osteolab.lab.card.frame import Actions, Fittings, Frame
from osteolab.lab.card.host import LabHost
from osteolab.lab.card.menu import AGAIN, COPY_LINK, LARGER, OPEN, PICTURE, SETTINGS, TABLE, TEXT
from osteolab.lab.card.parts import close_all, hide, set_class
from osteolab.lab.edit import key_of
from osteolab.lab.pictures.picture import Screen, Told
from osteolab.lab.say import plan_strip, spoken
from osteolab.lab.words.markup import joined
from osteolab.lab.words.numbers import capital
from osteolab.lab.words.tiles import error_html
from osteolab.plan import TOO_LONG, Scenario
from osteolab.quantities import sites


class Desk:
    """The controls of a lab.

    Parameters
    ----------
    lab : Lab
    groups : mapping, optional
        Heading to the names of its sliders.
    """

    def __init__(self, lab: Any, groups: Mapping[str, Sequence[str]] | None) -> None:
        self.lab, self.host = lab, LabHost()
        self.host.keep = lab.answer.keep
        self.frame = Frame(self._fittings(groups), self._actions(), self.show_error)
        self.below = w.VBox()
        self.error = ""
        self.host.on_msg(self._heard)
        self.host.observe(self.frame.guarded(self._fit), names=list(LabHost.LOOKS))

    def _actions(self) -> Actions:
        lab = self.lab
        return Actions(
            move=self._moved,
            units=lambda si: lab.set(units="SI" if si else "US"),
            site=lambda site: lab.set(site=site),
            scan=lambda age: self._moved("scan_age", age),
            person=self._choose_person,
            plans=self._plans,
            pin=lambda: lab.unpin() if lab.scenario.pinned else lab.pin(),
            undo=lab.undo,
            reset=lab.reset,
            table=self._toggle_table,
            menu=self._menu,
            choose=lab.redraw,
            commit=self._commit,
            unveil=lab.unveil,
        )

    def _fittings(self, groups: Mapping[str, Sequence[str]] | None) -> Fittings:
        picture, editor, known = self.lab.picture, self.lab.editor, sites()
        shown_sites = editor.sites if picture.tells else ()
        return Fittings(
            rows=picture.rail(editor.specs),
            groups=groups,
            sites=[(site, known[site].button, known[site].short_button) for site in shown_sites],
            span=(float(int(editor.since)), float(int(editor.until))),
            picture=picture.widgets,
            who=picture.who,
            closed=picture.closed,
            units=picture.switches_units and any(spec.si_unit != spec.unit for spec in editor.specs),
            pins=picture.pins,
            tells=picture.tells,
            asked=self.lab.answer.box,
            left_out=() if self.lab.answer.asked else (AGAIN,),
        )

    # what the page says

    def _moved(self, name: str, value: Any) -> None:
        self.lab.set_by_hand(**{name: value})

    def _choose_person(self, chosen: str) -> None:
        kind, _, name = chosen.partition(":")
        self.lab.set(**{kind: name})

    def _plans(self, what: str, place: int) -> None:
        if what == "add":
            self.lab.add_plan()
        elif what == "empty":
            self.lab.drop_plan(place)
        else:
            self.lab.set(chosen=place)

    def _commit(self) -> None:
        answer = self.lab.answer.box.answer
        self.lab.commit(answer)
        self.host.ask("keep", answer=answer)
        self.host.ask("answered")

    def _toggle_table(self) -> None:
        self.frame.show_table("" if self.frame.table_open else self.lab.table_html())
        if not self.frame.table_open:
            self.host.ask("resize")

    def _menu(self, entry: str) -> None:
        lab, name = self.lab, self.lab.picture.file_name
        if entry == COPY_LINK:
            self.host.ask("copy", link=lab.scenario.to_link())
        elif entry == PICTURE:
            lab.picture.save_picture(self.host.ask, f"{name}.png", lab.caption())
        elif entry == TABLE:
            self._download(f"{name}.csv", lab.csv(), "text/csv")
        elif entry == TEXT:
            self._download(f"{name}.txt", lab.to_text(), "text/plain")
        elif entry == SETTINGS:
            self._download(f"{name}.json", lab.scenario.to_json(), "application/json")
        elif entry == OPEN:
            self.host.ask("choose_file")
        elif entry == AGAIN:
            lab.veil()
        elif entry == LARGER:
            self.host.larger = not self.host.larger

    def _download(self, name: str, text: str, kind: str) -> None:
        self.host.ask("download", name=name, text=text, mime=kind)

    def _heard(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """Hear what the page itself found: a link in its address, a settings file, a kept prediction."""
        if not isinstance(message, Mapping):
            return
        text: Any = message.get("text")
        heard = {
            "link": lambda: self.lab.show(Scenario.from_link(text)),
            "settings": lambda: self._opened(text),
            "kept": lambda: self._kept(message.get("answer")),
        }.get(str(message.get("do")))
        if heard is not None:
            self.frame.guarded(heard)()

    def _opened(self, text: Any) -> None:
        """Take up a file: that of the settings, or the whole lab as text. The page sends nothing for one too long."""
        if text is None:
            raise InputError(TOO_LONG)
        if isinstance(text, str) and " = " in text and not text.lstrip().startswith("{"):
            self.lab.set_text(text)
        else:
            self.lab.show(Scenario.from_json(text))

    def _kept(self, answer: Any) -> None:
        """Take up a prediction that was made before the page was loaded again; one that no longer fits is dropped."""
        if not self.lab.answer.veiled:
            return
        try:
            self.lab.commit(answer)
        except InputError:
            self.host.ask("forget")

    def _fit(self) -> None:
        """Follow the page: theme, width, larger text."""
        self.frame.fit(self.host.form == "narrow", self.host.short)
        self.lab.redraw()

    def screen(self, scenario: Scenario, answer: Any) -> Screen:
        """Return what a drawing needs to know of the page and of the question."""
        lab, host = self.lab, self.host
        home = lab.revealed
        return Screen(
            **{name: getattr(host, name) for name in LabHost.LOOKS},
            asked=lab.answer.asked,
            answer=lab.answer.now if answer is None else answer,
            at_home=scenario.plans == home.plans,
            home_site=home.site,
            home_scan_age=home.scan_age,
        )

    def close(self) -> None:
        """Close every control."""
        self.frame.close()
        close_all(self.host, self.below)

    # what the page is shown

    def show(self, told: Told) -> None:
        """Bring every control to the present state of the lab."""
        lab, frame, shown, scenario = self.lab, self.frame, self.lab.shown, self.lab.scenario
        self.error = ""
        values, about = told.extra["values"], told.extra["about"]
        frame.show_rows(values, about, shown.si, shown.veiled, lab.picture.hidden_rows(shown))
        frame.show_people(self._list(), self._listed())
        frame.show_scan(scenario.site, scenario.scan_age)
        strip = lab.picture.compares and (lab.compare or len(scenario.plans) > 1)
        frame.show_plans(plan_strip(shown, lab.picture.label), strip)
        frame.show_veil(shown.veiled, lab.picture.upto(shown))
        frame.show_undo(lab.can_undo and not shown.veiled)
        frame.show_readout(told.readout)
        frame.pin.description = "Unpin" if scenario.pinned else "Pin curve"
        if frame.table_open:
            frame.show_table(told.table)
        set_class(lab, "ol-veiled", shown.veiled)
        said = spoken(lab.title, lab.picture, lab.answer.question, about, lab.editor)
        if said != self.host.spoken:
            self.host.spoken = said
        below = lab.answer.below(lab.about, lab.picture, lab.picture.about(shown, lab.revealed))
        if tuple(self.below.children) != tuple(below):
            self.below.children = below

    def _list(self) -> list[tuple[str, str]]:
        people = [(capital(person.describe()), f"person:{key}") for key, person in self.lab.editor.people.items()]
        return people + [(name, f"preset:{name}") for name in self.lab.editor.presets]

    def _listed(self) -> str:
        now = replace(self.lab.scenario, veiled=None, pinned=None)
        for name, preset in self.lab.editor.presets.items():
            if replace(preset, units=now.units, pinned=None) == now:
                return f"preset:{name}"
        return f"person:{key_of(self.lab.shown.result.base)}"

    def show_error(self, error: Exception, row: w.Widget | None = None) -> None:
        """Say what cannot be done where the sentence stands; the last valid picture stays."""
        text = str(error)
        if not isinstance(error, InputError):
            text = f"something went wrong in the calculation ({type(error).__name__}: {error})"
        self.error = capital(text).rstrip(".") + "."
        if row is not None:
            set_class(row, "ol-bad", True)
        told = error_html(self.error)
        if self.lab.picture.tells:
            veiled = self.lab.answer.veiled
            hide([self.frame.readout], False)  # it rests while a question waits, and what is wrong must be read
            self.frame.show_readout(told if veiled else joined((told, self.lab.picture.numbers(self.lab.shown))))
        else:
            self.lab.picture.show_error(told)
