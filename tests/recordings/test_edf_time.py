"""When an EDF recording began, when its records did, and by whose clock."""

from __future__ import annotations

import numpy as np
import pytest

from recordings.formats.edf_time import onset_ns, start_time, stated_offset


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        (b"+0\x14\x14", 0),
        (b"+12.5\x14\x14", 12_500_000_000),
        (b"-0.5\x14\x14", -500_000_000),
        (b"7\x14", 7_000_000_000),
        (b"+7.\x14", 7_000_000_000),
        (b"+0.000000001\x14", 1),
        (b"+0.1234567899\x14", 123_456_789),  # more digits than a ns has
        (b"+999999999.999999999\x14", 999_999_999_999_999_999),
        (b"+1000000000\x14", None),
        (b"+12.5", None),
        (b"+12,5\x14", None),
        (b" +12.5\x14", None),
        (b"+\x14", None),
        (b"+-1\x14", None),
        (b"", None),
        (bytes(8), None),
    ],
)
def test_the_first_annotation_of_a_record_says_when_it_began(text, ns):
    assert onset_ns(text) == ns


@pytest.mark.parametrize(
    ("recording", "offset"),
    [
        ("Startdate 12-OCT-2018 X X TZ=+0200", "+0200"),
        ("TZ=-04:30 more", "-04:30"),
        ("TZ=+02", None),
        ("TZ=0200", None),
        ("TZ=+02000", None),
        ("", None),
    ],
)
def test_an_offset_stands_behind_tz(recording, offset):
    assert stated_offset(recording) == offset


@pytest.mark.parametrize(
    ("recording", "first"),
    [
        ("Startdate 01-JAN-1970 X X X", "1970-01-01"),
        ("Startdate 31-DEC-1969 X X X", "2024-03-05"),
        ("Startdate 31-DEC-2199 X X X", "2199-12-31"),
        ("Startdate 01-JAN-2200 X X X", "2024-03-05"),
        ("Startdate 29-FEB-2024 X X X", "2024-02-29"),
        ("Startdate 29-FEB-2023 X X X", "2024-03-05"),
        ("Startdate 5-mar-2025 X X X", "2025-03-05"),
        ("Startdate 05-MAR-20250 X X X", "2024-03-05"),
        ("Startdate 05-MAR-25 X X X", "2024-03-05"),
        ("Startdate X X X X", "2024-03-05"),
    ],
)
def test_a_date_with_four_digits_of_these_years_counts_before_one_with_two(recording, first):
    start_ns, remarks = start_time("05.03.24", "21.59.58", recording)
    assert start_ns == int(np.datetime64(f"{first}T21:59:58", "ns").astype(np.int64))
    assert not remarks


@pytest.mark.parametrize(
    ("month", "number"),
    [
        *(("JAN", 1), ("FEB", 2), ("MAR", 3), ("APR", 4), ("MAY", 5), ("JUN", 6)),
        *(("JUL", 7), ("AUG", 8), ("SEP", 9), ("OCT", 10), ("NOV", 11), ("DEC", 12)),
    ],
)
def test_months_are_those_of_english(month, number):
    start_ns, _ = start_time("", "00.00.00", f"Startdate 02-{month}-2024 X X X")
    assert start_ns == int(np.datetime64(f"2024-{number:02}-02", "ns").astype(np.int64))


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ("05.03.24", "2024-03-05"),
        ("05-03-24", "2024-03-05"),
        ("01.01.86", "1986-01-01"),
        ("31.12.99", "1999-12-31"),
        ("01.01.00", "2000-01-01"),
        ("31.12.84", "2084-12-31"),
        ("02.01.85", "1985-01-02"),
    ],
)
def test_two_digits_are_a_year_from_1985_to_2084(day, first):
    start_ns, remarks = start_time(day, "01.02.03", "")
    assert start_ns == int(np.datetime64(f"{first}T01:02:03", "ns").astype(np.int64))
    assert not remarks


@pytest.mark.parametrize("day", ["01.01.85", "", "5.3.24", "05.13.24", "05.03.2024", "050324"])
def test_without_a_date_nights_count_from_the_first_that_can_be_written(day):
    start_ns, (remark,) = start_time(day, "21.59.58", "X")
    assert start_ns == int(np.datetime64("1985-01-01T21:59:58", "ns").astype(np.int64))
    assert remark.code == "date_unknown"
    assert remark.message == (f"the header states no date ({day!r}): nights count from 1985-01-01")


@pytest.mark.parametrize("clock", ["", "24.00.00", "23.60.00", "23.00.60", "1.2.3", "230000"])
def test_without_a_time_of_day_times_count_from_1970(clock):
    start_ns, (remark,) = start_time("05.03.24", clock, "Startdate 05-MAR-2024")
    assert start_ns == 0
    assert (remark.code, remark.message) == (
        "time_relative",
        "the header states no time of day: times count from 1970-01-01T00:00:00",
    )
