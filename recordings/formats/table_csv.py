"""Rows of a text table, parsed by Arrow block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..model import Health, RecordingError
from ..source import ByteSource
from .table_names import SHAPE_REMEDY, Columns, find_columns
from .table_rows import RawRows, raw_rows
from .table_text import LOOK_ROWS, MISSING, Dialect, find_dialect, is_number
from .table_time import TimeText, cast_or_null, parse_stamps, stamp_type, text_meaning

BLOCK_BYTES = 1 << 19
"""One read: some 10 000 rows."""

HEAD_BYTES = 1 << 17
LONGEST_LINE_BYTES = 1 << 22

_ASCII = bytes(byte if byte < 0x80 else ord("?") for byte in range(256))
"""Other bytes stand in no number; Arrow refuses rows that are not UTF-8."""

_EXACT_IN_FLOAT = 2**53
_EARLIEST_START_S = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """An opened text table; see :class:`recordings.formats.table_rows.Table`."""

    path: Path
    dialect: Dialect
    columns: Columns
    time: TimeText | None
    """How the stamps are written; None if they are numbers, or absent."""
    whole_time: bool
    """Whether the stamps are whole numbers too large for float64."""
    format: str = "csv"

    @classmethod
    def open(cls, path: Path) -> CsvTable:
        """Look at the first rows.

        Raises
        ------
        RecordingError
            If the text is no table of accelerations, or can be read in more than one way.
        """
        with ByteSource(path) as source:
            head = source.head(HEAD_BYTES)
        _refuse_vendor(path, head)
        dialect = find_dialect(path, head, whole=len(head) < HEAD_BYTES)
        columns = _columns(path, dialect)
        time, whole_time = _time(path, dialect, columns)
        return cls(path=path, dialect=dialect, columns=columns, time=time, whole_time=whole_time)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, by position where there are none."""
        return self.dialect.names or tuple(f"#{i + 1}" for i in range(self.dialect.columns))

    @property
    def numeric_time(self) -> bool:
        """Whether the stamps are numbers."""
        return self.columns.time is not None and self.time is None

    @property
    def utc_offset_s(self) -> int | None:
        """Offset of the first stamp."""
        return None if self.time is None else self.time.offset_s

    def rows(self, health: Health) -> Iterator[RawRows]:
        """Read from the first row on."""
        with ByteSource(self.path) as source:
            source.read(self.dialect.start)
            rest = b""
            final = False
            while not final:
                piece = source.read(BLOCK_BYTES)
                final = len(piece) < BLOCK_BYTES
                data = rest + piece
                # A last line without end is whole, unless it is where compressed content broke off.
                keep_all = final and not source.truncated
                cut = len(data) if keep_all else data.rfind(self.dialect.newline) + 1
                rest = data[cut:]
                if len(rest) > LONGEST_LINE_BYTES:
                    raise RecordingError(
                        self.path,
                        "has a line of more than 4 MiB",
                        offset=source.offset - len(rest),
                        remedy=SHAPE_REMEDY,
                    )
                if data[:cut].strip():
                    yield self._parse(data[:cut])
            source.conclude(health)

    def _parse(self, block: bytes) -> RawRows:
        """Parse a block of whole lines; a cell that cannot be read is a missing value."""
        import pyarrow as pa

        if b'"' in block or not block.isascii():
            block = block.translate(_ASCII, b'"')
        types = self._types()
        try:
            table, skipped = self._read(block, types)
            arrays = [table.column(name) for name in types]
        except pa.ArrowInvalid:
            table, skipped = self._read(block, dict.fromkeys(types, pa.string()))
            arrays = [self._from_text(table.column(n), kind) for n, kind in types.items()]
        if self.time is not None and self.time.repair:
            arrays[0] = parse_stamps(arrays[0].combine_chunks(), self.time)
        raw = raw_rows(arrays, timed=self.columns.time is not None)
        return raw.with_missing_at(np.array(skipped, np.int64) - 1)

    def _types(self) -> dict[str, Any]:
        """Return the Arrow types of the columns to read, the time first."""
        import pyarrow as pa

        types = {}
        if self.columns.time is not None:
            number = pa.int64() if self.whole_time else pa.float64()
            kind = number if self.time is None else stamp_type(self.time)
            repair = self.time is not None and self.time.repair
            types[f"c{self.columns.time}"] = pa.string() if repair else kind
        return types | {f"c{axis}": pa.float64() for axis in self.columns.axes}

    def _read(self, block: bytes, types: dict[str, Any]) -> tuple[Any, list[int]]:
        """Return the columns of a block, and which rows have another number of cells."""
        from pyarrow import csv

        skipped: list[int] = []

        def skip(row: Any) -> str:
            skipped.append(row.number)
            return "skip"

        table = csv.read_csv(
            _buffer(block),
            read_options=csv.ReadOptions(
                use_threads=False,
                block_size=len(block) + 1,
                column_names=[f"c{i}" for i in range(self.dialect.columns)],
            ),
            parse_options=csv.ParseOptions(
                delimiter=self.dialect.delimiter, quote_char=False, invalid_row_handler=skip
            ),
            convert_options=csv.ConvertOptions(
                include_columns=list(types),
                column_types=types,
                null_values=list(MISSING),
                strings_can_be_null=True,
                decimal_point=self.dialect.decimal,
                check_utf8=False,
            ),
        )
        return table, skipped

    def _from_text(self, column: Any, kind: Any) -> Any:
        """Convert a column of text cell by cell, as the CSV reader would have."""
        import pyarrow as pa
        import pyarrow.compute as pc

        text = column.combine_chunks()
        if pa.types.is_timestamp(kind) and self.time is not None:
            return parse_stamps(text, self.time)
        if pa.types.is_string(kind):
            return text
        text = pc.ascii_trim_whitespace(text)
        if self.dialect.decimal == ",":
            text = pc.replace_substring(pc.replace_substring(text, ".", "?"), ",", ".")
        return cast_or_null(text, kind)


