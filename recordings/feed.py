"""Bytes in their order, from a file or from pieces that something unpacks."""

from __future__ import annotations

from collections.abc import Iterator
from io import RawIOBase

from .model import RecordingError
from .place import Place

_SKIP_BYTES = 1 << 18


class Feed:
    """Pieces of any size as one sequence of bytes; what was only looked at can be given back.

    Parameters
    ----------
    pieces
        None of them empty.

    Attributes
    ----------
    offset
        Bytes taken so far.
    """

    def __init__(self, pieces: Iterator[bytes | memoryview]) -> None:
        self.offset = 0
        self._pieces = pieces
        self._ahead = memoryview(b"")
        self._then: list[memoryview] = []
        """What follows that, the next last."""

    def some(self, limit: int) -> memoryview:
        """Return the next bytes, as many as are at hand and not more; none only at the end."""
        if not self._at_hand():
            self._ahead = memoryview(self._next(limit))
        part = self._ahead[:limit]
        self._ahead = self._ahead[limit:]
        self.offset += len(part)
        return part

    def into(self, buffer: memoryview) -> int:
        """Fill a writable buffer; return how many bytes were filled, fewer only at the end."""
        got = 0
        while got < len(buffer) and (part := self.some(len(buffer) - got)):
            buffer[got : got + len(part)] = part
            got += len(part)
        return got

    def take(self, count: int) -> bytes:
        """Return the next ``count`` bytes, fewer only at the end."""
        buffer = bytearray(count)
        got = self.into(memoryview(buffer))
        return bytes(buffer[:got])

    def head(self, count: int) -> bytes:
        """Return the next ``count`` bytes, fewer only at the end, without taking them."""
        data = self.take(count)
        self.give_back(data)
        return data

    def give_back(self, data: bytes) -> None:
        """Put the bytes taken last in front again."""
        if self._ahead:
            self._then.append(self._ahead)
        self._ahead = memoryview(bytes(data))
        self.offset -= len(data)

    def skip(self, count: int) -> None:
        """Pass over bytes, at most to the end."""
        while count > 0 and (part := self.some(min(count, _SKIP_BYTES))):
            count -= len(part)

    def _at_hand(self) -> bool:
        """Whether there are bytes that need not be fetched."""
        if not self._ahead and self._then:
            self._ahead = self._then.pop()
        return bool(self._ahead)

    def _next(self, limit: int) -> bytes | memoryview:  # noqa: ARG002 (pieces come as they are)
        return next(self._pieces, b"")


class FileFeed(Feed):
    """The bytes of a file: read straight into the buffers of the caller."""

    def __init__(self, file: RawIOBase, path: Place) -> None:
        super().__init__(iter(()))
        self._file = file
        self._path = path
        self._size = file.seek(0, 2)
        file.seek(0)

    def into(self, buffer: memoryview) -> int:
        """Fill a writable buffer; return how many bytes were filled, fewer only at the end."""
        got = 0
        while got < len(buffer) and self._at_hand():
            part = self._ahead[: len(buffer) - got]
            buffer[got : got + len(part)] = part
            self._ahead = self._ahead[len(part) :]
            got += len(part)
        self.offset += got
        while got < len(buffer) and (more := self._read(buffer[got:])):
            got += more
            self.offset += more
        return got

    def skip(self, count: int) -> None:
        """Pass over bytes; behind the end there is nothing."""
        self.offset = min(self.offset + count, max(self._size, self.offset))
        self._ahead = memoryview(b"")
        self._then.clear()
        self._file.seek(self.offset)

    def _next(self, limit: int) -> bytes:
        buffer = bytearray(limit)
        return bytes(buffer[: self._read(memoryview(buffer))])

    def _read(self, buffer: memoryview) -> int:
        try:
            return self._file.readinto(buffer) or 0
        except OSError as error:
            raise RecordingError(
                self._path,
                f"reading failed: {error.strerror or error}",
                offset=self.offset,
                remedy="copy the file anew from where it came from",
            ) from error
