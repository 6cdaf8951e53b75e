"""Sleep onset as the change from one rate of movement to another."""

from __future__ import annotations

import numpy as np
import pytest
from scans import EPOCH_NS, RATE_HZ, SPAN, placed, recorded

from detector.nights.grid import Grid
from detector.nights.settling import STEP_EPOCHS, asleep, moved
from detector.settings import SleepSettings

SETTINGS = SleepSettings()


def course(*stretches: tuple[float, float], seed: int = 0) -> np.ndarray:
    """Half minutes of ``(share that moves, minutes)``, one stretch after the other."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.uniform(size=round(2 * m)) < share for share, m in stretches]) * 1.0


@pytest.mark.parametrize("seed", range(20))
def test_the_change_of_rate_is_found_within_minutes(seed):
    found = asleep(course((0.7, 60), (0.08, 300), seed=seed), SETTINGS)
    assert found[0, 0] / 2 == pytest.approx(60, abs=5)


def test_most_sleepers_are_not_woken_by_a_single_movement():
    night = course((1.0, 60), (0.0, 120))
    night[2 * 90] = 1.0
    assert asleep(night, SETTINGS).tolist() == [[120, 360]]


def test_movement_for_minutes_is_waking():
    night = course((1.0, 60), (0.0, 120), (1.0, 10), (0.0, 120))
    assert asleep(night, SETTINGS).tolist() == [[120, 360], [380, 620]]


def test_what_is_unknown_says_nothing():
    night = course((1.0, 60), (0.0, 120))
    night[100:140] = np.nan
    start = asleep(night, SETTINGS)[0, 0]
    assert 100 <= start <= 140


@pytest.mark.parametrize("shift", [0, 7, 200])
def test_what_was_before_only_moves_the_result(shift):
    night = course((0.6, 90), (0.1, 200), seed=3)
    later = np.concatenate([np.ones(shift), night])
    assert (asleep(later, SETTINGS) - shift).tolist() == asleep(night, SETTINGS).tolist()


def test_the_most_probable_course_is_that_of_all_courses():
    """Against every course of states of a short night, one by one."""
    night = course((0.8, 3), (0.1, 3), seed=5)
    n = len(night)
    states = (np.arange(2**n)[:, np.newaxis] >> np.arange(n)) & 1
    chance = np.where(states == 0, 0.56, 0.12)
    seen = np.log(np.where(night > 0, chance, 1 - chance)).sum(axis=1)
    leave = np.array([1 / 66, 1 / 400])[states[:, :-1]]
    change = np.log(np.where(states[:, 1:] != states[:, :-1], leave, 1 - leave)).sum(axis=1)
    first = np.log(np.where(states[:, 0] == 0, 0.9, 0.1))
    best = states[(seen + change + first).argmax()]
    found = np.zeros(n, int)
    for start, stop in asleep(night, SETTINGS):
        found[start:stop] = 1
    assert found.tolist() == best.tolist()


def test_a_half_minute_moves_by_acceleration_or_by_a_turn():
    epochs = recorded("21:00", ("rigid", 10))
    epochs["accel_max_mg"] = 10
    epochs["accel_max_mg"][placed(epochs, "21:02:10")] = 51
    turned = slice(placed(epochs, "21:05:00"), None)
    epochs["median_g"][turned] = [0.0, 1.0, 0.0]
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    active = moved(grid, grid.known, 5.0)
    first = (epochs["start_ns"][0] - grid.first_ns) // EPOCH_NS // STEP_EPOCHS
    assert (np.flatnonzero(active == 1) - first).tolist() == [4, 9]
    assert np.isnan(active[first - 1])
