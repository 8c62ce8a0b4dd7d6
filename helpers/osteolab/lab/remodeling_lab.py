"""The lab: sliders left, three linked panels right, one sentence under them.

Any change takes one path: new settings, one recompute, one update of the figure in place, one sentence.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import ipywidgets as w
import traitlets as t

from osteolab import InputError, Life, Person, simulate
from osteolab.errors import choice, number
from osteolab.lab import figure as fig
from osteolab.lab import markup, reading, words
from osteolab.lab import sliders as rules
from osteolab.lab.host import LabHost
from osteolab.lab.rail import sections
from osteolab.lab.sentence import Facts, Move, Sentence, compose
from osteolab.person import presets as people_presets

SITES = ("lumbar_spine", "total_hip", "femoral_neck")
SHORT_SITE = {"lumbar_spine": "Spine", "total_hip": "Hip", "femoral_neck": "Neck", "trabecular_spine": "Inner"}
JUST_AFTER = 0.05  # years after the start at which an untouched handle reads its level
LETTERS = "ABCDE"
CLOSED = "Sliders open after you commit."


@dataclass(frozen=True)
class Settings:
    """All that a reader can set: who, what was moved, where and when the scan is, which units."""

    person: str
    moved: tuple[tuple[str, float], ...]
    site: str
    scan_age: float
    si: bool = False

    @property
    def values(self) -> dict[str, float]:
        """The moved sliders by name, conventional units."""
        return dict(self.moved)


@dataclass
class Result:
    """A life, the same person's life without what was moved, and the courses' span."""

    person: Person
    life: Life
    natural: Life
    start: float
    stop: float | None
    curves: dict[str, reading.Curves] = field(default_factory=dict)


@dataclass
class Pin:
    """A kept result and the words for it."""

    result: Result
    label: str
    settings: Settings


class RemodelingLab(w.VBox):
    """Sliders, three linked panels (turnover, balance, bone density), readings and a sentence.

    Parameters
    ----------
    person : str or Person
        Who is shown first: a name of data/people.csv, or a Person.
    sliders : sequence of str
        Names of levels, treatments, controls, and of data/lab_sliders.csv.
    sites : sequence of str
        Sites of the scan, the first shown first.
    start, stop : float, optional
        Age at which what is moved begins (by default today) and ends (by default never), years.
    until, since : float, optional
        Ages at the right and the left edge of the picture; the balance is counted from `since`.
    scan_age : float, optional
        Age of the scan line.
    people : sequence of str or Person
        The list of people.
    presets : mapping of str to dict, optional
        Named settings, listed under the people: `{"Patch 50 from 52": {"transdermal_estradiol": 50}}`.
    ageing : bool
        False switches off menopause and ageing.
    predict : Predict, optional
        A question; the future is not sent to the page until the reader commits or the teacher unveils.
    reveal : dict, optional
        Settings applied when the future is shown, for a question about a change.
    title : str
        Name of the lab, for its text form and for a screen reader.
    ranges : dict, optional
        `{"turnover": (72, 180), "balance": (-24, 8), "density": {"lumbar_spine": (0.7, 1.14)}}`, each optional.
    groups : dict, optional
        Heading to slider names; by default the groups of the sliders.
    pinned : bool or dict, optional
        True pins the person with nothing changed; a dict pins these settings.

    Attributes
    ----------
    revision : int
        Rises by one after every change; observe it to follow the lab.
    recomputes : int
        How often a life was computed for a change.

    Raises
    ------
    InputError
        From code, for anything the calculator cannot accept. In the page the same words stand in the
        status line, and the last valid picture stays.
    """

    revision = t.Int(0)

    def __init__(
        self,
        person: str | Person = "anna",
        sliders: Sequence[str] = ("estradiol",),
        sites: Sequence[str] = SITES,
        start: float | None = None,
        stop: float | None = None,
        until: float = 80,
        since: float | None = None,
        scan_age: float | None = None,
        people: Sequence[str | Person] = ("anna", "ben"),
        presets: Mapping[str, Mapping[str, Any]] | None = None,
        ageing: bool = True,
        predict: Any = None,
        reveal: Mapping[str, Any] | None = None,
        title: str = "Bone remodelling lab",
        ranges: Mapping[str, Any] | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
        pinned: bool | Mapping[str, Any] | None = None,
    ) -> None:
        self.title, self.ageing, self.predict, self.reveal = title, ageing, predict, dict(reveal or {})
        self._people = _people(person, people)
        self._presets = dict(presets or {})
        self._groups = {title: tuple(names) for title, names in groups.items()} if groups else None
        self._specs = _specs(sliders, self._groups)
        self._sites = tuple(choice(s, "site", reading_sites()) for s in sites)
        self._start, self._stop = start, stop
        self._until = number(until, "until", "years of age", 21, 100, "the calculator follows adults up to 100")
        self._since = self._first_age() if since is None else number(since, "since", "years of age", 20, self._until - 5)
        self._turnover = "pace" if any(s.kind == "mix" or s.name.endswith("_pace") for s in self._specs) else "markers"
        self._lives: dict = {}
        self._ranges: dict[str, fig.Ranges] = {}
        self._given_ranges = dict(ranges or {})
        self._pin: Pin | None = None
        self._veiled, self._chosen, self._said, self._quiet = predict is not None, "", "", False
        self._table_open, self._error, self.recomputes = False, "", 0
        key = next(iter(self._people))
        self._home = Settings(key, (), self._sites[0], self._scan_for(key, scan_age))
        self._settings = self._home
        self._result = self._compute(self._home)
        self.host = LabHost()
        super().__init__()
        self._build()
        if pinned:
            self._pin = self._pinned_from(pinned)
        self._refresh()

    # what a notebook or a test uses

    @property
    def life(self) -> Life:
        """The life on the screen."""
        return self._result.life

    @property
    def reading(self) -> dict:
        """The rounded numbers of the tiles and a few more; empty while the future is veiled."""
        return {} if self._veiled else self._tiles()

    @property
    def sentence(self) -> str:
        """The sentence under the picture, or the question while the future is veiled."""
        if self._veiled:
            return self.predict.question
        said = f"{self._said} " if self._said else ""
        return f"{said}{self._compose()}"

    @property
    def status(self) -> str:
        """The error on the status line, empty if there is none."""
        return self._error

    @property
    def figure(self):
        """The FigureWidget."""
        return self._figure.widget

    def trace(self, name: str):
        """Return a trace of the figure by name, such as "bmd", "resorption", "pinned_bmd"."""
        return self._figure.trace(name)

    def set(self, **changes) -> RemodelingLab:
        """Change settings and redraw once.

        Parameters
        ----------
        **changes
            Slider names (values in conventional units whatever the unit switch says; None frees a slider),
            `person`, `preset`, `site`, `scan_age`, `units` ("US" or "SI"), `moved` (the slider names that
            count as moved, as in `settings()`).

        Returns
        -------
        RemodelingLab
            The lab itself.

        Raises
        ------
        InputError
            The last valid picture stays.
        """
        self._change(**changes)
        return self

    def settings(self) -> dict:
        """Return every setting; `lab.set(**lab.settings())` gives the same picture again."""
        now, shown = self._settings, self._handle_values()
        return {
            "person": now.person,
            "site": now.site,
            "scan_age": now.scan_age,
            "units": "SI" if now.si else "US",
            **{name: round(value, 4) + 0.0 for name, value in shown.items()},
            "moved": [name for name, _ in now.moved],
        }

    def pin(self) -> RemodelingLab:
        """Keep the curves on the screen as a dashed ghost."""
        self._pin = Pin(self._result, self._pin_label(self._settings), self._settings)
        self._refresh()
        return self

    def unpin(self) -> RemodelingLab:
        """Let the pinned curves go."""
        self._pin = None
        self._refresh()
        return self

    def reset(self) -> RemodelingLab:
        """Free every slider and return to the first person, site and scan age; the pinned curves stay."""
        self._ranges = {}
        self._change_to(replace(self._home, si=self._settings.si))
        return self

    def commit(self, letter: str) -> RemodelingLab:
        """Make the prediction `letter` and show the future."""
        if self.predict is None:
            raise InputError("this lab asks for no prediction")
        letters = LETTERS[: len(self.predict.choices)]
        self._chosen = choice(str(letter).upper(), "prediction", letters)
        said = str(self.predict.choices[letters.index(self._chosen)]).rstrip(".")
        self._said = f"You said {self._chosen}, {words.lower_first(said)}."
        return self.unveil()

    def unveil(self) -> RemodelingLab:
        """Show the future without a prediction (for the teacher)."""
        if not self._veiled:
            return self
        self._veiled = False
        if self.reveal:
            self._change(**self.reveal)
        else:
            self._refresh()
        return self

    def table(self, every: int = 5):
        """Return the curves by age, pinned values beside them, from the left edge to the right one.

        Returns
        -------
        pandas.DataFrame, or list of dict where pandas is not installed
        """
        rows = self.rows(every)
        try:
            import pandas as pd
        except ImportError:
            return rows
        return pd.DataFrame(rows)

    def rows(self, every: int = 5) -> list[dict[str, float]]:
        """Return the table as a list of dicts with units in the names; only the past while veiled."""
        own, then = self._rows(self._result, every), self._rows(self._pin.result, every) if self._pin else None
        renamed = [{_COLUMN.get(k, k): v for k, v in row.items()} for row in own]
        if then:
            for row, other in zip(renamed, then, strict=False):
                row.update({f"pinned_{_COLUMN.get(k, k)}": v for k, v in other.items() if k != "age"})
        return renamed

    def csv(self) -> str:
        """Return the table as CSV text."""
        rows, out = self.rows(), io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def to_text(self) -> str:
        """Return the whole lab as text: who, settings, reading, sentence and table."""
        if self._veiled:
            return repr(self)
        head = "  ".join(f"{title:>10}" for _, title in _TEXT_COLUMNS)
        rows = ["  ".join(f"{words.figure(row[name], d):>10}" for (name, _), d in zip(_TEXT_COLUMNS, _TEXT_DIGITS, strict=True))
                for row in self._rows(self._result, 5)]  # fmt: skip
        settings = [f"  {name} = {value}" for name, value in self.settings().items()]
        note = "A teaching model for an average person: not a diagnosis and not a plan of treatment."
        return "\n".join([repr(self), "", "Settings", *settings, "", head, *rows, "", note])

    def __repr__(self) -> str:
        who = self._who()
        if self._veiled:
            letters = zip(LETTERS, self.predict.choices, strict=False)
            asked = "; ".join(f"{letter} {text}" for letter, text in letters)
            return f"{self.title}\n{who}\n{self.predict.question}\n{asked}\n{CLOSED}"
        lines = [self.title, who, self._settings_line(), self._reading_line()]
        if self._pin:
            lines.append(f"Pinned ({self._pin.label.removeprefix('pinned: ')}): {self._pinned_line()}")
        return "\n".join([*lines, self.sentence])

    def _repr_mimebundle_(self, **kwargs):
        self._figure.widget.settle()
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)  # ipywidgets cuts it at 110 characters
        return bundle

    # one path for every change

    def _change(self, **changes):
        self._change_to(self._new_settings(changes))

    def _change_to(self, settings):
        result = self._compute(settings)  # may raise; nothing has changed until here
        self._settings, self._result = settings, result
        self._refresh()

    def _new_settings(self, changes):
        now, values = self._settings, dict(changes)
        if "preset" in values:
            name = choice(values.pop("preset"), "preset", self._presets)
            now = replace(self._home, si=now.si)
            values = {**self._presets[name], **values}
        if "person" in values:
            now = self._for_person(now, values.pop("person"))
        if "units" in values:
            now = replace(now, si=choice(values.pop("units"), "units", ("US", "SI")) == "SI")
        if "site" in values:
            now = replace(now, site=choice(values.pop("site"), "site", self._sites))
        if "scan_age" in values:
            why = "the scan lies inside the picture"
            age = number(values.pop("scan_age"), "scan age", "years", self._since, self._until, why)
            now = replace(now, scan_age=int(age) if age == int(age) else age)
        return replace(now, moved=self._moved(now, values))

    def _moved(self, now, values):
        only = values.pop("moved", None)
        names = [s.name for s in self._specs]
        moved = now.values
        if only is not None:
            moved = {}
            values = {name: value for name, value in values.items() if name in only}
        for name, value in values.items():
            choice(name, "slider of this lab", [*names, "person", "preset", "site", "scan_age", "units"])
            if value is None:
                moved.pop(name, None)
            else:
                moved[name] = rules.spec(name).check(value)
        return tuple((name, moved[name]) for name in names if name in moved)

    def _for_person(self, now, person):
        if isinstance(person, Person):
            key = person.name.lower() or "person"
            self._people[key] = person
            self._person_list()
        else:
            key = choice(person, "person", self._people)
        if key == now.person:
            return now
        return replace(now, person=key, moved=(), scan_age=self._scan_for(key, now.scan_age))

    def _compute(self, now):
        values, base = now.values, self._people[now.person]
        person = rules.person_of(base, values)
        first = self._start if self._start is not None else person.age
        start, stop = rules.span_of(values, first, self._stop)
        courses = rules.courses_of([s.name for s in self._specs], values, start, stop)
        natural = self._life(base, ())
        if person == base and not courses:
            return Result(person, natural, natural, start, stop)
        return Result(person, self._life(person, courses), natural, start, stop)

    def _life(self, person, courses):
        """Simulate, and remember the lives without courses: each is the reference of many others."""
        key = person, courses
        if key not in self._lives:
            self.recomputes += 1
            life = simulate(person, courses, self._until, ageing=self.ageing)
            self._lives = {k: v for k, v in self._lives.items() if not k[1]}
            self._lives[key] = life
        return self._lives[key]

    # what is shown

    def _refresh(self):
        self._error = ""
        view = self._view()
        self._figure.draw(self._picture(view), view)
        with self._silently():
            self._show_controls()
            self._show_text()
        self.revision += 1

    def _picture(self, view):
        now, pin = self._curves(self._result), self._curves(self._pin.result) if self._pin else None
        age = self._settings.scan_age
        if self._veiled:
            return fig.picture_of_the_past(now, self._veil(), view, age)
        data = fig.picture(now, pin, self._marks(), view)
        if self.predict is not None:
            levels = dict(self._levels())
            chosen = (self._chosen, levels[self._chosen]) if self._chosen in levels else None
            data |= fig.unveiled(chosen, self._home.scan_age, view)
        return data

    def _curves(self, result):
        site = self._settings.site
        if site not in result.curves:
            jumps = (result.start, result.stop) if result.life.courses else ()
            ages = reading.grid(self._since, self._until, jumps)
            result.curves[site] = reading.curves(result.life, ages, site, self._since, self._turnover)
        return result.curves[site]

    def _view(self):
        site, host = self._settings.site, self.host
        ranges = self._ranges.get(site) or self._first_ranges(site)
        shown = [self._curves(self._result)] + ([self._curves(self._pin.result)] if self._pin else [])
        step = 10 if site == "trabecular_spine" else fig.GROW["density"]
        for curves in shown:
            past = fig.cut(curves, self._result.start) if self._veiled else curves
            ranges = ranges.holding(past, step)
        self._ranges[site] = ranges
        k = 1.3 if host.large or host.larger else 1.0
        form = "column" if host.form == "column" else "wide"
        kind = "short" if host.short and form == "wide" else host.form
        height = (fig.VEILED_HEIGHTS if self._veiled else fig.HEIGHTS)[kind]
        return fig.View(site, self._since, self._until, ranges, host.dark, k, form, host.width, height)

    def _first_ranges(self, site):
        """Ranges that hold every person and preset of the lab, so that nothing rescales under the hand."""
        given = self._given_ranges.get("density")
        density = given.get(site) if isinstance(given, Mapping) else given
        ranges = fig.Ranges(
            tuple(self._given_ranges.get("turnover", fig.TURNOVER)),
            tuple(self._given_ranges.get("balance", fig.BALANCE)),
            tuple(density or fig.DENSITY[site]),
        )
        step = 10 if site == "trabecular_spine" else fig.GROW["density"]
        ages = reading.grid(self._since, self._until)
        for life in self._expected():
            ranges = ranges.holding(reading.curves(life, ages, site, self._since, self._turnover), step)
        return ranges

    def _expected(self):
        count = self.recomputes
        lives = [self._life(person, ()) for person in self._people.values()]
        for name in self._presets:
            lives.append(self._compute(self._new_settings({"preset": name})).life)
        self.recomputes = count
        return lives

    def _marks(self):
        result, now = self._result, self._settings
        held = bool(result.life.courses)
        named = [s for s in self._specs if s.name in now.values and s.kind not in ("person", "timing")]
        what = words.lower_first(named[0].label) if len(named) == 1 else "changes"
        span = f"from {words.age(result.start)}"
        if result.stop is not None:
            span += f" to {words.age(result.stop)}"
        return fig.Marks(
            now.scan_age,
            result.start if held else None,
            result.stop if held else None,
            f"{what} {span}" if held else "",
            self._short(now) or self._people[now.person].name or "now",
            self._pin.label if self._pin else "",
        )

    def _veil(self):
        return fig.Veiled(self._result.start, tuple(self._levels()), self._chosen)

    def _levels(self):
        if self._settings.site != self._home.site:
            return []
        pairs = zip(LETTERS, self.predict.choices, strict=False)
        return [(letter, c.level) for letter, c in pairs if getattr(c, "level", None) is not None]

    def _tiles(self, result=None):
        result = result or self._result
        return reading.tiles(result.life, self._settings.scan_age, self._settings.site, self._since)

    # words

    def _compose(self):
        room = 210 if not self._said else 225 - len(self._said)
        return compose(self._facts(), room)

    def _facts(self):
        now, result, site = self._settings, self._result, self._settings.site
        other = self._pin.result.life if self._pin else result.natural
        age, start, stop = now.scan_age, result.start, result.stop
        life, seen = result.life, min(now.scan_age, result.stop or now.scan_age)
        early = min(start + 1, self._until)
        res, form = reading.TURNOVER[self._turnover]
        end = min(start + 3, self._until)
        lag = reading.half_way(life, form, site, start, end) - reading.half_way(life, res, site, start, end)

        def three(name):
            return life.value(name, start, site), life.value(name, seen, site), other.value(name, seen, site)

        def change(name):
            return 100 * (life.value(name, age, site) / other.value(name, age, site) - 1)

        return Facts(
            who=self._introduction(), scan_age=age, start=start, stop=stop, site=site, moves=self._moves(),
            pinned=self._pin is not None,
            t_score=life.value("t_score", age, site), t_without=other.value("t_score", age, site),
            slope=reading.slope(life, age, site), slope_without=reading.slope(other, age, site),
            slope_at_start=reading.slope(result.natural, start, site),
            bmd_share_of_past=life.value("bmd", age, site) / life.value("bmd", self._since, site),
            resorption=three(res), formation=three(form), lag=lag,
            gap_early=life.value("formation", early, site) - life.value("resorption", early, site),
            bone_change=change("bone_volume"), mineral_change=change("mineral"),
            dip_months=reading.dip_months(life, other, site, start, self._until), levels=self._blood(other, seen),
        )  # fmt: skip

    def _blood(self, other, age):
        found = {}
        for name in ("testosterone", "estradiol"):
            spec, si = rules.spec(name), self._settings.si
            values = (spec.boxed(x.value(name, age), si) for x in (other, self._result.life))
            found[name] = (*values, words.shown_unit(spec.unit_in(si)))
        return found

    def _moves(self):
        values, natural = self._settings.values, self._natural_values()
        moves = []
        for spec in self._specs:
            if spec.name in values:
                value = values[spec.name]
                direction = (value > natural[spec.name]) - (value < natural[spec.name])
                text = spec.text(value, self._settings.si)
                if spec.kind == "timing":
                    text = text.replace(" years", "" if spec.name.endswith("_age") else " years")
                elif spec.name in ("menopause_age", "age"):
                    text = words.age(value)
                elif spec.name == "peak_bone_mass_sd":
                    text = f"{words.figure(value, 1, sign=True)} SD"
                moves.append(Move(spec.name, spec.kind, spec.label, text, direction))
        return tuple(moves)

    def _introduction(self):
        person = self._result.person
        name = person.name or ("She" if person.sex == "female" else "He")
        text = f"{name} is {words.age(person.age)}"
        if person.sex == "male":
            return f"{text}."
        if person.menopause_age is None or person.menopause_age > person.age:
            return f"{text} and still has periods."
        return f"{text}; her last period was at {words.age(person.menopause_age)}."

    def _who(self):
        return f"{self._result.person.describe()}."

    def _settings_line(self):
        moves = self._moves()
        if not moves:
            return "Nothing has been changed."
        span = self._marks().course
        when = f" ({span[span.index('from'):]})" if "from" in span else ""
        return f"Moved: {words.listed(f'{words.lower_first(m.label)} {m.value}' for m in moves)}{when}."

    def _reading_line(self, result=None):
        now = self._tiles(result)
        digits, unit = (0, "mg/cm³") if now["site"] == "trabecular_spine" else (3, "g/cm²")
        value, span, of_what = markup.risk(now, None)
        return (
            f"At {words.age(now['age'])}, {words.SITE[now['site']]}: BMD {words.figure(now['bmd'], digits)} ± "
            f"{words.figure(now['bmd_sd'], digits)} {unit}, T {words.figure(now['t_score'], 1)} ± "
            f"{words.figure(now['t_score_sd'], 1)} ({now['who_class'] or markup.CLASS_NOT_USED}), "
            f"CTX {words.figure(now['ctx'])} ± {words.percent(now['ctx_sd'])}, "
            f"P1NP {words.figure(now['p1np'])} ± {words.percent(now['p1np_sd'])}, "
            f"strength {words.figure(now['strength'])} ± {words.percent(now['strength_sd'])}, "
            f"fracture risk {value} ({span}) {of_what}."
        )

    def _pinned_line(self):
        now = self._tiles(self._pin.result)
        digits, unit = (0, "mg/cm³") if now["site"] == "trabecular_spine" else (3, "g/cm²")
        return f"BMD {words.figure(now['bmd'], digits)} {unit}, T {words.figure(now['t_score'], 1)}."

    def _short(self, settings):
        values = settings.values
        parts = []
        for spec in self._specs:
            if spec.name in values and spec.kind != "timing":
                shown = words.figure(spec.boxed(values[spec.name], settings.si), spec.decimals_in(settings.si))
                parts.append(f"{_SHORT.get(spec.name) or words.lower_first(spec.label)} {shown}")
        return f"{parts[0]} + {len(parts) - 1}" if len(parts) > 2 else ", ".join(parts)

    def _pin_label(self, settings):
        label = self._short(settings) or "no change"
        if settings.person != self._home.person:
            label = f"{self._people[settings.person].name}, {label}"
        return f"pinned: {label}"

    def _pinned_from(self, given):
        settings = self._new_settings({}) if given is True else self._new_settings(dict(given))
        return Pin(self._compute(settings), self._pin_label(settings), settings)

    # values of the handles

    def _natural_values(self):
        """Where each handle stands when it has not been touched."""
        result, values = self._result, {}
        for spec in self._specs:
            values[spec.name] = self._natural_value(spec, result)
        return values

    def _natural_value(self, spec, result):
        if spec.kind == "level":
            at = min(result.start + JUST_AFTER, self._until)
            return result.natural.value(spec.name, at)
        return self._default_of(spec, result)

    def _default_of(self, spec, result):
        base = self._people[self._settings.person]
        end = result.stop if result.stop is not None else self._until
        follows = {
            "age": base.age,
            "menopause_age": base.menopause_age or 51.0,
            "peak_bone_mass_sd": base.peak_bone_mass_sd,
            "start_age": result.start,
            "stop_age": end,
            "imbalance_years": end - result.start,
            "treatment_years": end - result.start,
        }
        return follows.get(spec.name, spec.default if spec.default is not None else spec.minimum)

    def _handle_values(self):
        """Where every handle stands: moved, or following nature and whatever else was moved."""
        result, moved = self._result, self._settings.values
        at = min(result.start + JUST_AFTER, self._until)
        values = {}
        for spec in self._specs:
            if spec.name in moved:
                values[spec.name] = moved[spec.name]
            elif spec.kind == "level":
                values[spec.name] = result.life.value(spec.name, at)
            else:
                values[spec.name] = self._default_of(spec, result)
        return values

    # the widgets

    def _build(self):
        self._sections = sections(self._specs, self._groups)
        self._rows_by_name = {row.spec.name: row for section in self._sections for row in section.rows}
        self._figure = fig.LabFigure(self._view(), self._veiled)
        card = w.HBox([self._build_rail(), self._build_stage()])
        card.add_class("ol-lab")
        self._after = _html("ol-after ol-hide")
        self.host.add_class("ol-hostview")
        self.host.veiled = self._veiled
        self.children = [self.host, card]
        self.add_class("ol-host")
        if self._veiled:
            self.add_class("ol-veiled")
        self._wire()

    def _build_rail(self):
        self._units = w.ToggleButtons(options=[("US units", False), ("SI", True)], value=False, button_style="")
        self._units.style.button_width = "auto"
        self._units.add_class("ol-units")
        if not any(spec.si_unit != spec.unit for spec in self._specs):
            self._units.add_class("ol-hide")
        top = w.HBox([_html("ol-label", "Person"), self._units])
        top.add_class("ol-rail-top")
        self._person = w.Dropdown()
        self._person.add_class("ol-person")
        self._person_list()
        groups = w.VBox(self._sections)
        groups.add_class("ol-groups")
        key = self._key()
        self._closed = _html("ol-closed", CLOSED)
        rail = w.VBox([top, self._person, groups, key, self._closed, self._build_buttons()])
        rail.add_class("ol-rail")
        return rail

    def _key(self):
        person, age = self._result.person, self._result.start
        marks = [row.names(person, age, False) for row in self._rows_by_name.values()]
        band = '<i></i>usual at this age' if any(m["low"] is not None for m in marks) else ""
        young = "<b></b>young adult" if any(m["young"] is not None for m in marks) else ""
        return _html("ol-key", band + young)

    def _build_buttons(self):
        self._pin_button = _button("Pin curve", "ol-fill", self._guarded(self._toggle_pin))
        reset = _button("Reset", "ol-plain", self._guarded(self.reset))
        self._table_button = _button("Table", "ol-plain", self._guarded(self._toggle_table))
        save = _button("Save", "ol-save-button", self._guarded(self._toggle_menu))
        items = [
            ("Picture (PNG)", self._save_picture),
            ("Table (CSV)", lambda: self.host.download("osteolab.csv", self.csv(), "text/csv")),
            ("Settings as text", lambda: self.host.download("osteolab.txt", self.to_text(), "text/plain")),
            ("Larger text", self._toggle_larger),
        ]
        menu = w.VBox([_button(text, "ol-item", self._guarded(self._from_menu(action))) for text, action in items])
        menu.add_class("ol-menu")
        self._save = w.Box([save, menu])
        self._save.add_class("ol-save")
        self._buttons = w.HBox([self._pin_button, reset, self._table_button, self._save])
        self._buttons.add_class("ol-buttons")
        return self._buttons

    def _build_stage(self):
        self._site = w.ToggleButtons(options=self._site_options(), value=self._home.site)
        self._site.style.button_width = "auto"
        self._site.add_class("ol-sites")
        self._scan_slider = w.FloatSlider(
            min=float(int(self._since)), max=float(int(self._until)), step=1, value=self._home.scan_age, readout=False
        )
        self._scan_slider.add_class("ol-scan-slider")
        self._scan_box = w.FloatText(value=self._home.scan_age, continuous_update=False)
        self._scan_box.add_class("ol-number")
        self._scan = w.HBox([_html("ol-label", "Scan at age"), self._scan_slider, self._scan_box])
        for kind in ("ol-scan", "ol-s-scan_age"):
            self._scan.add_class(kind)
        name = self._people[self._home.person].name
        self._upto = _html("ol-upto", f"{name}’s bone, up to today" if name else "The bone up to today")
        top = w.HBox([self._site, self._upto, self._scan])
        top.add_class("ol-top")
        self._figure_box = w.Box([self._figure.widget])
        self._figure_box.add_class("ol-figure")
        self._table = _html("ol-table ol-hide")
        self._readout = _html("ol-readout")
        stage = [top, self._figure_box, self._table, self._readout]
        self._ask = self._build_question() if self._veiled else None
        stage = w.VBox(stage + ([self._ask] if self._ask else []))
        stage.add_class("ol-stage")
        return stage

    def _build_question(self):
        letters = [f"{letter}\u2003{text}" for letter, text in zip(LETTERS, self.predict.choices, strict=False)]
        self._choices = w.RadioButtons(options=letters, value=None)
        self._choices.add_class("ol-choices")
        self._commit_button = _button("Commit my prediction", "ol-fill", self._guarded(lambda: self.commit(self._chosen)))
        self._commit_button.disabled = True
        unveil = _button("Teacher: unveil", "ol-link", self._guarded(self._unveil_by_teacher))
        last = w.HBox([self._commit_button, _html("ol-note", "You can change it until you commit."), unveil])
        last.add_class("ol-commit")
        self._choices.observe(self._guarded(self._choose), names="value")
        ask = w.VBox([_html("ol-question", f"Predict: {self.predict.question}"), self._choices, last])
        ask.add_class("ol-ask")
        return ask

    def _site_options(self, short=False):
        return [((SHORT_SITE if short else words.SITE_BUTTON)[site], site) for site in self._sites]

    def _person_list(self):
        if not hasattr(self, "_person"):
            return
        options = [(_capital(person.describe()), f"person:{key}") for key, person in self._people.items()]
        options += [(name, f"preset:{name}") for name in self._presets]
        with self._silently():
            self._person.options = options

    def _wire(self):
        for row in self._rows_by_name.values():
            row.slider.observe(self._from_slider(row), names="value")
            row.box.observe(self._from_box(row), names="value")
        self._units.observe(self._guarded(lambda: self.set(units="SI" if self._units.value else "US")), names="value")
        self._site.observe(self._guarded(lambda: self.set(site=self._site.value)), names="value")
        self._scan_slider.observe(self._guarded(lambda: self.set(scan_age=self._scan_slider.value)), names="value")
        self._scan_box.observe(self._guarded(lambda: self.set(scan_age=self._scan_box.value), self._scan), names="value")
        self._person.observe(self._guarded(self._choose_person), names="value")
        self.host.observe(self._guarded(self._fit), names=["dark", "form", "large", "short", "larger", "width"])

    def _from_slider(self, row):
        def dragged():
            if row.was_dragged():
                self.set(**{row.spec.name: row.slider.value})

        return self._guarded(dragged, row)

    def _from_box(self, row):
        def typed():
            self.set(**{row.spec.name: row.spec.unboxed(row.box.value, self._settings.si)})

        return self._guarded(typed, row)

    def _guarded(self, action: Callable[[], Any], row: w.Widget | None = None) -> Callable:
        """Return a callback that does nothing while the lab itself moves a handle, and shows every error."""

        def run(*_):
            if self._quiet:
                return
            try:
                action()
            except InputError as error:
                self._show_error(str(error), row)
            except Exception as error:  # a page has no console; the words must stand where the reader looks
                self._show_error(f"Something went wrong in the calculation ({type(error).__name__}: {error}).", row)

        return run

    def _silently(self):
        return _Silence(self)

    def _show_error(self, message, row=None):
        self._error = f"{message[0].upper()}{message[1:]}".rstrip(".") + "."
        if row is not None:
            row.add_class("ol-bad")
        self._readout.value = markup.error_html(self._error) + self._tiles_html()

    def _show_controls(self):
        now, result, si = self._settings, self._result, self._settings.si
        names = {}
        for name, value in self._handle_values().items():
            row = self._rows_by_name[name]
            row.show(value, si)
            row.describe(result.person, result.start, si)
            names[name] = row.names(result.person, result.start, si)
            _toggle(row, "ol-hide", name == "menopause_age" and result.person.sex == "male")
            for widget in (row.slider, row.box):
                widget.disabled = self._veiled
        self._units.value, self._site.value = si, now.site
        self._scan_slider.value = float(now.scan_age)
        self._scan_box.value = now.scan_age
        self._scan.remove_class("ol-bad")
        self._person.value = self._person_value()
        self._person.disabled = self._veiled
        self._pin_button.description = "Unpin" if self._pin else "Pin curve"
        scan = {"label": "Scan at age", "spoken": "years", "unit": "years", "about": "Age of the scan line in all three panels",
                "min": self._since, "max": self._until, "factor": 1.0, "decimals": 0, "young": None, "low": None, "high": None}  # fmt: skip
        named = {"lab": self.title, "question": self.predict.question if self._veiled else "", "sliders": names | {"scan_age": scan}}
        if named != self.host.names:
            self.host.names = named
        self._show_veil()

    def _person_value(self):
        now = self._settings
        for name in self._presets:
            if self._new_settings({"preset": name}) == now:
                return f"preset:{name}"
        return f"person:{now.person}"

    def _show_veil(self):
        veiled = self._veiled
        _toggle(self, "ol-veiled", veiled)
        for widget in (self._buttons, self._scan, self._readout):
            _toggle(widget, "ol-hide", veiled)
        for widget in (self._closed, self._upto):
            _toggle(widget, "ol-hide", not veiled)
        if self._ask:
            _toggle(self._ask, "ol-hide", not veiled)
        self.host.veiled = veiled

    def _show_text(self):
        if self._veiled:
            self._readout.value = self._table.value = ""
            return
        self._readout.value = markup.sentence_html(self._compose(), self._said) + self._tiles_html()
        if self._table_open:
            self._table.value = self._table_html()

    def _tiles_html(self):
        result, now = self._result, self._settings
        then = self._tiles(self._pin.result) if self._pin else None
        before = reading.tiles(result.life, result.start, now.site, self._since)
        return markup.tiles_html(self._tiles(), then, before, result.start, self._turnover)

    def _rows(self, result, every):
        ages = reading.table_ages(self._since, self._result.start if self._veiled else self._until, every)
        return reading.table(result.life, ages, self._settings.site, self._since)

    def _table_html(self):
        then = self._rows(self._pin.result, 5) if self._pin else None
        now = self._settings
        return markup.table_html(self._rows(self._result, 5), then, self._turnover, now.site, now.scan_age)

    # what the buttons do

    def _toggle_pin(self):
        self.unpin() if self._pin else self.pin()

    def _toggle_table(self):
        self._table_open = not self._table_open
        self._table_button.description = "Chart" if self._table_open else "Table"
        self._table.value = self._table_html() if self._table_open else ""
        _toggle(self._table, "ol-hide", not self._table_open)
        _toggle(self._figure_box, "ol-hide", self._table_open)
        if not self._table_open:
            self.host.send({"do": "resize"})

    def _toggle_menu(self):
        _toggle(self._save, "ol-open", "ol-open" not in self._save._dom_classes)

    def _from_menu(self, action):
        def run():
            self._save.remove_class("ol-open")
            action()

        return run

    def _save_picture(self):
        self.host.picture("osteolab.png", [self._who(), self.sentence, self._reading_line()])

    def _toggle_larger(self):
        self.host.larger = not self.host.larger

    def _fit(self):
        """Follow the page: theme, width, larger text."""
        short = self.host.form == "narrow"
        options = self._site_options(short)
        if tuple(options) != tuple(self._site.options):
            with self._silently():
                self._site.options = options
                self._site.value = self._settings.site
        view = self._view()
        self._figure.draw(self._picture(view), view)

    def _choose_person(self):
        kind, _, name = self._person.value.partition(":")
        self.set(**{kind: name}) if kind == "preset" else self._choose_natural(name)

    def _choose_natural(self, name):
        now = self._settings
        self._change_to(replace(now, person=name, moved=(), scan_age=self._scan_for(name, now.scan_age)))

    def _choose(self):
        if self._choices.value is None:
            return
        self._chosen = self._choices.value[0]
        self._commit_button.disabled = False
        view = self._view()
        self._figure.draw({"choices": fig.choices(self._veil(), self._home.scan_age, view)}, view)

    def _unveil_by_teacher(self):
        self._chosen = ""
        self.unveil()

    # small rules

    def _first_age(self):
        """The left edge of the picture: 45, or a round age before the first start."""
        start = self._start if self._start is not None else min(p.age for p in self._people.values())
        return 45.0 if start >= 47 else max(20.0, 5.0 * int((start - 5) / 5))

    def _scan_for(self, key, wanted):
        """The scan age asked for, or one after the start where there is something to see."""
        start = self._start if self._start is not None else self._people[key].age
        if wanted is not None and wanted > start:
            return wanted
        return min(65 if start <= 60 and start >= 45 else int(start) + 10, int(self._until))


class _Silence:
    """While it lasts, handles moved by the lab itself start no recompute."""

    def __init__(self, lab):
        self.lab = lab

    def __enter__(self):
        self.before, self.lab._quiet = self.lab._quiet, True

    def __exit__(self, *_):
        self.lab._quiet = self.before


_COLUMN = {
    "age": "age_years",
    "resorption": "resorption_percent",
    "formation": "formation_percent",
    "ctx": "ctx_percent",
    "p1np": "p1np_percent",
    "bone_balance": "balance_percent",
    "bmd": "bmd_g_cm2",
    "bmd_low": "bmd_low_g_cm2",
    "bmd_high": "bmd_high_g_cm2",
    "strength": "strength_percent",
}
_TEXT_COLUMNS = [
    ("age", "age"), ("ctx", "CTX %"), ("p1np", "P1NP %"), ("bone_balance", "balance %"), ("bmd", "BMD"),
    ("t_score", "T-score"), ("strength", "strength %"),
]  # fmt: skip
_TEXT_DIGITS = (0, 0, 0, 0, 3, 1, 0)
_SHORT = {
    "resorption_pace": "demolition",
    "formation_pace": "construction",
    "transdermal_estradiol": "patch",
    "menopause_age": "last period",
    "peak_bone_mass_sd": "peak",
}


def reading_sites():
    """Return the sites a lab can show."""
    return tuple(words.SITE)


def _people(first, others):
    found: dict[str, Person] = {}
    for person in (first, *others):
        if isinstance(person, Person):
            found.setdefault(person.name.lower() or "person", person)
        else:
            found.setdefault(person, Person.preset(person) if person in people_presets() else _unknown(person))
    return found


def _specs(names, groups):
    """Return the sliders asked for, those of the groups included, each once."""
    wanted = [*names, *(name for group in (groups or {}).values() for name in group)]
    if not wanted:
        raise InputError("a lab needs at least one slider")
    return [rules.spec(name) for name in dict.fromkeys(wanted)]


def _unknown(name):
    raise InputError(f"person is {name!r}; the calculator knows {', '.join(people_presets())}, or give a Person")


def _capital(text):
    return f"{text[:1].upper()}{text[1:]}"


def _html(classes: str, content: str = "") -> w.HTML:
    widget = w.HTML(content)
    for name in classes.split():
        widget.add_class(name)
    return widget


def _button(text: str, kind: str, action) -> w.Button:
    widget = w.Button(description=text)
    widget.add_class(kind)
    widget.on_click(action)
    return widget


def _toggle(widget, kind, on):
    if (kind in widget._dom_classes) != on:
        (widget.add_class if on else widget.remove_class)(kind)
