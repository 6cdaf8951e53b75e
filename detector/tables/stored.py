"""The tables of an output folder, read back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..parameter import SettingsError
from . import csvtext
from .columns import NIGHTS, Column
from .csvtext import Row


def has_count(path: Path) -> dict[tuple[str, str], bool]:
    """Return for every night of a ``nights.csv``, by recording and date, whether it has a count."""
    return {
        (str(row["recording_id"]), str(row["night_date"])): row["sleep_starts_onset"] is not None
        for row in table(path.parent, path.name, NIGHTS)
    }


def table(out: Path, name: str, columns: Sequence[Column]) -> Iterator[Row]:
    """Yield the rows of a table of an output folder.

    Raises
    ------
    SettingsError
        If it is not there, is cut, or has other columns than this version writes.
    """
    try:
        with (out / name).open("rb") as file:
            known = file.readline() == csvtext.header(columns)
            file.seek(max(0, os.fstat(file.fileno()).st_size - 1))
            whole = file.read() == b"\n"
    except OSError as error:
        raise SettingsError(
            f"{out / name}: cannot be read: {error.strerror}; name a folder that 'hypnic run' wrote"
        ) from error
    if not known:
        raise SettingsError(
            f"{out / name}: has other columns than this version writes; run hypnic again"
        )
    if not whole:
        raise SettingsError(f"{out / name}: is cut; run hypnic again")
    return csvtext.read(columns, out / name)
