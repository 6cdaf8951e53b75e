"""Members of zip archives come in order, and damage takes only what it took."""

from __future__ import annotations

import contextlib
import gzip
import io
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recordings import zipped
from recordings.model import Health, RecordingError
from recordings.source import MAX_LAYERS, ByteSource, member_named

BIG = np.random.default_rng(3).integers(0, 7, 600_000, dtype=np.uint8).tobytes()
"""More than the pieces in which it is read and unpacked."""

FILES = {"log.bin": BIG, "folder/info.txt": b"Serial Number: 1\r\n" * 40}
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED

every_method = pytest.mark.parametrize("method", [STORED, DEFLATED], ids=["stored", "deflated"])


class Pipe(io.BytesIO):
    """What cannot be gone back in: the sizes of members then stand behind them."""

    def tell(self):
        raise io.UnsupportedOperation


def archive(files, method=STORED, memory=None, **options):
    memory = io.BytesIO() if memory is None else memory
    with zipfile.ZipFile(memory, "w", method, **options) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return memory.getvalue()


def headless(content):
    """Without the directory at the end."""
    return content[: content.index(b"PK\x01\x02")]


def read(path, member=None, size=100_000):
    with ByteSource(path, member) as source:
        parts = []
        while part := source.read(size):
            parts.append(part)
            assert source.offset == sum(map(len, parts))
        return b"".join(parts), source.truncated


# -- what is in an archive


@every_method
@pytest.mark.parametrize("size", [999, 65_536, 10**6])
def test_every_member_is_read_by_its_name(saved, method, size):
    path = saved(archive(FILES, method))
    with ByteSource(path) as source:
        assert source.members == tuple(FILES)
        assert not source.compressed
        assert source.head(4) == b"PK\x03\x04"
    for name, content in FILES.items():
        assert read(path, name, size) == (content, False)


@every_method
def test_a_file_alone_in_an_archive_is_the_content(saved, method):
    clutter = dict.fromkeys(["a/", "a/.hidden", "__MACOSX/a/x", "Thumbs.db"], b"")
    path = saved(archive({**clutter, "a/x.csv": BIG, "a/b/": b""}, method))
    with ByteSource(path) as source:
        assert source.members == ("a/x.csv",)
        assert source.compressed
    assert read(path) == read(path, "a/x.csv") == (BIG, False)


@every_method
@pytest.mark.parametrize(
    "nest",
    [
        gzip.compress,
        lambda content: archive({"x.gt3x": content}),
        lambda content: archive({"x.gt3x": content}, DEFLATED),
        lambda content: archive({"x.gt3x.gz": gzip.compress(content)}),
        lambda content: gzip.compress(archive({"x.zip": archive({"x.gt3x": content}, DEFLATED)})),
    ],
    ids=["gzip", "stored", "deflated", "gzip-in-zip", "three"],
)
def test_an_archive_may_be_packed_itself(saved, method, nest):
    path = saved(nest(archive(FILES, method)))
    with ByteSource(path) as source:
        assert source.members == tuple(FILES)
    for name, content in FILES.items():
        assert read(path, name) == (content, False)


def test_packing_without_end_is_given_up(saved):
    content = b"content"
    for _ in range(MAX_LAYERS + 1):
        content = archive({"again.zip": content})
    assert read(saved(content))[0][:4] == b"PK\x03\x04"


def test_gzip_inside_gzip_is_left_as_it_is(saved):
    packed = gzip.compress(gzip.compress(BIG))
    assert read(saved(packed))[0] == gzip.decompress(packed)


def test_a_name_is_no_path(saved, tmp_path):
    (tmp_path / "secret").write_bytes(b"not in the archive")
    names = ["../secret", str(tmp_path / "secret"), "a\\b.csv"]
    path = saved(archive(dict.fromkeys(names, b"member")))
    for name in names:
        assert read(path, name.replace("\\", "/")) == (b"member", False)
    with pytest.raises(RecordingError, match="holds no member 'secret'"):
        ByteSource(path, "secret")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["recording", "secret"]


