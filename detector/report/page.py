"""The page of one recording, filled night by night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from detector.config import all_parameters
from detector.methods import blocks
from detector.nights.night import Night
from detector.nights.quality import described_gravity, remarks
from detector.parameter import Parameter, Value
from detector.result import Facts
from detector.settings import Settings
from detector.tables.columns import RECORDINGS
from detector.tables.rows import facts_row
from recordings import Segment

from .beside import raster_by_clock, raster_by_onset
from .cells import Cells, cells, shown_path
from .charts import around_onset, rates, size_by_time, trend
from .factor_view import NotedNight, factor_views, noted_night, symptoms
from .render import Packed, pieces
from .view import NightHead, night_view

MOST_SEGMENTS = 200
"""Uninterrupted stretches listed; a badly broken file may have thousands."""


class Page:
    """Takes what it shows of each night; the night itself can be let go.

    Parameters
    ----------
    facts
        The recording; its health need not be complete yet.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._nights: list[NightHead] = []
        self._sections: list[Packed] = []
        self._n_events = 0
        self._noted: list[NotedNight] = []

    def add_night(self, night: Night) -> None:
        """Take the next night, in order of time."""
        shown = night_view(self._facts, night, self._n_events)
        self._nights.append(shown.head)
        zone = _zone_sentence(self._facts)
        self._sections.append(Packed("night.html", "night_section", shown, zone))
        self._n_events += len(night.events)
        self._noted.append(noted_night(self._facts, night))

    def html(self, facts: Facts) -> Iterator[str]:
        """Yield the page piece by piece.

        Parameters
        ----------
        facts
            The recording with its health complete.
        """
        row = cells(RECORDINGS, facts_row(facts))
        window = facts.settings.window
        side = [night.beside for night in self._nights]
        per_hour = rates(side)
        return pieces(
            "recording.html",
            facts=facts,
            summary=_summary(self._nights),
            origin=_origin(facts, row),
            shift_min=f"{window.shift_min:g}",
            nights=self._nights,
            sections=self._sections,
            by_clock=raster_by_clock(side) if len(side) > 1 else None,
            by_onset=raster_by_onset(side)
            if sum(n.onset_min is not None for n in side) > 1
            else None,
            around_onset=around_onset(side),
            sizes=size_by_time(side),
            rates=per_hour,
            trend=trend(per_hour),
            factors=factor_views(facts, self._noted),
            symptoms=symptoms(facts, self._noted),
            quality=_quality(facts, row),
            remarks=[r.message for r in remarks(facts.health, facts.quality, facts.settings)],
            segments=_segments(facts),
            notes=sorted(facts.header.notes.items()),
            remark=facts.notes,
            methods=blocks(facts.settings, [{**facts_row(facts), "status": "ok"}]),
            changed=_changed(facts.settings),
            fingerprint=(fingerprint := facts.settings.fingerprint()),
            review={
                "recording_id": facts.recording_id,
                "config_hash": fingerprint,
                "algorithm_version": row["algorithm_version"],
            },
        )


def _summary(nights: list[NightHead]) -> str:
    counted = [n for n in nights if n.cells["sleep_starts_onset"]]
    if not nights:
        return "No night was found in it."
    if not counted:
        return "Its night has no count." if len(nights) == 1 else "None of its nights has a count."
    if len(nights) == 1:
        return "One night, with a count."
    without = len(nights) - len(counted)
    rest = f", {without} without" if without else ""
    return f"{len(nights)} nights: {len(counted)} with a count{rest}."


