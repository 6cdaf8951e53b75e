"""Lists of events from anywhere: what their headings say, and nothing guessed.

A list needs one column of times; ``recording_id``, ``night_date``, ``kind``, ``counted`` and
``label`` are used where they are there. What can be meant in two ways is refused with the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recordings import legible

from ..parameter import SettingsError, did_you_mean
from ..people import sheet
from ..tables.columns.review import KEEP, LABEL_WORDS
from ..tables.csvtext import text_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EXAMPLE = "2024-03-05T23:41:07.250+01:00"
_BOOLEANS = {"true": True, "false": False}
_OWN = "peak_utc"
"""The time of the project's own lists."""
_NO_EVENT_TIMES = {"reviewed_utc"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One row that says something of an event."""

    number: int
    """As a spreadsheet counts: 1 is the heading."""
    recording_id: str
    """Empty if the list does not say."""
    time_ns: int
    """UTC."""
    noon_date: str
    """Date of the noon before it, in the offset that the cell states."""
    night_date: str
    """As the list has it; empty if it does not say."""
    label: str
    """keep, reject or unsure; empty in a list without labels."""
    is_event: bool

    @property
    def verdict(self) -> str:
        """The label, and keep for an event of a list without labels."""
        return self.label or (KEEP if self.is_event else "")


@dataclass(frozen=True, slots=True)
class EventList:
    """A list and how it was understood."""

    path: Path
    rows: tuple[Listed, ...]
    time_column: str
    rule: str
    """Which rows are events, in words."""
    judged: bool
    """Whether its rows are judgements, also of what is no event."""
    names_recordings: bool

    @property
    def recording_ids(self) -> list[str]:
        """Every recording that it names, in order of appearance."""
        return list(dict.fromkeys(row.recording_id for row in self.rows))


def read_list(
    path: Path, *, time: str | None = None, kinds: Sequence[str] = (), ask: str = "--time"
) -> EventList:
    """Read a list of events.

    Parameters
    ----------
    path
        CSV with a heading; separated by comma, semicolon or tab.
    time
        Column of the time; that which the heading leaves no doubt about if None.
    kinds
        In a list with kinds and without labels, those that are events, whatever ``counted`` says.
    ask
        Option by which a user states ``time``.

    Raises
    ------
    SettingsError
        If it cannot be read, or can be understood in more than one way.
    """
    heading, *records = sheet.records(path) or [[]]
    names = [name.strip() for name in heading]
    twice = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    sheet.refuse(path, [f"row 1: there are several columns {name!r}" for name in twice])
    rows = [
        (number, dict(zip(names, map(str.strip, record), strict=False)))
        for number, record in enumerate(records, 2)
        if any(record)
    ]
    column = time or _time_column(path, names, rows, ask)
    if column not in names:
        near = did_you_mean(column, names) or f"; the columns are {_listed_names(names)}"
        raise SettingsError(f"{path}: {ask}: there is no column {column!r}{near}")
    rule = _Rule.of(path, names, rows, tuple(kinds))
    found, problems = list[Listed](), list[str]()
    for number, cells in rows:
        one = _listed(number, cells, column, rule)
        if isinstance(one, str):
            problems.append(one)
        elif one is not None:
            found.append(one)
    sheet.refuse(path, problems)
    return EventList(
        path, tuple(found), column, rule.text, rule.column == "label", "recording_id" in names
    )


def _time_column(
    path: Path, names: Sequence[str], rows: Sequence[tuple[int, dict[str, str]]], ask: str
) -> str:
    """Return the only column that can be the time of an event."""
    if _OWN in names:
        return _OWN
    possible = [n for n in names if n.endswith("_utc") and n not in _NO_EVENT_TIMES] or [
        name for name in names if _holds_times(cells.get(name, "") for _, cells in rows)
    ]
    if len(possible) == 1:
        return possible[0]
    if possible:
        raise SettingsError(
            f"{path}: which column is the time of an event, "
            f"{legible(' or '.join(possible))}? say {ask}"
        )
    raise SettingsError(
        f"{path}: no column holds times like {_EXAMPLE} or is named like onset_utc; "
        f"the columns are {_listed_names(names)}"
    )


def _listed_names(names: Sequence[str]) -> str:
    return legible(", ".join(names))


def _holds_times(cells: Iterator[str]) -> bool:
    """Whether all cells are times with an offset, empty ones aside."""
    known = [cell for cell in cells if cell]
    try:
        return bool(known) and all(sheet.moment(cell).tzinfo for cell in known)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class _Rule:
    """Which rows of a list are events."""

    column: str
    """The column that says so; empty if every row is one."""
    text: str
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        path: Path,
        names: Sequence[str],
        rows: Sequence[tuple[int, dict[str, str]]],
        kinds: tuple[str, ...],
    ) -> _Rule:
        if "label" in names:
            who = sorted({text_of(c.get("reviewer", "")) for _, c in rows if c.get("label")})
            if len(who) > 1:
                raise SettingsError(
                    f"{path}: has the labels of {', '.join(who)}: whose are meant? "
                    "give a list of one reviewer"
                )
            by = f" by {who[0]}" if who and who[0] else ""
            return cls("label", f"those labelled {KEEP}{by}")
        if "kind" in names and kinds:
            return cls("kind", f"those of kind {' or '.join(kinds)}", kinds)
        if "counted" in names:
            return cls("counted", "those counted")
        several = list(dict.fromkeys(cells.get("kind", "") for _, cells in rows))
        if "kind" in names and len(several) > 1:
            raise SettingsError(
                f"{path}: which kinds are events, of {', '.join(map(repr, several))}? say --kinds"
            )
        return cls("", "all rows")

    def judge(self, cells: dict[str, str]) -> bool | None:
        """Whether a row is an event; None if it says nothing."""
        cell = cells.get(self.column, "")
        if not self.column:
            return True
        if self.column == "kind":
            return cell in self.kinds
        if self.column == "counted":
            if cell.lower() not in _BOOLEANS:
                raise ValueError(f"{cell!r} is not true or false")
            return _BOOLEANS[cell.lower()]
        if cell and cell not in LABEL_WORDS:
            raise ValueError(f"{cell!r} is not {', '.join(LABEL_WORDS)} or empty")
        return None if not cell else cell == KEEP


def _listed(number: int, cells: dict[str, str], column: str, rule: _Rule) -> Listed | str | None:
    """Return what a row says, what is wrong with it, or None if it says nothing."""
    try:
        is_event = rule.judge(cells)
    except ValueError as error:
        return f"row {number}, {rule.column}: {error}"
    text = cells.get(column, "")
    if is_event is None or (not text and not is_event):
        return None
    try:
        moment = sheet.moment(text)
    except ValueError:
        said = f"{text!r} is no time like {_EXAMPLE}" if text else "is empty"
        return f"row {number}, {column}: {said}"
    if moment.tzinfo is None:
        if not column.endswith("_utc"):
            return f"row {number}, {column}: {text!r} has no offset; write it like {_EXAMPLE}"
        moment = moment.replace(tzinfo=UTC)
    return Listed(
        number,
        cells.get("recording_id", ""),
        (moment - _EPOCH) // _MICROSECOND * 1_000,
        (moment - timedelta(hours=12)).date().isoformat(),
        cells.get("night_date", ""),
        cells.get("label", "") if rule.column == "label" else "",
        is_event,
    )
