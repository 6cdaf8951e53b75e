"""GENEActiv .bin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..model import SECOND_NS
from ._piece import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneactivLayout:
    """How a GENEActiv is calibrated and set up, and what goes wrong."""

    rate_hz: float = 100.0
    """600 divided by a whole number; written with one decimal."""
    gain: tuple[int, int, int] = (25500, 25400, 25300)
    offset: tuple[int, int, int] = (300, -200, -100)
    """``g = (100 raw - offset) / gain``."""
    serial: str = "012345"
    utc_offset_min: int = 0
    location: str = "left wrist"
    temperature_c: float = 31.0
    skip_pages: frozenset[int] = frozenset()
    """Pages that are lost, counted from 0."""


_PAGE = 300


def write_geneactiv(
    path: Path | str, pieces: Iterable[Piece], layout: GeneactivLayout | None = None
) -> int:
    """Write a GENEActiv .bin file.

    Parameters
    ----------
    path
        Where to.
    pieces
        Of any length; 12-bit codes. The first sample of each page gives its time, to half a second.
    layout
        None for 100 Hz.

    Returns
    -------
    int
        Samples written: whole pages, as the device does. Skipped pages count.

    Raises
    ------
    ValueError
        If a code has more than 12 bits, or nothing comes to be written.
    """
    layout = GeneactivLayout() if layout is None else layout
    raw, times_ns = np.empty((0, 3), np.int16), np.empty(0, np.int64)
    done = 0
    with Path(path).open("wb") as file:
        for more, more_ns in pieces:
            raw, times_ns = np.concatenate([raw, more]), np.concatenate([times_ns, more_ns])
            count = len(raw) // _PAGE
            if not count:
                continue
            if not done:
                file.write(_geneactiv_header(layout, int(times_ns[0])))
            file.writelines(_pages(layout, raw[: count * _PAGE], times_ns, done))
            raw, times_ns = raw[count * _PAGE :], times_ns[count * _PAGE :]
            done += count
    if not done:
        raise ValueError("not one whole page of 300 samples")
    return done * _PAGE


def _pages(
    layout: GeneactivLayout, raw: NDArray[np.int16], times_ns: NDArray[np.int64], first: int
) -> Iterator[bytes]:
    digits = _hexadecimal(raw)
    for i in range(len(raw) // _PAGE):
        if first + i in layout.skip_pages:
            continue
        yield (
            "Recorded Data\r\n"
            f"Device Unique Serial Code:{layout.serial}\r\n"
            f"Sequence Number:{first + i}\r\n"
            f"Page Time:{_half_second(int(times_ns[i * _PAGE]))}\r\n"
            "Unassigned:\r\n"
            f"Temperature:{layout.temperature_c:.1f}\r\n"
            "Battery voltage:4.1791\r\n"
            "Device Status:Recording\r\n"
            f"Measurement Frequency:{layout.rate_hz:.1f}\r\n"
        ).encode("ascii")
        yield digits[i].tobytes() + b"\r\n"


def _hexadecimal(raw: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Twelve digits a sample: three axes of 12 bits, 10 bits of light, button, one bit unused."""
    if raw.min() < -2048 or raw.max() > 2047:
        raise ValueError("a code has more than 12 bits")
    digits = np.zeros((len(raw), 12), np.uint8)
    for axis in range(3):
        value = raw[:, axis].astype(np.uint16) & 0xFFF
        for k, shift in enumerate((8, 4, 0)):
            digits[:, 3 * axis + k] = value >> shift & 0xF
    text = np.frombuffer(b"0123456789ABCDEF", np.uint8)[digits]
    return text.reshape(-1, _PAGE * 12)


def _half_second(time_ns: int) -> str:
    """Return a stamp rounded to half a second, as ``2024-03-05 23:41:07:500``."""
    halves = (2 * time_ns + SECOND_NS // 2) // SECOND_NS
    text = datetime.fromtimestamp(halves // 2, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{text}:{'500' if halves % 2 else '000'}"


def _geneactiv_header(layout: GeneactivLayout, start_ns: int) -> bytes:
    """The 59 lines of a real header; what is personal stays empty."""
    hours, minutes = divmod(abs(layout.utc_offset_min), 60)
    zone = f"{'-' if layout.utc_offset_min < 0 else '+'}{hours:02}:{minutes:02}"
    calibration = [
        f"{axis} {name}:{values[i]}"
        for i, axis in enumerate("xyz")
        for name, values in (("gain", layout.gain), ("offset", layout.offset))
    ]
    start = _half_second(start_ns)
    lines = [
        *("Device Identity", f"Device Unique Serial Code:{layout.serial}"),
        *("Device Type:GENEActiv", "Device Model:1.1"),
        *(
            "Device Firmware Version:Ver4.08a date14Jul14",
            "Calibration Date:2020-01-01 12:00:00:000",
        ),
        *("", "Device Capabilities", "Accelerometer Range:-8 to 8"),
        *("Accelerometer Resolution:0.0039", "Accelerometer Units:g"),
        *("Light Meter Range:0 to 5000", "Light Meter Resolution:5", "Light Meter Units:lux"),
        *("Temperature Sensor Range:0 to 70", "Temperature Sensor Resolution:0.3"),
        *("Temperature Sensor Units:deg. C", "", "Configuration Info"),
        *(f"Measurement Frequency:{layout.rate_hz:g} Hz", "Measurement Period:168 Hours"),
        *(f"Start Time:{start}", f"Time Zone:GMT {zone}", "", "Trial Info"),
        *("Study Centre:", "Study Code:", "Investigator ID:", "Exercise Type:"),
        *("Config Operator ID:", f"Config Time:{start}", "Config Notes:", "Extract Operator ID:"),
        *(f"Extract Time:{start}", "Extract Notes:", "", "Subject Info"),
        *(f"Device Location Code:{layout.location}", "Subject Code:", "Date of Birth:", "Sex:"),
        *("Height:", "Weight:", "Handedness Code:", "Subject Notes:", "", "Calibration Data"),
        *(*calibration, "Volts:47", "Lux:933", "", "Memory Status", "Number of Pages:999999", ""),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")
