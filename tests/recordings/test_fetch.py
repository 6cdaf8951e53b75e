"""Remote files as files on the disk: in blocks, each fetched once, hashed as they pass."""

from __future__ import annotations

import gc
import hashlib
import io
import tempfile
from contextlib import nullcontext

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_store import saying

from recordings import RecordingError, Remote, fetch, holding
from recordings.fetch import Held, RemoteFile, at_hand, held, kept, sha256_of

MEMORY = fsspec.filesystem("memory")
CONTENT = bytes(range(256)) * 10
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(fetch, "BLOCK_BYTES", 100)


@pytest.fixture
def remote():
    MEMORY.pipe_file("/store/a", CONTENT)
    yield Remote("memory://store/a")
    MEMORY.store.clear()


@pytest.fixture
def asked(monkeypatch):
    """First byte and number of bytes of everything that the store was asked for."""
    log = []
    real = fetch._Line.read

    def read(line, first, count):
        log.append((first, count))
        return real(line, first, count)

    monkeypatch.setattr(fetch._Line, "read", read)
    return log


# ------------------------------------------------------------------ a file


steps = st.tuples(st.sampled_from([0, 1, 2]), st.integers(-3000, 3000), st.integers(0, 700))


@given(st.lists(steps, max_size=12))
def test_any_order_of_seeks_and_reads_is_that_of_a_file_in_memory(steps):
    MEMORY.pipe_file("/twin/a", CONTENT)
    with RemoteFile(Remote("memory://twin/a")) as there, io.BytesIO(CONTENT) as here:
        for whence, offset, count in steps:
            base = (0, here.tell(), len(CONTENT))[whence]
            at = max(0, base + offset)
            here.seek(at)
            assert there.seek(offset, whence) == at
            assert there.read(count) == here.read(count)


def test_it_says_what_can_be_done_with_it_and_may_be_closed_twice(remote):
    file = RemoteFile(remote)
    assert file.readable()
    assert file.seekable()
    assert not file.writable()
    file.close()
    file.close()
    assert file.closed


def test_a_read_fills_all_it_can_across_blocks(remote):
    with RemoteFile(remote) as file:
        file.seek(250)
        buffer = bytearray(300)
        assert file.readinto(buffer) == 300
        assert bytes(buffer) == CONTENT[250:550]
        file.seek(len(CONTENT) - 30)
        assert file.readinto(buffer) == 30
        assert bytes(buffer[:30]) == CONTENT[-30:]


# ------------------------------------------------------------------ blocks


def test_a_block_is_fetched_once_and_the_last_is_what_is_left(remote, asked):
    with holding([remote]) as (one,):
        assert one.block(0) == CONTENT[:100]
        assert one.block(0) == CONTENT[:100]
        assert one.block(25) == CONTENT[2500:]
        assert one.block(26) == b""
        assert one.block(99) == b""
    assert asked == [(0, 100), (2500, 60)]


def test_a_short_jump_reads_what_is_between_so_that_it_is_in_the_hash(remote, asked):
    with holding([remote]) as (one,):
        one.block(3)
        assert [first for first, _ in asked] == [0, 100, 200, 300]
        one.block(7)
        assert [first for first, _ in asked][4:] == [400, 500, 600, 700]


def test_a_long_jump_reads_only_what_is_asked_for(remote, asked):
    with holding([remote]) as (one,):
        one.block(4)
        assert asked == [(400, 100)]


def test_the_blocks_read_last_stay_at_hand(remote, asked):
    with holding([remote]) as (one,):
        for index in range(fetch.KEPT_BLOCKS + 1):
            one.block(index)
        before = len(asked)
        one.block(1)
        assert len(asked) == before
        one.block(0)
        assert asked[before:] == [(0, 100)]


def test_blocks_in_use_are_kept_before_older_ones(remote, asked):
    with holding([remote]) as (one,):
        for index in range(fetch.KEPT_BLOCKS):
            one.block(index)
        one.block(0)
        one.block(fetch.KEPT_BLOCKS)
        before = len(asked)
        one.block(0)
        assert len(asked) == before


# ------------------------------------------------------------------ hashes


@pytest.mark.parametrize(
    "order",
    [range(26), [0, 4, 1, 2, 3], [25], [], [3, 3, 0, 25, 26]],
    ids=["all", "jumps", "the end", "none", "mixed"],
)
def test_the_hash_is_that_of_the_file_whatever_was_read_before(remote, order):
    with holding([remote]) as (one,):
        for index in order:
            one.block(index)
        assert one.sha256() == SHA
        assert sha256_of(one) == SHA


def test_what_was_read_in_order_is_not_asked_for_again_for_the_hash(remote, asked):
    with holding([remote]) as (one,):
        for index in range(26):
            one.block(index)
        before = len(asked)
        one.sha256()
        assert len(asked) == before


def test_the_hash_of_a_place_alone_is_made_at_once(remote):
    assert sha256_of(remote) == SHA


# ------------------------------------------------------------------ copies


