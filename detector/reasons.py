"""Every reason code with the sentence that explains it to a researcher and to a wearer.

Codes stand in the tables, sentences in the pages and on the console.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["event", "note", "limits", "stops", "file", "file_note", "undone", "limbs"]
"""``event``: why an event has its kind or is not counted. Of a night: ``note`` is worth knowing,
``limits`` limits the count, ``stops`` means that there is none. Of a recording: ``file`` is a
problem, ``file_note`` is worth knowing; ``undone`` is why there are no results.
``limbs``: of several sensors on one person."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One code and its meaning."""

    code: str
    sentence: str
    level: Level


def _all(*reasons: Reason) -> dict[str, Reason]:
    return {reason.code: reason for reason in reasons}


REASONS: dict[str, Reason] = _all(
    # Events: why this kind.
    Reason(
        "jerk",
        "A sharp, brief movement out of stillness, with no lasting change of posture.",
        "event",
    ),
    Reason(
        "arousal",
        "A sharp jerk out of stillness, followed by smaller movement that soon ended.",
        "event",
    ),
    Reason(
        "knock",
        "Too sharp and too brief for a limb: something hit the sensor or its strap.",
        "event",
    ),
    Reason(
        "sustained",
        "Strong, regular shaking of 10 seconds or more; worth a look by eye.",
        "event",
    ),
    Reason("train", "Several even bursts in a row, at the pace of a rhythmic movement.", "event"),
    Reason(
        "periodic",
        "One of a series of similar limb movements that come back every 10 to 90 seconds.",
        "event",
    ),
    Reason("long", "It lasted longer than a jerk does.", "event"),
    Reason("posture", "The limb came to rest in another position, as after turning.", "event"),
    Reason("bursts", "It consisted of more bursts than a jerk does.", "event"),
    Reason(
        "ringing",
        "Small, evenly damped swinging, as a mattress, a partner or a vehicle causes it.",
        "event",
    ),
    Reason("small", "Smaller than the least size that is counted.", "event"),
    Reason("weak", "Its peak jerk is below that of a sleep start.", "event"),
    Reason("slow", "Brief, but too slow for a jerk: more of a push than a twitch.", "event"),
    Reason("fast", "Faster than a limb can move.", "event"),
    Reason("wide", "Its peak is broader than that of a jerk.", "event"),
    Reason(
        "knock_like",
        "It has the high frequencies of a knock, though not its briefness.",
        "event",
    ),
    Reason("not_still", "There was other movement shortly before it.", "event"),
    Reason(
        "unlike",
        "Taken together, its shape and surroundings are more like those of an ordinary movement.",
        "event",
    ),
    Reason("unclear", "Its features could not be measured well enough to name it.", "event"),
    # Events: why a sleep start is not in the headline count.
    Reason(
        "truncated",
        "It touches a gap or an end of the recording, so that only a part of it was seen.",
        "event",
    ),
    Reason("not_worn", "The sensor was probably not worn.", "event"),
    Reason("stuck", "An axis of the sensor was stuck at that time.", "event"),
    Reason("noisy", "The signal was too restless at that time to tell events apart.", "event"),
    Reason("outside_window", "It lies outside the window around sleep onset.", "event"),
    Reason(
        "no_count",
        "It lies in the onset window, but too little of that window was observed for a count.",
        "event",
    ),
    # Nights without a count.
    Reason("no_data", "There is no usable signal in this night.", "stops"),
    Reason(
        "idle_sleep_mode",
        "The device stopped recording while it lay still (idle sleep mode): falling asleep, and "
        "sleep itself, cannot be seen.",
        "stops",
    ),
    Reason("never_worn", "The sensor was hardly worn in this night.", "stops"),
    Reason("too_short", "Too little of this night was recorded to look for sleep.", "stops"),
    Reason(
        "no_sleep",
        "No sleep period was found: in what was recorded nobody lay still for long enough.",
        "stops",
    ),
    Reason(
        "began_asleep",
        "The recording, or its part in this night, begins with the wearer already asleep: sleep "
        "onset was not observed.",
        "stops",
    ),
    Reason(
        "unseen_before_sleep",
        "Right before sleep there is a gap or the sensor was not worn: sleep onset was not "
        "observed.",
        "stops",
    ),
    Reason(
        "window_not_observed",
        "Too little of the window around sleep onset was observed for a count.",
        "stops",
    ),
    # Nights: causes and limits.
    Reason(
        "sleep_at_border",
        "The border between two nights cuts sleep or the time right before it: where people sleep "
        "by day, move it into their waking time, for example by --window.night-start 18:00.",
        "limits",
    ),
    Reason(
        "stuck_axis",
        "An axis of the sensor was stuck for minutes or hours: that time is taken as unobserved.",
        "limits",
    ),
    Reason(
        "idle_gaps",
        "At times the device stopped recording while it lay still (idle sleep mode): what happened "
        "then is unknown.",
        "limits",
    ),
    Reason("gap_at_onset", "Near sleep onset signal is missing.", "limits"),
    Reason("off_at_onset", "Near sleep onset the sensor was probably not worn.", "limits"),
    Reason(
        "noisy_at_onset",
        "Near sleep onset the signal was too restless to tell events apart.",
        "limits",
    ),
    Reason(
        "vibration",
        "Something shook the sensor steadily for a long time, as a vehicle or a fan does: "
        "smaller jerks are hidden in it.",
        "limits",
    ),
    Reason(
        "high_floor",
        "The noise floor is high for most of the sleep period: the smallest jerks that are counted "
        "are hidden in it.",
        "limits",
    ),
    Reason(
        "short_usable",
        "The usable part of the sleep period is short, so that the night says less than others.",
        "limits",
    ),
    Reason(
        "wake_not_observed",
        "The signal ends, or the sensor was taken off, before the wearer was seen to wake.",
        "limits",
    ),
    Reason(
        "onset_uncertain",
        "The ways of finding sleep onset disagree by more than 70 minutes.",
        "limits",
    ),
    Reason("fragment", "Only a part of this night was recorded.", "limits"),
    # Nights: worth knowing.
    Reason("gaps_in_sleep", "Signal is missing in a part of the sleep period.", "note"),
    Reason("off_in_sleep", "For a part of the sleep period the sensor was not worn.", "note"),
    Reason(
        "clipped",
        "Many samples stand at an end of the sensor's range, where stronger movement is cut off.",
        "note",
    ),
    Reason(
        "second_sleep",
        "This night holds a second long rest period; onset and counts are those of the longest.",
        "note",
    ),
    Reason(
        "no_knock_test",
        "At this sampling rate a knock on the sensor cannot be told from a small jerk.",
        "note",
    ),
    Reason(
        "coarse_step",
        "The sensor's step is coarse, so that only larger jerks are counted.",
        "note",
    ),
)
"""Of events and nights, by code."""

