"""Device time, UTC, local time and nights."""

from __future__ import annotations

import time as clock
from datetime import date, datetime, time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import SECOND_NS, Header, Health, Zone, compare_zones

HOUR_NS = 3600 * SECOND_NS
tzset = getattr(clock, "tzset", None)


def device_ns(text):
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1)
    return (since.days * 86_400 + since.seconds) * SECOND_NS + since.microseconds * 1000


def test_an_unknown_zone_shows_device_time_without_offset_and_no_utc():
    zone, at = Zone.of(None, 0), device_ns("2024-03-05T23:41:07.250")
    assert zone.local_iso(at) == "2024-03-05T23:41:07.250"
    assert zone.utc_iso(at) is None
    assert zone.utc_ns(at) is None


def test_a_known_zone_gives_offset_and_utc():
    at = device_ns("2024-03-05T23:41:07.250")
    zone = Zone.of("Europe/Berlin", at)
    assert zone.local_iso(at) == "2024-03-05T23:41:07.250+01:00"
    assert zone.utc_iso(at) == "2024-03-05T22:41:07.250Z"


def test_offsets_west_of_greenwich_and_of_half_hours():
    at = device_ns("2024-01-05T23:00:00")
    assert Zone.of("America/St_Johns", at).local_iso(at).endswith("-03:30")


def test_the_device_clock_does_not_follow_a_change_to_summer_time():
    start = device_ns("2024-03-30T22:00:00")  # clocks go forward at 02:00 local, 31 March
    zone = Zone.of("Europe/Berlin", start)
    after = start + 8 * HOUR_NS  # the device shows 06:00, the wearer's wall 07:00
    assert zone.local_iso(after) == "2024-03-31T07:00:00.000+02:00"
    assert zone.utc_iso(after) == "2024-03-31T05:00:00.000Z"


@pytest.mark.parametrize(
    ("name", "first_day", "hours"),
    [
        ("Europe/London", "2024-03-30", 23),
        ("Europe/London", "2024-10-26", 25),
        ("Europe/London", "2024-06-01", 24),
        ("Australia/Lord_Howe", "2024-04-06", 24.5),
        ("Australia/Lord_Howe", "2024-10-05", 23.5),
        ("Asia/Tokyo", "2024-03-30", 24),
    ],
)
def test_nights_last_from_noon_to_noon_by_the_wall_clock(name, first_day, hours):
    start = device_ns(f"{first_day}T20:00:00")
    (night,) = Zone.of(name, start).nights(start, start + HOUR_NS)
    assert night.date == date.fromisoformat(first_day)
    assert (night.end_ns - night.start_ns) / HOUR_NS == hours


@pytest.mark.parametrize(
    ("at", "label"),
    [
        ("2024-05-02T11:59:59.999", "2024-05-01"),
        ("2024-05-02T12:00:00", "2024-05-02"),
        ("2024-05-02T23:59:55", "2024-05-02"),
        ("2024-05-03T00:00:00", "2024-05-02"),
        ("2024-05-03T03:59:00", "2024-05-02"),
    ],
)
def test_a_night_is_labelled_with_the_date_on_which_it_begins(at, label):
    start = device_ns(at)
    for zone in (Zone.of("Europe/London", start), Zone()):
        assert zone.nights(start, start + 1)[0].date.isoformat() == label


@given(st.integers(0, 400), st.integers(1, 40 * 24))
def test_nights_tile_the_recording(day, hours):
    start = device_ns("2024-01-01T00:00:00") + day * 24 * HOUR_NS
    nights = Zone.of("America/New_York", start).nights(start, start + hours * HOUR_NS)
    assert nights[0].start_ns <= start < nights[0].end_ns
    assert nights[-1].start_ns < start + hours * HOUR_NS <= nights[-1].end_ns
    for before, after in pairwise(nights):
        assert before.end_ns == after.start_ns
        assert (after.date - before.date).days == 1


def test_nights_may_begin_at_another_hour():
    start = device_ns("2024-05-02T15:00:00")
    (night,) = Zone().nights(start, start + HOUR_NS, time(18))
    assert night.date == date(2024, 5, 1)


