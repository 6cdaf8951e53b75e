"""Samples are placed by their stamps alone, however they come."""

from __future__ import annotations

import numpy as np
import pytest
from made_blocks import SCALE, T0, anchors_at, block, placed

from recordings.clock import place
from recordings.model import SECOND_NS, Health

# -- what the clock is


def test_samples_between_anchors_are_on_the_line_and_the_ends_go_on_straight():
    [(why, _, times)] = placed([block(30, [(10, T0 + 10), (20, T0 + 2 * 10**9)])])
    slope = (2 * 10**9 - 10) / 10
    assert why == "start"
    np.testing.assert_array_equal(times, T0 + 10 + np.rint((np.arange(30) - 10) * slope))


def test_before_its_first_stamp_a_clock_runs_as_between_the_first_two():
    [(_, _, times)] = placed([block(40, [(10, T0), (20, T0 + 10**9), (30, T0 + 19 * 10**8)])])
    expected = [*(T0 + (i - 10) * 10**8 for i in range(20))]
    expected += [T0 + 10**9 + (i - 20) * 9 * 10**7 for i in range(20, 40)]
    assert times.tolist() == expected


def test_the_measured_rate_wins_over_the_nominal_one():
    [(_, _, times)] = placed([block(1000, anchors_at(range(0, 1000, 50), 9.8))])
    np.testing.assert_allclose(np.diff(times), SECOND_NS / 9.8, atol=1)


def test_one_anchor_runs_at_the_nominal_rate():
    [(_, _, times)] = placed([block(30, [(10, T0)])])
    np.testing.assert_array_equal(times, T0 + (np.arange(30) - 10) * 10**8)


def test_without_any_anchor_time_begins_at_zero_and_later_where_the_segment_before_ended():
    first, second = placed([block(5), block(5, breaks="lost_block")])
    np.testing.assert_array_equal(first[2], np.arange(5) * 10**8)
    np.testing.assert_array_equal(second[2], np.arange(5, 10) * 10**8)
    assert second[0] == "lost_block"


def test_a_short_segment_runs_at_the_rate_measured_before():
    blocks = [
        block(6000, anchors_at(range(0, 6000, 50), 9.8)),
        block(10, [(0, T0 + 10**13)], breaks="restart"),
    ]
    times = placed(blocks)[1][2]
    np.testing.assert_allclose(np.diff(times), SECOND_NS / 9.8, rtol=2e-4)


def test_noise_of_three_milliseconds_does_not_turn_time_back():
    rng = np.random.default_rng(3)
    index = np.arange(0, 5000, 1)  # a stamp for every sample, 100 per second
    stamps = T0 + index * 10**7 + rng.integers(-3_000_000, 3_000_001, len(index)) * 3
    health = Health()
    [(_, _, times)] = placed(
        [block(5000, np.column_stack([index, stamps]))], nominal_hz=100.0, health=health
    )
    assert np.all(np.diff(times) > 0)
    assert health.stamps_repaired > 0
    np.testing.assert_allclose(times, T0 + index * 10**7, atol=20_000_000)


@pytest.mark.parametrize(
    ("sizes", "knots"),
    [
        ([25, 25, 25, 25], [[0, 10, 20, 30], [20, 30, 40, 50], [50, 60, 70, 80], [70, 80, 90]]),
        ([10, 10, 10, 70], [[0, 10], [10, 20], [20, 30], [30, 40, 50, 60, 70, 80, 90]]),
        ([1, 99], [[0, 10], [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]]),
    ],
    ids=["across knots", "from knot to knot", "a single sample"],
)
def test_a_chunk_has_the_knots_that_its_samples_lie_between(sizes, knots):
    anchors = dict(anchors_at(range(0, 100, 10), 10.0))
    blocks, first = [], 0
    for size in sizes:
        own = [(i - first, t) for i, t in anchors.items() if first <= i < first + size]
        blocks.append(block(size, own))
        first += size
    chunks = [*place(blocks, nominal_hz=10.0, scale=SCALE, health=Health())]
    assert [chunk.knots[:, 0].tolist() for chunk in chunks] == knots


