"""The lab in words: the facts of its sentence, the names of its curves, the lines of its text form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from osteolab.lab import figure as fig
from osteolab.lab import markup, reading, words
from osteolab.lab.sentence import Facts, Move, Sentence, compose
from osteolab.lab.sliders import PERSON, TIMING, SliderSpec, evidence_missing, spec
from osteolab.lab.state import Pin, Result, Settings, natural_values

LONGEST_LABEL = 26  # characters of a curve's name in the picture
ROOM, ROOM_AFTER_A_PREDICTION = 210, 225  # characters of the sentence alone, and with "You said B, ..." before it
SHORT = {
    "resorption_pace": "demolition",
    "formation_pace": "construction",
    "transdermal_estradiol": "patch",
    "menopause_age": "last period",
    "peak_bone_mass_sd": "peak",
}
COLUMNS = (
    ("age", "age", 0),
    ("ctx", "CTX %", 0),
    ("p1np", "P1NP %", 0),
    ("bone_balance", "balance %", 0),
    ("bmd", "BMD", 3),
    ("t_score", "T-score", 1),
    ("strength", "strength %", 0),
)


@dataclass(frozen=True)
class Story:
    """One state of the lab, ready to be told.

    Attributes
    ----------
    specs : sequence of SliderSpec
        The sliders of the lab.
    settings, result, pin
        What was set, what was computed, what is pinned (or None).
    since : float
        Age from which the balance counts, years.
    turnover : {"markers", "pace"}
        What panel 1 draws.
    """

    specs: Sequence[SliderSpec]
    settings: Settings
    result: Result
    pin: Pin | None
    since: float
    turnover: str

    @property
    def unmeasured(self) -> bool:
        """Say whether no adequate human trial measured what was moved."""
        return evidence_missing(self.settings.values, self.result.person, self.result.start)

    def unmeasured_at(self, age: float) -> bool:
        """Say whether this holds at an age (years): before the start everything is as measured."""
        return self.unmeasured and age > self.result.start

    def between_people(self) -> str:
        """Return the calculator's error and the spread between people as a line."""
        now = self.tiles()
        return f"BMD in {words.density(now['site'])[1]}: {markup.between_people(now, self.unmeasured_at(now['age']))}."

    def sentence(self, said: str = "") -> Sentence:
        """Return the sentence, shorter where `said` stands before it."""
        return compose(self.facts(), ROOM_AFTER_A_PREDICTION - len(said) if said else ROOM)

    def facts(self) -> Facts:
        """Return the computed numbers of the sentence."""
        now, result, site = self.settings, self.result, self.settings.site
        life, other = result.life, self.pin.result.life if self.pin else result.natural
        age, start, stop = now.scan_age, result.start, result.stop
        seen, early, settled = min(age, stop or age), min(start + 1, life.until), min(start + 3, life.until)
        res, form = reading.TURNOVER[self.turnover]

        def three(name):
            return life.value(name, start, site), life.value(name, seen, site), other.value(name, seen, site)

        def change(name):
            return 100 * (life.value(name, age, site) / other.value(name, age, site) - 1)

        def half(name):
            return reading.half_way(life, name, site, start, settled)

        return Facts(
            who=introduction(result.person),
            scan_age=age,
            start=start,
            stop=stop,
            site=site,
            moves=self.moves(),
            pinned=self.pin is not None,
            t_score=life.value("t_score", age, site),
            t_without=other.value("t_score", age, site),
            slope=reading.slope(life, age, site),
            slope_without=reading.slope(other, age, site),
            slope_at_start=reading.slope(result.natural, start, site),
            bmd_share_of_past=life.value("bmd", age, site) / life.value("bmd", self.since, site),
            resorption=three(res),
            formation=three(form),
            lag=half(form) - half(res),
            gap_early=life.value("formation", early, site) - life.value("resorption", early, site),
            balance=100 * (life.value("bone_volume", age, site) / life.value("bone_volume", start, site) - 1),
            bone_change=change("bone_volume"),
            mineral_change=change("mineral"),
            dip_months=reading.dip_months(life, other, site, start, life.until),
            levels=self._blood(other, seen),
            unmeasured=self.unmeasured,
        )

    def _blood(self, other, age):
        found = {}
        for slider in (spec("testosterone"), spec("estradiol")):
            si = self.settings.si
            without, now = (slider.boxed(life.value(slider.name, age), si) for life in (other, self.result.life))
            found[slider.name] = (without, now, words.shown_unit(slider.unit_in(si)))
        return found

    def moves(self) -> tuple[Move, ...]:
        """Return what was moved, in the order of the rail."""
        values, natural = self.settings.values, natural_values(self.specs, self.result)
        moved = [slider for slider in self.specs if slider.name in values]
        return tuple(
            Move(
                slider.name,
                slider.kind,
                slider.label,
                value_text(slider, values[slider.name], self.settings.si),
                (values[slider.name] > natural[slider.name]) - (values[slider.name] < natural[slider.name]),
            )
            for slider in moved
        )

    def marks(self) -> fig.Marks:
        """Return what is written into the panels."""
        result, now = self.result, self.settings
        held = bool(result.life.courses)
        named = [s for s in self.specs if s.name in now.values and s.kind not in (PERSON, TIMING)]
        what = words.lower_first(named[0].label) if len(named) == 1 else "changes"
        return fig.Marks(
            now.scan_age,
            result.start if held else None,
            result.stop if held else None,
            f"{what} {self.span()}" if held else "",
            short(self.specs, now) or result.base.name or "now",
            self.pin.label if self.pin else "",
            self.unmeasured,
        )

    def span(self) -> str:
        """Return since when, such as "from 52 to 57"."""
        stop = "" if self.result.stop is None else f" to {words.age(self.result.stop)}"
        return f"from {words.age(self.result.start)}{stop}"

    def tiles(self, result: Result | None = None) -> dict:
        """Return the rounded readings at the scan age."""
        life = (result or self.result).life
        return reading.tiles(life, self.settings.scan_age, self.settings.site, self.since)

    def lines(self) -> list[str]:
        """Return who, what was moved, the reading and the pinned reading, a line each."""
        lines = [f"{self.result.person.describe()}.", self._moved_line(), self.reading_line()]
        if self.pin:
            label, pinned = self.pin.label.removeprefix("pinned: "), self.tiles(self.pin.result)
            lines.append(f"Pinned ({label}): {_bmd(pinned)}, T {words.figure(pinned['t_score'], 1)}.")
        return lines

    def _moved_line(self):
        moved = words.listed(f"{words.lower_first(m.label)} {m.value}".rstrip() for m in self.moves())
        if not moved:
            return "Nothing has been changed."
        return f"Moved: {moved} ({self.span()})." if self.result.life.courses else f"Moved: {moved}."

    def reading_line(self) -> str:
        """Return all tiles in one line."""
        now = self.tiles()
        value, span, of_what = markup.risk(now, None)
        t_score, who_class = f"T {words.figure(now['t_score'], 1)}", now["who_class"] or markup.CLASS_NOT_USED
        markers = [_with_error(now, name, key) for name, key in (("CTX", "ctx"), ("P1NP", "p1np"))]
        if self.unmeasured_at(now["age"]):
            untried = markup.NO_TRIAL
            bone = [f"{_bmd(now)} ({untried})", f"{t_score} ({untried}; {who_class})"]
            strength = f"strength {words.percent(now['strength'])} ({untried})"
        else:
            bone = [_bmd(now, spread=True), f"{t_score} ± {words.figure(now['t_score_sd'], 1)} ({who_class})"]
            strength = _with_error(now, "strength", "strength")
        parts = [
            *bone,
            *markers,
            strength,
            f"fracture risk {value} ({span}) {of_what}",
        ]
        return f"At {words.age(now['age'])}, {words.SITE[now['site']]}: {', '.join(parts)}."


