"""Charts over all nights: what a bar, a mark and an interval stand for."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from made_results import made_facts, made_night
from markupsafe import Markup
from report.html_tree import Element, parse

from detector.report.beside import Beside, Start
from detector.report.cells import cells
from detector.report.charts import around_onset, limb_intervals, rates, size_by_time, trend
from detector.tables.columns import NIGHTS
from detector.tables.rows import night_row

CELLS = cells(NIGHTS, night_row(made_facts(), made_night()))
NOTHING = Beside(label="Tue 5", index=0, cells=CELLS, drawing=Markup(), onset_min=0.0, starts=())


def with_starts(*starts: tuple[float, float, bool]) -> Beside:
    """A night whose jerks are given by minute, size in mg, and whether they count."""
    made = [Start(minute=m, size_mg=mg, counted=counted) for m, mg, counted in starts]
    return replace(NOTHING, starts=tuple(made))


def counting(count: str, minutes: str, per_h: str, label: str = "Tue 5", index: int = 0) -> Beside:
    told = {
        **CELLS,
        "sleep_starts_onset": count,
        "onset_window_usable_min": minutes,
        "sleep_starts_onset_per_h": per_h,
    }
    return replace(NOTHING, cells=told, label=label, index=index)


def svg_of(markup) -> Element:
    assert markup is not None
    return parse(str(markup)).one("svg")


def texts(svg: Element) -> list[str]:
    return [t.text for t in svg.all("text")]


def number(element: Element, name: str) -> float:
    return float(element.attributes[name])


# ------------------------------------------------------------------ minutes around onset


@pytest.mark.parametrize(
    ("minute", "x"),
    [(-60.0, 34.5), (-59.01, 34.5), (-0.01, 329.5), (0.0, 334.5), (0.99, 334.5), (59.99, 629.5)],
)
def test_a_jerk_is_in_the_minute_that_it_began(minute, x):
    (bar,) = svg_of(around_onset([with_starts((minute, 100, True))])).all("rect")
    assert number(bar, "x") == x


@pytest.mark.parametrize("minute", [-60.01, 60.0, 300.0])
def test_jerks_beyond_an_hour_are_in_no_bar(minute):
    assert around_onset([with_starts((minute, 100, True))]) is None


def test_without_a_jerk_there_is_no_chart():
    assert around_onset([]) is None
    assert around_onset([NOTHING, NOTHING]) is None


def test_bars_add_up_over_nights_and_the_tallest_fills_the_chart():
    nights = [
        with_starts((1.5, 100, True), (1.2, 100, True)),
        with_starts((1.9, 50, False), (-8, 60, False)),
    ]
    svg = svg_of(around_onset(nights))
    counted, near = svg.one("rect", "counted"), svg.all("rect", "near")
    assert (number(counted, "y"), number(counted, "height")) == (33.3, 66.7)
    assert [(number(r, "y"), number(r, "height")) for r in near] == [(66.7, 33.3), (0.0, 33.3)]
    assert {r.attributes["width"] for r in svg.all("rect")} == {"4"}
    assert texts(svg)[:2] == ["3", "0"]
    assert svg.attributes["aria-label"] == (
        "Within an hour of onset: 2 counted and 2 not counted, by minute"
    )


def test_the_axis_names_every_quarter_of_an_hour_with_its_sign():
    svg = svg_of(around_onset([with_starts((0, 100, True))]))
    assert texts(svg)[2:] == ["−60", "−45", "−30", "−15", "onset", "+15", "+30", "+45", "+60"]
    places = [number(t, "x") for t in svg.all("text")[2:]]
    assert places == [34 + 75 * k for k in range(9)]
    assert svg.one("path", "onset").attributes["d"] == "M334 0V100"
    assert svg.one("path", "rule").attributes["d"] == "M34 100h600"
    assert svg.attributes["viewbox"] == "0 0 658 118"


# ------------------------------------------------------------------ sizes


def marks(svg: Element, css: str) -> list[tuple[int, int]]:
    """Places of the upper corners of the diamonds."""
    d = svg.one("path", css).attributes["d"]
    return [(int(x), int(y)) for x, y in re.findall(r"M(-?\d+) (-?\d+)l4 4-4 4-4-4z", d)]


def test_a_mark_stands_at_its_minute_and_its_size_on_a_log_scale():
    svg = svg_of(size_by_time([with_starts((0, 1000, True), (-60, 20, False), (60, 141.42, True))]))
    assert marks(svg, "near") == [(34, 122)]  # at the lowest, within the picture
    assert marks(svg, "counted") == [(334, 0), (634, 61)]


def test_the_scale_reaches_to_the_largest():
    svg = svg_of(size_by_time([with_starts((0, 8000, True), (1, 400, True))]))
    assert marks(svg, "counted") == [(334, 0), (339, 61)]  # 400 is half way from 20 to 8000
    lines = [p.attributes["d"] for p in svg.all("path", "grid")]
    assert [round(float(d[4:].removesuffix("h600"))) for d in lines] == [130, 110, 95, 80, 60, 45]


def svg_markup(largest: float) -> Markup:
    markup = size_by_time([with_starts((0, largest, True))])
    assert markup is not None
    return markup


def test_sizes_are_named_at_their_lines():
    svg = svg_of(svg_markup(100))
    assert texts(svg)[:6] == ["20", "50", "100", "200", "500", "1000"]
    at = {t.text: number(t, "y") for t in svg.all("text")[:6]}
    assert at["20"] == 134.0
    assert at["1000"] == 9.0  # kept within the picture


@pytest.mark.parametrize(
    ("minute", "size_mg", "is_shown"),
    [(60, 50, True), (-60, 50, True), (60.01, 50, False), (-60.01, 50, False), (0, 0, False)],
)
def test_only_jerks_within_an_hour_with_a_size_are_shown(minute, size_mg, is_shown):
    assert (size_by_time([with_starts((minute, size_mg, True))]) is not None) == is_shown


def test_what_would_lie_on_one_another_is_drawn_once_and_told_as_often_as_it_is():
    svg = svg_of(size_by_time([with_starts((5, 100, True), (5.01, 100, True), (5, 100, False))]))
    assert len(marks(svg, "counted")) == len(marks(svg, "near")) == 1
    assert svg.attributes["aria-label"] == "Size in mg of 3 events against minutes from onset"
    assert svg.attributes["viewbox"] == "0 0 658 148"


def test_counted_marks_lie_on_top():
    svg = svg_of(size_by_time([with_starts((5, 100, True), (5, 100, False))]))
    order = [p.attributes["class"] for p in svg.all("path") if p.attributes["class"] != "grid"]
    assert order == ["near", "counted", "rule", "onset"]


# ------------------------------------------------------------------ rates


def test_a_rate_has_its_count_and_the_exact_interval_of_its_hours():
    """Two in 45 minutes: Garwood's limits of 2 are 0.2422 and 7.2247."""
    (rate,) = rates([counting("2", "45", "2.667", "Tue 5", 3)])
    assert (rate.low, rate.high) == ("0.32", "9.63")
    assert (rate.label, rate.anchor) == ("Tue 5", "night-3")


