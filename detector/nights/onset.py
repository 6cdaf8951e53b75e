"""When the wearer fell asleep and woke: the guider, sustained inactivity, five onset candidates.

Sources: sustained inactivity bouts after van Hees 2015 (PLoS ONE 10:e0142533) as in GGIR 3.3-7:
more than 5 minutes without a posture change above 5 degrees between 5-s epochs; sleep onset is the
start of the first bout that overlaps the guider, wake the end of the last one. Immobility after
Actiwatch: the first 10 minutes with one active minute at most. Sleep scoring after Cole 1992.

The onset used is the time at which waking movement gave way to that of sleep (``settled``, see
:mod:`.settling`), the median of the others where there is none. Its uncertainty is their
spread, at least what motion alone is off by: 20 minutes early on average, and by 20 to 30 minutes
(1 SD) in ordinary adults.

Deviations:

- A posture change is taken as the 3-D angle between the median vectors of two epochs. It is never
  smaller than the change of the z-angle and also sees turning about the z axis.
- Bouts also count at the ends of the recording and of gaps, where GGIR wants a posture change.
- ``still_tolerant``: a jerk that moves the limb ends a bout, so that the onset would be put behind
  the very jerk that is looked for. Here an isolated brief event does not end a bout if the posture
  comes back.
- Every candidate's quiet stretch overlaps the guider and is cut ``before_min`` before it: an
  evening of sitting quietly would pull the candidates along.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..settings import KindSettings, Settings
from . import settling
from .grid import EPOCHS_PER_MIN, MOVED_MG, Floats, Grid, Mask, Ranges, angle_deg, runs
from .guider import Guider, find_guider, given_guider
from .night import Interval, Site, Sleep, Stated

UNCERTAINTY_FLOOR_MIN = 70.0
"""Estimates from motion alone are never better known than this: they are 20 min early on average
with an SD of 20 to 30 min (adults, against polysomnography), so that 20 + 2 * 25 min hold in 19 of
20 nights. Nobody who lies awake without moving can be told from a sleeper."""
UNCERTAINTY_FLOOR_GIVEN_MIN = 10.0
"""Nor those of a diary than this: people notice sleep minutes late (Bonnet & Moore 1982)."""

_EPOCH_MIN = 0.5
"""Sleep stages are scored by half minutes."""
_AWAKE_MIN = 5
"""Shortest stretch of observed waking that shows that the wearer had been awake."""
_COLE_KRIPKE = np.array([106.0, 54.0, 58.0, 76.0, 230.0, 74.0, 67.0])
"""Weights of the four minutes before, the minute itself and the two after it (Cole 1992)."""
_COLE_KRIPKE_LIMIT_G = 0.044
"""Steady activity index that just counts as wake. The counts for which the weights were made do not
exist here; scikit-digital-health's form of the rule (0.243 times weights that add up to 46.4, limit
0.5, activity index in g) has its limit there."""
_OWN_SD_MAX_G = 0.013
"""No sensor at rest has more (van Hees 2013 tells non-wear by it)."""
_ASLEEP_MIN = 10


@dataclass(frozen=True, slots=True)
class _Night:
    """What every step needs."""

    grid: Grid
    worn: Mask
    candidates: NDArray[np.void]
    settings: Settings
    turns: Mask
    """Between a slot and the next the posture changes, or it is not known."""

    def bouts(self, turns: Mask) -> Ranges:
        """Runs of slots without a turn between them, longer than ``inactivity_min``."""
        first = self.worn & np.concatenate([[True], turns])
        last = self.worn & np.concatenate([turns, [True]])
        ranges = np.stack([np.flatnonzero(first), np.flatnonzero(last) + 1], axis=1)
        least = self.settings.sleep.inactivity_min * EPOCHS_PER_MIN
        return np.asarray(ranges[ranges[:, 1] - ranges[:, 0] > least])


def find_sleep(
    grid: Grid,
    worn: Mask,
    candidates: NDArray[np.void],
    settings: Settings,
    *,
    site: Site = "unknown",
    given: Stated | None = None,
) -> Sleep | None:
    """Find the sleep period of a night.

    Parameters
    ----------
    grid
        The night.
    worn
        Slots that are known and worn; no other slot decides anything.
    candidates
        Events of the night, rows of :data:`detector.scan.CANDIDATE`.
    settings
        The groups ``sleep``, ``window`` and ``kinds``.
    site
        Where the sensor was worn.
    given
        Sleep onset and wake as a diary or hypnogram states them; they are then used as they are.

    Returns
    -------
    Sleep or None
        None if there is no sleep period of ``shortest_spt_h``. Where sleep began before it could be
        observed, ``onset_ns`` is the first observed time, ``onset_observed`` is false and there are
        no candidates.
    """
    change = angle_deg(grid.median_g[:-1], grid.median_g[1:])
    still = change <= settings.sleep.posture_deg  # NaN is not still
    night = _Night(grid, worn, candidates, settings, ~(still & worn[:-1] & worn[1:]))
    bouts = night.bouts(night.turns)
    if given is None:
        guider = find_guider(grid, worn, bouts, settings.sleep, site)
    else:
        slots = grid.slot(given.start_ns), grid.slot(given.end_ns) + 1
        guider = given_guider(grid, worn, slots, settings.sleep, site)
    if guider is None:
        return None
    bouts = bouts[(bouts[:, 0] < guider.stop) & (bouts[:, 1] > guider.start)]
    first, stop = (bouts[0, 0], bouts[-1, 1]) if len(bouts) else (guider.start, guider.stop)
    if given is not None:
        return _given_sleep(night, guider, bouts, given)
    return _found_sleep(night, guider, bouts, (int(first), int(stop)))


def _given_sleep(night: _Night, guider: Guider, bouts: Ranges, given: Stated) -> Sleep:
    found = {given.source: given.start_ns} | _onset_candidates(night, guider, bouts)
    return Sleep(
        onset_ns=given.start_ns,
        wake_ns=given.end_ns,
        source=given.source,
        uncertainty_min=_EPOCH_MIN
        if given.source == "hypnogram"
        else _spread_min(found, UNCERTAINTY_FLOOR_GIVEN_MIN),
        candidates=found,
        guider=given,
        threshold_deg=guider.threshold_deg,
        reonsets=_reonsets(night, bouts, given),
        others=_others(night, guider, given),
    )


def _found_sleep(night: _Night, guider: Guider, bouts: Ranges, extent: tuple[int, int]) -> Sleep:
    """Put together what was found; ``extent`` is from the first to the last bout."""
    grid = night.grid
    begin, end = _observed_stretch(night, *extent)
    awake = _AWAKE_MIN * EPOCHS_PER_MIN
    onset_observed = night.worn[begin : extent[0]].sum() >= awake
    wake_observed = night.worn[extent[1] : end].sum() >= awake
    found = _onset_candidates(night, guider, bouts) if onset_observed else {}
    onset_ns = _best(found) if found else grid.time_ns(begin)
    wake_ns = grid.time_ns(extent[1])
    return Sleep(
        onset_ns=onset_ns,
        wake_ns=wake_ns,
        source=guider.source,
        uncertainty_min=_spread_min(found, UNCERTAINTY_FLOOR_MIN),
        candidates=found,
        guider=grid.interval(guider.start, guider.stop),
        threshold_deg=guider.threshold_deg,
        reonsets=_reonsets(night, bouts, Interval(onset_ns, wake_ns)),
        others=_others(night, guider, Interval(onset_ns, wake_ns)),
        onset_observed=bool(onset_observed),
        wake_observed=bool(wake_observed),
    )


def _best(found: dict[str, int]) -> int:
    return found["settled"] if "settled" in found else int(np.median(list(found.values())))


def _others(night: _Night, guider: Guider, asleep: Interval) -> tuple[Interval, ...]:
    """Further rest periods; the sleep period may reach beyond its guider."""
    found = (night.grid.interval(*block) for block in guider.others)
    return tuple(rest for rest in found if not rest.overlaps(asleep))


def _spread_min(found: dict[str, int], floor_min: float) -> float:
    if not found:
        return float("nan")
    return max(floor_min, (max(found.values()) - min(found.values())) / 60e9)


def _observed_stretch(night: _Night, first: int, stop: int) -> tuple[int, int]:
    """Slots around the sleep, up to the next ``_AWAKE_MIN`` without a worn sensor."""
    lost = runs(~night.worn)
    lost = lost[lost[:, 1] - lost[:, 0] >= _AWAKE_MIN * EPOCHS_PER_MIN]
    begin = max((after for _, after in lost.tolist() if after <= first), default=0)
    return begin, min((at for at, _ in lost.tolist() if at >= stop), default=len(night.worn))


def _onset_candidates(night: _Night, guider: Guider, bouts: Ranges) -> dict[str, int]:
    """Device time of every onset candidate that exists."""
    earliest = guider.start - round(night.settings.window.before_min * EPOCHS_PER_MIN)
    tolerant = night.bouts(_tolerant_turns(night))
    tolerant = tolerant[(tolerant[:, 0] < guider.stop) & (tolerant[:, 1] > guider.start)]
    slots = {
        "still": bouts[0, 0] if len(bouts) else None,
        "still_tolerant": tolerant[0, 0] if len(tolerant) else None,
        "immobile": _first_immobile(night, earliest, guider),
        "cole_kripke": _first_asleep(night, earliest, guider),
        "settled": _settled(night, guider),
    }
    return {
        name: night.grid.time_ns(max(slot, earliest))
        for name, slot in slots.items()
        if slot is not None
    }


def _tolerant_turns(night: _Night) -> Mask:
    """Turns without those around an isolated brief event after which the posture returns."""
    grid, sleep = night.grid, night.settings.sleep
    turns = night.turns.copy()
    within = round(sleep.jerk_return_s / 5)
    for row in night.candidates[isolated_jerks(night.candidates, night.settings.kinds)]:
        before = grid.slot(row["start_ns"]) - 1
        after = grid.slot(row["end_ns"]) + 1
        if before < 0 or not night.worn[before : after + 1].all():
            continue
        angles = angle_deg(grid.median_g[before], grid.median_g[after : after + within])
        back = np.flatnonzero(angles <= sleep.jerk_return_deg)
        if len(back):
            turns[before : after + back[0]] = False
    return turns


def isolated_jerks(candidates: NDArray[np.void], settings: KindSettings) -> Mask:
    """Brief events with no other event's peak within ``isolated_s``."""
    gap = np.concatenate([[np.inf], np.diff(candidates["peak_ns"]) / 1e9, [np.inf]])
    brief = (candidates["end_ns"] - candidates["start_ns"]) / 1e9 <= settings.duration_max_s
    alone = (gap[:-1] >= settings.isolated_s) & (gap[1:] >= settings.isolated_s)
    return np.asarray(brief & alone & ~candidates["truncated"])


