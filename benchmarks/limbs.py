"""How well several sensors on one person are aligned, and what is said of the limbs that moved.

    python benchmarks/limbs.py               # nights on which nothing was chosen
    python benchmarks/limbs.py --count 4     # fewer of them
    python benchmarks/limbs.py --development # the seeds on which rules may be chosen

Every night is that of one made sleeper with three sensors, whose clocks are up to 5 min and 40 ppm
apart from the true time: an AX6 on the left wrist, a GENEActiv on the right one, an AX3 on the left
ankle. ``usual`` are ordinary sleepers, ``quiet`` those who move little. Sensors of different nights
were worn by different people: no pair of them may be aligned.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from detector import cohort
from detector.limbs.align import Alignment, Beginnings, align
from detector.limbs.sensors import movements, sensors, worn_by_one
from detector.people.naming import Naming
from detector.people.participants import read
from detector.settings import Settings
from recordings import SECOND_NS
from recordings.synthetic import (
    DEVELOPMENT_SEEDS,
    QUIET,
    VALIDATION_SEEDS,
    Recipe,
    Sensor,
    Several,
    several,
    write,
)

NIGHTS = 12
HOURS = 10.0
RECIPES = {
    "usual": Recipe(hours=HOURS, start="2024-03-05T22:00:00", sleep_starts=8, size_mg=(80, 1000)),
    "quiet": replace(
        QUIET, hours=HOURS, start="2024-03-05T22:00:00", sleep_starts=8, size_mg=(80, 1000)
    ),
}
WORN = (("wrist", "left", "ax6"), ("wrist", "right", "geneactiv"), ("ankle", "left", "ax3"))
CALLS = ("focal", "bilateral", "whole_body", "shared_disturbance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One night."""

    recipe: str
    worn: tuple[Sensor, ...]
    start_ns: int
    joint: np.ndarray
    rows: list[dict[str, str]]
    """Of ``limbs.csv``."""
    beginnings: tuple[Beginnings, ...]


def night(case: tuple[str, int]) -> Seen:
    """Make, analyse and read back one night."""
    name, seed = case
    rng = np.random.default_rng([seed, 77])
    worn = tuple(
        Sensor(
            site=site,
            side=side,
            device=device,
            offset_s=float(rng.uniform(-300, 300)),
            drift_ppm=float(rng.uniform(-40, 40)),
        )
        for site, side, device in WORN
    )
    made = several(seed, worn, RECIPES[name])
    with tempfile.TemporaryDirectory() as folder:
        return _analysed(Path(folder), name, worn, made)


def _analysed(folder: Path, name: str, worn: tuple[Sensor, ...], made: Several) -> Seen:
    lines = ["file,participant_id,site,side"]
    for k, (sensor, plan) in enumerate(zip(worn, made.plans, strict=True)):
        write(plan, folder / f"s{k}.bin")
        lines.append(f"s{k}.bin,person,{sensor.site},{sensor.side}")
    table, out = folder / "participants.csv", folder / "out"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = cohort.RunOptions(tz="Europe/London", naming=Naming(participants=read(table)))
    summary = cohort.run(sorted(folder.glob("*.bin")), out, options)
    settings = options.settings
    (recorded,) = worn_by_one(summary.rows).values()
    with (out / "limbs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Seen(
        recipe=name,
        worn=worn,
        start_ns=made.plans[0].start_ns,
        joint=made.joint,
        rows=rows,
        beginnings=tuple(
            movements(each).beginnings(settings.kinds, each.first_ns, each.last_ns)
            for each in sensors(out, recorded)
        ),
    )


def errors(
    seen: Seen, one: int, other: int, found: Alignment, span_h: tuple[float, float] = (0, HOURS)
) -> tuple[float, float]:
    """Return the largest error of an alignment over a span in ms, and that of drift in ppm."""
    a, b = seen.worn[one], seen.worn[other]
    true_s = np.linspace(3600 * span_h[0], 3600 * span_h[1], 11)

    def clock(sensor: Sensor) -> np.ndarray:
        shown_s = true_s * (1 + 1e-6 * sensor.drift_ppm) + sensor.offset_s
        return seen.start_ns + np.rint(shown_s * SECOND_NS).astype(np.int64)

    off_ms = np.abs(found.there(clock(a)) - clock(b)).max() / 1e6
    return float(off_ms), abs(found.drift_ppm - (b.drift_ppm - a.drift_ppm))