def test_an_hour_that_exists_twice_is_taken_as_the_first():
    start = device_ns("2024-10-27T01:30:00")
    zone = Zone.of("Europe/London", start)
    assert zone.utc_iso(start) == "2024-10-27T00:30:00.000Z"


def test_a_local_time_is_found_on_the_device_to_the_microsecond():
    text = "2024-10-27T02:30:00.123456"
    for zone in (Zone(), Zone.of("Europe/London", device_ns("2024-12-01T12:00:00"))):
        assert zone.device_ns(datetime.fromisoformat(text)) == device_ns(text)


def test_an_hour_that_happens_twice_is_told_apart_by_its_offset():
    zone = Zone.of("Europe/London", device_ns("2024-10-26T22:00:00"))
    first, second = device_ns("2024-10-27T01:30:00"), device_ns("2024-10-27T02:30:00")
    assert zone.local_iso(first) == "2024-10-27T01:30:00.000+01:00"
    assert zone.local_iso(second) == "2024-10-27T01:30:00.000+00:00"
    assert zone.device_ns(datetime(2024, 10, 27, 1, 30)) == first


def test_a_place_that_skipped_a_day_has_no_night_of_no_length():
    start = device_ns("2011-12-29T08:00:00")  # Samoa had no 30th of December
    nights = Zone.of("Pacific/Apia", start).nights(start, start + 72 * HOUR_NS)
    assert [(n.end_ns - n.start_ns) / HOUR_NS for n in nights] == [24] * len(nights)
    assert [n.date.day for n in nights] == [28, 29, 31, 1]


