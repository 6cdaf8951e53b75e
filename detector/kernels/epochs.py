"""Five-second summaries of the raw signal.

Everything is summed as integers of 1/16384 g, far below any sensor's step: integer sums are exact,
so an epoch is the same however its samples arrive, and the loops become vector code.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .levels import largest

Array = NDArray[np.float64]
Codes = NDArray[np.int32]
Integers = NDArray[np.int64]

PER_G = 16384
ENMO_PER_CODE = 256
"""ENMO is a mean of small remainders: it is summed this much more finely."""

STRIDE = 64
"""First step away from a guess of the median: 4 mg, the step of a coarse sensor."""

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

# integer state: epoch number (multiples of the epoch length), samples, clipped samples, ns seen;
# per axis sum, sum of squares, least, greatest; sum of ENMO
EPOCH, COUNT, CLIPPED, OBSERVED_NS, SUM, SQUARES, LEAST, GREATEST, ENMO, N_STATE = (
    0, 1, 2, 3, 4, 7, 10, 13, 16, 17,
)  # fmt: skip
# floating state: largest jerk and movement, floor
JERK, ACCEL, FLOOR, N_LEVELS = 0, 1, 2, 3
NO_EPOCH = -(2**62)


@njit(cache=True, nogil=True, error_model="numpy")
def clear(state: Integers, seen: Array, number: int) -> None:
    """Begin an epoch."""
    state[:] = 0
    state[EPOCH] = number
    state[LEAST:GREATEST] = 2**31 - 1
    state[GREATEST:ENMO] = -(2**31)
    seen[JERK], seen[ACCEL], seen[FLOOR] = 0.0, 0.0, np.nan


@njit(cache=True, nogil=True, error_model="numpy")
def add_axis(accel_g: Array, codes: Codes, state: Integers, axis: int) -> None:
    """Add one axis; ``codes`` (as long) receives its integers.

    By position: the compiler makes no vector code of a loop over an array's values (0.6 instead of
    0.1 ns per value).
    """
    for i in range(len(accel_g)):
        codes[i] = np.int32(np.rint(accel_g[i] * PER_G))
    total, squares = np.int64(0), np.int64(0)
    least, greatest = np.int32(2**31 - 1), np.int32(-(2**31))
    for i in range(len(codes)):
        total += np.int64(codes[i])
        squares += np.int64(codes[i]) * np.int64(codes[i])
        least = min(least, codes[i])
        greatest = max(greatest, codes[i])
    state[SUM + axis] += total
    state[SQUARES + axis] += squares
    state[LEAST + axis] = min(state[LEAST + axis], least)
    state[GREATEST + axis] = max(state[GREATEST + axis], greatest)


@njit(cache=True, nogil=True, error_model="numpy")
def enmo_sum(x: Array, y: Array, z: Array) -> int:
    """Sum of max(|a| - 1 g, 0) in 1/16384/256 g."""
    total = np.int64(0)
    for i in range(len(x)):
        excess = math.sqrt(x[i] * x[i] + y[i] * y[i] + z[i] * z[i]) - 1.0
        total += np.int64(np.rint(max(excess, 0.0) * (PER_G * ENMO_PER_CODE)))
    return int(total)


@njit(cache=True, nogil=True, error_model="numpy")
def count_up_to(codes: NDArray[np.int32], value: int) -> int:
    """How many codes are at most ``value``.

    All in 32 bits: with a 64-bit count the loop is eight times slower.
    """
    limit, count = np.int32(value), np.uint32(0)
    for i in range(len(codes)):
        count = np.uint32(count + np.uint32(codes[i] <= limit))
    return int(count)


@njit(cache=True, nogil=True, error_model="numpy")
def median_code(codes: NDArray[np.int32], guess: int) -> float:
    """Exact median of integer codes by counting: gallop away from a guess, then bisect.

    The last epoch's median is a good guess, and counting is so cheap that a dozen passes beat
    any sorting. The codes of most sensors differ by multiples of a power of two, the lowest bit in
    which any two differ: between its multiples nobody needs to look (1.2 instead of 2.5 ns per
    sample of an AX3).
    """
    varying = np.int32(0)
    for i in range(len(codes)):
        varying |= codes[i] ^ codes[0]
    if varying == 0:
        return float(codes[0])
    unit = int(varying) & -int(varying)
    rank = (len(codes) + 1) // 2
    high = guess - (guess - int(codes[0])) % unit
    low, step = high - unit, max(unit, STRIDE)
    stride = step
    while count_up_to(codes, high) < rank:
        low, high, stride = high, high + stride, 2 * stride
    stride = step
    while count_up_to(codes, low) >= rank:
        low, high, stride = low - stride, low, 2 * stride
    while high - low > unit:
        middle = low + (high - low) // (2 * unit) * unit
        if count_up_to(codes, middle) >= rank:
            high = middle
        else:
            low = middle
    if len(codes) % 2 == 1 or count_up_to(codes, high) > rank:
        return float(high)
    above = np.int32(2**31 - 1)
    for i in range(len(codes)):
        if codes[i] > high:
            above = min(above, codes[i])
    return 0.5 * (high + above)


@njit(cache=True, nogil=True, error_model="numpy")
def close_epoch(state: Integers, seen: Array, codes: Codes, guesses: Integers, row: Array) -> None:
    """Turn the state of an epoch into a row of ``COLUMNS``."""
    count = state[COUNT]
    kept = min(count, codes.shape[1])
    for axis in range(3):
        total, squares = state[SUM + axis], state[SQUARES + axis]
        # count^2 times the variance, exact: no cancellation before the root
        sd = math.sqrt(float(count * squares - total * total)) / count
        median = median_code(codes[axis, :kept], guesses[axis])
        guesses[axis] = int(math.floor(median))
        row[axis] = median / PER_G
        row[3 + axis] = total / count / PER_G
        row[6 + axis] = sd / PER_G
        row[9 + axis] = state[LEAST + axis] / PER_G
        row[12 + axis] = state[GREATEST + axis] / PER_G
    observed = state[OBSERVED_NS] > 0
    row[15] = 1000.0 * state[ENMO] / count / (PER_G * ENMO_PER_CODE)
    row[16] = seen[JERK] if observed else np.nan
    row[17] = 1000.0 * seen[ACCEL] if observed else np.nan
    row[18] = 1e-9 * state[OBSERVED_NS]
    row[19] = seen[FLOOR]


@njit(cache=True, nogil=True, error_model="numpy")
def add_parts(
    accel_g: Array,
    jerk: Array,
    movement: Array,
    clipped: NDArray[np.bool_],
    parts: Integers,
    floors: Array,
    state: Integers,
    seen: Array,
    codes: Codes,
    guesses: Integers,
    numbers: Integers,
    rows: Array,
) -> int:
    """Add consecutive parts, each within one epoch, and emit the epochs they complete.

    Parameters
    ----------
    accel_g : (3, n), jerk, movement, clipped : (n,)
    parts : (p, 4)
        First sample, sample behind the last, epoch number, and the part's length in ns if an event
        could have been seen in it, else 0.
    floors : (p,)
        Noise floor at the part's end.
    state : (N_STATE,), seen : (N_LEVELS,), guesses : (3,)
        The open epoch; updated in place.
    codes : (3, c)
        Its samples as integers, for the median; those beyond c are left out of the epoch.
    numbers : (p, 3), rows : (p, 20)
        Out: epoch number, samples, clipped samples; ``COLUMNS``.

    Returns
    -------
    int
        Number of epochs completed.
    """
    done = 0
    for k in range(len(parts)):
        if parts[k, 2] != state[EPOCH]:
            if state[COUNT] > 0:
                close_epoch(state, seen, codes, guesses, rows[done])
                for j in range(3):
                    numbers[done, j] = state[j]
                done += 1
            clear(state, seen, parts[k, 2])
        have = state[COUNT]
        start = parts[k, 0]
        stop = min(parts[k, 1], start + codes.shape[1] - have)
        for axis in range(3):
            add_axis(
                accel_g[axis, start:stop], codes[axis, have : have + stop - start], state, axis
            )
        state[ENMO] += enmo_sum(
            accel_g[0, start:stop], accel_g[1, start:stop], accel_g[2, start:stop]
        )
        n_clipped = 0
        for i in range(start, stop):
            n_clipped += clipped[i]
        state[CLIPPED] += n_clipped
        state[COUNT] += stop - start
        seen[FLOOR] = floors[k]
        if parts[k, 3] > 0:
            state[OBSERVED_NS] += parts[k, 3]
            seen[JERK] = max(seen[JERK], largest(jerk[start:stop]))
            seen[ACCEL] = max(seen[ACCEL], largest(movement[start:stop]))
    return done
