"""When a jerk was at its strongest, free of the filters' delay and of the sampling rate.

A causal band-pass delays 2.5 Hz by 160 ms and 5 Hz by 66 ms, so no one constant is right for every
limb; and as a digital filter it is never quite the same at two rates, so that of two bursts of
equal size now one is the larger, now the other. So around the events that matter the jerk is
computed once more, by a symmetric filter cut from the analog band's response: it costs some tenths
of a millisecond, delays nothing, and is the same at every rate.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHARPNESS = 64
"""The time is the centre of gravity of this power of the envelope: of one peak its middle, of two
equal ones the middle between them; one of 0.96 of the height of the other weighs a tenth of it. The
highest sample alone would jump from one of two equal peaks to the other with the sampling rate; a
lower power would pull the time away from the higher of two unequal ones."""


@njit(cache=True, nogil=True, error_model="numpy")
def jerk_power(accel_g: Array, taps: Array, first: int, power: Array) -> None:
    """Squared length of the zero-phase band-passed jerk vector.

    Parameters
    ----------
    accel_g : (3, n)
        Beyond its ends the outermost samples are taken to go on.
    taps : (k,)
        One half of an antisymmetric filter: see :func:`detector.signal.filters.jerk_taps`.
    first
        Position of the first output.
    power : (m,)
        Out.
    """
    last = accel_g.shape[1] - 1
    power[:] = 0.0
    for axis in range(3):
        x = accel_g[axis]
        for i in range(len(power)):
            jerk = 0.0
            for k in range(len(taps)):
                ahead, behind = min(first + i + k + 1, last), max(first + i - k - 1, 0)
                jerk += taps[k] * (x[ahead] - x[behind])
            power[i] += jerk * jerk


@njit(cache=True, nogil=True, error_model="numpy")
def centred_rms(power: Array, window_n: float, out: Array) -> None:
    """Root of the mean of ``window_n`` powers around each sample.

    The window need not be whole samples: the outermost ones enter with the fraction that is left,
    or the same jerk would be seen through a longer window at one rate than at another.
    """
    reach = int(0.5 * (window_n - 1))
    fraction = 0.5 * (window_n - 1) - reach
    last = len(power) - 1
    for i in range(len(power)):
        total = 0.0
        for k in range(max(0, i - reach), min(last, i + reach) + 1):
            total += power[k]
        if i > reach:
            total += fraction * power[i - reach - 1]
        if i + reach < last:
            total += fraction * power[i + reach + 1]
        out[i] = np.sqrt(total / window_n)


@njit(cache=True, nogil=True, error_model="numpy")
def peak_position(accel_g: Array, taps: Array, window_n: float, around: int, reach: int) -> float:
    """Position of the peak of the zero-phase jerk envelope near a first estimate.

    Parameters
    ----------
    accel_g : (3, n)
    taps
        Of the jerk band.
    window_n
        Length of the moving RMS, 1 or more; not rounded.
    around, reach
        First estimate, and how far from it the peak may lie, in samples.

    Returns
    -------
    float
        In samples of ``accel_g``.
    """
    first, stop = max(0, around - reach), min(accel_g.shape[1], around + reach + 1)
    power, envelope = np.empty(stop - first), np.empty(stop - first)
    jerk_power(accel_g, taps, first, power)
    centred_rms(power, window_n, envelope)
    largest = envelope.max()
    if not largest > 0:
        return float(around)
    total, moment = 0.0, 0.0
    for i in range(len(envelope)):
        weight = (envelope[i] / largest) ** SHARPNESS
        total += weight
        moment += weight * i
    return first + moment / total
