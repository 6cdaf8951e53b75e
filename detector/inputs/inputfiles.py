"""The files of an input: of which state they are, and whether they are still those of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from recordings import Place, RecordingError, Remote, Stamp, stamp_of

from .. import files
from .sources import Source

_GZIP = b"\x1f\x8b"
T = TypeVar("T")


def seal_of(source: Source) -> Callable[[Any], Any]:
    """Return what makes of a value in ``run.json`` one that says nothing, if it must not."""
    return source.veil.seal if source.veil else lambda value: value


def stamps_of(paths: Sequence[Place]) -> list[Stamp]:
    """Return the state of every file now.

    Raises
    ------
    RecordingError
        If one is there no more.
    """
    return [_of_file(path, stamp_of) for path in paths]


def refuse_changed(paths: Sequence[Place], before: Sequence[Stamp]) -> None:
    """Raise a RecordingError if a file is no longer as it was."""
    for path, stamp in zip(paths, before, strict=True):
        if _of_file(path, stamp_of) != stamp:
            problem = "was changed while it was being read"
            raise RecordingError(path, problem, remedy="run again when it is complete")


def described(source: Source, paths: Sequence[Place], stamps: Sequence[Stamp]) -> dict[str, Any]:
    """Return size and hash of the input, and how its files are recognised when they come again."""
    hashes = [_of_file(path, files.sha256) for path in paths]
    whole = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    seal = seal_of(source)
    return {
        "bytes": total_bytes(stamps),
        "sha256": None if source.veil else whole,
        "files": [
            {**_known_by(stamp, seal), "sha256": seal(sha)}
            for stamp, sha in zip(stamps, hashes, strict=True)
        ],
    }


def same_files(source: Source, known: Sequence[dict[str, Any]]) -> tuple[bool, bool]:
    """Whether the files are those ``known``, and whether that now has new times."""
    seal, touched = seal_of(source), False
    if len(known) != len(source.paths):
        return False, False
    for path, file in zip(source.paths, known, strict=True):
        now = _known_by(stamp_of(path), seal)
        if now["bytes"] != file["bytes"]:
            return False, touched
        if not _unchanged(file, now):
            if seal(files.sha256(path)) != file["sha256"]:
                return False, touched
            file.update(now)
            touched = True
    return True, touched


def _known_by(stamp: Stamp, seal: Callable[[Any], Any]) -> dict[str, Any]:
    """Return by what a file is recognised without being read."""
    marks = {"mtime_ns": stamp.mtime_ns, "etag": stamp.etag}
    said = {name: seal(mark) for name, mark in marks.items() if mark is not None}
    return {"bytes": seal(stamp.size_bytes), **said}


def _unchanged(known: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether a store says that a file of the same size is as it was."""
    mark = "etag" if "etag" in known and "etag" in now else "mtime_ns"
    return mark in now and now[mark] == known.get(mark)


def total_bytes(stamps: Sequence[Stamp]) -> int | None:
    """Return the size of all files, None if a store does not say that of one."""
    sizes = [stamp.size_bytes for stamp in stamps]
    return None if None in sizes else sum(size or 0 for size in sizes)


def size_of(paths: Sequence[Place]) -> int | None:
    """Return the size of all files, None if it cannot be known."""
    try:
        return total_bytes([stamp_of(path) for path in paths])
    except (OSError, RecordingError):
        return None


def is_gzip(path: Place) -> bool:
    """Whether a file is packed, so that its size does not tell how long its content is."""
    if isinstance(path, Remote):  # only the bar hangs on it
        return path.suffix.lower() == ".gz"
    return _of_file(path, _begins_packed)


def _begins_packed(path: Place) -> bool:
    with Path(str(path)).open("rb") as file:
        return file.read(2) == _GZIP


def _of_file(path: Place, ask: Callable[[Place], T]) -> T:
    """Ask something about the input file, which may go away at any time."""
    try:
        return ask(path)
    except OSError as error:
        problem = f"can no longer be read: {error.strerror or error}"
        raise RecordingError(path, problem, remedy="run again when it is back") from error