def aligned(nights: Sequence[Seen]) -> dict[str, Any]:
    """Return how far off alignments of one person's sensors are."""
    off, drift, inside, refused = [], [], [], Counter[str]()
    pairs = list(itertools.combinations(range(len(WORN)), 2))
    for seen in nights:
        for i, k in pairs:
            found = align(seen.beginnings[i], seen.beginnings[k], Settings().limbs)
            if found.reason:
                refused[found.reason] += 1
                continue
            ms, ppm = errors(seen, i, k, found)
            off.append(ms)
            drift.append(ppm)
            inside.append(ms <= found.uncertainty_ms)
    return {
        "pairs": len(nights) * len(pairs),
        "refused": dict(refused),
        "largest error in the night, ms: median": round(float(np.median(off)), 1),
        "95 %": round(float(np.quantile(off, 0.95)), 1),
        "largest": round(max(off), 1),
        "drift error, ppm: median": round(float(np.median(drift)), 2),
        "within the uncertainty told, %": round(100 * float(np.mean(inside)), 1),
    }


def shortened(nights: Sequence[Seen], hours: float) -> dict[str, Any]:
    """Return the same of a stretch of the night, from two hours on."""
    off, refused = [], Counter[str]()
    span_h = (2.0, 2.0 + hours)
    for seen in nights:
        for i, k in itertools.combinations(range(len(WORN)), 2):
            cut = [_within(seen, each, span_h) for each in (i, k)]
            found = align(*cut, Settings().limbs)
            if found.reason:
                refused[found.reason] += 1
            else:
                off.append(errors(seen, i, k, found, span_h)[0])
    known = {"largest error, ms: median": round(float(np.median(off)), 1),
             "largest": round(max(off), 1)} if off else {}  # fmt: skip
    return {"aligned": len(off), "refused": dict(refused), **known}


def _within(seen: Seen, sensor: int, span_h: tuple[float, float]) -> Beginnings:
    """Cut to a span of true time, give or take the clock."""
    worn, given = seen.worn[sensor], seen.beginnings[sensor]
    shown_s = (given.start_ns - seen.start_ns) / SECOND_NS - worn.offset_s
    inside = (shown_s >= 3600 * span_h[0]) & (shown_s < 3600 * span_h[1])
    return Beginnings(start_ns=given.start_ns[inside], weight=given.weight[inside])


def strangers(nights: Sequence[Seen]) -> dict[str, int]:
    """Return how many sensors of two people were aligned, of how many pairs."""
    tried, wrong = 0, 0
    for one, other in itertools.permutations(nights, 2):
        for i, k in itertools.combinations(range(len(WORN)), 2):
            tried += 1
            found = align(one.beginnings[i], other.beginnings[k], Settings().limbs)
            wrong += not found.reason
    return {"pairs of two people": tried, "aligned": wrong}


def confusion(nights: Sequence[Seen]) -> dict[str, dict[str, int]]:
    """Return how planted sleep starts and shakes were called; if at all."""
    table: dict[str, Counter[str]] = {call: Counter() for call in CALLS}
    for seen in nights:
        for planted in seen.joint:
            moved = [int(k) for k in str(planted["moved"]).split(";")]
            table[str(planted["call"])][_called(seen, int(planted["time_ns"]), moved)] += 1
    return {call: dict(counts.most_common()) for call, counts in table.items()}


def _called(seen: Seen, time_ns: int, moved: Sequence[int]) -> str:
    """Return the call of the row in which a sensor that moved has an event within a second."""
    for row in seen.rows:
        first = int(row["recording_ids"].split(";")[0][1:])
        sensor = seen.worn[first]
        since_s = (time_ns - seen.start_ns) / SECOND_NS
        shown_s = since_s * (1 + 1e-6 * sensor.drift_ppm) + sensor.offset_s
        began = np.datetime64(row["start_time"][:23], "ns").astype(np.int64)
        close = abs(int(began) - seen.start_ns - shown_s * SECOND_NS) < SECOND_NS
        if close and any(int(name[1:]) in moved for name in row["recording_ids"].split(";")):
            return row["call"]
    return "no row"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=NIGHTS, help="nights of each kind")
    parser.add_argument("--development", action="store_true")
    asked = parser.parse_args()
    seeds = DEVELOPMENT_SEEDS if asked.development else VALIDATION_SEEDS
    cases = [(name, seed) for name in RECIPES for seed in seeds[500 : 500 + asked.count]]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        nights = list(pool.map(night, cases))
    report: dict[str, Any] = {}
    for name in RECIPES:
        of_kind = [seen for seen in nights if seen.recipe == name]
        report[name] = aligned(of_kind) | {"calls": confusion(of_kind)}
        report[name] |= {f"{h} h alone": shortened(of_kind, h) for h in (1, 2, 4)}
        report[name] |= strangers(of_kind)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
