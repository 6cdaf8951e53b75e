"""Which members of an archive are read, which are clutter, and where sizes become absurd."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import numpy as np
import pytest

from recordings import RecordingError
from recordings.feed import Feed
from recordings.place import Remote
from recordings.source import ByteSource
from recordings.zipped import (
    Member,
    Unzip,
    list_by_directory,
    list_by_headers,
)

PLACE = Remote("memory://a.zip")
MEMBER = {
    "name": "a.csv",
    "offset": 0,
    "method": 8,
    "encrypted": False,
    "packed_bytes": 100,
    "bytes": 1000,
    "checksum": 0,
}


def refused(**other):
    """Why a member is not read; None if it is."""
    member = Member(**{**MEMBER, **other})
    try:
        Unzip(Feed(iter(())), member, PLACE)
    except RecordingError as error:
        said = str(error)
        assert said.startswith("memory://a.zip: holds 'a.csv', which ")
        assert said.endswith("; unpack it, or make it anew")
        return said.removeprefix("memory://a.zip: holds 'a.csv', which ").partition(";")[0]
    return None


@pytest.mark.parametrize(
    ("method", "why"),
    [
        (0, None),
        (8, None),
        (1, "is packed by shrink"),
        (6, "is packed by implode"),
        (9, "is packed by deflate64"),
        (12, "is packed by bzip2"),
        (14, "is packed by lzma"),
        (93, "is packed by zstd"),
        (95, "is packed by xz"),
        (98, "is packed by ppmd"),
        (99, "is packed by AES encryption"),
        (77, "is packed by method 77"),
    ],
)
def test_only_stored_and_deflated_members_are_read_and_others_named(method, why):
    assert refused(method=method) == why


def test_encrypted_members_are_not_read_however_they_are_packed():
    assert refused(encrypted=True) == "is encrypted"
    assert refused(encrypted=True, method=12) == "is encrypted"


@pytest.mark.parametrize(
    ("method", "why"), [(8, None), (0, "is stored without its length")], ids=["deflated", "stored"]
)
def test_where_sizes_stand_behind_the_data_only_deflate_tells_its_end(method, why):
    assert refused(method=method, packed_bytes=None, bytes=None) == why


@pytest.mark.parametrize(
    ("size", "why"),
    [
        (100_000 + (1 << 20), None),
        (100_001 + (1 << 20), "would unpack to more than 1000 times its size"),
    ],
)
def test_a_member_unpacks_to_a_thousand_times_its_size_and_a_mebibyte_at_most(size, why):
    assert refused(packed_bytes=100, bytes=size) == why


@pytest.mark.parametrize(
    ("size", "why"),
    [(1 << 38, None), ((1 << 38) + 1, f"would unpack to {(1 << 38) + 1} bytes")],
)
def test_a_member_has_256_gibibytes_at_most(size, why):
    assert refused(packed_bytes=1 << 36, bytes=size) == why


# ------------------------------------------------------------------ clutter


@pytest.mark.parametrize(
    ("name", "is_data"),
    [
        ("a.csv", True),
        ("deep/er/a.csv", True),
        ("no ending", True),
        ("folder/", False),
        (".hidden", False),
        ("deep/._a.csv", False),
        ("__MACOSX/a.csv", False),
        ("deep/__MACOSX/a.csv", False),
        ("__MACOSX", True),
        (".git/config", True),
        ("Thumbs.db", False),
        ("deep/DESKTOP.INI", False),
        ("thumbs.db.csv", True),
    ],
)
def test_folders_and_what_systems_put_beside_files_are_no_data(name, is_data):
    assert Member(**{**MEMBER, "name": name}).is_data is is_data


# ------------------------------------------------------------------ directories


def archive_of(*names, comment=b""):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, name.encode() * 50)
        archive.comment = comment
    return memory.getvalue()


def test_both_ways_to_list_an_archive_agree():
    content = archive_of("a.csv", "deep/b.csv", "folder/", "ü.csv")
    by_directory = list_by_directory(io.BytesIO(content))
    by_headers = list_by_headers(Feed(iter([content])), PLACE)
    assert by_directory == by_headers
    assert [member.name for member in by_headers.members] == ["a.csv", "deep/b.csv", "ü.csv"]
    assert by_headers.whole


def test_an_archive_that_is_cut_is_listed_as_far_as_it_goes():
    content = archive_of("a.csv", "b.csv")
    cut = content[: content.index(b"b.csv") + 8]
    assert list_by_directory(io.BytesIO(cut)) is None
    listing = list_by_headers(Feed(iter([cut])), PLACE)
    assert [member.name for member in listing.members] == ["a.csv", "b.csv"]
    assert not listing.whole


def test_bytes_put_between_members_are_passed_over():
    content = archive_of("a.csv", "b.csv")
    second = content.index(b"PK\x03\x04", 4)
    longer = content[:second] + bytes(70_000) + content[second:]
    listing = list_by_headers(Feed(iter([longer])), PLACE)
    assert [member.name for member in listing.members] == ["a.csv", "b.csv"]


def test_a_directory_that_points_elsewhere_is_not_believed():
    content = bytearray(archive_of("a.csv"))
    content[0:4] = b"XXXX"
    assert list_by_directory(io.BytesIO(bytes(content))) is None


@pytest.mark.parametrize("name", ["deep\\a.csv", "deep/a.csv"])
def test_folders_of_windows_are_folders(name):
    content = archive_of("deep/a.csv").replace(b"deep/a.csv", name.encode())
    listing = list_by_headers(Feed(iter([content])), PLACE)
    assert [member.name for member in listing.members] == ["deep/a.csv"]


def header(packed, size, extra):
    """A local header of a stored member with these sizes and extra fields."""
    fixed = struct.pack(
        "<4sHHHHHIIIHH", b"PK\x03\x04", 45, 0, 0, 0, 0, 0, packed, size, 5, len(extra)
    )
    return fixed + b"a.csv" + extra


LARGE = 0xFFFFFFFF
ZIP64 = struct.pack("<HHQQ", 1, 16, 7, 5)
OTHER = struct.pack("<HH3s", 0x5455, 3, b"xyz")


@pytest.mark.parametrize(
    ("packed", "size", "extra", "sizes"),
    [
        (LARGE, LARGE, ZIP64, (5, 7)),
        (LARGE, LARGE, OTHER + ZIP64, (5, 7)),
        (5, LARGE, ZIP64, (5, 7)),
        (5, 7, ZIP64.replace(b"\x07", b"\x09"), (5, 7)),
        (LARGE, LARGE, b"", (LARGE, LARGE)),
        (LARGE, LARGE, ZIP64[:12], (LARGE, LARGE)),
        (LARGE, LARGE, OTHER, (LARGE, LARGE)),
    ],
    ids=["there", "behind another", "one of both", "not needed", "none", "cut", "only another"],
)
def test_sizes_of_large_members_stand_in_a_field_of_their_own(packed, size, extra, sizes):
    (member,) = list_by_headers(Feed(iter([header(packed, size, extra)])), PLACE).members
    assert (member.packed_bytes, member.bytes) == sizes


# ------------------------------------------------------------------ sizes behind the data


class Pipe(io.BytesIO):
    """What cannot be gone back in: sizes and checksum of a member then stand behind it."""

    def tell(self):
        raise io.UnsupportedOperation


def piped(content):
    memory = Pipe()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    return bytearray(memory.getvalue())


def read(path):
    with ByteSource(path) as source:
        return source.read(1 << 22), source.truncated


CONTENT = np.random.default_rng(5).integers(0, 256, 1_500_000, dtype=np.uint8).tobytes()
"""More than what a member may unpack to whatever its size is."""


@pytest.mark.parametrize("wrong", [False, True])
def test_a_checksum_behind_the_data_is_compared_where_no_directory_has_it(saved, wrong):
    packed = piped(CONTENT)
    packed[packed.index(b"PK\x07\x08") + 4] ^= wrong
    assert read(saved(gzip.compress(packed, 1))) == (CONTENT, wrong)


def test_damage_inside_a_member_whose_checksum_is_unknown_is_told(saved):
    packed = piped(b"1,2,3\n" * 100_000)
    packed[400:] = b"\xff" * len(packed[400:])
    content, truncated = read(saved(gzip.compress(packed)))
    assert truncated
    assert (b"1,2,3\n" * 100_000).startswith(content)


def test_an_archive_that_is_cut_inside_a_header_has_the_members_before():
    content = archive_of("a.csv", "b.csv")
    cut = content[: content.index(b"PK\x03\x04", 4) + 20]
    listing = list_by_headers(Feed(iter([cut])), PLACE)
    assert [member.name for member in listing.members] == ["a.csv"]
    assert not listing.whole
