"""Rows that a program wrote where nothing was recorded.

Two kinds are certain. A sensor that measures gravity shows exact zeros on all axes in free fall
only, and nobody falls for a second: such rows are no measurement, whoever wrote them. And of some
programs it is known that they repeat the last row (``held``). Whether a run of equal rows in any
other table is a filling or a sensor at rest, nobody can tell (docs/decisions, 12).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...model import Health
from .rows import IDLE_FILL, ZERO_FILL, RawRows

Places = NDArray[np.int64]

REMARKABLE_S = 30
"""Equal rows for longer are told of: an AX3 in its coarse mode showed 7 s of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRule:
    """What counts as filled in."""

    second_rows: int
    """Rows of a second: a filling is at least that long."""
    zero: tuple[float, float, float] | None
    """The values that mean 0 g on all axes; None where they may be measured."""
    held: bool
    """Whether rows that repeat the one before were filled in."""
    unsure: bool
    """Whether nobody knows if the program that wrote the table does so."""


class FillFinder:
    """Marks fillings, however the rows are dealt out.

    A run of equal rows is decided when it ends or is long enough. Until then its rows wait, no more
    than those of a second.
    """

    def __init__(self, rule: FillRule, health: Health) -> None:
        self._rule = rule
        self._health = health
        self._waiting: RawRows | None = None
        """The newest run, or its last row."""
        self._released = 0
        """Rows of the newest run that do not wait any more."""
        self._idle = self._zeros = self._equal = 0

    def sift(self, rows: RawRows, *, final: bool = False) -> RawRows:
        """Take rows; return those that are decided, fillings marked."""
        if self._waiting is not None:
            rows = RawRows.joined([self._waiting, rows])
        if not len(rows):
            return rows
        first, stop = _runs(rows)
        length = stop - first
        length[0] += self._released
        zero = self._are_zero(rows, first)
        filled = np.where(zero, length, length - 1 if self._rule.held else 0)
        is_fill = filled >= self._rule.second_rows
        lost = rows.lost.copy() if is_fill.any() else rows.lost
        for run in np.flatnonzero(is_fill).tolist():
            was_measured = not zero[run] and not (run == 0 and self._released)
            code = ZERO_FILL if zero[run] else IDLE_FILL
            lost[first[run] + was_measured : stop[run]] = code
        may_become_one = (self._rule.held or zero[-1]) and not is_fill[-1]
        wait_from = len(rows) if final else first[-1] if may_become_one else len(rows) - 1
        ended = ~is_fill
        ended[-1] &= final
        self._count(lost[:wait_from], length[ended])
        self._waiting = rows[wait_from:]
        self._released = int(length[-1]) - (len(rows) - wait_from)
        return replace(rows, lost=lost)[:wait_from]

    def finish(self) -> RawRows | None:
        """Return the rows that still wait, and say what was found."""
        rows = None if self._waiting is None else self.sift(self._waiting[:0], final=True)
        notes = (
            (
                "idle_fill",
                self._idle,
                "repeat the row before for a second or more: the recorder was "
                "idle and they were filled in; they are left out",
            ),
            (
                "zero_fill",
                self._zeros,
                "hold nothing but zeros for a second or more, which no worn "
                "sensor shows; they are left out",
            ),
            (
                "held_values",
                self._equal,
                f"lie in runs of equal rows of more than {REMARKABLE_S} s: "
                "a sensor on a table, or filled in by a program; they are used as they stand",
            ),
        )
        for code, count, what in notes:
            if count:
                self._health.remark(code, f"{count} rows {what}")
        return rows

    def _are_zero(self, rows: RawRows, some: Places) -> NDArray[np.bool_]:
        """Whether these rows show 0 g."""
        if self._rule.zero is None:
            return np.zeros(len(some), np.bool_)
        return np.asarray((rows.samples[some] == self._rule.zero).all(axis=1)) & rows.good[some]

    def _count(self, lost: NDArray[np.uint8], ended: Places) -> None:
        """Count fillings, and equal rows of runs that have ended."""
        self._idle += int(np.count_nonzero(lost == IDLE_FILL))
        self._zeros += int(np.count_nonzero(lost == ZERO_FILL))
        if self._rule.unsure:
            self._equal += int(ended[ended > REMARKABLE_S * self._rule.second_rows].sum())


def _runs(rows: RawRows) -> tuple[Places, Places]:
    """Return where runs of equal rows begin and end; the first and the last may be single rows."""
    edges = np.flatnonzero(np.diff(rows.repeats(), prepend=False, append=False))
    first, stop = edges[::2] - 1, edges[1::2]
    if not len(first) or first[0]:
        first, stop = np.append([0], first), np.append([1], stop)
    if stop[-1] < len(rows):
        first, stop = np.append(first, len(rows) - 1), np.append(stop, len(rows))
    return first, stop
