"""The little geometry and the one-dimensional curves all movements are made of."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

GRAVITY_M_S2 = 9.80665


def direction(rng: Generator) -> Array:
    """Draw a unit vector, uniform over the sphere."""
    v = rng.standard_normal(3)
    return np.asarray(v / np.linalg.norm(v))


def across(axis: Array, rng: Generator) -> Array:
    """Draw a unit vector perpendicular to ``axis``."""
    v = np.cross(axis, direction(rng))
    return np.asarray(v / np.linalg.norm(v))


def rotated(vector: Array, axis: Array, angle_rad: ArrayLike) -> Array:
    """Rotate about a unit axis (Rodrigues' formula).

    Parameters
    ----------
    vector
        Shape (3,) or (n, 3).
    axis
        Shape (3,).
    angle_rad
        One angle, or shape (n,).
    """
    angle = np.asarray(angle_rad, dtype=np.float64)[..., np.newaxis]
    cos = np.cos(angle)
    along = (vector @ axis)[..., np.newaxis] * axis
    return np.asarray(vector * cos + np.cross(axis, vector) * np.sin(angle) + along * (1 - cos))


def reach(x: Array) -> Array:
    """Share of the way covered at share ``x`` of the time in a minimum-jerk movement.

    Flash and Hogan 1985: ``10 x^3 - 15 x^4 + 6 x^5``, clamped outside 0 to 1.
    """
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * x * (10 + x * (6 * x - 15)))


def reach_acceleration(x: Array) -> Array:
    """Second derivative of :func:`reach`; 0 outside 0 to 1."""
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * (60 + x * (120 * x - 180)))


def faded(t_s: Array, length_s: float, fade_s: float) -> Array:
    """Return a window that rises and falls over ``fade_s`` at both ends of 0 to ``length_s``."""
    return reach(t_s / fade_s) * reach((length_s - t_s) / fade_s)
