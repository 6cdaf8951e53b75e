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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Column

Value = str | int | float | bool | None
Row = Mapping[str, Value]
"""Values by column name; a missing name is an unknown value."""

FORMULA = r"'*[=+\-@\t\r\n＝＋－＠]"
"""How a text begins that would be run, or that looks like one made harmless."""
_FORMULA = re.compile(FORMULA)
_NUMBER = re.compile(r"[+-]\d+(?:[.,]\d+)?")
_QUOTED = frozenset(',"\r\n')
_ASCII = 128
_EXACT = 2.0**50
"""Numbers whose last decimal is a unit below this are the same to the digit however formatted."""


def header(columns: Sequence[Column]) -> bytes:
    """Return the first line."""
    return _encoded(",".join(_quoted(_harmless(c.name)) for c in columns) + "\n")


def lines(columns: Sequence[Column], values: Mapping[str, NDArray[Any]]) -> bytes:
    """Return many rows as lines, given every column as an array.

    NaN, infinities and empty texts are unknown. All cells of a column are made at once and padded
    to the width of the widest; the padding is taken out of the whole at the end.
    """
    cells = [_padded(column, values[column.name]) for column in columns]
    comma = np.full((len(cells[0]), 1), ord(","), np.uint8)
    parts = [part for cell in cells for part in (cell, comma)]
    parts[-1] = np.full_like(comma, ord("\n"))
    return np.concatenate(parts, axis=1).tobytes().translate(None, b"\0")


def line(columns: Sequence[Column], row: Row) -> bytes:
    """Return one row as a line."""
    return _encoded(",".join(_cell(c, row.get(c.name)) for c in columns) + "\n")


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


def plain(values: NDArray[Any]) -> list[Value]:
    """Return an array as plain values: None for NaN, infinities and empty texts."""
    if values.dtype.kind == "f":
        found = values.astype(object)
        found[~np.isfinite(values)] = None
        return list(found.tolist())
    found = values.tolist()
    return [text or None for text in found] if values.dtype.kind == "U" else found


def text_of(cell: str) -> str:
    """Return the free text of a cell without the apostrophe that kept it harmless."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def utc_text(moment: datetime) -> str:
    """Return a time in UTC as the tables write it, to the millisecond."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _cell(column: Column, value: Value) -> str:
    if value is None:
        return ""
    if column.type == "number":
        return f"{value:.{column.decimals}f}"
    if column.type == "boolean":
        return "true" if value else "false"
    return _quoted(_harmless(value) if column.type == "text" else str(value))


def _padded(column: Column, values: NDArray[Any]) -> NDArray[np.uint8]:
    """Return cells as rows of bytes, each filled up with zeros.

    Numbers digit by digit, plain ASCII letter by letter; one by one only what must be looked at.
    """
    if column.type in {"number", "integer"}:
        with np.errstate(over="ignore"):
            scaled = np.rint(np.where(np.isfinite(values), values, 0) * 10.0**column.decimals)
        if np.abs(scaled).max(initial=0) < _EXACT:
            cells = _digits(scaled.astype(np.int64), column.decimals)
            cells[~np.isfinite(values)] = 0
            return cells
    elif column.type not in {"text", "boolean"}:
        codes = np.ascontiguousarray(values).view(np.uint32)
        if codes.max(initial=0) < _ASCII:
            cells = codes.reshape(len(values), values.itemsize // 4).astype(np.uint8)
            said = cells.tobytes().decode("ascii")
            if not any(mark in said for mark in _QUOTED):
                return cells
    texts = plain(values)
    made = {value: _encoded(_cell(column, value)) for value in set(texts)}  # few, mostly
    found = np.array([made[value] for value in texts], np.bytes_)
    return found.view(np.uint8).reshape(len(found), found.itemsize)


def _digits(numbers: NDArray[np.int64], decimals: int) -> NDArray[np.uint8]:
    """Return whole numbers, of which the last digits stand behind the point, as rows of bytes."""
    left = np.abs(numbers)
    width = max(len(str(left.max(initial=0))), decimals + 1)
    cells = np.zeros((len(left), 1 + width + (decimals > 0)), np.uint8)
    cells[numbers < 0, 0] = ord("-")
    at = cells.shape[1] - 1
    for place in range(width):
        if decimals and place == decimals:
            cells[:, at] = ord(".")
            at -= 1
        shown = (left > 0) | (place <= decimals)
        cells[:, at] = (left % 10 + ord("0")) * shown
        left = left // 10
        at -= 1
    return cells


def _harmless(value: Value) -> str:
    text = str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _quoted(cell: str) -> str:
    return cell if _QUOTED.isdisjoint(cell) else '"' + cell.replace('"', '""') + '"'


def _encoded(text: str) -> bytes:
    """File names may hold bytes that are no text; they are shown escaped."""
    return text.encode("utf-8", "backslashreplace")
