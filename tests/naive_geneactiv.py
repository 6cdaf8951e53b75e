"""GENEActiv pages read the plain way: split into lines, regular expressions, ``int(..., 16)``."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

import numpy as np

BLANKS = b"\0\t\r\n "
PAGE_DIGITS = 3600


class Page(NamedTuple):
    offset: int
    sequence: int
    time_ns: int
    rate_hz: float
    temperature_c: float
    status: str
    """good, bad_header, bad_hex or cut."""
    samples: np.ndarray
    """Shape (n, 3) of int."""


NONE = np.empty((0, 3), int)


def pages_of(content):
    """Every page of a file from which the header was removed."""
    pages = []
    pos = 0
    while pos < len(content):
        end, after = line_at(content, pos)
        if re.fullmatch(rb"Recorded Data[\0\t\r ]*", content[pos:end]):
            page, after = page_at(content, pos, after)
            pages.append(page)
        pos = after
    return pages


def line_at(content, pos):
    """Where the line ends and where the next one begins."""
    end = content.find(b"\n", pos)
    return (len(content), len(content)) if end < 0 else (end, end + 1)


def page_at(content, offset, after):
    """The page whose mark is at ``offset``, and where to go on."""
    found = {}
    pos = after
    broken_off = False
    for _ in range(16):
        end, following = line_at(content, pos)
        if b":" not in content[pos:end][:40]:
            break
        if end == len(content):
            broken_off = True
            break
        name, _, value = content[pos:end].partition(b":")
        found[name] = value
        pos = following
    stated = (
        whole_number(found.get(b"Sequence Number", b"")),
        time_ns(found.get(b"Page Time", b"")),
        number(found.get(b"Measurement Frequency", b"")),
        number(found.get(b"Temperature", b"")),
    )
    sequence, stamp, rate_hz, _ = stated
    if broken_off:
        return Page(offset, *stated, "cut", NONE), after
    if sequence < 0 or stamp < 0 or not rate_hz > 0:
        status = "cut" if len(content) - pos < 40 else "bad_header"
        return Page(offset, *stated, status, NONE), after
    end, following = line_at(content, pos)
    digits = content[pos:end].rstrip(BLANKS)
    status = "good" if digits and len(digits) % 12 == 0 else "bad_hex"
    if len(digits) < PAGE_DIGITS and not content[end:].strip(BLANKS):
        status = "cut"
    whole = digits[: len(digits) // 12 * 12]
    if status == "bad_hex" or re.search(rb"[^0-9A-Fa-f]", whole):
        return Page(offset, *stated, "bad_hex", NONE), after
    return Page(offset, *stated, status, decode(whole)), following


def decode(digits):
    """Twelve digits a sample, three of them for each axis."""
    samples = [digits[i : i + 12] for i in range(0, len(digits), 12)]
    axes = [[int(sample[3 * k : 3 * k + 3], 16) for k in range(3)] for sample in samples]
    values = np.array(axes, int).reshape(-1, 3)
    return np.where(values >= 2048, values - 4096, values)


def number(text):
    """A decimal number with point or comma, NaN if there is none; a blank ends it."""
    match = re.fullmatch(rb"[\0\t\r ]*(-?)(\d*)(?:[.,](\d*))?(?:[\0\t\r ].*)?", text, re.DOTALL)
    if not match:
        return np.nan
    before, behind = match[2], match[3] or b""
    if not 1 <= len(before + behind) <= 15:
        return np.nan
    return float((match[1] + (before or b"0") + b"." + (behind or b"0")).decode())


def whole_number(text):
    value = number(text)
    return int(value) if value >= 0 and value == int(value) else -1


def time_ns(text):
    """Year to milliseconds, anything between them, as ns since 1970; -1 if that is no time."""
    match = re.fullmatch(rb"\D*" + rb"\D+".join([rb"(\d{1,9})"] * 7) + rb"[\0\t\r ]*", text)
    if not match:
        return -1
    *fields, milliseconds = (int(part) for part in match.groups())
    if not 1970 <= fields[0] <= 2200 or milliseconds > 999:
        return -1
    try:
        since = datetime(*fields) - datetime(1970, 1, 1)
    except (ValueError, OverflowError):
        return -1
    return (since.days * 86_400 + since.seconds) * 10**9 + milliseconds * 10**6
