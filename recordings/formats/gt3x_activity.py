"""The samples of ``activity.bin``, the log of the first ActiGraph GT3X+.

One unbroken stream of 12-bit y, x, z from the planned start on: no stamps, no checksums. Where the
device recorded nothing the stream is exactly zero, which no sensor at rest is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

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
    _last: int = field(default=-1, init=False)
    """Index of the newest sample that is not zero: zeros behind it are held back."""

    def without(self, samples: NDArray[np.int16]) -> Iterator[tuple[int, NDArray[np.int16]]]:
        """Yield (index of the first sample, samples) of what stays, in order."""
        base = self._seen
        self._seen += len(samples)
        present = base + np.flatnonzero(samples.any(axis=1))
        before = np.concatenate([[self._last], present])[:-1]
        long = present - before > self.rate_hz
        self.left_out += int((present - before - 1)[long].sum())
        for a, b in pairwise(sorted({0, *np.flatnonzero(long).tolist(), len(present)})):
            first = int(present[a] if long[a] else before[a] + 1)
            rows = samples[max(first - base, 0) : present[b - 1] + 1 - base]
            held_back = np.zeros((max(base - first, 0), 3), np.int16)
            yield first, np.concatenate([held_back, rows])
        self._last = int(present[-1]) if len(present) else self._last

    def rest(self) -> Iterator[tuple[int, NDArray[np.int16]]]:
        """Yield the zeros at the end if they last less than a second."""
        count = self._seen - self._last - 1
        if count >= self.rate_hz:
            self.left_out += count
        elif count:
            yield self._last + 1, np.zeros((count, 3), np.int16)


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
