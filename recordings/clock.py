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

from .kernels.clock import AHEAD, BEHIND, FAR, sift
from .model import SECOND_NS, Block, Chunk, Health, Samples, Scale, Segment, sample_times

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


@dataclass(slots=True)
class _Run:
    """Samples of one segment: [base, end) in the count of all samples, with their knots."""

    base: int
    reason: str
    knots: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))
    end: int | None = None
    """None while its last sample is unknown; then all its knots are known, too."""

    def window(self, start: int, stop: int) -> NDArray[np.int64]:
        """Return the knots that bracket samples [start, stop], counted from the base."""
        index = self.knots[:, 0]
        low = int(np.clip(np.searchsorted(index, start, side="right") - 1, 0, len(index) - 2))
        high = max(int(np.searchsorted(index, stop, side="left")), low + 1)
        return np.asarray(self.knots[low : high + 1] - np.array([self.base, 0]))

    def forget_before(self, start: int) -> None:
        """Drop knots that no sample from ``start`` on needs."""
        index = self.knots[:, 0]
        low = int(np.clip(np.searchsorted(index, start, side="right") - 1, 0, len(index) - 2))
        self.knots = self.knots[low:]

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
    disagreement is noise; an anchor that would stop or turn time back is dropped and counted in
    ``health.stamps_repaired``. A segment with fewer than two anchors runs at the rate measured
    before, the nominal rate if there was none; one without any begins where the one before ended.
    Where a segment would begin less than 1 s before the end of the one before, it begins there.

    Parameters
    ----------
    blocks
        From a reader; see :meth:`recordings.formats.Reader.blocks` for what anchors must keep to.
    nominal_hz
        Rate until two anchors are known.
    scale
        Passed on to the chunks.
    health
        ``segments`` (kept up to date with every chunk), ``stamps_repaired`` and remarks.

    Yields
    ------
    Chunk
        As the blocks come, cut where a segment opens inside; each is held back until an anchor at
        or behind its end is known.
    """
    placer = _Placer(nominal_hz, scale, health)
    try:
        for block in blocks:
            placer.take(block)
            yield from placer.release()
        placer.close_run()
        yield from placer.release()
    finally:
        placer.conclude()


class _Placer:
    """Queues samples until their knots are known. Indices count all samples of the recording."""

    def __init__(self, nominal_hz: float, scale: Scale, health: Health) -> None:
        self._scale = scale
        self._health = health
        self._received = 0
        self._waiting: deque[tuple[int, Block]] = deque()
        self._runs: deque[_Run] = deque()
        self._rate = np.array([SECOND_NS / nominal_hz])
        self._last = np.zeros(2, np.int64)
        """Newest knot of the newest run, once that has one."""
        self._max_wait = max(1, round(MAX_WAIT_S * nominal_hz))
        self._limits = np.array(
            [self._max_wait, JUMP_NS, JUMP_FRACTION, max(1.0, RATE_SPAN_S * nominal_hz)]
        )
        self._end_ns: int | None = None
        """Device time behind the last closed run."""
        self._backwards: list[str] = []

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

    def _open_run(self, base: int, reason: str) -> None:
        self._runs.append(_Run(base, reason))

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
        anchors = np.ascontiguousarray(anchors)
        kept = np.zeros(len(anchors), np.bool_)
        position = 0
        if not len(self._runs[-1].knots):
            position = self._first_anchor(anchors[0])
        while position < len(anchors):
            start = position
            position, why = sift(anchors, start, self._last, self._rate, self._limits, kept)
            self._keep(anchors[start:position][kept[start:position]])
            self._health.stamps_repaired += int(np.count_nonzero(~kept[start:position]))
            if why == FAR:
                self._bridge(int(anchors[position, 0]) - 1)
            elif why in (AHEAD, BEHIND):
                self._jump(anchors[position], "gap" if why == AHEAD else "clock_backwards")
                position += 1

    def _first_anchor(self, anchor: NDArray[np.int64]) -> int:
        """Begin the run's clock; return how many anchors that used up."""
        run = self._runs[-1]
        if self._end_ns is not None:
            start_ns = anchor[1] - (anchor[0] - run.base) * float(self._rate[0])
            if 0 < self._end_ns - start_ns < JUMP_NS:
                self._health.stamps_repaired += 1
                self._begin(np.array([run.base, self._end_ns]))
                return 0
        self._begin(anchor.copy())
        return 1

    def _begin(self, knot: NDArray[np.int64]) -> None:
        self._last = knot
        self._keep(knot[None])

    def _keep(self, knots: NDArray[np.int64]) -> None:
        if len(knots):
            run = self._runs[-1]
            run.knots = np.concatenate([run.knots, knots])

    def _jump(self, anchor: NDArray[np.int64], reason: str) -> None:
        """Open a run at the anchor's sample; a run that would stay empty is replaced."""
        run = self._runs[-1]
        cut = int(anchor[0])
        if cut <= run.base:
            self._runs.pop()
            self._open_run(run.base, run.reason)
        else:
            self._end_run(cut)
            self._open_run(cut, reason)
        self._begin(anchor.copy())

    def _bridge(self, index: int) -> None:
        """Go on at the present rate until ``index`` is within reach of the last knot."""
        while len(self._runs[-1].knots) and index - int(self._last[0]) >= self._max_wait:
            self._begin(self._ahead_of(self._last)[0])

    # -- what goes out

    def release(self) -> Iterator[Chunk]:
        """Yield what has its final knots."""
        while self._waiting:
            start, block = self._waiting[0]
            run = self._runs[0]
            if run.end is not None and start >= run.end:
                self._runs.popleft()
                continue
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
            early_s = (segments[-1].end_ns - start_ns) / SECOND_NS
            self._backwards.append(
                f"segment {len(segments)} begins {early_s:.3f} s before the end of the one before"
            )
        segments.append(Segment(start_ns, chunk.end_ns, len(chunk), chunk.opens_segment))

    def conclude(self) -> None:
        """Say where time ran backwards."""
        if self._backwards:
            self._health.remark(
                "clock_backwards",
                f"the clock runs backwards {len(self._backwards)} times; first: "
                f"{self._backwards[0]}",
            )


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
