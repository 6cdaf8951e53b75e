from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.nights.calibration import PATCHES, Calibration, Calibrator, error_g, fit, patches
from detector.scan import EPOCH
from detector.settings import HealthSettings
from recordings import SECOND_NS

RATE_HZ = 50.0
S = HealthSettings()
signs = st.lists(st.sampled_from([-1, 1]), min_size=3, max_size=3)


def directions(count, seed=0):
    """Unit vectors all over the sphere."""
    vectors = np.random.default_rng(seed).normal(size=(count, 3))
    return vectors / np.linalg.norm(vectors, axis=1)[:, None]


def at_rest(vectors_g, *, sd_mg=5.0, start_s=0):
    """Two epochs at every vector, 10 s each, one after the other."""
    vectors_g = np.repeat(np.atleast_2d(vectors_g), 2, axis=0)
    epochs = np.zeros(len(vectors_g), EPOCH)
    epochs["start_ns"] = (start_s + 5 * np.arange(len(epochs))) * SECOND_NS
    epochs["n_samples"] = 5 * RATE_HZ
    epochs["mean_g"] = vectors_g
    epochs["sd_g"] = sd_mg / 1000
    return epochs


def calibrated(*parts, settings=S):
    calibrator = Calibrator(RATE_HZ, settings)
    for part in parts:
        calibrator.add(part)
    return calibrator.result()


def as_measured(true_g, gain, offset_mg):
    return (true_g - np.array(offset_mg) / 1000) / np.array(gain)


@given(gain=signs, offset=signs)
def test_gains_and_offsets_are_found_whatever_their_signs(gain, offset):
    gain, offset_mg = 1 + 0.03 * np.array(gain), 50.0 * np.array(offset)
    found = calibrated(at_rest(as_measured(directions(400), gain, offset_mg)))
    assert found.status == "off"
    np.testing.assert_allclose(found.gain, gain, atol=2e-3)
    np.testing.assert_allclose(found.offset_mg, offset_mg, atol=2)
    assert found.error_before_mg > 25
    assert found.error_after_mg < 1
    assert found.largest_mg == pytest.approx(80, abs=3)


def test_errors_and_offsets_are_in_mg():
    assert calibrated(at_rest(1.02 * directions(5))).error_before_mg == pytest.approx(20, rel=1e-5)
    offset_mg = 80.0, -70.0, 60.0
    found = calibrated(at_rest(as_measured(directions(60), (1, 1, 1), offset_mg)))
    np.testing.assert_allclose(found.offset_mg, offset_mg, atol=0.01)


def test_the_fit_is_exact_on_points_without_noise():
    true_g = directions(200)
    gain, offset_g = fit(as_measured(true_g, (1.02, 0.97, 1.01), (30, -40, 80)))
    np.testing.assert_allclose(gain, (1.02, 0.97, 1.01), atol=1e-6)
    np.testing.assert_allclose(1000 * offset_g, (30, -40, 80), atol=1e-3)


def test_a_few_wild_points_do_not_pull_the_fit_along():
    measured = as_measured(directions(300), (1.0, 1.0, 1.0), (40, 0, 0))
    measured[::30] *= 1.2
    _, offset_g = fit(measured)
    assert 1000 * offset_g[0] == pytest.approx(40, abs=3)


def test_wild_points_on_one_side_weigh_less_the_farther_off_they_are():
    measured = as_measured(directions(300), (1.0, 1.0, 1.0), (40, 0, 0))
    measured[np.flatnonzero(measured[:, 0] > 0.5)[::3]] *= 1.15  # with equal weights: 11 mg
    _, offset_g = fit(measured)
    assert 1000 * offset_g[0] == pytest.approx(40, abs=4)


def test_a_sound_sensor_is_ok_and_a_little_error_is_sound():
    assert calibrated(at_rest(directions(400))).status == "ok"
    little = calibrated(at_rest(as_measured(directions(400), (1.005, 1, 1), (0, 10, 0))))
    assert little.status == "ok"
    assert 1 < little.error_before_mg < 10


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_one_side_of_an_axis_is_not_enough(axis):
    vectors = directions(600)
    vectors = vectors[vectors[:, axis] > -0.2]
    found = calibrated(at_rest(as_measured(vectors, (1, 1, 1), (50, 50, 50))))
    assert found.status == "not_possible"
    assert found.gain is None
    assert found.error_after_mg is None
    assert found.error_before_mg > 10  # what was seen was still off by as much


@pytest.mark.parametrize(("reached_mg", "possible"), [(300.5, True), (299.5, False)])
@pytest.mark.parametrize("side", [-1, 1])
def test_both_sides_of_an_axis_are_seen_beyond_300_mg(side, reached_mg, possible):
    vectors = directions(2000)
    vectors = vectors[side * vectors[:, 1] < 0.28]
    length = np.sqrt(1 - (reached_mg / 1000) ** 2)
    edge = np.array([[0.8 * length, side * reached_mg / 1000, 0.6 * length]])
    found = calibrated(at_rest(np.concatenate([vectors, edge])))
    assert (found.status != "not_possible") == possible


def test_few_postures_are_not_enough_however_long_each_is_kept():
    few = np.repeat(directions(29), 200, axis=0)
    assert calibrated(at_rest(few)).status == "not_possible"
    assert calibrated(at_rest(few)).postures == 29
    assert calibrated(at_rest(directions(30))).postures == 30
    assert calibrated(at_rest(directions(30))).status != "not_possible"


def test_a_sensor_that_never_rests_says_nothing():
    found = calibrated(at_rest(directions(400), sd_mg=20.0))
    assert (found.status, found.postures, found.error_before_mg) == ("not_possible", 0, None)
    assert calibrated().status == "not_possible"


