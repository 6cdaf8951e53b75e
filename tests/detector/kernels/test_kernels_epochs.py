"""Epochs worked out by hand: sums of integers, the median, and what closes an epoch."""

from __future__ import annotations

from math import isnan, sqrt

import numpy as np
import pytest

from detector.kernels import epochs
from detector.kernels.epochs import (
    ACCEL,
    CLIPPED,
    COUNT,
    ENMO,
    EPOCH,
    FLOOR,
    GREATEST,
    JERK,
    LEAST,
    OBSERVED_NS,
    PER_G,
    SQUARES,
    SUM,
)

ROOM = 8
"""Samples of an epoch that are kept for the median."""
SECOND_NS = 1_000_000_000


class Open:
    """The state of an open epoch."""

    def __init__(self, number=epochs.NO_EPOCH):
        self.state, self.seen = np.zeros(epochs.N_STATE, np.int64), np.zeros(epochs.N_LEVELS)
        self.codes = np.zeros((3, ROOM), np.int32)
        self.guesses = np.zeros(3, np.int64)
        epochs.clear(self.state, self.seen, number)

    def add(self, accel_g, parts, jerk=None, movement=None, clipped=None, floors=None):
        """Rows of (number, samples, clipped samples, columns) of the epochs completed."""
        n = accel_g.shape[1]
        numbers, rows = np.full((len(parts), 3), -7), np.full((len(parts), 20), -7.0)
        done = epochs.add_parts(
            accel_g,
            np.zeros(n) if jerk is None else np.array(jerk, float),
            np.zeros(n) if movement is None else np.array(movement, float),
            np.zeros(n, np.bool_) if clipped is None else np.array(clipped),
            np.array(parts, np.int64),
            np.full(len(parts), 0.5) if floors is None else np.array(floors),
            self.state,
            self.seen,
            self.codes,
            self.guesses,
            numbers,
            rows,
        )
        return [(*map(int, numbers[k]), rows[k].tolist()) for k in range(done)]

    def close(self):
        row = np.empty(20)
        epochs.close_epoch(self.state, self.seen, self.codes, self.guesses, row)
        return row.tolist()


def axes(z, x=0.0, y=0.0):
    """Samples of which z varies."""
    z = np.array(z, float)
    return np.array([np.full(len(z), x), np.full(len(z), y), z])


# -- the parts


def test_a_fresh_epoch_is_empty_and_takes_any_value_for_its_least_and_greatest():
    state, seen = np.full(epochs.N_STATE, 5), np.full(epochs.N_LEVELS, 5.0)
    epochs.clear(state, seen, 42)
    assert state[EPOCH] == 42
    others = [COUNT, CLIPPED, OBSERVED_NS, *range(SUM, LEAST), ENMO]
    assert not state[others].any()
    assert (state[LEAST:GREATEST] >= 2**31 - 1).all()
    assert (state[GREATEST:ENMO] <= -(2**31) + 1).all()
    assert (seen[JERK], seen[ACCEL]) == (0, 0)
    assert isnan(seen[FLOOR])


@pytest.mark.parametrize("axis", range(3))
def test_an_axis_is_summed_in_whole_units_of_a_16384th_g(axis):
    state, seen = np.zeros(epochs.N_STATE, np.int64), np.zeros(epochs.N_LEVELS)
    epochs.clear(state, seen, 0)
    codes = np.zeros(3, np.int32)
    epochs.add_axis(np.array([2.4, -3.6, 7.0]) / PER_G, codes, state, axis)
    assert codes.tolist() == [2, -4, 7]
    found = [int(state[first + axis]) for first in (SUM, SQUARES, LEAST, GREATEST)]
    assert found == [5, 4 + 16 + 49, -4, 7]
    epochs.add_axis(np.array([-9.0, 1.0]) / PER_G, codes[:2], state, axis)
    found = [int(state[first + axis]) for first in (SUM, SQUARES, LEAST, GREATEST)]
    assert found == [-3, 69 + 81 + 1, -9, 7]
    others = [k for k in range(3) if k != axis]
    assert not state[[SUM + k for k in others] + [SQUARES + k for k in others]].any()


@pytest.mark.parametrize("values", [[-3.0], [-2.0, -9.0], [4.0, 9.0]])
def test_least_and_greatest_of_one_sign_are_not_drawn_to_zero(values):
    state, seen = np.zeros(epochs.N_STATE, np.int64), np.zeros(epochs.N_LEVELS)
    epochs.clear(state, seen, 0)
    epochs.add_axis(np.array(values), np.zeros(len(values), np.int32), state, 0)
    assert (state[LEAST], state[GREATEST]) == (PER_G * min(values), PER_G * max(values))


def test_enmo_is_the_excess_over_one_g_and_never_negative():
    unit = PER_G * epochs.ENMO_PER_CODE
    x, y, z = np.array([[0, 3, 0, 0.5], [0, 0, 0, 0.5], [2, 4, 0.25, 0.25]])
    expected = sum(round(excess * unit) for excess in (1, 4))  # 0.25 and 0.75 g count nothing
    assert epochs.enmo_sum(x, y, z) == expected


@pytest.mark.parametrize(("value", "count"), [(-6, 0), (-5, 1), (0, 1), (1, 3), (8, 3), (9, 4)])
def test_codes_are_counted_up_to_a_value_with_it(value, count):
    assert epochs.count_up_to(np.array([1, -5, 9, 1], np.int32), value) == count


