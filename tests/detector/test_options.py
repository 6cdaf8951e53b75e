"""What the flags of commands may say together, and what they stand for."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from detector.cohort import Here, Shard, Workers
from detector.console import NORMAL, QUIET, VERBOSE
from detector.machine import jobs
from detector.options import (
    Checking,
    Converting,
    Reading,
    Running,
    Saying,
    cells_of,
    checked_diary,
)
from detector.parameter import SettingsError
from detector.settings import Settings, WindowSettings
from recordings import ReadOptions

OUT = Path("out")


def said(make):
    with pytest.raises(SettingsError) as caught:
        make()
    return str(caught.value)


# ------------------------------------------------------------------ messages


@pytest.mark.parametrize(
    ("flags", "level"),
    [({}, NORMAL), ({"quiet": True}, QUIET), ({"verbose": True}, VERBOSE)],
    ids=str,
)
def test_how_loud_messages_are(flags, level):
    assert Saying(**flags).console().level == level


def test_less_and_more_exclude_each_other():
    assert said(Saying(quiet=True, verbose=True).console) == (
        "--quiet and --verbose exclude each other"
    )


# ------------------------------------------------------------------ reading


@pytest.mark.parametrize("rate", [1, 50.5, 10_000])
def test_a_rate_from_1_to_10000_hz_is_taken(rate):
    flags = Reading(rate=rate)
    flags.check()
    assert flags.reading() == ReadOptions(rate_hz=rate)


@pytest.mark.parametrize(
    ("rate", "shown"),
    [(0.999, "0.999"), (10_000.1, "10000.1"), (-50.0, "-50"), (float("nan"), "nan")],
)
def test_another_rate_is_refused(rate, shown):
    assert said(Reading(rate=rate).check) == f"--rate {shown} is outside 1 to 10000 Hz"


@pytest.mark.parametrize("name", ["tz", "device_tz"])
def test_both_zones_are_checked_before_any_file_is_opened(name):
    Reading(**{name: "Europe/London"}).check()
    assert said(Reading(**{name: "Europe/Lodnon"}).check) == (
        "'Europe/Lodnon' is not an IANA time zone; did you mean 'Europe/London'?"
    )


def test_columns_are_checked_before_any_file_is_opened():
    assert said(Reading(columns="x=1").check) == "--columns x=1: does not say which column is y"


def test_what_is_known_of_tables_goes_to_the_readers():
    flags = Reading(rate=40.0, unit="mg", columns="x=1,y=2,z=3", date_order="dmy")
    columns = {"x": 1, "y": 2, "z": 3}
    assert flags.reading() == ReadOptions(
        rate_hz=40.0, unit="mg", columns=columns, date_order="dmy"
    )
    assert Reading().reading() == ReadOptions()


def test_names_come_from_a_table_a_pattern_and_folders(tmp_path):
    table = tmp_path / "who.csv"
    table.write_text("file,participant_id\na.cwa,anna\n")
    naming = Reading(participants=table, id_regex=r"(?P<site>wrist)", join=True).naming()
    assert naming.participants.path == table
    assert naming.pattern.pattern == r"(?P<site>wrist)"
    assert naming.join_folders
    plain = Reading().naming()
    assert (plain.participants, plain.pattern, plain.join_folders) == (None, None, False)


# ------------------------------------------------------------------ runs


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        ({"jobs": 2, "scheduler": "tcp://h:1"}, "--jobs and --scheduler exclude each other"),
        ({"jobs": 2, "local_cluster": 2}, "--jobs and --local-cluster exclude each other"),
        (
            {"scheduler": "tcp://h:1", "local_cluster": 2},
            "--scheduler and --local-cluster exclude each other",
        ),
        (
            {"jobs": 2, "scheduler": "tcp://h:1", "local_cluster": 2},
            "--jobs and --scheduler and --local-cluster exclude each other",
        ),
        ({"diary_onset": "use"}, "--diary-onset needs a --diary"),
        ({"diary_onset": "compare"}, "--diary-onset needs a --diary"),
        (
            {"diary": Path("d.csv"), "diary_onset": "use", "sleep_period": "23:00-06:00"},
            "--sleep-period and --diary-onset use exclude each other",
        ),
        ({"rate": 0.0}, "--rate 0 is outside 1 to 10000 Hz"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_together_is_refused(flags, problem):
    assert said(Running(out=OUT, **flags).check) == problem


@pytest.mark.parametrize(
    "flags",
    [
        {"jobs": 1},
        {"scheduler": "tcp://h:1"},
        {"local_cluster": 1},
        {"diary": Path("d.csv")},
        {"diary": Path("d.csv"), "diary_onset": "compare", "sleep_period": "23:00-06:00"},
        {"diary": Path("d.csv"), "diary_onset": "use"},
        {"sleep_period": "23:00-06:00"},
    ],
    ids=str,
)
def test_each_alone_is_taken(flags):
    Running(out=OUT, **flags).check()


def test_what_a_run_is_asked_beside_its_inputs():
    asked = Running(out=OUT, shard="2/8", force=True).cohort()
    assert (asked["shard"], asked["force"], asked["fail_fast"]) == (Shard(2, 8), True, False)
    plain = Running(out=OUT, fail_fast=True).cohort()
    assert (plain["shard"], plain["force"], plain["fail_fast"]) == (None, False, True)


@pytest.mark.parametrize("text", ["0/8", "9/8", "1", "1/0", "a/b", "-1/2", "1/2/3", " 1/2"])
def test_a_piece_is_one_of_how_many_from_1(text):
    assert said(Running(out=OUT, shard=text).cohort) == (
        f"--shard {text}: write which of how many, from 1, such as 2/8"
    )


@pytest.mark.parametrize(
    ("flags", "recordings", "room"),
    [({"jobs": 4}, 9, 4), ({"jobs": 4}, 3, 3), ({"jobs": 1}, 9, 1), ({}, 999, jobs())],
    ids=str,
)
def test_as_many_processes_as_jobs_but_no_more_than_recordings(flags, recordings, room):
    crew = Running(out=OUT, **flags).cohort()["crew"](recordings)
    assert isinstance(crew, Workers)
    assert crew.room == room


def test_one_recording_is_analysed_here():
    assert isinstance(Running(out=OUT, jobs=4).cohort()["crew"](1), Here)


@pytest.mark.parametrize(
    ("flags", "asked"),
    [
        ({"scheduler": "tcp://h:1"}, ("connected", "tcp://h:1")),
        ({"local_cluster": 3}, ("begun", 3)),
    ],
    ids=["one that is there", "one of its own"],
)
def test_a_cluster_is_found_or_begun_before_any_recording_is_handed_to_it(
    monkeypatch, flags, asked
):
    from detector.cohort import cluster

    for name in ("connected", "begun"):
        monkeypatch.setattr(cluster, name, lambda given, name=name: (name, given))
    monkeypatch.setattr(cluster, "OnCluster", lambda client, out: (client, out))
    crew = Running(out=OUT, **flags).cohort()["crew"]
    assert crew(1) == crew(99) == (asked, OUT)


def test_without_a_hypnogram_or_diary_there_is_none():
    assert Running(out=OUT).scored() is None
    assert Running(out=OUT).diary_table(Settings()) is None


def test_a_hypnogram_and_a_diary_are_read_whole(tmp_path):
    stages, diary = tmp_path / "s.csv", tmp_path / "d.csv"
    stages.write_text("start,stage\n2024-03-05T23:00,W\n")
    diary.write_text("participant_id,night_date,wake\nanna,05/03/2024,6:00\n")
    flags = Running(out=OUT, hypnogram=stages, diary=diary, date_order="dmy")
    assert [stage.name for stage in flags.scored().stages] == ["W"]
    assert flags.diary_table(Settings()).entries["anna"][0].night_date == date(2024, 3, 5)
    refused = said(lambda: Running(out=OUT, diary=diary).diary_table(Settings()))
    assert refused == (
        f"{diary}: row 2, night_date: '05/03/2024' may be 2024-03-05 or 2024-05-03; "
        "write that, or say --date-order"
    )


# ------------------------------------------------------------------ diaries


def test_cells_of_a_diary_are_read_by_the_settings_of_the_run():
    settings = Settings(window=WindowSettings(night_start="18:00"))
    cells = cells_of(settings, "mdy")
    assert (cells.night_start, cells.date_order) == (time(18), "mdy")


def test_no_factor_of_a_diary_may_have_the_name_of_a_column(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("participant_id,night_date,sleep_starts_onset\nanna,2024-03-05,1\n")
    assert said(lambda: checked_diary(path, Settings(), None)) == (
        f"{path}: row 1: 'sleep_starts_onset' is a column of nights.csv; call it otherwise"
    )


@pytest.mark.parametrize("flags", [Checking, Converting])
def test_the_settings_of_a_run_are_those_of_its_file(tmp_path, flags):
    path = tmp_path / "my.toml"
    path.write_text('[window]\nnight_start = "18:00"\n')
    assert flags(config=path).settings().window.night_start == "18:00"
    assert flags().settings() == Settings()


@pytest.mark.parametrize(
    ("text", "first"),
    [(None, None), ("2024-02-29", date(2024, 2, 29)), ("20240305", date(2024, 3, 5))],
)
def test_the_first_night_is_a_date(text, first):
    assert Converting(first_night=text).first() == first


@pytest.mark.parametrize("text", ["", "5/3/2024", "2023-02-29", "2024-03-05T22:00"])
def test_another_first_night_is_refused_with_one_that_is(text):
    assert said(Converting(first_night=text).first) == (
        f"--first-night {text}: write a date like 2024-03-05"
    )
