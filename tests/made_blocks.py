"""Blocks with stamps, and what the clock makes of them."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st

from recordings.clock import EARLIEST_NS, LATEST_NS, place
from recordings.model import SECOND_NS, Block, Health, Scale

SCALE = Scale()
LONELY = (EARLIEST_NS, EARLIEST_NS - 1, LATEST_NS - 1, LATEST_NS, 2**63 - 1, -(2**63), 0)
"""Stamps at the borders of what is possible."""
T0 = 1_700_000_000 * SECOND_NS


def block(n, anchors=(), breaks="", first=0):
    samples = np.zeros((n, 3), np.int16)
    samples[:, 0] = first + np.arange(n)
    return Block(
        samples=samples,
        anchors=np.array(anchors, np.int64).reshape(-1, 2),
        breaks=breaks,
        temperature_c=30.0,
    )


def placed(blocks, nominal_hz=10.0, health=None):
    """Segments as (reason, samples, times in ns), checking what every chunk must keep to."""
    segments = []
    for chunk in place(blocks, nominal_hz=nominal_hz, scale=SCALE, health=health or Health()):
        index = chunk.first_index + np.arange(len(chunk))
        assert len(chunk) > 0
        assert bool(chunk.opens_segment) == (chunk.first_index == 0)
        if chunk.opens_segment:
            segments.append((chunk.opens_segment, [], []))
        assert chunk.first_index == sum(map(len, segments[-1][1]))
        segments[-1][1].append(chunk.samples)
        segments[-1][2].append(chunk.times_ns(index))
    return [(why, np.concatenate(s), np.concatenate(t)) for why, s, t in segments]


def assert_same(found, expected):
    assert [why for why, *_ in found] == [why for why, *_ in expected]
    for (_, samples, times), (_, samples_2, times_2) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(samples, samples_2)
        np.testing.assert_array_equal(times, times_2)


def anchors_at(index, rate_hz, start_ns=T0):
    return [(i, start_ns + round(i * SECOND_NS / rate_hz)) for i in index]


@st.composite
def streams(draw):
    """Runs of samples with stamps: (number of samples, anchors), stamps jittered and jumping."""
    nominal_hz = draw(st.sampled_from([10.0, 0.02]))
    period_ns = round(SECOND_NS / nominal_hz)
    runs = []
    time_ns = T0
    for _ in range(draw(st.integers(1, 3))):
        n = draw(st.integers(0, 60))
        index = sorted(draw(st.sets(st.integers(-5, n + 10), max_size=12)))
        anchors = []
        for i in index:
            jitter = draw(st.sampled_from([0, 0, 0, 5, -5, 60, -60, 200, -200]))
            time_ns += draw(st.sampled_from([0, 0, 0, 0, 3, -3])) * SECOND_NS
            anchors.append((i, time_ns + i * period_ns + jitter * period_ns // 100))
        runs.append((n, anchors))
        time_ns += n * period_ns
    return nominal_hz, runs


def cut_up(runs, cuts, early):
    """Blocks of the stream; stamps come with their sample's block or up to ``early`` before."""
    blocks = []
    for number, (n, anchors) in enumerate(runs):
        edges = sorted({0, n, *(c for c in cuts if c < n)})
        left = list(anchors)
        for a, b in itertools.pairwise(edges) if n else [(0, 0)]:
            mine = [(i - a, t) for i, t in left if i < b + early or b == n]
            left = left[len(mine) :]
            breaks = ("start", "gap", "restart")[number] if a == 0 else ""
            blocks.append(block(b - a, mine, breaks, first=a))
    return blocks


@st.composite
def hostile_streams(draw):
    """The same with stamps that stand still, jump away and back, and cannot be."""
    nominal_hz, runs = draw(streams())
    odd = st.sampled_from(
        [None, None, 10**9, -(10**9), 5 * 10**9, -(10**12), 10**12, 10**18, -(10**18), "still"]
        + list(LONELY)
    )
    changed = []
    for n, anchors in runs:
        mine, newest = [], T0
        for i, right in anchors:
            what = draw(odd)
            if what is None:
                newest = right
            elif what != "still":
                newest = what if what in LONELY else right + what
            mine.append((i, newest))
        changed.append((n, mine))
    return nominal_hz, changed
