"""When a jerk was at its strongest, free of the filters' delay.

A causal band-pass delays 2.5 Hz by 160 ms and 5 Hz by 66 ms, so no one constant is right for every
limb. Running the same filter once more, backwards, over the second around a peak cancels the delay
at every frequency. That costs some microseconds, so only events that matter are timed like this.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

TOP = 0.9
"""Share of the maximum above which the top of an envelope lies. A lower share would average over
the ripple that the RMS leaves of fast limbs, but lean towards the slow side of lopsided jerks."""


@njit(cache=True, nogil=True, error_model="numpy")
def filter_backwards(x: Array, poles: Array, gain: float, out: Array) -> None:
    """Run one band-pass from the last sample to the first, from rest.

    Parameters
    ----------
    x, out : (n,)
    poles : (2, 2)
        a1 and a2 of both sections.
    """
    p1, p2, q1, q2 = 0.0, 0.0, 0.0, 0.0
    last = len(x) - 1
    for i in range(last, -1, -1):
        x2, x4 = x[min(i + 2, last)], x[min(i + 4, last)]
        p1, p2 = ((x[i] - x2) - (x2 - x4)) - poles[0, 1] * p2 - poles[0, 0] * p1, p1
        q1, q2 = p1 - poles[1, 1] * q2 - poles[1, 0] * q1, q1
        out[i] = gain * q1


@njit(cache=True, nogil=True, error_model="numpy")
def centred_rms(power: Array, window_n: int, out: Array) -> None:
    """Root of the mean of ``window_n`` powers, the latest ``window_n // 2`` before each sample."""
    for i in range(len(power)):
        total = 0.0
        first = i - window_n // 2
        for k in range(max(0, first), min(len(power), first + window_n)):
            total += power[k]
        out[i] = np.sqrt(total / window_n)


@njit(cache=True, nogil=True, error_model="numpy")
def zero_phase_peak(
    slow_g: Array, poles: Array, gain: float, window_n: int, around: int, reach: int
) -> float:
    """Position of the largest zero-phase jerk envelope near a first estimate.

    Parameters
    ----------
    slow_g : (3, n)
        Acceleration after the forward pass of the jerk band.
    poles, gain
        Of the jerk band.
    window_n
        Length of the moving RMS.
    around, reach
        First estimate, and how far from it the peak may lie, in samples.

    Returns
    -------
    float
        In samples of ``slow_g``; the middle of the top of the envelope, whose flat maximum
        wanders.
    """
    n = slow_g.shape[1]
    power, envelope, back = np.zeros(n), np.empty(n), np.empty(n)
    for axis in range(3):
        filter_backwards(slow_g[axis], poles, gain, back)
        for i in range(1, n):
            power[i] += (back[i] - back[i - 1]) ** 2
    centred_rms(power, window_n, envelope)
    peak = max(0, around - reach)
    for i in range(peak, min(n, around + reach + 1)):
        if envelope[i] > envelope[peak]:
            peak = i
    level = TOP * envelope[peak]
    left, right = peak, peak
    while left > 0 and envelope[left - 1] >= level:
        left -= 1
    while right < n - 1 and envelope[right + 1] >= level:
        right += 1
    first, last = float(left), float(right)
    if left > 0:
        first -= (envelope[left] - level) / (envelope[left] - envelope[left - 1])
    if right < n - 1:
        last += (envelope[right] - level) / (envelope[right] - envelope[right + 1])
    # a difference lies half a sample early, and so does a window of even length
    return 0.5 * (first + last) - 0.5 - (0.5 if window_n % 2 == 0 else 0.0)