def _with_error(tiles, name, key):
    return f"{name} {words.figure(tiles[key])} ± {words.percent(tiles[f'{key}_sd'])}"


def _bmd(tiles, spread=False):
    digits, unit = words.density(tiles["site"])
    sd = f" ± {words.figure(tiles['bmd_sd'], digits)}" if spread else ""
    return f"BMD {words.figure(tiles['bmd'], digits)}{sd} {unit}"


def introduction(person) -> str:
    """Return who this is as a sentence: "Anna is 52; her last period was at 50."."""
    name = person.name or ("She" if person.sex == "female" else "He")
    text = f"{name} is {words.age(person.age)}"
    if person.sex == "male":
        return f"{text}."
    if person.menopause_age is None or person.menopause_age > person.age:
        return f"{text} and still has periods."
    return f"{text}; her last period was at {words.age(person.menopause_age)}."


def value_text(slider: SliderSpec, value: float, si: bool) -> str:
    """Return the value of a moved slider as it stands in a sentence."""
    if slider.name == "peak_bone_mass_sd":
        return f"{words.figure(value, 1, sign=True)} SD"
    if slider.name.endswith("age"):
        return words.age(value)
    return slider.text(value, si)


def short(specs: Sequence[SliderSpec], settings: Settings) -> str:
    """Return what was moved as a curve's name: "estradiol 40"; empty if nothing was."""
    values, parts = settings.values, []
    for slider in specs:
        if slider.name in values and slider.kind != TIMING:
            shown = words.figure(slider.boxed(values[slider.name], settings.si), slider.decimals_in(settings.si))
            parts.append(f"{SHORT.get(slider.name) or words.lower_first(slider.label)} {shown}")
    joined = ", ".join(parts)
    return joined if len(joined) <= LONGEST_LABEL else f"{len(parts)} changes"


def table_text(rows: Sequence[dict]) -> list[str]:
    """Return a table as lines of text with aligned columns."""
    head = "  ".join(f"{title:>10}" for _, title, _ in COLUMNS)
    body = ["  ".join(f"{words.figure(row[name], digits):>10}" for name, _, digits in COLUMNS) for row in rows]
    return [head, *body]
