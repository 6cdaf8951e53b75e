from __future__ import annotations

import numpy as np
import pytest
from scans import (
    HOUR_NS,
    NIGHT,
    SPAN,
    at,
    decided,
    event,
    events,
    judged,
    minutes_between,
    placed,
    recorded,
    usual_night,
)

from detector.nights.night import Interval, Stated


def blanked(epochs, begin, end):
    epochs["observed_s"][placed(epochs, begin) : placed(epochs, end)] = 0
    return epochs


# --------------------------------------------------------------------- what was not observed


def test_a_recording_that_begins_asleep_has_a_night_but_no_onset_count():
    epochs = recorded("01:00", ("asleep", 300), ("awake", 60))
    night = judged(epochs, events(event("01:05"), event("03:00"), event("06:30")))
    assert night.status == "not_analysable"
    assert night.reasons[0] == "began_asleep"
    assert "fragment" in night.reasons
    assert night.window is None
    assert night.window_usable_min is None
    assert not night.sleep.onset_observed
    assert night.sleep.wake_ns == at("06:00")
    counts = night.counts
    assert counts["sleep_starts_onset"] is counts["sleep_starts_night"] is None
    assert counts["sleep_starts_onset_early15"] is counts["sleep_starts_onset_late15"] is None
    assert counts["sleep_starts_sleep"] == 2
    assert np.isnan(night.events.onset_offset_s).all()
    assert decided(night, "context", "counted") == [
        ("sleep", False),
        ("sleep", False),
        ("post_wake", False),
    ]


def test_an_evening_without_sleep_says_so_and_that_it_is_a_fragment():
    night = judged(recorded("15:00", ("awake", 450)), event("20:00"))
    assert night.status == "not_analysable"
    assert night.reasons == ("no_sleep", "fragment")
    assert all(value is None for value in night.counts.values())
    assert decided(night, "context", "counted", "reason") == [
        ("pre_sleep", False, "outside_window")
    ]


def test_a_whole_day_without_sleep_is_no_fragment():
    night = judged(recorded("12:00", ("awake", 24 * 60)))
    assert night.reasons == ("no_sleep",)


def test_a_recording_too_short_for_sleep_says_so():
    assert judged(recorded("22:00", ("awake", 30))).reasons == ("too_short",)


def test_a_night_without_a_sample_has_no_data():
    one_epoch = recorded("22:00", ("asleep", 1))
    night = judged(one_epoch, recorded=Interval(at("20:00"), at("23:00")))
    assert night.reasons == ("too_short",)
    one_epoch["n_samples"] = 0
    night = judged(one_epoch)
    assert night.reasons == ("no_data",)
    assert night.wear_pct is None
    assert night.floor_g_per_s is None


def test_a_night_on_the_table_was_never_worn():
    night = judged(recorded("20:00", ("table", 600), ("awake", 60)))
    assert night.reasons[0] == "never_worn"
    assert night.status == "not_analysable"
    assert night.wear_pct < 15


def test_sleep_right_after_a_gap_has_no_observed_onset():
    night = judged(recorded("20:00", ("awake", 90), ("gap", 30), ("asleep", 480)), event("22:05"))
    assert night.reasons[0] == "unseen_before_sleep"
    assert night.window is None


@pytest.mark.parametrize(("gap_min", "carried"), [(8, True), (10, False)])
def test_a_window_with_less_than_four_fifths_observed_carries_no_count(gap_min, carried):
    epochs = recorded(
        "21:00", ("awake", 100), ("gap", gap_min), ("awake", 20 - gap_min), ("asleep", 480)
    )
    night = judged(epochs, event("23:05"))
    assert (night.counts["sleep_starts_onset"] is not None) == carried
    assert night.window_usable_min == pytest.approx(45 - gap_min)
    assert ("window_not_observed" in night.reasons) == (not carried)
    assert ("gap_at_onset" in night.reasons) == (not carried)
    assert night.events.counted[0] == carried
    assert night.events.reason[0] == ("jerk" if carried else "no_count")
    assert night.counts["sleep_starts_sleep"] == 1


def test_blanked_time_is_not_observed():
    night = judged(blanked(recorded("21:00", *NIGHT), "22:35", "22:50"), event("23:05"))
    assert night.blanked_min == 15
    assert night.window_usable_min == 30
    assert night.counts["sleep_starts_onset"] is None


