"""Sites of renewal in a voxel lattice: where a pit opens, which voxels it takes, which of them can be filled again.

A pit is a dish on the surface. Its middle is a surface voxel, its axis points into the bone (from the site to the centre of
the bone around it), and it reaches `depth * bmu.pit_shape(offset)` below the plane through the site. Timing, depth and
the progress of digging and filling are those of :class:`osteolab.bmu.Event`, the same as in the drawing of one site.

A voxel can be filled again if there is bone under its column of the pit, or under one next to it. A pit that comes out
on the other side of a plate, or takes the whole width of a rod, has no such floor there: those voxels stay empty.
"""

from __future__ import annotations

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
        self.offsets = self.steps * float(voxel)
        self.squared = (self.offsets**2).sum(1)

    def numbers(self, centres) -> Any:
        """Return the flat numbers (sites, voxels) of the box around each centre (flat numbers)."""
        n = self.size
        x, y, z = np.unravel_index(centres, (n, n, n))
        sx, sy, sz = self.steps.T
        return (((x[:, None] + sx) % n) * n + (y[:, None] + sy) % n) * n + (z[:, None] + sz) % n


def surface(bone) -> Any:
    """Return the flat numbers of the bone voxels that share a face with marrow, in a periodic lattice."""
    buried = bone.copy()
    for axis in range(3):
        for way in (1, -1):
            buried &= np.roll(bone, way, axis)
    return np.flatnonzero(bone & ~buried)


def inward(bone_flat, numbers, box: Box, reach: float) -> Any:
    """Return the unit vectors (sites, 3) from each site to the centre of the bone within `reach` um of it."""
    near = box.squared <= reach**2
    towards = bone_flat[numbers[:, near]].astype(np.float64) @ box.offsets[near]
    length = np.sqrt((towards**2).sum(1))
    flat = length < 1e-9
    towards[flat], length[flat] = (0, 0, 1), 1
    return towards / length[:, None]


def pits(bone, centres, depths, shares, widths, box: Box, c) -> list[dict]:
    """Return for each site what a pit there takes: voxels, due, below, height, inward (see Pit), and its shell.

    A pit is `depths` um deep or takes `shares` of the bone under it, whichever is less.
    """
    flat, voxel = bone.ravel(), box.voxel
    numbers = box.numbers(centres)
    into = inward(flat, numbers, box, c["normal_reach"])
    depths = np.minimum(depths, shares * thickness_below(flat, centres, into, box))
    down = into @ box.offsets.T + voxel / 2
    across = np.sqrt(np.maximum(box.squared - (down - voxel / 2) ** 2, 0)) / (widths[:, None] / 2)
    floor = depths[:, None] * np.maximum(0, 1 - across**3)
    foot = (across < 1) & (down > -voxel)
    taken = flat[numbers] & foot & (down < floor)
    taken &= open_above(flat, centres, into, down, box, taken)
    shell = foot & (down < floor + 1.2 * voxel)
    found = []
    for i in range(len(centres)):
        mine = np.flatnonzero(taken[i])
        share = np.maximum(down[i, mine], 0) / floor[i, mine]
        mine = mine[np.argsort(share, kind="stable")]
        lift = floor[i, mine] - down[i, mine]
        under = [box.offsets[mine] + (lift + share * voxel)[:, None] * into[i] for share in UNDER]
        found.append(
            {
                "voxels": numbers[i, mine],
                "due": np.maximum(down[i, mine], 0) / floor[i, mine],
                "below": np.stack([_number(centres[i], spot, box) for spot in under], -1),
                "height": lift,
                "inward": into[i],
                "depth": float(depths[i]),
                "shell": numbers[i, shell[i]],
            }
        )
    return found


def thickness_below(flat, centres, into, box: Box, most: int = 12) -> Any:
    """Return how much bone (um) lies under each site along its axis, up to `most` voxels."""
    left, depth = np.ones(len(centres), dtype=bool), np.zeros(len(centres))
    for step in range(most):
        left &= flat[_number(centres, step * box.voxel * into, box)]
        depth += left * box.voxel
    return depth


def open_above(flat, centres, into, down, box: Box, wanted) -> Any:
    """Return which voxels of `wanted` can be reached: no bone stands in their column above the plane of the site."""
    site, place = np.nonzero(wanted)
    free = np.zeros(wanted.shape, dtype=bool)
    clear = np.ones(len(site), dtype=bool)
    for rise in (1.5, 2.5, 3.5):
        lift = (down[site, place] + rise * box.voxel)[:, None] * into[site]
        clear &= ~flat[_number(centres[site], box.offsets[place] - lift, box)]
    free[site[clear], place[clear]] = True
    return free


def _number(centre, offsets, box):
    n = box.size
    steps = np.rint(offsets / box.voxel).astype(np.int64)
    x, y, z = np.unravel_index(centre, (n, n, n))
    return (((x + steps[:, 0]) % n) * n + (y + steps[:, 1]) % n) * n + (z + steps[:, 2]) % n


def with_floor(pit: Pit, bone_flat, size: int) -> Any:
    """Return which voxels of a pit stand on bone: under their column or under one next to it (bool, len(voxels))."""
    firm = bone_flat[pit.below].any(1)
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
    rests = bone_flat[_number(site, at + into, box)]
    clear = ~bone_flat[_number(site, at + 2 * out, box)] & ~bone_flat[_number(site, at + 3 * out, box)]
    mine = mine[rests & clear]
    order = np.argsort(across[mine] - down[mine] / box.voxel, kind="stable")
    return numbers[mine[order]]


def grown(mask) -> Any:
    """Return a mask with one more voxel all around (a cut box)."""
    from scipy import ndimage

    return ndimage.binary_dilation(mask, np.ones((3, 3, 3), dtype=bool))


def smoothed(bone_flat, region, size: int, least: int) -> Any:
    """Return the marrow voxels of `region` with at least `least` of 26 neighbours in bone: cracks and pinholes."""
    open_ones = region[~bone_flat[region]]
    steps = np.stack(np.meshgrid(*[(-1, 0, 1)] * 3, indexing="ij"), -1).reshape(-1, 3)
    x, y, z = np.unravel_index(open_ones, (size,) * 3)
    near = ((x[:, None] + steps[:, 0]) % size * size + (y[:, None] + steps[:, 1]) % size) * size + (
        z[:, None] + steps[:, 2]
    ) % size
    return open_ones[bone_flat[near].sum(1) >= least]
