"""The events of a night as its page shows them: with pictures, or by number and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from detector.nights.night import SLEEP_STARTS, Night
from detector.reasons import sentence
from detector.result import Facts
from detector.scan import Snippet

from .cells import Cells, Pairs, pairs
from .near import Failed, failed_conditions
from .pictures import Mark, trace
from .words import CONTEXT, LOOKS

_NEAR_ORDER = ("onset", "reonset", "sleep", "pre_sleep", "post_wake", "unusable")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One event with its picture."""

    anchor: str
    cells: Cells
    clock: str
    """Local time of its start, to the second."""
    kind: str
    context: str
    reason: str
    """A sentence, empty if there is nothing to say."""
    from_onset: str
    evidence: Pairs
    failed: tuple[Failed, ...]
    """Conditions of a sleep start that it does not meet; none of a counted event is told."""
    picture: Markup | None
    on_time_line: bool


@dataclass(frozen=True, slots=True)
class ExcludedRow:
    """Events of one kind that are not counted for one reason."""

    kind: str
    label: str
    reason: str
    counts: tuple[int, ...]
    """One per column of :class:`Excluded`."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """What is not counted, and why."""

    columns: tuple[str, ...]
    """Parts of the night, as far as it has them."""
    rows: tuple[ExcludedRow, ...]


_EVIDENCE = (
    ("peak", "peak_accel_mg", " mg"),
    ("jerk", "peak_jerk_g_per_s", " g/s"),
    ("width", "width_s", " s"),
    ("lasted", "duration_s", " s"),
    ("still before", "still_before_s", " s"),
    ("moved after", "active_after_s", " s"),
    ("likeness", "likeness", ""),
    ("turn", "posture_change_deg", "°"),
    ("knock ratio", "hf_lf_ratio", ""),
    ("bursts", "n_bursts", ""),
    ("confidence", "confidence", ""),
    ("event", "event_index", ""),
)


def near_misses(night: Night) -> list[int]:
    """Return events that look like sleep starts but are not counted, the nearest first.

    Nearest are those of a sleep start's kind, then those that were close enough to one for their
    raw signal to be kept; within either by where they lie, then by size.
    """
    events = night.events
    kept = {s.peak_ns for s in night.scan.snippets}
    alike = np.isin(events.kind, SLEEP_STARTS)
    close = np.array([ns in kept for ns in events.candidates["peak_ns"].tolist()], bool)
    chosen = np.flatnonzero((alike | close) & ~events.counted)
    size = events.candidates["peak_accel_mg"]
    return sorted(
        chosen.tolist(),
        key=lambda i: (not alike[i], _NEAR_ORDER.index(str(events.context[i])), -float(size[i])),
    )


def event_views(
    facts: Facts,
    night: Night,
    rows: Mapping[int, Cells],
    chosen: Sequence[int],
    drawn: Collection[int],
) -> tuple[EventView, ...]:
    """Show some events in full.

    Parameters
    ----------
    facts
        The recording.
    night
        The night.
    rows
        Rows of ``events.csv`` by the event's place in the night, of those chosen at least.
    chosen
        Which events.
    drawn
        Those that the time line shows.
    """
    snippets = {s.peak_ns: s for s in night.scan.snippets}
    peaks = night.events.candidates["peak_ns"].tolist()
    return tuple(
        _event_view(facts, night, i, rows[i], snippets.get(peaks[i]), on_time_line=i in drawn)
        for i in chosen
    )


def _event_view(
    facts: Facts, night: Night, i: int, row: Cells, snippet: Snippet | None, *, on_time_line: bool
) -> EventView:
    look = LOOKS[row["kind"]]
    kind = look.counted if night.events.counted[i] else look.name
    clock = row["start_time"][11:19]
    return EventView(
        anchor=f"event-{row['event_index']}",
        cells=row,
        clock=clock,
        kind=kind,
        context=CONTEXT[row["context"]],
        reason=sentence(row["reason"]) if row["reason"] else "",
        from_onset=_from_onset(night.events.onset_offset_s[i]),
        evidence=pairs(row, _EVIDENCE),
        failed=()
        if night.events.counted[i]
        else failed_conditions(night.events, i, row, facts.settings, facts.probe.step_g),
        picture=None if snippet is None else _picture(night, i, row, snippet, f"{kind}, {clock}"),
        on_time_line=on_time_line,
    )


def _picture(night: Night, i: int, row: Cells, snippet: Snippet, name: str) -> Markup:
    candidate = night.events.candidates[i]
    return trace(
        snippet,
        Mark(
            start_ns=int(candidate["start_ns"]),
            end_ns=int(candidate["end_ns"]),
            threshold_g_per_s=float(candidate["threshold_g_per_s"]),
            threshold_text=row["threshold_g_per_s"],
            label=f"{name}: raw signal of three axes and jerk, eight seconds",
        ),
    )


def _from_onset(offset_s: float) -> str:
    """Say how far from onset in the unit that a reader thinks in."""
    if not np.isfinite(offset_s):
        return ""
    side = "before" if offset_s < 0 else "after"
    seconds = abs(round(float(offset_s)))
    if seconds < 90:
        return f"{seconds} s {side} onset"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min {side} onset" if hours else f"{minutes} min {side} onset"


def excluded(night: Night) -> Excluded:
    """Count what is not counted by kind and reason, in the order of kinds, then by number."""
    events = night.events
    out = ~events.counted
    counts = Counter(
        zip(events.kind[out].tolist(), events.reason[out].tolist(), _parts(night, out), strict=True)
    )
    columns = tuple(part for part in _PARTS if any(key[2] == part for key in counts))
    rows = [
        ExcludedRow(
            kind,
            LOOKS[kind].name,
            sentence(reason) if reason else "",
            tuple(counts[kind, reason, part] for part in columns),
        )
        for kind, reason in sorted({key[:2] for key in counts})
    ]
    order = list(LOOKS)
    rows.sort(key=lambda r: (order.index(r.kind), -sum(r.counts), r.reason))
    return Excluded(columns, tuple(rows))


_PARTS = {
    "In the onset window": ("onset",),
    "In the rest of sleep": ("reonset", "sleep"),
    "Outside sleep": ("pre_sleep", "post_wake"),
    "In unusable time": ("unusable",),
}
"""Parts of a night, and the contexts they hold."""


def _parts(night: Night, chosen: NDArray[np.bool_]) -> list[str]:
    names = {context: part for part, contexts in _PARTS.items() for context in contexts}
    return [names[context] for context in night.events.context[chosen].tolist()]
