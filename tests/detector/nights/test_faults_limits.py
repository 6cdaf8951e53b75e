"""When an axis is stuck and when something shakes the sensor: every limit of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scans import RATE_HZ, at, recorded

from detector.nights import faults
from detector.nights.grid import Grid
from detector.settings import HealthSettings
from recordings import NightSpan

S = HealthSettings()
SPAN = NightSpan(date(2024, 3, 5), at("21:00"), at("22:00"))
SLOTS = 720
TEN_MIN = 120


def grid_of(epochs: np.ndarray) -> Grid:
    return Grid.of(epochs, SPAN, RATE_HZ)


# ------------------------------------------------------------------ stuck axes


def wavering() -> np.ndarray:
    """An hour in one posture, in which every epoch reaches a little to both sides."""
    epochs = recorded("21:00", ("rigid", 60))
    epochs["mean_g"] = epochs["median_g"] = (0, 0, 1)
    epochs["min_g"], epochs["max_g"] = (-0.01, -0.01, 0.99), (0.01, 0.01, 1.01)
    return epochs


def held(epochs: np.ndarray, start: int, stop: int, axis: int, value_g: float = 0.0) -> np.ndarray:
    for name in ("mean_g", "median_g", "min_g", "max_g"):
        epochs[name][start:stop, axis] = value_g
    return epochs


def stuck(epochs: np.ndarray, settings: HealthSettings = S) -> list[int]:
    return np.flatnonzero(faults.stuck(grid_of(epochs), settings)).tolist()


@pytest.mark.parametrize(
    ("length_g", "sound"), [(0.499, False), (0.5, True), (1.5, True), (1.501, False)]
)
def test_axes_that_do_not_change_show_from_half_to_one_and_a_half_g(length_g, sound):
    epochs = wavering()
    for axis, value_g in enumerate((0, 0, length_g)):
        held(epochs, 100, 300, axis, value_g)
    assert stuck(epochs) == ([] if sound else [*range(100, 300)])


@pytest.mark.parametrize(("slots", "is_stuck"), [(TEN_MIN, True), (TEN_MIN - 1, False)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_an_axis_is_stuck_after_ten_minutes_at_the_end_of_its_range(axis, slots, is_stuck):
    epochs = held(wavering(), 200, 200 + slots, axis, 2.0)
    assert stuck(epochs) == ([*range(200, 200 + slots)] if is_stuck else [])


@pytest.mark.parametrize(("limit_mg", "is_stuck"), [(250.0, True), (250.1, False)])
def test_while_an_axis_is_stuck_another_changes_by_the_limit_or_more(limit_mg, is_stuck):
    epochs = held(held(wavering(), 0, SLOTS, 0), 0, SLOTS, 1)
    epochs["min_g"][:, 2], epochs["max_g"][:, 2] = 0.875, 1.0
    epochs["max_g"][500, 2] = 1.125  # a quarter of a g from the lowest, at any time
    assert bool(stuck(epochs, replace(S, stuck_moved_mg=limit_mg))) == is_stuck


def test_what_an_axis_did_before_it_stuck_is_no_movement_of_another():
    epochs = held(wavering(), 200, 400, 0)
    epochs["max_g"][:200] += 1
    epochs["max_g"][400:] += 1
    assert stuck(epochs) == []
    epochs["max_g"][399, 1] += 1
    assert stuck(epochs) == [*range(200, 400)]


@pytest.mark.parametrize("end", [0, SLOTS], ids=["from the beginning", "to the end"])
def test_an_axis_may_be_stuck_at_an_end_of_the_night(end):
    span = (0, 200) if end == 0 else (SLOTS - 200, SLOTS)
    assert stuck(held(wavering(), *span, 1, -2.0)) == [*range(*span)]


def test_a_short_stretch_at_one_value_does_not_hide_a_later_one():
    epochs = held(held(wavering(), 100, 150, 1, -2.0), 200, 400, 1, -2.0)
    assert stuck(epochs) == [*range(200, 400)]


def test_what_is_not_known_ends_a_stretch_at_one_value():
    epochs = held(wavering(), 200, 400, 1, -2.0)
    assert stuck(np.delete(epochs, 310)) == []  # 110 and 89 epochs
    assert stuck(np.delete(epochs, 330)) == [*range(200, 330)]


# ------------------------------------------------------------------ vibration

FLOOR = 0.5


def shaken(slots: int = TEN_MIN, *, ratio: float = 2.0, sd_g: float = 0.1) -> np.ndarray:
    """Quiet, but for shaking from the hundredth epoch on."""
    epochs = recorded("21:00", ("rigid", 60))
    epochs["floor_g_per_s"], epochs["jerk_max_g_per_s"] = 0.25, 0.5
    rows = slice(100, 100 + slots)
    epochs["floor_g_per_s"][rows] = 0.75
    epochs["jerk_max_g_per_s"][rows] = ratio * 0.75
    epochs["sd_g"][rows] = (0.01, 0.01, sd_g)
    return epochs


def vibrates(epochs: np.ndarray, floor_g_per_s: float = FLOOR) -> list[int]:
    return np.flatnonzero(faults.vibration(grid_of(epochs), floor_g_per_s, S)).tolist()


@pytest.mark.parametrize(("slots", "told"), [(TEN_MIN, True), (TEN_MIN - 1, False)])
def test_shaking_lasts_ten_minutes(slots, told):
    assert vibrates(shaken(slots)) == ([*range(100, 100 + slots)] if told else [])


def test_a_floor_that_just_lets_the_smallest_jerk_through_is_none_to_be_told():
    assert vibrates(shaken(), 0.75) == []
    assert len(vibrates(shaken(), 0.749)) == TEN_MIN


@pytest.mark.parametrize(("restless", "told"), [(24, True), (25, False)])
def test_shaking_is_steady_where_four_in_five_epochs_stay_below_three_times_the_floor(
    restless, told
):
    epochs = shaken()
    epochs["jerk_max_g_per_s"][100 : 100 + restless] = 3 * 0.75
    assert bool(vibrates(epochs)) == told


def test_epochs_whose_jerk_is_unknown_are_not_asked():
    epochs = shaken()
    epochs["jerk_max_g_per_s"][100:118] = 3 * 0.75
    assert vibrates(epochs)
    epochs["jerk_max_g_per_s"][130:220] = np.nan  # 18 of 30 known ones
    assert vibrates(epochs) == []
    epochs["jerk_max_g_per_s"][100:220] = np.nan
    assert vibrates(epochs) == []
    epochs["jerk_max_g_per_s"][150] = 2 * 0.75  # the only one
    assert vibrates(epochs)


@pytest.mark.parametrize(("sd_g", "told"), [(0.2499, True), (0.25, False)])
def test_walking_shakes_the_most_restless_axis_by_a_quarter_of_a_g(sd_g, told):
    assert bool(vibrates(shaken(sd_g=sd_g))) == told


def test_a_few_steps_are_no_walk():
    epochs = shaken()
    epochs["sd_g"][100:159] = 0.4
    assert vibrates(epochs)
    epochs["sd_g"][100:161] = 0.4
    assert vibrates(epochs) == []
