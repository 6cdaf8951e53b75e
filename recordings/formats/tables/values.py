"""How the values of a table become g."""

from __future__ import annotations

from dataclasses import dataclass

from ...model import RecordingError, Remark, Scale
from ..units import NO_GRAVITY_G, UNIT_GAIN_G, choose_unit, doubts, resting_magnitude, unit_at_rest
from .facts import Facts
from .look import Look

LIKELY_REST_G = (0.5, 2.0)
"""Values whose unit is known by their origin are something else if they rest outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """How the values of a table become g."""

    scale: Scale
    note: str
    """The unit, and how it is known."""
    zero: tuple[float, float, float] | None
    """The values that mean 0 g on all axes; None without gravity: there they may be measured."""
    remarks: tuple[Remark, ...]

    @classmethod
    def of(cls, look: Look, facts: Facts, stated: str | None) -> Values:
        """Decide on the unit, and say if gravity is missing or the unit looks wrong."""
        path, columns = look.table.path, look.table.columns
        if facts.scale is not None:
            scale, note = facts.scale, f"{facts.unit} ({facts.format})"
            rest_g = resting_magnitude(scale.to_g(look.rows.samples))
            if not LIKELY_REST_G[0] <= rest_g <= LIKELY_REST_G[1]:
                problem = (
                    f"should be in {facts.unit}, but has a magnitude of {rest_g:.4g} g at rest"
                )
                raise RecordingError(path, problem, remedy="export the raw data in g")
        else:
            rest = resting_magnitude(look.rows.samples)
            named, expected = columns.unit, facts.unit_without_gravity
            if expected and stated is None and unit_at_rest(rest) is None:
                small = rest * UNIT_GAIN_G[expected] < NO_GRAVITY_G
                named = named or (expected if small else None)
            unit, reason = choose_unit(path, rest, named=named, stated=stated)
            scale, note = Scale(gain_g=(UNIT_GAIN_G[unit],) * 3), f"{unit} ({reason})"
            rest_g = rest * UNIT_GAIN_G[unit]
        weighs = rest_g >= NO_GRAVITY_G and not columns.without_gravity
        x, y, z = (-o / g for g, o in zip(scale.gain_g, scale.offset_g, strict=True))
        return cls(
            scale=scale,
            note=note,
            zero=(x, y, z) if weighs else None,
            remarks=doubts(rest_g, named_without_gravity=columns.without_gravity),
        )
