"""Made sleep starts in quiet stretches of real recordings, added before quantisation.

What the detector finds in the untouched recording is background: nobody knows what it was, so it is
reported and never called false.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from second import draws as drawn
from second.plan import fitted as fitted_drawn

from detector.nights.night import SLEEP_STARTS, Interval, Night
from recordings import SECOND_NS, Chunk, Recording, open_recording, probe
from recordings.synthetic import draws
from recordings.synthetic.movements import Movement
from recordings.synthetic.plan import fitted
from recordings.synthetic.truth import measure

from .comparing import matched, within
from .nights import analysed

SIZES_MG = (40.0, 55.0, 75.0, 100.0, 150.0, 220.0, 350.0, 600.0)
QUIET_NS = 12 * SECOND_NS
"""From any event of the untouched run, on both sides: the rules ask for 10 s of stillness."""
APART_NS = 100 * SECOND_NS
"""Longer than any interval of a periodic series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One sleep start to be added."""

    movement: Movement
    up: np.ndarray
    peak_ns: int
    size_mg: float
    base_ns: int
    """Device time from which the movement's own seconds count."""

    @property
    def span_ns(self) -> tuple[int, int]:
        """First and last time at which it adds anything."""
        begin = self.base_ns + round(self.movement.start_s * SECOND_NS)
        return begin, begin + round(self.movement.length_s * SECOND_NS)


class Injected:
    """A recording with movements added; samples away from them stay what they are."""

    def __init__(self, recording: Recording, planted: Sequence[Planted], step_g: float) -> None:
        self.path, self.header = recording.path, recording.header
        self.health = recording.health
        self._recording, self._planted, self._step_g = recording, planted, step_g

    def chunks(self) -> Iterator[Chunk]:
        """Read, add and quantise again."""
        for chunk in self._recording.chunks():
            index = np.array([chunk.first_index, chunk.first_index + len(chunk) - 1])
            first_ns, last_ns = chunk.times_ns(index)
            here = [
                p for p in self._planted if p.span_ns[0] <= last_ns and p.span_ns[1] >= first_ns
            ]
            yield replace(chunk, samples=self._with(chunk, here)) if here else chunk

    def _with(self, chunk: Chunk, here: Sequence[Planted]) -> Any:
        """Samples on the grid of the device's steps, changed within the movements alone."""
        raw = np.array(chunk.samples)
        times_ns = chunk.times_ns(chunk.first_index + np.arange(len(raw)))
        gain_g = np.asarray(chunk.scale.gain_g)
        step = np.maximum(1.0, np.rint(self._step_g / np.abs(gain_g)))
        if not np.issubdtype(raw.dtype, np.integer):
            step = np.full(3, self._step_g) / gain_g
        for planted in here:
            a, b = np.searchsorted(times_ns, planted.span_ns)
            seconds = (times_ns[a:b] - planted.base_ns) / SECOND_NS
            added = planted.movement.shape(planted.up, np.inf)(seconds) / gain_g
            moved = raw[a:b] + step * np.rint(added / step)
            raw[a:b] = np.clip(moved, chunk.scale.lowest, chunk.scale.highest)
        return raw


class Watched:
    """A recording that notes the mean acceleration of every second that is read."""

    def __init__(self, recording: Recording) -> None:
        self.path, self.header = recording.path, recording.header
        self.health = recording.health
        self._recording = recording
        self.mean_g: dict[int, np.ndarray] = {}

    def chunks(self) -> Iterator[Chunk]:
        """Pass everything on."""
        for chunk in self._recording.chunks():
            times = chunk.times_ns(chunk.first_index + np.arange(len(chunk))) // SECOND_NS
            accel_g = chunk.scale.to_g(chunk.samples)
            seconds, first = np.unique(times, return_index=True)
            sums = np.add.reduceat(accel_g, first, axis=0)
            each = np.diff(first, append=len(times))[:, np.newaxis]
            self.mean_g.update(zip(seconds.tolist(), sums / each, strict=True))
            yield chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """An untouched recording as the detector sees it, and where it is quiet."""

    path: Path
    site: str
    nights: list[Night]
    mean_g: dict[int, np.ndarray]
    step_g: float
    stretches: list[Interval]
    """Sleep where it was found, else all of a night."""
    quiet_ns: list[tuple[int, int]]

    @classmethod
    def of(cls, path: Path) -> Background:
        """Analyse a recording and find its quiet stretches, in sleep if any was found."""
        site = "wrist" if "wrist" in path.name else "unknown"
        watched = Watched(open_recording(path))
        nights = analysed(watched, site)
        quiet, stretches = [], []
        for night in nights:
            begin, end = night.span.start_ns, night.span.end_ns
            if night.sleep is not None:
                begin, end = night.sleep.onset_ns, night.sleep.wake_ns
            seen = np.array([s for s in watched.mean_g if begin <= s * SECOND_NS < end], np.int64)
            begin, end = int(seen.min()) * SECOND_NS, int(seen.max()) * SECOND_NS
            stretches.append(Interval(begin, end))
            for a, b in sorted(_away(night)):
                if min(a, end) - begin > 3 * SECOND_NS:
                    quiet.append((begin, min(a, end)))
                begin = max(begin, b)
            if begin < end:
                quiet.append((begin, end - QUIET_NS))
        return cls(
            path=path,
            site=site,
            nights=nights,
            mean_g=watched.mean_g,
            step_g=probe(open_recording(path)).step_g,
            stretches=stretches,
            quiet_ns=quiet,
        )


