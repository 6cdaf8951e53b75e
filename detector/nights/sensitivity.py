"""How much a night's count hangs on the limits, and the smallest jerk that it could hold."""

from __future__ import annotations

import math
from dataclasses import fields, replace

from ..settings import KindSettings, Settings
from .kinds import least_size_mg

STRICTER, LAXER = 1.2, 1 / 1.2
"""By how much limits are moved for the second and third count."""
TYPICAL_HZ = 2.5
"""Effective frequency of a sleep start: peak jerk over peak acceleration and 2 pi; 2.1 to 2.9 in
four of five planted ones (development nights)."""

_LOWER = ("accel_min_mg", "accel_min_coarse_mg", "jerk_min_g_per_s", "likeness_least")
_UPPER = ("width_max_s", "duration_max_s", "posture_max_deg")


def moved(settings: KindSettings, factor: float) -> KindSettings:
    """All limits of a counted sleep start moved by a factor, within what each of them may be.

    Above 1 the lower limits (size, jerk, likeness) rise and the upper ones (width, duration,
    posture change) fall; below 1 the other way round.
    """
    bounds = {f.name: (f.metadata["low"], f.metadata["high"]) for f in fields(settings)}
    changes = {}
    for names, by in ((_LOWER, factor), (_UPPER, 1 / factor)):
        for name in names:
            low, high = bounds[name]
            changes[name] = min(max(getattr(settings, name) * by, low), high)
    changes["accel_listed_mg"] = min(
        settings.accel_listed_mg, changes["accel_min_mg"], changes["accel_min_coarse_mg"]
    )
    changes["arousal_posture_max_deg"] = max(
        settings.arousal_posture_max_deg, changes["posture_max_deg"]
    )
    return replace(settings, **changes)


def smallest_countable_mg(
    floor_g_per_s: float | None, settings: Settings, step_g: float
) -> float | None:
    """Peak acceleration of the smallest sleep start that could have been counted.

    It must be as large as counted ones are, and its jerk, at ``TYPICAL_HZ``, above the threshold
    over this noise floor and above the least jerk of a sleep start. None without a floor.
    """
    if floor_g_per_s is None:
        return None
    scan = settings.scan
    jerk_g_per_s = max(
        scan.on_factor * min(floor_g_per_s, scan.floor_max_g_per_s),
        scan.jerk_min_g_per_s,
        scan.jerk_min_per_step * 1000 * step_g,
        settings.kinds.jerk_min_g_per_s,
    )
    return max(least_size_mg(step_g, settings.kinds), 1000 * jerk_g_per_s / (math.tau * TYPICAL_HZ))
