"""Does this installation work? Every answer with what to do if it does not.

The checks compile the kernels, so the first run after them is fast. Nothing but Python itself is
needed to import this module: what is missing is what it looks for.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from .cache import VARIABLE, cache_folder, is_writable, lasting_folder, use_own_cache
from .machine import WORKER_BYTES, address_bytes, free_bytes, jobs
from .version import VERSION

Status = Literal["ok", "note", "warn", "fail"]

OPTIONAL = {
    "fsspec": "recordings at URLs (s3://, sftp://, https://)",
    "aiohttp": "recordings at https:// URLs",
    "distributed": "Dask clusters (--scheduler, --local-cluster)",
    "pandas": "nights_frame() and events_frame() in Python",
}
"""Libraries that hypnic works without, and what they bring."""

_ADDRESS_BYTES = 1 << 30
"""Address space in which a recording can be analysed; 0.7 GB were enough for a night."""
_REQUIREMENT = re.compile(r"([\w-]+)>=([\d.]+)$")
_REINSTALL = "install hypnic again into a fresh environment"


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer."""

    name: str
    status: Status
    text: str
    remedy: str = ""


def examine(say: Callable[[str], None]) -> bool:
    """Say every answer as soon as it is found; return whether hypnic works."""
    use_own_cache()
    found = dict.fromkeys(("ok", "note", "warn", "fail"), 0)
    for check in checks():
        found[check.status] += 1
        say(f"{check.status:<5} {check.name:<13} {check.text}")
        if check.remedy:
            say(f"{'':<19} -> {check.remedy}")
    if found["fail"]:
        say(f"{found['fail']} of {sum(found.values())} checks failed")
    else:
        say("it works, see the warnings" if found["warn"] else "everything works")
    return not found["fail"]


def checks() -> Iterator[Check]:
    """Answer one question after the other."""
    yield _python()
    broken = False
    for name, least in required().items():
        check = _package(name, least)
        broken |= check.status == "fail"
        yield check
    for name, brings in OPTIONAL.items():
        yield _optional(name, brings)
    yield _compiler()
    yield _kernel_cache()
    yield _time_zones()
    yield _memory()
    yield _place()
    if broken:  # its consequences would only hide the cause
        yield Check("detection", "fail", "not tried: a package is missing or broken, see above")
    else:
        yield from _selftests()


def _selftests() -> Iterator[Check]:
    try:
        from .selftest import find_planted_jerk, read_every_format, scan_bundled
    except ImportError as error:
        yield Check("detection", "fail", f"{type(error).__name__}: {error}", _REINSTALL)
        return
    yield _tested("detection", find_planted_jerk)
    yield _tested("reading", scan_bundled)
    yield _tested("formats", read_every_format)


def required() -> dict[str, str]:
    """Return the packages that hypnic needs, each with its oldest version, as it was installed.

    Without ``tzdata``, which systems that have the time zones can do without.
    """
    try:
        lines = requires("hypnic") or []
    except PackageNotFoundError:
        lines = []
    found = [match.groups() for line in lines if (match := _REQUIREMENT.match(line))]
    return {name: least for name, least in found if name != "tzdata"}


def _python() -> Check:
    text = f"{platform.python_version()} on {platform.platform()}, hypnic {VERSION}"
    where = Path(__file__).parent
    if required():
        return Check("python", "ok", f"{text} in {where}")
    return Check(
        "python",
        "warn",
        f"{text} in {where}, which is not installed: packages cannot be checked",
        f"run '{sys.executable} -m pip install {where.parent}'",
    )


def _package(name: str, least: str) -> Check:
    install = _pip(f"{name}>={least}")
    try:
        found = version(name)
    except PackageNotFoundError:
        return Check(name, "fail", f"not installed; {least} or newer is needed", install)
    if _number(found) < _number(least.removesuffix(".0")):
        return Check(name, "fail", f"{found} is too old; {least} or newer is needed", install)
    try:
        import_module(name)
    except Exception as error:  # whatever a broken package raises is the answer
        return Check(name, "fail", f"{found}: {type(error).__name__}: {error}", _REINSTALL)
    return Check(name, "ok", found)


def _optional(name: str, brings: str) -> Check:
    try:
        found = version(name)
        import_module(name)
    except PackageNotFoundError:
        return Check(name, "note", f"not installed; it brings {brings}", _pip(name))
    except Exception as error:  # whatever a broken package raises is the answer
        return Check(name, "warn", f"{type(error).__name__}: {error}", _pip(f"-U {name}"))
    return Check(name, "ok", found)


def _pip(what: str) -> str:
    quoted = f'"{what}"' if ">" in what else what
    return f"to install it: {sys.executable} -m pip install {quoted}"


def _number(text: str) -> tuple[int, ...]:
    """Return what can be compared of a version."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


def _compiler() -> Check:
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}:
        return Check("compiler", "warn", "off: a night takes hours", "unset NUMBA_DISABLE_JIT")
    return Check("compiler", "ok", "on")


def _kernel_cache() -> Check:
    if (folder := lasting_folder()) is not None:
        return Check("kernel cache", "ok", str(folder))
    try:
        wanted = f"{cache_folder()} cannot be written"
    except RuntimeError:
        wanted = "the home folder is unknown"
    text = f"{wanted}: kernels are compiled in every run, which takes a minute"
    if not os.environ.get(VARIABLE):
        text = f"{wanted}, nor can a temporary folder: kernels cannot be compiled"
    remedy = f"set {VARIABLE} to a folder that stays and can be written"
    return Check("kernel cache", "warn", text, remedy)


def _time_zones() -> Check:
    known = available_timezones()
    if "Europe/London" in known:
        return Check("time zones", "ok", f"{len(known)} names")
    return Check("time zones", "fail", "no time zone database", _pip("tzdata"))


def _memory() -> Check:
    limit, free = address_bytes(), free_bytes()
    if limit is not None and limit < _ADDRESS_BYTES:
        text = (
            f"this process may use {_gb(limit)} of address space; {_gb(_ADDRESS_BYTES)} is needed"
        )
        return Check("memory", "warn", text, "raise the limit: ulimit -v unlimited")
    if free is None:
        return Check("memory", "ok", "this system does not say what is free")
    text = f"{_gb(free)} free"
    if free < WORKER_BYTES:
        need = f"{text}; a recording may need {_gb(WORKER_BYTES)}"
        return Check("memory", "warn", need, "end other programs, or ask the cluster for more")
    return Check("memory", "ok", f"{text}: {jobs()} at once")


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def _place() -> Check:
    try:
        here = Path.cwd()
    except OSError:
        return Check("this folder", "warn", "it has been deleted", "go to another one")
    if is_writable(here):
        return Check("this folder", "ok", f"{here} can be written")
    remedy = "name a folder of yours for the results: -o FOLDER"
    return Check("this folder", "warn", f"{here} cannot be written", remedy)


def _tested(name: str, test: Callable[[], str]) -> Check:
    begun_s = time.monotonic()
    try:
        text = test()
    except Exception as error:  # whatever goes wrong here is the answer
        return Check(name, "fail", f"{type(error).__name__}: {error}", _REINSTALL)
    return Check(name, "ok", f"{text} ({time.monotonic() - begun_s:.1f} s)")
