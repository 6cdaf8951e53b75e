"""The commands at work: exit status, last line, what goes where."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from project import ROOT

from detector import narrator, selftest
from detector.cli import main
from detector.doctor import required
from detector.selftest import BUNDLED

OK, FAILED, NO_INPUT, INTERRUPTED = 0, 1, 3, 130


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a run over the bundled recording."""
    out = tmp_path_factory.mktemp("run") / "out"
    assert main(["run", str(BUNDLED), "-o", str(out), "--tz", "Europe/London", "-q"]) == OK
    return out


def hypnic(*words: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the real program."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "detector", *map(str, words)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        **more,
    )


# ------------------------------------------------------------------ run


def test_good_and_bad_inputs_give_status_1_and_a_last_line_that_says_so(tmp_path: Path) -> None:
    empty = tmp_path / "empty.cwa"
    empty.touch()
    done = hypnic("run", BUNDLED, empty, "-o", tmp_path / "out", "--tz", "Europe/London")
    assert done.returncode == FAILED
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0] == "2 recordings found"
    assert any(line.startswith(f"{empty.as_posix()}: failed: is empty (0 bytes)") for line in lines)
    assert any(line.startswith("  night of 2023-05-0") for line in lines)
    assert "1 failed" in lines[-1]
    assert lines[-1].endswith(f"(see {tmp_path / 'out' / 'recordings.csv'})")


def test_a_run_says_when_recordings_were_done_before(
    analysed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", str(BUNDLED), "-o", str(analysed), "--tz", "Europe/London"]
    assert main(words) == OK
    said = capsys.readouterr().err
    assert "(done before)" in said
    assert "1 of them done before" in said.splitlines()[-1]


def test_a_stated_sleep_period_is_used_and_makes_a_done_recording_undone(
    analysed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", str(BUNDLED), "-o", str(analysed), "--tz", "Europe/London"]
    assert main([*words, "--sleep-period", "03:05-05:40"]) == OK
    assert "done before" not in capsys.readouterr().err
    [row] = csv.DictReader((analysed / "nights.csv").read_text(encoding="utf-8").splitlines())
    assert row["onset_source"] == "diary"
    assert row["sleep_onset"] == "2023-05-04T03:05:00.000+01:00"
    assert row["wake"] == "2023-05-04T05:40:00.000+01:00"


def test_forced_recordings_are_done_again(
    analysed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", str(BUNDLED), "-o", str(analysed), "--tz", "Europe/London", "--force"]
    assert main(words) == OK
    assert "done before" not in capsys.readouterr().err


def test_a_verbose_run_names_changed_settings_and_the_measured_rate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", str(BUNDLED), "-o", str(tmp_path / "out"), "-v", "--scan.on-factor", "3"]
    assert main(words) == OK
    said = capsys.readouterr().err
    assert "scan.on_factor = 3.0" in said.splitlines()[0]
    assert "Axivity AX3, 24." in said


def test_a_quiet_run_without_problems_says_only_the_last_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(BUNDLED), "-o", str(tmp_path / "out"), "-q"]) == OK
    captured = capsys.readouterr()
    assert captured.out == ""
    said = [line for line in captured.err.splitlines() if "with warnings:" not in line]
    assert len(said) == 1
    assert said[0].endswith("recordings.csv)")


def test_the_json_summary_is_all_that_goes_to_the_standard_output(
    analysed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", str(BUNDLED), "-o", str(analysed), "--tz", "Europe/London", "--json"]
    assert main(words) == OK
    summary = json.loads(capsys.readouterr().out)
    assert summary["exit_status"] == OK
    (row,) = summary["recordings"]
    assert row["path"] == BUNDLED.as_posix()
    assert row["nights"] == 1
    assert row["tz"] == "Europe/London"


def test_the_settings_of_a_run_lie_beside_its_results_and_give_the_same_again(
    tmp_path: Path, analysed: Path
) -> None:
    resolved = analysed / "config.resolved.toml"
    words = ["run", str(BUNDLED), "-o", str(tmp_path / "out"), "--tz", "Europe/London", "-q"]
    assert main([*words, "--config", str(resolved)]) == OK
    assert (tmp_path / "out" / "config.resolved.toml").read_bytes() == resolved.read_bytes()
    name = Path("recordings", "ax3_thigh25_short_night", "events.csv")
    assert (tmp_path / "out" / name).read_bytes() == (analysed / name).read_bytes()


def test_an_interrupted_run_keeps_its_tables_and_says_130(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(narrator.Narrator, "progress", interrupt)
    assert main(["run", str(BUNDLED), "-o", str(tmp_path / "out")]) == INTERRUPTED
    assert capsys.readouterr().err.splitlines()[-1].startswith("interrupted: 0 ok")
    assert "interrupted" in (tmp_path / "out" / "recordings.csv").read_text()


def test_an_interrupt_anywhere_else_says_130_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("detector.inspect.inspect_all", interrupt)
    assert main(["inspect", str(BUNDLED)]) == INTERRUPTED
    assert capsys.readouterr().err == "hypnic: interrupted\n"


def test_a_bug_in_one_recording_is_a_failure_that_names_its_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("detector.nights.judging.judge", broken)
    out = tmp_path / "out"
    assert main(["run", str(BUNDLED), "-o", str(out)]) == FAILED
    said = capsys.readouterr().err
    log = out / "recordings" / "ax3_thigh25_short_night" / "crash.log"
    assert f"please report {log}" in said
    assert "on purpose" in log.read_text()
    assert "1 failed" in said.splitlines()[-1]


def test_a_bug_elsewhere_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "on purpose", "elsewhere")

    monkeypatch.setattr("detector.cohort.run", broken)
    with pytest.raises(FileNotFoundError, match="on purpose"):
        main(["run", str(BUNDLED), "-o", "out"])


@pytest.mark.parametrize("number", [28, 30])
def test_a_full_or_write_protected_disk_is_named_and_is_a_failure(
    number: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "out" / "nights.csv"))

    monkeypatch.setattr("detector.cohort.run", broken)
    assert main(["run", str(BUNDLED), "-o", str(tmp_path / "out")]) == FAILED
    table = tmp_path / "out" / "nights.csv"
    assert f"{table} cannot be written: {os.strerror(number)}" in capsys.readouterr().err


# ------------------------------------------------------------------ the others


def test_the_demonstration_shows_found_against_planted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "demo"
    assert main(["demo", "-o", str(out)]) == OK
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    planted = [line for line in lines if " mg " in line]
    assert len(planted) == 6
    assert sum("sleep_start" in line for line in planted) >= 5
    errors_ms = [float(line.split(" ms")[0].split()[-1]) for line in planted if " ms" in line]
    assert all(abs(error) <= 100 for error in errors_ms)
    assert any(line.endswith("  yes") for line in planted)
    assert any(line.startswith("sleep onset: planted 2") for line in lines)
    assert (out / "report.html").is_file()
    assert (out / "demo_night.bin").is_file()
    assert f"the report is {out / 'report.html'}" in captured.err


def test_a_seed_below_zero_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "-o", str(tmp_path / "demo"), "--seed", "-1"]) == 2
    assert "--seed" in capsys.readouterr().err


