"""How the clock of one sensor runs against that of another, by movements that both saw.

A movement that begins out of stillness begins on several limbs at nearly the same time. For every
offset and drift that clocks may have, the pairs of such beginnings are counted that would fall into
one second; the true ones stand out above chance, and a robust line through the pairs near them says
how the clocks run (Theil 1950 and Hough 1962 for the idea; Beaton and Tukey 1974 for the weights).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.review.matching import matched
from detector.settings import LimbSettings
from recordings import SECOND_NS

Floats = NDArray[np.float64]
Times = NDArray[np.int64]

_BIN_S = 0.25
_BINS = 4
"""Pairs within one second vote together."""
_LEAST_CHANCE = 1e-3
"""Peaks that chance alone makes more often than this, in all that was tried, are none."""
_LEAST_RATIO = 2.0
"""Of the best offset's pairs above chance to those of the next best."""
_AROUND_S = 60.0
"""What is expected by chance is taken from offsets this near."""
_NEAR_S = 3.0
_TOLERANCES_S = (1.0, 0.6, 0.6)
_TUKEY = 4.685
_SD_PER_MAD = 1.4826
_LEAST_SD_S = 0.001
"""Times are told to the millisecond."""
_COMMON_S = 0.03
"""Standard deviation of what all beginnings have in common, which no number of them takes away: a
noisier sensor sees them later, one limb is often the first (made nights, development seeds)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginnings:
    """Movements out of stillness, in order of time."""

    start_ns: Times
    weight: Floats
    """Larger movements begin more sharply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """When one clock shows ``t``, the other shows ``t + offset + drift (t - middle)``."""

    reason: str
    """Empty if the clocks are aligned; else why not."""
    shared: int = 0
    """Movements that both saw, by which they were aligned."""
    by_chance: float = np.nan
    """As many would be expected within a second at any offset."""
    middle_ns: int = 0
    """By the first clock."""
    offset_s: float = np.nan
    """At the middle; above zero: the other clock is ahead."""
    drift_ppm: float = np.nan
    residual_ms: float = np.nan
    """Standard deviation of the shared movements about the line."""
    uncertainty_ms: float = np.nan
    """Half of the 95 % interval of the offset, where in the overlap it is widest."""

    def there(self, time_ns: Times) -> Times:
        """Return what the other clock shows."""
        since_s = (time_ns - self.middle_ns) / SECOND_NS
        return time_ns + _ns(self.offset_s + 1e-6 * self.drift_ppm * since_s)

    def back(self, time_ns: Times) -> Times:
        """Return what the first clock shows when the other shows this."""
        since_s = (time_ns - self.middle_ns) / SECOND_NS - self.offset_s
        drift = 1e-6 * self.drift_ppm
        return time_ns - _ns(self.offset_s + drift * since_s / (1 + drift))


def _ns(seconds: Floats) -> Times:
    return np.asarray(np.rint(seconds * SECOND_NS), np.int64)


