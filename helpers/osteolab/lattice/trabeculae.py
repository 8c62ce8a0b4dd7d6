"""The young structure: trabecular bone of a young adult's vertebra, made from random cells.

The marrow spaces of spongy bone are packed like the cells of a foam. Points are spread at random in a box that
repeats on all sides, a little further apart along the spine than across it. Each voxel belongs to its nearest
point. Where two cells meet there is a wall and where three meet an edge. A share of the walls is kept as
plates, the others are open; the edges stay as rods. The coordinates are bent by a smooth random field, so that
nothing is straight, and a second field makes some places thicker than others.

    plate     |distance to the wall| < thickness / 2, if this wall is kept
    rod       distance to the edge   < thickness / 2
    (distance to the wall of points a and b: (d_b**2 - d_a**2) / (2 |a - b|))

The box is periodic in x, y and z: what leaves on one side enters on the other, so there is no edge at which
bone would hang in the air. Sizes are rows of ``data/lattice.csv``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from osteolab import data


def constants() -> dict[str, float]:
    """Sizes and shares of the lattice from ``data/lattice.csv``."""
    return {row["name"]: float(row["value"]) for row in data.rows("lattice")}


def smooth_field(size: int, waves: float, rng) -> Any:
    """Return a periodic random field of mean 0 and SD 1, shape (size, size, size), `waves` waves along an edge."""
    k = np.fft.fftfreq(size) * size
    squared = k[:, None, None] ** 2 + k[None, :, None] ** 2 + k[None, None, :] ** 2
    field = np.fft.ifftn(np.fft.fftn(rng.standard_normal((size,) * 3)) * np.exp(-squared / (2 * waves**2))).real
    return (field - field.mean()) / field.std()


def cell_points(edge: float, c, rng) -> Any:
    """Return the points of the cells (count, 3) in a cube of `edge` um, spread more evenly than by chance."""
    count = max(2, round((edge / c["cell_size"]) ** 3))
    points: list = []
    for _ in range(count):
        tries = rng.uniform(0, edge, (40, 3))
        if not points:
            points.append(tries[0])
            continue
        apart = tries[:, None, :] - np.array(points)
        apart -= edge * np.round(apart / edge)
        points.append(tries[np.argmax((apart**2).sum(-1).min(1))])
    return np.array(points)


def young_structure(size: int, voxel: float, seed: int) -> Any:
    """Return the voxels of a young vertebra before any remodelling, bool (size, size, size).

    Parameters
    ----------
    size : int
        Voxels along an edge.
    voxel : float
        Edge of a voxel, um.
    seed : int
        The same seed gives the same structure.
    """
    c, rng = constants(), np.random.default_rng([seed, size])
    edge = size * voxel
    points = cell_points(edge, c, rng)
    bend = np.stack([smooth_field(size, c["bend_waves"] * edge / 1000, rng) for _ in range(3)], -1)
    thick = smooth_field(size, c["bend_waves"] * edge / 1000, rng)
    grid = np.stack(np.meshgrid(*[(np.arange(size) + 0.5) * voxel] * 3, indexing="ij"), -1)
    where = (grid + c["bend"] * bend).reshape(-1, 3)
    # Cells are longer along the spine: distances along z count for less, on as many copies as are needed.
    stretch = np.array([1.0, 1.0, 1 / c["cell_stretch"]])
    copies = np.stack(np.meshgrid(*[(-1, 0, 1)] * 3, indexing="ij"), -1).reshape(-1, 3) * edge
    spots = (points[None, :, :] + copies[:, None, :]).reshape(-1, 3) * stretch
    owner = np.tile(np.arange(len(points)), len(copies))
    shift = np.repeat(np.arange(len(copies)), len(points))
    near = cKDTree(spots)
    distance, index = near.query((where % edge) * stretch, k=4)
    return _solid(distance, index, spots, owner, shift, thick.ravel(), c, seed).reshape((size,) * 3)


def _solid(distance, index, spots, owner, shift, thick, c, seed):
    """Say which voxels are bone, from the distances to the four nearest points."""

    def wall(i, j):
        gap = np.linalg.norm(spots[index[:, i]] - spots[index[:, j]], axis=1)
        return (distance[:, j] ** 2 - distance[:, i] ** 2) / (2 * gap)

    swell = np.exp(c["thickness_spread"] * thick)
    to_wall, other, third = wall(0, 1), wall(0, 2), wall(1, 2)
    kept = _kept(index[:, 0], index[:, 1], owner, shift, c["plates_kept"], seed)
    plate = np.where(kept, to_wall / (c["plate_thickness"] / 2), np.inf)
    rod = np.sqrt(to_wall**2 + ((other + third) / 2) ** 2) / (c["rod_thickness"] / 2)
    # All plates and rods are made thicker or thinner by one factor, so that every seed has the same BV/TV.
    thin = np.minimum(plate, rod) / swell
    return thin < np.quantile(thin, c["bv_tv"])


def _kept(first, second, owner, shift, share, seed):
    """Draw for each wall whether it is kept; a wall and its periodic copies get the same answer."""
    a, b = owner[first], owner[second]
    step = np.stack(np.unravel_index(shift[second], (3, 3, 3)), -1) - np.stack(
        np.unravel_index(shift[first], (3, 3, 3)), -1
    )
    turned = (a > b) | ((a == b) & (step[:, 0] * 9 + step[:, 1] * 3 + step[:, 2] < 0))
    low, high = np.where(turned, b, a), np.where(turned, a, b)
    step = np.where(turned[:, None], -step, step) + 2
    key = ((low * 1000 + high) * 125 + step[:, 0] * 25 + step[:, 1] * 5 + step[:, 2]).astype(np.int64)
    walls, place = np.unique(key, return_inverse=True)
    # As many walls as the share says, so that no seed is a foam or a cage by chance.
    order = np.random.default_rng([seed, 7]).permutation(len(walls))
    return (order < share * len(walls))[place]
