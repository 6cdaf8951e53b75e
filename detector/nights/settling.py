"""When waking movement gave way to the rare movement of sleep: a hidden Markov model of two states.

Lying still is not yet sleep: rules that take the first stillness put onset early by many minutes,
and rules that want it unbroken put it behind every turn. Here each half minute either moved or did
not, awake mostly, asleep rarely, and the two states last long. The most probable course of states
(Viterbi 1967; Rabiner 1989, Proc IEEE 77:257) says when one gave way to the other, from all half
minutes at once. Nothing in it can see somebody who lies awake without moving.

The probabilities were chosen on the development nights of ``benchmarks/`` (decision 18).
"""

from __future__ import annotations

import numpy as np

from ..settings import SleepSettings
from .grid import EPOCHS_PER_MIN, MOVED_MG, Floats, Grid, Mask, Ranges, angle_deg, runs

STEP_EPOCHS = EPOCHS_PER_MIN // 2
"""Epochs of a half minute."""
LEAVES_WAKE, LEAVES_SLEEP = 1 / 66, 1 / 400
"""Chance per half minute to fall asleep, and to wake: half an hour and three hours on average."""
_AWAKE_FIRST = 0.9


def moved(grid: Grid, worn: Mask, posture_deg: float) -> Floats:
    """Whether each half minute moved: 1 or 0, NaN where nothing of it is known and worn.

    It did if an epoch of it has a peak above :data:`.grid.MOVED_MG` or ends in another
    posture.
    """
    turned = angle_deg(grid.median_g[:-1], grid.median_g[1:]) > posture_deg
    active = worn & ((grid.accel_max_mg > MOVED_MG) | np.concatenate([turned, [False]]))
    steps = len(grid) // STEP_EPOCHS
    known, moves = (
        each[: steps * STEP_EPOCHS].reshape(steps, STEP_EPOCHS).any(axis=1)
        for each in (worn, active)
    )
    return np.where(known, moves, np.nan)


def asleep(moved: Floats, settings: SleepSettings) -> Ranges:
    """Runs of half minutes in the state of sleep, on the most probable course of states.

    Parameters
    ----------
    moved
        As :func:`moved` gives it; what is unknown says nothing.
    settings
        ``moved_awake_pct`` and ``moved_asleep_pct``.
    """
    chance = np.array([settings.moved_awake_pct, settings.moved_asleep_pct]) / 100
    column = moved[:, np.newaxis]
    seen = np.log(np.where(column > 0, chance, 1 - chance))
    seen[np.isnan(moved)] = 0.0
    change = np.log([[1 - LEAVES_WAKE, LEAVES_WAKE], [LEAVES_SLEEP, 1 - LEAVES_SLEEP]])
    return runs(_most_probable(np.log([_AWAKE_FIRST, 1 - _AWAKE_FIRST]), change, seen))


def _most_probable(begin: Floats, change: Floats, seen: Floats) -> Mask:
    """When the second of two states is on the most probable course; all in logarithms.

    Over plain numbers: two states are too few for arrays, which take eight times as long.
    """
    (stay, leave), (enter, keep) = change.tolist()
    awake, asleep = (begin + seen[0]).tolist()
    woke, slept = [], []  # whether one who is awake, or asleep, had been asleep before
    for if_awake, if_asleep in seen[1:].tolist():
        woke.append(asleep + enter > awake + stay)
        slept.append(asleep + keep > awake + leave)
        awake, asleep = (
            (asleep + enter if woke[-1] else awake + stay) + if_awake,
            (asleep + keep if slept[-1] else awake + leave) + if_asleep,
        )
    course = [asleep > awake]
    for if_awake, if_asleep in zip(reversed(woke), reversed(slept), strict=True):
        course.append(if_asleep if course[-1] else if_awake)
    return np.array(course[::-1])
