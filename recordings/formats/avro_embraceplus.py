"""Avro sessions of an Empatica EmbracePlus.

A file is one record with up to half an hour of every sensor. The acceleration of a record has one
start, in microseconds UTC, and one measured rate. The axes stand one behind the other, so a record
is decoded as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from ..kernels import avro
from ..model import SECOND_NS, Block, Header, Health, RecordingError, Scale
from ..place import Place
from ..source import ByteSource
from .avro_container import AvroBlock, Container
from .avro_schema import Kind, Program, SchemaError, compile_schema

NAME = "embraceplus-avro"

BLOCK_SAMPLES = 1 << 14
ANCHOR_SAMPLES = 640
"""Ten seconds."""

JOINED_SAMPLES = 1.5
"""A record that begins within this of the end of the one before goes on where that ended: the
measured rate is not exact."""

RATE_TOLERANCE = 0.05
"""A record at a rate further off is of another configuration: the clock follows less."""

_STREAM = "rawData.accelerometer"
_START, _RATE = f"{_STREAM}.timestampStart", f"{_STREAM}.samplingFrequency"
_AXES = tuple(f"{_STREAM}.{axis}" for axis in "xyz")
_ENDS = tuple(
    f"{_STREAM}.imuParams.{name}"
    for name in ("physicalMin", "physicalMax", "digitalMin", "digitalMax")
)
_FIRMWARE = tuple(f"fwVersion.{part}" for part in ("major", "minor", "patch"))
_ZONE, _SERIAL, _PARTICIPANT = "timezone", "deviceSn", "enrollment.participantID"

_NUMBERS: dict[str, Kind] = dict.fromkeys((_START, _RATE, *_ENDS), "number")
_NEEDED: dict[str, Kind] = {**_NUMBERS, **dict.fromkeys(_AXES, "integers")}
_WANTED = frozenset({*_NEEDED, *_FIRMWARE, _ZONE, _SERIAL, _PARTICIPANT})

_LAST_START_US = 7e15
"""In the year 2191: whole ns since 1970 reach to 2262."""

_FARTHEST_ZONE_S = 14 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The acceleration of one record."""

    header: Header
    scale: Scale
    rate_hz: float
    start_ns: int
    """UTC."""
    samples: NDArray[np.int16]


def open_embraceplus(path: Place, schema: bytes) -> EmbracePlusReader | None:
    """Read the first record; None if the schema is not that of an EmbracePlus.

    Raises
    ------
    SchemaError
        If it is no schema.
    RecordingError
        If no record has acceleration that can be read.
    """
    if not compile_schema(schema, _WANTED).has(_NEEDED):
        return None
    with ByteSource(path) as source:
        for block in Container(source, Health()).blocks():
            for session in _sessions(block):
                if session is not None:
                    return EmbracePlusReader(path, session.header, session.scale)
    raise RecordingError(
        path,
        "holds no acceleration: it was not recorded, or the file is damaged",
        remedy="download it again",
    )


@dataclass(frozen=True, slots=True)
class EmbracePlusReader:
    """One file; see :class:`recordings.formats.Reader`.

    Device time is UTC plus the offset that the first record states.
    """

    path: Place
    header: Header
    scale: Scale

    def blocks(self, health: Health) -> Iterator[Block]:
        """Decode from the beginning, record after record."""
        joiner = _Joiner(self.header, self.scale, health)
        with ByteSource(self.path) as source:
            container = Container(source, health)
            for block in container.blocks():
                for session in _sessions(block):
                    if session is None:
                        container.damaged(block.offset)
                    yield from joiner.join(session)


