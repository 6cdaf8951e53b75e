"""The tables' values as the pages show them: the same numbers, without idle zeros."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from detector.tables.columns import Column
from detector.tables.csvtext import Row, Value

Cells = Mapping[str, str]
"""A table's row as text by column name; an unknown value is an empty text."""

Pairs = tuple[tuple[str, str], ...]
"""Names and values that are known."""


def cells(columns: Sequence[Column], row: Row) -> Cells:
    """Return every column of a row as text."""
    return {c.name: shown(c, row.get(c.name)) for c in columns}


def all_cells(columns: Sequence[Column], values: Mapping[str, Sequence[Value]]) -> list[Cells]:
    """Return every row as text, given the values of every column."""
    texts = {c.name: _texts(c, values[c.name]) for c in columns}
    return [dict(zip(texts, row, strict=True)) for row in zip(*texts.values(), strict=True)]


def _texts(column: Column, values: Sequence[Value]) -> list[str]:
    text_of = {value: shown(column, value) for value in set(values)}  # most columns have few
    return [text_of[value] for value in values]


def shown(column: Column, value: Value) -> str:
    """Return one value, or the text of one in a CSV file, with no zeros after its last digit."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:.{column.decimals}f}" if isinstance(value, float) else str(value)
    return text.rstrip("0").rstrip(".") if column.type == "number" and "." in text else text


def pairs(row: Cells, wanted: Sequence[tuple[str, str, str]]) -> Pairs:
    """Return what is known of some columns: (name shown, column, unit behind the value)."""
    return tuple((name, row[column] + unit) for name, column, unit in wanted if row[column])


def shown_path(path: str) -> str:
    """Return a relative path as it is, of an absolute one the file's name: folders are private."""
    kinds: tuple[type[PurePath], ...] = (PurePosixPath, PureWindowsPath)
    return next((kind(path).name for kind in kinds if kind(path).is_absolute()), path)
