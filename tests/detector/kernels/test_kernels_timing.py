"""The exact time of a jerk, and the intake of samples: by hand, up to the ends of both."""

from __future__ import annotations

import numpy as np
import pytest

from detector.kernels import intake, timing

TAPS = np.array([0.5, -0.25, 0.125])


def one_axis(values):
    """Acceleration of which only one axis moves."""
    accel_g = np.zeros((3, len(values)))
    accel_g[1] = values
    return accel_g


# -- the jerk, free of delay


def jerk_at(values, i):
    """The symmetric filter as it is written down; what lies beyond the ends goes on."""
    last = len(values) - 1
    return sum(
        tap * (values[min(i + k + 1, last)] - values[max(i - k - 1, 0)])
        for k, tap in enumerate(TAPS)
    )


@pytest.mark.parametrize("first", [0, 1, 5])
def test_the_jerk_is_a_weighted_sum_of_differences_ahead_and_behind(first):
    values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0]
    power = np.full(len(values) - first, 77.0)
    timing.jerk_power(one_axis(values), TAPS, first, power)
    expected = [jerk_at(values, i) ** 2 for i in range(first, len(values))]
    np.testing.assert_allclose(power, expected, rtol=1e-12)


def test_the_power_is_that_of_all_three_axes():
    values = [0.0, 1.0, 3.0, 2.0, 0.0]
    accel_g = np.array([values, np.multiply(values, 2), np.multiply(values, -3)])
    power = np.empty(5)
    timing.jerk_power(accel_g, TAPS, 0, power)
    expected = [(1 + 4 + 9) * jerk_at(values, i) ** 2 for i in range(5)]
    np.testing.assert_allclose(power, expected, rtol=1e-12)


# -- its envelope


@pytest.mark.parametrize(
    ("window_n", "squares"),
    [
        (1.0, [1, 2, 4, 8, 16]),
        (3.0, [3 / 3, 7 / 3, 14 / 3, 28 / 3, 24 / 3]),
        # two whole samples around each, and halves of those behind
        (4.0, [(1 + 2 + 2) / 4, (7 + 4) / 4, (0.5 + 14 + 8) / 4, (1 + 28) / 4, (2 + 24) / 4]),
        (2.0, [(1 + 1) / 2, (0.5 + 2 + 2) / 2, (1 + 4 + 4) / 2, (2 + 8 + 8) / 2, (4 + 16) / 2]),
        (5.0, [7 / 5, 15 / 5, 31 / 5, 30 / 5, 28 / 5]),
    ],
)
def test_an_envelope_is_centred_and_the_outermost_samples_enter_in_part(window_n, squares):
    power, out = np.array([1.0, 2.0, 4.0, 8.0, 16.0]), np.empty(5)
    timing.centred_rms(power, window_n, out)
    np.testing.assert_allclose(out**2, squares, rtol=1e-12)


# -- its peak


def bursts(*places, n=200):
    """Steps of acceleration at these places, each with its size."""
    values = np.zeros(n)
    for place, size in places:
        values[place:] += size
    return one_axis(values)


def peak(accel_g, around, reach=30):
    return timing.peak_position(accel_g, np.array([0.5]), 3.0, around, reach)


@pytest.mark.parametrize("at", [40, 100, 150])
def test_the_peak_of_one_burst_is_its_middle(at):
    # a step between at - 1 and at: its differences are equal at both
    assert peak(bursts((at, 1.0)), at + 5) == pytest.approx(at - 0.5)


def test_two_equal_peaks_have_the_middle_between_them():
    assert peak(bursts((95, 1.0), (105, 1.0)), 100) == pytest.approx(99.5)


def test_of_two_unequal_peaks_the_larger_has_almost_all_the_weight():
    # 0.96^64 is 0.073: of ten samples apart, 0.073 / 1.073 of the way
    found = peak(bursts((95, 1.0), (105, 0.96)), 100)
    assert found == pytest.approx(94.5 + 10 * 0.96**64 / (1 + 0.96**64), abs=1e-9)


@pytest.mark.parametrize(("reach", "at"), [(20, 99.5), (60, 49.5)])
def test_a_larger_burst_out_of_reach_is_not_seen(reach, at):
    assert peak(bursts((50, 5.0), (100, 1.0)), 105, reach) == pytest.approx(at, abs=1e-6)


@pytest.mark.parametrize(
    ("at", "found"), [(136, 134.5), (75, 75.5)]
)  # half of each is out of reach
def test_the_outermost_samples_within_reach_are_seen(at, found):
    assert peak(bursts((at, 1.0)), 105, 30) == pytest.approx(found, abs=1e-6)


@pytest.mark.parametrize(("at", "around"), [(3, 0), (3, 10), (197, 199), (197, 190)])
def test_a_burst_near_an_end_is_found(at, around):
    assert peak(bursts((at, 1.0)), around) == pytest.approx(at - 0.5)


def test_without_a_burst_the_estimate_stands():
    assert peak(bursts(), 77) == 77.0


def test_a_burst_as_small_as_can_be_is_one():
    assert peak(bursts((100, 1e-9)), 90) == pytest.approx(99.5)


# -- intake


def taken(samples, gain=(1.0, 1.0, 1.0), offset=(0.0, 0.0, 0.0), limits=(-512.0, 511.0)):
    samples = np.array(samples)
    accel_g, clipped = np.full((3, len(samples)), 77.0), np.ones(len(samples), np.bool_)
    intake.to_g(
        samples.ravel(), np.array(gain), np.array(offset), np.array(limits), accel_g, clipped
    )
    return accel_g.T.tolist(), clipped.tolist()


def test_every_axis_has_its_gain_and_offset():
    found, _ = taken([[1, 2, 3], [-4, 5, -6]], gain=(0.5, 2.0, 4.0), offset=(10.0, 20.0, 30.0))
    assert found == [[10.5, 24.0, 42.0], [8.0, 30.0, 6.0]]


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize(
    ("value", "clips"),
    [(-513, True), (-512, True), (-511, False), (0, False), (510, False), (511, True), (512, True)],
)
def test_a_sample_clips_if_any_axis_is_at_an_end_or_beyond(axis, value, clips):
    samples = np.zeros((3, 3), np.int16)
    samples[1, axis] = value
    assert taken(samples)[1] == [False, clips, False]
