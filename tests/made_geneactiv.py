"""GENEActiv files taken apart and put together again."""

from __future__ import annotations

import numpy as np

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


def made_stamp(time_ns):
    text = str(np.datetime64(time_ns // 1_000_000, "ms")).replace("T", " ").replace(".", ":")
    return text.encode()
