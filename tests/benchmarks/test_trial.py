"""The parts of the benchmark: matching, intervals, curves, plain rules, planted events."""

from __future__ import annotations

import gzip
import shutil

import numpy as np
import pytest
from project import ROOT
from scipy.signal import butter, sosfiltfilt
from trial import anchors, injection, psychometric
from trial.bootstrap import Figure, pooled, ratio
from trial.comparing import matched

from recordings import SECOND_NS, open_recording

SAMPLE = ROOT / "recordings" / "samples" / "ax3_thigh25_short_night.cwa.gz"


def test_pairs_are_one_to_one_and_the_nearest_win():
    def pairs(planted_s, found_s):
        planted, found = (np.array([round(s * SECOND_NS) for s in x]) for x in (planted_s, found_s))
        return matched(planted, found).tolist()

    assert pairs([0, 1], [0.1, 0.9]) == [0, 1]
    assert pairs([0], [0.45, 0.1]) == [1]
    assert pairs([0, 0.1], [0.1]) == [-1, 0]
    assert pairs([0], [1]) == [-1]
    assert pairs([0], []) == [-1]


def test_intervals_hold_the_value_and_narrow_with_nights():
    few, many = (ratio([1, 2, 0, 3] * k, [4.0] * 4 * k) for k in (1, 25))
    assert few.value == many.value == 6 / 16
    assert few.low < many.low < many.value < many.high < few.high
    assert ratio([1, 2], [4, 4]) == ratio([1, 2], [4, 4])


def test_of_nothing_there_is_no_figure():
    assert ratio([], []) == ratio([0], [0]) == pooled([[], []], np.median)
    assert ratio([], []) == Figure(None, None, None, 0)


def test_nights_are_drawn_and_not_the_values_within_them():
    one_night = pooled([[1.0, 2.0, 9.0]], np.median)
    assert (one_night.low, one_night.value, one_night.high) == (2, 2, 2)


def test_the_curve_finds_the_sizes_that_made_it():
    rng = np.random.default_rng(0)
    size = np.exp(rng.uniform(np.log(20), np.log(500), 4000))
    found = rng.uniform(size=4000) < psychometric.Curve(60, 6, 0.98).at(size)
    curve = psychometric.fitted(size, found)
    assert curve.size_mg(0.5) == pytest.approx(60, rel=0.05)
    assert curve.size_mg(0.95) == pytest.approx(106, rel=0.15)
    assert psychometric.Curve(60, 6, 0.9).size_mg(0.95) is None
    assert psychometric.fitted(size, np.ones(4000, bool)) is None


@pytest.fixture(scope="module")
def still_with_a_jerk():
    """Five minutes at 50 Hz with one jerk of some 0.5 g, 200 s from the beginning."""
    rng = np.random.default_rng(1)
    accel_g = 0.004 * rng.standard_normal((15_000, 3)) + [0.0, 0.0, 1.0]
    t = np.arange(15_000) / 50 - 200
    accel_g[:, 2] += 0.6 * np.cos(2 * np.pi * 3.5 * t) * np.exp(-((t / 0.15) ** 2))
    return accel_g


@pytest.mark.parametrize("name", anchors.ANCHORS)
def test_every_plain_rule_finds_a_clear_jerk_where_it_is(name, still_with_a_jerk):
    rule = anchors.ANCHORS[name](still_with_a_jerk, 50.0)
    assert np.abs(rule(1.0) / 50 - 200).min() < 0.3


@pytest.mark.parametrize("name", anchors.ANCHORS)
def test_a_threshold_beyond_everything_finds_nothing(name, still_with_a_jerk):
    assert len(anchors.ANCHORS[name](still_with_a_jerk, 50.0)(1e6)) == 0


def test_bouts_end_at_the_lower_threshold_and_join_over_short_pauses():
    signal = np.zeros(100)
    signal[[10, 12, 30, 33, 60]] = [5, 2, 5, 6, 2]
    assert anchors.bouts(signal, 3, 1, rate_hz=10).tolist() == [10, 33]
    assert anchors.bouts(signal, 9, 1, rate_hz=10).tolist() == []


@pytest.fixture(scope="module")
def background(tmp_path_factory):
    path = tmp_path_factory.mktemp("night") / "ax3_thigh25_short_night.cwa"
    with gzip.open(SAMPLE) as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return injection.Background.of(path)


@pytest.fixture(scope="module", params=["driven", "drawn"])
def both(request, background):
    """What was planted, and the samples with and without it."""
    planted = injection.planted_in(background, request.param, seed=0)
    recording = open_recording(background.path)
    injected = injection.Injected(recording, planted, background.step_g)
    return planted, list(open_recording(background.path).chunks()), list(injected.chunks())


def test_samples_away_from_what_was_planted_are_what_they_were(both):
    planted, before, after = both
    assert len(planted) >= 8
    changed = 0
    for old, new in zip(before, after, strict=True):
        times_ns = old.times_ns(old.first_index + np.arange(len(old)))
        away = np.ones(len(old), bool)
        for one in planted:
            away &= (times_ns < one.span_ns[0]) | (times_ns > one.span_ns[1])
        assert new.samples.dtype == old.samples.dtype
        assert np.array_equal(new.samples[away], old.samples[away])
        changed += int((new.samples[~away] != old.samples[~away]).any(axis=1).sum())
    assert changed > 0


def test_planted_samples_lie_on_the_grid_of_the_device(both, background):
    for chunk in both[2]:
        step = np.rint(background.step_g / np.asarray(chunk.scale.gain_g))
        assert (chunk.samples % step == 0).all()


def test_large_ones_have_their_size_in_the_samples(both):
    planted, _, after = both
    accel_g = np.concatenate([c.scale.to_g(c.samples) for c in after])
    times_ns = np.concatenate([c.times_ns(c.first_index + np.arange(len(c))) for c in after])
    rate_hz = SECOND_NS / np.median(np.diff(times_ns))
    sos = butter(2, [1, 8], "band", fs=rate_hz, output="sos")
    size_mg = 1000 * np.linalg.norm(sosfiltfilt(sos, accel_g, axis=0), axis=1)
    shares = []
    for one in planted:
        a, b = np.searchsorted(times_ns, one.span_ns)
        shares.append(size_mg[a:b].max() / one.size_mg)
    large = np.array([p.size_mg >= 220 for p in planted])
    assert large.any()
    # 41 ms between samples: a peak may lie between two of them
    assert np.abs(np.array(shares)[large] - 1).max() < 0.3
    assert np.median(np.array(shares)[large]) == pytest.approx(1, abs=0.06)


def test_what_is_planted_lies_far_from_events_and_from_each_other(background):
    planted = injection.planted_in(background, "driven", seed=0)
    spans = np.array([p.span_ns for p in planted])
    assert (spans[1:, 0] - spans[:-1, 1] >= injection.APART_NS).all()
    for night in background.nights:
        rows = night.events.candidates
        for begin, end in spans:
            near = (rows["start_ns"] < end + 10 * SECOND_NS) & (
                rows["end_ns"] > begin - 10 * SECOND_NS
            )
            assert not near.any()
