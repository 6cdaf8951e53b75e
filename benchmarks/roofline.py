"""What bounds each stage of the pass: the figures of docs/roofline.md.

    python benchmarks/roofline.py

Least of several runs, in processor time of this thread: on a machine with other work that is
nearest to what the code itself takes. Kernels are measured on data of their own, in the cache
(benchmarks/kernel_cases.py); stages on a made night, from the file to the last row.
"""

from __future__ import annotations

import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numba import njit

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from kernel_cases import cases
from speed import PIECE_N

from detector.kernels import events, features, intake
from detector.signal.stream import Stream
from recordings import open_recording, probe
from recordings.synthetic import Recipe, plan, synthesise
from recordings.synthetic.devices import times_ns
from recordings.writers import CwaLayout, write_cwa

REPEATS = 7
TIMES = 200
HOURS = 4.0


def least_ns(work: Callable[[], object]) -> float:
    """Return the least processor time of several runs."""
    work()
    taken = []
    for _ in range(REPEATS):
        begun = time.thread_time_ns()
        work()
        taken.append(time.thread_time_ns() - begun)
    return float(min(taken))


@njit
def chain(n: int) -> float:
    """Add up numbers each of which waits for the one before."""
    total = 0.0
    for _ in range(n):
        total = total * 0.5 - 1.0
    return total


def ceilings() -> None:
    """Print what the machine can do at best."""
    n, big = 2_000_000, np.zeros(1 << 25)
    step_ns = least_ns(lambda: chain(n)) / n
    copy_ns = least_ns(lambda: np.copyto(big[: 1 << 24], big[1 << 24 :])) / (8 << 24)
    small = big[: 1 << 14]
    cache_ns = least_ns(lambda: [small.sum() for _ in range(200)]) / (200 * 8 << 14)
    print("| the machine | |\n| --- | --- |")
    print(f"| a multiplication and the subtraction that waits for it | {step_ns:.2f} ns |")
    print(f"| copying memory, 128 MiB | {1 / copy_ns:.1f} GB/s |")
    print(f"| adding up 128 KiB | {1 / cache_ns:.0f} GB/s |\n")


def kernels() -> None:
    """Print what every hot kernel takes for one sample."""
    print("| stage | kernel | ns a sample | bound by |\n| --- | --- | --- | --- |")
    for case in cases():
        ns = least_ns(case.repeated(TIMES)) - least_ns(case.repeated(0))
        per_sample = ns / (TIMES * len(case.arguments) * case.samples)
        print(f"| {case.stage} | `{case.name}` | {per_sample:.2f} | {case.bound} |", flush=True)


def night(path: Path) -> int:
    """Write a night; return its number of samples."""
    recipe = Recipe(device="ax3", rate_hz=100, start="2024-03-05T22:00:00", hours=HOURS)
    day = plan(10_000, recipe)
    raw = synthesise(day)[0]
    stamps = times_ns(day.start_ns, np.arange(len(raw)), day.true_hz)
    pieces = ((raw[a : a + PIECE_N], stamps[a : a + PIECE_N]) for a in range(0, len(raw), PIECE_N))
    write_cwa(path, pieces, CwaLayout(rate_hz=100))
    return len(raw)


def reading(path: Path) -> None:
    """Read a file and do nothing with it."""
    buffer = bytearray(1 << 18)
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def decoding(path: Path) -> None:
    """Decode a recording and do nothing with it."""
    for _ in open_recording(path).chunks():
        pass


def whole(path: Path) -> None:
    """Go from the file to the last row."""
    recording = open_recording(path)
    found = probe(recording)
    stream = Stream(found.rate_hz, found.step_g)
    for chunk in recording.chunks():
        stream.push(chunk)
    stream.finish()


def stages(path: Path, samples: int) -> None:
    """Print what each stage of the pass takes for one sample."""
    read, decode, total = (
        least_ns(lambda w=work: w(path)) / samples for work in (reading, decoding, whole)
    )
    inside = {"intake": (intake, "to_g"), "filters to epochs": ("detector.signal.stream", "sweep"),
              "events": (events, "scan_frames"), "features": (features, "measure")}  # fmt: skip
    taken: Counter[str] = Counter()

    def timed(name: str, kernel: Callable[..., object]) -> Callable[..., object]:
        def run(*arguments: object) -> object:
            begun = time.thread_time_ns()
            result = kernel(*arguments)
            taken[name] += time.thread_time_ns() - begun
            return result

        return run

    with ExitStack() as stack:
        for name, (module, attribute) in inside.items():
            home = sys.modules[module] if isinstance(module, str) else module
            kernel = getattr(home, attribute)
            stack.enter_context(patch.object(home, attribute, timed(name, kernel)))
        for _ in range(REPEATS):
            whole(path)
    spent = {name: taken[name] / REPEATS / samples for name in inside}
    rest = total - decode - sum(spent.values())
    print("\n| stage of the pass | ns a sample |\n| --- | --- |")
    rows = {"reading": read, "decoding": decode - read, **spent, "between kernels, in Python": rest}
    for name, ns in {**rows, "all": total}.items():
        print(f"| {name} | {ns:.1f} |")


def main() -> None:
    """Print all tables."""
    print(f"{platform.platform()}; {HOURS:g} hours at 100 Hz\n")
    ceilings()
    kernels()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.cwa"
        stages(path, night(path))


if __name__ == "__main__":
    main()
