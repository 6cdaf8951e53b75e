from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_results import made_empty_night, made_facts, made_night, made_unanalysable_night
from report.html_tree import Element, parse

from detector.report.pictures import Mark, static_night, strip, trace
from detector.report.wall import WallClock
from detector.scan import Snippet

NIGHT = made_night()


def mark_of(snippet: Snippet, **values) -> Mark:
    mark = Mark(
        start_ns=snippet.peak_ns - 250_000_000,
        end_ns=snippet.peak_ns + 650_000_000,
        threshold_g_per_s=0.525,
        threshold_text="0.525",
        label="Sleep start, 23:36:00",
    )
    return replace(mark, **values)


def drawn(snippet: Snippet, **values) -> Element:
    return parse(str(trace(snippet, mark_of(snippet, **values)))).one("svg")


def texts(svg: Element) -> list[str]:
    return [t.text for t in svg.all("text")]


def test_a_trace_shows_three_axes_the_jerk_and_its_threshold():
    svg = drawn(NIGHT.scan.snippets[0])
    curves = [c.attributes["class"] for c in svg.all("path", "curve")]
    assert curves == ["curve axis x", "curve axis y", "curve axis z", "curve jerk"]
    assert "threshold 0.525 g/s" in texts(svg)
    assert {"+0.10 g", "−0.20 g", "+0.97 g"} < set(texts(svg))
    assert svg.attributes["role"] == "img"
    assert svg.attributes["aria-label"] == "Sleep start, 23:36:00"


def test_the_event_is_shaded_from_its_start_to_its_end():
    span = drawn(NIGHT.scan.snippets[0]).one("rect", "span")
    per_s = (360 - 40 - 12) / 8
    assert float(span.attributes["x"]) == pytest.approx(40 + 3.75 * per_s, abs=0.1)
    assert float(span.attributes["width"]) == pytest.approx(0.9 * per_s, abs=0.1)


def test_the_scale_bar_is_round_and_not_larger_than_the_signal():
    snippet = NIGHT.scan.snippets[0]
    svg = drawn(snippet)
    largest_mg = 1000 * np.abs(snippet.accel_g - np.median(snippet.accel_g, axis=0)).max()
    (bar,) = [t for t in texts(svg) if t.endswith(" mg")]
    assert 0.4 * largest_mg <= float(bar.removesuffix(" mg")) <= largest_mg


def test_an_event_at_the_edge_of_the_signal_is_drawn_within_the_picture():
    snippet = NIGHT.scan.snippets[0]
    cut = Snippet(
        snippet.peak_ns,
        snippet.peak_ns - 100_000_000,
        snippet.rate_hz,
        snippet.accel_g[390:500],
        snippet.jerk_g_per_s[390:500],
    )
    span = drawn(cut).one("rect", "span").attributes
    assert float(span["x"]) == 40
    assert float(span["x"]) + float(span["width"]) <= 360


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_a_flat_or_unknown_jerk_can_be_drawn(value):
    snippet = NIGHT.scan.snippets[0]
    flat = replace(
        snippet,
        accel_g=np.zeros_like(snippet.accel_g),
        jerk_g_per_s=np.full_like(snippet.jerk_g_per_s, value),
    )
    assert len(drawn(flat).all("path", "curve")) == 4


def test_a_night_at_a_glance_marks_counted_and_other_sleep_starts():
    svg = parse(str(strip(NIGHT, "a night"))).one("svg")
    assert svg.one("path", "counted").attributes["d"].count("M") == 3
    assert svg.one("path", "near").attributes["d"].count("M") == 2
    assert len(svg.all("rect", "window")) == len(svg.all("rect", "sleep")) == 1


def test_a_night_without_sleep_has_no_band():
    svg = parse(str(strip(made_unanalysable_night(), "a night"))).one("svg")
    assert not svg.all("rect")
    assert not svg.all("path", "counted")


def test_the_still_night_has_the_hours_of_the_wall_clock():
    clock = WallClock(made_facts().zone, NIGHT.span)
    svg = parse(str(static_night(NIGHT, clock, "a night"))).one("svg")
    assert texts(svg) == [f"{h:02d}:00" for h in (23, 0, 1, 2, 3, 4, 5, 6)]


def test_a_night_without_data_has_no_picture():
    night = made_empty_night()
    assert strip(night, "") is None
    assert static_night(night, WallClock(made_facts().zone, night.span), "") is None


def test_a_label_is_escaped():
    svg = drawn(NIGHT.scan.snippets[0], label='"><script>')
    assert svg.attributes["aria-label"] == '"><script>'
