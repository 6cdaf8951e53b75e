"""The container of Avro files: a header with the schema, then blocks of records.

Every block ends with the same 16 bytes that the header ends with. They are all there is against
damage: blocks have no checksums.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from ..model import Health, RecordingError
from ..source import ByteSource

MARK = b"Obj\x01"
SYNC_BYTES = 16

LARGEST_HEADER_BYTES = 1 << 20
LARGEST_BLOCK_BYTES = 1 << 26
"""A larger block, compressed or not, is damage. Half an hour of an EmbracePlus, the largest there
are, takes 3 MB."""

LARGEST_RATIO = 128
"""So many times its size, and a mebibyte, is what a block may inflate to: ten times what samples
do. Deflate could reach 1032."""

_PIECE_BYTES = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class AvroBlock:
    """Some records, not yet taken apart."""

    schema: bytes
    """JSON."""
    records: int
    data: NDArray[np.uint8]
    offset: int
    """Where the block begins in the file."""
    whole: bool
    """Whether the file holds all of it."""


class Container:
    """The blocks of a file, from the first on.

    Files that were put one behind the other (``cat``) are one recording.

    Parameters
    ----------
    source
        At its beginning.
    health
        Filled with what was read and lost.

    Raises
    ------
    RecordingError
        If the first header is damaged, or blocks are compressed in a way that is not read.
    """

    def __init__(self, source: ByteSource, health: Health) -> None:
        self._source = source
        self._health = health
        self._window = bytearray()
        """What was read and not yet used."""
        self._first_bad = -1
        self.schema = self._sync = b""
        self._deflated = False
        if codec := self._header():
            raise RecordingError(
                source.path,
                f"is an Avro file with {codec}",
                offset=0,
                remedy="copy it again, or write it with the codec 'deflate'",
            )

    def blocks(self) -> Iterator[AvroBlock]:
        """Yield block after block; a damaged one costs what lies before the next mark."""
        while self._reach(1):
            if self._window.startswith(MARK) and not self._header():
                continue
            offset = self._source.offset - len(self._window)
            records, begin, end = self._frame()
            if end <= 0:
                self.damaged(offset)
                self._seek_sync()
                continue
            whole = len(self._window) >= end + SYNC_BYTES
            data = self._inflate(bytes(self._window[begin:end]), whole=whole)
            self._use(end + SYNC_BYTES)
            if data is None:
                self.damaged(offset)
                continue
            self._health.blocks += 1
            yield AvroBlock(
                schema=self.schema, records=records, data=data, offset=offset, whole=whole
            )
        self._conclude()

    def damaged(self, offset: int) -> None:
        """Count a damaged block."""
        self._health.blocks_bad += 1
        if self._first_bad < 0:
            self._first_bad = offset

    def _conclude(self) -> None:
        self._source.conclude(self._health)
        if self._first_bad >= 0:
            self._health.remark(
                "bad_block",
                f"{self._health.blocks_bad} damaged blocks were left out; the first is at byte "
                f"{self._first_bad}",
            )

    def _reach(self, count: int) -> bool:
        """Read until the window holds so many bytes; False if the file ends before."""
        while len(self._window) < count:
            piece = self._source.read(_PIECE_BYTES)
            if not piece:
                return False
            self._window += piece
        return True

    def _use(self, count: int) -> None:
        del self._window[:count]

    def _header(self) -> str:
        """Take a header from the window, say what is wrong with it; if anything is, it stays."""
        self._reach(LARGEST_HEADER_BYTES)
        try:
            meta, at = _metadata(self._window)
        except (IndexError, OverflowError):
            return "a damaged header"
        sync = bytes(self._window[at : at + SYNC_BYTES])
        codec = meta.get(b"avro.codec", b"null")
        if codec not in (b"null", b"deflate"):
            return f"the codec {codec.decode('latin-1')!r}, which is not read"
        if len(sync) < SYNC_BYTES or b"avro.schema" not in meta:
            return "a damaged header"
        self.schema, self._sync, self._deflated = meta[b"avro.schema"], sync, codec == b"deflate"
        self._use(at + SYNC_BYTES)
        return ""

    def _frame(self) -> tuple[int, int, int]:
        """Return the number of records, and where in the window their bytes begin and end.

        The end is 0 if no block begins here. A block at whose end the file is cut has no mark, and
        there is none behind it.
        """
        self._reach(20)
        try:
            records, at = _integer(self._window, 0)
            size, at = _integer(self._window, at)
        except (IndexError, OverflowError):
            return 0, 0, 0
        end = at + size
        if records < 0 or not 0 <= size <= LARGEST_BLOCK_BYTES:
            return 0, 0, 0
        if self._reach(end + SYNC_BYTES):
            good = self._window.startswith(self._sync, end)
        elif good := self._sync not in self._window:
            text = "the file ends inside a block; what it holds was used"
            self._health.remark("truncated", text)
        return records, at, end if good else 0

    def _inflate(self, content: bytes, *, whole: bool) -> NDArray[np.uint8] | None:
        """Return the bytes of the records, None if they are damaged."""
        if self._deflated:
            limit = min((1 << 20) + LARGEST_RATIO * len(content), LARGEST_BLOCK_BYTES)
            inflate = isal_zlib.decompressobj(wbits=-15)
            try:
                content = inflate.decompress(content, limit)
            except isal_zlib.IsalError:  # type: ignore[misc]  # its stub says instance
                return None
            if whole and not inflate.eof:
                return None
        return np.frombuffer(content, np.uint8)

    def _seek_sync(self) -> None:
        """Drop everything to behind the next mark."""
        start = 1
        while (found := self._window.find(self._sync, start)) < 0:
            dropped = max(0, len(self._window) - SYNC_BYTES + 1)
            self._health.bytes_skipped += dropped
            self._use(dropped)
            start = 0
            if not self._reach(len(self._window) + 1):
                found = len(self._window)
                break
        self._health.bytes_skipped += min(found + SYNC_BYTES, len(self._window))
        self._use(found + SYNC_BYTES)


def _metadata(data: bytearray) -> tuple[dict[bytes, bytes], int]:
    """Return what a header states, and the place behind it."""
    if not data.startswith(MARK):
        raise IndexError
    at = len(MARK)
    meta: dict[bytes, bytes] = {}
    while True:
        count, at = _integer(data, at)
        if count < 0:
            count = -count
            _, at = _integer(data, at)
        if count == 0:
            return meta, at
        for _ in range(count):
            key, at = _text(data, at)
            meta[key], at = _text(data, at)


def _text(data: bytearray, at: int) -> tuple[bytes, int]:
    size, at = _integer(data, at)
    if not 0 <= size <= len(data) - at:
        raise IndexError
    return bytes(data[at : at + size]), at + size


def _integer(data: bytearray, at: int) -> tuple[int, int]:
    """Return an integer of variable length, and the place behind it."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at
    raise OverflowError
