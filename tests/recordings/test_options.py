"""What a user may say of a file, and what no file can have."""

from __future__ import annotations

import re

import pytest

from recordings import ReadOptions


@pytest.mark.parametrize("order", ["ymd", "mdy", "dmy", None])
def test_dates_have_one_of_three_orders(order):
    assert ReadOptions(date_order=order).date_order == order


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"date_order": "ydm"}, "'ydm' is none of ymd, mdy, dmy"),
        ({"columns": {"x": 1, "y": 2, "w": 3}}, "'w' is none of time, x, y, z"),
        ({"columns": {"x": 1, "z": 2}}, "does not say which column is y"),
        ({"columns": {"x": 0, "y": 1, "z": 2}}, "counts columns from 1"),
        ({"columns": {"x": 1, "y": 2, "z": 2}}, "names a column twice"),
        ({"columns": {"x": "a", "y": "b", "z": "c", "time": "a"}}, "names a column twice"),
    ],
    ids=str,
)
def test_what_no_file_can_have_is_refused(stated, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        ReadOptions(**stated)


@pytest.mark.parametrize(
    "columns", [{"x": 1, "y": 2, "z": 3}, {"time": "t", "x": "a", "y": 2, "z": "c"}], ids=str
)
def test_columns_are_stated_by_position_or_name(columns):
    assert ReadOptions(columns=columns).columns == columns
