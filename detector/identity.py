"""Names of recordings and people, made from file names that may hold anything.

A ``recording_id`` names a folder on every system: letters and digits of any script, ``.``, ``-``
and ``_``, never a leading dot or dash, never a name that Windows keeps for itself, never the same
as another one of the run even where case is not told apart.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

_LONGEST_BYTES = 80
"""Of an id without its hash, in UTF-8: leaves room for a path on every file system."""

_HASH_DIGITS = 8
_ENDINGS = (
    *(".gz", ".cwa", ".bin", ".gt3x", ".edf", ".bdf", ".avro"),
    *(".csv", ".parquet", ".txt", ".tsv"),
)
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def recording_ids(paths: Sequence[str]) -> list[str]:
    """Return an id for each path, all different.

    The stem of the file name serves, made harmless. Where that is empty, had to be cut, is reserved
    or would be the same for two paths, a hash of the path is added, so that the id does not depend
    on the order of the paths.

    Parameters
    ----------
    paths
        As shown in the tables; all different.
    """
    plain = [_harmless(stem(path)) for path in paths]
    digits = [0 if _usable(name) else _HASH_DIGITS for name in plain]
    while True:
        ids = [_hashed(*each) for each in zip(plain, paths, digits, strict=True)]
        seen = Counter(_key(name) for name in ids)
        if len(seen) == len(ids):
            return ids
        digits = [
            n + _HASH_DIGITS if seen[_key(name)] > 1 else n
            for n, name in zip(digits, ids, strict=True)
        ]


def participant_id(path: str) -> str:
    """Return who wore the sensor as far as the file name says: its stem, unchanged."""
    return stem(path)


def stem(path: str) -> str:
    """Return the file's name without the endings of recordings (``sub.01.cwa.gz``: ``sub.01``)."""
    name = PurePath(path).name
    while len(name) > len(ending := PurePath(name).suffix) and ending.lower() in _ENDINGS:
        name = name.removesuffix(ending)
    return name


def _harmless(name: str) -> str:
    """Replace everything but letters, digits, dots, dashes and underscores."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    name = re.sub(r"[^\w.-]+", "_", name)
    return re.sub(r"\.{2,}", ".", name).lstrip(".-_").rstrip(".")


def _usable(name: str) -> bool:
    return bool(name) and len(name.encode()) <= _LONGEST_BYTES and not _RESERVED.fullmatch(name)


def _hashed(name: str, path: str, digits: int) -> str:
    if not digits:
        return name
    text = name.encode()[:_LONGEST_BYTES].decode("utf-8", "ignore").rstrip(".") or "recording"
    text = f"recording-{text}" if _RESERVED.fullmatch(text) else text
    path_hash = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text}-{path_hash[:digits]}"


def _key(name: str) -> str:
    """Fold what some file systems do not tell apart."""
    return unicodedata.normalize("NFC", name.casefold())
