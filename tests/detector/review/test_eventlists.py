"""Lists from anywhere: what their headings say, and the questions they leave open."""

from __future__ import annotations

import pytest

from detector.parameter import SettingsError
from detector.review.eventlists import read_list

TIME = "2024-03-05T23:41:07.250+01:00"
TIME_NS = 1_709_678_467_250_000_000


@pytest.fixture
def read(tmp_path):
    """Write a list and read it."""

    def written(text, **more):
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return read_list(path, **more)

    return written


@pytest.fixture
def refused(read):
    """What is said of a list that is refused, without its name."""

    def said(text, **more):
        with pytest.raises(SettingsError) as caught:
            read(text, **more)
        return str(caught.value).partition("list.csv: ")[2]

    return said


def events(found):
    return [row.number for row in found.rows if row.is_event]


def test_a_column_of_times_is_enough(read):
    found = read(f"when,what\n{TIME},jerk\n")
    (row,) = found.rows
    assert (found.time_column, found.rule, found.judged) == ("when", "all rows", False)
    assert (row.number, row.time_ns, row.is_event) == (2, TIME_NS, True)
    assert row.noon_date == "2024-03-05"


@pytest.mark.parametrize(
    "cell",
    ["2024-03-05T22:41:07.25Z", "2024-03-05 22:41:07.250", "2024-03-05T17:41:07.250-05:00"],
)
def test_a_time_is_the_same_in_every_spelling(read, cell):
    assert read(f"onset_utc\n{cell}\n").rows[0].time_ns == TIME_NS


def test_tables_as_a_spreadsheet_saves_them_are_read(read):
    found = read(f"\ufeffonset; kind \r\n{TIME};HJ\r\n;;\r\n")
    assert events(found) == [2]


def test_the_projects_own_events_are_those_counted_at_their_peak(read):
    found = read(
        f"recording_id,start_utc,peak_utc,kind,counted\nr,{TIME},{TIME},a,true\nr,,{TIME},b,false\n"
    )
    assert (found.time_column, found.rule) == ("peak_utc", "those counted")
    assert events(found) == [2]
    assert found.recording_ids == ["r"]


def test_kinds_that_are_named_go_before_counted(read):
    text = f"peak_utc,kind,counted\n{TIME},a,true\n{TIME},b,false\n"
    assert events(read(text, kinds=["b"])) == [3]


def test_labels_are_judgements_and_those_kept_are_events(read):
    words = ("keep", "reject", "unsure", "")
    found = read("peak_utc,label,reviewer\n" + "".join(f"{TIME},{w},ann\n" for w in words))
    assert found.judged
    assert [(row.label, row.is_event) for row in found.rows] == [
        ("keep", True),
        ("reject", False),
        ("unsure", False),
    ]
    assert found.rule == "those labelled keep by ann"


def test_a_row_that_is_no_event_may_lack_its_time(read):
    assert read(f"peak_utc,counted\n,false\n{TIME},true\n").rows[0].number == 3


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("start_utc,end_utc\n", "which column is the time of an event, start_utc or end_utc? say"),
        (f"a,b\n{TIME},{TIME}\n", "which column is the time of an event, a or b? say --time-b"),
        (f"t,kind\n{TIME},HJ\n{TIME},PLM\n", "which kinds are events, of 'HJ', 'PLM'? say --kinds"),
        (f"t,label,reviewer\n{TIME},keep,x\n{TIME},keep,y\n", "has the labels of x, y: whose are"),
        ("when\n23:41:07\n", "no column holds times like 2024-"),
        ("", "no column holds times like 2024-"),
        ("a,a\n", "row 1: there are several columns 'a'"),
        ("peak_utc\nsoon\n", "row 2, peak_utc: 'soon' is no time like 2024-"),
        ("peak_utc,kind\n,HJ\n", "row 2, peak_utc: is empty"),
        (f"t,counted\n{TIME},yes\n", "row 2, counted: 'yes' is not true or false"),
        (f"t,label\n{TIME},HJ\n", "row 2, label: 'HJ' is not keep, reject, unsure or empty"),
    ],
)
def test_what_can_be_meant_in_two_ways_is_asked(refused, text, question):
    assert refused(text, ask="--time-b").startswith(question)


def test_a_heading_breaks_no_message(refused):
    assert refused('"a\nb\x1b",c\n1,2\n').endswith(r"; the columns are a\nb\x1b, c")


def test_a_column_that_is_named_is_taken_and_its_times_need_an_offset(read, refused):
    text = f"start_utc,end_utc,local\n{TIME},{TIME},2024-03-05T23:41:07\n"
    assert read(text, time="end_utc").time_column == "end_utc"
    said = refused(text, time="local")
    assert said.startswith("row 2, local: '2024-03-05T23:41:07' has no offset")
    assert "no column 'end_utcc'; did you mean 'end_utc'?" in refused(text, time="end_utcc")


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_of_a_year_in_which_nobody_wore_a_sensor_is_none(refused, time):
    assert refused(f"peak_utc\n{time}\n").startswith(f"row 2, peak_utc: {time!r} is no time like")


def test_a_gigantic_cell_is_shown_by_its_beginning_and_its_end(refused):
    said = refused(f"peak_utc\n{'7' * 100_000}\n")
    assert said.startswith("row 2, peak_utc: '777")
    assert said.endswith("77' is no time like 2024-03-05T23:41:07.250+01:00")
    assert len(said) < 1000


def test_a_row_may_have_fewer_cells_than_the_heading(read):
    found = read(f"onset_utc,kind,counted\n{TIME},a,true\n{TIME}\n", kinds=["a"])
    assert events(found) == [2]
    assert len(found.rows) == 2


def test_a_column_is_one_of_times_only_if_all_its_cells_are(read, refused):
    text = f"when,told\n{TIME},{TIME}\n{TIME},2024-03-05T23:41:07\n"
    assert read(text).time_column == "when"
    assert read(f"when,told\n{TIME},{TIME}\n{TIME},later\n").time_column == "when"
    assert refused(f"when\n{TIME}\n2024-03-05T23:41:07\n").startswith("no column holds times")


def test_labels_of_nobody_are_labels(read):
    assert read(f"peak_utc,label\n{TIME},keep\n").rule == "those labelled keep"
    assert read("peak_utc,label,reviewer\n").rule == "those labelled keep"


@pytest.mark.parametrize(
    ("time", "night"),
    [
        ("2024-03-06T11:59:59.999Z", "2024-03-05"),
        ("2024-03-06T12:00:00Z", "2024-03-06"),
        ("2024-03-06T12:00:00+05:00", "2024-03-06"),  # by the offset of the cell
        ("2024-03-06T00:00:00-08:00", "2024-03-05"),
    ],
)
def test_a_night_begins_at_noon_in_the_offset_that_the_cell_states(read, time, night):
    assert read(f"onset_utc\n{time}\n").rows[0].noon_date == night
