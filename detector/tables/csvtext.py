"""CSV as the output contract has it: UTF-8, line feeds, RFC 4180, empty for unknown.

A cell of free text (from a file name, a header, a user) that a spreadsheet would run as a formula
because of its first character gets a leading apostrophe, and so does one in which only apostrophes
come before that, so that reading takes away what writing gave. Numbers, codes and times are left
alone, and so is text that is a number. Headings are text: some are a diary's.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from .columns import Column

Value = str | int | float | bool | None
Row = Mapping[str, Value]
"""Values by column name; a missing name is an unknown value."""

FORMULA = r"'*[=+\-@\t\r\n＝＋－＠]"
"""How a text begins that would be run, or that looks like one made harmless."""
_FORMULA = re.compile(FORMULA)
_NUMBER = re.compile(r"[+-]\d+(?:[.,]\d+)?")
_QUOTED = frozenset(',"\r\n')


def header(columns: Sequence[Column]) -> bytes:
    """Return the first line."""
    return _encoded(",".join(_quoted(_harmless(c.name)) for c in columns) + "\n")


def lines(columns: Sequence[Column], values: Mapping[str, Sequence[Value]]) -> bytes:
    """Return rows as lines, given the values of every column."""
    cells = [_cells(c, values[c.name]) for c in columns]
    return _encoded("\n".join([*map(",".join, zip(*cells, strict=True)), ""]))


def line(columns: Sequence[Column], row: Row) -> bytes:
    """Return one row as a line."""
    return lines(columns, {c.name: [row.get(c.name)] for c in columns})


def table(columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    """Return a whole small table."""
    return b"".join([header(columns), *(line(columns, row) for row in rows)])


def read(columns: Sequence[Column], path: Path) -> Iterator[Row]:
    """Yield the rows of a table as they were written, of all its columns those that are given."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        at = {text_of(name): i for i, name in enumerate(next(rows, ()))}
        there = [(c, at[c.name]) for c in columns if c.name in at]
        for row in filter(None, rows):
            yield {c.name: _value(c, row[i]) for c, i in there}


def _value(column: Column, text: str) -> Value:
    if not text:
        return None
    if column.type == "boolean":
        return text == "true"
    if column.type == "integer":
        return int(text)
    if column.type == "number":
        return float(text)
    return text_of(text) if column.type == "text" else text


def text_of(cell: str) -> str:
    """Return the free text of a cell without the apostrophe that kept it harmless."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def utc_text(moment: datetime) -> str:
    """Return a time in UTC as the tables write it, to the millisecond."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _cells(column: Column, values: Sequence[Value]) -> list[str]:
    if column.type == "number":
        shown = f"%.{column.decimals}f"
        return ["" if value is None else shown % value for value in values]
    if column.type == "boolean":
        return ["" if value is None else "true" if value else "false" for value in values]
    if column.type not in {"string", "text"}:
        return ["" if value is None else str(value) for value in values]
    harmless = _harmless if column.type == "text" else str
    cells = {value: _quoted(harmless(value)) for value in set(values) - {None}}  # few, mostly
    return [cells.get(value, "") for value in values]


def _harmless(value: Value) -> str:
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _quoted(cell: str) -> str:
    return cell if _QUOTED.isdisjoint(cell) else '"' + cell.replace('"', '""') + '"'


def _encoded(text: str) -> bytes:
    """File names may hold bytes that are no text; they are shown escaped."""
    return text.encode("utf-8", "backslashreplace")
