"""What a cell of every column is: its type, its decimals, and one meaning in all tables."""

from __future__ import annotations

from collections import defaultdict

import pytest

from detector.nights.night import OTHER_KINDS
from detector.tables.columns import DICTIONARY, NIGHTS, TABLES, Column, night_columns
from detector.tables.rows import dictionary_rows

EVERY = [(table, column) for table, columns in TABLES.items() for column in columns]

TYPES = {
    "date": "night_date first_night_date",
    "local_time": "start_time sleep_onset wake lights_off diary_onset",
    "utc_time": """start_utc peak_utc end_utc sleep_onset_utc wake_utc onset_window_start_utc
        onset_window_end_utc reviewed_utc first_reviewed_utc last_reviewed_utc
        time_a_utc time_b_utc""",
    "boolean": "counted truncated anonymised aligned",
    "text": """participant_id session path message device serial firmware notes reviewer""",
    "string": """recording_id kind context reason reasons confidence cluster_id stage status
        onset_source site side format tz tz_source device_tz input_sha256 config_hash
        algorithm_version version participant_source calibration log recording_ids interval
        mean_onset_clock mean_wake_clock clock_recording_id call event_indexes sites sides kinds
        peaks_accel_mg afters_s clock_offsets_s other_recording_id place other_place unit type
        definition source table label sort label_a label_b""",
}
"""Names of all columns but those of numbers. What a file, a header or a user says is ``text``,
which a spreadsheet must not run; codes and identifiers of the project's own making are ``string``.
"""

DECIMALS = {
    1: """onset_uncertainty_min peak_accel_mg median_peak_accel_mg posture_change_deg wear_pct
        temperature_c smallest_countable_mg sol_min diary_onset_diff_min calib_error_before_mg
        calib_error_after_mg sd_onset_min sd_wake_min median_onset_uncertainty_min residual_ms
        uncertainty_ms""",
    2: """effective_hz still_before_s active_after_s onset_window_usable_min plm_acc_per_h
        posture_changes_per_h gap_min blanked_min noisy_min nonwear_min stuck_min idle_min
        lm_acc_per_h range_g rate_bias_pct plm_both_acc_per_h by_chance drift_ppm""",
    3: """duration_s onset_offset_s peak_jerk_g_per_s width_s rise_s hf_lf_ratio threshold_g_per_s
        floor_g_per_s likeness spt_h sleep_starts_onset_per_h sleep_starts_night_per_h
        first_onset_offset_s last_onset_offset_s median_peak_jerk_g_per_s usable_h night_usable_h
        periodicity_index_acc nominal_hz step_mg duration_h onset_window_usable_h
        sleep_starts_per_night sleep_starts_per_h ci95_low_per_h ci95_high_per_h dispersion
        first_night_per_h later_nights_per_h weekday_per_h weekend_per_h spread_s both_ankles_h
        overlap_h offset_s""",
    4: "clipped_pct measured_hz lowest_hz highest_hz",
}
"""Places behind the point of every number, the same in every table and output: results are
compared by their bytes."""


def listed(groups):
    return {name: group for group, names in groups.items() for name in names.split()}


def test_the_type_of_a_column_is_the_one_promised():
    promised = listed(TYPES)
    others = {c.name: c.type for _, c in EVERY if c.type not in {"number", "integer"}}
    others["name"] = "string"  # of a column in the dictionary, which a diary may have named
    assert others == {**promised, "name": "string"}


def test_the_decimals_of_a_number_are_those_promised():
    assert {c.name: c.decimals for _, c in EVERY if c.type == "number"} == listed(DECIMALS)


def test_every_other_column_is_a_whole_number_and_counts_something():
    promised = {*listed(TYPES), *listed(DECIMALS), "name"}
    counting = {c for _, c in EVERY if c.name not in promised}
    assert {c.type for c in counting} == {"integer"}
    assert {c.name: c.unit for c in counting if c.unit != "1"} == {
        "input_bytes": "B",
        "bytes_skipped": "B",
    }


def test_a_name_means_the_same_type_unit_and_decimals_in_every_table():
    said = defaultdict(set)
    for _, c in EVERY:
        said[c.name].add((c.type, c.unit, c.decimals))
    assert {name: kinds for name, kinds in said.items() if len(kinds) > 1} == {}


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("recording_id", "events nights recordings alignments labels reviewed_nights"),
        ("night_date", "events nights limbs limb_nights labels reviewed_events disagreements"),
        ("participant_id", "nights recordings by_participant limbs alignments reviewed_nights"),
        ("kind", "events labels reviewed_events"),
        ("event_index", "events labels reviewed_events"),
        ("config_hash", "recordings labels reviewed_nights reviewed_events"),
        ("status", "nights reviewed_nights"),
        ("sleep_starts_onset", "nights reviewed_nights"),
    ],
)
def test_what_several_tables_share_is_defined_once(name, tables):
    wanted = {f"{table}.csv" for table in tables.split()}
    meant = {c for table, c in EVERY if c.name == name and table in wanted}
    assert len(meant) == 1


def test_no_table_has_a_column_twice():
    for columns in TABLES.values():
        assert len({c.name for c in columns}) == len(columns)


def test_a_unit_is_there_for_numbers_and_counts_and_for_nothing_else():
    assert [c.name for _, c in EVERY if bool(c.unit) != (c.type in {"number", "integer"})] == []


def test_a_definition_is_a_sentence_or_more():
    assert [c.name for _, c in EVERY if not c.definition.endswith(".")] == []


def test_every_kind_that_is_not_counted_has_its_column_in_the_order_of_kinds():
    counted = [c.name for c in NIGHTS if c.name.removeprefix("n_") in OTHER_KINDS]
    assert counted == [f"n_{kind}" for kind in OTHER_KINDS]


# ------------------------------------------------------------------ the data dictionary


def test_the_dictionary_calls_text_a_string_and_leaves_a_missing_unit_empty():
    rows = {(row["table"], row["name"]): row for row in dictionary_rows()}
    assert rows["nights.csv", "participant_id"]["type"] == "string"
    assert rows["nights.csv", "participant_id"]["unit"] is None
    assert rows["nights.csv", "spt_h"]["type"] == "number"
    assert rows["nights.csv", "spt_h"]["unit"] == "h"
    assert rows["events.csv", "n_bursts"]["unit"] == "1"
    assert {row["type"] for row in rows.values()} == {
        *("string", "boolean", "integer", "number", "date", "local_time", "utc_time")
    }


def test_a_row_of_the_dictionary_has_the_cells_that_its_columns_name():
    for row in dictionary_rows(["stress"]):
        assert list(row) == [c.name for c in DICTIONARY]


def test_the_factors_of_a_diary_stand_behind_the_nights_columns_and_in_the_dictionary():
    assert night_columns([]) == NIGHTS
    columns = night_columns(["stress", "Kaffee, Tassen"])
    assert columns[: len(NIGHTS)] == NIGHTS
    assert columns[len(NIGHTS) :] == tuple(
        Column(name, "text", "", "A factor of the diary, as written there.", "diary")
        for name in ("stress", "Kaffee, Tassen")
    )
    nights = [r["name"] for r in dictionary_rows(["stress"]) if r["table"] == "nights.csv"]
    assert nights == [*(c.name for c in NIGHTS), "stress"]
    events = [r["name"] for r in dictionary_rows(["stress"]) if r["table"] == "events.csv"]
    assert "stress" not in events
