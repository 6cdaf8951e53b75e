"""Movements of finite length: what the sensor adds to the gravity it showed before them.

Every movement is a function of continuous time. ``shape(up)`` computes its waveform once on a fine
local grid and returns a function that interpolates it, so that any sampling rate sees the same
movement. ``up`` is the direction of the specific force at rest before the movement, in the sensor's
axes; the waveform is what is added to it, in g; after the movement the sensor rests at
``settled(up)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.signal import lfilter  # type: ignore[attr-defined]  # scipy has no types

from .vectors import GRAVITY_M_S2, Array, faded, reach, reach_acceleration, rotated

GRID_S = 0.001
_RING_GRID_S = 0.00025  # a knock rings at up to 45 Hz and begins within 2 ms
_SMEAR_S = 0.1

Shape = Callable[[Array], Array]
"""From times in s since the recording's start, shape (n,), to g, shape (n, 3)."""


class Movement(Protocol):
    """Anything that moves the sensor for a while."""

    @property
    def cause(self) -> str:
        """What it is (see :data:`.truth.KINDS`)."""
        ...

    @property
    def start_s(self) -> float:
        """When it begins, in s since the recording's start."""
        ...

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        ...

    def shape(self, up: Array, bandwidth_hz: float) -> Shape:
        """Return its waveform as a function of time.

        Parameters
        ----------
        up
            Specific force at rest before it, shape (3,).
        bandwidth_hz
            Where the sensor's own low-pass has lost 3 dB.
        """
        ...

    def settled(self, up: Array) -> Array:
        """Return the specific force at rest after it."""
        ...


def _grid(length_s: float, step_s: float) -> Array:
    """Times from 0 to the end of a movement."""
    return np.arange(round(length_s / step_s) + 1, dtype=np.float64) * step_s


def _on_grid(start_s: float, step_s: float, accel_g: Array) -> Shape:
    """Interpolate linearly; constant outside.

    On a grid of 1 ms a 10-Hz oscillation is off by 0.05 % of its amplitude at most.
    """
    grid_s = start_s + step_s * np.arange(len(accel_g))

    def shape(times_s: Array) -> Array:
        return np.stack([np.interp(times_s, grid_s, accel_g[:, i]) for i in range(3)], axis=-1)

    return shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """One discharge of the muscle."""

    after_s: float
    length_s: float
    strength: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One minimum-jerk piece of a movement: a turn of the limb and a push of the sensor."""

    after_s: float
    over_s: float
    axis: Array
    angle_rad: float
    push_m: Array
    """Displacement, in the sensor's axes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """A voluntary-like movement: turning over, reaching, shifting a limb."""

    cause: str
    start_s: float
    steps: tuple[Step, ...]

    @property
    def length_s(self) -> float:
        """Until the last step is done."""
        return max(step.after_s + step.over_s for step in self.steps) + 2 * GRID_S

    def settled(self, up: Array) -> Array:
        """Gravity after all turns."""
        for step in self.steps:
            up = rotated(up, step.axis, step.angle_rad)
        return up

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:  # noqa: ARG002 (slow)
        """Turn after turn, each with the acceleration of its push."""
        t = _grid(self.length_s, GRID_S)
        accel_g = np.zeros((len(t), 3))
        gravity = np.broadcast_to(up, (len(t), 3))
        for step in self.steps:
            x = (t - step.after_s) / step.over_s
            gravity = rotated(gravity, step.axis, step.angle_rad * reach(x))
            push_g = step.push_m / (step.over_s**2 * GRAVITY_M_S2)
            accel_g += reach_acceleration(x)[:, np.newaxis] * push_g
        accel_g += gravity - up
        return _on_grid(self.start_s, GRID_S, accel_g)


def _low_passed(wave: Array, first: float, second: float) -> Array:
    """Filter by ``1 / (second s^2 + first s + 1)`` on the grid of 1 ms (bilinear transform)."""
    a, b = second * 4 / GRID_S**2, first * 2 / GRID_S
    total = a + b + 1
    return np.asarray(lfilter([1, 2, 1], [total, 2 - 2 * a, a - b + 1], wave))


