"""Planted movements have the sizes, shapes and times that the truth says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_nights import ALONE, EVENING, SLEEP_STARTS, S, alone, around, banded
from scipy.signal import butter, sosfiltfilt

from recordings import synthetic
from recordings.synthetic import Recipe, acceleration, plan
from recordings.synthetic.draws import sleep_start, tap
from recordings.synthetic.movements import Burst, Jerk
from recordings.synthetic.plan import fitted
from recordings.synthetic.vectors import direction


@pytest.fixture(scope="module")
def evening():
    return plan(3, EVENING)


# --- sleep starts --------------------------------------------------------------------------------


def test_every_sleep_start_has_the_size_that_the_truth_says(evening):
    rows = evening.rows(*SLEEP_STARTS)
    assert len(rows) >= 8
    for row in rows:
        times_ns = around(row["peak_ns"], 8, 8)
        size_g = np.linalg.norm(banded(alone(evening, times_ns), 1, 100), axis=1)[400:1200].max()
        assert 1000 * size_g == pytest.approx(row["size_mg"], rel=0.05)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), size_mg=st.floats(30, 1500))
def test_a_sleep_start_is_given_the_size_that_is_asked_for(seed, size_mg):
    rng = np.random.default_rng(seed)
    jerk, up = sleep_start(rng, size_mg=size_mg, arousal=False, shift=True), direction(rng)
    times_s = np.arange(-4, jerk.length_s + 4, 0.01)
    accel_g = fitted(jerk, size_mg, up).shape(up)(times_s)
    size_g = np.linalg.norm(banded(accel_g, 1, 100), axis=1).max()
    assert 1000 * size_g == pytest.approx(size_mg, rel=0.05)


def test_the_true_time_is_the_peak_of_the_jerk_envelope(evening):
    rows = evening.rows(*SLEEP_STARTS)
    for row in rows:
        times_ns = around(row["peak_ns"], 4, 4, rate_hz=500)
        jerk = np.gradient(banded(alone(evening, times_ns), 2, 500), 0.002, axis=0)
        power = (jerk**2).sum(axis=1)
        envelope = np.sqrt([power[i - 25 : i + 26].mean() for i in range(1500, 2500)])
        peak_ns = times_ns[1500 + envelope.argmax()]
        assert abs(peak_ns - row["peak_ns"]) <= 10_000_000
        assert envelope.max() == pytest.approx(row["jerk_g_per_s"], rel=0.03)


def test_sleep_starts_are_as_wide_as_the_limb_makes_them_whatever_their_size():
    rows = np.concatenate([plan(seed, ALONE).rows("sleep_start") for seed in range(4)])
    single = rows[rows["bursts"] == 1]
    assert len(single) >= 20
    assert 0.36 <= np.median(single["width_s"]) <= 0.52
    assert np.all((single["width_s"] > 0.28) & (single["width_s"] < 0.75))
    effective_hz = single["jerk_g_per_s"] / (2 * np.pi * single["size_mg"] / 1000)
    assert np.all((effective_hz > 1.5) & (effective_hz < 5))
    assert 3 <= single["jerk_g_per_s"].max() <= 30


@pytest.mark.parametrize(
    ("emg_s", "limb_hz", "width_s", "turn_deg"),
    [
        (0.075, 2, 0.560, 1.9),
        (0.075, 4, 0.355, 1.0),
        (0.150, 2, 0.613, 2.7),
        (0.150, 4, 0.396, 1.3),
        (0.250, 4, 0.477, 2.2),
    ],
)
def test_a_100_mg_jerk_is_as_wide_and_turns_the_limb_as_far_as_the_limb_model_says(
    emg_s, limb_hz, width_s, turn_deg
):
    axis = np.array([1.0, 0, 0])
    jerk = Jerk(
        cause="sleep_start",
        start_s=0.0,
        bursts=(Burst(after_s=0.0, length_s=emg_s),),
        muscle_s=0.06,
        limb_hz=limb_hz,
        damping=0.45,
        lever_m=0.25,
        axis=axis,
        radius=np.array([0, 0, 1.0]),
        shift_axis=axis,
    )
    # without gravity, as the accelerometer of a weightless sleeper
    free = np.linalg.norm(jerk.shape(np.zeros(3))(np.arange(0, 3, 0.001)), axis=1)
    active = np.flatnonzero(free > 0.1 * free.max())
    assert (active[-1] - active[0]) / 1000 == pytest.approx(width_s, rel=0.15)
    up = np.array([1.0, 0, 0])  # along the axis: gravity stays
    jerk = replace(jerk, gain_rad=jerk.gain_rad * 0.1 / free.max())
    tilted = jerk.shape(np.array([0, 0, 1.0]))(np.arange(0, 3, 0.001)) - jerk.shape(up)(
        np.arange(0, 3, 0.001)
    )
    turn = np.degrees(np.arcsin(np.abs(tilted[:, 1]).max()))
    assert 0.4 * turn_deg < turn < 1.6 * turn_deg


def test_a_sleep_start_leaves_the_limb_turned_by_its_shift(evening):
    shifted = plan(5, replace(ALONE, shift_share=1.0))
    rows = shifted.rows("sleep_start")
    assert np.all((rows["shift_deg"] > 0) & (rows["shift_deg"] <= 15))
    for row in rows:
        at_ns = np.array([row["peak_ns"] - 3 * S, row["peak_ns"] + 5 * S])
        before, after = alone(shifted, at_ns)
        angle = np.degrees(np.arccos(np.clip(before @ after, -1, 1)))
        assert angle == pytest.approx(row["shift_deg"], abs=0.05)


def test_an_arousal_follows_within_a_minute_and_is_weaker_than_the_jerk():
    night = plan(6, replace(ALONE, arousal_share=1.0, sleep_starts=6))
    rows = night.rows("sleep_start_with_arousal")
    assert len(rows) >= 4
    assert len(night.rows("sleep_start")) == 0
    for row in rows:
        length_s = (row["end_ns"] - row["peak_ns"]) / S
        assert 2 < length_s < 70
        times_ns = around(row["peak_ns"], 3, 70)
        jerk = np.gradient(banded(alone(night, times_ns), 2, 100), 0.01, axis=0)
        size = np.sqrt(np.convolve((jerk**2).sum(axis=1), np.full(10, 0.1), "same"))
        later = size[300 + 150 : 300 + int(100 * length_s)]
        assert later.max() < 0.5 * row["jerk_g_per_s"]


def test_nothing_else_happens_just_before_a_sleep_start(evening):
    rows = evening.rows(*SLEEP_STARTS)
    assert np.all(rows["still_before_s"] > 14)


def test_sleep_starts_gather_around_the_onset():
    recipe = replace(ALONE, hours=10)
    rows = np.concatenate([plan(seed, recipe).rows(*SLEEP_STARTS) for seed in range(3)])
    near = np.abs(rows["onset_offset_s"] + 180) < 3 * 480
    assert len(rows) >= 30
    assert 0.6 < near.mean() < 0.97


def test_a_cluster_has_the_jerks_of_a_repetitive_series():
    night = plan(2, replace(ALONE, cluster=True, sleep_starts=0))
    peaks = night.rows("sleep_start")["peak_ns"]
    assert 14 <= len(peaks) <= 29  # overlapping ones give way
    assert np.ptp(peaks) <= 16 * 60 * S


# --- look-alikes ---------------------------------------------------------------------------------


def ratio_hf_lf(movement, rate_hz, bandwidth_hz):
    """Impact band over jerk band, as peaks of the acceleration vector."""
    up = np.array([0.0, 0, 1])
    times_s = np.arange(-4, movement.length_s + 4, 1 / rate_hz)
    accel_g = movement.shape(up, bandwidth_hz)(times_s)
    high = butter(2, [12, min(24, 0.46 * rate_hz)], "bandpass", fs=rate_hz, output="sos")
    high_g = np.linalg.norm(sosfiltfilt(high, accel_g, axis=0), axis=1).max()
    return high_g / np.linalg.norm(banded(accel_g, 2, rate_hz), axis=1).max()


@pytest.mark.parametrize("seed", range(8))
def test_a_knock_rings_above_the_band_of_limbs_and_a_jerk_does_not(seed):
    rng = np.random.default_rng(seed)
    assert ratio_hf_lf(tap(rng), 100, 50) > 0.8
    jerk = sleep_start(rng, size_mg=200, arousal=False, shift=False)
    assert ratio_hf_lf(jerk, 100, 50) < 0.55


@pytest.mark.parametrize("seed", range(4))
def test_a_slower_sensor_passes_less_of_a_knock(seed):
    knock, up = tap(np.random.default_rng(seed)), np.array([0.0, 0, 1])
    times_s = np.arange(0, knock.length_s, 0.0005)
    rings = [knock.shape(up, rate / 2)(times_s) for rate in (4000, 100, 50, 25)]
    peaks = [np.linalg.norm(ring, axis=1).max() for ring in rings]
    assert peaks == sorted(peaks, reverse=True)
    assert peaks[0] == pytest.approx(knock.peak_g, rel=0.05)
    assert peaks[3] < 0.5 * peaks[1]


@pytest.fixture(scope="module")
def crowded():
    return plan(9, Recipe(hours=12, look_alikes=synthetic.LOOK_ALIKES, twitches_per_h=4))


def test_every_look_alike_that_is_asked_for_is_in_the_truth(crowded):
    assert set(crowded.truth["cause"]) == set(synthetic.KINDS)
    for row in crowded.truth:
        assert row["kind"] in (synthetic.KINDS[row["cause"]], "sleep_start_with_arousal")


@pytest.mark.parametrize(
    ("cause", "low_mg", "high_mg", "short_s", "long_s"),
    [
        ("twitch", 5, 40, 0.2, 1.5),
        ("turn", 60, 2000, 0.8, 6),
        ("plm", 10, 150, 0.5, 5),
        ("train", 45, 310, 2, 25),
        ("scratch", 30, 800, 1.2, 11),
        ("shaking", 150, 1500, 25, 65),
        ("tap", 15, 400, 0.15, 0.6),
        ("partner", 5, 35, 0.4, 3),
        ("vehicle", 60, 600, 500, 1300),
    ],
)
def test_look_alikes_have_the_sizes_and_durations_of_their_kind(
    crowded, cause, low_mg, high_mg, short_s, long_s
):
    rows = crowded.truth[crowded.truth["cause"] == cause]
    duration_s = (rows["end_ns"] - rows["start_ns"]) / S
    assert np.all((rows["size_mg"] > low_mg) & (rows["size_mg"] < high_mg))
    assert np.all((duration_s > short_s) & (duration_s < long_s))


def test_turns_change_the_posture_and_periodic_movements_come_back(crowded):
    turns = crowded.truth[crowded.truth["cause"] == "turn"]
    assert np.median(turns["shift_deg"]) > 20
    assert np.all(crowded.truth[crowded.truth["cause"] == "plm"]["shift_deg"] < 1e-3)


def test_periodic_movements_come_in_series():
    night = plan(1, Recipe(site="ankle", hours=12, twitches_per_h=0, movements_per_h=0))
    starts = np.sort(night.rows("periodic_limb_movement")["start_ns"])
    intervals_s = np.diff(starts) / S
    within = intervals_s[intervals_s < 100]
    assert len(starts) >= 10
    assert len(within) >= len(starts) - 3
    assert np.all((within > 8) & (within < 90))


def test_a_vehicle_raises_the_floor_of_the_jerk_for_many_minutes(crowded):
    row = crowded.rows("disturbance")
    row = row[row["cause"] == "vehicle"][0]
    middle = around((row["start_ns"] + row["end_ns"]) // 2, 60, 60)
    jerk = np.gradient(banded(acceleration(crowded, middle), 2, 100), 0.01, axis=0)
    assert np.median(np.linalg.norm(jerk, axis=1)) > 1.0


def test_truth_is_in_order_and_within_the_recording(crowded):
    peaks = crowded.truth["peak_ns"]
    assert np.all(np.diff(peaks) >= 0)
    assert crowded.start_ns <= peaks[0]
    assert peaks[-1] < crowded.end_ns
    assert np.all(crowded.truth["start_ns"] <= peaks)
    assert np.all(peaks <= crowded.truth["end_ns"])
