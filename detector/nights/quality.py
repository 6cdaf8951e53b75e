"""What can be said of a whole recording's health: the same words after a run and in ``inspect``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS, Header, Health, NightSpan, Remark

from ..reasons import FOUND
from ..settings import HealthSettings, Settings
from . import faults
from .calibration import Calibration, Calibrator
from .grid import EPOCH_NS, Grid
from .night import Interval

IDLE = ("idle_sleep", "idle_fill")
"""Why a segment begins behind time that the device left out because it lay still, or that another
program filled in."""

_MINUTE_NS = 60 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What the samples say of the sensor, as far as they have been read."""

    calibration: Calibration
    samples: int = 0
    clipped_samples: int = 0
    stuck_min: float = 0.0

    @property
    def clipped_pct(self) -> float | None:
        """Share of samples at an end of the sensor's range."""
        return 100 * self.clipped_samples / self.samples if self.samples else None


class Inquiry:
    """Takes the epochs of one night after the other and keeps next to nothing of them.

    Parameters
    ----------
    rate_hz
        Measured sampling rate.
    settings
        Limits.
    """

    def __init__(self, rate_hz: float, settings: HealthSettings) -> None:
        self._rate_hz = rate_hz
        self._settings = settings
        self._calibrator = Calibrator(rate_hz, settings)
        self._samples = self._clipped = 0
        self._stuck_s = 0.0

    def add(self, epochs: NDArray[np.void], span: NightSpan) -> None:
        """Take a night's epochs, rows of ``EPOCH``; those with a stuck axis calibrate nothing."""
        grid = Grid.of(epochs, span, self._rate_hz)
        stuck = faults.stuck(grid, self._settings)
        self._samples += int(epochs["n_samples"].sum())
        self._clipped += int(epochs["n_clipped"].sum())
        self._stuck_s += float(grid.sampled_s[stuck].sum())
        slots = (epochs["start_ns"] - grid.first_ns) // EPOCH_NS
        self._calibrator.add(epochs[~stuck[slots]])

    def quality(self) -> Quality:
        """Return what is known so far."""
        return Quality(
            calibration=self._calibrator.result(),
            samples=self._samples,
            clipped_samples=self._clipped,
            stuck_min=self._stuck_s / 60,
        )


def idle_gaps(health: Health) -> tuple[Interval, ...]:
    """Gaps in which the device did not record because it lay still."""
    return tuple(
        Interval(before.end_ns, after.start_ns)
        for before, after in pairwise(health.segments)
        if after.reason in IDLE and after.start_ns > before.end_ns
    )


def rate_bias_pct(header: Header, health: Health) -> float | None:
    """How much faster than stated the sensor was sampled, None if nothing could be measured."""
    if not health.measured_hz:
        return None
    return 100 * (health.measured_hz / header.nominal_hz - 1)


def remarks(health: Health, quality: Quality, settings: Settings) -> list[Remark]:
    """Everything that a reader of the results should know of the recording.

    What the reader of the file noticed comes first, then what was found in the samples.
    """
    return [*health.remarks, *_losses(health), *_doubts(health, quality, settings)]


def warns(remark: Remark) -> bool:
    """Whether it is a problem: something was lost, repaired or cannot be believed."""
    return remark.code not in FOUND or FOUND[remark.code].level == "file"


def _losses(health: Health) -> Iterator[Remark]:
    if health.gaps:
        counted = f"{health.gaps} {'gap' if health.gaps == 1 else 'gaps'}"
        yield Remark("gaps", f"{counted} ({health.gap_ns / _MINUTE_NS:.1f} min without samples)")
    idle = idle_gaps(health)
    told = any(remark.code in IDLE for remark in health.remarks)
    if idle and not told:
        hours = sum(gap.hours for gap in idle)
        yield Remark(
            "idle_sleep_mode",
            f"the device stopped recording {len(idle)} times while it lay still ({hours:.1f} h, "
            "idle sleep mode): sleep onset cannot be seen",
        )


def _doubts(health: Health, quality: Quality, settings: Settings) -> Iterator[Remark]:
    measured_hz = health.measured_hz
    if measured_hz is not None and measured_hz < settings.scan.min_rate_hz:
        yield Remark(
            "too_slow",
            f"sampled at {measured_hz:.2f} Hz: too slow to see a jerk, so that a run refuses it",
        )
    if quality.stuck_min:
        yield Remark("stuck_axis", f"an axis was stuck for {quality.stuck_min:.0f} min")
    clipped_pct = quality.clipped_pct or 0.0
    if clipped_pct > settings.health.clipped_pct:
        yield Remark("clipped", f"{clipped_pct:.2g} % of the samples are at an end of the range")
    if quality.calibration.status == "off":
        wrong_mg = quality.calibration.largest_mg or 0.0
        yield Remark(
            "calibration_off",
            f"at rest an axis is wrong by up to {wrong_mg:.0f} mg; counts hardly depend on it",
        )


def described_gravity(quality: Quality) -> str:
    """Return in words how far the sensor at rest is from showing 1 g."""
    found = quality.calibration
    if found.error_before_mg is None:
        return "unknown (never seen at rest)"
    seen = f"{found.error_before_mg:.0f} mg from 1 g on average over {found.postures} postures"
    if found.gain is None or found.offset_mg is None or found.error_after_mg is None:
        return f"{seen}, too few or too much alike to find gains and offsets"
    if found.status == "unclear":
        return f"{seen}, and no gains and offsets explain it"
    axes = (
        f"{name} {offset:+.0f} mg {100 * (gain - 1):+.1f} %"
        for name, gain, offset in zip("xyz", found.gain, found.offset_mg, strict=True)
    )
    return f"{seen}; {', '.join(axes)} would leave {found.error_after_mg:.0f} mg"
