"""Tables that people write: all that is wrong is said at once, by row and column.

Rows are counted as a spreadsheet counts them: 1 is the heading.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from recordings import legible

from ..given import content
from ..parameter import SettingsError

_SEPARATORS = ",;\t"
_MOST_PROBLEMS = 20
_LONGEST_PROBLEM = 300
MOST_BYTES = 1 << 28
"""More than people write, and a million events."""
MOST_CELLS = 1 << 26
"""As many as a million events have; empty lines would take sixty times their size."""
LONGEST_LINE = 1 << 20
"""Characters; a longer one of nothing but separators would take ten times its size."""
_ROW_CELLS = 8
"""Cells that take as much memory as an empty row."""
YEARS = range(1900, 2200)
"""In which somebody may have worn a sensor."""


class TableError(SettingsError):
    """Something in a table is wrong; the message names the first of many."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        super().__init__(listed(path, problems))
        self.problems = tuple(problems)


def records(path: Path, columns: Sequence[str] = ()) -> list[list[str]]:
    """Return the cells of all lines, the empty ones too.

    Parameters
    ----------
    path
        UTF-8 text; comma, semicolon and tab are understood as separators.
    columns
        That it may have, to be said where it has no heading; without them that is not asked.

    Raises
    ------
    SettingsError
        If it cannot be read, or is no table.
    """
    data = content(path, MOST_BYTES)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path}: is not UTF-8 text (at byte {error.start}); save it as 'CSV UTF-8'"
        ) from error
    lines = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline="")
    separator = max(_SEPARATORS, key=lines.readline().count)
    lines.seek(0)
    reader = csv.reader(_of_a_length(lines, path), delimiter=separator, strict=True)
    try:
        found = list(_bounded(reader, path))
    except csv.Error as error:
        raise SettingsError(
            f"{path}: is no CSV table: line {reader.line_num}: {error}; "
            "is a quotation mark missing, or one too many?"
        ) from error
    if columns and not (found and any(found[0])):
        raise SettingsError(f"{path}: has no heading; the columns are {', '.join(columns)}")
    return found


def _of_a_length(lines: Iterable[str], path: Path) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            raise SettingsError(f"{path}: line {number}: is too long; is it another kind of file?")
        yield line


def _bounded(rows: Iterable[list[str]], path: Path) -> Iterator[list[str]]:
    n_cells = 0
    for number, row in enumerate(rows, 1):
        n_cells += len(row) + _ROW_CELLS
        if n_cells > MOST_CELLS:
            raise SettingsError(
                f"{path}: row {number}: too many cells up to here; is it another kind of file?"
            )
        yield row


def moment(text: str) -> datetime:
    """Return a time as ISO 8601 writes it.

    Raises
    ------
    ValueError
        If it is none, or of a year in which nobody wore a sensor.
    """
    found = datetime.fromisoformat(text)
    if found.year not in YEARS:
        raise ValueError(text)
    return found


def listed(about: object, problems: Sequence[str]) -> str:
    """Return one problem in a line, several in a line each."""
    if len(problems) == 1:
        return f"{about}: {legible(problems[0])}"
    shown = [legible(problem, _LONGEST_PROBLEM) for problem in problems[:_MOST_PROBLEMS]]
    if more := len(problems) - len(shown):
        shown.append(f"and {more} more")
    return f"{about}: {len(problems)} problems\n  " + "\n  ".join(shown)


def refuse(path: Path, problems: Sequence[str]) -> None:
    """Raise a :class:`TableError` if there is a problem."""
    if problems:
        raise TableError(path, problems)
