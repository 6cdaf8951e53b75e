"""ActiGraph: raw data as ActiLife exports it, below a banner of ten lines or more.

The device stops recording while it lies still ("idle sleep mode") or hangs on a cable. ActiLife
hides that: it repeats the last sample, or writes zeros, for as long as nothing was recorded. What
was recorded hardly repeats: the longest run of equal rows seen is 8, so a second of them is a
filling (``held_rows``). Times are local, as the initialising computer showed them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from ....model import SECOND_NS, DateOrder, ReadOptions, RecordingError, Remark, Scale
from ....place import Place
from ..dates import WORDS, stamp_ns
from ..facts import Facts

_RANGES = {
    **dict.fromkeys(("NEO", "CLE", "MRA"), (6.0, -2046 / 341, 2046 / 341)),
    **dict.fromkeys(("MOS", "TAS"), (8.0, -2048 / 256, 2047 / 256)),
}
"""Range in g and the values at which a sensor clips, by the first letters of its serial number."""

_RATES_HZ = (10.0, 1000.0)
"""Of any recorder; those of ActiGraph are 30 to 100."""

_ROUNDED_G = 0.0005
"""Values have three decimals."""

_FIRST_LINE = re.compile(r"\bcreated by actigraph\b", re.IGNORECASE)
_DEVICE = re.compile(r"actigraph\s+(.+?)\s+(?:actilife|firmware|date format)", re.IGNORECASE)
_SOFTWARE = re.compile(r"\b(actilife\s+v\S+)", re.IGNORECASE)
_FIRMWARE = re.compile(r"\bfirmware\s+v?(\S+)", re.IGNORECASE)
_DATE_FORMAT = re.compile(r"\bdate format\s+(\S+)", re.IGNORECASE)
_RATE = re.compile(r"\bat\s+(\d+)\s*hz\b", re.IGNORECASE)
_LAST_LINE = re.compile(r"-{10,}")
_LONGEST_BANNER_LINES = 40
_DAY_NS = 86_400 * SECOND_NS
_ORDER_OF_LETTER: dict[str, DateOrder] = {"y": "ymd", "m": "mdy", "d": "dmy"}
_QUESTION = "is the day or the month first?"


def recognise(path: Place, head: bytes, options: ReadOptions) -> Facts | None:
    """Read the banner.

    Raises
    ------
    RecordingError
        If it stands above epoch counts, or breaks off.
    """
    if not _FIRST_LINE.search(head[: head.find(b"\n")].decode("latin-1")):
        return None
    banner = _Banner.read(path, head)
    rate = _found(_RATE, banner.first) or banner.value("Sample Rate")
    if re.search(r"[1-9]", banner.value("Epoch Period")) or not rate.isdecimal() or rate == "0":
        raise RecordingError(
            path,
            "holds ActiGraph epoch counts, no raw acceleration",
            remedy="export the raw data of the .gt3x file",
        )
    if not _RATES_HZ[0] <= float(rate) <= _RATES_HZ[1]:
        raise RecordingError(
            path, f"states a rate of {rate} Hz", remedy="export the raw data again"
        )
    serial = banner.value("Serial Number")
    dates = _dates(banner, options.date_order)
    return Facts(
        format="actigraph-csv",
        begin=banner.end,
        device=f"ActiGraph {_found(_DEVICE, banner.first)}".strip(),
        serial=serial or None,
        firmware=_found(_FIRMWARE, banner.first) or None,
        range_g=_RANGES[serial[:3]][0] if serial[:3] in _RANGES else None,
        unit="g",
        scale=_scale(serial),
        rate_hz=float(rate),
        start_ns=dates.start_ns,
        start_question=dates.question,
        date_order=dates.order,
        held_rows=True,
        notes={
            "software": _found(_SOFTWARE, banner.first),
            "date format": _found(_DATE_FORMAT, banner.first),
            "idle sleep mode": banner.value("Idle Sleep Mode"),
        },
        remarks=dates.remarks,
    )


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _scale(serial: str) -> Scale:
    """Return the scale of values in g, which clip."""
    if serial[:3] not in _RANGES:
        return Scale()
    _, lowest, highest = _RANGES[serial[:3]]
    return Scale(lowest=lowest + _ROUNDED_G, highest=highest - _ROUNDED_G)


@dataclass(frozen=True, slots=True)
class _Banner:
    """The lines above names and rows, separators at their ends removed."""

    first: str
    lines: tuple[str, ...]
    end: int
    """Byte offset behind it."""

    @classmethod
    def read(cls, path: Place, head: bytes) -> _Banner:
        """Take the lines up to the one of dashes that closes the banner."""
        lines: list[str] = []
        offset = 0
        for raw in head.split(b"\n")[:_LONGEST_BANNER_LINES]:
            offset += len(raw) + 1
            line = raw.decode("latin-1").strip(' \t\r,;"')
            if lines and _LAST_LINE.fullmatch(line):
                return cls(lines[0], tuple(lines[1:]), offset)
            lines.append(line)
        raise RecordingError(
            path,
            "has an ActiGraph banner without an end",
            offset=min(offset, len(head)),
            remedy="export the raw data again",
        )

    def value(self, name: str) -> str:
        """Return what stands behind a name, empty if the name is not there."""
        pattern = re.compile(rf"{name}\s*(?:\([^)]*\))?\s*:?\s*(.*)", re.IGNORECASE)
        found = (match for line in self.lines if (match := pattern.fullmatch(line)))
        return next((match[1] for match in found), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dates:
    """How the dates of a banner are to be read."""

    order: DateOrder | None = None
    start_ns: int | None = None
    question: str = ""
    remarks: tuple[Remark, ...] = ()


def _dates(banner: _Banner, stated: DateOrder | None) -> _Dates:
    """Read the start, in the order that the banner states unless its own dates contradict that.

    A start cannot be later than the download.
    """
    start_text = f"{banner.value('Start Date')} {banner.value('Start Time')}"
    download_text = f"{banner.value('Download Date')} {banner.value('Download Time')}"
    starts = {order: _possible(start_text, download_text, order) for order in get_args(DateOrder)}
    possible = [order for order, start_ns in starts.items() if start_ns is not None]
    written = _found(_DATE_FORMAT, banner.first)
    expected = _ORDER_OF_LETTER.get(written[:1].lower())
    dates = f"{start_text} and {download_text}"
    if stated and possible != ["ymd"]:
        if stated in possible:
            return _Dates(order=stated, start_ns=starts[stated])
        question = f"states times that cannot be {WORDS[stated]}: {dates}"
        return _Dates(order=stated, question=question)
    if expected in possible:
        return _Dates(order=expected, start_ns=starts[expected])
    if len(possible) != 1:
        question = f"states the times {dates} under the date format {written!r}: {_QUESTION}"
        return _Dates(question=question)
    text = f"the banner states the date format {written!r}, but its own times {dates} "
    remark = Remark("date_order", f"{text}are possible {WORDS[possible[0]]} only: read so")
    remarks = (remark,) if written else ()
    return _Dates(order=possible[0], start_ns=starts[possible[0]], remarks=remarks)


def _possible(start_text: str, download_text: str, order: DateOrder) -> int | None:
    """Return the start in ns, None if the dates cannot be in this order."""
    start_ns = stamp_ns(start_text, order)
    if start_ns is None or not download_text.strip():
        return start_ns
    download_ns = stamp_ns(download_text, order)
    return start_ns if download_ns is not None and start_ns <= download_ns + _DAY_NS else None
