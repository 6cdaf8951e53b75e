"""CWA sectors byte by byte: where each field lies, and what keeps or loses the alignment."""

from __future__ import annotations

import struct
from calendar import timegm

import numpy as np
import pytest

from recordings.kernels import cwa as kernels
from recordings.kernels.cwa import (
    ANCHOR,
    BAD_LAYOUT,
    BAD_STAMP,
    BAD_SUM,
    EVENTS,
    FOREIGN,
    GOOD,
    LAYOUT,
    LOST,
    SAMPLES,
    SEQUENCE,
    SESSION,
    STATUS,
    TEMPERATURE,
    TIME_NS,
)

NEW_YEAR = 24 << 26 | 1 << 22 | 1 << 17
"""2024-01-01 00:00:00, packed."""
NEW_YEAR_S = 1_704_067_200
FIELDS = {  # offset and type of every field, as the maker states them
    "magic": (0, "2s", b"AX"),
    "length": (2, "H", 508),
    "fraction": (4, "H", 0x8000),
    "session": (6, "I", 1),
    "sequence": (10, "I", 0),
    "time": (14, "I", NEW_YEAR),
    "light": (18, "H", 300),
    "temperature": (20, "H", 270),
    "events": (22, "B", 0),
    "battery": (23, "B", 190),
    "rate_code": (24, "B", 0x4A),
    "packing": (25, "B", 0x30),
    "offset": (26, "h", 0),
    "count": (28, "H", 120),
}


def sector(data=b"", off_by=0, **fields):
    """512 bytes whose 256 words add up to 0, or to ``off_by``."""
    raw = bytearray(512)
    for name, (at, kind, usual) in FIELDS.items():
        struct.pack_into("<" + kind, raw, at, fields.get(name, usual))
    raw[30 : 30 + len(data)] = data
    struct.pack_into("<H", raw, 510, (off_by - sum(struct.unpack("<255H", raw[:510]))) % 65_536)
    return bytes(raw)


def inspected(content, *, first=0, final=True):
    """Where reading stopped, whether the alignment was lost, and what was found."""
    words = np.frombuffer(content, "<u2").reshape(-1, 256)
    info = np.full((kernels.INFO_ROWS, len(words)), -9)
    return *kernels.inspect(words, first, final, info), info


def field(row, **fields):
    return int(inspected(sector(**fields))[2][row, 0])


@pytest.mark.parametrize(
    ("row", "fields", "expected"),
    [
        (SESSION, {"session": 0x8765_4321}, 0x8765_4321),
        (SEQUENCE, {"sequence": 0xFEDC_BA98}, 0xFEDC_BA98),
        (SAMPLES, {"count": 77}, 77),
        (EVENTS, {"events": 0x21, "battery": 0xFF}, 0x21),
        (TEMPERATURE, {"temperature": 0xFC00 | 261}, 261),  # ten bits
        (LAYOUT, {"rate_code": 0x4A, "packing": 0x30, "light": 0x1FFF}, 0x4A_30_00),
        (LAYOUT, {"rate_code": 0x0C, "packing": 0x62, "light": 0x8BFF, "count": 40}, 0x0C_62_04),
        (LAYOUT, {"rate_code": 0x0C, "packing": 0x92, "light": 0xFFFF, "count": 26}, 0x0C_92_07),
    ],
)
def test_a_field_lies_where_the_format_says(row, fields, expected):
    assert field(row, **fields) == expected
    assert field(STATUS, **fields) == GOOD


@pytest.mark.parametrize(
    ("fraction", "rest_ns"),
    [
        (0x8000, 0),
        (0x8001, 30_518),  # 1/32768 s: 30517.6 ns
        (0x8002, 61_035),
        (0xC000, 500_000_000),
        (0xFFFF, 999_969_482),
        (0x7FFF, 0),  # without the top bit it is a device's number
    ],
)
def test_a_stamp_has_a_fraction_if_its_top_bit_says_so(fraction, rest_ns):
    assert field(TIME_NS, fraction=fraction) == NEW_YEAR_S * 10**9 + rest_ns


