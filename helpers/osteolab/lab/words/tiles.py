"""The sentence, the status line and the six tiles as HTML."""

from __future__ import annotations

from osteolab.lab.shown import Result, Shown
from osteolab.lab.words import numbers, readings
from osteolab.lab.words.facts import unmeasured_at
from osteolab.lab.words.markup import Html, joined, tag
from osteolab.lab.words.numbers import printed
from osteolab.lab.words.sentence import Sentence
from osteolab.lab.words.terms import explained
from osteolab.quantities import quantity

NO_TRIAL = "no trial"  # stands in place of a ± that nobody has measured
CLASS_NOT_USED = "class not used at this age"
UNTRIED = ("bmd", "t_score", "strength", "fracture_risk")  # what has no ± where no trial measured the outcome
NARROW = "(CTX)", "(P1NP)"  # words that a narrow card leaves out


def sentence_html(sentence: Sentence, said: str = "") -> Html:
    """Return the sentence with its lead phrase in bold, after what was predicted."""
    before = f"{said} " if said else ""
    return tag("div", before, tag("b", sentence.lead), sentence.rest, class_="ol-sentence")


def error_html(message: str) -> Html:
    """Return the status line of an error; a screen reader says it at once."""
    words = f" {message} Showing the last valid result."
    return tag("div", tag("b", "Not possible."), words, class_="ol-sentence ol-error", role="alert")


def read(shown: Shown, result: Result, age: float | None = None) -> dict:
    """Return the rounded readings of a result at the scan age, or at another age (years)."""
    at = shown.scenario.scan_age if age is None else age
    return readings.readings(result.life, at, shown.scenario.site, shown.since)


def tiles_html(shown: Shown) -> Html:
    """Return the six tiles of the chosen plan, each beside what it is compared with."""
    result, other = shown.result, shown.other
    now, then = read(shown, result), read(shown, other) if other else None
    before = read(shown, result, result.start)
    untried = unmeasured_at(result, now["age"])
    return tag("div", joined(_tiles(shown, now, then, before, untried)), class_="ol-tiles", role="list")


def _tiles(shown, now, then, before, untried):
    site = numbers.capital(numbers.site_name(now["site"]))
    unit = quantity("bmd", now["site"]).shown_unit

    def context(name):
        if then:
            return joined((_dash(shown), f"{shown.other_name} {printed_of(name, then)}"))
        return f"was {printed_of(name, before)} at {numbers.age(shown.result.start)}"

    def tile(label, name, below=None, aside=""):
        hatched = untried and name in UNTRIED
        spread = NO_TRIAL if hatched else f"± {printed_of(f'{name}_sd', now)}"
        told = context(name) if below is None else below
        return _tile(name, label, printed_of(name, now), spread, told, aside, hatched)

    if shown.turnover == "markers":
        pair = [tile(f"{quantity(name).label}, %", name) for name in ("ctx", "p1np")]
    else:
        pair = [
            _tile(
                pace,
                f"{quantity(pace).label}, %",
                printed_of(pace, now),
                "",
                f"{quantity(marker).short_label} {percent}",
            )
            for pace, marker in (("resorption", "ctx"), ("formation", "p1np"))
            for percent in (numbers.percent(now[marker]),)
        ]
    return [
        tile(f"{site} {quantity('bmd').label}, {unit}", "bmd", aside=between_people(now, untried)),
        tile(quantity("t_score").label, "t_score", _class(now, untried)),
        *pair,
        tile(f"{quantity('strength').label}, %", "strength"),
        _tile(
            "fracture_risk",
            quantity("fracture_risk").label,
            *risk(now, then, shown.other_name, untried),
            of_this_site(now),
            hatched=untried,
        ),
    ]


def printed_of(name: str, read: dict) -> str:
    """Return one of the readings as it is printed."""
    return printed(read[name], quantity(name, read["site"]).decimals)


def between_people(now: dict, untried: bool = False) -> str:
    """Return in words that the ± is not the spread between people, and how wide that spread is."""
    own = f"± {printed_of('bmd_sd', now)} is the calculator's own error"
    if untried:
        own = "no adequate trial has measured this"
    digits = quantity("between_people_sd", now["site"]).decimals
    return f"{own}; people of this age and sex differ by ± {printed(now['people_sd'], digits)}"


def risk(now: dict, then: dict | None, other_name: str = "pinned", untried: bool = False) -> tuple[str, str, str]:
    """Return fracture risk as text: value, range (none where no trial measured it), and of what it is a multiple."""
    base = then["fracture_risk"] if then else 1.0
    of_whom = "the pinned risk" if other_name == "pinned" else f"the risk of {other_name}"
    of_what = f"of {of_whom}" if then else f"of a woman of 65 at T {printed(-1)}"
    low, high = now["fracture_risk_range"]
    spread = NO_TRIAL if untried else f"{ratio(low / base)}–{ratio(high / base)}"
    return f"× {ratio(now['fracture_risk'] / base)}", spread, of_what


def of_this_site(now: dict) -> str:
    """Return in words why another site can give the same person another fracture risk."""
    return (
        f"this is read from the density at the {numbers.site_name(now['site'])}; another site can give another number, "
        "because bone is not lost everywhere alike"
    )


def ratio(value: float) -> str:
    """Return a ratio with one decimal, none from ten."""
    return printed(value, 0 if value >= 9.95 else 1)


def _tile(name, label, value, spread, context, aside="", hatched=False):
    # A tap on the tile, or Enter on its words, shows the explanation (page/parts/explain.js).
    about = {"aria_expanded": "false", "data_explained": explained(name)}
    shown = tag("button", joined(_narrowed(label)), type="button", class_="ol-why", **about)
    whole = f"{label} {value} {spread}".strip()
    whole = f"{whole}\n{numbers.capital(aside)}" if aside else whole
    lines = (
        tag("div", shown, class_="ol-what"),
        tag("div", tag("b", value), " ", tag("span", spread), class_="ol-value"),
        tag("div", context, class_="ol-context"),
    )
    kind = "ol-tile ol-untried" if hatched else "ol-tile"
    return tag("div", *lines, class_=kind, role="listitem", title=whole, aria_description=aside or None)


def _narrowed(label):
    """Return a label in parts, those marked that a narrow card leaves out."""
    for words in NARROW:
        before, found, after = label.partition(words)
        if found:
            return before.rstrip(), tag("span", f" {found}", class_="ol-more"), after
    return (label,)


def _dash(shown):
    return tag("i", class_="ol-dash") if shown.pinned else ""


def _class(now, untried):
    if untried:  # no word such as "normal" where nobody knows what the number would be
        return "no class: never tried"
    name = now["who_class"]
    if not name:
        return CLASS_NOT_USED
    kind = {"low bone mass": " ol-swatch-low", "osteoporosis": " ol-swatch-osteoporosis"}.get(name, "")
    return joined((tag("i", class_=f"ol-swatch{kind}"), name))
