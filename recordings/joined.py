"""One recording split over several files: its parts one behind the other, in the order of time.

The parts must be of one device with one setup. Between two of them there may be a hole, which is a
gap like any other. Where the clocks say that the next part goes on within one sample, the segment
goes on, too: the first sample's time is then one more stamp of one clock, and nothing restarts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .model import (
    SECOND_NS,
    Chunk,
    Header,
    Health,
    ReadOptions,
    Recording,
    RecordingError,
    Remark,
    Scale,
    Segment,
    sample_times,
)
from .place import Place, Remote, place_of
from .registry import open_recording

RATE_TOLERANCE = 0.05
"""Stated rates of two parts may differ by this share: that of a table is measured."""

NEXT_PART = "next_part"
"""Why a segment begins where a part does not continue the one before."""

_COUNTS = ("blocks", "blocks_bad", "bytes_read", "bytes_skipped", "stamps_repaired")
_FAR_N = 1 << 20
_NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Part:
    """One file, and what must be known of it before it is read."""

    recording: Recording
    start_ns: int
    scale: Scale
    ahead_ns: int = 0
    """What its clock is behind that of the first part, where both state their offset from UTC."""

    def order(self) -> int:
        """When it begins, in UTC as far as that is known."""
        return self.start_ns - (self.recording.header.known_offset_s or 0) * SECOND_NS


class JoinedRecording:
    """Several files as one recording: see :class:`recordings.model.Recording`.

    Made by :func:`open_parts`.
    """

    def __init__(self, parts: Sequence[_Part], remarks: Sequence[Remark]) -> None:
        self.path = parts[0].recording.path
        self.header = _merged([part.recording.header for part in parts])
        self.health = Health()
        self._parts = parts
        self._remarks = remarks

    def chunks(self) -> Iterator[Chunk]:
        """Read all parts from the beginning: each call is a new pass with a fresh :attr:`health`.

        Raises
        ------
        RecordingError
            If a part can no longer be read.
        """
        health = self.health = Health(remarks=list(self._remarks))
        seam = _Seam(health)
        read: list[tuple[str, Health]] = []
        for part in self._parts:
            before = [getattr(health, name) for name in _COUNTS]
            name = part.recording.path.name
            follows = name if read else ""
            for chunk in part.recording.chunks():
                _count(health, before, part.recording.health)
                yield from seam.take(_later(chunk, part.ahead_ns), follows)
                follows = ""
            _count(health, before, part.recording.health)
            read.append((name, part.recording.health))
        yield from seam.release()
        rates = [(h.lowest_hz, h.highest_hz) for _, h in read]
        health.lowest_hz = min((low for low, _ in rates if low), default=None)
        health.highest_hz = max((high for _, high in rates if high), default=None)
        health.remarks += [*seam.remarks(), *_remarks_of(read)]


def open_parts(paths: Sequence[Place | str], options: ReadOptions | None = None) -> Recording:
    """Open a recording that is split over several files, given in any order.

    A part that cannot be read is left out, with a remark.

    Parameters
    ----------
    paths
        Its files; one alone is opened as :func:`open_recording` does.
    options
        What the content may leave open.

    Raises
    ------
    RecordingError
        If no part can be read, or they are not of one recording: of different devices, formats,
        ranges or rates, or without the time of day.
    """
    if len(paths) == 1:
        return open_recording(paths[0], options)
    parts, remarks = [], []
    unreadable: RecordingError | None = None
    for path in sorted(map(place_of, paths), key=lambda place: (isinstance(place, Remote), place)):
        try:
            parts.append(_opened(path, options))
        except RecordingError as error:
            unreadable = error
            text = str(error).removeprefix(f"{path}: ")
            remarks.append(Remark("part_unreadable", f"{path.name} was left out: it {text}"))
    if not parts:
        raise unreadable or ValueError("no paths")
    parts.sort(key=_Part.order)
    first, *others = parts
    for other in others:
        if problem := _unlike(first.recording.header, other.recording.header):
            raise RecordingError(
                other.recording.path,
                f"is no part of the recording that begins with {first.recording.path.name}: "
                f"{problem}",
                remedy="join only files of one recording",
            )
    joined = [first, *(_on_clock_of(first, other) for other in others)]
    if unlike := [p.recording.path.name for p in joined if p.scale != first.scale]:
        text = f"another scale than in {first.recording.path.name}: {_few(unlike)}"
        remarks.append(Remark("parts_differ", text))
    return JoinedRecording(joined, remarks)


def _opened(path: Place, options: ReadOptions | None) -> _Part:
    recording = open_recording(path, options)
    first = next(recording.chunks())
    if any(note.code == "time_relative" for note in recording.health.remarks):
        raise RecordingError(
            path,
            "does not say when it was recorded, so its place among the parts is unknown",
            remedy="give it a column of time",
        )
    return _Part(recording, first.start_ns, first.scale)


def _unlike(first: Header, other: Header) -> str:
    """Return why two headers cannot be of one recording, empty if they can."""
    for name in ("format", "device", "serial", "range_g"):
        one, two = getattr(first, name), getattr(other, name)
        if one is not None and two is not None and one != two:
            return f"its {name.removesuffix('_g')} is {two}, not {one}"
    one_hz, two_hz = first.nominal_hz, other.nominal_hz
    if abs(two_hz - one_hz) > RATE_TOLERANCE * one_hz:
        return f"its rate is {two_hz:g} Hz, not {one_hz:g} Hz"
    if first.utc_known != other.utc_known:
        return "of the two only one states the offset of its times from UTC"
    return ""


def _on_clock_of(first: _Part, other: _Part) -> _Part:
    """Return a part with the distance of its clock: a phone's may follow daylight saving time."""
    one, two = first.recording.header.known_offset_s, other.recording.header.known_offset_s
    return other if one is None or two is None else replace(other, ahead_ns=(one - two) * SECOND_NS)


