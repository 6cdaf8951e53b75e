"""Stamps and pages by hand: what each character of a date, a number and a page means."""

from __future__ import annotations

import numpy as np
import pytest

from recordings.kernels import dates, geneactiv
from recordings.kernels.dates import DAY_FIRST, MONTH_FIRST, NO_OFFSET, YEAR_FIRST

S = 10**9


def ns(text):
    return int(np.datetime64(text, "ns").astype(np.int64))


def stamp(text, order=YEAR_FIRST):
    """(ns, offset) of one cell, None if it is no stamp."""
    data = np.frombuffer(b"9" + text.encode("latin-1") + b"9", np.uint8)
    edges = np.array([1, len(data) - 1], np.int32)
    times_ns, offsets_s, good = np.zeros(1, np.int64), np.zeros(1, np.int32), np.ones(1, np.bool_)
    dates.read_stamps(data, edges, order, times_ns, offsets_s, good)
    return (int(times_ns[0]), int(offsets_s[0])) if good[0] else None


NOON = ns("2024-03-05T12:34:56")


# -- dates


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2024-03-05 12:34:56", YEAR_FIRST),
        ("2024/3/5 12:34:56", YEAR_FIRST),
        ("24-03-05 12:34:56", YEAR_FIRST),
        ("03/05/2024 12:34:56", MONTH_FIRST),
        ("3/5/24 12:34:56", MONTH_FIRST),
        ("05.03.2024 12:34:56", DAY_FIRST),
        ("5-3-24 12:34:56", DAY_FIRST),
        ("2024-03-05T12:34:56", YEAR_FIRST),
        ("2024-03-05\t12:34:56", YEAR_FIRST),
        ("  2024-03-05  12:34:56  ", YEAR_FIRST),
    ],
)
def test_three_numbers_are_a_date_in_the_order_that_is_told(text, order):
    assert stamp(text, order) == (NOON, NO_OFFSET)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("1900-01-01 00:00", "1900-01-01"),
        ("2239-12-31 00:00", "2239-12-31"),
        ("00-01-01 00:00", "2000-01-01"),
        ("99-12-31 00:00", "2099-12-31"),
        ("2000-02-29 00:00", "2000-02-29"),
        ("1970-01-01 00:00", "1970-01-01"),
        ("2023-03-01 00:00", "2023-03-01"),
        ("2024-03-01 00:00", "2024-03-01"),
        ("2024-12-31 00:00", "2024-12-31"),
    ],
)
def test_a_date_is_a_day_of_the_calendar(text, first):
    assert stamp(text) == (ns(first), NO_OFFSET)


@pytest.mark.parametrize(
    "text",
    [
        *("1899-12-31 00:00", "2240-01-01 00:00", "2024-00-05 00:00", "2024-13-05 00:00"),
        *("2024-03-00 00:00", "2024-03-32 00:00", "2024-04-31 00:00", "2023-02-29 00:00"),
        *("1900-02-29 00:00", "2100-02-29 00:00", "024-03-05 00:00", "2-03-05 00:00"),
        *("2024-003-05 00:00", "2024-03-005 00:00", "2024-03/05 00:00", "2024:03:05 00:00"),
        *("2024-03-05-12:00", "2024-03-05_12:00", "2024-03 12:00", "2024-03-05 12.00"),
        *("2024-0003-05 00:00", "2024-03-0005 00:00", "2024- 03-05 00:00", "2024-03- 05 00:00"),
    ],
)
def test_what_is_no_day_is_no_stamp(text):
    assert stamp(text) is None


LAST_DAYS = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


@pytest.mark.parametrize(("month", "last"), LAST_DAYS.items())
def test_every_month_has_its_days_and_no_more(month, last):
    for day in (1, last):
        date = f"2019-{month:02}-{day:02}"
        assert stamp(f"{date} 00:00") == (ns(date), NO_OFFSET)
        assert page_time(f"{date} 00:00:00:000".encode()) == ns(date)
    beyond = f"2019-{month:02}-{last + 1} 00:00"
    assert stamp(beyond) is None
    assert page_time(f"{beyond}:00:000".encode()) == -1


# -- times of day


