from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from detector.report.wall import WallClock, night_title
from recordings import SECOND_NS, NightSpan, Zone

MS_PER_H = 3_600_000
H_NS = 3600 * SECOND_NS


def ns(*when: int) -> int:
    return round(datetime(*when, tzinfo=ZoneInfo("UTC")).timestamp()) * SECOND_NS


def clock_of(day: date, tz: str | None = "Europe/London") -> WallClock:
    """The night of ``day`` in a recording that began two days before it."""
    start_ns = ns(day.year, day.month, day.day) - 48 * H_NS
    zone = Zone.of(tz, start_ns)
    (span,) = [s for s in zone.nights(start_ns, start_ns + 96 * H_NS) if s.date == day]
    return WallClock(zone, span)


def test_the_axis_shows_the_wall_clock():
    clock = clock_of(date(2024, 7, 5))
    assert clock.axis_ms(clock.span.start_ns) == ns(2024, 7, 5, 12) // 1_000_000
    assert clock.change() is None
    assert clock.change_sentence() == ""


@pytest.mark.parametrize(("beyond_ns", "ms"), [(499_999, 0), (500_000, 1), (1_499_999, 1)])
def test_the_axis_is_in_whole_milliseconds_as_times_in_the_tables(beyond_ns, ms):
    clock = clock_of(date(2024, 7, 5))
    start_ns = clock.span.start_ns
    assert clock.axis_ms(start_ns + beyond_ns) == clock.axis_ms(start_ns) + ms


def test_the_axis_shows_the_wall_clock_after_a_change_in_an_earlier_night():
    clock = clock_of(date(2024, 4, 1))
    assert clock.zone.device_offset_s == 0
    assert clock.axis_ms(clock.span.start_ns) == ns(2024, 4, 1, 12) // 1_000_000


@pytest.mark.parametrize(
    ("day", "hours", "way", "at"),
    [(date(2024, 3, 30), 23, "forward", "01:00"), (date(2024, 10, 26), 25, "back", "02:00")],
)
def test_a_night_of_the_clock_change_neither_folds_nor_jumps(day, hours, way, at):
    clock = clock_of(day)
    span = clock.span
    every_hour = [clock.axis_ms(span.start_ns + i * H_NS) for i in range(hours + 1)]
    assert span.end_ns - span.start_ns == hours * H_NS
    assert {b - a for a, b in pairwise(every_hour)} == {MS_PER_H}
    change = clock.change()
    assert change is not None
    assert change.shift_s == (3600 if way == "forward" else -3600)
    assert clock.zone.utc_iso(change.at_ns).endswith("T01:00:00.000Z")
    assert f"The clocks went {way} by 60 min at {at}." in clock.change_sentence()
    assert clock.clock(span.end_ns) == "12:00"


def test_a_change_by_half_an_hour_is_told_as_such():
    clock = clock_of(date(2024, 4, 6), "Australia/Lord_Howe")
    assert "back by 30 min at 02:00" in clock.change_sentence()


def test_without_a_zone_the_device_clock_is_shown():
    clock = clock_of(date(2024, 3, 30), None)
    start_ns = clock.span.start_ns
    assert clock.axis_ms(start_ns) == start_ns // 1_000_000
    assert clock.clock(start_ns) == "12:00"
    assert clock.change() is None


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (date(2024, 3, 5), "Tue 5 to Wed 6 March 2024"),
        (date(2024, 2, 29), "Thu 29 February to Fri 1 March 2024"),
        (date(2024, 12, 31), "Tue 31 December 2024 to Wed 1 January 2025"),
    ],
)
def test_a_night_is_named_by_both_its_dates(day, title):
    assert night_title(NightSpan(day, 0, 0)) == title