def test_the_rate_is_an_average_over_the_past_minute():
    """Stamps 50 samples apart weigh 50 / (50 + 600), at 10 Hz; what came before the rest."""
    rates_ns = [98_000_000, 99_000_000]
    times = np.cumsum([T0, *(50 * r for r in rates_ns)])
    blocks = [
        block(101, [*zip((0, 50, 100), times.tolist(), strict=True)]),
        block(10, [(0, T0 + 10**13)], breaks="restart"),
    ]
    rate_ns = 1e8
    for each in rates_ns:
        rate_ns += 50 / 650 * (each - rate_ns)
    times = placed(blocks)[1][2]
    np.testing.assert_array_equal(times - times[0], np.rint(np.arange(10) * rate_ns))


@pytest.mark.parametrize("rate_hz", [10.0, 0.001], ids=["10 Hz", "less than a sample"])
def test_behind_its_last_stamp_a_clock_goes_on_in_steps_of_ten_minutes(rate_hz):
    wait = max(1, round(600 * rate_hz))
    blocks = [block(3 * wait + 1, [(0, T0)])]
    [chunk] = place(blocks, nominal_hz=rate_hz, scale=SCALE, health=Health())
    assert chunk.knots[:, 0].tolist() == [0, wait, 2 * wait, 3 * wait]
    assert np.diff(chunk.knots[:, 1]).tolist() == [wait * round(SECOND_NS / rate_hz)] * 3


def test_the_rate_of_an_hour_is_not_taken_across_an_interruption():
    health = Health()
    first = block(24_000, anchors_at(range(0, 24_000, 100), 10.0))
    later = anchors_at(range(0, 24_000, 100), 9.5, T0 + 10**13)
    placed([first, block(24_000, later, breaks="restart")], health=health)
    assert (health.lowest_hz, health.highest_hz) == (None, None)
    whole = Health()
    placed([block(48_000, anchors_at(range(0, 48_000, 100), 9.5))], health=whole)
    assert whole.lowest_hz == whole.highest_hz == pytest.approx(9.5)


def test_an_hour_may_begin_with_a_segment_that_begins_where_the_one_before_ended():
    health = Health()
    hour = anchors_at(range(0, 36_001, 100), 10.0, T0 + 10**10)
    first = block(100, anchors_at(range(0, 100, 10), 10.0))
    placed([first, block(36_001, hour, breaks="restart")], health=health)
    assert (health.lowest_hz, health.highest_hz) == (10.0, 10.0)


def test_the_rate_of_an_hour_is_taken_from_stamps_alone():
    health = Health()
    placed([block(80_000, [(0, T0)])], health=health)
    assert (health.lowest_hz, health.highest_hz) == (None, None)


# -- where segments open


@pytest.mark.parametrize(("jump_s", "segments"), [(0.999, 1), (1.001, 2), (3600, 2)])
def test_a_stamp_opens_a_segment_when_it_is_more_than_a_second_late(jump_s, segments):
    anchors = anchors_at(range(0, 100, 10), 10.0) + anchors_at(
        range(100, 200, 10), 10.0, T0 + round(jump_s * SECOND_NS)
    )
    health = Health()
    found = placed([block(200, anchors)], health=health)
    assert len(found) == segments
    if segments == 2:
        assert found[1][0] == "gap"
        assert len(found[0][1]) == 100
        np.testing.assert_allclose(found[1][2][0] - found[0][2][0], (10 + jump_s) * SECOND_NS)
        assert health.gap_ns == pytest.approx(jump_s * SECOND_NS, abs=2)


