"""Still pictures: where a moment, a level and an hour lie in them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from made_results import (
    HOUR_NS,
    made_asleep_night,
    made_empty_night,
    made_epochs,
    made_facts,
    made_limited_night,
    made_night,
)
from report.html_tree import Element, parse

from detector.nights.night import Night
from detector.report.pictures import Mark, noise_floor, static_night, strip, trace
from detector.report.wall import WallClock
from detector.scan import Scan, Snippet
from recordings import SECOND_NS

PEAK_NS = 1_000 * SECOND_NS
PER_S = (360 - 40 - 12) / 8
JERK_BOTTOM = 208
LAST = round(2 * 7.96 * PER_S)
"""Half units from the first sample to the last stretch of four: a flat line keeps its first."""


def snippet_of(accel_g, jerk_g_per_s) -> Snippet:
    """Eight seconds at 100 Hz, the peak three seconds after their beginning."""
    accel = np.broadcast_to(np.asarray(accel_g, np.float32), (800, 3))
    jerk = np.broadcast_to(np.asarray(jerk_g_per_s, np.float32), 800)
    return Snippet(PEAK_NS, PEAK_NS - 3 * SECOND_NS, 100.0, accel, jerk)


def drawn(snippet: Snippet, **changes) -> Element:
    mark = Mark(PEAK_NS - SECOND_NS, PEAK_NS + SECOND_NS, 0.5, "0.5", "a jerk")
    return parse(str(trace(snippet, replace(mark, **changes)))).one("svg")


def texts(svg: Element) -> list[str]:
    return [t.text for t in svg.all("text")]


def at(svg: Element, text: str) -> dict[str, float]:
    (found,) = [t for t in svg.all("text") if t.text == text]
    return {name: float(found.attributes[name]) for name in ("x", "y")}


def path_of(svg: Element, css: str) -> str:
    (found,) = [p for p in svg.all("path") if p.attributes["class"] == css]
    return found.attributes["d"]


def clock_of(night: Night, tz: str | None = "Europe/Berlin") -> WallClock:
    return WallClock(made_facts(tz=tz).zone, night.span)


# ------------------------------------------------------------------ the trace of an event


def test_seconds_are_counted_from_the_peak_and_every_second_one_is_named():
    svg = drawn(snippet_of((0, 0, 1), 0.2))
    named = [t for t in texts(svg) if t.endswith(" s") or t in {"−2", "+2", "+4"}]
    assert named == ["−2", "0 s", "+2", "+4"]
    assert at(svg, "0 s")["x"] == round(40 + 3 * PER_S, 1)
    assert at(svg, "+2")["x"] == round(40 + 5 * PER_S, 1)
    ticks = re.findall(r"M([\d.]+) 208v3", path_of(svg, "rule"))
    assert [float(x) for x in ticks] == [round(40 + s * PER_S, 1) for s in range(9)]


def test_the_event_is_shaded_over_the_whole_height():
    span = drawn(snippet_of((0, 0, 1), 0.2)).one("rect", "span").attributes
    assert (float(span["x"]), float(span["width"])) == (40 + 2 * PER_S, 2 * PER_S)
    assert span["height"] == str(JERK_BOTTOM)


def test_an_event_of_no_length_is_still_seen():
    svg = drawn(snippet_of((0, 0, 1), 0.2), start_ns=PEAK_NS, end_ns=PEAK_NS)
    assert float(svg.one("rect", "span").attributes["width"]) == 1.0


def test_an_event_that_goes_on_is_cut_at_the_edge_of_the_picture():
    svg = drawn(snippet_of((0, 0, 1), 0.2), end_ns=PEAK_NS + 60 * SECOND_NS)
    span = svg.one("rect", "span").attributes
    assert float(span["x"]) + float(span["width"]) == 348


def test_each_axis_is_drawn_about_its_own_median_which_is_named():
    svg = drawn(snippet_of((0.104, -0.206, 0.9), 0.2))
    assert {"x", "+0.10 g", "y", "−0.21 g", "z", "+0.90 g"} < set(texts(svg))
    for axis, middle in zip("xyz", (26, 70, 114), strict=True):
        assert path_of(svg, f"curve axis {axis}") == f"M80 {2 * middle}l{LAST} 0"
        assert at(svg, axis)["y"] == middle - 2


def test_all_axes_have_one_scale_that_the_largest_fills():
    accel = np.zeros((800, 3))
    accel[400] = (0.1, -0.05, 0.0)
    svg = drawn(snippet_of(accel, 0.2))
    tops = {}
    for axis in "xyz":
        d = path_of(svg, f"curve axis {axis}")
        (_, first), *steps = re.findall(r"(-?\d+) ?(-?\d+)", d.replace("l", " "))
        y = np.cumsum([int(first), *(int(dy) for _, dy in steps)]) / 2
        tops[axis] = (float(y.min()), float(y.max()))
    assert tops == {"x": (5, 26), "y": (70, 80.5), "z": (114, 114)}


@pytest.mark.parametrize(
    ("reach_g", "bar"),
    [(0.02, "20 mg"), (0.1, "100 mg"), (0.15, "100 mg"), (0.21, "200 mg"), (0.9, "500 mg")],
)
def test_the_bar_is_the_largest_round_size_that_fits(reach_g, bar):
    accel = np.zeros((800, 3))
    accel[400, 0] = reach_g
    svg = drawn(snippet_of(accel, 0.2))
    assert bar in texts(svg)
    top, length = re.fullmatch(r"M348 ([\d.]+)V(4)", path_of(svg, "scale")).groups()
    assert float(top) - float(length) == pytest.approx(
        float(bar.removesuffix(" mg")) / 1000 / reach_g * 21, abs=0.06
    )


def test_a_sensor_that_lies_still_is_not_blown_up():
    assert "20 mg" in texts(drawn(snippet_of((0, 0, 1), 0.2)))


def test_jerk_and_threshold_have_one_scale_from_nought():
    """The largest of both, with a margin: 4 g/s of 4.2."""
    svg = drawn(snippet_of((0, 0, 1), 4.0))
    assert path_of(svg, "curve jerk") == f"M80 {round(2 * (208 - 62 * 4 / 4.2))}l{LAST} 0"
    level = 208 - 0.5 / 4.2 * 62
    assert path_of(svg, "threshold") == f"M40 {level:.1f}H348"
    assert at(svg, "threshold 0.5 g/s") == {"x": 348, "y": round(level - 3, 1)}


def test_a_jerk_below_its_threshold_leaves_room_for_it():
    svg = drawn(snippet_of((0, 0, 1), 0.1), threshold_g_per_s=2.0)
    assert path_of(svg, "threshold") == f"M40 {208 - 62 / 1.5 / 1.05:.1f}H348"


def test_a_small_jerk_is_drawn_as_large_as_there_is_room():
    svg = drawn(snippet_of((0, 0, 1), 0.1), threshold_g_per_s=0.05)
    assert path_of(svg, "threshold") == f"M40 {208 - 0.05 / 0.105 * 62:.1f}H348"


def test_samples_that_are_unknown_break_the_line():
    jerk = np.full(800, 0.2)
    jerk[300:400] = np.nan
    d = path_of(drawn(snippet_of((0, 0, 1), jerk)), "curve jerk")
    assert d.count("M") == 2


# ------------------------------------------------------------------ a night at a glance


def shape(svg: Element) -> str:
    return path_of(svg, "movement")


@pytest.mark.parametrize(
    ("level_g_per_s", "y"), [(0.1, 88), (0.0, 88), (50.0, 0), (400.0, 0), (5**0.5, 44)]
)
def test_movement_is_drawn_on_a_log_scale_from_a_tenth_to_fifty(level_g_per_s, y):
    epochs = made_epochs()
    epochs["jerk_max_g_per_s"] = level_g_per_s
    svg = parse(str(strip(replace(made_night(), scan=Scan(epochs=epochs)), "x"))).one("svg")
    assert shape(svg) == f"M0 88V{y}l600 0V88z"


@pytest.mark.parametrize(("level_g_per_s", "y"), [(0.1, 240), (49.0, 1), (50.0, 0)])
def test_a_still_night_has_the_same_scale_at_its_own_height(level_g_per_s, y):
    epochs = made_epochs()
    epochs["jerk_max_g_per_s"] = level_g_per_s
    svg = still(replace(made_night(), scan=Scan(epochs=epochs)))
    assert shape(svg) == f"M0 240V{y}l1440 0V240z"


def test_bands_of_a_strip_lie_at_their_share_of_what_was_recorded():
    """Recorded from 22:00 to 07:00, 300 wide; asleep from 23:40 to 06:30."""
    svg = parse(str(strip(made_night(), "x"))).one("svg")
    sleep = svg.one("rect", "sleep").attributes
    assert float(sleep["x"]) == round(100 / 540 * 300, 1)
    assert float(sleep["width"]) == pytest.approx(410 / 540 * 300, abs=0.1)
    assert sleep["height"] == "44"
    assert svg.attributes["viewbox"] == "0 0 300 44"


def test_a_band_ends_with_the_picture_where_sleep_goes_on():
    night = made_night()
    longer = replace(night.sleep, wake_ns=night.sleep.wake_ns + 9 * HOUR_NS)
    svg = parse(str(strip(replace(night, sleep=longer), "x"))).one("svg")
    sleep = svg.one("rect", "sleep").attributes
    assert float(sleep["x"]) + float(sleep["width"]) == 300


def test_a_band_of_a_moment_is_still_seen():
    night = made_limited_night(0)
    moment = replace(night.unusable[0], end_ns=night.unusable[0].start_ns + SECOND_NS)
    svg = parse(str(strip(replace(night, unusable=(moment,)), "x"))).one("svg")
    hours, second = (float(r.attributes["width"]) for r in svg.all("rect", "unusable"))
    assert hours == pytest.approx(120 / 540 * 300, abs=0.1)
    assert second == 1.0


def test_marks_stand_at_time_and_size_and_within_the_picture():
    night = made_night()
    candidates = night.events.candidates.copy()
    candidates["peak_jerk_g_per_s"][[1, 2, 4]] = (0.01, 5**0.5, 900.0)
    night = replace(night, events=replace(night.events, candidates=candidates))
    svg = parse(str(strip(night, "x"))).one("svg")
    places = re.findall(r"M(\d+) (\d+)l5 5-5 5-5-5z", path_of(svg, "counted"))
    minutes = (100 - 22.5, 100 - 4, 100 + 2)  # since 22:00, and a quarter of a second
    x = [round(m / 540 * 300) for m in minutes]
    assert [(int(a), int(b)) for a, b in places] == list(zip(x, (33, 17, 1), strict=True))


def test_marks_of_a_strip_that_would_lie_on_one_another_are_drawn_once():
    night = made_night()
    candidates = night.events.candidates.copy()
    candidates["peak_ns"][2] = candidates["peak_ns"][1] + SECOND_NS
    night = replace(night, events=replace(night.events, candidates=candidates))
    svg = parse(str(strip(night, "x"))).one("svg")
    assert path_of(svg, "counted").count("M") == 2


# ------------------------------------------------------------------ a night on paper


def still(night: Night, tz: str | None = "Europe/Berlin") -> Element:
    return parse(str(static_night(night, clock_of(night, tz), "x"))).one("svg")


def test_the_onset_is_a_line_with_its_uncertainty_above():
    svg = still(made_night())
    x, left, right = (round(m / 540 * 720, 1) for m in (100, 80, 120))
    assert path_of(svg, "onset") == f"M{x} 0V120M{left} 1.5H{right}"


def test_an_onset_that_was_not_observed_has_no_line():
    svg = still(made_asleep_night())
    assert not [p for p in svg.all("path") if p.attributes["class"] == "onset"]


def test_the_drawing_can_be_used_a_second_time_by_the_nights_number():
    assert still(made_night(3)).one("g", "drawing").attributes["id"] == "still-3"
    assert still(made_night(3)).attributes["viewbox"] == "0 0 720 136"


def test_hours_have_ticks_and_those_at_the_edges_no_words():
    svg = still(made_night())
    d = path_of(svg, "rule")
    assert d.startswith("M0 120H720")
    ticks = [float(x) for x in re.findall(r"M([\d.]+) 120v4", d)]
    assert ticks == [80.0 * h for h in range(10)]
    assert [t.attributes["x"] for t in svg.all("text")] == [f"{80.0 * h}" for h in range(1, 9)]
    assert {t.attributes["y"] for t in svg.all("text")} == {"134"}


@pytest.mark.parametrize(
    ("hours", "named"),
    [
        (2, ["23:00"]),
        (10, [f"{h % 24:02d}:00" for h in range(23, 32)]),
        (11, ["00:00", "02:00", "04:00", "06:00", "08:00"]),
        (12, ["00:00", "02:00", "04:00", "06:00", "08:00"]),
        (24, [f"{h:02d}:00" for h in (0, 3, 6, 9, 12, 15, 18, 21)]),
    ],
)
def test_of_a_long_recording_every_second_or_third_hour_is_named(hours, named):
    epochs = np.zeros(hours * 720, made_epochs().dtype)
    epochs["start_ns"] = made_epochs()["start_ns"][0] + 5 * SECOND_NS * np.arange(len(epochs))
    assert texts(still(replace(made_night(), scan=Scan(epochs=epochs)))) == named


def test_across_a_clock_change_hours_keep_their_distance_and_say_local_time():
    """At 02:00 the clocks went to 03:00: two o'clock is not named."""
    index = 25
    night = made_night(index)
    zone = made_facts().zone
    (span,) = [
        s
        for s in zone.nights(night.span.start_ns, night.span.end_ns)
        if s.date == date(2024, 3, 30)
    ]
    svg = still(replace(night, span=span))
    assert texts(svg) == ["23:00", "00:00", "01:00", "03:00", "04:00", "05:00", "06:00", "07:00"]
    x = [float(t.attributes["x"]) for t in svg.all("text")]
    assert set(np.diff(x)) == {80.0}


