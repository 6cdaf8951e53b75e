"""Factors of a diary against the nightly rate."""

import numpy as np
import pytest

from detector.statistics.factors import compare


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


def test_many_nights_give_the_same_answer_every_time():
    rate = np.random.default_rng(1).normal(size=12)
    assert compare(np.arange(12.0), rate) == compare(np.arange(12.0), rate)


def test_the_interval_holds_the_true_slope_in_at_least_nine_of_ten_made_recordings():
    random, x = np.random.default_rng(2), np.arange(6.0)
    found = [compare(x, 3 * x + random.normal(size=6)) for _ in range(60)]
    assert np.mean([f is not None and f.low <= 3 <= f.high for f in found]) >= 0.9
