"""The few settings that matter, each a fifth lower and higher."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from detector.settings import Settings

from .comparing import AS_SHIPPED, Variant

STEPS = {"lower": 0.8, "higher": 1.2}
VARIED = (
    ("scan", "on_factor"),
    ("kinds", "accel_min_mg"),
    ("kinds", "jerk_min_g_per_s"),
    ("kinds", "likeness_least"),
    ("kinds", "width_max_s"),
    ("kinds", "effective_low_hz"),
    ("kinds", "duration_max_s"),
    ("kinds", "still_before_s"),
    ("window", "before_min"),
    ("window", "after_min"),
    ("sleep", "moved_awake_pct"),
    ("sleep", "moved_asleep_pct"),
)


def all_variants() -> list[Variant]:
    """Return the defaults, and every setting that matters moved both ways."""
    return [AS_SHIPPED, *_moved()]


def _moved() -> Iterator[Variant]:
    default = Settings()
    for group, name in VARIED:
        own = getattr(default, group)
        for factor in STEPS.values():
            names = [name, "accel_min_coarse_mg"] if name == "accel_min_mg" else [name]
            changed = replace(own, **{n: round(getattr(own, n) * factor, 6) for n in names})
            label = f"`{group}.{name}` at {getattr(changed, name):g}"
            yield Variant(name=label, settings=replace(default, **{group: changed}))
