"""Rows of ``limbs.csv``, ``limb_nights.csv`` and ``alignments.csv``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from detector.settings import KindSettings
from detector.tables import csvtext
from detector.tables.columns import NIGHTS
from detector.tables.csvtext import Row
from recordings import SECOND_NS

from .align import Times
from .calls import CALLS, Joint
from .group import Clock, Together
from .legs import of_both_legs
from .sensors import Spans, time_ns


def limb_rows(group: Together, joints: Sequence[Joint], first: int) -> Iterator[Row]:
    """Yield the rows of ``limbs.csv`` of a group, numbered from ``first`` on."""
    for number, joint in enumerate(joints, first):
        yield {**_joint_cells(group, joint), "joint_index": number}


def _joint_cells(group: Together, joint: Joint) -> dict[str, csvtext.Value]:
    root = group.sensors[joint.root]
    moved = [(group.moved[i], k) for i, k in joint.members]
    sensors = [group.sensors[i] for i, _ in joint.members]
    clocks = [group.clocks[i] for i, _ in joint.members]
    own_ns = [np.array([events.start_ns[k]]) for events, k in moved]
    ahead_s = [
        float(own[0] - clock(own)[0]) / SECOND_NS for own, clock in zip(own_ns, clocks, strict=True)
    ]
    first, k = moved[0]
    return {
        "participant_id": root.participant_id,
        "night_date": str(first.night[k]),
        "start_time": str(first.text[k]),
        "start_utc": _iso(joint.start_ns) if root.in_utc else None,
        "clock_recording_id": root.recording_id,
        "call": joint.call,
        "reason": joint.reason or None,
        "counted": any(bool(events.counted[j]) for events, j in moved),
        "n_observed": joint.observed,
        "n_moved": joint.moved,
        "recording_ids": ";".join(sensor.recording_id for sensor in sensors),
        "event_indexes": ";".join(str(events.index[j]) for events, j in moved),
        "sites": ";".join(sensor.place.site for sensor in sensors),
        "sides": ";".join(sensor.place.side for sensor in sensors),
        "kinds": ";".join(str(events.kind[j]) for events, j in moved),
        "peaks_accel_mg": ";".join(f"{events.peak_mg[j]:.1f}" for events, j in moved),
        "afters_s": ";".join(f"{after:.3f}" for after in joint.after_s),
        "spread_s": joint.after_s[-1],
        "clock_offsets_s": ";".join(f"{ahead:.3f}" for ahead in ahead_s),
        "uncertainty_ms": max(clock.uncertainty_ms for clock in clocks),
    }


def _iso(ns: int) -> str:
    ms = np.datetime64((ns + 500_000) // 1_000_000, "ms")
    return f"{np.datetime_as_string(ms)}Z"


def alignment_rows(group: Together) -> Iterator[Row]:
    """Yield the rows of ``alignments.csv`` of a group."""
    for pair in group.pairs:
        one, other, found = group.sensors[pair.one], group.sensors[pair.other], pair.alignment
        numbers = {
            name: value if np.isfinite(value := getattr(found, name)) else None
            for name in ("by_chance", "offset_s", "drift_ppm", "residual_ms", "uncertainty_ms")
        }
        yield {
            "participant_id": one.participant_id,
            "recording_id": one.recording_id,
            "other_recording_id": other.recording_id,
            "place": f"{one.place.site} {one.place.side}",
            "other_place": f"{other.place.site} {other.place.side}",
            "overlap_h": pair.overlap_h,
            "aligned": not found.reason,
            "reason": found.reason or None,
            "n_shared": found.shared,
            **numbers,
        }


def night_rows(group: Together, joints: Sequence[Joint], kinds: KindSettings) -> list[Row]:
    """Return the rows of ``limb_nights.csv`` of a group, by date."""
    nights = {
        sensor.recording_id: list(csvtext.read(NIGHTS, sensor.folder / "nights.csv"))
        for sensor in group.sensors
    }
    found: dict[str, Counter[str]] = {
        str(row["night_date"]): Counter() for rows in nights.values() for row in rows
    }
    for joint in joints:
        sensor, k = joint.members[0]
        found[str(group.moved[sensor].night[k])][joint.call] += 1
    legs = _legs(group, nights, kinds)
    return [
        {
            "participant_id": group.sensors[0].participant_id,
            "night_date": date,
            "recording_ids": ";".join(sensor.recording_id for sensor in group.sensors),
            **{f"n_{call}": found[date][call] for call in CALLS},
            **legs.get(date, {}),
        }
        for date in sorted(found)
    ]


def _legs(
    group: Together, nights: dict[str, list[Row]], kinds: KindSettings
) -> dict[str, dict[str, csvtext.Value]]:
    """Return the cells of both ankles together, by night."""
    sides = {
        sensor.place.side: i
        for i, sensor in reversed(list(enumerate(group.sensors)))
        if sensor.place.site == "ankle"
    }
    pair = [sides[side] for side in ("left", "right") if side in sides]
    clocks = [group.clocks[i] for i in pair]
    if len(pair) < 2 or clocks[0].root != clocks[1].root:
        return {}
    seen = [_on(clocks[n], group.sensors[i].observed) for n, i in enumerate(pair)]
    moved = of_both_legs([group.moved[i] for i in pair], clocks, kinds)
    sleeps = [
        {date: _on(clocks[n], span) for date, span in _asleep(group, i, nights).items()}
        for n, i in enumerate(pair)
    ]
    cells: dict[str, dict[str, csvtext.Value]] = {}
    for date in sorted(sleeps[0].keys() & sleeps[1].keys()):
        spans = _shared(_shared(seen[0], seen[1]), _shared(sleeps[0][date], sleeps[1][date]))
        hours = float(np.diff(spans, axis=1).sum()) / 3.6e12
        inside = _inside(spans, moved.start_ns) & moved.candidate
        number = int(np.sum(inside & (moved.series >= 0)))
        cells[date] = {
            "both_ankles_h": hours,
            "lm_both_acc_n": int(inside.sum()) if hours else None,
            "plm_both_acc_n": number if hours else None,
            "plm_both_acc_per_h": number / hours if hours else None,
        }
    return cells


def _on(clock: Clock, spans: Spans) -> Spans:
    return clock(spans.ravel()).reshape(-1, 2)


def _asleep(group: Together, i: int, nights: dict[str, list[Row]]) -> dict[str, Spans]:
    """Return the sleep period of every night that has one."""
    sensor, found = group.sensors[i], {}
    onset, wake = ("sleep_onset_utc", "wake_utc") if sensor.in_utc else ("sleep_onset", "wake")
    for row in nights[sensor.recording_id]:
        if row[onset] and row[wake]:
            span = time_ns(str(row[onset])), time_ns(str(row[wake]))
            found[str(row["night_date"])] = np.array([span], np.int64)
    return found


def _shared(one: Spans, other: Spans) -> Spans:
    """Return what two lists of stretches share."""
    both = [
        (max(a, c), min(b, d))
        for a, b in one.tolist()
        for c, d in other.tolist()
        if a < d and c < b
    ]
    return np.array(sorted(both), np.int64).reshape(-1, 2)


def _inside(spans: Spans, at_ns: Times) -> np.ndarray:
    i = np.searchsorted(spans[:, 0], at_ns, side="right") - 1
    ends = np.concatenate([spans[:, 1], [np.iinfo(np.int64).min]])
    return np.asarray((i >= 0) & (at_ns < ends[i]))
