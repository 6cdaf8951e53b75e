"""How the stamps of a table step."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from ...model import SECOND_NS
from .times import typical_step

GAP_STEPS = 3
GAP_NS = SECOND_NS // 2
"""A step of more than three usual ones and of more than half a second is a gap."""

WINDOW_NS = SECOND_NS
"""Rows of this time share an anchor."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the stamps of a table step."""

    step_ns: float
    """Time per row, gaps left out."""
    usual_ns: float
    """Median step between stamps that differ: longer than ``step_ns`` where rows share stamps."""
    drops_copies: bool = False
    """Whether a row with time and values of the one before is that row again."""

    @classmethod
    def of(cls, steps: NDArray[np.int64], same: NDArray[np.bool_]) -> Pace | None:
        """From the first rows; None if their time does not advance.

        Rows that share a stamp are copies if that never happens to rows that differ, and rows with
        stamps of their own mostly differ.

        Parameters
        ----------
        steps
            From each row to the next, in ns.
        same
            Whether the next row has the same values.
        """
        shared = steps == 0
        differ = 2 * np.count_nonzero(~shared & ~same) >= np.count_nonzero(~shared)
        drops_copies = bool(differ and not np.any(shared & ~same))
        if drops_copies:
            steps = steps[~shared]
        step_ns = typical_step(steps)
        if step_ns is None:
            return None
        return cls(step_ns, float(np.median(steps[steps > 0])), drops_copies)

    @property
    def rate_hz(self) -> float:
        """Rows per second."""
        return SECOND_NS / self.step_ns

    @property
    def gap_ns(self) -> float:
        """A longer step interrupts."""
        return max(GAP_STEPS * self.usual_ns, GAP_NS)

    @property
    def window_rows(self) -> int:
        """Rows that share an anchor: a second, in whole deliveries; odd, to have a middle row."""
        window_ns = self.usual_ns * ceil(WINDOW_NS / self.usual_ns)
        return round(max(1.0, window_ns / self.step_ns)) | 1
