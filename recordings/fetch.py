"""The bytes of files in stores: in blocks as they are read, without a copy on the disk.

Formats are read from the first byte to the last, several times from the beginning but only once to
the end: the blocks read last are kept. What cannot be read so (Parquet, and zip archives where the
server gives no ranges) is copied into a temporary file, which has no name where the system allows
that: not even a killed program leaves it behind.

A file's hash is made of the blocks as they pass; what nobody read in order is read at the end.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from threading import Lock
from typing import IO, Any

from .model import RecordingError
from .place import Place, Remote
from .store import asking, stamp_of, system_of

BLOCK_BYTES = 1 << 22
"""Asked for at once: a store far away takes as long to answer as to send a megabyte or two."""

KEPT_BLOCKS = 8
"""Of all files of a process together."""

NEAR_BLOCKS = 4
"""A jump over fewer reads them, so that they are in the hash."""

COPY_BYTES = 1 << 33
"""The largest temporary copy."""

_DOWNLOAD = "download it, and name the downloaded file"


class _Blocks:
    """The blocks read last, of any file."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, owner: int, index: int) -> bytes | None:
        with self._lock:
            if (owner, index) in self._blocks:
                self._blocks.move_to_end((owner, index))
            return self._blocks.get((owner, index))

    def put(self, owner: int, index: int, block: bytes) -> None:
        with self._lock:
            self._blocks[owner, index] = block
            while len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)

    def forget(self, owner: int) -> None:
        with self._lock:
            for key in [key for key in self._blocks if key[0] == owner]:
                del self._blocks[key]


_BLOCKS = _Blocks()


class _Line:
    """A connection to one file."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._file: Any = None
        self._in_order = False
        """Whether the server gives the file from its beginning only."""
        self._next = 0
        """The byte that it gives next, if so."""

    def read(self, first: int, count: int) -> bytes | None:
        """Return bytes, fewer only at the end; None if they cannot be had in this order."""
        with asking(self._remote, first):
            if not self._in_order:
                try:
                    return self._range(first, count)
                except ValueError:  # what fsspec says of a web server without ranges
                    if not self._remote.is_web:
                        raise
                    self.begin()
            if 0 < first - self._next < NEAR_BLOCKS * BLOCK_BYTES:
                self._next += len(_all_of(self._file, first - self._next))
            if first != self._next:
                return None
            data = _all_of(self._file, count)
            self._next += len(data)
            return data

    def begin(self) -> None:
        """Read in order from now on, from the first byte."""
        self.close()
        with asking(self._remote):
            self._file = self._opened(block_size=0)
        self._in_order, self._next = True, 0

    def close(self) -> None:
        """Hang up."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _range(self, first: int, count: int) -> bytes:
        if self._file is None:
            self._file = self._opened(cache_type="none")
        if hasattr(self._file, "readv"):  # SFTP: asks for all pieces before the first has come
            return b"".join(self._file.readv([(first, count)]))
        self._file.seek(first)
        return _all_of(self._file, count)

    def _opened(self, **options: Any) -> Any:
        system, path = system_of(self._remote)
        return system.open(path, "rb", **options)


