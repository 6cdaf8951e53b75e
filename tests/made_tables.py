"""Text tables made in memory, and their reading."""

from __future__ import annotations

import numpy as np

from recordings import ReadOptions, open_recording

T0 = np.datetime64("2024-03-05T21:59:59.250", "ns")
STEP = np.timedelta64(10, "ms")


def values(n=500, seed=3):
    """Accelerations in g, shape (n, 3), with 4 decimals: a sensor at rest."""
    return (np.random.default_rng(seed).normal(0, 0.005, (n, 3)) + [0, 0.6, 0.8]).round(4)


def stamps(n=500, step=STEP, start=T0):
    return start + step * np.arange(n)


def iso(times, digits="ms", zone=""):
    return [f"{t}{zone}" for t in times.astype(f"M8[{digits}]").astype(str)]


def table(times, accel, *, names="time,x,y,z", delimiter=",", decimal=".", newline="\n"):
    """The text of a table; ``times`` is a list of text or None, ``names`` may be empty."""
    lines = [names.replace(",", delimiter)] if names else []
    for row, sample in enumerate(accel.tolist()):
        cells = [format(value, ".10g").replace(".", decimal) for value in sample]
        lines.append(delimiter.join([times[row], *cells] if times else cells))
    return (newline.join(lines) + newline).encode()


def read(path, **options):
    """Samples in g, times, segments as (reason, samples), and the recording."""
    recording = open_recording(path, ReadOptions(**options))
    chunks = list(recording.chunks())
    times = [c.times_ns(c.first_index + np.arange(len(c))) for c in chunks]
    accel_g = np.concatenate([c.scale.to_g(c.samples) for c in chunks])
    segments = [(s.reason, s.samples) for s in recording.health.segments]
    return accel_g, np.concatenate(times), segments, recording
