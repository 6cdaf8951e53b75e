"""ActiGraph files taken apart and put together again, and read."""

from __future__ import annotations

import io
import struct
import zipfile

import naive_gt3x as naive
import numpy as np


def members_of(content):
    """Name and content of each member."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members, method=zipfile.ZIP_STORED):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return memory.getvalue()


def record(kind, time_s, payload):
    """One record with its checksum."""
    body = struct.pack("<BBIH", 0x1E, kind, time_s, len(payload)) + payload
    return body + bytes([int(np.bitwise_xor.reduce(np.frombuffer(body, np.uint8))) ^ 0xFF])


def records_of(content):
    """The records of a file's log, as bytes."""
    log = members_of(content)["log.bin"]
    return [log[r.offset : r.offset + 9 + len(r.payload)] for r in naive.records_of(log)]


def with_records(content, records):
    """The file with another log."""
    return zipped({**members_of(content), "log.bin": b"".join(records)})


def with_info(content, old, new):
    """The file with other lines in its info.txt."""
    members = members_of(content)
    assert old in members["info.txt"]
    return zipped({**members, "info.txt": members["info.txt"].replace(old, new)})


def stamp_of(record):
    return struct.unpack_from("<I", record, 2)[0]


def is_second(record):
    return record[1] in naive.ACTIVITY and len(record) > 10
