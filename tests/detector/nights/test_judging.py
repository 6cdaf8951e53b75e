"""What is decided of every event of a night, and which rests are listed, at the limits."""

from __future__ import annotations

import numpy as np
import pytest
from scans import (
    EPOCH_NS,
    MINUTE_NS,
    NIGHT,
    SPAN,
    at,
    decided,
    event,
    events,
    judged,
    placed,
    recorded,
    usual_night,
)

from detector.nights.night import Interval, Stated

# --------------------------------------------------------------------- contexts


def test_offsets_are_seconds_from_onset():
    night = usual_night(event("22:50"), event("23:00"), event("23:10:00.5"))
    assert night.events.onset_offset_s.tolist() == [-600.0, 0.0, 600.5]


def context_of(*clocks: str) -> list[str]:
    """Contexts in a night with an awakening at 02:20 and a return to sleep at 02:40."""
    stretches = (("awake", 120), ("asleep", 200), ("awake", 20), ("asleep", 200), ("awake", 30))
    night = judged(recorded("21:00", *stretches), events(*map(event, clocks)))
    assert night.sleep.reonsets == (at("02:40"),)
    return [context for (context,) in decided(night, "context")]


@pytest.mark.parametrize(
    ("clock", "context"),
    [
        ("02:29:59.999", "sleep"),
        ("02:30", "reonset"),
        ("02:44:59.999", "reonset"),
        ("02:45", "sleep"),
        ("05:59:59.999", "sleep"),
        ("06:00", "post_wake"),
    ],
)
def test_a_return_to_sleep_reaches_from_ten_minutes_before_to_five_after(clock, context):
    assert context_of(clock) == [context]


def test_near_sleep_onset_a_return_to_sleep_is_still_the_onset():
    stretches = (("awake", 120), ("asleep", 11), ("awake", 6), ("asleep", 400), ("awake", 30))
    rows = events(*map(event, ("23:06", "23:14:59", "23:15", "23:21:59", "23:22")))
    stated = Stated(at("23:00"), at("06:00"))
    night = judged(recorded("21:00", *stretches), rows, given=stated)
    assert night.sleep.reonsets == (at("23:17"),)
    assert decided(night, "context") == [
        *(("onset",), ("onset",), ("reonset",), ("reonset",), ("sleep",))
    ]


def test_an_event_that_peaks_behind_the_nights_end_is_judged_by_its_last_epoch():
    row = event("12:00")
    by_ns = SPAN.end_ns + 10**8 - int(row["peak_ns"][0])
    for name in ("start_ns", "peak_ns", "end_ns"):
        row[name] += by_ns
    recording = Interval(at("21:00"), SPAN.end_ns + 10**12)
    stretches = (("awake", 120), ("asleep", 480), ("awake", 300))
    epochs = recorded("21:00", *stretches)
    assert row["start_ns"] < SPAN.end_ns < row["peak_ns"]
    epochs["floor_g_per_s"][-13:-1] = 2.0
    night = judged(epochs, row, recorded=recording)
    assert decided(night, "context", "counted") == [("post_wake", False)]
    epochs["floor_g_per_s"][-1] = 2.0
    night = judged(epochs, row, recorded=recording)
    assert decided(night, "context", "reason") == [("unusable", "noisy")]


# --------------------------------------------------------------------- why it is not counted


def troubled():
    """A night with a sensor on the table, later a stuck axis, and ten noisy minutes of sleep."""
    epochs = recorded(*("18:00", ("awake", 30), ("table", 90), ("awake", 180)), *NIGHT[1:])
    epochs["floor_g_per_s"][placed(epochs, "02:00") : placed(epochs, "02:10")] = 2.0
    stuck = slice(placed(epochs, "20:30"), placed(epochs, "20:50"))
    for name in ("min_g", "max_g", "mean_g", "median_g"):
        epochs[name][stuck, 0] = 0.25  # while the others turn
    return epochs


TRUNCATED, SMALL = {"truncated": True}, {"peak_accel_mg": 60.0}


@pytest.mark.parametrize(
    ("clock", "changes", "reason"),
    [
        ("19:00", TRUNCATED | SMALL, "truncated"),
        ("19:00", SMALL, "small"),
        ("19:00", {}, "not_worn"),
        ("20:40", SMALL, "small"),
        ("20:40", {}, "stuck"),
        ("02:05", TRUNCATED, "truncated"),
        ("02:05", SMALL, "small"),
        ("02:05", {}, "noisy"),
        ("03:00", TRUNCATED, "truncated"),
        ("03:00", SMALL, "small"),
        ("03:00", {}, "outside_window"),
        ("22:50", TRUNCATED, "truncated"),
        ("22:50", SMALL, "small"),
        ("22:50", {}, "jerk"),
        ("19:00", {"width_s": 1.3}, "wide"),
    ],
)
def test_of_several_reasons_why_a_sleep_start_is_not_counted_the_first_is_said(
    clock, changes, reason
):
    night = judged(troubled(), event(clock, **changes))
    assert night.counts["sleep_starts_onset"] == (reason == "jerk")
    assert decided(night, "reason", "counted") == [(reason, reason == "jerk")]


