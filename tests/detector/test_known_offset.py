"""A table whose stamps carry their offset says what UTC is; ``--tz`` only where the wearer was."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from detector.cohort import run
from detector.job import RunOptions
from detector.settings import Settings

RATE_HZ = 50


def save(path: Path, stamps: list[str]) -> Path:
    accel_g = np.random.default_rng(1).normal(0, 0.004, (len(stamps), 3)) + [0, 0, 1]
    rows = (f"{t},{x:.4f},{y:.4f},{z:.4f}" for t, (x, y, z) in zip(stamps, accel_g, strict=True))
    path.write_text("\n".join(["time,x,y,z", *rows, ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("stamp", "tz", "utc", "source"),
    [
        ("iso", "Europe/London", "2024-07-01T21:00:00.000Z", "user"),
        ("iso", None, "2024-07-01T21:00:00.000Z", "file"),
        ("unix", "Europe/London", "2024-07-01T21:00:00.000Z", "user"),
        ("naive", "Europe/London", "2024-07-01T20:00:00.000Z", "user"),
        ("naive", None, "", "unknown"),
    ],
)
def test_utc_is_what_the_stamps_say(tmp_path, stamp, tz, utc, source):
    seconds = np.arange(90 * RATE_HZ) / RATE_HZ
    iso = (np.datetime64("2024-07-01T21:00:00", "ms") + (seconds * 1000).astype("m8[ms]")).astype(
        str
    )
    stamps = {
        "iso": [f"{t}Z" for t in iso],
        "naive": list(iso),
        "unix": [f"{1_719_867_600 + s:.2f}" for s in seconds],
    }[stamp]
    path = save(tmp_path / "table.csv", stamps)
    run([path], tmp_path / "out", RunOptions(settings=Settings(), tz=tz))
    with (tmp_path / "out" / "recordings.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["start_utc"], row["tz_source"]) == (utc, source)
