"""What a night is made of: stretches of time, stages, what a diary noted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scans import at, usual_night

from detector.nights.night import (
    FROM_OUTSIDE,
    OTHER_KINDS,
    SLEEP_STARTS,
    Interval,
    Noted,
    Staged,
    Stated,
)

HOUR_NS = 3600 * 10**9
TEN = Interval(10, 20)

intervals = st.tuples(st.integers(-50, 50), st.integers(1, 50)).map(
    lambda each: Interval(each[0], each[0] + each[1])
)


# --------------------------------------------------------------------- stretches of time


@pytest.mark.parametrize(("time_ns", "within"), [(9, False), (10, True), (19, True), (20, False)])
def test_a_stretch_holds_its_beginning_and_not_its_end(time_ns, within):
    assert (time_ns in TEN) == within


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (Interval(0, 10), None),
        (Interval(0, 11), Interval(10, 11)),
        (Interval(12, 15), Interval(12, 15)),
        (Interval(0, 30), Interval(10, 20)),
        (Interval(19, 30), Interval(19, 20)),
        (Interval(20, 30), None),
    ],
    ids=["up to it", "into it", "in it", "around it", "out of it", "behind it"],
)
def test_two_stretches_share_what_lies_in_both(other, shared):
    assert TEN.within(other) == other.within(TEN) == shared
    assert TEN.overlaps(other) == other.overlaps(TEN) == (shared is not None)


@given(intervals, intervals)
def test_what_two_stretches_share_is_every_moment_of_both(one, two):
    shared = one.within(two)
    both = [t for t in range(-50, 101) if t in one and t in two]
    assert both == ([] if shared is None else [*range(shared.start_ns, shared.end_ns)])


def test_a_moved_stretch_keeps_its_length():
    assert TEN.shifted(-15) == Interval(-5, 5)
    assert Interval(0, 5400 * 10**9).hours == 1.5


# --------------------------------------------------------------------- stages

STAGED = Staged(
    np.array([0, 30, 90], np.int64), np.array([30, 60, 120], np.int64), np.array(["W", "N1", "W"])
)
"""Nobody scored what lies from 60 to 90."""


@pytest.mark.parametrize(
    ("time_ns", "stage"),
    [
        (-1, ""),
        (0, "W"),
        (29, "W"),
        (30, "N1"),
        (59, "N1"),
        (60, ""),
        (89, ""),
        (90, "W"),
        (120, ""),
    ],
)
def test_a_stage_lasts_from_its_beginning_to_its_end_and_pauses_have_none(time_ns, stage):
    assert STAGED.at(np.array([time_ns])).tolist() == [stage]
    night = replace(usual_night(), staged=STAGED)
    assert night.stage_of(np.array([time_ns])) == [stage]


def test_without_a_hypnogram_no_time_has_a_stage():
    assert usual_night().stage_of(np.array([0, at("23:30")])) == ["", ""]


# --------------------------------------------------------------------- what a diary noted


def noted(**clocks: str) -> Noted:
    return Noted(kept=True, times_ns={name: at(clock) for name, clock in clocks.items()})


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"sleep_onset": "23:00", "wake": "07:00"}, ("23:00", "07:00")),
        ({"sleep_onset": "23:30"}, ("23:30", "07:00")),
        ({"wake": "07:00"}, None),
        ({"lights_out": "22:40", "rise": "07:10"}, None),
        ({"sleep_onset": "07:00", "wake": "07:00"}, None),
        ({"sleep_onset": "07:01", "wake": "07:00"}, None),
        ({"sleep_onset": "07:30"}, None),
    ],
    ids=["both", "wake found", "no onset", "neither", "no sleep", "turned round", "behind waking"],
)
def test_a_diarys_sleep_lasts_from_noted_onset_to_the_wake_noted_or_found(times, expected):
    found = usual_night().sleep
    assert found.wake_ns == at("07:00")
    period = noted(**times).period(found)
    assert period == (Stated(at(expected[0]), at(expected[1])) if expected else None)
    if period is not None:
        assert period.source == "diary"


def test_a_wake_that_was_not_seen_is_not_taken_from_what_was_found():
    found = usual_night().sleep
    assert noted(sleep_onset="23:00").period(replace(found, wake_observed=False)) is None
    assert noted(sleep_onset="23:00").period(None) is None
    both = noted(sleep_onset="23:00", wake="06:00").period(None)
    assert both == Stated(at("23:00"), at("06:00"))


# --------------------------------------------------------------------- kinds


def test_a_kind_is_counted_as_a_sleep_start_or_as_another():
    assert SLEEP_STARTS == ("sleep_start", "sleep_start_with_arousal")
    assert not set(SLEEP_STARTS) & set(OTHER_KINDS)
    assert set(FROM_OUTSIDE) <= set(OTHER_KINDS)
    assert {f"n_{kind}" for kind in OTHER_KINDS} <= set(usual_night().counts)


def test_without_events_a_night_has_empty_columns_of_all_of_them():
    events = usual_night().events
    lengths = {len(getattr(events, name)) for name in ("kind", "counted", "cluster", "series")}
    assert (len(events), lengths) == (0, {0})
