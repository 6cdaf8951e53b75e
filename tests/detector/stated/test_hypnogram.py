"""Sleep stages from a laboratory: read, refused, and what a run makes of them."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import edfio
import numpy as np
import pytest
from project import ROOT

from detector.cohort import Watcher, run
from detector.job import RunOptions
from detector.nights.night import Staged
from detector.parameter import SettingsError
from detector.stated.hypnogram import Hypnogram, Stage
from detector.stated.hypnogram_file import read

SAMPLE = ROOT / "recordings" / "samples" / "ax3_thigh25_short_night.cwa.gz"
WHO = "ax3_thigh25_short_night"
OPTIONS = RunOptions(tz="Europe/London", site="thigh", side="left")
BEGIN = datetime(2023, 5, 4, 1, 0)
SCORED = (
    (0, "W"),
    (5400, "N1"),
    (5430, "N2"),
    (7200, "N3"),
    (9000, "W"),
    (9600, "R"),
    (16200, "W"),
)
"""Seconds since ``BEGIN``: asleep from 02:30 to 05:30."""


def table(*rows, head="start,stage"):
    return "\n".join((head, *rows)) + "\n"


def row(since_s, name):
    return f"{(BEGIN + timedelta(seconds=since_s)).isoformat()},{name}"


ROWS = [row(*each) for each in SCORED]


@pytest.fixture
def scored(tmp_path):
    """Write a hypnogram as a table and read it."""

    def write(content):
        path = tmp_path / "stages.csv"
        path.write_text(content, encoding="utf-8")
        return read(path)

    return write


def annotated(path, notes):
    """Write an EDF+ file with a signal that nobody looks at."""
    signal = edfio.EdfSignal(np.zeros(20_000), 1, label="C3")
    edfio.Edf(
        [signal],
        recording=edfio.Recording(startdate=BEGIN.date()),
        starttime=time(BEGIN.hour),
        annotations=[edfio.EdfAnnotation(*note) for note in notes],
    ).write(path)
    return path


# ------------------------------------------------------------------ what is read


def test_every_stage_of_a_table_lasts_to_the_next_and_the_last_an_epoch(scored):
    assert scored(table(*ROWS)) == Hypnogram(
        BEGIN,
        tuple(
            Stage(start, end, name)
            for (start, name), end in zip(
                SCORED, (*(start for start, _ in SCORED[1:]), 16230), strict=True
            )
        ),
    )


def test_epochs_and_stretches_of_the_same_night_say_the_same(scored):
    ends = (*(start for start, _ in SCORED[1:]), 16230)
    rows = [
        row(since_s, name)
        for (start_s, name), end_s in zip(SCORED, ends, strict=True)
        for since_s in range(start_s, end_s, 30)
    ]
    by_epoch, whole = scored(table(*rows)), scored(table(*ROWS))
    at_ns = np.arange(-60, 16300, 7) * 10**9
    assert staged(by_epoch).at(at_ns).tolist() == staged(whole).at(at_ns).tolist()


def staged(hypnogram):
    columns = zip(*((s.start_s, s.end_s, s.name) for s in hypnogram.stages), strict=True)
    starts, ends, names = (np.array(column) for column in columns)
    return Staged(np.int64(starts) * 10**9, np.int64(ends) * 10**9, names)


def test_unscored_time_and_time_outside_have_no_stage(scored):
    found = staged(
        scored(
            table(
                "2023-05-04T01:00,wake,30",
                "2023-05-04T01:00:30,?,30",
                "2023-05-04T01:02,REM,60",
                head="start,stage,duration_s",
            )
        )
    )
    at_s = np.array([-1, 0, 29, 30, 59, 60, 119, 120, 179, 180])
    assert found.at(at_s * 10**9).tolist() == ["", "W", "W", "", "", "", "", "R", "R", ""]


def test_the_annotations_of_an_edf_file_say_what_its_table_says(scored, tmp_path):
    ends = [*(start for start, _ in SCORED[1:]), 16230]
    notes = [
        (start, end - start, f"Sleep stage {name}")
        for (start, name), end in zip(SCORED, ends, strict=True)
    ]
    path = annotated(tmp_path / "psg.edf", [*notes, (10.0, 5.0, "Leg movement")])
    assert read(path) == scored(table(*ROWS))


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (table("2023-05-04T01:00,2"), "row 2: '2' is no stage; write W, N1, N2, N3, R, or ?"),
        (table("01:00,W"), "row 2: start: '01:00' is not like 2024-03-05T22:30:00"),
        (
            table(ROWS[1], ROWS[0]),
            "row 3, start: '2023-05-04T01:00:00' is not after the row before",
        ),
        (table("2023-05-04T01:00,?"), "has no stages"),
        (table(head="start,stag"), "'stag' is no column; did you mean 'stage'?"),
        (
            table("2023-05-04T01:00,W,90", "2023-05-04T01:01,W,", head="start,stage,duration_s"),
            "90 s overlap the next row",
        ),
        (
            table("2023-05-04T01:00,W,inf", head="start,stage,duration_s"),
            "row 2: duration_s: 'inf' is no number of seconds of a stage",
        ),
        (
            table("2023-05-04T01:00,W,1 min", head="start,stage,duration_s"),
            "row 2: duration_s: '1 min' is no number of seconds of a stage",
        ),
        (table("0001-01-01T00:00,W"), "row 2: start: '0001-01-01T00:00' is not like"),
        (table("2023-05-04T01:00,W", "2024-05-04T01:00,N1"), "lasts no time, or more than a day"),
    ],
)
def test_what_is_no_hypnogram_is_refused(scored, content, said):
    with pytest.raises(SettingsError) as caught:
        scored(content)
    assert said in str(caught.value)


def test_an_edf_file_without_stages_or_with_others_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="has no stages"):
        read(annotated(tmp_path / "a.edf", [(0.0, 30.0, "Lights off")]))
    with pytest.raises(SettingsError, match="30 s: '4' is no stage"):
        read(annotated(tmp_path / "b.edf", [(30.0, 30.0, "Sleep stage 4")]))
    whole = annotated(tmp_path / "b.edf", [(30.0, 30.0, "Sleep stage W")]).read_bytes()
    for length in (0, 9, 100, 255, 300, 600, 700):
        (tmp_path / "c.edf").write_bytes(whole[:length])
        with pytest.raises(SettingsError, match="cannot be read as EDF"):
            read(tmp_path / "c.edf")


def test_an_edf_file_that_was_cut_behind_its_annotations_is_read(tmp_path):
    path = annotated(tmp_path / "a.edf", [(0.0, 30.0, "Sleep stage W")])
    path.write_bytes(path.read_bytes()[:-100])
    assert [stage.name for stage in read(path).stages] == ["W"]


def test_clocks_that_were_changed_in_it_need_offsets(scored):
    rows = ("2024-10-26T23:00,W", "2024-10-27T05:00,N2")
    (_, problem) = scored(table(*rows)).settled(ZoneInfo("Europe/London"))
    assert "clocks were changed in it" in problem
    rows = ("2024-10-26T23:00+01:00,W", "2024-10-27T05:00+00:00,N2")
    hypnogram = scored(table(*rows))
    assert hypnogram.stages[1].start_s == 7 * 3600
    assert hypnogram.settled(ZoneInfo("Europe/London"))[1] == ""


def test_it_is_of_one_recording(scored, tmp_path):
    copy = tmp_path / "copy.cwa.gz"
    copy.write_bytes(SAMPLE.read_bytes())
    options = replace(OPTIONS, hypnogram=scored(table(*ROWS)))
    with pytest.raises(SettingsError, match="is of one recording, but there are 2"):
        run([SAMPLE, copy], tmp_path / "out", options)


# ------------------------------------------------------------------ a run


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_says_when_sleep_began_and_in_which_stage_every_event_was(scored, tmp_path):
    out = tmp_path / "out"
    run([SAMPLE], out, replace(OPTIONS, hypnogram=scored(table(*ROWS))))
    (night,) = rows_of(out / "nights.csv")
    assert night["onset_source"] == "hypnogram"
    assert night["sleep_onset"] == "2023-05-04T02:30:00.000+01:00"
    assert night["wake"] == "2023-05-04T05:30:00.000+01:00"
    assert night["onset_uncertainty_min"] == "0.5"
    begin = BEGIN.replace(tzinfo=ZoneInfo("Europe/London"))
    events = rows_of(out / "events.csv")
    assert list(events[0])[-1] == "stage"
    for event in events:
        since_s = (datetime.fromisoformat(event["peak_utc"]) - begin).total_seconds()
        known = [name for start, name in SCORED if start <= since_s] if since_s < 16230 else []
        assert event["stage"] == (known[-1] if known else "")
    assert len({event["stage"] for event in events}) >= 3
    (night,) = json.loads((out / "recordings" / WHO / "result.json").read_bytes())["nights"]
    assert night["stages"]["N3"]["usable_h"] == 0.5
    starts = sum(stage["sleep_starts"] for stage in night["stages"].values())
    inside = [e for e in events if e["stage"] and e["kind"].startswith("sleep_start")]
    why = ("outside_window", "no_count")
    assert starts == sum(e["counted"] == "true" or e["reason"] in why for e in inside) > 0
    for stage in night["stages"].values():
        assert stage["per_h"] == round(stage["sleep_starts"] / stage["usable_h"], 3)


class Resumed(Watcher):
    def __init__(self):
        self.all = []

    def done(self, _, outcome):
        self.all.append(outcome.resumed)


def test_one_that_was_changed_makes_the_recording_undone(scored, tmp_path):
    seen = Resumed()
    for content in (table(*ROWS), table(*ROWS), table(*ROWS[:-1])):
        options = replace(OPTIONS, hypnogram=scored(content))
        run([SAMPLE], tmp_path / "out", options, seen)
    assert seen.all == [False, True, False]


def test_it_moves_with_an_anonymous_recording(scored, tmp_path):
    out = tmp_path / "out"
    run([SAMPLE], out, replace(OPTIONS, hypnogram=scored(table(*ROWS)), anonymise=True))
    (night,) = rows_of(out / "nights.csv")
    assert night["onset_source"] == "hypnogram"
    assert night["sleep_onset"].endswith("T02:30:00.000+01:00")
    assert not night["sleep_onset"].startswith("2023")
