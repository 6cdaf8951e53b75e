"""What a recording is and how healthy: header, clock, sensor, losses.

Every file is read from its first to its last byte, so that losses anywhere are seen, or only at its
beginning, and then nothing is said of the rest. Nothing is filtered or detected. Several files are
read side by side.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Lock

from recordings import (
    Place,
    RecordingError,
    Zone,
    compare_zones,
    holding,
    open_parts,
    probe,
    stamp_of,
)

from .inputs.sources import Source, find_inputs
from .inspection import Inspection
from .job import RunOptions, subject_of, without_path
from .pipeline import survey

_NO_OUTPUT = Path(os.devnull)
"""In place of an output folder that is not to be searched."""
_MOST_AT_ONCE = 8
"""Files read side by side; more would wait for the disk."""


def inspect_all(
    inputs: Sequence[Path | str],
    options: RunOptions,
    *,
    quick: bool = False,
    advance: Callable[[float, str], None] = lambda _share, _text: None,
) -> list[Inspection]:
    """Look at every recording among files and folders, at several at once.

    Parameters
    ----------
    inputs
        See :mod:`detector.inputs.sources`.
    options
        As for a run.
    quick
        Read only the first ten minutes of each.
    advance
        Called with the share of the work that is done and what is being read.

    Raises
    ------
    SettingsError
        If what ``options.naming`` says does not fit the inputs; before any file is opened.
    """
    reading, naming = options.reading, options.naming
    sources = find_inputs(inputs, out=_NO_OUTPUT, reading=reading, naming=naming)
    progress = _Together(sources, advance)

    def one(index: int) -> Inspection:
        return inspect_source(
            sources[index],
            options,
            quick=quick,
            advance=lambda bytes_read: progress.read(index, bytes_read),
        )

    pool = ThreadPoolExecutor(min(_MOST_AT_ONCE, os.cpu_count() or 1))
    try:
        return list(pool.map(one, range(len(sources))))
    finally:
        progress.over = True
        pool.shutdown(cancel_futures=True)


class _Over(Exception):  # noqa: N818 (no error: it ends what nobody waits for any more)
    """Nobody waits for the rest."""


class _Together:
    """Turns the bytes read of several inputs into the share of all work."""

    def __init__(self, sources: Sequence[Source], advance: Callable[[float, str], None]) -> None:
        self._titles = [source.title for source in sources]
        self._advance = advance
        self._sizes = [sum(map(_size, source.paths)) for source in sources]
        self._read = [0] * len(sources)
        self._lock = Lock()
        self.over = False

    def read(self, index: int, bytes_read: int) -> None:
        """Take how much of an input has been read."""
        if self.over:
            raise _Over
        with self._lock:
            # of a compressed file, bytes read are those of its content: more than there are
            self._read[index] = min(bytes_read, self._sizes[index])
            share = sum(self._read) / max(1, sum(self._sizes))
            self._advance(share, self._titles[index])


def _size(path: Place) -> int:
    try:
        return stamp_of(path).size_bytes or 0
    except (OSError, RecordingError):
        return 0  # why it cannot be asked is said where it is opened


def inspect_source(
    source: Source,
    options: RunOptions,
    *,
    quick: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> Inspection:
    """Look at one input.

    Parameters
    ----------
    source
        The input.
    options
        As for a run.
    quick
        Read only its first ten minutes.
    advance
        Called with the bytes read so far.
    """
    subject = subject_of(source, options)
    about = Inspection(title=source.title, subject=subject)
    if source.skipped:
        return replace(about, error=source.skipped, skipped=True)
    with holding(source.paths) as paths:
        return _inspected(paths, source, options, about, quick=quick, advance=advance)


def _inspected(
    paths: Sequence[Place],
    source: Source,
    options: RunOptions,
    about: Inspection,
    *,
    quick: bool,
    advance: Callable[[int], None],
) -> Inspection:
    tz, device_tz = about.subject.tz, about.subject.device_tz
    try:
        recording = open_parts(paths, options.reading)
    except RecordingError as error:
        return replace(about, error=without_path(error, source))
    about = replace(about, header=recording.header)
    try:
        found, header = probe(recording), recording.header
        zone = Zone.of(tz, found.start_ns, device_tz=device_tz, offset_s=header.known_offset_s)
        about = replace(about, probe=found, zone=zone)
        if quick:
            return about
        quality = survey(recording, found.rate_hz, zone, options.settings, advance)
    except RecordingError as error:
        return replace(about, health=recording.health, error=without_path(error, source))
    compare_zones(header, recording.health, found.start_ns, tz=tz, device_tz=device_tz)
    return replace(about, health=recording.health, quality=quality)
