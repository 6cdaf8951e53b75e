"""Files that are either whole or not there, and the hash of what is in them."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from recordings import Place, Remote

_REMEDIES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "make room on that disk, then run again"),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "name a folder you may write into"),
    errno.EFBIG: "raise the limit of file sizes (ulimit -f), then run again",
    errno.EMFILE: "raise the limit of open files (ulimit -n), then run again",
    errno.ENOENT: "see where the folder has gone, then run again",
}
_REMEDY = "see to that disk, then run again"
_ELSEWHERE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}
"""Errors that only writing has."""
_NONE_OF_THEM = "a file beside the results (a temporary one, or a compiled kernel)"
"""What has no name here: all results have."""
_PARTIAL = re.compile(r"\A\.(.+?)(\.[0-9a-f]{8})?\.partial\Z")
"""What a file or folder is called until it is whole."""


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its place only when all of it has been written.

    If writing fails, what was there before stays.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        with new(partial) as file:
            yield file
            _to_disk(file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    folder_to_disk(path.parent)


def write(path: Path, data: bytes) -> None:
    """Write a small file, whole or not at all."""
    with replacing(path) as file:
        file.write(data)


def new(path: Path) -> IO[bytes]:
    """Open a new file for writing; what the system refuses it says with the file's name."""
    return io.BufferedWriter(_Named(os.fspath(path), "w"))


class _Named(io.FileIO):
    """A file whose errors say which it is, which those of writing do not by themselves."""

    def write(self, data: Any, /) -> int:
        with _naming(self.name):
            return super().write(data)


@contextmanager
def _naming(path: object) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        error.filename = error.filename or path
        raise


def close(file: IO[bytes]) -> None:
    """Close a file once its content has reached the disk."""
    with file:
        _to_disk(file)


def superseded(path: Path) -> Path:
    """Return where a folder is put while another takes its place."""
    return path.with_name(f".{path.name}.old")


def replace_folder(new: Path, path: Path) -> None:
    """Put the folder ``new`` in the place of ``path``; at no moment is there a mixture of both."""
    old = superseded(path)
    remove(old)
    if path.exists():
        if not os.access(path, os.W_OK):  # or it could be put aside, but not taken away
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        path.rename(old)
    new.rename(path)
    folder_to_disk(path.parent)
    remove(old)


def only_of(folder: Path, error: OSError) -> bool:
    """Whether the system refuses a folder or what is in it, as it need not refuse any other."""
    at = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    return (
        isinstance(error, PermissionError)
        and at is not None
        and not {folder, superseded(folder)}.isdisjoint((at, *at.parents))
    )


def remove(path: Path) -> None:
    """Remove a folder with all it holds, if it is there."""
    if path.exists():
        shutil.rmtree(path)


def sha256(path: Place) -> str:
    """Return the SHA-256 of a file's bytes in hex.

    Raises
    ------
    OSError
        If a file on this computer cannot be read.
    RecordingError
        If one in a store cannot.
    """
    if isinstance(path, Remote):
        from recordings import sha256_of  # and what speaks to stores

        return sha256_of(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_to_disk(path: Path) -> None:
    """Make names in a folder last; Windows does so by itself and cannot be asked."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _to_disk(file: IO[bytes]) -> None:
    with _naming(file.name):
        file.flush()
        os.fsync(file.fileno())


class OutputError(Exception):
    """Results cannot be written."""


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Tell a full disk or a folder that cannot be written from a bug, which keeps its traceback.

    Raises
    ------
    OutputError
        Names the file and says what to do.
    """
    try:
        yield
    except OSError as error:
        if (problem := refusal(out, error)) is None:
            raise
        raise OutputError(problem) from error


def refusal(out: Path, error: OSError) -> str | None:
    """Return which file the system refuses to write, why, and what to do; None if it is a bug."""
    shown = _NONE_OF_THEM
    below = False
    if isinstance(error.filename, str | bytes):
        path = Path(os.fsdecode(error.filename))
        below = out.absolute() in (path.absolute(), *path.absolute().parents)
        shown = str(Path(*(_PARTIAL.sub(r"\1", part) for part in path.parts)))
    if not below and error.errno not in _ELSEWHERE:
        return None
    remedy = _REMEDIES.get(error.errno or 0, _REMEDY)
    return f"{shown} cannot be written: {error.strerror}; {remedy}"
