"""What a recording is and how healthy: header, clock, sensor, losses.

The whole file is decoded, so that losses anywhere are seen; nothing is detected.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from recordings import (
    SECOND_NS,
    Header,
    Health,
    Probe,
    RecordingError,
    Zone,
    compare_zones,
    open_parts,
    probe,
)

from .inputs import Source, find_inputs
from .job import RunOptions, subject_of, without_path
from .naming import NamedBy
from .pipeline import Subject

Status = Literal["failed", "warning", "ok", "skipped"]

_HOUR_NS = 3600 * SECOND_NS
_NO_OUTPUT = Path(os.devnull)
"""In place of an output folder that is not to be searched."""

_ORDER: tuple[Status, ...] = ("failed", "warning", "ok", "skipped")
_NO_ZONE = "the clock's time zone is unknown (state it with --tz), so times have no offset"
_NAMED_BY: dict[NamedBy, str] = {
    "participants": "by --participants",
    "id_regex": "by --id-regex",
    "file_name": "by its name",
}
_HEADING = ("status", "file", "worn by", "format", "device", "rate", "start", "length", "remarks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One input and what was found in it."""

    title: str
    """What messages call it."""
    subject: Subject
    """What is said of it."""
    header: Header | None = None
    """None if the file cannot be opened."""
    probe: Probe | None = None
    """None if not one sample can be read."""
    health: Health | None = None
    zone: Zone = field(default_factory=Zone)
    error: str = ""
    """Why the file cannot be read."""
    skipped: bool = False
    """Whether it is a table in a folder and no recording: that is no failure."""

    @property
    def shown_tz(self) -> str | None:
        """Zone of the wearer that the user named or the stamps carry, None if nobody knows."""
        named = self.subject.tz or self.subject.device_tz
        return named if self.zone.tz is None else str(self.zone.tz)

    @property
    def shown_device_tz(self) -> str | None:
        """Zone that the device clock was set to, in the same way."""
        named = self.subject.device_tz or self.subject.tz
        return named if self.zone.device_tz is None else str(self.zone.device_tz)

    @property
    def status(self) -> Status:
        """``failed``; ``warning`` if something was lost, repaired or interrupted; else ``ok``."""
        if self.skipped:
            return "skipped"
        if self.error:
            return "failed"
        return "warning" if self.remarks else "ok"

    @property
    def remarks(self) -> list[str]:
        """Sentences on everything that is not as it should be."""
        health = self.health
        if health is None:
            return [self.error]
        said = [note.message for note in health.remarks]
        if health.blocks_bad:
            said.append(f"{health.blocks_bad} of {health.blocks} blocks are damaged")
        if health.gaps:
            said.append(
                f"{health.gaps} {'gap' if health.gaps == 1 else 'gaps'} "
                f"({health.gap_ns / SECOND_NS / 60:.1f} min without samples)"
            )
        return [self.error, *said] if self.error else said

    @property
    def truncated(self) -> bool:
        """Whether the file ends before its content does."""
        notes = self.health.remarks if self.health else []
        return any(note.code.startswith("truncated") for note in notes)

    def as_dict(self) -> dict[str, Any]:
        """Return all facts as plain values, None where unknown."""
        header, health = self.header, self.health
        named = self.subject.tz or self.subject.device_tz
        start_ns, end_ns = (health.start_ns, health.end_ns) if health else (None, None)
        return {
            **_cells(self.subject),
            "status": self.status,
            "error": self.error or None,
            "format": header.format if header else None,
            "device": header.device if header else None,
            "serial": header.serial if header else None,
            "firmware": header.firmware if header else None,
            "start_time": None if start_ns is None else self.zone.local_iso(start_ns),
            "start_utc": None if start_ns is None else self.zone.utc_iso(start_ns),
            "end_time": None if end_ns is None else self.zone.local_iso(end_ns),
            "end_utc": None if end_ns is None else self.zone.utc_iso(end_ns),
            "duration_h": health.span_ns / _HOUR_NS if health and health.segments else None,
            "tz": self.shown_tz,
            "tz_source": "user" if named else "file" if self.zone.tz else "unknown",
            "device_tz": self.shown_device_tz,
            "stated_utc_offset_s": header.utc_offset_s if header else None,
            "nominal_hz": header.nominal_hz if header else None,
            "measured_hz": health.measured_hz if health else None,
            "lowest_hz": health.lowest_hz if health else None,
            "highest_hz": health.highest_hz if health else None,
            "range_g": header.range_g if header else None,
            "step_mg": self.probe.step_g * 1000 if self.probe else None,
            "samples": health.samples if health else None,
            "gaps": health.gaps if health else None,
            "gap_min": health.gap_ns / SECOND_NS / 60 if health else None,
            "blocks": health.blocks if health else None,
            "blocks_bad": health.blocks_bad if health else None,
            "stamps_repaired": health.stamps_repaired if health else None,
            "truncated": self.truncated if health else None,
            "remarks": self.remarks,
            "notes": dict(header.notes) if header else {},
        }


