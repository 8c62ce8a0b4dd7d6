"""What changes while a lattice is remodelled, why bone is lost, and a state kept on record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from osteolab.lattice import microarchitecture
from osteolab.lattice.sites import Pit

CAUSES = ("bone", "perforation", "snapped_strut", "fragment", "thinning", "open_pit")
PERFORATION, SNAPPED, FRAGMENT, THINNING, OPEN = range(1, len(CAUSES))
KINDS = {cause: CAUSES[cause] for cause in (PERFORATION, SNAPPED, FRAGMENT)}  # what cannot be filled again


class Cut(NamedTuple):
    """Bone that cannot be filled again."""

    month: float
    kind: str  # one of KINDS
    voxel: int  # where, the number of a voxel
    volume: int  # voxels


def nothing() -> dict[str, int]:
    """Return a count of each kind of cut that has counted nothing yet."""
    return dict.fromkeys(KINDS.values(), 0)


@dataclass
class LatticeState:
    """What changes while a lattice is remodelled."""

    bone: Any  # bool (n, n, n)
    cause: Any  # uint8 (n, n, n): why a voxel was lost, 0 if it was not
    busy: Any  # uint8, flat: teams that keep this voxel to themselves
    pits: list[Pit]
    debt: float = 0.0  # bone still to be removed, voxels
    pit_volume: float = 150.0  # running mean, to know how many sites to try
    events: list[Cut] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=nothing)
    lost: dict[str, int] = field(default_factory=nothing)

    @classmethod
    def of(cls, bone) -> LatticeState:
        """Return a state in which no team is at work and nothing was lost."""
        return cls(bone, np.zeros(bone.shape, np.uint8), np.zeros(bone.size, np.uint8), [])

    def copy(self) -> LatticeState:
        """Return a state that can go on by itself."""
        parts = {name: getattr(self, name).copy() for name in ("bone", "cause", "busy", "counts", "lost")}
        return replace(self, **parts, pits=[pit.copy() for pit in self.pits], events=list(self.events))

    def healed(self) -> Any:
        """Return the bone with all that is open today and will be filled (a new array)."""
        bone = self.bone.copy()
        for pit in self.pits:
            bone.reshape(-1)[pit.voxels if pit.fill is None else pit.fill] = True
        return bone


class Record:
    """A state kept for later: its voxels take an eighth of the room."""

    def __init__(self, state: LatticeState) -> None:
        self._shape, self._bits = state.bone.shape, np.packbits(state.bone)
        self.cause, self.debt, self.pit_volume = state.cause.copy(), state.debt, state.pit_volume
        self.counts, self.lost = dict(state.counts), dict(state.lost)
        self.pits, self.events = [pit.copy() for pit in state.pits], list(state.events)

    def bone(self) -> Any:
        """Return the voxels, bool (n, n, n)."""
        count = int(np.prod(self._shape))
        return np.unpackbits(self._bits, count=count).reshape(self._shape).astype(bool)

    def state(self) -> LatticeState:
        """Return the state, which can go on by itself."""
        bone = self.bone()
        busy = np.zeros(bone.size, np.uint8)
        for pit in self.pits:
            busy_add(busy, pit.shell)
        return LatticeState(
            bone, self.cause, busy, self.pits, self.debt, self.pit_volume, self.events, self.counts, self.lost
        ).copy()


def busy_add(busy, shell, by: int = 1) -> None:
    """Mark (or free, by=-1) the voxels a team keeps to itself."""
    busy[shell] += np.uint8(by % 256)


def keep_largest(state: LatticeState, month: int | None, least: float) -> list[int]:
    """Let every piece but the largest go; return the numbers of voxels of those that went."""
    found, count = microarchitecture.labels(state.healed(), True)  # what will be filled still holds
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
                state.events.append(Cut(month + 0.5, "fragment", where, int(sizes[i])))
        for pit in state.pits:  # a team on a piece that went has nothing left to fill
            if pit.fill is not None and loose.reshape(-1)[pit.below].any(1).mean() > 0.5:
                pit.fill = pit.fill[: pit.filled]
    return went