def _settled(night: _Night, guider: Guider) -> int | None:
    """First known half minute of the first ``immobile_min`` or more in the state of sleep."""
    moved = settling.moved(night.grid, night.worn, night.settings.sleep.posture_deg)
    least = night.settings.sleep.immobile_min * EPOCHS_PER_MIN / settling.STEP_EPOCHS
    for run in settling.asleep(moved, night.settings.sleep):
        known = run[0] + np.flatnonzero(~np.isnan(moved[run[0] : run[1]]))
        start, stop = run * settling.STEP_EPOCHS
        if len(known) >= least and stop > guider.start and start < guider.stop:
            return int(known[0]) * settling.STEP_EPOCHS
    return None


def _by_minute(values: Floats) -> Floats:
    """Epochs in rows of whole minutes, shape (minutes, 12)."""
    minutes = len(values) // EPOCHS_PER_MIN
    return values[: minutes * EPOCHS_PER_MIN].reshape(minutes, EPOCHS_PER_MIN)


def _first_immobile(night: _Night, earliest: int, guider: Guider) -> int | None:
    """First still minute that begins ``immobile_min`` with at most one active minute.

    A minute is active if an epoch of it moved (see :data:`.grid.MOVED_MG`) or turned, or
    if part of it is unknown.
    """
    turned = np.concatenate([night.turns, [False]])
    busy_epochs = turned | ~night.worn | (night.grid.accel_max_mg > MOVED_MG)
    active = _by_minute(busy_epochs.astype(np.float64)).max(axis=1) > 0
    length = round(night.settings.sleep.immobile_min)
    busy = np.convolve(active, np.ones(length))[length - 1 : len(active)]
    starts = np.flatnonzero((busy < 2) & ~active[: len(busy)]) * EPOCHS_PER_MIN
    overlaps = (starts + length * EPOCHS_PER_MIN > guider.start) & (starts < guider.stop)
    starts = starts[overlaps & (starts >= earliest)]
    return int(starts[0]) if len(starts) else None


