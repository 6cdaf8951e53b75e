"""Which limbs a made movement moves, and how another limb makes it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.synthetic import draws
from recordings.synthetic.activity import Awake
from recordings.synthetic.night import Planned
from recordings.synthetic.several import _own, _reach

ARMS = {("arm", "left"), ("arm", "right")}
LEGS = {("leg", "left"), ("leg", "right")}
ALL = ARMS | LEGS
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def planned(cause, seed=1, size_mg=None):
    rng = np.random.default_rng(seed)
    if cause == "sleep_start":
        movement = draws.sleep_start(rng, size_mg=300.0, arousal=True, shift=True)
    elif cause == "plm":
        movement = draws.plm(rng, np.array([1.0, 0.0, 0.0]))
    elif cause in ("twitch", "train"):
        movement, _ = getattr(draws, cause)(rng)
    else:
        movement = getattr(draws, cause)(rng)
    return Planned(movement=movement, size_mg=size_mg, night=0)


def reached(cause, draws_n=400):
    """How often each number of limbs is moved, and which sets of two."""
    rng, item = np.random.default_rng(2), planned(cause)
    found = [_reach(rng, item) for _ in range(draws_n)]
    return Counter(map(len, found)), {each for each in found if len(each) == 2}


@pytest.mark.parametrize("cause", ["twitch", "tap", "scratch", "shaking", "train"])
def test_small_and_outer_movements_are_those_of_one_limb(cause):
    sizes, _ = reached(cause)
    assert set(sizes) == {1}


def test_a_periodic_movement_is_of_one_leg_or_both():
    sizes, pairs = reached("plm")
    assert set(sizes) == {1, 2}
    assert sizes[1] == pytest.approx(200, abs=50)
    assert pairs == {frozenset(LEGS)}


@pytest.mark.parametrize("cause", ["turn", "partner"])
def test_turns_and_the_mattress_move_all_four(cause):
    assert set(reached(cause)[0]) == {4}


@pytest.mark.parametrize(
    ("cause", "shares"), [("limb", (0.533, 0.182, 0.285)), ("sleep_start", (0.34, 0.33, 0.33))]
)
def test_limb_movements_and_sleep_starts_move_one_a_pair_or_all_in_their_shares(cause, shares):
    sizes, pairs = reached(cause)
    for number, share in zip((1, 2, 4), shares, strict=True):
        assert sizes[number] / 400 == pytest.approx(share, abs=0.08)
    assert pairs == {frozenset(ARMS), frozenset(LEGS)}


@given(seeds, st.sampled_from([5.0, 300.0, 1500.0]))
def test_another_limb_jerks_within_40_ms_in_its_own_way(rng, size_mg):
    item = planned("sleep_start", size_mg=size_mg)
    own = _own(rng, item)
    one, other = item.movement, own.movement
    assert 0 <= other.start_s - one.start_s <= 0.04
    assert 5 <= own.size_mg <= 1500
    assert 0.8 * one.lever_m <= other.lever_m <= 1.2 * one.lever_m
    assert other.axis @ other.radius == pytest.approx(0, abs=1e-12)
    assert (other.bursts, other.limb_hz) == (one.bursts, one.limb_hz)
    assert len(other.arousal.steps) == len(one.arousal.steps)


@given(seeds, st.sampled_from(["limb", "turn", "plm"]))
def test_another_limb_takes_the_same_steps_about_another_axis_within_150_ms(rng, cause):
    item = planned(cause)
    own = _own(rng, item)
    assert 0 <= own.movement.start_s - item.movement.start_s <= 0.15
    assert own.size_mg is None
    pairs = zip(item.movement.steps, own.movement.steps, strict=True)
    ratios = [
        (b.angle_rad / a.angle_rad, np.linalg.norm(b.push_m) / np.linalg.norm(a.push_m))
        for a, b in pairs
    ]
    np.testing.assert_allclose(ratios, ratios[0][0], rtol=1e-9)  # all larger or smaller alike
    assert 0.7 <= ratios[0][0] <= 1.2
    assert [step.over_s for step in own.movement.steps] == [
        step.over_s for step in item.movement.steps
    ]


@given(seeds)
def test_a_mattress_swings_nearly_alike_under_every_limb(rng):
    item = planned("partner")
    own = _own(rng, item).movement
    assert 0.85 <= own.peak_g / item.movement.peak_g <= 1.15
    assert (own.start_s, own.hz) == (item.movement.start_s, item.movement.hz)


@given(seeds)
def test_shaking_is_as_large_everywhere_in_another_direction(rng):
    item = planned("shaking")
    own = _own(rng, item).movement
    assert (own.peak_g, own.hz, own.length_s) == (
        item.movement.peak_g,
        item.movement.hz,
        item.movement.length_s,
    )
    assert np.linalg.norm(own.along) == pytest.approx(1)
    assert abs(own.along @ item.movement.along) < 1


def test_waking_life_is_another_for_every_limb():
    awake = Planned(movement=Awake(style="sit", start_s=0.0, length_s=60.0, seed=1), night=-1)
    own = _own(np.random.default_rng(3), awake).movement
    assert own.seed != 1
    assert (own.style, own.length_s) == ("sit", 60.0)
