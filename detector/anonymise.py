"""A run whose results name nobody: pseudonyms for names, and dates moved by whole weeks.

Pseudonyms and shifts are made with a secret key that lies beside the output folder, never in it.
The same key gives the same pseudonyms again; without it nobody can tell from a pseudonym what it
stands for, not even by trying names. It is pseudonymisation: whoever has the key or the recordings
can find out which result is whose.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from recordings import SECOND_NS, Zone, holding, open_parts

from . import files
from .inputs.sources import Source
from .job import RunOptions, subject_of
from .parameter import SettingsError
from .people.identity import Identity
from .people.naming import Named
from .people.shifts import WEEK_NS, Span, weeks_back
from .people.veil import HIDDEN, Veil, digest

_MARGIN_NS = 2 * 86_400 * SECOND_NS
"""Of a recording's time at both ends: nights reach beyond it."""
_KEY_BYTES = 32
_DIGITS = 12
_OURS = re.compile(r"\.?rec-[0-9a-f]{12,}(\.[0-9a-f]{8}\.partial|\.old)?")


def key_path(out: Path) -> Path:
    """Return where the key to the pseudonyms of an output folder lies."""
    folder = Path(os.path.abspath(out))  # noqa: PTH100 (the folder may be a link)
    return folder.with_name(f"{folder.name}.key")


def check(out: Path) -> None:
    """Refuse an output folder that holds names, and a key that is none; before anything is done.

    Raises
    ------
    SettingsError
        Says which, and what to do.
    """
    if not Path(os.path.abspath(out)).name:  # noqa: PTH100 (the folder need not exist)
        raise SettingsError(f"--anonymise: beside {out} there is no place for its key")
    recordings = out / "recordings"
    named = (
        [p for p in recordings.iterdir() if not _OURS.fullmatch(p.name)]
        if recordings.is_dir()
        else []
    )
    if named:
        raise SettingsError(
            f"--anonymise: {out} holds results with names, such as {named[0].name}; "
            "name another folder"
        )
    if key_path(out).exists():
        key_of(out)


def key_of(out: Path) -> bytes:
    """Return the key of an output folder; the first time one is made.

    Raises
    ------
    SettingsError
        If it cannot be read or written, or is none.
    """
    path = key_path(out)
    try:
        if not path.exists():
            _make_key(path)
    except OSError as error:
        raise SettingsError(f"--anonymise: {path} cannot be written: {error.strerror}") from error
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"--anonymise: {path} is no key to pseudonyms") from error
    if len(key) != _KEY_BYTES:
        raise SettingsError(f"--anonymise: {path} is no key to pseudonyms")
    return key


def _make_key(path: Path) -> None:
    """Write a new key, whole or not at all; of several processes at once the first one's counts."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(f"{secrets.token_hex(_KEY_BYTES)}\n".encode())
            files.close(file)
        with suppress(FileExistsError):
            _give_name(new, path)
    finally:
        new.unlink(missing_ok=True)
    files.folder_to_disk(path.parent)


def _give_name(new: Path, path: Path) -> None:
    try:
        path.hardlink_to(new)
    except FileExistsError:
        raise
    except OSError:  # no links on this file system
        new.rename(path)


def veiled(
    sources: Sequence[Source],
    key: bytes,
    options: RunOptions,
    dating: Callable[[float, Source], None] = lambda _share, _source: None,
) -> list[Source]:
    """Return the inputs under pseudonyms, in an order that says nothing of their names.

    All recordings of one person are moved by the same number of weeks, so that it has to be known
    beforehand when they end: each is read an additional time.

    Parameters
    ----------
    sources
        As found.
    key
        The secret.
    options
        Of the run.
    dating
        Is told how far that reading is.
    """
    people: dict[str, list[Span]] = {}
    for index, source in enumerate(sources):
        dating(index / len(sources), source)
        spans = [] if source.skipped else list(_spans(source, options))
        people.setdefault(source.named.participant_id, []).extend(spans)
    shifts = {person: weeks_back(spans, _order(key, person)) for person, spans in people.items()}
    codes = [digest(key, "recording", source.named.group) for source in sources]
    digits = _DIGITS if len({code[:_DIGITS] for code in codes}) == len(codes) else None
    found = []
    for source, code in zip(sources, codes, strict=True):
        weeks = shifts[source.named.participant_id]
        hidden = replace(
            source,
            named=_nameless(source.named, key),
            recording_id="" if source.skipped else f"rec-{code[:digits]}",
            skipped=HIDDEN if source.skipped else "",
            veil=Veil(key, None if weeks is None else weeks * WEEK_NS),
            diary=source.diary.moved(timedelta(weeks=weeks or 0)),
            hypnogram=source.hypnogram and source.hypnogram.moved(timedelta(weeks=weeks or 0)),
        )
        found.append((bool(source.skipped), code, hidden))
    return [hidden for _, _, hidden in sorted(found, key=lambda each: each[:2])]


def _order(key: bytes, person: str) -> Callable[[int], str]:
    return lambda weeks: digest(key, "shift", person, str(weeks))


def _nameless(named: Named, key: bytes) -> Named:
    """Keep what the table says in codes, and what no name can be made of."""
    code = f"p-{digest(key, 'participant', named.participant_id)[:_DIGITS]}"
    said = named.said
    return Named(
        group="",
        name=code,
        row=replace(named.row, notes=None, recording=None),
        found=Identity(
            participant_id=code if named.named_by == "id_regex" else None,
            site=said.site,
            side=said.side,
        ),
    )


def _spans(source: Source, options: RunOptions) -> Iterator[Span]:
    """Yield the times and zones of a recording, as far as it can be read and has zones."""
    subject = subject_of(source, options)
    if not (subject.tz or subject.device_tz):
        return
    try:
        with holding(source.paths) as paths:
            recording = open_parts(paths, options.reading)
            for _ in recording.chunks():
                pass
    except Exception:
        return  # it will fail again where it is analysed, and there it is said
    segments, header = recording.health.segments, recording.header
    first_ns = segments[0].start_ns
    last_ns = max(segment.end_ns for segment in segments)
    zone = Zone.of(
        subject.tz, first_ns, device_tz=subject.device_tz, offset_s=header.known_offset_s
    )
    for tz, start_ns, end_ns in (
        (zone.tz, min(segment.start_ns for segment in segments), last_ns),
        (zone.device_tz, first_ns, first_ns),
    ):
        start_utc_ns, end_utc_ns = zone.utc_ns(start_ns), zone.utc_ns(end_ns)
        if tz and start_utc_ns is not None and end_utc_ns is not None:
            yield Span(tz, start_utc_ns - _MARGIN_NS, end_utc_ns + _MARGIN_NS)
