"""The zone of the computer that runs the program changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from made_days import write_day
from project import ROOT

SAMPLE = ROOT / "recordings" / "samples" / "ax3_thigh25_short_night.cwa.gz"
DATA = ROOT / "tests" / "data"
ZONES = ("UTC", "Asia/Tokyo", "America/St_Johns", "Australia/Lord_Howe")
"""Ahead, behind, by half an hour, and with a change of half an hour."""

PROGRAM = """
import sys
from datetime import datetime
from zoneinfo import ZoneInfo
from detector.cli import main

folder, zone, sample, other, table, made = sys.argv[1:]
moment = datetime(2024, 7, 1)
assert moment.astimezone().utcoffset() == moment.replace(tzinfo=ZoneInfo(zone)).utcoffset()
status = main(["run", sample, made, "-o", folder + "/known", "--tz", "Europe/London", "-q"])
status |= main(["run", other, table, "-o", folder + "/unknown", "-q"])
status |= main(["run", made, "-o", folder + "/flown", "-q", "--tz", "Australia/Lord_Howe",
                "--device-tz", "America/St_Johns", "--window.night-start", "18:00"])
status |= main(["inspect", made, other, table, "--tz", "Europe/London"])
sys.exit(status)
"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory) -> dict[str, dict[str, bytes]]:
    """Every file that a computer in each zone writes, and what it prints."""
    folder = tmp_path_factory.mktemp("zones")
    night = (("awake", 60), ("asleep", 200), ("awake", 20))
    made = write_day(folder / "made.cwa", "2024-10-26T23:00", *night)
    inputs = [SAMPLE, DATA / "gnactv_50hz.bin", DATA / "mhealth.csv", made]
    outs = [folder / zone.replace("/", "_") for zone in ZONES]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(ZONES, pool.map(written, ZONES, outs, [inputs] * len(ZONES)), strict=True))


def written(zone: str, out: Path, inputs: list[Path]) -> dict[str, bytes]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(out), zone, *map(str, inputs)],
        check=False,
        cwd=ROOT,
        env=os.environ | {"TZ": zone},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    files = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    return files | {"inspect": done.stdout}


def test_every_zone_of_the_machine_writes_the_same_bytes(outputs):
    first = outputs[ZONES[0]]
    assert len(first) > 40
    for zone, files in outputs.items():
        assert files.keys() == first.keys()
        assert [name for name in first if files[name] != first[name]] == [], zone


def test_the_zone_that_was_named_is_the_one_that_is_written(outputs):
    files = outputs["Asia/Tokyo"]
    assert b",2023-05-04T02:" in files["known/nights.csv"]
    assert b"2024-10-26T" in files["known/nights.csv"]
    assert b"+09:00" not in b"".join(files.values())
    assert b"Europe/London" in files["inspect"]
