"""Tables as Arrow and Parquet, with units and definitions in the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import files
from .columns import Column
from .csvtext import Row, Value

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
    reading = csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False)
    converting = csv.ConvertOptions(
        column_types=shape, strings_can_be_null=True, null_values=[""], include_columns=shape.names
    )
    with (
        csv.open_csv(
            table, reading, csv.ParseOptions(newlines_in_values=True), converting
        ) as blocks,
        files.replacing(path) as file,
        ParquetWriter(file, shape, compression="zstd") as writer,
    ):
        for group in _grouped(blocks, _GROUP_ROWS):
            writer.write_table(pa.Table.from_batches(_as_it_was(b, columns, shape) for b in group))


def _grouped(blocks: Iterable[pa.RecordBatch], rows: int) -> Iterator[list[pa.RecordBatch]]:
    """Yield blocks in groups of so many rows or a few more; the last may have fewer."""
    group, count = list[Any](), 0
    for block in blocks:
        group.append(block)
        count += block.num_rows
        if count >= rows:
            yield group
            group, count = [], 0
    if group:
        yield group


def _as_it_was(
    block: pa.RecordBatch, columns: Sequence[Column], shape: pa.Schema
) -> pa.RecordBatch:
    """Take away the apostrophes that keep free text harmless in a spreadsheet."""
    import pyarrow as pa
    from pyarrow import compute

    arrays = [
        compute.replace_substring_regex(array, _GUARDED, r"\1") if c.type == "text" else array
        for c, array in zip(columns, block.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=shape)


_BLOCK_BYTES = 1 << 20
"""Of CSV at once; some blocks are read ahead."""

_GROUP_ROWS = 100_000
"""Of a row group in the Parquet file."""

_GUARDED = r"^'([=+\-@\t\r\n])"
"""As :func:`detector.csvtext.text_of` has it."""
