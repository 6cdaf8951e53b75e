"""How a text table is written: encoding, separator, decimal mark, banner, names, first row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...model import RecordingError
from ...place import Place
from .names import SHAPE_REMEDY

LOOK_ROWS = 200
"""Rows that are looked at to decide how a table is written."""

MISSING = ("", "NaN", "nan", "NAN", "-nan", "NA", "N/A", "n/a", "null", "NULL", "None", "#N/A")
"""Cells that stand for no value."""

_DELIMITERS = (";", "\t", ",", " ")
_NUMBER = r"[+-]?(?:\d+(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?"
"""There is one way to match it: a cell may be as long as what is looked at."""
_POINT_NUMBER = re.compile(_NUMBER.replace("{mark}", r"\."), re.IGNORECASE)
_COMMA_NUMBER = re.compile(_NUMBER.replace("{mark}", ","), re.IGNORECASE)
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_WITH_POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ]\d.*")
_COMMENT = ("#", "%", "//")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one text table is written."""

    delimiter: str
    decimal: str
    newline: bytes
    names: tuple[str, ...] | None
    """One for each column; None if no line holds them."""
    columns: int
    start: int
    """Byte offset of the first row."""
    rows: tuple[tuple[str, ...], ...]
    """The first rows, blanks around cells removed."""


@dataclass(frozen=True, slots=True)
class _Line:
    offset: int
    text: str


def looks_like_text(head: bytes) -> bool:
    """Whether bytes are text: no control characters but tabs and line ends."""
    if head.startswith(_UTF16):
        return True
    return not re.search(rb"[\x00-\x08\x0e-\x1f\x7f]", head)


def find_dialect(path: Place, head: bytes, *, begin: int, whole: bool) -> Dialect:
    """Find out how a table is written.

    Parameters
    ----------
    path
        For messages.
    head
        The first bytes of the content; 200 rows should fit into them.
    begin
        Offset behind a byte-order mark or a banner.
    whole
        Whether that is all of it.

    Raises
    ------
    RecordingError
        If it is no table, or can be read in more than one way.
    """
    if head.startswith(_UTF16):
        raise RecordingError(path, "is text in UTF-16", remedy="save it as UTF-8")
    newline = b"\n" if b"\n" in head else b"\r"
    lines = list(_lines(head, newline, begin, whole=whole))
    choices = [choice for mark in _DELIMITERS if (choice := _table(lines, mark))]
    if not choices:
        raise RecordingError(path, "is text but no table of accelerations", remedy=SHAPE_REMEDY)
    fits, lines_from_there, delimiter, first, width = max(choices, key=lambda choice: choice[0])
    if 2 * fits < lines_from_there:
        raise RecordingError(
            path, "is text whose rows have no constant number of columns", remedy=SHAPE_REMEDY
        )
    rows = [cells for line in lines[first:] if len(cells := _cells(line.text, delimiter)) == width]
    return Dialect(
        delimiter=delimiter,
        decimal=_decimal(path, rows),
        newline=newline,
        names=_names(path, lines[:first], rows, delimiter),
        columns=width,
        start=lines[first].offset,
        rows=tuple(rows),
    )


def is_number(cell: str, decimal: str) -> bool:
    """Whether a cell is a number."""
    return bool((_COMMA_NUMBER if decimal == "," else _POINT_NUMBER).fullmatch(cell))


def _lines(head: bytes, newline: bytes, begin: int, *, whole: bool) -> Iterator[_Line]:
    """Yield the complete lines that are not blank, enough of them for banner and rows."""
    encoding = "utf-8"
    try:
        head[: head.rfind(newline) + 1].decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
    offset = begin
    count = 0
    while offset < len(head) and count < 2 * LOOK_ROWS:
        end = head.find(newline, offset)
        if end < 0:
            if not whole:
                return
            end = len(head)
        text = head[offset:end].decode(encoding, errors="replace").rstrip("\r\n")
        if text.strip():
            yield _Line(offset, text)
            count += 1
        offset = end + 1


def _cells(text: str, delimiter: str) -> tuple[str, ...]:
    """Split a row. Quotes are dropped before: a stray one must not swallow the rows behind it."""
    return tuple(cell.strip() for cell in text.replace('"', "").split(delimiter))


def _table(lines: Sequence[_Line], delimiter: str) -> tuple[int, int, str, int, int] | None:
    """Return (rows that fit, of how many, delimiter, first row, columns), None without any row."""
    split = [_cells(line.text, delimiter) for line in lines]
    decimals = "." if delimiter == "," else ".,"
    first = next((i for i, cells in enumerate(split) if _is_row(cells, decimals)), None)
    if first is None:
        return None
    width = len(split[first])
    rows = split[first:]
    return sum(len(cells) == width for cells in rows), len(rows), delimiter, first, width


def _is_row(cells: Sequence[str], decimals: str) -> bool:
    """Whether cells are a row of values: three or more, not only empty ones."""
    if cells and cells[0].startswith(_COMMENT):
        return False
    values = [any(is_number(c, mark) for mark in decimals) or bool(_DATE.match(c)) for c in cells]
    empty = [cell in MISSING for cell in cells]
    return any(values) and sum(values) + sum(empty) >= 3


def _decimal(path: Place, rows: Sequence[Sequence[str]]) -> str:
    """Return the decimal mark; none is a comma where commas part the cells."""
    comma = any(_WITH_COMMA.fullmatch(cell) for row in rows for cell in row)
    point = any(_WITH_POINT.fullmatch(cell) for row in rows for cell in row)
    if comma and point:
        raise RecordingError(
            path,
            "has numbers with a decimal comma and numbers with a decimal point",
            remedy="write all of them with a point",
        )
    return "," if comma else "."


def _names(
    path: Place, above: Sequence[_Line], rows: Sequence[Sequence[str]], delimiter: str
) -> tuple[str, ...] | None:
    """Return the names in the line above the rows, which may be a comment; None if it has none."""
    width = len(rows[0])
    if not above:
        return None
    text = above[-1].text.lstrip()
    commented = text.startswith(_COMMENT)
    text = text.lstrip("#%/ ") if commented else text
    try:
        skip = delimiter != " "  # a blank before a quote
        cells = next(csv.reader([text], delimiter=delimiter, skipinitialspace=skip), [])
    except csv.Error as error:
        raise RecordingError(
            path, f"its line of names cannot be split ({error})", remedy="give every column a name"
        ) from error
    names = tuple(name.strip() for name in cells)
    named = sum(bool(re.search(r"[^\W\d_]", name)) for name in names)
    if len(names) == width - 1 and all(row[-1] == "" for row in rows):
        names = (*names, "")
    if named >= 2 and len(names) == width:
        return names
    if commented or named < 3:
        return None
    raise RecordingError(
        path,
        f"has {len(names)} names but {width} values in a row",
        remedy="is the comma separator and decimal mark at once? Separate values by semicolons"
        if delimiter == ","
        else "give every column a name",
    )
