from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scans import (
    NIGHT,
    RATE_HZ,
    SPAN,
    at,
    events,
    minutes_between,
    placed,
    recorded,
    slept,
)

from detector.nights.grid import Grid
from detector.nights.guider import angle_change_deg, still_threshold_deg
from detector.nights.onset import find_sleep
from detector.settings import Settings, SleepSettings


def with_sleep(**changes) -> Settings:
    return Settings(sleep=replace(SleepSettings(), **changes))


# --------------------------------------------------------------------- the sleep period


def test_onset_and_wake_are_where_movement_ends_and_begins():
    sleep = slept(recorded("21:00", *NIGHT))
    assert minutes_between(sleep.onset_ns, at("23:00")) <= 1
    assert minutes_between(sleep.wake_ns, at("07:00")) <= 1
    assert sleep.source == "hdcza"
    assert sleep.onset_observed
    assert sleep.wake_observed


def test_all_candidates_are_kept_and_the_end_of_waking_movement_is_used():
    sleep = slept(recorded("21:00", *NIGHT))
    assert list(sleep.candidates) == [
        "still", "still_tolerant", "immobile", "cole_kripke", "settled"
    ]  # fmt: skip
    assert sleep.onset_ns == sleep.candidates["settled"]
    assert all(minutes_between(c, at("23:00")) <= 3 for c in sleep.candidates.values())


def test_without_settling_the_median_of_the_other_candidates_is_used():
    # movement in every minute, without a turn: still for the angle, never as quiet as sleep
    restless = recorded("21:00", ("awake", 120), ("rigid", 480), ("awake", 60))
    rows = slice(placed(restless, "23:00"), placed(restless, "07:00"))
    restless["accel_max_mg"][rows][::6] = 200
    sleep = slept(restless)
    assert "settled" not in sleep.candidates
    assert sleep.onset_ns == int(np.median(list(sleep.candidates.values())))


def test_motion_alone_never_knows_onset_better_than_to_an_hour():
    assert slept(recorded("21:00", *NIGHT)).uncertainty_min == 70


def test_the_uncertainty_is_the_spread_of_the_candidates():
    restless = recorded("21:00", ("awake", 120), ("asleep", 480), ("awake", 60))
    # every other minute a movement without a turn: still for the angle, not immobile
    rows = slice(placed(restless, "23:00"), placed(restless, "00:40"))
    restless["accel_max_mg"][rows][::24] = 200
    sleep = slept(restless)
    found = sleep.candidates.values()
    assert sleep.candidates["immobile"] >= at("00:35")
    assert sleep.uncertainty_min == minutes_between(max(found), min(found)) > 90


def test_a_person_who_never_sleeps_has_no_sleep_period():
    assert slept(recorded("14:00", ("awake", 700))) is None


def test_a_night_without_a_sample_has_no_sleep_period():
    assert slept(recorded("14:00")) is None


def test_sitting_through_the_evening_is_no_sleep():
    assert slept(recorded("14:00", ("awake", 120), ("sitting", 300), ("awake", 60))) is None


def test_two_quiet_half_hours_are_no_sleep():
    evening = (("awake", 100), ("asleep", 40), ("awake", 50), ("asleep", 40), ("awake", 50))
    assert slept(recorded("14:00", *evening, *evening)) is None


def test_an_evening_on_the_sofa_does_not_become_part_of_the_night():
    sleep = slept(
        recorded("16:00", ("awake", 120), ("sitting", 240), ("awake", 20), ("asleep", 400))
    )
    assert minutes_between(sleep.onset_ns, at("22:20")) <= 3
    assert sleep.guider.start_ns >= at("22:15")


def test_going_from_the_sofa_to_sleep_without_a_move_is_found_late_rather_than_hours_early():
    sleep = slept(recorded("16:00", ("awake", 120), ("sitting", 300), ("asleep", 400)))
    assert minutes_between(sleep.onset_ns, at("23:00")) <= 30
    assert sleep.uncertainty_min > 20


def test_movement_that_wakes_nobody_does_not_end_the_sleep_period():
    sleep = slept(recorded("21:00", ("awake", 90), ("asleep", 200), ("awake", 12), ("asleep", 200)))
    assert minutes_between(sleep.onset_ns, at("22:30")) <= 1
    assert sleep.wake_ns == at("05:22")


def test_the_longest_of_two_sleeps_is_the_night():
    sleep = slept(
        recorded("13:00", ("awake", 60), ("asleep", 190), ("awake", 240), ("asleep", 400))
    )
    assert minutes_between(sleep.onset_ns, at("21:10")) <= 1


@pytest.mark.parametrize(("share", "found"), [(0.97, False), (1.03, True)])
def test_a_sleep_period_shorter_than_the_shortest_is_refused(share, found):
    minutes = 60 * share * SleepSettings().shortest_spt_h
    night = recorded("21:00", ("awake", 120), ("asleep", minutes), ("awake", 120))
    assert (slept(night) is not None) == found


def test_the_shortest_sleep_period_is_that_of_the_settings():
    night = recorded("21:00", ("awake", 120), ("asleep", 200), ("awake", 120))
    assert slept(night, settings=with_sleep(shortest_spt_h=3.4)) is None
    assert slept(night, settings=with_sleep(shortest_spt_h=3.2)) is not None


# --------------------------------------------------------------------- what is not observed


