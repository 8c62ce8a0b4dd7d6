"""The parts of the lab that are text: the sentence, the six tiles, the table, as HTML."""

from __future__ import annotations

from html import escape

from osteolab.lab import words
from osteolab.lab.sentence import Sentence
from osteolab.lab.words import figure

MORE = "⟨⟩"  # stands around words that a narrow card leaves out
NO_TRIAL = "no trial"  # stands in place of a ± that nobody has measured
CLASS_NOT_USED = "class not used at this age"


def sentence_html(sentence: Sentence, said: str = "") -> str:
    """Return the sentence with its lead phrase in bold, after what was predicted."""
    before = f"{escape(said)} " if said else ""
    return f'<div class="ol-sentence">{before}<b>{escape(sentence.lead)}</b>{escape(sentence.rest)}</div>'


def error_html(message: str, busy: bool = False) -> str:
    """Return the status line of an error; a screen reader says it at once."""
    return (
        f'<div class="ol-sentence ol-error" role="alert"><b>Not possible.</b> {escape(message)} '
        "Showing the last valid result.</div>"
    )


def tiles_html(
    now: dict, then: dict | None, before: dict, start: float, turnover: str, unmeasured: bool = False
) -> str:
    """Return the six tiles.

    Parameters
    ----------
    now, then, before : dict
        Readings from `reading.tiles`: at the scan age, of the pinned life, and at the start of the picture's change.
    start : float
        Age of `before`, years.
    turnover : {"markers", "pace"}
        What panel 1 draws; the tiles show the same.
    unmeasured : bool
        No adequate human trial measured the outcome: density, T-score and strength have no ±.
    """
    tiles = "".join(_tile(*tile) for tile in _tiles(now, then, before, start, turnover, unmeasured))
    return f'<div class="ol-tiles" role="list">{tiles}</div>'


def _tiles(now, then, before, start, turnover, unmeasured):
    digits, unit = words.density(now["site"])
    site = words.capital(words.SITE[now["site"]])
    shown = then or before
    word = "pinned" if then else "was"
    when = "" if then else f" at {words.age(start)}"

    def context(name, decimals):
        return _dash(bool(then)) + f"{word} {figure(shown[name], decimals)}{when}"

    def tile(label, name, decimals, context_line):
        untried = unmeasured and name in ("bmd", "t_score", "strength")
        spread = NO_TRIAL if untried else f"± {figure(now[f'{name}_sd'], decimals)}"
        return label, figure(now[name], decimals), spread, context_line

    if turnover == "markers":
        pair = [
            tile(f"Resorption{MORE[0]}(CTX){MORE[1]}, %", "ctx", 0, context("ctx", 0)),
            tile(f"Formation{MORE[0]}(P1NP){MORE[1]}, %", "p1np", 0, context("p1np", 0)),
        ]
    else:
        pair = [
            ("Resorption, %", figure(now["resorption"]), "", f"CTX {words.percent(now['ctx'])}"),
            ("Formation, %", figure(now["formation"]), "", f"P1NP {words.percent(now['p1np'])}"),
        ]
    return [
        (*tile(f"{site} BMD, {unit}", "bmd", digits, context("bmd", digits)), between_people(now, unmeasured)),
        tile("T-score", "t_score", 1, _class(now)),
        *pair,
        tile("Strength, %", "strength", 0, context("strength", 0)),
        ("Fracture risk", *risk(now, then)),
    ]


def between_people(now: dict, unmeasured: bool = False) -> str:
    """Return in words that the ± is not the spread between people, and how wide that spread is."""
    digits, _ = words.density(now["site"])
    own = f"± {figure(now['bmd_sd'], digits)} is the calculator's own error"
    if unmeasured:
        own = "no adequate trial has measured this"
    return f"{own}; people of this age and sex differ by ± {figure(now['people_sd'], digits)}"


