"""What joining the tables of a large cohort costs: time, and memory that must not grow.

    python benchmarks/scale.py                       # 1,000 and 10,000 recordings
    python benchmarks/scale.py --recordings 100000   # 700,000 nights, 30 million events

The folders of the recordings are made from one analysed night: seven nights each, events repeated,
names of their own. ``hypnic merge`` then makes tables and page in a process of its own.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from memory import peak_mb

from detector import cohort
from detector.merge import DONE
from detector.tables import csvtext
from detector.tables.columns import RECORDINGS
from recordings.synthetic import Recipe, plan, write

NIGHTS_EACH = 7
EVENTS_EACH = 300
_LINKS = 10_000
"""Folders that share one file of events; file systems have a limit."""


def template(folder: Path) -> Path:
    """Analyse one made night; return the folder of its results."""
    path = folder / "night.cwa"
    write(
        plan(20_000, Recipe(device="ax3", rate_hz=50, start="2024-03-05T18:00:00", hours=14)), path
    )
    cohort.run([path], folder / "one", cohort.RunOptions(tz="Europe/London", site="wrist"))
    return folder / "one"


def make_results(one: Path, out: Path, count: int) -> None:
    """Write an output folder as a run over so many recordings would leave it."""
    source = one / "recordings" / "night"
    nights, events = ((source / f"{name}.csv").read_text("utf-8") for name in ("nights", "events"))
    run = json.loads((source / "run.json").read_bytes())
    (out / "recordings").mkdir(parents=True)
    (out / "config.resolved.toml").write_bytes((one / "config.resolved.toml").read_bytes())
    head, *lines = events.splitlines(keepends=True)
    text = head + "".join((lines * EVENTS_EACH)[:EVENTS_EACH])
    with (out / "recordings.csv").open("wb") as ledger:
        ledger.write(csvtext.header(RECORDINGS))
        for index in range(count):
            name = f"person{index:06d}"
            folder = out / "recordings" / name
            folder.mkdir()
            row = {**run["row"], "recording_id": name, "participant_id": name}
            row |= {"path": f"{name}.cwa", "nights": NIGHTS_EACH}
            ledger.write(csvtext.line(RECORDINGS, row))
            (folder / "nights.csv").write_text(_nights(nights, name, index), "utf-8")
            if index % _LINKS == 0:
                shared = folder / "events.csv"
                shared.write_text(text, "utf-8")
            else:
                (folder / "events.csv").hardlink_to(shared)
            outputs = [{"name": p.name, "bytes": p.stat().st_size} for p in folder.iterdir()]
            done = {**run, "row": row, "outputs": outputs}
            (folder / "run.json").write_text(json.dumps(done), "utf-8")


def _nights(text: str, name: str, index: int) -> str:
    """Repeat a night on seven dates, with counts that differ."""
    head, row = list(csv.reader(io.StringIO(text)))[:2]
    at = {column: head.index(column) for column in head}
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(head)
    for night in range(NIGHTS_EACH):
        cells = list(row)
        cells[at["recording_id"]] = cells[at["participant_id"]] = name
        cells[at["night_index"]] = str(night)
        cells[at["night_date"]] = str(date(2024, 3, 5) + timedelta(days=night))
        cells[at["sleep_starts_onset"]] = str((index * 7 + night * 3) % 11 % 6)
        table.writerow(cells)
    return lines.getvalue()


def merged(out: Path) -> tuple[float, float]:
    """Merge in a process of its own; return seconds and peak memory in MB."""
    begun_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, __file__, "--merge", str(out)], check=True, capture_output=True, text=True
    )
    return time.monotonic() - begun_s, float(done.stdout)


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recordings", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--merge", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    if chosen.merge:
        cohort.merge(chosen.merge)
        print(peak_mb())
        return 0
    print("| recordings | nights | events | events.csv | seconds | peak memory |")
    print("| --- | --- | --- | --- | --- | --- |")
    for count in chosen.recordings:
        with tempfile.TemporaryDirectory() as name:
            out = Path(name) / "out"
            make_results(template(Path(name)), out, count)
            seconds, peak = merged(out)
            rows = sum(
                row["status"] in DONE for row in csvtext.read(RECORDINGS, out / "recordings.csv")
            )
            if rows != count:
                raise RuntimeError(f"{count - rows} recordings were not merged")
            size_gb = (out / "events.csv").stat().st_size / 1e9
        print(
            f"| {count} | {count * NIGHTS_EACH} | {count * EVENTS_EACH} | {size_gb:.2f} GB | "
            f"{seconds:.0f} | {peak:.0f} MB |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
