"""What a stream fixes before it starts: bands, lengths and limits for one rate and one step."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from detector.settings import ScanSettings, SettingsError
from detector.signal.design import Design
from detector.signal.filters import TAPS_S, Band, butterworth_band, jerk_taps

S = ScanSettings()
STEP_G = 0.0039
RATES_HZ = (24.4, 25.0, 30.0, 50.0, 75.0, 100.0, 400.0)


def design(rate_hz: float = 50.0, step_g: float = STEP_G, **changes: float) -> Design:
    return Design.of(rate_hz, step_g, replace(S, **changes))


# --------------------------------------------------------------------- rates and bands


def test_a_rate_below_the_least_is_refused_with_both_numbers():
    assert design(24.0).rate_hz == 24.0
    with pytest.raises(SettingsError, match=r"^a rate of 23\.99 Hz is below min_rate_hz = 24\.0$"):
        design(23.99)


def sections(found: Design) -> list[np.ndarray]:
    """Poles of the jerk, the movement and the impact band."""
    return [found.poles[k : k + 2] for k in (0, 2, 4)]


def test_jerk_and_movement_are_looked_for_from_two_and_one_to_eight_hz():
    found = design(25.0)
    jerk, movement = (butterworth_band(low_hz, 8.0, 25.0) for low_hz in (2.0, 1.0))
    for poles, gain, band in zip(sections(found), found.gains, (jerk, movement), strict=False):
        np.testing.assert_allclose(poles, band.poles)
        assert gain == pytest.approx(band.gain)
    np.testing.assert_allclose(found.jerk_taps, jerk_taps(2.0, 8.0, 25.0))


def test_the_bands_follow_the_settings():
    found = design(50.0, jerk_low_hz=3.0, movement_low_hz=0.5, jerk_high_hz=9.0)
    expected = [butterworth_band(low_hz, 9.0, 50.0).poles for low_hz in (3.0, 0.5)]
    np.testing.assert_allclose(sections(found)[:2], expected)
    np.testing.assert_allclose(found.jerk_taps, jerk_taps(3.0, 9.0, 50.0))


@pytest.mark.parametrize(
    ("rate_hz", "high_hz"),
    [(40.0, 0.46 * 40), (50.0, 23.0), (100.0, 24.0)],
    ids=["40", "50", "100"],
)
def test_knocks_are_looked_for_up_to_24_hz_or_nearly_half_of_the_rate(rate_hz, high_hz):
    found = design(rate_hz)
    impact = butterworth_band(12.0, high_hz, rate_hz)
    assert found.has_impact
    np.testing.assert_allclose(sections(found)[2], impact.poles)
    assert found.gains[2] == pytest.approx(impact.gain)


def test_below_forty_hz_no_knock_is_looked_for():
    found = design(39.99)
    assert not found.has_impact
    assert found.gains[2] == 0
    assert not sections(found)[2].any()
    assert found.poles.shape == (6, 2)


def test_a_steady_slope_of_gravity_passes_no_band():
    for band in (butterworth_band(2, 8, 50.0), butterworth_band(12, 23, 50.0)):
        assert abs(band.response(np.array([0.0, np.pi]))) == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_at_both_edges_of_a_band_half_of_the_power_passes(rate_hz):
    edges = 2 * np.pi * np.array([2.0, 8.0]) / rate_hz
    passed = np.abs(butterworth_band(2.0, 8.0, rate_hz).response(edges)) ** 2
    assert passed == pytest.approx([0.5, 0.5])


def test_a_band_without_poles_delays_by_its_numerator_alone():
    # (1 - z^-2)^2 is symmetric over four samples: it delays by two
    assert Band(1.0, np.zeros((2, 2))).group_delay_s(5.0, 50.0) == pytest.approx(2 / 50)


@pytest.mark.parametrize(
    ("rate_hz", "left"), [(25.0, 1 / 150), (50.0, 1 / 900), (600 / 7, 1 / 900), (100.0, 1 / 900)]
)
def test_the_zero_phase_jerk_reaches_a_second_to_both_sides(rate_hz, left):
    taps = jerk_taps(2.0, 8.0, rate_hz)
    assert len(taps) == round(TAPS_S * rate_hz)
    last = np.abs(taps[-round(0.1 * rate_hz) :])
    assert last.max() < left * np.abs(taps).max()


# --------------------------------------------------------------------- a derivative


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_difference_of_two_samples_is_the_derivative_at_four_hz(rate_hz):
    t = np.arange(round(2 * rate_hz)) / rate_hz
    wave = np.exp(2j * np.pi * 4 * t)
    differences = np.abs(np.diff(wave)) * design(rate_hz).difference_hz
    assert differences == pytest.approx(np.full(len(t) - 1, 2 * np.pi * 4))


def test_a_jerk_of_one_g_per_s_goes_with_forty_mg_at_four_hz():
    assert design().g_per_jerk == pytest.approx(0.0398, abs=5e-5)


def test_the_kernel_has_every_factor_once_for_each_of_four_lanes():
    found = design()
    expected = [*found.poles.ravel(), *found.gains, found.difference_hz]
    assert found.factors.reshape(-1, 4).T.tolist() == [expected] * 4


# --------------------------------------------------------------------- delay


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0])
def test_the_delay_is_that_of_the_band_half_a_sample_and_half_the_envelope(rate_hz):
    found = design(rate_hz)
    band_s = butterworth_band(2.0, 8.0, rate_hz).group_delay_s(3.1, rate_hz)
    envelope_s = 0.1 - 1 / rate_hz  # from the first to the last sample of it
    assert found.delay_s == pytest.approx(band_s + 0.5 / rate_hz + envelope_s / 2)
    assert found.delay_ns == round(found.delay_s * 1e9)
    assert found.delay_n == round(found.delay_s * rate_hz)


# --------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("step_g", "jerk_min"),
    [(0.00024, 0.3), (0.0039, 0.3), (0.0075, 0.3), (0.01, 0.4), (0.015625, 0.625)],
)
def test_a_coarse_step_raises_the_least_threshold(step_g, jerk_min):
    assert design(step_g=step_g).jerk_min == pytest.approx(jerk_min)


# --------------------------------------------------------------------- lengths


@pytest.mark.parametrize(
    ("rate_hz", "frame_n"), [(24.4, 24), (24.6, 25), (50.0, 50), (85.7, 86)], ids=str
)
def test_a_frame_is_about_a_second(rate_hz, frame_n):
    found = design(rate_hz)
    assert found.frame_n == frame_n
    assert found.blank_n == 10 * frame_n
    assert found.batch_n == 131_072 + frame_n


def test_blanked_time_is_of_whole_frames():
    assert design(blank_s=10.2).blank_n == 11 * 50
    assert design(blank_s=2.0).blank_n == 2 * 50


@pytest.mark.parametrize(("rate_hz", "rms_n"), [(24.4, 2.44), (50.0, 5.0), (100.0, 10.0)])
def test_the_envelope_is_a_tenth_of_a_second_long_and_not_rounded(rate_hz, rms_n):
    assert design(rate_hz).rms_n == pytest.approx(rms_n)


def test_no_envelope_that_can_be_asked_for_is_shorter_than_a_sample():
    low = {each.name: each.metadata["low"] for each in fields(S)}
    shortest = design(low["min_rate_hz"], envelope_s=low["envelope_s"], min_rate_hz=20.0)
    assert shortest.rms_n == 1.0


def test_enough_signal_is_kept_for_the_longest_event_and_both_its_sides():
    found = design(24.4)
    assert found.after_n == 135  # 5.5 s, and what is left of a sample
    assert found.kept_n == 1013  # 30 + 5.5 + 6 s
    assert found.merge_n == pytest.approx(0.5 * 24.4)
    assert found.longest_n == pytest.approx(30 * 24.4)


def test_lengths_follow_the_settings():
    found = design(merge_s=1.0, longest_event_s=20.0)
    assert (found.merge_n, found.longest_n) == (50.0, 1000.0)
    assert found.kept_n == round((20 + 5.5 + 6) * 50)
