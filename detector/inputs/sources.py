"""Which files are analysed: those named, and the recordings in the folders named.

What can be named, beside files and folders, is in :mod:`detector.inputs.places`.

A file given by name is always an input. In a folder, searched with all its subfolders:

- a file with the ending of a device format (any case, ``.gz`` behind it or not) is an input;
- a file of a format that holds many things (CSV, Parquet, EDF, Avro, zip) is an input if it opens
  as a recording or is empty, else it is skipped, which the ledger says;
- any other file is an input if it opens as a recording, else it is nobody's business;
- hidden files and folders, and output folders of this program, are not looked at.

Who they are of, and which of them are parts of one recording, is said by a
:class:`detector.people.naming.Naming`; a file in its table is an input like one given by name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path, PurePath, PurePosixPath

from recordings import (
    DEVICE_ENDINGS,
    GENERAL_ENDINGS,
    Place,
    ReadOptions,
    RecordingError,
    Remote,
    files_in,
    holding,
    open_recording,
    stamp_of,
)

from ..parameter import SettingsError
from ..paths import seen_from, shown_as, spelled_out
from ..people.identity import recording_ids
from ..people.naming import Named, Naming
from ..people.veil import Veil
from ..stated.diary import Diary
from ..stated.hypnogram import Hypnogram
from .places import Spot, expanded

_OUTPUT_MARKS = ("data_dictionary.csv", "config.resolved.toml")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an input."""

    path: Place
    shown: str
    """Relative to the folder given; as given if files or several folders were."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input found: a file, or the files of one recording."""

    parts: tuple[Part, ...]
    """By name."""
    named: Named
    recording_id: str
    """Empty if skipped: what is no recording takes no name from one."""
    skipped: str = ""
    """Why it is no recording; empty for what shall be analysed."""
    veil: Veil | None = None
    """What hides of whom it is, if that shall be hidden."""
    diary: Diary = field(default_factory=Diary)
    """What its wearer noted."""
    hypnogram: Hypnogram | None = None
    """What a sleep laboratory scored of it."""

    @property
    def shown(self) -> str:
        """As the tables show it: the file, or the folder that holds all parts."""
        shown = [part.shown for part in self.parts]
        return shown[0] if len(shown) == 1 else _folder_of(shown)

    @property
    def title(self) -> str:
        """As messages call it."""
        if len(self.parts) == 1:
            return self.shown
        folder = self.shown
        if folder == "./":
            folder = _folder_of([shown_as(path) for path in self.paths])
        return f"{folder} ({len(self.parts)} files)"

    @property
    def paths(self) -> list[Place]:
        """Its files."""
        return [part.path for part in self.parts]


def find_inputs(
    inputs: Sequence[Path | str],
    *,
    out: Path | None = None,
    reading: ReadOptions | None = None,
    naming: Naming | None = None,
    apart: Sequence[Path] = (),
) -> list[Source]:
    """Return every input once, in the order given, those of a folder by name.

    Parameters
    ----------
    inputs
        What is named on a command line: see :mod:`detector.inputs.places`.
    out
        The output folder, which is not searched.
    reading
        What the content of a file may leave open.
    naming
        How inputs come by their names; by their files' if None.
    apart
        Files that are no inputs, wherever they lie.

    Raises
    ------
    SettingsError
        If an input cannot be meant, or ``naming`` does not fit the files; before any is opened.
    """
    naming = naming or Naming()
    spots = expanded(inputs)
    folders = [spot.place for spot in spots if spot.is_folder]
    tables = [naming.participants.path] if naming.participants else []
    found = _candidates(spots, out, {spelled_out(path) for path in (*apart, *tables)})
    alone = folders[0] if len(spots) == 1 and folders else None
    parts = [Part(p, (seen_from(alone, p) if alone else None) or shown_as(p)) for p in found]
    named = naming.named([(part.path, part.shown) for part in parts], folders)
    groups: dict[str, list[tuple[Part, Named]]] = {}
    skipped: dict[str, str] = {}
    for part, each in zip(parts, named, strict=True):
        given = found[part.path] or each.listed
        if (why := "" if given else _not_wanted(part.path, reading)) is not None:
            group = part.shown if why else each.group
            groups.setdefault(group, []).append((part, each))
            skipped[group] = why
    wanted = [group for group in groups if not skipped[group]]
    names = [groups[group][0][1].name for group in wanted]
    ids = dict(zip(wanted, recording_ids(wanted, names), strict=True))
    return [
        Source(
            parts=tuple(sorted((part for part, _ in members), key=lambda part: part.shown)),
            named=Named.joined([each for _, each in members]),
            recording_id=ids.get(group, ""),
            skipped=skipped[group],
        )
        for group, members in groups.items()
    ]


