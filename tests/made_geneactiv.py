"""GENEActiv files taken apart and put together again, and read."""

from __future__ import annotations

import numpy as np

from recordings import open_recording

MARK = b"Recorded Data"


def parts_of(content):
    """Header and pages of a file."""
    header, *pages = content.split(MARK)
    return header, [MARK + page for page in pages]


def joined(header, pages):
    return header + b"".join(pages)


def stamped(page, text, number=None):
    """A page with another time, and maybe another sequence number."""
    lines = page.split(b"\r\n")
    lines[3] = b"Page Time:" + text
    if number is not None:
        lines[2] = b"Sequence Number:%d" % number
    return b"\r\n".join(lines)


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


def made_stamp(time_ns):
    text = str(np.datetime64(time_ns // 1_000_000, "ms")).replace("T", " ").replace(".", ":")
    return text.encode()
