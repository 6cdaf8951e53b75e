"""``result.json``: names, null for unknown, and what no table can hold."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from made_results import (
    MINUTE_NS,
    made_asleep_night,
    made_empty_night,
    made_epochs,
    made_facts,
    made_limited_night,
    made_night,
    made_nights,
    made_onset_ns,
    made_unanalysable_night,
)

from detector.nights.calibration import Calibration
from detector.nights.night import Interval, Noted, Staged
from detector.resultfile import calibration_json, night_json, result_json, to_json
from detector.tables.columns import NIGHTS
from detector.tables.rows import event_rows, facts_row, night_row
from detector.version import ALGORITHM_VERSION, VERSION
from recordings import Health, Zone

FACTS = made_facts()


def told(facts=FACTS, nights=(), events=()):
    return json.loads(result_json(facts, [night_json(facts, n) for n in nights], events))


# ------------------------------------------------------------------ the file


def test_the_file_says_of_which_format_and_by_what_it_was_made():
    result = told()
    assert result["format"] == 1
    assert result["meta"] == {
        "version": VERSION,
        "algorithm_version": ALGORITHM_VERSION,
        "config_hash": FACTS.settings.fingerprint(),
    }
    assert result["settings"] == FACTS.settings.as_dict()


def test_it_is_readable_text_that_ends_with_a_line_feed():
    text = to_json({"name": "Zoë", "n": [1]})
    assert text == '{\n "name": "Zoë",\n "n": [\n  1\n ]\n}\n'.encode()


def test_counted_events_are_their_rows():
    rows = [row for row in event_rows(FACTS, made_night()) if row["counted"]]
    assert told(events=rows)["counted_events"] == rows


# ------------------------------------------------------------------ nights


@pytest.mark.parametrize(
    "night", [*made_nights(), made_asleep_night(), made_empty_night()], ids=lambda n: n.reasons
)
def test_a_night_has_every_column_of_its_row_and_null_for_unknown(night):
    row, found = night_row(FACTS, night), night_json(FACTS, night)
    for column in NIGHTS:
        if column.name != "reasons":
            assert found[column.name] == row.get(column.name), column.name
    assert found["reasons"] == list(night.reasons)


def test_a_night_says_from_when_to_when_it_is_and_how_much_was_observed():
    found = night_json(FACTS, replace(made_night(), observed_h=8.12345))
    assert (found["start"], found["end"]) == (
        "2024-03-05T12:00:00.000+01:00",
        "2024-03-06T12:00:00.000+01:00",
    )
    assert found["observed_h"] == 8.123


def test_intervals_have_their_ends_in_local_time_and_utc():
    found = night_json(FACTS, made_limited_night(0))
    assert found["nonwear"] == [
        {
            "start": "2024-03-06T02:40:00.000+01:00",
            "end": "2024-03-06T04:40:00.000+01:00",
            "start_utc": "2024-03-06T01:40:00.000Z",
            "end_utc": "2024-03-06T03:40:00.000Z",
        }
    ]
    assert [each["start"] for each in found["unusable"]] == ["2024-03-06T04:40:00.000+01:00"]
    unknown = night_json(made_facts(tz=None), made_night())["onset_window"]
    assert unknown["start"] == "2024-03-05T22:58:00.000"
    assert unknown["start_utc"] is None


def test_what_a_night_has_not_is_null_or_an_empty_list():
    found = night_json(FACTS, made_empty_night())
    names = ("onset_window", "sleep", "stages", "diary", "limb_intervals_acc")
    assert [found[name] for name in names] == [None] * 5
    assert found["nonwear"] == found["unusable"] == []


def test_the_sleep_period_is_told_with_all_that_led_to_it():
    night = made_night()
    nap = Interval(night.sleep.wake_ns + 30 * MINUTE_NS, night.sleep.wake_ns + 90 * MINUTE_NS)
    sleep = replace(night.sleep, others=(nap,), threshold_deg=0.123456, uncertainty_min=20.04)
    found = night_json(FACTS, replace(night, sleep=sleep))["sleep"]
    assert found["onset"] == "2024-03-05T23:40:00.000+01:00"
    assert found["wake"] == "2024-03-06T06:30:00.000+01:00"
    assert (found["onset_observed"], found["wake_observed"]) == (True, True)
    assert (found["source"], found["uncertainty_min"]) == ("hdcza", 20.0)
    assert found["reonsets"] == ["2024-03-06T03:02:00.000+01:00"]
    assert found["guider"]["start"] == "2024-03-05T23:25:00.000+01:00"
    assert [rest["start"] for rest in found["further_rest"]] == ["2024-03-06T07:00:00.000+01:00"]
    assert found["threshold_deg"] == 0.1235


def test_a_threshold_that_was_not_used_is_null():
    night = made_night()
    night = replace(night, sleep=replace(night.sleep, threshold_deg=float("nan")))
    assert night_json(FACTS, night)["sleep"]["threshold_deg"] is None


def test_intervals_between_limb_movements_are_a_histogram():
    found = night_json(FACTS, replace(made_night(), limb_intervals_s=np.array([24.0, 25.9, 400])))
    assert sum(found["limb_intervals_acc"]["counts"]) == 2


# ------------------------------------------------------------------ what was noted, what was scored


def test_a_diary_that_has_the_night_is_told_with_its_times_and_factors():
    facts = replace(FACTS, factors=("stress", "coffee"))
    noted = Noted(kept=True, times_ns={"lights_off": made_onset_ns()}, factors=("7", ""))
    found = night_json(facts, replace(made_night(), noted=noted))
    assert found["diary"] == {
        "lights_off": "2024-03-05T23:40:00.000+01:00",
        "factors": {"stress": "7", "coffee": ""},
    }
    assert (found["stress"], found["coffee"]) == ("7", None)
    assert night_json(facts, made_night())["diary"] is None


def staged(*stretches: tuple[float, float, str]):
    """Stages by their minutes since the first epoch, at 22:00."""
    first_ns = int(made_epochs()["start_ns"][0])
    starts, ends, names = zip(*stretches, strict=True)
    return Staged(
        starts_ns=first_ns + np.array([round(m * MINUTE_NS) for m in starts]),
        ends_ns=first_ns + np.array([round(m * MINUTE_NS) for m in ends]),
        names=np.array(names),
    )


def test_every_stage_has_its_hours_and_its_sleep_starts():
    """Jerks 22.5 and 4 min before 23:40, 2 after it; later ones at 01:50 and 03:00."""
    night = replace(made_night(), staged=staged((0, 100, "W"), (100, 160, "N1"), (160, 540, "N2")))
    assert night_json(FACTS, night)["stages"] == {
        "N1": {"usable_h": 1.0, "sleep_starts": 1, "per_h": 1.0},
        "N2": {"usable_h": 6.333, "sleep_starts": 2, "per_h": 0.316},
        "W": {"usable_h": 1.667, "sleep_starts": 2, "per_h": 1.2},
    }


def test_time_that_was_not_worn_or_not_usable_is_no_time_of_its_stage():
    """Not worn for two hours, then half an hour too noisy, all within N2."""
    night = replace(made_limited_night(0), staged=staged((160, 540, "N2")))
    assert night_json(FACTS, night)["stages"]["N2"]["usable_h"] == round(380 / 60 - 2.5, 3)


def test_a_stage_without_a_usable_hour_has_no_rate():
    night = made_limited_night(0)
    worn = night.nonwear[0]
    first_ns = int(made_epochs()["start_ns"][0])
    minutes = ((worn.start_ns - first_ns) / MINUTE_NS, (worn.end_ns - first_ns) / MINUTE_NS)
    night = replace(night, staged=staged((*minutes, "R")))
    assert night_json(FACTS, night)["stages"] == {
        "R": {"usable_h": 0.0, "sleep_starts": 1, "per_h": None}
    }


@pytest.mark.parametrize(
    ("reason", "counts"), [("outside_window", True), ("no_count", True), ("small", False)]
)
def test_a_jerk_outside_the_window_counts_in_its_stage_and_no_other_that_is_not_counted(
    reason, counts
):
    night = made_night()
    n = len(night.events)
    events = replace(night.events, reason=np.full(n, reason, "U32"), counted=np.zeros(n, np.bool_))
    night = replace(night, events=events, staged=staged((-600, 900, "N2")))
    assert night_json(FACTS, night)["stages"]["N2"]["sleep_starts"] == n * counts


def test_without_a_hypnogram_there_are_no_stages():
    assert night_json(FACTS, made_night())["stages"] is None


# ------------------------------------------------------------------ facts and health


def test_facts_are_those_of_the_ledger_and_more():
    found, row = told()["facts"], facts_row(FACTS)
    shared = [name for name in found if name in row]
    assert {name: found[name] for name in shared} == {name: row[name] for name in shared}
    assert set(found) - set(row) == {
        *("start", "end", "filter_hz", "device_utc_offset_s"),
        *("header_utc_offset_s", "header_notes"),
    }
    assert (found["start"], found["end"]) == (
        "2024-03-05T20:00:00.000+01:00",
        "2024-03-08T08:00:00.000+01:00",
    )
    assert (found["filter_hz"], found["device_utc_offset_s"]) == (100.0, 3600)
    assert found["header_notes"] == {"subject": "01"}
    assert found["header_utc_offset_s"] is None
    slow = replace(FACTS, probe=replace(FACTS.probe, rate_hz=24.395149))
    assert told(slow)["facts"]["filter_hz"] == 24.3951


def test_the_devices_offset_is_that_of_its_own_zone_and_null_if_unknown():
    away = Zone.of("Europe/Berlin", FACTS.probe.start_ns, device_tz="Asia/Tokyo")
    assert told(replace(FACTS, zone=away))["facts"]["device_utc_offset_s"] == 9 * 3600
    assert told(made_facts(tz=None))["facts"]["device_utc_offset_s"] is None


def test_a_recording_without_a_sample_has_no_beginning_and_no_stretch():
    result = told(replace(FACTS, health=Health()))
    assert result["facts"]["start"] is result["facts"]["end"] is None
    assert result["health"]["segments"] == []


def test_health_lists_every_stretch_and_every_remark():
    found = told()["health"]
    assert found["segments"][1] == {
        "start": "2024-03-05T22:01:30.000+01:00",
        "end": "2024-03-08T08:00:00.000+01:00",
        "samples": FACTS.health.segments[1].samples,
        "reason": "bad_block",
    }
    assert [(r["code"], r["message"]) for r in found["remarks"]] == [
        ("bad_block", "2 blocks with a wrong checksum were left out"),
        ("gaps", "1 gap (1.5 min without samples)"),
    ]
    names = ("samples", "blocks", "blocks_bad", "bytes_read", "gaps", "gap_min")
    assert [found[name] for name in names] == [
        *(FACTS.health.samples, 4000, 2, 2_048_000, 1, 1.5),
    ]
    assert (found["clipped_samples"], found["stuck_min"]) == (8, 0.0)


def test_calibration_is_told_as_far_as_it_was_found():
    found = Calibration(
        status="off",
        postures=126,
        error_before_mg=85.04,
        error_after_mg=2.96,
        gain=(1.0063012, 1.0, 0.9),
        offset_mg=(44.123, -3.0, 0.0),
    )
    assert calibration_json(found) == {
        "status": "off",
        "postures": 126,
        "error_before_mg": 85.0,
        "error_after_mg": 3.0,
        "gain": [1.0063, 1.0, 0.9],
        "offset_mg": [44.12, -3.0, 0.0],
    }
    unseen = calibration_json(Calibration(status="not_possible", postures=0))
    assert [
        unseen[name] for name in ("error_before_mg", "error_after_mg", "gain", "offset_mg")
    ] == [None] * 4


# ------------------------------------------------------------------ factors


def with_factor(*pairs: tuple[int | None, str]):
    """Nights given by their counts and what stands in the diary's only further column."""
    nights = []
    for count, cell in pairs:
        night = made_night()
        counts = {**night.counts, "sleep_starts_onset": count}
        nights.append(replace(night, counts=counts, noted=Noted(kept=True, factors=(cell,))))
    return nights


def test_a_factor_that_can_be_compared_is_told_with_four_decimals():
    facts = replace(FACTS, factors=("stress",))
    found = told(facts, with_factor(*((k, str(7 * k)) for k in range(5))))["factors"]["stress"]
    assert (found["nights"], found["exact"], found["p"]) == (5, True, round(2 / 120, 4))
    # for every seven one more per 56.5 observed minutes, which is 1.062 an hour
    assert found["slope"] == found["low"] == found["high"] == 0.1517


def test_an_interval_that_is_open_is_null_and_nights_without_a_count_are_none():
    facts = replace(FACTS, factors=("stress",))
    pairs = [(1, "no"), (2, "no"), (3, "no"), (4, "no"), (7, "yes")]
    found = told(facts, with_factor(*pairs))["factors"]["stress"]
    assert (found["low"], found["high"]) == (None, None)
    assert told(facts, with_factor(*pairs[:4], (None, "yes")))["factors"] == {}
    assert told(facts, [made_unanalysable_night()])["factors"] == {}
