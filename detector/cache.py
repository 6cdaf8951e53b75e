"""Where compiled kernels are kept between runs.

By default numba writes beside the package, which fails where that is read-only, and which an update
may leave behind. Here every user, version and interpreter has a folder of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from .version import VERSION

VARIABLE = "NUMBA_CACHE_DIR"


def use_own_cache() -> None:
    """Point numba to the cache folder of this user and version. Call before numba is imported.

    A folder that the user has chosen stays; if ours cannot be written, numba's own choice stays.
    """
    if os.environ.get(VARIABLE):
        return
    try:
        folder = cache_folder()
    except RuntimeError:  # the user has no home folder
        return
    if is_writable(folder):
        os.environ[VARIABLE] = str(folder)


def cache_folder() -> Path:
    """Return the folder for compiled kernels of this user, version, interpreter and numba."""
    from importlib.metadata import PackageNotFoundError, version  # with all that reads e-mail

    try:
        numba = version("numba")
    except PackageNotFoundError:  # unusual packaging; then one folder serves all numba versions
        numba = "unknown"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return _user_cache() / "hypnic" / f"{VERSION}-py{python}-numba{numba}"


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _user_cache() -> Path:
    if sys.platform == "win32":
        chosen = os.environ.get("LOCALAPPDATA")
        return Path(chosen) if chosen else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    chosen = os.environ.get("XDG_CACHE_HOME")
    return Path(chosen) if chosen else Path.home() / ".cache"
