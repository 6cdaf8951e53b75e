"""The calibration that an ActiGraph .agdc leaves to whoever reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from ..model import RecordingError, Scale
from ..place import Place

_REMEDY = "export the recording with calibrated values"


@dataclass(frozen=True, slots=True)
class Calibration:
    """``g = matrix @ (raw - offset)``: an axis has a share of its neighbours."""

    matrix: NDArray[np.float64]
    offset: NDArray[np.float64]

    def to_g(self, samples: NDArray[np.int16]) -> NDArray[np.float64]:
        """Return raw samples, shape (n, 3), as g."""
        x, y, z = (samples - self.offset).T
        return np.column_stack([row[0] * x + row[1] * y + row[2] * z for row in self.matrix])

    def scale(self, lowest: int, highest: int) -> Scale:
        """Scale of the values in g, clipped where an axis may stand at one of these codes."""
        own = np.diag(self.matrix)
        mixed = np.abs(self.matrix - np.diag(own)).sum(axis=1) * max(-lowest, highest)
        ends = np.sort(own * (np.array([[lowest], [highest]]) - self.offset), axis=0)
        return Scale(lowest=float((ends[0] + mixed).max()), highest=float((ends[1] - mixed).min()))


def parse_calibration(path: Place, text: bytes, rate_hz: int) -> Calibration | None:
    """Return what ``calibration.json`` leaves to be done; None if the counts are calibrated.

    Raises
    ------
    RecordingError
        If it is damaged or asks for something unknown.
    """
    try:
        said = json.loads(text.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise RecordingError(path, "has a damaged calibration.json", remedy=_REMEDY)
    if said.get("isCalibrated", True):
        return None
    if said.get("calibrationMethod") != 2:
        raise RecordingError(
            path,
            f"is to be calibrated by method {said.get('calibrationMethod')!r}, which is unknown",
            remedy=_REMEDY,
        )
    names = [*(f"offset{axis}" for axis in "XYZ"), *(f"sensitivity{pair}" for pair in _PAIRS)]
    numbers = {name: said.get(f"{name}_{rate_hz}") for name in names}
    for name, number in numbers.items():
        if not isinstance(number, int | float) or not isfinite(number):
            raise RecordingError(
                path, f"states no usable {name}_{rate_hz} in calibration.json", remedy=_REMEDY
            )
    return _calibration(path, {name: float(number or 0) for name, number in numbers.items()})


_PAIRS = {"XX": (0, 0), "YY": (1, 1), "ZZ": (2, 2), "XY": (0, 1), "XZ": (0, 2), "YZ": (1, 2)}


def _calibration(path: Place, numbers: dict[str, float]) -> Calibration:
    """Return the matrix of the sensitivities, which are in hundredths of a count per g."""
    matrix = np.zeros((3, 3))
    for pair, (i, j) in _PAIRS.items():
        counts = 0.01 * numbers[f"sensitivity{pair}"] + (0 if i == j else _MIXED_COUNTS)
        if counts == 0:
            raise RecordingError(path, f"states an impossible sensitivity{pair}", remedy=_REMEDY)
        matrix[i, j] = matrix[j, i] = 1 / counts - (0 if i == j else 1 / _MIXED_COUNTS)
    return Calibration(matrix, np.array([numbers[f"offset{axis}"] for axis in "XYZ"]))


_MIXED_COUNTS = 250
"""Sensitivities of an axis to another one are stated as differences from this."""
