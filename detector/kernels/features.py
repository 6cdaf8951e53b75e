"""Size, shape and surroundings of each closed event, measured where it lies in the buffer."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .levels import largest, moving_sum

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

FEATURES = (
    "peak_accel_mg",
    "width_s",
    "rise_s",
    "effective_hz",
    "hf_lf_ratio",
    "lf_share",
    "n_bursts",
    "burst_interval_s",
    "burst_interval_cv",
    "burst_spread",
    "n_alternations",
    "alternation_cv",
    "late_ratio",
    "posture_change_deg",
    "peak_shift_n",
)
"""Columns of :func:`measure`'s output, in order."""

MAX_BURSTS = 64
HALF_SECONDS = 8
WIDTH_SHARE, RISE_LOW, RISE_HIGH = 0.25, 0.1, 0.9
VALLEY = 0.5
"""Two sub-peaks are two only if the envelope falls below this share of the smaller between them."""


@njit(cache=True, nogil=True, error_model="numpy")
def walk(signal: Array, start: int, step: int, limit: int, level: float) -> int:
    """Last index before the signal falls below ``level``; ``limit`` (inclusive) if it never does.

    Nothing below one level lies before what is below a higher one: a walk to the next lower level
    goes on where the last one ended.
    """
    i = start
    while i != limit and not signal[i + step] < level:
        i += step
    return i


@njit(cache=True, nogil=True, error_model="numpy")
def crossing(signal: Array, i: int, step: int, limit: int, level: float) -> float:
    """Fractional index of the level behind a walk to ``i``: linear between samples."""
    if i == limit:
        return float(limit)
    return float(i + step * (signal[i] - level) / (signal[i] - signal[i + step]))


@njit(cache=True, nogil=True, error_model="numpy")
def find_bursts(
    envelope: Array, start: int, stop: int, least: float, apart_n: float, at: Array, size: Array
) -> int:
    """Sub-peaks of at least ``least`` with a valley between them; the larger of two close ones."""
    count = 0
    top, top_at, bottom, rising = envelope[start], start, envelope[start], True
    for i in range(start, stop + 1):
        value = envelope[i] if i < stop else 0.0  # the end closes the last one
        if rising:
            if value > top:
                top, top_at = value, i
            elif value < VALLEY * top:
                rising, bottom = False, value
                if top >= least:
                    if count > 0 and top_at - at[count - 1] < apart_n:
                        if top > size[count - 1]:
                            at[count - 1], size[count - 1] = top_at, top
                    elif count < MAX_BURSTS:
                        at[count], size[count] = top_at, top
                        count += 1
        elif value < bottom:
            bottom = value
        elif value * VALLEY > bottom and value >= least:
            rising, top, top_at = True, value, i
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def spacing(at: Array, count: int) -> tuple[float, float]:
    """Mean of the intervals between positions (NaN below two), and SD / mean (below three)."""
    if count < 2:
        return np.nan, np.nan
    mean = (at[count - 1] - at[0]) / (count - 1)
    if count < 3:
        return mean, np.nan
    square = 0.0
    for k in range(1, count):
        square += (at[k] - at[k - 1] - mean) ** 2
    return mean, math.sqrt(square / (count - 1)) / mean


@njit(cache=True, nogil=True, error_model="numpy")
def spread(size: Array, count: int) -> float:
    """Largest over smallest of ``count`` sizes; NaN of none."""
    if count < 1:
        return np.nan
    least, most = size[0], size[0]
    for k in range(1, count):
        least, most = min(least, size[k]), max(most, size[k])
    return float(most / least)


@njit(cache=True, nogil=True, error_model="numpy")
def find_alternations(slow_g: Array, start: int, stop: int, at: Array) -> int:
    """Sign changes of the axis with most power, beyond a quarter of its own largest value."""
    x, y, z = 0.0, 0.0, 0.0
    for i in range(start, stop):  # all axes at once: a sum alone would wait for itself
        x += slow_g[i, 0] * slow_g[i, 0]
        y += slow_g[i, 1] * slow_g[i, 1]
        z += slow_g[i, 2] * slow_g[i, 2]
    axis = 0 if x >= y and x >= z else 1 if y >= z else 2
    most = 0.0
    for i in range(start, stop):
        most = max(most, abs(slow_g[i, axis]))
    count, sign = 0, 0
    for i in range(start, stop):
        value = slow_g[i, axis]
        if abs(value) <= 0.25 * most:
            continue
        now = 1 if value > 0 else -1
        if now == -sign and count < len(at):
            at[count] = i
            count += 1
        sign = now
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def insert(ordered: Array, count: int, value: float) -> None:
    """Put a value in its place among ``count`` ascending ones."""
    j = count
    while j > 0 and ordered[j - 1] > value:
        ordered[j] = ordered[j - 1]
        j -= 1
    ordered[j] = value


