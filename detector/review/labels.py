"""``labels.csv``: what reviewers judged, held against the events of the run that they saw.

A judgement belongs to one event of one analysis. Where anything in a row contradicts the results
it is applied to, the row is refused with its number and column: under another algorithm version or
other settings the same number may be another movement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from ..parameter import SettingsError, did_you_mean
from ..people import sheet
from ..tables.columns import LABELS
from ..tables.columns.review import KEEP, LABEL_WORDS, REJECT, UNSURE
from ..tables.csvtext import Row, text_of, utc_text

Key = tuple[str, int]
"""Recording and number of an event."""

_NAMES = tuple(c.name for c in LABELS)
_MADE_BY = ("algorithm_version", "config_hash")
_EVENT = ("night_date", "start_time", "start_utc", "peak_utc", "kind")
"""Columns that repeat what ``events.csv`` says of the event."""
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Label:
    """One row of ``labels.csv`` with a judgement, as far as it can be understood alone."""

    path: Path
    number: int
    """Of the row as a spreadsheet counts: 1 is the heading."""
    cells: Mapping[str, str]
    index: int
    reviewed_utc: str | None
    """As the tables write it; None if unknown."""

    @property
    def key(self) -> Key:
        """The event that is judged."""
        return self.cells["recording_id"], self.index

    @property
    def reviewer(self) -> str:
        """Who judged."""
        return text_of(self.cells["reviewer"])

    @property
    def word(self) -> str:
        """The judgement: keep, reject or unsure."""
        return self.cells["label"]

    def problem(self, column: str, text: str) -> str:
        """Return a sentence that names the place."""
        return f"row {self.number}, {column}: {text}"


def read_labels(paths: Sequence[Path]) -> list[Label]:
    """Read and check what can be checked without results; rows without a label say nothing.

    Raises
    ------
    SettingsError
        If a file is no table of labels, has a cell that cannot be meant, or somebody judged an
        event twice.
    """
    labels: list[Label] = []
    for path in paths:
        problems: list[str] = []
        for found in _labels(path):
            if isinstance(found, str):
                problems.append(found)
            else:
                labels.append(found)
        sheet.refuse(path, problems)
    _refuse_twice_judged(labels)
    return labels


def _labels(path: Path) -> Iterator[Label | str]:
    """Yield what every row says, or what is wrong with it."""
    heading, *rows = sheet.records(path) or [[]]
    names = [name.strip() for name in heading]
    yield from _wrong_heading(names)
    if sorted(names) != sorted(_NAMES):
        return
    for number, row in enumerate(rows, 2):
        if not any(row):
            continue
        if len(row) != len(names):
            yield f"row {number}: has {len(row)} cells instead of {len(names)}"
            continue
        cells = {name: cell.strip() for name, cell in zip(names, row, strict=True)}
        if cells["label"]:
            yield _label(path, number, cells)


def _wrong_heading(names: Sequence[str]) -> Iterator[str]:
    if missing := [name for name in _NAMES if name not in names]:
        yield f"row 1: there is no column {', '.join(missing)}"
    unknown = [name for name in dict.fromkeys(names) if name not in _NAMES]
    if len(unknown) > 1:
        yield f"row 1: {', '.join(map(repr, unknown))} are no columns of labels"
    elif unknown:
        yield f"row 1: {unknown[0]!r} is no column of labels{did_you_mean(unknown[0], _NAMES)}"
    for name in _NAMES:
        if names.count(name) > 1:
            yield f"row 1: there are {names.count(name)} columns {name!r}"


def _label(path: Path, number: int, cells: Mapping[str, str]) -> Label | str:
    checks = {
        "label": _wrong_word(cells["label"]),
        "reviewer": _wrong_reviewer(text_of(cells["reviewer"])),
        "event_index": _wrong_index(cells["event_index"]),
        "reviewed_utc": _wrong_time(cells["reviewed_utc"]),
    }
    for name, text in checks.items():
        if text:
            return f"row {number}, {name}: {text}"
    when = cells["reviewed_utc"]
    said = utc_text(sheet.moment(when).astimezone(UTC)) if when else None
    return Label(path, number, cells, int(cells["event_index"]), said)


def _wrong_word(word: str) -> str:
    if word in LABEL_WORDS:
        return ""
    return f"{word!r} is not {KEEP}, {REJECT} or {UNSURE}{did_you_mean(word, LABEL_WORDS)}"


def _wrong_reviewer(name: str) -> str:
    if not name:
        return "is empty; say who judged"
    return f"is longer than {_LONGEST_NAME} characters" if len(name) > _LONGEST_NAME else ""


def _wrong_index(text: str) -> str:
    plain = text.isascii() and text.isdecimal() and len(text) < 10
    return "" if plain else f"{text!r} is no number of an event"


def _wrong_time(text: str) -> str:
    try:
        zone = sheet.moment(text).tzinfo if text else UTC
    except ValueError:
        return f"{text!r} is not like 2024-03-05T22:41:07.250Z"
    return "" if zone else f"{text!r} does not say that it is UTC; end it with Z"


def _refuse_twice_judged(labels: Sequence[Label]) -> None:
    first: dict[tuple[Key, str], Label] = {}
    for label in labels:
        before = first.setdefault((label.key, label.reviewer), label)
        if before is not label:
            text = f"{label.reviewer} judged event {label.index} of {label.key[0]} in"
            place = f"row {before.number}"
            if before.path != label.path:
                place = f"{before.path}, {place}"
            raise SettingsError(
                f"{label.path}: {label.problem('event_index', f'{text} {place} already')}; "
                "keep one of the two"
            )


def refuse_other_results(
    labels: Sequence[Label],
    recordings: Mapping[str, Row],
    events: Mapping[Key, Row],
) -> None:
    """Refuse labels that were not made from these results.

    Parameters
    ----------
    labels
        As read.
    recordings
        Rows of ``recordings.csv`` by ``recording_id``.
    events
        Rows of ``events.csv`` by event, those that were judged at least.

    Raises
    ------
    SettingsError
        That names file, row and column.
    """
    for path in dict.fromkeys(label.path for label in labels):
        found = (_contradiction(x, recordings, events) for x in labels if x.path == path)
        sheet.refuse(path, [text for text in found if text])


def _contradiction(
    label: Label, recordings: Mapping[str, Row], events: Mapping[Key, Row]
) -> str | None:
    recording_id, cells = label.key[0], label.cells
    made_by = recordings.get(recording_id)
    if made_by is None:
        near = did_you_mean(recording_id, tuple(recordings))
        return label.problem("recording_id", f"{recording_id!r} is not in these results{near}")
    for name in _MADE_BY:
        if cells[name] != made_by[name]:
            text = f"is {cells[name]!r}, these results have {made_by[name]!r}"
            return label.problem(name, f"{text}: judge the events of this run anew")
    event = events.get(label.key)
    if event is None:
        text = f"{recording_id} has no event {label.index}"
        return label.problem("event_index", text)
    for name in _EVENT:
        if cells[name] != (event[name] or ""):
            text = f"is {cells[name]!r}, event {label.index} of {recording_id} has {event[name]!r}"
            return label.problem(name, text)
    return None
