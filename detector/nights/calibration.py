"""How far a sensor at rest is from showing 1 g, and by which gains and offsets it would show it.

Source: van Hees 2014 (J Appl Physiol 117:738), without its temperature term: means of 10 s without
movement lie on a sphere of 1 g if the sensor is right. Gain and offset of every axis are fitted by
going to the nearest point of the sphere and regressing on it, again and again.

Deviations:

- Every patch of the sphere counts once, by the mean of what was seen in it, where the paper has
  every window: a night in one posture would outweigh all others. It also bounds what is kept.
- The result is reported, never used: see decision 13.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS

from ..settings import HealthSettings
from .grid import EPOCH_NS, Floats

Status = Literal["ok", "off", "unclear", "not_possible"]

PATCHES = 45
"""Per quarter of a turn, about 2 degrees each: within a patch the sphere is flat to 0.2 mg."""

_WINDOW_NS = 2 * EPOCH_NS
_ALL = 6 * PATCHES**2
_GRAVITY_G = (0.5, 1.5)
"""What a sensor at rest may show: with less or more it is not calibration that it needs."""
_LEAST_PATCHES = 30
_STEPS = 1000
_SETTLED_G = 1e-10
_WEIGHT_MAX = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What was found of a sensor; numbers are None where nothing could be fitted."""

    status: Status
    """``ok`` or ``off``: an axis that points up or down is wrong by ``calibration_off_mg`` at most,
    or by more. ``unclear``: no gain and offset brings the error below ``calibration_error_mg``.
    ``not_possible``: not seen at rest in enough postures, on both sides of every axis."""
    postures: int
    """Patches of the sphere in which the sensor was seen at rest."""
    error_before_mg: float | None = None
    """Mean distance from 1 g over those patches; known where there is any."""
    error_after_mg: float | None = None
    """The same with gains and offsets used."""
    gain: tuple[float, float, float] | None = None
    """Per axis: ``true = measured * gain + offset``."""
    offset_mg: tuple[float, float, float] | None = None

    @property
    def largest_mg(self) -> float | None:
        """Most by which an axis that points up or down is wrong."""
        if self.gain is None or self.offset_mg is None:
            return None
        axes = zip(self.gain, self.offset_mg, strict=True)
        return max(1000 * abs(gain - 1) + abs(offset) for gain, offset in axes)


