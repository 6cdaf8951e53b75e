"""What is told of a night beside its pictures, and what is not drawn and said so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_results import (
    KINDS,
    MINUTE_NS,
    made_asleep_night,
    made_empty_night,
    made_facts,
    made_limited_night,
    made_night,
    made_onset_ns,
    made_unanalysable_night,
)

from detector.nights.night import Interval, Night
from detector.report import timeline
from detector.report.view import night_view

FACTS = made_facts()


def groups(night: Night) -> dict[str, dict[str, str]]:
    return {title: dict(facts) for title, facts in night_view(FACTS, night, 0).groups}


def head(night: Night):
    return night_view(FACTS, night, 0).head


def slept(night: Night, **changes) -> Night:
    return replace(night, sleep=replace(night.sleep, **changes))


# ------------------------------------------------------------------ the head


def test_a_night_is_found_by_its_number_and_named_by_its_dates():
    told = head(made_night(2))
    assert (told.anchor, told.title) == ("night-2", "Thu 7 to Fri 8 March 2024")


@pytest.mark.parametrize(
    ("made", "status", "onset"),
    [
        (made_night, "Analysed", "23:40"),
        (made_limited_night, "Analysed, with limits", "23:40"),
        (made_asleep_night, "No count", ""),
        (made_unanalysable_night, "No count", ""),
    ],
)
def test_status_and_onset_are_told_and_an_unseen_onset_is_empty(made, status, onset):
    told = head(made(0))
    assert (told.status, told.onset) == (status, onset)


def test_reasons_that_limit_stand_on_the_card_and_notes_in_the_night():
    view = night_view(FACTS, replace(made_night(), reasons=("short_usable", "coarse_step")), 0)
    assert len(view.head.reasons) == len(view.notes) == 1
    assert view.head.reasons[0] != view.notes[0]


def test_the_confidence_of_what_is_counted_is_told_from_the_highest():
    night = made_night()
    confidence = np.array(["low"] * len(KINDS), "U8")
    confidence[1] = "high"
    assert head(replace(night, events=replace(night.events, confidence=confidence))).confidence == (
        "1 high, 2 low"
    )
    assert head(made_unanalysable_night(0)).confidence == ""


@pytest.mark.parametrize(
    ("night", "lists"),
    [
        (made_night(), True),
        (replace(made_night(), events=made_empty_night().events), False),
        (made_unanalysable_night(0), True),  # jerks like sleep starts, none counted
    ],
)
def test_whether_there_is_anything_to_judge_is_known(night, lists):
    assert head(night).lists_events == lists


# ------------------------------------------------------------------ groups


def test_sleep_is_told_with_its_ends_and_where_they_are_from():
    told = groups(made_night())["Sleep"]
    assert list(told.items())[:4] == [
        ("Sleep onset", "23:40"),
        ("Uncertain by", "± 20 min"),
        ("Wake", "06:30"),
        ("Sleep found by", "posture (HDCZA)"),
    ]


def test_an_end_of_sleep_that_was_not_observed_is_said_to_be_so():
    told = groups(made_asleep_night())["Sleep"]
    assert told["Sleep onset"] == "not observed"
    assert "Uncertain by" not in told
    assert groups(slept(made_night(), wake_observed=False))["Sleep"]["Wake"] == "not observed"


@pytest.mark.parametrize(
    ("source", "word"),
    [("diary", "diary"), ("hypnogram", "hypnogram"), ("still_block", "stillness in the night")],
)
def test_the_source_of_a_sleep_period_has_a_word(source, word):
    assert groups(slept(made_night(), source=source))["Sleep"]["Sleep found by"] == word


def test_a_night_without_sleep_tells_none_and_without_a_window_none():
    told = groups(made_unanalysable_night(0))
    assert "Sleep found by" not in told.get("Sleep", {})
    assert "Onset window" not in told["What this rests on"]
    assert groups(made_night())["What this rests on"]["Onset window"] == "22:58 to 23:55"


def test_a_group_of_which_nothing_is_known_is_left_out():
    assert "Sleep" not in groups(made_empty_night())
    assert "Sleep starts" not in groups(made_empty_night())


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("nonwear_min", "Not worn"),
        ("noisy_min", "Too noisy to judge"),
        ("stuck_min", "An axis was stuck"),
        ("idle_min", "Not recorded because it lay still"),
    ],
)
def test_a_fault_is_told_where_there_was_any(field, name):
    rests_on = groups(replace(made_night(), **{field: 12.5}))["What this rests on"]
    assert rests_on[name] == "12.5 min"
    assert name not in groups(made_night())["What this rests on"]


def test_at_an_ankle_limb_movements_are_told():
    ankle = replace(
        made_night(),
        lm_acc_per_h=13.5,
        plm_acc_per_h=9.25,
        plm_acc_series=4,
        periodicity_index_acc=0.5,
        limb_intervals_s=np.array([20.0, 21.0]),
    )
    told = groups(ankle)["Sleep"]
    assert told["Limb movements by accelerometer"] == "13.5 per h"
    assert told["Periodic limb movements by accelerometer"] == "9.25 per h"
    assert (told["in series"], told["Periodicity index"]) == ("4", "0.5")
    assert night_view(FACTS, ankle, 0).limb_intervals is not None
    assert night_view(FACTS, made_night(), 0).limb_intervals is None


def test_every_further_rest_is_told():
    night = made_night()
    naps = tuple(
        Interval(
            made_onset_ns() + k * 600 * MINUTE_NS, made_onset_ns() + (k * 600 + 45) * MINUTE_NS
        )
        for k in (-1, 1)
    )
    view = night_view(FACTS, slept(night, others=naps), 0)
    rests = [value for name, value in dict(view.groups).get("Sleep", ()) if name == "Further rest"]
    assert rests == ["13:40 to 14:25", "09:40 to 10:25"]


# ------------------------------------------------------------------ events


def test_events_are_told_by_kind_with_how_many_are_drawn():
    view = night_view(FACTS, made_night(), 0)
    assert [(kind, n) for kind, _, n in view.drawn] == [
        ("sleep_start", 4),
        ("sleep_start_with_arousal", 1),
        *[(kind, 1) for kind in ("micro_twitch", "limb_movement", "rhythmic_train")],
        ("body_movement", 2),
        *[(kind, 1) for kind in ("impact", "disturbance", "brief_other")],
    ]
    assert (view.events, view.not_drawn) == (len(KINDS), 0)


def test_what_is_not_drawn_is_counted_and_said(monkeypatch):
    monkeypatch.setattr(timeline, "MOST_EVENTS", 6)
    view = night_view(FACTS, made_night(), 0)
    assert (view.events, view.not_drawn) == (len(KINDS), len(KINDS) - 6)
    assert sum(n for *_, n in view.drawn) == 6
    on_line = {e.anchor: e.on_time_line for e in (*view.counted, *view.near)}
    assert all(on_line.values())  # jerks like sleep starts are the last to be left out


def test_counted_events_and_near_misses_are_shown_in_the_order_of_time():
    view = night_view(FACTS, made_night(), 100)
    assert [e.anchor for e in view.counted] == ["event-101", "event-102", "event-104"]
    assert [e.anchor for e in view.near] == ["event-108", "event-110"]
    assert view.more_near == 0


def test_a_night_without_an_epoch_has_no_time_line():
    view = night_view(FACTS, made_empty_night(), 0)
    assert view.timeline is view.still is view.head.strip is view.head.noise_floor is None
    assert view.drawn == view.counted == view.near == ()
