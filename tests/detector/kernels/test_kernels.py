"""Every kernel equals its naive twin; run compiled and with the JIT off."""

from __future__ import annotations

from itertools import pairwise

import naive_detector as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from detector.kernels import bands, epochs, events, features, intake, levels, timing
from detector.settings import ScanSettings
from detector.signal.design import Design
from detector.signal.filters import jerk_taps

RATE_HZ = 50.0
BANDS_HZ = ((2, 8), (1, 8), (12, 23))
HEAD = 32


def noise(seed, n=400):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.01, (n, 3)) + [0.1, -0.3, 0.95]


DESIGN = Design.of(RATE_HZ, 0.004, ScanSettings())


def filtered(accel_g, cuts, design=DESIGN):
    """Run the band kernel over frames between ``cuts``, one call per frame."""
    n = len(accel_g)
    padded = np.concatenate([np.repeat(accel_g[:1], HEAD, axis=0), accel_g]).T.copy()
    slow, powers = np.zeros(4 * (HEAD + n)), np.zeros((4, HEAD + n))
    state, scratch = np.zeros(bands.N_STATE), np.empty(4 * n)
    factors = np.repeat([*design.poles.ravel(), *design.gains, design.difference_hz], 4)
    for a, b in pairwise(HEAD + np.array([0, *cuts, n])):
        bands.filter_bands(padded, a, b, factors, state, scratch, slow, powers)
    return powers[:, HEAD:]


def test_band_powers_equal_scipys_filters():
    accel_g = noise(1)
    expected = naive.powers(accel_g, RATE_HZ, BANDS_HZ)
    found = filtered(accel_g, [])
    np.testing.assert_allclose(found[1:], expected[1:], rtol=1e-9, atol=1e-18)
    jerk = found[0] * (RATE_HZ / DESIGN.difference_hz) ** 2
    np.testing.assert_allclose(jerk, expected[0], rtol=1e-9, atol=1e-18)


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0])
def test_axes_in_lanes_are_the_scalar_formulas_to_the_last_bit(rate_hz):
    accel_g, design = noise(7), Design.of(rate_hz, 0.004, ScanSettings())
    expected = naive.powers_by_recursion(accel_g, design.poles, design.gains, design.difference_hz)
    assert filtered(accel_g, [50, 313], design).tobytes() == expected.tobytes()


def test_band_powers_do_not_depend_on_the_cutting():
    accel_g = noise(2)
    assert filtered(accel_g, []).tobytes() == filtered(accel_g, [1, 7, 50, 51, 399]).tobytes()


def test_constant_gravity_leaves_exactly_nothing():
    accel_g = np.tile([0.1, -0.3, 0.95], (400, 1))
    assert not filtered(accel_g, [100]).any()


def test_states_die_out_exactly_after_a_jolt():
    accel_g = np.tile([0.0, 0.0, 1.0], (12_000, 1))
    accel_g[100, 0] = 2.0
    powers = filtered(accel_g, range(50, 12_000, 50))
    assert powers[:, 200].all()
    assert not powers[:, -50:].any()


@given(st.sampled_from([1, 2, 2.44, 5, 7.5, 9]), st.integers(0, 2**32 - 1))
def test_moving_rms_equals_its_twin(window_n, seed):
    power = np.random.default_rng(seed).random(60)
    padded, out = np.concatenate([np.zeros(HEAD), power]), np.zeros(HEAD + 60)
    for a, b in pairwise([HEAD, HEAD + 20, HEAD + 33, HEAD + 60]):
        levels.moving_rms(padded, a, b, float(window_n), out[a:b])
    np.testing.assert_allclose(out[HEAD:], naive.moving_rms(power, window_n), rtol=1e-13)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=120))
def test_frame_levels_are_maximum_and_nearest_rank_percentile(values):
    frame = np.array(values, float)
    found = levels.levels_of(frame, np.empty(2 * len(frame) + levels.SPARE))
    assert found == (frame.max(), naive.percentile_95(frame))


@given(st.lists(st.floats(0, 1e9)))
def test_the_largest_of_numbers_is_found_by_their_bits(values):
    assert levels.largest(np.array(values)) == max(values, default=0.0)


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=60),
    st.integers(1, 12),
    st.floats(0.05, 0.5),
    st.integers(0, 60),
)
def test_floor_equals_its_twin_however_it_is_cut(values, history_n, quantile, cut):
    level = np.array(values, float)
    ring, ordered, floor = np.zeros(history_n), np.zeros(history_n), np.empty(len(level))
    seen = 0
    for part in (slice(0, cut), slice(cut, None)):
        seen = levels.follow_floor(level[part], ring, ordered, seen, quantile, floor[part])
    np.testing.assert_array_equal(floor, naive.floors(level, history_n, quantile))


