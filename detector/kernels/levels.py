"""Envelopes, one-second levels, and the noise floor that follows them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .lanes import LANES, highest, larger, load, smaller, store

Array = NDArray[np.float64]

EIGHT = 2 * LANES
SPARE = 4 * LANES
"""Scratch of :func:`levels_of` beyond twice the frame."""


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
    now = power[start:stop]
    for i in range(len(out)):  # `out[:] = now` alone takes two seconds to compile: it can fail
        out[i] = now[i]
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

    In two times four lanes: of numbers with a point the compiler does not find the maximum in
    vector code (0.1 instead of 1.5 ns per value).
    """
    n = len(values)
    most = 0.0
    for i in range(n - n % EIGHT, n):
        most = max(most, values[i])
    if n >= EIGHT:
        a, b = load(values, 0), load(values, LANES)
        for i in range(EIGHT, n - n % EIGHT, EIGHT):
            a, b = larger(a, load(values, i)), larger(b, load(values, i + LANES))
        most = max(most, highest(larger(a, b)))
    return most


@njit(cache=True, nogil=True, error_model="numpy")
def levels_of(signal: Array, scratch: Array) -> tuple[float, float]:
    """Maximum and 95th percentile (nearest rank) of a frame of numbers none of which is negative.

    The percentile is the k-th largest value. Each of four lanes finds its own k largest, three in
    one go: a vector falls through the three that are known so far, at each leaving the larger and
    going on with the smaller. The heads of the four descending columns then give the k largest of
    all. Nothing branches on a value, where every wrong guess would cost as much as ten values (0.8
    instead of 3 ns per value).

    Parameters
    ----------
    signal : (n,)
    scratch
        Of ``2 * n + SPARE`` values.
    """
    n = len(signal)
    k = n - int(np.ceil(0.95 * n)) + 1
    padded_n = (n + LANES - 1) // LANES * LANES
    rest, kept = scratch[:padded_n], scratch[padded_n:]
    for i in range(n):
        rest[i] = signal[i]
    rest[n:] = -1.0
    kept[: LANES * (k + 2)] = -1.0
    for j in range(0, LANES * k, 3 * LANES):
        first = second = third = load(kept, j)
        for i in range(0, padded_n, LANES):
            falling = load(rest, i)
            first, falling = larger(first, falling), smaller(first, falling)
            second, falling = larger(second, falling), smaller(second, falling)
            third, falling = larger(third, falling), smaller(third, falling)
            store(rest, i, falling)
        store(kept, j, first)
        store(kept, j + LANES, second)
        store(kept, j + 2 * LANES, third)
    return highest(load(kept, 0)), _of_rank(kept, k)


@njit(cache=True, nogil=True, error_model="numpy")
def _of_rank(kept: Array, k: int) -> float:
    """Return the k-th largest of four descending columns, by taking the largest head k times."""
    a, b, c, d, most = 0, 1, 2, 3, 0.0
    for _ in range(k):
        most = max(kept[a], kept[b], kept[c], kept[d])
        in_a, in_b, in_c = kept[a] == most, kept[b] == most, kept[c] == most
        a += LANES * in_a
        b += LANES * (in_b & ~in_a)
        c += LANES * (in_c & ~(in_a | in_b))
        d += LANES * (not (in_a | in_b | in_c))
    return most


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
        j = count  # where there is room
        if filled >= size:  # the oldest leaves the sorted copy
            j, above = 0, count - 1
            while j < above:
                middle = (j + above) // 2
                if ordered[middle] < history[slot]:
                    j = middle + 1
                else:
                    above = middle
        history[slot] = level[frame]
        while j > 0 and ordered[j - 1] > level[frame]:
            ordered[j] = ordered[j - 1]
            j -= 1
        while j + 1 < count and ordered[j + 1] < level[frame]:
            ordered[j] = ordered[j + 1]
            j += 1
        ordered[j] = level[frame]
        filled += 1
    return filled
