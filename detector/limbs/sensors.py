"""What one sensor saw, read back from the folder of its recording."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.nights.night import FROM_OUTSIDE, SLEEP_STARTS
from detector.settings import KindSettings
from detector.tables.csvtext import Row

from .align import Beginnings, Times

_DONE = ("ok", "ok_with_warnings")
_SURE_MG = 200.0
"""From this size on a beginning is as sharp as it gets."""
_LEAST_WEIGHT = 0.25
_LIMBS = {"wrist": "arm", "ankle": "leg", "thigh": "leg", "other": "other"}

Spans = NDArray[np.int64]
"""Shape (n, 2): half-open stretches of time in ns, in order."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a sensor is worn."""

    site: str
    side: str

    @property
    def limb(self) -> str:
        """Kind of limb: ankle and thigh are both of the leg."""
        return _LIMBS[self.site]

    def differs(self, other: Place) -> bool:
        """Whether it is known to be another place."""
        if "unknown" in (self.site, other.site):
            return False
        if self.site != other.site:
            return True
        return "unknown" not in (self.side, other.side) and self.side != other.side


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One recording of a participant, and when it observed anything."""

    recording_id: str
    participant_id: str
    place: Place
    in_utc: bool
    """Whether its times are UTC; else they are its own clock's, whose zone is unknown."""
    observed: Spans
    """Recorded, worn, and quiet enough to judge."""
    folder: Path

    @property
    def first_ns(self) -> int:
        """When it began to observe."""
        return int(self.observed[0, 0])

    @property
    def last_ns(self) -> int:
        """When it ceased to observe."""
        return int(self.observed[-1, 1])

    def shares(self, other: Sensor) -> bool:
        """Whether it sits elsewhere on the same person and saw some of the same time."""
        return (
            self.place.differs(other.place)
            and self.in_utc == other.in_utc
            and self.first_ns < other.last_ns
            and other.first_ns < self.last_ns
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Movements:
    """Events of one recording, in order of time; parallel arrays. Times as those of its sensor."""

    index: NDArray[np.int64]
    night: NDArray[np.str_]
    text: NDArray[np.str_]
    """Their beginning as ``events.csv`` writes it."""
    start_ns: Times
    end_ns: Times
    kind: NDArray[np.str_]
    counted: NDArray[np.bool_]
    peak_mg: NDArray[np.float64]
    still_before_s: NDArray[np.float64]
    posture_change_deg: NDArray[np.float64]
    hf_lf_ratio: NDArray[np.float64]
    duration_s: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.index)

    @property
    def is_start(self) -> NDArray[np.bool_]:
        """Which are sleep starts, counted or not."""
        return np.isin(self.kind, SLEEP_STARTS)

    def is_of_limb(self, s: KindSettings) -> NDArray[np.bool_]:
        """Which the limb itself made: large enough to be listed, no knock, no ringing."""
        outside = np.isin(self.kind, FROM_OUTSIDE)
        return np.asarray((self.peak_mg >= s.accel_listed_mg) & ~outside)

    def beginnings(self, s: KindSettings, first_ns: int, last_ns: int) -> Beginnings:
        """Return the movements out of stillness within a span, by which clocks are aligned."""
        still = self.still_before_s >= s.still_before_s
        within = (self.start_ns >= first_ns) & (self.start_ns < last_ns)
        chosen = self.is_of_limb(s) & still & within
        weight = np.clip(self.peak_mg[chosen] / _SURE_MG, _LEAST_WEIGHT, 1.0)
        return Beginnings(start_ns=self.start_ns[chosen], weight=weight)


class Recorded(NamedTuple):
    """What the ledger says of a recording of somebody who may have worn several sensors."""

    recording_id: str
    participant_id: str
    place: Place
    in_utc: bool


