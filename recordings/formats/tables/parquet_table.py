"""Rows of a Parquet table, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import SEEK_END
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from ...fetch import at_hand
from ...model import SECOND_NS, Health, ReadOptions, RecordingError
from ...place import Place
from ...wording import legible
from .dates import TimeText, offset_in_s, stamps_ns, text_meaning
from .names import Columns, find_columns, stated_columns
from .rows import Pair, RawRows, raw_rows, to_numpy

MAGIC = b"PAR1"
BATCH_ROWS = 1 << 14
PAGE_BUFFER_BYTES = 1 << 20
"""Read at once from each column, instead of a whole row group."""

_LOOK_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetTable:
    """An opened Parquet table; see :class:`recordings.formats.tables.rows.Table`."""

    path: Place
    columns: Columns
    names: tuple[str, ...]
    numeric_time: bool
    time: TimeText | None
    """How stamps are written, if they are text."""
    utc_offset_s: int | None

    @classmethod
    def open(cls, path: Place, options: ReadOptions) -> ParquetTable:
        """Read the schema and the first stamps.

        Parameters
        ----------
        path
            The file.
        options
            What the user says of it.

        Raises
        ------
        RecordingError
            If the file is damaged, or its columns are no table of accelerations.
        """
        with _opened(path) as file:
            schema = file.schema_arrow
            if options.columns is None:
                columns = find_columns(path, schema.names)
            else:
                columns = stated_columns(path, schema.names, options.columns)
            for axis in (*columns.axes, *(columns.gravity or ())):
                if not _is_number(schema.field(axis).type):
                    raise RecordingError(
                        path,
                        f"column {schema.names[axis]!r} is of type {schema.field(axis).type}",
                        remedy="write it as numbers",
                    )
            kind = None if columns.time is None else schema.field(columns.time).type
            numeric = kind is not None and _is_number(kind)
            time, offset_s = None, None
            if kind is not None and not numeric:
                time, offset_s = _stamps(path, file, schema.names[columns.time], options)
        return cls(
            path=path,
            columns=columns,
            names=tuple(schema.names),
            numeric_time=numeric,
            time=time,
            utc_offset_s=offset_s,
        )

    @property
    def time_note(self) -> str:
        """In which order dates are read, where there was a choice."""
        return "" if self.time is None else self.time.note

    def with_columns(self, columns: Columns) -> ParquetTable:
        """Return the table with other columns to be read."""
        return replace(self, columns=columns)

    def rows(self, health: Health) -> Iterator[RawRows]:
        """Read from the first row on; damage costs the rest of its row group."""
        import pyarrow as pa

        with at_hand(self.path) as raw:
            health.bytes_read = raw.seek(0, SEEK_END)
        with _opened(self.path) as file:
            for group in range(file.num_row_groups):
                left = file.metadata.row_group(group).num_rows
                try:
                    for rows in self._group(file, group):
                        left -= len(rows)
                        yield rows
                except (pa.ArrowException, OSError) as error:
                    health.remark("bad_block", f"row group {group} is damaged: {_said(error)}")
                while left > 0:
                    lost = min(left, BATCH_ROWS)
                    yield self._missing(lost)
                    left -= lost

    def _missing(self, count: int) -> RawRows:
        """Return rows of a damaged row group."""
        return RawRows.missing(
            count,
            timed=self.columns.time is not None,
            gravity=self.columns.gravity is not None,
        )

    def _group(self, file: Any, group: int) -> Iterator[RawRows]:
        """Read one row group."""
        time = self.columns.time
        axes = [self.names[axis] for axis in (*self.columns.axes, *(self.columns.gravity or ()))]
        names = axes if time is None else [self.names[time], *axes]
        for batch in _batches(file, names, BATCH_ROWS, [group]):
            stamps: Pair | None = None
            if time is not None:
                column = batch.column(names[0])
                stamps = to_numpy(column) if self.time is None else stamps_ns(column, self.time)
            yield raw_rows(stamps, [batch.column(name) for name in axes])


@contextmanager
def _opened(path: Place) -> Iterator[Any]:
    """Open a Parquet file; what Arrow cannot read in the block is damage."""
    import pyarrow as pa
    from pyarrow import parquet

    with at_hand(path) as raw:
        if raw.read(len(MAGIC)) != MAGIC:
            raise RecordingError(path, "is a compressed Parquet file", remedy="unpack it")
        content = path if isinstance(path, Path) else raw
        try:
            with parquet.ParquetFile(
                content, buffer_size=PAGE_BUFFER_BYTES, pre_buffer=False
            ) as file:
                yield file
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise RecordingError(
                path, f"is a damaged Parquet file: {_said(error)}", remedy="write or copy it again"
            ) from error


def _said(error: Exception) -> str:
    """Return what Arrow says in a line."""
    return legible(" ".join(str(error).split()).rstrip("."))


def _batches(
    file: Any, names: list[str], rows: int, groups: list[int] | None = None
) -> Iterator[Any]:
    yield from file.iter_batches(
        batch_size=rows, row_groups=groups, columns=names, use_threads=False
    )


def _is_number(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _stamps(
    path: Place, file: Any, name: str, options: ReadOptions
) -> tuple[TimeText | None, int | None]:
    """Return how stamps that are no numbers are written, and their offset from UTC."""
    import pyarrow as pa

    batch = next(_batches(file, [name], _LOOK_ROWS), None)
    first = None if batch is None else batch.column(0).drop_null()
    if not first:
        raise RecordingError(
            path, f"has no value in its column {name!r}", remedy="write the time of every row"
        )
    if not pa.types.is_timestamp(first.type):
        if pa.types.is_time(first.type):  # one out of range is no object of Python's
            first = first.cast(pa.string())
        cells = [str(cell).strip() for cell in first.to_pylist()]
        text = text_meaning(path, cells, options.date_order)
        return text, text.offset_s
    if first.type.tz is None:
        return None, None
    times_ns, fits = to_numpy(first)
    first_ns = times_ns[0 if fits is None else np.argmax(fits)]
    try:
        return None, _offset_s(first.type.tz, int(first_ns) // SECOND_NS)
    except (ZoneInfoNotFoundError, ValueError, OverflowError) as error:
        raise RecordingError(
            path,
            f"has times in a zone that is not known: {first.type.tz!r}",
            remedy="write them in UTC or in an IANA zone",
        ) from error


def _offset_s(zone: str, utc_s: int) -> int:
    """Return the offset of a zone, by name or as ``+01:00``, at a time."""
    if zone[0] in "+-":
        return offset_in_s(zone)
    offset = datetime.fromtimestamp(utc_s, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
