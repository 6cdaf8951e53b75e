"""How the clock of one part runs into that of the next, chunk by chunk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import Chunk
from recordings.joined import _from, _until
from recordings.model import Scale

NS = 10**9


def chunk(first, count, *knots, opens=""):
    """Samples at 1 Hz with these ``(index, seconds)`` as the clock."""
    at = np.array([(index, round(second * NS)) for index, second in knots], np.int64)
    return Chunk(
        samples=np.zeros((count, 3)),
        scale=Scale(),
        first_index=first,
        knots=at,
        opens_segment=opens,
    )


def seconds(one, *index):
    return (one.times_ns(np.array(index)) / NS).tolist()


BORDER = np.array([20, 25 * NS])
"""Sample 20, with which the next part begins, is at 25 s."""


def test_a_chunk_whose_own_clock_reaches_behind_it_stays_as_it_is():
    one = chunk(0, 10, (0, 0), (10, 10))
    assert _until(one, BORDER) is one


@pytest.mark.parametrize(
    "knots", [((0, 0), (8, 8)), ((0, 0), (30, 30)), ((0, 0), (8, 8), (20, 20))],
    ids=["ends before", "reaches over", "reaches just to it"],
)  # fmt: skip
def test_the_last_chunks_of_a_part_run_to_the_border(knots):
    one = _until(chunk(0, 20, *knots), BORDER)
    assert one.knots[-1].tolist() == BORDER.tolist()
    assert seconds(one, 20) == [25.0]
    assert seconds(one, 0) == [0.0]
    assert (one.knots[:-1, 0] < 20).all()


def test_a_part_that_goes_on_is_counted_from_the_beginning_of_its_segment():
    one = _from(chunk(5, 10, (0, 100), (10, 110), opens="start"), 20, BORDER)
    assert (one.first_index, one.opens_segment) == (25, "")
    assert one.knots.tolist() == [[20, 25 * NS], [30, 110 * NS]]


def test_a_chunk_further_on_has_the_clock_of_its_part_alone():
    one = _from(chunk(15, 10, (10, 110), (30, 130)), 20, BORDER)
    assert one.knots.tolist() == [[30, 110 * NS], [50, 130 * NS]]
    assert one.first_index == 35


def test_a_clock_that_knows_only_what_was_before_runs_on_as_it_did():
    one = _from(chunk(0, 5, (-10, 90), (0, 100)), 20, BORDER)
    assert one.knots[0].tolist() == BORDER.tolist()
    (index, at_ns) = one.knots[1].tolist()
    assert index > 20
    assert at_ns / NS == pytest.approx(100 + (index - 20))  # one sample a second, as before


@given(st.integers(1, 30), st.integers(1, 30))
def test_both_sides_meet_at_the_border(before, behind):
    border = np.array([before, 500 * NS])
    left = _until(chunk(0, before, (0, 0), (before, before)), border)
    right = _from(chunk(0, behind, (0, 0), (behind, behind)), before, border)
    assert seconds(left, before) == seconds(right, before) == [500.0]
