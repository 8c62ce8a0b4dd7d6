"""The lattice lab: twins with the same bone, two rescues, and what becomes of plates and struts.

Any change takes one path: new settings, the two plans (stored, remembered or computed), one message to the page.
The page holds a frame for every age, so age and Play need no answer from the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from osteolab import Person, simulate
from osteolab.errors import InputError, choice, number
from osteolab.lab import lattice_plans as plans_of
from osteolab.lab import lattice_words as telling
from osteolab.lab import markup, words
from osteolab.lab import sliders as rules
from osteolab.lab.base import LabCard, as_table
from osteolab.lab.host import LabHost
from osteolab.lab.lattice_plans import BRAKES, NOTHING, RESCUES, WITH, Bone, Plan, Track
from osteolab.lab.lattice_screen import LatticeScreen
from osteolab.lab.lattice_view import LatticeView, empty_figure
from osteolab.lab.screen import Actions

PACE = "resorption_pace"
VIEWS = ("surface", "section")
NOTE = "A teaching model of one small piece of bone: not a diagnosis and not a plan of treatment."
KEPT = 12  # computed plans that are remembered
MENOPAUSE = 50.0
# Name in the readings, name in a Track's reading, decimals, factor.
READINGS = (
    ("density", "density", 0, 1),
    ("connections", "connections", 0, 1),
    ("strength", "strength", 0, 1),
    ("bv_tv", "bv_tv", 1, 100),
    ("tb_th", "tb_th_um", 0, 1),
    ("tb_n", "tb_n_per_mm", 2, 1),
    ("tb_sp", "tb_sp_um", 0, 1),
    ("conn_d", "conn_d_per_mm3", 1, 1),
    ("stiffness", "stiffness", 2, 1),
    ("perforated", "perforated", 0, 1),
    ("snapped", "snapped", 0, 1),
    ("resorption", "resorption", 0, 1),
    ("formation", "formation", 0, 1),
)


def usual_bone(**changes) -> Bone:
    """Return the bone the lab has if nothing else is asked for, with changes."""
    since = changes.get("since", Bone.__dataclass_fields__["since"].default)
    person = Person("female", since, menopause_age=changes.pop("menopause_age", MENOPAUSE))
    return Bone(person, **changes)


@dataclass(frozen=True)
class Settings:
    """All that a reader can set."""

    age: int
    plans: tuple[Plan, Plan]
    pace: float | None = None
    view: str = "surface"


class LatticeLab(LabCard):
    """Two pieces of trabecular bone side by side: the same bone, two rescues.

    Parameters
    ----------
    names : sequence of str
        What the twins are called.
    rescue : sequence of float
        Age at which the rescue of each begins, years.
    rescue_with : sequence of str
        "nothing", "brake" or "builder" for each.
    age : float
        Age shown first, years.
    since, until, step : int
        First and last age, and the years between two pictures.
    menopause_age : float
        Last period of both, years.
    size, seed, voxel_um : int, int, float
        Voxels along an edge, which piece of bone, and the edge of a voxel; see :class:`osteolab.lattice.Lattice`.
    brake : str
        "alendronate" (10 mg/day) or "transdermal_estradiol" (50 ug/day).
    resorption_pace : float, optional
        Demolition held at this pace between last period and rescue, percent of a young adult; None leaves it to nature.
    predict : Predict, optional
        A question; the page gets no picture later than the first rescue until the reader commits.
    reveal : dict, optional
        Settings applied when the future is shown.
    title : str

    Attributes
    ----------
    revision : int
        Rises by one after every change; observe it to follow the lab.
    recomputes : int
        How many plans were remodelled here; the usual ones are read from a file.

    Notes
    -----
    The slider for demolition is the course's control ``resorption_pace``: a hand on the osteoclasts of a real `Life`,
    from the last period until the rescue. It ends there, because a pace that is held would hide what a drug does to
    it; from the rescue on, hormones and drug decide. Untouched it shows the pace of nature, and nothing is held.

    Density is bone volume times mineral; connections and strength are described at
    :meth:`osteolab.lab.lattice_plans.Track.reading`. Where numpy is missing, the lab shows five plans computed
    beforehand (nothing; a brake or a builder at 52 or 62), and the sliders offer no more than these.

    Raises
    ------
    InputError
        From code, for anything that cannot be computed. In the page the same words stand in the status line.
    """

    file_name = "osteolab_lattice"
    names: tuple[str, str]

    def __init__(
        self,
        names: Sequence[str] = ("Anna", "Berta"),
        rescue: Sequence[float] = RESCUES,
        rescue_with: Sequence[str] = ("brake", "brake"),
        age: float = 72,
        since: int = 46,
        until: int = 80,
        step: int = 2,
        menopause_age: float = MENOPAUSE,
        size: int = 64,
        seed: int = 3,
        voxel_um: float = 33.0,
        brake: str = "alendronate",
        resorption_pace: float | None = None,
        predict: Any = None,
        reveal: Mapping[str, Any] | None = None,
        title: str = "The lost struts",
    ) -> None:
        self.title, self.predict, self.reveal = title, predict, dict(reveal or {})
        self.names = _two(names, "names")
        bone = {"since": _whole(since, "since", 20, 90), "until": _whole(until, "until", 30, 100)}
        if bone["until"] <= bone["since"]:
            raise InputError(f"until is {until} but since is {since}; the last age must be later than the first")
        bone |= {"step": _whole(step, "step", 1, 10), "size": size, "seed": seed, "voxel_um": voxel_um}
        self._bone = usual_bone(**bone, menopause_age=menopause_age, brake=choice(brake, "brake", BRAKES))
        self.missing, self.recomputes = plans_of.missing(), 0
        self._tracks: dict[tuple[Bone, Plan], Track] = {}
        kinds, ages = _two(rescue_with, "rescue_with"), _two(rescue, "rescue")
        pair = tuple(self._plan(Plan(), kind, when) for kind, when in zip(kinds, ages, strict=True))
        first = Settings(self._bone.since, pair)
        self._home = self._new_settings({"age": age, PACE: resorption_pace}, first)
        self._settings = self._home
        self._error, self._chosen, self._said, self._veiled = "", "", "", predict is not None
        self._shown = self._both(self._home)
        self.host, self.view, self.figure = LabHost(), LatticeView(), empty_figure()
        self.screen = self._screen()
        super().__init__([self.host, self.screen.card])
        for kind in ("ol-host", "ol-lattice"):
            self.add_class(kind)
        self.host.add_class("ol-hostview")
        self.host.observe(self._fit, names=["short"])
        self.view.observe(self.screen.guarded(lambda: self._change(age=self.view.age)), names="age")
        self._refresh()

    def _screen(self):
        asked = self.predict
        actions = Actions(
            move=lambda name, value: self._change(**{name: value}),
            units=_nothing, site=_nothing, scan=_nothing, person=_nothing, pin=_nothing,
            reset=self.reset,
            table=self._toggle_table,
            menu=self._save,
            choose=self._choose,
            commit=lambda: self.commit(self._chosen),
            unveil=self._unveil_by_teacher,
        )  # fmt: skip
        question, choices = (asked.question, asked.choices) if asked else ("", ())
        bone = self._bone
        who = f"{' and '.join(self.names)}, twins: the same bone at {bone.since}."
        last = bone.last_period
        who += f" Last period at {words.age(last)}." if last is not None else ""
        return LatticeScreen(
            self._specs(), self.names, who, self._closed_words(), self.figure, self.view, question, choices, actions,
            self._show_error,
        )  # fmt: skip

    def _specs(self):
        bone, closed = self._bone, bool(self.missing)
        low, high, step = (*RESCUES, RESCUES[1] - RESCUES[0]) if closed else (*self._rescue_span(), bone.step)
        pace = replace(
            rules.spec(PACE), minimum=100, maximum=300, lowest=100, highest=400, decimals=0,
            reason="less than a young adult is no menopause, more is outside what is seen in people",
            tooltip="How fast the osteoclasts work between the last period and the rescue in percent of a young adult; "
            "untouched it follows nature; from the rescue on hormones and drug decide",
        )  # fmt: skip
        rescue = replace(
            rules.spec("start_age"), label="Rescue at age", minimum=low, maximum=high, step=step, lowest=low,
            highest=high, tooltip=telling.rescue_words(bone), source="",
            reason=f"the bone is recorded every {bone.step} years from {bone.since}",
        )  # fmt: skip
        return [pace, replace(rescue, name="rescue_a"), replace(rescue, name="rescue_b")]

    def _closed_words(self):
        if not self.missing:
            return ""
        return f"This page has no {self.missing}, so it shows plans computed beforehand: a rescue at 52 or at 62."

    # what a notebook or a test uses

    @property
    def reading(self) -> dict:
        """The rounded measures of both twins at the age shown; empty while the future is veiled.

        For each name of READINGS one with ``_a`` and one with ``_b``, and `density_gap`, `strength_gap` (A minus B,
        percentage points).
        """
        if self._veiled:
            return {}
        found: dict[str, float] = {}
        for letter, track in zip("ab", self._shown, strict=True):
            row = track.reading(self._settings.age)
            for name, key, digits, factor in READINGS:
                found[f"{name}_{letter}"] = _rounded(row[key] * factor, digits)
        found["density_gap"] = found["density_a"] - found["density_b"]
        found["strength_gap"] = found["strength_a"] - found["strength_b"]
        return found

    @property
    def sentence(self) -> str:
        """The sentence under the picture, or the question while the future is veiled."""
        if self._veiled:
            return self.predict.question
        told = self._sentence(self._settings.age)
        return f"{self._prediction} {told.lead}{told.rest}".strip()

    @property
    def _prediction(self) -> str:
        """What was predicted, as long as the plans it was about are shown."""
        now, home = self._settings, self._home
        return self._said if (now.plans, now.pace) == (home.plans, home.pace) else ""

    @property
    def tracks(self) -> tuple[Track, Track]:
        """The two plans as shown: measures and voxels at every age."""
        return self._shown

    @property
    def lives(self) -> tuple:
        """The lives behind the two bones."""
        bone = self._held(self._settings)
        return tuple(simulate(bone.person, p.courses(bone), until=bone.until) for p in self._settings.plans)

    def set(self, **changes) -> LatticeLab:
        """Change settings: age, rescue_a, rescue_b, with_a, with_b, resorption_pace (None frees it), view, moved.

        Raises
        ------
        InputError
            The last valid picture stays.
        """
        self._change(**changes)
        return self

    def settings(self) -> dict:
        """Return every setting; `lab.set(**lab.settings())` gives the same picture again."""
        now = self._settings
        found: dict[str, Any] = {"age": now.age}
        for letter, plan in zip("ab", now.plans, strict=True):
            found |= {f"rescue_{letter}": plan.rescue, f"with_{letter}": plan.kind}
        found |= {PACE: self._pace_shown(), "view": now.view, "moved": [PACE] if now.pace is not None else []}
        return found

    def reset(self) -> LatticeLab:
        """Return to the plans, the age and the view of the start; both bones are seen from where they were."""
        self.view.turn_back()
        self._change_to(self._home)
        return self

    def unveil(self) -> LatticeLab:
        """Show the future without a prediction (for the teacher)."""
        if self._veiled:
            self._veiled = False
            self._change_to(self._new_settings({"age": self._home.age} | self.reveal, self._settings), fresh=True)
        return self

    def table(self):
        """Return the measures of both twins at every age: a pandas DataFrame, or a list of dict without pandas."""
        return as_table(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """Return the table as a list of dicts with units in the names; only the past while veiled."""
        return [row for row in telling.csv_rows(self._shown) if row["age_years"] <= self._last_age()]

    def to_text(self) -> str:
        """Return the whole lab as text: settings, readings, sentence and the table of measures."""
        if self._veiled:
            return repr(self)
        settings = [f"  {name} = {value}" for name, value in self.settings().items()]
        heads = ["measure", "unit", "published young", "published old", str(self._bone.since), *self.names]
        rows = [heads, *telling.table_rows(self._bone, self.names, self._shown, self._settings.age)]
        table = ["  " + " | ".join(cell or "-" for cell in row) for row in rows]
        return "\n".join([repr(self), "", "Settings", *settings, "", "Measures", *table, "", NOTE])

    def __repr__(self) -> str:
        who = "; ".join(f"{n}: {telling.title(p)}" for n, p in zip(self.names, self._settings.plans, strict=True))
        if self._veiled:
            return self._question_text(f"{who}.")
        r, parts = self.reading, []
        for name in ("density", "connections", "strength"):
            parts.append(f"{name} {words.percent(r[name + '_a'])} and {words.percent(r[name + '_b'])}")
        line = f"At {self._settings.age}, in percent of age {self._bone.since}: {', '.join(parts)}."
        return "\n".join([self.title, f"{who}.", line, self.sentence])

    def _repr_mimebundle_(self, **kwargs):
        self.figure.settle()
        return super()._repr_mimebundle_(**kwargs)

    # one path for every change

    def _change(self, **changes):
        self._change_to(self._new_settings(changes, self._settings))

    def _change_to(self, settings, fresh=False):
        shown = self._both(settings)  # may raise; nothing has changed until here
        only_age = replace(settings, age=self._settings.age) == self._settings and not (self._error or fresh)
        self._settings, self._shown = settings, shown
        self._refresh(only_age)

    def _new_settings(self, changes, now):
        values, pair = dict(changes), list(now.plans)
        moved = values.pop("moved", None)
        known = ("age", "rescue_a", "rescue_b", "with_a", "with_b", PACE, "view")
        for name in values:
            choice(name, "setting of this lab", [*known, "moved"])
        for i, letter in enumerate("ab"):
            kind, when = values.get(f"with_{letter}"), values.get(f"rescue_{letter}")
            if kind is not None or when is not None:
                pair[i] = self._plan(pair[i], kind, when)
        new = replace(now, plans=tuple(pair))
        if "age" in values:
            new = replace(new, age=self._on_record(values["age"]))
        if "view" in values:
            new = replace(new, view=choice(values["view"], "view", VIEWS))
        if PACE in values:
            held = values[PACE] if moved is None or PACE in moved else None
            new = replace(new, pace=None if held is None else self._checked_pace(held))
        return new

    def _on_record(self, age):
        bone = self._bone
        age = number(age, "age", "years", bone.since, bone.until, "the ages of the picture")
        return min(bone.ages, key=lambda one: abs(one - age))

    def _rescue_span(self):
        return self._bone.ages[1], self._bone.ages[-2]

    def _plan(self, plan, kind, when):
        kind = plan.kind if kind is None else choice(kind, "rescue with", WITH)
        if when is None:
            return replace(plan, kind=kind)
        low, high = self._rescue_span()
        when = number(when, "rescue", "years", low, high, "it begins between the first picture and the last")
        if when not in self._bone.ages:
            raise InputError(
                f"the rescue is at {when:g} years; it can begin every {self._bone.step} years from {low}, where the "
                "bone is recorded"
            )
        return Plan(kind, int(when))

    def _checked_pace(self, pace):
        if self.missing:
            raise InputError(f"demolition cannot be moved here, because {self.missing} is not installed")
        return number(pace, "demolition pace", "%", 100, 400, "less than a young adult is no menopause")

    # the plans

    def _held(self, settings):
        return replace(self._bone, resorption_pace=settings.pace)

    def _both(self, settings):
        return tuple(self._track(self._held(settings), plan, i) for i, plan in enumerate(settings.plans))

    def _track(self, bone, plan, place):
        if plan.kind == NOTHING:
            plan = Plan(NOTHING)
        if (bone, plan) not in self._tracks:
            found = plans_of.stored(bone, plan)
            if found is None:
                found = self._computed(bone, plan, place)
            while len(self._tracks) >= KEPT:
                self._tracks.pop(next(iter(self._tracks)))
            self._tracks[bone, plan] = found
        return self._tracks[bone, plan]

    def _computed(self, bone, plan, place):
        self.recomputes += 1
        if self.missing:
            raise InputError(self._closed_words().rstrip("."))
        view = getattr(self, "view", None)
        try:
            return plans_of.compute(bone, plan, lambda share: self._show_progress(view, share))
        finally:
            if view is not None:
                view.progress = -1.0

    def _show_progress(self, view, share):
        if view is not None and abs(share - view.progress) >= 0.01:
            view.progress = round(share, 2)

    # the picture and the words

    def _last_age(self):
        if not self._veiled:
            return self._bone.until
        return min(telling.first_rescue(self._bone, self._settings.plans), self._bone.ages[-2])

    def _sentence(self, age):
        return telling.sentence(self._bone, self.names, self._settings.plans, self._shown, age)

    def _refresh(self, only_age=False):
        self._error = ""
        if not only_age:
            self._tell()
        with self.screen:
            self.view.age = float(min(self._settings.age, self._last_age()))
        self._show()
        self.revision += 1

    def _tell(self):
        """Send the page all it needs for every age, and nothing later while the future is veiled."""
        last, view = self._last_age(), self.view
        ages = [age for age in self._bone.ages if age <= last]
        readings = [[track.reading(age) for age in ages] for track in self._shown]
        bars = [[[round(row[n]) for n in ("density", "connections", "strength")] for row in rows] for rows in readings]
        cut = [[[row["perforated"], row["snapped"]] for row in rows] for rows in readings]
        told = [] if self._veiled else [markup.sentence_html(self._sentence(age), self._prediction) for age in ages]
        plans = zip(self.names, self._settings.plans, strict=True)
        titles = [f"{name}, {'twin' if self._veiled else telling.title(plan)}" for name, plan in plans]
        packs = [track.until(last) if self._veiled else track.pack for track in self._shown]
        with view.hold_sync():
            view.frames = {
                "ages": ages, "size": self._bone.size, "titles": titles, "bars": bars, "cut": cut,
                "sentences": told, "base": self._bone.since, "unit": telling.bars_title(self._bone),
            }  # fmt: skip
            view.pack_a, view.pack_b = packs
            view.view = self._settings.view

    def _pace_shown(self):
        if self._settings.pace is not None:
            return round(self._settings.pace)
        return _natural_pace(self._bone)

    def _show(self):
        now, screen = self._settings, self.screen
        values = {PACE: self._pace_shown(), "rescue_a": now.plans[0].rescue, "rescue_b": now.plans[1].rescue}
        names = screen.show(values, now, self._bone.person, self._veiled)
        (self.add_class if self._veiled else self.remove_class)("ol-veiled")
        question = self.predict.question if self._veiled else ""
        told = {
            "lab": self.title, "question": question, "sliders": names,
            "figure": "Two pieces of bone in three dimensions; the text below says the same",
            "groups": {"ol-with-a": f"Rescue {self.names[0]} with", "ol-with-b": f"Rescue {self.names[1]} with",
                       "ol-views": "Surface or cross-section"},
        }  # fmt: skip
        if told != self.host.names:
            self.host.names = told
        if screen.table_open:
            screen.show_table(self._table_html())

    def _table_html(self):
        age = min(self._settings.age, self._last_age())
        return telling.table_html(self._bone, self.names, self._shown, age)

    def _print_error(self):
        told = markup.error_html(self._error)
        self.view.frames = self.view.frames | {"sentences": [told] * len(self.view.frames["ages"])}

    def _save_picture(self, name):
        self.view.picture(name, [*repr(self).split("\n")[1:3], self.sentence])

    def _choose(self, letter):
        self._chosen = letter

    def _fit(self, _change=None):
        self.screen.fit(False, self.host.short)


def _nothing(*_):
    """Do nothing: this lab has no such control."""


@cache
def _natural_pace(bone):
    """Return the pace of the osteoclasts three years after the last period, percent of a young adult."""
    last = bone.last_period
    life = simulate(bone.person, (), until=bone.until)
    age = min(bone.until, (bone.since if last is None else last) + 3)
    return round(100 * life.value("osteoclasts", age))


def _rounded(value, digits):
    found = round(float(value), digits) + 0.0
    return int(found) if digits == 0 else found


def _two(values, name):
    if isinstance(values, str) or len(tuple(values)) != 2:
        raise InputError(f"{name} is {values!r}; two are needed, one for each twin")
    return tuple(values)


def _whole(value, name, low, high):
    value = number(value, name, "years", low, high)
    if value != int(value):
        raise InputError(f"{name} is {value:g}; whole years are needed")
    return int(value)
