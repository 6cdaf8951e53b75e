"""A diary as a user gives it: checked, compared, used, refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from detector.cli import main
from detector.selftest import BUNDLED

OK, USAGE, NO_INPUT = 0, 2, 3
WHO = BUNDLED.name.removesuffix(".cwa.gz")
HEAD = "participant_id,night_date,lights_off,sleep_onset,wake,stress\n"


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    path = tmp_path / "diary.csv"
    path.write_text(f"{HEAD}{WHO},2023-05-03,01:45,02:40,05:40,7\n")
    return path


def test_a_diary_in_order_is_summed_up(diary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["diary", "check", str(diary)]
    assert main(words) == OK
    said = f"{diary}: ok: nights 1, participants 1, factors stress\n"
    assert capsys.readouterr().out == said
    assert main([*words, str(BUNDLED), "--tz", "Europe/London"]) == OK
    assert capsys.readouterr().out == said


def test_all_problems_are_said_at_once(diary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with diary.open("a") as file:
        file.writelines(f"p{i},2024-03-05,24:00,,,\n" for i in range(30))
    assert main(["diary", "check", str(diary)]) == USAGE
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 30
    assert lines[29].endswith("row 32, lights_off: '24:00' is not a time of day; midnight is 00:00")


def test_with_recordings_names_are_matched_both_ways_and_times_with_the_zone(
    diary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    diary.write_text(f"{HEAD}{WHO.upper()},2024-03-05,,,,\n{WHO}.0,2024-03-30,,00:10,01:30,\n")
    assert main(["diary", "check", str(diary), "--tz", "Europe/London"]) == USAGE
    assert capsys.readouterr().out == (
        f"{diary}: row 3, wake: 2024-03-31 01:30 does not exist in Europe/London: "
        "clocks were set forward\n"
    )
    assert main(["diary", "check", str(diary), str(BUNDLED)]) == USAGE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{diary}: no recording of '{WHO.upper()}'")
    assert f"'{WHO}.0' (is it '{WHO}'?)" in lines[0]
    assert lines[1].startswith(f"{diary}: no row for '{WHO}'")


def test_a_check_without_a_recording_that_was_named_is_wrong_usage(
    diary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (diary.parent / "empty").mkdir()
    assert main(["diary", "check", str(diary), str(diary.parent / "empty")]) == USAGE
    assert "no recording found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--diary missing.csv", "missing.csv: cannot be read"),
        ("--diary-onset use", "--diary-onset needs a --diary"),
        ("--diary d --diary-onset both", "'both' is not compare or use"),
        (
            "--diary d --diary-onset use --sleep-period 23:10-06:45",
            "--sleep-period and --diary-onset use exclude each other",
        ),
    ],
)
def test_wrong_words_are_refused(
    words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(BUNDLED), "-o", "x", *words.split()]) == USAGE
    assert message in capsys.readouterr().err


def test_a_sleep_log_is_written_as_a_diary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("ID,onset_N1,wakeup_N1,remarks\n7,22:00:00,06:00:00,none\n")
    words = ["diary", "convert", str(log), "--first-night"]
    assert main([*words, "5.3.2024"]) == USAGE
    assert "write a date like 2024-03-05" in capsys.readouterr().err
    assert main([*words, "2024-03-05"]) == OK
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "participant_id,night_date,in_bed,lights_off,sleep_onset,wake,out_of_bed",
        "7,2024-03-05,,,2024-03-05T22:00:00,2024-03-06T06:00:00,",
    ]
    assert "a diary has no place for remarks" in said.err


def test_a_run_uses_a_diary_and_its_table_is_no_recording(diary: Path) -> None:
    data, out = diary.parent, diary.parent / "out"
    (data / BUNDLED.name).write_bytes(BUNDLED.read_bytes())
    words = ["run", str(data), "-o", str(out), "--tz", "Europe/London", "-q"]
    assert main([*words, "--diary", str(diary), "--diary-onset", "use"]) == OK
    (night,) = csv.DictReader((out / "nights.csv").read_text(encoding="utf-8").splitlines())
    assert night["onset_source"] == "diary"
    assert night["stress"] == "7"
    (recording,) = csv.DictReader((out / "recordings.csv").read_text("utf-8").splitlines())
    assert recording["path"] == BUNDLED.name


def test_a_run_takes_stages_from_a_table(tmp_path: Path) -> None:
    stages, out = tmp_path / "stages.csv", tmp_path / "out"
    stages.write_text("start,stage\n2023-05-04T01:00,W\n2023-05-04T02:30,N2\n2023-05-04T05:30,W\n")
    words = ["run", str(BUNDLED), "-o", str(out), "--tz", "Europe/London", "-q"]
    assert main([*words, "--hypnogram", str(stages)]) == OK
    (night,) = csv.DictReader((out / "nights.csv").read_text(encoding="utf-8").splitlines())
    assert night["onset_source"] == "hypnogram"
    assert night["sleep_onset"] == "2023-05-04T02:30:00.000+01:00"
    stages.write_text("start,stage\n2023-05-04T01:00,2\n")
    assert main([*words, "--hypnogram", str(stages)]) == USAGE
