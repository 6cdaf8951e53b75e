"""Stamps written as text: the order of day, month and year, and their values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.dates import DAY_FIRST, MONTH_FIRST, NO_OFFSET, YEAR_FIRST, read_stamps
from ...model import DateOrder, RecordingError
from ...place import Place

_ORDERS: Mapping[DateOrder, int] = {"ymd": YEAR_FIRST, "dmy": DAY_FIRST, "mdy": MONTH_FIRST}
WORDS: Mapping[DateOrder, str] = {"ymd": "year first", "dmy": "day first", "mdy": "month first"}

DAMAGED = 2
"""Stamps among the first rows that may be damaged: more of them exclude an order."""

_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d)")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?( ?[ap]\.?m\.?)?", re.IGNORECASE)
_REMEDY = "write times as 2024-03-05 22:41:07.250"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeText:
    """Time written as text."""

    order: DateOrder
    known_by: str
    """How the order is known; empty where the year is in front."""
    offset_s: int | None
    """Offset from UTC of the first stamp; None if the stamps carry none."""

    @property
    def note(self) -> str:
        """The order for the header, empty where there is only one."""
        return f"{WORDS[self.order]} ({self.known_by})" if self.known_by else ""


def text_meaning(
    path: Place,
    cells: Sequence[str],
    stated: DateOrder | None = None,
    supposed: DateOrder | None = None,
) -> TimeText:
    """Tell what the first stamps of a column of text look like.

    Parameters
    ----------
    path
        For messages.
    cells
        The first stamps.
    stated
        The order of their dates as the user says.
    supposed
        As the file itself says elsewhere: believed unless these dates are impossible with it.

    Raises
    ------
    RecordingError
        If most are no date and time, have more than one meaning, or only some carry an offset.
    """
    read = {order: _read(cells, order) for order in _ORDERS}
    some = np.any([good for _, _, good in read.values()], axis=0)
    if 2 * np.count_nonzero(some) <= len(cells):
        raise _unreadable(path, next(c for c, good in zip(cells, some, strict=True) if not good))
    possible = [
        order
        for order, (_, _, good) in read.items()
        if np.count_nonzero(some & ~good) <= DAMAGED and 2 * np.count_nonzero(good) > len(cells)
    ]
    example = next(cell for cell, good in zip(cells, some, strict=True) if good)
    order, known_by = _chosen(path, example, possible, stated, supposed)
    _, offsets_s, good = read[order]
    zoned = offsets_s[good] != NO_OFFSET
    if zoned.any() and not zoned.all():
        raise RecordingError(
            path,
            "has times with and without an offset from UTC",
            remedy="write all of them the same way",
        )
    offset_s = int(offsets_s[good][0]) if zoned.any() else None
    return TimeText(order=order, known_by=known_by, offset_s=offset_s)


def _chosen(
    path: Place,
    example: str,
    possible: Sequence[DateOrder],
    stated: DateOrder | None,
    supposed: DateOrder | None,
) -> tuple[DateOrder, str]:
    """Return the order of dates, and how it is known."""
    if not possible:
        raise RecordingError(
            path, f"has dates such as {example!r} in more than one order", remedy=_REMEDY
        )
    if list(possible) == ["ymd"]:
        return "ymd", ""
    if stated is not None:
        if stated in possible:
            return stated, "stated"
        raise RecordingError(
            path,
            f"has dates such as {example!r}, which cannot be {WORDS[stated]}",
            remedy=f"leave out --date-order, or state {' or '.join(possible)}",
        )
    if supposed is not None and supposed in possible:
        return supposed, "as the file says"
    if len(possible) == 1:
        return possible[0], "told by the first rows"
    parts = [WORDS[order].removesuffix(" first") for order in possible]
    raise RecordingError(
        path,
        f"has dates such as {example!r}: is the {' or the '.join(parts)} first?",
        remedy=f"state it: --date-order {'|'.join(possible)}",
    )


def _unreadable(path: Place, cell: str) -> RecordingError:
    """Return the refusal of a stamp that is none."""
    if _CLOCK.fullmatch(cell):
        return RecordingError(path, f"has times without a date such as {cell!r}", remedy=_REMEDY)
    if _DATE.fullmatch(cell):
        return RecordingError(path, f"has dates without a time such as {cell!r}", remedy=_REMEDY)
    return RecordingError(
        path, f"has times that are not understood, such as {cell!r}", remedy=_REMEDY
    )


def is_stamp(cell: str) -> bool:
    """Whether a cell holds date and time in any order."""
    return any(bool(_read([cell], order)[2][0]) for order in _ORDERS)


def stamp_ns(text: str, order: DateOrder) -> int | None:
    """Return date and time as ns since 1970, None if they are no such."""
    times_ns, _, good = _read([text], order)
    return int(times_ns[0]) if good[0] else None


def stamps_ns(column: Any, meaning: TimeText) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return an Arrow column of text as ns since 1970 in UTC (or local), and which could be read.

    Stamps are readable that carry an offset like the first one, or none like it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pa.chunked_array([column]) if isinstance(column, pa.Array) else column
    array = text.cast(pa.string()).combine_chunks()
    _, edges, data = array.buffers()
    count = len(array)
    places = np.zeros(1, np.int32)
    if count:
        places = np.frombuffer(edges, np.int32)[array.offset : array.offset + count + 1]
    content = np.frombuffer(data or b"", np.uint8)
    good = np.array(pc.is_valid(array).to_numpy(zero_copy_only=False))
    times_ns, offsets_s = np.zeros(count, np.int64), np.zeros(count, np.int32)
    read_stamps(content, places, _ORDERS[meaning.order], times_ns, offsets_s, good)
    return times_ns, good & ((offsets_s == NO_OFFSET) == (meaning.offset_s is None))


def _read(
    cells: Sequence[str], order: DateOrder
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_]]:
    """Return times, offsets and which cells are stamps."""
    texts = [cell.encode("ascii", "replace") for cell in cells]
    edges = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    data = np.frombuffer(b"".join(texts), np.uint8)
    times_ns, offsets_s = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int32)
    good = np.ones(len(texts), np.bool_)
    read_stamps(data, edges, _ORDERS[order], times_ns, offsets_s, good)
    return times_ns, offsets_s, good


def offset_in_s(zone: str) -> int:
    """Return the seconds of ``+01:00`` or ``-0430``."""
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds
