"""What can happen to the bytes of a good file."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from math import log2
from random import Random

MOST_BYTES = 1 << 20
HEADER_BYTES = 1500
"""About so long are headers."""

NUMBERS = (
    *(b"-1", b"0", b"1e308", b"-1e-308", b"nan", b"inf", b"9" * 25, b"0x7f", b"", b"1,5", b"1e400"),
    *(b"2147483648", b"-9223372036854775808", b"9" * 5000, "١".encode(), "²".encode()),
)
WORDS = (
    *(b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59.999999-14:00", b"1969-12-31", b"24:00"),
    *(b"31/12/9999 23:59:59", b"0000-00-00 00:00:00", b"29/02/2023", b"621355968000000000"),
    *(b"12:60 am", b"2024-03-31T02:30", b"\xff\xfe", b'"', b"\0", b"\r", b"\n", b"=1+1", b"../.."),
    *(b"1T" * 2000, b"1 " * 2000, b"x" * 20_000, b"\xed\xa0\x80", "\u202e".encode(), b"'", b"\x1b"),
)
EXTREMES = tuple(
    value.to_bytes(size, order, signed=True)
    for size in (1, 2, 4, 8)
    for value in (0, 1, -1, 2 ** (8 * size - 1) - 1, -(2 ** (8 * size - 1)))
    for order in ("little", "big")
)
NAMES = (
    *("../../up.csv", "/etc/passwd", "C:\\x.csv", "a\\..\\..\\b", "", ".", "..", "nul\0.csv"),
    *("x" * 60_000, "new\nline.csv", "\u202egnp.csv", "__MACOSX/._a", "log.bin", "ACC.csv"),
)
"""Of members of archives."""

Damage = Callable[[bytearray, Random, bytes], None]


def damaged(whole: bytes, random: Random, others: Sequence[bytes], mend: Callable[[bytes], bytes]):
    """Return a file damaged one to six times, now and then inside or beneath packing.

    Parameters
    ----------
    whole
        A good file.
    random
        What decides.
    others
        Files of which pieces may come.
    mend
        Makes checksums right, so that the damage is believed.
    """
    if whole.startswith(b"PK") and random.random() < 0.5:
        return _damaged_inside(whole, random, others)
    packed = random.random()
    content = gzip.compress(whole, 1, mtime=0) if packed < 0.02 else whole
    data = bytearray(content)
    _damage(data, random, others)
    found = bytes(data[:MOST_BYTES]) or b"\0"
    if random.random() < 0.3:
        found = mend(found)
    if packed > 0.98:
        return gzip.compress(found, 1, mtime=0)
    return zipped([(random.choice(NAMES), found)], random) if packed > 0.96 else found


def _damage(data: bytearray, random: Random, others: Sequence[bytes]) -> None:
    for _ in range(random.choice((1, 1, 1, 1, 2, 2, 3, 4, 6))):
        random.choice(DAMAGES)(data, random, random.choice(others))


def _damaged_inside(whole: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Return an archive that is in order, a member of which is not."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    k = random.randrange(len(members))
    data = bytearray(members[k][1])
    _damage(data, random, others)
    members[k] = members[k][0], bytes(data[:MOST_BYTES])
    return zipped(members, random)


def zipped(members: Sequence[tuple[str, bytes]], random: Random) -> bytes:
    """Return a zip archive."""
    memory = io.BytesIO()
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(memory, "w", method, compresslevel=1) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return memory.getvalue()


def _span(data: bytes | bytearray, random: Random) -> slice:
    """Return a place and a length, short ones more often than long ones."""
    start = random.randint(0, len(data))
    return slice(start, start + int(2 ** random.uniform(0, log2(len(data) + 2))))


def _place(data: bytearray, random: Random) -> int:
    """Return a place, half of them in the header."""
    return random.randint(0, min(len(data), random.choice((HEADER_BYTES, MOST_BYTES))))


def _change(data: bytearray, random: Random, _other: bytes) -> None:
    for _ in range(random.randint(1, 8)):
        if data:
            data[random.randrange(len(data))] = random.randrange(256)


def _flip(data: bytearray, random: Random, _other: bytes) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _exaggerate(data: bytearray, random: Random, _other: bytes) -> None:
    value = random.choice(EXTREMES)
    start = _place(data, random)
    data[start : start + len(value)] = value


def _misnumber(data: bytearray, random: Random, _other: bytes) -> None:
    """Replace a run of digits, as text formats have them."""
    start = _place(data, random)
    while start < len(data) and not 48 <= data[start] <= 57:
        start += 1
    stop = start
    while stop < len(data) and data[stop] in b"0123456789.":
        stop += 1
    data[start:stop] = random.choice(NUMBERS)


def _misword(data: bytearray, random: Random, _other: bytes) -> None:
    """Replace what stands between two marks, such as a cell of a table or a date."""
    start = _place(data, random)
    while start < len(data) and data[start] not in b",;\t\n":
        start += 1
    stop = start = start + 1
    while stop < len(data) and data[stop] not in b",;\t\n":
        stop += 1
    data[start:stop] = random.choice(WORDS)


def _cut_out(data: bytearray, random: Random, _other: bytes) -> None:
    del data[_span(data, random)]


def _put_in(data: bytearray, random: Random, _other: bytes) -> None:
    start = random.randint(0, len(data))
    data[start:start] = random.randbytes(random.randint(1, 600))


def _repeat(data: bytearray, random: Random, _other: bytes) -> None:
    piece = data[_span(data, random)][:2000]
    start = random.randint(0, len(data))
    data[start:start] = piece * random.randint(1, 5)


def _exchange(data: bytearray, random: Random, _other: bytes) -> None:
    piece = bytes(data[_span(data, random)])
    start = random.randint(0, len(data))
    data[start : start + len(piece)] = piece


def _splice(data: bytearray, random: Random, other: bytes) -> None:
    piece = other[_span(other, random)]
    start = random.randint(0, len(data))
    data[start : start + len(piece)] = piece


def _join(data: bytearray, random: Random, other: bytes) -> None:
    """Go on with another file, from any place of either."""
    del data[random.randint(0, len(data)) :]
    data += other[random.randint(0, len(other)) :]


def _truncate(data: bytearray, random: Random, _other: bytes) -> None:
    del data[random.randint(0, len(data)) :]


DAMAGES: tuple[Damage, ...] = (
    *(_change, _flip, _exaggerate, _exaggerate, _misnumber, _misword, _cut_out, _put_in),
    *(_repeat, _exchange, _splice, _join, _truncate),
)
