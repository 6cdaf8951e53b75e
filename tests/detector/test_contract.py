"""The output contract, written out: names and order of every column, names of every file."""

from __future__ import annotations

from detector.tables.columns import (
    ALIGNMENTS,
    BY_PARTICIPANT,
    EVENTS,
    LIMB_NIGHTS,
    LIMBS,
    NIGHTS,
    RECORDINGS,
    TABLES,
)
from detector.tables.rows import dictionary_rows

CONTRACT = {
    "events.csv": """
        recording_id night_date event_index start_time start_utc peak_utc end_utc duration_s kind
        context counted reason confidence onset_offset_s peak_accel_mg peak_jerk_g_per_s width_s
        rise_s effective_hz hf_lf_ratio n_bursts posture_change_deg still_before_s active_after_s
        threshold_g_per_s floor_g_per_s cluster_id truncated likeness stage
    """,
    "nights.csv": """
        recording_id participant_id night_date night_index status reasons sleep_onset
        sleep_onset_utc wake wake_utc spt_h onset_source onset_uncertainty_min
        onset_window_start_utc onset_window_end_utc onset_window_usable_min sleep_starts_onset
        sleep_starts_onset_per_h sleep_starts_onset_early15 sleep_starts_onset_late15
        sleep_starts_reonset sleep_starts_sleep sleep_starts_night sleep_starts_night_per_h
        n_clusters first_onset_offset_s last_onset_offset_s median_peak_accel_mg
        median_peak_jerk_g_per_s n_micro_twitch n_limb_movement n_periodic_limb_movement
        n_rhythmic_train n_body_movement n_impact n_disturbance n_brief_other plm_acc_per_h
        posture_changes_per_h usable_h wear_pct gap_min blanked_min clipped_samples floor_g_per_s
        night_usable_h n_sleep_episodes session noisy_min nonwear_min stuck_min idle_min
        clipped_pct temperature_c measured_hz smallest_countable_mg
        sleep_starts_onset_strict20 sleep_starts_onset_lax20
        lights_off sol_min diary_onset diary_onset_diff_min
        lm_acc_n lm_acc_per_h plm_acc_series periodicity_index_acc
    """,
    "recordings.csv": """
        recording_id path participant_id site side status reason message device serial format
        firmware nominal_hz measured_hz range_g step_mg start_utc end_utc duration_h tz tz_source
        nights nights_analysable samples blocks_bad gaps gap_min input_bytes input_sha256
        config_hash algorithm_version version device_tz lowest_hz highest_hz
        session notes participant_source parts anonymised
        blocks bytes_skipped stamps_repaired rate_bias_pct idle_min clipped_samples stuck_min
        calibration calib_error_before_mg calib_error_after_mg log
    """,
    "by_participant.csv": """
        participant_id site recordings recordings_failed recording_ids nights nights_doubled
        nights_usable sleep_starts_onset onset_window_usable_h sleep_starts_per_night
        sleep_starts_per_h ci95_low_per_h ci95_high_per_h interval dispersion
        first_night_date first_night_sleep_starts first_night_per_h
        later_nights_usable later_nights_per_h weekday_nights_usable weekday_per_h
        weekend_nights_usable weekend_per_h onset_nights mean_onset_clock sd_onset_min
        wake_nights mean_wake_clock sd_wake_min median_onset_uncertainty_min
    """,
    "limbs.csv": """
        participant_id night_date joint_index start_time start_utc clock_recording_id call
        reason counted n_observed n_moved recording_ids event_indexes sites sides kinds
        peaks_accel_mg afters_s spread_s clock_offsets_s uncertainty_ms
    """,
    "limb_nights.csv": """
        participant_id night_date recording_ids n_focal n_bilateral n_whole_body
        n_shared_disturbance n_alone n_unaligned n_unclear both_ankles_h lm_both_acc_n
        plm_both_acc_n plm_both_acc_per_h
    """,
    "alignments.csv": """
        participant_id recording_id other_recording_id place other_place overlap_h aligned
        reason n_shared by_chance offset_s drift_ppm residual_ms uncertainty_ms
    """,
    "data_dictionary.csv": "name unit type definition source table",
    "labels.csv": """
        recording_id night_date event_index start_time start_utc peak_utc kind label reviewer
        reviewed_utc algorithm_version config_hash
    """,
    "reviewed_nights.csv": """
        recording_id participant_id night_date night_index status sleep_starts_onset reviewer
        sleep_starts_onset_reviewed n_candidates n_judged n_kept n_rejected n_unsure n_added
        first_reviewed_utc last_reviewed_utc algorithm_version config_hash
    """,
    "reviewed_events.csv": """
        recording_id night_date event_index start_time start_utc peak_utc kind context counted
        reviewer label reviewed_utc algorithm_version config_hash
    """,
    "disagreements.csv": """
        recording_id night_date sort time_a_utc time_b_utc row_a row_b label_a label_b
    """,
}

UNITS = {
    "_g_per_s": "g/s",
    "_per_h": "1/h",
    "_hz": "Hz",
    "_mg": "mg",
    "_ms": "ms",
    "_ppm": "ppm",
    "_deg": "deg",
    "_pct": "%",
    "_min": "min",
    "_s": "s",
    "_h": "h",
    "_g": "g",
    "_c": "°C",
}
"""What a name's suffix says, the longest suffix first."""


def test_the_columns_are_those_of_the_contract_in_its_order():
    columns = {name: [c.name for c in table] for name, table in TABLES.items()}
    assert columns == {name: names.split() for name, names in CONTRACT.items()}


def test_every_column_of_every_table_is_in_the_dictionary_once_and_explained():
    rows = dictionary_rows()
    columns = [(name, c.name) for name, table in TABLES.items() for c in table]
    assert [(row["table"], row["name"]) for row in rows] == columns
    assert all(row["definition"] and row["source"] and row["type"] for row in rows)


def test_the_suffix_of_a_name_is_its_unit():
    limbs = (*LIMBS, *LIMB_NIGHTS, *ALIGNMENTS)
    for column in (*EVENTS, *NIGHTS, *RECORDINGS, *BY_PARTICIPANT, *limbs):
        if column.type == "number":
            suffix = next((s for s in UNITS if column.name.endswith(s)), None)
            assert column.unit == (UNITS[suffix] if suffix else "1"), column.name


def test_numbers_have_decimals_and_nothing_else_has():
    for column in (c for table in TABLES.values() for c in table):
        assert (column.decimals > 0) == (column.type == "number"), column.name
