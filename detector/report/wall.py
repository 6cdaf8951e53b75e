"""The clock of one night's pictures: a continuous axis and the words for local times.

Where the clocks change during a night, local wall time folds or jumps. The axis keeps the offset in
force when the night began, so that it never does either; the words always give true local time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from recordings import SECOND_NS, NightSpan, Zone


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A change to or from daylight saving time within a night."""

    at_ns: int
    """Device time of the first second after the change."""
    shift_s: int
    """Positive if the clocks went forward."""


@dataclass(frozen=True, slots=True)
class WallClock:
    """Local times of one night."""

    zone: Zone
    span: NightSpan

    def axis_ms(self, device_ns: int) -> int:
        """Milliseconds since 1970 as the wall clock of the night's beginning would have gone on."""
        utc_ns = self.zone.utc_ns(device_ns)
        wall_ns = (
            device_ns
            if utc_ns is None
            else utc_ns + self._offset_s(self.span.start_ns) * (SECOND_NS)
        )
        return (wall_ns + 500_000) // 1_000_000

    def clock(self, device_ns: int) -> str:
        """Local time as ``23:41``."""
        return f"{self.zone.local(device_ns):%H:%M}"

    def change(self) -> ClockChange | None:
        """Find the change of the clocks within the night, to the second."""
        before_s, after_s = (self._offset_s(ns) for ns in (self.span.start_ns, self.span.end_ns))
        if before_s == after_s:
            return None
        low_ns, high_ns = self.span.start_ns, self.span.end_ns
        while high_ns - low_ns > SECOND_NS:
            middle_ns = (low_ns + high_ns) // 2
            if self._offset_s(middle_ns) == before_s:
                low_ns = middle_ns
            else:
                high_ns = middle_ns
        return ClockChange(high_ns // SECOND_NS * SECOND_NS, after_s - before_s)

    def change_sentence(self) -> str:
        """Say how the axis goes on where the clocks change; empty on every other night."""
        change = self.change()
        if change is None:
            return ""
        way = "forward" if change.shift_s > 0 else "back"
        at = self.zone.local(change.at_ns - SECOND_NS) + timedelta(seconds=1)
        return (
            f"The clocks went {way} by {abs(change.shift_s) // 60} min at {at:%H:%M}. The axis "
            "goes on in the time of the evening; times in the text are local times."
        )

    def _offset_s(self, device_ns: int) -> int:
        offset = self.zone.local(device_ns).utcoffset()
        return int(offset.total_seconds()) if offset else 0


def night_title(span: NightSpan) -> str:
    """Name a night by both of its dates: ``Tue 5 to Wed 6 March 2024``."""
    first, last = span.date, span.date + timedelta(days=1)
    if first.year != last.year:
        return f"{_day(first)} {first:%B %Y} to {_day(last)} {last:%B %Y}"
    if first.month != last.month:
        return f"{_day(first)} {first:%B} to {_day(last)} {last:%B %Y}"
    return f"{_day(first)} to {_day(last)} {last:%B %Y}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day}"
