"""Which sensors are a set, over which time they are aligned, and how all come to one clock."""

from __future__ import annotations

import numpy as np
import pytest
from made_group import group, moved, pair, sensor
from made_limbs import Worn, moving_together, write_results

from detector.limbs.align import Alignment
from detector.limbs.group import Clock, Step, one_clock, together
from detector.limbs.sensors import sensors, worn_by_one
from detector.settings import LimbSettings, Settings

SECOND_NS = 10**9
AT = np.array([0, 3600 * SECOND_NS])


def sets(out, *worn, settings=None):
    """Write the folders of sensors and gather those that overlap."""
    rows = write_results(out, *worn)
    found = [sensors(out, recorded) for recorded in worn_by_one(rows).values()]
    return [each for one in found for each in together(one, settings or Settings())]


def names(found):
    return [[each.recording_id for each in one.sensors] for one in found]


# ------------------------------------------------------------------ sets


def test_sensors_that_overlap_by_a_third_one_are_one_set_and_others_none(tmp_path):
    worn = [
        Worn("a", hours=(0, 4)),
        Worn("b", side="right", hours=(5, 9)),
        Worn("c", site="ankle", hours=(3, 6)),
        Worn("d", site="ankle", side="right", hours=(9.5, 10)),
    ]
    (found,) = sets(tmp_path, *worn)
    assert names([found]) == [["a", "b", "c"]]
    assert [(each.one, each.other) for each in found.pairs] == [(0, 2), (1, 2)]
    assert [each.overlap_h for each in found.pairs] == [1.0, 1.0]


def test_sets_that_share_no_time_are_apart(tmp_path):
    worn = [
        Worn(f"{night}{side[0]}", side=side, hours=hours)
        for night, hours in (("1", (0, 4)), ("2", (5, 9)))
        for side in ("left", "right")
    ]
    assert names(sets(tmp_path, *worn)) == [["1l", "1r"], ["2l", "2r"]]


def test_chains_of_overlaps_are_joined_whichever_comes_first(tmp_path):
    worn = [
        Worn("a", hours=(0, 2)),
        Worn("b", hours=(3, 5)),
        Worn("c", side="right", hours=(1, 4)),
        Worn("d", side="right", hours=(4.5, 6)),
    ]
    assert names(sets(tmp_path, *worn)) == [["a", "b", "c", "d"]]


@pytest.mark.parametrize("offset_s", [-240.0, 240.0])
def test_what_an_offset_moves_out_of_the_overlap_still_aligns(tmp_path, offset_s):
    one, other = Worn("a", hours=(0, 1)), Worn("b", side="right", offset_s=offset_s, hours=(0, 1))
    rng = np.random.default_rng(5)
    for t in rng.uniform(0, 3600, 40):
        one.sees(float(t))
        other.sees(float(t))
    (found,) = sets(tmp_path, one, other)
    alignment = found.pairs[0].alignment
    # by their clocks both recorded for an hour less four minutes; the partners of what the first
    # saw in that time may lie outside it
    first_s, last_s = max(0, offset_s), 3600 + min(0, offset_s)
    assert alignment.shared == sum(first_s <= each["t"] < last_s for each in one.events)
    assert alignment.offset_s == pytest.approx(offset_s, abs=0.01)


def test_the_greatest_offset_is_the_setting(tmp_path):
    worn = moving_together(3, Worn("a"), Worn("b", side="right", offset_s=40.0))
    nearer = Settings(limbs=LimbSettings(offset_max_min=0.5))
    (found,) = sets(tmp_path, *worn, settings=nearer)
    assert found.pairs[0].alignment.reason


# ------------------------------------------------------------------ why one stands apart


