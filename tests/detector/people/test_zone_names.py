"""Which time zones are taken, and what is offered instead of the others."""

from __future__ import annotations

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


def test_an_offset_with_minutes_is_not_rounded_to_an_hour() -> None:
    with pytest.raises(SettingsError) as caught:
        checked_zone_name("UTC+5:30")
    assert "Etc/" not in str(caught.value)
