"""Every column of every table: name, type, unit, definition, source.

The order is the order in the files. Columns may be added behind the last one, never renamed or
moved without a new format number. ``data_dictionary.csv`` and the Arrow schemas are made from here.
"""

from .column import Column
from .events import EVENTS
from .nights import NIGHTS, OTHER_KINDS, night_columns
from .recordings import DICTIONARY, RECORDINGS

TABLES: dict[str, tuple[Column, ...]] = {
    "events.csv": EVENTS,
    "nights.csv": NIGHTS,
    "recordings.csv": RECORDINGS,
    "data_dictionary.csv": DICTIONARY,
}

__all__ = [
    "DICTIONARY",
    "EVENTS",
    "NIGHTS",
    "OTHER_KINDS",
    "RECORDINGS",
    "TABLES",
    "Column",
    "night_columns",
]
