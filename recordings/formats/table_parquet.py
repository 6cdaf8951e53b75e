"""Rows of a Parquet table, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..model import SECOND_NS, Health, RecordingError
from .table_names import Columns, find_columns
from .table_rows import RawRows, raw_rows
from .table_time import TimeText, offset_in_s, parse_stamps, text_meaning

MAGIC = b"PAR1"
BATCH_ROWS = 1 << 14
PAGE_BUFFER_BYTES = 1 << 20
"""Read at once from each column, instead of a whole row group."""

_LOOK_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetTable:
    """An opened Parquet table; see :class:`recordings.formats.table_rows.Table`."""

    path: Path
    columns: Columns
    names: tuple[str, ...]
    numeric_time: bool
    time: TimeText | None
    """How stamps are written, if they are text."""
    utc_offset_s: int | None
    format: str = "parquet"

    @classmethod
    def open(cls, path: Path) -> ParquetTable:
        """Read the schema and the first stamps.

        Raises
        ------
        RecordingError
            If the file is damaged, or its columns are no table of accelerations.
        """
        with _opened(path) as file:
            schema = file.schema_arrow
            columns = find_columns(path, schema.names)
            for axis in columns.axes:
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
                time, offset_s = _stamps(path, file, schema.names[columns.time])
        return cls(
            path=path,
            columns=columns,
            names=tuple(schema.names),
            numeric_time=numeric,
            time=time,
            utc_offset_s=offset_s,
        )

    def rows(self, health: Health) -> Iterator[RawRows]:
        """Read from the first row on; damage costs the rest of its row group."""
        import pyarrow as pa

        health.bytes_read = self.path.stat().st_size
        with _opened(self.path) as file:
            for group in range(file.num_row_groups):
                left = file.metadata.row_group(group).num_rows
                try:
                    for rows in self._group(file, group):
                        left -= len(rows)
                        yield rows
                except (pa.ArrowException, OSError) as error:
                    health.remark("bad_block", f"row group {group} is damaged: {error}")
                while left > 0:
                    lost = min(left, BATCH_ROWS)
                    yield RawRows.missing(lost, timed=self.columns.time is not None)
                    left -= lost

    def _group(self, file: Any, group: int) -> Iterator[RawRows]:
        """Read one row group."""
        import pyarrow as pa

        time = self.columns.time
        names = [self.names[axis] for axis in self.columns.axes]
        if time is not None:
            names.insert(0, self.names[time])
        for batch in _batches(file, names, BATCH_ROWS, [group]):
            arrays = [batch.column(name) for name in names]
            if self.time is not None:
                arrays[0] = parse_stamps(arrays[0].cast(pa.string()), self.time)
            yield raw_rows(arrays, timed=time is not None)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a Parquet file; what Arrow cannot read in the block is damage."""
    import pyarrow as pa
    from pyarrow import parquet

    with path.open("rb") as raw:
        if raw.read(len(MAGIC)) != MAGIC:
            raise RecordingError(path, "is a compressed Parquet file", remedy="unpack it")
    try:
        with parquet.ParquetFile(path, buffer_size=PAGE_BUFFER_BYTES, pre_buffer=False) as file:
            yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise RecordingError(
            path, f"is a damaged Parquet file: {error}", remedy="write or copy it again"
        ) from error


def _batches(
    file: Any, names: list[str], rows: int, groups: list[int] | None = None
) -> Iterator[Any]:
    yield from file.iter_batches(
        batch_size=rows, row_groups=groups, columns=names, use_threads=False
    )


def _is_number(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _stamps(path: Path, file: Any, name: str) -> tuple[TimeText | None, int | None]:
    """Return how stamps that are no numbers are written, and their offset from UTC."""
    import pyarrow as pa

    batch = next(_batches(file, [name], _LOOK_ROWS), None)
    first = None if batch is None else batch.column(0).drop_null()
    if not first:
        raise RecordingError(path, f"has no value in its column {name!r}")
    if not pa.types.is_timestamp(first.type):
        text = text_meaning(path, [str(cell).strip() for cell in first.to_pylist()])
        return text, text.offset_s
    if first.type.tz is None:
        return None, None
    seconds = first.cast(pa.timestamp("ns", first.type.tz), safe=False).cast(pa.int64())[0]
    try:
        return None, _offset_s(first.type.tz, seconds.as_py() // SECOND_NS)
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
