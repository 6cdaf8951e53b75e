"""The line between two clocks, held against an obvious twin, and what makes it one or none."""

from __future__ import annotations

import numpy as np
import pytest

from detector.limbs.align import Beginnings, _fitted, align
from detector.settings import LimbSettings

SECOND_NS = 10**9
S = LimbSettings()


def beginnings(times_s, weight=1.0):
    start_ns = np.rint(np.asarray(times_s) * 1000).astype(np.int64) * 1_000_000
    return Beginnings(
        start_ns=start_ns, weight=np.broadcast_to(weight, len(start_ns)).astype(float)
    )


def twin(x, y, weight, half):
    """Fit by iterated least squares with Tukey's bisquare, each step solved as it is written.

    Returns the line, the greatest standard error of it within ``half`` of 0, and the spread:
    1.4826 times the median of what is left. The covariance is that of weighted estimates with
    errors of one variance (Huber 1967).
    """
    line = np.array([np.median(y), 0.0])
    design = np.column_stack([np.ones_like(x), x])
    for _ in range(200):
        rest = y - design @ line
        sd = max(1.4826 * np.median(np.abs(rest)), 0.001)
        inside = np.abs(rest) < 4.685 * sd
        taken = weight * np.where(inside, (1 - (rest / (4.685 * sd)) ** 2) ** 2, 0.0)
        root = np.sqrt(taken)
        line = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0]
    rest = y - design @ line
    variance = max(np.average(rest**2, weights=taken), 0.001**2)
    bread = np.linalg.inv(design.T @ np.diag(taken) @ design)
    covariance = bread @ (design.T @ np.diag(taken**2 * variance) @ design) @ bread
    errors = [np.sqrt(np.array([1, e]) @ covariance @ np.array([1, e])) for e in (-half, half)]
    return line, max(errors), sd


def seen_twice(seed, count=60, noise_s=0.05, stray=0):
    """Times that two clocks show of the same movements, some far from the line, and weights."""
    rng = np.random.default_rng(seed)
    a = np.sort(rng.uniform(0, 30_000, count)).round(3)
    apart = 40.0 + 30e-6 * (a - a.mean()) + rng.normal(0, noise_s, count)
    apart[:stray] += 0.4
    return a, (a + apart).round(3), rng.uniform(0.25, 1.0, count)


@pytest.mark.parametrize(
    ("seed", "noise_s", "stray"), [(1, 0.05, 0), (2, 0.08, 3), (3, 0.0, 0), (4, 0.03, 8)], ids=str
)
def test_offset_drift_and_their_error_are_those_of_an_obvious_twin(seed, noise_s, stray):
    a, b, weight = seen_twice(seed, noise_s=noise_s, stray=stray)
    found = align(beginnings(a, weight), beginnings(b, 1.0), S)
    middle = (a[0] + a[-1]) / 2
    x = a - middle
    (offset, drift), error, sd = twin(x, b - a, weight, np.abs(x).max())
    assert found.reason == ""
    assert found.shared == len(a)
    assert found.middle_ns == pytest.approx(middle * SECOND_NS, abs=1)
    assert found.offset_s == pytest.approx(offset, abs=2e-5)
    assert found.drift_ppm == pytest.approx(1e6 * drift, abs=0.01)
    assert found.residual_ms == pytest.approx(1000 * sd, rel=5e-4)
    assert found.uncertainty_ms == pytest.approx(1960 * np.hypot(error, 0.03), rel=5e-4)


def test_a_movement_weighs_as_much_as_the_smaller_of_what_both_saw():
    a, b, weight = seen_twice(5)
    low = np.full(len(a), 0.25)
    one = align(beginnings(a, weight), beginnings(b, low), S)
    other = align(beginnings(a, low), beginnings(b, weight), S)
    same = align(beginnings(a, low), beginnings(b, 1.0), S)
    assert one.offset_s == other.offset_s == same.offset_s


def test_movements_at_nearly_one_time_tell_no_drift():
    a = 100 + np.array([0, 0.9, 2.3, 4.1, 6.6, 9.2, 12.5, 16.0, 20.3, 25.1])
    found = align(beginnings(a), beginnings(a + 3.0), S)
    assert found.reason == ""
    assert found.offset_s == pytest.approx(3.0, abs=1e-3)


@pytest.mark.parametrize(("count", "reason"), [(8, ""), (7, "few_shared")])
def test_eight_movements_in_common_are_enough(count, reason):
    a, b, _ = seen_twice(6, count, noise_s=0.01)
    assert align(beginnings(a), beginnings(b), S).reason == reason


