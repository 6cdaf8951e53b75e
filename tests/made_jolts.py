"""Signals of a resting sensor with jolts in them, and the pass over them."""

from __future__ import annotations

from itertools import pairwise

import naive_detector as naive
import numpy as np

from detector.scan import Scan
from detector.signal.stream import Stream
from recordings import SECOND_NS, Chunk

START_NS = 1_709_654_467 * SECOND_NS + 123_456_789
STEP_G = 0.0039


def jolts(rate_hz, seconds, at_s, *, size_g=0.3, seed=0, noise_g=0.004):
    """Gravity with sensor noise and damped 4 Hz jolts that begin at the given times."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    accel_g = rng.normal(0, noise_g, (len(t), 3)) + [0, 0, 1]
    for begin in at_s:
        s = np.maximum(t - begin, 0)
        accel_g[:, 0] += size_g * np.sin(2 * np.pi * 4 * s) * np.exp(-s / 0.15)
    return accel_g


def jolt_peak_s():
    """When a jolt is at its strongest, after it begins."""
    t = np.arange(-4000, 4000) / 1000
    s = np.maximum(t, 0)
    waveform = np.sin(2 * np.pi * 4 * s) * np.exp(-s / 0.15)
    return naive.zero_phase_peak_s(waveform, 1000) - 4.0


PEAK_S = jolt_peak_s()


def scan_pieces(chunks, rate_hz, step_g=STEP_G, scan_settings=None):
    stream = Stream(rate_hz, step_g, scan_settings)
    return Scan.concat([*[stream.push(chunk) for chunk in chunks], stream.finish()])


def scan_array(accel_g, rate_hz, cuts=(), start_ns=START_NS):
    edges = [0, *sorted(cuts), len(accel_g)]
    return scan_pieces(
        [
            Chunk.uniform(accel_g[a:b], rate_hz, start_ns, first_index=a)
            for a, b in pairwise(edges)
            if b > a
        ],
        rate_hz,
    )
