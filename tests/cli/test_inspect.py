"""What ``hypnic inspect`` shows, of one recording and of a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from project import ROOT

from detector.cli import main
from detector.selftest import BUNDLED

OK, FAILED = 0, 1


def test_inspect_shows_device_clock_and_health(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(BUNDLED), "--tz", "Europe/London"]) == OK
    captured = capsys.readouterr()
    for said in (
        "axivity-cwa, Axivity AX3, serial 31152, firmware 44",
        "Europe/London",
        "+01:00 to 2023-05-0",
        "Hz measured, 25 Hz stated (-2.",
        "range ±8 g, step 15.62 mg (measured)",
        "samples  483 000 in ",
    ):
        assert said in captured.out


def test_inspect_without_a_zone_says_so_and_shows_no_offset(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["inspect", str(BUNDLED), "--json"]) == OK
    (one,) = json.loads(capsys.readouterr().out)["recordings"]
    assert one["tz_source"] == "unknown"
    assert one["start_utc"] is None
    assert "+" not in one["start_time"]
    assert main(["inspect", str(BUNDLED)]) == OK
    assert "time zone is unknown (state it with --tz)" in capsys.readouterr().out


def test_inspect_tells_where_the_clock_was_set_and_what_the_file_says_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    zones = ("--tz", "America/New_York", "--device-tz", "Europe/London")
    assert main(["inspect", str(BUNDLED), *zones]) == OK
    shown = capsys.readouterr().out
    assert "2023-05-03T19:59:57.091-04:00" in shown
    assert "America/New_York; the clock was set to Europe/London" in shown
    configured = ROOT / "tests" / "data" / "gnactv_50hz.bin"
    assert main(["inspect", str(configured), "--tz", "Europe/London", "--json"]) == OK
    (one,) = json.loads(capsys.readouterr().out)["recordings"]
    assert one["status"] == "warning"
    assert "its clock was set to UTC-4 h; Europe/London, UTC+1 h, was believed" in one["remarks"][0]
    assert main(["inspect", str(configured), "--device-tz", "America/New_York"]) == OK
    assert "nothing is wrong" in capsys.readouterr().out


def test_inspect_lists_problems_first_and_fails_if_one_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = ROOT / "tests" / "data" / "ax3_wrist_100hz.cwa"
    cut = tmp_path / "cut.cwa"
    cut.write_bytes(whole.read_bytes()[:-100])
    (tmp_path / "whole.cwa").write_bytes(whole.read_bytes())
    (tmp_path / "diary.csv").write_text("night,bed time\n1,23:00\n")
    (tmp_path / "zero.cwa").touch()
    assert main(["inspect", str(tmp_path)]) == FAILED
    captured = capsys.readouterr()
    rows = [line.split() for line in captured.out.splitlines()]
    assert [row[:2] for row in rows[1:5]] == [
        ["failed", "zero.cwa"],
        ["warning", "cut.cwa"],
        ["ok", "whole.cwa"],
        ["skipped", "diary.csv"],
    ]
    assert captured.err.splitlines()[-1] == "1 of 3 failed"
    assert main(["inspect", str(tmp_path), "--json"]) == FAILED
    facts = {one["path"]: one for one in json.loads(capsys.readouterr().out)["recordings"]}
    assert facts["cut.cwa"]["truncated"] is True
    assert facts["whole.cwa"]["truncated"] is False
    assert facts["cut.cwa"]["remarks"] != []
    assert facts["zero.cwa"]["samples"] is None
    assert facts["zero.cwa"]["error"].startswith("is empty")


def test_a_quick_look_claims_nothing_about_what_it_has_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (ROOT / "tests" / "data" / "ax3_wrist_100hz.cwa").read_bytes()
    (tmp_path / "cut.cwa").write_bytes(whole[:-100])
    (tmp_path / "whole.cwa").write_bytes(whole)
    (tmp_path / "zero.cwa").touch()
    assert main(["inspect", str(tmp_path), "--quick"]) == FAILED
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:4]] == [
        ["failed", "zero.cwa"],
        ["opened", "cut.cwa"],
        ["opened", "whole.cwa"],
    ]
    assert lines[-1].startswith("opened: only the beginning was read")
    assert main(["inspect", str(tmp_path / "whole.cwa"), "--quick", "--json"]) == OK
    (one,) = json.loads(capsys.readouterr().out)["recordings"]
    for known in ("device", "start_time", "measured_hz", "step_mg"):
        assert one[known] is not None, known
    for unknown in ("end_time", "duration_h", "samples", "gaps", "blocks_bad", "truncated"):
        assert one[unknown] is None, unknown
    assert one["calibration"] is None
    assert main(["inspect", str(tmp_path / "whole.cwa"), "--quick"]) == OK
    assert "only the beginning was read" in capsys.readouterr().out


def test_many_files_are_inspected_side_by_side_and_listed_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (ROOT / "tests" / "data" / "ax3_200hz.cwa").read_bytes()
    names = [f"{k:02}.cwa" for k in range(20)]
    for name in names:
        (tmp_path / name).write_bytes(whole)
    assert main(["inspect", str(tmp_path), "--json"]) == OK
    found = json.loads(capsys.readouterr().out)["recordings"]
    assert [one["path"] for one in found] == names
    own = {"path", "recording_id", "participant_id"}
    others = [{name: one[name] for name in one.keys() - own} for one in found]
    assert all(other == others[0] for other in others)


def test_inspect_tells_the_sensors_faults_in_words_and_codes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["inspect", str(BUNDLED), "--tz", "Europe/London"]) == OK
    said = capsys.readouterr().out
    assert "  gravity  85 mg from 1 g on average over 126 postures; x +" in said
    assert "  remark   at rest an axis is wrong by up to 1" in said
    assert main(["inspect", str(BUNDLED), "--json"]) == OK
    (one,) = json.loads(capsys.readouterr().out)["recordings"]
    assert one["status"] == "ok"  # it is worth knowing, no more
    assert one["reasons"] == ["calibration_off"]
    assert one["calibration"]["status"] == "off"
    assert one["calibration"]["error_after_mg"] < 5
    assert one["rate_bias_pct"] == pytest.approx(-2.4, abs=0.1)
    assert (one["clipped_samples"], one["stuck_min"]) == (0, 0)


def test_a_bug_while_inspecting_keeps_its_traceback_and_ends_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (ROOT / "tests" / "data" / "ax3_200hz.cwa").read_bytes()
    for k in range(30):
        (tmp_path / f"{k:02}.cwa").write_bytes(whole)

    def broken(*_: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("detector.inspect.survey", broken)
    with pytest.raises(ZeroDivisionError, match="on purpose"):
        main(["inspect", str(tmp_path)])


def test_a_verbose_inspection_describes_each_of_several(
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = ROOT / "tests" / "data"
    files = [str(data / "ax3_wrist_100hz.cwa"), str(data / "ax3_200hz.cwa")]
    assert main(["inspect", *files, "-v"]) == OK
    assert capsys.readouterr().out.count("  sensor   range") == 2


def test_inspect_loads_neither_tables_nor_pages_nor_filters() -> None:
    program = (
        "import sys, detector.cli\n"
        f"detector.cli.main(['inspect', {str(BUNDLED)!r}])\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded = done.stderr.split()
    assert "recordings.registry" in loaded
    for slow in ("pyarrow", "plotly", "pandas", "jinja2", "scipy.signal", "scipy.ndimage"):
        assert slow not in loaded
