"""How a count hangs on the limits, and what could have been counted."""

from __future__ import annotations

import math
from dataclasses import fields, replace

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


@pytest.mark.parametrize(
    ("clock", "changes", "expected"),
    [
        ("23:02", {"peak_accel_mg": 90.0}, (1, 1, 1)),
        ("23:02", {"peak_accel_mg": 89.9}, (0, 1, 1)),
        ("23:02", {"peak_accel_mg": 62.5}, (0, 0, 1)),
        ("23:02", {"peak_accel_mg": 62.4}, (0, 0, 0)),
        ("23:02", {"truncated": True}, (0, 0, 0)),
        ("23:02", {"hf_lf_ratio": 1.6, "width_s": 0.2}, (0, 0, 0)),
        ("02:00", {}, (0, 0, 0)),
    ],
    ids=["at the stricter", "below", "at the laxer", "smaller", "cut", "a knock", "in sleep"],
)
def test_with_any_limits_whole_sleep_starts_near_onset_are_counted(clock, changes, expected):
    assert counts(usual_night(event(clock, **changes))) == expected


@pytest.mark.parametrize("doubtful", [{"peak_jerk_g_per_s": 1.1}, {"width_s": 1.1}], ids=str)
def test_the_shape_matters_as_size_does(doubtful):
    settings = replace(S, kinds=replace(S.kinds, likeness_least=0.0001))
    assert counts(usual_night(event("23:02", **doubtful), settings=settings))[:2] == (0, 1)


ORDINARY = {
    "accel_min_mg": (90, 62.5),
    "accel_min_coarse_mg": (120, 100 / 1.2),
    "jerk_min_g_per_s": (1.2, 1 / 1.2),
    "likeness_least": (0.48, 0.4 / 1.2),
    "width_max_s": (1.0, 1.44),
    "duration_max_s": (2.5, 3.6),
    "posture_max_deg": (20 / 1.2, 24),
}
"""Every limit of a counted sleep start, a fifth stricter and laxer."""


@pytest.mark.parametrize(("name", "limits"), ORDINARY.items())
def test_every_limit_of_a_counted_sleep_start_moves_by_a_fifth(name, limits):
    found = [getattr(moved(S.kinds, factor), name) for factor in (STRICTER, LAXER)]
    assert found == pytest.approx(limits)


def test_all_other_limits_stay():
    for factor in (STRICTER, LAXER):
        changed = {
            each.name
            for each in fields(S.kinds)
            if getattr(moved(S.kinds, factor), each.name) != getattr(S.kinds, each.name)
        }
        assert changed == set(ORDINARY)


@pytest.mark.parametrize("name", ["width_max_s", "likeness_least"])
def test_a_moved_limit_stays_within_its_bounds(name):
    bounds = {each.name: each.metadata for each in fields(S.kinds)}[name]
    for end, by in (("low", 1.01), ("high", 0.99)):
        near = replace(S.kinds, **{name: by * bounds[end]})
        found = {getattr(moved(near, factor), name) for factor in (STRICTER, LAXER)}
        assert bounds[end] in found


def test_what_is_listed_is_never_larger_than_what_is_counted():
    for fine_mg, coarse_mg in ((54.0, 100.0), (90.0, 54.0)):
        settings = replace(S.kinds, accel_min_mg=fine_mg, accel_min_coarse_mg=coarse_mg)
        assert moved(settings, LAXER).accel_listed_mg == pytest.approx(45.0)
        assert moved(settings, STRICTER).accel_listed_mg == 50.0


def test_a_turn_with_arousal_may_be_as_large_as_one_without():
    settings = replace(S.kinds, posture_max_deg=30.0, arousal_posture_max_deg=33.0)
    assert moved(settings, LAXER).arousal_posture_max_deg == pytest.approx(36.0)
    assert moved(settings, STRICTER).arousal_posture_max_deg == 33.0


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


@pytest.mark.parametrize(
    ("changes", "step_g", "jerk_g_per_s"),
    [
        ({"jerk_min_g_per_s": 2.0}, STEP_G, 2.0),
        ({"jerk_min_per_step": 0.2}, 0.0156, 3.12),
        ({"on_factor": 6.0}, STEP_G, 1.5),
    ],
    ids=["least threshold", "of the step", "over the floor"],
)
def test_the_highest_threshold_hides_what_is_below_it(changes, step_g, jerk_g_per_s):
    settings = replace(S, scan=replace(S.scan, **changes))
    expected_mg = 1000 * jerk_g_per_s / (math.tau * 2.5)
    assert smallest_countable_mg(0.25, settings, step_g) == pytest.approx(expected_mg)


def test_the_least_jerk_of_a_sleep_start_hides_smaller_ones_too():
    settings = replace(S, kinds=replace(S.kinds, jerk_min_g_per_s=2.0))
    assert smallest_countable_mg(0.0, settings, STEP_G) == pytest.approx(2000 / (math.tau * 2.5))


def test_above_the_highest_floor_the_threshold_stays():
    assert smallest_countable_mg(5.0, S, STEP_G) == smallest_countable_mg(1.0, S, STEP_G)


def test_without_a_floor_nothing_is_known():
    assert smallest_countable_mg(None, S, STEP_G) is None


def test_a_night_without_a_count_has_no_other_counts():
    assert counts(judged(recorded("14:00", ("awake", 700)))) == (None, None, None)
