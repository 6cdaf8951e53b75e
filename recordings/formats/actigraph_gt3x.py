"""ActiGraph ``.gt3x`` and ``.agdc``: a zip archive of ``info.txt`` and a log.

In the usual layout the log is ``log.bin``, a sequence of records, each with a checksum: one second
of samples stamped with its whole second, or an event, a battery reading, ... In the layout of the
first GT3X+ it is ``activity.bin``, a bare stream of samples. Samples and stamps come from one
clock, so there is no drift to measure.

ActiLife sets that clock to local time, CentrePoint to UTC. Device time is local in both cases: UTC
stamps are moved by the offset that the file states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model import Block, Header, Health, ReadOptions, RecordingError, Samples, Scale
from ..place import Place
from ..source import ByteSource, member_named
from . import gt3x_activity, gt3x_log
from .gt3x_calibration import Calibration, parse_calibration
from .gt3x_info import INFO_BYTES, Device, parse_info

NAME = "actigraph-gt3x"

LOWEST, HIGHEST = -2048, 2047
"""The extreme codes of 12 bits; samples stored in 16 bits do not go beyond."""

OLD_END = 2046
"""The same, with either sign, in the layout of the first devices."""

LEAST_COUNTS_PER_G, MOST_COUNTS_PER_G = 16.0, 65_536.0
"""A scale beyond is none: an .agdc states 1, for its calibration is in a file of its own."""

_OLD_MEMBERS = ("info.txt", "lux.bin", "battery.bin", "eeprom.bin")
"""What stands beside ``activity.bin``."""

_REMEDY = "download the recording from the device again"


def sniff_members(members: Sequence[str]) -> bool:
    """Whether an archive has these members; of a cut one not all may be left."""
    old = any(member_named(members, name) for name in _OLD_MEMBERS)
    return bool(member_named(members, "log.bin") or (old and member_named(members, "activity.bin")))


def open_reader(path: Place, options: ReadOptions) -> Gt3xReader | OldGt3xReader:  # noqa: ARG001 (the file knows)
    """Read what the archive says of the device and its settings.

    Raises
    ------
    RecordingError
        If rate, scale or (in the old layout) the time of the first sample cannot be known.
    """
    with ByteSource(path) as source:
        members = source.members
    fields = parse_info(_content(path, members, "info.txt"))
    log = member_named(members, "log.bin")
    if log is None:
        return _open_old(path, member_named(members, "activity.bin") or "", Device(fields=fields))
    with ByteSource(path, log) as source:
        look = gt3x_log.look_at(source)
    device = Device(fields=fields, settings=look.settings)
    rate_hz = _rate_hz(path, look.rate_hz or device.rate_hz)
    text = _content(path, members, "calibration.json")
    calibration = parse_calibration(path, text, rate_hz) if text else None
    if calibration is None:
        # A turned axis has the highest code where it had the lowest.
        lowest = -HIGHEST if device.is_rotated else LOWEST
        scale = _scale(path, device, lowest, HIGHEST)
    else:
        scale = calibration.scale(LOWEST, HIGHEST)
    return Gt3xReader(
        path=path,
        log=log,
        header=_header(device, rate_hz),
        scale=scale,
        rate_hz=rate_hz,
        stamp_offset_s=(device.utc_offset_s or 0) if device.in_utc else 0,
        is_rotated=device.is_rotated,
        calibration=calibration,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gt3xReader:
    """One archive with a log of records; see :class:`recordings.formats.Reader`."""

    path: Place
    log: str
    """Name of the member that holds the samples."""
    header: Header
    scale: Scale
    rate_hz: int
    stamp_offset_s: int
    """From stamps to device time."""
    is_rotated: bool
    """Whether the stored axes are turned."""
    calibration: Calibration | None
    """What is to be done beyond scaling each axis."""

    def blocks(self, health: Health) -> Iterator[Block]:
        """Decode from the beginning, second after second.

        Remarks: ``bad_block``, ``duplicate_block``, ``uneven_block``, ``overflow``,
        ``usb_connection``, ``idle_sleep``, ``truncated``, ``truncated_zip``.
        """
        joiner = gt3x_log.Joiner(self.rate_hz, self.stamp_offset_s, self._converted, health)
        with ByteSource(self.path, self.log) as source:
            for batch in gt3x_log.batches(source):
                yield from joiner.join(batch)
            source.conclude(health)
        joiner.conclude()

    def _converted(self, samples: NDArray[np.int16]) -> Samples:
        """Return samples as the device's axes are marked, calibrated where need be."""
        if self.is_rotated:
            samples = np.column_stack([samples[:, 1], -samples[:, 0], samples[:, 2]])
        return samples if self.calibration is None else self.calibration.to_g(samples)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldGt3xReader:
    """One archive with a bare stream of samples; see :class:`recordings.formats.Reader`."""

    path: Place
    log: str
    header: Header
    scale: Scale
    rate_hz: int
    start_ns: int

    def blocks(self, health: Health) -> Iterator[Block]:
        """Decode from the beginning. Remarks: ``zero_fill``, ``truncated_zip``."""
        with ByteSource(self.path, self.log) as source:
            yield from gt3x_activity.blocks(source, self.rate_hz, self.start_ns, health)
            source.conclude(health)


def _open_old(path: Place, log: str, device: Device) -> OldGt3xReader:
    if not device.fields:
        raise RecordingError(
            path,
            "has lost its info.txt, which alone says when and how fast the samples were taken",
            remedy=_REMEDY,
        )
    rate_hz = _rate_hz(path, device.rate_hz)
    if device.start_ns is None:
        raise RecordingError(path, "states no Start Date in its info.txt", remedy=_REMEDY)
    return OldGt3xReader(
        path=path,
        log=log,
        header=_header(device, rate_hz),
        scale=_scale(path, device, -OLD_END, OLD_END),
        rate_hz=rate_hz,
        start_ns=device.start_ns,
    )


def _content(path: Place, members: Sequence[str], name: str) -> bytes:
    """Return a small member, nothing if it is not there."""
    member = member_named(members, name)
    if member is None:
        return b""
    with ByteSource(path, member) as source:
        return source.read(INFO_BYTES)


def _rate_hz(path: Place, rate_hz: int | None) -> int:
    if rate_hz is None:
        raise RecordingError(path, "states no usable sampling rate", remedy=_REMEDY)
    return rate_hz


def _scale(path: Place, device: Device, lowest: int, highest: int) -> Scale:
    counts = device.counts_per_g
    if counts is None or not LEAST_COUNTS_PER_G <= counts <= MOST_COUNTS_PER_G:
        stated = "no scale" if counts is None else f"a scale of {counts:g} counts per g"
        raise RecordingError(
            path, f"states {stated} and has no calibration.json of use", remedy=_REMEDY
        )
    return Scale(gain_g=(1 / counts,) * 3, lowest=lowest, highest=highest)


def _header(device: Device, rate_hz: int) -> Header:
    offset_s = device.utc_offset_s
    return Header(
        format=NAME,
        device=device.name,
        serial=device.serial or None,
        firmware=device.fields.get("Firmware") or None,
        nominal_hz=float(rate_hz),
        range_g=device.range_g,
        utc_offset_s=(offset_s or 0) if device.in_utc else offset_s,
        utc_known=device.in_utc,
        notes=device.notes,
    )