def _merged(headers: Sequence[Header]) -> Header:
    """Return the first part's header, with the notes that all parts have in common."""
    first, *others = headers
    notes = {k: v for k, v in first.notes.items() if all(h.notes.get(k) == v for h in others)}
    return replace(first, notes=notes)


def _count(health: Health, before: Sequence[int], part: Health) -> None:
    """Set what adds up to what was met before and in the present part."""
    for name, n in zip(_COUNTS, before, strict=True):
        setattr(health, name, n + getattr(part, name))


def _later(chunk: Chunk, ahead_ns: int) -> Chunk:
    return replace(chunk, knots=chunk.knots + np.array([0, ahead_ns])) if ahead_ns else chunk


def _remarks_of(parts: Sequence[tuple[str, Health]]) -> list[Remark]:
    """Return one remark for each code, with the names of the parts that it is about."""
    about: dict[str, list[tuple[str, str]]] = {}
    for name, health in parts:
        for note in health.remarks:
            about.setdefault(note.code, []).append((name, note.message))
    return [Remark(code, _together(said, len(parts))) for code, said in about.items()]


def _together(said: Sequence[tuple[str, str]], parts: int) -> str:
    """Say once what was said of several parts, given as (name, message)."""
    names, messages = zip(*said, strict=True)
    if len(set(messages)) > 1:
        return f"{names[0]}: {messages[0]} (and the like {len(said) - 1} times more)"
    return str(messages[0]) if len(names) == parts else f"{_few(names)}: {messages[0]}"


def _few(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_NAMES_SHOWN])} and {more} more"


