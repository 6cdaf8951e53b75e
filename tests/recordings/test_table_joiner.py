"""Rows become blocks: windows and their anchors by hand, and what the remarks say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from recordings import Health
from recordings.formats.tables.joiner import RowJoiner
from recordings.formats.tables.pace import Pace
from recordings.formats.tables.repairs import mended
from recordings.formats.tables.rows import LOSSES, RawRows

MS = 1_000_000
STEP = 200 * MS
"""Five rows a second: a window has five, and a gap is longer than 0.6 s."""
PACE = Pace(STEP, STEP)


class Joined:
    """Blocks of rows whose values are their numbers."""

    def __init__(self, time_ms, lost=(), cuts=(), pace=PACE):
        codes = np.zeros(len(time_ms), np.uint8)
        for row, why in dict(lost).items():
            codes[row] = LOSSES.index(why)
        numbers = np.arange(len(time_ms), dtype=float)
        rows = RawRows(
            time=np.array(time_ms, np.int64) * MS,
            samples=np.repeat(numbers, 3).reshape(-1, 3),
            lost=codes,
        )
        self.health = Health()
        joiner = RowJoiner(pace, self.health)
        self.blocks = []
        for a, b in pairwise([0, *cuts, len(time_ms)]):
            self.blocks += joiner.join(rows[a:b])
        self.blocks += joiner.finish()

    @property
    def runs(self):
        """(reason, rows) of every run."""
        found = []
        for block in self.blocks:
            if block.breaks:
                found.append((block.breaks, []))
            found[-1][1].extend(block.samples[:, 0].astype(int).tolist())
        return found

    @property
    def anchors(self):
        """(row of all that were delivered, ms) of every anchor."""
        found, base = [], 0
        for block in self.blocks:
            found += [(base + row, ns / MS) for row, ns in block.anchors.tolist()]
            base += len(block.samples)
        return found

    @property
    def remarks(self):
        return {note.code: note.message for note in self.health.remarks}


def even(count, start=0):
    return [start + 200 * k for k in range(count)]


# -- windows


def test_a_window_has_one_anchor_the_mean_of_its_stamps_at_its_middle_row():
    joined = Joined([0, 210, 390, 600, 800, 1000, 1200, 1400, 1600, 1850])
    assert joined.anchors == [(2, 400), (7, 1410)]
    assert not joined.remarks


@pytest.mark.parametrize(
    ("count", "anchors"),
    [
        (10, [(2, 400), (7, 1400)]),
        (12, [(2, 400), (7, 1400)]),  # two rows are less than half a window
        (13, [(2, 400), (7, 1400), (11, 2200)]),
        (14, [(2, 400), (7, 1400), (11, 2200)]),  # an odd number has a middle: three of four
        (15, [(2, 400), (7, 1400), (12, 2400)]),
        (4, [(1, 200)]),  # a run must have an anchor
        (2, [(0, 0)]),
        (1, [(0, 0)]),
    ],
)
def test_what_is_left_of_a_window_has_an_anchor_from_half_of_it_on_or_if_it_is_alone(
    count, anchors
):
    assert Joined(even(count)).anchors == anchors


@pytest.mark.parametrize("cuts", [(), (1,), (4, 5, 6), (3, 7, 12), tuple(range(1, 23))])
def test_windows_are_counted_from_the_first_row_of_a_run_however_rows_come(cuts):
    time = [*even(12), *even(11, 60_000)]
    joined = Joined(time, cuts=cuts)
    assert joined.runs == [("start", [*range(12)]), ("gap", [*range(12, 23)])]
    assert joined.anchors == [(2, 400), (7, 1400), (14, 60_400), (19, 61_400)]


# -- where runs end


@pytest.mark.parametrize(
    ("step_ms", "reason"), [(600, None), (601, "gap"), (-600, None), (-601, "clock_backwards")]
)
def test_a_gap_is_more_than_three_steps(step_ms, reason):
    time = [*even(12), *even(12, 2200 + step_ms)]
    assert [why for why, _ in Joined(time).runs] == ["start", *([reason] if reason else [])]


@pytest.mark.parametrize("why", LOSSES[1:])
def test_a_row_that_is_left_out_ends_a_run(why):
    joined = Joined(even(20), lost={7: why, 8: why})
    assert joined.runs == [("start", [*range(7)]), (why, [*range(9, 20)])]
    assert joined.health.blocks == 18
    assert joined.health.blocks_bad == (2 if why == "missing_values" else 0)
    assert ("missing_values" in joined.remarks) == (why == "missing_values")


def test_the_last_reason_before_a_row_counts():
    joined = Joined(even(12), lost={5: "missing_values", 6: "zero_fill"})
    assert [why for why, _ in joined.runs] == ["start", "zero_fill"]


def test_rows_left_out_at_both_ends_part_nothing():
    joined = Joined(even(12), lost={0: "missing_values", 11: "zero_fill"})
    assert joined.runs == [("start", [*range(1, 11)])]


# -- stamps that are shared, stand still, go back, or come late


def test_rows_that_share_a_stamp_are_told():
    time = np.repeat(even(10), 2).tolist()
    joined = Joined(time, pace=Pace(STEP / 2, STEP))
    assert joined.remarks == {
        "shared_stamps": "10 rows have the time of the row before: spread evenly"
    }
    assert joined.health.stamps_repaired == 0


def test_stamps_that_stand_still_for_longer_than_a_gap_are_counted_on():
    time = [*even(6), *[1000] * 4, *even(6, 2000)]
    joined = Joined(time)
    # three repetitions are 0.6 s and no more than shared; the fourth is frozen
    assert joined.runs == [("start", [*range(16)])]
    assert joined.remarks == {
        "shared_stamps": "3 rows have the time of the row before: spread evenly",
        "frozen_stamps": "1 rows come while time stands still: it was counted on",
    }
    assert joined.health.stamps_repaired == 1
    assert (7, 1000) not in joined.anchors  # its window says nothing of the time


def test_a_clock_that_does_not_catch_up_with_what_it_missed_leaves_a_gap():
    time = [*even(6), *[1000] * 10, *even(6, 9000)]
    assert [why for why, _ in Joined(time).runs] == ["start", "gap"]


def test_stamps_that_go_back_a_little_and_holes_too_short_for_a_gap_are_told():
    joined = Joined([*even(6), 900, 1200, *even(5, 1400)])
    assert joined.remarks == {
        "stamps_backwards": "1 rows have a time before that of the row before"
    }
    assert joined.health.stamps_repaired == 1
    quick = Pace(50 * MS, 50 * MS)  # a gap is longer than 0.5 s, three steps are 0.15 s
    late = Joined([0, 50, 100, 251, 300, 350], pace=quick)
    assert late.remarks == {
        "uneven_stamps": "1 rows come after a hole too short to be called a gap"
    }
    assert not Joined([0, 50, 100, 250, 300, 350], pace=quick).remarks


def test_a_stamp_far_from_both_sides_is_replaced():
    time = even(15)
    time[6] = 99_000
    joined = Joined(time)
    assert joined.runs == [("start", [*range(15)])]
    assert joined.anchors == [(2, 400), (7, 1400), (12, 2400)]
    assert joined.remarks == {
        "jumping_stamps": "1 rows have a time far from that on both sides of them"
    }
    assert joined.health.stamps_repaired == 1


def test_nothing_comes_of_no_rows():
    joined = Joined([])
    assert joined.blocks == []
    assert joined.health == Health()


# -- the mending by itself


def mend(time_ms, apart=(), last_ms=None, *, final=True):
    time = np.array(time_ms, np.int64) * MS
    marks = np.zeros(len(time), np.bool_)
    marks[list(apart)] = True
    last_ns = None if last_ms is None else last_ms * MS
    found, decided, replaced = mended(time, marks, last_ns, PACE, final=final)
    return (found // MS).tolist(), decided, replaced


@pytest.mark.parametrize("jump", [99_000, -99_000])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_up_to_a_window_of_stamps_that_jump_away_and_come_back_is_counted_on(jump, count):
    time = even(12)
    wrong = [t + jump if 3 <= k < 3 + count else t for k, t in enumerate(time)]
    assert mend(wrong) == (time, 12, count)


def test_more_than_a_window_is_a_gap():
    wrong = [t + 99_000 if 3 <= k < 9 else t for k, t in enumerate(even(12))]
    assert mend(wrong) == (wrong, 12, 0)


@pytest.mark.parametrize(("late_ms", "mends"), [(300, True), (301, False)])
def test_stamps_come_back_if_they_agree_to_half_a_gap(late_ms, mends):
    time = [*even(3), 99_000, *even(8, 800 + late_ms)]
    assert mend(time)[2] == (1 if mends else 0)


def test_over_a_row_that_was_lost_nothing_is_compared():
    wrong = [t + 99_000 if k == 3 else t for k, t in enumerate(even(12))]
    assert mend(wrong, apart=[4])[2] == 0
    assert mend(wrong, apart=[3])[2] == 0
    assert mend(wrong, apart=[6])[2] == 1


def test_a_jump_near_the_end_waits_for_the_rows_that_follow():
    wrong = [t + 99_000 if k >= 9 else t for k, t in enumerate(even(12))]
    assert mend(wrong, final=False) == (wrong, 9, 0)
    assert mend(wrong, final=True) == (wrong, 12, 0)


def test_a_jump_at_the_first_row_is_seen_against_the_row_before():
    time = [99_000, *even(5, 1200)]
    assert mend(time, last_ms=800) == ([1000, *even(5, 1200)], 6, 1)
    assert mend(time) == (time, 6, 0)  # without one it begins the run
