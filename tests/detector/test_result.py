"""A result in Python: the same tables as in files, as Arrow and as pandas."""

from __future__ import annotations

import pandas as pd
import pytest
from made_results import made_result, made_unanalysable_night

from detector.tables.columns import EVENTS, NIGHTS
from detector.tables.rows import event_rows, night_row


def test_tables_have_a_row_for_every_night_and_every_event():
    result = made_result()
    nights, events = result.nights_table(), result.events_table()
    assert nights.schema.names == [c.name for c in NIGHTS]
    assert events.schema.names == [c.name for c in EVENTS]
    assert nights["sleep_starts_onset"].to_pylist() == [3, 3, None]
    assert events["event_index"].to_pylist() == list(
        range(sum(len(n.events) for n in result.nights))
    )


def test_frames_hold_what_the_tables_hold():
    result = made_result()
    for frame, table in (
        (result.nights_frame(), result.nights_table()),
        (result.events_frame(), result.events_table()),
    ):
        assert list(frame.columns) == table.schema.names
        assert len(frame) == table.num_rows


def test_in_a_frame_unknown_is_missing_and_never_zero():
    frame = made_result(nights=[made_unanalysable_night(0)]).nights_frame()
    for name in ("sleep_starts_onset", "sleep_onset", "spt_h", "onset_window_usable_min"):
        assert pd.isna(frame[name][0]), name
    assert frame["gap_min"][0] == 0  # known


@pytest.mark.parametrize("name", ["sleep_onset_utc", "wake_utc"])
def test_in_a_frame_times_in_utc_are_times(name):
    frame = made_result().nights_frame()
    row = night_row(made_result().facts, made_result().nights[0])
    assert frame[name][0] == pd.Timestamp(row[name])
    assert str(frame[name].dtype.tz) == "UTC"


def test_events_of_a_frame_are_the_rows_of_the_table():
    result = made_result()
    (first, *_) = event_rows(result.facts, result.nights[0])
    assert result.events_frame()["peak_accel_mg"][0] == first["peak_accel_mg"]
    assert result.events_frame()["counted"][0] == first["counted"]
