"""What an event's neighbours say: trains, clusters, and what followed.

All functions take the night's candidates in time order.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from recordings import SECOND_NS

from ..settings import KindSettings
from .grid import Floats, Mask

AFTER_S = 60.0
"""How long what follows an event is looked at."""
_LEAST = 1e-6
"""g/s; slow events may have next to no jerk."""


def active_after_s(candidates: NDArray[np.void]) -> Floats:
    """Seconds of movement (other events) within the minute after each event's end."""
    if len(candidates) == 0:
        return np.empty(0)
    first_ns = candidates["start_ns"][0]
    start, end = ((candidates[name] - first_ns) / 1e9 for name in ("start_ns", "end_ns"))
    times = np.stack([start, end], axis=1).ravel()
    moved = np.concatenate([[0.0], np.cumsum(end - start)])
    moved_by = np.stack([moved[:-1], moved[1:]], axis=1).ravel()
    return np.asarray(np.interp(end + AFTER_S, times, moved_by) - np.interp(end, times, moved_by))


def followed_s(candidates: NDArray[np.void], settings: KindSettings) -> Floats:
    """From each event's end to the end of its bout of movement: no pause above ``arousal_s``."""
    if len(candidates) == 0:
        return np.empty(0)
    start_ns, end_ns = candidates["start_ns"], candidates["end_ns"]
    pause_s = (start_ns[1:] - end_ns[:-1]) / 1e9
    bout = np.cumsum(np.concatenate([[False], pause_s > settings.arousal_s]))
    last = np.searchsorted(bout, bout, side="right") - 1
    return np.asarray((end_ns[last] - end_ns) / 1e9)


def later_share(candidates: NDArray[np.void], settings: KindSettings) -> Floats:
    """Largest jerk within ``arousal_s`` after the event, in it or in others, over its own peak."""
    peak = candidates["peak_jerk_g_per_s"].astype(np.float64)
    share = np.maximum(candidates["late_ratio"].astype(np.float64), 0.0)
    horizon_ns = candidates["end_ns"] + round(settings.arousal_s * SECOND_NS)
    stop = np.searchsorted(candidates["start_ns"], horizon_ns, side="right")
    first = np.flatnonzero(stop > np.arange(len(candidates)) + 1)
    later = largest_within(peak, first + 1, stop[first])
    share[first] = np.maximum(share[first], later / np.maximum(peak[first], _LEAST))
    return share


def largest_within(values: Floats, first: NDArray[np.int64], stop: NDArray[np.int64]) -> Floats:
    """Return the largest of every ``values[first:stop]``, none of them empty.

    Two runs of the longest power of two that fits cover each; all runs of one length are made of
    those of half the length at once.
    """
    found, runs, length, level = np.empty(len(first)), values, 1, 1
    fits = np.frexp(stop - first)[1]  # 1 for a length of 1, 2 for 2 and 3, 3 for 4 to 7
    while np.any(fits >= level):
        at = fits == level
        found[at] = np.maximum(runs[first[at]], runs[stop[at] - length])
        runs = np.maximum(runs[:-length], runs[length:])
        length, level = 2 * length, level + 1
    return found


def neighbours(candidates: NDArray[np.void], other: Mask, within_s: float) -> Floats:
    """Count the events of ``other`` whose peak lies within ``within_s`` of each event's own.

    An event does not count itself.
    """
    peak_ns = candidates["peak_ns"]
    others_ns, reach_ns = peak_ns[other], round(within_s * SECOND_NS)
    first = np.searchsorted(others_ns, peak_ns - reach_ns, side="left")
    stop = np.searchsorted(others_ns, peak_ns + reach_ns, side="right")
    return np.asarray((stop - first - other).astype(np.float64))


def in_train(candidates: NDArray[np.void], settings: KindSettings) -> Mask:
    """Events that together make a rhythmic train.

    Any ``train_min`` events in a row do whose peaks follow each other within the train's intervals,
    evenly (SD / mean at most ``train_cv``), and whose sizes differ by ``train_spread`` at most.
    """
    n, least = len(candidates), settings.train_min
    mask = np.zeros(n, np.bool_)
    if n < least:
        return mask
    apart = sliding_window_view(np.diff(candidates["peak_ns"]) / 1e9, least - 1)
    size = sliding_window_view(candidates["peak_jerk_g_per_s"].astype(np.float64), least)
    alike = np.flatnonzero(
        (apart.min(axis=1) >= settings.train_interval_low_s)
        & (apart.max(axis=1) <= settings.train_interval_high_s)
        & (size.max(axis=1) <= settings.train_spread * size.min(axis=1))
    )
    apart = apart[alike]
    for first in alike[apart.std(axis=1) <= settings.train_cv * apart.mean(axis=1)]:
        mask[first : first + least] = True
    return mask


def clusters(
    candidates: NDArray[np.void], member: Mask, settings: KindSettings
) -> NDArray[np.int64]:
    """Number of the repetitive cluster of each member, -1 for events in none.

    A cluster is ``cluster_min`` members or more with pauses (peak to peak) of ``cluster_gap_s`` at
    most. Anchor: 20 to 29 contractions in 4 to 15 minutes (Fusco 1999).
    """
    numbers = np.full(len(candidates), -1, np.int64)
    index = np.flatnonzero(member)
    pause = np.diff(candidates["peak_ns"][index]) / 1e9
    run = np.cumsum(np.concatenate([[False], pause > settings.cluster_gap_s]))[: len(index)]
    large = np.bincount(run) >= settings.cluster_min
    number = np.where(large, np.cumsum(large) - 1, -1)
    numbers[index] = number[run]
    return numbers
