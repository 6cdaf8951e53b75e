"""Filters, lengths and limits for one sampling rate: everything a stream fixes before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS

from ..settings import ScanSettings, SettingsError
from .filters import Band, butterworth_band, jerk_taps

LIMB_HZ = 4.0
"""A limb jerk's main frequency."""
DELAY_AT_HZ = 3.1
"""Where the group delay is taken: between causal and zero-phase envelope peaks of synthetic limb
jerks the median difference then vanishes (development seeds)."""
IMPACT_SHARE = 0.46
"""The upper edge of the impact band is at most this share of the rate, below Nyquist with a margin;
that of the jerk band is lower, as the settings see to it."""
AFTER_S = 5.5
"""Signal needed behind an event before its surroundings are known."""
BEFORE_S = 6.0
"""Signal needed in front of it: four seconds of gravity, and the width of the peak."""
BATCH_N = 131_072
"""Samples filtered at once: enough to forget the calls between."""


@dataclass(frozen=True)
class Design:
    """Lengths end in ``_n`` and are in samples."""

    rate_hz: float
    poles: NDArray[np.float64]
    """Shape (6, 2): two sections each of the jerk, movement and impact band."""
    gains: NDArray[np.float64]
    has_impact: bool
    jerk_taps: NDArray[np.float64]
    """Zero-phase jerk, for exact times: :func:`detector.signal.filters.jerk_taps`."""
    delay_s: float
    """From a movement to the peak of its jerk envelope: filter, difference, moving RMS."""
    jerk_min: float
    frame_n: int
    rms_n: float
    """Not rounded: see :func:`detector.kernels.levels.moving_rms`."""
    blank_n: int
    after_n: int
    kept_n: int
    batch_n: int
    merge_n: float
    longest_n: float

    @classmethod
    def of(cls, rate_hz: float, step_g: float, settings: ScanSettings) -> Design:
        """Design for a measured rate and a measured step.

        Raises
        ------
        SettingsError
            If the rate is below ``min_rate_hz``.
        """
        s = settings
        if rate_hz < s.min_rate_hz:
            raise SettingsError(
                f"a rate of {rate_hz:.2f} Hz is below min_rate_hz = {s.min_rate_hz}"
            )
        bands = _bands(rate_hz, s)
        has_impact = len(bands) == 3
        padded = bands if has_impact else [*bands, Band(0.0, np.zeros((2, 2)))]
        frame_n, rms_n = round(rate_hz), s.envelope_s * rate_hz
        jerk_delay_s = bands[0].group_delay_s(DELAY_AT_HZ, rate_hz)
        return cls(
            rate_hz=rate_hz,
            poles=np.concatenate([band.poles for band in padded]),
            gains=np.array([band.gain for band in padded]),
            has_impact=has_impact,
            jerk_taps=jerk_taps(s.jerk_low_hz, s.jerk_high_hz, rate_hz),
            delay_s=jerk_delay_s + (0.5 + (rms_n - 1) / 2) / rate_hz,
            jerk_min=max(s.jerk_min_g_per_s, s.jerk_min_per_step * 1000 * step_g),
            frame_n=frame_n,
            rms_n=rms_n,
            blank_n=int(np.ceil(s.blank_s)) * frame_n,
            after_n=int(np.ceil(AFTER_S * rate_hz)),
            kept_n=int(np.ceil((s.longest_event_s + AFTER_S + BEFORE_S) * rate_hz)),
            batch_n=BATCH_N + frame_n,
            merge_n=s.merge_s * rate_hz,
            longest_n=s.longest_event_s * rate_hz,
        )

    @property
    def g_per_jerk(self) -> float:
        """Acceleration that goes with a jerk of 1 g/s at a limb's main frequency: 1 / (2 pi f)."""
        return 1 / (2 * np.pi * LIMB_HZ)

    @property
    def difference_hz(self) -> float:
        """What the difference of two samples is multiplied by to be a derivative.

        The rate, corrected by x / sin x with x = pi f / rate so that it is exact at a limb's main
        frequency whatever the rate.
        """
        x = np.pi * LIMB_HZ / self.rate_hz
        return float(self.rate_hz * x / np.sin(x))

    @cached_property
    def factors(self) -> NDArray[np.float64]:
        """Return all that the filters multiply by, as the kernel takes it."""
        return np.repeat([*self.poles.ravel(), *self.gains, self.difference_hz], 4)

    @property
    def delay_n(self) -> int:
        """:attr:`delay_s` in whole samples."""
        return round(self.delay_s * self.rate_hz)

    @property
    def delay_ns(self) -> int:
        """:attr:`delay_s` in nanoseconds."""
        return round(self.delay_s * SECOND_NS)


def _bands(rate_hz: float, s: ScanSettings) -> list[Band]:
    """Jerk and movement band, and the impact band where the rate carries one."""
    bands = [
        butterworth_band(s.jerk_low_hz, s.jerk_high_hz, rate_hz),
        butterworth_band(s.movement_low_hz, s.jerk_high_hz, rate_hz),
    ]
    if rate_hz >= s.impact_min_rate_hz:
        impact_high_hz = min(s.impact_high_hz, IMPACT_SHARE * rate_hz)
        bands.append(butterworth_band(s.impact_low_hz, impact_high_hz, rate_hz))
    return bands
