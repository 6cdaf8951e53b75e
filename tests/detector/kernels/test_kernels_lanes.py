"""Four numbers at a time are four times one number, compiled or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from detector.kernels import lanes
from detector.kernels.lanes import highest, larger, load, minus, smaller, square, store, times

FOUR = st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4)


@njit
def moved(values, i, out, j):
    store(out, j, load(values, i))


@njit
def combined(a, b, out):
    x, y = load(a, 0), load(b, 0)
    store(out, 0, times(x, y))
    store(out, 4, minus(x, y))
    store(out, 8, larger(x, y))
    store(out, 12, smaller(x, y))
    return highest(x), square(x)


@pytest.mark.parametrize(("i", "j"), [(0, 0), (1, 3), (6, 4)])
def test_lanes_are_loaded_and_stored_anywhere_and_touch_nothing_else(i, j):
    values, out = np.arange(10.0) + 100, np.arange(8.0)
    expected = [*range(j), *range(100 + i, 104 + i), *range(j + 4, 8)]
    moved(values, i, out, j)
    assert out.tolist() == expected


def test_loaded_lanes_are_a_copy():
    @njit
    def shifted(values):
        before = load(values, 0)
        store(values, 0, load(values, 4))
        store(values, 4, before)

    values = np.arange(8.0)
    shifted(values)
    assert values.tolist() == [4, 5, 6, 7, 0, 1, 2, 3]


@given(FOUR, FOUR)
def test_every_lane_has_the_scalar_formula(a, b):
    out = np.empty(16)
    most, length = combined(np.array(a), np.array(b), out)
    pairs = list(zip(a, b, strict=True))
    assert out[:4].tolist() == [x * y for x, y in pairs]
    assert out[4:8].tolist() == [x - y for x, y in pairs]
    assert out[8:12].tolist() == [max(x, y) for x, y in pairs]
    assert out[12:].tolist() == [min(x, y) for x, y in pairs]
    assert most == max(a)
    assert length == (a[0] * a[0] + a[1] * a[1]) + a[2] * a[2]  # in this order, to the last bit


@pytest.mark.parametrize("lane", range(4))
def test_the_highest_is_found_in_every_lane(lane):
    values = np.full(4, -7.0)
    values[lane] = -3.0
    assert combined(values, values, np.empty(16))[0] == -3.0


@pytest.mark.parametrize(("lane", "expected"), [(0, 9), (1, 9), (2, 9), (3, 0)])
def test_the_square_is_of_three_axes_and_leaves_the_idle_lane_out(lane, expected):
    values = np.zeros(4)
    values[lane] = 3.0
    assert combined(values, values, np.empty(16))[1] == expected


@given(FOUR, FOUR)
def test_without_the_compiler_the_same_is_done_by_arrays(a, b):
    a, b, out, moved_to = np.array(a), np.array(b), np.empty(16), np.zeros(6)
    most, length = combined(a, b, out)
    by_arrays = [
        lanes._times_four(a, b),
        lanes._minus_four(a, b),
        lanes._larger_four(a, b),
        lanes._smaller_four(a, b),
    ]
    assert np.concatenate(by_arrays).tobytes() == out.tobytes()
    assert (lanes._highest_of_four(a), lanes._square_three(a)) == (most, length)
    lanes._store_four(moved_to, 1, lanes._load_four(np.append(0, a), 1))
    assert moved_to.tolist() == [0, *a, 0]
