"""What the command line refuses, in which words, and with which exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from detector.cli import main
from detector.config import all_parameters, dump_toml
from detector.parameter import Parameter
from detector.settings import Settings
from detector.version import ALGORITHM_VERSION, VERSION


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a refused command writes."""
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("hypnic: ")
    return captured.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("rnu a -o x", 'Did you mean "run"?'),
        ("run a", "--out is missing"),
        ("run -o x", "no INPUT given"),
        ("run a -o", "-o needs a value"),
        ("run a -o x --ouut y", "--ouut is no option; did you mean --out?"),
        ("run a -o x --scan.on-facter=3", "did you mean --scan.on-factor?"),
        ("run a -o x --on-factor 3", "did you mean --scan.on-factor?"),
        ("run a -o x --sleep.on-factor 3", "did you mean --scan.on-factor?"),
        ("run a -o x --scan.on-factor", "--scan.on-factor needs a value"),
        ("run a -o x --scan.on-factor 3 --scan.on-factor 4", "specified multiple times"),
        ("run a -o x --scan.on-factor abc", "scan.on_factor = 'abc' is not a number (1.5 to 6)"),
        ("run a -o x --scan.on-factor 9", "scan.on_factor = 9 is outside 1.5 to 6"),
        ("run a -o x --kinds.bursts-max 2.5", "kinds.bursts_max = '2.5' is not a whole number"),
        ("run a -o x --window.before-min -5", "window.before_min = -5 is outside 0 to 180 min"),
        ("run a -o x --sleep.guider hdczz", "did you mean 'hdcza'?"),
        ("run a -o x --tz CET", "such as 'Europe/Berlin'"),
        ("run a -o x --tz Europe/Lodnon", "did you mean 'Europe/London'?"),
        ("inspect a --tz EST", "such as 'America/New_York'"),
        ("run a -o x --tz Europe/London --device-tz GMT+1", "'Etc/GMT-1'"),
        ("inspect a --device-tz Lodnon", "such as 'Europe/London'"),
        ("run a -o x --rate nan", "--rate nan is outside 1 to 10000 Hz"),
        ("run a -o x --rate fast", '"fast"'),
        ("run a -o x --unit G", "'G' is not g, mg or m/s2 (see"),
        ("run a -o x --sleep-period 3:05-6:00", "write a period like 23:10-06:45"),
        ("run a -o x --sleep-period 23:10", "write a period like 23:10-06:45"),
        ("run a -o x --sleep-period 05:00-05:00", "begins and ends at the same time"),
        ("run a -o x --columns time=1", "does not say which column is x"),
        ("inspect a --columns 1,2,3", "'1' is not like x=3"),
        ("inspect a --columns x=1,y=2,z=3,x=4", "states x twice"),
        ("inspect a --columns x=1,y=2,z=0", "counts columns from 1"),
        ("inspect a --columns x=1,y=2,z=3,t=4", "'t' is none of time, x, y, z"),
        ("inspect a --columns x=1,y=1,z=3", "names a column twice"),
        ("run a -o x --date-order dym", "'dym' is not ymd, mdy or dmy"),
        ("run a -o x -z", "-z is no option"),
        ("run a -o x --side up", "'up' is not left or right"),
        ("run a -o x --site anckle", "did you mean 'ankle'?"),
        ("run a -o x -q -v", "--quiet and --verbose exclude each other"),
        ("run a -o x --participants missing.csv", "missing.csv: cannot be read"),
        ("inspect a --participants missing.csv", "missing.csv: cannot be read"),
        ("inspect a --id-regex (x", "--id-regex is no regular expression: missing )"),
        ("run a -o x --id-regex (?P<sesion>x)", "did you mean 'session'?"),
        ("run a -o x --anonymize", "--anonymize is no option; did you mean --anonymise?"),
        ("inspect", "no INPUT given"),
        ("config validate", "needs a settings file"),
        ("review apply out", "--labels is missing"),
        ("review apply out --labels missing.csv", "missing.csv: cannot be read"),
        ("compare a.csv", "B is missing"),
        ("compare a.csv b.csv --tolerance-s -1", "--tolerance-s -1 is outside 0 to 60 s"),
        ("compare a.csv b.csv --tolerance 1", "did you mean --tolerance-s?"),
        ("compare a.csv b.csv -o ./b.csv", "is one of the lists; name another file"),
        ("compare a.csv b.csv", "a.csv: cannot be read"),
        ("export out -o x", "--to is missing"),
        ("export out --to bid -o x", "did you mean 'bids'?"),
        ("export missing --to edf -o x", "name a folder that 'hypnic run' wrote"),
        ("config validate missing.toml", "missing.toml: cannot be read"),
        ("run a -o x --config missing.toml", "missing.toml: cannot be read"),
    ],
)
def test_wrong_words_are_refused_with_what_was_probably_meant(
    words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refused(words.split(), capsys)


def test_nothing_is_opened_or_written_before_the_words_are_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    unreadable = tmp_path / "no_such_file.cwa"
    refused(["run", str(unreadable), "-o", str(out), "--scan.on-factor", "9"], capsys)
    assert not out.exists()


def test_the_results_cannot_go_into_a_file_or_among_the_recordings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    said = refused(["run", str(tmp_path), "-o", str(tmp_path / "file")], capsys)
    assert "is a file; name a folder" in said
    said = refused(["run", str(tmp_path), "-o", f"{tmp_path}/../{tmp_path.name}"], capsys)
    assert "is the folder of the recordings" in said


def test_the_version_names_package_and_algorithm(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"hypnic {VERSION} (algorithm {ALGORITHM_VERSION})\n"


def test_help_names_every_command_and_no_words_mean_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for command in ("run", "inspect", "demo", "config", "doctor"):
        assert f" {command} " in shown
    assert main([]) == 0
    assert capsys.readouterr().out == shown


def test_help_of_run_shows_every_setting_with_meaning_bounds_and_default() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "detector", "run", "--help"],
        env={**os.environ, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.strip("│ ") for line in shown.stdout.splitlines()]
    for p in all_parameters().values():
        (line,) = [line for line in lines if line.startswith(f"{p.flag} ")]
        assert p.text in line
        assert f"({p.allowed})" in line
        assert f"[default: {p.shown(p.default)}]" in line
    first_setting = next(i for i, line in enumerate(lines) if line.startswith("--scan."))
    assert all(lines.index(s) < first_setting for s in lines if s.startswith(("--tz", "--quiet")))


def test_shown_settings_are_the_defaults_then_the_file_then_the_flags(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "show"]) == 0
    assert capsys.readouterr().out == dump_toml(Settings())
    file = tmp_path / "my.toml"
    file.write_text("[scan]\non_factor = 3\nmerge_s = 0.6\n")
    assert main(["config", "show", "--config", str(file), "--scan.merge-s=0.7"]) == 0
    shown = tomllib.loads(capsys.readouterr().out)["scan"]
    assert (shown["on_factor"], shown["merge_s"], shown["floor_s"]) == (3.0, 0.7, 120.0)


