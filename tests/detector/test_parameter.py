"""How one setting is declared, described, and held against its type and its bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pytest

from detector.parameter import (
    LONGEST_LINE,
    Group,
    SettingsError,
    did_you_mean,
    parameters,
    setting,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Group):
    """Settings of no program."""

    GROUP = "made"
    BELOW = (("low_hz", "high_hz"),)
    AT_MOST = (("least", "most"),)

    low_hz: float = setting(2.0, "low", low=1, high=5, source="here")
    high_hz: float = setting(4.0, "high", low=1, high=5, source="here")
    least: int = setting(2, "least", low=1, high=9, source="here")
    most: int = setting(4, "most", low=1, high=9, source="there")
    way: Literal["left", "right", "ahead"] = setting("left", "way", source="here")
    begin: str = setting("12:00", "begin", source="here")
    free: float = setting(0.0, "free", source="here")


LOW, HIGH, LEAST, MOST, WAY, BEGIN, FREE = parameters(Made)


def test_parameters_are_in_order_and_know_all_that_was_declared():
    assert [p.name for p in parameters(Made)] == [
        *("low_hz", "high_hz", "least", "most", "way", "begin", "free"),
    ]
    assert [p.type for p in parameters(Made)] == [
        *("number", "number", "whole number", "whole number", "choice", "time", "number"),
    ]
    assert (MOST.default, MOST.text, MOST.source, MOST.low, MOST.high) == (4, "most", "there", 1, 9)
    assert (FREE.low, FREE.high) == (-math.inf, math.inf)
    assert WAY.choices == ("left", "right", "ahead")


def test_names_in_files_and_on_the_command_line():
    assert (LOW.key, LOW.flag) == ("made.low_hz", "--made.low-hz")


@pytest.mark.parametrize(
    ("parameter", "allowed"),
    [
        (LOW, "1 to 5 Hz"),
        (LEAST, "1 to 9"),
        (WAY, "left, right or ahead"),
        (BEGIN, "HH:MM"),
        (FREE, "-inf to inf"),
    ],
    ids=str,
)
def test_what_is_allowed_is_said_with_its_unit(parameter, allowed):
    assert parameter.allowed == allowed


@pytest.mark.parametrize(
    ("parameter", "value", "shown"),
    [(LOW, 2.0, "2 Hz"), (LOW, 2.25, "2.25 Hz"), (LEAST, 3, "3"), (WAY, "left", "left")],
    ids=str,
)
def test_a_value_is_shown_with_its_unit(parameter, value, shown):
    assert parameter.shown(value) == shown


@pytest.mark.parametrize(
    ("parameter", "value"),
    [(LOW, 1), (LOW, 5), (LOW, np.float32(1.5)), (LEAST, 1), (LEAST, 9), (LEAST, np.int64(3)),
     (WAY, "ahead"), (BEGIN, "00:00"), (BEGIN, "23:59"), (FREE, 1e300)],
    ids=str,
)  # fmt: skip
def test_what_is_allowed_passes(parameter, value):
    assert parameter.check(value) == value


@pytest.mark.parametrize(
    ("parameter", "value", "said"),
    [
        (LOW, 0.999, "made.low_hz = 0.999 is outside 1 to 5 Hz"),
        (LOW, 5.001, "made.low_hz = 5.001 is outside 1 to 5 Hz"),
        (LOW, math.nan, "made.low_hz = nan is outside 1 to 5 Hz"),
        (LOW, -(10**400), "made.low_hz = -inf is outside 1 to 5 Hz"),
        (LOW, 10**400, "made.low_hz = inf is outside 1 to 5 Hz"),
        (LOW, "2", "made.low_hz = '2' is not a number (1 to 5 Hz)"),
        (LOW, True, "made.low_hz = True is not a number (1 to 5 Hz)"),
        (LOW, 2j, "made.low_hz = 2j is not a number (1 to 5 Hz)"),
        (LEAST, 0, "made.least = 0 is outside 1 to 9"),
        (LEAST, 10, "made.least = 10 is outside 1 to 9"),
        (LEAST, 10**400, "made.least = inf is outside 1 to 9"),
        (LEAST, 2.0, "made.least = 2.0 is not a whole number (1 to 9)"),
        (LEAST, False, "made.least = False is not a whole number (1 to 9)"),
        (WAY, "lft", "made.way = 'lft' is not left, right or ahead; did you mean 'left'?"),
        (WAY, "up", "made.way = 'up' is not left, right or ahead"),
        (WAY, 2**64 - 1, f"made.way = {2**64 - 1} is not left, right or ahead"),
        (WAY, 2**64, "made.way = 1.84467e+19 is not left, right or ahead"),
        (WAY, [1], "made.way = [1] is not left, right or ahead"),
        (BEGIN, "24:00", "made.begin = '24:00' is not a time of day in quotes, as \"HH:MM\""),
        (BEGIN, 12, 'made.begin = 12 is not a time of day in quotes, as "HH:MM"'),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_allowed_is_refused_with_name_value_and_what_is(parameter, value, said):
    with pytest.raises(SettingsError) as caught:
        parameter.check(value)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("parameter", "word", "value"),
    [(LOW, "2", 2.0), (LOW, " 2.5 ", 2.5), (LOW, "1e0", 1.0), (LEAST, "3", 3),
     (WAY, "left", "left"), (BEGIN, "18:00", "18:00")],
    ids=str,
)  # fmt: skip
def test_a_word_becomes_a_value_of_its_type(parameter, word, value):
    found = parameter.parse(word)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("parameter", "word", "said"),
    [
        (LOW, "two", "made.low_hz = 'two' is not a number (1 to 5 Hz)"),
        (LOW, "6", "made.low_hz = 6 is outside 1 to 5 Hz"),
        (LEAST, "2.5", "made.least = '2.5' is not a whole number (1 to 9)"),
        (LEAST, "0", "made.least = 0 is outside 1 to 9"),
    ],
    ids=str,
)
def test_a_word_that_is_none_is_refused_as_written(parameter, word, said):
    with pytest.raises(SettingsError) as caught:
        parameter.parse(word)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"low_hz": 4.0}, "made.low_hz = 4 must be less than made.high_hz = 4"),
        ({"low_hz": 4.5}, "made.low_hz = 4.5 must be less than made.high_hz = 4"),
        ({"least": 5}, "made.least = 5 must not be more than made.most = 4"),
    ],
    ids=str,
)
def test_values_that_do_not_go_together_are_refused_with_both(values, said):
    with pytest.raises(SettingsError) as caught:
        Made(**values)
    assert str(caught.value) == said


def test_values_that_just_go_together_pass():
    assert Made(low_hz=3.999, least=4, high_hz=4).high_hz == 4.0


def test_a_whole_number_given_for_a_number_becomes_one():
    assert isinstance(Made(low_hz=3).low_hz, float)
    assert isinstance(Made(least=np.int16(3)).least, int)


@pytest.mark.parametrize(
    ("word", "said"),
    [("lfet", "; did you mean 'left'?"), ("xyz", ""), ("", "")],
)
def test_the_nearest_word_is_offered_if_one_is_near(word, said):
    assert did_you_mean(word, iter(("left", "right"))) == said


def test_a_message_holds_no_commands_of_a_terminal_and_its_lines_have_a_longest():
    whole, cut, plain = str(
        SettingsError("a" * LONGEST_LINE + "\n" + "b" * (LONGEST_LINE + 99) + "\nc\x1b[2J")
    ).split("\n")
    assert whole == "a" * LONGEST_LINE
    assert len(cut) < LONGEST_LINE + 10
    assert plain.startswith("c")
    assert "\x1b" not in plain
