"""Every column of every table: name, type, unit, definition, source.

The order is the order in the files. Columns may be added behind the last one, never renamed or
moved without a new format number. ``data_dictionary.csv`` and the Arrow schemas are made from here.
"""

from .by_participant import BY_PARTICIPANT
from .column import Column
from .events import EVENTS
from .limbs import ALIGNMENTS, LIMB_NIGHTS, LIMBS
from .nights import NIGHTS, night_columns
from .recordings import DICTIONARY, RECORDINGS
from .review import DISAGREEMENTS, LABELS, REVIEWED_EVENTS, REVIEWED_NIGHTS

TABLES: dict[str, tuple[Column, ...]] = {
    "events.csv": EVENTS,
    "nights.csv": NIGHTS,
    "recordings.csv": RECORDINGS,
    "by_participant.csv": BY_PARTICIPANT,
    "limbs.csv": LIMBS,
    "limb_nights.csv": LIMB_NIGHTS,
    "alignments.csv": ALIGNMENTS,
    "data_dictionary.csv": DICTIONARY,
    "labels.csv": LABELS,
    "reviewed_nights.csv": REVIEWED_NIGHTS,
    "reviewed_events.csv": REVIEWED_EVENTS,
    "disagreements.csv": DISAGREEMENTS,
}

__all__ = [
    "ALIGNMENTS",
    "BY_PARTICIPANT",
    "DICTIONARY",
    "DISAGREEMENTS",
    "EVENTS",
    "LABELS",
    "LIMBS",
    "LIMB_NIGHTS",
    "NIGHTS",
    "RECORDINGS",
    "REVIEWED_EVENTS",
    "REVIEWED_NIGHTS",
    "TABLES",
    "Column",
    "night_columns",
]
