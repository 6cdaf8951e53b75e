"""From the stamps of rows to runs and anchors, however the rows are dealt out."""

from __future__ import annotations

import itertools

import naive_tables as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_tables import iso, read, stamps, table, values
from reading import remarks_of

from recordings import SECOND_NS, Health
from recordings.formats.tables.joiner import RowJoiner
from recordings.formats.tables.pace import Pace
from recordings.formats.tables.rows import LOSSES, RawRows

STEP = 10_000_000
REGULAR = Pace(STEP, STEP)


def blocks_of(time, lost=None, cuts=(), pace=REGULAR):
    """What rows become when they come in pieces cut at these rows; sample value = row number."""
    codes = np.zeros(len(time), np.uint8)
    if lost is not None:
        codes[:] = [LOSSES.index(why) for why in lost]
    samples = np.repeat(np.arange(len(time), dtype=float), 3).reshape(-1, 3)
    rows = RawRows(time=time, samples=samples, lost=codes)
    health = Health()
    joiner = RowJoiner(pace, health)
    edges = [0, *cuts, len(time)]
    blocks = [block for a, b in itertools.pairwise(edges) for block in joiner.join(rows[a:b])]
    return [*blocks, *joiner.finish()], health


def runs_of(blocks):
    """(reason, row numbers, anchors counted from the first row of the run) of every run."""
    runs = []
    for block in blocks:
        if block.breaks:
            runs.append((block.breaks, [], []))
        _, rows, anchors = runs[-1]
        anchors += (block.anchors + [len(rows), 0]).tolist()
        rows += block.samples[:, 0].astype(int).tolist()
    return runs


# -- runs


