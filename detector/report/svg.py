"""Drawing in SVG: few characters, whole coordinates, the same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from detector.nights.grid import runs

Numbers = NDArray[np.floating]


def picture(css: str, width: int, height: int, label: str, parts: Sequence[Markup]) -> Markup:
    """Return an SVG picture with its name in words."""
    head = Markup('<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        css, width, height, label
    )
    return head + Markup("").join(parts) + Markup("</svg>")


def drawing(css: str, width: int, height: int, label: str, parts: Sequence[str]) -> Markup:
    """Return :func:`picture` of parts that hold nothing but numbers and words of this package."""
    return picture(css, width, height, label, [Markup("".join(parts))])  # noqa: S704 (as said)


def log_share(levels: Numbers, low: float, high: float) -> Numbers:
    """Where levels lie on a log scale, from 0 at ``low`` and below to 1 at ``high`` and above."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.clip(np.log(levels / low) / np.log(high / low), 0, 1))


def keep_extremes(values: Numbers, bins: int) -> NDArray[np.int64]:
    """Indices of the smallest and the largest value of each of ``bins`` equal stretches, in order.

    A short series is kept whole. A stretch without any finite value keeps its first index, so that
    a line through the kept points still breaks there.
    """
    n = len(values)
    if n <= 2 * bins:
        return np.arange(n)
    size = -(-n // bins)
    padded = np.full(-(-n // size) * size, np.nan)
    padded[:n] = values
    rows = padded.reshape(-1, size)
    first = np.arange(len(rows)) * size
    low = first + np.where(np.isnan(rows), np.inf, rows).argmin(axis=1)
    high = first + np.where(np.isnan(rows), -np.inf, rows).argmax(axis=1)
    return np.unique(np.concatenate([low, high]))


def line(x: Numbers, y: Numbers) -> str:
    """Path data of a line through rounded points; it breaks at NaN and skips what lies on it.

    Parameters
    ----------
    x, y
        Shape (n,). ``x`` ascends.
    """
    parts = []
    for first, end in runs(np.isfinite(y)):
        (x0, y0), steps = _steps(x[first:end], y[first:end])
        parts.append(f"M{x0} {y0}" + (steps or "h0"))
    return "".join(parts)


def area(x: Numbers, y: Numbers, bottom: int) -> str:
    """Path data of the area between a line and ``bottom``; see :func:`line`."""
    parts = []
    for first, end in runs(np.isfinite(y)):
        (x0, y0), steps = _steps(x[first:end], y[first:end])
        parts.append(f"M{x0} {bottom}V{y0}{steps}V{bottom}z")
    return "".join(parts)


def per_bin_max(values: Numbers, bins: int) -> Numbers:
    """Return the largest value of each of at most ``bins`` equal stretches; NaN where none is."""
    size = max(1, -(-len(values) // bins))
    rows = np.full(-(-len(values) // size) * size, -np.inf)
    rows[: len(values)] = np.where(np.isnan(values), -np.inf, values)
    largest = rows.reshape(-1, size).max(axis=1)
    return np.where(np.isinf(largest), np.nan, largest)


def nice_step(span: float, pieces: int) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that covers ``span`` in ``pieces``."""
    wanted = span / pieces
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(next(power * m for m in (1, 2, 5, 10) if power * m >= wanted * (1 - 1e-9)))


def _steps(x: Numbers, y: Numbers) -> tuple[tuple[int, int], str]:
    """First point and the relative steps to the others."""
    points = np.stack([np.rint(x), np.rint(y)], axis=1).astype(np.int64)
    points = _without_level_points(points)
    steps = "".join(
        f" {dx}{dy}" if dy < 0 else f" {dx} {dy}" for dx, dy in np.diff(points, axis=0).tolist()
    )
    return (int(points[0, 0]), int(points[0, 1])), f"l{steps[1:]}" if steps else ""


def _without_level_points(points: NDArray[np.int64]) -> NDArray[np.int64]:
    y = points[:, 1]
    inner = (y[1:-1] == y[:-2]) & (y[1:-1] == y[2:])
    return points[np.concatenate([[True], ~inner, [True]])] if len(points) > 2 else points
