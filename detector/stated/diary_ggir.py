"""Sleep logs as GGIR takes them, a row per participant, turned into rows per night.

Two forms are known. The basic one has pairs of columns for one night after the other
(``onset_N1``, ``wakeup_N1``, ...) and no dates. The advanced one goes by calendar dates: of
``D2_date``, ``D2_wakeup`` is in the morning and ends the night before, ``D2_inbed`` is in the
evening and begins a night.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from ..people import sheet
from ..people.sheet import records, refuse
from ..tables import csvtext
from ..tables.columns import Column
from .diary import Entry
from .diary_table import COLUMNS, Cells

_MEANS = {
    "inbed": "in_bed",
    "lightsout": "lights_off",
    "onset": "sleep_onset",
    "wakeup": "wake",
    "wake": "wake",
    "outbed": "out_of_bed",
}
_BASIC = re.compile(rf"({'|'.join(_MEANS)})_?n(\d{{1,3}})", re.IGNORECASE)
_ADVANCED = re.compile(r"d(\d{1,3})_(\w+)", re.IGNORECASE)
_MORNING = ("wake", "out_of_bed")


class Head(NamedTuple):
    """What a column is: a time (or ``date``) of a night or day, counted from 1."""

    name: str
    number: int
    by_date: bool


@dataclass(slots=True)
class Log:
    """What was read, and what is wrong with it."""

    cells: Cells
    first_night: date | None
    nights: dict[tuple[str, date], dict[str, datetime]] = field(default_factory=dict)
    rows: dict[tuple[str, date], int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def take(self, row: int, who: str, line: dict[str, tuple[Head, str]]) -> None:
        """Add the nights of a row, given its cells by heading."""
        days = self._days(row, line)
        for title, (head, text) in line.items():
            if head.name == "date" or not text:
                continue
            try:
                night = self._night(head, text, days)
                self._put(row, (who, night), head.name, self.cells.moment(text, night))
            except ValueError as error:
                self.problems.append(f"row {row}, {title}: {error}")

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Yield all nights, each with its participant."""
        for (who, night), times in sorted(self.nights.items()):
            entry = Entry(self.rows[who, night], night, times)
            self.problems += [
                f"row {entry.number}, {name} of the night of {night}: {text}"
                for name, text in entry.disorder()
            ]
            yield who, entry

    def _days(self, row: int, line: dict[str, tuple[Head, str]]) -> dict[int, date]:
        days = {}
        for title, (head, text) in line.items():
            if head.name == "date" and text:
                try:
                    days[head.number] = self.cells.date(text)
                except ValueError as error:
                    self.problems.append(f"row {row}, {title}: {error}")
        return days

    def _night(self, head: Head, text: str, days: dict[int, date]) -> date:
        if head.by_date:
            if head.number not in days:
                raise ValueError(f"the day has no date (D{head.number}_date)")
            return days[head.number] - timedelta(days=head.name in _MORNING)
        if self.first_night is not None:
            return self.first_night + timedelta(days=head.number - 1)
        try:
            moment = sheet.moment(text)
        except ValueError:
            raise ValueError(
                f"{text!r} has no date; say that of the first night (--first-night)"
            ) from None
        return moment.date() - timedelta(days=moment.time() < self.cells.night_start)

    def _put(self, row: int, night: tuple[str, date], name: str, at: datetime) -> None:
        times = self.nights.setdefault(night, {})
        if name in times:
            raise ValueError(f"{name} of the night of {night[1]} is there twice")
        times[name] = at
        self.rows.setdefault(night, row)


def converted(path: Path, cells: Cells, first_night: date | None = None) -> tuple[bytes, list[str]]:
    """Return a sleep log as a diary, and the columns that have no place in one.

    Parameters
    ----------
    path
        The log.
    cells
        How its cells are understood.
    first_night
        Date on which every participant's first night began, where the log has no dates.

    Raises
    ------
    SettingsError
        Names everything that is wrong.
    """
    heading, *lines = records(path, ("ID", "onset_N1", "wakeup_N1", "..."))
    titles = [cell.strip() for cell in heading]
    heads = {title: head for title in titles if (head := _head(title)) is not None}
    own = [i for i, title in enumerate(titles) if title.lower() in {"id", "participant_id"}]
    refuse(path, [] if len(own) == 1 else [f"row 1: there are {len(own)} columns 'ID'"])
    known = "row 1: no column is like onset_N1 or D1_date"
    refuse(path, [] if heads else [f"{known}: it is no sleep log of GGIR"])
    log = Log(cells, first_night)
    for number, line in enumerate(lines, 2):
        row = [cell.strip() for cell in line] + [""] * (len(titles) - len(line))
        if any(row):
            if not row[own[0]]:
                log.problems.append(f"row {number}, {titles[own[0]]}: is empty")
            shown = {
                t: (heads[t], cell) for t, cell in zip(titles, row, strict=False) if t in heads
            }
            log.take(number, row[own[0]], shown)
    rows = [
        {"participant_id": who, "night_date": str(entry.night_date)}
        | {name: at.isoformat() for name, at in entry.times.items()}
        for who, entry in log.entries()
    ]
    refuse(path, log.problems)
    columns = [Column(name, "text", "", "", "") for name in COLUMNS]
    left = [t for i, t in enumerate(titles) if t and t not in heads and i != own[0]]
    return csvtext.table(columns, rows), left


def _head(title: str) -> Head | None:
    if found := _BASIC.fullmatch(title):
        return Head(_MEANS[found[1].lower()], int(found[2]), by_date=False)
    if found := _ADVANCED.fullmatch(title):
        name = "date" if found[2].lower() == "date" else _MEANS.get(found[2].lower())
        return Head(name, int(found[1]), by_date=True) if name else None
    return None
