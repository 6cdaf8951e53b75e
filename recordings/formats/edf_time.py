"""When an EDF recording began, and when its records did."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from ..model import SECOND_NS, Remark

_NUMBERS = re.compile(r"(\d\d)\D(\d\d)\D(\d\d)")
"""``dd.mm.yy`` and ``hh.mm.ss``; some writers put other marks between."""

_START_DATE = re.compile(r"Startdate (\d\d?)-([A-Za-z]{3})-(\d{4})\b")
_OFFSET = re.compile(r"TZ=([+-]\d\d:?\d\d)\b")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_YEARS = range(1970, 2200)
"""Whole ns since 1970 reach to 2262."""

_NO_DATE = date(1985, 1, 1)
"""The first date that two digits can write: put where a date was removed."""

_ONSET = re.compile(rb"([+-]?)(\d{1,9})(?:\.(\d{0,9})\d*)?\x14")


def start_time(day: str, clock: str, recording: str) -> tuple[int, tuple[Remark, ...]]:
    """Return the device time at which the recording began, and what is not known of it.

    Parameters
    ----------
    day, clock
        The fields of the header, ``dd.mm.yy`` and ``hh.mm.ss``.
    recording
        The identification of the recording, which in EDF+ has the year with four digits.
    """
    begun = _clock(clock)
    if begun is None:
        text = "the header states no time of day: times count from 1970-01-01T00:00:00"
        return 0, (Remark("time_relative", text),)
    known = _named_date(recording) or _short_date(day) or _NO_DATE
    start_ns = int(datetime.combine(known, begun, UTC).timestamp()) * SECOND_NS
    if known != _NO_DATE:
        return start_ns, ()
    text = f"the header states no date ({day!r}): nights count from {_NO_DATE}"
    return start_ns, (Remark("date_unknown", text),)


def stated_offset(recording: str) -> str | None:
    """Return the offset from UTC that the identification of the recording states."""
    found = _OFFSET.search(recording)
    return None if found is None else found[1]


def onset_ns(annotations: bytes) -> int | None:
    """Return when a record began, counted from the recording's start; None if unreadable.

    The first annotation of a record says it: ``+12.5`` and the mark 0x14.
    """
    found = _ONSET.match(annotations)
    if found is None:
        return None
    sign, whole, part = found.groups()
    ns = int(whole) * SECOND_NS + int((part or b"").ljust(9, b"0"))
    return -ns if sign == b"-" else ns


def _clock(text: str) -> time | None:
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = map(int, found.groups())
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _short_date(text: str) -> date | None:
    """Return a date of the years 1985 to 2084."""
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return None
    day, month, year = map(int, found.groups())
    return _date(year + (1900 if year >= 85 else 2000), month, day)


def _named_date(recording: str) -> date | None:
    found = _START_DATE.search(recording)
    if found is None or found[2].upper() not in _MONTHS:
        return None
    return _date(int(found[3]), _MONTHS.index(found[2].upper()) + 1, int(found[1]))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None
