"""The columns of what people judged: the labels, and the reviewed tables made from them."""

from __future__ import annotations

from .column import NIGHT_DATE, PARTICIPANT_ID, RECORDING_ID, Column
from .events import EVENTS
from .nights import NIGHTS
from .recordings import RECORDINGS

KEEP, REJECT, UNSURE = "keep", "reject", "unsure"
LABEL_WORDS = (KEEP, REJECT, UNSURE)


def _same(columns: tuple[Column, ...], *names: str) -> tuple[Column, ...]:
    """Return columns of another table, which mean the same here."""
    return tuple(next(c for c in columns if c.name == name) for name in names)


LABEL = Column(
    "label",
    "string",
    "",
    "keep (a sleep start), reject (none) or unsure; empty if the reviewer did not judge it.",
    "reviewer",
)
REVIEWER = Column("reviewer", "text", "", "Who judged.", "reviewer")
REVIEWED_UTC = Column("reviewed_utc", "utc_time", "", "When it was judged.", "clock of the browser")
_MADE_BY = _same(RECORDINGS, "algorithm_version", "config_hash")

LABELS: tuple[Column, ...] = (
    RECORDING_ID,
    NIGHT_DATE,
    *_same(EVENTS, "event_index", "start_time", "start_utc", "peak_utc", "kind"),
    LABEL,
    REVIEWER,
    REVIEWED_UTC,
    *_MADE_BY,
)
"""``labels.csv``: one row per judged event and reviewer; the report page exports it."""

REVIEWED_EVENTS: tuple[Column, ...] = (
    RECORDING_ID,
    NIGHT_DATE,
    *_same(EVENTS, "event_index", "start_time", "start_utc", "peak_utc", "kind", "context"),
    *_same(EVENTS, "counted"),
    REVIEWER,
    LABEL,
    REVIEWED_UTC,
    *_MADE_BY,
)
"""``reviewed_events.csv``: the candidates and whatever else was judged, a row per reviewer."""


def _count(name: str, definition: str) -> Column:
    return Column(name, "integer", "1", definition, "labels")


REVIEWED_NIGHTS: tuple[Column, ...] = (
    RECORDING_ID,
    PARTICIPANT_ID,
    NIGHT_DATE,
    *_same(NIGHTS, "night_index", "status", "sleep_starts_onset"),
    REVIEWER,
    _count(
        "sleep_starts_onset_reviewed",
        "The headline as this reviewer has it: n_kept and n_added; empty if the night is not "
        "analysable or not every candidate was judged.",
    ),
    _count("n_candidates", "Counted events of the night, each of which is to be judged."),
    _count("n_judged", "Those of them with a label of any sort."),
    _count("n_kept", "Those of them with the label keep."),
    _count("n_rejected", "Those of them with the label reject."),
    _count(
        "n_unsure",
        "Those of them with the label unsure: the reviewed count may be larger by as many.",
    ),
    _count(
        "n_added",
        "Further events with the label keep in the onset window, which the rules had not counted.",
    ),
    Column("first_reviewed_utc", "utc_time", "", "The night's first judgement.", "labels"),
    Column("last_reviewed_utc", "utc_time", "", "The night's last judgement.", "labels"),
    *_MADE_BY,
)
"""``reviewed_nights.csv``: a row per night of the run and reviewer."""

DISAGREEMENTS: tuple[Column, ...] = (
    RECORDING_ID,
    NIGHT_DATE,
    Column("sort", "string", "", "only_a, only_b, or labels (both judged it, otherwise).", "lists"),
    Column("time_a_utc", "utc_time", "", "The event in the first list.", "first list"),
    Column("time_b_utc", "utc_time", "", "The event in the second list.", "second list"),
    Column("row_a", "integer", "1", "Its row in the first list; the heading is 1.", "first list"),
    Column("row_b", "integer", "1", "Its row in the second list.", "second list"),
    Column("label_a", "string", "", "Its label in the first list, if it has any.", "first list"),
    Column("label_b", "string", "", "Its label in the second list.", "second list"),
)
"""What ``hypnic compare -o`` writes: one row per event on which two lists disagree."""