def test_how_many_are_enough_is_the_setting():
    a, b, _ = seen_twice(6, 10, noise_s=0.01)
    found = align(beginnings(a), beginnings(b), LimbSettings(shared_least=11))
    assert (found.reason, found.shared) == ("few_shared", 0)
    assert align(beginnings(a), beginnings(b), LimbSettings(shared_least=10)).reason == ""


def test_of_movements_further_from_the_line_than_it_takes_none_is_shared():
    a, b, _ = seen_twice(7, 30, noise_s=0.01)
    b[:5] += 0.7
    assert align(beginnings(a), beginnings(b), S).shared == 25


@pytest.mark.parametrize(
    ("together_s", "reason"), [(0.5, ""), (0.1, "uncertain")], ids=["enough", "not enough"]
)
def test_clocks_are_sure_to_half_of_the_time_together(together_s, reason):
    # what all beginnings have in common leaves 59 ms of uncertainty, whatever their number
    a, b, _ = seen_twice(8, noise_s=0.01)
    found = align(beginnings(a), beginnings(b), LimbSettings(together_s=together_s))
    assert found.reason == reason
    assert 58.8 < found.uncertainty_ms < 65


@pytest.mark.parametrize(("most_ppm", "reason"), [(31.0, ""), (29.0, "drift")])
def test_a_drift_that_is_found_is_no_greater_than_clocks_may_have(most_ppm, reason):
    a, b, _ = seen_twice(9, noise_s=0.001)
    found = align(beginnings(a), beginnings(b), LimbSettings(drift_max_ppm=most_ppm))
    assert found.reason == reason
    assert found.drift_ppm == pytest.approx(30, abs=0.5)


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_drift_is_refused_in_either_direction(sign):
    a, _, _ = seen_twice(9)
    b = a + 40 + sign * 30e-6 * (a - a.mean())
    found = align(beginnings(a), beginnings(b), LimbSettings(drift_max_ppm=29))
    assert found.reason == "drift"


@pytest.mark.parametrize(("others", "reason"), [(10, ""), (12, "no_clear_peak")])
def test_the_best_offset_has_twice_as_many_pairs_as_the_next(others, reason):
    a, _, _ = seen_twice(10, 20)
    b = np.sort(np.concatenate([a + 40, a[:others] + 90.3]))
    assert align(beginnings(a), beginnings(b), S).reason == reason


def test_offsets_within_three_seconds_of_the_best_are_no_rivals():
    a, _, _ = seen_twice(11, 20)
    b = np.sort(np.concatenate([a + 40, a[:15] + 42.4]))
    assert align(beginnings(a), beginnings(b), S).reason == ""
    b = np.sort(np.concatenate([a + 40, a[:15] + 44.6]))
    assert align(beginnings(a), beginnings(b), S).reason == "no_clear_peak"


@pytest.mark.parametrize("offset_s", [-29.0, 29.0])
def test_offsets_up_to_the_greatest_are_searched_in_both_directions(offset_s):
    a, _, _ = seen_twice(12, 30)
    settings = LimbSettings(offset_max_min=0.5)
    assert align(beginnings(a), beginnings(a + offset_s), settings).reason == ""
    assert align(beginnings(a), beginnings(a + 1.1 * offset_s), settings).reason


def test_what_chance_makes_is_told():
    a, b, _ = seen_twice(13, 40)
    rng = np.random.default_rng(1)
    own = [np.sort(np.concatenate([each, rng.uniform(0, 30_000, 300)])) for each in (a, b)]
    found = align(beginnings(own[0]), beginnings(own[1]), S)
    # 340 x 340 pairs over offsets of 60 000 s around, most of them near 0
    assert found.reason == ""
    assert found.by_chance == pytest.approx(340 * 340 / 30_000, rel=0.25)


def test_the_least_drift_that_may_be_set_still_takes_clocks_that_have_none():
    a, _, _ = seen_twice(14, 30)
    found = align(beginnings(a), beginnings(a + 5.0), LimbSettings(drift_max_ppm=1))
    assert (found.reason, found.offset_s) == ("", pytest.approx(5.0, abs=1e-6))
    assert found.drift_ppm == pytest.approx(0, abs=0.01)


def test_a_line_that_loses_its_movements_as_it_narrows_is_none():
    a, b, _ = seen_twice(1)
    found = _fitted(beginnings(a), beginnings(b), (500.0, 0.0), 0, 1.0, S)
    assert found.reason == "few_shared"
    assert np.isnan(found.offset_s)
    assert found.shared < S.shared_least
