from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest
from made_results import (
    MINUTE_NS,
    made_asleep_night,
    made_empty_night,
    made_epochs,
    made_facts,
    made_limited_night,
    made_night,
    made_onset_ns,
)

from detector.nights.night import Interval, Night
from detector.report import timeline as module
from detector.report.cells import cells
from detector.report.epoch_series import gaps, z_angle_deg
from detector.report.timeline import drawn_events, lanes, timeline
from detector.report.wall import WallClock
from detector.scan import Scan
from detector.tables.columns import EVENTS
from detector.tables.rows import event_rows
from recordings import SECOND_NS


def drawn(night: Night) -> dict:
    facts = made_facts()
    rows = {i: cells(EVENTS, row) for i, row in enumerate(event_rows(facts, night))}
    data = timeline(night, WallClock(facts.zone, night.span), rows, drawn_events(night))
    assert data is not None
    return data


def levels(text: str) -> np.ndarray:
    """The codes read as timeline.js reads them."""
    codes = np.frombuffer(base64.b64decode(text), "<u2").astype(float)
    return np.where(codes > 0, 10 ** (-3 + 6 * (codes - 1) / 65534), np.nan)


def with_epochs(night: Night, epochs: np.ndarray) -> Night:
    return replace(night, scan=Scan(night.scan.candidates, epochs, night.scan.snippets))


def test_movement_keeps_its_level_and_its_unknowns():
    jerk = made_epochs()["jerk_max_g_per_s"]
    shown = levels(drawn(made_night())["movement"])
    np.testing.assert_array_equal(np.isnan(shown), np.isnan(jerk))
    known = np.clip(jerk[~np.isnan(jerk)], 1e-3, 1e3)
    np.testing.assert_allclose(shown[~np.isnan(shown)], known, rtol=2e-4)


def test_no_movement_at_all_is_the_lowest_level_and_not_unknown():
    epochs = made_epochs()
    epochs["jerk_max_g_per_s"] = 0
    shown = levels(drawn(with_epochs(made_night(), epochs))["movement"])
    np.testing.assert_allclose(shown, 1e-3)


def test_the_angle_is_right_to_half_a_degree_over_its_whole_range():
    epochs = made_epochs()
    turn = np.linspace(-np.pi / 2, np.pi / 2, len(epochs))
    epochs["median_g"] = np.stack([np.cos(turn), 0 * turn, np.sin(turn)], axis=1)
    text = drawn(with_epochs(made_night(), epochs))["angle"]
    shown = np.frombuffer(base64.b64decode(text), "i1") * 0.75
    np.testing.assert_allclose(shown, np.degrees(turn), atol=0.5)


def test_the_angle_is_that_of_the_z_axis_to_the_horizontal():
    gravity = np.array([[0, 0, 1], [0, 0, -1], [1, 0, 0], [0, 1, 1]], np.float32)
    np.testing.assert_allclose(z_angle_deg(gravity), [90, -90, 0, 45], atol=1e-5)


def test_a_hole_in_the_epochs_is_unknown_and_shown_as_no_data():
    epochs = np.delete(made_epochs(), slice(100, 160))
    night = with_epochs(made_night(), epochs)
    first_ns = int(epochs["start_ns"][0])
    hole = Interval(first_ns + 500 * SECOND_NS, first_ns + 800 * SECOND_NS)
    assert gaps(epochs) == [hole]
    data = drawn(night)
    assert np.isnan(levels(data["movement"])[100:160]).all()
    (lane,) = [lane for lane in data["lanes"] if lane["role"] == "none"]
    assert lane["spans"][0][1] - lane["spans"][0][0] == 300_000
    assert lane["spans"][0][2] == "no samples, 22:08 to 22:13"


def test_epochs_that_go_back_in_time_are_put_in_their_place():
    epochs = made_epochs()
    turned = np.concatenate([epochs[100:], epochs[:100]])
    assert drawn(with_epochs(made_night(), turned))["movement"] == drawn(made_night())["movement"]


