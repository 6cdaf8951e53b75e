"""The guider: the long still stretch of the night in which sleep is looked for.

Source: HDCZA (van Hees 2018, Sci Rep 8:12975), with the thresholds of GGIR 3.3-7: the change of
the z-angle between 5-s epochs, its 5-minute rolling median, still where that is below 15 times its
10th percentile over the day (within 0.13 to 0.50 degrees), still blocks of 30 minutes, joined
where less than 60 minutes apart, the longest one.

Deviations, with what was measured on the real nights:

- The angle comes from each epoch's mean, not from a rolling median: with a step of 15.6 mg the
  median stands still for epochs on end even in waking (10th and 25th percentile of the rolling
  median 0.00 degrees). From the mean the 10th percentiles are 0.03 (thigh, 15.6 mg, a day) and
  0.26 degrees (wrist, 3.9 mg, awake), where GGIR's own angle has 0.24 on the same wrist.
- Unknown or unworn time is not counted as stillness, and does not enter the percentile. But up to
  half of the median's window, 2.5 minutes, do not end a still block where the median about them is
  still: a few unreadable sectors cut the block that a night hangs on into pieces that are each too
  short (the bundled night lost its sleep period with one every twenty minutes).
- The block must begin and end in half an hour of lying still, its outermost ten minutes included:
  HDCZA cannot tell sitting quietly from sleep and joined 2 hours on a sofa to the night after it.
  In sleep at most 11 % of the 5-s epochs moved by more than 50 mg (in quarters of an hour), on the
  sofa 22 to 62 %, in front of television 21 to 54 %. Not used at the ankle, where periodic limb
  movements move that often in sleep.
- The still blocks themselves, without the pauses between them, must be two thirds of the whole:
  quiet half hours with active ones between them are no night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..settings import SleepSettings
from .grid import (
    EPOCHS_PER_MIN,
    MOVED_MG,
    Floats,
    Grid,
    Mask,
    Ranges,
    filled,
    joined,
    rolling_mean,
    runs,
)
from .night import Site

_MEDIAN_MIN = 5
BRIDGED_MIN = _MEDIAN_MIN / 2
"""Half of what the median in the middle of it is taken of is known then."""
_QUIET_SHARE = 0.2
_SETTLED_MIN = 10
_STILL_SHARE = 2 / 3
_STILL_BLOCK_JOIN_MIN = 10


@dataclass(frozen=True, slots=True)
class Guider:
    """Slots [start, stop) of the sleep period, roughly, and how it was found."""

    start: int
    stop: int
    source: Literal["diary", "hdcza", "still_block"]
    threshold_deg: float = float("nan")
    others: tuple[tuple[int, int], ...] = ()
    """Further rest periods of the night, in order."""


def find_guider(
    grid: Grid, worn: Mask, bouts: Ranges, settings: SleepSettings, site: Site
) -> Guider | None:
    """Find the sleep period's rough place: HDCZA first, then the longest still block.

    Parameters
    ----------
    grid, worn
        The night, and its slots that are known and worn.
    bouts
        Sustained inactivity, for the second way.
    settings
        Thresholds and shortest lengths.
    site
        Where the sensor was worn.
    """
    threshold, rests = rest_periods(grid, worn, settings, site)
    found = _longest(rests, settings)
    if found is not None:
        return Guider(*found, "hdcza", threshold, _apart(rests, found))
    found = _longest(
        _quiet_blocks(grid, worn, bouts, _STILL_BLOCK_JOIN_MIN, settings, site), settings
    )
    return None if found is None else Guider(*found, "still_block", others=_apart(rests, found))


def given_guider(
    grid: Grid, worn: Mask, given: tuple[int, int], settings: SleepSettings, site: Site
) -> Guider:
    """Take the sleep period from a diary and look for further rest periods only."""
    _, rests = rest_periods(grid, worn, settings, site)
    return Guider(*given, "diary", others=_apart(rests, given))


def rest_periods(
    grid: Grid, worn: Mask, settings: SleepSettings, site: Site
) -> tuple[float, list[tuple[int, int]]]:
    """Return HDCZA's threshold in degrees, and all stretches of ``block_min`` or more by it."""
    change = angle_change_deg(grid, worn)
    threshold = still_threshold_deg(change[worn], settings)
    still = runs(change < threshold)
    still = still[still[:, 1] - still[:, 0] >= settings.block_min * EPOCHS_PER_MIN]
    return threshold, _quiet_blocks(grid, worn, still, settings.join_min, settings, site)


