"""All nights beside one another: rows by the clock and by onset."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from made_results import (
    made_asleep_night,
    made_empty_night,
    made_epochs,
    made_facts,
    made_limited_night,
    made_night,
    made_unanalysable_night,
)
from report.html_tree import Element, parse

from detector.nights.night import Night
from detector.report.beside import Beside, Start, beside, raster_by_clock, raster_by_onset
from detector.report.cells import cells
from detector.report.wall import WallClock
from detector.scan import Scan
from detector.tables.columns import EVENTS, NIGHTS
from detector.tables.rows import event_rows, night_row
from recordings import SECOND_NS

FACTS = made_facts()
PER_MIN = 0.5


def taken(night: Night) -> Beside:
    rows = [cells(EVENTS, row) for row in event_rows(FACTS, night)]
    starts = [row for row in rows if row["kind"].startswith("sleep_start")]
    clock = WallClock(FACTS.zone, night.span)
    return beside(night, clock, cells(NIGHTS, night_row(FACTS, night)), starts)


def drawing(night: Night) -> Element:
    return parse(str(taken(night).drawing))


def svg_of(markup) -> Element:
    return parse(str(markup)).all("svg")[0]


def boxes(svg: Element) -> tuple[float, ...]:
    return tuple(map(float, svg.attributes["viewbox"].split()))


def words(svg: Element) -> list[str]:
    return [t.text for t in svg.all("text")]


# ------------------------------------------------------------------ one night


def test_a_night_is_named_by_its_first_date():
    assert taken(made_night()).label == "Tue 5"
    assert taken(made_night()).index == 0


@pytest.mark.parametrize(
    ("made", "onset_min"),
    [(made_night, 700.0), (made_asleep_night, None), (made_unanalysable_night, None)],
)
def test_an_onset_that_was_observed_has_its_minutes_since_noon(made, onset_min):
    assert taken(made(0)).onset_min == onset_min


def test_its_sleep_starts_have_minutes_from_onset_and_size_and_whether_they_count():
    assert taken(made_night()).starts == tuple(
        Start(minute=round(minutes * 60 + 0.373, 3) / 60, size_mg=187.5, counted=counted)
        for minutes, counted in ((-22.5, True), (-4, True), (2, True), (130, False), (200, False))
    )


def test_without_an_onset_no_start_has_a_place():
    assert taken(made_unanalysable_night(0)).starts == ()


def test_a_night_without_data_has_no_drawing():
    assert taken(made_empty_night()).drawing == ""


def test_bands_lie_at_their_minutes_since_noon():
    """Asleep from 23:40 to 06:30, half a unit a minute."""
    sleep = drawing(made_night()).one("rect", "sleep").attributes
    assert (float(sleep["x"]), float(sleep["width"])) == (700 * PER_MIN, 410 * PER_MIN)
    assert sleep["height"] == "26"
    window = drawing(made_night()).one("rect", "window").attributes
    assert (float(window["x"]), float(window["width"])) == (658 * PER_MIN, 57 * PER_MIN)


def test_a_moment_without_samples_is_still_seen():
    epochs = np.delete(made_epochs(), 300)
    night = made_night()
    night = replace(night, scan=Scan(night.scan.candidates, epochs, night.scan.snippets))
    gap = drawing(night).one("rect", "unusable").attributes
    assert float(gap["width"]) == 0.5


def test_time_that_could_not_be_judged_is_drawn_over_the_rest():
    rects = [r.attributes["class"] for r in drawing(made_limited_night(0)).all("rect")]
    assert rects == ["sleep", "window", "unusable", "unusable"]


def path_of(tree: Element, css: str) -> str:
    return tree.one("path", css).attributes["d"]


def test_movement_begins_at_the_first_epoch_and_ends_on_the_ground():
    """Recorded from 22:00, the first ten seconds unknown; pieces of five minutes."""
    d = path_of(drawing(made_night()), "movement")
    assert d.startswith("M300 26V")
    assert d.endswith("V26z")


@pytest.mark.parametrize(
    ("level_g_per_s", "y"), [(0.1, 26), (50.0, 0), (0.01, 26), (500.0, 0), (5**0.5, 13)]
)
def test_movement_is_as_high_as_its_level_on_a_log_scale_from_a_tenth_to_fifty(level_g_per_s, y):
    epochs = made_epochs()
    epochs["jerk_max_g_per_s"] = level_g_per_s
    night = replace(made_night(), scan=Scan(epochs=epochs))
    assert path_of(drawing(night), "movement").startswith(f"M300 26V{y}")


def test_the_largest_movement_of_five_minutes_is_the_one_drawn():
    epochs = made_epochs()
    epochs["jerk_max_g_per_s"] = 0.1
    epochs["jerk_max_g_per_s"][119] = 50.0
    night = replace(made_night(), scan=Scan(epochs=epochs))
    d = path_of(drawing(night), "movement")
    assert d.startswith("M300 26V26l2-26 3 26")  # the second piece of 60 epochs


@pytest.mark.parametrize(("epoch", "x"), [(0, 300), (60, 302.5), (6000, 550), (6479, 567.5)])
def test_every_piece_of_five_minutes_lies_at_its_time(epoch, x):
    """Recorded for nine hours from 22:00, 600 minutes after noon."""
    epochs = made_epochs()
    epochs["jerk_max_g_per_s"] = 0.1
    epochs["jerk_max_g_per_s"][epoch] = 50.0
    d = path_of(drawing(replace(made_night(), scan=Scan(epochs=epochs))), "movement")
    at, level, steps = re.fullmatch(r"M(\d+) 26V(\d+)l(.*)V26z", d).groups()
    points = [(int(at), int(level))]
    for dx, dy in re.findall(r"(-?\d+) ?(-?\d+)", steps):
        points.append((points[-1][0] + int(dx), points[-1][1] + int(dy)))
    assert [round(x)] == [px for px, py in points if py == 0]


def test_marks_stand_at_their_peaks_each_place_once():
    tree = drawing(made_night())
    counted = re.findall(r"M(\d+) 9l4 4-4 4-4-4z", path_of(tree, "counted"))
    assert [int(x) for x in counted] == [339, 348, 351]  # 22.5 and 4 min before, 2 after 23:40
    near = re.findall(r"M(\d+) 9", path_of(tree, "near"))
    assert [int(x) for x in near] == [415, 450]
    night = made_night()
    candidates = night.events.candidates.copy()
    candidates["peak_ns"][2] = candidates["peak_ns"][1] + SECOND_NS
    events = replace(night.events, candidates=candidates)
    assert path_of(drawing(replace(night, events=events)), "counted").count("M") == 2


def test_a_night_with_nothing_to_mark_has_no_marks():
    tree = drawing(made_unanalysable_night(0))
    assert not tree.all("path", "near")
    assert not tree.all("path", "counted")


# ------------------------------------------------------------------ all nights


def two_nights() -> list[Beside]:
    one = taken(made_night())
    later = replace(one, index=1, label="Wed 6", onset_min=760.0)
    return [one, later, replace(one, index=2, label="Thu 7", onset_min=None)]


def test_by_the_clock_every_night_is_a_row_from_noon_to_noon():
    svg = svg_of(raster_by_clock(two_nights()))
    assert words(svg) == [
        *("Tue 5", "Wed 6", "Thu 7"),
        *("12:00", "15:00", "18:00", "21:00", "00:00", "03:00", "06:00", "09:00", "12:00"),
    ]
    rows = svg.all("svg")
    assert [row.attributes["y"] for row in rows] == ["0", "32", "64"]
    assert [boxes(row) for row in rows] == [(0, 0, 720, 26)] * 3
    assert [g.attributes["id"] for g in svg.all("g", "drawing")] == ["row-0", "row-1", "row-2"]
    assert svg.attributes["aria-label"] == "All nights by the clock, noon to noon"
    assert svg.attributes["viewbox"] == "0 0 818 114"


def test_a_rows_name_stands_beside_it():
    svg = svg_of(raster_by_clock(two_nights()))
    names = [t for t in svg.all("text") if t.attributes["x"] == "0"]
    assert [t.attributes["y"] for t in names] == ["17", "49", "81"]


@pytest.mark.parametrize(("raster", "hours"), [(raster_by_clock, 3), (raster_by_onset, 2)])
def test_hours_stand_under_their_lines(raster, hours):
    svg = svg_of(raster([replace(night, onset_min=700.0) for night in two_nights()]))
    lines = re.findall(r"M([\d.]+) 0V96", svg.one("path", "grid").attributes["d"])
    under = [t for t in svg.all("text") if t.attributes["x"] != "0"]
    assert [74 + float(x) for x in lines] == [float(t.attributes["x"]) for t in under]
    assert {t.attributes["y"] for t in under} == {"108"}
    assert float(lines[0]) == 0
    assert float(lines[1]) - float(lines[0]) == 60 * hours * PER_MIN


def test_by_onset_only_nights_with_one_are_rows_and_each_is_drawn_a_second_time():
    svg = svg_of(raster_by_onset(two_nights()))
    assert words(svg)[:2] == ["Tue 5", "Wed 6"]
    uses = [(u.attributes["href"], float(u.attributes["x"])) for u in svg.all("use")]
    assert uses == [("#row-0", -350.0), ("#row-1", -380.0)]
    assert [boxes(row) for row in svg.all("svg")] == [(-240, 0, 720, 26)] * 2


def test_hours_from_onset_are_named_with_their_sign():
    svg = svg_of(raster_by_onset(two_nights()))
    assert words(svg)[2:] == [
        *("−8 h", "−6 h", "−4 h", "−2 h", "onset"),
        *("+2 h", "+4 h", "+6 h", "+8 h", "+10 h", "+12 h", "+14 h", "+16 h"),
    ]
    assert svg.attributes["aria-label"] == "All nights aligned to sleep onset"


def test_the_onset_of_every_night_lies_on_one_line():
    svg = svg_of(raster_by_onset(two_nights()))
    (at,) = [t for t in svg.all("text") if t.text == "onset"]
    assert float(at.attributes["x"]) == 74 + 8 * 60 * PER_MIN


def test_in_a_night_of_the_clock_change_minutes_go_on_as_in_the_evening():
    facts = made_facts()
    night = made_night(25)
    (span,) = [
        s
        for s in facts.zone.nights(night.span.start_ns, night.span.end_ns)
        if s.date == date(2024, 3, 30)
    ]
    changed = taken(replace(night, span=span))
    assert changed.onset_min == 700.0
    wake = parse(str(changed.drawing)).one("rect", "sleep").attributes
    assert float(wake["width"]) == 410 * PER_MIN
