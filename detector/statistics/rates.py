"""How often something was counted per observed hour, and what chance leaves open of that rate.

The 95 % interval is the exact one of a Poisson mean (Garwood 1936, Biometrika 28:437; in the form
of Ulm 1990, Am J Epidemiol 131:373). Where nights differ by more than chance it is widened by their
dispersion (quasi-Poisson: McCullagh & Nelder 1989, Generalized Linear Models, ch. 6), and by the
uncertainty of that from so few nights (Student's t instead of the normal quantile).

Quantiles of the gamma distribution are found here, because importing scipy.special takes longer
than analysing a night.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

TAIL = 0.025
"""On each side of an interval."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate over several nights."""

    count: int
    hours: float
    per_h: float
    low_per_h: float
    high_per_h: float
    interval: Literal["poisson", "quasi_poisson"]
    dispersion: float | None
    """Variance of the nights' counts over what chance alone gives, 1 if that is all; None if
    unknown: one night, or nothing counted."""


def pooled_rate(counts: Sequence[int], hours: Sequence[float]) -> Rate | None:
    """Return the rate over nights; None if there is none.

    Parameters
    ----------
    counts
        One per night.
    hours
        In which each was observed; all above 0.
    """
    count, total_h = sum(counts), sum(hours)
    if not counts:
        return None
    dispersion = _dispersion(counts, hours)
    widened = dispersion is not None and dispersion > 1
    spread = dispersion * _few_nights(len(counts)) if dispersion is not None and widened else 1.0
    low, high = poisson_interval(count, spread)
    return Rate(
        count,
        total_h,
        count / total_h,
        low / total_h,
        high / total_h,
        "quasi_poisson" if widened else "poisson",
        dispersion,
    )


def poisson_interval(n: int, dispersion: float = 1.0) -> tuple[float, float]:
    """Return the exact 95 % interval of a Poisson mean of which ``n`` were seen.

    With a dispersion the variance is so many times the mean: that of ``n / dispersion`` independent
    events, each of which counts for as much.
    """
    events = n / dispersion
    low = _gamma_quantile(events, TAIL) if n else 0.0
    return low * dispersion, _gamma_quantile(events + 1, 1 - TAIL) * dispersion


def _gamma_quantile(shape: float, share: float) -> float:
    """Return below which value a gamma variate lies with a probability, as near as numbers are."""
    low, high = 0.0, shape + 10 * math.sqrt(shape) + 20
    while low < (middle := 0.5 * (low + high)) < high:
        if _gamma_share_below(middle, shape) < share:
            low = middle
        else:
            high = middle
    return high


def _gamma_share_below(value: float, shape: float) -> float:
    """Return the probability by its power series, whose terms are all positive (DLMF 8.7.1)."""
    term = total = math.exp(shape * math.log(value) - value - math.lgamma(shape + 1))
    k = shape
    while term > 1e-17 * total:
        k += 1
        term *= value / k
        total += term
    return total


def _dispersion(counts: Sequence[int], hours: Sequence[float]) -> float | None:
    """Return Pearson's chi square over its degrees of freedom."""
    if len(counts) < 2 or not sum(counts):
        return None
    per_h = sum(counts) / sum(hours)
    expected = [per_h * h for h in hours]
    chi2 = sum((n - mean) ** 2 / mean for n, mean in zip(counts, expected, strict=True))
    return chi2 / (len(counts) - 1)


def _few_nights(n: int) -> float:
    """Return by how much more a variance estimated from so few nights leaves open."""
    from scipy.special import ndtri, stdtrit

    return float(stdtrit(n - 1, TAIL) / ndtri(TAIL)) ** 2
