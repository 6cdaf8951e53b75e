"""From blocks with clock stamps to samples with a true clock.

Sensors are sampled by an oscillator of their own and stamped by another clock: real AX3 devices run
1.8 to 2.4 % slow of their nominal rate, by an amount that follows temperature. So every stamp
(anchor) becomes a knot of a piecewise linear clock, within a stretch without interruption.

The knots, and with them every sample's time, depend on the sequence of samples and anchors alone,
never on how a reader cut them into blocks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .kernels.clock import AHEAD, BACKWARDS, BEHIND, FAR, KEPT, REPEATED, sift
from .model import SECOND_NS, Block, Chunk, Health, Samples, Scale, Segment, sample_times
from .stamps import HourlyRates, Repairs

JUMP_NS = SECOND_NS
"""A stamp that disagrees by more with the rate of the run so far opens a new segment."""

JUMP_FRACTION = 0.05
"""The same as a fraction of the expected step, where stamps are more than 20 s apart: a nominal
rate may be wrong by some percent."""

MAX_WAIT_S = 600.0
"""Behind the last stamp the clock goes on at the present rate in steps of this length, so that no
more samples than these ever wait for a stamp."""

RATE_SPAN_S = 60.0
"""Averaging time of the present rate: 3 ms of stamp noise then moves it by less than 0.1 %, while
it follows the sensor's temperature."""

EARLIEST_NS, LATEST_NS = -315_619_200 * SECOND_NS, 8_520_336_000 * SECOND_NS
"""Stamps are from 1960 to 2239: dates that were moved to hide who it was may lie ahead of us by two
centuries. All differences then fit into 64 bits, with years to spare."""

_JUMPED = dict.fromkeys(("gap", "clock_backwards"), "clock_jumped")
"""Why a segment begins of which it has turned out that only its clock had jumped."""

_NEVER = np.iinfo(np.int64).min
"""Stands for a stamp where there is none yet."""


@dataclass(slots=True)
class _Run:
    """Samples of one segment: [base, end) in the count of all samples, with their knots."""

    base: int
    reason: str
    knots: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))
    end: int | None = None
    """None while its last sample is unknown; then all its knots are known, too."""
    stamps: int = 0
    """Anchors among its knots."""
    before_ns: int | None = None
    """On probation: where the run before had ended, from which this one's clock jumps away."""

    @property
    def start_ns(self) -> int:
        """Device time of its first sample."""
        return _time_ns(self, self.base)

    def length(self, received: int) -> int:
        """Samples it has, or has so far."""
        return (received if self.end is None else self.end) - self.base

    def window(self, start: int, stop: int) -> NDArray[np.int64]:
        """Return the knots that bracket samples [start, stop], counted from the base."""
        low = self._knot_before(start)
        high = max(int(self.knots[:, 0].searchsorted(stop)), low + 1)
        return np.asarray(self.knots[low : high + 1] - np.array([self.base, 0]))

    def forget_before(self, start: int) -> None:
        """Drop knots that no sample from ``start`` on needs."""
        self.knots = self.knots[self._knot_before(start) :]

    def _knot_before(self, start: int) -> int:
        """Return the place of the last knot at or before a sample that has another behind it."""
        before = int(self.knots[:, 0].searchsorted(start, "right")) - 1
        return min(max(before, 0), len(self.knots) - 2)

    def ready_to(self, stop: int) -> bool:
        """Whether all samples before ``stop`` have their final knots."""
        if self.end is not None:
            return True
        return len(self.knots) >= 2 and int(self.knots[-1, 0]) >= stop


def place(
    blocks: Iterable[Block], *, nominal_hz: float, scale: Scale, health: Health
) -> Iterator[Chunk]:
    """Give every sample its time.

    A new segment opens where a block says ``breaks``, and at an anchor that disagrees by more than
    1 s (or 5 % of the step, whichever is more) with the rate of the run so far: ``gap`` forwards,
    ``clock_backwards`` backwards. The sample of that anchor is the segment's first. Smaller
    disagreement is noise. An anchor is dropped if it would turn time back, repeats the stamp before
    it (the clock stands still), stamps a sample again, or is impossible. A segment with fewer than
    two anchors runs at the rate measured before, the nominal rate if there was none; one without
    any begins where the one before ended. Where a segment would begin less than 1 s before the end
    of the one before, it begins there.

    A short segment whose clock jumped away, while that of the next is back, is put back in line: it
    begins where the one before ended. ``health.stamps_repaired`` counts the stamps of all these; an
    overlap of less than a sample is noise.

    Parameters
    ----------
    blocks
        From a reader; see :meth:`recordings.formats.Reader.blocks` for what anchors must keep to.
    nominal_hz
        Rate until two anchors are known.
    scale
        Passed on to the chunks.
    health
        ``segments`` (kept up to date with every chunk), ``stamps_repaired``, ``lowest_hz``,
        ``highest_hz`` and remarks.

    Yields
    ------
    Chunk
        As the blocks come, cut where a segment opens inside; each is held back until an anchor at
        or behind its end is known, and behind a jump for ten minutes or until the next segment.
    """
    placer = _Placer(nominal_hz, scale, health)
    try:
        for block in blocks:
            placer.take(block)
            yield from placer.release()
        placer.finish()
        yield from placer.release()
    finally:
        placer.conclude()


