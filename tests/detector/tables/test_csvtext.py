"""The text of tables, cell by cell: what is quoted, what is guarded, what is read back."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import numpy as np
import pytest

from detector.tables import csvtext
from detector.tables.columns import Column


def column(type_: str, decimals: int = 0, name: str = "x") -> Column:
    return Column(name, type_, "", "any", "test", decimals)


def written(type_: str, value, decimals: int = 0) -> str:
    """A cell as it stands in the file."""
    return csvtext.line([column(type_, decimals)], {"x": value}).decode().removesuffix("\n")


def written_together(type_: str, values: np.ndarray, decimals: int = 0) -> list[str]:
    """The cells of a whole column, made at once."""
    text = csvtext.lines([column(type_, decimals)], {"x": values}).decode()
    return text.split("\n")[:-1]


@pytest.fixture
def read_back(tmp_path):
    """Read a table of one column from its text."""

    def read(type_: str, text: str):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode())
        return [row.get("x", "missing") for row in csvtext.read([column(type_)], path)]

    return read


# ------------------------------------------------------------------ single cells


@pytest.mark.parametrize(
    ("type_", "value", "decimals", "cell"),
    [
        ("number", 1.5, 3, "1.500"),
        ("number", -0.25, 2, "-0.25"),
        ("number", 0.0, 1, "0.0"),
        ("integer", 0, 0, "0"),
        ("integer", -12, 0, "-12"),
        ("boolean", True, 0, "true"),
        ("boolean", False, 0, "false"),
        ("date", "2024-03-05", 0, "2024-03-05"),
        ("utc_time", "2024-03-05T22:41:07.250Z", 0, "2024-03-05T22:41:07.250Z"),
        ("string", "sleep_start", 0, "sleep_start"),
        ("text", "Zoë", 0, "Zoë"),
    ],
)
def test_a_value_is_written_as_its_type_says(type_, value, decimals, cell):
    assert written(type_, value, decimals) == cell


@pytest.mark.parametrize("type_", ["number", "integer", "boolean", "date", "string", "text"])
def test_an_unknown_value_is_an_empty_cell(type_):
    assert written(type_, None) == ""


def test_a_name_that_a_row_has_not_is_unknown():
    two = [column("integer"), column("number", 1, "y")]
    assert csvtext.line(two, {"x": 3}) == b"3,\n"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a,b", '"a,b"'),
        ('say "so"', '"say ""so"""'),
        ("two\nlines", '"two\nlines"'),
        ("carriage\rreturn", '"carriage\rreturn"'),
        ("semi;colon and 'quote'", "semi;colon and 'quote'"),
        (" blank ", " blank "),
    ],
)
def test_quotation_marks_stand_where_rfc_4180_wants_them_and_nowhere_else(value, cell):
    assert written("text", value) == cell
    assert written("string", value) == cell


@pytest.mark.parametrize(
    "value",
    [
        "=1",
        "+a",
        "-",
        "@x",
        "\tx",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        "+1.",
        "-1,",
        "+1.5.2",
        "-1 000",
        "'=x",
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(value):
    assert written("text", value).strip('"') == f"'{value}"


@pytest.mark.parametrize(
    "value", ["-1", "+1", "-1.5", "+2,5", "-007", "a=1", "1-2", " =1", "'quoted'", "'", "x@y"]
)
def test_other_text_stays_as_it_is(value):
    assert written("text", value).strip('"') == value


def test_a_guarded_text_is_quoted_as_well_where_it_must_be():
    assert written("text", "=A1,B1") == '"\'=A1,B1"'


@pytest.mark.parametrize("cell", ["'=x", "''=x", "'-a", "'\tb", "'@"])
def test_reading_takes_one_apostrophe_away_where_writing_gave_one(cell):
    assert csvtext.text_of(cell) == cell[1:]


@pytest.mark.parametrize("cell", ["=x", "'x'", "'", "''", "x'=y", "", "''quoted"])
def test_reading_leaves_other_cells_alone(cell):
    assert csvtext.text_of(cell) == cell


def test_headings_are_text_and_guarded_like_text():
    columns = [
        column("number", 1, "usable_h"),
        column("text", 0, "=SUM(A1)"),
        column("text", 0, "a,b"),
    ]
    assert csvtext.header(columns) == b'usable_h,\'=SUM(A1),"a,b"\n'


def test_a_time_in_utc_has_milliseconds_and_ends_in_z():
    assert csvtext.utc_text(datetime(2024, 3, 5, 22, 41, 7, 250_999, UTC)) == (
        "2024-03-05T22:41:07.250Z"
    )
    assert csvtext.utc_text(datetime(2024, 3, 5, tzinfo=UTC)) == "2024-03-05T00:00:00.000Z"


# ------------------------------------------------------------------ whole columns at once


@pytest.mark.parametrize(
    ("decimals", "values", "cells"),
    [
        (0, [0, 7, -7, 10, 999, -1000], ["0", "7", "-7", "10", "999", "-1000"]),
        (1, [0.0, 0.1, -0.1, 9.9, 10.0], ["0.0", "0.1", "-0.1", "9.9", "10.0"]),
        (3, [0.001, -0.999, 12.5, 0.0], ["0.001", "-0.999", "12.500", "0.000"]),
        (3, [0.001, -0.002], ["0.001", "-0.002"]),
        (2, [0.0], ["0.00"]),
    ],
)
def test_a_column_of_numbers_is_written_digit_by_digit(decimals, values, cells):
    type_ = "number" if decimals else "integer"
    array = np.array(values, np.float64 if decimals else np.int64)
    assert written_together(type_, array, decimals) == cells


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_in_a_column_of_numbers_an_unknown_one_is_empty(value):
    assert written_together("number", np.array([1.25, value, -3.5]), 2) == ["1.25", "", "-3.50"]


@pytest.mark.parametrize("exponent", [49, 50, 51, 52, 60])
def test_very_large_numbers_are_the_same_whole_or_one_by_one(exponent):
    values = np.array([2.0**exponent - 1, 2.0**exponent, -(2.0**exponent)])
    assert written_together("number", values, 1) == [written("number", v, 1) for v in values]
    whole = np.array([2**exponent - 1, -(2**exponent)], np.int64)
    assert written_together("integer", whole) == [str(v) for v in whole]


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        (["a", "bcd", ""], ["a", "bcd", ""]),
        (["Zoë", "a"], ["Zoë", "a"]),
        (["~", "\x7f", "\x80"], ["~", "\x7f", "\x80"]),
        (['a"b', "c"], ['"a""b"', "c"]),
        (["a,b", "c"], ['"a,b"', "c"]),
        (["a,b", 'c"d', "e\rf"], ['"a,b"', '"c""d"', '"e\rf"']),
    ],
)
def test_a_column_of_texts_is_written_letter_by_letter(values, cells):
    assert written_together("string", np.array(values)) == cells