@dataclass(frozen=True, slots=True, kw_only=True)
class Jerk:
    """A muscle twitch that throws a limb which lies on a mattress.

    EMG bursts (raised cosines) -> muscle force (low-pass of order 2, both time constants
    ``muscle_s``) -> limb angle (a damped oscillator of ``limb_hz``) -> at the sensor, ``lever_m``
    from the joint: tangential and centripetal acceleration, and gravity turned by the angle.
    """

    cause: str
    start_s: float
    bursts: tuple[Burst, ...]
    muscle_s: float
    limb_hz: float
    damping: float
    lever_m: float
    axis: Array
    radius: Array
    """Unit vector from the joint to the sensor, perpendicular to ``axis``."""
    gain_rad: float = 0.05
    """Angle at which the limb would come to rest under a lasting discharge."""
    shift_axis: Array
    shift_rad: float = 0.0
    shift_s: float = 1.0
    arousal: Moves | None = None
    """Movement that follows; its start counts from the start of the jerk. It must return."""

    @property
    def length_s(self) -> float:
        """Until the limb has come to rest."""
        discharged = max(burst.after_s + burst.length_s for burst in self.bursts)
        # eight time constants of the oscillator, and of the muscle
        quiet = discharged + 8 * (1 / (2 * np.pi * self.limb_hz * self.damping) + self.muscle_s)
        moved = 0.0 if self.arousal is None else self.arousal.start_s + self.arousal.length_s
        return float(max(quiet, self.shift_s + 2 * GRID_S, moved))

    def settled(self, up: Array) -> Array:
        """Gravity after the lasting shift."""
        return rotated(up, self.shift_axis, self.shift_rad)

    def _angle_rad(self, t: Array) -> Array:
        """Limb angle, zero again at the end."""
        emg = np.zeros_like(t)
        for burst in self.bursts:
            x = np.clip((t - burst.after_s) / burst.length_s, 0.0, 1.0)
            emg += burst.strength * np.sin(np.pi * x) ** 2
        tau, omega = self.muscle_s, 2 * np.pi * self.limb_hz
        force = _low_passed(emg, 2 * tau, tau * tau)
        angle = _low_passed(force, 2 * self.damping / omega, 1 / omega**2)
        return np.asarray(self.gain_rad * angle * reach((t[-1] - t) / 0.3))

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:
        """Acceleration of the sensor at the end of its lever, and gravity as it sees it."""
        t = _grid(self.length_s, GRID_S)
        angle = self._angle_rad(t)
        speed = np.gradient(angle, GRID_S)
        lever_g = self.lever_m / GRAVITY_M_S2
        tangent = np.cross(self.axis, self.radius)
        accel_g = lever_g * (
            np.gradient(speed, GRID_S)[:, np.newaxis] * tangent
            - (speed * speed)[:, np.newaxis] * self.radius
        )
        resting = rotated(
            np.broadcast_to(up, (len(t), 3)),
            self.shift_axis,
            self.shift_rad * reach(t / self.shift_s),
        )
        accel_g += rotated(resting, self.axis, -angle) - up
        if self.arousal is not None:
            accel_g += self.arousal.shape(up, bandwidth_hz)(t)
        return _on_grid(self.start_s, GRID_S, accel_g)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Scratching or shaking: an oscillation whose rate and size wander."""

    cause: str
    start_s: float
    length_s: float
    hz: float
    peak_g: float
    along: Array
    tilt_axis: Array
    wander: float
    phase_rad: tuple[float, float]

    def settled(self, up: Array) -> Array:
        """It comes back to where it began."""
        return up

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:  # noqa: ARG002 (slow)
        """Oscillate along one direction, with a tilt that follows the hand."""
        t = _grid(self.length_s, GRID_S)
        first, second = self.phase_rad
        drift = self.wander * self.hz * np.sin(2 * np.pi * 0.4 * t + first)
        size = 1 + 0.3 * np.sin(2 * np.pi * 0.7 * t + second)
        window = size * faded(t, t[-1], min(0.5, self.length_s / 4))
        wave = np.sin(2 * np.pi * self.hz * t + drift)
        accel_g = (self.peak_g * window * wave)[:, np.newaxis] * self.along
        # the amplitude of the movement follows from its acceleration; 0.2 m from hand to elbow
        tilt = -self.peak_g * GRAVITY_M_S2 / (2 * np.pi * self.hz) ** 2 / 0.2
        accel_g += rotated(np.broadcast_to(up, (len(t), 3)), self.tilt_axis, tilt * window * wave)
        return _on_grid(self.start_s, GRID_S, accel_g - up)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A damped oscillation from outside: a knock on the case, a mattress that swings."""

    cause: str
    start_s: float
    hz: float
    peak_g: float
    rise_s: float
    decay_s: float
    along: Array

    @property
    def length_s(self) -> float:
        """Eight time constants, and room for what the sensor's low-pass smears."""
        return 8 * self.decay_s + 10 * self.rise_s + 2 * _SMEAR_S

    def settled(self, up: Array) -> Array:
        """It turns nothing."""
        return up

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:  # noqa: ARG002 (no turn)
        """Ring, seen through the sensor's own low-pass.

        Limb movements lie so far below half the sampling rate that only this kind is filtered.
        """
        grid_s = _grid(self.length_s, _RING_GRID_S)
        t = np.maximum(grid_s - _SMEAR_S, 0.0)
        ring = (1 - np.exp(-t / self.rise_s)) * np.exp(-t / self.decay_s)
        ring *= np.sin(2 * np.pi * self.hz * t)
        ring *= self.peak_g / np.abs(ring).max()
        # second-order Butterworth, without its delay
        hz = np.fft.rfftfreq(len(ring), _RING_GRID_S)
        passed = np.fft.rfft(ring) / np.sqrt(1 + (hz / bandwidth_hz) ** 4)
        ring = np.fft.irfft(passed, len(ring)) * faded(grid_s, grid_s[-1], _SMEAR_S / 4)
        return _on_grid(self.start_s, _RING_GRID_S, ring[:, np.newaxis] * self.along)
