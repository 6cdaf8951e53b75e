"""Clocks of several sensors are aligned by what both saw, or said not to be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.limbs.align import Alignment, Beginnings, align
from detector.limbs.group import Pair, one_clock
from detector.settings import LimbSettings

S = LimbSettings()
SECOND_NS = 10**9
BEGIN_NS = 1_709_672_400 * SECOND_NS
LENGTH_S = 9 * 3600.0


def beginnings(times_s, offset_s=0.0, drift_ppm=0.0):
    shown_s = np.sort(np.asarray(times_s)) * (1 + 1e-6 * drift_ppm) + offset_s
    start_ns = BEGIN_NS + np.rint(1000 * shown_s).astype(np.int64) * 1_000_000
    return Beginnings(start_ns=start_ns, weight=np.ones(len(start_ns)))


def two(seed, offset_s, drift_ppm, shared=50, own=60):
    """Beginnings seen by two sensors, the second with a clock that is off, up to 0.2 s apart."""
    rng = np.random.default_rng(seed)
    times = rng.uniform(0, LENGTH_S, shared)
    one, other = (
        np.concatenate([times + rng.uniform(0, 0.2, shared), rng.uniform(0, LENGTH_S, own)])
        for _ in range(2)
    )
    return beginnings(one), beginnings(other, offset_s, drift_ppm)


def error_ms(found, offset_s, drift_ppm):
    """Largest over the night."""
    true_s = np.linspace(0, LENGTH_S, 21)
    here = BEGIN_NS + np.rint(true_s * SECOND_NS).astype(np.int64)
    shown_s = true_s * (1 + 1e-6 * drift_ppm) + offset_s
    there = BEGIN_NS + np.rint(shown_s * SECOND_NS).astype(np.int64)
    return np.abs(found.there(here) - there).max() / 1e6


def test_a_planted_offset_and_drift_are_found():
    found = align(*two(1, 47.3, 20.0), S)
    assert found.reason == ""
    assert error_ms(found, 47.3, 20.0) < 60
    assert found.drift_ppm == pytest.approx(20, abs=3)
    assert 40 <= found.shared <= 60


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.floats(-590, 590), st.floats(-95, 95))
def test_any_offset_and_drift_within_reach_are_found(seed, offset_s, drift_ppm):
    found = align(*two(seed, offset_s, drift_ppm), S)
    assert found.reason == ""
    assert error_ms(found, offset_s, drift_ppm) < 120
    assert 0 < found.uncertainty_ms < 120


def test_the_uncertainty_told_holds_what_it_says():
    inside = [
        error_ms(found, 12.5, -30.0) <= found.uncertainty_ms
        for found in (align(*two(seed, 12.5, -30.0), S) for seed in range(60))
    ]
    assert np.mean(inside) > 0.8


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(20, 150))
def test_movements_of_two_people_are_not_aligned(seed, count):
    one, other = two(seed, 0.0, 0.0, shared=0, own=count)
    assert align(one, other, S).reason in {"no_clear_peak", "few_shared"}


def test_movements_at_even_intervals_fit_at_many_offsets_and_are_refused():
    times = np.arange(0, 3600, 30.0)
    assert align(beginnings(times), beginnings(times, 12.0), S).reason == "no_clear_peak"


@pytest.mark.parametrize(("shared", "reason"), [(7, "few_shared"), (0, "few_shared")])
def test_few_movements_are_refused(shared, reason):
    assert align(*two(3, 5.0, 0.0, shared=shared, own=0), S).reason == reason


def test_an_offset_out_of_reach_is_not_found():
    assert align(*two(4, 700.0, 0.0), S).reason == "no_clear_peak"
    assert align(*two(4, 700.0, 0.0), LimbSettings(offset_max_min=12)).reason == ""


def test_the_other_way_round_it_is_the_same_clock():
    one, other = two(5, -83.0, 41.0)
    there, back = align(one, other, S), align(other, one, S)
    at = one.start_ns
    assert np.abs(back.there(there.there(at)) - at).max() < 20_000_000


@given(st.floats(-600, 600), st.floats(-100, 100), st.integers(-(10**6), 10**6))
def test_back_undoes_there(offset_s, drift_ppm, since_s):
    found = Alignment(reason="", middle_ns=BEGIN_NS, offset_s=offset_s, drift_ppm=drift_ppm)
    at = np.array([BEGIN_NS + since_s * SECOND_NS])
    assert abs(int(found.back(found.there(at))[0] - at[0])) <= 2


# ------------------------------------------------------------------------- one clock for all


def pair(one, other, offset_s, uncertainty_ms, reason=""):
    found = Alignment(
        reason=reason,
        middle_ns=BEGIN_NS,
        offset_s=offset_s,
        drift_ppm=0.0,
        uncertainty_ms=uncertainty_ms,
    )
    return Pair(one=one, other=other, overlap_h=9, alignment=found)


def test_sensors_come_to_one_clock_over_the_surest_pairs():
    pairs = [pair(0, 1, 5.0, 90.0), pair(0, 2, 7.0, 30.0), pair(1, 2, 2.1, 40.0)]
    clocks = one_clock(3, pairs)
    assert [clock.root for clock in clocks] == [0, 0, 0]
    at = np.array([BEGIN_NS])
    assert (clocks[2](at) - at)[0] == -7 * SECOND_NS
    assert (clocks[1](at) - at)[0] == (2.1 - 7) * SECOND_NS
    assert clocks[1].uncertainty_ms == pytest.approx(50.0)


def test_a_refused_pair_is_bridged_by_a_third_sensor():
    clocks = one_clock(3, [pair(0, 1, np.nan, np.nan, "few_shared"), pair(1, 2, 1.0, 20.0)])
    assert [clock.root for clock in clocks] == [0, 1, 1]
    bridged = [pair(0, 1, np.nan, np.nan, "few_shared"), pair(0, 2, 3, 9), pair(1, 2, 1.0, 20.0)]
    assert [clock.root for clock in one_clock(3, bridged)] == [0, 0, 0]
