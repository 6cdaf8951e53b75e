"""What is measured of an event: worked out by hand, at its limits, and against an obvious twin."""

from __future__ import annotations

from math import atan, degrees, isnan, pi, sqrt

import naive_features as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.kernels import features
from detector.kernels.features import FEATURES

N, RATE_HZ, WINDOW_N = 300, 10.0, 2.0
START, PEAK, END = 100, 103, 108
JERK = {100: 0.5, 101: 1.5, 102: 4.0, 103: 8.0, 104: 6.0, 105: 3.0, 106: 1.0, 107: 2.0, 108: 1.0}
DELAY_N = 3
RULES = (0.4, 0.3, DELAY_N / RATE_HZ, 1.0)


class Signals:
    """Around an event that lies at ``START``, ``PEAK`` and ``END``; margins are 1 sample."""

    def __init__(self):
        self.accel_g = np.tile([[0.0], [0.0], [1.0]], N)
        self.slow_g, self.envelopes = np.zeros((N, 4)), np.zeros((2, N))
        self.powers = np.ones((4, N))
        self.envelopes[0, list(JERK)] = list(JERK.values())
        self.envelopes[1] = 0.5

    def measured(self, extent=(0, N), rules=RULES, event=(START, PEAK, END)):
        out = np.full((1, len(FEATURES)), 77.0)
        features.measure(
            np.array([[*event, 0]]),
            self.envelopes[0, [event[1]]],
            self.accel_g,
            self.slow_g,
            self.envelopes,
            self.powers,
            np.array(extent),
            RATE_HZ,
            WINDOW_N,
            np.array(rules),
            out,
        )
        return dict(zip(FEATURES, out[0].tolist(), strict=True))


@pytest.fixture
def signals():
    return Signals()


# -- shape


def test_width_and_rise_are_linear_between_samples(signals):
    # 25 % of 8 is 2: between 1.5 and 4 on the left, between 3 and 1 on the right
    # 10 % is 0.8: between 0.5 and 1.5; 90 % is 7.2: between 4 and 8, and between 8 and 6
    found = signals.measured()
    assert found["width_s"] == pytest.approx((105.5 - 101.2) / RATE_HZ)
    assert found["rise_s"] == pytest.approx((102.8 - 100.3) / RATE_HZ)


