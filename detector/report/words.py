"""What codes are called in the pages, and how each kind of event looks in every picture."""

from __future__ import annotations

from dataclasses import dataclass

from detector.reasons import REASONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How events of one kind are called and marked."""

    name: str
    counted: str = ""
    """What it is called where it is counted; the other name is of a shape, whenever it comes."""
    path: str
    """SVG path of the mark around the origin, about ten units wide."""
    symbol: str
    """The same shape as plotly calls it."""
    colour: str
    in_the_dark: str
    """Colour on a dark page."""


LOOKS: dict[str, Look] = {
    "sleep_start": Look(
        name="Jerk like a sleep start",
        counted="Sleep start",
        path="M0-5 5 0 0 5-5 0z",
        symbol="diamond",
        colour="#c44601",
        in_the_dark="#ff8a4c",
    ),
    "sleep_start_with_arousal": Look(
        name="Jerk, then movement",
        counted="Sleep start, then movement",
        path="M0-5 4.8-1.5 2.9 4-2.9 4-4.8-1.5z",
        symbol="pentagon",
        colour="#a0327d",
        in_the_dark="#ec8fd0",
    ),
    "micro_twitch": Look(
        name="Small twitch",
        path="M-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0z",
        symbol="circle",
        colour="#7b8190",
        in_the_dark="#8e96a6",
    ),
    "limb_movement": Look(
        name="Limb movement",
        path="M0-4 4 3.5-4 3.5z",
        symbol="triangle-up",
        colour="#2f86c5",
        in_the_dark="#6fb8ee",
    ),
    "periodic_limb_movement": Look(
        name="Periodic limb movement",
        path="M0 4-4-3.5 4-3.5z",
        symbol="triangle-down",
        colour="#0b4f8a",
        in_the_dark="#4f9be0",
    ),
    "rhythmic_train": Look(
        name="Rhythmic train",
        path="M-4-4 4-4-4 4 4 4z",
        symbol="hourglass",
        colour="#00805c",
        in_the_dark="#42c79c",
    ),
    "body_movement": Look(
        name="Body movement",
        path="M-3.5-3.5H3.5V3.5H-3.5z",
        symbol="square",
        colour="#8a8f9c",
        in_the_dark="#7d8596",
    ),
    "impact": Look(
        name="Knock on the sensor",
        path="M-4-2.6-2.6-4 0-1.4 2.6-4 4-2.6 1.4 0 4 2.6 2.6 4 0 1.4-2.6 4-4 2.6-1.4 0z",
        symbol="x",
        colour="#1c2230",
        in_the_dark="#e8e6e0",
    ),
    "disturbance": Look(
        name="Outside disturbance",
        path="M-1.3-4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4V-1.3H-1.3z",
        symbol="cross",
        colour="#96720c",
        in_the_dark="#dcb13c",
    ),
    "brief_other": Look(
        name="Other brief movement",
        path="M-3.5 0a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0z"
        "M-2.3 0a2.3 2.3 0 1 1 4.6 0 2.3 2.3 0 1 1-4.6 0z",
        symbol="circle-open",
        colour="#6b5b95",
        in_the_dark="#b3a4e0",
    ),
}
"""In the order in which kinds are listed."""

CONTEXT: dict[str, str] = {
    "onset": "in the onset window",
    "reonset": "at a return to sleep",
    "sleep": "during sleep",
    "pre_sleep": "before sleep",
    "post_wake": "after waking",
    "unusable": "in unusable time",
}
ASLEEP = ("onset", "reonset", "sleep")
"""Contexts whose events stand out from the others."""

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


def style() -> str:
    """Return the colours of the kinds: as variables, and of the marks in the text."""

    def variables(colours: dict[str, str]) -> str:
        return ":root{" + "".join(f"--kind-{k}:{colour};" for k, colour in colours.items()) + "}"

    light = variables({kind: look.colour for kind, look in LOOKS.items()})
    dark = variables({kind: look.in_the_dark for kind, look in LOOKS.items()})
    marks = "".join(f".mark.{kind}{{color:var(--kind-{kind});}}" for kind in LOOKS)
    return f"{light}\n@media (prefers-color-scheme: dark){{{dark}}}\n{marks}\n"


def is_note(code: str) -> bool:
    """Whether a night's reason is only worth knowing: it neither stops nor limits the count."""
    return REASONS[code].level == "note"
