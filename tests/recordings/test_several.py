"""One sleeper seen by several sensors."""

from __future__ import annotations

import numpy as np
import pytest

from recordings import SECOND_NS
from recordings.synthetic import Recipe, Sensor, acceleration, several

RECIPE = Recipe(hours=4, start="2024-03-05T22:00:00", sleep_starts=6, size_mg=(100, 800))
WORN = (
    Sensor(),
    Sensor(side="right", offset_s=-30.0, drift_ppm=-50.0),
    Sensor(site="ankle", offset_s=47.3, drift_ppm=20.0),
)


@pytest.fixture(scope="module")
def night():
    return several(3, WORN, RECIPE)


def true_s(plan, sensor, times_ns):
    return ((times_ns - plan.start_ns) / SECOND_NS - sensor.offset_s) / (
        1 + 1e-6 * sensor.drift_ppm
    )


def test_the_same_seed_gives_the_same_night(night):
    again = several(3, WORN, RECIPE)
    assert np.array_equal(again.joint, night.joint)
    for one, other in zip(night.plans, again.plans, strict=True):
        assert np.array_equal(one.truth, other.truth)
        at = one.start_ns + np.arange(0, 3600 * SECOND_NS, 40 * SECOND_NS)
        assert np.array_equal(acceleration(one, at), acceleration(other, at))


def test_every_sensor_that_took_part_has_the_sleep_start_by_its_own_clock(night):
    starts = night.joint[night.joint["call"] != "shared_disturbance"]
    assert len(starts) >= 3
    for planted in starts:
        moved = {int(k) for k in str(planted["moved"]).split(";")}
        at_s = (planted["time_ns"] - night.plans[0].start_ns) / SECOND_NS
        for k, (plan, sensor) in enumerate(zip(night.plans, WORN, strict=True)):
            rows = plan.rows("sleep_start", "sleep_start_with_arousal")
            since_s = true_s(plan, sensor, rows["start_ns"]) - at_s
            assert np.any((since_s > -0.2) & (since_s < 0.4)) == (k in moved)


def test_the_call_says_which_limbs_took_part(night):
    limbs = [sensor.limb for sensor in WORN]
    for planted in night.joint:
        moved = [limbs[int(k)] for k in str(planted["moved"]).split(";")]
        if planted["call"] == "shared_disturbance":
            assert len(moved) == 3
        else:
            kinds = {kind for kind, _ in moved}
            one = "bilateral" if len(moved) > 1 else "focal"
            assert planted["call"] == ("whole_body" if len(kinds) > 1 else one)


def test_turns_are_seen_by_all_and_knocks_by_one(night):
    turns, taps = (
        [
            true_s(plan, sensor, plan.truth[plan.truth["cause"] == cause]["start_ns"])
            for plan, sensor in zip(night.plans, WORN, strict=True)
        ]
        for cause in ("turn", "tap")
    )
    assert len(turns[0]) == len(turns[1]) == len(turns[2]) > 3
    assert np.abs(turns[0] - turns[2]).max() < 0.5
    for k, times in enumerate(taps):
        others = np.concatenate([t for i, t in enumerate(taps) if i != k])
        assert not np.any(np.abs(times[:, None] - others) < 0.2)


def test_a_shake_of_the_mattress_is_nearly_equal_everywhere(night):
    shakes = night.joint[night.joint["call"] == "shared_disturbance"]
    sizes = []
    for planted in shakes:
        at_s = (planted["time_ns"] - night.plans[0].start_ns) / SECOND_NS
        sizes.append(
            [
                row["size_mg"]
                for plan, sensor in zip(night.plans, WORN, strict=True)
                for row in plan.rows("disturbance")
                if abs(true_s(plan, sensor, row["start_ns"]) - at_s) < 0.5
            ]
        )
    assert all(len(each) == 3 and max(each) < 1.4 * min(each) for each in sizes)
    assert max(map(max, sizes)) > 40