class _Seam:
    """Puts chunks of one part behind those of another; indices count from the segment's start.

    A clock is drawn through the stamps on both sides of a border, so a chunk waits as long as the
    border may come before a knot that it needs.
    """

    def __init__(self, health: Health) -> None:
        self._health = health
        self._waiting: deque[Chunk] = deque()
        self._base = 0
        """Samples of the segment that came from earlier parts."""
        self._border = np.zeros(2, np.int64)
        """Knot at which the present part took over, where it did within a segment."""
        self._overlaps: list[tuple[str, float]] = []
        """Name of the part, and by how many seconds it begins too early."""

    def take(self, chunk: Chunk, next_part: str) -> Iterator[Chunk]:
        """Take the next chunk of a part and yield those that nothing can change any more.

        Parameters
        ----------
        chunk
            As the part has it.
        next_part
            Name of the part that begins with it, behind another one; else empty.
        """
        if next_part and self._continued_by(chunk):
            self._base = _stop(self._waiting[-1])
            self._border = np.array([self._base, chunk.start_ns])
            self._waiting = deque(_until(held, self._border) for held in self._waiting)
            yield from self.release()
        elif chunk.opens_segment:
            if next_part:
                self._note_overlap(chunk, next_part)
                chunk = replace(chunk, opens_segment=NEXT_PART)
            yield from self.release()
            self._base = 0
        self._waiting.append(_from(chunk, self._base, self._border) if self._base else chunk)
        stop = _stop(self._waiting[-1])
        while _stop(self._waiting[0]) <= self._waiting[0].knots[-1, 0] < stop:
            yield self._out()

    def release(self) -> Iterator[Chunk]:
        """Yield all that waits: nothing follows, or not without a gap."""
        while self._waiting:
            yield self._out()

    def remarks(self) -> list[Remark]:
        """Say where parts overlap."""
        if not self._overlaps:
            return []
        name, early_s = self._overlaps[0]
        several = f", the first of {len(self._overlaps)} such parts," if self._overlaps[1:] else ""
        text = f"{name}{several} begins {early_s:.3f} s before the end of the part before"
        return [Remark("parts_overlap", f"{text}; what was recorded twice is used once")]

    def _continued_by(self, chunk: Chunk) -> bool:
        last = self._waiting[-1]
        before = last.knots[last.knots[:, 0] < _stop(last), 1]
        hole_ns = chunk.start_ns - last.end_ns
        period_ns = (last.end_ns - last.start_ns) / len(last)
        return abs(hole_ns) < period_ns and len(before) > 0 and before[-1] < chunk.start_ns

    def _note_overlap(self, chunk: Chunk, name: str) -> None:
        early_s = (self._waiting[-1].end_ns - chunk.start_ns) / SECOND_NS
        if early_s > 0:
            self._overlaps.append((name, early_s))

    def _out(self) -> Chunk:
        """Hand out the next chunk, and keep ``health.segments`` true to what was handed out."""
        chunk, segments = self._waiting.popleft(), self._health.segments
        if chunk.opens_segment:
            segments.append(Segment(chunk.start_ns, chunk.end_ns, len(chunk), chunk.opens_segment))
        else:
            segments[-1] = replace(
                segments[-1], end_ns=chunk.end_ns, samples=segments[-1].samples + len(chunk)
            )
        return chunk


def _stop(chunk: Chunk) -> int:
    return chunk.first_index + len(chunk)


def _until(chunk: Chunk, border: NDArray[np.int64]) -> Chunk:
    """Return a chunk whose clock runs to the border, if it needs the knots from there on."""
    if _stop(chunk) <= chunk.knots[-1, 0] < border[0]:
        return chunk
    own = chunk.knots[chunk.knots[:, 0] < border[0]]
    return replace(chunk, knots=np.vstack([own, border]))


def _from(chunk: Chunk, base: int, border: NDArray[np.int64]) -> Chunk:
    """Return a chunk of a part that continues a segment, counted from the segment's start."""
    first, knots = chunk.first_index + base, chunk.knots + np.array([base, 0])
    if knots[0, 0] > first or knots[0, 0] <= base:
        own = knots[knots[:, 0] > base]
        if not len(own):
            far = np.array([base + _FAR_N])
            own = np.stack([far, sample_times(knots, far)], axis=1)
        knots = np.vstack([border, own])
    return replace(chunk, first_index=first, knots=knots, opens_segment="")