def test_a_recording_that_begins_asleep_has_no_observed_onset():
    sleep = slept(recorded("01:00", ("asleep", 300), ("awake", 60)))
    assert not sleep.onset_observed
    assert sleep.onset_ns == at("01:00")
    assert sleep.candidates == {}
    assert np.isnan(sleep.uncertainty_min)
    assert minutes_between(sleep.wake_ns, at("06:00")) <= 1
    assert sleep.wake_observed


@pytest.mark.parametrize(("awake_min", "observed"), [(4, False), (6, True)])
def test_a_few_minutes_of_waking_before_sleep_show_its_onset(awake_min, observed):
    sleep = slept(recorded("23:00", ("awake", awake_min), ("asleep", 300)))
    assert sleep.onset_observed == observed


def test_a_recording_that_ends_asleep_has_no_observed_wake():
    sleep = slept(recorded("21:00", ("awake", 120), ("asleep", 300)))
    assert sleep.onset_observed
    assert not sleep.wake_observed
    assert sleep.wake_ns == at("04:00")


@pytest.mark.parametrize(("gap_min", "observed"), [(4, True), (6, False)])
def test_a_gap_right_before_sleep_hides_its_onset_if_it_is_long(gap_min, observed):
    sleep = slept(recorded("21:00", ("awake", 90), ("gap", gap_min), ("asleep", 400)))
    assert sleep.onset_observed == observed


def test_a_gap_right_after_sleep_hides_waking():
    sleep = slept(recorded("21:00", ("awake", 90), ("asleep", 400), ("gap", 30), ("awake", 60)))
    assert not sleep.wake_observed


def test_time_without_a_sensor_is_not_stillness():
    assert slept(recorded("21:00", ("awake", 120), ("gap", 400), ("awake", 120))) is None


def test_a_short_gap_in_the_night_leaves_one_sleep_period():
    night = recorded("21:00", ("awake", 120), ("asleep", 200), ("gap", 20), ("asleep", 200))
    sleep = slept(night)
    assert minutes_between(sleep.onset_ns, at("23:00")) <= 1
    assert sleep.wake_ns == at("06:00")
    assert sleep.reonsets == ()


def test_slots_that_are_not_worn_decide_nothing():
    epochs = recorded("19:00", ("awake", 60), ("asleep", 240), ("awake", 60), ("asleep", 200))
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    worn = grid.known & (np.arange(len(grid)) > grid.slot(at("00:30")))
    sleep = find_sleep(grid, worn, events(), Settings())
    assert minutes_between(sleep.onset_ns, at("01:00")) <= 1


@given(st.lists(st.tuples(st.integers(0, 6000), st.integers(1, 300)), max_size=8))
def test_losing_epochs_of_a_waking_day_never_makes_sleep(gaps):
    epochs = recorded("14:00", ("awake", 500))
    kept = np.ones(len(epochs), bool)
    for start, length in gaps:
        kept[start : start + length] = False
    assert slept(epochs[kept]) is None


# --------------------------------------------------------------------- thresholds and fall-back


def test_a_day_with_waking_time_has_its_own_threshold():
    rng = np.random.default_rng(1)
    for typical, expected in ((0.001, 0.13), (0.02, 0.30), (2.0, 0.50)):
        change = rng.permutation(np.repeat([typical, 5.0], [2000, 10000]))
        assert still_threshold_deg(change, SleepSettings()) == pytest.approx(expected)


def test_a_recording_of_the_night_only_has_the_fixed_threshold():
    change = np.repeat([0.02, 5.0], [8000, 3519])  # 5 s short of 16 h
    assert still_threshold_deg(change, SleepSettings()) == 0.2
    assert still_threshold_deg(np.append(change, 5.0), SleepSettings()) == pytest.approx(0.3)
    assert still_threshold_deg(change, with_sleep(guider="hdcza").sleep) == pytest.approx(0.3)
    assert still_threshold_deg(np.full(12000, 5.0), with_sleep(guider="fixed").sleep) == 0.2
    assert still_threshold_deg(np.empty(0), with_sleep(guider="hdcza").sleep) == 0.2


def test_the_threshold_used_is_kept():
    sleep = slept(recorded("21:00", *NIGHT), settings=with_sleep(fixed_angle_deg=0.4))
    assert sleep.threshold_deg == 0.4


def test_without_a_quiet_angle_the_longest_still_block_is_used():
    sleep = slept(recorded("21:00", ("awake", 120), ("drifting", 300), ("awake", 60)))
    assert sleep.source == "still_block"
    assert np.isnan(sleep.threshold_deg)
    assert minutes_between(sleep.onset_ns, at("23:00")) <= 1


def test_legs_that_move_all_night_hide_sleep_at_the_wrist_but_not_at_the_ankle():
    night = recorded("21:00", ("awake", 120), ("twitching", 400), ("awake", 60))
    assert slept(night, site="wrist") is None
    assert minutes_between(slept(night, site="ankle").onset_ns, at("23:00")) <= 1


def test_an_angle_without_horizontal_gravity_is_known():
    epochs = recorded("21:00", ("rigid", 30))
    epochs["mean_g"] = (0, 0, 1)
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    change = angle_change_deg(grid, grid.known)
    assert np.all(change[grid.known] == 0)
    assert np.isnan(change[~grid.known]).all()
