"""Declarations of the settings, and what they refuse."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.parameter import Group, Parameter, parameters
from detector.settings import (
    KindSettings,
    ScanSettings,
    Settings,
    SettingsError,
    SleepSettings,
    WindowSettings,
)

GROUPS: tuple[type[Any], ...] = tuple(type(getattr(Settings(), f.name)) for f in fields(Settings))
EVERY = [p for group in GROUPS for p in parameters(group)]
NUMBERS = [p for p in EVERY if p.type in {"number", "whole number"}]
CLASS_OF = {group.GROUP: group for group in GROUPS}


def with_one(parameter: Parameter, value: object) -> Group:
    return CLASS_OF[parameter.group](**{parameter.name: value})


def test_groups_are_named_as_their_attribute_of_settings() -> None:
    settings = Settings()
    for field in fields(settings):
        assert field.name == getattr(settings, field.name).GROUP


@pytest.mark.parametrize("parameter", EVERY, ids=lambda p: p.key)
def test_every_parameter_says_its_meaning_and_its_source(parameter: Parameter) -> None:
    assert parameter.text
    assert parameter.source


@pytest.mark.parametrize("parameter", NUMBERS, ids=lambda p: p.key)
def test_every_number_has_two_bounds_and_a_default_between_them(parameter: Parameter) -> None:
    assert -np.inf < parameter.low < parameter.high < np.inf
    assert isinstance(parameter.default, float | int)
    assert parameter.low <= parameter.default <= parameter.high


@pytest.mark.parametrize("parameter", NUMBERS, ids=lambda p: p.key)
def test_values_just_outside_the_bounds_are_refused(parameter: Parameter) -> None:
    step = 1 if parameter.type == "whole number" else 1e-6
    whole = int if parameter.type == "whole number" else float
    for value in (whole(parameter.low - step), whole(parameter.high + step)):
        with pytest.raises(SettingsError, match="is outside"):
            with_one(parameter, value)


@pytest.mark.parametrize("parameter", NUMBERS, ids=lambda p: p.key)
def test_bounds_themselves_pass_the_check_of_the_parameter(parameter: Parameter) -> None:
    whole = int if parameter.type == "whole number" else float
    assert parameter.check(whole(parameter.low)) == parameter.low
    assert parameter.check(whole(parameter.high)) == parameter.high


@pytest.mark.parametrize(
    ("group", "values", "message"),
    [
        (ScanSettings, {"on_factor": 9}, "scan.on_factor = 9 is outside 1.5 to 6"),
        (ScanSettings, {"floor_s": 1.0}, "scan.floor_s = 1 is outside 30 to 600 s"),
        (ScanSettings, {"on_factor": float("nan")}, "scan.on_factor = nan is outside 1.5 to 6"),
        (ScanSettings, {"on_factor": "3"}, "scan.on_factor = '3' is not a number (1.5 to 6)"),
        (ScanSettings, {"on_factor": True}, "scan.on_factor = True is not a number (1.5 to 6)"),
        (ScanSettings, {"on_factor": None}, "scan.on_factor = None is not a number (1.5 to 6)"),
        (KindSettings, {"train_min": True}, "kinds.train_min = True is not a whole number"),
        (KindSettings, {"bursts_max": 2.5}, "kinds.bursts_max = 2.5 is not a whole number"),
        (
            SleepSettings,
            {"guider": "hdczz"},
            "sleep.guider = 'hdczz' is not auto, hdcza or fixed; did you mean 'hdcza'?",
        ),
        (SleepSettings, {"guider": 3}, "sleep.guider = 3 is not auto, hdcza or fixed"),
        (
            WindowSettings,
            {"night_start": "24:00"},
            "window.night_start = '24:00' is not a time of day in quotes, as \"HH:MM\"",
        ),
    ],
)
def test_messages_name_setting_value_and_what_is_allowed(
    group: type[Any], values: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        group(**values)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["00:00", "12:00", "23:59"])
def test_nights_may_begin_at_any_minute(text: str) -> None:
    assert WindowSettings(night_start=text).night_start == text


@pytest.mark.parametrize("text", ["", "9:00", "09:60", "12", "12:00:00", "٠٩:٠٠", "12:00\n"])
def test_other_forms_of_a_time_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="HH:MM"):
        WindowSettings(night_start=text)


RELATIONS = [
    (group, pair, strict)
    for group in GROUPS
    for pairs, strict in ((group.BELOW, True), (group.AT_MOST, False))
    for pair in pairs
]


@pytest.mark.parametrize(("group", "pair", "strict"), RELATIONS, ids=str)
def test_values_that_do_not_go_together_are_refused(
    group: type[Any], pair: tuple[str, str], *, strict: bool
) -> None:
    first, second = (next(p for p in parameters(group) if p.name == name) for name in pair)
    low, high = max(first.low, second.low), min(first.high, second.high)
    assert low < high, "the bounds alone already keep them apart"
    above = first.default if first.default > low else high
    with pytest.raises(SettingsError) as caught:
        group(**{first.name: above, second.name: low})
    assert f"{first.key} = {above:g} must" in str(caught.value)
    assert f"{second.key} = {low:g}" in str(caught.value)
    if strict:
        with pytest.raises(SettingsError, match="must be less than"):
            group(**{first.name: low, second.name: low})
    else:
        group(**{first.name: first.default, second.name: first.default})


def test_the_jerk_band_must_fit_the_slowest_accepted_rate() -> None:
    with pytest.raises(SettingsError, match=r"min_rate_hz of at least 25\.00, but it is 24"):
        ScanSettings(jerk_high_hz=10)
    assert ScanSettings(jerk_high_hz=10, min_rate_hz=25).jerk_high_hz == 10


def test_an_integer_means_the_same_as_the_number_it_equals() -> None:
    whole = Settings(scan=ScanSettings(on_factor=3))
    assert isinstance(whole.scan.on_factor, float)
    assert whole.fingerprint() == Settings(scan=ScanSettings(on_factor=3.0)).fingerprint()
    assert (
        whole.fingerprint() == Settings(scan=ScanSettings(on_factor=np.float64(3.0))).fingerprint()
    )


def test_settings_cannot_be_changed_in_place() -> None:
    settings = Settings()
    with pytest.raises(FrozenInstanceError):
        settings.scan.on_factor = 3.0  # type: ignore[misc]  # what a checker would see
    assert not hasattr(settings.scan, "__dict__")


def test_settings_survive_pickling() -> None:
    settings = Settings(scan=ScanSettings(on_factor=3))
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 (our own bytes)


@given(st.sampled_from(NUMBERS), st.data())
def test_any_other_value_changes_the_fingerprint_and_is_listed(
    parameter: Parameter, data: st.DataObject
) -> None:
    if parameter.type == "whole number":
        value: float = data.draw(st.integers(int(parameter.low), int(parameter.high)))
    else:
        value = data.draw(st.floats(parameter.low, parameter.high))
    try:
        settings = replace(Settings(), **{parameter.group: with_one(parameter, value)})
    except SettingsError as error:
        assert "must" in str(error) or "needs" in str(error)  # noqa: PT017 (both ways are right)
        return
    is_default = value == parameter.default
    assert settings.changed() == ({} if is_default else {parameter.key: value})
    assert (settings.fingerprint() == Settings().fingerprint()) is is_default


def test_words_of_the_command_line_become_values_of_their_type() -> None:
    by_key = {p.key: p for p in EVERY}
    assert by_key["scan.on_factor"].parse("3") == 3.0
    assert isinstance(by_key["kinds.bursts_max"].parse("2"), int)
    assert by_key["sleep.guider"].parse("fixed") == "fixed"
    for key, word in (("scan.on_factor", "abc"), ("kinds.bursts_max", "2.5")):
        with pytest.raises(SettingsError, match=f"{key} = '{word}' is not a"):
            by_key[key].parse(word)


def test_units_come_from_names_and_counts_have_none() -> None:
    units = {p.key: p.unit for p in EVERY}
    assert units["scan.jerk_min_g_per_s"] == "g/s"
    assert units["scan.min_rate_hz"] == "Hz"
    assert units["window.before_min"] == "min"
    assert units["kinds.train_min"] == ""
    assert units["sleep.nonwear_temperature_c"] == "°C"
    assert units["scan.on_factor"] == ""
