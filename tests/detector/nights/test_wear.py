from __future__ import annotations

import numpy as np
import pytest
from scans import EPOCH_NS, RATE_HZ, SPAN, at, judged, placed, recorded

from detector.nights import wear
from detector.nights.grid import Grid
from detector.settings import SleepSettings

S = SleepSettings()


def grid_of(*stretches, begin="20:00") -> Grid:
    return Grid.of(recorded(begin, *stretches), SPAN, RATE_HZ)


def with_temperature(epochs, begin, end, celsius):
    epochs["temperature_c"][placed(epochs, begin) : placed(epochs, end)] = celsius
    return epochs


def test_a_sleeper_wears_the_sensor_all_night():
    night = judged(recorded("21:00", ("awake", 120), ("asleep", 480), ("awake", 60)))
    assert night.nonwear == ()
    assert night.wear_pct == 100


def test_a_very_quiet_sleeper_wears_the_sensor():
    # 3 hours without a shift of posture, breathing only
    night = judged(recorded("21:00", ("awake", 120), ("rigid", 180), ("asleep", 240)))
    assert night.nonwear == ()
    assert night.sleep is not None


def test_a_sensor_on_the_table_is_not_worn_and_not_asleep():
    night = judged(recorded("15:00", ("awake", 300), ("table", 600), ("awake", 120)))
    assert night.sleep is None
    (off,) = night.nonwear
    # windows of an hour begin every quarter of an hour
    assert at("20:00") <= off.start_ns < at("20:15")
    assert at("05:45") < off.end_ns <= at("06:00")


def test_a_table_before_bed_is_not_part_of_the_night():
    night = judged(recorded("15:00", ("awake", 60), ("table", 240), ("awake", 90), ("asleep", 420)))
    assert [off.end_ns for off in night.nonwear] == [at("20:00")]
    assert night.sleep is not None
    assert night.sleep.onset_ns >= at("21:30")
    assert night.wear_pct == 100


def test_without_a_thermometer_stillness_must_be_absolute_for_two_hours():
    grid = grid_of(("awake", 60), ("table", 118), ("awake", 60))
    assert not wear.proven(grid, wear.suspected(grid, S), S).any()
    grid = grid_of(("awake", 60), ("table", 125), ("awake", 60))
    assert wear.proven(grid, wear.suspected(grid, S), S).any()


def test_a_twitch_ends_absolute_stillness():
    epochs = recorded("20:00", ("awake", 60), ("table", 180), ("awake", 60))
    epochs["accel_max_mg"][placed(epochs, "22:30")] = 30
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    assert not wear.proven(grid, wear.suspected(grid, S), S).any()


def test_drift_ends_absolute_stillness():
    epochs = recorded("20:00", ("awake", 60), ("table", 180), ("awake", 60))
    rows = slice(placed(epochs, "21:00"), placed(epochs, "24:00"))
    count = rows.stop - rows.start
    epochs["mean_g"][rows, 0] += np.linspace(0, 0.040, count)
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    assert wear.suspected(grid, S).any()
    assert not wear.absolutely_still(grid)[grid.slot(at("21:05")) : grid.slot(at("23:55"))].any()


def test_lost_epochs_do_not_hide_absolute_stillness():
    epochs = recorded("20:00", ("awake", 60), ("table", 180), ("awake", 60))
    epochs = np.delete(epochs, [placed(epochs, clock) for clock in ("21:40", "22:20", "23:00")])
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    assert wear.proven(grid, wear.suspected(grid, S), S).any()


@pytest.mark.parametrize(("celsius", "worn"), [(20.0, False), (24.9, False), (25.0, True)])
def test_long_stillness_in_the_night_is_decided_by_temperature(celsius, worn):
    epochs = recorded("21:00", ("awake", 60), ("asleep", 180), ("rigid", 120), ("asleep", 180))
    night = judged(with_temperature(epochs, "01:00", "03:00", celsius))
    assert (night.nonwear == ()) == worn


@pytest.mark.parametrize(("celsius", "worn"), [(24.0, True), (22.1, True), (21.9, False)])
def test_in_a_cool_room_a_still_sleeper_is_no_colder_than_before(celsius, worn):
    epochs = recorded("21:00", ("awake", 60), ("asleep", 180), ("rigid", 120), ("asleep", 180))
    epochs["temperature_c"] = 25.1
    night = judged(with_temperature(epochs, "01:00", "03:00", celsius))
    assert (night.nonwear == ()) == worn


