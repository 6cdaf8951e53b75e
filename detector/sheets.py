"""Tables that people write: read as a spreadsheet saves them, refused by row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from .parameter import SettingsError

_SEPARATORS = ",;\t"
_MOST_PROBLEMS = 20


def records(path: Path) -> list[list[str]]:
    """Return the cells of all lines, the empty ones too.

    Comma, semicolon and tab are understood as separators.

    Raises
    ------
    SettingsError
        If it is no table.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path}: is not UTF-8 text (at byte {error.start}); save it as 'CSV UTF-8'"
        ) from error
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise SettingsError(f"{path}: is no CSV table: {error}") from error


def refuse(about: object, problems: Sequence[str]) -> None:
    """Raise :class:`SettingsError` with all problems of a table, if there are any."""
    if problems:
        raise SettingsError(listed(about, problems))


def listed(about: object, problems: Sequence[str]) -> str:
    """Return one problem in a line, several in a line each."""
    if len(problems) == 1:
        return f"{about}: {problems[0]}"
    shown = list(problems[:_MOST_PROBLEMS])
    if more := len(problems) - len(shown):
        shown.append(f"and {more} more")
    return f"{about}: {len(problems)} problems\n  " + "\n  ".join(shown)
