from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_results import (
    DAY_NS,
    EVENING_NS,
    HOUR_NS,
    made_asleep_night,
    made_empty_night,
    made_facts,
    made_night,
    made_nights,
    made_unanalysable_night,
)

from detector.scan import CANDIDATE
from detector.tables import csvtext
from detector.tables.arrow import schema, write_parquet
from detector.tables.columns import EVENTS, NIGHTS, RECORDINGS, Column, night_columns
from detector.tables.rows import (
    event_rows,
    events_table,
    facts_row,
    night_row,
    nights_table,
    number,
)

TEXT = Column("x", "text", "", "any", "test")


def cells(columns, row) -> dict[str, str]:
    text = csvtext.table(columns, [row]).decode()
    (read,) = csv.DictReader(io.StringIO(text, newline=""))
    return read


def test_an_event_is_written_as_the_contract_says():
    rows = list(event_rows(made_facts(), made_night(), first_index=40))
    assert cells(EVENTS, rows[2]) == {
        "recording_id": "subject_01",
        "night_date": "2024-03-05",
        "event_index": "42",
        "start_time": "2024-03-05T23:36:00.123+01:00",
        "start_utc": "2024-03-05T22:36:00.123Z",
        "peak_utc": "2024-03-05T22:36:00.373Z",
        "end_utc": "2024-03-05T22:36:01.023Z",
        "duration_s": "0.900",
        "kind": "sleep_start",
        "context": "onset",
        "counted": "true",
        "reason": "jerk",
        "confidence": "high",
        "onset_offset_s": "-239.627",
        "peak_accel_mg": "187.5",
        "peak_jerk_g_per_s": "4.250",
        "width_s": "0.460",
        "rise_s": "0.120",
        "effective_hz": "3.61",
        "hf_lf_ratio": "0.080",
        "n_bursts": "1",
        "posture_change_deg": "1.5",
        "still_before_s": "43.21",
        "active_after_s": "4.00",
        "threshold_g_per_s": "0.525",
        "floor_g_per_s": "0.210",
        "cluster_id": "",
        "truncated": "false",
        "likeness": "0.812",
        "stage": "",
    }
    assert rows[-1]["truncated"] is True
    assert rows[-1]["posture_change_deg"] is None
    assert [row["cluster_id"] for row in rows[7:9]] == ["n0c0", "n0c0"]


@given(
    zone=st.sampled_from(
        [None, "Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tokyo"]
    ),
    day=st.integers(0, 366),
    times_ns=st.lists(st.integers(0, 25 * HOUR_NS), min_size=1, max_size=5).map(sorted),
)
def test_times_of_events_are_those_of_the_zone_to_the_millisecond(zone, day, times_ns):
    """Whatever the night, those in which clocks change too."""
    facts, night = made_facts(tz=zone), made_night()
    candidates = np.zeros(len(times_ns), CANDIDATE)
    for name in ("start_ns", "peak_ns", "end_ns"):
        candidates[name] = np.array(times_ns) + EVENING_NS + day * DAY_NS
    events = replace(
        night.events,
        candidates=candidates,
        **{
            name: getattr(night.events, name)[: len(times_ns)]
            for name in ("kind", "reason", "context", "counted", "confidence", "onset_offset_s")
        },
        likeness=night.events.likeness[: len(times_ns)],
        active_after_s=night.events.active_after_s[: len(times_ns)],
        cluster=night.events.cluster[: len(times_ns)],
    )
    rows = list(event_rows(facts, replace(night, events=events)))
    found = [(row["start_time"], row["peak_utc"]) for row in rows]
    asked = [int(ns) for ns in candidates["start_ns"]]
    assert found == [(facts.zone.local_iso(ns), facts.zone.utc_iso(ns)) for ns in asked]


