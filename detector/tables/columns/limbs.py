"""The columns of ``limbs.csv``, ``limb_nights.csv`` and ``alignments.csv``."""

from __future__ import annotations

from .column import NIGHT_DATE, PARTICIPANT_ID, RECORDING_ID, Column

_JOINED = "joined by a semicolon, in the order in which they began"
_RULES = "rules of limbs"


def _text(name: str, definition: str) -> Column:
    return Column(name, "string", "", definition, _RULES)


def _count(name: str, definition: str) -> Column:
    return Column(name, "integer", "1", definition, _RULES)


LIMBS: tuple[Column, ...] = (
    PARTICIPANT_ID,
    NIGHT_DATE,
    _count("joint_index", "Number of the joint event from 0, in time order within the set."),
    Column(
        "start_time",
        "local_time",
        "",
        "When its first member began, by that member's own clock, as in events.csv.",
        "samples",
    ),
    Column(
        "start_utc",
        "utc_time",
        "",
        "The same by the clock of clock_recording_id, in UTC; empty if the zone is unknown.",
        "samples",
    ),
    _text("clock_recording_id", "Recording whose clock is used for all sensors aligned with it."),
    _text(
        "call",
        "focal, bilateral, whole_body, shared_disturbance (no jerk), alone (no other sensor "
        "observed it), unaligned (no clock of another could be aligned) or unclear. Of the limbs "
        "worn: what no sensor sits on is not seen.",
    ),
    _text("reason", "Code: why it is alone, unaligned or unclear; else empty."),
    Column(
        "counted",
        "boolean",
        "",
        "Whether one of its members is in a headline count; joint events are made of all sleep "
        "starts, counted or not.",
        "rules",
    ),
    _count("n_observed", "Aligned sensors that observed the moment."),
    _count("n_moved", "Members whose own limb moved: large enough to be listed, no knock."),
    _text("recording_ids", f"Members: the events of each sensor that began together, {_JOINED}."),
    _text("event_indexes", f"event_index of each member, {_JOINED}."),
    _text("sites", f"Where each was worn, {_JOINED}."),
    _text("sides", f"left, right or unknown, {_JOINED}."),
    _text("kinds", f"Kind of each, {_JOINED}."),
    _text("peaks_accel_mg", f"peak_accel_mg of each, in mg, {_JOINED}."),
    _text("afters_s", f"From the first beginning to that of each, in s, {_JOINED}."),
    Column("spread_s", "number", "s", "From the first beginning to the last.", _RULES, 3),
    _text(
        "clock_offsets_s",
        f"How far the clock of each is ahead of clock_recording_id then, in s, {_JOINED}.",
    ),
    Column(
        "uncertainty_ms",
        "number",
        "ms",
        "Half of the 95 % interval of the clock offset of the member with the widest; 0 for one "
        "member by its own clock.",
        "computed",
        1,
    ),
)
"""``limbs.csv``: one row per joint event of sensors of one participant that overlap."""

ALIGNMENTS: tuple[Column, ...] = (
    PARTICIPANT_ID,
    RECORDING_ID,
    _text("other_recording_id", "The other recording of the pair."),
    _text("place", "Site and side of the first."),
    _text("other_place", "Site and side of the other."),
    Column("overlap_h", "number", "h", "Time between the later start and earlier end.", "time", 3),
    Column("aligned", "boolean", "", "Whether the clocks could be aligned.", _RULES),
    _text("reason", "Code: why not; empty if they could."),
    _count("n_shared", "Movements out of stillness that both saw, by which they were aligned."),
    Column(
        "by_chance",
        "number",
        "1",
        "As many would fall within a second of each other at any offset.",
        "computed",
        2,
    ),
    Column(
        "offset_s",
        "number",
        "s",
        "How far the other clock is ahead at the middle of what was shared; negative: behind.",
        "computed",
        3,
    ),
    Column(
        "drift_ppm",
        "number",
        "ppm",
        "How much faster the other clock runs; 11.6 ppm are a second a day.",
        "computed",
        2,
    ),
    Column(
        "residual_ms",
        "number",
        "ms",
        "Spread (robust SD) of the shared movements about that line.",
        "computed",
        1,
    ),
    Column(
        "uncertainty_ms",
        "number",
        "ms",
        "Half of the 95 % interval of the offset, where in the overlap it is widest.",
        "computed",
        1,
    ),
)
"""``alignments.csv``: one row per pair of overlapping recordings of one participant."""

LIMB_NIGHTS: tuple[Column, ...] = (
    PARTICIPANT_ID,
    NIGHT_DATE,
    _text("recording_ids", "The sensors of the set, joined by a semicolon."),
    _count("n_focal", "Sleep starts of one limb while another was observed and still."),
    _count("n_bilateral", "Of both sides of one kind of limb."),
    _count("n_whole_body", "Of arm and leg together, or more."),
    _count("n_shared_disturbance", "Weak and nearly equal on every sensor: no jerk."),
    _count("n_alone", "That no other sensor observed: neither focal nor not."),
    _count("n_unaligned", "Of sensors whose clocks could not be aligned."),
    _count("n_unclear", "While another limb was moving, or with unknown side."),
    Column(
        "both_ankles_h",
        "number",
        "h",
        "Hours of sleep observed by both ankles on one clock; empty without such.",
        _RULES,
        3,
    ),
    _count(
        "lm_both_acc_n",
        "In these: limb movements of either or both legs, by accelerometer, those together as one.",
    ),
    _count("plm_both_acc_n", "Those of a periodic series of either or both legs."),
    Column(
        "plm_both_acc_per_h",
        "number",
        "1/h",
        "plm_both_acc_n per hour of both_ankles_h: no PLM index from EMG.",
        "after WASM 2016",
        2,
    ),
)
"""``limb_nights.csv``: one row per night and set of sensors of one participant."""
