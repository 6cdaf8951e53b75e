"""Envelopes, one-second levels, and the noise floor that follows them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def moving_sum(power: Array, start: int, stop: int, window_n: float, out: Array) -> None:
    """Sum of the last ``window_n`` powers at each sample of ``start`` to ``stop``.

    The window need not be whole samples: the oldest enters with the fraction that is left. With a
    rounded length the same jerk would be 3 % larger at one rate than at another.

    Shifted slices are added one after the other, four of them per vector loop: no running sum whose
    rounding would depend on the past.

    Parameters
    ----------
    power : (n,)
        At least ``window_n`` values must lie before ``start``.
    out : (stop - start,)
    """
    whole = int(window_n)
    fraction = window_n - whole
    out[:] = power[start:stop]
    shift = 1
    while shift + 4 <= whole:
        earlier = power[start - shift - 3 : stop - shift]
        for i in range(len(out)):
            out[i] = (((out[i] + earlier[i + 3]) + earlier[i + 2]) + earlier[i + 1]) + earlier[i]
        shift += 4
    while shift < whole:
        earlier = power[start - shift : stop - shift]
        for i in range(len(out)):
            out[i] += earlier[i]
        shift += 1
    if fraction > 0:
        earlier = power[start - whole : stop - whole]
        for i in range(len(out)):
            out[i] += fraction * earlier[i]


@njit(cache=True, nogil=True, error_model="numpy")
def moving_rms(power: Array, start: int, stop: int, window_n: float, out: Array) -> None:
    """Root of the mean of the last ``window_n`` powers; parameters as :func:`moving_sum`."""
    moving_sum(power, start, stop, window_n, out)
    scale = 1.0 / window_n
    for i in range(len(out)):
        out[i] = np.sqrt(out[i] * scale)


@njit(cache=True, nogil=True, error_model="numpy")
def root(power: Array, out: Array) -> None:
    """Square root of every value."""
    for i in range(len(out)):
        out[i] = np.sqrt(power[i])


@njit(cache=True, nogil=True, error_model="numpy")
def largest(values: Array) -> float:
    """Largest of numbers none of which is negative, 0 of none.

    Their bits, taken as integers, are in the same order, and only of integers does the compiler
    find the maximum in vector code: 0.3 instead of 1.5 ns per value.
    """
    most = np.zeros(1, np.int64)
    for bits in values.view(np.int64):
        most[0] = max(most[0], bits)
    return float(most.view(np.float64)[0])


@njit(cache=True, nogil=True, error_model="numpy")
def levels_of(signal: Array, greatest: Array) -> tuple[float, float]:
    """Maximum and 95th percentile (nearest rank) of a frame.

    The percentile is the k-th largest value: ``greatest`` (scratch of k values) keeps the k largest
    in ascending order; few samples displace its smallest.
    """
    n = len(signal)
    k = n - int(np.ceil(0.95 * n)) + 1
    greatest[:k] = -1.0
    for value in signal:
        if value > greatest[0]:
            j = 0
            while j + 1 < k and greatest[j + 1] < value:
                greatest[j] = greatest[j + 1]
                j += 1
            greatest[j] = value
    return greatest[k - 1], greatest[0]


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
