"""What every recording looks like once its bytes are understood.

Time in this package is *device time*: integer nanoseconds since 1970-01-01T00:00:00 as the device's
own clock showed it, whatever zone that clock was set to. :mod:`recordings.zone` turns it into UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import RecordingError  # apart, as options are: command lines need them, but no NumPy
from .options import DateOrder, ReadOptions
from .place import Place

__all__ = [
    "SECOND_NS",
    "Block",
    "Chunk",
    "DateOrder",
    "Header",
    "Health",
    "Probe",
    "ReadOptions",
    "Recording",
    "RecordingError",
    "Remark",
    "Samples",
    "Scale",
    "Segment",
    "first_samples_at",
    "sample_times",
]

SECOND_NS = 1_000_000_000

Samples = NDArray[np.int16] | NDArray[np.float64]
"""Raw samples, shape (n, 3), C order: axes x, y, z; ``g = samples * gain_g + offset_g``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of itself. Nothing in it is believed where the samples can be asked."""

    format: str
    """Short name of the format: ``axivity-cwa``, ``geneactiv-bin``, ``actigraph-gt3x``, ``edf``,
    ``csv``, ..."""
    nominal_hz: float
    device: str | None = None
    serial: str | None = None
    firmware: str | None = None
    range_g: float | None = None
    utc_offset_s: int | None = None
    """Offset of the device clock from UTC where the file states one."""
    utc_known: bool = False
    """Whether every stamp carries that offset, so that UTC is certain whatever zone is named."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Free text of the header (body location, subject code, ...): shown, never trusted."""

    @property
    def known_offset_s(self) -> int | None:
        """Offset of the device clock from UTC, None if nobody can be sure of it."""
        return self.utc_offset_s if self.utc_known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How raw samples become g, and the extreme codes at which the sensor clips."""

    gain_g: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset_g: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lowest: float = -np.inf
    """Raw values at or below this are clipped."""
    highest: float = np.inf
    """Raw values at or above this are clipped."""

    def to_g(self, samples: Samples) -> NDArray[np.float64]:
        """Return raw samples, shape (n, 3), as g."""
        return np.asarray(samples * np.asarray(self.gain_g) + np.asarray(self.offset_g))


def sample_times(knots: NDArray[np.int64], index: NDArray[np.int64]) -> NDArray[np.int64]:
    """Device time of samples on a piecewise linear clock (extrapolates at both ends).

    The nearest knot at or before the index counts, and the slope to the knot after it:
    ``t = t_k + rint((i - i_k) * slope_k)``.

    Parameters
    ----------
    knots
        Shape (k >= 2, 2): sample index and device ns, both ascending.
    index
        Sample indices, any shape.
    """
    k = _stretch(knots[:, 0], index)
    left, right = knots[k], knots[k + 1]
    slope = (right[..., 1] - left[..., 1]) / (right[..., 0] - left[..., 0])
    return np.asarray(left[..., 1] + np.rint((index - left[..., 0]) * slope).astype(np.int64))


def _stretch(begins: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return which stretch between two knots each value is in, or next to at both ends."""
    k = begins.searchsorted(at, "right") - 1
    return np.minimum(np.maximum(k, 0), len(begins) - 2)  # np.clip takes thrice as long


