"""Recorded accelerometer files: bytes in, samples in g with a true clock out.

Knows nothing of sleep. What needs a compiler or a table library is loaded at its first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .arrays import ArrayRecording
from .model import (
    SECOND_NS,
    Block,
    Chunk,
    Header,
    Health,
    Probe,
    ReadOptions,
    Recording,
    RecordingError,
    Remark,
    Scale,
    Segment,
    first_samples_at,
    sample_times,
)
from .zone import NightSpan, Zone, compare_zones

if TYPE_CHECKING:
    from .joined import open_parts
    from .probing import probe
    from .registry import open_recording

__all__ = [
    "SECOND_NS",
    "ArrayRecording",
    "Block",
    "Chunk",
    "Header",
    "Health",
    "NightSpan",
    "Probe",
    "ReadOptions",
    "Recording",
    "RecordingError",
    "Remark",
    "Scale",
    "Segment",
    "Zone",
    "compare_zones",
    "first_samples_at",
    "open_parts",
    "open_recording",
    "probe",
    "sample_times",
]

_LAZY = {"open_parts": "joined", "open_recording": "registry", "probe": "probing"}


def __getattr__(name: str) -> object:
    """Load a public name that is costly to import."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_LAZY[name]}", __name__), name)
    globals()[name] = value
    return value
