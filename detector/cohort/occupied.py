"""An output folder belongs to one run at a time; shards of one run may share it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..parameter import SettingsError


@contextmanager
def occupied(out: Path, *, shared: bool = False) -> Iterator[None]:
    """Keep other runs on this machine out of a folder, which is made if need be.

    The system lifts the lock when the process ends, however it ends. Where it knows no locks on
    folders (Windows, some network file systems) none is held.

    Raises
    ------
    SettingsError
        If another run writes into it.
    """
    out.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise SettingsError(
            f"{out}: another run writes into this folder; wait for it, or name another one"
        ) from None
    except OSError:
        pass
    try:
        yield
    finally:
        os.close(handle)
