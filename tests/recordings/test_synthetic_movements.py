"""The physics of made movements by hand: curves, turns, throws, rings, and who has room."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.synthetic import DEVICES, Recipe, acceleration, plan
from recordings.synthetic.agenda import Agenda
from recordings.synthetic.movements import Burst, Jerk, Moves, Rhythm, Ring, Step
from recordings.synthetic.recipe import USUAL_LOOK_ALIKES
from recordings.synthetic.truth import measure
from recordings.synthetic.vectors import (
    GRAVITY_M_S2,
    across,
    direction,
    faded,
    reach,
    reach_acceleration,
    rotated,
)

X, Y, Z = np.eye(3)
UP = Z


# -- curves


@pytest.mark.parametrize(
    ("x", "share"),
    [(-1, 0), (0, 0), (0.25, 106 / 1024), (0.5, 0.5), (0.75, 918 / 1024), (1, 1), (2, 1)],
)
def test_a_reach_of_least_jerk_has_covered_this_share(x, share):
    # 10 x^3 - 15 x^4 + 6 x^5; at 1/4: (160 - 60 + 6) / 1024
    assert reach(np.array([x], float))[0] == pytest.approx(share, abs=1e-15)


def test_the_acceleration_of_a_reach_is_its_second_derivative():
    x = np.linspace(0.001, 0.999, 999)
    second = np.gradient(np.gradient(reach(x), x), x)[3:-3]
    np.testing.assert_allclose(reach_acceleration(x)[3:-3], second, atol=1e-3)
    # 60 x (1 - x) (1 - 2 x): largest at x = 1/2 - sqrt(3) / 6, 10 / sqrt(3)
    assert reach_acceleration(np.array([0.5 - np.sqrt(3) / 6]))[0] == pytest.approx(10 / np.sqrt(3))
    assert reach_acceleration(np.array([-0.5, 0, 0.5, 1, 1.5])).tolist() == [0, 0, 0, 0, 0]


def test_a_window_rises_and_falls_over_its_ends():
    t = np.array([-1, 0, 1, 2, 5, 8, 9, 10, 11], float)
    np.testing.assert_allclose(faded(t, 10.0, 2.0), [0, 0, 0.5, 1, 1, 1, 0.5, 0, 0], atol=1e-12)


# -- turns


@pytest.mark.parametrize(
    ("vector", "axis", "degrees", "expected"),
    [
        (X, Z, 90, Y),
        (Y, Z, 90, -X),
        (Z, X, 90, -Y),
        (X, Y, 90, -Z),
        (X, X, 77, X),
        (Z, X, 180, -Z),
        (X, Z, -90, -Y),
        (2 * Z, Y, 30, (1, 0, np.sqrt(3))),
    ],
)
def test_a_rotation_is_one_by_the_right_hand(vector, axis, degrees, expected):
    np.testing.assert_allclose(rotated(vector, axis, np.radians(degrees)), expected, atol=1e-12)


def test_many_vectors_are_turned_each_by_its_angle():
    found = rotated(np.tile(X, (3, 1)), Z, np.radians([0, 90, 180]))
    np.testing.assert_allclose(found, [X, Y, -X], atol=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_directions_have_a_length_of_one_and_stand_across(seed):
    rng = np.random.default_rng(seed)
    axis = direction(rng)
    other = across(axis, rng)
    assert np.linalg.norm(axis) == pytest.approx(1)
    assert np.linalg.norm(other) == pytest.approx(1)
    assert axis @ other == pytest.approx(0, abs=1e-12)


# -- who has room


def test_stretches_may_touch_and_not_overlap():
    agenda = Agenda()
    agenda.reserve(10, 20)
    agenda.reserve(30, 31)
    free = [(0, 10), (20, 30), (31, 99), (20, 25)]
    taken = [(0, 10.1), (19.9, 30), (12, 13), (0, 99), (30.5, 30.6), (29, 30.1)]
    assert all(agenda.is_free(*each) for each in free)
    assert not any(agenda.is_free(*each) for each in taken)


def test_a_long_stretch_is_seen_behind_shorter_ones():
    agenda = Agenda()
    agenda.reserve(0, 100)
    for k in range(1, 50):
        agenda.reserve(100 + k, 100.5 + k)
    assert not agenda.is_free(99, 100.5)
    assert agenda.is_free(100, 101)


def test_a_place_has_room_before_and_after_it():
    agenda = Agenda()
    agenda.reserve(10, 20)
    draws = iter([19.0, 22.0, 25.0, 7.0])
    start = agenda.place(2.0, lambda: next(draws), before_s=3.0, after_s=1.0)
    assert start == 25.0  # 22 would begin its room at 19
    assert not agenda.is_free(22.0, 22.5)
    assert not agenda.is_free(27.9, 28.0)
    assert agenda.is_free(28.0, 29.0)
    assert agenda.is_free(20.0, 22.0)


def test_without_room_nothing_is_placed_or_taken():
    agenda, drawn = Agenda(), []
    agenda.reserve(0, 10)

    def draw():
        drawn.append(1)
        return 5.0

    assert agenda.place(1.0, draw, before_s=0.0, after_s=0.0, tries=7) is None
    assert len(drawn) == 7
    assert agenda.is_free(10, 11)


# -- movements


def step(after_s=0.0, over_s=1.0, axis=X, degrees=0.0, push_m=(0.0, 0.0, 0.0)):
    return Step(
        after_s=after_s,
        over_s=over_s,
        axis=axis,
        angle_rad=np.radians(degrees),
        push_m=np.array(push_m),
    )


def test_a_turn_adds_the_gravity_after_it_less_that_before():
    moves = Moves(cause="turn", start_s=100.0, steps=(step(degrees=90), step(2.0, degrees=90)))
    assert moves.length_s == pytest.approx(3.0, abs=0.01)
    np.testing.assert_allclose(moves.settled(UP), -Z, atol=1e-12)
    added = moves.shape(UP)(np.array([99.0, 100.0, 100.5, 101.5, 102.5, 103.5]))
    half = np.sqrt(0.5)
    expected = [0 * Z, 0 * Z, (0, -half, half - 1), -Y - Z, (0, -half, -half - 1), -2 * Z]
    np.testing.assert_allclose(added, expected, atol=1e-4)


def test_a_push_accelerates_forwards_and_back_and_turns_nothing():
    moves = Moves(cause="limb", start_s=0.0, steps=(step(over_s=0.5, push_m=(0.1, 0, 0)),))
    t = np.linspace(0, 0.5, 501)
    added = moves.shape(UP)(t)
    peak_g = 0.1 * 10 / np.sqrt(3) / 0.25 / GRAVITY_M_S2
    assert added[:, 0].max() == pytest.approx(peak_g, rel=1e-3)
    assert added[:, 0].min() == pytest.approx(-peak_g, rel=1e-3)
    assert not added[:, 1:].any()
    # twice integrated it is the way
    speed = np.cumsum(added[:, 0]) * GRAVITY_M_S2 * 0.001
    assert np.cumsum(speed)[-1] * 0.001 == pytest.approx(0.1, rel=0.01)
    np.testing.assert_allclose(moves.settled(UP), UP)


def jerk(**changes):
    usual = {
        "cause": "sleep_start",
        "start_s": 50.0,
        "bursts": (Burst(after_s=0.0, length_s=0.1),),
        "muscle_s": 0.04,
        "limb_hz": 3.0,
        "damping": 0.3,
        "lever_m": 0.25,
        "axis": X,
        "radius": Y,
        "shift_axis": Z,
    }
    return Jerk(**{**usual, **changes})


def test_a_throw_begins_and_ends_at_rest():
    movement = jerk()
    # 0.1 s of discharge, then eight time constants of limb and muscle
    assert movement.length_s == pytest.approx(0.1 + 8 * (1 / (2 * np.pi * 3 * 0.3) + 0.04), abs=0.1)
    added = movement.shape(UP)(np.array([49.0, 50.0, 50.0 + movement.length_s, 99.0]))
    np.testing.assert_allclose(added, 0, atol=2e-3)
    np.testing.assert_allclose(movement.settled(UP), UP)


def test_a_throw_moves_across_its_axis_and_turns_gravity_about_it():
    t = 50 + np.linspace(0, 1.5, 1501)
    added = jerk().shape(UP)(t)
    assert not added[:, 0].any()  # all happens in the plane across the axis
    assert np.ptp(added[:, 1:], axis=0).min() > 0.01
    # the tangent is axis x radius = z: there the throw is largest
    assert np.ptp(added[:, 2]) > np.ptp(added[:, 1])


def test_a_throw_of_twice_the_lever_has_twice_the_acceleration_less_the_turn_of_gravity():
    t = 50 + np.linspace(0, 1, 1001)
    one, two, none = (jerk(lever_m=lever).shape(UP)(t) for lever in (0.2, 0.4, 0.0))
    np.testing.assert_allclose(two - none, 2 * (one - none), atol=1e-9)


def test_a_lasting_shift_is_left_behind():
    movement = jerk(shift_axis=X, shift_rad=np.radians(10), shift_s=0.8)
    np.testing.assert_allclose(movement.settled(UP), rotated(UP, X, np.radians(10)))
    added = movement.shape(UP)(np.array([80.0]))[0]
    np.testing.assert_allclose(added, movement.settled(UP) - UP, atol=2e-3)


def test_an_arousal_is_added_where_it_begins():
    after = Moves(cause="limb", start_s=5.0, steps=(step(over_s=1.0, push_m=(0.2, 0, 0)),))
    movement = jerk(arousal=after)
    assert movement.length_s == pytest.approx(5.0 + after.length_s, abs=0.01)
    t = 50 + np.linspace(5, 6, 101)
    np.testing.assert_allclose(
        movement.shape(UP)(t)[:, 0], after.shape(UP)(t - 50)[:, 0], atol=1e-3
    )
    assert np.abs(movement.shape(UP)(np.array([53.0]))).max() < 2e-3


def test_an_oscillation_has_its_rate_and_comes_back():
    movement = Rhythm(
        cause="scratch",
        start_s=10.0,
        length_s=4.0,
        hz=5.0,
        peak_g=0.5,
        along=Y,
        tilt_axis=Y,
        wander=0.0,
        phase_rad=(0.0, 0.0),
    )
    t = np.linspace(10, 14, 4001)
    wave = movement.shape(UP)(t)[:, 1]
    middle = wave[1000:3000]
    assert np.count_nonzero(np.diff(np.sign(middle))) == pytest.approx(2 * 5 * 2, abs=1)
    assert np.abs(wave).max() == pytest.approx(0.5 * 1.3, rel=0.03)  # its size swings by 0.3
    np.testing.assert_allclose(movement.shape(UP)(np.array([9.0, 10.0, 14.0, 15.0])), 0, atol=1e-6)
    np.testing.assert_allclose(movement.settled(UP), UP)


def ring(**changes):
    usual = {"cause": "tap", "start_s": 0.0, "hz": 20.0, "peak_g": 1.0, "rise_s": 0.001}
    return Ring(**{**usual, "decay_s": 0.05, "along": X, **changes})


def test_a_knock_rings_at_its_rate_with_its_size_and_decays():
    wave = ring().shape(UP, np.inf)(np.linspace(0, 0.6, 2401))
    assert np.abs(wave[:, 0]).max() == pytest.approx(1.0, rel=0.02)
    assert not wave[:, 1:].any()
    assert ring().length_s == pytest.approx(8 * 0.05 + 10 * 0.001 + 0.2)
    tops = [k for k in range(1, 2400) if wave[k, 0] > max(wave[k - 1, 0], wave[k + 1, 0], 0.02)]
    assert np.median(np.diff(tops)) * 0.00025 == pytest.approx(1 / 20, rel=0.05)
    sizes = [wave[k, 0] for k in tops[1:4]]
    for one, next_one in pairwise(sizes):
        assert next_one / one == pytest.approx(np.exp(-1 / 20 / 0.05), rel=0.1)


def test_a_knock_at_the_limit_of_the_sensor_loses_3_db():
    long_ring = ring(decay_s=0.4, hz=30.0)
    t = np.linspace(0, 2, 8001)
    all_of_it, passed = (long_ring.shape(UP, hz)(t)[:, 0] for hz in (np.inf, 30.0))
    assert passed.std() / all_of_it.std() == pytest.approx(np.sqrt(0.5), rel=0.05)


# -- what is known of a movement


def test_a_movement_is_measured_as_by_its_documentation():
    found = measure(jerk(), UP)
    # filters without delay see it coming
    assert 49.9 < found.start_s < 50.0 < found.peak_s < found.end_s < 52.0
    assert found.jerk_g_per_s > 0
    assert 0.1 < found.width_s < 1.2
    louder = measure(jerk(gain_rad=0.1), UP)
    assert louder.size_mg == pytest.approx(2 * found.size_mg, rel=0.1)
    assert louder.peak_s == pytest.approx(found.peak_s, abs=0.02)


def test_time_moves_a_measure_and_nothing_else():
    one, later = measure(jerk(), UP), measure(jerk(start_s=250.0), UP)
    assert later.peak_s - one.peak_s == pytest.approx(200.0, abs=1e-6)
    assert later.size_mg == pytest.approx(one.size_mg, rel=1e-6)
    assert later.width_s == pytest.approx(one.width_s, abs=1e-9)


# -- recipes


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"device": "watch"}, "device 'watch' is none of "),
        ({"hours": 0.0}, "hours = 0.0 is not positive"),
        ({"hours": float("nan")}, "hours = nan is not positive"),
        ({"size_mg": (0.0, 100.0)}, "does not ascend within 0 to 1500"),
        ({"size_mg": (200.0, 100.0)}, "does not ascend within 0 to 1500"),
        ({"size_mg": (30.0, 1501.0)}, "does not ascend within 0 to 1500"),
        ({"start": "soon"}, "Invalid isoformat string"),
        ({"bed_time": "25:00"}, "hour must be in 0..23"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        Recipe(**wrong)


@pytest.mark.parametrize("size_mg", [(1500.0, 1500.0), (0.1, 0.1)])
def test_sizes_may_be_one(size_mg):
    assert Recipe(size_mg=size_mg).size_mg == size_mg


def test_a_recipe_has_what_is_usual_unless_it_says_otherwise():
    assert Recipe(site="ankle").planted == USUAL_LOOK_ALIKES["ankle"]
    assert Recipe(look_alikes=()).planted == ()
    assert Recipe(device="ax3").nominal_hz == DEVICES["ax3"].nominal_hz
    assert Recipe(device="ax3", rate_hz=25.0).nominal_hz == 25.0


def test_nothing_is_added_where_there_is_no_time():
    night = plan(1, Recipe(hours=0.05))
    assert acceleration(night, np.empty(0, np.int64)).shape == (0, 3)
