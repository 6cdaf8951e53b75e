"""What a wearer noted of the nights, and where that lies on the clock of the device.

Times are those of the wearer's wall clock. One that a change of clocks makes happen twice, or
never, is not guessed: the first needs its offset from UTC, the second is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from recordings import Zone

from ..nights.night import Noted

TIMES = ("in_bed", "lights_off", "sleep_onset", "wake", "out_of_bed")
"""The times of a night, in the order in which they come."""

_WORDS_KEPT = frozenset({"yes", "no", "y", "n", "true", "false"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One night of a diary."""

    number: int
    """Of its row, as a spreadsheet counts: 1 is the heading."""
    night_date: date
    times: Mapping[str, datetime]
    """Those of :data:`TIMES` that were noted; with an offset only where one was written."""
    factors: tuple[str, ...] = ()
    """Cells of the further columns, as written."""

    def disorder(self) -> Iterator[tuple[str, str]]:
        """Yield the time that comes too early, and what is wrong with it."""
        known = [(name, self.times[name]) for name in TIMES if name in self.times]
        for (first, at), (second, then) in pairwise(known):
            if _comes_late(at, then, same=(first, second) != ("sleep_onset", "wake")):
                yield second, f"{_clock(then)} is not after {first}, {_clock(at)}"

    def settled(self, tz: tzinfo | None) -> tuple[Entry, list[tuple[str, str]]]:
        """Return the entry with naive times of a zone, and what is wrong with any by name."""
        times, wrong = {}, []
        for name, at in self.times.items():
            times[name], problem = settled(at, tz)
            if problem:
                wrong.append((name, problem))
        return replace(self, times=times), wrong

    def moved(self, by: timedelta) -> Entry:
        """Return the entry on other dates, with only those factors that cannot name anybody."""
        return replace(
            self,
            night_date=self.night_date + by,
            times={name: at + by for name, at in self.times.items()},
            factors=tuple(cell if _is_nameless(cell) else "" for cell in self.factors),
        )

    def on(self, zone: Zone) -> dict[str, int]:
        """Return the times by the device's clock; the entry must be settled."""
        return {name: zone.device_ns(at) for name, at in self.times.items()}

    def as_json(self) -> dict[str, Any]:
        """Return all that results depend on: everything but the place in the table."""
        times = {name: [at.isoformat(), at.fold] for name, at in self.times.items()}
        return {"date": self.night_date.isoformat(), "times": times, "factors": [*self.factors]}


@dataclass(frozen=True, slots=True)
class Diary:
    """What one wearer noted; empty for who kept none."""

    columns: tuple[str, ...] = ()
    """Headings of the factors, the same for all wearers of a run."""
    entries: tuple[Entry, ...] = ()
    use_onset: bool = False
    """Whether noted sleep is used; else it is compared with what was found."""

    def noted(self, night_date: date, zone: Zone) -> Noted:
        """Return what was noted of a night."""
        for entry in self.entries:
            if entry.night_date == night_date:
                return Noted(kept=True, times_ns=entry.on(zone), factors=entry.factors)
        return Noted(factors=("",) * len(self.columns))

    def moved(self, by: timedelta) -> Diary:
        """Return the diary on other dates; see :meth:`Entry.moved`."""
        return replace(self, entries=tuple(entry.moved(by) for entry in self.entries))

    def as_json(self) -> dict[str, Any]:
        """Return all that results depend on."""
        entries = sorted(self.entries, key=lambda entry: entry.night_date)
        return {
            "columns": [*self.columns],
            "entries": [entry.as_json() for entry in entries],
            "use_onset": self.use_onset,
        }


def _comes_late(first: datetime, second: datetime, *, same: bool) -> bool:
    if first.tzinfo is None or second.tzinfo is None:
        first, second = first.replace(tzinfo=None), second.replace(tzinfo=None)
    return first > second if same else first >= second


def _clock(at: datetime) -> str:
    return at.isoformat(" ", "minutes")


def settled(at: datetime, tz: tzinfo | None) -> tuple[datetime, str]:
    """Return a naive time whose ``fold`` says which of two it is, and what is wrong with it."""
    if tz is None:
        problem = "has an offset from UTC, but no zone is known; name it (--tz)"
        return at.replace(tzinfo=None), "" if at.tzinfo is None else f"{_clock(at)} {problem}"
    if at.tzinfo is not None:
        local = at.astimezone(tz)
        if local.utcoffset() == at.utcoffset():
            return local.replace(tzinfo=None), ""
        return at.replace(tzinfo=None), f"{_clock(at)} is {_clock(local)} in {tz}; write that"
    first, second = (at.replace(tzinfo=tz, fold=fold).utcoffset() for fold in (0, 1))
    if first == second or first is None or second is None:
        return at, ""
    if first < second:
        return at, f"{_clock(at)} does not exist in {tz}: clocks were set forward"
    either = " or ".join(_clock(at.replace(tzinfo=tz, fold=fold)) for fold in (0, 1))
    return at, f"{_clock(at)} happened twice in {tz}; write {either}"


def _is_nameless(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return cell.strip().lower() in _WORDS_KEPT
    return True
