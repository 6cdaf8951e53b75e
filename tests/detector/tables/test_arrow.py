from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet
import pytest

from detector.tables import arrow, csvtext
from detector.tables.arrow import arrow_table, schema, write_parquet
from detector.tables.columns import NIGHTS, TABLES, Column
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


# ------------------------------------------------------------------ types


@pytest.mark.parametrize(
    ("type_", "arrow_type"),
    [
        ("string", pa.string()),
        ("text", pa.string()),
        ("boolean", pa.bool_()),
        ("integer", pa.int64()),
        ("number", pa.float64()),
        ("date", pa.date32()),
        ("local_time", pa.string()),  # its offsets differ
        ("utc_time", pa.timestamp("ms", "UTC")),
    ],
)
def test_a_column_has_the_arrow_type_of_its_own(type_, arrow_type):
    (field,) = schema([Column("x", type_, "s", "what it is", "where from")])
    assert (field.name, field.type) == ("x", arrow_type)
    assert field.metadata == {
        b"unit": b"s",
        b"definition": b"what it is",
        b"source": b"where from",
    }
    assert field.nullable


def test_values_keep_their_types_and_unknown_is_null():
    columns = [Column(t, t, "", "any", "test") for t in ("date", "utc_time", "local_time", "text")]
    table = arrow_table(
        columns,
        [
            {
                "date": "2024-03-05",
                "utc_time": "2024-03-05T22:41:07.250Z",
                "local_time": "2024-03-05T23:41:07.250+01:00",
                "text": "=1",
            },
            {},
        ],
    )
    assert table.to_pylist() == [
        {
            "date": date(2024, 3, 5),
            "utc_time": datetime(2024, 3, 5, 22, 41, 7, 250_000, UTC),
            "local_time": "2024-03-05T23:41:07.250+01:00",
            "text": "=1",
        },
        dict.fromkeys(c.name for c in columns),
    ]


# ------------------------------------------------------------------ in pieces

FEW = [Column("text", "text", "", "any", "test"), Column("n", "integer", "1", "any", "test")]
LINES = [
    {"text": 'said "so,\nand so"', "n": 1},
    {"text": "'=1\n\n", "n": None},
    {"text": None, "n": -3},
    {"text": '"', "n": 4},
    {"text": "plain", "n": 5},
]


@pytest.mark.parametrize("piece_bytes", [*range(1, 40), 1000])
def test_wherever_a_piece_ends_no_row_is_cut(tmp_path, monkeypatch, piece_bytes):
    path = tmp_path / "t.csv"
    path.write_bytes(csvtext.table(FEW, LINES))
    monkeypatch.setattr(arrow, "_PIECE_BYTES", piece_bytes)
    write_parquet(path, FEW, tmp_path / "t.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "t.parquet")
    assert table.to_pylist() == LINES


def test_a_smaller_piece_is_a_smaller_group(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(csvtext.table(FEW, [{"text": "abc", "n": i} for i in range(6)]))
    monkeypatch.setattr(arrow, "_PIECE_BYTES", 1)
    write_parquet(path, FEW, tmp_path / "t.parquet")
    assert pyarrow.parquet.ParquetFile(tmp_path / "t.parquet").num_row_groups == 6


def test_a_cell_that_is_guarded_in_csv_is_bare_in_parquet(tmp_path):
    texts = ["=1", "'=1", "'quoted'", "-5", "''@", "＝2"]
    path = tmp_path / "t.csv"
    path.write_bytes(csvtext.table(FEW, [{"text": text, "n": 0} for text in texts]))
    write_parquet(path, FEW, tmp_path / "t.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "t.parquet")
    assert table["text"].to_pylist() == texts


def test_a_failed_table_leaves_the_earlier_one(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(csvtext.table(FEW, LINES))
    write_parquet(path, FEW, tmp_path / "t.parquet")
    before = (tmp_path / "t.parquet").read_bytes()
    path.write_bytes(b"text,n\na,no number\n")
    with pytest.raises(pa.ArrowInvalid):
        write_parquet(path, FEW, tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.csv", "t.parquet"]