@pytest.mark.parametrize(
    ("codes", "median"),
    [
        ([7], 7),
        ([7, 7, 7, 7], 7),
        ([1, 2], 1.5),
        ([5, 1, 3], 3),
        ([4, 1, 3, 2], 2.5),
        ([1, 1, 1, 9], 1),
        ([1, 9, 9, 9], 9),
        ([1, 1, 9, 9], 5),
        ([-3, -1, -2], -2),
        ([-64, 0, 64, 128], 32),
        ([-100_000, 100_000], 0),
        ([0, 256, 256, 512, 512, 768], 384),
        ([-(2**20), 3, 2**20], 3),
    ],
)
@pytest.mark.parametrize("guess", [-200_000, -65, -1, 0, 1, 3, 64, 65, 200_000])
def test_the_median_is_that_of_the_sorted_codes_from_any_guess(codes, median, guess):
    assert epochs.median_code(np.array(codes, np.int32), guess) == median


# -- an epoch


def test_a_row_has_its_columns_in_their_order():
    one = Open()
    assert one.add(axes([1.0, 1.0, 1.5, 0.5], x=0.25), [[0, 4, 3, 4 * SECOND_NS]]) == []
    one.seen[:] = [2.5, 0.75, 0.125]
    row = one.close()
    excess = sum(sqrt(0.0625 + z * z) - 1 for z in (1.0, 1.0, 1.5))
    assert row[:3] == [0.25, 0, 1]
    assert row[3:6] == [0.25, 0, 1]
    assert row[6:9] == pytest.approx([0, 0, sqrt(0.125)])
    assert row[9:12] == [0.25, 0, 0.5]
    assert row[12:15] == [0.25, 0, 1.5]
    assert row[15] == pytest.approx(1000 * excess / 4, rel=1e-6)
    assert row[16:] == [2.5, 750, pytest.approx(4), 0.125]


def test_the_next_guess_of_a_median_is_the_last_one():
    one = Open()
    one.add(axes([1.0, 1.0 + 1 / PER_G], x=-1.5), [[0, 2, 3, SECOND_NS]])
    one.close()
    assert one.guesses.tolist() == [-1.5 * PER_G, 0, PER_G]


def test_what_is_seen_of_an_epoch_is_the_largest_of_its_observed_parts():
    one = Open()
    jerk, movement = [1, 9, 2, 1, 4, 3], [0.5, 0.1, 0.75, 0.9, 0.25, 0.25]
    parts = [[0, 2, 8, SECOND_NS], [2, 4, 8, 0], [4, 6, 8, 2 * SECOND_NS]]
    one.add(axes([1.0] * 6), parts, jerk, movement, floors=[0.1, 0.2, 0.3])
    row = one.close()
    assert row[16:] == [9, 500, pytest.approx(3), 0.3]
    one = Open()
    one.add(axes([1.0] * 6), [[0, 1, 8, 0], [2, 4, 8, SECOND_NS], [4, 6, 8, 0]], jerk, movement)
    assert one.close()[16:18] == [2, 900]


def test_the_least_that_can_be_seen_is_a_nanosecond():
    one = Open()
    one.add(axes([1.0] * 4), [[0, 2, 8, 1], [2, 4, 8, 0]], [5, 5, 6, 6], [0.5] * 4)
    assert one.close()[16:19] == [5, 500, 1e-9]


def test_an_epoch_in_which_nothing_could_be_seen_has_no_largest_values():
    one = Open()
    one.add(axes([1.0] * 4), [[0, 4, 8, 0]], [5] * 4, [5] * 4)
    row = one.close()
    assert isnan(row[16])
    assert isnan(row[17])
    assert row[18:] == [0, 0.5]
    assert row[2] == 1  # posture is known all the same


def test_another_number_closes_the_epoch_before():
    one = Open()
    clipped = [True, False, True, True, False, False]
    done = one.add(
        axes([1, 1, 3, 3, 5, 5]),
        [[0, 2, 7, 0], [2, 4, 8, 0], [4, 6, 11, 0]],
        clipped=clipped,
    )
    assert [each[:3] for each in done] == [(7, 2, 1), (8, 2, 2)]
    assert [each[3][2] for each in done] == [1, 3]
    assert one.state[[EPOCH, COUNT, CLIPPED]].tolist() == [11, 2, 0]
    assert one.add(axes([5, 7]), [[0, 2, 11, 0]]) == []
    assert one.state[COUNT] == 4
    assert one.close()[2:6] == [5, 0, 0, 5.5]


def test_before_the_first_sample_there_is_no_epoch_to_close():
    assert Open().add(axes([1.0]), [[0, 1, 0, 0]]) == []


def test_a_part_without_samples_begins_its_epoch_and_leaves_no_row_of_it():
    one = Open()
    done = one.add(axes([1.0, 1.0]), [[0, 1, 5, 0], [1, 1, 6, 0], [1, 2, 7, 0]])
    assert [each[0] for each in done] == [5]


@pytest.mark.parametrize("n", [ROOM, ROOM + 1, 3 * ROOM])
def test_samples_beyond_the_room_of_an_epoch_are_left_out(n):
    one = Open()
    z = np.r_[np.ones(ROOM), np.full(3 * ROOM, 9.0)][:n]
    clipped = z > 1
    one.add(axes(z), [[0, n, 5, SECOND_NS]], jerk=z, clipped=clipped)
    assert one.state[[COUNT, CLIPPED]].tolist() == [ROOM, 0]
    assert one.seen[JERK] == 1
    assert one.add(axes([9.0] * 2), [[0, 2, 5, SECOND_NS]]) == []
    row = one.close()
    assert (row[2], row[5], row[14]) == (1, 1, 1)
    assert row[18] == pytest.approx(2)
