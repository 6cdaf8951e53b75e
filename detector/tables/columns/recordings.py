"""The columns of ``recordings.csv`` and of ``data_dictionary.csv`` itself."""

from __future__ import annotations

from .column import PARTICIPANT_ID, RECORDING_ID, SESSION, Column

_SAID = "participants.csv, --id-regex or command line"

RECORDINGS: tuple[Column, ...] = (
    RECORDING_ID,
    Column(
        "path",
        "text",
        "",
        "The input file, relative to the folder given; as given if files or several folders were; "
        "of a recording in several files the folder that holds them all; empty if anonymised.",
        "command line",
    ),
    PARTICIPANT_ID,
    Column("site", "string", "", "Where it was worn; unknown if nobody said.", _SAID),
    Column("side", "string", "", "left, right or unknown.", _SAID),
    Column(
        "status",
        "string",
        "",
        "ok, ok_with_warnings, failed, or skipped (in a folder but no recording, or not reached).",
        "run",
    ),
    Column(
        "reason",
        "string",
        "",
        "Codes of what went wrong or is worth knowing, joined by a semicolon.",
        "run",
    ),
    Column("message", "text", "", "The same in words.", "run"),
    Column("device", "text", "", "Device model.", "file header"),
    Column("serial", "text", "", "Serial number of the device.", "file header"),
    Column("format", "string", "", "Format of the file, by its content.", "file content"),
    Column("firmware", "text", "", "Firmware of the device.", "file header"),
    Column("nominal_hz", "number", "Hz", "Sampling rate the file claims.", "file header", 3),
    Column(
        "measured_hz",
        "number",
        "Hz",
        "Samples per second of the device's clock, over all uninterrupted stretches.",
        "samples",
        4,
    ),
    Column("range_g", "number", "g", "Largest acceleration the sensor can show.", "file header", 2),
    Column("step_mg", "number", "mg", "Smallest difference between two samples.", "samples", 3),
    Column("start_utc", "utc_time", "", "First sample, in UTC; empty if unknown.", "samples"),
    Column(
        "end_utc", "utc_time", "", "End of the last sample, in UTC; empty if unknown.", "samples"
    ),
    Column("duration_h", "number", "h", "From first to last sample, gaps included.", "samples", 3),
    Column(
        "tz",
        "string",
        "",
        "IANA time zone of the wearer, or the fixed offset that the file's stamps carry.",
        "command line",
    ),
    Column(
        "tz_source",
        "string",
        "",
        "user; file, if its stamps carry their offset; or unknown: times are the device's own, "
        "without offset, and UTC is empty.",
        "command line",
    ),
    Column("nights", "integer", "1", "Nights that hold samples.", "time"),
    Column("nights_analysable", "integer", "1", "Those that are ok or limited.", "rules of nights"),
    Column("samples", "integer", "1", "Samples read.", "samples"),
    Column(
        "blocks_bad", "integer", "1", "Blocks left out as damaged (checksum, structure).", "file"
    ),
    Column("gaps", "integer", "1", "Interruptions between first and last sample.", "samples"),
    Column("gap_min", "number", "min", "Their length together.", "samples", 2),
    Column("input_bytes", "integer", "B", "Size of the input.", "file"),
    Column(
        "input_sha256",
        "string",
        "",
        "SHA-256 of the input file's bytes; of several files, of their SHA-256 in hexadecimal, "
        "joined in the order of their names; empty if anonymised.",
        "file",
    ),
    Column(
        "config_hash",
        "string",
        "",
        "Hash over all settings; those of limbs count as by default, for no recording depends on "
        "them.",
        "settings",
    ),
    Column(
        "algorithm_version",
        "string",
        "",
        "Raised whenever the same input and settings may give other results.",
        "software",
    ),
    Column("version", "string", "", "Version of hypnic.", "software"),
    Column(
        "device_tz",
        "string",
        "",
        "IANA time zone whose local time the device's clock showed when the recording began, or "
        "the fixed offset that its stamps carry; empty if unknown.",
        "command line",
    ),
    Column(
        "lowest_hz",
        "number",
        "Hz",
        "Lowest sampling rate of any uninterrupted hour, between two stamps of the device's clock; "
        "empty if no hour is uninterrupted, or nothing was stamped.",
        "samples",
        4,
    ),
    Column("highest_hz", "number", "Hz", "The highest.", "samples", 4),
    SESSION,
    Column("notes", "text", "", "What participants.csv remarks.", "participants.csv"),
    Column(
        "participant_source",
        "string",
        "",
        "From where participant_id is: participants (participants.csv), id_regex (--id-regex) or "
        "file_name.",
        "run",
    ),
    Column("parts", "integer", "1", "Files of which it consists.", "run"),
    Column(
        "anonymised",
        "boolean",
        "",
        "Whether names are left out and all dates are moved by whole weeks (--anonymise).",
        "command line",
    ),
    Column("blocks", "integer", "1", "Blocks read, bad ones too.", "file"),
    Column(
        "bytes_skipped",
        "integer",
        "B",
        "Bytes passed over to find the next good block after damage.",
        "file",
    ),
    Column(
        "stamps_repaired",
        "integer",
        "1",
        "Time stamps that could not be right and were not used.",
        "file",
    ),
    Column(
        "rate_bias_pct",
        "number",
        "%",
        "How much faster than nominal_hz it was sampled; negative: slower.",
        "computed",
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
        "clipped_samples", "integer", "1", "Samples at an end of the sensor's range.", "samples"
    ),
    Column(
        "stuck_min",
        "number",
        "min",
        "Time with samples in which an axis was stuck.",
        "health.stuck_min",
        2,
    ),
    Column(
        "calibration",
        "string",
        "",
        "How the sensor at rest shows gravity: ok, off (an axis is wrong by more than "
        "health.calibration_off_mg), unclear (no gains and offsets explain it), or not_possible "
        "(not seen at rest in enough postures). Nothing is corrected by it.",
        "after van Hees 2014",
    ),
    Column(
        "calib_error_before_mg",
        "number",
        "mg",
        "Mean distance from 1 g over all postures at rest; empty if there were none.",
        "after van Hees 2014",
        1,
    ),
    Column(
        "calib_error_after_mg",
        "number",
        "mg",
        "What would be left of it with the best gain and offset of each axis; empty if none could "
        "be found.",
        "after van Hees 2014",
        1,
    ),
    Column(
        "log",
        "string",
        "",
        "Where in the output folder the traceback of a crash is; empty if there was none.",
        "run",
    ),
)
"""``recordings.csv``: one row per input found."""

DICTIONARY: tuple[Column, ...] = (
    Column("name", "text", "", "Name of the column.", "this table"),
    Column("unit", "string", "", "Its unit; 1 for counts and ratios.", "this table"),
    Column("type", "string", "", "Its type.", "this table"),
    Column("definition", "string", "", "What a value means.", "this table"),
    Column("source", "string", "", "Where a value comes from.", "this table"),
    Column("table", "string", "", "File that has the column.", "this table"),
)
"""``data_dictionary.csv``: one row per column."""