def _cells(subject: Subject) -> dict[str, Any]:
    """Return what is said of an input, named as in the tables."""
    return {
        "path": subject.shown_path,
        "parts": subject.parts,
        "recording_id": subject.recording_id or None,
        "participant_id": subject.participant_id,
        "participant_source": subject.participant_source,
        "session": subject.session or None,
        "site": subject.site,
        "side": subject.side,
    }


def inspect_all(
    inputs: Sequence[Path],
    options: RunOptions,
    advance: Callable[[float, str], None] = lambda _share, _text: None,
) -> list[Inspection]:
    """Read every recording among files and folders from end to end.

    Parameters
    ----------
    inputs
        See :mod:`detector.inputs`.
    options
        As for a run.
    advance
        Called with the share of the work that is done and what is being read.

    Raises
    ------
    SettingsError
        If what ``options.naming`` says does not fit the inputs; before any file is opened.
    """
    reading, naming = options.reading, options.naming
    sources = find_inputs(inputs, out=_NO_OUTPUT, reading=reading, naming=naming)
    return [
        inspect_source(source, options, _part(advance, index, len(sources), source))
        for index, source in enumerate(sources)
    ]


def _part(
    advance: Callable[[float, str], None], index: int, total: int, source: Source
) -> Callable[[int], None]:
    """Turn the bytes read of one input into the share of all work."""
    size = sum(path.stat().st_size for path in source.paths if path.is_file())

    def on_read(bytes_read: int) -> None:
        # of a compressed file, bytes read are those of its content: the share is then too large
        share = min(1.0, bytes_read / size) if size else 0.0
        advance((index + share) / total, source.title)

    return on_read


def inspect_source(
    source: Source, options: RunOptions, advance: Callable[[int], None] = lambda _: None
) -> Inspection:
    """Read one input from end to end.

    Parameters
    ----------
    source
        The input.
    options
        As for a run.
    advance
        Called with the bytes read so far.
    """
    subject = subject_of(source, options)
    tz, device_tz = subject.tz, subject.device_tz
    about = Inspection(title=source.title, subject=subject)
    if source.skipped:
        return replace(about, error=source.skipped, skipped=True)
    try:
        recording = open_parts(source.paths, options.reading)
    except RecordingError as error:
        return replace(about, error=without_path(error, source))
    about = replace(about, header=recording.header)
    try:
        found, header = probe(recording), recording.header
        zone = Zone.of(tz, found.start_ns, device_tz=device_tz, offset_s=header.known_offset_s)
        about = replace(about, probe=found, zone=zone)
        for _ in recording.chunks():
            advance(recording.health.bytes_read)
    except RecordingError as error:
        return replace(about, health=recording.health, error=without_path(error, source))
    compare_zones(header, recording.health, found.start_ns, tz=tz, device_tz=device_tz)
    return replace(about, health=recording.health)


def described(one: Inspection) -> list[str]:
    """Return the lines that describe one recording."""
    lines = [
        one.title,
        _line("worn by", f"{_wearer(one)} ({_NAMED_BY[one.subject.participant_source]})"),
    ]
    if one.header:
        lines += [_line(*row) for row in _header_rows(one.header)]
    if one.health and one.probe and one.health.start_ns is not None:
        lines += [_line(*row) for row in _content_rows(one, one.health, one.probe)]
    if one.error:
        return [*lines, _line(one.status, one.error)]
    return [*lines, *(_line("remark", text) for text in one.remarks or ["nothing is wrong"])]


