"""A recording that is already in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from .model import SECOND_NS, Chunk, Header, Health, RecordingError, Segment
from .place import Place

CHUNK_N = 65_536


class ArrayRecording:
    """Evenly sampled acceleration in g; rows with a value that is not finite are gaps.

    Parameters
    ----------
    accel_g
        Shape (n, 3).
    rate_hz
        True sampling rate.
    start
        Time of the first row on the recording's clock. A time with an offset makes UTC
        known; pandas and NumPy times can be given as ISO text.

    Raises
    ------
    RecordingError
        If the shape is not (n, 3), or nothing is finite.
    """

    def __init__(self, accel_g: ArrayLike, rate_hz: float, start: datetime | str) -> None:
        self.path: Place = Path("<samples>")
        self._accel_g = np.ascontiguousarray(accel_g, dtype=np.float64)
        if self._accel_g.ndim != 2 or self._accel_g.shape[1] != 3:
            raise RecordingError(
                self.path,
                f"samples have shape {self._accel_g.shape}",
                remedy="give an array of shape (n, 3) in g",
            )
        if not rate_hz > 0:
            raise RecordingError(
                self.path,
                f"a rate of {rate_hz} Hz is not possible",
                remedy="give samples per second",
            )
        begun = datetime.fromisoformat(start) if isinstance(start, str) else start
        offset = begun.utcoffset()
        since = begun.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        self._start_ns = (
            since.days * 86_400 + since.seconds
        ) * SECOND_NS + since.microseconds * 1000
        self._rate_hz = rate_hz
        self.header = Header(
            format="arrays",
            nominal_hz=rate_hz,
            utc_offset_s=None if offset is None else int(offset.total_seconds()),
            utc_known=offset is not None,
        )
        self.health = Health()

    def chunks(self) -> Iterator[Chunk]:
        """Cut the finite stretches into chunks."""
        self.health = health = Health(bytes_read=self._accel_g.nbytes)
        finite = np.isfinite(self._accel_g).all(axis=1)
        borders = np.flatnonzero(np.diff(finite, prepend=False, append=False))
        if not len(borders):
            raise RecordingError(
                self.path,
                "there is not one row of finite samples",
                remedy="give values in g; what is not finite is a gap",
            )
        for first, stop in borders.reshape(-1, 2):
            start_ns = self._start_ns + round(first * SECOND_NS / self._rate_hz)
            reason = "start" if not health.segments else "missing_values"
            end_ns = start_ns + round((stop - first) * SECOND_NS / self._rate_hz)
            health.segments.append(Segment(start_ns, end_ns, int(stop - first), reason))
            for a in range(first, stop, CHUNK_N):
                rows = self._accel_g[a : min(a + CHUNK_N, stop)]
                yield Chunk.uniform(
                    rows, self._rate_hz, start_ns, first_index=int(a - first), reason=reason
                )
