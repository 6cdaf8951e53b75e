"""The kernels of ActiGraph logs do what their plain twins do, with the compiler and without it."""

from __future__ import annotations

import struct

import naive_gt3x as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_gt3x import record

from recordings.kernels import gt3x

T0 = 1_700_000_000
RATE = 4
NAMES = {gt3x.LOST: "lost", gt3x.CUT: "cut"}
WHY = {
    gt3x.CONTINUES: "",
    gt3x.START: "start",
    gt3x.USB: "usb",
    gt3x.IDLE: "idle",
    gt3x.BAD: "bad",
    gt3x.MISSING: "missing",
    gt3x.BACKWARDS: "backwards",
    gt3x.SHORT: "short",
}
NEEDED = {*naive.ACTIVITY, 3, 6, 19, 20, 21, "lost", "cut"}


def scan(log, sizes=(), capacity=64):
    """Batches of (buffer, records), the log coming in pieces of these sizes, then the rest."""
    state = np.array(gt3x.FRESH_SCAN, np.int64)
    sizes = [*sizes, len(log)]
    buffer, read, final = b"", 0, False
    while buffer or not final:
        size = max(1, sizes.pop(0)) if len(sizes) > 1 else sizes[0]
        buffer += log[read : read + size]
        read += size
        final = read >= len(log)
        records = np.zeros(capacity, gt3x.RECORD)
        data = np.frombuffer(bytearray(buffer or b"\0"), np.uint8)
        count, used = gt3x.scan_records(data, len(buffer), final, state, records)
        assert used <= len(buffer)
        yield data, records[:count], read - size - (len(buffer) - min(size, len(buffer)))
        buffer = buffer[used:]


def scanned(log, *how):
    """What the kernel finds: (kind, size of payload or loss)."""
    return [
        (NAMES.get(int(r["kind"]), int(r["kind"])), int(r["size"]))
        for _, records, _ in scan(log, *how)
        for r in records
    ]


def expected(log):
    return [(r.kind, len(r.payload)) for r in naive.records_of(log) if r.kind in NEEDED]


def joined(log, *how):
    """Seconds as the naive reader gives them, and what was counted."""
    state = np.array(gt3x.FRESH_JOIN, np.int64)
    tally = np.zeros(gt3x.TALLIES, np.int64)
    found = []
    for data, records, _ in scan(log, *how):
        seconds = np.zeros(len(records), gt3x.SECOND)
        count = gt3x.join_seconds(data, records, RATE, state, tally, seconds)
        samples = np.empty((int(seconds["samples"][:count].sum()), 3), np.int16)
        gt3x.unpack_seconds(data, seconds[:count], samples)
        row = 0
        for second in seconds[:count]:
            part = samples[row : row + second["samples"]]
            why = WHY[int(second["why"])]
            found.append(
                naive.Second(int(second["time_s"]), why, [tuple(s) for s in part.tolist()])
            )
            row += len(part)
        assert row == len(samples)
    return found, tally.tolist()


def expected_seconds(log):
    seconds, tally = naive.seconds_of(naive.records_of(log), RATE)
    return seconds, list(tally.values())


def second(number, kind=26, samples=RATE):
    size = 6 * samples if kind == 26 else (9 * samples + 1) // 2
    payload = np.random.default_rng(number).bytes(size)
    return record(kind, T0 + number, payload)


def sound(kinds):
    """A log in which nothing is damaged."""
    return b"".join(second(number, kind) for number, kind in enumerate(kinds))


# -- finding records


@pytest.mark.parametrize("capacity", [2, 3, 64])
@pytest.mark.parametrize("sizes", [(), (1,) * 300, (97, 5, 8, 9, 1)])
def test_records_are_found_however_the_log_comes_in(sizes, capacity):
    log = b"\0\0" + sound([0, 26, 27]) + b"\0" + record(6, T0, b"{}") + record(77, T0, b"new")
    assert scanned(log, sizes, capacity) == expected(log)
    assert [kind for kind, _ in scanned(log)] == [0, 26, 27, 6]


def test_a_wrong_checksum_costs_that_record_only():
    for place in (0, 1, 3, 7, 20, 32):
        log = bytearray(sound([26] * 3))
        log[33 + place] ^= 0x40
        found = scanned(bytes(log))
        assert found == expected(bytes(log))
        assert [kind for kind, _ in found] == [26, "lost", 26]


def test_what_looks_like_a_record_behind_damage_must_have_a_known_type_and_a_near_time():
    for kind, time_s, size, good in [
        (26, T0 + 5, 24, True),
        (30, T0 + 5, 1, True),
        (31, T0 + 5, 24, False),
        (26, T0 - naive.DAY, 24, True),
        (26, T0 - naive.DAY - 1, 24, False),
        (26, T0 + 400 * naive.DAY, 24, True),
        (26, T0 + 400 * naive.DAY + 1, 24, False),
        (6, T0, 8192, True),
        (6, T0, 8193, False),
    ]:
        log = second(0) + b"\xff" + record(kind, time_s, bytes(size)) + second(6)
        found = scanned(log)
        assert found == expected(log)
        lost = [n for name, n in found if name == "lost"]
        assert lost == [1 if good else 1 + 9 + size]


def test_before_the_first_record_a_time_must_be_of_this_century():
    for time_s, good in [(946_684_799, False), (946_684_800, True), (4_102_444_801, False)]:
        log = b"\xff" + record(26, time_s, bytes(24))
        assert scanned(log) == expected(log)
        assert (len(scanned(log)) == 2) == good


