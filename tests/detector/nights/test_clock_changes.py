"""Nights in which clocks change, and devices set elsewhere: right in every table and page."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from made_days import write_day

from detector.cohort import run
from detector.job import RunOptions


@dataclass(frozen=True)
class Case:
    """A night from 21:30 by the device's clock: asleep from 23:00 for six hours and a half."""

    tz: str
    date: str
    hours: float
    begins: str
    """The night's first moment."""
    ends: str
    onset: str
    wake: str
    late_jerk: str
    """When the second jerk was, at 03:59:30 by the device's clock."""
    change: str
    """What the page says of it."""


CASES = (
    Case(
        tz="Europe/London",
        date="2024-03-30",
        hours=23,
        begins="2024-03-30T12:00:00.000+00:00",
        ends="2024-03-31T12:00:00.000+01:00",
        onset="2024-03-30T23:00+00:00",
        wake="2024-03-31T06:30+01:00",
        late_jerk="2024-03-31T04:59:30+01:00",
        change="The clocks went forward by 60 min at 01:00.",
    ),
    Case(
        tz="Europe/London",
        date="2024-10-26",
        hours=25,
        begins="2024-10-26T12:00:00.000+01:00",
        ends="2024-10-27T12:00:00.000+00:00",
        onset="2024-10-26T23:00+01:00",
        wake="2024-10-27T04:30+00:00",
        late_jerk="2024-10-27T02:59:30+00:00",
        change="The clocks went back by 60 min at 02:00.",
    ),
    Case(
        tz="America/New_York",
        date="2024-03-09",
        hours=23,
        begins="2024-03-09T12:00:00.000-05:00",
        ends="2024-03-10T12:00:00.000-04:00",
        onset="2024-03-09T23:00-05:00",
        wake="2024-03-10T06:30-04:00",
        late_jerk="2024-03-10T04:59:30-04:00",
        change="The clocks went forward by 60 min at 02:00.",
    ),
    Case(
        tz="America/New_York",
        date="2024-11-02",
        hours=25,
        begins="2024-11-02T12:00:00.000-04:00",
        ends="2024-11-03T12:00:00.000-05:00",
        onset="2024-11-02T23:00-04:00",
        wake="2024-11-03T04:30-05:00",
        late_jerk="2024-11-03T02:59:30-05:00",
        change="The clocks went back by 60 min at 02:00.",
    ),
    Case(
        tz="Pacific/Auckland",
        date="2024-09-28",
        hours=23,
        begins="2024-09-28T12:00:00.000+12:00",
        ends="2024-09-29T12:00:00.000+13:00",
        onset="2024-09-28T23:00+12:00",
        wake="2024-09-29T06:30+13:00",
        late_jerk="2024-09-29T04:59:30+13:00",
        change="The clocks went forward by 60 min at 02:00.",
    ),
    Case(
        tz="Pacific/Auckland",
        date="2024-04-06",
        hours=25,
        begins="2024-04-06T12:00:00.000+13:00",
        ends="2024-04-07T12:00:00.000+12:00",
        onset="2024-04-06T23:00+13:00",
        wake="2024-04-07T04:30+12:00",
        late_jerk="2024-04-07T02:59:30+12:00",
        change="The clocks went back by 60 min at 03:00.",
    ),
    Case(
        tz="Australia/Lord_Howe",
        date="2024-10-05",
        hours=23.5,
        begins="2024-10-05T12:00:00.000+10:30",
        ends="2024-10-06T12:00:00.000+11:00",
        onset="2024-10-05T23:00+10:30",
        wake="2024-10-06T06:00+11:00",
        late_jerk="2024-10-06T04:29:30+11:00",
        change="The clocks went forward by 30 min at 02:00.",
    ),
    Case(
        tz="Australia/Lord_Howe",
        date="2024-04-06",
        hours=24.5,
        begins="2024-04-06T12:00:00.000+11:00",
        ends="2024-04-07T12:00:00.000+10:30",
        onset="2024-04-06T23:00+11:00",
        wake="2024-04-07T05:00+10:30",
        late_jerk="2024-04-07T03:29:30+10:30",
        change="The clocks went back by 30 min at 02:00.",
    ),
    Case(
        tz="Asia/Tokyo",
        date="2024-03-30",
        hours=24,
        begins="2024-03-30T12:00:00.000+09:00",
        ends="2024-03-31T12:00:00.000+09:00",
        onset="2024-03-30T23:00+09:00",
        wake="2024-03-31T05:30+09:00",
        late_jerk="2024-03-31T03:59:30+09:00",
        change="",
    ),
)


@dataclass(frozen=True)
class Written:
    """What a run wrote of one recording of one night."""

    night: dict[str, str]
    events: list[dict[str, str]]
    recording: dict[str, str]
    result: dict[str, Any]
    page: str
    methods: str


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def analysed(path: Path, **zones: str) -> Written:
    out = path.parent / "out"
    summary = run([path], out, RunOptions(site="wrist", **zones))
    assert summary.exit_status == 0
    [night], [recording] = rows(out / "nights.csv"), rows(out / "recordings.csv")
    folder = out / "recordings" / recording["recording_id"]
    return Written(
        night=night,
        events=rows(out / "events.csv"),
        recording=recording,
        result=json.loads((folder / "result.json").read_text(encoding="utf-8")),
        page=(folder / "report.html").read_text(encoding="utf-8"),
        methods=(out / "METHODS.md").read_text(encoding="utf-8"),
    )


def write_night(path: Path, start: str) -> Path:
    begun = datetime.fromisoformat(start)
    jerks = [(begun + timedelta(minutes=m)).isoformat() for m in (95, 389.5)]
    return write_day(path, start, ("awake", 90), ("asleep", 390), ("awake", 60), jerks=jerks)


