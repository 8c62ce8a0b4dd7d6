"""What every picture is: widgets on the stage, drawn from lives, and the words that say the same.

A picture is a module of this folder with a class `Shows`. Its page side, if it has one of its own, is page/<name>.js
and page/<name>.css. `prepare` is for what is computed beyond the life; `compose` makes everything that goes to the
page and may fail; `send` only sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import ipywidgets as w

from osteolab.errors import choice
from osteolab.lab.card.parts import close_all
from osteolab.lab.edit import PlanEditor
from osteolab.lab.predict import ModelSays
from osteolab.lab.shown import Result, Shown
from osteolab.lab.words import facts, sentence, table, text, tiles
from osteolab.lab.words.markup import Html, joined
from osteolab.lab.words.numbers import age as years
from osteolab.lab.words.numbers import percent, printed
from osteolab.life import Life
from osteolab.plan import Plan, Scenario

NOTHING = Html("")
ROOM, ROOM_AFTER_A_PREDICTION = 210, 225  # characters of the sentence alone, and with "You said B, ..." before it


@dataclass(frozen=True)
class Screen:
    """What the page reports, and what the lab asks before its future: all that a drawing needs beyond the lives.

    Attributes
    ----------
    dark, large, short, larger : bool
    form : str
        "column", "narrow" or "wide".
    width : int
        Width of the picture, px.
    asked : Predict, PredictTable, PredictDrawn or None
    answer : object
        As committed, or as it stands before; None without one.
    at_home : bool
        Whether the plans are those that the question is about.
    home_site, home_scan_age : str, float
        What the question is about.
    """

    dark: bool = False
    form: str = "wide"
    large: bool = False
    short: bool = False
    larger: bool = False
    width: int = 848
    asked: Any = None
    answer: Any = None
    at_home: bool = True
    home_site: str = "lumbar_spine"
    home_scan_age: float = 65.0


@dataclass(frozen=True)
class Told:
    """Everything that one state of the lab sends to the page, computed before anything is sent."""

    drawing: Any
    readout: Html = NOTHING
    table: Html = NOTHING
    extra: dict[str, Any] = field(default_factory=dict)


class Shows:
    """A picture; this base has the words of plans whose lives are told by density, markers and strength.

    Attributes
    ----------
    title : str
        Name of the lab if it has none.
    figure_name : str
        What a screen reader is told of the picture.
    kind : str
        Class of the lab in the page, for the style of this picture.
    tells : bool
        Whether sentence and tiles stand under the picture (else the picture says them itself).
    pins : bool
        Whether a plan can be pinned.
    compares : bool
        Whether one of several plans is chosen in a strip (else the picture shows all of them alike).
    switches_units : bool
        Whether the card has a switch of units, where its sliders have two.
    who, closed : str
        A note in place of the list of people, and why some control cannot be moved.
    widgets : sequence of widget
        What stands on the stage.
    """

    own: tuple[str, ...] = ()  # names of the arguments that it takes for itself
    names: tuple[str, ...] = ()  # a choice that begins with one of them keeps its capital
    title = "Bone remodelling lab"
    figure_name = "Three charts; the text below says the same"
    kind = ""
    file_name = "osteolab"
    note = "A teaching model for an average person: not a diagnosis and not a plan of treatment."
    tells, pins, compares, switches_units = True, True, True, True
    who: str = ""
    closed: str = ""
    widgets: Sequence[w.Widget] = ()
    recomputes: int | None = None
    editor: PlanEditor

    def brings(self) -> dict[str, Any]:
        """Return arguments of the lab that this picture brings along: people, plans, edges."""
        return {}

    def controls(self) -> list[Any]:
        """Return sliders of its own, which come before those of the lab."""
        return []

    def switches(self) -> list[Any]:
        """Return switches of its own, wherever they stand."""
        return []

    def rail(self, specs: Sequence[Any]) -> list[Any]:
        """Return the rows of the rail: sliders, and switches among them."""
        return list(specs)

    def settle(self) -> None:
        """Make the present state the one that a page starts from."""

    def make_editor(self, *arguments: Any) -> PlanEditor:
        """Return what moves the plans; the arguments are those of `PlanEditor`."""
        return PlanEditor(*arguments)

    def attach(self, editor: PlanEditor, change: Callable[..., None], expected: Callable[[], list[Life]]) -> None:
        """Learn who moves the plans, what to call when the picture itself is moved, which lives to expect."""
        self.editor, self.change, self.expected = editor, change, expected

    def prepare(self, plan: Plan, life: Life) -> Any:
        """Return what is computed beyond the life, remembered by the picture."""
        return None

    def compose(self, shown: Shown, screen: Screen, said: str) -> Told:
        """Return everything that this state sends to the page; `said` is what was predicted."""
        raise NotImplementedError

    def send(self, told: Told) -> None:
        """Draw what was composed, in one message."""
        raise NotImplementedError

    def words(self, shown: Shown, said: str) -> Html:
        """Return sentence and tiles; nothing while veiled."""
        if shown.veiled:
            return Html("")
        return joined((tiles.sentence_html(self.sentence(shown, said), said), self.numbers(shown)))

    def numbers(self, shown: Shown) -> Html:
        """Return the tiles."""
        return tiles.tiles_html(shown)

    def show_error(self, told: Html) -> None:
        """Say what cannot be done, for a picture that says its sentence itself."""
        raise NotImplementedError

    # what is said

    def natural(self, shown: Shown) -> Mapping[str, float]:
        """Return where each slider stands untouched."""
        return self.editor.natural_values(shown.result)

    def sentence(self, shown: Shown, said: str = "") -> sentence.Sentence:
        """Return the sentence, shorter where `said` stands before it."""
        found = facts.facts(shown, self.natural(shown))
        return sentence.compose(found, ROOM_AFTER_A_PREDICTION - len(said) if said else ROOM)

    def said_now(self, shown: Shown, said: str, revealed: Scenario) -> str:
        """Return what was predicted, as long as it stands before the sentence; `revealed` is what it was about."""
        return said if self.about(shown, revealed) else ""

    def about(self, shown: Shown, revealed: Scenario) -> bool:
        """Say whether the picture shows what the prediction is about: these plans, this site, this age."""
        now = shown.scenario
        return (now.plans, now.site, now.scan_age) == (revealed.plans, revealed.site, revealed.scan_age)

    def found(self, asked: Any, shown: Shown) -> ModelSays | None:
        """Return what the model says to a question with choices; `shown` is what it is about."""
        age, site, result = shown.scenario.scan_age, shown.scenario.site, shown.result
        now = result.life.value("bmd", age, site)
        if asked.by_level:
            value = round(now, 3)
            return ModelSays(value, f"At {years(age)} the model has {printed(value, 3)} g/cm².")
        if not asked.measure:
            return None
        choice(asked.measure, "measure", ("bmd_change",))
        change = 100 * (now / result.natural.value("bmd", age, site) - 1)
        shown_change = f"{percent(abs(change), 1)} {'less' if change < 0 else 'more'} density"
        return ModelSays(change, f"At {years(age)} the model has {shown_change} than with nothing changed.")

    def reading(self, shown: Shown) -> dict[str, Any]:
        """Return the rounded numbers of the tiles and a few more."""
        return tiles.read(shown, shown.result)

    def unmeasured(self, shown: Shown) -> bool:
        """Say whether no adequate human trial measured the bone that is shown at the scan age."""
        return facts.unmeasured_at(shown.result, shown.scenario.scan_age)

    def lines(self, shown: Shown) -> list[str]:
        """Return the text form without its title and its sentence."""
        return text.lines(shown, self.natural(shown))

    def veiled_line(self, shown: Shown) -> str:
        """Return who this is, while the future is veiled."""
        return f"{shown.result.person.describe()}."

    def more_lines(self, shown: Shown) -> list[str]:
        """Return what follows the text form in the file of the whole lab: spread between people."""
        return [text.between_people_line(shown)]

    def table_lines(self, shown: Shown) -> list[str]:
        """Return the table as lines of text."""
        return ["", *table.table_text(table.rows_of(shown), shown.scenario.site)]

    def rows(self, shown: Shown, every: int) -> list[dict[str, Any]]:
        """Return the table as a list of dicts with units in the names; only the past while veiled."""
        return table.named_rows(shown, every)

    def table_html(self, shown: Shown) -> Html:
        """Return the table as HTML."""
        return table.table_html(shown)

    def label(self, shown: Shown, result: Result) -> str:
        """Return the name of a plan: its label or what was moved; empty if nothing was."""
        return facts.short(shown.specs, result, shown.si)

    def caption(self, shown: Shown, said: str) -> list[str]:
        """Return the lines under a saved picture."""
        told = self.sentence(shown, said)
        return [self.lines(shown)[0], f"{said} {told}".strip(), text.reading_line(shown)]

    def upto(self, shown: Shown) -> str:
        """Return what stands above the picture while veiled."""
        name = shown.result.base.name
        return f"{name}’s bone, up to today" if name else "The bone, up to today"

    @contextmanager
    def afresh(self) -> Iterator[None]:
        """Return to how the picture was first seen, unless what is done meanwhile fails."""
        yield

    def close(self) -> None:
        """Close what stands on the stage, and forget what was drawn."""
        close_all(*self.widgets)

    def save_picture(self, ask: Callable[..., None], name: str, lines: list[str]) -> None:
        """Let the page save the picture with lines of text under it."""
        ask("picture", name=name, caption=lines)

    def hidden_rows(self, shown: Shown) -> list[str]:
        """Return the rows of the rail that do not concern this person."""
        return ["menopause_age"] if shown.result.person.sex == "male" else []
