"""Rows as a table holds them, whatever kind of table it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...model import Health
from ...place import Place
from .names import TIME_UNITS_NS, Columns
from .times import Stamps, to_ns

LARGEST = 1e6
"""A larger value is no acceleration in any unit, nor a count of any converter."""

EARLIEST, LATEST = -(2**54), 88 * 10**17
"""Other numbers are no time, in ns since 1970 (half a year before it, to 2248) or in any longer
unit. The difference of any two is a number of 64 bits."""

KEPT, MISSING, IDLE_FILL, ZERO_FILL = range(4)
LOSSES = ("", "missing_values", "idle_fill", "zero_fill")
"""Why a row is left out, and so why a segment begins behind it, by its code."""

Floats = NDArray[np.float64]
Good = NDArray[np.bool_]
Pair = tuple[NDArray[Any], Good | None]
"""Values of a column, anything where there is none, and where there are some; None: everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRows:
    """Some rows of a table."""

    time: Stamps | None
    """ns of stamps written as text, numbers as they stand; None without a column of time."""
    samples: Floats
    """Shape (n, 3)."""
    lost: NDArray[np.uint8]
    """Why a row is left out: a place in :data:`LOSSES`."""
    gravity: Floats | None = None
    """Shape (n, 3), where it stands in columns of its own."""

    @property
    def good(self) -> Good:
        """Whether no value of the row is missing."""
        return np.asarray(self.lost == KEPT)

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, rows: slice | Good) -> RawRows:
        return RawRows(
            time=None if self.time is None else self.time[rows],
            samples=self.samples[rows],
            lost=self.lost[rows],
            gravity=None if self.gravity is None else self.gravity[rows],
        )

    @classmethod
    def missing(cls, count: int, *, timed: bool, gravity: bool = False) -> RawRows:
        """Return rows of which nothing could be read."""
        return cls(
            time=np.zeros(count, np.int64) if timed else None,
            samples=np.zeros((count, 3)),
            lost=np.full(count, MISSING, np.uint8),
            gravity=np.zeros((count, 3)) if gravity else None,
        )

    @classmethod
    def joined(cls, parts: Sequence[RawRows]) -> RawRows:
        """Return parts of one table one after another."""
        times = [part.time for part in parts if part.time is not None]
        gravity = [part.gravity for part in parts if part.gravity is not None]
        return cls(
            time=np.concatenate(times) if times else None,
            samples=np.concatenate([part.samples for part in parts]),
            lost=np.concatenate([part.lost for part in parts]),
            gravity=np.concatenate(gravity) if gravity else None,
        )

    def with_missing_at(self, positions: NDArray[np.int64]) -> RawRows:
        """Return the rows with unreadable ones put in at these positions of the result."""
        if not len(positions):
            return self
        places = positions - np.arange(len(positions))  # among those that are there
        return RawRows(
            time=None if self.time is None else np.insert(self.time, places, 0),
            samples=np.insert(self.samples, places, 0.0, axis=0),
            lost=np.insert(self.lost, places, MISSING),
            gravity=None if self.gravity is None else np.insert(self.gravity, places, 0.0, axis=0),
        )

    def repeats(self) -> Good:
        """Whether rows have the values of the one before; the first has none before it."""
        same = np.zeros(len(self), np.bool_)
        later, earlier = self.samples[1:], self.samples[:-1]
        same[1:] = self.good[1:] & self.good[:-1]
        for axis in range(3):
            same[1:] &= later[:, axis] == earlier[:, axis]
        return same

    def with_gravity(self) -> RawRows:
        """Return the rows with gravity added to the samples, if it stands apart."""
        if self.gravity is None:
            return self
        return replace(self, samples=self.samples + self.gravity, gravity=None)


class Table(Protocol):
    """An opened table of any kind."""

    @property
    def path(self) -> Place:
        """The file."""
        ...

    @property
    def columns(self) -> Columns:
        """What is read."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Names of all columns."""
        ...

    def with_columns(self, columns: Columns) -> Table:
        """Return the table with other columns to be read, of the same time."""
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

    @property
    def time_note(self) -> str:
        """How stamps are read, where there was a choice; else empty."""
        ...


def raw_rows(time: Pair | None, axes: Sequence[Any]) -> RawRows:
    """Join columns: the time, and of Arrow those of x, y, z, and perhaps those of gravity."""
    pairs = [to_numpy(column) for column in axes]
    values = np.column_stack([value.astype(np.float64, copy=False) for value, _ in pairs])
    good: Good = np.abs(values[:, 0]) <= LARGEST  # neither is NaN
    for column in values.T[1:]:
        good &= np.abs(column) <= LARGEST
    stamps: Stamps | None = None
    if time is not None:
        is_float = time[0].dtype.kind == "f"
        stamps = time[0].astype(np.float64) if is_float else time[0]
        is_time = (stamps > EARLIEST) & (stamps < LATEST)  # NaN is neither
        good &= is_time
        stamps = np.where(is_time, stamps, 0).astype(np.float64 if is_float else np.int64)
        pairs.append(time)
    for _, valid in pairs:
        if valid is not None:
            good &= valid
    return RawRows(
        time=stamps,
        samples=values[:, :3],
        lost=np.where(good, KEPT, MISSING).astype(np.uint8),
        gravity=values[:, 3:] if values.shape[1] > 3 else None,
    )


def to_numpy(array: Any) -> Pair:
    """Return the values of an Arrow column; those of times in ns, if they fit into that."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = pa.chunked_array([array]) if isinstance(array, pa.Array) else array
    if pa.types.is_timestamp(array.type):
        values, valid = to_numpy(array.cast(pa.int64()))
        times_ns, fits = to_ns(values, TIME_UNITS_NS[array.type.unit])
        if not fits.all():
            valid = fits if valid is None else fits & valid
        return times_ns, valid
    if not array.null_count:
        return array.to_numpy(), None
    return pc.fill_null(array, 0).to_numpy(), pc.is_valid(array).to_numpy()
