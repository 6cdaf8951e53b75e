"""The sectors of a CWA file in their order: alignment, damage, continuity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..kernels import cwa
from ..model import Health
from ..source import ByteSource

BATCH_SECTORS = 2048
"""1 MiB, a quarter of a million samples: what is done once for a batch then costs little beside
what is done for every sample (3.6 instead of 5.3 ns a sample with 256 KiB)."""

TEMPERATURE_SECTORS = 256
"""Sectors that share one temperature: five minutes at 100 Hz, in which a wrist does not change by
much; every change cuts a block, and blocks cost time."""

_WHY = {
    cwa.BAD_SUM: "wrong checksum",
    cwa.BAD_STAMP: "impossible date",
    cwa.BAD_LAYOUT: "impossible packing or sample count",
    cwa.LOST: "no block begins here",
}
_SENTENCES = {
    "bad_block": "{count} damaged blocks skipped, the first at byte {first}",
    "other_configuration": "{count} blocks with another rate, range or packing than the first block"
    " skipped, the first at byte {first}",
    "duplicate_block": "{count} repeated blocks skipped, the first at byte {first}",
    "foreign_block": "{count} blocks that hold no samples skipped, the first at byte {first}",
    "overflow": "{count} times the device says that it lost samples, first in the block at byte"
    " {first}",
    "truncated": "the file ends inside a block: {count} bytes unused from byte {first} on",
}
_OVERFLOW_EVENTS = 0x10 | 0x20


@dataclass(frozen=True, slots=True)
class Batch:
    """Sectors that have been inspected; the next batch overwrites the arrays."""

    offset: int
    """Of the first sector in the content."""
    words: NDArray[np.uint16]
    """(n, 256)."""
    payload: NDArray[np.uint32]
    """(n, 128): the same from byte 2 on, so that samples are aligned."""
    info: NDArray[np.int64]
    """(9, n): the rows of :mod:`recordings.kernels.cwa`."""
    after_loss: bool
    """Whether bytes were lost between the batch before and this one."""


class Losses:
    """Counts what is not delivered, and names the first of each kind."""

    def __init__(self, health: Health) -> None:
        self.health = health
        self._counts: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def note(self, code: str, count: int, offset: int, why: str = "") -> None:
        """Add ``count`` cases, the first at byte ``offset`` of the content."""
        self._counts[code] = self._counts.get(code, 0) + count
        self._first.setdefault(code, f"{offset} ({why})" if why else str(offset))

    def conclude(self) -> None:
        """Write the remarks."""
        for code, count in self._counts.items():
            sentence = _SENTENCES[code].format(count=count, first=self._first[code])
            self.health.remark(code, sentence)


class Sectors:
    """All sectors of a CWA file behind its header, batch by batch.

    Where no sector begins that should, the reading goes on at the next one with a good checksum,
    wherever it lies. What is found does not depend on the size of the batches.
    """

    def __init__(self, source: ByteSource, losses: Losses, batch_sectors: int = BATCH_SECTORS):
        self._source = source
        self._losses = losses
        size = batch_sectors * cwa.SECTOR_BYTES
        self._data = _aligned(size + 2)
        self._view = self._data.data[:size]
        self._words = self._data[:size].view("<u2").reshape(-1, 256)
        self._payload = self._data[2:].view("<u4").reshape(-1, 128)
        self._info = np.zeros((cwa.INFO_ROWS, batch_sectors), np.int64)
        self._filled = 0
        self._final = False
        self._lost_at: int | None = None
        """Offset in the content from which on no sector has been found."""

    def __iter__(self) -> Iterator[Batch]:
        while not self._final or (self._lost_at is not None and self._filled):
            self._filled += self._source.readinto(self._view[self._filled :])
            self._final = self._filled < len(self._view)
            after_loss = self._lost_at is not None
            if after_loss and not self._realign():
                continue
            count, used = self._inspect()
            yield Batch(
                self._offset,
                self._words[:count],
                self._payload[:count],
                self._info[:, :count],
                after_loss,
            )
            self._drop(used)
        if self._lost_at is not None:
            self._end_loss(self._source.offset)
        elif self._filled:
            self._losses.note("truncated", self._filled, self._offset)
            self._losses.health.bytes_skipped += self._filled

    @property
    def _offset(self) -> int:
        return self._source.offset - self._filled

    def _drop(self, count: int) -> None:
        """Move what is behind the first ``count`` bytes to the front of the buffer."""
        rest = self._filled - count
        self._data[:rest] = self._data[count : self._filled]
        self._filled = rest

    def _inspect(self) -> tuple[int, int]:
        """Inspect the buffer; return the number of sectors and of bytes that are done with."""
        words = self._words[: self._filled // cwa.SECTOR_BYTES]
        first = 0
        while True:
            stop, lost = cwa.inspect(words, first, int(self._final), self._info)
            place = stop * cwa.SECTOR_BYTES
            if not lost:
                return stop, place
            found = cwa.find_sector(self._data, place + 1, self._filled)
            if found < 0 or found % cwa.SECTOR_BYTES:
                self._lost_at = self._offset + place
                return stop, place + 1
            first = found // cwa.SECTOR_BYTES
            self._info[cwa.STATUS, stop:first] = cwa.LOST

    def _realign(self) -> bool:
        """Look for a good sector; it then stands at the front of the buffer."""
        found = cwa.find_sector(self._data, 0, self._filled)
        if found < 0:
            keep = 0 if self._final else cwa.SECTOR_BYTES - 1
            self._drop(max(0, self._filled - keep))
            return False
        self._drop(found)
        self._end_loss(self._offset)
        return True

    def _end_loss(self, stop: int) -> None:
        start = stop if self._lost_at is None else self._lost_at
        count = max(1, round((stop - start) / cwa.SECTOR_BYTES))
        health = self._losses.health
        health.blocks += count
        health.blocks_bad += count
        health.bytes_skipped += stop - start
        self._losses.note("bad_block", count, start, _WHY[cwa.LOST])
        self._lost_at = None


class Continuity:
    """Tells which sectors are delivered, and where they do not continue the one before.

    Parameters
    ----------
    layout
        Of :mod:`recordings.kernels.cwa`: sectors with another are skipped.
    losses
        Where the skipped ones are counted.
    """

    def __init__(self, layout: int, losses: Losses) -> None:
        self._layout = layout
        self._losses = losses
        self._last: NDArray[np.int64] | None = None
        """Column of the latest sector delivered, shape (9, 1)."""
        self._lost = ""
        """What was lost behind it."""

    def take(self, batch: Batch) -> tuple[NDArray[np.int64], dict[int, str]]:
        """Choose the sectors to deliver.

        Returns
        -------
        sectors, breaks
            Indices into the batch; where among them the run is broken, and why.
        """
        if batch.after_loss:
            self._lost = self._lost or "bad_block"
        info = batch.info
        usable = (info[cwa.STATUS] == cwa.GOOD) & (info[cwa.LAYOUT] == self._layout)
        repeated = self._repeated(info, np.flatnonzero(usable))
        usable[repeated] = False
        self._count(batch, usable)
        sectors = np.flatnonzero(usable)
        if not len(sectors):
            self._lost = self._lost or self._loss(info)
            return sectors, {}
        breaks = self._breaks(info, sectors)
        self._last = info[:, sectors[-1:]]
        self._lost = self._loss(info[:, sectors[-1] + 1 :])
        return sectors, breaks

    def _breaks(self, info: NDArray[np.int64], sectors: NDArray[np.int64]) -> dict[int, str]:
        steps = self._steps(info, sectors, cwa.SEQUENCE)
        other_session = self._steps(info, sectors, cwa.SESSION) != 0
        breaks = {}
        for k in np.flatnonzero((steps != 1) | other_session).tolist():
            missing = info[:, (sectors[k - 1] + 1 if k else 0) : sectors[k]]
            loss = self._loss(missing) or (self._lost if k == 0 else "")
            anew = steps[k] <= 0 or other_session[k]
            breaks[k] = loss or ("restart" if anew else "lost_block")
        return breaks if self._last is not None else {**breaks, 0: "start"}

    def _steps(
        self, info: NDArray[np.int64], sectors: NDArray[np.int64], row: int
    ) -> NDArray[np.int64]:
        """Differences of each sector to the one before; the very first to itself."""
        values = info[row, sectors]
        first = values[:1] if self._last is None else self._last[row]
        return np.asarray(values - np.concatenate([first, values[:-1]]))

    def _repeated(self, info: NDArray[np.int64], sectors: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those that are copies of the one before: same number, same stamp."""
        same = self._steps(info, sectors, cwa.SEQUENCE) == 0
        if self._last is None:
            same[:1] = False
        if not same.any():
            return sectors[:0]
        for row in (cwa.SESSION, cwa.TIME_NS, cwa.ANCHOR):
            same &= self._steps(info, sectors, row) == 0
        return np.asarray(sectors[same])

    def _loss(self, info: NDArray[np.int64]) -> str:
        """Say what is wrong with sectors that are not delivered."""
        if not info.size:
            return ""
        good = info[cwa.STATUS] == cwa.GOOD
        if np.any(good & (info[cwa.LAYOUT] != self._layout)):
            return "other_configuration"
        return "bad_block" if np.any(~good & (info[cwa.STATUS] != cwa.FOREIGN)) else ""

    def _count(self, batch: Batch, usable: NDArray[np.bool_]) -> None:
        info, health = batch.info, self._losses.health
        self._note("overflow", batch, usable & (info[cwa.EVENTS] & _OVERFLOW_EVENTS != 0))
        if usable.all():
            health.blocks += len(usable)
            return
        good = info[cwa.STATUS] == cwa.GOOD
        foreign = info[cwa.STATUS] == cwa.FOREIGN
        other = good & (info[cwa.LAYOUT] != self._layout)
        self._note("bad_block", batch, ~good & ~foreign)
        self._note("other_configuration", batch, other)
        self._note("duplicate_block", batch, good & ~other & ~usable)
        self._note("foreign_block", batch, foreign)
        health.blocks += int(np.count_nonzero(~foreign))
        health.blocks_bad += int(np.count_nonzero(~usable & ~foreign))
        health.bytes_skipped += int(np.count_nonzero(~usable)) * cwa.SECTOR_BYTES

    def _note(self, code: str, batch: Batch, which: NDArray[np.bool_]) -> None:
        places = np.flatnonzero(which)
        if len(places):
            first = int(places[0])
            why = _WHY.get(int(batch.info[cwa.STATUS, first]), "")
            self._losses.note(code, len(places), batch.offset + first * cwa.SECTOR_BYTES, why)


