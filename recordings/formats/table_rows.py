"""From the rows of a table to blocks with anchors.

Where stamps step regularly, time is a straight line in the number of the row, and single stamps are
noise around it: rounded to milliseconds, jittered by a phone's scheduler, or shared by the samples
of one delivery. So rows are taken in windows of about a second, counted from a run's first row, and
each window gives one anchor: the mean of its stamps at its middle row. That is exact on every
straight line, needs no rate, and does not depend on how the file was cut into pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..model import SECOND_NS, Block, Health
from .table_names import Columns
from .table_time import Stamps, typical_step

GAP_STEPS = 3
GAP_NS = SECOND_NS // 2
"""A step of more than three usual ones and of more than half a second is a gap."""

WINDOW_NS = SECOND_NS
"""Rows of this time share an anchor."""

LARGEST = 1e6
"""A larger value is no acceleration in any unit, nor a count of any converter."""


Good = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRows:
    """Rows as a table holds them."""

    time: Stamps | None
    """ns of stamps written as text, numbers as they stand; None without a column of time."""
    samples: NDArray[np.float64]
    """Shape (n, 3)."""
    good: Good
    """Whether no value of the row is missing."""

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, rows: slice) -> RawRows:
        time = None if self.time is None else self.time[rows]
        return RawRows(time=time, samples=self.samples[rows], good=self.good[rows])

    @classmethod
    def missing(cls, count: int, *, timed: bool) -> RawRows:
        """Return rows of which nothing could be read."""
        return cls(
            time=np.zeros(count, np.int64) if timed else None,
            samples=np.zeros((count, 3)),
            good=np.zeros(count, np.bool_),
        )

    @classmethod
    def joined(cls, parts: Sequence[RawRows]) -> RawRows:
        """Return parts of one table one after another."""
        times = [part.time for part in parts if part.time is not None]
        return cls(
            time=np.concatenate(times) if times else None,
            samples=np.concatenate([part.samples for part in parts]),
            good=np.concatenate([part.good for part in parts]),
        )

    def with_missing_at(self, positions: NDArray[np.int64]) -> RawRows:
        """Return the rows with unreadable ones put in at these positions of the result."""
        if not len(positions):
            return self
        there = np.ones(len(self) + len(positions), np.bool_)
        there[positions] = False
        samples = np.zeros((len(there), 3))
        samples[there] = self.samples
        good = np.zeros(len(there), np.bool_)
        good[there] = self.good
        time = None
        if self.time is not None:
            time = np.zeros(len(there), self.time.dtype)
            time[there] = self.time
        return RawRows(time=time, samples=samples, good=good)


class Table(Protocol):
    """An opened table of any kind."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def format(self) -> str:
        """``csv`` or ``parquet``."""
        ...

    @property
    def columns(self) -> Columns:
        """What is read."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Names of all columns."""
        ...

    def rows(self, health: Health) -> Iterator[RawRows]:
        """Read from the first row on."""
        ...

    @property
    def numeric_time(self) -> bool:
        """Whether the time column holds numbers, whose unit and beginning must be found out."""
        ...

    @property
    def utc_offset_s(self) -> int | None:
        """Offset from UTC of the first stamp, to be added to stamps; None if they carry none."""
        ...


def raw_rows(arrays: Sequence[Any], *, timed: bool) -> RawRows:
    """Convert Arrow columns: the time if ``timed``, then x, y, z."""
    columns = [_to_numpy(array) for array in arrays]
    samples = np.column_stack([values.astype(np.float64) for values, _ in columns[-3:]])
    good: Good = np.all(np.abs(samples) <= LARGEST, axis=1)  # neither is NaN
    for _, valid in columns:
        if valid is not None:
            good = good & valid
    if not timed:
        return RawRows(time=None, samples=samples, good=good)
    time = columns[0][0]
    if time.dtype.kind == "f":
        good = good & np.isfinite(time)
        time = np.where(np.isfinite(time), time, 0.0).astype(np.float64)
    else:
        time = time.astype(np.int64)
    return RawRows(time=time, samples=samples, good=good)


def _to_numpy(array: Any) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Return values (0 where there is none) and where there are some (None: everywhere)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = pa.chunked_array([array]) if isinstance(array, pa.Array) else array
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("ns", array.type.tz), safe=False).cast(pa.int64())
    if not array.null_count:
        return array.to_numpy(), None
    return pc.fill_null(array, 0).to_numpy(), pc.is_valid(array).to_numpy()


@dataclass(frozen=True, slots=True)
class Pace:
    """How the stamps of a table step."""

    step_ns: float
    """Time per row, gaps left out."""
    usual_ns: float
    """Median step between stamps that differ: longer than ``step_ns`` where rows share stamps."""

    @classmethod
    def of(cls, steps: NDArray[np.int64]) -> Pace | None:
        """From the steps between the first rows, in ns; None if their time does not advance."""
        step_ns = typical_step(steps)
        return None if step_ns is None else cls(step_ns, float(np.median(steps[steps > 0])))

    @property
    def rate_hz(self) -> float:
        """Rows per second."""
        return SECOND_NS / self.step_ns

    @property
    def gap_ns(self) -> float:
        """A longer step interrupts."""
        return max(GAP_STEPS * self.usual_ns, GAP_NS)

    @property
    def window_rows(self) -> int:
        """Rows that share an anchor: a second, in whole deliveries; odd, to have a middle row."""
        window_ns = self.usual_ns * ceil(WINDOW_NS / self.usual_ns)
        return round(max(1.0, window_ns / self.step_ns)) | 1


