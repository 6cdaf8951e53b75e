from __future__ import annotations

import gzip
import shutil
import zipfile
from pathlib import Path

import pytest
from unprivileged import permits, unprivileged

from detector.inputs.sources import find_inputs
from recordings import (
    DEVICE_ENDINGS,
    GENERAL_ENDINGS,
    ReadOptions,
    RecordingError,
    open_recording,
)

SAMPLE = Path(__file__).parents[3] / "recordings" / "samples" / "ax3_thigh25_short_night.cwa.gz"
FAROS = Path(__file__).parents[2] / "data" / "faros_25hz.edf"
TABLE = b"time,x,y,z\n" + b"".join(
    b"2024-03-05T22:00:%02d.%03d,0.01,0.02,0.99\n" % divmod(20 * i, 1000) for i in range(500)
)


@pytest.fixture
def folder(tmp_path):
    data = tmp_path / "data"
    (data / "wave1").mkdir(parents=True)
    (data / "wave2").mkdir()
    return data


def shown(found):
    return {source.shown: source.skipped == "" for source in found}


def test_a_folder_is_searched_in_order_and_any_case(folder):
    for name in ("wave2/B.CWA", "wave2/a.Cwa.GZ", "wave1/z.BIN", "x.gt3x", "y.AGDC"):
        (folder / name).write_bytes(b"anything")
    assert list(shown(find_inputs([folder]))) == [
        "x.gt3x",
        "y.AGDC",
        "wave1/z.BIN",
        "wave2/B.CWA",
        "wave2/a.Cwa.GZ",
    ]


@pytest.mark.parametrize("ending", sorted(DEVICE_ENDINGS | GENERAL_ENDINGS))
def test_in_a_folder_a_damaged_file_is_lost_under_no_ending(ending, folder):
    for name in ("a" + ending, "b" + ending.upper() + ".gz"):
        (folder / name).write_bytes(b"\xff\xd8" * 600)
    found = find_inputs([folder])
    assert [source.shown for source in found] == ["a" + ending, "b" + ending.upper() + ".gz"]
    assert {bool(source.skipped) for source in found} == {ending in GENERAL_ENDINGS}


def test_in_a_folder_tables_are_inputs_if_they_open_and_said_if_not(folder):
    (folder / "night.csv").write_bytes(TABLE)
    (folder / "night.csv.gz").write_bytes(gzip.compress(TABLE))
    (folder / "empty.csv").write_bytes(b"")
    (folder / "participants.csv").write_text("file,age\nnight.csv,40\n")
    found = find_inputs([folder])
    assert shown(found) == {
        "empty.csv": True,
        "night.csv": True,
        "night.csv.gz": True,
        "participants.csv": False,
    }
    skipped = next(source for source in found if source.skipped)
    assert skipped.recording_id == ""
    assert skipped.shown == "participants.csv"


def test_in_a_folder_an_edf_is_an_input_if_it_has_an_accelerometer(folder):
    content = FAROS.read_bytes()
    (folder / "night.EDF").write_bytes(content)
    (folder / "sleep.edf").write_bytes(content.replace(b"mg      ", b"degC    "))
    found = find_inputs([folder])
    assert shown(found) == {"night.EDF": True, "sleep.edf": False}
    assert "no three axes of acceleration" in found[1].skipped


def test_in_a_folder_archives_are_inputs_if_they_open_and_said_if_not(folder):
    for name, members in {"night.zip": ["night.csv"], "both.ZIP": ["a.csv", "b.csv"]}.items():
        with zipfile.ZipFile(folder / name, "w") as archive:
            for member in members:
                archive.writestr(member, TABLE)
    found = find_inputs([folder])
    assert shown(found) == {"both.ZIP": False, "night.zip": True}
    assert "a zip archive of 2 files (a.csv, b.csv)" in found[0].skipped
    assert found[1].recording_id == "night"


def test_in_a_folder_other_files_count_only_if_they_are_recordings(folder):
    for name in ("notes.txt", "info.json", "README.md", ".hidden.cwa", "._night.cwa"):
        (folder / name).write_text("some words")
    (folder / ".git").mkdir()
    (folder / ".git" / "night.cwa").write_bytes(b"anything")
    shutil.copy(SAMPLE, folder / "without_an_ending")
    assert shown(find_inputs([folder])) == {"without_an_ending": True}


def test_a_file_given_by_name_is_an_input_whatever_it_is(folder):
    note = folder / "notes.txt"
    note.write_text("some words")
    missing = folder / "missing.cwa"
    found = find_inputs([note, missing])
    assert shown(found) == {note.as_posix(): True, missing.as_posix(): True}


def test_no_file_is_taken_twice(folder, monkeypatch):
    (folder / "a.cwa").write_bytes(b"anything")
    monkeypatch.chdir(folder)
    given = [Path("a.cwa"), Path("./wave1/../a.cwa"), Path(), folder]
    assert len(find_inputs(given)) == 1


def test_paths_are_relative_to_the_one_folder_given(folder):
    (folder / "wave1" / "a.cwa").write_bytes(b"anything")
    assert list(shown(find_inputs([folder]))) == ["wave1/a.cwa"]


def test_with_several_folders_paths_are_as_given_and_ids_differ(folder, monkeypatch):
    for name in ("wave1", "wave2"):
        (folder / name / "a.cwa").write_bytes(b"anything")
    monkeypatch.chdir(folder)
    found = find_inputs([Path("wave1"), Path("wave2")])
    assert list(shown(found)) == ["wave1/a.cwa", "wave2/a.cwa"]
    assert len({source.recording_id for source in found}) == 2
    assert {source.named.participant_id for source in found} == {"a"}


def test_output_folders_are_not_searched(folder):
    (folder / "a.cwa").write_bytes(b"anything")
    now, earlier = folder / "now", folder / "earlier"
    for out in (now, earlier):
        out.mkdir()
        (out / "b.cwa").write_bytes(b"anything")
    for name in ("data_dictionary.csv", "config.resolved.toml"):
        (earlier / name).write_text("")
    assert list(shown(find_inputs([folder], out=now))) == ["a.cwa"]


def test_a_folder_without_recordings_has_no_inputs(folder):
    assert find_inputs([folder]) == []


def test_a_table_without_time_is_an_input_if_the_rate_is_stated(folder):
    (folder / "rows.csv").write_text("x,y,z\n" + "0.0,0.0,1.0\n" * 100)
    assert shown(find_inputs([folder])) == {"rows.csv": False}
    assert shown(find_inputs([folder], reading=ReadOptions(rate_hz=50.0))) == {"rows.csv": True}
    with pytest.raises(RecordingError):
        open_recording(folder / "rows.csv")


@permits
def test_a_folder_that_may_not_be_searched_is_an_input_that_fails(folder, monkeypatch):
    (folder / "wave1" / "a.cwa").write_bytes(b"anything")
    (folder / "wave2" / "b.cwa").write_bytes(b"anything")
    for path in (folder.parent, folder, folder / "wave1"):
        path.chmod(0o755)
    monkeypatch.chdir(folder.parent)
    (folder / "wave2").chmod(0)
    with unprivileged():
        assert list(shown(find_inputs(["data"]))) == ["wave1/a.cwa", "wave2"]
        with pytest.raises(RecordingError, match="may not be read"):
            open_recording("data/wave2")
        inside = find_inputs(["data/wave2/b.cwa"])
        assert [source.recording_id for source in inside] == ["b"]
    (folder / "wave2").chmod(0o755)
