"""Measures of agreement with their intervals, from counts and nothing else.

A measure that does not exist (no event to find, no variance between nights) is None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
Z = 1.959963984540054
"""Half the width of :data:`LEVEL` of a normal distribution, in standard deviations."""

_RESAMPLES = 2_000
_SEED = 20_240_305
"""Any fixed number does: the same lists give the same interval."""
_MOST_UNDEFINED = 0.05
"""Share of resamples without a value from which an interval would be one of the others only."""


class Estimate(NamedTuple):
    """A measure and the interval around it; None where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Counts(NamedTuple):
    """Events of two lists: in both, in the first only, in the second only."""

    both: int
    only_a: int
    only_b: int


def sensitivity(counts: Counts) -> float | None:
    """Share of the second list's events that the first has."""
    return _ratio(counts.both, counts.both + counts.only_b)


def ppv(counts: Counts) -> float | None:
    """Positive predictive value: share of the first list's events that the second has."""
    return _ratio(counts.both, counts.both + counts.only_a)


def f1(counts: Counts) -> float | None:
    """Harmonic mean of sensitivity and PPV, in which both lists weigh the same."""
    return _ratio(2 * counts.both, 2 * counts.both + counts.only_a + counts.only_b)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def wilson(successes: int, trials: int) -> Estimate:
    """Return a share with its score interval (Wilson 1927, no continuity correction)."""
    if not trials:
        return Estimate(None)
    share, more = successes / trials, Z**2 / trials
    middle = (share + more / 2) / (1 + more)
    half = Z / (1 + more) * sqrt(share * (1 - share) / trials + more / (4 * trials))
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == trials else middle + half
    return Estimate(share, low, high)


def wilson_f1(counts: Counts) -> Estimate:
    """Return F1 with an interval.

    F1 is no share of independent trials, but rises with one: of all events of either list, the
    share J that both have, F1 = 2 J / (1 + J). The limits are those of J.
    """
    shares = wilson(counts.both, sum(counts))
    return Estimate(*(None if j is None else 2 * j / (1 + j) for j in shares))


def cohen_kappa(table: NDArray[np.int64]) -> Estimate:
    """Return Cohen's kappa of a square table: rows one judge, columns the other, nominal.

    The interval is from the standard error that Cohen (1960, equation 7) gives,
    sqrt(po (1 - po) / (n (1 - pe)^2)), cut at -1 and 1. Where both judges used one and the same
    category throughout, chance explains everything and kappa does not exist.
    """
    n = int(table.sum())
    if not n:
        return Estimate(None)
    observed = float(np.trace(table)) / n
    chance = float((table.sum(axis=0) * table.sum(axis=1)).sum()) / n**2
    if chance >= 1:
        return Estimate(None)
    kappa = (observed - chance) / (1 - chance)
    half = Z * sqrt(observed * (1 - observed) / n) / (1 - chance)
    return Estimate(kappa, max(-1.0, kappa - half), min(1.0, kappa + half))


class Limits(NamedTuple):
    """How far two counts of the same nights lie apart (Bland and Altman 1986)."""

    bias: float
    """Mean of first minus second."""
    sd: float | None
    """Of the differences; None for a single night, and so the limits."""
    low: float | None
    high: float | None


def bland_altman(a: NDArray[np.float64], b: NDArray[np.float64]) -> Limits:
    """Return bias and 95 % limits of agreement, bias ± 1.96 standard deviations."""
    difference = a - b
    bias = float(difference.mean())
    if len(difference) < 2:
        return Limits(bias, None, None, None)
    sd = float(difference.std(ddof=1))
    return Limits(bias, sd, bias - Z * sd, bias + Z * sd)


def lin_ccc(a: NDArray[np.float64], b: NDArray[np.float64]) -> float | None:
    """Return Lin's concordance correlation coefficient (Lin 1989): 1 if all counts are equal.

    With moments over n, as in the article. Chosen before an intraclass correlation because it needs
    no model of who counted; None where neither list varies and both agree.
    """
    if len(a) < 2:
        return None
    a_mean, b_mean = a.mean(), b.mean()
    covariance = float(((a - a_mean) * (b - b_mean)).mean())
    return _ratio(2 * covariance, float(a.var() + b.var() + (a_mean - b_mean) ** 2))


def bootstrap(
    n: int, measure: Callable[[NDArray[np.intp]], float | None], value: float | None
) -> Estimate:
    """Return a measure with its percentile interval over resampled nights (Efron 1979).

    Nights, not events, are drawn: events of one night are no independent witnesses.

    Parameters
    ----------
    n
        How many nights there are.
    measure
        The measure of the nights with these indices; None or NaN where it does not exist.
    value
        The measure of all nights.
    """
    if value is None:
        return Estimate(None)
    rng = np.random.default_rng(_SEED)
    drawn = [measure(rng.integers(0, n, n)) for _ in range(_RESAMPLES)]
    known = [each for each in drawn if each is not None and isfinite(each)]
    if len(known) < (1 - _MOST_UNDEFINED) * _RESAMPLES:
        return Estimate(value)
    low, high = _quantiles(known, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(value, low, high)


def _quantiles(values: Sequence[float], shares: Sequence[float]) -> list[float]:
    return [float(q) for q in np.quantile(np.array(values), shares)]
