"""A folder of hand-made results, and labels as reviewers of its pages export them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from made_results import made_facts, made_nights

from detector.merge import write_merged
from detector.output import RecordingFolder
from detector.result import Facts
from detector.settings import Settings
from detector.tables import csvtext
from detector.tables.columns import EVENTS, LABELS, RECORDINGS
from detector.tables.csvtext import Row

INPUT = {"bytes": 2_048_512, "mtime_ns": 1_709_700_000_000_000_001, "sha256": "ab" * 32}
WHEN = "2024-04-01T09:00:{:02d}.000Z"


class NoPage:
    """Nobody looks at the page."""

    def add_night(self, night):
        """Take nothing."""

    def html(self, facts: Facts) -> str:
        return f"<p>{facts.recording_id}</p>"


def made_run(out: Path, *facts: Facts) -> Path:
    """Write the results of recordings of three made nights each."""
    rows = []
    for each in facts or (made_facts(),):
        with RecordingFolder(out / "recordings" / each.recording_id, each, NoPage()) as folder:
            for night in made_nights():
                folder.add(night)
            rows.append(folder.finish(each, {"input": INPUT}))
    write_merged(out, Settings(), rows)
    return out


def events_of(out: Path) -> list[Row]:
    return list(csvtext.read(EVENTS, out / "events.csv"))


def made_labels(
    out: Path,
    path: Path,
    words: Sequence[str] | Mapping[int, str],
    *,
    reviewer: str = "ann",
    counted: bool = True,
) -> Path:
    """Write labels of the events in their order, of those counted unless said otherwise."""
    made_by = {r["recording_id"]: r for r in csvtext.read(RECORDINGS, out / "recordings.csv")}
    events = [e for e in events_of(out) if e["counted"] or not counted]
    known = words if isinstance(words, Mapping) else dict(enumerate(words))
    rows = [
        {
            **{c.name: events[i][c.name] for c in LABELS if c.name in events[i]},
            "label": word,
            "reviewer": reviewer,
            "reviewed_utc": WHEN.format(i % 60),
            "algorithm_version": made_by[events[i]["recording_id"]]["algorithm_version"],
            "config_hash": made_by[events[i]["recording_id"]]["config_hash"],
        }
        for i, word in known.items()
    ]
    path.write_bytes(csvtext.table(LABELS, rows))
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    """The cells of a table as they stand there."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
