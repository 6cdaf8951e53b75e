"""When the sensor was not worn: still windows first, proof where the wearer might be asleep.

Sources: the windows are those of van Hees 2013 as in GGIR ("2023" rule): an hour is suspect where
at least two axes have a small standard deviation and a small range. An hour of deep sleep can look
the same, so a stretch in which the wearer might sleep needs proof: it is long, and the sensor is
cold or absolutely still.

Absolutely still means, for two hours on end, no twitch (a sleeper moves every hour or two at
least) and no drift: the 5-s means of every half hour have a standard deviation below 1 mg on all
axes (the rule of scikit-digital-health). Two real sleepers are far from that: their stillest half
hours had 1.6 and 3.4 mg, their stillest hours 35 and 123 mg (posture shifts, breathing), while a
sensor on a table shows only its own noise, 0.1 to 0.6 mg in the mean of 5 s. Of 40 simulated
sleepers with 4 movements and 5 twitches an hour the stillest kept it up for 1.7 hours.

The heartbeat that a fine sensor can show would prove wear, but its absence proves nothing (in
neither of the real nights is there one to be seen), so that it decides nothing here.

Deviations: cold is also colder than the same sensor was when it was surely worn, because in a cool
room a wrist in the open has 24 °C (real evening). Temperature above the limit does not by itself
prove wear, because in a warm room a sensor on a table has 26 °C too; absolute stillness then still
counts as non-wear.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..settings import SleepSettings
from .grid import EPOCHS_PER_MIN, Floats, Grid, Mask, rolling_mean, runs
from .night import Interval

_ABSOLUTE_MG = 1.0
_ABSOLUTE_WINDOW_MIN = 30
_ABSOLUTE_MIN = 120
_TWITCH_MG, _TWITCH_SHARE = 25.0, 2.5
"""A peak above both, the second as a multiple of the sensor's own quiet peaks, is a twitch."""
_WORN_MIN = 30
"""Least time from which the temperature of the worn sensor is taken."""
_LEAST_AXES = 2
_LEAST_KNOWN_SHARE = 0.5


def suspected(grid: Grid, settings: SleepSettings) -> Mask:
    """Slots of all windows in which at least two axes hardly moved."""
    mask = np.zeros(len(grid), np.bool_)
    for part in _windows(grid, settings):
        still = _range_mg(grid, part) < settings.nonwear_range_mg
        if still.sum() >= _LEAST_AXES:  # few windows are; only they are worth a look at the SD
            still &= _sd_mg(grid, part) < settings.nonwear_sd_mg
            mask[part] |= still.sum() >= _LEAST_AXES
    return mask


def can_be_told(grid: Grid, settings: SleepSettings) -> bool:
    """Whether there is a window to be judged at all: else nothing was found out about wear."""
    return next(_windows(grid, settings), None) is not None


def _windows(grid: Grid, settings: SleepSettings) -> Iterator[slice]:
    """Windows of ``nonwear_window_min``, every ``nonwear_step_min`` from the night's start.

    One with less than half of its epochs is not judged.
    """
    window = round(settings.nonwear_window_min * EPOCHS_PER_MIN)
    step = round(settings.nonwear_step_min * EPOCHS_PER_MIN)
    for start in range(0, len(grid) - window + 1, step):
        part = slice(start, start + window)
        if grid.known[part].mean() >= _LEAST_KNOWN_SHARE:
            yield part


def _sd_mg(grid: Grid, part: slice) -> Floats:
    """Standard deviation of all samples of the window, from the epochs' own moments."""
    known = grid.known[part]
    n = grid.n_samples[part][known][:, None]
    mean, sd = grid.mean_g[part][known], grid.sd_g[part][known]
    centre = np.sum(n * mean, axis=0) / np.sum(n)
    variance = np.sum(n * (sd**2 + (mean - centre) ** 2), axis=0) / np.sum(n)
    return np.asarray(1000 * np.sqrt(variance))


def _range_mg(grid: Grid, part: slice) -> Floats:
    known = grid.known[part]
    return np.asarray(
        1000 * (grid.max_g[part][known].max(axis=0) - grid.min_g[part][known].min(axis=0))
    )


def proven(grid: Grid, suspect: Mask, settings: SleepSettings) -> Mask:
    """Suspect stretches that cannot be a sleeper's: long, and cold or absolutely still."""
    least = settings.nonwear_asleep_min * EPOCHS_PER_MIN
    absolute = runs(absolutely_still(grid))
    known = np.array([grid.known[a:b].sum() for a, b in absolute])
    absolute = absolute[known > max(least, _ABSOLUTE_MIN * EPOCHS_PER_MIN)]
    mask = np.zeros(len(grid), np.bool_)
    colder_c = _worn_c(grid, suspect) - settings.nonwear_cooler_c
    for start, stop in runs(suspect):
        cold = stop - start > least and _is_cold(grid, start, stop, settings, colder_c)
        if cold or np.any((absolute[:, 0] < stop) & (absolute[:, 1] > start)):
            mask[start:stop] = True
    return mask


def absolutely_still(grid: Grid) -> Mask:
    """Slots without movement, of half hours whose 5-s means vary less than 1 mg (SD)."""
    window = _ABSOLUTE_WINDOW_MIN * EPOCHS_PER_MIN
    mean_mg = 1000 * grid.mean_g
    still = rolling_mean(grid.known.astype(np.float64), window) >= _LEAST_KNOWN_SHARE
    still[len(grid) - window + 1 :] = False
    for axis in range(3):
        # Each axis around its own first value: squares of 1 g would swamp those of 1 mg.
        values = mean_mg[:, axis] - mean_mg[np.argmax(grid.known), axis]
        variance = rolling_mean(values**2, window) - rolling_mean(values, window) ** 2
        still &= variance < _ABSOLUTE_MG**2
    covered = np.convolve(still, np.ones(window))[: len(grid)] > 0.5
    peaks = grid.accel_max_mg[~np.isnan(grid.accel_max_mg)]
    own_mg = np.percentile(peaks, 10) if len(peaks) else 0.0
    twitched = grid.accel_max_mg > max(_TWITCH_MG, _TWITCH_SHARE * own_mg)
    return np.asarray(covered & ~twitched)


def _worn_c(grid: Grid, suspect: Mask) -> float:
    """Usual temperature of the night's unsuspicious time, infinite if too little of it is known."""
    measured = grid.temperature_c[~suspect]
    measured = measured[~np.isnan(measured)]
    enough = len(measured) >= _WORN_MIN * EPOCHS_PER_MIN
    return float(np.median(measured)) if enough else np.inf


def _is_cold(
    grid: Grid, start: int, stop: int, settings: SleepSettings, colder_c: float = np.inf
) -> bool:
    measured = grid.temperature_c[start:stop]
    measured = measured[~np.isnan(measured)]
    limit_c = min(settings.nonwear_temperature_c, colder_c)
    return len(measured) > 0 and bool(np.median(measured) < limit_c)


def awake_nonwear(
    grid: Grid, suspect: Mask, guider: Interval | None, settings: SleepSettings
) -> Mask:
    """Suspect stretches outside the sleep period: non-wear unless the sensor is warm."""
    mask = np.zeros(len(grid), np.bool_)
    for start, stop in runs(suspect):
        if guider is not None and grid.interval(start, stop).overlaps(guider):
            continue
        measured = grid.temperature_c[start:stop]
        if np.isnan(measured).all() or _is_cold(grid, start, stop, settings):
            mask[start:stop] = True
    return mask