@pytest.fixture(scope="module", params=CASES, ids=lambda c: f"{c.tz}-{c.date}")
def changed(request, tmp_path_factory):
    case = request.param
    path = write_night(tmp_path_factory.mktemp("changed") / "night.cwa", f"{case.date}T21:30")
    return case, analysed(path, tz=case.tz)


def minutes_apart(a: str, b: str) -> float:
    return abs(datetime.fromisoformat(a) - datetime.fromisoformat(b)) / timedelta(minutes=1)


def is_twin(local: str, utc: str) -> bool:
    """Whether two texts of the tables name one moment, the second in UTC."""
    return utc.endswith("Z") and datetime.fromisoformat(local) == datetime.fromisoformat(utc)


def test_the_night_lasts_from_noon_to_noon_by_the_wall_clock(changed):
    case, written = changed
    [night] = written.result["nights"]
    assert (night["start"], night["end"]) == (case.begins, case.ends)
    assert minutes_apart(night["start"], night["end"]) == 60 * case.hours
    assert written.night["night_date"] == case.date
    assert written.night["night_index"] == "0"


def test_onset_and_wake_have_the_offset_of_their_own_moment(changed):
    case, written = changed
    for name, expected in (("sleep_onset", case.onset), ("wake", case.wake)):
        local, utc = written.night[name], written.night[f"{name}_utc"]
        assert minutes_apart(local, expected) <= 1
        assert local[-6:] == expected[-6:]
        assert is_twin(local, utc)
    assert written.result["nights"][0]["sleep"]["onset"] == written.night["sleep_onset"]
    assert float(written.night["spt_h"]) == pytest.approx(6.5, abs=0.02)


def test_every_event_has_the_offset_of_its_own_moment(changed):
    case, written = changed
    assert {row["night_date"] for row in written.events} == {case.date}
    assert all(is_twin(row["start_time"], row["start_utc"]) for row in written.events)
    utc = [row["start_utc"] for row in written.events]
    assert utc == sorted(utc)
    before = f"{case.date}T23:05{case.onset[-6:]}"
    for moment in (before, case.late_jerk):
        [found] = [r for r in written.events if minutes_apart(r["peak_utc"], moment) < 0.02]
        assert found["kind"] == "sleep_start"
        assert found["start_time"][-6:] == moment[-6:]
    [counted] = written.result["counted_events"]
    assert counted["start_time"][11:16] in {"23:04", "23:05"}


def test_the_page_shows_wall_clock_times_and_says_that_clocks_changed(changed):
    case, written = changed
    assert f"<dt>Wake</dt><dd>{case.wake[11:16]}</dd>" in written.page
    assert f"Times are local times of {case.tz}" in written.page
    assert (case.change or "Times are local") in written.page
    assert ("The clocks went" in written.page) == bool(case.change)


# ------------------------------------------------------------------ a clock that was set elsewhere


@pytest.fixture(scope="module")
def flown(tmp_path_factory):
    """Set in London, worn in New York in the night in which only the clocks of New York change."""
    path = write_night(tmp_path_factory.mktemp("flown") / "night.cwa", "2024-03-10T02:30")
    return analysed(path, tz="America/New_York", device_tz="Europe/London")


def test_a_clock_set_in_another_zone_shows_the_night_of_the_wearer(flown):
    [night] = flown.result["nights"]
    assert night["start"] == "2024-03-09T12:00:00.000-05:00"
    assert night["end"] == "2024-03-10T12:00:00.000-04:00"
    assert flown.night["night_date"] == "2024-03-09"
    assert minutes_apart(flown.night["sleep_onset"], "2024-03-09T23:00-05:00") <= 1
    assert minutes_apart(flown.night["wake_utc"], "2024-03-10T10:30Z") <= 1
    assert flown.night["wake"].endswith("-04:00")
    assert flown.recording["start_utc"] == "2024-03-10T02:30:00.000Z"


def test_both_zones_are_told_wherever_one_is(flown):
    row = flown.recording
    assert (row["tz"], row["device_tz"], row["tz_source"]) == (
        "America/New_York",
        "Europe/London",
        "user",
    )
    assert flown.result["facts"]["device_tz"] == "Europe/London"
    assert flown.result["facts"]["device_utc_offset_s"] == 0
    said = " ".join(flown.methods.split())
    assert "Time zone: America/New_York (device clock set to Europe/London)." in said
    assert "clock set to Europe/London" in flown.page
    assert "Times are local times of America/New_York" in flown.page


def test_another_zone_of_the_clock_is_another_analysis(tmp_path):
    path = write_day(tmp_path / "short.cwa", "2024-03-10T02:30", ("asleep", 3))
    first = run([path], tmp_path / "out", RunOptions(tz="Europe/London"))
    same = run([path], tmp_path / "out", RunOptions(tz="Europe/London"))
    other = run([path], tmp_path / "out", RunOptions(tz="Europe/London", device_tz="UTC"))
    assert [summary.resumed for summary in (first, same, other)] == [0, 1, 0]


def test_the_zone_of_the_clock_alone_serves_for_the_wearer_too(tmp_path):
    path = write_day(tmp_path / "short.cwa", "2024-07-10T02:30", ("asleep", 3))
    run([path], tmp_path / "out", RunOptions(device_tz="Europe/London"))
    [row] = rows(tmp_path / "out" / "recordings.csv")
    assert (row["tz"], row["device_tz"], row["tz_source"]) == ("Europe/London",) * 2 + ("user",)
    assert row["start_utc"] == "2024-07-10T01:30:00.000Z"
