"""All that is derived from samples, frame by frame: filters, envelopes, levels.

Shape: one call for a batch. A frame goes through every step before the next one begins; step after
step over the whole batch takes the same time.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .bands import filter_bands
from .lanes import LANES
from .levels import SPARE, levels_of, moving_rms, root

Array = NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def derive(
    accel_g: Array,
    edges: NDArray[np.int64],
    factors: Array,
    window_n: float,
    state: Array,
    slow_g: Array,
    powers: Array,
    envelopes: Array,
    loudest: Array,
    level: Array,
) -> None:
    """Fill the derived signals of whole frames.

    Parameters
    ----------
    accel_g, factors, state, slow_g, powers
        As :func:`detector.kernels.bands.filter_bands` takes them.
    edges : (m + 1,)
        Borders of the frames, ascending.
    window_n
        Of the moving RMS.
    envelopes : (2, n)
        Out: jerk (moving RMS) and movement.
    loudest, level : (2, m)
        Out: largest value and 95th percentile of both in each frame.
    """
    longest = 0
    for frame in range(len(edges) - 1):
        longest = max(longest, edges[frame + 1] - edges[frame])
    scratch = np.empty(LANES * longest + SPARE)
    for frame in range(len(edges) - 1):
        start, stop = edges[frame], edges[frame + 1]
        filter_bands(accel_g, start, stop, factors, state, scratch, slow_g, powers)
        moving_rms(powers[0], start, stop, window_n, envelopes[0, start:stop])
        root(powers[2, start:stop], envelopes[1, start:stop])
        for k in range(2):
            loudest[k, frame], level[k, frame] = levels_of(envelopes[k, start:stop], scratch)
