"""What must not matter: whether the compiler is on, and which time zone the machine is in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from project import ROOT

SAMPLE = "recordings/samples/ax3_thigh25_short_night.cwa.gz"
ZONES = ("UTC", "Asia/Tokyo", "America/St_Johns", "Australia/Lord_Howe")
KERNEL_TESTS = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*kernels*.py")
)


def run(words: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        check=False,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_there_are_kernel_tests_for_both_packages():
    folders = {Path(name).parts[1] for name in KERNEL_TESTS}
    assert {"detector", "recordings"} <= folders


@pytest.mark.parametrize("tests", KERNEL_TESTS)
def test_kernels_pass_their_tests_without_the_compiler(tests):
    done = run(["-m", "pytest", "-p", "no:cacheprovider", tests], NUMBA_DISABLE_JIT="1")
    assert "JIT off" in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("zone", ZONES)
def test_tests_of_time_pass_wherever_the_machine_is(zone):
    tests = ["tests/recordings/test_zone.py", "tests/detector/signal/test_stream.py"]
    some = "zone or night or clock or epochs_lie"
    done = run(["-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", some, *tests], TZ=zone)
    assert done.returncode == 0, done.stdout + done.stderr


def test_results_are_the_same_wherever_the_machine_is():
    program = (
        "import sys, detector\n"
        "result = detector.analyse(sys.argv[1], tz='Europe/London', site='thigh')\n"
        "print(result.nights_table().to_pylist(), result.events_table().to_pylist())"
    )
    found = {run(["-c", program, SAMPLE], TZ=zone).stdout for zone in ZONES}
    assert len(found) == 1
    assert "2023-05-04T02:" in found.pop()
