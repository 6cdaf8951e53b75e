"""How the rows of a table get their device time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from ...model import SECOND_NS, RecordingError
from ...place import Place
from .facts import Facts
from .look import Look
from .pace import Pace
from .rows import MISSING, RawRows
from .times import Stamps, TimeNumber, number_meaning, typical_step

HIGHEST_HZ = 10_000.0
"""No accelerometer that is worn is faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowClock:
    """How the rows of a table get their device time."""

    pace: Pace
    number: TimeNumber | None
    """What numbers in the time column mean; None if there are none."""
    start_ns: int
    """Of the first row, where rows have no time."""
    offset_s: int | None
    """Of device time from UTC, where it is certain."""
    text_offset_ns: int
    """To be added to stamps written as text."""
    is_relative: bool
    """Whether the time of day is unknown."""
    starts: tuple[tuple[int, int], ...] = ()
    """See :attr:`Facts.starts`."""

    @classmethod
    def of(cls, look: Look, facts: Facts, rate_hz: float | None) -> RowClock:
        """Decide what the time column means, and its pace; without one there must be a rate."""
        table = look.table
        if table.columns.time is None:
            step_ns = _step_of_rows(table.path, facts, rate_hz)
            return cls(
                pace=Pace(step_ns, step_ns),
                number=None,
                start_ns=facts.start_ns or 0,
                offset_s=facts.utc_offset_s,
                text_offset_ns=0,
                is_relative=facts.start_ns is None,
            )
        number = None
        before, after = _stamps(look.before), _stamps(look.after)
        if table.numeric_time:
            first, step = float(_stamps(look.rows)[0]), typical_step(after - before)
            unit_ns = table.columns.time_unit_ns
            number = number_meaning(table.path, first, step, unit_ns, rate_hz)
            before, after = number.to_ns(before)[0], number.to_ns(after)[0]
        same = (look.before.samples == look.after.samples).all(axis=1)
        pace = Pace.of((after - before).astype(np.int64), same)
        is_relative = number is not None and number.origin == "start"
        starts = facts.starts if is_relative else ()
        since_1970 = bool(starts) or (number is not None and number.origin == "1970")
        return cls(
            pace=_possible(table.path, pace),
            number=number,
            start_ns=0,
            offset_s=0 if since_1970 else table.utc_offset_s,
            text_offset_ns=(table.utc_offset_s or 0) * SECOND_NS,
            is_relative=is_relative and not starts,
            starts=starts,
        )

    def placed(self, rows: RawRows, row: int) -> RawRows:
        """Return rows, the first of them number ``row``, with their device time in ns."""
        if rows.time is None:
            # Below 2**53 a product is exact in float64, and so for 50 days at 1000 Hz.
            index = np.arange(row, row + len(rows), dtype=np.float64)
            since_start = np.rint(index * self.pace.step_ns).astype(np.int64)
            return replace(rows, time=self.start_ns + since_start)
        if self.number is None:
            return replace(rows, time=rows.time + self.text_offset_ns)
        time, fits = self.number.to_ns(rows.time)
        if self.starts:
            counted, absolute = np.array(self.starts).T
            latest = np.clip(np.searchsorted(counted, time, side="right") - 1, 0, None)
            time = time + (absolute - counted)[latest]
        return replace(rows, time=time, lost=np.where(fits, rows.lost, MISSING).astype(np.uint8))


def _stamps(rows: RawRows) -> Stamps:
    """Return the times of rows of a table with a time column."""
    return np.empty(0) if rows.time is None else rows.time


def _possible(path: Place, pace: Pace | None) -> Pace:
    """Return the pace of a table unless no recorder has it."""
    if pace is None:
        raise RecordingError(
            path, "has a time that does not advance", remedy="check the column of time"
        )
    if pace.rate_hz > HIGHEST_HZ:
        raise RecordingError(
            path,
            f"has {pace.rate_hz:.4g} rows in a second by their times",
            remedy="check the column of time, and the unit that its name states",
        )
    return pace


def _step_of_rows(path: Place, facts: Facts, rate_hz: float | None) -> float:
    """Return the ns from row to row of a table without time."""
    if facts.start_question:
        remedy = "state it: --date-order ymd|mdy|dmy"
        raise RecordingError(path, facts.start_question, remedy=remedy)
    rate_hz = facts.rate_hz or rate_hz
    if rate_hz is None:
        raise RecordingError(path, "has no column of time", remedy="state the rate: --rate HZ")
    if not (isfinite(rate_hz) and rate_hz > 0):
        raise RecordingError(
            path,
            f"cannot be read at a rate of {rate_hz} Hz",
            remedy="state samples per second: --rate HZ",
        )
    return SECOND_NS / rate_hz
