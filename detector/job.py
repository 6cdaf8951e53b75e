"""One recording of a run: found done, or analysed into its folder, failed or crashed."""

from __future__ import annotations

import hashlib
import os
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
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
    open_parts,
)

from . import files, veil
from .csvtext import Row
from .diary_table import DiaryTable
from .hypnogram import Hypnogram
from .inputs import Source
from .naming import Naming
from .night import Side, Site
from .output import RUN, RecordingFolder, finished
from .pipeline import Analysis, Subject
from .settings import Settings
from .version import ALGORITHM_VERSION, VERSION

CRASH_LOG = "crash.log"
NO_SHIFT = (
    "no shift by whole weeks keeps all its offsets from UTC; give recordings that lie far apart "
    "another participant_id each, or a zone that does not change its clocks"
)
"""Why a recording is not anonymised."""

_GZIP = b"\x1f\x8b"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What holds for all recordings of a run, where nothing else is said of one of them."""

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
    diary: DiaryTable | None = None
    """What the wearers noted."""
    use_diary_onset: bool = False
    """Whether the sleep that they noted is used; else it is compared with what was found."""
    hypnogram: Hypnogram | None = None
    """Of the one recording of the run."""
    reading: ReadOptions = field(default_factory=ReadOptions)
    """What the content of a file may leave open."""
    naming: Naming = field(default_factory=Naming)
    """How recordings come by their names, and what is said of each."""
    anonymise: bool = False
    """Whether the results shall name nobody; see :mod:`detector.anonymise`."""

    @property
    def factors(self) -> tuple[str, ...]:
        """Headings of the diary's further columns."""
        return self.diary.columns if self.diary else ()

    def without_tables(self) -> RunOptions:
        """Return what one recording needs: its rows of the tables are in its :class:`Source`."""
        return replace(self, diary=None, naming=Naming())


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
    problem: str = ""
    """Why it failed, also where the row leaves that out."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What earlier runs leave to do for a recording."""

    row: Row | None = None
    """Of ``recordings.csv``, if it is done and would come out the same now."""
    why: str = ""
    """Why it must be analysed, else."""
    touched: Mapping[str, Any] | None = None
    """``run.json`` with the new times of files whose content is the same as it was."""


Watch = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """Watch nothing."""


def perform(source: Source, out: Path, options: RunOptions, watch: Watch = unwatched) -> Outcome:
    """Analyse one recording and write its folder.

    Never raises for the recording's sake, unless the memory does not suffice: a file that cannot be
    read has the status ``failed`` with reason ``unreadable``, a bug the reason ``crashed`` and its
    traceback in the folder. A failure leaves the folder of an earlier run as it was.
    """
    folder = out / "recordings" / source.recording_id
    watch(Progress("opening"))
    if source.veil and source.veil.shift_ns is None:
        return failed(source, options, "no_date_shift", NO_SHIFT)
    try:
        return Outcome(_analysed(folder, source, options, watch))
    except RecordingError as error:
        return failed(source, options, "unreadable", without_path(error, source))
    except MemoryError:
        raise  # says more of this machine than of the recording
    except Exception as error:
        log = veil.bare_traceback(error) if source.veil else traceback.format_exc()
        files.write(_made(folder) / CRASH_LOG, log.encode("utf-8", "backslashreplace"))
        text = f"{type(error).__name__}: {error}"
        crash = failed(source, options, "crashed", text)
        shown = (folder / CRASH_LOG).relative_to(out).as_posix()
        return replace(crash, row={**crash.row, "log": shown})


def without_path(error: RecordingError, source: Source) -> str:
    """Return the message without the path, which has a column of its own; of a part, shortened."""
    text = str(error).removeprefix(f"{error.path}: ")
    part = next((part.shown for part in source.parts if part.path == error.path), "")
    return f"{part}: {text}" if part and len(source.parts) > 1 else text


def skipped(source: Source, options: RunOptions, reason: str, message: str) -> Row:
    """Return the row of an input that was not analysed."""
    return {**_known(source, options), "status": "skipped", "reason": reason, "message": message}


def failed(source: Source, options: RunOptions, reason: str, problem: str) -> Outcome:
    """Return the outcome of an input that could not be analysed."""
    row = {**_known(source, options), "status": "failed", "reason": reason, "message": problem}
    if source.veil and problem != NO_SHIFT:
        row["message"] = veil.HIDDEN
    try:
        row["input_bytes"] = sum(path.stat().st_size for path in source.paths)
    except OSError:
        row["input_bytes"] = None
    return Outcome(row, problem=problem)


def subject_of(source: Source, options: RunOptions) -> Subject:
    """Return what is known of a recording before it is opened: what is said of it, else of all."""
    said = source.named.said
    return Subject(
        recording_id=source.recording_id,
        shown_path="" if source.veil else source.shown,
        parts=len(source.parts),
        participant_id=source.named.participant_id,
        participant_source=source.named.named_by,
        session=said.session or "",
        notes=said.notes or "",
        tz=said.tz or options.tz,
        device_tz=said.device_tz or options.device_tz,
        site=said.site or options.site,
        side=said.side or options.side,
        sleep_period=options.sleep_period,
        diary=source.diary,
        hypnogram=source.hypnogram,
        anonymised=source.veil is not None,
    )


def _known(source: Source, options: RunOptions) -> dict[str, Any]:
    """Cells that are known without opening the file."""
    subject = subject_of(source, options)
    zone = subject.tz or subject.device_tz
    return {
        "recording_id": subject.recording_id or None,
        "path": subject.shown_path or None,
        "participant_id": subject.participant_id,
        "site": subject.site,
        "side": subject.side,
        "tz": zone,
        "tz_source": "user" if zone else "unknown",
        "device_tz": subject.device_tz or subject.tz,
        "session": subject.session or None,
        "notes": subject.notes or None,
        "participant_source": subject.participant_source,
        "parts": subject.parts,
        "anonymised": subject.anonymised,
        "config_hash": options.settings.fingerprint(),
        "algorithm_version": ALGORITHM_VERSION,
        "version": VERSION,
    }


