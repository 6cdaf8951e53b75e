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
    minutes_between,
    placed,
    recorded,
    series,
    slept,
)

from detector.nights.grid import Grid
from detector.nights.night import Stated
from detector.nights.onset import activity_index_g, find_sleep, isolated_jerks
from detector.settings import KindSettings, Settings

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
        event("23:03:02", duration_s=3.5),
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
    night = np.delete(night, np.searchsorted(night["start_ns"], begin_ns) - 1)
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
    given = Stated(at("23:20"), at("06:40"))
    sleep = slept(recorded("21:00", *NIGHT), given=given)
    assert (sleep.onset_ns, sleep.wake_ns) == (given.start_ns, given.end_ns)
    assert sleep.source == "diary"
    assert sleep.guider == given
    assert sleep.candidates["diary"] == given.start_ns
    assert minutes_between(sleep.candidates["still"], at("23:00")) <= 1
    assert sleep.uncertainty_min == pytest.approx(20, abs=1)


def test_a_diary_that_agrees_is_known_to_ten_minutes():
    given = Stated(at("23:00"), at("07:00"))
    assert slept(recorded("21:00", *NIGHT), given=given).uncertainty_min == 10


def test_a_hypnogram_knows_onset_to_its_epoch():
    given = Stated(at("23:20"), at("06:40"), "hypnogram")
    sleep = slept(recorded("21:00", *NIGHT), given=given)
    assert sleep.source == "hypnogram"
    assert sleep.uncertainty_min == 0.5
    assert sleep.candidates["hypnogram"] == given.start_ns


def test_given_times_need_no_signal():
    given = Stated(at("23:00"), at("07:00"))
    assert slept(recorded("21:00"), given=given).candidates == {"diary": given.start_ns}


def test_given_times_need_no_stillness():
    given = Stated(at("23:00"), at("07:00"))
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
