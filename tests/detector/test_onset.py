from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scans import (
    EPOCH_NS,
    HOUR_NS,
    MINUTE_NS,
    NIGHT,
    RATE_HZ,
    SPAN,
    at,
    event,
    events,
    placed,
    recorded,
    series,
)

from detector.grid import Grid
from detector.guider import angle_change_deg, still_threshold_deg
from detector.night import Interval, Sleep
from detector.onset import activity_index_g, find_sleep, isolated_jerks
from detector.settings import KindSettings, Settings, SleepSettings


def slept(epochs, candidates=None, *, settings=None, **known) -> Sleep | None:
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    candidates = events() if candidates is None else candidates
    return find_sleep(grid, grid.known, candidates, settings or Settings(), **known)


def with_sleep(**changes) -> Settings:
    return Settings(sleep=replace(SleepSettings(), **changes))


def minutes_between(a_ns: int, b_ns: int) -> float:
    return abs(a_ns - b_ns) / MINUTE_NS


# --------------------------------------------------------------------- the sleep period


def test_onset_and_wake_are_where_movement_ends_and_begins():
    sleep = slept(recorded("21:00", *NIGHT))
    assert minutes_between(sleep.onset_ns, at("23:00")) <= 1
    assert minutes_between(sleep.wake_ns, at("07:00")) <= 1
    assert sleep.source == "hdcza"
    assert sleep.onset_observed
    assert sleep.wake_observed


def test_all_candidates_are_kept_and_their_median_is_used():
    sleep = slept(recorded("21:00", *NIGHT))
    assert list(sleep.candidates) == ["still", "still_tolerant", "immobile", "cole_kripke"]
    assert sleep.onset_ns == int(np.median(list(sleep.candidates.values())))
    assert all(minutes_between(c, at("23:00")) <= 3 for c in sleep.candidates.values())


def test_motion_alone_never_knows_onset_better_than_to_twenty_minutes():
    assert slept(recorded("21:00", *NIGHT)).uncertainty_min == 20


def test_the_uncertainty_is_the_spread_of_the_candidates():
    restless = recorded("21:00", ("awake", 120), ("asleep", 480), ("awake", 60))
    # every other minute a movement without a turn: still for the angle, not immobile
    rows = slice(placed(restless, "23:00"), placed(restless, "23:40"))
    restless["accel_max_mg"][rows][::24] = 200
    sleep = slept(restless)
    found = sleep.candidates.values()
    assert sleep.candidates["immobile"] >= at("23:35")
    assert sleep.uncertainty_min == minutes_between(max(found), min(found)) > 30


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


# --------------------------------------------------------------------- sustained inactivity


def jolted(epochs, clock: str, *, back_deg: float = 0.0, epochs_away: int = 1):
    """Turn the limb by 40 degrees at a time, and back but for ``back_deg`` soon after."""
    row = placed(epochs, clock)
    epochs["median_g"][row:], away = _turned(epochs["median_g"][row:], 40 - back_deg), epochs_away
    epochs["median_g"][row + away :] = _turned(epochs["median_g"][row + away :], back_deg - 40)
    epochs["median_g"][row + away :] = _turned(epochs["median_g"][row + away :], back_deg)
    return epochs


def _turned(vectors, deg: float):
    """Rotate vectors about an axis across the first one."""
    first = vectors[0].astype(float)
    axis = np.cross(first, (0.3, 0.5, 0.8))
    axis /= np.linalg.norm(axis)
    angle = np.radians(deg)
    along = np.outer(vectors @ axis, axis)
    return along + np.cos(angle) * (vectors - along) + np.sin(angle) * np.cross(axis, vectors)


def still_night():
    """Awake until 23:00, then rigid; bouts shorter than 5 min do not count."""
    return recorded("21:00", ("awake", 120), ("rigid", 300), ("awake", 60))


def test_a_turn_ends_inactivity():
    sleep = slept(jolted(still_night(), "23:03"))
    assert sleep.candidates["still"] >= at("23:03")
    assert sleep.candidates["still_tolerant"] == sleep.candidates["still"]


