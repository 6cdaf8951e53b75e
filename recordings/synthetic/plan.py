"""A whole recording with everything that is known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from ..model import SECOND_NS
from .background import Background
from .devices import Device, times_ns
from .movements import Jerk, Movement, Moves
from .night import GETTING_UP_S, Planned, Schedule, movements, schedule, waking
from .recipe import Recipe
from .truth import KINDS, TRUTH, Measure, measure
from .vectors import Array, direction

_DAY_S = 86_400.0
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (device time is naive by nature)


@dataclass(frozen=True, slots=True, kw_only=True)
class NightTruth:
    """One night, in device ns. Parts of it may lie outside the recording."""

    bed_ns: int
    settled_ns: int
    """End of the movement of waking life."""
    onset_ns: int
    """True sleep onset: settled, and after the quiet wakefulness."""
    wake_ns: int
    awakenings: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A recording that can be sampled, and the truth about it."""

    seed: int
    recipe: Recipe
    true_hz: float
    """Samples per second of device time."""
    start_ns: int
    samples: int
    nights: tuple[NightTruth, ...]
    """Nights whose time in bed overlaps the recording."""
    truth: NDArray[np.void]
    """Movements in bed, of dtype :data:`.truth.TRUTH`, ordered by peak; those whose peak lies
    within the recording. Movement out of bed has no rows: see :attr:`out_of_bed`."""
    out_of_bed: tuple[tuple[int, int, str], ...]
    """Stretches of waking life out of bed: start and end in device ns, and ``walk``, ``fidget`` or
    ``sit``."""
    movements: tuple[Movement, ...]
    ups: tuple[Array, ...]
    """Specific force at rest before each movement, and after the last."""
    background: Background

    @property
    def device(self) -> Device:
        """The device class."""
        return self.recipe.sensor

    @property
    def end_ns(self) -> int:
        """Device time of the sample that would follow the last one."""
        return int(times_ns(self.start_ns, np.array([self.samples]), self.true_hz)[0])

    def rows(self, *kinds: str) -> NDArray[np.void]:
        """Rows of :attr:`truth` of the given kinds."""
        return self.truth[np.isin(self.truth["kind"], kinds)]


def plan(seed: int, recipe: Recipe | None = None) -> Plan:
    """Plan a recording.

    The same seed and recipe give the same recording on every run. Another device or rate gives the
    same night seen by another sensor; more hours give the same night and what follows; another
    number of sleep starts leaves everything else where it has room.

    Parameters
    ----------
    seed
        Not negative.
    recipe
        None for an ordinary night on a GENEActiv.
    """
    recipe = Recipe() if recipe is None else recipe
    return assembled(seed, recipe, *course(seed, recipe))


def begin_of(recipe: Recipe) -> int:
    """Return the device time of a recipe's first sample, in ns since 1970."""
    start = datetime.fromisoformat(recipe.start)
    return round((start - _EPOCH) / timedelta(microseconds=1)) * 1000


def assembled(
    seed: int, recipe: Recipe, nights: Sequence[Schedule], planned: Sequence[Planned]
) -> Plan:
    """Return the plan of a sensor to which all of this happens.

    Parameters
    ----------
    seed
        Of noise, background and first posture.
    recipe
        Of the recording.
    nights
        Those that overlap it.
    planned
        Movements in the order of their beginning.
    """
    start_ns = begin_of(recipe)
    true_hz = recipe.sensor.true_hz(recipe.nominal_hz)
    count = int(recipe.hours * 3600 * true_hz)
    settled = _settle(seed, planned)
    moved, ups, _ = settled
    return Plan(
        seed=seed,
        recipe=recipe,
        true_hz=true_hz,
        start_ns=start_ns,
        samples=count,
        nights=tuple(night_truth(night, start_ns) for night in nights),
        truth=_truth(start_ns, count / true_hz, nights, planned, settled),
        out_of_bed=tuple(
            (device_ns(m.start_s, start_ns), device_ns(m.start_s + m.length_s, start_ns), m.cause)
            for m in moved
            if m.cause not in KINDS
        ),
        movements=moved,
        ups=ups,
        background=Background.draw(seed, moved, ups),
    )


