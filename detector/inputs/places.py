"""What the words of a command line name: files, folders, patterns, lists, and URLs of them.

- ``night.cwa``, ``recordings/``, ``s3://bucket/wave1/``: a file or folder;
- ``'data/**/*.cwa'``: all files and folders with such names, as a shell would list them;
- ``@list.txt``: a list with one of these in a line, seen from the list's folder; blank lines and
  those that begin with ``#`` are passed over;
- ``-``: such a list from the standard input, seen from the current folder.

What exists is never taken for a pattern. A file that is named and is not there is an input like any
other: it fails when it is opened.
"""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from recordings import Place, RecordingError, Remote, look_up, place_of

from ..given import content
from ..parameter import SettingsError
from ..paths import is_folder, is_there

STDIN = "@-"
"""In place of ``-``, which a parser of command lines takes for an option."""
_LIST = "@"
_MOST_BYTES = 1 << 28
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that was named, and whether it is a folder."""

    place: Place
    is_folder: bool


def expanded(words: Iterable[Path | str]) -> list[Spot]:
    """Return what is named, in order.

    Parameters
    ----------
    words
        As above; a ``Path`` is a file or folder and nothing else.

    Raises
    ------
    SettingsError
        If a list cannot be read, a pattern has no match, or a kind of store is not known or not
        installed.
    """
    found: list[Spot] = []
    for word in words:
        if isinstance(word, Path):
            found.append(Spot(word, is_folder(word)))
        elif word in ("-", STDIN):
            found += _of_list(sys.stdin.buffer.read(), Path(), "the standard input")
        elif word.startswith(_LIST) and not is_there(word):
            path = Path(word.removeprefix(_LIST))
            found += _of_list(content(path, _MOST_BYTES), path.parent, str(path))
        else:
            found += _spots(place_of(word))
    return found


def _of_list(content: bytes, folder: Path, name: str) -> Iterator[Spot]:
    """Yield what the lines of a list name."""
    try:  # names need not be text, and a list from a Windows shell may have two bytes a letter
        text = content.decode("utf-16") if content[:2] in _UTF16 else os.fsdecode(content)
    except UnicodeDecodeError as error:
        raise SettingsError(f"{name}: is no list of paths; save it as UTF-8 text") from error
    if "\0" in text:
        raise SettingsError(f"{name}: is no list of paths, but another kind of file")
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        place = place_of(entry)
        try:
            yield from _spots(place if isinstance(place, Remote) else folder / place)
        except SettingsError as error:
            raise SettingsError(f"{name}, line {number}: {error}") from error


def _spots(place: Place) -> list[Spot]:
    """Return a file or folder, or what a pattern matches."""
    if isinstance(place, Remote):
        try:
            found = [Spot(*each) for each in look_up(place)]
        except RecordingError as error:
            raise SettingsError(str(error)) from error
    elif not glob.has_magic(str(place)) or os.path.lexists(place):
        return [Spot(place, is_folder(place))]
    else:
        names = sorted(glob.glob(str(place), recursive=True))  # noqa: PTH207 (it skips hidden ones)
        found = [Spot(Path(name), is_folder(name)) for name in names]
    if not found:
        raise SettingsError(f"{place}: nothing has such a name")
    return found
