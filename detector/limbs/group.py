"""Sensors that saw the same time, and one clock for those whose clocks could be aligned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detector.settings import Settings

from .align import Alignment, Times, align
from .sensors import Movements, Sensor, movements


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two sensors of a group, and how their clocks run."""

    one: int
    other: int
    overlap_h: float
    alignment: Alignment


@dataclass(frozen=True, slots=True)
class Step:
    """From one sensor's clock to that of another."""

    alignment: Alignment
    forward: bool

    def __call__(self, time_ns: Times) -> Times:
        """Return what the clock behind this step shows."""
        return self.alignment.there(time_ns) if self.forward else self.alignment.back(time_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How a sensor's clock is brought to the one used for its group."""

    root: int
    """The sensor whose clock that is."""
    steps: tuple[Step, ...] = ()

    def __call__(self, time_ns: Times) -> Times:
        """Return what the root's clock shows."""
        for step in self.steps:
            time_ns = step(time_ns)
        return time_ns

    @property
    def uncertainty_ms(self) -> float:
        """Half of the 95 % interval."""
        return float(np.hypot.reduce([0.0, *(s.alignment.uncertainty_ms for s in self.steps)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Sensors of one participant that overlap in time, each with at least one other."""

    sensors: tuple[Sensor, ...]
    moved: tuple[Movements, ...]
    pairs: tuple[Pair, ...]
    clocks: tuple[Clock, ...]
    """Of every sensor; its own if it could not be aligned with any other."""

    def reason(self, sensor: int) -> str:
        """Say why a sensor is not on the clock of another one that was worn: the first code."""
        apart = (
            pair.alignment.reason
            for pair in self.pairs
            if sensor in (pair.one, pair.other)
            and self.clocks[pair.one].root != self.clocks[pair.other].root
        )
        return next(apart, "")


def together(sensors: Sequence[Sensor], settings: Settings) -> Iterator[Together]:
    """Yield the sets of sensors that overlap, each read and aligned when it is asked for."""
    for members in _overlapping(sensors):
        chosen = tuple(sensors[i] for i in members)
        moved = tuple(movements(sensor) for sensor in chosen)
        pairs = tuple(
            _pair(chosen, moved, i, k, settings)
            for i in range(len(chosen))
            for k in range(i + 1, len(chosen))
            if chosen[i].shares(chosen[k])
        )
        clocks = one_clock(len(chosen), pairs)
        yield Together(sensors=chosen, moved=moved, pairs=pairs, clocks=clocks)


def _overlapping(sensors: Sequence[Sensor]) -> list[list[int]]:
    """Group sensors that share time, directly or by others; those that share none are left out."""
    group = list(range(len(sensors)))
    for i, one in enumerate(sensors):
        for k, other in enumerate(sensors[:i]):
            if one.shares(other):
                old, new = group[i], group[k]
                group = [new if g == old else g for g in group]
    found = [[i for i, g in enumerate(group) if g == name] for name in dict.fromkeys(group)]
    return [members for members in found if len(members) > 1]


def _pair(
    sensors: Sequence[Sensor], moved: Sequence[Movements], i: int, k: int, settings: Settings
) -> Pair:
    one, other = sensors[i], sensors[k]
    first_ns, last_ns = max(one.first_ns, other.first_ns), min(one.last_ns, other.last_ns)
    slack_ns = round(settings.limbs.offset_max_min * 60e9)
    a = moved[i].beginnings(settings.kinds, first_ns, last_ns)
    b = moved[k].beginnings(settings.kinds, first_ns - slack_ns, last_ns + slack_ns)
    found = align(a, b, settings.limbs)
    return Pair(one=i, other=k, overlap_h=(last_ns - first_ns) / 3.6e12, alignment=found)


def one_clock(count: int, pairs: Sequence[Pair]) -> tuple[Clock, ...]:
    """Bring every sensor to the clock of the first one that it is aligned with, by the surest way.

    Kruskal 1956: pairs are taken from the surest on, those left out that join what is joined.
    """
    clocks = [Clock(root=i) for i in range(count)]
    joined: list[Pair] = []
    aligned = [pair for pair in pairs if not pair.alignment.reason]
    for pair in sorted(aligned, key=lambda p: (p.alignment.uncertainty_ms, p.one, p.other)):
        roots = {clocks[pair.one].root, clocks[pair.other].root}
        if len(roots) == 1:
            continue
        joined.append(pair)
        root = min(roots)
        for i in range(count):
            if clocks[i].root in roots:
                clocks[i] = Clock(root=root)
    return tuple(_walk(i, clock.root, joined) for i, clock in enumerate(clocks))


def _walk(start: int, root: int, joined: Sequence[Pair]) -> Clock:
    """Find the only way from a sensor to its root over the pairs that were joined."""
    ways: dict[int, tuple[Step, ...]] = {start: ()}
    waiting = [start]
    while root not in ways:
        here = waiting.pop(0)
        for pair in joined:
            for a, b, forward in ((pair.one, pair.other, True), (pair.other, pair.one, False)):
                if a == here and b not in ways:
                    ways[b] = (*ways[here], Step(pair.alignment, forward))
                    waiting.append(b)
    return Clock(root=root, steps=ways[root])
