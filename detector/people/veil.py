"""What hides one recording: pseudonyms from a secret key, dates moved by whole weeks."""

from __future__ import annotations

import hmac
import json
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from recordings import Chunk, Header, Health, Place, Recording, Remark, Segment

from ..reasons import REMARKS

HIDDEN = "left out by --anonymise, because it may name somebody"
"""In place of a message."""


def digest(key: bytes, *words: str) -> str:
    """Return hexadecimal digits that nobody without the key can make from the words.

    Parameters
    ----------
    key
        The secret.
    words
        First what they are, so that the same text means something else in another place.
    """
    return hmac.digest(key, json.dumps(words).encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Veil:
    """Over one recording."""

    key: bytes = field(repr=False)
    shift_ns: int | None
    """By how much its dates are moved; None if no shift keeps all offsets from UTC."""

    def seal(self, value: Any) -> str:
        """Return what can be compared, but not read, of a value that JSON can hold."""
        return digest(self.key, "value", json.dumps(value, sort_keys=True))

    def over(self, recording: Recording) -> Recording:
        """Return the recording with its dates moved, without serial, notes and messages."""
        return _Veiled(recording, self.shift_ns or 0)


def bare_traceback(error: BaseException) -> str:
    """Return where a mistake in the program happened, without what it happened to."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{'/'.join(Path(f.filename).parts[-2:])}:{f.lineno} in {f.name}" for f in frames]
    return "\n".join([type(error).__name__, *lines, f"the message was {HIDDEN}", ""])


class _Veiled:
    """A recording that does not say of whom it is, nor when it was made."""

    def __init__(self, recording: Recording, shift_ns: int) -> None:
        self.path: Place = recording.path
        self.header = _nameless(recording.header)
        self.health = Health()
        self._recording = recording
        self._shift_ns = shift_ns

    def chunks(self) -> Iterator[Chunk]:
        """Read from the beginning, as the recording does."""
        self.health = Health()
        for chunk in self._recording.chunks():
            self._follow(self._recording.health)
            yield replace(chunk, knots=chunk.knots + np.array([0, self._shift_ns]))
        self._follow(self._recording.health)

    def _follow(self, real: Health) -> None:
        """Take over what is new; all segments but the last are final."""
        health, known = self.health, max(0, len(self.health.segments) - 1)
        for name in _COUNTS:
            setattr(health, name, getattr(real, name))
        health.segments[known:] = [self._moved(segment) for segment in real.segments[known:]]
        health.remarks = [_general(note) for note in real.remarks]

    def _moved(self, segment: Segment) -> Segment:
        start_ns, end_ns = segment.start_ns + self._shift_ns, segment.end_ns + self._shift_ns
        return replace(segment, start_ns=start_ns, end_ns=end_ns)


_COUNTS = tuple(f.name for f in fields(Health) if f.name not in {"segments", "remarks"})


_MODEL_KNOWN = (
    *("axivity-cwa", "geneactiv-bin", "actigraph-gt3x", "actigraph-csv"),
    *("centrepoint-avro", "embraceplus-avro"),
)
"""Formats whose device and firmware are a vendor's words; elsewhere they may be anybody's."""


def _nameless(header: Header) -> Header:
    """Return what is known to hold no name; a field or format not listed here is left out."""
    kept = ["format", "nominal_hz", "range_g", "utc_offset_s", "utc_known"]
    if header.format in _MODEL_KNOWN:
        kept += ["device", "firmware"]
    return Header(**{name: getattr(header, name) for name in kept})


def _general(note: Remark) -> Remark:
    """Return a remark with the sentence of its code: what a reader writes may quote the file."""
    return Remark(note.code, REMARKS[note.code].sentence.removesuffix("."))
