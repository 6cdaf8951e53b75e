"""One module per file format, and the parts they are made of; what a format must offer says this.

Which modules are formats stands in :mod:`recordings.registry`. Each has ``sniff(head)`` and
``open_reader(path, options)``; one whose recordings are several members of a zip archive has
``sniff_members(members)`` instead of ``sniff``.
It turns bytes into :class:`~recordings.model.Block` and knows nothing of clocks beyond the anchors
it finds: :mod:`recordings.clock` places the samples in time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from ..model import Block, Header, Health, ReadOptions, Scale
from ..place import Place


class Reader(Protocol):
    """One opened file: its header is read, its samples are not."""

    @property
    def header(self) -> Header:
        """What the file says of itself."""
        ...

    @property
    def scale(self) -> Scale:
        """The one scale of all samples delivered."""
        ...

    def blocks(self, health: Health) -> Iterator[Block]:
        """Decode from the beginning; each call is a fresh pass over the file.

        The first block says ``breaks="start"``. Blocks are of bounded size (some 10 000 samples),
        arrays are fresh and never written to again. The anchor of a sample comes with that sample's
        block or an earlier one, and the anchors of a run ascend. Where anchors are more than 20 s
        apart, the reader itself must say where the run is broken: the clock then takes up to 5 % of
        their distance for a wrong rate.

        What was lost or repaired is counted in ``health`` (``blocks``, ``blocks_bad``,
        ``bytes_read``, ``bytes_skipped``, remarks); ``health.segments`` belongs to the clock.

        Raises
        ------
        RecordingError
            If reading fails. Damage is no failure: a bad block costs that block only.
        """
        ...


class Format(Protocol):
    """What a format module offers."""

    def sniff(self, head: bytes) -> bool:
        """Whether the first bytes (up to 4096, gzip and zip removed) are of this format."""
        ...

    def open_reader(self, path: Place, options: ReadOptions) -> Reader:
        """Read the header; RecordingError if it cannot be used."""
        ...


class ArchiveFormat(Protocol):
    """What the module of a format offers whose recordings are several members of a zip archive."""

    def sniff_members(self, members: Sequence[str]) -> bool:
        """Whether an archive with members of these names is of this format."""
        ...

    def open_reader(self, path: Place, options: ReadOptions) -> Reader:
        """Read the header; RecordingError if it cannot be used."""
        ...