def test_why_a_sensor_is_on_no_other_clock_is_the_first_reason_of_a_pair_it_is_in():
    members = [(sensor(side=side), moved()) for side in ("left", "right", "unknown")]
    pairs = [pair(0, 1), pair(0, 2, reason="drift"), pair(1, 2, reason="few_shared")]
    clocks = [Clock(root=0), Clock(root=0), Clock(root=2)]
    found = group(*members, clocks=clocks, pairs=pairs)
    assert [found.reason(i) for i in range(3)] == ["drift", "few_shared", "drift"]


def test_sensors_that_a_third_one_bridges_stand_together_whatever_their_own_pair_says():
    members = [(sensor(side=side), moved()) for side in ("left", "right")]
    found = group(*members, pairs=[pair(0, 1, reason="few_shared")])
    assert [found.reason(i) for i in range(2)] == ["", ""]


# ------------------------------------------------------------------ one clock


def test_a_clock_that_could_not_be_aligned_stays_its_own():
    (one, other) = one_clock(2, [pair(0, 1, reason="drift")])
    assert (one.root, other.root) == (0, 1)
    assert other(AT).tolist() == AT.tolist()
    assert other.uncertainty_ms == 0.0


def test_the_clock_used_is_that_of_the_first_sensor():
    clocks = one_clock(3, [pair(1, 2, 5.0), pair(0, 2, -3.0)])
    assert [clock.root for clock in clocks] == [0, 0, 0]
    # the third shows 3 s less than the first; the second 5 s less than the third
    assert (clocks[2](AT) - AT).tolist() == [3 * SECOND_NS] * 2
    assert (clocks[1](AT) - AT).tolist() == [8 * SECOND_NS] * 2
    assert [len(clock.steps) for clock in clocks] == [0, 2, 1]


def test_steps_go_both_ways_along_an_alignment():
    found = Alignment(reason="", offset_s=2.0, drift_ppm=100.0, uncertainty_ms=1.0)
    there, back = Step(found, forward=True), Step(found, forward=False)
    assert (there(AT) - AT).tolist() == [2 * SECOND_NS, 2 * SECOND_NS + 360_000_000]
    assert np.abs(back(there(AT)) - AT).max() <= 1


def test_uncertainties_of_steps_add_as_squares():
    clocks = one_clock(3, [pair(0, 1, uncertainty_ms=30.0), pair(1, 2, uncertainty_ms=40.0)])
    assert [clock.uncertainty_ms for clock in clocks] == [0.0, 30.0, 50.0]


def test_the_surest_pairs_are_taken_and_no_ring_is_closed():
    pairs = [pair(0, 1, 1.0, 90.0), pair(0, 2, 2.0, 20.0), pair(1, 2, 4.0, 30.0)]
    clocks = one_clock(3, pairs)
    assert clocks[1].uncertainty_ms == pytest.approx(np.hypot(20, 30))
    assert (clocks[1](AT) - AT)[0] == 2 * SECOND_NS  # 4 s to the third, then 2 s back


def test_of_equally_sure_pairs_the_first_are_taken():
    pairs = [pair(1, 2, 4.0), pair(0, 2, 2.0), pair(0, 1, 1.0)]
    clocks = one_clock(3, pairs)
    assert [(clock(AT) - AT)[0] / SECOND_NS for clock in clocks] == [0, -1, -2]


def test_four_sensors_are_joined_over_two_pairs_and_a_bridge():
    pairs = [pair(0, 1, 1.0, 5.0), pair(2, 3, 1.0, 6.0), pair(1, 3, 1.0, 7.0)]
    clocks = one_clock(4, pairs)
    assert [clock.root for clock in clocks] == [0, 0, 0, 0]
    assert [(clock(AT) - AT)[0] / SECOND_NS for clock in clocks] == [0, -1, -1, -2]


def test_a_ring_that_is_left_out_keeps_no_other_sensor_out():
    pairs = [pair(0, 1, 1.0, 5.0), pair(1, 2, 1.0, 6.0), pair(0, 2, 2.0, 7.0), pair(2, 3, 1.0, 8.0)]
    assert [clock.root for clock in one_clock(4, pairs)] == [0, 0, 0, 0]
