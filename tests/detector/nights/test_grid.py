from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scans import EPOCH_NS, RATE_HZ, SPAN, at, placed, recorded

from detector.nights.grid import Grid, angle_deg, filled, joined, rolling_mean, runs
from detector.nights.night import Interval
from detector.scan import EPOCH

masks = st.lists(st.booleans(), max_size=40).map(lambda values: np.array(values, bool))


def grid_of(epochs) -> Grid:
    return Grid.of(epochs, SPAN, RATE_HZ)


def test_a_night_has_a_slot_for_every_five_seconds():
    assert len(grid_of(np.empty(0, EPOCH))) == 24 * 720


def test_what_was_not_recorded_is_unknown_and_unobserved():
    grid = grid_of(recorded("22:00", ("asleep", 10), ("gap", 10), ("asleep", 10)))
    gap = grid.slot(at("22:10:00"))
    assert grid.known[gap - 1]
    assert not grid.known[gap]
    assert np.isnan(grid.median_g[gap]).all()
    assert grid.sampled_s[gap] == grid.observed_s[gap] == 0
    assert grid.sampled_s.sum() == 20 * 60


@pytest.mark.parametrize(
    ("samples", "known", "seconds"),
    [
        (250, True, 5),
        (225, True, 5),
        (224, True, 4.48),
        (125, True, 2.5),
        (124, False, 2.48),
        (1, False, 0.02),
    ],
)
def test_an_epoch_with_too_few_samples_counts_its_seconds_only(samples, known, seconds):
    epochs = recorded("22:00", ("asleep", 1))
    epochs["n_samples"][3] = samples
    grid = grid_of(epochs)
    slot = grid.slot(int(epochs["start_ns"][3]))
    assert grid.known[slot] == known
    assert np.isnan(grid.mean_g[slot]).any() != known
    assert grid.sampled_s[slot] == pytest.approx(seconds)
    assert grid.observed_s[slot] == pytest.approx(seconds)


def test_blanked_time_is_sampled_but_not_observed():
    epochs = recorded("22:00", ("asleep", 1))
    epochs["observed_s"][:2] = 0
    grid = grid_of(epochs)
    assert grid.sampled_s.sum() - grid.observed_s.sum() == 10


def test_slots_that_are_hidden_hold_samples_and_say_nothing():
    whole = grid_of(recorded("22:00", ("asleep", 1)))
    mask = np.zeros(len(whole), bool)
    first = whole.slot(at("22:00"))
    mask[first + 3 : first + 5] = True
    rest = whole.without(mask)
    assert np.array_equal(rest.known, whole.known & ~mask)
    assert rest.observed_s.tolist() == np.where(mask, 0, whole.observed_s).tolist()
    assert np.array_equal(rest.sampled_s, whole.sampled_s)
    assert np.isnan(rest.mean_g[mask]).all()
    np.testing.assert_array_equal(rest.mean_g[~mask], whole.mean_g[~mask])
    assert whole.known.sum() == 12  # it is another grid


def test_rows_of_other_nights_are_left_out():
    epochs = recorded("12:00", ("asleep", 1))
    before = epochs.copy()
    before["start_ns"] -= 60 * 10**9
    after = epochs[:1].copy()
    after["start_ns"] = SPAN.end_ns
    assert grid_of(np.concatenate([before, epochs, after])).known.sum() == 12
    after["start_ns"] -= EPOCH_NS
    assert grid_of(np.concatenate([before, epochs, after])).known.sum() == 13


def test_a_slot_is_weighted_by_its_share_of_an_interval():
    grid = grid_of(np.empty(0, EPOCH))
    start = at("23:00")
    weights = grid.weights([Interval(start + 10**9, start + EPOCH_NS + 2 * 10**9)])
    assert weights[grid.slot(start) : grid.slot(start) + 3] == pytest.approx([0.8, 0.4, 0])
    assert weights.sum() == pytest.approx(1.2)


def test_an_interval_beyond_the_night_ends_with_it():
    grid = grid_of(np.empty(0, EPOCH))
    beyond = Interval(SPAN.end_ns - EPOCH_NS, SPAN.end_ns + 10**12)
    assert grid.weights([beyond]).sum() == 1
    assert grid.slot(SPAN.end_ns + 10**12) == len(grid) - 1
    assert grid.slot(SPAN.start_ns - 1) == 0


