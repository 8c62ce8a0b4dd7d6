"""Compare every number that the prose prints with the calculator, and put the new digits in: tests/prose/*.toml.

    python .ci/prose_numbers.py            every sentence that no longer agrees, with the new number
    python .ci/prose_numbers.py --write    the same, and digits are replaced in place
    python .ci/prose_numbers.py 02 09      only these tables

A line of a table is one sentence: the words as they stand in the text with `{}` for each number, and where the number
comes from. With --write only digits are replaced. A sentence whose meaning may have changed is listed as "read again"
and left alone: another sign, another order of its numbers, more than 15 % away, or outside `between`.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import nbformat
from execute_notebooks import stamp
from prose_values import WrongLineError, computed

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "tests" / "prose"
FAR = 0.15  # of the number printed: beyond that the sentence may say something else
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBER = r"[−+-]?\d+(?:,\d{3})*(?:\.\d+)?"
PRINTED = rf"({NUMBER}|\b(?:{'|'.join(WORDS)})\b)"
OF_A_SENTENCE = ("says", "each")


@dataclass(frozen=True)
class Printed:
    """One number of the prose beside the one computed now.

    Attributes
    ----------
    file, says : str
        Where, and the sentence as its line has it.
    part, start, end : int
        Place of the digits in the text.
    old, new : str
        As printed, and as it would be; equal if it agrees.
    exact : float
        As computed.
    again : str
        Why the sentence has to be read again; empty if digits are enough.
    """

    file: str
    says: str
    part: int
    start: int
    end: int
    old: str
    new: str
    exact: float
    again: str = ""

    @property
    def agrees(self) -> bool:
        """Whether nothing has to be done."""
        return self.old == self.new and not self.again

    def __str__(self) -> str:
        what = f"read again ({self.again}): " if self.again else ""
        return f"{self.file}: {what}“{self.says}”: {self.old or '–'} → {self.new} ({self.exact:.4g})"


class Text:
    """The text of a file: the Markdown cells of a notebook, else the whole file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notebook = nbformat.read(path, as_version=4) if path.suffix == ".ipynb" else None
        self.parts = self._cells() if self.notebook else [path.read_text(encoding="utf-8")]

    def _cells(self) -> list[str]:
        return [cell.source if cell.cell_type == "markdown" else "" for cell in self.notebook.cells]

    def replace(self, found: list[Printed]) -> None:
        """Put the new digits in and save."""
        for one in sorted(found, key=lambda one: (one.part, one.start), reverse=True):
            text = self.parts[one.part]
            self.parts[one.part] = text[: one.start] + one.new + text[one.end :]
        if self.notebook is None:
            self.path.write_text(self.parts[0], encoding="utf-8")
            return
        for cell, text in zip(self.notebook.cells, self.parts, strict=True):
            cell.source = text if cell.cell_type == "markdown" else cell.source
        self.notebook.metadata["osteolab"]["stamp"] = stamp(self.notebook)
        nbformat.write(self.notebook, self.path)


def tables(names: list[str] | None = None) -> dict[str, dict[str, Any]]:
    """Return the tables of tests/prose by name."""
    paths = sorted(TABLES.glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in paths if not names or path.stem in names}


def pattern(says: str) -> re.Pattern[str]:
    """Return what finds a sentence: `{}` is a number of the line, `{*}` any other; lines may break anywhere."""
    words = re.escape(says.strip()).replace(re.escape("{}"), PRINTED).replace(re.escape("{*}"), NUMBER)
    return re.compile(re.sub(r"(\\ |\s)+", r"\\s+", words))


def written(exact: float, old: str, line: dict[str, Any]) -> str:
    """Return a number as it is printed now, in the way of the old one: its decimals, its sign, or as a word."""
    word = old in WORDS
    places = line.get("decimals", 0 if word else len(old.partition(".")[2]))
    step = line.get("step", 10.0**-places)
    value = round(round(exact / step) * step, places) + 0.0
    if "within" in line and not word and abs(exact - number(old)) <= line["within"]:
        return old
    if word and value in range(len(WORDS)):
        return WORDS[int(value)]
    digits = f"{abs(value):,.{places}f}" if "," in old else f"{abs(value):.{places}f}"
    plus = "+" if old.startswith("+") else ""
    return ("-" if old.startswith("-") else "−") + digits if value < 0 else plus + digits


def number(text: str) -> float:
    """Return a printed number."""
    return float(WORDS.index(text)) if text in WORDS else float(text.replace("−", "-").replace(",", ""))


def moved(old: str, exact: float, line: dict[str, Any]) -> str:
    """Return why other digits are not enough, or nothing; what a rounding hid counts for the old number."""
    before = number(old)
    if before * exact < 0 and written(exact, old, line).strip("-−+0."):
        return "another sign"
    places = 0 if old in WORDS else len(old.partition(".")[2])
    half = line.get("within", line.get("step", 10.0**-places) / 2)
    if max(0.0, abs(exact - before) - half) > FAR * abs(before) and not line.get("free"):
        return "far away"
    return ""


