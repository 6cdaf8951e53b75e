"""What the page of a week costs: its weight, and how long a browser takes until it can be used.

    python benchmarks/page.py

The recording is one synthetic day at 50 Hz, seven times; its page is opened from the disk in
headless Chromium, three times, and the middle one is told.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
from memory import RATE_HZ, Repeated, day

from detector import cohort
from recordings.synthetic import synthesise
from recordings.writers import CwaLayout, write_cwa

DAYS = 7
TIMES = 3
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_READY = re.compile(r"page ready (\d+) (\d+)")
PROBE = """
"use strict";
const alive = Math.round(performance.now());
const poll = setInterval(() => {
  if (!document.querySelector("SELECTOR")) return;
  clearInterval(poll);
  console.log(`page ready ${alive} ${Math.round(performance.now())}`);
}, 5);
"""


def week(folder: Path) -> Path:
    """Analyse seven days and return their page."""
    raw, _ = synthesise(day())
    source = folder / "week.cwa"
    write_cwa(source, Repeated(np.asarray(raw), DAYS).pieces(), CwaLayout(rate_hz=RATE_HZ))
    options = cohort.RunOptions(tz="Europe/London", site="wrist")
    cohort.run([source], folder / "out", options)
    return next((folder / "out" / "recordings").glob("*/report.html"))


def ready_ms(page: Path, out: Path, drawn: str, profile: Path) -> tuple[int, int]:
    """Return the times from navigation until a page's own script has run, and something is there.

    Parameters
    ----------
    page
        The page.
    out
        The output folder that has it.
    drawn
        CSS selector of what is waited for.
    profile
        Folder of the browser's own files, new for every opening.
    """
    (out / "assets" / "probe.js").write_text(PROBE.replace("SELECTOR", drawn), encoding="utf-8")
    probed = page.with_name("probed.html")
    up = "../" * len(page.parent.relative_to(out).parts)
    # Behind the page's own script, which has then run.
    tag = f'<script src="{up}assets/probe.js"></script></body>'
    probed.write_text(page.read_text("utf-8").replace("</body>", tag), encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr")
    # A port for debugging keeps the browser open until it is told to end.
    command = [browser_path(), *options, "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    with subprocess.Popen(
        [*command, probed.as_uri()], stderr=subprocess.PIPE, text=True
    ) as process:
        stop = threading.Timer(60, process.terminate)
        stop.start()
        found = next(filter(None, map(_READY.search, process.stderr or ())), None)
        stop.cancel()
        process.terminate()
    if found is None:
        sys.exit(f"the page never had {drawn}")
    return int(found[1]), int(found[2])


def median_ready_ms(page: Path, out: Path, drawn: str, folder: Path) -> list[float]:
    """Return the medians of both times over some openings."""
    times = [ready_ms(page, out, drawn, folder / f"profile{i}") for i in range(TIMES)]
    return [statistics.median(each) for each in zip(*times, strict=True)]


def browser_path() -> str:
    """Return the path of a browser, or end the program."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or sys.exit("no Chromium found: time to interactive not measured")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page = week(folder)
        out = page.parents[2]
        shared = sum(p.stat().st_size for p in (out / "assets").iterdir())
        print(f"page of {DAYS} days: {page.stat().st_size / 1e6:.2f} MB")
        print(f"shared scripts: {shared / 1e6:.2f} MB")
        alive, drawn = median_ready_ms(page, out, "figure[data-drawn]", folder)
        print(f"until filters and review can be used: {alive:.0f} ms")
        print(f"until the first time line can be used: {drawn:.0f} ms")


if __name__ == "__main__":
    main()
