"""What a joint event, a pair of clocks and a night of several sensors say in their tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_group import group, moved, pair, sensor

from detector.limbs.align import Alignment
from detector.limbs.calls import CALLS, joint_events
from detector.limbs.group import Clock, Pair, one_clock
from detector.limbs.rows import alignment_rows, limb_rows, night_rows
from detector.settings import KindSettings, Settings
from detector.tables import csvtext
from detector.tables.columns import LIMB_NIGHTS, LIMBS, NIGHTS

S = Settings()
KINDS = KindSettings()
HOUR_S = 3600.0


def rows(*members, first=0, **how):
    found = group(*members, **how)
    return list(limb_rows(found, joint_events(found, S), first))


# ------------------------------------------------------------------ limbs.csv


def test_a_joint_event_names_its_members_in_the_order_in_which_they_began():
    right = moved((100.0, 60.0, {"kind": "micro_twitch"}))
    left = moved((50.0, 70.0), (100.04, 212.34, {"counted": True}))
    clocks = one_clock(2, [pair(0, 1, uncertainty_ms=40.0)])
    _, row = rows(
        (sensor(name="l"), left), (sensor(side="right", name="r"), right), clocks=clocks, first=7
    )
    assert row == {
        "joint_index": 8,
        "participant_id": "anna",
        "night_date": "2024-03-05",
        "start_time": "at 100",
        "start_utc": "1970-01-01T00:01:40.000Z",
        "clock_recording_id": "l",
        "call": "bilateral",
        "reason": None,
        "counted": True,
        "n_observed": 2,
        "n_moved": 2,
        "recording_ids": "r;l",
        "event_indexes": "100;101",
        "sites": "wrist;wrist",
        "sides": "right;left",
        "kinds": "micro_twitch;sleep_start",
        "peaks_accel_mg": "60.0;212.3",
        "afters_s": "0.000;0.040",
        "spread_s": 0.04,
        "clock_offsets_s": "0.000;0.000",
        "uncertainty_ms": 40.0,
    }
    assert set(row) == {column.name for column in LIMBS}


def test_it_is_counted_if_one_of_its_members_is():
    left, right = moved((0.0, 200.0)), moved((0.0, 100.0, {"counted": True}))
    (row,) = rows((sensor(), left), (sensor(side="right"), right))
    assert row["counted"] is True
    (row,) = rows((sensor(), left), (sensor(side="right"), moved((0.0, 100.0))))
    assert row["counted"] is False


def test_times_are_those_of_the_common_clock_and_offsets_say_how_far_each_is_ahead():
    clocks = one_clock(2, [pair(0, 1, offset_s=12.5)])
    found = group((sensor(), moved()), (sensor(side="right"), moved((112.5, 200.0))), clocks=clocks)
    (row,) = limb_rows(found, joint_events(found, S), 0)
    assert row["start_utc"] == "1970-01-01T00:01:40.000Z"
    assert row["start_time"] == "at 112.5"
    assert row["clock_recording_id"] == "wrist left"
    assert row["clock_offsets_s"] == "12.500"
    assert row["afters_s"] == "0.000"


def test_without_a_zone_there_is_no_utc():
    (row,) = rows((sensor(in_utc=False), moved((0.0, 200.0))), (sensor(side="right"), moved()))
    assert row["start_utc"] is None


@pytest.mark.parametrize(
    ("ns", "shown"),
    [
        (499_999, "00.000Z"),
        (500_000, "00.001Z"),
        (1_499_999, "00.001Z"),
        (59_999_500_000, "00.000Z"),
    ],
)
def test_times_are_rounded_to_the_millisecond(ns, shown):
    events = moved((0.0, 200.0))
    events = replace(events, start_ns=np.array([ns]), end_ns=np.array([ns + 1]))
    (row,) = rows((sensor(), events), (sensor(side="right"), moved()))
    assert row["start_utc"].endswith(shown)


def test_why_a_call_says_little_is_told():
    away = sensor(side="right", observed=((-2e4, -1e4),))
    (row,) = rows((sensor(), moved((0.0, 200.0))), (away, moved()))
    assert (row["call"], row["reason"]) == ("alone", "not_observed")


# ------------------------------------------------------------------ alignments.csv


def test_clocks_that_were_aligned_say_how_they_run():
    found = Alignment(
        reason="",
        shared=31,
        by_chance=0.5,
        offset_s=2.25,
        drift_ppm=-11.0,
        residual_ms=70.0,
        uncertainty_ms=65.0,
    )
    both = Pair(one=0, other=1, overlap_h=7.5, alignment=found)
    (row,) = alignment_rows(
        group(
            (sensor(name="a"), moved()), (sensor("ankle", "right", name="b"), moved()), pairs=[both]
        )
    )
    assert row == {
        "participant_id": "anna",
        "recording_id": "a",
        "other_recording_id": "b",
        "place": "wrist left",
        "other_place": "ankle right",
        "overlap_h": 7.5,
        "aligned": True,
        "reason": None,
        "n_shared": 31,
        "by_chance": 0.5,
        "offset_s": 2.25,
        "drift_ppm": -11.0,
        "residual_ms": 70.0,
        "uncertainty_ms": 65.0,
    }


def test_what_is_unknown_of_clocks_that_were_not_is_empty():
    both = Pair(one=0, other=1, overlap_h=1.0, alignment=Alignment(reason="few_shared", shared=3))
    (row,) = alignment_rows(group((sensor(), moved()), (sensor("ankle"), moved()), pairs=[both]))
    assert (row["aligned"], row["reason"], row["n_shared"]) == (False, "few_shared", 3)
    numbers = ("by_chance", "offset_s", "drift_ppm", "residual_ms", "uncertainty_ms")
    assert [row[name] for name in numbers] == [None] * 5


# ------------------------------------------------------------------ limb_nights.csv


def at(hour):
    """A time of the night in UTC, and of a device that shows the same."""
    return f"1970-01-0{1 + hour // 24}T{hour % 24:02d}:00:00.000"


@pytest.fixture
def slept(tmp_path):
    """A sensor that slept between hours of one date each, in a folder of its own."""

    def make(name, *nights, site="ankle", side="left", in_utc=True, **how):
        folder = tmp_path / name
        folder.mkdir()
        rows = []
        for date, onset, wake in nights:
            row = {"recording_id": name, "night_date": date}
            for what, hour in (("sleep_onset", onset), ("wake", wake)):
                if hour is not None:
                    row[what] = at(hour)
                    row[f"{what}_utc"] = f"{at(hour)}Z" if in_utc else None
            rows.append(row)
        (folder / "nights.csv").write_bytes(csvtext.table(NIGHTS, rows))
        return sensor(site, side, name=name, folder=folder, in_utc=in_utc, **how)

    return make


NIGHT = ("2024-03-05", 1, 5)


def of_nights(*members, **how):
    found = group(*members, **how)
    return night_rows(found, joint_events(found, S), KINDS)


def test_a_night_counts_its_joint_events_by_call(slept):
    left = moved((HOUR_S, 200.0), (2 * HOUR_S, 200.0), (3 * HOUR_S, 200.0))
    right = moved((2 * HOUR_S, 200.0))
    (row,) = of_nights((slept("l", NIGHT, site="wrist"), left),
                       (slept("r", NIGHT, site="wrist", side="right"), right))  # fmt: skip
    assert {name: row[f"n_{name}"] for name in CALLS if row[f"n_{name}"]} == {
        "focal": 2,
        "bilateral": 1,
    }
    assert row["recording_ids"] == "l;r"
    assert set(row) <= {column.name for column in LIMB_NIGHTS}


def test_a_joint_event_is_of_the_night_of_its_first_member(slept):
    left, right = moved((0.1, 200.0)), moved((0.0, 100.0))
    right = replace(right, night=np.array(["2024-03-04"]))
    members = [
        (slept("l", NIGHT, site="wrist"), left),
        (slept("r", ("2024-03-04", 1, 2), site="wrist", side="right"), right),
    ]
    found = {row["night_date"]: row["n_bilateral"] for row in of_nights(*members)}
    assert found == {"2024-03-04": 1, "2024-03-05": 0}


def test_every_night_of_any_sensor_has_a_row_in_order(slept):
    members = [
        (slept("l", ("2024-03-06", 1, 2), NIGHT, site="wrist"), moved()),
        (slept("r", ("2024-03-04", 1, 2), site="wrist", side="right"), moved()),
    ]
    found = of_nights(*members)
    assert [row["night_date"] for row in found] == ["2024-03-04", "2024-03-05", "2024-03-06"]
    assert {row[f"n_{call}"] for row in found for call in CALLS} == {0}


def both_ankles(slept, left=(), right=(), clocks=None, observed=((0.0, 24 * HOUR_S),), **how):
    ends = how.get("nights", ([NIGHT], [NIGHT]))
    members = [
        (slept("l", *ends[0], observed=observed), moved(*left)),
        (slept("r", *ends[1], side="right", observed=how.get("right_observed", observed)),
         moved(*right)),
    ]  # fmt: skip
    (row,) = of_nights(*members, clocks=clocks)
    names = ("both_ankles_h", "lm_both_acc_n", "plm_both_acc_n", "plm_both_acc_per_h")
    return tuple(row.get(name) for name in names)


def kicks(*seconds):
    return [(float(t), 100.0, {"kind": "limb_movement", "duration_s": 1.0}) for t in seconds]


def test_movements_of_both_legs_are_counted_while_both_slept(slept):
    # asleep from 1 to 5 h; five kicks in turn are a series, one before sleep is none of it
    begin = 2 * HOUR_S
    found = both_ankles(
        slept, kicks(10, begin, begin + 40, begin + 80), kicks(begin + 20, begin + 60)
    )
    assert found == (4.0, 5, 5, 1.25)


def test_a_movement_at_the_end_of_sleep_is_outside_and_one_at_its_beginning_inside(slept):
    assert both_ankles(slept, kicks(HOUR_S, 5 * HOUR_S))[1] == 1


@pytest.mark.parametrize(
    ("nights", "hours"),
    [
        (([NIGHT], [("2024-03-05", 2, 6)]), 3.0),
        (([NIGHT], [("2024-03-05", 5, 6)]), 0.0),
        (([NIGHT], [("2024-03-05", 6, 7)]), 0.0),
        (([NIGHT], [("2024-03-05", 2, None)]), None),
        (([NIGHT], [("2024-03-05", None, None)]), None),
        (([("2024-03-05", None, None)], [NIGHT]), None),
    ],
    ids=[
        "sleep overlaps",
        "no common sleep",
        "sleep apart",
        "one without wake",
        "one without sleep",
        "the other without",
    ],
)
def test_only_sleep_that_both_have_counts(slept, nights, hours):
    found = both_ankles(slept, kicks(3 * HOUR_S), nights=nights)
    assert found[0] == hours
    if not hours:
        assert found[1:] == (None, None, None)


def test_only_what_both_observed_counts(slept):
    found = both_ankles(
        slept,
        kicks(1.5 * HOUR_S, 3.5 * HOUR_S),
        observed=((0.0, 2 * HOUR_S), (3 * HOUR_S, 24 * HOUR_S)),
        right_observed=((0.0, 4 * HOUR_S),),
    )
    assert found == (2.0, 2, 0, 0.0)


def test_the_clock_of_the_second_leg_is_brought_to_that_of_the_first(slept):
    clocks = one_clock(2, [pair(0, 1, offset_s=HOUR_S)])
    found = both_ankles(slept, nights=([NIGHT], [("2024-03-05", 2, 6)]), clocks=clocks)
    assert found[0] == 4.0


def test_legs_on_two_clocks_are_not_put_together(slept):
    assert both_ankles(slept, clocks=[Clock(root=0), Clock(root=1)]) == (None,) * 4


def test_of_two_sensors_on_one_ankle_the_first_counts(slept):
    members = [
        (slept("a", NIGHT), moved(*kicks(2 * HOUR_S))),
        (slept("b", NIGHT), moved()),
        (slept("c", NIGHT, side="right"), moved()),
    ]
    (row,) = of_nights(*members)
    assert row["lm_both_acc_n"] == 1


def test_on_their_own_clocks_sleep_is_by_device_time(slept):
    members = [
        (slept("l", NIGHT, in_utc=False), moved()),
        (slept("r", NIGHT, side="right", in_utc=False), moved()),
    ]
    (row,) = of_nights(*members)
    assert row["both_ankles_h"] == 4.0


def test_stretches_that_only_touch_share_nothing(slept):
    found = both_ankles(
        slept,
        observed=((0.0, 2 * HOUR_S),),
        right_observed=((2 * HOUR_S, 24 * HOUR_S),),
    )
    assert found == (0.0, None, None, None)
