from __future__ import annotations

from datetime import UTC, datetime

import pyarrow.parquet
import pytest

from detector.tables import arrow, csvtext
from detector.tables.arrow import write_parquet
from detector.tables.columns import NIGHTS, TABLES
from detector.tables.csvtext import Row

TEXTS = ("=1+1", "'quoted", "+49 30", "-3", "two\nlines", 'say "so", twice', "", None, "Zoë")
"""What a name may be; some of it a spreadsheet would run."""


def some_rows(columns, count: int) -> list[Row]:
    """Rows with every type of value, a third of them unknown."""
    rows = []
    for i in range(count):
        row = {}
        for k, c in enumerate(columns):
            known = {
                "string": f"id{i}",
                "text": TEXTS[(i + k) % len(TEXTS)] or None,
                "boolean": bool((i + k) % 2),
                "integer": i * k - 3,
                "number": round(i / 7 + k, c.decimals),
                "date": f"2024-03-{i % 28 + 1:02d}",
                "local_time": f"2024-03-05T23:41:{i % 60:02d}.250+01:00",
                "utc_time": f"2024-03-05T22:41:{i % 60:02d}.250Z",
            }[c.type]
            row[c.name] = None if (i + k) % 3 == 0 and k else known
        rows.append(row)
    return rows


def typed(column, value):
    if value is None:
        return None
    if column.type == "utc_time":
        return datetime.fromisoformat(value).astimezone(UTC)
    return datetime.fromisoformat(value).date() if column.type == "date" else value


@pytest.mark.parametrize("name", ["nights.csv", "events.csv", "recordings.csv"])
def test_a_parquet_table_is_the_table_with_types_and_units(tmp_path, name):
    columns = TABLES[name]
    rows = some_rows(columns, 40)
    (tmp_path / name).write_bytes(csvtext.table(columns, rows))
    assert list(csvtext.read(columns, tmp_path / name)) == rows
    write_parquet(tmp_path / name, columns, tmp_path / "table.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "table.parquet")
    assert table.column_names == [c.name for c in columns]
    for column in columns:
        assert table.schema.field(column.name).metadata[b"unit"].decode() == column.unit
        ours = [typed(column, row[column.name]) for row in rows]
        assert table[column.name].to_pylist() == ours, column.name


def test_a_table_in_many_groups_is_the_same_table(tmp_path, monkeypatch):
    path = tmp_path / "nights.csv"
    path.write_bytes(csvtext.table(NIGHTS, some_rows(NIGHTS, 500)))
    write_parquet(path, NIGHTS, tmp_path / "one.parquet")
    monkeypatch.setattr(arrow, "_PIECE_BYTES", 4096)
    write_parquet(path, NIGHTS, tmp_path / "many.parquet")
    assert pyarrow.parquet.ParquetFile(tmp_path / "many.parquet").num_row_groups > 5
    one, many = (pyarrow.parquet.read_table(tmp_path / f"{n}.parquet") for n in ("one", "many"))
    assert one.equals(many, check_metadata=True)


def test_an_empty_table_has_its_columns(tmp_path):
    path = tmp_path / "nights.csv"
    path.write_bytes(csvtext.header(NIGHTS))
    write_parquet(path, NIGHTS, tmp_path / "nights.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "nights.parquet")
    assert (table.num_rows, table.column_names) == (0, [c.name for c in NIGHTS])
