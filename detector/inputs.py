"""Which files are analysed: those named, and the recordings in the folders named.

A file given by name is always an input. In a folder, searched with all its subfolders:

- a file with the ending of a device format (any case, ``.gz`` behind it or not) is an input;
- a file of a format that holds many things (CSV, Parquet, EDF, Avro) is an input if it opens as a
  recording or is empty, else it is skipped, which the ledger says;
- any other file is an input if it opens as a recording, else it is nobody's business;
- hidden files and folders, and output folders of this program, are not looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from recordings import ReadOptions, RecordingError, open_recording

from .identity import participant_id, recording_ids

DEVICE_ENDINGS = frozenset({".cwa", ".bin", ".gt3x"})
GENERAL_ENDINGS = frozenset({".csv", ".parquet", ".edf", ".bdf", ".avro"})
_OUTPUT_MARKS = ("data_dictionary.csv", "config.resolved.toml")


@dataclass(frozen=True, slots=True)
class Source:
    """One input found."""

    path: Path
    shown: str
    """As the tables show it."""
    recording_id: str
    """Empty if skipped: what is no recording takes no name from one."""
    participant_id: str
    skipped: str = ""
    """Why it is no recording; empty for what shall be analysed."""


def find_inputs(
    inputs: Sequence[Path],
    *,
    out: Path | None = None,
    reading: ReadOptions | None = None,
) -> list[Source]:
    """Return every input once, in the order given, those of a folder by name.

    Parameters
    ----------
    inputs
        Files and folders.
    out
        The output folder, which is not searched.
    reading
        What the content of a file may leave open.
    """
    alone = inputs[0] if len(inputs) == 1 and inputs[0].is_dir() else None
    found: dict[str, tuple[Path, str]] = {}
    for given in inputs:
        if given.is_dir():
            for path in _files(given, out):
                if (skipped := _not_wanted(path, reading)) is not None:
                    found.setdefault(_absolute(path), (path, skipped))
        else:
            found[_absolute(given)] = (given, "")
    paths = [path for path, _ in found.values()]
    shown = [(p.relative_to(alone) if alone else p).as_posix() for p in paths]
    wanted = [s for s, (_, skipped) in zip(shown, found.values(), strict=True) if not skipped]
    ids = dict(zip(wanted, recording_ids(wanted), strict=True))
    return [
        Source(path, name, ids.get(name, ""), participant_id(name), skipped)
        for name, (path, skipped) in zip(shown, found.values(), strict=True)
    ]


def _files(folder: Path, out: Path | None) -> Iterator[Path]:
    """Yield the files of a folder by name; links to folders are not followed."""
    for root, folders, names in os.walk(folder):
        here = Path(root)
        is_out = out is not None and _absolute(here) == _absolute(out)
        if is_out or all(mark in names for mark in _OUTPUT_MARKS):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (here / name for name in sorted(names) if not name.startswith("."))


def _not_wanted(path: Path, reading: ReadOptions | None) -> str | None:
    """Return why a file is skipped, empty if it is an input, None if it is not looked at."""
    ending = _ending(path)
    if ending in DEVICE_ENDINGS:
        return ""
    try:
        open_recording(path, reading)
    except RecordingError as error:
        if ending not in GENERAL_ENDINGS:
            return None
        return "" if path.is_file() and not path.stat().st_size else error.problem
    except Exception:
        return ""  # a bug shows in the ledger, where it belongs, and not as the end of the run
    return ""


def _ending(path: PurePath) -> str:
    name = path.name.lower().removesuffix(".gz")
    return PurePath(name).suffix


def _absolute(path: Path) -> str:
    """Return what two spellings of one path have in common; links stay as they are."""
    return os.path.abspath(path)  # noqa: PTH100 (resolve would follow links)