class Held(Remote):
    """A remote file with what was fetched of it, until :attr:`close` is called or it is forgotten.

    Attributes
    ----------
    close
        Gives back what it holds: connection, blocks and copy.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._plain = Remote(url)
        self._line = _Line(self._plain)
        self._stack = ExitStack()
        self.close = weakref.finalize(self, _release, id(self), self._line, self._stack)
        self._hash = hashlib.sha256()
        self._hashed = 0
        """Blocks in the hash."""
        self._size: int | None = None
        self._copy: IO[bytes] | None = None

    @property
    def size_bytes(self) -> int:
        """How long the file is; where its store does not say it, it is copied to know it."""
        if self._size is None:
            self._size = stamp_of(self._plain).size_bytes
        if self._size is None:
            self.copied()
        return self._size or 0

    def block(self, index: int) -> bytes:
        """Return a block; all but the last are :data:`BLOCK_BYTES` long, behind it there is none.

        Raises
        ------
        RecordingError
            If the store fails.
        """
        first = index * BLOCK_BYTES
        if first >= self.size_bytes:
            return b""
        if self._hashed < index < self._hashed + NEAR_BLOCKS:
            self.block(index - 1)
        found = None if self._copy else _BLOCKS.get(id(self), index)
        if found is None:
            found = self._fetched(first, min(BLOCK_BYTES, self.size_bytes - first))
            if self._copy is None:
                _BLOCKS.put(id(self), index, found)
        if index == self._hashed:
            self._hash.update(found)
            self._hashed += 1
        return found

    def sha256(self) -> str:
        """Return the SHA-256 of the file in hex; what was not read in order is read now."""
        while self.block(self._hashed):
            pass
        return self._hash.hexdigest()

    def copied(self) -> IO[bytes]:
        """Return a temporary copy of the file.

        Raises
        ------
        RecordingError
            If the store fails, or there is no room for the copy.
        """
        if self._copy is not None:
            return self._copy
        self._check_room(self._size or 0)
        copy = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the stack)
        self._stack.enter_context(copy)
        if self._size is None:
            self._line.begin()
        size = 0
        while piece := self._piece(size):
            size += len(piece)
            self._check_room(size, len(piece))
            self._write(copy, piece)
        self._size, self._copy = size, copy
        return copy

    def _piece(self, first: int) -> bytes:
        """Return the next bytes to be copied."""
        if self._size is not None:
            return self._fetched(first, min(BLOCK_BYTES, self._size - first))
        return self._line.read(first, BLOCK_BYTES) or b""

    def _fetched(self, first: int, count: int) -> bytes:
        """Return bytes that are there: of the copy, or of the store."""
        if self._copy is not None:
            self._copy.seek(first)
            return self._copy.read(count)
        data = self._line.read(first, count)
        if data is None and first == 0:
            self._line.begin()
            data = self._line.read(first, count)
        if data is None:
            self.copied()
            return self._fetched(first, count)
        if len(data) < count:
            raise RecordingError(
                self._plain,
                "reading failed: the connection ended early",
                offset=first + len(data),
                remedy="run again when the store answers",
            )
        return data

    def _check_room(self, size: int, count: int | None = None) -> None:
        """Refuse a copy for which there is no room: of ``size`` bytes, ``count`` more of them."""
        if size > COPY_BYTES:
            raise RecordingError(
                self._plain,
                f"needs a temporary copy, which may have {COPY_BYTES >> 20} MiB at most",
                remedy=_DOWNLOAD,
            )
        folder = tempfile.gettempdir()
        if (count or size) > shutil.disk_usage(folder).free:
            raise _no_room(self._plain, folder)

    def _write(self, copy: IO[bytes], piece: bytes) -> None:
        try:
            copy.write(piece)
        except OSError as error:
            raise _no_room(self._plain, tempfile.gettempdir()) from error


def _no_room(remote: Remote, folder: str) -> RecordingError:
    return RecordingError(
        remote,
        f"needs a temporary copy, for which there is no room in {folder}",
        remedy=f"let TMPDIR name a folder on a disk with more room, or {_DOWNLOAD}",
    )


def _release(owner: int, line: _Line, stack: ExitStack) -> None:
    _BLOCKS.forget(owner)
    line.close()
    stack.close()


def _all_of(file: Any, count: int) -> bytes:
    """Read bytes, fewer only at the end."""
    pieces: list[bytes] = []
    while count > 0 and (piece := file.read(count)):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


class RemoteFile(io.RawIOBase):
    """A remote file as one on the disk.

    Parameters
    ----------
    remote
        What of it was fetched is given back with the file, unless it is :class:`Held`.
    """

    def __init__(self, remote: Remote) -> None:
        self._held = held(remote)
        self._own = self._held is not remote
        self._position = 0
        self._index, self._block = -1, memoryview(b"")

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read in any order."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte."""
        base = (0, self._position, self._held.size_bytes if whence == io.SEEK_END else 0)[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, less only at the end."""
        view = memoryview(buffer).cast("B")
        got = 0
        while got < len(view):
            index, inside = divmod(self._position, BLOCK_BYTES)
            if index != self._index:
                self._index, self._block = index, memoryview(self._held.block(index))
            piece = self._block[inside : inside + len(view) - got]
            if not piece:
                break
            view[got : got + len(piece)] = piece
            got += len(piece)
            self._position += len(piece)
        return got

    def close(self) -> None:
        """Close it."""
        if self._own and not self.closed:
            self._held.close()
        super().close()


def held(remote: Remote) -> Held:
    """Return a remote file of which what is read remains at hand as long as it is in use."""
    return remote if isinstance(remote, Held) else Held(remote.url)


def kept(place: Place) -> Place:
    """Do the same with one that may be on this computer."""
    return held(place) if isinstance(place, Remote) else place


@contextmanager
def holding(places: Iterable[Place]) -> Iterator[list[Place]]:
    """Keep what is read of places at hand, and give all of it back at the end."""
    with ExitStack() as stack:
        found = [kept(place) for place in places]
        for place in found:
            if isinstance(place, Held):
                stack.callback(place.close)
        yield found


@contextmanager
def at_hand(place: Place) -> Iterator[IO[bytes]]:
    """Open a file that is read in no order: one in a store by a copy.

    Raises
    ------
    RecordingError
        If it cannot be copied.
    """
    if not isinstance(place, Remote):
        with place.open("rb") as file:
            yield file
        return
    remote = held(place)
    copy = remote.copied()
    copy.seek(0)
    yield copy


def sha256_of(remote: Remote) -> str:
    """Return the SHA-256 of a file in a store in hex.

    Raises
    ------
    RecordingError
        If it cannot be read.
    """
    if isinstance(remote, Held):
        return remote.sha256()
    with closing(Held(remote.url)) as once:
        return once.sha256()
