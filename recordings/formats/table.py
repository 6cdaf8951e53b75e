"""Plain tables: CSV and Parquet files with a row per sample.

Text without a mark of its own is taken for a CSV table, so a file that is none is refused here.
What is not stated (unit, unit of the time) is taken from the first rows where only one answer is
possible, and refused where there is a choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..model import Block, Header, Health, ReadOptions, Remark, Scale
from ..place import Place
from ..source import ByteSource
from .tables.clock import RowClock
from .tables.csv_table import HEAD_BYTES, CsvTable
from .tables.dates import WORDS
from .tables.facts import Facts
from .tables.fills import FillFinder, FillRule
from .tables.joiner import RowJoiner
from .tables.look import Look
from .tables.parquet_table import MAGIC, ParquetTable
from .tables.repairs import CopyFilter
from .tables.rows import Table
from .tables.text import looks_like_text
from .tables.values import Values
from .tables.vendors import recognise

_RELATIVE = Remark(
    "time_relative", "the time of day is unknown: the first row counts from 1970-01-01T00:00:00"
)


def sniff(head: bytes) -> bool:
    """Whether the first bytes are Parquet or any text."""
    return head.startswith(MAGIC) or looks_like_text(head)


def open_reader(path: Place, options: ReadOptions) -> TableReader:
    """Look at the first rows and decide what the columns mean.

    Raises
    ------
    RecordingError
        If the file is no table, or something it does not state has more than one answer.
    """
    return open_member(path, None, options)


def open_member(
    path: Place, member: str | None, options: ReadOptions, facts: Facts | None = None
) -> TableReader:
    """Do the same with a table in an archive.

    Parameters
    ----------
    path
        The archive.
    member
        The table; None if the file is a table itself.
    options
        What the user says of it.
    facts
        What is known of it; None if only its content can tell.

    Raises
    ------
    RecordingError
        As above.
    """
    with ByteSource(path, member) as source:
        head = source.head(HEAD_BYTES)
    table: Table
    if head.startswith(MAGIC):
        facts, table = Facts(format="parquet"), ParquetTable.open(path, options)
    else:
        facts = facts or recognise(path, head, options)
        table = text = CsvTable.open(path, member, head, facts, options)
        facts = replace(facts, remarks=(*facts.remarks, *_date_remark(text, facts)))
    look = Look.at(table)
    clock = RowClock.of(look, facts, options.rate_hz)
    values = Values.of(look, facts, options.unit)
    return TableReader(
        table=look.table,
        header=_header(look.table, facts, clock, values),
        scale=values.scale,
        clock=clock,
        fills=FillRule(
            second_rows=max(1, round(clock.pace.rate_hz)),
            zero=values.zero,
            held=facts.held_rows,
            unsure=facts.scale is None,
        ),
        remarks=(*facts.remarks, *([_RELATIVE] if clock.is_relative else []), *values.remarks),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReader:
    """One table; see :class:`recordings.formats.Reader`.

    ``health.blocks`` counts its rows, ``health.blocks_bad`` those with a missing value; rows that
    were filled in, or stand twice, are in neither.
    """

    table: Table
    header: Header
    scale: Scale
    clock: RowClock
    fills: FillRule
    remarks: tuple[Remark, ...]

    def blocks(self, health: Health) -> Iterator[Block]:
        """Read from the first row on."""
        for note in self.remarks:
            health.remark(note.code, note.message)
        copies = CopyFilter(health)
        finder = FillFinder(self.fills, health)
        joiner = RowJoiner(self.clock.pace, health)
        row = 0
        for raw in self.table.rows(health):
            rows = self.clock.placed(raw.with_gravity(), row)
            row += len(rows)
            if self.clock.pace.drops_copies:
                rows = copies.sift(rows)
            yield from joiner.join(finder.sift(rows))
        if (rest := finder.finish()) is not None:
            yield from joiner.join(rest)
        yield from joiner.finish()
        copies.conclude()


def _date_remark(table: CsvTable, facts: Facts) -> tuple[Remark, ...]:
    """Say if the dates of the rows are not in the order in which they should be."""
    if table.time is None or facts.date_order in (None, table.time.order):
        return ()
    expected, found = WORDS[facts.date_order], WORDS[table.time.order]
    return (Remark("date_order", f"the dates should be {expected}, but are {found}: read so"),)


def _header(table: Table, facts: Facts, clock: RowClock, values: Values) -> Header:
    """Return what was found out."""
    columns, names = table.columns, table.names
    axes = [names[axis] for axis in columns.axes]
    if columns.gravity is not None:
        axes = [f"{axis} + {names[g]}" for axis, g in zip(axes, columns.gravity, strict=True)]
    time = [] if columns.time is None else [names[columns.time]]
    notes = {
        "columns": ", ".join([*time, *axes]),
        "unit": values.note,
        "dates": table.time_note,
        **facts.notes,
    }
    return Header(
        format=facts.format,
        device=facts.device,
        serial=facts.serial,
        firmware=facts.firmware,
        nominal_hz=facts.rate_hz or clock.pace.rate_hz,
        range_g=facts.range_g,
        utc_offset_s=clock.offset_s,
        utc_known=clock.offset_s is not None,
        notes={name: text for name, text in notes.items() if text},
    )
