"""What several sensors on one person say together, from the folders of their recordings."""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace

import pytest
from made_limbs import Worn, moving_together, write_results

from detector.limbs import write_limbs
from detector.limbs.calls import CALLS
from detector.settings import LimbSettings, Settings
from detector.tables import csvtext
from detector.tables.columns import ALIGNMENTS, LIMB_NIGHTS, LIMBS

TABLES = {"limbs.csv": LIMBS, "limb_nights.csv": LIMB_NIGHTS, "alignments.csv": ALIGNMENTS}


def written(out, *sensors, settings=None):
    """Rows of the three tables."""
    write_limbs(out, settings or Settings(), write_results(out, *sensors))
    return [list(csvtext.read(columns, out / name)) for name, columns in TABLES.items()]


def three(seed=1):
    """Both wrists and an ankle on one person, with clocks that disagree."""
    return moving_together(
        seed,
        Worn("wl"),
        Worn("wr", side="right", offset_s=-213.8, drift_ppm=-35),
        Worn("al", site="ankle", offset_s=47.3, drift_ppm=20),
    )


def jerk(sensor, time_s, mg=200.0, **other):
    return sensor.sees(time_s, "sleep_start", mg, duration_s=0.6, **other)


AT = 20_000.0


def calls(rows):
    return [(row["call"], row["reason"], row["n_observed"]) for row in rows]


def test_what_happens_together_on_clocks_that_disagree_is_one_event(tmp_path):
    sensors = three()
    for delay, sensor in enumerate(sensors):
        jerk(sensor, AT + 0.02 * delay, counted=sensor.name == "wr")
    rows, nights, pairs = written(tmp_path, *sensors)
    (row,) = rows
    assert (row["call"], row["counted"], row["n_observed"]) == ("whole_body", True, 3)
    assert sorted(row["recording_ids"].split(";")) == ["al", "wl", "wr"]
    assert row["clock_recording_id"] == "al"
    assert row["spread_s"] < 0.2
    assert nights[0]["n_whole_body"] == 1
    offsets = {(p["recording_id"], p["other_recording_id"]): p["offset_s"] for p in pairs}
    assert all(pair["aligned"] for pair in pairs)
    # at the middle of the night the drifts have added up
    assert offsets["al", "wl"] == pytest.approx(-47.3 - 20e-6 * 18_000, abs=0.1)
    assert offsets["wl", "wr"] == pytest.approx(-213.8 - 35e-6 * 18_000, abs=0.1)


@pytest.mark.parametrize(
    ("moving", "call"),
    [
        ({"wl": 200}, "focal"),
        ({"wl": 200, "wr": 150}, "bilateral"),
        ({"wl": 200, "al": 150}, "whole_body"),
        ({"wl": 900, "al": 30}, "focal"),  # what passes through the mattress is stillness
        ({"wl": 78, "wr": 60, "al": 45}, "shared_disturbance"),
        ({"wl": 78, "wr": 60, "al": 30}, "bilateral"),  # not nearly equal
        ({"wl": 90, "wr": 60, "al": 55}, "whole_body"),  # not weak
        ({"wl": 78, "wr": 60}, "bilateral"),  # not all of them
    ],
)
def test_the_limbs_that_moved_give_the_call(tmp_path, moving, call):
    sensors = three()
    for sensor in sensors:
        if sensor.name in moving:
            jerk(sensor, AT, moving[sensor.name])
    rows, _, _ = written(tmp_path, *sensors)
    assert calls(rows) == [(call, None, 3)]


def test_other_kinds_take_part_but_knocks_do_not(tmp_path):
    sensors = three()
    jerk(sensors[0], AT)
    sensors[1].sees(AT + 0.3, "brief_other", 120.0)
    sensors[2].sees(AT, "impact", 500.0)
    rows, _, _ = written(tmp_path, *sensors)
    assert calls(rows) == [("bilateral", None, 3)]


@pytest.mark.parametrize(
    ("apart_s", "called"), [(0.35, ["bilateral"]), (0.7, ["focal", "unclear"])]
)
def test_half_a_second_is_together(tmp_path, apart_s, called):
    sensors = three()
    jerk(sensors[0], AT)
    jerk(sensors[1], AT + apart_s)
    rows, _, _ = written(tmp_path, *sensors)
    assert [row["call"] for row in rows] == called


