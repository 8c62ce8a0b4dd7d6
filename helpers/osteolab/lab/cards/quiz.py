"""A quiz card: one question at a time, feedback on every choice, no timer and no marks."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as w

from osteolab.errors import InputError, listed, shown
from osteolab.lab.card.parts import button, html, put, set_class
from osteolab.lab.cards.card import Card, head, heading, row, verdict, verdict_html
from osteolab.lab.exercises import Choice, Question
from osteolab.lab.shown import LETTERS

__all__ = ["Choice", "Question", "Quiz"]


class Quiz(Card):
    """Questions shown one after the other; each choice answers with its own words.

    Parameters
    ----------
    questions : sequence of Question

    Examples
    --------
    >>> quiz = lesson("01").quiz()
    >>> quiz.choose("B")
    >>> quiz.next()
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(listed(questions, "questions", "Questions"))
        for one in self.questions:
            if not isinstance(one, Question):
                raise InputError(f"one of the questions is {shown(one)}; a Question is needed")
        if not self.questions:
            raise InputError("the quiz has no questions; give at least one Question")
        self.current = 0
        self.feedback = ""
        self._right: dict[int, bool] = {}
        self._head, self._ask, self._said = html("ol-headbox"), html("ol-askbox"), html("ol-saidbox")
        self._choices = w.RadioButtons(options=[], value=None)
        self._choices.observe(self._answered, names="index")
        self._next = button("Next question", "ol-line", self.next)
        self._filling = False
        super().__init__([self._head, self._ask, self._choices, self._said, row(self._next)], "Quiz", "quiz")
        self._show()

    @property
    def question(self) -> Question:
        """The question on show."""
        return self.questions[self.current]

    @property
    def score(self) -> int:
        """How many questions are answered right, as they stand now."""
        return sum(self._right.values())

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return len(self._right)

    def choose(self, choice: str | int) -> str:
        """Choose by letter (``"B"``) or by position (0 is the first), and return the feedback."""
        self._choices.index = self._position(choice)
        return self.feedback

    def next(self) -> None:
        """Go to the next question; after the last one, start again."""
        if self.current == len(self.questions) - 1:
            self._right.clear()
        self.current = (self.current + 1) % len(self.questions)
        self._show()
        self.chrome.announce = f"Question {self.current + 1} of {len(self.questions)}: {self.question.text}"

    def _position(self, choice: str | int) -> int:
        count = len(self.question.choices)
        index = LETTERS.find(choice.strip().upper()) if isinstance(choice, str) and choice.strip() else choice
        if not isinstance(index, int) or not 0 <= index < count:
            raise InputError(
                f"the choice is {choice!r}; this question has A to {LETTERS[count - 1]} (0 to {count - 1})"
            )
        return index

    def _answered(self, change) -> None:
        if self._filling or change["new"] is None:
            return
        chosen = self.question.choices[change["new"]]
        self._right[self.current] = chosen.right
        self.feedback = verdict(chosen.right, chosen.feedback)
        self._say(chosen.right)
        self._counts()
        self.chrome.announce = self.feedback

    def _say(self, right: bool | None) -> None:
        shown = verdict_html(right, self.feedback)
        if right is not None and self.current == len(self.questions) - 1:
            shown = shown + verdict_html(None, self._closing())
        put(self._said, shown)
        set_class(self, "ol-chose-right", right is True)
        set_class(self, "ol-chose-notyet", right is False)

    def _closing(self) -> str:
        left = [str(i + 1) for i in range(len(self.questions)) if not self._right.get(i)]
        if not left:
            return "That was the last question, and all are right."
        return f"That was the last question. Worth another look: question {', '.join(left)}."

    def _show(self) -> None:
        self._filling = True
        letters = zip(LETTERS, self.question.choices, strict=False)
        self._choices.index = None
        self._choices.options = [f"{letter}\u2002{choice.text}" for letter, choice in letters]
        self._choices.index = None
        self._filling = False
        self.feedback = ""
        put(self._ask, heading(self.question.text))
        self.chrome.group = self.question.text
        last = self.current == len(self.questions) - 1
        self._next.description = "Start again" if last else "Next question"
        self._say(None)
        self._counts()

    def _counts(self) -> None:
        so_far = f"{self.score} of {self.answered} right so far" if self.answered else ""
        place = f"Question {self.current + 1} of {len(self.questions)}"
        put(self._head, head(place, so_far))

    def __repr__(self) -> str:
        lines = [f"Quiz, {len(self.questions)} question{'s' if len(self.questions) > 1 else ''}"]
        for number, question in enumerate(self.questions, 1):
            lines.append(f"{number}. {question.text}")
            lines += [f"   {letter}  {c.text}" for letter, c in zip(LETTERS, question.choices, strict=False)]
        return "\n".join(lines)
