"""What is known of every planted movement, and how its size and time are measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d  # type: ignore[attr-defined]  # scipy has no types
from scipy.signal import butter, sosfiltfilt  # type: ignore[attr-defined]  # scipy has no types

from .movements import Movement
from .vectors import Array

KINDS = {
    "sleep_start": "sleep_start",
    "twitch": "micro_twitch",
    "limb": "limb_movement",
    "turn": "body_movement",
    "plm": "periodic_limb_movement",
    "train": "rhythmic_train",
    "scratch": "rhythmic_train",
    "shaking": "rhythmic_train",
    "tap": "impact",
    "partner": "disturbance",
    "vehicle": "disturbance",
}
"""The kind of event each cause is. A sleep start that wakes is ``sleep_start_with_arousal``."""

TRUTH = np.dtype(
    [
        ("night", "i4"),  # index into the plan's nights
        ("cause", "U16"),  # one of KINDS
        ("kind", "U32"),
        ("start_ns", "i8"),  # first and last time at which the jerk envelope is at 10 % of its peak
        ("peak_ns", "i8"),  # its peak
        ("end_ns", "i8"),  # after the arousal where there is one
        ("size_mg", "f8"),  # peak of the acceleration vector in 1-8 Hz
        ("jerk_g_per_s", "f8"),  # peak of the jerk envelope
        ("width_s", "f8"),  # of the jerk envelope around its peak, at 25 % of it
        ("bursts", "i4"),  # EMG bursts of a sleep start, steps of a movement, else 1
        ("shift_deg", "f8"),  # how far gravity has turned for good
        ("still_before_s", "f8"),  # since the movement before ended; knocks and mattress count too
        ("onset_offset_s", "f8"),  # peak against the night's sleep onset; negative: before
    ]
)
"""One planted movement. Device time; measured on its own waveform, without noise, breathing and
heartbeat, with filters without delay: acceleration through ``butter(2, [1, 8] Hz)`` forwards and
backwards; the jerk envelope is the 100-ms RMS of the vector norm of the derivative of the
acceleration through ``butter(2, [2, 8] Hz)``, forwards and backwards."""

_GRID_HZ = 250.0
_MARGIN_S = 4.0
_MOVEMENT = butter(2, [1, 8], "bandpass", fs=_GRID_HZ, output="sos")
_JERK = butter(2, [2, 8], "bandpass", fs=_GRID_HZ, output="sos")


@dataclass(frozen=True, slots=True)
class Measure:
    """Size and time of one movement; times in s since the recording's start."""

    start_s: float
    peak_s: float
    end_s: float
    size_mg: float
    jerk_g_per_s: float
    width_s: float


def measure(movement: Movement, up: Array) -> Measure:
    """Measure a movement alone, as documented at :data:`TRUTH`.

    Parameters
    ----------
    movement
        Whose shape is constant outside its own span.
    up
        Specific force at rest before it, g, shape (3,).
    """
    begin_s = movement.start_s - _MARGIN_S
    count = int((movement.length_s + 2 * _MARGIN_S) * _GRID_HZ)
    times_s = begin_s + np.arange(count) / _GRID_HZ
    accel_g = movement.shape(up, np.inf)(times_s)
    size_g = np.linalg.norm(sosfiltfilt(_MOVEMENT, accel_g, axis=0), axis=1).max()
    jerk = np.gradient(sosfiltfilt(_JERK, accel_g, axis=0), 1 / _GRID_HZ, axis=0)
    power = uniform_filter1d((jerk * jerk).sum(axis=1), round(0.1 * _GRID_HZ), mode="nearest")
    envelope = np.sqrt(np.maximum(power, 0.0))
    peak = int(envelope.argmax())
    active = np.flatnonzero(envelope >= 0.1 * envelope[peak])
    low = np.flatnonzero(envelope < 0.25 * envelope[peak])
    after = np.searchsorted(low, peak)
    return Measure(
        start_s=times_s[active[0]],
        peak_s=times_s[peak],
        end_s=times_s[active[-1]],
        size_mg=1000 * float(size_g),
        jerk_g_per_s=float(envelope[peak]),
        width_s=float((low[after] - low[after - 1] - 1) / _GRID_HZ),
    )
