"""Units of acceleration: by their name, by the user's word, by the size of gravity at rest."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from ..model import RecordingError, Remark
from ..place import Place

UNIT_GAIN_G = {"g": 1.0, "mg": 1e-3, "m/s2": 1 / 9.80665}
"""Units of acceleration that are read, and how many g one of each is."""

LOOK_ROWS = 1 << 14
"""Samples (some three minutes) that decide."""

REST_ROWS = 32
"""Samples in one window of the search for rest."""

REST_SHARE = 0.1
"""Share of the windows, the quietest, that count as rest."""

_NAMES = {
    "g": "g",
    "mg": "mg",
    "millig": "mg",
    "m/s2": "m/s2",
    "m/s/s": "m/s2",
    "ms2": "m/s2",
    "ms-2": "m/s2",
    "mps2": "m/s2",
    "s2": "m/s2",  # what is left of m_s2
}

_REST_BOUNDS = {"g": (0.8, 1.2), "mg": (800.0, 1200.0), "m/s2": (7.8, 11.8)}
"""Magnitude at rest, by unit."""

_COUNTS = (
    ((51.0, 77.0), "1/64 g"),
    ((205.0, 273.0), "1/256 g"),
    ((273.0, 307.0), "1/256 g or 1/341 g"),
    ((307.0, 409.0), "1/341 g"),
)
"""Magnitude at rest of the counts that devices are known to write."""

NO_GRAVITY_G = 0.3
"""Values that are smaller at rest are without gravity."""


def unit_named(text: str) -> str | None:
    """Return the unit that a text such as ``mG`` or ``m/s^2`` names, None if it is no such name."""
    plain = re.sub(r"[\s^*·]", "", text.lower()).replace("²", "2").replace("−", "-")
    return _NAMES.get(plain)


def resting_magnitude(samples: NDArray[np.float64]) -> float:
    """Return the median magnitude of acceleration over the quietest tenth of the windows."""
    windows = max(1, len(samples) // REST_ROWS)
    rows = min(len(samples), REST_ROWS)
    cut = samples[: windows * rows].reshape(windows, rows, 3)
    spread = cut.std(axis=1).sum(axis=1)
    quiet = np.argsort(spread, kind="stable")[: max(1, round(REST_SHARE * windows))]
    return float(np.median(np.linalg.norm(cut[quiet], axis=2)))


def unit_at_rest(rest: float) -> str | None:
    """Return the unit in which gravity is that large, None if there is none."""
    bounds = _REST_BOUNDS.items()
    return next((unit for unit, (low, high) in bounds if low <= rest <= high), None)


def choose_unit(
    path: Place, rest: float, *, named: str | None, stated: str | None
) -> tuple[str, str]:
    """Return the unit, and how it is known: by name, by the user, by the magnitude at rest.

    Parameters
    ----------
    path
        For messages.
    rest
        Magnitude at rest, in the unknown unit.
    named
        What the file says.
    stated
        What the user says.

    Raises
    ------
    RecordingError
        If nobody says it and the magnitude does not tell, or the user names an unknown unit.
    """
    if stated is not None and stated not in UNIT_GAIN_G:
        raise RecordingError(
            path,
            f"cannot be read in the unit {stated!r}",
            remedy=f"units are {', '.join(UNIT_GAIN_G)}",
        )
    if named is not None:
        return named, "named"
    if stated is not None:
        return stated, "stated"
    if (unit := unit_at_rest(rest)) is not None:
        return unit, f"{rest:.3g} at rest"
    guess = next((what for (low, high), what in _COUNTS if low <= rest <= high), None)
    raise RecordingError(
        path,
        f"does not state its unit, and the values have a magnitude of {rest:.4g} at rest"
        + (f" (counts of {guess}?)" if guess else ""),
        remedy="convert counts to g" if guess else f"state it: --unit {'|'.join(UNIT_GAIN_G)}",
    )


def doubts(rest_g: float, *, named_without_gravity: bool) -> tuple[Remark, ...]:
    """Say if gravity is missing or the unit looks wrong."""
    if named_without_gravity or rest_g < NO_GRAVITY_G:
        text = f"gravity was removed from the values ({rest_g:.3g} g at rest): posture is unknown"
        return (Remark("without_gravity", text),)
    low, high = _REST_BOUNDS["g"]
    if low <= rest_g <= high:
        return ()
    text = f"in its quietest first minutes the magnitude is {rest_g:.3g} g, not 1: check the unit"
    return (Remark("unit_doubtful", text),)
