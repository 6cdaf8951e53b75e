"""Files in stores, on full disks, and folders that are somebody else's."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import fsspec
import pytest
from unprivileged import permits, unprivileged

from detector import files
from recordings import RecordingError, Remote

MEMORY = fsspec.filesystem("memory")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk at hand")
def test_a_file_that_takes_no_more_is_named():
    file = files.new(Path("/dev/full"))
    with pytest.raises(OSError, match="No space left") as caught:
        file.write(b"x" * 100_000)
    assert caught.value.filename == "/dev/full"
    with suppress(OSError):
        file.close()


def test_the_hash_of_a_file_in_a_store_is_that_of_its_bytes():
    MEMORY.pipe_file("/hashed/a", b"content")
    remote = Remote("memory://hashed/a")
    assert files.sha256(remote) == hashlib.sha256(b"content").hexdigest()
    MEMORY.store.clear()
    with pytest.raises(RecordingError, match="does not exist"):
        files.sha256(remote)


@permits
def test_a_folder_of_somebody_else_is_not_put_aside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("new", "new"), ("a", "old")):
        Path(name).mkdir()
        Path(name, "file").write_text(text)
    Path("a").chmod(0o555)
    with unprivileged(tmp_path), pytest.raises(PermissionError) as caught:
        files.replace_folder(Path("new"), Path("a"))
    assert caught.value.filename == "a"
    assert Path("a/file").read_text() == "old"
    assert Path("new").exists()


def test_a_system_that_cannot_be_asked_to_keep_names_is_not_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(files.os, "name", "nt")
    monkeypatch.setattr(files.os, "open", pytest.fail)
    files.folder_to_disk(tmp_path)
