"""Tells on the console how a run goes on: how far it is, and what became of each recording."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .cohort import Watcher
from .console import NORMAL, Console, Silence
from .inputs.sources import Source
from .job import Outcome, Progress
from .pace import Pace
from .reasons import REASONS

_NIGHTS_SHOWN = 10
"""Of a recording; the tables and pages have all of them."""

_RECORDINGS_TOLD = 20
"""Of a larger run only what failed is told recording by recording."""


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
    clock
        Seconds that only go forward.
    """

    def __init__(
        self, console: Console, bar: Silence, out: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._bar = bar
        self._out = out
        self._clock = clock
        self._sources: Sequence[Source] = ()
        self._pace = Pace(0, clock)

    def remark(self, text: str) -> None:
        """Say what is worth knowing before the first recording."""
        self._console.problem(text)

    def dating(self, share: float, source: Source) -> None:
        """Move the bar while recordings are read for the first time."""
        self._bar.update(share, f"dating {source.title}")

    def found(self, sources: Sequence[Source]) -> None:
        """Say how many recordings there are."""
        self._sources = sources
        self._pace = Pace(len(sources), self._clock)
        if len(sources) > 1:
            self._console.note(f"{len(sources)} recordings found")

    def progress(self, index: int, progress: Progress) -> None:
        """Move the bar; within a file of unknown length it stands still."""
        self._pace.at(index, progress)
        self._show(progress.phase)

    def done(self, index: int, outcome: Outcome) -> None:
        """Say what became of a recording and of its nights."""
        took_s = self._pace.done(index, outcome)
        if outcome.row["status"] == "failed":
            self._tell_failure(index, outcome)
        elif len(self._sources) <= _RECORDINGS_TOLD or self._console.level > NORMAL:
            self._tell(index, outcome, took_s)
        self._show("reading")

    def _show(self, phase: str) -> None:
        now = [self._sources[index].title for index in self._pace.running]
        if len(self._sources) == 1:
            self._bar.update(self._pace.share, f"{phase} {self._sources[0].title}")
        else:
            self._bar.update(self._pace.share, self._pace.sentence(now))

    def _shown(self, index: int) -> str:
        source = self._sources[index]
        return f"{source.title} ({source.recording_id})" if source.veil else source.title

    def _tell_failure(self, index: int, outcome: Outcome) -> None:
        self._console.problem(f"{self._shown(index)}: failed: {outcome.problem}")
        if log := outcome.row.get("log"):
            self._console.problem(f"  this is a bug; please report {self._out / str(log)}")

    def _tell(self, index: int, outcome: Outcome, took_s: float) -> None:
        row = outcome.row
        done_before = " (done before)" if outcome.resumed else ""
        warned = row["status"] == "ok_with_warnings"
        why = f" with warnings: {row['message']}" if warned else ""
        say = self._console.problem if warned else self._console.note
        say(f"{self._shown(index)}: ok{why}{done_before}")
        gaps = "1 gap" if row["gaps"] == 1 else f"{row['gaps']} gaps"
        self._console.detail(
            f"  {row['format']}, {row['device'] or 'device unknown'}, {row['measured_hz']:.3f} Hz, "
            f"{row['duration_h']:.1f} h, {gaps}; took {took_s:.1f} s"
        )
        most = _NIGHTS_SHOWN if self._console.level <= NORMAL else None
        table = self._out / "recordings" / self._sources[index].recording_id / "nights.csv"
        for line in _nights(table, most):
            self._console.note(f"  {line}")


def _nights(table: Path, most: int | None) -> Iterator[str]:
    """Yield a line on each of the first nights."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[:most]:
        yield f"night of {row['night_date']}: {_night(row)}"
    if most is not None and len(rows) > most:
        more = len(rows) - most
        yield f"and {more} more {'night' if more == 1 else 'nights'}"


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
