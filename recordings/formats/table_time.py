"""What the time column of a table means, and its values as device time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import SECOND_NS, RecordingError

_ISO = re.compile(
    r"\d{4}([-/])\d{2}\1\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:([.,])\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?"
)
_SLASHED = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?")

Stamps = NDArray[Any]
"""int64 or float64."""

_UNITS_NS = (SECOND_NS, 1_000_000, 1_000, 1)
_EPOCH_S = (6.3e8, 4.1e9)
"""Seconds since 1970 of the years 1990 to 2100: a number in these bounds is an absolute time."""

_RATE_BOUNDS_HZ = (1.0, 5000.0)
"""Of an accelerometer, where the magnitude tells the unit."""

_RELATIVE_RATE_BOUNDS_HZ = (8.0, 5000.0)
"""The same where the rate alone tells it: less than a factor of 1000, so that one unit fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeText:
    """Time written as ISO 8601."""

    offset_s: int | None
    """Offset from UTC of the first stamp; None if the stamps carry none."""
    repair: bool = False
    """Whether slashes and decimal commas must be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeNumber:
    """Time as a number."""

    unit_ns: int
    relative: bool
    """Whether it is counted from some unknown beginning instead of from 1970."""


def text_meaning(path: Path, cells: Sequence[str]) -> TimeText:
    """Tell what the first stamps of a column of text look like.

    Raises
    ------
    RecordingError
        If most of them are no ISO 8601 date and time, or only some carry an offset.
    """
    found = [match for cell in cells if (match := _ISO.fullmatch(cell))]
    if 2 * len(found) <= len(cells):
        problem, remedy = _why_unreadable(next(c for c in cells if not _ISO.fullmatch(c)))
        raise RecordingError(path, problem, remedy=remedy)
    zones = [match[3] for match in found]
    if any(zone is None for zone in zones) and any(zones):
        raise RecordingError(
            path,
            "has times with and without an offset from UTC",
            remedy="write all of them the same way",
        )
    return TimeText(
        offset_s=offset_in_s(zones[0]) if zones[0] else None,
        repair=any(match[1] == "/" or match[2] == "," for match in found),
    )


def _why_unreadable(cell: str) -> tuple[str, str]:
    """Return problem and remedy for a stamp that is not ISO 8601."""
    remedy = "write times as 2024-03-05 22:41:07.250"
    if _SLASHED.match(cell):
        return f"has times such as {cell!r}: is the day or the month first?", remedy
    if _CLOCK.fullmatch(cell):
        return f"has times without a date such as {cell!r}", remedy
    return f"has times that are not understood, such as {cell!r}", remedy


def offset_in_s(zone: str) -> int:
    """Return the seconds of ``Z``, ``+01``, ``-0430`` or ``+05:30``."""
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds


def number_meaning(
    path: Path, first: float, step: float | None, named_unit_ns: int | None
) -> TimeNumber:
    """Tell the unit of a column of numbers, and where it counts from.

    Absolute times are known by their magnitude (1.7e9 s, 1.7e12 ms, 1.7e15 µs, 1.7e18 ns), where
    that gives a possible rate. Others are relative, in the unit that the column's name states or,
    if it states none, in the only one that gives a rate between 8 and 5000 Hz.

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
            return TimeNumber(unit_ns=unit_ns, relative=False)
    if named_unit_ns is not None:
        return TimeNumber(unit_ns=named_unit_ns, relative=True)
    for unit_ns in _UNITS_NS:
        if _fits(step * unit_ns, _RELATIVE_RATE_BOUNDS_HZ):
            return TimeNumber(unit_ns=unit_ns, relative=True)
    question = f"has times such as {first:.10g} in steps of {step:.6g}: in which unit?"
    if 2e4 <= first <= 7e4 and step < 1e-3:
        question = f"has spreadsheet day numbers as time, such as {first:.10g} (activPAL?)"
    raise RecordingError(path, question, remedy="write ISO 8601 times or name the column time_s")


def _fits(step_ns: float, bounds_hz: tuple[float, float]) -> bool:
    return bounds_hz[0] <= SECOND_NS / step_ns <= bounds_hz[1]


def typical_step(steps: Stamps) -> float | None:
    """Return the mean of steps between stamps, gaps left out; None if time does not advance.

    The mean and not the median: stamps may be rounded, or several samples share one.
    """
    forward = steps[steps > 0]
    if not len(forward):
        return None
    usual = steps[(steps >= 0) & (steps <= 3 * np.median(forward))]
    return float(usual.mean())


def to_ns(values: Stamps, unit_ns: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return numbers as ns, and which of them fit into them."""
    limit = 2**63 // unit_ns - 1
    fits = np.abs(values) < min(limit, 9e18)
    values = np.where(fits, values, 0)
    if values.dtype.kind == "i":
        return values * unit_ns, fits
    whole = np.floor(values)
    part = np.rint((values - whole) * unit_ns).astype(np.int64)
    return whole.astype(np.int64) * unit_ns + part, fits


def parse_stamps(column: Any, meaning: TimeText) -> Any:
    """Turn an Arrow column of text into one of timestamps in ns; what cannot be read is null."""
    import pyarrow.compute as pc

    column = pc.ascii_trim_whitespace(column)
    if meaning.repair:
        column = pc.replace_substring(column, ",", ".")
        column = pc.replace_substring(column, "/", "-")
    return cast_or_null(column, stamp_type(meaning))


def stamp_type(meaning: TimeText) -> Any:
    """Return the Arrow type of such stamps."""
    import pyarrow as pa

    return pa.timestamp("ns", tz=None if meaning.offset_s is None else "UTC")


def cast_or_null(column: Any, target: Any) -> Any:
    """Cast an Arrow array of text; what cannot be cast becomes null. Halves until it finds it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.cast(column, target)
    except pa.ArrowInvalid:
        if len(column) == 1:
            return pa.nulls(1, target)
    middle = len(column) // 2
    halves = cast_or_null(column[:middle], target), cast_or_null(column[middle:], target)
    return pa.concat_arrays(halves)
