"""The question before the future: choices, a table of signs, or a line to draw; each locks on commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import ipywidgets as w
import traitlets as t

from osteolab.lab.card.parts import button, classed, html, put
from osteolab.lab.page import page

LETTERS = "ABCDE"


class Asked:
    """A question with a way to answer it, and the buttons below.

    Parameters
    ----------
    question : str
    answering : Choices, SignTable or DrawnLine
        What takes the answer.
    """

    def __init__(self, question: str, answering: Any) -> None:
        self.answering = answering
        self._chosen: Callable[..., Any] = _nothing
        self._commit: Callable[..., Any] = _nothing
        self._unveil: Callable[..., Any] = _nothing
        self.commit = button("Commit my prediction", "ol-fill", lambda: self._commit())
        self.commit.disabled = True
        self.note = html("ol-note", answering.note)
        unveil = classed(button("Teacher: unveil", "ol-link", lambda: self._unveil()), "ol-unveil")
        last = classed(w.HBox([self.commit, self.note, unveil]), "ol-commit")
        head = html("ol-question", f"Predict: {question}")
        self.box = classed(w.VBox([head, answering, last]), "ol-ask", "ol-hide")
        answering.changed(self._changed)

    def wire(self, chosen: Callable[..., Any], commit: Callable[..., Any], unveil: Callable[..., Any]) -> None:
        """Say what is called when the answer changes, when it is committed, when the teacher unveils."""
        self._chosen, self._commit, self._unveil = chosen, commit, unveil

    @property
    def answer(self) -> Any:
        """The answer as it stands, complete or not."""
        return self.answering.answer

    def _changed(self) -> None:
        self.commit.disabled = not self.answering.complete
        put(self.note, self.answering.note)
        self._chosen()

    def clear(self) -> None:
        """Forget the answer."""
        self.answering.clear()
        self._changed()


def _nothing(*_: Any) -> None:
    """Do nothing, until the card is wired."""


class Choices(w.RadioButtons):
    """Two to five choices, lettered."""

    note = "You can change it until you commit."

    def __init__(self, choices: Sequence[str]) -> None:
        options = [f"{letter}\u2003{text}" for letter, text in zip(LETTERS, choices, strict=False)]
        super().__init__(options=options, value=None)
        self.add_class("ol-choices")

    def changed(self, told: Callable[[], Any]) -> None:
        """Call `told` after every change."""
        self.observe(lambda _: told(), names="value")

    @property
    def answer(self) -> str:
        """The letter, empty without one."""
        return str(self.value[0]) if self.value else ""

    @property
    def complete(self) -> bool:
        """Whether there is an answer."""
        return bool(self.value)

    def clear(self) -> None:
        """Take the choice back."""
        self.value = None


class SignTable(anywidget.AnyWidget):
    """A table of signs: + 0 − for some readings at some times, marked after the commit.

    Parameters
    ----------
    spec : dict
        `corner` (what is compared with), `times` (words), `rows` (words and a note for each), `hint`.
    marks : sequence of str, optional
        For each row the signs of the model; the table is then locked and marked.
    given : sequence of str, optional
        The answer that is marked.

    Attributes
    ----------
    signs : list of str
        For each row one character a time: "+", "0", "-" or a space.
    """

    _esm = page("sign_table")
    spec = t.Dict().tag(sync=True)
    signs = t.List(t.Unicode()).tag(sync=True)
    marks = t.List(t.Unicode()).tag(sync=True)

    def __init__(self, spec: dict[str, Any], marks: Sequence[str] = (), given: Sequence[str] = ()) -> None:
        empty = [" " * len(spec["times"])] * len(spec["rows"])
        super().__init__(spec=spec, marks=list(marks), signs=list(given) or empty)
        self.add_class("ol-signs")

    def changed(self, told: Callable[[], Any]) -> None:
        """Call `told` after every change."""
        self.observe(lambda _: told(), names="signs")

    @property
    def answer(self) -> list[str]:
        """The signs, row by row."""
        return list(self.signs)

    @property
    def empty(self) -> int:
        """How many cells have no sign yet."""
        return sum(row.count(" ") for row in self.signs)

    @property
    def complete(self) -> bool:
        """Whether every cell has a sign."""
        return self.empty == 0

    @property
    def note(self) -> str:
        """How many cells are empty, and one hint where to start."""
        if self.complete:
            return "You can change it until you commit."
        count = "1 cell is empty." if self.empty == 1 else f"{self.empty} cells are empty."
        return f"{count} One hint: {self.spec['hint']}"

    def clear(self) -> None:
        """Empty every cell."""
        self.signs = [" " * len(self.spec["times"])] * len(self.spec["rows"])


class DrawnLine(anywidget.AnyWidget):
    """A line to draw: rings at fixed ages on the figure, moved by hand, by keys, or by typing in boxes.

    Parameters
    ----------
    spec : dict
        `ages`, `start` (age and value the line begins at), `low`, `high`, `step`, `decimals`, `unit`, `axes` (of the
        panel it is drawn in), `today` words.

    Attributes
    ----------
    values : list of float
        Height of each ring.
    touched : bool
        Whether the reader has moved a ring.
    """

    _esm = page("drawn_line")
    spec = t.Dict().tag(sync=True)
    values = t.List(t.Float()).tag(sync=True)
    touched = t.Bool(False).tag(sync=True)
    note = "Drag a ring, or use ↑ ↓ on it, or type."

    def __init__(self, spec: dict[str, Any]) -> None:
        super().__init__(spec=spec, values=[spec["start"][1]] * len(spec["ages"]))
        self.add_class("ol-drawn")

    def changed(self, told: Callable[[], Any]) -> None:
        """Call `told` after every change."""
        self.observe(lambda _: told(), names=["values", "touched"])

    @property
    def answer(self) -> list[float]:
        """The height of each ring."""
        return list(self.values)

    @property
    def complete(self) -> bool:
        """Whether the reader has drawn anything."""
        return bool(self.touched)

    def clear(self) -> None:
        """Lay the line flat."""
        self.touched = False
        self.values = [self.spec["start"][1]] * len(self.spec["ages"])