@pytest.mark.parametrize(
    ("clock", "since_ns"),
    [
        ("00:00", 0),
        ("0:0", 0),
        ("23:59", 86_340 * S),
        ("23:59:59", 86_399 * S),
        ("1:2:3", 3723 * S),
        ("00:00:00.5", S // 2),
        ("00:00:00,25", S // 4),
        ("00:00:00.000000001", 1),
        ("00:00:00.1234567899", 123_456_789),  # beyond a ns nothing counts
        ("12:00:00 AM", 0),
        ("12:00 pm", 43_200 * S),
        ("1:00 PM", 46_800 * S),
        ("11:59:59 p.m.", 86_399 * S),
        ("1:00 a.m", 3600 * S),
        ("1:00am", 3600 * S),
        ("1:00Pm.", 46_800 * S),
    ],
)
def test_a_time_of_day_has_24_hours_or_12_with_a_letter(clock, since_ns):
    assert stamp(f"2024-03-05 {clock}") == (ns("2024-03-05") + since_ns, NO_OFFSET)


@pytest.mark.parametrize(
    "clock",
    [
        *("24:00", "12:60", "12:00:60", "012:00", "12:000", "12:00:000", "12", "12:", ":30"),
        *("13:00 PM", "0:00 AM", "12:00 P", "12:00 PN", "12:00 p..m", "12:00 PM PM", "12:00 x"),
        *("12:00:00.", "12:00:", "12:00:00:00", "-1:00", "12: 00", "12:00: 00"),
    ],
)
def test_what_is_no_time_of_day_is_no_stamp(clock):
    assert stamp(f"2024-03-05 {clock}") is None


# -- offsets and names of zones


@pytest.mark.parametrize(
    ("behind", "offset_s"),
    [
        ("Z", 0),
        (" Z ", 0),
        ("+00:00", 0),
        ("+01", 3600),
        ("-01", -3600),
        ("+0130", 5400),
        ("-04:30", -16_200),
        (" +05:45", 20_700),
        ("+18:00", 64_800),
        ("-18:59", -68_340),
        ("+01:00[Europe/Paris]", 3600),
        ("+01 [x]", 3600),
        ("Z[UTC]", 0),
        (" PM +01:00", 3600),  # 12:34 in the afternoon
    ],
)
def test_an_offset_is_subtracted_and_told(behind, offset_s):
    assert stamp(f"2024-03-05 12:34:56{behind}") == (NOON - offset_s * S, offset_s)


@pytest.mark.parametrize(
    "behind",
    [
        "z",
        "+1",
        "+100",
        "+01:3",
        "+01:300",
        "+19",
        "+01:60",
        "+0160",
        "++01",
        "+01+01",
        "GMT",
        "Z[",
        "]",
    ],
)
def test_what_is_no_offset_spoils_the_stamp(behind):
    assert stamp(f"2024-03-05 12:34:56{behind}") is None


def test_a_name_in_brackets_alone_is_passed_over():
    assert stamp("2024-03-05 12:34:56 [Europe/Paris]") == (NOON, NO_OFFSET)
    assert stamp("2024-03-05 12:34:56 [Europe/Paris") is None


def test_cells_lie_one_behind_the_other():
    cells = [b"2024-03-05 12:34:56", b"soon", b"2024-03-05 12:34:56Z", b""]
    data = np.frombuffer(b"".join(cells), np.uint8)
    edges = np.cumsum([0, *map(len, cells)], dtype=np.int32)
    times_ns, offsets_s = np.full(4, -7), np.full(4, -7, np.int32)
    good = np.array([True, True, True, True])
    dates.read_stamps(data, edges, YEAR_FIRST, times_ns, offsets_s, good)
    assert good.tolist() == [True, False, True, False]
    assert times_ns[[0, 2]].tolist() == [NOON, NOON]
    assert offsets_s[[0, 2]].tolist() == [NO_OFFSET, 0]


@pytest.mark.parametrize(
    "bad",
    [
        *("2024-03/05 12:34:56Z", "2024-03-005 12:34:56Z", "2024-03-05 123:34:56Z"),
        *("2024-03-05 13:00 PMZ", "2024-03-05 1:00 PxZ", "2024-03-05 12:34:56+19:00Z"),
    ],
)
def test_a_stamp_that_breaks_off_takes_nothing_from_the_one_before(bad):
    data = np.frombuffer(b"2024-03-05 12:34:56Z" + bad.encode(), np.uint8)
    edges, good = np.array([0, 20, len(data)], np.int32), np.ones(2, np.bool_)
    dates.read_stamps(data, edges, YEAR_FIRST, np.zeros(2, np.int64), np.zeros(2, np.int32), good)
    assert good.tolist() == [True, False]


# -- GENEActiv: numbers and times of a page


def number(text):
    data = np.frombuffer(b"1" + text + b"1", np.uint8)
    return geneactiv._number(data, 1, len(data) - 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"34.8", 34.8),
        (b"34,8", 34.8),
        (b"-3.5", -3.5),
        (b" 100.0 Hz", 100.0),
        (b"5.", 5.0),
        (b".5", 0.5),
        (b"0\0\0\0", 0.0),
        (b"123456789012345", 123456789012345.0),
        (b"1234567890123456", None),  # more digits than are exact
        (b"", None),
        (b"-", None),
        (b".", None),
        (b"1.2.3", None),
        (b"1e5", None),
        (b"+5", None),
        (b"--5", None),
        (b"- 5", None),
    ],
)
def test_a_number_of_a_page_has_point_or_comma_and_ends_at_a_blank(text, value):
    found = number(text)
    assert np.isnan(found) if value is None else found == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "value"),
    [(b"0", 0), (b"25215", 25215), (b"7.0", 7), (b"7.5", -1), (b"-1", -1), (b"x", -1)],
)
def test_a_sequence_number_is_whole_and_not_negative(text, value):
    data = np.frombuffer(text, np.uint8)
    assert geneactiv._whole_number(data, 0, len(data)) == value


