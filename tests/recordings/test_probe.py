"""Rate and step are measured from the first minutes, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import Chunk, Header, Health, RecordingError, Scale, open_recording, probe
from recordings.probing import PATIENCE_S, PREFIX_S

DATA = Path(__file__).parents[1] / "data"
T0 = 1_700_000_000_000_000_000


class Made:
    """A recording of one segment after the other, delivered in chunks of any length."""

    def __init__(self, *parts, rate_hz=10.0, scale=None, chunk=997):
        self.path = Path("made")
        self.header = Header(format="made", nominal_hz=50.0)
        self.health = Health()
        self._parts, self._rate_hz, self._chunk = parts, rate_hz, chunk
        self._scale = scale or Scale(gain_g=(1 / 256,) * 3)
        self.delivered = 0

    def chunks(self) -> Iterator[Chunk]:
        self.delivered = 0
        start_ns = T0
        for samples in self._parts:
            whole = Chunk(
                samples=samples,
                scale=self._scale,
                first_index=0,
                knots=np.array([[0, start_ns], [10**9, start_ns + round(1e18 / self._rate_hz)]]),
                opens_segment="start",
            )
            for chunk in whole.split(*range(self._chunk, len(samples), self._chunk)):
                self.delivered += len(chunk)
                yield chunk
            start_ns = whole.end_ns + 10**12


def noise(n, step=1, spread=3, seed=1):
    return (np.random.default_rng(seed).integers(-spread, spread + 1, (n, 3)) * step).astype("i2")


# -- step


@pytest.mark.parametrize("step", [1, 2, 4, 8])
def test_the_step_of_counts_is_their_greatest_common_divisor(step):
    assert probe(Made(noise(3000, step) + 1)).step_g == step / 256


def test_an_offset_of_the_counts_does_not_hide_the_step():
    assert probe(Made(noise(3000, 4) + np.array([1, 2, 3], "i2"))).step_g == 4 / 256


def test_different_gains_are_averaged():
    scale = Scale(gain_g=(0.0039, 0.0040, 0.0041))
    assert probe(Made(noise(3000), scale=scale)).step_g == pytest.approx(0.0040)


def in_g(counts, unit, decimals=None):
    values = counts / unit + np.array([0.01, -0.02, 0.98])
    return values if decimals is None else np.round(values, decimals)


@pytest.mark.parametrize("unit", [256, 341])
def test_values_rounded_to_three_decimals_give_the_step_behind_them(unit):
    counts = noise(6000, spread=40).astype(float)
    accel_g = np.round(counts / unit, 3)
    assert probe(Made(accel_g, scale=Scale())).step_g == pytest.approx(1 / unit, rel=0.03)


@pytest.mark.parametrize("unit", [64, 256, 2048, 16_384])
def test_values_on_an_exact_grid_give_its_step(unit):
    accel_g = in_g(noise(6000, spread=30), unit)
    assert probe(Made(accel_g, scale=Scale())).step_g == pytest.approx(1 / unit, rel=1e-9)


def test_float32_noise_does_not_hide_the_grid():
    accel_g = in_g(noise(6000, spread=30), 256).astype(np.float32).astype(np.float64)
    accel_g += np.random.default_rng(2).choice([0, 1e-9, -1e-9], accel_g.shape)
    assert probe(Made(accel_g, scale=Scale())).step_g == pytest.approx(1 / 256, rel=1e-3)


def test_a_single_odd_value_does_not_hide_the_grid():
    accel_g = in_g(noise(6000, spread=60), 256)
    accel_g[100, 0] += 0.0005
    assert probe(Made(accel_g, scale=Scale())).step_g == pytest.approx(1 / 256, rel=0.02)


def test_nearly_continuous_values_give_a_small_step():
    accel_g = np.random.default_rng(3).normal(0, 0.1, (6000, 3))
    assert 0 < probe(Made(accel_g, scale=Scale())).step_g < 1e-4


def test_the_scale_of_float_samples_is_applied():
    accel = in_g(noise(6000, spread=30), 256) * 9.80665
    scale = Scale(gain_g=(1 / 9.80665,) * 3)
    assert probe(Made(accel, scale=scale)).step_g == pytest.approx(1 / 256, rel=1e-9)


def test_levels_that_never_occur_do_not_widen_the_step():
    levels = np.setdiff1d(np.arange(100), np.arange(4, 100, 5))  # some steps are double
    accel_g = np.random.default_rng(4).choice(levels, (6000, 3)) / 64
    assert probe(Made(accel_g, scale=Scale())).step_g == 1 / 64


def test_what_changes_over_a_gap_is_no_step():
    assert probe(Made(noise(3000, 4), noise(3000, 4) + np.array([2], "i2"))).step_g == 4 / 256


def test_what_changes_from_one_chunk_to_the_next_is_a_step():
    samples = np.zeros((1000, 3), "i2")
    samples[500:] = 3
    assert probe(Made(samples, chunk=500)).step_g == 3 / 256


# -- a sensor that lies still


def test_a_still_sensor_is_watched_for_up_to_an_hour():
    samples = np.zeros((PATIENCE_S * 10 + 5000, 3), "i2")
    samples[20_000:20_100] = noise(100, 4)
    assert probe(Made(samples)).step_g == 4 / 256


@pytest.mark.parametrize(("changes", "step_g"), [(15, 1 / 256), (16, 4 / 256)])
@pytest.mark.parametrize("in_g", [False, True])
def test_sixteen_changes_in_ten_minutes_are_enough(changes, step_g, in_g):
    codes = np.zeros((12_000, 3), "i2")
    ends = [1, *range(985, 984 + changes)]  # at the first row, and around the end of a chunk
    for row in ends:
        codes[row:, 0] = 4 - codes[row - 1, 0]
    codes[9000:, 1] = 1
    recording = Made(codes / 256, scale=Scale()) if in_g else Made(codes)
    assert probe(recording).step_g == step_g


@pytest.mark.parametrize(("row", "step_g"), [(35_999, 4 / 256), (36_000, 1 / 256)])
def test_a_still_sensor_is_watched_for_an_hour_and_no_longer(row, step_g):
    samples = np.zeros((36_100, 3), "i2")
    samples[row:] = 4
    assert probe(Made(samples)).step_g == step_g


def test_what_a_still_sensor_does_after_an_hour_does_not_count():
    samples = np.zeros((PATIENCE_S * 10 + 5000, 3), "i2")
    samples[PATIENCE_S * 10 + 1000 :] = 4 * noise(4000)
    recording = Made(samples)
    assert probe(recording).step_g == 1 / 256
    assert recording.delivered < PATIENCE_S * 10 + 1000


@pytest.mark.parametrize(
    ("samples", "gain", "step_g"),
    [
        (np.zeros((50, 3), "i2"), 1 / 2048, 1 / 2048),
        (np.zeros((50, 3)), 1.0, 1 / 256),
        (np.zeros((1, 3), "i2"), 1 / 256, 1 / 256),
        (np.full((1, 3), 0.5), 1.0, 1 / 256),
    ],
)
def test_a_sensor_that_never_moves_has_the_documented_step(samples, gain, step_g):
    found = probe(Made(samples, scale=Scale(gain_g=(gain,) * 3)))
    assert found.step_g == step_g
    assert found.rate_hz == pytest.approx(10.0)


# -- rate


@pytest.mark.parametrize("rate_hz", [6.25, 24.42, 85.714, 98.5, 100.0])
def test_the_rate_is_that_of_the_clock(rate_hz):
    recording = Made(noise(70_000), rate_hz=rate_hz)
    found = probe(recording)
    assert found.rate_hz == pytest.approx(rate_hz, rel=1e-9)
    assert found.start_ns == T0


def test_gaps_do_not_count_as_time():
    recording = Made(noise(500), noise(700), noise(900), rate_hz=12.5)
    assert probe(recording).rate_hz == pytest.approx(12.5, rel=1e-9)


# -- the prefix


def test_no_more_than_ten_minutes_are_read():
    recording = Made(noise(100_000), chunk=1000)
    probe(recording)
    assert recording.delivered == PREFIX_S * 10


@pytest.mark.parametrize("chunk", [997, 6000, 10**6])
def test_what_comes_after_ten_minutes_does_not_count(chunk):
    samples = np.concatenate([noise(6000, 4), noise(2000) + np.array([100], "i2")])
    assert probe(Made(samples, chunk=chunk)).step_g == 4 / 256


@given(st.integers(20, 9000), st.integers(0, 3))
def test_neither_chunks_nor_later_data_change_the_result(chunk, later):
    first = (noise(4001, 8), noise(3003, 4, seed=2))
    more = [noise(2000 * later, 1, seed=3)] if later else []
    expected = probe(Made(*first, chunk=10**6))
    assert probe(Made(*first, *more, chunk=chunk)) == expected
    assert expected.step_g == 4 / 256


def test_a_recording_without_samples_is_refused():
    with pytest.raises(RecordingError, match="not one readable sample"):
        probe(Made())


# -- real files


@pytest.mark.parametrize(
    ("name", "rate_hz", "step_mg"),
    [
        ("ax3_200hz", 197.24, 15.625),
        ("ax3_wrist_100hz", 98.86, 15.625),
        ("ax3_2012_100hz", 98.5, 15.625),
        ("ax3_thigh_25hz", 24.56, 15.625),
        ("ax6_gyro_100hz", 98.41, 0.48828125),
    ],
)
def test_real_files_show_their_true_rate_and_step(name, rate_hz, step_mg):
    found = probe(open_recording(DATA / f"{name}.cwa"))
    assert found.rate_hz == pytest.approx(rate_hz, rel=2e-3)
    assert found.step_g * 1000 == step_mg
