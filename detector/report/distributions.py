"""Pictures of all nights of a run: how many have which count, and when sleep began and ended."""

from __future__ import annotations

from collections import Counter

from markupsafe import Markup

from .svg import drawing

_MOST_BARS = 24
BIN_MIN = 30
"""Of the clock."""

_DAY_MIN, _NOON_MIN = 24 * 60, 12 * 60


def histogram(nights: Counter[int]) -> Markup:
    """Draw how many nights have each count; the last bar takes the rest."""
    most = min(max(nights), _MOST_BARS)
    bars: Counter[int] = Counter()
    for n, of in nights.items():
        bars[min(n, most)] += of
    tallest = max(bars.values())
    step, height = 28, 90
    parts = []
    for n in range(most + 1):
        x, tall = n * step, round(bars[n] / tallest * height, 1)
        name = f"{n}+" if n == most < max(nights) else str(n)
        parts.append(
            f'<rect x="{x + 3}" y="{height + 14 - tall:.1f}" width="{step - 6}" height="{tall}"/>'
            f'<text x="{x + step / 2:g}" y="{height + 28}">{name}</text>'
        )
        if bars[n]:
            parts.append(
                f'<text x="{x + step / 2:g}" y="{height + 10 - tall:.1f}">{_short(bars[n])}</text>'
            )
    label = "; ".join(
        f"{bars[n]} {'night' if bars[n] == 1 else 'nights'} with {n}" for n in sorted(bars)
    )
    return drawing("bars", (most + 1) * step, height + 34, label, parts)


def _short(n: int) -> str:
    """Return a number that fits on a bar."""
    return str(n) if n < 10_000 else f"{n / 1000:.0f}k"


def clock_bin(minute: int) -> int:
    """Return the half hour of a time of day, counted from noon."""
    return (minute - _NOON_MIN) % _DAY_MIN // BIN_MIN


def clock(onsets: Counter[int], wakes: Counter[int]) -> Markup:
    """Draw when sleep began (up) and ended (down), from noon to noon.

    Parameters
    ----------
    onsets, wakes
        Nights by :func:`clock_bin`.
    """
    bins, unit, height = _DAY_MIN // BIN_MIN, 14, 56
    tall = height / max(*onsets.values(), *wakes.values(), 1)
    middle = height + 4
    parts = []
    for css, nights, up in (("onset", onsets, True), ("wake", wakes, False)):
        for place, n in sorted(nights.items()):
            long = max(n * tall, 1)
            parts.append(
                f'<rect class="{css}" x="{place * unit + 1}" y="{middle - long * up:.1f}" '
                f'width="{unit - 2}" height="{long:.1f}"/>'
            )
    parts.append(f'<path class="rule" d="M0 {middle}h{bins * unit}"/>')
    for hour in range(0, 25, 3):
        x = hour * 60 // BIN_MIN * unit
        css = {0: ' class="first"', 24: ' class="last"'}.get(hour, "")
        name = f"{(hour + 12) % 24:02d}:00"
        parts.append(f'<text{css} x="{x}" y="{2 * height + 20}">{name}</text>')
    label = "; ".join(
        f"{word}: {_said(nights)}" for word, nights in (("Onset", onsets), ("Wake", wakes))
    )
    return drawing("bars clock", bins * unit, 2 * height + 26, label, parts)


def _said(nights: Counter[int]) -> str:
    """Return the nights of every half hour in words."""
    return ", ".join(
        f"{n} from {(at := (place * BIN_MIN + _NOON_MIN) % _DAY_MIN) // 60:02d}:{at % 60:02d}"
        for place, n in sorted(nights.items())
    )
