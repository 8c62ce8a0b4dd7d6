"""The lab: a scenario, the lives it leads to, a picture of them, and words.

Any change takes one path: a new scenario, its lives, everything the page will be told; only then is anything assigned
and sent, so that a change that cannot be made leaves the lab as it was.
"""

from __future__ import annotations

import csv
import io
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar

import ipywidgets as w
import traitlets as t

from osteolab.errors import InputError, choice, need, number
from osteolab.errors import shown as quoted
from osteolab.lab.answer import Answer
from osteolab.lab.card.parts import close_all
from osteolab.lab.card.reruns import made_here
from osteolab.lab.desk import Desk
from osteolab.lab.lives import Lives
from osteolab.lab.pictures import named as picture_named
from osteolab.lab.pictures.picture import Shows, Told
from osteolab.lab.say import description
from osteolab.lab.setup import Setup, turnover_of
from osteolab.lab.shown import Shown
from osteolab.lab.words.still import still
from osteolab.lab.words.text import read_settings, settings_lines
from osteolab.life import Life
from osteolab.plan import MOST_PLANS, Plan, Scenario

PAST = 50  # states that Undo can return to
CLOSED = "this lab is closed and can only be read; run its cell again for a new one"
ONE_GESTURE = 0.8  # s within which moves of one slider are one step of Undo

Change = TypeVar("Change", bound=Callable[..., Any])


def _one_at_a_time(change: Change) -> Change:
    """Let a change wait until another is done: JupyterLab may run a cell and a message of the page in two threads."""

    @wraps(change)
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.comm is None:
            raise InputError(CLOSED)
        with self.desk.frame.lock:
            return change(self, *args, **kwargs)

    return run  # type: ignore[return-value]