def test_without_a_zone_hours_are_those_of_the_device():
    assert texts(still(made_night(), None))[0] == "23:00"


# ------------------------------------------------------------------ the noise floor


@pytest.mark.parametrize(("floor", "y"), [(0.05, 40), (0.01, 40), (0.5, 20), (5.0, 0), (9.0, 0)])
def test_the_floor_is_drawn_from_a_twentieth_to_five(floor, y):
    epochs = made_epochs()
    epochs["floor_g_per_s"] = floor
    svg = parse(str(noise_floor(replace(made_night(), scan=Scan(epochs=epochs))))).one("svg")
    assert path_of(svg, "floor") == f"M0 40V{y}l480 0V40z"
    assert svg.attributes["viewbox"] == "0 0 480 42"
    assert svg.attributes["aria-label"] == (
        "Noise floor over the night from Tue 5 to Wed 6 March 2024, 0.05 to 5 g/s"
    )


def test_a_night_without_data_has_no_floor():
    assert noise_floor(made_empty_night()) is None


# ------------------------------------------------------------------ how a trace is laid out


def test_a_trace_is_laid_out_with_its_words_beside_their_rows():
    svg = drawn(snippet_of((0.104, -0.206, 0.9), 0.2))
    assert svg.attributes["viewbox"] == "0 0 360 224"
    assert at(svg, "0 s")["y"] == 222
    assert [at(svg, text)["y"] for text in ("+0.10 g", "−0.21 g", "+0.90 g")] == [35, 79, 123]
    assert (at(svg, "jerk")["y"], at(svg, "g/s")["y"]) == (160, 171)
    assert at(svg, "20 mg") == {"x": 344, "y": round(4 + 20 / 20 * 21 / 2 + 3)}
    assert path_of(svg, "rule").endswith("M40 208H348")