@pytest.mark.parametrize(
    ("rate_code", "fraction", "offset", "anchor"),
    [
        (0x4A, 0x8000, 125, 125),
        (0x4A, 0xC000, 75, 125),  # half a second of 100 Hz
        (0x4A, 0xFFFF, -30, 69),  # 99.997 samples, rounded down
        (0x47, 0xC000, 119, 125),  # 12.5 Hz counts as 12
        (0x46, 0xFFFF, 20, 25),  # 6.25 Hz as 6: 5.9998 samples
        (0x4F, 0xC000, -1500, 100),  # 3200 Hz
        (0x4F, 0xFFFF, -3100, 99),  # 3199.9 samples
        (0x4A, 0x4000, 75, 75),
        (0x4A, 0x8000, -32_768, -32_768),
        (0x4A, 0x8000, 32_767, 32_767),
    ],
)
def test_the_anchor_undoes_what_was_put_in_for_old_readers(rate_code, fraction, offset, anchor):
    assert field(ANCHOR, rate_code=rate_code, fraction=fraction, offset=offset) == anchor


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"packing": 0x30, "count": 120}, GOOD),
        ({"packing": 0x30, "count": 121}, BAD_LAYOUT),
        ({"packing": 0x32, "count": 80}, GOOD),
        ({"packing": 0x32, "count": 81}, BAD_LAYOUT),
        ({"packing": 0x62, "count": 40}, GOOD),
        ({"packing": 0x62, "count": 41}, BAD_LAYOUT),
        ({"packing": 0x92, "count": 26}, GOOD),
        ({"packing": 0x92, "count": 27}, BAD_LAYOUT),
        ({"packing": 0x31}, BAD_LAYOUT),
        ({"packing": 0x60, "count": 10}, BAD_LAYOUT),
        ({"count": 0}, GOOD),
        ({"rate_code": 0x46}, GOOD),
        ({"rate_code": 0x45}, BAD_LAYOUT),
        ({"rate_code": 0x00}, BAD_LAYOUT),
        ({"time": 0}, BAD_STAMP),
        ({"time": 0, "packing": 0x31}, BAD_LAYOUT),
    ],
)
def test_a_sector_is_good_if_its_packing_count_rate_and_date_can_be(fields, status):
    assert field(STATUS, **fields) == status


def packed(y, mo, d, h=0, mi=0, s=0):
    return (y - 2000) << 26 | mo << 22 | d << 17 | h << 12 | mi << 6 | s


@pytest.mark.parametrize(
    "date",
    [
        (2000, 1, 1),
        (2000, 2, 29),
        (2000, 3, 1),
        (2023, 12, 31, 23, 59, 59),
        (2024, 2, 29, 12, 34, 56),
        (2026, 4, 30),
        (2063, 12, 31, 23, 59, 59),
        *[(2025, month, 31) for month in (1, 3, 5, 7, 8, 10, 12)],
        *[(2025, month, 30) for month in (4, 6, 9, 11)],
        (2025, 2, 28),
    ],
)
def test_a_date_is_six_fields_in_32_bits(date):
    assert kernels._seconds(packed(*date)) == timegm((*date, 0, 0, 0)[:6])


@pytest.mark.parametrize(
    "date",
    [
        (2025, 0, 1),
        (2025, 13, 1),
        (2025, 1, 0),
        *[(2025, month, 31) for month in (4, 6, 9, 11)],
        (2025, 2, 29),
        (2024, 2, 30),
        (2025, 1, 1, 24, 0, 0),
        (2025, 1, 1, 0, 60, 0),
        (2025, 1, 1, 0, 0, 60),
    ],
)
def test_what_is_no_date_is_none(date):
    assert kernels._seconds(packed(*date)) == -1


# -- the sum, and what stands in a sector's place

BAD = sector(off_by=1)
HEADER = b"MD\xfc\x03" + bytes(range(256)) * 3 + bytes(252)
ERASED = b"\xff" * 512
STRAY = b"who knows" + bytes(503)


@pytest.mark.parametrize("word", [0, 1, 100, 254, 255])
@pytest.mark.parametrize("by", [1, 0x8000, 0xFFFF])
def test_all_256_words_add_up_to_nothing(word, by):
    words = np.frombuffer(sector(sequence=7, data=b"\xff" * 480), "<u2").reshape(1, 256).copy()
    assert kernels._sum_is_zero(words, 0)
    words[:, word] += np.uint16(by)
    assert not kernels._sum_is_zero(words, 0)


@pytest.mark.parametrize("magic", [b"GX", b"UB", b"SI"])
def test_other_blocks_are_passed_over(magic):
    stop, lost, info = inspected(sector() + sector(magic=magic, off_by=9) + sector(sequence=1))
    assert (stop, lost) == (3, False)
    assert info[STATUS].tolist() == [GOOD, FOREIGN, GOOD]


def test_erased_flash_is_passed_over():
    assert inspected(ERASED + sector())[2][STATUS].tolist() == [FOREIGN, GOOD]


def test_a_header_takes_the_place_of_two_sectors_whatever_is_in_it():
    header = HEADER[:512] + sector()
    stop, lost, info = inspected(sector() + header + sector(sequence=1))
    assert (stop, lost) == (4, False)
    assert info[STATUS].tolist() == [GOOD, FOREIGN, FOREIGN, GOOD]


def test_a_header_that_is_another_follows_one():
    info = inspected(HEADER + HEADER + sector())[2]
    assert info[STATUS].tolist() == [FOREIGN] * 4 + [GOOD]


@pytest.mark.parametrize(("final", "stop"), [(True, 2), (False, 1)])
def test_half_a_header_waits_for_the_rest_unless_nothing_follows(final, stop):
    assert inspected(sector() + HEADER[:512], final=final)[:2] == (stop, False)


