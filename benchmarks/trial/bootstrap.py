"""Figures with 95 % intervals: nights are drawn again, with repetition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

DRAWS = 500
_LEVELS = (0.025, 0.975)


class Figure(NamedTuple):
    """A value, its interval, and on how many things it rests; None where there are none."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def _drawn(nights: int) -> np.ndarray:
    return np.random.default_rng(20_240_305).integers(0, nights, (DRAWS, nights))


def ratio(parts: Sequence[float], wholes: Sequence[float]) -> Figure:
    """Sum of the parts over the sum of the wholes, one of each per night.

    Parameters
    ----------
    parts, wholes
        A mean per night has ones for wholes.
    """
    part, whole = np.asarray(parts, float), np.asarray(wholes, float)
    if not whole.sum():
        return Figure(None, None, None, 0)
    again = _drawn(len(part))
    below = whole[again].sum(axis=1)
    ratios = part[again].sum(axis=1)[below > 0] / below[below > 0]
    low, high = np.quantile(ratios, _LEVELS)
    return _figure(part.sum() / whole.sum(), low, high, int(whole.sum()))


def pooled(groups: Sequence[Sequence[float]], statistic: Callable[[np.ndarray], float]) -> Figure:
    """Return a statistic of all values together, given those of each night."""
    arrays = [np.asarray(group, float) for group in groups]
    together = np.concatenate(arrays) if arrays else np.empty(0)
    if not len(together):
        return Figure(None, None, None, 0)
    drawn = [np.concatenate([arrays[k] for k in again]) for again in _drawn(len(arrays))]
    low, high = np.quantile([statistic(values) for values in drawn if len(values)], _LEVELS)
    return _figure(statistic(together), low, high, len(together))


def _figure(value: float, low: float, high: float, n: int) -> Figure:
    return Figure(round(float(value), 4), round(float(low), 4), round(float(high), 4), n)
