"""Rows of the tables, made from facts and nights; the same values in CSV, JSON and Arrow.

Numbers are rounded to the decimals of their column, NaN is unknown, and nothing is minus zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS, Zone

from ..nights.night import OTHER_KINDS, Events, Interval, Night, Sleep
from ..nights.quality import idle_gaps, rate_bias_pct
from ..result import Facts
from ..version import ALGORITHM_VERSION, VERSION
from .arrow import arrow_table
from .columns import (
    DICTIONARY,
    EVENTS,
    NIGHTS,
    RECORDINGS,
    TABLES,
    Column,
    night_columns,
)
from .csvtext import Row, Value, plain

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "DICTIONARY",
    "EVENTS",
    "NIGHTS",
    "RECORDINGS",
    "TABLES",
    "Column",
    "dictionary_rows",
    "event_arrays",
    "event_columns",
    "event_rows",
    "events_table",
    "facts_row",
    "night_row",
    "nights_table",
]

_DECIMALS = {c.name: c.decimals for columns in TABLES.values() for c in columns}
_AS_THEY_ARE = (
    *("peak_accel_mg", "peak_jerk_g_per_s", "width_s", "rise_s", "effective_hz", "hf_lf_ratio"),
    *("posture_change_deg", "still_before_s", "threshold_g_per_s", "floor_g_per_s"),
)
"""Numbers of an event that are a candidate's field of the same name."""


def number(name: str, value: float | None) -> float | None:
    """Return the value rounded as its column is, None for None, NaN and infinities."""
    if value is None:
        return None
    rounded = float(_rounded(name, np.array([value]))[0])
    return rounded if isfinite(rounded) else None


