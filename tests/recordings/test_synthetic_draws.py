"""Every movement that is drawn lies within the numbers that its source gives, whatever the seed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.synthetic import DEVICES, draws
from recordings.synthetic.devices import times_ns
from recordings.synthetic.movements import Ring

seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
UP = np.array([0.0, 0.0, 1.0])


def degrees(moves):
    return np.degrees([step.angle_rad for step in moves.steps])


def peaks_g(moves):
    """Peak acceleration of the push of every step: 10 / sqrt(3) of a way in a time."""
    return [
        np.linalg.norm(step.push_m) * (10 / np.sqrt(3)) / step.over_s**2 / 9.80665
        for step in moves.steps
    ]


def within(value, low, high):
    assert low <= value <= high, value


# -- sleep starts


@given(seeds, st.sampled_from([30.0, 150.0, 300.0, 900.0]), st.booleans(), st.booleans())
def test_a_sleep_start_is_a_strong_burst_and_perhaps_weaker_ones(rng, size_mg, arousal, shift):
    jerk = draws.sleep_start(rng, size_mg=size_mg, arousal=arousal, shift=shift)
    first, *others = jerk.bursts
    assert (first.after_s, first.strength) == (0.0, 1.0)
    assert len(others) <= 2
    for burst in jerk.bursts:
        within(burst.length_s, 0.075, 0.25)
    for one, following in pairwise(jerk.bursts):
        within(following.after_s - one.after_s - one.length_s, 0.1, 0.8)
        within(following.strength, 0.2, 0.6)
    within(jerk.muscle_s, 0.04, 0.08)
    within(jerk.limb_hz, 2.0, 4.5)
    within(jerk.damping, 0.3, 0.7)
    within(jerk.lever_m, 0.22, 0.38)
    assert jerk.axis @ jerk.radius == pytest.approx(0, abs=1e-12)
    most = 15.0 * min(1.0, size_mg / 300)
    within(np.degrees(jerk.shift_rad), 0.2 * most if shift else 0.0, most if shift else 0.0)
    assert (jerk.arousal is not None) == arousal


@given(seeds, st.sampled_from([30.0, 300.0, 1500.0]))
def test_an_arousal_follows_is_weaker_and_comes_back(rng, size_mg):
    moves = draws.sleep_start(rng, size_mg=size_mg, arousal=True, shift=False).arousal
    within(moves.start_s, 1.5, 3.0)
    begins = [step.after_s for step in moves.steps]
    assert begins == sorted(begins)
    within(begins[-1], 0, 60)
    assert len(begins) >= 2
    assert degrees(moves).sum() == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(moves.settled(UP), UP, atol=1e-12)
    for step, peak_g in zip(moves.steps, peaks_g(moves), strict=True):
        within(peak_g, 0.249 * size_mg / 1000, 0.751 * size_mg / 1000)
        assert step.over_s >= max(0.45, 3 * abs(step.angle_rad))


# -- what looks alike


@given(seeds)
def test_a_twitch_is_brief_and_small(rng):
    jerk, size_mg = draws.twitch(rng)
    within(size_mg, 5, 40)
    (burst,) = jerk.bursts
    within(burst.length_s, 0.075, 0.15)
    assert jerk.shift_rad == 0


@given(seeds)
def test_a_limb_moves_and_nearly_comes_back(rng):
    moves = draws.limb(rng)
    assert len(moves.steps) >= 2
    assert moves.steps[0].after_s == 0
    within(moves.steps[-1].after_s, 0, 0.75 * 30)
    turned = degrees(moves)
    assert abs(turned.sum()) <= 0.3 * abs(turned[:-1].sum()) + 1e-9
    assert max(peaks_g(moves)) <= 0.8 * 1.001


@given(seeds)
def test_a_turn_is_of_20_to_120_degrees_in_3_to_6_steps(rng):
    moves = draws.turn(rng)
    within(len(moves.steps), 3, 6)
    within(degrees(moves).sum(), 20, 120)
    assert (degrees(moves) > 0).all()
    assert moves.steps[0].after_s == 0
    within(max(step.after_s for step in moves.steps), 0, 4)
    for step in moves.steps:
        within(step.over_s, 0.35, 1.0)
    assert max(peaks_g(moves)) <= 1.001


@given(seeds)
def test_a_periodic_movement_goes_holds_and_returns(rng):
    moves = draws.plm(rng, np.array([1.0, 0.0, 0.0]))
    there, back = moves.steps
    within(degrees(moves)[0], 4, 15)
    assert back.angle_rad == -there.angle_rad
    within(there.over_s, 0.3, 0.6)
    within(back.after_s - there.over_s, 0, 2)
    within(back.over_s, 0.5, 1.2)
    within(max(peaks_g(moves)), 0.01 * 0.999, 0.06 * 1.001)
    np.testing.assert_allclose(moves.settled(UP), UP, atol=1e-12)


@given(seeds)
def test_a_train_has_6_to_20_bursts_at_1_to_2_hz(rng):
    jerk, size_mg = draws.train(rng)
    within(size_mg, 50, 300)
    within(len(jerk.bursts), 6, 20)
    within(np.median(np.diff([burst.after_s for burst in jerk.bursts])), 0.4, 1.1)
    for burst in jerk.bursts:
        within(burst.strength, 0.8, 1.2)
        within(burst.length_s, 0.3 * 0.5 / 0.7, 0.45)


@pytest.mark.parametrize(
    ("draw", "hz", "length_s", "peak_g"),
    [
        (draws.scratch, (3, 6), (2, 10), (0.06, 0.4)),
        (draws.shaking, (3, 8), (30, 60), (0.25, 0.8)),
    ],
)
@given(rng=seeds)
def test_scratching_and_shaking_differ_in_length_and_size(draw, hz, length_s, peak_g, rng):
    movement = draw(rng)
    within(movement.hz, *hz)
    within(movement.length_s, *length_s)
    within(movement.peak_g, *peak_g)
    assert np.linalg.norm(movement.along) == pytest.approx(1)


@pytest.mark.parametrize(
    ("draw", "hz", "peak_g", "decay_s"),
    [
        (draws.tap, (20, 45), (0.3, 3.0), (0.01, 0.03)),
        (draws.partner, (3, 7), (0.008, 0.03), (0.25, 0.6)),
    ],
)
@given(rng=seeds)
def test_a_knock_rings_fast_and_a_mattress_swings_slowly(draw, hz, peak_g, decay_s, rng):
    movement = draw(rng)
    assert isinstance(movement, Ring)
    within(movement.hz, *hz)
    within(movement.peak_g, *peak_g)
    within(movement.decay_s, *decay_s)


def test_those_without_a_size_to_be_fitted_are_named():
    for cause, draw in draws.BRIEF.items():
        assert draw(np.random.default_rng(1)).cause == cause


# -- devices


@pytest.mark.parametrize("name", DEVICES)
def test_a_device_clips_at_its_range_and_its_scale_undoes_its_codes(name):
    device = DEVICES[name]
    far = np.full((1, 3), 3.0 * device.range_g)
    assert device.to_raw(far).tolist() == [[device.highest] * 3]
    assert device.to_raw(-far).tolist() == [[device.lowest] * 3]
    accel_g = np.random.default_rng(1).uniform(-0.9, 0.9, (200, 3)) * device.range_g
    back = device.scale.to_g(device.to_raw(accel_g))
    step_g = device.step_mg / 1000
    off = back - accel_g
    low, high = (-0.5001, 0.5001) if device.rounds else (-1.0001, 0.0001)
    assert low * step_g <= off.min()
    assert off.max() <= high * step_g


@pytest.mark.parametrize(
    ("name", "nominal_hz", "true_hz"),
    [
        ("geneactiv", 85.7, 600 / 7),
        ("geneactiv", 100, 100),
        ("geneactiv", 66.7, 600 / 9),
        ("ax3", 100, 98),
        ("ax3", 25, 24.5),
        ("actigraph", 30, 30),
    ],
)
def test_a_device_has_a_true_rate(name, nominal_hz, true_hz):
    assert DEVICES[name].true_hz(nominal_hz) == pytest.approx(true_hz)


def test_times_of_samples_are_rounded_to_the_nearest_ns():
    found = times_ns(1000, np.array([0, 1, 2, 3, 6]), 3.0)
    assert (found - 1000).tolist() == [0, 333_333_333, 666_666_667, 10**9, 2 * 10**9]
