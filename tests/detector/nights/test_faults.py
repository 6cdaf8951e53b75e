from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scans import (
    NIGHT,
    RATE_HZ,
    SPAN,
    at,
    decided,
    event,
    events,
    judged,
    placed,
    recorded,
)

from detector.nights import faults
from detector.nights.grid import Grid
from detector.settings import HealthSettings, Settings

S = HealthSettings()
HIDING = 0.4
"""With the default settings, a floor above this hides the smallest jerk that is counted."""


def held(epochs, begin, end, axis, value_g):
    """An axis that shows one value from one time to another."""
    rows = slice(placed(epochs, begin), placed(epochs, end))
    for name in ("median_g", "mean_g", "min_g", "max_g"):
        epochs[name][rows, axis] = value_g
    epochs["sd_g"][rows, axis] = 0
    return epochs


def still(epochs, begin, end, vector_g):
    """All axes show one value each."""
    for axis, value_g in enumerate(vector_g):
        held(epochs, begin, end, axis, value_g)
    return epochs


def stuck_min(epochs, settings=S):
    return faults.stuck(Grid.of(epochs, SPAN, RATE_HZ), settings).sum() / 12


# ------------------------------------------------------------------ stuck axes


def test_an_axis_that_shows_one_value_while_another_moves_is_stuck():
    epochs = held(recorded("21:00", ("awake", 60)), "21:10", "21:30", 1, 0.25)
    assert stuck_min(epochs) == 20


def test_a_coarse_sensor_at_rest_is_not_stuck_though_nothing_changes():
    # 15.6 mg a step: a real one showed one value for 1.7 min, one on a table may for ever
    epochs = still(recorded("21:00", ("asleep", 600)), "21:00", "06:59", (0.0, 0.703125, 0.703125))
    assert stuck_min(epochs) == 0


def test_two_axes_at_rest_with_a_third_that_wavers_are_not_stuck():
    epochs = recorded("21:00", ("rigid", 300))
    epochs = held(held(epochs, "21:00", "02:00", 0, 0.5), "21:00", "02:00", 1, 0.5)
    epochs["mean_g"][:, 2] = 0.7
    epochs["min_g"][:, 2], epochs["max_g"][:, 2] = 0.69, 0.72
    assert stuck_min(epochs) == 0


@pytest.mark.parametrize("value_g", [-8.0, 7.996])
def test_an_axis_at_the_end_of_its_range_is_stuck_even_at_rest(value_g):
    epochs = held(recorded("21:00", ("rigid", 60)), "21:10", "21:50", 2, value_g)
    assert stuck_min(epochs) == 40


def test_zeros_are_not_gravity():
    epochs = still(recorded("21:00", ("awake", 60)), "21:10", "21:40", (0, 0, 0))
    assert stuck_min(epochs) == 30


@pytest.mark.parametrize(("minutes", "is_stuck"), [(9, False), (10, True)])
def test_an_axis_must_be_stuck_for_ten_minutes(minutes, is_stuck):
    epochs = held(recorded("21:00", ("awake", 60)), "21:10", f"21:{10 + minutes}", 0, 0.1)
    assert (stuck_min(epochs) > 0) == is_stuck


def test_another_value_ends_a_stretch():
    epochs = held(recorded("21:00", ("awake", 60)), "21:10", "21:19", 0, 0.1)
    epochs = held(epochs, "21:19", "21:28", 0, 0.2)
    assert stuck_min(epochs) == 0


@pytest.mark.parametrize(("moved_mg", "is_stuck"), [(299, False), (301, True)])
def test_the_other_axes_must_have_moved(moved_mg, is_stuck):
    epochs = held(recorded("21:00", ("rigid", 60)), "21:00", "21:59", 0, 0.0)
    epochs["min_g"][:, 1:] = epochs["mean_g"][:, 1:] = 0.6
    epochs["max_g"][:, 1:] = 0.6
    epochs["max_g"][300, 2] = 0.6 + moved_mg / 1000
    assert (stuck_min(epochs) > 0) == is_stuck


def test_a_night_without_a_sample_has_no_stuck_axis():
    assert stuck_min(recorded("21:00")) == 0


def test_a_stuck_axis_over_sleep_onset_leaves_no_count():
    epochs = held(recorded("21:00", *NIGHT), "22:00", "23:30", 0, 0.3)
    night = judged(epochs, events(event("22:50"), event("03:00")))
    assert night.counts["sleep_starts_onset"] is None
    assert night.status == "not_analysable"
    assert "stuck_axis" in night.reasons
    assert night.stuck_min == 90
    assert night.blanked_min == 0  # it was not blanked, and there were samples
    assert night.gap_min == 0
    assert decided(night, "context", "reason")[0] == ("unusable", "stuck")
    assert [i.hours for i in night.unusable] == [1.5]


