"""Does this installation work? Every answer with what to do if it does not.

The checks compile the kernels, so the first run after them is fast.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from .cache import VARIABLE, cache_folder, is_writable
from .selftest import find_planted_jerk, read_every_format, scan_bundled
from .version import VERSION

Status = Literal["ok", "warn", "fail"]

PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "pyarrow",
    "cyclopts",
    "rich",
    "jinja2",
    "plotly",
    "isal",
    "edfio",
)
_REINSTALL = "install hypnic again into a fresh environment"


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer."""

    name: str
    status: Status
    text: str
    remedy: str = ""


def checks() -> Iterator[Check]:
    """Answer one question after the other."""
    yield _python()
    yield from map(_package, PACKAGES)
    yield _compiler()
    yield _kernel_cache()
    yield _time_zones()
    for name, test in (
        ("detection", find_planted_jerk),
        ("reading", scan_bundled),
        ("formats", read_every_format),
    ):
        yield _tested(name, test)


def _python() -> Check:
    text = f"{platform.python_version()} on {platform.platform()}, hypnic {VERSION}"
    return Check("python", "ok", text)


def _package(name: str) -> Check:
    try:
        import_module(name)
        return Check(name, "ok", version(name))
    except PackageNotFoundError:
        return Check(name, "warn", "works, but its version is unknown", _REINSTALL)
    except Exception as error:  # whatever a broken package raises is the answer
        return Check(name, "fail", f"{type(error).__name__}: {error}", _REINSTALL)


def _compiler() -> Check:
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}:
        return Check("compiler", "warn", "off: a night takes hours", "unset NUMBA_DISABLE_JIT")
    return Check("compiler", "ok", "on")


def _kernel_cache() -> Check:
    chosen = os.environ.get(VARIABLE)
    folder = Path(chosen) if chosen else cache_folder()
    if is_writable(folder):
        return Check("kernel cache", "ok", str(folder))
    return Check(
        "kernel cache",
        "warn",
        f"{folder} cannot be written: kernels may be compiled in every run, which takes a minute",
        f"set {VARIABLE} to a folder that can be written",
    )


def _time_zones() -> Check:
    known = available_timezones()
    if "Europe/London" in known:
        return Check("time zones", "ok", f"{len(known)} names")
    return Check("time zones", "fail", "no time zone database", "run 'pip install tzdata'")


def _tested(name: str, test: Callable[[], str]) -> Check:
    begun_s = time.monotonic()
    try:
        text = test()
    except Exception as error:  # whatever goes wrong here is the answer
        return Check(name, "fail", f"{type(error).__name__}: {error}", _REINSTALL)
    return Check(name, "ok", f"{text} ({time.monotonic() - begun_s:.1f} s)")
