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
from .place import Place, Remote, place_of
from .zone import NightSpan, Zone, compare_zones

if TYPE_CHECKING:
    from .fetch import holding, sha256_of
    from .joined import open_parts
    from .probing import probe
    from .registry import open_recording
    from .rehearsal import rehearse
    from .store import Stamp, exists, files_in, look_up, stamp_of

__all__ = [
    "SECOND_NS",
    "ArrayRecording",
    "Block",
    "Chunk",
    "Header",
    "Health",
    "NightSpan",
    "Place",
    "Probe",
    "ReadOptions",
    "Recording",
    "RecordingError",
    "Remark",
    "Remote",
    "Scale",
    "Segment",
    "Stamp",
    "Zone",
    "compare_zones",
    "exists",
    "files_in",
    "first_samples_at",
    "holding",
    "look_up",
    "open_parts",
    "open_recording",
    "place_of",
    "probe",
    "rehearse",
    "sample_times",
    "sha256_of",
    "stamp_of",
]

_LAZY = {
    "Stamp": "store",
    "exists": "store",
    "files_in": "store",
    "holding": "fetch",
    "look_up": "store",
    "open_parts": "joined",
    "open_recording": "registry",
    "probe": "probing",
    "rehearse": "rehearsal",
    "sha256_of": "fetch",
    "stamp_of": "store",
}


def __getattr__(name: str) -> object:
    """Load a public name that is costly to import."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_LAZY[name]}", __name__), name)
    globals()[name] = value
    return value
