"""The reviewed counts, beside the automatic ones and never in their place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import files
from ..parameter import SettingsError
from ..tables import csvtext
from ..tables.columns import EVENTS, NIGHTS, RECORDINGS, REVIEWED_EVENTS, REVIEWED_NIGHTS
from ..tables.columns.review import KEEP, REJECT, UNSURE
from ..tables.csvtext import Row, Value
from ..tables.stored import table
from .labels import Key, Label, read_labels, refuse_other_results

NIGHTS_NAME, EVENTS_NAME = "reviewed_nights.csv", "reviewed_events.csv"

Night = tuple[Value, Value]
"""Recording and date of a night."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What one reviewer's labels come to, over all nights."""

    reviewer: str
    nights: int
    """Nights that have a count."""
    complete: int
    """Those of them in which every candidate was judged."""
    candidates: int
    judged: int
    kept: int
    rejected: int
    unsure: int
    others: int
    """Further events that were judged."""
    added: int
    """Those of them that are now counted."""


def apply(out: Path, labels: Sequence[Path]) -> list[Reviewed]:
    """Write ``reviewed_nights.csv`` and ``reviewed_events.csv`` into an output folder.

    All labels of all reviewers are given at once: both tables are made anew, in the order of the
    results, whatever the order of the labels. Nothing else in the folder changes.

    Parameters
    ----------
    out
        The output folder of a run.
    labels
        Files as ``labels.csv``.

    Returns
    -------
    list of Reviewed
        One per reviewer.

    Raises
    ------
    SettingsError
        If a label was not made from these results, or the folder holds none.
    """
    judged = read_labels(labels)
    recordings = {str(row["recording_id"]): row for row in table(out, "recordings.csv", RECORDINGS)}
    nights = list(table(out, "nights.csv", NIGHTS))
    events = _events(out, {label.key for label in judged})
    refuse_other_results(judged, recordings, events)
    if not judged:
        named = ", ".join(map(str, labels))
        raise SettingsError(f"{named}: nothing is judged there; every label is empty")
    by_reviewer: dict[str, dict[Key, Label]] = defaultdict(dict)
    for label in judged:
        by_reviewer[label.reviewer][label.key] = label
    review = _Review(recordings, events, dict(sorted(by_reviewer.items())))
    night_rows = [row for night in nights for row in review.night_rows(night)]
    event_rows = [row for key in events for row in review.event_rows(key)]
    files.write(out / EVENTS_NAME, csvtext.table(REVIEWED_EVENTS, event_rows))
    files.write(out / NIGHTS_NAME, csvtext.table(REVIEWED_NIGHTS, night_rows))
    return [_summary(name, len(own), night_rows) for name, own in review.by_reviewer.items()]


def _events(out: Path, wanted: set[Key]) -> dict[Key, Row]:
    """Return the candidates and those that were judged, in the order of the table."""
    kept: dict[Key, Row] = {}
    for row in table(out, "events.csv", EVENTS):
        key = str(row["recording_id"]), int(row["event_index"] or 0)
        if row["counted"] or key in wanted:
            kept[key] = row
    return kept


class _Review:
    """All judgements, by reviewer and night."""

    def __init__(
        self,
        recordings: Mapping[str, Row],
        events: Mapping[Key, Row],
        by_reviewer: Mapping[str, Mapping[Key, Label]],
    ) -> None:
        self.by_reviewer = by_reviewer
        self._recordings = recordings
        self._events = events
        self._of_night: dict[Night, list[Key]] = defaultdict(list)
        for key, row in events.items():
            self._of_night[row["recording_id"], row["night_date"]].append(key)

    def night_rows(self, night: Row) -> Iterator[Row]:
        """Yield a row of ``reviewed_nights.csv`` per reviewer."""
        keys = self._of_night[night["recording_id"], night["night_date"]]
        for reviewer, labels in self.by_reviewer.items():
            yield {
                **{c.name: night[c.name] for c in REVIEWED_NIGHTS if c.name in night},
                **self._made_by(str(night["recording_id"])),
                "reviewer": reviewer,
                **_counts(night, [(self._events[key], labels.get(key)) for key in keys]),
            }

    def event_rows(self, key: Key) -> Iterator[Row]:
        """Yield a row of ``reviewed_events.csv`` per reviewer who was asked or judged."""
        event = self._events[key]
        for reviewer, labels in self.by_reviewer.items():
            label = labels.get(key)
            if label is None and not event["counted"]:
                continue
            yield {
                **{c.name: event[c.name] for c in REVIEWED_EVENTS if c.name in event},
                **self._made_by(key[0]),
                "reviewer": reviewer,
                "label": None if label is None else label.word,
                "reviewed_utc": None if label is None else label.reviewed_utc,
            }

    def _made_by(self, recording_id: str) -> Row:
        made = self._recordings[recording_id]
        return {name: made[name] for name in ("algorithm_version", "config_hash")}


def _counts(night: Row, judged: Iterable[tuple[Row, Label | None]]) -> dict[str, Value]:
    """Return what one reviewer's labels make of a night; a later label is a greater text."""
    pairs = list(judged)
    words = [label.word if label else None for event, label in pairs if event["counted"]]
    added = sum(
        label is not None and label.word == KEEP and event["context"] == "onset"
        for event, label in pairs
        if not event["counted"]
    )
    n_judged, n_kept = len(words) - words.count(None), words.count(KEEP)
    known = night["sleep_starts_onset"] is not None and n_judged == len(words)
    times = [label.reviewed_utc for _, label in pairs if label and label.reviewed_utc]
    return {
        "sleep_starts_onset_reviewed": n_kept + added if known else None,
        "n_candidates": len(words),
        "n_judged": n_judged,
        "n_kept": n_kept,
        "n_rejected": words.count(REJECT),
        "n_unsure": words.count(UNSURE),
        "n_added": added,
        "first_reviewed_utc": min(times, default=None),
        "last_reviewed_utc": max(times, default=None),
    }


def _summary(reviewer: str, n_labels: int, night_rows: Sequence[Row]) -> Reviewed:
    rows = [row for row in night_rows if row["reviewer"] == reviewer]
    counts = [row for row in rows if row["sleep_starts_onset"] is not None]

    def total(name: str) -> int:
        return sum(int(row[name] or 0) for row in rows)

    return Reviewed(
        reviewer,
        nights=len(counts),
        complete=sum(row["sleep_starts_onset_reviewed"] is not None for row in counts),
        candidates=total("n_candidates"),
        judged=total("n_judged"),
        kept=total("n_kept"),
        rejected=total("n_rejected"),
        unsure=total("n_unsure"),
        others=n_labels - total("n_judged"),
        added=total("n_added"),
    )