class Lab(w.VBox):
    """Sliders, a picture of the lives they lead to, and words.

    Parameters
    ----------
    picture : str or Shows
        Name of a module of `osteolab.lab.pictures`, or a picture.
    title : str, optional
        Name of the lab, for its text form and for a screen reader.
    person : str or Person
        Who is shown first: a name of data/people.csv, or a Person.
    people : sequence of str or Person
        The list of people.
    plans : sequence of Plan, optional
        The plans of the start; without them one plan of `person` with nothing changed.
    sliders : sequence of str or SliderSpec
        Names of levels, treatments, controls, and of data/lab_sliders.csv.
    groups : mapping, optional
        Heading to slider names; by default the groups of the sliders.
    sites : sequence of str
        Sites of the scan, the first shown first.
    start, stop : float, optional
        Age at which what is moved begins (by default today) and ends (by default never), years.
    since, until : float, optional
        Ages at the left and the right edge of the picture; the balance is counted from `since`.
    scan_age : float, optional
        Age of the scan line, years.
    presets : mapping of str to dict, optional
        Named settings, listed under the people: `{"Patch 50 from 52": {"transdermal_estradiol": 50}}`.
    ageing : bool
        False switches off menopause and ageing.
    predict : Predict, PredictTable or PredictDrawn, optional
        A question; the future is not sent to the page until the reader commits or the teacher unveils.
    reveal : mapping, optional
        Settings applied when the future is shown, for a question about a change.
    pinned : bool or mapping, optional
        True pins the person with nothing changed; a mapping pins these settings.
    compare : bool
        Whether the strip of plans A to D is there from the start; it appears by itself with a second plan.
    settings : mapping, optional
        What the picture itself remembers at the start.
    number : str, optional
        Number of the notebook, under which the page keeps a prediction and which tasks were solved.
    **own
        What the picture takes for itself, such as `ranges` of the panels.

    Attributes
    ----------
    revision : int
        Rises by one after every change; observe it to follow the lab.
    recomputes : int
        How often something was computed for a change.

    Raises
    ------
    InputError
        From code, for anything the calculator cannot accept. In the page the same words stand in the
        status line, and the last valid picture stays.
    """

    revision = t.Int(0)

    def __init__(self, picture: str | Shows = "panels", **arguments: Any) -> None:
        _send_at_once()
        self.picture, setup = _made(picture, arguments)
        self.title, self.compare = setup.title or self.picture.title, setup.compare
        self.number = setup.number
        self.answer = Answer(setup.predict, setup.number)
        specs = setup.specs(self.picture.controls())
        span = setup.start, setup.stop, setup.left, setup.until
        self.editor = self.picture.make_editor(specs, setup.listed, setup.sites, *span)
        self._lives = Lives(self.editor, self.picture, setup.ageing, turnover_of(specs))
        self.picture.attach(self.editor, self._moved_in_picture, self._lives.expected)
        self._home = self.editor.accepted(self._first_scenario(setup))
        self.editor.presets |= {name: self.editor.changed(self._home, one) for name, one in setup.presets.items()}
        self.revealed = self.editor.changed(self._home, setup.reveal)
        self._past: list[Scenario] = []
        self._gesture, self._gesture_at = "", 0.0
        self._scenario = self._with_ghost(setup.pinned)
        self.shown = self._lives.shown(self._scenario, self.answer.veiled)
        self.answer.ask(self.shown, self.picture)
        self.desk = Desk(self, setup.groups)
        super().__init__([self.desk.host, self.desk.frame.card, self.desk.below])
        for kind in ("ol-host", *([self.picture.kind] if self.picture.kind else [])):
            self.add_class(kind)
        self.desk.host.add_class("ol-hostview")
        self._assign(self._scenario, self.shown, self._composed(self._scenario, self.shown))
        made_here(self)

    def _first_scenario(self, setup: Setup) -> Scenario:
        plans = tuple(setup.plans) or (Plan("", next(iter(setup.listed.values()))),)
        first = Scenario(plans, site=setup.sites[0], settings=tuple(setup.settings.items()))
        return replace(first, scan_age=self.editor.scan_age_for(first.plan.person, setup.scan_age))

    def _with_ghost(self, pinned: Any) -> Scenario:
        """Return the scenario of the start with what is pinned from the start."""
        if not pinned:
            return self._home
        ghost = self.editor.changed(self._home, {} if pinned is True else pinned)
        return replace(self._home, pinned=self._ghost(self._lives.shown(ghost, False)))

    # what a notebook or a test uses

    @property
    def scenario(self) -> Scenario:
        """The state of the lab; `lab.show(lab.scenario)` changes nothing."""
        return replace(self._scenario, veiled=self.answer.veiled if self.answer.asked else None)

    @property
    def life(self) -> Life:
        """The life on the screen: that of the chosen plan."""
        return self.shown.result.life

    @property
    def lives(self) -> tuple[Life, ...]:
        """The lives of all plans."""
        return tuple(result.life for result in self.shown.results)

    @property
    def predict(self) -> Any:
        """The question that is asked before the future, None without one."""
        return self.answer.asked

    def about(self) -> Shown:
        """Return the state that the prediction is about, open, whatever is on the screen."""
        return self._lives.shown(self.revealed, False)

    @property
    def recomputes(self) -> int:
        """How often something was computed for a change."""
        own = self.picture.recomputes
        return self._lives.made if own is None else own

    @property
    def reading(self) -> dict[str, Any]:
        """The rounded numbers of the picture; empty while the future is veiled."""
        return {} if self.answer.veiled else self.picture.reading(self.shown)

    @property
    def sentence(self) -> str:
        """The sentence under the picture, or the question while the future is veiled."""
        if self.answer.veiled:
            return str(self.answer.asked.question)
        said = self._said(self.shown)
        return f"{said} {self.picture.sentence(self.shown, said)}".strip()

    @property
    def unmeasured(self) -> bool:
        """Whether no adequate human trial measured the bone that is shown at the scan age."""
        return not self.answer.veiled and self.picture.unmeasured(self.shown)

    @property
    def status(self) -> str:
        """The error on the status line, empty if there is none."""
        return self.desk.error if self.comm is not None else CLOSED

    @property
    def figure(self) -> Any:
        """The FigureWidget, for a picture that has one."""
        return self.picture.drawing.widget  # type: ignore[attr-defined]

    def trace(self, name: str) -> Any:
        """Return a trace of the figure by name, such as "bmd", "resorption", "pinned_bmd"."""
        return self.picture.drawing.trace(name)  # type: ignore[attr-defined]

    @_one_at_a_time
    def set(self, **changes: Any) -> Lab:
        """Change settings and redraw once.

        Parameters
        ----------
        **changes
            Slider names (values in conventional units whatever the unit switch says; None frees a slider),
            `person`, `preset`, `site`, `scan_age`, `units` ("US" or "SI"), `chosen` (a plan, from 0), `moved` (the
            slider names that count as moved, as in `settings()`; the others are freed), and what the picture adds.

        Returns
        -------
        Lab
            The lab itself.

        Raises
        ------
        InputError
            The last valid picture stays.
        """
        with self.editor.people.as_they_were():
            self._change_to(self.editor.changed(self._scenario, changes))
        return self

    @_one_at_a_time
    def show(self, scenario: Scenario) -> Lab:
        """Show a scenario: its plans, its scan, and its future as open or veiled as it says."""
        if not isinstance(scenario, Scenario):
            raise InputError(f"{scenario!r} is no scenario; a Scenario is needed, such as lab.scenario")
        wanted = self.answer.veiled if scenario.veiled is None else scenario.veiled and self.answer.asked is not None
        with self.editor.people.as_they_were():
            self._change_to(replace(self.editor.accepted(scenario), veiled=None), veiled=wanted)
        return self

    def settings(self) -> dict[str, Any]:
        """Return every setting; `lab.set(**lab.settings())` gives the same picture again."""
        return self.editor.settings(self._scenario, self.shown.results)

    @_one_at_a_time
    def pin(self) -> Lab:
        """Keep a copy of the chosen plan as a dashed ghost."""
        self._change_to(replace(self._scenario, pinned=self._ghost(self.shown)))
        return self

    @_one_at_a_time
    def unpin(self) -> Lab:
        """Let the pinned plan go."""
        self._change_to(replace(self._scenario, pinned=None))
        return self

    @_one_at_a_time
    def add_plan(self) -> Lab:
        """Copy the chosen plan to the next free letter, and choose the copy."""
        plans = self._scenario.plans
        if len(plans) == MOST_PLANS:
            raise InputError(f"there are {MOST_PLANS} plans; empty one before you add another")
        self._change_to(replace(self._scenario, plans=(*plans, self._scenario.plan), chosen=len(plans)))
        return self

    @_one_at_a_time
    def drop_plan(self, place: int) -> Lab:
        """Empty a plan, from 0; the later ones move up."""
        plans = self._scenario.plans
        if len(plans) == 1:
            raise InputError("this is the only plan; a lab shows at least one")
        if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < len(plans):
            raise InputError(f"there is no plan {quoted(place)}; the plans are numbered 0 to {len(plans) - 1}")
        chosen = self._scenario.chosen
        rest = (*plans[:place], *plans[place + 1 :])
        chosen = max(0, chosen - 1) if chosen >= place else chosen
        self._change_to(replace(self._scenario, plans=rest, chosen=chosen))
        return self

    @_one_at_a_time
    def undo(self) -> Lab:
        """Return to the state before the last change; does nothing at the first one."""
        if self._past:
            self._change_to(self._past[-1], undoable=False)
            self._past.pop()
            self.desk.frame.show_undo(self.can_undo)
        return self

    @_one_at_a_time
    def reset(self) -> Lab:
        """Free every slider and return to the plans, the site and the scan age of the start; what is pinned stays."""
        with self.picture.afresh():
            self._change_to(replace(self._home, units=self._scenario.units, pinned=self._scenario.pinned))
        return self

    def commit(self, answer: Any) -> Lab:
        """Make a prediction and show the future.

        Parameters
        ----------
        answer : str or sequence
            A letter; for a table one text of signs a row, such as "+0-"; for a line the density at each ring.
        """
        return self._open(self.answer.checked(answer))

    def unveil(self) -> Lab:
        """Show the future without a prediction (for the teacher)."""
        return self._open(None) if self.answer.veiled else self

    @_one_at_a_time
    def veil(self) -> Lab:
        """Forget the prediction and hide the future again, as at the start."""
        if self.answer.asked is None:
            raise InputError("this lab asks for no prediction")
        self._change_to(replace(self._home, units=self._scenario.units), veiled=True, undoable=False)
        self.desk.host.ask("forget")
        self.answer.forget()
        self._past.clear()
        return self

    def close(self) -> None:
        """Close the lab in the page and here, and free its memory; what it showed last can still be read."""
        if self.comm is not None:
            super().close()
            for part in (self.desk, self.answer, self.picture, self._lives):
                part.close()
            close_all(self.layout)
            self.children = ()
            self._past.clear()
            del self.desk

    def table(self, every: int = 5) -> Any:
        """Return the curves by age, other plans and what is pinned beside them.

        Returns
        -------
        pandas.DataFrame, or list of dict where pandas is not installed
        """
        rows = self.rows(every)
        try:
            return need("pandas", "a table of the lab").DataFrame(rows)
        except ImportError:
            return rows

    def rows(self, every: int = 5) -> list[dict[str, Any]]:
        """Return the table as a list of dicts with units in the names; only the past while veiled."""
        years = number(every, "every", "years", 1, 40, "the years between two rows of the table")
        if years != int(years):
            raise InputError(f"every is {years:g} years; a whole number of years is needed")
        return self.picture.rows(self.shown, int(years))

    def csv(self) -> str:
        """Return the table as CSV text."""
        rows, out = self.rows(), io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def to_text(self) -> str:
        """Return the whole lab as text: who, settings, reading, sentence and table."""
        if self.answer.veiled:
            return repr(self)
        settings = settings_lines(self.settings())
        more, table = self.picture.more_lines(self.shown), self.picture.table_lines(self.shown)
        return "\n".join([repr(self), *more, "", *settings, *table, "", self.picture.note])

    def set_text(self, text: str) -> Lab:
        """Set what a text says: all that `to_text` writes, or lines such as ``estradiol = 40``."""
        return self.set(**read_settings(text))

    def __repr__(self) -> str:
        if self.answer.veiled:
            return "\n".join([self.title, self.picture.veiled_line(self.shown), *self.answer.lines()])
        return "\n".join([self.title, *self.picture.lines(self.shown), self.sentence])

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        self.picture.settle()
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)  # ipywidgets cuts it at 110 characters
            bundle["text/html"] = str(still(repr(self)))
        return bundle

    # what the desk uses

    @property
    def can_undo(self) -> bool:
        """Whether there is a state to return to."""
        return bool(self._past)

    @_one_at_a_time
    def set_by_hand(self, **changes: Any) -> None:
        """Move a control; moves of it that follow each other quickly are one step of Undo."""
        gesture, now = ",".join(changes), time.monotonic()
        same = gesture == self._gesture and now - self._gesture_at < ONE_GESTURE and self.can_undo
        self._change_to(self.editor.changed(self._scenario, changes), undoable=not same)
        self._gesture, self._gesture_at = gesture, now

    def _moved_in_picture(self, **changes: Any) -> None:
        self.desk.frame.guarded(lambda: self.set_by_hand(**changes))()

    @_one_at_a_time
    def redraw(self) -> None:
        """Draw the same state again, for another theme, width or choice."""
        self.picture.send(self._composed(self._scenario, self.shown))

    def caption(self) -> list[str]:
        """Return the lines under a saved picture."""
        return self.picture.caption(self.shown, self._said(self.shown))

    def table_html(self) -> Any:
        """Return the table as HTML."""
        return self.picture.table_html(self.shown)

    # one path for every change

    def _change_to(
        self, scenario: Scenario, undoable: bool = True, veiled: bool | None = None, answer: Any = None
    ) -> None:
        hidden = self.answer.veiled if veiled is None else veiled
        if hidden:
            self.answer.check_about(scenario.plan.person, [plan.person for plan in self._home.plans])
        shown = self._lives.shown(scenario, hidden)
        told = self._composed(scenario, shown, answer)
        # Everything that can fail has run: from here on the lab changes.
        if undoable and scenario != self._scenario:
            self._past = [*self._past[1 - PAST :], self._scenario]
        self._gesture = ""
        self.answer.settle(hidden, answer)
        self._assign(scenario, shown, told)

    @_one_at_a_time
    def _open(self, answer: Any) -> Lab:
        """Show the future; at home with what the question is about."""
        at_home = self._scenario.plans == self._home.plans
        scenario = replace(self.revealed, units=self._scenario.units, pinned=self._scenario.pinned)
        self._change_to(scenario if at_home else self._scenario, undoable=False, veiled=False, answer=answer)
        self._past.clear()
        self.desk.frame.show_undo(False)
        return self

    def _said(self, shown: Shown, answer: Any = None) -> str:
        given = self.answer.given if answer is None else answer
        return self.picture.said_now(shown, self.answer.said(given, self.picture.names), self.revealed)

    def _composed(self, scenario: Scenario, shown: Shown, answer: Any = None) -> Told:
        screen = self.desk.screen(scenario, answer)
        told = self.picture.compose(shown, screen, "" if shown.veiled else self._said(shown, answer))
        table = self.picture.table_html(shown) if self.desk.frame.table_open else told.table
        person, start = shown.result.person, shown.result.start
        about = {spec.name: description(spec, person, start, shown.si) for spec in self.editor.specs}
        return replace(told, table=table, extra={"values": self.editor.values(scenario, shown.result), "about": about})

    def _assign(self, scenario: Scenario, shown: Shown, told: Told) -> None:
        self._scenario, self.shown = scenario, shown
        self.picture.send(told)
        self.desk.show(told)
        self.revision += 1

    def _ghost(self, shown: Shown) -> Plan:
        """Return the chosen plan with the words it is pinned under."""
        return replace(shown.result.plan, label=self.picture.label(shown, shown.result) or "no change")


def _made(picture: str | Shows, arguments: Mapping[str, Any]) -> tuple[Shows, Setup]:
    """Return the picture, made of its own arguments if it is named, and the set-up of the lab."""
    if not isinstance(picture, str | Shows):
        raise InputError(f"picture is {quoted(picture)}; the name of a picture is needed, such as 'panels'")
    kind = picture_named(picture) if isinstance(picture, str) else type(picture)
    own = {name: value for name, value in arguments.items() if name in kind.own} if isinstance(picture, str) else {}
    rest = {name: value for name, value in arguments.items() if name not in own}
    for name in rest:
        choice(name, "setting of a lab", [*Setup.names(), *kind.own])
    shows = kind(**own) if isinstance(picture, str) else picture
    return shows, Setup(**(shows.brings() | rest))


def _send_at_once() -> None:
    """Let the kernel's sending thread run within half a millisecond while the readings are still being computed."""
    sys.setswitchinterval(min(sys.getswitchinterval(), 0.0005))
