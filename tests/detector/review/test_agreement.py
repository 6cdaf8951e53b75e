"""Measures of agreement against published examples and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, pearsonr
from scipy.stats import bootstrap as scipy_bootstrap

from detector.review.agreement import (
    Counts,
    bland_altman,
    bootstrap,
    cohen_kappa,
    f1,
    lin_ccc,
    ppv,
    sensitivity,
    wilson,
    wilson_f1,
)

COHEN_1960 = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
"""The 200 cases of the article's second table."""

WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
"""Peak flow in l/min by two meters, first readings (Bland and Altman 1986, table 1)."""


def test_kappa_is_that_of_cohens_article():
    kappa = cohen_kappa(COHEN_1960)
    assert kappa.value == pytest.approx(0.492, abs=5e-4)
    assert (kappa.high - kappa.low) / 2 / 1.96 == pytest.approx(0.055, abs=5e-4)


@pytest.mark.parametrize(("epochs", "kappa"), [(9, 0.55), (2_700, 0.749)])
def test_kappa_of_rare_events_is_what_the_number_of_empty_epochs_makes_it(epochs, kappa):
    """Three events in both lists, one in each alone: the more epochs, the nearer to F1 = 0.75."""
    found = cohen_kappa(np.array([[3, 1], [1, epochs - 5]]))
    assert found.value == pytest.approx(kappa, abs=1e-3)
    assert f1(Counts(3, 1, 1)) == 0.75


def test_kappa_of_perfect_agreement_is_one_and_of_one_category_unknown():
    assert cohen_kappa(np.diag([4, 5])) == (1.0, 1.0, 1.0)
    assert cohen_kappa(np.array([[7, 0], [0, 0]])).value is None
    assert cohen_kappa(np.zeros((3, 3), int)).value is None


def test_limits_of_agreement_are_those_of_bland_and_altman():
    limits = bland_altman(np.array(WRIGHT, float), np.array(MINI, float))
    assert round(limits.bias, 1) == -2.1
    assert round(limits.sd, 1) == 38.8
    # the article has -79.7 and 75.5, from two standard deviations instead of 1.96
    assert limits.bias - 2 * limits.sd == pytest.approx(-79.7, abs=0.1)
    assert limits.high == pytest.approx(-2.1 + 1.96 * 38.8, abs=0.1)


def test_one_night_has_a_bias_but_no_limits():
    assert bland_altman(np.array([3.0]), np.array([1.0])) == (2.0, None, None, None)
    assert lin_ccc(np.array([3.0]), np.array([1.0])) is None


@given(k=st.integers(0, 60), more=st.integers(0, 60))
def test_wilson_intervals_are_those_of_scipy(k, more):
    if k + more == 0:
        assert wilson(0, 0).value is None
        return
    theirs = binomtest(k, k + more).proportion_ci(method="wilson")
    assert wilson(k, k + more) == pytest.approx((k / (k + more), theirs.low, theirs.high))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=30))
def test_lins_coefficient_is_correlation_times_bias_correction(pairs):
    a, b = np.array(pairs, float).T
    if a.std() == 0 or b.std() == 0:
        return
    scale, shift = a.std() / b.std(), (a.mean() - b.mean()) / np.sqrt(a.std() * b.std())
    correction = 2 / (scale + 1 / scale + shift**2)
    assert lin_ccc(a, b) == pytest.approx(pearsonr(a, b).statistic * correction)


def test_lins_coefficient_of_equal_counts_is_one_and_without_any_variance_unknown():
    assert lin_ccc(np.array([1.0, 2, 5]), np.array([1.0, 2, 5])) == 1
    assert lin_ccc(np.array([2.0, 2]), np.array([2.0, 2])) is None
    assert lin_ccc(np.array([2.0, 2]), np.array([1.0, 1])) == 0


def test_shares_of_events_are_unknown_where_there_are_none():
    counts = Counts(both=6, only_a=2, only_b=4)
    assert (sensitivity(counts), ppv(counts), f1(counts)) == (0.6, 0.75, 12 / 18)
    empty = Counts(0, 0, 0)
    assert (sensitivity(empty), ppv(empty), f1(empty), wilson_f1(empty).value) == (None,) * 4
    assert sensitivity(Counts(0, 3, 0)) is None


def test_the_interval_of_f1_holds_it_and_lies_between_nought_and_one():
    low, high = wilson_f1(Counts(6, 2, 4))[1:]
    assert 0 < low < 12 / 18 < high < 1
    assert wilson_f1(Counts(0, 2, 4))[:2] == (0, 0)


def test_the_bootstrap_is_that_of_scipy_and_always_the_same():
    nights = np.random.default_rng(1).poisson(3, 40).astype(float)
    ours = bootstrap(40, lambda i: float(nights[i].mean()), float(nights.mean()))
    assert ours == bootstrap(40, lambda i: float(nights[i].mean()), float(nights.mean()))
    theirs = scipy_bootstrap(
        (nights,), np.mean, n_resamples=9_999, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    assert ours[1:] == pytest.approx((theirs.low, theirs.high), abs=0.05)


def test_an_interval_that_most_resamples_cannot_have_is_unknown():
    events = np.array([0, 0, 0, 0, 2.0])
    found = bootstrap(5, lambda i: 1.0 if events[i].any() else None, 1.0)
    assert found == (1.0, None, None)


def test_a_measure_that_does_not_exist_has_no_interval_and_is_not_resampled():
    def never(_):
        raise AssertionError

    assert bootstrap(9, never, None) == (None, None, None)


@pytest.mark.parametrize(("undefined", "is_known"), [(100, True), (101, False)])
def test_an_interval_needs_all_but_a_twentieth_of_its_resamples(undefined, is_known):
    calls = iter(range(2_000))
    found = bootstrap(3, lambda _: None if next(calls) < undefined else 1.0, 1.0)
    assert found == ((1.0, 1.0, 1.0) if is_known else (1.0, None, None))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_resample_that_is_no_number_is_none(value):
    calls = iter(range(2_000))
    found = bootstrap(3, lambda _: value if next(calls) < 50 else 2.0, 2.0)
    assert found == (2.0, 2.0, 2.0)


def test_intervals_are_those_of_the_middle_95_percent():
    """Every draw has its own number: from nought to 1999."""
    calls = iter(range(2_000))
    low, high = bootstrap(3, lambda _: float(next(calls)), 7.0)[1:]
    assert (low, high) == pytest.approx((0.025 * 1999, 0.975 * 1999))


def test_limits_lie_nearly_two_deviations_to_both_sides_of_the_bias():
    limits = bland_altman(np.array([1.0, 3.0]), np.array([0.0, 0.0]))
    assert limits.bias == 2.0
    assert limits.sd == pytest.approx(2**0.5)
    assert (limits.low, limits.high) == pytest.approx(
        (2 - 1.96 * 2**0.5, 2 + 1.96 * 2**0.5), abs=1e-4
    )


def test_kappas_interval_is_cut_at_one_and_minus_one():
    few = cohen_kappa(np.array([[1, 0], [1, 1]]))
    assert few.value == pytest.approx(0.4)
    assert few.high == 1.0
    against = cohen_kappa(np.array([[0, 2], [2, 1]]))
    assert against.low == -1.0


def test_lins_coefficient_of_two_nights_is_known():
    assert lin_ccc(np.array([1.0, 2.0]), np.array([2.0, 3.0])) == pytest.approx(
        2 * 0.25 / (0.25 + 0.25 + 1)
    )
