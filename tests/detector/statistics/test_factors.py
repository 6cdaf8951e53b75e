"""Factors of a diary against the nightly rate."""

import numpy as np
import pytest

from detector.statistics.factors import compare, compare_all, is_noted


def test_five_nights_in_perfect_order_have_the_exact_p_of_two_orders_in_120():
    found = compare(np.arange(5.0), np.arange(5.0) * 2)
    assert found is not None
    assert found.exact
    assert found.p == pytest.approx(2 / 120)
    assert found.slope == 2


def test_four_known_nights_are_not_compared():
    assert compare(np.arange(5.0), np.array([1, 2, np.nan, 3, 4])) is None


def test_a_factor_that_never_changes_is_not_compared():
    assert compare(np.ones(6), np.arange(6.0)) is None


def test_a_rate_that_never_changes_is_not_compared():
    assert compare(np.arange(6.0), np.ones(6)) is None


def test_nights_of_which_one_is_unknown_are_left_out():
    factor = np.array([0, 1, np.nan, 2, 3, 4, 5])
    rate = np.array([0, 1, 50, 4, np.nan, 9, 16])
    known = np.array([0, 1, 3, 5, 6])
    assert compare(factor, rate) == compare(factor[known], rate[known])


# --------------------------------------------------------------------- how often chance would do it

YES_NO = np.array([0.0, 0, 0, 1, 1])


@pytest.mark.parametrize(
    ("factor", "rate", "p"),
    [
        (np.arange(5.0), [0, 1, 2, 4, 3], 10 / 120),
        (np.arange(5.0), [4, 3, 2, 1, 0], 2 / 120),
        (np.arange(6.0), range(6), 2 / 720),
        (np.arange(7.0), range(7), 2 / 5040),
        (YES_NO, range(5), 2 / 10),
        (YES_NO, [1, 1, 1, 2, 2], 1 / 10),
    ],
    ids=["one pair exchanged", "falling", "six", "seven", "two of five", "with equal rates"],
)
def test_of_up_to_seven_nights_p_is_the_share_of_orders_that_agree_as_much(factor, rate, p):
    found = compare(factor, np.array([*rate], float))
    assert found.exact
    assert found.p == pytest.approx(p, rel=1e-12)
    assert found.nights == len(factor)


def test_of_eight_nights_and_more_ten_thousand_orders_are_looked_at_the_observed_one_among_them():
    found = compare(np.arange(12.0), np.arange(12.0))  # one other of 479 million agrees as much
    assert not found.exact
    assert found.p == 1 / 10_000
    assert not compare(np.arange(8.0), np.arange(8.0)).exact


def test_other_random_orders_give_nearly_the_same_p():
    rate = np.random.default_rng(1).normal(size=12)
    found = {compare(np.arange(12.0), rate, seed=seed).p for seed in (0, 1)}
    assert len(found) == 2
    assert max(found) == pytest.approx(min(found), abs=0.05)


# --------------------------------------------------------------------- the slope and its interval


def test_the_slope_is_the_median_over_all_pairs_of_nights_that_differ_in_the_factor():
    # 4 - 1, 5 - 1, 4 - 2, 5 - 2, 4 - 3, 5 - 3
    assert compare(YES_NO, np.arange(1.0, 6.0)).slope == 2.5
    assert compare(np.array([0, 0, 2, 2, 4.0]), np.array([1, 1, 2, 2, 3.0])).slope == 0.5


@pytest.mark.parametrize(
    ("nights", "slope", "interval"),
    [(5, 4.0, (1.0, 7.0)), (6, 5.0, (2.0, 8.0))],
    ids=["all slopes", "but the outermost"],
)
def test_the_interval_holds_the_slopes_that_the_test_would_not_reject(nights, slope, interval):
    """Of squares, the slope between two nights is the sum of their numbers.

    Of five nights, only the two perfect orders are rarer than one in twenty (2 of 120, then 10); of
    six, those with one pair exchanged as well (12 of 720, then 40).
    """
    x = np.arange(float(nights))
    found = compare(x, x**2)
    assert (found.slope, (found.low, found.high)) == (slope, interval)


def test_where_no_order_is_rare_the_interval_is_open():
    found = compare(YES_NO, np.arange(5.0))
    assert (found.low, found.high) == (-np.inf, np.inf)


# --------------------------------------------------------------------- cells of a diary


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["yes", "Y", " True ", "no", "N", "false"], [1, 1, 1, 0, 0, 0]),
        (["0", "1", "2.5", "2,5", "-1", "1e1"], [0, 1, 2.5, 2.5, -1, 10]),
        (["1", "2", "3", "4", "5", "tea"], [1, 2, 3, 4, 5, np.nan]),
        (["1", "2", "3", "4", "5", ""], [1, 2, 3, 4, 5, np.nan]),
        (["1", "2", "3", "4", "5", "inf"], [1, 2, 3, 4, 5, np.nan]),
    ],
    ids=["words", "numbers", "other words", "nothing", "no number"],
)
def test_numbers_and_yes_or_no_are_compared_and_nothing_else(cells, values):
    rates = [0.0, 1.0, 4.0, 2.0, 7.0, 5.0]
    nights = [(rate, [cell]) for rate, cell in zip(rates, cells, strict=True)]
    expected = compare(np.array(values, float), np.array(rates))
    assert expected is not None
    assert compare_all(["it"], nights) == {"it": expected}


def test_every_factor_that_can_be_compared_is_under_its_heading():
    nights = [(float(k), [str(k), "x", str(-k)]) for k in range(5)]
    found = compare_all(["up", "words", "down"], [*nights, (None, ["9", "9", "9"]), (9.0, ["9"])])
    assert list(found) == ["up", "down"]
    assert (found["up"].nights, found["down"].nights) == (6, 5)
    assert found["down"].slope == -1


@pytest.mark.parametrize(
    ("cell", "noted"),
    [
        *(("tea", True), ("yes", True), ("1", True), ("0,5", True), ("-1", True)),
        *(("", False), ("  ", False), ("No", False), (" n ", False), ("FALSE", False)),
        *(("0", False), ("0,0", False)),
    ],
)
def test_whatever_is_written_but_no_and_nothing_is_noted(cell, noted):
    assert is_noted(cell) == noted


# --------------------------------------------------------------------- reliability


def test_many_nights_give_the_same_answer_every_time():
    rate = np.random.default_rng(1).normal(size=12)
    assert compare(np.arange(12.0), rate) == compare(np.arange(12.0), rate)


def test_the_interval_holds_the_true_slope_in_at_least_nine_of_ten_made_recordings():
    random, x = np.random.default_rng(2), np.arange(6.0)
    found = [compare(x, 3 * x + random.normal(size=6)) for _ in range(60)]
    assert np.mean([f is not None and f.low <= 3 <= f.high for f in found]) >= 0.9
