"""Plain tables: CSV and Parquet files with a row per sample.

Text without a mark of its own is taken for a CSV table, so a file that is none is refused here.
What is not stated (unit, unit of the time) is taken from the first rows where only one answer is
possible, and refused where there is a choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import SECOND_NS, Block, Header, Health, ReadOptions, RecordingError, Remark, Scale
from ..source import ByteSource
from .table_csv import CsvTable
from .table_names import SHAPE_REMEDY
from .table_parquet import MAGIC, ParquetTable
from .table_rows import Pace, RawRows, RowJoiner, Table
from .table_text import looks_like_text
from .table_time import TimeNumber, number_meaning, to_ns, typical_step
from .units import LOOK_ROWS, UNIT_GAIN_G, choose_unit, doubts, resting_magnitude

NAME = "table"

_RELATIVE = Remark(
    "time_relative", "the time of day is unknown: the first row counts from 1970-01-01T00:00:00"
)


def sniff(head: bytes) -> bool:
    """Whether the first bytes are Parquet or any text."""
    return head.startswith(MAGIC) or looks_like_text(head)


def open_reader(path: Path, options: ReadOptions) -> TableReader:
    """Look at the first rows and decide what the columns mean.

    Raises
    ------
    RecordingError
        If the file is no table, or something it does not state has more than one answer.
    """
    with ByteSource(path) as source:
        head = source.head(len(MAGIC))
    table: Table = ParquetTable.open(path) if head == MAGIC else CsvTable.open(path)
    look = _look(table)
    if not look.good.any():
        raise RecordingError(path, "has no row without missing values", remedy=SHAPE_REMEDY)
    meaning, pace, clock_remark = _clock(table, look, options.rate_hz)
    rest = resting_magnitude(look.samples[look.good])
    unit, reason = choose_unit(path, rest, named=table.columns.unit, stated=options.unit)
    gravity = doubts(rest * UNIT_GAIN_G[unit], named_without_gravity=table.columns.without_gravity)
    return TableReader(
        table=table,
        header=_header(table, meaning, pace, f"{unit} ({reason})"),
        scale=Scale(gain_g=(UNIT_GAIN_G[unit],) * 3),
        number=meaning,
        pace=pace,
        remarks=(*clock_remark, *gravity),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReader:
    """One table; see :class:`recordings.formats.Reader`.

    ``health.blocks`` counts its rows, ``health.blocks_bad`` those with a missing value.
    """

    table: Table
    header: Header
    scale: Scale
    number: TimeNumber | None
    """What numbers in the time column mean."""
    pace: Pace
    remarks: tuple[Remark, ...]

    def blocks(self, health: Health) -> Iterator[Block]:
        """Read from the first row on."""
        for note in self.remarks:
            health.remark(note.code, note.message)
        joiner = RowJoiner(self.pace, health)
        row = 0
        for rows in self.table.rows(health):
            time, good = self._device_time(rows, row)
            yield from joiner.join(time, rows.samples, good)
            row += len(rows)
        yield from joiner.finish()

    def _device_time(self, rows: RawRows, row: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return device time in ns of rows from number ``row`` on, and which have one."""
        if rows.time is None:
            # Below 2**53 a product is exact in float64, and so for 50 days at 1000 Hz.
            index = np.arange(row, row + len(rows), dtype=np.float64)
            return np.rint(index * self.pace.step_ns).astype(np.int64), rows.good
        if self.number is not None:
            time, fits = to_ns(rows.time, self.number.unit_ns)
            return time, rows.good & fits
        offset_ns = (self.table.utc_offset_s or 0) * SECOND_NS
        return rows.time.astype(np.int64) + offset_ns, rows.good


def _look(table: Table) -> RawRows:
    """Return the first rows, as many as decide."""
    parts: list[RawRows] = []
    for rows in table.rows(Health()):
        parts.append(rows)
        if sum(map(len, parts)) >= LOOK_ROWS:
            break
    if not parts:
        raise RecordingError(table.path, "has no rows", remedy=SHAPE_REMEDY)
    return RawRows.joined(parts)[:LOOK_ROWS]


def _clock(
    table: Table, look: RawRows, rate_hz: float | None
) -> tuple[TimeNumber | None, Pace, tuple[Remark, ...]]:
    """Decide what the time column means and its pace; without one the rate must be given."""
    if look.time is None:
        if rate_hz is None:
            raise RecordingError(
                table.path, "has no column of time", remedy="state the rate: --rate HZ"
            )
        if not (isfinite(rate_hz) and rate_hz > 0):
            raise RecordingError(table.path, f"cannot be read at a rate of {rate_hz} Hz")
        return None, Pace(SECOND_NS / rate_hz, SECOND_NS / rate_hz), (_RELATIVE,)
    time = look.time
    adjacent = look.good[1:] & look.good[:-1]
    number = None
    if table.numeric_time:
        first, step = float(time[look.good][0]), typical_step(np.diff(time)[adjacent])
        number = number_meaning(table.path, first, step, table.columns.time_unit_ns)
        time = to_ns(time, number.unit_ns)[0]
    steps: NDArray[Any] = np.diff(time.astype(np.int64))
    pace = Pace.of(steps[adjacent])
    if pace is None:
        raise RecordingError(
            table.path, "has a time that does not advance", remedy="check the column of time"
        )
    return number, pace, (_RELATIVE,) if number is not None and number.relative else ()


def _header(table: Table, number: TimeNumber | None, pace: Pace, unit: str) -> Header:
    """Return what was found out. Numbers since 1970 count in UTC by definition."""
    since_1970 = number is not None and not number.relative
    offset_s = 0 if since_1970 else table.utc_offset_s
    columns = table.columns
    time = "" if columns.time is None else f"{table.names[columns.time]}, "
    return Header(
        format=table.format,
        nominal_hz=pace.rate_hz,
        utc_offset_s=offset_s,
        utc_known=offset_s is not None,
        notes={
            "columns": time + ", ".join(table.names[axis] for axis in columns.axes),
            "unit": unit,
        },
    )
