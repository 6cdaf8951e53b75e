"""Periodic limb movements by the rules of WASM 2016, held against an obvious twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scans import event, events, series

from detector.nights import periodic
from detector.nights.kinds import classify, gather
from detector.settings import KindSettings

S = KindSettings()
SECOND_NS = 10**9

movements = st.lists(
    st.tuples(
        st.sampled_from((1.0, 9.9, 10.0, 10.1, 20.0, 45.0, 89.9, 90.0, 90.1, 200.0)),
        st.sampled_from("ccccbo"),  # candidate, breaks a series, other
    ),
    max_size=40,
)
"""Time since the movement before, and what it is."""


def naive_series(starts, what):
    """Walk from movement to movement; a run is written down when it ends."""
    numbers, run, found = [-1] * len(starts), [], 0

    def end():
        nonlocal found
        if len(run) >= 4:
            for k in run:
                numbers[k] = found
            found += 1
        run.clear()

    for k, (start, kind) in enumerate(zip(starts, what, strict=True)):
        if kind == "b":
            end()
        if kind == "c":
            if run and not 10 <= (start - starts[run[-1]]) / SECOND_NS <= 90:
                end()
            run.append(k)
    end()
    return numbers


@given(movements)
def test_series_are_those_of_an_obvious_twin(movements):
    starts = np.cumsum([round(gap * SECOND_NS) for gap, _ in movements], dtype=np.int64)
    what = [kind for _, kind in movements]
    member, breaks = (np.array([kind == k for kind in what], bool) for k in "cb")
    found = periodic.series(starts, member, breaks, S).tolist()
    assert found == naive_series(starts.tolist(), what)


@given(st.lists(st.sampled_from((5.0, 10.0, 30.0, 90.0, 91.0, np.nan)), max_size=30))
def test_the_periodicity_index_is_that_of_an_obvious_twin(intervals):
    fits, in_runs, run = [10 <= i <= 90 for i in intervals], 0, 0
    for fit in [*fits, False]:
        if not fit:
            in_runs += run if run >= 3 else 0
            run = 0
        else:
            run += 1
    known = sum(not np.isnan(i) for i in intervals)
    found = periodic.periodicity_index(np.array(intervals, float), S)
    assert found == (in_runs / known if known else None)


@given(st.lists(st.floats(0.01, 2000), max_size=50))
def test_every_interval_is_in_one_bin_or_longer(intervals):
    found = periodic.histogram(np.array([*intervals, np.nan]))
    assert sum(found["counts"]) + found["longer"] == len(intervals)
    assert len(found["counts"]) == 45
    first, last = found["log_edges_s"][0], found["log_edges_s"][-1]
    assert (first, last) == (1.0, 1000.0)
    assert sum(found["log_counts"]) == sum(first <= i <= last for i in intervals)


def test_an_interval_stands_in_the_bin_that_begins_with_it():
    found = periodic.histogram(np.array([0.5, 2.0, 24.0, 25.9, 89.9, 90.0]))
    assert {k: n for k, n in enumerate(found["counts"]) if n} == {0: 1, 1: 1, 12: 2, 44: 1}
    assert found["longer"] == 1


LIMB = {"effective_hz": 1.0, "duration_s": 1.5, "peak_jerk_g_per_s": 0.5, "peak_accel_mg": 80.0}


@pytest.mark.parametrize(
    ("between", "ends"),
    [
        ({"duration_s": 10.5}, True),  # too long for a candidate
        ({"posture_change_deg": 40.0}, True),  # a turn
        ({"duration_s": 0.4}, False),  # too brief for a limb movement
        ({"peak_accel_mg": 30.0}, False),  # too small for one
        ({"hf_lf_ratio": 3.0}, False),  # a knock on the sensor
    ],
)
def test_a_series_ends_with_a_limb_movement_that_is_no_candidate(between, ends):
    rows = events(
        series("01:00:00", 3, 30.0, **LIMB),
        event("01:01:15", **{**LIMB, **between}),
        series("01:01:30", 3, 30.0, **LIMB),
    )
    said = classify(rows, S, site="ankle", step_g=0.004)
    assert ("periodic_limb_movement" in said.kind) != ends


def test_at_the_wrist_sharp_movements_neither_make_nor_end_a_series():
    sharp = event("01:01:15", duration_s=0.8)
    rows = events(series("01:00:00", 3, 30.0, **LIMB), sharp, series("01:01:30", 3, 30.0, **LIMB))
    evidence = gather(rows, S, "wrist")
    assert evidence["periodic"].tolist() == [1, 1, 1, 0, 1, 1, 1]
