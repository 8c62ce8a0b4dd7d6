"""Measures and stiffness against shapes with a known answer, and against other people's software."""

import numpy as np
import pytest
from scipy import ndimage

from osteolab.errors import InputError
from osteolab.lattice import microarchitecture as m
from osteolab.lattice import stiffness

GRID = np.indices((48, 48, 48)) - 23.5


def plate(thickness, size=48):
    bone = np.zeros((size,) * 3, dtype=bool)
    bone[10 : 10 + thickness] = True
    return bone


def rod(radius):
    return np.sqrt((GRID[:2] ** 2).sum(0)) < radius


def ball(radius):
    return np.sqrt((GRID**2).sum(0)) < radius


def cube_lattice(size=48, cell=24, strut=6):
    near = np.arange(size) % cell < strut
    x, y, z = near[:, None, None], near[None, :, None], near[None, None, :]
    return (x & y) | (y & z) | (x & z)


def random_bone(seed=1, size=40, waves=4):
    white = np.random.default_rng(seed).standard_normal((size,) * 3)
    noise = ndimage.gaussian_filter(white, size / waves / 4, mode="wrap")
    return noise > np.quantile(noise, 0.75)


@pytest.mark.parametrize("thickness", [3, 4, 6, 7])
@pytest.mark.parametrize("periodic", [True, False])
def test_thickness_of_a_plate(thickness, periodic):
    assert m.thickness(plate(thickness), 25, periodic) == pytest.approx(25 * thickness, abs=0.6 * 25)


@pytest.mark.parametrize("radius", [4.0, 6.3])
def test_thickness_of_a_rod(radius):
    assert m.thickness(rod(radius), 25, True) == pytest.approx((2 * radius - 0.8) * 25, abs=25)


@pytest.mark.parametrize("radius", [5.0, 8.4])
def test_thickness_of_a_ball(radius):
    assert m.thickness(ball(radius), 10) == pytest.approx((2 * radius - 1) * 10, abs=14)


def test_separation_and_number_of_parallel_plates():
    bone = np.zeros((48, 48, 48), dtype=bool)
    bone[(np.arange(48) % 16) < 4] = True
    # on a grid twice as coarse, so to half a voxel of that
    assert m.separation(bone, 25, True) == pytest.approx(12 * 25, abs=30)
    assert m.measure(bone, 25, True)["tb_n_per_mm"] == pytest.approx(1000 / (16 * 25), rel=0.12)
    assert m.volume_fraction(bone) == 0.25


def test_thickness_is_that_of_spheres_drawn_one_by_one():
    bone = random_bone(2, 24)
    distance = ndimage.distance_transform_edt(np.pad(bone, 24, mode="wrap"))[24:48, 24:48, 24:48]
    places, wanted = np.indices(bone.shape), np.zeros(bone.shape)
    for centre in np.argwhere(bone):
        apart = np.abs(places - centre[:, None, None, None])
        inside = (np.minimum(apart, 24 - apart) ** 2).sum(0) < round(distance[tuple(centre)] ** 2)
        wanted[inside] = np.maximum(wanted[inside], 2 * distance[tuple(centre)] - 0.5)
    assert m.local_thickness(bone, True) == pytest.approx(np.where(bone, wanted, 0), abs=1e-4)


@pytest.mark.parametrize(
    ("shape", "number"), [(ball(8), 1), (rod(5), 1), (~rod(5), 0), (ball(12) & ~ball(6), 2), (plate(4), 1)]
)
def test_euler_number_of_simple_shapes(shape, number):
    assert m.euler_number(shape) == number


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_euler_number_equals_that_of_scikit_image(seed):
    measure = pytest.importorskip("skimage.measure")
    bone = random_bone(seed)
    assert m.euler_number(bone) == measure.euler_number(bone, 3)
    inner = np.pad(bone, 3)  # what does not touch the sides is the same with and without a periodic side
    assert m.euler_number(inner, periodic=True) == m.euler_number(bone)


def test_connectivity_of_a_cube_lattice():
    # each node of a cubic lattice brings three struts and closes two rings; a ring of the torus more each way
    bone = cube_lattice()
    nodes, volume = 8, (48 * 0.025) ** 3
    assert m.euler_number(bone, True) == nodes - 3 * nodes
    assert m.connectivity_density(bone, 25, True) == pytest.approx((1 + 2 * nodes) / volume)
    cut = np.roll(bone, (9, 9, 9), (0, 1, 2))  # sides through the middle of the pores: what is cut is open there
    assert m.connectivity_density(cut, 25) == pytest.approx(2 * nodes / volume, rel=0.3)