def _origin(facts: Facts, row: Cells) -> list[str]:
    """What was worn, where, and when it ran."""
    health, zone = facts.health, facts.zone
    sided = " ".join(word for word in (facts.side, facts.site) if word != "unknown")
    device = " ".join(word for word in (row["device"], row["serial"]) if word)
    person = row["participant_id"] if row["participant_id"] != row["recording_id"] else ""
    path = shown_path(row["path"])
    parts = [
        f"participant {person}" if person else "",
        f"session {facts.session}" if facts.session else "",
        device or row["format"],
        f"worn at the {sided}" if sided else "",
        f"{path} ({facts.parts} files)" if facts.parts > 1 and path else path,
    ]
    if health.start_ns is not None and health.end_ns is not None:
        start, end = (zone.local(ns) for ns in (health.start_ns, health.end_ns))
        parts.append(f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}")
        parts.append("dates moved by whole weeks" if facts.anonymised else "")
    parts.append(facts.tz_name or "device clock, time zone unknown")
    if _elsewhere(facts):
        parts.append(f"clock set to {facts.zone.device_tz}")
    return [part for part in parts if part]


def _elsewhere(facts: Facts) -> bool:
    """Whether the device's clock was set to another zone than it was worn in."""
    return str(facts.zone.device_tz) != str(facts.zone.tz)


def _zone_sentence(facts: Facts) -> str:
    if facts.tz_name is None:
        return "Times are those of the device clock; its time zone is unknown"
    return f"Times are local times of {facts.tz_name}"


_QUALITY = (
    ("Measured rate", "measured_hz", "Hz"),
    ("Lowest rate of an hour", "lowest_hz", "Hz"),
    ("Highest rate of an hour", "highest_hz", "Hz"),
    ("Rate by the header", "nominal_hz", "Hz"),
    ("Faster than stated by", "rate_bias_pct", "%"),
    ("Smallest step", "step_mg", "mg"),
    ("Range", "range_g", "g"),
    ("Length", "duration_h", "h"),
    ("Samples", "samples", ""),
    ("Gaps", "gaps", ""),
    ("Time in gaps", "gap_min", "min"),
    ("Of it not recorded because it lay still", "idle_min", "min"),
    ("Clipped samples", "clipped_samples", ""),
    ("Time with a stuck axis", "stuck_min", "min"),
    ("Blocks read", "blocks", ""),
    ("Damaged blocks", "blocks_bad", ""),
    ("Bytes passed over", "bytes_skipped", ""),
    ("Clock stamps repaired", "stamps_repaired", ""),
    ("Format", "format", ""),
    ("Firmware", "firmware", ""),
)


def _quality(facts: Facts, row: Cells) -> list[tuple[str, str]]:
    shown = [(name, f"{row[key]} {unit}".rstrip()) for name, key, unit in _QUALITY if row[key]]
    return [
        *shown,
        ("Gravity at rest", described_gravity(facts.quality)),
        ("Clock", str(facts.zone.device_tz or "time zone unknown")),
    ]


@dataclass(frozen=True, slots=True)
class SegmentView:
    """One uninterrupted stretch."""

    start: str
    end: str
    samples: int
    reason: str


def _segments(facts: Facts) -> list[SegmentView]:
    """Return the stretches if there is more than one, the longest of too many, in order of time."""
    segments = facts.health.segments
    if len(segments) < 2:
        return []
    longest = sorted(segments, key=lambda s: -s.samples)[:MOST_SEGMENTS]
    return [_segment(facts, s) for s in sorted(longest, key=lambda s: s.start_ns)]


def _segment(facts: Facts, segment: Segment) -> SegmentView:
    start, end = (facts.zone.local_iso(ns) for ns in (segment.start_ns, segment.end_ns))
    return SegmentView(start, end, segment.samples, segment.reason.replace("_", " "))


@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """A setting that differs from its default."""

    key: str
    value: str
    default: str
    text: str


def _changed(settings: Settings) -> list[ChangedSetting]:
    parameters = all_parameters()
    return [_changed_setting(parameters[key], value) for key, value in settings.changed().items()]


def _changed_setting(parameter: Parameter, value: Value) -> ChangedSetting:
    default = parameter.shown(parameter.default)
    return ChangedSetting(parameter.key, parameter.shown(value), default, parameter.text)
