"""Stamps that cannot be are dropped or put right, however they come, and never in silence."""

from __future__ import annotations

import itertools

import naive_recordings as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_blocks import (
    SCALE,
    T0,
    anchors_at,
    assert_same,
    block,
    cut_up,
    hostile_streams,
    placed,
    streams,
)

from recordings.clock import EARLIEST_NS, LATEST_NS, place
from recordings.model import SECOND_NS, Health

# -- stamps that cannot be


def test_repeated_and_small_backward_stamps_are_dropped_and_counted():
    good = anchors_at(range(0, 100, 10), 10.0)
    bad = [(15, T0 + 10**9), (25, T0 + 19 * 10**8), (35, T0 + 29 * 10**8)]
    health = Health()
    [(_, _, times)] = placed([block(100, sorted(good + bad))], health=health)
    [(_, _, clean)] = placed([block(100, good)])
    np.testing.assert_array_equal(times, clean)
    assert health.stamps_repaired == 3
    assert [note.message for note in health.remarks] == [
        "time stamps were not used: 1 repeat another one, 2 would turn time back"
    ]


def test_a_stamp_for_a_sample_already_stamped_is_dropped():
    health = Health()
    placed([block(100, [(0, T0), (10, T0 + 10**9), (10, T0 + 10**9 + 5)])], health=health)
    assert health.stamps_repaired == 1


def test_a_clock_that_stands_still_is_not_believed_and_time_goes_on():
    health = Health()
    [(why, _, times)] = placed([block(7000, [(i, T0) for i in range(0, 7000, 5)])], health=health)
    assert why == "start"
    np.testing.assert_array_equal(times, T0 + np.arange(7000) * 10**8)
    assert health.stamps_repaired == 1399


def test_a_clock_that_runs_again_after_a_stop_is_believed_again():
    right = anchors_at(range(0, 7000, 50), 10.0)
    stopped = [(i, t if not 40 <= n < 120 else right[40][1]) for n, (i, t) in enumerate(right)]
    health = Health()
    [(_, _, times)] = placed([block(7000, stopped)], health=health)
    np.testing.assert_array_equal(times, T0 + np.arange(7000) * 10**8)
    assert health.stamps_repaired == 79


@pytest.mark.parametrize("stamp_ns", [LATEST_NS, EARLIEST_NS - 1, 2**63 - 1, -(2**63)])
def test_a_stamp_that_is_centuries_away_is_not_possible(stamp_ns):
    health = Health()
    good = anchors_at(range(0, 100, 10), 10.0)
    [(_, _, times)] = placed([block(100, sorted([*good, (35, stamp_ns)]))], health=health)
    np.testing.assert_array_equal(times, T0 + np.arange(100) * 10**8)
    assert health.stamps_repaired == 1
    assert "1 are impossible" in health.remarks[0].message


# -- a clock that jumps away and back


@pytest.mark.parametrize("jump_s", [-(10**9), -3600, -30, 30, 3600, 10**9])
@pytest.mark.parametrize("said", ["", "lost_block"])
def test_a_stretch_whose_clock_jumped_away_and_back_is_put_back_in_line(jump_s, said):
    jumped = [(i, t + jump_s * SECOND_NS) for i, t in anchors_at(range(100, 130, 10), 10.0)]
    anchors = [
        anchors_at(range(0, 100, 10), 10.0),
        jumped,
        anchors_at(range(130, 300, 10), 10.0),
    ]
    blocks = [
        block(n, [(i - first, t) for i, t in part], breaks, first)
        for n, first, part, breaks in zip(
            (100, 30, 170), (0, 100, 130), anchors, ("start", said, said), strict=True
        )
    ]
    health = Health()
    found = placed(blocks, health=health)
    why = said or "clock_jumped"
    assert [(why, len(samples)) for why, samples, _ in found] == [
        ("start", 100), (why, 30), (why, 170)
    ]  # fmt: skip
    times = np.concatenate([times for *_, times in found])
    np.testing.assert_array_equal(times, T0 + np.arange(300) * 10**8)
    assert health.stamps_repaired == 3
    assert health.gap_ns == 0
    [remark] = health.remarks
    assert remark.code == "clock_jumped"
    way = "back" if jump_s > 0 else "forward"
    assert f"first: 30 samples by {abs(jump_s)}.000 s {way}" in remark.message


def away_and_back(jump_ns: int, samples: int = 30, *, early_ns: int = 0):
    """Of three segments the middle one's clock is off by a jump; the third begins in line."""
    health = Health()
    blocks = [
        block(100, anchors_at(range(0, 100, 10), 10.0)),
        block(samples, anchors_at(range(0, samples, 10), 10.0, T0 + 10**10 + jump_ns), "restart"),
        block(
            100,
            anchors_at(range(0, 100, 10), 10.0, T0 + 10**10 + samples * 10**8 - early_ns),
            "restart",
        ),
    ]
    begins = [int(times[0]) for *_, times in placed(blocks, health=health)]
    return begins[1] - T0 - 10**10, health.stamps_repaired


