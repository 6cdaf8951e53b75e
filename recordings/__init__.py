"""Recorded accelerometer files: bytes in, samples in g with a true clock out.

Knows nothing of sleep. Everything is loaded at its first use: no user of a part waits for the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .arrays import ArrayRecording
    from .errors import RecordingError
    from .fetch import holding, sha256_of
    from .joined import open_parts
    from .model import (
        SECOND_NS,
        Block,
        Chunk,
        Header,
        Health,
        Probe,
        Recording,
        Remark,
        Scale,
        Segment,
        first_samples_at,
        sample_times,
    )
    from .options import ReadOptions
    from .place import Place, Remote, place_of
    from .probing import probe
    from .registry import DEVICE_ENDINGS, GENERAL_ENDINGS, open_recording
    from .rehearsal import rehearse
    from .store import Stamp, exists, files_in, look_up, stamp_of
    from .wording import legible
    from .zone import NightSpan, Zone, compare_zones

__all__ = [
    "DEVICE_ENDINGS",
    "GENERAL_ENDINGS",
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
    "legible",
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

_HOMES = {
    "DEVICE_ENDINGS": "registry",
    "GENERAL_ENDINGS": "registry",
    "SECOND_NS": "model",
    "ArrayRecording": "arrays",
    "Block": "model",
    "Chunk": "model",
    "Header": "model",
    "Health": "model",
    "NightSpan": "zone",
    "Place": "place",
    "Probe": "model",
    "ReadOptions": "options",
    "Recording": "model",
    "RecordingError": "errors",
    "Remark": "model",
    "Remote": "place",
    "Scale": "model",
    "Segment": "model",
    "Stamp": "store",
    "Zone": "zone",
    "compare_zones": "zone",
    "exists": "store",
    "files_in": "store",
    "first_samples_at": "model",
    "holding": "fetch",
    "legible": "wording",
    "look_up": "store",
    "open_parts": "joined",
    "open_recording": "registry",
    "place_of": "place",
    "probe": "probing",
    "rehearse": "rehearsal",
    "sample_times": "model",
    "sha256_of": "fetch",
    "stamp_of": "store",
}


def __getattr__(name: str) -> object:
    """Load a public name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
