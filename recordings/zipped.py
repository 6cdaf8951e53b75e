"""The members of a zip archive.

They are found by the central directory at the end of the file. Where that is missing (a cut file),
damaged or out of reach (an archive inside gzip or another archive), by the local headers, one after
the other: so a cut archive gives what it holds. Nothing is ever written to disk, and a name inside
an archive is a name, never a path.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import RawIOBase

from isal import isal_zlib

from .feed import Feed
from .model import RecordingError
from .place import Place

MAGIC = b"PK\x03\x04"

MAX_RATIO = 1000
"""A member that unpacks to more than this many times its size is no data: deflate reaches 1032."""

MAX_BYTES = 1 << 38
"""Of a member: 256 GiB, more than a recorder or a year of text ever holds."""

MAX_MEMBERS = 10_000
MAX_DIRECTORY_BYTES = 1 << 24

_IN_BYTES = 1 << 16
_OUT_BYTES = 1 << 18
_SLACK_BYTES = 1 << 20
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_DIRECTORY_MAGIC = b"PK\x01\x02"
_DESCRIPTOR_MAGIC = b"PK\x07\x08"
_ZIP64_ID, _ZIP64_SIZE = 1, 0xFFFFFFFF
_ENCRYPTED, _SIZES_BEHIND, _UTF8 = 1 << 0, 1 << 3, 1 << 11
_STORED, _DEFLATED = 0, 8
_METHODS = {
    1: "shrink",
    6: "implode",
    9: "deflate64",
    12: "bzip2",
    14: "lzma",
    93: "zstd",
    95: "xz",
    98: "ppmd",
    99: "AES encryption",
}
_CLUTTER = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member as a header describes it."""

    name: str
    offset: int
    """Of its local header in the archive."""
    method: int
    encrypted: bool
    packed_bytes: int | None
    """None: only its end tells, for the header was written before the data."""
    bytes: int | None
    checksum: int | None

    @property
    def is_data(self) -> bool:
        """Whether it is neither a folder nor what systems put beside the files of a user."""
        *folders, name = self.name.split("/")
        hidden = not name or name.startswith(".") or name.lower() in _CLUTTER
        return not hidden and "__MACOSX" not in folders


@dataclass(frozen=True, slots=True)
class Listing:
    """The data members of an archive, and whether its directory is in order."""

    members: tuple[Member, ...]
    whole: bool


class Unzip:
    """The content of one member.

    Parameters
    ----------
    feed
        At the first byte behind the member's local header.
    member
        What is known of it.
    path
        Named in errors.

    Attributes
    ----------
    truncated
        Whether the content broke off early or failed its own check; known at its end.

    Raises
    ------
    RecordingError
        If the member is encrypted, packed in a way that is not read, or absurdly large; while
        reading, if it unpacks to absurdly much.
    """

    truncated_code = "truncated_zip"

    def __init__(self, feed: Feed, member: Member, path: Place) -> None:
        self.truncated = False
        self._feed = feed
        self._member = member
        self._path = path
        self._left = member.packed_bytes
        if problem := _unreadable(member):
            raise RecordingError(
                path, f"holds {member.name!r}, which {problem}", remedy="unpack it, or make it anew"
            )

    def __iter__(self) -> Iterator[bytes | memoryview]:
        checksum = 0
        for piece in self._stored() if self._member.method == _STORED else self._inflated():
            checksum = isal_zlib.crc32(piece, checksum)
            yield piece
        expected = self._member.checksum
        if expected is None and (behind := self._feed.head(8)).startswith(_DESCRIPTOR_MAGIC):
            expected = int.from_bytes(behind[4:], "little")
        # A wrong sum at the end undoes nothing: the formats have sums of their own.
        if expected not in (None, checksum):
            self.truncated = True

    def _packed(self) -> memoryview:
        """Return the next bytes of the archive that belong to the member."""
        if self._left is None:
            return self._feed.some(_IN_BYTES)
        data = self._feed.some(min(self._left, _IN_BYTES))
        self._left -= len(data)
        return data

    def _stored(self) -> Iterator[memoryview]:
        while self._left and (piece := self._packed()):
            yield piece

    def _inflated(self) -> Iterator[bytes]:
        inflate = isal_zlib.decompressobj(wbits=-15)
        begin, made = self._feed.offset, 0
        while not inflate.eof:
            data = inflate.unconsumed_tail or self._packed()
            try:
                piece = inflate.decompress(data, _OUT_BYTES)
            except isal_zlib.IsalError:  # type: ignore[misc]  # its stub says instance
                self.truncated = True
                return
            if piece:
                made += len(piece)
                if made > MAX_RATIO * (self._feed.offset - begin) + _SLACK_BYTES:
                    raise RecordingError(
                        self._path,
                        f"holds {self._member.name!r}, which unpacks to more than {MAX_RATIO} "
                        "times its size",
                        offset=self._feed.offset,
                        remedy="make the archive anew",
                    )
                yield piece
            elif not data:
                self.truncated = True
                return
        self._feed.give_back(inflate.unused_data)


