"""Tells on the console how a run goes on: how far it is, and what became of each recording."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .cohort import Watcher
from .console import NORMAL, Console, Silence
from .inputs import Source
from .job import CRASH_LOG, Outcome, Progress
from .output import RUN
from .reasons import REASONS

_NIGHTS_SHOWN = 10
"""Of a recording; the tables and pages have all of them."""


class Narrator(Watcher):
    """Writes one line per recording and one per night, below a bar or lines of progress.

    Parameters
    ----------
    console
        Where to write.
    bar
        Progress that was entered.
    out
        The run's output folder.
    force
        Whether recordings that are done are to be done again: then their marks are taken away
        before the first of them begins.
    """

    def __init__(self, console: Console, bar: Silence, out: Path, *, force: bool = False) -> None:
        self._console = console
        self._bar = bar
        self._out = out
        self._force = force
        self._sources: Sequence[Source] = ()
        self._begun_s = 0.0

    def remark(self, text: str) -> None:
        """Say what is worth knowing before the first recording."""
        self._console.problem(text)

    def dating(self, share: float, source: Source) -> None:
        """Move the bar while recordings are read for the first time."""
        self._bar.update(share, f"dating {source.title}")

    def found(self, sources: Sequence[Source]) -> None:
        """Say how many recordings there are."""
        self._sources = sources
        if len(sources) > 1:
            self._console.note(f"{len(sources)} recordings found")
        if self._force:
            for source in sources:
                (self._folder(source.recording_id) / RUN).unlink(missing_ok=True)

    def progress(self, index: int, progress: Progress) -> None:
        """Move the bar; within a file of unknown length it stands still."""
        if progress.phase == "opening":
            self._begun_s = time.monotonic()
        share = (index + (progress.fraction or 0.0)) / len(self._sources)
        self._bar.update(share, f"{progress.phase} {self._sources[index].title}")

    def done(self, index: int, outcome: Outcome) -> None:
        """Say what became of a recording and of its nights."""
        row, source = outcome.row, self._sources[index]
        shown = f"{source.title} ({source.recording_id})" if source.veil else source.title
        message = str(row.get("message") or "")
        folder = self._folder(source.recording_id)
        if row["status"] == "failed":
            self._console.problem(f"{shown}: failed: {outcome.problem}")
            if row["reason"] == "crashed":
                self._console.problem(f"  this is a bug; please report {folder / CRASH_LOG}")
            return
        done_before = " (done before)" if outcome.resumed else ""
        warned = f" with warnings: {message}" if row["status"] == "ok_with_warnings" else ""
        say = self._console.problem if warned else self._console.note
        say(f"{shown}: ok{warned}{done_before}")
        took_s = time.monotonic() - self._begun_s
        self._console.detail(
            f"  {row['format']}, {row['device'] or 'device unknown'}, {row['measured_hz']:.3f} Hz, "
            f"{row['duration_h']:.1f} h, {row['gaps']} gaps; took {took_s:.1f} s"
        )
        most = _NIGHTS_SHOWN if self._console.level <= NORMAL else None
        for line in _nights(folder / "nights.csv", most):
            self._console.note(f"  {line}")

    def _folder(self, recording_id: str) -> Path:
        return self._out / "recordings" / recording_id


def _nights(table: Path, most: int | None) -> Iterator[str]:
    """Yield a line on each of the first nights."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[:most]:
        yield f"night of {row['night_date']}: {_night(row)}"
    if most is not None and len(rows) > most:
        yield f"and {len(rows) - most} more nights"


def _night(row: dict[str, str]) -> str:
    """Return the headline of a night, or the reason why it has none."""
    reasons = [REASONS[code] for code in row["reasons"].split(";") if code]
    count = row["sleep_starts_onset"]
    limits = [f" {reason.sentence}" for reason in reasons if reason.level == "limits"]
    if not count:
        return f"no count. {reasons[0].sentence}{''.join(limits)}"
    starts = "sleep start" if count == "1" else "sleep starts"
    minutes = float(row["onset_window_usable_min"])
    return f"{count} {starts} near sleep onset, in {minutes:.0f} min observed.{''.join(limits)}"
