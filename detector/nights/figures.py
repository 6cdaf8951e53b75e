"""The numbers of one night: what was observed, and what was counted in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS

from ..settings import KindSettings, Settings, WindowSettings
from . import periodic
from .grid import EPOCH_NS, EPOCHS_PER_MIN, Floats, Grid, Mask, angle_deg, rolling_mean, runs
from .night import OTHER_KINDS, Events, Interval, Site, Sleep

_POSTURE_CHANGE_DEG = 30.0
"""A change of posture is larger than what the limb alone may be left at by a single movement
(``kinds.posture_max_deg``)."""
_NOISY_MIN = 1
"""A shorter stretch with a high floor is a movement, and no noise."""
_WHOLE_SHARE = 0.99
"""A slot is whole even if a sample at one of its ends is missing, or rounded away."""
MINUTE_NS = 60_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The night's masks and windows, from which all figures follow."""

    grid: Grid
    """Slots with a stuck axis are unknown in it."""
    off: Mask
    """Not worn."""
    wear_told: bool
    """Whether there was enough to tell worn from not worn at all."""
    noisy: Mask
    """Worn or not, too high a noise floor."""
    stuck: Mask
    """With samples, but an axis was stuck."""
    shaken: Mask
    """Steadily, by a vehicle or a fan."""
    idle: tuple[Interval, ...]
    """Gaps because the device does not record stillness."""
    sleep: Sleep | None
    window: Interval | None
    """The onset window."""
    settings: WindowSettings

    @property
    def unusable(self) -> Mask:
        """Whatever was recorded there is not believed."""
        return self.off | self.noisy | self.stuck

    @property
    def usable_s(self) -> Floats:
        """Seconds of every slot in which an event would have been seen and believed."""
        return np.where(self.unusable, 0.0, self.grid.observed_s)

    @property
    def asleep(self) -> Interval | None:
        """From sleep onset to wake."""
        if self.sleep is None:
            return None
        return Interval(self.sleep.onset_ns, self.sleep.wake_ns)

    @property
    def extent(self) -> Floats:
        """Share of every slot within the sleep period; the whole night if there is none."""
        asleep = self.asleep
        return np.ones(len(self.grid)) if asleep is None else self.grid.weights([asleep])

    def usable_min(self, interval: Interval) -> float:
        """Usable minutes of an interval."""
        return self._minutes(self.usable_s, interval)

    def _minutes(self, seconds: Floats, interval: Interval) -> float:
        return float(np.sum(seconds * self.grid.weights([interval]))) / 60

    def _enough(self, seconds: Floats, interval: Interval) -> bool:
        """Of the interval's whole length, even where it leaves the night."""
        least = self.settings.usable_window_pct / 100 * 60 * interval.hours
        return self._minutes(seconds, interval) >= least

    def carries(self, interval: Interval) -> bool:
        """Whether the sensor was worn and its signal seen in enough of an interval."""
        return self._enough(np.where(self.off, 0.0, self.grid.observed_s), interval)

    @property
    def headline(self) -> Interval | None:
        """The onset window if it carries a count.

        Walking about until bed time makes a noisy floor and does not matter, while noise that goes
        on from the first stillness on (a vehicle) does.
        """
        if self.window is None:
            return None
        before_ns = round(self.settings.before_min * MINUTE_NS)
        quiet = Interval(self.window.start_ns + before_ns, self.window.end_ns)
        fit = self.carries(self.window) and self._enough(self.usable_s, quiet)
        return self.window if fit else None

    @property
    def main_loss(self) -> str | None:
        """Why the onset window carries no count: ``gap``, ``off`` or ``noisy``."""
        window = self.window
        if window is None or self.headline is not None:
            return None
        if self.carries(window):
            return "noisy"
        off_min = self._minutes(np.where(self.off, self.grid.observed_s, 0.0), window)
        lost_min = 60 * window.hours - self._minutes(self.grid.observed_s, window)
        return "gap" if lost_min >= off_min else "off"


def hiding_floor_g_per_s(settings: Settings) -> float:
    """Noise floor above which the smallest jerk that is counted no longer exceeds the threshold."""
    return settings.kinds.jerk_min_g_per_s / settings.scan.on_factor


def too_noisy(grid: Grid, settings: WindowSettings) -> Mask:
    """Slots of stretches of a minute or more with too high a floor."""
    high = runs(grid.floor_g_per_s > settings.noisy_floor_g_per_s)
    mask = np.zeros(len(grid), np.bool_)
    for start, stop in high[high[:, 1] - high[:, 0] >= _NOISY_MIN * EPOCHS_PER_MIN]:
        mask[start:stop] = True
    return mask


