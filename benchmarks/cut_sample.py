"""Cut an Axivity CWA recording on block borders: how the bundled sample was made.

    python benchmarks/cut_sample.py INPUT.cwa OUTPUT.cwa.gz 2023-05-04T01:00 2023-05-04T06:30

The header and every 512-byte block whose time stamp lies in [START, END) are kept as they are. The
gzip header holds neither name nor time, so the same input gives the same bytes with one zlib.
"""

from __future__ import annotations

import gzip
import sys
from datetime import datetime
from pathlib import Path

HEADER_BYTES, BLOCK_BYTES = 1024, 512


def packed_time(moment: datetime) -> int:
    """Return a CWA time stamp: year - 2000, month, day, hour, minute, second in one 32-bit word.

    Stamps sort like the times they stand for.
    """
    word = moment.year - 2000
    for value, bits in (
        (moment.month, 4),
        (moment.day, 5),
        (moment.hour, 5),
        (moment.minute, 6),
        (moment.second, 6),
    ):
        word = word << bits | value
    return word


def cut(recording: bytes, start: datetime, end: datetime) -> bytes:
    """Return the header and the blocks stamped in [start, end), device time."""
    first, behind = packed_time(start), packed_time(end)
    kept = [recording[:HEADER_BYTES]]
    for at in range(HEADER_BYTES, len(recording) - BLOCK_BYTES + 1, BLOCK_BYTES):
        block = recording[at : at + BLOCK_BYTES]
        stamp = int.from_bytes(block[14:18], "little")
        if block[:2] == b"AX" and first <= stamp < behind:
            kept.append(block)
    return b"".join(kept)


def main() -> None:
    """Cut the recording named on the command line."""
    source, target, start, end = sys.argv[1:]
    kept = cut(
        Path(source).read_bytes(), datetime.fromisoformat(start), datetime.fromisoformat(end)
    )
    Path(target).write_bytes(gzip.compress(kept, compresslevel=9, mtime=0))
    print(f"{target}: {(len(kept) - HEADER_BYTES) // BLOCK_BYTES} blocks")


if __name__ == "__main__":
    main()
