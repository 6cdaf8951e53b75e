"""Frame by frame: the steps of a sweep give what their twins give, however frames are cut."""

from __future__ import annotations

from itertools import pairwise

import naive_detector as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.kernels import bands, epochs, timing
from detector.kernels.frames import derive
from detector.kernels.levels import SPARE, _of_rank, levels_of, moving_sum
from detector.kernels.sweep import STRIDE, sweep
from detector.settings import ScanSettings
from detector.signal.design import Design

DESIGN = Design.of(50.0, 0.004, ScanSettings())
HEAD, WINDOW_N = 16, 4.5


def noise(n, seed=1):
    return np.random.default_rng(seed).normal(0, 0.1, (n, 3)) + [0.1, -0.3, 0.95]


def padded(accel_g):
    """Axes first, with a head as quiet as the first sample."""
    return np.concatenate([np.repeat(accel_g[:1], HEAD, axis=0), accel_g]).T.copy()


class Signals:
    """What a sweep fills, for samples that begin behind the head."""

    def __init__(self, accel_g):
        n = HEAD + len(accel_g)
        self.accel_g, self.filters = padded(accel_g), np.zeros(bands.N_STATE)
        self.slow_g, self.powers = np.zeros(4 * n), np.zeros((4, n))
        self.envelopes = np.zeros((2, n))

    def derive(self, edges, window_n=WINDOW_N):
        loudest, level = np.empty((2, len(edges) - 1)), np.empty((2, len(edges) - 1))
        derive(
            self.accel_g,
            HEAD + np.array(edges),
            DESIGN.factors,
            window_n,
            self.filters,
            self.slow_g,
            self.powers,
            self.envelopes,
            loudest,
            level,
        )
        return loudest, level


def envelopes_of(accel_g, window_n=WINDOW_N):
    """Jerk and movement by the twins."""
    powers = naive.powers_by_recursion(accel_g, DESIGN.poles, DESIGN.gains, DESIGN.difference_hz)
    return np.array([naive.moving_rms(powers[0], window_n), np.sqrt(powers[2])])


@pytest.mark.parametrize("edges", [[0, 60], [0, 20, 60], [0, 25, 30, 60], list(range(0, 61, 4))])
def test_envelopes_and_levels_of_frames_are_those_of_the_twins(edges):
    accel_g = noise(60)
    signals, expected = Signals(accel_g), envelopes_of(accel_g)
    loudest, level = signals.derive(edges)
    np.testing.assert_allclose(signals.envelopes[:, HEAD:], expected, rtol=1e-12)
    for k, (a, b) in enumerate(pairwise(edges)):
        frame = signals.envelopes[:, HEAD + a : HEAD + b]
        assert loudest[:, k].tolist() == frame.max(axis=1).tolist()
        assert level[:, k].tolist() == [naive.percentile_95(each) for each in frame]


@given(st.lists(st.integers(1, 59), max_size=6, unique=True).map(sorted))
def test_frames_do_not_change_a_bit_of_the_signals(cuts):
    whole, cut = Signals(noise(60)), Signals(noise(60))
    whole.derive([0, 60])
    cut.derive([0, *cuts, 60])
    for name in ("slow_g", "powers", "envelopes"):
        assert getattr(cut, name).tobytes() == getattr(whole, name).tobytes()


def test_only_the_frames_asked_for_are_filled():
    signals = Signals(noise(60))
    signals.derive([0, 20, 40])
    assert not signals.envelopes[:, :HEAD].any()
    assert signals.envelopes[:, HEAD + 4 : HEAD + 40].all()
    assert not signals.envelopes[:, HEAD + 40 :].any()


def test_acceleration_in_the_jerk_band_is_left_axis_by_axis():
    accel_g = noise(200)
    signals = Signals(accel_g)
    signals.derive([0, 50, 200])
    lanes = signals.slow_g.reshape(-1, 4)[HEAD:]
    np.testing.assert_allclose(lanes[:, :3], naive.band(accel_g, 2, 8, 50.0), atol=1e-12)
    assert not lanes[:, 3].any()