def test_a_clock_that_was_set_back_opens_a_segment_and_is_told():
    anchors = anchors_at(range(0, 100, 10), 10.0) + anchors_at(
        range(100, 200, 10), 10.0, T0 - 3600 * SECOND_NS
    )
    health = Health()
    first, second = placed([block(200, anchors)], health=health)
    assert (len(first[1]), second[0]) == (100, "clock_backwards")
    assert [note.code for note in health.remarks] == ["clock_backwards"]
    assert "segment 1 begins 3600.000 s" in health.remarks[0].message
    assert health.gap_ns == 0


def test_a_jump_at_a_sample_that_never_comes_opens_nothing():
    found = placed([block(100, [*anchors_at(range(0, 100, 10), 10.0), (110, T0 + 10**12)])])
    assert [why for why, *_ in found] == ["start"]
    assert len(found[0][1]) == 100


def test_a_jump_at_the_second_stamp_before_the_first_sample_replaces_the_first():
    [(why, _, times)] = placed(
        [block(50, [(-20, T0), (-10, T0 + 10**12), (0, T0 + 10**12 + 10**9)])]
    )
    assert why == "start"
    assert times[0] == T0 + 10**12 + 10**9


def test_breaks_said_by_the_reader_open_segments_with_their_reason():
    blocks = [
        block(10, [(0, T0)]),
        block(10, [(0, T0 + 10**10)], breaks="bad_block"),
        block(10, [(0, T0 + 2 * 10**10)], breaks="restart"),
    ]
    assert [why for why, *_ in placed(blocks)] == ["start", "bad_block", "restart"]


def test_a_break_without_a_sample_says_nothing_of_the_time():
    blocks = [
        block(10, [(0, T0)]),
        block(0, [(0, T0 + 10**13)], breaks="restart"),
        block(10, breaks="lost_block"),
    ]
    first, second = placed(blocks)
    assert (first[0], second[0]) == ("start", "lost_block")
    np.testing.assert_array_equal(np.concatenate([first[2], second[2]]), T0 + np.arange(20) * 10**8)


def test_an_overlap_of_less_than_a_second_is_closed():
    late = [(i + 5, t) for i, t in anchors_at(range(0, 90, 10), 10.0, T0 + 102 * 10**8)]
    blocks = [block(100, anchors_at(range(0, 100, 10), 10.0)), block(100, late, "session")]
    health = Health()
    first, second = placed(blocks, health=health)
    assert second[2][0] == first[2][-1] + 10**8
    assert np.all(np.diff(np.concatenate([first[2], second[2]])) > 0)
    assert health.stamps_repaired == 1
    assert [note.code for note in health.remarks] == ["stamps_dropped"]


def test_an_overlap_of_less_than_a_sample_is_noise():
    blocks = [
        block(100, anchors_at(range(0, 100, 10), 10.0)),
        block(100, anchors_at(range(0, 100, 10), 10.0, T0 + 10**10 - 3_000_000), "session"),
    ]
    health = Health()
    first, second = placed(blocks, health=health)
    assert second[2][0] == first[2][-1] + 10**8
    assert (health.stamps_repaired, health.remarks) == (0, [])


@pytest.mark.parametrize(
    ("overlap_ns", "closed", "told"),
    [
        (10**8, True, []),
        (10**8 + 1, True, ["stamps_dropped"]),
        (10**9 - 1, True, ["stamps_dropped"]),
        (10**9, False, []),
        (10**9 + 1, False, ["clock_backwards"]),
    ],
    ids=["a sample", "more", "less than a second", "a second", "more than a second"],
)
def test_an_overlap_is_closed_up_to_a_second_and_told_from_a_sample_on(overlap_ns, closed, told):
    begins_ns = T0 + 10**10 - overlap_ns
    blocks = [
        block(100, anchors_at(range(0, 100, 10), 10.0)),
        block(100, anchors_at(range(0, 100, 10), 10.0, begins_ns), "session"),
    ]
    health = Health()
    _, second = placed(blocks, health=health)
    assert second[2][0] == (T0 + 10**10 if closed else begins_ns)
    assert [note.code for note in health.remarks] == told