def test_edges_are_shared_with_the_neighbours():
    # eight cubes cut from one periodic piece: their corrected Euler numbers add up to that of the whole
    bone = random_bone(4, 32, 3)
    half = 16
    wide = np.pad(bone, ((0, 1),) * 3, mode="wrap")
    total = 0.0
    for x, y, z in np.ndindex(2, 2, 2):
        part = wide[half * x : half * x + half + 1, half * y : half * y + half + 1, half * z : half * z + half + 1]
        total += m.euler_number(part) - m._shared_at_edges(part)
    assert total == pytest.approx(m.euler_number(bone, True), abs=3)


def test_pieces_are_joined_across_a_periodic_side():
    bone = np.zeros((12, 12, 12), dtype=bool)
    bone[0, 5, 5] = bone[11, 6, 6] = True
    assert m.labels(bone)[1] == 2
    assert m.labels(bone, True)[1] == 1


def test_loose_bits_and_hollows_are_no_connections():
    bone = ball(14) & ~ball(4)
    bone[0, 0, 0] = True
    clean = m.purified(bone)
    assert m.euler_number(clean) == 1
    assert not clean[0, 0, 0] and clean[24, 24, 24]


def test_plate_rod_index():
    pytest.importorskip("skimage")
    assert m.structure_model_index(plate(8)) == pytest.approx(0, abs=0.1)
    assert m.structure_model_index(rod(8)) == pytest.approx(3, abs=0.15)
    assert m.structure_model_index(ball(14)) == pytest.approx(4, abs=0.15)


def test_measures_agree_with_bone_microarchitecture():
    thickness = pytest.importorskip("bone_microarchitecture.thickness")
    metrics = pytest.importorskip("bone_microarchitecture.metrics")
    spacing = (0.025,) * 3
    bone = np.pad(random_bone(3, 36), 4)  # away from the sides, where every programme has its own rule
    theirs = thickness.hildebrand_thickness_map(bone, spacing, backend="cpu")
    # they take a whole voxel off the diameter, here it is half of one
    assert m.thickness(bone, 25) - 12.5 == pytest.approx(1000 * theirs[bone].mean(), rel=0.06)
    assert m.volume_fraction(bone) == metrics.count_volume(bone, spacing) / (44 * 0.025) ** 3


# Stiffness


def lateral_free(share):
    """Rods along the axis, free at their sides: Young's modulus times their share, over that of confined solid bone."""
    return share / stiffness.material()[2, 2]


def test_solid_bone_is_the_unit():
    assert stiffness.relative_stiffness(np.ones((6, 6, 6)), factor=1) == pytest.approx(1)


def test_a_rod_carries_its_share_along_its_axis_and_nothing_across():
    bone = np.zeros((12, 12, 12), dtype=bool)
    bone[3:6, 3:6] = True
    assert stiffness.solve(bone, 2, 1, 1e-8).relative_stiffness == pytest.approx(lateral_free(1 / 16), rel=1e-6)
    assert abs(stiffness.solve(bone, 0, 1, 1e-8).relative_stiffness) < 1e-9


def test_a_plate_is_held_at_its_sides():
    bone = np.zeros((12, 12, 12), dtype=bool)
    bone[3:6] = True
    theory = 0.25 / (1 - stiffness.POISSON**2) / stiffness.material()[2, 2]
    assert stiffness.solve(bone, 2, 1, 1e-8).relative_stiffness == pytest.approx(theory, rel=1e-6)


def test_layers_in_series_meet_the_lower_bound():
    grey = np.full((8, 8, 8), 1.0)
    grey[:, :, ::2] = 0.25
    assert stiffness.solve(grey, 2, 1, 1e-8).relative_stiffness == pytest.approx(1 / (0.5 / 1 + 0.5 / 0.25), rel=1e-6)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_stiffness_lies_between_the_bounds_and_a_loose_tolerance_is_enough(axis):
    bone = random_bone(5, 24)
    strict = stiffness.solve(bone, axis, 1, 1e-8)
    assert 0 < strict.relative_stiffness < m.volume_fraction(bone)  # Voigt; the lower bound of Reuss is 0 with pores
    assert stiffness.solve(bone, axis, 1).relative_stiffness == pytest.approx(strict.relative_stiffness, rel=0.02)
    assert strict.energy.mean() == pytest.approx(strict.relative_stiffness)
    again = stiffness.solve(bone, axis, 1, start=strict.displacement)
    assert again.iterations == 0


def test_nothing_carries_nothing():
    assert stiffness.relative_stiffness(np.zeros((4, 4, 4))) == 0


def test_the_factor_must_divide_the_edges():
    with pytest.raises(InputError, match="factor is 2; it must divide"):
        stiffness.solve(np.ones((5, 5, 5)))
