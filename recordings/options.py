"""What a user may say of files that cannot say it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

DateOrder = Literal["ymd", "mdy", "dmy"]
"""How the numbers of a date stand: year, month, day and so on."""

COLUMN_ROLES = ("time", "x", "y", "z")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the user says about a file that cannot say it itself.

    Used only where the content is silent: a device file knows its own rate and unit. Only
    ``columns`` are believed against the names of a table.
    """

    rate_hz: float | None = None
    """Rate of uniform rows without time."""
    unit: str | None = None
    """Unit of the values of a table: ``g``, ``mg`` or ``m/s2``."""
    columns: Mapping[str, int | str] | None = None
    """Where ``time``, ``x``, ``y`` and ``z`` of a table stand: position, from 1, or name. Without
    ``time`` its rows have none."""
    date_order: DateOrder | None = None
    """Order of day, month and year in dates that can be read in more than one."""

    def __post_init__(self) -> None:
        """Refuse what no file can have.

        Raises
        ------
        ValueError
            If ``columns`` or ``date_order`` make no sense.
        """
        if self.date_order is not None and self.date_order not in get_args(DateOrder):
            raise ValueError(f"{self.date_order!r} is none of {', '.join(get_args(DateOrder))}")
        if self.columns is None:
            return
        if odd := [role for role in self.columns if role not in COLUMN_ROLES]:
            raise ValueError(f"{odd[0]!r} is none of {', '.join(COLUMN_ROLES)}")
        if missing := [axis for axis in "xyz" if axis not in self.columns]:
            raise ValueError(f"does not say which column is {missing[0]}")
        if any(isinstance(which, int) and which < 1 for which in self.columns.values()):
            raise ValueError("counts columns from 1")
        if len(set(self.columns.values())) < len(self.columns):
            raise ValueError("names a column twice")
