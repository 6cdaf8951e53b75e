"""A made night of three sensors, from their files to the calls."""

from __future__ import annotations

import numpy as np
import pytest

from detector.cohort import RunOptions, run
from detector.people.naming import Naming
from detector.people.participants import read
from detector.tables import csvtext
from detector.tables.columns import ALIGNMENTS, LIMBS
from recordings import SECOND_NS
from recordings.synthetic import Recipe, Sensor, several, write

WORN = (
    Sensor(device="actigraph", rate_hz=30),
    Sensor(device="actigraph", rate_hz=30, side="right", offset_s=-113.8, drift_ppm=-35.0),
    Sensor(device="ax3", rate_hz=25, site="ankle", offset_s=47.3, drift_ppm=20.0),
)
HOURS = 7.0


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """Plan, rows of limbs.csv and of alignments.csv."""
    folder = tmp_path_factory.mktemp("three")
    recipe = Recipe(
        hours=HOURS, start="2024-03-05T22:00:00", sleep_starts=10, size_mg=(150.0, 900.0)
    )
    made = several(12, WORN, recipe)
    lines = ["file,participant_id,site,side"]
    for k, (plan, sensor) in enumerate(zip(made.plans, WORN, strict=True)):
        write(plan, folder / f"s{k}.bin")
        lines.append(f"s{k}.bin,anna,{sensor.site},{sensor.side}")
    (folder / "participants.csv").write_text("\n".join(lines) + "\n")
    naming = Naming(participants=read(folder / "participants.csv"))
    out = folder / "out"
    summary = run(sorted(folder.glob("*.bin")), out, RunOptions(tz="Europe/London", naming=naming))
    assert summary.exit_status == 0
    tables = [list(csvtext.read(c, out / n)) for c, n in ((LIMBS, "limbs.csv"),
              (ALIGNMENTS, "alignments.csv"))]  # fmt: skip
    return made, *tables


def test_planted_offset_and_drift_are_found(night):
    _, _, pairs = night
    assert len(pairs) == 3
    for pair in pairs:
        one, other = (WORN[int(pair[name][1:])] for name in ("recording_id", "other_recording_id"))
        assert pair["aligned"], pair["reason"]
        drift_ppm = other.drift_ppm - one.drift_ppm
        assert pair["drift_ppm"] == pytest.approx(drift_ppm, abs=6)
        # at the middle of what is shared, which lies within two hours of the night's
        middle_s = other.offset_s - one.offset_s + 1e-6 * drift_ppm * 1800 * HOURS
        assert pair["offset_s"] == pytest.approx(middle_s, abs=0.15 + 7200e-6 * abs(drift_ppm))
        assert pair["uncertainty_ms"] < 250


def test_planted_calls_are_found_and_a_shaken_mattress_is_no_jerk(night):
    made, rows, _ = night
    start_ns = made.plans[0].start_ns
    seen: dict[str, list[str]] = {}
    for planted in made.joint:
        for row in rows:
            sensor = WORN[int(row["recording_ids"].split(";")[0][1:])]
            shown_s = (planted["time_ns"] - start_ns) / SECOND_NS
            shown_s = shown_s * (1 + 1e-6 * sensor.drift_ppm) + sensor.offset_s
            began = np.datetime64(row["start_time"][:23], "ns").astype(np.int64)
            if abs(began - start_ns - shown_s * SECOND_NS) < SECOND_NS:
                seen.setdefault(str(planted["call"]), []).append(row["call"])
    assert set(seen) == {"focal", "bilateral", "whole_body", "shared_disturbance"}
    for planted, calls in seen.items():
        assert set(calls) == {planted}