def listed(several: Sequence[Inspection]) -> list[str]:
    """Return the lines of a table, one row per recording, problems first."""
    rows: list[tuple[str, ...]] = [_HEADING]
    rows += [_row(one) for one in sorted(several, key=lambda one: _ORDER.index(one.status))]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    lines = [
        "  ".join([*(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]
    if any(one.health and not one.shown_tz for one in several):
        lines.append(_NO_ZONE)
    return [line.rstrip() for line in lines]


def _row(one: Inspection) -> tuple[str, ...]:
    facts = one.as_dict()
    rate, start, hours = facts["measured_hz"], facts["start_time"], facts["duration_h"]
    return (
        one.status,
        one.title,
        "" if one.skipped else _wearer(one),
        facts["format"] or "",
        " ".join(filter(None, (facts["device"], facts["serial"]))),
        "" if rate is None else f"{rate:.2f} Hz",
        "" if start is None else start[:16].replace("T", " "),
        "" if hours is None else _length(hours),
        "; ".join(one.remarks),
    )


def _wearer(one: Inspection) -> str:
    """Who wore the sensor, in which session and where, as far as that was said."""
    subject = one.subject
    session = f"session {subject.session}" if subject.session else ""
    place = " ".join(word for word in (subject.side, subject.site) if word != "unknown")
    return ", ".join(filter(None, (subject.participant_id, session, place)))


def _header_rows(header: Header) -> list[tuple[str, str]]:
    device = [header.format, header.device]
    device += [f"serial {header.serial}"] if header.serial else []
    device += [f"firmware {header.firmware}"] if header.firmware else []
    rows = [("device", ", ".join(filter(None, device)))]
    notes = [f"{name}: {text}" for name, text in header.notes.items() if text]
    return [*rows, ("header", "; ".join(notes))] if notes else rows


def _content_rows(one: Inspection, health: Health, found: Probe) -> list[tuple[str, str]]:
    header = one.header or Header(format="")
    start_ns, end_ns = health.start_ns or 0, health.end_ns or 0
    start, end = (one.zone.local_iso(ns) for ns in (start_ns, end_ns))
    length = _length(health.span_ns / _HOUR_NS)
    hz, stated_hz = health.measured_hz or found.rate_hz, header.nominal_hz
    stated = f", {stated_hz:g} Hz stated ({hz / stated_hz - 1:+.1%})" if stated_hz else ""
    reach = f"range ±{header.range_g:g} g, " if header.range_g else ""
    return [
        ("time", f"{start} to {end} ({length})"),
        ("zone", _zones(one, header.utc_offset_s)),
        ("rate", f"{hz:.3f} Hz measured{stated}{_by_the_hour(health)}"),
        ("sensor", f"{reach}step {found.step_g * 1000:.2f} mg (measured)"),
        ("samples", f"{health.samples:,} in {health.blocks:,} blocks".replace(",", " ")),
    ]


def _zones(one: Inspection, offset_s: int | None) -> str:
    """Where it was worn, where its clock was set, and what the file says of that."""
    elsewhere = one.shown_device_tz != one.shown_tz
    return "; ".join(
        filter(
            None,
            (
                one.shown_tz or _NO_ZONE,
                f"the clock was set to {one.shown_device_tz}" if elsewhere else "",
                "" if offset_s is None else f"the file says UTC{offset_s / 3600:+g} h",
            ),
        )
    )


def _by_the_hour(health: Health) -> str:
    if health.lowest_hz is None or health.highest_hz is None:
        return ""
    return f", {health.lowest_hz:.3f} to {health.highest_hz:.3f} Hz by the hour"


def _line(name: str, text: str) -> str:
    return f"  {name:<9}{text}"


def _length(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:.1f} min"
    return f"{hours / 24:.1f} d" if hours >= 48 else f"{hours:.1f} h"
