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
SMALL = f"<{numbers.THIN}0.1"
NARROW = " (CTX)", " (P1NP)", ", g/cm²", ", mg/cm³"  # words that a narrow card leaves out
NOT_A_FORECAST = "An average of a model, not a forecast"


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
    tiles = tag("div", joined(_tiles(shown, now, then, before, untried)), class_="ol-tiles", role="list")
    return joined((tiles, tag("div", caveat(shown), class_="ol-caveat")))


def caveat(shown: Shown) -> str:
    """Return what stands under the numbers: that they are averages, and of how many people a risk is about."""
    result, age = shown.result, shown.scenario.scan_age
    count = _of_1000(result, age)
    if not count:
        return f"{NOT_A_FORECAST} for one person."
    women = "women" if result.person.sex == "female" else "men"
    whom = f"at {numbers.age(age)} {count} of 1,000 such {women}"
    return f"{NOT_A_FORECAST}: {whom} break hip, spine, forearm or shoulder in a year."


def _of_1000(result, age):
    count = None if unmeasured_at(result, age) else readings.breaks_in_a_year(result.life, age)
    if count is None:
        return ""
    return f"about {printed(count)}" if count >= 0.5 else "fewer than 1"


def _tiles(shown, now, then, before, untried):
    site = numbers.capital(numbers.site_name(now["site"]))
    unit = quantity("bmd", now["site"]).shown_unit

    def context(name):
        if then:
            return joined((_dash(shown), f"{shown.other_name} {printed_of(name, then)}"))
        start = shown.result.start
        was = "was " if now["age"] >= start else ""  # before the start, what was is still to come
        return f"{was}{printed_of(name, before)} at {numbers.age(start)}"

    def tile(label, name, below=None, aside="", unit=""):
        hatched = untried and name in UNTRIED
        spread = NO_TRIAL if hatched else f"± {printed_of(f'{name}_sd', now)}"
        value = f"{printed_of(name, now)}{numbers.THIN}{unit}" if unit else printed_of(name, now)
        told = context(name) if below is None else below
        return _tile(name, label, value, spread, told, aside, hatched)

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
        tile(_judged("strength", now["strength"], (then or before)["strength"], untried), "strength", unit="%"),
        _tile(
            "fracture_risk",
            _judged("fracture_risk", now["fracture_risk"], then["fracture_risk"] if then else 1.0, untried),
            *risk(now, then, shown.other_name, untried),
            of_this_site(now),
            hatched=untried,
        ),
    ]


def _judged(name, now, beside, untried):
    """Return a label with the word for the number under it: a reader meets the word first."""
    label = quantity(name).label
    return label if untried else f"{label}: {higher_or_lower(name, now, beside)}"


def higher_or_lower(name: str, now: float, beside: float) -> str:
    """Return in a word how a number compares with another, as far as the printed numbers tell."""
    if name == "fracture_risk":
        same = ratio(now / beside) == ratio(1.0)
    else:
        same = printed(now, quantity(name).decimals) == printed(beside, quantity(name).decimals)
    if same:
        return "alike"
    return "higher" if now > beside else "lower"


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
    times = f"× {ratio(now['fracture_risk'] / base)}"
    return times, "" if times.endswith(SMALL) and not untried else spread, of_what


def of_this_site(now: dict) -> str:
    """Return in words why another site can give the same person another fracture risk."""
    return (
        f"this is read from the density at the {numbers.site_name(now['site'])}; another site can give another number, "
        "because bone is not lost everywhere alike; the count of 1,000 people holds age as well and is read at the hip"
    )


def ratio(value: float) -> str:
    """Return a ratio with one decimal, none from ten; a small one is never printed as nothing."""
    return SMALL if value < 0.05 else printed(value, 0 if value >= 9.95 else 1)


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
            return before, tag("span", found, class_="ol-more"), after
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
