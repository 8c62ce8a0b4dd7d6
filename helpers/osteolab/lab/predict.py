"""Predictions as data: a choice, a table of signs, a drawn line; and how each is held against the model.

Nothing here is known to the page before the reader commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from osteolab.errors import InputError, choice, number
from osteolab.errors import listed as as_list
from osteolab.errors import shown as quoted
from osteolab.errors import text as plain_text
from osteolab.interpolation import linear
from osteolab.lab.shown import LETTERS, Result
from osteolab.lab.words.numbers import age as years
from osteolab.lab.words.numbers import listed, printed
from osteolab.quantities import Quantity, quantity

SIGNS = "+0-"
# Percent below which a change counts as none: levels, markers and cells, and what a scanner reads.
SAME = {"blood": 5.0, "marker": 5.0, "crew": 5.0}
SAME_BONE = 0.3
TURNOVER = ("resorption", "formation")  # read at a site, but they move like markers
# Share of the density today within which a drawn line counts as the model's: what two scans can just tell apart, 1.9
# to 3.1 % by site in a large trial with every scan doubled (Roux 2014, Bone 58:48-54; title recalled).
NEAR = 0.03
LONGEST_WORDS = 2_000  # characters of a question, a choice, an explanation


def words(given: Any, what: str) -> str:
    """Return a text of a question, or raise `InputError`."""
    return plain_text(given, what, LONGEST_WORDS)


def limits(between: Any) -> tuple[float, float]:
    """Return from where to where as two numbers, or raise `InputError`."""
    ends = as_list(between, "between", "two numbers")
    if len(ends) != 2:
        raise InputError(f"between is {quoted(between)}; two numbers are needed, the lower first")
    low, high = (number(end, "an end of between") for end in ends)
    if low > high:
        raise InputError(f"between goes from {low:g} to {high:g}; the lower number comes first")
    return low, high


def _all_of(kind: type, given: Any, name: str) -> tuple[Any, ...]:
    """Return a list of one kind as a tuple, or raise `InputError`."""
    found = tuple(as_list(given, name, f"{kind.__name__}s"))
    for one in found:
        if not isinstance(one, kind):
            raise InputError(f"one of the {name} is {quoted(one)}; a {kind.__name__} is needed")
    return found


class PredictChoice(str):
    """One choice of a prediction: plain text, with an optional `level` to mark in the picture.

    Parameters
    ----------
    text : str
        The words on the row.
    level : float, optional
        Bone density in g/cm2 at the scan age, where a lettered circle is drawn.
    between : (float, float), optional
        From where to where the measure of the question must lie for this choice to be the model's.
    """

    level: float | None
    between: tuple[float, float] | None

    def __new__(cls, text: str, level: float | None = None, between: Sequence[float] | None = None) -> PredictChoice:
        """Make the text and hang level and limits on it."""
        made = super().__new__(cls, words(text, "a choice of the prediction"))
        made.level = None if level is None else number(level, "level of a choice")
        made.between = None if between is None else limits(between)
        return made

    @property
    def text(self) -> str:
        """The words on the row."""
        return str(self)


class ModelSays(NamedTuple):
    """What the model says to a question: the value that decides, and the words for it."""

    value: float
    words: str


@dataclass(frozen=True)
class Predict:
    """A question with choices, asked before the lab opens.

    Parameters
    ----------
    question : str
    choices : sequence of str or PredictChoice
        Two to five.
    after : str
        Why the model says what it says; shown once the reader has committed.
    measure : str
        What decides which choice is the model's where they have limits (`between`) and no level; the picture knows
        its measures.
    """

    kind: ClassVar[str] = "choices"
    question: str
    choices: tuple[PredictChoice, ...]
    after: str = ""
    measure: str = ""

    def __post_init__(self) -> None:
        for name in ("question", "after", "measure"):
            words(getattr(self, name), f"{name} of the prediction")
        given = as_list(self.choices, "choices", "texts")
        choices = tuple(c if isinstance(c, PredictChoice) else PredictChoice(c) for c in given)
        if not 2 <= len(choices) <= 5:
            raise InputError(f"the prediction has {len(choices)} choices; it needs 2 to 5")
        if bool(self.measure) != any(c.between for c in choices) or (
            self.measure and not all(c.between for c in choices)
        ):
            raise InputError("the prediction needs a measure and limits (between) for every choice, or neither")
        object.__setattr__(self, "choices", choices)

    @property
    def by_level(self) -> bool:
        """Whether every choice is a density, so that the nearest one is the model's."""
        return all(one.level is not None for one in self.choices)

    def models(self, value: float) -> str:
        """Return the letter of the choice that a value of the model belongs to, empty if it belongs to none."""
        if self.by_level:
            gaps = [abs(float(one.level or 0) - value) for one in self.choices]
            return LETTERS[gaps.index(min(gaps))]
        limits = (one.between or (1.0, 0.0) for one in self.choices)
        return next((LETTERS[i] for i, (low, high) in enumerate(limits) if low <= value <= high), "")

    def told(self, given: str, found: ModelSays | None) -> tuple[bool | None, str]:
        """Return whether the model agrees (None if that cannot be told), and the words: what it says, how far off."""
        if found is None:
            return None, f"You said {given}, {self.text_of(given)}."
        right = self.models(found.value)
        said = f"You said {given}, {self.text_of(given)}"
        level = self.choices[LETTERS.index(given)].level
        if level is not None:
            off = round(level - found.value, 3)
            far = f"{printed(abs(off), 3)} g/cm² {'above' if off > 0 else 'below'} it" if off else "just that"
            said += f" ({printed(level, 3)} g/cm²): {far}"
        named = f" That is {right}, {self.text_of(right)}." if right and right != given else ""
        return (right == given) if right else None, f"{found.words}{named} {said}."

    def checked(self, answer: Any) -> str:
        """Return the letter of a choice, or raise `InputError`."""
        return str(choice(str(answer).upper(), "prediction", LETTERS[: len(self.choices)]))

    def text_of(self, answer: str) -> str:
        """Return the words of a choice without the dot at their end."""
        return str(self.choices[LETTERS.index(answer)]).rstrip(".")

    def lines(self) -> list[str]:
        """Return question and choices as lines of text."""
        letters = zip(LETTERS, self.choices, strict=False)
        return [self.question, "; ".join(f"{letter} {text}" for letter, text in letters)]


