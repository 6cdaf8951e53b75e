"""How a text table is written: what is text, its separator, marks, names, and its first row."""

from __future__ import annotations

from pathlib import Path

import pytest

from recordings import RecordingError
from recordings.formats.tables.text import (
    LOOK_ROWS,
    MISSING,
    find_dialect,
    is_number,
    looks_like_text,
)

PATH = Path("a.csv")


def dialect(text, *, begin=0, whole=True):
    head = text if isinstance(text, bytes) else text.encode()
    return find_dialect(PATH, head, begin=begin, whole=whole)


# -- text


@pytest.mark.parametrize(
    ("head", "is_text"),
    [
        (b"", True),
        (b"x,y\tz\r\n\x0b\x0c", True),
        ("Zeit; größte".encode("latin-1"), True),
        (b"\xff\xfex\0", True),  # UTF-16 is text, to be refused by name
        (b"\xfe\xff\0x", True),
        *[(b"text" + bytes([byte]), False) for byte in (0, 1, 8, 14, 31, 127)],
    ],
)
def test_text_has_no_control_characters_but_tabs_and_line_ends(head, is_text):
    assert looks_like_text(head) is is_text


@pytest.mark.parametrize(
    ("cell", "point", "comma"),
    [
        ("1", True, True),
        ("-12", True, True),
        ("+.5", True, False),
        ("5.", True, False),
        ("-0,25", False, True),
        (",5", False, True),
        ("1.5e-3", True, False),
        ("1,5E+10", False, True),
        ("2e5", True, True),
        ("inf", True, True),
        ("-Infinity", True, True),
        ("nan", False, False),
        ("", False, False),
        (".", False, False),
        (",", False, False),
        ("1e", False, False),
        ("1.2.3", False, False),
        ("0x10", False, False),
        ("1 000", False, False),
        ("--1", False, False),
    ],
)
def test_a_number_has_one_decimal_mark(cell, point, comma):
    assert (is_number(cell, "."), is_number(cell, ",")) == (point, comma)


# -- separator and marks


@pytest.mark.parametrize(
    ("row", "delimiter", "decimal"),
    [
        ("1.5,2.5,3.5", ",", "."),
        ("1.5;2.5;3.5", ";", "."),
        ("1,5;2,5;3,5", ";", ","),
        ("1;2;3", ";", "."),
        ("1.5\t2.5\t3.5", "\t", "."),
        ("1,5\t2,5\t3,5", "\t", ","),
        ("1.5 2.5 3.5", " ", "."),
        ("1,5 2,5 3,5", " ", ","),
        ("1,2,3", ",", "."),
        ("1, 2, 3", ",", "."),  # and not three numbers with a comma at their end
        ("1,5e-1;1;1", ";", ","),
    ],
)
def test_the_separator_is_the_one_that_gives_rows(row, delimiter, decimal):
    found = dialect(f"{row}\n" * 5)
    assert (found.delimiter, found.decimal, found.columns) == (delimiter, decimal, 3)


def test_the_separator_with_most_rows_of_one_width_counts():
    assert dialect("1;2;3\n" + "1 2 3\n" * 9).delimiter == " "
    assert dialect("1;2;3\n" * 9 + "1 2 3\n").delimiter == ";"


@pytest.mark.parametrize(("good", "fits"), [(5, True), (4, False)])
def test_half_of_the_rows_must_have_as_many_cells_as_the_first(good, fits):
    text = "1,2,3\n" * good + "1,2\n" * (10 - good)
    if fits:
        assert len(dialect(text).rows) == good
    else:
        with pytest.raises(RecordingError, match="no constant number of columns"):
            dialect(text)


@pytest.mark.parametrize(
    ("text", "newline"),
    [("1,2,3\n4,5,6\n", b"\n"), ("1,2,3\r\n4,5,6\r\n", b"\n"), ("1,2,3\r4,5,6\r", b"\r")],
)
def test_line_ends_are_told(text, newline):
    found = dialect(text)
    assert found.newline == newline
    assert found.rows == (("1", "2", "3"), ("4", "5", "6"))


def test_a_character_that_the_end_of_the_head_cuts_does_not_change_the_encoding():
    head = "t,x,y,größe\n1,2,3,4\n5,6,7,ö\nö".encode()[:-1]
    assert dialect(head, whole=False).names == ("t", "x", "y", "größe")
    assert dialect(head[:-1]).names == ("t", "x", "y", "größe")


# -- names and rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_cells_are_stripped_of_blanks_and_quotes(delimiter):
    text = 'time, "Acc, x" ,y,"z, g"\n "1" , 2,"3",4 \n'.replace(",", delimiter)
    found = dialect(text)
    assert found.names == ("time", f"Acc{delimiter} x", "y", f"z{delimiter} g")
    assert found.rows == (("1", "2", "3", "4"),)


def test_a_quote_within_a_name_is_kept_and_swallows_nothing():
    assert dialect('t,x",y,z"\n1,2,3,4\n').names == ("t", 'x"', "y", 'z"')