class _Placer:
    """Queues samples until their knots are known. Indices count all samples of the recording."""

    def __init__(self, nominal_hz: float, scale: Scale, health: Health) -> None:
        self._scale = scale
        self._health = health
        self._nominal_hz = nominal_hz
        self._repairs = Repairs(health)
        self._hourly = HourlyRates(health)
        self._received = 0
        self._waiting: deque[tuple[int, Block]] = deque()
        self._runs: deque[_Run] = deque()
        self._rate = np.array([SECOND_NS / nominal_hz])
        self._last = np.zeros(3, np.int64)
        """Newest knot of the newest run, once that has one, and its newest stamp."""
        self._max_wait = max(1, round(MAX_WAIT_S * nominal_hz))
        self._limits = np.array(
            [self._max_wait, JUMP_NS, JUMP_FRACTION, max(1.0, RATE_SPAN_S * nominal_hz)]
        )
        self._end_ns: int | None = None
        """Device time behind the last closed run."""

    # -- what comes in

    def take(self, block: Block) -> None:
        """Queue a block and sift its anchors."""
        if block.breaks or not self._runs:
            self.close_run()
            self._open_run(self._received, block.breaks or "start")
        base = self._received
        if len(block.samples):
            self._waiting.append((base, block))
            self._received += len(block.samples)
        if len(block.anchors):
            self._sift_all(block.anchors + np.array([base, 0]))
        self._bridge(self._received - 1)

    def close_run(self) -> None:
        """End the newest run with the samples received so far; runs without samples vanish."""
        while self._runs and self._runs[-1].base >= self._received:
            self._runs.pop()
        if self._runs:
            self._end_run(self._received)

    def finish(self) -> None:
        """End the newest run; nothing can speak against a jump any more."""
        self.close_run()
        for run in self._runs:
            run.before_ns = None

    def _open_run(self, base: int, reason: str) -> None:
        self._runs.append(_Run(base, reason))
        self._hourly.restart()

    def _end_run(self, end: int) -> None:
        run = self._runs[-1]
        run.end = end
        if not len(run.knots):
            run.knots = np.array([[run.base, self._end_ns or 0]])
        if len(run.knots) == 1:
            run.knots = np.vstack([run.knots, self._ahead_of(run.knots[-1])])
        self._end_ns = _time_ns(run, end)

    def _ahead_of(self, knot: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where the clock stands after the longest wait at the present rate."""
        wait = self._max_wait
        return np.array([[knot[0] + wait, knot[1] + round(wait * float(self._rate[0]))]])

    def _sift_all(self, anchors: NDArray[np.int64]) -> None:
        possible = (anchors[:, 1] >= EARLIEST_NS) & (anchors[:, 1] < LATEST_NS)
        self._repairs.drop("are impossible", int(np.count_nonzero(~possible)))
        anchors = anchors[possible]
        verdicts = np.zeros(len(anchors), np.uint8)
        position = 0
        while position < len(anchors):
            if not len(self._runs[-1].knots):
                position += self._first_anchor(anchors[position])
                continue
            start = position
            position, why = sift(anchors, start, self._last, self._rate, self._limits, verdicts)
            self._note(anchors[start:position], verdicts[start:position])
            if why == FAR:
                self._bridge(int(anchors[position, 0]) - 1)
            elif why in (AHEAD, BEHIND):
                self._jump(int(anchors[position, 0]), "gap" if why == AHEAD else "clock_backwards")

    def _note(self, anchors: NDArray[np.int64], verdicts: NDArray[np.uint8]) -> None:
        """Keep the anchors that are used, count the others."""
        if verdicts.any():  # seldom: mostly all are KEPT
            for verdict, why in (
                (REPEATED, "repeat another one"),
                (BACKWARDS, "would turn time back"),
            ):
                self._repairs.drop(why, int(np.count_nonzero(verdicts == verdict)))
            anchors = anchors[verdicts == KEPT]
        self._keep(anchors, stamped=True)

    def _first_anchor(self, anchor: NDArray[np.int64]) -> int:
        """Begin the run's clock; return how many anchors that used up."""
        run = self._runs[-1]
        start_ns = int(anchor[1]) - round((int(anchor[0]) - run.base) * float(self._rate[0]))
        self._settle(start_ns)
        end_ns = self._end_ns
        if end_ns is not None:
            if 0 < end_ns - start_ns < JUMP_NS:
                if end_ns - start_ns > self._rate[0]:  # less is noise
                    self._repairs.drop("lie before the end of what came before")
                used_up = anchor[0] <= run.base
                self._begin(np.array([run.base, end_ns]), int(anchor[1]) if used_up else _NEVER)
                return int(used_up)
            if abs(end_ns - start_ns) >= JUMP_NS:
                run.before_ns = end_ns
        self._begin(anchor, int(anchor[1]), stamped=True)
        return 1

    def _settle(self, start_ns: int) -> None:
        """Put a short run back in line if time runs backwards with it, and not without it.

        Decided when the time ``start_ns`` at which the next one begins is known.
        """
        run = self._runs[-2] if len(self._runs) > 1 else None
        if run is None or run.before_ns is None or self._end_ns is None:
            return
        before_ns, run.before_ns = run.before_ns, None
        begins_ns, ends_ns = run.start_ns, self._end_ns
        backwards = begins_ns < before_ns - JUMP_NS or start_ns < ends_ns - JUMP_NS
        fits = start_ns > before_ns + (ends_ns - begins_ns) - JUMP_NS
        if backwards and fits and run.length(self._received) <= self._max_wait:
            by_ns = before_ns - begins_ns
            run.knots = run.knots + np.array([0, by_ns])
            self._end_ns = ends_ns + by_ns
            for each in (run, self._runs[-1]):
                each.reason = _JUMPED.get(each.reason, each.reason)
            self._repairs.move(run.stamps, by_ns, run.length(self._received))

    def _begin(self, knot: NDArray[np.int64], stamp_ns: int, *, stamped: bool = False) -> None:
        self._last = np.array([knot[0], knot[1], stamp_ns])
        self._keep(knot[None], stamped=stamped)

    def _keep(self, knots: NDArray[np.int64], *, stamped: bool) -> None:
        if not len(knots):
            return
        run = self._runs[-1]
        run.knots = np.concatenate([run.knots, knots])
        if stamped:
            run.stamps += len(knots)
            self._hourly.take(knots)

    def _jump(self, cut: int, reason: str) -> None:
        """Open a run at sample ``cut``; a run that would stay empty is replaced."""
        run = self._runs[-1]
        if cut <= run.base:
            self._runs.pop()
            self._open_run(run.base, run.reason)
        else:
            self._end_run(cut)
            self._open_run(cut, reason)

    def _bridge(self, index: int) -> None:
        """Go on at the present rate until ``index`` is within reach of the last knot."""
        while len(self._runs[-1].knots) and index - int(self._last[0]) >= self._max_wait:
            self._begin(self._ahead_of(self._last)[0], int(self._last[2]))

    # -- what goes out

    def release(self) -> Iterator[Chunk]:
        """Yield what has its final knots."""
        while self._waiting:
            start, block = self._waiting[0]
            run = self._runs[0]
            if run.end is not None and start >= run.end:
                self._runs.popleft()
                continue
            if run.before_ns is not None and run.length(self._received) <= self._max_wait:
                return
            stop = start + len(block.samples)
            if run.end is not None:
                stop = min(stop, run.end)
            if not run.ready_to(stop):
                return
            first = self._waiting.popleft()[0]
            if stop < first + len(block.samples):
                self._waiting.appendleft((stop, _rest(block, stop - first)))
            yield self._chunk(run, start, block.samples[: stop - start], block.temperature_c)

    def _chunk(self, run: _Run, start: int, samples: Samples, temperature_c: float) -> Chunk:
        stop = start + len(samples)
        chunk = Chunk(
            samples=samples,
            scale=self._scale,
            first_index=start - run.base,
            knots=run.window(start, stop),
            opens_segment=run.reason if start == run.base else "",
            temperature_c=temperature_c,
        )
        run.forget_before(stop)
        self._record(chunk)
        return chunk

    def _record(self, chunk: Chunk) -> None:
        """Keep ``health.segments`` true to what has been handed out."""
        segments = self._health.segments
        if not chunk.opens_segment:
            old = segments.pop()
            segments.append(
                Segment(old.start_ns, chunk.end_ns, old.samples + len(chunk), old.reason)
            )
            return
        start_ns = chunk.start_ns
        if segments and start_ns < segments[-1].end_ns - JUMP_NS:
            self._repairs.went_back(len(segments), segments[-1].end_ns - start_ns)
        segments.append(Segment(start_ns, chunk.end_ns, len(chunk), chunk.opens_segment))

    def conclude(self) -> None:
        """Say how good the clock was."""
        self._repairs.conclude()
        self._hourly.conclude(self._nominal_hz)


def _time_ns(run: _Run, index: int) -> int:
    """Device time of a sample of a run that has its knots."""
    return int(sample_times(run.knots, np.array([index]))[0])


def _rest(block: Block, cut: int) -> Block:
    """Return the block from sample ``cut`` on; its anchors have been taken already."""
    return Block(
        samples=block.samples[cut:],
        anchors=np.empty((0, 2), np.int64),
        temperature_c=block.temperature_c,
    )
