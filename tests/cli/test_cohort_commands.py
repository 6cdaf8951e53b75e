"""Cohorts from the command line, in processes that are interrupted and killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_cohort import make_cohort

from detector.cli import main
from detector.commands.answer import INTERRUPTED, NO_INPUT, OK, USAGE
from detector.tables.columns import RECORDINGS
from detector.tables.csvtext import read

ARGUMENTS = ("--tz", "Europe/London", "--site", "wrist")


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "data"
    make_cohort(folder, 4, hours=0.5)
    (folder / "notes.csv").write_text("file,age\n")
    return folder


def content(out: Path) -> dict[str, bytes]:
    files = (path for path in sorted(out.rglob("*")) if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def undisturbed(data, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("out") / "out"
    assert main(["run", str(data), "-o", str(out), *ARGUMENTS]) == OK
    return out


def begin(data: Path, out: Path, *flags: str) -> subprocess.Popen[str]:
    """Begin a run with two workers in a session of its own."""
    words = ["run", str(data), "-o", str(out), *ARGUMENTS, "-j", "2", *flags]
    return subprocess.Popen(
        [sys.executable, "-m", "detector", *words],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hears_interrupts,  # noqa: PLW1509 (no thread of this process has begun)
    )


def hears_interrupts() -> None:
    """Undo what a shell does to its background jobs, in case it did so to these tests."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def wait_for(seen, seconds: float = 120.0) -> None:
    end_s = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.002)


def session_of(process: subprocess.Popen[str]) -> Iterator[int]:
    """Yield the processes of a session that still live."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == process.pid and fields[0] != "Z":
                yield int(entry.name)


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@on_linux
@pytest.mark.parametrize("pattern", [".*.partial", "*/run.json"])
def test_a_killed_run_leaves_no_worker_and_goes_on_where_it_was(
    data, undisturbed, tmp_path, pattern
):
    out = tmp_path / "out"
    process = begin(data, out)
    wait_for(lambda: list(out.glob(f"recordings/{pattern}")))
    process.kill()
    process.communicate()
    wait_for(lambda: not list(session_of(process)))
    done = len(list(out.glob("recordings/*/run.json")))
    again = begin(data, out, "-v")
    _, said = again.communicate()
    assert again.returncode == OK, said
    assert said.count("(done before)") == done
    assert content(out) == content(undisturbed)


@on_linux
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_ends_cleanly_and_goes_on_where_it_was(
    data, undisturbed, tmp_path, signal_
):
    out = tmp_path / "out"
    process = begin(data, out)
    wait_for(lambda: list(out.glob("recordings/.*.partial")))
    (os.killpg if signal_ == signal.SIGINT else os.kill)(process.pid, signal_)
    _, said = process.communicate()
    assert process.returncode == INTERRUPTED
    assert said.splitlines()[-1].startswith("interrupted: ")
    assert "Traceback" not in said
    wait_for(lambda: not list(session_of(process)))
    assert not list(out.glob("recordings/.*"))
    rows = list(read(RECORDINGS, out / "recordings.csv"))
    assert len(rows) == 5
    assert {"interrupted", "not_a_recording"} <= {row["reason"] for row in rows}
    again = begin(data, out)
    again.communicate()
    assert again.returncode == OK
    assert content(out) == content(undisturbed)


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(data, tmp_path, capsys):
    out = tmp_path / "out"
    words = ["run", str(data), "-o", str(out), *ARGUMENTS]
    assert main([*words, "--dry-run"]) == OK
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("skip  notes.csv: ")
    assert lines[1] == "run   group00/night000.cwa: new"
    assert said.err.splitlines()[-1] == "4 to analyse, 0 done, 1 skipped"
    assert not out.exists()


def why(capsys, *words: str) -> set[str]:
    assert main([*words, "--dry-run", "--json"]) == OK
    inputs = json.loads(capsys.readouterr().out)["inputs"]
    return {f"{each['what']} {each['why']}".strip() for each in inputs if each["what"] != "skip"}


def test_a_dry_run_says_why(data, undisturbed, capsys):
    words = ["run", str(data), "-o", str(undisturbed), *ARGUMENTS]
    before = content(undisturbed)
    assert why(capsys, *words) == {"done"}
    assert why(capsys, *words, "--force") == {"run --force"}
    assert why(capsys, *words, "--side", "left") == {"run what is said of it has changed: side"}
    assert why(capsys, *words, "--window.before-min", "40") == {"run the settings have changed"}
    path = next(data.rglob("*.cwa"))
    stat = path.stat()
    os.utime(path, ns=(1, 1))
    assert why(capsys, *words) == {"done"}
    path.write_bytes(path.read_bytes() + b"more")
    assert why(capsys, *words) == {"done", "run the file has changed"}
    path.write_bytes(path.read_bytes()[:-4])
    os.utime(path, ns=(stat.st_mtime_ns, stat.st_mtime_ns))
    (undisturbed / "recordings" / "night000" / "events.csv").rename(undisturbed / "away")
    assert why(capsys, *words) == {"done", "run its results are incomplete or of another version"}
    (undisturbed / "away").rename(undisturbed / "recordings" / "night000" / "events.csv")
    assert why(capsys, *words) == {"done"}
    assert content(undisturbed) == before


def test_a_dry_run_of_nothing_finds_nothing(tmp_path, capsys):
    assert main(["run", str(tmp_path), "-o", str(tmp_path / "out"), "--dry-run"]) == NO_INPUT
    assert capsys.readouterr().err.splitlines()[-1] == "no recording found"


def test_the_first_failure_can_end_a_run(data, tmp_path):
    broken = tmp_path / "a.cwa"
    broken.write_bytes(b"no recording" * 100)
    out = tmp_path / "out"
    words = ["run", str(broken), str(data), "-o", str(out), "-j", "1", *ARGUMENTS, "--fail-fast"]
    assert main(words) == 1
    rows = list(read(RECORDINGS, out / "recordings.csv"))
    assert rows[0]["status"] == "failed"
    assert [row["reason"] for row in rows[1:]].count("interrupted") >= 3


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--jobs", "2", "--local-cluster", "2"], "exclude each other"),
        (["--scheduler", "tcp://x:1", "--jobs", "2"], "exclude each other"),
        (["--shard", "3/2"], "such as 2/8"),
        (["--jobs", "0"], "jobs"),
    ],
)
def test_what_cannot_be_meant_is_refused(data, tmp_path, capsys, flags, said):
    assert main(["run", str(data), "-o", str(tmp_path / "out"), *flags]) == USAGE
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_shards_are_merged_on_the_command_line(data, undisturbed, tmp_path, capsys):
    out = tmp_path / "out"
    for shard in ("1/2", "2/2"):
        assert main(["run", str(data), "-o", str(out), *ARGUMENTS, "--shard", shard]) == OK
    assert f"(see {out / 'shards' / '2-of-2.csv'})" in capsys.readouterr().err
    assert main(["merge", str(out)]) == OK
    assert str(out / "recordings.csv") in capsys.readouterr().err
    for name in (
        "nights.csv",
        "events.csv",
        "recordings.csv",
        "by_participant.csv",
        "report.html",
        "nights.parquet",
    ):
        assert (out / name).read_bytes() == (undisturbed / name).read_bytes()


def test_a_merge_of_nothing_is_refused(tmp_path, capsys):
    assert main(["merge", str(tmp_path / "nothing")]) == USAGE
    assert "no such folder" in capsys.readouterr().err
