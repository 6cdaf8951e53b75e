"""What the page of a run lists: rows as columns of numbers and words, for the page's script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from detector.tables.csvtext import Row, Value

from .cells import shown_path
from .words import is_note

Columns = dict[str, list[Value]]
"""Values of every row, by name."""

RECORDINGS_READ = (
    *("recording_id", "path", "participant_id", "site", "status", "message", "device", "format"),
    *("duration_h", "nights", "nights_analysable", "anonymised"),
)
NIGHTS_READ = (
    *("recording_id", "participant_id", "session", "night_date", "night_index", "status"),
    *("reasons", "sleep_onset", "sleep_onset_utc", "wake", "onset_uncertainty_min"),
    *("onset_window_start_utc", "onset_window_end_utc", "onset_window_usable_min"),
    *("sleep_starts_onset", "sleep_starts_onset_early15", "sleep_starts_onset_late15"),
    *("sleep_starts_onset_strict20", "sleep_starts_onset_lax20", "sleep_starts_night"),
    *("first_onset_offset_s", "last_onset_offset_s", "usable_h"),
)
"""Columns of the tables on which the page rests."""

_RECORDING = ("recording_id", "participant_id", "status", "message", "duration_h", "nights")
_NIGHT = (
    *("session", "night_date", "night_index", "status", "onset_window_usable_min"),
    *("sleep_starts_onset", "sleep_starts_onset_early15", "sleep_starts_onset_late15"),
    *("sleep_starts_onset_strict20", "sleep_starts_onset_lax20", "sleep_starts_night"),
    *("onset_uncertainty_min", "usable_h"),
)


def table(rows: Sequence[Mapping[str, Value]], names: Sequence[str]) -> Columns:
    """Return some columns of rows."""
    return {name: [row.get(name) for row in rows] for name in names}


def recording(row: Row) -> dict[str, Value]:
    """Return what is listed of a row of ``recordings.csv``."""
    path = shown_path(str(row.get("path") or ""))
    return {
        **{name: row.get(name) for name in _RECORDING},
        "path": path if path != row.get("recording_id") else "",
        "sensor": ", ".join(str(row[k]) for k in ("device", "format") if row.get(k)),
        "counted": row.get("nights_analysable"),
    }


RECORDING_NAMES = (*_RECORDING, "path", "sensor", "counted")


def night(row: Row, recording_place: int) -> dict[str, Value]:
    """Return what is listed of a row of ``nights.csv``.

    Parameters
    ----------
    row
        The night.
    recording_place
        Which of the listed recordings holds it.
    """
    onset_min = minutes(row, "sleep_onset")
    return {
        "recording": recording_place,
        **{name: row.get(name) for name in _NIGHT},
        "reasons": " ".join(limiting(row)),
        "onset_min": onset_min,
        "wake_min": minutes(row, "wake"),
        "window_min": _between_min(row, "onset_window_start_utc", onset_min),
        "window_end_min": _between_min(row, "onset_window_end_utc", onset_min),
        "first_min": _after_min(row, "first_onset_offset_s", onset_min),
        "last_min": _after_min(row, "last_onset_offset_s", onset_min),
    }


NIGHT_NAMES = (
    *("recording", *_NIGHT, "reasons", "onset_min", "wake_min", "window_min", "window_end_min"),
    *("first_min", "last_min"),
)


def limiting(row: Row) -> list[str]:
    """Return the codes of what limits a night, without what is only worth knowing."""
    return [c for c in str(row.get("reasons") or "").split(";") if c and not is_note(c)]


def minutes(row: Row, name: str) -> int | None:
    """Return a local time as minutes since the night's date began: evening before midnight."""
    if not row.get(name):
        return None
    time, date = str(row[name])[:16], str(row["night_date"])
    since = datetime.fromisoformat(time) - datetime.fromisoformat(date)
    return round(since.total_seconds() / 60)


def _between_min(row: Row, name: str, onset_min: int | None) -> int | None:
    """Return a time in UTC on the axis of the local onset."""
    if onset_min is None or not row.get(name) or not row.get("sleep_onset_utc"):
        return None
    at, onset = (datetime.fromisoformat(str(row[k])) for k in (name, "sleep_onset_utc"))
    return onset_min + round((at - onset).total_seconds() / 60)


def _after_min(row: Row, name: str, onset_min: int | None) -> float | None:
    offset_s = row.get(name)
    if onset_min is None or offset_s is None:
        return None
    return round(onset_min + float(offset_s) / 60, 1)
