"""A fortnight costs hardly more memory than a night: measured in processes of their own."""

from __future__ import annotations

import subprocess
import sys

from project import ROOT


def peak_mib(days: int) -> float:
    command = [sys.executable, str(ROOT / "benchmarks" / "memory.py"), str(days)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    nights, _, mib, _ = answer.stdout.split()
    assert int(nights) == days
    return float(mib)


def test_a_fortnight_needs_at_most_twenty_megabytes_more_than_a_night():
    assert peak_mib(14) - peak_mib(1) < 20