def test_an_isolated_jerk_does_not_end_tolerant_inactivity_if_the_limb_returns():
    sleep = slept(jolted(still_night(), "23:03"), event("23:03:02"))
    assert sleep.candidates["still"] >= at("23:03")
    assert sleep.candidates["still_tolerant"] == at("23:00")


@pytest.mark.parametrize(("left_deg", "tolerated"), [(9.0, True), (11.0, False)])
def test_the_limb_must_return(left_deg, tolerated):
    sleep = slept(jolted(still_night(), "23:03", back_deg=left_deg), event("23:03:02"))
    assert (sleep.candidates["still_tolerant"] < sleep.candidates["still"]) == tolerated


@pytest.mark.parametrize(("epochs_away", "tolerated"), [(6, True), (7, False)])
def test_the_limb_must_return_within_half_a_minute(epochs_away, tolerated):
    night = jolted(still_night(), "23:03", epochs_away=epochs_away)
    sleep = slept(night, event("23:03:02"))
    assert (sleep.candidates["still_tolerant"] < sleep.candidates["still"]) == tolerated


@pytest.mark.parametrize(
    "candidates",
    [
        event("23:03:02", duration_s=2.5),
        event("23:03:02", truncated=True),
        events(event("23:03:02"), event("23:03:20")),
    ],
    ids=["long", "truncated", "not isolated"],
)
def test_only_an_isolated_brief_event_is_tolerated(candidates):
    sleep = slept(jolted(still_night(), "23:03"), candidates)
    assert sleep.candidates["still_tolerant"] == sleep.candidates["still"]


@pytest.mark.parametrize(("every_s", "isolated"), [(29.9, False), (30.0, True)])
def test_isolation_is_a_distance_between_peaks(every_s, isolated):
    found = isolated_jerks(series("23:00", 3, every_s), KindSettings())
    assert found.tolist() == [isolated] * 3


def test_a_gap_ends_inactivity():
    night = still_night()
    night = np.delete(night, placed(night, "23:04:00"))
    sleep = slept(night)
    assert sleep.candidates["still"] == at("23:04:05")


@pytest.mark.parametrize(("epochs_still", "counts"), [(60, False), (61, True)])
def test_inactivity_lasts_longer_than_five_minutes(epochs_still, counts):
    night = jolted(still_night(), "23:10", back_deg=40)  # turns for good after this epoch
    begin_ns = at("23:10:05") - epochs_still * EPOCH_NS
    night = np.delete(
        night, slice(placed(night, "23:00"), np.searchsorted(night["start_ns"], begin_ns))
    )
    assert (slept(night).candidates["still"] == begin_ns) == counts


def test_no_candidate_lies_more_than_half_an_hour_before_the_guider():
    sleep = slept(recorded("16:00", ("awake", 120), ("sitting", 300), ("asleep", 400)))
    earliest = sleep.guider.start_ns - 30 * MINUTE_NS
    assert min(sleep.candidates.values()) >= earliest
    assert sleep.candidates["still"] == earliest


# --------------------------------------------------------------------- immobility, Cole-Kripke


@pytest.mark.parametrize(("active", "immobile"), [(1, "23:00"), (2, "23:06")])
def test_immobility_may_have_one_active_minute_in_ten(active, immobile):
    night = still_night()
    for clock in ("23:07:10", "23:05:10")[:active]:
        night["accel_max_mg"][placed(night, clock)] = 60
    assert slept(night).candidates["immobile"] == at(immobile)


def test_an_unknown_minute_is_active():
    night = still_night()
    for clock in ("23:05:10", "23:07:10"):
        night = np.delete(night, placed(night, clock))
    assert slept(night).candidates["immobile"] == at("23:06")


def test_the_activity_index_is_the_variance_above_the_sensors_own():
    epochs = recorded("21:00", ("rigid", 30))
    epochs["sd_g"] = 0.007
    epochs["sd_g"][-12:] = np.hypot(0.007, 0.1)
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    index = activity_index_g(grid, grid.known)
    assert index[~np.isnan(index)] == pytest.approx([0.0] * 29 + [0.1], abs=1e-5)


