"""Charts over all nights of a recording: around sleep onset, and from night to night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from detector.nights import periodic
from detector.statistics.rates import poisson_interval

from .beside import Beside
from .cells import Cells
from .svg import nice_step, picture

_REACH_MIN = 60
"""Minutes shown to both sides of onset."""


def around_onset(nights: Sequence[Beside]) -> Markup | None:
    """Draw how many events like sleep starts fall into each minute around onset; None if none."""
    bars = np.zeros((2, 2 * _REACH_MIN), int)
    for start in (start for night in nights for start in night.starts):
        if -_REACH_MIN <= start.minute < _REACH_MIN:
            bars[int(not start.counted), int(np.floor(start.minute)) + _REACH_MIN] += 1
    if not bars.any():
        return None
    unit, height, left = 5, 100, 34
    most = int(bars.sum(axis=0).max())
    tall = height / most
    parts = [Markup('<text x="0" y="10">{}</text><text x="0" y="{}">0</text>').format(most, height)]
    for minute, (counted, other) in enumerate(bars.T.tolist()):
        x = left + minute * unit
        for css, n, below in (("counted", counted, 0), ("near", other, counted)):
            if n:
                parts.append(
                    Markup('<rect class="{}" x="{}" y="{:.1f}" width="4" height="{:.1f}"/>').format(
                        css, x + 0.5, height - (n + below) * tall, n * tall
                    )
                )
    parts += _onset_axis(left, unit, height)
    counted, other = bars.sum(axis=1).tolist()
    label = f"Within an hour of onset: {counted} counted and {other} not counted, by minute"
    return picture("chart minutes", left + 120 * unit + 24, height + 18, label, parts)


def size_by_time(nights: Sequence[Beside]) -> Markup | None:
    """Draw the size of events like sleep starts against their time to onset; None if none."""
    shown = [
        start
        for night in nights
        for start in night.starts
        if abs(start.minute) <= _REACH_MIN and start.size_mg > 0
    ]
    if not shown:
        return None
    unit, height, left = 5, 130, 34
    low, high = 20.0, max(1000.0, *(start.size_mg for start in shown))
    decades = np.log(high / low)
    parts = []
    for mg in (20, 50, 100, 200, 500, 1000):
        y = height * (1 - np.log(mg / low) / decades)
        parts.append(
            Markup('<path class="grid" d="M{} {:.1f}h{}"/><text x="0" y="{:.1f}">{}</text>').format(
                left, y, 120 * unit, max(y + 4, 9.0), mg
            )
        )
    for css, wanted in (("near", False), ("counted", True)):
        marks = (
            (
                left + (start.minute + _REACH_MIN) * unit,
                height * (1 - np.log(start.size_mg / low) / decades),
            )
            for start in shown
            if start.counted is wanted
        )
        # What would lie on one another is drawn once.
        path = dict.fromkeys(
            f"M{x:.0f} {np.clip(y, 4, height - 4) - 4:.0f}l4 4-4 4-4-4z" for x, y in marks
        )
        parts.append(Markup('<path class="{}" d="{}"/>').format(css, "".join(path)))
    parts += _onset_axis(left, unit, height)
    label = f"Size in mg of {len(shown)} events against minutes from onset"
    return picture("chart sizes", left + 120 * unit + 24, height + 18, label, parts)


def limb_intervals(intervals_s: NDArray[np.float64] | None) -> Markup | None:
    """Draw how long limb movements were apart, 0 to 90 s in bins of 2 s; None if none were."""
    counts = [] if intervals_s is None else periodic.histogram(intervals_s)["counts"]
    if not any(counts):
        return None
    unit, height, left = 10, 80, 34
    tall = height / max(counts)
    parts = [
        Markup('<text x="0" y="10">{}</text><text x="0" y="{}">0</text>').format(
            max(counts), height
        ),
        Markup('<path class="rule" d="M{} {}h{}"/>').format(left, height, unit * len(counts)),
    ]
    for k, n in enumerate(counts):
        if n:
            parts.append(
                Markup(
                    '<rect class="counted" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>'
                ).format(left + k * unit + 1, height - n * tall, unit - 2, n * tall)
            )
    parts += [
        Markup('<text x="{}" y="{}" text-anchor="middle">{:g}</text>').format(
            left + k * unit, height + 13, k * periodic.HISTOGRAM_BIN_S
        )
        for k in range(0, len(counts) + 1, 5)
    ]
    label = f"Intervals between limb movements up to 90 s: {sum(counts)}, by 2 s"
    return picture("chart intervals", left + unit * len(counts) + 14, height + 18, label, parts)


def _onset_axis(left: int, unit: int, height: int) -> list[Markup]:
    ticks = range(-_REACH_MIN, _REACH_MIN + 1, 15)
    at = [(left + (m + _REACH_MIN) * unit, f"{m:+d}".replace("-", "−")) for m in ticks]
    zero = left + _REACH_MIN * unit
    return [
        Markup('<path class="rule" d="M{} {}h{}"/><path class="onset" d="M{} 0V{}"/>').format(
            left, height, 120 * unit, zero, height
        ),
        *(
            Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                x, height + 13, "onset" if x == zero else text
            )
            for x, text in at
        ),
    ]


@dataclass(frozen=True, slots=True)
class NightRate:
    """A night's rate with what chance alone leaves open."""

    label: str
    anchor: str
    cells: Cells
    low: str
    high: str


def rates(nights: Sequence[Beside]) -> list[NightRate]:
    """Return each night's rate with its exact 95 % Poisson interval (Garwood 1936)."""
    return [_rate(night) for night in nights]


def _rate(night: Beside) -> NightRate:
    row, anchor = night.cells, f"night-{night.index}"
    if not row["sleep_starts_onset_per_h"] or not float(row["onset_window_usable_min"]):
        return NightRate(night.label, anchor, row, "", "")
    low, high = poisson_interval(int(row["sleep_starts_onset"]))
    hours = float(row["onset_window_usable_min"]) / 60
    return NightRate(night.label, anchor, row, f"{low / hours:.2f}", f"{high / hours:.2f}")


def trend(shown: Sequence[NightRate]) -> Markup | None:
    """Draw the nights' rates with their intervals; None if no night has one."""
    known = [float(rate.high) for rate in shown if rate.high]
    if not known:
        return None
    left, height, base = 40, 130, 136
    step = min(70, 640 // len(shown))
    unit = nice_step(max(known), 4)
    lines = int(np.ceil(max(known) / unit))
    per_unit = height / (lines * unit)
    parts = [
        Markup('<path class="grid" d="M{} {:.1f}h{}"/><text x="0" y="{:.1f}">{:g}</text>').format(
            left, (y := base - k * unit * per_unit), step * len(shown), y + 4, k * unit
        )
        for k in range(lines + 1)
    ]
    for place, rate in enumerate(shown):
        x = left + (place + 0.5) * step
        if place % -(-48 // step) == 0:
            parts.append(
                Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                    x, base + 18, " ".join(rate.label.split()[:2])
                )
            )
        if rate.high:
            values = (rate.low, rate.high, rate.cells["sleep_starts_onset_per_h"])
            parts.append(
                Markup(
                    '<path class="interval" d="M{0:.1f} {1:.1f}V{2:.1f}"/>'
                    '<circle class="counted" cx="{0:.1f}" cy="{3:.1f}" r="4"/>'
                ).format(x, *(base - float(value) * per_unit for value in values))
            )
    label = "Sleep starts per observed hour of the onset window, by night, with 95 % intervals"
    return picture("chart trend", left + step * len(shown) + 10, base + 24, label, parts)
