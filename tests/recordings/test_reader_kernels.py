"""The kernels of the CWA reader and of the clock equal their naive twins, compiled or not."""

from __future__ import annotations

import made_recordings as made
import naive_recordings as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.kernels import cwa as kernels
from recordings.kernels.clock import AHEAD, ALL, BACKWARDS, BEHIND, FAR, KEPT, REPEATED, sift

T0 = 1_700_000_000 * 10**9
NEVER = -(2**63)


def test_dates_equal_those_of_the_calendar():
    rng = np.random.default_rng(5)
    packed = [*rng.integers(0, 2**32, 2000).tolist(), 0, 2**32 - 1]
    months = range(1, 13)
    packed += [
        y << 26 | m << 22 | d << 17 for y in (0, 1, 24, 63) for m in months for d in (1, 28, 29, 31)
    ]
    for value in packed:
        expected = naive.cwa_time(value)
        assert kernels._seconds(value) == (-1 if expected is None else expected)


@given(st.binary(min_size=512, max_size=512), st.sampled_from([0x30, 0x32, 0x62, 0x92, 0x31, 0x60]))
def test_any_sector_is_judged_as_by_the_naive_twin(raw, packing):
    sector = np.frombuffer(raw, made.SECTOR).copy()
    sector["magic"], sector["length"], sector["packing"] = b"AX", 508, packing
    sector["samples"] %= 200
    sector["time"] = (sector["time"] & ~np.uint32(0x3FF << 16)) | np.uint32(5 << 22 | 1 << 17)
    sector = made.seal(sector)
    expected = naive.cwa_sector(sector.tobytes())
    words = sector.view("<u2").reshape(1, 256)
    info = np.zeros((kernels.INFO_ROWS, 1), np.int64)
    assert kernels.inspect(words, 0, 1, info) == (1, False)
    assert (info[kernels.STATUS, 0] == kernels.GOOD) == (expected is not None)
    if expected is not None:
        counts, anchor, time_ns, sequence, session, scale, temperature = expected
        rows = (kernels.SAMPLES, kernels.ANCHOR, kernels.TIME_NS, kernels.SEQUENCE)
        assert info[rows, 0].tolist() == [len(counts), anchor, time_ns, sequence]
        assert info[kernels.SESSION, 0] == session
        assert info[kernels.LAYOUT, 0] & 0xFF == scale
        assert info[kernels.TEMPERATURE, 0] == temperature
        flat = np.zeros(3 * len(counts), np.int16)
        which, many = np.array([0]), np.array([len(counts)])
        if packing == 0x30:
            payload = np.zeros((1, 128), np.uint32)
            payload[0, :127] = np.frombuffer(sector.tobytes()[2:510], "<u4")
            kernels.unpack_packed(payload, which, many, flat)
        else:
            kernels.unpack_wide(words.view("<i2"), which, many, packing >> 4, flat)
        np.testing.assert_array_equal(flat.reshape(-1, 3), counts)


def test_a_sector_is_found_wherever_it_lies_and_only_with_a_good_sum():
    sector = made.cwa(made.resting(120))[made.HEADER_BYTES :]
    bad = b"AX\xfc\x01" + bytes(508)
    for before in (b"", b"?", b"AX", b"AXAX\xfc", bad, bad[:77]):
        data = np.frombuffer(before + sector + b"??", np.uint8).copy()
        assert kernels.find_sector(data, 0, len(data)) == len(before)
        assert kernels.find_sector(data, len(before), len(data)) == len(before)
        assert kernels.find_sector(data, len(before) + 1, len(data)) == -1
        assert kernels.find_sector(data, 0, len(before) + 511) == -1


@pytest.mark.parametrize(
    ("anchors", "verdicts", "why"),
    [
        ([(10, 10), (20, 20)], [KEPT, KEPT], ALL),
        (
            [(10, 10), (10, 10), (5, 30), (11, 10), (20, 20)],
            [KEPT, REPEATED, REPEATED, REPEATED, KEPT],
            ALL,
        ),
        ([(10, 10), (20, 20.9), (30, 30)], [KEPT, KEPT, KEPT], ALL),
        ([(10, 10), (40, 10), (90, 10), (95, 95)], [KEPT, REPEATED, REPEATED, KEPT], ALL),
        ([(10, 10), (300, 10), (310, 310)], [KEPT, REPEATED], FAR),
        ([(10, 10), (20, 21.5), (30, 31)], [KEPT], AHEAD),
        ([(10, 10), (20, 18), (30, 31)], [KEPT], BEHIND),
        ([(10, 10), (200, 200)], [KEPT], FAR),
        ([(90, 94)], [KEPT], ALL),
        ([(90, 96)], [], AHEAD),
    ],
)
def test_anchors_are_sifted_up_to_the_first_that_does_not_continue(anchors, verdicts, why):
    stamps = np.array([(i, round(T0 + t * 1e9)) for i, t in anchors])
    last, rate = np.array([0, T0, NEVER]), np.array([1e9])
    marks = np.zeros(len(anchors), np.uint8)
    limits = np.array([100.0, 1e9, 0.05, 1000.0])
    assert sift(stamps, 0, last, rate, limits, marks) == (len(verdicts), why)
    assert marks[: len(verdicts)].tolist() == verdicts
    newest = max((k for k, verdict in enumerate(verdicts) if verdict == KEPT), default=None)
    assert last[:2].tolist() == ([0, T0] if newest is None else stamps[newest].tolist())