def angle_change_deg(grid: Grid, worn: Mask) -> Floats:
    """5-min rolling median of the z-angle's change; NaN where less than a quarter is known.

    Slots that are unknown or not worn have one where they are few in a row and others follow.
    """
    mean = np.where(worn[:, None], grid.mean_g, np.nan)
    # Both horizontal axes are exactly 0 at times with coarse steps: no division.
    z_deg = np.degrees(np.arctan2(mean[:, 2], np.hypot(mean[:, 0], mean[:, 1])))
    change = np.abs(np.diff(z_deg, append=np.nan))
    return np.where(_bridged(worn), _rolling_median(change, _MEDIAN_MIN * EPOCHS_PER_MIN), np.nan)


def _bridged(worn: Mask) -> Mask:
    """Worn slots, and what lies between two of them if it is no longer than ``BRIDGED_MIN``."""
    return filled(joined(runs(worn), round(BRIDGED_MIN * EPOCHS_PER_MIN) + 1), len(worn))


def still_threshold_deg(change_deg: Floats, settings: SleepSettings) -> float:
    """Change of the z-angle below which the wearer is still: HDCZA's, or the fixed one."""
    known = change_deg[~np.isnan(change_deg)]
    hours = len(known) / (60 * EPOCHS_PER_MIN)
    auto_fixed = settings.guider == "auto" and hours < settings.hdcza_min_h
    if settings.guider == "fixed" or auto_fixed or len(known) == 0:
        return settings.fixed_angle_deg
    typical = settings.hdcza_factor * np.percentile(known, settings.hdcza_percentile)
    return float(np.clip(typical, settings.hdcza_low_deg, settings.hdcza_high_deg))


def moved(grid: Grid) -> Floats:
    """1 for epochs with a movement, 0 for those without, NaN where nothing was observed."""
    return np.where(np.isnan(grid.accel_max_mg), np.nan, grid.accel_max_mg > MOVED_MG)


def _rolling_median(values: Floats, length: int) -> Floats:
    """Centred median of the known values; NaN where less than a quarter of the window is known."""
    before = length // 2
    padded = np.concatenate([np.full(before, np.nan), values, np.full(length - 1 - before, np.nan)])
    windows = np.sort(sliding_window_view(padded, length), axis=1)  # NaN goes last
    n = np.sum(~np.isnan(windows), axis=1)
    rows = np.arange(len(values))
    middle = (windows[rows, (n - 1) // 2] + windows[rows, n // 2]) / 2
    return np.where(n >= length / 4, middle, np.nan)


def _quiet_blocks(
    grid: Grid,
    worn: Mask,
    still: Ranges,
    join_min: float,
    settings: SleepSettings,
    site: Site,
) -> list[tuple[int, int]]:
    """Joined blocks of ``block_min`` or more that begin and end quietly and are mostly still."""
    least = settings.block_min * EPOCHS_PER_MIN
    still_mask = filled(still, len(grid))
    blocks = []
    for block in joined(still, round(join_min * EPOCHS_PER_MIN)):
        start, stop = int(block[0]), int(block[1])
        if site != "ankle":
            start, stop = _quiet_part(grid, worn, start, stop, settings)
        if stop - start >= least and still_mask[start:stop].mean() >= _STILL_SHARE:
            blocks.append((start, stop))
    return blocks


def _longest(blocks: Sequence[tuple[int, int]], settings: SleepSettings) -> tuple[int, int] | None:
    """First of the longest blocks, if it is long enough for a sleep period."""
    least = settings.shortest_spt_h * 60 * EPOCHS_PER_MIN
    best = max(blocks, key=lambda block: block[1] - block[0], default=None)
    return None if best is None or best[1] - best[0] < least else best


def _apart(
    blocks: Sequence[tuple[int, int]], found: tuple[int, int]
) -> tuple[tuple[int, int], ...]:
    """Blocks that share no time with the one that was found."""
    return tuple(block for block in blocks if block[1] <= found[0] or block[0] >= found[1])


def _quiet_part(
    grid: Grid, worn: Mask, start: int, stop: int, settings: SleepSettings
) -> tuple[int, int]:
    """Cut both ends until a block's length of lying still begins and ends it.

    Nothing is left of a block without one: it then ends where it begins, or before.
    """
    moves = np.where(worn, moved(grid), np.nan)[start:stop]
    begins = np.flatnonzero(_quiet_from(moves, settings))
    ends = np.flatnonzero(_quiet_from(moves[::-1], settings))
    if len(begins) == 0 or len(ends) == 0:
        return start, start
    return start + int(begins[0]), stop - int(ends[0])


def _quiet_from(moves: Floats, settings: SleepSettings) -> Mask:
    """Slots from which on few epochs move, in a block's length and in its first part."""
    lengths = (round(minutes * EPOCHS_PER_MIN) for minutes in (settings.block_min, _SETTLED_MIN))
    shares = [rolling_mean(moves, length) for length in lengths]
    return np.asarray(np.all([share <= _QUIET_SHARE for share in shares], axis=0))
