"""Events on the page: which are shown, in what order, and what is said of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_results import (
    KINDS,
    made_empty_night,
    made_facts,
    made_night,
    made_unanalysable_night,
)

from detector.nights.night import Night
from detector.reasons import sentence
from detector.report.cells import cells
from detector.report.event_view import EventView, event_views, excluded, near_misses
from detector.report.near import Failed, failed_conditions
from detector.scan import Scan
from detector.settings import KindSettings, Settings
from detector.tables.columns import EVENTS
from detector.tables.rows import event_rows

FACTS = made_facts()


def changed(night: Night, **arrays) -> Night:
    """The night with some arrays of its events replaced; fields of candidates by their names."""
    candidates = night.events.candidates.copy()
    for name in set(arrays) & set(candidates.dtype.names):
        candidates[name] = arrays.pop(name)
    return replace(night, events=replace(night.events, candidates=candidates, **arrays))


def views(night: Night, chosen, drawn=(), first_index=0, facts=FACTS) -> tuple[EventView, ...]:
    rows = {i: cells(EVENTS, r) for i, r in enumerate(event_rows(facts, night, first_index))}
    return event_views(facts, night, rows, chosen, drawn)


def view(night: Night, i: int, **more) -> EventView:
    (one,) = views(night, [i], **more)
    return one


# ------------------------------------------------------------------ near misses


def test_near_misses_are_jerks_like_sleep_starts_that_are_not_counted():
    night = made_night()
    assert [night.events.reason[i] for i in near_misses(night)] == ["outside_window"] * 2
    assert near_misses(made_empty_night()) == []


def test_what_came_close_enough_to_keep_its_raw_signal_is_one_too_and_stands_behind():
    night = made_night()
    peak_ns = night.events.candidates["peak_ns"]
    close = replace(night.scan.snippets[0], peak_ns=int(peak_ns[5]))  # the small twitch
    scan = Scan(night.scan.candidates, night.scan.epochs, (*night.scan.snippets, close))
    assert near_misses(replace(night, scan=scan)) == [10, 8, 5]


def test_the_nearest_stand_first_by_where_they_lie_then_by_size():
    n = len(KINDS)
    contexts = ["unusable", "sleep", "reonset", "onset", "post_wake", "pre_sleep", "sleep"]
    sizes = [900, 50, 60, 70, 800, 700, 90, *[10] * 6]
    night = changed(
        made_night(),
        kind=np.full(n, "sleep_start", "U32"),
        context=np.array([*contexts, *["unusable"] * 6], "U16"),
        counted=np.zeros(n, bool),
        peak_accel_mg=sizes,
    )
    assert near_misses(night)[:7] == [3, 2, 6, 1, 5, 4, 0]


def test_a_counted_event_is_no_near_miss():
    night = made_night()
    assert set(near_misses(night)).isdisjoint(np.flatnonzero(night.events.counted))


# ------------------------------------------------------------------ one event


def test_an_event_is_found_by_its_number_in_the_recording():
    assert view(made_night(), 2, first_index=40).anchor == "event-42"


def test_events_come_in_the_order_in_which_they_were_chosen():
    assert [v.cells["event_index"] for v in views(made_night(), [4, 1])] == ["4", "1"]


def test_a_jerk_is_called_a_sleep_start_only_where_it_is_counted():
    assert view(made_night(), 1).kind == "Sleep start"
    assert view(made_night(), 8).kind == "Jerk like a sleep start"
    assert view(made_night(), 4).kind == "Sleep start, then movement"
    assert view(made_night(), 3).kind == "Knock on the sensor"


def test_its_clock_is_local_to_the_second_and_its_context_and_reason_are_words():
    one = view(made_night(), 8)
    assert one.clock == "01:50:00"
    assert one.context == "during sleep"
    assert one.reason == sentence("outside_window")
    n = len(KINDS)
    assert view(changed(made_night(), reason=np.full(n, "", "U32")), 8).reason == ""


@pytest.mark.parametrize(
    ("offset_s", "said"),
    [
        (0.0, "0 s after onset"),
        (-0.4, "0 s before onset"),
        (89.4, "89 s after onset"),
        (89.5, "2 min after onset"),
        (-89.4, "89 s before onset"),
        (-90.0, "2 min before onset"),
        (150.0, "2 min after onset"),
        (3569.0, "59 min after onset"),
        (3571.0, "1 h 0 min after onset"),
        (-7500.0, "2 h 5 min before onset"),
        (np.nan, ""),
    ],
)
def test_how_far_from_onset_is_said_in_the_unit_that_a_reader_thinks_in(offset_s, said):
    night = changed(made_night(), onset_offset_s=np.full(len(KINDS), offset_s))
    assert view(night, 1).from_onset == said


def test_evidence_that_is_unknown_is_left_out():
    night = changed(made_night(), hf_lf_ratio=np.nan, posture_change_deg=np.nan)
    names = [name for name, _ in view(night, 1).evidence]
    assert names == [
        *("peak", "jerk", "width", "lasted", "still before", "moved after"),
        *("likeness", "bursts", "confidence", "event"),
    ]


def test_an_event_has_a_picture_where_its_raw_signal_was_kept():
    one = view(made_night(), 1)
    assert one.picture is not None
    assert 'aria-label="Sleep start, 23:17:30: raw signal of three axes and jerk' in one.picture
    assert view(made_night(), 3).picture is None


def test_whether_the_time_line_shows_it_is_told():
    assert [v.on_time_line for v in views(made_night(), [1, 2], drawn={2})] == [False, True]


# ------------------------------------------------------------------ why a near miss is none


def failed(place: int, settings: Settings | None = None, step_g: float = 1 / 256, **fields):
    night = changed(made_night(), **fields)
    row = cells(EVENTS, list(event_rows(FACTS, night))[place])
    return failed_conditions(night.events, place, row, settings or Settings(), step_g)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"peak_accel_mg": 74.9}, ("peak", "74.9 mg", "at least 75 mg")),
        ({"peak_jerk_g_per_s": 0.5}, ("jerk", "0.5 g/s", "at least 1 g/s")),
        ({"width_s": 1.5}, ("width", "1.5 s", "at most 1.2 s")),
        ({"still_before_s": 1.25}, ("stillness before", "1.25 s", "at least ")),
        ({"n_bursts": 9}, ("bursts", "9", "at most ")),
        ({"posture_change_deg": 61.0}, ("turn", "61°", "at most ")),
        ({"effective_hz": 0.5}, ("frequency", "0.5 Hz", "at least ")),
        ({"effective_hz": 30.0}, ("frequency", "30 Hz", "at most ")),
        ({"hf_lf_ratio": 9.0}, ("knock ratio", "9", "at most ")),
        ({"likeness": np.full(len(KINDS), 0.01)}, ("likeness", "0.01", "at least ")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_condition_that_fails_is_told_with_its_value_and_its_limit(fields, told):
    (one,) = failed(8, **fields)
    assert (one.name, one.value) == told[:2]
    assert one.limit.startswith(told[2])


def test_a_jerk_that_meets_every_condition_fails_none():
    assert failed(8) == ()


def test_a_limit_is_the_one_in_force_and_itself_is_met():
    settings = Settings(kinds=KindSettings(accel_min_mg=80))
    assert failed(8, settings, peak_accel_mg=80.0) == ()
    assert failed(8, settings, peak_accel_mg=79.5) == (Failed("peak", "79.5 mg", "at least 80 mg"),)


def test_a_sensor_with_coarse_steps_must_see_more():
    assert failed(8, step_g=1 / 128, peak_accel_mg=99.5) == ()
    told = failed(8, step_g=1 / 64, peak_accel_mg=99.5)
    assert told == (Failed("peak", "99.5 mg", "at least 100 mg"),)


def test_conditions_are_told_in_the_order_of_the_rules_each_by_its_own_event():
    sizes = np.full(len(KINDS), 200.0)
    sizes[8] = 20.0
    names = [f.name for f in failed(8, peak_accel_mg=sizes, width_s=2.0)]
    assert names == ["peak", "width"]
    assert [f.name for f in failed(10, peak_accel_mg=sizes, width_s=2.0)] == ["width"]


def test_an_unknown_value_that_does_not_meet_a_condition_is_called_unknown():
    (one,) = failed(8, still_before_s=np.nan)
    assert (one.name, one.value) == ("stillness before", "unknown")


def test_of_a_counted_event_no_failed_condition_is_told():
    night = changed(made_night(), width_s=2.0)
    assert view(night, 1).failed == ()
    assert [f.name for f in view(night, 8).failed] == ["width"]


# ------------------------------------------------------------------ what is not counted


def test_what_is_not_counted_stands_by_kind_and_reason_in_the_order_of_kinds():
    table = excluded(made_night())
    assert table.columns == ("In the onset window", "In the rest of sleep", "Outside sleep")
    assert [(row.kind, row.counts) for row in table.rows] == [
        ("sleep_start", (0, 2, 0)),
        ("micro_twitch", (1, 0, 0)),
        ("limb_movement", (0, 1, 0)),
        ("rhythmic_train", (0, 1, 0)),
        ("body_movement", (0, 0, 1)),
        ("body_movement", (0, 0, 1)),
        ("impact", (1, 0, 0)),
        ("disturbance", (0, 1, 0)),
        ("brief_other", (0, 1, 0)),
    ]


def test_of_one_kind_the_most_frequent_reason_stands_first():
    n = len(KINDS)
    reasons = ["wide", *["small"] * 3, *["slow"] * (n - 4)]
    night = changed(
        made_unanalysable_night(0),
        kind=np.full(n, "impact", "U32"),
        reason=np.array(reasons, "U32"),
    )
    rows = excluded(night).rows
    assert [row.reason for row in rows] == [sentence(r) for r in ("slow", "small", "wide")]
    assert [row.counts for row in rows] == [(n - 4,), (3,), (1,)]
    assert {row.label for row in rows} == {"Knock on the sensor"}


def test_a_kind_without_a_reason_has_none():
    night = changed(made_unanalysable_night(0), reason=np.full(len(KINDS), "", "U32"))
    assert {row.reason for row in excluded(night).rows} == {""}


@pytest.mark.parametrize(
    ("context", "part"),
    [
        ("onset", "In the onset window"),
        ("reonset", "In the rest of sleep"),
        ("sleep", "In the rest of sleep"),
        ("pre_sleep", "Outside sleep"),
        ("post_wake", "Outside sleep"),
        ("unusable", "In unusable time"),
    ],
)
def test_every_context_is_in_one_part_of_the_night(context, part):
    n = len(KINDS)
    night = changed(made_night(), context=np.full(n, context, "U16"), counted=np.zeros(n, bool))
    assert excluded(night).columns == (part,)


def test_a_night_in_which_all_is_counted_excludes_nothing():
    night = changed(made_night(), counted=np.ones(len(KINDS), bool))
    assert excluded(night).columns == excluded(night).rows == ()
