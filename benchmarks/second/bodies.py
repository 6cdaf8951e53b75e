"""What is thrown, folded and rolled: movements of finite length, as functions of time.

They follow the protocol :class:`recordings.synthetic.movements.Movement`. Accelerations are second
derivatives of displacements that begin and end at rest, so that no movement leaves a velocity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d  # type: ignore[attr-defined]  # scipy has no types

from recordings.synthetic.movements import Movement, Shape
from recordings.synthetic.vectors import GRAVITY_M_S2, Array, faded, rotated

from .shapes import Pulse, ramp

GRID_S = 0.001
_SMEAR_S = 0.1
_SOFT_S = 0.025
"""Muscle and flesh pass nothing sharper: standard deviation of what every pulse is smoothed by."""
_LEAD_S = 0.1
"""Before the first pulse and after the last: what the smoothing needs."""


def second_derivative(x: Array, step_s: float = GRID_S) -> Array:
    """Of samples along the first axis."""
    return np.gradient(np.gradient(x, step_s, axis=0), step_s, axis=0)


def _softened(x: Array) -> Array:
    return np.asarray(gaussian_filter1d(x, _SOFT_S / GRID_S, mode="nearest"))


def _grid(length_s: float, step_s: float = GRID_S) -> Array:
    return np.arange(round(length_s / step_s) + 1) * step_s


def _on_grid(start_s: float, step_s: float, accel_g: Array) -> Shape:
    grid_s = start_s + step_s * np.arange(len(accel_g))

    def shape(times_s: Array) -> Array:
        return np.stack([np.interp(times_s, grid_s, axis) for axis in accel_g.T], axis=-1)

    return shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Thrown:
    """The sensor is displaced along one line while gravity turns a little: a whole-body start."""

    cause: str
    start_s: float
    pulses: tuple[Pulse, ...]
    along: Array
    gain: float = 0.01
    """Displacement in m at the peak of a pulse of size 1."""
    tilt_axis: Array
    tilt_per_m: float = 3.0
    """rad; a limb of 0.33 m that swings turns by as much."""
    shift_rad: float = 0.0
    shift_s: float = 1.0

    @property
    def length_s(self) -> float:
        """Until the last pulse, or the lasting shift, is over."""
        last = max(p.after_s + p.over_s for p in self.pulses)
        return max(last, 1.6 * self.shift_s if self.shift_rad else 0.0) + 2 * _LEAD_S

    def settled(self, up: Array) -> Array:
        """Gravity after the lasting shift."""
        return rotated(up, self.tilt_axis, self.shift_rad)

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:  # noqa: ARG002 (slow)
        """Displacement's second derivative, and gravity as the turned sensor sees it."""
        t = _grid(self.length_s) - _LEAD_S
        moved_m = self.gain * _softened(sum((p.at(t) for p in self.pulses), np.zeros_like(t)))
        turned = self.tilt_per_m * moved_m
        if self.shift_rad:
            settled = ramp(t, 0.8 * self.shift_s, self.shift_s)
            settled = (settled - settled[0]) / (settled[-1] - settled[0])
            turned = turned + self.shift_rad * settled
        accel_g = second_derivative(moved_m)[:, np.newaxis] * self.along / GRAVITY_M_S2
        accel_g += rotated(np.broadcast_to(up, (len(t), 3)), self.tilt_axis, turned) - up
        return _on_grid(self.start_s, GRID_S, accel_g)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoLinks:
    """Upper and lower limb fold in one plane, each joint by its own ramps and pulses."""

    cause: str
    start_s: float
    links_m: tuple[float, float]
    bend_rad: float
    """Angle between the links at rest."""
    plane: tuple[Array, Array]
    """Two unit vectors at right angles; the first points along the upper link."""
    ramps: tuple[tuple[float, float, float, float], ...] = ()
    """Middle and length in s, and how far the two joints turn, in rad."""
    pulses: tuple[tuple[Pulse, float, float], ...] = ()
    """Pulse, and how far it turns the two joints, in rad."""
    gain: float = 1.0

    @property
    def length_s(self) -> float:
        """Until both joints rest."""
        ends = [middle + 0.8 * over for middle, over, _, _ in self.ramps]
        ends += [p.after_s + p.over_s for p, _, _ in self.pulses]
        return max(ends) + 2 * _LEAD_S

    @property
    def _normal(self) -> Array:
        return np.asarray(np.cross(*self.plane))

    def _joints_rad(self, t: Array) -> tuple[Array, Array]:
        first, second = np.zeros_like(t), np.zeros_like(t)
        for middle, over, one, two in self.ramps:
            done = ramp(t, middle, over)
            done = (done - done[0]) / (done[-1] - done[0])
            first, second = first + one * done, second + two * done
        for p, one, two in self.pulses:
            moved = _softened(p.at(t))
            first, second = first + one * moved, second + two * moved
        return self.gain * first, self.gain * second

    def settled(self, up: Array) -> Array:
        """Gravity as the lower limb sees it in the end."""
        turned = self.gain * sum(one + two for _, _, one, two in self.ramps)
        return rotated(up, self._normal, -turned)

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:  # noqa: ARG002 (slow)
        """Path of the lower limb's end, seen from the limb."""
        t = _grid(self.length_s) - _LEAD_S
        first, second = self._joints_rad(t)
        along, across = self.plane
        path_m = np.zeros((len(t), 3))
        for length, angle in zip(
            self.links_m, (first, first + second + self.bend_rad), strict=True
        ):
            path_m += length * (np.cos(angle)[:, np.newaxis] * along)
            path_m += length * (np.sin(angle)[:, np.newaxis] * across)
        force_g = up + second_derivative(path_m) / GRAVITY_M_S2
        accel_g = rotated(force_g, self._normal, -(first + second)) - up
        return _on_grid(self.start_s, GRID_S, accel_g)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The trunk rolls over in stages, and bedding rubs along the sensor while it moves."""

    cause: str
    start_s: float
    stages: tuple[tuple[float, float, float], ...]
    """Middle and length in s, and angle in rad."""
    axis: Array
    radius: Array
    radius_m: float
    rub_g: float
    seed: int

    @property
    def length_s(self) -> float:
        """Until the last stage is over."""
        return max(middle + 0.8 * over for middle, over, _ in self.stages) + 4 * GRID_S

    def settled(self, up: Array) -> Array:
        """Gravity after all stages."""
        return rotated(up, self.axis, -sum(angle for _, _, angle in self.stages))

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:  # noqa: ARG002 (slow)
        """Circle about the trunk, with friction as long as it turns."""
        t = _grid(self.length_s)
        angle = np.zeros_like(t)
        for middle, over, size in self.stages:
            done = ramp(t, middle, over)
            angle += size * (done - done[0]) / (done[-1] - done[0])
        speed = np.gradient(angle, GRID_S)
        tangent = np.cross(self.axis, self.radius)
        force_g = up + self.radius_m / GRAVITY_M_S2 * (
            np.gradient(speed, GRID_S)[:, np.newaxis] * tangent
            - (speed * speed)[:, np.newaxis] * self.radius
        )
        rng = np.random.default_rng(self.seed)
        hz, phase = rng.uniform(1, 7, (3, 12)), rng.uniform(0, 2 * np.pi, (3, 12))
        waves = np.sin(2 * np.pi * hz * t[:, np.newaxis, np.newaxis] + phase).sum(axis=2)
        moving = np.abs(speed) / np.abs(speed).max() * faded(t, t[-1], 0.1)
        force_g += self.rub_g * np.sqrt(2 / 12) * moving[:, np.newaxis] * waves
        return _on_grid(self.start_s, GRID_S, rotated(force_g, self.axis, -angle) - up)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """Several modes of a case, a strap or a bed that ring at once."""

    cause: str
    start_s: float
    modes: tuple[tuple[float, float, float], ...]
    """Frequency in Hz, size in g, time constant in s."""
    attack_s: float
    along: Array

    @property
    def length_s(self) -> float:
        """Eight time constants of the slowest, and what the sensor's low-pass smears."""
        return 8 * max(decay for _, _, decay in self.modes) + 2 * _SMEAR_S

    def settled(self, up: Array) -> Array:
        """It turns nothing."""
        return up

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:  # noqa: ARG002 (no turn)
        """Every mode as far as the sensor's second-order low-pass lets it through."""
        step_s = 0.00025
        grid_s = _grid(self.length_s, step_s)
        t = np.maximum(grid_s - _SMEAR_S, 0.0)
        ring = np.zeros_like(t)
        for hz, size, decay in self.modes:
            passed = size / np.sqrt(1 + (hz / bandwidth_hz) ** 4)
            ring += passed * np.exp(-t / decay) * np.sin(2 * np.pi * hz * t)
        ring *= -np.expm1(-t / self.attack_s) * faded(grid_s, grid_s[-1], _SMEAR_S / 4)
        return _on_grid(self.start_s, step_s, ring[:, np.newaxis] * self.along)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """Anything analytic that lasts for minutes and leaves the sensor as it was."""

    cause: str
    start_s: float
    length_s: float
    wave: Callable[[Array, Array], Array]
    """From times since the start, shape (n,), and gravity to what is added to it, g, (n, 3)."""

    def settled(self, up: Array) -> Array:
        """It comes back to where it began."""
        return up

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:  # noqa: ARG002 (slow)
        """Evaluate where asked, never stored."""
        return lambda times_s: self.wave(times_s - self.start_s, up)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A jerk and the movement that it wakes, which comes back to where it began."""

    cause: str
    start_s: float
    jerk: Thrown | TwoLinks
    after: tuple[Movement, ...]

    @property
    def length_s(self) -> float:
        """Until the last of them is over."""
        return max(m.start_s + m.length_s for m in (self.jerk, *self.after))

    def settled(self, up: Array) -> Array:
        """Gravity after the jerk's own shift."""
        return self.jerk.settled(up)

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:
        """Return the sum; every part constant outside its own span."""
        shapes = [m.shape(up, bandwidth_hz) for m in (self.jerk, *self.after)]
        return lambda times_s: sum(
            (shape(times_s - self.start_s) for shape in shapes), np.zeros((len(times_s), 3))
        )
