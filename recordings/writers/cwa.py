"""Axivity CWA, AX3 and AX6."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from ..model import SECOND_NS
from ._piece import Piece

_SECTOR = np.dtype(
    {
        "names": [
            *("magic", "length", "fraction", "session", "sequence", "time", "light", "temperature"),
            *("events", "battery", "rate_code", "packing", "offset", "count", "data", "checksum"),
        ],
        "formats": [
            *("S2", "<u2", "<u2", "<u4", "<u4", "<u4", "<u2", "<u2"),
            *("u1", "u1", "u1", "u1", "<i2", "<u2", ("u1", 480), "<u2"),
        ],
        "offsets": [0, 2, 4, 6, 10, 14, 18, 20, 22, 23, 24, 25, 26, 28, 30, 510],
        "itemsize": 512,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CwaLayout:
    """How an Axivity device is set up, and what goes wrong."""

    hardware: Literal["ax3", "ax6"] = "ax3"
    packed: bool = True
    """Three 10-bit values and an exponent in 32 bits, the AX3's default; else 16 bits each."""
    gyroscope: bool = False
    """AX6 only: store six channels, the gyroscope's at rest."""
    rate_hz: float = 100.0
    """Nominal: 3200 divided by a power of two."""
    range_g: int = 8
    device_id: int = 12345
    session: int = 1
    notes: Mapping[str, str] = field(default_factory=lambda: {"_p": "left wrist"})
    temperature_c: float = 31.0
    skip_blocks: frozenset[int] = frozenset()
    """Blocks that are lost, counted from 0: the file goes on with the next sequence number."""
    restarts: Mapping[int, float] = field(default_factory=dict)
    """Block before which logging stops and starts again -> pause in s (negative: the clock was set
    back). The sequence begins at 0 again; all later stamps are moved by the pause."""

    def __post_init__(self) -> None:
        if self.hardware == "ax6" and self.packed:
            raise ValueError("an AX6 does not pack its samples")
        if self.gyroscope and self.hardware != "ax6":
            raise ValueError("only an AX6 has a gyroscope")
        if self.range_g not in (2, 4, 8, 16):
            raise ValueError(f"range_g = {self.range_g} is none of 2, 4, 8, 16")
        octaves = np.log2(3200 / self.rate_hz)
        if octaves != round(octaves) or not 0 <= octaves <= 9:
            raise ValueError(f"rate_hz = {self.rate_hz} is not 3200 / 2^n")

    @property
    def rate_code(self) -> int:
        """Rate and range as one byte."""
        octaves_down = round(float(np.log2(3200 / self.rate_hz)))
        return 15 - octaves_down | round(float(np.log2(16 / self.range_g))) << 6

    @property
    def exponent(self) -> int:
        """Bits that packing drops: it follows from the range alone."""
        return 3 - (self.rate_code >> 6)

    @property
    def packing(self) -> int:
        """Channels and width as one byte."""
        return 0x30 if self.packed else 0x62 if self.gyroscope else 0x32

    @property
    def block(self) -> int:
        """Samples per block."""
        return {0x30: 120, 0x32: 80, 0x62: 40}[self.packing]

    @property
    def fifo(self) -> int:
        """Samples between two looks at the clock."""
        return 25 if self.hardware == "ax3" else 1

    @property
    def scale_codes(self) -> int:
        """Units of accelerometer (1 / 2^(8 + n) g) and gyroscope (8000 / 2^n deg/s)."""
        acceleration = 0 if self.hardware == "ax3" else 3 + round(float(np.log2(16 / self.range_g)))
        return acceleration << 13 | (2 if self.gyroscope else 0) << 10


def write_cwa(path: Path | str, pieces: Iterable[Piece], layout: CwaLayout | None = None) -> int:
    """Write an Axivity CWA file.

    Every block carries the time at which its device last looked at the clock, and how many samples
    it held then: so the true rate stands in the file, whatever the nominal one is.

    Parameters
    ----------
    path
        Where to.
    pieces
        Of any length. Codes are in 1/256 g on an AX3 and in 1/2^(8+n) g on an AX6; packed ones at
        +-8 g are multiples of 4. Times ascend.
    layout
        None for a packed AX3 at 100 Hz and +-8 g.

    Returns
    -------
    int
        Samples written: whole blocks, as the device does. Skipped blocks count.

    Raises
    ------
    ValueError
        If a code cannot be packed.
    """
    layout = CwaLayout() if layout is None else layout
    blocks = _CwaBlocks(layout)
    with Path(path).open("wb") as file:
        file.write(_cwa_header(layout))
        for raw, times_ns in pieces:
            file.write(blocks.push(raw, times_ns))
        file.write(blocks.finish())
    return blocks.done * layout.block


