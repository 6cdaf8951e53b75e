"""What a column is, and the columns that several tables share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal[
    "string", "boolean", "integer", "number", "date", "local_time", "utc_time", "text"
]
"""``string`` is a code or an identifier of this project's own making, ``text`` comes from a file
name, a header or a user."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: ColumnType
    unit: str
    """Empty where there is none; ``1`` for a count or a ratio."""
    definition: str
    source: str
    """Where the value comes from."""
    decimals: int = 0
    """Of numbers: values are rounded to this many places, the same in every output."""

    @property
    def shown_type(self) -> str:
        """The type as the data dictionary names it: ``text`` is a string to a reader."""
        return "string" if self.type == "text" else self.type


RECORDING_ID = Column(
    "recording_id",
    "string",
    "",
    "Name of the recording within the run, and of its output folder; a pseudonym if anonymised.",
    "file name",
)
PARTICIPANT_ID = Column(
    "participant_id",
    "text",
    "",
    "Who wore the sensor; the file's name if nobody said.",
    "participants.csv, --id-regex or file name",
)
SESSION = Column(
    "session",
    "text",
    "",
    "Which of several recordings of a participant; empty if nobody said.",
    "participants.csv or --id-regex",
)
NIGHT_DATE = Column(
    "night_date",
    "date",
    "",
    "Local date on which the night, noon to noon unless night_start was moved, begins.",
    "time",
)