@pytest.mark.parametrize(
    "stray",
    [
        STRAY,
        b"MD\xfc\x04" + bytes(508),
        b"MD\xfb\x03" + bytes(508),
        sector(length=507),
        sector(magic=b"XA"),
    ],
    ids=["text", "long header", "short header", "length", "magic"],
)
def test_anything_else_loses_the_alignment_where_it_stands(stray):
    stop, lost, info = inspected(sector() + stray + sector())
    assert (stop, lost) == (1, True)
    assert info[STATUS].tolist() == [GOOD, LOST, -9]


@pytest.mark.parametrize("follows", [sector(), BAD, ERASED, HEADER, sector(magic=b"GX")])
def test_a_wrong_sum_keeps_the_alignment_if_something_known_follows(follows):
    stop, lost, info = inspected(BAD + follows)
    assert (stop, lost) == (1 + len(follows) // 512, False)
    assert info[STATUS, 0] == BAD_SUM
    assert (info[STATUS, 1:] != -9).all()  # what follows is read


def test_a_wrong_sum_with_nothing_known_behind_it_loses_the_alignment():
    assert inspected(sector() + BAD + STRAY)[:2] == (1, True)


@pytest.mark.parametrize(("final", "stop"), [(True, 2), (False, 1)])
def test_a_wrong_sum_at_the_end_waits_for_what_follows_unless_nothing_does(final, stop):
    assert inspected(sector() + BAD, final=final)[:2] == (stop, False)


def test_reading_begins_where_it_is_told():
    stop, lost, info = inspected(STRAY + sector(sequence=5), first=1)
    assert (stop, lost) == (2, False)
    assert info[STATUS].tolist() == [-9, GOOD]
    assert info[SEQUENCE].tolist() == [-9, 5]


# -- looking for a sector in any place


@pytest.mark.parametrize("at", range(4))
def test_a_sector_begins_with_its_four_marks(at):
    data = np.frombuffer(sector(), np.uint8).copy()
    assert kernels.find_sector(data, 0, 512) == 0
    data[at] ^= 1
    assert kernels.find_sector(data, 0, 512) == -1


def test_the_search_goes_on_behind_marks_with_a_wrong_sum():
    content = BAD[:300] + BAD + b"?" + sector() + sector()
    data = np.frombuffer(content, np.uint8)
    assert kernels.find_sector(data, 0, len(data)) == 813
    assert kernels.find_sector(data, 814, len(data)) == 813 + 512
    assert kernels.find_sector(data, 0, 813 + 511) == -1


# -- samples


def word(x, y, z, e):
    return struct.pack("<I", x & 0x3FF | (y & 0x3FF) << 10 | (z & 0x3FF) << 20 | e << 30)


def unpacked(sectors, which, counts):
    payload = np.zeros((len(sectors), 128), np.uint32)
    for row, each in zip(payload, sectors, strict=True):
        row[:127] = np.frombuffer(each[2:510], "<u4")
    flat = np.full(3 * sum(counts) + 3, 77, np.int16)
    kernels.unpack_packed(payload, np.array(which), np.array(counts), flat[:-3])
    assert flat[-3:].tolist() == [77, 77, 77]
    return flat[:-3].reshape(-1, 3).tolist()


@pytest.mark.parametrize("e", range(4))
@pytest.mark.parametrize("values", [(1, 2, 3), (511, -512, 0), (-1, -2, -3), (-512, 511, -256)])
def test_packed_samples_are_three_tens_of_bits_shifted_by_two_bits(values, e):
    found = unpacked([sector(word(*values, e))], [0], [1])
    assert found == [[value * 2**e for value in values]]


def test_packed_samples_of_chosen_sectors_follow_each_other():
    one = sector(b"".join(word(k, -k, 0, 0) for k in range(120)))
    two = sector(b"".join(word(0, k, 300 + k, 0) for k in range(120)))
    found = unpacked([one, sector(), two], [2, 0], [2, 120])
    assert found == [[0, 0, 300], [0, 1, 301], *([k, -k, 0] for k in range(120))]


@pytest.mark.parametrize(("channels", "first", "most"), [(3, 0, 80), (6, 3, 40), (9, 3, 26)])
def test_wide_samples_have_their_acceleration_first_or_behind_the_gyroscope(channels, first, most):
    values = np.arange(240, dtype="<i2") - 100
    content = sector(values.tobytes()) + sector((values * 3).tobytes())
    words = np.frombuffer(content, "<i2").reshape(2, 256)
    flat = np.full(3 * (most + 1) + 3, 77, np.int16)
    kernels.unpack_wide(words, np.array([1, 0]), np.array([1, most]), channels, flat[:-3])
    rows = np.arange(most * channels).reshape(most, channels)[:, first : first + 3] - 100
    assert flat[:3].tolist() == (3 * rows[0]).tolist()
    np.testing.assert_array_equal(flat[3:-3].reshape(-1, 3), rows)
    assert flat[-3:].tolist() == [77, 77, 77]
