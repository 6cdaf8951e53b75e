"""Envelopes, one-second levels, and the noise floor that follows them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def moving_rms(power: Array, edges: NDArray[np.int64], window_n: float, out: Array) -> None:
    """Root of the mean of the last ``window_n`` powers, frame by frame.

    The window need not be whole samples: the oldest enters with the fraction that is left. With a
    rounded length the same jerk would be 3 % larger at one rate than at another.

    A plain sum of ``window_n`` shifted slices: no running sum whose rounding would depend on the
    past, and every slice is added in one vector loop.

    Parameters
    ----------
    power : (n,)
        At least ``window_n`` values must lie before ``edges[0]``.
    edges : (m + 1,)
    out : (n,)
    """
    scale = 1.0 / window_n
    whole = int(window_n)
    fraction = window_n - whole
    for frame in range(len(edges) - 1):
        start, stop = edges[frame], edges[frame + 1]
        total = out[start:stop]  # zero-based slices: the compiler need not mind negative indices
        total[:] = power[start:stop]
        for shift in range(1, whole):
            earlier = power[start - shift : stop - shift]
            for i in range(len(total)):
                total[i] += earlier[i]
        if fraction > 0:
            oldest = power[start - whole : stop - whole]
            for i in range(len(total)):
                total[i] += fraction * oldest[i]
        for i in range(len(total)):
            total[i] = np.sqrt(total[i] * scale)


@njit(cache=True, nogil=True, error_model="numpy")
def frame_levels(
    signal: Array, edges: NDArray[np.int64], largest: Array, p95: Array, greatest: Array
) -> None:
    """Maximum and 95th percentile (nearest rank) of each frame.

    The percentile is the k-th largest value: ``greatest`` (scratch of k values) keeps the k largest
    in ascending order; few samples displace its smallest.
    """
    for frame in range(len(edges) - 1):
        start, stop = edges[frame], edges[frame + 1]
        k = (stop - start) - int(np.ceil(0.95 * (stop - start))) + 1
        greatest[:k] = -1.0
        for i in range(start, stop):
            value = signal[i]
            if value > greatest[0]:
                j = 0
                while j + 1 < k and greatest[j + 1] < value:
                    greatest[j] = greatest[j + 1]
                    j += 1
                greatest[j] = value
        largest[frame] = greatest[k - 1]
        p95[frame] = greatest[0]


@njit(cache=True, nogil=True, error_model="numpy")
def follow_floor(
    level: Array, history: Array, ordered: Array, filled: int, quantile: float, floor: Array
) -> int:
    """Low quantile of the latest one-second levels, before each frame.

    ``history`` is a ring of the latest levels, ``ordered`` the same values sorted; a frame's own
    level counts from the next frame on, so an event cannot raise the floor it is measured against.

    Parameters
    ----------
    level : (m,)
    history, ordered : (h,)
        Updated in place.
    filled
        Levels seen since the ring was emptied; the ring holds the last h of them.
    quantile
        Lower nearest rank: the value with index ``floor(quantile * (count - 1))``.
    floor : (m,)
        Out; NaN where no level has been seen.

    Returns
    -------
    int
        ``filled`` after these frames.
    """
    size = len(history)
    for frame in range(len(level)):
        count = min(filled, size)
        floor[frame] = ordered[int(quantile * (count - 1))] if count > 0 else np.nan
        slot = filled % size
        if filled >= size:  # the oldest leaves the sorted copy
            j = 0
            while j < count - 1 and ordered[j] != history[slot]:
                j += 1
            while j < count - 1:
                ordered[j] = ordered[j + 1]
                j += 1
            count -= 1
        history[slot] = level[frame]
        j = count
        while j > 0 and ordered[j - 1] > level[frame]:
            ordered[j] = ordered[j - 1]
            j -= 1
        ordered[j] = level[frame]
        filled += 1
    return filled
