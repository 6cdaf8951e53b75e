"""Who wore the sensor, where and when, as far as somebody said; and the names of recordings.

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
from dataclasses import dataclass, fields, replace
from pathlib import PurePath
from typing import Any, get_args

from recordings import DEVICE_ENDINGS, GENERAL_ENDINGS

from ..nights.night import Side, Site
from ..parameter import SettingsError, did_you_mean
from .zone_names import checked_zone_name

_LONGEST_BYTES = 80
"""Of an id without its hash, in UTF-8: leaves room for a path on every file system."""

_HASH_DIGITS = 8
_ENDINGS = DEVICE_ENDINGS | GENERAL_ENDINGS | {".gz", ".txt", ".tsv"}
"""What a name may lose: those of recordings, of what they are packed in and of other tables."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What is said of one file; None is unsaid."""

    participant_id: str | None = None
    session: str | None = None
    site: Site | None = None
    side: Side | None = None
    tz: str | None = None
    device_tz: str | None = None
    notes: str | None = None
    recording: str | None = None
    """Name of the recording of which it is a part."""

    @classmethod
    def of(cls, name: str, text: str) -> Identity:
        """Say one thing.

        Raises
        ------
        SettingsError
            If the text cannot be meant, with what can.
        """
        value: Any = text
        if name in {"tz", "device_tz"}:
            value = checked_zone_name(text)
        elif name in _WORDS:
            value = text.lower()
            if value not in _WORDS[name]:
                near = did_you_mean(value, _WORDS[name])
                raise SettingsError(f"{text!r} is not {_listed(_WORDS[name])}{near}")
        return cls(**{name: value})

    def or_else(self, other: Identity) -> Identity:
        """Say what the other says where this says nothing."""
        unsaid = {n: getattr(other, n) for n in FACTS if getattr(self, n) is None}
        return replace(self, **unsaid)


FACTS = tuple(f.name for f in fields(Identity))
_WORDS = {
    "site": tuple(word for word in get_args(Site) if word != "unknown"),
    "side": tuple(word for word in get_args(Side) if word != "unknown"),
}


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def recording_ids(paths: Sequence[str], names: Sequence[str] | None = None) -> list[str]:
    """Return an id for each path, all different.

    The stem of the file name serves, made harmless. Where that is empty, had to be cut, is reserved
    or would be the same for two paths, a hash of the path is added, so that the id does not depend
    on the order of the paths.

    Parameters
    ----------
    paths
        As shown in the tables, or whatever else tells recordings apart; all different.
    names
        What the ids are made of, if not of the paths' stems.
    """
    plain = [_harmless(name) for name in names or map(stem, paths)]
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