def test_blanks_as_separators_stand_between_all_names():
    assert dialect("t x y z\n1 2 3 4\n").names == ("t", "x", "y", "z")
    assert dialect("t  x y\n1 2 3 4\n").names == ("t", "", "x", "y")


@pytest.mark.parametrize(
    "above",
    [
        "t,x,y,z",
        "# t,x,y,z",
        "%t,x,y,z",
        "// t,x,y,z",
        "A recording\nof a night\nt,x,y,z",
        "# made 2024\n\n   \nt,x,y,z",
    ],
)
def test_the_line_above_the_first_row_holds_the_names(above):
    found = dialect(f"{above}\n1,2,3,4\n5,6,7,8\n")
    assert found.names == ("t", "x", "y", "z")
    assert found.start == len(above) + 1
    assert found.rows == (("1", "2", "3", "4"), ("5", "6", "7", "8"))


@pytest.mark.parametrize(
    ("above", "names"),
    [
        ("", None),
        ("# a remark", None),
        ("# one, two, three, four, five words", None),
        ("one, two", None),  # two words are no names of four columns
        ("1a,2b,3", None),
        ("a,b,1,2", ("a", "b", "1", "2")),  # two of four are enough
        ("a,1,2,3", None),
    ],
)
def test_a_line_that_is_no_list_of_names_is_passed_over(above, names):
    assert dialect(f"{above}\n1,2,3,4\n").names == names


@pytest.mark.parametrize("above", ["a,b,c", "a,b,c,d,e"])
def test_three_names_or_more_that_are_not_those_of_the_columns_are_refused(above):
    with pytest.raises(RecordingError, match="names but 4 values in a row"):
        dialect(f"{above}\n1,2,3,4\n")


def test_a_separator_behind_every_row_is_a_column_without_name_or_value():
    found = dialect("t,x,y,z\n1,2,3,4,\n5,6,7,8,\n")
    assert (found.names, found.columns) == (("t", "x", "y", "z", ""), 5)
    with pytest.raises(RecordingError, match="4 names but 5 values"):
        dialect("t,x,y,z\n1,2,3,4,\n5,6,7,8,9\n")


@pytest.mark.parametrize("cell", MISSING)
def test_missing_values_may_stand_in_the_first_row(cell):
    found = dialect(f"t,x,y,z\n1,{cell},3,4\n")
    assert found.rows[0][1] == cell


@pytest.mark.parametrize(
    ("row", "is_first"),
    [
        ("2024-03-05 10:00:00,,,", True),
        ("05.03.2024 10:00,1,2,3", True),
        ("2024-03-05T10:00:00Z,1,2,3", True),
        ("5/3/24 9:00,1,2,3", True),
        (",,,", False),  # nothing but empty cells
        ("2024-03-05,word,word,1", False),
        ("#1,2,3,4", False),
        ("%1,2,3,4", False),
    ],
)
def test_a_row_has_values_and_at_most_empty_cells_beside_them(row, is_first):
    found = dialect(f"t,x,y,z\n{row}\n9,9,9,9\n9,9,9,9\n")
    assert len(found.rows) == 2 + is_first


def test_rows_of_another_width_are_not_among_those_looked_at():
    assert dialect("1,2,3\n4,5\n6,7,8\n").rows == (("1", "2", "3"), ("6", "7", "8"))


# -- the part that is looked at


def test_a_banner_before_the_beginning_is_not_looked_at():
    head = b"9,9,9\n" + b"1,2,3\n4,5,6\n"
    found = dialect(head, begin=6)
    assert (found.start, len(found.rows)) == (6, 2)


def test_a_last_line_without_end_is_a_row_only_if_the_file_ends_there():
    assert len(dialect("1,2,3\n4,5,6\n7,8,9").rows) == 3
    assert len(dialect("1,2,3\n4,5,6\n7,8,9", whole=False).rows) == 2


def test_blank_lines_do_not_count_even_at_the_beginning():
    found = dialect("\n\n  \nt,x,y,z\n\n1,2,3,4\n \n5,6,7,8\n")
    assert found.names == ("t", "x", "y", "z")
    assert (found.start, len(found.rows)) == (14, 2)


def test_no_more_lines_are_looked_at_than_decide():
    found = dialect("t,x,y,z\n" + "1,2,3,4\n" * 1000)
    assert len(found.rows) == 2 * LOOK_ROWS - 1


def test_names_may_be_written_in_utf8_or_latin_1():
    for encoding in ("utf-8", "latin-1"):
        found = dialect("Zeit,größe x,größe y,größe z\n1,2,3,4\n".encode(encoding))
        assert found.names == ("Zeit", "größe x", "größe y", "größe z")


def test_a_letter_that_the_end_of_the_look_cuts_in_two_does_not_change_the_encoding():
    head = "Zeit,größe x,größe y,größe z\n1,2,3,4\n1,2,3,ö".encode()[:-1]
    assert dialect(head, whole=False).names[1] == "größe x"
