"""Three band-pass filters over three axes, and the powers that the envelopes are made of.

Shape: one loop over time per axis. The shared FIR reads the signal once; the six recursions (three
bands of two sections) are independent chains that keep the processor busy while each waits for its
own last value. Their twelve states live in registers within a frame.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

TINY = 1e-60
"""States below this become zero at each frame's start: denormal numbers are twenty times slower."""


@njit(cache=True, nogil=True, error_model="numpy")
def filter_bands(
    accel_g: Array,
    edges: NDArray[np.int64],
    poles: Array,
    gains: Array,
    rate_hz: float,
    state: Array,
    slow_g: Array,
    powers: Array,
) -> None:
    """Filter whole frames and leave the squared vector length of every band.

    Parameters
    ----------
    accel_g : (n, 3)
        Acceleration; at least four samples must lie before ``edges[0]``.
    edges : (m + 1,)
        Borders of the frames to be filtered, ascending.
    poles : (3, 2, 2)
        a1 and a2 of both sections of the jerk, movement and impact band.
    gains : (3,)
    rate_hz
        Turns the difference of two samples into a derivative.
    state : (3, 3, 4)
        Axis, band, the last two outputs of both sections; updated in place.
    slow_g : (n, 3)
        Out: acceleration in the jerk band; must reach one sample before ``edges[0]``.
    powers : (4, n)
        Out: squared vector length of jerk (g/s)^2, jerk-band, movement-band and impact-band
        acceleration (g^2).
    """
    jerk_gain, movement_gain, impact_gain = gains[0], gains[1], gains[2]
    a1, a2, a3, a4 = poles[0, 0, 0], poles[0, 0, 1], poles[0, 1, 0], poles[0, 1, 1]
    b1, b2, b3, b4 = poles[1, 0, 0], poles[1, 0, 1], poles[1, 1, 0], poles[1, 1, 1]
    c1, c2, c3, c4 = poles[2, 0, 0], poles[2, 0, 1], poles[2, 1, 0], poles[2, 1, 1]
    powers[:, edges[0] : edges[-1]] = 0.0
    for axis in range(3):
        for frame in range(len(edges) - 1):
            for band in range(3):
                for k in range(4):
                    if abs(state[axis, band, k]) < TINY:
                        state[axis, band, k] = 0.0
            u1, u2, v1, v2 = (
                state[axis, 0, 0],
                state[axis, 0, 1],
                state[axis, 0, 2],
                state[axis, 0, 3],
            )
            p1, p2, q1, q2 = (
                state[axis, 1, 0],
                state[axis, 1, 1],
                state[axis, 1, 2],
                state[axis, 1, 3],
            )
            r1, r2, s1, s2 = (
                state[axis, 2, 0],
                state[axis, 2, 1],
                state[axis, 2, 2],
                state[axis, 2, 3],
            )
            before = slow_g[edges[frame] - 1, axis]
            for i in range(edges[frame], edges[frame + 1]):
                x = (accel_g[i, axis] - accel_g[i - 2, axis]) - (
                    accel_g[i - 2, axis] - accel_g[i - 4, axis]
                )
                u = (x - a2 * u2) - a1 * u1
                u2, u1 = u1, u
                v = (u - a4 * v2) - a3 * v1
                v2, v1 = v1, v
                p = (x - b2 * p2) - b1 * p1
                p2, p1 = p1, p
                q = (p - b4 * q2) - b3 * q1
                q2, q1 = q1, q
                r = (x - c2 * r2) - c1 * r1
                r2, r1 = r1, r
                s = (r - c4 * s2) - c3 * s1
                s2, s1 = s1, s
                slow = jerk_gain * v
                jerk = (slow - before) * rate_hz
                before = slow
                slow_g[i, axis] = slow
                powers[0, i] += jerk * jerk
                powers[1, i] += slow * slow
                powers[2, i] += (movement_gain * q) * (movement_gain * q)
                powers[3, i] += (impact_gain * s) * (impact_gain * s)
            state[axis, 0, 0], state[axis, 0, 1], state[axis, 0, 2], state[axis, 0, 3] = (
                u1,
                u2,
                v1,
                v2,
            )
            state[axis, 1, 0], state[axis, 1, 1], state[axis, 1, 2], state[axis, 1, 3] = (
                p1,
                p2,
                q1,
                q2,
            )
            state[axis, 2, 0], state[axis, 2, 1], state[axis, 2, 2], state[axis, 2, 3] = (
                r1,
                r2,
                s1,
                s2,
            )