def test_flanks_of_many_samples_are_followed_sample_by_sample(signals):
    away = np.abs(np.arange(N) - PEAK)
    signals.envelopes[0] = np.maximum(8 - 0.08 * away**2, 0)
    # 7.28, 6.72 at 3, 4 samples; 2.88, 1.52 at 8, 9; 1.52, 0 at 9, 10
    at_90, at_25, at_10 = 3 + 0.08 / 0.56, 8 + 0.88 / 1.36, 9 + 0.72 / 1.52
    found = signals.measured()
    assert found["width_s"] == pytest.approx(2 * at_25 / RATE_HZ)
    assert found["rise_s"] == pytest.approx((at_10 - at_90) / RATE_HZ)
    assert found["peak_shift_n"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("size", [1e-3, 1e3])
def test_shape_and_ratios_do_not_depend_on_the_size_of_a_movement(signals, size):
    signals.slow_g[START : END + 1, 1] = [1, -1, 1, 1, 1, -1, 1, 0, 1]
    signals.powers[3] = 0.5
    expected = signals.measured()
    signals.envelopes *= size
    signals.powers *= size**2
    signals.slow_g *= size
    expected["peak_accel_mg"] *= size
    assert signals.measured() == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_the_peak_is_moved_to_the_middle_of_its_upper_tenth(signals):
    assert signals.measured()["peak_shift_n"] == pytest.approx((102.8 + 103.4) / 2 - 103)


@pytest.mark.parametrize(
    ("extent", "width_n", "rise_is_known"),
    [
        ((0, N), 4.3, True),
        ((100, N), 4.3, True),  # 0.5 at 100 is below a tenth
        ((101, N), 4.3, False),  # 1.5 at 101 is not
        ((102, N), 105.5 - 102, False),
        ((0, 106), 105 - 101.2, True),
    ],
)
def test_at_the_border_of_a_segment_a_width_is_cut_and_a_rise_unknown(
    signals, extent, width_n, rise_is_known
):
    found = signals.measured(extent)
    assert found["width_s"] == pytest.approx(width_n / RATE_HZ)
    assert isnan(found["rise_s"]) != rise_is_known


def test_a_flank_that_never_falls_is_followed_for_five_seconds(signals):
    signals.envelopes[0] = 8.0
    found = signals.measured()
    assert found["width_s"] == pytest.approx(10.0)
    assert isnan(found["rise_s"])


# -- sizes: from a tenth of a second before the event to a tenth behind it


@pytest.mark.parametrize(
    ("at", "counts"), [(START - 2, False), (START - 1, True), (END + 1, True), (END + 2, False)]
)
def test_the_peak_of_movement_lies_within_a_tenth_of_a_second(signals, at, counts):
    signals.envelopes[1, at] = 0.75
    assert signals.measured()["peak_accel_mg"] == (750 if counts else 500)


@pytest.mark.parametrize("extent", [(START, N), (0, END + 1)])
def test_what_lies_outside_the_segment_does_not_count(signals, extent):
    signals.envelopes[1, [START - 1, END + 1]] = [0.6, 0.7]
    assert signals.measured(extent)["peak_accel_mg"] == (700 if extent[0] else 600)


def test_the_effective_frequency_is_that_of_a_sine_with_this_jerk_and_acceleration(signals):
    assert signals.measured()["effective_hz"] == pytest.approx(8.0 / (2 * pi * 0.5))
    signals.envelopes[1] = 0.0
    assert isnan(signals.measured()["effective_hz"])


def test_hf_lf_is_the_ratio_of_the_largest_rms_of_two_samples(signals):
    signals.powers[3, 104:106] = 9.0
    signals.powers[1, 107] = 7.0  # a window of two holds it and a 1
    assert signals.measured()["hf_lf_ratio"] == pytest.approx(sqrt(9 / 4))


@pytest.mark.parametrize(
    ("at", "most"),
    [(START - 3, 1), (START - 2, 5), (START - 1, 5), (END, 5), (END + 1, 5), (END + 2, 1)],
)
def test_windows_of_the_rms_end_within_a_tenth_of_a_second(signals, at, most):
    signals.powers[3, at] = 9.0
    assert signals.measured()["hf_lf_ratio"] == pytest.approx(sqrt(most))


@pytest.mark.parametrize(("window_n", "rms"), [(1.0, 6), (2.0, sqrt(20)), (4.0, sqrt(14.5))])
def test_the_largest_rms_is_the_root_of_a_mean_power(window_n, rms):
    power = np.array([9.0, 9.0, 4.0, 36.0, 4.0, 1.0, 0.0])
    found = features.largest_rms(power, 3, 7, window_n, np.empty(9))
    assert found == pytest.approx(rms)


def test_hf_lf_is_unknown_without_an_impact_band_and_without_power(signals):
    assert isnan(signals.measured(rules=(*RULES[:3], 0.0))["hf_lf_ratio"])
    signals.powers[1] = 0.0
    assert isnan(signals.measured()["hf_lf_ratio"])


def test_lf_share_is_the_jerk_bands_part_of_the_power_of_movement_and_impact(signals):
    signals.powers[1], signals.powers[2], signals.powers[3] = 2.0, 3.0, 5.0
    assert signals.measured()["lf_share"] == pytest.approx(2 / 8)
    signals.powers[1, START - 1] = signals.powers[1, END + 1] = 13.0  # of eleven samples
    signals.powers[1, START - 2] = signals.powers[1, END + 2] = 99.0
    assert signals.measured()["lf_share"] == pytest.approx(44 / 88)
    signals.powers[2:] = 0.0
    assert isnan(signals.measured()["lf_share"])


# -- what follows within the event


def test_the_late_ratio_is_of_the_largest_jerk_behind_the_width(signals):
    assert signals.measured()["late_ratio"] == pytest.approx(2 / 8)


@pytest.mark.parametrize(
    ("values", "late"),
    [
        ({108: 3.0}, 3),
        ({109: 3.0}, 2),  # behind the event
        ({106: 3.0, 107: 1.0}, 1),  # 3 at 106 lies within the width, which ends at 106.5
    ],
)
def test_late_is_behind_the_width_and_not_behind_the_event(signals, values, late):
    signals.envelopes[0, list(values)] = list(values.values())
    assert signals.measured()["late_ratio"] == pytest.approx(late / 8)


def test_an_event_without_jerk_has_no_late_ratio(signals):
    signals.envelopes[0] = 0.0
    assert isnan(signals.measured()["late_ratio"])


def test_bursts_and_their_intervals_come_in_seconds_and_sizes_as_a_factor(signals):
    signals.envelopes[0, START : END + 1] = 0.0
    signals.envelopes[0, [100, 103, 107]] = [4.0, 8.0, 5.0]
    found = signals.measured()
    assert (found["n_bursts"], found["burst_interval_s"]) == (3, pytest.approx(0.35))
    assert found["burst_interval_cv"] == pytest.approx(0.5 / 3.5)
    assert found["burst_spread"] == 2.0


@pytest.mark.parametrize(
    ("share", "apart_s", "count"),
    [(0.5, 0.3, 3), (0.51, 0.3, 2), (0.5, 0.31, 2), (0.63, 0.4, 1)],
)
def test_bursts_have_a_share_of_the_peak_and_lie_apart(signals, share, apart_s, count):
    signals.envelopes[0, START : END + 1] = 0.0
    signals.envelopes[0, [100, 103, 107]] = [4.0, 8.0, 5.0]
    assert signals.measured(rules=(share, apart_s, *RULES[2:]))["n_bursts"] == count


@pytest.mark.parametrize(("at", "count"), [(END, 2), (END + 1, 1)])
def test_a_burst_at_the_last_sample_of_the_event_counts_and_one_behind_it_does_not(
    signals, at, count
):
    signals.envelopes[0, START:] = 0.0
    signals.envelopes[0, [103, at]] = 8.0
    assert signals.measured()["n_bursts"] == count


def test_alternations_have_a_count_and_their_own_evenness(signals):
    signals.slow_g[START : END + 1, 2] = [1, -1, -1, 1, 1, 1, 1, -1, -1]  # at 101, 103, 107
    found = signals.measured()
    assert (found["n_alternations"], found["alternation_cv"]) == (3, pytest.approx(1 / 3))


@pytest.mark.parametrize(
    ("at", "count"), [(START - 2, 1), (START - 1, 2), (END + 1, 2), (END + 2, 1)]
)
def test_alternations_lie_within_a_tenth_of_a_second(signals, at, count):
    signals.slow_g[102, 0], signals.slow_g[105, 0] = 1.0, -1.0
    signals.slow_g[at, 0] = -1.0 if at < PEAK else 1.0
    assert signals.measured()["n_alternations"] == count


# -- posture: gravity 4 s before the event, and 0.5 to 4.5 s after it, both freed of the delay


def test_posture_change_is_the_angle_between_gravity_before_and_after(signals):
    turn = 1e-3
    signals.accel_g[0] = turn * np.arange(N)
    before_at = START - DELAY_N - 20.5  # the middle of 40 samples
    after_at = END - DELAY_N + 5 + 19.5
    expected = degrees(atan(turn * after_at) - atan(turn * before_at))
    assert signals.measured()["posture_change_deg"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("extent", "known"),
    [
        ((START - DELAY_N - 10, END - DELAY_N + 15), True),
        ((START - DELAY_N - 9, END - DELAY_N + 15), False),
        ((START - DELAY_N - 10, END - DELAY_N + 14), False),
        ((START - 1, END + 3), False),
    ],
)
def test_posture_is_unknown_with_less_than_a_second_on_either_side(signals, extent, known):
    assert isnan(signals.measured(extent)["posture_change_deg"]) != known


def test_neither_the_movement_itself_nor_the_time_beyond_changes_posture(signals):
    around = np.ones(N, bool)
    around[START - DELAY_N - 40 : START - DELAY_N] = False
    around[END - DELAY_N + 5 : END - DELAY_N + 45] = False
    signals.accel_g[:, around] = [[9.0], [9.0], [-9.0]]
    assert signals.measured()["posture_change_deg"] == 0


@pytest.mark.parametrize("axis", range(3))
def test_gravity_is_a_median_of_three_means_and_the_mean_of_the_middle_two_of_four(axis):
    means, out = np.empty((3, 8)), np.empty(3)
    accel_g = np.zeros((3, 20))
    accel_g[axis] = np.repeat([8.0, 1.0, 4.0, 2.0], 5)
    assert features.gravity(accel_g, 0, 15, 5, means, out)
    assert out.tolist() == [4.0 * (k == axis) for k in range(3)]
    assert features.gravity(accel_g, 0, 20, 5, means, out)
    assert out.tolist() == [3.0 * (k == axis) for k in range(3)]


def test_gravity_takes_eight_half_seconds_from_the_first_sample_on():
    means, out = np.empty((3, 8)), np.empty(3)
    accel_g = np.zeros((3, 30))
    accel_g[1] = np.r_[5.0, 5.0, np.arange(16.0), np.full(12, 99.0)]
    assert features.gravity(accel_g, 2, 30, 2, means, out)
    assert out.tolist() == [0.0, 7.5, 0.0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, [1, 2, 4, 4, 9]),
        (2.0, [2, 2, 4, 4, 9]),
        (3.0, [2, 3, 4, 4, 9]),
        (5.0, [2, 4, 4, 5, 9]),
    ],
)
def test_a_value_is_put_in_its_place_and_what_lies_behind_is_left_alone(value, expected):
    ordered = np.array([2.0, 4.0, 4.0, 7.0, 9.0])  # three of them count
    features.insert(ordered, 3, value)
    assert ordered.tolist() == expected


