"""Slow, obvious twins of the CWA kernels and of the clock. They are the specification in code."""

from __future__ import annotations

import struct
from calendar import monthrange, timegm
from datetime import datetime, timedelta

import numpy as np

SECOND_NS = 1_000_000_000


def cwa_time(packed):
    """Seconds since 1970, None for a date that does not exist."""
    year, month, day = 2000 + (packed >> 26), packed >> 22 & 15, packed >> 17 & 31
    hour, minute, second = packed >> 12 & 31, packed >> 6 & 63, packed & 63
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    return timegm((year, month, day, hour, minute, second))


def cwa_sector(raw):
    """Counts (n, 3), anchor index and anchor time of one sector; None if it is not a good one."""
    if raw[:4] != b"AX\xfc\x01" or sum(struct.unpack("<256H", raw)) % 65_536:
        return None
    word4, session, sequence, when, light, temperature = struct.unpack_from("<HIIIHH", raw, 4)
    _, _, rate_code, packing, offset, n = struct.unpack_from("<BBBBhH", raw, 22)
    size = {0x30: 4, 0x32: 6, 0x62: 12, 0x92: 18}.get(packing)
    seconds = cwa_time(when)
    if size is None or n * size > 480 or seconds is None or rate_code & 15 < 6:
        return None
    f16 = (word4 & 0x7FFF) << 1 if word4 & 0x8000 else 0
    hz = 3200 / 2 ** (15 - (rate_code & 15))
    anchor = offset + ((f16 * int(hz)) >> 16)
    time_ns = seconds * SECOND_NS + (f16 * SECOND_NS + 32_768) // 65_536
    rows = []
    for k in range(n):
        at = 30 + k * size
        if packing == 0x30:
            (w,) = struct.unpack_from("<I", raw, at)
            values = [(w >> s) & 0x3FF for s in (0, 10, 20)]
            rows.append([(v - 1024 if v >= 512 else v) * 2 ** (w >> 30) for v in values])
        else:
            rows.append(struct.unpack_from("<3h", raw, at if packing == 0x32 else at + 6))
    counts = np.array(rows, np.int16).reshape(-1, 3)
    return counts, anchor, time_ns, sequence, session, light >> 13, temperature & 1023


def clock(blocks, nominal_hz):
    """Segments of a stream of blocks: (reason, samples, times in ns), and stamps dropped.

    The rules of :func:`recordings.clock.place`, with the whole stream at hand.
    """
    clock = Clock(nominal_hz)
    for block in blocks:
        clock.take(block)
    clock.end_newest()
    samples = np.concatenate([block.samples for block in blocks])
    found = [
        (run.reason, samples[run.base : run.end], run.times(range(run.base, run.end)))
        for run in clock.runs
        if run.end > run.base
    ]
    return found, clock.repaired


