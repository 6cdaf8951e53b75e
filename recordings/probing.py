"""What the first minutes of a recording say about its sensor: its true rate and its true step.

Neither is believed from a header: real devices run up to 2.4 % off their nominal rate, and an AX3
set to ±8 g delivers multiples of four counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .model import SECOND_NS, Chunk, Probe, Recording, RecordingError, first_samples_at

PREFIX_S = 600
"""Recorded time (gaps not counted) that is looked at: fixed, so that later data change nothing."""

PATIENCE_S = 3600
"""How much is looked at if the sensor changes too rarely to tell its step."""

ENOUGH_CHANGES = 16
"""Changes from one sample to the next that tell the step. At rest, noise moves a sensor to the
neighbouring value, so few are needed."""

COMMON_STEP_G = 1 / 256
"""Step assumed of values in g that never change: that of most recorders at ±8 g."""

SAME_VALUE_G = 2e-6
"""Floating-point values closer than this are one value written twice: float32 resolves 1e-6 g at
16 g, the finest recorder steps by 6e-5 g."""

SMALL_GAP_QUANTILE = 0.02
"""The smallest spacings, but not a single odd one among thousands."""

SINGLE_STEP = 1.75
"""Spacings below this multiple of a small one are single steps; rounding to three decimals makes
1/341 g into 2 and 3 mg, its double into 5 and 6."""


def probe(recording: Recording) -> Probe:
    """Measure rate and step over the first ten minutes of recorded time.

    The rate is samples over device time. The step of integer samples is the greatest common
    divisor of all changes, times the mean gain. The step of values in g is the mean of the smallest
    spacings between distinct values: rounding to three decimals makes 1/256 g into a mixture of 3
    and 4 mg, and the mean restores it.

    If the samples change fewer than 16 times in ten minutes, one hour is looked at for the step. If
    they never change even then, the step is one count, or 1/256 g for values in g.

    Raises
    ------
    RecordingError
        If not one sample can be read.
    """
    first = _Prefix(recording, PREFIX_S)
    longer = first if first.changes >= ENOUGH_CHANGES else _Prefix(recording, PATIENCE_S)
    return Probe(rate_hz=first.rate_hz, step_g=longer.step_g, start_ns=first.start_ns)


class _Prefix:
    """The first seconds of a recording, whatever the chunks they come in."""

    def __init__(self, recording: Recording, length_s: int) -> None:
        self.changes = 0
        self._divisor = 0
        self._values: tuple[NDArray[np.float64], ...] = (np.empty(0),) * 3
        """Distinct values of each axis in g, if samples are not integers."""
        self._gain_g = 0.0
        self._previous: NDArray[np.float64 | np.int64] | None = None
        samples = elapsed_ns = 0
        for chunk in _prefix(recording, length_s * SECOND_NS):
            if not samples:
                self.start_ns = chunk.start_ns
            samples += len(chunk)
            elapsed_ns += chunk.end_ns - chunk.start_ns
            self._take(chunk)
        if not elapsed_ns:
            raise RecordingError(
                recording.path,
                "holds not one readable sample",
                remedy="copy the recording from the device again",
            )
        self.rate_hz = samples * SECOND_NS / elapsed_ns

    def _take(self, chunk: Chunk) -> None:
        if chunk.opens_segment:
            self._previous = None
        if np.issubdtype(chunk.samples.dtype, np.integer):
            self._gain_g = float(np.mean(np.abs(chunk.scale.gain_g)))
            changes = self._changes(chunk.samples.astype(np.int64))
            self.changes += int(np.count_nonzero(changes))
            self._divisor = int(np.gcd.reduce(changes, axis=None, initial=self._divisor))
            return
        values = chunk.scale.to_g(chunk.samples)
        self.changes += int(np.count_nonzero(np.abs(self._changes(values)) > SAME_VALUE_G))
        self._values = tuple(
            np.union1d(known, axis) for known, axis in zip(self._values, values.T, strict=True)
        )

    def _changes(self, rows: NDArray[np.float64 | np.int64]) -> NDArray[np.float64 | np.int64]:
        """Differences from row to row, the last row of the chunk before included."""
        before = rows[:1] if self._previous is None else self._previous
        self._previous = rows[-1:]
        return np.diff(rows, axis=0, prepend=before)

    @property
    def step_g(self) -> float:
        """Smallest change, or the documented fallback."""
        if self._gain_g:
            return (self._divisor or 1) * self._gain_g
        gaps = np.concatenate([np.diff(values) for values in self._values])
        gaps = gaps[gaps > SAME_VALUE_G]
        if not len(gaps):
            return COMMON_STEP_G
        small = np.quantile(gaps, SMALL_GAP_QUANTILE, method="lower")
        return float(gaps[gaps < SINGLE_STEP * small].mean())


def _prefix(recording: Recording, length_ns: int) -> Iterator[Chunk]:
    """Yield chunks until ``length_ns`` of recorded time is complete; the last one is cut there."""
    left_ns = length_ns
    for chunk in recording.chunks():
        duration_ns = chunk.end_ns - chunk.start_ns
        if duration_ns < left_ns:
            left_ns -= duration_ns
            yield chunk
            continue
        end = int(first_samples_at(chunk.knots, np.array([chunk.start_ns + left_ns]))[0])
        yield chunk.split(end - chunk.first_index)[0]
        return
