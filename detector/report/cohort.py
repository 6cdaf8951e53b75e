"""The page of a whole run: its recordings, the people who wore them, and all their nights.

The tables are read once or twice and never held. Of a run too large for a page the pictures and
sums are of all nights, and the lists hold every nth person with all recordings and nights.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from markupsafe import Markup

from detector.files import write
from detector.reasons import sentence
from detector.tables import csvtext
from detector.tables.columns import BY_PARTICIPANT, NIGHTS, RECORDINGS, Column
from detector.tables.csvtext import Row, Value

from . import listed
from .distributions import clock, clock_bin, histogram
from .render import render
from .words import STATUS

MOST_LISTED = 10_000
"""Nights and recordings that a page lists before it lists a part: some 2 MB of them."""
_MOST_FAILED = 2_000
_MOST_TOLD = 8
"""Failed recordings named before everything else."""
_FEWEST_NIGHTS = 5
"""Nights with a count that make a picture of them worth its place."""

_RECORDING_STATUS = {
    "failed": "Failed",
    "skipped": "Skipped",
    "ok_with_warnings": "With warnings",
    "ok": "Done",
}
"""What a recording's status is called, in the order in which recordings are listed."""


def write_cohort_page(out: Path, several: Sequence[tuple[str, str]] = ()) -> None:
    """Write ``report.html`` of a run from the tables beside it.

    Parameters
    ----------
    out
        The output folder.
    several
        As for :func:`cohort_page`.
    """
    page = cohort_page(
        _Stored(NIGHTS, listed.NIGHTS_READ, out / "nights.csv"),
        _Stored(RECORDINGS, listed.RECORDINGS_READ, out / "recordings.csv"),
        _Stored(BY_PARTICIPANT, [c.name for c in BY_PARTICIPANT], out / "by_participant.csv"),
        several,
    )
    write(out / "report.html", page.encode("utf-8", "backslashreplace"))


