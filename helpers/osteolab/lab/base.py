"""What every lab has: a prediction before the future, a table, a text form, errors, files to save."""

from __future__ import annotations

import csv
import io
from typing import Any

import ipywidgets as w
import traitlets as t

from osteolab.errors import InputError, choice
from osteolab.lab import words
from osteolab.lab.screen import CLOSED, LETTERS


class LabCard(w.VBox):
    """The common part of the labs; each brings its settings, its rows, its picture and its words.

    Attributes
    ----------
    revision : int
        Rises by one after every change; observe it to follow the lab.
    """

    revision = t.Int(0)
    names: tuple[str, ...] = ()  # a choice that begins with one of them keeps its capital
    file_name = "osteolab"
    # Set by each lab.
    title: str
    predict: Any
    host: Any
    screen: Any
    _veiled: bool
    _chosen: str
    _said: str
    _error: str

    @property
    def status(self) -> str:
        """The error on the status line, empty if there is none."""
        return self._error

    def commit(self, letter: str):
        """Make the prediction `letter` and show the future."""
        if self.predict is None:
            raise InputError("this lab asks for no prediction")
        letters = LETTERS[: len(self.predict.choices)]
        self._chosen = choice(str(letter).upper(), "prediction", letters)
        said = str(self.predict.choices[letters.index(self._chosen)]).rstrip(".")
        shown = said if said.startswith(self.names) else words.lower_first(said)
        self._said = f"You said {self._chosen}, {shown}."
        return self.unveil()

    def unveil(self):
        """Show the future without a prediction (for the teacher)."""
        raise NotImplementedError

    def rows(self) -> list[dict[str, Any]]:
        """Return the table as a list of dicts with units in the names."""
        raise NotImplementedError

    def csv(self) -> str:
        """Return the table as CSV text."""
        rows, out = self.rows(), io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def to_text(self) -> str:
        """Return the whole lab as text."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)  # ipywidgets cuts it at 110 characters
        return bundle

    def _question_text(self, who: str) -> str:
        """Return the text form while the future is veiled."""
        letters = zip(LETTERS, self.predict.choices, strict=False)
        asked = "; ".join(f"{letter} {text}" for letter, text in letters)
        return "\n".join([self.title, who, self.predict.question, asked, CLOSED])

    def _show_error(self, error, row=None):
        text = str(error)
        if not isinstance(error, InputError):
            text = f"something went wrong in the calculation ({type(error).__name__}: {error})"
        self._error = f"{text[0].upper()}{text[1:]}".rstrip(".") + "."
        if row is not None:
            row.add_class("ol-bad")
        self._print_error()

    def _print_error(self):
        raise NotImplementedError

    def _unveil_by_teacher(self):
        self._chosen = ""
        self.unveil()

    def _table_html(self) -> str:
        raise NotImplementedError

    def _toggle_table(self):
        self.screen.show_table("" if self.screen.table_open else self._table_html())
        if not self.screen.table_open:
            self.host.send({"do": "resize"})

    def _save_picture(self, name: str) -> None:
        raise NotImplementedError

    def _save(self, entry):
        if entry == "Picture (PNG)":
            self._save_picture(f"{self.file_name}.png")
        elif entry == "Table (CSV)":
            self.host.download(f"{self.file_name}.csv", self.csv(), "text/csv")
        elif entry == "Settings as text":
            self.host.download(f"{self.file_name}.txt", self.to_text(), "text/plain")
        else:
            self.host.larger = not self.host.larger


def as_table(rows: list[dict[str, Any]]):
    """Return rows as a pandas DataFrame, or as they are where pandas is not installed."""
    try:
        import pandas as pd
    except ImportError:
        return rows
    return pd.DataFrame(rows)
