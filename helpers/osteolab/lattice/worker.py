"""One month in a lattice: sites open, are dug, are looked at for a floor, are filled and close.

Dates, depths and curves of a site are those of :class:`osteolab.bmu.Event`; docs/model/lattice.md has the rules.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from osteolab import bmu
from osteolab.lattice import microarchitecture, sites, stiffness, trabeculae
from osteolab.lattice.state import FRAGMENT, KINDS, PERFORATION, SNAPPED, Cut, busy_add, keep_largest

MONTH = 365.25 / 12  # days


class Worker:
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
            self.loaded = stiffness.solve(state.bone, factor=stiffness.usual_factor(self.size), tolerance=0.03).energy
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
        factor = stiffness.usual_factor(self.size)
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
                keep_largest(state, month, self.c["smallest_hole"])
            return
        self._undermined(cut)
        kinds = [self._kind(pit, gone) for pit, gone in cut]
        loose = keep_largest(state, month, self.c["smallest_hole"])
        for (pit, gone), kind in zip(cut, kinds, strict=True):
            if kind == SNAPPED and loose and self._kind(pit, gone) != SNAPPED:
                kind = FRAGMENT
            self.cause[gone] = kind
            state.lost[KINDS[kind]] += len(gone)
            if kind != FRAGMENT:
                state.counts[KINDS[kind]] += 1
            state.events.append(Cut(month + 0.5, KINDS[kind], int(pit.event.site), len(gone)))

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
