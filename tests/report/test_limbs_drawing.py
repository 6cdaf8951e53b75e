"""Joint events of several sensors: where they are drawn and what is told of each."""

from __future__ import annotations

import pytest
from report.html_tree import Element, parse

from detector.limb_reasons import CALLS, WHY
from detector.report import limbs_page
from detector.report.limbs import NAMES

PAIR = {
    "participant_id": "anna",
    "recording_id": "w",
    "other_recording_id": "a",
    "place": "wrist left",
    "other_place": "ankle unknown",
    "overlap_h": 9.5,
    "aligned": True,
}
NIGHT = {
    "participant_id": "anna",
    "night_date": "2024-03-05",
    "recording_ids": "w;a",
    **{f"n_{call}": 0 for call in NAMES},
}


def joint(time: str, call: str = "focal", members: str = "w", **cells):
    count = len(members.split(";"))
    return {
        "participant_id": "anna",
        "night_date": "2024-03-05",
        "joint_index": 0,
        "start_time": time,
        "call": call,
        "counted": True,
        "recording_ids": members,
        "sites": ";".join(["wrist", "ankle"][:count]),
        "sides": ";".join(["left", "unknown"][:count]),
        "peaks_accel_mg": ";".join(["210.0", "90.5"][:count]),
        "afters_s": ";".join(["0.000", "0.1234"][:count]),
        **cells,
    }


def tree(*joints, nights=(NIGHT,), pairs=(PAIR,)) -> Element:
    return parse(limbs_page(joints, nights, pairs))


def chart(*joints, **more) -> Element:
    return tree(*joints, **more).all("svg", "limbs")[0]


def paths(svg: Element, css: str) -> list[str]:
    return [p.attributes["d"] for g in svg.all("g", css) for p in g.all("path") if not p.classes]


def hours(svg: Element) -> list[str]:
    return [t.text for t in svg.all("text") if t.text.endswith(":00")]


def test_every_call_has_a_name_and_a_sentence():
    assert set(NAMES) == set(CALLS)
    told = {dt.text for dt in next(
        s for s in tree().all("section") if s.attributes.get("id") == "calls"
    ).all("dt")}  # fmt: skip
    assert told == set(NAMES.values())


@pytest.mark.parametrize(
    ("call", "mark"),
    [
        ("focal", "m0-5 5 5-5 5-5-5z"),
        ("bilateral", "m0-5 5 5-5 5-5-5z"),
        ("whole_body", "m-4.5-4.5h9v9h-9z"),
        ("shared_disturbance", "m-4-4l8 8m0-8l-8 8"),
        ("alone", "m-3 0h6"),
        ("unaligned", "m-3 0h6"),
        ("unclear", "m-3 0h6"),
    ],
)
def test_a_call_has_its_mark(call, mark):
    svg = chart(joint("2024-03-06T00:30:00.000+01:00", call))
    assert paths(svg, call) == [f"M500.0 14{mark}"]


def test_an_event_is_drawn_on_the_lane_of_each_sensor_that_took_part_and_joined():
    svg = chart(joint("2024-03-06T00:30:00.000+01:00", "bilateral", "a;w"))
    assert paths(svg, "bilateral")[0].count("M500.0") == 2
    assert "M500.0 42m" in paths(svg, "bilateral")[0]
    assert svg.one("path", "join").attributes["d"] == "M500.0 14V42"
    assert svg.attributes["viewbox"] == "0 0 840 76"


def test_events_lie_at_their_local_time_between_whole_hours():
    """From 23:00 to 03:00, 620 wide."""
    svg = chart(
        joint("2024-03-05T23:15:00.000+01:00"),
        joint("2024-03-06T02:30:00.000+01:00"),
    )
    x = [float(d[1:].split()[0]) for d in paths(svg, "focal")]
    assert x == [pytest.approx(190 + h * 155, abs=0.06) for h in (0.25, 3.5)]
    assert hours(svg) == ["23:00", "00:00", "01:00", "02:00", "03:00"]


