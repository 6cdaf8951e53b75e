"""Which reader for which file: the content decides, never the name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import NamedTuple, cast

from .fetch import kept
from .formats import ArchiveFormat, Format, Reader
from .model import Chunk, Header, Health, ReadOptions, RecordingError
from .place import Place, place_of
from .source import ByteSource
from .zipped import MAGIC


class Known(NamedTuple):
    """A format: which module reads it, and how its files are called."""

    module: str
    """Of :mod:`recordings.formats`."""
    own: tuple[str, ...] = ()
    """Endings by which a file is a recording of this format, be it a damaged one."""
    shared: tuple[str, ...] = ()
    """Endings of files that may hold many other things."""


FORMATS = (
    Known("axivity_cwa", own=(".cwa",)),
    Known("geneactiv", own=(".bin",)),
    Known("edf", shared=(".edf", ".bdf")),
    Known("avro", shared=(".avro",)),
    Known("table", shared=(".csv", ".parquet")),
)
"""In the order in which they are asked. The last claims any text, so everything recognised by a
mark of its own is told apart before it."""

ARCHIVES = (
    Known("actigraph_gt3x", own=(".gt3x", ".agdc")),
    Known("table_archive", shared=(".zip",)),
)
"""Formats whose recordings are several members of one zip archive: asked first, by their names."""

DEVICE_ENDINGS = frozenset(ending for known in FORMATS + ARCHIVES for ending in known.own)
GENERAL_ENDINGS = frozenset(ending for known in FORMATS + ARCHIVES for ending in known.shared)
"""A name decides nothing here. Those who search a folder tell by it what is a damaged recording and
what is none; endings are in small letters, with the dot."""

SNIFF_BYTES = 4096

RATE_BOUNDS_HZ = (0.1, 1e5)
"""No accelerometer is slower or faster; a damaged header may say anything."""

SHOWN_MEMBERS = 3
"""Names of an archive's members in a message."""

_KNOWN = (
    "Axivity .cwa, GENEActiv .bin, ActiGraph .gt3x and .agdc, EDF and BDF, Empatica EmbracePlus "
    "and CentrePoint .avro, CSV and Parquet tables, each also as .gz or in a .zip"
)

_UNREAD: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"GENEA/1.00", "a GENEA recording (the predecessor of GENEActiv)", "convert it to CSV"),
    (
        0,
        b"SQLite format 3\0",
        "an SQLite database (ActiGraph .agd: epoch counts)",
        "export the raw data",
    ),
    (0, b"MDTC", "a Parmay Matrix recording", "convert it to CSV"),
    (512, b"MDTC", "a Parmay Matrix recording", "convert it to CSV"),
    (0, b"RIFF", "a WAV file", "use the original .cwa it was made from"),
    (0, b"\x89HDF\r\n", "an HDF5 file", "export it as CSV"),
    (0, b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save it as CSV"),
    (0, b"PK\x05\x06", "an empty zip archive", "copy it again"),
    (0, b"PK\x07\x08", "a part of a split zip archive", "join the parts and unpack them"),
    (0, b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it"),
    (0, b"BZh", "a bzip2 archive", "unpack it"),
    (0, b"\xfd7zXZ\0", "an xz archive", "unpack it"),
    (0, b"\x1f\x8b", "gzip inside gzip", "unpack it once"),
)
"""(offset, mark, what it is, what can be done) of content that is recognised but not read."""


class FileRecording:
    """A readable file: see :class:`recordings.model.Recording`."""

    def __init__(self, path: Place, reader: Reader) -> None:
        self.path = path
        self.header: Header = reader.header
        self.health = Health()
        self._reader = reader

    def chunks(self) -> Iterator[Chunk]:
        """Read from the beginning: each call is a new pass with a fresh :attr:`health`.

        Raises
        ------
        RecordingError
            If not one sample can be read.
        """
        health = self.health = Health()
        nominal_hz = self.header.nominal_hz
        if not RATE_BOUNDS_HZ[0] <= nominal_hz <= RATE_BOUNDS_HZ[1]:
            raise RecordingError(
                self.path,
                f"states a sampling rate of {nominal_hz:g} Hz, which no accelerometer has",
                remedy="copy the recording from the device again",
            )
        from .clock import place  # with the compiler; who asks for endings needs none

        blocks = self._reader.blocks(health)
        yield from place(blocks, nominal_hz=nominal_hz, scale=self._reader.scale, health=health)
        if not health.samples:
            notes = "; ".join(note.message for note in health.remarks)
            why = f" ({notes})" if notes else ""
            raise RecordingError(
                self.path,
                f"holds not one readable sample{why}",
                remedy="copy the recording from the device again",
            )


def open_recording(path: Place | str, options: ReadOptions | None = None) -> FileRecording:
    """Open a recorded file.

    Parameters
    ----------
    path
        The file, or its URL; its name does not matter.
    options
        What the content may leave open.

    Raises
    ------
    RecordingError
        If the file cannot be read, is of no known format, or its header is damaged.
    """
    path = kept(place_of(path))
    with ByteSource(path) as source:
        head = source.head(SNIFF_BYTES)
        members = source.members
    if not head:
        what = "zip archive" if members else "gzip file"
        raise RecordingError(path, f"is an empty {what}", remedy="copy the recording again")
    chosen = _module(path, head, members)
    return FileRecording(path, chosen.open_reader(path, options or ReadOptions()))


def _module(path: Place, head: bytes, members: Sequence[str]) -> Format | ArchiveFormat:
    if members:
        for known in ARCHIVES:
            archive = cast("ArchiveFormat", _load(known))
            if archive.sniff_members(members):
                return archive
    for known in FORMATS:  # each is loaded when those before it have passed
        module = cast("Format", _load(known))
        if known is FORMATS[-1]:  # which would take what is known not to be readable
            _refuse_known(path, head, members)
        if module.sniff(head):
            return module
    raise RecordingError(path, "is of no known format", offset=0, remedy=f"readable are {_KNOWN}")


def _load(known: Known) -> object:
    return import_module(f".formats.{known.module}", __package__)


def _refuse_known(path: Place, head: bytes, members: Sequence[str]) -> None:
    """Name content that is recognised but not read."""
    if head.startswith(MAGIC):
        what, remedy = _archive_content(members)
        raise RecordingError(path, f"is {what}", remedy=remedy)
    for offset, mark, what, remedy in _UNREAD:
        if head[offset:].startswith(mark):
            raise RecordingError(path, f"is {what}, which is not read yet", remedy=remedy)


def _archive_content(members: Sequence[str]) -> tuple[str, str]:
    """Say what an archive is that no module claims, and what can be done."""
    if "xl/workbook.xml" in members:
        return "an Excel workbook, which is not read yet", "save it as CSV"
    if not members:
        return "a damaged zip archive", "copy it again and unpack it"
    shown = ", ".join(members[:SHOWN_MEMBERS]) + (", ..." if len(members) > SHOWN_MEMBERS else "")
    return f"a zip archive of {len(members)} files ({shown}), which is not read yet", "unpack it"
