"""Tables that people write: how they are read, and how what is wrong in them is said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from detector.parameter import SettingsError
from detector.people.sheet import TableError, listed, moment, records, refuse


@pytest.fixture
def table(tmp_path):
    def write(content: str | bytes) -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# ------------------------------------------------------------------ cells


@pytest.mark.parametrize(
    "text",
    [
        "file,site\na.cwa,wrist\n",
        "file;site\na.cwa;wrist\n",
        "file\tsite\na.cwa\twrist\n",
        "\ufefffile,site\na.cwa,wrist\n",
        "file,site\r\na.cwa,wrist\r\n",
        'file,site\n"a.cwa",wrist',
    ],
    ids=["comma", "semicolon", "tab", "byte order mark", "lines of Windows", "quoted, no end"],
)
def test_separator_and_line_ends_are_those_of_the_table(table, text):
    assert records(table(text)) == [["file", "site"], ["a.cwa", "wrist"]]


def test_the_separator_is_the_most_frequent_one_of_the_heading(table):
    assert records(table("a;b;c, d\n1;2,5;x\n"))[1] == ["1", "2,5", "x"]


def test_a_quoted_cell_may_hold_separators_and_lines(table):
    assert records(table('a,b\n"1,\n2",""""\n')) == [["a", "b"], ["1,\n2", '"']]


def test_empty_lines_are_kept_so_that_rows_are_counted_as_a_spreadsheet_does(table):
    assert records(table("a,b\n\n1,2\n")) == [["a", "b"], [], ["1", "2"]]


def test_what_is_no_utf8_is_refused_with_the_byte_and_what_to_do(table):
    path = table(b"a,b\nM\xfcller,1\n")
    with pytest.raises(SettingsError) as caught:
        records(path)
    assert str(caught.value) == (f"{path}: is not UTF-8 text (at byte 5); save it as 'CSV UTF-8'")


def test_a_quotation_mark_that_is_missing_is_told_with_its_line(table):
    path = table('a,b\n1,2\n3,"4"5\n')
    with pytest.raises(SettingsError, match=r"is no CSV table: line 3: .* quotation mark missing"):
        records(path)


@pytest.mark.parametrize("text", ["", "\n1,2\n", ",,\n1,2\n"], ids=["nothing", "a gap", "commas"])
def test_a_table_without_a_heading_is_told_its_columns_if_it_must_have_one(table, text):
    path = table(text)
    with pytest.raises(SettingsError) as caught:
        records(path, ("file", "site"))
    assert str(caught.value) == f"{path}: has no heading; the columns are file, site"
    assert len(records(path)) == text.count("\n")


# ------------------------------------------------------------------ moments


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024-03-05T23:41", datetime(2024, 3, 5, 23, 41)),
        ("1900-01-01 00:00:00", datetime(1900, 1, 1)),
        ("2199-12-31T23:59:59.5", datetime(2199, 12, 31, 23, 59, 59, 500_000)),
    ],
)
def test_a_moment_is_as_iso_8601_writes_it(text, found):
    assert moment(text) == found


@pytest.mark.parametrize("text", ["1899-12-31T23:59", "2200-01-01T00:00", "23:41", "5.3.2024", ""])
def test_no_moment_lies_in_a_year_without_sensors(text):
    with pytest.raises(ValueError):  # noqa: PT011 (whoever asks says what is wrong, and where)
        moment(text)


# ------------------------------------------------------------------ problems


def test_one_problem_stands_in_the_line_and_several_in_one_each():
    assert listed("t.csv", ["row 2: no"]) == "t.csv: row 2: no"
    assert listed("t.csv", ["a", "b"]) == "t.csv: 2 problems\n  a\n  b"


@pytest.mark.parametrize(("count", "last"), [(20, "19"), (21, "and 1 more"), (50, "and 30 more")])
def test_of_many_problems_twenty_are_shown(count, last):
    first, *lines = listed("t.csv", [str(n) for n in range(count)]).split("\n  ")
    assert first == f"t.csv: {count} problems"
    assert lines[:20] == [str(n) for n in range(20)]
    assert lines[-1] == last
    assert len(lines) == min(count, 21)


def test_of_several_long_problems_the_beginnings_and_the_ends_are_shown():
    shown = listed("t.csv", ["a" * 500 + "b" * 500, "short"]).split("\n  ")
    assert shown[1:] == ["a" * 200 + " ... " + "b" * 100, "short"]


def test_what_a_cell_cannot_show_is_written_out():
    assert "\x1b" not in listed("t.csv", ["row 2: '\x1b[31m' is no site"])


def test_problems_are_refused_all_at_once_and_none_is_none(tmp_path):
    refuse(tmp_path, [])
    with pytest.raises(TableError) as caught:
        refuse(tmp_path, ["a", "b"])
    assert caught.value.problems == ("a", "b")
    assert str(caught.value) == listed(tmp_path, ["a", "b"])
