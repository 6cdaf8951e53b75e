"""By how many weeks dates can be moved so that every offset from UTC stays what it was.

A whole number of weeks keeps the weekday and the time of day. Clocks are changed on some Sunday of
a season, so that a night in which they are must be moved to another such night, and one in summer
into a summer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS

WEEK_NS = 7 * 86_400 * SECOND_NS

MOST_WEEKS = 1461
"""28 years, behind which the calendar repeats, clock changes included while rules stay the same."""

_KNOWN = datetime(1940, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of UTC, and a zone whose offsets in it must stay."""

    zone: tzinfo
    start_ns: int
    end_ns: int


def weeks_back(spans: Sequence[Span], rank: Callable[[int], str]) -> int | None:
    """Return the shift, a number of weeks below 0, or above if none into the past will do.

    Parameters
    ----------
    spans
        All that must stay.
    rank
        Order in which shifts are tried: the first that will do is taken, so that one more span
        changes the shift only if it must.

    Returns
    -------
    int or None
        None if there is no such shift within 28 years either way.
    """
    for sign in (-1, 1):
        for weeks in sorted(range(sign, sign * (MOST_WEEKS + 1), sign), key=rank):
            if all(_stays(span, weeks * WEEK_NS) for span in spans):
                return weeks
    return None


def _stays(span: Span, shift_ns: int) -> bool:
    here = _changes_within(span, 0)
    there = _changes_within(span, shift_ns)
    return there is not None and here == there


def _changes_within(span: Span, shift_ns: int) -> list[tuple[int, int]] | None:
    """Return the offset at a span's moved start, and when in it which offset begins."""
    times_ns, offsets_s = _changes(span.zone)
    start_ns, end_ns = span.start_ns + shift_ns, span.end_ns + shift_ns
    if start_ns < times_ns[0] or end_ns >= times_ns[-1]:
        return None
    first, last = np.searchsorted(times_ns, [start_ns, end_ns], side="right").tolist()
    inside = zip(times_ns[first:last].tolist(), offsets_s[first:last].tolist(), strict=True)
    return [(0, int(offsets_s[first - 1])), *((ns - start_ns, offset) for ns, offset in inside)]


@cache
def _changes(zone: tzinfo) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return when a zone's offsets begin (UTC in ns), and the offsets; the last is the end."""
    days = [_KNOWN[0] + timedelta(n) for n in range((_KNOWN[1] - _KNOWN[0]).days + 1)]
    offsets = [_offset(zone, day) for day in days]
    begins = [(days[0], offsets[0])]
    for day, before, after in zip(days, offsets, offsets[1:], strict=False):
        if before != after:
            low, high = day, day + timedelta(1)
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            begins.append((high, after))
    begins.append((days[-1], offsets[-1]))
    seconds = [(when - _EPOCH) // timedelta(seconds=1) for when, _ in begins]
    return (
        np.array(seconds, np.int64) * SECOND_NS,
        np.array([round(offset.total_seconds()) for _, offset in begins], np.int64),
    )


def _offset(zone: tzinfo, utc: datetime) -> timedelta:
    return utc.astimezone(zone).replace(tzinfo=UTC) - utc