def risk(now: dict, then: dict | None) -> tuple[str, str, str]:
    """Return fracture risk as text: value, range, and of what it is a multiple."""
    base = then["fracture_risk"] if then else 1.0
    of_what = "of the pinned risk" if then else f"of a woman of 65 at T {figure(-1)}"
    span = now.get("fracture_risk_range")
    between = f"{ratio(span[0] / base)}–{ratio(span[1] / base)}" if span else ""
    return f"× {ratio(now['fracture_risk'] / base)}", between, of_what


def ratio(value: float) -> str:
    """Return a ratio with one decimal, none from ten."""
    return figure(value, 0 if value >= 9.95 else 1)


def _tile(label, value, spread, context, aside=""):
    shown = escape(label).replace(MORE[0], '<span class="ol-more"> ').replace(MORE[1], "</span>")
    whole = f"{label.replace(MORE[0], ' ').replace(MORE[1], '')} {value} {spread}".strip()
    more = f' aria-description="{escape(aside)}"' if aside else ""
    whole = f"{whole}\n{words.capital(aside)}" if aside else whole
    value_line = f"<b>{escape(value)}</b> <span>{escape(spread)}</span>"
    return (
        f'<div class="ol-tile" role="listitem" title="{escape(whole)}"{more}><div class="ol-what">{shown}</div>'
        f'<div class="ol-value">{value_line}</div><div class="ol-context">{context}</div></div>'
    )


def _dash(pinned):
    return '<i class="ol-dash"></i>' if pinned else ""


def _class(now):
    name = now["who_class"]
    if not name:
        return CLASS_NOT_USED
    kind = {"low bone mass": " ol-swatch-low", "osteoporosis": " ol-swatch-osteoporosis"}.get(name, "")
    return f'<i class="ol-swatch{kind}"></i>{name}'


PEOPLE = "People’s BMD ±"  # the spread between people, in the unit of the density
COLUMNS = {
    "markers": (("ctx", "CTX, %", 0), ("p1np", "P1NP, %", 0)),
    "pace": (("resorption", "Resorption, %", 0), ("formation", "Formation, %", 0)),
}


def table_html(
    rows: list[dict],
    then: list[dict] | None,
    turnover: str,
    site: str,
    scan_age: float,
    unmeasured_after: float | None = None,
) -> str:
    """Return the table of every curve by age, the pinned values beside each.

    After the age `unmeasured_after` (years) the density has no ±, because no adequate human trial measured it.
    """
    digits, unit = words.density(site)
    columns = [*COLUMNS[turnover], ("bone_balance", "Balance, %", 0), ("bmd", f"BMD, {unit}", digits)]
    columns += [("t_score", "T-score", 1), ("strength", "Strength, %", 0), ("people_sd", PEOPLE, digits)]
    head = "".join(f'<th scope="col">{title}</th>{_pinned_head(name, then)}' for name, title, _ in columns)
    body = "".join(
        _row(row, then[i] if then else None, columns, scan_age, _after(row["age"], unmeasured_after))
        for i, row in enumerate(rows)
    )
    return (
        '<div class="ol-scroll" tabindex="0" role="region" aria-label="Table of every curve by age"><table><thead><tr>'
        f'<th scope="col">Age</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _after(age, start):
    return start is not None and age > start


def _pinned_head(name, then):
    return '<th scope="col" class="ol-then">pinned</th>' if _has_pinned(name, then) else ""


def _has_pinned(name, then):
    return bool(then) and name != "people_sd"  # a spread of people, not of this life


def _row(row, then, columns, scan_age, unmeasured):
    cells = ""
    for name, _, digits in columns:
        cells += f"<td>{_cell(row, name, digits, unmeasured)}</td>"
        if _has_pinned(name, then):
            cells += f'<td class="ol-then">{figure(then[name], digits)}</td>'
    now = ' class="ol-now"' if row["age"] == scan_age else ""
    return f'<tr{now}><th scope="row">{words.age(row["age"])}</th>{cells}</tr>'


def _cell(row, name, digits, unmeasured):
    shown = figure(row[name], digits)
    if name == "bmd" and unmeasured:
        return f"{shown} {NO_TRIAL}"
    if name == "bmd":
        spread = row["bmd_high"] - row["bmd"]
        return f"{shown} ± {figure(spread, digits)}"
    return shown
