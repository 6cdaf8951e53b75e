"""Bursts and alternations by themselves: sub-peaks with valleys, changes of sign, intervals."""

from __future__ import annotations

import numpy as np
import pytest

from detector.kernels import features


def bursts(envelope, least=1.6, apart_n=2.0, start=0, stop=None):
    at, size = np.zeros(features.MAX_BURSTS), np.zeros(features.MAX_BURSTS)
    array = np.array(envelope, float)
    count = features.find_bursts(array, start, stop or len(array), least, apart_n, at, size)
    return [(int(i), s) for i, s in zip(at[:count], size[:count], strict=True)]


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        ([0, 4, 2, 4, 0], [(1, 4)]),  # half is no valley
        ([0, 4, 1.9, 4, 0], [(1, 4), (3, 4)]),
        ([0, 8, 3, 4, 0], [(1, 8)]),  # half of the smaller is asked for
        ([0, 8, 2, 4, 0], [(1, 8)]),
        ([0, 8, 1.9, 4, 0], [(1, 8), (3, 4)]),
        ([0, 4, 1.9, 8, 0], [(1, 4), (3, 8)]),
        ([0, 1.6, 0, 1.5, 0, 4, 0], [(1, 1.6), (5, 4)]),  # the least size counts
        ([0, 4, 1, 0.5, 1.5, 1.7, 6, 0], [(1, 4), (6, 6)]),  # a slow rise is one
        ([0, 8, 3.9, 1, 3, 0], [(1, 8), (4, 3)]),  # the lowest point of a valley counts
        ([0, 4, 0, 1.6, 0], [(1, 4), (3, 1.6)]),
        ([3, 4, 5, 4, 3], [(2, 5)]),
        ([1.6], [(0, 1.6)]),  # the end of the event closes it
        ([0, 4, 4, 0], [(1, 4)]),  # of equals the first
        ([0, 0, 0], []),
    ],
)
def test_a_valley_is_below_half_of_the_smaller_sub_peak(envelope, expected):
    assert bursts(envelope) == expected


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        ([0, 3, 0, 4, 0], [(3, 4)]),
        ([0, 4, 0, 3, 0], [(1, 4)]),
        ([0, 4, 0, 4, 0], [(1, 4)]),
        ([0, 3, 0, 0, 4, 0], [(1, 3), (4, 4)]),  # as far apart as asked for
        ([0, 3, 0, 4, 0, 5, 0], [(5, 5)]),
        ([0, 5, 0, 4, 0, 3, 0], [(1, 5), (5, 3)]),  # counted from the one that stayed
    ],
)
def test_of_two_sub_peaks_closer_than_three_samples_the_larger_stays(envelope, expected):
    assert bursts(envelope, apart_n=3.0) == expected


def test_bursts_outside_the_event_are_not_seen():
    envelope = [9, 0, 4, 0, 5, 0, 9]
    assert bursts(envelope, start=1, stop=6) == [(2, 4), (4, 5)]
    assert bursts(envelope, start=2, stop=5) == [(2, 4), (4, 5)]


@pytest.mark.parametrize("n", [63, 64, 65, 80])
def test_no_more_bursts_are_kept_than_there_is_room_for(n):
    found = bursts([0, 4] * n + [0])
    assert len(found) == min(n, 64)
    assert found[-1] == (2 * len(found) - 1, 4)


@pytest.mark.parametrize(
    ("places", "mean", "cv"),
    [
        ([], None, None),
        ([5], None, None),
        ([5, 9], 4, None),
        ([0, 10, 30], 15, 1 / 3),
        ([0, 7, 14, 21], 7, 0),
    ],
)
def test_spacing_needs_two_places_and_its_evenness_three(places, mean, cv):
    room = np.r_[places, 1e9]  # what lies behind the count is scratch
    found = features.spacing(room, len(places))
    expected = [np.nan if value is None else value for value in (mean, cv)]
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("sizes", "factor"), [([], np.nan), ([3], 1), ([4, 2], 2), ([2, 4], 2), ([6, 2, 9], 4.5)]
)
def test_spread_is_the_largest_over_the_smallest(sizes, factor):
    room = np.r_[sizes, 1e9]
    np.testing.assert_equal(features.spread(room, len(sizes)), factor)


def flips(slow, start=0, stop=None, room=64):
    at, array = np.zeros(room), np.zeros((len(slow), 4))
    array[:, : np.shape(slow)[1]] = np.array(slow) / 128  # as small as they are in g
    count = features.find_alternations(array, start, stop or len(slow), at)
    return at[:count].astype(int).tolist()


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        ([4, -4, 4, -4], [1, 2, 3]),
        ([4, -1, 4, 1, -4], [4]),  # a quarter of the largest is not beyond it
        ([4, -1.01, 4], [1, 2]),
        ([-4, 0, 0, 4], [3]),  # at the first sample of the new sign
        ([0.5, -4, -4, 0.5], []),
        ([0, 0, 0], []),
    ],
)
@pytest.mark.parametrize("column", range(3))
def test_a_change_of_sign_counts_beyond_a_quarter_of_the_largest(column, axis, expected):
    slow = np.zeros((len(axis), 3))
    slow[:, column] = axis
    assert flips(slow) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(2, 3, 1), (-2, 3, -1)], []),  # y has most power
        ([(3, 2, 1), (-3, 2, 1)], [1]),
        ([(1, 2, 3), (1, 2, -3)], [1]),
        ([(1, 3, -2), (1, -3, -2)], [1]),
        ([(2, 2, 0), (-2, 2, 0)], [1]),  # of equals the first
        ([(2, 0, 2), (-2, 0, 2)], [1]),
        ([(0, 2, 2), (0, -2, 2)], [1]),
    ],
)
def test_the_axis_with_most_power_decides(rows, expected):
    assert flips(rows) == expected


def test_alternations_are_looked_for_within_the_event_and_kept_as_far_as_there_is_room():
    slow = [[1.0], [-1.0]] * 5
    assert flips(slow, 2, 6) == [3, 4, 5]
    assert flips(slow, room=3) == [1, 2, 3]
