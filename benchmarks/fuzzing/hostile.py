"""Files made to do harm: bombs, lies about sizes, names that are paths, endless cells.

They are small; what is gigantic in them is what a reader would make of them.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zlib
from collections.abc import Callable, Sequence
from random import Random

import fastavro
import numpy as np
import pyarrow as pa
from pyarrow import parquet

from .damage import NAMES, zipped

MIB = 1 << 20
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_TOKENS = (
    *("1", "-", ".", ",", ";", "\t", " ", '"', "\n", "\r", "e", "T", ":", "/", "#", "é", "\0", "x"),
    *("2024-03-05 22:41:07.250", "NaN", "inf", "1.5,", "1;", "1,1,1\n", "x,y,z\n", "time,x,y,z\n"),
    *("1e", "1 ", "1T", "+-", "x_", "sep=;\n", "2024-", "a,b,c,d\n", "01:"),
)
_TABLE = "time,x,y,z\n" + "".join(f"2024-03-05 22:41:07.{k:03},0.1,0.2,0.9\n" for k in range(99))
_TYPES = (
    *(pa.null(), pa.bool_(), pa.int8(), pa.uint64(), pa.float16(), pa.float64(), pa.string()),
    *(pa.binary(), pa.date32(), pa.time64("ns"), pa.timestamp("s"), pa.timestamp("ns", "UTC")),
    *(pa.timestamp("us", "Europe/London"), pa.duration("ns"), pa.decimal128(38, 9)),
    *(
        pa.list_(pa.float64()),
        pa.struct([("x", pa.float64())]),
        pa.dictionary(pa.int8(), pa.int64()),
    ),
)
_VALUES = (None, 0, 1, -1, 2**31, 2**62, -(2**63), 1e308, float("nan"), float("inf"), "x", "")


def bomb(prefix: bytes, filler: bytes, mebibytes: int) -> bytes:
    """Return a deflate stream of a prefix and many MiB of a filler."""
    deflate = zlib.compressobj(9, wbits=-15)
    head = deflate.compress(prefix) + deflate.flush(zlib.Z_FULL_FLUSH)
    piece = deflate.compress((filler * (MIB // len(filler) + 1))[:MIB])
    piece += deflate.flush(zlib.Z_FULL_FLUSH)
    return head + piece * mebibytes + deflate.flush()


def _filling(random: Random, wholes: Sequence[bytes]) -> tuple[bytes, bytes, int]:
    """Return what a bomb begins with, what follows, and how many MiB of it."""
    prefix = random.choice((b"", _TABLE.encode(), *wholes))
    filler = random.choice(
        (b"\0", b"1", b" ", b"\n", b",", b"0.1,0.2,0.9\n", random.choice(wholes))
    )
    return prefix, filler, 2 ** random.randint(0, 6)


def gzip_file(random: Random, wholes: Sequence[bytes]) -> bytes:
    """Return glued members, bombs, gzip in gzip, or a header that never ends."""
    whole, level = random.choice(wholes), 1
    what = random.randrange(5)
    if what == 0:  # many members
        size = random.choice((1, 2, 7, 100, 1000))
        pieces = [whole[k : k + size] for k in range(0, min(len(whole), 2000 * size), size)]
        empty = gzip.compress(b"", level, mtime=0) * random.choice((0, 1))
        many = gzip.compress(b"", level, mtime=0) * random.choice((0, 1, 20_000))
        return many + empty.join(gzip.compress(piece, level, mtime=0) for piece in pieces[:2000])
    if what == 1:
        data = bomb(*_filling(random, wholes))
        return b"\x1f\x8b\x08" + bytes(7) + data + random.choice((b"", bytes(8)))
    if what == 2:  # layer upon layer
        for _ in range(random.randint(1, 9)):
            whole = gzip.compress(whole, level, mtime=0)
            if random.random() < 0.3:
                whole = zipped([("inner", whole)], random)
        return whole
    flags = random.randrange(256)
    name = b"n" * random.choice((0, 10, 1 << 17, MIB))
    extra = struct.pack("<H", random.randrange(1 << 16)) + random.randbytes(random.randrange(999))
    head = b"\x1f\x8b" + bytes([random.choice((0, 8, 8, 8)), flags]) + bytes(6)
    return head + random.choice((extra, b"")) + name + gzip.compress(whole, level, mtime=0)[10:]


def zip_file(random: Random, wholes: Sequence[bytes]) -> bytes:
    """Return an archive whose names are paths, whose sizes lie, or whose content explodes."""
    what = random.randrange(4)
    if what == 0:
        members = [
            (random.choice(NAMES), random.choice(wholes)) for _ in range(random.randint(1, 5))
        ]
        return zipped(list(dict(members).items()), random)
    if what == 1:
        return _archive([("x.csv", bomb(*_filling(random, wholes)), 8)], random, lies=False)
    if what == 2:  # members that overlap, or very many
        count = random.choice((2, 100, 9_999, 20_000, 70_000))
        return _archive([("a", b"", 0)], random, lies=random.random() < 0.5, repeated=count)
    count = random.randint(1, 4)
    content = [(random.choice(NAMES), random.choice(wholes), 0) for _ in range(count)]
    return _archive(content, random, lies=True)


def _archive(
    members: Sequence[tuple[str, bytes, int]], random: Random, *, lies: bool, repeated: int = 1
) -> bytes:
    """Return an archive of packed members (name, data, method), written field by field."""
    sizes = (0, 1, 2**31, 2**32 - 1, 2**16, 1000)

    def size(true: int) -> int:
        return random.choice(sizes) if lies and random.random() < 0.3 else true

    data, directory = b"", b""
    for name, content, method in members:
        packed = len(content)
        title = name.encode()[: 1 << 15]
        unpacked = size(packed * 1000 if method else packed)
        flags = random.choice((0, 0, 1 << 3, 1 << 11, 1)) if lies else 0
        how = random.choice((0, 8, 9, 14, 99)) if lies and random.random() < 0.2 else method
        extra = (
            struct.pack("<HHQQ", 1, 16, 2**63, 2**63 - 1) if lies and random.random() < 0.3 else b""
        )
        common = (
            flags,
            how,
            0,
            0,
            0,
            size(packed),
            unpacked,
            size(len(title)) & 0xFFFF,
            len(extra),
        )
        entry = (b"PK\x01\x02", 20, 20, *common, 0, 0, 0, 0, size(len(data)))
        directory += (_CENTRAL.pack(*entry) + title + extra) * repeated
        data += _LOCAL.pack(b"PK\x03\x04", 20, *common) + title + extra + content
    count = size(min(len(members) * repeated, 0xFFFF)) & 0xFFFF
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, size(len(directory)), size(len(data)), 0)
    return data + directory + random.choice((end, end, end, b""))


def _varint(value: int) -> bytes:
    value = (value << 1) ^ (value >> 63)
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*data, value])


def _nested(random: Random, depth: int) -> object:
    """Return a schema as deep as asked, or as wide."""
    schema: object = random.choice(
        ("int", "null", "double", "string", {"type": "fixed", "size": 0})
    )
    for k in range(depth):
        schema = random.choice(
            (
                {"type": "array", "items": schema},
                {"type": "map", "values": schema},
                ["null", schema],
                {"type": schema},
                {"type": "record", "name": f"r{k}", "fields": [{"name": "f", "type": schema}]},
            )
        )
    return schema


def avro_file(random: Random, wholes: Sequence[bytes]) -> bytes:
    """Return a container whose schema is deep or endless, or whose counts lie."""
    avro = [whole for whole in wholes if whole.startswith(b"Obj\x01")]
    what = random.randrange(3)
    if what == 0:
        known = fastavro.reader(io.BytesIO(random.choice(avro))).writer_schema
        schema = json.dumps(known)
        for _ in range(random.randint(1, 3)):
            old = random.choice(('"long"', '"int"', '"float"', '"double"', '"string"', '"array"'))
            new = json.dumps(_nested(random, random.randint(0, 5)))
            schema = schema.replace(old, new, random.randint(1, 3))
    elif what == 1:
        depth = random.choice((1, 3, 20, 60, 100, 300))
        fields = [{"name": "f", "type": _nested(random, depth)}] * random.choice((1, 1, 5, 1000))
        schema = json.dumps({"type": "record", "name": "r", "fields": fields})
    else:
        depth = random.choice((1000, 100_000, 400_000))
        schema = random.choice(
            ('{"type":' * depth, "[" * depth, '{"a":' * depth + "1" + "}" * depth)
        )
        schema = '{"type":"record","name":"r","fields":' + schema
    counts = (0, 1, 100, 2**31, 2**62, -1, -(2**62), random.randrange(1 << 20))
    meta = {b"avro.schema": schema.encode(), b"avro.codec": random.choice((b"null", b"deflate"))}
    head = b"Obj\x01" + _varint(random.choice((len(meta), len(meta), *counts)))
    for key, value in meta.items():
        head += _varint(len(key)) + key + _varint(len(value)) + value
    sync = bytes(16)
    blocks = b""
    for _ in range(random.randint(1, 4)):
        values = b"".join(_varint(random.choice(counts)) for _ in range(random.randint(0, 200)))
        data = random.choice((values, bytes(1000), b"\xff" * 1000, bomb(values, b"\0", 64)))
        blocks += _varint(random.choice(counts)) + _varint(len(data)) + data + sync
    return head + b"\0" + sync + blocks


def csv_file(random: Random, _wholes: Sequence[bytes]) -> bytes:
    """Return text with gigantic cells, lines, numbers of columns, or of nothing but marks."""
    pieces = [random.choice(("", _TABLE, "x,y,z\n", "time;x;y;z\n"))]
    for _ in range(random.randint(1, 6)):
        token = random.choice(_TOKENS)
        pieces += [token * int(2 ** random.uniform(0, 17)), random.choice(("", "", "\n", ",", "x"))]
    if random.random() < 0.3:
        pieces.append(_TABLE)
    return "".join(pieces)[: 6 * MIB].encode() or b" "


def parquet_file(random: Random, _wholes: Sequence[bytes]) -> bytes:
    """Return a table of odd types, odd values, and no rows or very many."""
    rows = random.choice((0, 1, 50, 500, 20_000))
    names = ("time", "x", "y", "z")
    odd = {random.choice(names) for _ in range(random.randint(0, 2))}
    columns = {name: _column(random, name, rows, odd=name in odd) for name in names}
    memory = io.BytesIO()
    try:
        parquet.write_table(
            pa.table(columns),
            memory,
            compression=random.choice(("none", "snappy", "gzip", "zstd", "lz4")),
            row_group_size=random.choice((1, 100, 1 << 20)) if rows < 1000 else None,
        )
    except (pa.ArrowException, OSError):
        return b"PAR1" + random.randbytes(100) + b"PAR1"
    return memory.getvalue()


def _column(random: Random, name: str, rows: int, *, odd: bool) -> pa.Array:
    if not odd:
        if name == "time":
            return pa.array(np.arange(rows) * 10_000_000 + 1_709_675_999_250_000_000)
        return pa.array(np.full(rows, 1.0 if name == "z" else 0.0))
    values = [random.choice(_VALUES) for _ in range(random.randint(1, 4))]
    few = [values[k % len(values)] for k in range(rows)]
    for kind in random.sample(_TYPES, len(_TYPES)):
        try:
            return pa.array(few, kind)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            continue
    return pa.nulls(rows)


MAKERS: dict[str, Callable[[Random, Sequence[bytes]], bytes]] = {
    "hostile gzip": gzip_file,
    "hostile zip": zip_file,
    "hostile avro": avro_file,
    "hostile csv": csv_file,
    "hostile parquet": parquet_file,
}
