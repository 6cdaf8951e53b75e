"""The pass in plain NumPy and SciPy, chunk by chunk: what the kernels are measured against.

Filters, envelopes, levels, floor, events above their threshold and epochs, of the same bands and
lengths, written as a careful programmer would without a compiler. Features of events are left out.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from detector.settings import ScanSettings
from recordings import Recording

_FLOOR_FRAMES = 120


class Reference:
    """State between chunks."""

    def __init__(self, rate_hz: float) -> None:
        s = ScanSettings()
        self._rate_hz, self._frame_n = rate_hz, round(rate_hz)
        edges_hz = (
            (s.jerk_low_hz, s.jerk_high_hz),
            (s.movement_low_hz, s.jerk_high_hz),
            (s.impact_low_hz, min(s.impact_high_hz, 0.46 * rate_hz)),
        )
        self._bands = [signal.butter(2, e, "bandpass", fs=rate_hz, output="sos") for e in edges_hz]
        self._states = [np.zeros((len(sos), 2, 3)) for sos in self._bands]
        self._window = np.full(round(s.envelope_s * rate_hz), 1 / round(s.envelope_s * rate_hz))
        self._tails = [np.zeros(len(self._window) - 1) for _ in range(3)]
        self._last = np.zeros((1, 3))
        self._levels = np.zeros((2, 0))
        self._settings = s

    def push(self, accel_g: np.ndarray) -> tuple[int, np.ndarray]:
        """Take whole epochs, shape (n, 3); return events begun, and the rows of epochs."""
        out = []
        for k, sos in enumerate(self._bands):
            band, self._states[k] = signal.sosfilt(sos, accel_g, axis=0, zi=self._states[k])
            out.append(band)
        jerk = np.diff(out[0], axis=0, prepend=self._last) * self._rate_hz
        self._last = out[0][-1:]
        powers = [np.einsum("ij,ij->i", x, x) for x in (jerk, *out)]
        envelopes = []
        for k, power in enumerate((powers[0], powers[1], powers[3])):
            mean, self._tails[k] = signal.lfilter(self._window, 1.0, power, zi=self._tails[k])
            envelopes.append(np.sqrt(np.maximum(mean, 0)))
        events = self._events(envelopes[0], np.sqrt(powers[2]))
        return events, self._epochs(accel_g, envelopes[0])

    def _events(self, jerk: np.ndarray, movement: np.ndarray) -> int:
        n, s = self._frame_n, self._settings
        frames = np.stack([x.reshape(-1, n) for x in (jerk, movement)])
        rank = int(np.ceil(0.95 * n)) - 1
        levels = np.partition(frames, rank, axis=2)[:, :, rank]
        known = np.concatenate([self._levels, levels], axis=1)
        padded = np.pad(known, ((0, 0), (_FLOOR_FRAMES, 0)), mode="edge")
        history = sliding_window_view(padded, _FLOOR_FRAMES, axis=1)[:, -levels.shape[1] - 1 : -1]
        low = int(s.floor_quantile * (_FLOOR_FRAMES - 1))
        floor = np.partition(history, low, axis=2)[:, :, low]
        self._levels = known[:, -_FLOOR_FRAMES:]
        least = np.array([[s.jerk_min_g_per_s], [s.movement_min_mg / 1000]])
        above = (frames > np.maximum(s.on_factor * floor, least)[:, :, None]).any(axis=0).ravel()
        return int(np.count_nonzero(above[1:] & ~above[:-1]))

    def _epochs(self, accel_g: np.ndarray, jerk: np.ndarray) -> np.ndarray:
        n = 5 * self._frame_n
        x = accel_g.reshape(-1, n, 3)
        enmo = np.maximum(np.sqrt(np.einsum("ij,ij->i", accel_g, accel_g)) - 1, 0).reshape(-1, n)
        return np.hstack(
            [
                *(f(x, axis=1) for f in (np.median, np.mean, np.std, np.min, np.max)),
                enmo.mean(axis=1)[:, None],
                jerk.reshape(-1, n).max(axis=1)[:, None],
            ]
        )


def scan(recording: Recording, rate_hz: float) -> int:
    """Run over a recording; return the number of events."""
    reference, whole = Reference(rate_hz), 5 * round(rate_hz)
    rest, events = np.empty((0, 3)), 0
    for chunk in recording.chunks():
        accel_g = np.concatenate([rest, chunk.scale.to_g(chunk.samples)])
        stop = len(accel_g) // whole * whole
        rest = accel_g[stop:]
        if stop:
            events += reference.push(accel_g[:stop])[0]
    return events
