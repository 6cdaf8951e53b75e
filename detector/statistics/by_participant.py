"""``by_participant.csv``: what the nights of each person amount to, at each site of the sensor.

A person's recordings may lie anywhere in the tables and a night may be in several of them, so all
nights are kept until the end, each in some fifty bytes. Of a night that several recordings hold one
is used: two sensors at one site see the same jerks, and those of two sites are not alike
(``docs/decisions/0023-one-recording-a-night.md``).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import files
from ..tables import csvtext
from ..tables.columns import BY_PARTICIPANT, NIGHTS, RECORDINGS, Column
from ..tables.csvtext import Row, Value
from .clocktimes import clock_text, mean_clock, minutes_of
from .rates import Rate, pooled_rate

_DECIMALS = {c.name: c.decimals for c in BY_PARTICIPANT}
_FRIDAY, _SATURDAY = 4, 5


def write_by_participant(out: Path) -> None:
    """Write ``by_participant.csv`` from the tables of nights and recordings beside it."""
    nights = csvtext.read(_of(NIGHTS, _NIGHT), out / "nights.csv")
    recordings = csvtext.read(_of(RECORDINGS, _RECORDING), out / "recordings.csv")
    with files.replacing(out / "by_participant.csv") as file:
        file.write(csvtext.header(BY_PARTICIPANT))
        for row in participant_rows(nights, recordings):
            file.write(csvtext.line(BY_PARTICIPANT, row))


def participant_rows(nights: Iterable[Row], recordings: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows of ``by_participant.csv``, in the order in which people were recorded.

    Parameters
    ----------
    nights
        Rows of ``nights.csv``, in any order; read once.
    recordings
        Rows of ``recordings.csv``, those of failed ones too; read once.
    """
    people, places = _people(recordings)
    table = _Nights()
    for row in nights:
        table.add(row, *places[str(row["recording_id"])])
    night_of = table.chosen()
    ends = np.searchsorted(night_of["person"], np.arange(len(people)), side="right").tolist()
    first = 0
    for person, end in zip(people, ends, strict=True):
        yield {**person.row(), **_summary(night_of[first:end])}
        first = end


_NIGHT = (
    *("recording_id", "night_date", "sleep_onset", "wake", "onset_source"),
    *("onset_uncertainty_min", "onset_window_usable_min", "sleep_starts_onset"),
)
_RECORDING = ("recording_id", "participant_id", "site", "status")


def _of(columns: Sequence[Column], names: Sequence[str]) -> list[Column]:
    return [c for c in columns if c.name in names]


@dataclass(slots=True)
class _Person:
    """One person at one site."""

    participant_id: str
    site: str
    recording_ids: list[str] = field(default_factory=list)
    failed: int = 0

    def row(self) -> dict[str, Value]:
        return {
            "participant_id": self.participant_id,
            "site": self.site,
            "recordings": len(self.recording_ids),
            "recordings_failed": self.failed,
            "recording_ids": ";".join(self.recording_ids) or None,
        }


def _people(recordings: Iterable[Row]) -> tuple[list[_Person], dict[str, tuple[int, int]]]:
    """Return the people, and of every analysed recording its person's place and its own."""
    people: dict[tuple[str, str], tuple[int, _Person]] = {}
    places: dict[str, tuple[int, int]] = {}
    for place, row in enumerate(recordings):
        if row["status"] == "skipped" or not row.get("participant_id"):
            continue
        key = str(row["participant_id"]), str(row.get("site") or "unknown")
        at, person = people.setdefault(key, (len(people), _Person(*key)))
        if row["status"] == "failed":
            person.failed += 1
        else:
            name = str(row["recording_id"])
            person.recording_ids.append(name)
            places[name] = at, place
    return [person for _, person in people.values()], places


class _Nights:
    """All nights, a column each; NaN and -1 are unknown."""

    _TYPES = (
        *(("person", "i"), ("recording", "i"), ("date", "i"), ("count", "i"), ("slept", "b")),
        *(("usable_h", "d"), ("onset_min", "f"), ("wake_min", "f"), ("uncertainty_min", "f")),
    )

    def __init__(self) -> None:
        self._columns: list[array[Any]] = [array(code) for _, code in self._TYPES]

    def add(self, row: Row, person: int, recording: int) -> None:
        count, usable_min = row.get("sleep_starts_onset"), row.get("onset_window_usable_min")
        usable_h = float(usable_min or 0) / 60
        values = (
            person,
            recording,
            date.fromisoformat(str(row["night_date"])).toordinal(),
            int(count) if count is not None and usable_h > 0 else -1,
            row.get("onset_source") is not None,
            usable_h,
            _clock_min(row.get("sleep_onset")),
            _clock_min(row.get("wake")),
            _number(row.get("onset_uncertainty_min")),
        )
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)

    def chosen(self) -> NDArray[np.void]:
        """Return the nights by person and date, of each date the one that is used."""
        names = zip(self._TYPES, self._columns, strict=True)
        by_name = {name: np.array(column, code) for (name, code), column in names}
        order = np.lexsort(
            [
                by_name["recording"],
                -by_name["usable_h"],
                by_name["count"] < 0,
                by_name["date"],
                by_name["person"],
            ]
        )
        same = np.zeros(len(order), bool)
        same[1:] = True
        for name in ("person", "date"):
            same[1:] &= np.diff(by_name[name][order]) == 0
        first = np.flatnonzero(~same)
        table = np.empty(len(first), [*self._TYPES, ("doubled", "?")])
        for name, column in by_name.items():
            table[name] = column[order[first]]
        table["doubled"] = np.diff([*first, len(order)]) > 1
        return table


