"""Turns closed events into candidates: times, features, and the raw signal worth keeping."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS, sample_times

from ..kernels import features, timing
from ..scan import CANDIDATE, Snippet
from ..settings import ScanSettings
from .design import Design
from .window import Window

SNIPPET_BEFORE_S, SNIPPET_AFTER_S = 3.0, 5.0
REACH_S = 0.6
"""How far the exact time may lie from the one corrected by the mean delay: as far apart as two
bursts of one jerk."""


def measure(
    found: NDArray[np.int64],
    values: NDArray[np.float64],
    window: Window,
    extent: tuple[int, int],
    knots: NDArray[np.int64],
    design: Design,
    settings: ScanSettings,
) -> NDArray[np.void]:
    """Rows of ``CANDIDATE`` for closed events of one segment.

    Parameters
    ----------
    found, values
        As :func:`detector.kernels.events.scan_frames` leaves them.
    window
        Holds the events and their surroundings.
    extent
        Window positions that belong to the segment.
    knots
        The segment's clock.
    design, settings
        Of the stream.
    """
    s = settings
    measured = np.empty((len(found), len(features.FEATURES)))
    features.measure(
        found - window.origin,
        values[:, 0].copy(),
        window.accel_g,
        window.slow_g,
        window.envelopes,
        window.powers,
        np.array(extent),
        design.rate_hz,
        design.rms_n,
        np.array([s.burst_share, s.burst_apart_s, design.delay_s, float(design.has_impact)]),
        measured,
    )
    rows = np.zeros(len(found), CANDIDATE)
    columns = dict(zip(features.FEATURES, measured.T, strict=True))
    shift_ns = np.rint(columns.pop("peak_shift_n") / design.rate_hz * SECOND_NS).astype(np.int64)
    for name, column in columns.items():
        rows[name] = column
    rows["peak_jerk_g_per_s"], rows["threshold_g_per_s"], rows["floor_g_per_s"] = values.T
    times = sample_times(knots, found[:, :3]) - design.delay_ns
    rows["start_ns"], rows["peak_ns"], rows["end_ns"] = times.T
    rows["peak_ns"] = np.clip(rows["peak_ns"] + shift_ns, rows["start_ns"], rows["end_ns"])
    rows["still_before_s"] = (found[:, 0] - found[:, 3]) / design.rate_hz
    exact = np.flatnonzero(could_be_sleep_start(rows))
    rows["peak_ns"][exact] = _true_peaks_ns(found[exact, 1], window, extent, knots, design)
    rows["start_ns"] = np.minimum(rows["start_ns"], rows["peak_ns"])
    rows["end_ns"] = np.maximum(rows["end_ns"], rows["peak_ns"])
    rows["clipped"] = _clipped(found[:, [0, 2]] - window.origin - design.delay_n, window)
    return rows


def _clipped(spans: NDArray[np.int64], window: Window) -> NDArray[np.bool_]:
    """Whether any sample from each span's first position to its last is clipped."""
    clipped = np.flatnonzero(window.clipped[: window.filled])
    first, stop = np.searchsorted(clipped, [spans[:, 0], spans[:, 1] + 1])
    return np.asarray(stop > first)


def _true_peaks_ns(
    peaks: NDArray[np.int64],
    window: Window,
    extent: tuple[int, int],
    knots: NDArray[np.int64],
    design: Design,
) -> NDArray[np.int64]:
    """Times of the zero-phase jerk envelope's peaks near envelope peaks."""
    reach_n = round(REACH_S * design.rate_hz)
    around_n = reach_n + len(design.jerk_taps)
    at = peaks - design.delay_n - window.origin
    first, stop = np.maximum(at - around_n, extent[0]), np.minimum(at + around_n + 1, extent[1])
    places = np.empty(len(peaks))
    for k, (a, b, middle) in enumerate(
        zip(first.tolist(), stop.tolist(), at.tolist(), strict=True)
    ):
        around_g = window.accel_g[:, a:b].copy()
        places[k] = timing.peak_position(
            around_g, design.jerk_taps, design.rms_n, middle - a, reach_n
        )
    whole = np.floor(places).astype(np.int64)
    left = window.origin + first + whole
    left_ns, right_ns = sample_times(knots, np.stack([left, left + 1]))
    beyond_ns = np.rint((places - whole) * (right_ns - left_ns)).astype(np.int64)
    return np.asarray(left_ns + beyond_ns)


def could_be_sleep_start(candidates: NDArray[np.void]) -> NDArray[np.bool_]:
    """Wide gate for the events that are timed exactly and whose raw signal is kept.

    Each limit is somewhat wider than that of a sleep start, so that near misses pass as well.
    """
    return np.asarray(
        (candidates["width_s"] <= 1.4)
        & (candidates["peak_accel_mg"] >= 40.0)
        & (candidates["peak_jerk_g_per_s"] >= 0.8)
        & (candidates["still_before_s"] >= 8.0)
        & (candidates["effective_hz"] >= 1.0)
        & ~(candidates["hf_lf_ratio"] > 1.0)
        & ~(candidates["posture_change_deg"] > 75.0)
    )


def cut_snippet(
    peak: int,
    peak_ns: int,
    window: Window,
    extent: tuple[int, int],
    knots: NDArray[np.int64],
    design: Design,
) -> Snippet:
    """Raw signal and envelope, the latter moved back by its delay, around a peak."""
    at = peak - design.delay_n - window.origin
    first = max(at - round(SNIPPET_BEFORE_S * design.rate_hz), extent[0])
    stop = min(at + round(SNIPPET_AFTER_S * design.rate_hz), extent[1])
    envelope = np.full(stop - first, np.nan, np.float32)
    delayed = window.envelopes[0, first + design.delay_n : min(stop + design.delay_n, extent[1])]
    envelope[: len(delayed)] = delayed
    return Snippet(
        peak_ns=peak_ns,
        start_ns=int(sample_times(knots, np.array([window.origin + first]))[0]),
        rate_hz=design.rate_hz,
        accel_g=window.accel_g[:, first:stop].T.astype(np.float32),
        jerk_g_per_s=envelope,
    )
