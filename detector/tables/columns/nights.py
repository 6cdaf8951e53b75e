"""The columns of ``nights.csv``."""

from __future__ import annotations

from collections.abc import Sequence

from detector.nights.night import OTHER_KINDS

from .column import NIGHT_DATE, PARTICIPANT_ID, RECORDING_ID, SESSION, Column

_KIND_MEANS: dict[str, str] = {
    "micro_twitch": "movements too small to be told from fragmentary twitches",
    "limb_movement": "limb movements, a periodic series at the wrist among them (reason periodic)",
    "periodic_limb_movement": "limb movements of a periodic series (ankle only)",
    "rhythmic_train": "trains of rhythmic bursts, sustained shaking among them (reason sustained)",
    "body_movement": "turns and other long or complex movements",
    "impact": "knocks on the sensor",
    "disturbance": "damped ringing that comes from outside (mattress, partner, vehicle)",
    "brief_other": "brief events that fit no rule",
}


def _count(name: str, definition: str) -> Column:
    return Column(name, "integer", "1", definition, "rules of nights")


NIGHTS: tuple[Column, ...] = (
    RECORDING_ID,
    PARTICIPANT_ID,
    NIGHT_DATE,
    Column("night_index", "integer", "1", "Number of the night in the recording, from 0.", "time"),
    Column(
        "status",
        "string",
        "",
        "ok, limited (a count with stated limits) or not_analysable (no onset count).",
        "rules of nights",
    ),
    Column(
        "reasons",
        "string",
        "",
        "Codes of what limits the night, joined by a semicolon, the most important first.",
        "rules of nights",
    ),
    Column(
        "sleep_onset",
        "local_time",
        "",
        "Sleep onset used, local time: median of the onset candidates, or what a diary or "
        "hypnogram says; empty if it was not observed.",
        "van Hees 2015, 2018; Cole 1992",
    ),
    Column("sleep_onset_utc", "utc_time", "", "sleep_onset in UTC; empty if unknown.", "as above"),
    Column(
        "wake",
        "local_time",
        "",
        "End of the sleep period, local time; empty if it was not observed.",
        "van Hees 2015, 2018",
    ),
    Column("wake_utc", "utc_time", "", "wake in UTC; empty if unknown.", "as above"),
    Column(
        "spt_h",
        "number",
        "h",
        "Sleep period time: from sleep onset to wake; empty unless both were observed.",
        "van Hees 2018",
        3,
    ),
    Column(
        "onset_source",
        "string",
        "",
        "How the sleep period was found: hypnogram, diary, hdcza or still_block.",
        "rules of onset",
    ),
    Column(
        "onset_uncertainty_min",
        "number",
        "min",
        "Spread of the onset candidates, never below the floor for estimates from motion alone.",
        "rules of onset",
        1,
    ),
    Column(
        "onset_window_start_utc",
        "utc_time",
        "",
        "Start of the window in which sleep starts are counted.",
        "window.before_min",
    ),
    Column("onset_window_end_utc", "utc_time", "", "End of that window.", "window.after_min"),
    Column(
        "onset_window_usable_min",
        "number",
        "min",
        "Part of the window that was worn, observed and quiet enough to judge.",
        "rules of nights",
        2,
    ),
    _count(
        "sleep_starts_onset",
        "The headline: candidate sleep starts in the onset window, with or without movement after "
        "them; empty if the night is not analysable.",
    ),
    Column(
        "sleep_starts_onset_per_h",
        "number",
        "1/h",
        "sleep_starts_onset per usable hour of the window.",
        "computed",
        3,
    ),
    _count("sleep_starts_onset_early15", "The count with the window moved earlier by shift_min."),
    _count("sleep_starts_onset_late15", "The count with the window moved later by shift_min."),
    _count("sleep_starts_reonset", "Candidate sleep starts in the windows of returns to sleep."),
    _count("sleep_starts_sleep", "Candidate sleep starts between sleep onset and wake."),
    _count("sleep_starts_night", "Candidate sleep starts from the onset window's start to wake."),
    Column(
        "sleep_starts_night_per_h",
        "number",
        "1/h",
        "sleep_starts_night per usable hour of the same time (night_usable_h).",
        "computed",
        3,
    ),
    _count("n_clusters", "Repetitive clusters of candidate sleep starts (after Fusco 1999)."),
    Column(
        "first_onset_offset_s",
        "number",
        "s",
        "From the sleep onset used to the first counted event; empty if none was counted.",
        "computed",
        3,
    ),
    Column(
        "last_onset_offset_s", "number", "s", "The same for the last counted event.", "computed", 3
    ),
    Column(
        "median_peak_accel_mg",
        "number",
        "mg",
        "Median peak_accel_mg of the counted events; empty if none was counted.",
        "computed",
        1,
    ),
    Column(
        "median_peak_jerk_g_per_s",
        "number",
        "g/s",
        "Median peak_jerk_g_per_s of the counted events; empty if none was counted.",
        "computed",
        3,
    ),
    *(_count(f"n_{kind}", f"In the sleep period: {_KIND_MEANS[kind]}.") for kind in OTHER_KINDS),
    Column(
        "plm_acc_per_h",
        "number",
        "1/h",
        "Periodic limb movements per usable hour of the sleep period, by accelerometer: no PLM "
        "index from EMG; ankle only, empty at other sites.",
        "after WASM 2016",
        2,
    ),
    Column(
        "posture_changes_per_h",
        "number",
        "1/h",
        "Lasting changes of posture (more than 30 degrees) per usable hour of the sleep period.",
        "rules of nights",
        2,
    ),
    Column(
        "usable_h",
        "number",
        "h",
        "Hours of the sleep period (of the night, if there is none) that were worn, observed and "
        "quiet enough to judge.",
        "rules of nights",
        3,
    ),
    Column(
        "wear_pct",
        "number",
        "%",
        "Worn share of the observed sleep period (of the night, if there is none); empty where "
        "no hour (sleep.nonwear_window_min) was recorded by half, too little to tell.",
        "after van Hees 2013",
        1,
    ),
    Column(
        "gap_min",
        "number",
        "min",
        "Time without samples between the night's first and last sample.",
        "samples",
        2,
    ),
    Column(
        "blanked_min",
        "number",
        "min",
        "Time with samples that is not judged because filters and floor settle after a gap.",
        "samples",
        2,
    ),
    Column(
        "clipped_samples", "integer", "1", "Samples at an end of the sensor's range.", "samples"
    ),
    Column(
        "floor_g_per_s",
        "number",
        "g/s",
        "Median noise floor of the jerk band over the sleep period (the night, if there is none).",
        "samples",
        3,
    ),
    Column(
        "night_usable_h",
        "number",
        "h",
        "Usable hours from the onset window's start to wake; empty without a window.",
        "rules of nights",
        3,
    ),
    _count(
        "n_sleep_episodes",
        "The sleep period and all further rest periods of the night, found in the same way, of at "
        "least sleep.block_min; empty without a sleep period.",
    ),
    SESSION,
    Column(
        "noisy_min",
        "number",
        "min",
        "Time of the sleep period (of the night, if there is none) whose noise floor is too high "
        "to judge it.",
        "window.noisy_floor_g_per_s",
        2,
    ),
    Column(
        "nonwear_min",
        "number",
        "min",
        "Time of the night in which the sensor recorded and was not worn; empty as wear_pct.",
        "after van Hees 2013",
        2,
    ),
    Column(
        "stuck_min",
        "number",
        "min",
        "Time of the night in which an axis was stuck; taken as unobserved.",
        "health.stuck_min",
        2,
    ),
    Column(
        "idle_min",
        "number",
        "min",
        "Part of gap_min in which the device did not record because it lay still, or another "
        "program had filled such time in.",
        "file",
        2,
    ),
    Column(
        "clipped_pct",
        "number",
        "%",
        "Share of the night's samples at an end of the sensor's range.",
        "samples",
        4,
    ),
    Column(
        "temperature_c",
        "number",
        "°C",
        "Median temperature of the worn sleep period (of the worn night, if there is none); empty "
        "without a thermometer.",
        "file",
        1,
    ),
    Column(
        "measured_hz",
        "number",
        "Hz",
        "Samples per second of the device's clock in this night.",
        "samples",
        4,
    ),
    Column(
        "smallest_countable_mg",
        "number",
        "mg",
        "Smallest sleep start that could have been counted over the night's noise floor.",
        "kinds.accel_min_mg, kinds.jerk_min_g_per_s, scan.on_factor",
        1,
    ),
    _count(
        "sleep_starts_onset_strict20",
        "The count with all limits of a sleep start 20 % stricter: size, jerk, likeness, width, "
        "duration, posture change.",
    ),
    _count("sleep_starts_onset_lax20", "The count with the same limits 20 % laxer."),
    Column("lights_off", "local_time", "", "When lights were put out, local time.", "diary"),
    Column(
        "sol_min",
        "number",
        "min",
        "Sleep onset latency: sleep_onset minus lights_off, below 0 where sleep was found before "
        "lights were put out; empty if either is unknown.",
        "diary, rules of onset",
        1,
    ),
    Column("diary_onset", "local_time", "", "Sleep onset that the diary states.", "diary"),
    Column(
        "diary_onset_diff_min",
        "number",
        "min",
        "diary_onset minus sleep onset by motion alone, whichever of them was used.",
        "diary, rules of onset",
        1,
    ),
    _count(
        "lm_acc_n",
        "In the sleep period: limb movements of kinds.periodic_shortest_s to "
        "kinds.periodic_longest_s, by accelerometer, turns and knocks left out; ankle only, empty "
        "at other sites.",
    ),
    Column(
        "lm_acc_per_h",
        "number",
        "1/h",
        "lm_acc_n per usable hour of the sleep period.",
        "after WASM 2016",
        2,
    ),
    _count(
        "plm_acc_series",
        "Periodic series with a movement in the sleep period; ankle only, empty at other sites.",
    ),
    Column(
        "periodicity_index_acc",
        "number",
        "1",
        "Share of the intervals between successive limb movements that lie in runs of three or "
        "more of 10 to 90 s; ankle only, empty without an interval.",
        "after Ferri 2006",
        3,
    ),
)
"""``nights.csv``: one row per night, analysable or not."""


def night_columns(factors: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of ``nights.csv``, with those of a diary behind the others."""
    said = "A factor of the diary, as written there."
    return (*NIGHTS, *(Column(name, "text", "", said, "diary") for name in factors))
