"""Files that are whole or not there, and which refusal of the system means what."""

from __future__ import annotations

import errno
import hashlib
import os
from contextlib import suppress
from pathlib import Path

import pytest

from detector import files

OPEN = Path("/proc/self/fd")
SEVERAL = "a file beside the results (a temporary one, or a compiled kernel)"


def times_open(folder: Path) -> int:
    """Return how often this process, all of its threads, holds a folder open."""
    held = 0
    for descriptor in OPEN.iterdir():
        with suppress(FileNotFoundError):  # closed in the meantime by whoever held it
            held += descriptor.readlink() == folder
    return held


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ------------------------------------------------------------------ files


def test_a_file_is_not_there_before_all_of_it_is(tmp_path):
    with files.replacing(tmp_path / "a.csv") as file:
        file.write(b"half")
        assert names(tmp_path) == [".a.csv.partial"]
        file.write(b" and half")
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"half and half"


def test_a_file_that_fails_leaves_nothing(tmp_path):
    with (
        pytest.raises(TypeError, match="bytes-like"),
        files.replacing(tmp_path / "a.csv") as file,
    ):
        file.writelines([b"half", "no bytes"])
    assert names(tmp_path) == []


def test_what_a_killed_run_left_half_is_written_anew(tmp_path):
    (tmp_path / ".a.csv.partial").write_bytes(b"longer than what will be written")
    files.write(tmp_path / "a.csv", b"new")
    assert (tmp_path / "a.csv").read_bytes() == b"new"
    assert names(tmp_path) == ["a.csv"]


def test_an_error_of_the_system_names_the_file(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        files.write(tmp_path / "nowhere" / "a.csv", b"x")
    assert Path(caught.value.filename).parent == tmp_path / "nowhere"


def test_a_hash_is_that_of_the_content(tmp_path):
    content = os.urandom(300_000)
    (tmp_path / "a").write_bytes(content)
    assert files.sha256(tmp_path / "a") == hashlib.sha256(content).hexdigest()


# ------------------------------------------------------------------ folders


def made(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "x").write_text(text)
    return folder


def test_a_folder_takes_the_place_of_another_whole(tmp_path):
    made(tmp_path / "a", "old")
    files.replace_folder(made(tmp_path / "new", "new"), tmp_path / "a")
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a" / "x").read_text() == "new"


def test_a_folder_takes_a_place_where_none_was(tmp_path):
    files.replace_folder(made(tmp_path / "new", "new"), tmp_path / "a")
    assert names(tmp_path) == ["a"]


def test_what_a_killed_run_had_put_aside_is_removed(tmp_path):
    made(files.superseded(tmp_path / "a"), "older")
    made(tmp_path / "a", "old")
    files.replace_folder(made(tmp_path / "new", "new"), tmp_path / "a")
    assert names(tmp_path) == ["a"]
    assert files.superseded(tmp_path / "a") == tmp_path / ".a.old"


def test_a_folder_that_is_not_there_is_removed_already(tmp_path):
    files.remove(tmp_path / "nothing")
    files.remove(made(tmp_path / "a", "x"))
    assert names(tmp_path) == []


# ------------------------------------------------------------------ what a power cut may take


@pytest.fixture
def synced(tmp_path, monkeypatch):
    """What was put on the disk, in order: which file, its size, which names there were then."""
    told: list[tuple[int, int, list[str]]] = []
    put_on_disk = os.fsync

    def noting(handle):
        stat = os.fstat(handle)
        told.append((stat.st_ino, stat.st_size, names(tmp_path)))
        put_on_disk(handle)

    monkeypatch.setattr(os, "fsync", noting)
    return told


def test_a_file_is_on_the_disk_before_it_takes_its_name_and_the_name_afterwards(tmp_path, synced):
    files.write(tmp_path / "a.csv", b"all of it")
    (file, size, before), (folder, _, after) = synced
    assert (file, size) == ((tmp_path / "a.csv").stat().st_ino, len(b"all of it"))
    assert before == [".a.csv.partial"]
    assert (folder, after) == (tmp_path.stat().st_ino, ["a.csv"])


def test_a_file_of_a_folder_is_on_the_disk_when_it_is_closed(tmp_path, synced):
    file = files.new(tmp_path / "a.csv")
    file.write(b"x")
    files.close(file)
    assert file.closed
    assert [(inode, size) for inode, size, _ in synced] == [((tmp_path / "a.csv").stat().st_ino, 1)]


def test_the_name_of_a_folder_is_on_the_disk_before_the_earlier_one_is_removed(tmp_path, synced):
    made(tmp_path / "a", "old")
    files.replace_folder(made(tmp_path / "new", "new"), tmp_path / "a")
    assert [(inode, there) for inode, _, there in synced] == [
        (tmp_path.stat().st_ino, [".a.old", "a"])
    ]


@pytest.mark.skipif(not OPEN.is_dir(), reason="counts what is open as Linux tells it")
def test_a_folder_that_was_put_on_the_disk_is_not_kept_open(tmp_path):
    kept = os.open(tmp_path, os.O_RDONLY)
    assert times_open(tmp_path) == 1
    os.close(kept)
    files.folder_to_disk(tmp_path)
    assert times_open(tmp_path) == 0


def test_on_windows_folders_are_not_asked_for(tmp_path, synced, monkeypatch):
    monkeypatch.setattr(os, "name", "nt")
    files.folder_to_disk(tmp_path)
    assert synced == []


# ------------------------------------------------------------------ what the system refuses


def refused(number: int, path: Path | None, out: Path) -> str | None:
    error = OSError(number, os.strerror(number), None if path is None else str(path))
    return files.refusal(out, error)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "make room on that disk, then run again"),
        (errno.EDQUOT, "make room on that disk, then run again"),
        (errno.EROFS, "name a folder you may write into"),
        (errno.EACCES, "name a folder you may write into"),
        (errno.EPERM, "name a folder you may write into"),
        (errno.EFBIG, "raise the limit of file sizes (ulimit -f), then run again"),
        (errno.EMFILE, "raise the limit of open files (ulimit -n), then run again"),
        (errno.ENOENT, "see where the folder has gone, then run again"),
        (errno.EIO, "see to that disk, then run again"),
    ],
)
def test_a_result_that_cannot_be_written_is_named_with_what_to_do(tmp_path, number, remedy):
    said = refused(number, tmp_path / "out" / "a.csv", tmp_path / "out")
    path = tmp_path / "out" / "a.csv"
    assert said == f"{path} cannot be written: {os.strerror(number)}; {remedy}"


