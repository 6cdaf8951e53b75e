"""How long sensors show exactly the same: runs of equal samples in recordings.

    python benchmarks/equal_rows.py FILE...

Whether rows of a table were filled in or measured cannot be told from their being equal, unless one
knows the program that wrote them: docs/decisions/0012-equal-rows-are-no-proof.md has the figures.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import recordings


def longest_run(path: Path) -> tuple[int, int, float]:
    """Return the longest run of equal samples, all samples, and the rate."""
    recording = recordings.open_recording(path)
    longest = run = 1
    last = None
    for chunk in recording.chunks():
        samples = chunk.samples
        changes = np.any(np.diff(samples, axis=0), axis=1)
        joins = last is not None and not chunk.opens_segment and np.array_equal(last, samples[0])
        edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(samples)]
        lengths = np.diff(edges)
        lengths[0] += run if joins else 0
        longest = max(longest, int(lengths.max()))
        run, last = int(lengths[-1]), samples[-1]
    return longest, recording.health.samples, recording.health.measured_hz or np.nan


def main() -> None:
    """Print a line per file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    for path in parser.parse_args().files:
        longest, samples, rate_hz = longest_run(path)
        print(f"{path.name}: {longest} of {samples} samples, {longest / rate_hz:.1f} s")


if __name__ == "__main__":
    main()