REMARKS: dict[str, Reason] = _all(
    Reason("bad_block", "Damaged parts of the file were left out.", "file"),
    Reason(
        "clock_backwards",
        "The device's clock runs backwards at some point; time that had been recorded already was "
        "used once.",
        "file",
    ),
    Reason(
        "clock_jumped",
        "The device's clock jumped away and soon back; what lay between was timed by its "
        "neighbours.",
        "file",
    ),
    Reason(
        "stamps_dropped",
        "Time stamps that stand still, contradict others or cannot be were not used.",
        "file",
    ),
    Reason(
        "rate_implausible",
        "The sampling rate by the device's clock is more than 5 % off the one expected.",
        "file",
    ),
    Reason(
        "rate_varies",
        "The sampling rate varies by more than 3 % from hour to hour: no temperature does that.",
        "file",
    ),
    Reason(
        "offset_differs",
        "What the file states of its clock's offset from UTC is not that of the zone named.",
        "file",
    ),
    Reason("duplicate_block", "Parts of the file that came twice were used once.", "file"),
    Reason("foreign_block", "Parts of the file that hold no samples were left out.", "file"),
    Reason(
        "other_configuration",
        "Parts of the file were recorded with other settings and were left out.",
        "file",
    ),
    Reason(
        "part_unreadable", "Of the files that were joined one could not be read: a gap.", "file"
    ),
    Reason(
        "parts_overlap",
        "The files that were joined overlap in time; what was recorded twice was used once.",
        "file",
    ),
    Reason(
        "parts_differ",
        "The files that were joined have different scales; each was read with its own.",
        "file",
    ),
    Reason("overflow", "The device itself reports that it lost samples.", "file"),
    Reason("truncated", "The file ends early; what it holds was used.", "file"),
    Reason(
        "truncated_gzip", "The compressed file is cut or damaged; what it holds was used.", "file"
    ),
    Reason("truncated_zip", "The zip archive is cut or damaged; what it holds was used.", "file"),
    Reason(
        "idle_sleep",
        "The recorder paused while it lay still (idle sleep mode): that time is not observed.",
        "file",
    ),
    Reason(
        "usb_connection", "The recorder was connected to a computer and paused meanwhile.", "file"
    ),
    Reason(
        "uneven_block",
        "Some seconds hold more or fewer samples than the sampling rate says.",
        "file",
    ),
    Reason("missing_values", "Rows without all their values were left out.", "file"),
    Reason(
        "idle_fill",
        "Rows that the exporting program had filled in while the recorder was idle were left out.",
        "file",
    ),
    Reason(
        "zero_fill",
        "Stretches of exact zeros, written where nothing was recorded, were left out.",
        "file",
    ),
    Reason(
        "held_values",
        "Rows stay exactly the same for long: a sensor on a table, or filled in by a program.",
        "file",
    ),
    Reason("duplicate_rows", "Rows that stand twice in the file were used once.", "file"),
    Reason("shared_stamps", "Rows that share one time were spread evenly.", "file"),
    Reason("stamps_backwards", "Some rows have a time before that of the row above.", "file"),
    Reason("uneven_stamps", "Rows follow each other at uneven times.", "file"),
    Reason("frozen_stamps", "The time of some rows stands still; it was counted on.", "file"),
    Reason(
        "jumping_stamps",
        "Some rows have a time far from that of the rows around them; it was taken from those.",
        "file",
    ),
    Reason("date_order", "The file contradicts itself on the order of day and month.", "file"),
    Reason("time_relative", "The time of day is unknown: times count from the first row.", "file"),
    Reason(
        "latched",
        "Samples that only repeat the one before, where the sensor delivered none, were left out.",
        "file",
    ),
    Reason(
        "date_unknown",
        "The date was taken out of the file: nights have a made-up one, the time of day is right.",
        "file",
    ),
    Reason(
        "record_count", "The file holds more records than its header states; all were read.", "file"
    ),
    Reason(
        "without_gravity", "Gravity has been taken out: postures and sleep cannot be seen.", "file"
    ),
    Reason("unit_doubtful", "At rest the values do not add up to 1 g: check the unit.", "file"),
)
"""What readers say of a file, by code: apart, because a file and an event can both be truncated."""

