"""Sleep stages that a sleep laboratory scored, beside what motion shows.

Stages are those of the AASM: W, N1, N2, N3, R. Sleep onset is the start of the first epoch of any
sleep stage, wake the end of the last one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings import SECOND_NS, NightSpan, Zone

from ..nights.night import Staged, Stated
from .diary import settled


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch in one stage, in seconds since the hypnogram began."""

    start_s: float
    end_s: float
    name: str


@dataclass(frozen=True, slots=True)
class Hypnogram:
    """What was scored of one recording."""

    begin: datetime
    """Wall clock; with an offset where one was written."""
    stages: tuple[Stage, ...]
    """In order, not overlapping; unscored time is left out."""

    def settled(self, tz: tzinfo | None) -> tuple[Hypnogram, str]:
        """Return it with the naive beginning of a zone, and what is wrong with that."""
        begin, problem = settled(self.begin, tz)
        end = begin + timedelta(seconds=self.stages[-1].end_s)
        if not problem and self.begin.tzinfo is None and tz is not None:
            offsets = [at.replace(tzinfo=tz).utcoffset() for at in (begin, end)]
            if offsets[0] != offsets[1]:
                problem = f"clocks were changed in it in {tz}; write times with their offset"
        return replace(self, begin=begin), problem

    def moved(self, by: timedelta) -> Hypnogram:
        """Return it on other dates."""
        return replace(self, begin=self.begin + by)

    def as_json(self) -> dict[str, Any]:
        """Return all that results depend on."""
        stages = [[s.start_s, s.end_s, s.name] for s in self.stages]
        return {"begin": [self.begin.isoformat(), self.begin.fold], "stages": stages}

    def of(self, span: NightSpan, zone: Zone) -> Staged | None:
        """Return the stages of a night by the device's clock, None if none was scored in it."""
        begin_ns = zone.device_ns(self.begin)
        starts = begin_ns + _ns([stage.start_s for stage in self.stages])
        ends = begin_ns + _ns([stage.end_s for stage in self.stages])
        names = np.array([stage.name for stage in self.stages], "U2")
        within = (starts >= span.start_ns) & (starts < span.end_ns)
        return Staged(starts[within], ends[within], names[within]) if within.any() else None


def stated(staged: Staged) -> Stated | None:
    """Return from the first epoch of sleep to the end of the last, None if there is none."""
    asleep = np.flatnonzero(staged.names != "W")
    if not len(asleep):
        return None
    first, last = asleep[0], asleep[-1]
    return Stated(int(staged.starts_ns[first]), int(staged.ends_ns[last]), "hypnogram")


def _ns(seconds: list[float]) -> NDArray[np.int64]:
    return np.array([round(each * SECOND_NS) for each in seconds], np.int64)
