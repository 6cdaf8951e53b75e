"""Sensor Logger, an app for phones and watches: time in ns, seconds_elapsed, then z, y, x.

``TotalAcceleration`` is in m/s², ``Accelerometer`` too but without gravity, the uncalibrated one of
an iPhone in g. Which of them a file is, its values tell.
"""

from __future__ import annotations

from ....model import ReadOptions
from ....place import Place
from ..facts import Facts

TABLES = (
    "WristMotion.csv",
    "TotalAcceleration.csv",
    "AccelerometerUncalibrated.csv",
    "Accelerometer.csv",
)
"""In the archive of a recording, in this order: what was worn; then with gravity; then without."""

_NAMES = {"time", "seconds_elapsed", "x", "y", "z"}


def recognise(_path: Place, head: bytes, _options: ReadOptions) -> Facts | None:
    """Look at the names."""
    line = head.partition(b"\n")[0].decode("latin-1").strip()
    if {name.strip(' "') for name in line.split(",")} != _NAMES:
        return None
    return Facts(device="Sensor Logger", unit_without_gravity="m/s2")
