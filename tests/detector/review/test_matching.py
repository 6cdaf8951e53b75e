"""Pairs of events, against a plain twin that looks at every pair."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.review.matching import matched

TIMES = st.lists(st.integers(0, 60), max_size=12, unique=True)


def plainly_matched(a, b, tolerance):
    """Take the nearest pair left, again and again."""
    partner = [-1] * len(a)
    pairs = sorted((abs(x - y), x, y, i, k) for i, x in enumerate(a) for k, y in enumerate(b))
    for distance, _, _, i, k in pairs:
        if distance <= tolerance and partner[i] < 0 and k not in partner:
            partner[i] = k
    return partner


def ns(times):
    return np.array(times, np.int64)


@given(TIMES, TIMES, st.integers(0, 20))
def test_pairs_are_those_that_looking_at_every_pair_gives(a, b, tolerance):
    assert matched(ns(a), ns(b), tolerance).tolist() == plainly_matched(a, b, tolerance)


@given(TIMES, TIMES, st.integers(0, 20))
def test_it_does_not_matter_how_many_pairs_which_list_comes_first(a, b, tolerance):
    forward, back = matched(ns(a), ns(b), tolerance), matched(ns(b), ns(a), tolerance)
    assert (forward >= 0).sum() == (back >= 0).sum()


def test_an_event_between_two_goes_to_the_nearer_and_the_other_stays_alone():
    assert matched(ns([0, 10]), ns([6]), 8).tolist() == [-1, 0]
    assert matched(ns([0, 12]), ns([6]), 8).tolist() == [0, -1]


def test_the_tolerance_itself_is_within():
    assert matched(ns([0]), ns([500]), 500).tolist() == [0]
    assert matched(ns([0]), ns([501]), 500).tolist() == [-1]


def test_lists_without_events_match_nothing():
    assert matched(ns([]), ns([1]), 5).tolist() == []
    assert matched(ns([1]), ns([]), 5).tolist() == [-1]
