"""From the rows of a table to blocks with anchors.

Where stamps step regularly, time is a straight line in the number of the row, and single stamps are
noise around it: rounded to milliseconds, jittered by a phone's scheduler, or shared by the samples
of one delivery. So rows are taken in windows of about a second, counted from a run's first row, and
each window gives one anchor: the mean of its stamps at its middle row. That is exact on every
straight line, needs no rate, and does not depend on how the file was cut into pieces.

A stamp that stays the same for longer than a gap is frozen: it says nothing of the time. Windows
with such rows have no anchor, and if the clock catches up behind them there is no gap.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...model import Block, Health
from .pace import GAP_STEPS, Pace
from .repairs import Times, mended
from .rows import KEPT, LOSSES, MISSING, RawRows

Flags = NDArray[np.bool_]


class RowJoiner:
    """Turns rows into blocks: decides where a run ends, and computes the anchors."""

    def __init__(self, pace: Pace, health: Health) -> None:
        self._pace = pace
        self._window = pace.window_rows
        self._health = health
        self._lost = KEPT
        """Why the last row was left out, if it was."""
        self._waiting = RawRows.missing(0, timed=True)
        """Rows whose stamps those behind them decide; ``lost``: why rows before them were."""
        self._last_ns: int | None = None
        self._repeated = 0
        """How often the last stamp has been repeated."""
        self._time = np.empty(0, np.int64)
        """Of the rows of the run that do not fill a window yet, as are the next."""
        self._samples = np.empty((0, 3))
        self._frozen = np.empty(0, np.bool_)
        self._breaks = ""
        """Why the run began, until its first block is out."""
        self._anchored = False
        """Whether the run has an anchor."""
        self._counts = dict.fromkeys(("shared", "frozen", "jumping", "back", "uneven"), 0)

    def join(self, rows: RawRows) -> Iterator[Block]:
        """Take rows, with their device time in ns; yield the windows that they complete."""
        if not len(rows) or rows.time is None:
            return
        before = np.concatenate([[self._lost], rows.lost[:-1]]).astype(np.uint8)
        self._lost = int(rows.lost[-1])
        self._health.blocks_bad += int(np.count_nonzero(rows.lost == MISSING))
        kept = rows.good
        self._health.blocks += int(np.count_nonzero(kept))
        more = RawRows(time=rows.time[kept], samples=rows.samples[kept], lost=before[kept])
        self._waiting = RawRows.joined([self._waiting, more]) if len(self._waiting) else more
        yield from self._decide(final=False)

    def finish(self) -> Iterator[Block]:
        """Yield what is left, and say what was found."""
        yield from self._decide(final=True)
        yield from self._extend(self._time[:0], self._samples[:0], self._frozen[:0], close=True)
        counts = self._counts
        self._health.stamps_repaired += counts["frozen"] + counts["jumping"] + counts["back"]
        notes = (
            ("missing_values", self._health.blocks_bad, "hold a missing or unreadable value"),
            ("shared_stamps", counts["shared"], "have the time of the row before: spread evenly"),
            ("frozen_stamps", counts["frozen"], "come while time stands still: it was counted on"),
            (
                "jumping_stamps",
                counts["jumping"],
                "have a time far from that on both sides of them",
            ),
            ("stamps_backwards", counts["back"], "have a time before that of the row before"),
            ("uneven_stamps", counts["uneven"], "come after a hole too short to be called a gap"),
        )
        for code, count, what in notes:
            if count:
                self._health.remark(code, f"{count} rows {what}")

    def _decide(self, *, final: bool) -> Iterator[Block]:
        """Take the waiting rows that need not wait any more into the run, or into the next."""
        rows = self._waiting
        samples, lost = rows.samples, rows.lost
        apart = lost != KEPT
        time, stop, replaced = mended(
            np.asarray(rows.time), apart, self._last_ns, self._pace, final=final
        )
        self._waiting = rows[stop:]
        if not stop:
            return
        self._counts["jumping"] += replaced
        breaks, frozen = self._breaks_before(time[:stop], lost[:stop])
        self._last_ns = int(time[stop - 1])
        first = 0
        for start, reason in [*breaks.items(), (stop, "")]:
            part = slice(first, start)
            yield from self._extend(time[part], samples[part], frozen[part], close=bool(reason))
            if reason:
                self._breaks = reason
                self._anchored = False
            first = start

    def _breaks_before(self, time: Times, lost: NDArray[np.uint8]) -> tuple[dict[int, str], Flags]:
        """Return the rows that begin a run, with the reason, and those with a frozen stamp."""
        start = self._last_ns is None
        steps = np.diff(time, prepend=time[0] if self._last_ns is None else self._last_ns)
        step_ns, gap_ns = self._pace.step_ns, self._pace.gap_ns
        changes = (steps != 0) | (lost != KEPT)
        changes[0] |= start
        row = np.arange(len(time))
        latest = row
        if not changes.all():
            latest = np.maximum.accumulate(np.where(changes, row, -1 - self._repeated))
        repeated = row - latest
        unseen_ns = np.concatenate([[self._repeated], repeated[:-1]]) * step_ns
        ahead_ns = steps - np.where(unseen_ns > gap_ns, unseen_ns, 0.0)
        frozen = repeated * step_ns > gap_ns
        self._repeated = int(repeated[-1])
        apart = (lost != KEPT) | (changes & (np.abs(ahead_ns) > gap_ns))
        apart[0] |= start
        self._counts["shared"] += int(np.count_nonzero(~apart & ~changes & ~frozen))
        self._counts["frozen"] += int(np.count_nonzero(frozen))
        self._counts["back"] += int(np.count_nonzero(~apart & (steps < 0)))
        uneven_ns = GAP_STEPS * self._pace.usual_ns
        self._counts["uneven"] += int(np.count_nonzero(~apart & changes & (ahead_ns > uneven_ns)))
        found = {}
        for each in np.flatnonzero(apart).tolist():
            clock = "gap" if ahead_ns[each] > 0 else "clock_backwards"
            found[each] = LOSSES[lost[each]] or clock
        return found | ({0: "start"} if start else {}), frozen

    def _extend(
        self, time: Times, samples: NDArray[np.float64], frozen: Flags, *, close: bool
    ) -> Iterator[Block]:
        """Add rows to the run; yield its full windows, and the rest of it if it ends here."""
        if len(self._time):
            time = np.concatenate([self._time, time])
            samples = np.concatenate([self._samples, samples])
            frozen = np.concatenate([self._frozen, frozen])
        stop = len(time) if close else len(time) // self._window * self._window
        self._time, self._samples = time[stop:].copy(), samples[stop:].copy()
        self._frozen = frozen[stop:].copy()
        if not stop:
            return
        anchors = self._anchors(time[:stop], frozen[:stop])
        yield Block(samples=samples[:stop], anchors=anchors, breaks=self._breaks)
        self._breaks = ""

    def _anchors(self, time: Times, frozen: Flags) -> Times:
        """Return one anchor a window; for a rest of less than half a window only if it is alone.

        A run must have an anchor: if its first window has frozen rows, the rows before them do.
        """
        size = self._window
        full = len(time) // size
        usable = ~np.any(frozen[: full * size].reshape(full, size), axis=1, keepdims=False)
        windows = time[: full * size].reshape(full, size)
        anchors = _middles(windows[usable], size * np.flatnonzero(usable))
        rest = slice(full * size, len(time))
        if len(time[rest]) and 2 * len(time[rest]) >= size and not frozen[rest].any():
            last = _middles(time[rest][None, : _odd(len(time[rest]))], np.array([full * size]))
            anchors = np.concatenate([anchors, last])
        if not self._anchored and not (full and usable[0]):
            alone = int(np.argmax(frozen)) if frozen.any() else len(time)
            first = _middles(time[None, : _odd(alone)], np.array([0]))
            anchors = np.concatenate([first, anchors]) if full else first
        self._anchored = True
        return anchors


def _odd(count: int) -> int:
    """Return the largest odd number that is not above ``count``, at least 1."""
    return count - 1 | 1


def _middles(windows: Times, first_rows: Times) -> Times:
    """Return (middle row, mean stamp) of windows of an odd number of rows."""
    size = windows.shape[1]
    sums = (windows - windows[:, :1]).sum(axis=1)
    means = windows[:, 0] + (2 * sums + size) // (2 * size)
    return np.column_stack([first_rows + size // 2, means])
