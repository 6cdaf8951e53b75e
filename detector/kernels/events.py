"""The two-threshold scan: where events begin, peak and end."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

# state of the scan, all absolute sample indices
OPEN, START, PEAK, LAST, PREVIOUS_END, N_INDICES = 0, 1, 2, 3, 4, 5
# values that go with it
PEAK_JERK, JERK_ON, ACCEL_ON, FLOOR, N_VALUES = 0, 1, 2, 3, 4


@njit(cache=True, nogil=True, error_model="numpy")
def scan_frames(
    jerk: Array,
    accel: Array,
    edges: Indices,
    origin: int,
    loudest: Array,
    thresholds: Array,
    rules: Array,
    indices: Indices,
    values: Array,
    events: Indices,
    event_values: Array,
) -> int:
    """Find events in whole frames; an event may stay open across calls.

    An event begins with the first sample at which jerk or movement exceeds its threshold and ends
    with the last one that exceeds ``off_share`` of it, once ``merge_n`` samples have stayed below.
    The thresholds in force at its beginning hold until its end. After ``longest_n`` samples it is
    cut. Frames whose loudest samples stay below both thresholds are skipped while no event is open.

    Parameters
    ----------
    jerk, accel : (n,)
        Envelopes, addressed by ``absolute index - origin``.
    edges : (m + 1,)
        Borders of the frames in these arrays.
    loudest : (2, m)
        Largest jerk and movement of each frame.
    thresholds : (3, m)
        On-thresholds for jerk and movement, and the floor of jerk, of each frame.
    rules : (3,)
        ``off_share``, ``merge_n``, ``longest_n``.
    indices : (N_INDICES,), values : (N_VALUES,)
        State; updated in place.
    events : (c, 4), event_values : (c, 3)
        Out: start, peak, end (last sample above the off threshold), end of the previous event; peak
        jerk, jerk threshold, floor. ``c`` must be at least the number of samples over ``merge_n``
        plus two.

    Returns
    -------
    int
        Number of events closed.
    """
    off_share, merge_n, longest_n = rules[0], rules[1], rules[2]
    found = 0
    for frame in range(len(edges) - 1):
        jerk_on, accel_on = thresholds[0, frame], thresholds[1, frame]
        quiet = not (loudest[0, frame] > jerk_on or loudest[1, frame] > accel_on)
        if quiet and indices[OPEN] == 0:
            continue
        for i in range(edges[frame], edges[frame + 1]):
            if indices[OPEN] == 0:
                if not (jerk[i] > jerk_on or accel[i] > accel_on):
                    continue
                indices[OPEN] = 1
                indices[START] = indices[PEAK] = indices[LAST] = i + origin
                values[PEAK_JERK] = jerk[i]
                values[JERK_ON], values[ACCEL_ON] = jerk_on, accel_on
                values[FLOOR] = thresholds[2, frame]
                continue
            if jerk[i] > values[PEAK_JERK]:
                values[PEAK_JERK] = jerk[i]
                indices[PEAK] = i + origin
            above = jerk[i] > off_share * values[JERK_ON] or accel[i] > off_share * values[ACCEL_ON]
            if above:
                indices[LAST] = i + origin
            too_long = i + origin - indices[START] + 1 >= longest_n
            if too_long or i + origin - indices[LAST] >= merge_n:
                events[found, 0] = indices[START]
                events[found, 1] = indices[PEAK]
                events[found, 2] = indices[LAST]
                events[found, 3] = indices[PREVIOUS_END]
                event_values[found, 0] = values[PEAK_JERK]
                event_values[found, 1] = values[JERK_ON]
                event_values[found, 2] = values[FLOOR]
                found += 1
                indices[PREVIOUS_END] = indices[LAST]
                indices[OPEN] = 0
    return found
