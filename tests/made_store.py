"""A store in memory that says of its files what a test wants it to say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import fsspec
from fsspec.implementations.memory import MemoryFileSystem

from recordings import Remote


class _Saying(MemoryFileSystem):
    """Says no times of its own."""

    protocol = "saying"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    told: ClassVar[dict[str, Any]] = {}
    """Beside size and type."""
    apart: ClassVar[Any] = None
    """What it says when it is asked for the time of change alone; an error is raised."""

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        stripped: str = super()._strip_protocol(str(path).removeprefix("saying://"))
        return stripped

    def info(self, path: str, **more: Any) -> dict[str, Any]:
        found = super().info(path, **more)
        kept = {name: found.get(name) for name in ("name", "size", "type")}
        return {**kept, **self.told}

    def modified(self, path: str) -> Any:  # noqa: ARG002 (as fsspec has it)
        if isinstance(self.apart, Exception):
            raise self.apart
        return self.apart


@contextmanager
def saying(content: bytes = b"one", apart: Any = None, **told: Any) -> Iterator[Remote]:
    """Give a file whose store says these things of it."""
    fsspec.register_implementation("saying", _Saying, clobber=True)
    _Saying.told, _Saying.apart = told, apart
    fsspec.filesystem("saying").pipe_file("/bucket/a.cwa", content)
    try:
        yield Remote("saying://bucket/a.cwa")
    finally:
        _Saying.store.clear()
