"""Band-pass filters for the measured rate.

A Butterworth band-pass of order 2 has the numerator ``gain * (1 - z^-2)^2`` whatever its band, so
all bands of the detector share one FIR, ``x[i] - 2 x[i-2] + x[i-4]``, and differ only in poles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TAPS_S = 1.0
"""Half the length of :func:`jerk_taps`."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band-pass: ``gain * (1 - z^-2)^2 / prod(1 + a1 z^-1 + a2 z^-2)``."""

    gain: float
    poles: NDArray[np.float64]
    """Shape (2, 2): a1 and a2 of both second-order sections."""

    def group_delay_s(self, at_hz: float, rate_hz: float) -> float:
        """Group delay in seconds: minus the slope of the phase, by a central difference."""
        step = 2e-3 * np.pi / rate_hz  # rad per sample: 1 mHz to each side
        omega = 2 * np.pi * at_hz / rate_hz + np.array([-step, step])
        phase = np.unwrap(np.angle(self.response(omega)))
        return float((phase[0] - phase[1]) / (2 * step) / rate_hz)

    def response(self, omega: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Frequency response at ``omega`` radians per sample."""
        z1 = np.exp(-1j * omega)
        denominator = np.prod([1 + a1 * z1 + a2 * z1**2 for a1, a2 in self.poles], axis=0)
        return np.asarray(self.gain * (1 - z1**2) ** 2 / denominator)


def butterworth_band(low_hz: float, high_hz: float, rate_hz: float) -> Band:
    """Second-order Butterworth band-pass by the bilinear transform with pre-warped edges.

    The same filter as ``scipy.signal.butter(2, [low_hz, high_hz], "bandpass", fs=rate_hz)``, made
    here because importing scipy.signal takes longer than analysing a night.

    References
    ----------
    Oppenheim & Schafer, Discrete-Time Signal Processing, 3rd ed., section 7.3.
    """
    low, high = 2 * rate_hz * np.tan(np.pi * np.array([low_hz, high_hz]) / rate_hz)
    prototype = np.exp(1j * np.pi * np.array([3, 5]) / 4)  # the poles of 1/(s^2 + sqrt(2) s + 1)
    half_width = prototype * (high - low) / 2
    root = np.sqrt(half_width**2 - low * high)
    analog = np.concatenate([half_width + root, half_width - root])
    digital = (2 * rate_hz + analog) / (2 * rate_hz - analog)
    upper = digital[digital.imag > 0]  # one of each conjugate pair
    upper = upper[np.argsort(np.abs(upper))]
    gain = ((high - low) * 2 * rate_hz) ** 2 / np.prod(2 * rate_hz - analog)
    return Band(
        gain=float(gain.real),
        poles=np.stack([-2 * upper.real, np.abs(upper) ** 2], axis=1),
    )


def jerk_taps(low_hz: float, high_hz: float, rate_hz: float) -> NDArray[np.float64]:
    """Half of an antisymmetric FIR that gives the zero-phase band-passed derivative, per second.

    ``jerk[i] = sum(taps[k] * (x[i + k + 1] - x[i - k - 1]))``. Its response is ``2 pi i f |H|^2``
    with the analog second-order Butterworth band-pass H, run forwards and backwards as it were, up
    to half the rate. It is cut after :data:`TAPS_S`, where it has decayed to a hundred-and-fiftieth
    of its largest (25 Hz), from 50 Hz on to less than 1/900.

    References
    ----------
    Oppenheim & Schafer, Discrete-Time Signal Processing, 3rd ed., section 7.4 (sampled response).
    """
    bins = round(32 * rate_hz)  # a grid of 1/32 Hz: what wraps around comes from 16 s away
    f = np.arange(1, (bins + 1) // 2) * rate_hz / bins
    detuning = (f**2 - low_hz * high_hz) / (f * (high_hz - low_hz))
    slope = 2 * np.pi * f / (1 + detuning**4)
    k = np.arange(1, round(TAPS_S * rate_hz) + 1)
    return np.asarray(2 / bins * np.sin(2 * np.pi / rate_hz * np.outer(k, f)) @ slope)
