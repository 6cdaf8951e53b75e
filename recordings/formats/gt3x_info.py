"""What an ActiGraph archive says of its device and its settings.

Two places say it: ``info.txt``, and the records of parameters and metadata at the beginning of
``log.bin``, which count more. Either may be missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import isfinite

import numpy as np

INFO_BYTES = 1 << 16
"""Of ``info.txt`` and ``calibration.json`` no more than this is read; real ones have 500 bytes."""

ENTRY = np.dtype([("space", "<u2"), ("key", "<u2"), ("value", "<u4")])
"""One entry of a record of parameters."""

_SCALE, _RATE, _UTC_OFFSET = (0, 55), (1, 10), (1, 40)
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_OFFSET = re.compile(r"([-+]?)(\d{1,2}):(\d{2})")
_FARTHEST_S = 18 * 3600
"""No zone is farther from UTC."""

_TICK_NS = 100
_EPOCH_TICKS = 621_355_968_000_000_000
"""From the year 1, where .NET counts from, to 1970."""
_LAST_TICKS = _EPOCH_TICKS + 7_258_118_400 * 10_000_000
"""The year 2200: nanoseconds since 1970 go to 2262."""

_NOTES = ("Limb", "Side", "Dominance", "Unexpected Resets")
"""Shown to the user; who wore it (name, sex, birth, height, mass, race) is left in the file."""

_DEVICES = {
    "NEO": ("GT3X+", 341.0),
    "CLE": ("wGT3X+", 341.0),
    "MRA": ("ActiSleep+", 341.0),
    "MOS0": ("wGT3X-BT", 256.0),
    "MOS2": ("wGT3X-BT", 256.0),
    "MOS": ("wActiSleep-BT", 256.0),
    "TAS": ("GT9X Link", 256.0),
    "CPW": ("CentrePoint Insight Watch", 256.0),
}
"""Device and counts per g by the beginning of the serial number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The records at the beginning of a log."""

    parameters: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """Raw values by address space and key."""
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Everything that was said, each thing from where it counts most."""

    fields: Mapping[str, str]
    """The lines of ``info.txt``."""
    settings: Settings = field(default_factory=Settings)

    @property
    def serial(self) -> str:
        """Serial number, empty if unknown; its beginning tells the kind of device."""
        return self.fields.get("Serial Number", "")

    @property
    def name(self) -> str:
        """Device as the user knows it."""
        kind = self.fields.get("Device Type") or self._by_serial()[0]
        return f"ActiGraph {kind}".strip()

    @property
    def is_rotated(self) -> bool:
        """Whether firmware 1.6.0 of the wGT3X-BT turned the axes."""
        return self.serial.startswith("MOS") and self.fields.get("Firmware") == "1.6.0"

    @property
    def rate_hz(self) -> int | None:
        """Rate the device was set to."""
        rate = self.settings.parameters.get(_RATE) or self._number("Sample Rate")
        return int(rate) if rate is not None and 1 <= rate <= 1000 and rate == int(rate) else None

    @property
    def start_ns(self) -> int | None:
        """Planned beginning on the device's clock."""
        return ticks_ns(self.fields.get("Start Date", ""))

    @property
    def counts_per_g(self) -> float | None:
        """Scale stated by the parameters, the text, or the kind of device."""
        parameter = self.settings.parameters.get(_SCALE)
        if parameter is not None and isfinite(scale := decode_float(parameter)) and scale > 0:
            return scale
        return self._number("Acceleration Scale") or self._by_serial()[1]

    @property
    def range_g(self) -> float | None:
        """Range as stated, else that of 12 bits."""
        counts = self.counts_per_g
        return self._number("Acceleration Max") or (round(2048 / counts) if counts else None)

    @property
    def in_utc(self) -> bool:
        """Whether the stamps are UTC: only CentrePoint sets devices up that way."""
        said = self.settings.metadata.get("UsedUtc") is True
        return said or bool(self.settings.parameters.get(_UTC_OFFSET))

    @property
    def utc_offset_s(self) -> int | None:
        """Offset of the wearer's (or the configuring computer's) clock from UTC, if stated."""
        parameter = self.settings.parameters.get(_UTC_OFFSET, 0)
        signed = parameter - (1 << 32) if parameter >> 31 else parameter
        if signed and abs(signed) <= _FARTHEST_S:
            return signed
        texts = (str(self.settings.metadata.get("UtcOffset", "")), self.fields.get("TimeZone", ""))
        return next((found for text in texts if (found := offset_s(text)) is not None), None)

    @property
    def notes(self) -> dict[str, str]:
        """Free text that is shown."""
        return {name: self.fields[name] for name in _NOTES if self.fields.get(name, "0") != "0"}

    def _number(self, name: str) -> float | None:
        found = _NUMBER.match(self.fields.get(name, ""))
        return float(found[0].replace(",", ".")) if found else None

    def _by_serial(self) -> tuple[str, float | None]:
        keys = (self.serial[:4], self.serial[:3])
        return next((_DEVICES[key] for key in keys if key in _DEVICES), ("", None))


def parse_info(text: bytes) -> dict[str, str]:
    """Return the ``key: value`` lines of ``info.txt``; the first of a name counts."""
    fields: dict[str, str] = {}
    for line in text.decode("utf-8-sig", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip(), value.strip("\0 \t"))
    return fields


def parse_parameters(payload: bytes) -> dict[tuple[int, int], int]:
    """Return the entries of a record of parameters."""
    entries = np.frombuffer(payload[: len(payload) // ENTRY.itemsize * ENTRY.itemsize], ENTRY)
    return {(space, key): value for space, key, value in entries.tolist()}


def parse_metadata(payload: bytes) -> dict[str, object]:
    """Return what a record of metadata says of the clock; nothing of who wore the device."""
    try:
        said = json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {name: said[name] for name in ("UsedUtc", "UtcOffset") if name in said}


def decode_float(raw: int) -> float:
    """Return ``fraction * 2**exponent``: 24 bits of fraction below 8 of exponent, both signed."""
    fraction, exponent = raw & 0xFFFFFF, raw >> 24
    if raw in (0x7FFFFF, 0x800000):
        return float("-inf") if raw == 0x800000 else float("inf")
    signed = fraction - (1 << 24) if fraction >> 23 else fraction
    return float(signed / (1 << 23) * 2.0 ** (exponent - 256 if exponent >> 7 else exponent))


def ticks_ns(text: str) -> int | None:
    """Return .NET ticks as ns since 1970; None for 0, which means not set, and for nonsense."""
    if not re.fullmatch(r"\d{1,20}", text):
        return None
    ticks = int(text)
    return (ticks - _EPOCH_TICKS) * _TICK_NS if _EPOCH_TICKS <= ticks < _LAST_TICKS else None


def offset_s(text: str) -> int | None:
    """Return the seconds of ``-04:00:00`` or ``02:00:00``, None if it is no offset."""
    found = _OFFSET.match(text)
    if found is None:
        return None
    seconds = int(timedelta(hours=int(found[2]), minutes=int(found[3])).total_seconds())
    if seconds > _FARTHEST_S:
        return None
    return -seconds if found[1] == "-" else seconds