@given(masks)
def test_runs_and_masks_are_two_ways_to_say_the_same(mask):
    ranges = runs(mask)
    assert np.array_equal(filled(ranges, len(mask)), mask)
    assert all(mask[a:b].all() for a, b in ranges)


@pytest.mark.parametrize(
    ("closer_than", "expected"),
    [
        (2, [[0, 1], [3, 5], [8, 9], [20, 21]]),
        (3, [[0, 5], [8, 9], [20, 21]]),
        (4, [[0, 9], [20, 21]]),
        (12, [[0, 21]]),
    ],
)
def test_a_gap_as_long_as_the_limit_is_left(closer_than, expected):
    ranges = np.array([[0, 1], [3, 5], [8, 9], [20, 21]])  # gaps of 2, 3 and 11
    assert joined(ranges, closer_than).tolist() == expected


@given(masks, st.integers(1, 6))
def test_ranges_are_joined_over_shorter_gaps_only(mask, closer_than):
    ranges = joined(runs(mask), closer_than)
    assert all(b - a >= closer_than for a, b in zip(ranges[:-1, 1], ranges[1:, 0], strict=True))
    pauses = filled(ranges, len(mask)) & ~mask
    assert all(b - a < closer_than for a, b in runs(pauses))


@given(st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=1, max_size=30), st.integers(1, 8))
def test_a_rolling_mean_is_that_of_what_is_known(values, length):
    windows = [np.array(values[i : i + length]) for i in range(len(values))]
    known = [window[~np.isnan(window)] for window in windows]
    expected = [window.mean() if len(window) else np.nan for window in known]
    np.testing.assert_allclose(rolling_mean(np.array(values), length), expected)


@pytest.mark.parametrize("order", [[0, 1, 2], [1, 2, 0], [2, 0, 1], [1, 0, 2]])
@pytest.mark.parametrize(
    ("other", "cosine"),
    [((3, -1, 2), 7 / 14), ((2, 3, 1), 11 / 14), ((-1, -2, 3), 4 / 14), ((3, 0, -1), 0)],
)
def test_an_angle_is_that_of_the_scalar_product(order, other, cosine):
    one, two = np.array([1.0, 2, 3])[order], np.array(other, float)[order]
    assert angle_deg(one, two) == pytest.approx(np.degrees(np.arccos(cosine)))
    assert angle_deg(one, -5 * two) == pytest.approx(180 - np.degrees(np.arccos(cosine)))


def test_an_angle_is_right_for_tiny_and_for_straight_ones():
    x = np.array([1.0, 0, 0])
    assert angle_deg(x, np.array([1.0, 1e-9, 0])) == pytest.approx(np.degrees(1e-9))
    assert angle_deg(x, -x) == pytest.approx(180)
    assert np.isnan(angle_deg(x, x * np.nan))


def test_epochs_are_found_by_the_clock():
    epochs = recorded("22:00", ("asleep", 10))
    assert placed(epochs, "22:01:02") == 12


@pytest.mark.parametrize(
    ("observed_s", "counted_s"),
    [(5.04, 5), (4.96, 5), (4.95, 4.95), (2.5, 2.5), (0, 0)],
    ids=["the next one begins late", "two samples less", "more is lost", "half", "blanked"],
)
def test_where_its_border_lies_between_two_samples_takes_no_observed_time(observed_s, counted_s):
    epochs = recorded("22:00", ("asleep", 1))
    epochs["observed_s"][3] = observed_s
    grid = grid_of(epochs)
    assert RATE_HZ == 50
    assert grid.observed_s.sum() == pytest.approx(55 + counted_s)


def test_of_an_epoch_that_was_recorded_in_part_all_that_is_there_was_observed():
    epochs = recorded("22:00", ("asleep", 1))
    epochs["n_samples"][3], epochs["observed_s"][3] = 125, 2.49
    assert grid_of(epochs).observed_s.sum() == pytest.approx(57.5)


def test_of_an_epoch_that_was_blanked_nothing_was_observed_however_little_is_there():
    epochs = recorded("22:00", ("asleep", 1))
    epochs["n_samples"][3], epochs["observed_s"][3] = 1, 0
    assert grid_of(epochs).observed_s.sum() == 55
