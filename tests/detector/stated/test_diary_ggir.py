"""Sleep logs as GGIR takes them, turned into a diary."""

from __future__ import annotations

from datetime import date

import pytest

from detector.parameter import SettingsError
from detector.stated.diary_ggir import converted
from detector.stated.diary_table import Cells, read

HEAD = "participant_id,night_date,in_bed,lights_off,sleep_onset,wake,out_of_bed"
ADVANCED = (
    "ID,D1_date,D1_wakeup,D1_inbed,D1_nap_start,D1_nap_end,D2_date,D2_wakeup,D2_inbed\n"
    "123,30/03/2015,09:00:00,22:00:00,11:15:00,11:45:00,31/03/2015,08:30:00,00:15:00\n"
    "567,2015-04-20,08:30:00,23:15:00,,,,,\n"
)


@pytest.fixture
def log(tmp_path):
    """Write a sleep log and convert it; the diary's lines, and what was left out."""

    def convert(content, first_night=None, cells=None):
        path = tmp_path / "sleeplog.csv"
        path.write_text(content, encoding="utf-8")
        table, left = converted(path, cells or Cells(), first_night)
        (tmp_path / "diary.csv").write_bytes(table)
        read(tmp_path / "diary.csv")
        return table.decode().splitlines(), left

    return convert


def test_a_morning_of_an_advanced_log_ends_the_night_of_the_date_before(log):
    lines, left = log(ADVANCED)
    assert lines == [
        HEAD,
        "123,2015-03-29,,,,2015-03-30T09:00:00,",
        "123,2015-03-30,2015-03-30T22:00:00,,,2015-03-31T08:30:00,",
        "123,2015-03-31,2015-04-01T00:15:00,,,,",
        "567,2015-04-19,,,,2015-04-20T08:30:00,",
        "567,2015-04-20,2015-04-20T23:15:00,,,,",
    ]
    assert left == ["D1_nap_start", "D1_nap_end"]


def test_the_nights_of_a_basic_log_follow_each_other_and_empty_ones_are_left_out(log):
    lines, left = log(
        "ID,onset_N1,wakeup_N1,onset_N2,wakeup_N2,onset_N3,wakeup_N3\n"
        "345,21:55:00,08:47:00,,,00:10:00,06:30:00\n",
        date(2024, 2, 28),
    )
    assert lines[1:] == [
        "345,2024-02-28,,,2024-02-28T21:55:00,2024-02-29T08:47:00,",
        "345,2024-03-01,,,2024-03-02T00:10:00,2024-03-02T06:30:00,",
    ]
    assert left == []


def test_a_basic_log_with_dates_needs_no_first_night(log):
    lines, _ = log("ID;onset_N1;wakeup_N1\n7;2023-10-11 00:20:00;2023-10-11 07:00:00\n")
    assert lines[1:] == ["7,2023-10-10,,,2023-10-11T00:20:00,2023-10-11T07:00:00,"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "ID,onset_N1,wakeup_N1\n7,22:00:00,\n",
            "row 2, onset_N1: '22:00:00' has no date; say that of the first night (--first-night)",
        ),
        (
            "ID,D1_date,D1_inbed\n7,03/04/2015,22:00\n",
            "row 2, D1_date: '03/04/2015' may be 2015-04-03 or 2015-03-04",
        ),
        (
            "ID,D1_date,D1_inbed\n7,2015-04-03,24:00:00\n",
            "row 2, D1_inbed: '24:00:00' is not a time of day; midnight is 00:00",
        ),
        ("ID,D1_date,D1_inbed\n7,,22:00\n", "row 2, D1_inbed: the day has no date (D1_date)"),
        (
            "ID,D1_date,D1_inbed,D2_date,D2_inbed\n7,2015-04-03,22:00,2015-04-03,22:30\n",
            "row 2, D2_inbed: in_bed of the night of 2015-04-03 is there twice",
        ),
        (
            "ID,D1_date,D1_inbed,D2_date,D2_wakeup\n7,2015-04-03,10:00,2015-04-04,08:00\n",
            "row 2, wake of the night of 2015-04-03: 2015-04-04 08:00 is not after in_bed",
        ),
        ("ID,bedtime\n7,22:00\n", "row 1: no column is like onset_N1 or D1_date"),
        ("name,onset_N1\n7,22:00\n", "row 1: there are 0 columns 'ID'"),
        ("ID,onset_N1\n,2023-10-11 00:20\n", "row 2, ID: is empty"),
        ("ID,onset_N1\n7,0001-01-01 00:20\n", "row 2, onset_N1: '0001-01-01 00:20' has no date"),
        (f"ID,onset_N{'9' * 9}\n7,22:00\n", "row 1: no column is like onset_N1"),
        (f"ID,onset_N{'9' * 5000}\n7,22:00\n", "row 1: no column is like onset_N1"),
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_refused(log, content, said):
    with pytest.raises(SettingsError) as caught:
        log(content)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("clock", "night"), [("11:59:59", "2023-10-10"), ("12:00:00", "2023-10-11")]
)
def test_a_time_with_its_date_is_of_the_night_that_began_at_noon(log, clock, night):
    lines, _ = log(f"ID,onset_N1\n7,2023-10-11 {clock}\n")
    assert lines[1].startswith(f"7,{night},")


def test_empty_lines_and_cells_beyond_the_heading_are_passed_over(log):
    lines, left = log("ID,onset_N1\n,\n\n7,2023-10-11 23:00,,stray\n8\n")
    assert [line.split(",")[:2] for line in lines[1:]] == [["7", "2023-10-11"]]
    assert left == []
