"""A voxel model of trabecular bone, renewed site by site: one person, one plan, one lattice.

    from osteolab.lattice import Lattice
    bone = Lattice.young_vertebra(size=64, seed=1)
    history = bone.remodel(life, years=30)
    history.table()

The calculator gives two numbers for each month: how much trabecular bone is removed, and how much there is at
the end. The lattice turns them into single sites. Sites open on the surface until the bone they will remove is
what the calculator removes; each is dug, waits and is filled as :class:`osteolab.bmu.Event` says; new bone is
laid down until the volume is that of the calculator. What the calculator does not know is the shape: where a
pit comes out on the other side of a plate or takes the whole width of a rod, it has no floor left and cannot be
filled again, and a piece that hangs on nothing is gone. See docs/model/lattice.md.

The lattice is periodic in x, y and z (z is along the spine).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from osteolab import bmu
from osteolab.errors import InputError, need, number
from osteolab.person import OLDEST
from osteolab.simulate import simulate

try:
    import numpy as np

    from osteolab import lattice_sites as sites
    from osteolab import microarchitecture, stiffness, trabeculae
except ModuleNotFoundError as missing:
    need(str(missing.name), "the lattice")
    raise

MONTH = 365.25 / 12
YOUNG_AGE = 20
SIZES = (24, 128)
CAUSES = ("bone", "perforation", "snapped_strut", "fragment", "thinning", "open_pit")
PERFORATION, SNAPPED, FRAGMENT, THINNING, OPEN = range(1, 6)
KINDS = {PERFORATION: "perforation", SNAPPED: "snapped_strut", FRAGMENT: "fragment"}
WARM_UP_MONTHS = 12
KEPT_PASTS = 6
_pasts: dict = {}


class _Young:
    """The young lattice that later ones are compared with: its volume (voxels) and its stiffness."""

    def __init__(self, bone):
        self.volume, self._bits, self._shape, self._solution = (
            int(np.count_nonzero(bone)),
            np.packbits(bone),
            bone.shape,
            None,
        )

    def solution(self):
        """Return the finite-element solution of the young lattice, solved once."""
        if self._solution is None:
            bone = np.unpackbits(self._bits, count=int(np.prod(self._shape))).reshape(self._shape)
            self._solution = stiffness.solve(bone, factor=_factor(self._shape[0]))
        return self._solution


def _factor(size):
    """Return how many voxels are joined for a solve: two where the edge allows it."""
    return 1 if size % 2 else 2


@dataclass
class _State:
    """What changes while a lattice is remodelled."""

    bone: Any  # bool (n, n, n)
    cause: Any  # uint8 (n, n, n): why a voxel was lost, 0 if it was not
    busy: Any  # uint8, flat: teams that keep this voxel to themselves
    pits: list
    debt: float = 0.0  # bone still to be removed, voxels
    pit_volume: float = 150.0  # running mean, to know how many sites to try
    events: list = field(default_factory=list)
    counts: dict = field(default_factory=lambda: dict.fromkeys(KINDS.values(), 0))
    lost: dict = field(default_factory=lambda: dict.fromkeys(KINDS.values(), 0))

    def copy(self):
        parts = {name: getattr(self, name).copy() for name in ("bone", "cause", "busy", "counts", "lost")}
        return replace(self, **parts, pits=[pit.copy() for pit in self.pits], events=list(self.events))


class Lattice:
    """A cube of trabecular bone at one age.

    Attributes
    ----------
    voxels : bool array, shape (size, size, size)
        True in bone. Axis 2 is along the spine. The cube repeats on all sides.
    voxel_um : float
        Edge of a voxel, um.
    age : float
        Age of the person it belongs to, years.
    seed : int
        The same seed gives the same bone and the same history.
    """

    def __init__(self, state, voxel_um, age, seed, young, origin):
        self._state, self.voxel_um, self.age, self.seed = state, voxel_um, age, seed
        self._young, self._origin = young, origin

    def __repr__(self):
        share = 100 * microarchitecture.volume_fraction(self.voxels)
        return f"Lattice of {self.size} x {self.size} x {self.size} voxels at age {self.age:g}: BV/TV {share:.1f} %"

    @property
    def size(self) -> int:
        """Voxels along an edge."""
        return self._state.bone.shape[0]

    @property
    def voxels(self):
        """A copy of the voxels, bool (size, size, size); True in bone."""
        return self._state.bone.copy()

    @classmethod
    def young_vertebra(cls, size: int = 64, seed: int = 1, voxel_um: float | None = None) -> Lattice:
        """Return the lattice of a healthy adult of 20, with the teams of a young adult at work in it.

        Parameters
        ----------
        size : int
            Voxels along an edge, 24 to 128.
        seed : int
            The same seed gives the same bone on every computer.
        voxel_um : float, optional
            Edge of a voxel, 20 to 60 um. By default 25 um, and larger if the cube would be shorter than 1.2 mm.

        Returns
        -------
        Lattice
            Its volume, open pits included, is what the calculator calls 100 % of a young adult.

        Raises
        ------
        InputError
            If an argument is outside its limits.
        """
        whole = number(size, "size", "voxels", *SIZES, "less is no structure, more takes minutes")
        if whole != int(whole):
            raise InputError(f"size is {size}; a whole number of voxels is needed, such as 64")
        size, seed = int(whole), _checked_seed(seed)
        c = trabeculae.constants()
        usual = max(c["voxel"], round(1200 / size, 1))
        voxel = number(usual if voxel_um is None else voxel_um, "voxel_um", "um", 20, 60, "a pit is 50 um deep")
        bone = trabeculae.young_structure(size, voxel, seed)
        state = _State(bone, np.zeros(bone.shape, np.uint8), np.zeros(bone.size, np.uint8), [])
        _keep_largest(state, None, 1)
        worker = _Worker(state, voxel, seed, 0.0)
        start = np.count_nonzero(bone)
        per_month = c["turnover"] * start / 12
        for month in range(-WARM_UP_MONTHS, 0):
            worker.month(YOUNG_AGE * 12 + month, per_month, None)
        state = replace(worker.state, cause=np.zeros(bone.shape, np.uint8), events=[])
        state.counts, state.lost = (dict.fromkeys(KINDS.values(), 0) for _ in range(2))
        return cls(state, voxel, float(YOUNG_AGE), seed, _Young(state.bone), (size, voxel, seed))

    def measure(self) -> dict[str, float]:
        """Return BV/TV (1), Tb.Th and Tb.Sp (um), Tb.N (1/mm) and Conn.D (1/mm3) of the lattice."""
        return microarchitecture.measure(self._state.bone, self.voxel_um, periodic=True)

    def remodel(
        self,
        life,
        years: float = 30,
        start: float | None = None,
        *,
        progress: bool | Callable[[float], Any] = False,
        mechanostat: float = 0.0,
        every: int = 12,
    ) -> History:
        """Renew the lattice month by month as a life says.

        Parameters
        ----------
        life : Life
            What `simulate` returned.
        years : float
            How long a history is wanted, years.
        start : float, optional
            Age at which the history begins; `life.until - years` by default. From its own age to `start` the lattice
            lives the same life, without records.
        progress : bool or callable
            True draws a bar on the error stream; a callable is given the share done, 0 to 1.
        mechanostat : float
            0 to 1: how much new pits avoid loaded bone. 0 chooses sites by surface alone; at 1 the most loaded place is
            never chosen. Load is the energy of a finite-element solve, renewed once a year (slower).
        every : int
            Months between two records.

        Returns
        -------
        History

        Raises
        ------
        InputError
            If the ages lie outside the life, or before the lattice's own age.
        """
        first, last = self._span(life, years, start)
        mechanostat = number(mechanostat, "mechanostat", "", 0, 1, "0 is off, 1 is full")
        show = _bar(progress)
        drive = _Drive(life, round(self.age * 12), last)
        state = self._past(life, drive, first, mechanostat, show, last)
        worker = _Worker(state, self.voxel_um, self.seed, mechanostat)
        history = History(self, life)
        history._record(first, worker.state)
        for month in range(first, last):
            worker.month(month, *drive.month(month, self._young.volume))
            if (month + 1 - first) % every == 0 or month + 1 == last:
                history._record(month + 1, worker.state)
            show((month + 1 - round(self.age * 12)) / max(1, last - round(self.age * 12)))
        return history

    def _span(self, life, years, start):
        if not hasattr(life, "series"):
            raise InputError(f"life is {life!r}; a Life is needed, such as simulate(Person('female', 52), until=80)")
        years = number(years, "years", "years", 1 / 12, OLDEST - YOUNG_AGE, "the length of the history")
        if start is None:
            start = max(life.until - years, self.age)
        start = number(start, "start", "years of age", self.age, life.until, "from the lattice's age to the life's end")
        if start + years > life.until + 1e-6:
            raise InputError(
                f"the history would end at {start + years:g}; the life was computed to {life.until:g}, "
                "so start earlier, ask for fewer years or simulate longer"
            )
        return round(start * 12), round((start + years) * 12)

    def _past(self, life, drive, first, mechanostat, show, last):
        """Return the state at month `first`; lives with the same past share it."""
        now = round(self.age * 12)
        if first == now:
            return self._state.copy()
        key = (self._origin, now, drive.key(first), first, mechanostat)
        if self._origin is None or drive.key(first) is None or key not in _pasts:
            worker = _Worker(self._state.copy(), self.voxel_um, self.seed, mechanostat)
            for month in range(now, first):
                worker.month(month, *drive.month(month, self._young.volume))
                show((month + 1 - now) / (last - now))
            if self._origin is None or drive.key(first) is None:
                return worker.state
            while len(_pasts) >= KEPT_PASTS:
                _pasts.pop(next(iter(_pasts)))
            _pasts[key] = worker.state
        return _pasts[key].copy()


class History:
    """What became of a lattice: records at regular ages, and every event between them.

    Attributes
    ----------
    ages : list of float
        Ages of the records, years.
    life : Life
        The life it followed.
    """

    def __init__(self, lattice, life):
        self.life, self.ages = life, []
        self._lattice, self._states, self._measures, self._stiffness = lattice, [], [], []

    def __repr__(self):
        return f"History of a lattice from {self.ages[0]:g} to {self.ages[-1]:g}"

    def _record(self, month, state):
        self.ages.append(month / 12)
        kept = {name: getattr(state, name) for name in ("debt", "pit_volume")}
        kept |= {name: dict(getattr(state, name)) for name in ("counts", "lost")}
        kept |= {"pits": [pit.copy() for pit in state.pits], "events": list(state.events)}
        self._states.append((kept, np.packbits(state.bone), state.cause.copy()))

    def _index(self, age):
        age = number(age, "age", "years", self.ages[0], self.ages[-1], "that is the history that was remodelled")
        return min(range(len(self.ages)), key=lambda i: abs(self.ages[i] - age))

    def _bone(self, index):
        n = self._lattice.size
        return np.unpackbits(self._states[index][1], count=n**3).reshape(n, n, n).astype(bool)

    def voxels(self, age: float):
        """Return the voxels at the record nearest to an age (years): bool (size, size, size), True in bone."""
        return self._bone(self._index(age))

    def lost(self, age: float):
        """Return why each voxel was lost between the first record and an age, uint8 (size, size, size).

        0 was not lost, 1 perforation, 2 snapped strut, 3 loose fragment, 4 thinning, 5 open pit (to be filled again);
        the names are in ``osteolab.lattice.CAUSES``.
        """
        index = self._index(age)
        now = self._bone(index)
        cause = self._states[index][2]
        gone = self._bone(0) & ~now
        at_work = np.zeros(now.size, dtype=bool)
        for pit in self._states[index][0]["pits"]:
            at_work[pit.voxels if pit.fill is None else pit.fill[pit.filled :]] = True
        why = np.where(cause > 0, cause, np.where(at_work.reshape(now.shape), OPEN, THINNING))
        return np.where(gone, why, 0).astype(np.uint8)

    def table(self):
        """Return a pandas DataFrame with one row for each record.

        Columns: age_years, bv_tv (1), tb_th_um, tb_n_per_mm, tb_sp_um, conn_d_per_mm3, perforations and snapped_struts
        (numbers since the young lattice), relative_stiffness (along the spine, 1 = the young lattice; solved by finite
        elements when the table is first asked for, see :mod:`osteolab.stiffness`).
        """
        return need("pandas", "a table of a lattice").DataFrame(self.rows())

    def rows(self) -> list[dict[str, float]]:
        """Return the table as a list of dicts, for where there is no pandas."""
        rows = []
        columns = zip(self.ages, self._states, self._measured(), self._solved(), strict=True)
        for age, (kept, _, _), measures, stiff in columns:
            counts = {"perforations": kept["counts"]["perforation"], "snapped_struts": kept["counts"]["snapped_strut"]}
            rows.append({"age_years": age, **measures, **counts, "relative_stiffness": stiff})
        return rows

    def _measured(self):
        """Return the measures of every record."""
        for index in range(len(self._measures), len(self.ages)):
            self._measures.append(microarchitecture.measure(self._bone(index), self._lattice.voxel_um, True))
        return self._measures

    def _solved(self):
        """Return the stiffness at every record, each solve starting from the one before."""
        if len(self._stiffness) < len(self.ages):
            young = self._lattice._young.solution()
            last, self._stiffness = young.displacement, []
            for index in range(len(self.ages)):
                now = stiffness.solve(self._bone(index), factor=_factor(self._lattice.size), start=last)
                last = now.displacement
                self._stiffness.append(now.relative_stiffness / young.relative_stiffness)
        return self._stiffness

    def events(self):
        """Return a pandas DataFrame of what could not be filled again since the first record.

        Columns: age_years, kind (perforation, snapped_strut, fragment), x_um, y_um, z_um, volume_um3.
        """
        pd = need("pandas", "a table of events")
        n, voxel = self._lattice.size, self._lattice.voxel_um
        begin = len(self._states[0][0]["events"])
        rows = []
        for month, kind, where, volume in self._states[-1][0]["events"][begin:]:
            x, y, z = ((np.array(np.unravel_index(where, (n, n, n))) + 0.5) * voxel).tolist()
            spot = {"x_um": x, "y_um": y, "z_um": z}
            rows.append({"age_years": month / 12, "kind": kind, **spot, "volume_um3": volume * voxel**3})
        columns = ["age_years", "kind", "x_um", "y_um", "z_um", "volume_um3"]
        return pd.DataFrame(rows, columns=columns)

    def loss_volumes(self) -> dict[str, float]:
        """Return the bone lost for good since the first record, mm3, by what was cut."""
        first, last = self._states[0][0]["lost"], self._states[-1][0]["lost"]
        return {kind: (last[kind] - first[kind]) * (self._lattice.voxel_um / 1000) ** 3 for kind in KINDS.values()}

    def loss_shares(self) -> dict[str, float]:
        """Return the shares of perforation, snapped struts and fragments in the bone lost for good, percent.

        As in Liu 2008 (73.2, 18.9 and 7.9 %): bone that was dug and could not be filled again, by what was cut.
        """
        lost = self.loss_volumes()
        whole = sum(lost.values())
        return {kind: 100 * volume / whole if whole else 0.0 for kind, volume in lost.items()}

    def lattice(self, age: float) -> Lattice:
        """Return the lattice at the record nearest to an age (years), to go on from there with another life."""
        index = self._index(age)
        kept, _, cause = self._states[index]
        bone = self._bone(index)
        busy = np.zeros(bone.size, np.uint8)
        state = _State(**{**kept, "bone": bone, "cause": cause, "busy": busy}).copy()
        for pit in state.pits:
            busy_add(state.busy, pit.shell)
        mother = self._lattice
        return Lattice(state, mother.voxel_um, self.ages[index], mother.seed, mother._young, None)


def busy_add(busy, shell, by=1):
    """Mark (or free, by=-1) the voxels a team keeps to itself."""
    busy[shell] += np.uint8(by % 256)


class _Drive:
    """What a life asks of its lattice in each month: bone removed, and the volume at the end.

    Each month is taken from the life with the courses that have begun by then, and without the stops that are still to
    come. Two plans with a common past are then the same to the last digit until they part.
    """

    def __init__(self, life, first, last):
        self._lives, self._of, self.volume, self.removed = {}, {}, {}, {}
        courses = tuple(life.courses)
        known = {}
        for month in range(first, last):
            end = (month + 1) / 12
            begun = tuple(
                replace(c, stop=None) if c.stop is not None and c.stop >= end else c for c in courses if c.start < end
            )
            if begun not in known:
                known[begun] = simulate(
                    life.person,
                    begun,
                    OLDEST,
                    ageing=life.ageing,
                    parameters=life.parameters if life.own_parameters else None,
                )
            self._of[month] = begun
            known_life = known[begun]
            a, b = known_life.series("resorption", "trabecular_spine", (month / 12, end))
            self.removed[month] = trabeculae.constants()["turnover"] * (a + b) / 200 / 12
            self.volume[month] = known_life.value("bone_volume", end, "trabecular_spine") / 100
        self._person, self._ageing, self._usual = life.person, life.ageing, not life.own_parameters

    def month(self, month, reference):
        """Return (voxels to remove, voxels at the end) of a month."""
        return self.removed[month] * reference, self.volume[month] * reference

    def key(self, first):
        """Return what the months before `first` depend on, or None if it cannot be told."""
        if not self._usual:
            return None
        past = tuple(dict.fromkeys(begun for month, begun in self._of.items() if month < first))
        return replace(self._person, name="", age=50), self._ageing, past


class _Worker:
    """Moves a state through the months."""

    def __init__(self, state, voxel, seed, mechanostat):
        self.state, self.voxel, self.seed, self.mechanostat = state, voxel, seed, mechanostat
        self.c = {**bmu.constants(), **trabeculae.constants()}
        self.size = state.bone.shape[0]
        self.loaded: Any = None
        # Views of the same memory: the arrays of a state are changed in place and never replaced.
        self.flat, self.cause = state.bone.reshape(-1), state.cause.reshape(-1)
        self.box = sites.Box(self.size, voxel, self.c["pit_width"] / 2 * 1.15)

    def month(self, month, removed, volume):
        """Do one month: open sites, dig, find what lost its floor, fill, close. `volume` None: fill what was dug."""
        state, dice = self.state, np.random.default_rng([self.seed, month])
        end = (month + 1) * MONTH
        state.debt += removed
        if self.mechanostat and (self.loaded is None or month % 12 == 0):
            self.loaded = stiffness.solve(state.bone, factor=_factor(self.size), tolerance=0.03).energy
        self._open(month * MONTH, dice)
        ended = self._dig(end)
        self._floors(ended, month)
        self._fill(end, volume, dice)
        self._close(end)

    def _open(self, day, dice):
        state, c = self.state, self.c
        if state.debt < state.pit_volume / 2:
            return
        surface = sites.surface(state.bone)
        free = surface[state.busy[surface] == 0]
        if not len(free):
            return
        tries = min(int(state.debt / state.pit_volume * 1.3) + 3, 80)
        centres = self._chosen(free, tries, dice)
        depths = np.clip(dice.normal(c["pit_depth"], c["pit_depth_spread"], tries), 25, 90)
        widths = c["pit_width"] * dice.uniform(0.85, 1.15, tries)
        starts = day + MONTH * dice.random(tries)
        found = sites.pits(state.bone, centres, depths, widths, self.box, c)
        for i, pit in enumerate(found):
            own = state.busy[pit["voxels"]] == 0
            volume = int(np.count_nonzero(own))
            if not volume or volume < len(own) / 2:
                continue
            if volume < len(own):
                pit.update({name: pit[name][own] for name in ("voxels", "due", "below", "height")})
            if state.debt < volume / 2:
                break
            state.debt -= volume
            state.pit_volume += 0.02 * (volume - state.pit_volume)
            event = bmu.Event(
                float(centres[i]), float(widths[i]), float(starts[i]), float(depths[i]),
                c["dig_days"], c["reversal_days"], c["fill_days"],
            )  # fmt: skip
            state.pits.append(sites.Pit(event, **pit))
            busy_add(state.busy, pit["shell"])
        state.debt = min(state.debt, 4 * state.pit_volume)  # where the surface is full, the rest is left

    def _chosen(self, free, tries, dice):
        """Draw sites from the free surface; with the mechanostat on, bone that is loaded little comes first."""
        if not self.mechanostat:
            return free[dice.integers(0, len(free), tries)]
        factor = _factor(self.size)
        coarse = tuple(place // factor for place in np.unravel_index(free, (self.size,) * 3))
        rank = np.argsort(np.argsort(self.loaded[coarse], kind="stable"), kind="stable") / len(free)
        weight = np.cumsum(1 - self.mechanostat * rank)
        return free[np.searchsorted(weight, dice.random(tries) * weight[-1])]

    def _dig(self, day):
        """Dig until `day` and return the pits whose digging has ended since the last time."""
        ended = []
        for pit in self.state.pits:
            if pit.fill is None:
                reached = int(np.searchsorted(pit.due, pit.event.dug_share(day), "right"))
                self.flat[pit.voxels[pit.dug : reached]] = False
                pit.dug = reached
                if day >= pit.event.start + pit.event.dig_days:
                    ended.append(pit)
        return ended

    def _floors(self, ended, month):
        """Find what cannot be filled again, sort it by what was cut, and let loose pieces go."""
        state, cut = self.state, []
        for pit in ended:
            firm = sites.with_floor(pit, self.flat, self.size)
            if np.count_nonzero(~firm) >= self.c["hole_share"] * len(firm) and len(firm) >= self.c["smallest_hole"]:
                pit.fill = sites.EMPTY
                rim = pit.shell[self.flat[pit.shell]]
                self.flat[rim] = False  # the thin sheet around a hole carries nothing and goes too
                cut.append((pit, np.concatenate([pit.voxels, rim])))
            else:
                pit.fill = pit.voxels[np.argsort(pit.height, kind="stable")]
        if not cut:
            if month % 6 == 0:
                _keep_largest(state, month, self.c["smallest_hole"])
            return
        self._undermined(cut)
        kinds = [self._kind(pit, gone) for pit, gone in cut]
        loose = _keep_largest(state, month, self.c["smallest_hole"])
        for (pit, gone), kind in zip(cut, kinds, strict=True):
            if kind == SNAPPED and loose and self._kind(pit, gone) != SNAPPED:
                kind = FRAGMENT
            self.cause[gone] = kind
            state.lost[KINDS[kind]] += len(gone)
            if kind != FRAGMENT:
                state.counts[KINDS[kind]] += 1
            state.events.append((month + 0.5, KINDS[kind], int(pit.event.site), len(gone)))

    def _undermined(self, cut):
        """Take from open pits what stood on bone that has just been cut away from the other side."""
        gone = np.concatenate([pit.voxels for pit, _ in cut])
        for pit in self.state.pits:
            if pit.fill is not None and pit.filled < len(pit.fill) / 2 and np.isin(pit.below, gone).any():
                firm = sites.with_floor(pit, self.flat, self.size)
                left = pit.fill[pit.filled :]
                keep = np.isin(left, pit.voxels[firm])
                pit.fill = np.concatenate([pit.fill[: pit.filled], left[keep]])

    def _kind(self, pit, gone):
        """Say what a pit has cut: a strut if the bone around it falls apart, otherwise a plate."""
        n, half = self.size, min(11, (self.size - 1) // 2)
        centre = np.array(np.unravel_index(int(pit.event.site), (n, n, n)))
        index = np.ix_(*[(middle + np.arange(-half, half + 1)) % n for middle in centre])
        whole = np.zeros(n**3, dtype=bool)
        whole[pit.fill] = True
        after = self.state.bone[index] | whole.reshape(n, n, n)[index]
        whole[gone] = True
        hole = np.zeros(n**3, dtype=bool)
        hole[gone] = True
        before = after | hole.reshape(n, n, n)[index]
        near = sites.grown(hole.reshape(n, n, n)[index])
        pieces = [_touching(part, near) for part in (before, after)]
        if pieces[1] == 0:
            return FRAGMENT
        return SNAPPED if pieces[1] > pieces[0] else PERFORATION

    def _fill(self, day, volume, dice):
        """Lay down new bone in the pits whose time has come, and what is too much for them on quiet surface."""
        state = self.state
        due = []
        for pit in state.pits:
            if pit.fill is not None and len(pit.fill):
                more = pit.event.filled_share(day) * len(pit.fill) - pit.asked
                if more > 0:
                    due.append((pit, more))
                    pit.asked += more
        asked = sum(more for _, more in due)
        if volume is None:
            ratio = 1.0
        else:
            missing = volume - np.count_nonzero(state.bone)
            ratio = min(max(missing / asked, 0.0), self.c["most_refill"]) if asked else 0.0
        for pit, more in due:
            self._lay(pit, more * ratio)
        if volume is not None:
            rest = volume - np.count_nonzero(state.bone)
            if rest > max(30.0, 0.004 * volume):
                self._cover(rest, dice)

    def _lay(self, pit, amount):
        pit.wanted += amount
        aim = int(pit.wanted)
        if aim <= pit.filled:
            return
        inside = min(aim, len(pit.fill))
        if inside > pit.filled:
            self.flat[pit.fill[pit.filled : inside]] = True
            self.cause[pit.fill[pit.filled : inside]] = 0
            pit.filled = inside
        if aim > len(pit.fill) and aim > pit.filled:
            extra = sites.crown(pit, self.flat, self.box)[: aim - max(pit.filled, len(pit.fill))]
            self.flat[extra] = True
            pit.filled += len(extra)
            pit.wanted -= max(0, aim - pit.filled) if not len(extra) else 0

    def _cover(self, amount, dice):
        """Lay one layer of new bone on patches of quiet surface until `amount` voxels are used."""
        state, c = self.state, self.c
        surface = sites.surface(state.bone)
        free = surface[state.busy[surface] == 0]
        tries = int(amount / 60) + 1
        if not len(free):
            return
        centres = free[dice.integers(0, len(free), tries)]
        into = sites.inward(self.flat[self.box.numbers(centres)], self.box, c["normal_reach"])
        for centre, direction in zip(centres, into, strict=True):
            event = bmu.Event(float(centre), c["pit_width"], 0, self.voxel, 1, 1, 1)
            patch = sites.Pit(event, sites.EMPTY, None, None, None, direction)
            extra = sites.crown(patch, self.flat, self.box)[: int(amount)]
            self.flat[extra] = True
            amount -= len(extra)
            if amount < 1:
                return

    def _close(self, day):
        state, left, closed = self.state, [], []
        for pit in state.pits:
            if pit.fill is not None and (day >= pit.event.end or not len(pit.fill)):
                busy_add(state.busy, pit.shell, -1)
                if len(pit.fill):
                    closed.append(pit.shell)
            else:
                left.append(pit)
        state.pits = left
        if closed:
            region = np.concatenate(closed)
            region = region[state.busy[region] == 0]
            seam = sites.cracks(self.flat, region, self.box)
            self.flat[seam] = True
            self.cause[seam] = 0


def _touching(part, near):
    """Count the pieces of a box that reach into `near`."""
    found, _ = microarchitecture.labels(part)
    return len(np.unique(found[near & part]))


def _keep_largest(state, month, least):
    """Let every piece but the largest go; return the numbers of voxels of those that went."""
    healed = state.bone.copy()
    for pit in state.pits:  # what is open today and will be filled still holds
        healed.reshape(-1)[pit.voxels if pit.fill is None else pit.fill] = True
    found, count = microarchitecture.labels(healed, True)
    if count < 2:
        return []
    sizes = np.bincount(found.ravel())
    sizes[0] = 0
    largest = int(sizes.argmax())
    sizes = np.bincount(found.ravel(), weights=state.bone.ravel()).astype(int)
    went = [int(sizes[i]) for i in range(1, len(sizes)) if i != largest and sizes[i] >= least]
    loose = (found > 0) & (found != largest) & state.bone
    state.bone[loose] = False
    if month is not None:
        state.cause[loose] = FRAGMENT  # crumbs are too small to be told apart, but they are loose pieces too
        state.lost["fragment"] += sum(went)
        state.counts["fragment"] += len(went)
        for i in range(1, len(sizes)):
            if i != largest and sizes[i] >= least:
                where = int(np.flatnonzero(found == i)[0])
                state.events.append((month + 0.5, "fragment", where, int(sizes[i])))
        for pit in state.pits:  # a team on a piece that went has nothing left to fill
            if pit.fill is not None and loose.reshape(-1)[pit.below].any(1).mean() > 0.5:
                pit.fill = pit.fill[: pit.filled]
    return went


def _checked_seed(seed):
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed is {seed!r}; a whole number from 0 on is needed, such as 1")
    return seed


def _bar(progress):
    """Return a function that is told the share done."""
    if callable(progress):
        return progress
    if not progress:
        return lambda share: None
    return _Bar()


class _Bar:
    """One line on the error stream: how far, how long."""

    def __init__(self):
        self.begin, self.shown = time.perf_counter(), -1

    def __call__(self, share):
        """Draw the bar if it has changed by a hundredth."""
        now = int(100 * share)
        if now == self.shown:
            return
        self.shown = now
        bar = "#" * (now // 5) + "." * (20 - now // 5)
        took = time.perf_counter() - self.begin
        end = "\n" if now >= 100 else ""
        print(f"\rRemodelling {now:3d} % [{bar}] {took:.1f} s", end=end, file=sys.stderr, flush=True)
