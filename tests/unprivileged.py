"""Somebody whom the system does not let do everything, also where the tests run as root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534

permits = pytest.mark.skipif(
    not hasattr(os, "setresuid"), reason="this system permits in other ways"
)


@contextmanager
def unprivileged(*owned: Path) -> Iterator[None]:
    """Be somebody whom folders have to permit what they permit, and who owns some of them."""
    if os.geteuid():
        yield
        return
    for folder in owned:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, -1)
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
