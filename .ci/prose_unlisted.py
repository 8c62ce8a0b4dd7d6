"""Find numbers in the prose of a notebook and its lesson that no line of tests/prose/ accounts for.

A number is accounted for if it is compared with the calculator (`numbers`), explained as not the calculator's
(`others`), one of the lesson's own settings and goals, or of a kind that never is a result: RULES.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from prose_numbers import NUMBER, ROOT, Text, pattern, tables

COUNTS = "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred"
SHARES = "half third thirds quarter quarters fifth tenth twentieth"
FOUND = re.compile(
    rf"(?<![\w.]){NUMBER}(?![\w])(?:\s*%)?"
    rf"|\b(?:{'|'.join(COUNTS.split())})\s+(?:percent|points?|times)\b"
    rf"|\b(?:twice|double|{'|'.join(SHARES.split())})\b"
)
AGE = r"(?:1[89]|[2-9]\d|100)(?!\s*(?:%|percent|points?|times|SD|pg|ng|mg|µ|g/|years|days|months))(?![\d.,–]*\d)"
# What a number can be without being a result. A number in percent or points never passes here.
RULES = {
    "a reference": r"[A-Z][\w-]+ (?:19|20)\d\d\b",
    "an age": rf"\b(?:at|At|by|from|From|since|before|until|after|age|aged|between|past|is|and|to|of|At|or) {AGE}",
    "a notebook, picture, panel, task": r"\b(?:[Nn]otebooks?|[Pp]icture|[Pp]anel|[Tt]ask) \d\d?(?: (?:to|and) \d\d?)?",
    "the title of a notebook": r"\[\d\d (?=[A-Z])|notebook \d\d of 00 to 13",
    "a dose": r"\b\d+(?:\.\d+)? (?:mg|µg|IU) (?:a|per) (?:day|week|month)\b",
    "a limit of the classes": r"\bT −(?:1|1\.0|2\.5)(?![\d.]*\d)",
    "time in class": r"\b\d+ minutes (?:in class|alone)\b",
}
NO_PROSE = re.compile(
    r"^```.*?^```|`[^`\n]*`|\$\$?[^$]+\$\$?|\]\([^)]*\)|<[^>\n]+>|^\d+\. |\(\d\)|IGF-1|IL-6", re.DOTALL | re.MULTILINE
)


def unlisted(table: dict[str, Any], root: Path = ROOT) -> list[str]:
    """Return every number that nothing accounts for, with the words around it."""
    texts = [Text(root / file) for file in table["files"]]
    lessons = [strings(json.loads(text.parts[0])) for text in texts if text.path.suffix == ".json"]
    said = [part for text in texts if text.notebook for part in text.parts if not part.startswith("## Sources")]
    copied = sorted((words for lesson in lessons for words, _ in lesson if " " in words), key=len, reverse=True)
    found = []
    for part in said:
        for words in copied:
            part = part.replace(words, " ")
        found += left(part, table, ())
    for lesson in lessons:
        for words, known in lesson:
            found += left(words, table, known)
    return found


def strings(lesson: dict[str, Any]) -> list[tuple[str, frozenset[float]]]:
    """Return the texts of a lesson, each with the settings and goals that belong to it."""
    found = []
    for name, part in lesson.items():
        for one in part if isinstance(part, list) else [part]:
            settings = [one.get("check"), one.get("settings")] if name == "tasks" else []
            known = frozenset(numbers([*settings, lesson.get("lab")]))
            if name in ("title", "predict", "tasks", "quiz"):
                found += [(words, known) for words in leaves(one) if isinstance(words, str)]
    return found


def leaves(raw: Any) -> Iterator[Any]:
    """Yield every value inside objects and lists."""
    inside = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else None
    if inside is None:
        yield raw
        return
    for one in inside:
        yield from leaves(one)


def numbers(raw: Any) -> Iterator[float]:
    """Yield every number inside objects and lists."""
    yield from (float(x) for x in leaves(raw) if isinstance(x, int | float) and not isinstance(x, bool))


def left(words: str, table: dict[str, Any], known: Iterable[float]) -> list[str]:
    """Return the numbers of a text that remain when all that is accounted for is taken out."""
    plain = NO_PROSE.sub(lambda match: " " * len(match[0]), words)
    taken = [match.span() for rule in RULES.values() for match in re.finditer(rule, plain)]
    for entry in table.get("numbers", []):
        for match in pattern(entry["says"]).finditer(words):
            spans = [match.span(i) for i in range(1, len(match.groups()) + 1)]
            taken += spans or [match.span()]
    for other in table.get("others", []):
        taken += [match.span() for match in pattern(other["says"]).finditer(words)]
    found = []
    for match in FOUND.finditer(plain):
        inside = any(start <= match.start() and match.start() < end for start, end in taken)
        own = match[0].strip(" %\n").replace("−", "-").replace(",", "").strip("+")
        if not inside and not (re.fullmatch(r"-?[\d.]+", own) and float(own) in set(known)):
            found.append(
                f"{match[0]!r} in “…{' '.join(words[max(0, match.start() - 50) : match.end() + 40].split())}…”"
            )
    return found


def stale(table: dict[str, Any], root: Path = ROOT) -> list[str]:
    """Return the explained words that stand in no text any more, or have no explanation."""
    texts = [part for file in table["files"] for part in Text(root / file).parts]
    return [
        other["says"]
        for other in table.get("others", [])
        if not other.get("why") or not any(pattern(other["says"]).search(part) for part in texts)
    ]


def main() -> None:
    """Print what nothing accounts for."""
    for name, table in tables(sys.argv[1:]).items():
        for problem in unlisted(table):
            print(f"{name}: {problem}")
        for words in stale(table):
            print(f"{name}: stands nowhere: {words}")


if __name__ == "__main__":
    main()
