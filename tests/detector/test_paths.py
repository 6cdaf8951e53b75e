"""How places are spelled, shown and found in one another, here and in stores."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from detector.paths import at_and_above, is_folder, is_there, seen_from, shown_as, spelled_out
from recordings import Remote

S3 = Remote("s3://key:secret@bucket/data")


def test_what_is_there_and_what_is_a_folder(tmp_path):
    (tmp_path / "file").touch()
    assert [is_there(tmp_path / name) for name in ("", "file", "gone")] == [True, True, False]
    assert [is_folder(tmp_path / name) for name in ("", "file", "gone")] == [True, False, False]


@pytest.mark.parametrize("name", ["x" * 5000, "nul\0byte"], ids=["too long", "no name"])
def test_what_no_file_can_be_called_is_not_there(name):
    assert not is_there(name)
    assert not is_folder(name)


def test_all_spellings_of_a_path_have_one_in_common(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spellings = [Path("a"), Path("./a"), Path("b/../a"), tmp_path / "a"]
    assert {spelled_out(path) for path in spellings} == {os.path.normcase(str(tmp_path / "a"))}


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege elsewhere")
def test_links_stay_as_they_are(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert spelled_out(tmp_path / "link") != spelled_out(tmp_path / "file")


def test_a_url_is_spelled_and_shown_without_what_gives_access():
    assert spelled_out(S3) == shown_as(S3) == "s3://bucket/data"
    assert shown_as(Path("a") / "b") == "a/b"


def test_a_path_and_all_folders_above_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = at_and_above(Path("a/b"))
    assert found[:3] == [spelled_out(tmp_path / name) for name in ("a/b", "a", "")]
    assert found[-1] == spelled_out(Path(tmp_path.anchor))
    assert at_and_above(S3 / "x" / "y") == [
        *("s3://bucket/data/x/y", "s3://bucket/data/x", "s3://bucket/data", "s3://bucket"),
    ]


@pytest.mark.parametrize(
    ("folder", "path", "seen"),
    [
        (Path("a"), Path("a/b/c"), "b/c"),
        (Path("a"), Path("ab/c"), None),
        (Path("a"), Path("c"), None),
        (S3, S3 / "x" / "y", "x/y"),
        (Remote("s3://bucket/data/"), S3 / "x", "x"),
        (S3, Remote("s3://bucket/database/x"), None),
        (S3, Remote("s3://other/data/x"), None),
        (S3, Path("data/x"), None),
        (Path("data"), S3 / "x", None),
    ],
    ids=str,
)
def test_a_file_in_a_folder_is_seen_from_it_and_any_other_is_not(folder, path, seen):
    assert seen_from(folder, path) == seen
