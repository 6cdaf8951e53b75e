"""Avro exports of ActiGraph's CentrePoint: a record per sample.

A record states its second (UTC) and which of the 32 samples of that second it is, so every sample
has a place of its own in time. Where the sensor delivered nothing the exporter repeats the last
sample and marks it ``IsLatched``: those are no data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..kernels import avro
from ..model import SECOND_NS, Block, Header, Health, RecordingError, Scale
from ..place import Place
from ..source import ByteSource
from .avro_container import AvroBlock, Container
from .avro_schema import Kind, Program, SchemaError, compile_schema

NAME = "centrepoint-avro"

RATE_HZ = 32
STEP_NS = SECOND_NS // RATE_HZ

LARGEST_G = 1e3
"""No sensor that is worn measures more."""

FEW_WRONG = 0.01
"""Share of samples with an impossible number that is damage and no other rate."""

BATCH_RECORDS = 1 << 14

_SERIAL, _SUBJECT, _STUDY = "MonitorSerial", "SubjectId", "StudyId"
_NEEDED: dict[str, Kind] = dict.fromkeys(
    ("X", "Y", "Z", "IsLatched", "SampleOrder", "Timestamp"), "number"
)
_WANTED = frozenset({*_NEEDED, _SERIAL, _SUBJECT, _STUDY})

_REASONS = ("", "latched", "missing_values", "bad_block")
"""Why a segment begins behind a record that was left out, by what that was left out for."""

_USED, _HELD, _MISSING, _DAMAGED = range(4)

_LAST_SECOND = 7e9
"""In the year 2191: whole ns since 1970 reach to 2262."""


def open_centrepoint(path: Place, schema: bytes) -> CentrePointReader | None:
    """Read the first records; None if the schema is not that of a CentrePoint export.

    Raises
    ------
    SchemaError
        If it is no schema.
    RecordingError
        If no record can be read, or a second has more than 32 samples.
    """
    if not compile_schema(schema, _WANTED).has(_NEEDED):
        return None
    with ByteSource(path) as source:
        blocks = Container(source, Health()).blocks()
        header = next((found for block in blocks if (found := _header(block))), None)
    with ByteSource(path) as source:
        batches = _batches(Container(source, Health()))
        first = next((rows for rows in batches if rows is not None), None)
    if header is None or first is None:
        raise RecordingError(path, "holds not one readable record", remedy="export it again")
    if np.mean(first[:, 4] >= RATE_HZ) > FEW_WRONG:
        raise RecordingError(
            path,
            f"has more than {RATE_HZ} samples in a second",
            remedy="export it as CSV with the time of every sample",
        )
    return CentrePointReader(path, header)


@dataclass(frozen=True, slots=True)
class CentrePointReader:
    """One file; see :class:`recordings.formats.Reader`. Device time is UTC."""

    path: Place
    header: Header
    scale: Scale = field(default_factory=Scale)
    """Values are g."""

    def blocks(self, health: Health) -> Iterator[Block]:
        """Decode from the beginning, block after block."""
        joiner = _Joiner(health)
        with ByteSource(self.path) as source:
            for rows in _batches(Container(source, health)):
                yield from joiner.join(rows)
        joiner.conclude()


class _Joiner:
    """Turns records into blocks: decides where one does not continue the one before."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._last: int | None = None
        """Place of the newest sample, in samples since 1970."""
        self._left_out = _USED
        """What the newest record was left out for."""
        self._held = self._missing = 0

    def join(self, rows: NDArray[np.float64] | None) -> Iterator[Block]:
        """Yield the samples of records; None are some that were damaged."""
        if rows is None:
            self._left_out = _DAMAGED
            return
        accel_g, held, order, second = rows[:, :3], rows[:, 3] == 1, rows[:, 4], rows[:, 5]
        placed = (order >= 0) & (order < RATE_HZ) & (second > 0) & (second <= _LAST_SECOND)
        usable = placed & (np.abs(accel_g) <= LARGEST_G).all(axis=1)  # neither is NaN
        left_out = np.where(held, _HELD, np.where(usable, _USED, _MISSING))
        self._held += int(np.count_nonzero(left_out == _HELD))
        self._missing += int(np.count_nonzero(left_out == _MISSING))
        used = left_out == _USED
        before = np.concatenate([[self._left_out], left_out[:-1]])[used]
        self._left_out = int(left_out[-1])
        if not len(before):
            return
        place = (second[used] * RATE_HZ + order[used]).astype(np.int64)
        samples = np.ascontiguousarray(accel_g[used])
        breaks = self._breaks(place, before)
        self._last = int(place[-1])
        for first, last in pairwise([*sorted({0, *breaks}), len(place)]):
            reason = breaks.get(first, "")
            anchored = place[first:last] % RATE_HZ == 0
            anchored[0] |= bool(reason)
            index = np.flatnonzero(anchored)
            anchors = np.column_stack([index, place[first:last][index] * STEP_NS])
            yield Block(samples=samples[first:last], anchors=anchors, breaks=reason)

    def conclude(self) -> None:
        """Say what was left out."""
        if self._held:
            self._health.remark(
                "latched", f"{self._held} samples that repeat the one before were left out"
            )
        if self._missing:
            self._health.remark(
                "missing_values", f"{self._missing} samples without value or time were left out"
            )

    def _breaks(self, place: NDArray[np.int64], before: NDArray[np.int64]) -> dict[int, str]:
        """Return the samples that do not continue the one before, with the reason."""
        steps = np.diff(place, prepend=place[0] - 1 if self._last is None else self._last)
        breaks = {}
        for i in np.flatnonzero(steps != 1).tolist():
            forwards = "gap" if steps[i] > 0 else "clock_backwards"
            breaks[i] = _REASONS[before[i]] or forwards
        return breaks if self._last is not None else {**breaks, 0: "start"}