# --------------------------------------------------------------------- confidence


@pytest.mark.parametrize(
    ("clock", "still_before_s", "confidence"),
    [
        ("22:50", 30.0, "high"),
        ("22:50", 29.9, "medium"),
        ("22:59:59.999", 29.9, "medium"),
        ("23:00", 29.9, "high"),
        ("22:00", 29.9, "medium"),
        ("06:59:59", 29.9, "high"),
        ("07:30", 29.9, "medium"),
    ],
)
def test_in_waking_time_only_a_jerk_out_of_half_a_minute_of_stillness_is_sure(
    clock, still_before_s, confidence
):
    night = usual_night(event(clock, still_before_s=still_before_s))
    assert decided(night, "kind", "confidence") == [("sleep_start", confidence)]


@pytest.mark.parametrize(
    ("changes", "confidence"),
    [({"clipped": True}, "medium"), ({"truncated": True}, "low"), (SMALL, "low")],
    ids=["clipped", "truncated", "small"],
)
def test_in_sleep_too_what_was_not_wholly_seen_is_less_sure(changes, confidence):
    assert decided(usual_night(event("03:00", **changes)), "confidence") == [(confidence,)]


@pytest.mark.parametrize("changes", [{"clipped": True}, {"truncated": True}], ids=str)
def test_what_is_no_sleep_start_is_as_sure_as_its_limits_are_far(changes):
    knock = {"hf_lf_ratio": 1.6, "width_s": 0.2}
    assert decided(usual_night(event("22:50", **knock, **changes)), "confidence") == [("high",)]


@pytest.mark.parametrize(
    ("width_s", "certainty"),
    [(0.2625, "high"), (0.3, "high"), (0.345, "medium")],
)
def test_a_kind_is_high_from_a_certainty_of_six_tenths_and_medium_from_three(width_s, certainty):
    night = usual_night(event("22:50", hf_lf_ratio=2.0, width_s=width_s))
    assert decided(night, "kind", "confidence") == [("impact", certainty)]


# --------------------------------------------------------------------- further rest


def resting(*still: tuple[int, int]) -> np.ndarray:
    """A day of nodding by forty degrees every epoch, but for still stretches of epochs.

    What is still keeps its angle and wavers aside by some mg: nobody can say whether it is worn.
    """
    count = 24 * 720
    epochs = recorded("12:00", ("rigid", 24 * 60))
    rests = np.zeros(count, bool)
    for start, stop in still:
        rests[start - 1 : stop] = True  # of the five minutes around the one before only half
    nods = np.radians(40 * (np.concatenate([[0], np.cumsum(~rests)[:-1]]) % 2))
    aside_g = np.random.default_rng(0).normal(0, 0.003, count)
    vectors = np.stack([np.cos(nods), aside_g, np.sin(nods)], axis=1)
    epochs["mean_g"] = epochs["median_g"] = vectors
    reach_g = np.where(rests, 0.02, 0.4)[:, np.newaxis]
    epochs["min_g"], epochs["max_g"] = vectors - reach_g, vectors + reach_g
    epochs["accel_max_mg"] = np.where(rests, 10, 300)
    return epochs


SLEEP = (11 * 720, 19 * 720)
TWO = 2 * 720
"""Two o'clock: windows of non-wear begin every quarter of an hour from noon on."""


def others(epochs: np.ndarray) -> list[tuple[int, int]]:
    night = judged(epochs)
    rests = [
        (rest.start_ns - SPAN.start_ns, rest.end_ns - SPAN.start_ns) for rest in night.sleep.others
    ]
    return [(start // EPOCH_NS, end // EPOCH_NS) for start, end in rests]


@pytest.mark.parametrize(("length", "listed"), [(1800, True), (1799, False)])
def test_a_rest_as_long_as_a_sleep_period_is_not_given_up_without_proof(length, listed):
    rest = (TWO, TWO + length)
    assert others(resting(SLEEP, rest)) == ([rest] if listed else [])


@pytest.mark.parametrize(("length", "listed"), [(1440, False), (1441, True)])
def test_a_rest_of_which_the_sensor_was_off_for_half_is_none(length, listed):
    rest = (TWO, TWO + length)
    epochs = resting(SLEEP, rest)
    epochs["max_g"][TWO + 720 : rest[1]] += 0.2  # in the second hour it is surely worn
    assert others(epochs) == ([rest] if listed else [])


# --------------------------------------------------------------------- unrecorded stillness


@pytest.mark.parametrize(
    ("begin_min", "end_min", "of_this_night"),
    [(-10, 20, 20), (1430, 1450, 10), (60, 90, 30), (-30, 0, 0)],
    ids=["before", "behind", "within", "the night before"],
)
def test_unrecorded_stillness_belongs_to_the_nights_that_it_lies_in(
    begin_min, end_min, of_this_night
):
    idle = Interval(*(SPAN.start_ns + minutes * MINUTE_NS for minutes in (begin_min, end_min)))
    night = judged(recorded("21:00", ("rigid", 30)), idle=(idle,))
    assert night.idle_min == of_this_night
