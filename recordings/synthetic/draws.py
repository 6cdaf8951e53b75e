"""One random movement of each kind, beginning at time zero."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from .movements import Burst, Jerk, Movement, Moves, Rhythm, Ring, Step
from .vectors import Array, across, direction


def _lognormal(rng: Generator, median: float, sigma: float, low: float, high: float) -> float:
    return float(np.clip(median * np.exp(sigma * rng.standard_normal()), low, high))


def _push(rng: Generator, over_s: float, peak_g: float) -> Array:
    """Draw a displacement whose minimum-jerk acceleration peaks at ``peak_g``."""
    return np.asarray(direction(rng) * peak_g * 9.80665 * over_s**2 / 5.7735)


def _limb(rng: Generator) -> tuple[float, float, float, Array, Array]:
    """Muscle, limb, damping, axis and radius of the limb model."""
    axis = direction(rng)
    return (
        rng.uniform(0.04, 0.08),
        rng.uniform(2.0, 4.5),
        rng.uniform(0.3, 0.7),
        axis,
        across(axis, rng),
    )


def _bursts(rng: Generator, longest_s: float = 0.25) -> tuple[Burst, ...]:
    """One EMG burst of 75 to 250 ms, in three cases of ten one or two weaker ones after it.

    The first is the strongest: else nobody could say which of them is *the* time of the event.
    """
    bursts = [Burst(after_s=0.0, length_s=rng.uniform(0.075, longest_s))]
    for _ in range(rng.choice(3, p=(0.7, 0.2, 0.1))):
        after = bursts[-1].after_s + bursts[-1].length_s + rng.uniform(0.1, 0.8)
        length = rng.uniform(0.075, longest_s)
        strength = rng.uniform(0.2, 0.6)
        bursts.append(Burst(after_s=after, length_s=length, strength=strength))
    return tuple(bursts)


def sleep_start(rng: Generator, *, size_mg: float, arousal: bool, shift: bool) -> Jerk:
    """Draw a sleep start; :func:`.plan.fitted` gives it its size.

    A shift is at most 15 degrees, and less for a small jerk: 5 degrees in a second already move the
    sensor by 20 mg.
    """
    muscle, limb, damping, axis, radius = _limb(rng)
    most = np.radians(15.0) * min(1.0, size_mg / 300)
    return Jerk(
        cause="sleep_start",
        start_s=0.0,
        bursts=_bursts(rng),
        muscle_s=muscle,
        limb_hz=limb,
        damping=damping,
        lever_m=rng.uniform(0.22, 0.38),
        axis=axis,
        radius=radius,
        shift_axis=direction(rng),
        shift_rad=rng.uniform(0.2, 1.0) * most if shift else 0.0,
        shift_s=rng.uniform(0.8, 2.0),
        arousal=_arousal(rng, size_mg) if arousal else None,
    )


def _arousal(rng: Generator, size_mg: float) -> Moves:
    """5 to 60 s of movement, weaker than the jerk that caused it and back where it began."""
    length = rng.uniform(5.0, 60.0)
    begins = np.sort(rng.uniform(0, length, max(2, int(length / 4))))
    axis = direction(rng)
    angles = np.radians(min(20.0, size_mg / 15)) * rng.standard_normal(len(begins))
    angles[-1] = -angles[:-1].sum()
    steps = []
    for after, angle in zip(begins, angles, strict=True):
        # the larger the turn the slower, so that no step outdoes the jerk
        over = max(rng.uniform(0.45, 1.0), 3.0 * abs(angle))
        push = _push(rng, over, rng.uniform(0.25, 0.75) * size_mg / 1000)
        steps.append(Step(after_s=after, over_s=over, axis=axis, angle_rad=angle, push_m=push))
    return Moves(cause="arousal", start_s=rng.uniform(1.5, 3.0), steps=tuple(steps))


def twitch(rng: Generator) -> tuple[Jerk, float]:
    """Fragmentary myoclonus or a twitch of a finger: 5 to 40 mg, 75 to 150 ms. With its size."""
    muscle, limb, damping, axis, radius = _limb(rng)
    jerk = Jerk(
        cause="twitch",
        start_s=0.0,
        bursts=(Burst(after_s=0.0, length_s=rng.uniform(0.075, 0.15)),),
        muscle_s=muscle,
        limb_hz=limb,
        damping=damping,
        lever_m=rng.uniform(0.1, 0.3),
        axis=axis,
        radius=radius,
        shift_axis=axis,
    )
    return jerk, float(5 * 8 ** rng.uniform())


def limb(rng: Generator) -> Moves:
    """A limb moves and comes back, nearly: log-normal duration, median 4 s (Montini 2024)."""
    length = _lognormal(rng, 4.0, 0.7, 0.8, 30.0)
    count = 2 + rng.poisson(length / 4)
    begins = np.sort(rng.uniform(0, 0.75 * length, count))
    begins[0] = 0.0
    axis = direction(rng)
    angles = np.radians(_lognormal(rng, 10.0, 0.9, 1.0, 70.0)) * rng.uniform(0.3, 1, count)
    angles *= np.where(np.arange(count) % 2, -1, 1)
    angles[-1] = -angles[:-1].sum() * rng.uniform(0.7, 1.0)
    peak_g = _lognormal(rng, 0.11, 0.8, 0.01, 0.8)
    haste = _lognormal(rng, 0.6, 0.4, 0.2, 1.5)
    steps = []
    for after, angle in zip(begins, angles, strict=True):
        over = max(haste * rng.uniform(0.6, 1.6), 1.2 * abs(angle))
        push = _push(rng, over, peak_g * rng.uniform(0.3, 1))
        steps.append(Step(after_s=after, over_s=over, axis=axis, angle_rad=angle, push_m=push))
    return Moves(cause="limb", start_s=0.0, steps=tuple(steps))


def turn(rng: Generator) -> Moves:
    """The body turns over: 3 to 6 steps in 1 to 4 s, 20 to 120 degrees in all, and it stays."""
    count = int(rng.integers(3, 7))
    length = rng.uniform(1.0, 4.0)
    begins = np.sort(rng.uniform(0, length, count))
    begins[0] = 0.0
    axis = direction(rng)
    shares = rng.uniform(0.3, 1, count)
    angles = np.radians(rng.uniform(20, 120)) * shares / shares.sum()
    peak_g = _lognormal(rng, 0.45, 0.5, 0.1, 1.0)
    steps = []
    for after, angle in zip(begins, angles, strict=True):
        over = rng.uniform(0.35, 1.0)
        push = _push(rng, over, peak_g * rng.uniform(0.4, 1))
        steps.append(Step(after_s=after, over_s=over, axis=axis, angle_rad=angle, push_m=push))
    return Moves(cause="turn", start_s=0.0, steps=tuple(steps))


def plm(rng: Generator, axis: Array) -> Moves:
    """One periodic limb movement at the ankle: ramp, hold, return, 0.8 to 4 s in all."""
    angle = np.radians(rng.uniform(4, 15))
    ramp = rng.uniform(0.3, 0.6)
    hold = rng.uniform(0.0, 2.0)
    back = rng.uniform(0.5, 1.2)
    steps = tuple(
        Step(
            after_s=after,
            over_s=over,
            axis=axis,
            angle_rad=turned,
            push_m=_push(rng, over, rng.uniform(0.01, 0.06)),
        )
        for after, over, turned in ((0.0, ramp, angle), (ramp + hold, back, -angle))
    )
    return Moves(cause="plm", start_s=0.0, steps=steps)


def train(rng: Generator) -> tuple[Jerk, float]:
    """Foot tremor or alternating leg muscle activation: 6 to 20 bursts at 1 to 2 Hz.

    Wichniak 2001, Chervin 2003. With its size in mg.
    """
    muscle, limb_hz, _, axis, radius = _limb(rng)
    period = rng.uniform(0.5, 1.0)
    bursts = tuple(
        Burst(
            after_s=period * i + 0.05 * period * rng.standard_normal() + 0.3,
            length_s=rng.uniform(0.3, 0.45) * min(1.0, period / 0.7),
            strength=rng.uniform(0.8, 1.2),
        )
        for i in range(int(rng.integers(6, 21)))
    )
    jerk = Jerk(
        cause="train",
        start_s=0.0,
        bursts=bursts,
        muscle_s=muscle,
        limb_hz=limb_hz,
        damping=0.6,
        lever_m=rng.uniform(0.15, 0.3),
        axis=axis,
        radius=radius,
        shift_axis=axis,
    )
    return jerk, _lognormal(rng, 120, 0.4, 50, 300)


def scratch(rng: Generator) -> Rhythm:
    """Scratching: 3 to 6 Hz for 2 to 10 s."""
    return _rhythm(rng, "scratch", rng.uniform(3, 6), rng.uniform(2, 10), rng.uniform(0.06, 0.4))


def shaking(rng: Generator) -> Rhythm:
    """Sustained shaking: 3 to 8 Hz for 30 to 60 s, above 0.25 g."""
    return _rhythm(rng, "shaking", rng.uniform(3, 8), rng.uniform(30, 60), rng.uniform(0.25, 0.8))


def _rhythm(rng: Generator, cause: str, hz: float, length_s: float, peak_g: float) -> Rhythm:
    first, second = rng.uniform(0, 2 * np.pi, 2)
    return Rhythm(
        cause=cause,
        start_s=0.0,
        length_s=length_s,
        hz=hz,
        peak_g=peak_g,
        along=direction(rng),
        tilt_axis=direction(rng),
        wander=0.1,
        phase_rad=(first, second),
    )


def tap(rng: Generator) -> Ring:
    """A knock on the case or the strap: it rings at 20 to 45 Hz for 20 to 60 ms."""
    return Ring(
        cause="tap",
        start_s=0.0,
        hz=rng.uniform(20, 45),
        peak_g=_lognormal(rng, 1.0, 0.5, 0.3, 3.0),
        rise_s=0.002,
        decay_s=rng.uniform(0.02, 0.06) / 2,  # down to 14 % in 20 to 60 ms
        along=direction(rng),
    )


def partner(rng: Generator) -> Ring:
    """Somebody moves on the mattress: it swings at 3 to 7 Hz with 8 to 30 mg."""
    return Ring(
        cause="partner",
        start_s=0.0,
        hz=rng.uniform(3, 7),
        peak_g=rng.uniform(0.008, 0.03),
        rise_s=0.05,
        decay_s=rng.uniform(0.25, 0.6),
        along=direction(rng),
    )


BRIEF: dict[str, Callable[[Generator], Movement]] = {
    "scratch": scratch,
    "shaking": shaking,
    "tap": tap,
    "partner": partner,
}
"""Look-alikes that come singly and have no size to be fitted."""
