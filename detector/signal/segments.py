"""What every pass over the samples has in common: segments, their clock, the window, the epochs.

All state is carried from chunk to chunk, and everything is counted from each segment's first
sample, so any cutting of the same samples gives the same rows. At a gap everything restarts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings import Chunk, first_samples_at, sample_times

from ..kernels import epochs
from ..scan import Scan
from .epoching import Epochs
from .window import Window


class Pass(ABC):
    """Takes samples as they come and hands out the rows that have become final.

    Parameters
    ----------
    window
        Room for the samples that are looked at together.
    frame_n
        Samples in about a second.
    """

    def __init__(self, window: Window, frame_n: int) -> None:
        self._window = window
        self._epochs = Epochs(frame_n)
        self._segment = -1
        self._started = False
        self._next_index = 0
        self._end_ns = -(2**62)
        self._finished = False

    @abstractmethod
    def _begin(self) -> None:
        """Prepare for a segment; its first sample that is used is ``_first_index``."""

    @abstractmethod
    def _advance(self, *, last: bool) -> Scan:
        """Take what the window holds, at the end of a segment all of it."""

    def push(self, chunk: Chunk) -> Scan:
        """Take the next chunk and return the rows that have become final.

        Samples are judged some 130,000 at a time, so most calls with small chunks return nothing.

        Raises
        ------
        ValueError
            If the chunk neither opens a segment nor continues the last one, or after
            :meth:`finish`.
        """
        if self._finished:
            raise ValueError("this stream has finished; make a new one")
        rows: list[Scan] = []
        if chunk.opens_segment or self._segment < 0:
            rows.append(self._close_segment())
            self._segment, self._started, self._knots = self._segment + 1, False, chunk.knots
        elif chunk.first_index != self._next_index:
            raise ValueError(f"expected sample {self._next_index}, got {chunk.first_index}")
        self._next_index = chunk.first_index + len(chunk)
        self._learn_clock(chunk)
        offset = 0 if self._started else self._already_recorded(chunk)
        if offset < len(chunk):
            if not self._started:
                self._start(chunk, offset)
            self._epochs.feel(chunk.temperature_c, chunk.first_index + offset)
        while offset < len(chunk):
            offset += self._window.take(chunk, offset)
            if self._window.full:
                rows.append(self._advance(last=False))
        return Scan.concat(rows)

    def finish(self) -> Scan:
        """End the stream and return the remaining rows."""
        rows = self._close_segment()
        self._finished = True
        return Scan.concat([rows, Scan(epochs=self._epochs.finish())])

    def _start(self, chunk: Chunk, offset: int) -> None:
        """Begin a segment at the first sample that is used: everything is counted from it."""
        self._started = True
        self._first_index = chunk.first_index + offset
        first_g = chunk.scale.to_g(chunk.samples[offset : offset + 1])[0]
        self._window.restart(first_g, self._first_index)
        self._epochs.restart()
        self._begin()

    def _already_recorded(self, chunk: Chunk) -> int:
        """Samples whose time has been recorded before (the clock was set back): left out."""
        if chunk.start_ns >= self._end_ns:
            return 0
        fresh = int(first_samples_at(chunk.knots, np.array([self._end_ns]))[0])
        return min(fresh - chunk.first_index, len(chunk))

    def _learn_clock(self, chunk: Chunk) -> None:
        """Keep all knots that samples in the window may still need."""
        fresh = chunk.knots[chunk.knots[:, 0] > self._knots[-1, 0]]
        knots = np.concatenate([self._knots, fresh]) if len(fresh) else self._knots
        if self._started:
            needed = int(np.searchsorted(knots[:, 0], self._window.origin, side="right")) - 1
            knots = knots[min(max(0, needed), len(knots) - 2) :]
        self._knots = np.asfortranarray(knots)  # searching a column copies it unless it is whole

    def _close_segment(self) -> Scan:
        if not self._started:
            return Scan()
        scan = self._advance(last=True)
        stop = self._window.origin + self._window.filled
        self._end_ns = int(sample_times(self._knots, np.array([stop]))[0])
        self._started = False
        return scan


class Survey(Pass):
    """Epochs alone: what can be said of a sensor without looking for events.

    Nothing is filtered, so that the columns of the epochs that need a filter are unknown. All
    others are those of :class:`detector.signal.stream.Stream`, to the last bit.

    Parameters
    ----------
    rate_hz
        Measured sampling rate.
    """

    BATCH_N = 1 << 17
    """Samples summed up at once."""
    NEVER = 2**62
    """Where observation of events would begin."""

    def __init__(self, rate_hz: float) -> None:
        super().__init__(Window(0, self.BATCH_N, 0.0), max(1, round(rate_hz)))

    def _begin(self) -> None:
        """Nothing but the epochs has a state."""

    def _advance(self, *, last: bool) -> Scan:  # noqa: ARG002 (all of it, always)
        window = self._window
        if window.filled == window.filtered:
            return Scan()
        edges = np.array([window.filtered, window.filled])
        rows = self._epochs.add(window, edges, self._knots, self.NEVER, self._add_up)
        window.filtered = window.filled
        return Scan(epochs=rows)

    def _add_up(self, parts: NDArray[np.int64], *epoch: Any) -> int:
        w, unknown = self._window, np.full(len(parts), np.nan)
        jerk, movement = w.envelopes
        return int(epochs.add_parts(w.accel_g, jerk, movement, w.clipped, parts, unknown, *epoch))