def test_a_minute_that_is_mostly_unknown_has_no_activity_index():
    epochs = recorded("21:00", ("rigid", 3))
    for lost, known in ((6, 3), (7, 2)):
        grid = Grid.of(np.delete(epochs, slice(12, 12 + lost)), SPAN, RATE_HZ)
        assert np.sum(~np.isnan(activity_index_g(grid, grid.known))) == known


@pytest.mark.parametrize(("sd_g", "asleep"), [(0.043, True), (0.045, False)])
def test_steady_activity_is_wake_from_44_mg_on(sd_g, asleep):
    night = recorded("21:00", ("awake", 60), ("rigid", 300), ("awake", 60))
    rows = slice(placed(night, "22:00"), placed(night, "23:00"))
    night["sd_g"][rows] = np.hypot(sd_g, 0.007)
    onset_ns = slept(night).candidates["cole_kripke"]
    assert (onset_ns < at("22:30")) == asleep


# --------------------------------------------------------------------- second onsets


@pytest.mark.parametrize(
    ("awake_min", "still_min", "count"), [(4, 60, 0), (6, 60, 1), (6, 8, 0), (20, 60, 1)]
)
def test_a_return_to_long_inactivity_after_activity_is_a_second_onset(awake_min, still_min, count):
    sleep = slept(
        recorded(
            "21:00",
            ("awake", 90),
            ("rigid", 200),
            ("awake", awake_min),
            ("rigid", still_min),
            ("awake", 3),
            ("rigid", 120),
            ("awake", 60),
        )
    )
    assert len(sleep.reonsets) == count
    if count:
        assert minutes_between(sleep.reonsets[0], at("01:50") + awake_min * MINUTE_NS) <= 1


def test_sleep_onset_itself_is_no_second_onset():
    assert slept(recorded("21:00", *NIGHT)).reonsets == ()


# --------------------------------------------------------------------- given times


def test_given_times_are_used_as_they_are():
    given = Interval(at("23:20"), at("06:40"))
    sleep = slept(recorded("21:00", *NIGHT), given=given)
    assert (sleep.onset_ns, sleep.wake_ns) == (given.start_ns, given.end_ns)
    assert sleep.source == "diary"
    assert sleep.guider == given
    assert sleep.candidates["diary"] == given.start_ns
    assert minutes_between(sleep.candidates["still"], at("23:00")) <= 1
    assert sleep.uncertainty_min == pytest.approx(20, abs=1)


def test_a_diary_that_agrees_is_known_to_ten_minutes():
    given = Interval(at("23:00"), at("07:00"))
    assert slept(recorded("21:00", *NIGHT), given=given).uncertainty_min == 10


def test_given_times_need_no_stillness():
    given = Interval(at("23:00"), at("07:00"))
    sleep = slept(recorded("21:00", ("awake", 660)), given=given)
    assert sleep.candidates == {"diary": given.start_ns}


# --------------------------------------------------------------------- invariance


@given(st.integers(-1000, 1000))
def test_moving_the_recording_moves_sleep_with_it(steps):
    by_ns = steps * 12 * EPOCH_NS  # minutes are counted from noon
    epochs = recorded("23:00", ("awake", 60), ("asleep", 240), ("awake", 60))
    shifted = epochs.copy()
    shifted["start_ns"] += by_ns
    span = replace(SPAN, start_ns=SPAN.start_ns - 24 * HOUR_NS, end_ns=SPAN.end_ns + 24 * HOUR_NS)
    found = []
    for rows in (epochs, shifted):
        grid = Grid.of(rows, span, RATE_HZ)
        found.append(find_sleep(grid, grid.known, events(), Settings()))
    here, there = found
    assert there.onset_ns - here.onset_ns == by_ns
    assert there.wake_ns - here.wake_ns == by_ns
    assert there.uncertainty_min == here.uncertainty_min