@dataclass(frozen=True)
class TableRow:
    """One reading of a table of signs: quantity, words, note, and what is asked when it is the first wrong row."""

    quantity: str
    label: str
    note: str
    why: str

    def __post_init__(self) -> None:
        quantity(words(self.quantity, "quantity of a row"))
        for name in ("label", "note", "why"):
            words(getattr(self, name), f"{name} of a row")


@dataclass(frozen=True)
class TableTime:
    """One time of a table of signs: words, and years after the start or after the stop of what is moved."""

    label: str
    years: float
    since: str = "start"

    def __post_init__(self) -> None:
        words(self.label, "label of a time")
        number(self.years, "years of a time", "years", 0, 80)
        choice(self.since, "since", ("start", "stop"))


@dataclass(frozen=True)
class PredictTable:
    """A table of signs: + 0 − for up to four readings in causal order at up to three times.

    Parameters
    ----------
    question : str
    rows : sequence of TableRow
        In causal order.
    times : sequence of TableTime
    hint : str
        Where to start.
    beside : str
        What is compared with, in words.
    after : str
        What is said once all is right.
    """

    kind: ClassVar[str] = "table"
    question: str
    rows: tuple[TableRow, ...]
    times: tuple[TableTime, ...]
    hint: str
    beside: str = "compared with doing nothing"
    after: str = ""

    def __post_init__(self) -> None:
        for name in ("question", "hint", "beside", "after"):
            words(getattr(self, name), f"{name} of the table")
        object.__setattr__(self, "rows", _all_of(TableRow, self.rows, "rows"))
        object.__setattr__(self, "times", _all_of(TableTime, self.times, "times"))
        if not 1 <= len(self.rows) <= 4 or not 1 <= len(self.times) <= 3:
            raise InputError(
                f"the table has {len(self.rows)} rows and {len(self.times)} times; it has room for 4 rows and 3 times"
            )

    def checked(self, answer: Any) -> tuple[str, ...]:
        """Return the signs row by row, or raise `InputError` if one is missing or is none of + 0 −."""
        rows = tuple(answer) if isinstance(answer, Sequence) and not isinstance(answer, str) else ()
        whole = len(rows) == len(self.rows) and all(isinstance(row, str) for row in rows)
        signs = tuple(row.replace("−", "-") for row in rows) if whole else ()
        if not whole or any(len(row) != len(self.times) or set(row) - set(SIGNS) for row in signs):
            raise InputError(
                f"the prediction is {answer!r}; {len(self.rows)} rows of {len(self.times)} signs are needed, "
                "each + 0 or -"
            )
        return signs

    def spec(self) -> dict[str, Any]:
        """Return what the page needs to show the table."""
        rows = [{"label": row.label, "note": row.note} for row in self.rows]
        return {"corner": self.beside, "times": [time.label for time in self.times], "rows": rows, "hint": self.hint}

    def model(self, result: Result, site: str) -> tuple[str, ...]:
        """Return the signs of the model: what was moved against the same person with nothing changed."""
        return tuple("".join(self._sign(row, time, result, site) for time in self.times) for row in self.rows)

    def _sign(self, row, time, result, site):
        from_age = result.start if time.since == "start" or result.stop is None else result.stop
        age = min(from_age + time.years, result.life.until)
        now, without = (life.value(row.quantity, age, site) for life in (result.life, result.natural))
        change = 100 * (now / without - 1) if without else 0.0
        return "0" if abs(change) < threshold(quantity(row.quantity)) else "+" if change > 0 else "-"

    def told(self, signs: Sequence[str], model: Sequence[str]) -> tuple[bool, str, str]:
        """Return whether all is right, the words that say so, and the count.

        The first wrong row in causal order is named, and the row before it is asked about; nothing else.
        """
        right = sum(
            a == b for ours, theirs in zip(signs, model, strict=True) for a, b in zip(ours, theirs, strict=True)
        )
        count = f"{right} of {len(self.rows) * len(self.times)} as the model has it. {self._same_means()}"
        wrong = next((i for i, row in enumerate(signs) if row != model[i]), None)
        if wrong is None:
            return True, self.after, count
        before = f"You had {_named(self.rows[wrong - 1])} right. " if wrong else ""
        return False, f"{_named(self.rows[wrong])}. {before}{self.rows[wrong].why}", count

    def _same_means(self):
        names: dict[float, list[str]] = {}
        for row in self.rows:
            names.setdefault(threshold(quantity(row.quantity)), []).append(_named(row))
        parts = [f"{share:g} % ({listed(rows)})" for share, rows in names.items()]
        return f"“0” means a change of less than {' or '.join(parts)}."

    def lines(self) -> list[str]:
        """Return question, rows and times as lines of text."""
        rows = listed(f"{row.label} {row.note}".strip() for row in self.rows)
        return [self.question, f"+ 0 − for {rows}; {', '.join(time.label for time in self.times)}; {self.beside}"]


