"""What the page of a cohort costs: weight and time until it can be used, and making it.

    python benchmarks/cohort_page.py

A made-up cohort of 5,000 nights is opened from the disk in headless Chromium, three times, and the
middle one is told. Then the table of participants and the page are made for 700,000 nights of
100,000 recordings, each in a process of its own.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from made_run import NIGHTS_EACH, MadeRun
from memory import peak_mb
from page import median_ready_ms

from detector.report import write_assets, write_cohort_page
from detector.statistics.by_participant import write_by_participant

SMALL, LARGE = 750, 100_000
"""Recordings."""
MAKERS = {"by_participant.csv": write_by_participant, "report.html": write_cohort_page}


def make(name: str, out: Path) -> tuple[float, float]:
    """Make one file and return seconds of processor and peak memory in MB."""
    start_s = time.process_time()
    MAKERS[name](out)
    return time.process_time() - start_s, peak_mb()


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for recordings in (SMALL, LARGE):
            out = folder / str(recordings)
            MadeRun(recordings).write(out)
            write_assets(out)
            print(f"{recordings:,} recordings of {NIGHTS_EACH} nights")
            for file in MAKERS:
                with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                    cpu_s, mb = pool.submit(make, file, out).result()
                size_mb = (out / file).stat().st_size / 1e6
                print(f"  {file}: {size_mb:.2f} MB, {cpu_s:.1f} s, peak {mb:.0f} MB")
            ready, _ = median_ready_ms(out / "report.html", out, ".listed", out)
            print(f"  until the lists can be used: {ready:.0f} ms")


if __name__ == "__main__":
    main()
