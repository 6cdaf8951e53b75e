"""Which time zones are taken, and what is offered instead of the others."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from detector.people.zone_names import checked_zone_name
from detector.settings import SettingsError


@pytest.mark.parametrize("name", ["Europe/London", "America/New_York", "UTC", "Etc/GMT-1"])
def test_names_of_the_database_are_taken(name: str) -> None:
    assert checked_zone_name(name) == name


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("CET", "such as 'Europe/Berlin'"),
        ("EST", "such as 'America/New_York'"),
        ("BST", "such as 'Europe/London'"),
        ("gmt", "such as 'Europe/London'"),
        ("GMT+1", "'Etc/GMT-1'"),
        ("UTC-05:00", "'Etc/GMT+5'"),
        ("+5:30", "such as 'Europe/London'"),
        ("europe/london", "did you mean 'Europe/London'?"),
        ("London", "did you mean 'Europe/London'?"),
        ("New York", "did you mean 'America/New_York'?"),
        ("Europe/Lodnon", "did you mean 'Europe/London'?"),
        ("EST5EDT", "such as 'Europe/London'"),
        ("Mars", "such as 'Europe/London'"),
        ("", "such as 'Europe/London'"),
    ],
)
def test_other_names_are_refused_with_something_to_write_instead(name: str, offered: str) -> None:
    with pytest.raises(SettingsError) as caught:
        checked_zone_name(name)
    assert f"{name!r}" in str(caught.value)
    assert offered in str(caught.value)


ABBREVIATIONS = (
    *("AEDT", "AEST", "AKST", "BST", "CDT", "CEST", "CET", "CST", "EDT", "EEST", "EET", "EST"),
    *("GMT", "HST", "IST", "JST", "MDT", "MSK", "MST", "NZDT", "NZST", "PDT", "PST", "WET"),
)


@pytest.mark.parametrize("abbreviation", ABBREVIATIONS)
def test_the_place_offered_for_an_abbreviation_uses_it(abbreviation: str) -> None:
    with pytest.raises(SettingsError) as caught:
        checked_zone_name(abbreviation)
    (place,) = re.findall(r"write a place, such as '(.+)'$", str(caught.value))
    zone = ZoneInfo(place)
    used = {datetime(2024, month, 1, tzinfo=zone).tzname() for month in (1, 7)}
    assert abbreviation in used


@pytest.mark.parametrize(
    ("name", "fixed"),
    [
        ("GMT+1", "Etc/GMT-1"),
        ("Z-3", "Etc/GMT+3"),
        ("+0530", None),
        ("utc+12", "Etc/GMT-12"),
        ("UTC-12:00", "Etc/GMT+12"),
        ("UTC+13", None),
        ("UTC+0", None),
        ("GMT-00:30", None),
    ],
)
def test_for_whole_hours_up_to_twelve_the_fixed_zone_is_told_with_its_odd_sign(
    name: str, fixed: str | None
) -> None:
    with pytest.raises(SettingsError) as caught:
        checked_zone_name(name)
    assert "does not say when clocks change" in str(caught.value)
    assert re.findall(r"'(Etc/.+?)'", str(caught.value)) == ([fixed] if fixed else [])
    if fixed:
        assert checked_zone_name(fixed) == fixed
        hours = float(re.findall(r"[+-]\d+", name)[0])
        assert datetime(2024, 1, 1, tzinfo=ZoneInfo(fixed)).utcoffset() == timedelta(hours=hours)


def test_an_offset_with_minutes_is_not_rounded_to_an_hour() -> None:
    with pytest.raises(SettingsError) as caught:
        checked_zone_name("UTC+5:30")
    assert "Etc/" not in str(caught.value)


@pytest.mark.parametrize("name", ["UTC", "Europe/London"])
def test_without_a_database_of_zones_it_is_said_how_to_get_one(monkeypatch, name: str) -> None:
    monkeypatch.setattr("detector.people.zone_names.available_timezones", set)
    with pytest.raises(SettingsError, match=r"no time zone database .*; run 'pip install tzdata'"):
        checked_zone_name(name)
