"""The samples of ``activity.bin``, the log of the first ActiGraph GT3X+.

One unbroken stream of 12-bit y, x, z from the planned start on: no stamps, no checksums. Where the
device recorded nothing the stream is exactly zero, which no sensor at rest is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..kernels.gt3x import unpack_yxz
from ..model import SECOND_NS, Block, Health
from ..source import ByteSource

BUFFER_BYTES = 9 << 14
"""One read: 32 768 samples, for two are in nine bytes."""


def blocks(source: ByteSource, rate_hz: int, start_ns: int, health: Health) -> Iterator[Block]:
    """Decode the stream from its beginning; zeros that last a second or more are a gap."""
    content = bytearray(BUFFER_BYTES)
    data = np.frombuffer(content, np.uint8)
    spare = np.empty(BUFFER_BYTES * 2 // 3, np.int16)
    zeros = _Zeros(rate_hz)
    clock = _Clock(rate_hz, start_ns)
    while filled := source.readinto(memoryview(content)):
        samples = np.empty((filled * 8 // 36, 3), np.int16)
        unpack_yxz(data, spare, samples.reshape(-1))
        health.blocks += len(samples)
        for first, run in zeros.without(samples):
            yield clock.block(first, run)
    for first, run in zeros.rest():
        yield clock.block(first, run)
    if zeros.left_out:
        minutes = zeros.left_out / rate_hz / 60
        health.remark("zero_fill", f"{minutes:.1f} min of exact zeros were taken for no data")


@dataclass(slots=True)
class _Zeros:
    """Leaves out runs of (0, 0, 0) of at least one second."""

    rate_hz: int
    left_out: int = field(default=0, init=False)
    """Samples."""
    _seen: int = field(default=0, init=False)
    _first: int = field(default=0, init=False)
    """Index of the first sample not handed out yet: zeros are held back until they end."""

    def without(self, samples: NDArray[np.int16]) -> Iterator[tuple[int, NDArray[np.int16]]]:
        """Yield (index of the first sample, samples) of what stays, in order."""
        base = self._seen
        self._seen += len(samples)
        runs, end = self._runs(samples, base)
        for start, stop in [*runs, (end, end)]:
            if start > self._first:
                held_back = np.zeros((max(base - self._first, 0), 3), np.int16)
                rows = samples[max(self._first - base, 0) : start - base]
                yield self._first, np.concatenate([held_back, rows]) if len(held_back) else rows
            self._first = stop
            self.left_out += stop - start

    def _runs(self, samples: NDArray[np.int16], base: int) -> tuple[list[tuple[int, int]], int]:
        """Return the runs of zeros (start, stop) that are long, and where those at the end begin.

        What is held back belongs to the run with which the samples begin.
        """
        absent = (samples[:, 0] | samples[:, 1] | samples[:, 2]) == 0
        held_back = self._first < base
        edges = base + np.flatnonzero(np.diff(absent, prepend=held_back, append=False))
        edges = np.concatenate([np.full(int(held_back), self._first), edges])
        runs = edges.reshape(-1, 2)
        ended = runs[:, 1] < self._seen
        long = runs[:, 1] - runs[:, 0] >= self.rate_hz
        end = self._seen if ended.all() else int(runs[-1, 0])
        return [(start, stop) for start, stop in runs[ended & long].tolist()], end

    def rest(self) -> Iterator[tuple[int, NDArray[np.int16]]]:
        """Yield the zeros at the end if they last less than a second."""
        count = self._seen - self._first
        if count >= self.rate_hz:
            self.left_out += count
        elif count:
            yield self._first, np.zeros((count, 3), np.int16)


@dataclass(slots=True)
class _Clock:
    """Knows the time of every sample by its number, and which anchors were handed out."""

    rate_hz: int
    start_ns: int
    _next: int = field(default=-1, init=False)
    """Index that continues the run, -1 before the first sample."""
    _anchored: int = field(default=0, init=False)
    """Index of the newest anchor."""

    def block(self, first: int, samples: NDArray[np.int16]) -> Block:
        """Return samples with anchors at the beginning of a run and at every second behind it."""
        breaks = ""
        if first != self._next:
            breaks = "start" if self._next < 0 else "zero_fill"
            self._anchored = first
        self._next = first + len(samples)
        rate = self.rate_hz
        index = np.arange(
            self._anchored // rate * rate + rate, self._next + rate, rate, dtype=np.int64
        )
        if breaks:
            index = np.concatenate([[first], index])
        self._anchored = int(index[-1]) if len(index) else self._anchored
        time_ns = self.start_ns + (2 * index * SECOND_NS + rate) // (2 * rate)
        return Block(
            samples=samples, anchors=np.column_stack([index - first, time_ns]), breaks=breaks
        )