def test_the_output_folder_itself_is_one_of_its_files(tmp_path):
    said = refused(errno.EACCES, tmp_path / "out", tmp_path / "out")
    assert said is not None
    assert said.startswith(f"{tmp_path / 'out'} cannot be written")


@pytest.mark.parametrize("elsewhere", ["beside/a.csv", "outer/a.csv"])
def test_another_file_that_cannot_be_used_is_a_mistake(tmp_path, elsewhere):
    assert refused(errno.EACCES, tmp_path / elsewhere, tmp_path / "out") is None
    assert refused(errno.EACCES, None, tmp_path / "out") is None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG])
def test_what_only_writing_meets_is_no_mistake_wherever_it_was(tmp_path, number):
    said = refused(number, tmp_path / "beside" / "a.csv", tmp_path / "out")
    assert said is not None
    assert said.startswith(f"{tmp_path / 'beside' / 'a.csv'} cannot be written")
    nameless = refused(number, None, tmp_path / "out")
    assert nameless is not None
    assert nameless.startswith(f"{SEVERAL} cannot be written")


@pytest.mark.parametrize(
    ("partial", "shown"),
    [
        ("recordings/.a.0123abcd.partial/nights.csv", "recordings/a/nights.csv"),
        (".events.csv.partial", "events.csv"),
        (".hidden/events.csv", ".hidden/events.csv"),
    ],
)
def test_a_half_file_is_called_as_it_will_be(tmp_path, partial, shown):
    said = refused(errno.ENOSPC, tmp_path / partial, tmp_path)
    assert said is not None
    assert said.startswith(f"{tmp_path / shown} cannot be written")


def test_only_what_the_system_refuses_is_told_as_such(tmp_path):
    denied = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "a"))
    said = pytest.raises(files.OutputError, match="cannot be written: Permission denied")
    with said, files.writing(tmp_path):
        raise denied
    with pytest.raises(OSError, match="Input"), files.writing(tmp_path):
        raise OSError(errno.EIO, "Input/output error", "/elsewhere")
    with pytest.raises(ZeroDivisionError), files.writing(tmp_path):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("number", "place", "alone"),
    [
        (errno.EACCES, "a", True),
        (errno.EPERM, "a/events.csv", True),
        (errno.EACCES, ".a.old", True),
        (errno.EACCES, ".a.old/events.csv", True),
        (errno.EACCES, ".a.0123abcd.partial", False),
        (errno.EACCES, "ab", False),
        (errno.EACCES, "", False),
        (errno.ENOSPC, "a/events.csv", False),
        (errno.EROFS, "a", False),
        (errno.EACCES, None, False),
    ],
)
def test_a_folder_is_refused_alone_if_nobody_may_write_into_it(tmp_path, number, place, alone):
    path = None if place is None else str(tmp_path / place)
    error = OSError(number, os.strerror(number), path)
    assert files.only_of(tmp_path / "a", error) == alone
