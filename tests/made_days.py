"""Raw days of a made wearer, as an AX3 at 25 Hz would record them: short to make and to read.

Stretches follow each other, as in :mod:`scans`::

    write_day(path, "2024-03-30T20:00", ("awake", 150), ("asleep", 420), ("awake", 60))
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from recordings import SECOND_NS
from recordings.writers import CwaLayout, write_cwa

RATE_HZ = 25
MINUTE_NS = 60 * SECOND_NS
ONE_G = 256
LAYOUT = CwaLayout(rate_hz=RATE_HZ, packed=False)


def device_ns(text: str) -> int:
    """Device time of ISO text."""
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1)
    return (since.days * 86_400 + since.seconds) * SECOND_NS + since.microseconds * 1000


def pieces(
    start: str, *stretches: tuple[str, float], jerks: Sequence[str] = (), seed: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Counts and times of each stretch ``(manner, minutes)``.

    Manners: ``awake`` (turns every five seconds), ``asleep`` (turns every 40 minutes), ``table``
    (nobody wears it), ``gap`` (nothing). At each device time in ``jerks`` there is a jerk of 0.4 g.
    """
    rng = np.random.default_rng(seed)
    start_ns = device_ns(start)
    for manner, minutes in stretches:
        n = round(minutes * 60 * RATE_HZ)
        times_ns = start_ns + np.arange(n) * SECOND_NS // RATE_HZ
        start_ns += round(minutes * MINUTE_NS)
        if manner != "gap":
            yield _counts(rng, manner, times_ns, [device_ns(at) for at in jerks]), times_ns


def _counts(
    rng: np.random.Generator, manner: str, times_ns: np.ndarray, jerks_ns: Sequence[int]
) -> np.ndarray:
    n = len(times_ns)
    hold = {"awake": 5 * RATE_HZ, "asleep": 40 * 60 * RATE_HZ}.get(manner, n + 1)
    towards = rng.normal(size=(n // hold + 1, 3))
    towards /= np.linalg.norm(towards, axis=1)[:, None]
    accel_g = np.repeat(towards, hold, axis=0)[:n]
    accel_g = accel_g + rng.normal(0, 0.03 if manner == "awake" else 0.004, (n, 3))
    for jerk_ns in jerks_ns:
        off_s = (times_ns - jerk_ns) / SECOND_NS
        near = np.abs(off_s) < 1
        pulse = 0.4 * np.exp(-((off_s[near] / 0.15) ** 2)) * np.cos(2 * np.pi * 3.5 * off_s[near])
        accel_g[near] += pulse[:, None] * [0.6, -0.6, 0.53]
    return np.rint(ONE_G * accel_g).astype(np.int16)


def write_day(path: Path, start: str, *stretches: tuple[str, float], **more: object) -> Path:
    """Write :func:`pieces` as a CWA file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_cwa(path, pieces(start, *stretches, **more), LAYOUT)
    return path
