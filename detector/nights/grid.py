"""The epochs of one night on a regular grid: what was not recorded stays unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS, NightSpan

from .night import Interval

EPOCH_NS = 5 * SECOND_NS
EPOCHS_PER_MIN = 12
MOVED_MG = 50.0
"""An epoch with a larger peak moved; MotionWatch's threshold of "not moving" is 50 to 100 mg."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Ranges = NDArray[np.int64]
"""Shape (k, 2): half-open index ranges, in order, not touching."""

_SUMMARIES = (
    *("median_g", "mean_g", "sd_g", "min_g", "max_g"),
    *("jerk_max_g_per_s", "accel_max_mg", "floor_g_per_s", "temperature_c"),
)
"""Epoch fields that are unknown where there are too few samples."""

_LEAST_SHARE = 0.5
_WHOLE_SHARE = 0.9
_BORDERS_SAMPLES = 2
"""By which the length of what is in an epoch may differ from its length: one at each end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One slot for every 5 seconds of the night; NaN where an epoch is missing or too thin."""

    first_ns: int
    """Device time at which slot 0 begins: a multiple of 5 s, at or before the night's start."""
    known: Mask
    """At least half of the epoch's samples are there: its summaries may be used."""
    sampled_s: Floats
    """Seconds with samples."""
    observed_s: Floats
    """Seconds in which an event could have been seen."""
    n_samples: Floats
    median_g: Floats
    mean_g: Floats
    sd_g: Floats
    min_g: Floats
    max_g: Floats
    jerk_max_g_per_s: Floats
    accel_max_mg: Floats
    floor_g_per_s: Floats
    temperature_c: Floats
    n_clipped: NDArray[np.int64]

    @classmethod
    def of(cls, epochs: NDArray[np.void], span: NightSpan, rate_hz: float) -> Grid:
        """Lay out the epochs that begin within ``span``; every 5 s have one row at most.

        Parameters
        ----------
        epochs
            Rows of :data:`detector.scan.EPOCH`.
        span
            The night.
        rate_hz
            Measured sampling rate: how many samples an epoch should have.
        """
        first = span.start_ns // EPOCH_NS
        n = -(-span.end_ns // EPOCH_NS) - first
        epochs = epochs[(epochs["start_ns"] >= span.start_ns) & (epochs["start_ns"] < span.end_ns)]
        slot = epochs["start_ns"] // EPOCH_NS - first
        share = epochs["n_samples"] / (rate_hz * EPOCH_NS / SECOND_NS)
        # The count of samples in a whole epoch varies by one: that is not a loss.
        seconds = np.where(share >= _WHOLE_SHARE, 5.0, 5.0 * share)
        # Nor is what is observed of it, which ends between two samples and by a clock that bends.
        seen = epochs["observed_s"]
        whole = (seen > 0) & (seen >= seconds - _BORDERS_SAMPLES / rate_hz)
        thin = share < _LEAST_SHARE

        def put(name: str) -> Floats:
            values = epochs[name].astype(np.float64)
            values[thin] = np.nan
            column = np.full((n, *values.shape[1:]), np.nan)
            column[slot] = values
            return column

        def tally(values: NDArray[np.generic]) -> Floats:
            column = np.zeros(n)
            column[slot] = values
            return column

        return cls(
            first_ns=first * EPOCH_NS,
            known=tally(~thin).astype(np.bool_),
            sampled_s=tally(seconds),
            observed_s=tally(np.where(whole, seconds, seen)),
            n_samples=tally(epochs["n_samples"]),
            **{name: put(name) for name in _SUMMARIES},
            n_clipped=tally(epochs["n_clipped"]).astype(np.int64),
        )

    def __len__(self) -> int:
        return len(self.known)

    def without(self, mask: Mask) -> Grid:
        """Return the night with these slots unknown and unobserved, though they hold samples."""
        if not mask.any():
            return self
        hidden = {name: getattr(self, name).copy() for name in _SUMMARIES}
        for values in hidden.values():
            values[mask] = np.nan
        observed_s = np.where(mask, 0.0, self.observed_s)
        return replace(self, known=self.known & ~mask, observed_s=observed_s, **hidden)

    def time_ns(self, slot: int) -> int:
        """Device time at which a slot begins."""
        return self.first_ns + int(slot) * EPOCH_NS

    def slot(self, time_ns: int) -> int:
        """Slot that holds a time, the nearest one for times outside the night."""
        return int(np.clip((time_ns - self.first_ns) // EPOCH_NS, 0, len(self) - 1))

    def interval(self, start: int, stop: int) -> Interval:
        """Time of the slots [start, stop)."""
        return Interval(self.time_ns(start), self.time_ns(stop))

    def intervals(self, mask: Mask) -> tuple[Interval, ...]:
        """Stretches of time in which ``mask`` holds."""
        return tuple(self.interval(int(a), int(b)) for a, b in runs(mask))

    def weights(self, intervals: Iterable[Interval]) -> Floats:
        """Share of every slot that lies within any of the intervals, between 0 and 1."""
        begin = self.first_ns + EPOCH_NS * np.arange(len(self))
        inside = np.zeros(len(self))
        for interval in intervals:
            overlap = np.minimum(begin + EPOCH_NS, interval.end_ns) - np.maximum(
                begin, interval.start_ns
            )
            inside = np.maximum(inside, overlap / EPOCH_NS)
        return inside


def runs(mask: Mask) -> Ranges:
    """Half-open ranges of consecutive true values, shape (k, 2)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return edges.reshape(-1, 2).astype(np.int64)


def filled(ranges: Ranges, n: int) -> Mask:
    """Mask of length ``n`` that holds within the ranges."""
    mask = np.zeros(n, np.bool_)
    for a, b in ranges:
        mask[a:b] = True
    return mask


def joined(ranges: Ranges, closer_than: int) -> Ranges:
    """Ranges with gaps shorter than ``closer_than`` made one."""
    if len(ranges) == 0:
        return ranges
    apart = np.flatnonzero(ranges[1:, 0] - ranges[:-1, 1] >= closer_than)
    first = np.concatenate([[0], apart + 1])
    last = np.concatenate([apart, [len(ranges) - 1]])
    return np.stack([ranges[first, 0], ranges[last, 1]], axis=1)


def angle_deg(a_g: Floats, b_g: Floats) -> Floats:
    """Angle between vectors along the last axis; exact for small angles, NaN if unknown."""
    (ax, ay, az), (bx, by, bz) = np.moveaxis(a_g, -1, 0), np.moveaxis(b_g, -1, 0)
    x, y, z = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    cross, dot = np.sqrt(x * x + y * y + z * z), ax * bx + ay * by + az * bz
    return np.asarray(np.degrees(np.arctan2(cross, dot)))


def rolling_mean(values: Floats, length: int) -> Floats:
    """Mean of the known among ``length`` values from each position on; NaN if none is known.

    The last ``length - 1`` positions look at what is left.
    """
    known = ~np.isnan(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    start = np.arange(len(values))
    stop = np.minimum(start + length, len(values))
    number = counts[stop] - counts[start]
    return np.where(number > 0, (sums[stop] - sums[start]) / np.maximum(number, 1), np.nan)
