"""From a plan to samples, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import SFC64, Generator
from numpy.typing import NDArray

from ..model import SECOND_NS
from ..writers import Piece
from .devices import times_ns
from .movements import Shape
from .plan import Plan
from .vectors import Array


class Signal:
    """What the sensor would show without noise and quantisation, as a function of time.

    Asked in ascending order it computes every movement once and forgets it when it is over.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._starts = np.array([m.start_s for m in plan.movements])
        self._ends = self._starts + np.array([m.length_s for m in plan.movements])
        ended = np.argsort(self._ends, kind="stable")
        changes = np.diff(np.array(plan.ups), axis=0)[ended]
        # gravity once so many movements are over
        self._gravity = plan.ups[0] + np.concatenate([np.zeros((1, 3)), changes.cumsum(axis=0)])
        self._over = self._ends[ended]
        self._shapes: dict[int, Shape] = {}

    def at(self, times_s: Array) -> Array:
        """Return the acceleration at ascending times since the recording's start, g, (n, 3)."""
        accel_g = self._plan.background.at(times_s)
        accel_g += self._gravity[np.searchsorted(self._over, times_s, side="right")]
        if not len(times_s):
            return accel_g
        active = np.flatnonzero((self._starts <= times_s[-1]) & (self._ends > times_s[0]))
        self._shapes = {i: self._shape(i) for i in active.tolist()}
        for i, shape in self._shapes.items():
            a, b = np.searchsorted(times_s, (self._starts[i], self._ends[i]))
            accel_g[a:b] += shape(times_s[a:b])
        return accel_g

    def _shape(self, i: int) -> Shape:
        known = self._shapes.get(i)
        if known is not None:
            return known
        # an accelerometer of this class passes half its sampling rate (ADXL345 data sheet)
        return self._plan.movements[i].shape(self._plan.ups[i], self._plan.true_hz / 2)


def acceleration(plan: Plan, times_ns: NDArray[np.int64]) -> Array:
    """Return the acceleration without noise and quantisation at ascending device times.

    Returns
    -------
    ndarray
        Shape (n, 3), in g.
    """
    return Signal(plan).at((times_ns - plan.start_ns) / SECOND_NS)


def samples(plan: Plan, piece_s: float = 600.0) -> Iterator[Piece]:
    """Sample a plan from its beginning; the length of the pieces changes nothing but memory.

    Yields
    ------
    tuple of ndarray
        Raw codes, shape (n, 3), int16; device times in ns, shape (n,), int64.
    """
    device, signal = plan.device, Signal(plan)
    noise = Generator(SFC64([plan.seed, 1, round(1000 * plan.recipe.nominal_hz)]))
    noise_g = np.array(device.noise_mg) / 1000
    size = max(1, round(piece_s * plan.true_hz))
    for first in range(0, plan.samples, size):
        index = np.arange(first, min(first + size, plan.samples))
        accel_g = signal.at(index / plan.true_hz)
        accel_g += noise.standard_normal(accel_g.shape) * noise_g
        yield device.to_raw(accel_g), times_ns(plan.start_ns, index, plan.true_hz)


def synthesise(plan: Plan) -> Piece:
    """Sample a whole plan at once: for short ones."""
    raw, stamps = zip(*samples(plan), strict=True)
    return np.concatenate(raw), np.concatenate(stamps)
