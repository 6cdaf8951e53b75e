"""What is said of a clock: which stamps were not used, and how the sampling rate varied."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .model import SECOND_NS, Health

HOUR_NS = 3600 * SECOND_NS
MINUTE_NS = 60 * SECOND_NS

RATE_OFF_SHARE = 0.05
"""A measured rate farther from the expected one is not an oscillator's: real AX3 are 1.8 to 2.4 %
slow."""

RATE_VARIES_SHARE = 0.03
"""Hours whose rates differ by more do not follow temperature alone: those of a real AX3 differed by
1.3 % over a day and a night."""


@dataclass(slots=True)
class Repairs:
    """Stamps that were not used as they are, by why."""

    health: Health
    """Its ``stamps_repaired`` is kept true."""
    counts: dict[str, int] = field(default_factory=dict)
    moved: int = 0
    """Stretches put back in line, whose stamps are in ``stamps_repaired`` too."""
    first_moved: str = ""
    backwards: int = 0
    """Segments that begin before the end of the one before."""
    first_backwards: str = ""

    def drop(self, why: str, count: int = 1) -> None:
        """Count stamps that are not used; ``why`` goes on from their number."""
        if count:
            self.counts[why] = self.counts.get(why, 0) + count
            self.health.stamps_repaired += count

    def move(self, stamps: int, by_ns: int, samples: int) -> None:
        """Count a stretch that is put back in line, with all its stamps."""
        self.health.stamps_repaired += stamps
        self.moved += 1
        self.first_moved = self.first_moved or (
            f"{samples} samples by {abs(by_ns) / SECOND_NS:.3f} s "
            f"{'back' if by_ns < 0 else 'forward'}"
        )

    def went_back(self, segment: int, early_ns: int) -> None:
        """Count a segment that begins before the end of the one before."""
        self.backwards += 1
        self.first_backwards = self.first_backwards or (
            f"segment {segment} begins {early_ns / SECOND_NS:.3f} s before the end of the one "
            "before"
        )

    def conclude(self) -> None:
        """Say what was repaired and what could not be."""
        if self.counts:
            parts = ", ".join(f"{n} {why}" for why, n in self.counts.items())
            self.health.remark("stamps_dropped", f"time stamps were not used: {parts}")
        if self.moved:
            self.health.remark(
                "clock_jumped",
                f"the clock jumped away and back {self.moved} times; what lay between was put back "
                f"in line; first: {self.first_moved}",
            )
        if self.backwards:
            self.health.remark(
                "clock_backwards",
                f"the clock runs backwards {self.backwards} times; first: {self.first_backwards}",
            )


class HourlyRates:
    """Least and greatest rate of stretches of an hour, each from one stamp to another.

    A stretch ends at the first stamp an hour or more behind its beginning; it is never across an
    interruption. Stamp noise of 3 ms is a millionth of that.
    """

    def __init__(self, health: Health) -> None:
        self._health = health
        self._begin: NDArray[np.int64] | None = None

    def restart(self) -> None:
        """Take note of an interruption."""
        self._begin = None

    def take(self, knots: NDArray[np.int64]) -> None:
        """Take the next stamps in use: sample index and time, both ascending."""
        if self._begin is None:
            self._begin = knots[0]
        position = 0
        while True:
            hour_ns = self._begin[1] + HOUR_NS
            position += int(np.searchsorted(knots[position:, 1], hour_ns))
            if position == len(knots):
                return
            samples, elapsed_ns = (knots[position] - self._begin).tolist()
            self._note(samples * SECOND_NS / elapsed_ns)
            self._begin = knots[position]

    def _note(self, rate_hz: float) -> None:
        health = self._health
        health.lowest_hz = min(rate_hz, health.lowest_hz or rate_hz)
        health.highest_hz = max(rate_hz, health.highest_hz or rate_hz)

    def conclude(self, expected_hz: float) -> None:
        """Say what no oscillator does by itself."""
        health = self._health
        measured_hz, expected_ns = health.measured_hz, health.samples * SECOND_NS / expected_hz
        if measured_hz is None or max(health.recorded_ns, expected_ns) < MINUTE_NS:
            return
        off = measured_hz / expected_hz - 1
        if abs(off) > RATE_OFF_SHARE:
            health.remark(
                "rate_implausible",
                f"samples came at {measured_hz:.3f} Hz, {off:+.1%} off the {expected_hz:g} Hz "
                "expected",
            )
        if health.lowest_hz is None or health.highest_hz is None:
            return
        if health.highest_hz - health.lowest_hz > RATE_VARIES_SHARE * measured_hz:
            health.remark(
                "rate_varies",
                f"the rate of single hours varies from {health.lowest_hz:.3f} to "
                f"{health.highest_hz:.3f} Hz",
            )
