"""Pictures in SVG that need no script: the raw signal around an event, and a night at a glance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from detector.nights.night import Interval, Night
from detector.scan import Snippet
from recordings import SECOND_NS

from .epoch_series import SCALE_G_PER_S, bands, near, on_grid, onset_band, recorded
from .svg import (
    Numbers,
    area,
    drawing,
    keep_extremes,
    line,
    log_share,
    nice_step,
    per_bin_max,
    picture,
)
from .wall import WallClock, night_title

_FINE = 2
"""Coordinates of curves are this much finer than a picture's own units, so that they stay whole."""

_TRACE_BINS = 240
_WIDTH, _LEFT, _RIGHT = 360, 40, 12
_TOP, _AXIS_ROW, _JERK_ROW, _GUTTER = 4, 44, 62, 10
_JERK_TOP = _TOP + 3 * _AXIS_ROW + _GUTTER
_TRACE_HEIGHT = _JERK_TOP + _JERK_ROW + 16


@dataclass(frozen=True, slots=True)
class Mark:
    """What a trace shows beside the signal."""

    start_ns: int
    end_ns: int
    threshold_g_per_s: float
    threshold_text: str
    label: str
    """What the picture is, in words, for those who cannot see it."""


def trace(snippet: Snippet, mark: Mark) -> Markup:
    """Draw eight raw seconds: the three axes about their medians on one scale, and the jerk."""
    n = len(snippet.jerk_g_per_s)
    time_s = (snippet.start_ns - snippet.peak_ns) / SECOND_NS + np.arange(n) / snippet.rate_hz
    first_s, last_s = float(time_s[0]), float(time_s[-1]) + 1 / snippet.rate_hz
    per_s = (_WIDTH - _LEFT - _RIGHT) / (last_s - first_s)
    x = _LEFT + (time_s - first_s) * per_s

    def across(ns: int) -> float:
        seconds = (ns - snippet.peak_ns) / SECOND_NS
        return float(np.clip(_LEFT + (seconds - first_s) * per_s, _LEFT, _WIDTH - _RIGHT))

    start, end = across(mark.start_ns), max(across(mark.end_ns), across(mark.start_ns) + 1)
    parts = [
        f'<rect class="span" x="{start:.1f}" width="{end - start:.1f}" '
        f'height="{_JERK_TOP + _JERK_ROW}"/>',
        *_seconds(first_s, last_s, per_s),
        *_axes(x, snippet.accel_g),
        *_jerk(x, snippet.jerk_g_per_s, mark),
    ]
    return drawing("trace", _WIDTH, _TRACE_HEIGHT, mark.label, parts)


def _seconds(first_s: float, last_s: float, per_s: float) -> list[str]:
    bottom = _JERK_TOP + _JERK_ROW
    whole = range(int(np.ceil(first_s)), int(np.floor(last_s)) + 1)
    at = [(s, round(_LEFT + (s - first_s) * per_s, 1)) for s in whole]
    ticks = "".join(f"M{x} {bottom}v3" for _, x in at)
    texts = [
        f'<text x="{x}" y="{_TRACE_HEIGHT - 2}" text-anchor="middle">'
        f"{_signed(s, '+d') if s else '0 s'}</text>"
        for s, x in at
        if s % 2 == 0
    ]
    return [f'<path class="rule" d="{ticks}M{_LEFT} {bottom}H{_WIDTH - _RIGHT}"/>', *texts]


def _axes(x: Numbers, accel_g: NDArray[np.float32]) -> list[str]:
    centre = np.median(accel_g, axis=0)
    around = accel_g - centre
    reach = max(float(np.abs(around).max(initial=0.0)), 0.02)
    parts = []
    for axis, name in enumerate("xyz"):
        middle = _TOP + (axis + 0.5) * _AXIS_ROW
        y = middle - around[:, axis] / reach * (_AXIS_ROW / 2 - 1)
        parts.append(f'<text class="name" x="0" y="{middle - 2:.0f}">{name}</text>')
        parts.append(f'<text x="0" y="{middle + 9:.0f}">{_signed(centre[axis], "+.2f")} g</text>')
        parts.append(_curve(f"axis {name}", x, y))
    step_mg = nice_step(1000 * reach, 1)
    step_mg = step_mg if step_mg <= 1000 * reach else nice_step(500 * reach, 1)
    bar = step_mg / 1000 / reach * (_AXIS_ROW / 2 - 1)
    right = _WIDTH - _RIGHT
    parts.append(f'<path class="scale" d="M{right} {_TOP + bar:.1f}V{_TOP}"/>')
    parts.append(
        f'<text x="{right - 4}" y="{_TOP + bar / 2 + 3:.0f}" text-anchor="end">'
        f"{step_mg:.0f} mg</text>"
    )
    return parts


def _signed(value: float, form: str) -> str:
    return f"{value:{form}}".replace("-", "−")


def _jerk(x: Numbers, jerk: NDArray[np.float32], mark: Mark) -> list[str]:
    bottom = _JERK_TOP + _JERK_ROW
    top = max(float(np.nanmax(jerk, initial=0.0)), 1.5 * mark.threshold_g_per_s) * 1.05
    level = bottom - mark.threshold_g_per_s / top * _JERK_ROW
    y = bottom - jerk.astype(np.float64) / top * _JERK_ROW
    return [
        f'<text class="name" x="0" y="{_JERK_TOP + 14}">jerk</text>',
        f'<text x="0" y="{_JERK_TOP + 25}">g/s</text>',
        _curve("jerk", x, y),
        f'<path class="threshold" d="M{_LEFT} {level:.1f}H{_WIDTH - _RIGHT}"/>',
        f'<text class="over" x="{_WIDTH - _RIGHT}" y="{level - 3:.1f}" text-anchor="end">'
        f"threshold {mark.threshold_text} g/s</text>",
    ]


