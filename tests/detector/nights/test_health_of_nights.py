"""What is said of the health of a night: stillness not recorded, losses, clipping, the rate."""

from __future__ import annotations

import numpy as np
import pytest
from scans import EPOCH_NS, NIGHT, at, event, judged, placed, recorded, usual_night

from detector.nights.night import Interval, Stated

# --------------------------------------------------------------------- stillness not recorded


def idle_night(*, rest_min=20.0, told=True):
    """A device that stops recording at rest: half a minute of every stretch of sleep is there."""
    cycles = round(480 / (rest_min + 0.5))
    sleep = [("gap", rest_min), ("asleep", 0.5)] * cycles
    epochs = recorded("20:00", ("awake", 180), *sleep, ("awake", 60))
    starts_ns = epochs["start_ns"]
    holes = np.flatnonzero(np.diff(starts_ns) > EPOCH_NS)
    gaps = tuple(Interval(int(starts_ns[i]) + EPOCH_NS, int(starts_ns[i + 1])) for i in holes)
    return judged(epochs, idle=gaps if told else ())


def test_a_device_that_stops_at_rest_has_no_count_and_no_false_reason():
    night = idle_night()
    assert night.status == "not_analysable"
    assert night.reasons[0] == "idle_sleep_mode"
    assert "no_sleep" not in night.reasons  # nobody knows
    assert night.sleep is None
    assert night.counts["sleep_starts_onset"] is None
    assert night.idle_min == pytest.approx(20 * 23)
    assert night.nonwear == ()


def test_the_same_gaps_for_another_reason_are_not_called_idle():
    night = idle_night(told=False)
    assert "idle_sleep_mode" not in night.reasons
    assert night.idle_min == 0


def test_unrecorded_stillness_is_neither_stillness_nor_movement():
    epochs = recorded("21:00", ("awake", 120), ("asleep", 120), ("gap", 40), ("asleep", 300))
    gap = Interval(at("01:00"), at("01:40"))
    night = judged(epochs, event("23:05"), idle=(gap,))
    assert night.sleep.wake_ns == at("06:40")  # the sleep period goes on over it
    assert night.sleep.reonsets == ()  # and it is no awakening
    assert night.counts["sleep_starts_onset"] == 1
    assert night.reasons[0] == "idle_gaps"
    assert night.usable_h == pytest.approx(7)


def test_idle_time_in_the_window_stops_the_count_and_says_why():
    epochs = recorded("21:00", ("awake", 100), ("gap", 15), ("awake", 5), ("asleep", 480))
    night = judged(epochs, event("23:05"), idle=(Interval(at("22:40"), at("22:55")),))
    assert night.counts["sleep_starts_onset"] is None
    assert night.reasons == ("window_not_observed", "idle_gaps", "gap_at_onset", *night.reasons[3:])


def test_idle_gaps_of_other_nights_do_not_matter():
    other = Interval(at("12:00") - 10**13, at("12:00") - 10**12)
    night = judged(recorded("21:00", *NIGHT), idle=(other,))
    assert night.idle_min == 0
    assert night.reasons == ()


# --------------------------------------------------------------------- worth knowing


@pytest.mark.parametrize(("minutes", "said"), [(20, False), (30, True)])
def test_a_sleep_period_with_gaps_says_so(minutes, said):
    epochs = recorded(
        "21:00", ("awake", 120), ("asleep", 200), ("gap", minutes), ("asleep", 280), ("awake", 60)
    )
    night = judged(epochs)
    assert ("gaps_in_sleep" in night.reasons) == said
    assert night.status == "ok"


def test_a_given_sleep_period_with_the_sensor_off_says_so():
    epochs = recorded(
        *("21:00", ("awake", 120), ("asleep", 200), ("rigid", 120), ("asleep", 200), ("awake", 60))
    )
    epochs["temperature_c"] = 31.0
    off = slice(placed(epochs, "02:20"), placed(epochs, "04:20"))
    epochs["temperature_c"][off] = 19.0
    night = judged(epochs, given=Stated(at("23:00"), at("07:40")))
    assert night.reasons == ("off_in_sleep",)
    assert night.status == "ok"
    assert night.nonwear_min == pytest.approx(120, abs=15)
    assert night.temperature_c == pytest.approx(31.0)


def test_many_clipped_samples_are_worth_knowing():
    epochs = recorded("21:00", *NIGHT)
    epochs["n_clipped"][:100] = 20  # 2000 of 1.98 million
    night = judged(epochs)
    assert night.clipped_pct == pytest.approx(0.101, abs=0.001)
    assert night.reasons == ("clipped",)
    assert night.status == "ok"


def test_the_rate_of_a_night_is_that_of_its_whole_epochs():
    epochs = recorded("21:00", *NIGHT)
    epochs["n_samples"][::4] = 249
    epochs["n_samples"][[0, 700, -1]] = 17  # at ends and gaps epochs are cut
    assert judged(epochs).measured_hz == pytest.approx(49.95, abs=0.001)
    one = recorded("21:00", ("asleep", 1))[:2]
    assert judged(one).measured_hz is None


def test_without_a_thermometer_the_temperature_is_unknown():
    assert usual_night().temperature_c is None