def test_while_another_limb_is_moving_nobody_can_tell(tmp_path):
    sensors = three()
    jerk(sensors[0], AT)
    sensors[2].sees(AT - 8, duration_s=9.0)
    rows, nights, _ = written(tmp_path, *sensors)
    assert calls(rows) == [("unclear", "other_moving", 3)]
    assert nights[0]["n_unclear"] == 1


def test_what_no_other_sensor_observed_is_never_focal(tmp_path):
    sensors = three()
    for sensor in sensors[1:]:
        sensor.off = [(AT - 600, AT + 600)]
    jerk(sensors[0], AT)
    jerk(sensors[0], AT + 900)
    rows, _, _ = written(tmp_path, *sensors)
    assert [(row["call"], row["reason"]) for row in rows] == [
        ("alone", "not_observed"),
        ("focal", None),
    ]


def test_with_clocks_that_cannot_be_aligned_nothing_is_guessed(tmp_path):
    (one,), (other,) = moving_together(1, Worn("wl")), moving_together(2, Worn("al", site="ankle"))
    jerk(one, AT)
    jerk(other, AT)
    rows, nights, (pair,) = written(tmp_path, one, other)
    assert {(row["call"], row["reason"]) for row in rows} == {("unaligned", "no_clear_peak")}
    assert (nights[0]["n_unaligned"], nights[0]["n_focal"]) == (2, 0)
    assert (pair["aligned"], pair["offset_s"]) == (False, None)


def test_ankle_and_thigh_are_of_one_leg(tmp_path):
    ankle, thigh, wrist = moving_together(
        3, Worn("a", site="ankle"), Worn("t", site="thigh"), Worn("w")
    )
    jerk(ankle, AT)
    jerk(thigh, AT)
    rows, _, _ = written(tmp_path, ankle, thigh, wrist)
    assert calls(rows) == [("focal", None, 3)]


def test_a_thigh_alone_does_not_tell_whether_the_other_leg_was_still(tmp_path):
    ankle, thigh = moving_together(3, Worn("a", site="ankle"), Worn("t", site="thigh"))
    jerk(ankle, AT)
    rows, _, _ = written(tmp_path, ankle, thigh)
    assert calls(rows) == [("alone", "not_observed", 2)]


def test_without_zones_the_clocks_are_compared_as_they_are(tmp_path):
    sensors = [replace(sensor, zone=None) for sensor in three()]
    jerk(sensors[0], AT)
    jerk(sensors[1], AT)
    rows, _, pairs = written(tmp_path, *sensors)
    assert [row["call"] for row in rows] == ["bilateral"]
    assert rows[0]["start_utc"] is None
    assert all(pair["aligned"] for pair in pairs)


@pytest.mark.parametrize(
    "sensors",
    [
        [Worn("a"), Worn("b")],  # one place
        [Worn("a"), Worn("b", side="unknown")],  # perhaps the same wrist
        [Worn("a", side="unknown"), Worn("b", side="unknown")],
        [Worn("a"), Worn("b", site="unknown")],
        [Worn("a"), Worn("b", side="right", person="bert")],
        [Worn("a", hours=(0, 4)), Worn("b", side="right", hours=(5, 9))],
        [Worn("a"), Worn("b", side="right", zone=None)],  # device time and UTC
        [Worn("a")],
        [],
    ],
)
def test_recordings_that_are_no_set_leave_empty_tables(tmp_path, sensors):
    assert written(tmp_path, *moving_together(1, *sensors)) == [[], [], []]
    assert (tmp_path / "limbs.csv").read_bytes() == csvtext.header(LIMBS)
    assert not (tmp_path / "participants").exists()


def test_a_sensor_without_events_is_not_aligned(tmp_path):
    (one,) = moving_together(1, Worn("wl"))
    jerk(one, AT)
    rows, nights, (pair,) = written(tmp_path, one, Worn("al", site="ankle"))
    assert [row["call"] for row in rows] == ["unaligned"]
    assert (pair["reason"], nights[0]["n_unaligned"]) == ("few_shared", 1)


