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

from recordings import Place, Remote


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


def spelled_out(path: Place) -> str:
    """Return what all spellings of one path have in common; links stay as they are."""
    if isinstance(path, Remote):
        return str(path)
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 (resolve would follow links)


def shown_as(path: Place) -> str:
    """Return a path with slashes, a URL without what gives access to it."""
    return str(path) if isinstance(path, Remote) else path.as_posix()


def at_and_above(path: Place) -> list[str]:
    """Return a path and all folders above it, as :func:`spelled_out`."""
    if isinstance(path, Remote):
        return [str(path), *map(str, path.parents)]
    place = spelled_out(path)
    return [place, *map(str, Path(place).parents)]


def seen_from(folder: Place, path: Place) -> str | None:
    """Return how a file is called in a folder, with slashes; None if it is not in it."""
    if isinstance(path, Remote) or isinstance(folder, Remote):
        top = f"{str(folder).rstrip('/')}/"
        inside = isinstance(path, Remote) and str(path).startswith(top)
        return str(path).removeprefix(top) if inside else None
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else None


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
