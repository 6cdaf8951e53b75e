"""Recall as a function of size: where half and where 95 % are found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve over the logarithm of size, which may end below one."""

    middle_mg: float
    steepness: float
    ceiling: float

    def at(self, size_mg: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share found."""
        x = np.log(np.asarray(size_mg, float) / self.middle_mg)
        return np.asarray(self.ceiling * expit(self.steepness * x))

    def size_mg(self, share: float) -> float | None:
        """Size at which this share is found; None if it never is."""
        if share >= self.ceiling:
            return None
        odds = share / (self.ceiling - share)
        return round(float(self.middle_mg * np.exp(np.log(odds) / self.steepness)), 1)


def fitted(size_mg: NDArray[np.float64], found: NDArray[np.bool_]) -> Curve | None:
    """Return the likeliest curve; None where all or nothing was found."""
    if found.all() or not found.any():
        return None

    def misfit(x: NDArray[np.float64]) -> float:
        share = Curve(float(np.exp(x[0])), float(np.exp(x[1])), float(expit(x[2]))).at(size_mg)
        share = np.clip(share, 1e-9, 1 - 1e-9)
        # a little of a prior for steepness, which is without bounds if the sizes separate
        return float(-np.log(np.where(found, share, 1 - share)).sum() + 0.05 * (x[1] - 2) ** 2)

    start = np.array([np.log(70.0), 2.0, 3.0])
    best = minimize(misfit, start, method="Nelder-Mead", options={"maxiter": 2000})
    return Curve(float(np.exp(best.x[0])), float(np.exp(best.x[1])), float(expit(best.x[2])))
