"""Sleep onset as the change from one rate of movement to another."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scans import EPOCH_NS, RATE_HZ, SPAN, at, placed, recorded
from scipy import optimize

from detector.nights.grid import Grid, angle_deg
from detector.nights.settling import STEP_EPOCHS, asleep, moved
from detector.settings import SleepSettings
from recordings import NightSpan

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


def log_probability(night, states, settings) -> float:
    """Of a course of states and what was seen of it, as its parts are told in decision 18."""
    moves = {"W": settings.moved_awake_pct / 100, "S": settings.moved_asleep_pct / 100}
    changes = {"WW": 65 / 66, "WS": 1 / 66, "SS": 399 / 400, "SW": 1 / 400}
    seen = [
        moves[state] if moved else 1 - moves[state]
        for state, moved in zip(states, night, strict=True)
    ]
    steps = [changes[a + b] for a, b in itertools.pairwise(states)]
    return float(np.sum(np.log([{"W": 0.9, "S": 0.1}[states[0]], *seen, *steps])))


def states_at(night: np.ndarray, settings: SleepSettings) -> str:
    states = np.full(len(night), "W")
    for start, stop in asleep(night, settings):
        states[start:stop] = "S"
    return "".join(states)


@pytest.mark.parametrize(
    ("night", "courses"),
    [
        ("0", ("W", "S")),
        ("11111000000", ("W" * 11, "W" * 5 + "S" * 6)),
        ("0" * 30 + "11111", ("S" * 35, "S" * 30 + "W" * 5)),
        ("0000011111000000", ("S" * 16, "S" * 5 + "W" * 5 + "S" * 6)),
        ("11111" + "0" * 8 + "11111", ("W" * 18, "W" * 5 + "S" * 8 + "W" * 5)),
    ],
    ids=["at first", "falling asleep", "waking", "waking for a while", "sleeping for a while"],
)
def test_the_course_changes_where_another_one_becomes_more_probable(night, courses):
    moved = np.array([float(each) for each in night])

    def settings(awake_pct: float) -> SleepSettings:
        return replace(SETTINGS, moved_awake_pct=awake_pct)

    def difference(awake_pct: float) -> float:
        of_each = (log_probability(moved, course, settings(awake_pct)) for course in courses)
        return float(np.subtract(*of_each))

    tie_pct = float(optimize.brentq(difference, 30, 95, xtol=1e-12))
    found = {states_at(moved, settings(tie_pct + by)) for by in (-1e-6, 1e-6)}
    assert found == set(courses)


def test_where_both_are_equally_probable_nobody_is_said_to_sleep():
    # 0.9 awake at first, of whom 0.1 keep still, and 0.1 asleep, of whom 0.9 do
    even = replace(SETTINGS, moved_awake_pct=90.0, moved_asleep_pct=10.0)
    assert states_at(np.array([0.0]), even) == "W"


def grid_of(epochs, seconds: int = 600) -> Grid:
    """The night of these epochs from nine on, cut after some seconds."""
    start_ns = at("21:00")
    return Grid.of(
        epochs, NightSpan(date(2024, 3, 5), start_ns, start_ns + seconds * 10**9), RATE_HZ
    )


@pytest.mark.parametrize(("peak_mg", "moves"), [(50.0, 0), (50.1, 1)])
def test_a_half_minute_moves_above_fifty_mg(peak_mg, moves):
    epochs = recorded("21:00", ("rigid", 10))
    epochs["accel_max_mg"][7] = peak_mg
    assert moved(grid_of(epochs), grid_of(epochs).known, 5.0).tolist() == [0, moves, *[0] * 18]


def test_a_turn_by_exactly_the_limit_is_none():
    epochs = recorded("21:00", ("rigid", 10))
    epochs["median_g"] = (0, 0, 1)
    epochs["median_g"][7:] = (0, 0.1, 1)
    grid = grid_of(epochs)
    turn_deg = float(angle_deg(grid.median_g[6], grid.median_g[7]))
    assert moved(grid, grid.known, turn_deg).tolist() == [0] * 20
    below_deg = float(np.nextafter(turn_deg, 0))
    assert moved(grid, grid.known, below_deg).tolist() == [0, 1, *[0] * 18]


def test_movement_of_a_sensor_that_was_not_worn_is_none():
    epochs = recorded("21:00", ("rigid", 10))
    epochs["accel_max_mg"][7] = 300
    grid = grid_of(epochs)
    worn = grid.known.copy()
    worn[7] = False
    assert moved(grid, worn, 5.0).tolist() == [0] * 20
    worn[6:12] = False
    np.testing.assert_array_equal(moved(grid, worn, 5.0), [0, np.nan, *[0] * 18])


def test_a_half_minute_of_which_an_epoch_is_known_is_known():
    epochs = recorded("21:00", ("rigid", 10))
    worn = np.zeros(120, bool)
    worn[[0, 17]] = True
    found = moved(grid_of(epochs), worn, 5.0)
    assert np.flatnonzero(~np.isnan(found)).tolist() == [0, 2]


def test_what_is_left_behind_the_last_half_minute_is_none():
    epochs = recorded("21:00", ("rigid", 10))
    for seconds, half_minutes in ((60, 2), (65, 2), (85, 2), (90, 3)):
        grid = grid_of(epochs, seconds)
        assert moved(grid, grid.known, 5.0).tolist() == [0] * half_minutes


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
