"""What a run has to do, before anything is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from detector.anonymise import key_of
from detector.cohort import Plan, RunOptions, Shard, Watcher, found, planned
from detector.cohort.planning import FORCED, NOT_REACHED
from detector.job import Standing
from detector.people.naming import Naming, compiled
from detector.stated.diary_table import read as read_diary

from .made_sources import made_source

OPTIONS = RunOptions(tz="Europe/London", site="wrist")
NO_RECORDING = made_source("notes", skipped="is no recording")


def test_every_input_has_a_line_that_says_what_will_be_done_and_why():
    sources = [made_source("a"), NO_RECORDING, made_source("c"), made_source("d")]
    standings = [Standing(why="new"), None, Standing(row={"status": "ok"}), FORCED]
    assert [tuple(line) for line in Plan(sources, standings).lines()] == [
        ("run", "a.cwa", "new"),
        ("skip", "notes.cwa", "is no recording"),
        ("done", "c.cwa", ""),
        ("run", "d.cwa", "--force"),
    ]


def test_an_input_that_is_not_reached_is_skipped_and_says_so():
    reached, other = Plan([made_source("a"), NO_RECORDING], [Standing(), None]).rows(OPTIONS)
    names = ("recording_id", "path", "status", "reason", "message")
    assert [reached[name] for name in names] == [
        *("a", "a.cwa", "skipped", "interrupted", NOT_REACHED)
    ]
    assert [other[name] for name in names] == [
        *(None, "notes.cwa", "skipped", "not_a_recording", "is no recording")
    ]
    assert (reached["tz"], reached["site"], reached["participant_id"]) == (
        *("Europe/London", "wrist", "a"),
    )


def test_nothing_that_is_not_there_is_done(tmp_path):
    plan = planned([made_source("a"), NO_RECORDING], tmp_path / "out", OPTIONS)
    assert [s and s.why for s in plan.standings] == ["new", None]
    assert not (tmp_path / "out").exists()


def test_with_force_all_recordings_are_to_be_done_and_what_is_none_stays_none(tmp_path):
    plan = planned([made_source("a"), NO_RECORDING], tmp_path, OPTIONS, force=True)
    assert list(plan.standings) == [FORCED, None]


def test_a_piece_is_planned_of_its_own_inputs_alone(tmp_path):
    sources = [made_source(name) for name in "abcde"]
    plan = planned(sources, tmp_path, OPTIONS, shard=Shard(2, 3))
    assert [s.recording_id for s in plan.sources] == ["b", "e"]
    forced = planned(sources, tmp_path, OPTIONS, shard=Shard(3, 3), force=True)
    assert [s.recording_id for s in forced.sources] == ["c"]


def test_many_inputs_keep_their_order(tmp_path):
    sources = [made_source(f"r{i:02d}") for i in range(40)]
    plan = planned(sources, tmp_path, OPTIONS, Watcher())
    assert [line.path for line in plan.lines()] == [f"r{i:02d}.cwa" for i in range(40)]


@pytest.mark.parametrize("zone", ["GMT+1", "Mars/Olympus", ""])
@pytest.mark.parametrize("option", ["tz", "device_tz"])
def test_a_zone_that_is_none_is_refused_before_any_input_is_looked_for(tmp_path, option, zone):
    missing = tmp_path / "nowhere"
    with pytest.raises(ValueError, match="zone"):
        found([missing], tmp_path / "out", RunOptions(**{option: zone}))


def test_without_a_recording_there_is_nothing_to_remark(tmp_path):
    (tmp_path / "readme.txt").write_text("no recording")
    assert found([tmp_path], tmp_path / "out", OPTIONS) == ([], [])


def test_a_file_that_is_named_is_an_input_whatever_it_holds(tmp_path):
    path = tmp_path / "readme.txt"
    path.write_text("no recording")
    (source,), _ = found([path], tmp_path / "out", OPTIONS)
    assert (source.recording_id, source.skipped) == ("readme", "")
    assert source.paths == [Path(path)]


def test_how_a_recording_is_named_is_worth_a_remark(tmp_path):
    (tmp_path / "night.csv").write_text("time,x,y,z\n0.0,0,0,1\n0.1,0,0,1\n")
    options = RunOptions(naming=Naming(pattern=compiled("(?P<participant_id>p[0-9]+)")))
    sources, remarks = found([tmp_path], tmp_path / "out", options)
    assert [source.title for source in sources] == ["night.csv"]
    assert len(remarks) == 1
    assert "night.csv" in remarks[0]


def test_a_diary_beside_the_recordings_is_no_input(tmp_path):
    (tmp_path / "night.csv").write_text("time,x,y,z\n0.0,0,0,1\n0.1,0,0,1\n")
    diary = tmp_path / "diary.csv"
    diary.write_text("participant_id,night_date,stress\nnight,2024-03-05,3\n")
    sources, _ = found([tmp_path], tmp_path / "out", replace(OPTIONS, diary=read_diary(diary)))
    assert [source.title for source in sources] == ["night.csv"]


def test_pseudonyms_are_planned_with_the_key_that_will_be_used_and_no_key_is_made(tmp_path):
    out, sources = tmp_path / "out", [made_source("a"), made_source("b")]
    told = []

    class Told(Watcher):
        def dating(self, share, source):
            told.append((share, source.title))

    options = RunOptions(anonymise=True)
    planned(sources, out, options, Told())
    assert told == [(0.0, "a.cwa"), (0.5, "b.cwa")]
    assert list(tmp_path.iterdir()) == []
    key_of(out)
    first, again = (
        [s.recording_id for s in planned(sources, out, options).sources] for _ in range(2)
    )
    assert first == again