def _away(night: Night) -> list[tuple[int, int]]:
    """Stretches to be kept away from: about events, and where the sensor tells nothing."""
    rows = night.events.candidates
    events = zip(rows["start_ns"].tolist(), rows["end_ns"].tolist(), strict=True)
    closed = [(n.start_ns, n.end_ns) for n in (*night.nonwear, *night.unusable)]
    return [(a - QUIET_NS, b + QUIET_NS) for a, b in events] + closed


def planted_in(background: Background, maker: str, seed: int) -> list[Planted]:
    """Draw sleep starts of stratified sizes for the quiet stretches."""
    rng = np.random.default_rng([seed, 79])
    found: list[Planted] = []
    free_from_ns = 0
    sizes = [float(s) for s in rng.permutation(SIZES_MG)]
    for begin, end in background.quiet_ns:
        at = max(begin, free_from_ns) + int(rng.uniform(0, 30) * SECOND_NS)
        while True:
            size = sizes[len(found) % len(sizes)]
            one = _drawn(background, maker, rng, at, size)
            if one is None or one.span_ns[1] > end:
                break
            found.append(one)
            free_from_ns = one.span_ns[1] + APART_NS
            at = free_from_ns + int(rng.uniform(0, 30) * SECOND_NS)
    return found


def _drawn(
    background: Background, maker: str, rng: np.random.Generator, at_ns: int, size_mg: float
) -> Planted | None:
    """Return one sleep start at a time, None where there are no samples."""
    up = background.mean_g.get(at_ns // SECOND_NS)
    if up is None:
        return None
    movement: Any
    if maker == "driven":
        jerk = draws.sleep_start(rng, size_mg=size_mg, arousal=False, shift=False)
        movement = fitted(jerk, size_mg, up)
    else:
        thrown = drawn.sleep_start(rng, shift=False, size_mg=size_mg)
        movement = fitted_drawn(thrown, size_mg, up)
    peak_ns = at_ns + round(measure(movement, up).peak_s * SECOND_NS)
    return Planted(movement=movement, up=up, peak_ns=peak_ns, size_mg=size_mg, base_ns=at_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One pass over one recording: parallel lists."""

    recording: str
    maker: str
    size_mg: list[float]
    kind: list[str]
    """Kind of the nearest event within half a second; ``none`` without one."""
    reason: list[str]
    error_ms: list[float]
    """Of those found as sleep starts."""

    @property
    def found(self) -> list[bool]:
        """Whether it became an event of a sleep start's kind."""
        return [kind in SLEEP_STARTS for kind in self.kind]


def one_pass(background: Background, maker: str, seed: int) -> Found:
    """Plant, analyse and compare."""
    planted = planted_in(background, maker, seed)
    injected = Injected(open_recording(background.path), planted, background.step_g)
    events = [n.events for n in analysed(injected, background.site)]
    peaks_ns = np.concatenate([e.candidates["peak_ns"] for e in events])
    kinds = np.concatenate([e.kind for e in events])
    reasons = np.concatenate([e.reason for e in events])
    times_ns = np.array([p.peak_ns for p in planted], np.int64)
    partner = matched(times_ns, peaks_ns)
    kind = [str(kinds[k]) if k >= 0 else "none" for k in partner]
    started = np.isin(kind, SLEEP_STARTS)
    return Found(
        recording=background.path.name,
        maker=maker,
        size_mg=[p.size_mg for p in planted],
        kind=kind,
        reason=[str(reasons[k]) if k >= 0 else "none" for k in partner],
        error_ms=((peaks_ns[partner] - times_ns)[started] / 1e6).tolist(),
    )


def background_row(background: Background) -> dict[str, Any]:
    """What the untouched recording holds, named as background."""
    kinds = np.concatenate(
        [
            n.events.kind[within(n.events.candidates["peak_ns"], stretch)]
            for n, stretch in zip(background.nights, background.stretches, strict=True)
        ]
    )
    return {
        "recording": background.path.name,
        "hours": round(sum(s.hours for s in background.stretches), 2),
        "quiet hours": round(sum(b - a for a, b in background.quiet_ns) / 3.6e12, 2),
        "background sleep starts": int(np.isin(kinds, SLEEP_STARTS).sum()),
        "background events": len(kinds),
        "sleep found": any(n.sleep is not None for n in background.nights),
    }


def recordings_in(folder: Path) -> list[Path]:
    """Files of a folder that may be recordings, by name."""
    endings = (".cwa", ".cwa.gz", ".bin", ".gt3x")
    return sorted(p for p in folder.iterdir() if p.name.lower().endswith(endings))
