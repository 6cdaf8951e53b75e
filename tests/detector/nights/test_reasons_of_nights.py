"""Every reason of a night: what makes it, and where its limit lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_pictures import DAY, between, picture, sleep, without
from scans import EPOCH_NS, RATE_HZ, SPAN, STEP_G, at

from detector.nights.findings import FINDINGS, Basis, reasons, status
from detector.nights.night import Interval, Sleep
from detector.reasons import REASONS
from detector.settings import KindSettings, Settings


def basis(
    epochs: np.ndarray = DAY,
    asleep: Sleep | None = None,
    *,
    settings: Settings | None = None,
    step_g: float = STEP_G,
    rate_hz: float = RATE_HZ,
    recording: Interval | None = None,
    **seen: object,
) -> Basis:
    """What the findings rest on: see :func:`made_pictures.picture`."""
    if recording is None:
        ends = (0, 0) if len(epochs) == 0 else epochs["start_ns"][[0, -1]].tolist()
        recording = Interval(ends[0], ends[1] + EPOCH_NS)
    return Basis(
        picture=picture(epochs, asleep, settings=settings, **seen),
        span=Interval(SPAN.start_ns, SPAN.end_ns),
        recorded=recording,
        step_g=step_g,
        rate_hz=rate_hz,
        settings=settings or Settings(),
    )


def said(*night: object, **known: object) -> tuple[str, ...]:
    return reasons(basis(*night, **known))


def test_a_whole_day_with_a_sleep_period_that_was_seen_has_nothing_to_say():
    night = basis(DAY, sleep())
    assert reasons(night) == ()
    assert status(night, ()) == "ok"


# --------------------------------------------------------------------- too little to look at


def test_a_night_without_a_sample_has_no_data_and_is_not_called_short():
    assert said(DAY[:0]) == ("no_data",)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("13:00:05", ("too_short",)),
        ("15:29:55", ("too_short",)),
        ("15:30", ("no_sleep", "fragment")),
    ],
)
def test_less_than_the_shortest_sleep_period_is_too_short_to_look_for_one(end, expected):
    assert said(between("13:00", end)) == expected


def test_a_short_recording_with_a_stated_sleep_is_not_too_short_for_one():
    stated = sleep("23:00", "01:00", onset_observed=False)
    assert "too_short" not in said(between("23:00", "01:00"), stated)


@pytest.mark.parametrize(
    ("worn_from", "expected"),
    [("17:30", "no_sleep"), ("17:30:05", "never_worn")],
    ids=["two and a half hours", "5 s less"],
)
def test_a_sensor_worn_for_less_than_the_shortest_sleep_period_was_never_worn(worn_from, expected):
    assert said(between("13:00", "20:00"), off=("13:00", worn_from))[0] == expected


def test_a_short_recording_on_the_table_is_short_rather_than_never_worn():
    assert said(between("13:00", "15:29:55"), off=("13:00", "16:00")) == ("too_short",)
    assert said(between("13:00", "15:30"), off=("13:00", "16:00"))[0] == "never_worn"


# --------------------------------------------------------------------- stillness left out

HALF_AN_HOUR = (Interval(at("02:00"), at("02:20")), Interval(at("04:00"), at("04:10")))
LESS = (HALF_AN_HOUR[0], Interval(at("04:00"), at("04:09:59")))


@pytest.mark.parametrize(
    ("idle", "expected"),
    [(HALF_AN_HOUR, ("idle_sleep_mode",)), (LESS, ("no_sleep", "idle_gaps"))],
    ids=["as long as a still block", "shorter"],
)
def test_a_still_block_may_hide_in_unrecorded_stillness_but_not_in_less(idle, expected):
    assert said(DAY, idle=idle) == expected


def test_with_a_count_unrecorded_stillness_of_any_length_only_limits():
    assert said(DAY, sleep(), idle=HALF_AN_HOUR) == ("idle_gaps",)


# --------------------------------------------------------------------- what was not seen

UNSEEN = {"onset_observed": False}


@pytest.mark.parametrize(
    ("onset", "expected"),
    [("21:04:59.999", "began_asleep"), ("21:05", "unseen_before_sleep")],
)
def test_sleep_within_the_first_five_minutes_had_begun_before(onset, expected):
    night = between("21:00", "11:00")
    assert said(night, sleep(onset, **UNSEEN)) == (expected, "fragment")


def test_what_was_recorded_before_this_night_does_not_belong_to_it():
    earlier = Interval(SPAN.start_ns - 10**13, SPAN.end_ns)
    asleep = sleep("12:04:59.999", "18:00", **UNSEEN)
    assert said(DAY, asleep, recording=earlier) == ("began_asleep", "sleep_at_border")


@pytest.mark.parametrize(
    ("onset", "by_ns", "expected"),
    [
        ("12:04:59.999", -1, ("began_asleep", "sleep_at_border")),
        ("12:04:59.999", 0, ("began_asleep",)),
        ("12:05", -1, ("unseen_before_sleep",)),
    ],
    ids=["goes on from the night before", "begins with the recording", "behind a loss"],
)
def test_sleep_at_the_nights_beginning_is_cut_by_the_border_if_the_recording_goes_on(
    onset, by_ns, expected
):
    recording = Interval(SPAN.start_ns + by_ns, SPAN.end_ns)
    assert said(DAY, sleep(onset, "18:00", **UNSEEN), recording=recording) == expected


@pytest.mark.parametrize(
    ("onset", "lost", "expected"),
    [
        ("12:20:55", None, ("window_not_observed", "sleep_at_border")),
        ("12:21", None, ()),
        ("12:30", ("12:05", "12:15"), ("window_not_observed", "gap_at_onset")),
        ("12:29:55", ("12:05", "12:15"), ("window_not_observed", "sleep_at_border")),
    ],
    ids=["too little behind it", "four fifths behind it", "at it", "beyond it"],
)
def test_a_window_without_a_count_that_reaches_beyond_the_border_is_told(onset, lost, expected):
    earlier = Interval(SPAN.start_ns - 10**13, SPAN.end_ns)
    epochs = without(*lost) if lost else DAY
    assert said(epochs, sleep(onset, "20:00"), recording=earlier) == expected


@pytest.mark.parametrize(
    ("wake", "by_ns", "expected"),
    [
        ("11:55:00.001", 0, ("sleep_at_border",)),
        ("11:55", 0, ("wake_not_observed",)),
        ("11:55:00.001", -1, ("wake_not_observed",)),
    ],
    ids=["goes on", "lost before the border", "the recording ends before the border"],
)
def test_sleep_at_the_nights_end_is_cut_by_the_border_if_the_recording_goes_on(
    wake, by_ns, expected
):
    recording = Interval(SPAN.start_ns, SPAN.end_ns + by_ns)
    assert said(DAY, sleep("05:00", wake, wake_observed=False), recording=recording) == expected


def test_a_wake_that_was_seen_at_the_border_is_not_cut():
    assert said(DAY, sleep("05:00", "11:58")) == ()


def test_an_end_of_the_recording_behind_the_night_is_not_the_nights():
    later = Interval(SPAN.start_ns, SPAN.end_ns + 10**13)
    asleep = sleep("05:00", "11:58", wake_observed=False)
    assert said(DAY, asleep, recording=later) == ("sleep_at_border",)


@pytest.mark.parametrize("lost", ["off", "noisy", "stuck"])
def test_what_stops_the_count_at_onset_is_named(lost):
    expected = {"stuck": ("window_not_observed", "stuck_axis", "noisy_at_onset")}
    usual = ("window_not_observed", f"{lost}_at_onset")
    assert said(DAY, sleep(), **{lost: ("22:55", "23:10")}) == expected.get(lost, usual)


# --------------------------------------------------------------------- a part of a day


@pytest.mark.parametrize(
    ("begin", "unseen", "expected"),
    [
        ("20:00", {"wake_observed": False}, ("wake_not_observed",)),
        ("20:00:05", {"wake_observed": False}, ("wake_not_observed", "fragment")),
        ("20:00:05", {"onset_observed": False}, ("unseen_before_sleep", "fragment")),
        ("20:00:05", {}, ()),
    ],
    ids=["16 h", "less, wake unseen", "less, onset unseen", "less, sleep seen"],
)
def test_less_than_sixteen_hours_are_a_fragment_if_an_end_of_sleep_was_not_seen(
    begin, unseen, expected
):
    assert said(between(begin, "11:59:59"), sleep(**unseen)) == expected


@pytest.mark.parametrize(("begin", "fragment"), [("20:00", False), ("20:00:05", True)])
def test_without_sleep_less_than_sixteen_hours_are_a_fragment(begin, fragment):
    assert ("fragment" in said(between(begin, "11:59:59"))) == fragment


# --------------------------------------------------------------------- shaken, loud, short, unsure


@pytest.mark.parametrize(
    ("shaken", "told"),
    [
        (("22:00", "23:00"), False),
        (("22:00", "23:00:05"), True),
        (("06:59:55", "08:00"), True),
        (("07:00", "08:00"), False),
    ],
    ids=["until onset", "into sleep", "before waking", "from waking on"],
)
def test_vibration_matters_from_sleep_onset_to_waking(shaken, told):
    assert said(DAY, sleep(), shaken=shaken) == (("vibration",) if told else ())


def test_without_sleep_vibration_matters_at_any_time():
    assert said(DAY, shaken=("13:00", "13:10")) == ("no_sleep", "vibration")


HIDING = Settings(kinds=replace(KindSettings(), jerk_min_g_per_s=1.25))
"""1.25 g/s by a factor of 2.5: a floor of 0.5 g/s just lets the smallest jerk through."""


@pytest.mark.parametrize(("floor", "loud"), [(0.5, False), (0.51, True), (np.nan, False)])
def test_a_floor_that_hides_the_smallest_jerk_is_told(floor, loud):
    epochs = DAY.copy()
    epochs["floor_g_per_s"] = floor
    assert said(epochs, sleep(), settings=HIDING) == (("high_floor",) if loud else ())
    assert said(epochs, settings=HIDING) == ("no_sleep",)  # nothing to be hidden


@pytest.mark.parametrize(("wake", "short"), [("03:00", False), ("02:59:55", True)])
def test_less_than_four_usable_hours_limit_the_night(wake, short):
    assert said(DAY, sleep("23:00", wake)) == (("short_usable",) if short else ())


@pytest.mark.parametrize(("minutes", "told"), [(70.0, False), (70.1, True)])
def test_an_onset_less_sure_than_motion_alone_can_be_is_told(minutes, told):
    asleep = sleep(uncertainty_min=minutes)
    assert said(DAY, asleep) == (("onset_uncertain",) if told else ())


# --------------------------------------------------------------------- worth knowing

NAP = Interval(at("14:00"), at("14:50"))
LONG_REST = Interval(at("15:00"), at("17:30"))
SHORTER = Interval(at("15:00"), at("17:29:55"))


@pytest.mark.parametrize(
    ("others", "told"),
    [((), False), ((SHORTER,), False), ((LONG_REST,), True), ((NAP, LONG_REST), True)],
    ids=["none", "shorter", "as long as a sleep period", "one of two"],
)
def test_a_further_rest_as_long_as_a_sleep_period_is_a_second_sleep(others, told):
    assert said(DAY, sleep(others=others)) == (("second_sleep",) if told else ())


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        (("03:00", "03:24"), False),
        (("03:00", "03:24:05"), True),
        (("07:00", "08:00"), False),
        (("06:40", "07:24:05"), False),
    ],
    ids=["a twentieth", "more", "behind sleep", "more, but less of it asleep"],
)
def test_more_than_a_twentieth_of_sleep_without_samples_is_told(lost, told):
    assert said(without(*lost), sleep()) == (("gaps_in_sleep",) if told else ())


def test_samples_missing_from_every_epoch_of_sleep_add_up():
    for share, told in ((0.96, False), (0.89, True)):  # from 0.9 on an epoch is whole
        epochs = DAY.copy()
        epochs["n_samples"] = round(share * 250)
        assert said(epochs, sleep()) == (("gaps_in_sleep",) if told else ())


def test_a_day_without_sleep_has_no_gaps_in_sleep():
    assert said(without("13:00", "18:00")) == ("no_sleep",)


@pytest.mark.parametrize(
    ("off", "told"),
    [(("03:00", "03:24"), False), (("03:00", "03:24:05"), True), (("07:00", "09:00"), False)],
    ids=["a twentieth", "more", "behind sleep"],
)
def test_more_than_a_twentieth_of_sleep_without_the_sensor_is_told(off, told):
    assert said(DAY, sleep(), off=off) == (("off_in_sleep",) if told else ())


def test_a_sleep_without_a_sample_has_no_sensor_off_in_it():
    assert "off_in_sleep" not in said(between("12:00", "20:00"), sleep(**UNSEEN))


def test_a_day_on_the_table_without_sleep_has_no_sensor_off_in_sleep():
    assert said(DAY, off=("12:00", "20:00")) == ("no_sleep",)


@pytest.mark.parametrize(("clipped", "told"), [(4320, False), (4321, True)])
def test_more_than_a_thousandth_of_samples_at_the_ends_of_the_range_is_told(clipped, told):
    epochs = DAY.copy()  # 4 320 000 samples
    epochs["n_clipped"][:2] = 2000, clipped - 2000
    assert said(epochs, sleep()) == (("clipped",) if told else ())


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"rate_hz": 40.0}, ()),
        ({"rate_hz": 39.99}, ("no_knock_test",)),
        ({"step_g": 0.0099}, ()),
        ({"step_g": 0.010}, ("coarse_step",)),
    ],
    ids=str,
)
def test_what_the_sensor_cannot_do_is_told(known, expected):
    assert said(DAY, sleep(), **known) == expected


# --------------------------------------------------------------------- status and order


@pytest.mark.parametrize(
    ("code", "expected"),
    [("no_knock_test", "ok"), ("second_sleep", "ok"), ("fragment", "limited")],
)
def test_a_limit_makes_a_night_limited_and_a_note_does_not(code, expected):
    assert status(basis(DAY, sleep()), (code,)) == expected
    assert status(basis(DAY, sleep()), ("coarse_step", code)) == expected


def test_without_a_count_no_night_can_be_analysed():
    assert status(basis(DAY), ()) == "not_analysable"
    assert status(basis(DAY, sleep(**UNSEEN)), ("vibration",)) == "not_analysable"


def test_what_stops_a_count_is_said_before_its_causes_and_those_before_notes():
    order = ("stops", "limits", "note")
    levels = [order.index(REASONS[code].level) for code, _ in FINDINGS]
    assert levels == sorted(levels)
    assert len({code for code, _ in FINDINGS}) == len(FINDINGS)
