"""Two thresholds by hand: where an event begins, peaks and ends, and what is known of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from detector.kernels import events
from detector.kernels.events import (
    ACCEL_ON,
    FLOOR,
    JERK_ON,
    LAST,
    OPEN,
    PEAK,
    PEAK_JERK,
    PREVIOUS_END,
    START,
)

OFF_SHARE, MERGE_N, LONGEST_N = 0.5, 3.0, 20.0
FRAME_N = 5
NEVER = np.inf


class Scan:
    """A scan that goes on from call to call."""

    def __init__(self):
        self.indices = np.zeros(events.N_INDICES, np.int64)
        self.values = np.zeros(events.N_VALUES)

    def run(self, jerk, accel=None, on=(2.0, NEVER, 0.1), origin=0, rules=None, loudest=None):
        """(start, peak, end, end before) and (peak jerk, threshold, floor) of every event."""
        jerk = np.array(jerk, float)
        accel = np.zeros(len(jerk)) if accel is None else np.array(accel, float)
        edges = np.arange(0, len(jerk) + 1, FRAME_N)
        if edges[-1] != len(jerk):
            edges = np.append(edges, len(jerk))
        frames = len(edges) - 1
        if loudest is None:
            loudest = [[x[a:b].max() for a, b in pairwise(edges)] for x in (jerk, accel)]
        on = np.array(on, float)
        thresholds = on if on.ndim == 2 else np.repeat(on[:, None], frames, axis=1)
        found, more = np.full((len(jerk) + 2, 4), -9), np.full((len(jerk) + 2, 3), -9.0)
        count = events.scan_frames(
            jerk,
            accel,
            edges,
            origin,
            np.array(loudest, float),
            thresholds,
            np.array(rules or (OFF_SHARE, MERGE_N, LONGEST_N)),
            self.indices,
            self.values,
            found,
            more,
        )
        rows = zip(found[:count].tolist(), more[:count].tolist(), strict=True)
        return [(tuple(each), tuple(values)) for each, values in rows]


def spans(jerk, **options):
    """(start, peak, end) of every event."""
    return [each[:3] for each, _ in Scan().run(jerk, **options)]


@pytest.mark.parametrize(
    ("jerk", "expected"),
    [
        ([0, 2, 2, 0, 0, 0, 0], []),  # at the threshold is not beyond it
        ([2, 2, 3, 0, 0, 0, 0], [(2, 2, 2)]),
        ([0, 2.1, 0, 0, 0, 0], [(1, 1, 1)]),
        ([3, 0, 0, 0, 0, 0], [(0, 0, 0)]),
        ([0, 3, 1.1, 0, 0, 0], [(1, 1, 2)]),  # above half of the threshold it goes on
        ([0, 3, 1.0, 0, 0, 0], [(1, 1, 1)]),  # at half of it it does not
        ([0, 3, 4, 5, 4, 0, 0, 0], [(1, 3, 4)]),
        ([0, 5, 5, 3, 0, 0, 0], [(1, 1, 3)]),  # of equals the first is the peak
    ],
)
def test_an_event_lasts_from_the_threshold_to_a_share_of_it(jerk, expected):
    assert spans(jerk) == expected


@pytest.mark.parametrize(
    ("jerk", "expected"),
    [
        ([3, 0, 0, 3, 0, 0, 0], [(0, 0, 3)]),  # two quiet samples part nothing
        ([3, 0, 0, 0, 3, 0, 0, 0], [(0, 0, 0), (4, 4, 4)]),
        ([3, 0, 0, 1.5, 0, 0, 1.5, 0, 0, 0], [(0, 0, 6)]),
        ([3, 0, 0, 0, 1.5, 0, 0], [(0, 0, 0)]),  # a share of the threshold begins nothing
    ],
)
def test_events_closer_than_three_samples_are_one(jerk, expected):
    assert spans(jerk) == expected


def test_either_envelope_begins_and_keeps_an_event_open():
    jerk, accel = [0, 0, 0, 3, 0, 0, 0, 0, 0, 0], [0, 9, 0, 0, 5, 0, 0, 0, 0, 0]
    assert spans(jerk, accel=accel, on=(2.0, 8.0, 0.1)) == [(1, 3, 4)]
    assert spans(jerk, accel=accel, on=(2.0, NEVER, 0.1)) == [(3, 3, 3)]
    assert spans(jerk, accel=accel, on=(NEVER, 8.0, 0.1)) == [(1, 3, 4)]
    assert spans(jerk, accel=accel, on=(NEVER, NEVER, 0.1)) == []


def test_movement_at_its_threshold_begins_nothing():
    assert spans([0] * 7, accel=[8, 8, 9, 0, 0, 0, 0], on=(2.0, 8.0, 0.1)) == [(2, 2, 2)]


@pytest.mark.parametrize(("accel", "end"), [(4.0, 1), (4.1, 2)])
def test_movement_has_the_same_share_of_its_own_threshold(accel, end):
    found = spans([0] * 8, accel=[0, 9, accel, 0, 0, 0, 0, 0], on=(2.0, 8.0, 0.1))
    assert found == [(1, 1, end)]


def test_the_peak_is_that_of_jerk_even_where_movement_is_larger():
    found = spans([0, 1, 7, 3, 0, 0, 0], accel=[0, 9, 1, 20, 0, 0, 0], on=(2.0, 8.0, 0.1))
    assert found == [(1, 2, 3)]


@pytest.mark.parametrize(
    ("longest_n", "expected"),
    [
        (4, [(1, 1, 4), (5, 5, 8), (9, 9, 9)]),
        (7, [(1, 1, 7), (8, 8, 9)]),
        (2, [(1, 1, 2), (3, 3, 4), (5, 5, 6), (7, 7, 8), (9, 9, 9)]),
        (50, [(1, 1, 9)]),
    ],
)
def test_what_is_too_long_is_cut_and_begins_anew(longest_n, expected):
    jerk, rules = [0, *[3] * 9, 0, 0, 0, 0], (OFF_SHARE, MERGE_N, longest_n)
    assert spans(jerk, rules=rules) == expected
    later = spans(jerk, rules=rules, origin=1000)
    assert later == [tuple(1000 + k for k in span) for span in expected]


# -- what is known of an event


def test_an_event_has_the_threshold_and_the_floor_of_the_frame_in_which_it_began():
    on = [[2.0, 9.0, 4.0], [NEVER] * 3, [0.1, 0.2, 0.3]]
    jerk = [0, 0, 0, 3, 3, 1.5, 0, 0, 0, 0, 5, 0, 0, 0, 0]
    assert Scan().run(jerk, on=on) == [
        ((3, 3, 5, 0), (3.0, 2.0, 0.1)),  # 1.5 is above half of 2, not of 9
        ((10, 10, 10, 5), (5.0, 4.0, 0.3)),
    ]


def test_indices_count_from_the_segments_beginning():
    found = Scan().run([0, 3, 0, 0, 0], origin=1000)
    assert found == [((1001, 1001, 1001, 0), (3.0, 2.0, 0.1))]


def test_an_event_knows_the_end_of_the_one_before():
    found = Scan().run([3, 3, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 0])
    assert [each[3] for each, _ in found] == [0, 1, 6]


# -- over several calls


def test_an_event_that_is_open_goes_on_in_the_next_call():
    scan = Scan()
    assert scan.run([0, 0, 0, 3, 4]) == []
    assert scan.indices[[OPEN, START, PEAK, LAST]].tolist() == [1, 3, 4, 4]
    assert scan.values[[PEAK_JERK, JERK_ON, ACCEL_ON, FLOOR]].tolist() == [4, 2, NEVER, 0.1]
    found = scan.run([5, 1.5, 0, 0, 0], on=(100.0, NEVER, 0.9), origin=5)
    assert found == [((3, 5, 6, 0), (5.0, 2.0, 0.1))]
    assert scan.indices[[OPEN, PREVIOUS_END]].tolist() == [0, 6]


def test_quiet_samples_are_counted_over_the_border_of_calls():
    scan = Scan()
    assert scan.run([0, 0, 3, 0, 0]) == []
    assert scan.run([3, 0, 0, 0, 0], origin=5) == [((2, 2, 5, 0), (3.0, 2.0, 0.1))]
    scan = Scan()
    assert scan.run([0, 3, 0, 0, 1.0]) == [((1, 1, 1, 0), (3.0, 2.0, 0.1))]
    assert scan.run([3, 0, 0, 0, 0], origin=5) == [((5, 5, 5, 1), (3.0, 2.0, 0.1))]


# -- frames that are skipped


def test_a_frame_whose_loudest_sample_is_below_both_thresholds_is_not_looked_at():
    jerk, accel = [0, 3.0, 0, 0, 0], [0, 9.0, 0, 0, 0]
    on = (2.0, 8.0, 0.1)
    assert spans(jerk, accel=accel, on=on, loudest=[[2.0], [8.0]]) == []
    for loudest in ([[2.1], [8.0]], [[2.0], [8.1]]):
        assert spans(jerk, accel=accel, on=on, loudest=loudest) == [(1, 1, 1)]


def test_while_an_event_is_open_no_frame_is_skipped():
    jerk = [0, 0, 0, 0, 3, 1.5, 1.5, 0, 0, 0]
    assert spans(jerk, loudest=[[3.0, 0.0], [0.0, 0.0]]) == [(4, 4, 6)]


def test_a_frame_without_a_threshold_holds_nothing():
    on = [[NEVER, 2.0], [NEVER, NEVER], [np.nan, 0.1]]
    assert spans([9, 9, 9, 9, 9, 0, 3, 0, 0, 0], on=on) == [(6, 6, 6)]
    scan = Scan()
    scan.run([9, 9, 9, 9, 9], on=(np.nan, np.nan, np.nan))
    assert scan.indices[OPEN] == 0
