"""How fast a run goes, and how long it will still take."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .job import Outcome, Progress

_NAMES_SHOWN = 3


class Pace:
    """Counts what is done and what is being done.

    Parameters
    ----------
    total
        Recordings of the run.
    clock
        Seconds that only go forward.
    """

    def __init__(self, total: int, clock: Callable[[], float]) -> None:
        self._total = total
        self._clock = clock
        self._begun_s = clock()
        self._running: dict[int, tuple[float, float]] = {}
        """When each began, and how much of it is read."""
        self._done = 0
        self._failed = 0
        self._new = 0
        """Done, and not by an earlier run."""
        self._hours = 0.0

    @property
    def running(self) -> Sequence[int]:
        """Recordings that are being analysed, those that began first in front."""
        return list(self._running)

    @property
    def share(self) -> float:
        """Part of the run that is done, 0 to 1."""
        return (self._done + self._begun_share()) / max(self._total, 1)

    def at(self, index: int, progress: Progress) -> None:
        """Take how far a recording is."""
        begun_s, before = self._running.get(index, (self._clock(), 0.0))
        share = before if progress.fraction is None else progress.fraction
        self._running[index] = begun_s, share

    def done(self, index: int, outcome: Outcome) -> float:
        """Take that a recording is done; return the seconds that it took."""
        now_s = self._clock()
        begun_s, _ = self._running.pop(index, (now_s, 0.0))
        self._done += 1
        self._failed += outcome.row["status"] == "failed"
        if not outcome.resumed:
            self._new += 1
            self._hours += float(outcome.row.get("duration_h") or 0.0)
        return now_s - begun_s

    def sentence(self, names: Sequence[str]) -> str:
        """Say all of it in one line.

        Parameters
        ----------
        names
            Of what is being analysed.
        """
        parts = [f"{self._done} of {self._total} done, {self._failed} failed"]
        passed_s = self._clock() - self._begun_s
        if self._new and passed_s > 0:
            parts.append(f"{_rate(self._new / passed_s)}, {self._hours / passed_s:.0f} h/s")
            left = self._total - self._done - self._begun_share()
            parts.append(f"{_duration(left * passed_s / (self._new + self._begun_share()))} left")
        if names:
            more = len(names) - _NAMES_SHOWN
            shown = ", ".join(names[:_NAMES_SHOWN])
            parts.append(f"now {shown}{f' and {more} more' if more > 0 else ''}")
        return "; ".join(parts)

    def _begun_share(self) -> float:
        return sum(share for _, share in self._running.values())


def _rate(per_s: float) -> str:
    return f"{per_s:.1f} files/s" if per_s >= 1 else f"{per_s * 60:.1f} files/min"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"