def test_an_anchor_that_would_turn_time_back_a_little_is_passed_over():
    stamps = np.array([[10, T0 + 10**9], [11, T0 + 9 * 10**8], [20, T0 + 2 * 10**9]])
    marks = np.zeros(3, np.uint8)
    limits = np.array([100.0, 1e9, 0.05, 1000.0])
    sift(stamps, 0, np.array([0, T0, NEVER]), np.array([1e8]), limits, marks)
    assert marks.tolist() == [KEPT, BACKWARDS, KEPT]


def sifted(*anchors, first=0, rate_ns=1e9):
    """What becomes of (sample, ns since the knot at sample 0): verdicts, end, knot, rate."""
    stamps = np.array([(i, T0 + ns) for i, ns in anchors])
    last, rate = np.array([0, T0, NEVER]), np.array([rate_ns])
    marks = np.full(len(anchors), 99, np.uint8)
    end = sift(stamps, first, last, rate, np.array([100.0, 1e9, 0.05, 1000.0]), marks)
    return marks.tolist(), end, (int(last[0]), int(last[1]) - T0), float(rate[0])


SECOND = 10**9


@pytest.mark.parametrize(
    ("sample", "ns", "why"),
    [
        (100, 100 * SECOND, ALL),
        (101, 101 * SECOND, FAR),
        (10, 11 * SECOND, ALL),  # a second is allowed
        (10, 11 * SECOND + 1, AHEAD),
        (10, 9 * SECOND, ALL),
        (10, 9 * SECOND - 1, BEHIND),
        (100, 105 * SECOND, ALL),  # or 5 % of 100 s
        (100, 105 * SECOND + 1, AHEAD),
        (100, 95 * SECOND, ALL),
        (100, 95 * SECOND - 1, BEHIND),
    ],
)
def test_an_anchor_continues_up_to_every_limit_with_it(sample, ns, why):
    marks, end, knot, _ = sifted((sample, ns))
    assert end == (1 if why == ALL else 0, why)
    assert marks == [KEPT if why == ALL else 99]
    assert knot == ((sample, ns) if why == ALL else (0, 0))


def test_the_rate_moves_by_the_share_that_an_anchor_has_of_its_averaging_length():
    rate = 1e9 + 10 / 1010 * (1.05e9 - 1e9)
    assert sifted((10, 10_500_000_000))[3] == pytest.approx(rate, rel=1e-12)
    rate += 20 / 1020 * (0.98e9 - rate)
    assert sifted((10, 10_500_000_000), (30, 30_100_000_000))[3] == pytest.approx(rate, rel=1e-12)


def test_a_stamp_that_comes_back_to_the_time_of_the_knot_is_a_repetition():
    marks, end, knot, rate = sifted((1, -5), (2, 0), (3, SECOND // 2), rate_ns=1e8)
    assert marks == [BACKWARDS, REPEATED, KEPT]
    assert (end, knot) == ((3, ALL), (3, SECOND // 2))
    # what was passed over has not moved the rate
    assert rate == pytest.approx(1e8 + 3 / 1003 * (SECOND / 6 - 1e8), rel=1e-12)


def test_a_stamp_that_was_passed_over_is_known_when_it_comes_again():
    marks = sifted((1, -5), (2, -5), (3, SECOND // 2), rate_ns=1e8)[0]
    assert marks == [BACKWARDS, REPEATED, KEPT]


@pytest.mark.parametrize(
    ("sample", "ns", "verdict"),
    [
        (1, 1, KEPT),  # time has passed, if little
        (1, 0, REPEATED),
        (0, SECOND // 2, REPEATED),  # the sample of the knot has its time
        (-1, SECOND // 2, REPEATED),
    ],
)
def test_an_anchor_must_lie_behind_the_knot_in_samples_and_in_time(sample, ns, verdict):
    marks, end, _, rate = sifted((sample, ns), rate_ns=1e8)
    assert (marks, end) == ([verdict], (1, ALL))
    assert (rate == 1e8) == (verdict != KEPT)


def test_sifting_begins_where_it_is_told():
    assert sifted((99, 5), (2, 2 * SECOND), first=1)[:2] == ([99, KEPT], (2, ALL))
