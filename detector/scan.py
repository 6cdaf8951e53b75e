"""What one pass over the samples leaves behind: candidates, epochs, snippets.

These small tables are all that the rest of the detector sees. Times are device time in ns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

CANDIDATE = np.dtype(
    [
        ("start_ns", "i8"),  # first sample above the on threshold
        ("peak_ns", "i8"),  # largest jerk; all three corrected for the filters' group delay
        ("end_ns", "i8"),  # last sample before the level stayed below the off threshold
        ("segment", "i4"),  # which uninterrupted stretch of the recording
        ("peak_jerk_g_per_s", "f4"),  # 2-8 Hz jerk envelope, vector over the axes
        ("peak_accel_mg", "f4"),  # 1-8 Hz acceleration, vector, largest while the event lasts
        ("width_s", "f4"),  # of the jerk envelope around its peak, at 25 % of the peak
        ("rise_s", "f4"),  # from 10 % to 90 % of the peak, on its rising flank
        ("effective_hz", "f4"),  # peak jerk / (2 pi peak acceleration)
        ("hf_lf_ratio", "f4"),  # 12-24 Hz over 2-8 Hz envelope at their peaks; NaN below 40 Hz
        ("lf_share", "f4"),  # power in 2-8 Hz over power in 1-24 Hz while the event lasts
        ("n_bursts", "i4"),  # sub-peaks above 40 % of the peak, at least 0.12 s apart
        ("burst_interval_s", "f4"),  # mean between sub-peaks; NaN for fewer than two
        (
            "burst_interval_cv",
            "f4",
        ),  # SD / mean of those intervals; NaN for fewer than three bursts
        ("burst_spread", "f4"),  # largest over smallest sub-peak
        ("n_alternations", "i4"),  # sign changes of the 2-8 Hz main axis above the noise
        (
            "alternation_cv",
            "f4",
        ),  # SD / mean of the intervals between them; NaN for fewer than three
        ("late_ratio", "f4"),  # largest jerk after the peak's own flank, as a share of the peak
        ("posture_change_deg", "f4"),  # gravity 4 s before against 0.5 to 4.5 s after; NaN: unknown
        ("still_before_s", "f4"),  # since the previous event's end or since observation began
        ("threshold_g_per_s", "f4"),  # the jerk threshold in force when the event began
        ("floor_g_per_s", "f4"),  # the noise floor it came from
        ("clipped", "?"),  # touches a sample at the end of the sensor's range
        ("truncated", "?"),  # touches a gap, blanked time or an end of the recording
    ]
)
"""One sharp movement, whatever it may be."""

EPOCH = np.dtype(
    [
        ("start_ns", "i8"),  # multiple of the epoch length in device time
        ("n_samples", "i4"),
        ("observed_s", "f4"),  # seconds in which an event could have been seen (not blanked)
        ("median_g", "f4", (3,)),  # per axis, resolved to 1/16384 g
        ("mean_g", "f4", (3,)),
        ("sd_g", "f4", (3,)),
        ("min_g", "f4", (3,)),
        ("max_g", "f4", (3,)),
        ("enmo_mg", "f4"),  # mean of max(|a| - 1 g, 0)
        ("jerk_max_g_per_s", "f4"),  # of the 2-8 Hz jerk envelope; NaN if nothing was observed
        ("accel_max_mg", "f4"),  # of the 1-8 Hz acceleration; NaN if nothing was observed
        ("floor_g_per_s", "f4"),  # noise floor in force at the epoch's end; NaN: not yet known
        ("temperature_c", "f4"),  # NaN: no sensor
        ("n_clipped", "i4"),
    ]
)
"""Five seconds by the device's clock. Epochs without a sample do not exist."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """The raw signal around one candidate, for the human eye."""

    peak_ns: int
    start_ns: int
    """Device time of the first sample."""
    rate_hz: float
    accel_g: NDArray[np.float32]
    """Shape (n, 3)."""
    jerk_g_per_s: NDArray[np.float32]
    """Shape (n,): the 2-8 Hz jerk envelope, corrected for its delay."""


@dataclass(frozen=True, slots=True)
class Scan:
    """Consecutive rows that have become final. Scans of one stream add up in order."""

    candidates: NDArray[np.void] = field(default_factory=lambda: np.empty(0, CANDIDATE))
    epochs: NDArray[np.void] = field(default_factory=lambda: np.empty(0, EPOCH))
    snippets: tuple[Snippet, ...] = ()
    """Of those candidates that could be sleep starts, in time order."""

    @classmethod
    def concat(cls, scans: Iterable[Scan]) -> Scan:
        """Join consecutive scans."""
        scans = [s for s in scans if len(s.candidates) or len(s.epochs)]
        if len(scans) < 2:
            return scans[0] if scans else cls()
        return cls(
            np.concatenate([s.candidates for s in scans]),
            np.concatenate([s.epochs for s in scans]),
            tuple(snippet for s in scans for snippet in s.snippets),
        )

    def between(self, start_ns: int, end_ns: int) -> Scan:
        """Rows that begin in [start_ns, end_ns)."""
        inside = [
            (table["start_ns"] >= start_ns) & (table["start_ns"] < end_ns)
            for table in (self.candidates, self.epochs)
        ]
        if all(mask.all() for mask in inside):
            return self
        candidates, epochs = self.candidates[inside[0]], self.epochs[inside[1]]
        peaks = set(candidates["peak_ns"].tolist())
        return Scan(candidates, epochs, tuple(s for s in self.snippets if s.peak_ns in peaks))

    def split(self, at_ns: int) -> tuple[Scan, Scan]:
        """Rows that begin before ``at_ns``, and those from there on."""
        return self.between(-(2**63), at_ns), self.between(at_ns, 2**63 - 1)
