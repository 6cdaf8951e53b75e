"""``snippets.npz``: which events have their raw signal in it, under which names, in which bytes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from made_results import made_empty_night, made_night, made_unanalysable_night

from detector.scan import Scan
from detector.snippets import SnippetFile


def written(*nights, first_index: int = 0) -> bytes:
    file = io.BytesIO()
    with SnippetFile(file) as snippets:
        for night in nights:
            snippets.add(night, first_index)
            first_index += len(night.events)
        snippets.finish()
    return file.getvalue()


def loaded(*nights, first_index: int = 0):
    return np.load(io.BytesIO(written(*nights, first_index=first_index)))


def test_every_jerk_like_a_sleep_start_has_one_counted_or_not():
    night = made_night()
    starts = np.flatnonzero(np.char.startswith(night.events.kind, "sleep_start"))
    assert not night.events.counted[starts].all()
    assert loaded(night)["event_index"].tolist() == starts.tolist()


def test_they_are_named_by_the_number_of_their_event_in_the_recording():
    with loaded(made_night(0), made_night(1), first_index=100) as found:
        assert found["event_index"].tolist() == [101, 102, 104, 108, 110, 114, 115, 117, 121, 123]
        assert {f"accel_g/{i}" for i in found["event_index"]} < set(found.files)
        assert {f"jerk_g_per_s/{i}" for i in found["event_index"]} < set(found.files)
        assert len(found.files) == 4 + 2 * 10


def test_times_are_those_of_the_device_and_shapes_those_of_the_signal():
    own = made_night().scan.snippets[2]
    with loaded(made_night()) as found:
        assert (found["peak_ns"][2], found["start_ns"][2]) == (own.peak_ns, own.start_ns)
        assert found["rate_hz"].tolist() == [100.0] * 5
        assert found["accel_g/4"].shape == (800, 3)
        assert found["jerk_g_per_s/4"].shape == (800,)
        np.testing.assert_array_equal(found["accel_g/4"], own.accel_g)
        np.testing.assert_array_equal(found["jerk_g_per_s/4"], own.jerk_g_per_s)


@pytest.mark.parametrize(
    ("name", "dtype"),
    [("event_index", "i8"), ("peak_ns", "i8"), ("start_ns", "i8"), ("rate_hz", "f8")],
)
@pytest.mark.parametrize("nights", [(), (made_night(),)], ids=["none", "some"])
def test_what_names_them_has_one_type_whether_there_are_any(name, dtype, nights):
    found = loaded(*nights)[name]
    assert found.dtype == dtype
    assert found.shape == (5 * len(nights),)


def test_an_event_whose_signal_was_not_kept_is_left_out():
    night = made_night()
    scan = Scan(night.scan.candidates, night.scan.epochs, night.scan.snippets[1:3])
    assert loaded(replace(night, scan=scan))["event_index"].tolist() == [2, 4]
    assert loaded(made_unanalysable_night(), made_empty_night()).files == [
        *("event_index", "peak_ns", "start_ns", "rate_hz")
    ]


def test_a_signal_that_was_kept_of_another_kind_of_event_is_left_out():
    night = made_night()
    knock_ns = int(night.events.candidates["peak_ns"][3])
    knock = replace(night.scan.snippets[0], peak_ns=knock_ns)
    scan = Scan(night.scan.candidates, night.scan.epochs, (knock,))
    assert loaded(replace(night, scan=scan))["event_index"].tolist() == []


def test_nothing_in_it_hangs_on_the_machine_or_the_time():
    with zipfile.ZipFile(io.BytesIO(written(made_night()))) as archive:
        for member in archive.infolist():
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
            assert member.create_system == 3
            assert member.compress_type == zipfile.ZIP_STORED
            assert member.filename.endswith(".npy")
    assert written(made_night()) == written(made_night())
