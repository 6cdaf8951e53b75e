"""Zip archives of several files of which one is the table: sessions of phones and watches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..model import ReadOptions, RecordingError
from ..place import Place
from ..source import ByteSource, member_named
from .table import TableReader, open_member
from .tables.vendors import empatica, phyphox, sensor_logger

_EVENTS_BYTES = 1 << 20
_ENDINGS = (".csv", ".tsv")


def sniff_members(members: Sequence[str]) -> bool:
    """Whether it is clear which member is the table."""
    return _table_in(members) is not None


def open_reader(path: Place, options: ReadOptions) -> TableReader:
    """Open the table.

    Raises
    ------
    RecordingError
        If it is none, or something it does not state has more than one answer.
    """
    with ByteSource(path) as source:
        members = source.members
    table = _table_in(members)
    if table is None:
        raise RecordingError(path, "has changed while it was opened", remedy="open it again")
    facts = None
    if (events := phyphox.events_member(members)) is not None:
        with ByteSource(path, events) as source:
            facts = phyphox.facts(source.read(_EVENTS_BYTES))
    reader = open_member(path, table, options, facts)
    notes = {**reader.header.notes, "member": table}
    return replace(reader, header=replace(reader.header, notes=notes))


def _table_in(members: Sequence[str]) -> str | None:
    """Return the member with the acceleration, None if that is not clear."""
    if (events := phyphox.events_member(members)) is not None:
        if named := _first_of(members, phyphox.TABLES):
            return named
        folder = events.rpartition("/")[0]
        members = [name for name in members if not name.startswith(folder)]
    if any(member_named(members, other) for other in empatica.BESIDE):
        return _first_of(members, empatica.TABLES)
    if named := _first_of(members, sensor_logger.TABLES):
        return named
    tables = [name for name in members if name.lower().endswith(_ENDINGS)]
    return tables[0] if len(tables) == 1 else None


def _first_of(members: Sequence[str], names: Iterable[str]) -> str | None:
    """Return the first of these file names that an archive has just once."""
    return next((found for name in names if (found := member_named(members, name))), None)
