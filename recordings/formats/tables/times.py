"""What numbers in the time column of a table mean, and their values as device time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...model import SECOND_NS, RecordingError
from ...place import Place

Stamps = NDArray[Any]
"""int64 or float64."""

Origin = Literal["1970", "1900", "start"]
"""From where a time counts: as computers do, as spreadsheets do, from some unknown beginning."""

DAY_NS = 86_400 * SECOND_NS
SPREADSHEET_NS = -25_569 * DAY_NS
"""1899-12-30, from which spreadsheets count days."""

_UNITS_NS = (SECOND_NS, 1_000_000, 1_000, 1)
_EPOCH_S = (6.3e8, 4.1e9)
"""Seconds since 1970 of the years 1990 to 2100: a number in these bounds is an absolute time."""

_SPREADSHEET_DAYS = (32_874.0, 73_051.0)
"""The same years in days since 1899-12-30."""

_RATE_BOUNDS_HZ = (1.0, 5000.0)
"""Of an accelerometer, where the magnitude tells the unit."""

_RELATIVE_RATE_BOUNDS_HZ = (8.0, 5000.0)
"""The same where the rate alone tells it: less than a factor of 1000, so that one unit fits."""

_RATE_STATED_WITHIN = 2.0
"""A rate that the user states tells the unit if it is off by less than this factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeNumber:
    """Time as a number."""

    unit_ns: int
    origin: Origin

    def to_ns(self, values: Stamps) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return numbers as device time in ns, and which of them fit into that."""
        times_ns, fits = to_ns(values, self.unit_ns)
        return times_ns + (SPREADSHEET_NS if self.origin == "1900" else 0), fits


def number_meaning(
    path: Place, first: float, step: float | None, named_unit_ns: int | None, rate_hz: float | None
) -> TimeNumber:
    """Tell the unit of a column of numbers, and where it counts from.

    Absolute times are known by their magnitude (1.7e9 s, 1.7e12 ms, 1.7e15 µs, 1.7e18 ns, 4.5e4 of
    a spreadsheet's days), where that gives a possible rate. Others are relative: in the unit that
    the column's name states; else in the only one that gives a rate between 8 and 5000 Hz; else in
    the one that gives the rate that the user states.

    Parameters
    ----------
    path
        For messages.
    first
        The first time.
    step
        The usual step; None if time does not advance.
    named_unit_ns
        The unit that the column's name states.
    rate_hz
        The rate that the user states.

    Raises
    ------
    RecordingError
        If no unit fits.
    """
    if step is None:
        raise RecordingError(path, "has a time that does not advance", remedy="check the column")
    for unit_ns in _UNITS_NS:
        if _EPOCH_S[0] <= first * unit_ns / SECOND_NS <= _EPOCH_S[1] and _fits(
            step * unit_ns, _RATE_BOUNDS_HZ
        ):
            return TimeNumber(unit_ns=unit_ns, origin="1970")
    is_day = _SPREADSHEET_DAYS[0] <= first <= _SPREADSHEET_DAYS[1]
    if is_day and _fits(step * DAY_NS, _RATE_BOUNDS_HZ):
        return TimeNumber(unit_ns=DAY_NS, origin="1900")
    if named_unit_ns is not None:
        return TimeNumber(unit_ns=named_unit_ns, origin="start")
    bounds_hz = [_RELATIVE_RATE_BOUNDS_HZ]
    if rate_hz is not None:
        bounds_hz.append((rate_hz / _RATE_STATED_WITHIN, rate_hz * _RATE_STATED_WITHIN))
    for bounds in bounds_hz:
        for unit_ns in _UNITS_NS:
            if _fits(step * unit_ns, bounds):
                return TimeNumber(unit_ns=unit_ns, origin="start")
    raise RecordingError(
        path,
        f"has times such as {first:.10g} in steps of {step:.6g}: in which unit?",
        remedy="state the rate: --rate HZ, or name the column time_s",
    )


def _fits(step_ns: float, bounds_hz: tuple[float, float]) -> bool:
    return bounds_hz[0] <= SECOND_NS / step_ns <= bounds_hz[1]


def typical_step(steps: Stamps) -> float | None:
    """Return the mean step from row to row; None if time does not advance.

    The mean and not the median: stamps may be rounded, or several rows share one. Left out are gaps
    and stamps that stand still: what is more than three times as long as usual, or shared by more
    than three times as many rows.
    """
    moves = np.flatnonzero(steps)
    whole = moves[1:] if len(moves) > 1 else moves  # of the first stamp, rows may be missing
    sharing = np.diff(moves) if len(moves) > 1 else moves + 1
    step = steps[whole]
    forward = step > 0
    if not forward.any():
        return None
    usual = forward & (step <= 3 * np.median(step[forward]))
    usual &= sharing <= 3 * np.median(sharing[usual])
    return float(step[usual].sum() / sharing[usual].sum())


def to_ns(values: Stamps, unit_ns: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return numbers as ns, and which of them fit into them."""
    limit = min(2**63 // unit_ns - 1, 9 * 10**18)
    fits = (-limit < values) & (values < limit)
    values = np.where(fits, values, 0)
    if values.dtype.kind == "i":
        return values * unit_ns, fits
    whole = np.floor(values)
    part = np.rint((values - whole) * unit_ns).astype(np.int64)
    return whole.astype(np.int64) * unit_ns + part, fits
