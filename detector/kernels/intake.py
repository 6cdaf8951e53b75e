"""Raw counts to g, axis by axis: every later loop runs along one axis."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def to_g(
    samples: NDArray[np.int16] | Array,
    gain_g: Array,
    offset_g: Array,
    limits: Array,
    accel_g: Array,
    clipped: NDArray[np.bool_],
) -> None:
    """Scale samples and mark those in which any axis is at an end of the sensor's range.

    Parameters
    ----------
    samples : (3 * n,)
        x, y, z, x, ... One dimension, because a stride known when compiling is what lets the loops
        run on vectors.
    gain_g, offset_g : (3,)
    limits : (2,)
        Raw values at or below the first, or at or above the second, are clipped.
    accel_g : (3, n), clipped : (n,)
        Out.
    """
    for axis in range(3):
        gain, offset, out = gain_g[axis], offset_g[axis], accel_g[axis]
        for i in range(len(out)):
            out[i] = float(samples[3 * i + axis]) * gain + offset
    low, high = limits[0], limits[1]
    for i in range(len(clipped)):
        x, y, z = float(samples[3 * i]), float(samples[3 * i + 1]), float(samples[3 * i + 2])
        clipped[i] = min(x, y, z) <= low or max(x, y, z) >= high