def test_nothing_counted_has_an_upper_limit():
    """Of none counted it is 3.6889, over one hour."""
    (rate,) = rates([counting("0", "60", "0")])
    assert (rate.low, rate.high) == ("0.00", "3.69")


@pytest.mark.parametrize(("minutes", "per_h"), [("45", ""), ("0", "0")])
def test_a_night_without_a_rate_has_no_interval(minutes, per_h):
    (rate,) = rates([counting("", minutes, per_h)])
    assert (rate.low, rate.high) == ("", "")
    assert trend([rate]) is None


def test_every_night_has_a_place_in_the_trend_with_a_rate_or_without():
    shown = rates(
        [
            counting("2", "60", "2", "Tue 5"),
            counting("", "60", "", "Wed 6"),
            counting("0", "60", "0", "Thu 7"),
        ]
    )
    svg = svg_of(trend(shown))
    assert [number(c, "cx") for c in svg.all("circle")] == [75, 215]  # steps of 70 from 40 on
    assert texts(svg)[-3:] == ["Tue 5", "Wed 6", "Thu 7"]
    assert [number(t, "x") for t in svg.all("text")[-3:]] == [75, 145, 215]
    assert svg.attributes["viewbox"] == "0 0 260 160"


def test_rate_and_interval_stand_on_the_scale_that_is_named():
    """Up to 7.22 per hour: lines at every 2, the uppermost at 8."""
    svg = svg_of(trend(rates([counting("2", "60", "2")])))
    assert texts(svg)[:5] == ["0", "2", "4", "6", "8"]
    grid = [
        float(re.findall(r"M40 ([\d.]+)h70", p.attributes["d"])[0]) for p in svg.all("path", "grid")
    ]
    assert grid == [136.0, 103.5, 71.0, 38.5, 6.0]
    (circle,) = svg.all("circle")
    assert number(circle, "cy") == 103.5
    low, high = (136 - limit * 130 / 8 for limit in (0.24, 7.22))
    assert svg.one("path", "interval").attributes["d"] == f"M75.0 {low:.1f}V{high:.1f}"