def test_a_long_curve_is_drawn_with_two_points_of_each_stretch():
    """Of 800 samples, 240 stretches: of every four the lowest and the highest."""
    jerk = np.tile([0.1, 0.4, 0.1, 0.3], 200)
    d = path_of(drawn(snippet_of((0, 0, 1), jerk)), "curve jerk")
    assert steps(d) == 399


def test_curves_are_drawn_in_half_units():
    svg = drawn(snippet_of((0, 0, 1), 0.2))
    scales = [p.attributes["transform"] for p in svg.all("path", "curve")]
    assert scales == ["scale(0.5)"] * 4
    shown = parse(str(strip(made_night(), "x"))).one("svg")
    assert shown.one("path", "movement").attributes["transform"] == "scale(0.5)"


@pytest.mark.parametrize(("made", "pieces"), [("strip", 150), ("still", 480), ("floor", 120)])
def test_a_night_is_drawn_in_so_many_pieces_at_most(made, pieces):
    """A few epochs more than ten for each, so eleven for each; every second piece is higher."""
    epochs = np.zeros(10 * pieces + 5, made_epochs().dtype)
    epochs["start_ns"] = made_epochs()["start_ns"][0] + 5 * SECOND_NS * np.arange(len(epochs))
    for name in ("jerk_max_g_per_s", "floor_g_per_s"):
        epochs[name] = np.where(np.arange(len(epochs)) // 11 % 2, 0.2, 2.0)
    night = replace(made_night(), scan=Scan(epochs=epochs))
    if made == "floor":
        d = path_of(parse(str(noise_floor(night))).one("svg"), "floor")
    else:
        markup = strip(night, "x") if made == "strip" else static_night(night, clock_of(night), "x")
        d = shape(parse(str(markup)).one("svg"))
    assert steps(d) == -(-len(epochs) // 11) - 1


def steps(d: str) -> int:
    """Of a line: how often it goes on from a point to the next."""
    return len(re.findall(r"-?\d+ ?-?\d+", d.partition("l")[2].partition("V")[0]))
