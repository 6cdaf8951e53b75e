"""Which minutes score as sleep, and the activity from which they are scored."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scans import RATE_HZ, at, recorded

from detector.nights.grid import Grid
from detector.nights.onset import activity_index_g, scored_asleep
from recordings import NightSpan

WEIGHTS = dict(enumerate([67, 74, 230, 76, 58, 54, 106], start=-2))
"""Of a minute's activity for the minutes from two before to four after it (Cole 1992)."""
LIMIT_G = 0.044


@pytest.mark.parametrize(("later", "weight"), WEIGHTS.items())
def test_activity_weighs_as_cole_and_kripke_say(later, weight):
    for share, awake in ((0.9995, False), (1.0005, True)):
        index_g = np.zeros(20)
        index_g[10] = share * LIMIT_G * sum(WEIGHTS.values()) / weight
        assert bool(scored_asleep(index_g)[10 + later]) == (not awake)


def test_all_other_minutes_of_a_single_active_one_are_asleep():
    index_g = np.zeros(20)
    index_g[10] = 10.0
    assert np.flatnonzero(~scored_asleep(index_g)).tolist() == [*range(8, 15)]


@pytest.mark.parametrize(
    ("minute", "weights"), [(0, (230, 76, 58, 54, 106)), (-1, (230, 74, 67))], ids=["first", "last"]
)
def test_beyond_its_ends_a_night_goes_on_as_it_begins_and_ends(minute, weights):
    for share, awake in ((0.9995, False), (1.0005, True)):
        index_g = np.zeros(20)
        index_g[minute] = share * LIMIT_G * sum(WEIGHTS.values()) / sum(weights)
        assert bool(scored_asleep(index_g)[minute]) == (not awake)


def test_a_minute_near_an_unknown_one_is_not_asleep():
    index_g = np.zeros(20)
    index_g[10] = np.nan
    assert np.flatnonzero(~scored_asleep(index_g)).tolist() == [*range(8, 15)]


def test_steady_activity_of_the_limit_is_wake():
    assert not scored_asleep(np.full(9, LIMIT_G)).any()
    assert scored_asleep(np.full(9, LIMIT_G * (1 - 1e-12))).all()


def index_of(sd_g: np.ndarray) -> np.ndarray:
    """Activity index of epochs whose three axes have these standard deviations."""
    epochs = recorded("21:00", ("rigid", len(sd_g) / 12))
    epochs["sd_g"] = sd_g[:, np.newaxis]
    grid = Grid.of(epochs, NightSpan(date(2024, 3, 5), at("21:00"), at("22:00")), RATE_HZ)
    return activity_index_g(grid, grid.known)


def test_the_sensors_own_variance_is_the_tenth_percentile_of_the_night():
    unit_g2 = 1e-6
    epochs = np.arange(121)  # the 10th percentile of 0 to 120 is 12
    minutes = epochs[:120].reshape(10, 12).mean(axis=1)  # 5.5, 17.5, ...
    found = index_of(np.sqrt(unit_g2 * epochs))
    expected = np.sqrt(unit_g2 * np.maximum(minutes - 12, 0))
    assert found[:10] == pytest.approx(expected, abs=1e-6)
    assert np.isnan(found[10:]).all()  # one epoch of twelve, and nothing


def test_no_sensor_at_rest_has_more_than_thirteen_mg_of_its_own():
    assert index_of(np.full(24, 0.013))[0] == pytest.approx(0, abs=1e-4)
    assert index_of(np.full(24, 0.1))[0] == pytest.approx(np.sqrt(0.1**2 - 0.013**2), abs=1e-6)


def test_the_variance_is_the_mean_over_the_axes():
    epochs = recorded("21:00", ("rigid", 20))
    epochs["sd_g"] = 0
    epochs["sd_g"][:12] = (0.3, 0, 0)
    grid = Grid.of(epochs, NightSpan(date(2024, 3, 5), at("21:00"), at("22:00")), RATE_HZ)
    found = activity_index_g(grid, grid.known)
    assert found[:2] == pytest.approx([0.3 / np.sqrt(3), 0])


def test_without_a_worn_slot_no_minute_has_an_activity():
    epochs = recorded("21:00", ("rigid", 20))
    grid = Grid.of(epochs, NightSpan(date(2024, 3, 5), at("21:00"), at("22:00")), RATE_HZ)
    assert np.isnan(activity_index_g(grid, np.zeros(len(grid), bool))).tolist() == [True] * 60
