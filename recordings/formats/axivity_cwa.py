"""Axivity CWA: the binary files of AX3 and AX6 loggers.

A header of 1024 bytes, then sectors of 512 bytes, each with its own checksum, sequence number and
clock stamp. The sensor's oscillator makes the samples and a separate clock stamps them: the stamp
of a sector says how many samples had been taken at that time, counted from the sector's first, and
mostly lies behind its last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import parse_qsl

import numpy as np
from numpy.typing import NDArray

from ..kernels import cwa
from ..model import Block, Header, Health, ReadOptions, RecordingError, Samples, Scale
from ..place import Place
from ..source import ByteSource
from .cwa_sectors import BATCH_SECTORS, Batch, Continuity, Losses, Sectors, Thermometer

NAME = "axivity-cwa"

HEADER = np.dtype(
    {
        "names": [
            "hardware",  # 0x64 AX6; 0x00, 0x17, 0xFF AX3
            "device_low",
            "device_high",  # 0xFFFF means 0
            "firmware",
            "annotation",  # key=value&..., URL-encoded, padded
        ],
        "formats": ["u1", "<u2", "<u2", "u1", "V448"],
        "offsets": [4, 5, 11, 41, 64],
        "itemsize": 1024,
    }
)
"""The fields of the header that are used: all else the blocks say, and say better."""

SECTOR = np.dtype(
    {
        "names": [
            "magic",  # b"AX"
            "length",  # 508
            "fraction",  # top bit set: 15 bits of a second; clear: none (old firmware)
            "session",
            "sequence",
            "time",  # packed, whole seconds
            "light_and_scale",  # bits 13-15: accelerometer counts are 1/2^(8+n) g
            "temperature",  # low 10 bits; 0 = none
            "events",  # 0x01 resumed, 0x10 and 0x20 samples lost
            "battery",
            "rate_code",
            "packing",  # 0x30 packed, 0x32, 0x62, 0x92 int16
            "offset",
            "samples",
            "data",
            "checksum",  # makes the sum of all 16-bit words 0
        ],
        "formats": [
            *("S2", "<u2", "<u2", "<u4", "<u4", "<u4", "<u2", "<u2", "u1", "u1", "u1", "u1"),
            *("<i2", "<u2", "V480", "<u2"),
        ],
        "offsets": [0, 2, 4, 6, 10, 14, 18, 20, 22, 23, 24, 25, 26, 28, 30, 510],
        "itemsize": 512,
    }
)
"""The fields of a data sector."""

PACKED = 0x30

_NOTES = {
    "_c": "centre",
    "_s": "study",
    "_i": "investigator",
    "_x": "exercise",
    "_v": "volunteer",
    "_p": "body_location",
    "_so": "setup_operator",
    "_n": "notes",
    "_sc": "subject_code",
    "_se": "subject_sex",
    "_h": "subject_height",
    "_w": "subject_weight",
    "_ha": "subject_handedness",
    "_sn": "subject_notes",
    "_b": "start",
    "_e": "end",
    "_ro": "recovery_operator",
    "_r": "retrieval_time",
    "_co": "comments",
}


def sniff(head: bytes) -> bool:
    """Whether the content begins with a CWA header."""
    return head[:4] == b"MD\xfc\x03"


def open_reader(path: Place, options: ReadOptions) -> CwaReader:  # noqa: ARG001 (the file knows)
    """Read the header and the first good sector.

    Raises
    ------
    RecordingError
        If the header is cut or no good sector follows it.
    """
    return CwaReader(path)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the samples of a sector are stored, by its codes."""

    rate_code: int
    packing: int
    scale_code: int

    @classmethod
    def of(cls, key: int) -> Layout:
        """From the ``LAYOUT`` of :mod:`recordings.kernels.cwa`."""
        return cls(key >> 16, key >> 8 & 0xFF, key & 0xFF)

    @property
    def nominal_hz(self) -> float:
        """Rate the device was set to."""
        return float(3200 / 2 ** (15 - (self.rate_code & 15)))

    @property
    def range_g(self) -> float:
        """Range the device was set to."""
        return float(16 >> (self.rate_code >> 6))

    @property
    def channels(self) -> int:
        """Values per sample: 3, 6 with gyroscope, 9 with magnetometer."""
        return self.packing >> 4

    @property
    def scale(self) -> Scale:
        """Counts to g. Clipped is what stands at the end of the range, or of 10 bits if packed."""
        if self.packing == PACKED:
            # Firmware keeps 10 bits of 13 at 16 g: the exponent follows from the range alone.
            exponent = 3 - (self.rate_code >> 6)
            gain, lowest, highest = 1 / 256, -512 << exponent, 511 << exponent
        else:
            gain = 1 / (256 << self.scale_code)
            half = min(round(self.range_g / gain), 32_768)
            # Clipped AX6 samples stand at -32767 as well as at 32767.
            lowest, highest = max(-half, -32_767), half - 1
        return Scale(gain_g=(gain, gain, gain), lowest=lowest, highest=highest)


