"""ActiGraph .gt3x."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import frexp
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..model import SECOND_NS
from ._piece import Piece

_MARK = 0x1E
_ACTIVITY, _BATTERY, _EVENT, _METADATA, _PARAMETERS, _ACTIVITY2, _ACTIVITY3 = 0, 2, 3, 6, 21, 26, 27
_TYPES = {"activity": _ACTIVITY, "activity2": _ACTIVITY2, "activity3": _ACTIVITY3}
_ENTER, _LEAVE = b"\x08", b"\x09"
_USB = b"Z"
_FEATURES, _IDLE_SLEEP = 400, 4
_TICKS_AT_1970, _TICKS_PER_S = 621_355_968_000_000_000, 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gt3xLayout:
    """How an ActiGraph is set up, how it stores its samples, and what it leaves out.

    Seconds are counted from 0; their samples are passed in all the same.
    """

    rate_hz: int = 30
    log: Literal["activity", "activity2", "activity3", "old"] = "activity2"
    """The kind of record that holds the samples: 12 bits as y, x, z; 16 bits; 12 bits as x, y, z.
    Or the layout of the first devices: a bare stream of 12 bits."""
    counts_per_g: int = 256
    serial: str = "TAS1H30182785"
    device: str = "Link"
    firmware: str = "1.7.2"
    """1.6.0 on a serial number MOS... turns the axes."""
    utc_offset_min: int = 0
    in_utc: bool = False
    """Whether the clock was set to UTC, as by CentrePoint: it then shows the time of the pieces
    less the offset."""
    limb: str = "Wrist"
    idle_seconds: frozenset[int] = frozenset()
    """Idle sleep mode: events at both ends in place of samples; zeros in the old layout."""
    usb_seconds: frozenset[int] = frozenset()
    """Connected: a mark in place of samples at the first of several."""
    lost_seconds: frozenset[int] = frozenset()
    """Not there, and nothing says why."""
    parameters: bool = True
    """Whether the log begins with a record of parameters."""
    deflated: bool = False
    log_first: bool = True
    """Whether the log stands before ``info.txt`` in the archive."""

    def __post_init__(self) -> None:
        if self.rate_hz < 2 or self.rate_hz % 2:
            raise ValueError(f"no ActiGraph has a rate of {self.rate_hz} Hz: all are even")


def write_gt3x(path: Path | str, pieces: Iterable[Piece], layout: Gt3xLayout | None = None) -> int:
    """Write an ActiGraph .gt3x file.

    Parameters
    ----------
    path
        Where to.
    pieces
        Of any length; 12-bit codes. The first sample gives the time, rounded down to a second.
    layout
        None for a Link at 30 Hz.

    Returns
    -------
    int
        Samples written: whole seconds, as the device does. Those left out count.

    Raises
    ------
    ValueError
        If a code has more than 12 bits, or nothing comes to be written.
    """
    layout = Gt3xLayout() if layout is None else layout
    seconds = _Seconds(pieces, layout.rate_hz)
    old = layout.log == "old"
    method = zipfile.ZIP_DEFLATED if layout.deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in ("log", "info") if layout.log_first else ("info", "log"):
            if name == "info":
                archive.writestr("info.txt", _info(layout, seconds.start_s))
                continue
            with archive.open("activity.bin" if old else "log.bin", "w", force_zip64=True) as log:
                for part in _stream(seconds, layout) if old else _records(seconds, layout):
                    log.write(part)
    return seconds.count * layout.rate_hz


class _Seconds:
    """Whole seconds of samples, and the stamp of the first, known before they are read."""

    def __init__(self, pieces: Iterable[Piece], rate_hz: int) -> None:
        self.count = 0
        self._rate_hz = rate_hz
        self._pieces = iter(pieces)
        self._raw = np.empty((0, 3), np.int16)
        self._times_ns = np.empty(0, np.int64)
        while len(self._raw) < rate_hz:
            raw, times_ns = next(self._pieces, (None, None))
            if raw is None or times_ns is None:
                raise ValueError("not one whole second of samples")
            self._raw = np.concatenate([self._raw, raw])
            self._times_ns = np.concatenate([self._times_ns, times_ns])
        self.start_s = int(self._times_ns[0]) // SECOND_NS

    def __iter__(self) -> Iterator[NDArray[np.int16]]:
        raw = self._raw
        while True:
            for first in range(0, len(raw) - self._rate_hz + 1, self._rate_hz):
                self.count += 1
                yield raw[first : first + self._rate_hz]
            piece = next(self._pieces, None)
            if piece is None:
                return
            rest = len(raw) % self._rate_hz
            raw = np.concatenate([raw[len(raw) - rest :], piece[0]])


def _stream(seconds: _Seconds, layout: Gt3xLayout) -> Iterator[bytes]:
    """The old layout: nothing is left out, so what was not recorded is zero."""
    absent = layout.idle_seconds | layout.usb_seconds | layout.lost_seconds
    for number, raw in enumerate(seconds):
        yield _packed(np.zeros_like(raw) if number in absent else raw[:, [1, 0, 2]])


def _records(seconds: _Seconds, layout: Gt3xLayout) -> Iterator[bytes]:
    """All records of a log. One of another kind stands before the samples of the second before."""
    start_s = seconds.start_s - (60 * layout.utc_offset_min if layout.in_utc else 0)
    yield from _settings(layout, start_s)
    idle = plugged = False
    stamp_s = start_s
    for number, raw in enumerate(seconds):
        stamp_s = start_s + number
        if number in layout.idle_seconds:
            if not idle:
                yield _record(_EVENT, stamp_s, _ENTER)
            idle = True
            continue
        if number in layout.usb_seconds:
            if not plugged:
                yield _record(_TYPES[layout.log], stamp_s, _USB)
            plugged = True
            continue
        if number in layout.lost_seconds:
            continue
        if idle:
            yield _record(_EVENT, stamp_s, _LEAVE)
        idle = plugged = False
        if number % 60 == 0:
            yield _record(_BATTERY, stamp_s + 1, struct.pack("<H", 4153))
        yield _record(_TYPES[layout.log], stamp_s, _samples(raw, layout))
    yield _record(_TYPES[layout.log], stamp_s + 1, _USB)


def _settings(layout: Gt3xLayout, start_s: int) -> Iterator[bytes]:
    stamp_s = start_s - 60
    who = {"MetadataType": "Bio", "SubjectName": "", "Limb": layout.limb, "Parsed": False}
    where: dict[str, object] = {"MetadataType": "LocalTimeLog"}
    where["UtcOffset"] = _offset(layout.utc_offset_min)
    if layout.in_utc:
        where["UsedUtc"] = True
    for said in (who, where):
        yield _record(_METADATA, stamp_s, json.dumps(said).encode())
    if layout.parameters:
        offset_s = 60 * layout.utc_offset_min if layout.in_utc else 0
        features = _FEATURES | (_IDLE_SLEEP if layout.idle_seconds else 0)
        entries = [(0, 55, _float(layout.counts_per_g)), (1, 2, features), (1, 10, layout.rate_hz)]
        entries += [(1, 12, start_s), (1, 14, stamp_s), (1, 40, offset_s & 0xFFFFFFFF)]
        payload = b"".join(struct.pack("<HHI", *entry) for entry in entries)
        yield _record(_PARAMETERS, stamp_s, payload)


def _record(kind: int, stamp_s: int, payload: bytes) -> bytes:
    body = struct.pack("<BBIH", _MARK, kind, stamp_s, len(payload)) + payload
    checksum = ~int(np.bitwise_xor.reduce(np.frombuffer(body, np.uint8))) & 0xFF
    return body + bytes([checksum])


def _samples(raw: NDArray[np.int16], layout: Gt3xLayout) -> bytes:
    """The samples of a second as they are stored."""
    if layout.serial.startswith("MOS") and layout.firmware == "1.6.0":
        raw = np.column_stack([-raw[:, 1], raw[:, 0], raw[:, 2]])
    if layout.log == "activity2":
        return _checked(raw).astype("<i2").tobytes()
    return _packed(raw[:, [1, 0, 2]] if layout.log == "activity" else raw)


def _packed(values: NDArray[np.int16]) -> bytes:
    """Twelve bits a value, most significant first: two values in three bytes."""
    bits = _checked(values).reshape(-1).astype(np.uint32) & 0xFFF
    pairs = bits[::2] << 12 | bits[1::2]
    packed = np.column_stack([pairs >> 16, pairs >> 8 & 0xFF, pairs & 0xFF])
    return packed.astype(np.uint8).tobytes()


def _checked(values: NDArray[np.int16]) -> NDArray[np.int16]:
    if values.min() < -2048 or values.max() > 2047:
        raise ValueError("a code has more than 12 bits")
    return values


def _float(value: float) -> int:
    """A positive parameter that is no whole number: 24 bits of fraction below 8 of exponent."""
    fraction, exponent = frexp(value)
    return int(fraction * (1 << 23)) | (exponent & 0xFF) << 24


def _info(layout: Gt3xLayout, start_s: int) -> str:
    start_s -= 60 * layout.utc_offset_min if layout.in_utc else 0
    ends_g = 2048 // layout.counts_per_g
    lines = {
        "Serial Number": layout.serial,
        "Device Type": layout.device,
        "Firmware": layout.firmware,
        "Battery Voltage": "4,15",
        "Sample Rate": layout.rate_hz,
        "Start Date": _TICKS_AT_1970 + start_s * _TICKS_PER_S,
        "Stop Date": 0,
        "TimeZone": _offset(layout.utc_offset_min),
        "Unexpected Resets": 0,
        "Acceleration Scale": f"{layout.counts_per_g:.1f}",
        "Acceleration Min": f"{-ends_g:.1f}",
        "Acceleration Max": f"{ends_g:.1f}",
        "Limb": layout.limb,
        "Subject Name": "",
    }
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items())


def _offset(minutes: int) -> str:
    """An offset from UTC as ``-04:00:00``; without a sign if it is ahead."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}{hours:02}:{rest:02}:00"