steps = st.lists(
    st.tuples(
        st.sampled_from(
            [STEP] * 6
            + [0, 0, STEP // 3, 2 * STEP, 40 * STEP, 60 * STEP, -STEP, -(10**9), 10**9, 3 * 10**9]
        ),
        st.integers(1, 150),
    ),
    min_size=1,
    max_size=8,
)


@given(
    steps,
    st.lists(st.tuples(st.integers(0, 900), st.sampled_from(LOSSES[1:])), max_size=4),
    st.lists(st.tuples(st.integers(0, 900), st.sampled_from([-(10**10), 10**10])), max_size=4),
    st.lists(st.integers(0, 900), max_size=6),
    st.sampled_from([REGULAR, Pace(STEP, 25 * STEP), Pace(7.0, 7.0), Pace(2.0 * SECOND_NS, 2e9)]),
)
def test_runs_and_anchors_equal_the_naive_twin_however_rows_are_dealt_out(
    steps, missing, wrong, cuts, pace
):
    time = 10**18 + np.cumsum([step for step, count in steps for _ in range(count)])
    lost = [""] * len(time)
    for row, why in missing:
        lost[row % len(time)] = why
    for row, by in wrong:
        time[row % len(time)] += by
    cuts = sorted(cut for cut in cuts if cut <= len(time))
    blocks, health = blocks_of(time, lost, cuts, pace)
    runs, counts = naive.runs(time, lost, pace)
    assert runs_of(blocks) == runs
    assert health == blocks_of(time, lost, pace=pace)[1]
    assert (health.blocks, health.blocks_bad) == (lost.count(""), lost.count("missing_values"))
    assert health.stamps_repaired == counts["frozen"] + counts["jumping"] + counts["back"]


def test_single_rows_at_a_time_are_enough():
    time = np.arange(250) * STEP
    blocks, _ = blocks_of(time, cuts=range(1, 250))
    assert runs_of(blocks) == naive.runs(time, [""] * 250, REGULAR)[0]
    assert [len(block.samples) for block in blocks] == [101, 101, 48]


def test_no_rows_give_no_blocks():
    assert blocks_of(np.empty(0, np.int64)) == ([], Health())


@pytest.mark.parametrize(
    ("step", "pace", "reason"),
    [
        (SECOND_NS // 2, REGULAR, None),
        (SECOND_NS // 2 + 1, REGULAR, "gap"),
        (SECOND_NS, Pace(4e8, 4e8), None),
        (12 * SECOND_NS // 10 + 1, Pace(4e8, 4e8), "gap"),
        (-SECOND_NS // 2, REGULAR, None),
        (-SECOND_NS // 2 - 1, REGULAR, "clock_backwards"),
    ],
)
def test_a_gap_is_more_than_three_steps_and_more_than_half_a_second(step, pace, reason):
    usual = int(pace.step_ns)
    time = np.array([0, usual, usual + step, 2 * usual + step])
    blocks, _ = blocks_of(time, pace=pace)
    assert [r for r, _, _ in runs_of(blocks)] == ["start", *([reason] if reason else [])]


@pytest.mark.parametrize(
    ("rate_hz", "usual_ns", "rows"),
    [
        (100, None, 101),
        (85.7, None, 87),
        (25, None, 25),
        (1, None, 1),
        (0.1, None, 1),
        (50, SECOND_NS, 51),
        (50, 0.7 * SECOND_NS, 71),
        (50, 5 * SECOND_NS, 251),
    ],
)
def test_a_window_is_a_second_in_whole_deliveries(rate_hz, usual_ns, rows):
    step = SECOND_NS / rate_hz
    assert Pace(step, usual_ns or step).window_rows == rows


def test_the_pace_leaves_gaps_out():
    pace = Pace.of(np.array([STEP] * 50 + [10**12] + [STEP] * 50), np.zeros(101, np.bool_))
    assert (pace.step_ns, pace.usual_ns, pace.rate_hz) == (STEP, STEP, 100)
    assert Pace.of(np.array([0, 0, 0]), np.zeros(3, np.bool_)) is None
    assert Pace.of(np.empty(0, np.int64), np.empty(0, np.bool_)) is None


# -- whole files


def test_a_gap_opens_a_segment(saved):
    times = stamps()
    times[200:] += np.timedelta64(7, "s")
    _, placed, segments, recording = read(saved(table(iso(times), values())))
    assert segments == [("start", 200), ("gap", 300)]
    np.testing.assert_array_equal(placed, times.astype(np.int64))
    assert recording.health.gap_ns == 7 * SECOND_NS


def test_a_clock_set_back_opens_a_segment(saved):
    times = stamps()
    times[200:] -= np.timedelta64(1, "h")
    _, placed, segments, recording = read(saved(table(iso(times), values())))
    assert segments == [("start", 200), ("clock_backwards", 300)]
    np.testing.assert_array_equal(placed, times.astype(np.int64))
    assert "clock_backwards" in remarks_of(recording)


def test_stamps_that_jitter_are_placed_on_a_straight_line(saved):
    true = stamps(6000).astype(np.int64)
    noise = np.random.default_rng(2).uniform(-0.02, 0.02, 6000) * 1e9
    content = table(iso((true + noise.astype(np.int64)).view("M8[ns]")), values(6000))
    _, placed, segments, recording = read(saved(content))
    assert segments == [("start", 6000)]
    assert np.abs(placed - true).max() < 5_000_000
    assert np.diff(placed).min() > 0.9 * STEP
    assert np.diff(placed).max() < 1.1 * STEP
    backwards = int(np.count_nonzero(np.diff((true + noise.astype(np.int64)) // 10**6) < 0))
    assert recording.health.stamps_repaired == backwards
    assert str(backwards) in remarks_of(recording)["stamps_backwards"]


@pytest.mark.parametrize("delivery_s", [0.5, 1.0, 5.0])
def test_rows_that_share_a_stamp_are_spread_evenly(saved, delivery_s):
    true = stamps(6000).astype(np.int64)
    shared = true - true % round(delivery_s * 1e9)
    content = table(iso(shared.view("M8[ns]")), values(6000))
    _, placed, segments, recording = read(saved(content))
    assert segments == [("start", 6000)]
    late = placed - true + round(delivery_s * 1e9) // 2  # a stamp stands for the middle of its rows
    assert np.abs(late).max() < 0.05 * delivery_s * 1e9
    assert np.abs(np.diff(placed) - STEP).max() < 0.06 * STEP
    said = remarks_of(recording)["shared_stamps"]
    assert said.startswith(f"{int(np.count_nonzero(np.diff(shared) == 0))} rows")


def test_a_rate_that_drifts_is_followed(saved):
    steps_ns = STEP * (1 + 0.01 * np.linspace(-1, 1, 12_000))
    true = stamps(1).astype(np.int64) + np.cumsum(steps_ns).astype(np.int64)
    content = table(iso(true.view("M8[ns]"), "us"), values(12_000))
    _, placed, segments, _ = read(saved(content))
    assert segments == [("start", 12_000)]
    assert np.abs(placed - true).max() < 100_000


def test_holes_too_short_for_a_gap_are_told(saved):
    times = stamps()
    times[200:] += np.timedelta64(200, "ms")
    _, _, segments, recording = read(saved(table(iso(times), values())))
    assert segments == [("start", 500)]
    assert remarks_of(recording)["uneven_stamps"].startswith("1 rows")


def test_three_weeks_without_a_row_are_one_gap(saved):
    times = stamps()
    times[200:] += np.timedelta64(21, "D")
    _, placed, segments, recording = read(saved(table(iso(times), values())))
    assert segments == [("start", 200), ("gap", 300)]
    np.testing.assert_array_equal(placed, times.astype(np.int64))
    assert recording.health.gap_ns == 21 * 86_400 * SECOND_NS


def test_rows_at_1_hz_among_others_are_a_segment_each(saved):
    times = stamps()
    times[200:230] = times[199] + np.arange(1, 31) * np.timedelta64(1, "s")
    times[230:] += np.timedelta64(31, "s")
    _, placed, segments, _ = read(saved(table(iso(times), values())))
    assert segments == [("start", 200), *[("gap", 1)] * 30, ("gap", 270)]
    np.testing.assert_array_equal(placed, times.astype(np.int64))


def test_one_row_alone_has_its_time(saved):
    times = stamps()
    times[200:201] += np.timedelta64(3, "s")
    times[201:] += np.timedelta64(9, "s")
    _, placed, segments, _ = read(saved(table(iso(times), values())))
    assert segments == [("start", 200), ("gap", 1), ("gap", 299)]
    np.testing.assert_array_equal(placed, times.astype(np.int64))


def test_a_single_wrong_stamp_costs_nothing(saved):
    times = stamps()
    times[200] += np.timedelta64(1, "h")
    times[300:304] -= np.timedelta64(3, "D")
    accel_g, placed, segments, recording = read(saved(table(iso(times), values())))
    np.testing.assert_array_equal(accel_g, values())
    np.testing.assert_array_equal(placed, stamps().astype(np.int64))
    assert segments == [("start", 500)]
    assert recording.health.stamps_repaired == 5
    assert remarks_of(recording)["jumping_stamps"].startswith("5 rows")


def test_a_wrong_stamp_at_the_end_cannot_be_told_from_a_gap(saved):
    times = stamps()
    times[-1:] += np.timedelta64(1, "h")
    _, placed, segments, _ = read(saved(table(iso(times), values())))
    assert segments == [("start", 499), ("gap", 1)]
    np.testing.assert_array_equal(placed, times.astype(np.int64))


def test_time_that_stands_still_and_catches_up_is_counted_on(saved):
    true = stamps(20_000)
    written = true.copy()
    written[5000:11_000] = true[5000]
    accel_g, placed, segments, recording = read(saved(table(iso(written), values(20_000))))
    assert len(accel_g) == 20_000
    assert segments == [("start", 20_000)]
    assert np.abs(placed - true.astype(np.int64)).max() < 0.2 * SECOND_NS
    assert np.diff(placed).min() > 0
    frozen = 6000 - 51
    assert recording.health.stamps_repaired == frozen
    assert remarks_of(recording)["frozen_stamps"].startswith(f"{frozen} rows")


def test_a_clock_that_stood_still_for_good_is_behind(saved):
    true = stamps(6000)
    written = true.copy()
    written[2000:] -= np.timedelta64(20, "s")
    written[2000:4000] = true[1999]
    accel_g, placed, segments, _ = read(saved(table(iso(written), values(6000))))
    assert len(accel_g) == 6000
    assert [reason for reason, _ in segments] == ["start", "clock_backwards"]
    np.testing.assert_array_equal(placed[4000:], written[4000:].astype(np.int64))


def test_a_table_that_begins_with_a_time_that_stands_still_is_read(saved):
    times = stamps(3000)
    times[:1000] = times[0]
    times[1000:] -= np.timedelta64(9990, "ms")
    accel_g, placed, segments, _ = read(saved(table(iso(times), values(3000))))
    assert len(accel_g) == 3000
    assert [reason for reason, _ in segments] == ["start", "clock_backwards"]
    np.testing.assert_array_equal(placed[1000:], times[1000:].astype(np.int64))


@pytest.mark.parametrize("rows", [[100], [100, 101, 102], range(500)])
def test_rows_that_stand_twice_are_used_once(saved, rows):
    lines = table(iso(stamps()), values()).split(b"\n")
    for row in sorted(rows, reverse=True):
        lines.insert(1 + row, lines[1 + row])
    accel_g, placed, segments, recording = read(saved(b"\n".join(lines)))
    np.testing.assert_array_equal(accel_g, values())
    np.testing.assert_array_equal(placed, stamps().astype(np.int64))
    assert segments == [("start", 500)]
    assert recording.header.nominal_hz == pytest.approx(100)
    assert remarks_of(recording)["duplicate_rows"].startswith(f"{len(rows)} rows")


def test_equal_rows_of_one_delivery_are_no_copies(saved):
    accel = values().round(1)
    shared = stamps().astype(np.int64) // 10**9 * 10**9
    accel_g, _, _, recording = read(saved(table(iso(shared.view("M8[ns]")), accel)))
    np.testing.assert_array_equal(accel_g, accel)
    assert "duplicate_rows" not in remarks_of(recording)