def test_lanes_show_what_there_is_and_nothing_else():
    clock = WallClock(made_facts().zone, made_night().span)
    assert [lane["role"] for lane in lanes(made_night(), clock)] == ["window", "sleep", "onset"]
    roles = [lane["role"] for lane in lanes(made_limited_night(0), clock)]
    assert roles == ["noisy", "off", "window", "sleep", "onset"]
    assert [lane["role"] for lane in lanes(made_asleep_night(), clock)] == ["sleep"]


def test_further_rest_has_a_lane_of_its_own():
    night = made_night()
    nap = Interval(night.sleep.wake_ns + 30 * MINUTE_NS, night.sleep.wake_ns + 90 * MINUTE_NS)
    night = replace(night, sleep=replace(night.sleep, others=(nap,)))
    [lane] = [lane for lane in drawn(night)["lanes"] if lane["label"] == "Rest"]
    assert lane["role"] == "sleep"
    assert [text for *_, text in lane["spans"]] == ["further rest, 07:00 to 08:00"]


def test_the_onset_is_shown_with_its_uncertainty_to_both_sides():
    data = drawn(made_night())
    (lane,) = [lane for lane in data["lanes"] if lane["role"] == "onset"]
    assert lane["spans"] == [
        [
            data["onset"]["used"] - 20 * 60_000,
            data["onset"]["used"] + 20 * 60_000,
            "sleep onset with its uncertainty, 23:20 to 00:00",
        ]
    ]
    assert [text for _, text in data["onset"]["estimates"]] == [
        "still, 23:28",
        "still tolerant, 23:40",
        "immobile, 23:48",
    ]


def test_an_onset_that_was_not_observed_is_not_shown():
    assert drawn(made_asleep_night())["onset"] is None


def test_events_stand_at_their_peaks_with_the_texts_of_the_table():
    night = made_night()
    data = drawn(night)
    events = data["events"]
    offset_ms = data["onset"]["used"] - data["start"]
    peaks_ns = night.events.candidates["peak_ns"]
    expected = [offset_ms + (int(ns) - made_onset_ns()) / 1e6 for ns in peaks_ns]
    np.testing.assert_allclose(events["at"], expected, atol=0.5)
    second = {name: column[2] for name, column in events.items() if len(column) == len(peaks_ns)}
    assert second["size"] == "187.5"
    assert second["peak"] == "4.25"
    assert second["clock"] == "23:36:00"
    kind = events["kinds"][second["kind"]]
    assert (kind["name"], kind["counted"]) == ("Jerk like a sleep start", "Sleep start")
    assert events["contexts"][second["context"]] == "in the onset window"
    assert events["confidences"][second["confidence"]] == "high"
    assert events["counted"] == np.flatnonzero(night.events.counted).tolist()
    assert events["index"] == list(range(len(night.events)))


def test_of_too_many_events_sleep_starts_and_the_window_stay(monkeypatch):
    monkeypatch.setattr(module, "MOST_EVENTS", 7)
    night = made_night()
    kept = drawn_events(night)
    assert np.all(np.diff(kept) > 0)
    kinds = night.events.kind[kept].tolist()
    assert sum(kind.startswith("sleep_start") for kind in kinds) == 5
    assert {"impact", "micro_twitch"} < set(kinds)


@pytest.mark.parametrize("n", [999, 1000, 1001])
def test_no_more_events_are_drawn_than_a_page_can_carry(n):
    night = made_night()
    rows = np.arange(n) % len(night.events)
    events = replace(
        night.events,
        **{
            name: getattr(night.events, name)[rows]
            for name in ("candidates", "kind", "context", "counted")
        },
    )
    assert len(drawn_events(replace(night, events=events))) == min(n, 1000)


def test_views_hold_the_night_the_sleep_and_the_onset():
    data = drawn(made_night())
    views = {name: (b - a) / 60_000 for name, (a, b) in data["views"].items()}
    assert views["whole"] == 540
    window_min = (made_night().window.end_ns - made_night().window.start_ns) / MINUTE_NS
    assert views["onset"] == window_min + 30
    assert views["sleep"] < views["whole"]


def test_a_night_without_epochs_has_no_time_line():
    clock = WallClock(made_facts().zone, made_empty_night().span)
    assert timeline(made_empty_night(), clock, {}, np.empty(0, np.int64)) is None
