"""Tables as Arrow and Parquet, with units and definitions in the schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from .. import files
from .columns import Column
from .csvtext import FORMULA, Row, Value

if TYPE_CHECKING:
    import pyarrow as pa


def schema(columns: Sequence[Column]) -> pa.Schema:
    """Return the Arrow schema of a table; each field's metadata has its unit and definition.

    Local times stay ISO 8601 strings because their offsets differ; their UTC twins are timestamps.
    """
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "text": pa.string(),
        "boolean": pa.bool_(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "date": pa.date32(),
        "local_time": pa.string(),
        "utc_time": pa.timestamp("ms", "UTC"),
    }
    return pa.schema(
        [
            pa.field(
                c.name,
                types[c.type],
                metadata={"unit": c.unit, "definition": c.definition, "source": c.source},
            )
            for c in columns
        ]
    )


def arrow_table(columns: Sequence[Column], rows: Sequence[Row]) -> pa.Table:
    """Return rows as an Arrow table with the schema of their columns."""
    import pyarrow as pa

    arrays = [[_arrow_value(c, row.get(c.name)) for row in rows] for c in columns]
    shape = schema(columns)
    return pa.Table.from_arrays(
        [pa.array(a, f.type) for a, f in zip(arrays, shape, strict=True)], schema=shape
    )


def _arrow_value(column: Column, value: Value) -> Any:
    if isinstance(value, str):
        if column.type == "utc_time":
            return datetime.fromisoformat(value)
        if column.type == "date":
            return date.fromisoformat(value)
    return value


def write_parquet(table: Path, columns: Sequence[Column], path: Path) -> None:
    """Write a CSV table of this program as Parquet, a block of it in memory at a time.

    Parameters
    ----------
    table
        The CSV file.
    columns
        Its columns.
    path
        The Parquet file.
    """
    import pyarrow as pa
    from pyarrow import csv
    from pyarrow.parquet import ParquetWriter

    shape = schema(columns)
    reading = csv.ReadOptions(column_names=shape.names, use_threads=False)
    parsing = csv.ParseOptions(newlines_in_values=True)
    types = csv.ConvertOptions(column_types=shape, strings_can_be_null=True, null_values=[""])
    with (
        table.open("rb") as file,
        files.replacing(path) as written,
        ParquetWriter(written, shape, compression="zstd", use_dictionary=False) as writer,
    ):
        file.readline()
        for piece in _pieces(file):
            rows = csv.read_csv(pa.BufferReader(piece), reading, parsing, types)
            writer.write_table(_as_it_was(rows, columns, shape))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield whole rows, some megabytes at a time; pyarrow itself would read far ahead."""
    while piece := file.read(_PIECE_BYTES):
        piece += file.readline()
        while piece.count(b'"') % 2 and (line := file.readline()):  # within a quoted cell
            piece += line
        yield piece


def _as_it_was(rows: pa.Table, columns: Sequence[Column], shape: pa.Schema) -> pa.Table:
    """Take away the apostrophes that keep free text harmless in a spreadsheet."""
    import pyarrow as pa
    from pyarrow import compute

    arrays = [
        compute.replace_substring_regex(array, _GUARDED, r"\1") if c.type == "text" else array
        for c, array in zip(columns, rows.columns, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=shape)


_PIECE_BYTES = 4 << 20
"""Of CSV in memory at once, and in a row group of the Parquet file."""

_GUARDED = f"^'({FORMULA})"
"""As :func:`detector.tables.csvtext.text_of` has it."""