def _rounded(name: str, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return values with the decimals of their column."""
    return values.astype(np.float64).round(_DECIMALS[name]) + 0.0  # turns -0.0 into 0.0


def event_arrays(
    facts: Facts,
    night: Night,
    first_index: int = 0,
    chosen: Sequence[int] | None = None,
) -> dict[str, NDArray[Any]]:
    """Return the columns of ``events.csv`` for one night; NaN and empty texts are unknown.

    Parameters
    ----------
    facts
        The recording.
    night
        One of its nights.
    first_index
        Events of all the nights before it.
    chosen
        Places of some events within the night, ascending; all if None.
    """
    zone = facts.zone
    places = np.arange(len(night.events)) if chosen is None else np.array(chosen, np.int64)
    events, n = night.events, len(places)
    candidates = events.candidates[places]
    start_ns, peak_ns, end_ns = (candidates[k] for k in ("start_ns", "peak_ns", "end_ns"))
    clusters = [f"n{night.index}c{k}" if k >= 0 else "" for k in events.cluster[places].tolist()]
    return {
        "recording_id": np.full(n, facts.recording_id),
        "night_date": np.full(n, night.span.date.isoformat()),
        "event_index": first_index + places,
        "start_time": _local_times(zone, start_ns),
        "start_utc": _utc_times(zone, start_ns),
        "peak_utc": _utc_times(zone, peak_ns),
        "end_utc": _utc_times(zone, end_ns),
        "duration_s": _rounded("duration_s", (end_ns - start_ns) / 1e9),
        "kind": events.kind[places],
        "context": events.context[places],
        "counted": events.counted[places],
        "reason": events.reason[places],
        "confidence": events.confidence[places],
        "onset_offset_s": _rounded("onset_offset_s", events.onset_offset_s[places]),
        **{name: _rounded(name, candidates[name]) for name in _AS_THEY_ARE},
        "n_bursts": candidates["n_bursts"],
        "active_after_s": _rounded("active_after_s", events.active_after_s[places]),
        "cluster_id": np.array(clusters, np.str_),
        "truncated": candidates["truncated"],
        "likeness": _rounded("likeness", events.likeness[places]),
        "stage": np.array(night.stage_of(peak_ns), np.str_),
    }


def event_columns(
    facts: Facts,
    night: Night,
    first_index: int = 0,
    chosen: Sequence[int] | None = None,
) -> dict[str, list[Value]]:
    """Return :func:`event_arrays` as plain values, None for what is unknown."""
    arrays = event_arrays(facts, night, first_index, chosen)
    return {name: plain(values) for name, values in arrays.items()}


def event_rows(facts: Facts, night: Night, first_index: int = 0) -> Iterator[Row]:
    """Yield the rows of ``events.csv`` for one night; parameters as :func:`event_columns`."""
    columns = event_columns(facts, night, first_index)
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _utc_times(zone: Zone, device_ns: NDArray[np.int64]) -> NDArray[np.str_]:
    """Return :meth:`Zone.utc_iso` of every time."""
    if zone.tz is None:
        return np.full(len(device_ns), "")
    return _iso(device_ns - zone.device_offset_s * SECOND_NS, "Z")


def _local_times(zone: Zone, device_ns: NDArray[np.int64]) -> NDArray[np.str_]:
    """Return :meth:`Zone.local_iso` of every time, which ascend within one night."""
    if not len(device_ns):
        return np.empty(0, np.str_)
    first, last = (zone.local(int(ns)).utcoffset() for ns in device_ns[[0, -1]])
    if first != last:
        return np.array([zone.local_iso(int(ns)) for ns in device_ns])
    if first is None:
        return _iso(device_ns, "")
    ahead_ns = (round(first.total_seconds()) - zone.device_offset_s) * SECOND_NS
    return _iso(device_ns + ahead_ns, zone.local_iso(int(device_ns[0]))[_ISO_LENGTH:])


_ISO_LENGTH = len("2024-03-05T23:41:07.250")


def _iso(ns: NDArray[np.int64], suffix: str) -> NDArray[np.str_]:
    """Return ISO 8601 to the nearest millisecond, half up, as :class:`Zone` does."""
    ms = ((ns + 500_000) // 1_000_000).astype("M8[ms]")
    texts = ms.astype(f"U{_ISO_LENGTH + len(suffix)}")
    codes = texts.view(np.uint32).reshape(len(ns), _ISO_LENGTH + len(suffix))
    codes[:, _ISO_LENGTH:] = [ord(letter) for letter in suffix]
    return texts


def night_row(facts: Facts, night: Night) -> Row:
    """Return the row of ``nights.csv`` of one night."""
    counts = night.counts
    return {
        "recording_id": facts.recording_id,
        "participant_id": facts.participant_id,
        "night_date": night.span.date.isoformat(),
        "night_index": night.index,
        "status": night.status,
        "reasons": ";".join(night.reasons) or None,
        **_sleep_cells(facts, night.sleep),
        **_window_cells(facts, night.window),
        "onset_window_usable_min": number("onset_window_usable_min", night.window_usable_min),
        **{name: counts.get(name) for name in _COUNTS},
        "sleep_starts_onset_per_h": number(
            "sleep_starts_onset_per_h",
            _per_hour(counts.get("sleep_starts_onset"), (night.window_usable_min or 0.0) / 60),
        ),
        "sleep_starts_night_per_h": number(
            "sleep_starts_night_per_h",
            _per_hour(counts.get("sleep_starts_night"), night.night_usable_h or 0.0),
        ),
        **_counted_cells(night.events),
        **{name: number(name, getattr(night, name)) for name in _MEASURES},
        "clipped_samples": night.clipped_samples,
        "lm_acc_n": night.lm_acc_n,
        "plm_acc_series": night.plm_acc_series,
        "n_sleep_episodes": None if night.sleep is None else 1 + len(night.sleep.others),
        "session": facts.session or None,
        **_noted_cells(facts, night),
    }


_COUNTS = (
    "sleep_starts_onset",
    "sleep_starts_onset_early15",
    "sleep_starts_onset_late15",
    "sleep_starts_onset_strict20",
    "sleep_starts_onset_lax20",
    "sleep_starts_reonset",
    "sleep_starts_sleep",
    "sleep_starts_night",
    "n_clusters",
    *(f"n_{kind}" for kind in OTHER_KINDS),
)
_MEASURES = (
    *("plm_acc_per_h", "posture_changes_per_h", "usable_h", "wear_pct", "gap_min", "blanked_min"),
    *("floor_g_per_s", "night_usable_h", "noisy_min", "nonwear_min", "stuck_min", "idle_min"),
    *("clipped_pct", "temperature_c", "measured_hz", "smallest_countable_mg"),
    *("lm_acc_per_h", "periodicity_index_acc"),
)


def _per_hour(count: int | None, hours: float) -> float | None:
    return None if count is None or hours <= 0 else count / hours


def _sleep_cells(facts: Facts, sleep: Sleep | None) -> dict[str, Value]:
    """Onset and wake as far as they were observed."""
    if sleep is None:
        return {}
    zone, cells = facts.zone, dict[str, Value]()
    if sleep.onset_observed:
        cells["sleep_onset"] = zone.local_iso(sleep.onset_ns)
        cells["sleep_onset_utc"] = zone.utc_iso(sleep.onset_ns)
        cells["onset_uncertainty_min"] = number("onset_uncertainty_min", sleep.uncertainty_min)
    if sleep.wake_observed:
        cells["wake"] = zone.local_iso(sleep.wake_ns)
        cells["wake_utc"] = zone.utc_iso(sleep.wake_ns)
    if sleep.onset_observed and sleep.wake_observed:
        cells["spt_h"] = number("spt_h", (sleep.wake_ns - sleep.onset_ns) / 3.6e12)
    cells["onset_source"] = sleep.source
    return cells


def _window_cells(facts: Facts, window: Interval | None) -> dict[str, Value]:
    if window is None:
        return {}
    return {
        "onset_window_start_utc": facts.zone.utc_iso(window.start_ns),
        "onset_window_end_utc": facts.zone.utc_iso(window.end_ns),
    }


def _noted_cells(facts: Facts, night: Night) -> dict[str, Value]:
    """Return what the diary says, and how far that is from what was found."""
    noted, zone, sleep = night.noted, facts.zone, night.sleep
    cells: dict[str, Value] = {
        name: cell or None for name, cell in zip(facts.factors, noted.factors, strict=False)
    }
    if (off_ns := noted.times_ns.get("lights_off")) is not None:
        cells["lights_off"] = zone.local_iso(off_ns)
        if sleep is not None and sleep.onset_observed:
            cells["sol_min"] = number("sol_min", (sleep.onset_ns - off_ns) / 60e9)
    if (onset_ns := noted.times_ns.get("sleep_onset")) is not None:
        cells["diary_onset"] = zone.local_iso(onset_ns)
        if noted.found_onset_ns is not None:
            difference_min = (onset_ns - noted.found_onset_ns) / 60e9
            cells["diary_onset_diff_min"] = number("diary_onset_diff_min", difference_min)
    return cells


def _counted_cells(events: Events) -> dict[str, Value]:
    """When the counted events came, and how large they were."""
    if not events.counted.any():
        return {}
    offsets = events.onset_offset_s[events.counted]
    counted = events.candidates[events.counted]
    cells: dict[str, Value] = {
        "first_onset_offset_s": number("first_onset_offset_s", offsets[0]),
        "last_onset_offset_s": number("last_onset_offset_s", offsets[-1]),
    }
    for size in ("peak_accel_mg", "peak_jerk_g_per_s"):
        cells[f"median_{size}"] = number(f"median_{size}", median(counted[size].tolist()))
    return cells


def facts_row(facts: Facts) -> Row:
    """Return what the facts say of a row of ``recordings.csv``; the run adds the rest."""
    header, health, zone = facts.header, facts.health, facts.zone
    start_ns, end_ns = health.start_ns, health.end_ns
    hours = health.span_ns / 3.6e12 if health.segments else None
    return {
        "recording_id": facts.recording_id,
        "path": facts.path or None,
        "participant_id": facts.participant_id,
        "site": facts.site,
        "side": facts.side,
        "device": header.device,
        "serial": header.serial,
        "format": header.format,
        "firmware": header.firmware,
        "nominal_hz": number("nominal_hz", header.nominal_hz),
        "measured_hz": number("measured_hz", health.measured_hz),
        "range_g": number("range_g", header.range_g),
        "step_mg": number("step_mg", facts.probe.step_g * 1000),
        "start_utc": None if start_ns is None else zone.utc_iso(start_ns),
        "end_utc": None if end_ns is None else zone.utc_iso(end_ns),
        "duration_h": number("duration_h", hours),
        "tz": facts.tz_name,
        "tz_source": facts.tz_source,
        "samples": health.samples,
        "blocks_bad": health.blocks_bad,
        "gaps": health.gaps,
        "gap_min": number("gap_min", health.gap_ns / 6e10),
        "config_hash": facts.settings.fingerprint(),
        "algorithm_version": ALGORITHM_VERSION,
        "version": VERSION,
        "device_tz": None if zone.device_tz is None else str(zone.device_tz),
        "lowest_hz": number("lowest_hz", health.lowest_hz),
        "highest_hz": number("highest_hz", health.highest_hz),
        "session": facts.session or None,
        "notes": facts.notes or None,
        "participant_source": facts.participant_source,
        "parts": facts.parts,
        "anonymised": facts.anonymised,
        **_health_cells(facts),
    }


def _health_cells(facts: Facts) -> dict[str, Value]:
    """How sound file and sensor are."""
    health, quality = facts.health, facts.quality
    found = quality.calibration
    idle_min = 60 * sum(gap.hours for gap in idle_gaps(health))
    return {
        "blocks": health.blocks,
        "bytes_skipped": health.bytes_skipped,
        "stamps_repaired": health.stamps_repaired,
        "rate_bias_pct": number("rate_bias_pct", rate_bias_pct(facts.header, health)),
        "idle_min": number("idle_min", idle_min),
        "clipped_samples": quality.clipped_samples,
        "stuck_min": number("stuck_min", quality.stuck_min),
        "calibration": found.status,
        "calib_error_before_mg": number("calib_error_before_mg", found.error_before_mg),
        "calib_error_after_mg": number("calib_error_after_mg", found.error_after_mg),
    }


def dictionary_rows(factors: Sequence[str] = ()) -> list[Row]:
    """Return the rows of ``data_dictionary.csv``, those of a diary's factors among them."""
    tables = {**TABLES, "nights.csv": night_columns(factors)}
    return [
        {
            "name": c.name,
            "unit": c.unit or None,
            "type": c.shown_type,
            "definition": c.definition,
            "source": c.source,
            "table": table,
        }
        for table, columns in tables.items()
        for c in columns
    ]


def nights_table(facts: Facts, nights: Iterable[Night]) -> pa.Table:
    """Return ``nights.csv`` as an Arrow table."""
    return arrow_table(night_columns(facts.factors), [night_row(facts, night) for night in nights])


def events_table(facts: Facts, nights: Iterable[Night]) -> pa.Table:
    """Return ``events.csv`` as an Arrow table."""
    rows: list[Row] = []
    for night in nights:
        rows.extend(event_rows(facts, night, len(rows)))
    return arrow_table(EVENTS, rows)
