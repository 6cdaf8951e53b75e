from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from detector.signal.filters import butterworth_band, jerk_taps

RATES_HZ = [24.42, 30, 50, 75, 600 / 7, 100, 200]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("edges_hz", [(2, 8), (1, 8), (0.5, 9)])
def test_band_has_the_response_of_scipys_butterworth(rate_hz, edges_hz):
    omega = np.linspace(0.001, 3.1, 200)
    sos = signal.butter(2, edges_hz, "bandpass", fs=rate_hz, output="sos")
    expected = signal.sosfreqz(sos, omega)[1]
    ours = butterworth_band(*edges_hz, rate_hz).response(omega)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_group_delay_is_that_of_scipy(rate_hz):
    b, a = signal.butter(2, [2, 8], "bandpass", fs=rate_hz)
    _, (expected_n,) = signal.group_delay((b, a), w=[4.0], fs=rate_hz)
    ours_s = butterworth_band(2, 8, rate_hz).group_delay_s(4.0, rate_hz)
    assert ours_s == pytest.approx(expected_n / rate_hz, abs=1e-5)


@pytest.mark.parametrize(("at_hz", "power"), [(2, 0.5), (4, 1), (8, 0.5)])
@pytest.mark.parametrize("rate_hz", [50, 600 / 7, 100])
def test_zero_phase_jerk_is_the_derivative_of_what_passes_the_band_twice(rate_hz, at_hz, power):
    taps = jerk_taps(2, 8, rate_hz)
    k = np.arange(1, len(taps) + 1)
    response = np.sum(2 * taps * np.sin(2 * np.pi * at_hz * k / rate_hz))
    assert response == pytest.approx(2 * np.pi * at_hz * power, rel=0.01)
