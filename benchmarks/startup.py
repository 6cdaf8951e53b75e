"""What starting costs: processor time and memory of whole processes, and where imports spend it.

    python benchmarks/startup.py               # some minutes
    python benchmarks/startup.py --repeats 9

Commands are run in turn, each in a process of its own; given are the median and the range of the
CPU time of all threads, that median over the one of ``import numba``, and the largest peak memory.
The first run has an empty folder for its kernels; all others find what was compiled before.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
FIRST = "hypnic run, the first"
NUMBA = "import numba"
SHOWN = 6
"""Packages of each command."""

_NIGHT = """
import sys
from recordings.synthetic import Recipe, plan, write
recipe = Recipe(device="ax3", rate_hz=100, start="2024-03-05T22:00:00", hours=8)
write(plan(10_000, recipe), sys.argv[1])
"""
_ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
_ENVIRONMENT["PYTHONPATH"] = str(ROOT)


def commands(folder: Path) -> dict[str, list[str]]:
    """Return what is measured: words behind ``python``."""
    hypnic, night = ["-m", "detector"], str(folder / "night.cwa")
    run = [*hypnic, "run", night, "-q", "--tz", "Europe/London", "-o", str(folder / "out")]
    return {
        NUMBA: ["-c", NUMBA],
        "hypnic --help": [*hypnic, "--help"],
        "hypnic --version": [*hypnic, "--version"],
        "hypnic run --help": [*hypnic, "run", "--help"],
        "hypnic run, nothing named": [*hypnic, "run", "-o", str(folder / "out")],
        "hypnic inspect": [*hypnic, "inspect", night, "-q"],
        "hypnic run": [*run, "--force"],
        "hypnic run, done before": run,
        FIRST: [*run, "--force"],
    }


def spent(words: Sequence[str], kernels: Path) -> tuple[float, float]:
    """Run a command; return its CPU time in s and its peak in MB (1e6 bytes)."""
    environment = {**_ENVIRONMENT, "NUMBA_CACHE_DIR": str(kernels)}
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 (a device has no Path)
        begun = subprocess.Popen(
            [sys.executable, *words], env=environment, stdout=nowhere, stderr=nowhere
        )
        _, _, used = os.wait4(begun.pid, 0)
    begun.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6


def imports(words: Sequence[str], kernels: Path) -> tuple[int, Counter[str]]:
    """Return how many modules a command imports, and the ms that those of each package take."""
    environment = {**_ENVIRONMENT, "NUMBA_CACHE_DIR": str(kernels)}
    said = subprocess.run(
        [sys.executable, "-X", "importtime", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    lines = [line.split("|") for line in said.splitlines() if line.startswith("import time:")]
    own_ms: Counter[str] = Counter()
    for own, _, name in lines[1:]:
        own_ms[name.strip().partition(".")[0]] += int(own.rpartition(":")[2]) / 1000
    return len(lines) - 1, own_ms


def table_of_costs(listed: dict[str, list[str]], repeats: int, folder: Path) -> None:
    """Measure and print processor time and memory."""
    warm = folder / "kernels"
    taken: dict[str, list[float]] = {name: [] for name in listed}
    peaks_mb = dict.fromkeys(listed, 0.0)
    spent(listed[FIRST], warm)  # all that follows but the first finds its kernels here
    for turn in range(repeats):
        for name, words in listed.items():
            cpu_s, peak_mb = spent(words, folder / f"cold{turn}" if name == FIRST else warm)
            taken[name].append(cpu_s)
            peaks_mb[name] = max(peaks_mb[name], peak_mb)
    print("| command | CPU | range | over `import numba` | peak memory |")
    print("| --- | --- | --- | --- | --- |")
    for name, each in taken.items():
        ratio = median(each) / median(taken[NUMBA])
        print(
            f"| `{name}` | {median(each):.2f} s | {min(each):.2f} to {max(each):.2f} s "
            f"| {ratio:.2f} | {peaks_mb[name]:.0f} MB |"
        )


def table_of_imports(listed: dict[str, list[str]], folder: Path) -> None:
    """Measure and print what is imported, and which packages take most of the time for it.

    Shares, because this time goes on while other processes have the processor.
    """
    print("\n| command | modules | of their time |\n| --- | --- | --- |")
    for name, words in listed.items():
        if name != FIRST:
            modules, own_ms = imports(words, folder / "kernels")
            all_ms, most = own_ms.total(), own_ms.most_common(SHOWN)
            shares = ", ".join(f"{package} {100 * ms / all_ms:.0f} %" for package, ms in most)
            print(f"| `{name}` | {modules} | {shares} |")


def main() -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        night = [sys.executable, "-c", _NIGHT, str(folder / "night.cwa")]
        subprocess.run(night, env=_ENVIRONMENT, check=True)
        table_of_costs(commands(folder), repeats, folder)
        table_of_imports(commands(folder), folder)


if __name__ == "__main__":
    main()