def test_the_doctor_finds_nothing_wrong_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "everything works"
    assert {line.split()[1] for line in lines if line.startswith("ok ")} >= {
        *required(),
        "detection",
    }


def test_the_doctor_fails_with_a_remedy_if_detection_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = selftest._quiet_with_one_jerk()
    monkeypatch.setattr(selftest, "_quiet_with_one_jerk", lambda: quiet)
    monkeypatch.setattr(selftest, "_PLANTED_S", selftest._PLANTED_S + 0.2)
    assert main(["doctor"]) == FAILED
    lines = capsys.readouterr().out.splitlines()
    (failed,) = [i for i, line in enumerate(lines) if line.startswith("fail")]
    assert "the planted jerk was found" in lines[failed]
    assert lines[failed + 1].lstrip().startswith("-> ")
    assert lines[-1].startswith("1 of ")
    assert lines[-1].endswith(" checks failed")


def test_the_program_and_the_module_are_one() -> None:
    done = hypnic("--version")
    assert (done.returncode, done.stderr) == (OK, "")
    script = Path(sys.executable).with_name("hypnic")
    if script.exists():
        words = [script, "--version"]
        installed = subprocess.run(words, check=True, capture_output=True, text=True)
        assert installed.stdout == done.stdout


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    words = [sys.executable, "-m", "detector", "config", "show"]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as shown:
        assert shown.stdout is not None
        assert shown.stderr is not None
        shown.stdout.close()
        assert shown.stderr.read() == ""
    assert shown.returncode == OK


def test_a_console_that_knows_only_ascii_is_served() -> None:
    done = hypnic("inspect", BUNDLED, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == OK
    assert "range \\xb18 g" in done.stdout
