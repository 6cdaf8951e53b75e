"""Five seconds by the device's clock: which samples are in them, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import naive_detector as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.scan import EPOCH, Scan
from detector.signal.epoching import EPOCH_NS
from detector.signal.segments import Survey
from recordings import SECOND_NS, Chunk, Scale

RATE_HZ = 20.0
START_NS = 1_709_654_400 * SECOND_NS
"""A multiple of five seconds."""
CODE_G = 0.6 / 16_384
"""Epochs are summed up in steps of 1/16384 g."""


def made(seconds: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal([0, 0, 1], 0.1, (round(seconds * RATE_HZ), 3))


def epochs(*chunks: Chunk) -> np.ndarray:
    survey = Survey(RATE_HZ)
    return Scan.concat([*[survey.push(chunk) for chunk in chunks], survey.finish()]).epochs


def uniform(accel_g: np.ndarray, after_s: float = 0.0, **known: object) -> Chunk:
    start_ns = START_NS + round(after_s * SECOND_NS)
    return replace(Chunk.uniform(accel_g, RATE_HZ, start_ns), **known)


# --------------------------------------------------------------------- which samples


@pytest.mark.parametrize(
    ("after_s", "seconds", "expected"),
    [
        (0.0, 10.0, [100, 100]),
        (0.0, 10.05, [100, 100, 1]),
        (4.95, 5.05, [1, 100]),
        (2.5, 10.0, [50, 100, 50]),
        (0.01, 5.0, [100]),
        (4.96, 0.05, [1]),
    ],
)
def test_an_epoch_holds_the_samples_from_its_beginning_up_to_the_next(after_s, seconds, expected):
    rows = epochs(uniform(made(seconds), after_s))
    assert rows["n_samples"].tolist() == expected
    first_ns = (START_NS + round(after_s * SECOND_NS)) // EPOCH_NS * EPOCH_NS
    assert rows["start_ns"].tolist() == [first_ns + k * EPOCH_NS for k in range(len(expected))]


def test_where_there_is_no_sample_there_is_no_epoch():
    assert len(epochs()) == 0
    rows = epochs(uniform(made(5)), uniform(made(5), 20.0))
    assert ((rows["start_ns"] - START_NS) // EPOCH_NS).tolist() == [0, 4]


def test_an_epoch_goes_on_across_a_gap():
    accel_g = made(4)
    rows = epochs(uniform(accel_g[:30], 0.0), uniform(accel_g[30:], 2.5))
    assert rows["n_samples"].tolist() == [80]
    expected = naive.epoch(accel_g, np.zeros(1), np.zeros(1))
    for name in ("mean_g", "sd_g", "min_g", "max_g", "median_g", "enmo_mg"):
        np.testing.assert_allclose(rows[name][0], expected[name], atol=CODE_G)


def test_a_clock_that_runs_slow_has_more_samples_in_five_seconds():
    chunk = Chunk.uniform(made(20), 25.0, START_NS)
    assert epochs(chunk)["n_samples"].tolist() == [125, 125, 125, 25]


@given(st.floats(0, 5), st.lists(st.floats(0.05, 12), min_size=1, max_size=4))
@settings(max_examples=15)
def test_every_sample_is_in_one_epoch_and_every_epoch_is_that_of_its_samples(after_s, lengths_s):
    accel_g, chunks, begun_s = [], [], after_s
    for seed, seconds in enumerate(lengths_s):
        accel_g.append(made(seconds, seed))
        chunks.append(uniform(accel_g[-1], begun_s))
        begun_s += seconds + 1.0
    rows = epochs(*chunks)
    times_ns = np.concatenate([c.times_ns(np.arange(len(c))) for c in chunks])
    numbers, counts = np.unique(times_ns // EPOCH_NS, return_counts=True)
    assert rows["start_ns"].tolist() == (numbers * EPOCH_NS).tolist()
    assert rows["n_samples"].tolist() == counts.tolist()
    samples = np.concatenate(accel_g)
    means = [samples[times_ns // EPOCH_NS == n].mean(axis=0) for n in numbers]
    np.testing.assert_allclose(rows["mean_g"], means, atol=CODE_G)


# --------------------------------------------------------------------- what is said of them


def test_every_column_is_what_it_says():
    accel_g = made(5)
    (row,) = epochs(uniform(accel_g))
    expected = naive.epoch(accel_g, np.zeros(1), np.zeros(1))
    for name in ("mean_g", "sd_g", "min_g", "max_g", "median_g", "enmo_mg"):
        np.testing.assert_allclose(row[name], expected[name], atol=CODE_G, err_msg=name)
    unknown = ("jerk_max_g_per_s", "accel_max_mg", "floor_g_per_s", "temperature_c")
    assert all(np.isnan(row[name]) for name in unknown)  # nothing was filtered, nor felt
    told = {"start_ns", "n_samples", "n_clipped", "observed_s"}
    assert {*EPOCH.names} == {*expected, *unknown, *told}


def test_samples_at_the_ends_of_the_range_are_counted_by_epoch():
    accel_g = np.clip(made(15), -0.5, 1.2)
    accel_g[[3, 130, 140, 299], 1] = 1.5, -1.5, 1.5, 1.5
    scale = Scale(lowest=-1.5, highest=1.5)
    assert epochs(uniform(accel_g, scale=scale))["n_clipped"].tolist() == [1, 2, 1]


def test_a_temperature_holds_until_the_next_and_an_epoch_has_that_of_its_last_sample():
    accel_g = made(20)
    felt_c = [(0, 20.0), (150, 25.0), (199, 30.0), (200, np.nan), (301, 35.0)]
    chunk = Chunk.uniform(accel_g, RATE_HZ, START_NS)
    pieces = chunk.split(*(first for first, _ in felt_c[1:]))
    chunks = [replace(p, temperature_c=c) for p, (_, c) in zip(pieces, felt_c, strict=True)]
    np.testing.assert_array_equal(epochs(*chunks)["temperature_c"], [20.0, 30.0, np.nan, 35.0])


def test_behind_a_gap_the_temperature_is_that_of_the_new_segment():
    rows = epochs(
        uniform(made(3), temperature_c=20.0),
        uniform(made(1), 3.5),
        uniform(made(5), 10.0, temperature_c=22.0),
    )
    np.testing.assert_array_equal(rows["temperature_c"], [np.nan, 22.0])


# --------------------------------------------------------------------- a clock that was set back


@pytest.mark.parametrize(
    ("back_s", "left"),
    [(0.0, 100), (0.05, 99), (2.5, 50), (5.0, 0), (7.0, 0)],
    ids=["not at all", "by a sample", "by half", "by all of it", "by more"],
)
def test_what_was_recorded_before_is_left_out(back_s, left):
    first = uniform(made(10))
    again = uniform(made(5, seed=1), 10.0 - back_s)
    rows = epochs(first, again)
    assert rows["n_samples"].sum() == 200 + left
    assert (np.diff(rows["start_ns"]) == EPOCH_NS).all()


def test_of_several_chunks_those_that_were_recorded_before_are_left_out():
    accel_g = made(10, seed=1)
    again = Chunk.uniform(accel_g, RATE_HZ, START_NS + 5 * SECOND_NS)
    whole = epochs(uniform(made(10)), again)
    pieces = epochs(uniform(made(10)), *again.split(10, 60, 99, 100, 101, 150))
    assert whole.tobytes() == pieces.tobytes()
    np.testing.assert_allclose(whole["mean_g"][2], accel_g[100:].mean(axis=0), atol=CODE_G)


def test_time_goes_on_after_a_segment_of_which_nothing_was_new():
    rows = epochs(uniform(made(10)), uniform(made(5), 2.0), uniform(made(5), 10.0))
    assert rows["n_samples"].tolist() == [100, 100, 100]


# --------------------------------------------------------------------- chunks that do not fit


def test_a_first_chunk_may_come_from_the_middle_of_a_segment():
    later = Chunk.uniform(made(10), RATE_HZ, START_NS).split(40)[1]
    assert not later.opens_segment
    assert epochs(later)["n_samples"].tolist() == [60, 100]


@pytest.mark.parametrize("first", [99, 101, 0])
def test_a_chunk_continues_where_the_one_before_ended(first):
    survey = Survey(RATE_HZ)
    survey.push(uniform(made(5)))
    chunk = Chunk.uniform(made(5), RATE_HZ, START_NS, first_index=first)
    with pytest.raises(ValueError, match=f"expected sample 100, got {first}"):
        survey.push(replace(chunk, opens_segment=""))


def test_nothing_comes_behind_the_end():
    survey = Survey(RATE_HZ)
    survey.finish()
    with pytest.raises(ValueError, match="this stream has finished; make a new one"):
        survey.push(uniform(made(5)))


def test_a_recording_may_end_where_a_batch_does():
    whole = made((Survey.BATCH_N + 0.5) / RATE_HZ)
    assert len(whole) == Survey.BATCH_N
    found = epochs(uniform(whole))
    assert found["n_samples"].sum() == len(whole)
    assert len(found) == -(-len(whole) // 100)