def test_a_flag_given_with_the_default_value_still_beats_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "my.toml"
    file.write_text("[scan]\non_factor = 3\n")
    assert main(["config", "show", "--config", str(file), "--scan.on-factor", "2.5"]) == 0
    assert tomllib.loads(capsys.readouterr().out)["scan"]["on_factor"] == 2.5


@pytest.mark.parametrize("p", all_parameters().values(), ids=lambda p: p.key)
def test_every_setting_can_be_given_as_a_flag(
    p: Parameter, capsys: pytest.CaptureFixture[str]
) -> None:
    value = p.choices[-1] if p.choices else "18:00" if p.type == "time" else f"{p.default:g}"
    assert main(["config", "show", p.flag, value]) == 0
    shown = tomllib.loads(capsys.readouterr().out)[p.group][p.name]
    assert shown == p.parse(value)


def test_validate_says_what_differs_from_the_defaults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, same = tmp_path / "good.toml", tmp_path / "same.toml"
    good.write_text("[scan]\non_factor = 3\n")
    same.write_text(dump_toml(Settings()))
    assert main(["config", "validate", str(good), str(same)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{good}: ok (")
    assert first.endswith("scan.on_factor = 3.0")
    assert second == (f"{same}: ok ({Settings().fingerprint()}): all settings have their defaults")


def test_an_empty_folder_holds_no_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "data", tmp_path / "out"
    folder.mkdir()
    (folder / "notes.md").write_text("nothing\n")
    assert main(["run", str(folder), "-o", str(out)]) == 3
    assert capsys.readouterr().err.splitlines()[-1].startswith("no recording found")
    assert not out.exists()
    assert main(["inspect", str(folder), "--json"]) == 3
    captured = capsys.readouterr()
    assert json.loads(captured.out)["recordings"] == []
    assert captured.err == "no recording found\n"
