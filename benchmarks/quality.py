"""How well sleep starts are found on synthetic nights, by device class.

    python benchmarks/quality.py                 # 20 validation nights per class
    python benchmarks/quality.py --seeds 5 --json quality.json
    python benchmarks/quality.py --development   # the seeds on which rules may be chosen
    python benchmarks/quality.py --floor         # the small set that the tests hold to its floor

An event of a counted kind matches the planted sleep start whose peak is nearest to its own, within
half a second, one to one. In the onset window a planted one is found if its event is counted; over
the whole sleep period, where nothing enters the headline count, if there is an event.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from detector.night import SLEEP_STARTS, Interval, Night
from detector.pipeline import Analysis, Subject
from detector.settings import Settings
from recordings import SECOND_NS, Chunk, Header, Health
from recordings.synthetic import DEVELOPMENT_SEEDS, VALIDATION_SEEDS, Plan, Recipe, plan, samples

MATCH_S = 0.5
MINUTE_NS = 60 * SECOND_NS
PROCESSES = 2
CLASSES = (("ax3", 100), ("ax3", 50), ("ax3-unpacked", 100), ("ax6", 100), ("geneactiv", 100))
"""Device and nominal rate in Hz."""
SIZES_MG = ((150, np.inf), (100, 150), (75, 100))
FLOOR_SEEDS = VALIDATION_SEEDS[:3]
FLOOR_RECIPE: dict[str, Any] = {
    "start": "2024-03-05T22:00:00",
    "hours": 8.0,
    "sleep_h": 5.5,
    "sleep_starts": 8,
}
"""Shorter nights with more in them."""


class PlannedRecording:
    """A synthetic night as a recording: sampled as it is read, never whole in memory."""

    def __init__(self, planned: Plan) -> None:
        self.path = Path(f"<{planned.recipe.device}, seed {planned.seed}>")
        self.header = Header(format="synthetic", nominal_hz=planned.recipe.nominal_hz)
        self.health = Health()
        self._plan = planned

    def chunks(self) -> Iterator[Chunk]:
        """Sample the night, ten minutes at a time."""
        planned, far = self._plan, 1_000_000_000
        end_ns = planned.start_ns + round(far * SECOND_NS / planned.true_hz)
        knots = np.array([[0, planned.start_ns], [far, end_ns]])
        first = 0
        for raw, _ in samples(planned):
            yield Chunk(
                samples=raw,
                scale=planned.device.scale,
                first_index=first,
                knots=knots,
                opens_segment="" if first else "start",
            )
            first += len(raw)


def analysed(planned: Plan) -> list[Night]:
    """Return the nights as the detector judges them with its defaults."""
    subject = Subject(recording_id="synthetic", site=planned.recipe.site)
    return list(Analysis(PlannedRecording(planned), subject, Settings()).nights())


def matched(planted_ns: np.ndarray, found_ns: np.ndarray) -> np.ndarray:
    """Index of the found event of each planted one, -1 for none; the nearest pairs first."""
    partner = np.full(len(planted_ns), -1)
    distance_s = np.abs(planted_ns[:, None] - found_ns) / SECOND_NS
    while distance_s.size and distance_s.min() <= MATCH_S:
        i, k = np.unravel_index(distance_s.argmin(), distance_s.shape)
        partner[i] = k
        distance_s[i, :], distance_s[:, k] = np.inf, np.inf
    return partner


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One night held against its truth."""

    size_mg: list[float]
    """Of each planted sleep start from the onset window to waking."""
    found: list[bool]
    counted: list[bool]
    in_window: list[bool]
    error_ms: list[float] = field(default_factory=list)
    """Peak found minus peak planted, of those found."""
    false: int
    """Counted events that match nothing planted."""
    false_asleep: int
    """The same of all events of counted kinds from the onset window to waking."""
    headline_error: int | None
    """Headline count minus planted in the onset window; None without a count."""
    onset_error_min: float | None


def held(device: str, rate_hz: float, seed: int, more: dict[str, Any]) -> Held:
    """Make, analyse and compare one night."""
    planned = plan(seed, Recipe(device=device, rate_hz=rate_hz, **more))
    (night,) = analysed(planned)
    truth, sleep = planned.nights[0], night.sleep
    window = night.window or _about(truth.onset_ns)
    asleep = Interval(window.start_ns, truth.wake_ns)
    starts = np.isin(night.events.kind, SLEEP_STARTS)
    peaks_ns = night.events.candidates["peak_ns"][starts]
    counted = night.events.counted[starts]
    rows = planned.rows(*SLEEP_STARTS)
    partner = matched(rows["peak_ns"], peaks_ns)
    found, alone = partner >= 0, ~np.isin(np.arange(len(peaks_ns)), partner)
    of_sleep, in_window = _within(rows["peak_ns"], asleep), _within(rows["peak_ns"], window)
    headline = night.counts["sleep_starts_onset"]
    return Held(
        size_mg=rows["size_mg"][of_sleep].tolist(),
        found=found[of_sleep].tolist(),
        counted=np.isin(partner, np.flatnonzero(counted))[of_sleep].tolist(),
        in_window=in_window[of_sleep].tolist(),
        error_ms=((peaks_ns[partner[found]] - rows["peak_ns"][found]) / 1e6).tolist(),
        false=int((alone & counted).sum()),
        false_asleep=int((alone & _within(peaks_ns, asleep)).sum()),
        headline_error=None if headline is None else headline - int(in_window.sum()),
        onset_error_min=sleep and (sleep.onset_ns - truth.onset_ns) / MINUTE_NS,
    )


