"""Hypnograms from files: a table (CSV) of starts and stages, or the annotations of an EDF+ file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from warnings import catch_warnings

from ..parameter import SettingsError, did_you_mean
from ..people.sheet import moment, records, refuse
from .hypnogram import Hypnogram, Stage

EPOCH_S = 30.0
"""Of the AASM; so long is the last stage of a table that does not say."""

LONGEST_S = 86_400.0
"""Nobody sleeps longer in one stage."""

_COLUMNS = ("start", "stage", "duration_s")
_EDF = {".edf", ".bdf"}
_UNSCORED = ""
_SPELT = {
    **dict.fromkeys(("w", "wake", "awake"), "W"),
    **dict.fromkeys(("n1", "nrem1"), "N1"),
    **dict.fromkeys(("n2", "nrem2"), "N2"),
    **dict.fromkeys(("n3", "nrem3"), "N3"),
    **dict.fromkeys(("r", "rem"), "R"),
    **dict.fromkeys(("?", "unscored", "movement", "mt", "l", ""), _UNSCORED),
}


def read(path: Path) -> Hypnogram:
    """Read a hypnogram.

    Raises
    ------
    SettingsError
        If it cannot be read, or holds something that is no stage.
    """
    return _of_edf(path) if path.suffix.lower() in _EDF else _of_table(path)


def _of_table(path: Path) -> Hypnogram:
    heading, *lines = records(path, _COLUMNS)
    columns = [cell.strip().lower() for cell in heading]
    wrong = [
        f"row 1: {name!r} is no column{did_you_mean(name, _COLUMNS)}"
        for name in columns
        if name and name not in _COLUMNS
    ]
    wrong += [f"row 1: there is no column {n!r}" for n in _COLUMNS[:2] if n not in columns]
    refuse(path, wrong)
    rows: list[tuple[datetime, str, float | None]] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 2):
        cells = dict(zip(columns, (cell.strip() for cell in line), strict=False))
        if not any(cells.values()):
            continue
        try:
            rows.append(_row(cells))
        except ValueError as error:
            problems.append(f"row {number}: {error}")
            continue
        if len(rows) > 1 and _since(rows[-2][0], rows[-1][0]) <= 0:
            problems.append(f"row {number}, start: {cells['start']!r} is not after the row before")
    refuse(path, problems or ([] if rows else ["has no rows"]))
    return _hypnogram(path, rows[0][0], _stretches(path, rows))


def _row(cells: dict[str, str]) -> tuple[datetime, str, float | None]:
    try:
        start = moment(cells.get("start", ""))
    except ValueError:
        text = f"start: {cells.get('start', '')!r} is not like 2024-03-05T22:30:00"
        raise ValueError(text) from None
    return start, _stage(cells.get("stage", "")), _length_s(cells.get("duration_s", ""))


def _length_s(text: str) -> float | None:
    try:
        length_s = float(text) if text else None
    except ValueError:
        length_s = -1.0
    if length_s is not None and not 0 < length_s <= LONGEST_S:
        raise ValueError(f"duration_s: {text!r} is no number of seconds of a stage")
    return length_s


def _stretches(path: Path, rows: Sequence[tuple[datetime, str, float | None]]) -> Iterator[Stage]:
    """Yield every row's stage: as long as it says, else to the next row."""
    begin = rows[0][0]
    ends = [_since(begin, start) for start, _, _ in rows[1:]]
    for i, (start, name, length_s) in enumerate(rows):
        start_s = _since(begin, start)
        end_s = ends[i] if i < len(ends) else start_s + (length_s or EPOCH_S)
        if length_s is not None:
            if length_s > end_s - start_s:
                raise SettingsError(f"{path}: {start}: {length_s:g} s overlap the next row")
            end_s = start_s + length_s
        yield Stage(start_s, end_s, name)


def _since(begin: datetime, at: datetime) -> float:
    if (begin.tzinfo is None) != (at.tzinfo is None):
        begin, at = begin.replace(tzinfo=None), at.replace(tzinfo=None)
    return (at - begin).total_seconds()


def _of_edf(path: Path) -> Hypnogram:
    import edfio

    try:
        with catch_warnings(action="ignore"):  # of what is no stage
            file = (edfio.read_bdf if path.suffix.lower() == ".bdf" else edfio.read_edf)(path)
            begin = datetime.combine(file.startdate, file.starttime)
            notes = sorted(file.annotations)
    except Exception as error:  # it believes every header, and what it raises then says nothing
        raise SettingsError(
            f"{path}: cannot be read as EDF+ ({error}); export it again, or write a table"
        ) from error
    mark = "sleep stage "
    scored = [each for each in notes if each.text.lower().startswith(mark)]
    problems, stages = [], []
    for each in scored:
        try:
            name = _stage(each.text[len(mark) :])
            stages.append(Stage(each.onset, each.onset + (each.duration or EPOCH_S), name))
        except ValueError as error:
            problems.append(f"{each.onset:g} s: {error}")
    refuse(path, problems)
    return _hypnogram(path, begin, stages)


def _stage(text: str) -> str:
    known = text.lower().strip().removeprefix("stage ")
    if known not in _SPELT:
        raise ValueError(f"{text!r} is no stage; write W, N1, N2, N3, R, or ? if not scored")
    return _SPELT[known]


def _hypnogram(path: Path, begin: datetime, stages: Iterator[Stage] | list[Stage]) -> Hypnogram:
    scored = tuple(stage for stage in stages if stage.name)
    if not scored:
        raise SettingsError(f"{path}: has no stages")
    if not all(0 < stage.end_s - stage.start_s <= LONGEST_S for stage in scored):
        raise SettingsError(f"{path}: has a stage that lasts no time, or more than a day")
    if any(first.end_s > second.start_s + 1e-6 for first, second in pairwise(scored)):
        raise SettingsError(f"{path}: stages overlap")
    return Hypnogram(begin, scored)
