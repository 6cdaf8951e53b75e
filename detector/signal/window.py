"""The latest samples of a segment with everything derived from them, in one sliding window."""

from __future__ import annotations

import numpy as np

from recordings import Chunk

from ..kernels import intake
from ..kernels.lanes import LANES

HEAD = 32
"""Copies of a segment's first sample that lie before it: the filters' memory of steady gravity."""


class Window:
    """Arrays over the same consecutive samples; old ones leave when room is needed.

    Position p holds the sample with segment index ``origin + p``. Positions up to ``filled`` hold
    raw samples, those up to ``filtered`` hold all derived signals as well.
    """

    def __init__(self, kept_n: int, batch_n: int, rms_n: float) -> None:
        self._head_n = max(HEAD, int(rms_n) + 2)
        self._kept_n = kept_n
        capacity = self._head_n + kept_n + batch_n
        self.accel_g = np.empty((3, capacity))
        self.slow_g = np.empty((capacity, LANES))
        self.clipped = np.empty(capacity, np.bool_)
        self.powers = np.empty((4, capacity))
        self.envelopes = np.empty((2, capacity))
        self.origin = self.filled = self.filtered = 0

    def restart(self, first_g: np.ndarray, first_index: int) -> None:
        """Begin a segment in the steady state of its first sample."""
        self.origin, self.filled, self.filtered = (
            first_index - self._head_n,
            self._head_n,
            self._head_n,
        )
        self.accel_g[:, : self._head_n] = first_g[:, None]
        for array in (self.slow_g.T, self.powers, self.envelopes):
            array[:, : self._head_n] = 0.0
        self.clipped[: self._head_n] = False

    @property
    def full(self) -> bool:
        """Whether no further sample fits in before something is filtered."""
        return self.filled == len(self.clipped)

    def take(self, chunk: Chunk, offset: int) -> int:
        """Copy as many samples of ``chunk`` from ``offset`` on as fit; return how many."""
        if self.full:
            self._slide()
        count = min(len(chunk) - offset, len(self.clipped) - self.filled)
        place, scale = slice(self.filled, self.filled + count), chunk.scale
        intake.to_g(
            chunk.samples[offset : offset + count].reshape(-1),
            np.array(scale.gain_g),
            np.array(scale.offset_g),
            np.array([scale.lowest, scale.highest]),
            self.accel_g[:, place],
            self.clipped[place],
        )
        self.filled += count
        return count

    def _slide(self) -> None:
        """Forget all but the last ``kept_n`` filtered samples, keeping the head's length."""
        shift = self.filtered - self._kept_n - self._head_n
        if shift <= 0:
            raise RuntimeError("the window is full of samples that nobody has filtered")
        clipped, slow_g = self.clipped[None], self.slow_g.T
        for array in (self.accel_g, slow_g, self.powers, self.envelopes, clipped):
            array[:, : self.filled - shift] = array[:, shift : self.filled].copy()
        self.origin += shift
        self.filled -= shift
        self.filtered -= shift
