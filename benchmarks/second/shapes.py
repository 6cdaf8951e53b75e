"""Displacements as drawn shapes: templates over 0 to 1, and time that runs unevenly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator
from scipy.special import erf  # type: ignore[attr-defined]  # scipy has no types

from recordings.synthetic.vectors import Array, reach

Form = Literal["bump", "damped", "biphasic"]
FORMS: tuple[Form, ...] = ("bump", "damped", "biphasic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """One displacement that goes and comes back, peak 1, with its time warped."""

    form: Form
    after_s: float
    over_s: float
    skew: float
    """Share of the time in which a bump goes out; swings of a damped one."""
    warp: tuple[float, float]
    """Sines added to the pace of time: their sum stays below one, so that it never runs back."""
    size: float = 1.0

    def at(self, t: Array) -> Array:
        """Return the displacement at times since the movement's start; zero outside the pulse."""
        x = np.clip((t - self.after_s) / self.over_s, 0.0, 1.0)
        for k, size in enumerate(self.warp, start=1):
            x = x + size * np.sin(np.pi * k * x) / (np.pi * k)
        x = np.clip(x, 0.0, 1.0)
        return np.asarray(self.size * _FORMS[self.form](x, self.skew))


def _bump(x: Array, skew: float) -> Array:
    """Out and back at different speed, each of minimum jerk."""
    return np.asarray(reach(x / skew) * reach((1 - x) / (1 - skew)))


def _damped(x: Array, skew: float) -> Array:
    """A thrown mass on a spring: some swings that die away."""
    wave = np.sin(2 * np.pi * (1 + 3 * skew) * x) * np.exp(-5 * x)
    return np.asarray(wave * reach(x / 0.15) * reach((1 - x) / 0.3) / 0.6)


def _biphasic(x: Array, skew: float) -> Array:
    """One way and then the other."""
    z = (x - 0.5) / (0.1 + 0.06 * skew)
    return np.asarray(-z * np.exp(0.5 - z * z / 2) * reach(x / 0.2) * reach((1 - x) / 0.2))


_FORMS = {"bump": _bump, "damped": _damped, "biphasic": _biphasic}
_OVER_S = {"bump": (0.4, 0.9), "damped": (0.5, 1.0), "biphasic": (0.4, 0.8)}
"""No shorter than a muscle twitch of 40 to 80 ms lets a limb go out and come back."""


def pulse(rng: Generator, after_s: float = 0.0, *, pace: float = 1.0, size: float = 1.0) -> Pulse:
    """Draw a pulse; a larger ``pace`` makes it shorter."""
    form = FORMS[rng.integers(len(FORMS))]
    return Pulse(
        form=form,
        after_s=after_s,
        over_s=rng.uniform(*_OVER_S[form]) / pace,
        skew=rng.uniform(0.35, 0.6),
        warp=(rng.uniform(-0.25, 0.25), rng.uniform(-0.15, 0.15)),
        size=size,
    )


def ramp(t: Array, middle_s: float, over_s: float) -> Array:
    """From 0 to 1 as an error function does; ``over_s`` takes it from 1 % to 99 %."""
    return np.asarray(0.5 + 0.5 * erf((t - middle_s) * 3.29 / over_s))
