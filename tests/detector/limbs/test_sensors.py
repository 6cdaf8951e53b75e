"""Which recordings are a set, what each observed, and which movements align their clocks."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_group import moved, sensor, spans
from made_limbs import Worn, write_results

from detector.limbs.sensors import (
    Place,
    Recorded,
    holds,
    movements,
    sensors,
    time_ns,
    without,
    worn_by_one,
)
from detector.settings import KindSettings

S = KindSettings()
NO_ROWS = np.zeros((0, 2), np.int64)


# ------------------------------------------------------------------ places


@pytest.mark.parametrize(
    ("site", "limb"), [("wrist", "arm"), ("ankle", "leg"), ("thigh", "leg"), ("other", "other")]
)
def test_ankle_and_thigh_are_of_the_leg(site, limb):
    assert Place(site, "left").limb == limb


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (("wrist", "left"), ("wrist", "right"), True),
        (("wrist", "left"), ("wrist", "left"), False),
        (("wrist", "left"), ("wrist", "unknown"), False),
        (("wrist", "unknown"), ("wrist", "unknown"), False),
        (("wrist", "left"), ("ankle", "left"), True),
        (("wrist", "unknown"), ("ankle", "unknown"), True),
        (("unknown", "left"), ("wrist", "right"), False),
        (("ankle", "left"), ("thigh", "left"), True),
    ],
)
def test_places_differ_if_sites_do_or_two_known_sides_of_one_site(one, other, differ):
    assert Place(*one).differs(Place(*other)) is differ
    assert Place(*other).differs(Place(*one)) is differ


@pytest.mark.parametrize(
    ("observed", "shares"),
    [
        (((0, 10),), True),
        (((9, 20),), True),
        (((10, 20),), False),
        (((-10, 0),), False),
        (((-10, 1),), True),
        (((-10, -5), (12, 20)), True),
    ],
    ids=["the same", "a second", "from its end", "to its beginning", "a second before", "around"],
)
def test_sensors_share_time_if_their_spans_overlap(observed, shares):
    one, other = sensor(observed=((0, 10),)), sensor(side="right", observed=observed)
    assert one.shares(other) is shares
    assert other.shares(one) is shares


@pytest.mark.parametrize(
    "other", [sensor(), sensor(side="unknown"), sensor(side="right", in_utc=False)]
)
def test_one_place_or_clocks_of_other_kinds_share_nothing(other):
    assert not sensor().shares(other)


# ------------------------------------------------------------------ who wore several


def row(name, site="wrist", side="left", **other):
    known = {"status": "ok", "participant_id": "anna", "tz_source": "user"}
    return {"recording_id": name, "site": site, "side": side, **known, **other}


def test_of_who_wore_several_places_all_recordings_are_in_order():
    rows = [
        row("z", side="right"),
        row("a"),
        row("b", participant_id="Bert"),
        row("m", "ankle", tz_source="unknown", status="ok_with_warnings"),
    ]
    assert worn_by_one(rows) == {
        "anna": [
            Recorded("a", "anna", Place("wrist", "left"), in_utc=True),
            Recorded("m", "anna", Place("ankle", "left"), in_utc=False),
            Recorded("z", "anna", Place("wrist", "right"), in_utc=True),
        ]
    }


@pytest.mark.parametrize(
    "other",
    [
        {"status": "failed"},
        {"status": "skipped"},
        {"site": "unknown"},
        {"participant_id": "bert"},
        {"side": "left"},
    ],
    ids=str,
)
def test_what_is_no_second_place_of_a_done_recording_is_none(other):
    assert worn_by_one([row("a"), row("b", **{"side": "right", **other})]) == {}


def test_participants_are_in_order():
    rows = [row(f"{who}{s}", side=s, participant_id=who) for who in "ba" for s in ("left", "right")]
    assert list(worn_by_one(rows)) == ["a", "b"]


# ------------------------------------------------------------------ what was observed


@pytest.mark.parametrize(
    ("lost", "left"),
    [
        ((), ((0, 10), (20, 30))),
        (((2, 3),), ((0, 2), (3, 10), (20, 30))),
        (((0, 10),), ((20, 30),)),
        (((-5, 2), (28, 40)), ((2, 10), (20, 28))),
        (((5, 25),), ((0, 5), (25, 30))),
        (((2, 6), (3, 4), (5, 8)), ((0, 2), (8, 10), (20, 30))),
        (((10, 20),), ((0, 10), (20, 30))),
        (((-9, 99),), ()),
    ],
    ids=["none", "within", "one whole", "ends", "across", "overlapping", "between", "all"],
)
def test_what_was_lost_is_taken_from_what_was_recorded(lost, left):
    found = without(spans((0, 10), (20, 30)), spans(*lost))
    assert found.tolist() == spans(*left).tolist()


stretches = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=6)


@given(stretches)
def test_a_moment_is_left_if_it_was_recorded_and_not_lost(lost):
    lost = sorted((a, a + n) for a, n in lost)
    kept = without(np.array([(5, 20), (25, 45)]), np.array(lost, int).reshape(-1, 2))
    for t in range(60):
        recorded = 5 <= t < 20 or 25 <= t < 45
        expected = recorded and not any(a <= t < b for a, b in lost)
        assert any(a <= t < b for a, b in kept.tolist()) is expected


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [
        (0, 10, True),
        (-1, 10, False),
        (0, 11, False),
        (5, 22, False),
        (20, 30, True),
        (31, 32, False),
    ],
)
def test_a_stretch_is_held_by_one_span_that_has_all_of_it(first, last, held):
    assert holds(np.array([(0, 10), (20, 30)]), first, last) is held


def test_what_was_not_worn_or_unusable_was_not_observed(tmp_path):
    worn = Worn("a", hours=(1.0, 2.0), off=[(4000.0, 4100.0)])
    write_results(tmp_path, worn)
    path = tmp_path / "recordings" / "a" / "result.json"
    result = json.loads(path.read_text())
    loud = {"start": worn.text(5000.0) + "+00:00", "end": worn.text(5010.0) + "+00:00"}
    result["nights"][0]["unusable"] = [loud]
    path.write_text(json.dumps(result))
    recorded = Recorded("a", "anna", Place("wrist", "left"), in_utc=True)
    (found,) = sensors(tmp_path, [recorded])
    begin_ns = time_ns("2024-03-05T21:00")
    since_s = (found.observed - begin_ns) / 1e9
    assert since_s.tolist() == [[3600, 4000], [4100, 5000], [5010, 7200]]
    assert (found.first_ns - begin_ns, found.last_ns - begin_ns) == (3600 * 10**9, 7200 * 10**9)
    assert (found.recording_id, found.place.site, found.in_utc) == ("a", "wrist", True)


def test_a_sensor_that_never_observed_anything_is_left_out(tmp_path):
    write_results(tmp_path, Worn("a", off=[(0.0, 36_000.0)]))
    recorded = Recorded("a", "anna", Place("wrist", "left"), in_utc=True)
    assert sensors(tmp_path, [recorded]) == []


@pytest.mark.parametrize(
    ("text", "since_1970_s"),
    [
        ("1970-01-01T00:00:01.250Z", 1.25),
        ("1970-01-01T00:00:01.250", 1.25),
        ("1970-01-01T01:00:00.000+01:00", 0.0),
        ("1969-12-31T23:59:59.999Z", -0.001),
    ],
)
def test_times_of_tables_are_utc_or_the_devices_own(text, since_1970_s):
    assert time_ns(text) == round(since_1970_s * 1e9)


# ------------------------------------------------------------------ movements


@pytest.mark.parametrize("zone", ["UTC", None], ids=["in a known zone", "on its own clock"])
def test_events_are_read_back_as_their_table_has_them(tmp_path, zone):
    worn = Worn("a", zone=zone).sees(1.5, "sleep_start", 210.0, counted=True, duration_s=0.64)
    worn.sees(60.0, "impact", 90.0, still_before_s=4.0, posture_change_deg=3.0, hf_lf_ratio=2.0)
    write_results(tmp_path, worn)
    recorded = Recorded("a", "anna", Place("wrist", "left"), in_utc=zone is not None)
    (found,) = sensors(tmp_path, [recorded])
    events = movements(found)
    assert len(events) == 2
    assert events.index.tolist() == [0, 1]
    assert events.night.tolist() == ["2024-03-05"] * 2
    offset = "+00:00" if zone else ""
    assert events.text.tolist()[0] == f"2024-03-05T21:00:01.500{offset}"
    assert (events.start_ns - time_ns("2024-03-05T21:00")).tolist() == [1_500_000_000, 60 * 10**9]
    assert (events.end_ns - events.start_ns).tolist() == [640_000_000, 10**9]
    assert events.kind.tolist() == ["sleep_start", "impact"]
    assert events.counted.tolist() == [True, False]
    assert events.peak_mg.tolist() == [210.0, 90.0]
    assert events.still_before_s.tolist() == [30.0, 4.0]
    assert (events.posture_change_deg[1], events.hf_lf_ratio[1]) == (3.0, 2.0)
    assert events.is_start.tolist() == [True, False]


@pytest.mark.parametrize(
    ("event", "chosen"),
    [
        ((5.0, 50.0), True),
        ((5.0, 49.9), False),
        ((5.0, 100.0, {"still_before_s": 10.0}), True),
        ((5.0, 100.0, {"still_before_s": 9.9}), False),
        ((5.0, 100.0, {"kind": "body_movement"}), True),
        ((5.0, 100.0, {"kind": "impact"}), False),
        ((5.0, 100.0, {"kind": "disturbance"}), False),
        ((0.0, 100.0), True),
        ((-0.001, 100.0), False),
        ((9.999, 100.0), True),
        ((10.0, 100.0), False),
    ],
    ids=["listed size", "smaller", "out of 10 s of stillness", "less still", "any kind", "knock",
         "ringing", "at the beginning", "before", "at the end", "behind"],
)  # fmt: skip
def test_clocks_are_aligned_by_listed_movements_out_of_stillness(event, chosen):
    found = moved(event).beginnings(S, 0, 10 * 10**9)
    assert len(found.start_ns) == chosen


def test_what_is_listed_and_still_is_said_by_the_settings():
    kinds = KindSettings(accel_listed_mg=40.0, still_before_s=8.0)
    event = (5.0, 40.0, {"still_before_s": 8.0})
    assert len(moved(event).beginnings(kinds, 0, 10**10).start_ns) == 1


@pytest.mark.parametrize(
    ("peak_mg", "weight"),
    [(50.0, 0.25), (100.0, 0.5), (199.0, 0.995), (200.0, 1.0), (900.0, 1.0)],
)
def test_larger_movements_weigh_more_up_to_200_mg(peak_mg, weight):
    assert moved((5.0, peak_mg)).beginnings(S, 0, 10**10).weight.tolist() == [weight]


def test_the_smallest_movements_weigh_a_quarter():
    kinds = KindSettings(accel_listed_mg=20.0)
    assert moved((5.0, 20.0)).beginnings(kinds, 0, 10**10).weight.tolist() == [0.25]
