"""What the interactive time line is given: codes, lanes, views, events."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest
from made_results import (
    MINUTE_NS,
    made_asleep_night,
    made_epochs,
    made_facts,
    made_limited_night,
    made_night,
    made_onset_ns,
    made_unanalysable_night,
)

from detector.nights.night import Night
from detector.report import timeline as module
from detector.report.cells import cells
from detector.report.timeline import drawn_events, lanes, timeline
from detector.report.wall import WallClock
from detector.scan import Scan
from detector.tables.columns import EVENTS
from detector.tables.rows import event_rows

MINUTE_MS = 60_000


def drawn(night: Night, chosen=None, shown=()) -> dict:
    facts = made_facts()
    rows = {i: cells(EVENTS, row) for i, row in enumerate(event_rows(facts, night))}
    chosen = drawn_events(night) if chosen is None else np.array(chosen, np.int64)
    data = timeline(night, WallClock(facts.zone, night.span), rows, chosen, shown)
    assert data is not None
    return data


def with_epochs(**fields) -> Night:
    epochs = made_epochs()
    for name, values in fields.items():
        epochs[name] = values
    return replace(made_night(), scan=Scan(epochs=epochs))


def codes(text: str, dtype: str) -> list[int]:
    return np.frombuffer(base64.b64decode(text), dtype).tolist()


# ------------------------------------------------------------------ curves


@pytest.mark.parametrize(
    ("level_g_per_s", "code"),
    [(1e-3, 1), (1e-9, 1), (0.0, 1), (1.0, 32768), (1e3, 65535), (1e9, 65535), (np.nan, 0)],
)
def test_a_level_is_a_code_of_sixteen_bits_over_six_decades_and_nought_is_unknown(
    level_g_per_s, code
):
    data = drawn(with_epochs(jerk_max_g_per_s=level_g_per_s))
    assert set(codes(data["movement"], "<u2")) == {code}


@pytest.mark.parametrize(("deg", "code"), [(0, 0), (90, 120), (-90, -120), (45, 60), (0.3, 0)])
def test_an_angle_is_a_code_of_eight_bits_in_steps_of_three_quarters(deg, code):
    turn = np.radians(deg)
    gravity = np.array([np.cos(turn), 0, np.sin(turn)])
    assert set(codes(drawn(with_epochs(median_g=gravity))["angle"], "i1")) == {code}


def test_an_angle_where_there_was_no_epoch_is_unknown():
    epochs = np.delete(made_epochs(), 10)
    data = drawn(replace(made_night(), scan=Scan(epochs=epochs)))
    assert [i for i, c in enumerate(codes(data["angle"], "i1")) if c == -128] == [10]


def test_the_floor_is_told_once_a_minute():
    floor = np.full(len(made_epochs()), 1.0)
    floor[12], floor[13] = 1e3, 1e-3
    found = codes(drawn(with_epochs(floor_g_per_s=floor))["floor"], "<u2")
    assert len(found) == 540
    assert found[:3] == [32768, 65535, 32768]


def test_curves_begin_with_the_first_epoch_five_seconds_each():
    data = drawn(made_night())
    assert data["epoch_ms"] == 5000
    assert data["extent"] == [data["start"], data["start"] + 540 * MINUTE_MS]


# ------------------------------------------------------------------ raw signal


def test_only_events_that_the_page_shows_in_full_have_their_raw_jerk():
    assert drawn(made_night())["raw"] == []
    data = drawn(made_night(), shown={2, 3})  # the fourth has no raw signal
    (raw,) = data["raw"]
    assert raw["step_ms"] == 10.0
    peak_ms = data["start"] + data["events"]["at"][2]
    assert raw["start"] == peak_ms - 4000
    assert len(codes(raw["jerk"], "u1")) == 800


def test_the_step_of_raw_jerk_is_that_of_the_measured_rate_to_a_nanosecond():
    night = made_night()
    snippet = replace(night.scan.snippets[1], rate_hz=24.395)
    scan = Scan(night.scan.candidates, night.scan.epochs, (snippet,))
    (raw,) = drawn(replace(night, scan=scan), shown={2})["raw"]
    assert raw["step_ms"] == 40.992007


def test_raw_jerk_is_a_code_of_eight_bits():
    night = made_night()
    snippet = night.scan.snippets[1]
    jerk = np.array([1e-3, 1.0, 1e3, np.nan], np.float32)
    scan = Scan(night.scan.candidates, night.scan.epochs, (replace(snippet, jerk_g_per_s=jerk),))
    (raw,) = drawn(replace(night, scan=scan), shown={2})["raw"]
    assert codes(raw["jerk"], "u1") == [1, 128, 255, 0]


# ------------------------------------------------------------------ lanes and views


def test_a_lane_says_what_it_shows_and_from_when_to_when():
    clock = WallClock(made_facts().zone, made_night().span)
    told = {lane["label"]: [s[2] for s in lane["spans"]] for lane in lanes(made_night(), clock)}
    assert told == {
        "Window": ["onset window, 22:58 to 23:55"],
        "Sleep": ["sleep period, 23:40 to 06:30"],
        "Onset": ["sleep onset with its uncertainty, 23:20 to 00:00"],
    }
    limited = {lane["label"]: lane["spans"] for lane in lanes(made_limited_night(0), clock)}
    assert limited["Not worn"][0][2] == "not worn, 02:40 to 04:40"
    assert limited["Noisy"][0][2] == "too noisy to judge, 04:40 to 05:10"
    first, last, _ = limited["Not worn"][0]
    assert last - first == 120 * MINUTE_MS


def views_min(night: Night) -> dict[str, tuple[float, float]]:
    """Each view's ends in minutes since the first epoch."""
    data = drawn(night)
    return {
        name: tuple((ms - data["start"]) / MINUTE_MS for ms in ends)
        for name, ends in data["views"].items()
    }


