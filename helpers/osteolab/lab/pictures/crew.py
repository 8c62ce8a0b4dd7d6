"""The crew at work: a bone surface in cross-section, drawn from the calendar of :mod:`osteolab.bmu`.

The pace of demolition sets how many sites open; formation divided by resorption sets how much of each pit is
refilled. Python makes the calendar, the page only draws it.
"""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import anywidget
import traitlets as t

from osteolab import bmu
from osteolab.errors import InputError, number
from osteolab.lab.card.parts import close_all
from osteolab.lab.card.reruns import made_here
from osteolab.lab.page import page, style
from osteolab.lab.words.numbers import percent, printed
from osteolab.life import Life
from osteolab.person import adult_age

CURVE_STEPS = 40
HORIZON_DAYS = 1095
CHART_STEP = 7
MOST_PACE = 1_000.0  # percent
HANDS = ("resorption_pace", "formation_pace", "imbalance")
USUAL_DELAY = 76.0  # days; the calculator's own delay when no hand is on the slider


class CrewAnimation(anywidget.AnyWidget):
    """A surface of living bone: pits are dug, the osteoblasts follow, the level stays or falls.

    Parameters
    ----------
    source : Lab, Life or None
        A lab (the picture then follows its sliders) or a life. None shows a healthy young adult.
    age : float, optional
        Age at which a life is read, years.
    site : str
        Site at which a life is read.
    resorption, formation : float, optional
        Pace in percent of a young adult, instead of a source.
    delay : float, optional
        Days from demolition to construction; 76 is usual.
    seed : int
        The same seed shows the same sites.

    Notes
    -----
    The surface is drawn to scale (1.1 mm long, one strut about 0.14 mm thick). Durations and depths are those of
    ``data/bmu.csv``. About twice as many sites are shown as on an average spongy surface, so that there is
    something to watch.
    """

    _esm = page("crew")
    _css = style("crew", roots=(".ol-crew",))
    calendar = t.Dict().tag(sync=True)
    sentence = t.Unicode("").tag(sync=True)
    caption = t.Unicode("").tag(sync=True)
    day = t.Float(0.0).tag(sync=True)

    def __init__(
        self,
        source: Any = None,
        age: float | None = None,
        *,
        site: str = "lumbar_spine",
        resorption: float = 100.0,
        formation: float = 100.0,
        delay: float = USUAL_DELAY,
        seed: int = 2,
    ) -> None:
        if not (source is None or isinstance(source, Life) or _is_lab(source)):
            raise InputError(f"the crew was given {type(source).__name__}; it takes a lab, a life or nothing")
        self.source, self.age, self.site, self.seed = source, age, site, seed
        self._given = _paces(resorption, formation, delay)
        if age is not None:
            adult_age(age, "age")
        number(seed, "seed", low=0, high=1e9)
        self.resorption = self.formation = 100.0
        self.delay = USUAL_DELAY
        self.events: tuple[bmu.Event, ...] = ()
        super().__init__()
        self.on_msg(self._heard)
        self._update(fresh=True)
        if _is_lab(source):
            source.observe(self._follow, names="revision")
        made_here(self)

    def close(self) -> None:
        """Close the animation, and follow the lab no more."""
        if self.comm is not None:
            self._unfollow()
        super().close()
        close_all(self.layout)

    def _unfollow(self) -> None:
        if _is_lab(self.source):
            self.source.unobserve(self._follow, names="revision")

    def _follow(self, _change: object) -> None:
        self._update()

    @property
    def refill(self) -> float:
        """Share of each pit that is built back, as drawn."""
        low, high = bmu.REFILL_LIMITS
        ratio = self.formation / self.resorption if self.resorption > 0 else 1.0
        return min(max(ratio, low), high)

    def set(self, resorption: float | None = None, formation: float | None = None, delay: float | None = None) -> None:
        """Change the paces (percent of a young adult) and the delay (days) by hand."""
        given = zip((resorption, formation, delay), self._given, strict=True)
        self._given = _paces(*(old if new is None else new for new, old in given))
        self._unfollow()
        self.source = None
        self._update()

    def level(self, day: float) -> float:
        """Mean level of the surface on one day, um below (-) or above the untouched surface."""
        return bmu.mean_level(self.events, day)

    def _paces(self) -> tuple[float, float, float]:
        """Pace of demolition and construction, percent of a young adult, and the delay, days."""
        if self.source is None:
            return self._given
        if isinstance(self.source, Life):
            age = self.source.person.age if self.age is None else self.age
            read = [self.source.value(name, age, self.site) for name in ("resorption", "formation")]
            return read[0], read[1], USUAL_DELAY
        return self._lab_paces(dict(self.source.reading or {}), dict(self.source.settings() or {}))

    def _lab_paces(self, reading: dict, settings: dict) -> tuple[float, float, float]:
        if not reading:  # the future is veiled: show the crew of a young adult
            return 100.0, 100.0, USUAL_DELAY
        if any(name in HANDS for name in settings.get("moved", settings)):
            # A hand lies on the crew: show its own pace, not the result for a bone that has shrunk or grown meanwhile.
            cells = [self.source.life.value(name, settings["scan_age"]) for name in ("osteoclasts", "osteoblasts")]
            delay = float(settings.get("formation_delay") or USUAL_DELAY)
            return 100.0 * cells[0], 100.0 * cells[1], delay
        # A delay alone changes nothing in the lab: there is nothing new to be late for.
        return float(reading["resorption"]), float(reading["formation"]), USUAL_DELAY

    def _heard(self, _widget, message, _buffers) -> None:
        """“Start again” was pressed: a fresh surface, with the paces as they are now."""
        if message.get("kind") == "again":
            self.day = 0.0
            self._update(fresh=True)

    def _update(self, fresh: bool = False) -> None:
        new = self._paces()
        if not fresh and new == (self.resorption, self.formation, self.delay):
            return
        self.resorption, self.formation, self.delay = new
        # Before Play is pressed nothing has happened yet, and a change may begin with a surface of its own.
        self.events = self._new_events(fresh or self.day == 0)
        with self.hold_sync():
            self.calendar = self._drawing()
            self.sentence = self._sentence()
            self.caption = self._caption()

    def _new_events(self, fresh: bool) -> tuple[bmu.Event, ...]:
        pace = min(max(self.resorption / 100, 0.0), bmu.PACE_LIMITS[1])
        pause = max(1.0, bmu.constants()["reversal_days"] + self.delay - USUAL_DELAY)
        if fresh:
            return bmu.calendar(pace, self.refill, days=HORIZON_DAYS, reversal_days=pause, seed=self.seed)
        begun = tuple(event for event in self.events if event.start <= self.day)
        return bmu.calendar(
            pace, self.refill, days=HORIZON_DAYS, reversal_days=pause, from_day=self.day, before=begun, seed=self.seed
        )

    def _drawing(self) -> dict[str, Any]:
        """Everything the page needs: sites, the shape of their curves, the level of the surface."""
        c = bmu.constants()
        steps = [i / CURVE_STEPS for i in range(CURVE_STEPS + 1)]
        points = int(c["surface_length"] / 5) + 1
        days = range(0, HORIZON_DAYS + 1, CHART_STEP)
        return {
            "events": [[round(value, 2) for value in astuple(event)] for event in self.events],
            "digCurve": [round(bmu.eased(u, c["dig_slowing"]), 4) for u in steps],
            "fillCurve": [round(bmu.eased(u, c["fill_slowing"]), 4) for u in steps],
            "pit": [round(bmu.pit_shape(2 * u - 1), 4) for u in steps],
            "holes": [[i, round(when, 1)] for i, when in bmu.holes(self.events, points)],
            "points": points,
            "level": [round(level, 2) for level in bmu.mean_levels(self.events, days, 141)],
            "chartStep": CHART_STEP,
            "days": HORIZON_DAYS,
            "length": c["surface_length"],
            "thickness": c["strut_thickness"],
            "osteoid": c["osteoid_thickness"],
            "mineralLag": c["mineral_lag"],
            "firstMineral": c["first_mineral"],
            "ripening": c["ripening_half_time"],
        }

    def _sentence(self) -> str:
        sites, refill = self.resorption / 100, self.refill
        lost = bmu.constants()["pit_depth"] * (1 - refill)
        often = "as many sites as" if abs(sites - 1) < 0.05 else f"{printed(sites, 1)} times as many sites as"
        if abs(1 - refill) < 0.015:
            end = "refills what it dug, so the surface comes back to where it was"
            if sites > 1.2:
                end += "; it lies a little lower only because more pits are open at once"
        elif refill < 1:
            end = f"refills {percent(100 * refill)} of each pit, so every round leaves it {printed(lost)} µm lower"
        else:
            end = f"refills {percent(100 * refill)} of each pit, so every round leaves it {printed(-lost)} µm higher"
        return f"This crew opens {often} in a young adult and {end}."

    def _caption(self) -> str:
        return (
            f"Demolition {percent(self.resorption)} · construction {percent(self.formation)} of young adult · "
            f"each pit refilled {percent(100 * self.refill)}"
        )

    def __repr__(self) -> str:
        level = printed(self.level(HORIZON_DAYS), 0, sign=True)
        return f"The crew at work: {self._caption().lower()}; surface after 3 years {level} µm"


def _paces(resorption: Any, formation: Any, delay: Any) -> tuple[float, float, float]:
    """Return the paces and the delay as numbers, or raise `InputError`."""
    paces = (
        number(one, what, "percent", 0, MOST_PACE) for what, one in zip(HANDS, (resorption, formation), strict=False)
    )
    return *paces, number(delay, "delay", "days", 0, HORIZON_DAYS)  # type: ignore[return-value]


def _is_lab(source: Any) -> bool:
    return hasattr(source, "revision") and hasattr(source, "settings") and hasattr(source, "observe")