def _batches(container: Container) -> Iterator[NDArray[np.float64] | None]:
    """Yield x, y, z, held, order and second of many records at a time; None for damaged ones."""
    parts: list[NDArray[np.float64]] = []
    for block in container.blocks():  # of some hundred records
        for rows in _rows(block):
            if rows is not None:
                parts.append(rows)
            if parts and (rows is None or sum(map(len, parts)) >= BATCH_RECORDS):
                yield np.concatenate(parts)
                parts = []
            if rows is None:
                container.damaged(block.offset)
                yield None
    if parts:
        yield np.concatenate(parts)


def _rows(block: AvroBlock) -> Iterator[NDArray[np.float64] | None]:
    """Yield the records of one block; None for the rest of it where it is damaged."""
    program = _program(block)
    if program is None:
        yield None
        return
    columns = [program.slots[name][1] for name in _NEEDED]
    at, left = 0, block.records
    while left:
        values = np.full((min(left, BATCH_RECORDS), program.width), np.nan)
        done, at, why = avro.walk(block.data, at, program.rows, values)
        left -= done
        if done:
            yield values[:done, columns]
        if why != avro.OK:
            if block.whole:
                yield None
            return


def _program(block: AvroBlock) -> Program | None:
    try:
        program = compile_schema(block.schema, _WANTED)
    except SchemaError:
        return None
    return program if program.has(_NEEDED) else None


def _header(block: AvroBlock) -> Header | None:
    """Return what the first record of a block says, None if it cannot be read."""
    program = _program(block)
    if program is None:
        return None
    values = np.full((1, program.width), np.nan)
    if not block.records or avro.walk(block.data, 0, program.rows, values)[0] == 0:
        return None
    said = {
        "study": program.number(values[0], _STUDY),
        "subject": program.number(values[0], _SUBJECT),
    }
    return Header(
        format=NAME,
        device="ActiGraph (CentrePoint)",
        serial=program.text(values[0], _SERIAL, block.data) or None,
        nominal_hz=RATE_HZ,
        utc_offset_s=0,
        utc_known=True,
        notes={name: f"{value:.0f}" for name, value in said.items() if np.isfinite(value)},
    )