class CwaReader:
    """One CWA file; see :class:`recordings.formats.Reader`.

    Sectors whose rate, range, packing or scale differ from the first good one's are skipped and
    counted: a recording has one rate and one scale.
    """

    def __init__(self, path: Place, *, batch_sectors: int = BATCH_SECTORS) -> None:
        self._path = path
        self._batch_sectors = batch_sectors
        with ByteSource(path) as source:
            head = _read_header(source)
            self._layout_key = self._first_layout(source)
        self._layout = Layout.of(self._layout_key)
        self.scale = self._layout.scale
        self.header = _header(head, self._layout)

    def _first_layout(self, source: ByteSource) -> int:
        losses = Losses(Health())
        for batch in Sectors(source, losses, self._batch_sectors):
            good = np.flatnonzero(batch.info[cwa.STATUS] == cwa.GOOD)
            if len(good):
                return int(batch.info[cwa.LAYOUT, good[0]])
        raise RecordingError(
            self._path,
            "has a CWA header but not one readable data block",
            offset=HEADER.itemsize,
            remedy="copy the file from the device again",
        )

    def blocks(self, health: Health) -> Iterator[Block]:
        """Decode from the beginning: batches of up to 256 KiB, cut where samples are missing.

        Remarks: ``bad_block``, ``other_configuration``, ``duplicate_block``, ``foreign_block``,
        ``overflow``, ``truncated``, ``truncated_gzip``.
        """
        losses = Losses(health)
        continuity, thermometer = Continuity(self._layout_key, losses), Thermometer()
        with ByteSource(self._path) as source:
            _read_header(source)
            try:
                for batch in Sectors(source, losses, self._batch_sectors):
                    health.bytes_read = source.offset
                    yield from self._decode(batch, continuity, thermometer)
            finally:
                losses.conclude()
                source.conclude(health)

    def _decode(
        self, batch: Batch, continuity: Continuity, thermometer: Thermometer
    ) -> Iterator[Block]:
        sectors, breaks = continuity.take(batch)
        if not len(sectors):
            return
        info = batch.info
        temperature_c = thermometer.read(info[cwa.TEMPERATURE, sectors])
        changes = np.flatnonzero(temperature_c[1:] != temperature_c[:-1]) + 1
        counts = info[cwa.SAMPLES, sectors]
        edges = np.concatenate([[0], np.cumsum(counts)])
        samples = self._unpack(batch, sectors, counts)
        anchors = np.column_stack(
            [edges[:-1] + info[cwa.ANCHOR, sectors], info[cwa.TIME_NS, sectors]]
        )
        for a, b in pairwise(sorted({0, *breaks, *changes.tolist(), len(sectors)})):
            first = int(edges[a])
            yield Block(
                samples=samples[first : int(edges[b])],
                anchors=anchors[a:b] - np.array([first, 0]),
                breaks=breaks.get(a, ""),
                temperature_c=float(temperature_c[a]),
            )

    def _unpack(
        self, batch: Batch, sectors: NDArray[np.int64], counts: NDArray[np.int64]
    ) -> Samples:
        samples = np.empty((int(counts.sum()), 3), np.int16)
        flat = samples.reshape(-1)
        if self._layout.packing == PACKED:
            cwa.unpack_packed(batch.payload, sectors, counts, flat)
        else:
            words = batch.words.view(np.int16)
            cwa.unpack_wide(words, sectors, counts, self._layout.channels, flat)
        return samples


def _read_header(source: ByteSource) -> NDArray[np.void]:
    head = source.read(HEADER.itemsize)
    if not sniff(head):
        raise RecordingError(
            source.path,
            "does not begin with a CWA header",
            offset=0,
            remedy="copy it from the device again",
        )
    if len(head) < HEADER.itemsize:
        raise RecordingError(
            source.path,
            f"ends inside its header of {HEADER.itemsize} bytes",
            offset=len(head),
            remedy="copy the file from the device again",
        )
    return np.frombuffer(head, HEADER)


def _header(head: NDArray[np.void], layout: Layout) -> Header:
    high = int(head["device_high"][0])
    serial = int(head["device_low"][0]) + ((high << 16) if high != 0xFFFF else 0)
    return Header(
        format=NAME,
        device="Axivity AX6" if head["hardware"][0] == 0x64 else "Axivity AX3",
        serial=str(serial),
        firmware=str(int(head["firmware"][0])),
        nominal_hz=layout.nominal_hz,
        range_g=layout.range_g,
        notes=_annotation(head["annotation"][0].tobytes()),
    )


def _annotation(field: bytes) -> dict[str, str]:
    """Decode what the researcher typed in: ``key=value`` pairs, padded with 0x20, 0x00 or 0xFF."""
    text = field.rstrip(b"\x00\x20\xff").decode("utf-8", "replace")
    return {_NOTES.get(key, key): value for key, value in parse_qsl(text)}
