"""``diary.csv``: what wearers noted, a row per participant and night.

All of it is checked before any recording is opened. What can be read in two ways is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path

from ..people.sheet import YEARS, records, refuse
from .diary import TIMES, Diary, Entry

KEYS = ("participant_id", "night_date")
COLUMNS = (*KEYS, *TIMES)

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?(?:\s*([ap])\.?m\.?)?", re.IGNORECASE)
_DATED = re.compile(r"(\S+?)(?:T|\s+)(\d.*?)\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_TYPO = 0.85
"""Likeness from which a heading is a time misspelt, and no factor."""


@dataclass(frozen=True, slots=True)
class DiaryTable:
    """The table as it was read; who and what its rows speak of was not looked for yet."""

    path: Path
    columns: tuple[str, ...]
    """Headings of the factors, as written."""
    entries: dict[str, tuple[Entry, ...]]
    """By participant."""

    def of(self, participant_id: str, *, use_onset: bool = False) -> Diary:
        """Return what a participant noted."""
        return Diary(self.columns, self.entries.get(participant_id, ()), use_onset)


@dataclass(frozen=True, slots=True)
class Cells:
    """How the cells of a diary are understood."""

    night_start: time = time(12)
    """Where a night begins: clock times before it are of the night's second date."""
    date_order: str | None = None
    """``dmy`` or ``mdy`` where a date leaves it open."""

    def entry(self, number: int, texts: dict[str, str]) -> tuple[Entry | None, list[str]]:
        """Return a row as far as it can be read, and what is wrong with it."""
        wrong = [] if texts["participant_id"] else [_said(number, "participant_id", "is empty")]
        try:
            night_date = self.date(texts["night_date"])
        except ValueError as error:
            return None, [*wrong, _said(number, "night_date", str(error))]
        times = {}
        for name in TIMES:
            if text := texts.get(name, ""):
                try:
                    times[name] = self.moment(text, night_date)
                except ValueError as error:
                    wrong.append(_said(number, name, str(error)))
        entry = Entry(number, night_date, times)
        wrong += [_said(number, name, text) for name, text in entry.disorder()]
        return entry, wrong

    def moment(self, text: str, night_date: date) -> datetime:
        """Return a time of a night, written with its date or without.

        Raises
        ------
        ValueError
            Says what is wrong with it.
        """
        dated = _DATED.fullmatch(text)
        if not dated or _CLOCK.fullmatch(text):
            at = _clock(text)
            return datetime.combine(night_date + timedelta(days=at < self.night_start), at)
        day, clock, offset = dated.groups()
        moment = datetime.combine(self.date(day), _clock(clock))
        if not 0 <= (moment.date() - night_date).days <= 1:
            raise ValueError(f"{text!r} is not in the night of {night_date}")
        written = f"{moment.isoformat()}{(offset or '').upper()}"
        return datetime.fromisoformat(written)

    def date(self, text: str) -> date:
        """Return a date that can be read in one way only.

        Raises
        ------
        ValueError
            Says what is wrong with it.
        """
        if not text:
            raise ValueError("is empty")
        if found := _YEAR_FIRST.fullmatch(text):
            days = _dates((found[1], found[3], found[4]))
        elif found := _YEAR_LAST.fullmatch(text):
            day_first, month_first = (found[4], found[3], found[1]), (found[4], found[1], found[3])
            ways = {"dmy": [day_first], "mdy": [month_first]}
            days = _dates(*ways.get(self.date_order or "", [day_first, month_first]))
        else:
            days = []
        if not days:
            raise ValueError(f"{text!r} is not a date; write it like 2024-03-05")
        if len(set(days)) > 1:
            either = " or ".join(day.isoformat() for day in days)
            raise ValueError(f"{text!r} may be {either}; write that, or say --date-order")
        return days[0]


def read(path: Path, cells: Cells | None = None, taken: Collection[str] = ()) -> DiaryTable:
    """Read and check a diary; empty cells say nothing.

    Parameters
    ----------
    path
        The table.
    cells
        How they are understood.
    taken
        Names that no factor may have.

    Raises
    ------
    SettingsError
        Names everything that is wrong.
    """
    heading, *lines = records(path, COLUMNS)
    columns = [_known(cell) for cell in heading]
    refuse(path, list(_wrong_columns(columns, taken)))
    factors = [i for i, name in enumerate(columns) if name and name not in COLUMNS]
    entries: dict[str, dict[date, Entry]] = {}
    problems: list[str] = []
    for number, line in enumerate(lines, 2):
        if not any(cell.strip() for cell in line):
            continue
        row = [*line, *[""] * (len(columns) - len(line))]
        problems += _strays(number, columns, row)
        texts = {name: row[i].strip() for i, name in enumerate(columns) if name in COLUMNS}
        entry, wrong = (cells or Cells()).entry(number, texts)
        problems += wrong
        if entry is None:
            continue
        entry = Entry(number, entry.night_date, entry.times, tuple(row[i] for i in factors))
        nights = entries.setdefault(texts["participant_id"], {})
        first = nights.setdefault(entry.night_date, entry)
        if first is not entry:
            text = (
                f"{entry.night_date} of {texts['participant_id']!r} is in row {first.number}, too"
            )
            problems.append(_said(number, "night_date", text))
    refuse(path, problems or ([] if entries else ["has no rows"]))
    kept = {who: tuple(nights.values()) for who, nights in entries.items()}
    return DiaryTable(path, tuple(columns[i] for i in factors), kept)


def _said(number: int, column: str, text: str) -> str:
    return f"row {number}, {column}: {text}"


def _known(cell: str) -> str:
    """Return a heading; those with a meaning in any case."""
    name = " ".join(cell.split())
    return name.lower() if name.lower() in COLUMNS else name


def _wrong_columns(columns: Sequence[str], taken: Collection[str]) -> Iterator[str]:
    for name in dict.fromkeys(filter(None, columns)):
        if columns.count(name) > 1:
            yield f"row 1: there are {columns.count(name)} columns {name!r}"
        elif name in COLUMNS:
            continue
        elif near := get_close_matches(name.lower(), COLUMNS, n=1, cutoff=_TYPO):
            yield f"row 1: {name!r} is too like a known column; did you mean {near[0]!r}?"
        elif name in taken:
            yield f"row 1: {name!r} is a column of nights.csv; call it otherwise"
    for name in KEYS:
        if name not in columns:
            yield f"row 1: there is no column {name!r}"


def _strays(number: int, columns: Sequence[str], row: Sequence[str]) -> list[str]:
    """Say which cells have no heading."""
    return [
        f"row {number}, column {i + 1}: {cell.strip()!r} has no heading"
        for i, cell in enumerate(row)
        if cell.strip() and (i >= len(columns) or not columns[i])
    ]


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a time of day; write it like 22:30")
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if half := found[4]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text!r} is not a time of day; write it like 22:30")
        hour = hour % 12 + 12 * (half.lower() == "p")
    if hour == 24:
        raise ValueError(f"{text!r} is not a time of day; midnight is 00:00")
    try:
        return time(hour, minute, second)
    except ValueError:
        raise ValueError(f"{text!r} is not a time of day; write it like 22:30") from None


def _dates(*ways: Sequence[str]) -> list[date]:
    """Return those ways to read a date that are one."""
    found = []
    for year, month, day in ways:
        try:
            if int(year) in YEARS:
                found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found