def _buffer(block: bytes) -> Any:
    import pyarrow as pa

    return pa.py_buffer(block)


def _refuse_vendor(path: Path, head: bytes) -> None:
    """Name the vendors' exports that would be misread as a plain table."""
    first, _, rest = head.lstrip(b"\xef\xbb\xbf").partition(b"\n")
    if re.search(rb"created by actigraph", first, re.IGNORECASE):
        if re.search(rb"\bat\s+\d+\s*hz\b", first, re.IGNORECASE):
            raise RecordingError(
                path,
                "is a raw ActiGraph export, which is not read yet",
                remedy="remove the banner; without time stamps state --rate HZ",
            )
        raise RecordingError(
            path,
            "holds ActiGraph epoch counts, no raw acceleration",
            remedy="export the raw data of the .gt3x file",
        )
    start, rate = (_three_equal(line) for line in (first, rest.partition(b"\n")[0]))
    if start is not None and rate is not None and start > _EARLIEST_START_S:
        raise RecordingError(
            path,
            f"is an Empatica export ({rate:g} Hz), which is not read yet",
            remedy="write it as a table with columns time, x, y, z in g (values are 1/64 g)",
        )


def _three_equal(line: bytes) -> float | None:
    """Return the number that stands three times in a line."""
    cells = {cell.strip() for cell in line.split(b",")}
    if line.count(b",") != 2 or len(cells) != 1:
        return None
    cell = cells.pop().decode("latin-1")
    return float(cell) if is_number(cell, ".") else None


def _columns(path: Path, dialect: Dialect) -> Columns:
    """Find the columns by name; without names, three are x, y, z, and four have the time first."""
    if dialect.names is None:
        width = dialect.columns
        while width > 3 and all(row[width - 1] == "" for row in dialect.rows):
            width -= 1
        if width == 3:
            return Columns(axes=(0, 1, 2), time=None)
        if width == 4:
            return Columns(axes=(1, 2, 3), time=0)
        raise RecordingError(
            path,
            f"has {width} columns without names: which are x, y and z?",
            remedy="put a line with their names above the rows",
        )
    if any(name.lower() in ("axis1", "activity") for name in dialect.names):
        raise RecordingError(
            path,
            "holds epoch counts (a column axis1), no raw acceleration",
            remedy="export the raw data",
        )
    columns = find_columns(path, dialect.names)
    if columns.time is None and 0 not in columns.axes and _dated(dialect, 0):
        return replace(columns, time=0)
    return columns


def _stamps(dialect: Dialect, column: int) -> list[str]:
    return [row[column] for row in dialect.rows[:LOOK_ROWS] if row[column] not in MISSING]


def _dated(dialect: Dialect, column: int) -> bool:
    """Whether a column without a telling name holds dates."""
    cells = _stamps(dialect, column)
    return bool(cells) and all(re.match(r"\d{4}[-/]\d{2}[-/]\d{2}[T ]", cell) for cell in cells)


def _time(path: Path, dialect: Dialect, columns: Columns) -> tuple[TimeText | None, bool]:
    """Return how stamps are written, and whether they are large whole numbers."""
    if columns.time is None:
        return None, False
    cells = _stamps(dialect, columns.time)
    if not cells:
        raise RecordingError(path, "has no value in its time column", remedy=SHAPE_REMEDY)
    numbers = [cell for cell in cells if is_number(cell, dialect.decimal)]
    if 2 * len(numbers) <= len(cells):
        return text_meaning(path, cells), False
    whole = all(re.fullmatch(r"[+-]?\d+", cell) for cell in numbers)
    return None, whole and abs(int(numbers[0])) > _EXACT_IN_FLOAT
