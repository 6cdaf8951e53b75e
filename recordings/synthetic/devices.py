"""Sensors as they are: step, range, noise, rate and its error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..model import SECOND_NS, Scale

Axes = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One class of recording device.

    ``raw = floor(g * counts_per_g + zero_counts [+ 0.5])``, clipped to the end codes, and with its
    lowest ``bits_dropped`` bits cleared.
    """

    name: str
    hardware: Literal["ax3", "ax6", "geneactiv", "actigraph"]
    """Which decides the format of its files."""
    counts_per_g: Axes
    zero_counts: Axes = (0.0, 0.0, 0.0)
    bits_dropped: int = 0
    rounds: bool = True
    """Whether the converter rounds; else it truncates downwards, half a step too low on average."""
    lowest: int
    highest: int
    range_g: float
    noise_mg: Axes
    """White noise per sample and axis, whatever the rate: so its density rises as the rate falls
    (ADXL345 data sheet)."""
    nominal_hz: float
    rate_error: float = 0.0
    """Relative error of the sensor's own oscillator against the clock that stamps the samples."""
    temperature_c: float = np.nan
    """What its thermometer shows on a sleeper's wrist; NaN without one."""

    @property
    def step_mg(self) -> float:
        """Smallest difference between two sample values (largest axis)."""
        return float(1000 * 2**self.bits_dropped / min(self.counts_per_g))

    @property
    def scale(self) -> Scale:
        """How raw counts become g again."""
        x, y, z = (
            (1 / counts, -zero / counts)
            for counts, zero in zip(self.counts_per_g, self.zero_counts, strict=True)
        )
        return Scale(
            gain_g=(x[0], y[0], z[0]),
            offset_g=(x[1], y[1], z[1]),
            lowest=self.lowest,
            highest=self.highest,
        )

    def true_hz(self, nominal_hz: float) -> float:
        """Samples per second of device time when set to ``nominal_hz``.

        A GENEActiv makes whole half-seconds of 300 samples: its rates are 600/k.
        """
        if self.hardware == "geneactiv":
            return 600 / round(600 / nominal_hz)
        return nominal_hz * (1 + self.rate_error)

    def to_raw(self, accel_g: NDArray[np.float64]) -> NDArray[np.int16]:
        """Convert acceleration, shape (n, 3), to the codes the device would store."""
        counts = accel_g * np.asarray(self.counts_per_g)
        counts += np.asarray(self.zero_counts) + (0.5 if self.rounds else 0.0)
        np.floor(counts, out=counts)
        np.clip(counts, self.lowest, self.highest + 2**self.bits_dropped - 1, out=counts)
        raw = counts.astype(np.int16)
        return np.asarray(raw >> self.bits_dropped << self.bits_dropped, dtype=np.int16)


def times_ns(start_ns: int, index: NDArray[np.int64], true_hz: float) -> NDArray[np.int64]:
    """Device time of samples by their index, in ns."""
    return np.asarray(start_ns + np.rint(index * (SECOND_NS / true_hz)).astype(np.int64))


_ADXL345 = (2.9, 2.9, 4.3)  # mg rms: 0.75, 0.75 and 1.1 LSB at 100 Hz (data sheet)
_ADXL345_LOW_POWER = (7.0, 7.0, 10.0)  # mg rms: 1.8 and 2.6 LSB (data sheet)

DEVICES: dict[str, Device] = {
    device.name: device
    for device in (
        # The default of the AX3: a truncated 10-bit word. Four real recordings change from one
        # still sample to the next in 12 to 31 % of the cases: that is the normal-power noise
        # (low power would change in half of them).
        Device(
            name="ax3",
            hardware="ax3",
            counts_per_g=(256, 256, 256),
            bits_dropped=2,
            rounds=False,
            lowest=-2048,
            highest=2044,
            range_g=8,
            noise_mg=_ADXL345,
            nominal_hz=100,
            rate_error=-0.02,
            temperature_c=31,
        ),
        Device(
            name="ax3-low-power",
            hardware="ax3",
            counts_per_g=(256, 256, 256),
            bits_dropped=2,
            rounds=False,
            lowest=-2048,
            highest=2044,
            range_g=8,
            noise_mg=_ADXL345_LOW_POWER,
            nominal_hz=100,
            rate_error=-0.02,
            temperature_c=31,
        ),
        Device(
            name="ax3-unpacked",
            hardware="ax3",
            counts_per_g=(256, 256, 256),
            rounds=False,
            lowest=-2048,
            highest=2047,
            range_g=8,
            noise_mg=_ADXL345,
            nominal_hz=100,
            rate_error=-0.02,
            temperature_c=31,
        ),
        # BMI160: 180 ug/rtHz over half the rate at 100 Hz.
        Device(
            name="ax6",
            hardware="ax6",
            counts_per_g=(2048, 2048, 2048),
            lowest=-32767,
            highest=32767,
            range_g=16,
            noise_mg=(1.3, 1.3, 1.3),
            nominal_hz=100,
            rate_error=-0.001,
            temperature_c=31,
        ),
        Device(
            name="ax6-8g",
            hardware="ax6",
            counts_per_g=(4096, 4096, 4096),
            lowest=-32767,
            highest=32767,
            range_g=8,
            noise_mg=(1.3, 1.3, 1.3),
            nominal_hz=100,
            rate_error=-0.001,
            temperature_c=31,
        ),
        # Gains and offsets are those of writers.GeneactivLayout; noise as in the stillest half
        # hour of a real night, flat from 1 to 49 Hz.
        Device(
            name="geneactiv",
            hardware="geneactiv",
            counts_per_g=(255.0, 254.0, 253.0),
            zero_counts=(3.0, -2.0, -1.0),
            lowest=-2048,
            highest=2047,
            range_g=8,
            noise_mg=(6.5, 6.7, 8.0),
            nominal_hz=100,
            temperature_c=31,
        ),
        Device(
            name="actigraph",
            hardware="actigraph",
            counts_per_g=(256, 256, 256),
            lowest=-2048,
            highest=2047,
            range_g=8,
            noise_mg=_ADXL345,
            nominal_hz=30,
        ),
    )
}
"""Device classes by name."""
