"""Sequential bytes of a plain or gzip-compressed file.

The content decides whether a file is compressed, not its name. Damage of the compression is no
error here: what could be decompressed is delivered, and :attr:`ByteSource.truncated` says that
there should have been more.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from isal import isal_zlib

from .model import Health, RecordingError

_GZIP_MAGIC = b"\x1f\x8b"
_IN_BYTES = 1 << 16
_OUT_BYTES = 1 << 18


class ByteSource:
    """The content of a file from its first byte to its last, gzip removed.

    Parameters
    ----------
    path
        A regular file.

    Attributes
    ----------
    path
        The file.
    offset
        Bytes of (decompressed) content delivered so far.
    compressed
        Whether the file is gzip.
    truncated
        Whether the compressed content broke off early or failed its own check; known once all of it
        has been read.

    Raises
    ------
    RecordingError
        If the file is missing, not a file, unreadable or empty; later also if reading fails.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.offset = 0
        self.truncated = False
        self._ahead = memoryview(b"")
        self._file = _open(self.path)
        try:
            self.compressed = self._raw(2) == _GZIP_MAGIC
        except RecordingError:
            self.close()
            raise
        self._file.seek(0)
        self._pieces = self._decompressed() if self.compressed else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def head(self, count: int) -> bytes:
        """Return the next ``count`` bytes (fewer only at the end) without consuming them."""
        ahead = bytearray(count)
        got = self._fill(memoryview(ahead))
        self._ahead = memoryview(bytes(ahead[:got]) + bytes(self._ahead))
        return bytes(ahead[:got])

    def read(self, count: int) -> bytes:
        """Return the next ``count`` bytes, fewer only at the end."""
        buffer = bytearray(count)
        return bytes(buffer[: self.readinto(memoryview(buffer))])

    def readinto(self, buffer: memoryview) -> int:
        """Fill a writable buffer of bytes; return how many were filled, fewer only at the end."""
        got = self._fill(buffer)
        self.offset += got
        return got

    def conclude(self, health: Health) -> None:
        """Write into ``health`` how much was read, and whether compressed content broke off."""
        health.bytes_read = self.offset
        if self.truncated:
            health.remark(
                "truncated_gzip",
                f"the gzip content is cut or damaged behind byte {self.offset} of the content; "
                "everything before was used",
            )

    def _fill(self, buffer: memoryview) -> int:
        got = 0
        while got < len(buffer):
            if not self._ahead and self._pieces is None:
                count = self._raw_into(buffer[got:])
                if not count:
                    break
            else:
                if not self._ahead and not self._next_piece():
                    break
                count = min(len(self._ahead), len(buffer) - got)
                buffer[got : got + count] = self._ahead[:count]
                self._ahead = self._ahead[count:]
            got += count
        return got

    def _next_piece(self) -> bool:
        piece = next(self._pieces, b"") if self._pieces is not None else b""
        self._ahead = memoryview(piece)
        return bool(piece)

    def _decompressed(self) -> Iterator[bytes]:
        """Inflate member after member; the loss of a damaged one is at most ``_OUT_BYTES``."""
        while (first := self._raw(2)) == _GZIP_MAGIC:
            if not self._skip_member_header():
                self.truncated = True
                return
            inflate = isal_zlib.decompressobj(wbits=-15)
            checksum = 0
            data = b""
            while not inflate.eof:
                data = inflate.unconsumed_tail or self._raw(_IN_BYTES)
                try:
                    piece = inflate.decompress(data, _OUT_BYTES)
                except isal_zlib.IsalError:  # type: ignore[misc]  # its stub says instance
                    self.truncated = True
                    return
                checksum = isal_zlib.crc32(piece, checksum)
                if piece:
                    yield piece
                elif not data:
                    self.truncated = True
                    return
            self._file.seek(-len(inflate.unused_data), 1)
            # A wrong sum at the end undoes nothing: the formats have sums of their own.
            trailer = self._raw(8)
            if len(trailer) < 8 or int.from_bytes(trailer[:4], "little") != checksum:
                self.truncated = True
        if first.strip(b"\0"):
            self.truncated = True

    def _skip_member_header(self) -> bool:
        """Skip what RFC 1952 puts between magic and deflate stream; False if it is cut."""
        fixed = self._raw(8)
        if len(fixed) < 8 or fixed[0] != 8:
            return False
        flags = fixed[1]
        if flags & 4:
            self._raw(int.from_bytes(self._raw(2), "little"))
        for text in (8, 16):
            if flags & text:
                while (byte := self._raw(1)) != b"\0":
                    if not byte:
                        return False
        if flags & 2:
            self._raw(2)
        return True

    def _raw(self, count: int) -> bytes:
        buffer = bytearray(count)
        view = memoryview(buffer)
        got = 0
        while got < count and (more := self._raw_into(view[got:])):
            got += more
        return bytes(buffer[:got])

    def _raw_into(self, buffer: memoryview) -> int:
        try:
            return self._file.readinto(buffer) or 0  # type: ignore[attr-defined]  # FileIO has it
        except OSError as error:
            raise RecordingError(
                self.path,
                f"reading failed: {error.strerror or error}",
                offset=self.offset,
                remedy="copy the file anew from where it came from",
            ) from error


def _open(path: Path) -> IO[bytes]:
    """Open a regular, non-empty file; every refusal of the system becomes a RecordingError."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise RecordingError(path, "is a folder", remedy="name the files inside it")
        if not stat.S_ISREG(status.st_mode):
            raise RecordingError(path, "is not a regular file", remedy="save it to a file first")
        if status.st_size == 0:
            raise RecordingError(
                path, "is empty (0 bytes)", remedy="download or copy the recording again"
            )
        return path.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise RecordingError(path, "does not exist", remedy="check the path") from error
    except PermissionError as error:
        raise RecordingError(
            path, "may not be read", remedy="give yourself read permission on it"
        ) from error
    except (OSError, ValueError) as error:
        raise RecordingError(path, f"cannot be opened: {error}", remedy="check the path") from error
