"""Result folders of several sensors on one person, made of events: no recording is read for them.

The night is from 2024-03-05 21:00 to 07:00 UTC. Every sensor has a clock that shows
``t * (1 + drift) + offset``, ``t`` in s since 21:00.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from detector.tables import csvtext
from detector.tables.columns import EVENTS, NIGHTS

START = np.datetime64("2024-03-05T21:00:00", "ns")
HOURS = 10.0


@dataclass
class Worn:
    """One sensor and what it sees."""

    name: str
    site: str = "wrist"
    side: str = "left"
    offset_s: float = 0.0
    drift_ppm: float = 0.0
    person: str = "anna"
    zone: str | None = "UTC"
    hours: tuple[float, float] = (0.0, HOURS)
    off: list[tuple[float, float]] = field(default_factory=list)
    """When it was not worn, in s."""
    events: list[dict] = field(default_factory=list)

    def clock(self, time_s):
        return time_s * (1 + 1e-6 * self.drift_ppm) + self.offset_s

    def sees(self, time_s, kind="body_movement", mg=300.0, **other):
        """Add an event that begins then."""
        known = {"duration_s": 1.0, "still_before_s": 30.0, "counted": False}
        self.events.append({"t": time_s, "kind": kind, "peak_accel_mg": mg, **known, **other})
        return self

    def text(self, time_s):
        moment = START + np.timedelta64(round(self.clock(time_s) * 1000), "ms")
        return str(moment.astype("M8[ms]"))

    @property
    def row(self):
        """Of ``recordings.csv``."""
        return {
            "recording_id": self.name,
            "participant_id": self.person,
            "site": self.site,
            "side": self.side,
            "status": "ok",
            "tz_source": "user" if self.zone else "unknown",
        }


def moving_together(seed, *sensors, shared=60, own=40, lag_s=0.1):
    """Let sensors see the same beginnings of movement, and some that no other sees."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(60, 3600 * HOURS - 60, shared))
    for sensor in sensors:
        for t in times:
            sensor.sees(float(t + rng.uniform(0, lag_s)), mg=float(rng.uniform(60, 800)))
        for t in rng.uniform(60, 3600 * HOURS - 60, own):
            sensor.sees(float(t), mg=float(rng.uniform(60, 800)))
    return sensors


def write_results(out: Path, *sensors: Worn) -> list[dict]:
    """Write the folder of every sensor; return the rows of ``recordings.csv``."""
    for sensor in sensors:
        folder = out / "recordings" / sensor.name
        folder.mkdir(parents=True)
        offset = "+00:00" if sensor.zone else ""
        rows = [_event_row(sensor, k, each, offset) for k, each in enumerate(_in_order(sensor))]
        (folder / "events.csv").write_bytes(csvtext.table(EVENTS, rows))
        (folder / "nights.csv").write_bytes(csvtext.table(NIGHTS, [_night_row(sensor, offset)]))
        (folder / "result.json").write_text(json.dumps(_result(sensor, offset)))
    return [sensor.row for sensor in sensors]


def _in_order(sensor):
    return sorted(sensor.events, key=lambda each: each["t"])


def _event_row(sensor, k, event, offset):
    text = sensor.text(event["t"])
    return {
        "recording_id": sensor.name,
        "night_date": "2024-03-05",
        "event_index": k,
        "start_time": text + offset,
        "start_utc": text + "Z" if offset else None,
        **{name: value for name, value in event.items() if name != "t"},
    }


def _night_row(sensor, offset):
    onset, wake = sensor.text(7200.0), sensor.text(9 * 3600.0)
    return {
        "recording_id": sensor.name,
        "participant_id": sensor.person,
        "night_date": "2024-03-05",
        "sleep_onset": onset + offset,
        "wake": wake + offset,
        "sleep_onset_utc": onset + "Z" if offset else None,
        "wake_utc": wake + "Z" if offset else None,
    }


def _result(sensor, offset):
    def span(first_s, last_s):
        return {"start": sensor.text(first_s) + offset, "end": sensor.text(last_s) + offset}

    first, last = (3600 * hour for hour in sensor.hours)
    night = {"nonwear": [span(*each) for each in sensor.off], "unusable": []}
    return {"health": {"segments": [span(first, last)]}, "nights": [night]}