@pytest.fixture
def machine_in_tokyo(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    tzset()
    yield
    monkeypatch.undo()
    tzset()


@pytest.mark.skipif(tzset is None, reason="no way to move this machine")
@pytest.mark.usefixtures("machine_in_tokyo")
def test_where_the_machine_is_does_not_matter():
    at = device_ns("2024-03-05T23:41:07.250")
    local = datetime.fromisoformat("2024-03-05T23:41:07.250")
    assert Zone().device_ns(local) == at
    assert Zone().local(at) == local
    berlin = Zone.of("Europe/Berlin", at)
    assert berlin.device_ns(local) == at
    assert berlin.utc_iso(at) == "2024-03-05T22:41:07.250Z"


@pytest.mark.parametrize(
    ("after_ns", "shown"),
    [(499_999, "07.250"), (500_000, "07.251"), (1_499_999, "07.251"), (749_500_000, "08.000")],
)
def test_times_are_shown_to_the_nearest_millisecond(after_ns, shown):
    at = device_ns("2024-03-05T23:41:07.250") + after_ns
    assert Zone().local_iso(at) == f"2024-03-05T23:41:{shown}"
    assert Zone.of("Europe/Berlin", at).utc_iso(at) == f"2024-03-05T22:41:{shown}Z"


@pytest.mark.parametrize(
    ("offset_s", "shown"),
    [
        (0, "+00:00"),
        (20_700, "+05:45"),
        (-1800, "-00:30"),
        (-34_200, "-09:30"),
        (50_400, "+14:00"),
        (75, "+00:01"),
    ],
)
def test_an_offset_is_shown_in_hours_and_minutes(offset_s, shown):
    zone = Zone.of(None, 0, offset_s=offset_s)
    assert zone.local_iso(0) == f"1970-01-01T00:00:00.000{shown}"
    assert zone.utc_ns(0) == -offset_s * SECOND_NS


def test_a_night_that_ends_as_a_recording_begins_is_none_of_its_nights():
    noon = device_ns("2024-05-02T12:00:00")
    dates = [night.date.day for night in Zone().nights(noon, noon + 24 * HOUR_NS)]
    assert dates == [2]
    dates = [night.date.day for night in Zone().nights(noon - 1, noon + 24 * HOUR_NS + 1)]
    assert dates == [1, 2, 3]


# ------------------------------------------------------------------ a clock that was set elsewhere


def test_a_clock_set_in_one_zone_and_worn_in_another():
    start = device_ns("2024-03-10T02:30:00")  # by the clock of London, 21:30 in New York
    zone = Zone.of("America/New_York", start, device_tz="Europe/London")
    assert zone.utc_iso(start) == "2024-03-10T02:30:00.000Z"
    assert zone.local_iso(start) == "2024-03-09T21:30:00.000-05:00"
    (night,) = zone.nights(start, start + HOUR_NS)
    assert (night.date, (night.end_ns - night.start_ns) / HOUR_NS) == (date(2024, 3, 9), 23)


def test_either_zone_serves_for_both_if_it_is_the_only_one():
    start = device_ns("2024-07-10T02:30:00")
    alone = Zone.of("Europe/London", start)
    assert Zone.of(None, start, device_tz="Europe/London") == alone
    assert Zone.of("Europe/London", start, device_tz="Europe/London") == alone


def test_stamps_that_carry_their_offset_are_believed_whatever_zone_the_clock_is_said_to_have():
    at = device_ns("2024-07-01T21:00:00")
    zone = Zone.of("Europe/Berlin", at, device_tz="Asia/Tokyo", offset_s=0)
    assert zone.utc_iso(at) == "2024-07-01T21:00:00.000Z"
    assert zone.local_iso(at) == "2024-07-01T23:00:00.000+02:00"
    assert str(zone.device_tz) == "UTC"


STATED = {"format": "made", "nominal_hz": 100.0, "utc_offset_s": -4 * 3600}


@pytest.mark.parametrize(
    ("header", "zones", "said"),
    [
        ({}, ("America/New_York", None), ""),
        ({}, (None, "America/New_York"), ""),
        ({}, ("Europe/London", "America/New_York"), ""),
        ({}, (None, None), ""),
        ({"utc_offset_s": None}, ("Europe/London", None), ""),
        ({}, ("Europe/London", None), "Europe/London, UTC+1 h, was believed: where the clock"),
        ({}, ("America/New_York", "Europe/London"), "Europe/London, UTC+1 h, was believed"),
        ({"utc_known": True}, ("Europe/London", None), ""),
        (
            {"utc_known": True},
            (None, "Europe/London"),
            "the stamps carry UTC-4 h and were believed",
        ),
    ],
)
def test_a_file_that_contradicts_the_zone_of_its_clock_is_told(header, zones, said):
    health, (tz, device_tz) = Health(), zones
    at = device_ns("2024-07-01T21:00:00")
    compare_zones(Header(**STATED | header), health, at, tz=tz, device_tz=device_tz)
    assert [note.code for note in health.remarks] == ["offset_differs"] * bool(said)
    assert all(said in note.message for note in health.remarks)
    # what could still be said is asked for
    asked = device_tz is None and not header.get("utc_known")
    assert all(("(--device-tz)" in note.message) == asked for note in health.remarks)


@pytest.mark.parametrize("name", ["CET5", "GMT+1", "Mars/Olympus", "../etc/passwd", ""])
def test_only_iana_names_are_taken(name):
    with pytest.raises(ValueError, match="IANA"):
        Zone.of(name, 0)


def test_stamps_that_carry_their_offset_are_believed_and_the_zone_says_where_the_wearer_was():
    at = device_ns("2024-07-01T21:00:00")  # as stamped, in UTC
    zone = Zone.of("Europe/London", at, offset_s=0)
    assert zone.utc_iso(at) == "2024-07-01T21:00:00.000Z"
    assert zone.local_iso(at) == "2024-07-01T22:00:00.000+01:00"


def test_without_a_zone_local_time_keeps_the_offset_of_the_stamps():
    at = device_ns("2024-07-01T21:00:00")
    zone = Zone.of(None, at, offset_s=-5 * 3600)
    assert zone.utc_iso(at) == "2024-07-02T02:00:00.000Z"
    assert zone.local_iso(at) == "2024-07-01T21:00:00.000-05:00"
    (night,) = zone.nights(at, at + 1)
    assert night.date == date(2024, 7, 1)