class RowJoiner:
    """Turns rows into blocks: decides where a run ends, and computes the anchors."""

    def __init__(self, pace: Pace, health: Health) -> None:
        self._window = pace.window_rows
        self._gap_ns = pace.gap_ns
        self._uneven_ns = GAP_STEPS * pace.usual_ns
        self._health = health
        self._time = np.empty(0, np.int64)
        """Of the rows of the run that do not fill a window yet, as are the next."""
        self._samples = np.empty((0, 3))
        self._last_ns: int | None = None
        self._after_missing = False
        self._breaks = ""
        """Why the run began, until its first block is out."""
        self._anchored = False
        """Whether the run has an anchor."""
        self._shared = self._backwards = self._uneven = 0

    def join(
        self, time: NDArray[np.int64], samples: NDArray[np.float64], good: NDArray[np.bool_]
    ) -> Iterator[Block]:
        """Take rows; yield the windows that they complete."""
        kept = np.flatnonzero(good)
        self._health.blocks += len(kept)
        self._health.blocks_bad += len(good) - len(kept)
        if not len(kept):
            self._after_missing |= bool(len(good))
            return
        after_missing = np.diff(kept, prepend=-1 - self._after_missing) > 1
        self._after_missing = bool(kept[-1] < len(good) - 1)
        if len(kept) < len(good):
            time, samples = time[kept], samples[kept]
        breaks = self._breaks_before(time, after_missing)
        self._last_ns = int(time[-1])
        first = 0
        for start, reason in [*breaks.items(), (len(time), "")]:
            yield from self._extend(time[first:start], samples[first:start], close=bool(reason))
            if reason:
                self._breaks = reason
                self._anchored = False
            first = start

    def finish(self) -> Iterator[Block]:
        """Yield what is left, and say what was found."""
        yield from self._extend(self._time[:0], self._samples[:0], close=True)
        notes = (
            ("missing_values", self._health.blocks_bad, "hold a missing or unreadable value"),
            ("shared_stamps", self._shared, "have the time of the row before: spread evenly"),
            ("stamps_backwards", self._backwards, "have a time before that of the row before"),
            ("uneven_stamps", self._uneven, "come after a hole too short to be called a gap"),
        )
        for code, count, what in notes:
            if count:
                self._health.remark(code, f"{count} rows {what}")

    def _breaks_before(
        self, time: NDArray[np.int64], after_missing: NDArray[np.bool_]
    ) -> dict[int, str]:
        """Return the rows that begin a run, with the reason; count what is odd elsewhere."""
        start = self._last_ns is None
        steps = np.diff(time, prepend=time[0] if self._last_ns is None else self._last_ns)
        apart = after_missing | (np.abs(steps) > self._gap_ns)
        apart[0] |= start
        joined = steps[~apart]
        self._shared += int(np.count_nonzero(joined == 0))
        self._uneven += int(np.count_nonzero(joined > self._uneven_ns))
        backwards = int(np.count_nonzero(joined < 0))
        self._backwards += backwards
        self._health.stamps_repaired += backwards
        found = {}
        for row in np.flatnonzero(apart).tolist():
            clock = "gap" if steps[row] > 0 else "clock_backwards"
            found[row] = "missing_values" if after_missing[row] else clock
        return found | ({0: "start"} if start else {})

    def _extend(
        self, time: NDArray[np.int64], samples: NDArray[np.float64], *, close: bool
    ) -> Iterator[Block]:
        """Add rows to the run; yield its full windows, and the rest of it if it ends here."""
        if len(self._time):
            time = np.concatenate([self._time, time])
            samples = np.concatenate([self._samples, samples])
        stop = len(time) if close else len(time) // self._window * self._window
        self._time, self._samples = time[stop:].copy(), samples[stop:].copy()
        if not stop:
            return
        anchors = self._anchors(time[:stop])
        yield Block(samples=samples[:stop], anchors=anchors, breaks=self._breaks)
        self._breaks = ""

    def _anchors(self, time: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return one anchor a window; for a rest of less than half a window only if it is alone."""
        size = self._window
        full = len(time) // size
        windows = time[: full * size].reshape(full, size)
        anchors = _middles(windows, size * np.arange(full))
        rest = time[full * size :]
        if len(rest) and (2 * len(rest) >= size or not (self._anchored or full)):
            odd = rest[: len(rest) - 1 | 1]
            last = _middles(odd[None], np.array([full * size]))
            anchors = np.concatenate([anchors, last])
        self._anchored = True
        return anchors


def _middles(windows: NDArray[np.int64], first_rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (middle row, mean stamp) of windows of an odd number of rows."""
    size = windows.shape[1]
    sums = (windows - windows[:, :1]).sum(axis=1)
    means = windows[:, 0] + (2 * sums + size) // (2 * size)
    return np.column_stack([first_rows + size // 2, means])
