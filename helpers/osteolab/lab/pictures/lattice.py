"""Two pieces of trabecular bone side by side: the same bone, two rescues, and what becomes of plates and struts.

The page holds a frame for every age, so age and Play need no answer from the kernel; it is only told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import ipywidgets as w

from osteolab.errors import InputError, choice, listed, number, shown, text
from osteolab.kept import Kept
from osteolab.lab import sliders as rules
from osteolab.lab.card.parts import classed
from osteolab.lab.card.rail import SwitchRow
from osteolab.lab.pictures import lattice_words as telling
from osteolab.lab.pictures.lattice_edit import TwinsEditor, checked_pace, on_record, recorded_span
from osteolab.lab.pictures.lattice_view import LatticeView, empty_figure
from osteolab.lab.pictures.picture import Screen, Told
from osteolab.lab.pictures.picture import Shows as Picture
from osteolab.lab.predict import ModelSays
from osteolab.lab.shown import Result, Shown
from osteolab.lab.sliders import SwitchSpec
from osteolab.lab.words import numbers, tiles
from osteolab.lab.words.markup import Html
from osteolab.lab.words.sentence import Sentence
from osteolab.life import Life
from osteolab.person import LONGEST_NAME
from osteolab.plan import Plan, Scenario
from osteolab.quantities import quantity
from osteolab.rescue import (
    BRAKES,
    MENOPAUSE,
    NOTHING,
    PACE,
    RESCUES,
    WITH,
    Fate,
    Rescue,
    compute,
    missing,
    rescue_of,
    stored,
    usual_bone,
)

VIEWS = (("Surface", "surface"), ("Cross-section", "section"))
KEPT_TRACKS = 12


class Shows(Picture):
    """Twins with the same piece of bone, and the rescue of each.

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

    Notes
    -----
    The slider for demolition is the course's control ``resorption_pace``: a hand on the osteoclasts of a real `Life`,
    from the last period until the rescue. It ends there, because a pace that is held would hide what a drug does to
    it; from the rescue on, hormones and drug decide. Untouched it shows the pace of nature, and nothing is held.

    Density is bone volume times mineral; connections and strength are described at
    :meth:`osteolab.rescue.Fate.reading`. Where numpy is missing, the lab shows five rescues
    computed beforehand (nothing; a brake or a builder at 52 or 62): the sliders offer no more than these, and that of
    demolition is left out.
    """

    own = (
        "names", "rescue", "rescue_with", "age", "since", "until", "step", "menopause_age", "size", "seed",
        "voxel_um", "brake", PACE,
    )  # fmt: skip
    title, kind, file_name = "The lost struts", "ol-lattice", "osteolab_lattice"
    figure_name = "Two pieces of bone in three dimensions; the text below says the same"
    note = "A teaching model of one small piece of bone: not a diagnosis and not a plan of treatment."
    tells = pins = compares = switches_units = False
    editor: TwinsEditor
    names: tuple[str, str]
    recomputes: int

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
        seed: int = 2,
        voxel_um: float = 33.0,
        brake: str = "alendronate",
        resorption_pace: float | None = None,
    ) -> None:
        first, second = (text(name, "name of a twin", LONGEST_NAME) for name in _two(names, "names"))
        self.names = first, second
        span = {"since": _whole(since, "since", 20, 90), "until": _whole(until, "until", 30, 100)}
        if span["until"] <= span["since"]:
            raise InputError(f"until is {until} but since is {since}; the last age must be later than the first")
        piece = {"step": _whole(step, "step", 1, 10), "size": size, "seed": seed, "voxel_um": voxel_um}
        self.bone = usual_bone(**span, **piece, menopause_age=menopause_age, brake=choice(brake, "brake", BRAKES))
        self.missing, self.recomputes = missing(), 0
        self.who, self.closed = self._said_who(), self._said_closed()
        self._first = tuple(zip(_two(rescue_with, "rescue_with"), _two(rescue, "rescue"), strict=True))
        self._age, self._pace = age, resorption_pace
        self._tracks: Kept[Fate] = Kept(KEPT_TRACKS)
        self.view, self.figure, self._moving = LatticeView(), empty_figure(), False
        self.view.add_class("ol-latview")
        self._views = SwitchRow("view", "", VIEWS)
        self._views.add_class("ol-views")
        self.widgets = (self.view, self._views, classed(w.Box([self.figure]), "ol-figure"))
        self.view.observe(self._aged, names="age")
        self._views.buttons.observe(self._viewed, names="value")

    # what the lab is made of

    def _said_who(self) -> str:
        """Return who the twins are."""
        bone, last = self.bone, self.bone.last_period
        said = f"{' and '.join(self.names)}, twins: the same bone at {bone.since}."
        return said if last is None else f"{said} Last period at {numbers.age(last)}."

    def _said_closed(self) -> str:
        """Return why the sliders offer so little, if so."""
        if not self.missing:
            return ""
        ages = " or from ".join(map(str, RESCUES))
        return f"Plans computed beforehand: a drug from {ages}. JupyterLab has other ages, and a slider for demolition."

    def brings(self) -> dict[str, Any]:
        """Return the twins as plans, and the edges of the picture."""
        bone = self.bone
        rescues = tuple(Rescue(choice(kind, "drug", WITH), on_record(bone, when)) for kind, when in self._first)
        pace = None if self._pace is None else checked_pace(self._pace, self.missing)
        held = replace(bone, resorption_pace=pace)
        plans = tuple(Plan(name, bone.person, one.courses(held)) for name, one in zip(self.names, rescues, strict=True))
        settings: dict[str, Any] = {f"rescue_{letter}": one.age for letter, one in zip("ab", rescues, strict=True)}
        settings |= {"view": VIEWS[0][1]} | ({} if pace is None else {PACE: pace})
        shown = number(self._age, "age", "years", bone.since, bone.until, "the ages of the picture")
        return {
            "person": bone.person, "people": (), "plans": plans, "sliders": (), "settings": settings,
            "since": bone.since, "until": bone.until, "scan_age": min(bone.ages, key=lambda one: abs(one - shown)),
        }  # fmt: skip

    def controls(self) -> list[Any]:
        """Return the sliders: demolition where a new pace can be computed, and the rescue of each twin."""
        bone, closed = self.bone, bool(self.missing)
        low, high, step = (*RESCUES, RESCUES[1] - RESCUES[0]) if closed else (*recorded_span(bone), bone.step)
        pace = replace(
            rules.spec(PACE), minimum=100, maximum=300, lowest=100, highest=400, decimals=0, group="Bone", live=False,
            reason="less than a young adult is no menopause, more is outside what is seen in people",
            tooltip="How fast the osteoclasts work between the last period and the drug in percent of a young adult; "
            "untouched it follows nature; once the drug begins, hormones and drug decide",
        )  # fmt: skip
        rescue = replace(
            rules.spec("start_age"), label="Drug from age", minimum=low, maximum=high, step=step, lowest=low,
            highest=high, tooltip=telling.rescue_words(bone), source="", live=False,
            reason=f"the bone is recorded every {bone.step} years from {bone.since}",
        )  # fmt: skip
        a, b = (f"Plan {letter}: {name}" for letter, name in zip("AB", self.names, strict=True))
        rescues = [replace(rescue, name="rescue_a", group=a), replace(rescue, name="rescue_b", group=b)]
        return rescues if closed else [pace, *rescues]

    def switches(self) -> list[Any]:
        """Return the switches: what each twin is rescued with, and how the bone is looked at."""
        options = tuple((telling.BUTTONS[kind], kind) for kind in WITH)
        found = []
        for letter, name in zip("AB", self.names, strict=True):
            group, spoken = f"Plan {letter}: {name}", f"Drug of {name}"
            found.append(SwitchSpec(f"with_{letter.lower()}", "with", group, spoken, options))
        return [*found, SwitchSpec("view", "", "", "Surface or cross-section", VIEWS)]

    def rail(self, specs: Sequence[Any]) -> list[Any]:
        """Return each slider, and the switch of its twin under it."""
        return sorted([*specs, *self.switches()[:2]], key=lambda row: row.group)

    def make_editor(self, *arguments: Any) -> TwinsEditor:
        """Return what moves the twins' rescues."""
        return TwinsEditor(self.bone, self.missing, *arguments)

    def prepare(self, plan: Plan, life: Life) -> Fate:
        """Return what became of the bone of a twin: remembered, stored, or remodelled now."""
        rescue, pace = rescue_of(self.bone, plan)
        bone = replace(self.bone, resorption_pace=pace)
        rescue = Rescue(NOTHING) if rescue.kind == NOTHING else rescue
        return self._tracks.get((bone, rescue), lambda: stored(bone, rescue) or self._computed(bone, rescue))

    def _computed(self, bone, rescue):
        self.recomputes += 1
        if self.missing:
            raise InputError(self.closed.rstrip("."))
        try:
            return compute(bone, rescue, self._progress)
        finally:
            self.view.progress = -1.0

    def _progress(self, share):
        if abs(share - self.view.progress) >= 0.01:
            self.view.progress = round(share, 2)

    # what the page moves

    def _aged(self, _change):
        if not self._moving:
            self.change(age=self.view.age)

    def _viewed(self, _change):
        if not self._moving:
            self.change(view=self._views.buttons.value)

    # one state

    def compose(self, shown: Shown, screen: Screen, said: str) -> Told:
        """Return all the page needs for every age, and nothing later while the future is veiled."""
        last, tracks = self._last_age(shown), self.tracks(shown)
        ages = [age for age in self.bone.ages if age <= last]
        readings = [[track.reading(age) for age in ages] for track in tracks]
        bars = [[[round(row[name]) for name in telling.BARS] for row in rows] for rows in readings]
        cut = [[[row["perforated"], row["snapped"]] for row in rows] for rows in readings]
        told = [] if shown.veiled else [self._sentence_at(shown, age, said) for age in ages]
        twins = zip(self.names, self.editor.rescues(shown.scenario), strict=True)
        frames = {
            "ages": ages, "size": self.bone.size, "bars": bars, "cut": cut, "sentences": [str(one) for one in told],
            "titles": [f"{name}, {'twin' if shown.veiled else telling.title(one)}" for name, one in twins],
            "base": self.bone.since, "unit": telling.bars_title(self.bone),
        }  # fmt: skip
        packs = tuple(self._pack(result, last) if shown.veiled else result.extra.pack for result in shown.results)
        view, age = shown.scenario.setting("view", VIEWS[0][1]), float(min(shown.scenario.scan_age, last))
        return Told({"frames": frames, "packs": packs, "view": view, "age": age})

    def _pack(self, result, last):
        """Return the voxels up to an age; packing them takes longer than all else."""
        if last not in result.drawn:
            result.drawn[last] = result.extra.until(last)
        return result.drawn[last]

    def send(self, told: Told) -> None:
        """Hand the frames to the page."""
        drawing, view = told.drawing, self.view
        self._moving = True
        try:
            with view.hold_sync():
                view.frames = drawing["frames"]
                view.pack_a, view.pack_b = drawing["packs"]
                view.view = drawing["view"]
            view.age = drawing["age"]
            self._views.show(drawing["view"], False)
        finally:
            self._moving = False

    def show_error(self, told: Html) -> None:
        """Say what cannot be done, at every age."""
        self.view.frames = self.view.frames | {"sentences": [str(told)] * len(self.view.frames["ages"])}

    def tracks(self, shown: Shown) -> tuple[Fate, Fate]:
        """Return measures and voxels of both twins at every age."""
        a, b = (result.extra for result in shown.results)
        return a, b

    def _last_age(self, shown):
        if not shown.veiled:
            return self.bone.until
        return min(telling.first_rescue(self.bone, self.editor.rescues(shown.scenario)), self.bone.ages[-2])

    def _sentence(self, shown, age):
        return telling.sentence(self.bone, self.names, self.editor.rescues(shown.scenario), self.tracks(shown), age)

    def _sentence_at(self, shown, age, said):
        """Return the sentence of an age; what was predicted stands only at the age that it was about."""
        return tiles.sentence_html(self._sentence(shown, age), said if age == shown.scenario.scan_age else "")

    # what is said

    def sentence(self, shown: Shown, said: str = "") -> Sentence:
        """Return what has happened by the age shown, and why."""
        return self._sentence(shown, shown.scenario.scan_age)

    def about(self, shown: Shown, revealed: Scenario) -> bool:
        """Say whether the rescues and the age are shown that the prediction is about."""
        now = shown.scenario
        rescues = (now.plans, now.setting(PACE)) == (revealed.plans, revealed.setting(PACE))
        return rescues and now.scan_age == revealed.scan_age

    def found(self, asked: Any, shown: Shown) -> ModelSays | None:
        """Return what the model says to a question with choices; `shown` is what it is about."""
        if not asked.measure:
            return None
        choice(asked.measure, "measure", ("lost_connections",))
        read = self.reading(shown)
        lost_a, lost_b = (100 - read[f"connections_{twin}"] for twin in "ab")
        times = lost_b / lost_a if lost_a else float("inf")
        (one, other), age = self.names, numbers.age(shown.scenario.scan_age)
        lost = f"{one} has lost {lost_a} of 100 connections and {other} {lost_b}"
        return ModelSays(times, f"At {age}, in the model, {lost}: {numbers.printed(times, 1)} times as many.")

    def reading(self, shown: Shown) -> dict[str, Any]:
        """Return the rounded measures of both twins at the age shown.

        For each of `lattice_words.READINGS` one with ``_a`` and one with ``_b``, and `density_gap`, `strength_gap` (A
        minus B, percentage points).
        """
        found: dict[str, float] = {}
        for letter, track in zip("ab", self.tracks(shown), strict=True):
            row = track.reading(shown.scenario.scan_age)
            for name in telling.READINGS:
                of = quantity(name, "lattice")
                value = of.rounded(telling.value_of(row, name))
                found[f"{name}_{letter}"] = value if of.decimals else int(value)
        for name in ("density", "strength"):
            found[f"{name}_gap"] = found[f"{name}_a"] - found[f"{name}_b"]
        return found

    def unmeasured(self, shown: Shown) -> bool:
        """Say that every rescue here was tried in people."""
        return False

    def label(self, shown: Shown, result: Result) -> str:
        """Return the name of a twin."""
        return result.plan.label

    def _who_line(self, shown):
        twins = zip(self.names, self.editor.rescues(shown.scenario), strict=True)
        return f"{'; '.join(f'{name}: {telling.title(one)}' for name, one in twins)}."

    veiled_line = _who_line

    def lines(self, shown: Shown) -> list[str]:
        """Return the twins' rescues, and density, connections and strength of both."""
        read, parts = self.reading(shown), []
        for name in telling.BARS:
            parts.append(f"{name} {numbers.percent(read[f'{name}_a'])} and {numbers.percent(read[f'{name}_b'])}")
        age = numbers.age(shown.scenario.scan_age)
        return [self._who_line(shown), f"At {age}, in percent of age {self.bone.since}: {', '.join(parts)}."]

    def more_lines(self, shown: Shown) -> list[str]:
        """Return nothing more: people differ in everything here."""
        return []

    def table_lines(self, shown: Shown) -> list[str]:
        """Return the table of measures as lines of text."""
        heads = ["measure", "unit", "published young", "published old", str(self.bone.since), *self.names]
        rows = [heads, *telling.table_rows(self.bone, self.tracks(shown), shown.scenario.scan_age)]
        return ["", "Measures", *("  " + " | ".join(cell or "-" for cell in row) for row in rows)]

    def rows(self, shown: Shown, every: int) -> list[dict[str, Any]]:
        """Return one row for each twin and age with units in the names; only the past while veiled."""
        last = self._last_age(shown)
        return [row for row in telling.csv_rows(self.tracks(shown)) if row["age_years"] <= last]

    def table_html(self, shown: Shown) -> Html:
        """Return the table of measures, published values beside them."""
        age = min(shown.scenario.scan_age, self._last_age(shown))
        return telling.table_html(self.bone, self.names, self.tracks(shown), age)

    def caption(self, shown: Shown, said: str) -> list[str]:
        """Return the lines under a saved picture."""
        return [*self.lines(shown), f"{said} {self.sentence(shown)}".strip()]

    def save_picture(self, ask: Callable[..., None], name: str, lines: list[str]) -> None:
        """Let the page save both pieces as a picture."""
        self.view.picture(name, lines)

    def hidden_rows(self, shown: Shown) -> list[str]:
        """Return nothing: every row concerns both."""
        return []

    @contextmanager
    def afresh(self) -> Iterator[None]:
        """Turn both bones back, once what is done meanwhile has not failed."""
        yield
        self.view.turn_back()

    def close(self) -> None:
        """Close what stands on the stage, and forget every piece of bone."""
        super().close()
        self._tracks.clear()

    def settle(self) -> None:
        """Make the present state of the figure the one that a page starts from."""
        self.figure.settle()


def _two(values, name):
    two = tuple(listed(values, name, "two, one for each twin,"))
    if len(two) != 2:
        raise InputError(f"{name} is {shown(values)}; two are needed, one for each twin")
    return two


def _whole(value, name, low, high):
    value = number(value, name, "years", low, high)
    if value != int(value):
        raise InputError(f"{name} is {value:g}; whole years are needed")
    return int(value)