def _clock_min(local_time: Value) -> float:
    return nan if local_time is None else minutes_of(str(local_time))


def _number(value: Value) -> float:
    return nan if value is None else float(value)


def _summary(nights: NDArray[np.void]) -> dict[str, Value]:
    """Return the cells that one person's nights fill, given by date and each once."""
    usable = nights[nights["count"] >= 0]
    return {
        "nights": len(nights),
        "nights_doubled": int(nights["doubled"].sum()),
        "nights_usable": len(usable),
        **_rate_cells(_rate(usable), len(usable)),
        **_first_night(nights),
        **_week(usable),
        **_clock(nights, "onset"),
        **_clock(nights, "wake"),
        "median_onset_uncertainty_min": _median(
            "median_onset_uncertainty_min", nights["uncertainty_min"]
        ),
    }


def _rate(usable: NDArray[np.void]) -> Rate | None:
    return pooled_rate(usable["count"].tolist(), usable["usable_h"].tolist())


def _rate_cells(rate: Rate | None, n: int) -> dict[str, Value]:
    if rate is None:
        return {}
    numbers = {
        "onset_window_usable_h": rate.hours,
        "sleep_starts_per_night": rate.count / n,
        "sleep_starts_per_h": rate.per_h,
        "ci95_low_per_h": rate.low_per_h,
        "ci95_high_per_h": rate.high_per_h,
        "dispersion": rate.dispersion,
    }
    rounded = {name: _rounded(name, value) for name, value in numbers.items()}
    return {"sleep_starts_onset": rate.count, **rounded, "interval": rate.interval}


def _first_night(nights: NDArray[np.void]) -> dict[str, Value]:
    """Return the first night slept beside all later ones."""
    slept = np.flatnonzero(nights["slept"])
    if not len(slept):
        return {}
    first, later = nights[slept[:1]], nights[slept[0] + 1 :]
    counted = first[first["count"] >= 0]
    return {
        "first_night_date": date.fromordinal(int(first["date"][0])).isoformat(),
        "first_night_sleep_starts": int(counted["count"][0]) if len(counted) else None,
        "first_night_per_h": _per_h("first_night_per_h", counted),
        **_part(later[later["count"] >= 0], "later_nights_usable", "later_nights_per_h"),
    }


def _week(usable: NDArray[np.void]) -> dict[str, Value]:
    weekday = (usable["date"] - 1) % 7  # the first of January of year 1 was a Monday
    weekend = (weekday == _FRIDAY) | (weekday == _SATURDAY)
    return {
        **_part(usable[~weekend], "weekday_nights_usable", "weekday_per_h"),
        **_part(usable[weekend], "weekend_nights_usable", "weekend_per_h"),
    }


def _part(usable: NDArray[np.void], n_name: str, rate_name: str) -> dict[str, Value]:
    return {n_name: len(usable), rate_name: _per_h(rate_name, usable)}


def _per_h(name: str, usable: NDArray[np.void]) -> float | None:
    if not len(usable):
        return None
    return _rounded(name, int(usable["count"].sum()) / float(usable["usable_h"].sum()))


class _Clock(NamedTuple):
    """Names of the columns of one clock time."""

    nights: str
    mean: str
    sd: str


_CLOCKS = {
    "onset": _Clock("onset_nights", "mean_onset_clock", "sd_onset_min"),
    "wake": _Clock("wake_nights", "mean_wake_clock", "sd_wake_min"),
}


def _clock(nights: NDArray[np.void], which: str) -> dict[str, Value]:
    times_min = nights[f"{which}_min"].astype(np.float64)
    known = times_min[np.isfinite(times_min)].tolist()
    mean_min, sd_min = mean_clock(known)
    names = _CLOCKS[which]
    return {
        names.nights: len(known),
        names.mean: clock_text(mean_min),
        names.sd: _rounded(names.sd, sd_min),
    }


def _median(name: str, values: NDArray[np.floating]) -> float | None:
    known = values[np.isfinite(values)].astype(np.float64)
    return _rounded(name, float(np.median(known))) if len(known) else None


def _rounded(name: str, value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS[name]) + 0.0
