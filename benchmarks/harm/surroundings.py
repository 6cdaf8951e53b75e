"""Faults of what surrounds a run: homes, caches, clocks, and many workers at once."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

from .disk import mount, unmount
from .runs import Case, Ended

_YEAR_S = 365 * 86_400


def no_home(case: Case) -> Ended:
    """Run without HOME, or with one that is not there or cannot be written."""
    home: str | None = case.random.choice(["", str(case.folder / "nowhere"), "read-only"])
    if home == "read-only":
        home = str(_read_only(case))
    without = {"XDG_CACHE_HOME": None, "NUMBA_CACHE_DIR": None}
    return case.cold(environment={**without, "HOME": home or None})


def _read_only(case: Case) -> Path:
    """Mount a folder that nobody, not even root, can write."""
    place = case.folder / "read-only"
    place.mkdir()
    mount("-t", "tmpfs", "none", str(place))
    case.later.callback(unmount, place)
    shutil.copytree(kernels(), place, dirs_exist_ok=True)
    for path in place.rglob("*.nbc"):  # some are there, the others cannot be added
        if case.random.random() < 0.2:
            path.unlink()
    mount("-o", "remount,ro", str(place))
    return place


def no_cache(case: Case, *, how: str) -> Ended:
    """Let the folder of compiled kernels be missing, full, read-only, a file, or hold cut files."""
    cache = case.folder / "cache"
    if how == "a file":
        cache.write_bytes(b"")
    elif how == "read-only":
        cache = _read_only(case)
    elif how == "cut":
        shutil.copytree(kernels(), cache)
        for path in cache.rglob("*.nb[ic]"):
            if case.random.random() < 0.5:
                os.truncate(path, case.random.randint(0, path.stat().st_size - 1))
    elif how.startswith("full disk"):
        cache.mkdir()
        mount("-t", "tmpfs", "-o", "size=200k", "none", str(cache))
        case.later.callback(unmount, cache)
        case.says = "compiled kernel.* cannot be written: No space"
    if how == "full disk":
        return case.cold(environment={"NUMBA_CACHE_DIR": None, "XDG_CACHE_HOME": str(cache)})
    return case.cold(environment={"NUMBA_CACHE_DIR": str(cache)})


def many_workers(case: Case, *, count: int) -> Ended:
    """Begin as many workers as recordings at once, on a cache that is empty."""
    case.flags += ["--jobs", str(count)]
    case.limit_s = 1800  # all kernels are compiled first, and a processor has many of them
    cache = case.folder / "cache"
    cache.mkdir()
    return case.cold(environment={"NUMBA_CACHE_DIR": str(cache)})


def clock_set(case: Case) -> Ended:
    """Set the clock far back or forth, or let it jump with every look at it."""
    how = case.random.choice(["back", "forth", "jumps"])
    chance = random.Random(case.random.random())  # noqa: S311 (nothing is secret here)

    def shift() -> None:
        real, steady = time.time, {"back": -30 * _YEAR_S, "forth": 30 * _YEAR_S}

        def shifted() -> float:
            return real() + steady.get(how, chance.uniform(-_YEAR_S, _YEAR_S))

        time.time = shifted
        time.time_ns = lambda: int(1e9 * shifted())

    if case.random.random() < 0.5:
        case.warm()
    return case.warm(shift)


def clock_set_for_all(case: Case) -> Ended:
    """Let libfaketime set back the clock of a cold run, and with it the times of files."""
    days = case.random.randint(-10_000, 3_000)
    return case.cold(before=["faketime", "-f", f"{days:+d}d"])


def has_faketime() -> bool:
    """Whether libfaketime can be used."""
    return shutil.which("faketime") is not None


def kernels() -> Path:
    """Return where the compiled kernels of warm runs are."""
    return Path(os.environ["NUMBA_CACHE_DIR"])
