"""Peak memory of the analysis of so many days: ``python benchmarks/memory.py 14``."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from detector.pipeline import Analysis, Subject
from detector.settings import Settings
from recordings import SECOND_NS, Chunk, Header, Health
from recordings.synthetic import Recipe, plan, samples

RATE_HZ = 50
DAY = Recipe(device="geneactiv", rate_hz=RATE_HZ, hours=24, start="2024-03-05T12:00:00")


class Repeated:
    """One synthetic day over and over, as one recording that never is in memory as a whole."""

    def __init__(self, days: int) -> None:
        self.path = Path(f"<{days} days>")
        self.header = Header(format="synthetic", nominal_hz=RATE_HZ)
        self.health = Health()
        self._days = days
        self._plan = plan(1, DAY)
        self._pieces = [raw for raw, _ in samples(self._plan)]

    def chunks(self) -> Iterator[Chunk]:
        """Go through all days."""
        far = 1_000_000_000
        start_ns = self._plan.start_ns
        knots = np.array([[0, start_ns], [far, start_ns + far * SECOND_NS // RATE_HZ]])
        index = 0
        for raw in self._pieces * self._days:
            yield Chunk(
                samples=raw,
                scale=self._plan.device.scale,
                first_index=index,
                knots=knots,
                opens_segment="" if index else "start",
            )
            index += len(raw)


def main(days: int) -> None:
    """Print the nights that have events, and the peak of resident memory in MiB."""
    analysis = Analysis(Repeated(days), Subject(recording_id="days"), Settings())
    nights = 0
    for night in analysis.nights():
        nights += len(night.events) > 0
        del night
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{nights} nights, {peak_mib:.1f} MiB\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
