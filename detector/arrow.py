"""Rows as Arrow tables, with units and definitions in the schema."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

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
