"""Commands that do nothing, or not to the end, and say so."""

from __future__ import annotations

import pytest

from detector.cli import main
from detector.commands.answer import FAILED, NO_INPUT, OK


@pytest.fixture
def night(tmp_path):
    """A file that is an input by its name; nobody opens it here."""
    (tmp_path / "anna.cwa").write_bytes(b"anything")
    return tmp_path / "anna.cwa"


def test_a_dry_run_says_what_a_run_would_remark_and_opens_nothing(night, tmp_path, capsys):
    (tmp_path / "d.csv").write_text(
        "participant_id,night_date\nanna,2024-03-05\nzoe,2024-03-05\n", encoding="utf-8"
    )
    out = tmp_path / "out"
    words = ["run", str(night), "-o", str(out), "--dry-run", "--diary", str(tmp_path / "d.csv")]
    assert main(words) == OK
    said = capsys.readouterr()
    assert said.out == f"run   {night}: new\n"
    assert said.err.splitlines() == [
        *("d.csv: no recording of 'zoe'", "1 to analyse, 0 done, 0 skipped"),
    ]
    assert not out.exists()


def test_a_dry_run_of_no_recording_finds_none(tmp_path, capsys):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "table.csv").write_text("a,b\n1,2\n")
    words = ["run", str(tmp_path / "data"), "-o", str(tmp_path / "out"), "--dry-run"]
    assert main(words) == NO_INPUT
    said = capsys.readouterr()
    assert said.out.startswith("skip  table.csv: ")
    assert said.err == "no recording found\n"


def test_a_demonstration_that_fails_ends_with_what_became_of_it(tmp_path, capsys, monkeypatch):
    def make(out, _seed):  # a night that was never made, for to make one takes seconds
        out.mkdir()
        path = out / "demo_night.bin"
        path.write_bytes(b"no night")
        return None, path

    monkeypatch.setattr("detector.demo.make", make)
    out = tmp_path / "out"
    assert main(["demo", "-o", str(out)]) == FAILED
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == "making a night as a GENEActiv would record it"
    assert said.err.splitlines()[-1] == (
        f"0 ok, 0 with warnings, 1 failed (see {out / 'recordings.csv'})"
    )


def test_a_run_without_recordings_leaves_no_folder(tmp_path, capsys):
    (tmp_path / "data").mkdir()
    assert main(["run", str(tmp_path / "data"), "-o", str(tmp_path / "out")]) == NO_INPUT
    assert capsys.readouterr().err.splitlines()[-1] == "no recording found"
    assert not (tmp_path / "out").exists()
