"""How the call of a joint event follows from what every sensor saw around a sleep start."""

from __future__ import annotations

import pytest
from made_group import group, moved, pair, sensor

from detector.limbs.calls import joint_events
from detector.limbs.group import Clock
from detector.settings import KindSettings, LimbSettings, ScanSettings, Settings

S = Settings()
LEFT, RIGHT, ANKLE = sensor(), sensor(side="right"), sensor("ankle")
STILL = moved()


def called(*members, settings=S, **how):
    """Call, reason, how many observed it and how many limbs moved, of every joint event."""
    found = joint_events(group(*members, **how), settings)
    return [(joint.call, joint.reason, joint.observed, joint.moved) for joint in found]


def beside(*others, seed=(0.0, 200.0), **how):
    """The only call, for a sleep start of the left wrist and what others saw."""
    ((call, *_),) = called((LEFT, moved(seed)), *others, **how)
    return call


# ------------------------------------------------------------------ what goes along


@pytest.mark.parametrize("apart_s", [-0.5, 0.0, 0.5], ids=["half a second before", "at", "after"])
def test_what_begins_within_half_a_second_goes_along(apart_s):
    assert beside((RIGHT, moved((apart_s, 100.0, {"kind": "brief_other"})))) == "bilateral"


@pytest.mark.parametrize("apart_s", [-0.500_000_001, 0.500_000_001])
def test_what_begins_further_apart_is_another_event(apart_s):
    brief = {"kind": "brief_other", "duration_s": 0.0}
    (joint,) = joint_events(
        group((LEFT, moved((0.0, 200.0))), (RIGHT, moved((apart_s, 100.0, brief)))), S
    )
    assert joint.members == ((0, 0),)


def test_the_time_together_is_the_setting():
    within_a_second = Settings(limbs=LimbSettings(together_s=1.0))
    other = (RIGHT, moved((1.0, 100.0, {"kind": "brief_other"})))
    assert beside(other, settings=within_a_second) == "bilateral"


def test_of_each_other_sensor_the_nearest_beginning_goes_along():
    twitches = [(t, 60.0, {"kind": "micro_twitch"}) for t in (49.6, 49.9, 50.3)]
    (joint,) = joint_events(group((LEFT, moved((50.0, 200.0))), (RIGHT, moved(*twitches))), S)
    assert joint.members == ((1, 1), (0, 0))
    assert joint.after_s == (0.0, 0.1)
    assert joint.start_ns == 49_900_000_000


def test_a_sensor_has_one_movement_in_an_event_and_what_is_equally_near_the_earlier():
    twitches = [(t, 60.0, {"kind": "micro_twitch"}) for t in (-0.2, 0.2)]
    (joint,) = joint_events(group((LEFT, moved((0.0, 200.0))), (RIGHT, moved(*twitches))), S)
    assert joint.members == ((1, 0), (0, 0))


def test_a_second_sleep_start_of_the_same_sensor_is_its_own_event():
    assert len(called((LEFT, moved((0.0, 200.0), (0.3, 200.0))), (RIGHT, STILL))) == 2


def test_the_largest_sleep_start_takes_what_it_can_first():
    # the right one is near to both of the left; it goes with the larger, though further away
    left = moved((0.0, 300.0), (0.7, 100.0))
    right = moved((0.4, 90.0))
    (first, second) = joint_events(group((LEFT, left), (RIGHT, right)), S)
    assert (first.members, second.members) == (((0, 0), (1, 0)), ((0, 1),))


def test_no_movement_is_of_two_events():
    left = moved((0.0, 300.0), (0.7, 250.0))
    right = moved((0.35, 100.0, {"kind": "limb_movement"}))
    members = [
        member for j in joint_events(group((LEFT, left), (RIGHT, right)), S) for member in j.members
    ]
    assert sorted(members) == [(0, 0), (0, 1), (1, 0)]


def test_without_a_sleep_start_there_is_no_event():
    assert called((LEFT, moved((0.0, 300.0, {"kind": "limb_movement"}))), (RIGHT, STILL)) == []


@pytest.mark.parametrize("kind", ["sleep_start", "sleep_start_with_arousal"])
@pytest.mark.parametrize("counted", [True, False])
def test_every_sleep_start_is_looked_at_counted_or_not(kind, counted):
    seed = (0.0, 200.0, {"kind": kind, "counted": counted})
    assert beside((RIGHT, STILL), seed=seed) == "focal"