@pytest.mark.parametrize(("value", "dies"), [(9e-61, True), (-9e-61, True), (2e-60, False)])
def test_what_is_left_of_a_movement_becomes_nothing_when_it_is_small_enough(value, dies):
    signals = Signals(np.tile([0.1, -0.3, 0.95], (5, 1)))
    signals.filters[:] = value
    signals.filters[-4:] = 0.0  # the last acceleration, which is no pole
    signals.derive([0, 5])
    assert bool(signals.powers[:, HEAD:].any()) != dies
    assert bool(signals.filters.any()) != dies


# -- the sweep

FRAME_N, FRAMES, EPOCH_N, HISTORY_N, QUANTILE = 6, 2 * STRIDE + 5, 40, 7, 0.3
N = FRAME_N * FRAMES
ACCEL_G = noise(N, seed=2)
CLIPPED = np.random.default_rng(3).random(HEAD + N) < 0.1
PARTS = [
    [HEAD + a, HEAD + min(a + EPOCH_N, N), a // EPOCH_N, 20_000_000, (a + EPOCH_N - 1) // FRAME_N]
    for a in range(0, N, EPOCH_N)
]


def swept(calls):
    """Run a sweep over ``FRAMES`` frames in several calls, which end at these frames."""
    signals, edges = Signals(ACCEL_G), HEAD + FRAME_N * np.arange(FRAMES + 1)
    history, loudest, floor = np.zeros((2, 2, HISTORY_N)), np.zeros((2, FRAMES)), []
    state, seen = np.zeros(epochs.N_STATE, np.int64), np.zeros(epochs.N_LEVELS)
    state[epochs.EPOCH], codes = epochs.NO_EPOCH, np.empty((3, 2 * EPOCH_N), np.int32)
    guesses, rows = np.zeros(3, np.int64), []
    for a, b in pairwise([0, *calls, FRAMES]):
        now = np.empty((2, b - a))
        numbers, row = np.empty((len(PARTS) + 1, 3), np.int64), np.empty((len(PARTS) + 1, 20))
        done = sweep(
            signals.accel_g,
            signals.slow_g,
            signals.powers,
            signals.envelopes,
            CLIPPED,
            edges[a : b + 1],
            DESIGN.factors,
            WINDOW_N,
            signals.filters,
            history,
            a,
            QUANTILE,
            loudest[:, a:b],
            now,
            parts_between(a, b),
            state,
            seen,
            codes,
            guesses,
            numbers,
            row,
        )
        floor.append(now)
        rows += [(*numbers[k], *row[k]) for k in range(done)]
    last = np.empty(20)
    epochs.close_epoch(state, seen, codes, guesses, last)
    return np.array([*rows, (*state[:3], *last)]), loudest, np.concatenate(floor, axis=1), signals


def parts_between(a, b):
    """Parts of the samples of frames ``a`` to ``b``; their last number counts frames from ``a``."""
    first, stop = HEAD + FRAME_N * a, HEAD + FRAME_N * b
    parts = []
    for start, end, number, ns, _ in PARTS:
        x, y = max(start, first), min(end, stop)
        if x < y:
            parts.append([x, y, number, ns * (y - x), (y - HEAD - 1) // FRAME_N - a])
    return np.array(parts, np.int64).reshape(-1, 5)


@pytest.fixture(scope="module")
def whole():
    return swept([])


def test_loudest_frames_and_floors_are_those_of_the_envelopes(whole):
    _, loudest, floor, signals = whole
    envelopes = signals.envelopes[:, HEAD:]
    np.testing.assert_allclose(envelopes, envelopes_of(ACCEL_G), rtol=1e-12)
    frames = envelopes.reshape(2, FRAMES, FRAME_N)
    np.testing.assert_array_equal(loudest, frames.max(axis=2))
    for k in range(2):
        levels = [naive.percentile_95(frame) for frame in frames[k]]
        np.testing.assert_array_equal(floor[k], naive.floors(levels, HISTORY_N, QUANTILE))


def test_every_epoch_has_its_samples_its_envelopes_and_the_floor_at_its_end(whole):
    rows, _, floor, signals = whole
    assert len(rows) == len(PARTS)
    for row, (a, b, number, _, frame) in zip(rows, PARTS, strict=True):
        jerk, movement = signals.envelopes[:, a:b]
        expected = naive.epoch(ACCEL_G[a - HEAD : b - HEAD], jerk, movement)
        flat = np.concatenate([np.atleast_1d(value) for value in expected.values()])
        assert row[:3].tolist() == [number, b - a, CLIPPED[a:b].sum()]
        np.testing.assert_allclose(row[3:21], flat, atol=4e-5)
        np.testing.assert_allclose(row[19:21], flat[16:], rtol=1e-12)
        assert row[21] == pytest.approx(0.02 * (b - a))
        assert row[22] == floor[0, min(frame, FRAMES - 1)]


@pytest.mark.parametrize(
    "calls",
    [
        [1],
        [STRIDE],
        [STRIDE - 1, STRIDE + 1],
        [20, 40],  # an epoch ends where a call does
        [3, STRIDE + 3, 2 * STRIDE + 3],
        list(range(1, FRAMES)),
    ],
)
def test_a_sweep_gives_the_same_bytes_in_any_number_of_calls(whole, calls):
    found = swept(calls)
    for mine, expected in zip(found[:3], whole[:3], strict=True):
        assert mine.tobytes() == expected.tobytes()
    assert found[3].envelopes.tobytes() == whole[3].envelopes.tobytes()


# -- parts of the steps that no frame of a recording reaches as clearly


@pytest.mark.parametrize("window_n", [1.0, 1.5, 2.0, 4.0, 5.0, 6.0, 8.25, 9.0])
def test_a_moving_sum_is_that_of_the_last_samples_and_a_share_of_the_one_before(window_n):
    power, out = 2.0 ** np.arange(24), np.empty(6)
    moving_sum(power, 14, 20, window_n, out)
    whole = int(window_n)
    for i, found in enumerate(out, 14):
        expected = sum(power[i - k] for k in range(whole)) + (window_n - whole) * power[i - whole]
        assert found == expected  # powers of two: exact


@pytest.mark.parametrize("n", [1, 2, 4, 5, 19, 20, 21, 25, 50, 100, 101])
def test_the_percentile_is_the_nearest_rank_in_frames_of_any_length(n):
    frame = np.random.default_rng(n).permutation(n) + 1.0
    rank = -(-95 * n // 100)  # 1 to n: so is the value of that rank
    assert levels_of(frame, np.empty(2 * n + SPARE)) == (n, rank)


@pytest.mark.parametrize(
    "columns",
    [
        [(9, 8, 7, 6), (5, 1, 0, 0), (4, 1, 0, 0), (3, 1, 0, 0)],  # all from one lane
        [(5, 1, 0, 0), (9, 8, 7, 6), (4, 1, 0, 0), (3, 1, 0, 0)],
        [(5, 1, 0, 0), (4, 1, 0, 0), (9, 8, 7, 6), (3, 1, 0, 0)],
        [(5, 1, 0, 0), (4, 1, 0, 0), (3, 1, 0, 0), (9, 8, 7, 6)],
        [(9, 5, 1, 0), (9, 4, 1, 0), (9, 3, 1, 0), (9, 2, 1, 0)],  # equal heads, each once
        [(9, 9, 1, 0), (5, 1, 0, 0), (9, 9, 1, 0), (5, 1, 0, 0)],
        [(3, 1, 0, 0), (9, 9, 1, 0), (5, 1, 0, 0), (9, 9, 1, 0)],
        [(8, 4, 2, 1), (7, 4, 2, 1), (6, 4, 2, 1), (5, 4, 2, 1)],
    ],
)
def test_the_largest_of_four_descending_columns_are_taken_head_by_head(columns):
    kept = np.array(columns, float).T.ravel()  # as four lanes lie in memory
    expected = sorted(kept, reverse=True)
    assert [_of_rank(kept, k) for k in range(1, 5)] == expected[:4]


def test_without_any_jerk_the_peak_stays_at_the_estimate():
    still = np.tile([[0.0], [0.0], [1.0]], 60)
    assert timing.peak_position(still, np.array([0.5, 0.2]), 3.0, 25, 10) == 25.0
