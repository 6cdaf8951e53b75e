"""A whole recording of the second maker, as the plan that the common sampler reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS
from recordings.synthetic import TRUTH, Plan, Recipe
from recordings.synthetic.background import Background
from recordings.synthetic.movements import Movement, Shape
from recordings.synthetic.night import GETTING_UP_S, Schedule, schedule
from recordings.synthetic.plan import device_ns, night_truth
from recordings.synthetic.truth import Measure, measure
from recordings.synthetic.vectors import Array, direction, faded

from . import draws
from .bodies import Followed, Knock, Thrown, TwoLinks
from .course import Course
from .waking import stretches

CAUSES = {
    "sleep_start": "sleep_start",
    "twitch": "micro_twitch",
    "limb": "limb_movement",
    "turn": "body_movement",
    "plm": "periodic_limb_movement",
    "foot_tremor": "rhythmic_train",
    "alma": "rhythmic_train",
    "rocking": "rhythmic_train",
    "scratch": "rhythmic_train",
    "shaking": "rhythmic_train",
    "tap": "impact",
    "partner": "disturbance",
    "mattress": "disturbance",
    "vehicle": "disturbance",
    "fan": "disturbance",
}
"""The kind of event each cause is. A sleep start that wakes is ``sleep_start_with_arousal``."""

_OTHER = 2_000_003
"""Added to a seed, so that nights of one seed have nothing in common with the first maker's."""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (device time is naive by nature)


def plan(seed: int, recipe: Recipe | None = None) -> Plan:
    """Plan a recording of one night: the same seed and recipe give the same one on every run.

    Parameters
    ----------
    seed
        Not negative.
    recipe
        What :class:`recordings.synthetic.Recipe` says, one night at most.
    """
    recipe = Recipe() if recipe is None else recipe
    start = datetime.fromisoformat(recipe.start)
    start_ns = round((start - _EPOCH).total_seconds()) * SECOND_NS
    true_hz = recipe.sensor.true_hz(recipe.nominal_hz)
    count = int(recipe.hours * 3600 * true_hz)
    bed = datetime.combine(start.date(), time.fromisoformat(recipe.bed_time))
    night = schedule(recipe, seed + _OTHER, 0, (bed - start).total_seconds())
    planned = _course(seed, recipe, night, count / true_hz)
    moved, ups, measures = _settle(seed, planned)
    return Plan(
        seed=seed,
        recipe=recipe,
        true_hz=true_hz,
        start_ns=start_ns,
        samples=count,
        nights=(night_truth(night, start_ns),),
        truth=_truth(start_ns, count / true_hz, night.onset_s, moved, ups, measures),
        out_of_bed=tuple(
            (device_ns(m.start_s, start_ns), device_ns(m.start_s + m.length_s, start_ns), m.cause)
            for m in moved
            if m.cause not in CAUSES
        ),
        movements=moved,
        ups=ups,
        background=Background.draw(seed + _OTHER, moved, ups),
    )


def _course(seed: int, recipe: Recipe, night: Schedule, length_s: float) -> list[draws.Sized]:
    rng = np.random.default_rng([seed + _OTHER, 1])
    planned = Course(recipe, night, np.random.default_rng([seed + _OTHER, 2])).planned
    for begin, end in ((0.0, night.bed_s), (night.wake_s + GETTING_UP_S, length_s)):
        planned += [(stretch, None) for stretch in stretches(rng, begin, end)]
    inside = [p for p in planned if p[0].start_s < length_s]
    return sorted(inside, key=lambda p: p[0].start_s)


def _settle(
    seed: int, planned: Sequence[draws.Sized]
) -> tuple[tuple[Movement, ...], tuple[Array, ...], list[Measure | None]]:
    """Follow gravity from movement to movement, size and measure each."""
    up = direction(np.random.default_rng([seed + _OTHER, 3]))
    ups, moved, measures = [up], [], []
    for movement, size_mg in planned:
        sized = movement if size_mg is None else fitted(movement, size_mg, up)
        measures.append(_measured(sized, up))
        up = sized.settled(up)
        up = up / np.linalg.norm(up)
        moved.append(sized)
        ups.append(up)
    return tuple(moved), tuple(ups), measures


