"""What this process may use of the machine it runs on."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

WORKER_BYTES = 400 << 20
"""Memory that one recording may need, with all libraries: measured peaks are below 250 MB
(``benchmarks/memory.py``)."""

_NO_MEMORY = ("failed to map segment", os.strerror(errno.ENOMEM))
"""What the system says when a library finds no room."""
_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")


def shortage(error: BaseException) -> str | None:
    """Return what this machine or its limits are short of, if that is what an error says."""
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, MemoryError) or number == errno.ENOMEM or _says(error, _NO_MEMORY):
        return "the memory does not suffice; give it more (see ulimit -v), then run again"
    if number in {errno.EMFILE, errno.ENFILE} or _says(error, (os.strerror(errno.EMFILE),)):
        return "too many open files; raise their limit (ulimit -n), then run again"
    return None


def _says(error: BaseException, words: Sequence[str]) -> bool:
    return isinstance(error, ImportError) and any(word in str(error) for word in words)


def jobs() -> int:
    """Return how many recordings can be analysed at once: by processors, bounded by memory."""
    counts = [processors()]
    if (free := free_bytes()) is not None:
        counts.append(free // WORKER_BYTES)
    return max(1, min(counts))


def processors(environment: Mapping[str, str] = os.environ, cgroup: Path = _CGROUP) -> int:
    """Return how many processors this process may use: affinity, cgroup and SLURM heeded."""
    try:
        counts = [len(os.sched_getaffinity(0))]
    except AttributeError:  # only Linux knows it
        counts = [os.cpu_count() or 1]
    try:
        quota, period = (cgroup / "cpu.max").read_text("ascii").split()
        if quota != "max":
            counts.append(-(-int(quota) // int(period)))
    except (OSError, ValueError):
        pass
    if (given := environment.get("SLURM_CPUS_PER_TASK", "")).isdecimal():
        counts.append(int(given))
    return max(1, min(counts))


def free_bytes(cgroup: Path = _CGROUP, meminfo: Path = _MEMINFO) -> int | None:
    """Return the memory that this process may still take, None where the system does not say."""
    found = []
    try:
        lines = dict(line.split(":") for line in meminfo.read_text("ascii").splitlines())
        found.append(int(lines["MemAvailable"].split()[0]) * 1024)
    except (OSError, ValueError, KeyError):
        pass
    try:
        most = (cgroup / "memory.max").read_text("ascii").strip()
        used = (cgroup / "memory.current").read_text("ascii")
        if most != "max":
            found.append(int(most) - int(used))
    except (OSError, ValueError):
        pass
    return max(0, min(found)) if found else None


def address_bytes() -> int | None:
    """Return the address space that this process may use (``ulimit -v``), None for any."""
    try:
        from resource import RLIM_INFINITY, RLIMIT_AS, getrlimit
    except ImportError:  # Windows has no such limits
        return None
    limit = getrlimit(RLIMIT_AS)[0]
    return None if limit == RLIM_INFINITY else limit
