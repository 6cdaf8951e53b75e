"""Bytes come in order, compressed or not, and damage takes only what it took."""

from __future__ import annotations

import gzip
import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unprivileged import permits, unprivileged

from recordings import gzipped
from recordings.model import Health, RecordingError
from recordings.source import ByteSource

CONTENT = np.random.default_rng(2).integers(0, 7, 700_000, dtype=np.uint8).tobytes()
"""More than the pieces in which compressed content is read and delivered."""


def member(content, flags=0, fields=b""):
    """A gzip member with any of the optional header fields of RFC 1952."""
    deflate = zlib.compressobj(wbits=-15)
    body = deflate.compress(content) + deflate.flush()
    head = struct.pack("<2sBBIBB", b"\x1f\x8b", 8, flags, 0, 0, 3) + fields
    return head + body + struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)


def read_all(path, size=100_000):
    with ByteSource(path) as source:
        parts = []
        while part := source.read(size):
            parts.append(part)
            assert source.offset == sum(map(len, parts))
        return b"".join(parts), source.truncated


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("size", [1000, 65_536, 262_144, 10**6])
def test_the_whole_content_is_read_whatever_the_size(saved, pack, size):
    assert read_all(saved(pack(CONTENT)), size) == (CONTENT, False)


@given(st.lists(st.integers(0, 3000), max_size=20), st.booleans())
def test_any_sequence_of_reads_gives_the_same_bytes(tmp_path_factory, sizes, packed):
    path = tmp_path_factory.getbasetemp() / f"sequence-{packed}"
    if not path.exists():
        path.write_bytes(gzip.compress(CONTENT[:20_000]) if packed else CONTENT[:20_000])
    with ByteSource(path) as source:
        assert source.compressed == packed
        for size in sizes:
            before = source.offset
            buffer = bytearray(size)
            got = source.readinto(memoryview(buffer))
            assert got == min(size, 20_000 - before)
            assert bytes(buffer[:got]) == CONTENT[before : before + got]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_looking_ahead_consumes_nothing(saved, pack):
    with ByteSource(saved(pack(CONTENT[:5000]))) as source:
        assert source.head(100) == CONTENT[:100]
        assert source.head(4096) == CONTENT[:4096]
        assert source.head(50) == CONTENT[:50]
        assert source.offset == 0
        assert source.read(300) == CONTENT[:300]
        assert source.head(9999) == CONTENT[300:5000]
        assert source.read(9999) == CONTENT[300:5000]
        assert source.read(1) == b""
        assert source.offset == 5000


def test_the_name_does_not_decide_what_is_compressed(saved):
    assert read_all(saved(CONTENT[:999], "plain.gz"))[0] == CONTENT[:999]
    assert read_all(saved(gzip.compress(CONTENT[:999]), "packed.cwa"))[0] == CONTENT[:999]


@pytest.mark.parametrize(
    ("flags", "fields"),
    [
        (0, b""),
        (1, b""),  # it says that the content is text
        (4, struct.pack("<H", 5) + b"extra"),
        (8, b"name\0"),
        (24, b"n" * 70_000 + b"\0" + b"c" * 511 + b"\0"),
        (16, b"comment\0"),
        (2, b"\x12\x34"),
        (31, struct.pack("<H", 2) + b"xxname\0comment\0\x12\x34"),
    ],
)
def test_every_header_of_a_gzip_member_is_skipped(saved, flags, fields):
    assert read_all(saved(member(CONTENT, flags, fields))) == (CONTENT, False)


def test_members_one_after_the_other_are_one_content(saved):
    parts = [CONTENT[:1000], b"", CONTENT[1000:400_000], CONTENT[400_000:]]
    packed = b"".join(map(gzip.compress, parts))
    assert read_all(saved(packed)) == (CONTENT, False)
    assert read_all(saved(packed + bytes(512))) == (CONTENT, False)


def test_members_of_a_few_bytes_are_one_content_beneath_other_packing(saved):
    parts = [CONTENT[k : k + 7] for k in range(0, 7000, 7)]
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as packed:
        packed.writestr("x.gz", b"".join(map(gzip.compress, parts)) + b"junk")
    assert read_all(saved(memory.getvalue()), size=1000) == (CONTENT[:7000], True)


def test_empty_members_without_end_are_given_up(saved, monkeypatch):
    monkeypatch.setattr(gzipped, "_MOST_EMPTY", 3)
    empty = gzip.compress(b"")
    assert read_all(saved(empty * 3 + gzip.compress(b"ab") + empty)) == (b"ab", False)
    for count, found in ((3, (b"abc", False)), (4, (b"ab", True))):
        parts = gzip.compress(b"ab") + empty * count + gzip.compress(b"c")
        assert read_all(saved(parts)) == found


def test_a_member_packed_in_a_way_that_gzip_does_not_know_is_damage(saved):
    other = bytearray(member(b"other"))
    other[2] = 7
    assert read_all(saved(member(b"first") + other)) == (b"first", True)


