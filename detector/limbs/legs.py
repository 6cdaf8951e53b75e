"""Limb movements of both legs together, after WASM 2016 as far as motion shows them.

Movements of two legs are one bilateral movement where one begins between the beginning of the
other and half a second after its end. A bilateral movement is a candidate if each of its movements
is one, they are four at most, and it lasts 15 s at most. Series are then made of the candidates of
either or both legs, as those of one leg are (:mod:`detector.nights.periodic`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.nights import periodic
from detector.settings import KindSettings
from recordings import SECOND_NS

from .align import Times
from .group import Clock
from .sensors import Movements

_AFTER_NS = SECOND_NS // 2
_MOST = 4
_LONGEST_NS = 15 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class LegMovements:
    """Movements of either or both legs, in order of time; parallel arrays."""

    start_ns: Times
    candidate: NDArray[np.bool_]
    series: NDArray[np.int64]
    """Number of the periodic series of each, -1 for none."""


def of_both_legs(
    legs: Sequence[Movements], clocks: Sequence[Clock], s: KindSettings
) -> LegMovements:
    """Combine the limb movements of a left and a right ankle on one clock.

    Parameters
    ----------
    legs, clocks
        Of the two.
    s
        The limits of limb movements and of series.
    """
    start, end, candidate, leg = (np.concatenate(each) for each in zip(
        *(_of_leg(moved, clock, s, i) for i, (moved, clock) in enumerate(zip(legs, clocks,
          strict=True))), strict=True))  # fmt: skip
    order = np.lexsort((leg, start))
    joined = combined(start[order], end[order], leg[order], candidate[order])
    number = periodic.series(joined[0], joined[1], ~joined[1], s)
    return LegMovements(start_ns=joined[0], candidate=joined[1], series=number)


def _of_leg(
    moved: Movements, clock: Clock, s: KindSettings, leg: int
) -> tuple[Times, Times, NDArray[np.bool_], NDArray[np.int64]]:
    """Return beginning, end, whether it is a candidate, and the leg, of every limb movement."""
    evidence = {
        "duration_s": moved.duration_s,
        "peak_accel_mg": moved.peak_mg,
        "posture_change_deg": moved.posture_change_deg,
        "hf_lf_ratio": moved.hf_lf_ratio,
    }
    candidate = periodic.candidates(evidence, s)
    chosen = candidate | periodic.breaking(evidence, s)
    return (
        clock(moved.start_ns[chosen]),
        clock(moved.end_ns[chosen]),
        candidate[chosen],
        np.full(int(chosen.sum()), leg),
    )


def combined(
    start_ns: Times, end_ns: Times, leg: NDArray[np.int64], candidate: NDArray[np.bool_]
) -> tuple[Times, NDArray[np.bool_]]:
    """Return beginning of each combined movement, and whether it is a candidate.

    Parameters
    ----------
    start_ns, end_ns, leg, candidate
        Movements in order of their beginning.
    """
    begins: list[int] = []
    fits: list[bool] = []
    reach: dict[int, int] = {}
    size, last_ns = 0, 0
    for begin, end, side, fit in zip(
        start_ns.tolist(), end_ns.tolist(), leg.tolist(), candidate.tolist(), strict=True
    ):
        joins = any(begin < until for other, until in reach.items() if other != side)
        if not joins:
            begins.append(begin)
            fits.append(True)
            reach, size, last_ns = {}, 0, end
        size, last_ns = size + 1, max(last_ns, end)
        reach[side] = max(reach.get(side, 0), end + _AFTER_NS)
        short = size == 1 or (size <= _MOST and last_ns - begins[-1] <= _LONGEST_NS)
        fits[-1] = fits[-1] and fit and short
    return np.array(begins, np.int64), np.array(fits, bool)
