"""What numbers in a table's column of time mean, and how its rows step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recordings import RecordingError
from recordings.formats.tables.pace import Pace
from recordings.formats.tables.times import TimeNumber, number_meaning, to_ns, typical_step

PATH = Path("a.csv")
S, MS, US, NS = 10**9, 10**6, 10**3, 1
DAY_NS = 86_400 * S


def meaning(first, step, named=None, rate_hz=None):
    found = number_meaning(PATH, first, step, named, rate_hz)
    return found.unit_ns, found.origin


# -- absolute times


@pytest.mark.parametrize(("unit_ns", "per_s"), [(S, 1), (MS, 1e3), (US, 1e6), (NS, 1e9)])
def test_a_number_as_large_as_a_time_since_1970_is_one(unit_ns, per_s):
    assert meaning(1.7e9 * per_s, 0.01 * per_s) == (unit_ns, "1970")
    assert meaning(6.3e8 * per_s, 0.01 * per_s) == (unit_ns, "1970")  # late in 1989
    assert meaning(4.1e9 * per_s, 0.01 * per_s) == (unit_ns, "1970")  # at the end of 2099


@pytest.mark.parametrize("first", [6.29e8, 4.1e9 + 0.5, -1.7e9])
def test_a_time_before_1990_or_behind_2100_is_counted_from_somewhere_else(first):
    assert meaning(first, 0.01) == (S, "start")


@pytest.mark.parametrize("first", [0.0, 1.7e9])
def test_nothing_is_faster_than_5000_hz(first):
    assert meaning(first, 1 / 5000)[0] == S
    with pytest.raises(RecordingError, match="in which unit"):
        meaning(first, 1 / 5000.5)


@pytest.mark.parametrize("step", [1.0, 2e-4])
def test_since_1970_a_rate_is_one_to_5000_hz(step):
    assert meaning(1.7e9, step) == (S, "1970")


def test_a_number_like_a_time_since_1970_with_an_impossible_rate_is_none():
    assert meaning(1.7e9, 1.001) == (MS, "start")  # 0.999 Hz, but 999 in ms
    with pytest.raises(RecordingError, match="in which unit"):
        meaning(1.7e9, 1.99e-4)


@pytest.mark.parametrize(
    ("first", "known"),
    [(32_873.9, False), (32_874.0, True), (45_356.9, True), (73_051.0, True), (73_051.1, False)],
)
def test_days_of_a_spreadsheet_are_those_of_1990_to_2099(first, known):
    step = 0.05 / 86_400
    if known:
        assert meaning(first, step) == (DAY_NS, "1900")
    else:
        with pytest.raises(RecordingError, match="in which unit"):
            meaning(first, step)


def test_a_number_of_a_spreadsheets_days_with_other_steps_is_something_else():
    assert meaning(45_356.0, 0.02) == (S, "start")


def test_what_the_name_says_does_not_overrule_a_time_since_1970():
    assert meaning(1.7e12, 10.0, named=S) == (MS, "1970")


def test_days_since_1899_are_told_from_those_since_1970():
    noon = TimeNumber(unit_ns=DAY_NS, origin="1900").to_ns(np.array([25_569.5, 45_356.25]))[0]
    assert noon.tolist() == [DAY_NS // 2, 19_787 * DAY_NS + DAY_NS // 4]


# -- relative times


@pytest.mark.parametrize(
    ("step", "unit_ns"),
    [
        (0.125, S),  # 8 Hz
        (2e-4, S),  # 5000 Hz
        (10.0, MS),
        (125.0, MS),
        (0.2, MS),
        (10_000.0, US),
        (200.0, US),
        (1e7, NS),
    ],
)
def test_a_step_that_is_a_rate_in_one_unit_only_tells_it(step, unit_ns):
    assert meaning(0.0, step) == (unit_ns, "start")


@pytest.mark.parametrize("step", [0.126, 0.19, 126.0, 199.0])
def test_between_the_units_nothing_is_guessed(step):
    with pytest.raises(RecordingError, match=f"in steps of {step:g}: in which unit"):
        meaning(0.0, step)


@pytest.mark.parametrize(
    ("rate_hz", "unit_ns"),
    [
        (6.0, MS),  # 150 ms: 6.67 Hz
        (3.34, MS),
        (13.3, MS),
        (6000.0, US),
        (3.33, None),
        (13.4, None),
        (100.0, None),
    ],
)
def test_a_stated_rate_tells_the_unit_if_it_is_off_by_less_than_two(rate_hz, unit_ns):
    if unit_ns is None:
        with pytest.raises(RecordingError, match="in which unit"):
            meaning(0.0, 150.0, rate_hz=rate_hz)
    else:
        assert meaning(0.0, 150.0, rate_hz=rate_hz) == (unit_ns, "start")


def test_the_name_is_believed_before_any_rate():
    assert meaning(0.0, 10.0, named=US, rate_hz=100.0) == (US, "start")


def test_a_time_that_does_not_advance_has_no_unit():
    with pytest.raises(RecordingError, match="does not advance; check the column"):
        meaning(5.0, None)


# -- numbers to ns


@pytest.mark.parametrize("dtype", [np.int64, np.float64])
def test_numbers_become_ns_and_those_that_do_not_fit_become_nothing(dtype):
    values = np.array([0, 5, -3, 9_223_372_034, 9_223_372_036], dtype)
    times_ns, fits = to_ns(values, S)
    assert times_ns.tolist() == [0, 5 * S, -3 * S, 9_223_372_034 * S, 0]
    assert fits.tolist() == [True] * 4 + [False]


def test_of_whole_ns_all_but_the_largest_fit():
    values = np.array([8_999 * 10**15, 9 * 10**18, -9_001 * 10**15])
    times_ns, fits = to_ns(values, NS)
    assert fits.tolist() == [True, False, False]
    assert times_ns.tolist() == [8_999 * 10**15, 0, 0]


@pytest.mark.parametrize("unit_ns", [S, MS, US, NS])
def test_the_least_whole_number_does_not_fit(unit_ns):
    times_ns, fits = to_ns(np.array([-(2**63), 5]), unit_ns)
    assert fits.tolist() == [False, True]
    assert times_ns.tolist() == [0, 5 * unit_ns]


def test_whole_numbers_are_kept_to_the_last_digit():
    assert to_ns(np.array([1_709_675_999_250_000_001]), NS)[0].tolist() == [
        1_709_675_999_250_000_001
    ]


def test_fractions_are_rounded_to_the_nearest_ns_and_keep_it_at_any_size():
    values = np.array([1_709_675_999.25, -0.75, 2.5e-9, 1.4e-9])
    assert to_ns(values, S)[0].tolist() == [1_709_675_999_250_000_000, -750_000_000, 2, 1]


# -- the usual step


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([10, 10, 10, 10], 10),
        ([10, 11, 10, 11], 32 / 3),  # the mean; the first stamp may lack rows
        ([10], 10),
        ([1, 1, 1], 1),
        ([10, 20], 20),
        ([0, 0, 0], None),
        ([], None),
        ([-5, -5], None),
        ([10, 10, 31, 10, 10], 10),  # more than three times as long: a gap
        ([10, 10, 30, 10, 10], 15),
        ([10, 10, -500, 10, 10], 10),
        ([0, 20, 0, 20, 0, 20], 10),  # two rows share a stamp
        ([0, 0, 0, 40, 0, 0, 0, 40], 10),
        ([5, 10, 10, *[0] * 3, 10, 10], 10),  # stands still for four rows
        ([5, 10, 10, *[0] * 2, 10, 10], 40 / 6),
    ],
)
def test_the_usual_step_is_a_mean_without_gaps_and_standstills(steps, expected):
    assert typical_step(np.array(steps, float)) == (
        None if expected is None else pytest.approx(expected)
    )


# -- the pace


def pace(steps_ms, same=()):
    marks = np.zeros(len(steps_ms), np.bool_)
    marks[list(same)] = True
    return Pace.of(np.array(steps_ms) * MS, marks)


def test_a_pace_knows_its_rate_and_both_kinds_of_steps():
    found = pace([0, 20, 0, 20, 0, 20, 0, 20])
    assert (found.step_ns, found.usual_ns, found.drops_copies) == (10 * MS, 20 * MS, False)
    assert found.rate_hz == 100


def test_no_pace_without_a_step_forward():
    assert pace([0, 0, 0]) is None
    assert pace([0, 0, 0], same=[0, 1, 2]) is None


@pytest.mark.parametrize(
    ("steps_ms", "same", "drops"),
    [
        ([10, 0, 10, 0, 10], [1, 3], True),
        ([10, 0, 10, 0, 10], [1], False),  # rows share stamps and differ
        ([10, 0, 10, 10, 10], [0, 1, 2], True),  # two of four with own stamps differ: half
        ([10, 0, 10, 10, 10], [0, 1, 2, 3], False),  # one of four: a sensor at rest
        ([10, 0, 10, 10, 10, 10], [0, 1, 2, 3], False),  # two of five
        ([10, 10, 10], [], True),  # nothing to drop yet
        ([10, 10, 10], [0, 1, 2], False),
    ],
)
def test_rows_that_share_a_stamp_are_copies_if_they_never_differ_and_others_do(
    steps_ms, same, drops
):
    assert pace(steps_ms, same).drops_copies is drops


def test_copies_do_not_make_the_pace_faster():
    assert pace([10, 0, 10, 0, 10, 0], same=[1, 3, 5]).rate_hz == 100


@pytest.mark.parametrize(
    ("usual_ms", "gap_ms"), [(10, 500), (160, 500), (167, 501), (200, 600), (1000, 3000)]
)
def test_a_gap_is_longer_than_three_steps_and_than_half_a_second(usual_ms, gap_ms):
    assert Pace(usual_ms * MS, usual_ms * MS).gap_ns == gap_ms * MS


@pytest.mark.parametrize(
    ("step_ms", "usual_ms", "rows"),
    [
        (10, 10, 101),  # a second and an odd number
        (1000 / 99, 1000 / 99, 99),
        (10, 300, 121),  # four deliveries of 30 rows
        (10, 1500, 151),
        (2000, 2000, 1),
        (500, 500, 3),
    ],
)
def test_a_window_is_a_second_of_whole_deliveries_with_a_middle_row(step_ms, usual_ms, rows):
    assert Pace(step_ms * MS, usual_ms * MS).window_rows == rows
