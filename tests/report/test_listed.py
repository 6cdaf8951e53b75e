"""What the page of a run lists of a row, in the units in which its script draws it."""

from __future__ import annotations

import pytest
from made_results import made_facts, made_night

from detector.report import listed
from detector.tables.rows import facts_row, night_row

NIGHT = night_row(made_facts(), made_night())
RECORDING = {**facts_row(made_facts()), "status": "ok", "nights": 3, "nights_analysable": 2}


def listed_night(**cells):
    return listed.night({**NIGHT, **cells}, 4)


def test_a_table_is_columns_of_the_values_of_its_rows():
    rows = [{"a": 1, "b": "x"}, {"a": 0}]
    assert listed.table(rows, ["b", "a"]) == {"b": ["x", None], "a": [1, 0]}
    assert listed.table([], ["a"]) == {"a": []}


def test_a_recording_is_listed_with_every_name_that_is_promised():
    row = listed.recording(RECORDING)
    assert set(row) == set(listed.RECORDING_NAMES)
    assert (row["recording_id"], row["nights"], row["counted"]) == ("subject_01", 3, 2)
    assert row["sensor"] == "AX3, axivity-cwa"


@pytest.mark.parametrize(
    ("cells", "sensor"),
    [
        ({"device": None}, "axivity-cwa"),
        ({"format": None}, "AX3"),
        ({"device": None, "format": None}, ""),
    ],
)
def test_a_sensor_is_called_by_what_is_known_of_it(cells, sensor):
    assert listed.recording({**RECORDING, **cells})["sensor"] == sensor


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("wave1/subject_01.cwa", "wave1/subject_01.cwa"),
        ("subject_01", ""),  # says no more than the name
        (None, ""),
        ("/srv/data/a.cwa", "a.cwa"),
    ],
)
def test_a_path_is_listed_where_it_says_more_than_the_name(path, shown):
    assert listed.recording({**RECORDING, "path": path})["path"] == shown


def test_a_night_is_listed_with_every_name_that_is_promised():
    row = listed_night()
    assert set(row) == set(listed.NIGHT_NAMES)
    assert row["recording"] == 4
    names = ("night_date", "night_index", "status", "sleep_starts_onset", "sleep_starts_night")
    assert [row[name] for name in names] == ["2024-03-05", 0, "ok", 3, 5]


def test_only_columns_that_are_read_from_the_tables_are_listed():
    """The page is made from parts of the tables: what it lists must be among them."""
    known = {name: NIGHT.get(name) for name in listed.NIGHTS_READ}
    assert listed.night(known, 4) == listed_night()
    known = {name: RECORDING.get(name) for name in listed.RECORDINGS_READ}
    assert listed.recording(known) == listed.recording(RECORDING)


@pytest.mark.parametrize(
    ("reasons", "codes"),
    [
        (None, []),
        ("", []),
        ("no_sleep", ["no_sleep"]),
        ("short_usable;fragment", ["short_usable", "fragment"]),
        ("coarse_step;short_usable", ["short_usable"]),  # the first is only worth knowing
        ("coarse_step", []),
    ],
)
def test_what_limits_a_night_is_told_without_what_is_only_worth_knowing(reasons, codes):
    assert listed.limiting({"reasons": reasons}) == codes
    assert listed.night({**NIGHT, "reasons": reasons}, 0)["reasons"] == " ".join(codes)


@pytest.mark.parametrize(
    ("time", "minutes"),
    [
        ("2024-03-05T23:40:00.000+01:00", 1420),
        ("2024-03-06T00:00:00.000+01:00", 1440),
        ("2024-03-06T06:30:29.000+01:00", 1830),  # to the minute that has begun
        ("2024-03-06T06:30:59.999+01:00", 1830),
        ("2024-03-05T12:00:00.000", 720),
        (None, None),
        ("", None),
    ],
)
def test_a_local_time_is_minutes_since_the_nights_date_began(time, minutes):
    assert listed.minutes({"night_date": "2024-03-05", "wake": time}, "wake") == minutes


def test_the_window_lies_on_the_axis_of_the_local_onset():
    """Onset at 23:40, 22:40 in UTC; the window from 21:58 to 22:55 in UTC."""
    row = listed_night()
    assert (row["onset_min"], row["wake_min"]) == (1420, 1830)
    assert (row["window_min"], row["window_end_min"]) == (1378, 1435)


@pytest.mark.parametrize("missing", ["sleep_onset", "sleep_onset_utc", "onset_window_start_utc"])
def test_without_one_of_its_times_the_window_has_no_place(missing):
    assert listed_night(**{missing: None})["window_min"] is None


def test_counted_events_lie_so_far_from_onset_to_a_tenth_of_a_minute():
    row = listed_night(first_onset_offset_s=-90.0, last_onset_offset_s=1200.0)
    assert (row["first_min"], row["last_min"]) == (1418.5, 1440.0)
    row = listed_night(first_onset_offset_s=0.0)
    assert row["first_min"] == 1420.0


@pytest.mark.parametrize("missing", ["sleep_onset", "first_onset_offset_s"])
def test_without_an_onset_or_a_counted_event_there_is_no_first(missing):
    assert listed_night(**{missing: None})["first_min"] is None


def test_across_a_clock_change_the_window_keeps_its_length_in_real_time():
    """Fallen asleep at 03:10 winter time, ten minutes after summer time ended at 03:00."""
    row = listed_night(
        night_date="2024-10-26",
        sleep_onset="2024-10-27T02:10:00.000+01:00",
        sleep_onset_utc="2024-10-27T01:10:00.000Z",
        onset_window_start_utc="2024-10-27T00:40:00.000Z",
        onset_window_end_utc="2024-10-27T01:25:00.000Z",
    )
    assert row["onset_min"] == 26 * 60 + 10
    assert row["window_min"] == row["onset_min"] - 30
    assert row["window_end_min"] == row["onset_min"] + 15
