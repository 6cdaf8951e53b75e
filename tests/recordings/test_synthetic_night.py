"""The course of a made night: its schedule, who gives way, what series are made of, waking life."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.synthetic import Recipe
from recordings.synthetic.activity import Awake, Vehicle
from recordings.synthetic.night import GETTING_UP_S, Schedule, movements, schedule, waking

HOUR, MINUTE = 3600.0, 60.0
BED_S = 3 * HOUR
seeds = st.integers(0, 2**31)


def night_of(recipe, seed):
    night = schedule(recipe, seed, 0, BED_S)
    return night, movements(recipe, seed, 0, night, index=2)


def moved(planned, *causes):
    """Movements of some causes, in order of their beginning."""
    return sorted(
        (each for each in planned if each.movement.cause in causes),
        key=lambda each: each.movement.start_s,
    )


# -- the schedule


@given(seeds, st.sampled_from([0.0, 40.0]), st.sampled_from([0.0, 1.5, 6.0]))
def test_a_night_goes_from_bed_to_settling_to_onset_to_waking(seed, quiet_wake_min, awakenings):
    recipe = Recipe(
        settling_min=(8.0, 25.0), quiet_wake_min=quiet_wake_min, awakenings=awakenings, sleep_h=7.5
    )
    night = schedule(recipe, seed, 0, BED_S)
    assert abs(night.bed_s - BED_S) <= 15 * MINUTE
    assert 8 * MINUTE <= night.settled_s - night.bed_s <= 25 * MINUTE
    assert night.onset_s == pytest.approx(night.settled_s + quiet_wake_min * MINUTE)
    assert 0.8 * 7.5 * HOUR <= night.wake_s - night.onset_s <= 1.2 * 7.5 * HOUR
    for begin, end in night.awakenings:
        assert 2 * MINUTE <= end - begin <= 12 * MINUTE
        assert begin >= night.onset_s + 45 * MINUTE
        assert end < night.wake_s - 30 * MINUTE
    for (_, end), (begin, _) in pairwise(night.awakenings):
        assert begin - end > 30 * MINUTE
    if awakenings == 0:
        assert night.awakenings == ()


def test_stretches_of_sleep_lie_between_awakenings():
    night = Schedule(
        bed_s=0, settled_s=10, onset_s=20, wake_s=100, awakenings=((40.0, 45.0), (70.0, 80.0))
    )
    assert list(night.asleep()) == [(20, 40), (45, 70), (80, 100)]
    quiet = Schedule(bed_s=0, settled_s=10, onset_s=20, wake_s=100, awakenings=())
    assert list(quiet.asleep()) == [(20, 100)]


def test_nights_differ_and_the_same_night_is_the_same():
    recipe = Recipe()
    assert schedule(recipe, 1, 0, BED_S) == schedule(recipe, 1, 0, BED_S)
    assert schedule(recipe, 1, 0, BED_S) != schedule(recipe, 1, 1, BED_S)
    assert schedule(recipe, 1, 0, BED_S) != schedule(recipe, 2, 0, BED_S)


# -- what happens in it


@settings(max_examples=6)
@given(seeds)
def test_no_two_movements_of_a_sleeper_overlap(seed):
    _, planned = night_of(Recipe(), seed)
    spans = sorted(
        (each.movement.start_s, each.movement.start_s + each.movement.length_s) for each in planned
    )
    for (_, end), (begin, _) in pairwise(spans):
        assert end <= begin + 1e-9
    assert {each.night for each in planned} == {2}


@settings(max_examples=6)
@given(seeds)
def test_a_sleeper_lies_down_and_gets_up_with_a_turn(seed):
    night, planned = night_of(Recipe(turns_per_h=0.0), seed)
    starts = [each.movement.start_s for each in moved(planned, "turn")]
    assert night.bed_s in starts
    assert night.wake_s in starts
    assert GETTING_UP_S == 8.0


@settings(max_examples=6)
@given(seeds, st.sampled_from([(30.0, 1500.0), (100.0, 100.0)]))
def test_sleep_starts_are_isolated_and_of_the_sizes_asked_for(seed, size_mg):
    recipe = Recipe(sleep_starts=6, size_mg=size_mg)
    night, planned = night_of(recipe, seed)
    starts = moved(planned, "sleep_start")
    assert 1 <= len(starts) <= 6
    others = [each.movement for each in planned if each.movement.cause != "sleep_start"]
    for each in starts:
        assert size_mg[0] <= each.size_mg <= size_mg[1] * (1 + 1e-12)
        begin, length = each.movement.start_s, each.movement.length_s
        assert night.bed_s + 60 <= begin <= night.wake_s - 60
        for other in others:
            before = other.start_s + other.length_s <= begin - 15 + 1e-6
            assert before or other.start_s >= begin + length + 6 - 1e-6


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (1.0, 6)])
def test_arousals_and_shifts_have_the_shares_asked_for(share, expected):
    recipe = Recipe(sleep_starts=6, arousal_share=share, shift_share=share, look_alikes=())
    _, planned = night_of(recipe, 5)
    jerks = [each.movement for each in moved(planned, "sleep_start")]
    assert sum(jerk.arousal is not None for jerk in jerks) == min(expected, len(jerks))
    assert sum(jerk.shift_rad > 0 for jerk in jerks) == min(expected, len(jerks))


@settings(max_examples=6)
@given(seeds)
def test_a_cluster_is_a_series_of_like_jerks_around_onset(seed):
    usual = Recipe(sleep_starts=0, size_mg=(50.0, 800.0))
    night, planned = night_of(Recipe(sleep_starts=0, size_mg=(50.0, 800.0), cluster=True), seed)
    jerks = moved(planned, "sleep_start")
    assert 2 <= len(jerks) <= 29
    begin, end = jerks[0].movement.start_s, jerks[-1].movement.start_s
    assert end - begin <= 15 * MINUTE
    assert begin >= night.onset_s - 15 * MINUTE
    for each in jerks:
        assert 50 <= each.size_mg <= 800
        assert each.movement.arousal is None
    assert not moved(night_of(usual, seed)[1], "sleep_start")


@pytest.mark.parametrize(
    ("cause", "most"),
    [("train", 2), ("scratch", 2), ("tap", 4), ("partner", 5), ("vehicle", 1), ("shaking", 1)],
)
def test_a_look_alike_happens_so_often_a_night(cause, most):
    counts = [
        len(moved(night_of(Recipe(look_alikes=(cause,)), seed)[1], cause)) for seed in range(6)
    ]
    assert max(counts) == most
    assert min(counts) >= 1
    assert not moved(night_of(Recipe(look_alikes=()), 1)[1], cause)


@settings(max_examples=6)
@given(seeds)
def test_periodic_movements_come_in_series_of_up_to_20_some_25_s_apart(seed):
    _, planned = night_of(Recipe(look_alikes=("plm",), sleep_starts=0), seed)
    starts = [each.movement.start_s for each in moved(planned, "plm")]
    assert len(starts) <= 2 * 20
    # the two series of a night may fall into one another, but not onto each other
    assert (np.diff(starts) > 0.8 + 1).all()


def test_a_vehicle_lasts_10_to_20_minutes_of_sleep_and_stops_nobody():
    night, planned = night_of(Recipe(look_alikes=("vehicle",)), 3)
    (vehicle,) = (each.movement for each in moved(planned, "vehicle"))
    assert isinstance(vehicle, Vehicle)
    assert 10 * MINUTE <= vehicle.length_s <= 20 * MINUTE
    assert night.onset_s <= vehicle.start_s
    assert vehicle.start_s + vehicle.length_s <= night.wake_s
    during = [
        each
        for each in planned
        if vehicle.start_s < each.movement.start_s < vehicle.start_s + vehicle.length_s
    ]
    assert during


@pytest.mark.parametrize(
    ("field", "cause"),
    [("twitches_per_h", "twitch"), ("movements_per_h", "limb"), ("turns_per_h", "turn")],
)
def test_the_rates_of_sleep_are_those_asked_for(field, cause):
    few, many = (
        np.mean(
            [
                len(
                    [
                        each
                        for each in moved(planned, cause)
                        if night.onset_s < each.movement.start_s < night.wake_s - 1
                    ]
                )
                / ((night.wake_s - night.onset_s) / HOUR)
                for night, planned in (
                    night_of(
                        Recipe(look_alikes=(), sleep_starts=0, awakenings=0.0, **{field: rate}),
                        seed,
                    )
                    for seed in range(6)
                )
            ]
        )
        for rate in (2.0, 8.0)
    )
    assert few == pytest.approx(2.0, rel=0.5)
    assert many == pytest.approx(8.0, rel=0.4)


def test_nobody_twitches_awake():
    night, planned = night_of(Recipe(twitches_per_h=60.0, quiet_wake_min=30.0), 4)
    assert all(each.movement.start_s >= night.onset_s for each in moved(planned, "twitch"))


def test_movement_decays_from_bed_to_settling():
    early = late = 0
    for seed in range(8):
        night, planned = night_of(Recipe(settling_min=(25.0, 25.0)), seed)
        third = (night.settled_s - night.bed_s) / 3
        begins = np.array([each.movement.start_s for each in moved(planned, "limb")]) - night.bed_s
        early += np.count_nonzero(begins < third)
        late += np.count_nonzero((begins > 2 * third) & (begins < 3 * third))
    assert early > 2 * late


# -- waking life


@given(seeds, st.floats(0, 5 * HOUR))
def test_waking_life_is_without_holes_until_bed_time(seed, length_s):
    planned = waking(seed, 0, 100.0, 100.0 + length_s)
    reached = 100.0
    for each in planned:
        assert isinstance(each.movement, Awake)
        assert each.movement.start_s == pytest.approx(reached)
        assert each.night == -1
        reached += each.movement.length_s
        assert each.movement.length_s <= 20 * MINUTE
    assert 0 <= 100.0 + length_s - reached <= 10 + 1e-6


def test_people_walk_fidget_and_sit_in_their_shares():
    planned = waking(3, 0, 0.0, 200 * HOUR)
    counts = Counter(each.movement.style for each in planned)
    total = sum(counts.values())
    for style, share in {"walk": 0.25, "fidget": 0.45, "sit": 0.3}.items():
        assert counts[style] / total == pytest.approx(share, abs=0.05)
