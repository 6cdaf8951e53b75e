"""What all pictures of a night take from it: series and stretches on the grid of epochs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detector.nights.grid import EPOCH_NS
from detector.nights.night import SLEEP_STARTS, Interval, Night
from recordings import SECOND_NS

from .words import ASLEEP

SCALE_G_PER_S = (0.1, 50.0)
"""Movement at the bottom and at the top of every still picture, on a log scale."""


def z_angle_deg(median_g: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the angle of the z axis to the horizontal (van Hees 2015), shape (n,)."""
    x, y, z = median_g.astype(np.float64).T
    return np.asarray(np.degrees(np.arctan2(z, np.hypot(x, y))))


def on_grid(epochs: NDArray[np.void], values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return one value per epoch from the earliest to the latest, NaN where there is no epoch."""
    place = (epochs["start_ns"] - epochs["start_ns"].min()) // EPOCH_NS
    grid = np.full(int(place.max()) + 1, np.nan)
    grid[place] = values
    return grid


def gaps(epochs: NDArray[np.void]) -> list[Interval]:
    """Return the stretches between the first and the last epoch that have no epoch."""
    start_ns = np.sort(epochs["start_ns"])
    holes = np.flatnonzero(np.diff(start_ns) > EPOCH_NS)
    return [Interval(int(start_ns[i]) + EPOCH_NS, int(start_ns[i + 1])) for i in holes]


def recorded(night: Night) -> Interval | None:
    """From the night's first sample to its last, to an epoch; None if it has none."""
    start_ns = night.scan.epochs["start_ns"]
    return Interval(int(start_ns.min()), int(start_ns.max()) + EPOCH_NS) if len(start_ns) else None


def onset_band(night: Night) -> Interval | None:
    """Return the onset with its uncertainty to both sides, None if it was not observed."""
    sleep = night.sleep
    if sleep is None or not sleep.onset_observed:
        return None
    side_ns = round(sleep.uncertainty_min * 60 * SECOND_NS)
    return Interval(sleep.onset_ns - side_ns, sleep.onset_ns + side_ns)


def bands(night: Night) -> list[tuple[Interval, str]]:
    """Return the stretches behind a night's movement, each with its class, the lowest first."""
    sleep = night.sleep
    return [
        *([(Interval(sleep.onset_ns, sleep.wake_ns), "sleep")] if sleep else []),
        *([(night.window, "window")] if night.window else []),
        *((i, "unusable") for i in (*gaps(night.scan.epochs), *night.nonwear, *night.unusable)),
    ]


def near(night: Night) -> NDArray[np.bool_]:
    """Which events look like sleep starts, came in sleep or at its onset, and are not counted."""
    events = night.events
    asleep = np.isin(events.context, ASLEEP)
    return np.asarray(np.isin(events.kind, SLEEP_STARTS) & asleep & ~events.counted)