def course(seed: int, recipe: Recipe) -> tuple[list[Schedule], list[Planned]]:
    """Every night and day that overlaps the recording; movements in order of their beginning."""
    start = datetime.fromisoformat(recipe.start)
    true_hz = recipe.sensor.true_hz(recipe.nominal_hz)
    length_s = int(recipe.hours * 3600 * true_hz) / true_hz
    bed = datetime.combine(start.date(), time.fromisoformat(recipe.bed_time))
    usual_s = (bed - start).total_seconds()
    nights: list[Schedule] = []
    planned: list[Planned] = []
    # The night before may reach into the recording; before that one nothing does.
    up_since_s = usual_s
    for day in range(-1, int((length_s - usual_s) // _DAY_S) + 2):
        night = schedule(recipe, seed, day, usual_s + day * _DAY_S)
        planned += waking(seed, day, up_since_s, night.bed_s)
        up_since_s = night.wake_s + GETTING_UP_S
        if night.wake_s > 0 and night.bed_s < length_s:
            planned += movements(recipe, seed, day, night, index=len(nights))
            nights.append(night)
    inside = [
        p
        for p in planned
        if p.movement.start_s + p.movement.length_s > 0 and p.movement.start_s < length_s
    ]
    return nights, sorted(inside, key=lambda p: p.movement.start_s)


def _settle(
    seed: int, planned: Sequence[Planned]
) -> tuple[tuple[Movement, ...], tuple[Array, ...], list[Measure | None]]:
    """Follow gravity from movement to movement, size and measure each."""
    up = direction(np.random.default_rng([seed, 0, 101]))
    ups, moved, measures = [up], [], []
    for item in planned:
        movement = item.movement
        if item.size_mg is not None and isinstance(movement, Jerk):
            movement = fitted(movement, item.size_mg, up)
        measures.append(measure(movement, up) if movement.cause in KINDS else None)
        up = movement.settled(up)
        up = up / np.linalg.norm(up)
        moved.append(movement)
        ups.append(up)
    return tuple(moved), tuple(ups), measures


def fitted(jerk: Jerk, size_mg: float, up: Array) -> Jerk:
    """Return the jerk with the gain that gives it the wanted size, to 0.5 %.

    Its arousal and its shift have sizes of their own and stay.
    """
    for _ in range(8):
        size = measure(jerk, up).size_mg
        if abs(size / size_mg - 1) < 0.005:
            break
        jerk = replace(jerk, gain_rad=jerk.gain_rad * size_mg / size)
    return jerk


def device_ns(time_s: float, start_ns: int) -> int:
    """Return the device time of a time since the start."""
    return start_ns + round(time_s * SECOND_NS)


def night_truth(night: Schedule, start_ns: int) -> NightTruth:
    """Return a schedule in device time."""
    return NightTruth(
        bed_ns=device_ns(night.bed_s, start_ns),
        settled_ns=device_ns(night.settled_s, start_ns),
        onset_ns=device_ns(night.onset_s, start_ns),
        wake_ns=device_ns(night.wake_s, start_ns),
        awakenings=tuple(
            (device_ns(a, start_ns), device_ns(b, start_ns)) for a, b in night.awakenings
        ),
    )


def _truth(
    plan_start_ns: int,
    length_s: float,
    nights: Sequence[Schedule],
    planned: Sequence[Planned],
    settled: tuple[Sequence[Movement], Sequence[Array], Sequence[Measure | None]],
) -> NDArray[np.void]:
    """Tabulate what has been measured."""
    table = np.zeros(len(planned), TRUTH)
    known = np.zeros(len(planned), bool)
    moving_until_s = -np.inf
    for i, (item, movement, up, after, found) in enumerate(
        zip(planned, settled[0], settled[1], settled[1][1:], settled[2], strict=False)
    ):
        end_s = movement.start_s + movement.length_s
        if found is not None:
            row = table[i]
            row["night"], row["cause"], row["kind"] = item.night, movement.cause, _kind(movement)
            if not _wakes(movement):
                end_s = found.end_s
            row["start_ns"], row["peak_ns"], row["end_ns"] = (
                device_ns(t, plan_start_ns) for t in (found.start_s, found.peak_s, end_s)
            )
            row["size_mg"], row["jerk_g_per_s"] = found.size_mg, found.jerk_g_per_s
            row["width_s"], row["bursts"] = found.width_s, _bursts(movement)
            row["shift_deg"] = np.degrees(np.arccos(np.clip(up @ after, -1, 1)))
            row["still_before_s"] = max(0.0, found.start_s - moving_until_s)
            row["onset_offset_s"] = found.peak_s - nights[item.night].onset_s
            known[i] = 0 <= found.peak_s < length_s
        if movement.cause != "vehicle":
            moving_until_s = max(moving_until_s, end_s)
    table = table[known]
    return table[np.argsort(table["peak_ns"], kind="stable")]


def _wakes(movement: Movement) -> bool:
    return isinstance(movement, Jerk) and movement.arousal is not None


def _kind(movement: Movement) -> str:
    return "sleep_start_with_arousal" if _wakes(movement) else KINDS[movement.cause]


def _bursts(movement: Movement) -> int:
    if isinstance(movement, Jerk):
        return len(movement.bursts)
    return len(movement.steps) if isinstance(movement, Moves) else 1