class _Joiner:
    """Decides where a record does not continue the one before."""

    def __init__(self, header: Header, scale: Scale, health: Health) -> None:
        self._offset_ns = (header.utc_offset_s or 0) * SECOND_NS
        self._rate_hz = header.nominal_hz
        self._scale = scale
        self._health = health
        self._next_ns: int | None = None
        """When the next record begins if nothing comes between."""
        self._after_bad = False

    def join(self, session: Session | None) -> Iterator[Block]:
        """Yield the samples of a record; None is one that was damaged."""
        if session is None:
            self._after_bad = True
            return
        slow = abs(session.rate_hz / self._rate_hz - 1)
        if session.scale != self._scale or slow > RATE_TOLERANCE:
            text = "records of another range or rate than the first were left out"
            self._health.remark("other_configuration", text)
            return
        yield from self._cut(session, self._why_apart(session))
        self._next_ns = session.start_ns + _ns(len(session.samples), session.rate_hz)
        self._after_bad = False

    def _why_apart(self, session: Session) -> str:
        if self._next_ns is None:
            return "start"
        late_ns = session.start_ns - self._next_ns
        if abs(late_ns) <= _ns(JOINED_SAMPLES, session.rate_hz):
            return ""
        if self._after_bad:
            return "bad_block"
        return "gap" if late_ns > 0 else "clock_backwards"

    def _cut(self, session: Session, reason: str) -> Iterator[Block]:
        """Cut a record into blocks of bounded size."""
        start_ns = session.start_ns + self._offset_ns
        for first in range(0, len(session.samples), BLOCK_SAMPLES):
            samples = session.samples[first : first + BLOCK_SAMPLES]
            index = np.arange(-first % ANCHOR_SAMPLES, len(samples), ANCHOR_SAMPLES)
            since_ns = np.rint((first + index) * (SECOND_NS / session.rate_hz)).astype(np.int64)
            anchors = np.column_stack([index, start_ns + since_ns])
            yield Block(samples=samples, anchors=anchors, breaks=reason)
            reason = ""


def _ns(samples: float, rate_hz: float) -> int:
    return round(samples * SECOND_NS / rate_hz)


def _sessions(block: AvroBlock) -> Iterator[Session | None]:
    """Yield the records with acceleration; None for one that cannot be read."""
    program = _program(block)
    if program is None:
        yield None
        return
    at, why = 0, avro.OK
    for _ in range(block.records):
        values = np.full((1, program.width), np.nan)
        _, at, why = avro.walk(block.data, at, program.rows, values)
        if why != avro.OK and block.whole:
            yield None
        elif count := _length(program, values[0]):
            yield _session(program, values[0], block.data, count)
        if why != avro.OK:
            return


def _program(block: AvroBlock) -> Program | None:
    try:
        program = compile_schema(block.schema, _WANTED)
    except SchemaError:
        return None
    return program if program.has(_NEEDED) else None


def _length(program: Program, values: NDArray[np.float64]) -> int:
    """Return how many samples all three axes have."""
    counts = [values[program.slots[path][1] + 1] for path in _AXES]
    return int(np.nan_to_num(counts).min())


def _session(
    program: Program, values: NDArray[np.float64], data: NDArray[np.uint8], count: int
) -> Session | None:
    """Return the first samples of a record, None if they cannot be what a sensor measured."""
    start_us, rate_hz = (program.number(values, path) for path in (_START, _RATE))
    low, high, code_low, code_high = (program.number(values, path) for path in _ENDS)
    possible = 0 < start_us < _LAST_START_US and 1 <= rate_hz <= 10_000
    if not possible or not (low < high and code_low < code_high):
        return None
    codes = np.empty((3, count), np.int64)
    for axis, path in zip(codes, _AXES, strict=True):
        avro.read_integers(data, int(values[program.slots[path][1]]), axis)
    ends = np.iinfo(np.int16)
    if codes.min() < max(code_low, ends.min) or codes.max() > min(code_high, ends.max):
        return None
    gain = (high - low) / (code_high - code_low)
    return Session(
        header=_header(program, values, data, rate_hz, max(abs(low), abs(high))),
        scale=Scale(
            gain_g=(gain,) * 3,
            offset_g=(low - code_low * gain,) * 3,
            lowest=max(code_low, ends.min),
            highest=min(code_high, ends.max),
        ),
        rate_hz=rate_hz,
        start_ns=int(start_us) * 1000,
        samples=np.ascontiguousarray(codes.T, np.int16),
    )


def _header(
    program: Program,
    values: NDArray[np.float64],
    data: NDArray[np.uint8],
    rate_hz: float,
    range_g: float,
) -> Header:
    """Return what a record says of itself."""
    zone_s = program.number(values, _ZONE)
    version = [program.number(values, path) for path in _FIRMWARE]
    participant = program.text(values, _PARTICIPANT, data)
    return Header(
        format=NAME,
        device="Empatica EmbracePlus",
        serial=program.text(values, _SERIAL, data) or None,
        firmware=".".join(f"{part:.0f}" for part in version if isfinite(part)) or None,
        nominal_hz=rate_hz,
        range_g=range_g,
        utc_offset_s=int(zone_s) if abs(zone_s) <= _FARTHEST_ZONE_S else 0,
        utc_known=True,
        notes={"participant": participant} if participant else {},
    )
