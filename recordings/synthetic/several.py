"""One sleeper, several sensors: the same night seen from several limbs, by clocks that disagree.

The night is planned once (:mod:`.plan`). Every movement then reaches some of four limbs, and each
sensor that sits on one of them sees its own version: another lever and direction, another size, a
short lag. What moves the mattress reaches all of them; a jerk of another limb does, weakly.

How often a limb moves alone is taken from visible movements of healthy sleepers: 71.5 % unilateral,
53.3 % focal (Stefani 2015). Lags, sizes beside each other and what a mattress passes on are choices
for which no source exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..model import SECOND_NS
from .activity import Awake, Vehicle
from .movements import Jerk, Movement, Moves, Rhythm, Ring
from .night import Planned, Schedule
from .plan import Plan, assembled, course
from .recipe import Recipe
from .vectors import across, direction

Limb = tuple[Literal["arm", "leg"], Literal["left", "right"]]
Call = Literal["focal", "bilateral", "whole_body", "shared_disturbance"]

_LIMBS: tuple[Limb, ...] = (("arm", "left"), ("arm", "right"), ("leg", "left"), ("leg", "right"))
_MOVED = (0.533, 0.182, 0.285)
"""Shares of limb movements that are of one limb, of both arms or legs, and of all."""
_STARTS = (0.34, 0.33, 0.33)
"""The same for sleep starts, of which nobody knows it."""
_PASSED_ON = 0.04
"""Of a jerk's size, through body and mattress to limbs that take no part."""
_FELT_G = 0.004
_LONGEST_LAG_S = 0.15
_LONGEST_JERK_LAG_S = 0.04

JOINT = np.dtype([("time_ns", "i8"), ("call", "U20"), ("moved", "U16")])
"""A sleep start, or a shake of the mattress that may pass for one: the wearer's true time in ns
since 1970, what it is to the sensors worn, and which of them took part (indices, joined)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One sensor and its clock, which shows ``time * (1 + drift) + offset``."""

    site: Literal["wrist", "ankle", "thigh"] = "wrist"
    side: Literal["left", "right"] = "left"
    offset_s: float = 0.0
    """At the recording's start: how far ahead of the true time the clock is."""
    drift_ppm: float = 0.0
    device: str = "ax6"
    rate_hz: float | None = 50

    @property
    def limb(self) -> Limb:
        """What it sits on."""
        return "arm" if self.site == "wrist" else "leg", self.side


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Several:
    """Recordings of one night."""

    plans: tuple[Plan, ...]
    """In the order of the sensors; times of each are its own clock's."""
    joint: NDArray[np.void]
    """Of dtype :data:`JOINT`, in order of time; those that at least one sensor saw."""


def several(
    seed: int, sensors: Sequence[Sensor], recipe: Recipe | None = None, *, shakes: int = 3
) -> Several:
    """Plan one night for several sensors.

    Parameters
    ----------
    seed
        Not negative; the night is that of :func:`.plan.plan`.
    sensors
        What is worn.
    recipe
        Its device, rate and site are those of each sensor instead.
    shakes
        How often in the night the mattress is shaken so much (55 to 78 mg) that one sensor alone
        may take it for a sleep start.
    """
    recipe = Recipe() if recipe is None else recipe
    nights, planned = course(seed, recipe)
    planned = _with_shakes(np.random.default_rng([seed, 7]), planned, nights, shakes)
    reach = [_reach(np.random.default_rng([seed, 8, i]), p) for i, p in enumerate(planned)]
    plans = tuple(
        _sensed(seed, k, sensor, recipe, nights, list(zip(planned, reach, strict=True)))
        for k, sensor in enumerate(sensors)
    )
    start_ns = plans[0].start_ns if plans else 0
    rows = []
    for item, limbs in zip(planned, reach, strict=True):
        moved = [k for k, sensor in enumerate(sensors) if sensor.limb in limbs]
        call = _call(item, [sensors[k].limb for k in moved], len(sensors))
        if call and moved:
            time_ns = start_ns + round(item.movement.start_s * SECOND_NS)
            rows.append((time_ns, call, ";".join(map(str, moved))))
    return Several(plans=plans, joint=np.array(rows, JOINT))


def _call(item: Planned, moved: Sequence[Limb], worn: int) -> Call | None:
    """Say what it is to those who see no more than the sensors do."""
    if item.movement.cause == "partner":
        return "shared_disturbance" if worn > 1 else None
    if item.movement.cause != "sleep_start":
        return None
    if len({kind for kind, _ in moved}) > 1:
        return "whole_body"
    return "bilateral" if len(set(moved)) > 1 else "focal"


def _with_shakes(
    rng: Generator, planned: Sequence[Planned], nights: Sequence[Schedule], count: int
) -> list[Planned]:
    """Add shakes of the mattress where nothing else moves for 20 s to both sides."""
    added = list(planned)
    for index, night in enumerate(nights):
        ends = [p.movement.start_s + p.movement.length_s for p in planned]
        begins = [p.movement.start_s for p in planned]
        free = [
            (a + 20, b - 22)
            for a, b in zip(np.maximum.accumulate(ends)[:-1], begins[1:], strict=True)
            if b - a > 60 and a > night.onset_s and b < night.wake_s
        ]
        for i in rng.permutation(len(free))[:count].tolist():
            shake = Ring(
                cause="partner",
                start_s=float(rng.uniform(*free[i])),
                hz=rng.uniform(3.5, 6),
                peak_g=rng.uniform(0.055, 0.072),
                rise_s=0.03,
                decay_s=rng.uniform(0.1, 0.2),
                along=direction(rng),
            )
            added.append(Planned(movement=shake, night=index))
    return sorted(added, key=lambda p: p.movement.start_s)


