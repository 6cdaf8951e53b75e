"""Three band-pass filters over three axes, and the powers that the envelopes are made of.

Shape: a frame at a time. The shared FIR is a loop that the compiler turns into vector code; the six
recursions behind it (three bands of two sections) share one loop over time, because each alone
would wait for its own last value, and take the axes at once, in lanes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .lanes import LANES, load, minus, square, store, times

Array = NDArray[np.float64]

TINY = 1e-60
"""States below this become zero at each frame's start: denormal numbers are twenty times slower."""

N_POLES = 6 * 2
N_STATE = LANES * (N_POLES + 1)
"""Two last outputs of each section, and the last acceleration in the jerk band."""


@njit(cache=True, nogil=True, error_model="numpy")
def difference(x: Array, y: Array, z: Array, out: Array) -> None:
    """Apply the FIR that all sections share: ``x[i + 4] - 2 * x[i + 2] + x[i]``.

    Parameters
    ----------
    x, y, z : (n + 4,)
    out : (4 * n,)
        Out: x, y, z, 0, x, ...
    """
    for i in range(len(x) - 4):
        out[4 * i] = (x[i + 4] - x[i + 2]) - (x[i + 2] - x[i])
        out[4 * i + 1] = (y[i + 4] - y[i + 2]) - (y[i + 2] - y[i])
        out[4 * i + 2] = (z[i + 4] - z[i + 2]) - (z[i + 2] - z[i])
        out[4 * i + 3] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def section(x: Any, y1: Any, y2: Any, a1: Any, a2: Any) -> Any:
    """Return the next output of an all-pole section; all in lanes."""
    return minus(minus(x, times(a2, y2)), times(a1, y1))


@njit(cache=True, nogil=True, error_model="numpy")
def recurse(x: Array, factors: Array, state: Array, slow_g: Array, powers: Array) -> None:
    """Run the six sections of all axes over a frame.

    Parameters
    ----------
    x : (4 * n,)
        After the shared FIR.
    factors, state
        As :func:`filter_bands` takes them.
    slow_g : (4 * n,)
        Out: acceleration in the jerk band.
    powers : (4, n)
        Out.
    """
    a1, a2, b1, b2 = load(factors, 0), load(factors, 4), load(factors, 8), load(factors, 12)
    c1, c2, d1, d2 = load(factors, 16), load(factors, 20), load(factors, 24), load(factors, 28)
    e1, e2, f1, f2 = load(factors, 32), load(factors, 36), load(factors, 40), load(factors, 44)
    jerk_gain, movement_gain = load(factors, 48), load(factors, 52)
    impact_gain, rate_hz = load(factors, 56), load(factors, 60)
    p1, p2, q1, q2 = load(state, 0), load(state, 4), load(state, 8), load(state, 12)
    r1, r2, s1, s2 = load(state, 16), load(state, 20), load(state, 24), load(state, 28)
    t1, t2, u1, u2 = load(state, 32), load(state, 36), load(state, 40), load(state, 44)
    before = load(state, 48)
    for i in range(powers.shape[1]):
        now = load(x, LANES * i)
        p1, p2 = section(now, p1, p2, a1, a2), p1
        q1, q2 = section(p1, q1, q2, b1, b2), q1
        r1, r2 = section(now, r1, r2, c1, c2), r1
        s1, s2 = section(r1, s1, s2, d1, d2), s1
        t1, t2 = section(now, t1, t2, e1, e2), t1
        u1, u2 = section(t1, u1, u2, f1, f2), u1
        slow = times(jerk_gain, q1)
        store(slow_g, LANES * i, slow)
        powers[0, i] = square(times(minus(slow, before), rate_hz))
        powers[1, i] = square(slow)
        powers[2, i] = square(times(movement_gain, s1))
        powers[3, i] = square(times(impact_gain, u1))
        before = slow
    store(state, 0, p1)
    store(state, 4, p2)
    store(state, 8, q1)
    store(state, 12, q2)
    store(state, 16, r1)
    store(state, 20, r2)
    store(state, 24, s1)
    store(state, 28, s2)
    store(state, 32, t1)
    store(state, 36, t2)
    store(state, 40, u1)
    store(state, 44, u2)
    store(state, 48, before)


@njit(cache=True, nogil=True, error_model="numpy")
def filter_bands(
    accel_g: Array,
    start: int,
    stop: int,
    factors: Array,
    state: Array,
    scratch: Array,
    slow_g: Array,
    powers: Array,
) -> None:
    """Filter a frame and leave the squared vector length of every band.

    Parameters
    ----------
    accel_g : (3, n)
        Acceleration; at least four samples must lie before ``start``.
    start, stop
        Borders of the frame.
    factors : (16 * 4,)
        Once per lane: a1 and a2 of both sections of the jerk, movement and impact band; the three
        gains; what turns the difference of two samples into a derivative.
    state : (N_STATE,)
        In lanes; updated in place, zeros at a segment's beginning.
    scratch
        At least four times as long as the frame.
    slow_g : (4 * n,)
        Out: acceleration in the jerk band, in lanes.
    powers : (4, n)
        Out: squared vector length of jerk (g/s)^2, jerk-band, movement-band and impact-band
        acceleration (g^2).
    """
    for k in range(LANES * N_POLES):
        if abs(state[k]) < TINY:
            state[k] = 0.0
    first = start - 4
    difference(accel_g[0, first:stop], accel_g[1, first:stop], accel_g[2, first:stop], scratch)
    slow = slow_g[LANES * start : LANES * stop]
    recurse(scratch, factors, state, slow, powers[:, start:stop])
