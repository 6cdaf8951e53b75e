"""Recordings at URLs and in lists, as a user names them and finds them in the results."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import sys
from pathlib import Path

import pytest
from made_server import PASSWORD, USER, serving

from detector.cli import main
from detector.selftest import BUNDLED

OK, FAILED, USAGE, NO_INPUT = 0, 1, 2, 3
CONTENT = gzip.decompress(BUNDLED.read_bytes())[: 1024 + 512 * 600]
TESTDATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Some minutes of a real night, plain and packed, and what another maker recorded."""
    folder = tmp_path / "data"
    (folder / "wave 1").mkdir(parents=True)
    (folder / "wave 1" / "night.cwa").write_bytes(CONTENT)
    (folder / "packed.CWA.gz").write_bytes(gzip.compress(CONTENT, mtime=0))
    shutil.copy(TESTDATA / "wgt3xbt_30hz.gt3x", folder / "wave 1")
    (folder / "notes.txt").write_text("no recording\n")
    return folder


def files_of(out: Path) -> dict[str, bytes]:
    """All results but the marks of when an input was changed."""
    found = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
    return {n: p.read_bytes() for n, p in sorted(found.items()) if not n.endswith("run.json")}


def secrets_in(out: Path, *said: str) -> list[str]:
    texts = {**files_of(out), **{p.name: p.read_bytes() for p in out.rglob("run.json")}}
    texts |= {f"message {i}": text.encode() for i, text in enumerate(said)}
    words = (PASSWORD.encode(), f"{USER}:".encode())
    return [name for name, text in texts.items() if any(word in text for word in words)]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_folder_at_a_url_gives_the_results_of_the_same_folder_here(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, ranges: bool
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    options = ["--tz", "Europe/London"]
    assert main(["run", str(data), "-o", str(here), *options]) == OK
    capsys.readouterr()
    with serving(data, ranges=ranges) as server:
        assert main(["run", server.url(), "-o", str(there), *options, "-v"]) == OK
        said = capsys.readouterr()
        assert files_of(here) == files_of(there)
        sent = server.sent_bytes("packed.CWA.gz")
        assert sent in (n * (data / "packed.CWA.gz").stat().st_size for n in (1, 2))
        server.sent.clear()
        assert main(["run", server.url(), "-o", str(there), *options]) == OK
        again = capsys.readouterr()
        assert "done before" in again.err
        assert server.sent_bytes("packed.CWA.gz") == 0
    assert files_of(here) == files_of(there)
    assert secrets_in(there, said.err, said.out, again.err) == []


def test_what_is_the_same_by_its_content_is_not_analysed_again(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["-o", str(tmp_path / "out"), "--tz", "Europe/London"]
    with serving(data) as server:
        assert main(["run", server.url("wave%201/night.cwa"), *out]) == OK
        (data / "wave 1" / "night.cwa").touch()
        capsys.readouterr()
        assert main(["run", server.url("wave 1/night.cwa"), *out]) == OK
        assert "done before" in capsys.readouterr().err
        (data / "wave 1" / "night.cwa").write_bytes(CONTENT[:-512])
        assert main(["run", server.url("wave 1/night.cwa"), *out]) == OK
        assert "done before" not in capsys.readouterr().err


def test_a_list_has_a_row_for_each_line_in_its_order(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with serving(data) as server:
        lines = [
            server.url("none.cwa"),
            "wave 1/night.cwa",
            server.shown("packed.CWA.gz"),
            "lost.cwa",
            server.url("packed.CWA.gz"),
        ]
        (data / "list.txt").write_text("\n# the rest\n".join(lines))
        status = main(["run", f"@{data / 'list.txt'}", "-o", str(out), "--json"])
        rows = {
            server.shown("none.cwa"): ("failed", "does not exist"),
            (data / "wave 1" / "night.cwa").as_posix(): ("ok_with_warnings", "no night"),
            server.shown("packed.CWA.gz"): ("ok_with_warnings", "no night"),
            (data / "lost.cwa").as_posix(): ("failed", "does not exist"),
        }
    said = capsys.readouterr()
    assert status == FAILED
    told = json.loads(said.out)["recordings"]
    assert [row["path"] for row in told] == list(rows)
    assert [row["status"] for row in told] == [status for status, _ in rows.values()]
    for row in told:
        assert rows[row["path"]][1] in row["message"]
    with (out / "recordings.csv").open(encoding="utf-8", newline="") as table:
        assert [row["path"] for row in csv.DictReader(table)] == list(rows)
    assert secrets_in(out, said.err, said.out) == []


def test_a_list_comes_through_the_standard_input(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = f"{data}/packed.CWA.gz\n\n{data}/wave 1/night.cwa\n".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert main(["inspect", "-", "--quick", "--json"]) == OK
    found = json.loads(capsys.readouterr().out)["recordings"]
    assert sorted(Path(each["path"]).name for each in found) == ["night.cwa", "packed.CWA.gz"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"# nothing\n")))
    assert main(["inspect", "-"]) == NO_INPUT


def test_a_pattern_without_a_match_is_wrong_usage_before_anything_is_written(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for word in (str(data / "**" / "*.bin"), f"@{data / 'none.txt'}", "nope://host/x"):
        assert main(["run", word, str(data), "-o", str(tmp_path / "out")]) == USAGE
        assert word.removeprefix("@") in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_listed_is_wrong_usage(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(data) as server:
        assert main(["run", server.shown(), "-o", str(tmp_path / "out")]) == USAGE
        assert f"{server.shown()}: may not be read" in capsys.readouterr().err
        url = server.url()
    assert main(["run", url, "-o", str(tmp_path / "out")]) == USAGE
    assert secrets_in(tmp_path, capsys.readouterr().err) == []


def test_a_diary_is_checked_against_recordings_named_in_any_way(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "diary.csv").write_text("participant_id,night_date,in_bed\nnight,2023-05-03,23:00\n")
    pattern = str(data / "**" / "*.cwa")
    assert main(["diary", "check", str(data / "diary.csv"), pattern]) == OK, capsys.readouterr()