def test_of_two_members_with_one_name_the_last_counts(saved):
    memory = io.BytesIO(archive({"x": b"old", "y": b"old"}))
    with zipfile.ZipFile(memory, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("y", b"new")
    path = saved(memory.getvalue())
    with ByteSource(path) as source:
        assert source.members == ("x", "y")
    assert read(path, "y") == (b"new", False)


@pytest.mark.parametrize("name", ["log.bin", "LOG.BIN", "a/b/Log.bin"])
def test_a_member_is_found_in_any_folder_and_any_case(name):
    assert member_named([name, "catalog.bin", "log.bin/x"], "log.bin") == name


@pytest.mark.parametrize("names", [[], ["blog.bin"], ["a/log.bin", "b/log.bin"]])
def test_a_member_that_is_not_there_just_once_is_not_found(names):
    assert member_named(names, "log.bin") is None


def test_bytes_before_and_behind_an_archive_do_no_harm(saved):
    whole = archive(FILES)
    commented = io.BytesIO(whole)
    with zipfile.ZipFile(commented, "a") as made:
        made.comment = b"made by hand" * 1000
    assert read(saved(commented.getvalue()), "log.bin") == (BIG, False)


@every_method
def test_sizes_that_stand_behind_the_data_are_found(saved, method):
    content = archive(FILES, method, Pipe())
    assert struct.unpack_from("<H", content, 6)[0] & 8
    for name, inside in FILES.items():
        assert read(saved(content), name) == (inside, False)


def test_sizes_of_more_than_32_bits_are_read(saved):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as made:
        for name, content in FILES.items():
            with made.open(name, "w", force_zip64=True) as member:
                member.write(content)
    content = memory.getvalue()
    for path in (saved(content, "whole"), saved(headless(content), "cut")):
        assert read(path, "folder/info.txt")[0] == FILES["folder/info.txt"]


# -- damage


@pytest.mark.parametrize(
    ("method", "into"),
    [(STORED, io.BytesIO), (DEFLATED, io.BytesIO), (DEFLATED, Pipe)],
    ids=["stored", "deflated", "sizes-behind"],
)
def test_without_its_directory_an_archive_is_read_by_its_local_headers(saved, method, into):
    path = saved(headless(archive(FILES, method, into())))
    with ByteSource(path) as source:
        assert source.members == tuple(FILES)
    for name, content in FILES.items():
        assert read(path, name) == (content, True)


def test_a_stored_member_without_a_length_cannot_be_read_without_the_directory(saved):
    path = saved(headless(archive(FILES, STORED, Pipe())))
    with pytest.raises(RecordingError, match="which is stored without its length"):
        ByteSource(path, "log.bin")


@every_method
def test_a_cut_archive_gives_what_it_holds(saved, method):
    content = archive({"log.bin": BIG[:40_000], "info.txt": b"x" * 99}, method)
    longest = 0
    for cut in [*range(38, len(content), 997), len(content) - 1]:
        found, truncated = read(saved(content[:cut]), "log.bin")
        assert truncated
        assert BIG.startswith(found)
        assert len(found) >= longest
        longest = len(found)
    assert longest == 40_000


def test_bytes_put_in_or_lost_cost_little(saved):
    content = archive({"log.bin": BIG, "info.txt": b"x" * 99, "z": b"z"})
    place = BIG.index(b"\0\0\0\0", 1000)
    longer = content[:place] + b"dust" + content[place:]
    assert read(saved(longer), "z") == (b"z", True)
    assert read(saved(longer), "info.txt")[0] == b"x" * 99
    assert len(read(saved(longer), "log.bin")[0]) == len(BIG)
    shorter = content[:place] + content[place + 4 :]
    assert read(saved(shorter), "z") == (b"z", True)
    assert read(saved(shorter), "log.bin")[0][: place - 37] == BIG[: place - 37]


@pytest.mark.parametrize("count", [1, 65_533, 65_534, 65_535, 65_536, 200_000])
def test_the_next_member_is_found_behind_any_number_of_other_bytes(saved, count):
    content = archive({"x": b"x" * 9, "y": b"y" * 9})
    place = content.index(b"PK", 4)
    path = saved(headless(content[:place] + b"P" * count + content[place:]))
    assert read(path, "y") == (b"y" * 9, True)


@every_method
def test_a_wrong_checksum_is_told_and_undoes_nothing(saved, method):
    content = archive({"x": BIG}, method)
    right = zipfile.ZipFile(io.BytesIO(content)).infolist()[0].CRC
    wrong = content.replace(struct.pack("<I", right), b"\1\2\3\4")
    assert read(saved(wrong)) == (BIG, True)


def test_damage_inside_a_deflated_member_delivers_what_came_before(saved):
    content = bytearray(archive({"x": BIG}, DEFLATED))
    content[len(content) // 2 : len(content) // 2 + 64] = b"\xff" * 64
    found, truncated = read(saved(bytes(content)))
    assert truncated
    assert found[:100_000] == BIG[:100_000]


def test_a_cut_archive_becomes_a_remark(saved):
    health = Health()
    with ByteSource(saved(headless(archive(FILES))), "log.bin") as source:
        source.read(10**6)
        source.conclude(health)
    assert health.bytes_read == len(BIG)
    assert [note.code for note in health.remarks] == ["truncated_zip"]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.floats(0, 1),
    st.sampled_from("cio"),
    st.binary(min_size=1, max_size=40),
    st.sampled_from([STORED, DEFLATED]),
)
def test_any_damage_gives_bytes_or_a_refusal(saved, place, how, extra, method):
    content = bytearray(archive({"log.bin": BIG[:2000], "info.txt": b"x" * 99}, method))
    at = int(place * (len(content) - 1))
    if how == "c":
        content[at : at + len(extra)] = extra
    elif how == "i":
        content[at:at] = extra
    else:
        del content[at : at + len(extra)]
    path = saved(bytes(content))
    with contextlib.suppress(RecordingError):
        with ByteSource(path) as source:
            names = source.members
        for name in names:
            assert len(read(path, name)[0]) < 10**6


# -- what is refused


def patched(content, local, central, value, form="<H"):
    """With one field of the first member changed in both of its headers."""
    content = bytearray(content)
    struct.pack_into(form, content, local, value)
    struct.pack_into(form, content, content.index(b"PK\x01\x02") + central, value)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (patched(archive({"x": BIG}), 6, 8, 1), "holds 'x', which is encrypted; unpack it"),
        (archive({"x": BIG[:99]}, zipfile.ZIP_BZIP2), "is packed by bzip2; unpack it"),
        (archive({"x": BIG[:99]}, zipfile.ZIP_LZMA), "is packed by lzma"),
        (patched(archive({"x": BIG}), 8, 10, 77), "is packed by method 77"),
    ],
    ids=["encrypted", "bzip2", "lzma", "unknown"],
)
def test_what_cannot_be_unpacked_is_refused_by_name(saved, content, named):
    with pytest.raises(RecordingError, match=named):
        read(saved(content))


