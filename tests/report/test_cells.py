"""Values of the tables as the pages show them."""

from __future__ import annotations

import pytest

from detector.report.cells import all_cells, cells, pairs, shown, shown_path
from detector.tables.columns import Column

NUMBER = Column("size_mg", "number", "mg", "any", "test", 2)
COUNT = Column("n", "integer", "1", "any", "test")
NAME = Column("name", "text", "", "any", "test")
FLAG = Column("counted", "boolean", "", "any", "test")
ALL = (NUMBER, COUNT, NAME, FLAG)


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (NUMBER, 1.5, "1.5"),
        (NUMBER, 1.25, "1.25"),
        (NUMBER, 1.256, "1.26"),
        (NUMBER, 100.0, "100"),
        (NUMBER, 0.0, "0"),
        (NUMBER, -2.10, "-2.1"),
        (NUMBER, "3.10", "3.1"),
        (NUMBER, "300", "300"),
        (COUNT, 100, "100"),
        (COUNT, 0, "0"),
        (NAME, "1.50", "1.50"),
        (NAME, "100.", "100."),
        (FLAG, True, "yes"),
        (FLAG, False, "no"),
        *((column, None, "") for column in ALL),
    ],
)
def test_a_value_is_shown_without_idle_zeros(column, value, text):
    assert shown(column, value) == text


def test_every_column_of_a_row_has_a_text_and_a_missing_one_an_empty_text():
    assert cells(ALL, {"size_mg": 2.0, "counted": False, "beside": 1}) == {
        "size_mg": "2",
        "n": "",
        "name": "",
        "counted": "no",
    }


def test_many_rows_are_shown_as_each_of_them_is():
    values = {
        "size_mg": [1.5, None, 1.5],
        "n": [0, 1, None],
        "name": ["a", None, "0"],
        "counted": [True, False, None],
    }
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    assert all_cells(ALL, values) == [cells(ALL, row) for row in rows]


def test_one_and_true_are_told_apart_within_a_column_of_many():
    assert all_cells((COUNT, FLAG), {"n": [1, 0], "counted": [True, False]}) == [
        {"n": "1", "counted": "yes"},
        {"n": "0", "counted": "no"},
    ]


def test_pairs_are_what_is_known_with_its_unit_in_the_order_asked_for():
    row = {"a": "1.5", "b": "", "c": "0"}
    wanted = (("third", "c", ""), ("second", "b", " h"), ("first", "a", " mg"))
    assert pairs(row, wanted) == (("third", "0"), ("first", "1.5 mg"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("wave1/a.cwa", "wave1/a.cwa"),
        ("a.cwa", "a.cwa"),
        ("../b/a.cwa", "../b/a.cwa"),
        ("/srv/study/a.cwa", "a.cwa"),
        ("C:\\study\\a.cwa", "a.cwa"),
        ("\\\\server\\share\\a.cwa", "a.cwa"),
        ("", ""),
    ],
)
def test_folders_of_an_absolute_path_are_private(path, text):
    assert shown_path(path) == text