@njit(cache=True, nogil=True, error_model="numpy")
def gravity(accel_g: Array, start: int, stop: int, half_s_n: int, means: Array, out: Array) -> bool:
    """Median of the first eight half-second means per axis; False if not even a second is there."""
    pieces = min(HALF_SECONDS, (stop - start) // half_s_n)
    if pieces < 2:
        return False
    for piece in range(pieces):
        x, y, z = 0.0, 0.0, 0.0
        first = start + piece * half_s_n
        for i in range(first, first + half_s_n):
            x += accel_g[0, i]
            y += accel_g[1, i]
            z += accel_g[2, i]
        insert(means[0], piece, x / half_s_n)
        insert(means[1], piece, y / half_s_n)
        insert(means[2], piece, z / half_s_n)
    for axis in range(3):
        out[axis] = 0.5 * (means[axis, (pieces - 1) // 2] + means[axis, pieces // 2])
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def angle_deg(a: Array, b: Array) -> float:
    """Angle between two vectors, well conditioned at 0 and 180 degrees."""
    x = a[1] * b[2] - a[2] * b[1]
    y = a[2] * b[0] - a[0] * b[2]
    z = a[0] * b[1] - a[1] * b[0]
    dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    return math.degrees(math.atan2(math.sqrt(x * x + y * y + z * z), dot))


@njit(cache=True, nogil=True, error_model="numpy")
def largest_rms(power: Array, first: int, stop: int, window_n: float, rms: Array) -> float:
    """Largest moving RMS of a stretch; only around events is it asked for. ``rms`` is scratch."""
    moving_sum(power, first, stop, window_n, rms[: stop - first])
    return math.sqrt(largest(rms[: stop - first]) * (1.0 / window_n))


@njit(cache=True, nogil=True, error_model="numpy")
def measure(
    events: Indices,
    peak_jerk: Array,
    accel_g: Array,
    slow_g: Array,
    envelopes: Array,
    powers: Array,
    extent: Indices,
    rate_hz: float,
    window_n: float,
    rules: Array,
    out: Array,
) -> None:
    """Fill one row of ``FEATURES`` per event.

    Parameters
    ----------
    events : (m, 3+)
        Start, peak and end of each event as indices into the arrays below.
    peak_jerk : (m,)
    accel_g : (3, n)
    slow_g : (n, 4)
        Acceleration in the jerk band, its axes in lanes.
    envelopes : (2, n)
        Jerk and movement.
    powers : (4, n)
        As :func:`detector.kernels.bands.filter_bands` leaves them.
    extent : (2,)
        The part of the arrays that belongs to the segment.
    rate_hz, window_n
        Sampling rate and length of the moving RMS.
    rules : (4,)
        ``burst_share``, ``burst_apart_s``, delay of the jerk band in seconds, and 1 if the impact
        band exists, else 0.
    out : (m, len(FEATURES))
    """
    jerk, movement = envelopes[0], envelopes[1]
    at, size = np.empty(MAX_BURSTS), np.empty(MAX_BURSTS)
    means, before, after = np.empty((3, HALF_SECONDS)), np.empty(3), np.empty(3)
    rms = np.empty(len(jerk))
    margin_n = int(round(0.1 * rate_hz))
    half_s_n = int(round(0.5 * rate_hz))
    delay_n = int(round(rules[2] * rate_hz))
    for row in range(len(events)):
        start, peak, end = events[row, 0], events[row, 1], events[row, 2]
        first, stop = max(extent[0], start - margin_n), min(extent[1], end + margin_n + 1)
        largest_slow = largest_rms(powers[1], first, stop, window_n, rms)
        largest_impact = largest_rms(powers[3], first, stop, window_n, rms)
        largest_movement = largest(movement[first:stop])
        in_jerk_band, in_all_bands = 0.0, 0.0
        for i in range(first, stop):
            in_jerk_band += powers[1, i]
            in_all_bands += powers[2, i] + powers[3, i]
        reach = int(round(5.0 * rate_hz))
        left_limit, right_limit = max(extent[0], peak - reach), min(extent[1] - 1, peak + reach)
        level = peak_jerk[row]
        i = walk(jerk, peak, -1, left_limit, RISE_HIGH * level)
        high = crossing(jerk, i, -1, left_limit, RISE_HIGH * level)
        i = walk(jerk, i, -1, left_limit, WIDTH_SHARE * level)
        left = crossing(jerk, i, -1, left_limit, WIDTH_SHARE * level)
        i = walk(jerk, i, -1, left_limit, RISE_LOW * level)
        low = crossing(jerk, i, -1, left_limit, RISE_LOW * level)
        i = walk(jerk, peak, 1, right_limit, RISE_HIGH * level)
        falling = crossing(jerk, i, 1, right_limit, RISE_HIGH * level)
        i = walk(jerk, i, 1, right_limit, WIDTH_SHARE * level)
        right = crossing(jerk, i, 1, right_limit, WIDTH_SHARE * level)
        late = largest(jerk[int(right) + 1 : end + 1])
        out[row, 0] = 1000.0 * largest_movement
        out[row, 1] = (right - left) / rate_hz
        out[row, 2] = (high - low) / rate_hz if low > left_limit else np.nan
        out[row, 3] = level / (2 * math.pi * largest_movement) if largest_movement > 0 else np.nan
        has_impact_band = rules[3] > 0 and largest_slow > 0
        out[row, 4] = largest_impact / largest_slow if has_impact_band else np.nan
        out[row, 5] = in_jerk_band / in_all_bands if in_all_bands > 0 else np.nan
        count = find_bursts(jerk, start, end + 1, rules[0] * level, rules[1] * rate_hz, at, size)
        mean, cv = spacing(at, count)
        out[row, 6], out[row, 7], out[row, 8] = count, mean / rate_hz, cv
        out[row, 9] = spread(size, count)
        flips = find_alternations(slow_g, first, stop, at)
        out[row, 10], out[row, 11] = flips, spacing(at, flips)[1]
        out[row, 12] = late / level if level > 0 else np.nan
        known_before = gravity(
            accel_g,
            max(extent[0], start - delay_n - HALF_SECONDS * half_s_n),
            start - delay_n,
            half_s_n,
            means,
            before,
        )
        known_after = gravity(accel_g, end - delay_n + half_s_n, extent[1], half_s_n, means, after)
        out[row, 13] = angle_deg(before, after) if known_before and known_after else np.nan
        out[row, 14] = 0.5 * (high + falling) - peak  # the top is flat: its middle is steadier
