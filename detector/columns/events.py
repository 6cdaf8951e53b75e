"""The columns of ``events.csv``."""

from __future__ import annotations

from .column import NIGHT_DATE, RECORDING_ID, Column

EVENTS: tuple[Column, ...] = (
    RECORDING_ID,
    NIGHT_DATE,
    Column(
        "event_index",
        "integer",
        "1",
        "Number of the event from 0, in time order within the recording; key of snippets.npz.",
        "time",
    ),
    Column(
        "start_time",
        "local_time",
        "",
        "First sample above the on threshold, local time; without offset if the zone is unknown.",
        "samples",
    ),
    Column("start_utc", "utc_time", "", "start_time in UTC; empty if unknown.", "samples"),
    Column("peak_utc", "utc_time", "", "The largest jerk, in UTC; empty if unknown.", "samples"),
    Column(
        "end_utc",
        "utc_time",
        "",
        "Last sample before the level stayed below the off threshold, in UTC; empty if unknown.",
        "samples",
    ),
    Column("duration_s", "number", "s", "From start to end.", "samples", 3),
    Column("kind", "string", "", "What the event was taken for.", "rules of kinds"),
    Column(
        "context",
        "string",
        "",
        "When it happened: onset (in the onset window), reonset (in the window of a return to "
        "sleep), sleep, pre_sleep, post_wake, unusable (not worn, or too noisy to judge).",
        "rules of nights",
    ),
    Column("counted", "boolean", "", "Whether it is in the night's headline count.", "rules"),
    Column(
        "reason",
        "string",
        "",
        "Code: why it is not counted, or why it has this kind; empty if there is nothing to say.",
        "rules of kinds",
    ),
    Column(
        "confidence",
        "string",
        "",
        "high, medium or low: how clearly the event meets the rules; not a probability.",
        "rules of kinds",
    ),
    Column(
        "onset_offset_s",
        "number",
        "s",
        "From the sleep onset used to the event's peak; negative before onset, empty if the onset "
        "is unknown.",
        "rules of nights",
        3,
    ),
    Column(
        "peak_accel_mg",
        "number",
        "mg",
        "Largest acceleration, vector over the axes, in the movement band.",
        "samples, movement band from scan.movement_low_hz to scan.jerk_high_hz",
        1,
    ),
    Column(
        "peak_jerk_g_per_s",
        "number",
        "g/s",
        "Largest jerk, vector over the axes, moving RMS of the jerk band.",
        "samples, band from scan.jerk_low_hz to scan.jerk_high_hz",
        3,
    ),
    Column(
        "width_s",
        "number",
        "s",
        "Width of the jerk envelope around its peak, at 25 % of that peak.",
        "samples",
        3,
    ),
    Column(
        "rise_s", "number", "s", "From 10 % to 90 % of the peak, on its rising flank.", "samples", 3
    ),
    Column(
        "effective_hz",
        "number",
        "Hz",
        "peak_jerk / (2 pi peak_accel): low for a turn, high for a knock.",
        "computed",
        2,
    ),
    Column(
        "hf_lf_ratio",
        "number",
        "1",
        "Peak of the impact band's envelope over peak of the jerk band's; empty where the sampling "
        "rate is below scan.impact_min_rate_hz.",
        "samples",
        3,
    ),
    Column(
        "n_bursts",
        "integer",
        "1",
        "Sub-peaks above scan.burst_share of the peak, at least scan.burst_apart_s apart.",
        "samples",
    ),
    Column(
        "posture_change_deg",
        "number",
        "deg",
        "Angle between gravity 4 s before the event and 0.5 to 4.5 s after it; empty if unknown.",
        "samples",
        1,
    ),
    Column(
        "still_before_s",
        "number",
        "s",
        "Since the event before it ended or observation began.",
        "samples",
        2,
    ),
    Column(
        "active_after_s",
        "number",
        "s",
        "Movement within the minute after it.",
        "rules of kinds",
        2,
    ),
    Column(
        "threshold_g_per_s",
        "number",
        "g/s",
        "Jerk threshold in force when the event began.",
        "samples",
        3,
    ),
    Column(
        "floor_g_per_s",
        "number",
        "g/s",
        "Noise floor of the jerk band from which that threshold came.",
        "samples",
        3,
    ),
    Column(
        "cluster_id",
        "string",
        "",
        "Shared by the events of one repetitive series, unique within the recording; else empty.",
        "rules of kinds",
    ),
    Column(
        "truncated",
        "boolean",
        "",
        "Whether it touches a gap, blanked time or an end of the recording.",
        "samples",
    ),
)
"""``events.csv``: one row per detected event."""
