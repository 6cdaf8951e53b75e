"""Mean and spread of times of day: on a circle, where 23:50 and 00:10 are 20 minutes apart.

Mean direction and circular standard deviation as in Fisher 1993, Statistical Analysis of Circular
Data, 2.3 (the same in Mardia & Jupp 2000, Directional Statistics, 2.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, fsum, hypot, log, pi, sin, sqrt

DAY_MIN = 24 * 60
_NO_DIRECTION = 1e-9
"""Mean resultant length below which times cancel out, so that no time of day is their mean."""


def mean_clock(times_min: Sequence[float]) -> tuple[float | None, float | None]:
    """Return mean and standard deviation of times of day, in minutes.

    Parameters
    ----------
    times_min
        Minutes since midnight; whole days more or less are the same time.

    Returns
    -------
    tuple
        The mean, from 0 to 1440, and sqrt(-2 ln R), R the mean resultant length. None where
        unknown: no times, times that cancel out, and the deviation of a single one.
    """
    n = len(times_min)
    angles = [t * 2 * pi / DAY_MIN for t in times_min]
    x, y = fsum(map(cos, angles)), fsum(map(sin, angles))
    length = hypot(x, y) / n if n else 0.0
    if length < _NO_DIRECTION:
        return None, None
    mean_min = atan2(y, x) * DAY_MIN / (2 * pi) % DAY_MIN
    if n == 1:
        return mean_min, None
    return mean_min, sqrt(-2 * log(min(length, 1.0))) * DAY_MIN / (2 * pi)


def clock_text(time_min: float | None) -> str | None:
    """Return a time of day as a clock without seconds shows it: ``23:41`` until 23:42."""
    if time_min is None:
        return None
    minute = round(time_min * 60) // 60 % DAY_MIN
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minutes_of(local_time: str) -> float:
    """Return the minutes since midnight of a local time as the tables have it."""
    hours, minutes, seconds = local_time[11:19].split(":")
    return int(hours) * 60 + int(minutes) + int(seconds) / 60
