"""Where sleep begins and ends, whether that was seen, and returns to it."""

from __future__ import annotations

import numpy as np
import pytest
from scans import EPOCH_NS, asleep_in, at, placed, recorded, stated

from detector.nights.night import Sleep

# --------------------------------------------------------------------- observed


def found(*stretches: tuple[str, float], begin: str = "21:00", night: str = "21:00") -> Sleep:
    """The sleep of a recording that begins at a time of a night that begins earlier or then."""
    return asleep_in(recorded(begin, *stretches), night)


EPOCH_MIN = 5 / 60


@pytest.mark.parametrize("night", ["21:00", "20:00"], ids=["with the night", "within it"])
@pytest.mark.parametrize(("less", "seen"), [(0, True), (EPOCH_MIN, False)], ids=["5 min", "less"])
def test_five_minutes_of_waking_show_an_end_of_sleep(less, seen, night):
    asleep = found(("awake", 5 - less), ("rigid", 200), ("awake", 30), night=night)
    assert asleep.onset_observed == seen
    asleep = found(("awake", 30), ("rigid", 200), ("awake", 5 - less), night=night)
    assert asleep.wake_observed == seen


@pytest.mark.parametrize(("less", "seen"), [(0, False), (EPOCH_MIN, True)], ids=["5 min", "less"])
def test_five_minutes_without_a_sensor_hide_what_lies_behind_them(less, seen):
    gap = ("gap", 5 - less)
    assert found(("awake", 30), gap, ("rigid", 200), ("awake", 30)).onset_observed == seen
    assert found(("awake", 30), ("rigid", 200), gap, ("awake", 30)).wake_observed == seen


def test_waking_around_a_short_loss_adds_up():
    lost = ("gap", 4)
    for minutes, seen in ((3, True), (2, False)):
        asleep = found(("awake", minutes), lost, ("awake", 2), ("rigid", 200), ("awake", 30))
        assert asleep.onset_observed == seen


def test_sleep_that_was_not_seen_to_begin_is_dated_to_the_first_observed_time():
    assert found(("rigid", 200), ("awake", 30)).onset_ns == at("21:00")
    asleep = found(("awake", 30), ("gap", 10), ("awake", 2), ("rigid", 200))
    assert asleep.onset_ns == at("21:40")
    assert asleep.candidates == {}
    assert asleep.wake_ns == at("01:02")


def turning(count: int) -> np.ndarray:
    """Gravity of a limb that turns by 40 degrees every epoch around what hangs down."""
    angle = np.radians(40 * np.arange(count))
    return np.stack([0.8 * np.cos(angle), 0.8 * np.sin(angle), np.full(count, 0.6)], axis=1)


def test_without_inactivity_sleep_is_as_long_as_the_guider():
    night = recorded("20:00", ("awake", 60), ("rigid", 300), ("awake", 30))
    rows = slice(placed(night, "21:00"), placed(night, "02:00"))
    night["median_g"][rows] = night["mean_g"][rows] = turning(rows.stop - rows.start)
    asleep = asleep_in(night, "20:00")
    assert asleep.onset_ns == asleep.candidates["cole_kripke"] == at("21:02")
    assert set(asleep.candidates) == {"cole_kripke"}
    assert asleep.wake_ns == asleep.guider.end_ns


def test_the_uncertainty_of_a_stated_onset_is_how_far_motion_disagrees():
    still = recorded("20:00", ("awake", 30), ("rigid", 120), ("awake", 30))
    asleep = stated(still, "22:00", "22:20")
    assert asleep.candidates["still"] == at("21:30")  # no candidate is earlier
    assert asleep.uncertainty_min == 30.0


# --------------------------------------------------------------------- returns to sleep


def returning(awake_min: float, still_min: float) -> np.ndarray:
    """Asleep from 21:00 to 22:00, awake, still for a while, awake."""
    return recorded(
        "20:00",
        ("awake", 60),
        ("rigid", 60),
        ("awake", awake_min),
        ("rigid", still_min),
        ("awake", 30),
    )


@pytest.mark.parametrize(
    ("awake_min", "still_min", "returns"),
    [(5, 10, True), (5 - EPOCH_MIN, 10, False), (5, 10 - EPOCH_MIN, False)],
    ids=["at both limits", "awake for less", "still for less"],
)
def test_a_return_to_sleep_is_ten_minutes_of_rest_after_five_awake(awake_min, still_min, returns):
    night = returning(awake_min, still_min)
    assert stated(night, "21:00", "22:30").reonsets == ((at("22:05"),) if returns else ())


@pytest.mark.parametrize(
    ("end", "returns"), [("22:05", False), ("22:05:00.001", True)], ids=["at waking", "before it"]
)
def test_a_return_to_sleep_lies_before_waking(end, returns):
    assert (stated(returning(5, 20), "21:00", end).reonsets != ()) == returns


def test_what_was_not_observed_is_no_waking_between_two_rests():
    night = recorded("20:00", ("awake", 60), ("rigid", 60), ("gap", 4), ("awake", 2), ("rigid", 60))
    assert stated(night, "21:00", "22:40").reonsets == ()


def test_the_rest_with_which_sleep_begins_is_no_return_to_it():
    night = recorded("21:00", ("awake", 30), ("rigid", 215), ("awake", 30))
    rest = slice(placed(night, "21:30"), placed(night, "01:05"))
    night["median_g"][rest] = night["mean_g"][rest] = (0.8, 0, 0.6)
    # nine and a half minutes are too few to have settled; then the limb turns about the vertical
    restless = slice(placed(night, "21:39:30"), placed(night, "21:45"))
    night["median_g"][restless] = turning(restless.stop - restless.start)
    night["accel_max_mg"][restless] = 300
    asleep = asleep_in(night)
    assert asleep.candidates["still"] == at("21:30")
    assert asleep.onset_ns == at("21:45")
    assert asleep.reonsets == ()


# --------------------------------------------------------------------- further rest

AFTERWARDS = recorded(
    "20:00", ("awake", 60), ("rigid", 60), ("awake", 60), ("rigid", 60), ("awake", 30)
)


def test_rest_that_begins_behind_a_stated_sleep_is_further_rest():
    [rest] = stated(AFTERWARDS, "21:10", "21:50").others[-1:]
    assert abs(rest.start_ns - at("23:00")) < 24 * EPOCH_NS
    assert stated(AFTERWARDS, "21:10", "22:59").others[-1:] == (rest,)


@pytest.mark.parametrize(("by_ns", "apart"), [(-1, True), (1, False)], ids=["up to it", "into it"])
def test_a_stated_sleep_that_reaches_into_a_rest_takes_it_away(by_ns, apart):
    [rest] = stated(AFTERWARDS, "21:10", "21:50").others[-1:]
    others = stated(AFTERWARDS, "21:10", rest.start_ns + by_ns).others
    assert (rest in others) == apart
