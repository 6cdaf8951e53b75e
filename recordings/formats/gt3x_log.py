"""The seconds of ``log.bin``, an ActiGraph's log of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..kernels import gt3x
from ..model import SECOND_NS, Block, Health, Samples
from ..source import ByteSource
from .gt3x_info import Settings, parse_metadata, parse_parameters

BUFFER_BYTES = 1 << 20
"""One read: some twenty minutes at 100 Hz, so that what is done once for a buffer costs little. It
holds the longest record several times."""

BATCH_RECORDS = 1 << 12
"""Records that are looked at in one go."""

_BREAKS = {
    gt3x.START: "start",
    gt3x.USB: "usb_connection",
    gt3x.IDLE: "idle_sleep",
    gt3x.BAD: "bad_block",
    gt3x.MISSING: "lost_block",
    gt3x.BACKWARDS: "clock_backwards",
    gt3x.SHORT: "short_block",
}
_SENTENCES = {
    gt3x.REPEATED: ("duplicate_block", "a second that came twice was used once: {times}"),
    gt3x.UNEVEN: ("uneven_block", "a second does not hold {rate} samples as others do: {times}"),
    gt3x.OVERFLOWS: ("overflow", "the device says {times} that it lost samples"),
    gt3x.PLUGS: ("usb_connection", "the device was connected and recorded nothing: {times}"),
    gt3x.IDLES: (
        "idle_sleep",
        "the device lay still and recorded nothing: {times}, {minutes:.1f} min in all",
    ),
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one buffer; the next batch overwrites the arrays."""

    data: NDArray[np.uint8]
    records: NDArray[np.void]
    """Of type ``RECORD``."""
    offset: int
    """Of the buffer in the log."""

    def payload(self, record: np.void) -> bytes:
        """Return what is in a record."""
        first = int(record["offset"])
        return self.data[first : first + int(record["size"])].tobytes()


def batches(source: ByteSource) -> Iterator[Batch]:
    """Yield the records of a log; what is found does not depend on the size of the buffer."""
    content = bytearray(BUFFER_BYTES)
    data = np.frombuffer(content, np.uint8)
    view = memoryview(content)
    records = np.zeros(BATCH_RECORDS, gt3x.RECORD)
    state = np.array(gt3x.FRESH_SCAN, np.int64)
    filled = 0
    final = False
    while filled or not final:
        filled += source.readinto(view[filled:])
        final = filled < len(data)
        count, used = gt3x.scan_records(data, filled, final, state, records)
        offset = source.offset - filled
        yield Batch(data, records[:count], offset)
        data[: filled - used] = data[used:filled]
        filled -= used


@dataclass(frozen=True, slots=True)
class Look:
    """What the first buffer of a log says."""

    settings: Settings
    rate_hz: int | None
    """Samples in most of its seconds."""


def look_at(source: ByteSource) -> Look:
    """Return settings and rate; the first of a name counts."""
    parameters: dict[tuple[int, int], int] = {}
    metadata: dict[str, object] = {}
    samples = [0]
    batch = next(batches(source))
    for record in batch.records:
        kind, size = int(record["kind"]), int(record["size"])
        if kind == gt3x.PARAMETERS:
            parameters = {**parse_parameters(batch.payload(record)), **parameters}
        elif kind == gt3x.METADATA:
            metadata = {**parse_metadata(batch.payload(record)), **metadata}
        elif kind in (gt3x.ACTIVITY_12_XYZ, gt3x.ACTIVITY_12_YXZ) and size > 1:
            samples.append(size * 8 // 36)
        elif kind == gt3x.ACTIVITY_16_XYZ and size > 1:
            samples.append(size // 6)
    usual = int(np.bincount(samples[1:] or samples).argmax())
    return Look(Settings(parameters=parameters, metadata=metadata), usual or None)


@dataclass(slots=True)
class Joiner:
    """Turns records into blocks: decides where a second does not continue the one before.

    Parameters
    ----------
    rate_hz
        Samples of a second.
    stamp_offset_s
        From stamps to device time.
    convert
        From stored samples to those delivered.
    health
        Where losses are counted.
    """

    rate_hz: int
    stamp_offset_s: int
    convert: Callable[[NDArray[np.int16]], Samples]
    health: Health
    _state: NDArray[np.int64] = field(
        default_factory=lambda: np.array(gt3x.FRESH_JOIN, np.int64), init=False
    )
    _tally: NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(gt3x.TALLIES, np.int64), init=False
    )
    _first_bad: int = field(default=-1, init=False)
    _cut_bytes: int = field(default=0, init=False)

    def join(self, batch: Batch) -> Iterator[Block]:
        """Yield the blocks of a batch."""
        self._count_lost(batch)
        seconds = np.zeros(len(batch.records), gt3x.SECOND)
        count = gt3x.join_seconds(
            batch.data, batch.records, self.rate_hz, self._state, self._tally, seconds
        )
        seconds = seconds[:count]
        self.health.blocks += count
        edges = np.concatenate([[0], np.cumsum(seconds["samples"])])
        stored = np.empty((int(edges[-1]), 3), np.int16)
        gt3x.unpack_seconds(batch.data, seconds, stored)
        samples = self.convert(stored)
        breaks = np.flatnonzero(seconds["why"] != gt3x.CONTINUES).tolist()
        for a, b in pairwise(sorted({0, *breaks, count})):
            yield Block(
                samples=samples[edges[a] : edges[b]],
                anchors=self._anchors(seconds[a:b], edges[a : b + 1] - edges[a]),
                breaks=_BREAKS.get(int(seconds["why"][a]), ""),
            )

    def conclude(self) -> None:
        """Say what was met."""
        if self._first_bad >= 0:
            self.health.remark(
                "bad_block",
                f"damaged records were left out, the first at byte {self._first_bad} of the log",
            )
        if self._cut_bytes:
            self.health.remark(
                "truncated", f"the log ends inside a record: {self._cut_bytes} bytes unused"
            )
        minutes = self._tally[gt3x.IDLE_S] / 60
        for which, (code, sentence) in _SENTENCES.items():
            count = int(self._tally[which])
            if count:
                times = "once" if count == 1 else f"{count} times"
                text = sentence.format(times=times, rate=self.rate_hz, minutes=minutes)
                self.health.remark(code, text)

    def _anchors(self, seconds: NDArray[np.void], edges: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the time of the first sample of a run, and that behind the end of each second."""
        start_ns = (seconds["time_s"] + self.stamp_offset_s) * SECOND_NS
        lasts_ns = np.rint(seconds["samples"] * (SECOND_NS / self.rate_hz)).astype(np.int64)
        times_ns = np.concatenate([start_ns[:1], start_ns + lasts_ns])
        anchors = np.column_stack([edges, times_ns])
        return anchors if seconds["why"][0] != gt3x.CONTINUES else anchors[1:]

    def _count_lost(self, batch: Batch) -> None:
        kinds = batch.records["kind"]
        lost = batch.records[kinds == gt3x.LOST]
        self._cut_bytes += int(batch.records["size"][kinds == gt3x.CUT].sum())
        self.health.blocks += len(lost)
        self.health.blocks_bad += len(lost)
        self.health.bytes_skipped += int(lost["size"].sum())
        if len(lost) and self._first_bad < 0:
            self._first_bad = batch.offset + int(lost["offset"][0])
