"""Straight lines between points."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteolab import Course, InputError, Person, drugs, endocrine, simulate
from osteolab.interpolation import linear
from osteolab.readouts import usual_density

AGES, VALUES = (20.0, 50.0, 60.0), (10.0, 40.0, 0.0)


@pytest.mark.parametrize(("age", "value"), [(10, 10), (20, 10), (35, 25), (50, 40), (52.5, 30), (60, 0), (99, 0)])
def test_between_the_points_straight_and_beyond_the_ends_flat(age, value):
    assert linear(AGES, VALUES, age) == value


def test_one_point_is_flat_everywhere():
    assert [linear((5.0,), (3.0,), x) for x in (-1, 5, 9)] == [3, 3, 3]


def test_tuples_are_read_entry_by_entry_and_arrays_as_wholes():
    assert linear((0.0, 2.0), ((1.0, 10.0), (3.0, 20.0)), 1.0) == (2.0, 15.0)
    halfway = linear((0.0, 2.0), (np.array([1.0, 10.0]), np.array([3.0, 20.0])), 1.0)
    assert halfway.tolist() == [2.0, 15.0]


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=6, unique=True)
    .map(sorted)
    .filter(lambda xs: min(b - a for a, b in itertools.pairwise(xs)) > 1e-6),
    st.lists(st.floats(-1e3, 1e3), min_size=6, max_size=6),
    st.floats(-2e3, 2e3),
)
def test_it_agrees_with_numpy(xs, ys, x):
    ys = ys[: len(xs)]
    assert linear(xs, ys, x) == pytest.approx(float(np.interp(x, xs, ys)), abs=1e-9)


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3), st.integers(0, 2))
def test_a_point_itself_is_met_exactly(ys, i):
    assert linear((1.0, 2.0, 4.0), ys, (1.0, 2.0, 4.0)[i]) == ys[i]


# Where the calculator reads a table or a curve between its points


def test_usual_levels_and_densities_hold_beyond_their_last_ages():
    assert endocrine.usual("igf1", "male", 19) == endocrine.usual("igf1", "male", 20)
    assert endocrine.usual("igf1", "male", 101) == endocrine.usual("igf1", "male", 100)
    assert usual_density("total_hip", "female", 20) == usual_density("total_hip", "female", 25)
    assert usual_density("total_hip", "female", 100) == usual_density("total_hip", "female", 86)


def test_denosumab_is_absent_before_its_first_and_after_its_last_point():
    curve = drugs.Curve((50.0, 51.0, 52.0), (1.0, 3.0, 5.0))
    assert [drugs.level_at(curve, age) for age in (49, 50, 50.5, 52, 53)] == [0, 0, 2, 0, 0]


def test_a_life_is_read_from_its_first_to_its_last_age_and_no_further():
    life = simulate(Person("female", 52, 50), [Course("estradiol", 40, "pg/mL", 52)], until=60)
    first, *_, last = life.series("bmd")
    assert life.series("bmd", ages=[20, 60]) == [first, last]
    for outside in (10, 19.99, 60.01, 90):
        with pytest.raises(InputError, match="20 to 60"):
            life.series("bmd", ages=[20, outside])
