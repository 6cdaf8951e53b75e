"""Plain rules that a detector must beat: each turns a stretch of samples into event positions.

All take acceleration in g, shape (n, 3), and a rate, and return what finds events at a multiple of
the rule's threshold. Movement in the stretch itself sets their floors, as it would for anyone who
runs them on a night.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, lfilter, sosfiltfilt

Floats = NDArray[np.float64]
Rule = Callable[[float], NDArray[np.int64]]
"""From a multiple of the threshold to the positions of event peaks."""

SCALES = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0)
"""Multiples of each rule's own threshold at which it is judged as well."""
MERGE_S = 0.5


def band(accel_g: Floats, rate_hz: float, low_hz: float, high_hz: float) -> Floats:
    """Second-order Butterworth, forwards and backwards; the upper edge as the rate allows."""
    edges = [low_hz, min(high_hz, 0.45 * rate_hz)]
    return np.asarray(sosfiltfilt(butter(2, edges, "band", fs=rate_hz, output="sos"), accel_g, 0))


def jerk_envelope(accel_g: Floats, rate_hz: float, low_hz: float, high_hz: float) -> Floats:
    """100-ms RMS of the vector norm of the band's derivative, g/s."""
    jerk = np.gradient(band(accel_g, rate_hz, low_hz, high_hz), 1 / rate_hz, axis=0)
    power = uniform_filter1d((jerk * jerk).sum(axis=1), max(1, round(0.1 * rate_hz)))
    return np.sqrt(np.maximum(power, 0.0))


def bouts(signal: Floats, on: float, off: float, rate_hz: float) -> NDArray[np.int64]:
    """Peak positions of stretches above ``off`` that reach ``on``, merged over pauses.

    Parameters
    ----------
    signal
        What is compared.
    on, off
        Where a bout is recognised, and where it ends.
    rate_hz
        Of the signal.
    """
    above = np.flatnonzero(signal > off)
    if not len(above):
        return np.empty(0, np.int64)
    cuts = np.flatnonzero(np.diff(above) > MERGE_S * rate_hz) + 1
    peaks = [part[signal[part].argmax()] for part in np.split(above, cuts)]
    return np.array([p for p in peaks if signal[p] > on], np.int64)


def motionwatch(accel_g: Floats, rate_hz: float) -> Rule:
    """0.1 g on any axis within 3 to 11 Hz."""
    size_g = np.abs(band(accel_g, rate_hz, 3, 11)).max(axis=1)
    return lambda scale: bouts(size_g, 0.1 * scale, 0.1 * scale, rate_hz)


def mad_jerk(accel_g: Floats, rate_hz: float) -> Rule:
    """Median and four MAD of the jerk in 2 to 20 Hz."""
    envelope = jerk_envelope(accel_g, rate_hz, 2, 20)
    median = float(np.median(envelope))
    spread = 4 * float(np.median(np.abs(envelope - median)))
    return lambda scale: bouts(envelope, *2 * (median + scale * spread,), rate_hz)


def two_pass(accel_g: Floats, rate_hz: float) -> Rule:
    """As S-PLMAD: a floor, then the floor of what stayed below it; jerk in 2 to 8 Hz."""
    envelope = jerk_envelope(accel_g, rate_hz, 2, 8)
    calm = envelope[envelope < 4 * np.median(envelope)]
    floor = float(np.mean(calm) + 2 * np.std(calm))
    return lambda scale: bouts(envelope, 4 * scale * floor, scale * floor, rate_hz)


def enmo(accel_g: Floats, rate_hz: float) -> Rule:
    """Bouts of more than 50 mg beyond gravity."""
    beyond_g = np.maximum(np.linalg.norm(accel_g, axis=1) - 1, 0.0)
    return lambda scale: bouts(beyond_g, 0.05 * scale, 0.05 * scale, rate_hz)


def sta_lta(accel_g: Floats, rate_hz: float) -> Rule:
    """Recursive short over long average of the squared 2 to 8 Hz band: on at 20, off at 2."""
    power = (band(accel_g, rate_hz, 2, 8) ** 2).sum(axis=1)
    short, long = (
        lfilter([1 / (length_s * rate_hz)], [1, 1 / (length_s * rate_hz) - 1], power)
        for length_s in (0.3, 30.0)
    )
    ratio = short / np.maximum(long, 1e-12)
    ratio[: round(30 * rate_hz)] = 0.0
    # the average runs late: the event is where the power itself was greatest just before
    back = round(0.6 * rate_hz)

    def rule(scale: float) -> NDArray[np.int64]:
        found = bouts(ratio, 20 * scale, 2 * scale, rate_hz)
        first = np.maximum(0, found - back)
        return first + [power[a : b + 1].argmax() for a, b in zip(first, found, strict=True)]

    return rule


ANCHORS: dict[str, Callable[[Floats, float], Rule]] = {
    "0.1 g in 3-11 Hz": motionwatch,
    "4 MAD of 2-20 Hz jerk": mad_jerk,
    "two-pass floor, 2-8 Hz jerk": two_pass,
    "ENMO over 50 mg": enmo,
    "recursive STA/LTA": sta_lta,
}
RANDOM = "random, as many as hypnic"