def scan(jerk, accel, on, frame_n, cuts, merge_n, longest_n):
    """Run the scan kernel frame group by frame group."""
    indices = np.zeros(events.N_INDICES, np.int64)
    values = np.zeros(events.N_VALUES)
    found = []
    for a, b in zip([0, *cuts], [*cuts, len(jerk) // frame_n], strict=True):
        edges = frame_n * np.arange(b - a + 1)
        piece = slice(a * frame_n, b * frame_n)
        loudest = np.stack(
            [
                x[piece].reshape(b - a, frame_n).max(axis=1) if b > a else np.empty(0)
                for x in (jerk, accel)
            ]
        )
        out, extra = np.empty((len(jerk) + 2, 4), np.int64), np.empty((len(jerk) + 2, 3))
        count = events.scan_frames(
            jerk[piece].copy(),
            accel[piece].copy(),
            edges,
            a * frame_n,
            loudest,
            np.stack([on[a:b], on[a:b], on[a:b]]),
            np.array([0.5, merge_n, longest_n]),
            indices,
            values,
            out,
            extra,
        )
        found += [tuple(int(x) for x in row[:3]) for row in out[:count]]
    still_open = tuple(int(indices[k]) for k in (events.START, events.PEAK, events.LAST))
    return found, still_open if indices[events.OPEN] else None


FRAMES = 12
level = st.sampled_from([0.0, 0.4, 0.5, 0.6, 1.0, 1.1, 2.0, 3.0])


@given(
    st.lists(level, min_size=4 * FRAMES, max_size=4 * FRAMES),
    st.lists(level, min_size=4 * FRAMES, max_size=4 * FRAMES),
    st.lists(st.sampled_from([1.0, 2.0, np.inf]), min_size=FRAMES, max_size=FRAMES),
    st.lists(st.integers(0, FRAMES), max_size=4),
    st.integers(1, 6),
    st.integers(3, 20),
)
def test_events_equal_their_twin_and_do_not_depend_on_the_cutting(
    jerk, accel, on, cuts, merge_n, longest_n
):
    jerk, accel, on = np.array(jerk), np.array(accel), np.array(on)
    per_sample = np.repeat(on, 4)
    expected = naive.events(jerk, accel, per_sample, per_sample, 0.5, merge_n, longest_n)
    assert scan(jerk, accel, on, 4, sorted(cuts), merge_n, longest_n) == expected


@given(
    st.lists(st.integers(-40_000, 40_000), min_size=1, max_size=70),
    st.sampled_from([1, 3, 4, 64, 1024]),
    st.integers(-50_000, 50_000),
)
def test_median_by_counting_is_exact_from_any_guess(codes, unit, guess):
    array = np.array(codes, np.int32) // unit * unit + 7
    assert epochs.median_code(array, guess) == np.median(array)


def test_epochs_equal_their_twin_however_their_samples_arrive():
    accel_g, n = noise(3, 500), 500
    rng = np.random.default_rng(4)
    jerk, movement, clipped = rng.random(n), rng.random(n), rng.random(n) < 0.1

    def run(borders):
        state, seen = np.zeros(epochs.N_STATE, np.int64), np.zeros(epochs.N_LEVELS)
        state[epochs.EPOCH], codes = epochs.NO_EPOCH, np.empty((3, 1000), np.int32)
        guesses, rows = np.zeros(3, np.int64), []
        for a, b in pairwise(borders):
            parts = np.array([[a, b, a // 250, 20_000_000 * (b - a)]])
            numbers, row = np.empty((1, 3), np.int64), np.empty((1, 20))
            if epochs.add_parts(
                accel_g.T.copy(),
                jerk,
                movement,
                clipped,
                parts,
                np.array([0.1]),
                state,
                seen,
                codes,
                guesses,
                numbers,
                row,
            ):
                rows.append((*numbers[0], *row[0]))
        last = np.empty(20)
        epochs.close_epoch(state, seen, codes, guesses, last)
        return np.array([*rows, (*state[:3], *last)])

    whole = run([0, 250, 500])
    assert whole.tobytes() == run([0, 1, 100, 249, 250, 333, 500]).tobytes()
    for k, piece in enumerate((slice(0, 250), slice(250, 500))):
        expected = naive.epoch(accel_g[piece], jerk[piece], movement[piece])
        flat = np.concatenate([np.atleast_1d(value) for value in expected.values()])
        np.testing.assert_allclose(whole[k, 3:21], flat, atol=4e-5)
        np.testing.assert_allclose(whole[k, 19:21], flat[16:], rtol=1e-12)
        np.testing.assert_array_equal(whole[k, 3:6], expected["median_g"])
        assert list(whole[k, :3]) == [k, 250, clipped[piece].sum()]
        assert whole[k, 21] == pytest.approx(5.0)


def crossing(signal, start, step, limit, level):
    at = features.walk(signal, start, step, limit, level)
    return features.crossing(signal, at, step, limit, level)


def test_width_equals_its_twin():
    t = np.arange(400) / RATE_HZ
    envelope = np.exp(-(((t - 4) / 0.3) ** 2))
    peak = int(envelope.argmax())
    left = crossing(envelope, peak, -1, 0, 0.25)
    right = crossing(envelope, peak, 1, 399, 0.25)
    assert right - left == pytest.approx(naive.width(envelope, peak, 0.25), rel=1e-9)


@given(st.lists(st.integers(0, 20), min_size=2, max_size=60), st.integers(0, 59))
def test_a_walk_may_go_on_where_one_to_a_higher_level_ended(values, start):
    signal, start = np.array(values, float), start % len(values)
    for step, limit in ((1, len(values) - 1), (-1, 0)):
        at = features.walk(signal, start, step, limit, 12.0)
        went_on = features.walk(signal, at, step, limit, 5.0)
        assert went_on == features.walk(signal, start, step, limit, 5.0)


def test_a_crossing_that_never_comes_ends_at_the_limit():
    assert crossing(np.ones(10), 5, 1, 9, 0.5) == 9
    assert crossing(np.ones(10), 5, -1, 2, 0.5) == 2


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        ([0, 4, 0, 4, 0, 4, 0], [1, 3, 5]),  # three with valleys
        ([0, 4, 3, 4, 3, 4, 0], [1]),  # ripples of one
        ([0, 4, 0, 1, 0, 4, 0], [1, 5]),  # the small one does not count
        ([4, 0, 0, 0, 0, 0, 4], [0, 6]),  # at both borders
        ([4], [0]),
    ],
)
def test_bursts_are_sub_peaks_with_valleys_between(envelope, expected):
    at, size = np.empty(features.MAX_BURSTS), np.empty(features.MAX_BURSTS)
    array = np.array(envelope, float)
    count = features.find_bursts(array, 0, len(array), 1.6, 2.0, at, size)
    assert list(at[:count]) == expected


def test_close_sub_peaks_are_one_and_the_larger_stays():
    at, size = np.empty(features.MAX_BURSTS), np.empty(features.MAX_BURSTS)
    array = np.array([0, 3, 0, 4, 0], float)
    count = features.find_bursts(array, 0, 5, 1.6, 3.0, at, size)
    assert (count, at[0], size[0]) == (1, 3, 4)


def test_alternations_count_sign_changes_of_the_strongest_axis():
    t = np.arange(200) / RATE_HZ
    slow = np.zeros((200, 4))
    slow[:, 1] = np.sin(2 * np.pi * 2 * t + 0.8)
    at = np.empty(64)
    count = features.find_alternations(slow, 0, 200, at)
    assert count == 16  # two per cycle, 2 Hz, 4 s
    assert features.spacing(at, count)[0] == pytest.approx(12.5, rel=0.02)


@pytest.mark.parametrize("angle", [0.0, 0.01, 30.0, 90.0, 179.9])
def test_angle_between_gravity_vectors(angle):
    a = np.array([0.0, 0.0, 1.0])
    b = np.array([0.0, np.sin(np.radians(angle)), np.cos(np.radians(angle))])
    assert features.angle_deg(a, b) == pytest.approx(angle, abs=1e-9)
    assert features.angle_deg(a, b) == pytest.approx(naive.angle_deg(a, b), abs=1e-6)


def test_gravity_is_unknown_in_less_than_a_second():
    accel_g, means, out = noise(5), np.empty((3, 8)), np.empty(3)
    assert not features.gravity(accel_g.T, 0, 49, 25, means, out)
    assert features.gravity(accel_g.T, 0, 50, 25, means, out)


def test_gravity_ignores_a_jolt_of_one_second():
    accel_g, means, out = np.tile([0.0, 0.0, 1.0], (200, 1)), np.empty((3, 8)), np.empty(3)
    accel_g[100:150, 0] = 3.0
    assert features.gravity(accel_g.T, 0, 200, 25, means, out)
    assert list(out) == [0, 0, 1]


@pytest.mark.parametrize("dtype", [np.int16, np.float64])
def test_intake_scales_and_marks_the_ends_of_the_range(dtype):
    samples = np.array([[-512, 0, 511], [1, 2, 3], [0, 510, -511], [0, 511, 0]], dtype)
    gain_g, offset_g = np.array([0.5, 1.0, 2.0]), np.array([0.0, 10.0, 0.0])
    accel_g, clipped = np.empty((3, 4)), np.empty(4, np.bool_)
    intake.to_g(samples.ravel(), gain_g, offset_g, np.array([-512.0, 511.0]), accel_g, clipped)
    np.testing.assert_array_equal(accel_g.T, samples * gain_g + offset_g)
    assert list(clipped) == [True, False, False, True]


@pytest.mark.parametrize("rate_hz", [50.0, 600 / 7, 100.0, 400.0])
def test_the_zero_phase_jerk_is_that_of_the_analog_band_at_every_rate(rate_hz):
    taps, hz = jerk_taps(2, 8, rate_hz), np.array([2.0, 3.0, 4.0, 6.0, 8.0, 11.0])
    k = np.arange(1, len(taps) + 1)
    found = 2 * np.sin(2 * np.pi / rate_hz * np.outer(hz, k)) @ taps
    b, a = signal.butter(2, 2 * np.pi * np.array([2, 8]), "bandpass", analog=True)
    band = np.abs(signal.freqs(b, a, 2 * np.pi * hz)[1]) ** 2
    np.testing.assert_allclose(found, 2 * np.pi * hz * band, rtol=1e-3)


def test_the_zero_phase_jerk_power_is_a_convolution():
    x, taps = np.random.default_rng(6).normal(size=(3, 300)), jerk_taps(2, 8, RATE_HZ)
    found, n = np.empty(100), len(taps)
    timing.jerk_power(x, taps, 60, found)
    both = np.concatenate([taps[::-1], [0.0], -taps])
    expected = sum(np.convolve(axis, both, mode="valid") ** 2 for axis in x)[60 - n : 160 - n]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_steady_gravity_has_no_jerk_even_at_the_ends():
    found = np.empty(40)
    timing.jerk_power(np.tile([[0.0], [0.6], [0.8]], 40), jerk_taps(2, 8, RATE_HZ), 0, found)
    assert found.max() < 1e-20


@pytest.mark.parametrize("window_n", [1.0, 4.0, 5.0, 7.5])
def test_the_centred_rms_is_centred_and_as_long_as_asked(window_n):
    power, out = np.zeros(21), np.empty(21)
    power[10] = 1.0
    timing.centred_rms(power, window_n, out)
    np.testing.assert_allclose(out, out[::-1], atol=1e-15)
    assert np.count_nonzero(out) <= window_n + 2
    assert np.sum(out**2) == pytest.approx(1.0)


def test_at_the_ends_the_centred_rms_takes_what_is_not_there_for_nothing():
    out = np.empty(4)
    timing.centred_rms(np.ones(4), 3.0, out)
    np.testing.assert_allclose(out, np.sqrt([2 / 3, 1, 1, 2 / 3]))


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0])
@pytest.mark.parametrize(
    ("limb_hz", "within_s"),
    [(2.5, 0.012), (4.0, 0.012), (6.0, 0.045)],  # of 6 Hz the RMS leaves two humps
)
def test_the_peak_time_has_no_delay_at_any_frequency(rate_hz, limb_hz, within_s):
    t = np.arange(round(6 * rate_hz)) / rate_hz
    middle_s = 3.0123
    wave = np.sin(2 * np.pi * limb_hz * (t - middle_s)) * np.exp(-(((t - middle_s) / 0.2) ** 2))
    accel_g = np.stack([wave, 0 * wave, 1 + 0 * wave])
    guess = round((middle_s + 0.1) * rate_hz)
    place = timing.peak_position(
        accel_g, jerk_taps(2, 8, rate_hz), 0.1 * rate_hz, guess, round(0.6 * rate_hz)
    )
    assert place / rate_hz == pytest.approx(middle_s, abs=within_s)