def _within(times_ns: np.ndarray, interval: Interval) -> np.ndarray:
    return (times_ns >= interval.start_ns) & (times_ns < interval.end_ns)


def _about(onset_ns: int) -> Interval:
    """Return the onset window of a sleep onset that was not found."""
    window = Settings().window
    return Interval(
        onset_ns - round(window.before_min * MINUTE_NS),
        onset_ns + round(window.after_min * MINUTE_NS),
    )


def summary(nights: Sequence[Held]) -> dict[str, Any]:
    """Return the figures of one device class; None where nothing stands behind one."""
    size_mg, found, counted, in_window = (
        np.concatenate([np.array(getattr(night, name), kind) for night in nights])
        for name, kind in zip(
            ("size_mg", "found", "counted", "in_window"), (float, bool, bool, bool), strict=True
        )
    )
    error_ms = np.abs(np.concatenate([night.error_ms for night in nights]))
    onsets = [night.onset_error_min for night in nights if night.onset_error_min is not None]
    headlines = [night.headline_error for night in nights if night.headline_error is not None]
    figures: dict[str, Any] = {"nights": len(nights)}
    for low, high in SIZES_MG:
        part = (size_mg >= low) & (size_mg < high)
        figures[f"planted_{low}_mg"] = int(part.sum())
        figures[f"recall_{low}_mg"] = _of(np.mean, found[part])
    figures["planted_window"] = int(in_window.sum())
    figures["recall_window"] = _of(np.mean, counted[in_window])
    large = in_window & (size_mg >= SIZES_MG[0][0])
    figures["planted_window_150_mg"] = int(large.sum())
    figures["recall_window_150_mg"] = _of(np.mean, counted[large])
    return figures | {
        "false_per_night": _of(np.mean, [night.false for night in nights]),
        "false_asleep_per_night": _of(np.mean, [night.false_asleep for night in nights]),
        "nights_without_count": len(nights) - len(headlines),
        "headline_bias": _of(np.mean, headlines),
        "headline_mae": _of(np.mean, np.abs(headlines)),
        "timing_median_ms": _of(np.median, error_ms),
        "timing_p95_ms": _of(lambda x: np.quantile(x, 0.95), error_ms),
        "onsets_found": len(onsets),
        "onset_median_min": _of(np.median, onsets),
        "onset_mae_min": _of(np.mean, np.abs(onsets)),
    }


def _of(figure: Any, values: Sequence[float] | np.ndarray) -> float | None:
    return round(float(figure(values)), 4) if len(values) else None


def measure(seeds: Sequence[int], more: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the figures of every device class over these seeds."""
    work = [(*sort, seed, more) for sort, seed in product(CLASSES, seeds)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        nights = list(pool.map(held, *zip(*work, strict=True)))
    count = len(seeds)
    return {
        f"{device} {rate_hz} Hz": summary(nights[k * count : (k + 1) * count])
        for k, (device, rate_hz) in enumerate(CLASSES)
    }


def table(figures: dict[str, dict[str, Any]]) -> str:
    """Return the figures as a Markdown table, one row per figure."""
    names = list(next(iter(figures.values())))
    rows = [["figure", *figures], ["---"] * (len(figures) + 1)]
    rows += [[name, *(_shown(column[name]) for column in figures.values())] for name in names]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join(
        f"| {' | '.join(c.ljust(w) for c, w in zip(row, widths, strict=True))} |" for row in rows
    )


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}".removesuffix(".00")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=20, help="nights per class (default: 20)")
    parser.add_argument("--development", action="store_true", help="use the development seeds")
    parser.add_argument("--floor", action="store_true", help="the small set of the tests")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    asked = parser.parse_args()
    seeds = (DEVELOPMENT_SEEDS if asked.development else VALIDATION_SEEDS)[: asked.seeds]
    figures = measure(FLOOR_SEEDS, FLOOR_RECIPE) if asked.floor else measure(seeds, {})
    print(table(figures))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
