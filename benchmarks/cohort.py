"""What a cohort costs: two workers beside one, a week from file to report, memory over time.

    python benchmarks/cohort.py                    # all
    python benchmarks/cohort.py --repeats 5 speedup

The two sides of the speed-up are run in turn, so that a machine that is busy meanwhile is busy for
both; given is the median of each and the ratio of the medians. From what a week costs follows what
a hundred thousand weeks cost.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from made_cohort import make_cohort
from memory import PIECE_N

from detector import cohort
from detector.job import Outcome
from recordings.synthetic import Plan, Recipe, plan, synthesise, write
from recordings.synthetic.devices import times_ns
from recordings.writers import CwaLayout, write_cwa

WAYS = ("speedup", "week", "flat")
_NIGHTS, _TIMES = 12, 4
"""Nights that are made, and how often each is analysed: beginning two workers takes a second."""
_RATE_HZ = 100
_SHORT = 250
"""Short recordings between two looks at the memory."""


def run(data: Path, out: Path, *flags: str) -> tuple[float, float]:
    """Run hypnic anew; return wall and CPU seconds, those of its workers included."""
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "detector", "run", str(data), "-o", str(out), "-q", *flags]
    before, begun_s = _cpu_s(), time.monotonic()
    subprocess.run([*command, "--tz", "Europe/London"], check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - begun_s, _cpu_s() - before


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def speedup(folder: Path, repeats: int) -> None:
    """Print what a folder of nights takes with one worker and with two."""
    data = folder / "nights"
    data.mkdir()
    for index in range(_NIGHTS):
        recipe = Recipe(device="ax3", rate_hz=_RATE_HZ, start="2024-03-05T22:00:00", hours=8)
        path = data / f"night{index:02d}.cwa"
        write(plan(20_000 + index, recipe), path)
        for copy in range(1, _TIMES):
            path.with_stem(f"{path.stem}_{copy}").hardlink_to(path)
    run(data, folder / "out", "--jobs", "1")  # kernels are compiled, files are in memory
    taken: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(repeats):
        for jobs, seconds in taken.items():
            seconds.append(run(data, folder / "out", "--jobs", str(jobs))[0])
    one, two = (statistics.median(taken[jobs]) for jobs in (1, 2))
    print(f"{_NIGHTS * _TIMES} nights of 8 h at {_RATE_HZ} Hz, median of {repeats}: ", end="")
    print(f"one worker {one:.1f} s, two workers {two:.1f} s: {one / two:.2f} times as fast")


def week(folder: Path, repeats: int) -> None:
    """Print what one week costs, and what follows for many."""
    path = folder / "week.cwa"
    make_week(path)
    run(path, folder / "out")
    taken = [run(path, folder / "out") for _ in range(repeats)]
    wall_s, cpu_s = (statistics.median(each) for each in zip(*taken, strict=True))
    hours = cpu_s * 100_000 / 3600
    print(
        f"a week at {_RATE_HZ} Hz ({path.stat().st_size / 1e6:.0f} MB), median of {repeats}: "
        f"{wall_s:.2f} s, {cpu_s:.2f} CPU seconds, start-up included; "
        f"100,000 weeks: {hours:.0f} CPU hours, {hours / 64:.1f} h on 64 processors"
    )
    print(f"processors here: {os.cpu_count()}")


class Memory(cohort.Watcher):
    """Looks at the memory of this process and of its children now and then."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._seen = 0

    def done(self, index: int, outcome: Outcome) -> None:
        """Print the memory in use after every so many recordings."""
        del index, outcome
        self._seen += 1
        if self._seen % self._every == 0:
            lists = [path.read_text("ascii") for path in Path("/proc/self/task").glob("*/children")]
            children = [int(pid) for pid in " ".join(lists).split()]
            used = max(_resident_mb(pid) for pid in children)
            print(f"| {self._seen} | {_resident_mb(os.getpid()):.0f} | {used:.0f} |", flush=True)


def _resident_mb(pid: int) -> float:
    fields = Path(f"/proc/{pid}/statm").read_text("ascii").split()
    return int(fields[1]) * resource.getpagesize() / 1e6


def flat(folder: Path, repeats: int) -> None:
    """Print the memory of a client and of a worker over many short recordings; Linux only."""
    (data := folder / "data").mkdir()
    source = make_cohort(folder / "made", 1, 0.5)[0]
    for index in range(_SHORT * repeats):
        (data / f"night{index:05d}.cwa").hardlink_to(source)
    options = cohort.RunOptions(tz="Europe/London")
    crews = {"worker": lambda _: cohort.Workers(1), "Dask worker": _cluster(folder / "cluster")}
    for name, crew in crews.items():
        print(f"| recordings done | this process, MB | {name}, MB |\n| --- | --- | --- |")
        out = folder / name.partition(" ")[0].lower().replace("dask", "cluster")
        cohort.run([data], out, options, Memory(_SHORT), crew=crew)


def _cluster(out: Path) -> Callable[[int], cohort.Crew]:
    def crew(_recordings: int) -> cohort.Crew:
        from detector.cohort.cluster import OnCluster, begun

        return OnCluster(begun(1), out)

    return crew


def make_week(path: Path) -> None:
    """Write one made day seven times over, without a gap."""
    day: Plan = plan(
        10_000, Recipe(device="ax3", rate_hz=_RATE_HZ, start="2024-03-05T12:00:00", hours=24)
    )
    raw = synthesise(day)[0]
    pieces = [raw[a : a + PIECE_N] for a in range(0, len(raw), PIECE_N)] * 7

    def timed():
        first = 0
        for piece in pieces:
            index = np.arange(first, first + len(piece))
            yield piece, times_ns(day.start_ns, index, day.true_hz)
            first += len(piece)

    write_cwa(path, timed(), CwaLayout(rate_hz=_RATE_HZ))


def main(words: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("ways", nargs="*", help=f"of {', '.join(WAYS)}; all if none is named")
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args(words)
    for way in chosen.ways or WAYS:
        with tempfile.TemporaryDirectory() as name:
            {"speedup": speedup, "week": week, "flat": flat}[way](Path(name), chosen.repeats)


if __name__ == "__main__":
    main()
