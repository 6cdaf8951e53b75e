"""What each onset candidate is, and where the limits of its rule lie.

Sleep is stated: the slots of the guider are then those of the statement.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scans import at, event, events, onsets, placed, recorded

from detector.nights.grid import angle_deg
from detector.nights.onset import isolated_jerks
from detector.settings import KindSettings, Settings, SleepSettings, WindowSettings


def with_sleep(**changes: float) -> Settings:
    return Settings(sleep=replace(SleepSettings(), **changes))


def with_before(minutes: float) -> Settings:
    return Settings(window=replace(WindowSettings(), before_min=minutes))


# --------------------------------------------------------------------- which rest is meant

TWO_RESTS = recorded(
    "20:00", ("awake", 60), ("rigid", 20), ("awake", 40), ("rigid", 20), ("awake", 30)
)
"""At rest from 21:00 to 21:20 and from 22:00 to 22:20; the epochs before 21:20 and 22:20 turn."""
FIRST = {"still": "21:00", "still_tolerant": "21:00", "immobile": "21:10", "cole_kripke": "21:02"}
SECOND = {"still": "22:00", "still_tolerant": "22:00", "immobile": "22:00", "settled": "22:00"}


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("21:19:25", "21:40", FIRST | {"settled": "21:00"}),
        ("21:19:30", "21:40", FIRST),
        ("21:19:59.9", "21:40", FIRST),
        ("21:20", "21:40", {}),
        ("21:40", "21:59:59.9", {}),
        ("21:40", "22:00", SECOND),
        ("21:40", "22:01:59.9", SECOND),
        ("21:40", "22:02", SECOND | {"cole_kripke": "22:02"}),
    ],
)
def test_candidates_are_those_of_the_first_rest_that_shares_time_with_the_guider(
    begin, end, expected
):
    assert onsets(TWO_RESTS, begin, end) == {name: at(clock) for name, clock in expected.items()}


ALL_STILL = recorded("20:00", ("awake", 30), ("rigid", 120), ("awake", 30))


@pytest.mark.parametrize(
    ("begin", "earliest", "whole_minute"),
    [
        ("22:00", "21:30", "21:30"),
        ("22:00:05", "21:30:05", "21:31"),
        ("22:00:55", "21:30:55", "21:31"),
    ],
)
def test_no_candidate_is_earlier_than_half_an_hour_before_the_guider(begin, earliest, whole_minute):
    found = onsets(ALL_STILL, begin, "22:20")
    assert found.pop("cole_kripke") == at(whole_minute)
    assert found.pop("immobile") == at("21:51")  # the first ten minutes that reach the guider
    assert found == dict.fromkeys(("still", "still_tolerant", "settled"), at(earliest))


@pytest.mark.parametrize(("begin", "immobile"), [("22:00", "21:55"), ("22:00:05", "21:56")])
def test_immobility_begins_with_a_whole_minute_that_is_not_too_early(begin, immobile):
    assert onsets(ALL_STILL, begin, "22:20", settings=with_before(5))["immobile"] == at(immobile)


@pytest.mark.parametrize(
    ("before_min", "scored"), [(10, "22:19"), (9, "22:20"), (8, None)], ids=["11", "10", "9"]
)
def test_ten_minutes_that_score_as_sleep_must_be_left_behind_the_earliest_time(before_min, scored):
    found = onsets(ALL_STILL, "22:29", "23:00", settings=with_before(before_min))
    assert found.get("cole_kripke") == (at(scored) if scored else None)


# --------------------------------------------------------------------- inactivity


def tilted(epochs: np.ndarray, clock: str, deg: float) -> np.ndarray:
    """From a time on, another posture: the vertical limb leans over by an angle."""
    epochs = epochs.copy()
    epochs["median_g"] = (0, 0, 1)
    lean = np.radians(deg)
    epochs["median_g"][placed(epochs, clock) :] = (np.sin(lean), 0, np.cos(lean))
    return epochs


def test_a_change_of_exactly_the_limit_is_no_change_of_posture():
    night = tilted(recorded("21:00", ("rigid", 60)), "21:20", 5.0)
    before, after = (night["median_g"][placed(night, clock)] for clock in ("21:19", "21:20"))
    change_deg = float(angle_deg(before.astype(float), after.astype(float)))
    for limit_deg, still in ((change_deg, "21:00"), (np.nextafter(change_deg, 0), "21:20")):
        found = onsets(night, "21:25", "21:50", settings=with_sleep(posture_deg=limit_deg))
        assert found["still"] == at(still)


# --------------------------------------------------------------------- a jerk within inactivity


def jolted(begin: str, away: int = 1, *, off: int = 0) -> np.ndarray:
    """Still from 21:00 but for ``away`` epochs in another posture; ``off`` of the next are lost."""
    night = recorded("21:00", ("rigid", 60))
    night["median_g"] = (0, 0, 1)
    row = placed(night, begin)
    night["median_g"][row : row + away] = (1, 0, 0)
    return np.delete(night, slice(row + away, row + away + off))


@pytest.mark.parametrize(
    ("night", "jerk", "tolerated"),
    [
        (jolted("21:03"), "21:03:02", True),
        (jolted("21:03"), "21:03:09", False),
        (jolted("21:03"), "21:02:57", True),
        (jolted("21:03", 2), "21:03:02", True),
        (jolted("21:03", 6), "21:03:02", True),
        (jolted("21:03", 7), "21:03:02", False),
        (jolted("21:03", off=1), "21:03:02", False),
    ],
    ids=[
        "in the epoch of the event",
        "it began after the turn",
        "in the epoch behind it",
        "for two epochs",
        "back after half a minute",
        "back later",
        "the epoch behind it is lost",
    ],
)
def test_a_limb_that_returns_after_a_jerk_had_been_still_all_along(night, jerk, tolerated):
    found = onsets(night, "21:30", "21:50", event(jerk, duration_s=0.4))
    assert found["still"] > at("21:03")
    assert found["still_tolerant"] == (at("21:00") if tolerated else found["still"])


def test_the_posture_before_a_jerk_is_that_of_the_epoch_before_it():
    night = jolted("21:03")
    night["median_g"][: placed(night, "21:02:55")] = (0, 1, 0)
    found = onsets(night, "21:30", "21:50", event("21:03:02"))
    assert found["still_tolerant"] == at("21:02:55")


@pytest.mark.parametrize(
    ("begin", "jerk", "tolerant"),
    [("21:00:05", "21:00:07", "21:00"), ("21:00", "21:00:02", "21:00:05")],
)
def test_a_jerk_in_the_first_epoch_of_a_night_has_no_posture_before_it(begin, jerk, tolerant):
    found = onsets(jolted(begin), "21:30", "21:50", event(jerk), span=("21:00", "22:00"))
    assert found["still_tolerant"] == at(tolerant)


def test_a_limb_that_is_left_at_exactly_the_limit_has_returned():
    night = jolted("21:03")
    behind = placed(night, "21:03:05")
    night["median_g"][behind:] = (np.sin(np.radians(8)), 0, np.cos(np.radians(8)))
    ends = night["median_g"][[behind - 2, behind]].astype(float)
    left_deg = float(angle_deg(ends[0], ends[1]))
    for limit_deg, still in ((left_deg, "21:00"), (np.nextafter(left_deg, 0), "21:03:05")):
        settings = with_sleep(jerk_return_deg=float(limit_deg))
        found = onsets(night, "21:30", "21:50", event("21:03:02"), settings=settings)
        assert found["still_tolerant"] == at(still)


def test_what_is_lost_behind_the_return_does_not_matter():
    # the 60th epoch is away, so that only together with it and the next are there more than 60
    night = np.delete(jolted("21:04:55"), 61)
    found = onsets(night, "21:05", "21:50", event("21:04:57", duration_s=0.4))
    assert found["still_tolerant"] == at("21:00")
    assert found["still"] == at("21:05:10")


def test_a_jerk_of_which_nothing_is_known_hides_no_other():
    jerks = (event("21:00:02"), event("21:03:02"))
    found = onsets(jolted("21:03"), "21:30", "21:50", *jerks, span=("21:00", "22:00"))
    assert found["still_tolerant"] == at("21:00")


@pytest.mark.parametrize(("duration_s", "brief"), [(3.0, True), (3.000000001, False)])
def test_an_event_that_lasts_as_long_as_a_sleep_start_may_is_brief(duration_s, brief):
    assert isolated_jerks(event(duration_s=duration_s), KindSettings()).tolist() == [brief]


@pytest.mark.parametrize("clock", ["22:59:40", "23:00:20"], ids=["before", "after"])
def test_a_neighbour_on_either_side_ends_isolation(clock):
    rows = events(event("23:00"), event(clock))
    assert isolated_jerks(rows, KindSettings()).tolist() == [False, False]


# --------------------------------------------------------------------- immobility


@pytest.mark.parametrize(("peak_mg", "immobile"), [(50.0, "20:30"), (50.1, "20:36")])
def test_an_epoch_moves_above_fifty_mg(peak_mg, immobile):
    night = ALL_STILL.copy()
    for clock in ("20:35", "20:37"):
        night["accel_max_mg"][placed(night, clock)] = peak_mg
    assert onsets(night, "20:30", "22:20")["immobile"] == at(immobile)


@pytest.mark.parametrize(("minutes", "immobile"), [(7, "20:30"), (8, "20:36")])
def test_the_length_of_immobility_is_that_of_the_settings(minutes, immobile):
    night = ALL_STILL.copy()
    for clock in ("20:35", "20:37"):
        night["accel_max_mg"][placed(night, clock)] = 60
    found = onsets(night, "20:30", "22:20", settings=with_sleep(immobile_min=minutes))
    assert found["immobile"] == at(immobile)


def test_the_end_of_a_night_is_no_turn():
    night = recorded("20:00", ("awake", 60), ("rigid", 10))
    night["accel_max_mg"][placed(night, "21:05")] = 60  # the one active minute that may be
    assert onsets(night, "21:00", "21:10", span=("20:00", "21:10"))["immobile"] == at("21:00")


def test_what_is_left_of_a_night_behind_its_last_whole_minute_is_no_minute():
    whole = onsets(ALL_STILL, "20:30", "22:20", span=("20:00", "23:00"))
    assert onsets(ALL_STILL, "20:30", "22:20", span=("20:00", "23:00:35")) == whole


# --------------------------------------------------------------------- settled


def resting(*rest: tuple[str, float]) -> np.ndarray:
    """Awake, at rest, awake for long, and asleep from 22:30 on."""
    rest_min = sum(minutes for _, minutes in rest)
    return recorded("20:00", ("awake", 60), *rest, ("awake", 90 - rest_min), ("rigid", 60))


@pytest.mark.parametrize(
    ("rest", "settled"),
    [
        ([("rigid", 10.5)], "21:00"),
        ([("rigid", 10)], "22:30"),
        ([("rigid", 5), ("gap", 5), ("rigid", 5.5)], "21:00"),
        ([("rigid", 5), ("gap", 5.5), ("rigid", 5)], "22:30"),
    ],
    ids=["ten minutes and the turn", "half a minute less", "with a gap", "less with a gap"],
)
def test_ten_known_minutes_in_the_state_of_sleep_are_settled(rest, settled):
    # the half minute in which the limb turns away at the end has moved
    assert onsets(resting(*rest), "21:00", "23:20")["settled"] == at(settled)


def test_sleep_that_begins_in_a_gap_is_settled_where_something_is_known_again():
    night = recorded("20:00", ("awake", 60), ("gap", 20), ("rigid", 60))
    assert onsets(night, "21:00", "22:00")["settled"] == at("21:20")
