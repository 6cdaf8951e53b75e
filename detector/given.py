"""Files that users give beside recordings: settings, tables, lists. Read whole, within bounds."""

from __future__ import annotations

from pathlib import Path

from .parameter import SettingsError


def content(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    SettingsError
        If it cannot be read, or is larger than anything that it could be.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(data) > most_bytes:
        size = f"{most_bytes >> 20} MiB"
        raise SettingsError(f"{path}: is larger than {size}; is it another kind of file?")
    return data