def _measured(movement: Movement, up: Array) -> Measure | None:
    """Measure movements that have a row; of what hums for minutes, half a minute of its middle."""
    if movement.cause not in CAUSES:
        return None
    if movement.cause in ("vehicle", "fan"):
        found = measure(_Middle(movement), up)
        end_s = movement.start_s + movement.length_s
        return replace(found, start_s=movement.start_s, end_s=end_s, width_s=movement.length_s)
    return measure(movement, up)


class _Middle:
    """Half a minute of a lasting movement, faded at both ends."""

    def __init__(self, movement: Movement) -> None:
        self.cause, self.settled, self._whole = movement.cause, movement.settled, movement
        self.length_s = 30.0
        self.start_s = movement.start_s + movement.length_s / 2 - 15.0

    def shape(self, up: Array, bandwidth_hz: float = np.inf) -> Shape:
        """Return the movement's own shape, constant outside the half minute."""
        whole = self._whole.shape(up, bandwidth_hz)
        return lambda t: whole(t) * faded(t - self.start_s, self.length_s, 2.0)[:, np.newaxis]


def fitted(movement: Any, size_mg: float, up: Array) -> Any:
    """Return the movement with the gain that gives it the wanted size, to 0.5 %."""
    for _ in range(12):
        jerk = movement.jerk if isinstance(movement, Followed) else movement
        ratio = size_mg / measure(jerk, up).size_mg
        if abs(ratio - 1) < 0.005:
            break
        jerk = replace(jerk, gain=jerk.gain * ratio)
        movement = replace(movement, jerk=jerk) if isinstance(movement, Followed) else jerk
    return movement


def _truth(
    start_ns: int,
    length_s: float,
    onset_s: float,
    moved: Sequence[Movement],
    ups: Sequence[Array],
    measures: Sequence[Measure | None],
) -> NDArray[np.void]:
    """Tabulate what has been measured, in the columns of the first maker."""
    table = np.zeros(len(moved), TRUTH)
    known = np.zeros(len(moved), bool)
    moving_until_s = -np.inf
    for row, movement, before, after, found, i in zip(
        table, moved, ups, ups[1:], measures, range(len(moved)), strict=False
    ):
        woken = isinstance(movement, Followed)
        end_s = movement.start_s + movement.length_s
        if found is not None:
            end_s = end_s if woken else found.end_s
            row["cause"] = movement.cause
            row["kind"] = "sleep_start_with_arousal" if woken else CAUSES[movement.cause]
            times = (found.start_s, found.peak_s, end_s)
            row["start_ns"], row["peak_ns"], row["end_ns"] = (device_ns(t, start_ns) for t in times)
            row["size_mg"], row["jerk_g_per_s"] = found.size_mg, found.jerk_g_per_s
            row["width_s"], row["bursts"] = found.width_s, _parts(movement)
            row["shift_deg"] = np.degrees(np.arccos(np.clip(before @ after, -1, 1)))
            row["still_before_s"] = max(0.0, found.start_s - moving_until_s)
            row["onset_offset_s"] = found.peak_s - onset_s
            known[i] = 0 <= found.peak_s < length_s
        if movement.cause not in ("vehicle", "fan"):
            moving_until_s = max(moving_until_s, end_s)
    table = table[known]
    return table[np.argsort(table["peak_ns"], kind="stable")]


def _parts(movement: Movement) -> int:
    if isinstance(movement, Followed):
        return _parts(movement.jerk)
    if isinstance(movement, Thrown):
        return len(movement.pulses)
    if isinstance(movement, TwoLinks):
        return len(movement.pulses) + len(movement.ramps)
    return len(movement.modes) if isinstance(movement, Knock) else 1
