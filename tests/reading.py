"""Whole recordings read at once."""

from __future__ import annotations

import numpy as np

from recordings import open_recording


def read(path):
    """Samples, times, segments as (reason, samples), and the recording."""
    recording = open_recording(path)
    chunks = list(recording.chunks())
    times = [c.times_ns(c.first_index + np.arange(len(c))) for c in chunks]
    segments = [(s.reason, s.samples) for s in recording.health.segments]
    samples = np.concatenate([c.samples for c in chunks])
    return samples, np.concatenate(times), segments, recording


def remarks_of(recording):
    return {note.code: note.message for note in recording.health.remarks}
