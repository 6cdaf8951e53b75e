"""EDF files made in memory, and changes of their header."""

from __future__ import annotations

import made_recordings as made

from recordings.writers import EdfLayout, write_edf

FIXED = {
    "version": (0, 8),
    "recording": (88, 80),
    "date": (168, 8),
    "time": (176, 8),
    "header_bytes": (184, 8),
    "reserved": (192, 44),
    "records": (236, 8),
    "duration": (244, 8),
    "signals": (252, 4),
}
"""Place and width of the fields of the fixed part."""

OF_SIGNALS = {
    "label": (0, 16),
    "dimension": (96, 8),
    "physical_min": (104, 8),
    "physical_max": (112, 8),
    "digital_min": (120, 8),
    "digital_max": (128, 8),
    "samples": (216, 8),
}
"""Bytes of each signal before a field, and the field's width."""


def edf(codes, *, true_hz=100.0, **layout):
    """An EDF file; the layout as in :class:`recordings.writers.EdfLayout`."""
    return made.written(write_edf, codes, EdfLayout(**layout), true_hz)


def stating(content, **fields):
    """The file with other fields in the fixed part of its header."""
    changed = bytearray(content)
    for name, text in fields.items():
        at, width = FIXED[name]
        changed[at : at + width] = text.encode("latin-1").ljust(width)
    return bytes(changed)


def stating_of(content, signal, **fields):
    """The file with other fields of one signal (0 is the marker)."""
    changed = bytearray(content)
    count = int(content[252:256])
    for name, text in fields.items():
        before, width = OF_SIGNALS[name]
        at = 256 + before * count + width * signal
        changed[at : at + width] = text.encode("latin-1").ljust(width)
    return bytes(changed)


def beginning(content, onset, other):
    """The file with one record that says another onset."""
    old, new = onset + b"\x14\x14", other + b"\x14\x14"
    width = max(len(old), len(new))
    assert content.count(old) == 1
    return content.replace(old.ljust(width, b"\0"), new.ljust(width, b"\0"))
