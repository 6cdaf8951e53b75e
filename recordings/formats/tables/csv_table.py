"""Rows of a text table, parsed by Arrow block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...model import Health, ReadOptions, RecordingError
from ...place import Place
from ...source import ByteSource
from .dates import TimeText, is_stamp, stamps_ns, text_meaning
from .facts import Facts
from .names import COLUMNS_REMEDY, SHAPE_REMEDY, Columns, find_columns, stated_columns
from .rows import Pair, RawRows, raw_rows, to_numpy
from .text import LOOK_ROWS, MISSING, Dialect, find_dialect, is_number

BLOCK_BYTES = 1 << 19
"""One read: some 10 000 rows."""

HEAD_BYTES = 1 << 17
LONGEST_LINE_BYTES = 1 << 22

_ASCII = bytes(byte if byte < 0x80 else ord("?") for byte in range(256))
"""Other bytes stand in no number; Arrow refuses rows that are not UTF-8."""

_EXACT_IN_FLOAT = 2**53

_CASTABLE = (
    r"(?i)^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]?0x[0-9a-f]+$"
    r"|^[+-]?(inf|infinity|nan(\(.*\))?)$"
)
"""All that Arrow makes a number of, and little else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """An opened text table; see :class:`recordings.formats.tables.rows.Table`."""

    path: Place
    member: str | None
    """Which member of an archive it is."""
    dialect: Dialect
    columns: Columns
    time: TimeText | None
    """How the stamps are written; None if they are numbers, or absent."""
    whole_time: bool
    """Whether the stamps are whole numbers too large for float64."""

    @classmethod
    def open(
        cls, path: Place, member: str | None, head: bytes, facts: Facts, options: ReadOptions
    ) -> CsvTable:
        """Look at the first rows.

        Parameters
        ----------
        path
            The file.
        member
            Which member of the archive it is.
        head
            Its first bytes, :data:`HEAD_BYTES` of them if there are so many.
        facts
            What is known of it.
        options
            What the user says of it.

        Raises
        ------
        RecordingError
            If the text is no table of accelerations, or can be read in more than one way.
        """
        whole = len(head) < HEAD_BYTES
        dialect = find_dialect(path, head, begin=facts.begin, whole=whole)
        columns = _columns(path, dialect, options)
        time, whole_time = None, False
        if columns.time is not None:
            cells = [row[columns.time] for row in dialect.rows[:LOOK_ROWS]]
            cells = [cell for cell in cells if cell not in MISSING]
            numbers = [cell for cell in cells if is_number(cell, dialect.decimal)]
            if not cells:
                raise RecordingError(path, "has no value in its time column", remedy=SHAPE_REMEDY)
            if 2 * len(numbers) <= len(cells):
                time = text_meaning(path, cells, options.date_order, facts.date_order)
            else:
                whole_time = _are_large_and_whole(numbers)
        return cls(
            path=path,
            member=member,
            dialect=dialect,
            columns=columns,
            time=time,
            whole_time=whole_time,
        )

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

    @property
    def time_note(self) -> str:
        """In which order dates are read, where there was a choice."""
        return "" if self.time is None else self.time.note

    def with_columns(self, columns: Columns) -> CsvTable:
        """Return the table with other columns to be read."""
        return replace(self, columns=columns)

    def rows(self, health: Health) -> Iterator[RawRows]:
        """Read from the first row on."""
        with ByteSource(self.path, self.member) as source:
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
        time: Pair | None = None
        if self.columns.time is not None:
            stamps, *arrays = arrays
            time = to_numpy(stamps) if self.time is None else stamps_ns(stamps, self.time)
        return raw_rows(time, arrays).with_missing_at(np.array(skipped, np.int64) - 1)

    def _types(self) -> dict[str, Any]:
        """Return the Arrow types of the columns to read: the time, the axes, gravity."""
        import pyarrow as pa

        types = {}
        if self.columns.time is not None:
            number = pa.int64() if self.whole_time else pa.float64()
            types[f"c{self.columns.time}"] = number if self.time is None else pa.string()
        axes = (*self.columns.axes, *(self.columns.gravity or ()))
        return types | {f"c{axis}": pa.float64() for axis in axes}

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

        if pa.types.is_string(kind):
            return column
        text = pc.ascii_trim_whitespace(column.combine_chunks())
        if self.dialect.decimal == ",":
            text = pc.replace_substring(pc.replace_substring(text, ".", "?"), ",", ".")
        return _cast_or_null(text, kind)


def _buffer(block: bytes) -> Any:
    import pyarrow as pa

    return pa.py_buffer(block)


def _cast_or_null(column: Any, target: Any) -> Any:
    """Cast an Arrow array of text; what cannot be cast becomes null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # There may be many that are none, and to find each by halving is slow.
    numbers = pc.match_substring_regex(column, _CASTABLE)
    return _cast_by_halves(pc.if_else(numbers, column, pa.scalar(None, column.type)), target)


def _cast_by_halves(column: Any, target: Any) -> Any:
    """Do the same, halving until every cell is found that looks like a number and is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.cast(column, target)
    except pa.ArrowInvalid:
        if len(column) == 1:
            return pa.nulls(1, target)
    middle = len(column) // 2
    halves = column[:middle], column[middle:]
    return pa.concat_arrays([_cast_by_halves(half, target) for half in halves])


def _are_large_and_whole(numbers: list[str]) -> bool:
    """Whether stamps are whole numbers that float64 cannot hold."""
    whole = all(re.fullmatch(r"[+-]?\d+", number) for number in numbers)
    return whole and abs(int(numbers[0])) > _EXACT_IN_FLOAT


def _columns(path: Place, dialect: Dialect, options: ReadOptions) -> Columns:
    """Find the columns: as stated, or by name, or three are x, y, z and four have time first."""
    names = dialect.names or tuple(f"#{i + 1}" for i in range(dialect.columns))
    if options.columns is not None:
        return stated_columns(path, names, options.columns)
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
            f"has {width} columns without names: which are time, x, y and z?",
            remedy=COLUMNS_REMEDY,
        )
    if any(name.lower() in ("axis1", "activity") for name in names):
        raise RecordingError(
            path,
            "holds epoch counts (a column axis1), no raw acceleration",
            remedy="export the raw data",
        )
    columns = find_columns(path, names)
    if columns.time is None and 0 not in columns.axes and _dated(dialect):
        return replace(columns, time=0)
    return columns


def _dated(dialect: Dialect) -> bool:
    """Whether the first column, whose name does not tell, holds dates."""
    cells = [row[0] for row in dialect.rows[:LOOK_ROWS] if row[0] not in MISSING]
    return bool(cells) and all(is_stamp(cell) for cell in cells)