def test_a_sensor_that_was_never_surely_worn_is_cold_by_itself():
    epochs = recorded("21:00", ("awake", 10), ("rigid", 480))
    epochs["temperature_c"] = 24.0
    assert len(judged(epochs).nonwear) == 1


def test_an_hour_of_cold_stillness_in_sleep_is_too_short_to_be_nonwear():
    epochs = recorded("21:00", ("awake", 60), ("asleep", 180), ("rigid", 75), ("asleep", 180))
    assert judged(with_temperature(epochs, "22:00", "05:00", 20.0)).nonwear == ()


@pytest.mark.parametrize(("celsius", "worn"), [(np.nan, False), (20.0, False), (30.0, True)])
def test_an_hour_of_stillness_by_day_is_nonwear_unless_warm(celsius, worn):
    epochs = recorded("13:00", ("awake", 120), ("rigid", 75), ("awake", 400), ("asleep", 400))
    night = judged(with_temperature(epochs, "15:00", "16:15", celsius))
    assert (night.nonwear == ()) == worn
    assert night.sleep is not None


def test_a_warm_room_does_not_make_a_table_a_wearer():
    epochs = recorded("15:00", ("awake", 300), ("table", 600), ("awake", 120))
    night = judged(with_temperature(epochs, "15:00", "08:00", 27.0))
    assert night.sleep is None
    assert len(night.nonwear) == 1


@pytest.mark.parametrize(("swing_mg", "still"), [(12.9, True), (13.1, False)])
def test_the_deviation_of_a_window_includes_that_between_epochs(swing_mg, still):
    epochs = recorded("20:00", ("table", 60))
    epochs["sd_g"] = 0
    epochs["mean_g"] = np.where(np.arange(len(epochs)) % 2, 1, -1)[:, None] * swing_mg / 1000
    epochs["min_g"] = epochs["max_g"] = epochs["mean_g"]
    assert wear.suspected(Grid.of(epochs, SPAN, RATE_HZ), S).any() == still


@pytest.mark.parametrize(("range_mg", "still"), [(149.0, True), (151.0, False)])
def test_the_range_of_a_window_is_that_of_all_its_samples(range_mg, still):
    epochs = recorded("20:00", ("table", 60))
    lowest = epochs["min_g"].min(axis=0)
    epochs["min_g"][[180, 540]] = lowest  # every window holds one of them
    epochs["max_g"][[180, 540]] = lowest + range_mg / 1000
    assert wear.suspected(Grid.of(epochs, SPAN, RATE_HZ), S).any() == still


@pytest.mark.parametrize(("axes", "still"), [(1, True), (2, False)])
def test_one_restless_axis_may_be_restless(axes, still):
    epochs = recorded("20:00", ("table", 60))
    epochs["sd_g"][:, :axes] = 0.2
    assert wear.suspected(Grid.of(epochs, SPAN, RATE_HZ), S).any() == still


def test_a_window_with_mostly_unknown_time_is_not_judged():
    epochs = recorded("20:00", ("table", 60))
    for kept, judged_ in ((360, True), (359, False)):
        grid = Grid.of(epochs[:kept], SPAN, RATE_HZ)
        assert wear.suspected(grid, S).any() == judged_


def test_a_night_without_a_sample_has_no_nonwear():
    grid = Grid.of(recorded("20:00"), SPAN, RATE_HZ)
    assert not wear.suspected(grid, S).any()
    assert not wear.absolutely_still(grid).any()


def test_moving_the_night_moves_nonwear_with_it():
    epochs = recorded("15:00", ("awake", 300), ("table", 300), ("awake", 120))
    by_ns = 900 * EPOCH_NS // 5
    there = epochs.copy()
    there["start_ns"] += by_ns
    grids = (Grid.of(rows, SPAN, RATE_HZ) for rows in (epochs, there))
    here, moved = (grid.intervals(wear.suspected(grid, S)) for grid in grids)
    assert [i.shifted(by_ns) for i in here] == list(moved)
