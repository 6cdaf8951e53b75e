from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from detector.machine import WORKER_BYTES, address_bytes, free_bytes, jobs, processors, shortage

HERE = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def group(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "ascii")
    return folder


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("max 100000", HERE), ("100000 100000", 1), ("50000 100000", 1), ("no numbers", HERE)],
)
def test_the_quota_of_a_control_group_is_heeded(tmp_path, quota, expected):
    assert processors({}, group(tmp_path, cpu_max=quota)) == expected


def test_a_quota_of_one_and_a_half_processors_is_rounded_up(tmp_path):
    assert processors({}, group(tmp_path, cpu_max="150000 100000")) == min(2, HERE)


@pytest.mark.parametrize(
    ("given", "expected"), [("1", 1), ("10000", HERE), ("", HERE), ("x", HERE)]
)
def test_slurm_is_heeded(tmp_path, given, expected):
    assert processors({"SLURM_CPUS_PER_TASK": given}, tmp_path) == expected


def test_the_smaller_of_two_memories_counts(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 99 kB\nMemAvailable:    1000 kB\n", "ascii")
    assert free_bytes(tmp_path, meminfo) == 1_024_000
    group(tmp_path, memory_max="500000\n", memory_current="100000\n")
    assert free_bytes(tmp_path, meminfo) == 400_000
    group(tmp_path, memory_max="max\n")
    assert free_bytes(tmp_path, meminfo) == 1_024_000
    group(tmp_path, memory_max="10\n")
    assert free_bytes(tmp_path, meminfo) == 0


def test_a_system_that_does_not_say_is_not_guessed_at(tmp_path):
    assert free_bytes(tmp_path, tmp_path / "meminfo") is None


@pytest.mark.parametrize(("free", "expected"), [(0, 1), (WORKER_BYTES, 1), (None, HERE)])
def test_there_is_always_one_job_and_memory_bounds_the_rest(monkeypatch, free, expected):
    monkeypatch.setattr("detector.machine.free_bytes", lambda: free)
    monkeypatch.setattr("detector.machine.processors", lambda: HERE)
    assert jobs() == expected


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "memory"),
        (OSError(errno.ENOMEM, "no"), "memory"),
        (ImportError("x.so: failed to map segment from shared object"), "memory"),
        (OSError(errno.EMFILE, "no", "detector/report/page.html"), "open files"),
        (ImportError(f"x.so: cannot open: {os.strerror(errno.EMFILE)}"), "open files"),
    ],
)
def test_what_the_machine_is_short_of_is_told(error, said):
    assert said in (shortage(error) or "")


@pytest.mark.parametrize("error", [ImportError("no module"), OSError(errno.EIO, "x"), ValueError()])
def test_a_bug_is_no_shortage(error):
    assert shortage(error) is None


def test_where_affinity_is_unknown_all_processors_count(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert processors({}, tmp_path) == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processors({}, tmp_path) == 1


def test_a_limit_of_the_address_space_is_told_where_there_is_one(monkeypatch):
    resource = pytest.importorskip("resource", reason="Windows has no such limits")
    for limit, told in ((resource.RLIM_INFINITY, None), (1 << 30, 1 << 30)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit=limit: (limit, limit))
        assert address_bytes() == told
    monkeypatch.setitem(sys.modules, "resource", None)
    assert address_bytes() is None
