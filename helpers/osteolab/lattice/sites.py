"""Sites of renewal in a voxel lattice: where a pit opens, which voxels it takes, which of them can be filled again.

A pit is a dish on the surface. Its middle is a surface voxel, its axis points into the bone (from the site to
the centre of the bone around it), and it reaches `depth * bmu.pit_shape(offset)` below the plane through the
site. Timing, depth and the progress of digging and filling are those of :class:`osteolab.bmu.Event`, the same
as in the drawing of one site.

A voxel can be filled again if there is bone under its column of the pit, or under one next to it. A pit that
comes out on the other side of a plate, or takes the whole width of a rod, has no such floor there: those voxels
stay empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from osteolab import bmu

UNDER = (0.5, 1.0)  # voxels below the floor at which bone is looked for
NEXT_TO = 2.0  # voxels: a column of a pit also rests on bone under a column this close
EMPTY = np.zeros(0, dtype=np.int64)


@dataclass
class Pit:
    """One site at work in the lattice.

    Attributes
    ----------
    event : bmu.Event
        Dates, depth and width; `site` is the number of the voxel in the middle.
    voxels : int array
        The voxels of the pit (flat numbers), in the order in which they are dug.
    due : float array
        Share of the full depth at which each of them is reached, 0 to 1.
    below : int array, (voxels, 2)
        For each, the voxels just under the floor of its column.
    height : float array
        Height of each above the floor of its column, um: the order in which they are filled.
    inward : float array, (3,)
        Direction into the bone.
    """

    event: bmu.Event
    voxels: Any
    due: Any
    below: Any
    height: Any
    inward: Any
    dug: int = 0
    fill: Any = None  # voxels with a floor, in the order of filling, once digging has ended
    asked: float = 0.0  # new bone asked for by the filling curve so far, voxels
    wanted: float = 0.0  # new bone granted so far, voxels
    filled: int = 0
    shell: Any = field(default_factory=lambda: EMPTY)  # voxels kept free of other teams

    def copy(self) -> Pit:
        """Return a copy that can go on by itself; the arrays are never changed and stay shared."""
        return replace(self)


class Box:
    """Offsets of the voxels around a site, and their numbers in a periodic lattice."""

    def __init__(self, size: int, voxel: float, reach: float):
        self.size, self.voxel = size, voxel
        half = min(int(np.ceil(reach / voxel)), (size - 1) // 2)
        steps = np.stack(np.meshgrid(*[np.arange(-half, half + 1)] * 3, indexing="ij"), -1).reshape(-1, 3)
        self.steps = steps[(steps**2).sum(1) <= (half + 0.5) ** 2]
        self.offsets = (self.steps * voxel).astype(np.float32)
        self.squared = (self.offsets**2).sum(1)
        # Numbers of a larger lattice with a margin, and the true number of each: what leaves on one side enters again.
        self.margin = half + 6
        wide = size + 2 * self.margin
        self.strides = np.array([wide * wide, wide, 1])
        self.far_strides = self.strides.astype(np.float64)
        ring = (np.arange(wide) - self.margin) % size
        self.true = ((ring[:, None, None] * size + ring[None, :, None]) * size + ring).astype(np.int32).ravel()
        self.moves = self.steps @ self.strides

    def wide(self, numbers) -> Any:
        """Return the numbers of voxels in the lattice with a margin."""
        n = self.size
        x, rest = np.divmod(numbers, n * n)
        y, z = np.divmod(rest, n)
        return ((x + self.margin) * self.strides[0]) + (y + self.margin) * self.strides[1] + z + self.margin

    def numbers(self, centres) -> Any:
        """Return the numbers (sites, voxels) of the box around each centre."""
        return self.true[self.wide(np.asarray(centres))[:, None] + self.moves]

    def at(self, centres, offsets) -> Any:
        """Return the numbers of the voxels at `offsets` (um, shape (n, 3)) from the centres."""
        return self.near(self.wide(np.asarray(centres)), offsets)

    def near(self, wide, offsets) -> Any:
        """Return the same for centres that are numbers of the lattice with a margin."""
        # Whole numbers below 2**53 are exact in floating point, and their products are faster.
        moves = np.rint(offsets / self.voxel).astype(np.float64) @ self.far_strides
        return self.true[wide + moves.astype(np.int64)]


def _next_door():
    """Return pairs of slices: all voxels but one face with their neighbours, and that face with the one across."""
    whole, low, high, first, last = slice(None), slice(None, -1), slice(1, None), slice(0, 1), slice(-1, None)
    pairs = ((high, low), (low, high), (first, last), (last, first))
    return [
        tuple((whole,) * axis + (side,) + (whole,) * (2 - axis) for side in pair) for axis in range(3) for pair in pairs
    ]


NEXT_DOOR = _next_door()


def surface(bone) -> Any:
    """Return the flat numbers of the bone voxels that share a face with marrow, in a periodic lattice."""
    buried = bone.copy()
    for here, there in NEXT_DOOR:
        buried[here] &= bone[there]
    return np.flatnonzero(bone & ~buried)


def inward(there, box: Box, reach: float) -> Any:
    """Return the unit vectors (sites, 3) from each site to the centre of the bone within `reach` um of it.

    `there` says which voxels of the box around each site are bone: bool (sites, voxels).
    """
    near = box.squared <= reach**2
    towards = there[:, near].astype(np.float64) @ box.offsets[near]
    length = np.sqrt((towards**2).sum(1))
    flat = length < 1e-9
    towards[flat], length[flat] = (0, 0, 1), 1
    return towards / length[:, None]


def pits(bone, centres, depths, widths, box: Box, c) -> Iterator[dict]:
    """Yield for each site what a pit there takes: voxels, due, below, height, inward (see Pit), and its shell."""
    flat, voxel = bone.ravel(), box.voxel
    numbers = box.numbers(centres)
    there = flat[numbers]
    into = inward(there, box, c["normal_reach"]).astype(np.float32)
    depths, widths = depths.astype(np.float32), widths.astype(np.float32)
    down = into @ box.offsets.T + voxel / 2
    across = np.sqrt(np.maximum(box.squared - (down - voxel / 2) ** 2, 0)) / (widths[:, None] / 2)
    floor = depths[:, None] * np.maximum(0, 1 - across**3)
    foot = (across < 1) & (down > -voxel)
    taken = there & foot & (down < floor)
    wide = box.wide(centres)
    taken &= open_above(flat, wide, into, down, box, taken)
    shell = foot & (down < floor + 1.2 * voxel)
    site, place = _where(taken)
    due = np.maximum(down[site, place], 0) / floor[site, place]
    order = np.lexsort((due, site))
    site, place, due = site[order], place[order], due[order]
    lift = floor[site, place] - down[site, place]
    at, start, way = box.offsets[place], wide[site], into[site]
    under = [box.near(start, at + (lift + share * voxel)[:, None] * way) for share in UNDER]
    below, voxels = np.stack(under, -1), numbers[site, place]
    owner, shells = _where(shell)
    shells = numbers[owner, shells]
    ends = np.searchsorted(site, np.arange(len(centres) + 1))
    shell_ends = np.searchsorted(owner, np.arange(len(centres) + 1))
    for i in range(len(centres)):
        own = slice(ends[i], ends[i + 1])
        yield {
            "voxels": voxels[own],
            "due": due[own],
            "below": below[own],
            "height": lift[own],
            "inward": into[i],
            "shell": shells[shell_ends[i] : shell_ends[i + 1]],
        }


def _where(mask) -> Any:
    """Return rows and columns of a mask; three times as fast as np.nonzero where few are true."""
    return np.divmod(np.flatnonzero(mask), mask.shape[1])


def open_above(flat, wide, into, down, box: Box, wanted) -> Any:
    """Return which voxels of `wanted` can be reached: no bone stands in their column above the plane of the site."""
    site, place = _where(wanted)
    free = np.zeros(wanted.shape, dtype=bool)
    clear = np.ones(len(site), dtype=bool)
    at, start, way, depth = box.offsets[place], wide[site], into[site], down[site, place]
    for rise in (1.5, 2.5, 3.5):
        clear &= ~flat[box.near(start, at - (depth + rise * box.voxel)[:, None] * way)]
    free[site[clear], place[clear]] = True
    return free


def with_floor(pit: Pit, bone_flat, size: int) -> Any:
    """Return which voxels of a pit stand on bone: under their column or under one next to it (bool, len(voxels))."""
    firm = bone_flat[pit.below[:, 0]] | bone_flat[pit.below[:, 1]]
    if firm.all() or not firm.any():
        return firm
    places = np.stack(np.unravel_index(pit.voxels, (size,) * 3), -1)
    apart = places[~firm][:, None, :] - places[firm][None, :, :]
    apart -= size * np.rint(apart / size).astype(np.int64)
    # Columns next to each other: the distance across the axis of the pit.
    along = apart @ pit.inward
    near = ((apart**2).sum(-1) - along**2 <= NEXT_TO**2).any(1)
    firm = firm.copy()
    firm[~firm] = near
    return firm


def crown(pit: Pit, bone_flat, box: Box) -> Any:
    """Return marrow voxels on top of a filled pit where one more layer fits, nearest first.

    A voxel is left out if a second surface lies within two voxels above it, so that bone never grows together.
    """
    site = int(pit.event.site)
    numbers = box.numbers(np.array([site]))[0]
    down = box.offsets @ pit.inward + box.voxel / 2
    across = np.sqrt(np.maximum(box.squared - (down - box.voxel / 2) ** 2, 0)) / (pit.event.width / 2)
    free = ~bone_flat[numbers] & (across < 1) & (down > -3 * box.voxel) & (down < pit.event.depth)
    mine = np.flatnonzero(free)
    into, out = pit.inward * box.voxel, -pit.inward * box.voxel
    at = box.offsets[mine]
    rests = bone_flat[box.at(site, at + into)]
    clear = ~bone_flat[box.at(site, at + 2 * out)] & ~bone_flat[box.at(site, at + 3 * out)]
    mine = mine[rests & clear]
    order = np.argsort(across[mine] - down[mine] / box.voxel, kind="stable")
    return numbers[mine[order]]


def grown(mask) -> Any:
    """Return a mask with one more voxel all around (a cut box)."""
    from scipy import ndimage

    return ndimage.binary_dilation(mask, np.ones((3, 3, 3), dtype=bool))


CROSS = np.array([(0, 0, 0), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)])
# All that a cross can cover that covers the voxel in the middle, and which of them each of the seven crosses covers.
DIAMOND, CROSSES = np.unique((CROSS[:, None] + CROSS).reshape(-1, 3), axis=0, return_inverse=True)
CROSSES = CROSSES.reshape(len(CROSS), len(CROSS))


def cracks(bone_flat, region, box: Box) -> Any:
    """Return the marrow voxels of `region` into which no cross of seven marrow voxels fits: cracks and pinholes.

    (The morphological closing by a voxel and its six neighbours, for a list of voxels of a periodic lattice.)
    """
    places = region[~bone_flat[region]]
    around = bone_flat[box.true[box.wide(places)[:, None] + DIAMOND @ box.strides]]
    room = np.zeros(len(places), dtype=bool)
    for cross in CROSSES:
        room |= ~around[:, cross].any(1)
    return places[~room]