@pytest.mark.parametrize(("nights", "step", "named"), [(9, 70, 9), (16, 40, 8), (40, 16, 14)])
def test_of_many_nights_only_so_many_are_named_as_have_room(nights, step, named):
    shown = rates([counting("1", "60", "1", f"Day {k}", k) for k in range(nights)])
    svg = svg_of(trend(shown))
    below = [t for t in svg.all("text") if t.attributes["y"] == "154"]
    assert len(below) == named
    circles = [number(c, "cx") for c in svg.all("circle")]
    assert circles[1] - circles[0] == step
    assert len(circles) == nights


def test_the_scale_of_the_trend_holds_the_widest_interval():
    """Two in 45 minutes may be 9.63 per hour: no more than four lines of five."""
    wide, narrow = counting("2", "45", "2.667"), counting("0", "600", "0")
    for nights in ([wide, narrow], [narrow, wide]):
        svg = svg_of(trend(rates(nights)))
        assert [t for t in texts(svg) if t.isdigit()] == ["0", "5", "10"]


def test_a_night_is_named_by_weekday_and_day():
    (rate,) = rates([counting("1", "60", "1", "Thu 29 February")])
    assert texts(svg_of(trend([rate])))[-1] == "Thu 29"


# ------------------------------------------------------------------ intervals between movements


def test_an_interval_is_in_the_bar_of_its_two_seconds():
    svg = svg_of(limb_intervals(np.array([0.5, 24.0, 25.9, 26.0, 89.9])))
    bars = [(number(r, "x"), number(r, "height")) for r in svg.all("rect")]
    assert bars == [(35, 40.0), (155, 80.0), (165, 40.0), (475, 40.0)]
    assert {r.attributes["width"] for r in svg.all("rect")} == {"8"}
    for rect in svg.all("rect"):
        assert number(rect, "y") + number(rect, "height") == 80


def test_the_axis_of_intervals_names_every_ten_seconds_to_ninety():
    svg = svg_of(limb_intervals(np.array([10.0])))
    assert texts(svg) == ["1", "0", *(str(s) for s in range(0, 91, 10))]
    assert [number(t, "x") for t in svg.all("text")[2:]] == [34 + 50 * k for k in range(10)]
    assert {t.attributes["y"] for t in svg.all("text")[2:]} == {"93"}
    assert svg.one("path", "rule").attributes["d"] == "M34 80h450"
    assert svg.attributes["viewbox"] == "0 0 498 98"