def test_of_many_hours_only_some_are_named():
    svg = chart(joint("2024-03-05T20:15:00.000+01:00"), joint("2024-03-06T07:30:00.000+01:00"))
    assert hours(svg) == ["20:00", "22:00", "00:00", "02:00", "04:00", "06:00", "08:00"]


def test_hours_stand_under_their_lines_in_steps_that_leave_them_room():
    """Eleven hours, from 20:00 to 07:00, are named two by two."""
    svg = chart(joint("2024-03-05T20:15:00.000+01:00"), joint("2024-03-06T06:30:00.000+01:00"))
    assert hours(svg) == ["20:00", "22:00", "00:00", "02:00", "04:00", "06:00"]
    under = [t for t in svg.all("text") if t.text.endswith(":00")]
    places = [pytest.approx(190 + 620 * k / 11, abs=0.06) for k in range(0, 11, 2)]
    assert [float(t.attributes["x"]) for t in under] == places
    assert {t.attributes["y"] for t in under} == {"70"}
    lines = [p.attributes["d"] for p in svg.all("path", "grid")]
    assert lines == [f"M{t.attributes['x']} 0V56" for t in under]


def test_lanes_are_named_by_place_and_sensor_and_an_unknown_side_is_left_out():
    svg = chart(joint("2024-03-06T00:30:00.000+01:00"))
    assert [t.text for t in svg.all("text")][:2] == ["wrist left w", "ankle a"]
    assert [t.attributes["y"] for t in svg.all("text")][:2] == ["18.0", "46.0"]


@pytest.mark.parametrize(("name", "shown"), [("x" * 16, "x" * 16), ("x" * 17, "x" * 15 + "…")])
def test_a_long_name_is_cut_in_its_lane(name, shown):
    svg = chart(
        joint("2024-03-06T00:30:00.000+01:00", members=name),
        nights=[{**NIGHT, "recording_ids": f"{name};a"}],
        pairs=[{**PAIR, "recording_id": name}],
    )
    assert svg.all("text")[0].text == f"wrist left {shown}"


def test_a_night_has_its_own_events_and_those_of_its_own_sensors():
    other = {**NIGHT, "night_date": "2024-03-06"}
    page = tree(
        joint("2024-03-06T00:30:00.000+01:00"),
        joint("2024-03-07T00:30:00.000+01:00", night_date="2024-03-06"),
        joint("2024-03-06T01:30:00.000+01:00", members="b"),
        nights=[NIGHT, other],
    )
    charts = page.all("svg", "limbs")
    assert [len(svg.all("g")) for svg in charts] == [1, 1]
    assert charts[0].attributes["aria-label"] == (
        "Sleep starts of the night from 2024-03-05 on 2 sensors, by call"
    )


def test_a_member_is_told_with_its_place_its_size_and_how_much_later_it_moved():
    page = tree(joint("2024-03-06T00:30:05.250+01:00", "whole_body", "w;a"))
    cells = [c.text for c in page.one("details").all("tr")[1].all()]
    assert cells[0] == "00:30:05"
    assert "left wrist 210.0 mg" in page.text.replace(" ,", ",")
    assert "ankle 90.5 mg, +123 ms" in page.text.replace(" ,", ",")


@pytest.mark.parametrize("reason", WHY)
def test_why_an_event_could_not_be_called_is_told_in_a_sentence(reason):
    page = tree(joint("2024-03-06T00:30:00.000+01:00", "unclear", reason=reason))
    assert WHY[reason].sentence in page.one("details").text


@pytest.mark.parametrize(("call", "n", "shown"), [
    ("focal", 0, True), ("bilateral", 0, True), ("whole_body", 0, True),
    ("alone", 0, False), ("alone", 1, True), ("unclear", 0, False), ("unclear", 12, True),
])  # fmt: skip
def test_a_call_that_did_not_occur_is_told_only_where_it_is_asked_for(call, n, shown):
    page = tree(nights=[{**NIGHT, f"n_{call}": n}])
    told = page.all("section", "night")[0].pairs()
    assert told.get(NAMES[call]) == (str(n) if shown else None)
