"""Short synthetic evenings, and the measures that tests take of them on their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.signal import butter, sosfiltfilt

from recordings.synthetic import Recipe, acceleration

SLEEP_STARTS = ("sleep_start", "sleep_start_with_arousal")
S = 1_000_000_000
EVENING = Recipe(
    start="2024-03-05T22:40:00", hours=1.5, sleep_starts=12, size_mg=(100, 1000), twitches_per_h=5
)
SHORT = Recipe(start="2024-03-05T23:05:00", hours=0.2)
ALONE = replace(EVENING, movements_per_h=0, twitches_per_h=0, look_alikes=())


def banded(accel_g, low_hz, rate_hz):
    sos = butter(2, [low_hz, 8], "bandpass", fs=rate_hz, output="sos")
    return sosfiltfilt(sos, accel_g, axis=0)


def alone(night, times_ns):
    """The signal without breathing and heartbeat."""
    return acceleration(night, times_ns) - night.background.at((times_ns - night.start_ns) / S)


def around(time_ns, before_s=5.0, after_s=5.0, rate_hz=100):
    return time_ns + (np.arange(-before_s, after_s, 1 / rate_hz) * S).astype(np.int64)
