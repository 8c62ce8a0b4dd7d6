"""The lab: sliders left, three linked panels right, one sentence under them.

Any change takes one path: new settings, one recompute, one update of the figure in place, one sentence.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from osteolab import InputError, Life, Person, simulate
from osteolab.errors import choice, number
from osteolab.lab import figure as fig
from osteolab.lab import markup, reading, words
from osteolab.lab import sliders as rules
from osteolab.lab.base import LabCard, as_table
from osteolab.lab.host import LabHost
from osteolab.lab.screen import LETTERS, Actions, Screen
from osteolab.lab.state import Pin, Result, Settings, handle_values
from osteolab.lab.telling import Story, short, table_text
from osteolab.person import presets as ready_made_people

SITES = ("lumbar_spine", "total_hip", "femoral_neck")
LARGE = 1.3  # scale of everything on a projector
NOTE = "A teaching model for an average person: not a diagnosis and not a plan of treatment."


class RemodelingLab(LabCard):
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
        _send_at_once()
        self.title, self.ageing, self.predict, self.reveal = title, ageing, predict, dict(reveal or {})
        self._people, self._presets = _people(person, people), dict(presets or {})
        groups = {heading: tuple(names) for heading, names in groups.items()} if groups else None
        self._specs = _specs(sliders, groups)
        self._sites = tuple(choice(site, "site", words.SITE) for site in sites)
        self._start, self._stop = start, stop
        self._until = number(until, "until", "years of age", 21, 100, "the calculator follows adults up to 100")
        self._since = (
            self._first_age() if since is None else number(since, "since", "years of age", 20, self._until - 5)
        )
        self._turnover = (
            "pace" if any(s.kind == rules.MIX or s.name.endswith("_pace") for s in self._specs) else "markers"
        )
        self._lives: dict[Any, Life] = {}
        self._ranges: dict[str, fig.Ranges] = {}
        self._given_ranges = dict(ranges or {})
        self._pin: Pin | None = None
        self._veiled, self._chosen, self._said = predict is not None, "", ""
        self._error, self.recomputes = "", 0
        key = next(iter(self._people))
        self._home = Settings(key, (), self._sites[0], self._scan_for(key, scan_age))
        self._settings, self._result = self._home, self._compute(self._home)
        self.host = LabHost()
        self._figure = fig.LabFigure(self._view(), self._veiled)
        self.screen = self._screen(groups)
        super().__init__([self.host, self.screen.card])
        self.add_class("ol-host")
        self.host.add_class("ol-hostview")
        self.host.observe(self.screen.guarded(self._fit), names=["dark", "form", "large", "short", "larger", "width"])
        if pinned:
            kept = self._new_settings({} if pinned is True else dict(pinned))
            self._pin = Pin(self._compute(kept), self._pin_label(kept))
        self._refresh()

    def _screen(self, groups):
        asked = self.predict
        actions = Actions(
            move=lambda name, value: self._change(**{name: value}),
            units=lambda si: self._change(units="SI" if si else "US"),
            site=lambda site: self._change(site=site),
            scan=lambda age: self._change(scan_age=age),
            person=self._choose_person,
            pin=lambda: self.unpin() if self._pin else self.pin(),
            reset=self.reset,
            table=self._toggle_table,
            menu=self._save,
            choose=self._choose,
            commit=lambda: self.commit(self._chosen),
            unveil=self._unveil_by_teacher,
        )
        span = (float(int(self._since)), float(int(self._until)))
        question, choices = (asked.question, asked.choices) if asked else ("", ())
        return Screen(
            self._specs, groups, self._sites, span, self._figure.widget, self._list(), question, choices, actions,
            self._show_error,
        )  # fmt: skip

    # what a notebook or a test uses

    @property
    def life(self) -> Life:
        """The life on the screen."""
        return self._result.life

    @property
    def reading(self) -> dict:
        """The rounded numbers of the tiles and a few more; empty while the future is veiled."""
        return {} if self._veiled else self._story().tiles()

    @property
    def sentence(self) -> str:
        """The sentence under the picture, or the question while the future is veiled."""
        if self._veiled:
            return self.predict.question
        return f"{self._said} {self._story().sentence(self._said)}".strip()

    @property
    def unmeasured(self) -> bool:
        """Whether no adequate human trial measured the bone that is shown at the scan age."""
        return not self._veiled and self._story().unmeasured_at(self._settings.scan_age)

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
            count as moved, as in `settings()`; the others are freed).

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
        now, shown = self._settings, handle_values(self._specs, self._settings, self._result)
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
        self._pin = Pin(self._result, self._pin_label(self._settings))
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

    def unveil(self) -> RemodelingLab:
        """Show the future without a prediction (for the teacher)."""
        if self._veiled:
            self._veiled = False
            self._result.curves.clear()
            self._change(**self.reveal)
        return self

    def table(self, every: int = 5):
        """Return the curves by age, pinned values beside them, from the left edge to the right one.

        Returns
        -------
        pandas.DataFrame, or list of dict where pandas is not installed
        """
        return as_table(self.rows(every))

    def rows(self, every: int = 5) -> list[dict[str, float]]:
        """Return the table as a list of dicts with units in the names; only the past while veiled."""
        site = self._settings.site
        found = [{_column(k, site): v for k, v in row.items()} for row in self._rows(self._result, every)]
        if self._pin:
            for row, then in zip(found, self._rows(self._pin.result, every), strict=True):
                row.update({f"pinned_{_column(k, site)}": v for k, v in then.items() if k != "age"})
        return found

    def to_text(self) -> str:
        """Return the whole lab as text: who, settings, reading, sentence and table."""
        if self._veiled:
            return repr(self)
        settings = [f"  {name} = {value}" for name, value in self.settings().items()]
        table = table_text(self._rows(self._result, 5))
        return "\n".join([repr(self), self._story().between_people(), "", "Settings", *settings, "", *table, "", NOTE])

    def __repr__(self) -> str:
        if self._veiled:
            return self._question_text(f"{self._result.person.describe()}.")
        return "\n".join([self.title, *self._story().lines(), self.sentence])

    def _repr_mimebundle_(self, **kwargs):
        self._figure.widget.settle()
        return super()._repr_mimebundle_(**kwargs)

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
            now, values = replace(self._home, si=now.si), {**self._presets[name], **values}
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
        for name in values:
            choice(name, "slider of this lab", [*names, "person", "preset", "site", "scan_age", "units"])
        moved = now.values if only is None else {}
        for name, value in values.items():
            if only is None or name in only:
                moved[name] = None if value is None else rules.spec(name).check(value)
        return tuple((name, moved[name]) for name in names if moved.get(name) is not None)

    def _for_person(self, now, person):
        if isinstance(person, Person):
            key = person.name.lower() or "person"
            self._people[key] = person
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
        return Result(base, person, self._life(person, courses), self._life(base, ()), start, stop)

    def _life(self, person, courses):
        """Simulate; lives without courses are remembered, for each is the reference of many others."""
        key = person, courses
        if key not in self._lives:
            self.recomputes += 1
            life = simulate(person, courses, self._until, ageing=self.ageing)
            self._lives = {k: v for k, v in self._lives.items() if not k[1]} | {key: life}
        return self._lives[key]

    # the picture

    def _refresh(self):
        self._error = ""
        self._draw()
        self._show()
        self.revision += 1

    def _draw(self):
        view = self._view()
        self._figure.draw(self._picture(view), view)

    def _picture(self, view):
        now, pin = self._curves(self._result), self._curves(self._pin.result) if self._pin else None
        if self._veiled:
            veiled = fig.Veiled(self._result.start, tuple(self._levels().items()), self._chosen)
            return fig.picture_of_the_past(now, veiled, view, self._home.scan_age)
        data = fig.picture(now, pin, self._story().marks(), view)
        if self.predict is not None:
            level = self._levels().get(self._chosen)
            chosen = None if level is None else (self._chosen, level)
            data |= fig.unveiled(chosen, self._home.scan_age, view)
        return data

    def _curves(self, result):
        site = self._settings.site
        if site not in result.curves:
            jumps = (result.start, result.stop) if result.life.courses or self._veiled else ()
            ages = reading.grid(self._since, self._until, jumps)
            result.curves[site] = reading.curves(result.life, ages, site, self._since, self._turnover)
        return result.curves[site]

    def _view(self):
        host, site = self.host, self._settings.site
        k = LARGE if host.large or host.larger else 1.0
        form = "column" if host.form == "column" else "wide"
        kind = "short" if host.short and form == "wide" else host.form
        height = fig.HEIGHTS[kind] if not self._veiled else fig.veiled_height(kind, *self._asked_size())
        return fig.View(
            site, self._since, self._until, self._grown_ranges(site), host.dark, k, form, host.width, height
        )

    def _asked_size(self):
        return len(self.predict.question), len(self.predict.choices)

    def _grown_ranges(self, site):
        """Ranges that hold what is shown; they grow in steps and shrink only with Reset."""
        ranges = self._ranges.get(site) or self._first_ranges(site)
        now = self._curves(self._result)
        ranges = ranges.holding(fig.cut(now, self._result.start) if self._veiled else now, fig.density_step(site))
        if self._pin and not self._veiled:
            ranges = ranges.holding(self._curves(self._pin.result), fig.density_step(site))
        if not self._veiled and self._story().unmeasured:
            ranges = ranges.with_room(now, fig.density_step(site))
        self._ranges[site] = ranges
        return ranges

    def _first_ranges(self, site):
        """Ranges that hold every person and preset of the lab, so that nothing rescales under the hand."""
        given = self._given_ranges.get("density")
        density = given.get(site) if isinstance(given, Mapping) else given
        ranges = fig.Ranges(
            tuple(self._given_ranges.get("turnover", fig.TURNOVER)),
            tuple(self._given_ranges.get("balance", fig.BALANCE)),
            tuple(density or fig.DENSITY[site]),
        )
        ages = reading.grid(self._since, self._until)
        for life in self._expected():
            curves = reading.curves(life, ages, site, self._since, self._turnover)
            ranges = ranges.holding(curves, fig.density_step(site))
        return ranges

    def _expected(self):
        count = self.recomputes
        lives = [self._life(person, ()) for person in self._people.values()]
        lives += [self._compute(self._new_settings({"preset": name})).life for name in self._presets]
        self.recomputes = count
        return lives

    def _levels(self):
        """Return the densities of the choices by letter, where the prediction is about the site shown."""
        if self._settings.site != self._home.site:
            return {}
        pairs = zip(LETTERS, self.predict.choices, strict=False)
        return {letter: c.level for letter, c in pairs if getattr(c, "level", None) is not None}

    # the words and the controls

    def _story(self):
        return Story(self._specs, self._settings, self._result, self._pin, self._since, self._turnover)

    def _show(self):
        now, result, screen = self._settings, self._result, self.screen
        values = handle_values(self._specs, now, result)
        names = screen.show_sliders(values, result.person, result.start, now.si, self._veiled)
        screen.show_people(self._list(), self._listed())
        screen.show_scan(now.site, now.scan_age)
        screen.show_veil(
            self._veiled, f"{result.base.name or 'The bone'}{'’s bone' if result.base.name else ''}, up to today"
        )
        screen.pin.description = "Unpin" if self._pin else "Pin curve"
        (self.add_class if self._veiled else self.remove_class)("ol-veiled")
        self._name(names)
        story = self._story()
        if self._veiled:
            screen.readout.value = ""
        else:
            screen.readout.value = markup.sentence_html(story.sentence(self._said), self._said) + self._tiles_html(
                story
            )
        if screen.table_open:
            screen.show_table(self._table_html())

    def _name(self, names):
        """Tell the page the accessible names, if any has changed."""
        scan = {"label": "Scan at age", "spoken": "years", "unit": "years", "factor": 1.0, "decimals": 0}
        scan |= {"about": "Age of the scan line in all three panels", "min": self._since, "max": self._until}
        scan |= {"young": None, "low": None, "high": None}
        question = self.predict.question if self._veiled else ""
        told = {"lab": self.title, "question": question, "sliders": names | {"scan_age": scan}}
        if told != self.host.names:
            self.host.names = told

    def _print_error(self):
        self.screen.readout.value = markup.error_html(self._error) + self._tiles_html(self._story())

    def _tiles_html(self, story):
        if self._veiled:
            return ""
        result, then = self._result, story.tiles(self._pin.result) if self._pin else None
        before = reading.tiles(result.life, result.start, self._settings.site, self._since)
        return markup.tiles_html(story.tiles(), then, before, result.start, self._turnover, self.unmeasured)

    def _rows(self, result, every):
        ages = reading.table_ages(self._since, self._result.start if self._veiled else self._until, every)
        return reading.table(result.life, ages, self._settings.site, self._since)

    def _table_html(self):
        then = self._rows(self._pin.result, 5) if self._pin else None
        now, untried = self._settings, not self._veiled and self._story().unmeasured
        start = self._result.start if untried else None
        return markup.table_html(self._rows(self._result, 5), then, self._turnover, now.site, now.scan_age, start)

    def _pin_label(self, settings):
        label = short(self._specs, settings) or "no change"
        if settings.person != self._home.person:
            label = f"{self._people[settings.person].name}, {label}"
        return f"pinned: {label}"

    # what the page asks for

    def _list(self):
        people = [(words.capital(person.describe()), f"person:{key}") for key, person in self._people.items()]
        return people + [(name, f"preset:{name}") for name in self._presets]

    def _listed(self):
        matching = (name for name in self._presets if self._new_settings({"preset": name}) == self._settings)
        preset = next(matching, None)
        return f"preset:{preset}" if preset else f"person:{self._settings.person}"

    def _choose_person(self, chosen):
        kind, _, name = chosen.partition(":")
        if kind == "preset":
            self._change(preset=name)
        else:
            now = replace(self._settings, person=name, moved=())
            self._change_to(replace(now, scan_age=self._scan_for(name, now.scan_age)))

    def _choose(self, letter):
        self._chosen = letter
        self._draw()

    def _save_picture(self, name):
        story = self._story()
        self.host.picture(name, [story.lines()[0], self.sentence, story.reading_line()])

    def _fit(self):
        """Follow the page: theme, width, larger text."""
        self.screen.fit(self.host.form == "narrow", self.host.short)
        self._draw()

    # small rules

    def _first_age(self):
        """Return the left edge of the picture: 45, or a round age before the first start."""
        start = self._start if self._start is not None else min(p.age for p in self._people.values())
        return 45.0 if start >= 47 else max(20.0, 5.0 * int((start - 5) / 5))

    def _scan_for(self, key, wanted):
        """Return the scan age asked for, or one after the start where there is something to see."""
        start = self._start if self._start is not None else self._people[key].age
        if wanted is not None and wanted > start:
            return wanted
        return min(65 if 45 <= start <= 60 else int(start) + 10, int(self._until))


def _send_at_once():
    """Let the kernel's sending thread run within half a millisecond while the readings are still being computed."""
    sys.setswitchinterval(min(sys.getswitchinterval(), 0.0005))


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
    "people_sd": "people_sd_g_cm2",
    "strength": "strength_percent",
}


def _column(name, site):
    """Return the name of a column with its unit; the density of the inner spine is per volume."""
    full = _COLUMN.get(name, name)
    return full.replace("_g_cm2", "_mg_cm3") if site == "trabecular_spine" else full


def _people(first, others):
    """Return people by key, the first one first."""
    found: dict[str, Person] = {}
    for person in (first, *others):
        if isinstance(person, Person):
            found.setdefault(person.name.lower() or "person", person)
        else:
            name = choice(person, "person", ready_made_people(), "or give a Person")
            found.setdefault(name, Person.preset(name))
    return found


def _specs(names, groups):
    """Return the sliders asked for, those of the groups included, each once."""
    wanted = [*names, *(name for group in (groups or {}).values() for name in group)]
    if not wanted:
        raise InputError("a lab needs at least one slider")
    return [rules.spec(name) for name in dict.fromkeys(wanted)]
