"""Builds the epochs table: which samples belong to which five seconds of the device's clock."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS, first_samples_at, sample_times

from ..kernels import epochs
from ..scan import EPOCH
from .window import Window

EPOCH_NS = 5 * SECOND_NS
AddUp = Callable[..., int]
"""Given parts of (p, 5) and what :func:`detector.kernels.epochs.add_parts` takes behind its floors:
adds the parts up and returns how many epochs they completed. The fifth number of a part is the
frame in which it ends."""
CAPACITY = 3
"""Room for the median's samples, in epochs at the design rate: stamps may bunch."""


class Epochs:
    """The epoch that is open, and the rows of those it closes. Epochs may span a gap."""

    def __init__(self, frame_n: int) -> None:
        self._state = np.zeros(epochs.N_STATE, np.int64)
        self._state[epochs.EPOCH] = epochs.NO_EPOCH
        self._seen = np.zeros(epochs.N_LEVELS)
        self._codes = np.empty((3, CAPACITY * 5 * frame_n), np.int32)
        self._guesses = np.zeros(3, np.int64)
        self._last_c = np.nan
        """Temperature of the open epoch's last sample so far."""
        self.restart()

    def restart(self) -> None:
        """Forget the temperatures of the segment before: samples are counted anew."""
        self._felt_from, self._felt_c = np.empty(0, np.int64), np.empty(0)

    def feel(self, celsius: float, index: int) -> None:
        """Take the temperature that holds from a sample of the segment on."""
        if len(self._felt_c) and np.array_equal(self._felt_c[-1], celsius, equal_nan=True):
            return
        self._felt_from = np.append(self._felt_from, index)
        self._felt_c = np.append(self._felt_c, celsius)

    def add(
        self,
        window: Window,
        edges: NDArray[np.int64],
        knots: NDArray[np.int64],
        observed_from: int,
        add_up: AddUp,
    ) -> NDArray[np.void]:
        """Add the frames between ``edges`` (window positions) and return the epochs they complete.

        Parameters
        ----------
        window, edges
            Samples, and frame borders in it.
        knots
            The segment's clock.
        observed_from
            Segment index of the first sample in which an event can be seen.
        add_up
            The kernel that reads the samples.
        """
        first, stop = window.origin + edges[0], window.origin + edges[-1]
        first_ns, last_ns = sample_times(knots, np.array([first, stop - 1]))
        borders_ns = EPOCH_NS * np.arange(first_ns // EPOCH_NS + 1, last_ns // EPOCH_NS + 1)
        borders = first_samples_at(knots, borders_ns)
        cuts = np.unique(np.clip([first, *borders, observed_from, stop], first, stop))
        times = sample_times(knots, cuts)
        places = cuts - window.origin
        parts = np.empty((len(cuts) - 1, 5), np.int64)
        parts[:, 0], parts[:, 1] = places[:-1], places[1:]
        parts[:, 2] = times[:-1] // EPOCH_NS
        parts[:, 3] = np.where(cuts[:-1] >= observed_from, np.diff(times), 0)
        parts[:, 4] = np.searchsorted(edges, places[1:], side="left") - 1
        numbers, rows = np.empty((len(parts), 3), np.int64), np.empty((len(parts), 20))
        done = add_up(parts, self._state, self._seen, self._codes, self._guesses, numbers, rows)
        return self._table(numbers[:done], rows[:done], self._felt(cuts, parts, numbers[:done, 0]))

    def _felt(
        self, cuts: NDArray[np.int64], parts: NDArray[np.int64], done: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Temperature at the last sample of every epoch done, whatever chunks it came in."""
        reading = np.searchsorted(self._felt_from, cuts[1:] - 1, side="right") - 1
        at_end_c = np.concatenate([[self._last_c], self._felt_c[reading]])
        self._last_c = at_end_c[-1]
        self._felt_from = self._felt_from[reading[-1] :]
        self._felt_c = self._felt_c[reading[-1] :]
        return np.asarray(at_end_c[np.searchsorted(parts[:, 2], done, side="right")])

    def finish(self) -> NDArray[np.void]:
        """Close the last epoch."""
        if self._state[epochs.COUNT] == 0:
            return np.empty(0, EPOCH)
        row = np.empty((1, 20))
        epochs.close_epoch(self._state, self._seen, self._codes, self._guesses, row[0])
        return self._table(self._state[None, :3], row, self._last_c)

    def _table(
        self,
        numbers: NDArray[np.int64],
        rows: NDArray[np.float64],
        temperature_c: NDArray[np.float64] | float,
    ) -> NDArray[np.void]:
        table = np.zeros(len(numbers), EPOCH)
        table["start_ns"] = numbers[:, epochs.EPOCH] * EPOCH_NS
        table["n_samples"] = numbers[:, epochs.COUNT]
        table["n_clipped"] = numbers[:, epochs.CLIPPED]
        column = 0
        for name in epochs.COLUMNS:
            width = EPOCH[name].shape[0] if EPOCH[name].shape else 1
            table[name] = rows[:, column : column + width] if width > 1 else rows[:, column]
            column += width
        table["temperature_c"] = temperature_c
        return table
