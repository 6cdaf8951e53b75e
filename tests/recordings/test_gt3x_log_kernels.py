"""ActiGraph logs by hand: where a record lies, how its bytes are checked, which seconds count."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from made_gt3x import record

from recordings.kernels import gt3x

T0 = 1_700_000_000
RATE = 4
SAMPLES = struct.pack("<12h", *range(-6, 6))
"""A second of 16-bit x, y, z."""


def scanned(log, *, final=True, room=64):
    """(kind, time, offset, size) of what one call finds, and how many bytes it has used."""
    state, records = np.array(gt3x.FRESH_SCAN, np.int64), np.zeros(room, gt3x.RECORD)
    data = np.frombuffer(log + b"\x1e\x1e", np.uint8)  # bytes behind the end that do not count
    count, used = gt3x.scan_records(data, len(log), final, state, records)
    return [tuple(r) for r in records[:count].tolist()], used


def joined(*parts):
    """(why, second, samples) of the seconds of a log, and what was counted."""
    log = b"".join(parts)
    state, records = np.array(gt3x.FRESH_SCAN, np.int64), np.zeros(64, gt3x.RECORD)
    data = np.frombuffer(log, np.uint8)
    found, _ = gt3x.scan_records(data, len(log), True, state, records)  # noqa: FBT003 (a kernel)
    seconds, tally = np.zeros(found, gt3x.SECOND), np.zeros(gt3x.TALLIES, np.int64)
    state = np.array(gt3x.FRESH_JOIN, np.int64)
    count = gt3x.join_seconds(data, records[:found], RATE, state, tally, seconds)
    rows = seconds[:count][["why", "time_s", "samples"]].tolist()
    return [(why, time_s - T0, n) for why, time_s, n in rows], tally.tolist()


def second(number, payload=SAMPLES, kind=gt3x.ACTIVITY_16_XYZ):
    return record(kind, T0 + number, payload)


def event(number, payload):
    return record(gt3x.EVENT, T0 + number, payload)


# -- one record


def test_a_record_is_a_mark_a_type_a_time_a_size_a_payload_and_a_checksum():
    # 1E ^ 03 ^ 44 ^ 33 ^ 22 ^ 11 ^ 02 ^ 00 ^ 39 ^ 10 = 72, and all bits of it turned: 8D
    log = bytes.fromhex("1E 03 44332211 0200 3910 8D")
    assert record(3, 0x11223344, b"\x39\x10") == log
    assert scanned(log) == ([(3, 0x11223344, 8, 2)], 11)


@pytest.mark.parametrize("kind", range(31))
def test_records_that_nobody_needs_are_checked_and_left_out(kind):
    needed = kind in {0, 3, 6, 19, 20, 21, 26, 27}
    log = record(kind, T0, b"\1\2")
    assert scanned(log) == ([(kind, T0, 8, 2)] if needed else [], len(log))
    wrong = log[:-1] + bytes([log[-1] ^ 1])
    assert scanned(wrong)[0] == [(gt3x.LOST, -1, 0, 11)]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 65_535])
def test_a_payload_has_up_to_65535_bytes(size):
    log = b"\0\0\0" + record(6, T0, bytes(size))
    assert scanned(log) == ([(6, T0, 11, size)], len(log))


# -- several


def test_lost_bytes_are_told_with_their_place_and_the_time_before_them():
    log = second(0) + b"\xaa\xbb" + second(1) + b"\xcc" + second(2)
    size = len(second(0))
    assert scanned(log)[0] == [
        (26, T0, 8, 24),
        (gt3x.LOST, T0, size, 2),
        (26, T0 + 1, size + 2 + 8, 24),
        (gt3x.LOST, T0 + 1, 2 * size + 2, 1),
        (26, T0 + 2, 2 * size + 3 + 8, 24),
    ]


def test_zeros_between_records_are_nothing_and_within_damage_they_are_lost():
    size = len(second(0))
    assert scanned(second(0) + bytes(5) + second(1))[0][1] == (26, T0 + 1, size + 13, 24)
    found, used = scanned(second(0) + b"\xaa\0\0" + second(1))
    assert found[1:] == [(gt3x.LOST, T0, size, 3), (26, T0 + 1, size + 3 + 8, 24)]
    assert used == 2 * size + 3


@pytest.mark.parametrize("kept", [1, 7, 8, 9, 32])
def test_a_record_that_breaks_off_is_told_as_cut_at_the_end_of_the_log(kept):
    log = second(0) + second(1)[:kept]
    size = len(second(0))
    assert scanned(log)[0] == [(26, T0, 8, 24), (gt3x.CUT, T0, size, kept)]
    assert scanned(log, final=False) == ([(26, T0, 8, 24)], size)  # more may come


def test_damage_at_the_end_of_the_log_is_no_cut():
    log = second(0) + b"\xaa" + second(1)[:20]
    assert scanned(log)[0][1] == (gt3x.LOST, T0, len(second(0)), 21)


def test_scanning_stops_while_there_is_room_for_a_loss_and_a_record():
    log = b"".join(second(k) for k in range(5))
    found, used = scanned(log, room=4)
    assert [each[1] - T0 for each in found] == [0, 1, 2]
    assert used == 3 * len(second(0))


def test_a_clock_that_was_never_set_counts_from_1970_and_goes_on_behind_damage():
    log = record(26, 0, SAMPLES) + b"\xaa" + record(26, 5, SAMPLES)
    assert [each[:2] for each in scanned(log)[0]] == [(26, 0), (gt3x.LOST, 0), (26, 5)]
    far = record(26, 0, SAMPLES) + b"\xaa" + second(0)
    assert [each[:2] for each in scanned(far)[0]] == [(26, 0), (gt3x.LOST, 0)]


# -- seconds


@pytest.mark.parametrize(
    ("kind", "size", "samples"),
    [
        (26, 24, 4),
        (26, 29, 4),  # the rest of a sample does not count
        (26, 23, 3),
        (26, 30, 4),  # no more than the rate
        (26, 6, 1),
        (26, 5, 0),
        (0, 18, 4),
        (0, 17, 3),
        (27, 9, 2),
        (27, 13, 2),
        (27, 14, 3),  # two samples in nine bytes, three in 13.5
        (27, 4, 0),
    ],
)
def test_a_second_has_the_samples_that_fit_into_its_payload(kind, size, samples):
    found, tally = joined(second(0, bytes(size), kind))
    assert found == ([(gt3x.START, 0, samples)] if samples else [])
    whole = size // 6 if kind == 26 else 2 * size // 9
    assert tally[gt3x.UNEVEN] == (whole != RATE)


@pytest.mark.parametrize("kind", [6, 21])
def test_settings_are_no_seconds(kind):
    found, tally = joined(second(0), record(kind, T0 + 1, SAMPLES), second(1))
    assert [why for why, *_ in found] == [gt3x.START, gt3x.CONTINUES]
    assert not any(tally)


@pytest.mark.parametrize(
    ("between", "next_s", "why"),
    [
        ([], 1, gt3x.CONTINUES),
        ([], 2, gt3x.MISSING),
        ([], -1, gt3x.BACKWARDS),
        ([b"\xaa"], 1, gt3x.CONTINUES),  # what was lost were no seconds
        ([b"\xaa"], 2, gt3x.BAD),
        ([second(1, b"Z")], 9, gt3x.USB),
        ([second(1, b"Z"), b"\xaa"], 9, gt3x.USB),
        ([event(2, b"\x08"), event(9, b"\x09")], 9, gt3x.IDLE),
        ([event(2, b"\x08")], 9, gt3x.IDLE),
        ([event(9, b"\x09")], 9, gt3x.IDLE),
        ([event(0, b"\x08"), event(10, b"\x09")], 9, gt3x.MISSING),  # of another gap
        ([event(10, b"\x08"), event(0, b"\x09")], 9, gt3x.MISSING),
        ([event(2, b"\x08"), b"\xaa"], 9, gt3x.BAD),  # one of the two alone is no proof
        ([event(1, b"\x08"), b"\xaa", event(9, b"\x09")], 9, gt3x.IDLE),
        ([event(2, b"\x0a"), event(9, b"\x00")], 9, gt3x.MISSING),
        ([event(2, b"\x08\x00"), event(9, b"\x09\x00")], 9, gt3x.MISSING),
    ],
)
def test_a_gap_has_the_reason_that_the_log_states(between, next_s, why):
    found, _ = joined(second(0), *between, second(next_s))
    assert [each[0] for each in found] == [gt3x.START, why]


def test_seconds_of_a_clock_that_was_never_set_continue_like_others():
    found = joined(second(-T0), second(1 - T0), second(2 - T0))[0]
    assert [each[0] for each in found] == [gt3x.START, gt3x.CONTINUES, gt3x.CONTINUES]


def test_a_short_second_ends_its_run():
    found, tally = joined(second(0), second(1, SAMPLES[:18]), second(2))
    assert found == [(gt3x.START, 0, 4), (gt3x.CONTINUES, 1, 3), (gt3x.SHORT, 2, 4)]
    assert tally[gt3x.UNEVEN] == 1


def test_a_second_that_comes_again_is_used_once():
    found, tally = joined(second(0), second(0), second(1))
    assert [each[:2] for each in found] == [(gt3x.START, 0), (gt3x.CONTINUES, 1)]
    assert tally[gt3x.REPEATED] == 1


def test_damage_and_a_cable_are_forgotten_behind_the_next_second():
    parts = [b"\xaa", second(2), second(5), second(5, b"Z"), second(8), second(11)]
    found, tally = joined(second(0), *parts)
    reasons = [gt3x.START, gt3x.BAD, gt3x.MISSING, gt3x.USB, gt3x.MISSING]
    assert [each[0] for each in found] == reasons
    assert tally[gt3x.PLUGS] == 1


def test_what_is_counted_is_counted():
    parts = [event(2, b"\x08"), second(9), event(12, b"\x08"), second(20)]
    losses = [record(19, T0 + 20, b""), record(20, T0 + 20, b"")]
    tally = joined(second(0), *parts, *losses)[1]
    assert tally[gt3x.IDLES] == 2
    assert tally[gt3x.IDLE_S] == 8 + 10  # seconds between those that were recorded
    assert tally[gt3x.OVERFLOWS] == 2


# -- samples


def test_samples_of_all_three_kinds_stand_one_behind_the_other():
    wide = struct.pack("<6h", -2048, 2047, 0, 1, -1, 300)
    # -2048 = 800, 2047 = 7FF, 0 = 000; 1 = 001, -1 = FFF, 300 = 12C
    packed = bytes.fromhex("8007FF000 001FFF12C".replace(" ", ""))
    data = np.frombuffer(b"?" + wide + packed + packed, np.uint8)
    seconds = np.zeros(3, gt3x.SECOND)
    seconds["kind"], seconds["samples"] = [26, 27, 0], 2
    seconds["offset"] = [1, 13, 22]
    samples = np.full((7, 3), 77, np.int16)
    gt3x.unpack_seconds(data, seconds, samples)
    xyz = [[-2048, 2047, 0], [1, -1, 300]]
    yxz = [[2047, -2048, 0], [-1, 1, 300]]
    assert samples.tolist() == [*xyz, *xyz, *yxz, [77, 77, 77]]


@pytest.mark.parametrize("kind", [0, 27])
def test_an_odd_sample_of_12_bits_ends_in_half_a_byte(kind):
    data = np.frombuffer(bytes.fromhex("001002003F"), np.uint8)
    seconds = np.zeros(1, gt3x.SECOND)
    seconds["kind"], seconds["samples"] = kind, 1
    samples = np.zeros((1, 3), np.int16)
    gt3x.unpack_seconds(data, seconds, samples)
    assert samples.tolist() == [[1, 2, 3] if kind == 27 else [2, 1, 3]]
