"""The events of two lists, paired one to one within one recording, and the nights they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..parameter import SettingsError
from .eventlists import EventList, Listed
from .matching import matched

Night = tuple[str, str]
"""Recording and date of a night."""

_HALF_DAY_NS = 12 * 3600 * 1_000_000_000


class Pair(NamedTuple):
    """An event of either list, or one of both."""

    night: Night
    """Recording and date of the night."""
    a: Listed | None
    b: Listed | None

    @property
    def sort(self) -> str:
        """How the lists differ; empty if they do not."""
        if self.a is None or self.b is None:
            return "only_b" if self.a is None else "only_a"
        return "labels" if self.a.verdict != self.b.verdict else ""


@dataclass(frozen=True, slots=True)
class Paired:
    """Two lists, paired."""

    a: EventList
    b: EventList
    tolerance_s: float
    pairs: tuple[Pair, ...]
    """In the order of recordings and time."""
    nights: tuple[Night, ...]
    """Every night of which either list says something."""
    recordings: int
    only_in_a: tuple[str, ...]
    """Recordings that the second list does not name: left out."""
    only_in_b: tuple[str, ...]
    unseen_a: int
    """Events of the first list that the second, of labels, does not judge: left out."""
    unseen_b: int
    nights_left_out: int = 0
    """Nights without a count, by the table of nights."""

    @property
    def judged(self) -> bool:
        """Whether both lists are labels."""
        return self.a.judged and self.b.judged


def within(paired: Paired, has_count: Mapping[Night, bool]) -> Paired:
    """Return the same of the nights alone that could be judged.

    An empty night of a list may be one without events or one that nobody could judge. A table of
    nights tells them apart: nights with a count are compared, without an event in either list too,
    and all others are left out.

    Parameters
    ----------
    paired
        The lists.
    has_count
        Every night of a run, and whether it has a count.

    Raises
    ------
    SettingsError
        If no night of the lists is among them.
    """
    names = {name for name, _ in paired.nights}
    of_these = {night for night in has_count if night[0] in names}
    if paired.nights and not of_these:
        raise SettingsError("--nights has no night of the recordings that the lists name")
    known = {night for night in of_these if has_count[night]}
    if paired.a.judged or paired.b.judged:
        known &= set(paired.nights)
    return replace(
        paired,
        pairs=tuple(each for each in paired.pairs if each.night in known),
        nights=tuple(sorted(known)),
        nights_left_out=len((of_these | set(paired.nights)) - known),
    )


def pair(a: EventList, b: EventList, tolerance_s: float) -> Paired:
    """Pair the events of two lists.

    A list of labels says something of the events in it and of no others: what it does not judge is
    left out, and so are nights in which it judges nothing.

    Raises
    ------
    SettingsError
        If it is open which recordings of the lists are the same.
    """
    shared = _shared_recordings(a, b)
    pairs, nights, unseen = list[Pair](), dict[Night, None](), [0, 0]
    for name in shared:
        rows_a, rows_b = (
            [row for row in each.rows if row.recording_id == name or not each.names_recordings]
            for each in (a, b)
        )
        night_of = _Nights(name, rows_a, rows_b)
        some_a, some_b = (
            [row for row in rows if row.is_event or each.judged]
            for rows, each in ((rows_a, a), (rows_b, b))
        )
        found = sorted(_pairs(some_a, some_b, tolerance_s, night_of), key=_time_ns)
        unseen[0] += sum(each.b is None and b.judged and _is_event(each.a) for each in found)
        unseen[1] += sum(each.a is None and a.judged and _is_event(each.b) for each in found)
        found = [each for each in found if _told_by_both(each, a, b)]
        pairs += found
        of_both = [set(map(night_of, rows)) for rows in (rows_a, rows_b)]
        known = set.union(*of_both)
        for each, of_one in zip((a, b), of_both, strict=True):
            known &= of_one if each.judged else known
        nights |= dict.fromkeys(known | {each.night for each in found})
    return Paired(
        a,
        b,
        tolerance_s,
        tuple(pairs),
        tuple(sorted(nights)),
        len(shared),
        _beside(a, shared),
        _beside(b, shared),
        unseen_a=unseen[0],
        unseen_b=unseen[1],
    )


def _is_event(row: Listed | None) -> bool:
    return row is not None and row.is_event


def _told_by_both(each: Pair, a: EventList, b: EventList) -> bool:
    """Whether both lists say something of an event, if only by leaving it out."""
    if each.a is None:
        return _is_event(each.b) and not a.judged
    if each.b is None:
        return _is_event(each.a) and not b.judged
    return True


def _beside(one: EventList, shared: Sequence[str]) -> tuple[str, ...]:
    names = one.recording_ids if one.names_recordings else []
    return tuple(name for name in names if name not in shared)


def _shared_recordings(a: EventList, b: EventList) -> list[str]:
    """Return the recordings to compare; one unnamed list belongs to the only one of the other."""
    if a.names_recordings and b.names_recordings:
        shared = [name for name in a.recording_ids if name in set(b.recording_ids)]
        if not shared:
            some = (", ".join(each.recording_ids[:3]) or "none" for each in (a, b))
            raise SettingsError(
                "no recording is in both lists: recording_id is {} in {}, and {} in {}".format(
                    *(word for pair in zip(some, (a.path, b.path), strict=True) for word in pair)
                )
            )
        return shared
    for one, other in ((a, b), (b, a)):
        if one.names_recordings and len(one.recording_ids) > 1:
            raise SettingsError(
                f"{other.path}: has no column recording_id, and {one.path} is of "
                f"{len(one.recording_ids)} recordings: which of them is it of? add the column"
            )
    named = next((each for each in (a, b) if each.names_recordings), None)
    return (named.recording_ids if named else []) or [""]


class _Nights:
    """The night of every row of one recording.

    Where a list has ``night_date`` it is right. A row without one is of the night of the nearest
    row that has one, if that is within half a day; else of its own, from noon to noon in the offset
    of its cell.
    """

    def __init__(self, name: str, rows_a: list[Listed], rows_b: list[Listed]) -> None:
        self._name = name
        known = sorted((r.time_ns, r.night_date) for r in (*rows_a, *rows_b) if r.night_date)
        self._times = np.array([time for time, _ in known], np.int64)
        self._dates = [date for _, date in known]

    def __call__(self, row: Listed) -> Night:
        if row.night_date:
            return self._name, row.night_date
        if self._dates:
            after = int(np.searchsorted(self._times, row.time_ns))
            beside = [k for k in (after - 1, after) if 0 <= k < len(self._dates)]
            near = min(beside, key=lambda k: abs(int(self._times[k]) - row.time_ns))
            if abs(int(self._times[near]) - row.time_ns) <= _HALF_DAY_NS:
                return self._name, self._dates[near]
        return self._name, row.noon_date


def _pairs(
    rows_a: list[Listed],
    rows_b: list[Listed],
    tolerance_s: float,
    night_of: Callable[[Listed], Night],
) -> Iterator[Pair]:
    """Yield every event once, with its partner if it has one."""
    a_ns, b_ns = (np.array([r.time_ns for r in rows], np.int64) for rows in (rows_a, rows_b))
    partner = matched(a_ns, b_ns, round(tolerance_s * 1e9)).tolist()
    for row, k in zip(rows_a, partner, strict=True):
        yield Pair(night_of(row), row, rows_b[k] if k >= 0 else None)
    for k in sorted(set(range(len(rows_b))) - set(partner)):
        yield Pair(night_of(rows_b[k]), None, rows_b[k])


def _time_ns(each: Pair) -> int:
    return next(row.time_ns for row in (each.a, each.b) if row)
