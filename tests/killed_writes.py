"""Writes a folder over an earlier one and dies at the n-th change on the disk, for every n.

Run as ``python -m killed_writes FOLDER``; needs ``fork``. Prints a line per n: the nights
of the finished result then (``none``: it is not finished), and whether the process died.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from detector.output import finished
from tests.detector.test_output import write

CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "open"}


def main(folder: Path) -> None:
    n, died = 0, True
    while died:
        n += 1
        path = folder / str(n) / "a"
        write(path, nights=[])
        died = _killed_at(n, path)
        run = finished(path)
        print("none" if run is None else run["row"]["nights"], died)


def _killed_at(n: int, path: Path) -> bool:
    if (child := os.fork()) == 0:
        _die_at(n)
        write(path)
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0


def _die_at(n: int) -> None:
    changes = 0

    def count(event: str, args: tuple[Any, ...]) -> None:
        nonlocal changes
        if event in CHANGES and not (event == "open" and args[1] in {"r", "rb"}):
            changes += 1
            if changes == n:
                os._exit(9)

    sys.addaudithook(count)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
