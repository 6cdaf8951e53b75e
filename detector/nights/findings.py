"""What can be said of a night: its status, and the reasons, the most important first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..reasons import REASONS
from ..settings import Settings
from .figures import (
    MINUTE_NS,
    Picture,
    clipped_pct,
    hiding_floor_g_per_s,
    idle_min,
    typical,
    usable_h,
    wear_pct,
)
from .kinds import COARSE_STEP_G
from .night import Interval, Sleep, Status
from .onset import UNCERTAINTY_FLOOR_MIN

_BEGINS_MIN = 5
"""Sleep that is seen this soon after the recording began had begun before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the findings are made from."""

    picture: Picture
    span: Interval
    recorded: Interval
    step_g: float
    rate_hz: float
    settings: Settings

    @property
    def sleep(self) -> Sleep | None:
        """The sleep period."""
        return self.picture.sleep

    @property
    def part(self) -> Interval:
        """Recorded part of the night, from its first to its last sample."""
        start_ns = max(self.span.start_ns, self.recorded.start_ns)
        return Interval(start_ns, max(start_ns, min(self.span.end_ns, self.recorded.end_ns)))

    @property
    def sampled_h(self) -> float:
        """Hours with samples."""
        return float(self.picture.grid.sampled_s.sum()) / 3600

    @property
    def worn_h(self) -> float:
        """Hours with samples and a worn sensor."""
        return float(self.picture.grid.sampled_s[~self.picture.off].sum()) / 3600

    @property
    def begins_asleep(self) -> bool:
        """Whether sleep is the first thing that is recorded in this night."""
        sleep = self.sleep
        return sleep is not None and (sleep.onset_ns - self.part.start_ns < _BEGINS_MIN * MINUTE_NS)

    @property
    def onset_cut(self) -> bool:
        """Whether sleep onset, or the window around it, is in the night before this one."""
        sleep, window, begin_ns = self.sleep, self.picture.window, self.span.start_ns
        if sleep is None or self.recorded.start_ns >= begin_ns:
            return False
        if not sleep.onset_observed:
            return sleep.onset_ns - begin_ns < _BEGINS_MIN * MINUTE_NS
        return window is not None and window.start_ns < begin_ns and self.picture.headline is None

    @property
    def wake_cut(self) -> bool:
        """Whether sleep goes on in the next night."""
        sleep = self.sleep
        return (
            sleep is not None
            and not sleep.wake_observed
            and self.part.end_ns == self.span.end_ns
            and self.span.end_ns - sleep.wake_ns < _BEGINS_MIN * MINUTE_NS
        )


def _unseen(night: Basis) -> bool:
    return night.sleep is not None and not night.sleep.onset_observed


def _broken(night: Basis) -> bool:
    """Only a part of the day was recorded, and the sleep period is not wholly within it."""
    sleep = night.sleep
    if sleep is None:
        long_enough = night.sampled_h >= _shortest_h(night)
        return long_enough and night.part.hours < night.settings.sleep.hdcza_min_h
    whole = sleep.onset_observed and sleep.wake_observed
    return not whole and night.part.hours < night.settings.sleep.hdcza_min_h


def _second_sleep(night: Basis) -> bool:
    return night.sleep is not None and any(
        rest.hours >= _shortest_h(night) for rest in night.sleep.others
    )


def _no_sleep(night: Basis) -> bool:
    """Enough was seen to say so: stillness that was not recorded is not absent."""
    return night.sleep is None and night.worn_h >= _shortest_h(night) and not _idle(night)


def _idle(night: Basis) -> bool:
    """Unrecorded stillness may hide a whole still block, and what was recorded carries no count."""
    hidden = idle_min(night.picture) >= night.settings.sleep.block_min
    return hidden and night.picture.headline is None


def _shaken(night: Basis) -> bool:
    """In the sleep period, where there is one; walking about before it is not."""
    return bool((night.picture.shaken & (night.picture.extent > 0)).any())


def _loud(night: Basis) -> bool:
    """The usual floor of sleep hides the smallest jerks that are counted."""
    floor = typical(night.picture, night.picture.grid.floor_g_per_s)
    return bool(night.sleep and floor and floor > hiding_floor_g_per_s(night.settings))


def _gaps_in_sleep(night: Basis) -> bool:
    whole_s = 5 * night.picture.extent
    missing_s = whole_s - night.picture.extent * night.picture.grid.sampled_s
    least_s = night.settings.health.missing_pct / 100 * whole_s.sum()
    return bool(night.sleep and missing_s.sum() > least_s)


def _off_in_sleep(night: Basis) -> bool:
    worn_pct = wear_pct(night.picture)
    least_pct = 100 - night.settings.health.missing_pct
    return bool(night.sleep and worn_pct is not None and worn_pct < least_pct)


def _clipped(night: Basis) -> bool:
    return (clipped_pct(night.picture.grid) or 0.0) > night.settings.health.clipped_pct


FINDINGS: tuple[tuple[str, Callable[[Basis], bool]], ...] = (
    ("no_data", lambda n: n.sampled_h == 0),
    ("idle_sleep_mode", _idle),
    ("never_worn", lambda n: _shortest_h(n) <= n.sampled_h and n.worn_h < _shortest_h(n)),
    ("too_short", lambda n: 0 < n.sampled_h < _shortest_h(n) and n.sleep is None),
    ("no_sleep", _no_sleep),
    ("began_asleep", lambda n: _unseen(n) and n.begins_asleep),
    ("unseen_before_sleep", lambda n: _unseen(n) and not n.begins_asleep),
    (
        "window_not_observed",
        lambda n: n.picture.window is not None and n.picture.headline is None,
    ),
    ("stuck_axis", lambda n: bool(n.picture.stuck.any())),
    ("idle_gaps", lambda n: bool(n.picture.idle) and not _idle(n)),
    ("sleep_at_border", lambda n: n.onset_cut or n.wake_cut),
    ("gap_at_onset", lambda n: n.picture.main_loss == "gap" and not n.onset_cut),
    ("off_at_onset", lambda n: n.picture.main_loss == "off"),
    ("noisy_at_onset", lambda n: n.picture.main_loss == "noisy"),
    ("vibration", _shaken),
    ("high_floor", _loud),
    (
        "short_usable",
        lambda n: n.sleep is not None and usable_h(n.picture) < n.settings.window.usable_spt_h,
    ),
    (
        "wake_not_observed",
        lambda n: n.sleep is not None and not n.sleep.wake_observed and not n.wake_cut,
    ),
    (
        "onset_uncertain",
        lambda n: n.sleep is not None and n.sleep.uncertainty_min > UNCERTAINTY_FLOOR_MIN,
    ),
    ("fragment", _broken),
    ("second_sleep", _second_sleep),
    ("gaps_in_sleep", _gaps_in_sleep),
    ("off_in_sleep", _off_in_sleep),
    ("clipped", _clipped),
    ("no_knock_test", lambda n: n.rate_hz < n.settings.scan.impact_min_rate_hz),
    ("coarse_step", lambda n: n.step_g >= COARSE_STEP_G),
)
"""Reason codes and when they hold, in the order of importance."""


def _shortest_h(night: Basis) -> float:
    return night.settings.sleep.shortest_spt_h


def reasons(night: Basis) -> tuple[str, ...]:
    """Codes of all findings."""
    return tuple(code for code, holds in FINDINGS if holds(night))


def status(night: Basis, codes: tuple[str, ...]) -> Status:
    """``not_analysable`` without a headline count, ``limited`` with a limit, else ``ok``."""
    if night.picture.headline is None:
        return "not_analysable"
    return "limited" if any(REASONS[code].level == "limits" for code in codes) else "ok"