def test_a_night_is_written_as_the_contract_says():
    row = cells(NIGHTS, night_row(made_facts(), made_night()))
    shown = {name: text for name, text in row.items() if not name.startswith("n_")}
    assert shown == {
        "recording_id": "subject_01",
        "participant_id": "subject_01",
        "night_date": "2024-03-05",
        "night_index": "0",
        "status": "ok",
        "reasons": "",
        "sleep_onset": "2024-03-05T23:40:00.000+01:00",
        "sleep_onset_utc": "2024-03-05T22:40:00.000Z",
        "wake": "2024-03-06T06:30:00.000+01:00",
        "wake_utc": "2024-03-06T05:30:00.000Z",
        "spt_h": "6.833",
        "onset_source": "hdcza",
        "onset_uncertainty_min": "20.0",
        "onset_window_start_utc": "2024-03-05T21:58:00.000Z",
        "onset_window_end_utc": "2024-03-05T22:55:00.000Z",
        "onset_window_usable_min": "56.50",
        "sleep_starts_onset": "3",
        "sleep_starts_onset_per_h": "3.186",
        "sleep_starts_onset_early15": "2",
        "sleep_starts_onset_late15": "3",
        "sleep_starts_reonset": "1",
        "sleep_starts_sleep": "1",
        "sleep_starts_night": "5",
        "sleep_starts_night_per_h": "0.676",
        "first_onset_offset_s": "-1349.627",
        "last_onset_offset_s": "120.373",
        "median_peak_accel_mg": "187.5",
        "median_peak_jerk_g_per_s": "4.250",
        "plm_acc_per_h": "",
        "posture_changes_per_h": "1.64",
        "usable_h": "6.700",
        "wear_pct": "99.2",
        "gap_min": "1.50",
        "blanked_min": "0.33",
        "clipped_samples": "4",
        "floor_g_per_s": "0.210",
        "night_usable_h": "7.400",
        "session": "",
        "noisy_min": "0.00",
        "nonwear_min": "0.00",
        "stuck_min": "0.00",
        "idle_min": "0.00",
        "clipped_pct": "0.0001",
        "temperature_c": "31.5",
        "measured_hz": "100.0000",
        "smallest_countable_mg": "75.0",
        "sleep_starts_onset_strict20": "2",
        "sleep_starts_onset_lax20": "4",
        "lights_off": "",
        "sol_min": "",
        "diary_onset": "",
        "diary_onset_diff_min": "",
        "lm_acc_n": "",
        "lm_acc_per_h": "",
        "plm_acc_series": "",
        "periodicity_index_acc": "",
    }
    assert [row["n_micro_twitch"], row["n_body_movement"], row["n_clusters"]] == ["1", "0", "0"]


def test_a_night_without_sleep_has_empty_cells_where_nothing_is_known_and_no_zero():
    row = cells(NIGHTS, night_row(made_facts(), made_unanalysable_night()))
    known = {name for name, text in row.items() if text}
    assert known == {
        *("recording_id", "participant_id", "night_date", "night_index", "status", "reasons"),
        *("usable_h", "wear_pct", "gap_min", "blanked_min", "clipped_samples", "floor_g_per_s"),
        *("noisy_min", "nonwear_min", "stuck_min", "idle_min"),  # of the time with samples
    }
    assert row["reasons"] == ";".join(made_unanalysable_night().reasons)


def test_an_unobserved_onset_is_empty_and_so_is_all_that_hangs_on_it():
    row = cells(NIGHTS, night_row(made_facts(), made_asleep_night()))
    empty = ("sleep_onset", "sleep_onset_utc", "spt_h", "onset_uncertainty_min")
    empty += ("sleep_starts_onset", "sleep_starts_onset_per_h", "first_onset_offset_s")
    assert [row[name] for name in empty] == [""] * len(empty)
    assert row["wake"] == "2024-03-06T06:30:00.000+01:00"
    assert row["sleep_starts_sleep"] == "1"


def test_an_unobserved_end_of_sleep_is_empty():
    night = made_night()
    assert night.sleep is not None
    row = night_row(made_facts(), replace(night, sleep=replace(night.sleep, wake_observed=False)))
    assert [row.get(name) for name in ("wake", "wake_utc", "spt_h")] == [None] * 3
    assert row["sleep_onset"] == "2024-03-05T23:40:00.000+01:00"


