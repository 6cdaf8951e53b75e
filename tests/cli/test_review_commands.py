"""Review, compare and export as a user types them, those of the documentation among them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from made_labels import made_labels, made_run
from project import ROOT

from detector.cli import main

PAGE = (ROOT / "docs" / "review.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^ *hypnic ((?:review|compare|export) .+)$", PAGE, re.MULTILINE)
RECORDING, TIME = "subject_01", "2024-03-05T22:36:00.300Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the page speaks of: results, two people's labels, and what was scored without hypnic."""
    folder = tmp_path_factory.mktemp("review")
    out = made_run(folder / "out")
    made_labels(out, folder / "ann.csv", ["keep", "keep", "reject", "keep", "keep", "reject"])
    words = ["keep", "reject", "reject", "keep", "unsure"]
    made_labels(out, folder / "bea.csv", words, reviewer="bea")
    for name in ("scoring", "settled", "expert1", "expert2"):
        text = f"recording_id,onset_utc,kind\n{RECORDING},{TIME},HJ\n"
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def there(folder, monkeypatch):
    monkeypatch.chdir(folder)
    return folder


def test_the_page_shows_all_three():
    assert {command.split()[0] for command in COMMANDS} == {"review", "compare", "export"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_page_works(there, command, capsys):
    assert main(shlex.split(command)) == 0
    said = capsys.readouterr()
    assert said.out
    assert said.err == ""


def test_apply_says_how_far_every_reviewer_came(there, capsys):
    assert main(["review", "apply", "out", "--labels", "ann.csv", "--labels", "bea.csv"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "ann: 6 of 6 candidates judged: 4 kept, 2 rejected, 0 unsure; "
        "0 of 0 other events judged are added; 2 of 2 nights with a count are complete",
        "bea: 5 of 6 candidates judged: 2 kept, 2 rejected, 1 unsure; "
        "0 of 0 other events judged are added; 1 of 2 nights with a count are complete",
    ]


def test_compare_says_how_both_lists_were_understood(there, capsys):
    assert main(["compare", "out/events.csv", "scoring.csv", "--nights", "out/nights.csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a  out/events.csv: events are those counted, their time is peak_utc"
    assert lines[1] == "b  scoring.csv: events are all rows, their time is onset_utc"
    assert lines[2] == "   1 recording, 2 nights; pairs are at most 0.5 s apart"
    assert lines[3] == "   left out, without a count: 1 night"


def test_json_is_all_that_goes_to_the_standard_output(there, capsys):
    assert main(["compare", "ann.csv", "bea.csv", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["format"], result["labels"]) == (1, ["keep", "reject", "unsure"])
    assert result["label_table"] == [[2, 1, 1], [0, 1, 0], [0, 0, 0]]


def test_a_folder_that_cannot_be_written_is_no_traceback(there, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    for command in (
        ["compare", "ann.csv", "bea.csv", "-o", str(tmp_path / "file" / "d.csv")],
        ["export", "out", "--to", "bids", "-o", str(tmp_path / "file" / "x")],
    ):
        assert main(command) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert "cannot be written" in said.err


def test_export_names_the_files_it_wrote(there, tmp_path, capsys):
    assert main(["export", "out", "--to", "edf", "-o", str(tmp_path / "edf")]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert Path(line) == tmp_path / "edf" / f"{RECORDING}.edf"
    assert Path(line).is_file()