def test_a_column_with_all_that_must_be_quoted_is_quoted():
    values = np.array(["a,b", 'c"d', "e\rf", "g\nh", "plain"])
    text = csvtext.lines([column("string")], {"x": values})
    assert text == b'"a,b"\n"c""d"\n"e\rf"\n"g\nh"\nplain\n'


def test_a_column_of_free_text_is_guarded():
    assert written_together("text", np.array(["=1", "a", "-1"])) == ["'=1", "a", "-1"]


def test_a_column_of_booleans_is_written_in_words():
    assert written_together("boolean", np.array([True, False])) == ["true", "false"]


def test_no_rows_are_no_lines():
    two = [column("string"), column("number", 1, "y")]
    assert csvtext.lines(two, {"x": np.array([], "U3"), "y": np.empty(0)}) == b""


def test_columns_stand_in_the_order_of_the_table_whatever_the_order_of_the_values():
    two = [column("integer"), column("integer", 0, "y")]
    values = {"y": np.array([3, 4]), "x": np.array([1, 2])}
    assert csvtext.lines(two, values) == b"1,3\n2,4\n"


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (np.array([1.5, np.nan, np.inf, -np.inf, 0.0]), [1.5, None, None, None, 0.0]),
        (np.array(["a", "", "0"]), ["a", None, "0"]),
        (np.array([0, 3]), [0, 3]),
        (np.array([True, False]), [True, False]),
        (np.empty(0), []),
    ],
)
def test_plain_values_have_none_for_what_is_unknown_and_keep_nought(array, values):
    found = csvtext.plain(array)
    assert found == values
    assert [type(v) for v in found] == [type(v) for v in values]


# ------------------------------------------------------------------ reading


@pytest.mark.parametrize(
    ("type_", "cell", "value"),
    [
        ("number", "1.50", 1.5),
        ("integer", "-3", -3),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("text", "'=1", "=1"),
        ("string", "'=1", "'=1"),
        ("date", "2024-03-05", "2024-03-05"),
    ],
)
def test_a_cell_is_read_as_its_type_says(read_back, type_, cell, value):
    (found,) = read_back(type_, f"x,y\n{cell},1\n")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("type_", ["number", "integer", "boolean", "text", "string", "date"])
def test_an_empty_cell_is_read_as_unknown(read_back, type_):
    assert read_back(type_, "x,y\n,1\n") == [None]


def test_a_column_that_a_file_has_not_is_no_column_of_its_rows(read_back):
    assert read_back("text", "other\n1\n") == ["missing"]


def test_empty_lines_are_no_rows_and_a_file_without_a_heading_has_none(read_back):
    assert read_back("text", "x,y\n\na,1\n\n") == ["a"]
    assert read_back("text", "") == []


def test_a_heading_is_found_by_its_name_without_its_apostrophe(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"y,'=x\n1,yes\n")
    assert list(csvtext.read([column("text", 0, "=x")], path)) == [{"=x": "yes"}]


def test_lines_within_a_cell_are_kept(read_back):
    assert read_back("text", 'x,y\n"two\r\nlines",1\n') == ["two\r\nlines"]


def test_a_quotation_mark_out_of_place_is_an_error_and_not_guessed(read_back):
    with pytest.raises(csv.Error):
        read_back("text", 'x,y\n"a"b,1\n')
