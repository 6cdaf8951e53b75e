"""Files that are either whole or not there."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its place only when all of it has been written.

    If writing fails, what was there before stays.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            yield file
            _to_disk(file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    folder_to_disk(path.parent)


def spelled_out(path: Path) -> str:
    """Return what all spellings of one path have in common; links stay as they are."""
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 (resolve would follow links)


def write(path: Path, data: bytes) -> None:
    """Write a small file, whole or not at all."""
    with replacing(path) as file:
        file.write(data)


def close(file: IO[bytes]) -> None:
    """Close a file once its content has reached the disk."""
    _to_disk(file)
    file.close()


def superseded(path: Path) -> Path:
    """Return where a folder is put while another takes its place."""
    return path.with_name(f".{path.name}.old")


def replace_folder(new: Path, path: Path) -> None:
    """Put the folder ``new`` in the place of ``path``; at no moment is there a mixture of both."""
    old = superseded(path)
    remove(old)
    if path.exists():
        path.rename(old)
    new.rename(path)
    folder_to_disk(path.parent)
    remove(old)


def remove(path: Path) -> None:
    """Remove a folder with all it holds, if it is there."""
    if path.exists():
        shutil.rmtree(path)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hex."""
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
    file.flush()
    os.fsync(file.fileno())


class OutputError(Exception):
    """Results cannot be written."""


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Tell a full disk or a folder that cannot be written from a bug, which keeps its traceback."""
    try:
        yield
    except OSError as error:
        below = error.filename and out.absolute() in (
            f := Path(error.filename).absolute(),
            *f.parents,
        )
        if not below and error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
            raise
        raise OutputError(f"{error.filename or out} cannot be written: {error.strerror}") from error
