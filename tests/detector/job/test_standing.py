"""Whether a recording is analysed again, and why."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime, time

import pytest

from detector.inputs.sources import Part
from detector.job import (
    Standing,
    standing,
)
from detector.settings import KindSettings, Settings
from detector.stated.diary import Diary, Entry
from detector.version import ALGORITHM_VERSION
from recordings import ReadOptions

from .conftest import EVENING_NS, OPTIONS, change_run, run_json, said, source_in, stands

# ------------------------------------------------------------------ whether it is done


def test_what_is_done_and_would_come_out_the_same_is_taken_as_it_is(done):
    found = stands(done)
    assert found.row == run_json(done)["row"]
    assert (found.why, found.touched) == ("", None)


def test_what_was_never_done_is_new(tmp_path, done):
    source, _ = source_in(done)
    assert standing(source, tmp_path, OPTIONS) == Standing(why="new")


def test_a_folder_without_its_mark_is_new(folder):
    (folder / "out" / "recordings" / "a" / "run.json").unlink()
    assert stands(folder).why == "new"


@pytest.mark.parametrize("name", ["nights.csv", "report.html", "snippets.npz"])
def test_results_of_which_a_file_is_gone_are_made_again(folder, name):
    (folder / "out" / "recordings" / "a" / name).unlink()
    assert stands(folder).why == "its results are incomplete or of another version"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"format": 2}, "its results are incomplete or of another version"),
        ({"algorithm_version": "0"}, f"made by algorithm 0, now {ALGORITHM_VERSION}"),
        ({"algorithm_version": None}, f"made by algorithm None, now {ALGORITHM_VERSION}"),
        ({"config_hash": "0"}, "the settings have changed"),
        ({"options": "sealed"}, "what is said of it has changed"),
        ({"options": None}, "what is said of it has changed"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_mark_of_another_analysis_is_none_and_says_why(folder, values, why):
    change_run(folder, **values)
    assert stands(folder) == Standing(why=why)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"tz": "Europe/London"}, "tz"),
        ({"device_tz": "UTC"}, "device_tz"),
        ({"site": "ankle", "side": "right"}, "side, site"),
        ({"sleep_period": (time(23, 10), time(6, 45))}, "sleep_period"),
        ({"reading": ReadOptions(unit="mg")}, "unit"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_said_of_all_recordings_is_compared_by_name(done, options, names):
    assert stands(done, replace(OPTIONS, **options)).why == (
        f"what is said of it has changed: {names}"
    )


@pytest.mark.parametrize("gone", [True, False])
def test_what_only_one_of_the_two_runs_asked_for_is_named_too(folder, gone):
    options = run_json(folder)["options"]
    changed = {k: v for k, v in options.items() if k != "shift_ns"} if gone else options | {"x": 1}
    change_run(folder, options=changed)
    name = "shift_ns" if gone else "x"
    assert stands(folder).why == f"what is said of it has changed: {name}"


def test_another_setting_is_another_analysis(done):
    settings = Settings(kinds=KindSettings(accel_min_mg=80.0))
    assert stands(done, replace(OPTIONS, settings=settings)).why == "the settings have changed"


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ({"participant_id": "P7"}, "participant_id, participant_source"),
        ({"session": "2"}, "session"),
        ({"notes": "left-handed"}, "notes"),
        ({"site": "thigh"}, "site"),
        ({"tz": "Asia/Tokyo"}, "tz"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_said_of_this_recording_is_compared_by_name(done, row, names):
    found = stands(done, named=said(**row))
    assert found.why == f"what is said of it has changed: {names}"


def test_a_diary_that_was_changed_is_another_analysis(done):
    entry = Entry(2, date(2024, 3, 5), {"wake": datetime(2024, 3, 6, 7)})
    found = stands(done, diary=Diary(entries=(entry,)))
    assert found.why == "what is said of it has changed: diary"


def test_a_diary_with_other_columns_makes_other_tables(done):
    found = stands(done, diary=Diary(columns=("stress",)))
    assert found.why == "its results are incomplete or of another version"


def test_a_new_name_of_a_part_is_another_analysis(done):
    source, out = source_in(done)
    source = replace(source, parts=(Part(source.paths[0], "moved/a.cwa"),))
    assert standing(source, out, OPTIONS).why == "what is said of it has changed: paths, shown_path"


# ------------------------------------------------------------------ whether the file is the same


def test_a_file_of_another_size_has_changed(folder):
    with (folder / "a.cwa").open("ab") as file:
        file.write(b"x")
    os.utime(folder / "a.cwa", ns=(EVENING_NS, EVENING_NS))
    assert stands(folder) == Standing(why="the file has changed")


def test_a_file_of_the_same_size_and_time_is_taken_for_the_same(folder):
    content = bytearray((folder / "a.cwa").read_bytes())
    content[-1] ^= 1
    (folder / "a.cwa").write_bytes(content)
    os.utime(folder / "a.cwa", ns=(EVENING_NS, EVENING_NS))
    assert stands(folder).row is not None


def test_a_file_of_another_time_is_the_same_if_its_content_is(folder):
    later_ns = EVENING_NS + 1
    os.utime(folder / "a.cwa", ns=(later_ns, later_ns))
    found = stands(folder)
    assert found.row == run_json(folder)["row"]
    assert found.touched is not None
    (file,) = found.touched["input"]["files"]
    assert file["mtime_ns"] == later_ns
    assert {**found.touched, "input": 0} == {**run_json(folder), "input": 0}


def test_a_file_of_another_time_and_content_has_changed(folder):
    content = bytearray((folder / "a.cwa").read_bytes())
    content[-1] ^= 1
    (folder / "a.cwa").write_bytes(content)
    assert stands(folder).why == "the file has changed"


def test_a_file_that_is_gone_must_be_analysed_and_will_say_so(folder):
    (folder / "a.cwa").unlink()
    assert stands(folder).why == "the file cannot be read"


def test_a_recording_of_more_files_than_before_has_changed(folder):
    change_run(folder, input={**run_json(folder)["input"], "files": []})
    assert stands(folder).why == "the file has changed"
