"""What a row of ``recordings.csv`` says of a recording, and when it says nothing."""

from __future__ import annotations

from dataclasses import replace

from made_results import (
    EVENING_NS,
    HOUR_NS,
    made_facts,
)

from detector.nights.calibration import Calibration
from detector.settings import Settings
from detector.tables.columns import RECORDINGS
from detector.tables.rows import (
    facts_row,
)
from detector.version import ALGORITHM_VERSION, VERSION
from recordings import SECOND_NS, Health, Segment, Zone

FACTS = made_facts()


def test_a_row_of_a_recording_names_no_column_that_the_ledger_has_not():
    assert set(facts_row(FACTS)) <= {c.name for c in RECORDINGS}


def test_a_recording_without_a_sample_has_no_times_and_no_length():
    row = facts_row(replace(FACTS, health=Health()))
    names = ("start_utc", "end_utc", "duration_h", "measured_hz", "lowest_hz", "rate_bias_pct")
    assert [row[name] for name in names] == [None] * 6
    assert [row[name] for name in ("samples", "gaps", "gap_min", "blocks")] == [0, 0, 0.0, 0]


def test_what_nobody_said_of_a_recording_is_empty():
    row = facts_row(made_facts(path="", tz=None))
    names = ("path", "session", "notes", "tz", "device_tz", "start_utc")
    assert [row[name] for name in names] == [None] * 6
    assert (row["tz_source"], row["site"], row["anonymised"]) == ("unknown", "wrist", False)
    said = facts_row(replace(FACTS, session="2", notes="left-handed", anonymised=True, parts=3))
    told = ("session", "notes", "anonymised", "parts")
    assert [said[name] for name in told] == ["2", "left-handed", True, 3]


def test_both_zones_of_a_recording_are_told():
    away = Zone.of("Europe/Berlin", FACTS.probe.start_ns, device_tz="Asia/Tokyo")
    row = facts_row(replace(FACTS, zone=away))
    assert (row["tz"], row["device_tz"]) == ("Europe/Berlin", "Asia/Tokyo")


def test_the_length_holds_the_gaps_and_the_gaps_their_minutes():
    start_ns = EVENING_NS
    segments = [
        Segment(start_ns, start_ns + HOUR_NS, 360_000, "start"),
        Segment(start_ns + 2 * HOUR_NS, start_ns + 4 * HOUR_NS, 720_000, "idle_sleep"),
        Segment(start_ns + 4 * HOUR_NS + 90 * SECOND_NS, start_ns + 6 * HOUR_NS, 700_000, "gap"),
    ]
    row = facts_row(replace(FACTS, health=Health(segments=segments)))
    assert row["duration_h"] == 6.0
    assert (row["gaps"], row["gap_min"], row["idle_min"]) == (2, 61.5, 60.0)
    assert row["samples"] == 1_780_000


def test_a_sensor_that_was_faster_than_stated_has_a_bias_above_nought():
    health = Health(segments=[Segment(EVENING_NS, EVENING_NS + HOUR_NS, 367_200, "start")])
    row = facts_row(replace(FACTS, health=health))
    assert (row["nominal_hz"], row["measured_hz"], row["rate_bias_pct"]) == (100.0, 102.0, 2.0)


def test_the_health_of_the_file_is_counted():
    health = Health(blocks=40, blocks_bad=3, bytes_skipped=512, stamps_repaired=9)
    row = facts_row(replace(FACTS, health=health))
    names = ("blocks", "blocks_bad", "bytes_skipped", "stamps_repaired")
    assert [row[name] for name in names] == [40, 3, 512, 9]


def test_the_sensors_health_is_that_of_its_samples():
    quality = replace(FACTS.quality, clipped_samples=17, stuck_min=2.346)
    row = facts_row(replace(FACTS, quality=quality))
    names = ("clipped_samples", "stuck_min", "calibration")
    assert [row[name] for name in names] == [17, 2.35, "ok"]
    assert (row["calib_error_before_mg"], row["calib_error_after_mg"]) == (6.2, 1.5)
    unseen = replace(quality, calibration=Calibration(status="not_possible", postures=0))
    row = facts_row(replace(FACTS, quality=unseen))
    assert row["calibration"] == "not_possible"
    assert row["calib_error_before_mg"] is row["calib_error_after_mg"] is None


def test_what_made_a_row_is_written_beside_it():
    row = facts_row(FACTS)
    assert row["config_hash"] == Settings().fingerprint()
    assert (row["algorithm_version"], row["version"]) == (ALGORITHM_VERSION, VERSION)


def test_the_step_is_told_in_thousandths_of_g():
    probe = replace(FACTS.probe, step_g=0.015625)
    assert facts_row(replace(FACTS, probe=probe))["step_mg"] == 15.625
