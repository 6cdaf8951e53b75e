from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.report.svg import area, keep_extremes, line, nice_step, per_bin_max

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