@pytest.mark.parametrize("way", [-1, 1], ids=["back", "forward"])
def test_a_jump_of_a_second_is_believed_and_a_longer_one_is_put_back_in_line(way):
    assert away_and_back(way * 10**9) == (way * 10**9, 0)
    assert away_and_back(way * (10**9 + 1)) == (0, 3)


def test_only_ten_minutes_are_put_back_in_line():
    assert away_and_back(-3600 * 10**9, 6000) == (0, 600)
    assert away_and_back(-3600 * 10**9, 6001) == (-3600 * 10**9, 0)


def test_what_would_overlap_the_next_by_a_second_is_not_put_back_in_line():
    assert away_and_back(-3600 * 10**9, early_ns=10**9) == (-3600 * 10**9, 0)
    # by less: the next begins where it ends, and its first stamp is not used
    assert away_and_back(-3600 * 10**9, early_ns=10**9 - 1) == (0, 3 + 1)


def test_one_wrong_stamp_costs_nothing():
    anchors = anchors_at(range(0, 300, 10), 10.0)
    anchors[15] = (150, T0 + 10**18)
    health = Health()
    times = np.concatenate([times for *_, times in placed([block(300, anchors)], health=health)])
    np.testing.assert_array_equal(times, T0 + np.arange(300) * 10**8)
    assert health.stamps_repaired == 1


def test_a_clock_that_was_set_forward_for_good_is_believed():
    health = Health()
    anchors = anchors_at(range(0, 100, 10), 10.0) + anchors_at(
        range(100, 9000, 10), 10.0, T0 + 10**15
    )
    anchors += anchors_at(range(9000, 9300, 10), 10.0)  # longer than a slip is: ten minutes
    found = placed([block(9300, anchors)], health=health)
    assert [why for why, *_ in found] == ["start", "gap", "clock_backwards"]
    assert found[1][2][0] == T0 + 10**15 + 10**10


def test_what_follows_a_gap_is_held_until_it_is_sure_and_no_longer():
    taken = []

    def blocks():
        yield block(100, anchors_at(range(0, 100, 10), 10.0))
        for k in range(70):
            taken.append(k)
            late = anchors_at(range(0, 100, 10), 10.0, T0 + 10**15 + k * 10**10)
            yield block(100, late, "" if k else "lost_block")

    chunks = place(blocks(), nominal_hz=10.0, scale=SCALE, health=Health())
    assert next(chunks).start_ns == T0
    assert next(chunks).start_ns == T0 + 10**15
    assert 60 <= len(taken) <= 62


@pytest.mark.parametrize(
    ("gap_ns", "held"), [(0, False), (10**9 - 1, False), (10**9, True)], ids=["none", "less", "1 s"]
)
def test_what_follows_less_than_a_second_is_not_held(gap_ns, held):
    taken = []

    def blocks():
        yield block(100, anchors_at(range(0, 100, 10), 10.0))
        for k in range(70):
            taken.append(k)
            begins_ns = T0 + (k + 1) * 10**10 + gap_ns
            later = anchors_at(range(0, 100, 10), 10.0, begins_ns)
            yield block(100, later, "" if k else "lost_block")

    chunks = place(blocks(), nominal_hz=10.0, scale=SCALE, health=Health())
    assert next(chunks).start_ns == T0
    assert next(chunks).start_ns == T0 + 10**10 + gap_ns
    assert len(taken) == (61 if held else 2)


# -- any cutting gives the same times


@given(streams() | hostile_streams(), st.sets(st.integers(1, 60), max_size=8), st.integers(0, 30))
def test_times_do_not_depend_on_how_the_stream_is_cut(stream, cuts, early):
    nominal_hz, runs = stream
    expected, repaired = naive.clock(cut_up(runs, [], 0), nominal_hz)
    health = Health()
    found = placed(cut_up(runs, cuts, early), nominal_hz, health)
    assert_same(found, expected)
    assert health.stamps_repaired == repaired


@given(hostile_streams())
def test_whatever_is_repaired_is_said(stream):
    nominal_hz, runs = stream
    health = Health()
    found = placed(cut_up(runs, [], 0), nominal_hz, health)
    said = {note.code for note in health.remarks}
    assert bool(health.stamps_repaired) == bool(said & {"stamps_dropped", "clock_jumped"})
    starts = [(int(times[0]), int(times[-1])) for *_, times in found]
    backwards = sum(b[0] < a[1] - SECOND_NS for a, b in itertools.pairwise(starts))
    assert "clock_backwards" in said or not backwards


@given(streams() | hostile_streams())
def test_time_never_runs_backwards_within_a_segment(stream):
    nominal_hz, runs = stream
    for _, _, times in placed(cut_up(runs, [], 0), nominal_hz):
        assert np.all(np.diff(times) > 0)