def _unreadable(member: Member) -> str:
    """Say why a member cannot be read; empty if it can."""
    if member.encrypted:
        return "is encrypted"
    if member.method not in (_STORED, _DEFLATED):
        return f"is packed by {_METHODS.get(member.method, f'method {member.method}')}"
    if member.bytes is None or member.packed_bytes is None:
        return "is stored without its length" if member.method == _STORED else ""
    if member.bytes > MAX_BYTES:
        return f"would unpack to {member.bytes} bytes"
    if member.bytes > MAX_RATIO * member.packed_bytes + _SLACK_BYTES:
        return f"would unpack to more than {MAX_RATIO} times its size"
    return ""


def open_member(feed: Feed, member: Member, path: Place) -> Unzip:
    """Return the content of a member; ``feed`` is at the beginning of the archive."""
    feed.skip(member.offset)
    _local_header(feed)
    return Unzip(feed, member, path)


def list_by_directory(file: RawIOBase) -> Listing | None:
    """Return the members by the central directory; None if that is missing or damaged."""
    try:
        with zipfile.ZipFile(_ShortReads(file)) as archive:
            members = [
                Member(
                    name=info.filename.replace("\\", "/"),
                    offset=info.header_offset,
                    method=info.compress_type,
                    encrypted=bool(info.flag_bits & _ENCRYPTED),
                    packed_bytes=info.compress_size,
                    bytes=info.file_size,
                    checksum=info.CRC,
                )
                for info in archive.infolist()[:MAX_MEMBERS]
            ]
        for member in members:
            file.seek(member.offset)
            if file.read(len(MAGIC)) != MAGIC:
                return None
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error):
        return None
    except OverflowError:  # of an offset that no file has
        return None
    return Listing(tuple(member for member in members if member.is_data), whole=True)


class _ShortReads:
    """A file of which a directory can be read, but not one that would fill the memory."""

    def __init__(self, file: RawIOBase) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("the directory is absurdly long")
        return self._file.read(size) or b""


def list_by_headers(feed: Feed, path: Place) -> Listing:
    """Return the members of an archive read in order; ``feed`` is at its beginning."""
    members: list[Member] = []
    while len(members) < MAX_MEMBERS and _at_next_header(feed):
        member = _local_header(feed)
        if member is None:
            continue
        members.append(member)
        if member.packed_bytes is not None:
            feed.skip(member.packed_bytes)
        elif not _unreadable(member):
            for _ in Unzip(feed, member, path):
                pass
    whole = feed.head(len(MAGIC)) == _DIRECTORY_MAGIC
    return Listing(tuple(member for member in members if member.is_data), whole)


def _at_next_header(feed: Feed) -> bool:
    """Go on to the next local header; False if the directory or the end of the feed comes first.

    It follows at once unless bytes were lost or put in.
    """
    while data := feed.take(_IN_BYTES):
        found = [at for magic in (MAGIC, _DIRECTORY_MAGIC) if (at := data.find(magic)) >= 0]
        if found:
            feed.give_back(data[min(found) :])
            return data.startswith(MAGIC, min(found))
        if len(data) < _IN_BYTES:
            return False
        feed.give_back(data[-len(MAGIC) + 1 :])
    return False


def _local_header(feed: Feed) -> Member | None:
    """Take the local header at which the feed is; None if it is none."""
    offset = feed.offset
    head = feed.take(_LOCAL.size)
    if len(head) < _LOCAL.size:
        return None
    _, _, flags, method, _, _, checksum, packed, size, name_bytes, extra_bytes = _LOCAL.unpack(head)
    name = feed.take(name_bytes)
    extra = feed.take(extra_bytes)
    if _ZIP64_SIZE in (packed, size):
        size, packed = _zip64_sizes(extra, size, packed)
    unknown = bool(flags & _SIZES_BEHIND) and not packed
    return Member(
        name=name.decode("utf-8" if flags & _UTF8 else "cp437", "replace").replace("\\", "/"),
        offset=offset,
        method=method,
        encrypted=bool(flags & _ENCRYPTED),
        packed_bytes=None if unknown else packed,
        bytes=None if unknown else size,
        checksum=None if unknown else checksum,
    )


def _zip64_sizes(extra: bytes, size: int, packed: int) -> tuple[int, int]:
    """Return the sizes (unpacked, packed) of a member of 4 GiB or more."""
    while len(extra) >= 4:
        field, length = struct.unpack_from("<HH", extra)
        if field == _ZIP64_ID and length >= 16 and len(extra) >= 20:
            size, packed = struct.unpack_from("<QQ", extra, 4)
            break
        extra = extra[4 + length :]
    return size, packed
