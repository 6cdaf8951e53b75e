"""Bytes in their order, whatever the pieces in which they come."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import RecordingError
from recordings.feed import Feed, FileFeed
from recordings.place import Remote

CONTENT = bytes(range(200))
PLACE = Remote("memory://x")


def pieces(size):
    """A feed of pieces of a size."""
    return Feed(iter([CONTENT[k : k + size] for k in range(0, len(CONTENT), size)]))


def file_feed():
    return FileFeed(_File(CONTENT), PLACE)


class _File(io.BytesIO):
    """A file in memory that gives as much as it likes."""

    most = 7

    def readinto(self, buffer):
        return super().readinto(memoryview(buffer)[: self.most])


FEEDS = pytest.mark.parametrize(
    "make", [lambda: pieces(3), lambda: pieces(64), lambda: pieces(999), file_feed],
    ids=["small", "middle", "whole", "file"],
)  # fmt: skip


@FEEDS
def test_bytes_are_taken_in_order_and_fewer_only_at_the_end(make):
    feed = make()
    assert feed.take(10) == CONTENT[:10]
    assert feed.take(0) == b""
    assert feed.take(150) == CONTENT[10:160]
    assert feed.take(999) == CONTENT[160:]
    assert feed.take(1) == b""
    assert feed.offset == 200


@FEEDS
def test_what_was_only_looked_at_is_still_there(make):
    feed = make()
    assert feed.head(5) == CONTENT[:5]
    assert feed.head(20) == CONTENT[:20]
    assert feed.head(3) == CONTENT[:3]
    assert feed.offset == 0
    assert feed.take(200) == CONTENT
    assert feed.head(9) == b""


@FEEDS
def test_what_is_passed_over_is_gone_and_behind_the_end_there_is_nothing(make):
    feed = make()
    feed.head(50)
    feed.skip(30)
    assert feed.offset == 30
    assert feed.take(2) == CONTENT[30:32]
    feed.skip(0)
    assert feed.take(1) == CONTENT[32:33]
    feed.skip(10_000)
    assert feed.offset == 200
    assert feed.take(1) == b""


@FEEDS
def test_some_bytes_are_as_many_as_are_at_hand_and_never_more_than_asked_for(make):
    feed, found = make(), b""
    while part := feed.some(11):
        assert 0 < len(part) <= 11
        found += part
        assert feed.offset == len(found)
    assert found == CONTENT
    assert bytes(feed.some(11)) == b""


@FEEDS
def test_what_is_given_back_comes_first_again_the_last_before_the_others(make):
    feed = make()
    first, second = feed.take(4), feed.take(3)
    feed.give_back(second)
    feed.give_back(first)
    assert feed.offset == 0
    assert feed.take(200) == CONTENT


moves = st.lists(
    st.tuples(st.sampled_from(["take", "head", "skip", "some", "back"]), st.integers(0, 90)),
    max_size=15,
)


@pytest.mark.parametrize("kind", ["pieces", "file"])
@given(moves=moves, size=st.integers(1, 70))
def test_any_use_of_a_feed_is_that_of_a_slice(kind, moves, size):
    feed = pieces(size) if kind == "pieces" else file_feed()
    at, last = 0, b""
    for move, count in moves:
        if move == "take":
            last = feed.take(count)
            assert last == CONTENT[at : at + count]
            at += len(last)
        elif move == "head":
            assert feed.head(count) == CONTENT[at : at + count]
            last = b""
        elif move == "skip":
            feed.skip(count)
            at, last = min(at + count, 200), b""
        elif move == "some":
            last = bytes(feed.some(count + 1))
            assert CONTENT[at:].startswith(last)
            assert last or at == 200
            at += len(last)
        else:
            feed.give_back(last)
            at, last = at - len(last), b""
        assert feed.offset == at


def test_a_file_that_cannot_be_read_is_told_with_the_place():
    class Broken(_File):
        def readinto(self, buffer):
            if self.tell() >= 50:
                raise OSError(5, "Input/output error")
            return super().readinto(buffer)

    feed = FileFeed(Broken(CONTENT), PLACE)
    with pytest.raises(RecordingError) as caught:
        feed.take(100)
    assert str(caught.value) == (
        "memory://x: reading failed: Input/output error (at byte 56); "
        "copy the file anew from where it came from"
    )
