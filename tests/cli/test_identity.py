"""Who is meant, which files belong together, and what is left out: as a user says and sees it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from detector.cli import main
from detector.selftest import BUNDLED

OK, FAILED, USAGE = 0, 1, 2
CONTENT = gzip.decompress(BUNDLED.read_bytes())
HEADER_BYTES, SECTOR_BYTES = 1024, 512


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A few minutes of a real night in two files, and in another folder a copy of the first."""
    parts = [CONTENT[HEADER_BYTES:][k * 150 * SECTOR_BYTES :][: 150 * SECTOR_BYTES] for k in (0, 1)]
    names = ("wave1/P1_left_b.cwa", "wave1/P1_left_a.cwa", "wave2/Ann.CWA")
    for name, part in zip(names, (*parts, parts[0]), strict=True):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT[:HEADER_BYTES] + part)
    return tmp_path / "data"


@pytest.fixture
def table(data: Path) -> Path:
    path = data.parent / "who.csv"
    path.write_text(
        "file,participant_id,session,site,side,tz\nwave2/Ann.CWA,007,2,ankle,,Europe/London\n"
    )
    return path


def columns_of(text: str) -> dict[str, list[str]]:
    """The cells of a listed table by file; columns are at least two blanks apart."""
    rows = [[cell.strip() for cell in line.split("  ") if cell] for line in text.splitlines()]
    return {row[1]: row for row in rows if len(row) > 1}


def test_inspect_lists_who_is_meant_before_anything_runs(
    data: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(data), "--participants", str(table)]) == OK
    captured = capsys.readouterr()
    listed = columns_of(captured.out)
    assert listed["wave2/Ann.CWA"][2] == "007, session 2, ankle"
    assert listed["wave1/P1_left_a.cwa"][2] == "P1_left_a"
    assert captured.err.startswith("2 inputs have no participant in who.csv and are called by ")


def test_inspect_shows_what_a_pattern_finds_and_from_where_it_is(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pattern = r"(?P<participant_id>P\d)_(?P<side>left|right)_(?P<session>\w)"
    assert main(["inspect", str(data), "--id-regex", pattern, "-v"]) == OK
    shown = capsys.readouterr().out
    assert "  worn by  P1, session a, left (by --id-regex)\n" in shown
    assert "  worn by  Ann (by its name)\n" in shown
    assert main(["inspect", str(data), "--id-regex", pattern, "--json"]) == OK
    facts = {one["path"]: one for one in json.loads(capsys.readouterr().out)["recordings"]}
    one = facts["wave1/P1_left_b.cwa"]
    assert (one["participant_id"], one["session"], one["side"]) == ("P1", "b", "left")
    assert (one["recording_id"], one["participant_source"], one["parts"]) == (
        "P1_left_b",
        "id_regex",
        1,
    )


def test_the_files_of_a_folder_are_inspected_and_analysed_as_one_recording(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(data), "--join"]) == OK
    listed = columns_of(capsys.readouterr().out)
    assert set(listed) >= {"wave1/ (2 files)", "wave2/Ann.CWA"}
    assert listed["wave1/ (2 files)"][0] == "ok"
    words = ["run", str(data / "wave1"), "--join", "-o", str(tmp_path / "out")]
    assert main([*words, "--tz", "Europe/London"]) == OK
    assert f"{data.as_posix()}/wave1/ (2 files): ok" in capsys.readouterr().err
    result = json.loads((tmp_path / "out" / "recordings" / "wave1" / "result.json").read_text())
    assert [s["samples"] for s in result["health"]["segments"]] == [36_000]


def test_a_table_that_is_wrong_is_refused_line_by_line(
    data: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text("file,tz\nwave2/Ann.CWA,CET\nwave2/Bob.CWA,EST\n")
    words = ["--participants", str(table), "-o", str(data.parent / "out")]
    assert main(["run", str(data), *words]) == USAGE
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"hypnic: {table}: 2 problems"
    assert [line.partition(":")[0] for line in lines[1:]] == ["  row 2, tz", "  row 3, tz"]
    table.write_text("file\nwave2/ann.CWA\n")
    assert main(["run", str(data), *words]) == USAGE
    said = capsys.readouterr().err
    assert "row 2, file: 'wave2/ann.CWA' is not there; did you mean 'wave2/Ann.CWA'?" in said
    assert not (data.parent / "out").exists()


def test_an_anonymised_run_names_files_on_the_console_only_and_says_where_its_key_is(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    (data / "wave2" / "Eve.cwa").touch()
    words = ["run", str(data), "-o", str(out), "--tz", "Europe/London", "--anonymise", "--json"]
    assert main(words) == FAILED
    captured = capsys.readouterr()
    assert "wave2/Ann.CWA (rec-" in captured.err
    assert "failed: is empty (0 bytes)" in captured.err
    assert f"the key to the pseudonyms is {out}.key: keep it apart" in captured.err
    assert "1 failed" in captured.err.splitlines()[-1]
    rows = json.loads(captured.out)["recordings"]
    assert len(rows) == 4
    assert not any(word in captured.out for word in ("Ann", "Eve", "wave", "2023-05-04", "31152"))
    assert main(words[:-1]) == FAILED
    assert "3 of them done before" in capsys.readouterr().err