def test_a_rate_over_no_observed_time_is_unknown():
    night = replace(made_night(), window_usable_min=0.0, night_usable_h=0.0)
    row = night_row(made_facts(), night)
    assert row["sleep_starts_onset_per_h"] is None
    assert row["sleep_starts_night_per_h"] is None


def test_a_night_with_nothing_counted_has_a_zero_and_no_sizes():
    night = made_night()
    none = replace(night.events, counted=np.zeros(len(night.events), bool))
    night = replace(night, events=none, counts={**night.counts, "sleep_starts_onset": 0})
    row = cells(NIGHTS, night_row(made_facts(), night))
    assert row["sleep_starts_onset"] == "0"
    assert row["sleep_starts_onset_per_h"] == "0.000"
    assert row["first_onset_offset_s"] == row["median_peak_accel_mg"] == ""


def test_without_a_zone_times_have_no_offset_and_utc_is_empty():
    facts = made_facts(tz=None)
    event = next(iter(event_rows(facts, made_night())))
    assert event["start_time"] == "2024-03-05T22:25:00.123"
    for row, columns in (
        (event, EVENTS),
        (night_row(facts, made_night()), NIGHTS),
        (facts_row(facts), RECORDINGS),
    ):
        shown = cells(columns, row)
        assert [shown[c.name] for c in columns if c.type == "utc_time"].count("") > 0
        assert not any(shown[c.name] for c in columns if c.type == "utc_time")
    assert facts_row(facts)["tz_source"] == "unknown"


def test_the_facts_fill_a_row_of_the_ledger():
    row = cells(RECORDINGS, facts_row(made_facts(nights=1)))
    assert row["serial"] == "012345"
    assert row["step_mg"] == "3.906"
    assert row["start_utc"] == "2024-03-05T19:00:00.000Z"
    assert row["duration_h"] == "12.000"
    assert (row["gaps"], row["gap_min"], row["blocks_bad"]) == ("1", "1.50", "2")
    assert row["measured_hz"] == "100.0000"


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_unknown(value):
    assert number("duration_s", value) is None


@pytest.mark.parametrize("value", [-0.0, -0.0004])
def test_nothing_is_minus_zero(value):
    rounded = number("onset_offset_s", value)
    assert rounded == 0
    assert math.copysign(1, rounded) == 1
    column = next(c for c in EVENTS if c.name == "onset_offset_s")
    assert csvtext.table([column], [{"onset_offset_s": rounded}]).endswith(b"\n0.000\n")


def test_rows_and_arrow_tables_hold_the_same_values():
    facts, nights = made_facts(), (*made_nights(), made_empty_night(3))
    table = nights_table(facts, nights)
    assert table.schema.names == [c.name for c in NIGHTS]
    rows = [night_row(facts, night) for night in nights]
    for column in NIGHTS:
        if column.type not in {"utc_time", "date"}:
            assert table[column.name].to_pylist() == [row.get(column.name) for row in rows]
    onset = table["sleep_onset_utc"][0].as_py()
    assert onset.isoformat(timespec="milliseconds") == "2024-03-05T22:40:00.000+00:00"
    assert table["night_date"][2].as_py().isoformat() == "2024-03-07"


def test_events_are_numbered_over_all_nights():
    facts, nights = made_facts(), made_nights()
    table = events_table(facts, nights)
    n = sum(len(night.events) for night in nights)
    assert table["event_index"].to_pylist() == list(range(n))


def test_arrow_fields_carry_unit_and_definition():
    field = schema(EVENTS).field("peak_jerk_g_per_s")
    assert field.metadata[b"unit"] == b"g/s"
    assert b"jerk" in field.metadata[b"definition"]


def test_tables_without_rows_have_their_columns():
    assert nights_table(made_facts(), []).schema.equals(schema(NIGHTS))
    assert events_table(made_facts(), [made_empty_night()]).num_rows == 0
    assert csvtext.table(EVENTS, []).decode().count("\n") == 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "'=", "''@"])
def test_a_name_that_a_spreadsheet_would_run_is_made_harmless(start):
    shown = cells([TEXT], {"x": f"{start}cmd|' /C calc'!A0"})
    assert shown["x"] == f"'{start}cmd|' /C calc'!A0"