def first_samples_at(knots: NDArray[np.int64], times_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index of the first sample at or after each device time; inverse of :func:`sample_times`."""
    k = _stretch(knots[:, 1], times_ns)
    left, right = knots[k], knots[k + 1]
    period_ns = (right[:, 1] - left[:, 1]) / (right[:, 0] - left[:, 0])
    index = left[:, 0] + np.ceil((times_ns - left[:, 1]) / period_ns).astype(np.int64)
    index -= sample_times(knots, index - 1) >= times_ns  # rounding to whole ns may shift by one
    return np.asarray(index + (sample_times(knots, index) < times_ns))


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of samples as a format module decodes them, before the clock has placed them.

    Within a block no interruption is known. ``breaks`` names why the block does not continue the
    one before (``start``, ``bad_block``, ``restart``, ``lost_block``, ``gap``, ...), else empty.
    """

    samples: Samples
    anchors: NDArray[np.int64]
    """Shape (k, 2): sample index counted from this block's first sample (any integer: an anchor may
    lie before or behind its block), device time in ns. In ascending index order; k may be 0."""
    breaks: str = ""
    temperature_c: float = np.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Samples with a true clock; never across a gap.

    The clock is piecewise linear: ``knots`` holds (sample index counted from the segment's first
    sample, device ns) in ascending order and always the same bracketing knots for the same sample,
    however the stream was cut, so that times do not depend on the cutting.
    """

    samples: Samples
    scale: Scale
    first_index: int
    """Index of ``samples[0]``, counted from the segment's first sample."""
    knots: NDArray[np.int64]
    """Shape (k >= 2, 2)."""
    opens_segment: str = ""
    """Why a new segment begins here (``start``, ``bad_block``, ``gap``, ...), else empty."""
    temperature_c: float = np.nan

    @classmethod
    def uniform(
        cls,
        samples: Samples,
        rate_hz: float,
        start_ns: int,
        *,
        first_index: int = 0,
        reason: str = "start",
    ) -> Chunk:
        """Return samples in g of an evenly sampled segment that began at ``start_ns``.

        ``reason`` says why the segment began; it matters where ``first_index`` is 0.
        """
        far = 1_000_000_000  # one exact straight line, whatever part of the segment this is
        knots = np.array([[0, start_ns], [far, start_ns + round(far * SECOND_NS / rate_hz)]])
        return cls(
            samples=samples,
            scale=Scale(),
            first_index=first_index,
            knots=knots,
            opens_segment=reason if first_index == 0 else "",
        )

    def __len__(self) -> int:
        return len(self.samples)

    def times_ns(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        """Device time of samples by their index in the segment: :func:`sample_times`."""
        return sample_times(self.knots, index)

    @property
    def start_ns(self) -> int:
        """Device time of the first sample."""
        return int(self.times_ns(np.array([self.first_index]))[0])

    @property
    def end_ns(self) -> int:
        """Device time of the sample that would follow the last one."""
        return int(self.times_ns(np.array([self.first_index + len(self.samples)]))[0])

    def split(self, *cuts: int) -> list[Chunk]:
        """Cut into consecutive chunks before the given offsets (ascending, within the chunk)."""
        edges = [0, *cuts, len(self.samples)]
        return [
            Chunk(
                samples=self.samples[a:b],
                scale=self.scale,
                first_index=self.first_index + a,
                knots=self.knots,
                opens_segment=self.opens_segment if a == 0 else "",
                temperature_c=self.temperature_c,
            )
            for a, b in pairwise(edges)
            if b > a
        ]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of samples without interruption, and why it began."""

    start_ns: int
    end_ns: int
    samples: int
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a reader repaired or could not use: a stable code and a sentence."""

    code: str
    message: str


@dataclass(slots=True)
class Health:
    """What was read, what was lost, and how good the clock is. Filled while chunks are read."""

    blocks: int = 0
    blocks_bad: int = 0
    bytes_read: int = 0
    bytes_skipped: int = 0
    stamps_repaired: int = 0
    lowest_hz: float | None = None
    """Lowest rate of any stretch of an hour between two stamps; None if none is that long."""
    highest_hz: float | None = None
    """The highest."""
    segments: list[Segment] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def remark(self, code: str, message: str) -> None:
        """Note something once per code and sentence."""
        note = Remark(code, message)
        if note not in self.remarks:
            self.remarks.append(note)

    @property
    def samples(self) -> int:
        """Samples delivered."""
        return sum(s.samples for s in self.segments)

    @property
    def start_ns(self) -> int | None:
        """Device time of the first sample, None if there is none."""
        return self.segments[0].start_ns if self.segments else None

    @property
    def end_ns(self) -> int | None:
        """Device time behind the last sample, None if there is none."""
        return self.segments[-1].end_ns if self.segments else None

    @property
    def gaps(self) -> int:
        """Interruptions between the first and the last sample."""
        return max(0, len(self.segments) - 1)

    @property
    def gap_ns(self) -> int:
        """Time between segments; where time runs backwards the overlap counts as nothing."""
        return sum(max(0, b.start_ns - a.end_ns) for a, b in pairwise(self.segments))

    @property
    def recorded_ns(self) -> int:
        """Time that the samples cover."""
        return sum(s.end_ns - s.start_ns for s in self.segments)

    @property
    def span_ns(self) -> int:
        """Time from first to last sample, gaps included; no clock that is set back shortens it."""
        return self.recorded_ns + self.gap_ns

    @property
    def measured_hz(self) -> float | None:
        """Samples per second of device time over all segments, None if unknown."""
        recorded_ns = self.recorded_ns
        return self.samples * SECOND_NS / recorded_ns if recorded_ns > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What the first minutes of a recording say about its sensor."""

    rate_hz: float
    """Measured rate, for which the filters are designed."""
    step_g: float
    """Smallest difference between two distinct sample values: the sensor's real step."""
    start_ns: int


class Recording(Protocol):
    """One readable recording, whatever its format."""

    path: Place
    header: Header
    health: Health
    """What the latest (possibly unfinished) iteration over :meth:`chunks` has met."""

    def chunks(self) -> Iterator[Chunk]:
        """Read from the beginning: each call is a new pass with a fresh :attr:`health`.

        Raises
        ------
        RecordingError
            If not one sample can be read.
        """
        ...
