"""When the signal cannot be believed: axes that are stuck, and shaking that hides what is small."""

from __future__ import annotations

import numpy as np

from ..settings import HealthSettings
from .grid import EPOCHS_PER_MIN, Floats, Grid, Mask, Ranges, runs

_GRAVITY_G = (0.5, 1.5)
"""Length of the vector that a sound sensor may show while one of its axes does not change."""
_STEADY_RATIO, _STEADY_SHARE = 3.0, 0.8
"""Shaking is steady if most epochs have no jerk above this multiple of the floor. Made vehicles
stay below 1.6 nearly always; waking movement on real nights is above in half of the epochs."""
_WALKING_G = 0.25
"""Steady as well, but walking shakes more: 0.3 to 1.2 g (SD) on real days, made vehicles 0.1."""


def stuck(grid: Grid, settings: HealthSettings) -> Mask:
    """Slots in which an axis showed one value for ``stuck_min`` and cannot have been sound.

    While it did, another axis changed by ``stuck_moved_mg``, or what the axes show together is not
    gravity. A coarse sensor at rest shows one value as well, but neither of the two.
    """
    mask = np.zeros(len(grid), np.bool_)
    for axis in range(3):
        others = [k for k in range(3) if k != axis]
        for start, stop in _constant(grid, axis):
            if stop - start < settings.stuck_min * EPOCHS_PER_MIN:
                continue
            part = slice(int(start), int(stop))
            reach_g = grid.max_g[part, others].max(axis=0) - grid.min_g[part, others].min(axis=0)
            length_g = np.median(np.linalg.norm(grid.mean_g[part], axis=1))
            weightless = not _GRAVITY_G[0] <= length_g <= _GRAVITY_G[1]
            if weightless or 1000 * reach_g.max() >= settings.stuck_moved_mg:
                mask[part] = True
    return mask


def _constant(grid: Grid, axis: int) -> Ranges:
    """Ranges of known slots in which an axis shows one and the same value."""
    flat = grid.known & (grid.min_g[:, axis] == grid.max_g[:, axis])
    value_g = np.where(flat, grid.min_g[:, axis], np.nan)
    changes = np.flatnonzero(value_g[1:] != value_g[:-1]) + 1  # NaN differs from itself
    edges = np.concatenate([[0], changes, [len(grid)]])
    ranges = np.stack([edges[:-1], edges[1:]], axis=1)
    return np.asarray(ranges[flat[ranges[:, 0]]])


def vibration(grid: Grid, floor_g_per_s: float, settings: HealthSettings) -> Mask:
    """Slots of steady shaking for ``vibration_min``, as by a vehicle or a fan.

    Parameters
    ----------
    grid
        The night.
    floor_g_per_s
        Noise floor above which shaking matters.
    settings
        Limits.
    """
    mask = np.zeros(len(grid), np.bool_)
    for start, stop in runs(grid.floor_g_per_s > floor_g_per_s):
        part = slice(int(start), int(stop))
        long_enough = stop - start >= settings.vibration_min * EPOCHS_PER_MIN
        if long_enough and _steady(grid, part) and np.median(_shaking_g(grid, part)) < _WALKING_G:
            mask[part] = True
    return mask


def _steady(grid: Grid, part: slice) -> bool:
    ratio = grid.jerk_max_g_per_s[part] / grid.floor_g_per_s[part]
    ratio = ratio[~np.isnan(ratio)]
    return len(ratio) > 0 and bool(np.mean(ratio < _STEADY_RATIO) >= _STEADY_SHARE)


def _shaking_g(grid: Grid, part: slice) -> Floats:
    """Standard deviation of the most restless axis of every slot."""
    return np.asarray(grid.sd_g[part].max(axis=1))
