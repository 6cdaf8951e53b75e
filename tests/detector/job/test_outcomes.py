"""What the row of a recording says, and what ends its analysis."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from made_results import made_facts

from detector import files
from detector.inputs.sources import Part, Source
from detector.job import (
    NO_SHIFT,
    Progress,
    RunOptions,
    _Watched,
    failed,
    perform,
    skipped,
    subject_of,
    without_path,
)
from detector.people.naming import Naming
from detector.people.veil import HIDDEN, Veil
from detector.settings import Settings
from detector.tables.columns import RECORDINGS
from detector.version import ALGORITHM_VERSION, VERSION
from recordings import SECOND_NS, Health, RecordingError, stamp_of

from .conftest import OPTIONS, run_json, said, source_in, stands

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
        (errno.EACCES, "recordings/a/report.html", False),
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


def test_a_crash_has_its_log_where_there_were_no_results(folder):
    shutil.rmtree(folder / "out")
    outcome = perform(*source_in(folder), OPTIONS, failing(ZeroDivisionError("a mistake")))
    assert [p.name for p in (folder / "out" / "recordings" / "a").iterdir()] == ["crash.log"]
    assert outcome.row["log"] == "recordings/a/crash.log"


class Reading:
    """A recording of which so many bytes have been read at each chunk."""

    def __init__(self, path, *read: int) -> None:
        self.path, self.read = path, read
        self.header = made_facts().header
        self.health = Health()

    def chunks(self):
        for read in self.read:
            self.health.bytes_read = read
            yield None


@pytest.mark.parametrize(
    ("names", "fractions"),
    [
        (["a"], [0.25, 0.5, 1.0]),
        (["a", "a"], [0.125, 0.25, 0.6]),
        (["a", "packed"], [None] * 3),  # how long its content is nobody knows
        (["packed"], [None] * 3),
    ],
)
def test_progress_is_the_share_of_all_files_that_was_read_and_never_more(
    tmp_path, names, fractions
):
    (tmp_path / "a").write_bytes(bytes(100))
    (tmp_path / "packed").write_bytes(b"\x1f\x8b" + bytes(98))
    paths = [tmp_path / name for name in names]
    told: list[Progress] = []
    reading = Reading(paths[0], 25, 50, 120)
    watched = _Watched(reading, paths, [stamp_of(path) for path in paths], told.append)
    assert len(list(watched.chunks())) == 3
    assert [p.fraction for p in told] == fractions


def test_progress_says_which_part_was_read_and_ends_with_writing(folder):
    told: list[Progress] = []
    perform(*source_in(folder), OPTIONS, told.append)
    assert [p.phase for p in told][:: len(told) - 1] == ["opening", "writing"]
    read = [p.fraction for p in told if p.phase == "reading"]
    assert read == sorted(read)
    assert 0 < read[0] <= read[-1] <= 1
    assert told[-1].fraction == 1.0


def test_a_file_that_changes_while_it_is_read_has_failed(folder):
    def growing(progress):
        if progress.phase == "writing":
            with (folder / "a.cwa").open("ab") as file:
                file.write(b"more")

    outcome = perform(*source_in(folder), OPTIONS, growing)
    assert (outcome.row["reason"], outcome.row["message"]) == (
        "unreadable",
        "was changed while it was being read; run again when it is complete",
    )


def test_a_veiled_recording_is_analysed_without_its_serial_and_on_other_dates(folder):
    week_ns = 7 * 24 * 3600 * SECOND_NS
    bare = run_json(folder)
    perform(*source_in(folder, veil=Veil(b"key", -week_ns)), OPTIONS)
    found = run_json(folder)
    assert (found["row"]["serial"], found["row"]["input_sha256"]) == (None, None)
    assert bare["row"]["start_utc"].startswith("2024-03-05")
    assert found["row"]["start_utc"].startswith("2024-02-27")
    assert found["row"]["samples"] == bare["row"]["samples"]
    assert bare["options"]["shift_ns"] == 0
    assert isinstance(found["options"], str)  # sealed


# ------------------------------------------------------------------ options


def test_what_one_recording_needs_is_without_the_tables_of_all():
    assert OPTIONS.without_tables() == replace(OPTIONS, diary=None, naming=Naming())
    assert OPTIONS.factors == ()