def page_time(text):
    data = np.frombuffer(b"1" + text + b"1", np.uint8)
    return geneactiv._time_ns(data, 1, len(data) - 1, np.full(7, 99))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (b"2019-03-21 14:58:00:500", "2019-03-21T14:58:00.500"),
        (b"2019-3-21 4:8:0:5", "2019-03-21T04:08:00.005"),
        (b"2024-02-29 23:59:59:999", "2024-02-29T23:59:59.999"),
        (b"1970-01-01 00:00:00:000", "1970-01-01"),
        (b"2200-12-31 00:00:00:000", "2200-12-31"),
        (b" 2019-03-21 14:58:00:500 \0\r", "2019-03-21T14:58:00.500"),
        (b"2000-02-29 00:00:00:000", "2000-02-29"),
    ],
)
def test_a_time_of_a_page_has_seven_numbers_down_to_milliseconds(text, first):
    assert page_time(text) == ns(first)


@pytest.mark.parametrize(
    "text",
    [
        *(b"1969-12-31 23:59:59:999", b"2201-01-01 00:00:00:000", b"0000-00-00 00:00:00:000"),
        *(b"2019-13-01 00:00:00:000", b"2019-00-01 00:00:00:000", b"2019-04-31 00:00:00:000"),
        *(b"2019-02-29 00:00:00:000", b"2100-02-29 00:00:00:000", b"2019-01-00 00:00:00:000"),
        *(b"2019-01-01 24:00:00:000", b"2019-01-01 00:60:00:000", b"2019-01-01 00:00:60:000"),
        *(b"2019-01-01 00:00:00:1000", b"2019-01-01 00:00:00", b"2019-01-01 00:00:00:000x"),
        *(b"", b"soon", b"2019-01-01 00:00:00:000:1"),
    ],
)
def test_what_is_no_time_of_a_page_is_none(text):
    assert page_time(text) == -1


@pytest.mark.parametrize(
    ("digits", "numbers"),
    [
        (b"01234567", [0x0123, 0x4567]),
        (b"89ABCDEF", [0x89AB, 0xCDEF]),
        (b"89abcdef", [0x89AB, 0xCDEF]),
        (b"00000000", [0, 0]),
        (b"FFFFFFFF", [0xFFFF, 0xFFFF]),
    ],
)
def test_eight_digits_are_two_numbers_of_sixteen_bits(digits, numbers):
    words, quads = np.frombuffer(digits, np.uint64), np.zeros(1, np.uint64)
    assert geneactiv._digits_to_numbers(words, quads)
    assert quads.view(np.uint32).tolist() == numbers


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize(
    "byte", [b"/", b":", b"@", b"G", b"`", b"g", b"\0", b"\x1f", b"\x80", b"\xb0"]
)
def test_a_byte_that_is_no_digit_spoils_its_word_wherever_it_stands(place, byte):
    digits = b"01234567"[:place] + byte + b"01234567"[place + 1 :]
    words = np.frombuffer(b"00000000" + digits, np.uint64)
    assert not geneactiv._digits_to_numbers(words, np.zeros(2, np.uint64))
