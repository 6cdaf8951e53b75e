"""How a wearer's noted factors (stress, caffeine, ...) go along with the nightly rate.

Kendall's S is tested by permutation; the effect is the median slope over pairs of nights with
Sen's interval (Sen 1968, JASA 63:1379), drawn from the same permutations. Both ask for no
distribution and bear a single odd night. A handful of nights proves little, and nothing about
causes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

LEAST_NIGHTS = 5
"""With fewer nights nothing is compared."""
EXACT_NIGHTS = 7
"""Up to so many nights all orders (5040) are tried."""
DRAWS = 9999
"""Random orders with more nights; the observed one is counted in addition."""
CONFIDENCE = 0.95

_YES, _NO = {"yes", "y", "true"}, {"no", "n", "false"}

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor against the nightly rate."""

    nights: int
    slope: float
    """Change of the rate per unit of the factor."""
    low: float
    high: float
    """Interval of the slope; infinite where so few nights leave it open."""
    p: float
    """Two-sided."""
    exact: bool


def compare_all(
    columns: Sequence[str], nights: Sequence[tuple[float | None, Sequence[str]]]
) -> dict[str, Factor]:
    """Compare every factor of a diary that can be compared.

    Parameters
    ----------
    columns
        Their headings.
    nights
        Of each the rate, None where it has no count, and the cells of the factors as written.
    """
    rates = np.array([np.nan if rate is None else rate for rate, _ in nights], np.float64)
    found = {}
    for i, name in enumerate(columns):
        values = [_value(cells[i]) if i < len(cells) else np.nan for _, cells in nights]
        if (factor := compare(np.array(values, np.float64), rates)) is not None:
            found[name] = factor
    return found


def is_noted(cell: str) -> bool:
    """Whether something is written in a cell, and that is not no."""
    return cell.strip().lower() not in {"", *_NO} and _value(cell) != 0


def compare(factor: Floats, rate: Floats, *, seed: int = 0) -> Factor | None:
    """Compare a factor with the nightly rate.

    Parameters
    ----------
    factor, rate
        One value per usable night; NaN where it is unknown, and the night is then left out.
    seed
        Of the random orders.

    Returns
    -------
    Factor or None
        None with fewer than five nights, or where the factor or the rate never changes.
    """
    known = np.isfinite(factor) & np.isfinite(rate)
    x, y = factor[known], rate[known]
    if len(x) < LEAST_NIGHTS or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    first, second = np.triu_indices(len(x), 1)
    steps = x[second] - x[first]
    s = int((np.sign(steps) * np.sign(y[second] - y[first])).sum())
    exact = len(x) <= EXACT_NIGHTS
    null = np.array(
        [
            (np.sign(steps) * np.sign(y[order][second] - y[order][first])).sum()
            for order in _orders(len(x), seed, exact=exact)
        ]
    )
    differs = steps != 0
    slopes = np.sort((y[second] - y[first])[differs] / steps[differs])
    low, high = _interval(slopes, null)
    p = float(np.mean(np.abs(null) >= abs(s)))
    return Factor(len(x), float(np.median(slopes)), low, high, p, exact)


def _value(cell: str) -> float:
    """Return a number, 1 for yes and 0 for no; NaN for anything else."""
    word = cell.strip().lower()
    if word in _YES or word in _NO:
        return float(word in _YES)
    try:
        value = float(word.replace(",", "."))
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def _orders(n: int, seed: int, *, exact: bool) -> NDArray[np.intp]:
    if exact:
        return np.array(list(permutations(range(n))), np.intp)
    random = np.random.default_rng(seed)
    drawn = random.permuted(np.tile(np.arange(n), (DRAWS, 1)), axis=1)
    return np.vstack([np.arange(n), drawn])


def _interval(slopes: Floats, null: Floats) -> tuple[float, float]:
    """Slopes that the test would not reject: those between two order statistics."""
    limits = np.unique(np.abs(null))
    tails = np.array([np.mean(np.abs(null) >= limit) for limit in limits])
    rejected = limits[tails <= 1 - CONFIDENCE]
    if not len(rejected):
        return -np.inf, np.inf
    outside = int((len(slopes) - rejected[0]) // 2)
    return float(slopes[outside]), float(slopes[-1 - outside])
