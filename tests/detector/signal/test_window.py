"""The sliding window holds the latest samples, whatever came before them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.signal.window import HEAD, Window
from recordings import Chunk, Scale

KEPT_N, BATCH_N = 20, 30


def chunk(first: int, count: int, **scale: object) -> Chunk:
    """Samples whose axes are their number, twice and thrice it."""
    samples = np.arange(first, first + count)[:, np.newaxis] * np.array([1.0, 2.0, 3.0])
    uniform = Chunk.uniform(samples, 50.0, 0, first_index=first)
    return Chunk(
        samples=uniform.samples,
        scale=Scale(**scale),
        first_index=first,
        knots=uniform.knots,
        opens_segment=uniform.opens_segment,
    )


def window(rms_n: float = 5.0) -> Window:
    made = Window(KEPT_N, BATCH_N, rms_n)
    made.restart(np.array([7.0, 8.0, 9.0]), 100)
    return made


def test_a_segment_begins_in_the_steady_state_of_its_first_sample():
    made = window()
    assert (made.filled, made.filtered, made.origin) == (HEAD, HEAD, 100 - HEAD)
    assert made.accel_g[:, :HEAD].T.tolist() == [[7.0, 8.0, 9.0]] * HEAD
    assert not made.slow_g[:HEAD].any()
    assert not made.powers[:, :HEAD].any()
    assert not made.envelopes[:, :HEAD].any()
    assert not made.clipped[:HEAD].any()


@pytest.mark.parametrize(("rms_n", "head"), [(5.0, 32), (30.9, 32), (31.0, 33), (40.5, 42)])
def test_the_head_is_longer_than_an_envelope(rms_n, head):
    assert window(rms_n).filled == head


def test_as_many_samples_are_taken_as_fit():
    made = window()
    assert not made.full
    assert made.take(chunk(100, 60), 0) == KEPT_N + BATCH_N
    assert made.full
    assert made.filled == HEAD + KEPT_N + BATCH_N
    assert made.accel_g[:, HEAD].tolist() == [100.0, 200.0, 300.0]
    assert made.accel_g[:, -1].tolist() == [149.0, 298.0, 447.0]


def test_a_chunk_is_taken_from_an_offset_on_to_its_end():
    made = window()
    assert made.take(chunk(100, 10), 4) == 6
    assert made.accel_g[0, HEAD : made.filled].tolist() == [*range(104, 110)]


def test_raw_samples_become_g_and_the_ends_of_the_range_are_marked():
    made = window()
    scale = {"gain_g": (0.5, 1.0, 2.0), "offset_g": (1.0, 0.0, -1.0), "highest": 306.0}
    made.take(chunk(100, 5, **scale), 0)
    assert made.accel_g[:, HEAD + 1].tolist() == [51.5, 202.0, 605.0]
    assert made.clipped[HEAD : made.filled].tolist() == [False, False, True, True, True]
    made.restart(np.zeros(3), 0)
    made.take(chunk(100, 5, lowest=101.0), 0)
    assert made.clipped[HEAD : made.filled].tolist() == [True, True, False, False, False]


def test_a_full_window_forgets_all_but_what_is_kept_of_what_was_filtered():
    made = window()
    made.take(chunk(100, 50), 0)
    made.filtered = made.filled - 3
    made.powers[0] = made.envelopes[1] = np.arange(len(made.clipped))
    made.slow_g[:, 2] = np.arange(len(made.clipped))
    made.clipped[:] = np.arange(len(made.clipped)) % 7 == 0
    marks = made.clipped.copy()
    assert made.take(chunk(150, 4), 0) == 4
    shift = 50 - 3 - KEPT_N
    assert made.origin == 100 - HEAD + shift
    assert made.filtered == HEAD + KEPT_N
    assert made.filled == HEAD + KEPT_N + 3 + 4
    kept = slice(0, HEAD + KEPT_N + 3)
    for derived in (made.powers[0], made.envelopes[1], made.slow_g[:, 2]):
        assert derived[kept].tolist() == [*range(shift, shift + kept.stop)]
    assert made.clipped[kept].tolist() == marks[shift : shift + kept.stop].tolist()
    assert made.accel_g[0, HEAD : made.filled].tolist() == [*range(127, 154)]


def test_a_window_full_of_samples_that_nobody_filtered_is_a_bug():
    made = window()
    made.take(chunk(100, 50), 0)
    made.filtered = HEAD + KEPT_N
    with pytest.raises(RuntimeError, match="nobody has filtered"):
        made.take(chunk(150, 1), 0)


@given(st.lists(st.integers(1, 70), min_size=1, max_size=12), st.data())
def test_whatever_was_taken_a_position_holds_the_sample_of_its_number(sizes, data):
    made, first = window(), 100
    for size in sizes:
        piece, offset = chunk(first, size), 0
        while offset < size:
            offset += made.take(piece, offset)
            least = HEAD + KEPT_N + 1 if made.full else made.filtered
            made.filtered = data.draw(st.integers(min(least, made.filled), made.filled))
        first += size
        begin = max(0, 100 - made.origin)
        numbers = made.origin + np.arange(begin, made.filled)
        assert made.accel_g[0, begin : made.filled].tolist() == numbers.tolist()
        assert numbers[-1] == first - 1
