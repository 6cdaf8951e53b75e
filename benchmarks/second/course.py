"""Who moves when in a night of the second maker. Rates and their sources are the recipe's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator

from recordings.synthetic import Recipe
from recordings.synthetic.agenda import Agenda
from recordings.synthetic.night import GETTING_UP_S, Schedule

from . import draws

_PER_NIGHT = {"train": 3, "scratch": 2, "shaking": 1, "tap": 4, "partner": 5, "vehicle": 2}
_SETTLING_PER_H = 300.0
_AWAKE_PER_H = 160.0
_TURNS_AWAKE_PER_H = 25.0


class Course:
    """Places the movements of one night: what comes later gives way."""

    def __init__(self, recipe: Recipe, night: Schedule, rng: Generator) -> None:
        self._recipe, self._night, self._rng = recipe, night, rng
        self._agenda = Agenda()
        self.planned: list[draws.Sized] = []
        self._bed()
        self._sleep_starts()
        if recipe.cluster:
            self._cluster()
        self._look_alikes()
        self._turns_limbs_twitches()

    def _add(self, movement: Any, start_s: float, size_mg: float | None) -> None:
        self.planned.append((replace(movement, start_s=float(start_s)), size_mg))

    def _in_bed(self, time_s: float) -> float:
        return float(np.clip(time_s, self._night.bed_s + 60, self._night.wake_s - 60))

    def _near_onset(self, share: float, draw: Callable[[], float]) -> float:
        if self._rng.uniform() < share:
            return self._in_bed(self._night.onset_s + draw())
        return self._in_bed(self._rng.uniform(self._night.onset_s, self._night.wake_s))

    def _bed(self) -> None:
        for start in (self._night.bed_s, self._night.wake_s):
            self._agenda.reserve(start, start + GETTING_UP_S)
            self._add(draws.turn(self._rng)[0], start, None)

    def _size_mg(self) -> float:
        low, high = self._recipe.size_mg
        return float(low * (high / low) ** self._rng.uniform())

    def _sleep_starts(self) -> None:
        """Nothing else in the 15 s before and the 6 s after."""
        recipe, rng = self._recipe, self._rng
        for _ in range(recipe.sleep_starts):
            size = self._size_mg()
            shift = bool(rng.uniform() < recipe.shift_share)
            movement: Any = draws.sleep_start(rng, shift=shift, size_mg=size)
            if rng.uniform() < recipe.arousal_share:
                movement = draws.woken(rng, movement, size)
            start = self._agenda.place(
                movement.length_s,
                lambda: self._near_onset(0.8, lambda: rng.normal(-180, 480)),
                before_s=15,
                after_s=6,
            )
            if start is not None:
                self._add(movement, start, size)

    def _cluster(self) -> None:
        """20 to 29 jerks within 4 to 15 min around the onset (Fusco 1999)."""
        rng, length = self._rng, self._rng.uniform(240, 900)
        begin, middle = self._night.onset_s - rng.uniform(0, length), self._size_mg()
        for after in np.sort(rng.uniform(0, length, int(rng.integers(20, 30)))):
            size = float(np.clip(middle * np.exp(0.3 * rng.standard_normal()), 30, 1500))
            jerk = draws.sleep_start(rng, shift=False, size_mg=size)
            start = self._in_bed(begin + after)
            self._if_free(jerk, start, size)

    def _if_free(self, movement: Any, start_s: float, size_mg: float | None) -> None:
        end_s = start_s + movement.length_s
        if self._agenda.is_free(start_s - 0.5, end_s):
            self._agenda.reserve(start_s, end_s)
            self._add(movement, start_s, size_mg)

    def _look_alikes(self) -> None:
        """Half of them within 20 min of the onset, where they matter."""
        rng = self._rng
        for kind in self._recipe.planted:
            if kind == "plm":
                self._periodic()
                continue
            for k in range(_PER_NIGHT[kind]):
                makers = draws.LOOK_ALIKES[kind]
                movement, size = makers[k % len(makers)](rng)
                if movement.cause in ("vehicle", "fan"):  # they stop nobody from moving
                    latest = self._night.wake_s - movement.length_s
                    self._add(movement, rng.uniform(self._night.onset_s, latest), size)
                    continue
                start = self._agenda.place(
                    movement.length_s,
                    lambda: self._near_onset(0.5, lambda: rng.uniform(-1200, 1200)),
                    before_s=3,
                    after_s=2,
                )
                if start is not None:
                    self._add(movement, start, size)

    def _periodic(self) -> None:
        """Two series of 5 to 20, 12 to 80 s apart."""
        rng = self._rng
        for _ in range(2):
            start = self._near_onset(0.5, lambda: rng.uniform(-1200, 1200))
            one = draws.plm(rng)[0]
            for _ in range(int(rng.integers(5, 21))):
                movement = replace(draws.plm(rng)[0], plane=one.plane)  # type: ignore[call-arg,attr-defined,type-var]  # links
                self._if_free(movement, start, None)
                start += float(np.clip(25 * np.exp(0.3 * rng.standard_normal()), 12, 80))

    def _turns_limbs_twitches(self) -> None:
        """Movements that come at rates; one that finds no room is left out."""
        recipe, rng = self._recipe, self._rng
        wakeful = _TURNS_AWAKE_PER_H, _SETTLING_PER_H, _AWAKE_PER_H
        turns, limbs, twitches = recipe.turns_per_h, recipe.movements_per_h, recipe.twitches_per_h
        turns *= float(np.clip(1 + 0.44 * rng.standard_normal(), 0.2, 2))
        self._often(draws.turn, turns, turns, wakeful[0], wakeful[0])
        self._often(draws.reaching, limbs, 2 * limbs, wakeful[1], wakeful[2])
        self._often(draws.twitch, twitches, 0.0, 0.0, 0.0)

    def _often(
        self,
        draw: Callable[[Generator], draws.Sized],
        asleep: float,
        quiet_wake: float,
        settling: float,
        awake: float,
    ) -> None:
        """Place movements at these rates per hour."""
        night, rng = self._night, self._rng
        times = [
            _poisson(rng, begin, end, rate)
            for begin, end, rate in (
                (night.settled_s, night.onset_s, quiet_wake),
                *((a, b, awake) for a, b in night.awakenings),
                *((a, b, asleep) for a, b in night.asleep()),
            )
        ]
        early = _poisson(rng, night.bed_s + 8, night.settled_s, settling)
        share = (early - night.bed_s) / (night.settled_s - night.bed_s)
        times.append(early[rng.uniform(size=len(early)) < 1 - 0.95 * share])
        for start in np.sort(np.concatenate(times)):
            movement, size = draw(rng)
            self._if_free(movement, float(start), size)


def _poisson(rng: Generator, begin_s: float, end_s: float, per_h: float) -> np.ndarray:
    count = rng.poisson(max(0.0, end_s - begin_s) * per_h / 3600)
    return np.sort(rng.uniform(begin_s, max(begin_s, end_s), count))
