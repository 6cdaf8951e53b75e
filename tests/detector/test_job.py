"""One recording of a run: whether it is analysed again and why, and what its row says if not."""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import pytest

from detector import files
from detector.inputs.sources import Part, Source, find_inputs
from detector.job import (
    NO_SHIFT,
    Progress,
    RunOptions,
    Standing,
    failed,
    perform,
    skipped,
    standing,
    subject_of,
    without_path,
)
from detector.people.identity import Identity
from detector.people.naming import Named, Naming
from detector.people.veil import HIDDEN, Veil
from detector.settings import KindSettings, Settings
from detector.stated.diary import Diary, Entry
from detector.tables.columns import RECORDINGS
from detector.version import ALGORITHM_VERSION, VERSION
from recordings import SECOND_NS, ReadOptions, RecordingError
from recordings.writers import CwaLayout, write_cwa

EVENING_NS = 1_709_672_400 * SECOND_NS
OPTIONS = RunOptions(tz="Europe/Berlin", site="wrist", side="left")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A folder with a recording of a minute and its results; not to be changed."""
    folder = tmp_path_factory.mktemp("done")
    codes = np.rint(np.random.default_rng(0).normal((10, -20, 255), 1.2, (6000, 3)))
    times_ns = EVENING_NS + np.arange(6000) * (SECOND_NS // 100)
    write_cwa(folder / "a.cwa", [(codes.astype(np.int16), times_ns)], CwaLayout(packed=False))
    os.utime(folder / "a.cwa", ns=(EVENING_NS, EVENING_NS))
    outcome = perform(*source_in(folder), OPTIONS)
    assert outcome.row["status"] == "ok_with_warnings"
    return folder


@pytest.fixture
def folder(done, tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(done, tmp_path / "copy")


def source_in(folder, **changes):
    (source,) = find_inputs([folder / "a.cwa"])
    parts = (Part(folder / "a.cwa", "a.cwa"),)
    return replace(source, parts=parts, **changes), folder / "out"


def stands(folder, options=OPTIONS, **changes) -> Standing:
    return standing(*source_in(folder, **changes), options)


def run_json(folder):
    return json.loads((folder / "out" / "recordings" / "a" / "run.json").read_text("utf-8"))


def change_run(folder, **values):
    path = folder / "out" / "recordings" / "a" / "run.json"
    path.write_text(json.dumps({**run_json(folder), **values}), encoding="utf-8")


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


def test_another_setting_is_another_analysis(done):
    settings = Settings(kinds=KindSettings(accel_min_mg=80.0))
    assert stands(done, replace(OPTIONS, settings=settings)).why == "the settings have changed"


def said(**row) -> Named:
    return Named(group="a", name="a", row=Identity(**row), found=Identity())


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


# ------------------------------------------------------------------ rows without results


def made(*shown: str, **changes) -> Source:
    named = said(**changes.pop("row", {}))
    return Source(tuple(Part(Path("nowhere") / s, s) for s in shown), named, "a", **changes)


def test_a_row_that_was_not_analysed_has_what_was_known_beforehand():
    row = skipped(made("a.cwa", row={"session": "2", "side": "right"}), OPTIONS, "why", "in words")
    assert {name: value for name, value in row.items() if value is not None} == {
        "recording_id": "a",
        "path": "a.cwa",
        "participant_id": "a",
        "participant_source": "file_name",
        "session": "2",
        "site": "wrist",
        "side": "right",
        "tz": "Europe/Berlin",
        "tz_source": "user",
        "device_tz": "Europe/Berlin",
        "parts": 1,
        "anonymised": False,
        "status": "skipped",
        "reason": "why",
        "message": "in words",
        "config_hash": Settings().fingerprint(),
        "algorithm_version": ALGORITHM_VERSION,
        "version": VERSION,
    }
    assert set(row) <= {c.name for c in RECORDINGS}


@pytest.mark.parametrize(
    ("options", "cells"),
    [
        ({}, (None, "unknown", None)),
        ({"tz": "Asia/Tokyo"}, ("Asia/Tokyo", "user", "Asia/Tokyo")),
        ({"device_tz": "UTC"}, ("UTC", "user", "UTC")),
        ({"tz": "Asia/Tokyo", "device_tz": "UTC"}, ("Asia/Tokyo", "user", "UTC")),
    ],
)
def test_either_zone_serves_for_both(options, cells):
    row = skipped(made("a.cwa"), RunOptions(**options), "why", "in words")
    assert (row["tz"], row["tz_source"], row["device_tz"]) == cells


def test_what_is_said_of_a_recording_goes_before_what_is_said_of_all():
    row = {"site": "ankle", "side": "right", "tz": "Asia/Tokyo", "device_tz": "UTC", "notes": "n"}
    subject = subject_of(made("a.cwa", row=row), OPTIONS)
    assert (subject.site, subject.side) == ("ankle", "right")
    assert (subject.tz, subject.device_tz) == ("Asia/Tokyo", "UTC")
    assert (subject.session, subject.notes, subject.parts) == ("", "n", 1)
    open_ = subject_of(made("a.cwa"), OPTIONS)
    assert (open_.site, open_.side, open_.tz, open_.device_tz) == (
        *("wrist", "left", "Europe/Berlin", None),
    )


def test_a_failed_input_has_its_size_where_that_can_be_known(done):
    source, _ = source_in(done)
    outcome = failed(source, OPTIONS, "unreadable", "is damaged")
    assert outcome.row["input_bytes"] == (done / "a.cwa").stat().st_size
    assert (outcome.row["status"], outcome.problem) == ("failed", "is damaged")
    assert failed(made("a.cwa"), OPTIONS, "unreadable", "gone").row["input_bytes"] is None


def test_of_an_anonymised_input_no_message_is_in_the_row_and_no_path():
    veiled = made("ann.cwa", veil=Veil(b"key", 0))
    outcome = failed(veiled, OPTIONS, "unreadable", "ann.cwa is damaged")
    assert (outcome.row["message"], outcome.row["path"]) == (HIDDEN, None)
    assert outcome.row["anonymised"] is True
    assert outcome.problem == "ann.cwa is damaged"
    assert failed(veiled, OPTIONS, "no_date_shift", NO_SHIFT).row["message"] == NO_SHIFT


def test_an_input_whose_dates_cannot_be_moved_is_not_opened(tmp_path):
    outcome = perform(made("a.cwa", veil=Veil(b"key", None)), tmp_path, OPTIONS)
    assert (outcome.row["reason"], outcome.row["message"]) == ("no_date_shift", NO_SHIFT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("shown", "message"),
    [
        (("a.cwa",), "is empty; copy it again"),
        (("day1/a.cwa", "day2/a.cwa"), "day2/a.cwa: is empty; copy it again"),
    ],
)
def test_a_message_does_not_repeat_the_path_but_names_the_part(shown, message):
    source = made(*shown)
    error = RecordingError(source.paths[-1], "is empty", remedy="copy it again")
    assert without_path(error, source) == message


# ------------------------------------------------------------------ what ends an analysis


def test_a_file_that_cannot_be_read_has_failed_and_leaves_no_folder(tmp_path):
    (tmp_path / "a.cwa").write_bytes(b"")
    told: list[Progress] = []
    outcome = perform(*source_in(tmp_path), OPTIONS, told.append)
    assert (outcome.row["status"], outcome.row["reason"]) == ("failed", "unreadable")
    assert told == [Progress("opening")]
    assert not (tmp_path / "out").exists()


def failing(error):
    def watch(progress):
        if progress.phase == "reading":
            raise error

    return watch


def test_want_of_memory_is_not_the_recordings_fault(folder):
    with pytest.raises(MemoryError):
        perform(*source_in(folder), OPTIONS, failing(MemoryError()))


def test_a_full_disk_is_told_from_a_mistake(folder):
    error = OSError(errno.ENOSPC, "No space left on device", str(folder / "out" / "x"))
    outcome = perform(*source_in(folder), OPTIONS, failing(error))
    assert (outcome.row["reason"], outcome.ends_run) == ("not_written", True)
    assert str(outcome.row["message"]).startswith(f"{folder / 'out' / 'x'} cannot be written: No")


@pytest.mark.parametrize(
    ("number", "place", "ends_run"),
    [
        (errno.EACCES, "recordings/a", False),
        (errno.EACCES, "recordings/a/report.html", False),
        (errno.EACCES, "recordings", True),
        (errno.EACCES, "recordings/b", True),
        (errno.ENOSPC, "recordings/a", True),
    ],
)
def test_a_refusal_of_its_own_folder_alone_ends_no_run(folder, number, place, ends_run):
    error = OSError(number, os.strerror(number), str(folder / "out" / place))
    outcome = perform(*source_in(folder), OPTIONS, failing(error))
    assert (outcome.row["reason"], outcome.ends_run) == ("not_written", ends_run)
    assert stands(folder).row is not None  # the earlier results stay


def test_a_crash_whose_log_is_refused_is_told_by_its_message(folder, monkeypatch):
    def refused(path, _content):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(files, "write", refused)  # who tests may be allowed everything
    outcome = perform(*source_in(folder), OPTIONS, failing(ZeroDivisionError("a mistake")))
    assert outcome.row["message"] == "ZeroDivisionError: a mistake"
    assert (outcome.row["reason"], outcome.row.get("log")) == ("crashed", None)


@pytest.mark.parametrize(
    "error", [OSError(errno.EIO, "Input/output error"), ZeroDivisionError("a mistake")]
)
def test_a_mistake_keeps_its_traceback_beside_the_earlier_results(folder, error):
    outcome = perform(*source_in(folder), OPTIONS, failing(error))
    assert (outcome.row["status"], outcome.row["reason"]) == ("failed", "crashed")
    assert outcome.row["message"] == f"{type(error).__name__}: {error}"
    assert outcome.row["log"] == "recordings/a/crash.log"
    log = (folder / "out" / "recordings" / "a" / "crash.log").read_text("utf-8")
    assert log.startswith("Traceback")
    assert log.rstrip().endswith(outcome.row["message"])
    assert stands(folder).row is not None  # those of the earlier run


def test_progress_says_which_part_was_read_and_ends_with_writing(folder):
    told: list[Progress] = []
    perform(*source_in(folder), OPTIONS, told.append)
    assert [p.phase for p in told][:: len(told) - 1] == ["opening", "writing"]
    read = [p.fraction for p in told if p.phase == "reading"]
    assert read == sorted(read)
    assert 0 < read[0] <= read[-1] <= 1


# ------------------------------------------------------------------ options


def test_what_one_recording_needs_is_without_the_tables_of_all():
    assert OPTIONS.without_tables() == replace(OPTIONS, diary=None, naming=Naming())
    assert OPTIONS.factors == ()
