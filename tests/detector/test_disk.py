"""Disks that take no more, and limits that are as good as such disks."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from made_cohort import make_cohort
from made_results import made_facts
from unprivileged import permits, unprivileged

from detector import files
from detector.anonymise import key_of, key_path
from detector.cli import FAILED, USAGE, main
from detector.cohort import Executing, RunOptions, Watcher, run
from detector.inputs.sources import find_inputs
from detector.job import perform
from detector.output import RecordingFolder, sweep
from detector.parameter import SettingsError
from detector.tables.columns import RECORDINGS
from detector.tables.stored import table

from .test_output import PlainPage, content, write

resource = pytest.importorskip("resource", reason="Windows has no limits of file size")

OPTIONS = RunOptions(tz="Europe/London", site="wrist")
ARGUMENTS = ("--tz", "Europe/London", "--site", "wrist")


@contextmanager
def file_limit(size_bytes: int) -> Iterator[None]:
    """Let no file grow beyond a size: the system refuses as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Filling(Watcher):
    """Lets the first recording find no room for files beyond 20 kB."""

    def __init__(self) -> None:
        self.limit = file_limit(20_000)

    def progress(self, _index, progress):
        if progress.phase == "writing":
            self.limit.__enter__()

    def done(self, _index, _outcome):
        self.limit.__exit__(None, None, None)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "data"
    make_cohort(folder, 2, hours=0.2)
    return folder


