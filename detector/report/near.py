"""Why a near miss is none: the conditions of a sleep start that it fails, and by how much."""

from __future__ import annotations

from dataclasses import dataclass

from detector.nights.kinds import Condition, own_evidence, sleep_start_conditions
from detector.nights.night import Events
from detector.settings import Settings

from .cells import Cells

NAMES = {
    "peak_accel_mg": ("peak", " mg"),
    "peak_jerk_g_per_s": ("jerk", " g/s"),
    "width_s": ("width", " s"),
    "hf_lf_ratio": ("knock ratio", ""),
    "effective_hz": ("frequency", " Hz"),
    "still_before_s": ("stillness before", " s"),
    "duration_s": ("length", " s"),
    "n_bursts": ("bursts", ""),
    "posture_change_deg": ("turn", "°"),
    "likeness": ("likeness", ""),
}
"""What the columns of a sleep start's conditions are called, with their units."""


@dataclass(frozen=True, slots=True)
class Failed:
    """One condition that an event does not meet."""

    name: str
    value: str
    limit: str


def failed_conditions(
    events: Events, place: int, row: Cells, settings: Settings, step_g: float
) -> tuple[Failed, ...]:
    """Return the conditions of a counted sleep start that an event fails, in the rules' order.

    Parameters
    ----------
    events
        The night's events.
    place
        Which of them.
    row
        Its row of ``events.csv``; the values shown are its texts.
    settings
        Whose limits are in force.
    step_g
        The sensor's step, which sets the smallest size that is counted.
    """
    evidence = own_evidence(events.candidates[place : place + 1])
    evidence["likeness"] = events.likeness[place : place + 1]
    return tuple(
        _failed(condition, row)
        for condition in sleep_start_conditions(settings.kinds, step_g)
        if not condition.holds(evidence)[0]
    )


def _failed(condition: Condition, row: Cells) -> Failed:
    name, unit = NAMES[condition.column]
    side = "at least" if condition.sure > condition.limit else "at most"
    value = row[condition.column]
    return Failed(
        name, f"{value}{unit}" if value else "unknown", f"{side} {condition.limit:g}{unit}"
    )
