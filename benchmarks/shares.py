"""Where the CPU time of a whole run goes.

    python benchmarks/shares.py RECORDING [--tz ZONE]

Every millisecond of CPU time the stack is looked at, and the time since the last look is given to
the outermost part of the program on it; to starting, while modules or kernels are being loaded.
Only this thread and process are looked at. Kernels must have been compiled before.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

EVERY_S = 0.001
STARTING = "starting: modules and kernels are loaded"
LOADERS = ("<frozen importlib", "/numba/", "/llvmlite/")
PARTS = {
    "detector/signal/": "the samples: filters, events, features, epochs",
    "recordings/": "reading and decoding",
    "detector/nights/": "judging nights",
    "detector/report/": "the page",
    "detector/tables/": "tables",
    "detector/files.py": "hashing, moving and syncing files",
}
REST = "the rest"


class Looks:
    """What was on the stack, by CPU seconds."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._last_s = time.process_time()

    def look(self, _number: int, frame: FrameType | None) -> None:
        """Give the time since the last look to what is running."""
        now_s = time.process_time()
        names: list[str] = []
        while frame is not None:
            names.append(frame.f_code.co_filename)
            frame = frame.f_back
        self.seconds[_part(names)] += now_s - self._last_s
        self._last_s = now_s


def _part(names: Sequence[str]) -> str:
    if any(loader in name for name in names for loader in LOADERS):
        return STARTING
    own = (name.removeprefix(f"{ROOT}/") for name in reversed(names))
    return next((PARTS[p] for name in own for p in PARTS if name.startswith(p)), REST)


def main() -> None:
    """Run and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recording", type=Path)
    parser.add_argument("--tz", default="Europe/London")
    asked = parser.parse_args()
    looks = Looks()
    signal.signal(signal.SIGPROF, looks.look)
    signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
    from detector.cli import main as hypnic

    with tempfile.TemporaryDirectory() as out:
        sys.argv[1:] = ["run", str(asked.recording), "-o", out, "-q", "--tz", asked.tz]
        status = hypnic()
    signal.setitimer(signal.ITIMER_PROF, 0)
    total_s = looks.seconds.total()
    print(f"\n| part | share of {total_s:.2f} CPU s |\n| --- | --- |")
    for part, seconds in looks.seconds.most_common():
        print(f"| {part} | {seconds / total_s:.0%} |")
    sys.exit(status)


if __name__ == "__main__":
    main()
