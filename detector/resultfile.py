"""``result.json``: everything decided about one recording, for programs.

``format`` is raised when a name changes or goes away; names may be added. Unknown values are null.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from math import isfinite, isnan
from typing import Any

import numpy as np

from recordings import Zone

from .nights.calibration import Calibration
from .nights.night import Interval, Night, Sleep
from .nights.periodic import histogram
from .nights.quality import remarks
from .result import Facts
from .statistics.factors import compare_all
from .tables.columns import night_columns
from .tables.csvtext import Row
from .tables.rows import facts_row, night_row, number
from .version import ALGORITHM_VERSION, VERSION

FORMAT = 1


def result_json(facts: Facts, nights: Sequence[dict[str, Any]], events: Iterable[Row]) -> bytes:
    """Return the file's content.

    Parameters
    ----------
    facts
        The recording, its health complete.
    nights
        :func:`night_json` of every night.
    events
        Rows of the counted events.
    """
    return to_json(
        {
            "format": FORMAT,
            "meta": {
                "version": VERSION,
                "algorithm_version": ALGORITHM_VERSION,
                "config_hash": facts.settings.fingerprint(),
            },
            "facts": _facts(facts),
            "health": _health(facts),
            "settings": facts.settings.as_dict(),
            "nights": list(nights),
            "factors": _factors(facts, nights),
            "counted_events": [dict(row) for row in events],
        }
    )


def night_json(facts: Facts, night: Night) -> dict[str, Any]:
    """Return all columns of the night's row, unknown ones too, and what no table can hold."""
    row, zone = night_row(facts, night), facts.zone
    return {
        **{c.name: row.get(c.name) for c in night_columns(facts.factors)},
        "reasons": list(night.reasons),
        "start": zone.local_iso(night.span.start_ns),
        "end": zone.local_iso(night.span.end_ns),
        "observed_h": round(night.observed_h, 3),
        "onset_window": _interval(zone, night.window),
        "sleep": _sleep(zone, night.sleep),
        "stages": _by_stage(night),
        "diary": _noted(facts, night) if night.noted.kept else None,
        "nonwear": [_interval(zone, i) for i in night.nonwear],
        "unusable": [_interval(zone, i) for i in night.unusable],
        "limb_intervals_acc": None
        if night.limb_intervals_s is None
        else histogram(night.limb_intervals_s),
    }


def to_json(content: Any) -> bytes:
    """Return readable JSON; NaN is refused, bytes of file names that are no text are escaped."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode("utf-8", "backslashreplace")


def _sleep(zone: Zone, sleep: Sleep | None) -> dict[str, Any] | None:
    if sleep is None:
        return None
    return {
        "onset": zone.local_iso(sleep.onset_ns),
        "onset_observed": sleep.onset_observed,
        "wake": zone.local_iso(sleep.wake_ns),
        "wake_observed": sleep.wake_observed,
        "source": sleep.source,
        "uncertainty_min": number("onset_uncertainty_min", sleep.uncertainty_min),
        "onset_candidates": {k: zone.local_iso(ns) for k, ns in sleep.candidates.items()},
        "reonsets": [zone.local_iso(ns) for ns in sleep.reonsets],
        "guider": _interval(zone, sleep.guider),
        "further_rest": [_interval(zone, rest) for rest in sleep.others],
        "threshold_deg": None if isnan(sleep.threshold_deg) else round(sleep.threshold_deg, 4),
    }


def _factors(facts: Facts, nights: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return how each factor of the diary goes along with the nightly rate."""
    noted = [
        (night["sleep_starts_onset_per_h"], [night[name] or "" for name in facts.factors])
        for night in nights
    ]
    return {
        name: {
            "nights": each.nights,
            "slope": round(each.slope, 4),
            "low": round(each.low, 4) if isfinite(each.low) else None,
            "high": round(each.high, 4) if isfinite(each.high) else None,
            "p": round(each.p, 4),
            "exact": each.exact,
        }
        for name, each in compare_all(facts.factors, noted).items()
    }


