"""What is one movement of both legs, when it is a candidate, and which are a series."""

from __future__ import annotations

import numpy as np
import pytest
from made_group import moved, pair

from detector.limbs.group import Clock, one_clock
from detector.limbs.legs import combined, of_both_legs
from detector.settings import KindSettings

SECOND_NS = 10**9
S = KindSettings()
SAME = (Clock(root=0), Clock(root=0))


def joined(*movements):
    """Beginning in s, and whether it is a candidate, of ``(begin_s, end_s, leg[, candidate])``."""
    rows = [(*each, True)[:4] for each in movements]
    start, end = (np.array([round(row[i] * SECOND_NS) for row in rows], np.int64) for i in (0, 1))
    leg, fit = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
    begin, fits = combined(start, end, leg, fit)
    return list(zip((begin / SECOND_NS).tolist(), fits.tolist(), strict=True))


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ((1.499, 2.0, 1), [(0.0, True)]),
        ((1.5, 2.0, 1), [(0.0, True), (1.5, True)]),
        ((0.0, 2.0, 1), [(0.0, True)]),
        ((1.2, 2.0, 0), [(0.0, True), (1.2, True)]),
    ],
    ids=["before half a second after its end", "at it", "at once", "of the same leg"],
)
def test_movements_of_two_legs_are_one_up_to_half_a_second_after_the_end(second, found):
    assert joined((0.0, 1.0, 0), second) == found


def test_movements_join_by_either_leg_in_turn():
    assert joined((0, 1, 0), (1, 3, 1), (3, 4, 0), (9, 10, 1)) == [(0.0, True), (9.0, True)]


def test_the_reach_of_a_leg_is_that_of_its_longest_movement():
    # the second movement of the left leg ends before its first
    assert joined((0, 5, 0), (1, 2, 1), (2, 3, 0), (5.4, 6, 1)) == [(0.0, True)]


@pytest.mark.parametrize(("count", "fits"), [(4, True), (5, False)])
def test_four_movements_at_most_are_one_candidate(count, fits):
    assert joined(*((k, k + 0.9, k % 2) for k in range(count))) == [(0.0, fits)]


@pytest.mark.parametrize(("end_s", "fits"), [(15.0, True), (15.001, False)])
def test_a_bilateral_candidate_lasts_15_s_at_most(end_s, fits):
    assert joined((0, 9, 0), (8, end_s, 1)) == [(0.0, fits)]


def test_the_length_of_one_leg_alone_is_judged_elsewhere():
    assert joined((0, 20, 0)) == [(0.0, True)]


def test_the_length_counts_to_the_last_end_of_any():
    assert joined((0, 15.5, 0), (1, 2, 1)) == [(0.0, False)]
    assert joined((0, 15.5, 0), (20, 21, 1)) == [(0.0, True), (20.0, True)]


@pytest.mark.parametrize(
    ("fits", "both"),
    [((True, True), True), ((True, False), False), ((False, True), False)],
)
def test_each_of_its_movements_must_be_a_candidate(fits, both):
    assert joined((0, 1, 0, fits[0]), (1, 2, 1, fits[1])) == [(0.0, both)]


def test_nothing_joins_to_nothing():
    assert joined() == []


# ------------------------------------------------------------------ from events to series


def legs(left, right, clocks=SAME):
    return of_both_legs([moved(*left), moved(*right)], clocks, S)


def at(*seconds, mg=100.0, **other):
    return [(float(t), mg, {"kind": "limb_movement", "duration_s": 1.0, **other}) for t in seconds]


def test_movements_of_both_legs_in_turn_are_one_series():
    found = legs(at(0, 40, 80), at(20, 60))
    assert (found.start_ns // SECOND_NS).tolist() == [0, 20, 40, 60, 80]
    assert found.candidate.all()
    assert len(set(found.series.tolist())) == 1
    assert found.series[0] >= 0


def test_what_both_legs_do_at_once_counts_once():
    found = legs(at(0, 30, 60), at(0.2, 30.2, 60.2))
    assert len(found.start_ns) == 3
    assert found.series.tolist() == [-1, -1, -1]  # four make a series


def test_movements_are_compared_on_one_clock():
    clocks = one_clock(2, [pair(0, 1, offset_s=30.0)])
    found = legs(at(0, 100), at(30.2, 130.2), clocks)
    assert (found.start_ns // SECOND_NS).tolist() == [0, 100]


@pytest.mark.parametrize(
    "breaker",
    [
        at(50, duration_s=11.0),
        at(50, posture_change_deg=45.0),
    ],
    ids=["too long", "a turn"],
)
def test_a_movement_that_is_no_candidate_ends_a_series(breaker):
    found = legs([*at(0, 30), *breaker, *at(90, 120)], [])
    assert found.candidate.tolist() == [True, True, False, True, True]
    assert set(found.series.tolist()) == {-1}


def test_knocks_and_faint_movements_are_none_of_the_legs():
    assert len(legs(at(0, mg=49.0), at(30, hf_lf_ratio=9.0)).start_ns) == 0


def test_movements_that_begin_at_once_are_in_the_order_of_the_legs():
    one = legs(at(0, duration_s=0.5), at(0, duration_s=14.0))
    other = legs(at(0, duration_s=14.0), at(0, duration_s=0.5))
    assert one.candidate.tolist() == other.candidate.tolist() == [False]
