"""Pictures of all nights of a run: heights are numbers of nights."""

from __future__ import annotations

from collections import Counter

import pytest
from report.html_tree import Element, parse

from detector.report.distributions import clock, clock_bin, histogram


def svg_of(markup) -> Element:
    return parse(str(markup)).one("svg")


def texts(svg: Element) -> list[str]:
    return [t.text for t in svg.all("text")]


def heights(svg: Element, css: str = "") -> list[float]:
    return [float(r.attributes["height"]) for r in svg.all("rect", css)]


# ------------------------------------------------------------------ counts


def test_bars_are_as_tall_as_their_nights_are_many():
    svg = svg_of(histogram(Counter({0: 2, 1: 8, 3: 4})))
    assert heights(svg) == [22.5, 90, 0, 45]
    assert heights(svg_of(histogram(Counter({0: 1, 1: 7})))) == [12.9, 90]


def test_a_bar_stands_on_the_base_with_its_number_above_and_its_count_below():
    svg = svg_of(histogram(Counter({0: 2, 1: 8, 3: 4})))
    for rect in svg.all("rect"):
        assert float(rect.attributes["y"]) + float(rect.attributes["height"]) == 104
    assert texts(svg) == ["0", "2", "1", "8", "2", "3", "4"]  # a bar of no night has no number
    below = [t for t in svg.all("text") if float(t.attributes["y"]) > 110]
    assert {t.attributes["y"] for t in below} == {"118"}
    above = [t for t in svg.all("text") if float(t.attributes["y"]) < 110]
    tops = [float(r.attributes["y"]) for r in svg.all("rect") if r.attributes["height"] != "0.0"]
    assert [float(t.attributes["y"]) for t in above] == [top - 4 for top in tops]


def test_bars_stand_side_by_side_in_steps_of_28():
    svg = svg_of(histogram(Counter({0: 1, 2: 1})))
    assert [r.attributes["x"] for r in svg.all("rect")] == ["3", "31", "59"]
    assert {r.attributes["width"] for r in svg.all("rect")} == {"22"}
    assert [t.attributes["x"] for t in svg.all("text")] == ["14", "14", "42", "70", "70"]
    assert svg.attributes["viewbox"] == "0 0 84 124"


@pytest.mark.parametrize(("most", "last"), [(23, "23"), (24, "24"), (25, "24+"), (400, "24+")])
def test_from_24_on_counts_share_a_bar_which_says_so(most, last):
    svg = svg_of(histogram(Counter({0: 1, 24: 2, most: 3}) if most > 24 else Counter({most: 3})))
    assert [t for t in texts(svg) if t.startswith(last[:2])][-1] == last
    assert len(svg.all("rect")) == min(most, 24) + 1


def test_the_shared_bar_holds_all_of_its_nights():
    svg = svg_of(histogram(Counter({24: 2, 25: 3, 99: 4, 1: 9})))
    assert svg.attributes["aria-label"] == "9 nights with 1; 9 nights with 24"
    label = svg_of(histogram(Counter({0: 1, 2: 2}))).attributes["aria-label"]
    assert label == "1 night with 0; 2 nights with 2"


@pytest.mark.parametrize(("n", "text"), [(9_999, "9999"), (10_000, "10k"), (262_756, "263k")])
def test_a_number_on_a_bar_is_short(n, text):
    assert text in texts(svg_of(histogram(Counter({5: n}))))


# ------------------------------------------------------------------ the clock


@pytest.mark.parametrize(
    ("minute", "half_hour"),
    [
        (12 * 60, 0),
        (12 * 60 + 29, 0),
        (12 * 60 + 30, 1),
        (23 * 60 + 59, 23),
        (24 * 60, 24),
        (0, 24),
        (36 * 60 - 1, 47),
        (36 * 60, 0),
    ],
)
def test_half_hours_are_counted_from_noon(minute, half_hour):
    assert clock_bin(minute) == half_hour


def test_onsets_stand_up_and_wakes_hang_down_from_one_line():
    svg = svg_of(clock(Counter({20: 4, 22: 2}), Counter({37: 1})))
    up, down = svg.all("rect", "onset"), svg.all("rect", "wake")
    assert heights(svg, "onset") == [56, 28]
    assert heights(svg, "wake") == [14]
    middle = 60
    assert [float(r.attributes["y"]) + float(r.attributes["height"]) for r in up] == [middle] * 2
    assert [float(r.attributes["y"]) for r in down] == [middle]
    assert svg.one("path", "rule").attributes["d"] == f"M0 {middle}h672"


def test_a_half_hour_is_14_wide_and_at_its_place():
    svg = svg_of(clock(Counter({0: 1, 47: 1}), Counter()))
    assert [r.attributes["x"] for r in svg.all("rect")] == ["1", "659"]
    assert {r.attributes["width"] for r in svg.all("rect")} == {"12"}
    assert heights(svg) == [56, 56]
    assert svg.attributes["viewbox"] == "0 0 672 138"


def test_a_single_night_among_many_is_still_seen():
    svg = svg_of(clock(Counter({0: 10_000, 3: 1}), Counter()))
    assert heights(svg) == [56, 1]


def test_every_third_hour_is_named_from_noon_to_noon():
    svg = svg_of(clock(Counter({0: 1}), Counter()))
    assert texts(svg) == [f"{h:02d}:00" for h in (12, 15, 18, 21, 0, 3, 6, 9, 12)]
    assert [t.attributes["x"] for t in svg.all("text")][:3] == ["0", "84", "168"]
    assert {t.attributes["y"] for t in svg.all("text")} == {"132"}
    assert [t.attributes.get("class") for t in svg.all("text")] == [
        "first", *[None] * 7, "last"
    ]  # fmt: skip


def test_the_clock_is_told_in_words_in_the_order_of_the_night():
    label = svg_of(clock(Counter({24: 1, 23: 4}), Counter({37: 2}))).attributes["aria-label"]
    assert label == "Onset: 4 from 23:30, 1 from 00:00; Wake: 2 from 06:30"
    label = svg_of(clock(Counter({0: 1}), Counter())).attributes["aria-label"]
    assert label == "Onset: 1 from 12:00; Wake: "
