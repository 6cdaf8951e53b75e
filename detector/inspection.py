"""What was found in one input, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from recordings import SECOND_NS, Header, Health, Probe, Remark, Zone

from .nights.quality import Quality, described_gravity, rate_bias_pct, remarks, warns
from .people.naming import NamedBy
from .pipeline import Subject
from .resultfile import calibration_json
from .settings import Settings
from .tables.rows import number

Status = Literal["failed", "warning", "ok", "opened", "skipped"]

_HOUR_NS = 3600 * SECOND_NS
_ORDER: tuple[Status, ...] = ("failed", "warning", "ok", "opened", "skipped")
_NO_ZONE = "the clock's time zone is unknown (state it with --tz), so times have no offset"
_OPENED = "opened: only the beginning was read, so that length, gaps and damage are unknown"
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
    """None unless it was read as far as it can be read."""
    quality: Quality | None = None
    """None unless it was read to its end."""
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
        """What is to be made of it.

        ``failed``; ``warning`` if something is lost, repaired or not to be believed; ``ok`` if all
        of it was read and nothing is; ``opened`` if only its beginning was read.
        """
        if self.skipped:
            return "skipped"
        if self.error:
            return "failed"
        if self.health is None:
            return "opened"
        return "warning" if any(map(warns, self.remarks)) else "ok"

    @property
    def remarks(self) -> list[Remark]:
        """Everything that is not as it should be, or worth knowing."""
        if self.health is None:
            return []
        if self.quality is None:
            return self.health.remarks
        return remarks(self.health, self.quality, Settings())

    @property
    def said(self) -> list[str]:
        """The remarks as sentences, why it could not be read before them."""
        return [*filter(None, [self.error]), *(remark.message for remark in self.remarks)]

    @property
    def truncated(self) -> bool:
        """Whether the file ends before its content does."""
        notes = self.health.remarks if self.health else []
        return any(note.code.startswith("truncated") for note in notes)

    def as_dict(self) -> dict[str, Any]:
        """Return all facts as plain values, None where unknown."""
        header, health = self.header, self.health
        named = self.subject.tz or self.subject.device_tz
        start_ns = self.probe.start_ns if self.probe else None
        end_ns = health.end_ns if health else None
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
            "measured_hz": self._measured_hz,
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
            **self._sensor(),
            "reasons": list(dict.fromkeys(remark.code for remark in self.remarks)),
            "remarks": self.said,
            "notes": dict(header.notes) if header else {},
        }

    @property
    def _measured_hz(self) -> float | None:
        """Over all of it, or over its beginning if no more was read."""
        if self.health is not None:
            return self.health.measured_hz
        return self.probe.rate_hz if self.probe else None

    def _sensor(self) -> dict[str, Any]:
        """Return what the samples say of the sensor."""
        header, health, quality = self.header, self.health, self.quality
        bias_pct = rate_bias_pct(header, health) if header and health else None
        return {
            "bytes_skipped": health.bytes_skipped if health else None,
            "rate_bias_pct": number("rate_bias_pct", bias_pct),
            "clipped_samples": quality.clipped_samples if quality else None,
            "stuck_min": number("stuck_min", quality.stuck_min) if quality else None,
            "calibration": calibration_json(quality.calibration) if quality else None,
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


def described(one: Inspection) -> list[str]:
    """Return the lines that describe one recording."""
    lines = [
        one.title,
        _line("worn by", f"{_wearer(one)} ({_NAMED_BY[one.subject.participant_source]})"),
    ]
    if one.header:
        lines += [_line(*row) for row in _header_rows(one.header)]
    if one.header and one.probe:
        lines += [_line(*row) for row in _content_rows(one, one.header, one.probe)]
        lines += [_line(*row) for row in _whole_rows(one)]
    if one.error:
        return [*lines, _line(one.status, one.error)]
    if one.status == "opened":
        return [*lines, _line("remark", _OPENED)]
    return [*lines, *(_line("remark", text) for text in one.said or ["nothing is wrong"])]


def listed(several: Sequence[Inspection]) -> list[str]:
    """Return the lines of a table, one row per recording, problems first."""
    rows: list[tuple[str, ...]] = [_HEADING]
    rows += [_row(one) for one in sorted(several, key=lambda one: _ORDER.index(one.status))]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    lines = [
        "  ".join([*(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]
    if any(one.probe and not one.shown_tz for one in several):
        lines.append(_NO_ZONE)
    if any(one.status == "opened" for one in several):
        lines.append(_OPENED)
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
        "; ".join(one.said),
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


def _content_rows(one: Inspection, header: Header, found: Probe) -> list[tuple[str, str]]:
    facts = one.as_dict()
    hz, stated_hz = facts["measured_hz"] or found.rate_hz, header.nominal_hz
    reach = f"range ±{header.range_g:g} g, " if header.range_g else ""
    until = f" to {facts['end_time']} ({_length(facts['duration_h'])})" if facts["end_time"] else ""
    return [
        ("time", f"{facts['start_time']}{until}"),
        ("zone", _zones(one, header.utc_offset_s)),
        (
            "rate",
            f"{hz:.3f} Hz measured, {stated_hz:g} Hz stated ({hz / stated_hz - 1:+.1%})"
            f"{_by_the_hour(one.health)}",
        ),
        ("sensor", f"{reach}step {found.step_g * 1000:.2f} mg (measured)"),
    ]


def _whole_rows(one: Inspection) -> list[tuple[str, str]]:
    """Return what only the whole file can say."""
    rows = []
    if one.quality is not None:
        rows.append(("gravity", described_gravity(one.quality)))
    if one.health is not None:
        blocks = f"{one.health.blocks:,} {'block' if one.health.blocks == 1 else 'blocks'}"
        rows.append(("samples", f"{one.health.samples:,} in {blocks}".replace(",", " ")))
    return rows


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


def _by_the_hour(health: Health | None) -> str:
    if health is None or health.lowest_hz is None or health.highest_hz is None:
        return ""
    return f", {health.lowest_hz:.3f} to {health.highest_hz:.3f} Hz by the hour"


def _line(name: str, text: str) -> str:
    return f"  {name:<9}{text}"


def _length(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:.1f} min"
    return f"{hours / 24:.1f} d" if hours >= 48 else f"{hours:.1f} h"