def test_events_are_in_order_of_time_whichever_is_larger():
    joints = joint_events(group((LEFT, moved((0.0, 100.0), (9.0, 300.0))), (RIGHT, STILL)), S)
    assert [joint.start_ns for joint in joints] == [0, 9_000_000_000]


# ------------------------------------------------------------------ which limbs moved


@pytest.mark.parametrize(
    ("peak_mg", "call"), [(49.9, "focal"), (50.0, "bilateral")], ids=["below", "at the limit"]
)
def test_a_limb_moved_from_the_size_on_that_is_listed(peak_mg, call):
    assert beside((RIGHT, moved((0.0, peak_mg, {"kind": "brief_other"})))) == call


def test_the_size_from_which_a_limb_moved_is_the_setting():
    listed = Settings(kinds=KindSettings(accel_listed_mg=40.0))
    assert beside((RIGHT, moved((0.0, 40.0))), settings=listed) == "bilateral"


@pytest.mark.parametrize("kind", ["impact", "disturbance"])
def test_what_comes_from_outside_moves_no_limb(kind):
    assert beside((RIGHT, moved((0.0, 300.0, {"kind": kind})))) == "focal"


@pytest.mark.parametrize(
    ("other", "call"),
    [
        (sensor(side="right"), "bilateral"),
        (sensor("ankle"), "whole_body"),
        (sensor("ankle", "right"), "whole_body"),
        (sensor("thigh", "unknown"), "whole_body"),
        (sensor("other", "unknown"), "whole_body"),
        (sensor(side="unknown"), "unclear"),
    ],
    ids=["other wrist", "ankle", "ankle across", "thigh", "elsewhere", "wrist of unknown side"],
)
def test_limbs_that_moved_together_give_the_call(other, call):
    assert beside((other, moved((0.0, 200.0)))) == call


def test_of_which_side_is_unknown_is_said():
    other = (sensor(side="unknown"), moved((0.0, 200.0)))
    assert called((LEFT, moved((0.0, 200.0))), other) == [("unclear", "side_unknown", 2, 2)]


def test_a_sensor_of_unknown_side_alone_is_one_limb():
    wrist = sensor(side="unknown")
    assert called((wrist, moved((0.0, 200.0))), (ANKLE, STILL)) == [("focal", "", 2, 1)]


def test_both_sides_and_another_limb_are_the_whole_body():
    members = [(each, moved((0.0, 200.0))) for each in (LEFT, RIGHT, ANKLE)]
    assert called(*members) == [("whole_body", "", 3, 3)]


def test_two_sensors_on_one_leg_are_one_limb():
    thigh, ankle = (sensor(site, "left") for site in ("thigh", "ankle"))
    members = [(each, moved((0.0, 200.0))) for each in (thigh, ankle)]
    assert called(*members, (LEFT, STILL)) == [("focal", "", 3, 2)]


# ------------------------------------------------------------------ pushes from outside


@pytest.mark.parametrize(
    ("one_mg", "other_mg", "call"),
    [
        (79.9, 79.9, "shared_disturbance"),
        (80.0, 79.9, "bilateral"),
        (79.0, 39.5, "shared_disturbance"),
        (79.0, 39.4, "focal"),
    ],
    ids=["weak", "as much as the limit", "twice the other", "more than twice the other"],
)
def test_a_push_moves_every_sensor_weakly_and_nearly_equally(one_mg, other_mg, call):
    assert beside((RIGHT, moved((0.0, other_mg))), seed=(0.0, one_mg)) == call


def test_what_a_sensor_that_observed_it_does_not_show_is_no_push():
    both = [(each, moved((0.0, 70.0))) for each in (LEFT, RIGHT)]
    assert called(*both) == [("shared_disturbance", "", 2, 2)]
    assert called(*both, (ANKLE, STILL)) == [("bilateral", "", 3, 2)]
    away = sensor("ankle", observed=((-1e4, -1e3),))
    assert called(*both, (away, STILL)) == [("shared_disturbance", "", 2, 2)]


def test_one_sensor_cannot_tell_a_push():
    away = sensor(side="right", observed=((-1e4, -1e3),))
    members = (LEFT, moved((0.0, 70.0))), (away, STILL)
    assert called(*members) == [("alone", "not_observed", 1, 1)]


def test_limits_of_a_push_are_the_settings():
    settings = Settings(limbs=LimbSettings(disturbance_mg=120.0, disturbance_spread=3.0))
    both = (LEFT, moved((0.0, 110.0))), (RIGHT, moved((0.0, 40.0)))
    assert called(*both, settings=settings) == [("shared_disturbance", "", 2, 1)]