def cohort_page(
    nights: Iterable[Row],
    recordings: Iterable[Row],
    participants: Iterable[Row],
    several: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the page of a run.

    Parameters
    ----------
    nights
        Rows of ``nights.csv``.
    recordings
        Rows of ``recordings.csv``, failed and skipped ones too; gone through twice.
    participants
        Rows of ``by_participant.csv``; gone through twice.
    several
        Participants who wore several sensors at a time, and the links to their pages.
    """
    totals = _totals(recordings)
    every = -(-max(totals.nights, totals.done, 1) // MOST_LISTED)
    ids = dict.fromkeys(str(row["participant_id"]) for row in participants)
    people = set(islice(ids, 0, None, every))
    lists = _Lists()
    lists.add_recordings(recordings, people)
    lists.participants = [dict(r) for r in participants if str(r["participant_id"]) in people]
    seen = lists.add_nights(nights)
    counted = sum(seen.counts.values())
    return render(
        "cohort.html",
        rows=lists.data(),
        several=several,
        summary=_summary(totals, seen.nights, counted),
        failed=[r for r in lists.recordings if r["status"] == "failed"][:_MOST_TOLD],
        n_failed=totals.states["failed"],
        n_recordings=sum(totals.states.values()),
        n_nights=seen.nights,
        n_participants=len(ids),
        every=every,
        cut=sum(totals.states[s] > _MOST_FAILED for s in ("failed", "skipped")),
        most_failed=_MOST_FAILED,
        told=any(r["message"] for r in lists.recordings),
        named=any(r["participant_id"] not in {None, r["recording_id"]} for r in lists.recordings),
        sites=len({r["site"] for r in lists.participants}) > 1,
        limited=any(n["reasons"] for n in lists.nights),
        reasons=seen.reasons(),
        mapped=totals.done > 1 and seen.nights > 0,
        histogram=histogram(seen.counts) if counted >= _FEWEST_NIGHTS else None,
        clock=seen.clock() if seen.onsets.total() >= _FEWEST_NIGHTS else None,
        uncounted=seen.nights - counted,
        states=STATUS,
        recording_states=_RECORDING_STATUS,
    )


@dataclass(frozen=True, slots=True)
class _Stored:
    """Rows of a table on the disk, read anew whenever somebody asks."""

    columns: Sequence[Column]
    names: Sequence[str]
    path: Path

    def __iter__(self) -> Iterator[Row]:
        wanted = set(self.names)
        return csvtext.read([c for c in self.columns if c.name in wanted], self.path)


@dataclass(slots=True)
class _Totals:
    """What is known of a run before anything of it is listed."""

    states: Counter[str] = field(default_factory=Counter)
    nights: int = 0
    anonymised: bool = False

    @property
    def done(self) -> int:
        return self.states["ok"] + self.states["ok_with_warnings"]


def _totals(recordings: Iterable[Row]) -> _Totals:
    totals = _Totals()
    for row in recordings:
        totals.states[str(row["status"])] += 1
        totals.nights += int(row.get("nights") or 0)
        totals.anonymised |= row.get("anonymised") is True
    return totals


def _summary(totals: _Totals, nights: int, counted: int) -> str:
    states = totals.states
    parts = [_plural(sum(states.values()), "recording")]
    parts += [f"{states[s]:,} {s}" for s in ("failed", "skipped") if states[s]]
    said = f"{', '.join(parts)}. {_plural(nights, 'night')}, "
    said += f"{f'{counted:,}' if counted else 'none'} with a count."
    return f"{said} Dates are moved by whole weeks." if totals.anonymised else said


def _plural(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n:,} {word}s"


@dataclass(slots=True)
class _Seen:
    """What all nights amount to."""

    nights: int = 0
    counts: Counter[int] = field(default_factory=Counter)
    onsets: Counter[int] = field(default_factory=Counter)
    wakes: Counter[int] = field(default_factory=Counter)
    limits: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """By code of the reason, and whether the night has a count."""

    def add(self, row: Row) -> None:
        self.nights += 1
        count = row.get("sleep_starts_onset")
        if count is not None:
            self.counts[int(count)] += 1
        for name, times in (("sleep_onset", self.onsets), ("wake", self.wakes)):
            if (minute := listed.minutes(row, name)) is not None:
                times[clock_bin(minute)] += 1
        self.limits.update((code, count is not None) for code in listed.limiting(row))

    def clock(self) -> Markup:
        return clock(self.onsets, self.wakes)

    def reasons(self) -> list[tuple[str, str, int, int]]:
        """Return code, sentence, nights without a count and with one; the most frequent first."""
        codes = {code for code, _ in self.limits}
        told = [(c, sentence(c), self.limits[c, False], self.limits[c, True]) for c in codes]
        return sorted(told, key=lambda each: (-each[2], -each[3], each[0]))


@dataclass(slots=True)
class _Lists:
    """Rows that the page lists."""

    recordings: list[dict[str, Value]] = field(default_factory=list)
    participants: list[dict[str, Value]] = field(default_factory=list)
    nights: list[dict[str, Value]] = field(default_factory=list)

    def add_recordings(self, recordings: Iterable[Row], people: set[str]) -> None:
        """Take what failed, and what is of these people, failures first."""
        found: defaultdict[str, list[dict[str, Value]]] = defaultdict(list)
        for row in recordings:
            status = str(row["status"])
            unfinished = status in {"failed", "skipped"}
            if (
                len(found[status]) < _MOST_FAILED
                if unfinished
                else row.get("participant_id") in people
            ):
                found[status].append(listed.recording(row))
        for status in _RECORDING_STATUS:
            self.recordings += found[status]

    def add_nights(self, nights: Iterable[Row]) -> _Seen:
        """Take the nights of the listed recordings, and see all."""
        places = {r["recording_id"]: i for i, r in enumerate(self.recordings)}
        seen = _Seen()
        for row in nights:
            seen.add(row)
            if (place := places.get(row["recording_id"])) is not None:
                self.nights.append(listed.night(row, place))
        return seen

    def data(self) -> dict[str, Any]:
        codes = {code for n in self.nights for code in str(n["reasons"]).split()}
        return {
            "recordings": listed.table(self.recordings, listed.RECORDING_NAMES),
            "participants": listed.table(self.participants, [c.name for c in BY_PARTICIPANT]),
            "nights": listed.table(self.nights, listed.NIGHT_NAMES),
            "reasons": {code: sentence(code) for code in sorted(codes)},
            "states": STATUS,
            "recordingStates": _RECORDING_STATUS,
        }
