"""Synthetic nights: reproducible, the same for every sensor, physically sane, with a true truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_nights import EVENING, SHORT, SLEEP_STARTS, S, alone

from recordings import synthetic
from recordings.synthetic import DEVICES, Recipe, acceleration, plan, samples, synthesise
from recordings.synthetic.vectors import across, direction, rotated


@pytest.fixture(scope="module")
def evening():
    return plan(3, EVENING)


# --- the same seed, the same night ---------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_night():
    (one, _), (again, _), (other, _) = (synthesise(plan(seed, SHORT)) for seed in (1, 1, 2))
    assert one.tobytes() == again.tobytes()
    assert (one != other).mean() > 0.5


@settings(max_examples=10)
@given(piece_s=st.one_of(st.floats(0.02, 30), st.floats(30, 800)))
def test_the_length_of_the_pieces_changes_nothing(piece_s):
    night = plan(1, replace(SHORT, hours=0.02))
    raw, times_ns = synthesise(night)
    pieces = list(samples(night, piece_s))
    assert b"".join(p.tobytes() for p, _ in pieces) == raw.tobytes()
    assert np.concatenate([t for _, t in pieces]).tobytes() == times_ns.tobytes()


def test_a_movement_that_spans_many_pieces_is_the_same_as_in_one(evening):
    whole, _ = synthesise(evening)
    pieces = np.concatenate([raw for raw, _ in samples(evening, 3.3)])
    np.testing.assert_array_equal(pieces, whole)


@pytest.mark.parametrize("rate_hz", [25, 30, 50, 75, 85.7])
def test_another_rate_sees_the_same_night(evening, rate_hz):
    slow = plan(3, replace(EVENING, rate_hz=rate_hz, look_alikes=()))
    fast = plan(3, replace(EVENING, look_alikes=()))
    times_ns = evening.start_ns + (np.arange(0, 5000, 0.37) * S).astype(np.int64)
    np.testing.assert_array_equal(acceleration(slow, times_ns), acceleration(fast, times_ns))
    np.testing.assert_array_equal(slow.truth, fast.truth)


@pytest.mark.parametrize("device", sorted(DEVICES))
def test_another_device_has_the_same_truth(evening, device):
    np.testing.assert_array_equal(plan(3, replace(EVENING, device=device)).truth, evening.truth)


def test_more_hours_give_the_same_night_and_what_follows(evening):
    longer = plan(3, replace(EVENING, hours=2.5))
    np.testing.assert_array_equal(longer.truth[: len(evening.truth)], evening.truth)
    assert len(longer.truth) > len(evening.truth)
    times_ns = evening.start_ns + (np.arange(0, 5390, 1.7) * S).astype(np.int64)
    np.testing.assert_array_equal(acceleration(longer, times_ns), acceleration(evening, times_ns))


def test_another_number_of_sleep_starts_leaves_the_course_of_the_night(evening):
    without = plan(3, replace(EVENING, sleep_starts=0))
    assert without.nights == evening.nights
    assert len(without.rows(*SLEEP_STARTS)) == 0
    turns = [set(p.rows("body_movement")["start_ns"].tolist()) for p in (without, evening)]
    assert turns[1] & turns[0]


def test_seeds_for_choosing_and_for_reporting_are_apart():
    assert not set(synthetic.DEVELOPMENT_SEEDS) & set(synthetic.VALIDATION_SEEDS)
    assert synthetic.DEMO_SEED in synthetic.DEVELOPMENT_SEEDS


# --- what the device makes of it -----------------------------------------------------------------


@pytest.mark.parametrize("device", sorted(DEVICES))
def test_a_device_adds_its_noise_and_its_step_and_nothing_else(device):
    night = plan(4, replace(SHORT, device=device))
    raw, times_ns = synthesise(night)
    sensor = night.device
    error_mg = 1000 * (sensor.scale.to_g(raw) - acceleration(night, times_ns))
    truncated = 0.0 if sensor.rounds else -sensor.step_mg / 2
    np.testing.assert_allclose(error_mg.mean(axis=0), truncated, atol=0.4)
    expected = np.hypot(sensor.noise_mg, sensor.step_mg / np.sqrt(12))
    np.testing.assert_allclose(error_mg.std(axis=0), expected, rtol=0.1)


@pytest.mark.parametrize(
    ("device", "step_mg"),
    [("ax3", 15.625), ("ax3-unpacked", 3.90625), ("ax6", 0.48828125), ("ax6-8g", 0.244140625)],
)
def test_the_smallest_difference_between_samples_is_the_step(device, step_mg):
    night = plan(4, replace(SHORT, device=device))
    raw, _ = synthesise(night)
    steps = np.diff(np.unique(night.device.scale.to_g(raw)[:, 0]))
    assert 1000 * steps.min() == pytest.approx(step_mg)
    assert night.device.step_mg == pytest.approx(step_mg)


def test_a_truncating_device_shows_the_lower_of_two_codes():
    codes = DEVICES["ax3"].to_raw(np.array([[0.0156, -0.0001, 1.0], [99.0, -99.0, 7.9999]]))
    assert codes.tolist() == [[0, -4, 256], [2044, -2048, 2044]]


def test_a_rounding_device_shows_the_nearest_code_and_clips_at_its_range():
    codes = DEVICES["actigraph"].to_raw(np.array([[0.0019, 0.0021, -0.0021], [9.0, -9.0, 7.99]]))
    assert codes.tolist() == [[0, 1, -1], [2047, -2048, 2045]]


@pytest.mark.parametrize(
    ("device", "nominal_hz", "true_hz"),
    [("ax3", 100, 98.0), ("ax6", 50, 49.95), ("geneactiv", 85.7, 600 / 7), ("actigraph", 30, 30)],
)
def test_the_stamps_run_at_the_true_rate(device, nominal_hz, true_hz):
    night = plan(0, replace(SHORT, device=device, rate_hz=nominal_hz))
    _, times_ns = synthesise(night)
    index = np.arange(len(times_ns))
    np.testing.assert_allclose(times_ns - night.start_ns, index * S / true_hz, atol=1)
    assert night.end_ns - times_ns[-1] == pytest.approx(S / true_hz, abs=1)
    assert night.samples == len(times_ns) == int(0.2 * 3600 * true_hz)


# --- a body at rest ------------------------------------------------------------------------------


def test_gravity_is_1_g_whenever_nothing_moves(evening):
    times_s = np.arange(0, 5400, 0.5)
    moving = np.zeros(len(times_s), bool)
    for movement in evening.movements:
        after_s = times_s - movement.start_s
        moving |= (after_s >= 0) & (after_s < movement.length_s)
    rest = alone(evening, evening.start_ns + (times_s * S).astype(np.int64))[~moving]
    assert len(rest) > 4000
    np.testing.assert_allclose(np.linalg.norm(rest, axis=1), 1, atol=1e-9)


def test_the_median_magnitude_of_what_is_recorded_is_1_g(evening):
    raw, _ = synthesise(evening)
    assert np.median(np.linalg.norm(evening.device.scale.to_g(raw), axis=1)) == pytest.approx(
        1, abs=0.005
    )


@pytest.mark.parametrize("seed", range(6))
def test_breathing_and_heartbeat_lie_in_their_bands_and_sizes(seed):
    night = plan(seed, replace(SHORT, hours=0.05, sleep_starts=0))
    wave = night.background.at(np.arange(0, 600, 0.02))
    assert 0.001 < np.linalg.norm(wave, axis=1).max() < 0.025
    wave = (wave - wave.mean(axis=0)) * np.hanning(len(wave))[:, np.newaxis]
    power = (np.abs(np.fft.rfft(wave, axis=0)) ** 2).sum(axis=1)
    hz = np.fft.rfftfreq(len(wave), 0.02)
    slow = hz[1:][(power * (hz < 1))[1:].argmax()]
    assert 0.19 < slow < 0.37
    carrier = hz[(power * (hz > 3)).argmax()]
    assert 4.5 < carrier < 13.5


def test_waking_life_moves_far_more_than_sleep():
    calm = {"sleep_starts": 0, "twitches_per_h": 0, "look_alikes": ()}
    night = plan(8, Recipe(start="2024-03-05T22:00:00", hours=2.5, rate_hz=50, **calm))
    raw, times_ns = synthesise(night)
    accel_g = night.device.scale.to_g(raw)
    minutes = accel_g[: len(raw) // 3000 * 3000].reshape(-1, 3000, 3).std(axis=1).max(axis=1)
    starts = times_ns[: len(minutes) * 3000 : 3000]
    up = minutes[starts < night.nights[0].bed_ns - 60 * S]
    asleep = minutes[starts > night.nights[0].onset_ns]
    assert np.median(up) > 0.1
    assert np.median(asleep) < 0.02
    assert np.abs(accel_g).max() < 6


# --- nights --------------------------------------------------------------------------------------


@pytest.mark.parametrize("quiet_wake_min", [0.0, 45.0])
def test_the_course_of_a_night(quiet_wake_min):
    night = plan(3, replace(EVENING, quiet_wake_min=quiet_wake_min))
    (truth,) = night.nights
    assert truth.bed_ns < truth.settled_ns <= truth.onset_ns < truth.wake_ns
    assert truth.onset_ns - truth.settled_ns == pytest.approx(quiet_wake_min * 60 * S, abs=2)
    assert 8 <= (truth.settled_ns - truth.bed_ns) / (60 * S) <= 25
    assert 6 <= (truth.wake_ns - truth.onset_ns) / (3600 * S) <= 9
    for begin, end in truth.awakenings:
        assert truth.onset_ns < begin < end < truth.wake_ns


def test_movement_decays_before_the_sleeper_has_settled():
    early = late = 0
    for seed in range(6):
        night = plan(seed, replace(EVENING, hours=1, sleep_starts=0))
        bed, settled = night.nights[0].bed_ns, night.nights[0].settled_ns
        peaks = night.rows("limb_movement")["peak_ns"]
        early += np.sum((peaks > bed) & (peaks < (bed + settled) // 2))
        late += np.sum((peaks >= (bed + settled) // 2) & (peaks < settled))
    assert early > 2 * late > 0


def test_every_night_of_a_long_recording_is_planned():
    calm = replace(synthetic.QUIET, start="2024-03-05T12:00:00", hours=72, twitches_per_h=0)
    night = plan(2, calm)
    assert len(night.nights) == 3
    assert set(night.truth["night"]) == {0, 1, 2}
    onsets = np.diff([n.onset_ns for n in night.nights]) / (3600 * S)
    assert np.all(np.abs(onsets - 24) < 1)
    out = [(a, b) for a, b, _ in night.out_of_bed]
    for truth in night.nights:
        assert not [a for a, b in out if a < truth.wake_ns and b > truth.bed_ns]


def test_a_recording_may_begin_asleep():
    night = plan(2, replace(SHORT, start="2024-03-06T03:00:00"))
    (truth,) = night.nights
    assert truth.onset_ns < night.start_ns < night.end_ns < truth.wake_ns
    assert not night.out_of_bed


def test_the_demonstration_has_six_sleep_starts_to_be_found_and_look_alikes_to_be_told_apart():
    night = synthetic.demo_night()
    rows = night.rows(*SLEEP_STARTS)
    assert len(rows) == 6
    assert np.all((rows["size_mg"] > 99) & (rows["size_mg"] < 606))
    assert np.sum(np.abs(rows["onset_offset_s"]) < 12 * 60) == 5
    assert {"scratch", "tap", "partner", "train", "turn", "limb"} <= set(night.truth["cause"])
    assert night.device.name == "geneactiv"


def test_a_quiet_night_has_no_sleep_start_and_a_restless_one_far_more_movement():
    quiet = plan(0, replace(synthetic.QUIET, start="2024-03-05T23:00:00", hours=3))
    restless = plan(0, replace(synthetic.RESTLESS, start="2024-03-05T23:00:00", hours=3))
    assert len(quiet.rows(*SLEEP_STARTS)) == 0
    assert len(restless.truth) > 2 * len(quiet.truth)


# --- geometry ------------------------------------------------------------------------------------


@given(seed=st.integers(0, 2**32 - 1), angle=st.floats(-10, 10))
def test_a_rotation_keeps_lengths_and_its_axis_and_can_be_undone(seed, angle):
    rng = np.random.default_rng(seed)
    axis, vector = direction(rng), rng.standard_normal((4, 3))
    turned = rotated(vector, axis, angle)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(vector, axis=1))
    np.testing.assert_allclose(rotated(axis, axis, angle), axis, atol=1e-12)
    np.testing.assert_allclose(rotated(turned, axis, -angle), vector, atol=1e-12)
    across_axis = across(axis, rng)
    quarter = rotated(across_axis, axis, np.pi / 2)
    np.testing.assert_allclose(quarter, np.cross(axis, across_axis), atol=1e-12)
