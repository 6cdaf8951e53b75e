"""The content of a gzip stream."""

from __future__ import annotations

from collections.abc import Iterator

from isal import isal_zlib

from .feed import Feed

MAGIC = b"\x1f\x8b"
_IN_BYTES = 1 << 16
_FIRST_BYTES = 1 << 9
"""Of a member: what it leaves is given back, and there may be many that are short."""
_MOST_EMPTY = 10_000
"""Empty members one behind the other; no program writes more than one."""
_OUT_BYTES = 1 << 18


class Gunzip:
    """Unpacks member after member; a damaged one costs at most the last ``_OUT_BYTES`` of it.

    Attributes
    ----------
    truncated
        Whether the stream broke off early or failed its own check; known at its end.
    """

    truncated_code = "truncated_gzip"

    def __init__(self, feed: Feed) -> None:
        self.truncated = False
        self._feed = feed

    def __iter__(self) -> Iterator[bytes]:
        feed = self._feed
        empty = 0
        while (first := feed.take(2)) == MAGIC:
            if empty > _MOST_EMPTY or not _skip_header(feed):
                self.truncated = True
                return
            checksum = 0
            inflate = isal_zlib.decompressobj(wbits=-15)
            limit = _FIRST_BYTES
            while not inflate.eof:
                data = inflate.unconsumed_tail or feed.some(limit)
                limit = _IN_BYTES
                try:
                    piece = inflate.decompress(data, _OUT_BYTES)
                except isal_zlib.IsalError:  # type: ignore[misc]  # its stub says instance
                    self.truncated = True
                    return
                checksum = isal_zlib.crc32(piece, checksum)
                if piece:
                    empty = -1
                    yield piece
                elif not data:
                    self.truncated = True
                    return
            empty += 1
            feed.give_back(inflate.unused_data)
            # A wrong sum at the end undoes nothing: the formats have sums of their own.
            trailer = feed.take(8)
            if len(trailer) < 8 or int.from_bytes(trailer[:4], "little") != checksum:
                self.truncated = True
        if first.strip(b"\0"):
            self.truncated = True


def _skip_header(feed: Feed) -> bool:
    """Skip what RFC 1952 puts between magic and deflate stream; False if that cannot follow."""
    fixed = feed.take(8)
    if len(fixed) < 8 or fixed[0] != 8:
        return False
    flags = fixed[1]
    if flags & 4:
        feed.take(int.from_bytes(feed.take(2), "little"))
    for text in (8, 16):
        if flags & text:
            _skip_text(feed)
    if flags & 2:
        feed.take(2)
    return True


def _skip_text(feed: Feed) -> None:
    """Skip a text and the zero behind it."""
    while piece := bytes(feed.some(_FIRST_BYTES)):
        _, end, rest = piece.partition(b"\0")
        if end:
            feed.give_back(rest)
            return