def align(one: Beginnings, other: Beginnings, settings: LimbSettings) -> Alignment:
    """Estimate offset and drift between two clocks, or say why that cannot be done.

    Parameters
    ----------
    one, other
        What each sensor saw of the time in which both were recording.
    settings
        How far apart the clocks may be, and how many movements they must share.
    """
    if min(len(one.start_ns), len(other.start_ns)) < settings.shared_least:
        return Alignment(reason="few_shared")
    first_ns, last_ns = one.start_ns[0], one.start_ns[-1]
    middle_ns = int(first_ns + (last_ns - first_ns) // 2)
    a_s, b_s = ((each.start_ns - middle_ns) / SECOND_NS for each in (one, other))
    found = _clearest(a_s, b_s, settings)
    if found is None:
        return Alignment(reason="no_clear_peak", middle_ns=middle_ns)
    line, by_chance = found
    return _fitted(one, other, line, middle_ns, by_chance, settings)


def _clearest(
    a_s: Floats, b_s: Floats, settings: LimbSettings
) -> tuple[tuple[float, float], float] | None:
    """Return offset and drift with the most pairs, and as many as chance would make.

    None if chance may have made them, or another offset has nearly as many.
    """
    reach_s = 60 * settings.offset_max_min
    half_s = max(np.abs(a_s).max(), 1.0)
    most = 1e-6 * settings.drift_max_ppm
    slack_s = most * half_s + _BIN_S
    first = np.searchsorted(b_s, a_s - reach_s - slack_s)
    stop = np.searchsorted(b_s, a_s + reach_s + slack_s)
    i = np.repeat(np.arange(len(a_s)), stop - first)
    within = np.arange(len(i)) - np.repeat(np.cumsum(stop - first) - (stop - first), stop - first)
    apart_s = b_s[np.repeat(first, stop - first) + within] - a_s[i]
    steps = int(np.ceil(most * half_s / _BIN_S))
    drifts = np.linspace(-most, most, 2 * steps + 1)
    best, votes, drift = -1, np.zeros(1), 0.0
    for each in drifts[np.argsort(np.abs(drifts), kind="stable")].tolist():
        counted = _votes(apart_s - each * a_s[i], reach_s)
        if counted.max() > best:
            best, votes, drift = int(counted.max()), counted, each
    peak = int(votes.argmax())
    around, near = round(_AROUND_S / _BIN_S), round(_NEAR_S / _BIN_S)
    beside = np.abs(np.arange(len(votes)) - peak)
    by_chance = float(votes[(beside > near) & (beside <= around)].mean())
    second = float(votes[beside > near].max(initial=0))
    trials = len(drifts) * len(votes) / _BINS
    if trials * _more_than(best, by_chance) > _LEAST_CHANCE:
        return None
    if best - by_chance < _LEAST_RATIO * (second - by_chance):
        return None
    return ((peak + 0.5 * _BINS) * _BIN_S - reach_s, drift), by_chance


def _votes(apart_s: Floats, reach_s: float) -> Floats:
    """Count pairs by offset: bin ``k`` is the second that begins ``k`` bins above ``-reach_s``."""
    bins = round(2 * reach_s / _BIN_S)
    number = np.floor((apart_s + reach_s) / _BIN_S).astype(np.int64)
    number = number[(number >= 0) & (number < bins)]
    counted = np.bincount(number, minlength=bins).astype(np.float64)
    return np.convolve(counted, np.ones(_BINS), "valid")


def _more_than(count: int, mean: float) -> float:
    """Probability that a Poisson variable reaches ``count``."""
    from scipy.special import gammainc

    return float(gammainc(count, max(mean, 1e-9))) if count > 0 else 1.0


def _fitted(
    one: Beginnings,
    other: Beginnings,
    line: tuple[float, float],
    middle_ns: int,
    by_chance: float,
    settings: LimbSettings,
) -> Alignment:
    """Fit the line by the pairs that are nearest to it, ever more narrowly."""
    a_s, b_s = ((each.start_ns - middle_ns) / SECOND_NS for each in (one, other))
    shared, se_s, sd_s = 0, np.inf, np.nan
    for tolerance_s in _TOLERANCES_S:
        offset_s, drift = line
        partner = matched(
            _ns(a_s + offset_s + drift * a_s), _ns(b_s), round(tolerance_s * SECOND_NS)
        )
        i = np.flatnonzero(partner >= 0)
        shared = len(i)
        if shared < settings.shared_least:
            return Alignment(reason="few_shared", shared=shared, middle_ns=middle_ns)
        apart_s = b_s[partner[i]] - a_s[i]
        weight = np.minimum(one.weight[i], other.weight[partner[i]])
        line, se_s, sd_s = _robust_line(a_s[i], apart_s, weight, line, np.abs(a_s).max())
    uncertain_s = 1.96 * float(np.hypot(se_s, _COMMON_S))
    drift_ppm = 1e6 * line[1]
    reason = ""
    if uncertain_s > settings.together_s / 2:
        reason = "uncertain"
    elif abs(drift_ppm) > settings.drift_max_ppm:
        reason = "drift"
    return Alignment(
        reason=reason,
        shared=shared,
        by_chance=by_chance,
        middle_ns=middle_ns,
        offset_s=line[0],
        drift_ppm=drift_ppm,
        residual_ms=1000 * sd_s,
        uncertainty_ms=1000 * uncertain_s,
    )


def _robust_line(
    x: Floats, y: Floats, weight: Floats, line: tuple[float, float], half: float
) -> tuple[tuple[float, float], float, float]:
    """Return the line, its standard error at ``x = +-half``, and the spread about it.

    Iterated least squares with Tukey's bisquare, from a line that is near.
    """
    design = np.stack([np.ones_like(x), x], axis=1)
    best = np.array(line)
    inverse, sd = np.eye(2), np.inf
    for _ in range(30):
        rest = y - design @ best
        sd = max(_SD_PER_MAD * float(np.median(np.abs(rest))), _LEAST_SD_S)
        taken = weight * np.clip(1 - (rest / (_TUKEY * sd)) ** 2, 0, None) ** 2
        normal = design.T @ (design * taken[:, None])
        # Without spread in time the drift is unknown; it then stays what it was.
        inverse = np.linalg.pinv(normal, rcond=1e-14, hermitian=True)
        step = inverse @ (design.T @ (taken * rest))
        best = best + step
        if abs(step[0]) + half * abs(step[1]) < 1e-6:
            break
    rest = y - design @ best
    spread = float(np.sum(taken * rest**2) / max(np.sum(taken), 1e-12))
    meat = design.T @ (design * (taken**2 * max(spread, _LEAST_SD_S**2))[:, None])
    covariance = inverse @ meat @ inverse
    ends = (np.array([1.0, sign * half]) for sign in (-1, 1))
    worst = max(float(end @ covariance @ end) for end in ends)
    return (float(best[0]), float(best[1])), float(np.sqrt(worst)), sd
