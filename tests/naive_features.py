"""Slow, obvious twin of what is measured of an event. It is the specification in code."""

from __future__ import annotations

import math
from itertools import pairwise

import naive_detector as naive
import numpy as np

UNKNOWN = math.nan


def below(signal, start, step, limit, level):
    """Fractional place where a signal first falls below a level; the limit if it never does."""
    i = start
    while i != limit:
        here, there = signal[i], signal[i + step]
        if there < level:
            return i + step * (here - level) / (here - there)
        i += step
    return limit


def largest_rms(power, first, stop, window_n):
    """Of the moving RMS at the samples of a stretch, whose windows begin in front of it."""
    whole = math.ceil(window_n)
    return naive.moving_rms(power[first - whole : stop], window_n)[whole:].max()


def gravity(accel_g, first, stop, half_s_n):
    """Median of half-second means; None of less than a second."""
    pieces = min(8, max(0, stop - first) // half_s_n)
    if pieces < 2:
        return None
    means = [accel_g[:, first + k * half_s_n :][:, :half_s_n].mean(axis=1) for k in range(pieces)]
    return np.median(means, axis=0)


def spacing(places):
    """Mean and SD / mean of the intervals."""
    steps = np.diff(places)
    mean = steps.mean() if len(steps) >= 1 else UNKNOWN
    return mean, steps.std() / mean if len(steps) >= 2 else UNKNOWN


def alternations(slow_g):
    """Places at which the strongest axis has changed its sign, beyond a quarter of its largest."""
    axis = slow_g[:, (slow_g[:, :3] ** 2).sum(axis=0).argmax()]
    strong = np.flatnonzero(np.abs(axis) > 0.25 * np.abs(axis).max())
    return [b for a, b in pairwise(strong) if axis[a] * axis[b] < 0]


def measured(event, signals, extent, rate_hz, window_n, rules):
    """Every feature that does not rest on bursts, by name."""
    accel_g, slow_g, (jerk, movement), (_, slow, moved, impact) = signals
    (start, peak, end), (begin, over) = event, extent
    _, _, delay_s, has_impact = rules
    margin_n, half_s_n, reach_n = (round(s * rate_hz) for s in (0.1, 0.5, 5.0))
    first, stop = max(begin, start - margin_n), min(over, end + margin_n + 1)
    left, right = max(begin, peak - reach_n), min(over - 1, peak + reach_n)
    top = jerk[peak]
    at = {s: below(jerk, peak, -1, left, s * top) for s in (0.1, 0.25, 0.9)}
    after = {s: below(jerk, peak, 1, right, s * top) for s in (0.25, 0.9)}
    accel = movement[first:stop].max()
    slow_rms, impact_rms = (largest_rms(p, first, stop, window_n) for p in (slow, impact))
    power = moved[first:stop].sum() + impact[first:stop].sum()
    flips = alternations(slow_g[first:stop])
    d = round(delay_s * rate_hz)
    known = [
        gravity(accel_g, max(begin, start - d - 8 * half_s_n), start - d, half_s_n),
        gravity(accel_g, end - d + half_s_n, min(over, end - d + 9 * half_s_n), half_s_n),
    ]
    return {
        "peak_accel_mg": 1000 * accel,
        "width_s": (after[0.25] - at[0.25]) / rate_hz,
        "rise_s": (at[0.9] - at[0.1]) / rate_hz if at[0.1] > left else UNKNOWN,
        "effective_hz": top / (2 * np.pi * accel),
        "hf_lf_ratio": impact_rms / slow_rms if has_impact else UNKNOWN,
        "lf_share": slow[first:stop].sum() / power,
        "n_alternations": len(flips),
        "alternation_cv": spacing(flips)[1],
        "late_ratio": max(jerk[math.floor(after[0.25]) + 1 : end + 1], default=0) / top,
        "posture_change_deg": angle(known),
        "peak_shift_n": (at[0.9] + after[0.9]) / 2 - peak,
    }


def angle(known):
    """Angle between two vectors, of which one may be unknown."""
    return UNKNOWN if any(g is None for g in known) else naive.angle_deg(*known)