FOUND: dict[str, Reason] = _all(
    Reason("gaps", "Between the first and the last sample there are interruptions.", "file"),
    Reason(
        "idle_sleep_mode",
        "The device stopped recording while it lay still (idle sleep mode): falling asleep cannot "
        "be seen.",
        "file",
    ),
    Reason("too_slow", "Sampled too slowly to show a jerk: a run refuses it.", "file"),
    Reason(
        "stuck_axis",
        "An axis of the sensor was stuck: that time is taken as unobserved.",
        "file",
    ),
    Reason(
        "clipped",
        "Many samples stand at an end of the sensor's range, where stronger movement is cut off.",
        "file_note",
    ),
    Reason(
        "calibration_off",
        "At rest the sensor does not show gravity as it should; onset and counts hardly depend on "
        "it.",
        "file_note",
    ),
    Reason("diary_unrecorded", "The diary has nights that were not recorded.", "file_note"),
)
"""What the samples say of a whole recording, by code."""

UNDONE: dict[str, Reason] = _all(
    Reason("not_a_recording", "No recording; the message says why not.", "undone"),
    Reason("interrupted", "The run ended before it; run again.", "undone"),
    Reason("unreadable", "It cannot be read, or was changed meanwhile.", "undone"),
    Reason(
        "not_written",
        "Its results could not be written; do what the message says, then run again.",
        "undone",
    ),
    Reason("no_date_shift", "Its dates cannot be moved without changing results.", "undone"),
    Reason("killed", "Its process was killed, twice; most often memory was short.", "undone"),
    Reason("out_of_memory", "The memory did not suffice, twice.", "undone"),
    Reason("crashed", "A mistake in the program; log names the traceback to report.", "undone"),
    Reason("lost", "Its results are gone, incomplete or of another version; run again.", "undone"),
)
"""Why an input has no results, by code."""


def sentence(code: str) -> str:
    """Sentence of an event's or a night's code.

    Raises
    ------
    KeyError
        If there is no such code: codes and sentences belong together, so this is a mistake here.
    """
    return REASONS[code].sentence
