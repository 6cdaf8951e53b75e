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
  if (!document.querySelector("figure[data-drawn]")) return;
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


def ready_ms(page: Path, browser: str, profile: Path) -> tuple[int, int]:
    """Return the times from navigation until filters and review, and the first time line, work.

    The probe comes behind the page's own script, which has then run.
    """
    (page.parents[2] / "assets" / "probe.js").write_text(PROBE, encoding="utf-8")
    probed = page.with_name("probed.html")
    tag = '<script src="../../assets/probe.js"></script></body>'
    probed.write_text(page.read_text("utf-8").replace("</body>", tag), encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr")
    # A port for debugging keeps the browser open until it is told to end.
    command = [browser, *options, "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    with subprocess.Popen(
        [*command, probed.as_uri()], stderr=subprocess.PIPE, text=True
    ) as process:
        stop = threading.Timer(60, process.terminate)
        stop.start()
        found = next(filter(None, map(_READY.search, process.stderr or ())), None)
        stop.cancel()
        process.terminate()
    if found is None:
        sys.exit("the page did not draw its first time line")
    return int(found[1]), int(found[2])


def main() -> None:
    """Measure and print."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page = week(folder)
        shared = sum(p.stat().st_size for p in (page.parents[2] / "assets").iterdir())
        print(f"page of {DAYS} days: {page.stat().st_size / 1e6:.2f} MB")
        print(f"shared scripts: {shared / 1e6:.2f} MB")
        if browser is None:
            print("no Chromium found: time to interactive not measured")
            return
        times = [ready_ms(page, browser, folder / f"profile{i}") for i in range(TIMES)]
        alive, drawn = (statistics.median(each) for each in zip(*times, strict=True))
        print(f"until filters and review can be used: {alive:.0f} ms")
        print(f"until the first time line can be used: {drawn:.0f} ms")


if __name__ == "__main__":
    main()
