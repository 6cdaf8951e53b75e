"""The interactive time line of a night as plain data; ``timeline.js`` draws it."""

from __future__ import annotations

import base64
import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.nights.grid import EPOCH_NS
from detector.nights.night import SLEEP_STARTS, Interval, Night
from detector.reasons import sentence
from recordings import SECOND_NS

from .cells import Cells
from .epoch_series import gaps, on_grid, onset_band, recorded, z_angle_deg
from .wall import WallClock
from .words import ASLEEP, CONFIDENCE, CONTEXT, LOOKS

MOST_EVENTS = 1000
"""Events drawn per night; the pages of restless days would otherwise become too heavy."""

LOG_LOW, LOG_HIGH = -3.0, 3.0
"""Decades of g/s that a level's 16-bit code covers; ``timeline.js`` reads it back with these."""

ANGLE_STEP_DEG = 0.75
"""What one step of an angle's 8-bit code stands for; less than a picture can show."""


def drawn_events(night: Night) -> NDArray[np.int64]:
    """Indices of the events to draw, in time order; of too many, the most telling ones."""
    events = night.events
    if len(events) <= MOST_EVENTS:
        return np.arange(len(events))
    rank = np.select(
        [
            np.isin(events.kind, SLEEP_STARTS),
            events.context == "onset",
            np.isin(events.context, ASLEEP),
        ],
        [0, 1, 2],
        3,
    )
    order = np.lexsort((-events.candidates["peak_jerk_g_per_s"], rank))
    return np.sort(order[:MOST_EVENTS])


def timeline(
    night: Night,
    clock: WallClock,
    cells: Mapping[int, Cells],
    chosen: NDArray[np.int64],
    shown: Collection[int] = (),
) -> dict[str, Any] | None:
    """Everything that ``timeline.js`` needs to draw the night, None if it has no epoch.

    Parameters
    ----------
    cells
        Rows of ``events.csv`` by the event's place in the night, of those chosen at least.
    chosen
        The events to draw, from :func:`drawn_events`.
    shown
        The events whose raw jerk is drawn when the reader comes close.
    """
    extent = recorded(night)
    if extent is None:
        return None
    epochs = night.scan.epochs
    change = clock.change()
    return {
        "start": clock.axis_ms(extent.start_ns),
        "extent": _axis(extent, clock),
        "epoch_ms": EPOCH_NS // 1_000_000,
        "movement": _levels(on_grid(epochs, epochs["jerk_max_g_per_s"])),
        "floor": _levels(_per_minute(on_grid(epochs, epochs["floor_g_per_s"]))),
        "angle": _angles(on_grid(epochs, z_angle_deg(epochs["median_g"]))),
        "lanes": lanes(night, clock),
        "onset": _onset(night, clock),
        "window": _axis(night.window, clock),
        "views": _views(night, extent, clock),
        "change": None
        if change is None
        else {"at": clock.axis_ms(change.at_ns), "shift_ms": change.shift_s * 1000},
        "events": _events(night, clock, cells, chosen),
        "raw": _raw(night, clock, shown),
    }


def lanes(night: Night, clock: WallClock) -> list[dict[str, Any]]:
    """Return the stretches of time shown as bars above the curves, lowest first; no empty lane."""
    sleep, band = night.sleep, onset_band(night)
    asleep = [Interval(sleep.onset_ns, sleep.wake_ns)] if sleep else []
    rows = [
        ("noisy", "Noisy", "too noisy to judge", night.unusable),
        ("off", "Not worn", "not worn", night.nonwear),
        ("none", "No data", "no samples", gaps(night.scan.epochs)),
        ("window", "Window", "onset window", [night.window] if night.window else []),
        ("sleep", "Rest", "further rest", sleep.others if sleep else []),
        ("sleep", "Sleep", "sleep period", asleep),
        ("onset", "Onset", "sleep onset with its uncertainty", [band] if band else []),
    ]
    return [
        {
            "role": role,
            "label": label,
            "spans": [
                [*_span(s, clock), f"{what}, {clock.clock(s.start_ns)} to {clock.clock(s.end_ns)}"]
                for s in spans
            ],
        }
        for role, label, what, spans in rows
        if spans
    ]


def _raw(night: Night, clock: WallClock, shown: Collection[int]) -> list[dict[str, Any]]:
    """Every sample's jerk around the events that the page shows in full."""
    peaks = set(night.events.candidates["peak_ns"][list(shown)].tolist()) if shown else set()
    return [
        {
            "start": clock.axis_ms(snippet.start_ns),
            "step_ms": round(1000 / snippet.rate_hz, 6),
            "jerk": _coarse_levels(snippet.jerk_g_per_s),
        }
        for snippet in night.scan.snippets
        if snippet.peak_ns in peaks
    ]