# ------------------------------------------------------------------ one limb alone


@pytest.mark.parametrize(
    ("observed", "call"),
    [
        ((-0.5, 0.5), "focal"),
        ((-0.499, 0.5), "alone"),
        ((-0.5, 0.499), "alone"),
    ],
    ids=["just all of it", "begun too late", "ended too early"],
)
def test_another_sensor_must_have_observed_all_of_half_a_second_around(observed, call):
    assert beside((sensor(side="right", observed=(observed,)), STILL)) == call


@pytest.mark.parametrize(
    ("side", "call"), [("left", "alone"), ("unknown", "alone"), ("right", "focal")]
)
def test_only_another_limb_tells_that_the_rest_was_still(side, call):
    wrist = sensor("ankle", side)
    assert called((sensor("thigh"), moved((0.0, 200.0))), (wrist, STILL))[0][0] == call


@pytest.mark.parametrize(
    ("begin_s", "length_s", "call"),
    [
        (-9.0, 8.5, "unclear"),
        (-9.0, 8.499, "focal"),
        (-0.501, 0.0, "focal"),
        (0.5, 1.0, "bilateral"),
        (0.501, 1.0, "focal"),
    ],
    ids=["ends within", "ended before", "brief", "goes along", "begins after"],
)
def test_another_limb_that_was_moving_already_leaves_it_open(begin_s, length_s, call):
    event = (begin_s, 200.0, {"kind": "limb_movement", "duration_s": length_s})
    assert beside((RIGHT, moved(event))) == call


@pytest.mark.parametrize("longest_s", [15.0, 45.0])
def test_the_longest_event_that_was_begun_before_is_still_seen(longest_s):
    settings = Settings(scan=ScanSettings(longest_event_s=longest_s))
    event = (-longest_s - 0.5, 200.0, {"kind": "body_movement", "duration_s": longest_s})
    assert beside((RIGHT, moved(event)), settings=settings) == "unclear"


@pytest.mark.parametrize(
    ("other_s", "call"),
    [(0.5, "unclear"), (0.500_000_001, "focal")],
    ids=["within half a second", "later"],
)
def test_another_limb_that_moves_for_another_event_leaves_it_open(other_s, call):
    # the right wrist goes along with the larger sleep start; the smaller one is near it, too
    left = moved((0.0, 100.0), (0.9, 300.0))
    right = moved((other_s, 90.0, {"kind": "brief_other"}))
    first, second = called((LEFT, left), (RIGHT, right))
    assert (first[0], second[0]) == (call, "bilateral")


@pytest.mark.parametrize("event", [(-2.0, 49.0, {}), (-2.0, 300.0, {"kind": "impact"})])
def test_faint_movement_and_knocks_before_are_stillness(event):
    t, mg, more = event
    assert beside((RIGHT, moved((t, mg, {"kind": "brief_other", "duration_s": 5.0, **more})))) == (
        "focal"
    )


def test_the_same_limb_moving_does_not_make_another_one_unclear():
    seen = moved((-3.0, 200.0, {"kind": "limb_movement", "duration_s": 3.0}), (0.0, 200.0))
    assert called((LEFT, seen), (RIGHT, STILL)) == [("focal", "", 2, 1)]


# ------------------------------------------------------------------ several clocks


def test_sensors_that_were_not_aligned_are_looked_at_apart():
    both = [(each, moved((0.0, 200.0))) for each in (LEFT, RIGHT)]
    clocks = [Clock(root=0), Clock(root=1)]
    found = called(*both, clocks=clocks, pairs=[pair(0, 1, reason="few_shared")])
    assert found == [("unaligned", "few_shared", 1, 1)] * 2


def test_events_of_one_moment_on_two_clocks_are_in_the_order_of_the_clocks():
    both = [(each, moved((0.0, 200.0))) for each in (LEFT, RIGHT)]
    clocks = [Clock(root=0), Clock(root=1)]
    joints = joint_events(group(*both, clocks=clocks), S)
    assert [joint.root for joint in joints] == [0, 1]


def test_a_sensor_that_was_aligned_with_all_others_worn_is_alone_and_not_unaligned():
    away = sensor(side="right", observed=((-1e4, -1e3),))
    found = called((LEFT, moved((0.0, 200.0))), (away, STILL), pairs=[pair(0, 1)])
    assert found == [("alone", "not_observed", 1, 1)]