def test_a_posture_kept_for_a_night_counts_once():
    measured = as_measured(directions(300), (1.03, 0.97, 1.0), (50, -50, 20))
    once = calibrated(at_rest(measured))
    kept = calibrated(at_rest(measured), at_rest(np.repeat(measured[:1], 3000, axis=0)))
    assert kept.postures == once.postures
    np.testing.assert_allclose(kept.gain, once.gain, atol=1e-3)


def test_what_no_gain_and_offset_explains_is_unclear():
    vectors = directions(600, seed=3)
    length = 1 + 0.2 * np.sign(np.prod(vectors, axis=1))
    found = calibrated(at_rest(vectors * length[:, None]))
    assert found.status == "unclear"
    assert found.error_after_mg > 10


def test_what_is_left_is_the_mean_error_with_gains_and_offsets_used():
    measured = directions(60, seed=3) * np.random.default_rng(0).normal(1, 0.02, (60, 1))
    found = calibrated(at_rest(measured))
    assert found.postures == 60  # each in a patch of its own
    used = measured * found.gain + np.array(found.offset_mg) / 1000
    left_mg = 1000 * np.mean(np.abs(np.linalg.norm(used, axis=1) - 1))
    assert found.error_after_mg == pytest.approx(left_mg, rel=1e-4)


@given(st.integers(0, 2**32), st.floats(0, 0.5))
def test_nothing_at_rest_makes_it_fail(seed, spread_g):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 200))
    vectors = directions(count, seed) + rng.uniform(-spread_g, spread_g, (count, 3))
    found = calibrated(at_rest(vectors))
    if found.status != "not_possible":
        assert np.isfinite([*found.gain, *found.offset_mg]).all()
        assert found.error_after_mg <= found.error_before_mg


def test_movement_within_ten_seconds_is_no_rest():
    vectors = directions(400)
    epochs = at_rest(vectors)
    epochs["mean_g"][1::2, 0] += 0.05  # the second half is tilted
    assert calibrated(epochs).postures == 0


@pytest.mark.parametrize(("sd_mg", "postures"), [(12.99, 1), (13.01, 0)])
def test_rest_is_a_deviation_below_13_mg(sd_mg, postures):
    assert calibrated(at_rest(directions(1), sd_mg=sd_mg)).postures == postures


@pytest.mark.parametrize(
    ("weight_g", "postures"), [(0, 0), (0.499, 0), (0.501, 1), (1.499, 1), (1.501, 0)]
)
def test_what_cannot_be_gravity_is_left_out(weight_g, postures):
    assert calibrated(at_rest(directions(1) * weight_g)).postures == postures


def test_windows_are_ten_whole_seconds_of_the_devices_clock():
    epochs = at_rest(directions(1))
    assert calibrated(epochs).postures == 1
    epochs["start_ns"] += 5 * SECOND_NS  # across the border of two windows
    assert calibrated(epochs).postures == 0
    thin = at_rest(directions(1))
    for samples, postures in ((225, 1), (224, 0)):  # from nine tenths on it is whole
        thin["n_samples"][1] = samples
        assert calibrated(thin).postures == postures


def test_rest_across_the_border_of_two_windows_is_not_looked_at():
    epochs = at_rest(directions(2))
    epochs["mean_g"][1:3], epochs["mean_g"][[0, 3]] = (0, 0, 1), (0, 0, -1)
    assert calibrated(epochs).postures == 0


@given(st.lists(st.integers(1, 199), max_size=6, unique=True).map(sorted))
def test_any_cutting_between_windows_gives_the_same(cuts):
    measured = as_measured(directions(200), (1.02, 0.99, 1.01), (20, 30, -40))
    epochs = at_rest(measured)
    parts = np.split(epochs, 2 * np.array(cuts, int))
    assert calibrated(*parts) == calibrated(epochs)


def test_patches_are_small_and_cover_the_sphere():
    vectors = directions(100_000, seed=1)
    patch = patches(vectors)
    assert patch.min() >= 0
    assert patch.max() < 6 * PATCHES**2
    order = np.argsort(patch, kind="stable")
    first = order[np.searchsorted(patch[order], patch)]
    apart_deg = np.degrees(np.arccos(np.clip(np.sum(vectors * vectors[first], axis=1), -1, 1)))
    assert apart_deg.max() < 3
    # the mean of a patch lies no more than 0.3 mg inside the sphere
    sums = np.zeros((6 * PATCHES**2, 3))
    np.add.at(sums, patch, vectors)
    counts = np.bincount(patch, minlength=len(sums))
    seen = counts > 0
    assert 1000 * error_g(sums[seen] / counts[seen][:, None]) < 0.3


def test_the_axes_themselves_have_patches():
    vectors = np.concatenate([np.eye(3), -np.eye(3), np.ones((1, 3)), -np.ones((1, 3))])
    assert len(set(patches(vectors).tolist())) == 8


def test_the_largest_error_is_that_of_gain_and_offset_on_the_worst_axis():
    found = Calibration(status="ok", postures=99, gain=(1.02, 0.5, 1), offset_mg=(40, -1.5, 90))
    assert found.largest_mg == pytest.approx(501.5)  # 60, 501.5 and 90 mg


def test_what_points_between_two_faces_of_the_cube_has_a_patch_of_the_first():
    between = np.array([(1, 1, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1)], float)
    assert (patches(between) // PATCHES**2).tolist() == [0, 0, 0, 2]
    assert (patches(-between) // PATCHES**2).tolist() == [1, 1, 1, 3]


def test_what_could_not_be_fitted_has_no_largest_error():
    assert calibrated(at_rest(directions(3))).largest_mg is None