def test_views_leave_half_an_hour_around_sleep_and_a_quarter_around_the_window():
    """Recorded from 22:00; window from 22:58 to 23:55, asleep until 06:30."""
    assert views_min(made_night()) == {
        "whole": (0, 540),
        "sleep": (28, 540),
        "onset": (43, 130),
    }


def test_without_a_window_the_view_of_sleep_begins_before_onset():
    assert views_min(made_asleep_night()) == {"whole": (0, 540), "sleep": (70, 540)}


def test_without_sleep_there_is_the_whole_night_alone():
    assert views_min(made_unanalysable_night(0)) == {"whole": (0, 540)}


def test_a_view_of_sleep_does_not_reach_beyond_what_was_recorded():
    night = made_night()
    early = replace(night.sleep, onset_ns=made_onset_ns() - 90 * MINUTE_NS)
    assert views_min(replace(night, sleep=early, window=None))["sleep"] == (0, 540)
    short = replace(night.sleep, wake_ns=made_onset_ns() + 60 * MINUTE_NS)
    assert views_min(replace(night, sleep=short))["sleep"] == (28, 190)


def test_the_window_is_told_by_its_ends_and_no_window_is_none():
    data = drawn(made_night())
    assert [(ms - data["start"]) / MINUTE_MS for ms in data["window"]] == [58, 115]
    assert drawn(made_asleep_night())["window"] is None


def test_estimates_of_onset_stand_in_the_order_of_time():
    night = made_night()
    onset_ns = made_onset_ns()
    candidates = {"diary": onset_ns + MINUTE_NS, "cole_kripke": onset_ns - MINUTE_NS}
    data = drawn(replace(night, sleep=replace(night.sleep, candidates=candidates)))
    assert [text for _, text in data["onset"]["estimates"]] == [
        "cole kripke, 23:39",
        "diary, 23:41",
    ]
    assert data["onset"]["clock"] == "23:40"


# ------------------------------------------------------------------ a change of the clocks


def test_a_night_without_a_change_of_clocks_has_none():
    assert drawn(made_night())["change"] is None


def test_a_change_of_clocks_is_told_by_its_moment_and_by_how_much():
    night = made_night(25)
    zone = made_facts().zone
    spans = zone.nights(night.span.start_ns, night.span.end_ns)
    span = next(s for s in spans if s.date.isoformat() == "2024-03-30")
    data = drawn(replace(night, span=span))
    assert data["change"]["shift_ms"] == 60 * MINUTE_MS
    assert (data["change"]["at"] - data["start"]) / MINUTE_MS == 240  # at 02:00, from 22:00
    (asleep,) = [lane for lane in data["lanes"] if lane["label"] == "Sleep"]
    assert asleep["spans"][0][2] == "sleep period, 23:40 to 07:30"


# ------------------------------------------------------------------ events


def test_of_the_chosen_events_every_property_is_in_their_order():
    events = drawn(made_night(), chosen=[2, 3, 8])["events"]
    assert events["index"] == [2, 3, 8]
    assert events["counted"] == [0]
    kinds = [events["kinds"][k]["code"] for k in events["kind"]]
    assert kinds == ["sleep_start", "impact", "sleep_start"]
    assert [events["contexts"][c] for c in events["context"]] == [
        *["in the onset window"] * 2,
        "during sleep",
    ]
    assert [events["confidences"][c] for c in events["confidence"]] == ["high", "high", "medium"]
    assert events["width"] == ["0.46"] * 3
    assert [k["start"] for k in events["kinds"]][:3] == [True, True, False]


def test_contexts_of_sleep_are_told_by_their_places():
    events = drawn(made_night())["events"]
    assert [events["contexts"][c] for c in events["asleep"]] == [
        *("in the onset window", "at a return to sleep", "during sleep")
    ]


def test_a_reason_that_says_nothing_is_an_empty_sentence():
    night = made_night()
    reason = night.events.reason.copy()
    reason[2] = ""
    events = drawn(replace(night, events=replace(night.events, reason=reason)))["events"]
    assert events["reasons"][events["reason"][2]] == ""
    assert events["reasons"][events["reason"][3]].startswith("Too sharp and too brief")


@pytest.mark.parametrize("most", [4, 5, 6, 9])
def test_of_too_many_events_the_most_telling_are_drawn(monkeypatch, most):
    """Jerks like sleep starts, then the onset window, then the rest of sleep; the largest first."""
    monkeypatch.setattr(module, "MOST_EVENTS", most)
    night = made_night()
    candidates = night.events.candidates.copy()
    candidates["peak_jerk_g_per_s"] = [9, 5, 4, 2, 3, 1, 2, 8, 1, 3, 2, 7, 9]
    night = replace(night, events=replace(night.events, candidates=candidates))
    ranked = [1, 2, 4, 10, 8, 3, 5, 7, 11, 9, 6, 0, 12]
    assert drawn_events(night).tolist() == sorted(ranked[:most])
