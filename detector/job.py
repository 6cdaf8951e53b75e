"""One recording of a run: analysed into its folder, or found done, failed or crashed."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import time
from pathlib import Path
from typing import Any, Literal, TypeVar

from recordings import (
    Chunk,
    Header,
    Health,
    ReadOptions,
    Recording,
    RecordingError,
    open_recording,
)

from . import files
from .csvtext import Row
from .inputs import Source
from .night import Site
from .output import RUN, RecordingFolder, finished
from .pipeline import Analysis, Side, Subject
from .resultfile import to_json
from .settings import Settings
from .version import ALGORITHM_VERSION, VERSION

CRASH_LOG = "crash.log"
_GZIP = b"\x1f\x8b"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What holds for all recordings of a run."""

    settings: Settings = field(default_factory=Settings)
    tz: str | None = None
    """IANA name of the zone in which the wearers lived; None if unknown, or that of the clocks."""
    device_tz: str | None = None
    """IANA name of the zone whose time the device clocks showed when the recordings began; None if
    it is that of the wearers."""
    site: Site = "unknown"
    side: Side = "unknown"
    sleep_period: tuple[time, time] | None = None
    """Local times at which sleep began and ended, in every night, instead of those found."""
    reading: ReadOptions = field(default_factory=ReadOptions)
    """What the content of a file may leave open."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recording is."""

    phase: Literal["opening", "reading", "writing"]
    fraction: float | None = None
    """Part of the file that was read, None if unknown."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a recording."""

    row: Row
    """Of ``recordings.csv``."""
    resumed: bool = False
    """Whether an earlier run had done it."""


Watch = Callable[[Progress], None]


def perform(source: Source, out: Path, options: RunOptions, watch: Watch) -> Outcome:
    """Analyse one recording, unless that is done, and write its folder.

    Never raises for the recording's sake: a file that cannot be read has the status ``failed`` with
    reason ``unreadable``, a bug the reason ``crashed`` and its traceback in the folder. A failure
    leaves the folder of an earlier run as it was.
    """
    folder = out / "recordings" / source.recording_id
    watch(Progress("opening"))
    try:
        if (row := _done(folder, source, options)) is not None:
            return Outcome(row, resumed=True)
        return Outcome(_analysed(folder, source, options, watch))
    except RecordingError as error:
        return Outcome(_failed(source, options, "unreadable", _without_path(error)))
    except Exception as error:
        files.write(_made(folder) / CRASH_LOG, traceback.format_exc().encode())
        text = f"{type(error).__name__}: {error} (the traceback is in {CRASH_LOG})"
        return Outcome(_failed(source, options, "crashed", text))


def _without_path(error: RecordingError) -> str:
    """Return the message without the path, which has a column of its own."""
    return str(error).removeprefix(f"{error.path}: ")


def skipped(source: Source, options: RunOptions, reason: str, message: str) -> Row:
    """Return the row of an input that was not analysed."""
    return {**_known(source, options), "status": "skipped", "reason": reason, "message": message}


def _failed(source: Source, options: RunOptions, reason: str, message: str) -> Row:
    row = {**_known(source, options), "status": "failed", "reason": reason, "message": message}
    try:
        row["input_bytes"] = source.path.stat().st_size
    except OSError:
        row["input_bytes"] = None
    return row


def _known(source: Source, options: RunOptions) -> dict[str, Any]:
    """Cells that are known without opening the file."""
    return {
        "recording_id": source.recording_id or None,
        "path": source.shown,
        "participant_id": source.participant_id,
        "site": options.site,
        "side": options.side,
        "tz": options.tz or options.device_tz,
        "tz_source": "user" if options.tz or options.device_tz else "unknown",
        "device_tz": options.device_tz or options.tz,
        "config_hash": options.settings.fingerprint(),
        "algorithm_version": ALGORITHM_VERSION,
        "version": VERSION,
    }


def _analysed(folder: Path, source: Source, options: RunOptions, watch: Watch) -> Row:
    from .report import Page

    recording = open_recording(source.path, options.reading)
    before = _of_file(source.path, Path.stat)
    subject = Subject(
        recording_id=source.recording_id,
        shown_path=source.shown,
        participant_id=source.participant_id,
        tz=options.tz,
        device_tz=options.device_tz,
        site=options.site,
        side=options.side,
        sleep_period=options.sleep_period,
    )
    analysis = Analysis(_Watched(recording, watch), subject, options.settings)
    with RecordingFolder(folder, analysis.facts, Page(analysis.facts)) as written:
        for night in analysis.nights():
            written.add(night)
            del night  # or it would live on while the next one is gathered
        watch(Progress("writing", 1.0))
        read = {
            "bytes": before.st_size,
            "mtime_ns": before.st_mtime_ns,
            "sha256": _of_file(source.path, files.sha256),
        }
        after = _of_file(source.path, Path.stat)
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise RecordingError(
                source.path,
                "was changed while it was being read",
                remedy="run again when it is complete",
            )
        return written.finish(analysis.facts, {"input": read, **_asked(source, options)})


def _of_file(path: Path, ask: Callable[[Path], T]) -> T:
    """Ask something about the input file, which may go away at any time."""
    try:
        return ask(path)
    except OSError as error:
        problem = f"can no longer be read: {error.strerror or error}"
        raise RecordingError(path, problem, remedy="run again when it is back") from error


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == _GZIP


def _asked(source: Source, options: RunOptions) -> dict[str, Any]:
    """Everything but the file's bytes that the outputs depend on."""
    return {
        "options": {
            "path": source.shown,
            "participant_id": source.participant_id,
            "site": options.site,
            "side": options.side,
            "tz": options.tz,
            "device_tz": options.device_tz,
            "sleep_period": _written(options.sleep_period),
            **asdict(options.reading),
        },
        "config_hash": options.settings.fingerprint(),
        "algorithm_version": ALGORITHM_VERSION,
    }


def _written(period: tuple[time, time] | None) -> str | None:
    return None if period is None else "-".join(at.isoformat() for at in period)


def _done(folder: Path, source: Source, options: RunOptions) -> Row | None:
    """Return the row of an earlier run if it would come out the same now.

    The file is the same if size and time of change are, else if size and SHA-256 are.
    """
    run = finished(folder)
    if run is None or any(run.get(k) != v for k, v in _asked(source, options).items()):
        return None
    read = run["input"]
    try:
        now = source.path.stat()
        if now.st_size != read["bytes"]:
            return None
        if now.st_mtime_ns != read["mtime_ns"]:
            if files.sha256(source.path) != read["sha256"]:
                return None
            renewed = {**run, "input": {**read, "mtime_ns": now.st_mtime_ns}}
            files.write(folder / RUN, to_json(renewed))
    except OSError:
        return None
    row: Row = run["row"]
    return row


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _Watched:
    """A recording that tells how much of it was read."""

    def __init__(self, recording: Recording, watch: Watch) -> None:
        self.path = recording.path
        self.header: Header = recording.header
        self.health: Health = recording.health
        self._recording = recording
        self._watch = watch
        compressed = _of_file(recording.path, _is_gzip)
        self._bytes = None if compressed else _of_file(recording.path, Path.stat).st_size

    def chunks(self) -> Iterator[Chunk]:
        """Read from the beginning, as the recording does."""
        for chunk in self._recording.chunks():
            self.health = self._recording.health
            yield chunk
            read = self.health.bytes_read
            self._watch(Progress("reading", min(1.0, read / self._bytes) if self._bytes else None))
