"""Where events begin and end: thresholds over the floor, pauses, the longest event, borders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_jolts import START_NS, STEP_G, jolts, scan_pieces

from detector.settings import ScanSettings
from recordings import SECOND_NS, Chunk

RATE_HZ = 25.0
S = ScanSettings()


def found(accel_g: np.ndarray, *, step_g: float = STEP_G, **changes: float) -> np.ndarray:
    chunk = Chunk.uniform(accel_g, RATE_HZ, START_NS)
    return scan_pieces([chunk], RATE_HZ, step_g, replace(S, **changes)).candidates


def spans_s(rows: np.ndarray) -> list[tuple[float, float]]:
    return [
        ((row["start_ns"] - START_NS) / SECOND_NS, (row["end_ns"] - START_NS) / SECOND_NS)
        for row in rows
    ]


# --------------------------------------------------------------------- thresholds


@pytest.mark.parametrize("noise_g", [0.0005, 0.004, 0.008, 0.015, 0.06])
@pytest.mark.parametrize(
    "changes",
    [{}, {"on_factor": 4.0}, {"jerk_min_g_per_s": 1.0}, {"floor_max_g_per_s": 0.5}],
    ids=str,
)
def test_the_threshold_is_a_multiple_of_the_floor_within_its_limits(noise_g, changes):
    rows = found(jolts(RATE_HZ, 60, [20.0, 40.0], size_g=2.0, noise_g=noise_g), **changes)
    s = replace(S, **changes)
    assert len(rows) >= 2
    expected = np.maximum(
        s.on_factor * np.minimum(rows["floor_g_per_s"], s.floor_max_g_per_s), s.jerk_min_g_per_s
    )
    np.testing.assert_allclose(rows["threshold_g_per_s"], expected, rtol=1e-6)


def test_a_louder_sensor_has_a_higher_floor():
    quiet, loud = (
        found(jolts(RATE_HZ, 40, [20.0], size_g=2.0, noise_g=noise_g))["floor_g_per_s"][0]
        for noise_g in (0.004, 0.008)
    )
    assert loud == pytest.approx(2 * quiet, rel=0.02)


@pytest.mark.parametrize(("least_mg", "seen"), [(40.0, True), (200.0, False)])
def test_a_slow_movement_is_an_event_by_its_acceleration_alone(least_mg, seen):
    t = np.arange(round(40 * RATE_HZ)) / RATE_HZ
    accel_g = jolts(RATE_HZ, 40, [], noise_g=0.0005)
    accel_g[:, 0] += 0.12 * np.sin(2 * np.pi * 1.2 * t) * np.exp(-(((t - 20) / 1.0) ** 2))
    rows = found(accel_g, movement_min_mg=least_mg, jerk_min_g_per_s=1.5)
    assert len(rows) == seen
    if seen:
        assert rows["peak_jerk_g_per_s"][0] < rows["threshold_g_per_s"][0]
        assert 40 < rows["peak_accel_mg"][0] < 200


# --------------------------------------------------------------------- beginning and end


def test_between_two_jolts_half_a_second_of_quiet_makes_two_events():
    apart = [found(jolts(RATE_HZ, 40, [20.0, 20.0 + gap_s])) for gap_s in (0.8, 1.0, 2.0)]
    assert [len(rows) for rows in apart] == [1, 1, 2]
    (first, second) = spans_s(apart[2])
    assert second[0] - first[1] >= 0.5


@pytest.mark.parametrize(("merge_s", "events"), [(0.3, 2), (1.5, 1)])
def test_the_pause_that_ends_an_event_is_that_of_the_settings(merge_s, events):
    assert len(found(jolts(RATE_HZ, 40, [20.0, 21.3]), merge_s=merge_s)) == events


def test_a_higher_share_of_the_threshold_ends_an_event_sooner():
    ends = [
        spans_s(found(jolts(RATE_HZ, 40, [20.0]), off_share=share))[0][1] for share in (0.3, 0.9)
    ]
    assert ends[1] < ends[0]


@pytest.mark.parametrize("longest_s", [15.0, 30.0])
def test_a_movement_without_end_is_cut_after_the_longest_event(longest_s):
    shaking = jolts(RATE_HZ, 100, np.arange(15.0, 90.0, 0.3), size_g=1.0)
    rows = found(shaking, longest_event_s=longest_s)
    lengths = [end - start for start, end in spans_s(rows)]
    assert max(lengths) <= longest_s
    assert sum(length > longest_s - 0.5 for length in lengths) >= 75 // longest_s - 1


def test_an_event_ends_as_it_began_whatever_the_floor_does_meanwhile():
    rows = found(jolts(RATE_HZ, 60, np.arange(20.0, 30.0, 0.4), size_g=1.0))
    assert len(rows) == 1
    assert rows["threshold_g_per_s"][0] < 1.0  # that of the quiet before


# --------------------------------------------------------------------- borders


@pytest.mark.parametrize(
    ("begins_s", "events", "truncated"),
    [(5.0, 0, []), (9.5, 1, [True]), (10.5, 1, [False])],
    ids=["in blanked time", "across its end", "behind it"],
)
def test_what_is_under_way_when_observation_begins_is_not_whole(begins_s, events, truncated):
    rows = found(jolts(RATE_HZ, 30, [begins_s], size_g=1.0))
    assert len(rows) == events
    assert rows["truncated"].tolist() == truncated


@pytest.mark.parametrize("blank_s", [2.0, 20.0])
def test_the_first_seconds_of_a_segment_are_blanked(blank_s):
    rows = found(jolts(RATE_HZ, 60, [1.0, 10.0, 30.0]), blank_s=blank_s)
    assert [round(start) for start, _ in spans_s(rows)] == ([10, 30] if blank_s < 10 else [30])


@pytest.mark.parametrize(("seconds", "open_"), [(20.6, True), (26.0, False)])
def test_only_an_event_that_is_open_at_the_end_is_not_whole(seconds, open_):
    rows = found(jolts(RATE_HZ, seconds, [12.0, 20.0]))
    assert rows["truncated"].tolist() == [False, open_]


def test_numbers_of_segments_go_on():
    pieces = [
        Chunk.uniform(jolts(RATE_HZ, 30, [20.0]), RATE_HZ, START_NS + k * 10**12) for k in range(3)
    ]
    rows = scan_pieces(pieces, RATE_HZ).candidates
    assert rows["segment"].tolist() == [0, 1, 2]
