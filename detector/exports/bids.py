"""BIDS: an ``_events.tsv`` per recording with the side-car that explains its columns.

After the Brain Imaging Data Structure 1.10 (motion, task events): onsets and durations are seconds
since the first sample, ``n/a`` is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detector import files
from detector.parameter import SettingsError
from detector.resultfile import to_json
from detector.tables.columns import EVENTS, Column
from detector.tables.csvtext import Row, Value
from detector.version import ALGORITHM_VERSION, VERSION

from .done import Done, done

_MOVED = ("duration_s", "kind")
"""Columns that BIDS has under names of its own."""
_FURTHER = tuple(c for c in EVENTS if c.name not in _MOVED)
_BIDS_VERSION = "1.10.0"


def write_bids(out: Path, to: Path) -> list[Path]:
    """Write a derivative dataset with the events of all recordings.

    Raises
    ------
    SettingsError
        If two participants or sessions could not be told apart by the letters and digits that BIDS
        leaves of their names, or nothing is left.
    """
    named = _named(done(out))
    to.mkdir(parents=True, exist_ok=True)
    files.write(to / "dataset_description.json", to_json(_description()))
    paths = [to / "dataset_description.json"]
    for stem, recording in named.items():
        events, side_car = to / f"{stem}_events.tsv", to / f"{stem}_events.json"
        events.parent.mkdir(parents=True, exist_ok=True)
        with files.replacing(events) as file:
            file.write(_line(["onset", "duration", "trial_type", *(c.name for c in _FURTHER)]))
            for onset_s, row in recording.events():
                file.write(_line(_cells(onset_s, row)))
        files.write(side_car, to_json(_side_car()))
        paths += [events, side_car]
    return paths


def _named(recordings: Sequence[Done]) -> dict[str, Done]:
    """Return the recordings by path without ending; several of one session are numbered runs."""
    labels: dict[str, dict[str, str]] = {"participant_id": {}, "session": {}}
    groups: dict[str, list[Done]] = {}
    for each in recordings:
        subject = _label("participant_id", each.row["participant_id"], labels)
        entities = [f"sub-{subject}"]
        if each.row["session"] is not None:
            entities.append(f"ses-{_label('session', each.row['session'], labels)}")
        folder, stem = "/".join([*entities, "motion"]), "_".join([*entities, "task-sleep"])
        groups.setdefault(f"{folder}/{stem}", []).append(each)
    return {
        stem if len(group) == 1 else f"{stem}_run-{run}": each
        for stem, group in groups.items()
        for run, each in enumerate(group, 1)
    }


def _label(name: str, value: Value, labels: dict[str, dict[str, str]]) -> str:
    """Return the letters and digits of a name, which are all that BIDS allows."""
    text = str(value)
    label = re.sub(r"[^0-9A-Za-z]", "", text)
    if not label:
        raise SettingsError(f"{name} {text!r} has no letter or digit that BIDS allows")
    if (other := labels[name].setdefault(label, text)) != text:
        raise SettingsError(
            f"{name} {other!r} and {text!r} would both be {label!r} in BIDS, which knows only "
            "letters and digits; name one of them otherwise (--participants)"
        )
    return label


def _cells(onset_s: float, row: Row) -> list[str]:
    further = [_cell(c, row[c.name]) for c in _FURTHER]
    return [f"{onset_s:.3f}", f"{row['duration_s']:.3f}", str(row["kind"]), *further]


def _cell(column: Column, value: Value) -> str:
    if value is None:
        return "n/a"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.{column.decimals}f}" if column.type == "number" else str(value)


def _line(cells: Sequence[str]) -> bytes:
    return ("\t".join(cells) + "\n").encode()


def _description() -> dict[str, Any]:
    return {
        "Name": "Candidate sleep starts and other movements in sleep",
        "BIDSVersion": _BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [
            {
                "Name": "hypnic",
                "Version": VERSION,
                "Description": f"algorithm {ALGORITHM_VERSION}",
            }
        ],
    }


def _side_car() -> dict[str, Any]:
    kind = next(c for c in EVENTS if c.name == "kind")
    duration = next(c for c in EVENTS if c.name == "duration_s")
    return {
        "onset": {"Description": "Start, since the first sample of the recording.", "Units": "s"},
        "duration": {"Description": duration.definition, "Units": "s"},
        "trial_type": {"Description": kind.definition},
        **{
            c.name: {"Description": c.definition, **({"Units": c.unit} if c.unit else {})}
            for c in _FURTHER
        },
    }
