"""Nights as a whole day of epochs and a stated sleep: only the clock and what was lost matter."""

from __future__ import annotations

import numpy as np
from scans import RATE_HZ, SPAN, at, recorded

from detector.nights.figures import Picture
from detector.nights.grid import Grid
from detector.nights.judging import onset_window
from detector.nights.night import Interval, Sleep
from detector.settings import Settings

DAY = recorded("12:00", ("rigid", 1440))
"""Noon to noon with a sample for every slot."""
MASKS = ("off", "noisy", "stuck", "shaken")


def between(begin: str, end: str, epochs: np.ndarray = DAY) -> np.ndarray:
    """Epochs of a part of the day."""
    return epochs[(epochs["start_ns"] >= at(begin)) & (epochs["start_ns"] < at(end))]


def without(begin: str, end: str, epochs: np.ndarray = DAY) -> np.ndarray:
    """Epochs of the day but for a part of it."""
    return epochs[(epochs["start_ns"] < at(begin)) | (epochs["start_ns"] >= at(end))]


def sleep(onset: str = "23:00", wake: str = "07:00", **known: object) -> Sleep:
    """A sleep period that was observed at both ends."""
    period = Interval(at(onset), at(wake))
    usual = {"source": "hdcza", "uncertainty_min": 70.0, "candidates": {}, "threshold_deg": 0.2}
    return Sleep(onset_ns=period.start_ns, wake_ns=period.end_ns, guider=period, **usual | known)


def picture(
    epochs: np.ndarray = DAY,
    asleep: Sleep | None = None,
    *,
    settings: Settings | None = None,
    idle: tuple[Interval, ...] = (),
    **masks: tuple[str, str],
) -> Picture:
    """A night; masks (``off``, ``shaken``, ...) hold from one time to another."""
    window = (settings or Settings()).window
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    spans = {name: [Interval(*map(at, masks[name]))] if name in masks else [] for name in MASKS}
    return Picture(
        grid=grid,
        wear_told=True,
        idle=idle,
        sleep=asleep,
        window=None if asleep is None else onset_window(asleep, window),
        settings=window,
        **{name: grid.weights(held) > 0 for name, held in spans.items()},
    )
