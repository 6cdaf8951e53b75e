"""What codes are called in the pages, and the mark each kind of event has in every picture."""

from __future__ import annotations

from detector.reasons import REASONS

KIND: dict[str, str] = {
    "sleep_start": "Jerk like a sleep start",
    "sleep_start_with_arousal": "Jerk, then movement",
    "micro_twitch": "Small twitch",
    "limb_movement": "Limb movement",
    "periodic_limb_movement": "Periodic limb movement",
    "rhythmic_train": "Rhythmic train",
    "body_movement": "Body movement",
    "impact": "Knock on the sensor",
    "disturbance": "Outside disturbance",
    "brief_other": "Other brief movement",
}
"""In the order in which kinds are listed. The first two name a shape, whenever it comes."""

COUNTED: dict[str, str] = {
    "sleep_start": "Sleep start",
    "sleep_start_with_arousal": "Sleep start, then movement",
}
"""What those two are called where they are counted."""

CONTEXT: dict[str, str] = {
    "onset": "in the onset window",
    "reonset": "at a return to sleep",
    "sleep": "during sleep",
    "pre_sleep": "before sleep",
    "post_wake": "after waking",
    "unusable": "in unusable time",
}

STATUS: dict[str, str] = {
    "ok": "Analysed",
    "limited": "Analysed, with limits",
    "not_analysable": "No count",
}

SOURCE: dict[str, str] = {
    "hypnogram": "hypnogram",
    "diary": "diary",
    "hdcza": "posture (HDCZA)",
    "still_block": "stillness in the night",
}
"""How the sleep period was found."""

CONFIDENCE = ("high", "medium", "low")

MARK: dict[str, str] = {
    "sleep_start": "M0-5 5 0 0 5-5 0z",
    "sleep_start_with_arousal": "M0-5 4.8-1.5 2.9 4-2.9 4-4.8-1.5z",
    "micro_twitch": "M-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0z",
    "limb_movement": "M0-4 4 3.5-4 3.5z",
    "periodic_limb_movement": "M0 4-4-3.5 4-3.5z",
    "rhythmic_train": "M-4-4 4-4-4 4 4 4z",
    "body_movement": "M-3.5-3.5H3.5V3.5H-3.5z",
    "impact": "M-4-2.6-2.6-4 0-1.4 2.6-4 4-2.6 1.4 0 4 2.6 2.6 4 0 1.4-2.6 4-4 2.6-1.4 0z",
    "disturbance": "M-1.3-4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4V-1.3H-1.3z",
    "brief_other": (
        "M-3.5 0a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0z"
        "M-2.3 0a2.3 2.3 0 1 1 4.6 0 2.3 2.3 0 1 1-4.6 0z"
    ),
}
"""SVG path of each kind's mark around the origin, about ten units wide; ``timeline.js`` asks
plotly for the same shapes: diamond, pentagon, dot, triangles, hourglass, square, cross, plus,
ring."""


def is_note(code: str) -> bool:
    """Whether a night's reason is only worth knowing: it neither stops nor limits the count."""
    return REASONS[code].level == "note"
