"""Stamps of any spelling are read as by the calendar, compiled or not."""

from __future__ import annotations

import naive_tables as naive
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recordings.kernels.dates import DAY_FIRST, MONTH_FIRST, NO_OFFSET, YEAR_FIRST, read_stamps

ORDERS = {"ymd": YEAR_FIRST, "mdy": MONTH_FIRST, "dmy": DAY_FIRST}


def read(cells, order, good=None):
    """(ns, offset or None) of every cell that is a stamp, else None."""
    texts = [cell.encode() for cell in cells]
    edges = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    data = np.frombuffer(b"".join(texts), np.uint8)
    times_ns, offsets_s = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int32)
    good = np.ones(len(texts), np.bool_) if good is None else good
    read_stamps(data, edges, ORDERS[order], times_ns, offsets_s, good)
    offsets = [None if offset == NO_OFFSET else offset for offset in offsets_s.tolist()]
    found = zip(times_ns.tolist(), offsets, good.tolist(), strict=True)
    return [(ns, offset) if fits else None for ns, offset, fits in found]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-05 22:41:07.250",
        "2024-03-05T22:41:07.250123456789Z",
        "2024/3/5 2:41",
        "2024.03.05  22:41:07,5 +01",
        "2014-05-07 13:29:50.439+0100 [Europe/London]",
        "2014-05-07 13:29:50.439-04:30",
        "6/14/2018 12:08:39.725",
        "14/6/2018 12:08:39 AM",
        "03/04/25 1:08:09 p.m.",
        "\t3.4.2025 01:08 PM ",
        "2024-02-29 00:00:00",
        "2023-02-29 00:00:00",
        "1900-02-29 00:00",
        "2000-02-29 23:59:59.999999999",
        "1969-12-31 23:59:59.5",
        "2240-01-01 00:00:00",
        "1899-12-31 00:00:00",
        "2024-13-05 00:00:00",
        "2024-03-05 24:00:00",
        "2024-03-05 23:60:00",
        "2024-03-05 23:59:60",
        "2024-03-05 13:00 PM",
        "2024-03-05 00:00 AM",
        "2024-03-05 22:41:07.",
        "2024-03-05 22:41:",
        "2024-03/05 22:41",
        "2024-03-05",
        "2024-03-05 22",
        "22:41:07",
        "2024-03-05 22:41:07 +1",
        "2024-03-05 22:41:07 -05 [America/New_York]",
        "2024-03-05 22:41:07 +01:3:0",
        "2024-03-05 22:41:07 +0:130",
        "2024-03-05 22:41:07 +19:00",
        "2024-03-05 22:41:07 +01:60",
        "2024-03-05 22:41:07z",
        "2024-03-05 22:41:07 [x",
        "2024-03-05 22:41:07 x",
        "2024-03-05 22:41:07 a",
        "20240-03-05 22:41:07",
        "2024-003-05 22:41:07",
        "2024-03-05 022:41:07",
        "99999999999-03-05 22:41:07",
        "",
        " ",
        "-",
        "\u00e4",
    ],
)
def test_stamps_are_read_as_by_the_calendar(cell, order):
    assert read([cell], order) == [naive.stamp(cell, order)]


parts = st.sampled_from(
    ["2024", "24", "3", "05", "13", "31", "0", "-", "-", "/", "/", ".", " ", "T", ":", ":", ",",
     "AM", "p.m.", "Z", "+01", "-0430", "+01:30", "[Zone]", "x", "\t"]
)  # fmt: skip


@given(st.lists(st.lists(parts, max_size=16).map("".join), max_size=5), st.sampled_from([*ORDERS]))
@example(["2024-3-5T2:1"], "ymd")
def test_any_mixture_of_parts_is_read_as_by_the_naive_twin(cells, order):
    assert read(cells, order) == [naive.stamp(cell, order) for cell in cells]


@given(st.datetimes(min_value=naive.datetime(1900, 1, 1), max_value=naive.datetime(2239, 12, 31)))
def test_every_date_has_its_day(moment):
    expected = (moment - naive.datetime(1970, 1, 1)) // naive.timedelta(microseconds=1) * 1000
    spelled = f"{moment.day}.{moment.month}.{moment.year} {moment:%H:%M:%S.%f}"
    assert read([spelled], "dmy") == [(expected, None)]
    spelled = f"{moment:%Y}-{moment:%m-%d %I:%M:%S.%f %p}"
    assert read([spelled], "ymd") == [(expected, None)]


def test_cells_without_a_value_are_left_alone():
    good = np.array([True, False, True])
    found = read(["2024-03-05 00:00", "2024-03-06 00:00", "soon"], "ymd", good)
    assert found[0] is not None
    assert found[1:] == [None, None]
    assert good.tolist() == [True, False, False]
