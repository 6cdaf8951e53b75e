"""The table of a diary: what it may say, and how it is refused."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import pytest

from detector.parameter import SettingsError
from detector.stated.diary import Diary
from detector.stated.diary_table import Cells, read

HEAD = "participant_id,night_date,in_bed,lights_off,sleep_onset,wake,out_of_bed\n"


@pytest.fixture
def table(tmp_path):
    """Write a diary and read it."""

    def write(content, cells=None, taken=()):
        path = tmp_path / "diary.csv"
        path.write_text(content, encoding="utf-8")
        return read(path, cells, taken)

    return write


@pytest.fixture
def problems(table):
    """What is said of a diary that is refused, line by line."""

    def refused(content, cells=None, taken=()):
        with pytest.raises(SettingsError) as caught:
            table(content, cells, taken)
        return [line.strip() for line in str(caught.value).partition("csv: ")[2].splitlines()]

    return refused


def times(table, *cells, night="2024-03-05", how=None):
    (entry,) = table(HEAD + f"p,{night},{','.join(cells)}\n", how).entries["p"]
    return entry.times


# ------------------------------------------------------------------ what is read


def test_clock_times_after_midnight_belong_to_the_night(table):
    noted = times(table, "22:30", "23:05", "00:10", "6:45", "7:00 am")
    assert noted == {
        "in_bed": datetime(2024, 3, 5, 22, 30),
        "lights_off": datetime(2024, 3, 5, 23, 5),
        "sleep_onset": datetime(2024, 3, 6, 0, 10),
        "wake": datetime(2024, 3, 6, 6, 45),
        "out_of_bed": datetime(2024, 3, 6, 7),
    }


@pytest.mark.parametrize(
    "text",
    ["22:30", "22:30:00", "10:30 PM", "10:30p.m.", "2024-03-05T22:30", "2024-03-05 22:30:00"],
)
def test_a_time_is_read_as_people_write_it(table, text):
    assert times(table, text) == {"in_bed": datetime(2024, 3, 5, 22, 30)}


def test_an_offset_is_kept(table):
    noted = times(table, "", "", "2024-03-06T01:10+01:00")
    assert noted["sleep_onset"].utcoffset() == timedelta(hours=1)
    assert noted["sleep_onset"] == datetime(2024, 3, 6, 1, 10, tzinfo=timezone(timedelta(hours=1)))


def test_a_night_that_begins_at_six_is_one_of_a_day_sleeper(table):
    noted = times(table, "", "", "8:00", "15:30", how=Cells(time(18)))
    assert noted["sleep_onset"] == datetime(2024, 3, 6, 8)
    assert noted["wake"] == datetime(2024, 3, 6, 15, 30)


def test_factors_are_copied_as_they_are_written_and_empty_ones_stay_empty(table):
    read_in = table(
        "participant_id;night_date;Stress (0-10);caffeine\n"
        "007;2024-03-05; 3,5 ;-2\n\n007;2024-03-06;\n144.00;2024-03-05;9;=1+1\n"
    )
    assert read_in.columns == ("Stress (0-10)", "caffeine")
    assert [entry.factors for entry in read_in.entries["007"]] == [(" 3,5 ", "-2"), ("", "")]
    assert [entry.number for entry in read_in.entries["007"]] == [2, 4]
    assert "144" not in read_in.entries
    assert read_in.of("144.00").entries[0].factors == ("9", "=1+1")
    assert read_in.of("nobody").entries == ()


@pytest.mark.parametrize(
    ("text", "order", "meant"),
    [
        ("2024-3-5", None, date(2024, 3, 5)),
        ("2024/03/05", None, date(2024, 3, 5)),
        ("25.03.2024", None, date(2024, 3, 25)),
        ("3/25/2024", None, date(2024, 3, 25)),
        ("05/05/2024", None, date(2024, 5, 5)),
        ("03/04/2024", "dmy", date(2024, 4, 3)),
        ("03/04/2024", "mdy", date(2024, 3, 4)),
    ],
)
def test_a_date_that_can_be_read_in_one_way_is_read(text, order, meant):
    assert Cells(date_order=order).date(text) == meant


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("24:00", "row 2, in_bed: '24:00' is not a time of day; midnight is 00:00"),
        ("22.30", "row 2, in_bed: '22.30' is not a time of day; write it like 22:30"),
        ("2230", "row 2, in_bed: '2230' is not a time of day; write it like 22:30"),
        ("22:61", "row 2, in_bed: '22:61' is not a time of day; write it like 22:30"),
        ("13:00 pm", "row 2, in_bed: '13:00 pm' is not a time of day; write it like 22:30"),
        (
            "2024-03-07T22:30",
            "row 2, in_bed: '2024-03-07T22:30' is not in the night of 2024-03-05",
        ),
        (
            "22:30,22:10",
            "row 2, lights_off: 2024-03-05 22:10 is not after in_bed, 2024-03-05 22:30",
        ),
        (
            ",,23:10,11:30 pm,23:20",
            "row 2, out_of_bed: 2024-03-05 23:20 is not after wake, 2024-03-05 23:30",
        ),
        (
            ",,10:30,06:30",  # half past ten in the evening, on a clock of twelve hours
            "row 2, wake: 2024-03-06 06:30 is not after sleep_onset, 2024-03-06 10:30",
        ),
        (
            ",,23:30,23:30",
            "row 2, wake: 2024-03-05 23:30 is not after sleep_onset, 2024-03-05 23:30",
        ),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused_with_its_place(problems, cells, said):
    assert problems(f"{HEAD}p,2024-03-05,{cells}\n") == [said]


def test_lights_off_on_going_to_bed_and_getting_up_on_waking_are_in_order(table):
    assert len(times(table, "22:30", "22:30", "22:30", "06:00", "06:00")) == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("03/04/2024", "'03/04/2024' may be 2024-04-03 or 2024-03-04; write that, or say"),
        ("31/02/2024", "'31/02/2024' is not a date; write it like 2024-03-05"),
        ("05/03/24", "'05/03/24' is not a date; write it like 2024-03-05"),
        ("9999-12-31", "'9999-12-31' is not a date; write it like 2024-03-05"),
        ("0001-01-01", "'0001-01-01' is not a date; write it like 2024-03-05"),
        ("45356", "'45356' is not a date; write it like 2024-03-05"),
        ("", "is empty"),
    ],
)
def test_a_date_that_can_be_read_in_two_ways_or_in_none_is_refused(problems, text, said):
    (line,) = problems(f"{HEAD}p,{text},22:30\n")
    assert line.startswith(f"row 2, night_date: {said}")


def test_the_order_of_a_date_that_is_stated_is_held_against_it(problems):
    (line,) = problems(f"{HEAD}p,03/25/2024,22:30\n", Cells(date_order="dmy"))
    assert line == "row 2, night_date: '03/25/2024' is not a date; write it like 2024-03-05"


def test_everything_wrong_is_said_at_once(problems):
    assert problems(
        f"{HEAD}p,2024-03-05,22:30\n,2024-03-05,24:00\np,2024-03-05,23:00,,,,,lost\n"
    ) == [
        "4 problems",
        "row 3, participant_id: is empty",
        "row 3, in_bed: '24:00' is not a time of day; midnight is 00:00",
        "row 4, column 8: 'lost' has no heading",
        "row 4, night_date: 2024-03-05 of 'p' is in row 2, too",
    ]


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("participant_id,in_bed", "there is no column 'night_date'"),
        ("participant_id,night_date,wake,Wake", "there are 2 columns 'wake'"),
        ("participant_id,night_date,stress,stress", "there are 2 columns 'stress'"),
        (
            "participant_id,night_date,sleep_onst",
            "'sleep_onst' is too like a known column; did you mean 'sleep_onset'?",
        ),
        (
            "participant_id,night_date,status",
            "'status' is a column of nights.csv; call it otherwise",
        ),
    ],
)
def test_a_heading_that_cannot_be_meant_is_refused(problems, heading, said):
    assert problems(f"{heading}\n", taken={"status"}) == [f"row 1: {said}"]


@pytest.mark.parametrize(
    "name", ["stress", "caffeine", "exercise", "sleep_hours", "medication", "headache", "nap"]
)
def test_common_factors_are_not_taken_for_misspelt_times(table, name):
    assert table(f"participant_id,night_date,{name}\np,2024-03-05,1\n").columns == (name,)


def test_a_diary_without_rows_is_refused(problems):
    assert problems(HEAD) == ["has no rows"]


@pytest.mark.parametrize(
    ("text", "day"), [("11:59", 6), ("11:59:59", 6), ("12:00", 5), ("23:59", 5), ("00:00", 6)]
)
def test_a_night_begins_at_noon_and_its_second_date_at_midnight(table, text, day):
    assert times(table, "", "", "", text)["wake"].date() == date(2024, 3, day)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("2024-03-04T23:59", False),
        ("2024-03-05T00:00", True),
        ("2024-03-06T23:59", True),
        ("2024-03-07T00:00", False),
    ],
)
def test_a_time_with_its_date_lies_on_either_date_of_the_night(problems, table, text, fits):
    if fits:
        assert times(table, text) == {"in_bed": datetime.fromisoformat(text)}
    else:
        assert problems(f"{HEAD}p,2024-03-05,{text}\n") == [
            f"row 2, in_bed: {text!r} is not in the night of 2024-03-05"
        ]


def test_a_row_that_cannot_be_read_hides_none_behind_it(problems):
    assert problems(f"{HEAD}p,monday\n\np,tuesday\n") == [
        "2 problems",
        "row 2, night_date: 'monday' is not a date; write it like 2024-03-05",
        "row 4, night_date: 'tuesday' is not a date; write it like 2024-03-05",
    ]


@pytest.mark.parametrize(
    ("text", "hour"),
    [("12:00 am", 0), ("12:30 AM", 0), ("1:00 am", 1), ("11:59 am", 11), ("12:00 pm", 12),
     ("1:00 p.m.", 13), ("11:59pm", 23)],
)  # fmt: skip
def test_on_a_clock_of_twelve_hours_twelve_is_the_first(table, text, hour):
    assert times(table, text)["in_bed"].hour == hour


@pytest.mark.parametrize("text", ["0:30 am", "22:30 o'clock", "22:30:60", "7", "-1:00"])
def test_what_is_no_time_of_day_is_refused_with_one_that_is(problems, text):
    assert problems(f"{HEAD}p,2024-03-05,{text}\n") == [
        f"row 2, in_bed: {text!r} is not a time of day; write it like 22:30"
    ]


def test_what_was_noted_is_compared_unless_its_use_is_asked_for(table):
    read_in = table(f"{HEAD}p,2024-03-05\n")
    assert read_in.of("p").use_onset is False
    assert read_in.of("p", use_onset=True).use_onset is True
    assert read_in.of("nobody") == Diary()