def _reach(rng: Generator, item: Planned) -> frozenset[Limb]:
    """Draw which limbs a movement moves."""
    cause = item.movement.cause
    limb = _LIMBS[int(rng.integers(4))]
    if cause in {"twitch", "tap", "scratch", "shaking", "train"}:
        return frozenset({limb})
    if cause == "plm":
        legs = _LIMBS[2:]
        return frozenset(legs if rng.uniform() < 0.5 else {legs[int(rng.integers(2))]})
    if cause not in {"limb", "sleep_start"}:
        return frozenset(_LIMBS)
    kind = rng.choice(3, p=_STARTS if cause == "sleep_start" else _MOVED)
    if kind == 0:
        return frozenset({limb})
    return frozenset(_LIMBS if kind == 2 else [each for each in _LIMBS if each[0] == limb[0]])


def _sensed(
    seed: int,
    number: int,
    sensor: Sensor,
    recipe: Recipe,
    nights: Sequence[Schedule],
    happened: Sequence[tuple[Planned, frozenset[Limb]]],
) -> Plan:
    """Plan what one sensor sees, by its own clock."""

    def clock(time_s: float) -> float:
        return time_s * (1 + sensor.drift_ppm * 1e-6) + sensor.offset_s

    seen = []
    for i, (item, limbs) in enumerate(happened):
        rng = np.random.default_rng([seed, 9, number, i])
        own = _own(rng, item) if sensor.limb in limbs else _passed_on(rng, item)
        if own is not None:
            at_s = clock(own.movement.start_s)
            seen.append(replace(own, movement=_at(own.movement, at_s)))
    own_nights = [
        replace(
            night,
            **{name: clock(getattr(night, name)) for name in _TIMES},
            awakenings=tuple((clock(a), clock(b)) for a, b in night.awakenings),
        )
        for night in nights
    ]
    site: Literal["wrist", "ankle"] = "wrist" if sensor.site == "wrist" else "ankle"
    own_recipe = replace(recipe, device=sensor.device, rate_hz=sensor.rate_hz, site=site)
    seen.sort(key=lambda p: p.movement.start_s)
    return assembled(1000 * seed + number, own_recipe, own_nights, seen)


_TIMES = ("bed_s", "settled_s", "onset_s", "wake_s")


def _at(movement: Any, start_s: float) -> Any:
    return replace(movement, start_s=start_s)


def _passed_on(rng: Generator, item: Planned) -> Planned | None:
    """Return what a limb feels of another's jerk; None if nothing."""
    peak_g = _PASSED_ON * (item.size_mg or 0.0) / 1000
    if item.movement.cause != "sleep_start" or peak_g < _FELT_G:
        return None
    ring = Ring(
        cause="partner",
        start_s=item.movement.start_s,
        hz=rng.uniform(3, 7),
        peak_g=peak_g * rng.uniform(0.5, 1.5),
        rise_s=0.05,
        decay_s=rng.uniform(0.25, 0.6),
        along=direction(rng),
    )
    return replace(item, movement=ring, size_mg=None)


def _own(rng: Generator, item: Planned) -> Planned:
    """Return a movement as another limb makes it: at nearly the same time, in its own way."""
    movement, size_mg = item.movement, item.size_mg
    if size_mg is not None:
        size_mg = float(np.clip(size_mg * np.exp(0.35 * rng.standard_normal()), 5, 1500))
    return replace(item, movement=_turned(rng, movement), size_mg=size_mg)


def _turned(rng: Generator, movement: Movement) -> Movement:
    if isinstance(movement, Moves):
        lag_s = rng.uniform(0, _LONGEST_LAG_S)
        return replace(_own_moves(rng, movement), start_s=movement.start_s + lag_s)
    if isinstance(movement, Jerk):
        axis = direction(rng)
        return replace(
            movement,
            start_s=movement.start_s + rng.uniform(0, _LONGEST_JERK_LAG_S),
            axis=axis,
            radius=across(axis, rng),
            shift_axis=direction(rng),
            lever_m=movement.lever_m * rng.uniform(0.8, 1.2),
            arousal=None if movement.arousal is None else _own_moves(rng, movement.arousal),
        )
    if isinstance(movement, Ring):
        size_g = movement.peak_g * rng.uniform(0.85, 1.15)
        return replace(movement, peak_g=size_g, along=direction(rng))
    if isinstance(movement, Rhythm):
        return replace(movement, along=direction(rng), tilt_axis=direction(rng))
    by_seed = cast(Awake | Vehicle, movement)  # there are no others
    return replace(by_seed, seed=int(rng.integers(2**31)))


def _own_moves(rng: Generator, moves: Moves) -> Moves:
    """Take the same steps about another axis, larger or smaller."""
    axis, size = direction(rng), rng.uniform(0.7, 1.2)
    steps = tuple(
        replace(
            step,
            axis=axis,
            angle_rad=step.angle_rad * size,
            push_m=np.linalg.norm(step.push_m) * size * direction(rng),
        )
        for step in moves.steps
    )
    return replace(moves, steps=steps)
