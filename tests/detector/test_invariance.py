"""What must not matter: how the sensor was turned, when the night was, which unit it came in.

Rates are in ``test_rates.py``; cuts into chunks and data that follow in ``test_stream.py``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from detector import Result, analyse_samples
from detector.nights.night import SLEEP_STARTS
from recordings.synthetic import DEVELOPMENT_SEEDS, Recipe, plan
from recordings.synthetic.render import Signal

RATE_HZ = 50.0
START = "2024-03-05T22:00:00"
RECIPE = Recipe(
    start=START, hours=4.0, sleep_h=3.2, bed_time="22:20", sleep_starts=8, size_mg=(60, 800)
)


@cache
def night_g() -> np.ndarray:
    """Four hours as a sensor without noise sees them."""
    signal = Signal(plan(DEVELOPMENT_SEEDS[7], RECIPE))
    times_s = np.arange(round(RECIPE.hours * 3600 * RATE_HZ)) / RATE_HZ
    return np.concatenate([signal.at(part) for part in np.array_split(times_s, 24)])


@cache
def as_it_was() -> Result:
    """The night, analysed."""
    return analyse_samples(night_g(), RATE_HZ, START)


def decided(result: Result) -> dict[str, list[object]]:
    """All that words say of the events."""
    (night,) = result.nights
    names = ("kind", "reason", "context", "counted", "confidence")
    return {name: getattr(night.events, name).tolist() for name in names}


def test_the_night_has_something_to_lose():
    (night,) = as_it_was().nights
    assert night.counts["sleep_starts_onset"] > 1
    assert len(night.events) > 40


@pytest.mark.parametrize("seed", range(3))
def test_how_the_sensor_was_turned_does_not_matter(seed):
    turned = Rotation.random(random_state=seed).apply(night_g())
    (before,), (after,) = as_it_was().nights, analyse_samples(turned, RATE_HZ, START).nights
    assert len(after.events) == len(before.events)
    for name in ("peak_accel_mg", "peak_jerk_g_per_s", "width_s", "rise_s", "lf_share"):
        old, new = (night.events.candidates[name] for night in (before, after))
        np.testing.assert_allclose(new, old, rtol=1e-3, atol=1e-3, equal_nan=True)
    starts = [np.isin(night.events.kind, SLEEP_STARTS).tolist() for night in (before, after)]
    assert starts[0] == starts[1]
    # the postures before and after are medians axis by axis, which turn with the sensor only nearly
    assert np.mean(after.events.kind != before.events.kind) < 0.02
    apart_ns = after.events.candidates["peak_ns"] - before.events.candidates["peak_ns"]
    assert np.abs(apart_ns).max() < 1_000_000


@pytest.mark.parametrize("days", [1, 365, -4000])
def test_the_same_night_on_another_day_is_the_same_night(days):
    other = str(np.datetime64(START) + np.timedelta64(days, "D"))
    moved = analyse_samples(night_g(), RATE_HZ, other)
    assert decided(moved) == decided(as_it_was())
    assert moved.nights[0].counts == as_it_was().nights[0].counts
    shift_ns = days * 86_400_000_000_000
    assert moved.nights[0].sleep.onset_ns - shift_ns == as_it_was().nights[0].sleep.onset_ns


def test_what_comes_after_waking_changes_nothing_before_it():
    hours = 2.0
    later = np.concatenate([night_g(), night_g()[: round(hours * 3600 * RATE_HZ)]])
    (before,), (after,) = as_it_was().nights, analyse_samples(later, RATE_HZ, START).nights
    until = before.events.candidates["end_ns"] < before.sleep.onset_ns
    n = int(until.sum())
    assert n > 10
    assert after.events.candidates[:n].tobytes() == before.events.candidates[:n].tobytes()