class Thermometer:
    """Gives each sector delivered the temperature of the first of its group that measured one.

    Groups are counted from the first sector delivered, not from the batch that it came in.
    """

    def __init__(self) -> None:
        self._delivered = 0
        self._raw = 0

    def read(self, raw: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return °C by the device maker's formula, NaN where none was measured.

        Parameters
        ----------
        raw
            Shape (n,): what the next sectors say, 0 if nothing.
        """
        held = np.empty(len(raw), np.int64)
        starts = range(-self._delivered % TEMPERATURE_SECTORS, len(raw), TEMPERATURE_SECTORS)
        for first, stop in pairwise(sorted({0, *starts, len(raw)})):
            if first in starts:
                self._raw = 0
            held[first:stop] = self._raw
            if not self._raw:
                known = first + int((raw[first:stop] > 0).argmax())
                self._raw = int(raw[known])
                held[known:stop] = self._raw
        self._delivered += len(raw)
        return np.where(held > 0, held * (75 / 256) - 50, np.nan)


def _aligned(size: int) -> NDArray[np.uint8]:
    """Return a buffer at an address that is 2 mod 64: samples, from byte 30 on, are aligned."""
    memory = np.empty(size + 64, np.uint8)
    start = (2 - memory.ctypes.data) % 64
    return memory[start : start + size]