class Calibrator:
    """Gathers means at rest from epochs as they pass; needs the same room however many there are.

    Parameters
    ----------
    rate_hz
        Measured sampling rate.
    settings
        Limits.
    """

    def __init__(self, rate_hz: float, settings: HealthSettings) -> None:
        self._whole_n = 0.9 * rate_hz * EPOCH_NS / SECOND_NS
        self._settings = settings
        self._sum_g = np.zeros((_ALL, 3))
        self._seen = np.zeros(_ALL, np.int64)

    def add(self, epochs: NDArray[np.void]) -> None:
        """Take consecutive epochs that begin at a multiple of 10 s, rows of ``EPOCH``."""
        at_rest_g = self._at_rest(epochs)
        patch = patches(at_rest_g)
        np.add.at(self._sum_g, patch, at_rest_g)
        np.add.at(self._seen, patch, 1)

    def _at_rest(self, epochs: NDArray[np.void]) -> Floats:
        """Means of whole windows of 10 s in which nothing moved."""
        epochs = epochs[epochs["n_samples"] >= self._whole_n]
        start_ns = epochs["start_ns"]
        first = np.flatnonzero((start_ns[:-1] % _WINDOW_NS == 0) & (np.diff(start_ns) == EPOCH_NS))
        pair = np.stack([first, first + 1])
        n = epochs["n_samples"][pair][..., None]
        mean_g, sd_g = (epochs[name][pair].astype(np.float64) for name in ("mean_g", "sd_g"))
        centre_g = np.sum(n * mean_g, axis=0) / np.sum(n, axis=0)
        variance = np.sum(n * (sd_g**2 + (mean_g - centre_g) ** 2), axis=0) / np.sum(n, axis=0)
        still = (1000 * np.sqrt(variance) < self._settings.calibration_still_mg).all(axis=1)
        length_g = np.linalg.norm(centre_g, axis=1)
        return np.asarray(centre_g[still & (length_g > _GRAVITY_G[0]) & (length_g < _GRAVITY_G[1])])

    def result(self) -> Calibration:
        """Fit what has been gathered so far."""
        known = self._seen > 0
        points_g = self._sum_g[known] / self._seen[known][:, None]
        reach_g = self._settings.calibration_reach_mg / 1000
        around = len(points_g) >= _LEAST_PATCHES and bool(
            ((points_g.min(axis=0) < -reach_g) & (points_g.max(axis=0) > reach_g)).all()
        )
        before_mg = 1000 * error_g(points_g) if len(points_g) else None
        if not around or before_mg is None:
            return Calibration(
                status="not_possible", postures=len(points_g), error_before_mg=before_mg
            )
        gain, offset_g = fit(points_g)
        after_mg = 1000 * error_g(points_g * gain + offset_g)
        if not after_mg <= before_mg:  # nothing to better, or a fit that came to nothing
            gain, offset_g, after_mg = np.ones(3), np.zeros(3), before_mg
        found = Calibration(
            status="ok",
            postures=len(points_g),
            error_before_mg=before_mg,
            error_after_mg=after_mg,
            gain=tuple(gain.tolist()),
            offset_mg=tuple((1000 * offset_g).tolist()),
        )
        if after_mg > self._settings.calibration_error_mg:
            return replace(found, status="unclear")
        if (found.largest_mg or 0.0) > self._settings.calibration_off_mg:
            return replace(found, status="off")
        return found


def patches(vectors_g: Floats) -> NDArray[np.int64]:
    """Number of the patch of the sphere that every vector points to: a grid on a cube's faces."""
    rows = np.arange(len(vectors_g))
    axis = np.abs(vectors_g).argmax(axis=1)
    main = vectors_g[rows, axis]
    others = np.stack([vectors_g[rows, (axis + k) % 3] for k in (1, 2)], axis=1)
    slope_rad = np.arctan(others / np.abs(main)[:, None])
    place = np.floor((slope_rad / (np.pi / 2) + 0.5) * PATCHES).astype(np.int64)
    place = np.clip(place, 0, PATCHES - 1)
    face = 2 * axis + (main < 0)
    return np.asarray((face * PATCHES + place[:, 0]) * PATCHES + place[:, 1])


def fit(points_g: Floats) -> tuple[Floats, Floats]:
    """Gain and offset per axis that bring points nearest to 1 g from the origin."""
    gain, offset_g, before_g = np.ones(3), np.zeros(3), np.inf
    for _ in range(_STEPS):
        now_g = points_g * gain + offset_g
        length_g = np.linalg.norm(now_g, axis=1)[:, None]
        weight = 1 / np.maximum(np.abs(length_g - 1), 1 / _WEIGHT_MAX)
        weight = weight / weight.sum()
        target_g = now_g / length_g
        centre_g, aim_g = np.sum(weight * now_g, axis=0), np.sum(weight * target_g, axis=0)
        from_g = now_g - centre_g
        slope = np.sum(weight * from_g * (target_g - aim_g), axis=0) / np.sum(
            weight * from_g**2, axis=0
        )
        gain, offset_g = gain * slope, offset_g * slope + aim_g - slope * centre_g
        left_g = error_g(points_g * gain + offset_g)
        if abs(before_g - left_g) < _SETTLED_G:
            break
        before_g = left_g
    return gain, offset_g


def error_g(points_g: Floats) -> float:
    """Mean distance of points from 1 g."""
    return float(np.mean(np.abs(np.linalg.norm(points_g, axis=1) - 1)))
