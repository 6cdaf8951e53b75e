"""Waking life, and a vehicle: long stretches computed at the sample times, never stored whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator

from .movements import Shape
from .vectors import (
    GRAVITY_M_S2,
    Array,
    across,
    direction,
    faded,
    reach,
    reach_acceleration,
    rotated,
)

Style = Literal["walk", "fidget", "sit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manner:
    """How the arm moves: all values are medians of log-normal draws."""

    dwell_s: float
    over_s: float
    angle_deg: float
    push_m: float
    sway_deg: float


_MANNERS: dict[Style, _Manner] = {
    "walk": _Manner(dwell_s=6, over_s=0.6, angle_deg=15, push_m=0.05, sway_deg=2),
    "fidget": _Manner(dwell_s=3, over_s=0.7, angle_deg=35, push_m=0.10, sway_deg=1.5),
    "sit": _Manner(dwell_s=25, over_s=0.9, angle_deg=20, push_m=0.05, sway_deg=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Path:
    """Where an arm goes: it dwells at each place and reaches for the next, and ends at home."""

    begin_s: Array
    over_s: Array
    angles_rad: Array
    """Shape (k + 1, 2): about two fixed axes; the first and the last are zero."""
    push_m: Array
    """Shape (k, 3)."""

    @classmethod
    def draw(cls, rng: Generator, manner: _Manner, length_s: float) -> _Path:
        count = max(2, int(length_s / manner.dwell_s))
        over = np.clip(manner.over_s * np.exp(0.4 * rng.standard_normal(count)), 0.25, 3)
        gaps = over + manner.dwell_s * rng.standard_exponential(count)
        begin = np.concatenate([[0.0], np.cumsum(gaps)[:-1]]) * 0.9 * length_s / gaps.sum()
        over = np.minimum(over, np.diff(begin, append=length_s))
        angles = np.radians(manner.angle_deg) * rng.standard_normal((count + 1, 2))
        angles[[0, -1]] = 0
        size = manner.push_m * np.exp(0.5 * rng.standard_normal((count, 1)))
        # a hand cannot go far in no time: at most 2 g at the peak of the reach
        size = np.minimum(size, 2 * GRAVITY_M_S2 / 5.8 * over[:, np.newaxis] ** 2)
        toward = rng.standard_normal((count, 3))
        toward /= np.linalg.norm(toward, axis=1, keepdims=True)
        return cls(begin_s=begin, over_s=over, angles_rad=angles, push_m=size * toward)

    def at(self, t: Array) -> tuple[Array, Array]:
        """Angles in rad, shape (n, 2), and acceleration in g, shape (n, 3)."""
        k = np.clip(np.searchsorted(self.begin_s, t, side="right") - 1, 0, None)
        x = (t - self.begin_s[k]) / self.over_s[k]
        done = reach(x)[:, np.newaxis]
        angles = self.angles_rad[k] * (1 - done) + self.angles_rad[k + 1] * done
        strength = reach_acceleration(x) / (self.over_s[k] ** 2 * GRAVITY_M_S2)
        return angles, strength[:, np.newaxis] * self.push_m[k]


@dataclass(frozen=True, slots=True, kw_only=True)
class Awake:
    """A stretch of waking life of one style. It begins and ends in the same posture."""

    style: Style
    start_s: float
    length_s: float
    seed: int

    @property
    def cause(self) -> str:
        """``walk``, ``fidget`` or ``sit``."""
        return self.style

    def settled(self, up: Array) -> Array:
        """Home again."""
        return up

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:  # noqa: ARG002 (slow)
        """Arm postures and reaches, the sway of a held arm, and steps when walking."""
        rng = np.random.default_rng([self.seed, 1])
        manner = _MANNERS[self.style]
        path = _Path.draw(rng, manner, self.length_s)
        first, second = direction(rng), direction(rng)
        sway_hz, sway_phase = rng.uniform(0.02, 0.25, (2, 3)), rng.uniform(0, 2 * np.pi, (2, 3))
        stride = _Stride.draw(rng, up) if self.style == "walk" else None

        def shape(times_s: Array) -> Array:
            t = times_s - self.start_s
            angles, accel_g = path.at(t)
            window = faded(t, self.length_s, min(5.0, self.length_s / 4))
            for axis in range(2):
                waves = np.sin(2 * np.pi * sway_hz[axis] * t[:, np.newaxis] + sway_phase[axis])
                angles[:, axis] += window * np.radians(manner.sway_deg) * waves.sum(axis=1)
            if stride is not None:
                angles[:, 0] += window * stride.swing_rad(t)
                accel_g += window[:, np.newaxis] * stride.bounce_g(t)
            gravity = rotated(np.broadcast_to(up, (len(t), 3)), first, angles[:, 0])
            return accel_g + rotated(gravity, second, angles[:, 1]) - up

        return shape


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stride:
    """Walking: the body bounces at step rate, the arm swings at half of it."""

    step_hz: float
    swing_deg: float
    along: Array
    forward: Array
    sizes_g: tuple[float, float, float]

    @classmethod
    def draw(cls, rng: Generator, up: Array) -> _Stride:
        size = rng.uniform(0.12, 0.3)
        return cls(
            step_hz=rng.uniform(1.6, 2.05),
            swing_deg=rng.uniform(8, 25),
            along=up,
            forward=across(up, rng),
            sizes_g=(size, 0.5 * size, 0.3 * size),
        )

    def swing_rad(self, t: Array) -> Array:
        return np.asarray(np.radians(self.swing_deg) * np.sin(np.pi * self.step_hz * t))

    def bounce_g(self, t: Array) -> Array:
        phase = 2 * np.pi * self.step_hz * t
        one, two, three = self.sizes_g
        bounce = one * np.sin(phase) + two * np.sin(2 * phase + 0.8) + three * np.sin(3 * phase + 2)
        return bounce[:, np.newaxis] * self.along + (
            0.6 * one * np.sin(phase / 2 + 1)[:, np.newaxis] * self.forward
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A bus, a train, a ship's engine: a floor of vibration from 1 to 15 Hz for many minutes."""

    start_s: float
    length_s: float
    rms_g: float
    seed: int
    cause: Literal["vehicle"] = "vehicle"

    def settled(self, up: Array) -> Array:
        """It turns nothing."""
        return up

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:  # noqa: ARG002 (slow)
        """Forty sinusoids on every axis, at random frequencies."""
        rng = np.random.default_rng([self.seed, 2])
        lines = 40
        hz = rng.uniform(1, 15, (3, lines))
        phase = rng.uniform(0, 2 * np.pi, (3, lines))
        size = self.rms_g * np.sqrt(2 / lines)

        def shape(times_s: Array) -> Array:
            t = times_s - self.start_s
            window = size * faded(t, self.length_s, 20.0)
            accel_g = np.empty((len(t), 3))
            for axis in range(3):
                wave = np.zeros(len(t))
                for f, p in zip(hz[axis], phase[axis], strict=True):
                    wave += np.sin(2 * np.pi * f * t + p)
                accel_g[:, axis] = window * wave
            return accel_g

        return shape
