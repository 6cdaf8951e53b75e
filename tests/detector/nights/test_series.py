from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scans import at, event, events, series

from detector.nights import series as neighbours
from detector.settings import KindSettings

S = KindSettings()
SECOND_NS = 10**9

spans = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 40)), max_size=12)
"""Pauses and durations in tenths of a second."""


def made(pauses_and_durations):
    rows, time_ns = [], at("23:00")
    for pause, duration in pauses_and_durations:
        time_ns += pause * SECOND_NS // 10
        row = event(time_ns, duration_s=duration / 10)
        row["start_ns"] = row["peak_ns"] = time_ns
        time_ns += duration * SECOND_NS // 10
        row["end_ns"] = time_ns
        rows.append(row)
    return events(*rows)


# --------------------------------------------------------------------- what follows


@given(spans)
def test_activity_after_is_the_movement_of_the_next_minute(spans):
    candidates = made(spans)
    expected = []
    for row in candidates:
        begin, end = row["end_ns"], row["end_ns"] + 60 * SECOND_NS
        overlap = np.minimum(candidates["end_ns"], end) - np.maximum(candidates["start_ns"], begin)
        expected.append(np.clip(overlap, 0, None).sum() / 1e9)
    assert neighbours.active_after_s(candidates) == pytest.approx(expected, abs=1e-6)


@given(spans)
def test_a_bout_of_movement_ends_with_the_first_long_pause(spans):
    candidates = made(spans)
    expected = []
    for i, row in enumerate(candidates):
        end_ns = row["end_ns"]
        for later in candidates[i + 1 :]:
            if later["start_ns"] - end_ns > S.arousal_s * 1e9:
                break
            end_ns = later["end_ns"]
        expected.append((end_ns - row["end_ns"]) / 1e9)
    assert neighbours.followed_s(candidates, S) == pytest.approx(expected, abs=1e-6)


def test_later_peaks_count_within_the_event_and_within_fifteen_seconds():
    candidates = events(
        event("23:00:00", peak_jerk_g_per_s=4, late_ratio=0.3),
        event("23:00:15", peak_jerk_g_per_s=2),
        event("23:00:40", peak_jerk_g_per_s=40),
    )
    assert neighbours.later_share(candidates, S) == pytest.approx([0.5, 0.2, 0.2])


def after(*spans_s: tuple[float, float]) -> np.ndarray:
    """Events that last from one second after eleven o'clock to another."""
    rows = []
    for start_s, end_s in spans_s:
        row = event("23:00")
        row["start_ns"] = row["peak_ns"] = at("23:00") + round(start_s * SECOND_NS)
        row["end_ns"] = at("23:00") + round(end_s * SECOND_NS)
        rows.append(row)
    return events(*rows)


NS = 1e-9


@pytest.mark.parametrize(
    ("later", "active_s"),
    [((31, 33), 2), ((60, 62), 1), ((61 - NS, 62), NS), ((61, 62), 0)],
    ids=["within", "across its end", "by a nanosecond", "behind"],
)
def test_activity_after_an_event_is_that_of_the_minute_behind_its_end(later, active_s):
    found = neighbours.active_after_s(after((0, 1), later))
    assert found[0] == pytest.approx(active_s, abs=1e-12, rel=1e-12)
    assert found[1] == 0


@pytest.mark.parametrize(
    ("pause_s", "followed_s"), [(15, 17), (15 + NS, 0)], ids=["fifteen seconds", "more"]
)
def test_a_bout_goes_on_over_a_pause_of_fifteen_seconds(pause_s, followed_s):
    rows = after((0, 1), (1 + pause_s, 1 + pause_s + 2))
    assert neighbours.followed_s(rows, S).tolist() == [followed_s, 0]


@pytest.mark.parametrize(
    ("start_s", "share"), [(16, 0.5), (16 + NS, 0.2)], ids=["fifteen seconds", "more"]
)
def test_a_later_peak_counts_if_its_event_begins_within_fifteen_seconds(start_s, share):
    rows = after((0, 1), (start_s, start_s + 1))
    rows["peak_jerk_g_per_s"] = 4, 2
    assert neighbours.later_share(rows, S) == pytest.approx([share, 0.2])


def test_a_later_peak_counts_as_a_share_of_a_peak_of_any_size():
    rows = after((0, 1), (2, 3))
    rows["peak_jerk_g_per_s"] = 0.25, 0.5
    assert neighbours.later_share(rows, S)[0] == 2.0
    rows["peak_jerk_g_per_s"][0] = 0  # a slow push
    assert neighbours.later_share(rows, S)[0] == pytest.approx(0.5 / 1e-6)


def test_a_late_ratio_below_zero_is_none():
    assert neighbours.later_share(event(late_ratio=-1.0), S).tolist() == [0.0]