def _folder_of(shown: Sequence[str]) -> str:
    """Return the folder that holds them all."""
    first, *others = (name.split("/")[:-1] for name in shown)
    alike = first
    for other in others:
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(alike, other, strict=False))
        alike = [name for name, _ in pairs]
    return f"{'/'.join(alike) if alike else '.'}/"


def _candidates(spots: Sequence[Spot], out: Path | None, apart: set[str]) -> dict[Place, bool]:
    """Return all files that may be inputs, and whether they are given by name."""
    found: dict[str, tuple[Place, bool]] = {}
    for spot in spots:
        if spot.is_folder:
            for path, closed in _files(spot.place, out):
                found.setdefault(spelled_out(path), (path, closed))  # fails, as if it were named
        else:
            found[spelled_out(spot.place)] = (spot.place, True)
    return dict(each for place, each in found.items() if place not in apart)


def _files(folder: Place, out: Path | None) -> Iterator[tuple[Place, bool]]:
    """Yield the files of a folder by name, then folders in it that may not be searched (True).

    Links to folders are not followed.
    """
    if isinstance(folder, Remote):
        yield from ((place, False) for place in _remote_files(folder))
    else:
        closed: list[OSError] = []
        yield from ((path, False) for path in _local_files(folder, out, closed.append))
        yield from ((Path(error.filename), True) for error in closed)


def _remote_files(folder: Remote) -> Iterator[Remote]:
    try:
        found = {seen_from(folder, place) or "": place for place in files_in(folder)}
    except RecordingError as error:
        raise SettingsError(str(error)) from error
    results = set.intersection(
        *(
            {name.rpartition("/")[0] for name in found if PurePosixPath(name).name == mark}
            for mark in _OUTPUT_MARKS
        )
    )
    for name, place in found.items():
        above = [str(each) for each in PurePosixPath(name).parents]
        hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
        if not hidden and results.isdisjoint(each.removeprefix(".") for each in above):
            yield place


def _local_files(
    folder: Path, out: Path | None, closed: Callable[[OSError], object]
) -> Iterator[Path]:
    for root, folders, names in os.walk(folder, onerror=closed):
        here = Path(root)
        is_out = out is not None and spelled_out(here) == spelled_out(out)
        if is_out or all(mark in names for mark in _OUTPUT_MARKS):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (here / name for name in sorted(names) if not name.startswith("."))


def _not_wanted(path: Place, reading: ReadOptions | None) -> str | None:
    """Return why a file is skipped, empty if it is an input, None if it is not looked at."""
    ending = _ending(path)
    if ending in DEVICE_ENDINGS:
        return ""
    try:
        with holding([path]) as (held,):
            open_recording(held, reading)
    except RecordingError as error:
        if ending not in GENERAL_ENDINGS:
            return None
        return "" if _is_empty(path) else error.problem
    except Exception:
        return ""  # a bug shows in the ledger, where it belongs, and not as the end of the run
    return ""


def _is_empty(path: Place) -> bool:
    try:
        return stamp_of(path).size_bytes == 0
    except (OSError, RecordingError):
        return False


def _ending(path: Place) -> str:
    name = path.name.lower().removesuffix(".gz")
    return PurePath(name).suffix
