"""Where compiled kernels are kept between runs, and what numba loads before the first.

By default numba writes beside the package, which fails where that is read-only, and which an update
may leave behind. Here every user, version and interpreter has a folder of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from .version import VERSION

VARIABLE = "NUMBA_CACHE_DIR"
_BLAS = "scipy.linalg.cython_blas"
COMPLETE = "compiled-for-"
"""Begins the names of the marks that all kernels are there, by processor."""

_PACKAGE = Path(__file__).parent
_STOP = b"."
"""The last byte of whatever was pickled, as numba does its kernels."""
_ROOM_BYTES = 8 << 20
"""More than all kernels take."""

_of_this_run: set[str] = set()
"""Folders that go with this process."""


def use_own_cache() -> None:
    """Point numba to the cache folder of this user and version. Call before numba is imported.

    A folder that the user has chosen stays if it can be used. If ours cannot, numba's own choice
    stays, which is beside the package; if that cannot be written either, kernels are compiled for
    this process and its workers alone.
    """
    chosen = os.environ.get(VARIABLE)
    if not chosen or not _is_usable(Path(chosen)):
        try:
            folder = cache_folder()
        except RuntimeError:  # the user has no home folder
            folder = None
        if folder is None or not _is_usable(folder):
            folder = None if is_writable(_PACKAGE / "__pycache__") else _folder_of_this_run()
        if folder is not None:
            os.environ[VARIABLE] = str(folder)
    remove_torn(Path(os.environ.get(VARIABLE) or _PACKAGE))


def remove_torn(folder: Path) -> None:
    """Remove kernels that a power cut left cut or empty: numba would fail on them forever."""
    for root, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".nbi", ".nbc")):
                with suppress(OSError):
                    _remove_if_torn(os.path.join(root, name))  # noqa: PTH118 (they are many)


def _remove_if_torn(path: str) -> None:
    with open(path, "rb") as file:  # noqa: PTH123 (as above)
        file.seek(max(0, os.fstat(file.fileno()).st_size - 1))
        whole = file.read() == _STOP
    if not whole:
        os.unlink(path)  # noqa: PTH108 (as above)


def load_numba() -> None:
    """Load what numba needs for its first kernel, without linear algebra.

    It would ask scipy whether there is any, which takes half as long as numba itself and 16 MB; no
    kernel here has a matrix. For processes of this program only: compiled code of others, who use
    it as a library, may well multiply some.
    """
    if _BLAS in sys.modules:
        return
    sys.modules[_BLAS] = None  # type: ignore[assignment]  # whoever imports it is told: not there
    try:
        with suppress(ImportError):  # a numba that is made otherwise, and asks later
            import_module("numba.np.arraymath")
    finally:
        del sys.modules[_BLAS]


def cache_folder() -> Path:
    """Return the folder for compiled kernels of this user, version, interpreter and numba."""
    from importlib.metadata import PackageNotFoundError, version  # with all that reads e-mail

    try:
        numba = version("numba")
    except PackageNotFoundError:  # unusual packaging; then one folder serves all numba versions
        numba = "unknown"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return _user_cache() / "hypnic" / f"{VERSION}-py{python}-numba{numba}"


def lasting_folder() -> Path | None:
    """Return where numba will keep kernels after this process; None if nowhere."""
    chosen = os.environ.get(VARIABLE, "")
    if chosen in _of_this_run:
        return None
    candidates = (*((Path(chosen),) if chosen else ()), _PACKAGE / "__pycache__")
    return next((folder for folder in candidates if _is_usable(folder)), None)


def _is_usable(folder: Path) -> bool:
    return _is_complete(folder) or is_writable(folder)


def _is_complete(folder: Path) -> bool:
    """Whether all kernels are there, so that nothing need be written."""
    try:
        return any(folder.glob(f"{COMPLETE}*"))
    except OSError:
        return False


def _folder_of_this_run() -> Path | None:
    try:
        folder = tempfile.mkdtemp(prefix="hypnic-kernels-")
    except OSError:
        return None
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _of_this_run.add(folder)
    return Path(folder)


def is_writable(folder: Path) -> bool:
    """Whether there is room for kernels in a folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_ROOM_BYTES))
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