def test_a_sensor_put_on_shortly_before_sleep_carries_no_count():
    night = judged(recorded("18:00", ("awake", 60), ("table", 225), ("awake", 15), ("asleep", 480)))
    assert night.reasons[:2] == ("window_not_observed", "off_at_onset")


def test_noise_while_lying_still_stops_the_count():
    epochs = recorded("21:00", *NIGHT)
    epochs["floor_g_per_s"][placed(epochs, "23:00") : placed(epochs, "23:10")] = 1.5
    night = judged(epochs, event("23:05"))
    assert night.reasons[:2] == ("window_not_observed", "noisy_at_onset")
    assert decided(night, "context", "reason") == [("unusable", "noisy")]
    assert [i.hours * 60 for i in night.unusable] == [pytest.approx(10)]


def test_walking_about_until_bed_time_does_not_stop_the_count():
    epochs = recorded("21:00", *NIGHT)
    epochs["floor_g_per_s"][: placed(epochs, "22:58")] = 5.0
    night = judged(epochs, events(event("22:40"), event("23:05")))
    assert night.counts["sleep_starts_onset"] == 1
    assert night.window_usable_min == pytest.approx(17)
    assert night.status == "ok"


@pytest.mark.parametrize(("epochs_high", "unusable"), [(11, False), (12, True)])
def test_a_high_floor_is_noise_from_a_minute_on(epochs_high, unusable):
    epochs = recorded("21:00", *NIGHT)
    row = placed(epochs, "02:00")
    epochs["floor_g_per_s"][row : row + epochs_high] = 1.01
    assert (judged(epochs).unusable != ()) == unusable


def test_events_while_the_sensor_is_off_are_unusable():
    epochs = recorded("18:00", ("awake", 60), ("table", 150), ("awake", 90), ("asleep", 480))
    night = judged(epochs, event("20:00"))
    assert decided(night, "context", "reason", "counted") == [("unusable", "not_worn", False)]


def test_a_short_usable_sleep_limits_the_night():
    night = judged(recorded("21:00", ("awake", 120), ("asleep", 200), ("awake", 120)))
    assert night.status == "limited"
    assert "short_usable" in night.reasons
    assert night.counts["sleep_starts_onset"] == 0


def test_a_recording_that_ends_asleep_is_limited():
    night = judged(recorded("20:00", ("awake", 120), ("asleep", 400)))
    assert night.status == "limited"
    assert night.reasons == ("wake_not_observed", "fragment")


def test_onset_candidates_far_apart_limit_the_night():
    epochs = recorded("21:00", ("awake", 120), ("rigid", 480), ("awake", 60))
    rows = slice(placed(epochs, "23:00"), placed(epochs, "24:20"))
    epochs["accel_max_mg"][rows][::24] = 200
    night = judged(epochs)
    assert night.sleep.uncertainty_min > 70
    assert night.reasons == ("onset_uncertain",)
    assert night.status == "limited"


# --------------------------------------------------------------------- what the night rests on


def test_usable_hours_are_those_of_the_sleep_period():
    night = usual_night()
    assert night.usable_h == pytest.approx(8)
    assert night.observed_h == pytest.approx(11)
    assert night.wear_pct == 100
    assert night.gap_min == 0
    assert night.floor_g_per_s == pytest.approx(0.25)


def test_without_sleep_usable_hours_are_those_of_the_night():
    assert judged(recorded("15:00", ("awake", 450))).usable_h == pytest.approx(7.5)


def test_gaps_are_counted_between_the_first_and_the_last_sample():
    night = judged(recorded("21:00", ("awake", 120), ("asleep", 200), ("gap", 20), ("asleep", 200)))
    assert night.gap_min == 20
    assert night.usable_h == pytest.approx(400 / 60)


def test_clipped_samples_are_those_of_the_night():
    epochs = recorded("21:00", *NIGHT)
    epochs["n_clipped"][[3, 7]] = 5
    assert judged(epochs).clipped_samples == 10


def test_given_times_replace_those_found():
    given = Stated(at("23:30"), at("06:30"))
    night = usual_night(event("23:40"), given=given)
    assert night.sleep.source == "diary"
    assert night.window == Interval(at("23:00"), at("23:45"))
    assert night.counts["sleep_starts_onset"] == 1
    assert night.events.onset_offset_s == pytest.approx([600])