def test_a_log_that_ends_inside_a_record_is_cut_and_not_damaged():
    log = sound([26, 0])
    for stop in range(34, len(log)):
        assert scanned(log[:stop]) == expected(log[:stop]) == [(26, 24), ("cut", stop - 33)]


def test_a_size_that_reaches_behind_the_end_hides_nothing():
    log = bytearray(sound([26] * 4))
    log[33 + 7] = 0xFF
    assert scanned(bytes(log)) == expected(bytes(log))
    assert [kind for kind, _ in scanned(bytes(log))] == [26, "lost", 26, 26]


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from([0, 26, 27, 2, 3, 6, 21]), max_size=8),
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from("cio"), st.binary(min_size=1, max_size=9)),
        max_size=3,
    ),
    st.lists(st.integers(1, 120), max_size=12),
    st.integers(2, 9),
)
def test_any_damage_is_found_as_by_the_plain_reader(kinds, damage, sizes, capacity):
    log = bytearray(
        b"".join(
            second(n, k) if k in naive.ACTIVITY else record(k, T0 + n, b"\x1e\x08")
            for n, k in enumerate(kinds)
        )
    )
    for place, how, extra in damage:
        at = int(place * len(log))
        if how == "i":
            log[at:at] = extra
        else:
            log[at : at + len(extra)] = extra if how == "c" else b""
    log = bytes(log)
    assert scanned(log, sizes, capacity) == expected(log)
    found, tally = joined(log, sizes, capacity)
    assert (found, tally) == expected_seconds(log)


# -- joining seconds


def test_every_reason_is_found():
    event, usb = (lambda n, code: record(3, T0 + n, code)), (lambda n: record(26, T0 + n, b"Z"))
    log = b"".join(
        [
            *(second(0), second(1), second(1), second(2, 26, 3), second(3)),
            *(event(4, b"\x08"), event(9, b"\x09"), second(9)),
            *(usb(10), second(20), second(25), record(19, T0 + 26, b""), record(20, T0 + 26, b"")),
            *(b"\xee", second(30), second(29), second(30, 26, 7), second(31)),
            *(event(33, b"\x08"), b"\xee", second(35), event(37, b"\x08"), event(40, b"\x09")),
            *(b"\xee", second(40), event(43, b"\x09"), second(44), event(46, b"\x08"), second(46)),
            *(event(47, b"\x08\x01"), event(48, b"\x07"), second(49)),
        ]
    )
    found, tally = joined(log)
    assert (found, tally) == expected_seconds(log)
    assert [(s.time_s - T0, s.why) for s in found if s.why] == [
        *((0, "start"), (3, "short"), (9, "idle"), (20, "usb"), (25, "missing"), (30, "bad")),
        *((29, "backwards"), (35, "bad"), (40, "idle"), (44, "idle"), (46, "idle")),
        (49, "missing"),
    ]
    assert tally == [1, 2, 2, 1, 4, 5 + 4 + 3 + 1]


def test_events_count_by_their_time_and_not_by_their_place():
    log = b"".join(
        [record(3, T0 + 1, b"\x08"), second(0), record(3, T0 + 9, b"\x09"), second(9), second(10)]
    )
    found, _ = joined(log)
    assert [s.why for s in found] == ["start", "idle", ""]


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 3, 19, 26, 27]),
            st.integers(0, 12),
            st.sampled_from([0, 1, 3, 4, 6]),
        ),
        max_size=25,
    )
)
def test_any_sequence_of_records_is_joined_as_by_the_plain_reader(parts):
    payloads = {3: lambda size: bytes([7 + size % 3]), 1: lambda _: b"Z"}
    log = b"".join(
        record(kind, T0 + n, payloads.get(kind if kind == 3 else size, samples_of)(size))
        for kind, n, size in parts
    )
    assert joined(log) == expected_seconds(log)


def samples_of(count):
    """Payload of some samples of 16 bits, or some more of 12."""
    return bytes(range(6 * count))


# -- unpacking


def test_the_example_of_the_format_is_unpacked():
    body = np.frombuffer(bytes.fromhex("006008EBD007009EBF00700 8EBF0".replace(" ", "")), np.uint8)
    values, spare = np.empty(9, np.int16), np.empty(9, np.int16)
    gt3x.unpack_yxz(body, spare, values)
    assert values.tolist() == [8, 6, -323, 9, 7, -321, 8, 7, -321]


@given(st.lists(st.integers(-2048, 2047), min_size=1, max_size=40), st.sampled_from([0, 26, 27]))
def test_every_code_of_every_kind_comes_back(codes, kind):
    codes = codes[: max(1, len(codes) // 3) * 3] * (3 if len(codes) < 3 else 1)
    rows = [tuple(codes[i : i + 3]) for i in range(0, len(codes) - 2, 3)]
    if kind == 26:
        payload = b"".join(struct.pack("<hhh", *row) for row in rows)
    else:
        order = (1, 0, 2) if kind == 0 else (0, 1, 2)
        digits = "".join(f"{row[axis] & 0xFFF:03x}" for row in rows for axis in order)
        payload = bytes.fromhex(digits + "0" * (len(digits) % 2))
    assert naive.decode(kind, payload) == rows
    data = np.frombuffer(b"\xff" + payload + b"\xff", np.uint8)
    seconds = np.zeros(1, gt3x.SECOND)
    seconds["kind"], seconds["offset"], seconds["samples"] = kind, 1, len(rows)
    samples = np.empty((len(rows), 3), np.int16)
    gt3x.unpack_seconds(data, seconds, samples)
    assert [tuple(row) for row in samples.tolist()] == rows
