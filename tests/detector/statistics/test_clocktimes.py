from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from detector.statistics.clocktimes import DAY_MIN, clock_text, mean_clock, minutes_of

TIMES = st.lists(st.floats(-3000, 3000, allow_nan=False), min_size=2, max_size=20)


def apart(a: float, b: float) -> float:
    return abs((a - b + DAY_MIN / 2) % DAY_MIN - DAY_MIN / 2)


@given(TIMES)
def test_mean_and_deviation_are_those_of_scipy(times):
    mean, sd = mean_clock(times)
    length = abs(np.exp(2j * np.pi * np.array(times) / DAY_MIN).mean())
    if length < 1e-6:
        return
    assert mean is not None
    assert sd is not None
    assert 0 <= mean < DAY_MIN or mean == pytest.approx(DAY_MIN)
    assert apart(mean, stats.circmean(times, high=DAY_MIN)) < 1e-4
    assert sd == pytest.approx(stats.circstd(times, high=DAY_MIN), abs=1e-3)


@given(TIMES, st.floats(-2000, 2000))
def test_the_mean_turns_with_the_clock_and_the_deviation_does_not(times, shift):
    (mean, sd), (moved, moved_sd) = mean_clock(times), mean_clock([t + shift for t in times])
    length = abs(np.exp(2j * np.pi * np.array(times) / DAY_MIN).mean())
    if length < 1e-3:
        return
    assert mean is not None
    assert moved is not None
    assert apart(mean + shift, moved) < 1e-3
    assert sd == pytest.approx(moved_sd, abs=1e-2)


def test_around_midnight_the_mean_is_midnight_and_not_noon():
    mean, sd = mean_clock([23 * 60 + 50, 10])
    assert clock_text(mean) == "00:00"
    assert sd == pytest.approx(10, abs=0.01)


def test_of_close_times_the_deviation_is_that_of_a_line():
    times = np.random.default_rng(0).normal(1400, 20, 400)
    assert mean_clock(times.tolist())[1] == pytest.approx(times.std(), rel=0.01)


@pytest.mark.parametrize("times", [[], [0, 720], [0, 480, 960]])
def test_times_that_cancel_out_have_no_mean(times):
    assert mean_clock(times) == (None, None)


def test_one_time_has_no_deviation():
    mean, sd = mean_clock([100.0])
    assert mean == pytest.approx(100)
    assert sd is None


@pytest.mark.parametrize(("time_min", "n"), [(1405.0, 7), (4.0, 3), (22.0, 5), (17.0, 7)])
def test_equal_times_deviate_by_nothing(time_min, n):  # though rounding may make R more than 1
    assert mean_clock([time_min] * n)[1] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (None, None),
        (0, "00:00"),
        (1439.98, "23:59"),
        (1439.999, "00:00"),
        (1421.9, "23:41"),
        (1440, "00:00"),
        (59, "00:59"),
        (60, "01:00"),
        (481, "08:01"),
    ],
)
def test_a_time_of_day_is_shown_as_a_clock_does(minutes, text):
    assert clock_text(minutes) == text


def test_the_time_of_day_is_that_of_the_wall_clock():
    assert math.isclose(minutes_of("2024-03-05T23:41:06.250+01:00"), 23 * 60 + 41.1)
