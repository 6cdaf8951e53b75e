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


def one(**changes: float) -> dict[str, np.ndarray]:
    """Evidence of a single limb movement."""
    usual = {"duration_s": 2.0, "peak_accel_mg": 80.0, "posture_change_deg": 1.0}
    return {k: np.array([v]) for k, v in (usual | {"hf_lf_ratio": 0.1} | changes).items()}


CANDIDATE, BREAKS, NEITHER = (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"duration_s": 0.5}, CANDIDATE),
        ({"duration_s": 0.499}, NEITHER),
        ({"duration_s": 10.0}, CANDIDATE),
        ({"duration_s": 10.001}, BREAKS),
        ({"peak_accel_mg": 50.0}, CANDIDATE),
        ({"peak_accel_mg": 49.9}, NEITHER),
        ({"posture_change_deg": 20.0}, CANDIDATE),
        ({"posture_change_deg": 20.1}, BREAKS),
        ({"posture_change_deg": np.nan}, CANDIDATE),
        ({"hf_lf_ratio": 0.8}, CANDIDATE),
        ({"hf_lf_ratio": 0.801}, NEITHER),
        ({"hf_lf_ratio": np.nan}, CANDIDATE),
        ({"duration_s": 11.0, "peak_accel_mg": 49.9}, NEITHER),
    ],
    ids=str,
)
def test_a_limb_movement_is_a_candidate_ends_a_series_or_does_not_matter(changes, expected):
    evidence = one(**changes)
    found = periodic.candidates(evidence, S)[0], periodic.breaking(evidence, S)[0]
    assert found == expected


@pytest.mark.parametrize(
    ("interval_s", "in_series"),
    [(10.0, True), (10 - 1e-9, False), (90.0, True), (90 + 1e-9, False)],
)
def test_onsets_of_a_series_are_ten_to_ninety_seconds_apart(interval_s, in_series):
    starts = np.arange(4) * round(interval_s * SECOND_NS)
    found = periodic.series(starts, np.ones(4, bool), np.zeros(4, bool), S)
    assert found.tolist() == ([0] if in_series else [-1]) * 4


def test_without_a_limb_movement_there_is_no_series():
    nothing = np.zeros(3, bool)
    assert periodic.series(np.arange(3) * 10**10, nothing, ~nothing, S).tolist() == [-1] * 3


def test_bins_of_equal_ratio_are_ten_a_decade():
    found = periodic.histogram(np.array([1.0, 9.9, 10.0, 999.0]))
    assert found["log_edges_s"][:3] == [1.0, 1.259, 1.585]
    assert found["log_edges_s"][10::10] == [10.0, 100.0, 1000.0]
    assert {k: n for k, n in enumerate(found["log_counts"]) if n} == {0: 1, 9: 1, 10: 1, 29: 1}
    assert found["bin_s"] == 2.0


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
