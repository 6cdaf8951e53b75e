"""phyphox, an app for phones: beside the table, ``meta/time.csv`` says when it was started.

The table counts seconds of the experiment, which stand still in a pause. Each ``START`` has its
time in the experiment, and in seconds since 1970 in UTC. Separator and decimal mark are the user's
choice.
"""

from __future__ import annotations

from collections.abc import Sequence

from ....model import SECOND_NS
from ..facts import Facts
from ..text import is_number

TABLES = ("Raw Data.csv", "Accelerometer.csv", "Acceleration.csv", "Linear Accelerometer.csv")
"""In this order; the last is without gravity."""

_EVENTS = "meta/time.csv"
_LATEST_S = 4.1e9
"""Seconds since 1970 of the year 2099."""


def events_member(members: Sequence[str]) -> str | None:
    """Return the member of an archive that holds the times of start, if it is of phyphox."""
    found = [name for name in members if name.lower().endswith(_EVENTS)]
    return found[0] if len(found) == 1 else None


def facts(events: bytes) -> Facts:
    """Return what is known of the table, by the content of ``meta/time.csv``."""
    lines = events.decode("utf-8-sig", errors="replace").splitlines()
    delimiter = next((mark for mark in (";", "\t") if lines and mark in lines[0]), ",")
    starts = []
    for line in lines:
        event, *cells = (cell.strip() for cell in line.replace('"', "").split(delimiter))
        texts = [cell.replace(",", ".") for cell in cells[:2]]
        if event.upper() != "START" or len(texts) < 2:
            continue
        if all(is_number(text, ".") for text in texts):
            experiment_s, unix_s = (float(text) for text in texts)
            if not (abs(experiment_s) < _LATEST_S and 0 < unix_s < _LATEST_S):
                continue
            starts.append((round(experiment_s * SECOND_NS), round(unix_s * SECOND_NS)))
    return Facts(device="phyphox", starts=tuple(sorted(starts)))
