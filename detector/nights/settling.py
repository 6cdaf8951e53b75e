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
    turned = np.concatenate([angle_deg(grid.median_g[:-1], grid.median_g[1:]), [0.0]])
    active = worn & ((grid.accel_max_mg > MOVED_MG) | (turned > posture_deg))
    whole = len(grid) // STEP_EPOCHS * STEP_EPOCHS
    known = worn[:whole].reshape(-1, STEP_EPOCHS).any(axis=1)
    return np.where(known, active[:whole].reshape(-1, STEP_EPOCHS).any(axis=1), np.nan)


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
    best = np.log([_AWAKE_FIRST, 1 - _AWAKE_FIRST]) + seen[0]
    came_from = np.zeros((len(moved), 2), np.int8)
    for i in range(1, len(moved)):
        ways = best[:, np.newaxis] + change
        came_from[i] = ways.argmax(axis=0)
        best = ways.max(axis=0) + seen[i]
    state = np.zeros(len(moved), np.int8)
    state[-1] = best.argmax()
    for i in range(len(moved) - 1, 0, -1):
        state[i - 1] = came_from[i, state[i]]
    return runs(state == 1)
