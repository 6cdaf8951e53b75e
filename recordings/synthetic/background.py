"""Breathing and heartbeat of a body that lies still: analytic in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .movements import Movement
from .vectors import Array, across, direction

_BEAT_POINTS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What reaches the sensor from chest and heart; how much depends on the posture."""

    knots_s: Array
    breath_g: Array
    """Shape (k, 3): the tilt's effect at each knot, perpendicular to gravity; linear between."""
    beat_g: Array
    """Shape (k, 3): the ballistocardiogram's peak."""
    breath_hz: float
    heart_hz: float
    wander_hz: Array
    """Three slow frequencies at which both rates wander."""
    wander_rad: Array
    beat: Array
    """One beat over its phase, peak 1."""

    @classmethod
    def draw(cls, seed: int, movements: Sequence[Movement], ups: Sequence[Array]) -> Background:
        """Draw a sleeper's background for a sequence of movements.

        Parameters
        ----------
        seed
            Of the plan.
        movements
            In order of their beginning.
        ups
            Specific force at rest before each of them and after the last.
        """
        rng = np.random.default_rng([seed, 0, 100])
        heart_hz = rng.uniform(45, 85) / 60
        breath_hz, carrier_hz = rng.uniform(0.2, 0.35), rng.uniform(6, 12)
        wander_hz, wander_rad = rng.uniform(0.004, 0.03, 3), rng.uniform(0, 2 * np.pi, 3)
        knots_s, breath, beat = [-1.0], [], []

        def reach_chest(up: Array) -> None:
            size_g = np.clip(0.003 * np.exp(0.6 * rng.standard_normal()), 0.001, 0.01)
            breath.append(size_g * across(up, rng))
            # mostly invisible, as on real nights; up to 10 mg when the arm lies on the chest
            beat.append(0.01 * rng.uniform() ** 3 * direction(rng))

        reach_chest(ups[0])
        for movement, after in zip(movements, ups[1:], strict=True):
            if movement.cause == "turn":
                knots_s += [movement.start_s, movement.start_s + movement.length_s]
                breath.append(breath[-1])
                beat.append(beat[-1])
                reach_chest(after)
        return cls(
            knots_s=np.array(knots_s),
            breath_g=np.array(breath),
            beat_g=np.array(beat),
            breath_hz=breath_hz,
            heart_hz=heart_hz,
            wander_hz=wander_hz,
            wander_rad=wander_rad,
            beat=_beat(carrier_hz, heart_hz),
        )

    def at(self, times_s: Array) -> Array:
        """Return what it adds at the given times, g, shape (n, 3)."""
        wander = np.zeros_like(times_s)
        for hz, phase in zip(self.wander_hz, self.wander_rad, strict=True):
            # the rate itself wanders by 2.5 % at each of the three frequencies
            wander += 0.025 / (2 * np.pi * hz) * np.sin(2 * np.pi * hz * times_s + phase)
        breath = 2 * np.pi * self.breath_hz * (times_s + wander)
        wave = np.sin(breath)
        wave += 0.2 * np.sin(2 * breath + 0.5)
        # the heart hurries when one breathes in
        beats = self.heart_hz * (times_s + 0.5 * wander) + 0.03 * np.sin(breath + 1.0)
        beats -= np.floor(beats)
        pulse = np.interp(beats, np.linspace(0, 1, _BEAT_POINTS + 1), self.beat)
        added = np.empty((len(times_s), 3))
        for axis in range(3):
            added[:, axis] = wave * np.interp(times_s, self.knots_s, self.breath_g[:, axis])
            added[:, axis] += pulse * np.interp(times_s, self.knots_s, self.beat_g[:, axis])
        return added


def _beat(carrier_hz: float, heart_hz: float) -> Array:
    """Two wave packets per beat, the second a third as large, zero at both ends."""
    t = np.linspace(0, 1, _BEAT_POINTS + 1) / heart_hz
    later_s = round(0.25 * carrier_hz) / carrier_hz  # in step with the first
    beat = np.zeros_like(t)
    for after_s, size in ((0.2, 1.0), (0.2 + later_s, 0.3)):
        envelope = size * np.exp(-(((t - after_s) / 0.1) ** 2))
        beat += envelope * np.cos(2 * np.pi * carrier_hz * (t - after_s))
    beat[[0, -1]] = 0
    return np.asarray(beat / np.abs(beat).max())