def _analysed(folder: Path, source: Source, options: RunOptions, watch: Watch) -> Row:
    from .report import Page

    recording = open_parts(source.paths, options.reading)
    before = [_of_file(path, Path.stat) for path in source.paths]
    if source.veil:
        recording = source.veil.over(recording)
    watched = _Watched(recording, source, watch)
    analysis = Analysis(watched, subject_of(source, options), options.settings)
    with RecordingFolder(folder, analysis.facts, Page(analysis.facts)) as written:
        for night in analysis.nights():
            written.add(night)
            del night  # or it would live on while the next one is gathered
        watch(Progress("writing", 1.0))
        read = _read(source, before)
        for path, stat in zip(source.paths, before, strict=True):
            after = _of_file(path, Path.stat)
            if (after.st_size, after.st_mtime_ns) != (stat.st_size, stat.st_mtime_ns):
                raise RecordingError(
                    path,
                    "was changed while it was being read",
                    remedy="run again when it is complete",
                )
        return written.finish(analysis.facts, {"input": read, **_asked(source, options)})


def _read(source: Source, stats: Sequence[os.stat_result]) -> dict[str, Any]:
    """Return size and hash of the input, and how its files are recognised when they come again."""
    hashes = [_of_file(path, files.sha256) for path in source.paths]
    whole = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    seal = _seal(source)
    return {
        "bytes": sum(stat.st_size for stat in stats),
        "sha256": None if source.veil else whole,
        "files": [
            {"bytes": seal(stat.st_size), "mtime_ns": seal(stat.st_mtime_ns), "sha256": seal(sha)}
            for stat, sha in zip(stats, hashes, strict=True)
        ],
    }


def _seal(source: Source) -> Callable[[Any], Any]:
    """Return what makes of a value in ``run.json`` one that says nothing, if it must not."""
    return source.veil.seal if source.veil else lambda value: value


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
    """Everything but the bytes of the files that the outputs depend on."""
    subject = subject_of(source, options)
    asked = {
        "paths": [part.shown for part in source.parts],
        **asdict(subject),
        "sleep_period": _written(subject.sleep_period),
        "diary": subject.diary.as_json(),
        "hypnogram": subject.hypnogram and subject.hypnogram.as_json(),
        **asdict(options.reading),
        "shift_ns": source.veil.shift_ns if source.veil else 0,
    }
    return {
        "options": _seal(source)(asked),
        "config_hash": options.settings.fingerprint(),
        "algorithm_version": ALGORITHM_VERSION,
    }


def _written(period: tuple[time, time] | None) -> str | None:
    return None if period is None else "-".join(at.isoformat() for at in period)


def standing(source: Source, out: Path, options: RunOptions) -> Standing:
    """Say whether an earlier run has done a recording, else why it must be analysed.

    A file is the same if size and time of change are, else if size and SHA-256 are.
    """
    folder = out / "recordings" / source.recording_id
    if not (folder / RUN).exists():
        return Standing(why="new")
    run = finished(folder, source.diary.columns)
    if run is None:
        return Standing(why="its results are incomplete or of another version")
    if changed := _changed(run, _asked(source, options)):
        return Standing(why=changed)
    try:
        same, touched = _same_files(source, run["input"]["files"])
    except OSError:
        return Standing(why="the file cannot be read")
    if not same:
        return Standing(why="the file has changed")
    return Standing(run["row"], touched=run if touched else None)


def _changed(run: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    """Return what is asked for now and was not then; empty if nothing is."""
    if run.get("algorithm_version") != asked["algorithm_version"]:
        return f"made by algorithm {run.get('algorithm_version')}, now {ALGORITHM_VERSION}"
    if run.get("config_hash") != asked["config_hash"]:
        return "the settings have changed"
    before, now = run.get("options"), asked["options"]
    if before == now:
        return ""
    if not (isinstance(before, dict) and isinstance(now, dict)):
        return "what is said of it has changed"
    names = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    return f"what is said of it has changed: {', '.join(names)}"


def _same_files(source: Source, known: Sequence[dict[str, Any]]) -> tuple[bool, bool]:
    """Whether the files are those ``known``, and whether that now has new times."""
    seal, touched = _seal(source), False
    if len(known) != len(source.paths):
        return False, False
    for path, file in zip(source.paths, known, strict=True):
        now = path.stat()
        if seal(now.st_size) != file["bytes"]:
            return False, touched
        if seal(now.st_mtime_ns) != file["mtime_ns"]:
            if seal(files.sha256(path)) != file["sha256"]:
                return False, touched
            file["mtime_ns"], touched = seal(now.st_mtime_ns), True
    return True, touched


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _Watched:
    """A recording that tells how much of it was read."""

    def __init__(self, recording: Recording, source: Source, watch: Watch) -> None:
        self.path = recording.path
        self.header: Header = recording.header
        self.health: Health = recording.health
        self._recording = recording
        self._watch = watch
        compressed = any(_of_file(path, _is_gzip) for path in source.paths)
        sizes = [_of_file(path, Path.stat).st_size for path in source.paths]
        self._bytes = None if compressed else sum(sizes)

    def chunks(self) -> Iterator[Chunk]:
        """Read from the beginning, as the recording does."""
        for chunk in self._recording.chunks():
            self.health = self._recording.health
            yield chunk
            read = self.health.bytes_read
            self._watch(Progress("reading", min(1.0, read / self._bytes) if self._bytes else None))
