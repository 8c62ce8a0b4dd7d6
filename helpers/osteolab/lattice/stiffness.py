"""Apparent stiffness of trabecular bone: a linear finite-element solve on voxels.

Every voxel is a cube with eight nodes and linear shape functions (the usual voxel model of trabecular bone: van
Rietbergen 1995 J Biomech 28:69-81). The piece is periodic: it is squeezed along one axis by a small mean strain
while the other two mean strains are held at zero, and the rest of the displacement repeats from copy to copy.
The energy stored gives the apparent stiffness along that axis.

    C = energy / (volume * strain**2)         relative to the same cube made of solid bone: 0 to 1

The grid may be made coarser first; a voxel that is half bone is then half as stiff. The equations are solved by
conjugate gradients without building a matrix; the error of the energy is the square of that of the
displacement, so a loose tolerance is enough (tested).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from osteolab.errors import InputError
from osteolab.lattice.microarchitecture import coarse

POISSON = 0.3
LEAST = 0.05  # voxels with less bone than this carry nothing
CORNERS = np.array(list(np.ndindex(2, 2, 2)))


def material(poisson: float = POISSON) -> Any:
    """Return the 6 x 6 elastic matrix of a material with Young's modulus 1 (xx, yy, zz, yz, xz, xy)."""
    lame = poisson / ((1 + poisson) * (1 - 2 * poisson))
    shear = 1 / (2 * (1 + poisson))
    matrix = np.zeros((6, 6))
    matrix[:3, :3] = lame
    matrix[range(3), range(3)] += 2 * shear
    matrix[range(3, 6), range(3, 6)] = shear
    return matrix


@cache
def element(poisson: float = POISSON) -> tuple[Any, Any]:
    """Return (stiffness 24 x 24, force 24 x 3) of a unit cube; the forces are those of unit strains xx, yy and zz."""
    points = np.array([-1, 1]) / np.sqrt(3) / 2 + 0.5
    elastic = material(poisson)
    stiffness, force = np.zeros((24, 24)), np.zeros((24, 3))
    for x in points:
        for y in points:
            for z in points:
                strain = _strain(np.array([x, y, z]))
                stiffness += strain.T @ elastic @ strain / 8
                force += strain.T @ elastic[:, :3] / 8
    return stiffness, force


def _strain(point):
    """Return the 6 x 24 matrix from corner displacements to strain at a point of the unit cube."""
    matrix = np.zeros((6, 24))
    for number, corner in enumerate(CORNERS):
        part = np.where(corner == 1, point, 1 - point)
        slope = np.where(corner == 1, 1.0, -1.0)
        dx, dy, dz = slope[0] * part[1] * part[2], part[0] * slope[1] * part[2], part[0] * part[1] * slope[2]
        matrix[:, 3 * number : 3 * number + 3] = [
            [dx, 0, 0], [0, dy, 0], [0, 0, dz], [0, dz, dy], [dz, 0, dx], [dy, dx, 0],
        ]  # fmt: skip
    return matrix


class Solution:
    """What a solve returns.

    Attributes
    ----------
    relative_stiffness : float
        Stiffness along the axis, relative to solid bone.
    energy : float array, shape of the grid
        Energy density of each voxel, per energy density of solid bone at the same mean strain; 0 in marrow.
    displacement : float array
        For a warm start of the next solve.
    iterations : int
        Steps of conjugate gradients.
    """

    def __init__(self, relative_stiffness, energy, displacement, iterations):
        self.relative_stiffness, self.energy = relative_stiffness, energy
        self.displacement, self.iterations = displacement, iterations


def usual_factor(size: int) -> int:
    """Return how many voxels along an edge of `size` are joined for a solve: two where the edge allows it."""
    return 1 if size % 2 else 2


def solve(bone, axis: int = 2, factor: int = 2, tolerance: float = 0.003, start=None) -> Solution:
    """Squeeze a periodic piece of bone along an axis.

    Parameters
    ----------
    bone : array, shape (nx, ny, nz)
        Bone, True or False, or share of bone in each voxel, 0 to 1.
    axis : int
        0, 1 or 2; 2 is along the spine.
    factor : int
        How many voxels along an edge are joined to one before the solve; 1 solves on the voxels as they are.
    tolerance : float
        Residual at which the iteration stops, relative to the load.
    start : array, optional
        Displacement of an earlier solve on the same grid.

    Returns
    -------
    Solution

    Raises
    ------
    InputError
        If the edges cannot be divided by `factor`.
    """
    bone = np.asarray(bone)
    if any(side % factor for side in bone.shape):
        raise InputError(f"factor is {factor}; it must divide the edges of the piece, which are {bone.shape}")
    share = coarse(bone, factor) if factor > 1 else bone.astype(np.float32)
    share = np.where(share < LEAST, 0, share).astype(float)
    full = material()[2, 2]
    elements = np.flatnonzero(share)
    if not len(elements):
        return Solution(0.0, np.zeros(share.shape), np.zeros((*share.shape, 3)), 0)
    nodes = _nodes(elements, share.shape)
    stiff, force = element()
    weight = share.ravel()[elements]
    load = -force[:, axis]
    size = 3 * share.size
    places = (3 * nodes[:, :, None] + np.arange(3)).reshape(len(elements), 24)

    def spread(values):
        return np.bincount(places.ravel(), values.ravel(), size)

    def times(u):
        return spread((u[places] @ stiff) * weight[:, None])

    right = spread(weight[:, None] * load)
    diagonal = spread(weight[:, None] * np.diag(stiff))
    held = diagonal == 0
    inverse = np.where(held, 0, 1 / np.where(held, 1, diagonal))
    u = np.zeros(size) if start is None else np.where(held, 0, np.asarray(start, dtype=float).ravel())
    u, count = _conjugate_gradients(times, right, inverse, u, tolerance)
    moved = u[places]
    own = weight * (
        full + 2 * (moved @ force[:, axis]) + np.einsum("ei,ei->e", moved @ stiff, moved)
    )  # energy of mean strain and of the rest
    energy = np.zeros(share.size)
    energy[elements] = own / full
    return Solution(float(own.sum() / full / share.size), energy.reshape(share.shape), u, count)


def _nodes(elements, shape):
    """Return the eight nodes (elements, 8) of each element of a periodic grid."""
    x, y, z = np.unravel_index(elements, shape)
    nx, ny, nz = shape
    cx, cy, cz = CORNERS.T
    return (((x[:, None] + cx) % nx) * ny + (y[:, None] + cy) % ny) * nz + (z[:, None] + cz) % nz


def _conjugate_gradients(times, right, inverse, u, tolerance, most=2000):
    """Solve A u = right by conjugate gradients with a diagonal preconditioner; return (u, steps)."""
    residual = right - times(u)
    goal = tolerance * np.linalg.norm(right)
    turned = inverse * residual
    way, product = turned, residual @ turned
    for count in range(most):
        if np.linalg.norm(residual) <= goal:
            return u, count
        pushed = times(way)
        step = product / (way @ pushed)
        u = u + step * way
        residual = residual - step * pushed
        turned = inverse * residual
        product, before = residual @ turned, product
        way = turned + product / before * way
    return u, most


def relative_stiffness(bone, axis: int = 2, factor: int = 2) -> float:
    """Return the apparent stiffness of a periodic piece along an axis, relative to solid bone (0 to 1)."""
    return solve(bone, axis, factor).relative_stiffness