@pytest.mark.parametrize(
    ("a", "b", "angle"),
    [
        ((1, 0, 0), (0, 2, 0), 90),
        ((0, 1, 0), (0, 0, 3), 90),
        ((0, 0, 1), (1, 0, 1), 45),
        ((1, 1, 0), (-2, -2, 0), 180),
        ((1, 2, 2), (2, 4, 4), 0),
        ((0, 1, 1), (0, 1, 0), 45),
        ((1, 1, 0), (0, 1, 1), 60),
    ],
)
def test_an_angle_does_not_depend_on_the_lengths(a, b, angle):
    assert features.angle_deg(np.array(a, float), np.array(b, float)) == pytest.approx(angle)


# -- against the twin


def smooth(rng, n, axes):
    """Something that rises and falls as envelopes and filtered signals do."""
    return np.apply_along_axis(
        np.convolve, 1, rng.normal(size=(axes, n)), np.hanning(9), mode="same"
    )


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([7.0, 10.0, 12.5]),
    st.sampled_from([1.0, 2.5, 5.0]),
    st.integers(20, 130),
    st.integers(150, 280),
    st.sampled_from([0.0, 1.0]),
)
def test_all_features_equal_those_of_the_twin(seed, rate_hz, window_n, begin, over, has_impact):
    rng = np.random.default_rng(seed)
    accel_g, slow_g = smooth(rng, N, 3), smooth(rng, N, 4).T.copy()
    envelopes, powers = np.abs(smooth(rng, N, 2)), smooth(rng, N, 4) ** 2
    peak = int(envelopes[0, begin:over].argmax()) + begin
    start = max(begin, peak - int(rng.integers(0, 40)))
    end = min(over - 1, peak + int(rng.integers(0, 40)))
    rules = (0.4, 0.3, 0.17, has_impact)
    out = np.empty((1, len(FEATURES)))
    features.measure(
        np.array([[start, peak, end]]),
        envelopes[0, [peak]],
        accel_g,
        slow_g,
        envelopes,
        powers,
        np.array([begin, over]),
        rate_hz,
        window_n,
        np.array(rules),
        out,
    )
    signals = (accel_g, slow_g, envelopes, powers)
    expected = naive.measured((start, peak, end), signals, (begin, over), rate_hz, window_n, rules)
    found = dict(zip(FEATURES, out[0], strict=True))
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-7, atol=1e-7, err_msg=name)
