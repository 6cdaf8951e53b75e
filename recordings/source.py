"""The bytes of a recording, whatever it is packed in.

The content decides whether a file is packed, not its name. Damage of the packing is no error here:
what could be unpacked is delivered, and :attr:`ByteSource.truncated` says that there should have
been more.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable
from io import SEEK_END, FileIO, RawIOBase
from types import TracebackType
from typing import Literal, Self

from . import gzipped, zipped
from .feed import Feed, FileFeed
from .fetch import RemoteFile
from .gzipped import Gunzip
from .model import Health, RecordingError
from .place import Place, Remote, place_of
from .zipped import Member, Unzip, list_by_directory, list_by_headers, open_member

MAX_LAYERS = 4
"""Of packing, one inside the other."""

Step = Member | Literal["gzip"]
"""One layer of packing."""

_SENTENCES = {
    "truncated_gzip": "the gzip content is cut or damaged behind byte {offset} of the content",
    "truncated_zip": "the zip archive is cut or damaged",
}


class ByteSource:
    """The content of a file from its first byte to its last, gzip and zip removed.

    A zip archive that holds one file besides folders and the like is read as that file. One that
    holds several has :attr:`members`, of which one can be named; unless it is, the content is the
    archive itself. Packing may be nested: an archive inside gzip or inside another archive.

    Parameters
    ----------
    path
        A regular file, or the URL of one.
    member
        Name of a member of a zip archive, one of :attr:`members`.

    Attributes
    ----------
    path
        The file.
    offset
        Bytes of (unpacked) content delivered so far.
    members
        Names in the (innermost) zip archive; empty if there is none.

    Raises
    ------
    RecordingError
        If the file is missing, not a file, unreadable or empty, has no such member, or one that is
        encrypted or packed in a way that is not read; later also if reading fails.
    """

    def __init__(self, path: Place | str, member: str | None = None) -> None:
        self.path = place_of(path)
        self.offset = 0
        self.members: tuple[str, ...] = ()
        self._layers: list[Gunzip | Unzip] = []
        self._whole = True
        """Whether the archives have their directories."""
        self._file = _open(self.path)
        try:
            self._feed = self._unpacked(member)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def compressed(self) -> bool:
        """Whether gzip or zip was removed, so that the content is not that of the file."""
        return bool(self._layers)

    @property
    def truncated(self) -> bool:
        """Whether packed content broke off or failed its own check, as far as it has been read."""
        return not self._whole or any(layer.truncated for layer in self._layers)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def head(self, count: int) -> bytes:
        """Return the next ``count`` bytes (fewer only at the end) without consuming them."""
        return self._feed.head(count)

    def read(self, count: int) -> bytes:
        """Return the next ``count`` bytes, fewer only at the end."""
        data = self._feed.take(count)
        self.offset += len(data)
        return data

    def readinto(self, buffer: memoryview) -> int:
        """Fill a writable buffer of bytes; return how many were filled, fewer only at the end."""
        got = self._feed.into(buffer)
        self.offset += got
        return got

    def conclude(self, health: Health) -> None:
        """Write into ``health`` how much was read, and whether packed content broke off."""
        health.bytes_read = self.offset
        codes = [layer.truncated_code for layer in self._layers if layer.truncated]
        for code in [*codes, *([] if self._whole else ["truncated_zip"])]:
            sentence = _SENTENCES[code].format(offset=self.offset)
            health.remark(code, f"{sentence}; everything before was used")

    def _unpacked(self, member: str | None) -> Feed:
        """Find the layers of packing; return the content inside."""
        steps: list[Step] = []
        found = member is None
        while len(steps) < MAX_LAYERS:
            feed = self._through(steps)
            head = feed.head(len(zipped.MAGIC))
            if head.startswith(gzipped.MAGIC) and steps[-1:] != ["gzip"]:
                steps.append("gzip")
                continue
            if head != zipped.MAGIC:
                break
            named = self._list(feed, plain=not steps)
            if member in named:
                found = True
                steps.append(named[member])
                break
            if len(named) != 1:
                break
            steps.extend(named.values())
        if not found:
            raise RecordingError(
                self.path, f"holds no member {member!r}", remedy="open it again: it has changed"
            )
        return self._through(steps)

    def _list(self, feed: Feed, *, plain: bool) -> dict[str | None, Member]:
        """Return the members of the archive that ``feed`` is at the beginning of, by name."""
        listing = list_by_directory(self._file) if plain else None
        if listing is None:
            listing = list_by_headers(self._through([]) if plain else feed, self.path)
            self._whole &= listing.whole and not plain
        self.members = tuple({each.name: None for each in listing.members})
        return {each.name: each for each in listing.members}

    def _through(self, steps: Iterable[Step]) -> Feed:
        """Begin anew at the beginning of the file and go through layers of packing."""
        self._layers = []
        feed: Feed = FileFeed(self._file, self.path)
        for step in steps:
            layer = Gunzip(feed) if step == "gzip" else open_member(feed, step, self.path)
            self._layers.append(layer)
            feed = Feed(iter(layer))
        return feed


def member_named(names: Iterable[str], name: str) -> str | None:
    """Return the member with this file name (in any case, in any folder); None if not just one."""
    found = [each for each in names if each.rpartition("/")[2].lower() == name.lower()]
    return found[0] if len(found) == 1 else None


def _open(path: Place) -> RawIOBase:
    """Open a regular, non-empty file; every refusal of the system becomes a RecordingError."""
    if isinstance(path, Remote):
        remote = RemoteFile(path)
        if not remote.seek(0, SEEK_END):
            remote.close()
            raise _empty(path)
        return remote
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            next(path.iterdir(), None)  # or nobody could name the files inside it
            raise RecordingError(path, "is a folder", remedy="name the files inside it")
        if not stat.S_ISREG(status.st_mode):
            raise RecordingError(path, "is not a regular file", remedy="save it to a file first")
        if status.st_size == 0:
            raise _empty(path)
        return FileIO(path)
    except FileNotFoundError as error:
        raise RecordingError(path, "does not exist", remedy="check the path") from error
    except PermissionError as error:
        raise RecordingError(
            path, "may not be read", remedy="give yourself read permission on it"
        ) from error
    except (OSError, ValueError) as error:
        raise RecordingError(path, f"cannot be opened: {error}", remedy="check the path") from error


def _empty(path: Place) -> RecordingError:
    return RecordingError(path, "is empty (0 bytes)", remedy="download or copy the recording again")
