from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from detector.report.svg import (
    area,
    drawing,
    keep_extremes,
    line,
    log_share,
    nice_step,
    per_bin_max,
    picture,
)

values = st.lists(st.sampled_from([-3.0, -0.5, 0.0, 0.25, 7.0, np.nan]), max_size=80).map(np.array)


def points(path: str) -> list[list[tuple[int, int]]]:
    """The absolute points of every run of a path that has only M, l and h0."""
    runs = []
    for run in path.split("M")[1:]:
        numbers = [int(n) for n in re.findall(r"-?\d+", run.replace("h0", ""))]
        x, y = numbers[:2]
        found = [(x, y)]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + dx, y + dy
            found.append((x, y))
        runs.append(found)
    return runs


@given(values, st.integers(1, 30))
def test_the_extremes_of_the_whole_survive_decimation(y, bins):
    kept = keep_extremes(y, bins)
    assert np.all(np.diff(kept) > 0)
    assert len(kept) <= 2 * bins
    known = y[~np.isnan(y)]
    if len(known):
        assert np.nanmax(y[kept]) == known.max()
        assert np.nanmin(y[kept]) == known.min()


def test_a_stretch_without_values_still_breaks_the_decimated_line():
    y = np.concatenate([np.zeros(50), np.full(20, np.nan), np.zeros(50)])
    kept = keep_extremes(y, 12)
    assert len(points(line(kept.astype(float), y[kept]))) == 2


def test_a_short_series_is_kept_whole():
    assert keep_extremes(np.arange(8.0), 4).tolist() == list(range(8))


@given(values)
def test_a_line_goes_through_all_its_points(y):
    x = 3.0 * np.arange(len(y))
    drawn = [p for run in points(line(x, y)) for p in run]
    known = ~np.isnan(y)
    expected = list(zip(x[known].astype(int), np.rint(y[known]).astype(int), strict=True))
    assert set(drawn) <= set(expected)
    for before, here, after in zip(expected, expected[1:], expected[2:], strict=False):
        if here not in drawn:
            assert before[1] == here[1] == after[1]


def test_level_stretches_cost_two_points():
    y = np.zeros(500)
    assert points(line(np.arange(500.0), y)) == [[(0, 0), (499, 0)]]


def test_a_lone_value_between_gaps_is_drawn():
    assert line(np.arange(3.0), np.array([np.nan, 4.0, np.nan])) == "M1 4h0"


def test_an_area_returns_to_its_bottom_at_every_gap():
    y = np.array([1.0, 2.0, np.nan, 3.0])
    assert area(np.arange(4.0), y, 9) == "M0 9V1l1 1V9zM3 9V3V9z"


@given(values, st.integers(1, 30))
def test_the_largest_value_of_every_stretch_is_kept(y, bins):
    highest = per_bin_max(y, bins)
    assert len(highest) <= max(bins, 1)
    known = y[~np.isnan(y)]
    assert np.isnan(highest).all() if not len(known) else np.nanmax(highest) == known.max()


@pytest.mark.parametrize(
    ("span", "pieces", "step"),
    [(187.5, 1, 200), (100, 1, 100), (0.03, 1, 0.05), (1000, 4, 500), (2.0, 2, 1.0)],
)
def test_steps_are_round_and_cover_the_span(span, pieces, step):
    assert nice_step(span, pieces) == pytest.approx(step)


# ------------------------------------------------------------------ pictures and scales


def test_a_picture_has_its_size_and_its_name_and_escapes_what_it_is_given():
    shown = picture("chart", 10, 20, 'a "name"', [Markup("<g/>"), "<b>"])
    assert shown == (
        '<svg class="chart" viewBox="0 0 10 20" role="img" aria-label="a &#34;name&#34;">'
        "<g/>&lt;b&gt;</svg>"
    )


def test_a_drawing_takes_its_parts_as_they_are():
    assert drawing("strip", 1, 2, "x", ["<g>", "</g>"]) == picture(
        "strip", 1, 2, "x", [Markup("<g></g>")]
    )


@pytest.mark.parametrize(
    ("level", "share"),
    [(0.1, 0), (1.0, 0.5), (10.0, 1), (0.01, 0), (1000.0, 1), (0.0, 0), (10**0.5, 0.75)],
)
def test_a_level_has_its_share_of_a_log_scale(level, share):
    assert log_share(np.array([level]), 0.1, 10.0)[0] == pytest.approx(share)


def test_an_unknown_level_has_no_share():
    assert np.isnan(log_share(np.array([np.nan]), 0.1, 10.0)[0])


@pytest.mark.parametrize(
    ("n", "bins", "most"), [(20, 10, 20), (21, 10, 20), (100, 10, 20), (1000, 7, 14)]
)
def test_a_long_series_keeps_two_points_of_every_stretch(n, bins, most):
    y = np.sin(np.arange(n))
    assert len(keep_extremes(y, bins)) <= most
    assert (len(keep_extremes(y, bins)) == n) == (n <= 2 * bins)


def test_of_every_stretch_the_lowest_and_the_highest_are_kept_in_order():
    y = np.array([0, 5, 1, -3, 2, 2, 9, 7, 8.0])
    assert keep_extremes(y, 3).tolist() == [0, 1, 3, 4, 6, 7]


@pytest.mark.parametrize(
    ("values", "bins", "largest"),
    [
        ([1, 2, 3, 4], 2, [2, 4]),
        ([1, 2, 3, 4, 5], 2, [3, 5]),
        ([4, 3, 2], 10, [4, 3, 2]),
        ([1, np.nan, np.nan, np.nan], 2, [1, np.nan]),
        ([-5, -6], 1, [-5]),
    ],
)
def test_a_stretch_is_as_high_as_its_largest_value(values, bins, largest):
    np.testing.assert_array_equal(per_bin_max(np.array(values, float), bins), largest)


@pytest.mark.parametrize(
    ("span", "pieces", "step"),
    [
        (1, 1, 1),
        (1.01, 1, 2),
        (2.01, 1, 5),
        (5.01, 1, 10),
        (0.2, 1, 0.2),
        (30, 3, 10),
        (7.22, 4, 2),
    ],
)
def test_a_step_is_one_two_or_five_times_a_power_of_ten(span, pieces, step):
    assert nice_step(span, pieces) == pytest.approx(step)


def test_points_are_rounded_to_whole_units_and_steps_are_relative():
    x, y = np.array([0.4, 2.6, 5.5]), np.array([1.5, 0.4, 7.0])
    assert line(x, y) == "M0 2l3-2 3 7"


def test_only_what_lies_on_a_level_line_is_left_out():
    x = np.arange(6.0)
    assert line(x, np.array([1, 1, 1, 2, 2, 3.0])) == "M0 1l2 0 1 1 1 0 1 1"
    assert line(x[:2], np.array([1.0, 1.0])) == "M0 1l1 0"


def test_a_short_series_is_kept_whole_though_it_is_level():
    assert keep_extremes(np.zeros(8), 4).tolist() == list(range(8))
    assert keep_extremes(np.zeros(6), 4).tolist() == list(range(6))
    assert len(keep_extremes(np.zeros(9), 4)) < 9


def test_what_is_unknown_is_no_extreme_of_a_stretch_that_has_others():
    y = np.array([np.nan, 1.0, 3.0, 2.0, 5.0, np.nan, 4.0, 6.0, np.nan])
    assert keep_extremes(y, 3).tolist() == [1, 2, 3, 4, 6, 7]


def test_the_middle_of_three_level_points_is_left_out():
    assert line(np.arange(3.0), np.ones(3)) == "M0 1l2 0"
