"""What a page says, made from facts and nights: plain values, texts and finished pictures.

A night is taken in and let go: what stays is what its part of the page shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from detector.nights.night import SLEEP_STARTS, Night
from detector.reasons import sentence
from detector.result import Facts
from detector.tables.columns import EVENTS, NIGHTS
from detector.tables.rows import event_columns, night_row

from .beside import Beside, beside
from .cells import Cells, Pairs, all_cells, cells, pairs
from .charts import limb_intervals
from .event_view import EventView, Excluded, event_views, excluded, near_misses
from .pictures import noise_floor, static_night, strip
from .timeline import drawn_events, timeline
from .wall import WallClock, night_title
from .words import CONFIDENCE, LOOKS, SOURCE, STATUS, is_note

MOST_NEAR_MISSES = 8
"""Near misses shown per night; all of them are in the table of events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightHead:
    """What other parts of the page show of a night; kept until it is written."""

    anchor: str
    title: str
    cells: Cells
    """The row of ``nights.csv``."""
    status: str
    reasons: tuple[str, ...]
    """Sentences: why there is no count, or what limits it; the most important first."""
    onset: str
    """Clock time, empty if it was not observed."""
    strip: Markup | None
    confidence: str
    """Of the counted events: ``1 high, 2 medium``."""
    lists_events: bool
    """Whether there is any that can be judged."""
    beside: Beside
    noise_floor: Markup | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NightView:
    """One night's part of the page."""

    head: NightHead
    notes: tuple[str, ...]
    """What else is worth knowing."""
    clock_note: str
    still: Markup | None
    groups: tuple[tuple[str, Pairs], ...]
    timeline: dict[str, Any] | None
    drawn: tuple[tuple[str, str, int], ...]
    """Kind, its name, and how many of it are drawn."""
    not_drawn: int
    events: int
    counted: tuple[EventView, ...]
    near: tuple[EventView, ...]
    more_near: int
    excluded: Excluded
    limb_intervals: Markup | None


def night_view(facts: Facts, night: Night, first_index: int) -> NightView:
    """Take from a night what the page shows of it.

    Parameters
    ----------
    facts
        The recording; its health need not be complete.
    night
        The night.
    first_index
        Events of all the nights before it.
    """
    clock = WallClock(facts.zone, night.span)
    near = near_misses(night)
    shown = sorted(near[:MOST_NEAR_MISSES])
    counted = np.flatnonzero(night.events.counted).tolist()
    drawn = drawn_events(night)
    on_line = frozenset(drawn.tolist())
    starts = np.flatnonzero(np.isin(night.events.kind, SLEEP_STARTS)).tolist()
    rows = _event_cells(facts, night, first_index, on_line.union(shown, counted, starts))
    kinds = Counter(night.events.kind[drawn].tolist())
    head = _head(facts, night, clock, [rows[i] for i in starts], listed=bool(near or counted))
    return NightView(
        head=head,
        notes=tuple(sentence(code) for code in night.reasons if is_note(code)),
        clock_note=clock.change_sentence(),
        still=static_night(night, clock, f"Time line of the night from {head.title}"),
        groups=_groups(night, clock, head.cells),
        timeline=timeline(night, clock, rows, drawn, {*shown, *counted}),
        drawn=tuple((kind, look.name, kinds[kind]) for kind, look in LOOKS.items() if kinds[kind]),
        not_drawn=len(night.events) - len(drawn),
        events=len(night.events),
        counted=event_views(facts, night, rows, counted, on_line),
        near=event_views(facts, night, rows, shown, on_line),
        more_near=len(near) - len(shown),
        excluded=excluded(night),
        limb_intervals=limb_intervals(night.limb_intervals_s),
    )


def _head(
    facts: Facts, night: Night, clock: WallClock, starts: Sequence[Cells], *, listed: bool
) -> NightHead:
    """Take what stays until the page is written, given the rows of what is like sleep starts."""
    title = night_title(night.span)
    row = cells(NIGHTS, night_row(facts, night))
    return NightHead(
        anchor=f"night-{night.index}",
        title=title,
        cells=row,
        status=STATUS[night.status],
        reasons=tuple(sentence(code) for code in night.reasons if not is_note(code)),
        onset=clock.clock(night.sleep.onset_ns) if night.sleep and row["sleep_onset"] else "",
        strip=strip(night, f"Movement in the night from {title}"),
        confidence=_confidence(row["confidence"] for row in starts if row["counted"] == "yes"),
        lists_events=listed,
        beside=beside(night, clock, row, starts),
        noise_floor=noise_floor(night),
    )