class _CwaBlocks:
    """Cuts the stream into blocks, each as soon as the time of its anchor is known."""

    def __init__(self, layout: CwaLayout) -> None:
        self._layout = layout
        self._raw = np.empty((0, 3), np.int16)
        self._times_ns = np.empty(0, np.int64)
        self.done = 0
        """Blocks made so far; the buffers begin with the first sample after them."""
        self._run_starts = np.array([0, *sorted(layout.restarts)])
        pauses = [0.0, *(layout.restarts[k] for k in sorted(layout.restarts))]
        self._shifts_ns = np.rint(np.cumsum(pauses) * SECOND_NS).astype(np.int64)

    def push(self, raw: NDArray[np.int16], times_ns: NDArray[np.int64]) -> bytes:
        self._raw = np.concatenate([self._raw, raw])
        self._times_ns = np.concatenate([self._times_ns, times_ns])
        # an anchor lies less than one reading of the FIFO behind the end of its block
        return self._make((len(self._raw) - self._layout.fifo) // self._layout.block)

    def finish(self) -> bytes:
        """Make the last blocks; the clock goes on as in the last second."""
        times = self._times_ns
        count = len(times) // self._layout.block
        if count:
            back = min(len(times) - 1, round(self._layout.rate_hz))
            period = (times[-1] - times[-1 - back]) / back
            ahead = np.rint(np.arange(1, self._layout.fifo + 1) * period).astype(np.int64)
            self._times_ns = np.concatenate([times, times[-1] + ahead])
        return self._make(count)

    def _make(self, count: int) -> bytes:
        if count <= 0:
            return b""
        size, fifo = self._layout.block, self._layout.fifo
        number = self.done + np.arange(count)
        run = np.searchsorted(self._run_starts, number, side="right") - 1
        sequence = number - self._run_starts[run]
        held = -(-size * (sequence + 1) // fifo) * fifo - size * sequence
        stamps_ns = self._times_ns[size * np.arange(count) + held] + self._shifts_ns[run]
        sectors = self._stamped(stamps_ns, held, sequence)
        sectors["data"] = self._data(self._raw[: count * size], count)
        words = sectors.view("<u2").reshape(count, 256)
        sectors["checksum"] = -words.sum(axis=1, dtype=np.int64) & 0xFFFF
        self._raw, self._times_ns = self._raw[count * size :], self._times_ns[count * size :]
        self.done += count
        kept = ~np.isin(number, list(self._layout.skip_blocks))
        return sectors[kept].tobytes()

    def _stamped(
        self, stamps_ns: NDArray[np.int64], held: NDArray[np.int64], sequence: NDArray[np.int64]
    ) -> NDArray[np.void]:
        """Everything but the samples and the checksum."""
        layout = self._layout
        sectors = np.zeros(len(held), _SECTOR)
        sectors["magic"], sectors["length"] = b"AX", 508
        sectors["session"], sectors["sequence"] = layout.session, sequence
        seconds, rest_ns = np.divmod(stamps_ns, SECOND_NS)
        fraction = rest_ns * 32768 // SECOND_NS
        sectors["fraction"] = 0x8000 | fraction
        sectors["time"] = _packed_times(seconds)
        # the shim for readers that take the stamp for a whole second
        sectors["offset"] = held - ((fraction << 1) * int(layout.rate_hz) >> 16)
        sectors["light"] = 300 | layout.scale_codes
        sectors["temperature"] = round((layout.temperature_c + 50) * 256 / 75)
        sectors["events"] = sequence == 0
        sectors["battery"], sectors["rate_code"] = 190, layout.rate_code
        sectors["packing"], sectors["count"] = layout.packing, layout.block
        return sectors

    def _data(self, raw: NDArray[np.int16], count: int) -> NDArray[np.uint8]:
        layout = self._layout
        data = np.zeros((count, 480), np.uint8)
        if layout.packed:
            values = raw.astype(np.int32) >> layout.exponent
            if (values << layout.exponent != raw).any() or (np.abs(values * 2 + 1) > 1023).any():
                raise ValueError(
                    f"a code cannot be packed at +-{layout.range_g} g: it must be a multiple of "
                    f"{1 << layout.exponent} within 10 bits"
                )
            x, y, z = (values & 0x3FF).astype(np.uint32).T
            words = x | y << np.uint32(10) | z << np.uint32(20) | np.uint32(layout.exponent << 30)
            data[:] = words.astype("<u4").reshape(count, -1).view(np.uint8)
        else:
            channels = layout.packing >> 4
            wide = np.zeros((len(raw), channels), "<i2")
            wide[:, -3:] = raw
            data[:] = wide.reshape(count, -1).view(np.uint8)
        return data


def _packed_times(seconds: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Six fields of a date in 32 bits."""
    known, which = np.unique(seconds, return_inverse=True)
    packed = []
    for second in known.tolist():
        t = datetime.fromtimestamp(second, UTC)
        date = (t.year - 2000) << 26 | t.month << 22 | t.day << 17
        packed.append(date | t.hour << 12 | t.minute << 6 | t.second)
    return np.array(packed, np.uint32)[which]


def _cwa_header(layout: CwaLayout) -> bytes:
    """Everything 0xFF but the fields that are known."""
    ax6 = layout.hardware == "ax6"
    header = bytearray(b"\xff" * 1024)
    header[0:5] = b"MD" + (1020).to_bytes(2, "little") + (b"\x64" if ax6 else b"\x00")
    header[5:7] = (layout.device_id & 0xFFFF).to_bytes(2, "little")
    header[7:11] = layout.session.to_bytes(4, "little")
    high = layout.device_id >> 16
    header[11:13] = (high or 0xFFFF).to_bytes(2, "little")
    header[13:17] = bytes(4)  # logging starts at once; the end stays "never"
    header[21:25] = bytes(4)
    header[35] = 2 if layout.gyroscope else 0
    header[36] = layout.rate_code
    header[41] = 56 if ax6 else 45
    header[64:512] = urlencode(layout.notes).encode().ljust(448)[:448]
    return bytes(header)
