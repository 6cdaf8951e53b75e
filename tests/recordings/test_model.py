"""Errors, clocks, health."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import (
    SECOND_NS,
    ArrayRecording,
    Chunk,
    Health,
    RecordingError,
    Scale,
    Segment,
    first_samples_at,
    sample_times,
)


def test_an_error_names_the_file_the_place_and_the_remedy():
    error = RecordingError("night.cwa", "checksum is wrong", offset=512, remedy="copy it again")
    assert str(error) == "night.cwa: checksum is wrong (at byte 512); copy it again"
    assert str(RecordingError("a.cwa", "is cut", remedy="copy it")) == "a.cwa: is cut; copy it"


def test_an_error_survives_the_way_between_processes():
    error = RecordingError("night.cwa", "checksum is wrong", offset=512, remedy="copy it again")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
    assert (str(again), again.offset, again.path) == (str(error), 512, error.path)


knot_steps = st.lists(
    st.tuples(st.integers(1, 200), st.integers(10**6, 10**11)), min_size=2, max_size=8
)


@given(knot_steps, st.lists(st.integers(-50, 1500), min_size=1, max_size=20))
def test_the_first_sample_at_a_time_is_the_first_one_not_before_it(steps, indices):
    knots = np.cumsum([(0, 10**18), *steps], axis=0)
    slowest = np.diff(knots[:, 1]) / np.diff(knots[:, 0])
    if slowest.min() < 2:
        return  # two samples within one nanosecond
    index = np.unique(indices)
    times = sample_times(knots, index)
    assert (np.diff(times) > 0).all()
    np.testing.assert_array_equal(first_samples_at(knots, times), index)
    np.testing.assert_array_equal(first_samples_at(knots, times + 1), index + 1)


def test_times_of_a_uniform_chunk_do_not_depend_on_where_it_was_cut():
    samples = np.zeros((1000, 3))
    whole = Chunk.uniform(samples, 85.7, 10**18)
    tail = Chunk.uniform(samples[300:], 85.7, 10**18, first_index=300)
    at = np.arange(300, 1000)
    np.testing.assert_array_equal(whole.times_ns(at), tail.times_ns(at))
    assert whole.end_ns == tail.end_ns
    assert whole.start_ns == 10**18


def test_a_chunk_can_be_split_and_only_its_first_part_opens_the_segment():
    parts = Chunk.uniform(np.arange(30.0).reshape(10, 3), 50, 0).split(3, 3, 7)
    assert [len(part) for part in parts] == [3, 4, 3]
    assert [part.first_index for part in parts] == [0, 3, 7]
    assert [part.opens_segment for part in parts] == ["start", "", ""]


def test_scale_turns_counts_into_g():
    scale = Scale(gain_g=(0.5, 1, 2), offset_g=(0, 1, 0))
    np.testing.assert_array_equal(scale.to_g(np.array([[2, 2, 2]], np.int16)), [[1, 3, 4]])


def test_health_adds_up_segments_and_gaps():
    health = Health(
        segments=[Segment(0, 10**9, 100, "start"), Segment(3 * 10**9, 4 * 10**9, 50, "gap")]
    )
    assert (health.samples, health.gaps, health.gap_ns) == (150, 1, 2 * 10**9)
    assert health.measured_hz == 75
    assert (health.recorded_ns, health.span_ns) == (2 * 10**9, 4 * 10**9)
    assert (health.start_ns, health.end_ns) == (0, 4 * 10**9)


def test_health_of_nothing_is_unknown_not_zero():
    health = Health()
    assert (health.measured_hz, health.start_ns, health.end_ns) == (None, None, None)


def test_a_clock_that_is_set_back_makes_no_recording_shorter():
    segments = [Segment(10**15, 10**15 + 10**9, 100, "start"), Segment(0, 10**9, 100, "restart")]
    assert Health(segments=segments).span_ns == 2 * 10**9


def test_time_that_runs_backwards_makes_no_negative_gap():
    health = Health(
        segments=[Segment(0, 10**10, 1, "start"), Segment(5 * 10**9, 10**11, 1, "restart")]
    )
    assert health.gap_ns == 0


def test_a_remark_is_kept_once():
    health = Health()
    for _ in range(3):
        health.remark("truncated", "the file ends within a block")
    assert len(health.remarks) == 1


def test_arrays_become_a_recording_and_rows_without_values_are_gaps():
    accel_g = np.tile([0.0, 0.0, 1.0], (1000, 1))
    accel_g[200:300] = np.nan
    recording = ArrayRecording(accel_g, 50.0, datetime(2024, 3, 5, 23))
    chunks = list(recording.chunks())
    assert [len(chunk) for chunk in chunks] == [200, 700]
    assert [chunk.opens_segment for chunk in chunks] == ["start", "missing_values"]
    assert chunks[1].start_ns - chunks[0].start_ns == 6 * SECOND_NS
    assert recording.health.gap_ns == 2 * SECOND_NS
    assert recording.health.measured_hz == pytest.approx(50)


def test_a_start_with_an_offset_keeps_its_wall_time():
    begin = datetime(2024, 3, 5, 23, tzinfo=timezone(timedelta(hours=1)))
    plain = ArrayRecording(np.ones((10, 3)), 50, "2024-03-05T23:00:00")
    offset = ArrayRecording(np.ones((10, 3)), 50, begin)
    assert next(plain.chunks()).start_ns == next(offset.chunks()).start_ns
    assert (plain.header.utc_offset_s, offset.header.utc_offset_s) == (None, 3600)


@pytest.mark.parametrize(
    ("samples", "rate_hz"),
    [
        (np.ones(10), 50),
        (np.ones((10, 2)), 50),
        (np.full((10, 3), np.nan), 50),
        (np.ones((9, 3)), 0),
    ],
)
def test_arrays_that_make_no_sense_are_refused(samples, rate_hz):
    with pytest.raises(RecordingError):
        list(ArrayRecording(samples, rate_hz, "2024-03-05").chunks())
