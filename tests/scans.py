"""Made nights of epochs and events, without any samples behind them.

The night is that of 2024-03-05, noon to noon of the device's clock. Stretches follow each other::

    epochs = recorded("20:00", ("awake", 180), ("asleep", 420), ("awake", 60))
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from detector.nights.grid import Grid
from detector.nights.judging import judge
from detector.nights.night import Interval, Night, Sleep, Stated
from detector.nights.onset import find_sleep
from detector.scan import CANDIDATE, EPOCH, Scan
from detector.settings import Settings
from recordings import SECOND_NS, NightSpan

RATE_HZ = 50.0
STEP_G = 0.0039
EPOCH_NS = 5 * SECOND_NS
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
MIDNIGHT_NS = 1_709_596_800 * SECOND_NS
"""Device time 2024-03-05T00:00:00."""
SPAN = NightSpan(date(2024, 3, 5), MIDNIGHT_NS + 12 * HOUR_NS, MIDNIGHT_NS + 36 * HOUR_NS)


def at(clock: str) -> int:
    """Device ns of a clock time in the night, ``"23:10"`` or ``"02:10:30.5"``."""
    parts = [float(part) for part in clock.split(":")]
    seconds = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    if parts[0] < 12:
        seconds += 24 * 3600
    return MIDNIGHT_NS + round(seconds * SECOND_NS)


def recorded(begin: str, *stretches: tuple[str, float], seed: int = 0) -> np.ndarray:
    """Epochs from ``begin`` on: stretches of ``(manner, minutes)``.

    Manners: ``awake`` (moves and turns all the time), ``sitting`` (keeps still for the angle, moves
    in 4 of 10 epochs), ``asleep`` (shifts every 40 minutes), ``rigid`` (asleep without a shift),
    ``twitching`` (asleep, moves in 4 of 10 epochs), ``drifting`` (asleep, an angle that wavers by
    a degree), ``table`` (not worn), ``gap`` (no epochs).
    """
    rng = np.random.default_rng(seed)
    start_ns, rows = at(begin), []
    for manner, minutes in stretches:
        count = round(minutes * 12)
        if manner != "gap":
            rows.append(_stretch(rng, manner, start_ns, count))
        start_ns += count * EPOCH_NS
    return np.concatenate(rows) if rows else np.empty(0, EPOCH)


def _stretch(rng: np.random.Generator, manner: str, start_ns: int, count: int) -> np.ndarray:
    rows = np.zeros(count, EPOCH)
    rows["start_ns"] = start_ns + EPOCH_NS * np.arange(count)
    rows["n_samples"], rows["observed_s"] = RATE_HZ * 5, 5.0
    rows["floor_g_per_s"], rows["temperature_c"] = 0.25, np.nan
    moving = np.zeros(count, bool)
    if manner == "awake":
        moving[:] = True
        vectors = _directions(rng, count)
    else:
        every = {"asleep": 480}.get(manner, count + 1)
        vectors = np.repeat(_directions(rng, count // every + 1), every, axis=0)[:count]
        moving[every::every] = True
        wavering_g = {"drifting": 0.02, "table": 0.0003}.get(manner, 0.0015)
        vectors = vectors + rng.normal(0, wavering_g, (count, 3))
    if manner in ("sitting", "twitching"):
        moving = rng.random(count) < 0.4
    sd_g = np.where(moving, 0.15, 0.007)[:, None]
    rows["median_g"] = rows["mean_g"] = vectors
    rows["sd_g"] = sd_g
    rows["min_g"], rows["max_g"] = vectors - 3 * sd_g, vectors + 3 * sd_g
    rows["accel_max_mg"] = np.where(moving, 300.0, 10.0)
    rows["jerk_max_g_per_s"] = np.where(moving, 6.0, 0.3)
    return rows


def _directions(rng: np.random.Generator, count: int) -> np.ndarray:
    """Unit vectors, each at least 20 degrees from the one before."""
    return np.stack(list(_walk(rng, count))) if count else np.empty((0, 3))


def _walk(rng: np.random.Generator, count: int) -> Iterator[np.ndarray]:
    before = np.zeros(3)
    while count:
        vector = rng.normal(size=3)
        vector /= np.linalg.norm(vector)
        if vector @ before <= np.cos(np.radians(20)):
            before, count = vector, count - 1
            yield vector


def placed(epochs: np.ndarray, clock: str) -> int:
    """Row of the epoch that holds a clock time."""
    return int(np.searchsorted(epochs["start_ns"], at(clock), side="right") - 1)


def event(peak: str | int = "02:00", *, duration_s: float = 0.8, **changes: float) -> np.ndarray:
    """One candidate: a textbook sleep start of 200 mg, but for what is changed."""
    row = np.zeros(1, CANDIDATE)
    peak_ns = at(peak) if isinstance(peak, str) else peak
    row["start_ns"] = peak_ns - round(min(0.2, duration_s / 2) * SECOND_NS)
    row["peak_ns"], row["end_ns"] = peak_ns, row["start_ns"] + round(duration_s * SECOND_NS)
    textbook = {
        "peak_jerk_g_per_s": 5.0,
        "peak_accel_mg": 200.0,
        "width_s": 0.46,
        "rise_s": 0.2,
        "effective_hz": 2.6,
        "hf_lf_ratio": 0.08,
        "lf_share": 0.87,
        "n_bursts": 1,
        "burst_interval_s": np.nan,
        "burst_interval_cv": np.nan,
        "burst_spread": 1.0,
        "n_alternations": 6,
        "alternation_cv": 0.4,
        "late_ratio": 0.2,
        "posture_change_deg": 0.1,
        "still_before_s": 120.0,
        "threshold_g_per_s": 0.6,
        "floor_g_per_s": 0.25,
    }
    for name, value in (textbook | changes).items():
        row[name] = value
    return row


def events(*rows: np.ndarray) -> np.ndarray:
    """Candidates in time order."""
    table = np.concatenate(rows) if rows else np.empty(0, CANDIDATE)
    return table[np.argsort(table["start_ns"], kind="stable")]


def series(first: str, count: int, every_s: float, **changes: float) -> np.ndarray:
    """Equal candidates at equal distances."""
    peaks_ns = [at(first) + round(i * every_s * SECOND_NS) for i in range(count)]
    return events(*(event(peak_ns, **changes) for peak_ns in peaks_ns))


def slept(
    epochs: np.ndarray,
    candidates: np.ndarray | None = None,
    *,
    settings: Settings | None = None,
    **known: object,
) -> Sleep | None:
    """Find the sleep of a made night in which the sensor was worn all the time."""
    grid = Grid.of(epochs, SPAN, RATE_HZ)
    candidates = events() if candidates is None else candidates
    return find_sleep(grid, grid.known, candidates, settings or Settings(), **known)


def minutes_between(a_ns: int, b_ns: int) -> float:
    """Distance of two times."""
    return abs(a_ns - b_ns) / MINUTE_NS


NIGHT = (("awake", 120), ("asleep", 480), ("awake", 60))
"""From 21:00: awake until 23:00, asleep until 07:00, then awake for an hour."""


def judged(epochs: np.ndarray, candidates: np.ndarray | None = None, **known: object) -> Night:
    """Judge a made night with the defaults, or what is said otherwise."""
    candidates = events() if candidates is None else candidates
    recording = Interval(int(epochs["start_ns"][0]), int(epochs["start_ns"][-1]) + EPOCH_NS)
    return judge(
        Scan(candidates, epochs),
        SPAN,
        **{
            "index": 0,
            "recorded": recording,
            "site": "wrist",
            "step_g": STEP_G,
            "rate_hz": RATE_HZ,
            "settings": Settings(),
        }
        | known,
    )


def usual_night(*rows: np.ndarray, **known: object) -> Night:
    """The night of :data:`NIGHT` with these events in it."""
    return judged(recorded("21:00", *NIGHT), events(*rows), **known)


def decided(night: Night, *names: str) -> list[tuple[object, ...]]:
    """What was decided about each event of the night, in the named respects."""
    return list(zip(*(getattr(night.events, name).tolist() for name in names), strict=True))


EVENING = ("20:00", "02:00")
"""A short night, for what is asked of onset many times."""


def stated(
    epochs: np.ndarray,
    begin: str,
    end: str | int,
    *candidates: np.ndarray,
    settings: Settings | None = None,
    span: tuple[str, str] = EVENING,
) -> Sleep:
    """The sleep of an evening as a diary states it, with what motion says beside it."""
    grid = Grid.of(epochs, NightSpan(date(2024, 3, 5), at(span[0]), at(span[1])), RATE_HZ)
    given = Stated(at(begin), at(end) if isinstance(end, str) else end)
    rows = events(*candidates)
    found = find_sleep(grid, grid.known, rows, settings or Settings(), given=given)
    assert found is not None
    return found


def onsets(*night: object, **known: object) -> dict[str, int]:
    """Onset candidates of motion beside a stated sleep, whose slots are those of the guider."""
    found = stated(*night, **known).candidates
    return {name: time_ns for name, time_ns in found.items() if name != "diary"}


def asleep_in(epochs: np.ndarray, night: str = "21:00") -> Sleep:
    """The sleep that motion shows in a night that begins at a time and ends at four."""
    grid = Grid.of(epochs, NightSpan(date(2024, 3, 5), at(night), at("04:00")), RATE_HZ)
    found = find_sleep(grid, grid.known, events(), Settings())
    assert found is not None
    return found