def test_anything_else_behind_the_last_member_is_told(saved):
    assert read_all(saved(gzip.compress(CONTENT) + b"junk")) == (CONTENT, True)


def test_a_cut_gzip_file_delivers_what_came(saved):
    packed = member(CONTENT[:30_000], 24, b"name\0comment\0")
    longest = 0
    for cut in [*range(2, 40), *range(40, len(packed), 97), len(packed) - 1]:
        content, truncated = read_all(saved(packed[:cut]))
        assert truncated
        assert CONTENT.startswith(content)
        assert len(content) >= longest
        longest = len(content)
    assert longest == 30_000


def test_a_wrong_checksum_undoes_nothing(saved):
    packed = bytearray(gzip.compress(CONTENT))
    packed[-8] ^= 1
    assert read_all(saved(bytes(packed))) == (CONTENT, True)


def test_damage_inside_delivers_what_came_before(saved):
    packed = bytearray(gzip.compress(CONTENT))
    packed[len(packed) // 2 : len(packed) // 2 + 64] = b"\xff" * 64
    content, truncated = read_all(saved(bytes(packed)))
    assert truncated
    assert content[:100_000] == CONTENT[:100_000]


def test_a_block_of_a_kind_that_does_not_exist_ends_what_can_be_unpacked(saved):
    deflate = zlib.compressobj(wbits=-15)
    body = deflate.compress(CONTENT[:1000]) + deflate.flush(zlib.Z_FULL_FLUSH)
    head = b"\x1f\x8b\x08" + bytes(6) + b"\x03"
    content, truncated = read_all(saved(head + body + b"\x07" * 40))
    assert truncated
    assert content in (b"", CONTENT[:1000])


def test_an_unknown_method_of_compression_is_told(saved):
    assert read_all(saved(b"\x1f\x8b\x07" + bytes(30))) == (b"", True)


def test_a_broken_off_gzip_file_becomes_a_remark(saved):
    health = Health()
    with ByteSource(saved(gzip.compress(CONTENT)[:-8])) as source:
        source.read(10**6)
        source.conclude(health)
    assert health.bytes_read == len(CONTENT)
    assert [note.code for note in health.remarks] == ["truncated_gzip"]


def test_a_whole_file_becomes_no_remark(saved):
    health = Health()
    with ByteSource(saved(gzip.compress(CONTENT))) as source:
        source.read(1000)
        source.conclude(health)
    assert (health.bytes_read, health.remarks) == (1000, [])


def test_an_empty_file_is_refused(saved):
    with pytest.raises(RecordingError, match=r"is empty \(0 bytes\); download"):
        ByteSource(saved(b""))


def test_one_byte_is_content(saved):
    assert read_all(saved(b"\x1f")) == (b"\x1f", False)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(RecordingError, match="does not exist; check the path") as caught:
        ByteSource(tmp_path / "missing.cwa")
    assert caught.value.path == tmp_path / "missing.cwa"


def test_a_file_in_place_of_a_folder_is_refused(saved):
    with pytest.raises(RecordingError, match="cannot be opened"):
        ByteSource(saved(b"x") / "inside")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(RecordingError, match="is a folder; name the files inside it"):
        ByteSource(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RecordingError, match="is not a regular file"):
        ByteSource(tmp_path / "pipe")


@permits
def test_a_forbidden_file_or_folder_is_refused(saved, monkeypatch):
    path = saved(b"x")
    monkeypatch.chdir(path.parent)
    Path("closed").mkdir()
    for name in (path.name, "closed"):
        Path(name).chmod(0)
    with unprivileged(path.parent):
        for name in (path.name, "closed"):
            with pytest.raises(RecordingError) as caught:
                ByteSource(name)
            assert str(caught.value) == (
                f"{name}: may not be read; give yourself read permission on it"
            )
    Path("closed").chmod(0o755)


def test_a_path_that_cannot_be_is_refused():
    with pytest.raises(RecordingError, match="cannot be opened"):
        ByteSource("nul\0byte")


@pytest.mark.skipif(os.name != "posix", reason="only here can a folder be opened")
def test_a_failing_disk_is_told_with_the_place(saved, tmp_path):
    with ByteSource(saved(CONTENT)) as source:
        source.read(1000)
        folder = os.open(tmp_path, os.O_RDONLY)
        os.dup2(folder, source._file.fileno())  # from now on the system refuses to read
        os.close(folder)
        with pytest.raises(RecordingError, match="reading failed: Is a directory") as caught:
            source.read(1000)
        assert caught.value.offset == 1000


@pytest.mark.parametrize(("layers", "content"), [(4, CONTENT[:500]), (5, None)])
def test_packing_is_taken_away_four_times_at_most(saved, layers, content):
    packed = CONTENT[:500]
    for _ in range(layers):
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w") as archive:
            archive.writestr("inside", packed)
        packed = memory.getvalue()
    with ByteSource(saved(packed)) as source:
        found = source.read(10_000)
    assert (found == content) if content else found.startswith(b"PK\x03\x04")