def _curve(css: str, x: Numbers, y: Numbers) -> str:
    kept = keep_extremes(y, _TRACE_BINS)
    d = line(x[kept] * _FINE, np.asarray(y[kept]) * _FINE)
    return f'<path class="curve {css}" transform="scale({1 / _FINE})" d="{d}"/>'


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where times and levels lie in a picture of a night."""

    extent: Interval
    width: int
    height: int

    def x(self, ns: int) -> float:
        span_ns = self.extent.end_ns - self.extent.start_ns
        return round(float(np.clip((ns - self.extent.start_ns) / span_ns, 0, 1)) * self.width, 1)

    def y(self, level_g_per_s: Numbers) -> Numbers:
        return np.asarray((1 - log_share(level_g_per_s, *SCALE_G_PER_S)) * self.height)

    def band(self, interval: Interval, css: str) -> str:
        left, right = self.x(interval.start_ns), self.x(interval.end_ns)
        return (
            f'<rect class="{css}" x="{left}" width="{max(right - left, 1):.1f}" '
            f'height="{self.height}"/>'
        )


def strip(night: Night, label: str) -> Markup | None:
    """Draw a night for its card: movement, sleep, the onset window, sleep starts. None: no data."""
    extent = recorded(night)
    if extent is None:
        return None
    frame = _Frame(extent, 300, 44)
    parts = ['<g class="drawing">', *_night(night, frame, bins=150), "</g>"]
    return drawing("strip", 300, 44, label, parts)


def static_night(night: Night, clock: WallClock, label: str) -> Markup | None:
    """Draw a night for paper and for readers without scripts. None: no data.

    The drawing has the id ``still-<night index>``, so that a page can use it a second time.
    """
    extent = recorded(night)
    if extent is None:
        return None
    frame = _Frame(extent, 720, 120)
    parts = [*_night(night, frame, bins=480), *_onset(night, frame), *_hours(frame, clock)]
    whole = [f'<g class="drawing" id="still-{night.index}">', *parts, "</g>"]
    return drawing("still", 720, 136, label, whole)


def _night(night: Night, frame: _Frame, bins: int) -> list[str]:
    epochs, events = night.scan.epochs, night.events
    movement = per_bin_max(on_grid(epochs, epochs["jerk_max_g_per_s"]), bins)
    x = np.linspace(0, frame.width * _FINE, len(movement))
    shape = area(x, frame.y(movement) * _FINE, frame.height * _FINE)
    marks = {"near": near(night), "counted": events.counted}
    return [
        *(frame.band(i, css) for i, css in bands(night)),
        f'<path class="movement" transform="scale({1 / _FINE})" d="{shape}"/>',
        *(
            f'<path class="{css}" d="{_diamonds(events.candidates[chosen], frame)}"/>'
            for css, chosen in marks.items()
            if chosen.any()
        ),
    ]


def _diamonds(candidates: NDArray[np.void], frame: _Frame) -> str:
    """Path of one diamond per event at its time and size, all of them within the picture."""
    y = np.clip(
        frame.y(candidates["peak_jerk_g_per_s"].astype(np.float64)), 6, frame.height - 6
    ).tolist()
    x = [frame.x(ns) for ns in candidates["peak_ns"].tolist()]
    # What would lie on one another is drawn once.
    paths = (f"M{px:.0f} {py - 5:.0f}l5 5-5 5-5-5z" for px, py in zip(x, y, strict=True))
    return "".join(dict.fromkeys(paths))


def _onset(night: Night, frame: _Frame) -> list[str]:
    """The onset as a line, its uncertainty as a bar at the top."""
    band, sleep = onset_band(night), night.sleep
    if band is None or sleep is None:
        return []
    x, left, right = (frame.x(ns) for ns in (sleep.onset_ns, band.start_ns, band.end_ns))
    return [f'<path class="onset" d="M{x} 0V{frame.height}M{left} 1.5H{right}"/>']


def _hours(frame: _Frame, clock: WallClock) -> list[str]:
    """Ticks and words at every whole hour of the wall clock, or every second or third."""
    hour_ms = 3_600_000
    first_ms, last_ms = (clock.axis_ms(ns) for ns in (frame.extent.start_ns, frame.extent.end_ns))
    every_ms = hour_ms * (1 + (last_ms - first_ms) // (11 * hour_ms))
    ticks, texts = "", []
    for at_ms in range(-(-first_ms // every_ms) * every_ms, last_ms + 1, every_ms):
        ns = frame.extent.start_ns + (at_ms - first_ms) * 1_000_000
        x = frame.x(ns)
        ticks += f"M{x} {frame.height}v4"
        if 14 <= x <= frame.width - 14:
            texts.append(
                f'<text x="{x}" y="{frame.height + 14}" text-anchor="middle">'
                f"{clock.clock(ns)}</text>"
            )
    base = f"M0 {frame.height}H{frame.width}"
    return [f'<path class="rule" d="{base}{ticks}"/>', *texts]


def noise_floor(night: Night) -> Markup | None:
    """Draw the noise floor over a night on a log scale, 0.05 to 5 g/s; None without data."""
    epochs = night.scan.epochs
    if not len(epochs):
        return None
    floor = per_bin_max(on_grid(epochs, epochs["floor_g_per_s"]), 120)
    y = 40 * (1 - log_share(floor, 0.05, 5.0))
    shape = area(np.linspace(0, 480, len(floor)), y, 40)
    label = f"Noise floor over the night from {night_title(night.span)}, 0.05 to 5 g/s"
    path = Markup('<path class="floor" d="{}"/>').format(shape)
    return picture("floor-line", 480, 42, label, [path])
