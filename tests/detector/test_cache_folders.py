"""Which folder kernels go to, and whether it can be used."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path

import pytest
from unprivileged import permits, unprivileged

from detector import cache


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """No folder is chosen; home and package are these."""
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(cache, "_PACKAGE", tmp_path / "package")
    return tmp_path


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "home/.cache"),
        ("linux", {"XDG_CACHE_HOME": "chosen"}, "chosen"),
        ("linux", {"LOCALAPPDATA": "chosen"}, "home/.cache"),
        ("darwin", {}, "home/Library/Caches"),
        ("darwin", {"XDG_CACHE_HOME": "chosen"}, "home/Library/Caches"),
        ("win32", {}, "home/AppData/Local"),
        ("win32", {"LOCALAPPDATA": "chosen"}, "chosen"),
    ],
    ids=str,
)
def test_each_system_has_a_place_for_caches(monkeypatch, nowhere, platform, variables, folder):
    for name, value in variables.items():
        monkeypatch.setenv(name, str(nowhere / value))
    monkeypatch.setattr(sys, "platform", platform)
    assert cache.cache_folder().parent == nowhere / folder / "hypnic"


def test_a_folder_that_can_be_written_is_made_and_left_empty(tmp_path):
    assert cache.is_writable(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    assert not cache.is_writable(tmp_path / "file")
    assert not cache.is_writable(tmp_path / "file" / "below")


@permits
def test_a_folder_of_somebody_else_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("theirs").mkdir(mode=0o555)
    with unprivileged(tmp_path):
        assert not cache.is_writable(Path("theirs"))
        assert not cache.is_writable(Path("theirs/below"))


# ------------------------------------------------------------------ what lasts


def test_a_folder_that_was_chosen_goes_before_the_package(monkeypatch, nowhere):
    assert cache.lasting_folder() == nowhere / "package" / "__pycache__"
    monkeypatch.setenv(cache.VARIABLE, str(nowhere / "chosen"))
    assert cache.lasting_folder() == nowhere / "chosen"


def test_a_chosen_folder_that_cannot_be_used_lets_the_package_be_next(monkeypatch, nowhere):
    (nowhere / "file").touch()
    monkeypatch.setenv(cache.VARIABLE, str(nowhere / "file"))
    assert cache.lasting_folder() == nowhere / "package" / "__pycache__"


@pytest.mark.usefixtures("nowhere")
def test_a_folder_of_this_run_does_not_last(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = cache._folder_of_this_run()
    monkeypatch.setenv(cache.VARIABLE, str(folder))
    assert cache.lasting_folder() is None


def test_where_not_even_a_temporary_folder_can_be_made_there_is_none(monkeypatch, nowhere):
    (nowhere / "file").touch()
    monkeypatch.setattr("tempfile.tempdir", str(nowhere / "file"))
    assert cache._folder_of_this_run() is None
    monkeypatch.setattr(cache, "_PACKAGE", nowhere / "file")
    monkeypatch.setattr(Path, "home", lambda: nowhere / "file")
    cache.use_own_cache()
    assert cache.VARIABLE not in os.environ


# ------------------------------------------------------------------ torn kernels


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("a.nbi", b"pickled.", True),
        ("a.nbc", b"pickled.", True),
        ("a.nbi", b".", True),
        ("a.nbi", b"pick", False),
        ("a.nbc", b"", False),
        ("a.nbc", b"pickled.\0", False),
        ("a.pyc", b"", True),
        ("nbi", b"", True),
    ],
)
def test_only_kernels_without_their_end_are_removed(tmp_path, name, content, kept):
    (tmp_path / "deep").mkdir()
    path = tmp_path / "deep" / name
    path.write_bytes(content)
    cache.remove_torn(tmp_path)
    assert path.exists() is kept


def test_a_folder_that_is_not_there_has_none(tmp_path):
    cache.remove_torn(tmp_path / "gone")


@permits
def test_a_torn_kernel_of_somebody_else_is_left_to_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("theirs").mkdir()
    Path("theirs/a.nbi").touch()
    Path("theirs").chmod(0o555)
    with unprivileged(tmp_path):
        cache.remove_torn(Path("theirs"))
    assert Path("theirs/a.nbi").exists()


def test_a_numba_that_does_not_say_its_version_has_a_folder_all_the_same(monkeypatch):
    def unknown(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", unknown)
    assert cache.cache_folder().name.endswith("-numbaunknown")


def test_a_folder_that_cannot_be_looked_into_holds_no_kernels(monkeypatch, tmp_path):
    def refused(_path, _pattern):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "glob", refused)
    assert not cache._is_complete(tmp_path)


def test_what_numba_needs_is_loaded_once_and_nothing_is_left_in_its_way(monkeypatch):
    monkeypatch.delitem(sys.modules, "scipy.linalg.cython_blas", raising=False)
    cache.load_numba()
    assert "scipy.linalg.cython_blas" not in sys.modules
    there = object()
    monkeypatch.setitem(sys.modules, "scipy.linalg.cython_blas", there)
    cache.load_numba()
    assert sys.modules["scipy.linalg.cython_blas"] is there