def test_numbers_and_codes_are_never_changed():
    code = Column("y", "string", "", "a code", "test")
    number_ = Column("z", "number", "s", "a number", "test", 1)
    shown = cells([code, number_], {"y": "-", "z": -1.5})
    assert shown == {"y": "-", "z": "-1.5"}


def test_bytes_of_a_name_that_are_no_text_are_shown_escaped():
    assert csvtext.line([TEXT], {"x": "a\udce9b"}) == b"a\\udce9b\n"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives_a_reader_of_rfc_4180(text):
    shown = cells([TEXT], {"x": text})["x"]
    assert shown in {text, f"'{text}"}


FILLED = {
    "string": st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    "text": st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "'", "''"]),
        st.sampled_from([*"=+-@\t\r\n＝x5", "-5", "+1,5"]),
        st.text(st.characters(exclude_categories=["Cs"])),
    ),
    "boolean": st.booleans(),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(-1e9, 1e9).map(lambda x: round(x, 3) + 0.0),
}


@given(st.data())
def test_what_was_written_is_read_back(tmp_path_factory, data):
    columns = [Column(t, t, "", "any", "test", 3 * (t == "number")) for t in FILLED]
    row = {t: data.draw(st.none() | values) for t, values in FILLED.items()}
    path = tmp_path_factory.getbasetemp() / "table.csv"
    path.write_bytes(csvtext.table(columns, [row, row]))
    assert list(csvtext.read(columns, path)) == [row, row]
    write_parquet(path, columns, path.with_suffix(".parquet"))
    assert pq.read_table(path.with_suffix(".parquet")).to_pylist() == [row, row]


@pytest.mark.parametrize("name", ['a, b "c"', "=1+1", "'=1+1", "-", "<b>x</b>", "'x'"])
def test_a_heading_of_a_diary_is_quoted_made_harmless_and_read_back(tmp_path, name):
    columns = night_columns([name])
    path = tmp_path / "nights.csv"
    path.write_bytes(csvtext.table(columns, [{"recording_id": "a", name: "yes"}]))
    (shown,) = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    assert [*shown][-1] in {name, f"'{name}"}
    assert not [*shown][-1].startswith("=")
    (row,) = csvtext.read(columns, path)
    assert row[name] == "yes"


ARRAYS = {
    "string": (st.text(st.characters(exclude_characters="\0"), max_size=5), np.str_),
    "text": (st.text(st.characters(exclude_characters="\0"), max_size=5), np.str_),
    "utc_time": (st.sampled_from(["", "2024-03-05T22:36:00.123Z"]), np.str_),
    "boolean": (st.booleans(), np.bool_),
    "integer": (st.integers(-(2**63), 2**63 - 1), np.int64),
    "number": (st.floats().map(lambda x: round(x, 3) + 0.0 if math.isfinite(x) else x), np.float64),
}


@given(st.data())
def test_lines_of_arrays_are_those_of_their_values(data):
    columns = [Column(t, t, "", "any", "test", 3 * (t == "number")) for t in ARRAYS]
    n = data.draw(st.integers(0, 5))
    values = {
        t: np.array(data.draw(st.lists(value, min_size=n, max_size=n)), kind)
        for t, (value, kind) in ARRAYS.items()
    }
    rows = zip(*(csvtext.plain(array) for array in values.values()), strict=True)
    expected = [csvtext.line(columns, dict(zip(values, row, strict=True))) for row in rows]
    assert csvtext.lines(columns, values) == b"".join(expected)


def test_numbers_of_many_lines_are_rounded_and_padded_like_single_ones():
    column = Column("x", "number", "", "any", "test", 2)
    small = np.array([0.0, -0.05, 12.5, -1234.56, 0.07, np.nan, np.inf, 999.99])
    shown = b"0.00\n-0.05\n12.50\n-1234.56\n0.07\n\n\n999.99\n"
    assert csvtext.lines([column], {"x": small}) == shown
    large = np.array([2.0**60, 1e307])
    assert csvtext.lines([column], {"x": large}) == b"%.2f\n%.2f\n" % (2.0**60, 1e307)
