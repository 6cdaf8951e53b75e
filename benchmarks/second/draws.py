"""One random movement of each kind, beginning at time zero, with the size it shall have in mg."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from recordings.synthetic.movements import Movement
from recordings.synthetic.vectors import Array, across, direction, faded, rotated

from .bodies import Followed, Knock, Lasting, Roll, Thrown, TwoLinks
from .shapes import Pulse, pulse

Sized = tuple[Movement, float | None]
"""A movement and its wanted size; None where the draw is the size."""


def _plane(rng: Generator) -> tuple[Array, Array]:
    along = direction(rng)
    return along, across(along, rng)


def _log_uniform(rng: Generator, low: float, high: float) -> float:
    return float(low * (high / low) ** rng.uniform())


def _later(rng: Generator, first: Pulse) -> list[Pulse]:
    """In three cases of ten one or two weaker contractions follow."""
    found, after = [], first.over_s
    for _ in range(rng.choice(3, p=(0.7, 0.2, 0.1))):
        after += rng.uniform(0.1, 0.6)
        found.append(pulse(rng, after, size=rng.uniform(0.15, 0.45)))
        after += found[-1].over_s
    return found


def sleep_start(rng: Generator, *, shift: bool, size_mg: float) -> Thrown | TwoLinks:
    """Draw a body or limb thrown once, now and then with weaker ones after it."""
    first = pulse(rng)
    pulses = (first, *_later(rng, first))
    if rng.uniform() < 0.5:
        most = np.radians(15.0) * min(1.0, size_mg / 300)
        return Thrown(
            cause="sleep_start",
            start_s=0.0,
            pulses=pulses,
            along=direction(rng),
            tilt_axis=direction(rng),
            tilt_per_m=rng.uniform(0.0, 4.0),
            shift_rad=rng.uniform(0.2, 1.0) * most if shift else 0.0,
            shift_s=rng.uniform(0.8, 2.0),
        )
    one, two = rng.uniform(-0.2, 0.2), 0.2 * rng.choice((-1, 1))
    return TwoLinks(
        cause="sleep_start",
        start_s=0.0,
        links_m=(rng.uniform(0.25, 0.35), rng.uniform(0.2, 0.28)),
        bend_rad=rng.uniform(0.2, 2.0),
        plane=_plane(rng),
        pulses=tuple((p, one, two) for p in pulses),
        gain=0.1,
    )


def woken(rng: Generator, jerk: Thrown | TwoLinks, size_mg: float) -> Followed:
    """Add 5 to 60 s of movement, weaker than the jerk."""
    length = rng.uniform(5, 60)
    axis, after = direction(rng), []
    for begin in np.sort(rng.uniform(1.5, length, max(2, int(length / 5)))):
        slow = Thrown(
            cause="arousal",
            start_s=float(begin),
            pulses=(pulse(rng, pace=rng.uniform(0.3, 0.6)),),
            along=direction(rng),
            tilt_axis=axis,
            gain=min(0.05, 5e-5 * size_mg) * rng.uniform(0.3, 1),
        )
        after.append(slow)
    return Followed(cause="sleep_start", start_s=0.0, jerk=jerk, after=tuple(after))


def twitch(rng: Generator) -> Sized:
    """A finger jumps: 5 to 40 mg."""
    one = pulse(rng, pace=1.5)
    axis = direction(rng)
    thrown = Thrown(
        cause="twitch", start_s=0.0, pulses=(one,), along=axis, tilt_axis=axis, gain=0.001
    )
    return thrown, _log_uniform(rng, 5, 40)


def reaching(rng: Generator, cause: str = "limb") -> Sized:
    """Draw an arm that folds and unfolds in 2 to 6 strokes, lands, and nearly comes back."""
    count = int(rng.integers(2, 7))
    middle, ramps, landings = rng.uniform(0.5, 0.9), [], []
    landing = _log_uniform(rng, 0.001, 0.02)
    turned = np.zeros(2)
    scale = np.radians(np.clip(12 * np.exp(0.8 * rng.standard_normal()), 2, 70))
    for k in range(count):
        over = rng.uniform(0.4, 1.3) * (1 + scale)
        step = -turned * rng.uniform(0.75, 1) if k == count - 1 else scale * rng.normal(0, 1, 2)
        turned = turned + step
        ramps.append((middle, over, float(step[0]), float(step[1])))
        landings.append((pulse(rng, middle, pace=0.7, size=rng.uniform(0.2, 1)), landing, -landing))
        middle += over * rng.uniform(0.5, 1.0) + rng.exponential(0.6)
    links = TwoLinks(
        cause=cause,
        start_s=0.0,
        links_m=(0.3, 0.25),
        bend_rad=rng.uniform(0.2, 2.0),
        plane=_plane(rng),
        ramps=tuple(ramps),
        pulses=tuple(landings),
    )
    return links, None


def turn(rng: Generator) -> Sized:
    """Pelvis, trunk and arm in 2 to 4 stages within 1.5 to 5 s, 20 to 130 degrees in all."""
    count = int(rng.integers(2, 5))
    shares = rng.uniform(0.3, 1, count)
    angles = np.radians(rng.uniform(20, 130)) * shares / shares.sum() * rng.choice((-1, 1))
    over = rng.uniform(0.6, 1.6, count)
    middles = 0.8 * over[0] + np.concatenate([[0], np.cumsum(rng.uniform(0.3, 1.2, count - 1))])
    axis = direction(rng)
    roll = Roll(
        cause="turn",
        start_s=0.0,
        stages=tuple(zip(middles.tolist(), over.tolist(), angles.tolist(), strict=True)),
        axis=axis,
        radius=across(axis, rng),
        radius_m=rng.uniform(0.1, 0.5),
        rub_g=_log_uniform(rng, 0.05, 0.35),
        seed=int(rng.integers(2**31)),
    )
    return roll, None


def plm(rng: Generator) -> Sized:
    """A toe goes up, is held, and comes down: 0.8 to 4 s."""
    up, hold, down = rng.uniform(0.4, 0.8), rng.uniform(0.1, 2.0), rng.uniform(0.6, 1.2)
    angle = np.radians(rng.uniform(4, 14))
    links = TwoLinks(
        cause="plm",
        start_s=0.0,
        links_m=(0.2, 0.3),
        bend_rad=1.5,
        plane=_plane(rng),
        ramps=(
            (0.8 * up, up, 0.0, angle),
            (1.6 * up + hold + 0.8 * down, down, 0.0, -angle),
        ),
    )
    return links, None


def _row(rng: Generator, cause: str, every_s: float, count: int, pulse_s: float) -> Thrown:
    """Like pulses at a nearly even pace."""
    one = pulse(rng)
    pulses = tuple(
        Pulse(
            form=one.form,
            after_s=max(0.0, every_s * (k + 0.05 * rng.standard_normal())),
            over_s=pulse_s * rng.uniform(0.9, 1.1),
            skew=one.skew,
            warp=one.warp,
            size=rng.uniform(0.8, 1.2),
        )
        for k in range(count)
    )
    axis = direction(rng)
    return Thrown(
        cause=cause, start_s=0.0, pulses=pulses, along=direction(rng), tilt_axis=axis, gain=0.005
    )


def foot_tremor(rng: Generator) -> Sized:
    """1 to 2 a second, each of 300 to 700 ms, for 10 to 15 s (Wichniak 2001)."""
    every = rng.uniform(0.5, 1.0)
    count = int(rng.uniform(10, 15) / every)
    row = _row(rng, "foot_tremor", every, count, min(rng.uniform(0.3, 0.7), 0.95 * every))
    return row, _log_uniform(rng, 60, 300)


def alma(rng: Generator) -> Sized:
    """Alternating leg muscle activation: 1 to 2 Hz, 100 to 500 ms, 5 to 20 s (Chervin 2003)."""
    every = rng.uniform(0.5, 1.0)
    count = int(rng.uniform(5, 20) / every)
    row = _row(rng, "alma", every, max(4, count), min(rng.uniform(0.25, 0.5), 0.95 * every))
    return row, _log_uniform(rng, 60, 250)


def rocking(rng: Generator) -> Sized:
    """Rhythmic movement: 0.5 to 2 Hz for 0.5 to 2 min, large."""
    hz = rng.uniform(0.5, 2.0)
    return _swing(rng, "rocking", hz, rng.uniform(30, 120), rng.uniform(0.1, 0.4)), None


def shaking(rng: Generator) -> Sized:
    """3 to 8 Hz, 30 to 60 s, above 0.25 g."""
    return _swing(
        rng, "shaking", rng.uniform(3, 8), rng.uniform(30, 60), rng.uniform(0.3, 0.8)
    ), None


def scratch(rng: Generator) -> Sized:
    """3 to 6 Hz in strokes of unequal halves, 2 to 10 s."""
    return _swing(
        rng, "scratch", rng.uniform(3, 6), rng.uniform(2, 10), rng.uniform(0.08, 0.4)
    ), None


def _swing(rng: Generator, cause: str, hz: float, length_s: float, peak_g: float) -> Lasting:
    along, axis = direction(rng), direction(rng)
    phase = rng.uniform(0, 2 * np.pi, 4)
    tilt_rad = min(0.3, peak_g * 9.80665 / (2 * np.pi * hz) ** 2 / 0.3)

    def wave(t: Array, up: Array) -> Array:
        angle = 2 * np.pi * hz * t
        angle = angle + 0.3 * hz * np.sin(2 * np.pi * 0.23 * t + phase[0])
        angle = angle + 0.1 * hz * np.sin(2 * np.pi * 0.61 * t + phase[1])
        window = faded(t, length_s, min(0.6, length_s / 4))
        window = window * (1 + 0.25 * np.sin(2 * np.pi * 0.31 * t + phase[2]))
        stroke = (np.sin(angle) + 0.3 * np.sin(2 * angle + phase[3])) / 1.15
        added_g = (peak_g * window * stroke)[:, np.newaxis] * along
        resting = np.broadcast_to(up, (len(t), 3))
        turned = rotated(resting, axis, -tilt_rad * window * np.sin(angle))
        return np.asarray(added_g + turned - up)

    return Lasting(cause=cause, start_s=0.0, length_s=length_s, wave=wave)


def tap(rng: Generator) -> Sized:
    """Two modes of case and strap, 20 to 45 and 35 to 60 Hz, gone after 20 to 60 ms."""
    decay, size = rng.uniform(0.01, 0.03), float(np.clip(np.exp(rng.normal(0, 0.5)), 0.3, 3))
    modes = ((rng.uniform(20, 45), size, decay), (rng.uniform(35, 60), 0.5 * size, 0.7 * decay))
    return Knock(cause="tap", start_s=0.0, modes=modes, attack_s=0.001, along=direction(rng)), None


def partner(rng: Generator) -> Sized:
    """Somebody moves nearby: two bed modes of 3 to 7 Hz, 8 to 30 mg."""
    modes = tuple((rng.uniform(3, 7), 1.0, rng.uniform(0.2, 0.6)) for _ in range(2))
    ring = _ring(rng, "partner", modes, rng.uniform(0.008, 0.03))
    return ring, None


def mattress(rng: Generator) -> Sized:
    """A mattress that settles: 2 to 4 Hz, 5 to 20 mg, long."""
    modes = ((rng.uniform(2, 4), 1.0, rng.uniform(0.5, 1.0)),)
    return _ring(rng, "mattress", modes, rng.uniform(0.005, 0.02)), None


def _ring(
    rng: Generator, cause: str, modes: tuple[tuple[float, float, float], ...], peak_g: float
) -> Knock:
    def knock(size: float) -> Knock:
        sized = tuple((hz, size * share, decay) for hz, share, decay in modes)
        return Knock(cause=cause, start_s=0.0, modes=sized, attack_s=0.08, along=along)

    along = direction(rng)
    unit = knock(1.0)
    grid_s = np.arange(0, unit.length_s, 0.005)
    highest = np.abs(unit.shape(along, np.inf)(grid_s)).max() / np.abs(along).max()
    return knock(peak_g / float(highest))


def vehicle(rng: Generator) -> Sized:
    """10 to 20 min of vibration from 1 to 15 Hz in swells."""
    return _hum(rng, "vehicle", rng.uniform(1, 15, 30), rng.uniform(0.04, 0.1)), None


def fan(rng: Generator) -> Sized:
    """10 to 20 min of one tone of 6 to 14 Hz, 5 to 15 mg, and its beat."""
    hz = rng.uniform(6, 14)
    return _hum(rng, "fan", np.array([hz, hz + 0.1]), rng.uniform(0.003, 0.01)), None


def _hum(rng: Generator, cause: str, hz: Array, rms_g: float) -> Lasting:
    length_s = rng.uniform(600, 1200)
    phase = rng.uniform(0, 2 * np.pi, (len(hz), 3))
    swell_rad = rng.uniform(0, 2 * np.pi)

    def wave(t: Array, up: Array) -> Array:
        added_g = np.zeros((len(t), len(up)))
        for f, p in zip(hz, phase, strict=True):
            added_g += np.sin(2 * np.pi * f * t[:, np.newaxis] + p)
        window = faded(t, length_s, 20.0) * (1 + 0.4 * np.sin(2 * np.pi * t / 47 + swell_rad))
        return np.asarray(rms_g * np.sqrt(2 / len(hz)) * window[:, np.newaxis] * added_g)

    return Lasting(cause=cause, start_s=0.0, length_s=length_s, wave=wave)


LOOK_ALIKES: dict[str, tuple[Callable[[Generator], Sized], ...]] = {
    "train": (foot_tremor, alma, rocking),
    "scratch": (scratch,),
    "shaking": (shaking,),
    "tap": (tap,),
    "partner": (partner, mattress),
    "vehicle": (vehicle, fan),
}
"""By what a recipe calls them; periodic movements come in series and are placed apart."""
