"""Which signals of an EDF file are its accelerometer, and what makes g of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..kernels.edf import unpack_16, unpack_24
from ..model import SECOND_NS, RecordingError, Remark, Samples, Scale
from ..place import Place
from .edf_header import REMEDY, EdfHeader, Signal, number
from .tables.names import best_axes
from .units import UNIT_GAIN_G, choose_unit, doubts, resting_magnitude, unit_named

RATES_HZ = (1.0, 10_000.0)
"""Of an accelerometer; outside the header is damaged."""

_REMEDY = "export three axes of acceleration, in g, mg or m/s², into one file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerometer:
    """Three signals with as many samples each."""

    stated: EdfHeader
    axes: tuple[Signal, ...]
    unit: str | None
    """What the file says."""
    without_gravity: bool
    """Whether the labels say that gravity was removed."""

    @property
    def samples(self) -> int:
        """Samples in a record."""
        return self.axes[0].samples

    @property
    def rate_hz(self) -> float:
        """Samples per second, exact but for the last bit."""
        return self.samples * SECOND_NS / self.stated.duration_ns

    def decode(self, records: NDArray[np.uint8]) -> Samples:
        """Return the samples of whole records, shape (records, bytes)."""
        first = np.array([axis.offset for axis in self.axes])
        shape = len(records) * self.samples, 3
        if self.stated.width == 2:
            codes = np.empty(shape, np.int16)
            unpack_16(records.view("<i2"), first // 2, self.samples, codes.reshape(-1))
            return codes
        wide = np.empty(shape, np.float64)
        unpack_24(records, first, self.samples, wide.reshape(-1))
        return wide


def find_accelerometer(path: Place, stated: EdfHeader) -> Accelerometer:
    """Find three axes by label, unit and rate.

    Labels are taken as the names of a table's columns are. Signals in any other unit (EEG in µV, a
    leg in mV) are none.

    Raises
    ------
    RecordingError
        If there are no three axes, or more than one choice of them.
    """
    units = {signal: unit_named(signal.dimension) for signal in stated.signals}
    possible = [s for s in stated.signals if s.samples and (units[s] or not s.dimension)]
    found = best_axes([signal.label for signal in possible])
    axes = tuple(possible[column] for column in found[0].columns) if found else ()
    problem = ""
    if len(found) != 1:
        problem = "more than one accelerometer" if found else "no three axes of acceleration"
    elif len({(axis.samples, units[axis]) for axis in axes}) > 1:
        problem = "axes of different rates or units"
    if problem:
        listed = [f"{s.label!r} ({s.dimension or 'no unit'})" for s in stated.signals[:12]]
        raise RecordingError(
            path, f"has {problem} among its signals {', '.join(listed)}", remedy=_REMEDY
        )
    sensor = Accelerometer(
        stated=stated,
        axes=axes,
        unit=units[axes[0]] or found[0].unit,
        without_gravity=found[0].without_gravity,
    )
    if not RATES_HZ[0] <= sensor.rate_hz <= RATES_HZ[1]:
        raise RecordingError(path, f"states acceleration at {sensor.rate_hz:g} Hz", remedy=REMEDY)
    return sensor


def calibrate(
    path: Place, sensor: Accelerometer, first: Samples, stated_unit: str | None
) -> tuple[Scale, str, tuple[Remark, ...]]:
    """Return what makes g of the samples, the unit and how it is known, and what is doubtful.

    Parameters
    ----------
    path
        For messages.
    sensor
        Its signals state their ranges.
    first
        The first samples: gravity tells a unit that nobody states.
    stated_unit
        What the user says.

    Raises
    ------
    RecordingError
        If a range is missing or empty, or the unit is unknown.
    """
    lines = [_line(path, axis) for axis in sensor.axes]
    rest = resting_magnitude(_scale(sensor, lines, 1.0).to_g(first))
    unit, reason = choose_unit(path, rest, named=sensor.unit, stated=stated_unit)
    gain_g = UNIT_GAIN_G[unit]
    remarks = doubts(rest * gain_g, named_without_gravity=sensor.without_gravity)
    return _scale(sensor, lines, gain_g), f"{unit} ({reason})", remarks


def range_g(sensor: Accelerometer, scale: Scale) -> float:
    """Return the largest acceleration that all axes can state."""
    ends = np.array([[number(text) for text in axis.digital] for axis in sensor.axes], np.float64)
    return float(np.abs(scale.to_g(ends.T)).max(axis=0).min())


def _line(path: Place, axis: Signal) -> tuple[float, float]:
    """Return gain and offset in the signal's unit, from the ends of its range."""
    low, high, code_low, code_high = map(number, (*axis.physical, *axis.digital))
    if low is None or high is None or code_low is None or code_high is None:
        raise RecordingError(path, f"states no range of {axis.label!r} in numbers", remedy=REMEDY)
    if low == high or abs(code_high - code_low) < 1:
        raise RecordingError(path, f"states an empty range of {axis.label!r}", remedy=REMEDY)
    gain = (high - low) / (code_high - code_low)
    return gain, low - code_low * gain


def _scale(sensor: Accelerometer, lines: list[tuple[float, float]], gain_g: float) -> Scale:
    x, y, z = [(gain * gain_g, offset * gain_g) for gain, offset in lines]
    codes = [number(text) or 0.0 for axis in sensor.axes for text in axis.digital]
    return Scale(
        gain_g=(x[0], y[0], z[0]),
        offset_g=(x[1], y[1], z[1]),
        lowest=min(codes),
        highest=max(codes),
    )