# --------------------------------------------------------------------- people who sleep by day

LONG = Interval(SPAN.start_ns - HOUR_NS, SPAN.end_ns + HOUR_NS)
"""A recording that goes on at both ends of the night."""


def test_sleep_that_goes_on_across_the_border_is_told_at_both_sides():
    first = judged(recorded("12:00", ("awake", 1200), ("asleep", 240)), recorded=LONG)
    assert first.status == "limited"
    assert first.reasons == ("sleep_at_border",)
    second = judged(recorded("12:00", ("asleep", 240), ("awake", 1200)), recorded=LONG)
    assert second.status == "not_analysable"
    assert second.reasons == ("began_asleep", "sleep_at_border")


def test_a_window_that_lies_partly_before_the_border_is_told():
    night = judged(
        recorded("12:00", ("awake", 12), ("asleep", 360), ("awake", 1068)), recorded=LONG
    )
    assert night.sleep.onset_observed
    assert night.reasons == ("window_not_observed", "sleep_at_border")


def test_a_recording_that_begins_at_noon_is_not_cut_by_the_border():
    night = judged(recorded("12:00", ("awake", 12), ("asleep", 360), ("awake", 1068)))
    assert night.reasons == ("window_not_observed", "gap_at_onset")


@pytest.mark.parametrize(("awake_min", "cut"), [(4, True), (6, False), (60, False)])
def test_rising_late_is_no_matter_if_it_is_seen(awake_min, cut):
    asleep_min = 1440 - 840 - awake_min
    stretches = (("awake", 840), ("asleep", asleep_min), ("awake", awake_min))
    night = judged(recorded("12:00", *stretches), recorded=LONG)
    assert ("sleep_at_border" in night.reasons) == cut
    assert (night.status == "ok") == (not cut)


# --------------------------------------------------------------------- several sleeps in one night


def minutes_of(rests):
    return [(minutes_between(r.start_ns, SPAN.start_ns), 60 * r.hours) for r in rests]


def test_further_rest_is_listed_and_a_long_one_is_told():
    epochs = recorded(
        *("12:00", ("awake", 60), ("asleep", 50), ("awake", 240), ("asleep", 180)),
        *(("awake", 150), ("asleep", 420), ("awake", 340)),
    )
    night = judged(epochs)
    assert minutes_between(night.sleep.onset_ns, at("23:20")) <= 2
    assert minutes_of(night.sleep.others) == [
        (pytest.approx(60, abs=3), pytest.approx(50, abs=6)),
        (pytest.approx(350, abs=3), pytest.approx(180, abs=6)),
    ]
    assert night.reasons == ("second_sleep",)
    assert night.status == "ok"


def test_a_nap_alone_is_listed_without_a_word():
    night = judged(recorded("12:00", ("awake", 60), ("asleep", 80), ("awake", 520), *NIGHT))
    assert len(night.sleep.others) == 1
    assert night.reasons == ()


def test_rest_of_less_than_half_an_hour_is_no_episode():
    night = judged(recorded("12:00", ("awake", 60), ("asleep", 27), ("awake", 573), *NIGHT))
    assert night.sleep.others == ()


def test_a_sensor_on_the_table_does_not_rest():
    for minutes in (80, 200):
        stretches = (("awake", 60), ("table", minutes), ("awake", 600 - minutes), *NIGHT)
        assert judged(recorded("12:00", *stretches)).sleep.others == ()


def test_beside_a_sleep_period_from_a_diary_what_else_was_found_is_further_rest():
    given = Stated(at("13:00"), at("13:50"))
    night = judged(recorded("12:00", ("awake", 60), ("asleep", 50), *NIGHT), given=given)
    [other] = night.sleep.others
    assert minutes_between(other.start_ns, at("15:50")) <= 3
    assert "second_sleep" in night.reasons


def test_an_awakening_within_the_night_makes_no_second_episode():
    night = judged(
        recorded(
            "21:00", ("awake", 90), ("asleep", 200), ("awake", 40), ("asleep", 200), ("awake", 60)
        )
    )
    assert night.sleep.others == ()