def test_where_the_size_is_not_said_a_copy_tells_it():
    with saying(CONTENT, size=None, etag="x") as remote, holding([remote]) as (one,):
        assert one.size_bytes == len(CONTENT)
        assert one.block(25) == CONTENT[2500:]
        assert one.sha256() == SHA


def test_a_copy_is_made_once_and_served_from_then_on(remote, asked):
    with holding([remote]) as (one,):
        copy = one.copied()
        assert one.copied() is copy
        before = len(asked)
        assert one.block(7) == CONTENT[700:800]
        assert len(asked) == before


def test_what_is_read_in_no_order_is_opened_as_a_file(remote, tmp_path):
    (tmp_path / "a").write_bytes(CONTENT)
    with at_hand(tmp_path / "a") as file:
        assert file.read() == CONTENT
    with at_hand(remote) as file:
        assert file.read() == CONTENT
    with holding([remote]) as (one,):
        with at_hand(one) as file:
            file.read(9)
        with at_hand(one) as file:  # from the beginning again
            assert file.read() == CONTENT


def test_a_disk_that_takes_no_more_of_a_copy_is_told_with_what_to_do(remote, monkeypatch):
    class Full:
        def write(self, _piece):
            raise OSError(28, "No space left on device")

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(tempfile, "TemporaryFile", Full)
    with holding([remote]) as (one,), pytest.raises(RecordingError) as caught:
        one.copied()
    assert str(caught.value) == (
        "memory://store/a: needs a temporary copy, for which there is no room in "
        f"{tempfile.gettempdir()}; let TMPDIR name a folder on a disk with more room, or download "
        "it, and name the downloaded file"
    )


# ------------------------------------------------------------------ stores that fail


def test_a_store_that_sends_less_than_it_said_is_told_with_the_place():
    with saying(CONTENT, size=len(CONTENT) + 10, etag="x") as remote, holding([remote]) as (one,):
        assert one.block(24) == CONTENT[2400:2500]
        with pytest.raises(RecordingError) as caught:
            one.block(25)
    assert caught.value.offset == len(CONTENT)
    assert str(caught.value) == (
        "saying://bucket/a.cwa: reading failed: the connection ended early (at byte 2560); "
        "run again when the store answers"
    )


def test_a_file_that_is_not_there_is_told_when_it_is_asked():
    with pytest.raises(RecordingError, match="does not exist; check the URL"):
        Held("memory://store/none").block(0)


# ------------------------------------------------------------------ who holds what


def test_what_is_held_stays_held_and_other_places_are_as_they_are(remote, tmp_path):
    one = held(remote)
    assert held(one) is one
    assert kept(one) is one
    assert kept(tmp_path) == tmp_path
    assert isinstance(kept(remote), Held)
    assert one == remote


def test_blocks_of_a_file_that_nobody_holds_are_given_back(remote):
    one = held(remote)
    one.block(0)
    owner = id(one)
    assert fetch._BLOCKS.get(owner, 0) is not None
    del one
    gc.collect()
    assert fetch._BLOCKS.get(owner, 0) is None


def test_a_file_gives_back_what_it_opened_itself_and_nothing_else(remote):
    with holding([remote]) as (one,):
        with RemoteFile(one) as file:
            file.read(10)
        assert fetch._BLOCKS.get(id(one), 0) is not None
    assert fetch._BLOCKS.get(id(one), 0) is None


def test_files_here_and_in_stores_can_be_held_together(remote, tmp_path):
    with holding([tmp_path / "a", remote]) as found:
        assert found == [tmp_path / "a", remote]
        assert isinstance(found[1], Held)


def use(remote, places, error=None):
    """Hold a place twice and fetch something of it; fail then, if that is wanted."""
    with holding([remote, remote]) as found:
        places += found
        for place in found:
            place.block(0)
        if error is not None:
            raise error


@pytest.mark.parametrize("error", [None, KeyError("x")], ids=["done", "failed"])
def test_at_the_end_everything_is_given_back_also_after_a_failure(remote, error):
    places = []
    with nullcontext() if error is None else pytest.raises(KeyError):
        use(remote, places, error)
    assert [fetch._BLOCKS.get(id(place), 0) for place in places] == [None, None]


def test_what_a_store_that_is_no_web_server_cannot_do_is_told(remote, monkeypatch):
    def refuses(_line, first, count):
        raise ValueError(f"no {count} bytes from {first} on")

    monkeypatch.setattr(fetch._Line, "_range", refuses)
    with holding([remote]) as (one,), pytest.raises(RecordingError) as caught:
        one.block(0)
    assert str(caught.value) == (
        "memory://store/a: reading failed: ValueError: no 100 bytes from 0 on (at byte 0); "
        "run again when the store answers"
    )


def test_a_store_that_sends_several_pieces_at_once_is_asked_for_them(remote, monkeypatch):
    class Sftp:
        def readv(self, pieces):
            return [CONTENT[first : first + count] for first, count in pieces]

        def close(self):
            pass

    monkeypatch.setattr(fetch._Line, "_opened", lambda _line, **_: Sftp())
    with holding([remote]) as (one,):
        assert one.block(3) == CONTENT[300:400]
        assert one.sha256() == SHA