def content(out):
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def test_the_order_of_rows_changes_nothing(tmp_path):
    people = [replace(s, name=f"{who}{s.name}", person=who) for who in ("b", "a") for s in three()]
    for sensor in people:
        jerk(sensor, AT)
    rows = write_results(tmp_path, *people)
    found = []
    for order in (rows, rows[::-1], rows[2:] + rows[:2]):
        write_limbs(tmp_path, Settings(), order)
        found.append(content(tmp_path))
    assert found[0] == found[1] == found[2]
    limbs = list(csvtext.read(LIMBS, tmp_path / "limbs.csv"))
    assert [row["participant_id"] for row in limbs] == sorted(r["participant_id"] for r in limbs)


def test_which_sensor_comes_first_changes_no_call(tmp_path):
    found = set()
    for number, names in enumerate(itertools.permutations(("x", "y", "z"))):
        sensors = [replace(s, name=n) for s, n in zip(three(), names, strict=True)]
        for t, one in ((AT, 0), (AT + 100, 1), (AT + 100, 0), (AT + 200, 2), (AT + 200, 0)):
            jerk(sensors[one], t)
        rows, _, _ = written(tmp_path / str(number), *sensors)
        found.add(tuple(row["call"] for row in rows))
    assert found == {("focal", "bilateral", "whole_body")}


def test_pages_have_safe_names_and_say_nothing_but_text(tmp_path):
    person = "../<script>alert(1)</script> ü"
    sensors = [replace(sensor, person=person) for sensor in three()]
    jerk(sensors[0], AT)
    written(tmp_path, *sensors)
    (page,) = (tmp_path / "participants").rglob("*.html")
    assert page.parent.parent == tmp_path / "participants"
    text = page.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    for name in ("wl", "wr", "al"):
        assert f'href="../../recordings/{name}/report.html"' in text
    assert "http" not in text.replace("http-equiv", "")


def test_pages_of_an_earlier_run_go_away(tmp_path):
    rows = write_results(tmp_path, *three())
    write_limbs(tmp_path, Settings(), rows)
    assert (tmp_path / "participants" / "anna").exists()
    write_limbs(tmp_path, Settings(), rows[:1])
    assert not (tmp_path / "participants").exists()


def test_every_sleep_start_is_in_one_joint_event_and_counts_add_up(tmp_path):
    sensors = three()
    for k, sensor in enumerate(sensors):
        for t in range(1000, 30_000, 700 + 100 * k):
            jerk(sensor, float(t))
    rows, nights, _ = written(tmp_path, *sensors)
    members = [
        (name, index)
        for row in rows
        for name, index, kind in zip(
            row["recording_ids"].split(";"),
            row["event_indexes"].split(";"),
            row["kinds"].split(";"),
            strict=True,
        )
        if kind == "sleep_start"
    ]
    with_starts = sum(e["kind"] == "sleep_start" for s in sensors for e in s.events)
    assert len(members) == len(set(members)) == with_starts
    assert sum(nights[0][f"n_{call}"] for call in CALLS) == len(rows)


def test_settings_of_limbs_move_the_calls(tmp_path):
    sensors = three()
    for sensor, mg in zip(sensors, (95, 90, 85), strict=True):
        jerk(sensor, AT, mg)
    rows, _, _ = written(tmp_path / "a", *sensors)
    assert [row["call"] for row in rows] == ["whole_body"]
    strict = Settings(limbs=LimbSettings(disturbance_mg=100))
    rows, _, _ = written(tmp_path / "b", *sensors, settings=strict)
    assert [row["call"] for row in rows] == ["shared_disturbance"]


def test_tables_are_csv_that_others_can_read(tmp_path):
    sensors = [replace(sensor, person='=cmd "x", y') for sensor in three()]
    jerk(sensors[0], AT)
    written(tmp_path, *sensors)
    with (tmp_path / "limbs.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["participant_id"] == '\'=cmd "x", y'
    assert list(row) == [column.name for column in LIMBS]
