"""Whether files are those that a run has seen: by time and size, else by content."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from made_store import saying

from detector.inputs.inputfiles import (
    described,
    is_gzip,
    refuse_changed,
    same_files,
    seal_of,
    size_of,
    stamps_of,
    total_bytes,
)
from detector.inputs.sources import Part, Source
from detector.people.identity import Identity
from detector.people.naming import Named
from detector.people.veil import Veil
from recordings import RecordingError, Remote, Stamp

NS = 10**9
SHA = {text: hashlib.sha256(text).hexdigest() for text in (b"one", b"two", b"three")}


def source(*paths, veil=None):
    named = Named(group="g", name="n", row=Identity(), found=Identity())
    return Source(tuple(Part(path, str(path)) for path in paths), named, "n", veil=veil)


@pytest.fixture
def files(tmp_path):
    """Two files with content and a time each."""
    paths = [tmp_path / "a", tmp_path / "b"]
    for k, (path, text) in enumerate(zip(paths, (b"one", b"two"), strict=True)):
        path.write_bytes(text)
        os.utime(path, ns=(k * NS, k * NS))
    return paths


@pytest.fixture
def known(files):
    """What ``run.json`` says of them."""
    return described(source(*files), files, stamps_of(files))["files"]


def touch(path, at_s):
    os.utime(path, ns=(at_s * NS, at_s * NS))


# ------------------------------------------------------------------ what is noted


def test_one_file_is_noted_by_size_time_and_hash(files):
    one = files[:1]
    assert described(source(*one), one, stamps_of(one)) == {
        "bytes": 3,
        "sha256": SHA[b"one"],
        "files": [{"bytes": 3, "mtime_ns": 0, "sha256": SHA[b"one"]}],
    }


def test_several_files_have_the_hash_of_their_hashes_in_order(files):
    both = (SHA[b"one"] + SHA[b"two"]).encode()
    noted = described(source(*files), files, stamps_of(files))
    assert noted["sha256"] == hashlib.sha256(both).hexdigest()
    assert noted["bytes"] == 6
    assert [each["mtime_ns"] for each in noted["files"]] == [0, NS]


def test_of_who_shall_not_be_named_everything_is_sealed(files):
    veiled = source(files[0], veil=Veil(b"key", 0))
    noted = described(veiled, files[:1], stamps_of(files[:1]))
    assert noted["sha256"] is None
    (file,) = noted["files"]
    assert set(file) == {"bytes", "mtime_ns", "sha256"}
    assert SHA[b"one"] not in file.values()
    assert 3 not in file.values()
    assert same_files(veiled, [dict(file)]) == (True, False)
    other = source(files[0], veil=Veil(b"another key", 0))
    assert same_files(other, [dict(file)])[0] is False


def test_without_a_veil_nothing_is_sealed(files):
    assert seal_of(source(files[0]))("anything") == "anything"
    assert seal_of(source(files[0], veil=Veil(b"key", 0)))("anything") != "anything"


# ------------------------------------------------------------------ whether they are the same


def test_files_of_the_same_size_and_time_are_not_read(files, known):
    files[0].write_bytes(b"ONE")
    touch(files[0], 0)
    assert same_files(source(*files), known) == (True, False)


def test_a_new_time_lets_the_content_decide(files, known):
    touch(files[1], 99)
    assert same_files(source(*files), known) == (True, True)
    assert [each["mtime_ns"] for each in known] == [0, 99 * NS]


def test_a_new_content_of_the_same_size_is_another_file(files, known):
    files[1].write_bytes(b"TWO")
    assert same_files(source(*files), known) == (False, False)


def test_another_size_is_another_file_whatever_the_time(files, known):
    files[0].write_bytes(b"three")
    touch(files[0], 0)
    assert same_files(source(*files), known) == (False, False)


def test_a_new_time_before_a_change_is_told_with_it(files, known):
    touch(files[0], 99)
    files[1].write_bytes(b"three")
    assert same_files(source(*files), known) == (False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_other_numbers_of_files_are_not_the_same(files, known, count):
    paths = [*files, files[0]][:count]
    assert same_files(source(*paths), known) == (False, False)


@pytest.mark.parametrize(
    ("known", "now", "same"),
    [
        ({"etag": "x", "mtime_ns": 4}, {"etag": "x"}, True),
        ({"etag": "y"}, {"etag": "x"}, False),
        ({"etag": "x", "mtime_ns": 5 * NS}, {"mtime": 5}, True),
        ({"etag": "x", "mtime_ns": 4 * NS}, {"mtime": 5}, False),
        ({"mtime_ns": 5 * NS}, {"etag": "x", "mtime": 5}, True),
        ({"etag": "x"}, {}, False),
        ({}, {}, False),
    ],
    ids=["same state", "another state", "no state now", "nor the time", "no state then",
         "nothing now", "nothing at all"],
)  # fmt: skip
def test_a_stores_own_name_of_a_state_goes_before_its_time(known, now, same):
    """What is not known to be the same is read, and has another content here."""
    file = {"bytes": 3, **known, "sha256": "that of another content"}
    with saying(**now) as remote:
        assert same_files(source(remote), [file]) == (same, False)


def test_a_store_that_says_no_time_lets_the_content_decide():
    file = {"bytes": 3, "etag": "x", "sha256": SHA[b"one"]}
    with saying() as remote:
        assert same_files(source(remote), [file]) == (True, True)


# ------------------------------------------------------------------ changes while it is read


def test_a_file_that_stayed_as_it_was_passes(files):
    refuse_changed(files, stamps_of(files))


@pytest.mark.parametrize("change", [lambda p: p.write_bytes(b"more"), lambda p: touch(p, 7)])
def test_a_file_that_was_changed_meanwhile_is_refused_by_name(files, change):
    before = stamps_of(files)
    change(files[1])
    with pytest.raises(RecordingError) as caught:
        refuse_changed(files, before)
    assert caught.value.path == files[1]
    assert str(caught.value) == (
        f"{files[1]}: was changed while it was being read; run again when it is complete"
    )


@pytest.mark.parametrize("ask", [stamps_of, lambda paths: is_gzip(paths[0])])
def test_a_file_that_went_away_is_told_with_what_to_do(tmp_path, ask):
    with pytest.raises(RecordingError) as caught:
        ask([tmp_path / "gone"])
    assert str(caught.value) == (
        f"{tmp_path / 'gone'}: can no longer be read: No such file or directory; "
        "run again when it is back"
    )


# ------------------------------------------------------------------ sizes


@pytest.mark.parametrize(
    ("sizes", "total"), [([], 0), ([3], 3), ([3, 0, 4], 7), ([3, None], None), ([None], None)]
)
def test_the_size_of_all_is_known_if_that_of_each_is(sizes, total):
    assert total_bytes([Stamp(size) for size in sizes]) == total


def test_the_size_of_what_is_not_there_is_unknown(files):
    assert size_of(files) == 6
    assert size_of([*files, Path("gone")]) is None
    assert size_of([Remote("memory://gone/x")]) is None


@pytest.mark.parametrize(
    ("content", "packed"), [(b"\x1f\x8b\x08", True), (b"\x1f", False), (b"", False), (b"MD", False)]
)
def test_a_packed_file_is_known_by_its_first_bytes_and_not_by_its_name(tmp_path, content, packed):
    path = tmp_path / ("a.cwa" if packed else "a.cwa.gz")
    path.write_bytes(content)
    assert is_gzip(path) is packed


@pytest.mark.parametrize(("name", "packed"), [("a.cwa.GZ", True), ("a.cwa", False)])
def test_of_a_file_in_a_store_the_name_has_to_do(name, packed):
    assert is_gzip(Remote(f"memory://data/{name}")) is packed