def _onset(night: Night, clock: WallClock) -> dict[str, Any] | None:
    sleep = night.sleep
    if sleep is None or not sleep.onset_observed:
        return None
    return {
        "used": clock.axis_ms(sleep.onset_ns),
        "clock": clock.clock(sleep.onset_ns),
        "estimates": [
            [clock.axis_ms(ns), f"{name.replace('_', ' ')}, {clock.clock(ns)}"]
            for name, ns in sorted(sleep.candidates.items(), key=lambda item: item[1])
        ],
    }


def _views(night: Night, extent: Interval, clock: WallClock) -> dict[str, list[int]]:
    """Return the stretches that the buttons of the time line show."""
    views = {"whole": _span(extent, clock)}
    hour_ns = 3600 * SECOND_NS
    if night.sleep is not None:
        low = min(night.sleep.onset_ns, night.window.start_ns if night.window else math.inf)
        views["sleep"] = _span(
            Interval(
                max(int(low) - hour_ns // 2, extent.start_ns),
                min(night.sleep.wake_ns + hour_ns // 2, extent.end_ns),
            ),
            clock,
        )
    if night.window is not None:
        edge_ns = hour_ns // 4
        views["onset"] = _span(
            Interval(night.window.start_ns - edge_ns, night.window.end_ns + edge_ns), clock
        )
    return views


def _events(
    night: Night, clock: WallClock, cells: Mapping[int, Cells], chosen: NDArray[np.int64]
) -> dict[str, Any]:
    """One list per property; what the hover shows is the text of the tables."""
    events = night.events
    start_ms = clock.axis_ms(int(night.scan.epochs["start_ns"].min()))
    peaks = events.candidates[chosen]
    shown = [cells[i] for i in chosen.tolist()]
    reasons = sorted({c["reason"] for c in shown})
    contexts = list(CONTEXT)
    return {
        "at": [clock.axis_ms(ns) - start_ms for ns in peaks["peak_ns"].tolist()],
        "kind": [list(LOOKS).index(c["kind"]) for c in shown],
        "counted": np.flatnonzero(events.counted[chosen]).tolist(),
        "index": [int(c["event_index"]) for c in shown],
        "clock": [c["start_time"][11:19] for c in shown],
        "size": [c["peak_accel_mg"] for c in shown],
        "peak": [c["peak_jerk_g_per_s"] for c in shown],
        "width": [c["width_s"] for c in shown],
        "reason": [reasons.index(c["reason"]) for c in shown],
        "reasons": [sentence(r) if r else "" for r in reasons],
        "context": [contexts.index(c["context"]) for c in shown],
        "contexts": list(CONTEXT.values()),
        "asleep": [contexts.index(c) for c in ASLEEP],
        "confidence": [CONFIDENCE.index(c["confidence"]) for c in shown],
        "confidences": CONFIDENCE,
        "kinds": [
            {
                "code": kind,
                "name": look.name,
                "counted": look.counted,
                "symbol": look.symbol,
                "start": kind in SLEEP_STARTS,
            }
            for kind, look in LOOKS.items()
        ],
    }


def _axis(interval: Interval | None, clock: WallClock) -> list[int] | None:
    return None if interval is None else _span(interval, clock)


def _span(interval: Interval, clock: WallClock) -> list[int]:
    return [clock.axis_ms(interval.start_ns), clock.axis_ms(interval.end_ns)]


def _per_minute(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every twelfth epoch's value: the floor moves slowly."""
    return values[::12]


def _levels(values: NDArray[np.float64]) -> str:
    """Levels in g/s as little-endian 16-bit codes, logarithmic; 0 stands for no value."""
    return _base64(_level_codes(values, 65_534).astype("<u2"))


def _coarse_levels(values: NDArray[np.float32]) -> str:
    """Levels as 8-bit codes: steps of 6 %, finer than the time line's scale can show."""
    return _base64(_level_codes(values.astype(np.float64), 254).astype("u1"))


def _level_codes(values: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        decades = np.clip(np.log10(values), LOG_LOW, LOG_HIGH)
    codes = 1 + np.rint((decades - LOG_LOW) / (LOG_HIGH - LOG_LOW) * most)
    return np.asarray(np.nan_to_num(codes, nan=0.0))


def _angles(values: NDArray[np.float64]) -> str:
    """Angles in steps of 0.75 degrees, signed 8 bit; -128 stands for no value."""
    return _base64(np.nan_to_num(np.rint(values / ANGLE_STEP_DEG), nan=-128.0).astype("i1"))


def _base64(codes: NDArray[np.integer]) -> str:
    return base64.b64encode(codes.tobytes()).decode("ascii")
