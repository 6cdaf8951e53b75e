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
    samples : (n, 3)
    gain_g, offset_g : (3,)
    limits : (2,)
        Raw values at or below the first, or at or above the second, are clipped.
    accel_g : (3, n), clipped : (n,)
        Out.
    """
    low, high = limits[0], limits[1]
    for i in range(len(samples)):
        x, y, z = float(samples[i, 0]), float(samples[i, 1]), float(samples[i, 2])
        accel_g[0, i] = x * gain_g[0] + offset_g[0]
        accel_g[1, i] = y * gain_g[1] + offset_g[1]
        accel_g[2, i] = z * gain_g[2] + offset_g[2]
        clipped[i] = min(x, y, z) <= low or max(x, y, z) >= high
