"""What stores are asked, through ``fsspec``: what is there, how large, since when, and its bytes.

Whatever a store or the way to it refuses becomes a :class:`RecordingError` that shows no secret.
Nothing is tried again here: a store's own library does that as far as it thinks right.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from .errors import RecordingError
from .place import Place, Remote

_NEEDS_FSSPEC = "install the extra 'cohort', which has fsspec: pip install '.[cohort]'"
_AGAIN = "run again when the store answers"
_PATIENCE_S = 60
_ETAGS = ("ETag", "etag")
_TIMES = ("LastModified", "last_modified", "Last-Modified", "mtime", "updated", "modified")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file from another, as far as its store says it."""

    size_bytes: int | None
    mtime_ns: int | None = None
    """When it was changed, since 1970."""
    etag: str | None = None
    """A store's own name of this state."""


def stamp_of(place: Place) -> Stamp:
    """Return the state of a file now.

    Raises
    ------
    OSError
        If a file on this computer cannot be asked.
    RecordingError
        If one in a store cannot.
    """
    if not isinstance(place, Remote):
        status = place.stat()
        return Stamp(status.st_size, status.st_mtime_ns)
    with asking(place):
        system, path = system_of(place)
        system.invalidate_cache(path)
        info = system.info(path)
        etag = next((str(info[key]) for key in _ETAGS if info.get(key)), None)
        changed = next((info[key] for key in _TIMES if info.get(key)), None)
        if etag is None and changed is None:
            changed = _changed(system, path)
        return Stamp(info.get("size"), _in_ns(changed), etag)


def exists(place: Place) -> bool:
    """Whether something is there.

    Raises
    ------
    RecordingError
        If a store cannot say it.
    """
    if not isinstance(place, Remote):
        return os.path.exists(place)  # noqa: PTH110 (raises nothing for a name that none can have)
    with asking(place):
        system, path = system_of(place)
        return bool(system.exists(path))


def look_up(place: Remote) -> list[tuple[Remote, bool]]:
    """Return what a URL names, and whether it is a folder; of a pattern, all that it matches.

    A file that is not there or cannot be reached is one: opening it will tell why.

    Raises
    ------
    RecordingError
        If the library for such a store is missing, or the store cannot list a pattern.
    """
    if missing := _missing_library(place):
        raise RecordingError(place, "cannot be reached", remedy=missing)
    if _has_magic(place) and not exists(place):
        return _matches(place)
    if place.url.endswith("/"):
        return [(place, True)]
    try:
        with asking(place):
            system, path = system_of(place)
            info = system.info(path)
    except RecordingError:
        return [(place, False)]
    led_to = str(info.get("url", ""))  # a web server leads from a folder's name to the folder
    return [(place, info["type"] == "directory" or led_to.endswith("/"))]


def _matches(pattern: Remote) -> list[tuple[Remote, bool]]:
    """Return what has such a name; as on the disk, nothing hidden."""
    root = next((above for above in pattern.parents if not _has_magic(above)), None)
    if root is None:
        problem = "has a pattern where the store or its server is named"
        raise RecordingError(pattern, problem, remedy="use patterns behind the next /")
    with asking(pattern):
        system, path = system_of(pattern)
        found = _below(root, system.glob(path, detail=True))
    return [each for each in found if "/." not in str(each[0]).removeprefix(str(root))]


def files_in(folder: Remote) -> list[Remote]:
    """Return all files below a folder, by name.

    Raises
    ------
    RecordingError
        If it cannot be listed.
    """
    with asking(folder):
        system, path = system_of(folder)
        try:  # else what cannot be listed would be left out without a word
            found = system.find(path, detail=True, on_error="raise")
        except TypeError:  # stores that list all folders at once do not know the word
            found = system.find(path, detail=True)
        return [place for place, _ in _below(folder, found)]


def _has_magic(place: Remote) -> bool:
    """Whether a URL has signs of a pattern; on the web, ``?`` is none."""
    return bool(set(str(place).partition("?")[0] if place.is_web else str(place)) & set("*[?"))


