"""What can be said of a night: its status, and the reasons, the most important first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .figures import MINUTE_NS, Picture, usable_h
from .kinds import COARSE_STEP_G
from .night import Interval, Sleep, Status
from .reasons import REASONS
from .settings import Settings

_BEGINS_MIN = 5
"""Sleep that is seen this soon after the recording began had begun before it."""
_UNCERTAIN_MIN = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
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


def _unseen(night: Standing) -> bool:
    return night.sleep is not None and not night.sleep.onset_observed


def _broken(night: Standing) -> bool:
    """Only a part of the day was recorded, and the sleep period is not wholly within it."""
    sleep = night.sleep
    if sleep is None:
        long_enough = night.sampled_h >= _shortest_h(night)
        return long_enough and night.part.hours < night.settings.sleep.hdcza_min_h
    whole = sleep.onset_observed and sleep.wake_observed
    return not whole and night.part.hours < night.settings.sleep.hdcza_min_h


def _second_sleep(night: Standing) -> bool:
    return night.sleep is not None and any(
        rest.hours >= _shortest_h(night) for rest in night.sleep.others
    )


def _no_sleep(night: Standing) -> bool:
    return night.sleep is None and night.worn_h >= _shortest_h(night)


FINDINGS: tuple[tuple[str, Callable[[Standing], bool]], ...] = (
    ("no_data", lambda n: n.sampled_h == 0),
    ("never_worn", lambda n: _shortest_h(n) <= n.sampled_h and n.worn_h < _shortest_h(n)),
    ("too_short", lambda n: 0 < n.sampled_h < _shortest_h(n) and n.sleep is None),
    ("no_sleep", _no_sleep),
    ("began_asleep", lambda n: _unseen(n) and n.begins_asleep),
    ("unseen_before_sleep", lambda n: _unseen(n) and not n.begins_asleep),
    (
        "window_not_observed",
        lambda n: n.picture.window is not None and n.picture.headline is None,
    ),
    ("sleep_at_border", lambda n: n.onset_cut or n.wake_cut),
    ("gap_at_onset", lambda n: n.picture.main_loss == "gap" and not n.onset_cut),
    ("off_at_onset", lambda n: n.picture.main_loss == "off"),
    ("noisy_at_onset", lambda n: n.picture.main_loss == "noisy"),
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
        lambda n: n.sleep is not None and n.sleep.uncertainty_min > _UNCERTAIN_MIN,
    ),
    ("fragment", _broken),
    ("second_sleep", _second_sleep),
    ("no_knock_test", lambda n: n.rate_hz < n.settings.scan.impact_min_rate_hz),
    ("coarse_step", lambda n: n.step_g >= COARSE_STEP_G),
)
"""Reason codes and when they hold, in the order of importance."""


def _shortest_h(night: Standing) -> float:
    return night.settings.sleep.shortest_spt_h


def reasons(night: Standing) -> tuple[str, ...]:
    """Codes of all findings."""
    return tuple(code for code, holds in FINDINGS if holds(night))


def status(night: Standing, codes: tuple[str, ...]) -> Status:
    """``not_analysable`` without a headline count, ``limited`` with a limit, else ``ok``."""
    if night.picture.headline is None:
        return "not_analysable"
    return "limited" if any(REASONS[code].level == "limits" for code in codes) else "ok"
