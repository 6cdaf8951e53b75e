"""A night's course: when somebody goes to bed, settles, sleeps, wakes, and moves in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.random import Generator

from . import draws
from .activity import Awake, Style, Vehicle
from .agenda import Agenda
from .movements import Movement
from .recipe import Recipe
from .vectors import direction

_HOUR_S = 3600.0
_MINUTE_S = 60.0

# How often each kind happens in a night in which it is planted (choice; repetitive kinds: series).
_PER_NIGHT = {
    "plm": 2,
    "train": 2,
    "scratch": 2,
    "tap": 4,
    "partner": 5,
    "vehicle": 1,
    "shaking": 1,
}
_SETTLING_PER_H = 360.0
"""Limb movements on going to bed; they decay to a twentieth until the sleeper has settled."""
_AWAKENING_PER_H = 180.0
_TURNS_AWAKE_PER_H = 30.0
GETTING_UP_S = 8.0
"""Lying down and getting up take less than this; waking life begins after it."""

# Independent streams of randomness, so that a change of one part of a recipe leaves the others.
_SCHEDULE, _STARTS, _CLUSTER, _LIKES, _TURNS, _LIMBS, _TWITCHES, _AWAKE, _BED = range(9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One night in s since the recording's start; part of it may lie outside the recording."""

    bed_s: float
    settled_s: float
    onset_s: float
    wake_s: float
    awakenings: tuple[tuple[float, float], ...]

    def asleep(self) -> Iterator[tuple[float, float]]:
        """Stretches of sleep."""
        begin = self.onset_s
        for awake_from, awake_to in self.awakenings:
            yield begin, awake_from
            begin = awake_to
        yield begin, self.wake_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A movement that has yet to be given its size, if one is wanted."""

    movement: Movement
    size_mg: float | None = None
    night: int


def schedule(recipe: Recipe, seed: int, day: int, bed_s: float) -> Schedule:
    """Draw the course of the night whose usual bed time is ``bed_s``."""
    rng = _stream(seed, day, _SCHEDULE)
    bed = bed_s + rng.uniform(-15, 15) * _MINUTE_S
    settled = bed + rng.uniform(*recipe.settling_min) * _MINUTE_S
    onset = settled + recipe.quiet_wake_min * _MINUTE_S
    sleep = recipe.sleep_h * np.clip(1 + 0.07 * rng.standard_normal(), 0.8, 1.2) * _HOUR_S
    awakenings: list[tuple[float, float]] = []
    for begin in np.sort(rng.uniform(0, 1, rng.poisson(recipe.awakenings))):
        start = onset + 45 * _MINUTE_S + begin * (sleep - 90 * _MINUTE_S)
        end = start + rng.uniform(2, 12) * _MINUTE_S
        apart = not awakenings or start - awakenings[-1][1] > 30 * _MINUTE_S
        if apart and end < onset + sleep - 30 * _MINUTE_S:
            awakenings.append((float(start), float(end)))
    return Schedule(
        bed_s=bed,
        settled_s=settled,
        onset_s=onset,
        wake_s=onset + sleep,
        awakenings=tuple(awakenings),
    )


def movements(recipe: Recipe, seed: int, day: int, night: Schedule, *, index: int) -> list[Planned]:
    """Fill a night, the rarest and most wanted first: what comes later gives way.

    ``index`` is the night's number in the plan, ``day`` counts from the recording's first date.
    """
    filler = _Filler(recipe, seed, day, night, index)
    filler.lie_down_and_get_up()
    filler.sleep_starts()
    if recipe.cluster:
        filler.cluster()
    filler.look_alikes()
    filler.turns()
    filler.limbs()
    filler.twitches()
    return filler.planned


def waking(seed: int, day: int, begin_s: float, end_s: float) -> list[Planned]:
    """Fill waking life out of bed with walks, tasks and rests, until bed time."""
    rng = _stream(seed, day, _AWAKE)
    styles: tuple[Style, ...] = ("walk", "fidget", "sit")
    minutes = {"walk": (1, 8), "fidget": (3, 20), "sit": (4, 15)}
    planned: list[Planned] = []
    while end_s - begin_s > 10:
        style = styles[rng.choice(3, p=(0.25, 0.45, 0.3))]
        length = min(rng.uniform(*minutes[style]) * _MINUTE_S, end_s - begin_s)
        own = int(rng.integers(2**31))
        stretch = Awake(style=style, start_s=begin_s, length_s=length, seed=own)
        planned.append(Planned(movement=stretch, night=-1))
        begin_s += length
    return planned


def _stream(seed: int, day: int, aspect: int) -> Generator:
    return np.random.default_rng([seed, day + 1, aspect])


def _at(movement: Any, start_s: float) -> Any:
    return replace(movement, start_s=start_s)


class _Filler:
    """Places the movements of one night."""

    def __init__(self, recipe: Recipe, seed: int, day: int, night: Schedule, index: int) -> None:
        self._recipe = recipe
        self._key = (seed, day)
        self._index = index
        self._night = night
        self._agenda = Agenda()
        self.planned: list[Planned] = []

    def _add(self, movement: Movement, size_mg: float | None = None) -> None:
        self.planned.append(Planned(movement=movement, size_mg=size_mg, night=self._index))

    def _in_bed(self, time_s: float) -> float:
        return float(np.clip(time_s, self._night.bed_s + 60, self._night.wake_s - 60))

    def _around_onset(self, rng: Generator) -> float:
        """80 % near the onset, the rest anywhere in the sleep period."""
        night = self._night
        if rng.uniform() < 0.8:
            return self._in_bed(rng.normal(night.onset_s - 3 * _MINUTE_S, 8 * _MINUTE_S))
        return self._in_bed(rng.uniform(night.onset_s, night.wake_s))

    def _anywhere(self, rng: Generator) -> float:
        """Half of them within 20 min of the onset, where they matter."""
        night = self._night
        if rng.uniform() < 0.5:
            return self._in_bed(night.onset_s + rng.uniform(-20, 20) * _MINUTE_S)
        return self._in_bed(rng.uniform(night.onset_s, night.wake_s))

    def lie_down_and_get_up(self) -> None:
        """Two large turns that are always there."""
        rng = _stream(*self._key, _BED)
        for start in (self._night.bed_s, self._night.wake_s):
            movement = _at(draws.turn(rng), start)
            self._agenda.reserve(start, start + GETTING_UP_S)
            self._add(movement)

    def sleep_starts(self) -> None:
        """Isolated ones: nothing else in the 15 s before and the 6 s after."""
        recipe, rng = self._recipe, _stream(*self._key, _STARTS)
        low, high = recipe.size_mg
        for _ in range(recipe.sleep_starts):
            self._sleep_start(
                rng,
                float(low * (high / low) ** rng.uniform()),
                arousal=bool(rng.uniform() < recipe.arousal_share),
                shift=bool(rng.uniform() < recipe.shift_share),
            )

    def _sleep_start(self, rng: Generator, size: float, *, arousal: bool, shift: bool) -> None:
        jerk = draws.sleep_start(rng, size_mg=size, arousal=arousal, shift=shift)
        start = self._agenda.place(
            jerk.length_s, lambda: self._around_onset(rng), before_s=15, after_s=6
        )
        if start is not None:
            self._add(_at(jerk, start), size)

    def cluster(self) -> None:
        """20 to 29 jerks within 4 to 15 min around the onset."""
        rng = _stream(*self._key, _CLUSTER)
        length = rng.uniform(4, 15) * _MINUTE_S
        begin = self._in_bed(self._night.onset_s - rng.uniform(0, length))
        times = begin + np.sort(rng.uniform(0, length, int(rng.integers(20, 30))))
        low, high = self._recipe.size_mg
        middle = low * (high / low) ** rng.uniform()
        for start in times:
            size = float(np.clip(middle * np.exp(0.3 * rng.standard_normal()), low, high))
            jerk = draws.sleep_start(rng, size_mg=size, arousal=False, shift=False)
            if self._agenda.is_free(start, start + jerk.length_s):
                self._agenda.reserve(start, start + jerk.length_s)
                self._add(_at(jerk, float(start)), size)

    def look_alikes(self) -> None:
        """Plant what the recipe asks for."""
        rng = _stream(*self._key, _LIKES)
        for kind in self._recipe.planted:
            for _ in range(_PER_NIGHT[kind]):
                if kind == "plm":
                    self._plm_series(rng)
                elif kind == "vehicle":
                    self._vehicle(rng)
                elif kind == "train":
                    jerk, size = draws.train(rng)
                    self._place(rng, jerk, size)
                else:
                    self._place(rng, draws.BRIEF[kind](rng))

    def _place(self, rng: Generator, movement: Movement, size_mg: float | None = None) -> None:
        start = self._agenda.place(
            movement.length_s, lambda: self._anywhere(rng), before_s=3, after_s=2
        )
        if start is not None:
            self._add(_at(movement, start), size_mg)

    def _plm_series(self, rng: Generator) -> None:
        """5 to 20 movements, 25 s apart (log-normal)."""
        start, axis = self._anywhere(rng), direction(rng)
        for _ in range(int(rng.integers(5, 21))):
            movement = _at(draws.plm(rng, axis), start)
            if self._agenda.is_free(start, start + movement.length_s + 1):
                self._agenda.reserve(start, start + movement.length_s + 1)
                self._add(movement)
            start += float(np.clip(25 * np.exp(0.3 * rng.standard_normal()), 12, 80))

    def _vehicle(self, rng: Generator) -> None:
        """10 to 20 min; it stops nobody from moving."""
        length = rng.uniform(10, 20) * _MINUTE_S
        start = rng.uniform(self._night.onset_s, self._night.wake_s - length)
        seed = int(rng.integers(2**31))
        self._add(Vehicle(start_s=start, length_s=length, rms_g=rng.uniform(0.04, 0.1), seed=seed))

    def _often(
        self, rng: Generator, draw: Callable[[], tuple[Movement, float | None]], rates: _Rates
    ) -> None:
        """Place movements that come at given rates; one that finds no room is left out."""
        night = self._night
        stretches = [(night.settled_s, night.onset_s, rates.quiet_wake)]
        stretches += [(begin, end, rates.awakening) for begin, end in night.awakenings]
        stretches += [(begin, end, rates.asleep) for begin, end in night.asleep()]
        times = [_poisson(rng, begin, end, rate) for begin, end, rate in stretches]
        settling = _poisson(rng, night.bed_s + 8, night.settled_s, rates.settling)
        share = (settling - night.bed_s) / (night.settled_s - night.bed_s)
        times.append(settling[rng.uniform(size=len(settling)) < np.exp(-3 * share)])
        for start in np.sort(np.concatenate(times)):
            movement, size_mg = draw()
            if self._agenda.is_free(start - 0.5, start + movement.length_s):
                self._agenda.reserve(start, start + movement.length_s)
                self._add(_at(movement, float(start)), size_mg)

    def turns(self) -> None:
        """Changes of posture; their rate differs from night to night."""
        rng = _stream(*self._key, _TURNS)
        mean = self._recipe.turns_per_h
        asleep = float(np.clip(mean * (1 + 0.44 * rng.standard_normal()), 0.2 * mean, 2 * mean))
        rates = _Rates(_TURNS_AWAKE_PER_H, asleep, _TURNS_AWAKE_PER_H, asleep)
        self._often(rng, lambda: (draws.turn(rng), None), rates)

    def limbs(self) -> None:
        """Limb movements."""
        rng, asleep = _stream(*self._key, _LIMBS), self._recipe.movements_per_h
        rates = _Rates(_SETTLING_PER_H, 2 * asleep, _AWAKENING_PER_H, asleep)
        self._often(rng, lambda: (draws.limb(rng), None), rates)

    def twitches(self) -> None:
        """Twitches, asleep only."""
        rng = _stream(*self._key, _TWITCHES)
        rates = _Rates(0.0, 0.0, 0.0, self._recipe.twitches_per_h)
        self._often(rng, lambda: draws.twitch(rng), rates)


@dataclass(frozen=True, slots=True)
class _Rates:
    """Movements per hour."""

    settling: float
    quiet_wake: float
    awakening: float
    asleep: float


def _poisson(rng: Generator, begin_s: float, end_s: float, per_h: float) -> np.ndarray:
    """Times of a Poisson process."""
    count = rng.poisson(max(0.0, end_s - begin_s) * per_h / _HOUR_S)
    return np.sort(rng.uniform(begin_s, max(begin_s, end_s), count))