def year_of(time_ns):
    """Year of a device time, of any size."""
    return (datetime(1970, 1, 1) + timedelta(microseconds=time_ns // 1000)).year


class Run:
    """Samples [base, end) of the stream and their knots."""

    def __init__(self, base, reason):
        self.base, self.end, self.reason, self.knots = base, None, reason, []
        self.stamps, self.before_ns = 0, None

    def times(self, index):
        """Linear between knots, extended at both ends."""
        out = []
        for i in index:
            k = max(0, min(sum(knot[0] <= i for knot in self.knots) - 1, len(self.knots) - 2))
            (i0, t0), (i1, t1) = self.knots[k], self.knots[k + 1]
            out.append(t0 + round((i - i0) * ((t1 - t0) / (i1 - i0))))
        return np.array(out, np.int64)


class Clock:
    """One anchor after the other, in the order in which they come."""

    def __init__(self, nominal_hz):
        self.wait = max(1, round(600 * nominal_hz))
        self.span = max(1.0, 60 * nominal_hz)
        self.rate = SECOND_NS / nominal_hz
        self.repaired = self.total = 0
        self.runs = []
        self.end_ns = self.newest_stamp = None

    def take(self, block):
        if block.breaks or not self.runs:
            self.end_newest()
            self.runs.append(Run(self.total, block.breaks or "start"))
        anchors = (block.anchors + [self.total, 0]).tolist()
        self.total += len(block.samples)
        for index, time_ns in anchors:
            if not 1960 <= year_of(time_ns) < 2240:
                self.repaired += 1
            elif self.runs[-1].knots or not self.first(index, time_ns):
                self.further(index, time_ns)
        self.go_on(self.total - 1)

    def end_newest(self):
        while self.runs and self.runs[-1].base >= self.total:
            self.runs.pop()
        if self.runs:
            self.end_run(self.total)

    def end_run(self, end):
        run = self.runs[-1]
        run.end = end
        if not run.knots:
            run.knots.append((run.base, self.end_ns or 0))
        if len(run.knots) == 1:
            run.knots.append(self.step(run.knots[0]))
        self.end_ns = int(run.times([end])[0])

    def step(self, knot):
        return knot[0] + self.wait, knot[1] + round(self.wait * self.rate)

    def go_on(self, index):
        knots = self.runs[-1].knots
        while knots and index - knots[-1][0] >= self.wait:
            knots.append(self.step(knots[-1]))

    def first(self, index, time_ns):
        """Whether the anchor is used up as the run's first knot."""
        run = self.runs[-1]
        start = time_ns - round((index - run.base) * self.rate)
        self.put_back(start)
        apart = None if self.end_ns is None else start - self.end_ns
        if apart is not None and -SECOND_NS < apart < 0:
            run.knots.append((run.base, self.end_ns))
            self.repaired += -apart > self.rate
            self.newest_stamp = time_ns if index <= run.base else None
            return index <= run.base
        if apart is not None and abs(apart) >= SECOND_NS:
            run.before_ns = self.end_ns
        run.knots.append((index, time_ns))
        run.stamps += 1
        self.newest_stamp = time_ns
        return True

    def put_back(self, next_start):
        """Of three runs the middle one, if time runs backwards with it and not without it."""
        if len(self.runs) < 2 or self.runs[-2].before_ns is None:
            return
        run = self.runs[-2]
        before, run.before_ns = run.before_ns, None
        start, stop = int(run.times([run.base])[0]), self.end_ns
        with_it = start < before - SECOND_NS or next_start < stop - SECOND_NS
        without_it = next_start <= before + (stop - start) - SECOND_NS
        if with_it and not without_it and run.end - run.base <= self.wait:
            run.knots = [(i, t + before - start) for i, t in run.knots]
            self.end_ns += before - start
            self.repaired += run.stamps
            for each in self.runs[-2:]:
                if each.reason in ("gap", "clock_backwards"):
                    each.reason = "clock_jumped"

    def further(self, index, time_ns):
        run = self.runs[-1]
        if index <= run.knots[-1][0] or time_ns == self.newest_stamp:
            self.repaired += 1
            return
        if index - run.knots[-1][0] > self.wait:
            self.go_on(index - 1)
        steps = index - run.knots[-1][0]
        elapsed = time_ns - run.knots[-1][1]
        expected = steps * self.rate
        if abs(elapsed - expected) > max(SECOND_NS, 0.05 * expected):
            self.jump(index, time_ns, "gap" if elapsed > expected else "clock_backwards")
            return
        self.newest_stamp = time_ns
        if elapsed <= 0:
            self.repaired += 1
        else:
            self.rate += steps / (steps + self.span) * (elapsed / steps - self.rate)
            run.knots.append((index, time_ns))
            run.stamps += 1

    def jump(self, index, time_ns, reason):
        run = self.runs[-1]
        if index <= run.base:
            self.runs[-1] = Run(run.base, run.reason)
        else:
            self.end_run(index)
            self.runs.append(Run(index, reason))
        if not self.first(index, time_ns):
            self.further(index, time_ns)
