"""Where results may go: refused by name before anything is read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from unprivileged import permits, unprivileged

from detector.commands.running import check_inputs, check_out
from detector.parameter import SettingsError


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "file").touch()
    return tmp_path


def refused(out, *inputs):
    with pytest.raises(SettingsError) as caught:
        check_out(Path(out), inputs)
    return str(caught.value)


@pytest.mark.parametrize("out", ["out", "out/deep/er", ".", "data/out", "data/../out"])
@pytest.mark.usefixtures("here")
def test_results_may_go_into_a_folder_that_is_there_or_can_be_made(out):
    check_out(Path(out), ["data", "night.cwa"])
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("out", "name"), [("file", "file"), ("file/out", "file"), ("file/a/b", "file")]
)
def test_a_file_is_no_folder_nor_is_anything_below_one(here, out, name):
    at = name if out == name else here / name
    assert refused(out) == f"--out {out}: {at} is a file; name a folder"


@pytest.mark.parametrize("out", ["data", "./data", "data/../data"])
@pytest.mark.usefixtures("here")
def test_results_never_go_among_the_recordings(out):
    assert refused(out, "night.cwa", "data") == (
        f"--out {Path(out)} is the folder of the recordings; name another"
    )


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege elsewhere")
def test_a_link_to_the_recordings_is_their_folder(here):
    (here / "link").symlink_to(here / "data")
    assert "is the folder of the recordings" in refused("link", "data")


@permits
def test_a_folder_that_may_not_be_written_is_refused():
    with tempfile.TemporaryDirectory() as name:  # others may enter what is above it
        folder = Path(name, "data")
        Path(name).chmod(0o755)
        folder.mkdir(mode=0o555)
        with unprivileged(Path(name)):
            said = refused(folder / "out")
    assert said == f"--out {folder / 'out'}: you may not write into {folder}; name another folder"


def test_without_inputs_it_is_said_what_to_name():
    check_inputs(["night.cwa"])
    with pytest.raises(SettingsError) as caught:
        check_inputs([])
    assert str(caught.value) == "no INPUT given: name recorded files or folders"