def _below(root: Remote, found: Mapping[str, Mapping[str, Any]]) -> list[tuple[Remote, bool]]:
    """Return what a store names below a folder, by name, and whether it is a folder."""
    top = system_of(root)[1].rstrip("/") + "/"
    names = {name[len(top) :]: info for name, info in found.items() if name.startswith(top)}
    places = {
        root.child(name): info["type"] == "directory"
        for name, info in names.items()
        if name.strip("/") and not (root.is_web and set(name) & set("?#"))
    }
    return sorted(places.items())


def system_of(place: Remote) -> tuple[Any, str]:
    """Return the store of a place, and how it calls it."""
    from fsspec.core import url_to_fs

    system, path = url_to_fs(place.url, **({"client_kwargs": _client()} if place.is_web else {}))
    return system, path


def _client() -> dict[str, Any]:
    """Return how web servers are talked to.

    A file may take hours, but never a minute without a byte. A server that packs what it sends
    would count other bytes. Proxies and passwords are taken from where other programs have them.
    """
    from aiohttp import ClientTimeout

    return {
        "timeout": ClientTimeout(total=None, sock_connect=_PATIENCE_S, sock_read=_PATIENCE_S),
        "headers": {"Accept-Encoding": "identity"},
        "trust_env": True,
    }


def _missing_library(place: Remote) -> str:
    """Return what must be installed for stores of this kind; empty if nothing."""
    try:
        import fsspec
    except ImportError:
        return _NEEDS_FSSPEC
    try:
        fsspec.get_filesystem_class(place.scheme)
    except ImportError as error:
        return str(error)
    except ValueError:
        near = "az, gs, https, s3, sftp"
        return f"{place.scheme}:// is no kind of store that fsspec knows, such as {near}"
    return ""


@contextmanager
def asking(place: Remote, offset: int | None = None) -> Iterator[None]:
    """Turn whatever a store or its library raises into a RecordingError without secrets.

    Whichever library it is has exceptions of its own, so all of them count. The original one is
    not chained: it may hold the URL.
    """
    try:
        yield
    except RecordingError:
        raise
    except Exception as error:
        problem, remedy = _said(place, error)
        if offset is not None:
            problem = f"reading failed: {problem}"
        raise RecordingError(place, problem, offset=offset, remedy=remedy) from None


def _said(place: Remote, error: Exception) -> tuple[str, str]:
    """Return what went wrong, and what can be done."""
    cause = error.__cause__ if isinstance(error, FileNotFoundError) else None
    status = getattr(cause or error, "status", None)
    if isinstance(error, ImportError):
        return "cannot be reached", _missing_library(place) or _NEEDS_FSSPEC
    if isinstance(error, FileNotFoundError) and (cause is None or status == 404):
        return "does not exist", "check the URL"
    if isinstance(error, PermissionError) or status in (401, 403):
        return "may not be read", "check the access that this computer has to the store"
    real = cause or error
    text = place.without_secrets(str(real)).strip()
    return f"{type(real).__name__}{f': {text}' if text else ''}", _AGAIN


def _changed(system: Any, path: str) -> datetime | None:
    """Ask for the time of change apart: some stores leave it out of the rest."""
    try:
        found = system.modified(path)
    except Exception:
        return None  # that it is unknown costs a reading, which tells what else is wrong
    return found if isinstance(found, datetime) else None


def _in_ns(changed: object) -> int | None:
    """Return a time as stores write it in ns since 1970, None if that is not clear."""
    if isinstance(changed, str):
        with suppress(ValueError):
            changed = parsedate_to_datetime(changed)
    if isinstance(changed, str):
        with suppress(ValueError):
            changed = datetime.fromisoformat(changed)
    if isinstance(changed, datetime):
        clear = changed if changed.tzinfo else changed.replace(tzinfo=UTC)
        return round(clear.timestamp() * 1_000_000) * 1000
    return round(changed * 1_000_000_000) if isinstance(changed, (int, float)) else None
