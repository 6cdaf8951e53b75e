"""How files and folders, here and in stores, are spelled, shown and found in one another."""

from __future__ import annotations

import os
from pathlib import Path

from recordings import Place, Remote


def is_there(path: Path | str) -> bool:
    """Whether a path exists; not, where nobody may look."""
    return os.path.exists(path)  # noqa: PTH110 (before Python 3.14 that of pathlib raises)


def is_folder(path: Path | str) -> bool:
    """Whether a path is a folder; not, where nobody may look."""
    return os.path.isdir(path)  # noqa: PTH112 (as above)


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
