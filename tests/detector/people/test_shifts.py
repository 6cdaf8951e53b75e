"""Dates are moved so that weekday, time of day and every offset from UTC stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.people.shifts import MOST_WEEKS, Span, weeks_back

HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = (
    *("Europe/London", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Tokyo"),
    *("Pacific/Auckland", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca"),
)


def span(zone, start, days):
    start_ns = (start - EPOCH) // timedelta(microseconds=1) * 1000
    return Span(ZoneInfo(zone), start_ns, start_ns + round(days * 86_400) * 10**9)


def by_hash(seed):
    return lambda weeks: sha256(f"{seed} {weeks}".encode()).hexdigest()


def offsets(zone, start, days):
    """The offset of every quarter of an hour."""
    tz = ZoneInfo(zone)
    times = (start + HOUR / 4 * k for k in range(round(days * 96) + 1))
    return [time.astimezone(tz).utcoffset() for time in times]


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2010, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC)),
    st.sampled_from([0.4, 3.0, 9.0]),
    st.integers(0, 5),
)
def test_every_offset_is_what_it_was(zone, start, days, seed):
    weeks = weeks_back([span(zone, start, days)], by_hash(seed))
    if zone == "Africa/Casablanca" and weeks is None:
        return  # clocks follow the moon there
    assert weeks
    assert abs(weeks) <= MOST_WEEKS
    moved = start + timedelta(weeks=weeks)
    assert offsets(zone, moved, days) == offsets(zone, start, days)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Pacific/Auckland"])
def test_a_night_in_which_clocks_change_is_moved_to_another_one(zone):
    (start, end) = next(
        (day, day + timedelta(1))
        for day in (datetime(2024, 3, 1, 12, tzinfo=UTC) + timedelta(k) for k in range(60))
        if len(set(offsets(zone, day, 1))) == 2
    )
    assert end > start
    weeks = weeks_back([span(zone, start, 1)], by_hash(1))
    assert weeks
    assert weeks < 0
    assert len(set(offsets(zone, start + timedelta(weeks=weeks), 1))) == 2


# ------------------------------------------------------------------ which shift, and how far


def nearest(weeks):
    return f"{abs(weeks):05d}"


def farthest(weeks):
    return f"{99_999 - abs(weeks):05d}"


def fixed(start, end):
    """A stretch in a zone that never changes: only the calendar limits its shifts."""
    ends_ns = ((at - EPOCH) // HOUR * 3600 * 10**9 for at in (start, end))
    return Span(timezone(HOUR), *ends_ns)


FIRST, LAST = datetime(1940, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def test_dates_are_moved_by_at_most_28_years():
    year = datetime(2000, 1, 1, tzinfo=UTC)
    assert weeks_back([fixed(year, year + WEEK)], nearest) == -1
    assert weeks_back([fixed(year, year + WEEK)], farthest) == -1461


def test_where_there_is_no_shift_into_the_past_the_first_into_the_future_is_taken():
    assert weeks_back([fixed(FIRST, FIRST + WEEK)], nearest) == 1
    assert weeks_back([fixed(FIRST, FIRST + WEEK)], farthest) == 1461


@pytest.mark.parametrize(
    ("start", "end", "weeks"),
    [
        (FIRST + WEEK, FIRST + 2 * WEEK, -1),
        (FIRST + WEEK - HOUR, FIRST + 2 * WEEK, 1),
        (FIRST, LAST - WEEK - HOUR, 1),
        (FIRST, LAST - WEEK, None),
        (FIRST + 2 * WEEK, FIRST + 2 * WEEK, -1),
    ],
    ids=["back to 1940", "not before", "on towards 2100", "not up to it", "a moment"],
)
def test_dates_are_moved_within_the_years_from_1940_to_2100(start, end, weeks):
    assert weeks_back([fixed(start, end)], nearest) == weeks


FORWARD = datetime(2024, 3, 31, 1, tzinfo=UTC)
"""Clocks of London go forward at this moment, and did so on 26 March 2023: 53 weeks before."""


@pytest.mark.parametrize(
    ("begins_s", "ends_s", "weeks"),
    [
        (0, 3600, -23),  # summer: the last Sunday before is 22 October, then come winters
        (-1, 3600, -53),
        (-3600, 0, -53),
        (-3600, -1, -1),
    ],
    ids=["from the change on", "from just before", "up to the change", "up to just before"],
)
def test_a_change_of_clocks_counts_from_its_second_on(begins_s, ends_s, weeks):
    start = FORWARD + timedelta(seconds=begins_s)
    days = (ends_s - begins_s) / 86_400
    assert weeks_back([span("Europe/London", start, days)], nearest) == weeks


def test_a_change_at_an_odd_minute_is_known_to_the_second():
    # St. John's went forward at one past midnight, 03:31 UTC; summer before had ended 18 weeks ago
    forward = datetime(2008, 3, 9, 3, 31, tzinfo=UTC)
    assert weeks_back([span("America/St_Johns", forward, 1 / 24)], nearest) == -19


def test_a_change_must_come_at_the_same_time_after_the_beginning():
    # at 01:00 UTC in London, at 07:00 in New York, whose clocks go forward on 10 March
    changes = datetime(2024, 3, 10, 7, tzinfo=UTC)
    assert weeks_back([span("America/New_York", changes - HOUR, 2 / 24)], nearest) == -52
    assert weeks_back([span("America/New_York", changes - HOUR, 1 / 24 - 1e-4)], nearest) == -1


@pytest.mark.parametrize(
    ("date", "weeks"), [((1970, 1, 10), -1), ((1971, 11, 3), -194)], ids=["within", "behind"]
)
def test_offsets_are_those_that_were_in_force_in_their_year(date, weeks):
    # London kept summer time from 18 February 1968 to 31 October 1971
    start = datetime(*date, tzinfo=UTC)
    assert weeks_back([span("Europe/London", start, 1)], nearest) == weeks


def test_the_offset_counts_and_not_the_one_before_it():
    # Moscow was two hours ahead from 29 September 1991 on, behind three; 69 weeks before it was
    # four hours ahead, behind three as well
    def near_a_summer(weeks):
        return f"{abs(weeks + 69):05d}"

    november = datetime(1991, 11, 6, tzinfo=UTC)
    assert weeks_back([span("Europe/Moscow", november, 1)], near_a_summer) == -5


# ------------------------------------------------------------------ several recordings


def test_shifts_into_the_past_are_spread_over_many_years():
    start = datetime(2024, 1, 10, tzinfo=UTC)
    found = {weeks_back([span("Europe/London", start, 7)], by_hash(seed)) for seed in range(60)}
    assert len(found) > 45
    assert max(found) < 0
    assert min(found) < -1000


def test_all_recordings_of_a_person_are_moved_by_one_shift_that_suits_all():
    winter, summer = datetime(2023, 1, 10, tzinfo=UTC), datetime(2023, 7, 4, tzinfo=UTC)
    spans = [span("Europe/Berlin", winter, 7), span("Europe/Berlin", summer, 7)]
    weeks = weeks_back(spans, by_hash(0))
    for start in (winter, summer):
        moved = start + timedelta(weeks=weeks)
        assert offsets("Europe/Berlin", moved, 7) == offsets("Europe/Berlin", start, 7)


def test_one_more_recording_changes_the_shift_only_if_it_must():
    first = span("Europe/Berlin", datetime(2023, 1, 10, tzinfo=UTC), 7)
    next_day = span("Europe/Berlin", datetime(2023, 1, 18, tzinfo=UTC), 1)
    same = [
        weeks_back([first], by_hash(k)) == weeks_back([first, next_day], by_hash(k))
        for k in range(20)
    ]
    assert sum(same) >= 17


def test_where_no_shift_will_do_there_is_none():
    abolished = span("Asia/Pyongyang", datetime(2015, 8, 1, tzinfo=UTC), 40)
    assert weeks_back([abolished], by_hash(0)) is None


def test_a_fixed_offset_or_no_zone_asks_for_nothing():
    fixed = Span(timezone(HOUR), 1_700_000_000 * 10**9, 1_700_900_000 * 10**9)
    assert weeks_back([fixed], by_hash(0)) == weeks_back([], by_hash(0))