def lines_of(entry: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return the line of each number of a sentence: what they share, and what `each` says."""
    shared = {name: value for name, value in entry.items() if name not in OF_A_SENTENCE}
    each = entry.get("each", [{}])
    if len(each) != count:
        raise WrongLineError(f"{count} numbers in the sentence, {len(each)} in the line")
    return [shared | one for one in each]


def judged(entry: dict[str, Any], plans: dict[str, Any], texts: list[Text]) -> list[Printed]:
    """Return every number of a sentence, wherever it stands in the texts."""
    says = entry["says"]
    found = [(text, part, match) for text in texts for part, match in places(text, pattern(says))]
    if not found:
        raise WrongLineError("these words stand nowhere")
    exact = [computed(line, plans) for line in lines_of(entry, max(1, says.count("{}")))]
    printed = []
    for text, part, match in found:
        name = text.path.relative_to(ROOT).as_posix() if text.path.is_relative_to(ROOT) else text.path.name
        printed += compared(entry, exact, name, part, match)
    return printed


def places(text: Text, wanted: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield every place of a text where a sentence stands."""
    for part, words in enumerate(text.parts):
        yield from ((part, match) for match in wanted.finditer(words))


def compared(
    entry: dict[str, Any], exact: list[float], name: str, part: int, match: re.Match[str]
) -> Iterator[Printed]:
    """Yield the numbers of one sentence beside the computed ones."""
    says, olds = entry["says"], match.groups()
    lines = lines_of(entry, max(1, says.count("{}")))
    outside = next((f"outside {low:g} to {high:g}" for x, line in zip(exact, lines, strict=True)
                    for low, high in [line.get("between", (x, x))] if not low <= x <= high), "")  # fmt: skip
    if not olds:
        yield Printed(name, says, part, match.start(), match.end(), "", f"{exact[0]:.3g}" if outside else "", exact[0],
                      outside)  # fmt: skip
        return
    news = [written(x, old, line) for x, old, line in zip(exact, olds, lines, strict=True)]
    swapped = "" if entry.get("free") or not turned(olds, news) else "another order"
    for i, (x, old, new, line) in enumerate(zip(exact, olds, news, lines, strict=True)):
        why = outside or (old != new and (moved(old, x, line) or swapped)) or ""
        yield Printed(name, says, part, *match.span(i + 1), old, new, x, why)


def turned(olds: tuple[str, ...], news: list[str]) -> bool:
    """Whether two numbers of a sentence stand in another order than before."""
    before, after = [number(x) for x in olds], [number(x) for x in news]

    def order(values: list[float]) -> list[int]:
        return [(a > b) - (a < b) for a, b in combinations(values, 2)]

    return any(a != 0 and b != a for a, b in zip(order(before), order(after), strict=True))


def check(table: dict[str, Any], root: Path = ROOT) -> tuple[list[Text], list[Printed], list[str]]:
    """Return the texts of a table, its numbers, and what is wrong with its lines."""
    texts = [Text(root / file) for file in table["files"]]
    found, wrong = [], []
    for entry in table.get("numbers", []):
        try:
            found += judged(entry, table.get("plans", {}), texts)
        except WrongLineError as error:
            wrong.append(f"“{entry['says']}”: {error}")
    return texts, found, wrong


def write(texts: list[Text], found: list[Printed]) -> None:
    """Replace the digits of sentences that need nothing else."""
    blocked = {(one.file, one.says) for one in found if one.again}
    for text in texts:
        name = text.path.relative_to(ROOT).as_posix() if text.path.is_relative_to(ROOT) else text.path.name
        mine = [one for one in found if one.file == name and one.old != one.new and (name, one.says) not in blocked]
        if mine:
            text.replace(mine)


def main() -> None:
    """Print what no longer agrees; replace digits if asked to."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("tables", nargs="*", help="names of tests/prose, such as 02")
    options.add_argument("--write", action="store_true", help="replace the digits in place")
    chosen = options.parse_args()
    count, off = 0, 0
    for name, table in tables(chosen.tables).items():
        texts, found, wrong = check(table)
        for problem in wrong:
            print(f"{name}: {problem}")
        for one in dict.fromkeys(str(one) for one in found if not one.agrees):
            print(one)
        if chosen.write:
            write(texts, found)
        left = [one for one in found if not one.agrees and (one.again or not chosen.write)]
        count, off = count + len(found), off + len(left) + len(wrong)
    print(f"{count} numbers compared, {off} left to do")
    sys.exit(off > 0)


if __name__ == "__main__":
    main()
