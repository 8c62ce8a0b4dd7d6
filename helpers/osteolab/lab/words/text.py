"""The text form of a lab: who, what was moved, what is read, what is pinned, a line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osteolab.errors import InputError
from osteolab.errors import shown as quoted
from osteolab.errors import text as plain_text
from osteolab.lab.shown import LETTERS, Shown
from osteolab.lab.words import numbers
from osteolab.lab.words.facts import moves, pinned_words, short, span, unmeasured_at
from osteolab.lab.words.tiles import CLASS_NOT_USED, NO_TRIAL, between_people, caveat, printed_of, read, risk
from osteolab.plan import LONGEST_TEXT
from osteolab.quantities import quantity

SETTINGS = "Settings"  # the heading over them


def lines(shown: Shown, natural: Mapping[str, float]) -> list[str]:
    """Return who, what was moved, the reading, and those it is compared with; `natural` as in `facts`."""
    found = [f"{shown.result.person.describe()}.", _moved_line(shown, natural), reading_line(shown), caveat(shown)]
    for i, result in enumerate(shown.results):
        if i != shown.scenario.chosen:
            label = short(shown.specs, result, shown.si) or "no change"
            found.append(_beside_line(shown, f"Plan {LETTERS[i]} ({label})", result))
    if shown.pinned:
        found.append(_beside_line(shown, f"Pinned ({pinned_words(shown)})", shown.pinned))
    return found


def _beside_line(shown, name, result):
    there = read(shown, result)
    return f"{name}: {_bmd(there)}, T {printed_of('t_score', there)}."


def _moved_line(shown, natural):
    found = moves(shown, natural)
    moved = numbers.listed(f"{numbers.lower_first(m.label)} {m.value}".rstrip() for m in found)
    if not moved:
        return "Nothing has been changed."
    return f"Moved: {moved} ({span(shown.result)})." if shown.result.life.courses else f"Moved: {moved}."


def reading_line(shown: Shown) -> str:
    """Return all tiles in one line."""
    now, untried = read(shown, shown.result), unmeasured_at(shown.result, shown.scenario.scan_age)
    value, between, of_what = risk(now, None, untried=untried)
    t_score, who_class = f"T {printed_of('t_score', now)}", now["who_class"] or CLASS_NOT_USED
    markers = [_with_error(now, name) for name in ("ctx", "p1np")]
    if untried:
        bone = [f"{_bmd(now)} ({NO_TRIAL})", f"{t_score} ({NO_TRIAL})"]
        strength = f"strength {numbers.percent(now['strength'])} ({NO_TRIAL})"
    else:
        bone = [_bmd(now, spread=True), f"{t_score} ± {printed_of('t_score_sd', now)} ({who_class})"]
        strength = _with_error(now, "strength")
    times = f"{value} ({between})" if between else value
    parts = [*bone, *markers, strength, f"fracture risk {times} {of_what}"]
    return f"At {numbers.age(now['age'])}, {numbers.site_name(now['site'])}: {', '.join(parts)}."


def between_people_line(shown: Shown) -> str:
    """Return the calculator's error and the spread between people as a line."""
    now = read(shown, shown.result)
    unit = quantity("bmd", now["site"]).shown_unit
    return f"BMD in {unit}: {between_people(now, unmeasured_at(shown.result, now['age']))}."


# settings as text


def settings_lines(settings: Mapping[str, Any]) -> list[str]:
    """Return settings a line each, such as ``estradiol = 40.0``; a list is written with commas."""
    written = {name: ", ".join(value) if isinstance(value, list) else value for name, value in settings.items()}
    return [SETTINGS, *(f"  {name} = {value}".rstrip() for name, value in written.items())]


def read_settings(given: str) -> dict[str, Any]:
    """Return the settings that a text holds: the whole of a lab as text, or its lines of settings alone.

    Raises
    ------
    InputError
        For a line that is no setting, a name that stands twice, and a text without any.
    """
    text = plain_text(given, "text of settings", LONGEST_TEXT)
    found: dict[str, Any] = {}
    for line in _lines_of_settings(text.splitlines()):
        name, sign, value = (part.strip() for part in line.partition("="))
        if not (name and sign):
            raise InputError(f"the line {quoted(line.strip())} is no setting; a line such as estradiol = 40 is needed")
        if name in found:
            raise InputError(f"{quoted(name)} stands twice in the text; each setting is needed once")
        found[name] = _value(name, value)
    if not found:
        raise InputError("the text holds no settings; lines such as estradiol = 40 are needed")
    return found


def _lines_of_settings(lines: list[str]) -> list[str]:
    """Return the lines under the heading of the settings up to an empty line, or all where there is no heading."""
    stripped = [line.strip() for line in lines]
    if SETTINGS not in stripped:
        return [line for line in lines if line.strip()]
    start = stripped.index(SETTINGS) + 1
    return lines[start : stripped.index("", start) if "" in stripped[start:] else None]


def _value(name: str, written: str) -> Any:
    if name == "moved":
        return [one.strip() for one in written.split(",") if one.strip()]
    try:
        return float(written) if set(written) - set("-0123456789") else int(written)
    except ValueError:
        return None if written == "None" else written


def _with_error(read, name):
    return f"{quantity(name).short_label} {printed_of(name, read)} ± {numbers.percent(read[f'{name}_sd'])}"


def _bmd(read, spread=False):
    shown = f" ± {printed_of('bmd_sd', read)}" if spread else ""
    return f"BMD {printed_of('bmd', read)}{shown} {quantity('bmd', read['site']).shown_unit}"
