"""The one pass: samples in, final candidates and epochs out."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kernels import bands, events
from ..kernels.sweep import sweep
from ..scan import CANDIDATE, EPOCH, Scan, Snippet
from ..settings import ScanSettings
from .candidates import could_be_sleep_start, cut_snippet, measure
from .design import Design
from .segments import Pass
from .window import Window

Found = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Events as the scan kernel leaves them: (m, 4) indices and (m, 3) values."""


class Stream(Pass):
    """Detect sharp movement in samples as they come.

    Parameters
    ----------
    rate_hz
        Measured sampling rate; filters and frames are made for it.
    step_g
        Smallest step of the sensor, which sets a lower limit to the threshold.
    settings
        Bands, floor, thresholds.

    Raises
    ------
    SettingsError
        If the rate is below ``settings.min_rate_hz``.

    Examples
    --------
    >>> stream = Stream(rate_hz=100.0, step_g=0.0039)
    >>> scans = [stream.push(chunk) for chunk in chunks]  # doctest: +SKIP
    >>> scan = Scan.concat([*scans, stream.finish()])  # doctest: +SKIP
    """

    def __init__(self, rate_hz: float, step_g: float, settings: ScanSettings | None = None) -> None:
        self._settings = settings or ScanSettings()
        self._design = d = Design.of(rate_hz, step_g, self._settings)
        super().__init__(Window(d.kept_n, d.batch_n, d.rms_n), d.frame_n)

    def _begin(self) -> None:
        """Begin a segment with nothing seen."""
        self._observed_from = self._first_index + self._design.blank_n
        self._filter_state = np.zeros(bands.N_STATE)
        history_n = round(self._settings.floor_s)
        self._history = np.zeros((2, 2, history_n))  # jerk and movement; ring and sorted copy
        self._levels_seen = 0
        self._indices = np.zeros(events.N_INDICES, np.int64)
        self._indices[events.PREVIOUS_END] = self._observed_from
        self._values = np.zeros(events.N_VALUES)
        self._pending: Found = np.empty((0, 4), np.int64), np.empty((0, 3))

    def _advance(self, *, last: bool) -> Scan:
        """Filter and judge all whole frames; at the end of a segment also the rest."""
        window, frame_n = self._window, self._design.frame_n
        whole = (window.filled - window.filtered) // frame_n
        edges = window.filtered + frame_n * np.arange(whole + 1)
        if last and edges[-1] < window.filled:
            edges = np.append(edges, window.filled)
        epoch_rows = np.empty(0, EPOCH)
        if len(edges) > 1:
            loudest, floor = np.empty((2, 2, len(edges) - 1))
            add_up = partial(self._sweep, edges, loudest, floor)
            epoch_rows = self._epochs.add(window, edges, self._knots, self._observed_from, add_up)
            self._find_events(edges, loudest, self._thresholds(edges, floor))
            window.filtered = int(edges[-1])
        candidates, snippets = self._release(last=last)
        return Scan(candidates, epoch_rows, snippets)

    def _sweep(
        self,
        edges: NDArray[np.int64],
        loudest: NDArray[np.float64],
        floor: NDArray[np.float64],
        *epoch: Any,
    ) -> int:
        """Fill the derived signals of whole frames, how loud each is, and the epochs."""
        w, design = self._window, self._design
        done = sweep(
            w.accel_g,
            w.slow_g.ravel(),
            w.powers,
            w.envelopes,
            w.clipped,
            edges,
            design.factors,
            design.rms_n,
            self._filter_state,
            self._history,
            self._levels_seen,
            self._settings.floor_quantile,
            loudest,
            floor,
            *epoch,
        )
        self._levels_seen += len(edges) - 1
        return int(done)

    def _thresholds(
        self, edges: NDArray[np.int64], floor: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return what jerk and movement must exceed in each frame, and the floor of jerk."""
        s, design = self._settings, self._design
        highest = np.array([[s.floor_max_g_per_s], [s.floor_max_g_per_s * design.g_per_jerk]])
        jerk_on, accel_on = s.on_factor * np.minimum(floor, highest)
        jerk_on = np.maximum(jerk_on, design.jerk_min)
        accel_on = np.maximum(accel_on, s.movement_min_mg / 1000)
        thresholds = np.stack([jerk_on, accel_on, floor[0]])
        thresholds[:2, edges[:-1] + self._window.origin < self._observed_from] = np.inf
        return thresholds

    def _find_events(
        self,
        edges: NDArray[np.int64],
        loudest: NDArray[np.float64],
        thresholds: NDArray[np.float64],
    ) -> None:
        design, window = self._design, self._window
        most = int((edges[-1] - edges[0]) / design.merge_n) + 2
        found, values = np.empty((most, 4), np.int64), np.empty((most, 3))
        count = events.scan_frames(
            window.envelopes[0],
            window.envelopes[1],
            edges,
            window.origin,
            loudest,
            thresholds,
            np.array([self._settings.off_share, design.merge_n, design.longest_n]),
            self._indices,
            self._values,
            found,
            values,
        )
        self._await(found[:count], values[:count])

    def _await(self, found: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Keep events until their surroundings are complete."""
        indices, kept = self._pending
        self._pending = np.concatenate([indices, found]), np.concatenate([kept, values])

    def _release(self, *, last: bool) -> tuple[NDArray[np.void], tuple[Snippet, ...]]:
        """Measure the events whose surroundings are complete; at the end of a segment, all."""
        window, design = self._window, self._design
        open_at_end = last and bool(self._indices[events.OPEN])
        if open_at_end:
            self._await(
                self._indices[None, [events.START, events.PEAK, events.LAST, events.PREVIOUS_END]],
                self._values[None, [events.PEAK_JERK, events.JERK_ON, events.FLOOR]],
            )
        found, values = self._pending
        horizon = window.origin + window.filtered - (0 if last else design.after_n)
        ready = int(np.searchsorted(found[:, 2], horizon, side="right"))
        self._pending = found[ready:], values[ready:]
        if ready == 0:
            return np.empty(0, CANDIDATE), ()
        found, values = found[:ready], values[:ready]
        extent = max(0, self._first_index - window.origin), window.filtered
        rows = measure(found, values, window, extent, self._knots, design, self._settings)
        rows["segment"] = self._segment
        rows["truncated"] = found[:, 0] == self._observed_from
        rows["truncated"][-1] |= open_at_end
        snippets = tuple(
            cut_snippet(
                int(found[k, 1]), int(rows["peak_ns"][k]), window, extent, self._knots, design
            )
            for k in np.flatnonzero(could_be_sleep_start(rows))
        )
        return rows, snippets
