"""Five-second summaries of the raw signal, accumulated sample by sample in time order.

Sums are plain left-to-right sums, so that an epoch is the same however its samples arrive.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

PER_G = 16384
"""Medians are resolved to 1/16384 g: far below any sensor's step, exact as an integer."""

# columns of an accumulator; SUM, SQUARE, LOW, HIGH take three each
SUM, SQUARE, LOW, HIGH, ENMO, JERK, ACCEL, OBSERVED_NS, FLOOR, N_SUMS = (
    0,
    3,
    6,
    9,
    12,
    13,
    14,
    15,
    16,
    17,
)

COLUMNS = (
    "median_g",
    "mean_g",
    "sd_g",
    "min_g",
    "max_g",
    "enmo_mg",
    "jerk_max_g_per_s",
    "accel_max_mg",
    "observed_s",
    "floor_g_per_s",
)
"""Columns of a finished epoch's row; the first five take three each."""

# integer state: epoch number (multiples of the epoch length), samples, clipped samples
EPOCH, COUNT, CLIPPED, N_STATE = 0, 1, 2, 3
NO_EPOCH = -(2**62)


@njit(cache=True, nogil=True, error_model="numpy")
def clear(sums: Array) -> None:
    """Empty an accumulator."""
    sums[:] = 0.0
    sums[LOW:HIGH] = np.inf
    sums[HIGH:ENMO] = -np.inf
    sums[FLOOR] = np.nan


@njit(cache=True, nogil=True, error_model="numpy")
def add_samples(
    accel_g: Array,
    clipped: NDArray[np.bool_],
    sums: Array,
    codes: NDArray[np.int32],
    state: NDArray[np.int64],
) -> None:
    """Add raw samples to the open epoch; those beyond the width of ``codes`` miss the median."""
    count, enmo, n_clipped = state[COUNT], sums[ENMO], 0
    for axis in range(3):
        total, squares = sums[SUM + axis], sums[SQUARE + axis]
        low, high = sums[LOW + axis], sums[HIGH + axis]
        for i in range(len(accel_g)):
            value = accel_g[i, axis]
            total += value
            squares += value * value
            low = min(low, value)
            high = max(high, value)
        for i in range(min(len(accel_g), codes.shape[1] - count)):
            codes[axis, count + i] = np.int32(np.rint(accel_g[i, axis] * PER_G))
        sums[SUM + axis], sums[SQUARE + axis] = total, squares
        sums[LOW + axis], sums[HIGH + axis] = low, high
    for i in range(len(accel_g)):
        x, y, z = accel_g[i, 0], accel_g[i, 1], accel_g[i, 2]
        enmo += max(math.sqrt(x * x + y * y + z * z) - 1.0, 0.0)
        n_clipped += clipped[i]
    sums[ENMO] = enmo
    state[COUNT] += len(accel_g)
    state[CLIPPED] += n_clipped


@njit(cache=True, nogil=True, error_model="numpy")
def count_up_to(codes: NDArray[np.int32], value: int) -> int:
    """How many codes are at most ``value``: a loop that becomes vector compares."""
    limit = np.int32(value)
    count = 0
    for code in codes:
        count += code <= limit
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def median_code(codes: NDArray[np.int32], guess: int) -> float:
    """Exact median of integer codes by counting: gallop away from a guess, then bisect.

    The last epoch's median is a good guess, and counting is so cheap that a dozen passes beat
    any sorting.
    """
    rank = (len(codes) + 1) // 2
    low, high, stride = guess - 1, guess, 1
    while count_up_to(codes, high) < rank:
        low, high, stride = high, high + stride, 2 * stride
    stride = 1
    while count_up_to(codes, low) >= rank:
        low, high, stride = low - stride, low, 2 * stride
    while high - low > 1:
        middle = (low + high) // 2
        if count_up_to(codes, middle) >= rank:
            high = middle
        else:
            low = middle
    if len(codes) % 2 == 1 or count_up_to(codes, high) > rank:
        return float(high)
    above = np.iinfo(np.int32).max
    for code in codes:
        if code > high and code < above:
            above = code
    return 0.5 * (high + above)


@njit(cache=True, nogil=True, error_model="numpy")
def close_epoch(
    sums: Array, codes: NDArray[np.int32], guesses: NDArray[np.int64], count: int, row: Array
) -> None:
    """Turn an accumulator into a row of ``COLUMNS``."""
    kept = min(count, codes.shape[1])
    for axis in range(3):
        median = median_code(codes[axis, :kept], guesses[axis])
        guesses[axis] = int(math.floor(median))
        mean = sums[SUM + axis] / count
        row[axis] = median / PER_G
        row[3 + axis] = mean
        row[6 + axis] = math.sqrt(max(sums[SQUARE + axis] / count - mean * mean, 0.0))
        row[9 + axis] = sums[LOW + axis]
        row[12 + axis] = sums[HIGH + axis]
    observed = sums[OBSERVED_NS] > 0
    row[15] = 1000.0 * sums[ENMO] / count
    row[16] = sums[JERK] if observed else np.nan
    row[17] = 1000.0 * sums[ACCEL] if observed else np.nan
    row[18] = 1e-9 * sums[OBSERVED_NS]
    row[19] = sums[FLOOR]


@njit(cache=True, nogil=True, error_model="numpy")
def add_parts(
    accel_g: Array,
    jerk: Array,
    movement: Array,
    clipped: NDArray[np.bool_],
    parts: NDArray[np.int64],
    floors: Array,
    state: NDArray[np.int64],
    sums: Array,
    codes: NDArray[np.int32],
    guesses: NDArray[np.int64],
    numbers: NDArray[np.int64],
    rows: Array,
) -> int:
    """Add consecutive parts, each within one epoch, and emit the epochs they complete.

    Parameters
    ----------
    accel_g : (n, 3), jerk, movement, clipped : (n,)
    parts : (p, 4)
        First sample, sample behind the last, epoch number, and the part's length in ns if an event
        could have been seen in it, else 0.
    floors : (p,)
        Noise floor at the part's end.
    state : (N_STATE,), sums : (N_SUMS,), codes : (3, c), guesses : (3,)
        The open epoch; updated in place.
    numbers : (p, 3), rows : (p, 20)
        Out: epoch number, samples, clipped samples; ``COLUMNS``.

    Returns
    -------
    int
        Number of epochs completed.
    """
    done = 0
    for k in range(len(parts)):
        start, stop = parts[k, 0], parts[k, 1]
        if parts[k, 2] != state[EPOCH]:
            if state[COUNT] > 0:
                close_epoch(sums, codes, guesses, state[COUNT], rows[done])
                for j in range(N_STATE):
                    numbers[done, j] = state[j]
                done += 1
            clear(sums)
            state[EPOCH], state[COUNT], state[CLIPPED] = parts[k, 2], 0, 0
        add_samples(accel_g[start:stop], clipped[start:stop], sums, codes, state)
        sums[FLOOR] = floors[k]
        if parts[k, 3] > 0:
            sums[OBSERVED_NS] += parts[k, 3]
            for i in range(start, stop):
                sums[JERK] = max(sums[JERK], jerk[i])
                sums[ACCEL] = max(sums[ACCEL], movement[i])
    return done