# -- streaming


def test_a_block_waits_for_the_stamp_behind_it():
    health = Health()
    blocks = iter([block(50, [(0, T0), (49, T0 + 49 * 10**8)]), block(50, [(1, T0 + 51 * 10**8)])])
    taken = []

    def watched():
        for one in blocks:
            taken.append(one)
            yield one

    chunks = place(watched(), nominal_hz=10.0, scale=SCALE, health=health)
    first = next(chunks)
    assert len(taken) == 2
    assert first.knots[-1, 0] == 51


@pytest.mark.parametrize("index", [6000, 6001, 12_000, 12_001])
def test_a_stamp_that_comes_late_is_used_however_late(index):
    stamp_ns = T0 + index * 10**8 + 5 * 10**8
    health = Health()
    [(_, _, times)] = placed([block(index + 1, [(0, T0), (index, stamp_ns)])], health=health)
    assert times[index] == stamp_ns
    assert health.stamps_repaired == 0


def test_a_chunk_goes_out_with_the_stamp_of_the_sample_behind_it():
    taken = []

    def blocks():
        for number in range(5):
            taken.append(number)
            yield block(10, [(0, T0 + number * 10**9)])

    assert len(next(place(blocks(), nominal_hz=10.0, scale=SCALE, health=Health()))) == 10
    assert len(taken) == 2


def test_without_stamps_no_more_than_ten_minutes_wait():
    n = 500
    taken = 0

    def endless():
        nonlocal taken
        yield block(n, [(0, T0)])
        while True:
            taken += n
            yield block(n)

    chunks = place(endless(), nominal_hz=10.0, scale=SCALE, health=Health())
    times = [next(chunks).start_ns for _ in range(100)]
    np.testing.assert_array_equal(times, T0 + np.arange(100) * n * 10**8)
    assert taken <= 100 * n + 6000


def test_at_most_ten_minutes_of_samples_wait_for_a_stamp():
    taken = []

    def blocks():
        for number in range(20_000):
            taken.append(number)
            yield block(1, [(0, T0)] if number == 0 else [])

    chunks = place(blocks(), nominal_hz=10.0, scale=SCALE, health=Health())
    assert next(chunks).start_ns == T0
    assert len(taken) == 6001  # six thousand of them wait


def test_health_is_true_when_the_reading_stops_early():
    health = Health()
    chunks = place(
        (block(100, [(0, T0 + k * 10**10), (100, T0 + (k + 1) * 10**10)]) for k in range(9)),
        nominal_hz=10.0,
        scale=SCALE,
        health=health,
    )
    for _ in range(3):
        last = next(chunks)
    assert health.samples == 300
    assert [segment.reason for segment in health.segments] == ["start"]
    assert health.end_ns == last.end_ns == T0 + 3 * 10**10


def test_a_rate_that_no_oscillator_has_is_told_at_the_end():
    health = Health()
    placed([block(2000, anchors_at(range(0, 2000, 10), 9.0))], health=health)
    assert [note.code for note in health.remarks] == ["rate_implausible"]


def test_temperature_and_scale_are_passed_on():
    [chunk] = place([block(10, [(0, T0)])], nominal_hz=10.0, scale=SCALE, health=Health())
    assert chunk.temperature_c == 30.0
    assert chunk.scale is SCALE


def test_segments_tell_start_end_and_samples():
    health = Health()
    blocks = [block(10, [(0, T0)]), block(20, [(0, T0 + 10**10)], breaks="gap")]
    found = placed(blocks, health=health)
    assert [(s.reason, s.samples, s.start_ns) for s in health.segments] == [
        (why, len(samples), times[0]) for why, samples, times in found
    ]
    assert [s.end_ns for s in health.segments] == [times[-1] + 10**8 for *_, times in found]
