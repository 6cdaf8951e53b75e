"""EDF, EDF+ and BDF: the exchange formats of polysomnography, and the files of some recorders.

A header of text, then records of equal length in which every signal has its share: 16 bits a sample
in EDF, 24 in BDF. Records follow each other without a gap, from the header's start on at an exact
rate; in an interrupted recording (EDF+D) each says itself when it began.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..model import (
    Block,
    Header,
    Health,
    ReadOptions,
    RecordingError,
    Remark,
    Samples,
    Scale,
)
from ..place import Place
from ..source import ByteSource
from .edf_axes import Accelerometer, calibrate, find_accelerometer, range_g
from .edf_header import BDF_MARK, EDF_MARK, EdfHeader, read_header
from .edf_time import onset_ns, stated_offset
from .tables.dates import offset_in_s
from .units import LOOK_ROWS

BATCH_BYTES = 1 << 19
"""One read; of longer records one at a time."""

BLOCK_SAMPLES = 1 << 14
"""A record may hold hours."""

ANCHOR_S = 10
"""Distance of anchors within a record."""

ROUNDING_NS = 1_000_000
"""Onsets of records are text, often with few digits: an interruption is longer than this and one
sample."""

_EQUIPMENT = re.compile(r"(?:^|_)([A-Z]+)=([^_]*)")
"""Recorders write several things where EDF+ has the name of the equipment: ``SW=3.5.1_SER=16212``.
"""


def sniff(head: bytes) -> bool:
    """Whether the first bytes are those of an EDF or BDF header, which has no line ends."""
    return head.startswith((EDF_MARK, BDF_MARK)) and not re.search(rb"[\r\n]", head[:256])


def open_reader(path: Place, options: ReadOptions) -> EdfReader:
    """Read the header, find the accelerometer and look at its first samples.

    Raises
    ------
    RecordingError
        If the header is damaged, there are no three axes of acceleration, or their unit is unknown.
    """
    stated = read_header(path)
    sensor = find_accelerometer(path, stated)
    if stated.interrupted and stated.annotations is None:
        raise RecordingError(
            path,
            "is an interrupted recording (EDF+D) without the annotations that say when its "
            "records begin",
            remedy="export it as continuous EDF",
        )
    first, onset = _look(path, sensor)
    scale, unit, gravity = calibrate(path, sensor, first, options.unit)
    return EdfReader(
        path=path,
        sensor=sensor,
        header=_header(sensor, scale, unit),
        scale=scale,
        start_ns=stated.start_ns + (0 if stated.interrupted else onset),
        remarks=(*stated.remarks, *gravity),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EdfReader:
    """One EDF or BDF file; see :class:`recordings.formats.Reader`."""

    path: Place
    sensor: Accelerometer
    header: Header
    scale: Scale
    start_ns: int
    """Device time from which records are counted."""
    remarks: tuple[Remark, ...]

    def blocks(self, health: Health) -> Iterator[Block]:
        """Decode from the beginning, some records at a time."""
        for note in self.remarks:
            health.remark(note.code, note.message)
        joiner = _Joiner(self.sensor, self.start_ns, health)
        with ByteSource(self.path) as source:
            for records in _records(source, self.sensor.stated):
                yield from joiner.join(records)
            joiner.conclude(source.offset)
            source.conclude(health)


class _Joiner:
    """Turns records into blocks: decides where one does not continue the one before."""

    def __init__(self, sensor: Accelerometer, start_ns: int, health: Health) -> None:
        self._sensor = sensor
        self._stated = sensor.stated
        self._start_ns = start_ns
        self._health = health
        self._records = 0
        """Records so far."""
        self._next_ns: int | None = None
        """When the next one begins if nothing comes between."""
        self._after_bad = False
        self._first_bad = -1
        step = max(1, round(ANCHOR_S * sensor.rate_hz))
        self._inside = np.arange(0, sensor.samples, step)
        """Anchors in a record, by sample."""

    def join(self, records: NDArray[np.uint8]) -> Iterator[Block]:
        """Yield the blocks of consecutive records."""
        onsets, good = self._onsets(records)
        self._count(good)
        at = np.flatnonzero(good)
        if len(at):
            samples = self._sensor.decode(records[at])
            breaks = self._breaks(onsets[at], at)
            for first, last in pairwise([*sorted({0, *breaks}), len(at)]):
                run = slice(self._sensor.samples * first, self._sensor.samples * last)
                anchors = self._anchors(onsets[at[first:last]])
                yield from _blocks(samples[run], anchors, breaks.get(first, ""))
            self._next_ns = int(onsets[at[-1]]) + self._stated.duration_ns
        self._after_bad = not good[-1]

    def conclude(self, end: int) -> None:
        """Say what was damaged, and where header and file disagree, which ends at byte ``end``."""
        stated, found = self._stated, self._records
        rest = (end - stated.header_bytes) % stated.record_bytes
        self._health.bytes_skipped += rest
        if self._first_bad >= 0:
            self._health.remark(
                "bad_block",
                f"{self._health.blocks_bad} records that do not say when they began were left out; "
                f"the first is at byte {self._first_bad}",
            )
        if rest or found < stated.records:
            of_all = f" of {stated.records}" if stated.records > found else ""
            inside = f"; {rest} bytes of the next were left out" if rest else ""
            self._health.remark("truncated", f"the file ends after {found}{of_all} records{inside}")
        if 0 < stated.records < found:
            self._health.remark(
                "record_count", f"the header states {stated.records} records, the file has {found}"
            )

    def _onsets(self, records: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return when records began, and of which that is known."""
        text = self._stated.annotations
        if not self._stated.interrupted or text is None:
            index = np.arange(self._records, self._records + len(records))
            return self._start_ns + index * self._stated.duration_ns, np.ones(len(index), np.bool_)
        found = [onset_ns(row.tobytes()) for row in records[:, self._stated.bytes_of(text)]]
        onsets = np.array([onset or 0 for onset in found], np.int64)
        return self._start_ns + onsets, np.array([onset is not None for onset in found])

    def _count(self, good: NDArray[np.bool_]) -> None:
        """Note what was read and what was damaged."""
        bad = np.flatnonzero(~good)
        if len(bad) and self._first_bad < 0:
            before = self._records + int(bad[0])
            self._first_bad = self._stated.header_bytes + before * self._stated.record_bytes
        self._records += len(good)
        self._health.blocks += len(good) - len(bad)
        self._health.blocks_bad += len(bad)
        self._health.bytes_skipped += len(bad) * self._stated.record_bytes

    def _breaks(self, onsets: NDArray[np.int64], at: NDArray[np.int64]) -> dict[int, str]:
        """Return the usable records that do not continue the one before, with the reason."""
        expected = np.empty_like(onsets)
        expected[0] = onsets[0] if self._next_ns is None else self._next_ns
        expected[1:] = onsets[:-1] + self._stated.duration_ns
        late = onsets - expected
        lost = np.diff(at, prepend=-1) > 1
        lost[0] |= self._after_bad
        period_ns = self._stated.duration_ns // self._sensor.samples
        apart = np.abs(late) > period_ns + ROUNDING_NS
        breaks = {
            i: "bad_block" if lost[i] else "gap" if late[i] > 0 else "clock_backwards"
            for i in np.flatnonzero(apart | lost).tolist()
        }
        return breaks if self._next_ns is not None else {**breaks, 0: "start"}

    def _anchors(self, onsets: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the anchors of a run from its first sample on."""
        count = self._sensor.samples
        index = count * np.arange(len(onsets))[:, None] + self._inside
        times = onsets[:, None] + self._inside * self._stated.duration_ns // count
        return np.column_stack([index.ravel(), times.ravel()])


def _blocks(samples: Samples, anchors: NDArray[np.int64], reason: str) -> Iterator[Block]:
    """Cut a run into blocks of bounded size."""
    for first in range(0, len(samples), BLOCK_SAMPLES):
        part = samples[first : first + BLOCK_SAMPLES]
        here = slice(*np.searchsorted(anchors[:, 0], [first, first + len(part)]))
        yield Block(samples=part, anchors=anchors[here] - np.array([first, 0]), breaks=reason)
        reason = ""


def _records(source: ByteSource, stated: EdfHeader) -> Iterator[NDArray[np.uint8]]:
    """Yield the whole records to the end of the file, shape (records, bytes)."""
    size = stated.record_bytes
    source.read(stated.header_bytes)
    while content := source.read(max(1, BATCH_BYTES // size) * size):
        if count := len(content) // size:
            yield np.frombuffer(content, np.uint8, count * size).reshape(count, size)


def _look(path: Place, sensor: Accelerometer) -> tuple[Samples, int]:
    """Return the first samples, and what the first record says of its onset."""
    stated, text = sensor.stated, sensor.stated.annotations
    parts: list[Samples] = []
    onset = 0
    with ByteSource(path) as source:
        for records in _records(source, stated):
            if text is not None and not parts:
                onset = onset_ns(records[0, stated.bytes_of(text)].tobytes()) or 0
            parts.append(sensor.decode(records)[:LOOK_ROWS])
            if sum(map(len, parts)) >= LOOK_ROWS:
                break
    if not parts:
        raise RecordingError(
            path, "holds not one whole record", offset=stated.header_bytes, remedy="copy it again"
        )
    return np.asarray(np.concatenate(parts)[:LOOK_ROWS]), onset


def _header(sensor: Accelerometer, scale: Scale, unit: str) -> Header:
    """Return what the file says of itself; who was recorded stays in it."""
    stated = sensor.stated
    words = stated.recording.split(" ") + [""] * 5
    equipment = words[4] if words[0] == "Startdate" else ""
    said = dict(_EQUIPMENT.findall(equipment))
    offset = stated_offset(stated.recording)
    return Header(
        format="edf" if stated.width == 2 else "bdf",
        device=said.get("DEVTYPE") or (None if equipment in ("", "X") else equipment),
        serial=said.get("SER") or None,
        firmware=said.get("SW") or None,
        nominal_hz=sensor.rate_hz,
        range_g=range_g(sensor, scale),
        utc_offset_s=None if offset is None else offset_in_s(offset),
        notes={"signals": ", ".join(axis.label for axis in sensor.axes), "unit": unit},
    )