def _first_asleep(night: _Night, earliest: int, guider: Guider) -> int | None:
    """First of ten minutes in a row that score as sleep."""
    asleep = runs(scored_asleep(activity_index_g(night.grid, night.worn))) * EPOCHS_PER_MIN
    asleep[:, 0] = np.maximum(asleep[:, 0], -(-earliest // EPOCHS_PER_MIN) * EPOCHS_PER_MIN)
    long = asleep[:, 1] - asleep[:, 0] >= _ASLEEP_MIN * EPOCHS_PER_MIN
    starts = asleep[long & (asleep[:, 1] > guider.start) & (asleep[:, 0] < guider.stop), 0]
    return int(starts[0]) if len(starts) else None


def scored_asleep(index_g: Floats) -> Mask:
    """Minutes that score as sleep by the activity around them (Cole 1992).

    Beyond its ends the night goes on as it begins and ends; a minute near an unknown one is awake.
    """
    padded = np.concatenate([index_g[:1].repeat(4), index_g, index_g[-1:].repeat(2)])
    score = np.convolve(padded, _COLE_KRIPKE[::-1] / _COLE_KRIPKE.sum(), mode="valid")
    return np.asarray(score < _COLE_KRIPKE_LIMIT_G)


def activity_index_g(grid: Grid, worn: Mask) -> Floats:
    """Activity index of every minute (Bai 2016): root of the variance above the sensor's own.

    The variance is the mean over axes and epochs of that within 5 s, which holds what moves faster
    than about 0.2 Hz; the sensor's own is its 10th percentile over the night, within what a sensor
    at rest can have. NaN where less than half of the minute is known.
    """
    variance = np.where(worn, np.mean(grid.sd_g**2, axis=1), np.nan)
    quiet = np.percentile(variance[worn], 10) if worn.any() else np.nan
    own = min(quiet, _OWN_SD_MAX_G**2)
    minutes = _by_minute(variance)
    enough = 2 * np.sum(~np.isnan(minutes), axis=1) >= EPOCHS_PER_MIN
    index_g = np.full(len(minutes), np.nan)
    index_g[enough] = np.sqrt(np.maximum(np.nanmean(minutes[enough], axis=1) - own, 0.0))
    return index_g


def _reonsets(night: _Night, bouts: Ranges, sleep: Interval) -> tuple[int, ...]:
    """Returns to ``reonset_still_min`` of inactivity after ``reonset_active_min`` of activity.

    Only observed time counts as activity.
    """
    settings, grid = night.settings.sleep, night.grid
    active = settings.reonset_active_min * EPOCHS_PER_MIN
    still = settings.reonset_still_min * EPOCHS_PER_MIN
    found = []
    for before, bout in pairwise(bouts):
        start_ns = grid.time_ns(bout[0])
        awake = night.worn[before[1] : bout[0]].sum() >= active
        if awake and bout[1] - bout[0] >= still and start_ns in sleep and start_ns > sleep.start_ns:
            found.append(start_ns)
    return tuple(found)
