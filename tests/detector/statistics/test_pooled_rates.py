from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from detector.statistics.rates import poisson_interval, pooled_rate

NIGHTS = st.lists(
    st.tuples(st.integers(0, 40), st.floats(0.05, 3.0, allow_nan=False)), min_size=1, max_size=20
)


@given(st.integers(0, 5000))
def test_the_poisson_interval_is_that_of_the_chi_square_quantiles(n):
    low, high = poisson_interval(n)
    assert low == pytest.approx(stats.chi2.ppf(0.025, 2 * n) / 2 if n else 0.0)
    assert high == pytest.approx(stats.chi2.ppf(0.975, 2 * n + 2) / 2)


@given(st.integers(0, 500), st.floats(1.0, 50.0))
def test_an_interval_of_fewer_independent_events_is_that_of_the_gamma_quantiles(n, dispersion):
    ends = poisson_interval(n, dispersion)
    low = special.gammaincinv(n / dispersion, 0.025) if n else 0.0
    exact = low * dispersion, special.gammaincinv(n / dispersion + 1, 0.975) * dispersion
    assert ends == pytest.approx(exact, rel=1e-11)


@given(st.integers(1, 200))
def test_at_the_ends_of_the_poisson_interval_the_count_is_just_not_too_unlikely(n):
    low, high = poisson_interval(n)
    assert stats.poisson.sf(n - 1, low) == pytest.approx(0.025)
    assert stats.poisson.cdf(n, high) == pytest.approx(0.025)


def test_the_published_interval_of_ten_events():
    assert poisson_interval(10) == pytest.approx((4.795, 18.390), abs=5e-4)  # Ulm 1990


@given(NIGHTS)
def test_a_rate_is_all_counts_over_all_hours_within_its_interval(nights):
    counts, hours = map(list, zip(*nights, strict=True))
    rate = pooled_rate(counts, hours)
    assert rate is not None
    assert (rate.count, rate.hours) == (sum(counts), sum(hours))
    assert rate.low_per_h <= rate.per_h <= rate.high_per_h
    assert rate.low_per_h == 0 or sum(counts)


@given(NIGHTS)
def test_dispersion_is_pearsons_chi_square_over_its_degrees_of_freedom(nights):
    counts, hours = map(np.array, zip(*nights, strict=True))
    rate = pooled_rate(counts.tolist(), hours.tolist())
    assert rate is not None
    if len(counts) == 1 or not counts.sum():
        assert rate.dispersion is None
        return
    expected = hours * counts.sum() / hours.sum()
    chi2 = stats.chisquare(counts, expected).statistic
    assert rate.dispersion == pytest.approx(chi2 / (len(counts) - 1))


@given(NIGHTS)
def test_only_nights_that_differ_by_more_than_chance_widen_the_interval(nights):
    counts, hours = map(list, zip(*nights, strict=True))
    rate = pooled_rate(counts, hours)
    assert rate is not None
    low, high = (end / rate.hours for end in poisson_interval(rate.count))
    if rate.dispersion is None or rate.dispersion <= 1:
        assert rate.interval == "poisson"
        assert (rate.low_per_h, rate.high_per_h) == pytest.approx((low, high))
    else:
        assert rate.interval == "quasi_poisson"
        assert rate.low_per_h < low
        assert rate.high_per_h > high


def test_a_widened_interval_is_that_of_fewer_independent_events():
    rate = pooled_rate([0, 8], [1.0, 1.0])
    assert rate is not None
    assert rate.dispersion == pytest.approx(8.0)
    spread = 8 * (stats.t.ppf(0.975, 1) / stats.norm.ppf(0.975)) ** 2
    high = stats.chi2.ppf(0.975, 2 * 8 / spread + 2) / 2 * spread / 2
    assert rate.high_per_h == pytest.approx(high)


def test_nights_that_differ_as_chance_has_it_widen_nothing():
    rate = pooled_rate([1, 3], [1.0, 1.0])  # chi square 1/2 + 1/2, of one degree of freedom
    assert rate is not None
    assert (rate.dispersion, rate.interval) == (1.0, "poisson")
    low, high = poisson_interval(4)
    assert (rate.low_per_h, rate.high_per_h) == (low / 2, high / 2)


def test_without_a_night_there_is_no_rate():
    assert pooled_rate([], []) is None


COVERAGE = {None: 0.96, 2.0: 0.93, 1.0: 0.92}
"""Least share of intervals with the truth in them, by the shape of the gamma distribution from
which every night's mean is drawn; None: all nights have one."""


@pytest.mark.parametrize("shape", COVERAGE)
@pytest.mark.parametrize("nights", [3, 7, 14])
def test_intervals_hold_the_truth_about_as_often_as_they_say(shape, nights):
    random, mean = np.random.default_rng(5), 2.0
    held = []
    for _ in range(1500):
        means = (
            np.full(nights, mean) if shape is None else random.gamma(shape, mean / shape, nights)
        )
        rate = pooled_rate(random.poisson(means).tolist(), [1.0] * nights)
        assert rate is not None
        held.append(rate.low_per_h <= mean <= rate.high_per_h)
    assert np.mean(held) >= COVERAGE[shape]
