"""Runs in which something is said of single recordings, and recordings in several files."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest

from detector.cohort import RunOptions, Watcher, run
from detector.parameter import SettingsError
from detector.people.naming import Naming
from detector.people.participants import read as read_table
from detector.tables.columns import NIGHTS, RECORDINGS
from detector.tables.csvtext import read
from recordings import SECOND_NS, Scale
from recordings.writers import CwaLayout, GeneactivLayout, write_csv, write_cwa, write_geneactiv

EVENING_NS = 1_709_672_400 * SECOND_NS
"""2024-03-05T21:00:00 by the device's clock."""

OPTIONS = RunOptions(tz="Europe/Berlin", site="wrist", side="left")


def pieces(start_s=0, minutes=1.0, seed=0):
    n = round(minutes * 6000)
    codes = np.rint(np.random.default_rng(seed).normal((10, -20, 255), 1.2, (n, 3)))
    times_ns = EVENING_NS + start_s * SECOND_NS + np.arange(n) * (SECOND_NS // 100)
    return [(codes.astype(np.int16), times_ns)]


def cwa(path, **more):
    path.parent.mkdir(parents=True, exist_ok=True)
    write_cwa(path, pieces(**more), CwaLayout(packed=False))
    os.utime(path, ns=(EVENING_NS, EVENING_NS))
    return path


def named(table, **more):
    return replace(OPTIONS, naming=Naming(participants=read_table(table)), **more)


def ledger(out):
    return {row["recording_id"]: row for row in read(RECORDINGS, out / "recordings.csv")}


def content(out):
    return {p.relative_to(out): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


class Remarks(Watcher):
    def __init__(self):
        self.texts = []

    def remark(self, text):
        self.texts.append(text)


# ------------------------------------------------------------------ what is said of one


@pytest.fixture
def data(tmp_path):
    for seed, name in enumerate("abc"):
        cwa(tmp_path / "data" / f"{name}.cwa", seed=seed)
    return tmp_path / "data"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "data" / "participants.csv"

    def write(text):
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_what_a_row_says_holds_for_its_recording_and_the_options_for_the_others(
    data, table, tmp_path
):
    rows = table(
        "file,participant_id,session,site,side,tz,device_tz,notes\n"
        "a.cwa,007,2,ankle,right,America/New_York,Europe/London,strap lost\n"
        "b.cwa,P2,,,,,,\n"
    )
    remarks = Remarks()
    run([data], tmp_path / "out", named(rows), remarks)
    assert remarks.texts == [
        "1 input has no participant in participants.csv and is called by its name: c.cwa"
    ]
    said = ("participant_id", "session", "site", "side", "tz", "device_tz", "notes")
    found = {
        name: [row[column] for column in (*said, "participant_source")]
        for name, row in ledger(tmp_path / "out").items()
    }
    berlin = ["wrist", "left", "Europe/Berlin", "Europe/Berlin", None]
    new_york = ["ankle", "right", "America/New_York", "Europe/London", "strap lost"]
    assert found == {
        "a": ["007", "2", *new_york, "participants"],
        "b": ["P2", None, *berlin, "participants"],
        "c": ["c", None, *berlin, "file_name"],
    }
    nights = {n["recording_id"]: n for n in read(NIGHTS, tmp_path / "out" / "nights.csv")}
    assert (nights["a"]["participant_id"], nights["a"]["session"]) == ("007", "2")
    folder = tmp_path / "out" / "recordings" / "a"
    facts = json.loads((folder / "result.json").read_text())["facts"]
    assert [facts[column] for column in said] == ["007", "2", *new_york]
    assert facts["start"] == "2024-03-05T16:00:00.000-05:00"
    page = (folder / "report.html").read_text()
    for shown in ("participant 007", "session 2", "right ankle", "strap lost"):
        assert shown in page


def test_a_changed_row_is_another_analysis_of_that_recording_only(data, table, tmp_path):
    out = tmp_path / "out"
    run([data], out, named(table("file,participant_id\na.cwa,A\nb.cwa,B\n")))
    for text, done in [
        ("file,participant_id\nb.cwa,B\na.cwa,A\n", 3),
        ("file,participant_id,notes\na.cwa,A,x\nb.cwa,B,\n", 2),
        ("file,participant_id,tz\na.cwa,A,Asia/Tokyo\nb.cwa,B,\n", 2),
        ("file,participant_id\nb.cwa,B\n", 2),
    ]:
        assert run([data], out, named(table(text))).resumed == done
        run([data], tmp_path / "fresh", named(read_table(table(text)).path))
        assert content(out) == content(tmp_path / "fresh")
        shutil.rmtree(tmp_path / "fresh")


def test_a_table_that_does_not_fit_is_refused_before_anything_is_opened(
    data, table, tmp_path, monkeypatch
):
    options = named(table("file,participant_id\nno.cwa,A\n"))
    monkeypatch.setattr("detector.inputs.sources.open_recording", None)
    with pytest.raises(SettingsError, match=r"row 2, file: 'no.cwa' is not there"):
        run([data], tmp_path / "out", options)
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------------ several files


@pytest.fixture
def night(tmp_path):
    """Three parts of one recording, the second with a gap before it."""
    folder = tmp_path / "night"
    for number, start_s in enumerate((0, 90, 150)):
        cwa(folder / f"part{number}.cwa", start_s=start_s, seed=number)
    return folder


JOINED = replace(OPTIONS, naming=Naming(join_folders=True))


def test_parts_are_one_row_with_their_number_and_sizes_added_up(night, tmp_path):
    run([night], tmp_path / "out", JOINED)
    ((name, row),) = ledger(tmp_path / "out").items()
    paths = sorted(night.iterdir())
    assert (name, row["path"], row["parts"], row["participant_id"]) == ("night", "./", 3, "night")
    assert row["input_bytes"] == sum(path.stat().st_size for path in paths)
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    assert row["input_sha256"] == hashlib.sha256("".join(hashes).encode()).hexdigest()
    assert (row["samples"], row["gaps"], row["gap_min"]) == (18_000, 1, 0.5)
    result = json.loads((tmp_path / "out" / "recordings" / "night" / "result.json").read_text())
    assert [s["reason"] for s in result["health"]["segments"]] == ["start", "next_part"]


def test_parts_are_done_once_and_again_if_one_changes_comes_or_goes(night, tmp_path):
    out = tmp_path / "out"

    def resumed():
        return run([night], out, JOINED).resumed

    assert [resumed(), resumed()] == [0, 1]
    os.utime(night / "part1.cwa", ns=(EVENING_NS + 1, EVENING_NS + 1))
    assert [resumed(), resumed()] == [1, 1]
    cwa(night / "part1.cwa", start_s=90, seed=9)
    assert [resumed(), resumed()] == [0, 1]
    cwa(night / "part3.cwa", start_s=400)
    assert [resumed(), resumed()] == [0, 1]
    (night / "part0.cwa").unlink()
    assert [resumed(), resumed()] == [0, 1]
    run([night], tmp_path / "fresh", JOINED)
    assert content(out) == content(tmp_path / "fresh")


def test_files_of_two_devices_fail_and_the_message_names_the_file(night, tmp_path):
    write_cwa(night / "other.cwa", pieces(500), CwaLayout(packed=False, device_id=777))
    summary = run([night], tmp_path / "out", JOINED)
    (row,) = summary.rows
    assert (row["status"], row["reason"]) == ("failed", "unreadable")
    assert str(row["message"]).startswith(
        "other.cwa: is no part of the recording that begins with part0.cwa: its serial is 777"
    )


def test_a_part_that_cannot_be_read_is_a_warning(night, tmp_path):
    (night / "part3.cwa").touch()
    summary = run([night], tmp_path / "out", JOINED)
    (row,) = summary.rows
    assert row["status"] == "ok_with_warnings"
    assert str(row["reason"]).startswith("part_unreadable")
    assert (row["parts"], row["samples"]) == (4, 18_000)


def test_a_part_that_changes_while_it_is_read_fails_the_recording(night, tmp_path):
    class Append(Watcher):
        def progress(self, _index, progress):
            if progress.phase == "writing":
                with (night / "part1.cwa").open("ab") as file:
                    file.write(b"more")

    (row,) = run([night], tmp_path / "out", JOINED, Append()).rows
    assert str(row["message"]).startswith("part1.cwa: was changed while it was being read")


# ------------------------------------------------------------------ names that could collide

LONG = "x" * 200
NAMES = (
    *("sub.01.ses.2.cwa", "sub.01.ses.3.cwa", "my night.cwa", "my_night.cwa", "my  night.cwa"),
    *("Zo\u00eb.cwa", "Zoe\u0308.cwa", "患者.CWA", "NIGHT.CWA", "night.cwa", "Night.cwa"),
    *("left/same.cwa", "right/same.cwa", "same.bin", "same.csv", "same.cwa.gz"),
    *("my.csv.files/data.csv/a.csv.cwa", "csv", "csv.csv", "a.../b.cwa", "--help.cwa", "=1+1.cwa"),
    *("con.cwa", "nul.cwa", "COM1.cwa", "lpt¹.cwa", "aux.x.cwa", "a'b\"c.cwa", "new\nline.cwa"),
    *(f"{LONG}1.cwa", f"{LONG}2.cwa", f"{'é' * 100}.cwa", "a%20b.cwa", "a&b<i>.cwa", "x.cwa.cwa"),
)


@pytest.fixture(scope="module")
def collisions(tmp_path_factory):
    """Recordings under names that have made others stumble, and what a run made of them."""
    folder = tmp_path_factory.mktemp("collisions")
    sample = cwa(folder / "sample.cwa", minutes=0.5).read_bytes()
    for name in NAMES:
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".bin"):
            write_geneactiv(path, pieces(minutes=0.5), GeneactivLayout())
        elif name.endswith(".csv"):
            write_csv(path, pieces(minutes=0.5), Scale(gain_g=(1 / 256,) * 3))
        else:
            path.write_bytes(gzip.compress(sample) if name.endswith(".gz") else sample)
    return folder / "data", folder / "out", run([folder / "data"], folder / "out", OPTIONS)


def test_no_two_inputs_share_a_folder_and_none_is_lost(collisions):
    _, out, summary = collisions
    assert summary.counts["ok"] + summary.counts["ok_with_warnings"] == len(NAMES)
    ids = [str(row["recording_id"]) for row in summary.rows]
    assert len({name.casefold() for name in ids}) == len(NAMES)
    assert {path.name for path in (out / "recordings").iterdir()} == set(ids)
    assert {row["path"] for row in summary.rows} == set(NAMES)
    for name in ids:
        assert (out / "recordings" / name / "run.json").is_file()


def test_tables_and_ids_of_strange_names_are_read_back(collisions):
    _, out, summary = collisions
    assert list(read(RECORDINGS, out / "recordings.csv")) == [dict(row) for row in summary.rows]
    people = {
        row["path"]: row["participant_id"] for row in read(RECORDINGS, out / "recordings.csv")
    }
    assert people["sub.01.ses.2.cwa"] == "sub.01.ses.2"
    assert people["my.csv.files/data.csv/a.csv.cwa"] == "a"
    assert people["患者.CWA"] == "患者"
    assert people["new\nline.cwa"] == "new\nline"


def test_a_second_run_finds_all_of_them_done(collisions):
    data, out, _ = collisions
    assert run([data], out, OPTIONS).resumed == len(NAMES)
