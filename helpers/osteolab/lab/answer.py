"""The prediction of a lab: what was asked, what was answered, and what is said about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from osteolab.errors import InputError
from osteolab.lab.card.parts import classed, close_all, html, put
from osteolab.lab.card.question import Asked, Choices, DrawnLine, SignTable
from osteolab.lab.edit import key_of
from osteolab.lab.shown import Shown
from osteolab.lab.words.markup import Html, joined, tag
from osteolab.lab.words.numbers import listed, lower_first
from osteolab.person import Person

CLOSED = "Sliders open after you commit."
KEPT = "osteolab:prediction:"  # what the names begin with under which a page keeps predictions


class Answer:
    """One question and its answer; without a question nothing is ever veiled.

    Parameters
    ----------
    asked : Predict, PredictTable, PredictDrawn or None
    number : str
        Number of the notebook.

    Attributes
    ----------
    given : object
        The committed answer, None without one.
    veiled : bool
        Whether the future waits for it.
    box : Asked or None
        The widget that takes the answer.
    """

    def __init__(self, asked: Any, number: str = "") -> None:
        self.asked, self.veiled = asked, asked is not None
        self.given: Any = None
        self.box: Asked | None = None
        self._marked: tuple[Any, list[w.Widget]] | None = None
        self._answered: tuple[Any, bool | None, str] = (None, None, "")
        digest = hashlib.sha256(asked.question.encode()).hexdigest()[:10] if asked else ""
        self.keep = f"{KEPT}{number or '00'}:{digest}" if asked else ""

    def ask(self, shown: Shown, picture: Any) -> None:
        """Make the widget that takes the answer."""
        if self.asked is None:
            return
        answering: Any = None
        if self.asked.kind == "choices":
            answering = Choices(self.asked.choices)
        elif self.asked.kind == "table":
            answering = SignTable(self.asked.spec())
        else:
            answering = DrawnLine(picture.line_spec(shown, self.asked))
        self.box = Asked(self.asked.question, answering)

    @property
    def question(self) -> str:
        """The question while it waits, else nothing."""
        return str(self.asked.question) if self.veiled else ""

    def checked(self, answer: Any) -> Any:
        """Return an answer that the question accepts, or raise `InputError`."""
        if self.asked is None:
            raise InputError("this lab asks for no prediction")
        return self.asked.checked(answer)

    def check_about(self, person: Person, asked: Sequence[Person]) -> None:
        """Refuse somebody that the question is not about: it would stand over the past of another person."""
        if key_of(person) not in map(key_of, asked):
            who = listed(dict.fromkeys(one.name or "somebody else" for one in asked))
            raise InputError(f"the question is about {who}; commit a prediction first, then choose another person")

    def settle(self, veiled: bool, answer: Any = None) -> None:
        """Take an answer, or open without one, or wait again."""
        if answer is not None:
            self.given = answer
        if veiled:
            self.given = None
        self.veiled = veiled and self.asked is not None

    @property
    def now(self) -> Any:
        """The committed answer, or the choice as it stands before."""
        if self.given is not None or not self.veiled or self.box is None:
            return self.given
        return self.box.answer

    def said(self, given: Any, names: tuple[str, ...] = ()) -> str:
        """Return what was chosen as a sentence; a choice that begins with one of `names` keeps its capital."""
        if given is None or self.asked is None or self.asked.kind != "choices":
            return ""
        words = self.asked.text_of(given)
        shown = words if words.startswith(tuple(names)) else lower_first(words)
        return f"You said {given}, {shown}."

    def lines(self) -> list[str]:
        """Return the question as lines of text."""
        return [*self.asked.lines(), CLOSED]

    def below(self, about: Callable[[], Shown], picture: Any, at_home: bool) -> list[w.Widget]:
        """Return what stands under the card once the answer is in.

        Parameters
        ----------
        about : callable
            Gives the state that the question is about, whatever is on the screen now.
        picture : Shows
        at_home : bool
            Whether that state is on the screen; the answer to a choice is folded as soon as it is not.
        """
        if self.given is None or self.veiled:
            return []
        if self._marked is None or self._marked[0] != self.given:
            self._unmark()
            self._marked = self.given, [classed(w.VBox(self._marks(about(), picture)), "ol-after")]
        if self.asked.kind == "choices":
            put(self._marked[1][0].children[0], self._told(at_home))
        return self._marked[1]

    def _told(self, at_home):
        """Return the answer to a choice, open while the picture is about it, else folded under its question."""
        _, right, words = self._answered
        lead = {True: "✓ Right.", False: "✕ The model says otherwise.", None: ""}[right]
        kind = {True: "ol-right", False: "ol-notyet", None: "ol-neutral"}[right]
        why = tag("p", self.asked.after) if self.asked.after else ""
        said = tag("div", tag("p", tag("b", lead), " ", words), why, class_=f"ol-feedback {kind}")
        asked = tag("summary", f"Your prediction: {self.asked.question}")
        return tag("details", asked, said, class_="ol-answer", open="open" if at_home else None)

    def _marks(self, shown, picture):
        result, site = shown.result, shown.scenario.site
        if self.asked.kind == "choices":
            self._answered = self.given, *self.asked.told(self.given, picture.found(self.asked, shown))
            return [html("ol-marked")]
        if self.asked.kind == "table":
            model = self.asked.model(result, site)
            right, words, count = self.asked.told(self.given, model)
            table = SignTable(self.asked.spec(), model, self.given)
            return [html("ol-label", f"You said: {self.asked.question}"), table, _feedback(right, words, count)]
        return [_feedback(*self.asked.told(self.given, result, site))]

    def forget(self) -> None:
        """Forget the answer and what was said of it."""
        self.given = None
        self._unmark()
        if self.box is not None:
            self.box.clear()

    def _unmark(self) -> None:
        """Close what stood under the card, if anything did."""
        if self._marked is not None:
            close_all(*self._marked[1])
        self._marked = None

    def close(self) -> None:
        """Close every widget of the question and of what was said of the answer."""
        self._unmark()
        if self.box is not None:
            close_all(self.box.box)
        self.box = None


def _feedback(right: bool, words: str, count: str) -> w.HTML:
    lead = "✓ Right." if right else "✕ Not yet:"
    kind = "ol-right" if right else "ol-notyet"
    said: Html = joined((tag("p", tag("b", lead), " ", words), tag("p", count, class_="ol-count")))
    return html("ol-marked", tag("div", said, class_=f"ol-feedback {kind}", role="status"))
