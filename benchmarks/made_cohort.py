"""A folder of made recordings: several formats, some damaged, small enough to be gone through."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from recordings.synthetic import Recipe, plan, write

DAMAGED_EVERY = 20
"""5 % of the recordings are damaged."""

_KINDS = (("ax3", 50, "cwa"), ("geneactiv", 50, "bin"), ("actigraph", 30, "gt3x"))


def make_cohort(folder: Path, count: int, hours: float) -> list[Path]:
    """Write recordings and return their paths.

    Parameters
    ----------
    folder
        Is made; every tenth recording has a folder of its own in it.
    count
        How many.
    hours
        The length of each.
    """
    return list(_made(folder, count, hours))


def _made(folder: Path, count: int, hours: float) -> Iterator[Path]:
    for index in range(count):
        device, rate_hz, ending = _KINDS[index % len(_KINDS)]
        path = folder / f"group{index // 10:02d}" / f"night{index:03d}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        recipe = Recipe(device=device, rate_hz=rate_hz, start="2024-03-05T22:00:00", hours=hours)
        write(plan(20_000 + index, recipe), path)
        if index % DAMAGED_EVERY == DAMAGED_EVERY - 1:
            _damage(path, index)
        elif ending == "cwa" and index % 2:
            packed = path.with_name(f"{path.name}.gz")
            packed.write_bytes(gzip.compress(path.read_bytes(), 1, mtime=0))
            path.unlink()
            path = packed
        yield path


def _damage(path: Path, index: int) -> None:
    """Leave nothing of a file, or only a part, or noise."""
    data = path.read_bytes()
    left = (b"", data[:700], np.random.default_rng(index).bytes(5000))
    path.write_bytes(left[index // DAMAGED_EVERY % len(left)])