def test_a_member_that_unpacks_to_absurdly_much_is_given_up(saved, monkeypatch):
    monkeypatch.setattr(zipped, "MAX_RATIO", 100)
    content = archive({"x": bytes(10**7)}, DEFLATED)
    with pytest.raises(RecordingError, match="would unpack to more than 100 times its size"):
        read(saved(content))
    with pytest.raises(RecordingError, match="unpacks to more than 100 times its size") as refused:
        read(saved(patched(content, 22, 24, 1000, "<I")))
    assert refused.value.offset


def test_an_absurd_size_is_refused(saved, monkeypatch):
    monkeypatch.setattr(zipped, "MAX_BYTES", 1000)
    with pytest.raises(RecordingError, match="would unpack to 600000 bytes"):
        read(saved(archive({"x": BIG})))


def test_an_absurd_directory_is_not_read(saved, monkeypatch):
    content = archive(dict.fromkeys(map(str, range(50)), b"x"))
    monkeypatch.setattr(zipped, "MAX_DIRECTORY_BYTES", 1000)
    with ByteSource(saved(content)) as source:
        assert len(source.members) == 50
        assert source.truncated


def test_no_more_members_are_listed_than_anyone_needs(saved, monkeypatch):
    monkeypatch.setattr(zipped, "MAX_MEMBERS", 10)
    content = archive(dict.fromkeys(map(str, range(50)), b"x"))
    for path in (saved(content, "whole"), saved(headless(content), "cut")):
        with ByteSource(path) as source:
            assert len(source.members) == 10


def test_a_refusal_closes_the_file(saved):
    with pytest.raises(RecordingError):
        ByteSource(saved(archive(FILES)), "nothing")  # left open: a ResourceWarning, an error here


def test_a_directory_that_points_beyond_any_file_is_not_believed(saved):
    content = bytearray(archive({"x": b"content"}))
    entry = content.index(b"PK\x01\x02")
    content[entry + 30 : entry + 32] = struct.pack("<H", 12)
    content[entry + 42 : entry + 46] = b"\xff" * 4
    content[entry + 47 : entry + 47] = struct.pack("<HHQ", 1, 8, 2**63)
    end = content.index(b"PK\x05\x06")
    content[end + 12 : end + 16] = struct.pack("<I", end - entry)
    assert zipfile.ZipFile(io.BytesIO(content)).infolist()[0].header_offset == 2**63
    assert read(saved(bytes(content))) == (b"content", True)