def _by_stage(night: Night) -> dict[str, Any] | None:
    """Return for every stage its usable hours, and the sleep starts in it that may be counted."""
    events, staged = night.events, night.staged
    if staged is None:
        return None
    epochs_ns = night.scan.epochs["start_ns"]
    usable = np.ones(len(epochs_ns), bool)
    for lost in (*night.nonwear, *night.unusable):
        usable &= (epochs_ns < lost.start_ns) | (epochs_ns >= lost.end_ns)
    stages, stage_of = staged.at(epochs_ns[usable]), staged.at(events.candidates["peak_ns"])
    countable = events.counted | np.isin(events.reason, ("outside_window", "no_count"))
    found = {}
    for name in sorted(set(staged.names.tolist())):
        hours = float((stages == name).sum()) * 5 / 3600
        starts = int((countable & (stage_of == name)).sum())
        per_h = round(starts / hours, 3) if hours else None
        found[name] = {"usable_h": round(hours, 3), "sleep_starts": starts, "per_h": per_h}
    return found


def _noted(facts: Facts, night: Night) -> dict[str, Any]:
    noted, zone = night.noted, facts.zone
    return {
        **{name: zone.local_iso(ns) for name, ns in noted.times_ns.items()},
        "factors": dict(zip(facts.factors, noted.factors, strict=True)),
    }


def _interval(zone: Zone, interval: Interval | None) -> dict[str, str | None] | None:
    if interval is None:
        return None
    start_ns, end_ns = interval.start_ns, interval.end_ns
    return {
        "start": zone.local_iso(start_ns),
        "end": zone.local_iso(end_ns),
        "start_utc": zone.utc_iso(start_ns),
        "end_utc": zone.utc_iso(end_ns),
    }


_FACTS = (
    *("recording_id", "path", "participant_id", "site", "side", "device", "serial", "format"),
    *("firmware", "nominal_hz", "measured_hz", "range_g", "step_mg", "start_utc", "end_utc"),
    *("duration_h", "tz", "tz_source", "device_tz", "lowest_hz", "highest_hz"),
    *("session", "notes", "participant_source", "parts", "anonymised"),
)
"""Columns of ``recordings.csv`` that are facts of the recording."""


def _facts(facts: Facts) -> dict[str, Any]:
    row = facts_row(facts)
    start_ns, end_ns, zone = facts.health.start_ns, facts.health.end_ns, facts.zone
    return {
        **{name: row.get(name) for name in _FACTS},
        "start": None if start_ns is None else zone.local_iso(start_ns),
        "end": None if end_ns is None else zone.local_iso(end_ns),
        "filter_hz": round(facts.probe.rate_hz, 4),
        "device_utc_offset_s": zone.device_offset_s if zone.tz else None,
        "header_utc_offset_s": facts.header.utc_offset_s,
        "header_notes": dict(facts.header.notes),
    }


def _health(facts: Facts) -> dict[str, Any]:
    health, zone = facts.health, facts.zone
    return {
        "samples": health.samples,
        "blocks": health.blocks,
        "blocks_bad": health.blocks_bad,
        "bytes_read": health.bytes_read,
        "bytes_skipped": health.bytes_skipped,
        "stamps_repaired": health.stamps_repaired,
        "gaps": health.gaps,
        "gap_min": number("gap_min", health.gap_ns / 6e10),
        "segments": [
            {
                "start": zone.local_iso(s.start_ns),
                "end": zone.local_iso(s.end_ns),
                "samples": s.samples,
                "reason": s.reason,
            }
            for s in health.segments
        ],
        "remarks": [
            {"code": r.code, "message": r.message}
            for r in remarks(health, facts.quality, facts.settings)
        ],
        "clipped_samples": facts.quality.clipped_samples,
        "stuck_min": number("stuck_min", facts.quality.stuck_min),
        "calibration": calibration_json(facts.quality.calibration),
    }


def calibration_json(found: Calibration) -> dict[str, Any]:
    """Return gains, offsets and errors; nothing was corrected by them."""
    return {
        "status": found.status,
        "postures": found.postures,
        "error_before_mg": number("calib_error_before_mg", found.error_before_mg),
        "error_after_mg": number("calib_error_after_mg", found.error_after_mg),
        "gain": found.gain and [round(gain, 5) for gain in found.gain],
        "offset_mg": found.offset_mg and [round(offset, 2) for offset in found.offset_mg],
    }
