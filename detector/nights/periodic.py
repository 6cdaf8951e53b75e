"""Limb movements, their intervals and periodic series, after WASM 2016 as far as motion shows them.

A *candidate* limb movement lasts from ``periodic_shortest_s`` to ``periodic_longest_s``, is large
enough to be listed, comes back nearly to where it began and is no knock. A periodic series is a run
of at least ``periodic_min`` candidates whose onsets are ``periodic_low_s`` to ``periodic_high_s``
apart; a shorter or longer interval ends it, and so does a movement of the limb that is no
candidate: one that is too long, or a turn. Movements too brief or too small are no limb movements
and end nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from ..settings import KindSettings
from .grid import Floats, Mask

HISTOGRAM_BIN_S = 2.0
HISTOGRAM_END_S = 90.0
LOG_BINS_PER_DECADE = 10
LOG_DECADES = 3
"""From 1 s on."""


def candidates(evidence: Mapping[str, Floats], s: KindSettings) -> Mask:
    """Which movements may belong to a periodic series.

    Parameters
    ----------
    evidence
        ``duration_s``, ``peak_accel_mg``, ``posture_change_deg`` and ``hf_lf_ratio`` by name; NaN
        is unknown.
    s
        The limits.
    """
    return _of_limb(evidence, s) & ~_too_much(evidence, s)


def breaking(evidence: Mapping[str, Floats], s: KindSettings) -> Mask:
    """Which are movements of the limb that are no candidates, so that a series ends with them."""
    return _of_limb(evidence, s) & _too_much(evidence, s)


def _of_limb(evidence: Mapping[str, Floats], s: KindSettings) -> Mask:
    return np.asarray(
        (evidence["duration_s"] >= s.periodic_shortest_s)
        & (evidence["peak_accel_mg"] >= s.accel_listed_mg)
        & ~(evidence["hf_lf_ratio"] > s.impact_ratio)
    )


def _too_much(evidence: Mapping[str, Floats], s: KindSettings) -> Mask:
    return np.asarray(
        (evidence["duration_s"] > s.periodic_longest_s)
        | (evidence["posture_change_deg"] > s.posture_max_deg)
    )


def series(
    start_ns: NDArray[np.int64], member: Mask, breaks: Mask, s: KindSettings
) -> NDArray[np.int64]:
    """Return the number of the periodic series of every movement, -1 of those in none.

    Parameters
    ----------
    start_ns
        Onsets of all movements, ascending.
    member, breaks
        Which may belong to a series, and which end one; the others do not matter.
    s
        The limits.
    """
    numbers = np.full(len(start_ns), -1, np.int64)
    index = np.flatnonzero(member)
    interval_s = np.diff(start_ns[index]) / 1e9
    follows = (
        (interval_s >= s.periodic_low_s)
        & (interval_s <= s.periodic_high_s)
        & (np.diff(np.cumsum(breaks)[index]) == 0)
    )
    run = np.cumsum(np.concatenate([[False], ~follows]))[: len(index)]
    long = np.bincount(run) >= s.periodic_min
    number = np.where(long, np.cumsum(long) - 1, -1)
    numbers[index] = number[run]
    return numbers


def periodicity_index(interval_s: Floats, s: KindSettings) -> float | None:
    """Share of intervals that lie in runs of three or more of 10 to 90 s (Ferri 2006).

    Of all intervals between successive limb movements, longer ones too. This is Ferri's index, not
    the share of limb movements that are periodic, which other programs call by the same name.

    Parameters
    ----------
    interval_s
        Onset to onset, in order; NaN where time between two movements was not observed: known to
        be no interval of a run, and not counted.
    s
        The limits; runs have one interval fewer than a series has movements.

    Returns
    -------
    float or None
        None without a known interval.
    """
    known = ~np.isnan(interval_s)
    if not known.any():
        return None
    fits = (interval_s >= s.periodic_low_s) & (interval_s <= s.periodic_high_s)
    run = np.cumsum(~fits)
    sizes = np.bincount(run, weights=fits)
    periodic = fits & (sizes[run] >= s.periodic_min - 1)
    return float(periodic.sum() / known.sum())


class Histogram(TypedDict):
    """Intervals from onset to onset."""

    bin_s: float
    counts: list[int]
    """In bins of ``bin_s`` from 0 to 90 s."""
    longer: int
    log_edges_s: list[float]
    log_counts: list[int]


def histogram(interval_s: Floats) -> Histogram:
    """Count intervals in bins of 2 s to 90 s, and in bins of equal ratio from 1 to 1000 s."""
    known = interval_s[~np.isnan(interval_s)]
    edges = np.arange(0, HISTOGRAM_END_S + HISTOGRAM_BIN_S, HISTOGRAM_BIN_S)
    count, _ = np.histogram(known[known < HISTOGRAM_END_S], edges)
    log_edges = 10 ** (np.arange(LOG_DECADES * LOG_BINS_PER_DECADE + 1) / LOG_BINS_PER_DECADE)
    log_count, _ = np.histogram(known, log_edges)
    return {
        "bin_s": HISTOGRAM_BIN_S,
        "counts": count.tolist(),
        "longer": int((known >= HISTOGRAM_END_S).sum()),
        "log_edges_s": [round(float(edge), 3) for edge in log_edges],
        "log_counts": log_count.tolist(),
    }