def _event_cells(
    facts: Facts, night: Night, first_index: int, wanted: Iterable[int]
) -> dict[int, Cells]:
    places = sorted(wanted)
    columns = event_columns(facts, night, first_index, places)
    return dict(zip(places, all_cells(EVENTS, columns), strict=True))


def _confidence(words: Iterable[str]) -> str:
    found = Counter(words)
    return ", ".join(f"{found[word]} {word}" for word in CONFIDENCE if found[word])


_SLEEP = (
    ("Sleep period", "spt_h", " h"),
    ("Changes of posture", "posture_changes_per_h", " per h"),
    ("Limb movements by accelerometer", "lm_acc_per_h", " per h"),
    ("Periodic limb movements by accelerometer", "plm_acc_per_h", " per h"),
    ("in series", "plm_acc_series", ""),
    ("Periodicity index", "periodicity_index_acc", ""),
)
_SLEEP_STARTS = (
    ("Near onset, counted", "sleep_starts_onset", ""),
    ("with limits 20 % stricter", "sleep_starts_onset_strict20", ""),
    ("with limits 20 % laxer", "sleep_starts_onset_lax20", ""),
    ("per hour of the onset window", "sleep_starts_onset_per_h", ""),
    ("At returns to sleep", "sleep_starts_reonset", ""),
    ("Between sleep onset and wake", "sleep_starts_sleep", ""),
    ("In the whole night", "sleep_starts_night", ""),
    ("per usable hour", "sleep_starts_night_per_h", ""),
    ("Repetitive clusters", "n_clusters", ""),
    ("Median size of the counted", "median_peak_accel_mg", " mg"),
)
_BASIS = (
    ("Observed in it", "onset_window_usable_min", " min"),
    ("Usable", "usable_h", " h"),
    ("Worn", "wear_pct", " %"),
    ("Without samples", "gap_min", " min"),
    ("Not judged after gaps", "blanked_min", " min"),
    ("Clipped samples", "clipped_samples", ""),
    ("Noise floor", "floor_g_per_s", " g/s"),
    ("Smallest jerk that could be counted", "smallest_countable_mg", " mg"),
    ("Temperature", "temperature_c", " °C"),
    ("Sampled at", "measured_hz", " Hz"),
)
_FAULTS = (
    ("Not worn", "nonwear_min", " min"),
    ("Too noisy to judge", "noisy_min", " min"),
    ("An axis was stuck", "stuck_min", " min"),
    ("Not recorded because it lay still", "idle_min", " min"),
)
"""Shown where there was any."""


def _groups(night: Night, clock: WallClock, row: Cells) -> tuple[tuple[str, Pairs], ...]:
    """Return what is known of the night, by subject; no empty group."""
    sleep, window = night.sleep, night.window
    slept: list[tuple[str, str]] = []
    if sleep is not None:
        onset, wake = (clock.clock(ns) for ns in (sleep.onset_ns, sleep.wake_ns))
        slept.append(("Sleep onset", onset if sleep.onset_observed else "not observed"))
        if sleep.onset_observed:
            slept.append(("Uncertain by", f"± {row['onset_uncertainty_min']} min"))
        slept.append(("Wake", wake if sleep.wake_observed else "not observed"))
        slept += [
            ("Further rest", f"{clock.clock(rest.start_ns)} to {clock.clock(rest.end_ns)}")
            for rest in sleep.others
        ]
        slept.append(("Sleep found by", SOURCE[sleep.source]))
    seen = []
    if window is not None:
        span = f"{clock.clock(window.start_ns)} to {clock.clock(window.end_ns)}"
        seen = [("Onset window", span)]
    faults = [fault for fault in _FAULTS if row[fault[1]] != "0"]
    groups = (
        ("Sleep", (*slept, *pairs(row, _SLEEP))),
        ("Sleep starts", pairs(row, _SLEEP_STARTS)),
        ("What this rests on", (*seen, *pairs(row, _BASIS), *pairs(row, faults))),
    )
    return tuple(group for group in groups if group[1])