@pytest.mark.parametrize("by_ns", [0, 1])
def test_neighbours_within_reach_count_on_both_sides(by_ns):
    rows = events(event(at("23:00") - 180 * SECOND_NS - by_ns), event("23:00"))
    assert neighbours.neighbours(rows, np.array([True, False]), 180.0)[1] == 1 - by_ns
    rows = events(event("23:00"), event(at("23:00") + 180 * SECOND_NS + by_ns))
    assert neighbours.neighbours(rows, np.array([False, True]), 180.0)[0] == 1 - by_ns


def test_an_unknown_late_ratio_stays_unknown():
    assert np.isnan(neighbours.later_share(event(late_ratio=np.nan), S)).all()


def test_a_night_without_events_has_no_series():
    nothing = events()
    for function in (neighbours.followed_s, neighbours.later_share, neighbours.in_train):
        assert len(function(nothing, S)) == 0
    assert len(neighbours.active_after_s(nothing)) == 0
    assert len(neighbours.clusters(nothing, np.empty(0, bool), S)) == 0


# --------------------------------------------------------------------- trains


@pytest.mark.parametrize(
    ("count", "every_s", "train"),
    [
        *((4, 1.0, True), (3, 1.0, False)),
        *((4, 0.25, True), (4, 0.25 - NS, False), (4, 3.3, True), (4, 3.3 + NS, False)),
    ],
)
def test_four_even_events_within_the_trains_intervals_are_a_train(count, every_s, train):
    candidates = series("23:00", count, every_s, duration_s=0.1)
    assert neighbours.in_train(candidates, S).tolist() == [train] * count


def test_uneven_events_are_no_train():
    peaks = ("23:00:00", "23:00:01", "23:00:04", "23:00:04.5")
    assert not neighbours.in_train(events(*(event(p, duration_s=0.2) for p in peaks)), S).any()


@pytest.mark.parametrize("apart_s", [(0.2, 0.3, 0.3), (3.4, 3.0, 3.0)], ids=["short", "long"])
def test_every_interval_of_a_train_is_within_its_limits(apart_s):
    starts = np.cumsum([0, *apart_s])
    assert not neighbours.in_train(after(*zip(starts, starts, strict=True)), S).any()


@pytest.mark.parametrize(("most", "train"), [(0.5, True), (0.4999, False)])
def test_the_intervals_of_a_train_may_vary_by_a_share_of_their_mean(most, train):
    rows = after(*((start, start) for start in (0, 1, 2, 5, 8)))  # 1, 1, 3, 3: SD 1 of mean 2
    settings = replace(S, train_min=5, train_cv=most)
    assert neighbours.in_train(rows, settings).tolist() == [train] * 5


def test_every_event_of_a_longer_train_is_in_it():
    uneven = (0, 1, 2, 3, 4, 6.9, 7)  # from the fifth on
    rows = after(*((start, start) for start in uneven))
    assert neighbours.in_train(rows, S).tolist() == [True] * 5 + [False] * 2


@pytest.mark.parametrize(("ratio", "train"), [(3.0, True), (3.0001, False)])
def test_the_events_of_a_train_are_of_similar_size(ratio, train):
    candidates = series("23:00", 4, 1.0)
    candidates["peak_jerk_g_per_s"][2] *= ratio
    assert neighbours.in_train(candidates, S).any() == train


def test_events_next_to_a_train_are_not_in_it():
    candidates = events(event("22:59:30"), series("23:00", 5, 1.0), event("23:00:30"))
    assert neighbours.in_train(candidates, S).tolist() == [False, *[True] * 5, False]


def all_of(candidates):
    return np.ones(len(candidates), bool)


# --------------------------------------------------------------------- clusters


@pytest.mark.parametrize(
    ("count", "every_s", "cluster"), [(5, 60, 0), (4, 60, -1), (5, 60 + NS, -1), (20, 30, 0)]
)
def test_five_sleep_starts_at_most_a_minute_apart_are_a_cluster(count, every_s, cluster):
    candidates = series("22:50", count, every_s)
    found = neighbours.clusters(candidates, all_of(candidates), S)
    assert found.tolist() == [cluster] * count


def test_clusters_are_numbered_in_time_order():
    candidates = events(series("22:00", 5, 30), series("22:10", 2, 30), series("22:20", 5, 30))
    found = neighbours.clusters(candidates, all_of(candidates), S)
    assert found.tolist() == [0] * 5 + [-1] * 2 + [1] * 5


def test_other_events_neither_make_nor_break_a_cluster():
    candidates = series("22:50", 10, 20)
    member = np.arange(10) % 2 == 0
    found = neighbours.clusters(candidates, member, S)
    assert found.tolist() == [0, -1] * 5


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=70), st.data())
def test_the_largest_of_many_ranges_is_that_of_each(values, data):
    n = len(values)
    ends = st.lists(st.integers(0, n), min_size=2, max_size=2, unique=True).map(sorted)
    spans = np.array(data.draw(st.lists(ends, max_size=9)), np.int64).reshape(-1, 2)
    found = neighbours.largest_within(np.array(values), spans[:, 0], spans[:, 1])
    assert found.tolist() == [max(values[a:b]) for a, b in spans.tolist()]