def worn_by_one(rows: Iterable[Row]) -> dict[str, list[Recorded]]:
    """Return the recordings of every participant who has some of several places, in order.

    Parameters
    ----------
    rows
        Of ``recordings.csv``, in any order.
    """
    of: dict[str, list[Recorded]] = {}
    for row in rows:
        if row["status"] in _DONE and row["site"] != "unknown":
            person, place = str(row["participant_id"]), Place(str(row["site"]), str(row["side"]))
            in_utc = row["tz_source"] != "unknown"
            recorded = Recorded(str(row["recording_id"]), person, place, in_utc)
            of.setdefault(person, []).append(recorded)
    return {
        person: sorted(of[person])
        for person in sorted(of)
        if len({each.place for each in of[person]}) > 1
    }


def sensors(out: Path, recorded: Iterable[Recorded]) -> list[Sensor]:
    """Read when each recording observed anything; those that never did are left out."""
    return [found for each in recorded if (found := _sensor(out, each)) is not None]


def _sensor(out: Path, recorded: Recorded) -> Sensor | None:
    folder = out / "recordings" / recorded.recording_id
    result = json.loads((folder / "result.json").read_bytes())
    lost = [each for night in result["nights"] for each in (*night["nonwear"], *night["unusable"])]
    observed = without(_spans(result["health"]["segments"]), _spans(lost))
    if not len(observed):
        return None
    return Sensor(**recorded._asdict(), observed=observed, folder=folder)


def time_ns(text: str) -> int:
    """Return a time as the tables write it in ns since 1970: UTC, or device time without offset."""
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def _spans(listed: Sequence[dict[str, Any]]) -> Spans:
    pairs = [(time_ns(each["start"]), time_ns(each["end"])) for each in listed]
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def without(spans: Spans, lost: Spans) -> Spans:
    """Return stretches that do not overlap but for others that may."""
    kept = []
    for start, end in spans.tolist():
        begin = start
        for a, b in lost[(lost[:, 0] < end) & (lost[:, 1] > start)].tolist():
            if a > begin:
                kept.append((begin, a))
            begin = max(begin, b)
        if begin < end:
            kept.append((begin, end))
    return np.array(kept, np.int64).reshape(-1, 2)


def holds(spans: Spans, first_ns: int, last_ns: int) -> bool:
    """Whether a stretch lies within one of the spans."""
    i = int(np.searchsorted(spans[:, 0], first_ns, side="right")) - 1
    return i >= 0 and last_ns <= int(spans[i, 1])


_NUMBERS = ("peak_accel_mg", "still_before_s", "posture_change_deg", "hf_lf_ratio", "duration_s")


def movements(sensor: Sensor) -> Movements:
    """Read the events of a recording."""
    import pyarrow as pa
    from pyarrow import csv

    begin = "start_utc" if sensor.in_utc else "start_time"
    types = {name: pa.float64() for name in _NUMBERS}
    types |= dict.fromkeys(("night_date", "start_time", begin, "kind", "counted"), pa.string())
    types["event_index"] = pa.int64()
    options = csv.ConvertOptions(include_columns=list(types), column_types=types)
    table = csv.read_csv(sensor.folder / "events.csv", convert_options=options)
    texts = {name: table[name].to_pylist() for name in ("night_date", "start_time", "kind")}
    numbers = {name: table[name].to_numpy() for name in _NUMBERS}
    started = [text.removesuffix("Z") for text in table[begin].to_pylist()]
    start_ns = np.array(started, "M8[ns]").astype(np.int64)
    duration_ns = np.rint(numbers["duration_s"] * 1e9).astype(np.int64)
    return Movements(
        index=table["event_index"].to_numpy(),
        night=np.array(texts["night_date"], "U10"),
        text=np.array(texts["start_time"], "U40"),
        start_ns=start_ns,
        end_ns=start_ns + duration_ns,
        kind=np.array(texts["kind"], "U32"),
        counted=np.array(table["counted"].to_pylist(), "U8") == "true",
        peak_mg=numbers["peak_accel_mg"],
        still_before_s=numbers["still_before_s"],
        posture_change_deg=numbers["posture_change_deg"],
        hf_lf_ratio=numbers["hf_lf_ratio"],
        duration_s=numbers["duration_s"],
    )
