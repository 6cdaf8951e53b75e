"""Rows that stand twice, and stamps that jump away for a moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...model import Health
from .pace import Pace
from .rows import RawRows

Times = NDArray[np.int64]


class CopyFilter:
    """Leaves out rows with time and values of the row before, however the rows are dealt out."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._last: RawRows | None = None
        self._dropped = 0

    def sift(self, rows: RawRows) -> RawRows:
        """Return the rows without those that were there before."""
        if not len(rows) or rows.time is None:
            return rows
        both = rows if self._last is None else RawRows.joined([self._last, rows])
        self._last = rows[-1:]
        time = np.asarray(both.time)
        same_time = np.diff(time, prepend=time[0] - 1) == 0
        if not same_time.any():
            return rows
        copies = (same_time & both.repeats())[-len(rows) :]
        self._dropped += int(np.count_nonzero(copies))
        return rows[~copies]

    def conclude(self) -> None:
        """Say how many there were."""
        if self._dropped:
            text = f"{self._dropped} rows repeat time and values of the row before: used once"
            self._health.remark("duplicate_rows", text)


def mended(
    time: Times, apart: NDArray[np.bool_], last_ns: int | None, pace: Pace, *, final: bool
) -> tuple[Times, int, int]:
    """Replace stamps far from those on both sides of them, if these agree.

    They agree if a stamp within a window behind the jump is where those before it lead to, to half
    of what makes a gap. What lies between is then counted on from there.

    Parameters
    ----------
    time
        Of rows, in ns.
    apart
        Whether rows were lost before each: stamps on both sides are not compared.
    last_ns
        Time of the row before.
    pace
        Of the table.
    final
        Whether no more rows come.

    Returns
    -------
    time, decided, replaced
        The stamps; how many of them are decided without the rows that follow; how many of these
        were replaced.
    """
    first_ns = time[:1] if last_ns is None else np.array([last_ns])
    steps = np.diff(time, prepend=first_ns)
    jumps = np.flatnonzero((np.abs(steps) > pace.gap_ns) & ~apart)
    time = time.copy() if len(jumps) else time
    replaced = 0
    for jump in jumps.tolist():
        before_ns = int(time[jump - 1] if jump else first_ns[0])
        if abs(int(time[jump]) - before_ns) <= pace.gap_ns:
            continue  # the stamps before were replaced
        stop = jump + 1 + pace.window_rows
        lost = np.flatnonzero(apart[jump + 1 : stop])
        behind = time[jump + 1 : jump + 1 + lost[0] if len(lost) else stop]
        line = before_ns + np.rint(pace.step_ns * np.arange(1, len(behind) + 2)).astype(np.int64)
        back = np.flatnonzero(np.abs(behind - line[1:]) <= pace.gap_ns / 2)
        if len(back):
            done = jump + 1 + int(back[0])
            time[jump:done] = line[: done - jump]
            replaced += done - jump
        elif stop > len(time) and not len(lost) and not final:
            return time, jump, replaced
    return time, len(time), replaced
