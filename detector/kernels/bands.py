"""Three band-pass filters over three axes, and the powers that the envelopes are made of.

Shape: frame by frame and axis by axis. The shared FIR and the powers are vector loops; the six
recursions between them (three bands of two sections) share one loop over time, because each alone
would wait for its own last value, and keep their twelve states in registers within a frame.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

TINY = 1e-60
"""States below this become zero at each frame's start: denormal numbers are twenty times slower."""


@njit(cache=True, nogil=True, error_model="numpy")
def recurse(x: Array, poles: Array, state: Array, out: Array) -> None:
    """Run the six sections of one axis over a frame.

    Parameters
    ----------
    x : (n,)
        After the shared FIR.
    poles : (6, 2)
        a1 and a2 of each section; sections 0-1, 2-3 and 4-5 follow each other.
    state : (6, 2)
        The last two outputs of each section; updated in place.
    out : (3, n)
        Out: each band without its gain.
    """
    a1, a2, b1, b2 = poles[0, 0], poles[0, 1], poles[1, 0], poles[1, 1]
    c1, c2, d1, d2 = poles[2, 0], poles[2, 1], poles[3, 0], poles[3, 1]
    e1, e2, f1, f2 = poles[4, 0], poles[4, 1], poles[5, 0], poles[5, 1]
    p1, p2, q1, q2 = state[0, 0], state[0, 1], state[1, 0], state[1, 1]
    r1, r2, s1, s2 = state[2, 0], state[2, 1], state[3, 0], state[3, 1]
    t1, t2, u1, u2 = state[4, 0], state[4, 1], state[5, 0], state[5, 1]
    for i in range(len(x)):
        p1, p2 = (x[i] - a2 * p2) - a1 * p1, p1
        q1, q2 = (p1 - b2 * q2) - b1 * q1, q1
        r1, r2 = (x[i] - c2 * r2) - c1 * r1, r1
        s1, s2 = (r1 - d2 * s2) - d1 * s1, s1
        t1, t2 = (x[i] - e2 * t2) - e1 * t1, t1
        u1, u2 = (t1 - f2 * u2) - f1 * u1, u1
        out[0, i], out[1, i], out[2, i] = q1, s1, u1
    state[0, 0], state[0, 1], state[1, 0], state[1, 1] = p1, p2, q1, q2
    state[2, 0], state[2, 1], state[3, 0], state[3, 1] = r1, r2, s1, s2
    state[4, 0], state[4, 1], state[5, 0], state[5, 1] = t1, t2, u1, u2


@njit(cache=True, nogil=True, error_model="numpy")
def add_square(x: Array, gain: float, out: Array) -> None:
    """Add the square of ``gain * x``; with two arrays only, the compiler can rule out overlap."""
    for i in range(len(out)):
        value = gain * x[i]
        out[i] += value * value


@njit(cache=True, nogil=True, error_model="numpy")
def add_derivative_square(x: Array, rate_hz: float, out: Array) -> None:
    """Add the square of the derivative; ``x`` begins one sample before ``out``."""
    for i in range(len(out)):
        derivative = (x[i + 1] - x[i]) * rate_hz
        out[i] += derivative * derivative


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
    accel_g : (3, n)
        Acceleration; at least four samples must lie before ``edges[0]``.
    edges : (m + 1,)
        Borders of the frames to be filtered, ascending.
    poles : (6, 2)
        a1 and a2 of both sections of the jerk, movement and impact band.
    gains : (3,)
    rate_hz
        Turns the difference of two samples into a derivative.
    state : (3, 6, 2)
        Axis, section, its last two outputs; updated in place.
    slow_g : (3, n)
        Out: acceleration in the jerk band; must reach one sample before ``edges[0]``.
    powers : (4, n)
        Out: squared vector length of jerk (g/s)^2, jerk-band, movement-band and impact-band
        acceleration (g^2).
    """
    longest = 0
    for frame in range(len(edges) - 1):
        longest = max(longest, edges[frame + 1] - edges[frame])
    x, bands = np.empty(longest), np.empty((3, longest))
    for frame in range(len(edges) - 1):
        start, stop = edges[frame], edges[frame + 1]
        n = stop - start
        powers[:, start:stop] = 0.0
        for axis in range(3):
            for section in range(6):
                for k in range(2):
                    if abs(state[axis, section, k]) < TINY:
                        state[axis, section, k] = 0.0
            signal = accel_g[axis, start - 4 : stop]
            for i in range(n):
                x[i] = (signal[i + 4] - signal[i + 2]) - (signal[i + 2] - signal[i])
            recurse(x[:n], poles, state[axis], bands)
            slow = slow_g[axis, start - 1 : stop]
            for i in range(n):
                slow[i + 1] = gains[0] * bands[0, i]
            add_derivative_square(slow, rate_hz, powers[0, start:stop])
            add_square(slow[1:], 1.0, powers[1, start:stop])
            add_square(bands[1], gains[1], powers[2, start:stop])
            add_square(bands[2], gains[2], powers[3, start:stop])