def measures(picture: Picture, events: Events, kinds: KindSettings, site: Site) -> dict[str, Any]:
    """All numbers of a :class:`.night.Night` that are no counts, by name."""
    grid, window = picture.grid, picture.window
    blanked_s = np.where(picture.stuck, 0.0, grid.sampled_s - grid.observed_s)
    return {
        "window_usable_min": None if window is None else picture.usable_min(window),
        "usable_h": usable_h(picture),
        "night_usable_h": night_usable_h(picture),
        "observed_h": float(grid.sampled_s.sum()) / 3600,
        "wear_pct": wear_pct(picture),
        "gap_min": gap_min(grid),
        "blanked_min": float(np.sum(blanked_s)) / 60,
        "clipped_samples": int(grid.n_clipped.sum()),
        "floor_g_per_s": typical(picture, grid.floor_g_per_s),
        **(_of_ankle(picture, events, kinds) if site == "ankle" else {}),
        "posture_changes_per_h": posture_changes_per_h(picture),
        "noisy_min": float(np.sum(grid.sampled_s * picture.noisy * picture.extent)) / 60,
        "nonwear_min": float(grid.sampled_s[picture.off].sum()) / 60 if picture.wear_told else None,
        "stuck_min": float(grid.sampled_s[picture.stuck].sum()) / 60,
        "idle_min": idle_min(picture),
        "clipped_pct": clipped_pct(grid),
        "temperature_c": typical(picture, grid.temperature_c),
        "measured_hz": measured_hz(grid),
    }


def idle_min(picture: Picture) -> float:
    """Minutes of the night in which the device did not record because it lay still."""
    return 60 * sum(gap.hours for gap in picture.idle)


def clipped_pct(grid: Grid) -> float | None:
    """Share of the night's samples at an end of the sensor's range."""
    samples = grid.n_samples.sum()
    return 100 * float(grid.n_clipped.sum() / samples) if samples else None


def measured_hz(grid: Grid) -> float | None:
    """Samples per second of device time, over epochs between others that are whole as well."""
    whole = grid.sampled_s == EPOCH_NS / SECOND_NS
    inner = whole[1:-1] & whole[:-2] & whole[2:]
    if not inner.any():
        return None
    return float(grid.n_samples[1:-1][inner].mean()) * SECOND_NS / EPOCH_NS


def usable_h(picture: Picture) -> float:
    """Usable hours of the sleep period, of the night if there is none."""
    return float(np.sum(picture.usable_s * picture.extent)) / 3600


def night_usable_h(picture: Picture) -> float | None:
    """Usable hours from the onset window's start to wake, None without a window."""
    if picture.window is None or picture.asleep is None:
        return None
    night = Interval(picture.window.start_ns, picture.asleep.end_ns)
    return picture.usable_min(night) / 60


def wear_pct(picture: Picture) -> float | None:
    """Worn share of the recorded sleep period (of the recorded night if there is none)."""
    recorded = picture.grid.sampled_s * picture.extent
    total = float(recorded.sum())
    told = picture.wear_told and total > 0
    return 100 * float(recorded[~picture.off].sum()) / total if told else None


def typical(picture: Picture, values: Floats) -> float | None:
    """Median over the worn sleep period (the worn night if there is none)."""
    known = values[(picture.extent > 0) & ~picture.off]
    known = known[~np.isnan(known)]
    return float(np.median(known)) if len(known) else None


def gap_min(grid: Grid) -> float:
    """Minutes without samples between the night's first and last sample."""
    recorded = np.flatnonzero(grid.sampled_s > 0)
    if len(recorded) < 2:
        return 0.0
    return float(np.sum(5.0 - grid.sampled_s[recorded[0] + 1 : recorded[-1]])) / 60


def posture_changes_per_h(picture: Picture) -> float | None:
    """Lasting changes of posture per usable hour of the sleep period.

    The mean vectors of the minute before and the minute after, both within the sleep period, differ
    by more than 30 degrees; changes within about two minutes are one.
    """
    hours = usable_h(picture)
    if picture.sleep is None or hours == 0:
        return None
    grid = picture.grid
    worn_g = np.where(picture.off[:, None], np.nan, grid.mean_g)
    minute_g = np.stack([rolling_mean(worn_g[:, i], EPOCHS_PER_MIN) for i in range(3)], axis=1)
    changed = angle_deg(minute_g[:-EPOCHS_PER_MIN], minute_g[EPOCHS_PER_MIN:])
    asleep = picture.extent > 0
    last = np.minimum(np.arange(len(changed)) + 2 * EPOCHS_PER_MIN - 1, len(grid) - 1)
    within = asleep[: len(changed)] & asleep[last]
    return len(runs((changed > _POSTURE_CHANGE_DEG) & within)) / hours


