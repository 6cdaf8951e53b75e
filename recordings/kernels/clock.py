"""Sifting of clock stamps, one after the other, in the order of the samples."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

ALL, FAR, AHEAD, BEHIND = 0, 1, 2, 3
"""Why :func:`sift` came back: nothing left; the next anchor lies too far behind the last one; it is
a jump forwards; it is a jump backwards."""

KEPT, REPEATED, BACKWARDS = 0, 1, 2
"""What became of an anchor: used; dropped because its stamp or its sample had been there before;
dropped because it would turn time back."""


@njit(cache=True, nogil=True, error_model="numpy")
def sift(
    anchors: NDArray[np.int64],
    first: int,
    last: NDArray[np.int64],
    rate: NDArray[np.float64],
    limits: NDArray[np.float64],
    verdicts: NDArray[np.uint8],
) -> tuple[int, int]:
    """Judge the anchors that continue the run, up to the first that does not.

    Parameters
    ----------
    anchors
        (k, 2): sample index, device time in ns.
    first
        Where to begin.
    last
        (3,): index and time of the run's newest knot, and the newest stamp, used or not; updated. A
        clock that stands still repeats its stamp, and knows nothing of the time that passes.
    rate
        (1,): ns per sample, an average over the past ``limits[3]`` samples; updated.
    limits
        (4,): largest distance of anchors in samples; smallest jump in ns; smallest jump as a
        fraction of the expected step; averaging length in samples.
    verdicts
        (k,): set for every anchor passed over.

    Returns
    -------
    position, why
        The anchor that stopped the sifting (k if none did), and the reason.
    """
    for j in range(first, anchors.shape[0]):
        steps = anchors[j, 0] - last[0]
        elapsed = anchors[j, 1] - last[1]
        if steps <= 0 or anchors[j, 1] == last[2]:
            verdicts[j] = REPEATED
            continue
        if steps > limits[0]:
            return j, FAR
        expected = steps * rate[0]
        jump = max(limits[1], limits[2] * expected)
        if elapsed - expected > jump:
            return j, AHEAD
        if expected - elapsed > jump:
            return j, BEHIND
        last[2] = anchors[j, 1]
        if elapsed <= 0:
            verdicts[j] = BACKWARDS if elapsed < 0 else REPEATED
            continue
        verdicts[j] = KEPT
        rate[0] += steps / (steps + limits[3]) * (elapsed / steps - rate[0])
        last[0] = anchors[j, 0]
        last[1] = anchors[j, 1]
    return anchors.shape[0], ALL