def tree(out: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(out.rglob("*")) if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def test_a_full_disk_ends_the_run_with_a_ledger_and_run_again_it_gives_the_same_bytes(
    data, tmp_path
):
    out = tmp_path / "out"
    summary = run([data], out, OPTIONS, Filling())
    first, second = summary.rows
    assert summary.exit_status == 1
    assert (first["status"], first["reason"]) == ("failed", "not_written")
    page = out / "recordings" / "night000" / "report.html"
    assert str(first["message"]).startswith(f"{page} cannot be written: File too large; raise")
    assert (second["status"], second["reason"]) == ("skipped", "interrupted")
    assert list((out / "recordings").iterdir()) == []
    run([data], out, OPTIONS)
    run([data], tmp_path / "fresh", OPTIONS)
    assert tree(out) == tree(tmp_path / "fresh")


@pytest.mark.parametrize(
    ("limit_bytes", "name"),
    [
        (100, "config.resolved.toml"),
        (20_000, "data_dictionary.csv"),
        (100_000, "assets/plotly.min.js"),
    ],
)
def test_a_full_disk_is_told_with_the_file_and_what_to_do(
    data, tmp_path, capsys, limit_bytes, name
):
    out = tmp_path / "out"
    with file_limit(limit_bytes):
        assert main(["run", str(data), "-o", str(out), *ARGUMENTS]) == FAILED
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(f"hypnic: {out / name} cannot be written: File too large; raise the")


def test_a_recording_that_finds_no_room_leaves_none_taken(tmp_path):
    with file_limit(3000), pytest.raises(OSError, match="too large") as raised:
        write(tmp_path / "a")
    assert Path(raised.value.filename).name == "events.csv"
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_finds_no_room_leaves_the_earlier_result(tmp_path):
    write(tmp_path / "a")
    before = content(tmp_path / "a")
    with (
        file_limit(3000),
        pytest.raises(OSError, match="too large"),
        RecordingFolder(tmp_path / "a", made_facts(), PlainPage()) as folder,
    ):
        folder.finish(made_facts(), {"input": {"bytes": 1, "sha256": "ab"}})
    assert content(tmp_path / "a") == before
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@permits
@pytest.mark.parametrize("force", [False, True], ids=["asked otherwise", "forced"])
def test_a_folder_that_is_refused_is_its_recordings_failure_and_no_other(
    data, tmp_path, monkeypatch, force
):
    monkeypatch.chdir(tmp_path)  # which nobody else may enter
    out = Path("out")
    run([data], out, OPTIONS)
    before = tree(out / "recordings" / "night000")
    (out / "recordings" / "night000").chmod(0o555)
    options = OPTIONS if force else replace(OPTIONS, side="left")
    shutil.copytree(data, "data")
    with unprivileged(tmp_path):
        summary = run(["data"], out, options, force=force)
    refused, other = summary.rows
    assert (refused["status"], refused["reason"]) == ("failed", "not_written")
    folder = Path("out/recordings/night000")
    assert refused["message"] == (
        f"{folder} cannot be written: Permission denied; name a folder you may write into"
    )
    assert (other["status"], other["side"]) == ("ok_with_warnings", options.side)
    assert summary.exit_status == 1
    assert tree(folder) == before
    assert {path.name for path in folder.parent.iterdir()} == {"night000", "night001"}


@permits
def test_a_folder_of_all_recordings_that_is_refused_ends_the_run(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(data, "data")
    Path("out/recordings").mkdir(parents=True)
    Path("out/recordings").chmod(0o555)
    with unprivileged(tmp_path):
        summary = run(["data"], Path("out"), OPTIONS)
    assert [row["reason"] for row in summary.rows] == ["not_written", "interrupted"]


@permits
def test_what_somebody_else_left_half_written_is_left_to_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    left = Path(".a.0123abcd.partial")
    left.mkdir()
    (left / "nights.csv").touch()
    left.chmod(0o555)
    with unprivileged(tmp_path):
        sweep(Path(), {"a"})
    assert left.exists()


@permits
def test_a_bug_is_told_also_where_its_log_is_refused(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(data, "data")
    folder = Path("out/recordings/night000")
    folder.mkdir(parents=True)
    folder.chmod(0o555)
    (source, _) = find_inputs(["data"])

    def mistake(progress):
        if progress.phase == "reading":
            raise RuntimeError("a mistake in the program")

    with unprivileged(tmp_path):
        outcome = perform(source, Path("out"), OPTIONS, mistake)
    assert (outcome.row["reason"], outcome.row.get("log")) == ("crashed", None)
    assert outcome.problem == "RuntimeError: a mistake in the program"


@permits
def test_new_times_that_are_refused_cost_a_done_recording_nothing(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(data, "data")
    run(["data"], Path("out"), OPTIONS)
    os.utime(*Path("data").rglob("night000.*"), ns=(0, 0))
    Path("out/recordings/night000").chmod(0o555)
    with unprivileged(tmp_path):
        summary = run(["data"], Path("out"), OPTIONS)
    assert (summary.exit_status, summary.resumed) == (0, 2)


class NoRoom(Executing):
    """Its workers send what they wrote, for which there is no room here."""

    def result(self, future):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(future.result()))


def test_what_workers_send_and_the_disk_does_not_take_is_in_the_ledger(data, tmp_path):
    out = tmp_path / "out"
    with ThreadPoolExecutor(1) as threads:
        crew = NoRoom(threads, 1, (), lambda source, out, _: out / "recordings" / source.title)
        summary = run([data], out, OPTIONS, crew=lambda _: crew)
    assert [row["reason"] for row in summary.rows] == ["not_written", "interrupted"]
    assert "No space left on device; make room" in str(summary.rows[0]["message"])


@pytest.mark.parametrize(
    ("name", "number", "said"),
    [
        ("out/nights.csv", errno.EIO, "out/nights.csv cannot be written: .*; see to that disk"),
        ("out/.nights.csv.partial", errno.EACCES, "out/nights.csv cannot .*; name a folder"),
        ("out/recordings/.a.0123abcd.partial/x.csv", errno.EDQUOT, "out/recordings/a/x.csv .*room"),
        (b"out/x", errno.EMFILE, "out/x cannot be written: .*ulimit -n"),
        ("out", errno.ENOENT, "out cannot be written: .*; see where the folder has gone"),
        (None, errno.ENOSPC, "compiled kernel. cannot be written: .*; make room"),
        ("elsewhere", errno.EROFS, "elsewhere cannot be written"),
    ],
)
def test_what_the_system_refuses_to_write_is_told(name, number, said):
    with (
        pytest.raises(files.OutputError, match=said),
        files.writing(Path("out")),
    ):
        raise OSError(number, os.strerror(number), name)


@pytest.mark.parametrize("error", [OSError(errno.EIO, "bad"), PermissionError(13, "no", "input")])
def test_what_is_no_matter_of_the_output_stays_what_it_is(error):
    with pytest.raises(type(error)), files.writing(Path("out")):
        raise error


def test_a_key_to_pseudonyms_that_finds_no_room_is_not_there(tmp_path):
    with file_limit(20), pytest.raises(SettingsError, match="cannot be written: File too large"):
        key_of(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    assert key_of(tmp_path / "out") == key_of(tmp_path / "out")


def test_shards_that_begin_at_once_have_one_key(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(key_of, [tmp_path / "out"] * 8))
    assert len(set(keys)) == 1
    assert list(tmp_path.iterdir()) == [key_path(tmp_path / "out")]


def test_a_ledger_that_is_cut_at_any_byte_of_a_row_is_refused(data, tmp_path):
    run([data], tmp_path, OPTIONS)
    path = tmp_path / "recordings.csv"
    whole = path.read_bytes()
    rows = list(table(tmp_path, path.name, RECORDINGS))
    assert [row["recording_id"] for row in rows] == ["night000", "night001"]
    for keep in range(len(whole)):
        path.write_bytes(whole[:keep])
        if keep <= whole.index(b"\n") or not whole[:keep].endswith(b"\n"):
            with pytest.raises(SettingsError, match=r"recordings.csv: (is cut|has other columns)"):
                table(tmp_path, path.name, RECORDINGS)
    assert main(["merge", str(tmp_path)]) == USAGE