def _of_ankle(picture: Picture, events: Events, kinds: KindSettings) -> dict[str, Any]:
    """Limb movements of the sleep period and how periodic they are; nothing without sleep."""
    hours, asleep = usable_h(picture), picture.asleep
    if asleep is None or hours == 0:
        return {}
    in_sleep = _in_sleep(asleep, events)
    limb, series = in_sleep & events.limb, events.series[in_sleep & events.limb]
    intervals_s = _intervals_s(picture, events.candidates["start_ns"][limb])
    return {
        "plm_acc_per_h": int(np.sum(in_sleep & (events.kind == "periodic_limb_movement"))) / hours,
        "lm_acc_n": len(series),
        "lm_acc_per_h": len(series) / hours,
        "plm_acc_series": len(set(series[series >= 0].tolist())),
        "periodicity_index_acc": periodic.periodicity_index(intervals_s, kinds),
        "limb_intervals_s": intervals_s,
    }


def _intervals_s(picture: Picture, start_ns: NDArray[np.int64]) -> Floats:
    """From each onset to the next; NaN where a slot between them is not wholly usable."""
    slots = np.clip((start_ns - picture.grid.first_ns) // EPOCH_NS, 0, len(picture.grid) - 1)
    lost = np.cumsum(picture.usable_s < _WHOLE_SHARE * EPOCH_NS / SECOND_NS)
    seen = lost[slots[1:]] == lost[slots[:-1]]
    return np.where(seen, np.diff(start_ns) / SECOND_NS, np.nan)


def counts(picture: Picture, events: Events, countable: Mask) -> dict[str, int | None]:
    """All counts of the night; None where the night cannot carry them.

    Parameters
    ----------
    picture, events
        The night.
    countable
        Sleep starts that are whole, large enough and in usable time.
    """
    peak_ns = events.candidates["peak_ns"]

    def number(mask: Mask) -> int:
        return int(np.sum(mask))

    def within(interval: Interval) -> Mask:
        return np.asarray((peak_ns >= interval.start_ns) & (peak_ns < interval.end_ns))

    window, asleep = picture.headline, picture.asleep
    early, late = (_shifted_count(picture, events, countable, sign) for sign in (-1, 1))
    found: dict[str, int | None] = {
        "sleep_starts_onset": number(events.counted) if window else None,
        "sleep_starts_onset_early15": early,
        "sleep_starts_onset_late15": late,
        "sleep_starts_reonset": None,
        "sleep_starts_sleep": None,
        "sleep_starts_night": None,
        "n_clusters": None,
        **{f"n_{kind}": None for kind in OTHER_KINDS},
    }
    if asleep is None or usable_h(picture) == 0:
        return found
    in_sleep = _in_sleep(asleep, events)
    near = in_sleep | within(window) if window else in_sleep
    repetitive = events.cluster[near & (events.cluster >= 0)]
    return found | {
        "sleep_starts_reonset": number(countable & (events.context == "reonset")),
        "sleep_starts_sleep": number(countable & in_sleep),
        "sleep_starts_night": number(countable & near) if window else None,
        "n_clusters": len(set(repetitive.tolist())),
        **{f"n_{kind}": number(in_sleep & (events.kind == kind)) for kind in OTHER_KINDS},
    }


def _in_sleep(asleep: Interval, events: Events) -> Mask:
    """Events of the sleep period in usable time."""
    peak_ns = events.candidates["peak_ns"]
    within = (peak_ns >= asleep.start_ns) & (peak_ns < asleep.end_ns)
    return np.asarray(within & (events.context != "unusable"))


def _shifted_count(picture: Picture, events: Events, countable: Mask, sign: int) -> int | None:
    """The headline count with the window moved; None if that window was not observed."""
    if picture.headline is None:
        return None
    window = picture.headline.shifted(round(sign * picture.settings.shift_min * MINUTE_NS))
    if not picture.carries(window):
        return None
    peak_ns = events.candidates["peak_ns"]
    within = (peak_ns >= window.start_ns) & (peak_ns < window.end_ns)
    return int(np.sum(countable & within))
