"""What a cell says of a night, an event, a recording, and when it says nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_results import (
    DAY_NS,
    EVENING_NS,
    HOUR_NS,
    MINUTE_NS,
    made_asleep_night,
    made_empty_night,
    made_facts,
    made_limited_night,
    made_night,
    made_onset_ns,
    made_unanalysable_night,
)

from detector.nights.night import Interval, Noted, Staged
from detector.tables.columns import EVENTS, NIGHTS
from detector.tables.rows import (
    event_arrays,
    event_columns,
    event_rows,
    night_row,
    number,
)
from recordings import SECOND_NS

FACTS = made_facts()


def noted(facts=FACTS, factors=(), found_onset_ns=None, **times_ns):
    """The row of a night with a diary; times are device times."""
    said = Noted(kept=True, times_ns=times_ns, factors=factors, found_onset_ns=found_onset_ns)
    return night_row(facts, replace(made_night(), noted=said))


def counting(**counts):
    night = made_night()
    return replace(night, counts={**night.counts, **counts})


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    ("name", "value", "rounded"),
    [
        ("peak_accel_mg", 187.449, 187.4),
        ("peak_accel_mg", 187.451, 187.5),
        ("gap_min", 1.4949, 1.49),
        ("usable_h", 6.69951, 6.7),
        ("measured_hz", 99.99995, 100.0),
        ("measured_hz", 99.99994, 99.9999),
        ("clipped_pct", 0.00004, 0.0),
    ],
)
def test_a_number_is_rounded_to_the_decimals_of_its_column(name, value, rounded):
    assert number(name, value) == rounded


def test_a_number_of_a_column_that_is_none_is_a_mistake():
    with pytest.raises(KeyError):
        number("no_such_column", 1.0)


# ------------------------------------------------------------------ events


def test_every_column_of_events_is_made_and_no_other():
    assert set(event_arrays(FACTS, made_night())) == {c.name for c in EVENTS}


def test_chosen_events_keep_the_numbers_that_they_have_among_all():
    whole = event_columns(FACTS, made_night(), 100)
    some = event_columns(FACTS, made_night(), 100, [2, 7, 12])
    assert some["event_index"] == [102, 107, 112]
    assert some == {name: [values[i] for i in (2, 7, 12)] for name, values in whole.items()}


def test_none_chosen_is_no_event_and_none_said_is_all():
    assert event_columns(FACTS, made_night(), 5, []) == {c.name: [] for c in EVENTS}
    assert len(event_columns(FACTS, made_night(), 5)["kind"]) == len(made_night().events)


def test_events_are_numbered_from_nought():
    assert [row["event_index"] for row in event_rows(FACTS, made_night())][:3] == [0, 1, 2]
    assert event_columns(FACTS, made_night())["event_index"][:3] == [0, 1, 2]
    assert event_arrays(FACTS, made_night())["event_index"].tolist()[:3] == [0, 1, 2]


def test_a_single_event_has_all_that_it_has_among_others():
    whole = event_columns(FACTS, made_night())
    for i in (0, 12):
        single = event_columns(FACTS, made_night(), 0, [i])
        assert single == {name: [values[i]] for name, values in whole.items()}


@pytest.mark.parametrize(
    ("ns", "shown"), [(123_499_999, "123"), (123_500_000, "124"), (999_500_000, "000")]
)
@pytest.mark.parametrize("tz", ["Europe/Berlin", None])
def test_times_are_rounded_to_the_nearest_millisecond_half_up(tz, ns, shown):
    night = made_night()
    candidates = night.events.candidates.copy()
    candidates["start_ns"] = EVENING_NS + ns
    night = replace(night, events=replace(night.events, candidates=candidates))
    (time,) = event_columns(made_facts(tz=tz), night, 0, [3])["start_time"]
    assert str(time)[20:23] == shown


def test_an_event_lasts_from_its_start_to_its_end_in_seconds():
    lasted = {row["kind"]: row["duration_s"] for row in event_rows(FACTS, made_night())}
    assert lasted["body_movement"] == 4.5
    assert lasted["sleep_start"] == 0.9


def test_a_series_is_named_by_night_and_number_and_the_first_is_nought():
    cluster = np.full(len(made_night().events), -1)
    cluster[3:5], cluster[5:7] = 0, 12
    night = made_night(2)
    night = replace(night, events=replace(night.events, cluster=cluster))
    found = event_columns(FACTS, night)["cluster_id"]
    assert found[2:8] == [None, "n2c0", "n2c0", "n2c12", "n2c12", None]


def test_what_an_event_has_not_is_empty():
    last = list(event_rows(FACTS, made_night()))[-1]  # a body movement at the end of the recording
    assert last["posture_change_deg"] is None
    assert last["likeness"] is None
    assert last["cluster_id"] is None
    assert last["stage"] is None
    assert last["truncated"] is True
    unseen = list(event_rows(FACTS, made_unanalysable_night(0)))
    assert {row["onset_offset_s"] for row in unseen} == {None}


def test_a_reason_that_says_nothing_is_empty():
    night = made_night()
    silent = replace(night.events, reason=np.full(len(night.events), "", "U32"))
    rows = event_rows(FACTS, replace(night, events=silent))
    assert {row["reason"] for row in rows} == {None}


def test_the_stage_of_an_event_is_the_one_scored_at_its_peak():
    night = made_night()
    peak_ns = night.events.candidates["peak_ns"]
    staged = Staged(  # from the third event's peak to the fourth's
        starts_ns=np.array([peak_ns[2]]),
        ends_ns=np.array([peak_ns[3]]),
        names=np.array(["N1"]),
    )
    found = event_columns(FACTS, replace(night, staged=staged))["stage"]
    assert found[:5] == [None, None, "N1", None, None]


def test_offsets_are_signed_seconds_from_the_onset_that_was_used():
    offsets = event_columns(FACTS, made_night())["onset_offset_s"]
    assert offsets[1] == round(-22.5 * 60 + 0.373456789, 3)
    assert offsets[4] == round(2 * 60 + 0.373456789, 3)


@pytest.mark.parametrize(
    ("tz", "day", "hour", "local"),
    [
        # the hour that happens twice: first in summer time, then in winter time
        ("Europe/Berlin", 236, 0.5, "2024-10-27T02:30:00.000+02:00"),
        ("Europe/Berlin", 236, 1.5, "2024-10-27T02:30:00.000+01:00"),
        # the hour that is left out
        ("Europe/Berlin", 26, 0.5, "2024-03-31T01:30:00.000+01:00"),
        ("Europe/Berlin", 26, 1.5, "2024-03-31T03:30:00.000+02:00"),
        (None, 26, 1.5, "2024-03-31T02:30:00.000"),
    ],
)
def test_across_a_clock_change_every_event_has_its_own_offset(tz, day, hour, local):
    """The device's clock does not change: it shows the time of the recording's beginning."""
    first_ns = EVENING_NS + day * DAY_NS + HOUR_NS  # an hour before either change
    candidates = made_night().events.candidates[:3].copy()
    before_ns = first_ns - 12 * HOUR_NS
    for name in ("start_ns", "peak_ns", "end_ns"):
        candidates[name] = [before_ns, before_ns, first_ns + round(hour * HOUR_NS)]
    whole = made_night().events
    events = replace(
        whole,
        candidates=candidates,
        **{
            name: getattr(whole, name)[:3]
            for name in (
                *("kind", "reason", "context", "counted", "confidence", "onset_offset_s"),
                *("likeness", "active_after_s", "cluster"),
            )
        },
    )
    rows = list(event_rows(made_facts(tz=tz), replace(made_night(), events=events)))
    assert rows[2]["start_time"] == local
    assert (rows[2]["start_utc"] is None) == (tz is None)


# ------------------------------------------------------------------ nights


def test_a_row_of_a_night_names_no_column_that_the_table_has_not():
    for night in (made_night(), made_limited_night(), made_empty_night(), made_asleep_night()):
        assert set(night_row(FACTS, night)) <= {c.name for c in NIGHTS}


def test_reasons_are_joined_in_their_order_and_none_is_empty():
    night = replace(made_night(), reasons=("short_usable", "coarse_step"))
    assert night_row(FACTS, night)["reasons"] == "short_usable;coarse_step"
    assert night_row(FACTS, made_night())["reasons"] is None


@pytest.mark.parametrize(
    ("count", "minutes", "per_h"),
    [(3, 45.0, 4.0), (0, 45.0, 0.0), (1, 0.01, 6000.0), (None, 45.0, None), (3, None, None)],
)
def test_the_rate_is_the_count_over_the_observed_hours_of_the_window(count, minutes, per_h):
    night = replace(counting(sleep_starts_onset=count), window_usable_min=minutes)
    assert night_row(FACTS, night)["sleep_starts_onset_per_h"] == per_h


@pytest.mark.parametrize(
    ("count", "hours", "per_h"),
    [(5, 8.0, 0.625), (0, 8.0, 0.0), (None, 8.0, None), (5, None, None)],
)
def test_the_rate_of_the_night_is_over_its_own_observed_hours(count, hours, per_h):
    night = replace(counting(sleep_starts_night=count), night_usable_h=hours)
    assert night_row(FACTS, night)["sleep_starts_night_per_h"] == per_h


@pytest.mark.parametrize("name", [c.name for c in NIGHTS if c.name.startswith("n_")][:9])
def test_a_count_is_written_as_it_is_and_an_unknown_one_is_empty(name):
    assert night_row(FACTS, counting(**{name: 7}))[name] == 7
    assert night_row(FACTS, counting(**{name: None}))[name] is None


def test_the_sizes_of_the_counted_are_their_medians():
    night = made_night()
    candidates = night.events.candidates.copy()
    sizes = dict(zip((1, 2, 4), (100.0, 300.0, 150.0), strict=True))
    for i, size in sizes.items():
        candidates["peak_accel_mg"][i] = size
        candidates["peak_jerk_g_per_s"][i] = size / 50
    row = night_row(FACTS, replace(night, events=replace(night.events, candidates=candidates)))
    assert (row["median_peak_accel_mg"], row["median_peak_jerk_g_per_s"]) == (150.0, 3.0)
    counted = night.events.counted.copy()
    counted[2] = False
    events = replace(night.events, candidates=candidates, counted=counted)
    row = night_row(FACTS, replace(night, events=events))
    assert (row["median_peak_accel_mg"], row["median_peak_jerk_g_per_s"]) == (125.0, 2.5)


def test_the_sleep_period_lasts_from_onset_to_wake_in_hours():
    assert night_row(FACTS, made_night())["spt_h"] == round(410 / 60, 3)


def test_sleep_episodes_are_the_sleep_period_and_all_further_rest():
    night = made_night()
    nap = Interval(night.sleep.wake_ns + HOUR_NS, night.sleep.wake_ns + 2 * HOUR_NS)
    for others, n in (((), 1), ((nap,), 2), ((nap, nap), 3)):
        several = replace(night, sleep=replace(night.sleep, others=others))
        assert night_row(FACTS, several)["n_sleep_episodes"] == n
    assert night_row(FACTS, made_unanalysable_night())["n_sleep_episodes"] is None


def test_the_source_of_a_sleep_period_is_told_even_if_neither_end_was_observed():
    night = made_asleep_night()
    night = replace(night, sleep=replace(night.sleep, wake_observed=False))
    row = night_row(FACTS, night)
    assert row["onset_source"] == "hdcza"
    assert {row.get(name) for name in ("sleep_onset", "wake", "wake_utc", "spt_h")} == {None}


def test_without_a_window_its_ends_and_its_minutes_are_empty():
    row = night_row(FACTS, made_asleep_night())
    names = ("onset_window_start_utc", "onset_window_end_utc", "onset_window_usable_min")
    assert [row.get(name) for name in names] == [None] * 3


def test_only_of_an_ankle_there_are_limb_movements():
    names = ("plm_acc_per_h", "lm_acc_n", "lm_acc_per_h", "plm_acc_series", "periodicity_index_acc")
    wrist = night_row(FACTS, made_night())
    assert [wrist[name] for name in names] == [None] * 5
    ankle = replace(
        made_night(),
        plm_acc_per_h=12.346,
        lm_acc_n=90,
        lm_acc_per_h=13.4321,
        plm_acc_series=0,
        periodicity_index_acc=0.51249,
    )
    row = night_row(FACTS, ankle)
    assert [row[name] for name in names] == [12.35, 90, 13.43, 0, 0.512]


def test_the_session_is_that_of_the_recording_and_empty_if_nobody_said():
    assert night_row(replace(FACTS, session="V2"), made_night())["session"] == "V2"
    assert night_row(FACTS, made_night())["session"] is None


# ------------------------------------------------------------------ what the diary said


def test_a_diarys_times_are_local_and_its_differences_minutes():
    onset_ns = made_onset_ns()
    row = noted(
        lights_off=onset_ns - 15 * MINUTE_NS,
        sleep_onset=onset_ns + 12 * MINUTE_NS + 20 * SECOND_NS,
        found_onset_ns=onset_ns - 8 * MINUTE_NS,
    )
    assert row["lights_off"] == "2024-03-05T23:25:00.000+01:00"
    assert row["sol_min"] == 15.0
    assert row["diary_onset"] == "2024-03-05T23:52:20.000+01:00"
    assert row["diary_onset_diff_min"] == 20.3


def test_lights_put_out_after_sleep_was_found_give_a_latency_below_nought():
    assert noted(lights_off=made_onset_ns() + 6 * MINUTE_NS)["sol_min"] == -6.0


def test_a_diary_without_these_times_says_nothing_of_them():
    row = noted(wake=made_onset_ns() + 8 * HOUR_NS)
    names = ("lights_off", "sol_min", "diary_onset", "diary_onset_diff_min")
    assert [row.get(name) for name in names] == [None] * 4


def test_a_latency_needs_an_onset_that_was_observed():
    said = Noted(kept=True, times_ns={"lights_off": made_onset_ns()})
    for night in (made_asleep_night(), made_unanalysable_night(0)):
        row = night_row(FACTS, replace(night, noted=said))
        assert row["lights_off"] == "2024-03-05T23:40:00.000+01:00"
        assert row.get("sol_min") is None


def test_a_difference_needs_an_onset_by_motion():
    row = noted(sleep_onset=made_onset_ns())
    assert row["diary_onset"] == "2024-03-05T23:40:00.000+01:00"
    assert row.get("diary_onset_diff_min") is None


def test_factors_are_copied_as_they_are_written_and_empty_ones_are_unknown():
    facts = replace(FACTS, factors=("stress", "coffee", "note"))
    row = noted(facts, factors=("7", "", " 0 "))
    assert (row["stress"], row["coffee"], row["note"]) == ("7", None, " 0 ")
    silent = night_row(facts, made_night())
    assert [silent.get(name) for name in facts.factors] == [None] * 3
