"""Slow, obvious twins of the detector's kernels. They are the specification in code."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import signal


def band(accel_g, low_hz, high_hz, rate_hz):
    """Causal Butterworth band-pass that starts in the steady state of the first sample."""
    sos = signal.butter(2, [low_hz, high_hz], "bandpass", fs=rate_hz, output="sos")
    steady = signal.sosfilt_zi(sos)
    out = np.empty_like(accel_g)
    for axis in range(3):
        out[:, axis], _ = signal.sosfilt(sos, accel_g[:, axis], zi=steady * accel_g[0, axis])
    return out


def powers(accel_g, rate_hz, bands_hz):
    """Squared lengths of jerk and of the three bands."""
    slow, movement, impact = (band(accel_g, low, high, rate_hz) for low, high in bands_hz)
    jerk = np.diff(slow, axis=0, prepend=0) * rate_hz
    return np.array([(x**2).sum(axis=1) for x in (jerk, slow, movement, impact)])


def powers_by_recursion(accel_g, poles, gains, difference_hz):
    """The same, each axis and section by itself, in the order of operations that the kernel has."""
    n = len(accel_g)
    found = np.zeros((4, n))
    for axis in accel_g.T.tolist():
        x = [axis[0]] * 4 + axis
        x = [(x[i + 4] - x[i + 2]) - (x[i + 2] - x[i]) for i in range(n)]
        first, *others = (
            [gain * y for y in section(section(x, *poles[k]), *poles[k + 1])]
            for k, gain in zip((0, 2, 4), gains.tolist(), strict=True)
        )
        jerk = [(b - a) * difference_hz for a, b in pairwise([0.0, *first])]
        found += np.square([jerk, first, *others])
    return found


def section(x, a1, a2):
    """All-pole section."""
    out = [0.0, 0.0]
    for value in x:
        out.append((value - a2 * out[-2]) - a1 * out[-1])
    return out[2:]


def moving_rms(power, window_n):
    """The oldest sample enters with the fraction of the window that is left for it."""
    whole = int(window_n)
    weights = np.append(window_n - whole, np.ones(whole)) / window_n
    padded = np.concatenate([np.zeros(whole), power])
    return np.array([np.sqrt(padded[i : i + whole + 1] @ weights) for i in range(len(power))])


def percentile_95(frame):
    """Nearest rank."""
    return np.sort(frame)[int(np.ceil(0.95 * len(frame))) - 1]


def floors(levels, history_n, quantile):
    """Low quantile of the levels before each frame."""
    out = []
    for k in range(len(levels)):
        before = sorted(levels[max(0, k - history_n) : k])
        out.append(before[int(quantile * (len(before) - 1))] if before else np.nan)
    return np.array(out)


def events(jerk, accel, jerk_on, accel_on, off_share, merge_n, longest_n):
    """Two thresholds; returns (start, peak, end) of closed events and the one left open."""
    found, start, last, peak = [], None, None, None
    for i in range(len(jerk)):
        if start is None:
            if jerk[i] > jerk_on[i] or accel[i] > accel_on[i]:
                start = last = peak = i
            continue
        if jerk[i] > jerk[peak]:
            peak = i
        if jerk[i] > off_share * jerk_on[start] or accel[i] > off_share * accel_on[start]:
            last = i
        if i - start + 1 >= longest_n or i - last >= merge_n:
            found.append((start, peak, last))
            start = None
    return found, None if start is None else (start, peak, last)


def median(accel_g):
    """Median per axis, resolved to 1/16384 g."""
    return np.median(np.rint(accel_g * 16384), axis=0) / 16384


def epoch(accel_g, jerk, movement):
    """All columns of one fully observed epoch."""
    length = np.sqrt((accel_g**2).sum(axis=1))
    return {
        "median_g": median(accel_g),
        "mean_g": accel_g.mean(axis=0),
        "sd_g": accel_g.std(axis=0),
        "min_g": accel_g.min(axis=0),
        "max_g": accel_g.max(axis=0),
        "enmo_mg": 1000 * np.maximum(length - 1, 0).mean(),
        "jerk_max_g_per_s": jerk.max(),
        "accel_max_mg": 1000 * movement.max(),
    }


def width(envelope, peak, share):
    """Width in samples at a share of the peak, linear between samples."""
    level = share * envelope[peak]
    left = peak
    while envelope[left] >= level:
        left -= 1
    right = peak
    while envelope[right] >= level:
        right += 1
    rising = left + (level - envelope[left]) / (envelope[left + 1] - envelope[left])
    falling = right - (level - envelope[right]) / (envelope[right - 1] - envelope[right])
    return falling - rising


def angle_deg(a, b):
    cosine = a @ b / np.sqrt((a @ a) * (b @ b))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def zero_phase_peak_s(waveform, rate_hz):
    """Time of the largest 100 ms RMS of the 2-8 Hz jerk, filtered forwards and backwards."""
    sos = signal.butter(2, [2, 8], "bandpass", fs=rate_hz, output="sos")
    jerk = np.diff(signal.sosfiltfilt(sos, waveform)) * rate_hz
    window_n = round(0.1 * rate_hz)
    power = np.convolve(jerk**2, np.ones(window_n) / window_n, mode="same")
    return (power.argmax() + 0.5) / rate_hz
