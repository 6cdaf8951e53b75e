"""What is known of a table beyond its rows: by the program that wrote it, or by its banner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...model import DateOrder, Remark, Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a dialect knows; everything is left to the rows where it knows nothing."""

    format: str = "csv"
    begin: int = 0
    """Byte offset behind a banner, where names or rows begin."""
    device: str | None = None
    serial: str | None = None
    firmware: str | None = None
    range_g: float | None = None
    scale: Scale | None = None
    """What makes g of the values; None if their unit must be found out."""
    unit: str = ""
    """The unit of that, in words."""
    unit_without_gravity: str | None = None
    """Unit of values that turn out to be without gravity: at rest they tell nothing. A key of
    :data:`recordings.formats.units.UNIT_GAIN_G`."""
    rate_hz: float | None = None
    """As stated; it counts where rows have no time of their own."""
    start_ns: int | None = None
    """Device time of the first row, where rows have none; None if it is unknown."""
    starts: tuple[tuple[int, int], ...] = ()
    """Where rows count from an unknown beginning: such times in ns, ascending, and the times in ns
    since 1970 in UTC at which the count stood there and went on."""
    start_question: str = ""
    """Why the start is not known though it is stated."""
    utc_offset_s: int | None = None
    """Offset from UTC of ``start_ns``, where it is certain."""
    date_order: DateOrder | None = None
    """In which the dates of the rows should be."""
    held_rows: bool = False
    """Whether times without recording are known to be filled by repeating the row before."""
    notes: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
