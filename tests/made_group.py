"""Sensors of one person that share a clock, made of events in seconds: nothing is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from detector.limbs.align import Alignment
from detector.limbs.group import Clock, Pair, Together
from detector.limbs.sensors import Movements, Place, Sensor

SECOND_NS = 10**9
ALL_NIGHT = ((-1e5, 1e5),)


def spans(*pairs):
    """Stretches in ns from pairs of seconds."""
    return np.rint(np.array(pairs, float).reshape(-1, 2) * SECOND_NS).astype(np.int64)


def moved(*events):
    """Movements from ``(start_s, peak_mg)`` with what differs from a sleep start out of rest."""
    known = {"kind": "sleep_start", "counted": False, "still_before_s": 30.0}
    known |= {"duration_s": 0.5, "posture_change_deg": 0.0, "hf_lf_ratio": 0.1}
    rows = [{**known, **dict(*more), "t": t, "mg": mg} for t, mg, *more in events]
    start_ns = np.array([round(row["t"] * SECOND_NS) for row in rows], np.int64)

    def numbers(name):
        return np.array([row[name] for row in rows], float)

    return Movements(
        index=np.arange(len(rows)) + 100,
        night=np.full(len(rows), "2024-03-05"),
        text=np.array([f"at {row['t']:g}" for row in rows], "U40"),
        start_ns=start_ns,
        end_ns=start_ns + np.rint(numbers("duration_s") * SECOND_NS).astype(np.int64),
        kind=np.array([row["kind"] for row in rows], "U32"),
        counted=np.array([row["counted"] for row in rows], bool),
        peak_mg=numbers("mg"),
        still_before_s=numbers("still_before_s"),
        posture_change_deg=numbers("posture_change_deg"),
        hf_lf_ratio=numbers("hf_lf_ratio"),
        duration_s=numbers("duration_s"),
    )


def sensor(site="wrist", side="left", observed=ALL_NIGHT, name="", **other):
    """One that observed these stretches of seconds."""
    known = {"participant_id": "anna", "in_utc": True, "folder": Path()}
    place = Place(site, side)
    shown = name or f"{site} {side}"
    return Sensor(recording_id=shown, place=place, observed=spans(*observed), **{**known, **other})


def group(*members, clocks=None, pairs=()):
    """A set of ``(sensor, movements)`` on one clock, or on these."""
    sensors, seen = zip(*members, strict=True)
    return Together(
        sensors=sensors,
        moved=seen,
        pairs=tuple(pairs),
        clocks=tuple(clocks or [Clock(root=0)] * len(sensors)),
    )


def pair(one, other, offset_s=0.0, uncertainty_ms=10.0, reason="", **of_the_pair):
    """Two sensors whose clocks differ by an offset, or were not aligned for a reason."""
    found = Alignment(
        reason=reason, offset_s=offset_s, drift_ppm=0.0, uncertainty_ms=uncertainty_ms
    )
    return Pair(one=one, other=other, alignment=found, **{"overlap_h": 9.0, **of_the_pair})
