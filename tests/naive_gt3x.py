"""ActiGraph logs read the plain way: byte by byte, bits as text, seconds in a list."""

from __future__ import annotations

import struct
from functools import reduce
from operator import xor
from typing import NamedTuple

import numpy as np

DAY = 86_400
ACTIVITY = {0: "yxz", 26: "16", 27: "xyz"}


class Record(NamedTuple):
    kind: int | str
    """Its type; ``lost`` or ``cut`` for bytes that belong to none."""
    time_s: int
    offset: int
    payload: bytes


class Second(NamedTuple):
    time_s: int
    why: str
    samples: list
    """Of (x, y, z)."""


def records_of(log):
    """Every record, and the bytes between them that are not zeros."""
    found = []
    last = None
    pos = lost = 0
    cut = False
    while pos < len(log):
        record = record_at(log, pos, last, behind_loss=bool(lost))
        if isinstance(record, Record):
            if lost:
                found.append(Record("lost", last, pos - lost, log[pos - lost : pos]))
            found.append(record)
            last, lost = record.time_s, 0
            pos += 9 + len(record.payload)
        elif log[pos] == 0 and not lost:
            pos += 1
        else:
            cut = record == "cut" if not lost else cut
            lost += 1
            pos += 1
    if lost:
        found.append(Record("cut" if cut else "lost", last, pos - lost, log[pos - lost :]))
    return found


def record_at(log, pos, last, *, behind_loss):
    """The record that begins here, else why there is none."""
    if log[pos] != 0x1E:
        return "none"
    if pos + 8 > len(log):
        return "cut"
    kind, time_s, size = struct.unpack_from("<BIH", log, pos + 1)
    if behind_loss:
        earliest = 946_684_800 if last is None else last - DAY
        latest = 4_102_444_800 if last is None else last + 400 * DAY
        if kind > 30 or size > 8192 or not earliest <= time_s <= latest:
            return "none"
    if pos + 9 + size > len(log):
        return "cut"
    *body, checksum = log[pos : pos + 9 + size]
    good = reduce(xor, body) ^ 255 == checksum
    return Record(kind, time_s, pos, bytes(body[8:])) if good else "none"


def decode(kind, payload):
    """The samples of a second, as (x, y, z)."""
    if ACTIVITY[kind] == "16":
        return list(struct.iter_unpack("<hhh", payload[: len(payload) // 6 * 6]))
    bits = "".join(f"{byte:08b}" for byte in payload)
    values = [int(bits[i : i + 12], 2) for i in range(0, len(bits) - 11, 12)]
    values = [value - 4096 if value > 2047 else value for value in values]
    triples = [tuple(values[i : i + 3]) for i in range(0, len(values) - 2, 3)]
    return [(x, y, z) for y, x, z in triples] if ACTIVITY[kind] == "yxz" else triples


def seconds_of(records, rate):
    """What is delivered, with why it does not continue what was before; and what is counted."""
    seconds = []
    tally = dict.fromkeys(["repeated", "uneven", "overflows", "plugs", "idles", "idle_s"], 0)
    since = []
    """Records that came after the latest second."""
    stamps = {b"\x08": -1, b"\x09": -1}
    """Of the latest event of each kind."""
    for record in records:
        if record.kind == 3 and record.payload in stamps:
            stamps[record.payload] = record.time_s
        tally["overflows"] += record.kind in (19, 20)
        if record.kind not in ACTIVITY or len(record.payload) == 1:
            since.append(record)
            continue
        last = seconds[-1].time_s if seconds else None
        samples = decode(record.kind, record.payload)
        if record.time_s == last:
            tally["repeated"] += 1
            continue
        tally["uneven"] += len(samples) != rate
        if not samples:
            continue
        why = why_apart(record.time_s, seconds, rate, since, stamps.values())
        if why in ("usb", "idle"):
            tally[{"usb": "plugs", "idle": "idles"}[why]] += 1
        tally["idle_s"] += record.time_s - last - 1 if why == "idle" else 0
        seconds.append(Second(record.time_s, why, samples[:rate]))
        since.clear()
    return seconds, tally


def why_apart(time_s, seconds, rate, since, events):
    """Why a second does not continue the one before."""
    if not seconds:
        return "start"
    last, _, samples = seconds[-1]
    if time_s <= last + 1:
        whole = "" if len(samples) == rate else "short"
        return whole if time_s == last + 1 else "backwards"
    inside = [last < stamp <= time_s for stamp in events]
    damaged = any(record.kind == "lost" for record in since) and not all(inside)
    reasons = {
        "usb": any(record.kind in ACTIVITY for record in since),
        "bad": damaged,
        "idle": any(inside),
        "missing": True,
    }
    return next(why for why, holds in reasons.items() if holds)


def array_of(seconds):
    return np.array([sample for second in seconds for sample in second.samples]).reshape(-1, 3)
