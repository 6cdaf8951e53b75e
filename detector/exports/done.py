"""The recordings of an output folder that are done, with their clocks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from detector.merge import DONE
from detector.parameter import SettingsError
from detector.tables.columns import EVENTS, RECORDINGS
from detector.tables.csvtext import Row
from detector.tables.stored import table


@dataclass(frozen=True, slots=True)
class Done:
    """One recording and its results."""

    folder: Path
    row: Row
    """Of ``recordings.csv``."""
    start: datetime
    """First sample: UTC, or as the device had it if the zone is unknown."""
    device_utc_offset_s: int
    """What the device's clock is ahead of ``start``."""

    @property
    def recording_id(self) -> str:
        """Its name within the run."""
        return str(self.row["recording_id"])

    @property
    def device_start(self) -> datetime:
        """What the device's clock showed at the first sample."""
        return self.start.replace(tzinfo=None) + timedelta(seconds=self.device_utc_offset_s)

    def events(self) -> Iterator[tuple[float, Row]]:
        """Yield the rows of ``events.csv``, each behind its start, in seconds of the recording."""
        for row in table(self.folder, "events.csv", EVENTS):
            text = row["start_utc"] or row["start_time"]
            since = datetime.fromisoformat(str(text)) - self.start
            yield since.total_seconds(), row


def done(out: Path) -> list[Done]:
    """Return what is done and has a beginning, in the order of ``recordings.csv``.

    Raises
    ------
    SettingsError
        If the folder holds no results of this version.
    """
    return [
        found
        for row in table(out, "recordings.csv", RECORDINGS)
        if row["status"] in DONE and (found := _done(out, row))
    ]


def _done(out: Path, row: Row) -> Done | None:
    folder = out / "recordings" / str(row["recording_id"])
    try:
        facts = json.loads((folder / "result.json").read_bytes())["facts"]
        start, offset_s = facts["start_utc"] or facts["start"], facts["device_utc_offset_s"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{folder / 'result.json'}: cannot be used: {error}") from error
    if start is None:
        return None
    return Done(folder, row, datetime.fromisoformat(start), offset_s or 0)
