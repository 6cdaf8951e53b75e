"""Waking life out of bed: an arm whose posture wanders, analytic in time."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from recordings.synthetic.vectors import Array, direction, faded, rotated

from .bodies import Lasting

_MINUTE_S = 60.0


def stretches(rng: Generator, begin_s: float, end_s: float) -> list[Lasting]:
    """Fill the time with walks, tasks and rests."""
    found = []
    while end_s - begin_s > 10:
        style = ("walk", "fidget", "sit")[rng.choice(3, p=(0.2, 0.45, 0.35))]
        length = min(rng.uniform(2, 15) * _MINUTE_S, end_s - begin_s)
        found.append(_stretch(rng, style, begin_s, length))
        begin_s += length
    return found


def _stretch(rng: Generator, style: str, start_s: float, length_s: float) -> Lasting:
    """Two angles and three pushes as sums of sines, in bouts of activity."""
    degrees, push_g = {"walk": (12, 0.08), "fidget": (30, 0.12), "sit": (12, 0.04)}[style]
    lines = 14
    turn_hz = np.exp(rng.uniform(np.log(0.01), np.log(0.7), (2, lines)))
    turn_rad = np.radians(degrees) * (0.03 / turn_hz) ** 0.5 * rng.standard_normal((2, lines)) / 3
    push_hz = rng.uniform(0.5, 5, (3, lines))
    phase = rng.uniform(0, 2 * np.pi, (5, lines))
    bout_hz, bout_rad = rng.uniform(0.02, 0.09, 3), rng.uniform(0, 2 * np.pi, 3)
    lazy = {"walk": -2.0, "fidget": 0.0, "sit": 1.2}[style]
    first, second = direction(rng), direction(rng)
    step_hz, step_g = rng.uniform(1.6, 2.1), rng.uniform(0.12, 0.3)

    def wave(t: Array, up: Array) -> Array:
        window = faded(t, length_s, min(5.0, length_s / 4))
        tide = sum(np.sin(2 * np.pi * f * t + p) for f, p in zip(bout_hz, bout_rad, strict=True))
        active = window / (1 + np.exp(-6 * (tide - lazy)))
        angles = np.zeros((2, len(t)))
        added_g = np.zeros((len(t), 3))
        for axis in range(2):
            for f, a, p in zip(turn_hz[axis], turn_rad[axis], phase[axis], strict=True):
                angles[axis] += window * a * np.sin(2 * np.pi * f * t + p)
        for axis in range(3):
            for f, p in zip(push_hz[axis], phase[axis + 2], strict=True):
                added_g[:, axis] += push_g * np.sqrt(2 / lines) * np.sin(2 * np.pi * f * t + p)
        added_g *= active[:, np.newaxis]
        if style == "walk":
            swing = np.abs(np.sin(np.pi * step_hz * t)) - 2 / np.pi
            swing += 0.4 * np.sin(4 * np.pi * step_hz * t)
            added_g += (window * 2 * step_g * swing)[:, np.newaxis] * up
        gravity = rotated(np.broadcast_to(up, (len(t), 3)), first, angles[0])
        return np.asarray(added_g + rotated(gravity, second, angles[1]) - up)

    return Lasting(cause=style, start_s=start_s, length_s=length_s, wave=wave)
