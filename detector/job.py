"""One recording of a run: found done, or analysed into its folder, failed or crashed."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import time
from pathlib import Path
from typing import Any, Literal

from recordings import (
    Chunk,
    Header,
    Health,
    Place,
    ReadOptions,
    Recording,
    RecordingError,
    Stamp,
    holding,
)

from . import files
from .inputs.inputfiles import (
    described,
    is_gzip,
    refuse_changed,
    same_files,
    seal_of,
    size_of,
    stamps_of,
    total_bytes,
)
from .inputs.sources import Source
from .nights.night import Side, Site
from .output import RUN, RecordingFolder, finished
from .people import veil
from .people.naming import Naming
from .pipeline import Analysis, Subject
from .settings import Settings
from .stated.diary_table import DiaryTable
from .stated.hypnogram import Hypnogram
from .tables.csvtext import Row
from .version import ALGORITHM_VERSION, VERSION

CRASH_LOG = "crash.log"
NO_SHIFT = (
    "no shift by whole weeks keeps all its offsets from UTC; give recordings that lie far apart "
    "another participant_id each, or a zone that does not change its clocks"
)
"""Why a recording is not anonymised."""


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
    ends_run: bool = False
    """Whether the others would fare no better: the disk takes nothing more."""


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
    read has the status ``failed`` with reason ``unreadable``, results that the disk does not take
    have ``not_written``, a bug has ``crashed`` and its traceback in the folder. A failure leaves
    the folder of an earlier run as it was.
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
        if isinstance(error, OSError) and (refused := not_written(source, out, options, error)):
            return refused
        log = veil.bare_traceback(error) if source.veil else traceback.format_exc()
        text = f"{type(error).__name__}: {error}"
        crash = failed(source, options, "crashed", text)
        try:
            files.write(_made(folder) / CRASH_LOG, log.encode("utf-8", "backslashreplace"))
        except PermissionError:  # the folder is somebody else's: the message has to do
            return crash
        shown = (folder / CRASH_LOG).relative_to(out).as_posix()
        return replace(crash, row={**crash.row, "log": shown})


def not_written(source: Source, out: Path, options: RunOptions, error: OSError) -> Outcome | None:
    """Return the outcome of a recording whose results the system refuses; None if it is a bug."""
    if (problem := files.refusal(out, error)) is None:
        return None
    own = files.only_of(out / "recordings" / source.recording_id, error)
    return replace(failed(source, options, "not_written", problem), ends_run=not own)


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
    row["input_bytes"] = size_of(source.paths)
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
        "config_hash": options.settings.of_recording().fingerprint(),
        "algorithm_version": ALGORITHM_VERSION,
        "version": VERSION,
    }


def _analysed(folder: Path, source: Source, options: RunOptions, watch: Watch) -> Row:
    with holding(source.paths) as paths:
        return _written(folder, paths, source, options, watch)


def _written(
    folder: Path, paths: Sequence[Place], source: Source, options: RunOptions, watch: Watch
) -> Row:
    """Analyse what is at hand into its folder."""
    from recordings import open_parts  # with the compiler, which what is done needs no more

    from .report import Page

    recording = open_parts(paths, options.reading)
    before = stamps_of(paths)
    if source.veil:
        recording = source.veil.over(recording)
    watched = _Watched(recording, paths, before, watch)
    settings = options.settings.of_recording()
    analysis = Analysis(watched, subject_of(source, options), settings)
    with RecordingFolder(folder, analysis.facts, Page(analysis.facts)) as written:
        for night in analysis.nights():
            written.add(night)
            del night  # or it would live on while the next one is gathered
        watch(Progress("writing", 1.0))
        read = described(source, paths, before)
        refuse_changed(paths, before)
        return written.finish(analysis.facts, {"input": read, **_asked(source, options)})


def _asked(source: Source, options: RunOptions) -> dict[str, Any]:
    """Everything but the bytes of the files that the outputs depend on."""
    subject = subject_of(source, options)
    asked = {
        "paths": [part.shown for part in source.parts],
        **asdict(subject),
        "sleep_period": _spelled(subject.sleep_period),
        "diary": subject.diary.as_json(),
        "hypnogram": subject.hypnogram and subject.hypnogram.as_json(),
        **asdict(options.reading),
        "shift_ns": source.veil.shift_ns if source.veil else 0,
    }
    return {
        "options": seal_of(source)(asked),
        "config_hash": options.settings.of_recording().fingerprint(),
        "algorithm_version": ALGORITHM_VERSION,
    }


def _spelled(period: tuple[time, time] | None) -> str | None:
    return None if period is None else "-".join(at.isoformat() for at in period)


def standing(source: Source, out: Path, options: RunOptions) -> Standing:
    """Say whether an earlier run has done a recording, else why it must be analysed.

    A file is the same if size and time of change are (or what its store has in their place), else
    if size and SHA-256 are.
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
        same, touched = same_files(source, run["input"]["files"])
    except (OSError, RecordingError):
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


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _Watched:
    """A recording that tells how much of it was read."""

    def __init__(
        self, recording: Recording, paths: Sequence[Place], stamps: Sequence[Stamp], watch: Watch
    ) -> None:
        self.path = recording.path
        self.header: Header = recording.header
        self.health: Health = recording.health
        self._recording = recording
        self._watch = watch
        packed = any(map(is_gzip, paths))
        self._bytes = None if packed else total_bytes(stamps)

    def chunks(self) -> Iterator[Chunk]:
        """Read from the beginning, as the recording does."""
        for chunk in self._recording.chunks():
            self.health = self._recording.health
            yield chunk
            read = self.health.bytes_read
            self._watch(Progress("reading", min(1.0, read / self._bytes) if self._bytes else None))
