"""How a count hangs on the limits, and what could have been counted."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scans import STEP_G, event, judged, recorded, usual_night

from detector.nights.kinds import least_size_mg
from detector.nights.sensitivity import LAXER, STRICTER, moved, smallest_countable_mg
from detector.settings import KindSettings, Settings

S = Settings()


def counts(night) -> tuple[int | None, int | None, int | None]:
    names = ("strict20", "", "lax20")
    return tuple(night.counts[f"sleep_starts_onset_{name}".rstrip("_")] for name in names)


def test_the_count_is_repeated_with_stricter_and_laxer_limits():
    sizes = {"22:50": 80.0, "22:55": 65.0, "23:02": 200.0}
    night = usual_night(*(event(clock, peak_accel_mg=mg) for clock, mg in sizes.items()))
    assert counts(night) == (1, 2, 3)


@pytest.mark.parametrize("doubtful", [{"peak_jerk_g_per_s": 1.1}, {"width_s": 1.1}], ids=str)
def test_the_shape_matters_as_size_does(doubtful):
    settings = replace(S, kinds=replace(S.kinds, likeness_least=0.0001))
    assert counts(usual_night(event("23:02", **doubtful), settings=settings))[:2] == (0, 1)


@given(
    mg=st.floats(50, 500),
    factor=st.sampled_from([STRICTER, LAXER]),
    likeness=st.floats(0.0001, 0.99),
    posture=st.floats(5, 60),
)
def test_moved_limits_are_within_what_limits_may_be(mg, factor, likeness, posture):
    settings = KindSettings(
        accel_min_mg=mg,
        accel_min_coarse_mg=mg,
        likeness_least=likeness,
        posture_max_deg=posture,
    )
    moved(settings, factor)  # settings refuse what they may not be


def test_on_a_quiet_night_size_alone_decides_what_can_be_counted():
    assert smallest_countable_mg(0.25, S, STEP_G) == least_size_mg(STEP_G, S.kinds)


def test_a_loud_floor_hides_larger_jerks():
    loud = smallest_countable_mg(0.8, S, STEP_G)
    assert loud == pytest.approx(1000 * 2.0 / (math.tau * 2.5))
    assert smallest_countable_mg(0.9, S, STEP_G) > loud


def test_above_the_highest_floor_the_threshold_stays():
    assert smallest_countable_mg(5.0, S, STEP_G) == smallest_countable_mg(1.0, S, STEP_G)


def test_without_a_floor_nothing_is_known():
    assert smallest_countable_mg(None, S, STEP_G) is None


def test_a_night_without_a_count_has_no_other_counts():
    assert counts(judged(recorded("14:00", ("awake", 700)))) == (None, None, None)
