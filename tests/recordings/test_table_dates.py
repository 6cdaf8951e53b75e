"""In which order day, month and year stand: told, asked, or answered by the user."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_tables import read, stamps, table, values
from reading import remarks_of

from recordings import ReadOptions, RecordingError, open_recording
from recordings.formats.tables.dates import offset_in_s, text_meaning

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
