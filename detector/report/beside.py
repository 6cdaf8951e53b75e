"""All nights of a recording beside one another, by the clock and by sleep onset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from detector.nights.night import Interval, Night

from .cells import Cells
from .epoch_series import SCALE_G_PER_S, bands, near, on_grid
from .svg import area, log_share, per_bin_max, picture
from .wall import WallClock, night_title

_DAY_MIN = 24 * 60
_LEFT, _ROW, _GUTTER = 74, 26, 6
_PER_MIN = 0.5
"""Units of a raster's picture per minute."""

_BEFORE_MIN, _AFTER_MIN = 8 * 60, 16 * 60
"""What the raster aligned to onset shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """An event that looks like a sleep start."""

    minute: float
    """From onset."""
    size_mg: float
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a night adds to the pictures of all nights."""

    label: str
    index: int
    cells: Cells
    drawing: Markup
    """Movement, bands and marks over the minutes since noon; empty without data."""
    onset_min: float | None
    """Minutes from noon to onset, if it was observed."""
    starts: tuple[Start, ...]
    """Events that look like sleep starts, if onset was observed."""


def beside(night: Night, clock: WallClock, cells: Cells, starts: Sequence[Cells]) -> Beside:
    """Take from a night what the pictures of all nights show of it."""
    sleep = night.sleep
    return Beside(
        label=night_title(night.span).split(" to ")[0],
        index=night.index,
        cells=cells,
        drawing=_drawing(night, clock),
        onset_min=_minute(clock, sleep.onset_ns) if sleep and sleep.onset_observed else None,
        starts=tuple(
            Start(
                minute=float(row["onset_offset_s"]) / 60,
                size_mg=float(row["peak_accel_mg"]),
                counted=row["counted"] == "yes",
            )
            for row in starts
            if row["onset_offset_s"]
        ),
    )


def _minute(clock: WallClock, device_ns: int) -> float:
    return (clock.axis_ms(device_ns) - clock.axis_ms(clock.span.start_ns)) / 60_000


def _drawing(night: Night, clock: WallClock) -> Markup:
    epochs = night.scan.epochs
    if not len(epochs):
        return Markup()
    values = on_grid(epochs, epochs["jerk_max_g_per_s"])
    movement = per_bin_max(values, -(-len(values) // 60))
    first = _minute(clock, int(epochs["start_ns"].min()))
    x = (first + 5.0 * np.arange(len(movement))) * _PER_MIN
    y = (1 - log_share(movement, *SCALE_G_PER_S)) * _ROW
    events = night.events
    return Markup("").join(
        [
            *(_band(clock, span, css) for span, css in bands(night)),
            Markup('<path class="movement" d="{}"/>').format(area(x, y, _ROW)),
            _marks(clock, events.candidates[near(night)], "near"),
            _marks(clock, events.candidates[events.counted], "counted"),
        ]
    )


def _band(clock: WallClock, span: Interval, css: str) -> Markup:
    left, right = (_minute(clock, ns) * _PER_MIN for ns in (span.start_ns, span.end_ns))
    return Markup('<rect class="{}" x="{:.1f}" width="{:.1f}" height="{}"/>').format(
        css, left, max(right - left, 0.5), _ROW
    )


def _marks(clock: WallClock, candidates: NDArray[np.void], css: str) -> Markup:
    at = [_minute(clock, ns) * _PER_MIN for ns in candidates["peak_ns"].tolist()]
    path = "".join(dict.fromkeys(f"M{x:.0f} {_ROW / 2 - 4:.0f}l4 4-4 4-4-4z" for x in at))
    return Markup('<path class="{}" d="{}"/>').format(css, path) if path else Markup()


def raster_by_clock(nights: Sequence[Beside]) -> Markup:
    """Draw all nights from noon to noon, one below the other."""
    ticks = [(m, f"{(12 + m // 60) % 24:02d}:00") for m in range(0, _DAY_MIN + 1, 180)]
    rows = [
        (n, Markup('<g class="drawing" id="row-{}">{}</g>').format(n.index, n.drawing))
        for n in nights
    ]
    return _raster("All nights by the clock, noon to noon", rows, (0, _DAY_MIN), ticks)


def raster_by_onset(nights: Sequence[Beside]) -> Markup:
    """Draw the nights whose onset was seen with their onsets in one line.

    The rows are those of :func:`raster_by_clock`, drawn a second time.
    """
    ticks = [
        (m, f"{m // 60:+d} h".replace("-", "−") if m else "onset")
        for m in range(-_BEFORE_MIN, _AFTER_MIN + 1, 120)
    ]
    rows = [
        (n, Markup('<use href="#row-{}" x="{:.1f}"/>').format(n.index, -n.onset_min * _PER_MIN))
        for n in nights
        if n.onset_min is not None
    ]
    return _raster("All nights aligned to sleep onset", rows, (-_BEFORE_MIN, _AFTER_MIN), ticks)


def _raster(
    label: str,
    rows: Sequence[tuple[Beside, Markup]],
    span: tuple[int, int],
    ticks: Sequence[tuple[int, str]],
) -> Markup:
    width = (span[1] - span[0]) * _PER_MIN
    height = len(rows) * (_ROW + _GUTTER)
    shift = -span[0] * _PER_MIN
    grid = "".join(f"M{(m - span[0]) * _PER_MIN:g} 0V{height}" for m, _ in ticks)
    parts = [Markup('<path class="grid" transform="translate({} 0)" d="{}"/>').format(_LEFT, grid)]
    for place, (night, drawing) in enumerate(rows):
        top = place * (_ROW + _GUTTER)
        parts.append(
            Markup(
                '<text x="0" y="{}">{}</text>'
                '<svg aria-hidden="true" x="{}" y="{}" width="{:g}" height="{}" '
                'viewBox="{:g} 0 {:g} {}">{}</svg>'
            ).format(top + 17, night.label, _LEFT, top, width, _ROW, -shift, width, _ROW, drawing)
        )
    parts += [
        Markup('<text x="{:g}" y="{}" text-anchor="middle">{}</text>').format(
            _LEFT + (m - span[0]) * _PER_MIN, height + 12, text
        )
        for m, text in ticks
    ]
    return picture("raster", _LEFT + round(width) + 24, height + 18, label, parts)
