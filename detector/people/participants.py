"""``participants.csv``: who wore the sensor, where, and by which clock; a row per file or folder.

All of it is checked before any recording is opened, and everything that is wrong is said at once,
by row (as a spreadsheet counts them) and column.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from recordings import Place, RecordingError, Remote, exists, place_of

from ..parameter import SettingsError, did_you_mean
from ..paths import at_and_above, seen_from, shown_as, spelled_out
from .identity import FACTS, Identity
from .sheet import records, refuse

COLUMNS = ("file", *FACTS)


@dataclass(frozen=True, slots=True)
class Row:
    """What the table says of one file, or of all files in a folder."""

    number: int
    """As a spreadsheet counts: 1 is the heading."""
    file: str
    """As written."""
    said: Identity

    @property
    def shown(self) -> str:
        """The same without what gives access to a URL."""
        place = place_of(self.file)
        return str(place) if isinstance(place, Remote) else self.file

    def problem(self, column: str, text: str) -> str:
        """Return a sentence that names the place."""
        return f"row {self.number}, {column}: {text}"


class Match(NamedTuple):
    """What the table says of one file."""

    said: Identity
    by_name: bool
    """Whether a row names the file itself, and not a folder that it is in."""


@dataclass(frozen=True, slots=True)
class Participants:
    """The table as it was read: every value can be meant, the files were not looked for yet."""

    path: Path
    rows: tuple[Row, ...]

    def match(self, files: Sequence[Place], folders: Sequence[Place]) -> list[Match]:
        """Return what the rows say of every file, nothing where there is none.

        Parameters
        ----------
        files
            All that may be inputs.
        folders
            Given as inputs. What a row names is relative to one of them, or to the table's folder.

        Raises
        ------
        SettingsError
            If a row names nothing that is there, or more than one thing, or a file has two rows.
        """
        bases = list({spelled_out(base): base for base in (self.path.parent, *folders)}.values())
        places = [spelled_out(file) for file in files]
        # the same accented letter can be one sign or two: no difference, unless there are both
        fold = _composed if len(set(map(_composed, places))) == len(places) else str
        rows_at = self._rows_by_place(bases, fold)
        used: dict[int, set[str]] = {row.number: set() for row in self.rows}
        problems: list[tuple[int, str]] = []
        found: list[Match] = []
        for file, place in zip(files, map(fold, places), strict=True):
            above = [p for p in map(fold, at_and_above(file)) if p in rows_at]
            rows = {row.number: row for p in above for row in rows_at[p]}
            for p in above:
                for row in rows_at[p]:
                    used[row.number].add(p)
            first, *more = sorted(rows) or [0]
            problems += [
                (n, rows[n].problem("file", f"{file} is in row {first}, too")) for n in more
            ]
            said = rows[first].said if rows else Identity()
            found.append(Match(said, by_name=place in rows_at))
        for row in self.rows:
            misses = _misses(row, used[row.number], bases, files)
            problems += [(row.number, row.problem("file", text)) for text in misses]
        refuse(self.path, [text for _, text in sorted(problems)])
        return found

    def _rows_by_place(
        self, bases: Sequence[Place], fold: Callable[[str], str]
    ) -> dict[str, list[Row]]:
        """Return every place that a row may name, a table from Windows with backslashes."""
        rows_at: dict[str, list[Row]] = {}
        for row in self.rows:
            names = {row.file, row.file.replace("\\", "/")}
            for place in {fold(spelled_out(_at(base, name))) for base in bases for name in names}:
                rows_at.setdefault(place, []).append(row)
        return rows_at


def read(path: Path) -> Participants:
    """Read and check a table.

    Comma, semicolon and tab are understood as separators; empty cells say nothing.

    Raises
    ------
    SettingsError
        If it cannot be read, has a column that is none, or a value that cannot be meant.
    """
    heading, *lines = records(path, COLUMNS)
    columns = [cell.strip().lower() for cell in heading]
    refuse(path, _wrong_columns(columns))
    problems: list[str] = []
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for number, record in enumerate(lines, 2):
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        row, wrong = _row(number, columns, cells)
        problems += [row.problem(*each) for each in wrong]
        rows.append(row)
        if (
            row.file
            and (first := seen.setdefault(spelled_out(place_of(row.file)), number)) != number
        ):
            problems.append(row.problem("file", f"{row.shown!r} is in row {first}, too"))
    refuse(path, problems or ([] if rows else ["has no rows"]))
    return Participants(path, tuple(rows))


def _wrong_columns(columns: Sequence[str]) -> list[str]:
    wrong = []
    for name in dict.fromkeys(filter(None, columns)):
        if name not in COLUMNS:
            near = did_you_mean(name, COLUMNS) or f"; the columns are {', '.join(COLUMNS)}"
            wrong.append(f"row 1: {name!r} is no column{near}")
        elif columns.count(name) > 1:
            wrong.append(f"row 1: there are {columns.count(name)} columns {name!r}")
    if not wrong and "file" not in columns:
        wrong.append("row 1: there is no column 'file'")
    return wrong


def _row(
    number: int, columns: Sequence[str], cells: Sequence[str]
) -> tuple[Row, list[tuple[str, str]]]:
    """Return a row with what can be meant, and what cannot by column."""
    file, said, wrong = "", Identity(), []
    for position, text in enumerate(cells):
        name = columns[position] if position < len(columns) else ""
        if not text:
            continue
        if not name:
            wrong.append((f"column {position + 1}", f"{text!r} has no heading"))
        elif name == "file":
            file = text
        else:
            try:
                said = said.or_else(Identity.of(name, text))
            except SettingsError as error:
                wrong.append((name, str(error)))
    if not file:
        wrong.append(("file", "is empty"))
    return Row(number, file, said), wrong


def _at(base: Place, name: str) -> Place:
    """Return what a row names, as seen from a folder."""
    place = place_of(name)
    return place if isinstance(place, Remote) else base / name


def _is_there(place: Place) -> bool:
    """Whether something is there, or a store does not say so."""
    try:
        return exists(place)
    except RecordingError:
        return True


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _misses(
    row: Row, used: set[str], bases: Sequence[Place], files: Sequence[Place]
) -> Iterator[str]:
    """Say if a row names more than one thing, or nothing; what is there but no input is no miss."""
    if len(used) > 1:
        text = f"{row.shown!r} may be any of {', '.join(sorted(used))}"
        yield f"{text}; write it as seen from the table's folder"
    elif not used and not any(_is_there(_at(base, row.file)) for base in bases):
        yield f"{row.shown!r} is not there{_nearest(row.shown, bases, files)}"


def _nearest(file: str, bases: Sequence[Place], files: Sequence[Place]) -> str:
    """Suggest the file of that name in another folder, else the one named most alike."""
    shown = {}
    for path in files:
        seen = [name for base in bases if (name := seen_from(base, path))]
        shown[min(seen, key=len, default=shown_as(path))] = path.name
    same = [place for place, name in shown.items() if name == Path(file).name]
    near = same[:1] or get_close_matches(file, shown, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
