"""A cube of trabecular bone at one age, and how it is renewed as a life says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from osteolab.errors import InputError, number, shown
from osteolab.kept import Kept
from osteolab.lattice import microarchitecture, stiffness, trabeculae
from osteolab.lattice.demand import Demand
from osteolab.lattice.history import History
from osteolab.lattice.progress import teller
from osteolab.lattice.state import LatticeState, keep_largest, nothing
from osteolab.lattice.worker import Worker
from osteolab.person import OLDEST

YOUNG_AGE = 20
SIZES = (24, 128)
WARM_UP_MONTHS = 12
KEPT_PASTS = 6
_pasts: Kept[LatticeState] = Kept(KEPT_PASTS)


class _Young:
    """The young lattice that later ones are compared with: its volume (voxels) and its stiffness."""

    def __init__(self, bone) -> None:
        self.volume = int(np.count_nonzero(bone))
        self._shape, self._bits = bone.shape, np.packbits(bone)
        self._solution: stiffness.Solution | None = None

    def solution(self) -> stiffness.Solution:
        """Return the finite-element solution of the young lattice, solved once."""
        if self._solution is None:
            bone = np.unpackbits(self._bits, count=int(np.prod(self._shape))).reshape(self._shape)
            self._solution = stiffness.solve(bone, factor=stiffness.usual_factor(len(bone)))
        return self._solution


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
        state = LatticeState.of(bone)
        keep_largest(state, None, 1)
        worker = Worker(state, voxel, seed, 0.0)
        start = np.count_nonzero(bone)
        per_month = c["turnover"] * start / 12
        for month in range(-WARM_UP_MONTHS, 0):
            worker.month(YOUNG_AGE * 12 + month, per_month, None)
        cause = np.zeros(bone.shape, np.uint8)
        state = replace(worker.state, cause=cause, events=[], counts=nothing(), lost=nothing())
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
        show = teller(progress)
        demand = Demand(life, round(self.age * 12), last)
        state = self._past(demand, first, last, mechanostat, show)
        worker = Worker(state, self.voxel_um, self.seed, mechanostat)
        history = History(self, life)
        history.record(first, worker.state)
        for month in range(first, last):
            worker.month(month, *demand.month(month, self._young.volume))
            if (month + 1 - first) % every == 0 or month + 1 == last:
                history.record(month + 1, worker.state)
            show((month + 1 - round(self.age * 12)) / max(1, last - round(self.age * 12)))
        return history

    def _span(self, life, years, start):
        if not hasattr(life, "series"):
            raise InputError(
                f"life is {shown(life)}; a Life is needed, such as simulate(Person('female', 52), until=80)"
            )
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

    def _past(self, demand, first, last, mechanostat, show) -> LatticeState:
        """Return the state at month `first`; lives with the same past share it."""
        now = round(self.age * 12)
        if first == now:
            return self._state.copy()

        def lived() -> LatticeState:
            worker = Worker(self._state.copy(), self.voxel_um, self.seed, mechanostat)
            for month in range(now, first):
                worker.month(month, *demand.month(month, self._young.volume))
                show((month + 1 - now) / (last - now))
            return worker.state

        past = demand.past(first)
        if self._origin is None or past is None:
            return lived()
        return _pasts.get((self._origin, now, past, first, mechanostat), lived).copy()

    def grown(self, state: LatticeState, age: float) -> Lattice:
        """Return what this lattice is at a later age (years), in another state."""
        return Lattice(state, self.voxel_um, age, self.seed, self._young, None)


def _checked_seed(seed):
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed is {shown(seed)}; a whole number from 0 on is needed, such as 1")
    return seed