def threshold(found: Quantity) -> float:
    """Return below which change, in percent, a quantity counts as unchanged."""
    return SAME["marker"] if found.name in TURNOVER else SAME.get(found.kind, SAME_BONE)


def _named(row):
    return row.label.lower() if not row.label[:2].isupper() else row.label


@dataclass(frozen=True)
class PredictDrawn:
    """A line to draw: a quantity at fixed ages, from today on.

    Parameters
    ----------
    question : str
    ages : sequence of float
        Ages of the rings, years, rising; two to six.
    causes : sequence of (float, str)
        Up to which age a gap has which cause, rising; the last one holds for all later ages.
    after : str
        What is said once the line is near the model's.
    """

    kind: ClassVar[str] = "drawn"
    question: str
    ages: tuple[float, ...]
    causes: tuple[tuple[float, str], ...]
    after: str = ""

    def __post_init__(self) -> None:
        for name in ("question", "after"):
            words(getattr(self, name), f"{name} of the line")
        given = as_list(self.ages, "ages of the rings", "ages")
        ages = tuple(number(age, "age of a ring", "years", 20, 100) for age in given)
        if not 2 <= len(ages) <= 6 or list(ages) != sorted(set(ages)):
            raise InputError(f"the line has rings at {listed(map(years, ages))}; two to six rising ages are needed")
        causes = tuple(_cause(one) for one in as_list(self.causes, "causes", "(age, text)"))
        object.__setattr__(self, "causes", causes)
        if not causes:
            raise InputError("the line has no causes; give at least one, with the age up to which it holds")
        object.__setattr__(self, "ages", ages)

    def checked(self, answer: Any) -> tuple[float, ...]:
        """Return the height of each ring (density), or raise `InputError`."""
        values = tuple(answer) if isinstance(answer, Sequence) and not isinstance(answer, str) else ()
        if len(values) != len(self.ages):
            raise InputError(f"the prediction is {answer!r}; {len(self.ages)} densities are needed, one for each ring")
        return tuple(number(value, "density of a ring", "g/cm2", 0, 500) for value in values)

    def line(self, answer: Sequence[float], result: Result, site: str) -> tuple[list[float], list[float]]:
        """Return ages and densities of the drawn line, from today through the rings."""
        today = result.start
        return [today, *self.ages], [result.life.value("bmd", today, site), *answer]

    def told(self, answer: Sequence[float], result: Result, site: str) -> tuple[bool, str, str]:
        """Return whether the line is near the model's, the words of the widest gap, and how near it was before."""
        xs, ys = self.line(answer, result, site)
        gaps = self._gaps(xs, ys, result, site)
        widest, gap = max(gaps, key=lambda one: abs(one[1]))
        found = quantity("bmd", site)
        shown = f"{printed(abs(gap), found.decimals)} {found.shown_unit}"
        near = NEAR * ys[0]
        if abs(gap) <= near:
            return True, self.after, f"Your line stays within {shown} of the model's."
        model = printed(result.life.value("bmd", widest, site), found.decimals)
        opens = max((age for age, one in gaps if age < widest and abs(one) <= near), default=xs[0])
        cause = next((words for until, words in self.causes if widest <= until), self.causes[-1][1])
        drawn = printed(linear(xs, ys, widest), found.decimals)
        said = (
            f"You drew {drawn} at {years(widest)}; the model has {model}. The gap opens at {years(round(opens))} and "
            f"is widest at {years(widest)}, {shown}: {cause}"
        )
        kept = max(abs(one) for age, one in gaps if age <= opens)
        return False, said, f"Until {years(round(opens))} you were within {printed(max(kept, 10**-found.decimals), 3)}."

    def _gaps(self, xs, ys, result, site):
        """Return (age, drawn minus model) at whole years and at the rings."""
        first, last = xs[0], xs[-1]
        ages = sorted({*xs, *(float(year) for year in range(int(first) + 1, int(last) + 1))})
        return [(age, linear(xs, ys, age) - result.life.value("bmd", age, site)) for age in ages]

    def lines(self) -> list[str]:
        """Return question and ages as lines of text."""
        return [self.question, f"Draw it at {listed(map(years, self.ages))}."]


def _cause(given: Any) -> tuple[float, str]:
    pair = as_list(given, "a cause", "an age and a text")
    if len(pair) != 2:
        raise InputError(f"a cause is {quoted(given)}; an age and a text are needed")
    return number(pair[0], "age of a cause", "years"), words(pair[1], "text of a cause")