def test_a_stuck_axis_far_from_onset_limits_a_night_that_keeps_its_count():
    epochs = held(recorded("21:00", ("asleep", 5), *NIGHT), "21:30", "22:00", 0, 0.3)
    night = judged(epochs, event("23:05"))
    assert night.counts["sleep_starts_onset"] == 1
    assert night.reasons == ("stuck_axis",)
    assert night.status == "limited"


# ------------------------------------------------------------------ vibration


def shaken(epochs, begin, end, *, floor=2.0, ratio=1.4, sd_g=0.06):
    """Steady shaking; the largest jerk of each epoch is a multiple of the floor."""
    rows = slice(placed(epochs, begin), placed(epochs, end))
    epochs["floor_g_per_s"][rows] = floor
    epochs["jerk_max_g_per_s"][rows] = ratio * floor
    epochs["sd_g"][rows] = sd_g
    return epochs


def vibration_min(epochs):
    return faults.vibration(Grid.of(epochs, SPAN, RATE_HZ), HIDING, S).sum() / 12


def test_steady_shaking_for_ten_minutes_is_vibration():
    epochs = recorded("21:00", ("asleep", 120))
    assert vibration_min(epochs) == 0
    assert vibration_min(shaken(epochs, "21:30", "21:42")) == 12
    assert vibration_min(shaken(recorded("21:00", ("asleep", 120)), "21:30", "21:39")) == 0


@pytest.mark.parametrize("manner", [{"ratio": 5.0}, {"sd_g": 0.35}, {"floor": 0.39}])
def test_restlessness_walking_and_a_low_floor_are_no_vibration(manner):
    assert (
        vibration_min(shaken(recorded("21:00", ("asleep", 120)), "21:30", "22:30", **manner)) == 0
    )


def test_a_vehicle_in_the_night_is_named_and_its_time_is_not_judged():
    epochs = shaken(recorded("21:00", *NIGHT), "02:00", "02:15")
    night = judged(epochs, events(event("23:05"), event("02:05")))
    assert night.reasons == ("vibration",)
    assert night.status == "limited"
    assert night.noisy_min == 15
    assert night.counts["sleep_starts_onset"] == 1
    assert decided(night, "reason")[1] == ("noisy",)


def test_a_vehicle_from_the_first_stillness_on_stops_the_count_and_says_why():
    epochs = shaken(recorded("21:00", *NIGHT), "22:50", "23:20")
    night = judged(epochs, event("23:05"))
    assert night.counts["sleep_starts_onset"] is None
    assert night.reasons == ("window_not_observed", "noisy_at_onset", "vibration")


def test_a_drive_home_before_bed_is_no_reason():
    epochs = shaken(recorded("20:00", ("awake", 180), ("asleep", 480)), "20:00", "21:30")
    assert "vibration" not in judged(epochs).reasons


def test_a_weaker_vibration_is_judged_but_named():
    # its floor hides the smallest jerks, though not all
    epochs = shaken(recorded("21:00", *NIGHT), "01:00", "01:20", floor=0.6)
    night = judged(epochs)
    assert night.reasons == ("vibration",)
    assert night.noisy_min == 0


def test_a_night_with_a_high_floor_says_that_small_jerks_are_hidden():
    for floor, said in ((0.39, ()), (0.41, ("high_floor",))):
        epochs = recorded("21:00", *NIGHT)
        epochs["floor_g_per_s"] = floor
        epochs["jerk_max_g_per_s"] = 4 * floor
        assert judged(epochs).reasons == said


def test_the_hiding_floor_follows_the_settings():
    settings = Settings()
    settings = replace(settings, scan=replace(settings.scan, on_factor=4.0))
    epochs = recorded("21:00", *NIGHT)
    epochs["floor_g_per_s"], epochs["jerk_max_g_per_s"] = 0.3, 1.5
    assert judged(epochs).reasons == ()
    assert judged(epochs, settings=settings).reasons == ("high_floor",)


# ------------------------------------------------------------------ a grid without some slots


def test_slots_that_are_taken_out_are_unknown_and_unobserved_but_not_unsampled():
    grid = Grid.of(recorded("21:00", ("asleep", 10)), SPAN, RATE_HZ)
    first = grid.slot(at("21:02"))
    mask = np.zeros(len(grid), bool)
    mask[first : first + 6] = True
    left = grid.without(mask)
    assert not left.known[mask].any()
    assert np.isnan(left.mean_g[mask]).all()
    assert left.observed_s[mask].sum() == 0
    assert left.sampled_s.tobytes() == grid.sampled_s.tobytes()
    for name in ("known", "mean_g", "observed_s", "accel_max_mg"):
        assert getattr(left, name)[~mask].tobytes() == getattr(grid, name)[~mask].tobytes()
    assert grid.known[mask].all()
