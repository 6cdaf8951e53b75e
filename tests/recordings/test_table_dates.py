"""In which order day, month and year stand: told, asked, or answered by the user."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made_tables import read, stamps, table, values
from reading import remarks_of

from recordings import ReadOptions, RecordingError, open_recording
from recordings.formats.tables.dates import (
    TimeText,
    is_stamp,
    offset_in_s,
    stamp_ns,
    stamps_ns,
    text_meaning,
)

PATH = Path("a.csv")
ACCEL = values(400)
EARLY = stamps(400)
"""5 March 2024: day and month can be exchanged."""
LATE = stamps(400, start=np.datetime64("2024-03-14T21:59:59.250", "ns"))


def spelled(times, pattern):
    """Stamps such as ``{d}/{m}/{y} {clock}``."""
    cells = []
    for text in times.astype("M8[ms]").astype(str):
        year, month, day = text[:10].split("-")
        hour = int(text[11:13])
        cells.append(
            pattern.format(
                y=year,
                yy=year[2:],
                m=int(month),
                d=int(day),
                mm=month,
                dd=day,
                clock=text[11:],
                clock12=f"{(hour - 1) % 12 + 1}{text[13:]} {'PM' if hour > 11 else 'AM'}",
            )
        )
    return cells


def saved_as(saved, times, pattern):
    return saved(table(spelled(times, pattern), ACCEL, delimiter=";", names="time;x;y;z"))


@pytest.mark.parametrize(
    ("pattern", "order"),
    [
        ("{d}/{m}/{y} {clock}", "day first"),
        ("{m}/{d}/{y} {clock}", "month first"),
        ("{dd}.{mm}.{y} {clock}", "day first"),
        ("{m}-{d}-{y}T{clock}", "month first"),
        ("{m}/{d}/{y} {clock12}", "month first"),
        ("{dd}.{mm}.{y}  {clock}+01:00", "day first"),
    ],
)
def test_a_day_beyond_the_twelfth_tells_the_order(saved, pattern, order):
    _, times, segments, recording = read(saved_as(saved, LATE, pattern))
    np.testing.assert_array_equal(times, LATE.astype(np.int64))
    assert segments == [("start", 400)]
    assert recording.header.notes["dates"] == f"{order} (told by the first rows)"
    assert not recording.health.remarks


@pytest.mark.parametrize(
    ("pattern", "question", "answers"),
    [
        ("{d}/{m}/{y} {clock}", "is the day or the month first", "dmy|mdy"),
        ("{mm}.{dd}.{y} {clock12}", "is the day or the month first", "dmy|mdy"),
        ("{dd}/{mm}/{yy} {clock}", "is the year or the day or the month first", "ymd|dmy|mdy"),
    ],
)
def test_what_the_first_rows_do_not_tell_is_asked(saved, pattern, question, answers):
    path = saved_as(saved, EARLY, pattern)
    with pytest.raises(RecordingError, match=question) as refused:
        open_recording(path)
    assert refused.value.remedy == f"state it: --date-order {answers}"


@pytest.mark.parametrize(
    ("pattern", "order"),
    [
        ("{d}/{m}/{y} {clock}", "dmy"),
        ("{m}/{d}/{y} {clock12}", "mdy"),
        ("{yy}.{mm}.{dd} {clock}", "ymd"),
        ("{d}.{m}.{yy} {clock}", "dmy"),
    ],
)
def test_the_answer_is_taken(saved, pattern, order):
    _, times, _, recording = read(saved_as(saved, EARLY, pattern), date_order=order)
    np.testing.assert_array_equal(times, EARLY.astype(np.int64))
    assert recording.header.notes["dates"].endswith("(stated)")


def test_an_answer_that_the_dates_contradict_is_refused(saved):
    path = saved_as(saved, LATE, "{m}/{d}/{y} {clock}")
    with pytest.raises(
        RecordingError, match=r"'3/14/2024 21:59:59\.250', which cannot be day first"
    ):
        open_recording(path, ReadOptions(date_order="dmy"))


def test_a_year_in_front_is_never_in_doubt(saved):
    path = saved_as(saved, EARLY, "{y}-{mm}-{dd} {clock}")
    for order in (None, "dmy", "mdy", "ymd"):
        _, times, _, recording = read(path, date_order=order)
        np.testing.assert_array_equal(times, EARLY.astype(np.int64))
        assert "dates" not in recording.header.notes


def test_noon_and_midnight_of_a_clock_of_twelve_hours(saved):
    for start in ("2024-03-14T11:59:58", "2024-03-14T23:59:58", "2024-03-15T00:59:58"):
        times = stamps(400, start=np.datetime64(start, "ns"))
        path = saved_as(saved, times, "{m}/{d}/{y} {clock12}")
        np.testing.assert_array_equal(read(path)[1], times.astype(np.int64))


@pytest.mark.parametrize("damaged", ["99/99/9999 00:00:00", "13/3/2024 21:59:59.260", "3/2024"])
def test_one_damaged_date_decides_nothing(saved, damaged):
    cells = spelled(EARLY, "{m}/{d}/{y} {clock}")
    cells[1] = damaged
    path = saved(table(cells, ACCEL))
    with pytest.raises(RecordingError, match="day or the month"):
        open_recording(path)
    assert read(path, date_order="mdy")[3].health.blocks_bad == 1


def test_dates_that_are_now_in_one_order_and_now_in_another_are_refused(saved):
    first, second = (
        spelled(LATE, f"{order} {{clock}}") for order in ("{d}/{m}/{y}", "{m}/{d}/{y}")
    )
    path = saved(table([*first[:50], *second[50:100], *first[100:]], ACCEL))
    with pytest.raises(RecordingError, match="in more than one order"):
        open_recording(path)


def test_dates_go_on_over_midnight_and_the_end_of_a_month(saved):
    times = stamps(400, start=np.datetime64("2024-02-29T23:59:58.5", "ns"))
    path = saved_as(saved, times, "{d}/{m}/{y} {clock}")
    _, placed, segments, recording = read(path)
    np.testing.assert_array_equal(placed, times.astype(np.int64))
    assert segments == [("start", 400)]
    assert remarks_of(recording) == {}


def test_an_unknown_order_is_refused_before_anything_is_read():
    with pytest.raises(ValueError, match="'my' is none of ymd, mdy, dmy"):
        ReadOptions(date_order="my")


@pytest.mark.parametrize(("damaged", "order"), [(0, "dmy"), (2, "dmy"), (3, None)])
def test_two_of_the_first_stamps_may_be_damaged(damaged, order):
    cells = ["13/3/2024 10:00:00"] * 20 + ["3/14/2024 10:00:00"] * damaged
    if order is None:
        with pytest.raises(RecordingError, match="in more than one order"):
            text_meaning(Path("a.csv"), cells)
    else:
        assert text_meaning(Path("a.csv"), cells).order == order


@pytest.mark.parametrize(("stamps_n", "known"), [(5, False), (6, True)])
def test_more_than_half_of_the_first_cells_must_be_stamps(stamps_n, known):
    cells = ["2024-03-05 10:00:00"] * stamps_n + ["soon"] * 5
    if known:
        assert text_meaning(Path("a.csv"), cells).order == "ymd"
    else:
        with pytest.raises(RecordingError, match="not understood, such as 'soon'"):
            text_meaning(Path("a.csv"), cells)


@pytest.mark.parametrize(
    ("zone", "seconds"),
    [("+01:00", 3600), ("-0430", -16_200), ("+0200", 7200), ("-11", -39_600), ("+00:00", 0)],
)
def test_an_offset_is_seconds_ahead_of_utc(zone, seconds):
    assert offset_in_s(zone) == seconds


# -- stamps by themselves


def at(text):
    """A time in ns since 1970."""
    return int(np.datetime64(text, "ns").astype(np.int64))


def test_an_order_must_fit_more_than_half_of_the_first_stamps():
    day_first = ["13/3/2024 22:00:00", "14/3/2024 22:00:00"]
    with pytest.raises(RecordingError, match="in more than one order"):
        text_meaning(PATH, [*day_first, "3/15/2024 22:00:00", "?"])
    assert text_meaning(PATH, [*day_first, "15/3/2024 22:00:00", "?"]).order == "dmy"


@pytest.mark.parametrize(
    ("zones", "offset_s"),
    [(("", "", ""), None), (("+01:00", "+02:00", "+02:00"), 3600), (("Z", "Z", "+01:00"), 0)],
)
def test_the_offset_is_that_of_the_first_stamp(zones, offset_s):
    cells = [f"2024-03-05 22:00:0{k}{zone}" for k, zone in enumerate(zones)]
    assert text_meaning(PATH, cells).offset_s == offset_s


@pytest.mark.parametrize("zones", [("", "Z", "Z"), ("Z", "Z", "")])
def test_stamps_with_and_without_an_offset_are_refused(zones):
    cells = [f"2024-03-05 22:00:0{k}{zone}" for k, zone in enumerate(zones)]
    with pytest.raises(RecordingError, match="with and without an offset from UTC"):
        text_meaning(PATH, cells)


@pytest.mark.parametrize(
    ("stated", "supposed", "order", "known_by"),
    [
        ("mdy", None, "mdy", "stated"),
        ("mdy", "dmy", "mdy", "stated"),
        (None, "dmy", "dmy", "as the file says"),
    ],
)
def test_what_the_user_states_is_believed_before_what_the_file_says(
    stated, supposed, order, known_by
):
    found = text_meaning(PATH, ["4/3/2024 22:00:00"], stated, supposed)
    assert (found.order, found.known_by) == (order, known_by)


def test_what_the_file_says_is_not_believed_if_its_dates_cannot_be_so():
    found = text_meaning(PATH, ["14/3/2024 22:00:00"], None, "mdy")
    assert (found.order, found.known_by) == ("dmy", "told by the first rows")


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        ("22:00:00", "times without a date such as '22:00:00'"),
        ("5/3/2024", "dates without a time such as '5/3/2024'"),
        ("yesterday", "times that are not understood, such as 'yesterday'"),
    ],
)
def test_what_is_no_stamp_is_refused_by_what_it_lacks(cell, named):
    with pytest.raises(RecordingError, match=named):
        text_meaning(PATH, [cell])


@pytest.mark.parametrize(
    ("cell", "is_one"),
    [
        ("2024-03-05 22:00:00", True),
        ("14/3/2024 22:00:00", True),
        ("3/14/2024 22:00:00", True),
        ("14/14/2024 22:00:00", False),
        ("2024-03-05", False),
        ("1.5", False),
        ("", False),
    ],
)
def test_a_stamp_is_one_in_any_order(cell, is_one):
    assert is_stamp(cell) is is_one


def test_a_stamp_is_read_in_its_order():
    assert stamp_ns("4/3/2024 22:00:00.5", "dmy") == at("2024-03-04T22:00:00.5")
    assert stamp_ns("4/3/2024 22:00:00", "mdy") == at("2024-04-03T22:00:00")
    assert stamp_ns("14/3/2024 22:00:00", "mdy") is None


YEAR_FIRST = TimeText(order="ymd", known_by="", offset_s=None)
CELLS = ["2024-03-05 22:00:00", None, "2024-03-05 22:00:01", "no time", "2024-03-05 22:00:02Z"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("first", range(6))
@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_part_of_a_column_is_read_as_in_the_whole(kind, first, in_chunks):
    column = pa.array(CELLS, kind)[first:]
    if in_chunks:
        column = pa.chunked_array([column[:1], column[1:]])
    times_ns, good = stamps_ns(column, YEAR_FIRST)
    assert good.tolist() == [True, False, True, False, False][first:]
    right = [at("2024-03-05T22:00:00"), at("2024-03-05T22:00:01")]
    assert times_ns[good].tolist() == right[(first > 0) + (first > 2) :]


@pytest.mark.parametrize(("offset_s", "right"), [(None, [True, False]), (3600, [False, True])])
def test_a_stamp_must_carry_an_offset_if_the_first_did_and_none_if_it_did_not(offset_s, right):
    meaning = TimeText(order="ymd", known_by="", offset_s=offset_s)
    cells = pa.array(["2024-03-05 22:00:00", "2024-03-05 22:00:00Z"])
    assert stamps_ns(cells, meaning)[1].tolist() == right


def test_a_column_without_a_single_stamp_is_read():
    assert stamps_ns(pa.array([None, None], pa.string()), YEAR_FIRST)[1].tolist() == [False] * 2
